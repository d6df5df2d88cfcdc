import { benchmarkNamed } from "./catalogue.ts";
import { unknownExitCode } from "./observing.ts";

/**
 * `observation.ts NAME [--smoke]`: one observation of one benchmark, its figures as JSON on standard
 * output. A comparison calls that of an older commit too, so neither may change its meaning.
 */

const [name = "", flag] = process.argv.slice(2);
const benchmark = benchmarkNamed(name);
if (benchmark === undefined) process.exit(unknownExitCode);
const figures = await benchmark.run({ smoke: flag === "--smoke" });
process.stdout.write(JSON.stringify(figures));
