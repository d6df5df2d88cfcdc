import { assert, present } from "../assert.ts";
import { engineVersion } from "../engine.ts";
import type { EngineLimits } from "../limits.ts";
import { savedRecordsOf } from "../snapshot-decoding.ts";
import { agentsWithSkill, newAgent, newQueue, newTenant } from "./configuring.ts";
import { customerKey } from "./customers.ts";
import { joinLine } from "./lanes.ts";
import { keyOf } from "./remembered-ids.ts";
import type {
  Saved,
  SavedAgent,
  SavedClock,
  SavedConversation,
  SavedCustomer,
  SavedCustomerOf,
  SavedTenant,
  SavedTimer,
} from "../snapshot-records.ts";
import type {
  Agent,
  Channel,
  Clock,
  Conversation,
  Customer,
  Partition,
  Queue,
  Tenant,
} from "./state.ts";
import { newClock, pushTimer } from "./timers.ts";

/** Build the engine's state again. Errors: an AssertionError if the bytes are no such snapshot. */
export function restorePartition(bytes: Uint8Array, limits: EngineLimits): Partition {
  const [header, ...records] = savedRecordsOf(bytes);
  assert(header?.is === "header", "not a snapshot");
  assert(header.engineVersion === engineVersion, "a snapshot of another engine version");
  const { now, lastSequence, lastTimer, lastConversation, conversationsClosed } = header;
  const partition: Partition = {
    limits,
    now,
    dueAt: undefined,
    events: [],
    lastSequence,
    lastTimer,
    lastConversation,
    conversationsClosed,
    wall: newClock(undefined, true, 0),
    tenants: new Map(),
    remembered: new Map(),
  };
  for (const record of records) restoreRecord(partition, record);
  for (const tenant of partition.tenants.values()) {
    for (const conversation of tenant.conversations.values()) {
      if (conversation.state === "queued") joinLine(partition, conversation);
    }
    tenant.dirty.clear();
  }
  return partition;
}

function restoreRecord(partition: Partition, saved: Saved): void {
  if (saved.is === "header") return;
  if (saved.is === "remembered") {
    const { tenant, channel, direction, id } = saved.entry;
    partition.remembered.set(keyOf(tenant, channel, direction, id), saved.entry);
    return;
  }
  if (saved.is === "tenant") {
    partition.tenants.set(saved.id, restoreTenant(partition, saved));
    return;
  }
  const tenant = present(partition.tenants.get(saved.tenant), `tenant ${saved.tenant}`);
  switch (saved.is) {
    case "clock":
      restoreClock(tenant, saved);
      return;
    case "agent":
      restoreAgent(tenant, saved);
      return;
    case "queue": {
      const queue = queueOf(tenant, saved.id);
      queue.lastChosen = saved.lastChosen;
      for (const [agent, instants] of saved.routed) queue.routed.set(agent, [...instants]);
      return;
    }
    case "customer":
      restoreCustomer(tenant, saved);
      return;
    case "person":
      tenant.people.set(saved.id, saved.last);
      return;
    case "conversation":
      restoreConversation(tenant, saved);
      return;
    case "timer":
      restoreTimer(partition, tenant, saved);
  }
}

function restoreTenant(partition: Partition, saved: SavedTenant): Tenant {
  const tenant = newTenant(saved.id, saved.configuration);
  tenant.revision = saved.revision;
  for (const { id } of saved.configuration.calendars) {
    tenant.clocks.set(id, newClock(id, false, 0));
  }
  for (const [order, settings] of saved.configuration.agents.entries()) {
    const agent = newAgent(partition, tenant, settings);
    agent.order = order;
    tenant.agents.set(agent.id, agent);
  }
  for (const settings of saved.configuration.skillQueues) {
    const { calendar } = settings;
    const clock = calendar === undefined ? partition.wall : clockOf(tenant, calendar);
    const queue = newQueue(tenant, settings, clock);
    queue.agents = agentsWithSkill(tenant, queue);
    tenant.queues.set(queue.id, queue);
  }
  const autoReplies = new Map(saved.autoReplies);
  for (const settings of saved.configuration.channels) {
    const channel: Channel = { id: settings.id, settings, autoReplies: new Map() };
    for (const [sender, instants] of autoReplies.get(settings.id) ?? []) {
      channel.autoReplies.set(sender, [...instants]);
    }
    tenant.channels.set(channel.id, channel);
  }
  return tenant;
}

