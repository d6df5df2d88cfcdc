import { erlangA, fixedLimit, fluid } from "./erlang.ts";
import { instantIn } from "./local-time.ts";
import type { ReplicationRecord } from "./replication-record.ts";
import { agentsOf, channelsOf, limitMsOf, theoryDepartures } from "./theory-departures.ts";
import type { World, WorldAgent, WorldQueue } from "./world.ts";

/** What formulas say of one skill queue, to stand beside what was simulated. */
export interface QueueTheory {
  readonly queue: string;
  /** Applied to each open interval by itself (SIPP), weighted by its messages. */
  readonly model: "Erlang A" | "Erlang C" | "M/M/n+D";
  /** Where the scenario leaves the formula's assumptions. Empty: the two should agree. */
  readonly departures: readonly string[];
  /** Shares of the messages that came while open; NaN where the formula has no answer. */
  readonly assignedWithin: number;
  /** Parked, or withdrawn. */
  readonly lost: number;
  /** Of the assigned, ms; infinite at overload without a limit. */
  readonly meanWaitMs: number;
  /** The fluid of work, with nights, backlogs and limits but without chance: share that expires. */
  readonly fluidLost: number;
  /** Its highest backlog in the counted window, messages. */
  readonly fluidBacklog: number;
  /** The simulated mean backlog at its highest, at an instant of measurement. */
  readonly simulatedBacklog: number;
}

/** Beyond this a limit plays no part, and the model is called Erlang C. */
const farLimitMs = 7 * 86_400_000;

/**
 * The formulas' figures for every queue with traffic. Rates are the mean counts of the replications
 * by interval, or the scenario's own where every source is Poisson; agents are those rostered, less
 * absence; one who serves several queues counts in each by its share of their work.
 */
export function theoryBeside(
  world: World,
  records: readonly ReplicationRecord[],
  withinMs: number,
): readonly QueueTheory[] {
  return world.queues.flatMap((queue, index) => {
    if (channelsOf(world, queue.id).length === 0) return [];
    const message = meanMessage(world, records, queue, index);
    const counts = messageCounts(world, records, queue, index);
    const intervals = intervalsOf(world, queue, counts, message.workMs);
    const sipp = bySipp(world, queue, intervals, { limitMs: message.limitMs, withinMs });
    return [
      {
        queue: queue.id,
        departures: theoryDepartures(world, queue),
        ...sipp,
        ...byFluid(world, queue, intervals, message.limitMs),
        simulatedBacklog: highestBacklog(world, records, index),
      },
    ];
  });
}

/** One interval of the simulated span: messages, servers, and their joint rate when all are busy. */
interface Interval {
  readonly from: number;
  readonly open: boolean;
  readonly messages: number;
  readonly servers: number;
  /** Per ms. */
  readonly capacity: number;
}

function intervalsOf(
  world: World,
  queue: WorldQueue,
  counts: Float64Array,
  workMs: number,
): readonly Interval[] {
  const width = widthMs(world);
  const agents = agentsOf(world, queue.id).map((agent) => ({
    agent,
    share: shareOf(world, agent, queue.id),
  }));
  return Array.from(counts, (messages, place) => {
    const from = world.from + place * width;
    const present = agents.map(({ agent, share }) => {
      const here = share * presence(world, agent, from + width / 2);
      const curve = world.groups[agent.group]?.efficiency ?? [1];
      const pace = curve[Math.min(agent.capacity, curve.length) - 1] ?? 1;
      return { servers: here * agent.capacity, capacity: (here * pace) / workMs };
    });
    return {
      from,
      open: queue.clock.isOpen(from + width / 2),
      messages,
      servers: present.reduce((sum, one) => sum + one.servers, 0),
      capacity: present.reduce((sum, one) => sum + one.capacity, 0),
    };
  });
}

function widthMs(world: World): number {
  return world.scenario.settings.run.intervalMinutes * 60_000;
}

