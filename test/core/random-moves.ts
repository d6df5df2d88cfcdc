import * as fc from "fast-check";
import type { Command, ConversationView, Engine, ResolvedConfiguration } from "../../core/index.ts";
import { conversationStates, deliveryStatuses, presenceStatuses } from "../../core/index.ts";
import { plansOf } from "./desk.ts";
import { must } from "./model.ts";

/**
 * What one step of a random stream aims at. It becomes a command only in view of the engine, so
 * that any part of a stream is a stream again, and most commands hit something.
 */
export interface Aim {
  readonly type: AimType;
  readonly time: TimeJump;
  readonly tenant: number;
  /** Free choices: whom, where, how. */
  readonly dice: readonly number[];
}

const weights = {
  receiveMessage: 56,
  setPresence: 26,
  writeMessage: 32,
  contactCustomer: 6,
  acceptOffer: 16,
  declineOffer: 5,
  assignConversation: 8,
  releaseConversation: 6,
  handOffConversation: 7,
  closeConversation: 5,
  answerFromBot: 9,
  failBot: 2,
  eraseCustomer: 1,
  recordDelivery: 1,
  planCalendars: 2,
  configureTenant: 3,
  tick: 12,
  /** No command: a snapshot is taken, and from here on an engine restored from it goes along. */
  restore: 2,
} as const satisfies Record<Command["type"] | "restore", number>;
type AimType = keyof typeof weights;

/** Mostly small: a day in which nobody does anything tells little. */
const jumps = {
  none: 90,
  millisecond: 8,
  seconds: 40,
  minutes: 20,
  hours: 1,
  days: 1,
  deadline: 22,
  justBefore: 8,
  justAfter: 6,
  anyDeadline: 10,
} as const;
type TimeJump = keyof typeof jumps;

export const aims: fc.Arbitrary<Aim> = fc.record({
  type: weighted(weights),
  time: weighted(jumps),
  tenant: fc.nat(9),
  dice: fc.array(fc.nat(9999), { minLength: 8, maxLength: 8 }),
});

function weighted<T extends string>(table: Readonly<Record<T, number>>): fc.Arbitrary<T> {
  const options = Object.entries(table) as [T, number][];
  return fc.oneof(...options.map(([value, weight]) => ({ arbitrary: fc.constant(value), weight })));
}

/** What the players know. */
export interface Scene {
  readonly engine: Engine;
  readonly at: number;
  readonly tenants: readonly {
    readonly id: string;
    readonly configurations: readonly ResolvedConfiguration[];
  }[];
  /** Of customers who write, and their names at the customer's own system. */
  readonly addresses: readonly string[];
  readonly people: readonly string[];
  /** Ids of writes so far, to be repeated now and then. */
  readonly ids: string[];
}

export function commandOf(aim: Aim, scene: Scene): Command | undefined {
  if (aim.type === "restore") return undefined;
  const dice = new Dice(aim.dice);
  // Most happens in one tenant, so that its conversations come far.
  const tenant = must(scene.tenants[aim.tenant < 8 ? 0 : 1 % scene.tenants.length], "tenant");
  const isAnswer = aim.type in fitting && aim.time !== "millisecond" && !dice.once(4);
  const at = isAnswer ? scene.at : timeOf(aim.time, scene, tenant.id, dice);
  const known = scene.engine.configuration(tenant.id);
  const player = new Player(scene, tenant.id, known?.configuration, at, dice);
  if (aim.type === "tick") return { type: "tick", at };
  if (aim.type === "configureTenant" || known === undefined) {
    return player.configure(
      dice.pick(tenant.configurations) ?? must(tenant.configurations[0], "one"),
    );
  }
  return player.command(aim.type);
}

