import type { WorkerLimits } from "../limits.ts";
import type { Telemetry } from "../telemetry.ts";
import type { PartitionLine } from "./partition-line.ts";
import type { StoreState } from "./partition-state.ts";
import type { ShardThread } from "./shard-thread.ts";

/** Where a partition's store stands after a task. */
export interface StoreNews {
  readonly partition: number;
  readonly store: StoreState;
}

export interface StoreCareOptions {
  readonly thread: ShardThread;
  readonly lines: ReadonlyMap<number, PartitionLine>;
  readonly limits: Pick<WorkerLimits, "storeRowsPendingMax">;
  readonly telemetry: Pick<Telemetry, "storeSeconds">;
  /** Have a partition's log brought into its file; never rejects. */
  readonly checkpoint: (partition: number) => Promise<void>;
  /** Ask for what is to be done. */
  readonly wake: () => void;
}

/**
 * Has the stores of a shard follow its batches without making them wait.
 *
 * - Nothing waits: nothing is done.
 * - `gathering`: rows wait, and a timer runs. → `due` when it is over.
 * - `due`: whenever the thread has nothing else to do, a slice of the rows is written. Once all are,
 *   the transactions end where no batch came meanwhile, or where they are old: a page of the store that
 *   many batches change costs once a transaction. → `gathering`.
 *
 * What waits is memory, so it is bounded: where much waits, slices take turns with batches, and at the
 * bound all of it is written.
 */
export class StoreCare {
  readonly #options: StoreCareOptions;
  #timer: NodeJS.Timeout | undefined;
  #isDue = false;
  /** Whose logs are being brought into their files. */
  readonly #checkpointing = new Set<number>();
  #batches = 0;
  #batchesBefore = 0;
  /** When nothing was unsettled the last time, by `performance.now()`. */
  #settledAt = 0;

  constructor(options: StoreCareOptions) {
    this.#options = options;
  }

  /** A batch was begun. */
  noteBatch(): void {
    this.#batches += 1;
  }

  /** What has to be done although others wait; undefined for nothing. */
  urgent(): Promise<readonly StoreNews[]> | undefined {
    const { storeRowsPendingMax } = this.#options.limits;
    const [full] = this.#where(({ waiting }) => waiting >= storeRowsPendingMax);
    if (full !== undefined) return this.#settle(full);
    const [crowded] = this.#where(({ unwritten }) => unwritten >= storeRowsPendingMax / 4);
    return crowded === undefined ? undefined : this.#settle(crowded, crowdedSliceMs);
  }

  /** What may be done since nothing else is to be; undefined for nothing, or not yet. */
  atRest(): Promise<readonly StoreNews[]> | undefined {
    const behind = this.#where(({ waiting }) => waiting > 0);
    const [first] = behind;
    if (first === undefined) {
      this.#isDue = false;
      this.#settledAt = performance.now();
      return undefined;
    }
    if (this.#isDue) {
      const [unwritten] = this.#where((store) => store.unwritten > 0);
      if (unwritten !== undefined) return this.#settle(unwritten, sliceMs);
      const isCalm = this.#batches === this.#batchesBefore;
      if (isCalm || performance.now() - this.#settledAt >= transactionMs) {
        if (behind.length === 1) this.#settledAt = performance.now();
        return this.#settle(first);
      }
    }
    this.#gather();
    return undefined;
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #gather(): void {
    this.#isDue = false;
    if (this.#timer !== undefined) return;
    this.#batchesBefore = this.#batches;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#isDue = true;
      this.#options.wake();
    }, gatherMs);
  }

  #where(is: (store: StoreState) => boolean): readonly number[] {
    const lines = [...this.#options.lines.values()];
    return lines.filter(({ store }) => is(store)).map(({ partition }) => partition);
  }

  #checkpoint(partition: number): void {
    if (this.#checkpointing.has(partition)) return;
    this.#checkpointing.add(partition);
    void this.#options.checkpoint(partition).then(() => this.#checkpointing.delete(partition));
  }

  async #settle(partition: number, slice?: number): Promise<readonly StoreNews[]> {
    const { thread, telemetry } = this.#options;
    const { tookMs, stores } = await thread.run({
      type: "settle",
      partitions: [partition],
      ...(slice !== undefined && { sliceMs: slice }),
    });
    telemetry.storeSeconds.observe(tookMs / 1000);
    const [store] = stores;
    if (slice === undefined && (store?.logPages ?? 0) >= logPagesMax) this.#checkpoint(partition);
    return stores.map((news) => ({ partition, store: news }));
  }
}

/** Pages of 4 KiB. */
const logPagesMax = 500;
/** Long enough to share statements, short enough not to be noticed. */
const gatherMs = 50;
/** What a batch may have to wait for. */
const sliceMs = 1;
const crowdedSliceMs = 2;
/** How long a transaction may grow: what is in it is replayed from the journal after a crash. */
const transactionMs = 1000;
