import { type Place, type PlacedValue, UnreadableText, depthMax } from "./text-reading.ts";

/**
 * Reads JSON text (RFC 8259) and keeps where everything stands. Stricter than `JSON.parse` in two
 * things: a key that stands twice and nesting beyond `depthMax` are refused.
 *
 * Linear in the text. Throws `UnreadableText`.
 */
export function readJson(text: string): PlacedValue {
  return new JsonReader(text).document();
}

const space = /[ \t\n\r]*/y;
const literal = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

class JsonReader {
  readonly #text: string;
  #offset = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): PlacedValue {
    const document = this.#value(0);
    if (this.#peek() !== undefined) this.#fail("Nothing may follow the document");
    return document;
  }

  #value(depth: number): PlacedValue {
    if (depth > depthMax) this.#fail(`Nested deeper than ${depthMax} levels`);
    const first = this.#peek();
    const offset = this.#offset;
    if (first === "{") return this.#object(offset, depth);
    if (first === "[") return this.#array(offset, depth);
    const value = first === '"' ? this.#string() : this.#literal();
    return { value, place: { offset } };
  }

  #object(offset: number, depth: number): PlacedValue {
    const pairs: [string, unknown][] = [];
    const members = new Map<string, Place>();
    this.#separated("{", "}", () => {
      if (this.#peek() !== '"') this.#fail('A key in double quotes, or "}", must stand here');
      const keyOffset = this.#offset;
      const key = this.#string();
      if (members.has(key)) {
        throw new UnreadableText(`The key ${JSON.stringify(key)} stands here again`, keyOffset);
      }
      this.#take(":");
      const { value, place } = this.#value(depth + 1);
      pairs.push([key, value]);
      members.set(key, { ...place, offset: keyOffset });
    });
    return { value: Object.fromEntries(pairs), place: { offset, members } };
  }

  #array(offset: number, depth: number): PlacedValue {
    const items: unknown[] = [];
    const places: Place[] = [];
    this.#separated("[", "]", () => {
      const { value, place } = this.#value(depth + 1);
      places.push(place);
      items.push(value);
    });
    return { value: items, place: { offset, items: places } };
  }

  /** What stands between two brackets, with commas between its parts. */
  #separated(open: string, close: string, part: () => void): void {
    this.#take(open);
    if (this.#peek() !== close) {
      part();
      while (this.#peek() === ",") {
        this.#take(",");
        part();
      }
      if (this.#peek() !== close) this.#fail(`"," or "${close}" must stand here`);
    }
    this.#take(close);
  }

  #string(): string {
    const start = this.#offset;
    let end = start + 1;
    while (end < this.#text.length && this.#text[end] !== '"') {
      end += this.#text[end] === "\\" ? 2 : 1;
    }
    if (end >= this.#text.length) this.#fail("The quotation mark that ends this text is missing");
    this.#offset = end + 1;
    try {
      return JSON.parse(this.#text.slice(start, this.#offset)) as string;
    } catch {
      throw new UnreadableText(
        "This text has a line break, a control character or an unknown escape in it",
        start,
      );
    }
  }

  #literal(): unknown {
    literal.lastIndex = this.#offset;
    const match = literal.exec(this.#text);
    if (match === null) this.#fail("A value must stand here");
    this.#offset = literal.lastIndex;
    return JSON.parse(match[0]);
  }

  #take(character: string): void {
    if (this.#peek() !== character) this.#fail(`"${character}" must stand here`);
    this.#offset += 1;
  }

  /** The next character that is no space; undefined at the end. */
  #peek(): string | undefined {
    space.lastIndex = this.#offset;
    space.exec(this.#text);
    this.#offset = space.lastIndex;
    return this.#text[this.#offset];
  }

  #fail(message: string): never {
    const atEnd = this.#offset >= this.#text.length;
    throw new UnreadableText(atEnd ? "The text ends too early" : message, this.#offset);
  }
}
