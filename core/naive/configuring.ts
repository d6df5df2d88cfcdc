import { present } from "../assert.ts";
import type { CalendarPlan, ConfigureTenant, PlanCalendars } from "../commands.ts";
import type { ResolvedConfiguration } from "../configuration/resolved.ts";
import type { Result } from "../engine.ts";
import type { Rejection } from "../rejections.ts";
import { endReservation, isOwned, move } from "./conversations.ts";
import { customerKey } from "./customers.ts";
import { emitPlain } from "./emit.ts";
import { goOffline, returnFromOwner } from "./episodes.ts";
import { lineOf, rejoinLine } from "./lanes.ts";
import { reject } from "./outcome.ts";
import { inSequence, recheckLine, removeAgent, withdrawOffers } from "./presence.ts";
import { renameChannel } from "./remembered-ids.ts";
import { refreshReplyWindow } from "./reply-windows.ts";
import type { Agent, Channel, Clock, Conversation, Partition, Queue, Tenant } from "./state.ts";
import { cancelTimer, clockTime, newClock, transferTimer } from "./timers.ts";

/** Create a tenant, or change its configuration under way (3.18). */
export function configureTenant(partition: Partition, command: ConfigureTenant): Result {
  const known = partition.tenants.get(command.tenant);
  const revision = known?.revision ?? 0;
  if (command.expectedRevision !== undefined && command.expectedRevision !== revision) {
    return reject("configuration_changed", `the configuration is at revision ${revision}`);
  }
  const replace = new Map(Object.entries(command.replace ?? {}));
  const refusal = known === undefined ? undefined : replaceRefusal(known, command, replace);
  if (refusal !== undefined) return refusal;
  const tenant = known ?? newTenant(command.tenant, command.configuration);
  const skillsBefore = new Map(tenant.configuration.agents.map(({ id, skills }) => [id, skills]));
  partition.tenants.set(tenant.id, tenant);
  tenant.configuration = command.configuration;
  tenant.revision = revision + 1;
  emitPlain(partition, {
    type: "tenantConfigured",
    tenant: tenant.id,
    revision: tenant.revision,
  });
  updateClocks(partition, tenant, command.plans);
  const removedQueues = updateQueues(partition, tenant);
  updateChannels(partition, tenant, replace);
  const removedAgents = updateAgents(partition, tenant);
  replaceQueues(partition, tenant, removedQueues, replace);
  dropSkills(partition, tenant, skillsBefore);
  for (const agent of removedAgents) removeAgent(partition, tenant, agent);
  reorder(partition, tenant);
  return { status: "configured", revision: tenant.revision };
}

/** New plans for some calendars; a state that differs from the present one is a flip now. */
export function planCalendars(
  partition: Partition,
  tenant: Tenant,
  command: PlanCalendars,
): Result {
  for (const plan of command.plans) {
    const clock = tenant.clocks.get(plan.calendar);
    if (clock !== undefined) follow(partition, tenant, clock, plan);
  }
  return { status: "acknowledged" };
}

/** A queue or channel with open conversations goes only if another takes them over. */
function replaceRefusal(
  tenant: Tenant,
  { configuration }: ConfigureTenant,
  replace: ReadonlyMap<string, string>,
): Rejection | undefined {
  const queues = new Set(configuration.skillQueues.map(({ id }) => id));
  const channels = new Set(configuration.channels.map(({ id }) => id));
  for (const [from, to] of replace) {
    if (tenant.queues.has(from) && !queues.has(from) && !queues.has(to)) {
      return reject("unknown_skill_queue", to);
    }
    if (tenant.channels.has(from) && !channels.has(from) && !channels.has(to)) {
      return reject("unknown_channel", to);
    }
  }
  const inUse = new Set<string>();
  for (const conversation of tenant.conversations.values()) {
    if (conversation.state === "closed") continue;
    const { queue, channel, customer } = conversation;
    if (!queues.has(queue.id) && !replace.has(queue.id)) inUse.add(queue.id);
    if (channels.has(channel.id)) continue;
    const to = replace.get(channel.id);
    const other = tenant.customers.get(customerKey(to ?? "", customer.address ?? ""));
    if (to === undefined || other?.open !== undefined) inUse.add(channel.id);
  }
  return inUse.size === 0 ? undefined : reject("in_use", [...inUse].join(", "));
}

export function newTenant(id: string, configuration: ResolvedConfiguration): Tenant {
  return {
    id,
    revision: 0,
    configuration,
    clocks: new Map(),
    queues: new Map(),
    agents: new Map(),
    channels: new Map(),
    conversations: new Map(),
    customers: new Map(),
    idleCustomers: new Map(),
    people: new Map(),
    dirty: new Set(),
    entered: new Set(),
  };
}

