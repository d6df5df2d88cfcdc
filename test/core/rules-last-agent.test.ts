import { describe, test } from "vitest";
import type { Parts } from "./desk.ts";
import { desk } from "./desk.ts";
import { check } from "./script.ts";

// DOMAIN 3, rule 7, and FINE-PRINT 17: back to the agent who last sent a message to this customer.

const lastAgentMode = {
  enabled: true,
  validityMinutes: 60,
  waitMinutes: 10,
  offlineWaitMinutes: 5,
};
const mode = (routingMode: string, settings: object = {}): Parts => ({
  web: { lastAgentMode: { ...lastAgentMode, ...settings }, offlineMessages: { routingMode } },
});

/** kim's last agent is ana, since 08:00. */
const history = `
  08:00 ana available
  08:00 kim writes      | kim ana
  08:00 ana writes kim  | kim lastAgent=ana
  08:00 ana closes kim
`;

describe("if the last agent is eligible → them", () => {
  test("live, where the channel's lastAgentMode is enabled", () => {
    const script = (agent: string, rule: string): string => `
      07:59 ben available
      07:59 ben away
      ${history}
      08:01 ben available
      08:30 kim writes | kim assigned not-offline ${agent}; event conversationAssigned rule=${rule}
      `;
    const agents = { ana: 1, ben: 1 };
    check(desk({ agents, channels: mode("skill-queue") }), script("ana", "last-agent"));
    const off = mode("skill-queue", { enabled: false });
    check(desk({ agents, channels: off }), script("ben", "longest-idle"));
  });

  test("offline, in mode last-agent", () => {
    check(
      desk({ hours: ["08:00-18:00"], agents: { ana: 1, ben: 1 }, channels: mode("last-agent") }),
      `
      17:31     ana available
      17:31     kim writes      | kim ana
      17:31     ana writes kim
      17:31     ana closes kim
      17:32     ana available
      18:00     kim writes      | kim held offline for=ana lastAgentWait:10m routingLimit:30m
      tue 08:00 ben available   | kim queued for=ana lastAgentWait@08:10
      tue 08:10                 | kim assigned ben
      `,
    );
  });

  test("within validityMinutes: 1 ms before its end and at it", () => {
    for (const [time, agent] of [
      ["08:59:59.999", "ana"],
      ["09:00", "ben"],
    ]) {
      check(
        desk({ agents: { ana: 1, ben: 1 }, channels: mode("skill-queue") }),
        `
        07:59 ben available
        07:59 ben away
        ${history}
        08:30 ana available
        08:30 ben available
        ${time} kim writes    | kim ${agent}
        `,
      );
    }
  });

  test("and still holding the skill", () => {
    check(
      desk(
        {
          queues: { desk: {}, other: {} },
          agents: { ana: 1, ben: 1 },
          channels: mode("skill-queue"),
        },
        { moved: { agents: { ana: { capacity: 1, skills: { other: 1 } }, ben: 1 } } },
      ),
      `
      ${history}
      08:01 ben available
      08:01 configure moved
      08:02 kim writes      | kim assigned ben; no event conversationReserved
      `,
    );
  });

  test("scope customer: the last agent of the customerId, whatever the channel", () => {
    const channels = (scope: string): Parts => ({
      web: { lastAgentMode: { ...lastAgentMode, scope } },
      sms: { lastAgentMode: { ...lastAgentMode, scope } },
    });
    const script = (agent: string): string => `
      07:59 ben available
      07:59 ben away
      08:00 ana available
      08:00 kim writes as person-1
      08:00 ana writes kim
      08:00 ana closes kim
      08:01 ben available
      08:02 kim2 writes on sms as person-1 | kim2@sms ${agent}
      `;
    check(desk({ agents: { ana: 1, ben: 1 }, channels: channels("customer") }), script("ana"));
    check(desk({ agents: { ana: 1, ben: 1 }, channels: channels("channel") }), script("ben"));
  });
});

