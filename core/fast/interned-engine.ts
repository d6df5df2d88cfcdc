import { assert } from "../assert.ts";
import type { Tick, EraseCustomer, Command } from "../commands.ts";
import type { EngineCounts } from "../engine.ts";
import { defaultEngineLimits, type EngineLimits } from "../limits.ts";
import type { Rejection } from "../rejections.ts";
import { stateHashOf } from "../snapshot-hash.ts";
import { closeByPerson } from "./actions.ts";
import { applyNow, forgetDiscarded } from "./applying.ts";
import { presence } from "./codes.ts";
import { D, F } from "./conversation-row.ts";
import type { EventRows } from "./event-rows.ts";
import { fireDue, nextDeadlineAt, settle } from "./firing.ts";
import { newPartition } from "./partition.ts";
import { setPresence } from "./presence.ts";
import { snapshotOf } from "./snapshot-writing.ts";
import type { Agent, Channel, Partition, Queue } from "./state.ts";
import { countsOf } from "./views.ts";
import { takeAnswer, takeMessage, type Inbound, type Outbound } from "./writes.ts";

/**
 * The engine underneath its commands: whoever knows handles already says what happens by number,
 * and reads what it came to in rows of numbers. Nothing is allocated for it. The rules are those of
 * `Engine.apply`, by the same functions; what is rare is said by `apply` here too.
 *
 * A conversation's handle holds until the conversation is forgotten, `deduplicationHours` after its end.
 */
export class InternedEngine {
  /** Time of the commands to come: as an argument of a call it would be an object of its own. */
  at = 0;
  /** What happened; whoever reads them empties them. */
  readonly events: EventRows;
  readonly #partition: Partition;

  constructor(limits: Partial<EngineLimits> = {}) {
    this.#partition = newPartition({ ...defaultEngineLimits, ...limits });
    this.events = this.#partition.events;
  }

  /**
   * Epoch ms at which it next needs a `tick`, if that is not after `limit`; else, or if it never
   * does, Infinity. O(1) while nothing can be due by then.
   */
  deadlineBy(limit: number): number {
    const partition = this.#partition;
    if (limit < partition.nothingBefore) return Infinity;
    const at = nextDeadlineAt(partition) ?? Infinity;
    partition.nothingBefore = at;
    return at <= limit ? at : Infinity;
  }

  /** Hash of the logical state, as `Engine.stateHash` gives it. */
  stateHash(): string {
    return stateHashOf(snapshotOf(this.#partition));
  }

  counts(): EngineCounts {
    return countsOf(this.#partition);
  }

  agent(tenant: string, id: string): Agent {
    const agent = this.#partition.tenants.get(tenant)?.agents.get(id);
    assert(agent !== undefined, `agent ${id}`);
    return agent;
  }

  queue(tenant: string, id: string): Queue {
    const queue = this.#partition.tenants.get(tenant)?.queues.get(id);
    assert(queue !== undefined, `skill queue ${id}`);
    return queue;
  }

  channel(tenant: string, id: string): Channel {
    const channel = this.#partition.tenants.get(tenant)?.channels.get(id);
    assert(channel !== undefined, `channel ${id}`);
    return channel;
  }

  /** Handle of the customer at an address, noted down if new; holds until they are forgotten. */
  customer(channel: Channel, address: string): number {
    const { customers } = this.#partition;
    const known = customers.find(channel.handle, address);
    return known === 0 ? customers.addSought(channel.tenant.handle, address) : known;
  }

  /** Handle of the agent who owns it, or to whom it is offered; 0: nobody. */
  ownerOf(conversation: number): number {
    return this.#partition.conversations.get(conversation, F.agent);
  }

  numberOf(conversation: number): number {
    return this.#partition.conversations.getDouble(conversation, D.id);
  }

  /** Any command by its ids: what events say is in the rows. Answers the refusal, if it is one. */
  apply(command: Exclude<Command, EraseCustomer | Tick>): Rejection | undefined {
    this.at = command.at;
    this.#begin();
    const result = applyNow(this.#partition, command, []);
    this.#end();
    return typeof result === "object" && "status" in result && result.status === "rejected"
      ? result
      : undefined;
  }

  /** Fires what is due, as far as one tick goes; answers whether more is. */
  tick(): boolean {
    const partition = this.#partition;
    assert(this.at >= partition.now, "time went back");
    partition.now = this.at;
    forgetDiscarded(partition);
    return fireDue(partition, partition.limits.timersPerTickMax);
  }

  setAvailable(agent: Agent): void {
    this.#begin();
    setPresence(this.#partition, agent, presence.available);
    this.#end();
  }

  /** A customer wrote, with an id that is not known; answers the conversation's handle. */
  receive(channel: Channel, queue: Queue, message: Inbound): number {
    this.#begin();
    const conversation = takeMessage(this.#partition, channel, queue, message);
    assert(typeof conversation === "number", "an id that is known already");
    this.#end();
    return conversation;
  }

  /** An agent writes; answers the refusal, if it is one. */
  write(conversation: number, agent: Agent, message: Outbound): Rejection | undefined {
    this.#begin();
    const result = takeAnswer(this.#partition, conversation, agent, message);
    this.#end();
    return typeof result === "object" && result.status === "rejected" ? result : undefined;
  }

  /** An agent, or a supervisor (none), closes what is not closed; answers the refusal, if any. */
  close(conversation: number, agent: Agent | undefined): Rejection | undefined {
    this.#begin();
    const result = closeByPerson(this.#partition, conversation, agent, 0);
    this.#end();
    return typeof result === "number" ? undefined : result;
  }

  #begin(): void {
    const partition = this.#partition;
    assert(this.at >= partition.now, "time went back");
    partition.now = this.at;
    forgetDiscarded(partition);
    fireDue(partition, Infinity);
  }

  #end(): void {
    settle(this.#partition);
    fireDue(this.#partition, Infinity);
  }
}
