import { describe, expect, test } from "vitest";
import type { Command, Engine, Event } from "../../core/index.ts";
import { desk, plansOf } from "./desk.ts";
import { implementations } from "./implementations.ts";
import { monday } from "./script-time.ts";

// What mutants of core got away with, because no script names somebody who is not there
// (docs/mutants.md).

const at = monday;
const { configuration } = desk({
  agents: { ana: 1 },
  queues: { desk: { acceptance: "manual" } },
});
const plans = plansOf(configuration, at);
const written = {
  at,
  tenant: "one",
  id: "m1",
  channel: "web",
  customer: "kim",
  content: "{}",
} as const;
const onKim = { at, tenant: "one", conversation: 1 } as const;

describe.each(implementations)("$name", (implementation) => {
  const offered = (): { engine: Engine; events: Event[] } => {
    const engine = implementation.create();
    const events: Event[] = [];
    const commands: readonly Command[] = [
      { type: "configureTenant", at, tenant: "one", configuration, plans },
      { type: "configureTenant", at, tenant: "two", configuration, plans },
      { type: "setPresence", at, tenant: "one", agent: "ana", status: "available" },
      { ...written, type: "receiveMessage" },
    ];
    for (const command of commands) engine.apply(command, events);
    return { engine, events };
  };

  test.each([
    [{ type: "acceptOffer", agent: "zoe" }],
    [{ type: "declineOffer", agent: "zoe" }],
    [{ type: "assignConversation", agent: "zoe" }],
    [{ type: "closeConversation", agent: "zoe" }],
    [{ type: "releaseConversation", agent: "zoe" }],
  ] as const)("an agent who is not in the tenant is unknown, whatever they do: %o", (action) => {
    const { engine, events } = offered();
    const before = engine.stateHash();
    const result = engine.apply({ ...onKim, ...action }, events);
    expect(result).toMatchObject({ status: "rejected", code: "unknown_agent" });
    expect(engine.stateHash()).toBe(before);
  });

  test("a conversation of one tenant is unknown to the other, and so is one that never was", () => {
    const { engine, events } = offered();
    const close = { ...onKim, type: "closeConversation" } as const;
    const unknown = { status: "rejected", code: "unknown_conversation" };
    expect(engine.apply({ ...close, tenant: "two" }, events)).toMatchObject(unknown);
    expect(engine.apply({ ...close, conversation: 2 }, events)).toMatchObject(unknown);
    expect(engine.apply({ ...close, conversation: 0 }, events)).toMatchObject(unknown);
  });

  test.each([
    ["a supervisor", {}, "supervisor"],
    ["the customer", { customer: true }, "customer"],
  ] as const)("what %s notes when closing is told, with who it was", (_, who, by) => {
    const { engine } = offered();
    const events: Event[] = [];
    engine.apply({ ...onKim, type: "closeConversation", ...who, note: "enough" }, events);
    expect(events.find(({ type }) => type === "conversationMoved")).toMatchObject({
      by,
      note: "enough",
    });
  });
});
