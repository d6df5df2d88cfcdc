import { arm } from "./conversations.ts";
import { emit } from "./emit.ts";
import type { Conversation, Partition } from "./state.ts";

const botAnswerMs = 30_000;

/** Everything unanswered goes to the bot, one call after the other (FINE-PRINT 38). */
export function giveToBot(partition: Partition, conversation: Conversation): void {
  conversation.bot = { pending: [...conversation.unanswered], calling: undefined };
  giveNext(partition, conversation);
}

/** Call the bot with the next message, unless a call is still unanswered. */
export function giveNext(partition: Partition, conversation: Conversation): void {
  const { bot, timers } = conversation;
  if (bot.calling !== undefined) return;
  const message = bot.pending.shift();
  if (message === undefined) return;
  bot.calling = message;
  // The bot has its time from the oldest message that it has not written to.
  if (!timers.has("botAnswer")) arm(partition, conversation, "botAnswer", botAnswerMs);
  emit(partition, conversation, { type: "messageGivenToBot", message });
}
