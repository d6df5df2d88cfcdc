import { decodeCommand } from "../../core/codec.ts";
import type { Command } from "../../core/commands.ts";
import { viewJournal } from "../journal/journal-view.ts";
import type { MaintainedPartition } from "./maintained-partitions.ts";

/** A batch for people and programs to read. */
export interface DumpedBatch {
  readonly partition: number;
  readonly index: number;
  readonly epoch: number;
  /** RFC 3339. */
  readonly at: string;
  readonly engineVersion: number;
  /** Of all events up to the batch before, 16 hexadecimal digits. */
  readonly eventHash: string;
  /** One that this release cannot read comes as its bytes in base64. */
  readonly commands: readonly (Command | { readonly unreadable: string })[];
}

/**
 * The batches of a partition, customers' texts included.
 *
 * Errors: those of reading the journal; `journal_trimmed` where `from` is no longer kept.
 *
 * @param from first index. @defaultValue the oldest that is kept
 * @param to last index. @defaultValue the newest
 */
export function* dumpBatches(
  { disk, partition }: MaintainedPartition,
  { from, to = Infinity }: { readonly from?: number | undefined; readonly to?: number | undefined },
): Generator<DumpedBatch, void, undefined> {
  const journal = viewJournal(disk, { partition });
  for (const batch of journal.read(from ?? journal.firstIndex)) {
    if (batch.index > to) return;
    const { index, epoch, engineVersion } = batch;
    yield {
      partition,
      index,
      epoch,
      at: new Date(batch.at).toISOString(),
      engineVersion,
      eventHash: hexadecimal(batch.eventHash),
      commands: batch.commands.map(readable),
    };
  }
}

/** A hash as messages and tools show it. */
export function hexadecimal(hash: bigint): string {
  return hash.toString(16).padStart(16, "0");
}

function readable(bytes: Uint8Array): DumpedBatch["commands"][number] {
  try {
    return decodeCommand(bytes);
  } catch {
    return { unreadable: Buffer.from(bytes).toString("base64") };
  }
}
