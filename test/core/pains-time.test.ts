import { describe, expect, test } from "vitest";
import { backlogOf } from "./backlog.ts";
import { Crowd } from "./crowd.ts";
import { desk } from "./desk.ts";
import { monday } from "./script-time.ts";
import { check } from "./script.ts";

// Complaints from public trackers, as docs of other systems tell them; each is a test here.

describe("timers late or early", () => {
  /** taskforcesh/bullmq 2648 (hours late or never), 2534, 1680, 3144. */
  test("of 500 deadlines every one fires, once, at its own instant", () => {
    const limits = Array.from({ length: 20 }, (_, index) => `sms${index}`);
    const channels = Object.fromEntries(
      limits.map((id, index) => [
        id,
        { kind: "sms", offlineMessages: { routingTimeLimit: 1 + index * 3 } },
      ]),
    );
    const crowd = new Crowd(desk({ channels }), false);
    const expected: number[] = [];
    for (let index = 0; index < 500; index += 1) {
      crowd.at += 101;
      const position = index % limits.length;
      crowd.write(`c${index}`, { channel: limits[position] ?? "" });
      expected.push(crowd.at + (1 + position * 3) * 60_000);
    }
    const firedAt: number[] = [];
    for (;;) {
      const next = crowd.engine.nextDeadlineAt();
      if (next === undefined) break;
      crowd.tick(next);
    }
    for (const event of crowd.events) {
      if (event.type === "routingTimedOut") firedAt.push(event.at);
    }
    expect(firedAt).toEqual(expected.toSorted((a, b) => a - b));
  });

  /** OpenSIPS/opensips 2679, asterisk/asterisk 1006 (early). */
  test("nothing fires a millisecond early", () => {
    check(
      desk({
        agents: { ana: 1 },
        queues: { desk: { acceptance: "manual", connectWaitSeconds: 7 } },
      }),
      `
      08:00:00.001 ana available
      08:00:00.001 kim writes | kim offered
      08:00:07                | kim offered not-offline; quiet
      08:00:07.001            | event conversationWentOffline kim
      `,
    );
  });

  /** A wheel whose resolution depends on distance fires a 1,024 s timer at 1,084 s. */
  test("accuracy does not depend on distance: from a second to a year", () => {
    const waits = [
      1, 2, 59, 60, 61, 255, 256, 1023, 1024, 1025, 4095, 4096, 16_383, 32_768, 60_000,
    ];
    for (const connectWaitSeconds of waits) {
      check(
        desk({ queues: { desk: { connectWaitSeconds } }, presence: { heartbeatSeconds: 3600 } }),
        `
        00:00 ana away
        00:00 kim writes
        ${heartbeats(connectWaitSeconds)}
        ${iso(connectWaitSeconds * 1000 - 1)} | kim queued not-offline
        ${iso(connectWaitSeconds * 1000)}     | kim queued offline
        `,
      );
    }
    for (const dormantDays of [1, 7, 30, 365]) {
      const end = dormantDays * 86_400_000 + 20 * 60_000;
      check(
        desk({ agents: { ana: 1 }, retention: { dormantDays } }),
        `
        00:00 ana available
        00:00 kim writes
        00:00 ana writes kim
        00:20             | kim dormant
        ${iso(end - 1)}   | kim dormant
        ${iso(end)}       | kim closed
        `,
      );
    }
  });
});

/** ana is away and stays so. */
function heartbeats(seconds: number): string {
  const lines: string[] = [];
  for (let at = 3000; at < seconds; at += 3000) lines.push(`${iso(at * 1000)} ana away`);
  return lines.join("\n");
}

function iso(afterMonday: number): string {
  return new Date(monday + afterMonday).toISOString();
}

