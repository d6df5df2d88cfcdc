import { Type } from "typebox";
import { conversationStates } from "../../../core/events.ts";
import { deadlineTimers } from "../../../core/engine.ts";
import { presenceStatuses } from "../../../core/commands.ts";
import { choice, count, named, open, time, timeOrNull } from "./keys.ts";

// What the worker answers. Readers ignore keys they do not know.

export const id = (description: string) => Type.String({ description });
export const conversationId = id("Id of the conversation.");
export const reasonCode = Type.String({ description: "A code of docs/errors.md." });

export const state = choice(conversationStates, "State of the conversation.");

export const outcome = open(
  {
    conversation: conversationId,
    state,
    offline: Type.Boolean({ description: "Whether the episode is offline." }),
    version: count("Grows with state, owner and queue."),
    agent: Type.Optional(id("The owner, or whom it is offered to.")),
    reason: Type.Optional(reasonCode),
    duplicate: Type.Optional(
      Type.Boolean({ description: "The id was known: nothing has changed. Not on actions." }),
    ),
  },
  "The conversation as it is now.",
  {
    ...named("Outcome"),
    examples: [{ conversation: "c17", state: "held", offline: true, version: 1, duplicate: false }],
  },
);

export const violation = open(
  {
    path: Type.String({
      description:
        "JSON Pointer into what was sent; `?limit` for a query parameter, `{customer}` for a path segment.",
    }),
    code: Type.String({ description: "A code of docs/errors.md." }),
    message: Type.String({ description: "For a person." }),
    value: Type.Unknown({ description: "What stands there; null where nothing does." }),
    limit: Type.Unknown({ description: "What would be allowed, as far as that can be said." }),
  },
  "One problem of what was sent.",
  named("Violation"),
);

export const problem = open(
  {
    type: Type.String({ description: "URN of the code." }),
    title: Type.String({ description: "What the code means." }),
    status: Type.Integer({ description: "The HTTP status." }),
    code: Type.String({ description: "Stable; docs/errors.md explains each." }),
    detail: Type.String({ description: "What happened this time, for a person." }),
    violations: Type.Optional(Type.Array(violation)),
    line: Type.Optional(count("NDJSON: the line it is about, from 1.")),
    conversation: Type.Optional(id("Bulk actions: the conversation it is about.")),
  },
  "An error, as RFC 9457 has it.",
  named("Problem"),
);

export const warnings = open(
  { warnings: Type.Array(violation, { description: "Allowed, but probably not meant." }) },
  "The document is valid.",
);

export const mayWrite = open(
  {
    verdict: choice(
      ["allowed", "allowed-with-tag", "template-only", "blocked"],
      "Whether the agent side may write now.",
    ),
    reason: Type.Optional(reasonCode),
    until: Type.Optional(time("The next change for the worse.")),
  },
  "Who may write, and until when.",
  named("MayWrite"),
);

const deadline = open(
  {
    timer: choice(deadlineTimers, "Which."),
    dueAt: Type.Optional(time("When it fires.")),
    remainingMs: Type.Optional(count("What is left of it, while it is paused.")),
    agent: Type.Optional(id("Of `reoffer`: who is passed over until then.")),
  },
  "A timer, either running (`dueAt`) or paused (`remainingMs`).",
  named("Deadline"),
);

export const conversation = open(
  {
    id: conversationId,
    state,
    offline: Type.Boolean({ description: "Whether the episode is offline." }),
    version: count("Grows with state, owner and queue."),
    channel: id("Its channel."),
    customer: Type.Unsafe<string | null>({
      type: ["string", "null"],
      description: "The customer's address; null once erased.",
    }),
    skillQueue: id("Its skill queue."),
    priority: Type.Integer({ minimum: 0, maximum: 14, description: "Higher comes first." }),
    agent: Type.Optional(id("The owner, or whom it is offered to.")),
    reservedFor: Type.Optional(id("The last agent for whom it is kept.")),
    lastAgent: Type.Optional(id("Who wrote last to this customer.")),
    age: timeOrNull("Arrival of the oldest message that no agent has answered."),
    deadlines: Type.Array(deadline, { description: "In due order, paused ones last." }),
    mayWrite,
  },
  "A conversation.",
  named("Conversation"),
);

