import type { ReceiveMessage } from "../commands.ts";
import { emit } from "./emit.ts";
import type { Channel, Conversation, Partition } from "./state.ts";

const hourMs = 3_600_000;

/** Each inbound mail gets the template of its calendar's state, loops and machines apart (3.13). */
export function sendAutoReply(
  partition: Partition,
  conversation: Conversation,
  command: ReceiveMessage,
  inReplyTo: number,
): void {
  const { channel, queue } = conversation;
  const { kind, offlineMessages, autoReply, addresses } = channel.settings;
  if (kind !== "email" || !offlineMessages.enabled) return;
  if (!offlineMessages.automaticReplyToEachEmail || command.automatic === true) return;
  if (addresses.some((own) => own.toLowerCase() === command.customer.toLowerCase())) return;
  const template = queue.clock.open ? "workingHours" : "nonWorkingHours";
  const mail = autoReply[template];
  if (mail === undefined || !isBelowRate(partition, channel, command.customer)) return;
  emit(partition, conversation, {
    type: "autoReplySent",
    template,
    subject: mail.subject,
    text: mail.body,
    offline: conversation.offline,
    inReplyTo,
  });
}

/** Counts the reply as well. The hour is half-open: what was sent at t counts until t + 1 h. */
function isBelowRate(partition: Partition, channel: Channel, sender: string): boolean {
  const recent = (channel.autoReplies.get(sender) ?? []).filter(
    (at) => at + hourMs > partition.now,
  );
  if (recent.length >= channel.settings.autoReply.maxPerSenderPerHour) return false;
  channel.autoReplies.delete(sender);
  channel.autoReplies.set(sender, [...recent, partition.now]);
  forgetOld(partition, channel);
  return true;
}

/** Senders are in the order of their last reply: the first ones may be over. */
function forgetOld(partition: Partition, channel: Channel): void {
  for (const [sender, instants] of channel.autoReplies) {
    const last = instants.at(-1) ?? 0;
    if (last + hourMs > partition.now) return;
    channel.autoReplies.delete(sender);
  }
}
