import { defaultEngineLimits } from "../core/limits.ts";
import type { EngineLimits } from "../core/limits.ts";
import { defaultDeliveryLimits } from "./delivery/delivery-limits.ts";
import type { DeliveryLimits } from "./delivery/delivery-limits.ts";

/**
 * Everything the worker holds, accepts or does at once has a bound here; `nightdesk start --limit
 * NAME=VALUE` sets one. Beyond a bound a request is refused early, with `Retry-After` where trying
 * again helps. Integers, 1 included.
 */
export interface WorkerLimits extends EngineLimits, DeliveryLimits {
  /** Commands of one partition that wait for their batch. @defaultValue 20,000 */
  readonly inboxCommandsMax: number;
  /** Bytes of one partition's commands that wait for their batch. @defaultValue 67,108,864 */
  readonly inboxBytesMax: number;
  /** Of those commands, how many may be of one tenant. @defaultValue 15,000 */
  readonly inboxCommandsPerTenantMax: number;
  /** Queries of one shard that wait to be answered. @defaultValue 20,000 */
  readonly queriesWaitingMax: number;
  /** Commands that share one sync of the journal. @defaultValue 4,096 */
  readonly batchCommandsMax: number;
  /** Bytes of commands that share one sync of the journal. @defaultValue 4,194,304 */
  readonly batchBytesMax: number;
  /** Rows that wait for the store before it is brought up to date in between. @defaultValue 20,000 */
  readonly storeRowsPendingMax: number;
  /** Unanswered messages that come with one offer or assignment, the oldest first. @defaultValue 100 */
  readonly messagesPerEventMax: number;
  /** Events of one conversation's timeline, the newest. @defaultValue 10,000 */
  readonly timelineEventsMax: number;
  /** Commands of a partition after which a snapshot is taken in the background. @defaultValue 300,000 */
  readonly commandsPerSnapshotMax: number;

  /** Writes over HTTP that are begun and not yet answered; a stream of them is one. @defaultValue 500 */
  readonly writesUnderWayMax: number;
  /** Bytes of a JSON body. @defaultValue 1,048,576 */
  readonly bodyBytesMax: number;
  /** Lines of an NDJSON body. @defaultValue 10,000 */
  readonly ndjsonLinesMax: number;
  /** Bytes of an NDJSON body. @defaultValue 16,777,216 */
  readonly ndjsonBytesMax: number;
  /** Bytes of a message's text in UTF-8. @defaultValue 65,536 */
  readonly textBytesMax: number;
  /** Bytes of a customer's address in UTF-8. @defaultValue 256 */
  readonly customerBytesMax: number;
  /** Bytes of any other id. @defaultValue 128 */
  readonly idBytesMax: number;
  /** Attachments of one message. @defaultValue 20 */
  readonly attachmentsMax: number;
  /** Unsent bytes at which an event stream is closed. @defaultValue 1,048,576 */
  readonly streamUnsentBytesMax: number;
}

export const defaultWorkerLimits = {
  ...defaultEngineLimits,
  ...defaultDeliveryLimits,
  inboxCommandsMax: 20_000,
  inboxBytesMax: 64 * 1024 * 1024,
  inboxCommandsPerTenantMax: 15_000,
  queriesWaitingMax: 20_000,
  batchCommandsMax: 4096,
  batchBytesMax: 4 * 1024 * 1024,
  storeRowsPendingMax: 20_000,
  messagesPerEventMax: 100,
  timelineEventsMax: 10_000,
  commandsPerSnapshotMax: 300_000,
  writesUnderWayMax: 500,
  bodyBytesMax: 1024 * 1024,
  ndjsonLinesMax: 10_000,
  ndjsonBytesMax: 16 * 1024 * 1024,
  textBytesMax: 65_536,
  customerBytesMax: 256,
  idBytesMax: 128,
  attachmentsMax: 20,
  streamUnsentBytesMax: 1024 * 1024,
} satisfies WorkerLimits;
