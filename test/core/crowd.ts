import { createEngine } from "../../core/index.ts";
import type { Command, Engine, Event, Result } from "../../core/index.ts";
import { plansOf } from "./desk.ts";
import type { Desk } from "./desk.ts";
import { monday } from "./script-time.ts";
import { Witness } from "./witness.ts";

type ForTenant = Exclude<Command, { readonly type: "tick" }>;
/** A command without what a crowd fills in. */
type Bare<C> = C extends ForTenant ? Omit<C, "at" | "tenant"> : never;

/**
 * The engine that workers run, with many customers: for what is too much for a script. Every law is
 * watched if asked.
 */
export class Crowd {
  readonly engine: Engine;
  readonly events: Event[] = [];
  at = monday;
  readonly #witness: Witness | undefined;
  #ids = 0;

  constructor(desk: Desk, isWatched = true) {
    this.engine = createEngine(desk.limits);
    this.#witness = isWatched ? new Witness() : undefined;
    const { configuration } = desk;
    const plans = plansOf(configuration, this.at);
    this.apply({ type: "configureTenant", configuration, plans });
  }

  apply(command: Bare<ForTenant>): Result {
    return this.#step({ ...command, at: this.at, tenant: "t" });
  }

  tick(at: number): void {
    this.at = at;
    this.#step({ type: "tick", at });
  }

  /** The number of the conversation. */
  write(customer: string, settings: { channel?: string; skillQueue?: string } = {}): number {
    const channel = settings.channel ?? "web";
    const id = `id-${(this.#ids += 1)}`;
    const message = { id, channel, customer, content: "", ...settings };
    const result = this.apply({ type: "receiveMessage", ...message, channel });
    return result.status === "accepted" ? result.conversation : 0;
  }

  available(agent: string): void {
    this.apply({ type: "setPresence", agent, status: "available" });
  }

  used(agent: string): number {
    return this.engine.agents("t").find(({ id }) => id === agent)?.units.used ?? 0;
  }

  count(type: Event["type"]): number {
    return this.events.filter((event) => event.type === type).length;
  }

  #step(command: Command): Result {
    const events: Event[] = [];
    const result = this.engine.apply(command, events);
    for (const event of events) this.events.push(event);
    this.#witness?.observe(this.engine, command, result, events);
    return result;
  }
}
