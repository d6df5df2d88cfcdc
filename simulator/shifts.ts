import type { Law } from "./distributions.ts";
import { type KeyedRandom, purposes } from "./keyed-random.ts";
import { instantIn, type LocalDay } from "./local-time.ts";

/** When the agents of one group are meant to work, and how well they keep to it. */
export interface ShiftPlan {
  /** For each weekday, Monday first, hours in minutes from midnight; `to` may pass 1440. */
  readonly hours: readonly (readonly { readonly from: number; readonly to: number }[])[];
  readonly daysOff: ReadonlySet<string>;
  /** Minutes from midnight. */
  readonly breaks: readonly { readonly at: number; readonly minutes: number }[];
  readonly lateness: Law | undefined;
  readonly absence: number;
}

/** One stretch of work that an agent comes to, epoch ms. */
export interface Shift {
  readonly from: number;
  readonly to: number;
  readonly breaks: readonly { readonly at: number; readonly ms: number }[];
}

/**
 * The shifts an agent comes to over these days. Shifts that touch are one; who is absent for a whole
 * shift is neither late nor away in it, so no absence counts twice.
 *
 * @param key of the agent's draws, from its id
 */
export function agentShifts(
  plan: ShiftPlan,
  days: readonly LocalDay[],
  timeZone: string,
  random: KeyedRandom,
  key: number,
): readonly Shift[] {
  const shifts: Shift[] = [];
  for (const day of days) {
    if (plan.daysOff.has(day.date)) continue;
    for (const [index, hours] of (plan.hours[day.weekday] ?? []).entries()) {
      const turn = day.number * 8 + index;
      if (random.at(key, turn, purposes.attendance).next() < plan.absence) continue;
      const from = instantIn(day, timeZone, hours.from);
      const to = instantIn(day, timeZone, hours.to);
      const before = shifts.at(-1);
      const late =
        plan.lateness === undefined || before?.to === from
          ? 0
          : Math.round(plan.lateness.sample(random.at(key, turn, purposes.adherence)));
      const breaks = plan.breaks
        .filter(({ at }) => at > hours.from && at < hours.to)
        .map(({ at, minutes }) => ({ at: instantIn(day, timeZone, at), ms: minutes * 60_000 }));
      if (from + late >= to) continue;
      if (before?.to === from) {
        shifts[shifts.length - 1] = {
          from: before.from,
          to,
          breaks: [...before.breaks, ...breaks],
        };
      } else shifts.push({ from: from + late, to, breaks });
    }
  }
  return shifts;
}
