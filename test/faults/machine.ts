import { encodeCommand } from "../../core/codec.ts";
import type { Command, Result } from "../../core/index.ts";
import { ClockRefusal, hostClock } from "../../worker/clock.ts";
import type { Clock } from "../../worker/clock.ts";
import { JournalError } from "../../worker/journal/journal-error.ts";
import type { WorkerLimits } from "../../worker/limits.ts";
import { Partition } from "../../worker/shards/partition.ts";
import type { Activity } from "../../worker/shards/routing.ts";
import type { Chance } from "../crash/chance.ts";
import { FailingDisk, PowerCut } from "./failing-disk.ts";
import { StoreFiles } from "./store-files.ts";
import type { Truth } from "./truth.ts";

/** What a batch came to, for those who sent it. */
export type Committed =
  | { readonly kind: "answered"; readonly results: readonly Result[] }
  /** Nothing was applied, and the partition goes on. */
  | { readonly kind: "refused" }
  /** The machine is down, and nobody knows whether the batch is durable. */
  | { readonly kind: "down" };

/** Something that the worker promises does not hold. */
export class PromiseBroken extends Error {
  override readonly name = "PromiseBroken";
}

/**
 * One machine with one partition of the worker on it: the worker's own code, on a disk and a clock
 * that can fail. It is compared with the truth after each batch and each start.
 */
export class Machine implements Disposable {
  readonly #limits: WorkerLimits;
  readonly #truth: Truth;
  readonly #chance: Chance;
  readonly #store = new StoreFiles();
  readonly clockSources = { wall: 0, monotonic: 0 };
  #disk = new FailingDisk();
  #partition: Partition | undefined;
  #clock: Clock = { now: () => 0 };
  #epoch = 0;
  #inDoubt: readonly Command[] = [];
  starts = 0;
  /** The thread ends once the next batch is durable, before anybody is told. */
  losesNextAnswer = false;
  /** How the last life ended: what else there was in the process outlives a thread alone. */
  endedBy: "power" | "process" | "thread" = "process";
  /** Told what each batch touched. */
  onActivity: (activity: Activity) => void = () => undefined;

  constructor(limits: WorkerLimits, truth: Truth, chance: Chance, now: number) {
    this.#limits = limits;
    this.#truth = truth;
    this.#chance = chance;
    this.clockSources.wall = now;
  }

  get disk(): FailingDisk {
    return this.#disk;
  }

  get isUp(): boolean {
    return this.#partition !== undefined;
  }

  /** The partition that runs. */
  get partition(): Partition {
    if (this.#partition === undefined) throw new Error("the machine is down");
    return this.#partition;
  }

  /** Of the worker that runs. */
  get now(): number {
    return this.#clock.now();
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** Time passes for everybody. */
  pass(spanMs: number): void {
    this.clockSources.wall += spanMs;
    this.clockSources.monotonic += spanMs;
  }

  /** Start until it is up; what is armed may bring it down on the way. */
  start(): void {
    for (let attempt = 0; !this.isUp; attempt += 1) {
      if (attempt > 20) throw new PromiseBroken("it does not start");
      this.#guard(() => this.#startOnce());
    }
  }

  commit(commands: readonly Command[], epoch: number = this.#epoch): Committed {
    const encoded = commands.map(encodeCommand);
    const before = this.partition.state.lastIndex;
    let committed: Committed = { kind: "down" };
    this.#inDoubt = commands;
    this.#guard(() => {
      const { results, activities } = this.partition.commit(epoch, encoded);
      const isJournaled = this.partition.state.lastIndex > before;
      this.#inDoubt = [];
      if (isJournaled) this.#compareBatch(commands, results);
      if (isJournaled && this.losesNextAnswer) {
        this.#end("thread");
        return;
      }
      committed = { kind: "answered", results };
      for (const activity of activities) this.onActivity(activity);
    });
    if (this.isUp && committed.kind === "down") {
      this.#inDoubt = [];
      committed = { kind: "refused" };
      claim(this.partition.state.lastIndex === before, "a refused batch was journaled");
    }
    return committed;
  }

