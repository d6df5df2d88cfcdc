import { resolveConfiguration } from "../../core/configuration/resolve.ts";
import type { ResolvedConfiguration } from "../../core/configuration/resolved.ts";
import { encodeCommand } from "../../core/codec.ts";
import type { Command } from "../../core/commands.ts";
import type { ConversationOutcome, Result } from "../../core/engine.ts";
import type { Disk } from "../../worker/journal/disk.ts";
import { defaultWorkerLimits } from "../../worker/limits.ts";
import type { WorkerLimits } from "../../worker/limits.ts";
import { planCalendars } from "../../worker/shards/calendar-planning.ts";
import { Partition } from "../../worker/shards/partition.ts";
import type { BatchOutcome } from "../../worker/shards/partition-state.ts";
import type { PartitionAnswers, PartitionQuery } from "../../worker/shards/partition-queries.ts";
import type { CommandInput } from "../../worker/shards/routing.ts";
import { MemoryDisk } from "../faults/memory-disk.ts";

/** A Monday at ten in Berlin. */
export const monday = Date.UTC(2026, 2, 2, 9);
export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

export const tenant = "acme";

/** Two agents, one queue with office hours and one without, and a channel for each. */
export const document = {
  calendars: [
    {
      id: "office",
      timeZone: "Europe/Berlin",
      weekly: Object.fromEntries(
        ["mon", "tue", "wed", "thu", "fri"].map((day) => [day, ["09:00-18:00"]]),
      ),
    },
  ],
  skillQueues: [{ id: "always" }, { id: "billing", calendar: "office" }],
  agents: [
    { id: "ana", skills: { always: 5, billing: 5 }, capacity: 3 },
    { id: "ben", skills: { billing: 5 }, capacity: 3 },
  ],
  channels: [
    {
      id: "web",
      kind: "web",
      skillQueue: "always",
      offlineMessages: { enabled: true, prompt: "Nobody is here." },
    },
    {
      id: "sms",
      kind: "sms",
      skillQueue: "billing",
      offlineMessages: { enabled: true },
    },
    {
      id: "mail",
      kind: "email",
      skillQueue: "billing",
      offlineMessages: { enabled: true, automaticReplyToEachEmail: true },
      autoReply: {
        workingHours: { subject: "Soon", body: "Today." },
        nonWorkingHours: { subject: "Later", body: "Tomorrow." },
      },
    },
  ],
};

export function resolved(value: unknown = document): ResolvedConfiguration {
  const resolution = resolveConfiguration(value);
  if ("violations" in resolution) throw new Error(JSON.stringify(resolution.violations));
  return resolution.configuration;
}

/** Over all desks: several may write to one journal. */
let idsGiven = 0;

export interface DeskOptions {
  readonly disk?: Disk;
  /** @defaultValue in memory */
  readonly store?: string;
  readonly limits?: Partial<WorkerLimits>;
  readonly at?: number;
}

/** Drives one partition by hand: time stands still but for `at`. */
export class PartitionDesk implements Disposable {
  readonly disk: Disk;
  readonly partition: Partition;
  at: number;

  constructor({
    disk = new MemoryDisk(),
    store = ":memory:",
    limits,
    at = monday,
  }: DeskOptions = {}) {
    this.disk = disk;
    this.at = at;
    this.partition = new Partition({
      partition: 0,
      disk,
      store,
      dataDirectory: "data",
      limits: { ...defaultWorkerLimits, ...limits },
    });
  }

  /** One batch with these commands, stamped now. */
  batch(...inputs: readonly CommandInput[]): BatchOutcome {
    return this.partition.commit(
      1,
      inputs.map((input) => encodeCommand(this.#stamped(input))),
    );
  }

  send(input: CommandInput): Result {
    const [result] = this.batch(input).results;
    if (result === undefined) throw new Error("no result");
    return result;
  }

  configure(value: unknown = document): this {
    this.send({ type: "configureTenant", tenant, configuration: resolved(value) });
    return this;
  }

  /** Move on, firing what is due on the way. */
  pass(spanMs: number): this {
    const until = this.at + spanMs;
    for (;;) {
      const next = this.partition.state.nextDeadlineAt ?? Infinity;
      this.at = Math.min(Math.max(next, this.at), until);
      this.partition.commit(1, [encodeCommand({ type: "tick", at: this.at })]);
      if (this.at === until && (this.partition.state.nextDeadlineAt ?? Infinity) > until)
        return this;
    }
  }

  /** A customer writes; answers what became of the conversation. */
  receive(customer: string, text: string, more: Partial<Receive> = {}): ConversationOutcome {
    return accepted(
      this.send({
        type: "receiveMessage",
        tenant,
        id: this.#newId(),
        channel: "web",
        customer,
        content: JSON.stringify({ text }),
        ...more,
      }),
    );
  }

  write(conversation: number, agent: string, text: string): ConversationOutcome {
    const content = JSON.stringify({ text });
    const id = this.#newId();
    return accepted(this.send({ type: "writeMessage", tenant, conversation, id, agent, content }));
  }

  signIn(...agents: readonly string[]): this {
    for (const agent of agents)
      this.send({ type: "setPresence", tenant, agent, status: "available" });
    return this;
  }

  ask<Q extends PartitionQuery>(query: Q): PartitionAnswers[Q["type"]] {
    return this.partition.query(query);
  }

  /** What a customer who polls is told, and how it stands with its delivery. */
  told(customer: string, channel = "web", after = 0) {
    return this.ask({ type: "entries", tenant, channel, customer, after, limit: 100 });
  }

  /** Types of the events that a reader of the stream gets. */
  streamed(agent?: string, after = 0): string[] {
    const who = agent === undefined ? {} : { agent };
    return this.ask({ type: "events", tenant, ...who, after, limit: 100 }).map(
      ({ event }) => event.type,
    );
  }

  [Symbol.dispose](): void {
    this.partition.close();
  }

  #newId(): string {
    idsGiven += 1;
    return `id-${idsGiven}`;
  }

  #stamped(input: CommandInput): Command {
    const { at } = this;
    return input.type === "configureTenant"
      ? { ...input, at, plans: planCalendars(input.configuration.calendars, at) }
      : { ...input, at };
  }
}

type Receive = Extract<CommandInput, { readonly type: "receiveMessage" }>;

export function accepted(result: Result): ConversationOutcome {
  if (result.status !== "accepted") throw new Error(JSON.stringify(result));
  return result;
}
