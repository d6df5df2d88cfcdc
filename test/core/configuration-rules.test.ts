import { describe, expect, test } from "vitest";
import {
  type Changes,
  exampleWith,
  problemsOf,
  resolved,
  smallWith,
  violationsOf,
  warningsOf,
} from "./configuration-example.ts";

type Case = readonly [title: string, changes: Changes, problems: readonly string[]];

const channel = "/channels/0";
const offline = `${channel}/offlineMessages`;
const on = { [`${offline}/enabled`]: true };
const templates = {
  workingHours: { subject: "Hello", body: "We are on it." },
  nonWorkingHours: { subject: "Hello", body: "We open at nine." },
};

test("the example document is valid, without a warning", () => {
  expect(problemsOf(exampleWith())).toEqual([]);
  expect(warningsOf(exampleWith())).toEqual([]);
});

test("an empty document is a tenant in which nothing is set up yet", () => {
  expect(resolved({})).toEqual({
    calendars: [],
    skillQueues: [],
    agents: [],
    channelCosts: { web: 1, rcs: 1, email: 1, whatsapp: 1, sms: 1, instagram: 1, telegram: 1 },
    channels: [],
    presence: { heartbeatSeconds: 120, graceSeconds: 60 },
    retention: { deduplicationHours: 24, dormantDays: 30, closedDays: 90 },
  });
});

test("every default is filled in", () => {
  const { calendars, skillQueues, channels } = resolved(smallWith());
  expect(calendars).toEqual([
    {
      id: "office",
      timeZone: "Europe/Berlin",
      weekly: { mon: ["09:00-17:00"] },
      restDates: [],
      workDates: [],
    },
  ]);
  expect(skillQueues).toEqual([
    {
      id: "billing",
      calendar: "office",
      agentSelection: "longest-idle",
      acceptance: "automatic",
      offerTimeoutSeconds: 30,
      reofferSeconds: 60,
      connectWaitSeconds: 60,
      maxWaiting: 1000,
      order: "age",
      liveFirst: true,
      reassignAfterMinutes: null,
      maxAssignmentsPerAgentPerMinute: null,
    },
  ]);
  expect(channels).toEqual([
    {
      id: "web",
      kind: "web",
      skillQueue: "billing",
      priority: 0,
      addresses: [],
      customerReplyTimeoutMinutes: 20,
      lastAgentMode: {
        enabled: false,
        validityMinutes: 10_080,
        waitMinutes: 10,
        offlineWaitMinutes: 5,
        scope: "channel",
      },
      autoReply: { maxPerSenderPerHour: 10 },
      offlineMessages: {
        enabled: false,
        routingTimeLimit: 30,
        routingTimeLimitUnit: "minutes",
        routingClock: "working",
        agentOutboundTimeLimitMinutes: null,
        calledCustomerReplyTimeoutMinutes: 3,
        routingMode: "skill-queue",
        automaticReplyToEachEmail: false,
      },
    },
  ]);
});

describe("the called timeout is less than the customer reply timeout, on resolved values", () => {
  const cases: readonly (readonly [string, number | null, number | undefined, boolean])[] = [
    // kind, customer reply timeout, called timeout given, whether that is valid
    ["email", 1, undefined, false],
    ["email", 2, undefined, false],
    ["email", 3, undefined, false],
    ["email", 4, undefined, false],
    ["email", 5, undefined, false],
    ["email", 6, undefined, true],
    ["web", 1, undefined, false],
    ["web", 2, undefined, false],
    ["web", 3, undefined, false],
    ["web", 4, undefined, true],
    ["web", 1, 1, false],
    ["web", 2, 1, true],
    ["web", 5, 5, false],
    ["web", 6, 5, true],
    ["email", 5, 4, true],
    ["email", 2, 1, true],
    ["web", null, undefined, true],
    ["web", null, 5, true],
    ["email", null, 5, true],
  ];
  test.each(cases)("%s, customer %j, called %j: valid %j", (kind, customer, called, valid) => {
    const changes = {
      ...on,
      [`${channel}/kind`]: kind,
      [`${channel}/customerReplyTimeoutMinutes`]: customer,
      [`${offline}/calledCustomerReplyTimeoutMinutes`]: called,
    };
    const path = `${offline}/calledCustomerReplyTimeoutMinutes`;
    expect(problemsOf(smallWith(changes))).toEqual(
      valid ? [] : [`${path} called_timeout_too_long`],
    );
    expect(problemsOf(smallWith({ ...changes, [`${offline}/enabled`]: false }))).toEqual([]);
  });

  test("the violation shows the default that applies, and what would fit", () => {
    const [violation] = violationsOf(
      smallWith({ ...on, [`${channel}/customerReplyTimeoutMinutes`]: 3 }),
    );
    expect(violation).toMatchObject({ value: 3, limit: { min: 1, max: 2 } });
  });
});

