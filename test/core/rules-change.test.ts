import { describe, test } from "vitest";
import { desk } from "./desk.ts";
import { check } from "./script.ts";

// DOMAIN 3, rule 18, and FINE-PRINT 6 and 7: configuration changes mid-flight.

const lasting = { lastAgentMode: { enabled: true, validityMinutes: 1440, waitMinutes: 10 } };

describe("timers already armed keep their deadline; new ones use the new values", () => {
  test("routing limit, offer, reply timeouts", () => {
    const queues = (offerTimeoutSeconds: number): never =>
      ({ desk: { acceptance: "manual", offerTimeoutSeconds } }) as never;
    const channels = (routingTimeLimit: number, called: number): never =>
      ({
        web: { offlineMessages: { routingTimeLimit, calledCustomerReplyTimeoutMinutes: called } },
      }) as never;
    check(
      desk(
        { agents: { ana: 2 }, queues: queues(30), channels: channels(30, 3) },
        { other: { queues: queues(60), channels: channels(10, 1) } },
      ),
      `
      08:00    kim writes       | kim routingLimit@08:30
      08:00    ana available    | kim offered offer@08:00:30
      08:00    configure other  | kim offered offer@08:00:30 routingLimit@08:30; answer status=configured revision=2
      08:00:10 ana accepts kim
      08:00:10 ana writes kim   | kim calledCustomerReply@08:01:10
      08:00:20 configure first  | kim calledCustomerReply@08:01:10
      08:01    ana away
      08:01    ana offline
      08:01    lea writes       | lea queued offline routingLimit@08:31
      `,
    );
  });

  test("a queue that gets another calendar: open time that is left is kept, wall time goes on", () => {
    const calendars = {
      office: { timeZone: "UTC", weekly: { mon: ["08:00-18:00"], tue: ["08:00-18:00"] } },
      late: { timeZone: "UTC", weekly: { mon: ["09:00-18:00"], tue: ["08:00-18:00"] } },
    };
    const channels = {
      web: { offlineMessages: { routingTimeLimit: 30 } },
      sms: { offlineMessages: { routingTimeLimit: 30, routingClock: "wall" } },
    };
    check(
      desk(
        { calendars, channels, queues: { desk: { calendar: "office" } } },
        { late: { calendars, channels, queues: { desk: { calendar: "late" } } } },
      ),
      `
      08:00 kim writes        | kim queued routingLimit@08:30
      08:00 lea writes on sms | lea queued routingLimit@08:30
      08:10 configure late    | kim held routingLimit:20m v1; lea held routingLimit@08:30
      08:30                   | lea parked; kim held
      09:00                   | kim queued routingLimit@09:20
      09:20                   | kim parked
      `,
    );
  });

  test("a queue whose calendar closes by the change: live ones go offline, by the new settings", () => {
    const queues = { desk: { connectWaitSeconds: 3600 } };
    check(
      desk(
        { hours: ["08:00-18:00"], queues },
        {
          closed: {
            hours: ["09:00-18:00"],
            queues,
            channels: { web: { offlineMessages: { routingTimeLimit: 7 } } },
          },
        },
      ),
      `
      08:00 ana away
      08:00 kim writes       | kim queued not-offline
      08:01 configure closed | kim held offline routingLimit:7m; event conversationWentOffline reason=calendar_closed
      `,
    );
  });

  test("a new plan of a calendar is a flip where it differs from the present state", () => {
    check(
      desk({ hours: ["09:00-18:00"], agents: { ana: 1 } }),
      `
      08:00 kim writes                | kim held
      08:00 ana available
      08:01 plan office open +1h +2h  | kim assigned; desk open=true nextChangeAt=09:01
      08:02 lea writes                | lea queued not-offline
      08:03 plan office closed +27m   | lea held offline; desk open=false nextChangeAt=08:30
      08:30                           | lea queued; desk open=true nextChangeAt=none
      `,
    );
  });
});

