import type { PartitionAnswers, PartitionQuery } from "./partition-queries.ts";
import { refuseAll } from "./refusing.ts";
import { OperatingError } from "./routing.ts";
import type { OperatingErrorCode } from "./routing.ts";
import type { StoreState } from "./partition-state.ts";
import type { QueryAnswer } from "./shard-tasks.ts";
import type { ShardThread } from "./shard-thread.ts";
import type { StoreNews } from "./store-care.ts";

type Answer = PartitionAnswers[PartitionQuery["type"]];

interface Question {
  readonly partition: number;
  readonly query: PartitionQuery;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

/** Queries that wait for a shard's thread; all that wait are answered by one task. */
export class QuestionLine {
  readonly #max: number;
  readonly #questions: Question[] = [];

  /** @param max how many may wait */
  constructor(max: number) {
    this.#max = max;
  }

  get size(): number {
    return this.#questions.length;
  }

  /** Errors: `OperatingError` with `overloaded`. */
  put<Q extends PartitionQuery>(partition: number, query: Q): Promise<PartitionAnswers[Q["type"]]> {
    if (this.size >= this.#max) {
      throw new OperatingError("overloaded", `${this.size} queries wait already`);
    }
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    this.#questions.push({ partition, query, resolve, reject });
    // The thread answers each type with its own.
    return promise as Promise<PartitionAnswers[Q["type"]]>;
  }

  /**
   * Ask what waits, up to a bound.
   *
   * @returns how far the stores are that were read; undefined where nothing waits
   */
  ask(thread: ShardThread): Promise<readonly StoreNews[]> | undefined {
    if (this.size === 0) return undefined;
    return this.#askNext(thread, this.#questions.splice(0, atOnce));
  }

  refuse(code: OperatingErrorCode, message: string): void {
    refuseAll(this.#questions.splice(0), code, message);
  }

  async #askNext(thread: ShardThread, asked: readonly Question[]): Promise<readonly StoreNews[]> {
    try {
      const queries = asked.map(({ partition, query }) => ({ partition, query }));
      const answers = await thread.run({ type: "query", queries });
      const stores = new Map<number, StoreState>();
      for (const [index, { partition, resolve, reject }] of asked.entries()) {
        const answer = answers[index];
        if (answer?.status !== "answered") {
          reject(new Error(answer?.message ?? "no answer"));
          continue;
        }
        stores.set(partition, answer.store);
        resolve(valueOf(answer.value));
      }
      return [...stores].map(([partition, store]) => ({ partition, store }));
    } catch (error) {
      refuseAll(asked, "shard_restarting", "the thread died over the query");
      throw error;
    }
  }
}

type Given = Extract<QueryAnswer, { readonly status: "answered" }>["value"];

function valueOf(given: Given): Answer {
  return given !== undefined && "eventsText" in given
    ? // Written by the thread, from events: they have nothing but what JSON can say.
      (JSON.parse(given.eventsText) as PartitionAnswers["events"])
    : given;
}

const atOnce = 256;
