import { describe, test } from "vitest";
import type { Parts } from "./desk.ts";
import { desk } from "./desk.ts";
import { check } from "./script.ts";

// DOMAIN 3, rules 11 and 12, the row "reply window", and FINE-PRINT 25 to 27.

const longLimit = { routingTimeLimit: 60, routingTimeLimitUnit: "days" };
const on = (kind: string, offlineMessages: object = {}): Parts => ({
  [kind]: { offlineMessages: { ...longLimit, ...offlineMessages } },
});

/** ana owns kim's offline conversation, whose last message came on Monday at 08:00. */
const owned = `
  08:00 kim writes
  08:00 supervisor assigns kim to ana | refused agent_not_available
  08:00 ana away
  08:00 supervisor assigns kim to ana | kim assigned offline
`;

/** Keeps ana signed in. */
function awake(...times: string[]): string {
  return times.map((time) => `${time} ana away`).join("\n");
}
const hourly = (day: string, from = 0): string =>
  awake(
    ...Array.from(
      { length: 24 - from },
      (_, hour) => `${day} ${String(hour + from).padStart(2, "0")}:30`,
    ),
  );

describe("whatsapp: 24 h, then template only", () => {
  test("1 ms before and at the end of the window", () => {
    check(
      desk({ channels: on("whatsapp") }),
      `
      ${owned}
      ${hourly("mon", 8)}
      ${hourly("tue").split("\n").slice(0, 8).join("\n")}
      tue 07:59:59.999 ana writes kim          | kim awaiting-customer may=allowed until=08:00 replyWindow@08:00
      tue 08:00        ana writes kim          | refused template_required; kim may=template-only until=none no-replyWindow; event mayWriteChanged kim ana mayWrite.verdict=template-only dueAt=08:00
      tue 08:00        ana writes kim tag x    | refused template_required
      tue 08:00        ana writes kim template | kim awaiting-customer; event messageSent template=true
      `,
    );
  });

  test("a customer message opens it again", () => {
    check(
      desk({ agents: { ana: 1 }, channels: on("whatsapp") }),
      `
      ${owned}
      ${hourly("mon", 8)}
      ${hourly("tue").split("\n").slice(0, 8).join("\n")}
      tue 08:10 kim writes      | kim may=allowed until=wed/08:10; event mayWriteChanged mayWrite.verdict=allowed
      tue 08:10 ana writes kim  | kim awaiting-customer
      `,
    );
  });
});

describe("instagram: 24 h, then to 7 d with the human-agent tag, then blocked", () => {
  test("1 ms on either side of both ends", () => {
    check(
      desk({ channels: on("instagram") }),
      `
      08:00            kim writes | kim queued may=allowed until=tue/08:00 replyWindow@tue/08:00 replyWindow@+7d
      tue 07:59:59.999            | kim may=allowed
      tue 08:00                   | kim may=allowed-with-tag until=+6d
      tue 08:00        ana away
      tue 08:00        supervisor assigns kim to ana       | kim assigned
      tue 08:00        ana writes kim                      | refused tag_required
      tue 08:00        ana writes kim template             | refused tag_required
      tue 08:00        ana writes kim tag HUMAN_AGENT      | kim awaiting-customer; event messageSent tag=HUMAN_AGENT
      sun 23:59                                            | kim may=allowed-with-tag
      +28859999ms                                          | kim may=allowed-with-tag
      +1ms                                                 | kim may=blocked why=reply_window_closed until=none
      +0ms             ana away
      +0ms             ana contacts kim tag HUMAN_AGENT    | refused agent_not_available
      +0ms             ana available
      +0ms             ana contacts kim tag HUMAN_AGENT    | refused reply_window_closed
      `,
    );
  });
});

