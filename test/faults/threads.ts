import { setImmediate as drained } from "node:timers/promises";
import { encodeCommand } from "../../core/codec.ts";
import type { Command } from "../../core/commands.ts";
import type { Result } from "../../core/index.ts";
import { StreamReader } from "../../worker/http/event-reader.ts";
import { Wakeups } from "../../worker/http/wakeups.ts";
import { parseSequence } from "../../worker/http/wire.ts";
import { defaultWorkerLimits } from "../../worker/limits.ts";
import { Followers } from "../../worker/shards/followers.ts";
import { OperatingError } from "../../worker/shards/routing.ts";
import type { Activity, Following, RecordedEvent, Routing } from "../../worker/shards/routing.ts";
import { ShardHost } from "../../worker/shards/shard-host.ts";
import { ShardThread } from "../../worker/shards/shard-thread.ts";
import { Telemetry, createLogger } from "../../worker/telemetry.ts";
import { configurationOf } from "../core/desk.ts";
import { monday } from "../core/script-time.ts";
import { Chance } from "../crash/chance.ts";
import { HeldTimers } from "./held-timers.ts";
import { claim } from "./machine.ts";
import { ShardFiles, SimulatedPool } from "./simulated-pool.ts";
import type { TaskFate } from "./simulated-pool.ts";
import { SimulatedTime } from "./simulated-time.ts";

/** What a run came to, where nothing was broken. */
export interface ThreadsOutcome {
  readonly sent: number;
  readonly refused: number;
  readonly deaths: number;
}

/**
 * Plays a run of the host's side of a shard and its thread, with the messages between them: the worker's
 * own code on both sides, two partitions, and threads that end at any moment. Then they no longer do,
 * and everything is answered.
 *
 * Errors: PromiseBroken, and whatever the worker throws that it should not.
 */
export async function playThreads(seed: number, stepCount: number): Promise<ThreadsOutcome> {
  using simulation = new ThreadsSimulation(seed);
  await simulation.begin();
  for (let step = 0; step < stepCount; step += 1) await simulation.step();
  return await simulation.finish();
}

/** A message that a customer sends until it is accepted. */
interface Message {
  readonly id: string;
  readonly partition: number;
  conversation?: number;
  /** Its sender was not told yet. */
  isUnderWay: boolean;
}

const partitions = [0, 1];
const tenantOf = (partition: number): string => `t${partition}`;

class ThreadsSimulation implements Disposable {
  readonly #chance: Chance;
  readonly #sources = { wall: monday, monotonic: 0 };
  readonly #time = new SimulatedTime(this.#sources);
  readonly #timers = new HeldTimers(this.#time);
  readonly #files = new ShardFiles(partitions.map(String));
  readonly #followers = new Followers();
  readonly #activityListeners = new Set<(activity: Activity) => void>();
  readonly #recoveryListeners = new Set<() => void>();
  readonly #host: ShardHost;
  readonly #readers: readonly Reader[];
  #pool: SimulatedPool | undefined;
  #fates: readonly TaskFate[] = ["done"];
  #latenciesMs: readonly number[] = [0];
  readonly #messages: Message[] = [];
  /** Postings so far, and by partition the last one of which its sender was told. */
  #postings = 0;
  readonly #lastTold = new Map<number, number>();
  /** By partition: when one was refused after it was taken, the last posting there was. */
  readonly #lastLost = new Map<number, number>();
  /** By partition: conversations that postings opened, in the order of the postings. */
  readonly #opened = new Map<number, [posting: number, conversation: number][]>();
  #untold = 0;
  #refused = 0;
  #deaths = 0;
  #failure: Error | undefined;

