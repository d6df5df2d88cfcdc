import { describe, expect, test } from "vitest";
import type { Command, Event, ReceiveMessage } from "../../core/index.ts";
import { desk, type DeskSettings } from "./desk.ts";
import { configured, declared, hourMs, minuteMs, nine, played, tick, wrote } from "./played.ts";
import { check } from "./script.ts";

// Who or what a command names may be unknown, late, or gone; both engines say the same of it.

const settings = { agents: { ana: 9, ben: 9 } };
const ready: readonly Command[] = [configured(settings, nine), declared("available", nine)];
const one = { at: nine, tenant: "one" } as const;
const bot = { url: "https://bot.example/", accessCode: "bot" };
const chatbot = {
  channels: { web: { offlineMessages: { routingMode: "chatbot", chatbot: bot } } },
};

const lastOf = (commands: readonly Command[]): unknown => played(commands).results.at(-1);

describe("who is unknown is refused", () => {
  const contact = { type: "contactCustomer", id: "c1", customer: "kim", content: "{}" } as const;
  const write = { type: "writeMessage", id: "w1", content: "{}" } as const;

  test("a tenant", () => {
    const unknown = { status: "rejected", code: "unknown_tenant", detail: "two" };
    expect(lastOf([...ready, wrote("kim", nine, "web", "two")])).toEqual(unknown);
    expect(lastOf([...ready, declared("away", nine, "two")])).toEqual(unknown);
    expect(
      lastOf([...ready, { type: "eraseCustomer", at: nine, tenant: "two", customer: "kim" }]),
    ).toEqual(unknown);
  });

  test("a channel, a queue, an agent", () => {
    const refused = (command: Command): unknown => lastOf([...ready, wrote("kim", nine), command]);
    expect(refused({ ...one, ...contact, channel: "mail", agent: "ana" })).toEqual({
      status: "rejected",
      code: "unknown_channel",
      detail: "mail",
    });
    expect(refused({ ...one, ...contact, channel: "web", agent: "zoe" })).toMatchObject({
      code: "unknown_agent",
    });
    expect(refused(wrote("kim", nine, "mail"))).toMatchObject({ code: "unknown_channel" });
    expect(refused({ ...one, ...write, conversation: 1, agent: "zoe" })).toMatchObject({
      code: "unknown_agent",
    });
    expect(refused({ ...one, ...write, conversation: 9, agent: "ana" })).toMatchObject({
      code: "unknown_conversation",
    });
    expect(refused({ ...one, ...write, conversation: 1 })).toMatchObject({ code: "wrong_state" });
  });

  test("a version that is past: the answer names the present one", () => {
    const close: Command = {
      ...one,
      type: "closeConversation",
      conversation: 1,
      agent: "ana",
      version: 1,
    };
    expect(lastOf([...ready, wrote("kim", nine), close])).toEqual({
      status: "rejected",
      code: "stale_version",
      detail: "the conversation is at version 2",
    });
  });

  test("whoever already has somebody is left to them", () => {
    const fromBen = { ...one, ...contact, channel: "web", agent: "ben" } as const;
    expect(lastOf([...ready, wrote("kim", nine), fromBen])).toMatchObject({
      status: "rejected",
      code: "conversation_owned",
    });
  });
});

