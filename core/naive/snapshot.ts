import { present } from "../assert.ts";
import { engineVersion } from "../engine.ts";
import { RecordEncoder } from "../snapshot-encoding.ts";
import { customerKey } from "./customers.ts";
import type { RecordCounts } from "../snapshot-format.ts";
import type {
  Saved,
  SavedAgent,
  SavedConversation,
  SavedCustomerOf,
  SavedTimer,
} from "../snapshot-records.ts";
import type { Agent, Conversation, Customer, Partition, Tenant, Timer } from "./state.ts";

/** Hand on the snapshot's bytes, piece by piece; snapshot-records.ts has their order. */
export function writeSnapshot(partition: Partition, handOn: (piece: Uint8Array) => void): void {
  const timers = armedTimers(partition);
  const encoder = new RecordEncoder(handOn, countsOf(partition, timers.length));
  const write = (record: Saved): void => encoder.write(record);
  const { now, lastSequence, lastTimer, lastConversation, conversationsClosed } = partition;
  const counters = { now, lastSequence, lastTimer, lastConversation, conversationsClosed };
  write({ is: "header", engineVersion, ...counters });
  for (const tenant of partition.tenants.values()) writeTenant(tenant, write);
  for (const timer of timers) write(saveTimer(timer));
  for (const entry of partition.remembered.values()) write({ is: "remembered", entry });
  encoder.end();
}

function countsOf({ tenants, remembered }: Partition, timers: number): RecordCounts {
  const all = [...tenants.values()];
  return {
    customers: all.reduce((sum, tenant) => sum + tenant.customers.size, 0),
    conversations: all.reduce((sum, tenant) => sum + tenant.conversations.size, 0),
    timers,
    ids: remembered.size,
  };
}

function writeTenant(tenant: Tenant, write: (record: Saved) => void): void {
  const { id, revision, configuration } = tenant;
  const autoReplies = [...tenant.channels.values()]
    .filter((channel) => channel.autoReplies.size > 0)
    .map((channel) => [channel.id, [...channel.autoReplies]] as const);
  write({ is: "tenant", id, revision, configuration, autoReplies });
  for (const { id: calendar } of configuration.calendars) {
    const { open, elapsed, since, flips } = present(tenant.clocks.get(calendar), calendar);
    write({ is: "clock", tenant: id, calendar, open, elapsed, since, flips });
  }
  for (const agent of tenant.agents.values()) write(saveAgent(agent));
  for (const queue of tenant.queues.values()) {
    const { lastChosen, routed } = queue;
    write({ is: "queue", tenant: id, id: queue.id, lastChosen, routed: [...routed] });
  }
  for (const { state, customer } of byNumber(tenant)) {
    if (state !== "closed") writeCustomer(tenant, customer, write);
  }
  for (const customer of tenant.idleCustomers.values()) writeCustomer(tenant, customer, write);
  for (const [person, last] of tenant.people) {
    write({ is: "person", tenant: id, id: person, last });
  }
  for (const conversation of byNumber(tenant)) write(saveConversation(conversation));
}

function byNumber(tenant: Tenant): Conversation[] {
  return [...tenant.conversations.values()].toSorted((a, b) => a.id - b.id);
}

function saveAgent(agent: Agent): SavedAgent {
  const { id, presence, presenceReason, expiresAt, gone, idleSince, missedOffers } = agent;
  const tenant = agent.tenant.id;
  const rest = { presence, presenceReason, expiresAt, gone, idleSince, missedOffers };
  return { is: "agent", tenant, id, ...rest };
}

function writeCustomer(tenant: Tenant, customer: Customer, write: (record: Saved) => void): void {
  const { channel, address, customerId, lastMessageAt, lastAgent, open } = customer;
  if (address === undefined) return;
  const rest = { address, customerId, lastMessageAt, lastAgent, open: open?.id };
  write({ is: "customer", tenant: tenant.id, channel: channel.id, ...rest });
}

function saveConversation(conversation: Conversation): SavedConversation {
  const { tenant, id, channel, customer, queue, agent, reservedFor, state } = conversation;
  const { priority, offline, version, units, episode, unanswered, age, ageSequence } = conversation;
  const { offered, bot, verdict, reason } = conversation;
  return {
    is: "conversation",
    tenant: tenant.id,
    id,
    channel: channel.id,
    customer: saveCustomerOf(tenant, customer),
    queue: queue.id,
    priority,
    state: present(state, "state of a conversation"),
    offline,
    version,
    agent: agent?.id,
    units,
    episode,
    unanswered,
    age,
    ageSequence,
    reservedFor: reservedFor?.id,
    offered,
    bot,
    verdict,
    reason,
  };
}

/** Closed conversations outlive a customer who was erased, or forgotten to make room. */
function saveCustomerOf(tenant: Tenant, customer: Customer): SavedCustomerOf {
  const { channel, address, customerId, lastMessageAt, lastAgent } = customer;
  const isKnown =
    address !== undefined && tenant.customers.get(customerKey(channel.id, address)) === customer;
  return isKnown ? address : { address, customerId, lastMessageAt, lastAgent };
}

function armedTimers(partition: Partition): Timer[] {
  const tenants = [...partition.tenants.values()];
  return [partition.wall, ...tenants.flatMap(({ clocks }) => [...clocks.values()])]
    .flatMap(({ timers }) => timers.items)
    .filter(({ armed }) => armed)
    .toSorted((a, b) => a.sequence - b.sequence);
}

function saveTimer(timer: Timer): SavedTimer {
  const { kind, tenant, clock, due, sequence, conversation, agent, queue } = timer;
  const { countsOpenTime } = timer;
  return {
    is: "timer",
    kind,
    tenant: tenant.id,
    calendar: clock.calendar,
    due,
    sequence,
    conversation: conversation?.id,
    agent: agent?.id,
    queue: queue?.id,
    countsOpenTime,
  };
}
