import * as codes from "./codes.ts";
import * as conversationRow from "./conversation-row.ts";
import { arm, disarm } from "./conversation-timers.ts";
import { joinLine, leaveLine, markDirty, rejoinLine } from "./conversation-selection.ts";
import { emit, emitWith } from "./event-rows.ts";
import * as eventRow from "./event-row.ts";
import { noLongerIdle, touch } from "./members.ts";
import * as memberRow from "./member-row.ts";
import { leavePlace } from "./places.ts";
import { refreshReplyWindow } from "./reply-windows.ts";
import { setVerdictTold } from "./flag-numbers.ts";
import {
  agentAt,
  agentOf,
  isOffline,
  queueOf,
  type Agent,
  type Partition,
  type Queue,
} from "./state.ts";
import { clearUnanswered, isUnanswered } from "./unanswered.ts";

const { by, kind, reasonUnit, state } = codes;
const { D, F } = conversationRow;
const { rowType } = eventRow;
const { M } = memberRow;

/** The steps that every change of a conversation is made of. */

export { by, reasonUnit } from "./codes.ts";

export function stateOf({ conversations }: Partition, conversation: number): number {
  return conversations.get(conversation, F.state);
}

/** The state as the contract names it. */
export function visibleState(partition: Partition, conversation: number): number {
  const stored = stateOf(partition, conversation);
  if (stored === 0) return state.queued;
  if (stored !== state.queued) return stored;
  return queueOf(partition, conversation).clock.open ? state.queued : state.held;
}

/** Whether somebody owns it. */
export function isOwned(partition: Partition, conversation: number): boolean {
  const stored = stateOf(partition, conversation);
  return stored >= state.assigned && stored <= state.live;
}

/**
 * One transition of state, owner and queue: the version grows by one, units change hands, the line
 * is left or joined, and an owner who loses it is told.
 *
 * @param agent owner, or whom it is offered to; undefined: nobody
 * @param units that the agent uses for it
 * @param queue undefined: the one it is in
 * @param leftFor why the owner lost it, where that is not why it went where it is now
 */
export function move(
  partition: Partition,
  conversation: number,
  to: number,
  why: number,
  agent?: Agent,
  units = 0,
  queue?: Queue,
  cause: number = by.nobody,
  leftFor = why,
): void {
  const { conversations, numbers } = partition;
  const before = stateOf(partition, conversation);
  const from = before === 0 ? -1 : visibleState(partition, conversation);
  const wasOwned = isOwned(partition, conversation);
  const owner = wasOwned ? agentOf(partition, conversation) : undefined;
  leaveLine(partition, conversation);
  const staysInLine = to === state.queued || to === state.offered;
  if (!staysInLine || queue !== undefined) leavePlace(partition, conversation);
  giveBackUnits(partition, conversation, agent, wasOwned);
  if (queue !== undefined) conversations.set(conversation, F.queue, queue.handle);
  if (before === state.withBot) {
    numbers.clear(conversations, conversation, F.botFirst);
    conversations.setDouble(conversation, D.botCalling, 0);
  }
  if (before === state.offered) forgetOffer(partition, conversation);
  conversations.set(conversation, F.state, to);
  conversations.set(conversation, F.version, conversations.get(conversation, F.version) + 1);
  conversations.set(conversation, F.reason, why);
  if (agent !== undefined) takeUnits(partition, conversation, agent, units, wasOwned);
  tellMoved(partition, conversation, from, agent, why + reasonUnit * cause);
  const sequence = partition.lastSequence;
  if (owner !== undefined && owner !== agent) tellLeft(partition, conversation, owner, leftFor);
  if (to === state.queued) {
    if (conversations.getDouble(conversation, D.age) < 0) {
      conversations.setDouble(conversation, D.age, partition.now);
      conversations.setDouble(conversation, D.ageSequence, sequence);
    }
    joinLine(partition, conversation);
  } else if (isOwned(partition, conversation) && !isUnanswered(partition, conversation)) {
    conversations.setDouble(conversation, D.age, -1); // the time of a hand-off, which somebody took
  }
  refreshReplyWindow(partition, conversation);
}

/** @param from -1: it is new */
export function tellMoved(
  partition: Partition,
  conversation: number,
  from: number,
  agent: Agent | undefined,
  why: number,
): void {
  const at = emit(partition, conversation, rowType.conversationMoved);
  const { cells } = partition.events;
  cells[at] = from;
  cells[at + 1] = visibleState(partition, conversation);
  cells[at + 2] = isOffline(partition, conversation) ? 1 : 0;
  cells[at + 3] = partition.conversations.get(conversation, F.priority);
  cells[at + 4] = agent === undefined ? 0 : agent.handle;
  cells[at + 5] = why;
}

export function tellLeft(
  partition: Partition,
  conversation: number,
  owner: Agent,
  why: number,
): void {
  const at = emit(partition, conversation, rowType.conversationLeft);
  const { cells } = partition.events;
  cells[at] = owner.handle;
  cells[at + 1] = visibleState(partition, conversation);
  cells[at + 2] = why;
}

