import { describe, test } from "vitest";
import { desk } from "./desk.ts";
import { check } from "./script.ts";

// DOMAIN 3, rules 1 and 2, the picture above them, and FINE-PRINT 8 to 13, 22, 23.

describe("an episode begins", () => {
  test("calendar open: queued, live; with an eligible agent assigned at once", () => {
    check(
      desk({ hours: ["09:00-18:00"], agents: { ana: 1 } }),
      `
      09:00 ana available
      09:00 kim writes     | kim assigned not-offline v2 ana; order episodeBegan > conversationMoved > conversationAssigned
      09:00 lea writes     | lea queued not-offline v1 nobody connectWait@09:01 no-routingLimit
      `,
    );
  });

  test("calendar closed: goes offline, and is held", () => {
    check(
      desk({ hours: ["09:00-18:00"] }),
      `
      08:59:59.999 kim writes | kim held offline v1; event conversationWentOffline reason=calendar_closed
      `,
    );
  });

  test("nobody with the skill signed in: goes offline at once, and waits", () => {
    check(
      desk({ agents: { ana: 1, ben: 1 } }),
      `
      09:00 kim writes   | kim queued offline v1; event conversationWentOffline kim reason=nobody_signed_in
      09:00 ana away
      09:00 lea writes   | lea queued not-offline
      `,
    );
  });

  test("line full: goes offline; the line has room again when one has left it", () => {
    check(
      desk({ agents: { ana: 1 }, queues: { desk: { maxWaiting: 1 } } }),
      `
      09:00 ana away
      09:00 kim writes            | kim queued not-offline
      09:00 lea writes            | lea queued offline; event conversationWentOffline lea reason=line_full
      09:00 supervisor closes kim | kim closed
      09:00 mia writes            | mia queued not-offline
      09:00 noa writes            | noa queued offline
      `,
    );
  });

  test("maxWaiting and connectWaitSeconds 0 mean: assigned at once or offline", () => {
    check(
      desk({ agents: { ana: 1 }, queues: { desk: { maxWaiting: 0 } } }),
      `
      09:00 ana available
      09:00 kim writes | kim assigned not-offline
      09:00 lea writes | lea queued offline v1
      `,
    );
    check(
      desk({ agents: { ana: 1 }, queues: { desk: { connectWaitSeconds: 0 } } }),
      `
      09:00 ana available
      09:00 kim writes | kim assigned not-offline
      09:00 lea writes | lea queued offline v1; answer queued offline; event conversationWentOffline reason=connect_wait_over dueAt=09:00
      `,
    );
  });

  test("a live one that is offered keeps its place in the line", () => {
    check(
      desk({
        agents: { ana: 1 },
        queues: { desk: { maxWaiting: 1, acceptance: "manual", connectWaitSeconds: 600 } },
      }),
      `
      09:00 ana away
      09:00 kim writes         | kim queued not-offline
      09:00 ana available      | kim offered
      09:00 lea writes         | lea queued offline
      09:00:01 ana declines kim | kim queued not-offline; lea offered
      `,
    );
  });

  test("the last agent with the skill goes offline: those who wait live go offline", () => {
    check(
      desk({ agents: { ana: 1, ben: 1 } }),
      `
      09:00 ana away
      09:00 ben away
      09:00 kim writes  | kim queued not-offline
      09:00 ana offline | kim queued not-offline
      09:00 ben offline | kim queued offline v1; event conversationWentOffline reason=nobody_signed_in
      `,
    );
  });

  test("grace is not signed in", () => {
    check(
      desk({ agents: { ana: 1 }, presence: { heartbeatSeconds: 10, graceSeconds: 60 } }),
      `
      09:00    ana away
      09:00    kim writes | kim queued not-offline
      09:00:09.999        | kim queued not-offline
      09:00:10            | kim queued offline
      `,
    );
  });

  test("a conversation of another queue may name it, and its priority, with its first message", () => {
    check(
      desk({ queues: { desk: {}, other: {} }, channels: { web: { priority: 3 } } }),
      `
      09:00 kim writes                        | kim queue=desk priority=3
      09:00 lea writes queue other priority 9 | lea queue=other priority=9
      09:00 lea writes queue desk priority 1  | lea queue=other priority=9 v1
      09:00 mia writes queue nowhere          | refused unknown_skill_queue
      09:00 mia writes on nowhere             | refused unknown_channel
      `,
    );
  });
});

