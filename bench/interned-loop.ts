import { InternedEngine } from "../core/fast/interned-engine.ts";
import type { Agent } from "../core/fast/state.ts";
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
const heartbeatMs = 3_600_000;

/**
 * The work of the bare loop through the engine underneath its commands: every rule, deadlines,
 * deduplication, reasons, events; but ids that are numbers already.
 */
export class InternedLoop {
  readonly #engine = new InternedEngine();
  readonly #numbers = new Numbers(7);
  readonly #agents;
  readonly #queues;
  readonly #channel;
  readonly #customers: number[] = [];
  readonly #active: Int32Array;
  #at = startAt;
  #messages = 0;
  #oldest = 0;
  #hash = 0;
  #nextBeat = startAt;
  #beats = 0;
  eventCount = 0;
  readonly #message = {
    id: { text: undefined, high: 0, low: 0 },
    address: { text: undefined, high: 0, low: 0 },
    customer: 0,
    customerId: undefined,
    priority: -1,
    automatic: false,
  };

  /** @param waiting conversations that wait all the time; with any, every agent is busy */
  constructor(waiting: number) {
    const engine = this.#engine;
    const configuration = assignmentConfiguration();
    engine.apply({ type: "configureTenant", at: startAt, tenant, configuration, plans: [] });
    this.#agents = configuration.agents.map(({ id }) => engine.agent(tenant, id));
    this.#queues = configuration.skillQueues.map(({ id }) => engine.queue(tenant, id));
    this.#channel = engine.channel(tenant, "web");
    for (const agent of this.#agents) engine.setAvailable(agent);
    const customerCount = waiting + 2 * agentCount * slotsPerAgent;
    for (let index = 0; index < customerCount; index += 1) {
      this.#customers.push(engine.customer(this.#channel, `customer-${index}`));
    }
    this.#active = new Int32Array(waiting === 0 ? activeCount : agentCount * slotsPerAgent);
    this.#fill(waiting);
  }

  run(assignments: number): number {
    for (let count = 0; count < assignments; count += 1) this.#one();
    return this.#hash;
  }

  #fill(waiting: number): void {
    for (let index = 0; index < this.#active.length; index += 1) {
      const conversation = this.#arrive();
      this.#active[index] = conversation;
      // Some have a last agent from here on.
      if (this.#numbers.below(1000) < lastAgentShare * 1000) {
        const id = this.#messages++;
        const owner = this.#agents.find(
          ({ handle }) => handle === this.#engine.ownerOf(conversation),
        );
        if (owner !== undefined) this.#write(conversation, owner, id);
      }
    }
    for (let index = 0; index < waiting; index += 1) this.#arrive();
  }

  #one(): void {
    this.#at += stepMs;
    this.#engine.at = this.#at;
    if (this.#at >= this.#nextBeat) this.#beat();
    const at = this.#oldest;
    this.#oldest = at + 1 === this.#active.length ? 0 : at + 1;
    this.#engine.close(this.#active[at] ?? 0, undefined);
    this.#read();
    this.#active[at] = this.#arrive();
  }

  #arrive(): number {
    const id = this.#messages++;
    const customer = this.#customers[id % this.#customers.length] ?? 0;
    const queue = this.#queues[this.#numbers.below(queueCount)];
    if (queue === undefined) throw new Error("no queue");
    this.#message.id.low = id;
    this.#message.customer = customer;
    const conversation = this.#engine.receive(this.#channel, queue, this.#message);
    this.#hash = (Math.imul(this.#hash, 31) + this.#engine.ownerOf(conversation)) | 0;
    this.#read();
    return conversation;
  }

  #write(conversation: number, agent: Agent, number: number): void {
    const id = { text: undefined, high: number, low: 1 };
    this.#engine.write(conversation, agent, {
      id,
      version: undefined,
      template: false,
      tag: undefined,
    });
  }

  /** A tenth of the agents at a time, so that everybody is heard of in time. */
  #beat(): void {
    this.#nextBeat += heartbeatMs / 20;
    for (let index = this.#beats; index < agentCount; index += 10) {
      const agent = this.#agents[index];
      if (agent !== undefined) this.#engine.setAvailable(agent);
    }
    this.#beats = (this.#beats + 1) % 10;
    this.#read();
  }

  #read(): void {
    const { events } = this.#engine;
    this.eventCount += events.count;
    events.clear();
  }
}
