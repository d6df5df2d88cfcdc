import { assert, present } from "../assert.ts";
import { engineVersion } from "../engine.ts";
import type { EngineLimits } from "../limits.ts";
import { recordsOf } from "../record-lines.ts";
import { kind, mode, presence, reason, state, stateCodes, verdict } from "./codes.ts";
import { addClock, listQueuesOfClocks, newQueue, newTenant } from "./configuring.ts";
import { newAgent } from "./configuring-agents.ts";
import { channelName, newChannel, refreshCosts } from "./configuring-channels.ts";
import { D, F, flag } from "./conversation-row.ts";
import { joinLine, placeArrival } from "./conversation-selection.ts";
import { appendTimer, openTime } from "./conversation-timers.ts";
import { linkToAgent, stateOf } from "./conversations.ts";
import { fromAgent, fromCustomer } from "./deduplication.ts";
import { placeTimer, plan } from "./clocks.ts";
import { explanationInto, keepExplanation } from "./explanations.ts";
import { A } from "./member-row.ts";
import { rebuildMembers, refreshAgents } from "./members.ts";
import { newPartition } from "./partition.ts";
import { linkPassOver, nextPassOver } from "./pass-overs.ts";
import { rememberedKinds } from "./remembered-writes.ts";
import type {
  Saved,
  SavedConversation,
  SavedCustomer,
  SavedHeader,
  SavedId,
  SavedKnowledge,
  SavedTenant,
  SavedTimer,
} from "./snapshot-records.ts";
import { nameNumber, type Agent, type Partition, type Queue, type Tenant } from "./state.ts";
import { conversationsOfTenant } from "./tenant-conversations.ts";
import {
  timerClock,
  timerDue,
  timerKind,
  timerOther,
  timerSequence,
  timerSubject,
} from "./timer-row.ts";

/** Build the engine's state again. Errors: an AssertionError if the bytes are no such snapshot. */
export function restorePartition(bytes: Uint8Array, limits: EngineLimits): Partition {
  const records = recordsOf(bytes);
  const header = records.next().value as SavedHeader | undefined;
  assert(header?.is === "header", "not a snapshot");
  assert(header.engineVersion === engineVersion, "a snapshot of another engine version");
  const partition = newPartition(limits);
  partition.now = header.now;
  partition.lastSequence = header.lastSequence;
  partition.lastTimer = header.lastTimer;
  partition.lastConversation = header.lastConversation;
  partition.conversationsClosed = header.conversationsClosed;
  partition.rebuilding = true;
  for (const record of records) restoreRecord(partition, record as Saved);
  for (const tenant of partition.tenants.values()) {
    rebuildMembers(partition, tenant);
    refreshCosts(tenant);
    listQueuesOfClocks(partition, tenant);
  }
  refreshAgents(partition);
  partition.rebuilding = false;
  for (const tenant of partition.tenants.values()) restoreLines(partition, tenant);
  partition.unsettled.length = 0;
  return partition;
}

/** What a snapshot shows has settled: nothing is to be matched. */
function restoreLines(partition: Partition, tenant: Tenant): void {
  for (const conversation of conversationsOfTenant(partition, tenant)) {
    if (stateOf(partition, conversation) === state.queued) joinLine(partition, conversation);
  }
  // Nobody will look for an agent for the last of them, so it stands in line as well.
  placeArrival(partition);
  for (const queue of tenant.dirty) queue.isDirty = false;
  tenant.dirty.length = 0;
  tenant.isUnsettled = false;
}

function restoreRecord(partition: Partition, saved: Saved): void {
  if (saved.is === "header") return;
  if (saved.is === "remembered") {
    restoreId(partition, saved);
    return;
  }
  if (saved.is === "tenant") {
    restoreTenant(partition, saved);
    return;
  }
  const tenant = present(partition.tenants.get(saved.tenant), `tenant ${saved.tenant}`);
  switch (saved.is) {
    case "clock": {
      const clock = present(tenant.clocks.get(saved.calendar), `calendar ${saved.calendar}`);
      clock.open = saved.open;
      clock.elapsed = saved.elapsed;
      clock.since = saved.since;
      plan(clock, saved.flips);
      return;
    }
    case "agent": {
      const agent = agentOf(tenant, saved.id);
      agent.presence = presence[saved.presence];
      agent.presenceReason = saved.presenceReason === undefined ? 0 : reason[saved.presenceReason];
      agent.expiresAt = saved.expiresAt ?? -1;
      agent.gone = saved.gone;
      partition.agentRows.setDouble(agent.handle, A.idleSince, saved.idleSince);
      agent.missedOffers = saved.missedOffers;
      return;
    }
    case "queue": {
      const queue = queueOf(tenant, saved.id);
      if (saved.lastChosen !== undefined) {
        queue.lastChosen = nameNumber(tenant.names, saved.lastChosen);
      }
      for (const [agent, instants] of saved.routed) {
        queue.routed.set(nameNumber(tenant.names, agent), [...instants]);
      }
      return;
    }
    case "customer":
      restoreCustomer(partition, tenant, saved);
      return;
    case "person": {
      const name = nameNumber(tenant.names, saved.last.agent);
      partition.customers.setPerson(tenant.handle, saved.id, name, saved.last.at);
      return;
    }
    case "conversation":
      restoreConversation(partition, tenant, saved);
      return;
    case "timer":
      restoreTimer(partition, tenant, saved);
  }
}

