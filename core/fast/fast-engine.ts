import { assert } from "../assert.ts";
import type {
  Command,
  ContactCustomer,
  ReceiveMessage,
  SetPresence,
  WriteMessage,
} from "../commands.ts";
import type { Engine, Result } from "../engine.ts";
import type { Event } from "../events.ts";
import { defaultEngineLimits, type EngineLimits } from "../limits.ts";
import { hash64 } from "../state-hash.ts";
import {
  acceptOffer,
  answerFromBot,
  assignConversation,
  closeConversation,
  conversationAt,
  declineOffer,
  failBot,
  handOffConversation,
  releaseConversation,
} from "./actions.ts";
import { sendAutoReply } from "./auto-replies.ts";
import { presence, presenceNames } from "./codes.ts";
import { configureTenant } from "./configuring.ts";
import { fromAgent, fromCustomer } from "./deduplication.ts";
import { eraseCustomer } from "./erasing.ts";
import { readEvents } from "./event-objects.ts";
import { emitPlain, rowType } from "./event-rows.ts";
import { fireDue, nextDeadlineAt, settle } from "./firing.ts";
import { freeUnits } from "./matching.ts";
import {
  agentWrote,
  botWrote,
  contact,
  contactRefusal,
  explainContact,
  noteCustomerId,
  openConversation,
  receive,
  verdictRefusal,
  writerRefusal,
} from "./messages.ts";
import { outcomeOf, reject } from "./outcome.ts";
import { newPartition } from "./partition.ts";
import { planCalendars } from "./plans.ts";
import { setPresence } from "./presence.ts";
import { remember, repeated, type WriteId } from "./remembered-writes.ts";
import { restorePartition } from "./snapshot-reading.ts";
import { snapshotOf } from "./snapshot-writing.ts";
import {
  channelOf,
  giveHandle,
  type Agent,
  type Channel,
  type Partition,
  type Tenant,
} from "./state.ts";
import {
  agentViews,
  botCallsOf,
  configurationView,
  conversationView,
  countsOf,
  skillQueueViews,
} from "./views.ts";
import { botVerdictOf, verdictOf } from "./write-verdicts.ts";

/**
 * The engine at the speed of its memory: typed tables, intrusive lists and timing wheels. It agrees
 * with the obvious engine (core/naive) in every result, event and snapshot.
 */
export function createFastEngine(limits: Partial<EngineLimits> = {}): Engine {
  return engineOf(newPartition({ ...defaultEngineLimits, ...limits }));
}

/** Errors: an AssertionError if the bytes are no snapshot of this version. */
export function restoreFastEngine(
  snapshot: Uint8Array,
  limits: Partial<EngineLimits> = {},
): Engine {
  return engineOf(restorePartition(snapshot, { ...defaultEngineLimits, ...limits }));
}

function engineOf(partition: Partition): Engine {
  const tenantOf = (id: string): Tenant | undefined => partition.tenants.get(id);
  return {
    apply: (command, events) => apply(partition, command, events),
    nextDeadlineAt: () => nextDeadlineAt(partition),
    lastSequence: () => partition.lastSequence,
    stateHash: () => hash64(snapshotOf(partition)),
    snapshot: () => snapshotOf(partition),
    tenants: () => [...partition.tenants.keys()],
    configuration: (tenant) => configurationView(tenantOf(tenant)),
    conversation: (tenant, id) => conversationView(partition, tenantOf(tenant), id),
    agents: (tenant) => agentViews(partition, tenantOf(tenant)),
    skillQueues: (tenant) => skillQueueViews(partition, tenantOf(tenant)),
    botCalls: () => botCallsOf(partition),
    counts: () => countsOf(partition),
  };
}

function apply(partition: Partition, command: Command, events: Event[]): Result {
  assert(command.at >= partition.now, "time went back");
  partition.now = command.at;
  forgetDiscarded(partition);
  partition.flush = () => readEvents(partition, partition.events, command, events);
  if (command.type === "tick") {
    const more = fireDue(partition, partition.limits.timersPerTickMax);
    partition.flush();
    return { status: "ticked", more };
  }
  fireDue(partition, Infinity);
  // What time caused was caused before the command, which may change what it names.
  if (partition.events.count > 0) partition.flush();
  const result = applyNow(partition, command, events);
  settle(partition);
  fireDue(partition, Infinity); // what is due at this very instant fires before the answer
  partition.flush();
  if (typeof result === "number") return outcomeOf(partition, result);
  return "presenceTimer" in result ? presenceOutcome(result) : result;
}

/** Handles that the last command's events were the last to name. */
function forgetDiscarded(partition: Partition): void {
  const { discarded } = partition;
  if (discarded.length === 0) return;
  for (const { list, handle } of discarded) giveHandle(partition, list, handle);
  discarded.length = 0;
}

