/** What is to be read ends too soon, or cannot be what the writer wrote. */
export class MalformedBytes extends Error {
  override readonly name = "MalformedBytes";
}

/**
 * Grows as it is written to. Integers are LEB128 varints (seven bits a byte, lowest first), texts
 * are their length in bytes and then UTF-8, in which half a surrogate pair takes three bytes of its
 * own, so that every string comes back as it was.
 */
export class ByteWriter {
  #bytes: Uint8Array;
  #size = 0;

  constructor(startingBytes = 256) {
    this.#bytes = new Uint8Array(startingBytes);
  }

  /** What was written, in the memory that is written to: only until the next `clear`. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.#size);
  }

  /** Begin anew, in the same memory. */
  clear(): void {
    this.#size = 0;
  }

  /** 0–255. */
  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#size++] = value;
  }

  /** 0 to 2^53 − 1. */
  integer(value: number): void {
    if (!Number.isSafeInteger(value) || value < 0) {
      throw new RangeError(`${value} is not an integer from 0 to 2^53 - 1`);
    }
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

  text(value: string): void {
    const length = utf8Length(value);
    this.integer(length);
    this.#reserve(length);
    if (length === value.length) this.#ascii(value);
    else this.#utf8(value);
  }

  #ascii(value: string): void {
    const bytes = this.#bytes;
    let at = this.#size;
    for (let index = 0; index < value.length; index++) bytes[at++] = value.charCodeAt(index);
    this.#size = at;
  }

  #utf8(value: string): void {
    const bytes = this.#bytes;
    let at = this.#size;
    for (let index = 0; index < value.length; index++) {
      const point = value.codePointAt(index) ?? 0;
      if (point < 0x80) {
        bytes[at++] = point;
      } else if (point < 0x800) {
        bytes[at++] = 0xc0 | (point >> 6);
        bytes[at++] = 0x80 | (point & 0x3f);
      } else if (point < 0x1_0000) {
        bytes[at++] = 0xe0 | (point >> 12);
        bytes[at++] = 0x80 | ((point >> 6) & 0x3f);
        bytes[at++] = 0x80 | (point & 0x3f);
      } else {
        bytes[at++] = 0xf0 | (point >> 18);
        bytes[at++] = 0x80 | ((point >> 12) & 0x3f);
        bytes[at++] = 0x80 | ((point >> 6) & 0x3f);
        bytes[at++] = 0x80 | (point & 0x3f);
        index++;
      }
    }
    this.#size = at;
  }

  #reserve(count: number): void {
    const needed = this.#size + count;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    grown.set(this.#bytes);
    this.#bytes = grown;
  }
}

/** Reads what a `ByteWriter` wrote; throws `MalformedBytes` where that cannot be. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Bytes that were not read yet. */
  get remaining(): number {
    return this.#bytes.length - this.#at;
  }

  byte(): number {
    const value = this.#bytes[this.#at++];
    if (value === undefined) throw new MalformedBytes("they end too soon");
    return value;
  }

  integer(): number {
    let value = 0;
    let weight = 1;
    for (;;) {
      const byte = this.byte();
      value += (byte & 0x7f) * weight;
      if (byte < 0x80) break;
      weight *= 0x80;
      if (weight > 2 ** 49) throw new MalformedBytes("an integer is too long");
    }
    if (!Number.isSafeInteger(value)) throw new MalformedBytes("an integer is too large");
    return value;
  }

  text(): string {
    const length = this.integer();
    if (length > this.remaining) throw new MalformedBytes("a text ends too soon");
    const end = this.#at + length;
    let value = "";
    while (this.#at < end) value += this.#piece(end);
    return value;
  }

  /** Some hundred characters at a time: as many as may be arguments of one call. */
  #piece(end: number): string {
    const units: number[] = [];
    while (this.#at < end && units.length < 500) {
      const lead = this.byte();
      if (lead < 0x80) {
        units.push(lead);
      } else if (lead < 0xe0) {
        units.push(((lead & 0x1f) << 6) | this.#continuation(end));
      } else if (lead < 0xf0) {
        units.push(((lead & 0xf) << 12) | (this.#continuation(end) << 6) | this.#continuation(end));
      } else {
        const high = ((lead & 0x7) << 18) | (this.#continuation(end) << 12);
        const point = high | (this.#continuation(end) << 6) | this.#continuation(end);
        units.push(0xd7c0 + (point >> 10), 0xdc00 | (point & 0x3ff));
      }
    }
    return String.fromCharCode(...units);
  }

  #continuation(end: number): number {
    const value = this.#at < end ? this.byte() : 0;
    if ((value & 0xc0) !== 0x80) throw new MalformedBytes("a text is not UTF-8");
    return value & 0x3f;
  }
}

function utf8Length(value: string): number {
  let length = value.length;
  for (let index = 0; index < value.length; index++) {
    const unit = value.charCodeAt(index);
    if (unit < 0x80) continue;
    if (unit < 0x800) {
      length += 1;
    } else if (isPair(value, index, unit)) {
      // Two units become four bytes.
      length += 2;
      index++;
    } else {
      length += 2;
    }
  }
  return length;
}

function isPair(value: string, index: number, unit: number): boolean {
  if (unit < 0xd800 || unit > 0xdbff) return false;
  const next = value.charCodeAt(index + 1);
  return next >= 0xdc00 && next <= 0xdfff;
}
