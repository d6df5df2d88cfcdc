import { expect, test } from "vitest";
import type { Event } from "../../core/index.ts";
import { createFastEngine, restoreFastEngine } from "../../core/fast/fast-engine.ts";
import { configurationOf, plansOf } from "./desk.ts";
import { monday } from "./script-time.ts";

test("whoever waited when a snapshot was taken has a place in line, and is assigned once", () => {
  const configured = (capacity: number, at: number) => {
    const configuration = configurationOf({
      queues: { desk: {}, other: {} },
      agents: { ana: { capacity, skills: { desk: 5, other: 5 } } },
      channels: { web: { kind: "web", skillQueue: "desk", offlineMessages: { enabled: true } } },
    });
    const plans = plansOf(configuration, at, 20);
    return { type: "configureTenant", at, tenant: "t", configuration, plans } as const;
  };
  const engine = createFastEngine({});
  engine.apply(configured(1, monday), []);
  const presence = { type: "setPresence", tenant: "t", agent: "ana", status: "available" } as const;
  engine.apply({ ...presence, at: monday }, []);
  for (const id of ["one", "two"]) {
    const message = { id, customer: id, content: "", channel: "web", tenant: "t" } as const;
    engine.apply({ type: "receiveMessage", at: monday, ...message }, []);
  }
  const restored = restoreFastEngine(engine.snapshot(), {});
  const events: Event[] = [];
  restored.apply(configured(5, monday + 1), events);
  const assigned = events.filter(({ type }) => type === "conversationAssigned");
  expect(assigned).toMatchObject([{ conversation: 2, agent: "ana" }]);
  expect(restored.skillQueues("t")).toMatchObject([{ waiting: { live: 0, offline: 0 } }, {}]);
});

test("whoever restores may rest between records, and gets the same state", () => {
  const configuration = configurationOf({
    queues: { desk: {} },
    agents: { ana: { capacity: 1, skills: { desk: 5 } } },
    channels: { web: { kind: "web", skillQueue: "desk", offlineMessages: { enabled: true } } },
  });
  const plans = plansOf(configuration, monday, 20);
  const engine = createFastEngine({});
  engine.apply({ type: "configureTenant", at: monday, tenant: "t", configuration, plans }, []);
  for (let index = 0; index < 1500; index += 1) {
    const id = `message ${index}`;
    const message = { id, customer: id, content: "", channel: "web", tenant: "t" } as const;
    engine.apply({ type: "receiveMessage", at: monday + index, ...message }, []);
  }
  const snapshot = engine.snapshot();
  let rests = 0;
  const restored = restoreFastEngine(snapshot, {}, () => (rests += 1));
  // A customer, a conversation, a timer and an id of each, and a place in line.
  expect(rests).toBeGreaterThanOrEqual(Math.floor((4 * 1500) / 512));
  expect(restored.snapshot()).toEqual(snapshot);
});
