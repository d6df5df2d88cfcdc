import { expect } from "vitest";
import { eventTypes, cell, rowType, rowWidth } from "../../core/fast/event-rows.ts";
import { createFastEngine } from "../../core/fast/fast-engine.ts";
import { InternedEngine } from "../../core/fast/interned-engine.ts";
import type { Command, Engine, Event, Result, WriteMessage } from "../../core/index.ts";
import { commandOf, type Scene } from "./random-moves.ts";
import type { Stream } from "./random-streams.ts";
import { monday } from "./script-time.ts";

/** How many commands were given, and how many of them by handle. */
export interface HandleCounts {
  commands: number;
  byHandle: number;
}

/** Plays a stream on two engines, by ids and by handle, which have to say the same. */
export function playByHandle(stream: Stream, counts: HandleCounts): void {
  const pair = new Pair(stream);
  const scene: Scene & { at: number } = {
    engine: pair.engine,
    at: monday + 8 * 3_600_000 + 50 * 60_000,
    tenants: stream.tenants.map((list, index) => ({ id: `t${index}`, configurations: list })),
    addresses: stream.addresses,
    people: stream.people,
    ids: [],
  };
  for (const aim of stream.aims) {
    const command = commandOf(aim, scene);
    if (command === undefined || command.type === "eraseCustomer") continue;
    scene.at = command.at;
    pair.step(eightLong(command));
    counts.commands += 1;
  }
  expect(pair.interned.stateHash()).toBe(pair.engine.stateHash());
  counts.byHandle += pair.byHandle;
}

/** Ids and addresses as texts of eight characters, which may be said as two words. */
function eightLong(command: Command): Command {
  const eight = (text: string): string => text.padEnd(8, "\u00b7");
  return {
    ...command,
    ...("id" in command && { id: eight(command.id) }),
    ...("customer" in command &&
      typeof command.customer === "string" && { customer: eight(command.customer) }),
  } as Command;
}

function wordsOf(text: string) {
  const isWords = text.length === 8 && Array.from(text).every((unit) => unit <= "\u00ff");
  if (!isWords) return { text, high: 0, low: 0 };
  const word = (from: number): number =>
    [0, 1, 2, 3].reduce((sum, at) => sum | (text.charCodeAt(from + at) << (8 * at)), 0);
  return { text: undefined, high: word(0), low: word(4) };
}

/** Two engines that are told the same: one by ids, the other by handles where there are any. */
class Pair {
  readonly engine: Engine;
  readonly interned: InternedEngine;
  readonly #handles = new Map<number, number>();
  byHandle = 0;

  constructor({ limits }: Stream) {
    this.engine = createFastEngine(limits);
    this.interned = new InternedEngine(limits);
  }

  step(command: Command): void {
    const events: Event[] = [];
    const wasOwnedBy =
      "conversation" in command
        ? this.engine.conversation(command.tenant, command.conversation)?.agent
        : undefined;
    const result = this.engine.apply(command, events);
    const code = this.#interned(command, result, wasOwnedBy);
    expect(code).toBe(result.status === "rejected" ? result.code : undefined);
    expect(saidBy(this.interned)).toEqual(events.map(essence));
    const next = this.engine.nextDeadlineAt() ?? Infinity;
    expect(this.interned.deadlineBy(Infinity)).toBe(next);
    expect(this.interned.deadlineBy(next)).toBe(next);
    if (next < Infinity) expect(this.interned.deadlineBy(next - 1)).toBe(Infinity);
    this.interned.events.clear();
    if (result.status === "ticked" && result.more) this.step(command);
  }

  /** Answers the code of the refusal. */
  #interned(command: Command, result: Result, owner: string | undefined): string | undefined {
    const { interned } = this;
    interned.at = command.at;
    if (command.type === "eraseCustomer") throw new Error("not by handle");
    if (command.type === "tick") {
      const more = interned.tick();
      expect(more).toBe(result.status === "ticked" && result.more);
      return undefined;
    }
    const isNew = result.status === "accepted" && result.duplicateOf === undefined;
    if (command.type === "receiveMessage" && isNew) {
      const { tenant, id, customer, customerId, priority, automatic } = command;
      const channel = interned.channel(tenant, command.channel);
      const queue = interned.queue(tenant, command.skillQueue ?? channel.settings.skillQueue);
      const handle = interned.receive(channel, queue, {
        id: wordsOf(id),
        address: wordsOf(customer),
        customer: 0,
        customerId,
        priority: priority ?? -1,
        automatic: automatic === true,
      });
      this.#handles.set(result.conversation, handle);
      this.byHandle += 1;
      return undefined;
    }
    const handle = "conversation" in command ? this.#handleOf(command.conversation) : 0;
    const byAgent = "agent" in command && command.agent === owner && owner !== undefined;
    if (command.type === "writeMessage" && handle !== 0 && byAgent) {
      return this.#write(command, handle, owner);
    }
    const plain = !("note" in command) && !("bot" in command) && !("customer" in command);
    const isOpen = result.status !== "rejected" || result.code !== "wrong_state";
    const closes = command.type === "closeConversation" && isOpen && byAgent && plain;
    if (closes && handle !== 0 && command.version === undefined) {
      this.byHandle += 1;
      return interned.close(handle, interned.agent(command.tenant, owner))?.code;
    }
    return interned.apply(command)?.code;
  }

  #write(command: WriteMessage, handle: number, owner: string): string | undefined {
    this.byHandle += 1;
    return this.interned.write(handle, this.interned.agent(command.tenant, owner), {
      id: wordsOf(command.id),
      version: command.version,
      template: command.template === true,
      tag: command.tag,
    })?.code;
  }

  /** 0: none, or it was forgotten since. */
  #handleOf(conversation: number): number {
    const handle = this.#handles.get(conversation) ?? 0;
    return this.interned.numberOf(handle) === conversation ? handle : 0;
  }
}

/** What a row and an event have in common as numbers. */
interface Essence {
  readonly type: string;
  readonly sequence: number;
  readonly at: number;
  readonly conversation: number;
  readonly version: number;
}

function essence(event: Event): Essence {
  const { type, sequence, at } = event;
  const { conversation, version } =
    "conversation" in event ? event : { conversation: 0, version: 0 };
  return { type, sequence, at, conversation, version };
}

function saidBy({ events }: InternedEngine): Essence[] {
  const said: Essence[] = [];
  for (let row = 0; row < events.count; row += 1) {
    const at = row * rowWidth;
    const of = (place: number): number => events.cells[at + place] ?? 0;
    if (of(cell.type) === rowType.explanation) continue;
    const type = eventTypes[of(cell.type)] ?? "";
    const isOfConversation = !["presenceChanged", "tenantConfigured", "deliveryRecorded"].includes(
      type,
    );
    said.push({
      type,
      sequence: of(cell.sequence),
      at: of(cell.at),
      conversation: isOfConversation ? of(cell.conversation) : 0,
      version: isOfConversation ? of(cell.version) : 0,
    });
  }
  return said;
}
