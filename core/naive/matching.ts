import type { AssignmentRule, Explanation } from "../events.ts";
import type { PassedOverCode } from "../reasons.ts";
import { mayWrite } from "../reply-window.ts";
import { selectAgent } from "./agent-selection.ts";
import { arm, disarmStateTimers, endReservation, move } from "./conversations.ts";
import type { Cause } from "./conversations.ts";
import { emit } from "./emit.ts";
import { costOf, goesBefore, inOrder } from "./lanes.ts";
import type { Agent, Conversation, Lane, Partition, Queue, Tenant } from "./state.ts";
import { countRouted, isBelowRate } from "./surge-rate.ts";
import { writeSituation } from "./write-situation.ts";

const namedAgentsMax = 8;

/**
 * Match until nothing fits: reserved conversations first, then all others, both in the order of
 * rule 3.3 across queues; the first that has an eligible agent goes to the one that rule 3.4
 * selects (FINE-PRINT 14). Only queues in which something happened are looked at.
 */
export function matchAll(partition: Partition, tenant: Tenant): void {
  do matchReserved(partition, tenant);
  while (matchOther(partition, tenant));
  tenant.dirty.clear();
}

/** Those who are kept for somebody go to them, as far as they fit. */
export function matchReserved(partition: Partition, tenant: Tenant): void {
  for (;;) {
    const match = firstMatch(linesOf(tenant).map((line) => line.reserved));
    const agent = match?.eligible[0];
    if (match === undefined || agent === undefined) return;
    route(partition, match.conversation, agent, "reserved");
  }
}

/** Answers whether one of the others went to somebody. */
function matchOther(partition: Partition, tenant: Tenant): boolean {
  const match = firstMatch(linesOf(tenant).map((line) => line.others));
  if (match === undefined) return false;
  const { conversation, eligible } = match;
  const { queue } = conversation;
  const agent = selectAgent(queue, eligible);
  if (agent === undefined) return false;
  queue.lastChosen = agent.id;
  route(partition, conversation, agent, queue.settings.agentSelection);
  return true;
}

function linesOf(tenant: Tenant): ReturnType<typeof routableLanes>[] {
  return [...tenant.dirty]
    .filter((queue) => queue.clock.open && queue.lanes.size > 0)
    .map(routableLanes);
}

/** The lanes of which somebody could take something: the rest is skipped as a whole. */
function routableLanes(queue: Queue): { readonly reserved: Lane[]; readonly others: Lane[] } {
  const reserved: Lane[] = [];
  const others: Lane[] = [];
  const free = queue.agents.filter(
    (agent) => agent.presence === "available" && freeUnits(agent) > 0 && isBelowRate(queue, agent),
  );
  const mostFree = Math.max(0, ...free.map(freeUnits));
  for (const lane of queue.lanes.values()) {
    if (lane.reservedFor === undefined) {
      if (lane.cost <= mostFree) others.push(lane);
    } else if (free.some(({ id }) => id === lane.reservedFor)) {
      reserved.push(lane);
    }
  }
  return { reserved, others };
}

interface Match {
  readonly conversation: Conversation;
  /** In the queue's agent order. */
  readonly eligible: readonly Agent[];
}

/** Of each queue the first conversation that has an eligible agent, and of these the first. */
function firstMatch(lanesByQueue: readonly (readonly Lane[])[]): Match | undefined {
  let first: Match | undefined;
  for (const lanes of lanesByQueue) {
    const match = firstOfQueue(lanes);
    if (match === undefined) continue;
    if (first === undefined || goesBefore(match.conversation, first.conversation)) first = match;
  }
  return first;
}

function firstOfQueue(lanes: readonly Lane[]): Match | undefined {
  for (const conversation of inOrder(lanes)) {
    const eligible = conversation.queue.agents.filter((agent) => isEligible(conversation, agent));
    if (eligible.length > 0) return { conversation, eligible };
  }
  return undefined;
}

export function freeUnits(agent: Agent): number {
  return agent.settings.capacity - agent.used;
}

/** May get this conversation now (3.4). */
export function isEligible(conversation: Conversation, agent: Agent): boolean {
  return ineligibility(conversation, agent) === undefined;
}

/** The first reason why this agent, who has the skill, may not get the conversation now. */
function ineligibility(conversation: Conversation, agent: Agent): PassedOverCode | undefined {
  const { queue, reservedFor, passedOver } = conversation;
  if (agent.presence !== "available") return agent.presence;
  if (freeUnits(agent) < costOf(conversation)) return "no_capacity";
  if (!isBelowRate(queue, agent)) return "surge_rate";
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
  cause: Cause = {},
): void {
  const { queue, channel } = conversation;
  const accepted = conversation.state === "offered" && conversation.agent === agent;
  disarmStateTimers(conversation);
  move(partition, conversation, {
    to: "assigned",
    reason: reason.rule === "person" ? "assigned_by_person" : accepted ? "accepted" : "matched",
    agent,
    units: costOf(conversation),
    ...cause,
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
    const code = ineligibility(conversation, agent);
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

/** The offer was taken. */
export function accept(
  partition: Partition,
  conversation: Conversation,
  agent: Agent,
  cause: Cause = {},
): void {
  agent.missedOffers = 0;
  const offered = conversation.offered ?? explain(partition, conversation, "person");
  const reason = { ...offered, waitedMs: waitedMs(partition, conversation) };
  assign(partition, conversation, agent, reason, cause);
}