function timeOf(jump: TimeJump, { engine, at }: Scene, tenant: string, dice: Dice): number {
  const soon = at + (dice.once(12) ? 400 * 24 : 2) * hourMs;
  const due = engine.nextDeadlineAt() ?? at;
  const next = due <= soon ? due : at + 1;
  switch (jump) {
    case "none":
      return at;
    case "millisecond":
      return at + 1;
    case "seconds":
      return at + (dice.pick([1, 5, 30, 60, 61]) ?? 1) * 1000;
    case "minutes":
      return at + (dice.pick([1, 2, 3, 5, 10, 20, 30]) ?? 1) * 60_000;
    case "hours":
      return at + (dice.pick([1, 3, 9, 24]) ?? 1) * hourMs;
    case "days":
      return at + (dice.pick([1, 2, 7]) ?? 1) * 24 * hourMs;
    case "deadline":
      return Math.max(at, next);
    case "justBefore":
      return Math.max(at, next - 1);
    case "justAfter":
      return Math.max(at, next + 1);
    case "anyDeadline": {
      const conversation = dice.pick(openOnes(engine, tenant));
      const dues = (conversation?.deadlines ?? []).map(({ dueAt }) => dueAt ?? Infinity);
      return Math.max(at, dice.pick(dues.filter((dueAt) => dueAt <= soon)) ?? next);
    }
  }
}

const hourMs = 3_600_000;

/** Numbers that choose among whatever there is. */
class Dice {
  readonly #dice: readonly number[];
  #next = 0;

  constructor(dice: readonly number[]) {
    this.#dice = dice;
  }

  roll(sides: number): number {
    const value = this.#dice[this.#next % this.#dice.length] ?? 0;
    this.#next += 1;
    return value % sides;
  }

  pick<T>(items: readonly T[]): T | undefined {
    return items.length === 0 ? undefined : items[this.roll(items.length)];
  }

  once(inHowMany: number): boolean {
    return this.roll(inHowMany) === 0;
  }
}

function openOnes(engine: Engine, tenant: string): ConversationView[] {
  const { conversationsOpened } = engine.counts();
  const views: ConversationView[] = [];
  for (let id = 1; id <= conversationsOpened; id += 1) {
    const view = engine.conversation(tenant, id);
    if (view !== undefined && view.state !== "closed") views.push(view);
  }
  return views;
}

class Player {
  readonly #scene: Scene;
  readonly #tenant: string;
  readonly #configuration: ResolvedConfiguration | undefined;
  readonly #at: number;
  readonly #dice: Dice;

  constructor(
    scene: Scene,
    tenant: string,
    configuration: ResolvedConfiguration | undefined,
    at: number,
    dice: Dice,
  ) {
    this.#scene = scene;
    this.#tenant = tenant;
    this.#configuration = configuration;
    this.#at = at;
    this.#dice = dice;
  }

