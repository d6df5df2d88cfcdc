import type { Logger } from "pino";
import type { Registry } from "prom-client";
import type { Secrets } from "../secrets.ts";
import type { Activity, Routing } from "../shards/routing.ts";
import { type Connect, endpointPool } from "./bounded-request.ts";
import { ChannelEndpoints } from "./channel-endpoints.ts";
import { Chatbots } from "./chatbots.ts";
import type { DeliveryContext } from "./delivery-context.ts";
import { type DeliveryLimits, defaultDeliveryLimits } from "./delivery-limits.ts";
import { DeliveryMetrics } from "./delivery-metrics.ts";
import { untilAnswered } from "./patient-submission.ts";
import { Push } from "./push.ts";
import { type RealTime, pause, realTime } from "./real-time.ts";
import { SupervisedTasks } from "./supervised-tasks.ts";

export interface DeliveryOptions {
  readonly routing: Routing;
  readonly secrets: Secrets;
  readonly logger: Logger;
  /** @defaultValue `defaultDeliveryLimits`, each */
  readonly limits?: Partial<DeliveryLimits>;
  /** Where its metrics are registered. @defaultValue one of its own */
  readonly registry?: Registry;
  /** @defaultValue the system's */
  readonly time?: RealTime;
  /** Uniform in [0, 1), for jitter. @defaultValue Math.random */
  readonly random?: () => number;
  /** How an endpoint is reached. @defaultValue HTTP */
  readonly connect?: Connect;
}

/** What leaves the worker by itself: pushes to channels, and calls of chatbots. */
export interface Delivery {
  /** Begin with what the outbox and the open calls hold. Call once; returns at once. */
  start(): void;
  /**
   * Begin nothing more, wait at most `boundMs` for what is under way, and break off the rest: it is
   * done again after the next start, at least once as always. Never rejects.
   */
  stop(boundMs: number): Promise<DeliveryStop>;
}

export interface DeliveryStop {
  /** What was broken off, counted by its name. */
  readonly brokenOff: Readonly<Record<string, number>>;
}

const lastWordsMs = 1000;

export function createDelivery(options: DeliveryOptions): Delivery {
  const tasks = new SupervisedTasks(options.logger);
  const stopping = new AbortController();
  const aborting = new AbortController();
  const { routing, secrets, logger, time = realTime, random = Math.random } = options;
  const context: DeliveryContext = {
    routing,
    secrets,
    logger,
    time,
    random,
    tasks,
    connect: options.connect ?? endpointPool,
    limits: { ...defaultDeliveryLimits, ...options.limits },
    metrics: new DeliveryMetrics(options.registry),
    stopping: stopping.signal,
    aborting: aborting.signal,
  };
  const endpoints = new ChannelEndpoints(context);
  const push = new Push(context);
  const chatbots = new Chatbots(context, endpoints);

  const configure = (tenant: string): void =>
    tasks.run("read endpoints", async () => {
      endpoints.forget(tenant);
      chatbots.configure(tenant);
      const present = await endpoints.of(tenant);
      if (!stopping.signal.aborted) push.configure(tenant, present);
    });
  const follow = (activity: Activity): void => {
    if (activity.configured) configure(activity.tenant);
    for (const channel of activity.outboxes) push.notice(activity.tenant, channel);
    for (const call of activity.botCalls) chatbots.call(call);
  };
  /** Whatever may have happened: read all of it. */
  const look = (): void => {
    endpoints.forgetAll();
    tasks.run("read tenants", async () => {
      const ask = () => routing.query({ type: "tenants" });
      for (const tenant of (await untilAnswered(context, ask)) ?? []) configure(tenant);
    });
    push.look();
    chatbots.look();
  };
  let unfollow: readonly (() => void)[] = [];

  return {
    start: () => {
      unfollow = [routing.onActivity(follow), routing.onRecovery(look)];
      look();
    },
    stop: async (boundMs) => {
      for (const stopFollowing of unfollow) stopFollowing();
      stopping.abort();
      push.close();
      chatbots.close();
      const bound = new AbortController();
      tasks.settled().then(
        () => bound.abort(),
        (error: unknown) => logger.error({ err: error }, "delivery stopped badly"),
      );
      await pause(time, boundMs, bound.signal);
      const brokenOff = tasks.running();
      aborting.abort();
      // What is broken off ends at once, unless routing itself does not answer.
      await pause(time, lastWordsMs, bound.signal);
      return { brokenOff };
    },
  };
}