export const agent = open(
  {
    id: id("Its id."),
    name: Type.Optional(Type.String({ description: "For people to read." })),
    skills: Type.Unsafe<Record<string, number>>({
      type: "object",
      description: "Skill queue → level, 10 best.",
      additionalProperties: { type: "integer", minimum: 1, maximum: 10 },
    }),
    capacity: count("Units."),
    status: choice(presenceStatuses, "Presence."),
    reason: Type.Optional(reasonCode),
    expiresAt: Type.Optional(time("When the next heartbeat is due.")),
    units: open(
      {
        capacity: count("All of them."),
        used: count("Those in use."),
        free: Type.Integer({ description: "The others; negative under override." }),
      },
      "Units of capacity.",
    ),
    conversations: Type.Array(conversationId, { description: "Owned, or offered." }),
  },
  "An agent of the configuration, as it is now.",
  named("Agent"),
);

export const presenceAnswer = open(
  {
    status: choice(presenceStatuses, "Presence."),
    expiresAt: timeOrNull("When the next heartbeat is due; null while offline."),
    freeUnits: Type.Integer({ description: "Negative under override." }),
  },
  "Presence of the agent.",
  named("Presence"),
);

export const skillQueue = open(
  {
    id: id("Its id."),
    open: Type.Boolean({ description: "Whether its calendar is open." }),
    nextChangeAt: timeOrNull("When it opens or closes next."),
    waiting: open(
      { live: count("Live."), offline: count("Offline.") },
      "Conversations in `queued`.",
    ),
    reserved: count("Those waiting that are kept for their last agent."),
    offered: count("In `offered`."),
    parked: count("In `parked`."),
    held: count("In `held`."),
    oldestAge: timeOrNull("Age of the oldest waiting or held."),
    oldestTooCostly: timeOrNull("Age of the oldest that does not fit for its cost alone."),
    agents: open(
      {
        signedIn: count("Available or away."),
        available: count("Available."),
        free: count("Available, with at least one free unit."),
      },
      "Agents with the skill.",
    ),
    freeUnits: count("Free units of those available."),
  },
  "A skill queue, as it is now.",
  named("SkillQueue"),
);

const attachment = open(
  {
    url: Type.String({ description: "Where it is." }),
    type: Type.String({ description: "Its media type." }),
  },
  "A file beside a text.",
  named("GivenAttachment"),
);

export const attachments = Type.Optional(
  Type.Array(attachment, { description: "Files beside it." }),
);

export const customerOrNull = Type.Unsafe<string | null>({
  type: ["string", "null"],
  description: "The customer's address; null once erased.",
});

export const customerEntry = open(
  {
    id: id("Id of the entry; also the cursor behind it."),
    conversation: conversationId,
    at: time("When it was written."),
    kind: choice(["message", "prompt", "auto-reply", "status"], "What it is."),
    offline: Type.Boolean({ description: "Whether the episode was offline." }),
    text: Type.Optional(Type.String()),
    subject: Type.Optional(Type.String({ description: "Of a mail." })),
    template: Type.Optional(Type.Unknown({ description: "As the agent side gave it." })),
    tag: Type.Optional(Type.String()),
    attachments,
    inReplyTo: Type.Optional(id("Id of the customer's message that it answers.")),
    status: Type.Optional(choice(["dormant", "closed"], "What the conversation became.")),
    reason: Type.Optional(reasonCode),
  },
  "What the customer side is told.",
  named("CustomerEntry"),
);

export const failedDelivery = open(
  {
    ...customerEntry.properties,
    channel: id("Its channel."),
    customer: customerOrNull,
    delivery: choice(["failed"], "Where it stands."),
    deliveryReason: Type.Optional(Type.String({ description: "Why it failed." })),
  },
  "An entry that did not reach the customer.",
  named("FailedDelivery"),
);
