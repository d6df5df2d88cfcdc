import { describe, expect, test } from "vitest";
import type { Command } from "../../core/index.ts";
import { configured, declared, minuteMs, nine, played, tick, wrote } from "./played.ts";

// The quick ways of the engine come to what the long ways come to.

describe("a message for which somebody is free", () => {
  test("waits where the queue is closed", () => {
    const { engine } = played([
      configured({ hours: ["10:00-18:00"] }, nine),
      declared("available", nine),
      wrote("kim", nine),
    ]);
    expect(engine.conversation("one", 1)).toMatchObject({ state: "held", offline: true });
  });

  test("is told with its window where the platform has one, and with the customer's own id", () => {
    const channels = { whatsapp: {}, instagram: {}, web: {}, email: {} };
    for (const channel of Object.keys(channels)) {
      const { engine, events } = played([
        configured({ channels }, nine),
        declared("available", nine),
        { ...wrote("kim", nine, channel), customerId: "person" },
        tick(nine + 2 * 1440 * minuteMs),
      ]);
      expect(engine.conversation("one", 1)?.agent ?? "nobody").toBeTypeOf("string");
      const began = events.find(({ type }) => type === "episodeBegan");
      expect(began).toMatchObject({ customer: "kim" });
    }
  });

  test("an agent who writes first begins an episode as well", () => {
    const contact: Command = {
      type: "contactCustomer",
      at: nine + 2,
      tenant: "one",
      id: "c1",
      agent: "ana",
      channel: "web",
      customer: "kim",
      content: "{}",
    };
    for (const first of [[], [{ ...wrote("kim", nine), customerId: "person" }]]) {
      played([
        configured({}, nine),
        declared("available", nine),
        ...first,
        { type: "closeConversation", at: nine + 1, tenant: "one", conversation: 1 },
        contact,
      ]);
    }
  });
});

describe("an agent's minute", () => {
  test("is counted anew when the rate changes, whatever has left it by then", () => {
    const rated = (max: number, at: number): Command =>
      configured(
        {
          agents: { ana: 9 },
          queues: { desk: { maxAssignmentsPerAgentPerMinute: max, connectWaitSeconds: 3000 } },
        },
        at,
      );
    for (const [changed, later] of [
      [60_999, 61_500],
      [61_000, 61_500],
      [61_001, 62_000],
      [70_000, 70_001],
      [112_000, 113_000],
    ] as const) {
      for (const max of [1, 2, 3]) {
        played([
          rated(4, nine),
          declared("available", nine),
          wrote("kim", nine + 1000),
          wrote("lea", nine + 50_000),
          rated(max, nine + changed),
          wrote("mia", nine + later),
          wrote("noa", nine + later + 1),
          tick(nine + 3 * minuteMs),
        ]);
      }
    }
  });
});
