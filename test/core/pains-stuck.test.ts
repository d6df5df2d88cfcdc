import { describe, expect, test } from "vitest";
import { Crowd } from "./crowd.ts";
import { desk } from "./desk.ts";
import { check } from "./script.ts";

// Complaints from public trackers, as docs of other systems tell them; each is a test here.

describe("stuck or lost", () => {
  /** RocketChat/Rocket.Chat 18041: offline messages cannot be assigned when agents return. */
  test("offline messages are assigned when agents return", () => {
    check(
      desk({ hours: ["09:00-18:00"], agents: { ana: 2 } }),
      `
      20:00     kim writes    | kim held offline
      20:01     lea writes
      20:02     mia writes
      tue 09:00               | kim queued
      tue 09:10 ana available | kim assigned ana; lea assigned ana; mia queued
      tue 09:11 ana closes kim | mia assigned ana
      `,
    );
  });

  /** chatwoot/chatwoot 10583, 10376, 10685 (newest served, old ones stranded). */
  test("old ones are served before new ones, however many new ones keep coming", () => {
    const crowd = new Crowd(desk({ agents: { ana: 1 }, queues: { desk: { liveFirst: false } } }));
    const line = Array.from({ length: 10 }, (_, index) => crowd.write(`old-${index}`));
    crowd.available("ana");
    for (let index = 0; index < 30; index += 1) {
      const oldest = line.shift() ?? 0;
      expect(crowd.engine.conversation("t", oldest)?.state).toBe("assigned");
      crowd.at += 1000;
      line.push(crowd.write(`new-${index}`), crowd.write(`newer-${index}`));
      crowd.apply({ type: "closeConversation", conversation: oldest });
    }
  });

  /** chatwoot/chatwoot 13050 (bursts lost). */
  test("of a burst of 1,000 in one millisecond every one is there, and every one is assigned", () => {
    const crowd = new Crowd(desk({ agents: { ana: 100 } }), false);
    const burst = Array.from({ length: 1000 }, (_, index) => crowd.write(`c${index}`));
    expect(new Set(burst).size).toBe(1000);
    expect(crowd.engine.counts().conversationsByState.queued).toBe(1000);
    crowd.available("ana");
    for (const conversation of burst) {
      expect(crowd.engine.conversation("t", conversation)?.agent).toBe("ana");
      crowd.apply({ type: "closeConversation", conversation });
    }
    expect(crowd.engine.counts().conversationsClosed).toBe(1000);
  });

  /** signalwire/freeswitch 1062 (freeze at 5 agents), 1641, 2540. */
  test.each([1, 4, 5, 6, 40])("a queue of %i agents serves them all", (agentCount) => {
    const agents = Object.fromEntries(
      Array.from({ length: agentCount }, (_, index) => [`a${index}`, 1]),
    );
    const crowd = new Crowd(desk({ agents }));
    for (let index = 0; index < agentCount; index += 1) crowd.write(`c${index}`);
    for (const agent of Object.keys(agents)) crowd.available(agent);
    expect(Object.keys(agents).every((agent) => crowd.used(agent) === 1)).toBe(true);
  });

  /** signalwire/freeswitch 1221 (one unavailable agent halts the queue). */
  test("an agent who never answers an offer halts nothing", () => {
    check(
      desk({
        agents: { mute: 1, ben: 1 },
        queues: {
          desk: { acceptance: "manual", offerTimeoutSeconds: 10, connectWaitSeconds: 600 },
        },
      }),
      `
      08:00    mute available
      08:00    kim writes    | kim offered mute
      08:00    lea writes    | lea queued
      08:00:05 ben available | lea offered ben
      08:00:10               | kim queued; lea offered ben
      08:00:11 ben accepts lea
      08:00:12 ben closes lea | kim offered ben
      `,
    );
  });

  /** Nexmo/comms-router 23 (deleting a task leaves its agent busy for ever). */
  test("closing, erasing or ending a conversation gives its agent the units back", () => {
    check(
      desk({ agents: { ana: 4 }, queues: { desk: { acceptance: "manual" } } }),
      `
      08:00 ana available
      08:00 kim writes
      08:00 lea writes
      08:00 mia writes
      08:00 noa writes
      08:00 ana accepts kim
      08:00 ana accepts mia       | ana used=4
      08:00 supervisor closes kim | ana used=3
      08:00 supervisor closes lea | ana used=2
      08:00 erase mia             | ana used=1
      08:00 customer closes noa   | ana used=0 has=0
      08:00 oli writes            | oli offered ana
      `,
    );
  });

  /** Chatwoot looked at a hundred and stopped: 100 unassignable conversations hide number 101. */
  test("100 unassignable conversations do not hide number 101", () => {
    const crowd = new Crowd(
      desk({
        costs: { email: 5 },
        queues: { desk: {}, other: {} },
        agents: {
          ana: { capacity: 4, skills: { desk: 1 } },
          big: { capacity: 5, skills: { desk: 1 } },
        },
        channels: { email: {}, web: {} },
      }),
    );
    for (let index = 0; index < 50; index += 1) crowd.write(`e${index}`, { channel: "email" });
    for (let index = 0; index < 50; index += 1) crowd.write(`o${index}`, { skillQueue: "other" });
    const last = crowd.write("number-101");
    crowd.available("ana");
    expect(crowd.engine.conversation("t", last)?.agent).toBe("ana");
  });
});

