import type { Client } from "./http.ts";
import type { Ledger } from "./ledger.ts";

interface AgentEvent {
  readonly id: string;
  readonly type: string;
  readonly conversation: string;
  readonly reason: { readonly rule: string };
}

/** An agent's desktop: reads the agent's events, answers what comes, closes it. */
export class Desk {
  readonly #agent: string;
  readonly #client: Client;
  readonly #ledger: Ledger;
  readonly #openedAt: () => number;
  #after: string | undefined;
  readonly #answers = new Set<Promise<void>>();
  #stopped = false;
  #failure: Error | undefined;

  /** `openedAt` is when the office opened, on the clock of `performance.now()`. */
  constructor(agent: string, client: Client, ledger: Ledger, openedAt: () => number) {
    this.#agent = agent;
    this.#client = client;
    this.#ledger = ledger;
    this.#openedAt = openedAt;
  }

  async signIn(): Promise<void> {
    await this.#presence("available");
  }

  async signOut(): Promise<void> {
    await this.#presence("offline");
  }

  async #presence(status: string): Promise<void> {
    await this.#client.send("PUT", `/agents/${this.#agent}/presence`, { status });
  }

  /** Until `stop`: each event once, over any restart of the worker. */
  async work(): Promise<void> {
    while (!this.#stopped) {
      if (this.#failure !== undefined) throw this.#failure;
      const after = this.#after === undefined ? "" : `&after=${this.#after}`;
      const path = `/agents/${this.#agent}/events?waitMs=1000${after}`;
      const { body } = await this.#client.send("GET", path);
      for (const event of (body["events"] ?? []) as readonly AgentEvent[]) this.#take(event);
      this.#after = String(body["next"]);
    }
    await Promise.all(this.#answers);
  }

  stop(): void {
    this.#stopped = true;
  }

  #take({ id, type, conversation, reason }: AgentEvent): void {
    if (type === "conversationLeft") this.#ledger.left(conversation, this.#agent);
    if (type !== "conversationAssigned") return;
    const lastAgent = reason.rule === "last-agent" || reason.rule === "reserved";
    const afterMs = performance.now() - this.#openedAt();
    this.#ledger.assigned(conversation, this.#agent, lastAgent, afterMs);
    const answer = this.#answer(conversation, id).catch((error: unknown) => {
      this.#failure = new Error(this.#agent, { cause: error }); // thrown where the desk works, so that the whole play ends
    });
    this.#answers.add(answer);
  }

  /** One reply, then the end. Both may be repeated: the id and the state make that harmless. */
  async #answer(conversation: string, assignment: string): Promise<void> {
    const reply = {
      id: `reply-${assignment}`,
      from: { agent: this.#agent },
      text: `${this.#agent} answers ${conversation} (${assignment})`,
    };
    const sent = await this.#client.send("POST", `/conversations/${conversation}/messages`, reply);
    if (sent.status !== 202) throw new Error(`reply refused: ${JSON.stringify(sent.body)}`);
    this.#ledger.replied(conversation, reply.id, reply.text);
    const close = { agent: this.#agent };
    const ended = await this.#client.send("POST", `/conversations/${conversation}/close`, close);
    const alreadyClosed = ended.status === 409 && ended.body["code"] === "wrong_state";
    if (ended.status !== 200 && !alreadyClosed) {
      throw new Error(`close refused: ${JSON.stringify(ended.body)}`);
    }
    this.#ledger.closed(conversation);
  }
}
