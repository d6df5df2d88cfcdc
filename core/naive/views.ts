import type {
  AgentView,
  BotCall,
  ConfigurationView,
  ConversationView,
  Deadline,
  EngineCounts,
  SkillQueueView,
} from "../engine.ts";
import { conversationStates, type ConversationState } from "../events.ts";
import { mayWrite, verdictChanges } from "../reply-window.ts";
import { visibleState } from "./emit.ts";
import { costOf } from "./lanes.ts";
import { lastAgentOf } from "./last-agent.ts";
import { freeUnits } from "./matching.ts";
import { inSequence } from "./presence.ts";
import type { Agent, Conversation, Partition, Queue, Tenant, Timer } from "./state.ts";
import { isBelowRate } from "./surge-rate.ts";
import { clockTime, instantOf } from "./timers.ts";
import { writeSituation } from "./write-situation.ts";

export function configurationView(tenant: Tenant | undefined): ConfigurationView | undefined {
  if (tenant === undefined) return undefined;
  const { revision, configuration, clocks } = tenant;
  const ends = [...clocks.values()].flatMap(({ flips }) => flips.slice(-1));
  return { revision, configuration, plannedUntil: Math.min(Infinity, ...ends) };
}

export function conversationView(
  partition: Partition,
  tenant: Tenant | undefined,
  id: number,
): ConversationView | undefined {
  const conversation = tenant?.conversations.get(id);
  if (conversation === undefined) return undefined;
  const { offline, version, channel, customer, queue, priority } = conversation;
  const { agent, reservedFor, age } = conversation;
  const lastAgent = lastAgentOf(conversation)?.agent;
  const { address, customerId } = customer;
  return {
    id,
    state: visibleState(conversation),
    offline,
    version,
    channel: channel.id,
    ...(address === undefined ? {} : { customer: address }),
    ...(customerId === undefined ? {} : { customerId }),
    skillQueue: queue.id,
    priority,
    ...(agent === undefined ? {} : { agent: agent.id }),
    ...(reservedFor === undefined ? {} : { reservedFor: reservedFor.id }),
    ...(lastAgent === undefined ? {} : { lastAgent }),
    ...(age === undefined ? {} : { age }),
    deadlines: deadlinesOf(partition, conversation),
    mayWrite: mayWrite(writeSituation(partition, conversation)),
  };
}

/** In due order, paused ones last (FINE-PRINT 32). */
function deadlinesOf(partition: Partition, conversation: Conversation): Deadline[] {
  const { timers, passedOver, state } = conversation;
  if (state === "closed") return [];
  const deadlines: Deadline[] = [];
  for (const [kind, timer] of timers) {
    if (kind === "forget" || kind === "replyWindow") continue;
    deadlines.push({ timer: kind, ...dueOf(partition, timer) });
  }
  for (const [agent, timer] of passedOver) {
    deadlines.push({ timer: "reoffer", ...dueOf(partition, timer), agent });
  }
  for (const dueAt of verdictChanges(writeSituation(partition, conversation))) {
    deadlines.push({ timer: "replyWindow", dueAt });
  }
  const rank = ({ dueAt, remainingMs }: Deadline): number => dueAt ?? 1e15 + (remainingMs ?? 0);
  return deadlines.toSorted((a, b) => rank(a) - rank(b));
}

function dueOf(
  partition: Partition,
  { clock, due }: Timer,
): { dueAt: number } | { remainingMs: number } {
  const dueAt = clock.open ? instantOf(clock, due) : undefined;
  return dueAt === undefined ? { remainingMs: due - clockTime(clock, partition.now) } : { dueAt };
}

export function agentViews(tenant: Tenant | undefined): AgentView[] {
  return [...(tenant?.agents.values() ?? [])].map((agent) => {
    const { id, settings, presence, presenceReason, expiresAt, used, owned, offers } = agent;
    return {
      id,
      ...(settings.name === undefined ? {} : { name: settings.name }),
      skills: settings.skills,
      status: presence,
      ...(presenceReason === undefined ? {} : { reason: presenceReason }),
      ...(expiresAt === undefined ? {} : { expiresAt }),
      units: { capacity: settings.capacity, used, free: freeUnits(agent) },
      conversations: inSequence([...owned, ...offers]).map((conversation) => conversation.id),
    };
  });
}

