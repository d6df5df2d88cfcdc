import { engineVersion, type DeadlineTimer } from "../engine.ts";
import { RecordLines } from "../record-lines.ts";
import { clockOfTimer } from "./clocks.ts";
import {
  modeName,
  presenceNames,
  reasonName,
  state,
  stateNames,
  timerKinds,
  verdictNames,
  kind,
} from "./codes.ts";
import { D, F, flag } from "./conversation-row.ts";
import { openTime } from "./conversation-timers.ts";
import { stateOf } from "./conversations.ts";
import type { CustomerDirectory } from "./customers.ts";
import { idleSince } from "./members.ts";
import { explanationFrom } from "./explanations.ts";
import { rowWidth } from "./event-rows.ts";
import { rememberedKinds } from "./remembered-writes.ts";
import { agentOf, channelOf, has, queueOf, type Partition, type Tenant } from "./state.ts";
import { conversationsOfTenant } from "./tenant-conversations.ts";
import { timerDue, timerKind, timerOther, timerSequence, timerSubject } from "./timer-row.ts";

/** The logical state as lines of JSON; naive/snapshot.ts documents what stands where. */
export function snapshotOf(partition: Partition): Uint8Array {
  const lines = new RecordLines();
  const write = (record: object): void => lines.write(record);
  const { now, lastSequence, lastTimer, lastConversation, conversationsClosed } = partition;
  const counters = { now, lastSequence, lastTimer, lastConversation, conversationsClosed };
  write({ is: "header", engineVersion, ...counters });
  for (const tenant of partition.tenants.values()) writeTenant(partition, tenant, write);
  writeTimers(partition, write);
  writeRemembered(partition, write);
  return lines.bytes();
}

type Write = (record: object) => void;

function writeTenant(partition: Partition, tenant: Tenant, write: Write): void {
  const { id, revision, configuration } = tenant;
  const autoReplies = [...tenant.channels.values()]
    .filter((channel) => channel.autoReplies.size > 0)
    .map((channel) => [channel.id, [...channel.autoReplies]] as const);
  write({ is: "tenant", id, revision, configuration, autoReplies });
  writeConfigured(partition, tenant, write);
  const { customers, conversations } = partition;
  const byNumber = conversationsOfTenant(partition, tenant);
  for (const conversation of byNumber) {
    if (stateOf(partition, conversation) === state.closed) continue;
    writeCustomer(partition, tenant, conversations.get(conversation, F.customer), write);
  }
  for (const customer of customers.idleOf(tenant.handle)) {
    writeCustomer(partition, tenant, customer, write);
  }
  for (const { id: person, agent, at } of customers.peopleOf(tenant.handle)) {
    write({ is: "person", tenant: id, id: person, last: { agent: nameOf(tenant, agent), at } });
  }
  for (const conversation of byNumber) writeConversation(partition, tenant, conversation, write);
}

