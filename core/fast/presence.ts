import { armTimer, cancelTimer } from "./clocks.ts";
import * as codes from "./codes.ts";
import * as conversationRow from "./conversation-row.ts";
import { inSequence, liveOf } from "./conversation-selection.ts";
import { mayMatch, stateOf, withdrawOffer } from "./conversations.ts";
import { enter, returnFromOffer, returnFromOwner } from "./episodes.ts";
import { emitPlain } from "./event-rows.ts";
import * as eventRow from "./event-row.ts";
import { noLongerIdle, refreshAgents, touch } from "./members.ts";
import * as memberRow from "./member-row.ts";
import { passOver } from "./pass-overs.ts";
import type { Agent, Partition, Queue } from "./state.ts";
import { agentOf } from "./state.ts";

const { kind, presence, reason, state } = codes;
const { F } = conversationRow;
const { rowType } = eventRow;
const { M } = memberRow;

const missedOffersMax = 3;

/** What an agent declares; also their heartbeat (3.10). */
export function setPresence(partition: Partition, agent: Agent, status: number): void {
  if (status !== presence.offline) signIn(partition, agent);
  changePresence(partition, agent, status, reason.declared);
}

function signIn(partition: Partition, agent: Agent): void {
  cancelTimer(partition, agent.graceTimer);
  agent.graceTimer = 0;
  if (agent.gone) {
    agent.gone = false;
    noLongerIdle(partition, agent);
    agent.missedOffers = 0;
    touch(partition, agent);
  }
  cancelTimer(partition, agent.presenceTimer);
  const heartbeatMs = agent.tenant.configuration.presence.heartbeatSeconds * 1000;
  const { wall } = partition;
  agent.presenceTimer = armTimer(partition, kind.presence, wall, heartbeatMs, agent.handle);
  agent.expiresAt = partition.now + heartbeatMs;
}

function changePresence(partition: Partition, agent: Agent, status: number, why: number): void {
  const before = agent.presence;
  if (before === status) return;
  agent.presence = status;
  agent.presenceReason = why === reason.declared ? 0 : why;
  touch(partition, agent);
  tellPresence(partition, agent, status, why);
  if (status === presence.available) {
    agent.missedOffers = 0;
    mayMatch(partition, agent);
  } else if (before === presence.available) {
    withdrawOffers(partition, agent, reason.agent_left);
  }
  if (status === presence.offline) leave(partition, agent);
}

export function tellPresence(
  partition: Partition,
  agent: Agent,
  status: number,
  why: number,
): void {
  const at = emitPlain(partition, rowType.presenceChanged, agent.tenant.handle);
  const { cells } = partition.events;
  cells[at] = agent.handle;
  cells[at + 1] = status;
  cells[at + 2] = why;
}

/** No heartbeat in time. */
export function heartbeatMissed(partition: Partition, agent: Agent): void {
  agent.presenceTimer = 0;
  changePresence(partition, agent, presence.offline, reason.heartbeat_missed);
}

function leave(partition: Partition, agent: Agent): void {
  cancelTimer(partition, agent.presenceTimer);
  agent.presenceTimer = 0;
  agent.expiresAt = -1;
  const graceMs = agent.tenant.configuration.presence.graceSeconds * 1000;
  const { wall, members, queues } = partition;
  agent.graceTimer = armTimer(partition, kind.grace, wall, graceMs, agent.handle);
  refreshAgents(partition);
  for (let member = agent.members; member !== 0; member = members.get(member, M.nextOfAgent)) {
    const queue = queues[members.get(member, M.queue)];
    if (queue === undefined || queue.live === 0) continue;
    // While anybody is signed in, everybody in line keeps their place.
    if (queue.byPresence[presence.offline] === queue.members.length) recheckLine(partition, queue);
  }
}

/** Whether anybody is signed in may have changed: look at the live ones again (FINE-PRINT 12). */
export function recheckLine(partition: Partition, queue: Queue): void {
  for (const conversation of liveOf(partition, queue)) enter(partition, conversation);
}

/** Not back within the grace: everything owned goes back. */
export function graceOver(partition: Partition, agent: Agent): void {
  agent.graceTimer = 0;
  agent.gone = true;
  for (const conversation of ownedBy(partition, agent)) {
    returnFromOwner(partition, conversation, { reason: reason.agent_gone });
  }
}

export function ownedBy(partition: Partition, agent: Agent): number[] {
  return conversationsOf(partition, agent).filter(
    (conversation) => stateOf(partition, conversation) !== state.offered,
  );
}

/** Owned or offered, by number. */
export function conversationsOf(partition: Partition, agent: Agent): readonly number[] {
  const { conversations } = partition;
  const found: number[] = [];
  let conversation = agent.conversations;
  for (; conversation !== 0; conversation = conversations.get(conversation, F.next)) {
    found.push(conversation);
  }
  return inSequence(partition, found);
}

export function withdrawOffers(
  partition: Partition,
  agent: Agent,
  why: number,
  only: (conversation: number) => boolean = () => true,
): void {
  if (agent.conversations === 0) return;
  for (const conversation of conversationsOf(partition, agent)) {
    if (stateOf(partition, conversation) !== state.offered || !only(conversation)) continue;
    withdrawOffer(partition, conversation, why);
    returnFromOffer(partition, conversation, why);
  }
}

/** Nobody accepted in time. */
export function offerMissed(partition: Partition, conversation: number): void {
  const agent = agentOf(partition, conversation);
  if (agent === undefined) return;
  withdrawOffer(partition, conversation, reason.offer_timeout);
  passOver(partition, conversation, agent);
  returnFromOffer(partition, conversation, reason.offer_timeout);
  agent.missedOffers += 1;
  if (agent.missedOffers >= missedOffersMax) {
    agent.missedOffers = 0;
    changePresence(partition, agent, presence.away, reason.missed_offers);
  }
}
