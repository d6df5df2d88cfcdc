import { F } from "./conversation-row.ts";
import { emit, rowType } from "./event-rows.ts";
import { channelOf, isOffline, queueOf, type Channel, type Partition } from "./state.ts";

const hourMs = 3_600_000;

/**
 * Each inbound mail gets the template of its calendar's state, loops and machines apart (3.13).
 *
 * @param automatic the mail was sent by a machine itself
 */
export function sendAutoReply(
  partition: Partition,
  conversation: number,
  automatic: boolean,
  inReplyTo: number,
): void {
  const channel = channelOf(partition, conversation);
  const { kind, offlineMessages, autoReply, addresses } = channel.settings;
  if (kind !== "email" || !offlineMessages.enabled) return;
  if (!offlineMessages.automaticReplyToEachEmail || automatic) return;
  const customer = partition.conversations.get(conversation, F.customer);
  const sender = partition.customers.addressOf(customer) ?? "";
  if (addresses.some((own) => own.toLowerCase() === sender.toLowerCase())) return;
  const isOpen = queueOf(partition, conversation).clock.open;
  const mail = isOpen ? autoReply.workingHours : autoReply.nonWorkingHours;
  if (mail === undefined || !isBelowRate(partition, channel, sender)) return;
  const at = emit(partition, conversation, rowType.autoReplySent);
  const { cells } = partition.events;
  cells[at] = isOpen ? 1 : 0;
  cells[at + 1] = isOffline(partition, conversation) ? 1 : 0;
  cells[at + 2] = inReplyTo;
}

/** Counts the reply as well. The hour is half-open: what was sent at t counts until t + 1 h. */
function isBelowRate(partition: Partition, channel: Channel, sender: string): boolean {
  const { now } = partition;
  const { autoReplies, settings } = channel;
  const recent = (autoReplies.get(sender) ?? []).filter((at) => at + hourMs > now);
  if (recent.length >= settings.autoReply.maxPerSenderPerHour) return false;
  autoReplies.delete(sender);
  autoReplies.set(sender, [...recent, now]);
  forgetOld(partition, channel);
  return true;
}

/** Senders are in the order of their last reply: the first ones may be over. */
function forgetOld({ now }: Partition, { autoReplies }: Channel): void {
  for (const [sender, instants] of autoReplies) {
    if ((instants.at(-1) ?? 0) + hourMs > now) return;
    autoReplies.delete(sender);
  }
}