describe("the tenant's limit", () => {
  test("binds agents in offline conversations, from the customer's last message", () => {
    check(
      desk({ channels: on("web", { agentOutboundTimeLimitMinutes: 10 }) }),
      `
      ${owned}
      08:05            kim writes     | kim may=allowed until=08:15
      08:14:59.999     ana writes kim | kim awaiting-customer
      08:15            ana writes kim | refused reply_window_closed; kim may=blocked why=reply_window_closed; event mayWriteChanged mayWrite.verdict=blocked dueAt=08:15
      `,
    );
  });

  test("does not bind live conversations", () => {
    check(
      desk({ channels: on("web", { agentOutboundTimeLimitMinutes: 0 }) }),
      `
      08:00 ana available
      08:00 kim writes     | kim assigned not-offline may=allowed
      08:30 ana writes kim | kim live
      `,
    );
  });

  test("is over when the conversation is live again", () => {
    check(
      desk({ channels: on("web", { agentOutboundTimeLimitMinutes: 1 }) }),
      `
      ${owned}
      08:00:30 ana writes kim | kim awaiting-customer may=allowed until=08:01
      08:01                   | kim may=blocked
      08:02    kim writes     | kim live may=allowed until=none; event mayWriteChanged mayWrite.verdict=allowed
      09:00    ana writes kim | kim live
      `,
    );
  });

  test("the window ends at the lesser of tenant limit and platform policy", () => {
    check(
      desk({ channels: on("whatsapp", { agentOutboundTimeLimitMinutes: 60 }) }),
      `08:00 kim writes | kim may=allowed until=09:00 replyWindow@09:00`,
    );
    check(
      desk({ channels: on("whatsapp", { agentOutboundTimeLimitMinutes: 2880 }) }),
      `
      08:00     kim writes | kim may=allowed until=tue/08:00 replyWindow@tue/08:00 replyWindow@wed/08:00
      tue 08:00            | kim may=template-only until=wed/08:00
      `,
    );
  });

  test("after it the verdict is blocked, whatever the platform allows", () => {
    check(
      desk({ channels: on("whatsapp", { agentOutboundTimeLimitMinutes: 1440 }) }),
      `
      08:00     kim writes
      tue 08:00            | kim may=blocked why=reply_window_closed
      `,
    );
  });

  test("0 → always blocked; null = no limit: never confused", () => {
    check(
      desk({ channels: on("web", { agentOutboundTimeLimitMinutes: 0 }) }),
      `08:00 kim writes | kim queued may=blocked why=replies_not_allowed`,
    );
    check(
      desk({ channels: on("web", { agentOutboundTimeLimitMinutes: null }) }),
      `
      08:00     kim writes | kim queued may=allowed until=none no-replyWindow
      fri 08:00            | kim may=allowed
      `,
    );
  });

  test("does not bind prompts, auto-replies or the bot", () => {
    check(
      desk({
        channels: on("web", {
          agentOutboundTimeLimitMinutes: 0,
          prompt: "We are closed.",
          routingMode: "chatbot",
          chatbot: { url: "https://bot.example/", accessCode: "bot" },
        }),
      }),
      `
      08:00 kim writes     | kim with-bot; event promptSent
      08:00 bot writes kim | kim with-bot; event messageSent
      `,
    );
  });

  test("its end follows the present setting: a reply window is no armed timer", () => {
    check(
      desk(
        { channels: on("web", { agentOutboundTimeLimitMinutes: 60 }) },
        { shorter: { channels: on("web", { agentOutboundTimeLimitMinutes: 10 }) } },
      ),
      `
      ${owned}
      08:05 configure shorter | kim may=allowed until=08:10
      08:10                   | kim may=blocked; event mayWriteChanged
      08:20 configure first   | kim may=allowed until=09:00; event mayWriteChanged
      `,
    );
  });
});

describe("a blocked message is refused and never sent", () => {
  test("no event, no state, no memory of its id", () => {
    check(
      desk({ channels: on("web", { agentOutboundTimeLimitMinutes: 1 }) }),
      `
      ${owned}
      08:01 ana writes kim id w1 | refused reply_window_closed; no event messageSent; kim assigned v2
      08:02 kim writes
      08:02 ana writes kim id w1 | count messageSent 1
      `,
    );
  });
});

describe("mayWriteChanged", () => {
  test("is sent whenever the verdict changes, for whatever reason, and only then", () => {
    check(
      desk({ agents: { ana: 2 }, channels: on("whatsapp", { agentOutboundTimeLimitMinutes: 30 }) }),
      `
      ${owned}
      08:10 kim writes    | kim may=allowed until=08:40; no event mayWriteChanged
      08:40               | kim may=blocked; count mayWriteChanged 1
      08:41 kim writes    | kim may=allowed; count mayWriteChanged 1
      08:42 ana writes kim | no event mayWriteChanged
      08:43 kim writes    | kim live may=allowed until=tue/08:43; no event mayWriteChanged
      `,
    );
  });

  test("mayWrite without an owner is that of an agent who would own it", () => {
    check(
      desk({ channels: on("web", { agentOutboundTimeLimitMinutes: 30 }) }),
      `
      08:00 kim writes | kim queued nobody may=allowed until=08:30
      08:30            | kim queued nobody may=blocked; no event mayWriteChanged
      08:30 ana available | kim assigned; event conversationAssigned mayWrite.verdict=blocked
      `,
    );
  });
});

