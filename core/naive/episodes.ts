import { channelPolicies } from "../configuration/channel-policies.ts";
import type { ReasonCode } from "../reasons.ts";
import { giveToBot } from "./bot.ts";
import {
  answered,
  arm,
  disarm,
  disarmStateTimers,
  endReservation,
  forgetPassOvers,
  move,
  passOver,
  withdrawOffer,
} from "./conversations.ts";
import type { Cause, Move } from "./conversations.ts";
import { customerKey } from "./customers.ts";
import { emit } from "./emit.ts";
import { applyLastAgentRule } from "./last-agent.ts";
import { rejoinLine } from "./lanes.ts";
import { leavePlace, takePlace } from "./places.ts";
import { refreshReplyWindow } from "./reply-windows.ts";
import type { Agent, Conversation, Episode, Partition, Queue } from "./state.ts";

const minuteMs = 60_000;
const dayMs = 86_400_000;
const limitUnitMs = { minutes: minuteMs, hours: 60 * minuteMs, days: dayMs } as const;

/** What a new episode notes down of its channel (3.18). */
export function newEpisode(conversation: Pick<Conversation, "channel">): Episode {
  const { enabled, routingMode } = conversation.channel.settings.offlineMessages;
  return {
    offlineMessages: enabled,
    routingMode,
    answered: false,
    reservationMade: false,
    hasPlace: false,
  };
}

/** From nothing, `dormant` or `parked`, or back in the queue after an answer: seek an agent. */
export function beginEpisode(
  partition: Partition,
  conversation: Conversation,
  reason: ReasonCode,
): void {
  resetEpisode(partition, conversation);
  seekLive(partition, conversation, { reason });
  if (!conversation.offline && conversation.channel.settings.lastAgentMode.enabled) {
    applyLastAgentRule(partition, conversation);
  }
}

/** How a conversation comes into a queue. */
interface Entry {
  readonly reason: ReasonCode;
  readonly by?: string | undefined;
  readonly note?: string | undefined;
  /** Absent: the one it is in. */
  readonly queue?: Queue;
}

function resetEpisode(partition: Partition, conversation: Conversation): void {
  forgetPassOvers(conversation);
  endReservation(partition, conversation, "taken");
  disarmStateTimers(conversation);
  conversation.episode = newEpisode(conversation);
  conversation.offline = false;
  emit(partition, conversation, {
    type: "episodeBegan",
    opened: conversation.state === undefined,
    priority: conversation.priority,
    ...(conversation.customer.customerId === undefined
      ? {}
      : { customerId: conversation.customer.customerId }),
  });
}

/** Live, if the calendar is open; offline at once if not. */
function seekLive(partition: Partition, conversation: Conversation, entry: Entry): void {
  const { queue = conversation.queue } = entry;
  if (!queue.clock.open) {
    goOffline(partition, conversation, "calendar_closed", entry);
    return;
  }
  move(partition, conversation, { to: "queued", ...entry });
  arm(partition, conversation, "connectWait", queue.settings.connectWaitSeconds * 1000);
  conversation.tenant.entered.add(conversation);
}

/** Once an episode (3.2). The entry is why and how it comes into the queue, if it is not in it yet. */
export function goOffline(
  partition: Partition,
  conversation: Conversation,
  reason: ReasonCode,
  entry: Entry = { reason },
): void {
  const { episode, channel } = conversation;
  const { by, note } = entry;
  withdrawOffer(partition, conversation, reason);
  disarm(conversation, "connectWait");
  leavePlace(conversation);
  conversation.offline = true;
  if (!episode.offlineMessages) {
    close(partition, conversation, "offline_messages_disabled", {
      by,
      note,
      leftFor: entry.reason,
    });
    emit(partition, conversation, { type: "conversationWentOffline", reason });
    return;
  }
  // A bot answers messages: what somebody handed off with nothing unanswered is for people.
  const toBot = episode.routingMode === "chatbot" && conversation.unanswered.length > 0;
  if (toBot) {
    endReservation(partition, conversation, "mode_without_last_agent");
    const why = { reason: "given_to_bot", leftFor: entry.reason } as const;
    move(partition, conversation, { to: "with-bot", ...entry, ...why });
  } else if (conversation.state === "queued") {
    rejoinLine(partition, conversation);
    refreshReplyWindow(partition, conversation);
  } else {
    move(partition, conversation, { to: "queued", ...entry });
  }
  conversation.reason = reason;
  emit(partition, conversation, { type: "conversationWentOffline", reason });
  const { prompt } = channel.settings.offlineMessages;
  if (prompt !== undefined && channelPolicies[channel.settings.kind].prompts) {
    sendPrompt(partition, conversation, prompt);
  }
  if (toBot) {
    giveToBot(partition, conversation);
    return;
  }
  armRoutingLimit(partition, conversation);
  if (episode.routingMode === "last-agent") applyLastAgentRule(partition, conversation);
  else endReservation(partition, conversation, "mode_without_last_agent");
}

