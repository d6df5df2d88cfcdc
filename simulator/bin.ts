#!/usr/bin/env node
// The command `sim`. This file keeps to what any Node can run: the rest, which needs native
// TypeScript and Temporal, is loaded only after the version has been looked at.
const oldestNode = 26;

if (Number(process.versions.node.split(".")[0]) < oldestNode) {
  process.stderr.write(
    `sim needs Node.js ${oldestNode} or newer, and this is ${process.version}.\n` +
      "In a clone, `npm ci` fetches the right one, and `npx sim` and `npm run sim` use it.\n",
  );
  process.exitCode = 1;
} else {
  returnToCallersFolder();
  process.stdout.on("error", endWithReader);
  import("./cli.ts").then(({ main }) => main(process.argv.slice(2))).catch(giveUp);
}

/** npm runs a script in the package's folder; a path on the command line is seen from the caller's. */
function returnToCallersFolder(): void {
  const { npm_lifecycle_event: script, npm_package_name: owner, INIT_CWD: folder } = process.env;
  if (script === "sim" && owner === "nightdesk" && folder !== undefined) process.chdir(folder);
}

/** Whoever reads our output, such as `head`, may have had enough: that is no failure. */
function endWithReader(error: Error & { readonly code?: string }): void {
  if (error.code !== "EPIPE") throw error;
  process.exit();
}

function giveUp(error: unknown): void {
  // A folder that cannot be written says so itself; anything else is a bug, and where it is matters.
  const isOfSystem = error instanceof Error && "syscall" in error;
  const text = error instanceof Error && !isOfSystem ? error.stack : undefined;
  process.stderr.write(
    `sim: ${text ?? (error instanceof Error ? error.message : String(error))}\n`,
  );
  process.exitCode = 1;
}