/** Mean messages a replication that sought an agent in each interval from the simulation's start. */
function messageCounts(
  world: World,
  records: readonly ReplicationRecord[],
  queue: WorldQueue,
  index: number,
): Float64Array {
  const width = widthMs(world);
  const counts = new Float64Array(Math.max(1, Math.round((world.countTo - world.from) / width)));
  const exact = poissonRate(world, queue.id);
  if (exact !== undefined) return counts.fill(exact * width);
  for (const { messages } of records) {
    for (let row = 0; row < messages.count; row += 1) {
      if (messages.queue[row] !== index || messages.contained[row] === 1) continue;
      const place = Math.floor(((messages.arrivedAt[row] ?? 0) - world.from) / width);
      if (place < counts.length) counts[place] = (counts[place] ?? 0) + 1 / records.length;
    }
  }
  return counts;
}

/** Per ms, where nothing but Poisson processes feeds the queue. */
function poissonRate(world: World, queue: string): number | undefined {
  const sources = channelsOf(world, queue).flatMap(({ traffic }) => traffic?.arrivals ?? []);
  let perHour = 0;
  for (const source of sources) {
    if (source.process !== "poisson") return undefined;
    perHour += source.perHour;
  }
  return perHour / 3_600_000;
}

/** Means over a queue's messages of the work of one, and of its routing time limit. */
interface MeanMessage {
  /** With nothing else in hand, answers to replies included. */
  readonly workMs: number;
  /** Infinite where a channel has none. */
  readonly limitMs: number;
}

function meanMessage(
  world: World,
  records: readonly ReplicationRecord[],
  queue: WorldQueue,
  index: number,
): MeanMessage {
  const counts = new Float64Array(world.channels.length);
  for (const { messages } of records) {
    for (let row = 0; row < messages.count; row += 1) {
      if (messages.queue[row] !== index) continue;
      const channel = messages.channel[row] ?? 0;
      counts[channel] = (counts[channel] ?? 0) + 1;
    }
  }
  let work = 0;
  let limit = 0;
  let total = 0;
  for (const [place, one] of world.channels.entries()) {
    const { settings, laws, traffic } = one;
    if (settings.skillQueue !== queue.id || traffic === undefined) continue;
    const { neverAnswers, meanReplies } = traffic.customers.replies;
    // A queue that nothing reached in the run has equal weights.
    const weight = (counts[place] ?? 0) + 1e-9;
    work += weight * (laws.first.mean + (1 - neverAnswers) * meanReplies * laws.later.mean);
    limit += weight * limitMsOf(one);
    total += weight;
  }
  return { workMs: work / total, limitMs: limit / total };
}

/** Which part of an agent's time is this queue's, by the mean work that its queues get. */
function shareOf(world: World, agent: WorldAgent, queue: string): number {
  const work = (id: string): number =>
    channelsOf(world, id).reduce((sum, { traffic, laws }) => {
      const perWeek = (traffic?.arrivals ?? []).reduce(
        (total, source) => total + (source.process === "profile" ? source.perWeek : 1),
        0,
      );
      return sum + perWeek * laws.first.mean;
    }, 0);
  const all = [...agent.skills].reduce((sum, id) => sum + work(id), 0);
  return all === 0 ? 0 : work(queue) / all;
}

/** The probability that an agent is on shift and not on a break at an instant. */
function presence(world: World, agent: WorldAgent, at: number): number {
  const plan = world.groups[agent.group]?.plan;
  const { timeZone } = world.traffic;
  if (plan === undefined) return 0;
  for (const day of world.days) {
    if (day.from > at || day.to + 86_400_000 <= at || plan.daysOff.has(day.date)) continue;
    const covers = ({ from, to }: { readonly from: number; readonly to: number }): boolean =>
      instantIn(day, timeZone, from) <= at && at < instantIn(day, timeZone, to);
    if (!(plan.hours[day.weekday] ?? []).some(covers)) continue;
    const paused = plan.breaks.some(({ at: begin, minutes }) =>
      covers({ from: begin, to: begin + minutes }),
    );
    return paused ? 0 : 1 - plan.absence;
  }
  return 0;
}

type Stationary = Pick<QueueTheory, "model" | "assignedWithin" | "lost" | "meanWaitMs">;