describe("else the conversation is reserved for them, once", () => {
  test("waitMinutes if they are signed in at that moment", () => {
    check(
      desk({
        queues: { desk: { connectWaitSeconds: 3600 } },
        agents: { ana: 1, ben: 1 },
        channels: mode("skill-queue"),
      }),
      `
      ${history}
      08:01        ana away
      08:01        ben available
      08:02        kim writes      | kim queued for=ana lastAgentWait@08:12; desk reserved=1
      08:11:59.999                 | kim queued for=ana
      08:12                        | kim assigned ben; event reservationEnded reason=last_agent_wait_over dueAt=08:12
      `,
    );
  });

  test("offlineWaitMinutes if not; presence changes never end one", () => {
    check(
      desk({
        queues: { desk: { connectWaitSeconds: 3600 } },
        agents: { ana: 1, ben: 1 },
        channels: mode("skill-queue"),
      }),
      `
      ${history}
      08:01        ana offline
      08:01        ben available
      08:02        kim writes      | kim queued for=ana lastAgentWait@08:07
      08:03        ana away        | kim for=ana lastAgentWait@08:07
      08:04        ana offline     | kim for=ana lastAgentWait@08:07
      08:05:30     ana available   | kim assigned ana; event conversationAssigned rule=reserved; event reservationEnded reason=taken
      `,
    );
  });

  test("counted in open time: at opening an agent who signs in three minutes late gets their customers", () => {
    check(
      desk({
        hours: ["09:00-18:00"],
        agents: { ana: 1, ben: 9 },
        channels: mode("last-agent", { validityMinutes: 10080 }),
      }),
      `
      09:00     ana available
      09:00     kim writes      | kim ana
      09:00     ana writes kim
      09:00     ana closes kim
      20:00     kim writes      | kim held for=ana lastAgentWait:5m; event conversationReserved waitMs=5m
      20:00     lea writes      | lea held
      tue 09:00 ben available   | lea ben; kim queued for=ana lastAgentWait@09:05
      tue 09:03 ana available   | kim assigned ana; event conversationAssigned rule=reserved
      `,
    );
  });

  test("ended by removal", () => {
    check(
      desk(
        {
          queues: { desk: { connectWaitSeconds: 3600 } },
          agents: { ana: 1, ben: 1 },
          channels: mode("skill-queue"),
        },
        { without: { agents: { ben: 1 } } },
      ),
      `
      ${history}
      08:01 ana away
      08:01 ben available
      08:02 kim writes        | kim queued for=ana
      08:03 configure without | kim assigned ben; event reservationEnded reason=agent_removed
      `,
    );
  });

  test("ended by loss of the skill", () => {
    check(
      desk(
        {
          queues: { desk: { connectWaitSeconds: 3600 }, other: {} },
          agents: { ana: 1, ben: 1 },
          channels: mode("skill-queue"),
        },
        { unskilled: { agents: { ana: { capacity: 1, skills: { other: 1 } }, ben: 1 } } },
      ),
      `
      ${history}
      08:01 ana away
      08:01 ben available
      08:02 kim writes          | kim queued for=ana
      08:03 configure unskilled | kim assigned ben; event reservationEnded reason=skill_lost
      `,
    );
  });

  test("ended by their decline: an offer to the last agent ends it, and the age stays", () => {
    check(
      desk({
        queues: { desk: { connectWaitSeconds: 3600, acceptance: "manual" } },
        agents: { ana: 1, ben: 1 },
        channels: mode("skill-queue"),
      }),
      `
      08:00 ana available
      08:00 kim writes
      08:00 ana accepts kim
      08:00 ana writes kim
      08:00 ana closes kim
      08:01 ana away
      08:02 kim writes          | kim queued for=ana
      08:03 ben available       | kim queued for=ana
      08:04 ana available       | kim offered ana for=none; event reservationEnded reason=taken
      08:04 ana declines kim    | kim offered ben age=08:02
      `,
    );
  });

  test("one reservation an episode", () => {
    check(
      desk({
        queues: { desk: { connectWaitSeconds: 900 } },
        agents: { ana: 1 },
        channels: mode("last-agent"),
      }),
      `
      ${history}
      08:01 ana away
      08:02 kim writes      | kim queued not-offline for=ana lastAgentWait@08:12
      08:12                 | kim queued not-offline for=none
      08:17                 | kim queued offline for=none; no event conversationReserved
      `,
    );
  });

  test("a live one keeps running when the conversation goes offline in mode last-agent", () => {
    check(
      desk({ agents: { ana: 1 }, channels: mode("last-agent") }),
      `
      ${history}
      08:01 ana away
      08:02 kim writes      | kim queued not-offline for=ana lastAgentWait@08:12
      08:03                 | kim queued offline for=ana lastAgentWait@08:12
      `,
    );
  });

  test("and ends in any other mode", () => {
    check(
      desk({ agents: { ana: 1 }, channels: mode("skill-queue") }),
      `
      ${history}
      08:01 ana away
      08:02 kim writes      | kim queued not-offline for=ana
      08:03                 | kim queued offline for=none; event reservationEnded reason=mode_without_last_agent
      `,
    );
  });

  test("the rule is applied again when it goes offline: the last agent may be eligible by then", () => {
    check(
      desk({
        hours: ["08:00-08:59"],
        queues: { desk: { acceptance: "manual", connectWaitSeconds: 3600 } },
        agents: { ana: 1 },
        channels: mode("last-agent"),
      }),
      `
      08:00 ana available
      08:00 kim writes
      08:00 ana accepts kim
      08:00 ana writes kim
      08:00 ana closes kim
      08:58 kim writes           | kim offered ana; event conversationOffered rule=last-agent
      08:58 ana declines kim     | kim queued not-offline reoffer@08:59
      08:59                      | kim held offline for=ana lastAgentWait:10m
      `,
    );
  });

  test("waits of 0 reserve nothing", () => {
    check(
      desk({ agents: { ana: 1, ben: 1 }, channels: mode("skill-queue", { waitMinutes: 0 }) }),
      `
      ${history}
      08:01 ana away
      08:01 ben available
      08:02 kim writes      | kim assigned ben; no event conversationReserved
      `,
    );
  });

  test("a return to the queue after an agent's answer: the rule only when it goes offline", () => {
    check(
      desk({ agents: { ana: 2, ben: 1 }, channels: mode("last-agent") }),
      `
      08:00 ana available
      08:00 kim writes
      08:00 ana writes kim   | kim live
      08:01 kim writes
      08:02 ana releases kim | kim queued not-offline for=none reoffer@08:03 connectWait@08:03; event episodeBegan opened=false
      08:02:30 ana away
      08:03                  | kim queued offline for=ana lastAgentWait@08:13
      `,
    );
  });
});

