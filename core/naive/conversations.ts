import type { ReasonCode } from "../reasons.ts";
import type { DeadlineTimer } from "../engine.ts";
import { emit, visibleState } from "./emit.ts";
import { joinLine, leaveLine, rejoinLine } from "./lanes.ts";
import { leavePlace } from "./places.ts";
import { refreshReplyWindow } from "./reply-windows.ts";
import type { Agent, Conversation, Partition, Queue, StoredState } from "./state.ts";
import { armTimer, cancelTimer } from "./timers.ts";

/** The steps that every change of a conversation is made of. */

export interface Move {
  readonly to: StoredState;
  readonly reason: ReasonCode;
  /** Why the owner lost it, where that is not why it went where it is now. @defaultValue `reason` */
  readonly leftFor?: ReasonCode;
  /** Owner, or whom it is offered to; absent: nobody. */
  readonly agent?: Agent;
  /** Units that the agent uses for it. */
  readonly units?: number;
  readonly queue?: Queue;
  readonly by?: string | undefined;
  readonly note?: string | undefined;
}

/** Who caused a move, and in what words. */
export type Cause = Pick<Move, "by" | "note">;

const ownedStates: readonly (StoredState | undefined)[] = ["assigned", "awaiting-customer", "live"];

/** Whether somebody owns it. */
export function isOwned(conversation: Conversation): boolean {
  return ownedStates.includes(conversation.state);
}

/**
 * One transition of state, owner and queue: the version grows by one, units change hands, the line
 * is left or joined, and an owner who loses it is told.
 */
export function move(partition: Partition, conversation: Conversation, step: Move): void {
  const from = conversation.state === undefined ? undefined : visibleState(conversation);
  const before = isOwned(conversation) ? conversation.agent : undefined;
  leaveLine(conversation);
  const staysInLine = step.to === "queued" || step.to === "offered";
  if (!staysInLine || step.queue !== undefined) leavePlace(conversation);
  giveBackUnits(partition, conversation, step.agent);
  if (step.queue !== undefined) conversation.queue = step.queue;
  if (conversation.state === "with-bot") conversation.bot = { pending: [], calling: undefined };
  if (conversation.state === "offered") conversation.offered = undefined;
  conversation.state = step.to;
  conversation.version += 1;
  conversation.reason = step.reason;
  if (step.agent !== undefined) takeUnits(partition, conversation, step.agent, step.units ?? 0);
  const sequence = emit(partition, conversation, {
    type: "conversationMoved",
    ...(from === undefined ? {} : { from }),
    to: visibleState(conversation),
    offline: conversation.offline,
    priority: conversation.priority,
    ...(step.agent === undefined ? {} : { agent: step.agent.id }),
    reason: step.reason,
    ...(step.by === undefined ? {} : { by: step.by }),
    ...(step.note === undefined ? {} : { note: step.note }),
  });
  if (before !== undefined && before !== step.agent) {
    emit(partition, conversation, {
      type: "conversationLeft",
      agent: before.id,
      to: visibleState(conversation),
      reason: step.leftFor ?? step.reason,
    });
  }
  if (step.to === "queued") {
    if (conversation.age === undefined) {
      conversation.age = partition.now;
      conversation.ageSequence = sequence;
    }
    joinLine(partition, conversation);
  } else if (isOwned(conversation) && conversation.unanswered.length === 0) {
    conversation.age = undefined; // the time of a hand-off, which somebody took
  }
  refreshReplyWindow(partition, conversation);
}

function giveBackUnits(
  partition: Partition,
  conversation: Conversation,
  next: Agent | undefined,
): void {
  const { agent } = conversation;
  if (agent === undefined || agent === next) return;
  agent.used -= conversation.units;
  conversation.units = 0;
  conversation.agent = undefined;
  conversation.verdict = undefined;
  agent.offers.delete(conversation);
  if (agent.owned.delete(conversation)) agent.idleSince = partition.now;
  mayMatch(agent);
}

