/** What customers and agents were told, conversation by conversation. */

interface Account {
  /** `channel customer` of whoever wrote. */
  readonly customer: string;
  /** Ids of the messages that were accepted. */
  readonly messages: Set<string>;
  /** Agents who hold it now, by what they were told. */
  readonly holders: Set<string>;
  assignments: number;
  lastAgent: boolean;
  /** Replies that agents sent: id → text. */
  readonly replies: Map<string, string>;
  closed: boolean;
  parked: boolean;
}

export interface Tally {
  readonly sent: number;
  readonly assigned: number;
  readonly lastAgentHits: number;
  readonly answered: number;
  readonly parked: number;
  readonly waiting: number;
  readonly lost: number;
  readonly doubled: number;
}

export class Ledger {
  readonly #accounts = new Map<string, Account>();
  readonly #assignedAtMs: number[] = [];
  #doubled = 0;

  /** A customer's message was accepted. */
  accepted(conversation: string, channel: string, customer: string, message: string): void {
    let account = this.#accounts.get(conversation);
    if (account === undefined) {
      account = {
        customer: `${channel} ${customer}`,
        messages: new Set(),
        holders: new Set(),
        assignments: 0,
        lastAgent: false,
        replies: new Map(),
        closed: false,
        parked: false,
      };
      this.#accounts.set(conversation, account);
    }
    if (account.messages.has(message)) this.#doubled += 1;
    account.messages.add(message);
  }

  /** An agent was told that the conversation is theirs, so many ms after the opening. */
  assigned(conversation: string, agent: string, lastAgent: boolean, afterMs: number): void {
    const account = this.#accounts.get(conversation);
    if (account === undefined) return;
    if (account.closed || account.holders.size > 0) this.#doubled += 1;
    account.holders.add(agent);
    account.assignments += 1;
    account.lastAgent ||= lastAgent;
    this.#assignedAtMs.push(afterMs);
  }

  /** An agent was told that it is theirs no more. */
  left(conversation: string, agent: string): void {
    this.#accounts.get(conversation)?.holders.delete(agent);
  }

  replied(conversation: string, id: string, text: string): void {
    this.#accounts.get(conversation)?.replies.set(id, text);
  }

  closed(conversation: string): void {
    const account = this.#accounts.get(conversation);
    if (account !== undefined) account.closed = true;
  }

  /** The supervisor was told that its limit passed. */
  parked(conversation: string): void {
    const account = this.#accounts.get(conversation);
    if (account !== undefined) account.parked = true;
  }

  assignmentCount(): number {
    return this.#assignedAtMs.length;
  }

  answeredCount(): number {
    let count = 0;
    for (const { closed } of this.#accounts.values()) if (closed) count += 1;
    return count;
  }

  /** Everyone whom an agent answered: their customer, and what they must find at their side. */
  *answers(): Generator<{ readonly customer: string; readonly texts: readonly string[] }> {
    for (const { customer, replies } of this.#accounts.values()) {
      if (replies.size > 0) yield { customer, texts: [...replies.values()] };
    }
  }

  /** Waiting is what a supervisor finds in line; lost is what nobody was ever told of. */
  tally(inLine: ReadonlySet<string>, missingReplies: number, doubledReplies: number): Tally {
    let assigned = 0;
    let lastAgentHits = 0;
    let parked = 0;
    let waiting = 0;
    let lost = missingReplies;
    for (const [conversation, account] of this.#accounts) {
      if (account.assignments > 0) assigned += 1;
      if (account.lastAgent) lastAgentHits += 1;
      if (account.assignments > 0) continue;
      if (account.parked) parked += 1;
      else if (inLine.has(conversation)) waiting += 1;
      else lost += 1;
    }
    return {
      sent: this.#accounts.size,
      assigned,
      lastAgentHits,
      answered: this.answeredCount(),
      parked,
      waiting,
      lost,
      doubled: this.#doubled + doubledReplies,
    };
  }

  /** Of the times from the opening to the event, by nearest rank. */
  percentileMs(share: number): number {
    const sorted = this.#assignedAtMs.toSorted((a, b) => a - b);
    return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  }
}
