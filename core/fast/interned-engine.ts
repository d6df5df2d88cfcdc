import { assert } from "../assert.ts";
import { defaultEngineLimits, type EngineLimits } from "../limits.ts";
import { by } from "./conversations.ts";
import { presence, reason } from "./codes.ts";
import { F } from "./conversation-row.ts";
import { configureTenant } from "./configuring.ts";
import { fromAgent, fromCustomer } from "./deduplication.ts";
import { close } from "./episodes.ts";
import type { EventRows } from "./event-rows.ts";
import { fireDue, settle } from "./firing.ts";
import { agentWrote, openConversation, receive } from "./messages.ts";
import { newPartition } from "./partition.ts";
import { setPresence } from "./presence.ts";
import { remember, repeated, type WriteId } from "./remembered-writes.ts";
import {
  agentAt,
  channelOf,
  type Agent,
  type Channel,
  type Partition,
  type Queue,
} from "./state.ts";
import type { ConfigureTenant } from "../commands.ts";

/**
 * The engine underneath its commands: whoever knows handles already says what happens by number,
 * and reads what it came to in rows of numbers. Nothing is allocated for it. The rules are those of
 * `Engine.apply`; what `apply` would reject must not be asked here.
 */
export class InternedEngine {
  readonly #partition: Partition;
  /** Time of the command: as an argument of a call it would be an object of its own. */
  #at = 0;
  readonly #id: WriteId = { text: undefined, high: 0, low: 0 };

  /** @param events belong to the caller, who empties them */
  constructor(events: EventRows, limits: Partial<EngineLimits> = {}) {
    this.#partition = newPartition({ ...defaultEngineLimits, ...limits });
    this.#partition.events = events;
  }

  configure(command: ConfigureTenant): void {
    this.#at = command.at;
    this.#begin();
    configureTenant(this.#partition, command);
    settle(this.#partition);
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

  /** Handle of the customer at an address, noted down if new. */
  customer(channel: Channel, address: string): number {
    const { customers } = this.#partition;
    const known = customers.find(channel.handle, address);
    return known === 0 ? customers.add(channel.tenant.handle, channel.handle, address) : known;
  }

  setAvailable(at: number, agent: Agent): void {
    this.#at = at;
    this.#setAvailable(agent);
  }

  #setAvailable(agent: Agent): void {
    this.#begin();
    setPresence(this.#partition, agent, presence.available);
    this.#end();
  }

  /** A message from outside, its id two words of 32 bits; answers the conversation's handle. */
  receive(
    at: number,
    channel: Channel,
    customer: number,
    queue: Queue,
    idHigh: number,
    idLow: number,
  ): number {
    this.#at = at;
    return this.#receive(channel, customer, queue, idHigh, idLow);
  }

  #receive(
    channel: Channel,
    customer: number,
    queue: Queue,
    idHigh: number,
    idLow: number,
  ): number {
    const partition = this.#partition;
    this.#begin();
    const id = this.#id;
    id.high = idHigh;
    id.low = idLow;
    const repeat = repeated(partition, channel, fromCustomer, id);
    assert(repeat === undefined, "an id that is known already");
    const conversation = openConversation(partition, channel, customer);
    remember(partition, conversation, fromCustomer, "message");
    receive(partition, conversation, queue, -1);
    this.#end();
    return conversation;
  }

  /** The owner writes. */
  write(at: number, conversation: number, idHigh: number, idLow: number): void {
    const partition = this.#partition;
    this.#at = at;
    this.#begin();
    const id = this.#id;
    id.high = idHigh;
    id.low = idLow;
    const repeat = repeated(partition, channelOf(partition, conversation), fromAgent, id);
    assert(repeat === undefined, "an id that is known already");
    remember(partition, conversation, fromAgent, "write");
    agentWrote(partition, conversation, agentAt(partition, this.ownerOf(conversation)));
    this.#end();
  }

  /** The owner closes it. */
  close(at: number, conversation: number): void {
    this.#at = at;
    this.#close(conversation);
  }

  #close(conversation: number): void {
    this.#begin();
    close(this.#partition, conversation, reason.closed_by_agent, by.agent);
    this.#end();
  }

  /** Handle of the agent who owns it; 0: nobody. */
  ownerOf(conversation: number): number {
    return this.#partition.conversations.get(conversation, F.agent);
  }

  #begin(): void {
    const partition = this.#partition;
    assert(this.#at >= partition.now, "time went back");
    partition.now = this.#at;
    fireDue(partition, Infinity);
  }

  #end(): void {
    settle(this.#partition);
    fireDue(this.#partition, Infinity);
  }
}
