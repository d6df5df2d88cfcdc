import type {
  AgentView,
  BotCall,
  ConfigurationView,
  ConversationView,
  Deadline,
  DeadlineTimer,
  EngineCounts,
  SkillQueueView,
} from "../engine.ts";
import { conversationStates, type ConversationState } from "../events.ts";
import { conversationAt } from "./actions.ts";
import { clockOfTimer, clockTime, instantOf } from "./clocks.ts";
import {
  kind,
  presence,
  presenceNames,
  reasonName,
  state,
  stateNames,
  timerKinds,
} from "./codes.ts";
import { D, F } from "./conversation-row.ts";
import { costOf } from "./conversation-selection.ts";
import { stateOf, visibleState } from "./conversations.ts";
import { lastAgentOf } from "./last-agent.ts";
import { M } from "./member-row.ts";
import { freeUnits } from "./matching.ts";
import { isPassedOver, nextPassOver, passedOverAgent } from "./pass-overs.ts";
import { conversationsOf } from "./presence.ts";
import {
  agentAt,
  agentOf,
  channelOf,
  isOffline,
  queueOf,
  type Agent,
  type Channel,
  type Partition,
  type Queue,
  type Tenant,
} from "./state.ts";
import { conversationsOfTenant } from "./tenant-conversations.ts";
import { timerDue, timerKind, timerNextOfOwner } from "./timer-row.ts";
import { limitOf, mayWriteFrom, verdictAt, verdictOf, type Verdict } from "./write-verdicts.ts";

export function configurationView(tenant: Tenant | undefined): ConfigurationView | undefined {
  if (tenant === undefined) return undefined;
  const { revision, configuration, clocks } = tenant;
  const ends = [...clocks.values()].flatMap((clock) =>
    clock.nextFlip < clock.flips.length ? clock.flips.slice(-1) : [],
  );
  return { revision, configuration, plannedUntil: Math.min(Infinity, ...ends) };
}

export function conversationView(
  partition: Partition,
  tenant: Tenant | undefined,
  id: number,
): ConversationView | undefined {
  const conversation = tenant === undefined ? 0 : conversationAt(partition, tenant, id);
  if (tenant === undefined || conversation === 0) return undefined;
  const { conversations, customers, agents } = partition;
  const customer = conversations.get(conversation, F.customer);
  const address = customers.addressOf(customer);
  const customerId = customers.customerIdOf(customer);
  const agent = agentOf(partition, conversation);
  const reservedFor = agents[conversations.get(conversation, F.reservedFor)];
  const lastAgent = tenant.names.texts[lastAgentOf(partition, conversation)];
  const age = conversations.getDouble(conversation, D.age);
  const { verdict, reason, until } = verdictOf(partition, conversation);
  return {
    id,
    state: nameOf(visibleState(partition, conversation)),
    offline: isOffline(partition, conversation),
    version: conversations.get(conversation, F.version),
    channel: channelOf(partition, conversation).id,
    ...(address === undefined ? {} : { customer: address }),
    ...(customerId === undefined ? {} : { customerId }),
    skillQueue: queueOf(partition, conversation).id,
    priority: conversations.get(conversation, F.priority),
    ...(agent === undefined ? {} : { agent: agent.id }),
    ...(reservedFor === undefined ? {} : { reservedFor: reservedFor.id }),
    ...(lastAgent === undefined || lastAgent === "" ? {} : { lastAgent }),
    ...(age < 0 ? {} : { age }),
    deadlines: deadlinesOf(partition, conversation),
    mayWrite: mayWriteFrom(verdict, reason, until),
  };
}

