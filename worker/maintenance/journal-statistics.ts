import { decodeCommand } from "../../core/codec.ts";
import { viewJournal } from "../journal/journal-view.ts";
import { listSegments } from "../journal/segment-file.ts";
import { inspectSnapshots } from "../journal/snapshot-files.ts";
import type { MaintainedPartition } from "./maintained-partitions.ts";

/** What the journal of a partition holds. */
export interface JournalStatistics {
  readonly partition: number;
  readonly segments: number;
  /** Of the segments. */
  readonly bytes: number;
  readonly firstIndex: number;
  readonly lastIndex: number;
  /** Instants of the first and the last batch, RFC 3339; absent without any. */
  readonly firstAt?: string;
  readonly lastAt?: string;
  readonly epochs: number;
  readonly engineVersions: readonly number[];
  readonly commands: number;
  readonly commandsByType: Readonly<Record<string, number>>;
  readonly largestBatch: number;
  readonly snapshots: readonly { readonly file: string; readonly sound: boolean }[];
}

/** Errors: those of reading the journal. Complexity: linear in its size. */
export function statisticsOf({ disk, partition }: MaintainedPartition): JournalStatistics {
  const segments = listSegments(disk);
  const { firstIndex, lastIndex, read } = viewJournal(disk, { partition });
  const instants: number[] = [];
  const epochs = new Set<number>();
  const versions = new Set<number>();
  const commandsByType: Record<string, number> = {};
  let commandCount = 0;
  let largestBatch = 0;
  for (const { at, epoch, engineVersion, commands } of read(firstIndex)) {
    instants[instants.length === 0 ? 0 : 1] = at;
    epochs.add(epoch);
    versions.add(engineVersion);
    commandCount += commands.length;
    largestBatch = Math.max(largestBatch, commands.length);
    for (const type of commands.map(typeOf)) commandsByType[type] = (commandsByType[type] ?? 0) + 1;
  }
  const [first, last = first] = instants;
  return {
    partition,
    segments: segments.length,
    bytes: segments.reduce((sum, { size }) => sum + size, 0),
    firstIndex,
    lastIndex,
    ...(first !== undefined && { firstAt: new Date(first).toISOString() }),
    ...(last !== undefined && { lastAt: new Date(last).toISOString() }),
    epochs: epochs.size,
    engineVersions: [...versions],
    commands: commandCount,
    commandsByType,
    largestBatch,
    snapshots: [...inspectSnapshots(disk, partition)].map(({ file, found }) => {
      return { file, sound: "content" in found };
    }),
  };
}

/** Commands of another release's format are counted too. */
function typeOf(bytes: Uint8Array): string {
  try {
    return decodeCommand(bytes).type;
  } catch {
    return "unreadable";
  }
}
