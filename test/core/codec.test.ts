import * as fc from "fast-check";
import { expect, test } from "vitest";
import { MalformedBytes } from "../../core/bytes.ts";
import { codecVersion, decodeCommand, encodeCommand } from "../../core/codec.ts";
import { deliveryStatuses, presenceStatuses } from "../../core/commands.ts";
import type { Command, CommandType } from "../../core/commands.ts";
import { botFailures } from "../../core/reasons.ts";

const integer = fc.oneof(fc.nat(300), fc.maxSafeNat());
/** Half surrogate pairs too. */
const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.array(fc.nat(0xffff), { maxLength: 700 }).map((units) => String.fromCharCode(...units)),
  fc.string({ maxLength: 2000 }),
);
const flag = fc.boolean();
const plan = fc
  .record({
    calendar: text,
    from: fc.nat(2 ** 40),
    open: flag,
    distances: fc.array(fc.integer({ min: 1, max: 2 ** 36 })),
  })
  .map(({ distances, ...rest }) => {
    let last = rest.from;
    return { ...rest, flips: distances.map((distance) => (last += distance)) };
  });

const ofTenant = { at: integer, tenant: text };
const ofConversation = { ...ofTenant, conversation: integer };

/** The fields of each command, and which of them may be absent. */
const noted = [{ note: text }, ["note"]] as const;

const fields: Record<
  CommandType,
  { readonly all: Record<string, fc.Arbitrary<unknown>>; readonly optional: readonly string[] }
> = {
  tick: { all: { at: integer }, optional: [] },
  configureTenant: {
    all: {
      ...ofTenant,
      // The codec does not look into the document.
      configuration: fc.object({ withNullPrototype: false }).map(normalised),
      plans: fc.array(plan, { maxLength: 3 }),
      replace: fc.dictionary(text, text, { noNullPrototype: true }),
      expectedRevision: integer,
    },
    optional: ["replace", "expectedRevision"],
  },
  planCalendars: { all: { ...ofTenant, plans: fc.array(plan, { maxLength: 3 }) }, optional: [] },
  receiveMessage: {
    all: {
      ...ofTenant,
      id: text,
      channel: text,
      customer: text,
      customerId: text,
      skillQueue: text,
      priority: fc.nat(14),
      automatic: flag,
      content: text,
    },
    optional: ["customerId", "skillQueue", "priority", "automatic"],
  },
  writeMessage: {
    all: {
      ...ofConversation,
      id: text,
      agent: text,
      version: integer,
      template: flag,
      tag: text,
      content: text,
    },
    optional: ["agent", "version", "template", "tag"],
  },
  contactCustomer: {
    all: {
      ...ofTenant,
      id: text,
      agent: text,
      channel: text,
      customer: text,
      template: flag,
      tag: text,
      content: text,
    },
    optional: ["template", "tag"],
  },
  acceptOffer: byAgent(...noted),
  declineOffer: byAgent(...noted),
  assignConversation: {
    all: { ...ofConversation, version: integer, agent: text, override: flag, note: text },
    optional: ["version", "override", "note"],
  },
  releaseConversation: byAgent(...noted),
  handOffConversation: byAgent({ bot: flag, skillQueue: text, note: text }, [
    "bot",
    "skillQueue",
    "note",
  ]),
  closeConversation: byAgent({ bot: flag, customer: flag, note: text }, [
    "bot",
    "customer",
    "note",
  ]),
  answerFromBot: {
    all: {
      ...ofConversation,
      message: integer,
      replies: fc.array(text, { maxLength: 3 }),
      handOff: flag,
      skillQueue: text,
      close: flag,
    },
    optional: ["handOff", "skillQueue", "close"],
  },
  failBot: {
    all: { ...ofConversation, message: integer, reason: fc.constantFrom(...botFailures) },
    optional: [],
  },
  setPresence: {
    all: { ...ofTenant, agent: text, status: fc.constantFrom(...presenceStatuses) },
    optional: [],
  },
  eraseCustomer: { all: { ...ofTenant, customer: text }, optional: [] },
  recordDelivery: {
    all: {
      ...ofTenant,
      channel: text,
      entry: integer,
      status: fc.constantFrom(...deliveryStatuses),
      reason: text,
    },
    optional: ["reason"],
  },
};

function byAgent(more: Record<string, fc.Arbitrary<unknown>>, optional: readonly string[]) {
  return {
    all: { ...ofConversation, version: integer, agent: text, ...more },
    optional: ["version", "agent", ...optional],
  };
}

function normalised(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

function commandsOf(type: CommandType): fc.Arbitrary<Command> {
  const { all, optional } = fields[type];
  const requiredKeys = Object.keys(all).filter((name) => !optional.includes(name));
  return fc
    .record(all, { requiredKeys, noNullPrototype: true })
    .map((values) => ({ type, ...values }) as unknown as Command);
}

const types = Object.keys(fields) as CommandType[];
const anyCommand = fc.oneof(...types.map(commandsOf));

test.each(types)("every %s comes back as it was", (type) => {
  fc.assert(
    fc.property(commandsOf(type), (command) => {
      expect(decodeCommand(encodeCommand(command))).toEqual(command);
    }),
    { numRuns: 200 },
  );
});

test("an absent field stays absent, and false and empty are not absent", () => {
  const command: Command = {
    type: "receiveMessage",
    at: 0,
    tenant: "",
    id: "",
    channel: "",
    customer: "",
    automatic: false,
    priority: 0,
    skillQueue: "",
    content: "",
  };
  const back = decodeCommand(encodeCommand(command));
  expect(Object.keys(back).toSorted()).toEqual(Object.keys(command).toSorted());
  expect(back).toEqual(command);
});

test("encoding twice gives the same bytes, and the first ones stay as they are", () => {
  fc.assert(
    fc.property(anyCommand, anyCommand, (first, second) => {
      const bytes = encodeCommand(first);
      encodeCommand(second);
      expect(encodeCommand(first)).toEqual(bytes);
    }),
  );
});

test("bytes cut anywhere are refused", () => {
  fc.assert(
    fc.property(anyCommand, fc.nat(), (command, place) => {
      const bytes = encodeCommand(command);
      expect(() => decodeCommand(bytes.subarray(0, place % bytes.length))).toThrow(MalformedBytes);
    }),
  );
});

test("bytes beyond the end of a command are refused", () => {
  const bytes = encodeCommand({ type: "tick", at: 5 });
  expect(() => decodeCommand(Uint8Array.of(...bytes, 0))).toThrow("1 bytes too many");
});

test("another format, and an unknown command, are refused by name", () => {
  expect(() => decodeCommand(Uint8Array.of(codecVersion + 1, 1, 0))).toThrow(
    `a command of format ${codecVersion + 1}`,
  );
  expect(() => decodeCommand(Uint8Array.of(codecVersion, 255, 0))).toThrow(
    "a command with the number 255",
  );
});

test("a time that is not a whole number from 0 on is a bug", () => {
  for (const at of [-1, 0.5, Number.NaN, 2 ** 53]) {
    expect(() => encodeCommand({ type: "tick", at })).toThrow(RangeError);
  }
});

test("a choice that its list does not have is malformed", () => {
  const status = { type: "setPresence", at: 0, tenant: "t", agent: "a" } as const;
  const [one, other] = [
    encodeCommand({ ...status, status: "away" }),
    encodeCommand({ ...status, status: "offline" }),
  ];
  const place = one.findIndex((byte, index) => byte !== other[index]);
  expect(place).toBeGreaterThan(0);
  one[place] = presenceStatuses.length;
  expect(() => decodeCommand(one)).toThrow(MalformedBytes);
});
