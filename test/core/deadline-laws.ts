import type {
  ConversationView,
  Deadline,
  DeadlineTimer,
  Event,
  ResolvedConfiguration,
} from "../../core/index.ts";
import type { EventLaw } from "./decision-laws.ts";
import { lengthOf, recordKey, timerKey } from "./deadline-records.ts";
import type { DeadlineRecord } from "./deadline-records.ts";
import type { ModelConversation } from "./model.ts";
import { claim, show } from "./step.ts";
import type { Step } from "./step.ts";

/** Which timer an event tells of. */
function timerOf(event: Event): DeadlineTimer | undefined {
  switch (event.type) {
    case "conversationWentOffline":
      return event.reason === "connect_wait_over" ? "connectWait" : undefined;
    case "reservationEnded":
      return event.reason === "last_agent_wait_over" ? "lastAgentWait" : undefined;
    case "offerWithdrawn":
      return event.reason === "offer_timeout" ? "offer" : undefined;
    case "conversationMoved":
      // A bot that the host found silent is no timer.
      if (event.reason === "bot_silent" && event.dueAt === undefined) return undefined;
      return timersOfMoves[event.reason];
    default:
      return undefined;
  }
}

const timersOfMoves: Readonly<Partial<Record<string, DeadlineTimer>>> = {
  routing_time_limit: "routingLimit",
  first_reply_overdue: "firstReply",
  called_customer_reply_timeout: "calledCustomerReply",
  customer_reply_timeout: "customerReply",
  bot_idle: "botIdle",
  bot_silent: "botAnswer",
  dormancy: "dormancy",
};

/** 3.8: what fires was armed, was due exactly then, and fires once. */
export const firesAreDue: EventLaw = (step, event, index) => {
  const timer = timerOf(event);
  if (timer === undefined || !("conversation" in event)) return;
  const says = (): string => `${show(event)} fires, but was not armed for that moment`;
  claim(event.dueAt !== undefined && event.dueAt <= event.at, says);
  const conversation = step.model.conversationOf(event);
  const key = recordKey(event.tenant, event.conversation);
  const armed = step.deadlinesBefore.get(key)?.get(timer);
  const { configuration } = conversation.tenant;
  const atOnce = lengthOf(configuration, conversation, { timer }, step.events) === 0;
  claim(armed?.dueAt === event.dueAt || (atOnce && event.dueAt === event.at), says);
  const earlier = step.events.slice(0, index).some((other) => {
    const same = "conversation" in other && other.conversation === event.conversation;
    return same && timerOf(other) === timer && other.dueAt === event.dueAt;
  });
  claim(!earlier, () => `${show(event)} fires twice`);
};

/** 3.8: a deadline stays where it is, is armed anew for its whole length, fires, or is disarmed. */
export function noTimerIsLost(step: Step): void {
  for (const [key, records] of step.deadlinesBefore) {
    const now = step.deadlines.get(key);
    const [tenant = "", id] = key.split(" ");
    const conversation = step.model.tenant(tenant).conversations.get(Number(id));
    if (conversation === undefined) continue;
    for (const [timer, record] of records) {
      if (now?.has(timer) !== true) isOver(step, conversation, record);
    }
  }
  for (const [key, records] of step.deadlines) {
    const before = step.deadlinesBefore.get(key);
    const [tenant = "", id] = key.split(" ");
    const conversation = step.model.tenant(tenant).conversations.get(Number(id));
    if (conversation === undefined) continue;
    for (const [timer, record] of records) {
      runsOnOrIsWhole(step, conversation, record, before?.get(timer));
    }
  }
}

function eventsOf(step: Step, conversation: ModelConversation): Event[] {
  return step.events.filter(
    (event) => "conversation" in event && event.conversation === conversation.id,
  );
}

/** It is armed no more: it fired in time, or something else happened to the conversation. */
function isOver(step: Step, conversation: ModelConversation, record: DeadlineRecord): void {
  const { deadline, dueAt } = record;
  const isDue = dueAt !== undefined && dueAt <= step.at;
  if (deadline.timer === "reoffer" && (isDue || isRemoved(conversation, deadline))) return;
  const [first] = eventsOf(step, conversation);
  const says = (): string => `${show(deadline)} of ${conversation.id} is lost at ${step.at}`;
  claim(first !== undefined, says);
  if (isDue && deadline.timer !== "reoffer") {
    claim(first.dueAt !== undefined && first.dueAt <= dueAt, says);
  }
}

