import { afterAll, beforeAll, expect, test } from "vitest";
import { agent, channel, document, office } from "./documents.ts";
import { expectValid, expectViolations } from "./validation.ts";
import type { ConfigurationDocument } from "./wire.ts";
import { ContractWorker } from "./worker.ts";

let worker: ContractWorker;
beforeAll(async () => {
  worker = await ContractWorker.start();
});
afterAll(async () => worker[Symbol.asyncDispose]());

type Place = (part: Readonly<Record<string, unknown>>) => ConfigurationDocument;

const onQueue: Place = (part) => document({ open: part });
const onAgent: Place = (part) => document({ agents: [{ ...agent("ana", 3), ...part }] });
const onChannel: Place = (part) => document({ web: part });
const onTenant: Place = (tenant) => document({ tenant });
const onRetention: Place = (retention) => document({ tenant: { retention } });
const onPresence: Place = (presence) => document({ tenant: { presence } });
const onLastAgent: Place = (lastAgentMode) =>
  document({
    offline: {},
    web: { lastAgentMode: { enabled: true, ...lastAgentMode }, offlineMessages: {} },
  });
const onAutoReply: Place = (autoReply) =>
  document({ channels: [channel("mail", "email", { autoReply })] });

const ranges = [
  ["2.skill-queue.4", "offerTimeoutSeconds", 5, 600, onQueue, "/skillQueues/0"],
  ["2.skill-queue.5", "reofferSeconds", 1, 3600, onQueue, "/skillQueues/0"],
  ["2.skill-queue.6", "connectWaitSeconds", 0, 60_000, onQueue, "/skillQueues/0"],
  ["2.skill-queue.7", "maxWaiting", 0, 10_000, onQueue, "/skillQueues/0"],
  ["2.skill-queue.10", "reassignAfterMinutes", 5, 600, onQueue, "/skillQueues/0"],
  ["2.skill-queue.11", "maxAssignmentsPerAgentPerMinute", 1, 600, onQueue, "/skillQueues/0"],
  ["2.agent.2", "capacity", 1, 100, onAgent, "/agents/0"],
  ["2.tenant.2", "heartbeatSeconds", 10, 3600, onPresence, "/presence"],
  ["2.tenant.2", "graceSeconds", 0, 3600, onPresence, "/presence"],
  ["2.tenant.3", "deduplicationHours", 1, 168, onRetention, "/retention"],
  ["2.tenant.3", "dormantDays", 1, 365, onRetention, "/retention"],
  ["2.tenant.3", "closedDays", 1, 3650, onRetention, "/retention"],
  ["2.channel.1", "priority", 0, 14, onChannel, "/channels/0"],
  ["2.channel.4", "validityMinutes", 1, 525_600, onLastAgent, "/channels/0/lastAgentMode"],
  ["2.channel.4", "waitMinutes", 0, 60, onLastAgent, "/channels/0/lastAgentMode"],
  ["2.channel.4", "offlineWaitMinutes", 0, 60, onLastAgent, "/channels/0/lastAgentMode"],
  ["2.channel.5", "maxPerSenderPerHour", 1, 100, onAutoReply, "/channels/1/autoReply"],
] as const;

test.each(ranges)(
  "%s F1 `%s` is a whole number from %i to %i",
  async (_, key, min, max, place, at) => {
    const desk = worker.unused();
    const path = `${at}/${key}`;
    await expectValid(desk, place({ [key]: min }));
    await expectValid(desk, place({ [key]: max }));
    for (const value of [min - 1, max + 1]) {
      await expectViolations(desk, place({ [key]: value }), [
        { path, code: "out_of_range", value, limit: { min, max } },
      ]);
    }
    for (const value of [min + 0.5, String(min), [min]]) {
      await expectViolations(desk, place({ [key]: value }), [{ path, code: "wrong_type", value }]);
    }
  },
);

const choices = [
  [
    "2.skill-queue.2",
    "agentSelection",
    ["longest-idle", "least-loaded", "round-robin", "best-level"],
    onQueue,
    "/skillQueues/0",
  ],
  ["2.skill-queue.3", "acceptance", ["automatic", "manual"], onQueue, "/skillQueues/0"],
  ["2.skill-queue.8", "order", ["age", "reply-window"], onQueue, "/skillQueues/0"],
  ["2.channel.4", "scope", ["channel", "customer"], onLastAgent, "/channels/0/lastAgentMode"],
] as const;

