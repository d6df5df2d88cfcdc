import { assert } from "./assert.ts";
import { recordsOf } from "./record-lines.ts";
import { joined, RecordEncoder } from "./snapshot-encoding.ts";
import {
  conversationBit,
  conversationFlag,
  customerForm,
  customerFormBits,
  knownBit,
  near,
  recordTag,
  snapshotFormat,
  SnapshotReader,
  timerBit,
} from "./snapshot-format.ts";
import type {
  Saved,
  SavedConversation,
  SavedCustomer,
  SavedCustomerOf,
  SavedId,
  SavedKnowledge,
  SavedPerson,
  SavedTenant,
  SavedTimer,
} from "./snapshot-records.ts";
import { savedWords, wordOf, wordOrNone } from "./snapshot-words.ts";

/**
 * The records of a snapshot, of this format or of the one before it.
 *
 * Errors: an AssertionError where the bytes are no snapshot; a SyntaxError where they hold text that
 * should be JSON and is not.
 */
export function savedRecordsOf(bytes: Uint8Array): Iterable<Saved> {
  // Written by an engine, and checked by whoever kept it.
  if (!isCurrent(bytes)) return recordsOf(bytes) as Iterable<Saved>;
  return new RecordDecoder(bytes).records();
}

/** The same snapshot in this format. */
export function inCurrentFormat(bytes: Uint8Array): Uint8Array {
  if (isCurrent(bytes)) return bytes;
  return joined((handOn) => {
    const unknown = { customers: 0, conversations: 0, timers: 0, ids: 0 };
    const encoder = new RecordEncoder(handOn, unknown);
    for (const record of savedRecordsOf(bytes)) encoder.write(record);
    encoder.end();
  });
}

function isCurrent(bytes: Uint8Array): boolean {
  return bytes[0] === snapshotFormat;
}

/** Makes objects of records, with their keys in the order of snapshot-records.ts. */
class RecordDecoder {
  readonly #from: SnapshotReader;
  #tenant = "";
  /** Of this tenant: addresses of those who have something open, by its number. */
  readonly #open = new Map<number, string>();

  constructor(bytes: Uint8Array) {
    this.#from = new SnapshotReader(bytes);
  }

  *records(): Generator<Saved, void, undefined> {
    for (;;) {
      const tag = this.#from.byte();
      if (tag === recordTag.end) break;
      yield this.#record(tag);
    }
    assert(this.#from.isAtEnd, "bytes behind the end of a snapshot");
  }

  #record(tag: number): Saved {
    switch (tag) {
      case recordTag.header: {
        const header = this.#json();
        this.#from.counts();
        return header;
      }
      case recordTag.tenant: {
        const tenant = this.#json() as SavedTenant;
        this.#tenant = tenant.id;
        this.#open.clear();
        return tenant;
      }
      case recordTag.clock:
      case recordTag.agent:
      case recordTag.queue:
        return this.#json();
      case recordTag.customer:
        return this.#customer();
      case recordTag.person:
        return this.#person();
      case recordTag.conversation:
        return this.#conversation();
      case recordTag.timer:
        return this.#timer();
      default:
        assert(tag === recordTag.remembered, "a record that is none");
        return this.#remembered();
    }
  }

