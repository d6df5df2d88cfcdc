import { describe, test } from "vitest";
import { desk } from "./desk.ts";
import { check } from "./script.ts";

// DOMAIN 3, rule 14, and FINE-PRINT 20, 28 to 30.

const manual = { desk: { acceptance: "manual", connectWaitSeconds: 3600 } };

describe("accept, decline", () => {
  test("offered, its agent", () => {
    check(
      desk({ agents: { ana: 1, ben: 1 }, queues: manual }),
      `
      08:00 kim writes             | kim queued
      08:00 ana accepts kim        | refused wrong_state
      08:00 ana declines kim       | refused wrong_state
      08:00 ana available          | kim offered ana
      08:00 ben accepts kim        | refused not_owner
      08:00 supervisor accepts kim | refused not_owner
      08:00 ben declines kim       | refused not_owner
      08:00 ana accepts kim        | kim assigned ana v3; answer assigned v3 ana reason=accepted; event conversationAssigned rule=longest-idle
      08:00 ana accepts kim        | refused wrong_state
      `,
    );
  });

  test("decline: queued, and that agent is passed over", () => {
    check(
      desk({ agents: { ana: 1 }, queues: manual }),
      `
      08:00 ana available
      08:00 kim writes
      08:00 ana declines kim | kim queued v3 reoffer@08:01 age=08:00; answer queued v3 reason=declined; event offerWithdrawn reason=declined
      `,
    );
  });
});

describe("assign", () => {
  test("any open state: held, queued, parked, dormant, with-bot", () => {
    const bot = { url: "https://bot.example/", accessCode: "bot" };
    check(
      desk({
        hours: ["09:00-18:00"],
        agents: { ana: 9 },
        channels: {
          web: { offlineMessages: { routingTimeLimit: 1 } },
          sms: { offlineMessages: { routingMode: "chatbot", chatbot: bot } },
        },
      }),
      `
      08:00    kim writes
      08:30    ana away
      08:31    supervisor assigns kim to ana     | kim assigned offline ana v2 no-routingLimit; answer assigned v2 ana reason=assigned_by_person; event conversationAssigned rule=person
      08:31    lea writes on sms                 | lea@sms with-bot
      08:31    supervisor assigns lea@sms to ana | lea@sms assigned offline v2 no-botAnswer
      09:00    mia writes                        | mia queued not-offline
      09:00    supervisor assigns mia to ana     | mia assigned not-offline no-connectWait
      09:00    ana writes mia                    | mia live
      09:10    ana away
      09:19    noa writes
      09:20                                      | noa queued offline; mia dormant
      09:21                                      | noa parked
      09:21    supervisor assigns noa to ana     | noa assigned offline v3 age=09:19
      09:21    supervisor assigns mia to ana     | mia assigned not-offline no-dormancy age=none
      09:21    supervisor closes mia
      09:21    supervisor assigns mia to ana     | refused wrong_state
      `,
    );
  });

  test("withdraws an offer, replaces an owner; over awaiting-customer or live its timers end", () => {
    check(
      desk({ agents: { ana: 2, ben: 2 }, queues: manual }),
      `
      08:00 ana available
      08:00 ben away
      08:00 kim writes                    | kim offered ana
      08:00 supervisor assigns kim to ben | kim assigned ben v3 no-offer; event offerWithdrawn ana reason=assigned_by_person; ana used=0; ben used=1
      08:00 supervisor assigns kim to ana | kim assigned ana v4; event conversationLeft ben to=assigned reason=assigned_by_person
      08:00 ana writes kim                | kim live customerReply@08:20
      08:00 supervisor assigns kim to ben | kim assigned ben v6 no-customerReply
      08:00 ana contacts lea
      08:00 supervisor assigns lea to ben | lea assigned offline ben no-calledCustomerReply
      `,
    );
  });

  test("to the agent to whom it is offered: the slot is counted once", () => {
    check(
      desk({ agents: { ana: 1 }, queues: manual }),
      `
      08:00 ana available
      08:00 kim writes                    | kim offered ana; ana used=1
      08:00 supervisor assigns kim to ana | kim assigned ana; ana used=1; order offerWithdrawn > conversationMoved > conversationAssigned
      `,
    );
  });

  test("to the present owner changes nothing", () => {
    check(
      desk({ agents: { ana: 1 } }),
      `
      08:00 ana available
      08:00 kim writes
      08:00 ana writes kim                | kim live v3
      08:01 supervisor assigns kim to ana | answer live v3; quiet; kim customerReply@08:20
      `,
    );
  });

  test("the agent must be signed in, override or not; needs the skill and free units unless override", () => {
    check(
      desk({
        costs: { email: 2 },
        queues: { desk: {}, other: {} },
        agents: { ana: { capacity: 2, skills: { other: 1 } }, ben: 2, cat: 2 },
        channels: { email: {} },
      }),
      `
      08:00 kim writes                             | kim queued
      08:00 supervisor assigns kim to ana          | refused agent_not_available
      08:00 supervisor assigns kim to ana override | refused agent_not_available
      08:00 ana away
      08:00 ben away
      08:00 supervisor assigns kim to ana          | refused skill_missing
      08:00 supervisor assigns kim to ana override | kim assigned ana; ana used=2 free=0
      08:00 lea writes
      08:00 supervisor assigns lea to ben          | lea assigned ben
      08:00 mia writes
      08:00 supervisor assigns mia to ben          | refused no_capacity
      08:00 supervisor assigns mia to ana          | refused skill_missing
      08:00 supervisor assigns mia to ben override | mia assigned ben; ben used=4 free=-2
      `,
    );
  });

  test("under override nothing more is routed to them until they are below capacity", () => {
    check(
      desk({ agents: { ana: 1 } }),
      `
      08:00 ana available
      08:00 kim writes                             | kim assigned
      08:00 lea writes                             | lea queued
      08:00 mia writes
      08:00 supervisor assigns lea to ana override | lea assigned; ana used=2 free=-1; desk freeUnits=0 agents.free=0
      08:00 ana closes kim                         | mia queued; ana used=1 free=0
      08:00 ana closes lea                         | mia assigned
      `,
    );
  });
});

