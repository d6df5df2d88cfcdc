import type { ConversationState } from "../../core/index.ts";
import type { EventLaw } from "./decision-laws.ts";
import {
  explanationsAreTrue,
  orderIsNeverInverted,
  reservationsAreForTheLastAgent,
  theRightAgentIsChosen,
} from "./decision-laws.ts";
import { firesAreDue } from "./deadline-laws.ts";
import type { ModelConversation } from "./model.ts";
import { claim, show } from "./step.ts";

/** Sequences are gapless, an event is of its command's time, and no timer fires early. */
export const eventsAreInOrder: EventLaw = ({ model, command }, event) => {
  claim(event.sequence === model.lastSequence + 1, () => `${show(event)} leaves a gap`);
  claim(event.at === command.at, () => `${show(event)} is not of ${command.at}`);
  claim(event.dueAt === undefined || event.dueAt <= event.at, () => `${show(event)} is early`);
};

/** The picture of DOMAIN section 3, and one more `version` for each step in it. */
export const transitionsFollowThePicture: EventLaw = ({ model }, event) => {
  if (event.type !== "conversationMoved") return;
  const conversation = model.conversationOf(event);
  const { state, version } = conversation;
  claim(event.version === version + 1, () => `${show(event)} after version ${version}`);
  const from = event.from === "held" ? "queued" : event.from;
  claim(from === state, () => `${show(event)} from ${state}`);
  const allowed = transitions[event.from ?? "nothing"];
  claim(allowed.includes(event.to), () => `${show(event)}: there is no such arrow`);
  const owner = ownerStates.includes(event.to);
  claim(owner === (event.agent !== undefined), () => `${show(event)}: owner and state differ`);
};

const ownerStates: readonly ConversationState[] = [
  "offered",
  "assigned",
  "awaiting-customer",
  "live",
];
const line = ["queued", "held"] as const;

/** From a state to itself: the conversation's queue was replaced by another, or its owner was. */
export const transitions: Readonly<
  Record<ConversationState | "nothing", readonly ConversationState[]>
> = {
  nothing: [...line, "with-bot", "closed", "awaiting-customer"],
  held: [...line, "parked", "with-bot", "assigned", "awaiting-customer", "closed"],
  queued: [...line, "offered", "assigned", "parked", "with-bot", "awaiting-customer", "closed"],
  "with-bot": [...line, "with-bot", "assigned", "dormant", "closed"],
  offered: [...line, "offered", "assigned", "parked", "with-bot", "closed"],
  assigned: [...line, "assigned", "awaiting-customer", "live", "dormant", "with-bot", "closed"],
  "awaiting-customer": [...line, "awaiting-customer", "assigned", "live", "dormant", "closed"],
  live: [...line, "live", "assigned", "dormant", "with-bot", "closed"],
  dormant: [...line, "dormant", "with-bot", "assigned", "awaiting-customer", "closed"],
  parked: [...line, "parked", "with-bot", "assigned", "awaiting-customer", "closed"],
  closed: [],
};

/** 3.2: once an episode, with one prompt at most, and none on email and sms. */
export const goingOfflineHappensOnce: EventLaw = ({ model }, event) => {
  if (event.type === "conversationWentOffline") {
    claim(model.conversationOf(event).wentOffline === 0, () => `${show(event)} again`);
  }
  if (event.type === "promptSent") {
    const conversation = model.conversationOf(event);
    claim(conversation.prompts === 0, () => `${show(event)} again`);
    const { kind } = conversation.tenant.channel(conversation.channel);
    claim(kind !== "email" && kind !== "sms", () => `${show(event)} on ${kind}`);
  }
};

/** 3.11: whoever wrote was allowed to at that moment. */
export const nothingIsWrittenWhenBlocked: EventLaw = ({ model }, event) => {
  if (event.type !== "messageSent") return;
  const conversation = model.conversationOf(event);
  const verdict = verdictOf(conversation, event.at, event.agent !== undefined);
  const says = (): string => `${show(event)} was written though ${verdict}`;
  claim(verdict !== "blocked", says);
  claim(verdict !== "template-only" || event.template, says);
  claim(verdict !== "allowed-with-tag" || event.tag !== undefined, says);
  if (event.agent !== undefined) {
    claim(
      conversation.isOwned && conversation.agent === event.agent,
      () => `${show(event)}: no owner`,
    );
  } else {
    claim(conversation.state === "with-bot", () => `${show(event)}: not with the bot`);
  }
};

const dayMs = 86_400_000;

/** Whether an agent, or the bot, may write in this conversation (3.11, FINE-PRINT 25–26). */
export function verdictOf(conversation: ModelConversation, now: number, asAgent = true): string {
  const { tenant, offline, lastMessageAt } = conversation;
  const { kind, offlineMessages } = tenant.channel(conversation.channel);
  const limit = asAgent && offline ? offlineMessages.agentOutboundTimeLimitMinutes : null;
  if (limit === 0) return "blocked";
  if (lastMessageAt === undefined) {
    if (kind === "instagram" || kind === "telegram") return "blocked";
    return kind === "whatsapp" ? "template-only" : "allowed";
  }
  const sinceMs = now - lastMessageAt;
  if (limit !== null && sinceMs >= limit * 60_000) return "blocked";
  if (kind === "whatsapp" && sinceMs >= dayMs) return "template-only";
  if (kind === "instagram" && sinceMs >= 7 * dayMs) return "blocked";
  return kind === "instagram" && sinceMs >= dayMs ? "allowed-with-tag" : "allowed";
}

/** FINE-PRINT 25: the owner is told whenever the verdict changes, and only then. */
export const verdictsAreToldOnChange: EventLaw = ({ model }, event) => {
  if (event.type !== "mayWriteChanged") return;
  const conversation = model.conversationOf(event);
  claim(conversation.isOwned && conversation.agent === event.agent, () => show(event));
  claim(conversation.told !== event.mayWrite.verdict, () => `${show(event)}: told before`);
};

/** Every unanswered message stays where a person will see it, unless somebody ends it. */
export const nothingUnansweredIsDropped: EventLaw = ({ model }, event) => {
  if (event.type !== "conversationMoved") return;
  const conversation = model.conversationOf(event);
  if (conversation.unanswered.length === 0) return;
  if (event.to === "dormant") {
    // What the bot was given counts as answered while it answers (FINE-PRINT 22).
    claim(event.from === "with-bot" && event.reason === "bot_idle", () => `${show(event)} drops`);
  }
  if (event.to === "closed") claim(endings.includes(event.reason), () => `${show(event)} drops`);
};

const endings: readonly string[] = [
  "offline_messages_disabled",
  "closed_by_agent",
  "closed_by_supervisor",
  "closed_by_bot",
  "customer_ended",
  "erased",
];

/** Each looks at one event, with the model as it stood just before. */
export const eventLaws: Readonly<Record<string, EventLaw>> = {
  eventsAreInOrder,
  transitionsFollowThePicture,
  goingOfflineHappensOnce,
  nothingIsWrittenWhenBlocked,
  verdictsAreToldOnChange,
  nothingUnansweredIsDropped,
  firesAreDue,
  orderIsNeverInverted,
  theRightAgentIsChosen,
  explanationsAreTrue,
  reservationsAreForTheLastAgent,
};
