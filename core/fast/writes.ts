import type { Result } from "../engine.ts";
import { sendAutoReply } from "./auto-replies.ts";
import { fromAgent, fromCustomer } from "./deduplication.ts";
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
import { reject } from "./outcome.ts";
import { remember, repeated } from "./remembered-writes.ts";
import { channelOf, type Agent, type Channel, type Partition, type Queue } from "./state.ts";
import type { TextOrWords } from "./text-arena.ts";
import { botVerdictOf, verdictOf } from "./write-verdicts.ts";

/**
 * The three writes that are remembered, once it is known whom they are about: the same for those
 * who come with ids and for those who come with handles. Each answers the conversation's handle, or
 * why there is none.
 */

/** What a customer's message says beside its text. */
export interface Inbound {
  readonly id: TextOrWords;
  readonly address: TextOrWords;
  /** Handle of the customer at the address; 0: to be found by it. */
  readonly customer: number;
  readonly customerId: string | undefined;
  /** -1: the channel's. */
  readonly priority: number;
  /** The mail was sent by a machine. */
  readonly automatic: boolean;
}

/** What a message of an agent or the bot says beside its text. */
export interface Outbound {
  readonly id: TextOrWords;
  /** The version of the conversation that it was written at. */
  readonly version: number | undefined;
  readonly template: boolean;
  readonly tag: string | undefined;
}

/** A customer wrote (3.1). */
export function takeMessage(
  partition: Partition,
  channel: Channel,
  queue: Queue,
  message: Inbound,
): number | Result {
  const { id, address, customerId, priority, automatic } = message;
  const repeat = repeated(partition, channel, fromCustomer, id);
  if (repeat !== undefined) return repeat;
  const known = message.customer;
  const customer = known === 0 ? customerAt(partition, channel, address) : known;
  const conversation = openConversation(partition, channel, customer, queue);
  remember(partition, conversation, fromCustomer, "message");
  if (customerId !== undefined) noteCustomerId(partition, conversation, customerId);
  const sequence = receive(partition, conversation, queue, priority);
  sendAutoReply(partition, conversation, automatic, sequence);
  return conversation;
}

/** The customer at this address of the channel, noted down if new. */
export function customerAt(partition: Partition, channel: Channel, address: TextOrWords): number {
  const { customers, limits } = partition;
  const known = customers.seek(channel.handle, address);
  if (known !== 0) return known;
  const { handle } = channel.tenant;
  const customer = customers.addSought(handle, address.text);
  if (customers.countOf(handle) > limits.customersRememberedMax) {
    customers.forgetOldestIdle(handle);
  }
  return customer;
}

/** The owner writes, or the bot (no agent) (3.11, 3.14). */
export function takeAnswer(
  partition: Partition,
  conversation: number,
  agent: Agent | undefined,
  message: Outbound,
): number | Result {
  const { id, version, template, tag } = message;
  const repeat = repeated(partition, channelOf(partition, conversation), fromAgent, id);
  if (repeat !== undefined) return repeat;
  const refusal = writerRefusal(partition, conversation, agent, version);
  if (refusal !== undefined) return reject(refusal);
  const verdict =
    agent === undefined
      ? botVerdictOf(partition, conversation)
      : verdictOf(partition, conversation);
  const blocked = verdictRefusal(verdict, template, tag);
  if (blocked !== undefined) return reject(blocked);

  remember(partition, conversation, fromAgent, "write");
  if (agent === undefined) botWrote(partition, conversation, -1);
  else agentWrote(partition, conversation, agent);
  return conversation;
}

/** An agent writes first (3.12, FINE-PRINT 26–27). */
export function takeContact(
  partition: Partition,
  channel: Channel,
  agent: Agent,
  address: TextOrWords,
  message: Outbound,
): number | Result {
  const { id, template, tag } = message;
  const repeat = repeated(partition, channel, fromAgent, id);
  if (repeat !== undefined) return repeat;
  const known = partition.customers.seek(channel.handle, address);
  const refusal = contactRefusal(partition, channel, known, agent, template, tag);
  if (refusal !== undefined) return reject(refusal);

  const customer = customerAt(partition, channel, address);
  const conversation = openConversation(partition, channel, customer);
  explainContact(partition, conversation);
  remember(partition, conversation, fromAgent, "contact");
  contact(partition, conversation, agent);
  return conversation;
}
