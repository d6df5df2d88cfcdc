import type { ConversationView, SkillQueueView } from "../../core/index.ts";
import {
  deadlinesAreInDueOrder,
  noTimerIsLost,
  nothingFiresBefore,
  theNextDeadlineIsKnown,
  timersFitTheState,
} from "./deadline-laws.ts";
import { lineOf } from "./decision-laws.ts";
import { verdictOf } from "./event-laws.ts";
import type { ModelAgent, ModelConversation, ModelTenant } from "./model.ts";
import { isEligible, obstacle } from "./model-order.ts";
import { claim, show } from "./step.ts";
import type { Step } from "./step.ts";

/**
 * The laws of DOMAIN section 4, as far as they hold after a step: each compares what the engine's
 * queries show with a model that has only followed the events. Those that hold for one event are in
 * event-laws.ts.
 */
export type Law = (step: Step) => void;

/** opened = open + closed, each conversation in exactly one state. */
export const conversationsAreConserved: Law = ({ engine, model }) => {
  const counts = engine.counts();
  const { closed, ...open } = counts.conversationsByState;
  const openCount = Object.values(open).reduce((a, b) => a + b, 0);
  claim(
    counts.conversationsOpened === model.opened,
    () => `${show(counts)}: ${model.opened} opened`,
  );
  claim(
    counts.conversationsClosed === model.closed,
    () => `${show(counts)}: ${model.closed} closed`,
  );
  claim(model.opened === openCount + model.closed, () => `${show(counts)} do not add up`);
  claim(closed <= model.closed, () => show(counts));
};

/** At most one conversation is open per (channel, customer). */
export const oneConversationIsOpenPerCustomer: Law = ({ now }) => {
  for (const views of now.conversations.values()) {
    const seen = new Set<string>();
    for (const { state, channel, customer } of views.values()) {
      if (state === "closed") continue;
      const key = `${channel}\n${customer}`;
      claim(!seen.has(key), () => `two are open for ${key}`);
      seen.add(key);
    }
  }
};

/** What the queries say of a conversation is what its events said. */
export const viewsFollowTheEvents: Law = ({ model, now, at }) => {
  for (const [tenant, views] of now.conversations) {
    for (const view of views.values()) {
      const known = model.tenant(tenant).conversations.get(view.id);
      claim(known !== undefined, () => `${show(view)} is in no event`);
      const { offline, version, channel, customer, queue, priority, agent, reservedFor } = known;
      const state = known.stateAt(at);
      const { id } = known;
      const told = { id, state, offline, version, channel, customer, skillQueue: queue, priority };
      const all: Record<string, unknown> = { ...told, agent, reservedFor };
      for (const [key, value] of Object.entries(all)) {
        const shown = view[key as keyof ConversationView];
        claim(shown === value, () => `${show(view)}: ${key} should be ${show(value)}`);
      }
    }
  }
};

/** At most one owner, one live offer; agents and conversations name each other. */
export const ownersAreOne: Law = ({ now }) => {
  for (const [tenant, agents] of now.agents) {
    const views = now.conversations.get(tenant) ?? new Map<number, ConversationView>();
    const holders = new Map<number, string>();
    for (const agent of agents) {
      for (const id of agent.conversations) {
        claim(!holders.has(id), () => `${id} is with ${holders.get(id)} and ${agent.id}`);
        holders.set(id, agent.id);
      }
    }
    for (const { id, agent } of views.values()) {
      claim(holders.get(id) === agent, () => `${id}: ${agent} here, ${holders.get(id)} there`);
    }
  }
};

/** free + used = capacity; only what is offered or owned uses any; above capacity only by override. */
export const capacityIsKept: Law = ({ model, now, before, command }) => {
  for (const [tenant, agents] of now.agents) {
    const earlier = new Map(before.agents.get(tenant)?.map((agent) => [agent.id, agent]));
    for (const view of agents) {
      const { id, units } = view;
      const { capacity, used, free } = units;
      claim(free + used === capacity, () => show(view));
      claim(
        used === unitsOf(model.tenant(tenant), id),
        () => `${show(view)} should use what it has`,
      );
      const excessBefore =
        (earlier.get(id)?.units.used ?? 0) - (earlier.get(id)?.units.capacity ?? 0);
      const mayExceed =
        command.type === "configureTenant" ||
        (command.type === "assignConversation" &&
          command.override === true &&
          command.agent === id);
      claim(
        mayExceed || used - capacity <= Math.max(0, excessBefore),
        () => `${show(view)} exceeds`,
      );
    }
  }
};