function updateClocks(partition: Partition, tenant: Tenant, plans: readonly CalendarPlan[]): void {
  for (const { id } of tenant.configuration.calendars) {
    const plan = plans.find(({ calendar }) => calendar === id);
    const clock = tenant.clocks.get(id) ?? newClock(id, false, partition.now);
    tenant.clocks.set(id, clock);
    if (plan !== undefined) follow(partition, tenant, clock, plan);
  }
}

function follow(partition: Partition, tenant: Tenant, clock: Clock, plan: CalendarPlan): void {
  const due = plan.flips.filter((at) => at <= partition.now).length;
  const open = due % 2 === 0 ? plan.open : !plan.open;
  clock.elapsed = clockTime(clock, partition.now);
  clock.since = partition.now;
  clock.flips = plan.flips.slice(due);
  if (clock.open === open) return;
  clock.open = open;
  calendarFlipped(partition, tenant, clock);
}

/** One step for the queues; only live ones notice a closing (DOMAIN 3). */
export function calendarFlipped(partition: Partition, tenant: Tenant, clock: Clock): void {
  for (const queue of tenant.queues.values()) {
    if (queue.clock !== clock) continue;
    if (clock.open) tenant.dirty.add(queue);
    else closeForLive(partition, queue);
  }
}

function closeForLive(partition: Partition, queue: Queue): void {
  for (const conversation of inSequence(lineOf(queue))) {
    if (!conversation.offline) goOffline(partition, conversation, "calendar_closed");
  }
}

/** Answers the queues that are gone. */
function updateQueues(partition: Partition, tenant: Tenant): Queue[] {
  const before = new Map(tenant.queues);
  tenant.queues.clear();
  for (const settings of tenant.configuration.skillQueues) {
    const clock =
      settings.calendar === undefined
        ? partition.wall
        : present(tenant.clocks.get(settings.calendar), `calendar ${settings.calendar}`);
    const queue = before.get(settings.id) ?? newQueue(tenant, settings, clock);
    before.delete(settings.id);
    tenant.queues.set(queue.id, queue);
    queue.settings = settings;
    if (queue.clock !== clock) changeClock(partition, tenant, queue, clock);
    tenant.dirty.add(queue);
  }
  const calendars = new Set(tenant.configuration.calendars.map(({ id }) => id));
  for (const id of tenant.clocks.keys()) if (!calendars.has(id)) tenant.clocks.delete(id);
  return [...before.values()];
}

export function newQueue(tenant: Tenant, settings: Queue["settings"], clock: Clock): Queue {
  return {
    tenant,
    id: settings.id,
    settings,
    clock,
    agents: [],
    lanes: new Map(),
    lastChosen: undefined,
    routed: new Map(),
    allowances: new Map(),
  };
}

/** Limits that count open time keep what they have left (3.18). */
function changeClock(partition: Partition, tenant: Tenant, queue: Queue, clock: Clock): void {
  const closes = queue.clock.open && !clock.open;
  const before = queue.clock;
  queue.clock = clock;
  for (const conversation of tenant.conversations.values()) {
    if (conversation.queue === queue) keepTimeLeft(partition, conversation, before);
  }
  if (closes) closeForLive(partition, queue);
}

function keepTimeLeft(partition: Partition, conversation: Conversation, before: Clock): void {
  const { queue, channel, timers } = conversation;
  if (queue.clock === before) return;
  const wait = timers.get("lastAgentWait");
  if (wait !== undefined) {
    timers.set("lastAgentWait", transferTimer(partition, wait, queue.clock));
  }
  const limit = timers.get("routingLimit");
  const working = channel.settings.offlineMessages.routingClock === "working";
  if (limit !== undefined && (limit.clock.calendar !== undefined || working)) {
    timers.set("routingLimit", transferTimer(partition, limit, queue.clock));
  }
}

function updateChannels(
  partition: Partition,
  tenant: Tenant,
  replace: ReadonlyMap<string, string>,
): void {
  const before = new Map(tenant.channels);
  tenant.channels.clear();
  for (const settings of tenant.configuration.channels) {
    const channel = before.get(settings.id) ?? {
      id: settings.id,
      settings,
      autoReplies: new Map(),
    };
    before.delete(settings.id);
    channel.settings = settings;
    tenant.channels.set(channel.id, channel);
  }
  for (const removed of before.values()) {
    const to = tenant.channels.get(replace.get(removed.id) ?? "");
    moveCustomers(tenant, removed, to);
    if (to !== undefined) renameChannel(partition, tenant, removed.id, to.id);
  }
}

/** The customers of a removed channel go on at the one that replaces it, or are forgotten. */
function moveCustomers(tenant: Tenant, from: Channel, to: Channel | undefined): void {
  for (const [key, customer] of tenant.customers) {
    if (customer.channel !== from) continue;
    tenant.customers.delete(key);
    tenant.idleCustomers.delete(key);
    if (to === undefined || customer.address === undefined) continue;
    const newKey = customerKey(to.id, customer.address);
    if (tenant.customers.has(newKey) && customer.open === undefined) continue;
    customer.channel = to;
    tenant.customers.set(newKey, customer);
    if (customer.open === undefined) tenant.idleCustomers.set(newKey, customer);
    else tenant.idleCustomers.delete(newKey);
  }
  for (const conversation of tenant.conversations.values()) {
    if (conversation.channel !== from) continue;
    if (to === undefined) forget(conversation);
    else conversation.channel = to;
  }
}

