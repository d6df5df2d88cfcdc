import type { Dispatcher } from "undici";
import type { BotCall } from "../../core/engine.ts";
import type { EndpointPool } from "../../worker/delivery/bounded-request.ts";
import { contentOf, parseConversation } from "../../worker/http/wire.ts";
import type { BotMessage, CommandInput } from "../../worker/shards/routing.ts";
import { claim } from "./machine.ts";
import type { SimulatedTime } from "./simulated-time.ts";
import type { Truth } from "./truth.ts";

/**
 * What becomes of one call.
 *
 * - `answered`: it arrives, and the bot says something that it may say
 * - `refused`: it arrives, and is answered with a status that is no 2xx
 * - `malformed`: it arrives, and nobody can make anything of the answer
 * - `broken`: it arrives, and the answer begins and never ends
 * - `unanswered`: it arrives, and nobody answers
 * - `silent`: it arrives nowhere, and nobody answers
 * - `unreachable`: there is no connection
 */
export type BotFate =
  | "answered"
  | "refused"
  | "malformed"
  | "broken"
  | "unanswered"
  | "silent"
  | "unreachable";

/** What a bot may say. */
export interface BotWords {
  readonly replies?: readonly { readonly text: string }[];
  readonly handoff?: true | { readonly skillQueue: string };
  readonly close?: true;
}

/** What a bot is sent. */
interface Asked {
  readonly tenant: string;
  readonly conversation: string;
  readonly message: { readonly id: string; readonly text: string };
}

/** One request, from its start until its answer is whole or nobody waits for it any more. */
interface Call {
  /** Of the life of the worker that makes it. */
  readonly time: SimulatedTime;
  readonly url: string;
  readonly call: BotCall;
  readonly startedAtMs: number;
  isUnderWay: boolean;
  /** What the worker heard; undefined for nothing. */
  heard?: { readonly words: BotWords } | "bot_refused" | "bot_malformed" | "bot_unreachable";
}

type BotCommand = Extract<CommandInput, { readonly type: "answerFromBot" | "failBot" }>;

/** The tenants' bots and the network before them, and what they were asked and have said. */
export class Bots {
  /** Of the next call. */
  fate: () => BotFate = () => "answered";
  /** Of the next answer. */
  latencyMs: () => number = () => 0;
  /** What the next answer says. */
  words: () => BotWords = () => ({});
  /** A bot is asked. */
  onAsked: (call: BotCall) => void = () => undefined;
  /** A bot was asked, acknowledged it, and may write by itself. */
  onAcknowledged: (call: BotCall) => void = () => undefined;
  /** Whatever is claimed here. */
  onBroken: (error: unknown) => void = () => undefined;
  readonly #truth: Truth;
  readonly #timeoutMs: number;
  #calls: Call[] = [];
  /** What the worker heard at this instant, and has not asked a bot for. */
  #allowed: { readonly call: BotCall; readonly time: SimulatedTime; readonly atMs: number }[] = [];
  /** By life of the worker: messages of which it has said, rightly, that there is no bot for them. */
  readonly #missed = new WeakMap<SimulatedTime, Set<string>>();
  /** By conversation: its messages that arrived, in the order in which they came first. */
  readonly #arrived = new Map<string, number[]>();
  requests = 0;
  answered = 0;

  constructor(truth: Truth, timeoutMs: number) {
    this.#truth = truth;
    this.#timeoutMs = timeoutMs;
  }

