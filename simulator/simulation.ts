import { reason, state } from "../core/fast/codes.ts";
import { reasonUnit } from "../core/fast/conversations.ts";
import { cell, rowType, rowWidth } from "../core/fast/event-rows.ts";
import { X } from "../core/fast/explanations.ts";
import type { InternedEngine } from "../core/fast/interned-engine.ts";
import { AgentsAtWork } from "./agents-at-work.ts";
import { Contacts } from "./contacts.ts";
import { Customers } from "./customers.ts";
import { EventList } from "./event-list.ts";
import { KeyedRandom } from "./keyed-random.ts";
import { type MessageColumns, MessageLog } from "./message-log.ts";
import { Observer } from "./observer.ts";
import { Population } from "./population.ts";
import type { ReplicationRecord } from "./replication-record.ts";
import { happenings } from "./happenings.ts";
import { Router } from "./router.ts";
import { Staff } from "./staff.ts";
import { channelArrivals } from "./traffic.ts";
import type { Stage } from "./stage.ts";
import type { World } from "./world.ts";

/**
 * Runs one replication: the same engine as in production, in virtual time. The next thing to happen
 * is either the engine's next deadline or the next of our own events; at equal instants the engine's
 * comes first, as every command would make it.
 *
 * @param engine knows nothing yet
 * @param replication counted from 1
 */
export function simulate(
  world: World,
  engine: InternedEngine,
  seed: number,
  replication: number,
): ReplicationRecord {
  const simulation = new Simulation(world, engine, seed, replication);
  simulation.run();
  return simulation.record();
}

class Simulation {
  readonly #world: World;
  readonly #replication: number;
  readonly #stage: Stage;
  readonly #customers: Customers;
  readonly #staff: Staff;
  readonly #observer: Observer;

