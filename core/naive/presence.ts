import type { PresenceStatus } from "../commands.ts";
import type { ReasonCode } from "../reasons.ts";
import { mayMatch, passOver, withdrawOffer } from "./conversations.ts";
import { emitPlain } from "./emit.ts";
import { returnFromOffer, returnFromOwner } from "./episodes.ts";
import type { Agent, Conversation, Partition, Queue, Tenant } from "./state.ts";
import { armTimer, cancelTimer } from "./timers.ts";

const missedOffersMax = 3;

/** What an agent declares; also their heartbeat (3.10). */
export function setPresence(partition: Partition, agent: Agent, status: PresenceStatus): void {
  if (status !== "offline") signIn(partition, agent);
  changePresence(partition, agent, status, "declared");
}

function signIn(partition: Partition, agent: Agent): void {
  const { heartbeatSeconds } = agent.tenant.configuration.presence;
  cancelTimer(agent.graceTimer);
  agent.graceTimer = undefined;
  if (agent.gone) {
    agent.gone = false;
    agent.idleSince = partition.now;
    agent.missedOffers = 0;
  }
  cancelTimer(agent.presenceTimer);
  const heartbeatMs = heartbeatSeconds * 1000;
  const owner = { tenant: agent.tenant, agent };
  agent.presenceTimer = armTimer(partition, "presence", partition.wall, heartbeatMs, owner);
  agent.expiresAt = partition.now + heartbeatMs;
}

function changePresence(
  partition: Partition,
  agent: Agent,
  status: PresenceStatus,
  reason: ReasonCode,
): void {
  const before = agent.presence;
  if (before === status) return;
  agent.presence = status;
  agent.presenceReason = reason === "declared" ? undefined : reason;
  emitPlain(partition, {
    type: "presenceChanged",
    tenant: agent.tenant.id,
    agent: agent.id,
    status,
    reason,
  });
  if (status === "available") {
    agent.missedOffers = 0;
    mayMatch(agent);
  } else if (before === "available") {
    withdrawOffers(partition, agent, "agent_left");
  }
  if (status === "offline") leave(partition, agent);
}

/** No heartbeat in time. */
export function heartbeatMissed(partition: Partition, agent: Agent): void {
  changePresence(partition, agent, "offline", "heartbeat_missed");
}

function leave(partition: Partition, agent: Agent): void {
  cancelTimer(agent.presenceTimer);
  agent.presenceTimer = undefined;
  agent.expiresAt = undefined;
  const graceMs = agent.tenant.configuration.presence.graceSeconds * 1000;
  const owner = { tenant: agent.tenant, agent };
  agent.graceTimer = armTimer(partition, "grace", partition.wall, graceMs, owner);
  for (const id of Object.keys(agent.settings.skills)) {
    recheckLine(agent.tenant.queues.get(id));
  }
}

/** Whether anybody is signed in may have changed: look at the live ones again (FINE-PRINT 12). */
export function recheckLine(queue: Queue | undefined): void {
  if (queue === undefined) return;
  for (const conversation of queue.live) queue.tenant.entered.add(conversation);
}

/** Not back within the grace: everything owned goes back. */
export function graceOver(partition: Partition, agent: Agent): void {
  agent.graceTimer = undefined;
  agent.gone = true;
  for (const conversation of inSequence(agent.owned)) {
    returnFromOwner(partition, conversation, { reason: "agent_gone" });
  }
}

export function withdrawOffers(
  partition: Partition,
  agent: Agent,
  reason: ReasonCode,
  only: (conversation: Conversation) => boolean = () => true,
): void {
  for (const conversation of inSequence(agent.offers).filter(only)) {
    withdrawOffer(partition, conversation, reason);
    returnFromOffer(partition, conversation, reason);
  }
}

/** Nobody accepted in time. */
export function offerMissed(partition: Partition, conversation: Conversation): void {
  const { agent } = conversation;
  if (agent === undefined) return;
  withdrawOffer(partition, conversation, "offer_timeout");
  passOver(partition, conversation, agent);
  returnFromOffer(partition, conversation, "offer_timeout");
  agent.missedOffers += 1;
  if (agent.missedOffers >= missedOffersMax) {
    agent.missedOffers = 0;
    changePresence(partition, agent, "away", "missed_offers");
  }
}

/** The configuration no longer has this agent. */
export function removeAgent(partition: Partition, tenant: Tenant, agent: Agent): void {
  withdrawOffers(partition, agent, "agent_removed");
  for (const conversation of inSequence(agent.owned)) {
    returnFromOwner(partition, conversation, { reason: "agent_removed" });
  }
  cancelTimer(agent.presenceTimer);
  cancelTimer(agent.graceTimer);
  for (const { passedOver } of tenant.conversations.values()) {
    cancelTimer(passedOver.get(agent.id));
    passedOver.delete(agent.id);
  }
  for (const { allowances, routed } of tenant.queues.values()) {
    cancelTimer(allowances.get(agent.id));
    allowances.delete(agent.id);
    routed.delete(agent.id);
  }
  if (agent.presence !== "offline") {
    emitPlain(partition, {
      type: "presenceChanged",
      tenant: tenant.id,
      agent: agent.id,
      status: "offline",
      reason: "agent_removed",
    });
  }
}

/** A stable order for what is kept in a set: by creation. */
export function inSequence(conversations: Iterable<Conversation>): Conversation[] {
  return [...conversations].toSorted((a, b) => a.id - b.id);
}