function restoreClock(tenant: Tenant, saved: SavedClock): void {
  const clock = clockOf(tenant, saved.calendar);
  clock.open = saved.open;
  clock.elapsed = saved.elapsed;
  clock.since = saved.since;
  clock.flips = saved.flips;
}

function restoreAgent(tenant: Tenant, saved: SavedAgent): void {
  const agent = agentOf(tenant, saved.id);
  agent.presence = saved.presence;
  agent.presenceReason = saved.presenceReason;
  agent.expiresAt = saved.expiresAt;
  agent.gone = saved.gone;
  agent.idleSince = saved.idleSince;
  agent.missedOffers = saved.missedOffers;
}

function restoreCustomer(tenant: Tenant, saved: SavedCustomer): void {
  const channel = channelOf(tenant, saved.channel);
  const customer: Customer = { channel, open: undefined, ...restoredCustomer(saved) };
  const key = customerKey(channel.id, present(customer.address, "address"));
  tenant.customers.set(key, customer);
  if (saved.open === undefined) tenant.idleCustomers.set(key, customer);
}

/** JSON leaves out what is undefined. */
function restoredCustomer(
  saved: Exclude<SavedCustomerOf, string>,
): Omit<Customer, "channel" | "open"> {
  const { address, customerId, lastMessageAt, lastAgent } = saved;
  return { address, customerId, lastMessageAt, lastAgent };
}

function restoreConversation(tenant: Tenant, saved: SavedConversation): void {
  const { id, priority, state, offline, version, units, episode, age, ageSequence } = saved;
  const { offered, verdict, reason } = saved;
  const channel = channelOf(tenant, saved.channel);
  const customer =
    typeof saved.customer === "string"
      ? present(tenant.customers.get(customerKey(channel.id, saved.customer)), "customer")
      : { channel, open: undefined, ...restoredCustomer(saved.customer) };
  const conversation: Conversation = {
    id,
    tenant,
    channel,
    customer,
    queue: queueOf(tenant, saved.queue),
    priority,
    state,
    offline,
    version,
    agent: saved.agent === undefined ? undefined : agentOf(tenant, saved.agent),
    units,
    episode,
    unanswered: [...saved.unanswered],
    age,
    ageSequence,
    place: undefined,
    reservedFor: saved.reservedFor === undefined ? undefined : agentOf(tenant, saved.reservedFor),
    passedOver: new Map(),
    timers: new Map(),
    offered,
    bot: { pending: [...saved.bot.pending], calling: saved.bot.calling },
    verdict,
    reason,
  };
  tenant.conversations.set(id, conversation);
  if (state !== "closed") customer.open = conversation;
  if (episode.hasPlace) conversation.queue.placesTaken += 1;
  if (conversation.agent === undefined) return;
  conversation.agent.used += units;
  if (state === "offered") conversation.agent.offers.add(conversation);
  else conversation.agent.owned.add(conversation);
}

function restoreTimer(partition: Partition, tenant: Tenant, saved: SavedTimer): void {
  const { kind, due, sequence, countsOpenTime } = saved;
  const clock = saved.calendar === undefined ? partition.wall : clockOf(tenant, saved.calendar);
  const conversation =
    saved.conversation === undefined
      ? undefined
      : present(tenant.conversations.get(saved.conversation), "conversation of a timer");
  const agent = saved.agent === undefined ? undefined : agentOf(tenant, saved.agent);
  const queue = saved.queue === undefined ? undefined : queueOf(tenant, saved.queue);
  const owner = { tenant, conversation, agent, queue, countsOpenTime };
  const timer = { kind, clock, due, sequence, ...owner, armed: true };
  pushTimer(clock.timers, timer);
  switch (kind) {
    case "presence":
      if (agent !== undefined) agent.presenceTimer = timer;
      return;
    case "grace":
      if (agent !== undefined) agent.graceTimer = timer;
      return;
    case "allowance":
      if (agent !== undefined) queue?.allowances.set(agent.id, timer);
      return;
    case "reoffer":
      if (agent !== undefined) conversation?.passedOver.set(agent.id, timer);
      return;
    default:
      conversation?.timers.set(kind, timer);
  }
}

function clockOf(tenant: Tenant, id: string): Clock {
  return present(tenant.clocks.get(id), `calendar ${id}`);
}

function agentOf(tenant: Tenant, id: string): Agent {
  return present(tenant.agents.get(id), `agent ${id}`);
}

function queueOf(tenant: Tenant, id: string): Queue {
  return present(tenant.queues.get(id), `skill queue ${id}`);
}

function channelOf(tenant: Tenant, id: string): Channel {
  return present(tenant.channels.get(id), `channel ${id}`);
}
