import type { PresenceStatus } from "../core/commands.ts";
import type { WorkingAgent } from "./agents-at-work.ts";
import type { Contact } from "./contacts.ts";
import type { Customers } from "./customers.ts";
import { happenings } from "./happenings.ts";
import { purposes } from "./keyed-random.ts";
import type { Observer } from "./observer.ts";
import { OfferHabits } from "./offer-habits.ts";
import { agentShifts, type Shift } from "./shifts.ts";
import type { Stage } from "./stage.ts";
import type { WorldGroup } from "./world.ts";

/** After being set away for missed offers an agent looks up again. */
const comesBackMs = 60_000;
const hourMs = 3_600_000;
const repeated = 256;

/** Where an agent is, beyond what {@link WorkingAgent} says. */
interface Whereabouts {
  readonly shifts: readonly Shift[];
  /** Leaves for the day once nothing is being worked on. */
  leaving: boolean;
  /** Leaves for a break of so many ms once nothing is being worked on; 0: none. */
  breakMs: number;
  onBreak: boolean;
  /** Running number of the lost connection, 0 while connected. */
  lost: number;
  losses: number;
}

/**
 * The agents: they come and go, accept offers, work and answer.
 *
 * An agent is away, at the desk, or gone. Shift begins → available, at the desk. Break due or shift
 * over → `away`, and what is being worked on is finished; then the break runs, or the agent signs
 * out. Connection lost → nothing advances; the engine is told when the silence would be noticed.
 */
export class Staff {
  readonly #stage: Stage;
  readonly #customers: Customers;
  readonly #observer: Observer;
  readonly #where: readonly Whereabouts[];
  readonly #offers: OfferHabits;
  readonly #toPlan: WorkingAgent[] = [];

