import { setImmediate as drained } from "node:timers/promises";
import pino from "pino";
import type { BotCall, Result } from "../../core/engine.ts";
import { createDelivery } from "../../worker/delivery/delivery.ts";
import type { DeliveryLimits } from "../../worker/delivery/delivery-limits.ts";
import { OperatingError } from "../../worker/shards/routing.ts";
import type { Activity, BotMessage, CommandInput, Routing } from "../../worker/shards/routing.ts";
import type { Bots } from "./bots.ts";
import { claim } from "./machine.ts";
import type { Machine } from "./machine.ts";
import { SimulatedTime } from "./simulated-time.ts";
import type { Webhooks } from "./webhooks.ts";

/** What delivery is given beside the machine. */
export interface CourierOptions {
  readonly machine: Machine;
  readonly webhooks: Webhooks;
  readonly bots: Bots;
  readonly limits: DeliveryLimits;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** A command of the worker's own; undefined where nobody knows what became of it. */
  readonly submit: (command: CommandInput, time: SimulatedTime) => Result | undefined;
}

/** Where bots are; whatever else is called is an endpoint of Message Push. */
export const botHost = "bot.test";

/**
 * The worker's own delivery in one life of its process, pushes and calls of bots: on simulated time,
 * over a simulated network, with the machine's partition for routing. When its process is gone it does
 * and hears nothing more.
 */
export class Courier {
  readonly #options: CourierOptions;
  readonly time: SimulatedTime;
  readonly #activityListeners = new Set<(activity: Activity) => void>();
  readonly #recoveryListeners = new Set<() => void>();
  #isOver = false;
  #failure: Error | undefined;
  /** Until when it may wait because routing did not answer. */
  #troubledUntilMs = -Infinity;

  constructor(options: CourierOptions) {
    const { machine, limits, random, webhooks, bots } = options;
    this.#options = options;
    this.time = new SimulatedTime(machine.clockSources);
    // What fails without anybody waiting for it is said only in the log.
    const logger = pino({ level: "error" }, { write: (line) => this.#read(line) });
    createDelivery({
      routing: this.#routing(),
      secrets: { value: (name) => `the value of ${name}`.replaceAll(" ", "-") },
      logger,
      limits,
      time: this.time,
      random,
      connect: (url) =>
        url.hostname === botHost ? bots.connect(url, this.time) : webhooks.connect(this.time),
    }).start();
  }

  notice(activity: Activity): void {
    for (const listener of this.#activityListeners) listener(activity);
  }

  /** The thread is another one now. */
  noticeRecovery(): void {
    for (const listener of this.#recoveryListeners) listener();
  }

  /** The process is gone. */
  end(): void {
    this.#isOver = true;
  }

  /** Resolves when nothing more happens before time is turned. Rejects with what failed. */
  async settle(): Promise<void> {
    let turns = 0;
    do {
      await drained();
      turns += 1;
      claim(turns < turnsMax, "what is delivered does not come to rest");
    } while (!this.#isOver && this.time.wakeNext());
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** How long it waits for anything. */
  get nextInMs(): number | undefined {
    return this.time.nextInMs;
  }

  /** Every message that a bot is to have is under way to it, where there is room for one more. */
  checkCalls(calls: readonly BotCall[], urlOf: (call: BotCall) => string | undefined): void {
    const { bots, limits } = this.#options;
    if (this.#isOver || this.time.nowMs() < this.#troubledUntilMs) return;
    for (const call of calls) {
      if (bots.isUnderWay(this.time, call)) continue;
      const { tenant, conversation, message } = call;
      const url = urlOf(call);
      const others = url === undefined ? [] : bots.underWay(this.time, url, tenant);
      const isFull = others.length >= limits.botConcurrencyMax;
      claim(isFull, `${tenant} ${conversation}: message ${message} is not given to any bot`);
    }
  }

  /** What an arrival or a record breaks is not to be lost in a log. */
  noteFailure(error: unknown): void {
    this.#failure ??= error instanceof Error ? error : new Error(String(error));
  }

  #routing(): Routing {
    const { machine, bots, submit } = this.#options;
    const alive = async <T>(answer: () => T | undefined): Promise<T> => {
      // Whoever asks is gone as well.
      if (this.#isOver) return Promise.withResolvers<T>().promise;
      try {
        const given = machine.isUp ? answer() : undefined;
        if (given !== undefined) return given;
      } catch (error) {
        this.noteFailure(error);
        throw error;
      }
      this.#troubledUntilMs = this.time.nowMs() + patienceMs;
      throw new OperatingError("shard_restarting", "the machine is down");
    };
    return {
      submit: async (command) => alive(() => submit(command, this.time)),
      query: async (query) =>
        alive(() => {
          let answer: unknown;
          machine.chore((partition) => {
            answer = partition.query(query) ?? nothing;
            if (query.type === "botMessage" && answer !== nothing) {
              bots.allow(this.time, answer as BotMessage);
            }
          });
          return answer;
        }).then((answer) => (answer === nothing ? undefined : answer) as never),
      onActivity: (listener) => {
        this.#activityListeners.add(listener);
        return () => this.#activityListeners.delete(listener);
      },
      onRecovery: (listener) => {
        this.#recoveryListeners.add(listener);
        return () => this.#recoveryListeners.delete(listener);
      },
      now: () => machine.now,
    };
  }

  #read(line: string): void {
    const { msg, task, err } = JSON.parse(line) as {
      readonly msg: string;
      readonly task?: string;
      readonly err?: { readonly message: string; readonly stack: string };
    };
    if (msg === "task failed") this.noteFailure(new Error(`${task} failed: ${err?.stack}`));
  }
}

/** Of one instant; some dozens are usual. */
const turnsMax = 1000;
/** As long as delivery waits before it asks routing again. */
const patienceMs = 10_000;

/** There is an answer, and it is that there is nothing. */
const nothing = Symbol("nothing");
