import { expect, test } from "vitest";
import type { Command } from "../../core/index.ts";
import type { DeskSettings } from "./desk.ts";
import { configured, declared, hourMs, minuteMs, nine, played, tick, wrote } from "./played.ts";

// What takes several things at once to happen: both engines agree, and the rule holds.

const closed = (conversation: number, at = nine): Command => ({
  type: "closeConversation",
  at,
  tenant: "one",
  conversation,
});
const dayMs = 24 * hourMs;

test("of two customers who turn out to be one, and wrote at one moment, the id of the channel that stays holds", () => {
  const both: DeskSettings = { channels: { web: {}, sms: {} } };
  const { engine } = played([
    configured(both, nine),
    { ...wrote("kim", nine, "sms"), customerId: "of sms" },
    { ...wrote("kim", nine, "web"), customerId: "of web" },
    closed(1),
    closed(2),
    { ...configured({ channels: { web: {} } }, nine + 1), replace: { sms: "web" } } as Command,
    wrote("kim", nine + 2),
  ]);
  expect(engine.conversation("one", 3)).toMatchObject({ customer: "kim", customerId: "of web" });
});

test("whoever came last is erased though nothing of theirs is left but that they are known", () => {
  const commands: readonly Command[] = [
    configured({ retention: { closedDays: 1 } }, nine),
    { ...wrote("kim", nine), customerId: "person" },
    closed(1),
    tick(nine + 2 * dayMs),
  ];
  const before = played(commands).engine;
  expect(before.conversation("one", 1)).toBeUndefined();
  expect(before.counts()).toMatchObject({ customersRemembered: 1 });
  const erase = { type: "eraseCustomer", tenant: "one", customer: "person" } as const;
  const { engine } = played([...commands, { ...erase, at: nine + 2 * dayMs }]);
  expect(engine.counts()).toMatchObject({ customersRemembered: 0 });
});

test("whoever else is passed over stays so when one of them is removed", () => {
  const queues = { desk: { acceptance: "manual", reofferSeconds: 600, connectWaitSeconds: 3600 } };
  const agents = { ana: 1, ben: 1, cem: 1, dan: 1 };
  const { cem: _, ...without } = agents;
  const each = (at: number, of: (agent: string) => readonly Command[]) =>
    Object.keys(without).flatMap((agent) => of(agent).map((command) => ({ ...command, at })));
  const declines = (agent: string, at: number): readonly Command[] => [
    { ...declared("available", at), agent },
    { type: "declineOffer", at, tenant: "one", agent, conversation: 1 },
  ];
  const { events, engine } = played([
    configured({ queues, agents }, nine),
    wrote("kim", nine),
    ...Object.keys(agents).flatMap((agent, index) => declines(agent, nine + index * minuteMs)),
    configured({ queues, agents: without }, nine + 4 * minuteMs),
    ...each(nine + 5 * minuteMs, (agent) => [
      { ...declared("away", nine), agent },
      { ...declared("available", nine), agent },
    ]),
  ]);
  const offers = events.flatMap((event) =>
    event.type === "conversationOffered" ? [event.agent] : [],
  );
  expect(offers).toEqual(["ana", "ben", "cem", "dan"]);
  const passedOver = engine
    .conversation("one", 1)
    ?.deadlines.flatMap((deadline) => ("agent" in deadline ? [deadline.agent] : []));
  expect(passedOver).toEqual(["ana", "ben", "dan"]);
});

test("an id that came again after its time is recognised for another while", () => {
  const briefly = { retention: { deduplicationHours: 1 } };
  const long = { retention: { deduplicationHours: 168 } };
  const message = wrote("kim", nine);
  const { results } = played([
    configured(long, nine, "two"),
    configured(briefly, nine),
    wrote("lea", nine, "web", "two"),
    message,
    { ...message, at: nine + 2 * hourMs },
    { ...message, at: nine + 2 * hourMs + minuteMs },
    { ...message, at: nine + 4 * hourMs },
  ]);
  expect(results.slice(3).map((result) => "duplicateOf" in result)).toEqual([
    false,
    false,
    true,
    false,
  ]);
});

test("a closed conversation goes with its queue, and its id is known without it", () => {
  const message = { ...wrote("kim", nine), skillQueue: "other" };
  const { engine, results } = played([
    configured({ queues: { desk: {}, other: {} } }, nine),
    message,
    closed(1),
    configured({ queues: { desk: {} } }, nine + minuteMs),
    { ...message, skillQueue: "desk", at: nine + 2 * minuteMs },
  ]);
  expect(engine.conversation("one", 1)).toBeUndefined();
  expect(results.at(-1)).toEqual({
    status: "accepted",
    conversation: 1,
    state: "closed",
    offline: false,
    version: 0,
    duplicateOf: "message",
  });
});

test("what a bounded tick leaves of an instant is due at that instant still, at whatever place of the wheel", () => {
  const limit = { offlineMessages: { routingTimeLimit: 30, routingClock: "wall" } };
  const customers = ["kim", "lea", "mia", "noa", "oli"];
  for (let place = 0; place < 64; place += 1) {
    const at = nine + place;
    const due = at + 30 * minuteMs;
    const after = (ticks: number) =>
      played(
        [
          configured({ channels: { web: limit } }, nine),
          ...customers.map((customer) => wrote(customer, at)),
          tick(due - 1),
          ...Array.from({ length: ticks }, () => tick(due)),
        ],
        { timersPerTickMax: 2 },
      );
    expect([1, 2].map((ticks) => after(ticks).engine.nextDeadlineAt())).toEqual([due, due]);
    const { events } = after(3);
    expect(events.filter(({ type }) => type === "routingTimedOut")).toHaveLength(5);
  }
});
