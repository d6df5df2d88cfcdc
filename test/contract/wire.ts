/** Shapes of the contract as a reader of DOMAIN.md would write them down. */

export interface Answer<T = unknown> {
  readonly status: number;
  readonly type: string;
  readonly headers: Headers;
  readonly body: T;
}

export type State =
  | "held"
  | "with-bot"
  | "queued"
  | "offered"
  | "assigned"
  | "awaiting-customer"
  | "live"
  | "dormant"
  | "parked"
  | "closed";

export interface Outcome {
  readonly conversation: string;
  readonly state: State;
  readonly offline: boolean;
  readonly version: number;
  readonly agent?: string;
  readonly reason?: string;
  readonly duplicate?: boolean;
}

export interface Deadline {
  readonly timer: string;
  readonly dueAt?: string;
  readonly remainingMs?: number;
  readonly agent?: string;
}

export interface MayWrite {
  readonly verdict: string;
  readonly reason?: string;
  readonly until?: string;
}

export interface Conversation {
  readonly id: string;
  readonly state: State;
  readonly offline: boolean;
  readonly version: number;
  readonly channel: string;
  readonly customer: string | null;
  readonly skillQueue: string;
  readonly priority: number;
  readonly agent?: string;
  readonly reservedFor?: string;
  readonly lastAgent?: string;
  readonly age: string | null;
  readonly deadlines: readonly Deadline[];
  readonly mayWrite: MayWrite;
}

export interface Explanation {
  readonly rule: string;
  readonly waitedMs: number;
  readonly eligible: number;
  readonly passedOver: Readonly<Record<string, number>>;
  readonly agents: readonly { readonly agent: string; readonly code: string }[];
}

export interface DeskEvent {
  readonly id: string;
  readonly type: string;
  readonly at: string;
  readonly conversation?: string;
  readonly version?: number;
  readonly channel?: string;
  readonly customer?: string | null;
  readonly skillQueue?: string;
  readonly agent?: string;
  readonly expiresAt?: string;
  readonly messages?: readonly { readonly id: string; readonly text: string }[];
  readonly message?: { readonly id: string; readonly text: string };
  readonly mayWrite?: MayWrite;
  readonly to?: State;
  readonly status?: string;
  readonly reason?: string | Explanation;
  readonly dueAt?: string;
  readonly firedAt?: string;
}

export interface CustomerEntry {
  readonly id: string;
  readonly conversation: string;
  readonly at: string;
  readonly kind: "message" | "prompt" | "auto-reply" | "status";
  readonly offline: boolean;
  readonly text?: string;
  readonly subject?: string;
  readonly template?: unknown;
  readonly tag?: string;
  readonly attachments?: readonly unknown[];
  readonly inReplyTo?: string;
  readonly status?: "dormant" | "closed";
  readonly reason?: string;
}

export interface AgentState {
  readonly id: string;
  readonly name?: string;
  readonly skills: Readonly<Record<string, number>>;
  readonly capacity: number;
  readonly status: string;
  readonly reason?: string;
  readonly expiresAt?: string;
  readonly units: { readonly capacity: number; readonly used: number; readonly free: number };
  readonly conversations: readonly string[];
}

export interface QueueState {
  readonly id: string;
  readonly open: boolean;
  readonly nextChangeAt: string | null;
  readonly waiting: { readonly live: number; readonly offline: number };
  readonly reserved: number;
  readonly offered: number;
  readonly parked: number;
  readonly held: number;
  readonly oldestAge: string | null;
  readonly oldestTooCostly: string | null;
  readonly agents: {
    readonly signedIn: number;
    readonly available: number;
    readonly free: number;
  };
  readonly freeUnits: number;
}

export interface Violation {
  readonly path: string;
  readonly code: string;
  readonly message: string;
  readonly value: unknown;
  readonly limit: unknown;
}

export interface Problem {
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly violations?: readonly Violation[];
}

/** A configuration as one writes it; what is wrong with it is for the worker to say. */
export type ConfigurationDocument = Readonly<Record<string, unknown>>;

/** One request. A string is sent as it is, under the content type given; all else as JSON. */
export async function exchange<T>(
  base: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer<T>> {
  const sent =
    body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) };
  const response = await fetch(base + path, {
    method,
    headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
    ...sent,
  });
  const type = response.headers.get("content-type") ?? "";
  const text = await response.text();
  const read: unknown = type.includes("json") && !type.includes("ndjson") ? JSON.parse(text) : text;
  return { status: response.status, type, headers: response.headers, body: read as T };
}
