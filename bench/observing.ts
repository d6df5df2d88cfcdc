import { spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { endWithUs } from "./ended-with-us.ts";
import { median, type Benchmark, type Figure } from "./figures.ts";

/** The checkout that this file is in. */
export const checkout = fileURLToPath(new URL("..", import.meta.url));

/** What an observation ends with that knows no such benchmark. */
export const unknownExitCode = 64;

/** How one observation is made. */
export interface Observing {
  readonly smoke: boolean;
  /** Folder of the checkout whose code is measured. @defaultValue this one */
  readonly root?: string;
}

/**
 * One observation: the benchmark's figures from a process of its own, so that nothing an earlier one
 * left behind, in the heap or in compiled code, is measured with it.
 *
 * Errors: where the process fails, with what it said.
 *
 * @returns none where that checkout knows no such benchmark
 */
export async function observe(
  { name, execArgv = [] }: Pick<Benchmark, "name" | "execArgv">,
  { smoke, root = checkout }: Observing,
): Promise<Figure[]> {
  const script = join(root, "bench", "observation.ts");
  const argv = [...execArgv, script, name, ...(smoke ? ["--smoke"] : [])];
  const child = spawn(process.execPath, argv, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  endWithUs(child);
  let answer = "";
  let complaint = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (answer += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaint = (complaint + text).slice(-10_000);
  });
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  child.once("error", reject).once("close", resolve);
  const code = await promise;
  if (code === unknownExitCode) return [];
  if (code !== 0) throw new Error(`${name} ended with ${String(code)}:\n${complaint.trim()}`);
  return JSON.parse(answer) as Figure[];
}

/**
 * One figure from those of several observations: the median value, all samples.
 *
 * Errors: where the same work with the same seed came to different results.
 */
export function combined(observations: readonly (readonly Figure[])[]): Figure[] {
  const [first = []] = observations;
  return first.map((figure) => {
    const same = observations.flatMap((figures) => figures.filter((one) => isSame(one, figure)));
    const hashes = new Set(same.map(({ resultHash }) => resultHash));
    if (hashes.size > 1) {
      throw new Error(`${figure.name}: one seed, different results: ${[...hashes].join(", ")}`);
    }
    return {
      ...figure,
      value: median(same.map(({ value }) => value)),
      samples: same.reduce((sum, { samples }) => sum + samples, 0),
    };
  });
}

/** Whether two figures are of the same thing. */
export function isSame(a: Figure, b: Figure): boolean {
  return a.name === b.name && a.metric === b.metric;
}
