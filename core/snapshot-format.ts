import { assert } from "./assert.ts";

/*
 * The bytes of a snapshot, format 2; docs/journal.md has the layouts of its records. Both engines
 * write them, and one of them without making an object of each record, so what they share is here:
 * numbers, texts, names, and what the small numbers mean.
 */

/** The first byte of format 2. Format 1 was lines of JSON, and began with a brace. */
export const snapshotFormat = 2;

/** What a record is, its first byte. Numbers are never given to another. */
export const recordTag = {
  end: 0,
  header: 1,
  tenant: 2,
  clock: 3,
  agent: 4,
  queue: 5,
  customer: 6,
  person: 7,
  conversation: 8,
  timer: 9,
  remembered: 10,
} as const;

/** What is known of a customer, a bit for each field that is there. */
export const knownBit = { address: 1, customerId: 2, lastMessageAt: 4, lastAgent: 8, open: 16 };

/** Whose conversation it is: the customer who has it open, one found at an address, or another. */
export const customerForm = { hasItOpen: 0, known: 1, other: 2 } as const;
/** Of `other`, what is known stands above the form. */
export const customerFormBits = 2;

export const conversationFlag = {
  offline: 1,
  offlineMessages: 2,
  answered: 4,
  reservationMade: 8,
  hasPlace: 16,
} as const;

/** Fields of a conversation that are not always there. */
export const conversationBit = {
  agent: 1,
  age: 2,
  reservedFor: 4,
  offered: 8,
  calling: 16,
  unanswered: 32,
  pending: 64,
} as const;

export const timerBit = { calendar: 1, conversation: 2, agent: 4, queue: 8, openTime: 16 } as const;

/** Numbers that are near the one before them in the same field: only the distance is written. */
export const near = {
  open: 0,
  lastMessageAt: 1,
  lastAgentAt: 2,
  personAt: 3,
  conversation: 4,
  age: 5,
  ageSequence: 6,
  message: 7,
  timerSequence: 8,
  timerConversation: 9,
  idConversation: 10,
  idAt: 11,
  /** One for each kind of timer. */
  due: 16,
} as const;
const nearCount = 32;

/** How many records of a kind are to come: a host may make room for them. 0 where that is unknown. */
export interface RecordCounts {
  readonly customers: number;
  readonly conversations: number;
  readonly timers: number;
  readonly ids: number;
}

/** A piece is handed on when it has this many bytes or more, between two records. */
const pieceBytes = 1 << 16;
const wideText = 1;

/**
 * Writes records, and hands them on in pieces of about 64 KiB. Nothing that was written is kept,
 * and a piece is the writer's memory, valid only until the call returns.
 */
export class SnapshotWriter {
  #bytes = new Uint8Array(1 << 12);
  #size = 0;
  readonly #handOn: (piece: Uint8Array) => void;
  readonly #names = new Map<string, number>();
  readonly #last = new Float64Array(nearCount);

  constructor(handOn: (piece: Uint8Array) => void) {
    this.#handOn = handOn;
    this.byte(snapshotFormat);
  }

  /** Begin a record. */
  begin(tag: number): void {
    if (this.#size >= pieceBytes) this.#flush();
    this.byte(tag);
  }

  /** That was all. */
  end(): void {
    this.byte(recordTag.end);
    this.#flush();
  }

  /** A record that is rare: JSON does. */
  json(tag: number, record: object): void {
    this.begin(tag);
    this.text(JSON.stringify(record));
  }

  counts({ customers, conversations, timers, ids }: RecordCounts): void {
    for (const count of [customers, conversations, timers, ids]) this.integer(count);
  }

  /** 0–255. */
  byte(value: number): void {
    if (this.#size === this.#bytes.length) this.#reserve(1);
    this.#bytes[this.#size++] = value;
  }

  /** 0 to 2^53 − 1, seven bits a byte, lowest first. */
  integer(value: number): void {
    if (value < 0x80) this.byte(value);
    else this.#longInteger(value);
  }

  /** The distance to the last one in the same field: sign, six bits, then as `integer`. */
  near(field: number, value: number): void {
    const distance = value - (this.#last[field] ?? 0);
    this.#last[field] = value;
    const sign = distance < 0 ? 0x40 : 0;
    const size = distance < 0 ? -distance : distance;
    if (size < 0x40) {
      this.byte(size | sign);
      return;
    }
    this.byte((size % 0x40) | sign | 0x80);
    this.integer(Math.floor(size / 0x40));
  }

  /** Its number; the text where it comes for the first time; 0 for none. */
  name(text: string | undefined): void {
    if (text === undefined) {
      this.byte(0);
      return;
    }
    const known = this.#names.get(text);
    if (known !== undefined) {
      this.integer(known);
      return;
    }
    // 1 says that a new one follows.
    this.#names.set(text, this.#names.size + 2);
    this.byte(1);
    this.text(text);
  }

  /** Twice its length in UTF-16 units, 1 more where any is above U+00FF; then a byte or two a unit. */
  text(text: string): void {
    const { length } = text;
    let isWide = false;
    for (let index = 0; index < length && !isWide; index += 1) {
      isWide = text.charCodeAt(index) > 0xff;
    }
    this.integer(length * 2 + (isWide ? wideText : 0));
    this.#reserve(length * 2);
    for (let index = 0; index < length; index += 1) {
      const unit = text.charCodeAt(index);
      this.#bytes[this.#size++] = unit & 0xff;
      if (isWide) this.#bytes[this.#size++] = unit >> 8;
    }
  }

  /** A text whose units are in words already, lowest first, as `text` writes them; `at` its head. */
  wordsOfText(words: Int32Array, at: number): void {
    const head = words[at] ?? 0;
    const count = bytesOfText(head);
    this.integer(head);
    this.#reserve(count);
    const bytes = this.#bytes;
    const start = this.#size;
    for (let index = 0; index < count; index += 1) {
      bytes[start + index] = (words[at + 1 + (index >> 2)] ?? 0) >> (8 * (index & 3));
    }
    this.#size = start + count;
  }

  #longInteger(value: number): void {
    this.#reserve(8);
    let rest = value;
    // Bit operations reach 31 bits only.
    while (rest >= 0x8000_0000) {
      this.#bytes[this.#size++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    while (rest >= 0x80) {
      this.#bytes[this.#size++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.#bytes[this.#size++] = rest;
  }

  #reserve(count: number): void {
    const needed = this.#size + count;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    grown.set(this.#bytes);
    this.#bytes = grown;
  }

  #flush(): void {
    this.#handOn(this.#bytes.subarray(0, this.#size));
    this.#size = 0;
  }
}

/** Reads what a `SnapshotWriter` wrote. Errors: an AssertionError where that cannot be. */
export class SnapshotReader {
  readonly #bytes: Uint8Array;
  #at = 0;
  readonly #names: (string | undefined)[] = [undefined, undefined];
  readonly #last = new Float64Array(nearCount);

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    assert(this.byte() === snapshotFormat, "not a snapshot");
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  json(): unknown {
    return JSON.parse(this.text());
  }

