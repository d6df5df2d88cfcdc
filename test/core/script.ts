import { expect } from "vitest";
import { decodeCommand, encodeCommand } from "../../core/codec.ts";
import { present } from "../../core/assert.ts";
import type { Command, Engine, Event, MessageGivenToBot } from "../../core/index.ts";
import type { Desk } from "./desk.ts";
import { implementations } from "./implementations.ts";
import type { Implementation } from "./implementations.ts";
import type { Outcome } from "./script-expectations.ts";
import { whyNot } from "./script-expectations.ts";
import { commandOf } from "./script-steps.ts";
import type { Cast } from "./script-steps.ts";
import { instantOf, monday, timePattern, timeText } from "./script-time.ts";
import { Witness } from "./witness.ts";

/**
 * Runs a script over every implementation. A line is `[time] [step] [| expected; expected; …]`, one
 * case a line: steps are in script-steps.ts, what may be expected in script-expectations.ts. A line
 * without a time happens when the one before did, a line without a step lets time pass.
 *
 * After each step every law is checked; in the end the same commands, read back from bytes, must
 * give the same events and the same state, and so must an engine restored from a snapshot at each
 * line with the step `restart`.
 *
 * @example
 * check(desk({ agents: { ana: 1 } }), `
 *   09:00        ana available
 *   09:00        kim writes       | kim assigned ana v2
 *   09:00:00.001 ana writes kim   | kim live calledCustomerReply@…
 * `);
 */
export function check(given: Desk, script: string): void {
  const lines = script
    .split("\n")
    .map((text, index) => ({ text: text.trim(), number: index + 1 }))
    .filter(({ text }) => text !== "" && !text.startsWith("#"));
  for (const implementation of implementations) {
    const run = new ScriptRun(given, implementation);
    for (const { text, number } of lines) run.line(text, number);
    run.replay();
  }
}

const lineExpression = new RegExp(`^(?:(${timePattern})(?:\\s+|$))?([^|]*)(?:\\|(.*))?$`, "u");

class ScriptRun {
  readonly #desk: Desk;
  readonly #implementation: Implementation;
  readonly #witness = new Witness();
  readonly #commands: Command[] = [];
  readonly #events: Event[] = [];
  readonly #cast: Cast;
  #engine: Engine;
  #at = monday;

  constructor(given: Desk, implementation: Implementation) {
    this.#desk = given;
    this.#implementation = implementation;
    this.#engine = implementation.create(given.limits);
    let ids = 0;
    this.#cast = {
      desk: given,
      agents: new Set(
        [given.configuration, ...Object.values(given.later)].flatMap(({ agents }) =>
          agents.map(({ id }) => id),
        ),
      ),
      defaultChannel: given.configuration.channels[0]?.id ?? "",
      conversationOf: (customer) => present(this.#find(customer), `conversation of ${customer}`),
      botMessageOf: (customer) => this.#botMessageOf(customer),
      nextId: () => `id-${(ids += 1)}`,
    };
    this.#apply(commandOf(["configure", "first"], monday, this.#cast));
  }

  line(text: string, number: number): void {
    const [, time, step = "", expected = ""] = lineExpression.exec(text) ?? [];
    if (time !== undefined) {
      const at = instantOf(time.replace(" ", "/"), this.#at);
      if (at === undefined || at < this.#at) throw new Error(`line ${number}: ${time} is past`);
      this.#at = at;
    }
    const words = step.split(/\s+/u).filter((word) => word !== "");
    if (words[0] === "restart") this.#restart();
    const isTick = words.length === 0 || words[0] === "restart";
    const outcome = this.#apply(commandOf(isTick ? [] : words, this.#at, this.#cast));
    for (const clause of expected.split(";").filter((part) => part.trim() !== "")) {
      const where = `line ${number}, ${timeText(this.#at)}: ${clause.trim()}`;
      expect.soft(whyNot(clause, outcome), where).toBe(undefined);
    }
  }

  /** The same commands, as a journal would give them back, come to the same. */
  replay(): void {
    const engine = this.#implementation.create(this.#desk.limits);
    const events: Event[] = [];
    for (const command of this.#commands) {
      engine.apply(decodeCommand(encodeCommand(command)), events);
    }
    expect(events).toEqual(this.#events);
    expect(engine.stateHash()).toBe(this.#engine.stateHash());
  }

  #apply(command: Command): Outcome {
    const engine = this.#engine;
    const events: Event[] = [];
    const result = engine.apply(command, events);
    this.#commands.push(command);
    this.#events.push(...events);
    this.#witness.observe(engine, command, result, events);
    const { agents } = this.#cast;
    const findConversation = (customer: string): number | undefined => this.#find(customer);
    return { engine, at: this.#at, result, events, agents, findConversation };
  }

  #restart(): void {
    const hash = this.#engine.stateHash();
    this.#engine = this.#implementation.restore(this.#engine.snapshot(), this.#desk.limits);
    expect(this.#engine.stateHash()).toBe(hash);
  }

  /** The latest conversation of `kim`, or of `kim@mail`. */
  #find(customer: string): number | undefined {
    const [address, channel] = customer.split("@");
    const event = this.#events.findLast(
      (one) =>
        "conversation" in one &&
        one.customer === address &&
        (channel === undefined || one.channel === channel),
    );
    return event !== undefined && "conversation" in event ? event.conversation : undefined;
  }

  #botMessageOf(customer: string): number {
    const conversation = this.#find(customer);
    const given = this.#events.findLast(
      (event): event is MessageGivenToBot =>
        event.type === "messageGivenToBot" && event.conversation === conversation,
    );
    return present(given?.message, `message of ${customer} given to the bot`);
  }
}
