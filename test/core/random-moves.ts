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
  receiveMessage: 28,
  setPresence: 13,
  writeMessage: 14,
  contactCustomer: 4,
  acceptOffer: 6,
  declineOffer: 4,
  assignConversation: 5,
  releaseConversation: 4,
  handOffConversation: 4,
  closeConversation: 3,
  answerFromBot: 4,
  failBot: 1,
  eraseCustomer: 1,
  recordDelivery: 1,
  planCalendars: 2,
  configureTenant: 2,
  tick: 10,
  /** No command: a snapshot is taken, and from here on an engine restored from it goes along. */
  restore: 1,
} as const satisfies Record<Command["type"] | "restore", number>;
type AimType = keyof typeof weights;

const jumps = {
  none: 30,
  millisecond: 3,
  seconds: 14,
  minutes: 12,
  hours: 3,
  days: 1,
  deadline: 16,
  justBefore: 6,
  justAfter: 4,
  anyDeadline: 6,
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
  /** Ids of writes so far, to be repeated now and then. */
  readonly ids: string[];
}

export function commandOf(aim: Aim, scene: Scene): Command | undefined {
  if (aim.type === "restore") return undefined;
  const dice = new Dice(aim.dice);
  const tenant = must(scene.tenants[aim.tenant % scene.tenants.length], "tenant");
  const at = timeOf(aim.time, scene, tenant.id, dice);
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
  const next = engine.nextDeadlineAt() ?? at;
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
      return at + (dice.pick([1, 3, 9, 24]) ?? 1) * 3_600_000;
    case "days":
      return at + (dice.pick([1, 2, 7]) ?? 1) * 86_400_000;
    case "deadline":
      return Math.max(at, next);
    case "justBefore":
      return Math.max(at, next - 1);
    case "justAfter":
      return Math.max(at, next + 1);
    case "anyDeadline": {
      const conversation = dice.pick(openOnes(engine, tenant));
      const dueAt = dice.pick(conversation?.deadlines ?? [])?.dueAt ?? next;
      return Math.max(at, dueAt);
    }
  }
}

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

const addresses = ["kim", "lea", "mia", "noa", "oli", "pia", "rui", "sam"];
const people = ["person-1", "person-2"];

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
        const words = { id: this.#id(), agent: this.#agent(), channel, customer, ...this.#words() };
        return { type, ...base, ...words };
      }
      case "setPresence": {
        const status = dice.once(3) ? must(dice.pick(presenceStatuses), "status") : "available";
        return { type, ...base, agent: this.#agent(), status };
      }
      case "eraseCustomer":
        return { type, ...base, customer: must(dice.pick([...addresses, ...people]), "who") };
      case "recordDelivery": {
        const status = must(dice.pick(deliveryStatuses), "status");
        return { type, ...base, channel: this.#channel(), entry: dice.roll(500), status };
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
    const seen = dice.once(8) ? { version: view.version - dice.roll(2) } : {};
    const base = { at: this.#at, tenant: this.#tenant, conversation: view.id };
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
      ...(dice.once(4) ? { customerId: must(dice.pick(people), "person") } : {}),
      ...(dice.once(5) && queue !== undefined ? { skillQueue: queue } : {}),
      ...(dice.once(6) ? { priority: dice.roll(15) } : {}),
      ...(dice.once(9) ? { automatic: true } : {}),
    };
  }

  #customer(): { channel: string; customer: string } {
    return { channel: this.#channel(), customer: must(this.#dice.pick(addresses), "address") };
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
    const view = this.#dice.pick(fit) ?? this.#dice.pick(views);
    return view ?? { ...nobody, id: 1 + this.#dice.roll(40) };
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
