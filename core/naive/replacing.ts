import type { ConfigureTenant } from "../commands.ts";
import type { Rejection } from "../rejections.ts";
import { hasSkill } from "./agent-selection.ts";
import { endReservation, move } from "./conversations.ts";
import { customerKey } from "./customers.ts";
import { reject } from "./outcome.ts";
import { renameChannel } from "./remembered-ids.ts";
import type { Channel, Clock, Conversation, Customer, Partition, Queue, Tenant } from "./state.ts";
import { cancelTimer, transferTimer } from "./timers.ts";

/** A queue or channel with open conversations goes only if another takes them over (FINE-PRINT 7). */

/** Removed queue or channel id → the one that takes over. */
export type Replacements = ReadonlyMap<string, string>;

export function replaceRefusal(
  tenant: Tenant,
  { configuration }: ConfigureTenant,
  replace: Replacements,
): Rejection | undefined {
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
  for (const { state, queue, channel, customer } of tenant.conversations.values()) {
    if (state === "closed") continue;
    if (!queues.has(queue.id) && !replace.has(queue.id)) inUse.add(queue.id);
    const to = channels.has(channel.id) ? channel.id : replace.get(channel.id);
    const key = customerKey(to ?? "", customer.address ?? "");
    if (to === undefined || taken.has(key)) inUse.add(channel.id);
    taken.add(key);
  }
  return inUse.size === 0 ? undefined : reject("in_use", [...inUse].join(", "));
}

/** The present channels are those of the configuration. */
export function updateChannels(partition: Partition, tenant: Tenant, replace: Replacements): void {
  const before = new Map(tenant.channels);
  tenant.channels.clear();
  for (const settings of tenant.configuration.channels) {
    const channel = before.get(settings.id) ?? {
      id: settings.id,
      settings,
      autoReplies: new Map(),
    };
    before.delete(settings.id);
    channel.settings = settings;
    tenant.channels.set(channel.id, channel);
  }
  for (const removed of before.values()) {
    const to = tenant.channels.get(replace.get(removed.id) ?? "");
    moveCustomers(tenant, removed, to);
    for (const conversation of tenant.conversations.values()) {
      if (conversation.channel !== removed) continue;
      if (to === undefined) forget(conversation);
      else conversation.channel = to;
    }
    if (to !== undefined) renameChannel(partition, tenant, removed.id, to.id);
  }
}

/** The customers of a removed channel go on at the one that replaces it, or are forgotten. */
function moveCustomers(tenant: Tenant, from: Channel, to: Channel | undefined): void {
  const open = [...tenant.conversations.values()].filter(({ state }) => state !== "closed");
  // In an order that a restored engine knows as well.
  const customers = [...open.map(({ customer }) => customer), ...tenant.idleCustomers.values()];
  for (const customer of customers) {
    const { address } = customer;
    if (customer.channel !== from || address === undefined) continue;
    const key = customerKey(from.id, address);
    tenant.customers.delete(key);
    tenant.idleCustomers.delete(key);
    if (to !== undefined) settleAt(tenant, customer, to, customerKey(to.id, address));
  }
}

/** Where somebody of this address is known already, both are one from now on. */
function settleAt(tenant: Tenant, customer: Customer, to: Channel, key: string): void {
  const known = tenant.customers.get(key);
  const one = known !== undefined && customer.open === undefined ? known : customer;
  if (known !== undefined) Object.assign(one, knownOfBoth(known, customer));
  one.channel = to;
  tenant.customers.set(key, one);
  tenant.idleCustomers.delete(key);
  if (one.open === undefined) tenant.idleCustomers.set(key, one);
}

/** What was learned later holds; of the same moment, what the channel that stays has learned. */
function knownOfBoth(
  stays: Customer,
  moves: Customer,
): Pick<Customer, "lastMessageAt" | "lastAgent" | "customerId"> {
  const wroteLater = (moves.lastMessageAt ?? -Infinity) > (stays.lastMessageAt ?? -Infinity);
  const answeredLater = (moves.lastAgent?.at ?? -Infinity) > (stays.lastAgent?.at ?? -Infinity);
  const [first, second] = wroteLater ? [moves, stays] : [stays, moves];
  return {
    lastMessageAt: first.lastMessageAt,
    lastAgent: answeredLater ? moves.lastAgent : stays.lastAgent,
    customerId: first.customerId ?? second.customerId,
  };
}

/** Their open conversations go to the queues that replace them. */
export function replaceQueues(
  partition: Partition,
  tenant: Tenant,
  removed: readonly Queue[],
  replace: Replacements,
): void {
  for (const queue of removed) {
    for (const timer of queue.allowances.values()) cancelTimer(timer);
    const to = tenant.queues.get(replace.get(queue.id) ?? "");
    for (const conversation of tenant.conversations.values()) {
      if (conversation.queue !== queue) continue;
      if (to === undefined) forget(conversation);
      else if (conversation.state === "closed") conversation.queue = to;
      else changeQueue(partition, conversation, to);
    }
  }
}

/** A closed conversation whose queue or channel is gone leaves the engine at once. */
function forget({ tenant, id, timers }: Conversation): void {
  cancelTimer(timers.get("forget"));
  tenant.conversations.delete(id);
}

/** The same conversation in the same state, in another queue; a live one may not stay in its line. */
function changeQueue(partition: Partition, conversation: Conversation, to: Queue): void {
  const before = conversation.queue.clock;
  const { state, agent, units, offered, bot, reservedFor, offline, tenant } = conversation;
  if (state === undefined) return;
  if (reservedFor !== undefined && !hasSkill(reservedFor, to)) {
    endReservation(partition, conversation, "skill_lost");
  }
  move(partition, conversation, {
    to: state,
    reason: "queue_replaced",
    queue: to,
    ...(agent === undefined ? {} : { agent, units }),
  });
  conversation.offered = offered;
  conversation.bot = bot;
  keepTimeLeft(partition, conversation, before);
  if (state === "queued" && !offline) tenant.entered.add(conversation);
}

/** The queue has another clock: limits that count open time keep what they have left (3.18). */
export function keepTimeLeft(
  partition: Partition,
  conversation: Conversation,
  before: Clock,
): void {
  const { queue, timers } = conversation;
  if (queue.clock === before) return;
  for (const [kind, timer] of timers) {
    if (timer.countsOpenTime) timers.set(kind, transferTimer(partition, timer, queue.clock));
  }
}
