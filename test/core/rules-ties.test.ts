import { describe, expect, test } from "vitest";
import type { Command, Event } from "../../core/index.ts";
import { configurationOf, desk, type DeskSettings } from "./desk.ts";
import { implementations } from "./implementations.ts";
import { configured, declared, hourMs, minuteMs, nine, played, tick, wrote } from "./played.ts";
import { check } from "./script.ts";

// What happens at one instant, or where little is known: who is first, and that both engines agree.

const conversationsOf = (events: readonly Event[], wanted: Event["type"]): unknown[] =>
  events.flatMap((event) =>
    event.type === wanted && "conversation" in event ? [event.conversation] : [],
  );

describe("at one instant", () => {
  test("timers of different clocks fire in the order in which they were armed", () => {
    const offline = { routingTimeLimit: 30 };
    const { events } = played([
      configured(
        {
          hours: ["00:00-24:00"],
          channels: {
            web: { offlineMessages: { ...offline, routingClock: "working" } },
            sms: { offlineMessages: { ...offline, routingClock: "wall" } },
          },
        },
        nine,
      ),
      wrote("kim", nine),
      wrote("lea", nine, "sms"),
      wrote("mia", nine, "sms"),
      wrote("noa", nine),
      wrote("oli", nine, "sms"),
      tick(nine + 30 * minuteMs),
    ]);
    expect(conversationsOf(events, "routingTimedOut")).toEqual([1, 2, 3, 4, 5]);
  });

  test("tenants that open together are settled in the order in which they came", () => {
    const settings = { hours: ["09:00-18:00"], agents: { ana: 9 } };
    const at = nine - hourMs;
    const { events } = played([
      ...["one", "two", "three"].flatMap((tenant) => [
        configured(settings, at, tenant),
        declared("available", at, tenant),
      ]),
      ...["two", "three", "one"].map((tenant) => wrote("kim", at, "web", tenant)),
      tick(nine),
    ]);
    const assigned = events.filter(({ type }) => type === "conversationAssigned");
    expect(assigned.map(({ tenant }) => tenant)).toEqual(["one", "two", "three"]);
  });

  test("those who may no longer wait live go offline by number", () => {
    const { events } = played([
      configured({}, nine),
      declared("away", nine),
      wrote("kim", nine),
      wrote("lea", nine),
      wrote("mia", nine),
      declared("offline", nine + 1),
    ]);
    expect(conversationsOf(events, "conversationWentOffline")).toEqual([1, 2, 3]);
  });

  test("the first instant of all is as good as any other", () => {
    const bound = { agentOutboundTimeLimitMinutes: 10 };
    const { engine } = played([
      configured({ channels: { web: { offlineMessages: bound } } }, 0),
      wrote("kim", 0),
      declared("away", 5),
      declared("available", 7),
      declared("away", 8),
      { type: "releaseConversation", at: 9, tenant: "one", conversation: 1 },
      declared("available", 11),
      tick(10 * minuteMs + 1),
    ]);
    expect(engine.conversation("one", 1)).toMatchObject({ age: 0 });
  });
});

