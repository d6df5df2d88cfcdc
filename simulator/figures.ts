import type { Interval } from "./statistics.ts";

/** "94.2 % ±0.8", "‹ 0.1 %": shares as people read them. */
export function shareText(interval: Interval): string {
  const estimate = percent(interval.estimate);
  if (Number.isNaN(interval.low)) return estimate;
  return `${estimate} [${bare(interval.low)}, ${bare(interval.high)}]`;
}

export function percent(share: number): string {
  return `${bare(share)} %`;
}

/** What a target's measure came to. */
export function foundText({
  interval,
  unit,
}: {
  readonly interval: Interval;
  readonly unit: "share" | "minutes";
}): string {
  if (unit === "share") return shareText(interval);
  return durationInterval({
    ...interval,
    estimate: interval.estimate * 60_000,
    low: interval.low * 60_000,
    high: interval.high * 60_000,
  });
}

/** "1 day", "2 days"; "1 working minute", "30 working minutes". */
export function counted(count: number, one: string): string {
  return count === 1 ? `1 ${one}` : `${count} ${one}s`;
}

/** A difference of shares in percentage points. */
export function points(difference: number): string {
  return `${bare(difference)} pp`;
}

/** A difference with its sign; below every limit it is "−∞". */
export function signed(figure: (value: number) => string, value: number): string {
  if (Number.isNaN(value)) return "–";
  if (value === Number.POSITIVE_INFINITY) return "+∞";
  if (value === Number.NEGATIVE_INFINITY) return "−∞";
  const text = figure(Math.abs(value));
  if (text === figure(0)) return text;
  return value < 0 ? `−${text}` : `+${text}`;
}

function bare(share: number): string {
  const value = share * 100;
  if (value !== 0 && Math.abs(value) < 0.001) return value < 0 ? "−0.001" : "<0.001";
  if (value !== 0 && Math.abs(value) < 0.1) return value.toPrecision(1);
  return value.toFixed(1);
}

/** A duration: "42 s", "12.3 min", "17.5 h", "3.2 d", or "beyond the limit" where it is infinite. */
export function durationText(ms: number): string {
  if (Number.isNaN(ms)) return "–";
  if (ms === Number.POSITIVE_INFINITY) return "beyond the limit";
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
  if (ms < 2 * 3_600_000) return `${(ms / 60_000).toFixed(1)} min`;
  if (ms < 2 * 86_400_000) return `${(ms / 3_600_000).toFixed(1)} h`;
  return `${(ms / 86_400_000).toFixed(1)} d`;
}

export function durationInterval(interval: Interval): string {
  const estimate = durationText(interval.estimate);
  if (Number.isNaN(interval.low) || interval.low === interval.high) return estimate;
  return `${estimate} [${endText(interval.low)}, ${endText(interval.high)}]`;
}

/** An end that is infinite need not be a wait beyond a limit: more replications may bring it down. */
function endText(ms: number): string {
  return ms === Number.POSITIVE_INFINITY ? "∞" : durationText(ms);
}

export function countText(interval: Interval): string {
  const digits = interval.estimate < 100 ? 1 : 0;
  const estimate = interval.estimate.toFixed(digits);
  if (Number.isNaN(interval.low)) return estimate;
  return `${estimate} ±${(interval.high - interval.estimate).toFixed(digits)}`;
}
