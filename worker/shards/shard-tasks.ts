import type { RecoveryReport } from "../journal/recovery.ts";
import type { WorkerLimits } from "../limits.ts";
import type { ClosedSegment, JournalState, PartitionState, StoreState } from "./partition-state.ts";
import type { PartitionAnswers, PartitionQuery } from "./partition-queries.ts";
import type { OperatingErrorCode } from "./routing.ts";

/** What a shard thread is started with. */
export interface ShardData {
  readonly partitions: readonly { readonly partition: number; readonly folder: string }[];
  readonly dataDirectory: string;
  readonly limits: WorkerLimits;
}

/** One piece of work for a shard thread; one runs at a time. */
export type ShardTask =
  | BeginTask
  | CommitTask
  | QueryTask
  | SettleTask
  | OnPartitions<"journalState">
  | OnPartitions<"closeSegment">
  | OnPartitions<"trim">
  | OnPartitions<"seal">
  | RetainTask;

/**
 * The first task of a thread's life. A thread that was not begun refuses batches, so one that was
 * queued before a crash cannot overtake the lost one.
 */
export interface BeginTask {
  readonly type: "begin";
  /** Highest epoch that the host has seen; the shard's is above it, and above its journals'. */
  readonly epochSeen: number;
}

/** One batch of one partition. */
export interface CommitTask {
  readonly type: "commit";
  readonly epoch: number;
  readonly partition: number;
  readonly commands: PackedCommands;
  /** Tenants whose streams are read as they come (`Following`). */
  readonly followed: readonly string[];
  /** A lone tick is journaled even if it fires nothing, so that the instant outlives a restart. */
  readonly keepTick: boolean;
}

/** Commands of a batch in one piece of memory, which is handed over rather than copied. */
export interface PackedCommands {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Where each command ends. */
  readonly ends: Uint32Array<ArrayBuffer>;
}

export interface QueryTask {
  readonly type: "query";
  readonly queries: readonly { readonly partition: number; readonly query: PartitionQuery }[];
}

interface OnPartitions<Type extends string> {
  readonly type: Type;
  readonly partitions: readonly number[];
}

/** Bring stores up to date, wholly or by a slice. */
export interface SettleTask extends OnPartitions<"settle"> {
  /** For how long each may be written, without ending its transaction; absent: all, and end it. */
  readonly sliceMs?: number;
}

/** Forget what is older than the tenants' retention, a bounded number. */
export interface RetainTask extends OnPartitions<"retain"> {
  /** Epoch ms. */
  readonly now: number;
}

export interface TaskAnswers {
  readonly begin: ShardBegun;
  readonly commit: CommitAnswer;
  readonly query: readonly QueryAnswer[];
  readonly settle: Settled;
  readonly retain: { readonly more: boolean };
  /** Of the one partition that was asked for; so is the next. */
  readonly journalState: JournalState;
  readonly closeSegment: ClosedSegment;
  readonly trim: void;
  readonly seal: void;
}

export interface Settled {
  readonly tookMs: number;
  /** Of each of the task's partitions, in their order. */
  readonly stores: readonly StoreState[];
}

export interface ShardBegun {
  readonly epoch: number;
  readonly partitions: readonly (PartitionBegun | PartitionFailed)[];
}

export interface PartitionBegun {
  readonly status: "begun";
  readonly partition: number;
  readonly state: PartitionState;
  readonly report: RecoveryReport;
  readonly storeLacks: boolean;
  readonly storeReplaced: string | undefined;
}

/** It did not start; the others do. */
export interface PartitionFailed {
  readonly status: "failed";
  readonly partition: number;
  /** Of the error, where it has one. */
  readonly code: string | undefined;
  readonly message: string;
}

export type CommitAnswer = Committed | Refused;

export interface Committed {
  readonly status: "committed";
  /** A `BatchOutcome` as JSON: a text crosses to another thread at a sixth of what its objects cost. */
  readonly outcome: string;
  readonly state: PartitionState;
}

/** Nothing was applied. */
export interface Refused {
  readonly status: "refused";
  readonly code: OperatingErrorCode;
  readonly message: string;
}

/** The answer to a query of events, as JSON. */
export interface EventsText {
  readonly eventsText: string;
}

export type QueryAnswer =
  | {
      readonly status: "answered";
      /** Events come as JSON: a text crosses to another thread for less than its objects. */
      readonly value: PartitionAnswers[PartitionQuery["type"]] | EventsText;
      /** Who reads from the store has it write first. */
      readonly store: StoreState;
    }
  | { readonly status: "failed"; readonly message: string };
