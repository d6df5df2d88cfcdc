import { engineVersion } from "../engine.ts";
import { joined } from "../snapshot-encoding.ts";
import {
  conversationBit,
  conversationFlag,
  customerForm,
  customerFormBits,
  knownBit,
  near,
  recordTag,
  SnapshotWriter,
  timerBit,
  type RecordCounts,
} from "../snapshot-format.ts";
import { clockOfTimer } from "./clocks.ts";
import { kind, presenceNames, reasonName, state } from "./codes.ts";
import { D, F, flag } from "./conversation-row.ts";
import { openTime } from "./conversation-timers.ts";
import { stateOf } from "./conversations.ts";
import type { CustomerDirectory } from "./customers.ts";
import { rowWidth } from "./event-rows.ts";
import { explanationFrom } from "./explanations.ts";
import { routingModeOf, verdictTold } from "./flag-numbers.ts";
import { idleSince } from "./members.ts";
import { agentOf, channelOf, queueOf, type Partition, type Tenant } from "./state.ts";
import { conversationsOfTenant } from "./tenant-conversations.ts";
import { timerDue, timerKind, timerOther, timerSequence, timerSubject } from "./timer-row.ts";
import { allUnanswered, isUnanswered } from "./unanswered.ts";

/** The logical state as the bytes of a snapshot: see core/snapshot-records.ts and -format.ts. */
export function snapshotOf(partition: Partition): Uint8Array {
  return joined((handOn) => writeSnapshot(partition, handOn));
}

/** The same in pieces, straight from the rows; core/snapshot-encoding.ts says what stands where. */
export function writeSnapshot(partition: Partition, handOn: (piece: Uint8Array) => void): void {
  const timers = armedTimers(partition);
  const to = new SnapshotWriter(handOn);
  const { now, lastSequence, lastTimer, lastConversation, conversationsClosed } = partition;
  const counters = { now, lastSequence, lastTimer, lastConversation, conversationsClosed };
  to.json(recordTag.header, { is: "header", engineVersion, ...counters });
  to.counts(countsOf(partition, timers.length));
  for (const tenant of partition.tenants.values()) writeTenant(partition, tenant, to);
  writeTimers(partition, timers, to);
  writeRemembered(partition, to);
  to.end();
}

function countsOf(partition: Partition, timers: number): RecordCounts {
  const { tenants, customers, conversations, remembered } = partition;
  let known = 0;
  for (const { handle } of tenants.values()) known += customers.countOf(handle);
  return { customers: known, conversations: conversations.count, timers, ids: remembered.count };
}

function writeTenant(partition: Partition, tenant: Tenant, to: SnapshotWriter): void {
  const { id, revision, configuration } = tenant;
  const autoReplies = [...tenant.channels.values()]
    .filter((channel) => channel.autoReplies.size > 0)
    .map((channel) => [channel.id, [...channel.autoReplies]] as const);
  to.json(recordTag.tenant, { is: "tenant", id, revision, configuration, autoReplies });
  writeConfigured(partition, tenant, to);
  const { customers, conversations } = partition;
  const byNumber = conversationsOfTenant(partition, tenant);
  for (const conversation of byNumber) {
    if (stateOf(partition, conversation) === state.closed) continue;
    writeCustomer(partition, tenant, conversations.get(conversation, F.customer), to);
  }
  for (const customer of customers.idleOf(tenant.handle)) {
    writeCustomer(partition, tenant, customer, to);
  }
  for (const { id: person, agent, at } of customers.peopleOf(tenant.handle)) {
    to.begin(recordTag.person);
    to.text(person);
    to.name(nameOf(tenant, agent));
    to.near(near.personAt, at);
  }
  for (const conversation of byNumber) writeConversation(partition, tenant, conversation, to);
}

/** Calendars' clocks, agents and queues. */
function writeConfigured(partition: Partition, tenant: Tenant, to: SnapshotWriter): void {
  for (const { id: calendar } of tenant.configuration.calendars) {
    const clock = tenant.clocks.get(calendar);
    if (clock === undefined) continue;
    const { open, elapsed, since } = clock;
    const flips = clock.flips.slice(clock.nextFlip);
    to.json(recordTag.clock, {
      is: "clock",
      tenant: tenant.id,
      calendar,
      open,
      elapsed,
      since,
      flips,
    });
  }
  for (const agent of tenant.agents.values()) {
    const { id, presence, presenceReason, expiresAt, gone, missedOffers } = agent;
    to.json(recordTag.agent, {
      is: "agent",
      tenant: tenant.id,
      id,
      presence: presenceNames[presence],
      presenceReason: reasonName(presenceReason),
      expiresAt: expiresAt < 0 ? undefined : expiresAt,
      gone,
      idleSince: idleSince(partition, agent),
      missedOffers,
    });
  }
  for (const { id, lastChosen, routed } of tenant.queues.values()) {
    to.json(recordTag.queue, {
      is: "queue",
      tenant: tenant.id,
      id,
      lastChosen: lastChosen === 0 ? undefined : nameOf(tenant, lastChosen),
      routed: [...routed].map(([name, instants]) => [nameOf(tenant, name), instants]),
    });
  }
}

