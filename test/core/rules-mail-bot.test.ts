import { describe, test } from "vitest";
import type { Parts } from "./desk.ts";
import { desk } from "./desk.ts";
import { check } from "./script.ts";

// DOMAIN 3, rules 13 and 15, the rows "bot answer" and "bot idle", and FINE-PRINT 22, 24, 38.

const autoReply = {
  workingHours: { subject: "Open", body: "Soon." },
  nonWorkingHours: { subject: "Closed", body: "Tomorrow." },
};
const mail = (settings: object = {}, offlineMessages: object = {}): Parts => ({
  email: {
    autoReply: { ...autoReply, ...settings },
    offlineMessages: { automaticReplyToEachEmail: true, ...offlineMessages },
  },
});

describe("email auto-reply", () => {
  test("each inbound email gets the template of its calendar's state at that moment", () => {
    check(
      desk({ hours: ["09:00-18:00"], channels: mail() }),
      `
      08:59:59.999 kim writes | event autoReplySent kim template=nonWorkingHours subject=Closed text=Tomorrow.
      09:00        kim writes | event autoReplySent kim template=workingHours subject=Open
      18:00        kim writes | event autoReplySent kim template=nonWorkingHours
      `,
    );
  });

  test("takes the calendar of the conversation's queue", () => {
    check(
      desk({
        hours: ["09:00-18:00"],
        queues: { desk: {}, always: { calendar: undefined } },
        channels: mail(),
      }),
      `
      08:00 kim writes queue always | event autoReplySent template=workingHours
      08:00 lea writes              | event autoReplySent template=nonWorkingHours
      `,
    );
  });

  test("never to automatic mail, never to the channel's own addresses", () => {
    check(
      desk({
        channels: { email: { ...mail()["email"], addresses: ["Help@Example.org"] } },
      }),
      `
      08:00 kim writes automatic        | kim queued; no event autoReplySent
      08:00 help@example.org writes     | no event autoReplySent
      08:00 lea writes                  | event autoReplySent lea
      `,
    );
  });

  test("at most maxPerSenderPerHour, a sliding hour: what was sent at t counts until t + 1 h", () => {
    check(
      desk({ channels: mail({ maxPerSenderPerHour: 2 }) }),
      `
      08:00        kim writes | event autoReplySent
      08:30        kim writes | event autoReplySent
      08:40        lea writes | event autoReplySent
      08:59:59.999 kim writes | no event autoReplySent
      09:00        kim writes | event autoReplySent
      09:29:59.999 kim writes | no event autoReplySent
      09:30        kim writes | event autoReplySent
      `,
    );
  });

  test("off: no automatic reply; nor where offline messages are off when the mail arrives", () => {
    check(
      desk({ channels: mail({}, { automaticReplyToEachEmail: false }) }),
      `08:00 kim writes | no event autoReplySent`,
    );
    check(
      desk({ agents: { ana: 1 }, channels: mail({}, { enabled: false }) }),
      `
      08:00 ana available
      08:00 kim writes | kim assigned; no event autoReplySent
      `,
    );
  });

  test("a repeat of a mail gets none", () => {
    check(
      desk({ channels: mail() }),
      `
      08:00 kim writes id m1 | event autoReplySent
      08:00 kim writes id m1 | quiet
      `,
    );
  });
});

const chatbot = { url: "https://bot.example/", accessCode: "bot" };
const withBot = (settings: object = {}): Parts => ({
  web: { offlineMessages: { routingMode: "chatbot", chatbot }, ...settings },
});

describe("every message in with-bot goes to the bot in order", () => {
  test("on entering every unanswered message is given, the next when the call before was answered", () => {
    check(
      desk({ agents: { ana: 1 }, channels: withBot() }),
      `
      08:00    ana away
      08:00    kim writes               | kim queued not-offline
      08:00:10 kim writes
      08:00:20 kim writes
      08:01                             | kim with-bot offline v2 age=08:00 botAnswer@08:01:30; count messageGivenToBot 1
      08:01:01 bot answers kim          | count messageGivenToBot 1; kim with-bot
      08:01:02 kim writes               | count messageGivenToBot 0
      08:01:03 bot answers kim with hi  | count messageGivenToBot 1; event messageSent kim offline=true
      08:01:04 bot answers kim with hi  | count messageGivenToBot 1
      08:01:05 bot answers kim with hi  | count messageGivenToBot 0; kim no-botAnswer botIdle@08:21:05
      08:02    kim writes               | count messageGivenToBot 1; kim botAnswer@08:02:30 no-botIdle
      `,
    );
  });

  test("an answer to another message than the one that was given is refused", () => {
    check(
      desk({ channels: withBot() }),
      `
      08:00 kim writes
      08:00 kim writes
      08:00 bot answers kim with hi | count messageGivenToBot 1
      08:00 bot answers kim with hi
      08:00 bot answers kim with hi | refused wrong_state
      08:00 bot fails kim           | refused wrong_state
      `,
    );
  });
});

