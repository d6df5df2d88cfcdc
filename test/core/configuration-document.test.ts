import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type ConfigurationFormat,
  parseConfigurationText,
} from "../../core/configuration/document.ts";

function valueOf(text: string, format: ConfigurationFormat): unknown {
  const parsed = parseConfigurationText(text, format);
  if ("problem" in parsed) throw new Error(JSON.stringify(parsed.problem));
  return parsed.value;
}

function problemOf(text: string, format: ConfigurationFormat): string | undefined {
  const parsed = parseConfigurationText(text, format);
  if (!("problem" in parsed)) return undefined;
  const { line, column, message } = parsed.problem;
  return `${line}:${column} ${message}`;
}

function located(text: string, format: ConfigurationFormat, pointer: string): string {
  const parsed = parseConfigurationText(text, format);
  if ("problem" in parsed) throw new Error(JSON.stringify(parsed.problem));
  const { line, column } = parsed.locate(pointer);
  return `${line}:${column}`;
}

describe("JSON that cannot be read is answered with its place", () => {
  test.each([
    ["", "1:1 The text ends too early"],
    ["  \n ", "2:2 The text ends too early"],
    ['{"a": 1,\n "b" 2}', '2:6 ":" must stand here'],
    ['{"a": 1,\n "b": 2,}', '2:9 A key in double quotes, or "}", must stand here'],
    ["{'a': 1}", '1:2 A key in double quotes, or "}", must stand here'],
    ["{a: 1}", '1:2 A key in double quotes, or "}", must stand here'],
    ['{"a": 1 "b": 2}', '1:9 "," or "}" must stand here'],
    ["[1, 2", "1:6 The text ends too early"],
    ["[1, , 2]", "1:5 A value must stand here"],
    ["[01]", '1:3 "," or "]" must stand here'],
    ["[.5]", "1:2 A value must stand here"],
    ["[undefined]", "1:2 A value must stand here"],
    ["[NaN]", "1:2 A value must stand here"],
    ["// none\n{}", "1:1 A value must stand here"],
    ["{}\n{}", "2:1 Nothing may follow the document"],
    ['{"a": "b', "1:7 The quotation mark that ends this text is missing"],
    ['["a\nb"]', "1:2 This text has a line break, a control character or an unknown escape in it"],
    ['["\\x"]', "1:2 This text has a line break, a control character or an unknown escape in it"],
    ['{"a": 1,\n "\\u0061": 2}', '2:2 The key "a" stands here again'],
  ])("%j: %s", (text, problem) => {
    expect(problemOf(text, "json")).toBe(problem);
  });
});

describe("YAML that cannot be read, or can be read in two ways, is answered with its place", () => {
  test.each([
    ["a: 1\nb:\n  c: 1\n  c: 2\n", '4:3 The key "c" stands here again'],
    ["{ 1: a, '1': b }", '1:9 The key "1" stands here again'],
    ["a: 1\n---\nb: 2\n", "2:1 A second document begins here"],
    ["a:\n\tb: 1\n", "2:1 Tabs are not allowed as indentation"],
    ["a: *b\n", "1:4 No anchor &b stands before this alias"],
    ["a: *b\nb: &b 1\n", "1:4 No anchor &b stands before this alias"],
    ["a: &a [1, *a]\n", "1:11 The alias *a stands within what it names"],
    ["? [a, b]\n: 1\n", "1:3 A key must be a plain text"],
    ["null: 1\n", "1:1 A key must be a plain text"],
    ["a: !!binary aGk=\n", "1:13 The tag tag:yaml.org,2002:binary is not one of the core schema"],
    ["a: !!set { b }\n", "1:10 The tag tag:yaml.org,2002:set is not one of the core schema"],
    ["a: !thing b\n", "1:4 Unresolved tag: !thing"],
    ["a: 'b\n", "2:1 Missing closing 'quote"],
  ])("%j: %s", (text, problem) => {
    expect(problemOf(text, "yaml")).toBe(problem);
  });

  test("aliases that multiply are refused before they are written out", () => {
    const names = "abcdefghi".split("");
    const bomb = names.map((name, index) => {
      const item = index === 0 ? "x" : `*${names[index - 1]}`;
      return `${name}: &${name} [${Array.from({ length: 10 }, () => item).join(", ")}]`;
    });
    expect(problemOf(bomb.join("\n"), "yaml")).toBe(
      "6:36 Holds more than 1000000 values, aliases written out",
    );
  });

  test("lists and objects may hold a hundred others, one in the other, and no more", () => {
    const lists = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
    const objects = (depth: number) => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
    for (const format of ["json", "yaml"] as const) {
      expect(problemOf(lists(101), format)).toBeUndefined();
      expect(problemOf(lists(102), format)).toBe("1:102 Nested deeper than 100 levels");
      expect(problemOf(objects(100), format)).toBeUndefined();
      expect(problemOf(objects(101), format)).toBe("1:506 Nested deeper than 100 levels");
    }
  });

  test("nesting beyond the stack is a problem, not an exception", () => {
    expect(problemOf("[".repeat(1_000_000), "json")).toMatch(/^1:102 /u);
    expect(problemOf("[".repeat(20_000), "yaml")).toMatch(/^1:\d+ /u);
  });
});

