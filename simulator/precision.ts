import { Measures } from "./measures.ts";
import type { ReplicationRecord } from "./replication-record.ts";
import type { World } from "./world.ts";

/** However narrow the wish, no more than this. */
const replicationsMax = 10_000;

/**
 * How many replications in all make the interval of the service level about `precision` wide to
 * either side, judged from the pilot's variance. The number is fixed before any verdict is read:
 * stopping as soon as a verdict looks right would be repeated testing.
 *
 * The service level is that of the first `assigned-within` target, or 30 working minutes.
 * Source: Stein's two-stage rule (1945).
 *
 * @param precision half width as a share, above 0
 */
export function replicationsFor(
  world: World,
  pilot: readonly ReplicationRecord[],
  precision: number,
): number {
  const { targets, run } = world.scenario.settings;
  const target = targets.find(({ measure }) => measure === "assigned-within");
  const measures = new Measures(world, pilot, run.confidence);
  const limited = target?.measure === "assigned-within" ? target : undefined;
  const scoped = measures.select({
    ...(limited?.channel === undefined ? {} : { channel: limited.channel }),
    ...(limited?.queue === undefined ? {} : { queue: limited.queue }),
  });
  const limitMs = (limited?.minutes ?? 30) * 60_000;
  const { low, high } = measures.assignedWithin(scoped, limitMs, limited?.clock ?? "working");
  const halfWidth = (high - low) / 2;
  if (!(halfWidth > precision)) return pilot.length;
  return Math.min(replicationsMax, Math.ceil(pilot.length * (halfWidth / precision) ** 2));
}
