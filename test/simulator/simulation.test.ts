import { expect, test, vi } from "vitest";
import { runDigest } from "../../simulator/decision-digest.ts";
import { Measures } from "../../simulator/measures.ts";
import { runReplications } from "../../simulator/replications.ts";
import { loadScenario, type Scenario } from "../../simulator/scenario/scenario.ts";
import { buildWorld } from "../../simulator/world.ts";
import { replicate, worldOf } from "./theory-scenario.ts";

vi.setConfig({ testTimeout: 120_000 });

function shipped(name: string): Scenario {
  const file = new URL(`../../simulator/scenarios/${name}.yaml`, import.meta.url).pathname;
  const loaded = loadScenario(file);
  if ("problems" in loaded) throw new Error(JSON.stringify(loaded.problems));
  return loaded.scenario;
}

const document = (agentCount: number) => ({
  configuration: {
    skillQueues: [{ id: "q", acceptance: "manual", offerTimeoutSeconds: 20 }],
    agents: Array.from({ length: agentCount }, (_unused, index) => ({
      id: `a${index}`,
      skills: { q: 5 },
      capacity: 3,
    })),
    channels: [
      {
        id: "web",
        kind: "web",
        skillQueue: "q",
        lastAgentMode: { enabled: true },
        offlineMessages: { enabled: true, routingMode: "last-agent" },
      },
      {
        id: "chat",
        kind: "telegram",
        skillQueue: "q",
        offlineMessages: {
          enabled: true,
          routingMode: "chatbot",
          chatbot: { url: "https://bot.example.org", accessCode: "bot" },
        },
      },
    ],
  },
  start: "2026-03-03T00:00",
  timeZone: "Europe/Berlin",
  days: 1,
  warmUpDays: 1,
  traffic: {
    web: {
      arrivals: [{ process: "hawkes", perHour: 6, branching: 0.4, decayPerHour: 4 }],
      customers: {
        returnProbability: 0.5,
        returnAfter: { law: "exponential", mean: 3, unit: "hours" },
        withdrawsAfter: { law: "exponential", mean: 5, unit: "hours" },
        writesAgain: { probability: 0.5, after: { law: "exponential", mean: 30 } },
      },
    },
    chat: {
      arrivals: [
        { process: "mmpp", perHour1: 12, perHour2: 1, leave1PerHour: 1, leave2PerHour: 1 },
      ],
      bot: { contains: 0.3 },
    },
  },
  staff: {
    all: {
      agents: ["*"],
      shifts: { mon: ["08:00-18:00"], tue: ["08:00-12:00", "12:00-18:00"], wed: ["08:00-18:00"] },
      breaks: [{ at: "12:30", minutes: 30 }],
      lateness: { law: "exponential", mean: 3 },
      absence: 0.1,
      flaps: { perHour: 1, last: { law: "lognormal", mean: 3, sd: 4 } },
      accepts: { probability: 0.8, after: { law: "exponential", mean: 5, unit: "seconds" } },
    },
  },
});

test("the same seed gives the same decisions on one thread, on two, and in this one", async () => {
  const scenario = shipped("quiet-night");
  const options = { seed: 5, replications: 2 };
  const one = await runReplications(scenario, { ...options, threads: 1 });
  const two = await runReplications(scenario, { ...options, threads: 2 });
  const here = replicate(buildWorld(scenario), 2, 5);
  const digests = [one, two, here].map((run) => runDigest(run.map(({ digest }) => digest)));
  expect(new Set(digests).size).toBe(1);
  expect(two).toEqual(one);
});

test("another seed gives other decisions", () => {
  const world = worldOf(document(3));
  const [first] = replicate(world, 1, 1);
  const [second] = replicate(world, 1, 2);
  expect(second?.digest).not.toBe(first?.digest);
});

test("invariants hold with offers, breaks, lost connections, withdrawals and a bot", () => {
  for (const agents of [1, 3]) {
    const records = replicate(worldOf(document(agents)), 3);
    const reasons = new Set(records.flatMap((record) => Object.keys(record.reasons)));
    expect([...reasons]).toEqual(
      expect.arrayContaining([
        "accepted",
        "declined",
        "offer_timeout",
        "customer_ended",
        "closed_by_bot",
      ]),
    );
    expect(records.every((record) => record.unsettled === 0)).toBe(true);
  }
});

test("one more agent changes no customer: the same people write the same messages at the same time", () => {
  const arrivals = (agents: number) => {
    const world = worldOf(document(agents));
    const [record] = replicate(world, 1);
    const { messages } = record ?? { messages: undefined };
    const first = new Map<string, string>();
    for (let row = 0; row < (messages?.count ?? 0); row += 1) {
      if (messages?.part[row] !== 0) continue;
      const id = `${messages.channel[row]}-${messages.arrival[row]}`;
      first.set(id, `${messages.person[row]} ${messages.arrivedAt[row]}`);
    }
    return first;
  };
  const few = arrivals(2);
  const more = arrivals(3);
  const both = [...few.keys()].filter((id) => more.has(id));
  expect(both.length).toBeGreaterThan(0.8 * few.size);
  for (const id of both) expect(more.get(id)).toBe(few.get(id));
});

test("every figure of an untouched service is 1, and parked messages count against it", () => {
  const world = worldOf(document(3));
  const measures = new Measures(world, replicate(world, 3), 0.95);
  const scoped = measures.select({});
  const strict = measures.assignedWithin(scoped, 30 * 60_000, "wall").estimate;
  const lenient = measures.assignedWithinOfPatient(scoped, 30 * 60_000, "wall").estimate;
  expect(strict).toBeLessThanOrEqual(lenient);
  expect(measures.settledWithin(scoped, 365 * 86_400_000, "wall").estimate).toBe(1);
  const gone = measures.parked(scoped).estimate + measures.closedUnassigned(scoped).estimate;
  const assigned = measures.assignedWithin(scoped, 365 * 86_400_000, "wall").estimate;
  expect(assigned + gone).toBeCloseTo(1, 12);
  expect(measures.select({ channel: "none" }).pooled.wall).toHaveLength(0);
});
