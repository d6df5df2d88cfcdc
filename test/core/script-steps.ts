import type { AnswerFromBot, Command, FailBot } from "../../core/index.ts";
import type { Desk } from "./desk.ts";
import { plansOf } from "./desk.ts";
import { durationOf } from "./script-time.ts";

/** Who is who in a script, as far as a step needs to know. */
export interface Cast {
  readonly desk: Desk;
  readonly agents: ReadonlySet<string>;
  readonly defaultChannel: string;
  /** Number of the latest conversation of `kim`, or of `kim@mail`. */
  conversationOf(customer: string): number;
  /** Sequence of the message that the bot was given last. */
  botMessageOf(customer: string): number;
  nextId(): string;
}

export const scriptTenant = "desk";

/**
 * The command that a step stands for; a step without words is a tick.
 *
 * ```
 * kim writes [on mail] [id m1] [queue q] [priority 5] [as person] [automatic]
 * ana available | away | offline
 * ana writes kim [template] [tag t] [id w1] [version 3]          bot writes kim
 * ana contacts kim [on wa] [template] [tag t] [id w1]
 * ana accepts | declines | releases | closes kim [version 3]     ana hands-off kim [to q]
 * supervisor releases | closes kim [version 3]                   supervisor assigns kim to ana [override]
 * bot closes kim    bot hands-off kim [to q]    bot answers kim [with hi] [hands-off] [to q] [close]
 * bot fails kim     customer closes kim         erase kim
 * configure NAME [replace old new] [revision 1] plan CALENDAR open | closed [+1h +2h]
 * delivered 12      restart
 * ```
 */
export function commandOf(words: readonly string[], at: number, cast: Cast): Command {
  const [who, verb = "", whom = "", ...rest] = words;
  if (who === undefined) return { type: "tick", at };
  const base = { at, tenant: scriptTenant };
  if (who === "configure") return configure(verb, [whom, ...rest], at, cast);
  if (who === "plan") return plan(verb, [whom, ...rest], at);
  if (who === "erase") return { type: "eraseCustomer", ...base, customer: verb };
  if (who === "delivered") {
    const channel = cast.defaultChannel;
    return { type: "recordDelivery", ...base, channel, entry: Number(verb), status: "delivered" };
  }
  if (verb === "available" || verb === "away" || verb === "offline") {
    return { type: "setPresence", ...base, agent: who, status: verb };
  }
  const options = new Options(verb === "writes" && !isStaff(who, cast) ? words.slice(2) : rest);
  if (verb === "writes" && !isStaff(who, cast)) return received(who, options, at, cast);
  if (verb === "contacts") {
    return {
      type: "contactCustomer",
      ...base,
      id: options.text("id") ?? cast.nextId(),
      agent: who,
      channel: options.text("on") ?? cast.defaultChannel,
      customer: whom,
      ...options.words(),
      content: "",
    };
  }
  return onConversation(who, verb, whom, options, at, cast);
}

function isStaff(who: string, { agents }: Cast): boolean {
  return who === "bot" || agents.has(who);
}

function received(customer: string, options: Options, at: number, cast: Cast): Command {
  return {
    type: "receiveMessage",
    at,
    tenant: scriptTenant,
    id: options.text("id") ?? cast.nextId(),
    channel: options.text("on") ?? cast.defaultChannel,
    customer,
    ...given("customerId", options.text("as")),
    ...given("skillQueue", options.text("queue")),
    ...given("priority", options.number("priority")),
    ...(options.has("automatic") ? { automatic: true } : {}),
    content: "",
  };
}

