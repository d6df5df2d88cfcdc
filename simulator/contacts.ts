/**
 * A customer's matter, from a first message to the end of its conversation: who it is, what the
 * customer will still say, and where it stands. Several messages and episodes may belong to it.
 */
export interface Contact {
  readonly slot: number;
  channel: number;
  /** Place among the channel's arrivals: the key of everything this contact draws. */
  arrival: number;
  customer: string;
  /** The same as a number, from {@link Population}. */
  person: number;
  /** The engine's conversation, 0 if none is open. */
  conversation: number;
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
  offeredTo: string;
  parts: number;
  /** Work waits for the owner: a customer message that nobody works on yet. */
  hasWork: boolean;
  /** Rows of the log that are not closed. */
  readonly rows: number[];
  /** Events scheduled for it; its slot is not used again before they have come. */
  pending: number;
  inUse: boolean;
}

/** All contacts that something can still happen to, in reused slots. */
export class Contacts {
  readonly #slots: Contact[] = [];
  readonly #free: number[] = [];
  readonly #byConversation = new Map<number, Contact>();
  readonly #byAgent = new Map<number, Contact[]>();

  at(slot: number): Contact | undefined {
    return this.#slots[slot];
  }

  of(conversation: number): Contact | undefined {
    return this.#byConversation.get(conversation);
  }

  open(channel: number, arrival: number, person: number, customer: string): Contact {
    const slot = this.#free.pop() ?? this.#slots.length;
    const contact = this.#slots[slot] ?? emptyContact(slot);
    this.#slots[slot] = contact;
    contact.channel = channel;
    contact.arrival = arrival;
    contact.customer = customer;
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
  bind(contact: Contact, conversation: number): void {
    const before = this.#byConversation.get(conversation);
    if (before === contact) return;
    if (before !== undefined) {
      contact.rows.push(...before.rows);
      contact.age = before.age;
      this.unbind(before);
    }
    contact.conversation = conversation;
    this.#byConversation.set(conversation, contact);
  }

  /** Its conversation is closed, or another contact's. */
  unbind(contact: Contact): void {
    this.#byConversation.delete(contact.conversation);
    contact.conversation = 0;
    contact.waiting = false;
    this.own(contact, -1);
    contact.rows.length = 0;
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
    const before = this.#byAgent.get(contact.agent);
    before?.splice(before.indexOf(contact), 1);
    contact.agent = agent;
    contact.units = 0;
    contact.hasWork = false;
    if (agent < 0) return;
    const owned = this.#byAgent.get(agent);
    if (owned === undefined) this.#byAgent.set(agent, [contact]);
    else owned.push(contact);
  }

  all(): readonly Contact[] {
    return this.#slots;
  }

  ownedBy(agent: number): readonly Contact[] {
    return this.#byAgent.get(agent) ?? [];
  }
}

function emptyContact(slot: number): Contact {
  return {
    slot,
    channel: 0,
    arrival: 0,
    customer: "",
    person: 0,
    conversation: 0,
    waiting: false,
    waitingSince: 0,
    age: Number.NaN,
    queue: 0,
    agent: -1,
    units: 0,
    repliesLeft: -1,
    answers: 0,
    offers: 0,
    offeredTo: "",
    parts: 0,
    hasWork: false,
    rows: [],
    pending: 0,
    inUse: false,
  };
}