describe("a refused, failed or unanswered call hands off to the skill queue: never a drop", () => {
  test("failed", () => {
    check(
      desk({ channels: withBot() }),
      `
      08:00 kim writes
      08:00:05 bot fails kim | kim queued offline v3 age=08:00 routingLimit@08:30:05; event conversationMoved reason=bot_unreachable
      `,
    );
  });

  test("unanswered: 30 s after the message was given, or held if closed", () => {
    check(
      desk({ hours: ["09:00-18:00"], channels: withBot() }),
      `
      08:00        kim writes | kim with-bot v1 botAnswer@08:00:30
      08:00:29.999            | kim with-bot
      08:00:30                | kim held offline v2 age=08:00 routingLimit:30m; event conversationMoved reason=bot_silent dueAt=08:00:30
      08:00:31 bot answers kim with late | refused wrong_state
      `,
    );
  });

  test("an acknowledgement is no answer: the bot writes through the API within its time", () => {
    check(
      desk({ channels: withBot() }),
      `
      08:00        kim writes
      08:00:10     bot answers kim | kim with-bot botAnswer@08:00:30
      08:00:20     kim writes      | kim with-bot botAnswer@08:00:30; count messageGivenToBot 1
      08:00:29.999 bot writes kim  | kim with-bot no-botAnswer botIdle@08:20:29.999; event messageSent kim
      08:00:30                     | kim with-bot
      `,
    );
  });

  test("a hand-off to a queue that is not there", () => {
    check(
      desk({ channels: withBot() }),
      `
      08:00 kim writes
      08:00 bot answers kim hands-off to nowhere | kim queued queue=desk; event conversationMoved reason=bot_malformed
      `,
    );
  });
});

describe("the bot hands off, closes, waits", () => {
  test("to its queue or to another; the age is that of the oldest message it was given", () => {
    check(
      desk({ queues: { desk: {}, other: {} }, channels: withBot() }),
      `
      08:01 lea writes
      08:01 bot answers lea with hi hands-off to other | lea queued queue=other age=08:01; event messageSent lea; event conversationMoved reason=bot_handed_off
      08:01 mia writes
      08:01 bot hands-off mia to other                 | mia queued queue=other v3; answer queued
      `,
    );
  });

  test("close in its answer", () => {
    check(
      desk({ channels: withBot() }),
      `
      08:00 kim writes
      08:00 bot answers kim with bye close | kim closed; event messageSent; event conversationMoved reason=closed_by_bot
      `,
    );
  });

  test("bot idle: the customer reply timeout after the bot wrote → dormant, and the age is lost", () => {
    check(
      desk({ channels: withBot({ customerReplyTimeoutMinutes: 10 }) }),
      `
      08:00        kim writes
      08:00        bot answers kim with hi | kim with-bot botIdle@08:10 age=08:00
      08:09:59.999                         | kim with-bot
      08:10                                | kim dormant offline age=none; event conversationMoved reason=bot_idle dueAt=08:10
      08:11        kim writes              | kim with-bot offline age=08:11; event episodeBegan opened=false
      `,
    );
  });

  test("bot idle stops when the customer writes", () => {
    check(
      desk({ channels: withBot({ customerReplyTimeoutMinutes: 10 }) }),
      `
      08:00        kim writes
      08:00        bot answers kim with hi
      08:09:59.999 kim writes              | kim with-bot no-botIdle botAnswer@08:10:29.999
      `,
    );
  });

  test("an agent may take it from the bot, and may not write before", () => {
    check(
      desk({ agents: { ana: 1 }, channels: withBot() }),
      `
      08:00 kim writes
      08:00 ana available
      08:00 ana writes kim                | refused wrong_state
      08:00 supervisor assigns kim to ana | kim assigned offline ana age=08:00
      08:00 ana writes kim                | kim awaiting-customer
      `,
    );
  });

  test("a live conversation whose calendar closes goes to the bot", () => {
    check(
      desk({ hours: ["09:00-18:00"], channels: withBot() }),
      `
      17:59:30 ana away
      17:59:30 kim writes | kim queued not-offline
      18:00               | kim with-bot offline v2
      `,
    );
  });
});
