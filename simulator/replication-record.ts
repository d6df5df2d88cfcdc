import type { GroupOccupancy } from "./agents-at-work.ts";
import type { MessageColumns } from "./message-log.ts";

/** What one replication leaves behind: plain data, sent from thread to thread. */
export interface ReplicationRecord {
  /** Counted from 1. */
  readonly replication: number;
  /** Of every decision, in order. */
  readonly digest: string;
  readonly messages: MessageColumns;
  /** For each message from arrival to assignment; infinite where no agent ever got it. */
  readonly wallWaitMs: Float64Array;
  /** The same, counted while its queue was open. */
  readonly workingWaitMs: Float64Array;
  /** One entry a group. */
  readonly occupancy: readonly GroupOccupancy[];
  /** For each queue and instant of measurement (queue × instants), waiting conversations. */
  readonly backlog: Int32Array;
  /** The same for the age of the oldest, ms. */
  readonly oldestMs: Float64Array;
  /** Waiting conversations for each queue and instant of `World.doors` (queue × instants). */
  readonly doorBacklog: Int32Array;
  /** The same for the age of the oldest, ms. */
  readonly doorOldestMs: Float64Array;
  /** Transitions within the counted window by reason code. */
  readonly reasons: Readonly<Record<string, number>>;
  /** Agent messages refused, by rejection code. */
  readonly refusedWrites: Readonly<Record<string, number>>;
  /** Counted messages still waiting when the run-on ended. */
  readonly unsettled: number;
  /** Broken invariants, in words; empty in a sound run. */
  readonly broken: readonly string[];
  readonly commands: number;
  /** Our own events in virtual time. */
  readonly happenings: number;
}
