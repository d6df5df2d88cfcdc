import { describe, test } from "vitest";
import { desk } from "./desk.ts";
import { check } from "./script.ts";

// DOMAIN 3, rules 3 to 6, and FINE-PRINT 14 to 16.

describe("order in a skill queue", () => {
  test("priority descending, then age, then sequence", () => {
    check(
      desk({ agents: { ana: 1 } }),
      `
      08:00 kim writes
      08:00 lea writes
      08:01 mia writes
      08:01 noa writes priority 5
      08:02 ana available   | noa assigned; kim queued
      08:02 ana closes noa  | kim assigned; lea queued
      08:02 ana closes kim  | lea assigned
      08:02 ana closes lea  | mia assigned
      `,
    );
  });

  test("live before offline where liveFirst", () => {
    const script = (first: string, second: string): string => `
      08:00 kim writes priority 14   | kim queued offline
      08:01 ana away
      08:01 lea writes               | lea queued not-offline
      08:01 ana available            | ${first} assigned; ${second} queued
      `;
    check(desk({ queues: { desk: {} } }), script("lea", "kim"));
    check(desk({ queues: { desk: { liveFirst: false } } }), script("kim", "lea"));
  });

  test("liveFirst is the item's own queue's", () => {
    check(
      desk({ queues: { desk: { liveFirst: false }, other: {} }, agents: { ana: 1 } }),
      `
      08:00 ana away
      08:00 kim writes              | kim queued not-offline
      08:00:01 lea writes queue other | lea queued not-offline
      08:00:02 ana available        | lea assigned; kim queued
      `,
    );
  });

  test("with order reply-window the soonest-closing reply window replaces age", () => {
    check(
      desk({
        queues: { desk: { order: "reply-window" } },
        agents: { ana: 1 },
        channels: {
          whatsapp: { offlineMessages: { routingTimeLimit: 2, routingTimeLimitUnit: "days" } },
          web: { offlineMessages: { routingTimeLimit: 2, routingTimeLimitUnit: "days" } },
        },
      }),
      `
      08:00 mia writes on web        | mia queued offline
      09:00 kim writes               | kim queued replyWindow@+1d
      10:00 lea writes
      11:00 kim writes               | kim replyWindow@+1d age=09:00
      12:00 ana available            | lea assigned; kim queued; mia queued
      12:00 ana closes lea           | kim assigned; mia queued
      12:00 ana closes kim           | mia assigned
      `,
    );
  });

  test("items whose window is over, or that have none, come last, by age", () => {
    const limit = { routingTimeLimit: 4, routingTimeLimitUnit: "days" };
    check(
      desk({
        queues: { desk: { order: "reply-window" } },
        agents: { ana: 1 },
        channels: {
          whatsapp: { offlineMessages: limit },
          web: { offlineMessages: limit },
          sms: { offlineMessages: { ...limit, agentOutboundTimeLimitMinutes: 60 } },
        },
      }),
      `
      08:00     kim writes
      09:00     mia writes on web
      10:00     noa writes on sms          | noa replyWindow@11:00
      tue 08:00 lea writes                 | lea replyWindow@wed/08:00; kim no-replyWindow may=template-only
      tue 12:00 ana available              | lea assigned
      tue 12:00 ana closes lea             | kim assigned
      tue 12:00 ana closes kim             | mia assigned
      tue 12:00 ana closes mia             | noa assigned may=blocked
      `,
    );
  });

  test("conversations of different cost in one queue are still in one order by reply window", () => {
    check(
      desk({
        queues: { desk: { order: "reply-window" } },
        costs: { whatsapp: 2, instagram: 1 },
        agents: { ana: 2 },
        channels: {
          instagram: { offlineMessages: { agentOutboundTimeLimitMinutes: 600 } },
          whatsapp: { offlineMessages: { agentOutboundTimeLimitMinutes: 60 } },
        },
      }),
      `
      08:00 kim writes              | kim queued replyWindow@18:00
      08:01 lea writes on whatsapp  | lea queued replyWindow@09:01
      08:02 ana available           | lea assigned; kim queued
      `,
    );
  });

  test("across queues the same comparison holds, by age: no queue starves another by its place", () => {
    check(
      desk({
        queues: { desk: {}, other: {}, third: { order: "reply-window" } },
        agents: { ana: 1 },
      }),
      `
      08:00 kim writes queue third
      08:01 lea writes queue other
      08:02 mia writes
      08:03 noa writes queue other priority 1
      08:04 ana available   | noa assigned
      08:04 ana closes noa  | kim assigned
      08:04 ana closes kim  | lea assigned
      08:04 ana closes lea  | mia assigned
      `,
    );
  });

  test("the first in a reply-window queue that anybody can take stands for its queue", () => {
    check(
      desk({
        queues: {
          desk: { order: "reply-window", connectWaitSeconds: 600 },
          other: { connectWaitSeconds: 600 },
        },
        agents: { ana: 1 },
        channels: { whatsapp: {}, web: {} },
      }),
      `
      08:00 ana away
      08:01 lea writes on web
      08:02 mia writes on web queue other
      08:02:30 kim writes
      08:02:30 supervisor assigns kim to ana
      08:02:40 ana available
      # kim, who would be the first of her queue, is passed over
      08:02:50 ana releases kim              | lea assigned ana; mia queued; kim queued reoffer@08:03:50
      `,
    );
  });

  test("whom a reply-window queue can still send goes before all who are younger in other queues", () => {
    check(
      desk({
        queues: { desk: { order: "reply-window" }, other: {} },
        costs: { whatsapp: 2, instagram: 1 },
        agents: { ana: 3 },
        channels: {
          instagram: { offlineMessages: { agentOutboundTimeLimitMinutes: 600 } },
          whatsapp: { offlineMessages: { agentOutboundTimeLimitMinutes: 60 } },
        },
      }),
      `
      08:00 noa writes
      08:01 kim writes on whatsapp queue other
      08:02 lea writes queue other
      08:03 mia writes on whatsapp    | mia queued replyWindow@09:03; noa queued replyWindow@18:00
      # mia is the first of her queue until kim, who is older, has taken what she would need
      08:04 ana available             | kim assigned; noa assigned; lea queued; mia queued
      `,
    );
  });

  test("of many queues the oldest go first, as many as fit", () => {
    const ids = ["desk", "b", "c", "d", "e", "f"];
    // Where customers wrote, one after the other.
    const arrivals = ["f", "b", "d", "e", "c", "desk", "f", "b", "e", "desk", "d", "c", "b"];
    const writes = arrivals.map(
      (id, index) => `08:00:${index + 10} customer${index} writes queue ${id}`,
    );
    const assigned = (from: number, to: number): string =>
      arrivals
        .map((_, index) => `customer${index} ${index < to ? "assigned" : "queued"}`)
        .slice(from)
        .join("; ");
    check(
      desk({
        queues: Object.fromEntries(ids.map((id) => [id, { connectWaitSeconds: 600 }])),
        agents: { ana: 1, ben: 3, cat: 4, dan: 4 },
      }),
      `
      ${writes.join("\n")}
      08:01 ana available | ${assigned(0, 1)}
      08:02 ben available | ${assigned(1, 4)}
      08:03 cat available | ${assigned(4, 8)}
      08:04 dan available | ${assigned(8, 12)}
      `,
    );
  });
});

