import { answerOf } from "../../worker/client/client.ts";
import type { PatientClient } from "./http.ts";
import type { Ledger } from "./ledger.ts";

interface AgentEvent {
  readonly id: string;
  readonly type: string;
  readonly conversation?: string;
  readonly reason?: string | { readonly rule?: string };
}

/** An agent's desktop: reads the agent's events, answers what comes, closes it. */
export class Desk {
  readonly #agent: string;
  readonly #client: PatientClient;
  readonly #ledger: Ledger;
  readonly #openedAt: () => number;
  #after: string | undefined;
  readonly #answers = new Set<Promise<void>>();
  #stopped = false;
  #failure: Error | undefined;

  /** `openedAt` is when the office opened, on the clock of `performance.now()`. */
  constructor(agent: string, client: PatientClient, ledger: Ledger, openedAt: () => number) {
    this.#agent = agent;
    this.#client = client;
    this.#ledger = ledger;
    this.#openedAt = openedAt;
  }

  async signIn(): Promise<void> {
    await this.#declare("available");
  }

  async signOut(): Promise<void> {
    await this.#declare("offline");
  }

  async #declare(status: "available" | "offline"): Promise<void> {
    const params = { path: { agent: this.#agent } };
    const declared = { params, body: { status } };
    answerOf(await this.#client.tenant.PUT("/agents/{agent}/presence", declared));
  }

  /** Until `stop`: each event once, over any restart of the worker. */
  async work(): Promise<void> {
    while (!this.#stopped) {
      if (this.#failure !== undefined) throw this.#failure;
      const query = { waitMs: 1000, ...(this.#after !== undefined && { after: this.#after }) };
      const params = { path: { agent: this.#agent }, query };
      const page = answerOf(await this.#client.tenant.GET("/agents/{agent}/events", { params }));
      for (const event of page.events) this.#take(event);
      this.#after = page.next;
    }
    await Promise.all(this.#answers);
  }

  stop(): void {
    this.#stopped = true;
  }

  #take({ id, type, conversation, reason }: AgentEvent): void {
    if (conversation === undefined) return;
    if (type === "conversationLeft") this.#ledger.left(conversation, this.#agent);
    if (type !== "conversationAssigned") return;
    const rule = typeof reason === "object" ? reason.rule : undefined;
    const lastAgent = rule === "last-agent" || rule === "reserved";
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
    const params = { path: { conversation } };
    const { tenant } = this.#client;
    answerOf(await tenant.POST("/conversations/{conversation}/messages", { params, body: reply }));
    this.#ledger.replied(conversation, reply.id, reply.text);
    const body = { agent: this.#agent };
    const ended = await tenant.POST("/conversations/{conversation}/close", { params, body });
    const alreadyClosed = ended.error?.code === "wrong_state";
    if (!alreadyClosed) answerOf(ended);
    this.#ledger.closed(conversation);
  }
}
