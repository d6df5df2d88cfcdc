import {
  closeSync,
  fdatasyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileDisk } from "../worker/journal/disk.ts";
import { openSegments } from "../worker/journal/segments.ts";
import { startAt } from "./engine-desk.ts";
import { latencyFigures, median, type Benchmark, type Figure } from "./figures.ts";
import { elapsedMs } from "./sampling.ts";

/**
 * Goal: durable commands a second through the journal, of 64 and of 256 bytes and 1,024 to a batch,
 * beside a bare append and fdatasync of the same bytes to a file of the same folder, in turn.
 *
 * Non-goal: applying them, or batches of one; a batch of one costs a sync.
 */
export const journalAppend: Benchmark = {
  name: "journal.append",
  goal: "commands made durable a second, beside a bare append and fdatasync of the same bytes",
  nonGoal: "applying them",
  run: ({ smoke }) => {
    const folder = mkdtempSync(join(tmpdir(), "nightdesk-bench-"));
    try {
      return Promise.resolve([64, 256].flatMap((bytes) => measure(folder, bytes, smoke)));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

const batchCommands = 1_024;

function measure(parent: string, commandBytes: number, smoke: boolean): Figure[] {
  const folder = join(parent, String(commandBytes));
  mkdirSync(folder);
  const commands = Array.from({ length: batchCommands }, (_, index) =>
    new Uint8Array(commandBytes).fill(index),
  );
  const bytes = Buffer.concat(commands);
  using journal = openSegments(fileDisk(folder), { partition: 0 });
  const raw = openSync(join(folder, "raw"), "wx");
  const batchCount = smoke ? 10 : 500;
  const own: number[] = [];
  const bare: number[] = [];
  try {
    for (let batch = 0; batch < batchCount; batch += 1) {
      const at = startAt + batch;
      own.push(
        elapsedMs(() =>
          journal.append({ epoch: 1, at, engineVersion: 1, eventHash: 0n, commands }),
        ),
      );
      bare.push(
        elapsedMs(() => {
          writeSync(raw, bytes, 0, bytes.length, batch * bytes.length);
          fdatasyncSync(raw);
        }),
      );
    }
  } finally {
    closeSync(raw);
  }
  const name = `journal.append/bytes=${commandBytes}`;
  const resultHash = journal.lastIndex.toString(16);
  const common = { name, samples: batchCount, resultHash };
  const seconds = own.reduce((sum, ms) => sum + ms, 0) / 1_000;
  return [
    {
      ...common,
      metric: "throughput",
      unit: "commands/s",
      value: (batchCount * batchCommands) / seconds,
    },
    { ...common, metric: "of a bare append", unit: "ratio", value: median(bare) / median(own) },
    ...latencyFigures(name, "us", own.map(inUs), { p50: 0.5, p99: 0.99 }, resultHash),
    ...latencyFigures(`${name}/bare`, "us", bare.map(inUs), { p50: 0.5, p99: 0.99 }, resultHash),
  ];
}

function inUs(ms: number): number {
  return ms * 1_000;
}