describe("which agent", () => {
  test("longest-idle: longest since the agent last received or ended an assignment, or signed in", () => {
    check(
      desk({ agents: { ana: 2, ben: 2, cat: 2 } }),
      `
      08:00 cat available
      08:01 ben available
      08:02 ana available
      08:03 kim writes      | kim cat
      08:04 lea writes      | lea ben
      08:05 mia writes      | mia ana
      08:06 cat closes kim
      08:07 noa writes      | noa ben; event conversationAssigned rule=longest-idle eligible=3
      08:08 oli writes      | oli ana
      08:09 pia writes      | pia cat
      `,
    );
  });

  test("of those idle for as long the first in the document, whatever other queues they are in", () => {
    check(
      desk({
        queues: { desk: {}, other: {} },
        agents: { ana: { skills: { desk: 5 } }, ben: 1, cat: 1 },
      }),
      `
      08:00 ben available
      08:00 ana available
      08:00 cat available
      08:01 kim writes             | kim ana
      08:01 lea writes             | lea ben
      08:01 mia writes queue other | mia cat
      `,
    );
  });

  test("who has been idle for how long outlives changes of the configuration", () => {
    const agents = { ana: 2, ben: 2, cat: 2 };
    check(
      desk(
        { queues: { desk: {}, other: {} }, agents },
        { again: { queues: { other: {}, desk: {} } }, more: { agents: { dan: 1, ...agents } } },
      ),
      `
      08:00 cat available
      08:01 ana available
      08:02 ben available
      08:03 configure again
      08:04 kim writes queue desk  | kim cat
      08:05 lea writes queue other | lea ana
      08:06 configure more
      08:07 mia writes queue other | mia ben
      08:08 noa writes queue desk  | noa cat
      08:09 configure again
      08:10 oli writes queue desk  | oli ana
      08:11 pia writes queue other | pia ben
      08:12 cat closes kim
      08:13 uma writes queue other | uma cat
      08:14 vic writes queue desk  | vic queued
      08:15 configure first        | vic queued
      08:16 ben closes pia         | vic ben
      08:17 cat closes noa
      08:18 zoe writes queue desk  | zoe cat
      `,
    );
  });

  test("an offer does not count as received, its accept does", () => {
    check(
      desk({ agents: { ana: 3, ben: 3 }, queues: { desk: { acceptance: "manual" } } }),
      `
      08:00    ana available
      08:01    ben available
      08:02    kim writes       | kim offered ana
      08:02:01 lea writes       | lea offered ana
      08:02:02 ana accepts kim  | kim assigned ana
      08:02:03 mia writes       | mia offered ben
      `,
    );
  });

  test("away → available does not restart it, nor a return inside the grace; a sign-in after it does", () => {
    check(
      desk({ agents: { ana: 3, ben: 3 }, presence: { graceSeconds: 60 } }),
      `
      08:00        ana available
      08:01        ben available
      08:02        ana away
      08:02        ana available
      08:03        ana offline
      08:03:59.999 ana available
      08:04        kim writes     | kim ana
      08:05        supervisor closes kim
      08:06        ben offline
      08:07        ben available
      08:08        lea writes     | lea ana
      `,
    );
  });

  test("least-loaded: used ÷ capacity, then longest idle: loads 3/5, 3/4, 3/5, 0/3 give D, C, A, B", () => {
    // Idle minutes of A, B, C, D at 10:00: 5, 3, 7, 2.
    const fill = (agent: string, at: string): string =>
      ["1", "2", "3"].map((n) => `${at} supervisor assigns ${agent}${n} to ${agent}`).join("\n");
    const seeds = ["a", "b", "c"].flatMap((agent) =>
      [1, 2, 3].map((n) => `09:50 ${agent}${n} writes`),
    );
    check(
      desk({
        agents: { a: 5, b: 4, c: 5, d: 3 },
        queues: { desk: { agentSelection: "least-loaded" } },
        presence: { heartbeatSeconds: 3600 },
      }),
      `
      ${seeds.join("\n")}
      09:51 a away
      09:51 b away
      09:51 c away
      ${fill("c", "09:53")}
      ${fill("a", "09:55")}
      ${fill("b", "09:57")}
      10:00 a available
      10:00 b available
      10:00 c available
      10:00 d available      | a used=3; b used=3; c used=3; d used=0
      10:00 kim writes       | kim d
      10:00 supervisor closes kim
      10:00 d away
      10:00 lea writes       | lea c
      10:00 supervisor closes lea
      10:00 c away
      10:00 mia writes       | mia a
      10:00 supervisor closes mia
      10:00 a away
      10:00 noa writes       | noa b; event conversationAssigned rule=least-loaded eligible=1
      `,
    );
  });

  test("least-loaded: each assignment counts at once, and so does its end", () => {
    check(
      desk({
        agents: { ana: 9, ben: 2 },
        queues: { desk: { agentSelection: "least-loaded" } },
      }),
      `
      08:00 ana available
      08:01 ben available
      08:02 kim writes     | kim ana
      08:03 lea writes     | lea ben
      08:04 mia writes     | mia ana
      08:05 noa writes     | noa ana
      08:06 oli writes     | oli ana
      08:07 pia writes     | pia ana; ana used=5
      08:08 ben closes lea
      08:09 uma writes     | uma ben
      `,
    );
  });

  test("round-robin: next after the last chosen in the queue's agent order, beginning with the first", () => {
    check(
      desk({
        agents: { ana: 9, ben: { capacity: 9, skills: { other: 5 } }, cat: 9, dan: 9 },
        queues: { desk: { agentSelection: "round-robin" }, other: {} },
      }),
      `
      08:00 dan available
      08:00 cat available
      08:00 ben available
      08:00 ana available
      08:01 kim writes | kim ana
      08:01 lea writes | lea cat
      08:01 mia writes | mia dan
      08:01 noa writes | noa ana
      08:01 cat away
      08:01 oli writes | oli dan
      `,
    );
  });

  test("a last-agent hit does not move the round-robin", () => {
    check(
      desk({
        agents: { ana: 9, ben: 9, cat: 9 },
        queues: { desk: { agentSelection: "round-robin" } },
        channels: { web: { lastAgentMode: { enabled: true } } },
      }),
      `
      08:00 ana available
      08:00 ben available
      08:00 cat available
      08:01 kim writes      | kim ana
      08:01 ana writes kim
      08:01 ana closes kim
      08:02 lea writes      | lea ben
      08:03 kim writes      | kim ana; event conversationAssigned rule=last-agent
      08:04 mia writes      | mia cat
      `,
    );
  });

  test("best-level: skill level, then longest idle", () => {
    check(
      desk({
        agents: {
          ana: { capacity: 2, skills: { desk: 3 } },
          ben: { capacity: 1, skills: { desk: 9 } },
          cat: { capacity: 1, skills: { desk: 9 } },
        },
        queues: { desk: { agentSelection: "best-level" } },
      }),
      `
      08:00 ana available
      08:01 cat available
      08:02 ben available
      08:03 kim writes | kim cat
      08:03 lea writes | lea ben
      08:03 mia writes | mia ana
      `,
    );
  });

  test("ties follow the agents in the document", () => {
    for (const agentSelection of ["longest-idle", "least-loaded", "best-level", "round-robin"]) {
      check(
        desk({ agents: { zoe: 1, ana: 1 }, queues: { desk: { agentSelection } } }),
        `
        08:00 ana available
        08:00 zoe available
        08:00 kim writes | kim zoe
        `,
      );
    }
  });

  test("eligible: available, with the skill, enough free units, not passed over", () => {
    check(
      desk({
        costs: { email: 2 },
        queues: { desk: { acceptance: "manual" }, other: {} },
        agents: {
          away: 9,
          unskilled: { capacity: 9, skills: { other: 1 } },
          small: 1,
          picky: 3,
        },
        channels: { email: {} },
      }),
      `
      08:00 away away
      08:00 unskilled available
      08:00 small available
      08:00 picky available
      08:00 kim writes          | kim offered picky
      08:00 picky declines kim  | kim queued nobody; no event conversationOffered
      `,
    );
  });
});