describe("last agent mode", () => {
  const mode = { ...on, [`${offline}/routingMode`]: "last-agent" };
  const enabled = { [`${channel}/lastAgentMode/enabled`]: true };
  const second = `${offline}/lastAgentMode`;
  const cases: readonly Case[] = [
    ["needs the channel's", mode, [`${offline}/routingMode last_agent_mode_disabled`]],
    ["with the channel's", { ...mode, ...enabled }, []],
    ["where offline messages are off", { ...mode, [`${offline}/enabled`]: false }, []],
    ["in another mode", { ...on, [`${offline}/routingMode`]: "skill-queue" }, []],
    [
      "said twice alike",
      {
        ...mode,
        ...enabled,
        [second]: { enabled: true, validityMinutes: 10_080, waitMinutes: 10 },
      },
      [],
    ],
    [
      "said twice unlike, also where offline messages are off",
      { [second]: { enabled: true, waitMinutes: 11, offlineWaitMinutes: 5, scope: "customer" } },
      [
        `${second}/enabled last_agent_mode_differs`,
        `${second}/waitMinutes last_agent_mode_differs`,
        `${second}/scope last_agent_mode_differs`,
      ],
    ],
    [
      "said twice with ranges and keys of its own",
      { [second]: { validityMinutes: 0, whenever: true } },
      [`${second}/validityMinutes out_of_range`, `${second}/whenever unknown_key`],
    ],
    [
      "waits reach the routing limit",
      { ...on, [`${channel}/lastAgentMode`]: { waitMinutes: 30, offlineWaitMinutes: 30 } },
      [
        `${channel}/lastAgentMode/waitMinutes last_agent_wait_too_long`,
        `${channel}/lastAgentMode/offlineWaitMinutes last_agent_wait_too_long`,
      ],
    ],
    [
      "waits below the routing limit",
      { ...on, [`${channel}/lastAgentMode`]: { waitMinutes: 29, offlineWaitMinutes: 0 } },
      [],
    ],
    [
      "waits beyond a limit that does not bind",
      { [`${channel}/lastAgentMode`]: { waitMinutes: 60, offlineWaitMinutes: 60 } },
      [],
    ],
    [
      "waits below a limit in hours",
      {
        ...on,
        [`${channel}/lastAgentMode`]: { waitMinutes: 59, offlineWaitMinutes: 60 },
        [`${offline}/routingTimeLimit`]: 1,
        [`${offline}/routingTimeLimitUnit`]: "hours",
      },
      [`${channel}/lastAgentMode/offlineWaitMinutes last_agent_wait_too_long`],
    ],
  ];
  test.each(cases)("%s", (_, changes, problems) => {
    expect(problemsOf(smallWith(changes))).toEqual(problems);
  });

  test.each([
    [1, "minutes", 0, 0],
    [2, "minutes", 1, 1],
    [9, "minutes", 4, 4],
    [11, "minutes", 5, 5],
    [15, "minutes", 7, 5],
    [20, "minutes", 10, 5],
    [60, "minutes", 10, 5],
    [1, "hours", 10, 5],
    [1, "days", 10, 5],
  ])("with a limit of %i %s the waits default to %i and %i minutes", (limit, unit, wait, off) => {
    const changes = {
      ...on,
      [`${offline}/routingTimeLimit`]: limit,
      [`${offline}/routingTimeLimitUnit`]: unit,
    };
    expect(resolved(smallWith(changes)).channels[0]?.lastAgentMode).toMatchObject({
      waitMinutes: wait,
      offlineWaitMinutes: off,
    });
  });

  test("a wait that is too long shows what would fit", () => {
    const changes = { ...on, [`${channel}/lastAgentMode/waitMinutes`]: 31 };
    expect(violationsOf(smallWith(changes))[0]).toMatchObject({
      value: 31,
      limit: { min: 0, max: 29 },
    });
  });

  test("said twice, it is kept once", () => {
    const changes = { ...mode, ...enabled, [second]: { enabled: true } };
    const settings = resolved(smallWith(changes)).channels[0]?.offlineMessages;
    expect(settings).not.toHaveProperty("lastAgentMode");
  });
});

