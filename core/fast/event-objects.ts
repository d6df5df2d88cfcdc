import { present } from "../assert.ts";
import type { Command, PresenceStatus } from "../commands.ts";
import type { ConversationEvent, Event } from "../events.ts";
import { presenceNames, reasonName, stateNames } from "./codes.ts";
import { by } from "./conversations.ts";
import { cell, eventTypes, rowWidth, type EventRows } from "./event-rows.ts";
import { explanationFrom } from "./explanations.ts";
import { agentAt, type Partition, type Tenant } from "./state.ts";
import { mayWriteFrom } from "./write-verdicts.ts";

type Bare<E, Keys extends string> = E extends unknown ? Omit<E, Keys> : never;
type Filled = "sequence" | "at" | "dueAt" | "tenant" | OfConversation;
type OfConversation = "conversation" | "version" | "channel" | "customer" | "skillQueue";

/** Turn rows into events; texts come from the command that caused them. */
export function readEvents(
  partition: Partition,
  rows: EventRows,
  command: Command,
  events: Event[],
): void {
  for (let index = 0; index < rows.count; index += 1) {
    const at = index * rowWidth;
    if (rows.cells[at] !== 0) events.push(eventAt(partition, rows.cells, at, command));
  }
  rows.clear();
}

function eventAt(partition: Partition, cells: Float64Array, at: number, command: Command): Event {
  const tenant = present(partition.tenantsByHandle[cells[at + cell.tenant] ?? 0], "tenant");
  const dueAt = cells[at + cell.dueAt] ?? -1;
  const when = {
    sequence: cells[at + cell.sequence] ?? 0,
    at: cells[at + cell.at] ?? 0,
    ...(dueAt < 0 ? {} : { dueAt }),
  };
  const type = eventTypes[cells[at] ?? 0];
  const payload = at + cell.payload;
  switch (type) {
    case "presenceChanged":
      return {
        type,
        tenant: tenant.id,
        agent: agentAt(partition, cells[payload] ?? 0).id,
        status: presenceNames[cells[payload + 1] ?? 0] as PresenceStatus,
        reason: reasonOf(cells[payload + 2]),
        ...when,
      };
    case "tenantConfigured":
      return { type, tenant: tenant.id, revision: cells[payload] ?? 0, ...when };
    case "deliveryRecorded": {
      const { channel, entry, status, reason } = as(command, "recordDelivery");
      const given = reason === undefined ? {} : { reason };
      return { type, tenant: tenant.id, channel, entry, status, ...given, ...when };
    }
    default: {
      const customer = cells[at + cell.customer] ?? 0;
      const address = customer === 0 ? undefined : partition.customers.addressOf(customer);
      return {
        ...ofConversation(partition, tenant, cells, at, command),
        tenant: tenant.id,
        conversation: cells[at + cell.conversation] ?? 0,
        version: cells[at + cell.version] ?? 0,
        channel: channelAt(partition, cells, at).id,
        ...(address === undefined ? {} : { customer: address }),
        skillQueue: present(partition.queues[cells[at + cell.queue] ?? 0], "queue").id,
        ...when,
      };
    }
  }
}

function channelAt(partition: Partition, cells: Float64Array, at: number) {
  return present(partition.channels[cells[at + cell.channel] ?? 0], "channel");
}

