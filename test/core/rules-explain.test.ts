import { describe, test } from "vitest";
import { desk } from "./desk.ts";
import { check } from "./script.ts";

// DOMAIN 3, rules 19 and 20, and FINE-PRINT 30, 32, 33, 36.

describe("every assignment event says why", () => {
  test("rule used, how long it waited, how many were eligible, how many passed over by reason code", () => {
    check(
      desk({
        costs: { email: 2 },
        queues: {
          desk: {
            acceptance: "manual",
            maxAssignmentsPerAgentPerMinute: 1,
            connectWaitSeconds: 600,
          },
        },
        agents: { gone: 9, out: 9, small: 1, quick: 9, picky: 9, last: 9, ana: 9, ben: 9 },
        channels: { email: {} },
      }),
      `
      08:00    quick available
      08:00    zoe writes          | zoe offered quick
      08:00    quick accepts zoe
      08:00:10 picky available
      08:00:10 kim writes          | kim offered picky
      08:00:10 picky declines kim  | kim queued
      08:00:20 out away
      08:00:20 small available
      08:00:30 ana available       | kim offered ana; event conversationOffered rule=longest-idle reason.waitedMs=20s eligible=1 reason.passedOver.offline=3 reason.passedOver.away=1 reason.passedOver.no_capacity=1 reason.passedOver.surge_rate=2 reason.agents.0.agent=gone reason.agents.0.code=offline reason.agents.1.agent=out reason.agents.length=7
      08:00:40 ana accepts kim     | event conversationAssigned rule=longest-idle reason.waitedMs=30s eligible=1
      `,
    );
  });

  test("passed_over and reserved_for_other", () => {
    check(
      desk({
        queues: { desk: { connectWaitSeconds: 600 } },
        agents: { ana: 1, ben: 1, cat: 1 },
        channels: { web: { lastAgentMode: { enabled: true } } },
      }),
      `
      08:00    ana available
      08:00    kim writes
      08:00    ana writes kim
      08:00    ana closes kim
      08:01    ana away
      08:01    ben available
      08:01    kim writes         | kim queued for=ana
      08:02    ana available      | kim assigned ana; event conversationAssigned rule=reserved eligible=1 reason.passedOver.reserved_for_other=1 reason.passedOver.offline=1
      08:03    ana releases kim   | kim assigned ben; event conversationAssigned eligible=1 reason.passedOver.passed_over=1 reason.passedOver.offline=1
      `,
    );
  });

  test("at most eight of them by name", () => {
    const agents = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`a${index}`, 1]));
    check(
      desk({ agents }),
      `
      08:00 a11 available
      08:00 kim writes    | event conversationAssigned reason.agents.length=8 reason.agents.7.agent=a7 reason.passedOver.offline=11 eligible=1
      `,
    );
  });

  test("every code is counted, also of those behind the eight", () => {
    const first = Array.from({ length: 9 }, (_, index) => [`gone${index}`, 9] as const);
    const agents = { ...Object.fromEntries(first), out: 9, small: 1, quick: 9, picky: 9, ana: 9 };
    const queue = { acceptance: "manual", maxAssignmentsPerAgentPerMinute: 1 };
    check(
      desk({
        costs: { email: 2 },
        queues: { desk: { ...queue, connectWaitSeconds: 600 } },
        agents,
        channels: { email: {} },
      }),
      `
      08:00    quick available
      08:00    zoe writes          | zoe offered quick
      08:00    quick accepts zoe
      08:00:10 picky available
      08:00:10 kim writes          | kim offered picky
      08:00:10 picky declines kim
      08:00:20 out away
      08:00:20 small available
      08:00:30 ana available       | event conversationOffered eligible=1 reason.agents.length=8 reason.agents.7.agent=gone7 reason.passedOver.offline=9 reason.passedOver.away=1 reason.passedOver.no_capacity=1 reason.passedOver.surge_rate=2
      `,
    );
  });

  test("who takes an offer learns why it was theirs, whatever was offered and taken meanwhile", () => {
    check(
      desk({
        queues: { desk: { acceptance: "manual", agentSelection: "round-robin" } },
        agents: { ana: 1, ben: 1, cat: 1, dan: 1 },
      }),
      `
      08:00:00 ana available
      08:00:00 ben available
      08:00:00 cat available
      08:00:00 kim writes      | kim offered ana
      08:00:01 lea writes      | lea offered ben
      08:00:02 ana accepts kim | event conversationAssigned rule=round-robin eligible=3 reason.waitedMs=2s
      08:00:03 mia writes      | mia offered cat
      08:00:04 ben accepts lea | event conversationAssigned rule=round-robin eligible=2 reason.passedOver.no_capacity=1 reason.passedOver.offline=1
      08:00:05 dan available
      08:00:06 cat accepts mia | event conversationAssigned rule=round-robin eligible=1 reason.passedOver.no_capacity=2 reason.passedOver.offline=1
      `,
    );
  });

  test("person and contact are rules too; nothing unanswered has waited 0", () => {
    check(
      desk({ agents: { ana: 9 } }),
      `
      08:00 kim writes
      08:05 ana away
      08:05 supervisor assigns kim to ana | event conversationAssigned rule=person reason.waitedMs=5m eligible=0 reason.passedOver.away=1
      08:05 ana available
      08:05 ana contacts lea              | event conversationAssigned rule=contact reason.waitedMs=0 eligible=1
      `,
    );
  });

  test("the agent is told from which message on they have to read", () => {
    check(
      desk({ agents: { ana: 1 } }),
      `
      08:00 kim writes     | event messageReceived sequence=2
      08:01 kim writes
      08:02 ana available  | event conversationAssigned unansweredFrom=2
      08:02 ana writes kim | event messageSent inReplyTo=6
      `,
    );
  });
});

