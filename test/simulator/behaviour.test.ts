import { expect, test, vi } from "vitest";
import { KeyedRandom } from "../../simulator/keyed-random.ts";
import { nameOfPerson } from "../../simulator/population.ts";
import { channelArrivals } from "../../simulator/traffic.ts";
import type { World } from "../../simulator/world.ts";
import { average, replicate, worldOf } from "./theory-scenario.ts";

vi.setConfig({ testTimeout: 60_000 });

const week = (hours: string) =>
  Object.fromEntries(
    ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].map((day) => [day, [hours]]),
  );

/** One agent by day, messages day and night: those of the night are offline when they are answered. */
function world(given: {
  readonly offline?: object;
  readonly channel?: object;
  readonly customers?: object;
  readonly handlingMinutes?: number;
  readonly days?: number;
}): World {
  return worldOf({
    configuration: {
      calendars: [{ id: "day", timeZone: "UTC", weekly: week("08:00-18:00") }],
      skillQueues: [{ id: "q", calendar: "day", connectWaitSeconds: 0 }],
      agents: [{ id: "a", skills: { q: 5 }, capacity: 100 }],
      channels: [
        {
          id: "c",
          kind: "web",
          skillQueue: "q",
          ...given.channel,
          offlineMessages: { enabled: true, ...given.offline },
        },
      ],
    },
    start: "2026-03-02T00:00",
    timeZone: "UTC",
    days: given.days ?? 3,
    warmUpDays: 0,
    traffic: {
      c: {
        arrivals: [{ process: "poisson", perHour: 6 }],
        customers: { replies: { neverAnswers: 1 }, ...given.customers },
        handling: {
          first: { law: "deterministic", value: given.handlingMinutes ?? 3 },
          closes: 0,
        },
      },
    },
    staff: { all: { agents: ["*"], shifts: week("08:00-18:00"), efficiency: [1] } },
  });
}

function refusals(one: World): Readonly<Record<string, number>> {
  return replicate(one, 1)[0]?.refusedWrites ?? {};
}

test("an answer that comes after the reply window is refused and counted as a loss", () => {
  // The night is longer than an hour, so whoever writes in the evening cannot be answered any more.
  const offline = { agentOutboundTimeLimitMinutes: 60 };
  const lost = refusals(world({ offline }));
  expect(lost["reply_window_closed"]).toBeGreaterThan(100);
  expect(Object.keys(lost)).toEqual(["reply_window_closed"]);
  expect(refusals(world({}))).toEqual({});
});

test("where agents may not reply to offline messages, each attempt is a loss of that kind", () => {
  const lost = refusals(world({ offline: { agentOutboundTimeLimitMinutes: 0 } }));
  expect(lost["replies_not_allowed"]).toBeGreaterThan(100);
});

test("a customer who polls answers later than one who is pushed to, by half the gap on average", () => {
  const replies = { neverAnswers: 0, meanReplies: 1, after: { law: "deterministic", value: 2 } };
  const timeouts = (reads: object) => {
    const one = world({
      customers: { replies: { ...replies, ...reads } },
      offline: { calledCustomerReplyTimeoutMinutes: 5 },
    });
    return replicate(one, 1)[0]?.reasons["called_customer_reply_timeout"] ?? 0;
  };
  const all = timeouts({ neverAnswers: 1 });
  expect(all).toBeGreaterThan(150);
  expect(timeouts({ reads: "push" })).toBeLessThan(0.1 * all);
  // Two minutes of thinking and up to twelve until the next look: a quarter is within five.
  const polled = timeouts({ reads: "poll", pollMinutes: 12 });
  expect(polled / all).toBeGreaterThan(0.6);
  expect(polled / all).toBeLessThan(0.9);
});