describe("a calendar", () => {
  const settings = { hours: ["09:00-18:00"], agents: { ana: 9 } };

  test("that has no plan yet is closed", () => {
    const configuration = configurationOf(settings);
    const at = nine;
    const { engine } = played([
      { type: "configureTenant", at, tenant: "one", configuration, plans: [] },
      wrote("kim", at),
      declared("available", at),
    ]);
    expect(engine.skillQueues("one")).toMatchObject([{ open: false }]);
    expect(engine.conversation("one", 1)).toMatchObject({ state: "held" });
  });

  test("whose plan comes late stands where its flips up to now have led it", () => {
    const planned = (open: boolean, ...after: readonly number[]): readonly Command[] => [
      configured(settings, nine),
      declared("away", nine),
      wrote("kim", nine + 1),
      {
        type: "planCalendars",
        at: nine + 10,
        tenant: "one",
        plans: [{ calendar: "office", from: nine, open, flips: after.map((ms) => nine + ms) }],
      },
      tick(nine + 20),
      tick(nine + 30),
    ];
    const offline = (commands: readonly Command[]): unknown =>
      played(commands).engine.conversation("one", 1)?.offline;
    expect(offline(planned(true, 5, 10))).toBe(false);
    expect(offline(planned(false, 5))).toBe(false);
    expect(offline(planned(false, 10))).toBe(false);
    expect(offline(planned(true, 10))).toBe(true);
    expect(offline(planned(true, 2, 4, 6))).toBe(true);
    expect(offline(planned(false, 5, 25))).toBe(true);
    expect(offline(planned(true, 11))).toBe(true);
    expect(offline(planned(true, 2, 4))).toBe(false);
  });

  test("of another tenant, or that is unknown, is not planned", () => {
    const plans = [{ calendar: "other", from: nine, open: false, flips: [] }];
    const { engine } = played([
      configured(settings, nine),
      { type: "planCalendars", at: nine, tenant: "one", plans },
    ]);
    expect(engine.skillQueues("one")).toMatchObject([{ open: true }]);
  });

  test("that is taken away leaves nothing to be waited for, and another may come in its place", () => {
    const at = nine - hourMs;
    const bare: DeskSettings = { ...settings, calendars: {} };
    const changes: readonly Command[] = [
      configured(settings, at),
      wrote("kim", at),
      configured(bare, at + minuteMs),
    ];
    expect(played(changes).engine.skillQueues("one")).toMatchObject([{ open: true }]);
    played([configured(settings, at), configured(bare, at), tick(nine + 1)]);
    const { engine } = played([
      ...changes,
      tick(nine + 1),
      configured(settings, nine + 2),
      wrote("lea", nine + 3),
      configured(bare, nine + 4),
      configured(settings, nine + 5),
      tick(nine + 10 * hourMs),
      wrote("mia", nine + 10 * hourMs),
    ]);
    expect(engine.skillQueues("one")).toMatchObject([{ open: false }]);
  });

  test("that closes is nothing to the queues of another", () => {
    check(
      desk({
        calendars: {
          long: { timeZone: "UTC", weekly: { mon: ["08:00-18:00"] } },
          short: { timeZone: "UTC", weekly: { mon: ["08:00-09:00"] } },
        },
        queues: {
          desk: { calendar: "long", connectWaitSeconds: 600 },
          other: { calendar: "short" },
        },
      }),
      `
      08:59 ana away
      08:59 kim writes | kim queued not-offline
      09:00            | kim queued not-offline
      `,
    );
  });
});

describe("who took over", () => {
  test("a hand-off waits from when it was handed off, and no longer once somebody took it", () => {
    check(
      desk({ agents: { ana: 1, ben: 1 } }),
      `
      08:00 ana available
      08:00 kim writes         | kim ana age=08:00
      08:01 ana writes kim     | kim live age=none
      08:02 ben available
      08:05 ana hands-off kim  | kim ben age=none
      08:06 ana away
      08:06 ben away
      08:10 ben hands-off kim  | kim queued age=08:10
      `,
    );
  });

  test("an offer that was accepted is over: nothing is withdrawn when it moves on", () => {
    check(
      desk({ agents: { ana: 1, ben: 1 }, queues: { desk: { acceptance: "manual" } } }),
      `
      08:00 ana available
      08:00 kim writes                    | kim offered ana
      +10s  ana accepts kim               | kim assigned ana
      08:02 ben available
      08:02 supervisor assigns kim to ben | kim ben; no event offerWithdrawn
      `,
    );
  });

  test("the answers of the one before still count: what is left of it is a new episode", () => {
    check(
      desk({ agents: { ana: 1, ben: 1 } }),
      `
      08:00 ana available
      08:00 kim writes                    | kim ana
      08:01 ana writes kim
      08:02 ben available
      08:02 kim writes
      08:03 supervisor assigns kim to ben | kim ben
      08:04 ben releases kim              | event episodeBegan kim
      `,
    );
  });

  test("whoever was offered keeps the place in line, and gives it back with the queue", () => {
    const line = { maxWaiting: 1, acceptance: "manual" };
    check(
      desk({ queues: { old: line, next: line } }, { without: { queues: { next: line } } }),
      `
      08:00    ana away
      08:00    kim writes                       | kim queued not-offline
      08:00:01 ana available                    | kim offered
      08:00:02 lea writes                       | lea queued offline
      08:00:03 ana away                         | kim queued not-offline
      08:00:04 configure without replace old next | kim queued not-offline queue=next
      08:00:05 mia writes                       | mia queued offline
      `,
    );
  });
});

describe.each(implementations)("$name", (implementation) => {
  test("what it holds is told by its queries", () => {
    const engine = implementation.create();
    const events: Event[] = [];
    const commands = [configured({}, nine), declared("available", nine), wrote("kim", nine)];
    for (const command of commands) engine.apply(command, events);
    expect(engine.lastSequence()).toBe(events.at(-1)?.sequence);
    expect(engine.stateHash()).toMatch(/^[0-9a-f]{16,}$/u);
    expect(engine.configuration("one")).toMatchObject({
      revision: 1,
      configuration: configurationOf({}),
    });
    expect(engine.configuration("nobody")).toBe(undefined);
    const parts: Uint8Array[] = [];
    engine.writeSnapshot((part) => parts.push(part.slice()));
    expect(Buffer.concat(parts)).toEqual(Buffer.from(engine.snapshot()));
  });
});
