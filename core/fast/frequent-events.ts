import { present } from "../assert.ts";
import type { Command } from "../commands.ts";
import type {
  ConversationAssigned,
  ConversationEvent,
  ConversationLeft,
  ConversationMoved,
  ConversationState,
  EpisodeBegan,
  MessageReceived,
  MessageSent,
} from "../events.ts";
import type { ReasonCode } from "../reasons.ts";
import { reasonName, stateNames } from "./codes.ts";
import { by, reasonUnit } from "./conversations.ts";
import { cell, rowType, rowWidth } from "./event-rows.ts";
import { explanationFrom } from "./explanations.ts";
import { agentAt, type Partition } from "./state.ts";
import { mayWriteFrom } from "./write-verdicts.ts";

/**
 * The events of every conversation's way to an agent. Each is one object literal with all that it
 * says: that is several times as fast as one put together from parts. What is absent in the common
 * case (the customer's own id, a note) is added by copying.
 */

/** What every event of a conversation says, and its row's cells. */
export interface Said {
  readonly cells: Float64Array;
  readonly payload: number;
  readonly tenant: string;
  readonly conversation: number;
  readonly version: number;
  readonly channel: string;
  /** Empty: erased. */
  readonly customer: string;
  readonly skillQueue: string;
  readonly sequence: number;
  readonly at: number;
}

export function frequentEvent(
  partition: Partition,
  said: Said,
  type: number,
  command: Command,
): ConversationEvent | undefined {
  switch (type) {
    case rowType.messageReceived:
      return command.type === "receiveMessage"
        ? messageReceived(partition, said, command)
        : undefined;
    case rowType.episodeBegan:
      return episodeBegan(partition, said);
    case rowType.conversationMoved:
      return conversationMoved(partition, said, command);
    case rowType.conversationAssigned:
      return conversationAssigned(partition, said);
    case rowType.conversationLeft:
      return conversationLeft(partition, said);
    case rowType.messageSent:
      return command.type === "writeMessage" || command.type === "contactCustomer"
        ? messageSent(partition, said, command)
        : undefined;
    default:
      return undefined;
  }
}

/** Of every conversation, as a part of those that are put together. */
export function common(said: Said) {
  const { tenant, conversation, version, channel, customer, skillQueue, sequence, at } = said;
  return { tenant, conversation, version, channel, customer, skillQueue, sequence, at };
}

function number(said: Said, index: number): number {
  return said.cells[said.payload + index] ?? 0;
}

function agentName(partition: Partition, said: Said, index: number): string {
  return agentAt(partition, number(said, index)).id;
}

function messageReceived(
  partition: Partition,
  said: Said,
  { id, content, customerId }: Extract<Command, { readonly type: "receiveMessage" }>,
): MessageReceived {
  const { tenant, conversation, version, channel, customer, skillQueue, sequence, at } = said;
  const type = "messageReceived";
  if (customerId !== undefined) {
    const named = { type, id, content, customerId } as const;
    return number(said, 0) === 0
      ? { ...named, ...common(said) }
      : { ...named, agent: agentName(partition, said, 0), ...common(said) };
  }
  if (number(said, 0) !== 0) {
    const agent = agentName(partition, said, 0);
    // oxfmt-ignore
    return { type, id, content, agent, tenant, conversation, version, channel, customer, skillQueue, sequence, at };
  }
  // oxfmt-ignore
  return { type, id, content, tenant, conversation, version, channel, customer, skillQueue, sequence, at };
}

function episodeBegan(partition: Partition, said: Said): EpisodeBegan {
  const { tenant, conversation, version, channel, customer, skillQueue, sequence, at } = said;
  const type = "episodeBegan";
  const opened = number(said, 0) === 1;
  const priority = number(said, 1);
  const named = number(said, 2);
  const customerId = named === 0 ? undefined : partition.customers.customerIdOf(named);
  if (customerId !== undefined) return { type, opened, priority, customerId, ...common(said) };
  // oxfmt-ignore
  return { type, opened, priority, tenant, conversation, version, channel, customer, skillQueue, sequence, at };
}