describe("a chatbot", () => {
  const mode = { ...on, [`${offline}/routingMode`]: "chatbot" };
  const url = "https://bot.example/talk";
  const cases: readonly Case[] = [
    [
      "needs both keys",
      mode,
      [
        `${offline}/chatbot/url chatbot_url_missing`,
        `${offline}/chatbot/accessCode chatbot_access_code_missing`,
      ],
    ],
    [
      "needs its access code",
      { ...mode, [`${offline}/chatbot`]: { url } },
      [`${offline}/chatbot/accessCode chatbot_access_code_missing`],
    ],
    [
      "needs its address",
      { ...mode, [`${offline}/chatbot`]: { accessCode: "bot" } },
      [`${offline}/chatbot/url chatbot_url_missing`],
    ],
    ["with both", { ...mode, [`${offline}/chatbot`]: { url, accessCode: "bot" } }, []],
    [
      "with one where offline messages are off",
      { ...mode, [`${offline}/enabled`]: false, [`${offline}/chatbot`]: { url } },
      [],
    ],
    ["with one in another mode", { ...on, [`${offline}/chatbot`]: { accessCode: "bot" } }, []],
    [
      "with a broken address is not also missing it",
      { ...mode, [`${offline}/chatbot`]: { url: "bot", accessCode: "bot" } },
      [`${offline}/chatbot/url url_invalid`],
    ],
    [
      "that is no object is that alone",
      { ...mode, [`${offline}/chatbot`]: true },
      [`${offline}/chatbot wrong_type`],
    ],
  ];
  test.each(cases)("%s", (_, changes, problems) => {
    expect(problemsOf(smallWith(changes))).toEqual(problems);
  });
});

describe("automatic replies to each email", () => {
  const reply = { [`${offline}/automaticReplyToEachEmail`]: true };
  const email = { ...reply, [`${channel}/kind`]: "email" };
  const cases: readonly Case[] = [
    [
      "are for email only, also where offline messages are off",
      { ...reply, [`${channel}/autoReply`]: templates },
      [`${offline}/automaticReplyToEachEmail email_only`],
    ],
    [
      "are for email only, whatever else is missing",
      reply,
      [`${offline}/automaticReplyToEachEmail email_only`],
    ],
    [
      "need both templates, also where offline messages are off",
      email,
      [
        `${channel}/autoReply/workingHours auto_reply_template_missing`,
        `${channel}/autoReply/nonWorkingHours auto_reply_template_missing`,
      ],
    ],
    [
      "need the template of non-working hours",
      { ...email, ...on, [`${channel}/autoReply`]: { workingHours: templates.workingHours } },
      [`${channel}/autoReply/nonWorkingHours auto_reply_template_missing`],
    ],
    ["with both templates", { ...email, ...on, [`${channel}/autoReply`]: templates }, []],
    [
      "with a template without a body",
      {
        ...email,
        [`${channel}/autoReply`]: { ...templates, workingHours: { subject: "Hello" } },
      },
      [`${channel}/autoReply/workingHours/body required`],
    ],
    ["off need nothing", { [`${channel}/kind`]: "email", ...on }, []],
  ];
  test.each(cases)("%s", (_, changes, problems) => {
    expect(problemsOf(smallWith(changes))).toEqual(problems);
  });
});

