import { describe, test } from "vitest";
import type { Parts } from "./desk.ts";
import { desk } from "./desk.ts";
import { check } from "./script.ts";

// DOMAIN 3, rules 8 and 9: each row of the table, its start, its stop, and 1 ms on either side.

const offline = (settings: object): Parts => ({
  web: { offlineMessages: settings },
});

describe("limits are exact", () => {
  test("a timer fires at the first moment with now ≥ deadline, never early", () => {
    check(
      desk({ channels: offline({ routingTimeLimit: 1 }) }),
      `
      08:00:00.123 kim writes | kim routingLimit@08:01:00.123; next 08:01:00.123
      08:01:00.122            | kim queued; quiet
      08:01:00.123            | kim parked; event routingTimedOut kim dueAt=08:01:00.123 at=08:01:00.123; next none
      `,
    );
  });

  test("every command first fires all timers due at or before its at, in (deadline, sequence) order", () => {
    check(
      desk({ agents: { ana: 3 }, channels: offline({ routingTimeLimit: 1 }) }),
      `
      08:00 kim writes
      08:00 lea writes
      08:00:30 mia writes
      08:02 ana available | order routingTimedOut > routingTimedOut > routingTimedOut > presenceChanged; kim parked; lea parked; mia parked; event routingTimedOut mia dueAt=08:01:30 at=08:02
      `,
    );
  });

  test("a customer who writes at the very instant of a timeout is too late by it", () => {
    check(
      desk({ agents: { ana: 1 } }),
      `
      08:00        ana available
      08:00        kim writes
      08:00        ana writes kim | kim live customerReply@08:20
      08:20        kim writes     | kim assigned v6; order conversationMoved > messageReceived > episodeBegan
      `,
    );
  });

  test("a tick may stop after a bounded number and say more; the host ticks again", () => {
    check(
      desk({ channels: offline({ routingTimeLimit: 1 }) }, {}, { timersPerTickMax: 1 }),
      `
      08:00 kim writes
      08:00 lea writes
      08:05            | answer status=ticked more=true; kim parked; lea queued; next 08:01
      08:05            | answer more=false; lea parked
      `,
    );
  });

  test("after a restart overdue timers fire once, in due order", () => {
    check(
      desk({ channels: offline({ routingTimeLimit: 1 }) }),
      `
      08:00    kim writes
      08:00:30 lea writes
      09:00    restart    | kim parked; lea parked; count routingTimedOut 2; order routingTimedOut > routingTimedOut; event routingTimedOut kim dueAt=08:01
      09:00               | quiet
      `,
    );
  });

  test("after a night's downtime working-clock limits have counted open time only", () => {
    check(
      desk({ hours: ["09:00-18:00"], channels: offline({ routingTimeLimit: 30 }) }),
      `
      17:50        kim writes | kim queued routingLimit@tue/09:20
      tue 09:19:59.999 restart | kim queued routingLimit@09:20
      tue 09:20                | kim parked
      `,
    );
  });

  test("calendar flips are fired before others of the same deadline", () => {
    check(
      desk({ hours: ["09:00-18:00"], queues: { desk: { connectWaitSeconds: 60 } } }),
      `
      17:59 ana away
      17:59 kim writes | kim queued not-offline connectWait@18:00
      18:00            | kim held offline; event conversationWentOffline reason=calendar_closed
      `,
    );
  });
});

describe("connect wait", () => {
  test("from the first live queued of the episode; it goes offline", () => {
    check(
      desk({ queues: { desk: { connectWaitSeconds: 90 } } }),
      `
      08:00        ana away
      08:00        kim writes | kim queued not-offline connectWait@08:01:30
      08:01:29.999            | kim queued not-offline
      08:01:30                | kim queued offline v1 no-connectWait routingLimit@08:31:30; event conversationWentOffline reason=connect_wait_over dueAt=08:01:30
      `,
    );
  });

  test("stops when assigned; a return from an owner arms it whole again", () => {
    check(
      desk({ agents: { ana: 1 } }),
      `
      08:00    ana away
      08:00    kim writes     | kim connectWait@08:01
      08:00:30 ana available  | kim assigned no-connectWait
      08:00:45 ana releases kim | kim queued not-offline connectWait@08:01:45
      08:01:44.999            | kim queued not-offline
      08:01:45                | kim assigned
      `,
    );
  });

  test("runs also in offered: the offer is withdrawn, and may be made to the same agent again", () => {
    check(
      desk({ queues: { desk: { acceptance: "manual", offerTimeoutSeconds: 600 } } }),
      `
      08:00        ana available
      08:00        kim writes    | kim offered not-offline v2 connectWait@08:01 offer@08:10
      08:00:59.999               | kim offered not-offline
      08:01                      | kim offered offline v4 offer@08:11 routingLimit@08:31 no-reoffer; order offerWithdrawn > conversationWentOffline > conversationOffered; event offerWithdrawn reason=connect_wait_over
      `,
    );
  });

  test("a return from an offer does not arm it again", () => {
    check(
      desk({ queues: { desk: { acceptance: "manual" } } }),
      `
      08:00    ana available
      08:00    kim writes       | kim offered connectWait@08:01
      08:00:20 ana declines kim | kim queued connectWait@08:01
      `,
    );
  });
});

