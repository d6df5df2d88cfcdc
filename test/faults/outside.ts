import type { Command, Result } from "../../core/index.ts";
import type { PushMessage } from "../../worker/delivery/push-message.ts";
import { claim } from "./machine.ts";
import type { Machine } from "./machine.ts";
import type { Truth } from "./truth.ts";

/** A request under way: it may be lost, come twice, or come late. */
export interface Request {
  readonly command: Command;
  /** The host's own; it dies with the worker. */
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

  constructor(truth: Truth) {
    this.#truth = truth;
  }

  /** Somebody got an answer: it has to stay true. */
  note(command: Command, result: Result): void {
    if (result.status !== "accepted" || !("id" in command)) return;
    const { tenant, id } = command;
    this.#answered.push({ tenant, id, conversation: result.conversation });
  }

  /** The worker is gone, and what only it knew. */
  forgetWorker(): void {
    const kept = this.waiting.filter(({ internal }) => !internal);
    this.waiting.splice(0, this.waiting.length, ...kept);
  }

  /** An entry reached the endpoint of its channel: once more, or for the first time and in its turn. */
  arrive({ tenant, data }: PushMessage): void {
    const sequence = numberOf(data.id);
    const key = `${tenant} ${numberOf(data.conversation)}`;
    const arrived = this.#arrived.get(key) ?? [];
    if (arrived.includes(sequence)) return;
    const newest = arrived.at(-1) ?? 0;
    claim(sequence > newest, `${key}: entry ${sequence} arrives behind ${newest}`);
    const event = this.#truth.events.find((one) => one.sequence === sequence);
    claim(event !== undefined, `entry ${sequence} was pushed and never happened`);
    this.#arrived.set(key, [...arrived, sequence]);
  }

  /** The worker is about to note that the endpoint has taken it. */
  checkSent(tenant: string, entry: number): void {
    const event = this.#truth.events.find(({ sequence }) => sequence === entry);
    claim(event !== undefined && "conversation" in event, `entry ${entry} never happened`);
    const arrived = this.#arrived.get(`${tenant} ${event.conversation}`) ?? [];
    claim(arrived.includes(entry), `entry ${entry} is said to be sent, and did not arrive`);
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

  /**
   * Everything that agents wrote has arrived, where the customer was not erased meanwhile; or it was
   * given up, and can be polled.
   */
  checkArrived(machine: Machine, mayGiveUp: boolean): void {
    for (const event of this.#truth.events) {
      if (event.type !== "messageSent") continue;
      const { tenant, conversation, sequence } = event;
      const arrived = this.#arrived.get(`${tenant} ${conversation}`) ?? [];
      if (arrived.includes(sequence)) continue;
      const view = machine.partition.query({ type: "conversation", tenant, conversation });
      if (view?.customer === undefined) continue;
      const entry = machine.partition.query({ type: "entry", tenant, entry: sequence });
      const isGivenUp = mayGiveUp && entry?.delivery === "failed";
      claim(isGivenUp, `entry ${sequence} never arrived, and is ${entry?.delivery ?? "unknown"}`);
    }
  }
}

/** Of an id on the wire. */
function numberOf(id: string): number {
  return Number(id.slice(1));
}
