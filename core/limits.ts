/** Bounds of one engine, that is, of one partition. */
export interface EngineLimits {
  /** Ids of writes remembered to recognise a repeat; the oldest go first. @defaultValue 2,000,000 */
  readonly idsRememberedMax: number;
  /** Customers remembered with nothing open; the longest untouched go first. @defaultValue 2,000,000 */
  readonly customersRememberedMax: number;
  /** Timers that one `tick` fires before it answers `more`. @defaultValue 10,000 */
  readonly timersPerTickMax: number;
}

export const defaultEngineLimits = {
  idsRememberedMax: 2_000_000,
  customersRememberedMax: 2_000_000,
  timersPerTickMax: 10_000,
} satisfies EngineLimits;