describe("last agent gone, presence flaps", () => {
  const lastAgentMode = {
    enabled: true,
    validityMinutes: 60,
    waitMinutes: 10,
    offlineWaitMinutes: 5,
  };

  /** chatwoot/chatwoot 4158, 7204, 9587 (bound to an offline agent). */
  test("a customer is kept for an agent who is not there for some minutes, not for ever", () => {
    check(
      desk({
        agents: { ana: 1, ben: 1 },
        queues: { desk: { connectWaitSeconds: 3600 } },
        channels: { web: { lastAgentMode } },
        presence: { graceSeconds: 60 },
      }),
      `
      08:00 ana available
      08:00 kim writes
      08:00 ana writes kim
      08:00 ana closes kim
      08:01 ana offline
      08:01 ben available
      08:10 kim writes    | kim queued for=ana
      08:15               | kim assigned ben
      `,
    );
    check(
      desk({ agents: { ana: 1, ben: 1 }, presence: { graceSeconds: 60 } }),
      `
      08:00 ana available
      08:00 kim writes    | kim ana
      08:01 ben available
      08:02 ana offline   | kim ana
      08:03               | kim ben
      `,
    );
  });

  /** chatwoot/chatwoot 5436, 5826 (mobile flaps). */
  test("an agent whose telephone flaps loses nothing inside the grace, idle time included", () => {
    const flaps = Array.from(
      { length: 10 },
      (_, index) => `
      08:1${index}    ana offline   | kim live ana; no event conversationLeft
      08:1${index}:59 ana available | kim live ana; no event conversationMoved
      `,
    );
    check(
      desk({ agents: { ana: 2, ben: 2 }, presence: { graceSeconds: 60 } }),
      `
      08:00 ana available
      08:00 kim writes
      08:00 ana writes kim
      08:05 ben available
      08:09 kim writes    | kim live
      ${flaps.join("")}
      08:20 lea writes    | lea ana
      `,
    );
  });

  /** RocketChat/Rocket.Chat 20965 (bound for months), 9278. */
  test("the last agent is forgotten after validityMinutes", () => {
    check(
      desk({ agents: { ana: 1, ben: 1 }, channels: { web: { lastAgentMode } } }),
      `
      07:59 ana available
      08:00 kim writes
      08:00 ana writes kim
      08:00 ana closes kim
      08:30 ana offline
      08:30 ben available
      09:00 kim writes    | kim ben; no event conversationReserved
      `,
    );
  });
});
