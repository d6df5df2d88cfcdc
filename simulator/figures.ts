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

/** A difference of shares in percentage points. */
export function points(difference: number): string {
  return `${bare(difference)} pp`;
}

/** A difference with its sign; below every limit it is "−∞". */
export function signed(figure: (value: number) => string, value: number): string {
  if (Number.isNaN(value)) return "–";
  if (value === Number.POSITIVE_INFINITY) return "+∞";
  if (value === Number.NEGATIVE_INFINITY) return "−∞";
  if (value === 0) return figure(0);
  return value < 0 ? `−${figure(-value)}` : `+${figure(value)}`;
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
  return `${estimate} [${durationText(interval.low)}, ${durationText(interval.high)}]`;
}

export function countText(interval: Interval): string {
  const digits = interval.estimate < 100 ? 1 : 0;
  const estimate = interval.estimate.toFixed(digits);
  if (Number.isNaN(interval.low)) return estimate;
  return `${estimate} ±${((interval.high - interval.low) / 2).toFixed(digits)}`;
}