test.each(choices)("%s F1 `%s` is one of its choices", async (_, key, limit, place, at) => {
  for (const choice of limit) await expectValid(worker.unused(), place({ [key]: choice }));
  await expectViolations(worker.unused(), place({ [key]: "other" }), [
    { path: `${at}/${key}`, code: "not_one_of", value: "other", limit },
  ]);
});

test("2.skill-queue.9 2.skill-queue.10 2.skill-queue.11 `liveFirst` is true or false; the two limits may be null", async () => {
  await expectValid(worker.unused(), onQueue({ liveFirst: false }));
  await expectValid(
    worker.unused(),
    onQueue({ reassignAfterMinutes: null, maxAssignmentsPerAgentPerMinute: null }),
  );
  await expectViolations(worker.unused(), onQueue({ liveFirst: 1 }), [
    { path: "/skillQueues/0/liveFirst", code: "wrong_type", value: 1 },
  ]);
});

test("2.skill-queue.1 2.skill-queue.2 2.skill-queue.3 2.skill-queue.4 2.skill-queue.5 2.skill-queue.6 2.skill-queue.7 2.skill-queue.8 2.skill-queue.9 2.skill-queue.10 2.skill-queue.11 2.tenant.1 2.tenant.2 2.tenant.3 2.channel.1 2.channel.4 2.channel.5 5.get-configuration.1 defaults are filled in", async () => {
  const desk = await worker.tenant({
    skillQueues: [{ id: "q" }],
    agents: [{ id: "ana", skills: { q: 1 }, capacity: 1 }],
    channels: [
      { id: "web", kind: "web", skillQueue: "q" },
      {
        id: "mail",
        kind: "email",
        skillQueue: "q",
        autoReply: {
          workingHours: { subject: "s", body: "b" },
          nonWorkingHours: { subject: "s", body: "b" },
        },
      },
    ],
  });
  const { body } = await desk.read("/configuration");
  expect(body).toMatchObject({
    skillQueues: [
      {
        id: "q",
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
    ],
    presence: { heartbeatSeconds: 120, graceSeconds: 60 },
    retention: { deduplicationHours: 24, dormantDays: 30, closedDays: 90 },
    channels: [
      {
        priority: 0,
        lastAgentMode: {
          enabled: false,
          validityMinutes: 10_080,
          waitMinutes: 10,
          offlineWaitMinutes: 5,
          scope: "channel",
        },
      },
      { autoReply: { maxPerSenderPerHour: 10 } },
    ],
  });
  const costs = (body as { channelCosts: Record<string, number> }).channelCosts;
  for (const kind of ["web", "rcs", "email", "whatsapp", "sms", "instagram", "telegram"]) {
    expect(costs[kind]).toBe(1);
  }
});

test("2.agent.1 an agent has 1–50 skills at level 1–10", async () => {
  const queues = Array.from({ length: 51 }, (_, index) => ({ id: `q${index}` }));
  const at = (count: number, level: unknown): ConfigurationDocument =>
    document({
      queues,
      agents: [
        agent("ana", 3, Object.fromEntries(queues.slice(0, count).map(({ id }) => [id, level]))),
      ],
    });
  const desk = worker.unused();
  await expectValid(desk, at(50, 10));
  await expectValid(desk, at(1, 1));
  for (const count of [0, 51]) {
    const answer = await desk.configure(at(count, 5), "?dryRun=true");
    expect(answer.body.violations).toMatchObject([{ path: "/agents/0/skills" }]);
  }
  for (const level of [0, 11]) {
    await expectViolations(desk, at(1, level), [
      {
        path: "/agents/0/skills/q0",
        code: "out_of_range",
        value: level,
        limit: { min: 1, max: 10 },
      },
    ]);
  }
  await expectViolations(desk, at(1, 2.5), [{ path: "/agents/0/skills/q0", code: "wrong_type" }]);
});

test("2.agent.3 F6 an agent's `name` is kept and shown", async () => {
  const desk = await worker.tenant(onAgent({ name: "Ana Lima" }));
  expect(await desk.agent("ana")).toMatchObject({ id: "ana", name: "Ana Lima", capacity: 3 });
});

test("2.tenant.1 `channelCosts` by kind is 1–100", async () => {
  const desk = worker.unused();
  const at = (web: unknown): ConfigurationDocument =>
    document({ agents: [agent("ana", 100)], tenant: { channelCosts: { web } } });
  await expectValid(desk, at(1));
  await expectValid(desk, at(100));
  for (const value of [0, 101]) {
    const { body } = await desk.configure(at(value), "?dryRun=true");
    expect(body.violations).toContainEqual(
      expect.objectContaining({
        path: "/channelCosts/web",
        code: "out_of_range",
        limit: { min: 1, max: 100 },
      }),
    );
  }
  await expectViolations(desk, onTenant({ channelCosts: { line: 1 } }), [
    { path: "/channelCosts/line", code: "unknown_key" },
  ]);
});

test("2.tenant.1 F1 F4 a cost above the capacity of every agent of the channel's queue is `cost_above_capacity`", async () => {
  const desk = worker.unused();
  const at = (cost: number, agents: readonly object[]): ConfigurationDocument =>
    document({
      agents: agents.map((one) => ({ ...one })),
      tenant: { channelCosts: { web: cost } },
    });
  const two = [agent("ana", 3), agent("ben", 5)];
  await expectValid(desk, at(5, two));
  await expectViolations(desk, at(6, two), [
    { path: "/channelCosts/web", code: "cost_above_capacity", value: 6 },
  ]);
  // Only where somebody has the skill of the channel's own queue.
  await expectValid(desk, at(6, [agent("ana", 3, { office: 1 })]));
  await expectViolations(desk, at(4, [agent("ana", 3), agent("ben", 9, { office: 1 })]), [
    { path: "/channelCosts/web", code: "cost_above_capacity" },
  ]);
});

test("2.channel.2 `addresses` is a list of the channel's own", async () => {
  const desk = worker.unused();
  await expectValid(desk, onChannel({ addresses: ["help@acme.example", "+49301234"] }));
  await expectViolations(desk, onChannel({ addresses: "help@acme.example" }), [
    { path: "/channels/0/addresses", code: "wrong_type" },
  ]);
});

test("2.channel.3 `push` needs a url and the name of a secret", async () => {
  const desk = worker.unused();
  await expectViolations(desk, onChannel({ push: {} }), [
    { path: "/channels/0/push/url", code: "required" },
    { path: "/channels/0/push/secret", code: "required" },
  ]);
  for (const url of ["", "ftp://x.example", "/relative", "https://"]) {
    await expectViolations(desk, onChannel({ push: { url, secret: "s" } }), [
      { path: "/channels/0/push/url", code: "url_invalid", value: url },
    ]);
  }
});

test("2.channel.5 each template has a subject and a body", async () => {
  await expectViolations(
    worker.unused(),
    onAutoReply({ workingHours: {}, nonWorkingHours: { subject: "s", body: 5 } }),
    [
      { path: "/channels/1/autoReply/workingHours/subject", code: "required" },
      { path: "/channels/1/autoReply/workingHours/body", code: "required" },
      { path: "/channels/1/autoReply/nonWorkingHours/body", code: "wrong_type", value: 5 },
    ],
  );
});

const onCalendar: Place = (part) => ({ ...document(), calendars: [{ ...office, ...part }] });
const weekly = (mon: unknown): ConfigurationDocument => onCalendar({ weekly: { mon } });

test("2.calendar.1 `timeZone` is an IANA zone", async () => {
  for (const timeZone of ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "UTC"]) {
    await expectValid(worker.unused(), onCalendar({ timeZone }));
  }
  for (const timeZone of ["Mars/Olympus", "Berlin", ""]) {
    await expectViolations(worker.unused(), onCalendar({ timeZone }), [
      { path: "/calendars/0/timeZone", code: "time_zone_unknown", value: timeZone },
    ]);
  }
});

