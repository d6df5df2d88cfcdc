import { assert, present } from "../assert.ts";
import type { Explanation } from "../events.ts";
import {
  conversationBit,
  conversationFlag,
  customerForm,
  customerFormBits,
  knownBit,
  near,
  type SnapshotReader,
} from "../snapshot-format.ts";
import { state } from "./codes.ts";
import { D, F, flag } from "./conversation-row.ts";
import { linkToAgent } from "./conversations.ts";
import { explanationInto, keepExplanation } from "./explanations.ts";
import { setRoutingMode, setVerdictTold } from "./flag-numbers.ts";
import { nameNumber, type Tenant } from "./state.ts";
import { addUnanswered } from "./unanswered.ts";
import { type Reading, channelOf, agentOf, queueOf } from "./restoring.ts";

export function restoreCustomer(reading: Reading, tenant: Tenant): void {
  const { partition, from, open } = reading;
  const { customers } = partition;
  const bits = from.byte();
  assert((bits & knownBit.address) !== 0, "a customer without an address");
  const channel = channelOf(tenant, from.someName());
  const customer = customers.addSaved(tenant.handle, channel.handle, from);
  restoreKnowledge(reading, tenant, customer, bits);
  if ((bits & knownBit.open) === 0) {
    customers.setOpen(customer, 0);
    return;
  }
  open.conversations.push(from.near(near.open));
  open.customers.push(customer);
}

/** What is known besides the address. */
function restoreKnowledge(
  { partition: { customers }, from }: Reading,
  tenant: Tenant,
  customer: number,
  bits: number,
): void {
  if ((bits & knownBit.customerId) !== 0) customers.setCustomerId(customer, from.text());
  if ((bits & knownBit.lastMessageAt) !== 0) {
    customers.setLastMessageAt(customer, from.near(near.lastMessageAt));
  }
  if ((bits & knownBit.lastAgent) === 0) return;
  const name = nameNumber(tenant.names, from.someName());
  customers.setLastAgent(customer, name, from.near(near.lastAgentAt));
}

export function restorePerson({ partition, from }: Reading, tenant: Tenant): void {
  const id = from.text();
  const name = nameNumber(tenant.names, from.someName());
  partition.customers.setPerson(tenant.handle, id, name, from.near(near.personAt));
}

export function restoreConversation(reading: Reading, tenant: Tenant): void {
  const { partition, from } = reading;
  const { conversations, customers, byNumber } = partition;
  const conversation = conversations.take();
  const set = (field: number, value: number): void => conversations.set(conversation, field, value);
  const bits = from.byte();
  const number = from.near(near.conversation);
  conversations.setDouble(conversation, D.id, number);
  const channel = channelOf(tenant, from.someName());
  const queue = queueOf(tenant, from.someName());
  set(F.tenant, tenant.handle);
  set(F.channel, channel.handle);
  set(F.queue, queue.handle);
  const customer = customerOf(reading, tenant, channel.handle, number);
  set(F.customer, customer);
  customers.refer(customer);
  const at = from.byte();
  set(F.state, at);
  const flags = from.byte();
  set(F.flags, flagsOf(flags));
  setRoutingMode(partition, conversation, from.byte() - 1);
  setVerdictTold(partition, conversation, from.byte());
  set(F.reason, from.byte());
  set(F.priority, from.integer());
  set(F.version, from.integer());
  const units = from.integer();
  set(F.units, units);
  conversations.setDouble(conversation, D.ageSequence, from.near(near.ageSequence));
  const agent = (bits & conversationBit.agent) === 0 ? undefined : agentOf(tenant, from.someName());
  const hasAge = (bits & conversationBit.age) !== 0;
  conversations.setDouble(conversation, D.age, hasAge ? from.near(near.age) : -1);
  restoreRest(reading, tenant, conversation, bits);
  byNumber.add(conversation);
  if (at !== state.closed) customers.setOpen(customer, conversation);
  if ((flags & conversationFlag.hasPlace) !== 0) queue.placesTaken += 1;
  if (agent === undefined) return;
  agent.used += units;
  linkToAgent(partition, conversation, agent);
}

/** What few conversations have, and unanswered messages. */
function restoreRest(
  { partition, from }: Reading,
  tenant: Tenant,
  conversation: number,
  bits: number,
): void {
  const { conversations, numbers } = partition;
  if ((bits & conversationBit.reservedFor) !== 0) {
    conversations.set(conversation, F.reservedFor, agentOf(tenant, from.someName()).handle);
  }
  if ((bits & conversationBit.offered) !== 0) {
    const nameOf = (agent: string): number => nameNumber(tenant.names, agent);
    explanationInto(partition.explained, from.json() as Explanation, nameOf);
    conversations.set(conversation, F.offered, keepExplanation(partition));
  }
  if ((bits & conversationBit.calling) !== 0) {
    conversations.setDouble(conversation, D.botCalling, from.near(near.message));
  }
  if ((bits & conversationBit.unanswered) !== 0) {
    restoreMessages(from, (sequence) => addUnanswered(partition, conversation, sequence));
  }
  if ((bits & conversationBit.pending) !== 0) {
    restoreMessages(from, (sequence) =>
      numbers.push(conversations, conversation, F.botFirst, sequence),
    );
  }
}

function restoreMessages(from: SnapshotReader, add: (sequence: number) => void): void {
  for (let left = from.integer(); left > 0; left -= 1) add(from.near(near.message));
}

function flagsOf(flags: number): number {
  return (
    ((flags & conversationFlag.offline) === 0 ? 0 : flag.offline) |
    ((flags & conversationFlag.offlineMessages) === 0 ? 0 : flag.offlineMessages) |
    ((flags & conversationFlag.answered) === 0 ? 0 : flag.answered) |
    ((flags & conversationFlag.reservationMade) === 0 ? 0 : flag.reservationMade) |
    ((flags & conversationFlag.hasPlace) === 0 ? 0 : flag.hasPlace)
  );
}

/** Who has it open, who is found at the address, or one that only this conversation names. */
function customerOf(
  reading: Reading,
  tenant: Tenant,
  channel: number,
  conversation: number,
): number {
  const { partition, from } = reading;
  const { customers } = partition;
  const form = from.byte();
  if (form === customerForm.hasItOpen) return whoHasOpen(reading, conversation);
  if (form === customerForm.known) return customers.find(channel, from.text());
  const known = form >> customerFormBits;
  const address = (known & knownBit.address) === 0 ? undefined : from.text();
  const customer = customers.addUnknown(tenant.handle, channel, address);
  restoreKnowledge(reading, tenant, customer, known);
  return customer;
}

/** Both come by the conversation's number, so it is nearly always the next. */
function whoHasOpen(reading: Reading, conversation: number): number {
  const { conversations, customers } = reading.open;
  let place = reading.openBehind;
  while ((conversations[place] ?? Infinity) < conversation) place += 1;
  if (conversations[place] !== conversation) place = conversations.indexOf(conversation);
  reading.openBehind = place + 1;
  return present(customers[place], "who has a conversation open");
}