describe("an answer of the bot", () => {
  const asked: readonly Command[] = [
    configured({ ...chatbot, hours: ["10:00-18:00"] }, nine),
    wrote("kim", nine),
  ];
  const { events } = played(asked);
  const given = events.find(({ type }) => type === "messageGivenToBot");
  const message = given?.type === "messageGivenToBot" ? given.message : 0;
  const answer = { ...one, type: "answerFromBot", conversation: 1, message, replies: [] } as const;

  test("is of the call that it was given, and no other", () => {
    expect(message).toBeGreaterThan(0);
    const wrong = { status: "rejected", code: "wrong_state" };
    expect(lastOf([...asked, { ...answer, message: message + 1 }])).toMatchObject(wrong);
    expect(lastOf([...asked, { ...answer, message: 0 }])).toMatchObject(wrong);
    expect(lastOf([...asked, answer, answer])).toMatchObject(wrong);
    expect(lastOf([...asked, answer, { ...answer, message: 0 }])).toMatchObject(wrong);
    expect(
      lastOf([
        ...asked,
        { ...one, type: "failBot", conversation: 9, message, reason: "bot_unreachable" },
      ]),
    ).toMatchObject({ code: "unknown_conversation" });
    expect(lastOf([...asked, { ...answer, conversation: 0 }])).toMatchObject({
      code: "unknown_conversation",
    });
  });

  test("to a message that was handed off meanwhile comes too late", () => {
    const off = { ...one, type: "handOffConversation", conversation: 1, bot: true } as const;
    expect(lastOf([...asked, off, answer])).toMatchObject({ code: "wrong_state" });
  });

  test("that closes says so, with what it notes", () => {
    const close = { ...one, type: "closeConversation", conversation: 1, bot: true } as const;
    const noted = played([...asked, { ...close, note: "done" }]).events;
    expect(noted.findLast(({ type }) => type === "conversationMoved")).toMatchObject({
      by: "bot",
      note: "done",
    });
    const silent = played([...asked, close]).events;
    expect(silent.findLast(({ type }) => type === "conversationMoved")).not.toHaveProperty("note");
  });
});

describe("what is written", () => {
  test("goes out as it was said, the bot's replies in their order", () => {
    const say: Command = {
      ...one,
      type: "writeMessage",
      id: "w1",
      conversation: 1,
      agent: "ana",
      content: "hello",
    };
    const sent = (all: readonly Event[]): unknown[] =>
      all.flatMap((event) => (event.type === "messageSent" ? [event.content] : []));
    expect(sent(played([...ready, wrote("kim", nine), say]).events)).toEqual(["hello"]);
  });

  test("may be as unimportant as it likes, whatever its channel's priority", () => {
    const important = configured({ channels: { web: { priority: 5 } } }, nine);
    const of = (command: Command): unknown =>
      played([important, command]).engine.conversation("one", 1)?.priority;
    expect(of(wrote("kim", nine))).toBe(5);
    expect(of({ ...wrote("kim", nine), priority: 0 })).toBe(0);
    expect(of({ ...wrote("kim", nine), priority: 7 })).toBe(7);
  });
});

describe("last agents across channels", () => {
  const across = {
    agents: { ana: 9, ben: 9 },
    channels: Object.fromEntries(
      ["web", "sms", "rcs"].map((id) => [
        id,
        { lastAgentMode: { enabled: true, scope: "customer", validityMinutes: 600 } },
      ]),
    ),
  };
  const as = (command: ReceiveMessage, customerId: string): Command => ({ ...command, customerId });
  const presence = (agent: string, at: number, status: "available" | "away"): Command => ({
    ...declared(status, at),
    agent,
  });
  let writes = 0;
  const answered = (conversation: number, agent: string, at: number): readonly Command[] => {
    writes += 1;
    return [
      {
        type: "writeMessage",
        at,
        tenant: "one",
        id: `a${writes}`,
        conversation,
        agent,
        content: "{}",
      },
      { type: "closeConversation", at, tenant: "one", conversation, agent },
    ];
  };

  test("of a person who wrote elsewhere since, it is the later of the two", () => {
    for (const [first, second] of [
      [1, 2],
      [2, 1],
    ] as const) {
      const agents = ["ana", "ben"];
      const served = (agent: string, at: number, command: Command, number: number): Command[] => [
        presence(agent, at, "available"),
        command,
        ...answered(number, agent, at),
        presence(agent, at + 1, "away"),
      ];
      const { engine } = played([
        configured(across, nine),
        ...served(agents[first - 1] ?? "", nine, wrote("kim", nine), 1),
        ...served(agents[second - 1] ?? "", nine + 10, as(wrote("kim", nine + 10, "sms"), "p"), 2),
        as(wrote("kim", nine + 20), "p"),
        as(wrote("kim", nine + 30, "rcs"), "p"),
      ]);
      expect(engine.conversation("one", 3)?.lastAgent).toBe(agents[second - 1]);
      expect(engine.conversation("one", 4)?.lastAgent).toBe(agents[second - 1]);
    }
  });

  test("as many people are remembered as there may be, and the one longest ago is forgotten", () => {
    const commands: Command[] = [configured(across, nine), presence("ana", nine, "available")];
    for (const [index, id] of ["p1", "p2", "p3"].entries()) {
      const at = nine + 1 + index;
      commands.push(as(wrote(id, at, "web"), id), ...answered(index + 1, "ana", at));
    }
    commands.push(presence("ana", nine + 10, "away"));
    for (const id of ["p1", "p2", "p3"]) commands.push(as(wrote(id, nine + 11, "sms"), id));
    for (const customersRememberedMax of [1, 2, 3, 4]) {
      const { engine } = played(commands, { customersRememberedMax });
      const known = [4, 5, 6].map((number) => engine.conversation("one", number)?.lastAgent);
      expect(known).toEqual(
        ["ana", "ana", "ana"].map((name, index) =>
          index >= 3 - customersRememberedMax ? name : undefined,
        ),
      );
    }
  });
});

