import type { ViolationCode } from "../../core/configuration/violations.ts";
import type { TextForm } from "./shape.ts";

/** What can be wrong with a scenario beside the codes of a configuration (`violationCodes`). */
export const scenarioCodes = [
  "unreadable",
  "configuration_unreadable",
  "trace_unreadable",
  "too_few",
  "name_invalid",
  "local_date_time_invalid",
  "time_invalid",
  "longer_than_a_day",
  "not_a_distribution",
  "agent_in_two_groups",
  "nothing_arrives",
  "no_eligible_agent",
  "overload",
] as const;
export type ScenarioCode = (typeof scenarioCodes)[number] | ViolationCode;

/** The code of a text that has not its form. */
export const formCodes = {
  "local-date-time": "local_date_time_invalid",
  date: "date_invalid",
  time: "time_invalid",
  hours: "hours_invalid",
  "time-zone": "time_zone_unknown",
  name: "name_invalid",
} as const satisfies Readonly<Record<TextForm, ScenarioCode>>;