  counts(): RecordCounts {
    const counts = [this.integer(), this.integer(), this.integer(), this.integer()];
    // Each record has a byte at least: room for more is not to be made.
    assert(Math.max(...counts) <= this.#bytes.length, "more records than bytes");
    const [customers = 0, conversations = 0, timers = 0, ids = 0] = counts;
    return { customers, conversations, timers, ids };
  }

  byte(): number {
    const value = this.#bytes[this.#at];
    assert(value !== undefined, "a snapshot that ends too soon");
    this.#at += 1;
    return value;
  }

  integer(): number {
    const first = this.byte();
    return first < 0x80 ? first : this.#longInteger(first);
  }

  near(field: number): number {
    const first = this.byte();
    const low = first & 0x3f;
    const size = first < 0x80 ? low : low + this.integer() * 0x40;
    const value = (this.#last[field] ?? 0) + ((first & 0x40) === 0 ? size : -size);
    this.#last[field] = value;
    return value;
  }

  name(): string | undefined {
    const number = this.integer();
    if (number === 1) {
      const text = this.text();
      this.#names.push(text);
      return text;
    }
    assert(number < this.#names.length, "a name that was never said");
    return this.#names[number];
  }

  /** One that must be there. */
  someName(): string {
    const name = this.name();
    assert(name !== undefined, "a name is missing");
    return name;
  }

  text(): string {
    const head = this.#head();
    const end = this.#at + bytesOfText(head);
    const step = (head & wideText) === 0 ? 1 : 2;
    let text = "";
    while (this.#at < end) {
      const units: number[] = [];
      for (; this.#at < end && units.length < 500; this.#at += step) {
        const low = this.#bytes[this.#at] ?? 0;
        units.push(step === 1 ? low : low | ((this.#bytes[this.#at + 1] ?? 0) << 8));
      }
      text += String.fromCharCode(...units);
    }
    return text;
  }

  /** How many words the text that comes next takes, its head included. */
  wordsAhead(): number {
    const start = this.#at;
    const head = this.#head();
    this.#at = start;
    return 1 + ((bytesOfText(head) + 3) >> 2);
  }

  /** The text that comes next as words, the head first; answers how many. */
  textInto(words: Int32Array): number {
    const head = this.#head();
    words[0] = head;
    const count = bytesOfText(head);
    const bytes = this.#bytes;
    const start = this.#at;
    let word = 0;
    let at = 1;
    for (let index = 0; index < count; index += 1) {
      word |= (bytes[start + index] ?? 0) << (8 * (index & 3));
      if ((index & 3) !== 3) continue;
      words[at] = word;
      at += 1;
      word = 0;
    }
    if ((count & 3) !== 0) {
      words[at] = word;
      at += 1;
    }
    this.#at = start + count;
    return at;
  }

  #head(): number {
    const head = this.integer();
    assert(bytesOfText(head) <= this.#bytes.length - this.#at, "a text that ends too soon");
    return head;
  }

  #longInteger(first: number): number {
    let value = first & 0x7f;
    let weight = 0x80;
    for (;;) {
      const byte = this.byte();
      value += (byte & 0x7f) * weight;
      if (byte < 0x80) return value;
      weight *= 0x80;
      assert(weight <= 2 ** 49, "an integer is too long");
    }
  }
}

/** Of a text that begins with this number. */
export function bytesOfText(head: number): number {
  return (head & wideText) === 0 ? head >> 1 : head & ~wideText;
}
