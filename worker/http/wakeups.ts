import type { Activity, Routing } from "../shards/routing.ts";

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

/** Hands the partitions' activity to those whom it may concern, and to nobody else. */
export class Wakeups {
  readonly #waiters = new Map<string, Set<TopicWaiter>>();
  readonly #unsubscribe: () => void;
  #closed = false;

  constructor(routing: Routing) {
    this.#unsubscribe = routing.onActivity((activity) => this.#spread(activity));
  }

  /** Begins to notice activity at once: read after this call, wait after reading. */
  listen(topic: Topic): Waiter {
    const key = keyOf(topic);
    const waiter = new TopicWaiter(() => this.#forget(key, waiter));
    const waiters = this.#waiters.get(key);
    if (waiters === undefined) this.#waiters.set(key, new Set([waiter]));
    else waiters.add(waiter);
    if (this.#closed) waiter.stop();
    return waiter;
  }

  /** Ends every wait, those to come included: the worker stops. */
  close(): void {
    this.#closed = true;
    this.#unsubscribe();
    for (const waiter of [...this.#waiters.values()].flatMap((waiters) => [...waiters])) {
      waiter.stop();
    }
  }

  #spread({ tenant, agents, customers }: Activity): void {
    this.#wake(keyOf({ tenant }));
    for (const agent of agents) this.#wake(keyOf({ tenant, agent }));
    for (const { channel, customer } of customers) this.#wake(keyOf({ tenant, channel, customer }));
  }

  #wake(key: string): void {
    for (const waiter of this.#waiters.get(key) ?? []) waiter.wake();
  }

  #forget(key: string, waiter: TopicWaiter): void {
    const waiters = this.#waiters.get(key);
    waiters?.delete(waiter);
    if (waiters?.size === 0) this.#waiters.delete(key);
  }
}

class TopicWaiter implements Waiter {
  readonly #onStop: () => void;
  #noticed = false;
  #stopped = false;
  #settle: ((noticed: boolean) => void) | undefined;

  constructor(onStop: () => void) {
    this.#onStop = onStop;
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

  wake(): void {
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
