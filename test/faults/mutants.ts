// `npm run faults:mutants`: proves that the fault simulation can fail. Each known bug is planted in a
// copy of the tree, and the simulation has to notice it. Takes minutes.
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { read, root } from "../repository.ts";
import { plantedBugs } from "./planted-bugs.ts";
import type { PlantedBug } from "./planted-bugs.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "180" },
    only: { type: "string", default: "" },
  },
});
const chosen = plantedBugs.filter(({ name }) => name.includes(values.only));
const tree = mkdtempSync(join(tmpdir(), "nightdesk-mutants-"));
try {
  for (const room of ["core", "worker", "test", "package.json"]) {
    cpSync(join(root, room), join(tree, room), { recursive: true });
  }
  symlinkSync(join(root, "node_modules"), join(tree, "node_modules"));
  // Unharmed it must run as long as any of them without a complaint.
  const healthy = simulate();
  console.log(
    healthy.isFailed ? `UNSOUND without any bug: ${healthy.said}` : "sound without any bug",
  );
  const placeless = chosen.filter((bug) => planted(read(bug.file), bug) === undefined);
  for (const { name } of placeless) console.log(`has no place any more: ${name}`);
  const missed = chosen.filter((bug) => placeless.includes(bug) || !isCaught(bug));
  console.log(`${chosen.length - missed.length} of ${chosen.length} planted bugs were caught`);
  for (const { name } of missed) console.log(`  missed: ${name}`);
  process.exitCode = healthy.isFailed || missed.length > 0 ? 1 : 0;
} finally {
  rmSync(tree, { recursive: true, force: true });
}

function isCaught(bug: PlantedBug): boolean {
  const path = join(tree, bug.file);
  const sound = readFileSync(path, "utf8");
  try {
    writeFileSync(path, planted(sound, bug) ?? sound);
    const beganAt = performance.now();
    const { isFailed, said } = simulate();
    const seconds = ((performance.now() - beganAt) / 1000).toFixed(0);
    console.log(`${isFailed ? "caught" : "MISSED"} in ${seconds} s: ${bug.name}\n    ${said}`);
    return isFailed;
  } finally {
    writeFileSync(path, sound);
  }
}

/** The text with the bug in it; undefined where there is no place for it. */
function planted(text: string, { edits }: PlantedBug): string | undefined {
  let changed = text;
  for (const [from, to] of edits) {
    if (!changed.includes(from)) return undefined;
    changed = changed.replace(from, () => to);
  }
  return changed;
}

/** Always the same seeds, until one fails or the time is over. */
function simulate(): { readonly isFailed: boolean; readonly said: string } {
  const flags = ["--seed", "1", "--steps", "150", "--seconds", values.seconds, "--quiet"];
  const run = spawnSync(process.execPath, ["test/faults/run.ts", ...flags], {
    cwd: tree,
    encoding: "utf8",
    timeout: (Number(values.seconds) + 60) * 1000,
  });
  if (run.signal !== null) return { isFailed: true, said: "it does not come to its end" };
  const said = `${run.stdout}${run.stderr}`.trim().split("\n").at(1) ?? "";
  return { isFailed: run.status !== 0, said: said.slice(0, 200) };
}
