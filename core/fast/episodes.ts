import { giveToBot } from "./bot.ts";
import * as codes from "./codes.ts";
import * as conversationRow from "./conversation-row.ts";
import { arm, armConnectWait, disarm, disarmStateTimers } from "./conversation-timers.ts";
import { markUnsettled, rejoinLine } from "./conversation-selection.ts";
import { answered, endReservation, move, stateOf, withdrawOffer } from "./conversations.ts";
import { endStraight, keepClosed } from "./endings.ts";
import { emit, emitWith } from "./event-rows.ts";
import * as eventRow from "./event-row.ts";
import { applyLastAgentRule } from "./last-agent.ts";
import { refreshAgents } from "./members.ts";
import { forgetPassOvers, passOver } from "./pass-overs.ts";
import { leavePlace, takePlace } from "./places.ts";
import { refreshReplyWindow } from "./reply-windows.ts";
import { routingModeOf, setRoutingMode } from "./flag-numbers.ts";
import {
  channelOf,
  clearFlag,
  has,
  isOffline,
  queueOf,
  setFlag,
  tenantOf,
  type Agent,
  type Channel,
  type Partition,
  type Queue,
} from "./state.ts";
import { isUnanswered, lastUnanswered } from "./unanswered.ts";

const { kind, mode, presence, reason, state } = codes;
const { episodeFlags, F, flag } = conversationRow;
const { rowType } = eventRow;

const minuteMs = 60_000;
const dayMs = 86_400_000;
const limitUnitMs = { minutes: minuteMs, hours: 60 * minuteMs, days: dayMs } as const;

/** What a new episode notes down of its channel (3.18). */
export function newEpisode(partition: Partition, conversation: number, channel: Channel): void {
  const { enabled, routingMode } = channel.settings.offlineMessages;
  clearFlag(partition, conversation, episodeFlags);
  if (enabled) setFlag(partition, conversation, flag.offlineMessages);
  setRoutingMode(partition, conversation, mode[routingMode]);
}

/** From nothing, `dormant` or `parked`, or back in the queue after an answer: seek an agent. */
export function beginEpisode(partition: Partition, conversation: number, why: number): void {
  resetEpisode(partition, conversation);
  seekLive(partition, conversation, why);
  const { enabled } = channelOf(partition, conversation).settings.lastAgentMode;
  if (enabled && !isOffline(partition, conversation)) applyLastAgentRule(partition, conversation);
}

function resetEpisode(partition: Partition, conversation: number): void {
  forgetPassOvers(partition, conversation);
  endReservation(partition, conversation, reason.taken);
  disarmStateTimers(partition, conversation);
  newEpisode(partition, conversation, channelOf(partition, conversation));
  clearFlag(partition, conversation, flag.offline);
  tellEpisodeBegan(partition, conversation, true);
}

/** @param named with the customer's own id */
export function tellEpisodeBegan(partition: Partition, conversation: number, named: boolean): void {
  const at = emit(partition, conversation, rowType.episodeBegan);
  const { cells } = partition.events;
  cells[at] = stateOf(partition, conversation) === 0 ? 1 : 0;
  cells[at + 1] = partition.conversations.get(conversation, F.priority);
  cells[at + 2] = named ? partition.conversations.get(conversation, F.customer) : 0;
}

/** Live, if the calendar is open; offline at once if not. */
function seekLive(
  partition: Partition,
  conversation: number,
  why: number,
  queue?: Queue,
  cause = 0,
): void {
  const { clock, settings } = queue ?? queueOf(partition, conversation);
  if (!clock.open) {
    goOffline(partition, conversation, reason.calendar_closed, why, queue, cause);
    return;
  }
  move(partition, conversation, state.queued, why, undefined, 0, queue, cause);
  armConnectWait(partition, conversation, settings.connectWaitSeconds * 1000);
  enter(partition, conversation);
}

/** To be looked at after matching: may it stay in line? (FINE-PRINT 12) */
export function enter(partition: Partition, conversation: number): void {
  if (has(partition, conversation, flag.entered)) return;
  setFlag(partition, conversation, flag.entered);
  tenantOf(partition, conversation).entered.push(conversation);
  markUnsettled(partition, queueOf(partition, conversation));
}

/**
 * Once an episode (3.2).
 *
 * @param enterReason why it comes into the queue, if it is not in it yet; with it queue and cause
 */
export function goOffline(
  partition: Partition,
  conversation: number,
  why: number,
  enterReason: number = why,
  queue?: Queue,
  cause = 0,
): void {
  const { conversations } = partition;
  withdrawOffer(partition, conversation, why);
  disarm(partition, conversation, kind.connectWait);
  leavePlace(partition, conversation);
  setFlag(partition, conversation, flag.offline);
  if (!has(partition, conversation, flag.offlineMessages)) {
    close(partition, conversation, reason.offline_messages_disabled, cause, enterReason);
    emitWith(partition, conversation, rowType.conversationWentOffline, why);
    return;
  }
  const routingMode = routingModeOf(partition, conversation);
  // A bot answers messages: what somebody handed off with nothing unanswered is for people.
  const toBot = routingMode === mode.chatbot && isUnanswered(partition, conversation);
  if (toBot) {
    endReservation(partition, conversation, reason.mode_without_last_agent);
    const given = reason.given_to_bot;
    move(partition, conversation, state.withBot, given, undefined, 0, queue, cause, enterReason);
  } else if (stateOf(partition, conversation) === state.queued) {
    rejoinLine(partition, conversation);
    refreshReplyWindow(partition, conversation);
  } else {
    move(partition, conversation, state.queued, enterReason, undefined, 0, queue, cause);
  }
  conversations.set(conversation, F.reason, why);
  emitWith(partition, conversation, rowType.conversationWentOffline, why);
  sendPrompt(partition, conversation);
  if (toBot) {
    giveToBot(partition, conversation);
    return;
  }
  armRoutingLimit(partition, conversation);
  if (routingMode === mode["last-agent"]) applyLastAgentRule(partition, conversation);
  else endReservation(partition, conversation, reason.mode_without_last_agent);
}

