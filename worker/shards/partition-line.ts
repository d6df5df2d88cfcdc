import { encodeCommand } from "../../core/codec.ts";
import type { WorkerLimits } from "../limits.ts";
import { Inbox } from "./inbox.ts";
import type { Letter, NextBatch } from "./inbox.ts";
import { packCommands } from "./packed-commands.ts";
import { storeUpToDate } from "./partition-state.ts";
import type { PartitionState, StoreState } from "./partition-state.ts";

/** What the host knows of one partition: what waits for it, and where it stood after its last task. */
export class PartitionLine {
  readonly partition: number;
  readonly inbox: Inbox;
  #failure: string | undefined;
  #state: PartitionState | undefined;
  #pausedUntil = 0;
  #tailCommands = 0;

  constructor(partition: number, limits: WorkerLimits) {
    this.partition = partition;
    this.inbox = new Inbox(limits);
  }

  /** Why it did not start. */
  get failure(): string | undefined {
    return this.#failure;
  }

  get state(): PartitionState | undefined {
    return this.#state;
  }

  /** Epoch ms of its next timer; Infinity without one. */
  get deadlineAt(): number {
    return this.#state?.nextDeadlineAt ?? Infinity;
  }

  get store(): StoreState {
    return this.#state?.store ?? storeUpToDate;
  }

  /** Commands since the last snapshot, as far as this process knows. */
  get tailCommands(): number {
    return this.#tailCommands;
  }

  begin(state: PartitionState, commandsReplayed: number): void {
    this.#failure = undefined;
    this.#state = state;
    this.#tailCommands = commandsReplayed;
  }

  /** A snapshot was taken that has so many commands of the tail. */
  shortened(commandCount: number): void {
    this.#tailCommands = Math.max(0, this.#tailCommands - commandCount);
  }

  fail(reason: string): void {
    this.#failure = reason;
    this.#state = undefined;
  }

  follow(state: PartitionState, commandCount: number): void {
    this.#state = state;
    this.#tailCommands += commandCount;
  }

  followStore(store: StoreState): void {
    if (this.#state !== undefined) this.#state = { ...this.#state, store };
  }

  /** A batch was refused by the disk: a timer is not tried again at once. */
  pause(): void {
    this.#pausedUntil = performance.now() + pauseMs;
  }

  /** Whether there is a batch for it. */
  isReady(now: number): boolean {
    if (this.#failure !== undefined) return false;
    if (this.inbox.size > 0) return true;
    return this.deadlineAt <= now && performance.now() >= this.#pausedUntil;
  }

  /**
   * Its next batch: a tick while the last one left something due, else what waits (every command
   * fires what is due before it), else a tick.
   */
  next(now: number): NextBatch {
    const lastAt = this.#state?.lastAt ?? 0;
    if (this.deadlineAt <= lastAt) return tick(lastAt);
    if (this.inbox.size > 0) return this.inbox.take();
    return tick(Math.max(now, lastAt));
  }
}

const pauseMs = 1000;

/** Time passes, and nobody waits for the answer. */
function tick(at: number): NextBatch {
  return { letters: [nobody], commands: packCommands([encodeCommand({ type: "tick", at })]) };
}

const nobody: Letter = {
  tenant: undefined,
  type: "tick",
  keep: false,
  resolve: () => undefined,
  reject: () => undefined,
};
