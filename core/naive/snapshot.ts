import { assert, present } from "../assert.ts";
import type { PresenceStatus } from "../commands.ts";
import type { ResolvedConfiguration } from "../configuration/resolved.ts";
import { engineVersion } from "../engine.ts";
import type { Explanation, WriteVerdict } from "../events.ts";
import type { EngineLimits } from "../limits.ts";
import type { ReasonCode } from "../reasons.ts";
import { decodeUtf8, encodeUtf8 } from "../utf8.ts";
import { agentsWithSkill, newAgent, newQueue, newTenant } from "./configuring.ts";
import { customerKey } from "./customers.ts";
import { joinLine } from "./lanes.ts";
import { keyOf } from "./remembered-ids.ts";
import type {
  Agent,
  Channel,
  Clock,
  Conversation,
  Customer,
  Episode,
  LastAgent,
  Partition,
  Queue,
  Remembered,
  StoredState,
  Tenant,
  Timer,
  TimerKind,
} from "./state.ts";
import { newClock, pushTimer } from "./timers.ts";

/**
 * The logical state as lines of JSON, in this order:
 *
 * 1. the header: engine version, time, last event, timer and conversation, number closed;
 * 2. for each tenant, by order of creation: the tenant with its configuration; calendars' clocks,
 *    agents and queues in the document's order; customers with something open by its number, then
 *    those with nothing open, longest untouched first; last agents by `customerId`, longest
 *    untouched first; conversations by number;
 * 3. armed timers by sequence;
 * 4. remembered ids, oldest first.
 *
 * Whatever follows from these (lines, used units, who owns what) is not written and is built again
 * on restoring. The state hash is the hash of these lines.
 */
export function snapshotOf(partition: Partition): Uint8Array {
  const lines: string[] = [];
  const write = (record: Saved): void => void lines.push(JSON.stringify(record));
  const { now, lastSequence, lastTimer, lastConversation, conversationsClosed } = partition;
  const counters = { now, lastSequence, lastTimer, lastConversation, conversationsClosed };
  write({ is: "header", engineVersion, ...counters });
  for (const tenant of partition.tenants.values()) writeTenant(tenant, write);
  for (const timer of armedTimers(partition)) write(saveTimer(timer));
  for (const entry of partition.remembered.values()) write({ is: "remembered", entry });
  return encodeUtf8(lines.join("\n"));
}

type Saved =
  | SavedHeader
  | SavedTenant
  | SavedClock
  | SavedAgent
  | SavedQueue
  | SavedCustomer
  | {
      readonly is: "person";
      readonly tenant: string;
      readonly id: string;
      readonly last: LastAgent;
    }
  | SavedConversation
  | SavedTimer
  | { readonly is: "remembered"; readonly entry: Remembered };

interface SavedHeader {
  readonly is: "header";
  readonly engineVersion: number;
  readonly now: number;
  readonly lastSequence: number;
  readonly lastTimer: number;
  readonly lastConversation: number;
  readonly conversationsClosed: number;
}

interface SavedTenant {
  readonly is: "tenant";
  readonly id: string;
  readonly revision: number;
  readonly configuration: ResolvedConfiguration;
  readonly autoReplies: readonly (readonly [string, readonly [string, readonly number[]][]])[];
}

interface SavedClock {
  readonly is: "clock";
  readonly tenant: string;
  readonly calendar: string;
  readonly open: boolean;
  readonly elapsed: number;
  readonly since: number;
  readonly flips: readonly number[];
}

interface SavedAgent {
  readonly is: "agent";
  readonly tenant: string;
  readonly id: string;
  readonly presence: PresenceStatus;
  readonly presenceReason: ReasonCode | undefined;
  readonly expiresAt: number | undefined;
  readonly gone: boolean;
  readonly idleSince: number;
  readonly missedOffers: number;
}

interface SavedQueue {
  readonly is: "queue";
  readonly tenant: string;
  readonly id: string;
  readonly lastChosen: string | undefined;
  readonly routed: readonly (readonly [string, readonly number[]])[];
}

interface SavedCustomer {
  readonly is: "customer";
  readonly tenant: string;
  readonly channel: string;
  readonly address: string;
  readonly customerId: string | undefined;
  readonly lastMessageAt: number | undefined;
  readonly lastAgent: LastAgent | undefined;
  readonly open: number | undefined;
}