function sendPrompt(partition: Partition, conversation: Conversation, text: string): void {
  const inReplyTo = conversation.unanswered.at(-1);
  emit(partition, conversation, {
    type: "promptSent",
    text,
    ...(inReplyTo === undefined ? {} : { inReplyTo }),
  });
}

/** Whole; on the working clock it counts the open time of the queue. */
export function armRoutingLimit(partition: Partition, conversation: Conversation): void {
  const { routingTimeLimit, routingTimeLimitUnit, routingClock } =
    conversation.channel.settings.offlineMessages;
  const counts = routingClock === "working" ? "open time" : "wall";
  const limitMs = routingTimeLimit * limitUnitMs[routingTimeLimitUnit];
  arm(partition, conversation, "routingLimit", limitMs, counts);
}

/** After matching: a live conversation that found nobody may not be able to stay (FINE-PRINT 12). */
export function mayStayInLine(partition: Partition, conversation: Conversation): void {
  const { state, offline, queue } = conversation;
  if (state !== "queued" || offline) return;
  if (!queue.agents.some((agent) => agent.presence !== "offline")) {
    goOffline(partition, conversation, "nobody_signed_in");
  } else if (!takePlace(conversation)) {
    goOffline(partition, conversation, "line_full");
  }
}

/** The limit passed: only a person assigns it now, or the customer writes again. */
export function park(partition: Partition, conversation: Conversation): void {
  withdrawOffer(partition, conversation, "routing_time_limit");
  endReservation(partition, conversation, "routing_time_limit");
  disarmStateTimers(conversation);
  move(partition, conversation, { to: "parked", reason: "routing_time_limit" });
  emit(partition, conversation, { type: "routingTimedOut" });
}

/** Back from an offer, which is withdrawn already: everything goes on as it was. */
export function returnFromOffer(
  partition: Partition,
  conversation: Conversation,
  reason: ReasonCode,
  cause: Cause = {},
): void {
  if (!conversation.offline && !conversation.queue.clock.open) {
    goOffline(partition, conversation, "calendar_closed", { reason, ...cause });
    return;
  }
  move(partition, conversation, { to: "queued", reason, ...cause });
  if (!conversation.offline) conversation.tenant.entered.add(conversation);
}

export interface OwnerLoss {
  readonly reason: ReasonCode;
  readonly cause?: Cause;
  /** This agent does not get it back at once. */
  readonly passOver?: Agent | undefined;
  /** Handed to people, or to this queue: it waits even with nothing unanswered. */
  readonly handOffTo?: Queue;
}

/** The owner is gone, or gave it away: back to the queue, or to rest (FINE-PRINT 10). */
export function returnFromOwner(
  partition: Partition,
  conversation: Conversation,
  loss: OwnerLoss,
): void {
  const { episode } = conversation;
  disarmStateTimers(conversation);
  if (loss.handOffTo === undefined && conversation.unanswered.length === 0) {
    settleDown(partition, conversation, loss.reason, loss.cause);
    return;
  }
  if (episode.answered) resetEpisode(partition, conversation);
  if (loss.passOver !== undefined) passOver(partition, conversation, loss.passOver);
  const { reason, cause, handOffTo: queue = conversation.queue } = loss;
  if (conversation.offline) {
    move(partition, conversation, { to: "queued", reason, queue, ...cause });
    armRoutingLimit(partition, conversation);
  } else {
    seekLive(partition, conversation, { reason, queue, ...cause });
  }
}

/** Nothing is left to answer: `dormant`, or `closed` where offline messages are off. */
export function settleDown(
  partition: Partition,
  conversation: Conversation,
  reason: ReasonCode,
  cause: Cause = {},
): void {
  if (!conversation.episode.offlineMessages) {
    close(partition, conversation, reason, cause);
    return;
  }
  disarmStateTimers(conversation);
  forgetPassOvers(conversation);
  answered(conversation);
  move(partition, conversation, { to: "dormant", reason, ...cause });
  const { dormantDays } = conversation.tenant.configuration.retention;
  arm(partition, conversation, "dormancy", dormantDays * dayMs);
}

/** The end. The engine keeps it while an id of it may come again. */
export function close(
  partition: Partition,
  conversation: Conversation,
  reason: ReasonCode,
  cause: Pick<Move, "by" | "note" | "leftFor"> = {},
): void {
  const { tenant, customer } = conversation;
  withdrawOffer(partition, conversation, reason);
  endReservation(partition, conversation, reason);
  disarmStateTimers(conversation);
  forgetPassOvers(conversation);
  answered(conversation);
  move(partition, conversation, { to: "closed", reason, ...cause });
  partition.conversationsClosed += 1;
  customer.open = undefined;
  if (customer.address !== undefined) {
    tenant.idleCustomers.set(customerKey(customer.channel.id, customer.address), customer);
  }
  const { deduplicationHours } = tenant.configuration.retention;
  arm(partition, conversation, "forget", deduplicationHours * 3_600_000);
}
