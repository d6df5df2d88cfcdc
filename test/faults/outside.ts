import type { Command, Result } from "../../core/index.ts";
import type { CustomerEntry } from "../../worker/shards/routing.ts";
import { claim } from "./machine.ts";
import type { Machine } from "./machine.ts";
import type { Truth } from "./truth.ts";

/** A request under way: it may be lost, come twice, or come late. */
export interface Request {
  readonly command: Command;
  /** The pusher's own note; it dies with the worker. */
  readonly internal: boolean;
}

/** What the world outside was told, and what reached it. */
export class Outside {
  /** Requests under way, in no order. */
  readonly waiting: Request[] = [];
  readonly #truth: Truth;
  readonly #answered: {
    readonly tenant: string;
    readonly id: string;
    readonly conversation: number;
  }[] = [];
  /** Entries that reached the channel, by conversation, in the order in which they came first. */
  readonly #arrived = new Map<string, number[]>();
  readonly #pushing = new Set<string>();

  constructor(truth: Truth) {
    this.#truth = truth;
  }

  /** Somebody got an answer: it has to stay true. */
  note(command: Command, result: Result): void {
    if (command.type === "recordDelivery") this.#pushing.clear();
    if (result.status !== "accepted" || !("id" in command)) return;
    const { tenant, id } = command;
    this.#answered.push({ tenant, id, conversation: result.conversation });
  }

  /** The worker is gone, and what only it knew. */
  forgetWorker(): void {
    this.#pushing.clear();
    const kept = this.waiting.filter(({ internal }) => !internal);
    this.waiting.splice(0, this.waiting.length, ...kept);
  }

  /**
   * Push what the outbox gives, one entry of a conversation at a time.
   *
   * @param fate of each attempt: not arrived, arrived and answered, arrived and the answer lost
   */
  push(machine: Machine, fate: () => "lost" | "answered" | "unanswered"): number {
    let count = 0;
    for (const { tenant, channel, entries } of this.#outboxes(machine)) {
      for (const entry of entries) {
        count += 1;
        const became = fate();
        if (became === "lost") continue;
        this.#arrive(tenant, entry);
        if (became === "unanswered") continue;
        this.#pushing.add(`${tenant} ${entry.conversation}`);
        const { sequence } = entry;
        const command = {
          type: "recordDelivery",
          at: 0,
          tenant,
          channel,
          entry: sequence,
          status: "sent",
        } as const;
        this.waiting.push({ command, internal: true });
      }
    }
    return count;
  }

  /** Every answer is still true: each text once, in the conversation that was answered. */
  checkAnswers(): void {
    const found = new Map<string, number>();
    for (const event of this.#truth.events) {
      if (event.type !== "messageReceived" && event.type !== "messageSent") continue;
      if (event.id === undefined) continue;
      const key = `${event.tenant} ${event.id} ${event.conversation}`;
      found.set(key, (found.get(key) ?? 0) + 1);
    }
    for (const { tenant, id, conversation } of this.#answered) {
      const times = found.get(`${tenant} ${id} ${conversation}`);
      claim(times !== undefined, `${id} was answered for ${conversation}, and is not there`);
    }
  }

  /** Everything that agents wrote has arrived, where the customer was not erased meanwhile. */
  checkArrived(machine: Machine): void {
    for (const event of this.#truth.events) {
      if (event.type !== "messageSent") continue;
      const { tenant, conversation, sequence } = event;
      const arrived = this.#arrived.get(`${tenant} ${conversation}`) ?? [];
      if (arrived.includes(sequence)) continue;
      const view = machine.partition.query({ type: "conversation", tenant, conversation });
      claim(view?.customer === undefined, `entry ${sequence} never arrived`);
    }
  }

  #arrive(tenant: string, { conversation, sequence }: CustomerEntry): void {
    const key = `${tenant} ${conversation}`;
    const arrived = this.#arrived.get(key) ?? [];
    if (arrived.includes(sequence)) return;
    const newest = arrived.at(-1) ?? 0;
    claim(sequence > newest, `${key}: entry ${sequence} arrives behind ${newest}`);
    const event = this.#truth.events.find((one) => one.sequence === sequence);
    claim(event !== undefined, `entry ${sequence} was pushed and never happened`);
    this.#arrived.set(key, [...arrived, sequence]);
  }

  #outboxes(machine: Machine) {
    const { engine } = this.#truth;
    return engine.tenants().flatMap((tenant) => {
      const channels = engine.configuration(tenant)?.configuration.channels ?? [];
      return channels.map(({ id: channel }) => {
        const except = [...this.#pushing]
          .filter((key) => key.startsWith(`${tenant} `))
          .map((key) => Number(key.split(" ")[1]));
        const query = { type: "outbox", tenant, channel, except, limit: 8 } as const;
        return { tenant, channel, entries: machine.partition.query(query) };
      });
    });
  }
}