function onConversation(
  who: string,
  verb: string,
  whom: string,
  options: Options,
  at: number,
  cast: Cast,
): Command {
  const base = { at, tenant: scriptTenant, conversation: cast.conversationOf(whom) };
  const version = given("version", options.number("version"));
  const by = cast.agents.has(who) ? { agent: who } : {};
  const bot = who === "bot" ? { bot: true } : {};
  const skillQueue = given("skillQueue", options.text("to"));
  const note = given("note", options.text("note"));
  switch (verb) {
    case "writes": {
      const id = options.text("id") ?? cast.nextId();
      const words = { ...options.words(), content: "" };
      return { type: "writeMessage", ...base, id, ...by, ...version, ...words };
    }
    case "accepts":
      return { type: "acceptOffer", ...base, ...by, ...version, ...note };
    case "declines":
      return { type: "declineOffer", ...base, ...by, ...version, ...note };
    case "releases":
      return { type: "releaseConversation", ...base, ...by, ...version, ...note };
    case "hands-off":
      const acts = { ...base, ...by, ...bot, ...version, ...note };
      return { type: "handOffConversation", ...acts, ...skillQueue };
    case "assigns": {
      const override = options.has("override") ? { override: true } : {};
      const agent = options.text("to") ?? "";
      return { type: "assignConversation", ...base, agent, ...override, ...version, ...note };
    }
    case "closes": {
      const customer = who === "customer" ? { customer: true } : {};
      return {
        type: "closeConversation",
        ...base,
        ...by,
        ...bot,
        ...customer,
        ...version,
        ...note,
      };
    }
    case "answers":
      return answered(base, cast.botMessageOf(whom), options);
    case "fails":
      return failed(base, cast.botMessageOf(whom));
    default:
      throw new Error(`no step: ${who} ${verb}`);
  }
}

type OnConversation = Pick<AnswerFromBot, "at" | "tenant" | "conversation">;

function answered(base: OnConversation, message: number, options: Options): AnswerFromBot {
  const reply = options.text("with");
  return {
    type: "answerFromBot",
    ...base,
    message,
    replies: reply === undefined ? [] : [reply],
    ...(options.has("hands-off") ? { handOff: true } : {}),
    ...given("skillQueue", options.text("to")),
    ...(options.has("close") ? { close: true } : {}),
  };
}

function failed(base: OnConversation, message: number): FailBot {
  return { type: "failBot", ...base, message, reason: "bot_unreachable" };
}

function configure(name: string, rest: readonly string[], at: number, cast: Cast): Command {
  const configuration = name === "first" ? cast.desk.configuration : cast.desk.later[name];
  if (configuration === undefined) throw new Error(`no configuration ${name}`);
  const replace: Record<string, string> = {};
  for (const [index, word] of rest.entries()) {
    if (word === "replace") replace[rest[index + 1] ?? ""] = rest[index + 2] ?? "";
  }
  const revision = rest.indexOf("revision");
  return {
    type: "configureTenant",
    at,
    tenant: scriptTenant,
    configuration,
    plans: plansOf(configuration, at),
    ...(Object.keys(replace).length === 0 ? {} : { replace }),
    ...(revision < 0 ? {} : { expectedRevision: Number(rest[revision + 1]) }),
  };
}

function plan(calendar: string, rest: readonly string[], at: number): Command {
  const flips = rest.slice(1).map((word) => at + (durationOf(word.slice(1)) ?? 0));
  const plans = [{ calendar, from: at, open: rest[0] === "open", flips }];
  return { type: "planCalendars", at, tenant: scriptTenant, plans };
}

const named = new Set([
  "on",
  "id",
  "queue",
  "priority",
  "as",
  "tag",
  "version",
  "to",
  "note",
  "with",
]);
const flags = new Set(["automatic", "template", "override", "hands-off", "close"]);

/** The words after who does what to whom: `name value` pairs and single flags. */
class Options {
  readonly #words: readonly string[];

  constructor(words: readonly string[]) {
    this.#words = words;
    for (const [index, word] of words.entries()) {
      const isValue = named.has(words[index - 1] ?? "");
      if (!named.has(word) && !flags.has(word) && !isValue) throw new Error(`what is "${word}"?`);
    }
  }

  has(name: string): boolean {
    return this.#words.includes(name);
  }

  text(name: string): string | undefined {
    const index = this.#words.indexOf(name);
    return index < 0 ? undefined : this.#words[index + 1];
  }

  number(name: string): number | undefined {
    const text = this.text(name);
    return text === undefined ? undefined : Number(text);
  }

  /** Of a message to a customer. */
  words(): { template?: boolean; tag?: string } {
    return {
      ...(this.has("template") ? { template: true } : {}),
      ...given("tag", this.text("tag")),
    };
  }
}

function given<K extends string, T>(key: K, value: T | undefined): { [P in K]?: T } {
  return (value === undefined ? {} : { [key]: value }) as { [P in K]?: T };
}