function isRemoved({ tenant }: ModelConversation, { agent }: Deadline): boolean {
  return tenant.configuration.agents.every(({ id }) => id !== agent);
}

function runsOnOrIsWhole(
  step: Step,
  conversation: ModelConversation,
  record: DeadlineRecord,
  before: DeadlineRecord | undefined,
): void {
  const { deadline, leftOpenMs, dueAt, working } = record;
  const says = (): string =>
    `${show(deadline)} of ${conversation.id} at ${step.at} was ${show(before?.deadline)}`;
  claim(dueAt === undefined || dueAt > step.at, says);
  if (before !== undefined && runsOn(step, record, before)) return;
  const events = eventsOf(step, conversation);
  claim(events.length > 0, says);
  // Within the step that replaces its queue or channel it may have been armed before or after.
  const places = events.filter((event) => "channel" in event && "skillQueue" in event);
  const lengths = configurationsOf(step, conversation).flatMap((configuration) =>
    [conversation, ...places.map(({ channel, skillQueue: queue }) => ({ channel, queue }))].map(
      (place) => lengthOf(configuration, place, deadline, events),
    ),
  );
  const wallMs = deadline.dueAt === undefined ? undefined : deadline.dueAt - step.at;
  const isWhole =
    (working !== true && wallMs !== undefined && lengths.includes(wallMs)) ||
    (working !== false && lengths.includes(leftOpenMs));
  claim(isWhole, () => `${says()}, and is none of ${show(lengths)} long`);
}

function runsOn(step: Step, record: DeadlineRecord, before: DeadlineRecord): boolean {
  if (before.dueAt !== undefined && before.dueAt <= step.at) return false;
  const wall = record.deadline.dueAt;
  if (before.working !== true && wall === before.deadline.dueAt && wall !== undefined) return true;
  if (before.working === false) return false;
  const passedMs = before.calendar.openMs(step.previousAt, step.at);
  return record.leftOpenMs === before.leftOpenMs - passedMs;
}

/** The present one and, while it is being replaced, the one before. */
function configurationsOf(step: Step, { tenant }: ModelConversation): ResolvedConfiguration[] {
  const before = step.configurationsBefore.get(tenant.id);
  return before === undefined || before === tenant.configuration
    ? [tenant.configuration]
    : [tenant.configuration, before];
}

/** 3.9: what each state must have armed, and what it may. */
export function timersFitTheState({ model, now, at }: Step): void {
  for (const [tenant, views] of now.conversations) {
    for (const view of views.values()) {
      const conversation = model.tenant(tenant).conversations.get(view.id);
      if (conversation === undefined) continue;
      const timers = view.deadlines.filter(({ timer }) => timer !== "replyWindow");
      const kinds = new Set(timers.map(({ timer }) => timer));
      const says = (): string => `${show(view)} has not the timers of its state`;
      claim(new Set(timers.map(timerKey)).size === timers.length, says);
      for (const kind of wanted(conversation, view)) claim(kinds.has(kind), says);
      const allowed = allowedTimers[view.state];
      for (const kind of kinds) claim(allowed.includes(kind), says);
      claim(kinds.has("lastAgentWait") === (view.reservedFor !== undefined), says);
      claim(!(kinds.has("customerReply") && kinds.has("firstReply")), says);
      const passedOver = timers.filter(({ timer }) => timer === "reoffer");
      const expected = [...conversation.passedOver]
        .filter(([, until]) => until > at)
        .map(([agent, dueAt]) => ({ timer: "reoffer", dueAt, agent }));
      claim(sameSet(passedOver, expected), () => `${show(view)}: passed over ${show(expected)}`);
    }
  }
}

const waiting: readonly DeadlineTimer[] = [
  "connectWait",
  "routingLimit",
  "lastAgentWait",
  "reoffer",
];

const allowedTimers: Readonly<Record<ConversationView["state"], readonly DeadlineTimer[]>> = {
  held: waiting,
  queued: waiting,
  "with-bot": ["botAnswer", "botIdle", "reoffer"],
  offered: ["connectWait", "routingLimit", "offer", "reoffer"],
  assigned: ["firstReply", "reoffer"],
  "awaiting-customer": ["calledCustomerReply", "reoffer"],
  live: ["firstReply", "customerReply", "reoffer"],
  dormant: ["dormancy"],
  parked: ["reoffer"],
  closed: [],
};

