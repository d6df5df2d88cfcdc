import type { Command, ConversationId, DeliveryStatus } from "../../core/commands.ts";
import type {
  AgentView,
  BotCall,
  ConfigurationView,
  ConversationView,
  EngineCounts,
  Result,
  SkillQueueView,
} from "../../core/engine.ts";
import type { ConversationState, Event } from "../../core/events.ts";

/**
 * The door to the partitions, as HTTP and delivery see it. Everything below it (threads, journal,
 * store) may fail only by an `OperatingError` whose `code` says whether trying again helps.
 */
export interface Routing {
  /** Resolves when the command is durable and applied. `at` is stamped here. */
  submit(command: CommandInput): Promise<Result>;
  /** Reads only what is durable, and every write answered before it. */
  query<Q extends Query>(query: Q): Promise<QueryAnswers[Q["type"]]>;
  /** Called after each batch with what it touched; returns the way to stop. */
  onActivity(listener: (activity: Activity) => void): () => void;
  /**
   * Called when partitions came back from their journal, in which there may be batches that nobody was
   * told of: whoever follows activity, or keeps what it read, has to read again. Returns the way to stop.
   */
  onRecovery(listener: () => void): () => void;
  /** Host time, epoch ms: the test clock's where there is one. */
  now(): number;
}

/** The door for who sends many commands at a time. */
export interface Intake {
  /** As `submit` of `Routing`, without a promise for each. Never throws. */
  post(command: CommandInput, answered: Answered): void;
}

/** The door for who reads a stream as it comes. */
export interface Following {
  /**
   * From now on activities of the tenant come with what they made of its stream, where that is at hand.
   * Returns the way to stop.
   */
  follow(tenant: string): () => void;
}

