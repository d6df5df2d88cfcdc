import type { ReferenceCase } from "../reference-case.ts";
import { concurrencyCases } from "./concurrency.ts";
import { lastAgentCases } from "./last-agent.ts";
import { officeHoursCases } from "./office-hours.ts";
import { oneGroupCases } from "./one-group.ts";
import { skillDesignCases } from "./skill-designs.ts";

/** Every case that the engine is run on, in the order of the page. */
export const allCases: readonly ReferenceCase[] = [
  ...oneGroupCases,
  ...skillDesignCases,
  ...officeHoursCases,
  ...concurrencyCases,
  ...lastAgentCases,
];