function wanted(conversation: ModelConversation, view: ConversationView): DeadlineTimer[] {
  const { tenant } = conversation;
  const seeking = view.offline ? ("routingLimit" as const) : ("connectWait" as const);
  const neverChanged = tenant.revision === 1;
  switch (view.state) {
    case "held":
    case "queued":
      return [seeking];
    case "offered":
      return [seeking, "offer"];
    case "awaiting-customer":
      return ["calledCustomerReply"];
    case "dormant":
      return ["dormancy"];
    case "assigned":
    case "live": {
      if (!neverChanged) return [];
      const { reassignAfterMinutes } = tenant.queue(view.skillQueue);
      const { customerReplyTimeoutMinutes, offlineMessages } = tenant.channel(view.channel);
      const mute = view.offline && offlineMessages.agentOutboundTimeLimitMinutes === 0;
      const waitsForAgent = view.state === "assigned" || conversation.unanswered.length > 0;
      if (waitsForAgent) return reassignAfterMinutes === null || mute ? [] : ["firstReply"];
      return customerReplyTimeoutMinutes === null ? [] : ["customerReply"];
    }
    default:
      return [];
  }
}

function sameSet(a: readonly Deadline[], b: readonly object[]): boolean {
  const texts = (list: readonly object[]): string[] =>
    list
      .map((item) =>
        Object.entries(item)
          .map(([key, value]) => `${key}=${value}`)
          .toSorted()
          .join(" "),
      )
      .toSorted();
  return show(texts(a)) === show(texts(b));
}

/** FINE-PRINT 32: the ends of the reply window are shown beside the timers, all in due order. */
export function deadlinesAreInDueOrder({ model, now, at }: Step): void {
  for (const [tenant, views] of now.conversations) {
    for (const view of views.values()) {
      const conversation = model.tenant(tenant).conversations.get(view.id);
      if (conversation === undefined || view.state === "closed") continue;
      const dues = view.deadlines.map(({ dueAt }) => dueAt ?? Infinity);
      claim(show(dues) === show(dues.toSorted((a, b) => a - b)), () => show(view.deadlines));
      const windows = view.deadlines.flatMap(({ timer, dueAt }) =>
        timer === "replyWindow" ? [dueAt] : [],
      );
      const expected = windowEnds(conversation, at);
      claim(show(windows) === show(expected), () => `${show(view)}: windows ${show(expected)}`);
    }
  }
}

const dayMs = 86_400_000;

function windowEnds(conversation: ModelConversation, at: number): number[] {
  const { tenant, channel, lastMessageAt, offline } = conversation;
  const { kind, offlineMessages } = tenant.channel(channel);
  const limit = offline ? offlineMessages.agentOutboundTimeLimitMinutes : null;
  if (lastMessageAt === undefined || limit === 0) return [];
  const platform = { whatsapp: [dayMs], instagram: [dayMs, 7 * dayMs] };
  const lengths: readonly number[] =
    kind === "whatsapp" || kind === "instagram" ? platform[kind] : [];
  const tenantMs = limit === null ? Infinity : limit * 60_000;
  const last = kind === "instagram" ? Math.min(tenantMs, 7 * dayMs) : tenantMs;
  const ends = [...lengths.filter((length) => length < last), ...(last < Infinity ? [last] : [])];
  return ends.map((length) => lastMessageAt + length).filter((end) => end > at);
}

/** The engine says when it next needs time: not after the first deadline that it shows, nor before now. */
export function theNextDeadlineIsKnown({ now, at, result }: Step): void {
  if (result.status === "ticked" && result.more) return;
  const next = now.nextDeadlineAt ?? Infinity;
  claim(next > at, () => `${next} is due at ${at}`);
  for (const views of now.conversations.values()) {
    for (const view of views.values()) {
      for (const { dueAt, timer } of view.deadlines) {
        claim(
          dueAt === undefined || next <= dueAt,
          () => `${timer} of ${show(view)} before ${next}`,
        );
      }
    }
  }
  for (const agents of now.agents.values()) {
    for (const { expiresAt } of agents) claim(next <= (expiresAt ?? Infinity), () => show(agents));
  }
}

/** A tick before the next deadline finds nothing to do. */
export function nothingFiresBefore({ command, before, events }: Step): void {
  if (command.type !== "tick" || command.at >= (before.nextDeadlineAt ?? Infinity)) return;
  claim(events.length === 0, () => `${show(events)} before ${before.nextDeadlineAt}`);
}
