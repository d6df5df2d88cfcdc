import { present } from "../assert.ts";
import type { Command, PresenceStatus } from "../commands.ts";
import type { ConversationEvent, Event } from "../events.ts";
import { presenceNames } from "./codes.ts";
import { cell, eventTypes, rowType, rowWidth, type EventRows } from "./event-rows.ts";
import { explanationFrom } from "./explanations.ts";
import { common, frequentEvent, reasonAt, type Said } from "./frequent-events.ts";
import { agentAt, type Partition } from "./state.ts";
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
    if (rows.cells[at] === rowType.explanation) continue;
    const event = eventAt(partition, rows.cells, at, command);
    const dueAt = rows.cells[at + cell.dueAt] ?? -1;
    if (dueAt >= 0) noteDue(event, dueAt);
    events.push(event);
  }
  rows.clear();
}

function noteDue(event: { dueAt?: number }, dueAt: number): void {
  event.dueAt = dueAt;
}

function eventAt(partition: Partition, cells: Float64Array, at: number, command: Command): Event {
  const type = cells[at] ?? 0;
  const tenant = present(partition.tenantsByHandle[cells[at + cell.tenant] ?? 0], "tenant");
  const sequence = cells[at + cell.sequence] ?? 0;
  const when = cells[at + cell.at] ?? 0;
  const payload = at + cell.payload;
  switch (type) {
    case rowType.presenceChanged:
      return {
        type: "presenceChanged",
        tenant: tenant.id,
        agent: agentAt(partition, cells[payload] ?? 0).id,
        status: presenceNames[cells[payload + 1] ?? 0] as PresenceStatus,
        reason: reasonAt(cells[payload + 2] ?? 0),
        sequence,
        at: when,
      };
    case rowType.tenantConfigured:
      return {
        type: "tenantConfigured",
        tenant: tenant.id,
        revision: cells[payload] ?? 0,
        sequence,
        at: when,
      };
    case rowType.deliveryRecorded: {
      const { channel, entry, status, reason } = as(command, "recordDelivery");
      const given = reason === undefined ? {} : { reason };
      const recorded = { type: "deliveryRecorded", tenant: tenant.id, channel, entry } as const;
      return { ...recorded, status, ...given, sequence, at: when };
    }
    default: {
      read(partition, cells, at);
      return (
        frequentEvent(partition, said, type, command) ?? {
          ...rareEvent(partition, cells, at, command),
          ...common(said),
        }
      );
    }
  }
}

/** The conversation's event being read; one for all. */
class Row implements Said {
  cells: Float64Array = new Float64Array(0);
  payload = 0;
  tenant = "";
  conversation = 0;
  version = 0;
  channel = "";
  customer = "";
  skillQueue = "";
  sequence = 0;
  at = 0;
}
const said = new Row();

function read(partition: Partition, cells: Float64Array, at: number): void {
  const tenant = present(partition.tenantsByHandle[cells[at + cell.tenant] ?? 0], "tenant");
  said.cells = cells;
  said.payload = at + cell.payload;
  said.tenant = tenant.id;
  said.conversation = cells[at + cell.conversation] ?? 0;
  said.version = cells[at + cell.version] ?? 0;
  said.channel = channelAt(partition, cells, at).id;
  said.customer = partition.customers.addressOf(cells[at + cell.customer] ?? 0) ?? "";
  said.skillQueue = present(partition.queues[cells[at + cell.queue] ?? 0], "queue").id;
  said.sequence = cells[at + cell.sequence] ?? 0;
  said.at = cells[at + cell.at] ?? 0;
}

function channelAt(partition: Partition, cells: Float64Array, at: number) {
  return present(partition.channels[cells[at + cell.channel] ?? 0], "channel");
}

function rareEvent(
  partition: Partition,
  cells: Float64Array,
  at: number,
  command: Command,
): Bare<ConversationEvent, Filled> {
  const p = (index: number): number => cells[at + cell.payload + index] ?? 0;
  const agent = (index: number): string => agentAt(partition, p(index)).id;
  const reason = (index: number) => reasonAt(p(index));
  const sequenceOf = <K extends string>(key: K, index: number) =>
    (p(index) === 0 ? {} : { [key]: p(index) }) as Partial<Record<K, number>>;
  const type = eventTypes[cells[at] ?? 0];
  switch (type) {
    case "messageSent": {
      const content = as(command, "answerFromBot").replies[p(2)] ?? "";
      const answers = sequenceOf("inReplyTo", 3);
      return { type, offline: p(1) === 1, template: false, content, ...answers };
    }
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
    case "conversationWentOffline":
      return { type, reason: reason(0) };
    case "conversationReserved":
      return { type, agent: agent(0), waitMs: p(1) };
    case "reservationEnded":
      return { type, agent: agent(0), reason: reason(1) };
    case "offerWithdrawn":
      return { type, agent: agent(0), reason: reason(1) };
    case "conversationOffered": {
      const { names } = agentAt(partition, p(0)).tenant;
      const why = explanationFrom(cells, at + rowWidth, names);
      const from = sequenceOf("unansweredFrom", 2);
      return { type, agent: agent(0), expiresAt: p(1), ...from, reason: why };
    }
    case "mayWriteChanged":
      return { type, agent: agent(0), mayWrite: mayWriteFrom(p(1), p(2), p(3)) };
    default:
      return { type: "routingTimedOut" };
  }
}

/** The command that can have caused this event. */
function as<Type extends Command["type"]>(
  command: Command,
  _type: Type,
): Extract<Command, { readonly type: Type }> {
  return command as Extract<Command, { readonly type: Type }>;
}
