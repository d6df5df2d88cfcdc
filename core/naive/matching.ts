import type { AssignmentRule, Explanation } from "../events.ts";
import type { PassedOverCode } from "../reasons.ts";
import { mayWrite } from "../reply-window.ts";
import { selectAgent } from "./agent-selection.ts";
import { arm, disarmStateTimers, endReservation, mayMatch, move } from "./conversations.ts";
import { emit } from "./emit.ts";
import { costOf, inOrder } from "./lanes.ts";
import { writeSituation } from "./write-situation.ts";
import type { Agent, Conversation, Lane, Partition, Queue, Tenant } from "./state.ts";
import { armTimer } from "./timers.ts";

const surgeWindowMs = 60_000;
const namedAgentsMax = 8;

/**
 * Match until nothing fits: reserved conversations first, then all others, both in the order of
 * rule 3.3 across queues; the first that has an eligible agent goes to the one that rule 3.4
 * selects (FINE-PRINT 14). Only queues in which something happened are looked at.
 */
export function matchAll(partition: Partition, tenant: Tenant): void {
  while (tenant.dirty.size > 0) {
    const queues = [...tenant.dirty].filter((queue) => queue.clock.open && queue.lanes.size > 0);
    if (!matchFirst(partition, queues)) tenant.dirty.clear();
  }
}

function matchFirst(partition: Partition, queues: readonly Queue[]): boolean {
  const reserved: Lane[] = [];
  const others: Lane[] = [];
  for (const queue of queues) {
    const free = queue.agents.filter((agent) => isFree(partition, queue, agent));
    if (free.length === 0) continue;
    const mostFree = Math.max(...free.map(freeUnits));
    for (const lane of queue.lanes.values()) {
      if (lane.reservedFor === undefined) {
        if (lane.cost <= mostFree) others.push(lane);
      } else if (free.some(({ id }) => id === lane.reservedFor)) {
        reserved.push(lane);
      }
    }
  }
  for (const conversation of inOrder(reserved)) {
    const agent = conversation.reservedFor;
    if (agent === undefined || !isEligible(partition, conversation, agent)) continue;
    route(partition, conversation, agent, "reserved");
    return true;
  }
  for (const conversation of inOrder(others)) {
    const { queue } = conversation;
    const eligible = queue.agents.filter((agent) => isEligible(partition, conversation, agent));
    const agent = selectAgent(queue, eligible);
    if (agent === undefined) continue;
    queue.lastChosen = agent.id;
    route(partition, conversation, agent, queue.settings.agentSelection);
    return true;
  }
  return false;
}

export function freeUnits(agent: Agent): number {
  return agent.settings.capacity - agent.used;
}

/** Could take something of this queue. */
function isFree(partition: Partition, queue: Queue, agent: Agent): boolean {
  return (
    agent.presence === "available" && freeUnits(agent) > 0 && isBelowRate(partition, queue, agent)
  );
}

/** May get this conversation now (3.4). */
export function isEligible(
  partition: Partition,
  conversation: Conversation,
  agent: Agent,
): boolean {
  return ineligibility(partition, conversation, agent) === undefined;
}

/** The first reason why this agent, who has the skill, may not get the conversation now. */
function ineligibility(
  partition: Partition,
  conversation: Conversation,
  agent: Agent,
): PassedOverCode | undefined {
  const { queue, reservedFor, passedOver } = conversation;
  if (agent.presence !== "available") return agent.presence;
  if (freeUnits(agent) < costOf(conversation)) return "no_capacity";
  if (!isBelowRate(partition, queue, agent)) return "surge_rate";
  if (passedOver.has(agent.id)) return "passed_over";
  if (reservedFor !== undefined && reservedFor !== agent) return "reserved_for_other";
  return undefined;
}

/** Give a queued conversation to the agent: as an assignment, or as an offer (its queue's `acceptance`). */
export function route(
  partition: Partition,
  conversation: Conversation,
  agent: Agent,
  rule: AssignmentRule,
): void {
  const { queue } = conversation;
  const reason = explain(partition, conversation, rule);
  countRouted(partition, queue, agent);
  endReservation(partition, conversation, "taken");
  if (queue.settings.acceptance === "automatic") {
    assign(partition, conversation, agent, reason);
    return;
  }
  const offerMs = queue.settings.offerTimeoutSeconds * 1000;
  move(partition, conversation, {
    to: "offered",
    reason: "matched",
    agent,
    units: costOf(conversation),
  });
  conversation.offered = reason;
  arm(partition, conversation, "offer", offerMs);
  emit(partition, conversation, {
    type: "conversationOffered",
    agent: agent.id,
    expiresAt: partition.now + offerMs,
    ...unansweredFrom(conversation),
    reason,
  });
}

