import type { Command } from "../../core/commands.ts";
import { engineVersion } from "../../core/engine.ts";
import type { Event } from "../../core/events.ts";
import { restoreEngine } from "../../core/index.ts";
import { viewJournal } from "../journal/journal-view.ts";
import { recover } from "../journal/recovery.ts";
import type { BadSnapshot, Snapshot } from "../journal/snapshot-files.ts";
import { inspectSnapshots } from "../journal/snapshot-files.ts";
import type { WorkerLimits } from "../limits.ts";
import { HashedEngine } from "../shards/hashed-engine.ts";
import { hexadecimal } from "./journal-dump.ts";
import type { MaintainedPartition } from "./maintained-partitions.ts";

/** What a replay came to. Every batch's event hash was as its successor's header has it. */
export interface ReplayReport {
  readonly partition: number;
  /** Batch of the snapshot it began with; 0 where it began with nothing. */
  readonly fromIndex: number;
  readonly lastIndex: number;
  readonly batches: number;
  readonly commands: number;
  readonly eventHash: string;
  readonly stateHash: string;
  /** Each snapshot on the way: whether its state and hash are those of the replay. */
  readonly snapshots: readonly ComparedSnapshot[];
  readonly badSnapshots: readonly BadSnapshot[];
  readonly same: boolean;
}

interface ComparedSnapshot {
  readonly index: number;
  readonly stateHash: string;
  readonly replayedStateHash: string;
  readonly same: boolean;
}

/** Told of what each command of the replay made. */
export type ReplayFollower = (batch: number, events: readonly Event[], command: Command) => void;

export interface ReplayOptions {
  /** Those of the worker that wrote the journal: what is remembered decides what a repeat is. */
  readonly limits: WorkerLimits;
  readonly follow?: ReplayFollower;
  /** Told when all of a batch was followed. */
  readonly followed?: (batch: number) => void;
}

/**
 * Replay all that a journal has, from its oldest snapshot or from its beginning, in an engine of its
 * own: event hashes are compared with every header, the state with every snapshot on the way.
 *
 * Errors: those of `recover`: `journal_replay_differs`, `journal_other_version`,
 * `journal_snapshot_missing`, `journal_corrupt`, …
 */
export function replayJournal(files: MaintainedPartition, options: ReplayOptions): ReplayReport {
  const { disk, partition, dataDirectory } = files;
  const { limits, follow = () => undefined, followed = () => undefined } = options;
  const { first, snapshots, bad } = startingPoint(files);
  const engine = new HashedEngine(limits, ({ batch, command, result, events }) => {
    follow(batch, events, command);
    return result;
  });
  const compared: ComparedSnapshot[] = [];
  const { journal, report } = recover(
    {
      snapshots: {
        durableIndex: snapshots[0]?.index ?? 0,
        newest: () => ({ snapshot: first, bad }),
      },
      openJournal: (durableIndex) => viewJournal(disk, { partition, durableIndex }),
      engineVersion,
      dataDirectory,
    },
    {
      restore: (snapshot) => engine.restore(snapshot),
      apply: (batch) => {
        const eventHash = engine.apply(batch);
        followed(batch.index);
        const snapshot = snapshots.find(({ index }) => index === batch.index);
        if (snapshot !== undefined) compared.push(compare(snapshot, engine, limits));
        return eventHash;
      },
    },
  );
  return {
    partition,
    fromIndex: first?.index ?? 0,
    lastIndex: journal.lastIndex,
    batches: report.batchesReplayed,
    commands: report.commandsReplayed,
    eventHash: hexadecimal(report.eventHash),
    stateHash: engine.engine.stateHash(),
    snapshots: compared,
    badSnapshots: bad,
    same: compared.every(({ same }) => same),
  };
}

/** Nothing where the journal has its first batch, else the oldest snapshot that is sound. */
function startingPoint({ disk, partition }: MaintainedPartition) {
  const all = [...inspectSnapshots(disk, partition)].map(({ found }) => found);
  const bad = all.filter((found) => "reason" in found);
  const snapshots = all.filter(
    (found): found is Snapshot => "content" in found && found.engineVersion === engineVersion,
  );
  const isWhole = viewJournal(disk, { partition }).firstIndex === 1;
  return { first: isWhole ? undefined : snapshots.at(-1), snapshots, bad };
}

function compare(
  { index, content, eventHash }: Snapshot,
  replayed: HashedEngine,
  limits: WorkerLimits,
): ComparedSnapshot {
  const stateHash = restoreEngine(content, limits).stateHash();
  const replayedStateHash = replayed.engine.stateHash();
  const same = stateHash === replayedStateHash && eventHash === replayed.eventHash;
  return { index, stateHash, replayedStateHash, same };
}