describe("a cost must fit somebody with the skill of the channel's queue", () => {
  const costs = (web: number) => ({ "/channelCosts": { web } });
  const cases: readonly Case[] = [
    ["the largest capacity fits", costs(10), []],
    ["more does not", costs(11), ["/channelCosts/web cost_above_capacity"]],
    ["where nobody has the skill nothing is said", { ...costs(11), "/agents": [] }, []],
    ["where no channel has the kind nothing is said", { "/channelCosts": { sms: 11 } }, []],
    [
      "others' capacity does not help",
      {
        ...costs(11),
        "/skillQueues/1": { id: "sales" },
        "/agents/1": { id: "ben", skills: { sales: 1 }, capacity: 100 },
      },
      ["/channelCosts/web cost_above_capacity"],
    ],
    [
      "one of several agents is enough",
      { ...costs(11), "/agents/1": { id: "ben", skills: { billing: 1 }, capacity: 11 } },
      [],
    ],
    [
      "each channel of the kind counts",
      {
        ...costs(11),
        "/skillQueues/1": { id: "sales" },
        "/agents/1": { id: "ben", skills: { sales: 1 }, capacity: 100 },
        "/channels/1": { id: "web2", kind: "web", skillQueue: "sales" },
      },
      ["/channelCosts/web cost_above_capacity"],
    ],
    [
      "a capacity that cannot be read may be any",
      { ...costs(11), "/agents/0/capacity": "many" },
      ["/agents/0/capacity wrong_type"],
    ],
    [
      "an agent whose skills cannot be read may help",
      { ...costs(11), "/agents/1": { id: "ben", skills: 7, capacity: 11 } },
      ["/agents/1/skills wrong_type"],
    ],
  ];
  test.each(cases)("%s", (_, changes, problems) => {
    expect(problemsOf(smallWith(changes))).toEqual(problems);
  });

  test("the limit is what fits on every channel of the kind", () => {
    expect(violationsOf(smallWith(costs(11)))[0]).toMatchObject({
      value: 11,
      limit: { min: 1, max: 10 },
    });
  });
});

describe("references and ids", () => {
  const cases: readonly Case[] = [
    [
      "a queue without its calendar",
      { "/skillQueues/0/calendar": "home" },
      ["/skillQueues/0/calendar unknown_reference"],
    ],
    ["a queue that is always open", { "/skillQueues/0/calendar": undefined }, []],
    [
      "a skill without its queue",
      { "/agents/0/skills": { billing: 1, "sales/eu~1": 1 } },
      ["/agents/0/skills/sales~1eu~01 unknown_reference"],
    ],
    [
      "a channel without its queue",
      { "/channels/0/skillQueue": "Billing" },
      ["/channels/0/skillQueue unknown_reference"],
    ],
    [
      "names of objects' own methods are ids like others",
      {
        "/channels/0/skillQueue": "constructor",
        "/agents/0/skills": { billing: 1, toString: 1 },
      },
      ["/agents/0/skills/toString unknown_reference", "/channels/0/skillQueue unknown_reference"],
    ],
    [
      "the second of two ids",
      {
        "/calendars/1": { id: "office", timeZone: "UTC" },
        "/skillQueues/1": { id: "billing" },
        "/agents/1": { id: "ana", skills: { billing: 1 }, capacity: 1 },
        "/channels/1": { id: "web", kind: "sms", skillQueue: "billing" },
      },
      [
        "/calendars/1/id duplicate_id",
        "/skillQueues/1/id duplicate_id",
        "/agents/1/id duplicate_id",
        "/channels/1/id duplicate_id",
      ],
    ],
    ["the same id in two lists", { "/agents/0/id": "billing", "/channels/0/id": "billing" }, []],
    [
      "an id of the wrong form is found by what refers to it",
      {
        "/skillQueues/0/id": "\n",
        "/agents/0/skills": { "\n": 1 },
        "/channels/0/skillQueue": "\n",
      },
      ["/skillQueues/0/id wrong_type"],
    ],
    [
      "ids and dates that cannot be read are not the same",
      {
        "/agents/1": { id: 5, skills: { billing: 1 }, capacity: 1 },
        "/agents/2": { id: 5, skills: { billing: 1 }, capacity: 1 },
        "/calendars/0/workDates": [
          { date: 5, hours: [] },
          { date: 5, hours: [] },
        ],
      },
      [
        "/calendars/0/workDates/0/date wrong_type",
        "/calendars/0/workDates/1/date wrong_type",
        "/agents/1/id wrong_type",
        "/agents/2/id wrong_type",
      ],
    ],
    [
      "a list that cannot be read is no reason to miss an id",
      { "/skillQueues": "billing" },
      ["/skillQueues wrong_type"],
    ],
  ];
  test.each(cases)("%s", (_, changes, problems) => {
    expect(problemsOf(smallWith(changes))).toEqual(problems);
  });

  test("a violation lists the ids that are known, unless they are many", () => {
    const limitWith = (count: number) => {
      const ids = Array.from({ length: count }, (_, index) => `q${index}`);
      const changes = {
        "/skillQueues": ids.map((id) => ({ id })),
        "/agents": [],
        "/channels/0/skillQueue": "sales",
      };
      return violationsOf(smallWith(changes))[0]?.limit;
    };
    expect(limitWith(3)).toEqual(["q0", "q1", "q2"]);
    expect(limitWith(32)).toHaveLength(32);
    expect(limitWith(33)).toBeNull();
  });
});