function restoreTenant(partition: Partition, saved: SavedTenant): void {
  const { configuration } = saved;
  const tenant = newTenant(partition, saved.id, configuration);
  tenant.revision = saved.revision;
  for (const { id } of configuration.calendars) addClock(partition, tenant, id, 0);
  for (const [order, settings] of configuration.agents.entries()) {
    const agent = newAgent(partition, tenant, settings);
    agent.order = order;
    tenant.agents.set(agent.id, agent);
  }
  for (const settings of configuration.skillQueues) {
    const { calendar } = settings;
    const clock =
      calendar === undefined
        ? partition.wall
        : present(tenant.clocks.get(calendar), `calendar ${calendar}`);
    tenant.queues.set(settings.id, newQueue(partition, tenant, settings, clock));
  }
  const autoReplies = new Map(saved.autoReplies);
  for (const settings of configuration.channels) {
    const channel = newChannel(partition, tenant, settings);
    for (const [sender, instants] of autoReplies.get(settings.id) ?? []) {
      channel.autoReplies.set(sender, [...instants]);
    }
    tenant.channels.set(channel.id, channel);
  }
}

function restoreCustomer(partition: Partition, tenant: Tenant, saved: SavedCustomer): void {
  const { customers } = partition;
  const channel = present(tenant.channels.get(saved.channel), `channel ${saved.channel}`);
  const address = present(saved.address, "address of a customer");
  const customer = customers.add(tenant.handle, channel.handle, address);
  restoreKnowledge(partition, tenant, customer, saved);
  if (saved.open === undefined) customers.setOpen(customer, 0);
}

function restoreKnowledge(
  { customers }: Partition,
  tenant: Tenant,
  customer: number,
  { customerId, lastMessageAt, lastAgent }: SavedKnowledge,
): void {
  if (customerId !== undefined) customers.setCustomerId(customer, customerId);
  if (lastMessageAt !== undefined) customers.setLastMessageAt(customer, lastMessageAt);
  if (lastAgent === undefined) return;
  customers.setLastAgent(customer, nameNumber(tenant.names, lastAgent.agent), lastAgent.at);
}

function restoreConversation(partition: Partition, tenant: Tenant, saved: SavedConversation): void {
  const { conversations, customers, numbers, byNumber } = partition;
  const channel = present(tenant.channels.get(saved.channel), `channel ${saved.channel}`);
  const conversation = conversations.take();
  const set = (field: number, value: number): void => conversations.set(conversation, field, value);
  conversations.setDouble(conversation, D.id, saved.id);
  conversations.setDouble(conversation, D.age, saved.age ?? -1);
  conversations.setDouble(conversation, D.ageSequence, saved.ageSequence);
  conversations.setDouble(conversation, D.botCalling, saved.bot.calling ?? 0);
  set(F.tenant, tenant.handle);
  set(F.channel, channel.handle);
  set(F.queue, queueOf(tenant, saved.queue).handle);
  set(F.priority, saved.priority);
  set(F.state, stateCodes[saved.state]);
  set(F.flags, flagsOf(saved));
  set(F.version, saved.version);
  set(F.units, saved.units);
  set(F.verdict, saved.verdict === undefined ? 0 : verdict[saved.verdict]);
  set(F.reason, saved.reason === undefined ? 0 : reason[saved.reason]);
  set(F.routingMode, mode[saved.episode.routingMode]);
  const customer = customerOf(partition, tenant, channel.handle, saved);
  set(F.customer, customer);
  customers.refer(customer);
  for (const sequence of saved.unanswered) {
    numbers.push(conversations, conversation, F.unansweredFirst, sequence);
  }
  for (const sequence of saved.bot.pending) {
    numbers.push(conversations, conversation, F.botFirst, sequence);
  }
  if (saved.reservedFor !== undefined) {
    set(F.reservedFor, agentOf(tenant, saved.reservedFor).handle);
  }
  if (saved.offered !== undefined) {
    const numberOf = (agent: string): number => nameNumber(tenant.names, agent);
    explanationInto(partition.explained, saved.offered, numberOf);
    set(F.offered, keepExplanation(partition));
  }
  byNumber.add(conversation);
  if (saved.state !== "closed") customers.setOpen(customer, conversation);
  if (saved.episode.hasPlace) queueOf(tenant, saved.queue).placesTaken += 1;
  if (saved.agent === undefined) return;
  const agent = agentOf(tenant, saved.agent);
  agent.used += saved.units;
  linkToAgent(partition, conversation, agent);
}