function ofConversation(
  partition: Partition,
  tenant: Tenant,
  cells: Float64Array,
  at: number,
  command: Command,
): Bare<ConversationEvent, Filled> {
  const p = (index: number): number => cells[at + cell.payload + index] ?? 0;
  const agent = (index: number): string => agentAt(partition, p(index)).id;
  const optionalAgent = (index: number) => (p(index) === 0 ? {} : { agent: agent(index) });
  const reason = (index: number) => reasonOf(p(index));
  const sequenceOf = <K extends string>(key: K, index: number) =>
    (p(index) === 0 ? {} : { [key]: p(index) }) as Partial<Record<K, number>>;
  const type = eventTypes[cells[at] ?? 0] ?? "explanation";
  switch (type) {
    case "episodeBegan": {
      const { customers } = partition;
      const customerId = p(2) === 0 ? undefined : customers.customerIdOf(p(2));
      const named = customerId === undefined ? {} : { customerId };
      return { type, opened: p(0) === 1, priority: p(1), ...named };
    }
    case "messageReceived": {
      const { id, content, customerId } = as(command, "receiveMessage");
      const named = customerId === undefined ? {} : { customerId };
      return { type, id, content, ...named, ...optionalAgent(0) };
    }
    case "messageSent":
      return sent(command, p(2), optionalAgent(0), p(1) === 1, sequenceOf("inReplyTo", 3));
    case "promptSent": {
      const { prompt } = channelAt(partition, cells, at).settings.offlineMessages;
      return { type, text: prompt ?? "", ...sequenceOf("inReplyTo", 0) };
    }
    case "autoReplySent": {
      const template = p(0) === 1 ? "workingHours" : "nonWorkingHours";
      const mail = channelAt(partition, cells, at).settings.autoReply[template];
      const { subject, body: text } = present(mail, "template of an automatic reply");
      return { type, template, subject, text, offline: p(1) === 1, inReplyTo: p(2) };
    }
    case "messageGivenToBot":
      return { type, message: p(0) };
    case "conversationMoved":
      return {
        type,
        ...(p(0) < 0 ? {} : { from: stateAt(p(0)) }),
        to: stateAt(p(1)),
        offline: p(2) === 1,
        priority: p(3),
        ...optionalAgent(4),
        reason: reasonOf(p(5) % 64),
        ...causeOf(command, Math.floor(p(5) / 64)),
      };
    case "conversationWentOffline":
      return { type, reason: reason(0) };
    case "conversationReserved":
      return { type, agent: agent(0), waitMs: p(1) };
    case "reservationEnded":
      return { type, agent: agent(0), reason: reason(1) };
    case "offerWithdrawn":
      return { type, agent: agent(0), reason: reason(1) };
    case "conversationOffered":
      return {
        type,
        agent: agent(0),
        expiresAt: p(1),
        ...sequenceOf("unansweredFrom", 2),
        reason: explanationFrom(cells, at + rowWidth, tenant.names),
      };
    case "conversationAssigned":
      return {
        type,
        agent: agent(0),
        ...sequenceOf("unansweredFrom", 1),
        reason: explanationFrom(cells, at + rowWidth, tenant.names),
        mayWrite: mayWriteFrom(p(2), p(3), p(4)),
      };
    case "conversationLeft":
      return { type, agent: agent(0), to: stateAt(p(1)), reason: reason(2) };
    case "mayWriteChanged":
      return { type, agent: agent(0), mayWrite: mayWriteFrom(p(1), p(2), p(3)) };
    default:
      return { type: "routingTimedOut" };
  }
}

function sent(
  command: Command,
  reply: number,
  agent: { agent?: string },
  offline: boolean,
  inReplyTo: { inReplyTo?: number },
): Bare<ConversationEvent, Filled> {
  const type = "messageSent";
  if (reply >= 0) {
    const content = as(command, "answerFromBot").replies[reply] ?? "";
    return { type, ...agent, offline, template: false, content, ...inReplyTo };
  }
  const words = command.type === "contactCustomer" ? command : as(command, "writeMessage");
  const { id, template = false, tag, content } = words;
  const tagged = tag === undefined ? {} : { tag };
  return { type, id, ...agent, offline, template, ...tagged, content, ...inReplyTo };
}

/** Who caused a move, in the words of the command. */
function causeOf(command: Command, cause: number): { by?: string; note?: string } {
  const note =
    cause >= by.noted && "note" in command && command.note !== undefined
      ? { note: command.note }
      : {};
  switch (cause % by.noted) {
    case by.supervisor:
      return { by: "supervisor", ...note };
    case by.bot:
      return { by: "bot", ...note };
    case by.customer:
      return { by: "customer", ...note };
    case by.agent:
      return "agent" in command && command.agent !== undefined
        ? { by: command.agent, ...note }
        : note;
    default:
      return note;
  }
}

function reasonOf(code: number | undefined) {
  return present(reasonName(code ?? 0), "reason of an event");
}

function stateAt(code: number) {
  return present(stateNames[code], "state of an event");
}

/** The command that can have caused this event. */
function as<Type extends Command["type"]>(
  command: Command,
  _type: Type,
): Extract<Command, { readonly type: Type }> {
  return command as Extract<Command, { readonly type: Type }>;
}
