import type { ConfigureTenant } from "../commands.ts";
import type { Rejection } from "../rejections.ts";
import { cancelTimer } from "./clocks.ts";
import { state } from "./codes.ts";
import { changeQueue } from "./configuring-queues.ts";
import { F } from "./conversation-row.ts";
import { dropConversation, stateOf } from "./conversations.ts";
import { dropMembers } from "./members.ts";
import { reject } from "./outcome.ts";
import { channelOf, queueOf, type Partition, type Queue, type Tenant } from "./state.ts";
import { conversationsOfTenant } from "./tenant-conversations.ts";

/** A queue or channel with open conversations goes only if another takes them over (FINE-PRINT 7). */

/** Removed queue or channel id → the one that takes over. */
export type Replacements = ReadonlyMap<string, string>;

export function replaceRefusal(
  partition: Partition,
  tenant: Tenant,
  { configuration }: ConfigureTenant,
  replace: Replacements,
): Rejection | undefined {
  const { conversations, customers } = partition;
  const queues = new Set(configuration.skillQueues.map(({ id }) => id));
  const channels = new Set(configuration.channels.map(({ id }) => id));
  for (const [from, to] of replace) {
    if (tenant.queues.has(from) && !queues.has(from) && !queues.has(to)) {
      return reject("unknown_skill_queue", to);
    }
    if (tenant.channels.has(from) && !channels.has(from) && !channels.has(to)) {
      return reject("unknown_channel", to);
    }
  }
  const inUse = new Set<string>();
  const taken = new Set<string>();
  for (const conversation of conversationsOfTenant(partition, tenant)) {
    if (stateOf(partition, conversation) === state.closed) continue;
    const queue = queueOf(partition, conversation);
    const channel = channelOf(partition, conversation);
    if (!queues.has(queue.id) && !replace.has(queue.id)) inUse.add(queue.id);
    const to = channels.has(channel.id) ? channel.id : replace.get(channel.id);
    const address = customers.addressOf(conversations.get(conversation, F.customer));
    const key = `${to ?? ""}\n${address ?? ""}`;
    if (to === undefined || taken.has(key)) inUse.add(channel.id);
    taken.add(key);
  }
  return inUse.size === 0 ? undefined : reject("in_use", [...inUse].join(", "));
}

/** Their open conversations go to the queues that replace them. */
export function replaceQueues(
  partition: Partition,
  tenant: Tenant,
  removed: readonly Queue[],
  replace: Replacements,
): void {
  for (const queue of removed) {
    for (const timer of queue.allowances.values()) cancelTimer(partition, timer);
    queue.allowances.clear();
    const to = tenant.queues.get(replace.get(queue.id) ?? "");
    for (const conversation of conversationsOfTenant(partition, tenant)) {
      if (queueOf(partition, conversation) !== queue) continue;
      if (to === undefined) {
        forget(partition, conversation);
      } else if (stateOf(partition, conversation) === state.closed) {
        partition.conversations.set(conversation, F.queue, to.handle);
      } else {
        changeQueue(partition, conversation, to);
      }
    }
    dropMembers(partition, queue);
    partition.discarded.push({ list: partition.queues, handle: queue.handle });
  }
}

/** A closed conversation whose queue or channel is gone leaves the engine at once. */
export function forget(partition: Partition, conversation: number): void {
  cancelTimer(partition, partition.conversations.get(conversation, F.timers));
  dropConversation(partition, conversation);
}