/** In due order, paused ones last (FINE-PRINT 32). */
function deadlinesOf(partition: Partition, conversation: number): Deadline[] {
  const { timers, conversations } = partition;
  if (stateOf(partition, conversation) === state.closed) return [];
  const deadlines: Deadline[] = [];
  let timer = conversations.get(conversation, F.timers);
  for (; timer !== 0; timer = timers.get(timer, timerNextOfOwner)) {
    const code = timers.get(timer, timerKind);
    if (code === kind.forget || code === kind.replyWindow) continue;
    deadlines.push({ timer: timerKinds[code] as DeadlineTimer, ...dueOf(partition, timer) });
  }
  timer = conversations.get(conversation, F.passOvers);
  for (; timer !== 0; timer = nextPassOver(partition, timer)) {
    const { id: agent } = agentAt(partition, passedOverAgent(partition, timer));
    deadlines.push({ timer: "reoffer", ...dueOf(partition, timer), agent });
  }
  for (let { until } = verdictOf(partition, conversation); until !== Infinity;) {
    deadlines.push({ timer: "replyWindow", dueAt: until });
    ({ until } = verdictLater(partition, conversation, until));
  }
  const rank = ({ dueAt, remainingMs }: Deadline): number => dueAt ?? 1e15 + (remainingMs ?? 0);
  return deadlines.toSorted((a, b) => rank(a) - rank(b));
}

function verdictLater(partition: Partition, conversation: number, at: number): Verdict {
  const channel: Channel = channelOf(partition, conversation);
  const customer = partition.conversations.get(conversation, F.customer);
  return verdictAt(
    channel.policy.ofKind,
    at,
    partition.customers.lastMessageAt(customer),
    isOffline(partition, conversation) ? limitOf(channel) : -1,
  );
}

function dueOf(partition: Partition, timer: number): { dueAt: number } | { remainingMs: number } {
  const clock = clockOfTimer(partition, timer);
  const due = partition.timers.getDouble(timer, timerDue);
  const dueAt = clock.open ? instantOf(clock, due) : undefined;
  return dueAt === undefined ? { remainingMs: due - clockTime(clock, partition.now) } : { dueAt };
}

export function agentViews(partition: Partition, tenant: Tenant | undefined): AgentView[] {
  return [...(tenant?.agents.values() ?? [])].map((agent) => {
    const { id, settings, presence: status, presenceReason, expiresAt, used } = agent;
    const reason = reasonName(presenceReason);
    return {
      id,
      ...(settings.name === undefined ? {} : { name: settings.name }),
      skills: settings.skills,
      status: presenceNames[status] ?? "offline",
      ...(reason === undefined ? {} : { reason }),
      ...(expiresAt < 0 ? {} : { expiresAt }),
      units: { capacity: settings.capacity, used, free: freeUnits(agent) },
      conversations: conversationsOf(partition, agent).map((conversation) =>
        partition.conversations.getDouble(conversation, D.id),
      ),
    };
  });
}

export function skillQueueViews(
  partition: Partition,
  tenant: Tenant | undefined,
): SkillQueueView[] {
  if (tenant === undefined) return [];
  const byQueue = new Map<Queue, number[]>();
  for (const conversation of conversationsOfTenant(partition, tenant)) {
    const queue = queueOf(partition, conversation);
    const list = byQueue.get(queue);
    if (list === undefined) byQueue.set(queue, [conversation]);
    else list.push(conversation);
  }
  return [...tenant.queues.values()].map((queue) =>
    skillQueueView(partition, queue, byQueue.get(queue) ?? []),
  );
}

