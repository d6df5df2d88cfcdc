import type { Engine } from "../core/engine.ts";
import { conversationStates, type ConversationState, type Event } from "../core/events.ts";
import type { WorkingAgent } from "./agents-at-work.ts";
import type { Contact } from "./contacts.ts";
import { DecisionDigest } from "./decision-digest.ts";
import { happenings } from "./happenings.ts";
import type { ReplicationRecord } from "./replication-record.ts";
import type { Stage } from "./stage.ts";
import type { WorldChannel } from "./world.ts";

type Observed = Pick<
  ReplicationRecord,
  "digest" | "backlog" | "oldestMs" | "reasons" | "refusedWrites" | "unsettled" | "broken"
>;

interface KnownAgent {
  agent: number;
  at: number;
}

const assigned = 100;
const offered = 101;
/** More broken invariants than this are only counted. */
const brokenMax = 20;

/**
 * Watches a replication: keeps the log of messages, counts who waits, takes measurements at fixed
 * instants, and checks in every run what must always hold.
 */
export class Observer {
  readonly #stage: Stage;
  readonly #engine: Engine;
  readonly #digest = new DecisionDigest();
  readonly #queueOf: ReadonlyMap<string, number>;
  readonly #channelOf: ReadonlyMap<string, number>;
  readonly #agentOf: ReadonlyMap<string, number>;
  readonly #intervalMs: number;
  readonly #instants: number;
  readonly #backlog: Int32Array;
  readonly #oldestMs: Float64Array;
  /** Per queue: waiting now; ∫ waiting dt; since when; Σ waits ended. */
  readonly #waiting: Int32Array;
  readonly #waitingMs: Float64Array;
  readonly #waitingSince: Float64Array;
  readonly #waitedMs: Float64Array;
  readonly #lastAgents = new Map<string, KnownAgent>();
  readonly #reasons: Record<string, number> = {};
  readonly #refusedWrites: Record<string, number> = {};
  readonly #closed: Contact[] = [];
  readonly #broken: string[] = [];
  #unsettled = 0;

  constructor(stage: Stage, engine: Engine) {
    const { world } = stage;
    const queues = world.queues.length;
    this.#stage = stage;
    this.#engine = engine;
    this.#queueOf = new Map(world.queues.map(({ id }, index) => [id, index]));
    this.#channelOf = new Map(world.channels.map(({ id }, index) => [id, index]));
    this.#agentOf = new Map(world.agents.map(({ id }, index) => [id, index]));
    this.#intervalMs = world.scenario.settings.run.intervalMinutes * 60_000;
    this.#instants = measuredInstants(world.countFrom, world.countTo, this.#intervalMs);
    this.#backlog = new Int32Array(queues * this.#instants);
    this.#oldestMs = new Float64Array(queues * this.#instants);
    this.#waiting = new Int32Array(queues);
    this.#waitingMs = new Float64Array(queues);
    this.#waitingSince = new Float64Array(queues).fill(world.from);
    this.#waitedMs = new Float64Array(queues);
  }

  begin(): void {
    this.#stage.upcoming.schedule(this.#stage.world.countFrom, happenings.sample, 0);
  }