  /** Something that the host has the thread do between two batches. */
  chore(action: (partition: Partition) => void): void {
    this.#guard(() => action(this.partition));
  }

  /** The store's log is brought into its file, by somebody beside the partition. */
  checkpointStore(): void {
    if (this.isUp) this.#store.checkpoint();
  }

  /** The power is cut now. */
  cutPower(): void {
    this.#end("power");
  }

  /** The process is killed now: the system keeps what it was given. */
  kill(): void {
    this.#end("process");
  }

  /** Somebody deletes the store while nobody runs. */
  loseStore(): void {
    this.kill();
    this.#store.remove();
  }

  [Symbol.dispose](): void {
    this.#partition?.close();
    this.#store[Symbol.dispose]();
  }

  #startOnce(): void {
    const isWhole = this.#journalIsWhole();
    const partition = new Partition({
      partition: 0,
      disk: this.#disk,
      store: this.#store.path,
      dataDirectory: "data",
      limits: this.#limits,
    });
    this.#partition = partition;
    this.#store.tidy();
    this.starts += 1;
    const { lastIndex, lastAt, lastEpoch } = partition.state;
    this.#epoch = Math.max(this.#epoch, lastEpoch) + 1;
    this.#resolveDoubt(lastIndex);
    claim(partition.report.eventHash === this.#truth.eventHash, "recovery gives other events");
    claim(!partition.storeLacks || !isWhole, "the store lacks what is synced or in the journal");
    this.#clock = this.#readClock(lastAt);
    this.compareAll();
  }

