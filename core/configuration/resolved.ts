/**
 * The configuration of one tenant with every default filled in: what the engine is given, what is
 * journaled, and what `GET /configuration` answers. It is itself a valid document: sending it back
 * changes nothing.
 *
 * `null` stands only where the document allows it (no limit, off); a key that is absent was not set.
 */
export interface ResolvedConfiguration {
  readonly calendars: readonly CalendarSettings[];
  readonly skillQueues: readonly SkillQueueSettings[];
  readonly agents: readonly AgentSettings[];
  /** Units that a conversation of this kind uses, 1–100. */
  readonly channelCosts: Readonly<Record<ChannelKind, number>>;
  readonly channels: readonly ChannelSettings[];
  readonly presence: { readonly heartbeatSeconds: number; readonly graceSeconds: number };
  readonly retention: {
    readonly deduplicationHours: number;
    readonly dormantDays: number;
    readonly closedDays: number;
  };
}

export const channelKinds = [
  "web",
  "rcs",
  "email",
  "whatsapp",
  "sms",
  "instagram",
  "telegram",
] as const;
export type ChannelKind = (typeof channelKinds)[number];

export const agentSelections = [
  "longest-idle",
  "least-loaded",
  "round-robin",
  "best-level",
] as const;
export type AgentSelection = (typeof agentSelections)[number];

export const routingModes = ["skill-queue", "last-agent", "chatbot"] as const;
export type RoutingMode = (typeof routingModes)[number];

export const weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export type Weekday = (typeof weekdays)[number];

export interface CalendarSettings {
  readonly id: string;
  /** IANA name. */
  readonly timeZone: string;
  /** Half-open local intervals `"HH:MM-HH:MM"`; an absent day is closed. */
  readonly weekly: Readonly<Partial<Record<Weekday, readonly string[]>>>;
  /** ISO dates, closed all day. */
  readonly restDates: readonly string[];
  readonly workDates: readonly { readonly date: string; readonly hours: readonly string[] }[];
}

export interface SkillQueueSettings {
  readonly id: string;
  /** Absent: always open. */
  readonly calendar?: string;
  readonly agentSelection: AgentSelection;
  readonly acceptance: "automatic" | "manual";
  readonly offerTimeoutSeconds: number;
  readonly reofferSeconds: number;
  readonly connectWaitSeconds: number;
  readonly maxWaiting: number;
  readonly order: "age" | "reply-window";
  readonly liveFirst: boolean;
  readonly reassignAfterMinutes: number | null;
  readonly maxAssignmentsPerAgentPerMinute: number | null;
}

export interface AgentSettings {
  readonly id: string;
  readonly name?: string;
  /** Skill queue id → level 1–10, 10 best. */
  readonly skills: Readonly<Record<string, number>>;
  /** Units, 1–100. */
  readonly capacity: number;
}

export interface LastAgentSettings {
  readonly enabled: boolean;
  readonly validityMinutes: number;
  readonly waitMinutes: number;
  readonly offlineWaitMinutes: number;
  readonly scope: "channel" | "customer";
}

export interface MailTemplate {
  readonly subject: string;
  readonly body: string;
}

export interface OfflineMessagesSettings {
  readonly enabled: boolean;
  readonly prompt?: string;
  readonly routingTimeLimit: number;
  readonly routingTimeLimitUnit: "minutes" | "hours" | "days";
  readonly routingClock: "working" | "wall";
  /** null = no limit; 0 = agents may not reply to offline messages. */
  readonly agentOutboundTimeLimitMinutes: number | null;
  readonly calledCustomerReplyTimeoutMinutes: number;
  readonly routingMode: RoutingMode;
  /** Both keys are there in routing mode `chatbot` where offline messages are enabled. */
  readonly chatbot?: { readonly url?: string; readonly accessCode?: string };
  readonly automaticReplyToEachEmail: boolean;
}

export interface ChannelSettings {
  readonly id: string;
  readonly kind: ChannelKind;
  readonly skillQueue: string;
  /** 0–14, higher first. */
  readonly priority: number;
  /** The channel's own addresses, for the email loop guard. */
  readonly addresses: readonly string[];
  /** null = off = infinite. */
  readonly customerReplyTimeoutMinutes: number | null;
  readonly push?: { readonly url: string; readonly secret: string };
  readonly lastAgentMode: LastAgentSettings;
  readonly autoReply: {
    readonly workingHours?: MailTemplate;
    readonly nonWorkingHours?: MailTemplate;
    readonly maxPerSenderPerHour: number;
  };
  readonly offlineMessages: OfflineMessagesSettings;
}