describe("disabling a channel, changing its mode or queue touches only new episodes", () => {
  test("offlineMessages.enabled", () => {
    check(
      desk({}, { off: { channels: { web: { offlineMessages: { enabled: false } } } } }),
      `
      08:00 ana away
      08:00 kim writes     | kim queued not-offline
      08:00 configure off  | kim queued
      08:01                | kim queued offline
      08:01 lea writes     | lea queued not-offline
      08:02                | lea closed
      `,
    );
  });

  test("mode and queue", () => {
    const bot = { url: "https://bot.example/", accessCode: "bot" };
    check(
      desk(
        { queues: { desk: {}, other: {} } },
        {
          changed: {
            channels: {
              web: {
                skillQueue: "other",
                offlineMessages: { routingMode: "chatbot", chatbot: bot },
              },
            },
          },
        },
      ),
      `
      08:00 ana away
      08:00 kim writes        | kim queued queue=desk
      08:00 configure changed
      08:01                   | kim queued queue=desk offline
      08:01 lea writes        | lea queued queue=other
      08:02                   | lea with-bot queue=other
      `,
    );
  });
});

describe("agents", () => {
  test("a removed agent's conversations lose their owner, and offers are withdrawn", () => {
    check(
      desk(
        { agents: { ana: 3, ben: 3 }, queues: { desk: { acceptance: "manual" } } },
        { without: { agents: { ben: 3 } } },
      ),
      `
      08:00 ana available
      08:00 kim writes
      08:00 lea writes
      08:00 mia writes
      08:00 ana accepts kim
      08:00 ana accepts lea
      08:00 ana writes lea    | lea live
      08:00 ben away
      08:00 configure without | kim queued nobody age=08:00; lea dormant; mia queued nobody; event conversationLeft kim reason=agent_removed; event offerWithdrawn mia reason=agent_removed; event presenceChanged ana status=offline reason=agent_removed
      08:00 ana available     | refused unknown_agent
      08:00 configure first   | kim queued
      08:00 ana available     | kim offered ana
      `,
    );
  });

  test("a lost skill is removal for that queue's work", () => {
    check(
      desk(
        { queues: { desk: {}, other: {} }, agents: { ana: 3 } },
        { less: { agents: { ana: { capacity: 3, skills: { other: 1 } } } } },
      ),
      `
      08:00 ana available
      08:00 kim writes
      08:00 lea writes queue other
      08:00 configure less | kim queued offline nobody; lea assigned ana; event conversationLeft kim reason=skill_lost; event conversationWentOffline kim reason=nobody_signed_in
      `,
    );
  });

  test("what was assigned by override without the skill is not taken away by another change", () => {
    check(
      desk(
        { queues: { desk: {}, other: {} }, agents: { ana: { capacity: 3, skills: { other: 1 } } } },
        { more: { agents: { ana: { capacity: 5, skills: { other: 1 } } } } },
      ),
      `
      08:00 ana away
      08:00 kim writes
      08:00 supervisor assigns kim to ana override | kim assigned ana
      08:00 configure more                         | kim assigned ana
      `,
    );
  });

  test("capacity below use counts as override", () => {
    check(
      desk({ agents: { ana: 3 } }, { less: { agents: { ana: 1 } } }),
      `
      08:00 ana available
      08:00 kim writes
      08:00 lea writes
      08:00 configure less | kim assigned; lea assigned; ana used=2 free=-1
      08:00 mia writes     | mia queued
      08:00 ana closes kim | mia queued; ana free=0
      08:00 ana closes lea | mia assigned
      `,
    );
  });

  test("a new skill and more capacity match at once", () => {
    check(
      desk(
        { queues: { desk: {}, other: {} }, agents: { ana: { capacity: 1, skills: { other: 1 } } } },
        { more: { agents: { ana: { capacity: 1, skills: { desk: 1 } } } } },
      ),
      `
      08:00 ana available
      08:00 kim writes     | kim queued
      08:00 configure more | kim assigned ana
      `,
    );
  });

  test("a dearer kind of channel: what is in use stays, what waits costs more", () => {
    check(
      desk({ agents: { ana: 2 } }, { dear: { costs: { web: 2 } } }),
      `
      08:00 ana available
      08:00 kim writes     | ana used=1
      08:00 configure dear | ana used=1
      08:00 lea writes     | lea queued; desk oldestTooCostly=08:00
      08:00 ana closes kim | lea assigned; ana used=2
      `,
    );
  });
});