  /** Whether the journal has its first batch, so that any store can be derived from it. */
  #journalIsWhole(): boolean {
    const names = this.#disk.list().map(({ name }) => name);
    return this.#mayLackStore ? names.includes("0000000000000001.segment") : true;
  }

  #mayLackStore = false;

  /** From now on the store may miss what the journal no longer has. */
  allowLackingStore(): void {
    this.#mayLackStore = true;
  }

  /** A batch that nobody was answered is there as a whole, or not at all. */
  #resolveDoubt(lastIndex: number): void {
    const { lastIndex: known } = this.#truth;
    const inDoubt = this.#inDoubt;
    this.#inDoubt = [];
    if (inDoubt.length > 0 && lastIndex === known + 1) {
      this.#truth.apply(inDoubt);
      return;
    }
    claim(lastIndex === known, `${known} batches were acknowledged, and ${lastIndex} are there`);
  }

  /** As the worker reads it at its start: not behind the journal, unless that is accepted. */
  #readClock(lastAt: number): Clock {
    const sources = {
      wallMs: () => this.clockSources.wall,
      monotonicMs: () => this.clockSources.monotonic,
    };
    const isBehind = this.clockSources.wall < lastAt - 5000;
    try {
      const clock = hostClock(lastAt, false, sources);
      claim(!isBehind, "a clock behind the journal is refused");
      claim(clock.now() >= lastAt, "time goes back");
      return clock;
    } catch (error) {
      if (!(error instanceof ClockRefusal)) throw error;
      claim(isBehind, "a clock that is right was refused");
      const clock = hostClock(lastAt, true, sources);
      claim(clock.now() >= lastAt, "time goes back");
      return clock;
    }
  }

  #compareBatch(commands: readonly Command[], results: readonly Result[]): void {
    const wanted = this.#truth.apply(commands);
    for (const [place, result] of wanted.entries()) {
      const given = results[place];
      if (isFromStore(result)) continue;
      claim(show(given) === show(result), `answered ${show(given)}, and it is ${show(result)}`);
    }
    this.#compareViews();
  }

  /** What the worker shows is what is true. */
  #compareViews(): void {
    const { engine } = this.#truth;
    const { partition } = this;
    claim(partition.state.nextDeadlineAt === engine.nextDeadlineAt(), "another next deadline");
    for (const tenant of engine.tenants()) {
      same(partition.query({ type: "agents", tenant }), engine.agents(tenant), "agents");
      same(partition.query({ type: "skillQueues", tenant }), engine.skillQueues(tenant), "queues");
    }
  }

  /** Every conversation, timeline and configuration. */
  compareAll(): void {
    const { engine, events } = this.#truth;
    const { partition } = this;
    this.#compareViews();
    same(partition.query({ type: "botCalls" }), engine.botCalls(), "bot calls");
    const stories = new Map<string, number[]>();
    const erased = new Set<string>();
    for (const event of events) {
      if ("conversation" in event) {
        const key = `${event.tenant} ${event.conversation}`;
        const story = stories.get(key) ?? [];
        story.push(event.sequence);
        stories.set(key, story);
      }
      if (event.type === "customerErased") erased.add(event.tenant);
    }
    for (const [key, story] of stories) {
      const [tenant = "", id] = key.split(" ");
      const conversation = Number(id);
      const view = engine.conversation(tenant, conversation);
      if (view !== undefined) {
        same(partition.query({ type: "conversation", tenant, conversation }), view, key);
      }
      if (partition.storeLacks) continue;
      const timeline = partition.query({ type: "timeline", tenant, conversation }) ?? [];
      same(
        timeline.map(({ event }) => event.sequence),
        story,
        `the timeline of ${key}`,
      );
    }
    for (const tenant of engine.tenants()) {
      const { revision } = engine.configuration(tenant) ?? {};
      same(partition.query({ type: "configuration", tenant })?.revision, revision, "revision");
    }
  }

  /** Whatever brings the worker down brings the machine down; what it may answer is left to it. */
  #guard(action: () => void): void {
    try {
      action();
    } catch (error) {
      if (error instanceof PowerCut || isCutInDisguise(error)) {
        this.#end("power");
        return;
      }
      if (!(error instanceof JournalError)) throw error;
      if (harmless.has(error.code) && this.isUp) return;
      if (!deadly.has(error.code)) throw error;
      this.#end("thread");
    }
  }

  /** Of the store's log. */
  #keptOf(bytes: number): number {
    return this.#chance.pick([0, bytes, this.#chance.below(bytes + 1)]);
  }

  #end(how: "power" | "process" | "thread"): void {
    this.endedBy = how;
    this.losesNextAnswer = false;
    const choose = (count: number): number => this.#chance.below(count);
    this.#store.carryOver((bytes) => (how === "power" ? this.#keptOf(bytes) : bytes));
    try {
      this.#partition?.close();
    } catch (error) {
      if (!(error instanceof PowerCut)) throw error;
    }
    this.#partition = undefined;
    this.#disk = how === "power" ? this.#disk.afterPowerCut(choose) : this.#disk.afterDeath();
  }
}

const harmless: ReadonlySet<string> = new Set([
  "journal_full",
  "journal_io",
  "journal_stale_epoch",
]);
/** The thread ends over them, and the next one recovers. */
const deadly: ReadonlySet<string> = new Set(["journal_poisoned", "journal_io", "journal_full"]);

/** A sync that the power cut took, as the journal says it. */
function isCutInDisguise(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isCutInDisguise);
  if (error instanceof PowerCut) return true;
  return error instanceof Error && error.cause !== undefined && isCutInDisguise(error.cause);
}

/** The engine forgot the conversation, and the worker answers from the store. */
function isFromStore(result: Result): boolean {
  if (result.status === "rejected") return result.code === "unknown_conversation";
  return result.status === "erased" || (result.status === "accepted" && result.version === 0);
}

export function claim(holds: boolean, says: string): asserts holds {
  if (!holds) throw new PromiseBroken(says);
}

function same(given: unknown, wanted: unknown, what: string): void {
  claim(show(given) === show(wanted), `${what}: ${show(given)} rather than ${show(wanted)}`);
}

function show(value: unknown): string {
  return JSON.stringify(value) ?? "nothing";
}
