import type { Command } from "../core/commands.ts";
import type { Engine, Result } from "../core/engine.ts";
import type { Event } from "../core/events.ts";
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
import { Staff } from "./staff.ts";
import { channelArrivals } from "./traffic.ts";
import { simulatedTenant, type Stage } from "./stage.ts";
import type { World } from "./world.ts";

/**
 * Runs one replication: the same engine as in production, in virtual time. The next thing to happen
 * is either the engine's next deadline or the next of our own events; at equal instants the engine's
 * comes first, as every command would make it.
 *
 * @param replication counted from 1
 */
export function simulate(
  world: World,
  engine: Engine,
  seed: number,
  replication: number,
): ReplicationRecord {
  const simulation = new Simulation(world, engine, seed, replication);
  simulation.run();
  return simulation.record();
}

class Simulation {
  readonly #world: World;
  readonly #engine: Engine;
  readonly #replication: number;
  readonly #stage: Stage;
  readonly #customers: Customers;
  readonly #staff: Staff;
  readonly #observer: Observer;
  readonly #events: Event[] = [];
  #commands = 0;

  constructor(world: World, engine: Engine, seed: number, replication: number) {
    this.#world = world;
    this.#engine = engine;
    this.#replication = replication;
    const random = new KeyedRandom(seed, replication);
    this.#stage = {
      world,
      random,
      upcoming: new EventList(),
      contacts: new Contacts(),
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
      log: new MessageLog(),
      now: world.from,
      command: (command) => this.#apply(command),
      settle: () => this.#settle(),
      events: this.#events,
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
    this.#observer = new Observer(this.#stage, engine);
    this.#customers = new Customers(this.#stage, population, this.#observer);
    this.#staff = new Staff(this.#stage, this.#customers, this.#observer);
  }

  run(): void {
    const { configuration, plans, from, to, countTo } = this.#world;
    this.#apply({
      type: "configureTenant",
      at: from,
      tenant: simulatedTenant,
      configuration,
      plans,
    });
    this.#settle();
    this.#customers.begin();
    this.#staff.begin();
    this.#observer.begin();
    const { upcoming } = this.#stage;
    for (;;) {
      const next = upcoming.nextAt();
      const due = this.#engine.nextDeadlineAt() ?? Number.POSITIVE_INFINITY;
      const at = Math.min(next, due);
      if (at > to || (at >= countTo && this.#observer.allSettled())) break;
      this.#stage.now = at;
      if (due <= next) this.#tick();
      else this.#happen();
    }
    // The clock stops at the end of what was simulated, so that no occupancy counts beyond it.
    this.#stage.now = Math.max(countTo, this.#stage.now);
    this.#staff.end();
    this.#observer.end();
  }

  record(): ReplicationRecord {
    const { log, upcoming, work } = this.#stage;
    const messages = log.columns();
    return {
      replication: this.#replication,
      ...this.#observer.record(),
      occupancy: work.occupancy,
      messages,
      ...waits(this.#world, messages),
      commands: this.#commands,
      happenings: upcoming.scheduled - upcoming.size,
    };
  }

  #tick(): void {
    const command = { type: "tick", at: this.#stage.now } as const;
    let more = true;
    while (more) {
      const result = this.#apply(command);
      more = result.status === "ticked" && result.more;
    }
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

  #apply(command: Command): Result {
    this.#commands += 1;
    return this.#engine.apply(command, this.#events);
  }

  /** Observer first: it sees each conversation as it was; then those who act on what happened. */
  #settle(): void {
    for (const event of this.#events) {
      this.#observer.see(event);
      this.#staff.see(event);
      this.#customers.see(event);
    }
    this.#events.length = 0;
    this.#observer.forgetClosed();
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
