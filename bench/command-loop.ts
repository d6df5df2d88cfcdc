import type { Command, Engine, Event } from "../core/index.ts";
import {
  activeCount,
  agentCount,
  assignmentConfiguration,
  lastAgentShare,
  Numbers,
  queueCount,
  slotsPerAgent,
  startAt,
  stepMs,
} from "./assign-workload.ts";

const tenant = "bench";

/** The work of the bare loop through `Engine.apply`: commands and events as objects, ids as texts. */
export class CommandLoop {
  readonly #engine: Engine;
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

  constructor(engine: Engine) {
    this.#engine = engine;
    const configuration = assignmentConfiguration();
    this.#agents = configuration.agents.map(({ id }) => id);
    this.#apply({ type: "configureTenant", at: startAt, tenant, configuration, plans: [] });
    for (const agent of this.#agents) this.#signIn(agent);
    while (this.#active.length < activeCount) {
      const conversation = this.#arrive();
      this.#active.push(conversation);
      if (this.#numbers.below(1000) < lastAgentShare * 1000) this.#write(conversation);
    }
  }

  run(assignments: number): number {
    for (let count = 0; count < assignments; count += 1) {
      this.#at += stepMs;
      if (this.#at >= this.#nextBeat) this.#beat();
      const at = this.#oldest;
      this.#oldest = at + 1 === this.#active.length ? 0 : at + 1;
      const conversation = this.#active[at] ?? 0;
      this.#apply({ type: "closeConversation", at: this.#at, tenant, conversation });
      this.#active[at] = this.#arrive();
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
      customer: `customer-${number % (2 * agentCount * slotsPerAgent)}`,
      skillQueue: `queue-${this.#numbers.below(queueCount)}`,
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
    for (let index = this.#beats; index < agentCount; index += 10) {
      this.#signIn(this.#agents[index] ?? "");
    }
    this.#beats = (this.#beats + 1) % 10;
  }

  #apply(command: Command) {
    this.#events.length = 0;
    return this.#engine.apply(command, this.#events);
  }
}