  constructor(world: World, engine: InternedEngine, seed: number, replication: number) {
    this.#world = world;
    this.#replication = replication;
    const random = new KeyedRandom(seed, replication);
    const log = new MessageLog();
    this.#stage = {
      world,
      random,
      upcoming: new EventList(),
      contacts: new Contacts(log),
      work: new AgentsAtWork(
        world.agents.map((agent) => ({
          group: agent.group,
          capacity: agent.capacity,
          efficiency: world.groups[agent.group]?.efficiency ?? [1],
        })),
        world.groups.length,
        world.countFrom,
        world.countTo,
      ),
      log,
      router: new Router(world, engine),
      now: world.from,
      settle: () => this.#settle(),
    };
    const population = new Population(
      world.channels.map(({ id, key, traffic, laws, returnFrom, sources }) => ({
        id,
        key,
        at: channelArrivals(world.traffic, sources, random, seed, replication),
        population: traffic?.customers.population ?? 0,
        returnProbability: traffic?.customers.returnProbability ?? 0,
        returnAfter: laws.returnAfter,
        returnFrom,
      })),
      random,
    );
    this.#observer = new Observer(this.#stage);
    this.#customers = new Customers(this.#stage, population, this.#observer);
    this.#staff = new Staff(this.#stage, this.#customers, this.#observer);
  }

  run(): void {
    const { to, countTo } = this.#world;
    this.#settle();
    this.#customers.begin();
    this.#staff.begin();
    this.#observer.begin();
    const { upcoming, router } = this.#stage;
    for (;;) {
      this.#staff.planWork();
      const next = upcoming.nextAt();
      const due = router.deadlineBy(next);
      const at = Math.min(next, due);
      if (at > to || (at >= countTo && this.#observer.allSettled())) break;
      this.#stage.now = at;
      router.now = at;
      if (due <= next) this.#tick();
      else this.#happen();
    }
    // The clock stops at the end of what was simulated, so that no occupancy counts beyond it.
    this.#stage.now = Math.max(countTo, this.#stage.now);
    this.#staff.end();
    this.#observer.end();
  }

  record(): ReplicationRecord {
    const { log, router, upcoming, work } = this.#stage;
    const messages = log.columns();
    return {
      replication: this.#replication,
      ...this.#observer.record(),
      occupancy: work.occupancy,
      messages,
      ...waits(this.#world, messages),
      commands: router.commands,
      happenings: upcoming.takenCount,
    };
  }

  #tick(): void {
    while (this.#stage.router.tick());
    this.#settle();
  }

  #happen(): void {
    const { upcoming } = this.#stage;
    upcoming.take();
    const { kind, first, second } = upcoming.taken;
    if (kind < happenings.shiftStart) this.#customers.happen(kind, first, second);
    else if (kind < happenings.sample) this.#staff.happen(kind, first, second);
    else this.#observer.happen(kind, first);
  }

  #settle(): void {
    const { rows } = this.#stage.router;
    const end = rows.count * rowWidth;
    for (let at = 0; at < end; at += rowWidth) this.#see(rows.cells, at);
    rows.clear();
    this.#observer.forgetClosed();
  }

  /** Observer first: it sees each conversation as it was; then those who act on what happened. */
  #see(cells: Float64Array, at: number): void {
    const { contacts } = this.#stage;
    const conversation = cells[at + cell.conversation] ?? 0;
    const payload = at + cell.payload;
    switch (cells[at]) {
      case rowType.conversationMoved:
        this.#seeMove(cells, at);
        break;
      case rowType.conversationAssigned: {
        const contact = contacts.of(conversation);
        const because = cells[at + rowWidth + X.rule] ?? 0;
        this.#observer.assigned(contact, conversation, this.#agentAt(cells, payload), because);
        if (contact !== undefined) this.#staff.giveWork(contact);
        break;
      }
      case rowType.messageReceived: {
        const contact = contacts.of(conversation);
        if (contact !== undefined && cells[payload] !== 0) this.#staff.giveWork(contact);
        break;
      }
      case rowType.messageSent: {
        const contact = contacts.of(conversation);
        const agent = this.#agentAt(cells, payload);
        if (contact !== undefined && agent >= 0) this.#observer.wrote(contact, agent);
        break;
      }
      case rowType.conversationOffered: {
        const contact = contacts.of(conversation);
        const agent = this.#agentAt(cells, payload);
        this.#observer.offered(conversation, agent);
        if (contact !== undefined) this.#staff.offered(contact, agent);
        break;
      }
      case rowType.conversationWentOffline:
        this.#observer.wentOffline(cells[payload] ?? 0);
        break;
      case rowType.messageGivenToBot: {
        const contact = contacts.of(conversation);
        if (contact !== undefined) this.#customers.givenToBot(contact, cells[payload] ?? 0);
        break;
      }
      case rowType.presenceChanged:
        if (cells[payload + 2] === reason.missed_offers) {
          this.#staff.missedOffers(this.#agentAt(cells, payload));
        }
        break;
      default:
    }
  }

  #seeMove(cells: Float64Array, at: number): void {
    const { contacts, router } = this.#stage;
    const conversation = cells[at + cell.conversation] ?? 0;
    const payload = at + cell.payload;
    const to = cells[payload + 1] ?? 0;
    const agent = this.#agentAt(cells, payload + 4);
    const why = (cells[payload + 5] ?? 0) % reasonUnit;
    const queue = router.queueOf[cells[at + cell.queue] ?? 0] ?? 0;
    const contact = contacts.of(conversation);
    this.#observer.moved(contact, conversation, to, agent, why, queue);
    if (contact === undefined) return;
    const isOwned = to === state.assigned || to === state.awaitingCustomer || to === state.live;
    this.#staff.owned(contact, isOwned ? agent : -1);
    if (to === state.parked) this.#customers.parked(contact);
  }

  #agentAt(cells: Float64Array, at: number): number {
    return this.#stage.router.agentOf[cells[at] ?? 0] ?? -1;
  }
}

function waits(
  world: World,
  messages: MessageColumns,
): Pick<ReplicationRecord, "wallWaitMs" | "workingWaitMs"> {
  const wallWaitMs = new Float64Array(messages.count).fill(Number.POSITIVE_INFINITY);
  const workingWaitMs = new Float64Array(messages.count).fill(Number.POSITIVE_INFINITY);
  for (let row = 0; row < messages.count; row += 1) {
    const arrivedAt = messages.arrivedAt[row] ?? 0;
    const assignedAt = messages.assignedAt[row] ?? Number.NaN;
    if (Number.isNaN(assignedAt)) continue;
    wallWaitMs[row] = assignedAt - arrivedAt;
    const clock = world.queues[messages.queue[row] ?? 0]?.clock;
    workingWaitMs[row] = clock?.between(arrivedAt, assignedAt) ?? assignedAt - arrivedAt;
  }
  return { wallWaitMs, workingWaitMs };
}