export function skillQueueViews(tenant: Tenant | undefined): SkillQueueView[] {
  if (tenant === undefined) return [];
  const byQueue = new Map<Queue, Conversation[]>();
  for (const conversation of tenant.conversations.values()) {
    const list = byQueue.get(conversation.queue);
    if (list === undefined) byQueue.set(conversation.queue, [conversation]);
    else list.push(conversation);
  }
  return [...tenant.queues.values()].map((queue) =>
    skillQueueView(queue, byQueue.get(queue) ?? []),
  );
}

function skillQueueView(queue: Queue, conversations: readonly Conversation[]): SkillQueueView {
  const inState = (state: ConversationState): Conversation[] =>
    conversations.filter((conversation) => visibleState(conversation) === state);
  const waiting = inState("queued");
  const held = inState("held");
  const offline = waiting.filter((conversation) => conversation.offline).length;
  const signedIn = queue.agents.filter(({ presence }) => presence !== "offline");
  const available = signedIn.filter(({ presence }) => presence === "available");
  const free = available.filter((agent) => freeUnits(agent) > 0);
  const nextChangeAt = queue.clock.flips[0];
  const oldestAge = oldest([...waiting, ...held]);
  const oldestTooCostly = oldest(waiting.filter((waits) => isTooCostly(waits, free)));
  return {
    id: queue.id,
    open: queue.clock.open,
    ...(nextChangeAt === undefined ? {} : { nextChangeAt }),
    waiting: { live: waiting.length - offline, offline },
    reserved: waiting.filter(({ reservedFor }) => reservedFor !== undefined).length,
    offered: inState("offered").length,
    parked: inState("parked").length,
    held: held.length,
    ...(oldestAge === undefined ? {} : { oldestAge }),
    ...(oldestTooCostly === undefined ? {} : { oldestTooCostly }),
    agents: { signedIn: signedIn.length, available: available.length, free: free.length },
    freeUnits: free.reduce((sum, agent) => sum + freeUnits(agent), 0),
  };
}

/** Some agent could take it, were it not for its cost alone (FINE-PRINT 36). */
function isTooCostly(conversation: Conversation, free: readonly Agent[]): boolean {
  const { queue, passedOver, reservedFor } = conversation;
  return free.some(
    (agent) =>
      freeUnits(agent) < costOf(conversation) &&
      isBelowRate(queue, agent) &&
      !passedOver.has(agent.id) &&
      (reservedFor === undefined || reservedFor === agent),
  );
}

function oldest(conversations: readonly Conversation[]): number | undefined {
  let oldestAge: number | undefined;
  for (const { age } of conversations) {
    if (age !== undefined && (oldestAge === undefined || age < oldestAge)) oldestAge = age;
  }
  return oldestAge;
}

export function botCallsOf(partition: Partition): BotCall[] {
  const calls: BotCall[] = [];
  for (const tenant of partition.tenants.values()) {
    for (const { id, channel, bot } of tenant.conversations.values()) {
      if (bot.calling === undefined) continue;
      calls.push({
        tenant: tenant.id,
        channel: channel.id,
        conversation: id,
        message: bot.calling,
      });
    }
  }
  return calls;
}

export function countsOf(partition: Partition): EngineCounts {
  const byState = Object.fromEntries(conversationStates.map((state) => [state, 0]));
  let customersRemembered = 0;
  let timersArmed = partition.wall.timers.items.length - partition.wall.timers.cancelled;
  for (const tenant of partition.tenants.values()) {
    customersRemembered += tenant.customers.size;
    for (const { timers } of tenant.clocks.values()) {
      timersArmed += timers.items.length - timers.cancelled;
    }
    for (const conversation of tenant.conversations.values()) {
      const state = visibleState(conversation);
      byState[state] = (byState[state] ?? 0) + 1;
    }
  }
  const [oldestId] = partition.remembered.values();
  return {
    conversationsOpened: partition.lastConversation,
    conversationsClosed: partition.conversationsClosed,
    conversationsByState: byState as EngineCounts["conversationsByState"],
    idsRemembered: partition.remembered.size,
    ...(oldestId === undefined ? {} : { oldestIdAt: oldestId.at }),
    customersRemembered,
    timersArmed,
  };
}