describe("which conversation, when an agent frees up", () => {
  test("those reserved for this agent first, then the best head over all the agent's queues", () => {
    check(
      desk({
        queues: { desk: { connectWaitSeconds: 600 }, other: { connectWaitSeconds: 600 } },
        agents: { ana: 1, ben: 1 },
        channels: { web: { lastAgentMode: { enabled: true } } },
      }),
      `
      08:00 ana available
      08:00 kim writes                      | kim ana
      08:00 ana writes kim
      08:00 ana closes kim
      08:01 lea writes                      | lea ana
      08:01 ben away
      08:02 mia writes queue other priority 9 | mia queued
      08:03 kim writes                      | kim queued for=ana lastAgentWait@08:13
      08:04 ana closes lea                  | kim assigned ana; mia queued; event conversationAssigned rule=reserved
      `,
    );
  });

  test("a head that does not fit is passed by; oldestTooCostly shows it", () => {
    check(
      desk({ costs: { email: 2 }, agents: { ana: 3 }, channels: { email: {}, web: {} } }),
      `
      08:00 ana available
      08:00 kim writes         | kim ana; ana free=1
      08:01 lea writes         | lea queued; desk oldestTooCostly=08:01 oldestAge=08:01 freeUnits=1
      08:01:01 mia writes on web | mia assigned ana; ana free=0; desk oldestTooCostly=none oldestAge=08:01 freeUnits=0
      08:01:02 ana closes mia
      08:01:03 ana closes kim  | lea assigned; desk oldestAge=none
      `,
    );
  });
});

