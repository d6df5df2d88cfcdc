import { describe, test } from "vitest";
import { desk } from "./desk.ts";
import { check } from "./script.ts";

// DOMAIN 3, rule 16, the row "allowance", and FINE-PRINT 18.

const customers = (names: string, time: string): string =>
  names
    .split(" ")
    .map((name) => `${time} ${name} writes`)
    .join("\n");

describe("maxAssignmentsPerAgentPerMinute", () => {
  test("spreads a night's backlog so that the first agent in does not get it all", () => {
    check(
      desk({
        hours: ["09:00-18:00"],
        agents: { ana: 9, ben: 9 },
        queues: { desk: { maxAssignmentsPerAgentPerMinute: 2 } },
      }),
      `
      ${customers("kim lea mia noa oli pia", "08:00")}
      08:59    ana available
      09:00               | ana used=2; kim ana; lea ana; mia queued
      09:00:10 ben available | ben used=2; mia ben; noa ben; oli queued; event conversationAssigned reason.passedOver.surge_rate=1
      09:00:59.999        | oli queued
      09:01               | oli ana; pia ana; ana used=4
      `,
    );
  });

  test("the window is half-open: what happened at t counts until t + 60 s; then it matches", () => {
    check(
      desk({
        agents: { ana: 9 },
        queues: { desk: { maxAssignmentsPerAgentPerMinute: 2, connectWaitSeconds: 600 } },
      }),
      `
      08:00        ana available
      08:00        kim writes    | kim assigned
      08:00:30     lea writes    | lea assigned
      08:00:40     mia writes    | mia queued
      08:00:40     noa writes    | noa queued
      08:00:59.999               | mia queued
      08:01                      | mia assigned; noa queued; event conversationAssigned mia dueAt=08:01
      08:01:29.999               | noa queued
      08:01:30                   | noa assigned
      `,
    );
  });

  test("counts assignments and offers of this queue, an offer once, its accept not again", () => {
    check(
      desk({
        agents: { ana: 9 },
        queues: {
          desk: {
            maxAssignmentsPerAgentPerMinute: 1,
            acceptance: "manual",
            connectWaitSeconds: 600,
          },
          other: {},
        },
      }),
      `
      08:00        ana available
      08:00        kim writes             | kim offered
      08:00        lea writes             | lea queued
      08:00        mia writes queue other | mia assigned
      08:00:10     ana accepts kim
      08:00:59.999                        | lea queued
      08:01                               | lea offered
      `,
    );
  });

  test("those by a person or by contact are not counted", () => {
    check(
      desk({ agents: { ana: 9 }, queues: { desk: { maxAssignmentsPerAgentPerMinute: 1 } } }),
      `
      08:00 kim writes
      08:00 ana away
      08:00 supervisor assigns kim to ana | kim assigned
      08:00 ana available
      08:00 ana contacts noa              | noa awaiting-customer
      08:00 lea writes                    | lea assigned
      08:00 mia writes                    | mia queued
      08:00 supervisor assigns mia to ana | mia assigned
      `,
    );
  });

  test("a reserved or last-agent hit is held back by it as well", () => {
    check(
      desk({
        agents: { ana: 9 },
        queues: { desk: { maxAssignmentsPerAgentPerMinute: 1, connectWaitSeconds: 600 } },
        channels: { web: { lastAgentMode: { enabled: true } } },
      }),
      `
      08:00    ana available
      08:00    kim writes
      08:00    ana writes kim
      08:00    ana closes kim
      08:00:30 kim writes     | kim queued for=ana
      08:01                   | kim assigned ana; event conversationAssigned rule=reserved
      `,
    );
  });

  test("a lower rate binds those who are above it already, until enough has left the window", () => {
    const queue = (max: number | null): object => ({
      desk: { maxAssignmentsPerAgentPerMinute: max, connectWaitSeconds: 600 },
    });
    const settings = { agents: { ana: 9 } };
    check(
      desk(
        { ...settings, queues: queue(3) as never },
        { lower: { queues: queue(1) as never }, none: { queues: queue(null) as never } },
      ),
      `
      08:00    ana available
      08:00    kim writes      | kim assigned
      08:00:30 lea writes      | lea assigned
      08:00:40 configure lower
      08:00:40 mia writes      | mia queued
      08:01                    | mia queued
      08:01:30                 | mia assigned
      08:01:31 noa writes      | noa queued
      08:01:32 configure none  | noa assigned
      `,
    );
  });
});