interface SavedConversation {
  readonly is: "conversation";
  readonly tenant: string;
  readonly id: number;
  readonly channel: string;
  readonly address: string | undefined;
  readonly customerId: string | undefined;
  readonly queue: string;
  readonly priority: number;
  readonly state: StoredState;
  readonly offline: boolean;
  readonly version: number;
  readonly agent: string | undefined;
  readonly units: number;
  readonly episode: Episode;
  readonly unanswered: readonly number[];
  readonly age: number | undefined;
  readonly ageSequence: number;
  readonly reservedFor: string | undefined;
  readonly offered: Explanation | undefined;
  readonly bot: { readonly pending: readonly number[]; readonly calling?: number | undefined };
  readonly verdict: WriteVerdict | undefined;
  readonly reason: ReasonCode | undefined;
}

interface SavedTimer {
  readonly is: "timer";
  readonly kind: TimerKind;
  readonly tenant: string;
  readonly calendar: string | undefined;
  readonly due: number;
  readonly sequence: number;
  readonly conversation: number | undefined;
  readonly agent: string | undefined;
  readonly queue: string | undefined;
}

function writeTenant(tenant: Tenant, write: (record: Saved) => void): void {
  const { id, revision, configuration } = tenant;
  const autoReplies = [...tenant.channels.values()]
    .filter((channel) => channel.autoReplies.size > 0)
    .map((channel) => [channel.id, [...channel.autoReplies]] as const);
  write({ is: "tenant", id, revision, configuration, autoReplies });
  for (const { id: calendar } of configuration.calendars) {
    const { open, elapsed, since, flips } = clockOf(tenant, calendar);
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
    address: customer.address,
    customerId: customer.customerId,
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

function armedTimers(partition: Partition): Timer[] {
  const tenants = [...partition.tenants.values()];
  return [partition.wall, ...tenants.flatMap(({ clocks }) => [...clocks.values()])]
    .flatMap(({ timers }) => timers.items)
    .filter(({ armed }) => armed)
    .toSorted((a, b) => a.sequence - b.sequence);
}

function saveTimer(timer: Timer): SavedTimer {
  const { kind, tenant, clock, due, sequence, conversation, agent, queue } = timer;
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
  };
}

/** Build the engine's state again. Errors: an AssertionError if the bytes are no such snapshot. */
export function restorePartition(bytes: Uint8Array, limits: EngineLimits): Partition {
  const lines = decodeUtf8(bytes).split("\n");
  const [first = "", ...rest] = lines;
  const header = JSON.parse(first) as SavedHeader;
  assert(header.is === "header", "not a snapshot");
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
  for (const line of rest) restoreRecord(partition, JSON.parse(line) as Saved);
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
  const { address, customerId, lastMessageAt, lastAgent } = saved;
  const channel = channelOf(tenant, saved.channel);
  const customer: Customer = {
    channel,
    address,
    customerId,
    lastMessageAt,
    lastAgent,
    open: undefined,
  };
  const key = customerKey(channel.id, address);
  tenant.customers.set(key, customer);
  if (saved.open === undefined) tenant.idleCustomers.set(key, customer);
}

function restoreConversation(tenant: Tenant, saved: SavedConversation): void {
  const { id, priority, state, offline, version, units, episode, age, ageSequence } = saved;
  const { offered, verdict, reason, address, customerId } = saved;
  const channel = channelOf(tenant, saved.channel);
  const forgotten = { lastMessageAt: undefined, lastAgent: undefined, open: undefined };
  const customer = tenant.customers.get(customerKey(channel.id, address ?? "")) ?? {
    channel,
    address,
    customerId,
    ...forgotten,
  };
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
  if (conversation.agent === undefined) return;
  conversation.agent.used += units;
  if (state === "offered") conversation.agent.offers.add(conversation);
  else conversation.agent.owned.add(conversation);
}

function restoreTimer(partition: Partition, tenant: Tenant, saved: SavedTimer): void {
  const { kind, due, sequence } = saved;
  const clock = saved.calendar === undefined ? partition.wall : clockOf(tenant, saved.calendar);
  const conversation =
    saved.conversation === undefined
      ? undefined
      : present(tenant.conversations.get(saved.conversation), "conversation of a timer");
  const agent = saved.agent === undefined ? undefined : agentOf(tenant, saved.agent);
  const queue = saved.queue === undefined ? undefined : queueOf(tenant, saved.queue);
  const timer = { kind, clock, due, sequence, tenant, conversation, agent, queue, armed: true };
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
