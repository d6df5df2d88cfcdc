import type { PresenceStatus } from "../commands.ts";
import type { ResolvedConfiguration } from "../configuration/resolved.ts";
import type { Explanation, WriteVerdict } from "../events.ts";
import type { ReasonCode } from "../reasons.ts";
import type { Episode, LastAgent, Remembered, StoredState, TimerKind } from "./state.ts";

/** The lines of a snapshot, each a record of JSON; snapshot.ts has their order. */
export type Saved =
  | SavedHeader
  | SavedTenant
  | SavedClock
  | SavedAgent
  | SavedQueue
  | SavedCustomer
  | {
      readonly is: "person";
      readonly tenant: string;
      readonly id: string;
      readonly last: LastAgent;
    }
  | SavedConversation
  | SavedTimer
  | { readonly is: "remembered"; readonly entry: Remembered };

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

export interface SavedCustomer {
  readonly is: "customer";
  readonly tenant: string;
  readonly channel: string;
  readonly address: string | undefined;
  readonly customerId: string | undefined;
  readonly lastMessageAt: number | undefined;
  readonly lastAgent: LastAgent | undefined;
  readonly open: number | undefined;
}

/** The address of one who is remembered, or all that is left of one who is not. */
export type SavedCustomerOf = string | Omit<SavedCustomer, "is" | "tenant" | "channel" | "open">;

export interface SavedConversation {
  readonly is: "conversation";
  readonly tenant: string;
  readonly id: number;
  readonly channel: string;
  readonly customer: SavedCustomerOf;
  readonly queue: string;
  readonly priority: number;
  readonly state: StoredState;
  readonly offline: boolean;
  readonly version: number;
  readonly agent: string | undefined;
  readonly units: number;
  readonly episode: Episode;
  readonly unanswered: readonly number[];
  readonly age: number | undefined;
  readonly ageSequence: number;
  readonly reservedFor: string | undefined;
  readonly offered: Explanation | undefined;
  readonly bot: { readonly pending: readonly number[]; readonly calling?: number | undefined };
  readonly verdict: WriteVerdict | undefined;
  readonly reason: ReasonCode | undefined;
}

export interface SavedTimer {
  readonly is: "timer";
  readonly kind: TimerKind;
  readonly tenant: string;
  readonly calendar: string | undefined;
  readonly due: number;
  readonly sequence: number;
  readonly conversation: number | undefined;
  readonly agent: string | undefined;
  readonly queue: string | undefined;
  readonly countsOpenTime: boolean;
}