function skillQueueView(
  partition: Partition,
  queue: Queue,
  conversations: readonly number[],
): SkillQueueView {
  const inState = (visible: number): number[] =>
    conversations.filter((conversation) => visibleState(partition, conversation) === visible);
  const waiting = inState(state.queued);
  const held = inState(state.held);
  const offline = waiting.filter((conversation) => isOffline(partition, conversation)).length;
  const agents = queue.members.map((member) =>
    agentAt(partition, partition.members.get(member, M.agent)),
  );
  const signedIn = agents.filter((agent) => agent.presence !== presence.offline);
  const available = signedIn.filter((agent) => agent.presence === presence.available);
  const free = available.filter((agent) => freeUnits(agent) > 0);
  const nextChangeAt = queue.clock.flipAt;
  const oldestAge = oldest(partition, [...waiting, ...held]);
  const tooCostly = waiting.filter((waits) => isTooCostly(partition, waits, free));
  const oldestTooCostly = oldest(partition, tooCostly);
  const reserved = waiting.filter(
    (waits) => partition.conversations.get(waits, F.reservedFor) !== 0,
  );
  return {
    id: queue.id,
    open: queue.clock.open,
    ...(nextChangeAt === Infinity ? {} : { nextChangeAt }),
    waiting: { live: waiting.length - offline, offline },
    reserved: reserved.length,
    offered: inState(state.offered).length,
    parked: inState(state.parked).length,
    held: held.length,
    ...(oldestAge === undefined ? {} : { oldestAge }),
    ...(oldestTooCostly === undefined ? {} : { oldestTooCostly }),
    agents: { signedIn: signedIn.length, available: available.length, free: free.length },
    freeUnits: free.reduce((sum, agent) => sum + freeUnits(agent), 0),
  };
}

/** Some agent could take it, were it not for its cost alone (FINE-PRINT 36). */
function isTooCostly(partition: Partition, conversation: number, free: readonly Agent[]): boolean {
  const reservedFor = partition.conversations.get(conversation, F.reservedFor);
  const { allowances } = queueOf(partition, conversation);
  return free.some(
    (agent) =>
      freeUnits(agent) < costOf(partition, conversation) &&
      !allowances.has(agent.name) &&
      !isPassedOver(partition, conversation, agent.handle) &&
      (reservedFor === 0 || reservedFor === agent.handle),
  );
}

function oldest(partition: Partition, conversations: readonly number[]): number | undefined {
  let oldestAge: number | undefined;
  for (const conversation of conversations) {
    const age = partition.conversations.getDouble(conversation, D.age);
    if (age >= 0 && (oldestAge === undefined || age < oldestAge)) oldestAge = age;
  }
  return oldestAge;
}

export function botCallsOf(partition: Partition): BotCall[] {
  const calls: BotCall[] = [];
  const { conversations } = partition;
  for (const tenant of partition.tenants.values()) {
    for (const conversation of conversationsOfTenant(partition, tenant)) {
      const message = conversations.getDouble(conversation, D.botCalling);
      if (message === 0) continue;
      calls.push({
        tenant: tenant.id,
        channel: channelOf(partition, conversation).id,
        conversation: conversations.getDouble(conversation, D.id),
        message,
      });
    }
  }
  return calls;
}

export function botMessageOf(
  partition: Partition,
  tenant: Tenant | undefined,
  id: number,
): number | undefined {
  const conversation = tenant === undefined ? 0 : conversationAt(partition, tenant, id);
  if (conversation === 0) return undefined;
  return partition.conversations.getDouble(conversation, D.botCalling) || undefined;
}

export function countsOf(partition: Partition): EngineCounts {
  const { conversations, customers, remembered, tenants, clocks } = partition;
  const byState = Object.fromEntries(conversationStates.map((name) => [name, 0]));
  for (let row = 1; row <= conversations.last; row += 1) {
    if (conversations.get(row, F.tenant) === 0) continue;
    const name = nameOf(visibleState(partition, row));
    byState[name] = (byState[name] ?? 0) + 1;
  }
  let customersRemembered = 0;
  for (const { handle } of tenants.values()) customersRemembered += customers.countOf(handle);
  let timersArmed = 0;
  for (const clock of clocks) if (clock?.isGone === false) timersArmed += clock.wheel.count;
  const oldestId = remembered.oldest;
  return {
    conversationsOpened: partition.lastConversation,
    conversationsClosed: partition.conversationsClosed,
    conversationsByState: byState as EngineCounts["conversationsByState"],
    idsRemembered: remembered.count,
    ...(oldestId === 0 ? {} : { oldestIdAt: remembered.atOf(oldestId) }),
    customersRemembered,
    timersArmed,
  };
}

function nameOf(code: number): ConversationState {
  return stateNames[code] ?? "queued";
}