  #json(): Saved {
    // Written by the encoder, from a record.
    return this.#from.json() as Saved;
  }

  #customer(): SavedCustomer {
    const bits = this.#from.byte();
    const channel = this.#from.someName();
    const known = this.#knowledge(bits);
    const open = (bits & knownBit.open) === 0 ? undefined : this.#from.near(near.open);
    if (open !== undefined) this.#open.set(open, known.address ?? "");
    return { is: "customer", tenant: this.#tenant, channel, ...known, open };
  }

  #knowledge(bits: number): SavedKnowledge {
    const from = this.#from;
    const address = (bits & knownBit.address) === 0 ? undefined : from.text();
    const customerId = (bits & knownBit.customerId) === 0 ? undefined : from.text();
    const lastMessageAt =
      (bits & knownBit.lastMessageAt) === 0 ? undefined : from.near(near.lastMessageAt);
    const lastAgent =
      (bits & knownBit.lastAgent) === 0
        ? undefined
        : { agent: from.someName(), at: from.near(near.lastAgentAt) };
    return { address, customerId, lastMessageAt, lastAgent };
  }

  #person(): SavedPerson {
    const id = this.#from.text();
    const last = { agent: this.#from.someName(), at: this.#from.near(near.personAt) };
    return { is: "person", tenant: this.#tenant, id, last };
  }

  #conversation(): SavedConversation {
    const from = this.#from;
    const bits = from.byte();
    const id = from.near(near.conversation);
    const channel = from.someName();
    const queue = from.someName();
    const customer = this.#customerOf(id);
    const state = wordOf(savedWords.state, from.byte());
    const flags = from.byte();
    const routingMode = wordOf(savedWords.routingMode, from.byte());
    const verdict = wordOrNone(savedWords.verdict, from.byte());
    const reason = wordOrNone(savedWords.reason, from.byte());
    const priority = from.integer();
    const version = from.integer();
    const units = from.integer();
    const ageSequence = from.near(near.ageSequence);
    const agent = (bits & conversationBit.agent) === 0 ? undefined : from.someName();
    const age = (bits & conversationBit.age) === 0 ? undefined : from.near(near.age);
    const reservedFor = (bits & conversationBit.reservedFor) === 0 ? undefined : from.someName();
    const offered =
      (bits & conversationBit.offered) === 0
        ? undefined
        : // Written by an engine, from an explanation.
          (from.json() as SavedConversation["offered"]);
    const calling = (bits & conversationBit.calling) === 0 ? undefined : from.near(near.message);
    const unanswered = this.#messages(bits & conversationBit.unanswered);
    const pending = this.#messages(bits & conversationBit.pending);
    return {
      is: "conversation",
      tenant: this.#tenant,
      id,
      channel,
      customer,
      queue,
      priority,
      state,
      offline: (flags & conversationFlag.offline) !== 0,
      version,
      agent,
      units,
      episode: {
        offlineMessages: (flags & conversationFlag.offlineMessages) !== 0,
        routingMode,
        answered: (flags & conversationFlag.answered) !== 0,
        reservationMade: (flags & conversationFlag.reservationMade) !== 0,
        hasPlace: (flags & conversationFlag.hasPlace) !== 0,
      },
      unanswered,
      age,
      ageSequence,
      reservedFor,
      offered,
      bot: { pending, calling },
      verdict,
      reason,
    };
  }

  #customerOf(conversation: number): SavedCustomerOf {
    const form = this.#from.byte();
    if (form === customerForm.known) return this.#from.text();
    if (form !== customerForm.hasItOpen) return this.#knowledge(form >> customerFormBits);
    const address = this.#open.get(conversation);
    assert(address !== undefined, "a conversation that nobody has open");
    return address;
  }

  #messages(bit: number): number[] {
    const sequences: number[] = [];
    if (bit === 0) return sequences;
    for (let left = this.#from.integer(); left > 0; left -= 1) {
      sequences.push(this.#from.near(near.message));
    }
    return sequences;
  }

  #timer(): SavedTimer {
    const from = this.#from;
    const number = from.byte();
    const kind = wordOf(savedWords.timer, number);
    const bits = from.byte();
    const tenant = from.someName();
    const due = from.near(near.due + number - 1);
    const sequence = from.near(near.timerSequence);
    return {
      is: "timer",
      kind,
      tenant,
      calendar: (bits & timerBit.calendar) === 0 ? undefined : from.someName(),
      due,
      sequence,
      conversation:
        (bits & timerBit.conversation) === 0 ? undefined : from.near(near.timerConversation),
      agent: (bits & timerBit.agent) === 0 ? undefined : from.someName(),
      queue: (bits & timerBit.queue) === 0 ? undefined : from.someName(),
      countsOpenTime: (bits & timerBit.openTime) !== 0,
    };
  }

  #remembered(): SavedId {
    const from = this.#from;
    const direction = wordOf(savedWords.direction, from.byte());
    const kind = wordOf(savedWords.write, from.byte());
    const tenant = from.someName();
    const channel = from.someName();
    const id = from.text();
    const conversation = from.near(near.idConversation);
    const at = from.near(near.idAt);
    const entry = { tenant, channel, direction, id, conversation, kind, at };
    return { is: "remembered", entry };
  }
}
