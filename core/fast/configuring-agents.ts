import { cancelTimer } from "./clocks.ts";
import { presence, reason } from "./codes.ts";
import { F } from "./conversation-row.ts";
import { endReservation, isOwned, reservedAgent } from "./conversations.ts";
import { returnFromOwner } from "./episodes.ts";
import { noLongerIdle } from "./members.ts";
import { nextPassOver, passedOverAgent, unlinkPassOver } from "./pass-overs.ts";
import { ownedBy, recheckLine, tellPresence, withdrawOffers } from "./presence.ts";
import {
  agentOf,
  hasSkill,
  nameNumber,
  newHandle,
  queueOf,
  type Agent,
  type Partition,
  type Tenant,
} from "./state.ts";
import { conversationsOfTenant } from "./tenant-conversations.ts";

/** Answers the agents who are gone. */
export function updateAgents(partition: Partition, tenant: Tenant): Agent[] {
  const before = new Map(tenant.agents);
  tenant.agents.clear();
  for (const [order, settings] of tenant.configuration.agents.entries()) {
    const agent = before.get(settings.id) ?? newAgent(partition, tenant, settings);
    before.delete(settings.id);
    agent.settings = settings;
    agent.capacity = settings.capacity;
    agent.order = order;
    tenant.agents.set(agent.id, agent);
  }
  for (const removed of before.values()) {
    removed.isRemoved = true;
    tenant.agentsByName[removed.name] = undefined;
  }
  for (const queue of tenant.queues.values()) recheckLine(partition, queue);
  return [...before.values()];
}

export function newAgent(partition: Partition, tenant: Tenant, settings: Agent["settings"]): Agent {
  const handle = newHandle(partition, partition.agents);
  const name = nameNumber(tenant.names, settings.id);
  const agent: Agent = {
    // What each assignment reads comes first, next to each other in memory.
    handle,
    tenant,
    used: 0,
    capacity: settings.capacity,
    conversations: 0,
    idleNodes: 0,
    isStale: false,
    isRemoved: false,
    presence: presence.offline,
    isOrderedByLoad: false,
    members: 0,
    name,
    id: settings.id,
    settings,
    order: 0,
    presenceReason: 0,
    expiresAt: -1,
    presenceTimer: 0,
    graceTimer: 0,
    gone: true,
    missedOffers: 0,
  };
  partition.agents[handle] = agent;
  while (partition.agentRows.last < handle) partition.agentRows.take();
  noLongerIdle(partition, agent);
  tenant.agentsByName[name] = agent;
  return agent;
}

/**
 * A lost skill is removal for that queue's work. Who owns something by override, or since its queue
 * was replaced, had no skill to lose.
 */
export function dropSkills(
  partition: Partition,
  tenant: Tenant,
  skillsBefore: ReadonlyMap<string, Agent["settings"]["skills"]>,
): void {
  for (const conversation of conversationsOfTenant(partition, tenant)) {
    const agent = agentOf(partition, conversation);
    const reservedFor = reservedAgent(partition, conversation);
    const queue = queueOf(partition, conversation);
    if (reservedFor !== undefined && (!hasSkill(reservedFor, queue) || reservedFor.isRemoved)) {
      const why = reservedFor.isRemoved ? reason.agent_removed : reason.skill_lost;
      endReservation(partition, conversation, why);
    }
    if (agent === undefined || agent.isRemoved || hasSkill(agent, queue)) continue;
    if (!isOwned(partition, conversation)) {
      withdrawOffers(partition, agent, reason.skill_lost, (offer) => offer === conversation);
    } else if (Object.hasOwn(skillsBefore.get(agent.id) ?? {}, queue.id)) {
      returnFromOwner(partition, conversation, { reason: reason.skill_lost });
    }
  }
}

/** The configuration no longer has this agent. */
export function removeAgent(partition: Partition, tenant: Tenant, agent: Agent): void {
  withdrawOffers(partition, agent, reason.agent_removed);
  for (const conversation of ownedBy(partition, agent)) {
    returnFromOwner(partition, conversation, { reason: reason.agent_removed });
  }
  cancelTimer(partition, agent.presenceTimer);
  cancelTimer(partition, agent.graceTimer);
  for (const conversation of conversationsOfTenant(partition, tenant)) {
    let timer = partition.conversations.get(conversation, F.passOvers);
    while (timer !== 0 && passedOverAgent(partition, timer) !== agent.handle) {
      timer = nextPassOver(partition, timer);
    }
    if (timer === 0) continue;
    unlinkPassOver(partition, conversation, timer);
    cancelTimer(partition, timer);
  }
  for (const { allowances, routed } of tenant.queues.values()) {
    cancelTimer(partition, allowances.get(agent.name) ?? 0);
    allowances.delete(agent.name);
    routed.delete(agent.name);
  }
  if (agent.presence !== presence.offline) {
    tellPresence(partition, agent, presence.offline, reason.agent_removed);
  }
  partition.discarded.push({ list: partition.agents, handle: agent.handle });
}