describe("matching happens on events only", () => {
  test("something became routable: a message, a flip, a reservation over, a re-offer", () => {
    check(
      desk({ agents: { ana: 1 }, queues: { desk: { acceptance: "manual", reofferSeconds: 60 } } }),
      `
      08:00        ana available
      08:00        kim writes      | kim offered ana
      08:00        ana declines kim | kim queued
      08:00:59.999                 | kim queued
      08:01                        | kim offered
      `,
    );
  });

  test("somebody else is free, while who declined it is at work", () => {
    check(
      desk({
        agents: { ana: 1, ben: 1 },
        queues: { desk: { acceptance: "manual", reofferSeconds: 600, connectWaitSeconds: 3600 } },
      }),
      `
      08:00 ana available
      08:00 kim writes      | kim offered ana
      08:00 ana declines kim
      08:01 lea writes      | lea offered ana
      08:01 ana accepts lea | lea ana; kim queued
      08:02 ben available   | kim offered ben
      `,
    );
  });

  test("capacity appeared: an ended assignment, presence, more capacity", () => {
    check(
      desk({ agents: { ana: 1 } }, { more: { agents: { ana: 2 } } }),
      `
      08:00 kim writes
      08:00 lea writes
      08:00 ana available  | kim assigned; lea queued
      08:00 configure more | lea assigned
      `,
    );
  });

  test("an item nobody can take now never blocks the one behind it", () => {
    check(
      desk({
        queues: { desk: {}, other: {} },
        costs: { email: 3 },
        agents: {
          ana: { capacity: 3, skills: { desk: 1 } },
          ben: { capacity: 3, skills: { other: 1 } },
        },
        channels: { email: {}, web: {} },
      }),
      `
      08:00 ana available
      08:00 zoe writes on web     | zoe ana
      08:01 kim writes            | kim queued
      08:01 lea writes queue other | lea queued
      08:02 mia writes on web     | mia assigned ana
      08:03 ben available         | lea assigned ben; kim queued
      `,
    );
  });
});

describe("opening", () => {
  test("all flips of one instant come before matching; then the other timers, each with matching", () => {
    check(
      desk({
        calendars: {
          office: { timeZone: "UTC", weekly: { mon: ["09:00-18:00"] } },
          shop: { timeZone: "UTC", weekly: { mon: ["09:00-20:00"] } },
        },
        queues: { desk: { calendar: "office" }, other: { calendar: "shop" } },
        agents: { ana: 1 },
      }),
      `
      08:00 kim writes
      08:01 lea writes queue other priority 1
      08:30 ana available
      09:00                | lea assigned; kim queued; event conversationAssigned lea dueAt=09:00
      `,
    );
  });

  test("a working-clock timer whose open time is used up exactly as the calendar closes fires then", () => {
    check(
      desk({
        hours: ["09:00-09:30"],
        channels: { web: { offlineMessages: { routingTimeLimit: 30 } } },
      }),
      `
      08:00        kim writes | kim held routingLimit:30m
      09:00                   | kim queued routingLimit@09:30
      09:29:59.999            | kim queued
      09:30                   | kim parked; event routingTimedOut dueAt=09:30; event conversationMoved from=queued to=parked
      `,
    );
  });
});
