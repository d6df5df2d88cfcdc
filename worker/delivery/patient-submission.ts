import type { Logger } from "pino";
import type { Result } from "../../core/engine.ts";
import type { CommandInput, Routing } from "../shards/routing.ts";
import { backoffMs } from "./backoff.ts";
import { type RealTime, pause } from "./real-time.ts";

/** What it takes to wait for routing. */
export interface Patience {
  readonly routing: Routing;
  readonly time: RealTime;
  readonly random: () => number;
  readonly logger: Logger;
  /** Aborted when delivery stops: then a failure is final. */
  readonly stopping: AbortSignal;
}

const firstWaitMs = 100;
const longestWaitMs = 10_000;

/**
 * Submit what the outside world has answered until routing takes it: a partition that is being
 * recovered or is overloaded must not make a message go out twice or a bot be asked again.
 *
 * @returns undefined where delivery stopped before; then it is done again after the next start
 */
export async function submitPatiently(
  patience: Patience,
  command: CommandInput,
): Promise<Result | undefined> {
  return untilAnswered(patience, () => patience.routing.submit(command));
}

/** Ask until there is an answer; undefined where delivery stopped before. */
export async function untilAnswered<Answer>(
  { time, random, logger, stopping }: Patience,
  ask: () => Promise<Answer>,
): Promise<Answer | undefined> {
  for (let failures = 1; ; failures += 1) {
    try {
      return await ask();
    } catch (error) {
      if (stopping.aborted) return undefined;
      logger.warn({ err: error, failures }, "routing does not answer, delivery asks again");
      await pause(time, backoffMs(failures, firstWaitMs, longestWaitMs, random), stopping);
    }
  }
}