describe("a configuration changes", () => {
  const manual = { acceptance: "manual", offerTimeoutSeconds: 600 };

  test("an agent who loses one skill loses the offers of that queue alone", () => {
    const ana = (skills: object): DeskSettings => ({ agents: { ana: { capacity: 9, skills } } });
    check(
      desk(
        {
          queues: { desk: manual, other: manual },
          ...ana({ desk: 5, other: 5 }),
        },
        { less: ana({ other: 5 }) },
      ),
      `
      08:00 ana available
      08:00 kim writes             | kim offered ana
      08:00 lea writes queue other | lea offered ana
      +10s  configure less         | kim queued; lea offered ana; event offerWithdrawn kim reason=skill_lost; count offerWithdrawn 1
      `,
    );
  });

  test("an agent who is gone is passed over no more, whoever else is", () => {
    const agents = { ana: 9, ben: 9, cid: 9 };
    for (const gone of ["ana", "ben", "cid"]) {
      const kept = Object.fromEntries(Object.entries(agents).filter(([id]) => id !== gone));
      const { engine } = played([
        configured({ agents, queues: { desk: manual } }, nine),
        ...Object.keys(agents).map((agent, index): Command => ({
          ...declared("available", nine + index),
          agent,
        })),
        wrote("kim", nine + 5),
        { ...one, at: nine + 6, type: "declineOffer", conversation: 1, agent: "ana" },
        { ...one, at: nine + 7, type: "declineOffer", conversation: 1, agent: "ben" },
        configured({ agents: kept, queues: { desk: manual } }, nine + 8),
      ]);
      const deadlines = engine.conversation("one", 1)?.deadlines ?? [];
      const passedOver = deadlines.flatMap((timer) => ("agent" in timer ? [timer.agent] : []));
      expect(passedOver.toSorted()).toEqual(["ana", "ben"].filter((id) => id !== gone));
    }
  });

  test("a rate of assignments that is changed, dropped or brought back counts what it counted", () => {
    const rated = (max: number | null, agents: Record<string, number>, at: number): Command =>
      configured(
        {
          agents,
          queues: { desk: { maxAssignmentsPerAgentPerMinute: max, connectWaitSeconds: 3000 } },
        },
        at,
      );
    const both = { ana: 9, ben: 9 };
    const customers = (at: number, names: string): readonly Command[] =>
      names.split("").map((name) => wrote(name, at));
    for (const [before, meanwhile, after] of [
      [1, 2, 1],
      [2, 1, 3],
      [1, null, 1],
      [2, null, 1],
      [null, 1, 2],
    ] as const) {
      for (const agents of [both, { ben: 9 }]) {
        played([
          rated(before, both, nine),
          declared("available", nine),
          { ...declared("available", nine), agent: "ben" },
          ...customers(nine + 1000, "abc"),
          rated(meanwhile, agents, nine + 2000),
          ...customers(nine + 3000, "de"),
          rated(after, both, nine + 30_000),
          ...customers(nine + 31_000, "fgh"),
          tick(nine + minuteMs),
          tick(nine + minuteMs + 1000),
          ...customers(nine + minuteMs + 1000, "ij"),
          tick(nine + 2 * minuteMs),
          tick(nine + hourMs),
        ]);
      }
    }
  });

  test("hundreds of agents are kept apart", () => {
    const agents = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`a${index}`, 1]));
    const { engine } = played([
      configured({ agents }, nine),
      { ...declared("available", nine), agent: "a299" },
      { ...declared("available", nine + 1), agent: "a298" },
      { ...declared("available", nine + 2), agent: "a7" },
      wrote("kim", nine + 3),
      wrote("lea", nine + 3),
      wrote("mia", nine + 3),
    ]);
    const served = [1, 2, 3].map((number) => engine.conversation("one", number)?.agent);
    expect(served).toEqual(["a299", "a298", "a7"]);
  });

  test("what is reserved for somebody without the skill of the queue that takes over is reserved no more", () => {
    const lastAgentMode = {
      enabled: true,
      validityMinutes: 600,
      waitMinutes: 10,
      offlineWaitMinutes: 10,
    };
    for (const [queue, kept] of [
      ["next", "for=ana"],
      ["third", "for=none"],
    ] as const) {
      const ana = (skills: object): DeskSettings => ({
        agents: { ana: { capacity: 1, skills: { [queue]: 3, ...skills } }, ben: 1 },
      });
      const queues = { next: {}, third: {} };
      check(
        desk(
          {
            queues: { old: {}, ...queues },
            channels: { web: { lastAgentMode } },
            ...ana({ old: 5 }),
          },
          { without: { queues, ...ana({}) } },
        ),
        `
        08:00 ana available
        08:00 kim writes       | kim ana
        08:00 ana writes kim
        08:00 ana closes kim
        08:01 ana away
        08:02 kim writes       | kim queued for=ana
        +10s  configure without replace old next | kim queued queue=next ${kept}
        `,
      );
    }
  });

  test("a conversation that the bot has, or that is offered, goes on in the queue that takes over", () => {
    const bots = { ...chatbot, hours: ["10:00-18:00"] };
    check(
      desk(
        { ...bots, queues: { old: {}, next: {} } },
        { without: { ...bots, queues: { next: {} } } },
      ),
      `
      09:00    kim writes  | kim with-bot
      09:00    kim writes
      09:00:01 configure without replace old next | kim with-bot queue=next
      09:00:02 bot answers kim with hi | kim with-bot; event messageGivenToBot kim
      09:00:03 bot answers kim with hi | kim with-bot; no event messageGivenToBot
      `,
    );
    check(
      desk({ queues: { old: manual, next: manual } }, { without: { queues: { next: manual } } }),
      `
      09:00    ana available
      09:00    kim writes  | kim offered ana
      09:00:01 configure without replace old next | kim offered ana queue=next
      09:00:02 ana away    | kim queued; event offerWithdrawn kim
      `,
    );
  });

  test("who waits live moves to the queue that takes over, and may be one too many there", () => {
    const line = (maxWaiting: number): Readonly<Record<string, unknown>> => ({
      maxWaiting,
      connectWaitSeconds: 3000,
    });
    check(
      desk({ queues: { old: line(9), next: line(1) } }, { without: { queues: { next: line(1) } } }),
      `
      08:00 ana away
      08:00 kim writes | kim queued not-offline
      08:00 lea writes | lea queued not-offline
      08:01 configure without replace old next | kim queued not-offline; lea queued offline
      `,
    );
  });
});