function takeUnits(
  partition: Partition,
  conversation: Conversation,
  agent: Agent,
  units: number,
): void {
  const offered = conversation.state === "offered";
  if (conversation.agent !== agent) {
    agent.used += units;
    conversation.units = units;
    conversation.agent = agent;
    conversation.verdict = undefined;
  }
  if (offered) {
    agent.offers.add(conversation);
  } else if (!agent.owned.has(conversation)) {
    agent.offers.delete(conversation);
    agent.owned.add(conversation);
    agent.idleSince = partition.now;
  }
}

/** Something that this agent could now take may be waiting. */
export function mayMatch(agent: Agent): void {
  for (const id of Object.keys(agent.settings.skills)) {
    const queue = agent.tenant.queues.get(id);
    if (queue !== undefined) agent.tenant.dirty.add(queue);
  }
}

/** Arm a timer of the conversation, in place of the one of the same kind. */
export function arm(
  partition: Partition,
  conversation: Conversation,
  kind: DeadlineTimer | "forget",
  durationMs: number,
  counts: "wall" | "open time" = "wall",
): void {
  cancelTimer(conversation.timers.get(kind));
  const countsOpenTime = counts === "open time";
  const clock = countsOpenTime ? conversation.queue.clock : partition.wall;
  const owner = { tenant: conversation.tenant, conversation, countsOpenTime };
  conversation.timers.set(kind, armTimer(partition, kind, clock, durationMs, owner));
}

export function disarm(conversation: Conversation, kind: DeadlineTimer): void {
  cancelTimer(conversation.timers.get(kind));
  conversation.timers.delete(kind);
}

/** Stop every timer that belongs to a state; reply windows and re-offers run beside them. */
export function disarmStateTimers(conversation: Conversation): void {
  for (const [kind, timer] of conversation.timers) {
    if (kind === "replyWindow") continue;
    cancelTimer(timer);
    conversation.timers.delete(kind);
  }
}

/** Until the time is over this agent does not get it (3.9 "re-offer"). */
export function passOver(partition: Partition, conversation: Conversation, agent: Agent): void {
  const { tenant, queue, passedOver } = conversation;
  cancelTimer(passedOver.get(agent.id));
  const durationMs = queue.settings.reofferSeconds * 1000;
  const owner = { tenant, conversation, agent };
  passedOver.set(agent.id, armTimer(partition, "reoffer", partition.wall, durationMs, owner));
}

export function forgetPassOvers(conversation: Conversation): void {
  for (const timer of conversation.passedOver.values()) cancelTimer(timer);
  conversation.passedOver.clear();
}

/** Keep the conversation for its last agent, in open time of its queue (3.7). */
export function reserve(
  partition: Partition,
  conversation: Conversation,
  agent: Agent,
  waitMs: number,
): void {
  conversation.reservedFor = agent;
  arm(partition, conversation, "lastAgentWait", waitMs, "open time");
  rejoinLine(partition, conversation);
  emit(partition, conversation, { type: "conversationReserved", agent: agent.id, waitMs });
}

/** Open it to the whole queue again. */
export function endReservation(
  partition: Partition,
  conversation: Conversation,
  reason: ReasonCode,
): void {
  const agent = conversation.reservedFor;
  if (agent === undefined) return;
  conversation.reservedFor = undefined;
  disarm(conversation, "lastAgentWait");
  rejoinLine(partition, conversation);
  emit(partition, conversation, { type: "reservationEnded", agent: agent.id, reason });
}

/** Take back what was offered, before the conversation moves on. */
export function withdrawOffer(
  partition: Partition,
  conversation: Conversation,
  reason: ReasonCode,
): void {
  const { agent, offered } = conversation;
  if (offered === undefined || agent === undefined) return;
  conversation.offered = undefined;
  disarm(conversation, "offer");
  emit(partition, conversation, { type: "offerWithdrawn", agent: agent.id, reason });
}

/** Nothing is unanswered any more. */
export function answered(conversation: Conversation): void {
  conversation.unanswered.length = 0;
  conversation.age = undefined;
}
