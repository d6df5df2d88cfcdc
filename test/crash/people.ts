import { setTimeout as wait } from "node:timers/promises";
import type { Chance } from "./chance.ts";
import type { Answer, Client } from "./client.ts";
import type { Ledger, ToldEntry, ToldEvent } from "./ledger.ts";

/** The world that the people of a test share. */
export interface World {
  readonly client: Client;
  readonly ledger: Ledger;
  readonly chance: Chance;
}

/** A customer who writes one message after the other, each until it is answered, and polls. */
export class Customer {
  readonly channel: string;
  readonly address: string;
  readonly #world: World;
  #sent = 0;
  #after = "";

  constructor(world: World, channel: string, address: string) {
    this.#world = world;
    this.channel = channel;
    this.address = address;
  }

  /** Until `isOver`; what was begun is brought to its end. */
  async writeUntil(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      await this.write();
      if (this.channel === "web") await this.poll();
      await wait(this.#world.chance.below(60));
    }
  }

  async write(): Promise<void> {
    const { client, ledger } = this.#world;
    this.#sent += 1;
    const id = `${this.address}-${this.#sent}`;
    const text = `message ${this.#sent} of ${this.address}`;
    const message = { id, channel: this.channel, customer: this.address, text };
    const { status, body, attempts } = await client.ask("POST", "/messages", message);
    if (status !== 202) throw new Error(`message ${id}: ${status} ${JSON.stringify(body)}`);
    const conversation = String(body["conversation"]);
    ledger.add(ledger.messages, this.address, { id, conversation, text, attempts });
  }

  async poll(): Promise<void> {
    const { client, ledger } = this.#world;
    const after = this.#after === "" ? "" : `&after=${this.#after}`;
    const path = `/channels/${this.channel}/customers/${this.address}/poll?waitMs=0${after}`;
    const { status, body } = await client.ask("GET", path);
    if (status !== 200) throw new Error(`poll: ${status} ${JSON.stringify(body)}`);
    for (const entry of (body["entries"] ?? []) as ToldEntry[]) {
      ledger.add(ledger.polls, this.address, entry);
    }
    const { next } = body;
    if (typeof next === "string") this.#after = next;
  }
}

/** An agent at work: reads the stream, takes or declines offers, answers, and sometimes closes. */
export class Desk {
  readonly agent: string;
  readonly #world: World;
  readonly #ended = new AbortController();
  readonly #busy = new Set<Promise<void>>();
  #written = 0;
  #failure: Error | undefined;

  constructor(world: World, agent: string) {
    this.#world = world;
    this.agent = agent;
  }

  /** Actions that are not answered yet. */
  get busyCount(): number {
    return this.#busy.size;
  }

  /** Events that it was told. */
  get told(): readonly ToldEvent[] {
    return this.#world.ledger.streams.get(this.agent) ?? [];
  }

  /** What went wrong with an action, if anything did. */
  throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Read on and on, behind the last event told, whatever becomes of the connection. */
  async work(): Promise<void> {
    const { client, ledger } = this.#world;
    const { signal } = this.#ended;
    while (!signal.aborted) {
      try {
        for await (const data of client.stream(this.agent, this.told.at(-1)?.id, signal)) {
          const event = JSON.parse(data) as ToldEvent;
          ledger.add(ledger.streams, this.agent, event);
          this.#react(event);
        }
      } catch {
        // The connection was lost; it goes on behind the last event.
      }
      await wait(20);
    }
  }

  stop(): void {
    this.#ended.abort();
  }

  async declare(status: "available" | "away"): Promise<void> {
    const { client, ledger } = this.#world;
    const answer = await client.ask("PUT", `/agents/${this.agent}/presence`, { status });
    expectStatus(answer, [200], `presence of ${this.agent}`);
    ledger.presences.set(this.agent, status);
  }

  /** Heartbeats, and a short absence now and then. */
  async bePresentUntil(isOver: () => boolean): Promise<void> {
    const { chance } = this.#world;
    while (!isOver()) {
      await this.declare(chance.once(8) ? "away" : "available");
      await wait(100 + chance.below(200));
    }
    await this.declare("available");
  }

  /** Close all that is still open, so that there is room for the next shift. */
  async endShift(): Promise<void> {
    const { body } = await this.#world.client.ask("GET", `/agents/${this.agent}`);
    for (const conversation of body["conversations"] as readonly string[]) {
      await this.#close(conversation);
    }
  }

  #react({ type, conversation }: ToldEvent): void {
    if (conversation === undefined) return;
    const { chance } = this.#world;
    if (type === "conversationOffered") this.#begin(this.#decide(conversation));
    else if (type === "conversationAssigned") this.#begin(this.#answer(conversation));
    else if (type === "messageReceived" && chance.once(2)) this.#begin(this.#answer(conversation));
  }

  #begin(action: Promise<void>): void {
    const supervised = action
      .catch((error: unknown) => {
        this.#failure ??= error instanceof Error ? error : new Error(String(error));
      })
      .finally(() => this.#busy.delete(supervised));
    this.#busy.add(supervised);
  }

  async #decide(conversation: string): Promise<void> {
    const { client, ledger, chance } = this.#world;
    const verb = chance.once(5) ? "decline" : "accept";
    const path = `/conversations/${conversation}/${verb}`;
    const answer = await client.ask("POST", path, { agent: this.agent });
    expectStatus(answer, [200, 409], `${verb} ${conversation}`);
    if (answer.status === 200) ledger.actions.push({ conversation, agent: this.agent, verb });
  }

  async #answer(conversation: string): Promise<void> {
    const { client, ledger, chance } = this.#world;
    this.#written += 1;
    const id = `${this.agent}-${this.#written}`;
    const text = `answer ${id}`;
    const path = `/conversations/${conversation}`;
    const from = { agent: this.agent };
    const answer = await client.ask("POST", `${path}/messages`, { id, from, text });
    expectStatus(answer, [202, 409], `write ${id}`);
    const { status, attempts } = answer;
    if (status === 202) ledger.writes.push({ id, conversation, text, attempts });
    if (status === 202 && chance.once(2)) await this.#close(conversation);
  }

  async #close(conversation: string): Promise<void> {
    const { client, ledger } = this.#world;
    const path = `/conversations/${conversation}/close`;
    const closed = await client.ask("POST", path, { agent: this.agent });
    expectStatus(closed, [200, 409], `close ${conversation}`);
    if (closed.status === 200) {
      ledger.actions.push({ conversation, agent: this.agent, verb: "close" });
    }
  }
}

function expectStatus(answer: Answer, wanted: readonly number[], what: string): void {
  if (wanted.includes(answer.status)) return;
  throw new Error(`${what}: ${answer.status} ${JSON.stringify(answer.body)}`);
}
