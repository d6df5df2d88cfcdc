import { expect } from "vitest";
import type {
  AgentState,
  Answer,
  ConfigurationDocument,
  Conversation,
  CustomerEntry,
  DeskEvent,
  Explanation,
  Outcome,
  Problem,
  QueueState,
  State,
} from "./wire.ts";
import { exchange } from "./wire.ts";

/** What a test says of an inbound message; the rest is made up. */
export interface Inbound {
  readonly id?: string;
  readonly channel?: string;
  readonly customer?: string;
  readonly text?: string;
  readonly [key: string]: unknown;
}

/** One tenant, from all its sides: channel, agents, supervisor. */
export class TenantDesk {
  readonly name: string;
  readonly #worker: { readonly url: string };
  #ids = 0;

  constructor(worker: { readonly url: string }, name: string) {
    this.#worker = worker;
    this.name = name;
  }

  get url(): string {
    return `${this.#worker.url}/v1/tenants/${this.name}`;
  }

  freshId(): string {
    this.#ids += 1;
    return `i${this.#ids}`;
  }

  call<T>(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer<T>> {
    return exchange<T>(this.url, method, path, body, headers);
  }

  configure(
    document: ConfigurationDocument | string,
    query = "",
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer<Problem & { readonly warnings: Problem["violations"] }>> {
    return this.call("PUT", `/configuration${query}`, document, headers);
  }

  /** Sends what a customer wrote, whatever comes of it. */
  send(message: Inbound = {}): Promise<Answer<Outcome & Problem>> {
    const { id = this.freshId(), channel = "web", customer = "vera", text = "hello" } = message;
    return this.call("POST", "/messages", { ...message, id, channel, customer, text });
  }

  /** A customer writes. */
  async inbound(message: Inbound = {}): Promise<Outcome> {
    const answer = await this.send(message);
    expect(answer, JSON.stringify(answer.body)).toMatchObject({ status: 202 });
    return answer.body;
  }

  async presence(agent: string, status: string): Promise<void> {
    const answer = await this.call("PUT", `/agents/${agent}/presence`, { status });
    expect(answer, JSON.stringify(answer.body)).toMatchObject({ status: 200 });
  }

  async available(...agents: readonly string[]): Promise<void> {
    for (const agent of agents) await this.presence(agent, "available");
  }

  /** An agent or the bot writes, whatever comes of it. */
  write(
    conversation: string,
    from: string | { readonly bot: true },
    more: Readonly<Record<string, unknown>> = {},
  ): Promise<Answer<Outcome & Problem>> {
    return this.call("POST", `/conversations/${conversation}/messages`, {
      id: this.freshId(),
      from: typeof from === "string" ? { agent: from } : from,
      text: "answer",
      ...more,
    });
  }

  /** An agent answers. */
  async answer(conversation: string, agent: string, text = "answer"): Promise<Outcome> {
    const answer = await this.write(conversation, agent, { text });
    expect(answer, JSON.stringify(answer.body)).toMatchObject({ status: 202 });
    return answer.body;
  }

  contact(
    agent: string,
    more: Readonly<Record<string, unknown>> = {},
  ): Promise<Answer<Outcome & Problem>> {
    const channel = "web";
    const customer = "vera";
    const id = this.freshId();
    return this.call("POST", "/conversations", {
      id,
      agent,
      channel,
      customer,
      text: "it is us",
      ...more,
    });
  }

  act(
    conversation: string,
    action: string,
    body: unknown = {},
  ): Promise<Answer<Outcome & Problem>> {
    return this.call("POST", `/conversations/${conversation}/${action}`, body);
  }

  async conversation(id: string): Promise<Conversation> {
    return (await this.read<Conversation>(`/conversations/${id}`)).body;
  }

  async state(id: string): Promise<State> {
    return (await this.conversation(id)).state;
  }

  async list(query = ""): Promise<readonly Conversation[]> {
    const answer = await this.read<{ items: readonly Conversation[] }>(`/conversations${query}`);
    return answer.body.items;
  }

  async agent(id: string): Promise<AgentState> {
    return (await this.read<AgentState>(`/agents/${id}`)).body;
  }

  async queue(id: string): Promise<QueueState> {
    const { items } = (await this.read<{ items: readonly QueueState[] }>("/queues")).body;
    const found = items.find((queue) => queue.id === id);
    if (found === undefined) throw new Error(`no queue ${id}`);
    return found;
  }

  async events(of = ""): Promise<readonly DeskEvent[]> {
    const events: DeskEvent[] = [];
    let after = "";
    for (;;) {
      const path = `${of}/events?waitMs=0${after}`;
      const { body } = await this.read<{ events: readonly DeskEvent[]; next: string }>(path);
      if (body.events.length === 0) return events;
      events.push(...body.events);
      after = `&after=${encodeURIComponent(body.next)}`;
    }
  }

  agentEvents(agent: string): Promise<readonly DeskEvent[]> {
    return this.events(`/agents/${agent}`);
  }

  /** The events of one type, of one conversation if it is named. */
  async eventsOf(type: string, conversation?: string): Promise<readonly DeskEvent[]> {
    const events = await this.events();
    return events.filter(
      (event) =>
        event.type === type && (conversation === undefined || event.conversation === conversation),
    );
  }

  /** Why this conversation was last assigned or offered. */
  async explanation(conversation: string): Promise<Explanation> {
    const events = await this.events();
    const reason = events.findLast(
      (event) =>
        event.conversation === conversation &&
        (event.type === "conversationAssigned" || event.type === "conversationOffered"),
    )?.reason;
    if (reason === undefined || typeof reason === "string") throw new Error("never assigned");
    return reason;
  }

  /** All that this customer has been told, as the poll of the channel shows it. */
  async told(customer = "vera", channel = "web"): Promise<readonly CustomerEntry[]> {
    const path = `/channels/${channel}/customers/${encodeURIComponent(customer)}/poll?waitMs=0`;
    return (await this.read<{ entries: readonly CustomerEntry[] }>(path)).body.entries;
  }

  /** When this timer of the conversation is due; undefined if it does not run. */
  async due(conversation: string, timer: string): Promise<string | number | undefined> {
    const { deadlines } = await this.conversation(conversation);
    const found = deadlines.find((deadline) => deadline.timer === timer);
    return found?.dueAt ?? found?.remainingMs;
  }

  async read<T>(path: string): Promise<Answer<T>> {
    const answer = await this.call<T>("GET", path);
    expect(answer, JSON.stringify(answer.body)).toMatchObject({ status: 200 });
    return answer;
  }
}