describe("going offline", () => {
  test("happens once an episode: flag, prompt, mode, routing limit", () => {
    check(
      desk({
        hours: ["09:00-18:00"],
        agents: { ana: 1 },
        queues: { desk: { acceptance: "manual", offerTimeoutSeconds: 30 } },
        channels: { web: { offlineMessages: { prompt: "We are closed." } } },
      }),
      `
      08:00    kim writes       | kim held offline routingLimit:30m; count promptSent 1
      09:00    ana available    | kim offered
      09:00:10 ana declines kim | kim queued offline; count promptSent 0; count conversationWentOffline 0
      `,
    );
  });

  test("a prompt is not sent on email or sms, nor where none is set", () => {
    const prompt = { offlineMessages: { prompt: "We are closed." } };
    check(
      desk({ channels: { web: prompt, email: prompt, sms: prompt, rcs: {} } }),
      `
      08:00 kim writes          | kim queued offline; event promptSent kim
      08:00 kim writes on email | kim@email queued offline; no event promptSent
      08:00 kim writes on sms   | kim@sms queued offline; no event promptSent
      08:00 kim writes on rcs   | kim@rcs queued offline; no event promptSent
      `,
    );
  });

  test("offline messages off closes the conversation and tells the customer side", () => {
    check(
      desk({
        hours: ["09:00-18:00"],
        agents: { ana: 1 },
        channels: { web: { offlineMessages: { enabled: false, prompt: "We are closed." } } },
      }),
      `
      08:00 kim writes    | kim closed; event conversationMoved to=closed reason=offline_messages_disabled; no event promptSent; answer closed
      09:00 ana away
      09:00 lea writes    | lea queued not-offline connectWait@09:01
      09:00:59.999        | lea queued
      09:01               | lea closed; event conversationMoved reason=offline_messages_disabled dueAt=09:01
      `,
    );
  });

  test("its routing mode is that of the channel when the episode began", () => {
    const bot = { url: "https://bot.example/", accessCode: "bot" };
    check(
      desk({
        channels: {
          web: {},
          sms: { offlineMessages: { routingMode: "chatbot", chatbot: bot } },
        },
      }),
      `
      08:00 kim writes        | kim queued
      08:00 kim writes on sms | kim@sms with-bot offline v2 no-routingLimit botAnswer@08:00:30
      `,
    );
  });
});

describe("a message for an open conversation is appended", () => {
  test("in held, queued, offered and assigned it moves nothing and changes no timer", () => {
    check(
      desk({
        hours: ["09:00-18:00"],
        agents: { ana: 1 },
        queues: { desk: { acceptance: "manual", reassignAfterMinutes: 5 } },
      }),
      `
      08:00    kim writes                 | kim held v1 age=08:00 routingLimit:30m
      08:30    kim writes                 | kim held v1 age=08:00 routingLimit:30m; count messageReceived 1; count conversationMoved 0
      09:00    ana available              | kim offered v2 offer@09:00:30 routingLimit@09:30
      09:00:10 kim writes                 | kim offered v2 age=08:00 offer@09:00:30 routingLimit@09:30; event messageReceived ana
      09:00:20 ana accepts kim            | kim assigned v3 firstReply@09:05:20
      09:01    kim writes priority 9      | kim assigned v3 priority=0 firstReply@09:05:20
      09:02    lea writes                 | lea queued v1
      09:02:01 lea writes queue desk      | lea queued v1 connectWait@09:03
      `,
    );
  });

  test("a burst of messages from one customer is one conversation", () => {
    check(
      desk(),
      `
      08:00 kim writes  | kim queued v1; answer v1
      08:00 kim writes  | answer v1; count episodeBegan 0
      08:00 kim writes  | answer v1; count episodeBegan 0; kim age=08:00
      `,
    );
  });

  test("at most one conversation is open per channel and customer", () => {
    check(
      desk({ channels: { web: {}, sms: {} } }),
      `
      08:00 kim writes on web | count episodeBegan 1
      08:00 kim writes on sms | count episodeBegan 1; kim@sms queued
      08:00 kim writes on web | count episodeBegan 0
      `,
    );
  });
});