describe("keys", () => {
  const cases: readonly Case[] = [
    ["unknown at the top", { "/queues": [] }, ["/queues unknown_key"]],
    ["unknown below", { "/agents/0/skilz": {} }, ["/agents/0/skilz unknown_key"]],
    [
      "unknown in sections",
      {
        "/calendars/0/weekly/monday": [],
        "/channelCosts/line": 1,
        "/presence": { graceMinutes: 1 },
      },
      [
        "/calendars/0/weekly/monday unknown_key",
        "/channelCosts/line unknown_key",
        "/presence/graceMinutes unknown_key",
      ],
    ],
    ["with the characters of a pointer", { [`/a~1b~0c`]: 1 }, ["/a~1b~0c unknown_key"]],
    [
      "required, after those that stand",
      { "/agents/0": { name: "Ana", shift: 1 } },
      [
        "/agents/0/shift unknown_key",
        "/agents/0/id required",
        "/agents/0/skills required",
        "/agents/0/capacity required",
      ],
    ],
    [
      "required of a push",
      { [`${channel}/push`]: {} },
      [`${channel}/push/url required`, `${channel}/push/secret required`],
    ],
    [
      "null where it means nothing",
      { "/agents": null, "/presence": null, [`${channel}/push`]: null },
      ["/agents wrong_type", `${channel}/push wrong_type`, "/presence wrong_type"],
    ],
  ];
  test.each(cases)("%s", (_, changes, problems) => {
    expect(problemsOf(smallWith(changes))).toEqual(problems);
  });

  test("a key that is missing has no value and no limit", () => {
    expect(
      violationsOf({ agents: [{ skills: { a: 1 }, capacity: 1 }], skillQueues: [{ id: "a" }] }),
    ).toEqual([
      {
        path: "/agents/0/id",
        code: "required",
        message: "Must be given.",
        value: null,
        limit: null,
      },
    ]);
  });
});

describe("a violation quotes what it found", () => {
  test("a list or an object as it stands", () => {
    const value = { a: [1, { b: null }], c: "d" };
    expect(violationsOf({ x: value })[0]).toMatchObject({ path: "/x", value });
  });

  test("to a depth of eight", () => {
    const listsIn = (depth: number): unknown => (depth === 0 ? 1 : [listsIn(depth - 1)]);
    const objectsIn = (depth: number): unknown => (depth === 0 ? 1 : { a: objectsIn(depth - 1) });
    const quoted = (x: unknown) => violationsOf({ x })[0]?.value;
    expect(quoted(listsIn(8))).toEqual(listsIn(8));
    expect(quoted(listsIn(9))).toEqual([[[[[[[[null]]]]]]]]);
    expect(quoted(objectsIn(8))).toEqual(objectsIn(8));
    expect(JSON.stringify(quoted(objectsIn(9)))).toContain('"a":null');
  });

  test.each([
    ["/agents/0/capacity", "Must be a whole number."],
    ["/channels/0/customerReplyTimeoutMinutes", "Must be a whole number or null."],
    ["/agents/0/skills", "Must be an object."],
    ["/channels/0/addresses", "Must be a list."],
    ["/skillQueues/0/liveFirst", "Must be true or false."],
    ["/skillQueues/0/order", "Must be a text."],
  ])("and says what belongs at %s", (path, message) => {
    const value = path.endsWith("order") ? 5 : "five";
    expect(violationsOf(smallWith({ [path]: value }))).toMatchObject([
      { path, code: "wrong_type", message, value, limit: null },
    ]);
  });
});

