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
} from "./snapshot-format.ts";
import type {
  Saved,
  SavedConversation,
  SavedCustomer,
  SavedId,
  SavedKnowledge,
  SavedTimer,
} from "./snapshot-records.ts";
import { numberOfWord, savedWords } from "./snapshot-words.ts";

/** Turns the records of a snapshot into its bytes, one by one, the header first. */
export class RecordEncoder {
  readonly #to: SnapshotWriter;
  readonly #counts: RecordCounts;
  /** Of this tenant: channel and address of those who have something open, by its number. */
  readonly #open = new Map<number, string>();

  constructor(handOn: (piece: Uint8Array) => void, counts: RecordCounts) {
    this.#to = new SnapshotWriter(handOn);
    this.#counts = counts;
  }

  end(): void {
    this.#to.end();
  }

  write(record: Saved): void {
    switch (record.is) {
      case "header":
        this.#to.json(recordTag.header, record);
        this.#to.counts(this.#counts);
        return;
      case "tenant":
        this.#open.clear();
        this.#to.json(recordTag.tenant, record);
        return;
      case "clock":
      case "agent":
      case "queue":
        this.#to.json(recordTag[record.is], record);
        return;
      case "customer":
        this.#customer(record);
        return;
      case "person":
        this.#to.begin(recordTag.person);
        this.#to.text(record.id);
        this.#to.name(record.last.agent);
        this.#to.near(near.personAt, record.last.at);
        return;
      case "conversation":
        this.#conversation(record);
        return;
      case "timer":
        this.#timer(record);
        return;
      case "remembered":
        this.#remembered(record);
    }
  }

  #customer(record: SavedCustomer): void {
    const { channel, address, open } = record;
    if (open !== undefined && address !== undefined) this.#open.set(open, key(channel, address));
    this.#to.begin(recordTag.customer);
    this.#to.byte(knownBits(record) | (open === undefined ? 0 : knownBit.open));
    this.#to.name(channel);
    this.#knowledge(record);
    if (open !== undefined) this.#to.near(near.open, open);
  }

  #knowledge({ address, customerId, lastMessageAt, lastAgent }: SavedKnowledge): void {
    const to = this.#to;
    if (address !== undefined) to.text(address);
    if (customerId !== undefined) to.text(customerId);
    if (lastMessageAt !== undefined) to.near(near.lastMessageAt, lastMessageAt);
    if (lastAgent === undefined) return;
    to.name(lastAgent.agent);
    to.near(near.lastAgentAt, lastAgent.at);
  }

  #conversation(record: SavedConversation): void {
    const { age, bot, unanswered } = record;
    const to = this.#to;
    to.begin(recordTag.conversation);
    to.byte(bitsOf(record));
    to.near(near.conversation, record.id);
    to.name(record.channel);
    to.name(record.queue);
    this.#customerOf(record);
    to.byte(numberOfWord(savedWords.state, record.state));
    to.byte(flagsOf(record));
    to.byte(numberOfWord(savedWords.routingMode, record.episode.routingMode));
    to.byte(numberOfWord(savedWords.verdict, record.verdict));
    to.byte(numberOfWord(savedWords.reason, record.reason));
    for (const value of [record.priority, record.version, record.units]) to.integer(value);
    to.near(near.ageSequence, record.ageSequence);
    if (record.agent !== undefined) to.name(record.agent);
    if (age !== undefined) to.near(near.age, age);
    if (record.reservedFor !== undefined) to.name(record.reservedFor);
    if (record.offered !== undefined) to.text(JSON.stringify(record.offered));
    if (bot.calling !== undefined) to.near(near.message, bot.calling);
    this.#messages(unanswered);
    this.#messages(bot.pending);
  }

  #customerOf({ id, channel, customer, state }: SavedConversation): void {
    if (typeof customer !== "string") {
      this.#to.byte(customerForm.other | (knownBits(customer) << customerFormBits));
      this.#knowledge(customer);
      return;
    }
    const hasItOpen = state !== "closed" && this.#open.get(id) === key(channel, customer);
    this.#to.byte(hasItOpen ? customerForm.hasItOpen : customerForm.known);
    if (!hasItOpen) this.#to.text(customer);
  }

  /** Those that are not there have no bit and no count. */
  #messages(sequences: readonly number[]): void {
    if (sequences.length === 0) return;
    this.#to.integer(sequences.length);
    for (const sequence of sequences) this.#to.near(near.message, sequence);
  }

  #timer(record: SavedTimer): void {
    const { kind, calendar, conversation, agent, queue, countsOpenTime } = record;
    const to = this.#to;
    to.begin(recordTag.timer);
    const place = savedWords.timer.indexOf(kind);
    to.byte(place + 1);
    to.byte(
      (calendar === undefined ? 0 : timerBit.calendar) |
        (conversation === undefined ? 0 : timerBit.conversation) |
        (agent === undefined ? 0 : timerBit.agent) |
        (queue === undefined ? 0 : timerBit.queue) |
        (countsOpenTime ? timerBit.openTime : 0),
    );
    to.name(record.tenant);
    to.near(near.due + place, record.due);
    to.near(near.timerSequence, record.sequence);
    if (calendar !== undefined) to.name(calendar);
    if (conversation !== undefined) to.near(near.timerConversation, conversation);
    if (agent !== undefined) to.name(agent);
    if (queue !== undefined) to.name(queue);
  }

  #remembered({ entry }: SavedId): void {
    const to = this.#to;
    to.begin(recordTag.remembered);
    to.byte(numberOfWord(savedWords.direction, entry.direction));
    to.byte(numberOfWord(savedWords.write, entry.kind));
    to.name(entry.tenant);
    to.name(entry.channel);
    to.text(entry.id);
    to.near(near.idConversation, entry.conversation);
    to.near(near.idAt, entry.at);
  }
}

function key(channel: string, address: string): string {
  return `${channel}\n${address}`;
}

function knownBits({ address, customerId, lastMessageAt, lastAgent }: SavedKnowledge): number {
  return (
    (address === undefined ? 0 : knownBit.address) |
    (customerId === undefined ? 0 : knownBit.customerId) |
    (lastMessageAt === undefined ? 0 : knownBit.lastMessageAt) |
    (lastAgent === undefined ? 0 : knownBit.lastAgent)
  );
}

function bitsOf(record: SavedConversation): number {
  const { agent, age, reservedFor, offered, bot, unanswered } = record;
  return (
    (agent === undefined ? 0 : conversationBit.agent) |
    (age === undefined ? 0 : conversationBit.age) |
    (reservedFor === undefined ? 0 : conversationBit.reservedFor) |
    (offered === undefined ? 0 : conversationBit.offered) |
    (bot.calling === undefined ? 0 : conversationBit.calling) |
    (unanswered.length === 0 ? 0 : conversationBit.unanswered) |
    (bot.pending.length === 0 ? 0 : conversationBit.pending)
  );
}

function flagsOf({ offline, episode }: SavedConversation): number {
  return (
    (offline ? conversationFlag.offline : 0) |
    (episode.offlineMessages ? conversationFlag.offlineMessages : 0) |
    (episode.answered ? conversationFlag.answered : 0) |
    (episode.reservationMade ? conversationFlag.reservationMade : 0) |
    (episode.hasPlace ? conversationFlag.hasPlace : 0)
  );
}

/** The pieces of what `write` hands on, as one. */
export function joined(write: (handOn: (piece: Uint8Array) => void) => void): Uint8Array {
  const pieces: Uint8Array[] = [];
  let size = 0;
  write((piece) => {
    pieces.push(piece.slice());
    size += piece.length;
  });
  const all = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
