import { Type } from "typebox";
import { presenceStatuses } from "../../../core/commands.ts";
import { assignmentRules, conversationStates } from "../../../core/events.ts";
import { passedOverCodes } from "../../../core/reasons.ts";
import {
  attachments,
  conversationId,
  customerOrNull,
  id,
  mayWrite,
  reasonCode,
  state,
} from "./answers.ts";
import { choice, count, named, open, time } from "./keys.ts";

// What agents and supervisors read of what happened.

const customerMessage = open(
  {
    id: id("As the channel gave it."),
    at: time("When it arrived."),
    text: Type.Optional(Type.String({ description: "Until erased." })),
    subject: Type.Optional(Type.String({ description: "Of a mail." })),
    attachments,
  },
  "A message of a customer, with what else the channel gave.",
  named("CustomerMessage"),
);

const explanation = open(
  {
    rule: choice(assignmentRules, "By which rule the agent was chosen."),
    waitedMs: count("Since the oldest unanswered message arrived."),
    eligible: count("Agents who could have had it."),
    passedOver: Type.Unsafe<Record<string, number>>({
      type: "object",
      description: "How many with the skill could not, by code.",
      additionalProperties: { type: "integer", minimum: 1 },
    }),
    agents: Type.Array(
      open(
        { agent: id("Who."), code: choice(passedOverCodes, "Why not.") },
        "Somebody passed over.",
      ),
      { description: "At most eight of those." },
    ),
  },
  "Why this agent got this conversation.",
  named("Explanation"),
);

const reasonOrExplanation = Type.Optional(
  Type.Union([reasonCode, explanation], {
    description: "A code; where an agent was chosen, the explanation.",
  }),
);

export const event = open(
  {
    id: id("Id of the event; also the cursor behind it."),
    type: Type.String({ description: "Readers ignore types they do not know." }),
    at: time("When it happened."),
    conversation: Type.Optional(conversationId),
    version: Type.Optional(count("The conversation's, after it.")),
    channel: Type.Optional(id("Its channel.")),
    customer: Type.Optional(customerOrNull),
    skillQueue: Type.Optional(id("Its skill queue.")),
    agent: Type.Optional(id("Whose event it is.")),
    expiresAt: Type.Optional(time("`conversationOffered`: until when to accept.")),
    messages: Type.Optional(
      Type.Array(customerMessage, { description: "The unanswered messages, oldest first." }),
    ),
    message: Type.Optional(customerMessage),
    mayWrite: Type.Optional(mayWrite),
    to: Type.Optional(choice(conversationStates, "`conversationLeft`: the new state.")),
    status: Type.Optional(choice(presenceStatuses, "`presenceChanged`: the new presence.")),
    reason: reasonOrExplanation,
    dueAt: Type.Optional(time("Where a timer caused it: when it was due.")),
    firedAt: Type.Optional(time("Where a timer caused it: when it fired.")),
  },
  "Something that happened.",
  named("Event"),
);

export const timelineEntry = open(
  {
    id: id("Id of the event."),
    type: Type.String({ description: "What happened." }),
    at: time("When."),
    version: Type.Optional(count("The conversation's, after it.")),
    from: Type.Optional(
      open(
        {
          customer: Type.Optional(customerOrNull),
          agent: Type.Optional(id("An agent.")),
          bot: Type.Optional(Type.Boolean({ description: "The chatbot." })),
          automatic: Type.Optional(Type.Boolean({ description: "A prompt or automatic reply." })),
        },
        "Messages: whose it is, one of these.",
      ),
    ),
    messageId: Type.Optional(id("Messages: as the caller gave it.")),
    text: Type.Optional(Type.String({ description: "Messages: the text, until erased." })),
    attachments,
    agent: Type.Optional(id("Decisions: whom it concerns.")),
    state: Type.Optional(state),
    reason: reasonOrExplanation,
  },
  "A message or a decision; further keys as the type has them.",
  named("TimelineEntry"),
);
