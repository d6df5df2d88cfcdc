import { describe, expect, test } from "vitest";
import type { Command, Engine } from "../../core/index.ts";
import type { DeskSettings } from "./desk.ts";
import { implementations } from "./implementations.ts";
import { configured, declared, minuteMs, nine, tick, wrote } from "./played.ts";

// What is shown is complete, and has nothing in it that is not there.

const one = { at: nine, tenant: "one" } as const;

describe.each(implementations)("the $name engine shows", (implementation) => {
  const after = (settings: DeskSettings, commands: readonly Command[]): Engine => {
    const engine = implementation.create();
    engine.apply(configured(settings, nine), []);
    for (const command of commands) engine.apply(command, []);
    return engine;
  };

  test("nothing of a tenant that is not there, and nothing of what no tenant has", () => {
    const engine = after({}, [wrote("kim", nine)]);
    expect(engine.agents("two")).toEqual([]);
    expect(engine.skillQueues("two")).toEqual([]);
    expect(engine.configuration("two")).toBeUndefined();
    for (const tenant of ["one", "two"]) {
      expect(engine.conversation(tenant, 2)).toBeUndefined();
      expect(engine.botMessage(tenant, 2)).toBeUndefined();
      expect(engine.botMessage(tenant, 1)).toBeUndefined();
    }
    expect(engine.conversation("two", 1)).toBeUndefined();
  });

  test("no oldest id where none is remembered", () => {
    const engine = implementation.create();
    expect(engine.counts()).not.toHaveProperty("oldestIdAt");
    engine.apply(configured({}, nine), []);
    engine.apply(wrote("kim", nine), []);
    engine.apply(wrote("lea", nine + minuteMs), []);
    expect(engine.counts()).toMatchObject({ oldestIdAt: nine, idsRemembered: 2 });
  });

  test("an agent with a name, and one who has none", () => {
    const agents = { ana: { name: "Ana", capacity: 3 }, ben: 2 };
    expect(after({ agents }, [wrote("kim", nine)]).agents("one")).toStrictEqual([
      {
        id: "ana",
        name: "Ana",
        skills: { desk: 5 },
        status: "offline",
        units: { capacity: 3, used: 0, free: 3 },
        conversations: [],
      },
      {
        id: "ben",
        skills: { desk: 5 },
        status: "offline",
        units: { capacity: 2, used: 0, free: 2 },
        conversations: [],
      },
    ]);
  });

  test("of a conversation only what there is", () => {
    const engine = after({}, [wrote("kim", nine), wrote("lea", nine)]);
    const view = engine.conversation("one", 1);
    expect(Object.values(view ?? { none: undefined })).not.toContain(undefined);
    expect(view).not.toHaveProperty("lastAgent");
    expect(view).not.toHaveProperty("customerId");
    expect(view).toMatchObject({ customer: "kim", age: nine });
  });

  test("the end of a reply window once", () => {
    const engine = after({ channels: { whatsapp: {} } }, [wrote("kim", nine, "whatsapp")]);
    const timers = engine.conversation("one", 1)?.deadlines.map(({ timer }) => timer);
    expect(timers).toEqual(["routingLimit", "replyWindow"]);
  });

  test("the oldest of those who wait, who need not have the lowest number", () => {
    const engine = after({ agents: { ana: 1 } }, [
      declared("available", nine),
      wrote("kim", nine),
      { type: "writeMessage", ...one, conversation: 1, agent: "ana", id: "w1", content: "{}" },
      wrote("lea", nine + minuteMs),
      wrote("mia", nine + 2 * minuteMs),
      wrote("kim", nine + 3 * minuteMs),
      declared("offline", nine + 4 * minuteMs),
      tick(nine + 20 * minuteMs),
    ]);
    expect(engine.conversation("one", 1)).toMatchObject({ age: nine + 3 * minuteMs });
    expect(engine.skillQueues("one")).toMatchObject([{ oldestAge: nine + minuteMs }]);
  });

  test("as too costly only what nobody has kept for somebody else", () => {
    const channels = {
      web: { lastAgentMode: { enabled: true, validityMinutes: 60, waitMinutes: 10 } },
      email: {},
    };
    const settings = {
      agents: { ana: 2, ben: 1 },
      channels,
      costs: { web: 2, email: 1 },
      queues: { desk: { connectWaitSeconds: 3600 } },
    };
    const ben = { ...declared("available", nine), agent: "ben" } as const;
    const [say, end] = [
      { type: "writeMessage", ...one, conversation: 1, agent: "ana", id: "w1", content: "{}" },
      { type: "closeConversation", ...one, conversation: 1, agent: "ana" },
    ] as const;
    const engine = after(settings, [
      declared("available", nine),
      wrote("kim", nine),
      say,
      end,
      declared("away", nine),
      ben,
      wrote("kim", nine + minuteMs),
    ]);
    expect(engine.conversation("one", 2)).toMatchObject({ reservedFor: "ana", state: "queued" });
    expect(engine.skillQueues("one")[0]).not.toHaveProperty("oldestTooCostly");
    engine.apply(tick(nine + 11 * minuteMs), []);
    expect(engine.conversation("one", 2)).not.toHaveProperty("reservedFor");
    expect(engine.skillQueues("one")).toMatchObject([{ oldestTooCostly: nine + minuteMs }]);
  });

  test("as too costly also what is kept for somebody who has not enough units left", () => {
    const web = { lastAgentMode: { enabled: true, validityMinutes: 60, waitMinutes: 10 } };
    const engine = after({ agents: { ana: 2 }, channels: { web, email: {} }, costs: { web: 2 } }, [
      declared("available", nine),
      wrote("kim", nine),
      { type: "writeMessage", ...one, conversation: 1, agent: "ana", id: "w1", content: "{}" },
      { type: "closeConversation", ...one, conversation: 1, agent: "ana" },
      wrote("lea", nine, "email"),
      wrote("kim", nine + 1000),
    ]);
    expect(engine.conversation("one", 3)).toMatchObject({ reservedFor: "ana", state: "queued" });
    expect(engine.skillQueues("one")).toMatchObject([{ oldestTooCostly: nine + 1000 }]);
  });
});