describe("those reserved for an agent first", () => {
  test.each([
    "ana ben cem",
    "ana cem ben",
    "ben ana cem",
    "ben cem ana",
    "cem ana ben",
    "cem ben ana",
  ])("each to theirs when the calendar opens, whoever was written to first: %s", (order) => {
    const customers: Readonly<Record<string, string>> = { ana: "kim", ben: "lea", cem: "mia" };
    const agents = Object.keys(customers);
    const each = (line: (agent: string, customer: string) => string, of: readonly string[]) =>
      of.map((agent) => line(agent, customers[agent] ?? "")).join("\n");
    const night = (day: string, next: string): string => `
        ${each((agent) => `${day} 17:59 ${agent} offline`, agents)}
        ${each((_, customer) => `${day} 20:00 ${customer} writes`, order.split(" "))}
        ${each((agent, customer) => `${next} 08:50 ${agent} available | ${customer} held for=${agent}`, agents)}
        ${next} 09:00 | ${agents.map((agent) => `${customers[agent] ?? ""} assigned ${agent}`).join("; ")}
        ${each((agent, customer) => `${next} 09:01 ${agent} writes ${customer}`, agents)}
        ${each((agent, customer) => `${next} 09:02 ${agent} closes ${customer}`, agents)}
      `;
    check(
      desk({
        hours: ["09:00-18:00"],
        agents: { ana: 1, ben: 1, cem: 1 },
        channels: mode("last-agent", { validityMinutes: 10080 }),
      }),
      `
        ${each((agent, customer) => `09:00 ${agent} available\n09:00 ${customer} writes | ${customer} ${agent}`, agents)}
        ${each((agent, customer) => `09:01 ${agent} writes ${customer}`, agents)}
        ${each((agent, customer) => `09:02 ${agent} closes ${customer}`, agents)}
        ${night("mon", "tue")}
        ${night("tue", "wed")}
        `,
    );
  });

  test("also before what goes to its last agent because its own offer was withdrawn", () => {
    check(
      desk({
        agents: { ana: 1 },
        queues: {
          desk: { acceptance: "manual", connectWaitSeconds: 60, offerTimeoutSeconds: 600 },
        },
        channels: mode("last-agent"),
      }),
      `
      08:00    ana available
      08:00    lea writes
      08:00    ana accepts lea
      08:00    ana writes lea
      08:00    ana closes lea
      08:01    kim writes
      08:01    ana accepts kim
      08:01    ana writes kim
      08:01    ana closes kim
      08:02    kim writes      | kim offered ana; event conversationOffered rule=last-agent
      08:02:10 lea writes      | lea queued for=ana
      08:03                    | lea offered ana; kim queued offline for=ana; event conversationOffered lea rule=reserved
      `,
    );
  });
});
