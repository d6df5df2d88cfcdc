import { conversationStates } from "../core/events.ts";
import { reason, rule, state, stateNames } from "../core/fast/codes.ts";
import type { WorkingAgent } from "./agents-at-work.ts";
import type { Contact } from "./contacts.ts";
import { DecisionDigest } from "./decision-digest.ts";
import { happenings } from "./happenings.ts";
import { QueueLooks } from "./queue-looks.ts";
import { ReasonCounts } from "./reason-counts.ts";
import type { ReplicationRecord } from "./replication-record.ts";
import type { Stage } from "./stage.ts";

type Observed = Pick<
  ReplicationRecord,
  | "digest"
  | "backlog"
  | "oldestMs"
  | "doorBacklog"
  | "doorOldestMs"
  | "reasons"
  | "refusedWrites"
  | "unsettled"
  | "broken"
>;

interface KnownAgent {
  agent: number;
  at: number;
}

const assigned = 100;
const offered = 101;
/** Places in the digest's list of states, by code. */
const digestStates = Int32Array.from(stateNames, (name) => conversationStates.indexOf(name));
/** More broken invariants than this are only counted. */
const brokenMax = 20;

/**
 * Watches a replication: keeps the log of messages, counts who waits, takes measurements at fixed
 * instants, and checks in every run what must always hold.
 */
export class Observer {
  readonly #stage: Stage;
  readonly #digest = new DecisionDigest();
  /** Place of the queue that a channel's messages go to. */
  readonly #queueOfChannel: readonly number[];
  readonly #intervalMs: number;
  readonly #instants: number;
  readonly #looks: QueueLooks;
  readonly #doorLooks: QueueLooks;
  /** Per queue: waiting now; ∫ waiting dt; since when; Σ waits ended. */
  readonly #waiting: Int32Array;
  readonly #waitingMs: Float64Array;
  readonly #waitingSince: Float64Array;
  readonly #waitedMs: Float64Array;
  /** By person: one for each channel, and one for those that share theirs. */
  readonly #lastAgents: readonly Map<number, KnownAgent>[];
  readonly #sharedLastAgents = new Map<number, KnownAgent>();
  readonly #reasons = new ReasonCounts();
  readonly #refusedWrites: Record<string, number> = {};
  readonly #closed: Contact[] = [];
  readonly #broken: string[] = [];
  #unsettled = 0;

