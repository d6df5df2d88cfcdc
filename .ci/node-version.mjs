// @ts-check
// Run before source is: an older Node cannot even read it, so it could not say what is missing.
const oldestNode = 26;

if (Number(process.versions.node.split(".")[0]) < oldestNode) {
  console.error(
    `nightdesk needs Node.js ${oldestNode} or newer, and this is ${process.version}.\n` +
      "`npm ci` fetches the right one, unless development dependencies are left out.",
  );
  process.exitCode = 1;
}