describe("/queues", () => {
  test("waiting, reserved, offered, parked, held, oldest age, agents and units", () => {
    check(
      desk({
        hours: ["09:00-18:00"],
        costs: { email: 2 },
        queues: { desk: { acceptance: "manual", connectWaitSeconds: 600 } },
        agents: { ana: 3, ben: 2, cat: 5, dan: 5 },
        channels: { web: { offlineMessages: { routingTimeLimit: 1 } }, email: {} },
      }),
      `
      08:00    kim writes
      08:00    lea writes on email | desk held=2 waiting.offline=0 oldestAge=08:00 oldestTooCostly=none open=false
      09:00                        | desk held=0 waiting.offline=2 open=true nextChangeAt=18:00
      09:00    ben away
      09:01                        | desk parked=1 waiting.offline=1 oldestAge=08:00
      09:01    cat away
      09:01    mia writes          | desk waiting.live=1 waiting.offline=1
      09:01    ana available       | mia offered; lea offered; desk offered=2 waiting.live=0 agents.signedIn=3 agents.available=1 agents.free=0 freeUnits=0
      09:01:10 ana declines mia    | desk waiting.live=1 offered=1 freeUnits=1 agents.free=1 oldestAge=09:01
      `,
    );
  });

  test("oldestTooCostly is the oldest that some available agent cannot take for its cost alone", () => {
    check(
      desk({
        costs: { email: 3 },
        queues: { desk: { maxAssignmentsPerAgentPerMinute: 1, connectWaitSeconds: 600 } },
        agents: { ana: 4 },
        channels: { email: {}, web: {} },
      }),
      `
      08:00    ana available
      08:00    zoe writes           | zoe assigned
      08:00:10 kim writes           | kim queued; desk oldestTooCostly=none
      08:01                         | kim queued; desk oldestTooCostly=08:00:10
      08:01    ana away             | desk oldestTooCostly=none
      `,
    );
  });
});

describe("deadlines", () => {
  test("in due order, paused ones last", () => {
    check(
      desk({
        hours: ["09:00-18:00"],
        agents: { ana: 1 },
        queues: { desk: { acceptance: "manual" } },
        channels: {
          whatsapp: {
            lastAgentMode: { enabled: true },
            offlineMessages: { routingMode: "last-agent", agentOutboundTimeLimitMinutes: 600 },
          },
        },
      }),
      `
      09:00 ana available
      09:00 kim writes
      09:00 ana accepts kim
      09:00 ana writes kim
      09:00 ana closes kim
      18:00 kim writes | kim held deadlines.0.timer=replyWindow deadlines.1.timer=lastAgentWait deadlines.2.timer=routingLimit deadlines.length=3
      `,
    );
  });

  test("the engine says when it next needs time", () => {
    check(
      desk({ hours: ["09:00-18:00"], presence: { heartbeatSeconds: 10 } }),
      `
      08:00 kim writes    | next 09:00
      08:00 ana available | next 08:00:10
      08:00:10            | next 08:01:10
      08:01:10            | next 09:00
      `,
    );
  });
});

describe("retention and erasure", () => {
  test("open ones are closed with reason erased; customer is null from then on", () => {
    check(
      desk({ agents: { ana: 9 }, channels: { web: {}, sms: {} } }),
      `
      08:00 ana available
      08:00 kim writes on web
      08:00 kim writes on sms
      08:00 lea writes
      08:01 erase kim       | answer status=erased conversations.length=2; event conversationMoved to=closed reason=erased; event customerErased conversations.length=2; lea assigned; ana used=1
      08:02 kim writes      | count episodeBegan 1; kim lastAgent=none
      08:02 erase nobody    | answer status=erased conversations.length=0; event customerErased
      `,
    );
  });

  test("an address on any channel or a customerId", () => {
    check(
      desk({ channels: { web: {}, sms: {} } }),
      `
      08:00 kim writes on web as person-1
      08:00 ki2 writes on sms as person-1
      08:00 lea writes on sms as person-2
      08:00 erase person-1 | answer conversations.length=2; lea queued
      `,
    );
  });

  test("a closed one is forgotten by the engine when no id of it can be repeated", () => {
    check(
      desk({ retention: { deduplicationHours: 1 } }),
      `
      08:00        kim writes id m1
      08:30        supervisor closes kim | kim closed
      08:59:59.999 kim writes id m1      | answer closed duplicate
      09:29:59.999                       | kim closed
      09:30        lea writes            | lea queued
      09:30        supervisor closes kim | refused unknown_conversation
      `,
    );
  });
});

describe("deliveries", () => {
  test("a failed delivery never changes routing", () => {
    check(
      desk({ agents: { ana: 1 } }),
      `
      08:00 ana available
      08:00 kim writes
      08:00 ana writes kim
      08:01 delivered 5    | answer status=acknowledged; event deliveryRecorded entry=5; kim live v3 customerReply@08:20
      `,
    );
  });
});
