#!/usr/bin/env node
// The command `nightdesk`. This file keeps to what any Node can run: the rest, which needs native
// TypeScript, Temporal and SQLite, is loaded only after the version has been looked at.
const oldestNode = 26;

if (Number(process.versions.node.split(".")[0]) < oldestNode) {
  process.stderr.write(
    `nightdesk needs Node.js ${oldestNode} or newer, and this is ${process.version}.\n` +
      "In a clone, `npm ci` fetches the right one, and `npx nightdesk` and `npm start` use it.\n",
  );
  process.exitCode = 1;
} else {
  returnToCallersFolder();
  import("./cli.ts").then(({ main }) => main(process.argv.slice(2))).catch(giveUp);
}

/** npm runs a script in the package's folder; a path on the command line is seen from the caller's. */
function returnToCallersFolder(): void {
  const { npm_lifecycle_event: script, npm_package_name: owner, INIT_CWD: folder } = process.env;
  if (script === "start" && owner === "nightdesk" && folder !== undefined) process.chdir(folder);
}

function giveUp(error: unknown): void {
  process.stderr.write(
    `nightdesk: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  process.exitCode = 1;
}