  /** Connections of one life of the worker; when it is over nobody hears an answer. */
  connect(url: URL, time: SimulatedTime): EndpointPool {
    return {
      request: async ({ body, signal }) => {
        if (typeof body !== "string") throw new TypeError("a call has a text");
        const call = this.#claiming(() => this.#begin(JSON.parse(body) as Asked, url.href, time));
        const { promise, resolve, reject } = Promise.withResolvers<Dispatcher.ResponseData>();
        const broken = Promise.withResolvers<never>();
        broken.promise.catch(() => undefined);
        if (signal instanceof AbortSignal) {
          const breakOff = (): void => {
            call.isUnderWay = false;
            reject(new Error("broken off"));
            broken.reject(new Error("broken off"));
          };
          signal.addEventListener("abort", breakOff, { once: true });
        }
        this.#claiming(() => this.#answer(call, resolve, reject, broken.promise));
        return promise;
      },
      close: () => Promise.resolve(),
    };
  }

  /** The worker is about to say what became of a call. */
  check(command: BotCommand, time: SimulatedTime, hasBot: boolean): void {
    const { tenant, conversation, message } = command;
    const calls = this.#calls.filter(({ time: other, call }) => {
      return other === time && isOf(call, tenant, conversation, message);
    });
    const about = `${tenant} ${conversation} ${message}`;
    if (command.type === "answerFromBot") {
      const said = JSON.stringify(sayingOf(command));
      const isHeard = calls.some(({ heard }) => {
        return typeof heard === "object" && JSON.stringify(commandOf(heard.words)) === said;
      });
      claim(isHeard, `${about}: no bot has said ${said}`);
    } else if (command.reason === "bot_silent") {
      const waitedMs = calls.map(({ startedAtMs }) => time.nowMs() - startedAtMs);
      claim(
        waitedMs.some((ms) => ms >= this.#timeoutMs),
        `${about}: the bot had ${Math.max(0, ...waitedMs)} ms`,
      );
    } else {
      const isHeard = calls.some(({ heard }) => heard === command.reason);
      // Said until it is taken: by then there may be a bot again.
      const missed = this.#missed.get(time) ?? new Set<string>();
      if (!hasBot) this.#missed.set(time, missed.add(about));
      const isGone = command.reason === "bot_unreachable" && missed.has(about);
      claim(isHeard || isGone, `${about}: ${command.reason} is not what happened`);
    }
  }

  /** The worker is gone: nobody waits for an answer. */
  forgetCalls(): void {
    this.#calls = [];
  }

  /** Calls of one life that are under way with one bot of one tenant. */
  underWay(time: SimulatedTime, url: string, tenant: string): readonly BotCall[] {
    return this.#calls
      .filter((one) => one.isUnderWay && one.time === time)
      .filter((one) => one.url === url && one.call.tenant === tenant)
      .map(({ call }) => call);
  }

  /** Whether this is under way with any bot. */
  isUnderWay(time: SimulatedTime, { tenant, conversation, message }: BotCall): boolean {
    return this.#calls.some((one) => {
      return one.isUnderWay && one.time === time && isOf(one.call, tenant, conversation, message);
    });
  }

  /** The worker hears now that this message is to be answered, and may ask for that at once. */
  allow(time: SimulatedTime, { tenant, conversation, sequence }: BotMessage): void {
    const call = this.#truth.engine.botCalls().find((one) => {
      return isOf(one, tenant, conversation, sequence);
    });
    const about = `${tenant} ${conversation} ${sequence}`;
    claim(call !== undefined, `${about}: nobody waits for this answer`);
    this.#allowed = this.#allowed.filter((one) => {
      return one.time === time && one.atMs === time.nowMs();
    });
    this.#allowed.push({ call, time, atMs: time.nowMs() });
  }

  /** Only what is durable is told, and only what was to be answered a moment ago. */
  #begin({ tenant, conversation, message: { id, text } }: Asked, url: string, time: SimulatedTime) {
    this.requests += 1;
    const number = parseConversation(conversation);
    const about = `${tenant} ${conversation} ${id}`;
    const place = this.#allowed.findIndex(({ call, time: other, atMs }) => {
      if (other !== time || atMs !== time.nowMs()) return false;
      return call.tenant === tenant && call.conversation === number;
    });
    const [allowed] = place < 0 ? [] : this.#allowed.splice(place, 1);
    claim(allowed !== undefined, `${about}: a bot is asked that nobody waits for`);
    const { call: open } = allowed;
    const { message } = open;
    const event = this.#truth.events.find(({ sequence }) => sequence === message);
    claim(event?.type === "messageReceived", `${about}: there is no such message`);
    claim(event.id === id && text === id, `${about} is asked in place of ${event.id}`);
    const isTwice = this.#calls.some((one) => {
      return (
        one.isUnderWay && one.time === time && isOf(one.call, tenant, open.conversation, message)
      );
    });
    claim(!isTwice, `${about} is asked twice at a time`);
    const call: Call = {
      time,
      url,
      call: open,
      startedAtMs: time.nowMs(),
      isUnderWay: true,
    };
    this.#calls.push(call);
    this.onAsked(open);
    return call;
  }

  /** Once more, or for the first time and in its turn. */
  #arrive({ call: { tenant, conversation, message } }: Call): void {
    const key = `${tenant} ${conversation}`;
    const arrived = this.#arrived.get(key) ?? [];
    if (arrived.includes(message)) return;
    const newest = arrived.at(-1) ?? 0;
    claim(message > newest, `${key}: a bot is given ${message} behind ${newest}`);
    this.#arrived.set(key, [...arrived, message]);
  }

  #answer(
    call: Call,
    resolve: (response: Dispatcher.ResponseData) => void,
    reject: (error: Error) => void,
    broken: Promise<never>,
  ): void {
    const fate = this.fate();
    if (fate === "unreachable") {
      call.isUnderWay = false;
      call.heard = "bot_unreachable";
      reject(new Error("nobody listens"));
    }
    if (fate === "unreachable" || fate === "silent") return;
    this.#arrive(call);
    if (fate === "unanswered") return;
    const words = this.words();
    call.time.after(this.latencyMs(), () => {
      if (!call.isUnderWay) return;
      if (fate === "broken") {
        resolve(response(200, '{"repl', broken));
        return;
      }
      call.isUnderWay = false;
      this.answered += 1;
      if (fate === "refused") {
        call.heard = "bot_refused";
        resolve(response(503, ""));
      } else if (fate === "malformed") {
        call.heard = "bot_malformed";
        resolve(response(200, '{"reply":"Hello"}'));
      } else {
        call.heard = { words };
        const isNothing = Object.keys(words).length === 0;
        if (isNothing) this.onAcknowledged(call.call);
        resolve(response(isNothing ? 204 : 200, isNothing ? "" : JSON.stringify(words)));
      }
    });
  }

  /** To the worker a failure here would be one of the network. */
  #claiming<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      this.onBroken(error);
      throw error;
    }
  }
}

function isOf(call: BotCall, tenant: string, conversation: number, message: number): boolean {
  return call.tenant === tenant && call.conversation === conversation && call.message === message;
}

/** What the worker makes of a bot's words. */
function commandOf({ replies = [], handoff, close }: BotWords) {
  return {
    replies: replies.map(({ text }) => contentOf({ text })),
    handOff: handoff !== undefined,
    skillQueue: typeof handoff === "object" ? handoff.skillQueue : undefined,
    close: close === true,
  };
}

function sayingOf(command: Extract<BotCommand, { readonly type: "answerFromBot" }>) {
  const { replies, handOff = false, skillQueue, close = false } = command;
  return { replies, handOff, skillQueue, close };
}

/** As much of an answer as delivery looks at; one that is broken off never ends. */
function response(
  statusCode: number,
  text: string,
  broken?: Promise<never>,
): Dispatcher.ResponseData {
  async function* chunks() {
    yield new TextEncoder().encode(text);
    if (broken !== undefined) await broken;
  }
  const body = { dump: () => Promise.resolve(), [Symbol.asyncIterator]: chunks };
  return { statusCode, headers: {}, body } as unknown as Dispatcher.ResponseData;
}