describe("routing limit", () => {
  test("working: counts open time in queued and offered, shown paused as remainingMs", () => {
    check(
      desk({
        hours: ["09:00-09:20", "12:00-18:00"],
        queues: { desk: { acceptance: "manual", offerTimeoutSeconds: 600 } },
        channels: offline({ routingTimeLimit: 30 }),
      }),
      `
      08:00        kim writes     | kim held routingLimit:30m
      09:00                       | kim queued routingLimit@12:10
      09:15        ana available  | kim offered routingLimit@12:10
      09:20                       | kim offered routingLimit:10m
      09:25                       | kim held routingLimit:10m; event offerWithdrawn reason=offer_timeout
      10:14        ana available
      11:13        ana available
      11:59        ana available
      12:00                       | kim offered
      12:09:59.999                | kim offered
      12:10                       | kim parked; order offerWithdrawn > conversationMoved > routingTimedOut
      `,
    );
  });

  test("wall: from that moment, also in held", () => {
    check(
      desk({
        hours: ["09:00-18:00"],
        channels: offline({ routingTimeLimit: 30, routingClock: "wall" }),
      }),
      `
      08:00        kim writes  | kim held routingLimit@08:30
      08:29:59.999             | kim held
      08:30                    | kim parked offline; event conversationMoved from=held to=parked reason=routing_time_limit
      `,
    );
  });

  test("its unit: minutes, hours, days of 24 counted hours", () => {
    const unit = (routingTimeLimitUnit: string): Parts =>
      offline({ routingTimeLimit: 2, routingTimeLimitUnit });
    check(desk({ channels: unit("minutes") }), `08:00 kim writes | kim routingLimit@08:02`);
    check(desk({ channels: unit("hours") }), `08:00 kim writes | kim routingLimit@10:00`);
    check(desk({ channels: unit("days") }), `08:00 kim writes | kim routingLimit@wed/08:00`);
    check(
      desk({ hours: ["08:00-20:00"], channels: unit("days") }),
      `08:00 kim writes | kim routingLimit@thu/20:00`,
    );
  });

  test("stops when assigned; armed whole again by every return from an owner", () => {
    check(
      desk({ agents: { ana: 1 }, presence: { graceSeconds: 60 } }),
      `
      08:00 kim writes       | kim queued offline routingLimit@08:30
      08:10 ana available    | kim assigned offline no-routingLimit
      08:20 ana offline
      08:21                  | kim queued offline routingLimit@08:51
      `,
    );
  });

  test("armed whole again from dormant and from parked", () => {
    check(
      desk({ agents: { ana: 1 }, channels: offline({ routingTimeLimit: 10 }) }),
      `
      08:00 kim writes       | kim routingLimit@08:10
      08:10                  | kim parked no-routingLimit
      08:20 kim writes       | kim queued offline routingLimit@08:30
      08:25 ana available    | kim assigned
      08:25 ana writes kim
      08:28                  | kim dormant
      08:28 ana offline
      08:40 kim writes       | kim queued offline routingLimit@08:50
      `,
    );
  });

  test("with a chatbot it starts whole at hand-off, on both clocks, and does not run in with-bot", () => {
    for (const routingClock of ["working", "wall"]) {
      check(
        desk({
          channels: offline({
            routingMode: "chatbot",
            chatbot: { url: "https://bot.example/", accessCode: "bot" },
            routingClock,
          }),
        }),
        `
        08:00    kim writes         | kim with-bot no-routingLimit
        08:00:10 bot hands-off kim  | kim queued offline v3 age=08:00 routingLimit@08:30:10
        `,
      );
    }
  });
});

describe("offer", () => {
  test("→ queued; that agent is passed over", () => {
    check(
      desk({
        agents: { ana: 1, ben: 1 },
        queues: { desk: { acceptance: "manual", offerTimeoutSeconds: 30, reofferSeconds: 60 } },
      }),
      `
      08:00        ana available
      08:00        kim writes   | kim offered ana offer@08:00:30; event conversationOffered expiresAt=08:00:30
      08:00:29.999              | kim offered ana
      08:00:30                  | kim queued nobody reoffer@08:01:30 no-offer; event offerWithdrawn reason=offer_timeout dueAt=08:00:30
      `,
    );
  });

  test("stops by accept and by decline", () => {
    check(
      desk({ agents: { ana: 2 }, queues: { desk: { acceptance: "manual" } } }),
      `
      08:00        ana available
      08:00        kim writes
      08:00        lea writes
      08:00:29.999 ana accepts kim  | kim assigned no-offer
      08:00:29.999 ana declines lea | lea queued no-offer
      08:00:30                      | quiet
      `,
    );
  });
});