test("a customer who comes back on another channel is the same person there, and finds the last agent", () => {
  const channel = (id: string) => ({
    id,
    kind: "web",
    skillQueue: "q",
    lastAgentMode: { enabled: true, scope: "customer" },
    offlineMessages: { enabled: true, routingMode: "last-agent" },
  });
  const one = worldOf({
    configuration: {
      skillQueues: [{ id: "q", connectWaitSeconds: 0 }],
      agents: ["a", "b", "c"].map((id) => ({ id, skills: { q: 5 }, capacity: 10 })),
      channels: [channel("chat"), channel("mail")],
    },
    start: "2026-03-02T00:00",
    timeZone: "UTC",
    days: 4,
    warmUpDays: 1,
    traffic: {
      chat: { arrivals: [{ process: "poisson", perHour: 5 }] },
      mail: {
        arrivals: [{ process: "poisson", perHour: 3 }],
        customers: {
          returnProbability: 0.5,
          returnFrom: { chat: 3, mail: 1 },
          returnAfter: { law: "deterministic", value: 5, unit: "hours" },
        },
      },
    },
    staff: { all: { agents: ["*"], shifts: week("00:00-24:00") } },
  });
  const [record] = replicate(one, 1);
  if (record === undefined) throw new Error("no record");
  const onMail = (row: number) => record.messages.channel[row] === 1;
  const fromChat = (row: number) =>
    nameOfPerson(one.channels, record.messages.person[row] ?? -1).startsWith("chat-");
  // Half return, three in four of them from chat.
  const share =
    average(one, record, (row) => Number(onMail(row) && fromChat(row))) /
    average(one, record, (row) => Number(onMail(row)));
  expect(share).toBeGreaterThan(0.25);
  expect(share).toBeLessThan(0.55);
  const known = average(one, record, (row) =>
    Number(onMail(row) && fromChat(row) && record.messages.lastAgentHit[row] === 1),
  );
  const all = average(one, record, (row) => Number(onMail(row) && fromChat(row)));
  expect(known / all).toBeGreaterThan(0.8);
});

/** Arrivals of a profile with one share an hour, in a zone. */
function profiled(timeZone: string, start: string, days: number, special: object[] = []): World {
  const shares = { weight: 1, shares: Array.from({ length: 24 }, () => 1) };
  return worldOf({
    configuration: {
      skillQueues: [{ id: "q" }],
      agents: [{ id: "a", skills: { q: 5 }, capacity: 1 }],
      channels: [{ id: "c", kind: "web", skillQueue: "q", offlineMessages: { enabled: true } }],
    },
    start,
    timeZone,
    days,
    warmUpDays: 0,
    specialDays: special,
    profiles: {
      flat: {
        intervalMinutes: 60,
        days: Object.fromEntries(
          ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].map((day) => [day, shares]),
        ),
      },
    },
    traffic: {
      c: { arrivals: [{ process: "profile", profile: "flat", perWeek: 7 * 24_000 }] },
    },
    staff: { all: { agents: ["*"], shifts: week("08:00-18:00") } },
  });
}

function countsByDay(one: World): readonly number[] {
  const sources = one.channels[0]?.sources ?? { channel: "c", sources: [] };
  const times = channelArrivals(one.traffic, sources, new KeyedRandom(3, 1), 3, 1);
  return one.days.map(({ from, to }) => times.filter((at) => at >= from && at < to).length);
}

test("a special day multiplies its own traffic and no other day's", () => {
  const special = [
    { date: "2026-05-05", factor: 0 },
    { date: "2026-05-06", factor: 2 },
  ];
  const [monday, holiday, after, thursday] = countsByDay(
    profiled("UTC", "2026-05-04T00:00", 4, special),
  );
  // Poisson: five standard deviations of 24,000 are 775.
  expect(holiday).toBe(0);
  expect(Math.abs((monday ?? 0) - 24_000)).toBeLessThan(775);
  expect(Math.abs((after ?? 0) - 48_000)).toBeLessThan(1_100);
  expect(Math.abs((thursday ?? 0) - 24_000)).toBeLessThan(775);
});

test("a profile keeps its local hours over daylight saving: 23 hours in spring, 25 in autumn", () => {
  // Each local hour has a thousand; the hour that is skipped has none, the repeated one stretches.
  const spring = profiled("Europe/Berlin", "2026-03-28T00:00", 3);
  const [before, short, later] = countsByDay(spring);
  expect(Math.abs((before ?? 0) - 24_000)).toBeLessThan(775);
  expect(Math.abs((later ?? 0) - 24_000)).toBeLessThan(775);
  expect((spring.days[1]?.to ?? 0) - (spring.days[1]?.from ?? 0)).toBe(23 * 3_600_000);
  expect(Math.abs((short ?? 0) - 23_000)).toBeLessThan(775);
  const autumn = profiled("Europe/Berlin", "2026-10-24T00:00", 3);
  const [, long] = countsByDay(autumn);
  expect((autumn.days[1]?.to ?? 0) - (autumn.days[1]?.from ?? 0)).toBe(25 * 3_600_000);
  expect(Math.abs((long ?? 0) - 25_000)).toBeLessThan(800);
});
