import type { ConversationId } from "../../core/commands.ts";
import type { CustomerEntry } from "../shards/routing.ts";

// How values of the engine and the store look outside: on HTTP answers and in pushed bodies alike.

/** `c` and the number. */
export function wireConversation(conversation: ConversationId): string {
  return `c${conversation}`;
}

/** The number of a conversation, or undefined where no conversation can have that id. */
export function parseConversation(id: string): ConversationId | undefined {
  return numberAfter("c", id);
}

/**
 * Id of an event, a message or a customer entry: one space for all of them, in the order of
 * happening. It is also the cursor behind it (`next`, `after`, `Last-Event-ID`).
 */
export function wireSequence(sequence: number): string {
  return `e${sequence}`;
}

/** The sequence of an id or cursor, or undefined where it can be none. */
export function parseSequence(id: string): number | undefined {
  return numberAfter("e", id);
}

/** RFC 3339 in UTC with milliseconds. */
export function wireTime(ms: number): string {
  // What is written together mostly happened together.
  if (ms !== written.ms) written = { ms, text: new Date(ms).toISOString() };
  return written.text;
}

let written = { ms: 0, text: "1970-01-01T00:00:00.000Z" };

const rfc3339 = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:[Zz]|[+-]\d{2}:\d{2})$/u;

/** Epoch ms of an RFC 3339 time, a finer fraction cut off; undefined where it is none. */
export function parseTime(text: string): number | undefined {
  if (!rfc3339.test(text)) return undefined;
  try {
    return Temporal.Instant.from(text.toUpperCase()).epochMilliseconds;
  } catch {
    return undefined;
  }
}

/** What a message says; the engine carries it as JSON and never reads it. */
export interface MessageContent {
  readonly text?: string;
  readonly subject?: string;
  readonly attachments?: readonly Attachment[];
  /** The name of a template, or all that the channel needs to fill it. */
  readonly template?: string | boolean | Readonly<Record<string, unknown>>;
  readonly tag?: string;
  /** Of a mail, as they came. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** When the customer sent it, RFC 3339, as it came; kept and never used. */
  readonly sentAt?: string;
}

export interface Attachment {
  readonly url: string;
  /** Media type. */
  readonly type: string;
}

/** `content` of a command. */
export function contentOf(message: MessageContent): string {
  const { text, subject, attachments, template, tag, headers, sentAt } = message;
  const others = subject ?? attachments ?? template ?? tag ?? headers ?? sentAt;
  // Most have only a text, and then this is the same at half the cost.
  if (others === undefined && text !== undefined) return `{"text":${JSON.stringify(text)}}`;
  return JSON.stringify({ text, subject, attachments, template, tag, headers, sentAt });
}

/** What `contentOf` wrote; empty once erased. */
export function parseContent(content: string | undefined): MessageContent {
  // Only `contentOf` and the engine's own prompts and templates are ever stored.
  return content === undefined || content === "" ? {} : (JSON.parse(content) as MessageContent);
}

/** One thing that the customer side is told, the same by push and by poll (DOMAIN 5). */
export interface WireEntry {
  readonly id: string;
  readonly conversation: string;
  readonly at: string;
  readonly kind: CustomerEntry["kind"];
  readonly offline: boolean;
  readonly text?: string;
  readonly subject?: string;
  readonly template?: NonNullable<MessageContent["template"]>;
  readonly tag?: string;
  readonly attachments?: readonly Attachment[];
  readonly inReplyTo?: string;
  readonly status?: "dormant" | "closed";
  readonly reason?: string;
}

export function wireEntry(entry: CustomerEntry): WireEntry {
  const { text, subject, template, tag, attachments } = parseContent(entry.content);
  const { inReplyTo, status, reason } = entry;
  return {
    id: wireSequence(entry.sequence),
    conversation: wireConversation(entry.conversation),
    at: wireTime(entry.at),
    kind: entry.kind,
    offline: entry.offline,
    ...(text !== undefined && { text }),
    ...(subject !== undefined && { subject }),
    ...(template !== undefined && { template }),
    ...(tag !== undefined && { tag }),
    ...(attachments !== undefined && { attachments }),
    ...(inReplyTo !== undefined && { inReplyTo }),
    ...(status !== undefined && { status }),
    ...(reason !== undefined && { reason }),
  };
}

/** Digits without leading zeros, and never more than a number holds exactly. */
function numberAfter(letter: string, id: string): number | undefined {
  if (!id.startsWith(letter) || !/^(?:0|[1-9]\d{0,15})$/u.test(id.slice(1))) return undefined;
  const number = Number(id.slice(1));
  return Number.isSafeInteger(number) ? number : undefined;
}
