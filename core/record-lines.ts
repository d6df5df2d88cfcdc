import { decodeUtf8, encodeUtf8 } from "./utf8.ts";

const newline = 0x0a;
/** Texts are turned into bytes, and back, in pieces of about this size: no text holds a whole snapshot. */
const pieceLength = 1 << 20;

/** Records as JSON, one a line, in UTF-8. A host's longest string does not bound how many. */
export class RecordLines {
  readonly #pieces: Uint8Array[] = [];
  #lines: string[] = [];
  #length = 0;

  write(record: object): void {
    const line = JSON.stringify(record);
    this.#lines.push(line);
    this.#length += line.length;
    if (this.#length >= pieceLength) this.#encode();
  }

  /** All of it so far. */
  bytes(): Uint8Array {
    this.#encode();
    const all = new Uint8Array(this.#pieces.reduce((size, piece) => size + piece.length, 0));
    let at = 0;
    for (const piece of this.#pieces) {
      all.set(piece, at);
      at += piece.length;
    }
    return all;
  }

  #encode(): void {
    if (this.#lines.length === 0) return;
    const text = this.#lines.join("\n");
    this.#pieces.push(encodeUtf8(this.#pieces.length === 0 ? text : `\n${text}`));
    this.#lines = [];
    this.#length = 0;
  }
}

/** What the lines hold, in their order. Errors: a SyntaxError where one is no JSON. */
export function* recordsOf(bytes: Uint8Array): Generator {
  let start = 0;
  while (start < bytes.length) {
    const next = bytes.indexOf(newline, start + pieceLength);
    const end = next < 0 ? bytes.length : next;
    for (const line of decodeUtf8(bytes.subarray(start, end)).split("\n")) yield JSON.parse(line);
    start = end + 1;
  }
}