test("every mistake of a document is listed at once, in its order", () => {
  const document = exampleWith({
    "/calendars/0/timeZone": "Europe/Berlino",
    "/calendars/0/weekly/tue": ["09:00-12:00", "11:00-13:00"],
    "/skillQueues/0/acceptanse": "manual",
    "/agents/0/skills": { biling: 8 },
    "/channelCosts/email": 0,
    "/channels/0/offlineMessages/prompt": "We're closed",
    "/channels/0/offlineMessages/calledCustomerReplyTimeoutMinutes": 5,
    "/channels/0/customerReplyTimeoutMinutes": 5,
    "/channels/0/lastAgentMode/enabled": false,
    "/channels/1/kind": "line",
    "/channels/1/skillQueue": undefined,
    "/channels/1/autoReply/workingHours": undefined,
  });
  expect(problemsOf(document)).toEqual([
    "/calendars/0/timeZone time_zone_unknown",
    "/calendars/0/weekly/tue/1 hours_overlap",
    "/skillQueues/0/acceptanse unknown_key",
    "/agents/0/skills/biling unknown_reference",
    "/channelCosts/email out_of_range",
    "/channels/0/offlineMessages/prompt prompt_forbidden_character",
    "/channels/0/offlineMessages/calledCustomerReplyTimeoutMinutes called_timeout_too_long",
    "/channels/0/offlineMessages/routingMode last_agent_mode_disabled",
    "/channels/1/kind channel_kind_unsupported",
    "/channels/1/skillQueue required",
  ]);
});

describe("warnings", () => {
  const wall = (limit: number, unit: string, weekly: unknown): Changes => ({
    ...on,
    [`${offline}/routingClock`]: "wall",
    [`${offline}/routingTimeLimit`]: limit,
    [`${offline}/routingTimeLimitUnit`]: unit,
    "/calendars/0/weekly": weekly,
  });
  const all = (hours: readonly string[]) =>
    Object.fromEntries(
      ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].map((day) => [day, hours]),
    );
  const short = `${offline}/routingTimeLimit limit_shorter_than_night`;
  const cases: readonly Case[] = [
    [
      "a prompt on email is never sent",
      { [`${channel}/kind`]: "email", [`${offline}/prompt`]: "Closed" },
      [`${offline}/prompt prompt_unused`],
    ],
    [
      "a prompt on sms is never sent",
      { [`${channel}/kind`]: "sms", ...on, [`${offline}/prompt`]: "Closed" },
      [`${offline}/prompt prompt_unused`],
    ],
    ["a prompt elsewhere is", { ...on, [`${offline}/prompt`]: "Closed" }, []],
    ["a night of 14 hours, a limit of 13", wall(13, "hours", all(["08:00-18:00"])), [short]],
    ["a night of 14 hours, a limit of 14", wall(14, "hours", all(["08:00-18:00"])), []],
    ["a weekend counts", wall(2, "days", { mon: ["09:00-18:00"], fri: ["09:00-18:00"] }), [short]],
    ["a week around its end", wall(6, "days", { wed: ["00:00-24:00"] }), []],
    ["a week with less than a day", wall(6, "days", { wed: ["00:00-23:59"] }), [short]],
    ["past midnight on Sunday", wall(6, "days", { sun: ["12:00-11:59"] }), [short]],
    ["never open", wall(60, "days", {}), [short]],
    ["always open", wall(1, "minutes", all(["00:00-24:00"])), []],
    ["one minute closed", wall(1, "minutes", all(["00:00-23:59"])), []],
    [
      "on the working clock",
      { ...wall(1, "minutes", {}), [`${offline}/routingClock`]: "working" },
      [],
    ],
    ["offline messages off", { ...wall(1, "minutes", {}), [`${offline}/enabled`]: false }, []],
    ["no calendar", { ...wall(1, "minutes", {}), "/skillQueues/0/calendar": undefined }, []],
  ];
  test.each(cases)("%s", (_, changes, warnings) => {
    expect(warningsOf(smallWith(changes))).toEqual(warnings);
  });

  test("a prompt that is never sent must still be a good one", () => {
    const changes = { [`${channel}/kind`]: "email", [`${offline}/prompt`]: "a;b" };
    expect(problemsOf(smallWith(changes))).toEqual([
      `${offline}/prompt prompt_forbidden_character`,
    ]);
  });
});
