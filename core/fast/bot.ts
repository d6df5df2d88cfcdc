import * as codes from "./codes.ts";
import * as conversationRow from "./conversation-row.ts";
import { arm, timerOf } from "./conversation-timers.ts";
import { emitWith } from "./event-rows.ts";
import * as eventRow from "./event-row.ts";
import type { Partition } from "./state.ts";
import { allUnanswered } from "./unanswered.ts";

const { kind } = codes;
const { D, F } = conversationRow;
const { rowType } = eventRow;

const botAnswerMs = 30_000;

/** Everything unanswered goes to the bot, one call after the other (FINE-PRINT 38). */
export function giveToBot(partition: Partition, conversation: number): void {
  const { conversations, numbers } = partition;
  numbers.clear(conversations, conversation, F.botFirst);
  conversations.setDouble(conversation, D.botCalling, 0);
  for (const message of allUnanswered(partition, conversation)) {
    numbers.push(conversations, conversation, F.botFirst, message);
  }
  giveNext(partition, conversation);
}

/** Call the bot with the next message, unless a call is still unanswered. */
export function giveNext(partition: Partition, conversation: number): void {
  const { conversations, numbers } = partition;
  if (conversations.getDouble(conversation, D.botCalling) !== 0) return;
  const message = numbers.shift(conversations, conversation, F.botFirst);
  if (message === 0) return;
  conversations.setDouble(conversation, D.botCalling, message);
  // The bot has its time from the oldest message that it has not written to.
  if (timerOf(partition, conversation, kind.botAnswer) === 0) {
    arm(partition, conversation, kind.botAnswer, botAnswerMs);
  }
  emitWith(partition, conversation, rowType.messageGivenToBot, message);
}