function unitsOf(tenant: ModelTenant, agent: string): number {
  let sum = 0;
  for (const conversation of tenant.conversations.values()) {
    if (conversation.agent !== agent) continue;
    claim(conversation.isOwned || conversation.state === "offered", () => show(conversation.id));
    sum += conversation.units;
  }
  return sum;
}

/** 3.6: no queued conversation has an eligible agent. */
export const routingIsWorkConserving: Law = ({ model, at }) => {
  const moment = { at, now: at, inTimer: false };
  for (const tenant of configured(model.tenants)) {
    for (const queue of tenant.configuration.skillQueues) {
      if (!tenant.calendarOf(queue.id).isOpen(at)) continue;
      for (const conversation of lineOf(tenant, queue.id)) {
        for (const agent of tenant.withSkill(queue.id)) {
          claim(
            isEligible(conversation, agent, moment) === false,
            () => `${conversation.id} waits in ${queue.id}, but ${agent.id} could take it`,
          );
        }
      }
    }
  }
};

/** Arrival of the oldest message that no agent has answered, whatever happened in between. */
export const ageIsNeverLost: Law = ({ model, now }) => {
  for (const [tenant, views] of now.conversations) {
    for (const view of views.values()) {
      const known = model.tenant(tenant).conversations.get(view.id);
      claim(view.age === known?.age, () => `${show(view)}: age should be ${known?.age}`);
      const unanswered = known?.unanswered.length ?? 0;
      claim(unanswered === 0 || view.age !== undefined, () => `${show(view)} has lost its age`);
    }
  }
};

/** Every unanswered message is where a person will see it: owned, on its way, or parked and listed. */
export const everyMessageIsOnItsWay: Law = ({ engine, model, now }) => {
  const calls = new Set(engine.botCalls().map(({ conversation }) => conversation));
  for (const [tenant, views] of now.conversations) {
    for (const view of views.values()) {
      const known = model.tenant(tenant).conversations.get(view.id);
      const unanswered = known?.unanswered ?? [];
      if (unanswered.length === 0) continue;
      claim(
        view.state !== "dormant" && view.state !== "closed",
        () => `${show(view)} holds ${unanswered.length}`,
      );
      if (view.state !== "with-bot" || known?.botHasWritten === true) continue;
      const bot = view.deadlines.some(({ timer }) => timer === "botAnswer" || timer === "botIdle");
      claim(calls.has(view.id) || bot, () => `${show(view)}: nobody answers`);
    }
  }
};

/** 3.11: the verdict is that of this moment, and the owner knows it. */
export const verdictsAreTrue: Law = ({ model, now, at }) => {
  for (const [tenant, views] of now.conversations) {
    for (const view of views.values()) {
      const known = model.tenant(tenant).conversations.get(view.id);
      if (known === undefined || view.state === "closed") continue;
      const verdict = verdictOf(known, at);
      claim(view.mayWrite.verdict === verdict, () => `${show(view)}: ${verdict}`);
      if (known.isOwned) claim(known.told === verdict, () => `${show(view)}: told ${known.told}`);
      const [until] = view.deadlines.filter(({ timer }) => timer === "replyWindow");
      claim(view.mayWrite.until === until?.dueAt, () => show(view));
    }
  }
};

/** FINE-PRINT 11–13: nobody waits live who cannot be served, and no more than `maxWaiting`. */
export const theLiveLineIsHonest: Law = ({ model, now, at }) => {
  for (const tenant of configured(model.tenants)) {
    for (const queue of tenant.configuration.skillQueues) {
      const live = lineOf(tenant, queue.id).filter(({ offline }) => !offline);
      if (live.length === 0) continue;
      const says = (): string => `${show(live.map(({ id }) => id))} wait live in ${queue.id}`;
      claim(tenant.calendarOf(queue.id).isOpen(at), says);
      claim(
        tenant.withSkill(queue.id).some(({ presence }) => presence !== "offline"),
        says,
      );
      const known = now.queues.get(tenant.id)?.find(({ id }) => id === queue.id);
      claim(known?.waiting.live === live.length, says);
      claim(live.length <= (tenant.longestLines.get(queue.id) ?? 0), says);
    }
  }
};

/** FINE-PRINT 36. */
export const queuesAreCountedRight: Law = ({ model, now, at }) => {
  for (const [id, views] of now.queues) {
    const tenant = model.tenant(id);
    for (const view of views) {
      const expected = queueView(tenant, view.id, at);
      const { nextChangeAt, ...shown } = view;
      claim(
        show(sorted(shown)) === show(sorted(expected)),
        () => `${show(shown)}: ${show(expected)}`,
      );
      claim(nextChangeAt === tenant.calendarOf(view.id).nextChangeAt(at), () => show(view));
    }
  }
};

