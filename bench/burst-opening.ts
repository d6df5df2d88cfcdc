import { EngineDesk, ids, startAt, type Given } from "./engine-desk.ts";
import { latencyFigures, type Benchmark } from "./figures.ts";
import { turnsUs } from "./sampling.ts";
import { offlineMessages } from "./waiting-tenant.ts";

/**
 * Goal: the morning: a million conversations were held over night, 5,000 agents of 4 slots are
 * there, and the calendar opens. How long until the last assignment that is possible at once (20,000
 * of them), how long until each, and how long each next one takes as agents close.
 *
 * Non-goal: what of it the agents see through journal and HTTP (`npm run bench:peers`).
 */
export const burstOpening: Benchmark = {
  name: "burst.opening",
  goal: "the calendar opens over a million held: until the last possible assignment, and each next",
  nonGoal: "the same through journal and HTTP",
  run: async ({ smoke }) => {
    const { desk, agentCount } = morning(smoke ? 2_000 : 1_000_000, smoke ? 50 : 5_000);
    const assigned: Given[] = [];
    const untilMs: number[] = [];
    desk.at = startAt + 3_600_000;
    const opening = performance.now();
    for (let more = true; more;) {
      more = desk.tick();
      const ms = performance.now() - opening;
      for (const given of desk.given()) {
        assigned.push(given);
        untilMs.push(ms);
      }
    }
    const possible = agentCount * slots;
    if (untilMs.length !== possible) throw new Error(`${untilMs.length} of ${possible} assigned`);
    let next = 0;
    const samples = await turnsUs({
      turn: () => {
        const given = assigned[next++];
        if (given === undefined) throw new Error("nobody has anything to close");
        desk.close(given);
        assigned.push(...desk.given());
      },
      count: smoke ? 200 : 50_000,
    });
    const resultHash = desk.resultHash();
    const last = { name: "burst.opening", samples: possible, resultHash } as const;
    return [
      { ...last, metric: "time", unit: "ms", value: untilMs.at(-1) ?? Number.NaN },
      ...latencyFigures("burst.opening/until", "ms", untilMs, { p50: 0.5, p99: 0.99 }, resultHash),
      ...latencyFigures("burst.opening/next", "us", samples, { p50: 0.5, p99: 0.99 }, resultHash),
    ];
  },
};

const slots = 4;

/** Everything held, everybody there, the calendar about to open. */
function morning(held: number, agentCount: number) {
  const queues = ids("queue", 64);
  const agents = ids("agent", agentCount);
  const desk = new EngineDesk(
    {
      calendars: [{ id: "hours", timeZone: "UTC", weekly: { mon: ["09:00-17:00"] } }],
      skillQueues: queues.map((id) => ({ id, calendar: "hours" })),
      agents: agents.map((id, agent) => ({
        id,
        capacity: slots,
        skills: Object.fromEntries(
          [0, 17, 31, 50].map((step) => [`queue-${(agent + step) % 64}`, 5]),
        ),
      })),
      channels: [{ id: "web", kind: "web", skillQueue: "queue-0", offlineMessages }],
      presence: { heartbeatSeconds: 3600, graceSeconds: 3600 },
    },
    {
      plans: [{ calendar: "hours", from: startAt, open: false, flips: [startAt + 3_600_000] }],
    },
  );
  for (let index = 0; index < held; index += 1) desk.write({ queue: `queue-${index % 64}` });
  desk.at = startAt + 60_000;
  for (const agent of agents) desk.present(agent);
  return { desk, agentCount };
}