function writeCustomer(
  { customers, channels, conversations }: Partition,
  tenant: Tenant,
  customer: number,
  to: SnapshotWriter,
): void {
  if (!customers.hasAddress(customer)) return;
  const open = customers.openOf(customer);
  const known = knownBits(customers, customer);
  to.begin(recordTag.customer);
  to.byte(known | (open === 0 ? 0 : knownBit.open));
  to.name(channels[customers.channelOf(customer)]?.id);
  writeKnowledge(customers, tenant, customer, known, to);
  if (open !== 0) to.near(near.open, conversations.getDouble(open, D.id));
}

function knownBits(customers: CustomerDirectory, customer: number): number {
  return (
    (customers.hasAddress(customer) ? knownBit.address : 0) |
    (customers.hasCustomerId(customer) ? knownBit.customerId : 0) |
    (customers.lastMessageAt(customer) < 0 ? 0 : knownBit.lastMessageAt) |
    (customers.lastAgent(customer) === 0 ? 0 : knownBit.lastAgent)
  );
}

function writeKnowledge(
  customers: CustomerDirectory,
  tenant: Tenant,
  customer: number,
  known: number,
  to: SnapshotWriter,
): void {
  customers.saveTexts(customer, to);
  if ((known & knownBit.lastMessageAt) !== 0) {
    to.near(near.lastMessageAt, customers.lastMessageAt(customer));
  }
  if ((known & knownBit.lastAgent) === 0) return;
  to.name(nameOf(tenant, customers.lastAgent(customer)));
  to.near(near.lastAgentAt, customers.lastAgentAt(customer));
}

function writeConversation(
  partition: Partition,
  tenant: Tenant,
  conversation: number,
  to: SnapshotWriter,
): void {
  const { conversations, agents, explanations, numbers } = partition;
  const field = (of: number): number => conversations.get(conversation, of);
  const double = (of: number): number => conversations.getDouble(conversation, of);
  const bits = bitsOf(partition, conversation);
  to.begin(recordTag.conversation);
  to.byte(bits);
  to.near(near.conversation, double(D.id));
  to.name(channelOf(partition, conversation).id);
  to.name(queueOf(partition, conversation).id);
  writeCustomerOf(partition, tenant, conversation, to);
  to.byte(field(F.state));
  to.byte(flagsOf(field(F.flags)));
  to.byte(routingModeOf(partition, conversation) + 1);
  to.byte(verdictTold(partition, conversation));
  to.byte(field(F.reason));
  to.integer(field(F.priority));
  to.integer(field(F.version));
  to.integer(field(F.units));
  to.near(near.ageSequence, double(D.ageSequence));
  if ((bits & conversationBit.agent) !== 0) to.name(agentOf(partition, conversation)?.id);
  if ((bits & conversationBit.age) !== 0) to.near(near.age, double(D.age));
  if ((bits & conversationBit.reservedFor) !== 0) to.name(agents[field(F.reservedFor)]?.id);
  if ((bits & conversationBit.offered) !== 0) {
    const at = (field(F.offered) * rowWidth) | 0;
    to.text(JSON.stringify(explanationFrom(explanations.doubles, at, tenant.names)));
  }
  if ((bits & conversationBit.calling) !== 0) to.near(near.message, double(D.botCalling));
  if ((bits & conversationBit.unanswered) !== 0) {
    writeMessages(allUnanswered(partition, conversation), to);
  }
  if ((bits & conversationBit.pending) !== 0) writeMessages(numbers.toArray(field(F.botFirst)), to);
}

function bitsOf(partition: Partition, conversation: number): number {
  const { conversations, agents } = partition;
  const field = (of: number): number => conversations.get(conversation, of);
  return (
    (agentOf(partition, conversation) === undefined ? 0 : conversationBit.agent) |
    (conversations.getDouble(conversation, D.age) < 0 ? 0 : conversationBit.age) |
    (agents[field(F.reservedFor)] === undefined ? 0 : conversationBit.reservedFor) |
    (field(F.offered) === 0 ? 0 : conversationBit.offered) |
    (conversations.getDouble(conversation, D.botCalling) === 0 ? 0 : conversationBit.calling) |
    (isUnanswered(partition, conversation) ? conversationBit.unanswered : 0) |
    (field(F.botFirst) === 0 ? 0 : conversationBit.pending)
  );
}