describe("business hours", () => {
  const berlin = (weekly: object): Parameters<typeof desk>[0] => ({
    calendars: { office: { timeZone: "Europe/Berlin", weekly } },
    channels: { web: { offlineMessages: { routingTimeLimit: 60, routingTimeLimitUnit: "days" } } },
  });
  const everyDay = (...hours: string[]): object =>
    Object.fromEntries(
      ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].map((day) => [day, hours]),
    );

  /** RocketChat/Rocket.Chat 41784 ("00:00–23:59" is closed one minute a day). */
  test('"00:00-24:00" is never closed; "00:00-23:59" is, for its last minute, as it says', () => {
    check(
      desk({ hours: ["00:00-24:00"] }),
      `
      23:58:59.999 kim writes | kim queued; desk open=true
      23:59                   | kim queued; desk open=true
      tue 00:00               | kim queued; desk open=true
      `,
    );
    check(
      desk({ hours: ["00:00-23:59"] }),
      `
      23:58:59.999 kim writes | kim queued; desk open=true nextChangeAt=23:59
      23:59                   | kim held; desk open=false nextChangeAt=tue/00:00
      23:59:59.999            | kim held
      tue 00:00               | kim queued
      `,
    );
  });

  /** RocketChat/Rocket.Chat 40490, 32047, 4898 (daylight saving): the night on which clocks go forward. */
  test("the day after the clocks went forward opens at nine by the clock on the wall", () => {
    check(
      desk(berlin(everyDay("09:00-18:00"))),
      `
      2026-03-28T16:59:59.999Z kim writes | kim queued
      2026-03-28T17:00:00Z                | kim held; desk nextChangeAt=2026-03-29T07:00:00Z
      2026-03-29T06:59:59.999Z            | kim held
      2026-03-29T07:00:00Z                | kim queued
      `,
    );
  });

  /** The same, the night on which they go back, in another zone as well. */
  test("the day after the clocks went back, and in New York", () => {
    check(
      desk(berlin(everyDay("09:00-18:00"))),
      `
      2026-10-23T00:00:00Z configure first
      2026-10-24T16:00:00Z kim writes | kim held; desk nextChangeAt=2026-10-25T08:00:00Z
      2026-10-25T07:59:59.999Z        | kim held
      2026-10-25T08:00:00Z            | kim queued
      `,
    );
    check(
      desk({
        ...berlin({}),
        calendars: { office: { timeZone: "America/New_York", weekly: everyDay("09:00-18:00") } },
      }),
      `
      2026-03-07T23:00:00Z kim writes | kim held; desk nextChangeAt=2026-03-08T13:00:00Z
      2026-03-08T13:00:00Z            | kim queued
      `,
    );
  });

  /** Hours that daylight saving skips or repeats, and limits that count through them. */
  test("a routing limit counts the hours that there were: no more, no less", () => {
    const settings = {
      ...berlin(everyDay("00:00-24:00")),
      channels: {
        web: { offlineMessages: { routingTimeLimit: 24, routingTimeLimitUnit: "hours" } },
      },
    };
    check(
      desk(settings),
      `
      2026-03-28T23:00:00Z kim writes | kim queued routingLimit@2026-03-29T23:00:00Z
      2026-03-29T22:59:59.999Z        | kim queued
      2026-03-29T23:00:00Z            | kim parked
      `,
    );
    check(
      desk(berlin(everyDay("02:30-03:30"))),
      `
      2026-03-29T02:00:00Z kim writes | kim held
      2026-03-30T00:29:59.999Z        | kim held
      2026-03-30T00:30:00Z            | kim queued
      `,
    );
  });

  /** chatwoot/chatwoot 5254 (no hours past midnight). */
  test("hours may run past midnight, into a day that is closed otherwise", () => {
    check(
      desk({
        calendars: { night: { timeZone: "UTC", weekly: { mon: ["22:00-06:00"] } } },
        agents: { ana: 1 },
        channels: {
          web: { offlineMessages: { routingTimeLimit: 60, routingTimeLimitUnit: "hours" } },
        },
      }),
      `
      21:59:59.999     kim writes    | kim held
      22:00                          | kim queued
      tue 00:00                      | kim queued
      tue 05:59:59.999 ana available | kim assigned
      tue 06:00        lea writes    | lea held; desk open=false nextChangeAt=2026-03-09T22:00:00Z
      `,
    );
  });
});

describe("overload", () => {
  /** Open Match 796 (slow match → bigger queue → slower). */
  test("a match among 50,000 waiting is not slower by the number waiting", () => {
    const few = backlogOf(1000);
    const many = backlogOf(50_000);
    // A look at each of the fifty thousand would take half a millisecond; this allows for noise.
    expect(many.microsecondsPerRoutable).toBeLessThan(8 * few.microsecondsPerRoutable + 100);
  });

  /** chatwoot/chatwoot 6433 (20k closures → 400k jobs). */
  test("20,000 closures tell of 20,000 closures, and of nothing else", () => {
    const crowd = new Crowd(desk({ agents: { ana: 1 } }), false);
    const conversations = Array.from({ length: 20_000 }, (_, index) => crowd.write(`c${index}`));
    crowd.events.length = 0;
    for (const conversation of conversations.toReversed()) {
      crowd.apply({ type: "closeConversation", conversation });
    }
    expect(crowd.events.length).toBe(20_000);
    expect(crowd.events.every(({ type }) => type === "conversationMoved")).toBe(true);
  });

  /** timgit/pg-boss 418 (cost grows with the backlog). */
  test("opening is one step for 20,000 held, and costs what it assigns", () => {
    const crowd = new Crowd(desk({ hours: ["09:00-18:00"], agents: { ana: 10 } }), false);
    for (let index = 0; index < 20_000; index += 1) crowd.write(`c${index}`);
    const nine = crowd.at + 9 * 3_600_000;
    crowd.tick(nine - 1);
    crowd.available("ana");
    crowd.events.length = 0;
    crowd.tick(nine);
    expect(crowd.count("conversationAssigned")).toBe(10);
    expect(crowd.events.length).toBe(20); // moved and assigned, for each of ten
  });
});
