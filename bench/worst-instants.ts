import { hash64 } from "../core/index.ts";
import { encodeUtf8 } from "../core/utf8.ts";
import { EngineDesk, ids, startAt } from "./engine-desk.ts";
import { latencyFigures, type Benchmark, type Figure } from "./figures.ts";
import { elapsedMs } from "./sampling.ts";
import { offlineMessages } from "./waiting-tenant.ts";

/*
 * Goal: what an instant costs at which everything happens at once: a million limits are due, fifty
 * thousand agents fall silent, a calendar opens over a million held. How long until all of it is
 * done, and how long the longest single turn keeps others waiting.
 *
 * Non-goal: how soon after the instant the host's first turn comes (`timers.lateness`).
 */

const nonGoal = "how soon the host's first turn comes, see timers.lateness";

/** At each instant, turns until nothing more is due: how long each took. `see` looks at its events. */
function drain(
  desk: EngineDesk,
  name: string,
  instants: readonly number[],
  see: () => void,
): Figure[] {
  const turnsMs: number[] = [];
  for (const instant of instants) {
    desk.at = instant;
    for (let more = true; more;) {
      const before = performance.now();
      more = desk.tick();
      turnsMs.push(performance.now() - before);
      see();
    }
  }
  const total = turnsMs.reduce((sum, ms) => sum + ms, 0);
  const resultHash = hashOf(desk);
  const shares = { p50: 0.5, p99: 0.99, max: 1 };
  return [
    { name, metric: "time", unit: "ms", value: total, samples: 1, resultHash },
    ...latencyFigures(`${name}/turn`, "ms", turnsMs, shares, resultHash),
  ];
}

/** The large one, and by how much one of what happens costs more there than in the small one. */
function withGrowth(sizes: readonly number[], measure: (size: number) => Figure[]): Figure[] {
  // Once for nothing, or the small one would be that of code not yet compiled.
  if (sizes[0] !== undefined) measure(sizes[0]);
  const all = sizes.map((size) => ({ size, figures: measure(size) }));
  const each = all.map(({ size, figures }) => (figures[0]?.value ?? Number.NaN) / size);
  const [small = Number.NaN, large = Number.NaN] = each;
  const [of] = all.at(-1)?.figures ?? [];
  if (of === undefined) throw new Error("nothing was measured");
  const growth: Figure = { ...of, metric: "growth", unit: "ratio", value: large / small };
  return [...all.flatMap(({ figures }) => figures), growth];
}

const dueInOneTick: Benchmark = {
  name: "worst.due-in-one-tick",
  goal: "a million routing limits due at one instant, fired in due order by bounded turns",
  nonGoal,
  run: ({ smoke }) =>
    Promise.resolve(
      withGrowth(smoke ? [1_000, 5_000] : [10_000, 1_000_000], (waiting) => {
        const desk = new EngineDesk({
          skillQueues: [{ id: "queue", connectWaitSeconds: 0 }],
          agents: [{ id: "nobody", capacity: 1, skills: { queue: 5 } }],
          channels: [
            {
              id: "web",
              kind: "web",
              skillQueue: "queue",
              offlineMessages: { enabled: true, routingTimeLimit: 60 },
            },
          ],
        });
        for (let index = 0; index < waiting; index += 1) desk.write();
        let fired = 0;
        let last = 0;
        const name = `worst.due-in-one-tick/due=${waiting}`;
        const figures = drain(desk, name, [startAt + 3_600_000], () => {
          for (const event of desk.events) {
            if (event.type !== "routingTimedOut") continue;
            if (event.conversation < last) throw new Error(`${event.conversation} was overtaken`);
            last = event.conversation;
            fired += 1;
          }
        });
        if (fired !== waiting) throw new Error(`${fired} of ${waiting} limits fired`);
        return figures;
      }),
    ),
};

const agentsLeaving: Benchmark = {
  name: "worst.agents-leaving",
  goal: "agents, each with a conversation, whose heartbeats stop at one instant",
  nonGoal,
  run: ({ smoke }) =>
    Promise.resolve(
      withGrowth(smoke ? [100, 500] : [5_000, 50_000], (agentCount) => {
        const agents = ids("agent", agentCount);
        const desk = new EngineDesk({
          skillQueues: [{ id: "queue" }],
          agents: agents.map((id) => ({ id, capacity: 1, skills: { queue: 5 } })),
          channels: [
            {
              id: "web",
              kind: "web",
              skillQueue: "queue",
              offlineMessages,
            },
          ],
          presence: { heartbeatSeconds: 60, graceSeconds: 60 },
        });
        for (const agent of agents) desk.present(agent);
        for (let index = 0; index < agentCount; index += 1) desk.write();
        let left = 0;
        const name = `worst.agents-leaving/agents=${agentCount}`;
        // First they are away, and a grace later what they had goes back.
        const figures = drain(desk, name, [startAt + 60_000, startAt + 120_000], () => {
          left += desk.events.filter(({ type }) => type === "conversationLeft").length;
        });
        if (left !== agentCount) throw new Error(`${left} of ${agentCount} conversations left`);
        return figures;
      }),
    ),
};

const calendarOpening: Benchmark = {
  name: "worst.calendar-opening",
  goal: "one turn in which a calendar opens or closes over a million held, nobody being there",
  nonGoal: "the matches that an opening allows, see burst.opening",
  run: ({ smoke }) => {
    const measure = (held: number): Figure[] => {
      const flipCount = smoke ? 50 : 1_000;
      const flips = Array.from({ length: flipCount }, (_, index) => startAt + 1_000 * (index + 1));
      const desk = new EngineDesk(
        {
          calendars: [{ id: "hours", timeZone: "UTC", weekly: { mon: ["09:00-17:00"] } }],
          skillQueues: [{ id: "queue", calendar: "hours" }],
          agents: [{ id: "nobody", capacity: 1, skills: { queue: 5 } }],
          channels: [
            {
              id: "web",
              kind: "web",
              skillQueue: "queue",
              offlineMessages,
            },
          ],
        },
        { plans: [{ calendar: "hours", from: startAt, open: false, flips }] },
      );
      for (let index = 0; index < held; index += 1) desk.write();
      const samples = flips.map((flip) => {
        desk.at = flip;
        return 1_000 * elapsedMs(() => desk.tick());
      });
      const name = `worst.calendar-opening/held=${held}`;
      const shares = { p50: 0.5, p99: 0.99, max: 1 };
      const resultHash = hashOf(desk);
      return latencyFigures(name, "us", samples, shares, resultHash);
    };
    const sizes = smoke ? [100, 1_000] : [1_000, 1_000_000];
    // Once for nothing, as above.
    measure(sizes[0] ?? 0);
    const figures = sizes.map(measure);
    const [small, large] = figures.map(([p50]) => p50);
    if (small === undefined || large === undefined) throw new Error("nothing was measured");
    const growth: Figure = {
      ...large,
      metric: "growth",
      unit: "ratio",
      value: large.value / small.value,
    };
    return Promise.resolve([...figures.flat(), growth]);
  },
};

export const worstInstants: readonly Benchmark[] = [dueInOneTick, agentsLeaving, calendarOpening];

/** How many events there were, and what is still to come. */
function hashOf({ engine }: EngineDesk): string {
  return hash64(encodeUtf8(`${engine.lastSequence()} ${engine.counts().timersArmed}`));
}
