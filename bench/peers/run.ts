import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import yargs from "yargs";
import { environment } from "../environment.ts";
import { contestants, heapByMonth, providePeers } from "./simulators/contest.ts";
import { simulatorsSection, type SimulatorResults } from "./simulators/section.ts";

/** `npm run bench:peers -- simulators [--smoke]` */

const options = await yargs(process.argv.slice(2))
  .scriptName("npm run bench:peers --")
  .command("simulators", "M/M/50 beside SSJ, SimPy and Ciw, in one run")
  .demandCommand(1, 1)
  .option("smoke", { type: "boolean", default: false, describe: "Small sizes; writes nothing" })
  .strict()
  .parse();

const rounds = options.smoke ? 1 : 3;
const size = options.smoke ? "smoke" : "full";

providePeers();
const observations = contestants.map(({ name }) => ({
  name,
  eventsPerSecond: [] as number[],
  meanWait: 0,
}));
// Rounds go through all of them in turn, each in a fresh process, so that a slow minute hits everybody.
for (let round = 1; round <= rounds; round += 1) {
  for (const [index, contestant] of contestants.entries()) {
    const { customers, seconds, meanWait } = contestant.run(
      contestant.customers[size],
      7000 + round,
    );
    const rate = (2 * customers) / seconds;
    observations[index]?.eventsPerSecond.push(rate);
    observations[index] = {
      ...(observations[index] ?? { name: "", eventsPerSecond: [] }),
      meanWait,
    };
    process.stdout.write(
      `${contestant.name.padEnd(30)} ${Math.round(rate).toLocaleString("en").padStart(12)} events/s, mean wait ${meanWait.toFixed(3)}\n`,
    );
  }
}
const heap = heapByMonth(options.smoke ? 100 : 2000);
const ratio = (heap[11] ?? Number.NaN) / (heap[1] ?? Number.NaN);
process.stdout.write(`heap at month 12 ÷ month 2: ${ratio.toFixed(3)}\n`);
if (!options.smoke) publish({ environment: environment(), observations, heap });

function publish(results: SimulatorResults): void {
  const folder = fileURLToPath(new URL("./results/", import.meta.url));
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}simulators.json`, `${JSON.stringify(results, undefined, 2)}\n`);
  const file = fileURLToPath(new URL("../../docs/benchmarks.md", import.meta.url));
  const before = existsSync(file) ? readFileSync(file, "utf8") : "# Benchmarks\n";
  writeFileSync(file, withSection(before, simulatorsSection(results)));
}

/** Replaces the section of this name, up to the next of its level, or appends it. */
function withSection(text: string, section: string): string {
  const from = text.indexOf("## Simulators\n");
  if (from < 0) return `${text.trimEnd()}\n\n${section}`;
  const next = text.indexOf("\n## ", from);
  const rest = next < 0 ? "" : text.slice(next);
  return `${text.slice(0, from)}${section.trimEnd()}\n${rest}`;
}
