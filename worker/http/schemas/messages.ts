import { Type } from "typebox";
import type { WorkerLimits } from "../../limits.ts";
import { parseTime } from "../wire.ts";
import { closed, conditioned, named, printable, saidToBe, text } from "./keys.ts";

/** A message of a customer as a channel adapter hands it in (`POST /messages`). */
export function inboundMessage(limits: WorkerLimits) {
  return closed(
    {
      id: messageId(limits, "Recognised again for `deduplicationHours`, on this channel."),
      channel: Type.String({ description: "Id of the channel on which it came." }),
      customer: customerAddress(limits),
      text: messageText(limits),
      attachments: attachments(limits),
      customerId: Type.Optional(
        printable(limits.idBytesMax, "Joins this customer's addresses across channels."),
      ),
      skillQueue: Type.Optional(
        Type.String({
          description: "Where to wait instead of the channel's queue; begins an episode.",
        }),
      ),
      priority: Type.Optional(
        Type.Integer({
          minimum: 0,
          maximum: 14,
          description:
            "Instead of the channel's, higher first; of the message that begins an episode.",
        }),
      ),
      subject: Type.Optional(text(limits.textBytesMax, "Of a mail.")),
      headers: Type.Optional(
        Type.Unsafe<Record<string, string | string[]>>({
          type: "object",
          description:
            "Header fields of a mail, so that automatic mail gets no automatic reply (RFC 3834); a field that came several times has a list.",
          additionalProperties: {
            anyOf: [{ type: "string" }, { type: "array", items: { type: "string" } }],
          },
        }),
      ),
      sentAt: Type.Optional(
        givenTime("When the customer sent it; kept, never used: arrival is the worker's time."),
      ),
    },
    "A message that a customer sent.",
    {
      ...named("InboundMessage"),
      examples: [
        {
          id: "wamid.1",
          channel: "wa-main",
          customer: "+4915123456789",
          text: "Is my order on its way?",
        },
      ],
    },
  );
}

/** A message of the agent side in a conversation (`POST /conversations/{conversation}/messages`). */
export function agentMessage(limits: WorkerLimits) {
  return closed(
    {
      id: messageId(limits, "Recognised again on this channel's agent side."),
      from: writer(),
      text: messageText(limits),
      template: template(),
      tag: tag(limits),
      attachments: attachments(limits),
      version: version(),
    },
    "A message to the customer of a conversation.",
    {
      ...named("AgentMessage"),
      examples: [{ id: "reply-1", from: { agent: "ana" }, text: "It left this morning." }],
    },
  );
}

/** The first message of an agent to a customer (`POST /conversations`). */
export function contact(limits: WorkerLimits) {
  return closed(
    {
      id: messageId(limits, "Recognised again on this channel's agent side."),
      agent: Type.String({ description: "Who writes, and owns the conversation." }),
      channel: Type.String({ description: "On which channel." }),
      customer: customerAddress(limits),
      text: messageText(limits),
      template: template(),
      tag: tag(limits),
      attachments: attachments(limits),
    },
    "A message that begins with the agent.",
    {
      ...named("Contact"),
      examples: [
        {
          id: "call-back-1",
          agent: "ana",
          channel: "wa-main",
          customer: "+4915123456789",
          text: "Your parcel is here.",
          template: "parcel_ready",
        },
      ],
    },
  );
}

function writer() {
  return conditioned(
    closed(
      {
        agent: Type.Optional(Type.String({ description: "The owner." })),
        bot: Type.Optional(Type.Literal(true, { description: "The channel's chatbot." })),
      },
      "Who writes: an agent or the bot, exactly one of the two.",
    ),
    ({ agent, bot }: { readonly agent?: unknown; readonly bot?: unknown }) => {
      if (agent === undefined && bot === undefined) {
        return [{ code: "required", message: "Either agent or bot must be given.", key: "agent" }];
      }
      if (agent === undefined || bot === undefined) return [];
      return [{ code: "keys_conflict", message: "Either agent or bot, not both.", key: "bot" }];
    },
  );
}

export function version() {
  return Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      description: "The version that was seen; refused with `stale_version` if it is another now.",
    }),
  );
}

/** A time that somebody gives: RFC 3339, any offset. */
export function givenTime(description: string) {
  const words = { ...saidToBe("date-time"), description, examples: ["2026-03-02T07:00:00.000Z"] };
  return conditioned(Type.String(words), (value: string) =>
    parseTime(value) === undefined
      ? [{ code: "date_invalid", message: "Must be a time as RFC 3339 writes it." }]
      : [],
  );
}

export function customerAddress(limits: WorkerLimits) {
  return printable(limits.customerBytesMax, "The customer's address on the channel.", {
    examples: ["+4915123456789"],
  });
}

function messageId(limits: WorkerLimits, description: string) {
  return printable(limits.idBytesMax, `Idempotency key. ${description}`);
}

function messageText(limits: WorkerLimits) {
  return text(limits.textBytesMax, "What it says; never read to decide anything.");
}

function attachments(limits: WorkerLimits) {
  const attachment = closed(
    {
      url: conditioned(
        Type.String({ ...saidToBe("uri"), description: "Where it is, absolute." }),
        (value: string) =>
          URL.canParse(value)
            ? []
            : [{ code: "url_invalid", message: "Must be an absolute address." }],
      ),
      type: printable(limits.idBytesMax, "Its media type.", { examples: ["image/png"] }),
    },
    "A file beside the text.",
    named("Attachment"),
  );
  return Type.Optional(
    Type.Array(attachment, { maxItems: limits.attachmentsMax, description: "Files beside it." }),
  );
}

/** A template is the platform's own affair: its name, or whatever the adapter needs to fill it. */
function template() {
  return Type.Optional(
    Type.Unsafe<string | boolean | Record<string, unknown>>({
      anyOf: [
        { type: "string" },
        { type: "boolean" },
        { type: "object", additionalProperties: true },
      ],
      description:
        "The approved template that is used, by name or with what fills it; passed on as it is. false and an empty name are none.",
    }),
  );
}

function tag(limits: WorkerLimits) {
  return Type.Optional(
    printable(limits.idBytesMax, "The platform's tag for writing later, such as HUMAN_AGENT."),
  );
}

export type InboundMessage = Type.Static<ReturnType<typeof inboundMessage>>;
export type AgentMessage = Type.Static<ReturnType<typeof agentMessage>>;
export type Contact = Type.Static<ReturnType<typeof contact>>;