function sendPrompt(partition: Partition, conversation: number): void {
  const { settings, policy } = channelOf(partition, conversation);
  if (settings.offlineMessages.prompt === undefined || !policy.ofKind.prompts) return;
  const inReplyTo = lastUnanswered(partition, conversation);
  emitWith(partition, conversation, rowType.promptSent, inReplyTo);
}

/** Whole; on the working clock it counts the open time of the queue. */
export function armRoutingLimit(partition: Partition, conversation: number): void {
  const { routingTimeLimit, routingTimeLimitUnit, routingClock } = channelOf(
    partition,
    conversation,
  ).settings.offlineMessages;
  const limitMs = routingTimeLimit * limitUnitMs[routingTimeLimitUnit];
  arm(partition, conversation, kind.routingLimit, limitMs, routingClock === "working");
}

/** After matching: a live conversation that found nobody may not be able to stay (FINE-PRINT 12). */
export function mayStayInLine(partition: Partition, conversation: number): void {
  if (stateOf(partition, conversation) !== state.queued) return;
  if (isOffline(partition, conversation)) return;
  refreshAgents(partition);
  const queue = queueOf(partition, conversation);
  const signedIn = queue.members.length - (queue.byPresence[presence.offline] ?? 0);
  if (signedIn === 0) {
    goOffline(partition, conversation, reason.nobody_signed_in);
  } else if (!takePlace(partition, conversation)) {
    goOffline(partition, conversation, reason.line_full);
  }
}

/** The limit passed: only a person assigns it now, or the customer writes again. */
export function park(partition: Partition, conversation: number): void {
  withdrawOffer(partition, conversation, reason.routing_time_limit);
  endReservation(partition, conversation, reason.routing_time_limit);
  disarmStateTimers(partition, conversation);
  move(partition, conversation, state.parked, reason.routing_time_limit);
  emit(partition, conversation, rowType.routingTimedOut);
}

/** Back from an offer, which is withdrawn already: everything goes on as it was. */
export function returnFromOffer(
  partition: Partition,
  conversation: number,
  why: number,
  cause = 0,
): void {
  if (!isOffline(partition, conversation) && !queueOf(partition, conversation).clock.open) {
    goOffline(partition, conversation, reason.calendar_closed, why, undefined, cause);
    return;
  }
  move(partition, conversation, state.queued, why, undefined, 0, undefined, cause);
  if (!isOffline(partition, conversation)) enter(partition, conversation);
}

export interface OwnerLoss {
  readonly reason: number;
  readonly cause?: number;
  /** This agent does not get it back at once. */
  readonly passOver?: Agent | undefined;
  /** Handed to people, or to this queue: it waits even with nothing unanswered. */
  readonly handOffTo?: Queue;
}

/** The owner is gone, or gave it away: back to the queue, or to rest (FINE-PRINT 10). */
export function returnFromOwner(partition: Partition, conversation: number, loss: OwnerLoss): void {
  const queue = loss.handOffTo ?? queueOf(partition, conversation);
  disarmStateTimers(partition, conversation);
  const nothingUnanswered = !isUnanswered(partition, conversation);
  if (loss.handOffTo === undefined && nothingUnanswered) {
    settleDown(partition, conversation, loss.reason, loss.cause);
    return;
  }
  if (has(partition, conversation, flag.answered)) resetEpisode(partition, conversation);
  if (loss.passOver !== undefined) passOver(partition, conversation, loss.passOver);
  if (isOffline(partition, conversation)) {
    const { reason: why, cause } = loss;
    move(partition, conversation, state.queued, why, undefined, 0, queue, cause);
    armRoutingLimit(partition, conversation);
  } else {
    seekLive(partition, conversation, loss.reason, queue, loss.cause);
  }
}

/** Nothing is left to answer: `dormant`, or `closed` where offline messages are off. */
export function settleDown(
  partition: Partition,
  conversation: number,
  why: number,
  cause = 0,
): void {
  if (!has(partition, conversation, flag.offlineMessages)) {
    close(partition, conversation, why, cause);
    return;
  }
  disarmStateTimers(partition, conversation);
  forgetPassOvers(partition, conversation);
  answered(partition, conversation);
  move(partition, conversation, state.dormant, why, undefined, 0, undefined, cause);
  const { dormantDays } = tenantOf(partition, conversation).configuration.retention;
  arm(partition, conversation, kind.dormancy, dormantDays * dayMs);
}

/** The end. The engine keeps it while an id of it may come again. */
export function close(
  partition: Partition,
  conversation: number,
  why: number,
  cause = 0,
  leftFor = why,
): void {
  if (!endStraight(partition, conversation, why, cause, leftFor)) {
    withdrawOffer(partition, conversation, why);
    endReservation(partition, conversation, why);
    disarmStateTimers(partition, conversation);
    forgetPassOvers(partition, conversation);
    answered(partition, conversation);
    move(partition, conversation, state.closed, why, undefined, 0, undefined, cause, leftFor);
  }
  keepClosed(partition, conversation);
}
