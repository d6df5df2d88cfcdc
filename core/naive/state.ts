import type {
  AgentSettings,
  ChannelSettings,
  ResolvedConfiguration,
  RoutingMode,
  SkillQueueSettings,
} from "../configuration/resolved.ts";
import type { PresenceStatus } from "../commands.ts";
import type { DeadlineTimer, RememberedKind } from "../engine.ts";
import type { ConversationState, Event, Explanation, WriteVerdict } from "../events.ts";
import type { EngineLimits } from "../limits.ts";
import type { ReasonCode } from "../reasons.ts";

/** Everything that one engine knows. `now` is the time of the command being applied. */
export interface Partition {
  readonly limits: EngineLimits;
  now: number;
  /** Deadline of the timer that is firing, while one is. */
  dueAt: number | undefined;
  /** The caller's buffer, while a command is applied. */
  events: Event[];
  lastSequence: number;
  lastTimer: number;
  lastConversation: number;
  conversationsClosed: number;
  readonly wall: Clock;
  readonly tenants: Map<string, Tenant>;
  /** Ids of writes, oldest first; the key holds tenant, channel, direction and id. */
  readonly remembered: Map<string, Remembered>;
}

export interface Tenant {
  readonly id: string;
  revision: number;
  configuration: ResolvedConfiguration;
  /** By calendar id. */
  readonly clocks: Map<string, Clock>;
  readonly queues: Map<string, Queue>;
  /** In the order of the document. */
  readonly agents: Map<string, Agent>;
  readonly channels: Map<string, Channel>;
  /** Open ones, and closed ones while an id of theirs may be repeated; by creation. */
  readonly conversations: Map<number, Conversation>;
  /** By channel and address. */
  readonly customers: Map<string, Customer>;
  /** Those with nothing open, longest untouched first: these may be forgotten. */
  readonly idleCustomers: Map<string, Customer>;
  /** Last agents by `customerId`, longest untouched first. */
  readonly people: Map<string, LastAgent>;
  /** Queues in which a match may have become possible since the last matching. */
  readonly dirty: Set<Queue>;
  /** Live conversations to be looked at after matching: may they stay in line? (FINE-PRINT 12) */
  readonly entered: Set<Conversation>;
}

/**
 * A clock that runs only while it is open: the wall always, a calendar during its hours. Its time
 * is the milliseconds it has been open.
 */
export interface Clock {
  readonly calendar: string | undefined;
  open: boolean;
  /** Its time at `since`, the last flip taken. */
  elapsed: number;
  since: number;
  /** Instants still to come at which it opens or closes. */
  flips: readonly number[];
  readonly timers: TimerHeap;
}

export interface TimerHeap {
  readonly items: Timer[];
  cancelled: number;
}

export type TimerKind = DeadlineTimer | "allowance" | "presence" | "grace" | "forget";

export interface Timer {
  readonly kind: TimerKind;
  readonly clock: Clock;
  /** In the time of its clock. */
  readonly due: number;
  readonly sequence: number;
  readonly tenant: Tenant;
  readonly conversation: Conversation | undefined;
  readonly agent: Agent | undefined;
  readonly queue: Queue | undefined;
  /** Counts the open time of its conversation's queue, whatever calendar that has. */
  readonly countsOpenTime: boolean;
  armed: boolean;
}

export interface Queue {
  readonly tenant: Tenant;
  readonly id: string;
  settings: SkillQueueSettings;
  clock: Clock;
  /** Agents with the skill, in the document's order. */
  agents: readonly Agent[];
  /** Queued conversations by (reserved for, cost), each list in order. */
  readonly lanes: Map<string, Lane>;
  /** Those of them that are live. */
  readonly live: Set<Conversation>;
  /** Live ones that were let in (`maxWaiting`), those being offered included. */
  placesTaken: number;
  lastChosen: string | undefined;
  /** Instants at which this queue routed something to an agent, within the last minute. */
  readonly routed: Map<string, number[]>;
  readonly allowances: Map<string, Timer>;
}

export interface Lane {
  readonly reservedFor: string | undefined;
  readonly cost: number;
  readonly items: Conversation[];
}

export interface Agent {
  readonly tenant: Tenant;
  readonly id: string;
  settings: AgentSettings;
  /** Place in the document. */
  order: number;
  presence: PresenceStatus;
  presenceReason: ReasonCode | undefined;
  expiresAt: number | undefined;
  presenceTimer: Timer | undefined;
  graceTimer: Timer | undefined;
  /** Away for longer than the grace, or never here: the next sign-in starts anew. */
  gone: boolean;
  idleSince: number;
  used: number;
  readonly owned: Set<Conversation>;
  readonly offers: Set<Conversation>;
  /** In a row. */
  missedOffers: number;
}

export interface Channel {
  readonly id: string;
  settings: ChannelSettings;
  /** Instants of automatic replies by sender, within the last hour. */
  readonly autoReplies: Map<string, number[]>;
}

export interface Customer {
  channel: Channel;
  /** Absent once erased. */
  address: string | undefined;
  customerId: string | undefined;
  lastMessageAt: number | undefined;
  lastAgent: LastAgent | undefined;
  open: Conversation | undefined;
}

/** The agent who last sent a message, and when. */
export interface LastAgent {
  readonly agent: string;
  readonly at: number;
}

/** `held` is not stored: it is `queued` while the queue's clock stands. */
export type StoredState = Exclude<ConversationState, "held">;

export interface Conversation {
  readonly id: number;
  readonly tenant: Tenant;
  channel: Channel;
  readonly customer: Customer;
  queue: Queue;
  priority: number;
  /** Undefined only inside the command that creates it. */
  state: StoredState | undefined;
  offline: boolean;
  version: number;
  /** Owner, or whom it is offered to. */
  agent: Agent | undefined;
  /** Units in use. */
  units: number;
  episode: Episode;
  /** Sequences of the messages that no agent has answered, oldest first. */
  readonly unanswered: number[];
  /** Arrival of the oldest unanswered message; a hand-off's time where there was none. */
  age: number | undefined;
  /** Breaks ties of age. */
  ageSequence: number;
  place: Place | undefined;
  reservedFor: Agent | undefined;
  /** Agents who may not get it yet, with the timer that lifts it. */
  readonly passedOver: Map<string, Timer>;
  readonly timers: Map<DeadlineTimer | "forget", Timer>;
  /** Why it was offered, while it is. */
  offered: Explanation | undefined;
  /** Messages still to be given to the bot, and the one it has not answered. */
  bot: { readonly pending: number[]; calling: number | undefined };
  /** What the owner was last told. */
  verdict: WriteVerdict | undefined;
  /** Why it is in its state. */
  reason: ReasonCode | undefined;
}

/** What an episode keeps of the settings it began with (3.18), and what it has used up. */
export interface Episode {
  offlineMessages: boolean;
  routingMode: RoutingMode;
  answered: boolean;
  reservationMade: boolean;
  /** Live, and counted in its queue's `placesTaken`. */
  hasPlace: boolean;
}

/** Where a queued conversation stands: its lane and the key that it was put in order by. */
export interface Place {
  readonly lane: Lane;
  readonly key: OrderKey;
}

/** Smaller goes first (3.3). `window` is 0 in queues that are in order of age. */
export interface OrderKey {
  readonly precedence: number;
  readonly priority: number;
  readonly window: number;
  readonly age: number;
  readonly sequence: number;
}

export interface Remembered {
  readonly tenant: string;
  readonly channel: string;
  readonly direction: "customer" | "agent";
  readonly id: string;
  readonly conversation: number;
  readonly kind: RememberedKind;
  readonly at: number;
}
