import type { Result } from "../../core/engine.ts";
import type { Logger } from "../telemetry.ts";
import type { PartitionAnswers, UnacknowledgedQuery } from "./partition-queries.ts";
import { OperatingError } from "./routing.ts";
import type { CommandInput, EntriesQuery } from "./routing.ts";

/** What is asked and told of entries. */
export interface EntryDoor {
  ask(query: UnacknowledgedQuery): Promise<PartitionAnswers["unacknowledged"]>;
  submit(command: CommandInput): Promise<Result>;
}

/**
 * The customer side of a channel that polls acknowledges what its `after` passes (DOMAIN 5): those
 * entries are recorded as delivered, so that nobody withdraws or repeats them.
 */
export class Acknowledgements {
  readonly #door: EntryDoor;
  readonly #logger: Logger;
  /** What was acknowledged last, by customer: a poll that says the same again costs nothing. */
  readonly #known = new Map<string, number>();

  constructor(door: EntryDoor, logger: Logger) {
    this.#door = door;
    this.#logger = logger;
  }

  note(query: EntriesQuery): void {
    const { tenant, channel, customer, after } = query;
    const key = `${tenant}\n${channel}\n${customer}`;
    if (after <= (this.#known.get(key) ?? 0)) return;
    this.#known.delete(key);
    this.#known.set(key, after);
    const [oldest] = this.#known.keys();
    if (this.#known.size > rememberedMax && oldest !== undefined) this.#known.delete(oldest);
    this.#record(query).catch((error: unknown) => {
      // The next poll says it again.
      this.#known.delete(key);
      if (error instanceof OperatingError) return;
      this.#logger.error({ err: error }, "a poll's acknowledgement was not recorded");
    });
  }

  async #record(query: EntriesQuery): Promise<void> {
    const { tenant, channel } = query;
    const entries = await this.#door.ask({ ...query, type: "unacknowledged", limit: entriesMax });
    await Promise.all(
      entries.map((entry) =>
        this.#door.submit({ type: "recordDelivery", tenant, channel, entry, status: "delivered" }),
      ),
    );
  }
}

const rememberedMax = 100_000;
/** More than a poll answers at once. */
const entriesMax = 1000;