test("2.calendar.2 2.calendar.5 F5 hours: several a day, past midnight, the whole day", async () => {
  const desk = worker.unused();
  for (const hours of [
    ["09:00-12:00", "12:00-18:00"],
    ["22:00-06:00"],
    ["00:00-24:00"],
    ["23:59-00:00"],
    [],
  ]) {
    await expectValid(desk, weekly(hours));
  }
  for (const hours of [
    "09:00-09:00",
    "24:00-24:00",
    "24:00-06:00",
    "9:00-10:00",
    "09:60-10:00",
    "25:00-26:00",
    "x",
  ]) {
    await expectViolations(desk, weekly([hours]), [
      { path: "/calendars/0/weekly/mon/0", code: "hours_invalid", value: hours },
    ]);
  }
  await expectViolations(desk, onCalendar({ weekly: { monday: [] } }), [
    { path: "/calendars/0/weekly/monday", code: "unknown_key" },
  ]);
});

test("2.calendar.5 F5 a day's intervals do not overlap, but a night shift may touch the next day's hours", async () => {
  const desk = worker.unused();
  const answer = await desk.configure(weekly(["09:00-12:00", "11:59-13:00"]), "?dryRun=true");
  expect(answer.body.violations?.map(({ code }) => code)).toEqual(["hours_overlap"]);
  expect(answer.body.violations?.[0]?.path).toMatch(/^\/calendars\/0\/weekly\/mon/u);
  await expectValid(desk, onCalendar({ weekly: { mon: ["22:00-08:00"], tue: ["06:00-12:00"] } }));
});

