import { present } from "../assert.ts";
import type {
  AgentSettings,
  ChannelSettings,
  ResolvedConfiguration,
  SkillQueueSettings,
} from "../configuration/resolved.ts";
import type { EngineLimits } from "../limits.ts";
import type { LazyOrder } from "./lazy-order.ts";
import type { Clock } from "./clocks.ts";
import * as conversationRow from "./conversation-row.ts";
import type { CustomerDirectory } from "./customers.ts";
import type { RememberedIds } from "./deduplication.ts";
import type { EventRows } from "./event-rows.ts";
import type { NumberLists } from "./number-lists.ts";
import type { NumberTable } from "./number-table.ts";
import type { OrderedLists } from "./ordered-lists.ts";
import type { PlaceSet } from "./place-set.ts";
import type { Table } from "./table.ts";
import type { Policy } from "./write-verdicts.ts";
import type { TextArena } from "./text-arena.ts";

const { F, flag } = conversationRow;

/**
 * Everything that one engine knows. What grows with traffic (conversations, customers, timers,
 * lines, remembered ids) are rows of typed tables; what a configuration names (tenants, queues,
 * agents, channels, clocks) are objects with a handle, as many as there are in the document.
 */
export interface Partition {
  readonly limits: EngineLimits;
  /** Time of the command being applied. */
  now: number;
  /** Deadline of the timer that is firing; -1: none is. */
  dueAt: number;
  events: EventRows;
  lastSequence: number;
  lastTimer: number;
  lastConversation: number;
  conversationsClosed: number;
  /** Nothing is due before this instant. */
  nothingBefore: number;
  /** Clocks by an instant before which they ask for nothing. */
  readonly clockOrder: LazyOrder;
  /** Of `findStep`: those that may ask for something now. */
  readonly dueClocks: number[];
  readonly timers: Table;
  /** Clocks by handle; 1 is the wall. */
  readonly clocks: (Clock | undefined)[];
  readonly wall: Clock;
  /** Tenant and id of every channel that ever was, as a number. */
  readonly channelNames: Names;
  readonly tenantsByChannelName: (Tenant | undefined)[];
  readonly conversations: Table;
  readonly byNumber: NumberTable;
  readonly numbers: NumberLists;
  /** Explanations of the offers under way. */
  readonly explanations: Table;
  /** The explanation made last, to be copied at once. */
  readonly explained: Float64Array;
  /** Addresses and customers' own ids. */
  readonly texts: TextArena;
  /** Ids of writes. */
  readonly idTexts: TextArena;
  readonly customers: CustomerDirectory;
  readonly remembered: RememberedIds;
  readonly lines: Lines;
  readonly members: Table;
  /** Who is free by idle time: see idle-lists.ts. */
  readonly idle: Table;
  /** By handle, as long as there are that many rows: see members.ts. */
  readonly agentRows: Table;
  /** In the order of creation. */
  readonly tenants: Map<string, Tenant>;
  readonly tenantsByHandle: (Tenant | undefined)[];
  readonly queues: (Queue | undefined)[];
  readonly agents: (Agent | undefined)[];
  readonly channels: (Channel | undefined)[];
  /** Conversation in a line, but not yet in a place there (see conversation-selection.ts), or 0. */
  arrival: number;
  /** Sequence under which its connect wait is to be armed, if it has to wait; 0: none. */
  arrivalWait: number;
  /** Tenants in which something is to be settled. */
  readonly unsettled: Tenant[];
  /** Agents whose place in the orders is to be looked at again. */
  readonly staleAgents: Agent[];
  /** By list: handles that may be given again. */
  readonly freeHandles: Map<readonly (object | undefined)[], number[]>;
  /** Said by the last command for the last time; their handles end with it. */
  readonly discarded: { readonly list: (object | undefined)[]; readonly handle: number }[];
  /** Rows so far are to be read before what they name changes. */
  flush: () => void;
  /** A configuration is being changed: lines and orders are built again at its end. */
  rebuilding: boolean;
}

/** The waiting lines: see conversation-selection.ts. */
export interface Lines {
  readonly lanes: Table;
  readonly buckets: Table;
  readonly order: OrderedLists;
}

export interface Tenant {
  readonly handle: number;
  readonly id: string;
  revision: number;
  configuration: ResolvedConfiguration;
  /** By calendar id. */
  readonly clocks: Map<string, Clock>;
  readonly queues: Map<string, Queue>;
  /** In the order of the document. */
  readonly agents: Map<string, Agent>;
  readonly channels: Map<string, Channel>;
  /** Numbers that stand for the ids of agents, for ever. */
  readonly names: Names;
  /** By name; absent where the configuration no longer has the agent. */
  readonly agentsByName: (Agent | undefined)[];
  /** Distinct costs, rising; the index is the class. */
  costs: readonly number[];
  /** Conversations in lines of all queues. */
  waiting: number;
  isUnsettled: boolean;
  readonly dirty: Queue[];
  /** Live conversations to be looked at after matching. */
  readonly entered: number[];
}

export interface Names {
  readonly numbers: Map<string, number>;
  readonly texts: string[];
}

/** The number of a name, for ever the same. */
export function nameNumber(names: Names, text: string): number {
  const known = names.numbers.get(text);
  if (known !== undefined) return known;
  const number = names.texts.push(text) - 1;
  names.numbers.set(text, number);
  return number;
}

