import type { Result } from "../../core/engine.ts";
import type { Disk } from "../journal/disk.ts";
import type { WorkerLimits } from "../limits.ts";
import type { Activity } from "./routing.ts";

export interface PartitionOptions {
  readonly partition: number;
  /** Where its journal and snapshots are. */
  readonly disk: Disk;
  /** File of its store; `:memory:` keeps it in memory. */
  readonly store: string;
  /** The data directory as the operator knows it, for messages. */
  readonly dataDirectory: string;
  readonly limits: WorkerLimits;
}

/** What a batch came to; leaves the shard only once the batch is durable. */
export interface BatchOutcome {
  /** One a command, in order. */
  readonly results: readonly Result[];
  readonly activities: readonly Activity[];
  readonly measures: BatchMeasures;
}

export interface BatchMeasures {
  readonly journalMs: number;
  readonly applyMs: number;
  /** When timers that fired were due, epoch ms; a sample. */
  readonly dueAts: readonly number[];
  /** The rule of each assignment. */
  readonly assignmentRules: readonly string[];
}

/** Where a partition stands between two batches. */
export interface PartitionState {
  /** Epoch ms at which the engine needs a tick. */
  readonly nextDeadlineAt: number | undefined;
  /** Instant of the newest batch. */
  readonly lastAt: number;
  readonly lastEpoch: number;
  readonly lastIndex: number;
  readonly store: StoreState;
}

/** How far a partition's store is behind. */
export interface StoreState {
  /** Writes that are not settled. */
  readonly waiting: number;
  /** Those of them that are not even written, so that a read has to. */
  readonly unwritten: number;
  /** Pages in its log that its file has not. */
  readonly logPages: number;
}

export const storeUpToDate: StoreState = { waiting: 0, unwritten: 0, logPages: 0 };

/** What the journal of a partition holds, by the indexes of its batches. */
export interface JournalState {
  readonly firstIndex: number;
  readonly lastIndex: number;
  /** The last one that may hold more than ticks. */
  readonly sayingIndex: number;
  /** Up to here the newest snapshot goes. */
  readonly snapshotIndex: number;
}

/** Where a snapshot may be taken: after which batch, and what the events' hash must be then. */
export interface ClosedSegment {
  readonly lastIndex: number;
  readonly eventHash: bigint;
}
