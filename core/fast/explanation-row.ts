/**
 * Cells of an explanation, as wide as an event: rule, time, number eligible; number of codes, then
 * each with its count; number of agents named, then two of them with their codes in each cell.
 */
export const X = { rule: 1, waitedMs: 2, eligible: 3, codes: 4, counts: 5, named: 11, agents: 12 };