  constructor(seed: number) {
    this.#chance = new Chance(seed ^ 0x3c6e_f372);
    const data = {
      partitions: partitions.map((partition) => ({ partition, folder: String(partition) })),
      dataDirectory: "data",
      limits: {
        ...defaultWorkerLimits,
        batchCommandsMax: this.#chance.pick([1, 4, 1000]),
        storeRowsPendingMax: this.#chance.pick([1, 20_000]),
      },
    };
    const world = {
      data,
      files: this.#files,
      time: this.#time,
      fate: () => this.#fate(),
      latencyMs: () => this.#chance.pick(this.#latenciesMs),
      breaksAfter: () => 1 + this.#chance.below(8),
    };
    const thread = new ShardThread(data, () => (this.#pool = new SimulatedPool(world)));
    this.#host = new ShardHost({
      data,
      limits: data.limits,
      logger: createLogger("silent"),
      telemetry: new Telemetry(),
      onActivity: (activity) => {
        for (const listener of this.#activityListeners) listener(activity);
      },
      onRecovery: () => {
        for (const listener of this.#recoveryListeners) listener();
      },
      checkpoints: { take: () => Promise.resolve() },
      followers: this.#followers,
      thread,
    });
    this.#readers = partitions.map(
      (partition) => new Reader(this.#routingOf(partition), partition),
    );
  }

  [Symbol.dispose](): void {
    for (const reader of this.#readers) reader.stop();
    this.#pool?.end();
    this.#timers[Symbol.dispose]();
    this.#files[Symbol.dispose]();
  }

  async begin(): Promise<void> {
    const begun = this.#host.start();
    await this.#settle();
    await begun;
    this.#host.run({ now: () => this.#now() }, "by itself");
    for (const partition of partitions) {
      const configuration = configurationOf({
        queues: { q: {} },
        agents: { a: { capacity: 100, skills: { q: 5 } } },
        channels: { web: { kind: "web", skillQueue: "q", offlineMessages: { enabled: true } } },
      });
      const tenant = tenantOf(partition);
      const configure = {
        type: "configureTenant",
        at: this.#now(),
        tenant,
        configuration,
      } as const;
      this.#post(
        partition,
        { ...configure, plans: [] },
        () => undefined,
        () => undefined,
      );
    }
    await this.#settle();
    for (const reader of this.#readers) reader.start((error) => this.#note(error));
    await this.#settle();
  }

  async step(): Promise<void> {
    const roll = this.#chance.below(100);
    if (roll < 45) this.#send(1 + this.#chance.below(this.#chance.pick([1, 12])));
    else if (roll < 55) this.#sendAgain();
    else if (roll < 65) this.#ask();
    else if (roll < 70) this.#doChore();
    else if (roll < 76) this.#changeChannel();
    else if (roll < 79) this.#endThread();
    else this.#pass(this.#chance.pick([0, 1, 1, 5, 60, 1000, 20_000]));
    // Others go on meanwhile, or not.
    if (this.#chance.once(2)) await this.#settle();
    else await drained();
    this.#raise();
  }

  /** Threads end no more: everything is answered, and is what it was said to be. */
  async finish(): Promise<ThreadsOutcome> {
    this.#fates = ["done"];
    this.#latenciesMs = [0];
    const isOpen = (): boolean => this.#messages.some((one) => one.conversation === undefined);
    for (let round = 0; round < 50 && (isOpen() || this.#untold > 0); round += 1) {
      this.#pass(1000);
      await this.#settle();
      if (this.#untold === 0) this.#sendAgain();
      await this.#settle();
    }
    claim(this.#untold === 0, `${this.#untold} senders are told nothing`);
    claim(!isOpen(), "a message is not accepted without end");
    this.#pass(1000);
    await this.#settle();
    this.#checkOrder();
    for (const partition of partitions) await this.#checkPartition(partition);
    this.#raise();
    return { sent: this.#postings, refused: this.#refused, deaths: this.#deaths };
  }

  async #checkPartition(partition: number): Promise<void> {
    const tenant = tenantOf(partition);
    const counting = this.#host.query(partition, { type: "counts" });
    await this.#settle();
    const [counts] = await counting;
    const events = await this.#eventsOf(partition, tenant);
    const mine = this.#messages.filter((message) => message.partition === partition);
    const conversations = new Set(mine.map(({ conversation }) => conversation));
    claim(conversations.size === mine.length, "two messages are in one conversation");
    claim(counts?.conversationsOpened === mine.length, `${partition}: a message counts twice`);
    const seen = this.#readers[partition]?.seen ?? [];
    const told = events.map(({ event }) => event.sequence).filter((one) => seen.includes(one));
    claim(String(seen) === String(told), `${partition}: a stream goes back, or repeats itself`);
    const read = this.#readers[partition]?.all(events) ?? [];
    claim(
      String(seen) === String(read),
      `${partition}: a stream has ${seen.length} of ${read.length}`,
    );
  }

  async #eventsOf(partition: number, tenant: string): Promise<readonly RecordedEvent[]> {
    const events: RecordedEvent[] = [];
    for (;;) {
      const after = events.at(-1)?.event.sequence ?? 0;
      const reading = this.#host.query(partition, { type: "events", tenant, after, limit: 4000 });
      await this.#settle();
      const page = await reading;
      if (page.length === 0) return events;
      events.push(...page);
    }
  }

  /** Whoever was sent before opened before. */
  #checkOrder(): void {
    for (const opened of this.#opened.values()) {
      const inOrder = opened.toSorted(([one], [other]) => one - other).map(([, id]) => id);
      const ascending = inOrder.toSorted((one, other) => one - other);
      claim(String(inOrder) === String(ascending), `a batch overtook: ${String(inOrder)}`);
    }
  }

  #send(count: number): void {
    for (let sent = 0; sent < count; sent += 1) {
      const id = `m${this.#messages.length}`;
      const message = { id, partition: this.#chance.pick(partitions), isUnderWay: false };
      this.#messages.push(message);
      this.#postMessage(message);
    }
  }

  /** Whoever was not told that it was accepted; now and then others, too. */
  #sendAgain(): void {
    for (const message of this.#messages) {
      if (message.isUnderWay) continue;
      if (message.conversation === undefined || this.#chance.once(40)) this.#postMessage(message);
    }
  }

  #postMessage(message: Message): void {
    const { id, partition } = message;
    const at = this.#now();
    const to = { tenant: tenantOf(partition), channel: "web", customer: `of ${id}` };
    const command = { type: "receiveMessage", at, id, ...to, content: "{}" } as const;
    const onEnd = (): void => void (message.isUnderWay = false);
    message.isUnderWay = true;
    this.#post(partition, command, onEnd, (result, posting) => {
      claim(result.status === "accepted", `${id}: ${JSON.stringify(result)}`);
      const { conversation, duplicateOf } = result;
      const before = message.conversation ?? conversation;
      claim(before === conversation, `${id} is in ${before}, and then in ${conversation}`);
      message.conversation = conversation;
      if (duplicateOf !== undefined) return;
      const opened = this.#opened.get(partition) ?? [];
      this.#opened.set(partition, [...opened, [posting, conversation]]);
    });
  }

  /**
   * @param onEnd nobody waits for an answer any more
   * @param told what it came to, once
   */
  #post(
    partition: number,
    command: Command & { readonly tenant: string },
    onEnd: () => void,
    told: (result: Result, posting: number) => void,
  ): void {
    this.#postings += 1;
    const posting = this.#postings;
    this.#untold += 1;
    let isTold = false;
    const tell = (): void => {
      claim(!isTold, "somebody is told twice");
      isTold = true;
      onEnd();
      this.#untold -= 1;
      const last = this.#lastTold.get(partition) ?? 0;
      claim(posting > last, `posting ${posting} is answered behind ${last}`);
      this.#lastTold.set(partition, posting);
    };
    const { tenant, type } = command;
    const letter = {
      tenant,
      type,
      keep: false,
      resolve: (result: Result) => {
        this.#noting(() => {
          tell();
          const lost = this.#lastLost.get(partition) ?? 0;
          claim(posting > lost, `posting ${posting} overtakes one that was lost`);
          told(result, posting);
        });
      },
      reject: (error: Error) => {
        this.#noting(() => {
          tell();
          this.#lastLost.set(partition, this.#postings);
          this.#noteRefusal(error);
        });
      },
    };
    try {
      this.#host.post(partition, letter, encodeCommand(command));
    } catch (error) {
      onEnd();
      this.#untold -= 1;
      this.#noteRefusal(error);
    }
  }

  /** What was answered is there to be read. */
  #ask(): void {
    const answered = this.#messages.filter(({ conversation }) => conversation !== undefined);
    if (answered.length === 0) return;
    const { id, partition, conversation = 0 } = this.#chance.pick(answered);
    const tenant = tenantOf(partition);
    this.#untold += 1;
    this.#try(async () => {
      try {
        const query = { type: "timeline", tenant, conversation } as const;
        const timeline = (await this.#host.query(partition, query)) ?? [];
        const found = timeline.filter(({ event }) => event.type === "messageReceived");
        claim(found.length === 1, `${id} is in ${conversation} ${found.length} times`);
      } finally {
        this.#untold -= 1;
      }
    });
  }

  #doChore(): void {
    const partition = this.#chance.pick(partitions);
    const type = this.#chance.pick(["closeSegment", "seal", "trim", "journalState"] as const);
    this.#untold += 1;
    this.#try(async () => {
      try {
        await this.#host.chore({ type, partitions: [partition] });
      } finally {
        this.#untold -= 1;
      }
    });
  }

  /** Messages take longer, or not, and the thread ends now and then. */
  #changeChannel(): void {
    this.#latenciesMs = this.#chance.pick([[0], [0, 1, 7], [0, 300]]);
    const often = Array.from({ length: 12 }, (): TaskFate => "done");
    this.#fates = this.#chance.pick<readonly TaskFate[]>([
      ["done"],
      [...often, "lost", "broken", "unanswered"],
      [...often, "unanswered"],
      ["done", "done", "broken"],
    ]);
  }

  #fate(): TaskFate {
    const fate = this.#chance.pick(this.#fates);
    if (fate !== "done") this.#deaths += 1;
    return fate;
  }

  #endThread(): void {
    this.#deaths += 1;
    this.#pool?.end();
  }

  #now(): number {
    return this.#sources.wall;
  }

  #pass(spanMs: number): void {
    this.#sources.wall += spanMs;
    this.#sources.monotonic += spanMs;
  }

  /** Until nothing more happens before time is turned. */
  async #settle(): Promise<void> {
    let turns = 0;
    for (let quiet = 0; quiet < quietTurns; quiet += 1) {
      await drained();
      if (this.#time.wakeNext()) quiet = -1;
      turns += 1;
      claim(turns < turnsMax, "it does not come to rest");
    }
    this.#raise();
  }

  #routingOf(partition: number): Routing & Following {
    return {
      submit: () => Promise.reject(new Error("readers submit nothing")),
      query: async (query) => this.#host.query(partition, query),
      onActivity: (listener) => {
        this.#activityListeners.add(listener);
        return () => this.#activityListeners.delete(listener);
      },
      onRecovery: (listener) => {
        this.#recoveryListeners.add(listener);
        return () => this.#recoveryListeners.delete(listener);
      },
      follow: (tenant) => this.#followers.add(partition, tenant),
      now: () => this.#now(),
    };
  }

  #try(action: () => Promise<void>): void {
    action().catch((error: unknown) => this.#noting(() => this.#noteRefusal(error)));
  }

  /** Whoever is refused may ask again. */
  #noteRefusal(error: unknown): void {
    if (!(error instanceof OperatingError) || error.code !== "shard_restarting") throw error;
    this.#refused += 1;
  }

  /** To the host a failure here would be one of its own. */
  #noting(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#note(error);
    }
  }

  #note(error: unknown): void {
    this.#failure ??= error instanceof Error ? error : new Error(String(error));
  }

  #raise(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }
}

