import type {
  ConversationAssigned,
  ConversationMoved,
  ConversationOffered,
  ConversationReserved,
  Event,
} from "../../core/index.ts";
import type { ModelConversation, ModelTenant } from "./model.ts";
import { compareAcross, compareInQueue, isEligible, obstacle, selected } from "./model-order.ts";
import type { Moment } from "./model-order.ts";
import { claim, show } from "./step.ts";
import type { Step } from "./step.ts";

/**
 * Laws of one decision of the router. The model stands as it was just before, so eligibility and
 * order are worked out anew from nothing but the configuration and the events so far.
 */
export type EventLaw = (step: Step, event: Event, index: number) => void;

/**
 * 3.3, 3.5, FINE-PRINT 14: nothing waited that this agent could have taken and that goes first. What
 * goes to its last agent goes as if it had been reserved: only those who are go before it.
 */
export const orderIsNeverInverted: EventLaw = (step, event, index) => {
  const decision = decisionAt(step, event, index);
  if (decision === undefined) return;
  const { conversation, told, moment } = decision;
  const { tenant } = conversation;
  const { rule } = told.reason;
  const reserved = rule === "reserved";
  for (const queue of tenant.configuration.skillQueues) {
    if (isOpenAt(tenant, queue.id, conversation.queue, moment) !== true) continue;
    const line = lineOf(tenant, queue.id).filter((other) => other !== conversation);
    for (const other of line) {
      const isReserved = other.reservedFor !== undefined;
      if (reserved && !isReserved) continue;
      if (rule === "last-agent" && other.reservedFor !== told.agent) continue;
      if (!couldGo(other, moment)) continue;
      const says = (): string =>
        `${show(told)} went before ${other.id} (${show(briefly(other))}), which could go: ${show(briefly(conversation))}`;
      claim(reserved || !isReserved, says);
      if (queue.id === conversation.queue) {
        const order = compareInQueue(other, conversation, moment);
        claim(order === undefined || order >= 0, says);
      } else if (queue.order === "age" || isFirst(other, line, moment)) {
        claim(compareAcross(other, conversation) >= 0, says);
      }
    }
  }
};

/** 3.4 and 3.7: the agent was eligible, and is the one whom the rule selects. */
export const theRightAgentIsChosen: EventLaw = (step, event, index) => {
  const decision = decisionAt(step, event, index);
  if (decision === undefined) return;
  const { conversation, told, moment } = decision;
  const { tenant } = conversation;
  const agent = tenant.agent(told.agent);
  const where = (): string => `${show(told)} at ${moment.at}`;
  claim(isEligible(conversation, agent, moment) !== false, where);
  claim(isOpenAt(tenant, conversation.queue, conversation.queue, moment) === true, where);
  switch (told.reason.rule) {
    case "reserved":
      claim(conversation.reservedFor === agent.id, where);
      return;
    case "last-agent":
      claim(lastAgentNow(conversation, moment.now) === agent.id, where);
      return;
    default: {
      const candidates = tenant.withSkill(conversation.queue);
      const answers = candidates.map((one) => isEligible(conversation, one, moment));
      if (answers.includes(undefined)) return;
      const eligible = candidates.filter((_, position) => answers[position] === true);
      claim(told.reason.rule === tenant.queue(conversation.queue).agentSelection, where);
      claim(selected(conversation, eligible)?.id === agent.id, () => {
        const idle = eligible.map(({ id, idleSince, used }) => ({ id, idleSince, used }));
        return `${where()} among ${show(idle)}`;
      });
    }
  }
};

/** 3.19: the numbers of eligible and passed over agents are true. */
export const explanationsAreTrue: EventLaw = (step, event, index) => {
  const decision = decisionAt(step, event, index);
  if (decision === undefined) return;
  const { conversation, told, moment } = decision;
  const passedOver: Record<string, number> = {};
  let eligible = 0;
  for (const agent of conversation.tenant.withSkill(conversation.queue)) {
    const why = obstacle(conversation, agent, moment);
    if (why === "unclear") return;
    if (why === undefined) eligible += 1;
    else passedOver[why] = (passedOver[why] ?? 0) + 1;
  }
  const { reason } = told;
  const sum = Object.values(passedOver).reduce((a, b) => a + b, 0);
  claim(reason.eligible === eligible, () => `${show(reason)}: ${eligible} were eligible`);
  claim(sameCounts(reason.passedOver, passedOver), () => `${show(reason)}: ${show(passedOver)}`);
  claim(reason.agents.length === Math.min(8, sum), () => show(reason));
  const waitedMs = conversation.age === undefined ? 0 : moment.now - conversation.age;
  claim(reason.waitedMs === waitedMs, () => `${show(reason)}: waited ${waitedMs} ms`);
};