describe("removing a queue or channel", () => {
  test("with open conversations is refused in_use; dormant and parked count too, closed do not", () => {
    check(
      desk(
        { queues: { desk: {}, other: {} }, agents: { ana: 9 }, channels: { web: {}, sms: {} } },
        {
          noOther: { queues: { desk: {} } },
          noSms: { channels: { web: {} } },
        },
      ),
      `
      08:00 ana available
      08:00 kim writes on sms queue other
      08:00 configure noOther | refused in_use
      08:00 configure noSms   | refused in_use
      08:00 ana writes kim
      08:20                   | kim dormant
      08:20 configure noOther | refused in_use
      08:20 supervisor closes kim
      08:20 configure noOther | answer status=configured
      08:20 configure first   | answer status=configured
      08:20 configure noSms   | answer status=configured
      `,
    );
  });

  test("unless replace names another", () => {
    check(
      desk(
        {
          queues: { desk: { connectWaitSeconds: 600 }, other: { connectWaitSeconds: 600 } },
          agents: { ana: 9 },
          channels: { web: {}, sms: {} },
        },
        {
          noOther: { queues: { desk: { connectWaitSeconds: 600 } } },
          noSms: { channels: { web: {} } },
        },
      ),
      `
      08:00 ana away
      08:00 kim writes on sms queue other         | kim queued connectWait@08:10
      08:00 configure noOther replace other away  | refused unknown_skill_queue
      08:00 configure noOther replace other desk  | kim queued queue=desk v2 connectWait@08:10; event conversationMoved from=queued to=queued reason=queue_replaced
      08:01 configure first
      08:01 configure noSms replace sms nowhere   | refused unknown_channel
      08:01 configure noSms replace sms web       | kim queued v2 channel=web
      08:02 kim writes                            | count episodeBegan 0
      `,
    );
  });

  test("a reservation goes along, unless who it is for lacks the other queue's skill", () => {
    const known = { enabled: true, validityMinutes: 60, waitMinutes: 20 };
    const queue = { connectWaitSeconds: 3600 };
    const settings = {
      queues: { desk: queue, other: queue, third: queue },
      channels: { web: { lastAgentMode: known }, sms: { lastAgentMode: known } },
    };
    const script = (kept: string): string => `
      08:00 ana available
      08:00 kim writes on sms queue other | kim ana
      08:00 ana writes kim
      08:00 ana closes kim
      08:01 ana away
      08:01 kim writes on sms queue other | kim queued for=ana
      08:02 configure noOther replace other desk | ${kept}
    `;
    const skills = (ofAna: object) => ({
      ana: { capacity: 1, skills: ofAna },
    });
    check(
      desk(
        { ...settings, agents: skills({ desk: 5, other: 5 }) },
        { noOther: { queues: { desk: queue, third: queue }, agents: skills({ desk: 5 }) } },
      ),
      script("kim queued queue=desk for=ana"),
    );
    check(
      desk(
        { ...settings, agents: skills({ other: 5, third: 5 }) },
        { noOther: { queues: { desk: queue, third: queue }, agents: skills({ third: 5 }) } },
      ),
      script(
        "kim queued queue=desk for=none; event reservationEnded reason=skill_lost skillQueue=other",
      ),
    );
  });

  test("where both channels hold an open conversation of one customer it is in_use still", () => {
    check(
      desk(
        { channels: { web: {}, sms: {}, rcs: {} } },
        { noSms: { channels: { web: {}, rcs: {} } }, onlyRcs: { channels: { rcs: {} } } },
      ),
      `
      08:00 kim writes on sms
      08:00 kim writes on web
      08:00 configure noSms replace sms web                    | refused in_use
      08:00 configure onlyRcs replace sms rcs replace web rcs  | refused in_use
      08:00 supervisor closes kim@web
      08:00 configure onlyRcs replace sms rcs replace web rcs  | answer status=configured
      08:00 kim writes on rcs                                  | count episodeBegan 0
      `,
    );
  });

  test("an owned conversation goes on with its owner in the queue that replaces its own", () => {
    check(
      desk(
        { queues: { desk: {}, other: {} }, agents: { ana: { capacity: 9, skills: { other: 1 } } } },
        {
          noOther: { queues: { desk: {} }, agents: { ana: { capacity: 9, skills: { desk: 1 } } } },
        },
      ),
      `
      08:00 ana available
      08:00 kim writes queue other                | kim assigned ana
      08:00 ana writes kim                        | kim live customerReply@08:20
      08:01 configure noOther replace other desk  | kim live ana queue=desk v4 customerReply@08:20; ana used=1
      `,
    );
  });

  test("ids of a replaced channel are still recognised", () => {
    check(
      desk({ channels: { web: {}, sms: {} } }, { noSms: { channels: { web: {} } } }),
      `
      08:00 kim writes on sms id m1
      08:00 configure noSms replace sms web
      08:00 kim writes on web id m1 | answer queued duplicate
      `,
    );
  });

  test("an id that is remembered for longer than its conversation is a repeat of what is over", () => {
    check(
      desk(
        { retention: { deduplicationHours: 1 } },
        { longer: { retention: { deduplicationHours: 24 } } },
      ),
      `
      08:00 kim writes id m1
      08:00 supervisor closes kim
      08:30 configure longer
      09:30 kim writes id m1 | answer closed duplicate; count episodeBegan 0
      tue 07:59:59.999 kim writes id m1 | answer closed duplicate
      tue 08:00 kim writes id m1 | answer queued
      `,
    );
  });

  describe("of a customer whom both channels knew it keeps the last agent who wrote later", () => {
    const both = { agents: { ana: 9, ben: 9 }, channels: { web: lasting, sms: lasting } };
    const known = desk(both, { noSms: { ...both, channels: { web: lasting } } });
    const answered = (time: string, agent: string, other: string, channel: string): string => `
      ${time} ${agent} available
      ${time} ${other} away
      ${time} kim writes on ${channel}       | kim@${channel} ${agent}
      ${time} ${agent} writes kim@${channel}
      ${time} ${agent} closes kim@${channel}
    `;
    const replaced = (agent: string, rule = "last-agent"): string => `
      09:00 ana available
      09:00 ben available
      09:00 configure noSms replace sms web
      09:01 kim writes | kim ${agent}; event conversationAssigned rule=${rule}
    `;

    test.each([
      ["in the one that stays", ["08:00 ana sms", "08:10 ben web"], "ben"],
      ["in the one that goes", ["08:00 ana web", "08:10 ben sms"], "ben"],
      ["at one moment in both: in the one that stays", ["08:00 ana web", "08:00 ben sms"], "ana"],
      ["at one moment in both, the other way", ["08:00 ana sms", "08:00 ben web"], "ben"],
      ["only in the one that goes", ["08:00 ben sms"], "ben"],
      ["only in the one that stays", ["08:00 ben web"], "ben"],
    ])("%s", (_, stints, agent) => {
      const script = stints.map((stint) => {
        const [time = "", who = "", channel = ""] = stint.split(" ");
        return answered(time, who, who === "ana" ? "ben" : "ana", channel);
      });
      // On both channels, so that neither is unknown.
      const written = ["web", "sms"].map(
        (channel) => `
        08:30 kim writes on ${channel}
        08:30 supervisor closes kim@${channel}
      `,
      );
      check(known, [...script, ...written, replaced(agent)].join(""));
    });

    test("nowhere: nobody", () => {
      const script = ["web", "sms"].map(
        (channel) => `
        08:30 kim writes on ${channel}
        08:30 supervisor closes kim@${channel}
      `,
      );
      check(known, [...script, replaced("ana", "longest-idle")].join(""));
    });
  });

  test("a queue with a name that every object knows is a skill only of those who have it", () => {
    check(
      desk({
        queues: { constructor: { connectWaitSeconds: 600 }, desk: {} },
        agents: { ana: { capacity: 1, skills: { desk: 1 } } },
      }),
      `
      08:00 ana available
      08:00 kim writes    | kim queued offline; constructor agents.signedIn=0
      `,
    );
  });
});

describe("the revision", () => {
  test("expectedRevision is that of the configuration to be replaced; 0 means none yet", () => {
    check(
      desk({}, { other: { agents: { ben: 1 } } }),
      `
      08:00 configure other revision 0 | refused configuration_changed
      08:00 configure other revision 1 | answer revision=2; event tenantConfigured revision=2
      08:00 configure first revision 1 | refused configuration_changed
      `,
    );
  });
});