export function giveBackUnits(
  partition: Partition,
  conversation: number,
  next: Agent | undefined,
  wasOwned: boolean,
): void {
  const agent = agentOf(partition, conversation);
  if (agent === undefined || agent === next) return;
  const { conversations } = partition;
  agent.used -= conversations.get(conversation, F.units);
  conversations.set(conversation, F.units, 0);
  setVerdictTold(partition, conversation, 0);
  unlinkFromAgent(partition, conversation, agent);
  if (wasOwned) noLongerIdle(partition, agent);
  touch(partition, agent);
  mayMatch(partition, agent);
}

function takeUnits(
  partition: Partition,
  conversation: number,
  agent: Agent,
  units: number,
  wasOwned: boolean,
): void {
  const { conversations } = partition;
  const isNew = conversations.get(conversation, F.agent) !== agent.handle;
  if (isNew) {
    agent.used += units;
    conversations.set(conversation, F.units, units);
    setVerdictTold(partition, conversation, 0);
    linkToAgent(partition, conversation, agent);
  }
  if (stateOf(partition, conversation) !== state.offered && (isNew || !wasOwned)) {
    noLongerIdle(partition, agent);
  }
  touch(partition, agent);
}

export function linkToAgent(partition: Partition, conversation: number, agent: Agent): void {
  const { conversations } = partition;
  conversations.set(conversation, F.agent, agent.handle);
  conversations.set(conversation, F.previous, 0);
  conversations.set(conversation, F.next, agent.conversations);
  if (agent.conversations !== 0) {
    conversations.set(agent.conversations, F.previous, conversation);
  }
  agent.conversations = conversation;
}

function unlinkFromAgent(partition: Partition, conversation: number, agent: Agent): void {
  const { conversations } = partition;
  const before = conversations.get(conversation, F.previous);
  const after = conversations.get(conversation, F.next);
  if (before === 0) agent.conversations = after;
  else conversations.set(before, F.next, after);
  if (after !== 0) conversations.set(after, F.previous, before);
  conversations.set(conversation, F.agent, 0);
}

/** Something that this agent could now take may be waiting. */
export function mayMatch(partition: Partition, agent: Agent): void {
  if (agent.tenant.waiting === 0 || partition.rebuilding) return;
  const { members, queues } = partition;
  for (let member = agent.members; member !== 0; member = members.get(member, M.nextOfAgent)) {
    const queue = queues[members.get(member, M.queue)];
    if (queue !== undefined && queue.waiting > 0) markDirty(partition, queue);
  }
}

/** Keep the conversation for its last agent, in open time of its queue (3.7). */
export function reserve(
  partition: Partition,
  conversation: number,
  agent: Agent,
  waitMs: number,
): void {
  partition.conversations.set(conversation, F.reservedFor, agent.handle);
  arm(partition, conversation, kind.lastAgentWait, waitMs, true);
  rejoinLine(partition, conversation);
  emitWith(partition, conversation, rowType.conversationReserved, agent.handle, waitMs);
}

/** Open it to the whole queue again. */
export function endReservation(partition: Partition, conversation: number, why: number): void {
  const agent = partition.conversations.get(conversation, F.reservedFor);
  if (agent === 0) return;
  partition.conversations.set(conversation, F.reservedFor, 0);
  disarm(partition, conversation, kind.lastAgentWait);
  rejoinLine(partition, conversation);
  emitWith(partition, conversation, rowType.reservationEnded, agent, why);
}

/** Take back what was offered, before the conversation moves on. */
export function withdrawOffer(partition: Partition, conversation: number, why: number): void {
  const agent = partition.conversations.get(conversation, F.agent);
  if (partition.conversations.get(conversation, F.offered) === 0 || agent === 0) return;
  forgetOffer(partition, conversation);
  disarm(partition, conversation, kind.offer);
  emitWith(partition, conversation, rowType.offerWithdrawn, agent, why);
}

function forgetOffer(partition: Partition, conversation: number): void {
  const { conversations, explanations } = partition;
  const kept = conversations.get(conversation, F.offered);
  if (kept === 0) return;
  explanations.give(kept);
  conversations.set(conversation, F.offered, 0);
}

/** Nothing is unanswered any more. */
export function answered(partition: Partition, conversation: number): void {
  clearUnanswered(partition, conversation);
  partition.conversations.setDouble(conversation, D.age, -1);
}

export function reservedAgent(partition: Partition, conversation: number): Agent | undefined {
  const handle = partition.conversations.get(conversation, F.reservedFor);
  return handle === 0 ? undefined : agentAt(partition, handle);
}

/** The row is free; nothing may name it any more. */
export function dropConversation(partition: Partition, conversation: number): void {
  const { conversations, customers, byNumber, numbers } = partition;
  const customer = conversations.get(conversation, F.customer);
  byNumber.remove(conversation);
  clearUnanswered(partition, conversation);
  numbers.clear(conversations, conversation, F.botFirst);
  conversations.give(conversation);
  customers.unrefer(customer);
}