describe("release", () => {
  test("owner or supervisor", () => {
    check(
      desk({ agents: { ana: 1, ben: 1 } }),
      `
      08:00 kim writes
      08:00 ana releases kim        | refused wrong_state
      08:00 ana available           | kim assigned ana
      08:00 ben releases kim        | refused not_owner
      08:00 ana releases kim        | kim queued nobody; answer queued reason=released; event conversationMoved by=ana; event conversationLeft ana reason=released to=queued
      08:01 ana available           | kim assigned
      08:01 supervisor releases kim | event conversationMoved by=supervisor reason=released_by_supervisor
      `,
    );
  });

  test("a customer message is unanswered: queued, or held if closed; else dormant", () => {
    check(
      desk({ hours: ["09:00-18:00"], agents: { ana: 2 } }),
      `
      17:59 ana available
      17:59 kim writes
      17:59 lea writes
      17:59 mia writes
      17:59 ana writes lea
      18:00 ana away        | kim assigned; lea live; mia held offline
      18:01 ana releases kim | kim held offline age=17:59
      18:01 ana releases lea | lea dormant not-offline; event conversationMoved reason=released
      `,
    );
  });

  test("before any answer it continues the same episode with its offline flag and no second prompt", () => {
    check(
      desk({
        agents: { ana: 1 },
        channels: { web: { offlineMessages: { prompt: "We are closed." } } },
      }),
      `
      08:00 kim writes       | kim queued offline; count promptSent 1
      08:00 ana available    | kim assigned offline
      08:05 ana releases kim | kim queued offline v3 routingLimit@08:35 no-connectWait; count promptSent 0; count episodeBegan 0
      `,
    );
  });

  test("after an agent's answer it begins a new episode: live", () => {
    check(
      desk({
        agents: { ana: 1 },
        channels: { web: { offlineMessages: { prompt: "We are closed." } } },
      }),
      `
      08:00 kim writes       | count promptSent 1
      08:00 ana available
      08:00 ana writes kim   | kim awaiting-customer offline
      08:01 kim writes       | kim live not-offline
      08:02 ana releases kim | kim queued not-offline connectWait@08:03; event episodeBegan opened=false
      08:02:30 ana offline   | kim queued offline; count promptSent 1
      `,
    );
  });
});