  constructor(stage: Stage, customers: Customers, observer: Observer) {
    this.#stage = stage;
    this.#customers = customers;
    this.#observer = observer;
    const { agents, groups, days, traffic } = stage.world;
    this.#where = agents.map((agent) => {
      const group = groups[agent.group];
      const shifts =
        group === undefined
          ? []
          : agentShifts(group.plan, days, traffic.timeZone, stage.random, agent.key);
      return { shifts, leaving: false, breakMs: 0, onBreak: false, lost: 0, losses: 0 };
    });
    this.#offers = new OfferHabits(stage);
  }

  begin(): void {
    const { from } = this.#stage.world;
    for (const [agent, { shifts }] of this.#where.entries()) {
      for (const [index, shift] of shifts.entries()) {
        if (shift.to <= from) continue;
        const at = Math.max(from, shift.from);
        this.#stage.upcoming.schedule(at, happenings.shiftStart, agent, index);
      }
    }
  }

  end(): void {
    for (const agent of this.#stage.work.agents) this.#stage.work.advance(agent, this.#stage.now);
  }

  happen(kind: number, first: number, second: number): void {
    if (kind === happenings.acceptOffer || kind === happenings.declineOffer) {
      this.#offers.answer(kind, first, second);
      return;
    }
    const agent = this.#stage.work.agents[first];
    const where = this.#where[first];
    if (agent === undefined || where === undefined) return;
    if (kind === happenings.workDone && second !== agent.stamp) return;
    this.#stage.work.advance(agent, this.#stage.now);
    this.#act(kind, agent, where, second);
    this.#perhapsLeave(agent, where);
    this.#plan(agent);
  }

  #act(kind: number, agent: WorkingAgent, where: Whereabouts, second: number): void {
    switch (kind) {
      case happenings.workDone:
        this.#finish(agent);
        break;
      case happenings.shiftStart:
        this.#startShift(agent, where, second);
        break;
      case happenings.shiftEnd:
        this.#endShift(agent, where);
        break;
      case happenings.breakDue:
        this.#dueBreak(agent, where, second);
        break;
      case happenings.breakEnd:
        if (where.onBreak) this.#backAtDesk(agent, where);
        break;
      case happenings.connectionLost:
        if (second === where.losses) this.#loseConnection(agent, where);
        break;
      case happenings.silenceNoticed:
        if (where.lost === second) this.#declare(agent, "offline");
        break;
      case happenings.connectionBack:
        if (where.lost === second) this.#reconnect(agent, where);
        break;
      case happenings.comesBack:
        if (agent.atDesk && !where.leaving) this.#declare(agent, "available");
        break;
      default:
    }
  }

  /** An agent was set away for missed offers. */
  missedOffers(agent: number): void {
    const at = this.#stage.now + comesBackMs;
    this.#stage.upcoming.schedule(at, happenings.comesBack, agent);
  }

  /** An agent is asked to take a conversation. */
  offered(contact: Contact, agent: number): void {
    this.#offers.consider(contact, agent);
  }

  // Coming and going

  #startShift(agent: WorkingAgent, where: Whereabouts, index: number): void {
    const shift = where.shifts[index];
    const { upcoming, now } = this.#stage;
    if (shift === undefined) return;
    where.leaving = false;
    where.onBreak = false;
    where.breakMs = 0;
    where.lost = 0;
    where.losses += 1;
    upcoming.schedule(shift.to, happenings.shiftEnd, agent.index);
    for (const pause of shift.breaks) {
      if (pause.at > now) upcoming.schedule(pause.at, happenings.breakDue, agent.index, pause.ms);
    }
    this.#awaitLoss(agent, where);
    this.#backAtDesk(agent, where);
  }

  #endShift(agent: WorkingAgent, where: Whereabouts): void {
    where.leaving = true;
    where.breakMs = 0;
    if (where.lost > 0 || where.onBreak) this.#signOut(agent, where);
    else if (agent.contacts.length > 0) this.#declare(agent, "away");
  }

  #dueBreak(agent: WorkingAgent, where: Whereabouts, ms: number): void {
    if (!agent.atDesk || where.leaving) return;
    where.breakMs = ms;
    this.#declare(agent, "away");
  }

  /** Whoever is only finishing goes as soon as nothing is being worked on. */
  #perhapsLeave(agent: WorkingAgent, where: Whereabouts): void {
    if (!agent.atDesk || agent.contacts.length > 0) return;
    if (where.leaving) this.#signOut(agent, where);
    else if (where.breakMs > 0) {
      agent.atDesk = false;
      where.onBreak = true;
      const at = this.#stage.now + where.breakMs;
      where.breakMs = 0;
      this.#stage.upcoming.schedule(at, happenings.breakEnd, agent.index);
    }
  }

  #signOut(agent: WorkingAgent, where: Whereabouts): void {
    agent.atDesk = false;
    where.onBreak = false;
    where.lost = 0;
    this.#declare(agent, "offline");
  }

  #backAtDesk(agent: WorkingAgent, where: Whereabouts): void {
    where.onBreak = false;
    agent.atDesk = true;
    for (const contact of this.#stage.contacts.ownedBy(agent.index)) {
      if (contact.hasWork) this.#beginWork(agent, contact);
    }
    this.#declare(agent, "available");
  }

  #awaitLoss(agent: WorkingAgent, where: Whereabouts): void {
    const group = this.#group(agent);
    if (group.flapsPerHour <= 0) return;
    const purpose = purposes.presenceFlap + repeated * where.losses;
    const u = this.#draw(agent, purpose).next();
    const at = this.#stage.now + Math.ceil((-Math.log(u) / group.flapsPerHour) * hourMs);
    this.#stage.upcoming.schedule(at, happenings.connectionLost, agent.index, where.losses);
  }

  #loseConnection(agent: WorkingAgent, where: Whereabouts): void {
    where.losses += 1;
    const lasts = this.#group(agent).flapLasts;
    if (lasts === undefined || where.leaving) return;
    if (!agent.atDesk || where.breakMs > 0) {
      this.#awaitLoss(agent, where);
      return;
    }
    const random = this.#draw(agent, purposes.presenceFlap + repeated * where.losses + 1);
    agent.atDesk = false;
    where.lost = where.losses;
    // Desktops heartbeat twice in each allowed silence, so between half and all of it is left.
    const { heartbeatSeconds } = this.#stage.world.scenario.configuration.presence;
    const silence = heartbeatSeconds * 1000 * (0.5 + 0.5 * random.next());
    const { upcoming, now } = this.#stage;
    const at = now + Math.ceil(silence);
    upcoming.schedule(at, happenings.silenceNoticed, agent.index, where.lost);
    const back = now + Math.ceil(lasts.sample(random));
    upcoming.schedule(back, happenings.connectionBack, agent.index, where.lost);
  }

  #reconnect(agent: WorkingAgent, where: Whereabouts): void {
    where.lost = 0;
    this.#awaitLoss(agent, where);
    this.#backAtDesk(agent, where);
  }

  #declare(agent: WorkingAgent, status: PresenceStatus): void {
    agent.signedIn = status !== "offline";
    const { id } = this.#stage.world.agents[agent.index] ?? { id: "" };
    this.#stage.router.say({ type: "setPresence", agent: id, status });
    this.#stage.settle();
  }

  // Ownership

  /** A conversation belongs to this agent now, −1 to none. */
  owned(contact: Contact, owner: number): void {
    if (contact.agent !== owner) this.#changeHands(contact, owner);
  }

  #changeHands(contact: Contact, owner: number): void {
    const { work, contacts, now, world } = this.#stage;
    const before = work.agents[contact.agent];
    if (before !== undefined) {
      work.advance(before, now);
      work.drop(before, contact.slot);
      before.owned -= 1;
      before.units -= contact.units;
      this.#plan(before);
    }
    contacts.own(contact, owner);
    const after = work.agents[owner];
    if (after !== undefined) {
      work.advance(after, now);
      contact.units = world.channels[contact.channel]?.cost ?? 1;
      after.owned += 1;
      after.units += contact.units;
      this.#observer.took(contact, after);
    }
  }

  // Work

  /** A customer message waits for the owner, if there is one. */
  giveWork(contact: Contact): void {
    const agent = this.#stage.work.agents[contact.agent];
    if (agent === undefined) return;
    const where = this.#where[agent.index];
    contact.hasWork = true;
    if (
      !agent.atDesk ||
      where?.leaving !== false ||
      this.#stage.work.isWorkedOn(agent, contact.slot)
    ) {
      return;
    }
    this.#stage.work.advance(agent, this.#stage.now);
    this.#beginWork(agent, contact);
    this.#plan(agent);
  }

  #beginWork(agent: WorkingAgent, contact: Contact): void {
    if (this.#stage.work.isWorkedOn(agent, contact.slot)) return;
    const { laws } = this.#stage.world.channels[contact.channel] ?? {};
    if (laws === undefined) return;
    const law = contact.answers === 0 ? laws.first : laws.later;
    const random = this.#contactDraw(contact, purposes.handleTime + repeated * contact.answers);
    this.#stage.work.begin(agent, contact.slot, law.sample(random));
  }

  /** The answer is ready: it is sent, and perhaps the conversation closed. */
  #finish(agent: WorkingAgent): void {
    const slot = this.#stage.work.takeDone(agent);
    const contact = this.#stage.contacts.at(slot);
    if (slot < 0 || contact === undefined) return;
    contact.hasWork = false;
    const answer = contact.answers;
    contact.answers += 1;
    const channel = this.#stage.world.channels[contact.channel];
    const { router } = this.#stage;
    const refusal = router.write(contact.handle, agent.index, contact.arrival, answer);
    this.#stage.settle();
    if (refusal !== undefined) {
      this.#observer.refused(refusal);
      this.#close(contact, agent);
      return;
    }
    contact.age = Number.NaN;
    const more = this.#customers.hear(contact);
    const closes = channel?.traffic?.handling.closes ?? 0;
    if (more) return;
    if (closes >= 1 || this.#contactDraw(contact, purposes.closing).next() < closes) {
      this.#close(contact, agent);
    }
  }

  #close(contact: Contact, agent: WorkingAgent): void {
    if (contact.conversation === 0) return;
    this.#stage.router.close(contact.handle, agent.index);
    this.#stage.settle();
  }

  /** When the agent's next piece of work will be done is looked at again by `planWork`. */
  #plan(agent: WorkingAgent): void {
    agent.stamp += 1;
    agent.turn = this.#stage.upcoming.nextTurn();
    if (agent.isToPlan) return;
    agent.isToPlan = true;
    this.#toPlan.push(agent);
  }

  /**
   * Plans the next end of work of everybody whose work has changed: once all that happens at this
   * instant has happened, for most changes are overtaken by another.
   */
  planWork(): void {
    const { upcoming, work, now } = this.#stage;
    for (let agent = this.#toPlan.pop(); agent !== undefined; agent = this.#toPlan.pop()) {
      agent.isToPlan = false;
      const at = work.nextDoneAt(agent, now);
      if (at === Number.POSITIVE_INFINITY) continue;
      upcoming.schedule(at, happenings.workDone, agent.index, agent.stamp, agent.turn);
    }
  }

  #group(agent: WorkingAgent): WorldGroup {
    const group = this.#stage.world.groups[agent.group];
    if (group === undefined) throw new Error(`agent ${agent.index} has no group`);
    return group;
  }

  #draw(agent: WorkingAgent, purpose: number) {
    const key = this.#stage.world.agents[agent.index]?.key ?? 0;
    return this.#stage.random.at(key, 0, purpose);
  }

  #contactDraw(contact: Contact, purpose: number) {
    const key = this.#stage.world.channels[contact.channel]?.key ?? 0;
    return this.#stage.random.at(key, contact.arrival, purpose);
  }
}