  /** Ids that are gone are mapped to some that are there, or to none. */
  configure(configuration: ResolvedConfiguration): Command {
    const dice = this.#dice;
    const replace: Record<string, string> = {};
    for (const list of ["skillQueues", "channels"] as const) {
      const ids = configuration[list].map(({ id }) => id);
      for (const { id } of this.#configuration?.[list] ?? []) {
        const to = dice.once(5) ? undefined : dice.pick(ids);
        if (!ids.includes(id) && to !== undefined) replace[id] = to;
      }
    }
    const base = { at: this.#at, tenant: this.#tenant };
    const expected = dice.once(12) ? { expectedRevision: dice.roll(3) } : {};
    const plans = plansOf(configuration, this.#at, 12);
    return { type: "configureTenant", ...base, configuration, plans, replace, ...expected };
  }

  command(type: Exclude<AimType, "tick" | "configureTenant" | "restore">): Command {
    const dice = this.#dice;
    const base = { at: this.#at, tenant: this.#tenant };
    switch (type) {
      case "receiveMessage":
        return { type, ...base, ...this.#message() };
      case "contactCustomer": {
        const { channel, customer } = this.#customer();
        const free = this.#scene.engine
          .agents(this.#tenant)
          .filter(({ status, units }) => status === "available" && units.free > 0);
        const agent = (dice.once(4) ? undefined : dice.pick(free)?.id) ?? this.#agent();
        const words = { id: this.#id(), agent, channel, customer, ...this.#words() };
        return { type, ...base, ...words };
      }
      case "setPresence": {
        const status = dice.once(5) ? must(dice.pick(presenceStatuses), "status") : "available";
        const away = this.#scene.engine.agents(this.#tenant).filter((one) => one.status !== status);
        const agent = dice.once(4) ? undefined : dice.pick(away)?.id;
        return { type, ...base, agent: agent ?? this.#agent(), status };
      }
      case "eraseCustomer":
        return {
          type,
          ...base,
          customer: must(dice.pick([...this.#scene.addresses, ...this.#scene.people]), "who"),
        };
      case "recordDelivery": {
        const status = must(dice.pick(deliveryStatuses), "status");
        const entry = { channel: this.#channel(), entry: dice.roll(500), status };
        return { type, ...base, ...entry, ...(dice.once(2) ? { reason: "unreachable" } : {}) };
      }
      case "planCalendars":
        return { type, ...base, plans: this.#plans() };
      default:
        return this.#onConversation(type);
    }
  }

  #onConversation(
    type: Exclude<
      AimType,
      | "tick"
      | "restore"
      | "configureTenant"
      | "receiveMessage"
      | "contactCustomer"
      | "setPresence"
      | "eraseCustomer"
      | "recordDelivery"
      | "planCalendars"
    >,
  ): Command {
    const dice = this.#dice;
    const view = this.#conversation(type);
    // What nobody could do anything with is a message more often than a refusal.
    if (view.id === 0) return { type: "receiveMessage", ...this.#base(), ...this.#message() };
    const seen = dice.once(8) ? { version: view.version - dice.roll(2) } : {};
    const base = { ...this.#base(), conversation: view.id };
    const own = dice.once(10) ? this.#agent() : view.agent;
    const by = own === undefined ? {} : { agent: own };
    const queue = dice.pick(this.#configuration?.skillQueues ?? [])?.id;
    const to = queue === undefined || dice.once(3) ? {} : { skillQueue: queue };
    const withBot = view.state === "with-bot" ? { bot: true } : {};
    switch (type) {
      case "writeMessage":
        return { type, ...base, ...seen, ...by, id: this.#id(), ...this.#words() };
      case "acceptOffer":
      case "declineOffer":
        return { type, ...base, ...seen, ...by };
      case "releaseConversation":
        return { type, ...base, ...seen, ...(dice.once(3) ? {} : by) };
      case "assignConversation": {
        const override = dice.once(3) ? { override: true } : {};
        return { type, ...base, ...seen, agent: this.#agent(), ...override };
      }
      case "handOffConversation":
        return { type, ...base, ...seen, ...(view.state === "with-bot" ? withBot : by), ...to };
      case "closeConversation": {
        const who = dice.pick([by, {}, { customer: true }, withBot]) ?? {};
        return { type, ...base, ...seen, ...who };
      }
      case "answerFromBot": {
        const message = this.#botMessage(view.id);
        const replies = dice.once(3) ? [] : ["Hello."];
        const end = dice.pick([{}, {}, { handOff: true, ...to }, { close: true }]) ?? {};
        return { type, ...base, message, replies, ...end };
      }
      case "failBot":
        return { type, ...base, message: this.#botMessage(view.id), reason: "bot_unreachable" };
    }
  }

  #message() {
    const dice = this.#dice;
    const { channel, customer } = this.#customer();
    const queue = dice.pick(this.#configuration?.skillQueues ?? [])?.id;
    return {
      id: this.#id(),
      channel,
      customer,
      content: "",
      ...(dice.once(4) ? { customerId: must(dice.pick(this.#scene.people), "person") } : {}),
      ...(dice.once(5) && queue !== undefined ? { skillQueue: queue } : {}),
      ...(dice.once(6) ? { priority: dice.roll(15) } : {}),
      ...(dice.once(9) ? { automatic: true } : {}),
    };
  }

  /** Now and then one who was asked something, or is answered by a bot. */
  #customer(): { channel: string; customer: string } {
    const states = ["awaiting-customer", "live", "with-bot", "dormant"];
    const asked = openOnes(this.#scene.engine, this.#tenant).filter(({ state }) =>
      states.includes(state),
    );
    const { channel, customer } = (this.#dice.once(2) ? this.#dice.pick(asked) : undefined) ?? {};
    if (channel !== undefined && customer !== undefined) return { channel, customer };
    return {
      channel: this.#channel(),
      customer: must(this.#dice.pick(this.#scene.addresses), "address"),
    };
  }

  #channel(): string {
    return this.#dice.pick(this.#configuration?.channels ?? [])?.id ?? "c0";
  }

  #agent(): string {
    if (this.#dice.once(60)) return "nobody";
    return this.#dice.pick(this.#configuration?.agents ?? [])?.id ?? "a0";
  }

  /** Mostly new, now and then one of the last few. */
  #id(): string {
    const { ids } = this.#scene;
    const repeat = this.#dice.once(12) ? this.#dice.pick(ids.slice(-6)) : undefined;
    const id = repeat ?? `id-${ids.length}`;
    ids.push(id);
    return id;
  }

  #words() {
    const dice = this.#dice;
    return {
      content: "",
      ...(dice.once(3) ? { template: true } : {}),
      ...(dice.once(4) ? { tag: "HUMAN_AGENT" } : {}),
    };
  }

  /** Flips in quick succession, some at the very instants of other deadlines. */
  #plans() {
    const dice = this.#dice;
    const calendar = dice.pick(this.#configuration?.calendars ?? [])?.id ?? "office";
    const flips: number[] = [];
    let at = this.#at;
    for (let count = dice.roll(6); count > 0; count -= 1) {
      at += must(dice.pick([1, 60_000, 300_000, 1_800_000, 3_600_000]), "gap");
      flips.push(at);
    }
    return [{ calendar, from: this.#at, open: dice.once(2), flips }];
  }

  #botMessage(conversation: number): number {
    const call = this.#scene.engine.botCalls().find((one) => one.conversation === conversation);
    return call?.message ?? this.#dice.roll(50);
  }

  /** Most of the time one in a state that knows the action. */
  #conversation(type: AimType): ConversationView {
    const views = openOnes(this.#scene.engine, this.#tenant);
    const states = this.#dice.once(15) ? conversationStates : (fitting[type] ?? conversationStates);
    const fit = views.filter(({ state }) => states.includes(state));
    const view = this.#dice.pick(fit) ?? (this.#dice.once(6) ? this.#dice.pick(views) : undefined);
    return view ?? { ...nobody, id: this.#dice.once(6) ? 1 + this.#dice.roll(40) : 0 };
  }

  #base(): { readonly at: number; readonly tenant: string } {
    return { at: this.#at, tenant: this.#tenant };
  }
}

const nobody: ConversationView = {
  id: 0,
  state: "closed",
  offline: false,
  version: 1,
  channel: "",
  skillQueue: "",
  priority: 0,
  deadlines: [],
  mayWrite: { verdict: "allowed" },
};

const fitting: Readonly<Partial<Record<AimType, readonly ConversationView["state"][]>>> = {
  writeMessage: ["assigned", "awaiting-customer", "live", "with-bot"],
  acceptOffer: ["offered"],
  declineOffer: ["offered"],
  releaseConversation: ["assigned", "live"],
  handOffConversation: ["assigned", "awaiting-customer", "live", "with-bot"],
  answerFromBot: ["with-bot"],
  failBot: ["with-bot"],
};