describe("handoff", () => {
  test("an owner to another queue; age, priority and pass-overs kept", () => {
    check(
      desk({
        agents: { ana: 1, ben: { capacity: 1, skills: { other: 1 } } },
        queues: { desk: {}, other: {} },
      }),
      `
      08:00 ana available
      08:00 kim writes priority 5         | kim assigned ana
      08:01 ben available
      08:02 ana hands-off kim to other    | kim assigned ben queue=other priority=5 age=08:00 v4; order conversationMoved > conversationLeft > conversationMoved > conversationAssigned
      `,
    );
  });

  test("with nothing unanswered it waits with the hand-off as its age", () => {
    check(
      desk({ agents: { ana: 1 }, queues: { desk: {}, other: { connectWaitSeconds: 3600 } } }),
      `
      08:00 ana available
      08:00 kim writes
      08:00 ana writes kim             | kim live age=none
      08:05 ana away
      08:05 ana hands-off kim to other | kim queued not-offline age=08:05 v4
      08:06 kim writes                 | kim queued age=08:05
      08:07 ana available              | kim assigned ana age=08:05
      `,
    );
  });

  test("by a supervisor, or by another agent, it is not_owner; of an unowned one wrong_state", () => {
    check(
      desk({ agents: { ana: 1, ben: 1 }, queues: { desk: {}, other: {} } }),
      `
      08:00 kim writes
      08:00 ana hands-off kim to other        | refused wrong_state
      08:00 ana available                     | kim assigned
      08:00 supervisor hands-off kim to other | refused not_owner
      08:00 ben hands-off kim to other        | refused not_owner
      08:00 ana hands-off kim to nowhere      | refused unknown_skill_queue
      08:00 bot hands-off kim                 | refused wrong_state
      `,
    );
  });

  test("what is handed off with nothing unanswered is for people, not for a bot", () => {
    check(
      desk({
        hours: ["09:00-18:00"],
        agents: { ana: 1 },
        queues: { desk: {}, other: {} },
        channels: {
          web: {
            offlineMessages: {
              routingMode: "chatbot",
              chatbot: { url: "https://bot.example/", accessCode: "bot" },
            },
          },
        },
      }),
      `
      17:59 ana available
      17:59 kim writes
      17:59 ana writes kim             | kim live
      18:01 ana hands-off kim to other | kim held offline age=18:01 routingLimit:30m; event conversationWentOffline
      `,
    );
  });
});

describe("write", () => {
  test("the owner, or the bot in with-bot", () => {
    check(
      desk({ agents: { ana: 1, ben: 1 } }),
      `
      08:00 kim writes
      08:00 ana writes kim | refused wrong_state
      08:00 ana available
      08:00 ben writes kim | refused not_owner
      08:00 bot writes kim | refused wrong_state
      08:00 ana writes kim | kim awaiting-customer; answer awaiting-customer v3 ana
      `,
    );
  });

  test("assigned, agent writes: awaiting-customer (offline), or live (not offline)", () => {
    check(
      desk({ agents: { ana: 2 } }),
      `
      08:00 kim writes
      08:00 ana available
      08:00 lea writes
      08:00 ana writes kim | kim awaiting-customer offline; event messageSent kim offline=true
      08:00 ana writes lea | lea live not-offline; event messageSent lea offline=false
      `,
    );
  });
});