/** 3.7, FINE-PRINT 17: kept for the valid last agent, once an episode, for as long as is set. */
export const reservationsAreForTheLastAgent: EventLaw = ({ model }, event) => {
  if (event.type !== "conversationReserved") return;
  const conversation = model.conversationOf(event);
  const { tenant } = conversation;
  const says = (): string => show(event);
  claim(lastAgentNow(conversation, event.at) === event.agent, says);
  claim(conversation.reservations === 0, says);
  claim(event.waitMs === waitOf(conversation, event), says);
  const { lastAgentMode } = tenant.channel(conversation.channel);
  claim(conversation.offline || lastAgentMode.enabled, says);
};

function waitOf(conversation: ModelConversation, event: ConversationReserved): number {
  const { tenant, channel } = conversation;
  const { waitMinutes, offlineWaitMinutes } = tenant.channel(channel).lastAgentMode;
  const signedIn = tenant.agent(event.agent).presence !== "offline";
  return (signedIn ? waitMinutes : offlineWaitMinutes) * 60_000;
}

function lastAgentNow(conversation: ModelConversation, now: number): string | undefined {
  const { tenant, channel, queue } = conversation;
  const last = tenant.lastAgentOf(conversation);
  const { validityMinutes } = tenant.channel(channel).lastAgentMode;
  if (last === undefined || now >= last.at + validityMinutes * 60_000) return undefined;
  return tenant.withSkill(queue).some(({ id }) => id === last.agent) ? last.agent : undefined;
}

interface Decision {
  readonly conversation: ModelConversation;
  readonly moved: ConversationMoved;
  /** What the agent is told of it. */
  readonly told: ConversationOffered | ConversationAssigned;
  readonly moment: Moment;
}

/** The decision that this event reports, with its explanation, which follows it. */
function decisionAt(step: Step, event: Event, index: number): Decision | undefined {
  if (event.type !== "conversationMoved" || event.reason !== "matched") return undefined;
  const told = step.events
    .slice(index)
    .find(
      (next): next is ConversationOffered | ConversationAssigned =>
        (next.type === "conversationOffered" || next.type === "conversationAssigned") &&
        next.conversation === event.conversation,
    );
  claim(told !== undefined, () => `nobody is told of ${show(event)}`);
  const { at, dueAt } = event;
  const moment = { at: dueAt ?? at, now: at, inTimer: dueAt !== undefined };
  return { conversation: step.model.conversationOf(event), moved: event, told, moment };
}

function couldGo(other: ModelConversation, moment: Moment): boolean {
  const skilled = other.tenant.withSkill(other.queue);
  return skilled.some((agent) => isEligible(other, agent, moment) === true);
}

/** No other of its line goes before it and might go. */
function isFirst(
  other: ModelConversation,
  line: readonly ModelConversation[],
  moment: Moment,
): boolean {
  return line.every((third) => {
    if (
      third === other ||
      (third.reservedFor === undefined) !== (other.reservedFor === undefined)
    ) {
      return true;
    }
    const order = compareInQueue(other, third, moment);
    if (order !== undefined && order < 0) return true;
    const skilled = third.tenant.withSkill(third.queue);
    return skilled.every((agent) => isEligible(third, agent, moment) === false);
  });
}

export function lineOf(tenant: ModelTenant, queue: string): ModelConversation[] {
  return [...tenant.conversations.values()].filter(
    (conversation) => conversation.state === "queued" && conversation.queue === queue,
  );
}

/**
 * Whether a queue is open at a moment that belongs to `deciding`, another queue or itself. At the
 * instant of a flip it was decided either before or after: what the deciding queue did tells which.
 */
function isOpenAt(
  tenant: ModelTenant,
  queue: string,
  deciding: string,
  { at, inTimer }: Moment,
): boolean | undefined {
  const calendar = tenant.calendarOf(queue);
  if (!inTimer) return calendar.isOpen(at);
  const own = tenant.calendarOf(deciding);
  if (own.flipsAt(at)) return own.isOpen(at) ? calendar.isOpen(at) : calendar.wasOpen(at);
  return calendar.flipsAt(at) ? undefined : calendar.isOpen(at);
}

function sameCounts(
  a: Readonly<Partial<Record<string, number>>>,
  b: Readonly<Record<string, number>>,
): boolean {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => (a[key] ?? 0) === (b[key] ?? 0));
}

function briefly(conversation: ModelConversation): object {
  const { id, queue, priority, offline, age, ageSequence, reservedFor } = conversation;
  return { id, queue, priority, offline, age, ageSequence, reservedFor };
}