/** A closed conversation whose queue or channel is gone leaves the engine at once. */
function forget({ tenant, id, timers }: Conversation): void {
  cancelTimer(timers.get("forget"));
  tenant.conversations.delete(id);
}

/** Answers the agents who are gone. */
function updateAgents(partition: Partition, tenant: Tenant): Agent[] {
  const before = new Map(tenant.agents);
  tenant.agents.clear();
  for (const [order, settings] of tenant.configuration.agents.entries()) {
    const agent = before.get(settings.id) ?? newAgent(partition, tenant, settings);
    before.delete(settings.id);
    agent.settings = settings;
    agent.order = order;
    tenant.agents.set(agent.id, agent);
  }
  for (const queue of tenant.queues.values()) {
    queue.agents = agentsWithSkill(tenant, queue);
    recheckLine(queue);
  }
  return [...before.values()];
}

/** In the document's order. */
export function agentsWithSkill(tenant: Tenant, queue: Queue): Agent[] {
  return [...tenant.agents.values()].filter(
    ({ settings }) => settings.skills[queue.id] !== undefined,
  );
}

export function newAgent(partition: Partition, tenant: Tenant, settings: Agent["settings"]): Agent {
  return {
    tenant,
    id: settings.id,
    settings,
    order: 0,
    presence: "offline",
    presenceReason: undefined,
    expiresAt: undefined,
    presenceTimer: undefined,
    graceTimer: undefined,
    gone: true,
    idleSince: partition.now,
    used: 0,
    owned: new Set(),
    offers: new Set(),
    missedOffers: 0,
  };
}

function replaceQueues(
  partition: Partition,
  tenant: Tenant,
  removed: readonly Queue[],
  replace: ReadonlyMap<string, string>,
): void {
  for (const queue of removed) {
    for (const timer of queue.allowances.values()) cancelTimer(timer);
    const to = tenant.queues.get(replace.get(queue.id) ?? "");
    for (const conversation of tenant.conversations.values()) {
      if (conversation.queue !== queue) continue;
      if (to === undefined) forget(conversation);
      else if (conversation.state === "closed") conversation.queue = to;
      else changeQueue(partition, conversation, to);
    }
  }
}

/** The same conversation in the same state, in another queue. */
function changeQueue(partition: Partition, conversation: Conversation, to: Queue): void {
  const before = conversation.queue.clock;
  const { state, agent, units, offline } = conversation;
  if (state === undefined) return;
  const { offered, bot } = conversation;
  move(partition, conversation, {
    to: state,
    reason: "queue_replaced",
    queue: to,
    ...(agent === undefined ? {} : { agent, units }),
  });
  conversation.offered = offered;
  conversation.bot = bot;
  keepTimeLeft(partition, conversation, before);
  if (state === "queued" && !offline) {
    if (to.clock.open) conversation.tenant.entered.add(conversation);
    else goOffline(partition, conversation, "calendar_closed");
  }
}

/**
 * A lost skill is removal for that queue's work. Who owns something by override, or since its queue
 * was replaced, had no skill to lose.
 */
function dropSkills(
  partition: Partition,
  tenant: Tenant,
  skillsBefore: ReadonlyMap<string, Agent["settings"]["skills"]>,
): void {
  for (const conversation of tenant.conversations.values()) {
    const { agent, queue, reservedFor } = conversation;
    const hasSkill = (who: Agent): boolean => who.settings.skills[queue.id] !== undefined;
    if (reservedFor !== undefined && (!hasSkill(reservedFor) || isGone(reservedFor))) {
      endReservation(partition, conversation, isGone(reservedFor) ? "agent_removed" : "skill_lost");
    }
    if (agent === undefined || isGone(agent) || hasSkill(agent)) continue;
    if (!isOwned(conversation)) {
      withdrawOffers(partition, agent, "skill_lost", (offer) => offer === conversation);
    } else if (skillsBefore.get(agent.id)?.[queue.id] !== undefined) {
      returnFromOwner(partition, conversation, { reason: "skill_lost" });
    }
  }
}

function isGone(agent: Agent): boolean {
  return agent.tenant.agents.get(agent.id) !== agent;
}

/** Costs, orders and limits may have changed: lines and verdicts anew. */
function reorder(partition: Partition, tenant: Tenant): void {
  for (const conversation of tenant.conversations.values()) {
    if (conversation.state === "closed") continue;
    rejoinLine(partition, conversation);
    refreshReplyWindow(partition, conversation);
  }
}
