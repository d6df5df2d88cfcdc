import type { CalendarPlan } from "../../core/index.ts";

interface Change {
  readonly at: number;
  readonly open: boolean;
}

/** When a calendar was and will be open, as far as its plans said. */
export class ModelCalendar {
  #changes: Change[] = [];

  /** From `at` on this plan holds. */
  plan(plan: CalendarPlan, at: number): void {
    const past = plan.flips.filter((flip) => flip <= at).length;
    let open = past % 2 === 0 ? plan.open : !plan.open;
    this.#changes = this.#changes.filter((change) => change.at <= at);
    this.#changes.push({ at, open });
    for (const flip of plan.flips.slice(past)) {
      open = !open;
      this.#changes.push({ at: flip, open });
    }
  }

  /** Whether it is open at this instant, what happens at it included. */
  isOpen(at: number): boolean {
    return this.#changes.findLast((change) => change.at <= at)?.open ?? false;
  }

  /** Whether it was open just before this instant. */
  wasOpen(at: number): boolean {
    return this.#changes.findLast((change) => change.at < at)?.open ?? false;
  }

  flipsAt(at: number): boolean {
    return this.isOpen(at) !== this.wasOpen(at);
  }

  nextChangeAt(at: number): number | undefined {
    return this.#changes.find((change) => change.at > at)?.at;
  }

  /** Open ms between two instants. */
  openMs(from: number, to: number): number {
    let sum = 0;
    for (const [index, change] of this.#changes.entries()) {
      const end = Math.min(to, this.#changes[index + 1]?.at ?? Infinity);
      if (change.open) sum += Math.max(0, end - Math.max(from, change.at));
    }
    return sum;
  }

  /** The instant at which it will have been open for so long since `from`, if its plan reaches it. */
  after(from: number, openMs: number): number | undefined {
    let left = openMs;
    for (const [index, change] of this.#changes.entries()) {
      const end = this.#changes[index + 1]?.at ?? Infinity;
      if (end <= from || !change.open) continue;
      const start = Math.max(from, change.at);
      if (end - start >= left) return start + left;
      left -= end - start;
    }
    return undefined;
  }
}

/** A queue without a calendar. */
export const alwaysOpen = new ModelCalendar();
alwaysOpen.plan({ calendar: "", from: 0, open: true, flips: [] }, 0);
