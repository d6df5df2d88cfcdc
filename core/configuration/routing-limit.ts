const minutesPerUnit = { minutes: 1, hours: 60, days: 24 * 60 } as const;

/** The offline message routing time limit in counted minutes, whatever its unit. */
export function routingLimitMinutes(limit: number, unit: keyof typeof minutesPerUnit): number {
  return limit * minutesPerUnit[unit];
}
