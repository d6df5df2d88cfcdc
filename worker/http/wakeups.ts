import type { Activity, Following, RecordedEvent, Routing } from "../shards/routing.ts";
import { streamAgentOf } from "../store/event-rows.ts";
import { ToldEvents } from "./told-events.ts";

/** What a reader of a stream or poll waits for. */
export type Topic =
  | { readonly tenant: string; readonly agent?: string }
  | { readonly tenant: string; readonly channel: string; readonly customer: string };

/** Someone who waits until there may be something new. */
export interface Waiter {
  /**
   * Resolves true at the first activity since the call before, at once if there was one meanwhile;
   * false after `waitMs`, and from `stop` on.
   */
  next(waitMs: number): Promise<boolean>;
  stop(): void;
  readonly isStopped: boolean;
}

/** A waiter who is given what there is, where it is at hand. */
export interface Follower extends Waiter {
  /**
   * Events of the topic's stream since the call before, or since it began to listen; undefined where
   * it has to ask. Some may have been read before.
   */
  take(): readonly RecordedEvent[] | undefined;
}

/** Hands the partitions' activity to those whom it may concern, and to nobody else. */
export class Wakeups {
  readonly #waiters = new Map<string, Set<TopicWaiter>>();
  readonly #routing: Routing & Partial<Following>;
  readonly #unsubscribe: readonly (() => void)[];
  #closed = false;

  constructor(routing: Routing & Partial<Following>) {
    this.#routing = routing;
    this.#unsubscribe = [
      routing.onActivity((activity) => this.#spread(activity)),
      // What was not told is to be asked for.
      routing.onRecovery(() => {
        for (const topic of this.#waiters.keys()) this.#wake(topic);
      }),
    ];
  }

  /** Begins to notice activity at once: read after this call, wait after reading. */
  listen(topic: Topic): Waiter {
    const waiter = new TopicWaiter(() => this.#forget(topic, waiter));
    this.#add(topic, waiter);
    return waiter;
  }

  /** As `listen`, for a reader who stays. */
  follow(topic: Topic): Follower {
    const unfollow = this.#routing.follow?.(topic.tenant);
    const waiter = new TopicWaiter(() => {
      unfollow?.();
      this.#forget(topic, waiter);
    }, new ToldEvents());
    this.#add(topic, waiter);
    return waiter;
  }

  #add(topic: Topic, waiter: TopicWaiter): void {
    const key = keyOf(topic);
    const waiters = this.#waiters.get(key);
    if (waiters === undefined) this.#waiters.set(key, new Set([waiter]));
    else waiters.add(waiter);
    if (this.#closed) waiter.stop();
  }

  /** Ends every wait, those to come included: the worker stops. */
  close(): void {
    this.#closed = true;
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    for (const waiter of [...this.#waiters.values()].flatMap((waiters) => [...waiters])) {
      waiter.stop();
    }
  }

  #spread({ tenant, agents, customers, told }: Activity): void {
    this.#wake(keyOf({ tenant }), told);
    const read = agents.filter((agent) => this.#waiters.has(keyOf({ tenant, agent })));
    // Hundreds of agents with a stream each, who all looked through what all were told, would take
    // longer than everything else.
    const own =
      read.length > 0 && told !== undefined
        ? Map.groupBy(told, ({ event }) => streamAgentOf(event))
        : undefined;
    for (const agent of read) this.#wake(keyOf({ tenant, agent }), own && (own.get(agent) ?? []));
    for (const { channel, customer } of customers) this.#wake(keyOf({ tenant, channel, customer }));
  }

  #wake(key: string, told?: readonly RecordedEvent[]): void {
    for (const waiter of this.#waiters.get(key) ?? []) waiter.wake(told);
  }

  #forget(topic: Topic, waiter: TopicWaiter): void {
    const key = keyOf(topic);
    const waiters = this.#waiters.get(key);
    waiters?.delete(waiter);
    if (waiters?.size === 0) this.#waiters.delete(key);
  }
}

class TopicWaiter implements Follower {
  readonly #onStop: () => void;
  readonly #told: ToldEvents | undefined;
  #noticed = false;
  #stopped = false;
  #settle: ((noticed: boolean) => void) | undefined;

  constructor(onStop: () => void, told?: ToldEvents) {
    this.#onStop = onStop;
    this.#told = told;
  }

  next(waitMs: number): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => this.#answer(false), waitMs);
    this.#settle = (noticed) => {
      clearTimeout(timer);
      resolve(noticed);
    };
    if (this.#stopped) this.#answer(false);
    else if (this.#noticed) this.#answer(true);
    return promise;
  }

  get isStopped(): boolean {
    return this.#stopped;
  }

  take(): readonly RecordedEvent[] | undefined {
    return this.#told?.take();
  }

  wake(told?: readonly RecordedEvent[]): void {
    this.#told?.add(told);
    // Nothing happened that anybody reads.
    if (this.#told !== undefined && told?.length === 0) return;
    this.#noticed = true;
    this.#answer(true);
  }

  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#onStop();
    this.#answer(false);
  }

  #answer(noticed: boolean): void {
    const settle = this.#settle;
    if (settle === undefined) return;
    this.#settle = undefined;
    if (noticed) this.#noticed = false;
    settle(noticed);
  }
}

/** Ids have no control characters, so a line break parts them. */
function keyOf(topic: Topic): string {
  if ("channel" in topic) return `${topic.tenant}\nc\n${topic.channel}\n${topic.customer}`;
  return topic.agent === undefined ? topic.tenant : `${topic.tenant}\na\n${topic.agent}`;
}
