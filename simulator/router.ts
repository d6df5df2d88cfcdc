import type { Command, EraseCustomer, Tick } from "../core/commands.ts";
import type { EngineCounts } from "../core/engine.ts";
import { cell, rowType, rowWidth, type EventRows } from "../core/fast/event-rows.ts";
import type { InternedEngine } from "../core/fast/interned-engine.ts";
import type { Agent, Channel, Queue } from "../core/fast/state.ts";
import type { RejectionCode } from "../core/rejections.ts";
import { nameOfPerson, personUnit } from "./population.ts";
import type { World } from "./world.ts";

/** The one tenant of a simulation. */
export const simulatedTenant = "simulated";

/** Whatever is rare enough to be said by its ids. */
type Saying = Exclude<Command, EraseCustomer | Tick>;
type Bare<C> = C extends unknown ? Omit<C, "at" | "tenant"> : never;

/**
 * The production engine, spoken to by place: agents, channels and queues are what stands there in
 * the world's lists, customers and messages are numbers, and events stay rows. What happens for each
 * message makes no text (but the name of a person whom several channels may know) and no object.
 */
export class Router {
  /** What happened since it was last dealt with. Handles in it: see `agentOf`, `queueOf`. */
  readonly rows: EventRows;
  /** Place in the world's list by handle, −1 for nobody's. */
  readonly agentOf: Int32Array;
  readonly queueOf: Int32Array;
  /** The conversation of the last message: handle, number, and whether it began an episode. */
  readonly received = { handle: 0, conversation: 0, began: false };
  /** Commands given so far. */
  commands = 0;
  readonly #engine: InternedEngine;
  readonly #world: World;
  readonly #agents: readonly Agent[];
  readonly #channels: readonly Channel[];
  readonly #queues: readonly Queue[];
  /** Whether the same person may be known on several channels. */
  readonly #named: boolean;
  readonly #message = {
    id: { text: undefined, high: 0, low: 0 },
    address: { text: undefined, high: 0, low: 0 },
    customer: 0,
    customerId: undefined as string | undefined,
    priority: -1,
    automatic: false,
  };
  readonly #answer = {
    id: { text: undefined, high: 0, low: 0 },
    version: undefined,
    template: false,
    tag: undefined,
  };

  /** @param engine knows nothing yet */
  constructor(world: World, engine: InternedEngine) {
    const { configuration, plans, agents, channels, queues } = world;
    this.#world = world;
    this.#engine = engine;
    this.rows = engine.events;
    this.#engine.at = world.from;
    this.say({ type: "configureTenant", configuration, plans });
    this.#agents = agents.map(({ id }) => engine.agent(simulatedTenant, id));
    this.#channels = channels.map(({ id }) => engine.channel(simulatedTenant, id));
    this.#queues = channels.map(({ settings }) =>
      engine.queue(simulatedTenant, settings.skillQueue),
    );
    this.agentOf = placesOf(this.#agents);
    this.queueOf = placesOf(queues.map(({ id }) => engine.queue(simulatedTenant, id)));
    this.#named = channels.some(
      ({ settings, returnFrom }) =>
        settings.lastAgentMode.scope === "customer" || returnFrom.length > 1,
    );
  }

  /** Epoch ms of all that is said from here on. */
  set now(at: number) {
    this.#engine.at = at;
  }

  /** Epoch ms of the next tick that the engine needs by then; infinite: none. */
  deadlineBy(at: number): number {
    return this.#engine.deadlineBy(at);
  }

  /** Fires what is due; answers whether more is. */
  tick(): boolean {
    this.commands += 1;
    return this.#engine.tick();
  }

  /** A person writes on a channel; what it came to is in `received`. */
  receive(channel: number, person: number, arrival: number, part: number): void {
    const to = this.#channels[channel];
    const queue = this.#queues[channel];
    if (to === undefined || queue === undefined) throw new Error(`no channel ${channel}`);
    const message = this.#message;
    const first = Math.floor(person / personUnit);
    message.id.high = part;
    message.id.low = arrival;
    message.address.high = first;
    message.address.low = person - first * personUnit;
    if (this.#named) message.customerId = nameOfPerson(this.#world.channels, person);
    this.commands += 1;
    this.received.handle = this.#engine.receive(to, queue, message);
    this.#lookAtReceived();
  }

  /** An agent answers; answers why they may not. */
  write(
    conversation: number,
    agent: number,
    arrival: number,
    answer: number,
  ): RejectionCode | undefined {
    const by = this.#agents[agent];
    if (by === undefined) throw new Error(`no agent ${agent}`);
    this.#answer.id.high = answer;
    this.#answer.id.low = arrival;
    this.commands += 1;
    return this.#engine.write(conversation, by, this.#answer)?.code;
  }

  /** An agent closes what they own. */
  close(conversation: number, agent: number): void {
    const by = this.#agents[agent];
    if (by === undefined) throw new Error(`no agent ${agent}`);
    this.commands += 1;
    this.#engine.close(conversation, by);
  }

  /** Gives any command, by its ids. */
  say(saying: Bare<Saying>): void {
    this.commands += 1;
    this.#engine.apply({ ...saying, at: this.#engine.at, tenant: simulatedTenant });
  }

  counts(): EngineCounts {
    return this.#engine.counts();
  }

  /** By the rows: a conversation that was closed at once is nothing to ask the engine about. */
  #lookAtReceived(): void {
    const { received, rows } = this;
    const { cells, count } = rows;
    received.began = false;
    for (let at = 0; at < count * rowWidth; at += rowWidth) {
      const conversation = cells[at + cell.conversation] ?? 0;
      if (cells[at] === rowType.messageReceived) received.conversation = conversation;
      else if (cells[at] === rowType.episodeBegan && conversation === received.conversation) {
        received.began = true;
      }
    }
  }
}

function placesOf(items: readonly { readonly handle: number }[]): Int32Array {
  const places = new Int32Array(1 + Math.max(0, ...items.map(({ handle }) => handle))).fill(-1);
  for (const [place, { handle }] of items.entries()) places[handle] = place;
  return places;
}