describe("agent-initiated contact", () => {
  test("nothing open: awaiting-customer with that agent, offline; the slot is used until the timeout answers", () => {
    check(
      desk({ agents: { ana: 1 }, queues: { desk: {}, other: {} } }),
      `
      08:00        ana available
      08:00        ana contacts kim | kim awaiting-customer offline v1 ana queue=desk calledCustomerReply@08:03 age=none; ana used=1; event conversationAssigned rule=contact; order episodeBegan > conversationMoved > conversationAssigned > messageSent
      08:02:59.999                  | kim awaiting-customer
      08:03                         | kim dormant offline; ana used=0
      `,
    );
  });

  test("the slot is used until the customer answers", () => {
    check(
      desk({ agents: { ana: 1 } }),
      `
      08:00 ana available
      08:00 ana contacts kim
      08:02 kim writes       | kim live not-offline ana v2; ana used=1
      `,
    );
  });

  test("held, queued, parked, dormant: it answers what was unanswered", () => {
    check(
      desk({
        hours: ["09:00-18:00"],
        agents: { ana: 9 },
        channels: { web: { offlineMessages: { routingTimeLimit: 1 } } },
      }),
      `
      08:00     kim writes
      08:00     lea writes
      08:00     ana available
      08:30     ana contacts kim       | kim awaiting-customer offline v2 age=none no-routingLimit
      08:40     ana away
      09:01                            | lea parked
      09:01     ana available
      09:01     ana contacts lea       | lea awaiting-customer v3 age=none
      09:04                            | lea dormant
      09:05     ana contacts lea       | lea awaiting-customer v5 no-dormancy
      09:05     ana away
      09:05     mia writes             | mia queued not-offline
      09:05     ana contacts mia       | refused agent_not_available
      `,
    );
  });

  test("refusals in this order: offline_messages_disabled, conversation_owned or wrong_state, agent_not_available, no_capacity, the window", () => {
    const bot = { url: "https://bot.example/", accessCode: "bot" };
    check(
      desk({
        agents: { ana: 1, ben: 1 },
        channels: {
          web: {},
          sms: { offlineMessages: { enabled: false } },
          rcs: { offlineMessages: { routingMode: "chatbot", chatbot: bot } },
          telegram: {},
          instagram: {},
          whatsapp: {},
        },
      }),
      `
      08:00 ana contacts kim on sms       | refused offline_messages_disabled
      08:00 kim writes on rcs             | kim@rcs with-bot
      08:00 ana contacts kim on rcs       | refused wrong_state
      08:00 ben available
      08:00 lea writes                    | lea assigned ben
      08:00 ana contacts lea              | refused conversation_owned
      08:00 ana contacts mia on telegram  | refused agent_not_available
      08:00 ana away
      08:00 ana contacts mia on telegram  | refused agent_not_available
      08:00 ben contacts mia on telegram  | refused no_capacity
      08:00 ana available
      08:00 ana contacts mia on telegram  | refused cannot_start
      08:00 ana contacts mia on instagram | refused cannot_start
      08:00 ana contacts mia on whatsapp  | refused template_required
      08:00 ana contacts mia on whatsapp template | mia@whatsapp awaiting-customer; event messageSent template=true
      `,
    );
  });

  test("a customer who wrote once may be contacted on telegram, within the tenant's limit from that message", () => {
    check(
      desk({ agents: { ana: 1 }, channels: on("telegram", { agentOutboundTimeLimitMinutes: 60 }) }),
      `
      08:00        kim writes
      08:00        supervisor closes kim
      08:59:59.999 ana available
      08:59:59.999 ana contacts kim | kim awaiting-customer v1
      08:59:59.999 ana closes kim
      09:00        ana contacts kim | refused reply_window_closed
      `,
    );
  });

  test("first contact on the other kinds is allowed, unless the limit is 0", () => {
    for (const kind of ["web", "rcs", "email", "sms"]) {
      check(
        desk({ channels: on(kind, { agentOutboundTimeLimitMinutes: 60 }) }),
        `
        08:00 ana available
        08:00 ana contacts kim | kim awaiting-customer
        `,
      );
      check(
        desk({ channels: on(kind, { agentOutboundTimeLimitMinutes: 0 }) }),
        `
        08:00 ana available
        08:00 ana contacts kim | refused replies_not_allowed
        `,
      );
    }
  });

  test("no skill is needed, and it is not counted by the surge rate", () => {
    check(
      desk({
        agents: { ana: { capacity: 9, skills: { other: 1 } }, ben: 9 },
        queues: { desk: { maxAssignmentsPerAgentPerMinute: 1 }, other: {} },
      }),
      `
      08:00 ana available
      08:00 ana contacts kim | kim awaiting-customer ana
      08:00 ben available
      08:00 ben contacts lea | lea awaiting-customer ben
      08:00 mia writes       | mia assigned ben
      08:00 noa writes       | noa queued
      `,
    );
  });

  test("a reservation ends with it, and pass-overs are forgotten", () => {
    check(
      desk({
        agents: { ana: 1, ben: 1 },
        channels: { web: { lastAgentMode: { enabled: true } } },
        queues: { desk: { connectWaitSeconds: 600 } },
      }),
      `
      08:00 ana available
      08:00 kim writes
      08:00 ana writes kim
      08:00 ana closes kim
      08:01 ana away
      08:01 kim writes       | kim queued for=ana
      08:01 ben available
      08:02 ben contacts kim | kim awaiting-customer ben for=none no-lastAgentWait; event reservationEnded reason=contacted
      `,
    );
  });
});