/** Told once: what the command came to, or why that is not known. */
export interface Answered {
  readonly resolve: (result: Result) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A command before the host stamps the time. The host also computes the calendar plans, so
 * `configureTenant` comes without, and `planCalendars` and `tick` are its own.
 */
export type CommandInput = Command extends infer C
  ? C extends { readonly type: "tick" | "planCalendars" }
    ? never
    : C extends Command
      ? Omit<C, "at" | "plans">
      : never
  : never;

/** What a batch touched, for those who wait: readers of streams, polls, push and the bot. */
export interface Activity {
  readonly tenant: string;
  /** Highest sequence of the batch. */
  readonly lastSequence: number;
  /** Agents with new events. */
  readonly agents: readonly string[];
  /** Channel and customer address with new entries. */
  readonly customers: readonly { readonly channel: string; readonly customer: string }[];
  /** Channels whose outbox grew. */
  readonly outboxes: readonly string[];
  /** Messages to give to a bot now. */
  readonly botCalls: readonly BotCall[];
  /** Whether the tenant was configured anew. */
  readonly configured: boolean;
  /** All that the batch made of the tenant's stream, oldest first; absent where it has to be asked for. */
  readonly told?: readonly RecordedEvent[];
}

export type Query =
  | { readonly type: "tenants" }
  | { readonly type: "configuration"; readonly tenant: string }
  | {
      readonly type: "conversation";
      readonly tenant: string;
      readonly conversation: ConversationId;
    }
  | ({ readonly type: "conversations"; readonly tenant: string } & ConversationFilter)
  | { readonly type: "timeline"; readonly tenant: string; readonly conversation: ConversationId }
  | { readonly type: "agents"; readonly tenant: string }
  | { readonly type: "skillQueues"; readonly tenant: string }
  | EventsQuery
  | EntriesQuery
  | { readonly type: "entry"; readonly tenant: string; readonly entry: number }
  | FailedDeliveriesQuery
  | OutboxQuery
  | { readonly type: "botCalls" }
  | BotMessageQuery
  | { readonly type: "counts" };

export interface ConversationFilter {
  readonly states?: readonly ConversationState[];
  readonly skillQueue?: string;
  readonly agent?: string;
  readonly channel?: string;
  readonly customer?: string;
  /** Exclusive: the last conversation of the page before. */
  readonly after?: ConversationId;
  readonly limit: number;
}

/** Events of one agent, or of the whole tenant where `agent` is absent, oldest first. */
export interface EventsQuery {
  readonly type: "events";
  readonly tenant: string;
  readonly agent?: string;
  /** Exclusive sequence. */
  readonly after: number;
  readonly limit: number;
}

/** Entries for one customer on one channel, oldest first. */
export interface EntriesQuery {
  readonly type: "entries";
  readonly tenant: string;
  readonly channel: string;
  readonly customer: string;
  readonly after: number;
  readonly limit: number;
}

export interface FailedDeliveriesQuery {
  readonly type: "failedDeliveries";
  readonly tenant: string;
  readonly channel: string;
  readonly after: number;
  readonly limit: number;
}

/**
 * Entries of a channel with push that wait to be sent: for each conversation in order, at most
 * `limit` conversations' first entries, those of `except` left out.
 */
export interface OutboxQuery {
  readonly type: "outbox";
  readonly tenant: string;
  readonly channel: string;
  readonly except: readonly ConversationId[];
  readonly limit: number;
}

/** A message with its text, if its bot is still to answer it: nobody waits for any other answer. */
export interface BotMessageQuery {
  readonly type: "botMessage";
  readonly tenant: string;
  readonly conversation: ConversationId;
  readonly message: number;
}

export interface QueryAnswers {
  readonly tenants: readonly string[];
  readonly configuration: ConfigurationView | undefined;
  readonly conversation: ConversationView | undefined;
  readonly conversations: { readonly items: readonly ConversationView[]; readonly more: boolean };
  readonly timeline: readonly RecordedEvent[] | undefined;
  readonly agents: readonly AgentView[] | undefined;
  readonly skillQueues: readonly SkillQueueView[] | undefined;
  readonly events: readonly RecordedEvent[];
  readonly entries: readonly CustomerEntry[];
  readonly entry: CustomerEntry | undefined;
  readonly failedDeliveries: readonly CustomerEntry[];
  readonly outbox: readonly CustomerEntry[];
  readonly botCalls: readonly BotCall[];
  readonly botMessage: BotMessage | undefined;
  readonly counts: readonly EngineCounts[];
}

/** An event with the texts that belong to it (`messages` where it has `unansweredFrom`). */
export interface RecordedEvent {
  readonly event: Event;
  /** In `conversationOffered` and `conversationAssigned`: the unanswered messages. */
  readonly messages?: readonly RecordedMessage[];
}

export interface RecordedMessage {
  readonly sequence: number;
  /** The caller's id. */
  readonly id: string;
  readonly at: number;
  /** JSON with `text`, `subject`, `attachments`, …; absent once erased. */
  readonly content?: string;
}

/** What the customer side is told, the same by push and by poll (DOMAIN 5). */
export interface CustomerEntry {
  readonly sequence: number;
  readonly tenant: string;
  readonly channel: string;
  readonly customer?: string;
  readonly conversation: ConversationId;
  readonly at: number;
  readonly kind: "message" | "prompt" | "auto-reply" | "status";
  readonly offline: boolean;
  /** JSON with `text`, `subject`, `template`, `tag`, `attachments`. */
  readonly content?: string;
  /** The caller's id of the message it answers. */
  readonly inReplyTo?: string;
  readonly status?: "dormant" | "closed";
  readonly reason?: string;
  /** Where it stands with its delivery. */
  readonly delivery: DeliveryStatus | "withdrawn";
  readonly deliveryReason?: string;
}

export interface BotMessage {
  readonly tenant: string;
  readonly channel: string;
  readonly customer?: string;
  readonly conversation: ConversationId;
  readonly sequence: number;
  readonly id: string;
  readonly content?: string;
}

/**
 * - `overloaded`: too much waits already; try again after `retryAfterSeconds`.
 * - `shard_restarting`: the thread of this partition died and is recovering from its journal.
 *   Whether the command was made durable is unknown: try again with the same id.
 * - `journal_full`: the disk has no space; nothing was applied, reads go on.
 * - `journal_failed`: the disk refused for another reason; nothing was applied.
 * - `partition_unavailable`: this partition's files are damaged, and it did not start.
 * - `stopping`: the worker is shutting down and takes nothing new.
 */
export const operatingErrorCodes = [
  "overloaded",
  "shard_restarting",
  "journal_full",
  "journal_failed",
  "partition_unavailable",
  "stopping",
] as const;
export type OperatingErrorCode = (typeof operatingErrorCodes)[number];

/** A failure of the machinery, not of the caller: HTTP answers 503 with `Retry-After`. */
export class OperatingError extends Error {
  readonly code: OperatingErrorCode;
  /** When to try again. @defaultValue 1 */
  readonly retryAfterSeconds: number;

  constructor(
    code: OperatingErrorCode,
    message: string,
    options?: ErrorOptions & { readonly retryAfterSeconds?: number },
  ) {
    super(message, options);
    this.name = "OperatingError";
    this.code = code;
    this.retryAfterSeconds = options?.retryAfterSeconds ?? 1;
  }
}
