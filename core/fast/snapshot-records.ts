import type { PresenceStatus } from "../commands.ts";
import type { ResolvedConfiguration, RoutingMode } from "../configuration/resolved.ts";
import type { RememberedKind } from "../engine.ts";
import type { ConversationState, Explanation, WriteVerdict } from "../events.ts";
import type { ReasonCode } from "../reasons.ts";
import type { TimerKind } from "./codes.ts";

/** The lines of a snapshot, as naive/snapshot.ts documents them; what JSON leaves out is absent. */
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
  readonly presenceReason?: ReasonCode;
  readonly expiresAt?: number;
  readonly gone: boolean;
  readonly idleSince: number;
  readonly missedOffers: number;
}

export interface SavedQueue {
  readonly is: "queue";
  readonly tenant: string;
  readonly id: string;
  readonly lastChosen?: string;
  readonly routed: readonly (readonly [string, readonly number[]])[];
}

interface SavedLastAgent {
  readonly agent: string;
  readonly at: number;
}

export interface SavedKnowledge {
  readonly address?: string;
  readonly customerId?: string;
  readonly lastMessageAt?: number;
  readonly lastAgent?: SavedLastAgent;
}

export interface SavedCustomer extends SavedKnowledge {
  readonly is: "customer";
  readonly tenant: string;
  readonly channel: string;
  readonly open?: number;
}

/** The address of one who is remembered, or all that is left of one who is not. */
type SavedCustomerOf = string | SavedKnowledge;

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
  readonly state: Exclude<ConversationState, "held">;
  readonly offline: boolean;
  readonly version: number;
  readonly agent?: string;
  readonly units: number;
  readonly episode: SavedEpisode;
  readonly unanswered: readonly number[];
  readonly age?: number;
  readonly ageSequence: number;
  readonly reservedFor?: string;
  readonly offered?: Explanation;
  readonly bot: { readonly pending: readonly number[]; readonly calling?: number };
  readonly verdict?: WriteVerdict;
  readonly reason?: ReasonCode;
}

interface SavedEpisode {
  readonly offlineMessages: boolean;
  readonly routingMode: RoutingMode;
  readonly answered: boolean;
  readonly reservationMade: boolean;
  readonly hasPlace: boolean;
}

export interface SavedTimer {
  readonly is: "timer";
  readonly kind: TimerKind;
  readonly tenant: string;
  readonly calendar?: string;
  readonly due: number;
  readonly sequence: number;
  readonly conversation?: number;
  readonly agent?: string;
  readonly queue?: string;
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