/** The agent owns it from now on. */
export function assign(
  partition: Partition,
  conversation: Conversation,
  agent: Agent,
  reason: Explanation,
  by?: string,
): void {
  const { queue, channel } = conversation;
  const accepted = conversation.state === "offered" && conversation.agent === agent;
  disarmStateTimers(conversation);
  move(partition, conversation, {
    to: "assigned",
    reason: reason.rule === "person" ? "assigned_by_person" : accepted ? "accepted" : "matched",
    agent,
    units: costOf(conversation),
    by,
  });
  const { reassignAfterMinutes } = queue.settings;
  const noReplies =
    conversation.offline && channel.settings.offlineMessages.agentOutboundTimeLimitMinutes === 0;
  if (reassignAfterMinutes !== null && !noReplies) {
    arm(partition, conversation, "firstReply", reassignAfterMinutes * 60_000);
  }
  tellAssigned(partition, conversation, agent, reason);
}

export function tellAssigned(
  partition: Partition,
  conversation: Conversation,
  agent: Agent,
  reason: Explanation,
): void {
  emit(partition, conversation, {
    type: "conversationAssigned",
    agent: agent.id,
    ...unansweredFrom(conversation),
    reason,
    mayWrite: mayWrite(writeSituation(partition, conversation)),
  });
}

function unansweredFrom(conversation: Conversation): { unansweredFrom?: number } {
  const [first] = conversation.unanswered;
  return first === undefined ? {} : { unansweredFrom: first };
}

/** Why: to be asked before the assignment changes what it is about (3.19). */
export function explain(
  partition: Partition,
  conversation: Conversation,
  rule: AssignmentRule,
): Explanation {
  const passedOver: Partial<Record<PassedOverCode, number>> = {};
  const agents: { agent: string; code: PassedOverCode }[] = [];
  let eligible = 0;
  for (const agent of conversation.queue.agents) {
    const code = ineligibility(partition, conversation, agent);
    if (code === undefined) {
      eligible += 1;
      continue;
    }
    passedOver[code] = (passedOver[code] ?? 0) + 1;
    if (agents.length < namedAgentsMax) agents.push({ agent: agent.id, code });
  }
  return { rule, waitedMs: waitedMs(partition, conversation), eligible, passedOver, agents };
}

function waitedMs(partition: Partition, { age }: Conversation): number {
  return age === undefined ? 0 : partition.now - age;
}

/** Below the queue's surge rate (3.16, FINE-PRINT 18). */
function isBelowRate(partition: Partition, queue: Queue, agent: Agent): boolean {
  const max = queue.settings.maxAssignmentsPerAgentPerMinute;
  return max === null || recentlyRouted(partition, queue, agent).length < max;
}

function recentlyRouted(partition: Partition, queue: Queue, agent: Agent): number[] {
  const instants = queue.routed.get(agent.id) ?? [];
  return instants.filter((at) => at + surgeWindowMs > partition.now);
}

function countRouted(partition: Partition, queue: Queue, agent: Agent): void {
  const max = queue.settings.maxAssignmentsPerAgentPerMinute;
  if (max === null) return;
  const instants = [...recentlyRouted(partition, queue, agent), partition.now];
  queue.routed.set(agent.id, instants);
  if (instants.length >= max) awaitAllowance(partition, queue, agent, instants);
}

function awaitAllowance(
  partition: Partition,
  queue: Queue,
  agent: Agent,
  instants: readonly number[],
): void {
  const [oldest] = instants;
  if (oldest === undefined || queue.allowances.has(agent.id)) return;
  const leftMs = oldest + surgeWindowMs - partition.now;
  const owner = { tenant: queue.tenant, queue, agent };
  queue.allowances.set(
    agent.id,
    armTimer(partition, "allowance", partition.wall, Math.max(0, leftMs), owner),
  );
}

/** The oldest routing of this agent has left the window. */
export function allowanceReturned(partition: Partition, queue: Queue, agent: Agent): void {
  queue.allowances.delete(agent.id);
  const instants = recentlyRouted(partition, queue, agent);
  if (instants.length === 0) queue.routed.delete(agent.id);
  else queue.routed.set(agent.id, instants);
  const max = queue.settings.maxAssignmentsPerAgentPerMinute;
  if (max !== null && instants.length >= max) awaitAllowance(partition, queue, agent, instants);
  mayMatch(agent);
}

/** The offer was taken. */
export function accept(partition: Partition, conversation: Conversation, agent: Agent): void {
  agent.missedOffers = 0;
  const offered = conversation.offered ?? explain(partition, conversation, "person");
  assign(partition, conversation, agent, {
    ...offered,
    waitedMs: waitedMs(partition, conversation),
  });
}