function conversationMoved(partition: Partition, said: Said, command: Command): ConversationMoved {
  const { tenant, conversation, version, channel, customer, skillQueue, sequence, at } = said;
  const type = "conversationMoved";
  const from = number(said, 0) < 0 ? undefined : stateAt(number(said, 0));
  const to = stateAt(number(said, 1));
  const offline = number(said, 2) === 1;
  const priority = number(said, 3);
  const agent = number(said, 4) === 0 ? undefined : agentName(partition, said, 4);
  const packed = number(said, 5);
  const reason = reasonAt(packed % reasonUnit);
  const cause = Math.floor(packed / reasonUnit);
  const who = whoOf(command, cause);
  const note = cause >= by.noted && "note" in command ? command.note : undefined;
  if (note === undefined && who === undefined && from === undefined && agent === undefined) {
    // oxfmt-ignore
    return { type, to, offline, priority, reason, tenant, conversation, version, channel, customer, skillQueue, sequence, at };
  }
  if (note === undefined && who === undefined && from !== undefined) {
    // oxfmt-ignore
    return agent === undefined
      ? { type, from, to, offline, priority, reason, tenant, conversation, version, channel, customer, skillQueue, sequence, at }
      : { type, from, to, offline, priority, agent, reason, tenant, conversation, version, channel, customer, skillQueue, sequence, at };
  }
  if (note === undefined && who !== undefined && from !== undefined && agent === undefined) {
    // oxfmt-ignore
    return { type, from, to, offline, priority, reason, by: who, tenant, conversation, version, channel, customer, skillQueue, sequence, at };
  }
  return {
    type,
    ...(from === undefined ? {} : { from }),
    to,
    offline,
    priority,
    ...(agent === undefined ? {} : { agent }),
    reason,
    ...(who === undefined ? {} : { by: who }),
    ...(note === undefined ? {} : { note }),
    ...common(said),
  };
}

function conversationAssigned(partition: Partition, said: Said): ConversationAssigned {
  const { tenant, conversation, version, channel, customer, skillQueue, sequence, at } = said;
  const type = "conversationAssigned";
  const owner = agentAt(partition, number(said, 0));
  const agent = owner.id;
  const reason = explanationFrom(
    said.cells,
    said.payload - cell.payload + rowWidth,
    owner.tenant.names,
  );
  const mayWrite = mayWriteFrom(number(said, 2), number(said, 3), number(said, 4));
  const unansweredFrom = number(said, 1);
  // oxfmt-ignore
  return unansweredFrom === 0
    ? { type, agent, reason, mayWrite, tenant, conversation, version, channel, customer, skillQueue, sequence, at }
    : { type, agent, unansweredFrom, reason, mayWrite, tenant, conversation, version, channel, customer, skillQueue, sequence, at };
}

function conversationLeft(partition: Partition, said: Said): ConversationLeft {
  const { tenant, conversation, version, channel, customer, skillQueue, sequence, at } = said;
  const type = "conversationLeft";
  const agent = agentName(partition, said, 0);
  const to = stateAt(number(said, 1));
  const reason = reasonAt(number(said, 2));
  // oxfmt-ignore
  return { type, agent, to, reason, tenant, conversation, version, channel, customer, skillQueue, sequence, at };
}

/** An agent's words; what the bot answers is told elsewhere. */
function messageSent(
  partition: Partition,
  said: Said,
  command: Extract<Command, { readonly type: "writeMessage" | "contactCustomer" }>,
): MessageSent {
  const { tenant, conversation, version, channel, customer, skillQueue, sequence, at } = said;
  const { id, template = false, tag, content } = command;
  const type = "messageSent";
  const agent = number(said, 0) === 0 ? undefined : agentName(partition, said, 0);
  const offline = number(said, 1) === 1;
  const inReplyTo = number(said, 3);
  if (agent !== undefined && tag === undefined && inReplyTo !== 0) {
    // oxfmt-ignore
    return { type, id, agent, offline, template, content, inReplyTo, tenant, conversation, version, channel, customer, skillQueue, sequence, at };
  }
  return {
    type,
    id,
    ...(agent === undefined ? {} : { agent }),
    offline,
    template,
    ...(tag === undefined ? {} : { tag }),
    content,
    ...(inReplyTo === 0 ? {} : { inReplyTo }),
    ...common(said),
  };
}

/** Who caused a move. */
function whoOf(command: Command, cause: number): string | undefined {
  switch (cause % by.noted) {
    case by.supervisor:
      return "supervisor";
    case by.bot:
      return "bot";
    case by.customer:
      return "customer";
    case by.agent:
      return "agent" in command ? command.agent : undefined;
    default:
      return undefined;
  }
}

export function reasonAt(code: number): ReasonCode {
  return present(reasonName(code), "reason of an event");
}

export function stateAt(code: number): ConversationState {
  return present(stateNames[code], "state of an event");
}