function flagsOf(flags: number): number {
  return (
    ((flags & flag.offline) === 0 ? 0 : conversationFlag.offline) |
    ((flags & flag.offlineMessages) === 0 ? 0 : conversationFlag.offlineMessages) |
    ((flags & flag.answered) === 0 ? 0 : conversationFlag.answered) |
    ((flags & flag.reservationMade) === 0 ? 0 : conversationFlag.reservationMade) |
    ((flags & flag.hasPlace) === 0 ? 0 : conversationFlag.hasPlace)
  );
}

/** Closed conversations outlive a customer who was erased, or forgotten to make room. */
function writeCustomerOf(
  partition: Partition,
  tenant: Tenant,
  conversation: number,
  to: SnapshotWriter,
): void {
  const { customers, conversations } = partition;
  const customer = conversations.get(conversation, F.customer);
  if (!customers.hasAddress(customer) || !customers.isKnown(customer)) {
    const known = knownBits(customers, customer);
    to.byte(customerForm.other | (known << customerFormBits));
    writeKnowledge(customers, tenant, customer, known, to);
    return;
  }
  const isOpen = stateOf(partition, conversation) !== state.closed;
  const hasItOpen = isOpen && customers.openOf(customer) === conversation;
  to.byte(hasItOpen ? customerForm.hasItOpen : customerForm.known);
  if (!hasItOpen) customers.saveAddress(customer, to);
}

function writeMessages(sequences: readonly number[], to: SnapshotWriter): void {
  to.integer(sequences.length);
  for (const sequence of sequences) to.near(near.message, sequence);
}

function writeTimers(partition: Partition, armed: readonly number[], to: SnapshotWriter): void {
  const { timers, conversations, agents, queues, tenantsByHandle } = partition;
  for (const timer of armed) {
    const code = timers.get(timer, timerKind);
    const subject = timers.get(timer, timerSubject);
    const other = timers.get(timer, timerOther);
    const ofAgent = code === kind.presence || code === kind.grace || code === kind.allowance;
    const agent = agents[ofAgent ? subject : code === kind.reoffer ? other : 0];
    const tenant = ofAgent ? agent?.tenant : tenantsByHandle[conversations.get(subject, F.tenant)];
    const { calendar } = clockOfTimer(partition, timer);
    const queue = code === kind.allowance ? queues[other]?.id : undefined;
    const countsOpenTime = !ofAgent && code !== kind.reoffer && other === openTime;
    to.begin(recordTag.timer);
    to.byte(code + 1);
    to.byte(
      (calendar === undefined ? 0 : timerBit.calendar) |
        (ofAgent ? 0 : timerBit.conversation) |
        (agent === undefined ? 0 : timerBit.agent) |
        (queue === undefined ? 0 : timerBit.queue) |
        (countsOpenTime ? timerBit.openTime : 0),
    );
    to.name(tenant?.id);
    to.near(near.due + code, timers.getDouble(timer, timerDue));
    to.near(near.timerSequence, timers.getDouble(timer, timerSequence));
    if (calendar !== undefined) to.name(calendar);
    if (!ofAgent) to.near(near.timerConversation, conversations.getDouble(subject, D.id));
    if (agent !== undefined) to.name(agent.id);
    if (queue !== undefined) to.name(queue);
  }
}

/** By sequence. */
function armedTimers(partition: Partition): readonly number[] {
  const { timers } = partition;
  const armed: number[] = [];
  let last = 0;
  let isInOrder = true;
  for (let timer = 1; timer <= timers.last; timer += 1) {
    // A row in use has a sequence; it may belong to a calendar that is gone.
    const sequence = timers.getDouble(timer, timerSequence);
    if (sequence === 0 || clockOfTimer(partition, timer).isGone) continue;
    armed.push(timer);
    if (sequence < last) isInOrder = false;
    last = sequence;
  }
  if (isInOrder) return armed;
  return armed.toSorted(
    (a, b) => timers.getDouble(a, timerSequence) - timers.getDouble(b, timerSequence),
  );
}

function writeRemembered(partition: Partition, to: SnapshotWriter): void {
  const { remembered, channelNames, tenantsByChannelName } = partition;
  const channels = channelNames.texts.map((name) => name.slice(name.indexOf("\n") + 1));
  for (let row = remembered.oldest; row !== 0; row = remembered.nextOf(row)) {
    const scope = remembered.scopeOf(row);
    to.begin(recordTag.remembered);
    to.byte((scope % 2) + 1);
    to.byte(remembered.kindOf(row) + 1);
    to.name(tenantsByChannelName[scope >> 1]?.id);
    to.name(channels[scope >> 1]);
    remembered.saveText(row, to);
    to.near(near.idConversation, remembered.conversationOf(row));
    to.near(near.idAt, remembered.atOf(row));
  }
}

function nameOf(tenant: Tenant, name: number): string {
  return tenant.names.texts[name] ?? "";
}
