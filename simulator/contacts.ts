import type { MessageLog } from "./message-log.ts";

/**
 * A customer's matter, from a first message to the end of its conversation: who it is, what the
 * customer will still say, and where it stands. Several messages and episodes may belong to it.
 */
export interface Contact {
  readonly slot: number;
  channel: number;
  /** Place among the channel's arrivals: the key of everything this contact draws. */
  arrival: number;
  /** Who writes, from {@link Population}. */
  person: number;
  /** The number of the engine's conversation, 0 if none is open, and its handle there. */
  conversation: number;
  handle: number;
  /** Waits for an agent: held, queued, offered or with the bot. */
  waiting: boolean;
  waitingSince: number;
  /** Arrival of its oldest message that no agent has answered, NaN if there is none. */
  age: number;
  /** Queue it waits in, or waited in last. */
  queue: number;
  /** Owner, −1 if none. */
  agent: number;
  units: number;
  /** Replies that the customer will still write; −1 not drawn yet. */
  repliesLeft: number;
  /** Answers agents have written, offers made, messages written by the customer: places in draws. */
  answers: number;
  offers: number;
  /** Whom the last offer went to. */
  offeredTo: number;
  parts: number;
  /** Work waits for the owner: a customer message that nobody works on yet. */
  hasWork: boolean;
  /** Rows of the log that are not closed, linked there; −1 none. */
  firstRow: number;
  lastRow: number;
  /** The last of them that an agent has answered, −1 none. */
  answeredRow: number;
  /** Events scheduled for it; its slot is not used again before they have come. */
  pending: number;
  inUse: boolean;
}

/** All contacts that something can still happen to, in reused slots. */
export class Contacts {
  readonly #log: MessageLog;
  readonly #slots: Contact[] = [];
  readonly #free: number[] = [];
  /** By the conversation's number: slot + 1, 0 nobody's. */
  #byConversation = new Int32Array(4096);
  readonly #byAgent: Contact[][] = [];

  constructor(log: MessageLog) {
    this.#log = log;
  }

  at(slot: number): Contact | undefined {
    return this.#slots[slot];
  }

  of(conversation: number): Contact | undefined {
    const place = this.#byConversation[conversation] ?? 0;
    return place === 0 ? undefined : this.#slots[place - 1];
  }

  open(channel: number, arrival: number, person: number): Contact {
    const slot = this.#free.pop() ?? this.#slots.length;
    const contact = this.#slots[slot] ?? emptyContact(slot);
    this.#slots[slot] = contact;
    contact.channel = channel;
    contact.arrival = arrival;
    contact.person = person;
    contact.repliesLeft = -1;
    contact.answers = 0;
    contact.offers = 0;
    contact.parts = 0;
    contact.age = Number.NaN;
    contact.inUse = true;
    return contact;
  }

  /** The conversation belongs to this contact from now on, and to no other. */
  bind(contact: Contact, conversation: number, handle: number): void {
    const before = this.of(conversation);
    if (before === contact) return;
    if (before !== undefined) {
      this.#log.join(contact, before);
      contact.age = before.age;
      this.unbind(before);
    }
    contact.conversation = conversation;
    contact.handle = handle;
    while (conversation >= this.#byConversation.length) this.#grow();
    this.#byConversation[conversation] = contact.slot + 1;
  }

  /** Its conversation is closed, or another contact's. */
  unbind(contact: Contact): void {
    this.#byConversation[contact.conversation] = 0;
    contact.conversation = 0;
    contact.waiting = false;
    this.own(contact, -1);
    contact.firstRow = -1;
    contact.lastRow = -1;
    contact.answeredRow = -1;
    this.release(contact);
  }

  /** Gives the slot back once nothing can happen to the contact any more. */
  release(contact: Contact): void {
    if (!contact.inUse || contact.conversation !== 0 || contact.pending > 0) return;
    contact.inUse = false;
    this.#free.push(contact.slot);
  }

  /** Makes `agent` the owner, −1 nobody. Units are the caller's to set. */
  own(contact: Contact, agent: number): void {
    if (contact.agent >= 0) removeFrom(this.ownedBy(contact.agent), contact);
    contact.agent = agent;
    contact.units = 0;
    contact.hasWork = false;
    if (agent >= 0) this.ownedBy(agent).push(contact);
  }

  all(): readonly Contact[] {
    return this.#slots;
  }

  ownedBy(agent: number): Contact[] {
    while (this.#byAgent.length <= agent) this.#byAgent.push([]);
    return this.#byAgent[agent] ?? [];
  }

  #grow(): void {
    const grown = new Int32Array(this.#byConversation.length * 2);
    grown.set(this.#byConversation);
    this.#byConversation = grown;
  }
}

/** Few as they are, moving them up by hand makes no list of what was removed. */
function removeFrom(owned: Contact[], contact: Contact): void {
  let to = 0;
  for (const other of owned) {
    if (other === contact) continue;
    owned[to] = other;
    to += 1;
  }
  if (to < owned.length) owned.pop();
}

function emptyContact(slot: number): Contact {
  return {
    slot,
    channel: 0,
    arrival: 0,
    person: 0,
    conversation: 0,
    handle: 0,
    waiting: false,
    waitingSince: 0,
    age: Number.NaN,
    queue: 0,
    agent: -1,
    units: 0,
    repliesLeft: -1,
    answers: 0,
    offers: 0,
    offeredTo: -1,
    parts: 0,
    hasWork: false,
    firstRow: -1,
    lastRow: -1,
    answeredRow: -1,
    pending: 0,
    inUse: false,
  };
}