export interface Queue {
  readonly handle: number;
  readonly tenant: Tenant;
  readonly id: string;
  settings: SkillQueueSettings;
  /** What its explanations name. */
  rule: number;
  /** It assigns without offering, in order of age, at any rate. */
  isPlain: boolean;
  clock: Clock;
  isDirty: boolean;
  /** Agents with the skill, in the document's order, as members. */
  members: number[];
  /** The same as agents. */
  agents: Int32Array;
  /** Members that are offline, away, available. */
  readonly byPresence: number[];
  /** By class of cost: available members who have too few units, and who are free for it. */
  readonly tooFull: number[];
  readonly free: number[];
  /** By class: the free ones in the order of selection, or whose turn it may be. */
  readonly orders: LazyOrder[];
  /** By class, where the queue goes by idle time: what stands for the list of the free ones. */
  readonly idle: number[];
  readonly turns: PlaceSet[];
  /** First lane of what is not reserved. */
  lanes: number;
  /** First of the free members for whom something is reserved. */
  readyReserved: number;
  /** Conversations in line. */
  waiting: number;
  /** Live ones that were let in (`maxWaiting`), those being offered included. */
  placesTaken: number;
  /** First of the live ones in line. */
  live: number;
  /** Name of the agent chosen last; 0: nobody yet. */
  lastChosen: number;
  /** By name: instants at which this queue routed something to the agent, within the last minute. */
  readonly routed: Map<number, number[]>;
  /** By name: timer that lifts the surge rate. */
  readonly allowances: Map<number, number>;
}

export interface Agent {
  readonly handle: number;
  readonly name: number;
  readonly tenant: Tenant;
  readonly id: string;
  settings: AgentSettings;
  /** Of the settings. */
  capacity: number;
  /** Place in the document. */
  order: number;
  presence: number;
  /** Reason; 0: none. */
  presenceReason: number;
  /** -1: none. */
  expiresAt: number;
  presenceTimer: number;
  graceTimer: number;
  gone: boolean;
  used: number;
  missedOffers: number;
  /** First conversation owned or offered. */
  conversations: number;
  /** First membership. */
  members: number;
  /** First of their nodes in the idle lists. */
  idleNodes: number;
  /** Some queue of theirs goes by load. */
  isOrderedByLoad: boolean;
  isStale: boolean;
  isRemoved: boolean;
}

export interface Channel {
  readonly handle: number;
  readonly tenant: Tenant;
  readonly id: string;
  /** Stands for tenant and id in keys, also after the channel is gone. */
  readonly name: number;
  settings: ChannelSettings;
  /** What follows from its kind. */
  policy: Policy;
  /** Units that a conversation of it uses, and their class. */
  cost: number;
  costClass: number;
  /** Instants of automatic replies by sender, within the last hour. */
  readonly autoReplies: Map<string, number[]>;
}

export function tenantOf(partition: Partition, conversation: number): Tenant {
  return present(
    partition.tenantsByHandle[partition.conversations.get(conversation, F.tenant)],
    "tenant",
  );
}

export function queueOf(partition: Partition, conversation: number): Queue {
  return present(partition.queues[partition.conversations.get(conversation, F.queue)], "queue");
}

export function channelOf(partition: Partition, conversation: number): Channel {
  return present(
    partition.channels[partition.conversations.get(conversation, F.channel)],
    "channel",
  );
}

export function agentAt(partition: Partition, handle: number): Agent {
  return present(partition.agents[handle], "agent");
}

/** Owner, or whom it is offered to. */
export function agentOf(partition: Partition, conversation: number): Agent | undefined {
  return partition.agents[partition.conversations.get(conversation, F.agent)];
}

export function has(partition: Partition, conversation: number, bits: number): boolean {
  return (partition.conversations.get(conversation, F.flags) & bits) !== 0;
}

export function setFlag(partition: Partition, conversation: number, bits: number): void {
  const { conversations } = partition;
  conversations.set(conversation, F.flags, conversations.get(conversation, F.flags) | bits);
}

export function clearFlag(partition: Partition, conversation: number, bits: number): void {
  const { conversations } = partition;
  conversations.set(conversation, F.flags, conversations.get(conversation, F.flags) & ~bits);
}

export function isOffline(partition: Partition, conversation: number): boolean {
  return has(partition, conversation, flag.offline);
}

/** Skills are keys that people choose: `constructor` is one only if somebody wrote it. */
export function hasSkill(agent: Agent, { id }: Queue): boolean {
  return Object.hasOwn(agent.settings.skills, id);
}

/** A handle for something new in a list in which 0 is nobody: one that is free, or the next. */
export function newHandle(
  { freeHandles }: Partition,
  list: readonly (object | undefined)[],
): number {
  return freeHandles.get(list)?.pop() ?? Math.max(1, list.length);
}

/** What the handle named is gone for good. */
export function giveHandle(
  { freeHandles }: Partition,
  list: (object | undefined)[],
  handle: number,
): void {
  list[handle] = undefined;
  const free = freeHandles.get(list);
  if (free === undefined) freeHandles.set(list, [handle]);
  else free.push(handle);
}
