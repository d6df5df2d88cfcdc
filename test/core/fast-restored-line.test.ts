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
  // A customer, a conversation, a timer and an id of each; and then a place in line.
  const wanted = Math.floor((4 * 1500) / 512) + Math.floor(1500 / 512);
  expect(rests).toBeGreaterThanOrEqual(wanted);
  expect(rests).toBeLessThanOrEqual(wanted + 1);
  expect(restored.snapshot()).toEqual(snapshot);
});

test("all who are passed over for a conversation still are when it is restored", () => {
  const configuration = configurationOf({
    queues: { desk: { acceptance: "manual", reofferSeconds: 600, connectWaitSeconds: 3600 } },
    agents: { ana: 1, ben: 1, cem: 1, dan: 1 },
  });
  const plans = plansOf(configuration, monday, 20);
  const engine = createFastEngine({});
  engine.apply({ type: "configureTenant", at: monday, tenant: "t", configuration, plans }, []);
  const message = { id: "m", customer: "kim", content: "", channel: "web", tenant: "t" } as const;
  engine.apply({ type: "receiveMessage", at: monday, ...message }, []);
  const agents = ["ana", "ben", "cem", "dan"];
  for (const agent of agents) {
    const who = { at: monday, tenant: "t", agent } as const;
    engine.apply({ type: "setPresence", ...who, status: "available" }, []);
    engine.apply({ type: "declineOffer", ...who, conversation: 1 }, []);
  }
  const restored = restoreFastEngine(engine.snapshot(), {});
  expect(restored.conversation("t", 1)).toEqual(engine.conversation("t", 1));
  const events: Event[] = [];
  for (const agent of agents) {
    const who = { at: monday + 1, tenant: "t", agent } as const;
    restored.apply({ type: "setPresence", ...who, status: "away" }, events);
    restored.apply({ type: "setPresence", ...who, status: "available" }, events);
  }
  expect(events.filter(({ type }) => type === "conversationOffered")).toEqual([]);
  restored.apply({ type: "tick", at: monday + 600_000 }, events);
  expect(events.filter(({ type }) => type === "conversationOffered")).toHaveLength(1);
});

test("addresses and ids of any length, wide and narrow, are restored as they were", () => {
  const configuration = configurationOf({});
  const plans = plansOf(configuration, monday, 20);
  const engine = createFastEngine({});
  engine.apply({ type: "configureTenant", at: monday, tenant: "t", configuration, plans }, []);
  const texts = ["€".repeat(90_001), "x".repeat(40_001), "€", "x", "", "ü".repeat(2_000), "€x€"];
  const received = (text: string, at: number) =>
    ({
      type: "receiveMessage",
      at,
      tenant: "t",
      id: text,
      channel: "web",
      customer: text,
      content: "",
    }) as const;
  for (const text of texts) engine.apply(received(text, monday), []);
  const restored = restoreFastEngine(engine.snapshot(), {});
  for (const [index, text] of texts.entries()) {
    expect(restored.conversation("t", index + 1)?.customer).toBe(text);
    expect(restored.apply(received(text, monday + 1), [])).toMatchObject({
      duplicateOf: "message",
    });
  }
});