function flagsOf({ offline, episode }: SavedConversation): number {
  return (
    (offline ? flag.offline : 0) |
    (episode.offlineMessages ? flag.offlineMessages : 0) |
    (episode.answered ? flag.answered : 0) |
    (episode.reservationMade ? flag.reservationMade : 0) |
    (episode.hasPlace ? flag.hasPlace : 0)
  );
}

/** The customer found at the address, or one that only this conversation names. */
function customerOf(
  partition: Partition,
  tenant: Tenant,
  channel: number,
  { customer: saved }: SavedConversation,
): number {
  const { customers } = partition;
  if (typeof saved === "string") return customers.find(channel, saved);
  const customer = customers.addUnknown(tenant.handle, channel, saved.address);
  restoreKnowledge(partition, tenant, customer, saved);
  return customer;
}

function restoreTimer(partition: Partition, tenant: Tenant, saved: SavedTimer): void {
  const { timers, byNumber } = partition;
  const clock =
    saved.calendar === undefined
      ? partition.wall
      : present(tenant.clocks.get(saved.calendar), `calendar ${saved.calendar}`);
  const conversation = saved.conversation === undefined ? 0 : byNumber.find(saved.conversation);
  const agent = saved.agent === undefined ? undefined : agentOf(tenant, saved.agent);
  const queue = saved.queue === undefined ? undefined : queueOf(tenant, saved.queue);
  const timer = timers.take();
  timers.setDouble(timer, timerDue, saved.due);
  timers.setDouble(timer, timerSequence, saved.sequence);
  timers.set(timer, timerKind, kind[saved.kind]);
  timers.set(timer, timerSubject, conversation === 0 ? (agent?.handle ?? 0) : conversation);
  const about = conversation === 0 ? queue?.handle : agent?.handle;
  timers.set(timer, timerOther, about ?? (saved.countsOpenTime ? openTime : 0));
  timers.set(timer, timerClock, clock.handle);
  placeTimer(clock, timer, kind[saved.kind]);
  own(partition, saved.kind, timer, conversation, agent, queue);
}

/** Note the timer down where it is looked for. */
function own(
  partition: Partition,
  saved: SavedTimer["kind"],
  timer: number,
  conversation: number,
  agent: Agent | undefined,
  queue: Queue | undefined,
): void {
  switch (saved) {
    case "presence":
      if (agent !== undefined) agent.presenceTimer = timer;
      return;
    case "grace":
      if (agent !== undefined) agent.graceTimer = timer;
      return;
    case "allowance":
      if (agent !== undefined) queue?.allowances.set(agent.name, timer);
      return;
    case "reoffer": {
      let last = partition.conversations.get(conversation, F.passOvers);
      while (last !== 0 && nextPassOver(partition, last) !== 0) {
        last = nextPassOver(partition, last);
      }
      linkPassOver(partition, conversation, timer, last, 0);
      return;
    }
    default:
      appendTimer(partition, conversation, timer);
  }
}

function restoreId(partition: Partition, { entry }: SavedId): void {
  const tenant = present(partition.tenants.get(entry.tenant), `tenant ${entry.tenant}`);
  const name = channelName(partition, tenant, entry.channel);
  const scope = name * 2 + (entry.direction === "customer" ? fromCustomer : fromAgent);
  const hash = partition.idTexts.encode(entry.id, scope);
  const code = rememberedKinds.indexOf(entry.kind);
  partition.remembered.now = entry.at;
  partition.remembered.add(hash, scope, entry.conversation, code);
}

function agentOf(tenant: Tenant, id: string): Agent {
  return present(tenant.agents.get(id), `agent ${id}`);
}

function queueOf(tenant: Tenant, id: string): Queue {
  return present(tenant.queues.get(id), `skill queue ${id}`);
}
