import { resolveConfiguration } from "../../../core/configuration/resolve.ts";
import type { ResolvedConfiguration } from "../../../core/configuration/resolved.ts";
import type { ConversationOutcome, ConversationView, Result } from "../../../core/engine.ts";
import type {
  Activity,
  Answered,
  CommandInput,
  Intake,
  Query,
  QueryAnswers,
  RecordedEvent,
  Routing,
} from "../../../worker/shards/routing.ts";

/** A configuration with a channel `web`, a queue `front` and agents `ana` and `ben`. */
export const configuration: ResolvedConfiguration = (() => {
  const resolution = resolveConfiguration({
    skillQueues: [{ id: "front" }],
    agents: ["ana", "ben"].map((id) => ({ id, skills: { front: 5 }, capacity: 3 })),
    channels: [{ id: "web", kind: "web", skillQueue: "front" }],
  });
  if ("violations" in resolution) throw new Error("the configuration of the test is not valid");
  return resolution.configuration;
})();

export const accepted: ConversationOutcome = {
  status: "accepted",
  conversation: 7,
  state: "queued",
  offline: false,
  version: 1,
};

export const conversation: ConversationView = {
  id: 7,
  state: "queued",
  offline: false,
  version: 3,
  channel: "web",
  customer: "+49",
  skillQueue: "front",
  priority: 0,
  deadlines: [],
  mayWrite: { verdict: "allowed" },
};

const quiet: Activity = {
  tenant: "acme",
  lastSequence: 0,
  agents: [],
  customers: [],
  outboxes: [],
  botCalls: [],
  configured: false,
};

/** A routing that answers as the test says: one tenant `acme`, one conversation `c7`. */
export class ScriptedRouting implements Routing, Intake {
  readonly commands: CommandInput[] = [];
  readonly queries: Query[] = [];
  /** What commands come to. */
  answer: (command: CommandInput) => Result | Promise<Result> = () => accepted;
  events: RecordedEvent[] = [];
  entries: QueryAnswers["entries"] = [];
  revision = 3;
  readonly #listeners = new Set<(activity: Activity) => void>();
  readonly #recoveryListeners = new Set<() => void>();

  submit(command: CommandInput): Promise<Result> {
    this.commands.push(command);
    return Promise.resolve(this.answer(command));
  }

  post(command: CommandInput, { resolve, reject }: Answered): void {
    this.submit(command).then(resolve, reject);
  }

  query<Q extends Query>(query: Q): Promise<QueryAnswers[Q["type"]]> {
    this.queries.push(query);
    // Each type of query has its own answer.
    return Promise.resolve(this.#answerTo(query) as QueryAnswers[Q["type"]]);
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
    return Date.UTC(2026, 2, 2);
  }

  /** Something was done, as far as `activity` says. */
  spread(activity: Partial<Activity>): void {
    for (const listener of this.#listeners) listener({ ...quiet, ...activity });
  }

  get listenerCount(): number {
    return this.#listeners.size;
  }

  #answerTo(query: Query): QueryAnswers[Query["type"]] {
    if ("tenant" in query && query.tenant !== "acme") return undefined;
    switch (query.type) {
      case "configuration":
        return { revision: this.revision, configuration, plannedUntil: 0 };
      case "conversation":
        return query.conversation === conversation.id ? conversation : undefined;
      case "conversations":
        return { items: [conversation], more: false };
      case "timeline":
        return query.conversation === conversation.id ? this.events : undefined;
      case "events":
        return this.events
          .filter(({ event }) => event.sequence > query.after)
          .slice(0, query.limit);
      case "entries":
        return this.entries.filter(({ sequence }) => sequence > query.after).slice(0, query.limit);
      case "entry":
        return this.entries.find(({ sequence }) => sequence === query.entry);
      case "failedDeliveries":
        return this.entries.filter(({ delivery }) => delivery === "failed").slice(0, query.limit);
      case "agents":
        return configuration.agents.map(({ id, skills, capacity }) => ({
          id,
          skills,
          status: "offline" as const,
          units: { capacity, used: 0, free: capacity },
          conversations: [],
        }));
      case "skillQueues":
        return [];
      default:
        throw new Error(`nothing is scripted for ${query.type}`);
    }
  }
}