  happen(_kind: number, instant: number): void {
    for (const [queue, waiting] of this.#waiting.entries()) {
      this.#backlog[queue * this.#instants + instant] = waiting;
    }
    for (const contact of this.#stage.contacts.all()) {
      if (!contact.waiting) continue;
      const place = contact.queue * this.#instants + instant;
      const age = this.#stage.now - contact.age;
      if (age > (this.#oldestMs[place] ?? 0)) this.#oldestMs[place] = age;
    }
    if (instant + 1 < this.#instants) {
      const at = this.#stage.world.countFrom + (instant + 1) * this.#intervalMs;
      this.#stage.upcoming.schedule(at, happenings.sample, instant + 1);
    }
  }

  /** A message seeks an agent: a row of the log, which belongs to `target`'s conversation. */
  sought(target: Contact, writer: Contact, part: number): number {
    const { log, now, world } = this.#stage;
    const channel = world.channels[writer.channel];
    const queue = target.waiting
      ? target.queue
      : (this.#queueOf.get(channel?.settings.skillQueue ?? "") ?? 0);
    const row = log.add(writer.channel, queue, writer.arrival, part, writer.person, now);
    target.rows.push(row);
    if (this.#isCounted(now)) this.#unsettled += 1;
    return row;
  }

  see(event: Event): void {
    switch (event.type) {
      case "conversationMoved":
        this.#seeMove(event);
        break;
      case "conversationAssigned":
        this.#seeAssignment(event);
        break;
      case "conversationOffered": {
        const agent = this.#agentOf.get(event.agent) ?? -1;
        this.#digest.add(offered, event.at, event.conversation, agent);
        break;
      }
      case "conversationWentOffline":
        this.#count(`offline:${event.reason}`);
        break;
      case "messageSent":
        if (event.agent !== undefined) this.#remember(event.channel, event.customer, event.agent);
        break;
      default:
    }
  }

  /** After all who act have seen it: a closed conversation is nobody's any more. */
  forgetClosed(): void {
    for (const contact of this.#closed) this.#stage.contacts.unbind(contact);
    this.#closed.length = 0;
  }

  /** An agent became the owner. */
  took(contact: Contact, agent: WorkingAgent): void {
    const { world } = this.#stage;
    const known = world.agents[agent.index];
    const queue = world.queues[contact.queue]?.id ?? "";
    if (agent.units > agent.capacity) this.broke(`${known?.id} holds ${agent.units} units`);
    if (known?.skills.has(queue) !== true) this.broke(`${known?.id} lacks the skill ${queue}`);
    if (!agent.signedIn) this.broke(`${known?.id} got work while signed out`);
  }

  refused(code: string): void {
    if (this.#isCounted(this.#stage.now)) {
      this.#refusedWrites[code] = (this.#refusedWrites[code] ?? 0) + 1;
    }
  }

  broke(what: string): void {
    if (this.#broken.length < brokenMax) this.#broken.push(`${what} at ${this.#stage.now}`);
  }

  /** Whether every counted message has been assigned, parked or closed. */
  allSettled(): boolean {
    return this.#unsettled === 0;
  }

  end(): void {
    const open = this.#engine.counts();
    const states = Object.values(open.conversationsByState).reduce((sum, count) => sum + count, 0);
    const alive = states - open.conversationsByState.closed;
    if (open.conversationsOpened !== open.conversationsClosed + alive) {
      this.broke(
        `opened ${open.conversationsOpened}, closed ${open.conversationsClosed}, open ${alive}`,
      );
    }
    this.#checkLittle();
    for (const sums of this.#stage.work.occupancy) {
      const { signedInMs, busyMs, workingMs, usedUnitMs, capacityUnitMs } = sums;
      if (busyMs > signedInMs || workingMs > signedInMs || usedUnitMs > capacityUnitMs) {
        this.broke("an occupancy is above 1");
      }
    }
  }

  record(): Observed {
    return {
      digest: this.#digest.hex(),
      backlog: this.#backlog,
      oldestMs: this.#oldestMs,
      reasons: this.#reasons,
      refusedWrites: this.#refusedWrites,
      unsettled: this.#unsettled,
      broken: this.#broken,
    };
  }

  #seeMove(event: Extract<Event, { type: "conversationMoved" }>): void {
    const { to, at, conversation } = event;
    const agent = event.agent === undefined ? -1 : (this.#agentOf.get(event.agent) ?? -1);
    this.#digest.add(conversationStates.indexOf(to), at, conversation, agent);
    this.#count(event.reason);
    const contact = this.#stage.contacts.of(conversation);
    if (contact === undefined) return;
    this.#follow(contact, isWaiting(to), this.#queueOf.get(event.skillQueue) ?? 0);
    if (to === "parked") {
      this.#settleRows(contact, (row) => this.#stage.log.parked(row, at, contact.queue));
    } else if (to === "closed") {
      const contained = event.reason === "closed_by_bot";
      this.#settleRows(contact, (row) => {
        this.#stage.log.closed(row, at);
        if (contained) this.#stage.log.contained(row);
      });
      for (const row of contact.rows) this.#stage.log.closed(row, at);
      this.#closed.push(contact);
    }
  }

  #seeAssignment(event: Extract<Event, { type: "conversationAssigned" }>): void {
    const { at, conversation, reason } = event;
    const agent = this.#agentOf.get(event.agent) ?? -1;
    this.#digest.add(assigned, at, conversation, agent);
    const contact = this.#stage.contacts.of(conversation);
    if (contact === undefined) return;
    // A customer whom the queue brings to the last agent by chance is as well served as by the rule.
    const ruled = reason.rule === "last-agent" || reason.rule === "reserved";
    const known = ruled ? agent : this.#lastAgentOf(contact);
    const lastAgentHit = known === undefined ? -1 : Number(known === agent);
    const { log } = this.#stage;
    this.#settleRows(contact, (row) => log.assigned(row, at, contact.queue, agent, lastAgentHit));
  }

  #settleRows(contact: Contact, settle: (row: number) => void): void {
    const { log } = this.#stage;
    for (const row of contact.rows) {
      if (!log.isWaiting(row)) continue;
      settle(row);
      if (this.#isCounted(log.arrivedAt(row))) this.#unsettled -= 1;
    }
  }

  /** Keeps the number waiting, its integral, and the sum of waits. */
  #follow(contact: Contact, waits: boolean, queue: number): void {
    const { now } = this.#stage;
    if (contact.waiting && (!waits || contact.queue !== queue)) {
      this.#step(contact.queue, -1);
      this.#waitedMs[contact.queue] =
        (this.#waitedMs[contact.queue] ?? 0) + now - contact.waitingSince;
      contact.waiting = false;
    }
    contact.queue = queue;
    if (waits && !contact.waiting) {
      this.#step(queue, 1);
      contact.waiting = true;
      contact.waitingSince = now;
    }
  }

  #step(queue: number, change: number): void {
    const { now } = this.#stage;
    const waiting = this.#waiting[queue] ?? 0;
    this.#waitingMs[queue] =
      (this.#waitingMs[queue] ?? 0) + waiting * (now - (this.#waitingSince[queue] ?? 0));
    this.#waitingSince[queue] = now;
    this.#waiting[queue] = waiting + change;
  }

  /** Little's law, exactly: ∫ number waiting dt = Σ time waited, the present ones included. */
  #checkLittle(): void {
    for (const contact of this.#stage.contacts.all()) {
      if (contact.waiting) this.#follow(contact, false, contact.queue);
    }
    for (const queue of this.#waiting.keys()) {
      this.#step(queue, 0);
      const integral = this.#waitingMs[queue] ?? 0;
      const waits = this.#waitedMs[queue] ?? 0;
      if (Math.abs(integral - waits) > 1e-9 * Math.max(integral, 1)) {
        this.broke(`Little's law: ${integral} ms of queue, ${waits} ms of waits`);
      }
    }
  }

  #remember(channel: string, customer: string | undefined, agent: string): void {
    const settings = this.#channel(channel);
    if (settings === undefined || customer === undefined || !settings.lastAgent) return;
    const known = { agent: this.#agentOf.get(agent) ?? -1, at: this.#stage.now };
    this.#lastAgents.set(lastAgentKey(settings, customer), known);
  }

  /** Undefined where none is known, or none that is still valid. */
  #lastAgentOf(contact: Contact): number | undefined {
    const channel = this.#stage.world.channels[contact.channel];
    if (channel?.lastAgent !== true) return undefined;
    const known = this.#lastAgents.get(lastAgentKey(channel, contact.customer));
    if (known === undefined) return undefined;
    const validityMs = channel.settings.lastAgentMode.validityMinutes * 60_000;
    return this.#stage.now - known.at < validityMs ? known.agent : undefined;
  }

  #channel(id: string): WorldChannel | undefined {
    return this.#stage.world.channels[this.#channelOf.get(id) ?? -1];
  }

  #count(reason: string): void {
    if (this.#isCounted(this.#stage.now)) this.#reasons[reason] = (this.#reasons[reason] ?? 0) + 1;
  }

  #isCounted(at: number): boolean {
    return at >= this.#stage.world.countFrom && at < this.#stage.world.countTo;
  }
}

/** Instants of measurement: the beginning of each interval, and the end. */
export function measuredInstants(from: number, to: number, intervalMs: number): number {
  return Math.floor((to - from) / intervalMs) + 1;
}

function isWaiting(state: ConversationState): boolean {
  return state === "held" || state === "queued" || state === "offered" || state === "with-bot";
}

function lastAgentKey(channel: WorldChannel, customer: string): string {
  return channel.settings.lastAgentMode.scope === "customer"
    ? customer
    : `${channel.id} ${customer}`;
}