/** Reads a tenant's stream as HTTP does, and comes back behind the last event where that fails. */
class Reader {
  readonly #routing: Routing & Following;
  readonly #source: { readonly tenant: string };
  readonly #wakeups: Wakeups;
  /** Sequences, as they came. */
  readonly seen: number[] = [];
  #isStopped = false;

  constructor(routing: Routing & Following, partition: number) {
    this.#routing = routing;
    this.#source = { tenant: tenantOf(partition) };
    this.#wakeups = new Wakeups(routing);
  }

  start(onFailure: (error: unknown) => void): void {
    this.#readOn().catch(onFailure);
  }

  stop(): void {
    this.#isStopped = true;
    this.#wakeups.close();
  }

  /** Of these events, those that it should have seen. */
  all(events: readonly RecordedEvent[]): readonly number[] {
    const shown = new Set(["conversationWentOffline", "routingTimedOut", "presenceChanged"]);
    return events.filter(({ event }) => shown.has(event.type)).map(({ event }) => event.sequence);
  }

  async #readOn(): Promise<void> {
    while (!this.#isStopped) {
      try {
        await this.#follow();
      } catch (error) {
        if (!(error instanceof OperatingError)) throw error;
        const { promise, resolve } = Promise.withResolvers<void>();
        setTimeout(resolve, 100);
        await promise;
      }
    }
  }

  async #follow(): Promise<void> {
    const follower = this.#wakeups.follow(this.#source);
    try {
      const after = this.seen.at(-1) ?? 0;
      const reader = new StreamReader(this.#routing, this.#source, follower, after);
      while (!this.#isStopped) {
        const items = await reader.read();
        for (const { id } of items) this.seen.push(parseSequence(id) ?? 0);
        if (items.length === 0) await follower.next(15_000);
      }
    } finally {
      follower.stop();
    }
  }
}

const quietTurns = 5;
/** Of one instant; some hundreds are usual. */
const turnsMax = 20_000;
