import type { PresenceStatus } from "./commands.ts";
import type { ResolvedConfiguration, RoutingMode } from "./configuration/resolved.ts";
import type { DeadlineTimer, RememberedKind } from "./engine.ts";
import type { ConversationState, Explanation, WriteVerdict } from "./events.ts";
import type { ReasonCode } from "./reasons.ts";

/**
 * The records of a snapshot, in this order:
 *
 * 1. the header: engine version, time, last event, timer and conversation, number closed;
 * 2. for each tenant, by order of creation: the tenant with its configuration; calendars' clocks,
 *    agents and queues in the document's order; customers with something open by its number, then
 *    those with nothing open, longest untouched first; last agents by `customerId`, longest
 *    untouched first; conversations by number;
 * 3. armed timers by sequence;
 * 4. remembered ids, oldest first.
 *
 * Whatever follows from these (lines, used units, who owns what) is not written and is built again
 * on restoring. As bytes they are laid out by snapshot-format.ts. As JSON, one a line and with keys in
 * the order given here, they were what snapshots of format 1 held, and are what the state hash is of.
 */
export type Saved =
  | SavedHeader
  | SavedTenant
  | SavedClock
  | SavedAgent
  | SavedQueue
  | SavedCustomer
  | SavedPerson
  | SavedConversation
  | SavedTimer
  | SavedId;

export interface SavedHeader {
  readonly is: "header";
  readonly engineVersion: number;
  readonly now: number;
  readonly lastSequence: number;
  readonly lastTimer: number;
  readonly lastConversation: number;
  readonly conversationsClosed: number;
}

export interface SavedTenant {
  readonly is: "tenant";
  readonly id: string;
  readonly revision: number;
  readonly configuration: ResolvedConfiguration;
  readonly autoReplies: readonly (readonly [string, readonly [string, readonly number[]][]])[];
}

export interface SavedClock {
  readonly is: "clock";
  readonly tenant: string;
  readonly calendar: string;
  readonly open: boolean;
  readonly elapsed: number;
  readonly since: number;
  readonly flips: readonly number[];
}

export interface SavedAgent {
  readonly is: "agent";
  readonly tenant: string;
  readonly id: string;
  readonly presence: PresenceStatus;
  readonly presenceReason: ReasonCode | undefined;
  readonly expiresAt: number | undefined;
  readonly gone: boolean;
  readonly idleSince: number;
  readonly missedOffers: number;
}

export interface SavedQueue {
  readonly is: "queue";
  readonly tenant: string;
  readonly id: string;
  readonly lastChosen: string | undefined;
  readonly routed: readonly (readonly [string, readonly number[]])[];
}

export interface SavedLastAgent {
  readonly agent: string;
  readonly at: number;
}

export interface SavedKnowledge {
  readonly address: string | undefined;
  readonly customerId: string | undefined;
  readonly lastMessageAt: number | undefined;
  readonly lastAgent: SavedLastAgent | undefined;
}

export interface SavedCustomer extends SavedKnowledge {
  readonly is: "customer";
  readonly tenant: string;
  readonly channel: string;
  readonly open: number | undefined;
}

/** The address of one who is remembered, or all that is left of one who is not. */
export type SavedCustomerOf = string | SavedKnowledge;

export interface SavedPerson {
  readonly is: "person";
  readonly tenant: string;
  readonly id: string;
  readonly last: SavedLastAgent;
}

export interface SavedConversation {
  readonly is: "conversation";
  readonly tenant: string;
  readonly id: number;
  readonly channel: string;
  readonly customer: SavedCustomerOf;
  readonly queue: string;
  readonly priority: number;
  readonly state: (typeof savedStates)[number];
  readonly offline: boolean;
  readonly version: number;
  readonly agent: string | undefined;
  readonly units: number;
  readonly episode: SavedEpisode;
  readonly unanswered: readonly number[];
  readonly age: number | undefined;
  readonly ageSequence: number;
  readonly reservedFor: string | undefined;
  readonly offered: Explanation | undefined;
  readonly bot: { readonly pending: readonly number[]; readonly calling?: number | undefined };
  readonly verdict: WriteVerdict | undefined;
  readonly reason: ReasonCode | undefined;
}

/** `held` is not stored: it is `queued` while the queue's clock stands. */
export const savedStates = [
  "with-bot",
  "queued",
  "offered",
  "assigned",
  "awaiting-customer",
  "live",
  "dormant",
  "parked",
  "closed",
] as const satisfies readonly ConversationState[];

export interface SavedEpisode {
  readonly offlineMessages: boolean;
  readonly routingMode: RoutingMode;
  readonly answered: boolean;
  readonly reservationMade: boolean;
  readonly hasPlace: boolean;
}

export const savedTimerKinds = [
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
  "allowance",
  "presence",
  "grace",
  "forget",
] as const satisfies readonly (DeadlineTimer | "allowance" | "presence" | "grace" | "forget")[];

export interface SavedTimer {
  readonly is: "timer";
  readonly kind: (typeof savedTimerKinds)[number];
  readonly tenant: string;
  readonly calendar: string | undefined;
  readonly due: number;
  readonly sequence: number;
  readonly conversation: number | undefined;
  readonly agent: string | undefined;
  readonly queue: string | undefined;
  readonly countsOpenTime: boolean;
}

export interface SavedId {
  readonly is: "remembered";
  readonly entry: {
    readonly tenant: string;
    readonly channel: string;
    readonly direction: "customer" | "agent";
    readonly id: string;
    readonly conversation: number;
    readonly kind: RememberedKind;
    readonly at: number;
  };
}
