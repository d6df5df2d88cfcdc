import type { ConversationId, DeliveryStatus, PresenceStatus } from "./commands.ts";
import type { PassedOverCode, ReasonCode } from "./reasons.ts";

/** `held` is `queued` while the queue's calendar is closed (DOMAIN 3). */
export const conversationStates = [
  "held",
  "with-bot",
  "queued",
  "offered",
  "assigned",
  "awaiting-customer",
  "live",
  "dormant",
  "parked",
  "closed",
] as const;
export type ConversationState = (typeof conversationStates)[number];

export const assignmentRules = [
  "longest-idle",
  "least-loaded",
  "round-robin",
  "best-level",
  "last-agent",
  "reserved",
  "person",
  "contact",
] as const;
export type AssignmentRule = (typeof assignmentRules)[number];

/** Why this agent got this conversation (3.19, FINE-PRINT 33). */
export interface Explanation {
  readonly rule: AssignmentRule;
  /** ms since the oldest unanswered message arrived; 0 where nothing was unanswered. */
  readonly waitedMs: number;
  /** Agents with the skill who were eligible at that moment. */
  readonly eligible: number;
  /** Agents with the skill who were not, by first cause. */
  readonly passedOver: Readonly<Partial<Record<PassedOverCode, number>>>;
  /** At most eight of those passed over, in the queue's agent order. */
  readonly agents: readonly { readonly agent: string; readonly code: PassedOverCode }[];
}

export type WriteVerdict = "allowed" | "allowed-with-tag" | "template-only" | "blocked";

/** Whether the agent side may write now (3.11). */
export interface MayWrite {
  readonly verdict: WriteVerdict;
  readonly reason?: "replies_not_allowed" | "reply_window_closed" | "cannot_start";
  /** Epoch ms of the next change for the worse. */
  readonly until?: number;
}

/**
 * What happened, in order. `sequence` is the partition's own, gapless, and survives restarts: it is
 * the cursor of every stream and the id of every message and customer entry. `at` is when the
 * engine did it (`firedAt`); `dueAt` is there when a timer caused it.
 */
export type Event =
  | ConversationEvent
  | PresenceChanged
  | TenantConfigured
  | CustomerErased
  | DeliveryRecorded;

export type EventType = Event["type"];

export type ConversationEvent =
  | EpisodeBegan
  | MessageReceived
  | MessageSent
  | PromptSent
  | AutoReplySent
  | MessageGivenToBot
  | ConversationMoved
  | ConversationWentOffline
  | ConversationReserved
  | ReservationEnded
  | ConversationOffered
  | OfferWithdrawn
  | ConversationAssigned
  | ConversationLeft
  | RoutingTimedOut
  | MayWriteChanged;

interface EventBase {
  readonly sequence: number;
  readonly at: number;
  readonly dueAt?: number;
  readonly tenant: string;
}

/** The conversation as it is when the event leaves. */
interface OfConversation extends EventBase {
  readonly conversation: ConversationId;
  readonly version: number;
  readonly channel: string;
  /** Absent once erased. */
  readonly customer?: string;
  readonly skillQueue: string;
}

/** A conversation was opened (`opened`), or an open one seeks an agent anew. */
export interface EpisodeBegan extends OfConversation {
  readonly type: "episodeBegan";
  readonly opened: boolean;
  readonly customerId?: string;
  readonly priority: number;
}

export interface MessageReceived extends OfConversation {
  readonly type: "messageReceived";
  readonly id: string;
  readonly content: string;
  readonly customerId?: string;
  /** Who owns it, or is offered it, at this moment. */
  readonly agent?: string;
}

export interface MessageSent extends OfConversation {
  readonly type: "messageSent";
  /** The caller's id; absent on a reply in the bot's answer. */
  readonly id?: string;
  /** Absent: the bot. */
  readonly agent?: string;
  readonly offline: boolean;
  readonly template: boolean;
  readonly tag?: string;
  readonly content: string;
  /** Sequence of the message it answers. */
  readonly inReplyTo?: number;
}

export interface PromptSent extends OfConversation {
  readonly type: "promptSent";
  readonly text: string;
  readonly inReplyTo?: number;
}

export interface AutoReplySent extends OfConversation {
  readonly type: "autoReplySent";
  readonly template: "workingHours" | "nonWorkingHours";
  readonly subject: string;
  readonly text: string;
  readonly offline: boolean;
  /** Sequence of the mail it answers. */
  readonly inReplyTo: number;
}

/** The host calls the bot with this message and answers with `answerFromBot` or `failBot`. */
export interface MessageGivenToBot extends OfConversation {
  readonly type: "messageGivenToBot";
  /** Sequence of the message. */
  readonly message: number;
}

/** One transition of state, owner or queue: `version` grew by one. */
export interface ConversationMoved extends OfConversation {
  readonly type: "conversationMoved";
  /** Absent for a new conversation. */
  readonly from?: ConversationState;
  readonly to: ConversationState;
  readonly offline: boolean;
  readonly priority: number;
  /** Owner, or whom it is offered to, after it. */
  readonly agent?: string;
  readonly reason: ReasonCode;
  /** Who caused it, and the caller's own words. */
  readonly by?: string;
  readonly note?: string;
}

export interface ConversationWentOffline extends OfConversation {
  readonly type: "conversationWentOffline";
  readonly reason: ReasonCode;
}

export interface ConversationReserved extends OfConversation {
  readonly type: "conversationReserved";
  readonly agent: string;
  /** Counted in open time of the queue. */
  readonly waitMs: number;
}

export interface ReservationEnded extends OfConversation {
  readonly type: "reservationEnded";
  readonly agent: string;
  readonly reason: ReasonCode;
}

export interface ConversationOffered extends OfConversation {
  readonly type: "conversationOffered";
  readonly agent: string;
  readonly expiresAt: number;
  /** Sequence of the oldest unanswered message, absent if there is none. */
  readonly unansweredFrom?: number;
  readonly reason: Explanation;
}

export interface OfferWithdrawn extends OfConversation {
  readonly type: "offerWithdrawn";
  readonly agent: string;
  readonly reason: ReasonCode;
}

export interface ConversationAssigned extends OfConversation {
  readonly type: "conversationAssigned";
  readonly agent: string;
  readonly unansweredFrom?: number;
  readonly reason: Explanation;
  readonly mayWrite: MayWrite;
}

/** The agent no longer owns it. */
export interface ConversationLeft extends OfConversation {
  readonly type: "conversationLeft";
  readonly agent: string;
  readonly to: ConversationState;
  readonly reason: ReasonCode;
}

export interface RoutingTimedOut extends OfConversation {
  readonly type: "routingTimedOut";
}

export interface MayWriteChanged extends OfConversation {
  readonly type: "mayWriteChanged";
  readonly agent: string;
  readonly mayWrite: MayWrite;
}

export interface PresenceChanged extends EventBase {
  readonly type: "presenceChanged";
  readonly agent: string;
  readonly status: PresenceStatus;
  readonly reason: ReasonCode;
}

export interface TenantConfigured extends EventBase {
  readonly type: "tenantConfigured";
  readonly revision: number;
}

/** Texts and addresses of these conversations, and of older ones of this customer, go. */
export interface CustomerErased extends EventBase {
  readonly type: "customerErased";
  readonly customer: string;
  /** Those that the engine still knew. */
  readonly conversations: readonly ConversationId[];
}

export interface DeliveryRecorded extends EventBase {
  readonly type: "deliveryRecorded";
  readonly channel: string;
  readonly entry: number;
  readonly status: DeliveryStatus;
  readonly reason?: string;
}