/** Calendars' clocks, agents and queues. */
function writeConfigured(partition: Partition, tenant: Tenant, write: Write): void {
  for (const { id: calendar } of tenant.configuration.calendars) {
    const clock = tenant.clocks.get(calendar);
    if (clock === undefined) continue;
    const { open, elapsed, since } = clock;
    const flips = clock.flips.slice(clock.nextFlip);
    write({ is: "clock", tenant: tenant.id, calendar, open, elapsed, since, flips });
  }
  for (const agent of tenant.agents.values()) {
    const { id, presence, presenceReason, expiresAt, gone, missedOffers } = agent;
    write({
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
    write({
      is: "queue",
      tenant: tenant.id,
      id,
      lastChosen: lastChosen === 0 ? undefined : nameOf(tenant, lastChosen),
      routed: [...routed].map(([name, instants]) => [nameOf(tenant, name), instants]),
    });
  }
}

function writeCustomer(partition: Partition, tenant: Tenant, customer: number, write: Write): void {
  const { customers, channels, conversations } = partition;
  const address = customers.addressOf(customer);
  if (address === undefined) return;
  const open = customers.openOf(customer);
  write({
    is: "customer",
    tenant: tenant.id,
    channel: channels[customers.channelOf(customer)]?.id,
    address,
    ...knowledgeOf(customers, tenant, customer),
    open: open === 0 ? undefined : conversations.getDouble(open, D.id),
  });
}

function writeConversation(
  partition: Partition,
  tenant: Tenant,
  conversation: number,
  write: Write,
): void {
  const { conversations, numbers, agents, explanations } = partition;
  const field = (of: number): number => conversations.get(conversation, of);
  const double = (of: number): number => conversations.getDouble(conversation, of);
  const customer = field(F.customer);
  const offered = field(F.offered);
  const calling = double(D.botCalling);
  const age = double(D.age);
  const explanation = (): object => {
    const at = (offered * rowWidth) | 0;
    return explanationFrom(explanations.doubles, at, tenant.names);
  };
  write({
    is: "conversation",
    tenant: tenant.id,
    id: double(D.id),
    channel: channelOf(partition, conversation).id,
    customer: customerOf(partition, tenant, customer),
    queue: queueOf(partition, conversation).id,
    priority: field(F.priority),
    state: stateNames[field(F.state)],
    offline: has(partition, conversation, flag.offline),
    version: field(F.version),
    agent: agentOf(partition, conversation)?.id,
    units: field(F.units),
    episode: {
      offlineMessages: has(partition, conversation, flag.offlineMessages),
      routingMode: modeName(field(F.routingMode)),
      answered: has(partition, conversation, flag.answered),
      reservationMade: has(partition, conversation, flag.reservationMade),
      hasPlace: has(partition, conversation, flag.hasPlace),
    },
    unanswered: numbers.toArray(field(F.unansweredFirst)),
    age: age < 0 ? undefined : age,
    ageSequence: double(D.ageSequence),
    reservedFor: agents[field(F.reservedFor)]?.id,
    offered: offered === 0 ? undefined : explanation(),
    bot: {
      pending: numbers.toArray(field(F.botFirst)),
      calling: calling === 0 ? undefined : calling,
    },
    verdict: verdictNames[field(F.verdict) - 1],
    reason: reasonName(field(F.reason)),
  });
}

/** Closed conversations outlive a customer who was erased, or forgotten to make room. */
function customerOf({ customers }: Partition, tenant: Tenant, customer: number): object | string {
  const address = customers.addressOf(customer);
  if (address !== undefined && customers.isKnown(customer)) return address;
  return { address, ...knowledgeOf(customers, tenant, customer) };
}

function knowledgeOf(customers: CustomerDirectory, tenant: Tenant, customer: number) {
  const lastMessageAt = customers.lastMessageAt(customer);
  const agent = customers.lastAgent(customer);
  return {
    customerId: customers.customerIdOf(customer),
    lastMessageAt: lastMessageAt < 0 ? undefined : lastMessageAt,
    lastAgent:
      agent === 0
        ? undefined
        : { agent: nameOf(tenant, agent), at: customers.lastAgentAt(customer) },
  };
}

function writeTimers(partition: Partition, write: Write): void {
  const { timers, conversations, agents, queues, tenantsByHandle } = partition;
  for (const timer of armedTimers(partition)) {
    const code = timers.get(timer, timerKind);
    const subject = timers.get(timer, timerSubject);
    const other = timers.get(timer, timerOther);
    const ofAgent = code === kind.presence || code === kind.grace || code === kind.allowance;
    const agent = agents[ofAgent ? subject : code === kind.reoffer ? other : 0];
    const tenant = ofAgent ? agent?.tenant : tenantsByHandle[conversations.get(subject, F.tenant)];
    write({
      is: "timer",
      kind: timerKinds[code] as DeadlineTimer,
      tenant: tenant?.id,
      calendar: clockOfTimer(partition, timer).calendar,
      due: timers.getDouble(timer, timerDue),
      sequence: timers.getDouble(timer, timerSequence),
      conversation: ofAgent ? undefined : conversations.getDouble(subject, D.id),
      agent: agent?.id,
      queue: code === kind.allowance ? queues[other]?.id : undefined,
      countsOpenTime: !ofAgent && code !== kind.reoffer && other === openTime,
    });
  }
}

/** By sequence. */
function armedTimers(partition: Partition): number[] {
  const { timers } = partition;
  const armed: number[] = [];
  for (let timer = 1; timer <= timers.last; timer += 1) {
    // A row in use has a sequence; it may belong to a calendar that is gone.
    if (timers.getDouble(timer, timerSequence) === 0) continue;
    if (!clockOfTimer(partition, timer).isGone) armed.push(timer);
  }
  return armed.toSorted(
    (a, b) => timers.getDouble(a, timerSequence) - timers.getDouble(b, timerSequence),
  );
}

function writeRemembered(partition: Partition, write: Write): void {
  const { remembered, channelNames, tenantsByChannelName } = partition;
  for (let row = remembered.oldest; row !== 0; row = remembered.nextOf(row)) {
    const scope = remembered.scopeOf(row);
    const name = channelNames.texts[scope >> 1] ?? "";
    const entry = {
      tenant: tenantsByChannelName[scope >> 1]?.id,
      channel: name.slice(name.indexOf("\n") + 1),
      direction: scope % 2 === 0 ? "customer" : "agent",
      id: remembered.textOf(row),
      conversation: remembered.conversationOf(row),
      kind: rememberedKinds[remembered.kindOf(row)],
      at: remembered.atOf(row),
    };
    write({ is: "remembered", entry });
  }
}

function nameOf(tenant: Tenant, name: number): string {
  return tenant.names.texts[name] ?? "";
}
