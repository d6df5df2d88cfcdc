import { expect } from "vitest";
import type {
  Command,
  Engine,
  EngineLimits,
  Event,
  ReceiveMessage,
  Result,
  SetPresence,
} from "../../core/index.ts";
import { configurationOf, plansOf, type DeskSettings } from "./desk.ts";
import { fast, obvious } from "./implementations.ts";
import { monday } from "./script-time.ts";

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const nine = monday + 9 * hourMs;

/** What commands came to, in the engine at the speed of its memory. */
export interface Played {
  readonly engine: Engine;
  readonly results: readonly Result[];
  readonly events: readonly Event[];
}

/** Plays them over both engines, which must agree, and over what their snapshots are read back as. */
export function played(commands: readonly Command[], limits: Partial<EngineLimits> = {}): Played {
  const runs = [obvious, fast].map((implementation) => {
    const engine = implementation.create(limits);
    const events: Event[] = [];
    const results = commands.map((command) => engine.apply(command, events));
    const hash = engine.stateHash();
    expect(implementation.restore(engine.snapshot(), limits).stateHash()).toBe(hash);
    return { engine, results, events, hash, next: engine.nextDeadlineAt() };
  });
  const [first, second] = runs;
  if (first === undefined || second === undefined) throw new Error("two engines");
  expect(second.results).toEqual(first.results);
  expect(second.events).toEqual(first.events);
  expect(second.hash).toBe(first.hash);
  expect(second.next).toBe(first.next);
  return second;
}

export function configured(settings: DeskSettings, at: number, tenant = "one", days = 45): Command {
  const configuration = configurationOf(settings);
  const plans = plansOf(configuration, at, days);
  return { type: "configureTenant", at, tenant, configuration, plans };
}

let ids = 0;
/** A message of a new id. */
export const wrote = (
  customer: string,
  at: number,
  channel = "web",
  tenant = "one",
): ReceiveMessage => {
  ids += 1;
  return { type: "receiveMessage", at, tenant, id: `m${ids}`, channel, customer, content: "{}" };
};
export const tick = (at: number): Command => ({ type: "tick", at });
export const declared = (
  status: "available" | "away" | "offline",
  at: number,
  tenant = "one",
): SetPresence => ({
  type: "setPresence",
  at,
  tenant,
  agent: "ana",
  status,
});
