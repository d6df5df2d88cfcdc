import {
  type CalendarSettings,
  type ResolvedConfiguration,
  weekdays,
} from "../../core/configuration/resolved.ts";

/**
 * A first scenario for a configuration, as commented YAML: every channel and agent is in it, shifts
 * are the opening hours, and every number is to be replaced.
 */
export function firstScenario(
  file: string,
  configuration: ResolvedConfiguration,
  start: string,
): string {
  const calendar = configuration.calendars[0];
  return `# A first scenario for ${file}. Volumes, times and habits are made up: replace them.
configuration: ${JSON.stringify(file)}
start: "${start}T00:00" # local time, first instant that counts
timeZone: ${calendar?.timeZone ?? "UTC"}
days: 7
warmUpDays: 7 # uncounted days before; leave it out for the longest memory of the system and a week

assumptions:
  - All volumes, handle times and reply habits are placeholders.

profiles:
  # How a week spreads over days (weight) and hours (shares); only proportions matter.
  week:
    intervalMinutes: 60
    days:
${weekdays.map((day) => `      ${day}: { weight: ${day === "sat" || day === "sun" ? 4 : 10}, shares: [1, 1, 1, 1, 1, 1, 2, 4, 7, 9, 10, 9, 8, 8, 8, 7, 7, 6, 5, 4, 4, 3, 2, 1] }`).join("\n")}

traffic:
${configuration.channels.map(({ id }) => channelLines(id)).join("\n")}

staff:
  everybody:
    agents: ["*"]
    # Shifts of each weekday; they may run past midnight ("22:00-06:00").
    shifts:
${shiftLines(calendar)}
    absence: 0.08 # share of shifts missed
    lateness: { law: exponential, mean: 2 } # minutes
    # breaks: [{ at: "12:00", minutes: 30 }]

targets:
  - { measure: assigned-within, minutes: 30, atLeast: 0.95 } # working minutes; parked counts against it
  - { measure: parked, atMost: 0.01 }
  - { measure: occupancy, which: effort, atMost: 0.85 }

run: { seed: 1, replications: 10 }
`;
}

function channelLines(id: string): string {
  return `  ${JSON.stringify(id)}:
    arrivals:
      # dayFactor: how much whole days differ; a smaller shape differs more.
      - { process: profile, profile: week, perWeek: 300, dayFactor: { shape: 100, correlation: 0.5 } }
    customers:
      returnProbability: 0.3 # messages from somebody seen before, so that last agents matter
      returnAfter: { law: exponential, mean: 2, unit: days }
      replies: { neverAnswers: 0.5, meanReplies: 1.3, after: { law: lognormal, mean: 8, sd: 12 } }
      # withdrawsAfter: { law: exponential, mean: 24, unit: hours }
    handling:
      first: { law: lognormal, mean: 6, sd: 5 } # minutes of work with nothing else in hand
      later: { law: lognormal, mean: 3, sd: 2.5 }
      closes: 0.5 # agents who close when nothing more will come`;
}

function shiftLines(calendar: CalendarSettings | undefined): string {
  const open = calendar?.weekly ?? {};
  const lines = weekdays.flatMap((day) => {
    const hours = calendar === undefined ? ["09:00-17:00"] : (open[day] ?? []);
    return hours.length === 0 ? [] : [`      ${day}: ${JSON.stringify(hours)}`];
  });
  return lines.join("\n");
}
