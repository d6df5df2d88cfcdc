/** An event as an agent's stream told it. */
export interface ToldEvent {
  readonly id: string;
  readonly type: string;
  readonly conversation?: string;
  readonly [key: string]: unknown;
}

/** An entry as a poll or a webhook told it. */
export interface ToldEntry {
  readonly id: string;
  readonly conversation: string;
  readonly kind: string;
  readonly text?: string;
  readonly [key: string]: unknown;
}

/** A write that was answered with success. */
export interface Acknowledged {
  readonly id: string;
  readonly conversation: string;
  readonly text: string;
  /** How often it was sent until it was answered. */
  readonly attempts: number;
}

/** Everything that anybody outside was told: what has to be true for ever. */
export class Ledger {
  /** Messages of customers in the order of their answers, by customer. */
  readonly messages = new Map<string, Acknowledged[]>();
  /** Messages of agents. */
  readonly writes: Acknowledged[] = [];
  /** Accepted, declined and closed: which event the timeline has to have. */
  readonly actions: {
    readonly conversation: string;
    readonly agent: string;
    readonly verb: "accept" | "decline" | "close";
  }[] = [];
  /** By agent, in the order in which they came. */
  readonly streams = new Map<string, ToldEvent[]>();
  /** By customer, in the order in which they came. */
  readonly polls = new Map<string, ToldEntry[]>();
  /** Each attempt that the webhook answered with success, in the order in which they came. */
  readonly pushes: { readonly webhookId: string; readonly entry: ToldEntry }[] = [];
  /** The last presence that each agent was told to have. */
  readonly presences = new Map<string, string>();

  add<T>(of: Map<string, T[]>, key: string, value: T): void {
    const list = of.get(key);
    if (list === undefined) of.set(key, [value]);
    else list.push(value);
  }
}