test("every action keeps the caller's words, whoever it was", () => {
  check(
    desk({ agents: { ana: 9, ben: 1 }, queues: manual }),
    `
    08:00 ana available
    08:00 lea writes                       | lea offered ana
    08:00 ana declines lea note lunch      | event conversationMoved reason=declined by=ana note=lunch
    08:00 supervisor assigns lea to ana note yours | event conversationMoved reason=assigned_by_person by=supervisor note=yours
    08:00 ana hands-off lea note odd       | event conversationMoved reason=handed_off by=ana note=odd
    08:00 mia writes                       | mia offered ana
    08:00 ana accepts mia note mine        | event conversationMoved reason=accepted note=mine
    08:00 supervisor releases mia note stop | event conversationMoved reason=released_by_supervisor by=supervisor note=stop
    08:00 noa writes                       | noa offered ana
    08:00 ana accepts noa
    08:00 ana writes noa
    08:00 ana releases noa note gone       | event conversationMoved reason=released by=ana note=gone
    `,
  );
});

describe("close", () => {
  test("owner, supervisor, bot, or the channel", () => {
    const bot = { url: "https://bot.example/", accessCode: "bot" };
    check(
      desk({
        agents: { ana: 9, ben: 1 },
        channels: { web: {}, sms: { offlineMessages: { routingMode: "chatbot", chatbot: bot } } },
      }),
      `
      08:00 kim writes on sms       | kim@sms with-bot
      08:00 ana closes kim@sms      | refused not_owner
      08:00 bot closes kim@sms      | kim@sms closed; event conversationMoved reason=closed_by_bot by=bot
      08:00 ana available
      08:00 lea writes
      08:00 bot closes lea          | refused wrong_state
      08:00 ben closes lea          | refused not_owner
      08:00 ana closes lea note done | lea closed nobody; ana used=0; event conversationMoved reason=closed_by_agent by=ana note=done
      08:00 mia writes
      08:00 supervisor closes mia   | mia closed; event conversationMoved reason=closed_by_supervisor by=supervisor
      08:00 noa writes
      08:00 customer closes noa     | noa closed; event conversationMoved reason=customer_ended by=customer; event conversationLeft ana to=closed
      08:00 customer closes noa     | refused wrong_state
      `,
    );
  });

  test("any open state: held, offered, parked, dormant", () => {
    check(
      desk({
        hours: ["09:00-18:00"],
        agents: { ana: 1 },
        queues: { desk: { acceptance: "manual" } },
        channels: { web: { offlineMessages: { routingTimeLimit: 1 } } },
      }),
      `
      08:00 kim writes
      08:00 lea writes
      08:00 supervisor closes kim | kim closed v2
      09:01                       | lea parked
      09:01 supervisor closes lea | lea closed
      09:01 ana available
      09:01 mia writes            | mia offered
      09:01 supervisor closes mia | mia closed; ana used=0; event offerWithdrawn reason=closed_by_supervisor
      09:01 ana contacts noa
      09:04                       | noa dormant
      09:04 supervisor closes noa | noa closed no-dormancy
      `,
    );
  });
});

describe("each may carry the version it saw", () => {
  test("a stale one is refused stale_version, before the state is looked at", () => {
    check(
      desk({ agents: { ana: 1, ben: 1 }, queues: { ...manual, other: {} } }),
      `
      08:00 ana available
      08:00 kim writes                              | kim offered v2
      08:00 ana accepts kim version 1               | refused stale_version
      08:00 ana declines kim version 3              | refused stale_version
      08:00 ana accepts kim version 2               | kim assigned v3
      08:00 ben writes kim version 2                | refused stale_version
      08:00 ana writes kim version 3                | kim live v4
      08:00 supervisor assigns kim to ben version 3 | refused stale_version
      08:00 ana releases kim version 3              | refused stale_version
      08:00 ana hands-off kim to other version 3    | refused stale_version
      08:00 ana closes kim version 3                | refused stale_version
      08:00 ana closes kim version 4                | kim closed v5
      08:00 ana closes kim version 4                | refused stale_version
      08:00 ana closes kim version 5                | refused wrong_state
      `,
    );
  });
});