/** A conversation or an agent stands for its outcome, which is read once everything has settled. */
function applyNow(
  partition: Partition,
  command: Exclude<Command, { readonly type: "tick" }>,
  events: Event[],
): number | Agent | Result {
  if (command.type === "configureTenant") return configureTenant(partition, command);
  const tenant = partition.tenants.get(command.tenant);
  if (tenant === undefined) return reject("unknown_tenant", command.tenant);
  switch (command.type) {
    case "planCalendars":
      return planCalendars(partition, tenant, command);
    case "receiveMessage":
      return receiveMessage(partition, tenant, command);
    case "writeMessage":
      return writeMessage(partition, tenant, command);
    case "contactCustomer":
      return contactCustomer(partition, tenant, command);
    case "acceptOffer":
      return acceptOffer(partition, tenant, command);
    case "declineOffer":
      return declineOffer(partition, tenant, command);
    case "assignConversation":
      return assignConversation(partition, tenant, command);
    case "releaseConversation":
      return releaseConversation(partition, tenant, command);
    case "handOffConversation":
      return handOffConversation(partition, tenant, command);
    case "closeConversation":
      return closeConversation(partition, tenant, command);
    case "answerFromBot":
      return answerFromBot(partition, tenant, command);
    case "failBot":
      return failBot(partition, tenant, command);
    case "eraseCustomer": {
      const conversations = eraseCustomer(partition, tenant, command);
      partition.lastSequence += 1;
      events.push({
        type: "customerErased",
        tenant: tenant.id,
        customer: command.customer,
        conversations,
        sequence: partition.lastSequence,
        at: partition.now,
      });
      return { status: "erased", conversations };
    }
    case "recordDelivery":
      emitPlain(partition, rowType.deliveryRecorded, tenant.handle);
      return { status: "acknowledged" };
    case "setPresence":
      return declarePresence(partition, tenant, command);
  }
}

function receiveMessage(
  partition: Partition,
  tenant: Tenant,
  command: ReceiveMessage,
): number | Result {
  const channel = tenant.channels.get(command.channel);
  if (channel === undefined) return reject("unknown_channel", command.channel);
  const queueId = command.skillQueue ?? channel.settings.skillQueue;
  const queue = tenant.queues.get(queueId);
  if (queue === undefined) return reject("unknown_skill_queue", queueId);
  const id = idOf(command);
  const repeat = repeated(partition, channel, fromCustomer, id);
  if (repeat !== undefined) return repeat;

  const customer = customerAt(partition, channel, command.customer);
  const conversation = openConversation(partition, channel, customer);
  remember(partition, conversation, fromCustomer, "message");
  if (command.customerId !== undefined) {
    noteCustomerId(partition, conversation, command.customerId);
  }
  const sequence = receive(partition, conversation, queue, command.priority ?? -1);
  sendAutoReply(partition, conversation, command, sequence);
  return conversation;
}

/** The customer at this address of the channel, noted down if new. */
function customerAt(partition: Partition, channel: Channel, address: string): number {
  const { customers, limits } = partition;
  const known = customers.find(channel.handle, address);
  if (known !== 0) return known;
  const { handle } = channel.tenant;
  const customer = customers.add(handle, channel.handle, address);
  if (customers.countOf(handle) > limits.customersRememberedMax) {
    customers.forgetOldestIdle(handle);
  }
  return customer;
}

/** The owner, or the bot, writes (3.11, 3.14). */
function writeMessage(
  partition: Partition,
  tenant: Tenant,
  command: WriteMessage,
): number | Result {
  const conversation = conversationAt(partition, tenant, command.conversation);
  if (conversation === 0) return reject("unknown_conversation");
  const agent = command.agent === undefined ? undefined : tenant.agents.get(command.agent);
  if (command.agent !== undefined && agent === undefined) {
    return reject("unknown_agent", command.agent);
  }
  const id = idOf(command);
  const repeat = repeated(partition, channelOf(partition, conversation), fromAgent, id);
  if (repeat !== undefined) return repeat;
  const refusal = writerRefusal(partition, conversation, agent, command.version);
  if (refusal !== undefined) return reject(refusal);
  const verdict =
    agent === undefined
      ? botVerdictOf(partition, conversation)
      : verdictOf(partition, conversation);
  const blocked = verdictRefusal(verdict, command.template === true, command.tag);
  if (blocked !== undefined) return reject(blocked);

  remember(partition, conversation, fromAgent, "write");
  if (agent === undefined) botWrote(partition, conversation, -1);
  else agentWrote(partition, conversation, agent);
  return conversation;
}

/** An agent writes first (3.12, FINE-PRINT 26–27). */
function contactCustomer(
  partition: Partition,
  tenant: Tenant,
  command: ContactCustomer,
): number | Result {
  const channel = tenant.channels.get(command.channel);
  if (channel === undefined) return reject("unknown_channel", command.channel);
  const agent = tenant.agents.get(command.agent);
  if (agent === undefined) return reject("unknown_agent", command.agent);
  const id = idOf(command);
  const repeat = repeated(partition, channel, fromAgent, id);
  if (repeat !== undefined) return repeat;
  const known = partition.customers.find(channel.handle, command.customer);
  const template = command.template === true;
  const refusal = contactRefusal(partition, channel, known, agent, template, command.tag);
  if (refusal !== undefined) return reject(refusal);

  const customer = customerAt(partition, channel, command.customer);
  const conversation = openConversation(partition, channel, customer);
  explainContact(partition, conversation);
  remember(partition, conversation, fromAgent, "contact");
  contact(partition, conversation, agent);
  return conversation;
}

function declarePresence(
  partition: Partition,
  tenant: Tenant,
  command: SetPresence,
): Agent | Result {
  const agent = tenant.agents.get(command.agent);
  if (agent === undefined) return reject("unknown_agent", command.agent);
  setPresence(partition, agent, presence[command.status]);
  return agent;
}

function presenceOutcome(agent: Agent): Result {
  return {
    status: "presence",
    presence: presenceNames[agent.presence] ?? "offline",
    ...(agent.expiresAt < 0 ? {} : { expiresAt: agent.expiresAt }),
    freeUnits: freeUnits(agent),
  };
}

function idOf({ id }: { readonly id: string }): WriteId {
  return { text: id, high: 0, low: 0 };
}
