import { type ReadableConfiguration, isReadable, isSound, readableItems } from "./draft.ts";
import { pointerTo } from "./json-pointer.ts";
import { type ChannelKind, channelKinds } from "./resolved.ts";
import type { Violation, ViolationCode } from "./violations.ts";

/**
 * The cost of a channel must fit somebody: it is compared with the largest capacity among those who
 * have the skill of the channel's own queue, where anybody has it (FINE-PRINT 4). A kind is reported
 * once, with what fits on all of its channels.
 */
export function* costViolations(
  configuration: ReadableConfiguration,
): Generator<Violation<ViolationCode>> {
  const { agents, channelCosts, channels } = configuration;
  if (!isReadable(channelCosts)) return;
  const capacityOf = largestCapacities(agents);
  const highest = new Map<ChannelKind, number>();
  for (const [, { kind, skillQueue }] of readableItems(channels)) {
    const capacity = isSound(skillQueue) ? capacityOf.get(skillQueue) : undefined;
    if (!isSound(kind) || capacity === undefined) continue;
    highest.set(kind, Math.min(capacity, highest.get(kind) ?? Infinity));
  }
  for (const kind of channelKinds) {
    const cost = channelCosts[kind];
    const max = highest.get(kind);
    if (typeof cost !== "number" || max === undefined || cost <= max) continue;
    yield {
      path: pointerTo("/channelCosts", kind),
      code: "cost_above_capacity",
      message: `Above the capacity of every agent with the skill of a channel of this kind; the largest is ${max}.`,
      value: cost,
      limit: { min: 1, max },
    };
  }
}

/**
 * By skill queue that somebody has, the largest capacity among them. Who cannot be read may have
 * any skill, and a capacity that cannot be read may be any: then nothing is too much.
 */
function largestCapacities(agents: ReadableConfiguration["agents"]): ReadonlyMap<string, number> {
  const largest = new Map<string, number>();
  if (!isReadable(agents)) return largest;
  let ofUnreadable = 0;
  for (const agent of agents) {
    const { skills, capacity } = isReadable(agent) ? agent : {};
    const units = typeof capacity === "number" ? capacity : Infinity;
    if (!isReadable(skills)) {
      ofUnreadable = Math.max(ofUnreadable, units);
      continue;
    }
    for (const id of Object.keys(skills)) {
      largest.set(id, Math.max(units, largest.get(id) ?? 0));
    }
  }
  return new Map([...largest].map(([id, units]) => [id, Math.max(units, ofUnreadable)]));
}