function queueView(tenant: ModelTenant, id: string, at: number): SkillQueueView {
  const conversations = [...tenant.conversations.values()].filter(({ queue }) => queue === id);
  const inState = (state: string): ModelConversation[] =>
    conversations.filter((conversation) => conversation.stateAt(at) === state);
  const waiting = inState("queued");
  const held = inState("held");
  const offline = waiting.filter((conversation) => conversation.offline).length;
  const signedIn = tenant.withSkill(id).filter(({ presence }) => presence !== "offline");
  const available = signedIn.filter(({ presence }) => presence === "available");
  const free = available.filter((agent) => agent.free > 0);
  const tooCostly = waiting.filter((waits) => free.some((agent) => costsTooMuch(waits, agent, at)));
  return {
    id,
    open: tenant.calendarOf(id).isOpen(at),
    waiting: { live: waiting.length - offline, offline },
    reserved: waiting.filter(({ reservedFor }) => reservedFor !== undefined).length,
    offered: inState("offered").length,
    parked: inState("parked").length,
    held: held.length,
    ...oldest("oldestAge", [...waiting, ...held]),
    ...oldest("oldestTooCostly", tooCostly),
    agents: { signedIn: signedIn.length, available: available.length, free: free.length },
    freeUnits: free.reduce((sum, agent) => sum + agent.free, 0),
  };
}

/** The cost alone is in the way: with enough units the agent would be eligible. */
function costsTooMuch(conversation: ModelConversation, agent: ModelAgent, at: number): boolean {
  const moment = { at, now: at, inTimer: false };
  if (obstacle(conversation, agent, moment) !== "no_capacity") return false;
  const roomy = Object.create(agent, { free: { value: Infinity } }) as ModelAgent;
  return obstacle(conversation, roomy, moment) === undefined;
}

function oldest(key: string, conversations: readonly ModelConversation[]): Record<string, number> {
  const ages = conversations.flatMap(({ age }) => (age === undefined ? [] : [age]));
  return ages.length === 0 ? {} : { [key]: Math.min(...ages) };
}

function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  return Object.entries(value)
    .map(([key, inner]) => [key, sorted(inner)] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
}

/** 3.10: who is silent is offline, and whoever comes back too late owns nothing. */
export const presenceIsKept: Law = ({ model, now, at }) => {
  for (const [tenant, views] of now.agents) {
    for (const view of views) {
      const agent = model.tenant(tenant).agent(view.id);
      claim(view.status === agent.presence, () => `${show(view)}: ${agent.presence}`);
      const signedIn = view.status !== "offline";
      claim(signedIn === (view.expiresAt !== undefined), () => show(view));
      claim(!signedIn || (view.expiresAt ?? 0) > at, () => `${show(view)} is silent at ${at}`);
      const isGone = !signedIn && agent.graceUntil <= at;
      claim(!isGone || view.conversations.length === 0, () => `${show(view)} is gone at ${at}`);
    }
  }
};

/** A refusal and a repeat change nothing but what time itself does; an answer tells the truth. */
export const answersAreTrue: Law = ({ command, result, events, now }) => {
  const changes = events.filter(({ dueAt }) => dueAt === undefined);
  const repeats = result.status === "accepted" && result.duplicateOf !== undefined;
  if (result.status === "rejected" || repeats) {
    claim(changes.length === 0, () => `${show(result)} of ${show(command)}: ${show(changes)}`);
  }
  if (result.status !== "accepted" || command.type === "tick" || result.version === 0) return;
  const view = now.conversations.get(command.tenant)?.get(result.conversation);
  const { state, offline, version, agent } = result;
  const shown = view && { state: view.state, offline: view.offline, version: view.version };
  claim(
    view === undefined ||
      (show(shown) === show({ state, offline, version }) && view.agent === agent),
    () => `${show(result)} of ${show(command)}: ${show(view)}`,
  );
};

export function* configured(tenants: ReadonlyMap<string, ModelTenant>): Generator<ModelTenant> {
  for (const tenant of tenants.values()) if (tenant.isConfigured) yield tenant;
}

/** Each holds after every step. */
export const laws: Readonly<Record<string, Law>> = {
  conversationsAreConserved,
  oneConversationIsOpenPerCustomer,
  viewsFollowTheEvents,
  ownersAreOne,
  capacityIsKept,
  routingIsWorkConserving,
  ageIsNeverLost,
  everyMessageIsOnItsWay,
  verdictsAreTrue,
  theLiveLineIsHonest,
  queuesAreCountedRight,
  presenceIsKept,
  answersAreTrue,
  noTimerIsLost,
  timersFitTheState,
  deadlinesAreInDueOrder,
  theNextDeadlineIsKnown,
  nothingFiresBefore,
};
