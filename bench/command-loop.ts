import type { Command, Engine, Event } from "../core/index.ts";
import {
  assignmentConfiguration,
  lastAgentShare,
  Numbers,
  slotsPerAgent,
  startAt,
  stepMs,
  usualShape,
  type Shape,
} from "./assign-workload.ts";

const tenant = "bench";

/** The work of the bare loop through `Engine.apply`: commands and events as objects, ids as texts. */
export class CommandLoop {
  readonly #engine: Engine;
  readonly #shape: Shape;
  readonly #customerCount: number;
  readonly #waits: boolean;
  readonly #numbers = new Numbers(7);
  readonly #agents: readonly string[];
  readonly #active: number[] = [];
  readonly #events: Event[] = [];
  #at = startAt;
  #messages = 0;
  #oldest = 0;
  #hash = 0;
  #nextBeat = startAt;
  #beats = 0;

  /** @param waiting conversations that wait all the time; with any, every agent is busy */
  constructor(engine: Engine, shape: Shape = usualShape, waiting: number = 0) {
    this.#engine = engine;
    this.#shape = shape;
    this.#waits = waiting > 0;
    const slotCount = shape.agents * slotsPerAgent;
    this.#customerCount = waiting + 2 * slotCount;
    const configuration = assignmentConfiguration(shape);
    this.#agents = configuration.agents.map(({ id }) => id);
    this.#apply({ type: "configureTenant", at: startAt, tenant, configuration, plans: [] });
    for (const agent of this.#agents) this.#signIn(agent);
    const activeCount = this.#waits ? slotCount : slotCount / 2;
    while (this.#active.length < activeCount) {
      const conversation = this.#arrive();
      // Some queues may be out of agents before all slots are taken.
      if (this.#waits && this.#engine.conversation(tenant, conversation)?.agent === undefined) {
        if (this.#messages > 4 * slotCount) break;
        continue;
      }
      this.#active.push(conversation);
      if (this.#numbers.below(1000) < lastAgentShare * 1000) this.#write(conversation);
    }
    for (let index = 0; index < waiting; index += 1) this.#arrive();
  }

  run(assignments: number): number {
    for (let count = 0; count < assignments; count += 1) {
      this.#at += stepMs;
      if (this.#at >= this.#nextBeat) this.#beat();
      const at = this.#oldest;
      this.#oldest = at + 1 === this.#active.length ? 0 : at + 1;
      const conversation = this.#active[at] ?? 0;
      this.#apply({ type: "closeConversation", at: this.#at, tenant, conversation });
      const next = this.#events.find(({ type }) => type === "conversationAssigned");
      const arrived = this.#arrive();
      this.#active[at] = next !== undefined && "conversation" in next ? next.conversation : arrived;
    }
    return this.#hash;
  }

  #arrive(): number {
    const number = this.#messages++;
    const outcome = this.#apply({
      type: "receiveMessage",
      at: this.#at,
      tenant,
      id: `message-${number}`,
      channel: "web",
      customer: `customer-${number % this.#customerCount}`,
      skillQueue: `queue-${this.#numbers.below(this.#shape.queues)}`,
      content: "{}",
    });
    if (outcome.status !== "accepted") throw new Error(outcome.status);
    const agent = outcome.agent ?? "";
    for (let index = 0; index < agent.length; index += 1) {
      this.#hash = (Math.imul(this.#hash, 31) + agent.charCodeAt(index)) | 0;
    }
    return outcome.conversation;
  }

  #write(conversation: number): void {
    const agent = this.#engine.conversation(tenant, conversation)?.agent;
    if (agent === undefined) return;
    const id = `write-${this.#messages++}`;
    const at = this.#at;
    this.#apply({ type: "writeMessage", at, tenant, conversation, id, agent, content: "{}" });
  }

  #signIn(agent: string): void {
    this.#apply({ type: "setPresence", at: this.#at, tenant, agent, status: "available" });
  }

  #beat(): void {
    this.#nextBeat += 3_600_000 / 20;
    for (let index = this.#beats; index < this.#agents.length; index += 10) {
      this.#signIn(this.#agents[index] ?? "");
    }
    this.#beats = (this.#beats + 1) % 10;
  }

  #apply(command: Command) {
    this.#events.length = 0;
    return this.#engine.apply(command, this.#events);
  }
}