describe("re-offer", () => {
  const settings = {
    agents: { ana: 1 },
    queues: { desk: { acceptance: "manual", reofferSeconds: 60, connectWaitSeconds: 3600 } },
  };

  test("after a decline that agent is eligible again", () => {
    check(
      desk(settings),
      `
      08:00        ana available
      08:00        kim writes
      08:00:10     ana declines kim | kim queued reoffer@08:01:10
      08:01:09.999                  | kim queued
      08:01:10                      | kim offered ana no-reoffer; event conversationOffered dueAt=08:01:10
      `,
    );
  });

  test("after a release by the owner, not after one by a supervisor", () => {
    check(
      desk({ agents: { ana: 1 } }),
      `
      08:00        ana available
      08:00        kim writes
      08:00        ana releases kim        | kim queued reoffer@08:01
      08:00:59.999                         | kim queued
      08:01                                | kim assigned ana
      08:01        supervisor releases kim | kim assigned ana; event conversationLeft reason=released_by_supervisor to=queued
      `,
    );
  });

  test("after an overdue first reply", () => {
    check(
      desk({
        agents: { ana: 1 },
        queues: { desk: { reassignAfterMinutes: 5, reofferSeconds: 30, connectWaitSeconds: 600 } },
      }),
      `
      08:00        ana available
      08:00        kim writes | kim assigned firstReply@08:05
      08:04:59.999            | kim assigned
      08:05                   | kim queued reoffer@08:05:30 age=08:00; event conversationLeft reason=first_reply_overdue
      08:05:29.999            | kim queued
      08:05:30                | kim assigned firstReply@08:10:30
      `,
    );
  });

  test("pass-overs survive a hand-off, not a new episode", () => {
    check(
      desk({
        agents: { ana: 1 },
        queues: {
          desk: { reofferSeconds: 3600, connectWaitSeconds: 3600, acceptance: "manual" },
          other: { acceptance: "manual", connectWaitSeconds: 3600 },
        },
      }),
      `
      08:00    ana available
      08:00    kim writes                   | kim offered ana
      08:00:01 ana declines kim             | kim queued reoffer@09:00:01
      08:00:02 supervisor assigns kim to ana | kim assigned
      08:00:03 ana hands-off kim to other   | kim queued queue=other reoffer@09:00:01
      08:00:04 supervisor assigns kim to ana
      08:00:05 ana writes kim               | kim live
      08:20:05                              | kim dormant no-reoffer
      08:21    kim writes                   | kim offered ana
      `,
    );
  });
});

describe("first reply", () => {
  const queues = { desk: { reassignAfterMinutes: 5 } };

  test("starts when assigned and stops when the agent writes", () => {
    check(
      desk({ agents: { ana: 1 }, queues }),
      `
      08:00        ana available
      08:00        kim writes     | kim assigned firstReply@08:05
      08:04:59.999 ana writes kim | kim live no-firstReply
      08:05                       | kim live
      `,
    );
  });

  test("in live each customer message with none unanswered before", () => {
    check(
      desk({ agents: { ana: 1 }, queues }),
      `
      08:00 ana available
      08:00 kim writes
      08:01 ana writes kim | kim live no-firstReply
      08:02 kim writes     | kim live firstReply@08:07 no-customerReply
      08:03 kim writes     | kim live firstReply@08:07
      08:06 ana writes kim | kim live no-firstReply customerReply@08:26
      08:07 kim writes     | kim firstReply@08:12
      08:12                | kim queued not-offline age=08:07 connectWait@08:13 reoffer@08:13; event conversationMoved from=live reason=first_reply_overdue
      `,
    );
  });

  test("counts wall time, and runs also where the reply window has closed meanwhile", () => {
    check(
      desk({
        agents: { ana: 1 },
        hours: ["08:00-09:00"],
        queues: { desk: { reassignAfterMinutes: 90 } },
        channels: offline({ agentOutboundTimeLimitMinutes: 30 }),
      }),
      `
      07:50 kim writes     | kim held
      08:00 ana available  | kim assigned firstReply@09:30 may=allowed
      08:20                | kim assigned may=blocked firstReply@09:30
      08:50 ana available
      09:30                | kim held; event conversationMoved reason=first_reply_overdue
      `,
    );
  });

  test("not under limit 0: such work is assigned read-only, and close ends it", () => {
    check(
      desk({ agents: { ana: 1 }, queues, channels: offline({ agentOutboundTimeLimitMinutes: 0 }) }),
      `
      08:00 kim writes     | kim queued offline may=blocked why=replies_not_allowed
      08:00 ana available  | kim assigned offline no-firstReply
      08:01 ana writes kim | refused replies_not_allowed
      08:30                | kim assigned
      08:30 ana closes kim | kim closed
      `,
    );
  });

  test("owner lost with nothing unanswered: dormant", () => {
    check(
      desk({ agents: { ana: 1, ben: 1 }, queues }),
      `
      08:00 ana available
      08:00 ben away
      08:00 kim writes
      08:00 ana writes kim                | kim live
      08:01 supervisor assigns kim to ben | kim assigned ben firstReply@08:06 no-customerReply age=none
      08:06                               | kim dormant nobody; event conversationLeft reason=first_reply_overdue to=dormant
      `,
    );
  });
});

