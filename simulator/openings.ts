import { type Measures, waitsOf } from "./measures.ts";
import { type Interval, levelInterval, ratioInterval } from "./statistics.ts";

/** What one opening of one queue finds: the messages that came while it was closed before it. */
export interface OpeningFigures {
  readonly queue: string;
  /** Epoch ms. */
  readonly opensAt: number;
  readonly closesAt: number;
  /** That arrived while it was closed before this opening, a replication. */
  readonly messages: Interval;
  /** Of those: assigned within T of working time ÷ all of them. */
  readonly assignedWithin: Interval;
  /** Of those: parked before anybody was assigned ÷ all of them. */
  readonly parked: Interval;
  /** A millisecond before it opens; unknown outside the window. */
  readonly atOpening: QueueFigures;
  /** A millisecond before it closes again. */
  readonly atClosing: QueueFigures;
}

/** A queue at one instant. */
export interface QueueFigures {
  /** Conversations that wait: held, queued, offered or with the bot. */
  readonly waiting: Interval;
  /** Age of the oldest customer message among them that nobody has answered; 0 where none waits. */
  readonly oldestMs: Interval;
}

/**
 * Every opening of a queue in the counted window, and one after it that messages of the window wait for.
 * Queues without a calendar have none.
 */
export function openingsOf(
  measures: Measures,
  queue: number,
  limitMs: number,
): readonly OpeningFigures[] {
  const { world, records, confidence } = measures;
  const { id = "", clock } = world.queues[queue] ?? {};
  if (clock === undefined) return [];
  const stretches = clock
    .stretches(world.countFrom, world.to)
    .filter(({ from }) => from > world.countFrom);
  const counts = records.map((_record, index) => overnight(measures, queue, index, limitMs));
  return stretches.flatMap(({ from, to }, place) => {
    const of = (what: keyof Overnight): readonly number[] =>
      counts.map((all) => all[place]?.[what] ?? 0);
    const messages = of("messages");
    const isInside = from <= world.countTo;
    if (!isInside && messages.every((count) => count === 0)) return [];
    return [
      {
        queue: id,
        opensAt: from,
        closesAt: to,
        messages: levelInterval(messages, confidence),
        assignedWithin: ratioInterval(of("good"), messages, confidence, { share: true, empty: 1 }),
        parked: ratioInterval(of("parked"), messages, confidence, { share: true, empty: 0 }),
        atOpening: figuresAt(measures, queue, [from]),
        atClosing: figuresAt(measures, queue, [to]),
      },
    ];
  });
}

/**
 * A queue a millisecond before each of some instants at which it opens or closes: mean over these of
 * each replication, then over replications. Instants outside the counted window are left out.
 */
export function figuresAt(
  measures: Measures,
  queue: number,
  instants: readonly number[],
): QueueFigures {
  const [waiting, oldest] = doorValues(measures, queue, instants);
  return {
    waiting: levelInterval(waiting, measures.confidence),
    oldestMs: levelInterval(oldest, measures.confidence),
  };
}

/** Waiting and age of the oldest before these instants, the mean of each replication. */
export function doorValues(
  { world, records }: Measures,
  queue: number,
  instants: readonly number[],
): readonly [readonly number[], readonly number[]] {
  const count = world.doors.length;
  const places = instants
    .map((at) => world.doors.indexOf(at - 1))
    .filter((place) => place >= 0)
    .map((place) => queue * count + place);
  const meanOf = (values: ArrayLike<number>): number =>
    places.reduce((sum, place) => sum + (values[place] ?? 0), 0) / places.length;
  return [
    records.map(({ doorBacklog }) => meanOf(doorBacklog)),
    records.map(({ doorOldestMs }) => meanOf(doorOldestMs)),
  ];
}

/** When a queue opens, and when it closes, in the counted window. */
export function doorsOf(
  { world }: Pick<Measures, "world">,
  queue: number,
): { readonly opens: readonly number[]; readonly closes: readonly number[] } {
  const stretches = world.queues[queue]?.clock.stretches(world.countFrom, world.to) ?? [];
  const isKnown = (at: number): boolean => world.doors.includes(at - 1);
  return {
    opens: stretches.map(({ from }) => from).filter(isKnown),
    closes: stretches.map(({ to }) => to).filter(isKnown),
  };
}

interface Overnight {
  messages: number;
  good: number;
  parked: number;
}

/** Messages that arrived while their queue was closed, by the opening that ended it. */
function overnight(
  { world, records }: Measures,
  queue: number,
  index: number,
  limitMs: number,
): readonly Overnight[] {
  const record = records[index];
  const clock = world.queues[queue]?.clock;
  if (record === undefined || clock === undefined) return [];
  const starts = clock
    .stretches(world.countFrom, world.to)
    .map(({ from }) => from)
    .filter((from) => from > world.countFrom);
  const sums = starts.map(() => ({ messages: 0, good: 0, parked: 0 }));
  const { messages } = record;
  const waits = waitsOf(record, "working");
  for (let row = 0; row < messages.count; row += 1) {
    const at = messages.arrivedAt[row] ?? 0;
    if (at < world.countFrom || at >= world.countTo || messages.contained[row] === 1) continue;
    if (messages.queue[row] !== queue || clock.isOpen(at)) continue;
    const sum = sums[starts.findIndex((start) => start > at)];
    if (sum === undefined) continue;
    sum.messages += 1;
    if ((waits[row] ?? 0) <= limitMs) sum.good += 1;
    if (!Number.isNaN(messages.parkedAt[row])) sum.parked += 1;
  }
  return sums;
}
