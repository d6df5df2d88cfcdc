// @ts-check
// Makes dist/ from core, worker and simulator: JavaScript and declarations by tsc, other files as
// they are. npm runs it as `prepare`. Plain JavaScript, so that any Node can say what is missing.
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { basename, dirname, extname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const finished = join(root, "dist");
const compiler = join(root, "node_modules", ".bin", "tsc");

if (existsSync(compiler)) {
  build();
} else if (existsSync(finished)) {
  linkCommands();
  console.log("build: the compiler is a development dependency and absent; dist/ stays as it is.");
} else {
  console.log(
    "build: the compiler is a development dependency and absent, so there is no dist/ and no\n" +
      "`npx nightdesk`; build where it is installed, then `npm ci --omit=dev --ignore-scripts`.",
  );
}

/** Builds beside dist/ and then takes its place, so that nobody runs half of a build. */
function build() {
  const fresh = join(root, `.dist-${process.pid}`);
  try {
    const { status, error } = spawnSync(
      compiler,
      ["-p", join(root, ".tsconfig.build.json"), "--outDir", fresh],
      { cwd: root, stdio: "inherit", shell: process.platform === "win32" },
    );
    if (error !== undefined) throw error;
    if (status !== 0) {
      process.exitCode = status ?? 1;
      return;
    }
    for (const room of ["core", "worker", "simulator"]) copyAssets(room, fresh);
    const former = `${fresh}-former`;
    if (existsSync(finished)) renameSync(finished, former);
    renameSync(fresh, finished);
    rmSync(former, { recursive: true, force: true });
    linkCommands();
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/**
 * What the code reads at run time: everything in a room that is neither source nor about building.
 * @param {string} room
 * @param {string} target
 */
function copyAssets(room, target) {
  cpSync(join(root, room), join(target, room), {
    recursive: true,
    filter: (source) =>
      lstatSync(source).isDirectory() ||
      !(
        [".ts", ".tsx"].includes(extname(source)) ||
        ["tsconfig.json", "Dockerfile", ".dockerignore"].includes(basename(source))
      ),
  });
}

/** npm links the commands of dependencies but not a package's own, which npx looks for. */
function linkCommands() {
  const { bin } = /** @type {{ bin: Record<string, string> }} */ (
    JSON.parse(readFileSync(join(root, "package.json"), "utf8"))
  );
  for (const [name, path] of Object.entries(bin)) {
    const file = join(root, path);
    const link = join(root, "node_modules", ".bin", name);
    chmodSync(file, 0o755);
    if (process.platform === "win32") continue;
    mkdirSync(dirname(link), { recursive: true });
    rmSync(link, { force: true });
    symlinkSync(relative(dirname(link), file), link);
  }
}
