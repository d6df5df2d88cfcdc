import type { ResolvedConfiguration } from "./configuration/resolved.ts";
import type { BotFailure } from "./reasons.ts";

/**
 * What the outside world asks of the engine. Everything that may decide anything is in the command,
 * time included; `content` (texts, subjects, attachments as JSON) is carried through to the events
 * and never read.
 *
 * `at` is integer epoch milliseconds and never decreases within a partition.
 */
export type Command =
  | ConfigureTenant
  | PlanCalendars
  | ReceiveMessage
  | WriteMessage
  | ContactCustomer
  | AcceptOffer
  | DeclineOffer
  | AssignConversation
  | ReleaseConversation
  | HandOffConversation
  | CloseConversation
  | AnswerFromBot
  | FailBot
  | SetPresence
  | EraseCustomer
  | RecordDelivery
  | Tick;

export type CommandType = Command["type"];

/** A conversation's number, unique within a partition; on the wire `c` and the number. */
export type ConversationId = number;

interface ForTenant {
  readonly at: number;
  readonly tenant: string;
}

/**
 * The open hours to come of one calendar: its state at `from`, and the instants after `from` at
 * which that state toggles, strictly increasing. Computed by the host (`planCalendar`).
 */
export interface CalendarPlan {
  readonly calendar: string;
  readonly from: number;
  readonly open: boolean;
  readonly flips: readonly number[];
}

/** Create a tenant or replace its configuration. Rejections: `configuration_changed`, `in_use`, `unknown_channel`, `unknown_skill_queue`. */
export interface ConfigureTenant extends ForTenant {
  readonly type: "configureTenant";
  readonly configuration: ResolvedConfiguration;
  /** One plan for each calendar of the configuration. */
  readonly plans: readonly CalendarPlan[];
  /** Removed queue or channel id → the one that takes over its open conversations. */
  readonly replace?: Readonly<Record<string, string>>;
  /** Refused with `configuration_changed` unless the present revision is this; 0 = no such tenant yet. */
  readonly expectedRevision?: number;
}

/** Replace the plans of the calendars named, from now on. */
export interface PlanCalendars extends ForTenant {
  readonly type: "planCalendars";
  readonly plans: readonly CalendarPlan[];
}

/** A customer wrote (3.1). */
export interface ReceiveMessage extends ForTenant {
  readonly type: "receiveMessage";
  /** Idempotency key on the channel's customer side. */
  readonly id: string;
  readonly channel: string;
  readonly customer: string;
  readonly customerId?: string;
  readonly skillQueue?: string;
  /** 0–14. */
  readonly priority?: number;
  /** The mail was sent by a machine (RFC 3834), so no automatic reply may answer it. */
  readonly automatic?: boolean;
  readonly content: string;
}

/** The owner, or the bot, writes to the customer (3.11, 3.14). */
export interface WriteMessage extends ForTenant {
  readonly type: "writeMessage";
  readonly conversation: ConversationId;
  /** Idempotency key on the channel's agent side. */
  readonly id: string;
  /** Absent: the bot. */
  readonly agent?: string;
  readonly version?: number;
  /** The message uses a template that the platform approved. */
  readonly template?: boolean;
  readonly tag?: string;
  readonly content: string;
}

/** An agent writes first (3.12). */
export interface ContactCustomer extends ForTenant {
  readonly type: "contactCustomer";
  readonly id: string;
  readonly agent: string;
  readonly channel: string;
  readonly customer: string;
  readonly template?: boolean;
  readonly tag?: string;
  readonly content: string;
}

interface OnConversation extends ForTenant {
  readonly conversation: ConversationId;
  readonly version?: number;
  /** Free text of the caller, kept in the timeline. */
  readonly note?: string;
}

/** `agent` absent: a supervisor. */
interface ByAgentOrSupervisor extends OnConversation {
  readonly agent?: string;
}

export interface AcceptOffer extends ByAgentOrSupervisor {
  readonly type: "acceptOffer";
}

export interface DeclineOffer extends ByAgentOrSupervisor {
  readonly type: "declineOffer";
}

/** A person gives the conversation to `agent`. */
export interface AssignConversation extends OnConversation {
  readonly type: "assignConversation";
  readonly agent: string;
  /** Neither skill nor free units are asked for. */
  readonly override?: boolean;
}

export interface ReleaseConversation extends ByAgentOrSupervisor {
  readonly type: "releaseConversation";
}

/** The bot hands off to people, or an owner to another queue. */
export interface HandOffConversation extends ByAgentOrSupervisor {
  readonly type: "handOffConversation";
  readonly bot?: boolean;
  readonly skillQueue?: string;
}

export interface CloseConversation extends ByAgentOrSupervisor {
  readonly type: "closeConversation";
  readonly bot?: boolean;
  /** The channel says that the customer ended it. */
  readonly customer?: boolean;
}

/** The bot's answer to the message it was given (`messageGivenToBot`), FINE-PRINT 38. */
export interface AnswerFromBot extends ForTenant {
  readonly type: "answerFromBot";
  readonly conversation: ConversationId;
  /** Sequence of the message that was given. */
  readonly message: number;
  /** `content` of each reply, in order. */
  readonly replies: readonly string[];
  readonly handOff?: boolean;
  readonly skillQueue?: string;
  readonly close?: boolean;
}

export interface FailBot extends ForTenant {
  readonly type: "failBot";
  readonly conversation: ConversationId;
  readonly message: number;
  readonly reason: BotFailure;
}

/** Presence as the agent declares it; every one is also a heartbeat (3.10). */
export interface SetPresence extends ForTenant {
  readonly type: "setPresence";
  readonly agent: string;
  readonly status: PresenceStatus;
}

export const presenceStatuses = ["available", "away", "offline"] as const;
export type PresenceStatus = (typeof presenceStatuses)[number];

/** Forget an address on every channel, or a `customerId` (3.20). */
export interface EraseCustomer extends ForTenant {
  readonly type: "eraseCustomer";
  readonly customer: string;
}

export const deliveryStatuses = ["sent", "delivered", "read", "failed", "pending"] as const;
export type DeliveryStatus = (typeof deliveryStatuses)[number];

/** What became of an entry for the customer; routing never changes by it (3.17). */
export interface RecordDelivery extends ForTenant {
  readonly type: "recordDelivery";
  readonly channel: string;
  /** Sequence of the event that made the entry. */
  readonly entry: number;
  readonly status: DeliveryStatus;
  readonly reason?: string;
}

/** Time passes: fires what is due, at most `timersPerTickMax`. */
export interface Tick {
  readonly type: "tick";
  readonly at: number;
}