describe("called customer reply", () => {
  test("each agent message in offline assigned or awaiting-customer; → dormant, units freed, customer side told offline: true", () => {
    check(
      desk({ agents: { ana: 1 }, channels: offline({ calledCustomerReplyTimeoutMinutes: 3 }) }),
      `
      08:00        kim writes
      08:00        ana available  | kim assigned offline
      08:01        ana writes kim | kim awaiting-customer offline calledCustomerReply@08:04; ana used=1
      08:03        ana writes kim | kim awaiting-customer calledCustomerReply@08:06
      08:05:59.999                | kim awaiting-customer; ana used=1
      08:06                       | kim dormant offline nobody v4; ana used=0; event conversationMoved to=dormant offline=true reason=called_customer_reply_timeout dueAt=08:06; event conversationLeft to=dormant
      `,
    );
  });

  test("stops when the customer writes: live, no longer offline", () => {
    check(
      desk({ agents: { ana: 1 } }),
      `
      08:00        kim writes
      08:00        ana available
      08:01        ana writes kim | kim awaiting-customer
      08:03:59.999 kim writes     | kim live not-offline no-calledCustomerReply age=08:03:59.999; ana used=1
      08:04                       | kim live
      `,
    );
  });
});

describe("customer reply", () => {
  test("each agent message in live, or that enters it; stops when the customer writes; → dormant", () => {
    check(
      desk({ agents: { ana: 1 }, channels: { web: { customerReplyTimeoutMinutes: 20 } } }),
      `
      08:00        ana available
      08:00        kim writes
      08:00        ana writes kim | kim live customerReply@08:20
      08:10        ana writes kim | kim live customerReply@08:30
      08:29:59.999 kim writes     | kim live no-customerReply
      08:40        ana writes kim | kim live customerReply@09:00
      08:59:59.999                | kim live
      08:59:59.999 ana available
      09:00                       | kim dormant not-offline nobody; ana used=0; event conversationMoved reason=customer_reply_timeout
      `,
    );
  });

  test("→ closed, where offline messages are off", () => {
    check(
      desk({ agents: { ana: 1 }, channels: offline({ enabled: false }) }),
      `
      08:00 ana available
      08:00 kim writes
      08:00 ana writes kim
      08:20                | kim closed; event conversationMoved to=closed reason=customer_reply_timeout
      `,
    );
  });

  test("null = off = infinite", () => {
    check(
      desk({ agents: { ana: 1 }, channels: { web: { customerReplyTimeoutMinutes: null } } }),
      `
      08:00 ana available
      08:00 kim writes
      08:00 ana writes kim | kim live no-customerReply
      08:59 ana available  | kim live
      `,
    );
  });
});

describe("dormancy", () => {
  test("dormantDays in dormant → closed", () => {
    check(
      desk({ agents: { ana: 1 }, retention: { dormantDays: 2 } }),
      `
      08:00            ana available
      08:00            kim writes
      08:00            ana writes kim
      08:20                            | kim dormant dormancy@wed/08:20
      wed 08:19:59.999                 | kim dormant
      wed 08:20                        | kim closed; event conversationMoved reason=dormancy
      `,
    );
  });

  test("stops when the customer or an agent writes", () => {
    check(
      desk({ agents: { ana: 2 } }),
      `
      08:00 ana available
      08:00 kim writes
      08:00 lea writes
      08:00 ana writes kim
      08:00 ana writes lea
      08:20                  | kim dormant; lea dormant
      08:30 kim writes       | kim assigned no-dormancy
      08:30 ana contacts lea | lea awaiting-customer offline no-dormancy
      `,
    );
  });
});