  constructor(stage: Stage) {
    const { world } = stage;
    const queues = world.queues.length;
    this.#stage = stage;
    const places = new Map(world.queues.map(({ id }, index) => [id, index]));
    this.#lastAgents = world.channels.map(({ settings }) =>
      settings.lastAgentMode.scope === "customer" ? this.#sharedLastAgents : new Map(),
    );
    this.#queueOfChannel = world.channels.map(
      ({ settings }) => places.get(settings.skillQueue) ?? 0,
    );
    this.#intervalMs = world.scenario.settings.run.intervalMinutes * 60_000;
    this.#instants = measuredInstants(world.countFrom, world.countTo, this.#intervalMs);
    this.#looks = new QueueLooks(queues, this.#instants);
    this.#doorLooks = new QueueLooks(queues, world.doors.length);
    this.#waiting = new Int32Array(queues);
    this.#waitingMs = new Float64Array(queues);
    this.#waitingSince = new Float64Array(queues).fill(world.from);
    this.#waitedMs = new Float64Array(queues);
  }

  begin(): void {
    const { upcoming, world } = this.#stage;
    upcoming.schedule(world.countFrom, happenings.sample, 0);
    for (const [place, at] of world.doors.entries()) upcoming.schedule(at, happenings.door, place);
  }

  happen(kind: number, instant: number): void {
    const { now, contacts } = this.#stage;
    if (kind === happenings.door) {
      this.#doorLooks.take(instant, now, this.#waiting, contacts.all());
      return;
    }
    this.#looks.take(instant, now, this.#waiting, contacts.all());
    if (instant + 1 < this.#instants) {
      const at = this.#stage.world.countFrom + (instant + 1) * this.#intervalMs;
      this.#stage.upcoming.schedule(at, happenings.sample, instant + 1);
    }
  }

  /** A message seeks an agent: a row of the log, which belongs to `target`'s conversation. */
  sought(target: Contact, writer: Contact, part: number): number {
    const { log, now } = this.#stage;
    const queue = target.waiting ? target.queue : (this.#queueOfChannel[writer.channel] ?? 0);
    const { channel, arrival, person } = writer;
    const row = log.add(target, channel, queue, arrival, part, person, now);
    if (this.#isCounted(now)) this.#unsettled += 1;
    return row;
  }

  /** A conversation changed its state (by code), for a reason (by code). */
  moved(
    contact: Contact | undefined,
    conversation: number,
    to: number,
    agent: number,
    why: number,
    queue: number,
  ): void {
    const { now, log } = this.#stage;
    this.#digest.add(digestStates[to] ?? -1, now, conversation, agent);
    if (this.#isCounted(now)) this.#reasons.moved(why);
    if (contact === undefined) return;
    this.#follow(contact, isWaiting(to), queue);
    if (to === state.parked) {
      for (let row = contact.firstRow; row >= 0; row = log.nextOf(row)) {
        if (this.#settles(row)) log.parked(row, now, contact.queue);
      }
    } else if (to === state.closed) {
      const contained = why === reason.closed_by_bot;
      for (let row = contact.firstRow; row >= 0; row = log.nextOf(row)) {
        if (this.#settles(row) && contained) log.contained(row);
        log.closed(row, now);
      }
      this.#closed.push(contact);
    }
  }

  /** An agent got the conversation by a rule (by code). */
  assigned(
    contact: Contact | undefined,
    conversation: number,
    agent: number,
    because: number,
  ): void {
    const { now, log } = this.#stage;
    this.#digest.add(assigned, now, conversation, agent);
    if (contact === undefined) return;
    // A customer whom the queue brings to the last agent by chance is as well served as by the rule.
    const ruled = because === rule["last-agent"] || because === rule.reserved;
    const known = ruled ? agent : this.#lastAgentOf(contact);
    const lastAgentHit = known === undefined ? -1 : Number(known === agent);
    for (let row = contact.firstRow; row >= 0; row = log.nextOf(row)) {
      if (this.#settles(row)) log.assigned(row, now, contact.queue, agent, lastAgentHit);
    }
  }

  offered(conversation: number, agent: number): void {
    this.#digest.add(offered, this.#stage.now, conversation, agent);
  }

  /** A conversation went offline for a reason (by code). */
  wentOffline(why: number): void {
    if (this.#isCounted(this.#stage.now)) this.#reasons.wentOffline(why);
  }

  /** The agent wrote to the customer, who has them as last agent from now on. */
  wrote(contact: Contact, agent: number): void {
    this.#answered(contact, agent);
    if (this.#stage.world.channels[contact.channel]?.lastAgent !== true) return;
    const known = this.#lastAgents[contact.channel];
    const entry = known?.get(contact.person);
    if (entry === undefined) known?.set(contact.person, { agent, at: this.#stage.now });
    else {
      entry.agent = agent;
      entry.at = this.#stage.now;
    }
  }

  /** After all who act have seen it: a closed conversation is nobody's any more. */
  forgetClosed(): void {
    const { contacts } = this.#stage;
    for (const contact of this.#closed) contacts.unbind(contact);
    // A length set to 0 gives the list's memory away.
    while (this.#closed.length > 0) this.#closed.pop();
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
    const open = this.#stage.router.counts();
    const states = Object.values(open.conversationsByState).reduce((sum, count) => sum + count, 0);
    const alive = states - open.conversationsByState.closed;
    if (open.conversationsOpened !== open.conversationsClosed + alive) {
      this.broke(
        `opened ${open.conversationsOpened}, closed ${open.conversationsClosed}, open ${alive}`,
      );
    }
    for (const contact of this.#stage.contacts.all()) {
      if (contact.agent >= 0 || contact.waiting) this.#markAnswered(contact, Infinity);
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
      backlog: this.#looks.waiting,
      oldestMs: this.#looks.oldestMs,
      doorBacklog: this.#doorLooks.waiting,
      doorOldestMs: this.#doorLooks.oldestMs,
      reasons: this.#reasons.byName(),
      refusedWrites: this.#refusedWrites,
      unsettled: this.#unsettled,
      broken: this.#broken,
    };
  }

  #answered(contact: Contact, agent: number): void {
    const { now, work } = this.#stage;
    const sums = work.occupancy[work.agents[agent]?.group ?? -1];
    if (sums !== undefined && this.#isCounted(now)) sums.answers += 1;
    this.#markAnswered(contact, now);
  }

  #markAnswered(contact: Contact, at: number): void {
    const { log } = this.#stage;
    const { answeredRow, firstRow } = contact;
    let row = answeredRow < 0 ? firstRow : log.nextOf(answeredRow);
    for (; row >= 0; row = log.nextOf(row)) log.answered(row, at);
    contact.answeredRow = contact.lastRow;
  }

  /** Whether the row still waits: what is about to happen ends that. */
  #settles(row: number): boolean {
    const { log } = this.#stage;
    if (!log.isWaiting(row)) return false;
    if (this.#isCounted(log.arrivedAt(row))) this.#unsettled -= 1;
    return true;
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

  /** Undefined where none is known, or none that is still valid. */
  #lastAgentOf(contact: Contact): number | undefined {
    const channel = this.#stage.world.channels[contact.channel];
    if (channel?.lastAgent !== true) return undefined;
    const known = this.#lastAgents[contact.channel]?.get(contact.person);
    if (known === undefined) return undefined;
    const validityMs = channel.settings.lastAgentMode.validityMinutes * 60_000;
    return this.#stage.now - known.at < validityMs ? known.agent : undefined;
  }

  #isCounted(at: number): boolean {
    return at >= this.#stage.world.countFrom && at < this.#stage.world.countTo;
  }
}

/** Instants of measurement: the beginning of each interval, and the end. */
export function measuredInstants(from: number, to: number, intervalMs: number): number {
  return Math.floor((to - from) / intervalMs) + 1;
}

function isWaiting(of: number): boolean {
  return of === state.held || of === state.queued || of === state.offered || of === state.withBot;
}
