import { state } from "./codes.ts";
import { F } from "./conversation-row.ts";
import { stateOf } from "./conversations.ts";
import { fromAgent, fromCustomer } from "./deduplication.ts";
import { scopeOf } from "./remembered-writes.ts";
import { forget, type Replacements } from "./replacing.ts";
import {
  channelOf,
  nameNumber,
  newHandle,
  type Channel,
  type Partition,
  type Tenant,
} from "./state.ts";
import { conversationsOfTenant } from "./tenant-conversations.ts";
import { policyOf } from "./write-verdicts.ts";

export function updateChannels(partition: Partition, tenant: Tenant, replace: Replacements): void {
  const before = new Map(tenant.channels);
  tenant.channels.clear();
  for (const settings of tenant.configuration.channels) {
    const channel = before.get(settings.id) ?? newChannel(partition, tenant, settings);
    before.delete(settings.id);
    channel.settings = settings;
    channel.policy = policyOf(settings.kind);
    tenant.channels.set(channel.id, channel);
  }
  refreshCosts(tenant);
  for (const removed of before.values()) {
    const to = tenant.channels.get(replace.get(removed.id) ?? "");
    moveCustomers(partition, tenant, removed, to);
    for (const conversation of conversationsOfTenant(partition, tenant)) {
      if (channelOf(partition, conversation) !== removed) continue;
      if (to === undefined) forget(partition, conversation);
      else partition.conversations.set(conversation, F.channel, to.handle);
    }
    partition.discarded.push({ list: partition.channels, handle: removed.handle });
    if (to === undefined) continue;
    for (const direction of [fromCustomer, fromAgent] as const) {
      partition.remembered.rename(scopeOf(removed, direction), scopeOf(to, direction));
    }
  }
}

export function newChannel(
  partition: Partition,
  tenant: Tenant,
  settings: Channel["settings"],
): Channel {
  const handle = newHandle(partition, partition.channels);
  const name = channelName(partition, tenant, settings.id);
  const policy = policyOf(settings.kind);
  const rest = { settings, policy, cost: 0, costClass: 0, autoReplies: new Map() };
  const channel: Channel = { handle, tenant, id: settings.id, name, ...rest };
  partition.channels[handle] = channel;
  return channel;
}

/** What conversations of each channel cost now. */
export function refreshCosts({ channels, configuration, costs }: Tenant): void {
  for (const channel of channels.values()) {
    channel.cost = configuration.channelCosts[channel.settings.kind];
    channel.costClass = costs.indexOf(channel.cost);
  }
}

/** The number that stands for a channel of this id, now or earlier. */
export function channelName(partition: Partition, tenant: Tenant, id: string): number {
  const name = nameNumber(partition.channelNames, `${tenant.handle}\n${id}`);
  partition.tenantsByChannelName[name] = tenant;
  return name;
}

/** The customers of a removed channel go on at the one that replaces it, or are forgotten. */
function moveCustomers(
  partition: Partition,
  tenant: Tenant,
  from: Channel,
  to: Channel | undefined,
): void {
  const { customers, conversations } = partition;
  const open = conversationsOfTenant(partition, tenant).filter(
    (conversation) => stateOf(partition, conversation) !== state.closed,
  );
  // In an order that a restored engine knows as well.
  const all = [
    ...open.map((conversation) => conversations.get(conversation, F.customer)),
    ...customers.idleOf(tenant.handle),
  ];
  for (const customer of all) {
    if (customers.channelOf(customer) !== from.handle) continue;
    customers.refer(customer);
    customers.forget(customer);
    if (to !== undefined) settleAt(partition, customer, to);
    customers.unrefer(customer);
  }
}

/** Where somebody of this address is known already, both are one from now on. */
function settleAt({ customers }: Partition, customer: number, to: Channel): void {
  const address = customers.addressOf(customer);
  if (address === undefined) return;
  const known = customers.find(to.handle, address);
  const open = customers.openOf(customer);
  if (known !== 0 && open === 0) {
    customers.merge(known, known, customer);
    customers.touchIdle(known);
    return;
  }
  if (known !== 0) {
    customers.merge(customer, known, customer);
    customers.forget(known);
  }
  customers.moveTo(customer, to.handle);
  customers.setOpen(customer, open);
}
