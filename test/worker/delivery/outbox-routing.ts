import type { ConversationId, RecordDelivery } from "../../../core/commands.ts";
import type { ChannelSettings } from "../../../core/configuration/resolved.ts";
import type { BotCall, Result } from "../../../core/engine.ts";
import {
  type Activity,
  type BotMessage,
  type CommandInput,
  type CustomerEntry,
  OperatingError,
  type Query,
  type QueryAnswers,
  type Routing,
} from "../../../worker/shards/routing.ts";
import { Happenings } from "./happenings.ts";

type Endpoints = Pick<ChannelSettings, "push"> & {
  readonly chatbot?: { readonly url: string; readonly accessCode: string };
};
interface EntryOptions {
  readonly tenant?: string;
  readonly channel?: string;
  readonly kind?: CustomerEntry["kind"];
  /** Whether delivery hears of it. */
  readonly tell?: boolean;
}
type Recorded = Omit<RecordDelivery, "at">;

/** Partitions as delivery sees them, in memory: an outbox, calls of bots, and what became of both. */
export class OutboxRouting implements Routing {
  readonly commands: CommandInput[] = [];
  /** Refuse so many of the next submissions, or queries, as a recovering partition does. */
  refuseSubmissions = 0;
  refuseQueries = 0;
  /** Rejection codes for the coming submissions, in order. */
  readonly rejections: Extract<Result, { readonly status: "rejected" }>["code"][] = [];
  outboxQueries = 0;
  #sequence = 0;
  readonly #channels = new Map<string, Map<string, Endpoints>>();
  readonly #entries = new Map<number, CustomerEntry>();
  readonly #calls = new Map<ConversationId, BotCall>();
  /** Of conversations that were given to a bot. */
  readonly #channelsOf = new Map<ConversationId, string>();
  readonly #messages = new Map<number, BotMessage>();
  readonly #listeners = new Set<(activity: Activity) => void>();
  readonly #recoveryListeners = new Set<() => void>();
  readonly #happenings = new Happenings();

  /** @param tell whether delivery hears of it */
  configure(channel: string, endpoints: Endpoints, tenant = "acme", tell = true): void {
    const channels = this.#channels.get(tenant) ?? new Map<string, Endpoints>();
    channels.set(channel, endpoints);
    this.#channels.set(tenant, channels);
    if (tell) this.#tell({ tenant, configured: true });
  }

