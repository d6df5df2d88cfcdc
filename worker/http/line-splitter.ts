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
  add(chunk: Buffer): readonly Line[] {
    const lines: Line[] = [];
    const begun = this.#heldBytes > 0 || this.#isTooLarge ? chunk.indexOf(lineFeed) + 1 : 0;
    if (begun > 0) {
      this.#hold(chunk.subarray(0, begun - 1));
      this.#finish(lines);
    }
    const whole = chunk.lastIndexOf(lineFeed) + 1;
    if (whole > begun) this.#take(chunk.subarray(begun, whole), lines);
    if (whole < chunk.length) this.#hold(chunk.subarray(whole));
    return lines;
  }

  /** What remains when no more bytes come. */
  end(): readonly Line[] {
    const lines: Line[] = [];
    if (this.#heldBytes > 0 || this.#isTooLarge) this.#finish(lines);
    return lines;
  }

  /** Whole lines: read as one text where that can be done, which costs a fraction. */
  #take(bytes: Buffer, lines: Line[]): void {
    if (isUtf8(bytes)) this.#takeText(bytes.toString("utf8"), bytes.length, lines);
    else {
      let from = 0;
      for (let end = bytes.indexOf(lineFeed); end !== -1; end = bytes.indexOf(lineFeed, from)) {
        this.#hold(bytes.subarray(from, end));
        this.#finish(lines);
        from = end + 1;
      }
    }
  }

  #takeText(text: string, byteCount: number, lines: Line[]): void {
    const isAscii = text.length === byteCount;
    let from = 0;
    for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", from)) {
      const line = text.slice(from, end);
      from = end + 1;
      this.#number += 1;
      const number = this.#number;
      if ((isAscii ? line.length : Buffer.byteLength(line)) > this.#lineBytesMax) {
        lines.push({ number, text: undefined, fault: "too_large" });
      } else if (!isBlank(line)) lines.push({ number, text: line });
    }
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

  #finish(lines: Line[]): void {
    const [first] = this.#parts;
    const bytes = this.#parts.length === 1 ? first : Buffer.concat(this.#parts);
    const isTooLarge = this.#isTooLarge;
    this.#parts = [];
    this.#heldBytes = 0;
    this.#isTooLarge = false;
    this.#number += 1;
    const number = this.#number;
    if (isTooLarge) lines.push({ number, text: undefined, fault: "too_large" });
    else if (bytes === undefined || bytes.length === 0) return;
    else if (!isUtf8(bytes)) lines.push({ number, text: undefined, fault: "not_utf8" });
    else {
      const text = bytes.toString("utf8");
      if (!isBlank(text)) lines.push({ number, text });
    }
  }
}

function isBlank(line: string): boolean {
  return !line.startsWith("{") && line.trim() === "";
}
