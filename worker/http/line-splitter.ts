import { isUtf8 } from "node:buffer";

/** One line of a body without its end; undefined where it is longer than allowed or no UTF-8. */
export interface Line {
  /** From 1, empty lines counted. */
  readonly number: number;
  readonly text: string | undefined;
  readonly fault?: "too_large" | "not_utf8";
}

const lineFeed = 0x0a;

/**
 * Cuts a body into its lines as the bytes arrive. Lines end with LF or CRLF; the last needs no end;
 * empty ones and those of blanks are left out. Holds at most `lineBytesMax` bytes of an unfinished
 * line, whatever comes.
 */
export class LineSplitter {
  readonly #lineBytesMax: number;
  #parts: Buffer[] = [];
  #heldBytes = 0;
  #isTooLarge = false;
  #number = 0;

  constructor(lineBytesMax: number) {
    this.#lineBytesMax = lineBytesMax;
  }

  /** The lines that these bytes complete. */
  *add(chunk: Buffer): Generator<Line> {
    let from = 0;
    for (let end = chunk.indexOf(lineFeed); end !== -1; end = chunk.indexOf(lineFeed, from)) {
      this.#hold(chunk.subarray(from, end));
      yield* this.#finish();
      from = end + 1;
    }
    if (from < chunk.length) this.#hold(chunk.subarray(from));
  }

  /** What remains when no more bytes come. */
  *end(): Generator<Line> {
    if (this.#heldBytes > 0 || this.#isTooLarge) yield* this.#finish();
  }

  #hold(part: Buffer): void {
    if (this.#heldBytes + part.length > this.#lineBytesMax) {
      this.#isTooLarge = true;
      this.#parts = [];
      this.#heldBytes = 0;
    } else if (!this.#isTooLarge) {
      this.#parts.push(part);
      this.#heldBytes += part.length;
    }
  }

  *#finish(): Generator<Line> {
    const [first] = this.#parts;
    const bytes = this.#parts.length === 1 ? first : Buffer.concat(this.#parts);
    const isTooLarge = this.#isTooLarge;
    this.#parts = [];
    this.#heldBytes = 0;
    this.#isTooLarge = false;
    this.#number += 1;
    const number = this.#number;
    if (isTooLarge) yield { number, text: undefined, fault: "too_large" };
    else if (bytes === undefined || bytes.length === 0) return;
    else if (!isUtf8(bytes)) yield { number, text: undefined, fault: "not_utf8" };
    else {
      const text = bytes.toString("utf8");
      if (text.trim() !== "") yield { number, text };
    }
  }
}
