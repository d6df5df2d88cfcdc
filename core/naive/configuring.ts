import { present } from "../assert.ts";
import type { CalendarPlan, ConfigureTenant } from "../commands.ts";
import type { ResolvedConfiguration } from "../configuration/resolved.ts";
import type { Result } from "../engine.ts";
import { hasSkill } from "./agent-selection.ts";
import { endReservation, isOwned } from "./conversations.ts";
import { emitPlain } from "./emit.ts";
import { returnFromOwner } from "./episodes.ts";
import { reorderLine } from "./lanes.ts";
import { reject } from "./outcome.ts";
import { closeForLive, follow } from "./plans.ts";
import { recheckLine, removeAgent, withdrawOffers } from "./presence.ts";
import { keepTimeLeft, replaceQueues, replaceRefusal, updateChannels } from "./replacing.ts";
import { refreshVerdict } from "./reply-windows.ts";
import type { Agent, Clock, Partition, Queue, Tenant } from "./state.ts";
import { refreshAllowances } from "./surge-rate.ts";
import { newClock } from "./timers.ts";

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
  for (const queue of tenant.queues.values()) {
    refreshAllowances(partition, queue);
    if (!queue.clock.open) closeForLive(partition, queue);
  }
  reorder(partition, tenant);
  return { status: "configured", revision: tenant.revision };
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

/** What follows from a flip comes when all else is in place. */
function updateClocks(partition: Partition, tenant: Tenant, plans: readonly CalendarPlan[]): void {
  for (const { id } of tenant.configuration.calendars) {
    const plan = plans.find(({ calendar }) => calendar === id);
    const clock = tenant.clocks.get(id) ?? newClock(id, false, partition.now);
    tenant.clocks.set(id, clock);
    if (plan !== undefined) follow(partition, clock, plan);
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
    changeClock(partition, tenant, queue, clock);
    tenant.dirty.add(queue);
  }
  const calendars = new Set(tenant.configuration.calendars.map(({ id }) => id));
  for (const id of tenant.clocks.keys()) if (!calendars.has(id)) tenant.clocks.delete(id);
  return [...before.values()];
}

function changeClock(partition: Partition, tenant: Tenant, queue: Queue, clock: Clock): void {
  const before = queue.clock;
  queue.clock = clock;
  if (before === clock) return;
  for (const conversation of tenant.conversations.values()) {
    if (conversation.queue === queue) keepTimeLeft(partition, conversation, before);
  }
}

export function newQueue(tenant: Tenant, settings: Queue["settings"], clock: Clock): Queue {
  return {
    tenant,
    id: settings.id,
    settings,
    clock,
    agents: [],
    lanes: new Map(),
    live: new Set(),
    placesTaken: 0,
    lastChosen: undefined,
    routed: new Map(),
    allowances: new Map(),
  };
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
  return [...tenant.agents.values()].filter((agent) => hasSkill(agent, queue));
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
    if (reservedFor !== undefined && (!hasSkill(reservedFor, queue) || isGone(reservedFor))) {
      endReservation(partition, conversation, isGone(reservedFor) ? "agent_removed" : "skill_lost");
    }
    if (agent === undefined || isGone(agent) || hasSkill(agent, queue)) continue;
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
    if (conversation.state !== "closed") refreshVerdict(partition, conversation);
  }
  for (const queue of tenant.queues.values()) reorderLine(partition, queue);
}