test("2.calendar.3 2.calendar.4 rest and work dates are dates of the calendar", async () => {
  const desk = worker.unused();
  await expectValid(
    desk,
    onCalendar({
      restDates: ["2026-12-25", "2028-02-29"],
      workDates: [{ date: "2026-12-19", hours: ["10:00-14:00"] }],
    }),
  );
  await expectViolations(
    desk,
    onCalendar({
      restDates: ["2026-02-29", "tomorrow"],
      workDates: [{ date: "2026-13-01", hours: ["10:00-14:00"] }, { date: "2026-12-19" }],
    }),
    [
      { path: "/calendars/0/restDates/0", code: "date_invalid", value: "2026-02-29" },
      { path: "/calendars/0/restDates/1", code: "date_invalid", value: "tomorrow" },
      { path: "/calendars/0/workDates/0/date", code: "date_invalid", value: "2026-13-01" },
      { path: "/calendars/0/workDates/1/hours", code: "required" },
    ],
  );
});

test("2.0.2 2.0.3 F1 unknown keys are errors everywhere, and all are said at once", async () => {
  await expectViolations(
    worker.unused(),
    {
      ...document({ open: { colour: 1 }, offline: { colour: 1 }, web: { colour: 1 } }),
      colour: 1,
      calendars: [{ ...office, colour: 1 }],
      agents: [{ ...agent("ana", 3), colour: 1 }],
    },
    [
      "",
      "/calendars/0",
      "/skillQueues/0",
      "/agents/0",
      "/channels/0",
      "/channels/0/offlineMessages",
    ].map((at) => ({ path: `${at}/colour`, code: "unknown_key", value: 1 })),
  );
});

test("F1 a missing key is reported at the path it would have", async () => {
  await expectViolations(
    worker.unused(),
    { calendars: [{}], skillQueues: [{}], agents: [{}], channels: [{}] },
    [
      { path: "/calendars/0/id", code: "required" },
      { path: "/calendars/0/timeZone", code: "required" },
      { path: "/skillQueues/0/id", code: "required" },
      { path: "/agents/0/id", code: "required" },
      { path: "/agents/0/skills", code: "required" },
      { path: "/agents/0/capacity", code: "required" },
      { path: "/channels/0/id", code: "required" },
      { path: "/channels/0/kind", code: "required" },
      { path: "/channels/0/skillQueue", code: "required" },
    ],
  );
});

test("F1 `path` is a JSON Pointer: signs of its own are escaped", async () => {
  await expectViolations(worker.unused(), onQueue({ "a/b~c": 1 }), [
    { path: "/skillQueues/0/a~1b~0c", code: "unknown_key" },
  ]);
});

test("F1 references and ids: `unknown_reference`, `duplicate_id`, `channel_kind_unsupported`", async () => {
  const doc = document({
    queues: [{ id: "open" }, { id: "night", calendar: "nowhere" }],
    agents: [agent("ana", 3, { nothing: 1 }), agent("ana", 2)],
    web: { skillQueue: "missing" },
    channels: [channel("web", "sms"), channel("l", "line")],
  });
  await expectViolations(worker.unused(), doc, [
    { path: "/skillQueues/2/id", code: "duplicate_id", value: "open" },
    { path: "/skillQueues/3/calendar", code: "unknown_reference", value: "nowhere" },
    { path: "/agents/0/skills/nothing", code: "unknown_reference" },
    { path: "/agents/1/id", code: "duplicate_id", value: "ana" },
    { path: "/channels/0/skillQueue", code: "unknown_reference", value: "missing" },
    { path: "/channels/1/id", code: "duplicate_id", value: "web" },
    {
      path: "/channels/2/kind",
      code: "channel_kind_unsupported",
      value: "line",
      limit: ["web", "rcs", "email", "whatsapp", "sms", "instagram", "telegram"],
    },
  ]);
});
