import type { Command, ConversationId, PresenceStatus } from "./commands.ts";
import type { ResolvedConfiguration } from "./configuration/resolved.ts";
import type { ConversationState, Event, MayWrite } from "./events.ts";
import type { ReasonCode } from "./reasons.ts";
import type { Rejection } from "./rejections.ts";

/**
 * Grows with every change of behaviour: the same commands must give the same events under the same
 * version. Golden journals fail in CI when they do not.
 */
export const engineVersion = 1;

/**
 * The routing engine of one partition: a deterministic state machine that knows no clock, no chance
 * and no outside world, so it cannot fail for an outside reason.
 *
 * Queries read the state between two commands and change nothing.
 */
export interface Engine {
  /**
   * Fire everything due at or before `command.at`, then apply the command. Events are appended to
   * `events`. A rejection leaves no trace but what time itself caused.
   */
  apply(command: Command, events: Event[]): Result;
  /** Epoch ms at which the engine next needs a `tick`, or undefined. */
  nextDeadlineAt(): number | undefined;
  /** Highest sequence among the events so far. */
  lastSequence(): number;
  /** Hash of the logical state, 16 hexadecimal digits; snapshot-hash.ts says of what. For rare use. */
  stateHash(): string;
  /** All that it knows, as bytes from which it can be restored; docs/journal.md has their layout. */
  snapshot(): Uint8Array;
  /**
   * The same in pieces of about 64 KiB, a millisecond's work each, so that they need not all be in
   * memory and the host may rest between them. A piece is valid until `handOn` returns.
   */
  writeSnapshot(handOn: (piece: Uint8Array) => void): void;

  tenants(): readonly string[];
  configuration(tenant: string): ConfigurationView | undefined;
  conversation(tenant: string, conversation: ConversationId): ConversationView | undefined;
  agents(tenant: string): readonly AgentView[];
  skillQueues(tenant: string): readonly SkillQueueView[];
  /** Messages given to a bot whose call was not answered yet, to be called again after a restart. */
  botCalls(): readonly BotCall[];
  /** The message of a conversation that its bot is to answer now; undefined where none is. O(1) */
  botMessage(tenant: string, conversation: ConversationId): number | undefined;
  counts(): EngineCounts;
}

/** What a command came to. */
export type Result =
  | Rejection
  | ConversationOutcome
  | PresenceOutcome
  | ConfigurationOutcome
  | ErasureOutcome
  | TickOutcome
  | Acknowledged;

/** The conversation as it is after the command. */
export interface ConversationOutcome {
  readonly status: "accepted";
  readonly conversation: ConversationId;
  readonly state: ConversationState;
  readonly offline: boolean;
  readonly version: number;
  /** Owner, or whom it is offered to. */
  readonly agent?: string;
  /** Why it is in this state, if this command put it there. */
  readonly reason?: ReasonCode;
  /** A repeat of a write that was accepted before, and of which kind that one was. */
  readonly duplicateOf?: RememberedKind;
}

export type RememberedKind = "message" | "write" | "contact";

export interface PresenceOutcome {
  readonly status: "presence";
  readonly presence: PresenceStatus;
  /** When the next heartbeat is due; absent while offline. */
  readonly expiresAt?: number;
  readonly freeUnits: number;
}

export interface ConfigurationOutcome {
  readonly status: "configured";
  readonly revision: number;
}

export interface ErasureOutcome {
  readonly status: "erased";
  readonly conversations: readonly ConversationId[];
}

export interface TickOutcome {
  readonly status: "ticked";
  /** More is due at this instant: tick again before any other command. */
  readonly more: boolean;
}

export interface Acknowledged {
  readonly status: "acknowledged";
}

export interface ConfigurationView {
  readonly revision: number;
  readonly configuration: ResolvedConfiguration;
  /** Epoch ms to which every calendar is planned. */
  readonly plannedUntil: number;
}

export const deadlineTimers = [
  "connectWait",
  "routingLimit",
  "lastAgentWait",
  "offer",
  "reoffer",
  "firstReply",
  "calledCustomerReply",
  "customerReply",
  "replyWindow",
  "botAnswer",
  "botIdle",
  "dormancy",
] as const;
export type DeadlineTimer = (typeof deadlineTimers)[number];

/** Either running (`dueAt`, epoch ms) or paused (`remainingMs`). */
export interface Deadline {
  readonly timer: DeadlineTimer;
  readonly dueAt?: number;
  readonly remainingMs?: number;
  /** Of `reoffer`. */
  readonly agent?: string;
}

export interface ConversationView {
  readonly id: ConversationId;
  readonly state: ConversationState;
  readonly offline: boolean;
  readonly version: number;
  readonly channel: string;
  /** Absent once erased. */
  readonly customer?: string;
  readonly customerId?: string;
  readonly skillQueue: string;
  readonly priority: number;
  readonly agent?: string;
  readonly reservedFor?: string;
  readonly lastAgent?: string;
  readonly age?: number;
  /** In due order, paused ones last. */
  readonly deadlines: readonly Deadline[];
  readonly mayWrite: MayWrite;
}

export interface AgentView {
  readonly id: string;
  readonly name?: string;
  readonly skills: Readonly<Record<string, number>>;
  readonly status: PresenceStatus;
  readonly reason?: ReasonCode;
  readonly expiresAt?: number;
  readonly units: { readonly capacity: number; readonly used: number; readonly free: number };
  /** Owned or offered, by number. */
  readonly conversations: readonly ConversationId[];
}

export interface SkillQueueView {
  readonly id: string;
  readonly open: boolean;
  readonly nextChangeAt?: number;
  readonly waiting: { readonly live: number; readonly offline: number };
  readonly reserved: number;
  readonly offered: number;
  readonly parked: number;
  readonly held: number;
  readonly oldestAge?: number;
  readonly oldestTooCostly?: number;
  readonly agents: { readonly signedIn: number; readonly available: number; readonly free: number };
  readonly freeUnits: number;
}

export interface BotCall {
  readonly tenant: string;
  readonly channel: string;
  readonly conversation: ConversationId;
  readonly message: number;
}

export interface EngineCounts {
  readonly conversationsOpened: number;
  readonly conversationsClosed: number;
  readonly conversationsByState: Readonly<Record<ConversationState, number>>;
  readonly idsRemembered: number;
  /** Epoch ms of the oldest id remembered. */
  readonly oldestIdAt?: number;
  readonly customersRemembered: number;
  readonly timersArmed: number;
}
