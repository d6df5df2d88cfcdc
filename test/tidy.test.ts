import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, test } from "vitest";
import { codeLists, documentedCodes, writtenCodes } from "./codes.ts";
import { files, product, read, resolveImport, roomOf, root, sources } from "./repository.ts";

// What STYLE asks of the source and a machine can check. Each rule shows everything that breaks it.

const topLevel = [
  "package.json",
  "package-lock.json",
  "tsconfig.json",
  "README.md",
  "ARCHITECTURE.md",
  "CHANGELOG.md",
  "LICENSE",
  "core",
  "worker",
  "simulator",
  "bench",
  "loadtest",
  "test",
  "docs",
];

/** Whom a room may import from; the others see all. */
const boundaries: Readonly<Record<string, readonly string[]>> = {
  core: ["core"],
  worker: ["core", "worker"],
  simulator: ["core", "simulator"],
};

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}
const manifest = JSON.parse(read("package.json")) as Manifest;

/** Each import of the product, with where it stands. */
const imports = product.flatMap(({ path, imports: specifiers }) =>
  specifiers.map((specifier) => ({
    path,
    room: roomOf(path),
    specifier,
    relative: specifier.startsWith("."),
    is: `${path} imports ${specifier}`,
  })),
);

test("the top level is exactly what the house fixes", () => {
  const present = new Set(files.map(roomOf).filter((name) => !name.startsWith(".")));
  expect([...present].toSorted()).toEqual(topLevel.toSorted());
});

test("core imports nothing from outside core, and worker and simulator never meet", () => {
  const crossings = imports.filter(
    ({ path, room, specifier, relative }) =>
      relative && boundaries[room]?.includes(roomOf(resolveImport(path, specifier))) !== true,
  );
  expect(crossings.map(({ is }) => is)).toEqual([]);
});

test("only core/configuration uses a package in core, and only typebox and yaml", () => {
  const packages = imports.filter(
    ({ path, room, specifier, relative }) =>
      room === "core" &&
      !relative &&
      !(path.startsWith("core/configuration/") && /^(?:typebox|yaml)(?:\/|$)/u.test(specifier)),
  );
  expect(packages.map(({ is }) => is)).toEqual([]);
});

test("what is shipped imports Node and declared dependencies, no development dependency", () => {
  const undeclared = imports.filter(
    ({ specifier, relative }) =>
      !relative &&
      !specifier.startsWith("node:") &&
      !(packageOf(specifier) in manifest.dependencies),
  );
  expect(undeclared.map(({ is }) => is)).toEqual([]);
});

test("a relative import names a file that is there, with its extension", () => {
  const broken = imports.filter(
    ({ path, specifier, relative }) =>
      relative && !existsSync(join(root, resolveImport(path, specifier))),
  );
  expect(broken.map(({ is }) => is)).toEqual([]);
});

test("core knows no clock, no chance, no promise and no outside world", () => {
  const banned =
    /\b(?:Date|Math\.random|performance|process|console|globalThis|crypto|fetch|Promise|async|await|set(?:Timeout|Interval|Immediate)|queueMicrotask|WeakRef|FinalizationRegistry|Temporal\.Now)\b/gu;
  expect(places("core/", banned)).toEqual([]);
});

test("only core/configuration computes with calendars and locales", () => {
  const calendars = places("core/", /\b(?:Temporal|Intl)\b/gu);
  expect(calendars.filter((place) => !place.startsWith("core/configuration/"))).toEqual([]);
});

test("file names are kebab-case nouns, and none is a drawer", () => {
  const drawer = /^(?:utils?|common|helpers?|misc|managers?)$/u;
  const misnamed = sources.filter(({ path }) => {
    const stem = basename(path).replace(/\.m?ts$/u, "");
    return (
      !/^[a-z0-9]+(?:[.-][a-z0-9]+)*$/u.test(stem) ||
      path.split(/[/.-]/u).some((word) => drawer.test(word))
    );
  });
  expect(misnamed.map(({ path }) => path)).toEqual([]);
});

/** Made by `npm run client`, not written. */
const generated = "worker/client/schema.ts";

test("a file holds one concept: 400 lines in the product, 800 beside it, are far too many", () => {
  const long = sources.filter(
    ({ path, text }) =>
      path !== generated && text.split("\n").length > (roomOf(path) in boundaries ? 400 : 800),
  );
  expect(long.map(({ path }) => path)).toEqual([]);
});

test("only an index.ts gathers what other files export", () => {
  const barrels = sources.filter(
    ({ path, text }) => basename(path) !== "index.ts" && /^export \* from/mu.test(text),
  );
  expect(barrels.map(({ path }) => path)).toEqual([]);
});

test("no test is left out, and nothing is left for later", () => {
  const leftOut = places("", /\b(?:test|it|describe|suite|bench)\.(?:only|skip|todo|fails)\b/gu);
  // The classes keep this line from finding itself.
  const later = /\b(?:T[O]DO|F[I]XME|X[X]X)\b/u;
  const notes = written.filter((path) => later.test(read(path)));
  expect([...leftOut, ...notes]).toEqual([]);
});

test("nothing points into somebody's machine", () => {
  const folder = /(?:^|[\s"'`(=:])\/(?:home|root|Users|work|mnt|private)\//mu;
  expect(written.filter((path) => folder.test(read(path)))).toEqual([]);
});

test("dependencies are pinned, and the lock file names no registry", () => {
  const versions = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
  expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+$/u.test(version))).toEqual([]);
  expect(read("package-lock.json")).not.toMatch(/"resolved"|https?:\/\/[^"]*registry/u);
});

describe("docs/errors.md", async () => {
  const lists = await codeLists();
  const documented = documentedCodes();

  test("speaks of the lists that the contract has", () => {
    expect([...documented.keys()]).toEqual(
      expect.arrayContaining([
        "rejectionCodes",
        "reasonCodes",
        "passedOverCodes",
        "violationCodes",
        "warningCodes",
        "problemCodes",
      ]),
    );
  });

  test("has a section for each list of codes, and no other", () => {
    expect([...documented.keys()].toSorted()).toEqual([...lists.keys()].toSorted());
  });

  test.each([...lists])("explains each of the %s, and no other", (name, codes) => {
    expect((documented.get(name) ?? []).toSorted()).toEqual(codes.toSorted());
  });

  test("knows every code that the product writes out", () => {
    const known = new Set([...lists.values()].flat());
    const unknown = writtenCodes().filter(({ code }) => !known.has(code));
    expect(unknown).toEqual([]);
  });
});

/** Text files that people write. */
const written = files.filter((path) =>
  /\.(?:m?ts|m?js|md|json|ya?ml|html|css|sql|txt)$|Dockerfile$|^\.ci\/run$/u.test(path),
);

/** Where the code (no comment, no string) under a folder matches. */
function places(folder: string, pattern: RegExp): readonly string[] {
  return sources
    .filter(({ path }) => path.startsWith(folder))
    .flatMap(({ path, code }) =>
      code
        .split("\n")
        .flatMap((line, index) =>
          [...line.matchAll(pattern)].map(([match]) => `${path}:${index + 1} ${match}`),
        ),
    );
}

function packageOf(specifier: string): string {
  const partCount = specifier.startsWith("@") ? 2 : 1;
  return specifier.split("/").slice(0, partCount).join("/");
}
