import {
  type Alias,
  type YAMLMap,
  type YAMLSeq,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  parseDocument,
} from "yaml";
import { type Place, type PlacedValue, UnreadableText, depthMax } from "./text-reading.ts";

/** What a document may hold once its aliases are written out. */
const valuesMax = 1_000_000;

/**
 * Reads one YAML document (1.2, core schema) as a JSON value and keeps where everything stands.
 * Refused are keys that stand twice or are no text, tags of other schemas, an alias within what it
 * names, and aliases or nesting beyond measure.
 *
 * Throws `UnreadableText`.
 */
export function readYaml(text: string): PlacedValue {
  const document = parseDocument(text, {
    schema: "core",
    prettyErrors: false,
    // Looked for below, which is linear and names the key.
    uniqueKeys: false,
  });
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem !== undefined) {
    throw new UnreadableText(
      problem.code === "MULTIPLE_DOCS" ? "A second document begins here" : problem.message,
      problem.pos[0],
    );
  }
  return new YamlReader().read(document.contents, 0, 0);
}

/** The tags of the core schema; every other makes something that is not JSON. */
const coreTags = new Set(
  ["str", "int", "float", "bool", "null", "map", "seq"].map((name) => `tag:yaml.org,2002:${name}`),
);

/** What an anchor names: known once it has been read to its end. */
interface Anchored extends PlacedValue {
  readonly valueCount: number;
}

class YamlReader {
  readonly #anchors = new Map<string, Anchored | "begun">();
  #valueCount = 0;

  /** `fallback` is the offset to name where nothing stands, as after a key without a value. */
  read(node: unknown, fallback: number, depth: number): PlacedValue {
    const offset = offsetOf(node, fallback);
    if (isAlias(node)) return this.#aliased(node, offset);
    if (depth > depthMax) throw new UnreadableText(`Nested deeper than ${depthMax} levels`, offset);
    this.#count(1, offset);
    if (!isScalar(node) && !isMap(node) && !isSeq(node)) return { value: null, place: { offset } };
    if (node.tag !== undefined && !coreTags.has(node.tag)) {
      throw new UnreadableText(`The tag ${node.tag} is not one of the core schema`, offset);
    }
    const countBefore = this.#valueCount;
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, "begun");
    const read = isScalar(node)
      ? { value: node.value, place: { offset } }
      : isMap(node)
        ? this.#map(node, offset, depth)
        : this.#sequence(node, offset, depth);
    if (node.anchor !== undefined) {
      const valueCount = 1 + this.#valueCount - countBefore;
      this.#anchors.set(node.anchor, { ...read, valueCount });
    }
    return read;
  }

  #map(map: YAMLMap, offset: number, depth: number): PlacedValue {
    const pairs: [string, unknown][] = [];
    const members = new Map<string, Place>();
    for (const pair of map.items) {
      const keyOffset = offsetOf(pair.key, offset);
      const key = keyOf(pair.key, keyOffset);
      if (members.has(key)) {
        throw new UnreadableText(`The key ${JSON.stringify(key)} stands here again`, keyOffset);
      }
      const { value, place } = this.read(pair.value, keyOffset, depth + 1);
      pairs.push([key, value]);
      members.set(key, { ...place, offset: keyOffset });
    }
    return { value: Object.fromEntries(pairs), place: { offset, members } };
  }

  #sequence(sequence: YAMLSeq, offset: number, depth: number): PlacedValue {
    const places: Place[] = [];
    const items = sequence.items.map((item) => {
      const { value, place } = this.read(item, offset, depth + 1);
      places.push(place);
      return value;
    });
    return { value: items, place: { offset, items: places } };
  }

  /** The value that an anchor before names; the places in it are those of the anchor. */
  #aliased(alias: Alias, offset: number): PlacedValue {
    const anchored = this.#anchors.get(alias.source);
    if (anchored === undefined) {
      throw new UnreadableText(`No anchor &${alias.source} stands before this alias`, offset);
    }
    if (anchored === "begun") {
      throw new UnreadableText(`The alias *${alias.source} stands within what it names`, offset);
    }
    this.#count(anchored.valueCount, offset);
    return { value: anchored.value, place: { ...anchored.place, offset } };
  }

  #count(valueCount: number, offset: number): void {
    this.#valueCount += valueCount;
    if (this.#valueCount > valuesMax) {
      throw new UnreadableText(`Holds more than ${valuesMax} values, aliases written out`, offset);
    }
  }
}

function keyOf(key: unknown, offset: number): string {
  const value = isScalar(key) ? key.value : undefined;
  switch (typeof value) {
    case "string":
      return value;
    case "number":
    case "boolean":
      return String(value);
    default:
      throw new UnreadableText("A key must be a plain text", offset);
  }
}

function offsetOf(node: unknown, fallback: number): number {
  return (isNode(node) ? node.range?.[0] : undefined) ?? fallback;
}