describe("id is the idempotency key", () => {
  test("a repeat changes nothing and returns the conversation as it now is", () => {
    check(
      desk({ agents: { ana: 1 } }),
      `
      08:00 kim writes id m1 | kim queued v1
      08:01 ana available    | kim assigned v2
      08:02 kim writes id m1 | answer assigned v2 ana duplicate; quiet
      08:02 lea writes id m1 | answer assigned v2 duplicate; quiet
      `,
    );
  });

  test("per channel and direction", () => {
    check(
      desk({ agents: { ana: 5 }, channels: { web: {}, sms: {} } }),
      `
      08:00 ana available
      08:00 kim writes id m1            | count messageReceived 1
      08:00 kim writes on sms id m1     | count messageReceived 1
      08:00 ana writes kim@web id m1    | count messageSent 1
      08:00 ana writes kim@web id m1    | answer duplicate; quiet
      08:00 ana contacts noa id m1      | answer duplicate; quiet
      08:00 ana contacts noa id m2      | noa awaiting-customer
      08:00 ana writes kim@web id m2    | answer awaiting-customer duplicate; quiet
      `,
    );
  });

  test("for deduplicationHours from the first acceptance: 1 ms before and at the end", () => {
    check(
      desk({ retention: { deduplicationHours: 1 } }),
      `
      08:00        kim writes id m1
      08:30        kim writes id m1 | answer duplicate
      08:59:59.999 kim writes id m1 | answer duplicate
      09:00        kim writes id m1 | count messageReceived 1
      09:30        kim writes id m1 | answer duplicate
      `,
    );
  });

  test("a repeat means the conversation that the first one went to, closed by now or not", () => {
    check(
      desk(),
      `
      08:00 kim writes id m1
      08:00 supervisor closes kim
      08:01 kim writes id m2 | kim queued v1
      08:01 kim writes id m1 | answer closed v2 duplicate
      `,
    );
  });

  test("a refused write is not remembered", () => {
    check(
      desk({ agents: { ana: 1, ben: 1 } }),
      `
      08:00 ana available
      08:00 kim writes
      08:00 ben writes kim id w1 | refused not_owner
      08:00 ana writes kim id w1 | count messageSent 1
      `,
    );
  });

  test("a repeat is recognised before any check of state", () => {
    check(
      desk({ agents: { ana: 1 } }),
      `
      08:00 ana available
      08:00 kim writes
      08:00 ana writes kim id w1
      08:00 ana closes kim
      08:00 ana writes kim id w1           | answer closed duplicate
      08:00 ana writes kim id w1 version 1 | answer closed duplicate
      08:00 ana writes kim id w2           | refused wrong_state
      `,
    );
  });

  test("the oldest ids make room; that shortens the window and never blocks", () => {
    check(
      desk({}, {}, { idsRememberedMax: 2 }),
      `
      08:00 kim writes id m1
      08:00 kim writes id m2
      08:00 kim writes id m1 | answer duplicate
      08:00 kim writes id m3
      08:00 kim writes id m2 | answer duplicate
      08:00 kim writes id m1 | count messageReceived 1
      `,
    );
  });
});

describe("dormant and parked", () => {
  test("dormant + customer writes: a new episode, its queue and priority from its message", () => {
    check(
      desk({ agents: { ana: 1 }, queues: { desk: {}, other: {} } }),
      `
      08:00    ana available
      08:00    kim writes queue other priority 7 | kim assigned queue=other
      08:00    ana writes kim                    | kim live
      08:20                                      | kim dormant not-offline v4 queue=other
      08:21    kim writes                        | kim assigned queue=desk priority=0 not-offline v6 age=08:21; event episodeBegan opened=false
      `,
    );
  });

  test("parked + customer writes: a new episode that keeps its age", () => {
    check(
      desk({ agents: { ana: 1 }, channels: { web: { offlineMessages: { routingTimeLimit: 1 } } } }),
      `
      08:00 kim writes    | kim queued offline routingLimit@08:01
      08:01               | kim parked age=08:00 nobody
      08:05 ana away
      08:05 kim writes    | kim queued not-offline age=08:00 v3 connectWait@08:06
      08:06               | kim queued offline age=08:00 routingLimit@08:07; event conversationWentOffline
      `,
    );
  });

  test("offline stays as it was on entering dormant", () => {
    check(
      desk({ agents: { ana: 2 } }),
      `
      08:00 lea writes      | lea queued offline
      08:00 ana available   | lea assigned offline
      08:00 kim writes      | kim assigned not-offline
      08:00 ana writes kim  | kim live
      08:00 ana writes lea  | lea awaiting-customer
      08:03                 | lea dormant offline
      08:20                 | kim dormant not-offline
      `,
    );
  });

  test("any close: the next message opens a new conversation, and the last agent is remembered", () => {
    const lastAgentMode = { enabled: true };
    check(
      desk({ agents: { ana: 1, ben: 9 }, channels: { web: { lastAgentMode } } }),
      `
      08:00 ana available
      08:00 kim writes
      08:00 ana writes kim
      08:00 ana closes kim | kim closed v4
      08:00 ben available
      08:01 kim writes     | kim assigned v2 ana lastAgent=ana; event conversationAssigned rule=last-agent; event episodeBegan opened=true
      `,
    );
  });
});