function bySipp(
  world: World,
  queue: WorldQueue,
  intervals: readonly Interval[],
  { limitMs, withinMs }: { readonly limitMs: number; readonly withinMs: number },
): Stationary {
  const patienceMs = Math.min(
    ...channelsOf(world, queue.id).map(
      ({ laws }) => laws.withdrawsAfter?.mean ?? Number.POSITIVE_INFINITY,
    ),
  );
  const width = widthMs(world);
  const model =
    patienceMs < limitMs / 4 ? "Erlang A" : limitMs >= farLimitMs ? "Erlang C" : "M/M/n+D";
  const sums = { messages: 0, within: 0, lost: 0, waitMs: 0 };
  for (const { from, open, messages, servers, capacity } of intervals) {
    if (!open || messages === 0 || from < world.countFrom || from >= world.countTo) continue;
    const n = Math.max(1, Math.round(servers));
    const figures =
      capacity === 0
        ? nobodyThere
        : stationary(model, messages / width, capacity / n, n, {
            limitMs,
            patienceMs,
            withinMs,
          });
    sums.messages += messages;
    sums.within += messages * figures.within;
    sums.lost += messages * figures.lost;
    sums.waitMs += messages * figures.waitMs;
  }
  return {
    model,
    assignedWithin: sums.within / sums.messages,
    lost: sums.lost / sums.messages,
    meanWaitMs: sums.waitMs / (sums.messages - sums.lost),
  };
}

const nobodyThere = { within: 0, lost: 0, waitMs: Number.POSITIVE_INFINITY };

/** Over all messages; `waitMs` is E[W; assigned]. */
function stationary(
  model: QueueTheory["model"],
  rate: number,
  serviceRate: number,
  agents: number,
  given: { readonly limitMs: number; readonly patienceMs: number; readonly withinMs: number },
) {
  if (model === "Erlang A") {
    const figures = erlangA(rate, serviceRate, agents, 1 / given.patienceMs);
    const { abandonment, meanWaitOfAnswered } = figures;
    const waitMs = meanWaitOfAnswered * (1 - abandonment);
    return { within: figures.answeredWithin(given.withinMs), lost: abandonment, waitMs };
  }
  // A limit that plays no part is a long one, so that overload has an answer too.
  const limitMs = Math.min(given.limitMs, 365 * 86_400_000);
  const { abandonment, meanWaitOfAnswered, waitAbove } = fixedLimit(
    rate,
    serviceRate,
    agents,
    limitMs,
  );
  const later = given.withinMs >= limitMs ? abandonment : waitAbove(given.withinMs);
  const waitMs = meanWaitOfAnswered * (1 - abandonment);
  return { within: 1 - later, lost: abandonment, waitMs };
}

function byFluid(
  world: World,
  queue: WorldQueue,
  intervals: readonly Interval[],
  limit: number,
): Pick<QueueTheory, "fluidLost" | "fluidBacklog"> {
  const channels = channelsOf(world, queue.id);
  const wall = channels.every(({ settings }) => settings.offlineMessages.routingClock === "wall");
  const width = widthMs(world);
  const run = (upTo: number) => {
    const chosen = intervals.filter(({ from }) => from < upTo);
    return fluid(
      { width, values: chosen.map(({ messages }) => messages / width) },
      chosen.map(({ capacity }) => capacity),
      { limit, clock: wall ? "wall" : "working", open: chosen.map(({ open }) => open) },
    );
  };
  const before = run(world.countFrom);
  const all = run(world.countTo);
  const skipped = before.backlog.length;
  return {
    fluidLost: (all.expired - before.expired) / Math.max(1e-9, all.arrived - before.arrived),
    fluidBacklog: Math.max(0, ...all.backlog.slice(skipped)),
  };
}

function highestBacklog(
  world: World,
  records: readonly ReplicationRecord[],
  queue: number,
): number {
  const count = (records[0]?.backlog.length ?? 0) / world.queues.length;
  let highest = 0;
  for (let place = queue * count; place < (queue + 1) * count; place += 1) {
    const sum = records.reduce((total, { backlog }) => total + (backlog[place] ?? 0), 0);
    highest = Math.max(highest, sum / records.length);
  }
  return highest;
}