describe("what can be read", () => {
  test("JSON is read as JSON.parse reads it", () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(undefined, 1, "\t"), (json, indent) => {
        const text = JSON.stringify(JSON.parse(json), null, indent);
        expect(valueOf(text, "json")).toEqual(JSON.parse(text));
      }),
    );
  });

  test("JSON is refused where JSON.parse refuses it, and only there", () => {
    const edit = fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      remove: fc.integer({ min: 0, max: 2 }),
      insert: fc.constantFrom("", ",", ":", '"', "{", "}", "[", "]", "-", "0", "e", ".", "\\", " "),
    });
    fc.assert(
      fc.property(fc.json({ maxDepth: 2 }), edit, (json, { at, remove, insert }) => {
        const start = Math.floor(at * json.length);
        const text = json.slice(0, start) + insert + json.slice(start + remove);
        const problem = problemOf(text, "json");
        if (problem?.includes("stands here again")) return;
        expect(problem === undefined).toBe(isJson(text));
      }),
      { numRuns: 2000 },
    );
  });

  test("every JSON value is its own YAML", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), (value) => {
        const text = JSON.stringify(value);
        expect(valueOf(text, "yaml")).toEqual(JSON.parse(text));
      }),
    );
  });

  test("keys of objects' own are keys like others", () => {
    for (const format of ["json", "yaml"] as const) {
      const value = valueOf('{"__proto__": {"a": 1}, "constructor": 2}', format);
      expect(Object.keys(value as object)).toEqual(["__proto__", "constructor"]);
      expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    }
  });

  test("an empty YAML text is null, from its first line on", () => {
    const parsed = parseConfigurationText("", "yaml");
    expect("locate" in parsed && parsed.locate("/channels")).toEqual({ line: 1, column: 1 });
    expect(valueOf("", "yaml")).toBeNull();
    expect(valueOf("# nothing yet\n", "yaml")).toBeNull();
  });

  test("YAML is version 1.2: hours and dates are texts, yes is no truth", () => {
    expect(valueOf("%YAML 1.1\n---\n[12:30, 2026-12-25, yes, 0o17, ~]", "yaml")).toEqual([
      "12:30",
      "2026-12-25",
      "yes",
      15,
      null,
    ]);
  });

  test("an alias is what its anchor names", () => {
    const text = "a: &hours [1, 2]\nb: *hours\nc: &hours 3\nd: *hours\n";
    expect(valueOf(text, "yaml")).toEqual({ a: [1, 2], b: [1, 2], c: 3, d: 3 });
  });

  test("a byte order mark is no part of the text", () => {
    expect(valueOf("\uFEFF{}", "json")).toEqual({});
    expect(located("\uFEFFa: 1\n", "yaml", "/a")).toBe("1:1");
  });
});

describe("a pointer is located", () => {
  const yaml = [
    "calendars:",
    "  - id: office",
    "    weekly: { mon: [a, b] }",
    "  -",
    "    id: home",
    "agents: &agents",
    "  - a/b~c: 1",
    "again: *agents",
    "",
  ].join("\n");

  test.each([
    ["", "1:1"],
    ["/calendars", "1:1"],
    ["/calendars/0", "2:5"],
    ["/calendars/0/id", "2:5"],
    ["/calendars/0/weekly/mon", "3:15"],
    ["/calendars/0/weekly/mon/1", "3:24"],
    ["/calendars/1/id", "5:5"],
    ["/agents/0/a~1b~0c", "7:5"],
    ["/again", "8:1"],
    ["/again/0/a~1b~0c", "7:5"],
    // A missing one is where its nearest parent is.
    ["/calendars/0/timeZone", "2:5"],
    ["/calendars/0/weekly/tue/0", "3:5"],
    ["/calendars/2/id", "1:1"],
    ["/channels/0/id", "1:1"],
  ])("in YAML: %s is at %s", (pointer, position) => {
    expect(located(yaml, "yaml", pointer)).toBe(position);
  });

  const json =
    '{\r\n  "agents": [\r\n    { "id": "ana",\r\n      "a/b": [1, {"x": 2}] }\r\n  ]\r\n}\r\n';

  test.each([
    ["", "1:1"],
    ["/agents", "2:3"],
    ["/agents/0", "3:5"],
    ["/agents/0/id", "3:7"],
    ["/agents/0/a~1b/0", "4:15"],
    ["/agents/0/a~1b/1/x", "4:19"],
    ["/agents/0/capacity", "3:5"],
    ["/agents/1", "2:3"],
  ])("in JSON: %s is at %s", (pointer, position) => {
    expect(located(json, "json", pointer)).toBe(position);
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
