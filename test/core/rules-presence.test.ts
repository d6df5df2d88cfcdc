import { describe, test } from "vitest";
import { desk } from "./desk.ts";
import { check } from "./script.ts";

// DOMAIN 3, rule 10, the rows "presence" and "grace", and FINE-PRINT 19.

const presence = { heartbeatSeconds: 120, graceSeconds: 60 };

describe("presence is declared by the agent and kept alive by heartbeat", () => {
  test("each heartbeat → until the next; agent offline", () => {
    check(
      desk({ presence }),
      `
      08:00        ana available  | ana available expiresAt=08:02; answer presence=available freeUnits=1 expiresAt=08:02; event presenceChanged reason=declared
      08:01        ana available  | ana available expiresAt=08:03; quiet
      08:02:59.999                | ana available
      08:03                       | ana offline reason=heartbeat_missed expiresAt=none; event presenceChanged status=offline reason=heartbeat_missed dueAt=08:03
      08:04        ana away       | ana away expiresAt=08:06; answer presence=away
      08:04        ana offline    | ana offline expiresAt=none; answer presence=offline expiresAt=none
      `,
    );
  });

  test("an unknown agent is refused", () => {
    check(
      desk({}, { more: { agents: { ben: 1 } } }),
      `08:00 ben available | refused unknown_agent`,
    );
  });
});

describe("leaving available", () => {
  test("withdraws offers at once; away keeps what is owned", () => {
    check(
      desk({ agents: { ana: 2 }, queues: { desk: { acceptance: "manual" } } }),
      `
      08:00 ana available
      08:00 kim writes
      08:00 lea writes
      08:00 ana accepts kim | kim assigned; lea offered ana
      08:00:10 ana away     | kim assigned ana; lea queued nobody no-reoffer; event offerWithdrawn lea reason=agent_left; ana used=1
      `,
    );
  });

  test("offline withdraws them too, and the agent is not passed over for it", () => {
    check(
      desk({ agents: { ana: 1 }, queues: { desk: { acceptance: "manual" } } }),
      `
      08:00    ana available
      08:00    kim writes    | kim offered
      08:00:01 ana offline   | kim queued no-reoffer
      08:00:02 ana available | kim offered
      `,
    );
  });
});

describe("grace", () => {
  test("agent offline → until back; owner lost for all they own", () => {
    check(
      desk({ agents: { ana: 3 }, presence }),
      `
      08:00        ana available
      08:00        kim writes
      08:00        lea writes
      08:00        ana writes lea     | lea live
      08:01        ana offline        | kim assigned ana; lea live ana
      08:01:59.999                    | kim assigned ana
      08:02                           | kim queued offline age=08:00 nobody; lea dormant; ana used=0; event conversationLeft kim reason=agent_gone to=queued dueAt=08:02; event conversationLeft lea to=dormant
      `,
    );
  });

  test("a return inside the grace changes nothing: idle time, reservations, pass-overs stay", () => {
    check(
      desk({
        agents: { ana: 2, ben: 2 },
        presence,
        queues: { desk: { acceptance: "manual", reofferSeconds: 600, connectWaitSeconds: 3600 } },
      }),
      `
      08:00        ana available
      08:00        kim writes        | kim offered ana
      08:00        ana accepts kim
      08:00:10     lea writes        | lea offered ana
      08:00:10     ana declines lea  | lea queued reoffer@08:10:10
      08:00:20     ana offline
      08:01:19.999 ana available     | kim assigned ana; lea queued reoffer@08:10:10
      08:01:20                       | kim assigned ana
      `,
    );
  });

  test("graceSeconds 0: at once", () => {
    check(
      desk({ agents: { ana: 1 }, presence: { heartbeatSeconds: 120, graceSeconds: 0 } }),
      `
      08:00 ana available
      08:00 kim writes    | kim assigned
      08:00 ana offline   | kim queued offline nobody; answer presence=offline freeUnits=1
      `,
    );
  });

  test("owner lost with nothing unanswered, where offline messages are off: closed", () => {
    check(
      desk({
        agents: { ana: 1 },
        presence,
        channels: { web: { offlineMessages: { enabled: false } } },
      }),
      `
      08:00 ana available
      08:00 kim writes
      08:00 ana writes kim
      08:01 ana offline
      08:02               | kim closed; event conversationMoved to=closed reason=agent_gone
      `,
    );
  });
});

describe("three missed offers in a row", () => {
  const settings = {
    agents: { ana: 1 },
    queues: {
      desk: {
        acceptance: "manual",
        offerTimeoutSeconds: 5,
        reofferSeconds: 1,
        connectWaitSeconds: 3600,
      },
    },
  };

  test("set away, reason missed_offers", () => {
    check(
      desk(settings),
      `
      08:00    ana available
      08:00    kim writes | kim offered
      08:00:05            | kim queued
      08:00:06            | kim offered
      08:00:11            | kim queued
      08:00:12            | kim offered; ana available
      08:00:16.999        | ana available
      08:00:17            | kim queued; ana away reason=missed_offers; event presenceChanged status=away reason=missed_offers
      08:00:18 ana available | kim offered; ana available reason=none
      `,
    );
  });

  test("are reset by accept, decline, or a change to available; a heartbeat is none", () => {
    check(
      desk(settings),
      `
      08:00    ana available
      08:00    kim writes | kim offered
      08:00:05            | kim queued
      08:00:06            | kim offered
      08:00:11            | kim queued
      08:00:12            | kim offered
      08:00:13 ana declines kim | kim queued
      08:00:14            | kim offered
      08:00:19            | kim queued
      08:00:20            | kim offered
      08:00:25            | kim queued; ana available
      08:00:25 ana away
      08:00:25 ana available
      08:00:26            | kim offered
      08:00:31            | kim queued
      08:00:32 ana available | kim offered
      08:00:37            | kim queued
      08:00:38 ana available | kim offered
      08:00:43            | kim queued; ana away reason=missed_offers
      `,
    );
  });
});
