import { setImmediate as drained } from "node:timers/promises";
import pino from "pino";
import type { Result } from "../../core/index.ts";
import type { ChannelEndpoint } from "../../worker/delivery/channel-endpoints.ts";
import type { DeliveryContext } from "../../worker/delivery/delivery-context.ts";
import type { DeliveryLimits } from "../../worker/delivery/delivery-limits.ts";
import { DeliveryMetrics } from "../../worker/delivery/delivery-metrics.ts";
import { Push } from "../../worker/delivery/push.ts";
import { SupervisedTasks } from "../../worker/delivery/supervised-tasks.ts";
import { OperatingError } from "../../worker/shards/routing.ts";
import type { Activity, CommandInput, Routing } from "../../worker/shards/routing.ts";
import { claim } from "./machine.ts";
import type { Machine } from "./machine.ts";
import { SimulatedTime } from "./simulated-time.ts";
import type { Webhooks } from "./webhooks.ts";

/** What the pusher is given beside the machine. */
export interface PusherOptions {
  readonly machine: Machine;
  readonly webhooks: Webhooks;
  readonly limits: DeliveryLimits;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** A command of the worker's own; undefined where nobody knows what became of it. */
  readonly submit: (command: CommandInput) => Result | undefined;
  /** Channels of a tenant, as it is configured now. */
  readonly channels: (tenant: string) => readonly string[];
}

/**
 * The worker's own Message Push in one life of its process: on simulated time, over a simulated network,
 * with the machine's partition for routing. When its process is gone it does and hears nothing more.
 */
export class Pusher {
  readonly #options: PusherOptions;
  readonly #time: SimulatedTime;
  readonly #push: Push;
  #isOver = false;
  #failure: Error | undefined;

  constructor(options: PusherOptions) {
    const { machine, limits, random, webhooks } = options;
    this.#options = options;
    this.#time = new SimulatedTime(machine.clockSources);
    // What fails without anybody waiting for it is said only in the log.
    const logger = pino({ level: "error" }, { write: (line) => this.#read(line) });
    const never = new AbortController().signal;
    const context: DeliveryContext = {
      routing: this.#routing(),
      secrets: { value: () => "a secret of the simulation" },
      logger,
      time: this.#time,
      random,
      tasks: new SupervisedTasks(logger),
      limits,
      metrics: new DeliveryMetrics(),
      stopping: never,
      aborting: never,
      connect: () => webhooks.connect(this.#time),
    };
    this.#push = new Push(context);
  }

  /** The tenant has these channels now, and each is pushed. */
  configure(tenant: string): void {
    const endpoints = this.#options.channels(tenant).map((channel): ChannelEndpoint => {
      return { channel, push: { url: `http://hook.test/${channel}`, secret: "hook" } };
    });
    this.#push.configure(tenant, endpoints);
  }

  notice({ tenant, configured, outboxes }: Activity): void {
    if (configured) this.configure(tenant);
    for (const channel of outboxes) this.#push.notice(tenant, channel);
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
      claim(turns < turnsMax, "what is pushed does not come to rest");
    } while (!this.#isOver && this.#time.wakeNext());
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** How long it waits for anything. */
  get nextInMs(): number | undefined {
    return this.#time.nextInMs;
  }

  /** What an entry's arrival or a record breaks is not to be lost in a log. */
  noteFailure(error: unknown): void {
    this.#failure ??= error instanceof Error ? error : new Error(String(error));
  }

  #routing(): Routing {
    const { machine, submit } = this.#options;
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
      throw new OperatingError("shard_restarting", "the machine is down");
    };
    return {
      submit: async (command) => alive(() => submit(command)),
      query: async (query) =>
        alive(() => {
          let answer: unknown;
          machine.chore((partition) => {
            answer = partition.query(query) ?? nothing;
          });
          return answer;
        }).then((answer) => (answer === nothing ? undefined : answer) as never),
      onActivity: () => () => undefined,
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

/** There is an answer, and it is that there is nothing. */
const nothing = Symbol("nothing");