describe("held is queued while the queue's calendar is closed", () => {
  test("a calendar flip is one step for the queue and changes no version", () => {
    check(
      desk({ hours: ["09:00-18:00"], agents: { ana: 1 } }),
      `
      08:00        kim writes
      08:00        lea writes    | lea held v1; desk held=2 waiting.offline=0 open=false nextChangeAt=09:00
      08:59:59.999               | lea held v1
      09:00                      | kim queued v1; lea queued v1; quiet; desk held=0 waiting.offline=2 open=true nextChangeAt=18:00
      09:00        ana available | kim assigned v2; lea queued v1
      `,
    );
  });

  test("queued when the calendar closes: held; a live one goes offline", () => {
    check(
      desk({
        hours: ["09:00-18:00"],
        channels: { web: { offlineMessages: { routingTimeLimit: 60 } } },
      }),
      `
      17:30        kim writes     | kim queued offline routingLimit@tue/09:30
      17:59:59     ana away
      17:59:59     lea writes     | lea queued not-offline
      17:59:59.999                | kim queued; lea queued not-offline
      18:00                       | kim held offline routingLimit:30m; lea held offline v1 routingLimit:60m; event conversationWentOffline lea reason=calendar_closed dueAt=18:00
      tue 09:00                   | kim queued routingLimit@09:30; lea queued routingLimit@10:00
      `,
    );
  });

  test("a live offered one stays offered when the calendar closes", () => {
    check(
      desk({ hours: ["09:00-18:00"], queues: { desk: { acceptance: "manual" } } }),
      `
      17:59:50 ana available
      17:59:50 kim writes       | kim offered not-offline
      18:00                     | kim offered not-offline
      18:00:01 ana accepts kim  | kim assigned not-offline
      `,
    );
  });

  test("a live one that returns while closed goes offline", () => {
    check(
      desk({ hours: ["09:00-18:00"], queues: { desk: { acceptance: "manual" } } }),
      `
      17:59:50 ana available
      17:59:50 kim writes       | kim offered
      18:00:01 ana declines kim | kim held offline v3 nobody routingLimit:30m; event conversationWentOffline reason=calendar_closed
      `,
    );
  });

  test("a live one that returns while closed is closed where offline messages are off", () => {
    check(
      desk({
        hours: ["09:00-18:00"],
        channels: { web: { offlineMessages: { enabled: false } } },
      }),
      `
      17:59 ana available
      17:59 kim writes       | kim assigned not-offline
      18:01 ana releases kim | kim closed; event conversationMoved to=closed reason=offline_messages_disabled; event conversationLeft to=closed reason=released
      `,
    );
  });
});

describe("version", () => {
  test("grows by one when state, owner or queue changes, not when a message is appended", () => {
    check(
      desk({
        agents: { ana: 1, ben: 1 },
        queues: { desk: {}, other: { connectWaitSeconds: 600 } },
      }),
      `
      08:00 kim writes                   | kim queued v1
      08:00 kim writes                   | kim v1
      08:00 ana available                | kim assigned v2
      08:00 kim writes                   | kim v2
      08:00 supervisor assigns kim to ben | refused agent_not_available
      08:00 ben available
      08:00 supervisor assigns kim to ben | kim assigned ben v3
      08:00 ben writes kim               | kim awaiting-customer v4
      08:00 ben writes kim               | kim v4
      08:00 kim writes                   | kim live not-offline v5
      08:00 ana away
      08:00 ben away
      08:00 ben hands-off kim to other   | kim queued queue=other v6
      `,
    );
  });
});