  /** An entry for the customer of this conversation; returns its sequence. */
  write(
    conversation: ConversationId,
    text: string,
    { tenant = "acme", channel = "web", kind = "message", tell = true }: EntryOptions = {},
  ): number {
    this.#sequence += 1;
    const sequence = this.#sequence;
    this.#entries.set(sequence, {
      sequence,
      tenant,
      channel,
      customer: `customer-${conversation}`,
      conversation,
      at: Date.UTC(2026, 0, 5, 8) + sequence,
      kind,
      offline: true,
      content: JSON.stringify({ text }),
      delivery: "pending",
    });
    if (tell) this.#tell({ tenant, outboxes: [channel] });
    return sequence;
  }

  setDelivery(sequence: number, delivery: CustomerEntry["delivery"]): void {
    const entry = this.entry(sequence);
    this.#entries.set(sequence, { ...entry, delivery });
    if (delivery === "pending") this.#tell({ tenant: entry.tenant, outboxes: [entry.channel] });
  }

  entry(sequence: number): CustomerEntry {
    const entry = this.#entries.get(sequence);
    if (entry === undefined) throw new Error(`there is no entry ${sequence}`);
    return entry;
  }

  /** A message for the bot; returns its sequence. */
  giveToBot(
    conversation: ConversationId,
    text: string,
    { channel = "web", tell = true } = {},
  ): number {
    this.#sequence += 1;
    const call = { tenant: "acme", channel, conversation, message: this.#sequence };
    this.#calls.set(conversation, call);
    this.#channelsOf.set(conversation, channel);
    const customer = `customer-${conversation}`;
    const id = `m-${this.#sequence}`;
    const content = JSON.stringify({ text });
    this.#messages.set(call.message, { ...call, customer, sequence: call.message, id, content });
    if (tell) this.#tell({ tenant: "acme", botCalls: [call] });
    return call.message;
  }

  /** Another channel goes on with the conversation. */
  moveTo(conversation: ConversationId, channel: string): void {
    this.#channelsOf.set(conversation, channel);
  }

  /** The conversation has left the bot. */
  takeFromBot(conversation: ConversationId): void {
    this.#calls.delete(conversation);
  }

  /** Records of deliveries, once there are so many. */
  async recorded(count: number): Promise<readonly Recorded[]> {
    await this.#happenings.until(() => this.#records().length >= count);
    return this.#records();
  }

  /** Commands, once there are so many. */
  async submitted(count: number): Promise<readonly CommandInput[]> {
    await this.#happenings.until(() => this.commands.length >= count);
    return this.commands;
  }

  /** Resolves when the outbox has been read so many times. */
  async outboxRead(count: number): Promise<void> {
    await this.#happenings.until(() => this.outboxQueries >= count);
  }

  async submit(command: CommandInput): Promise<Result> {
    await Promise.resolve();
    if (this.refuseSubmissions > 0) {
      this.refuseSubmissions -= 1;
      throw new OperatingError("shard_restarting", "the partition is being recovered");
    }
    const code = this.rejections.shift();
    if (code === undefined) this.#apply(command);
    this.commands.push(command);
    this.#happenings.happened();
    return code === undefined ? { status: "acknowledged" } : { status: "rejected", code };
  }

  async query<Q extends Query>(query: Q): Promise<QueryAnswers[Q["type"]]> {
    await Promise.resolve();
    if (query.type === "outbox") this.outboxQueries += 1;
    this.#happenings.happened();
    if (this.refuseQueries > 0) {
      this.refuseQueries -= 1;
      throw new OperatingError("shard_restarting", "the partition is being recovered");
    }
    // Each case answers as its type says.
    return this.#answer(query) as QueryAnswers[Q["type"]];
  }

  onActivity(listener: (activity: Activity) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  onRecovery(listener: () => void): () => void {
    this.#recoveryListeners.add(listener);
    return () => this.#recoveryListeners.delete(listener);
  }

  /** Partitions came back, and something may have happened that nobody was told of. */
  recover(): void {
    for (const listener of this.#recoveryListeners) listener();
  }

  now(): number {
    return Date.UTC(2026, 0, 5, 8);
  }

  #answer(query: Query): unknown {
    switch (query.type) {
      case "tenants":
        return [...this.#channels.keys()];
      case "configuration":
        return this.#configuration(query.tenant);
      case "entry":
        return this.#entries.get(query.entry);
      case "outbox": {
        const waiting = [...this.#entries.values()].filter(
          ({ tenant, channel, conversation, delivery }) =>
            tenant === query.tenant &&
            channel === query.channel &&
            delivery === "pending" &&
            !query.except.includes(conversation),
        );
        const heads = new Map(waiting.toReversed().map((entry) => [entry.conversation, entry]));
        return [...heads.values()]
          .toSorted((one, other) => one.sequence - other.sequence)
          .slice(0, query.limit);
      }
      case "botCalls":
        return [...this.#calls.values()];
      case "botMessage":
        return this.#calls.get(query.conversation)?.message === query.message
          ? this.#messages.get(query.message)
          : undefined;
      case "conversation":
        return { channel: this.#channelsOf.get(query.conversation) };
      case "conversations":
      case "timeline":
      case "agents":
      case "skillQueues":
      case "events":
      case "entries":
      case "failedDeliveries":
      case "counts":
        throw new Error(`delivery has no use for ${query.type}`);
    }
  }

  #configuration(tenant: string): unknown {
    const channels = [...(this.#channels.get(tenant) ?? [])].map(([id, { push, chatbot }]) => ({
      id,
      ...(push !== undefined && { push }),
      offlineMessages: chatbot === undefined ? {} : { chatbot },
    }));
    return { revision: 1, configuration: { channels } };
  }

  #apply(command: CommandInput): void {
    if (command.type === "recordDelivery") this.setDelivery(command.entry, command.status);
    if (command.type === "answerFromBot" || command.type === "failBot") {
      this.takeFromBot(command.conversation);
    }
  }

  #records(): readonly Recorded[] {
    return this.commands.filter((command) => command.type === "recordDelivery");
  }

  #tell(activity: Partial<Activity> & Pick<Activity, "tenant">): void {
    const nothing = {
      lastSequence: this.#sequence,
      agents: [],
      customers: [],
      outboxes: [],
      botCalls: [],
      configured: false,
    };
    for (const listener of this.#listeners) listener({ ...nothing, ...activity });
  }
}
