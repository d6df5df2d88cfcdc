import type {
  AgentView,
  Command,
  ConversationView,
  Engine,
  Event,
  ResolvedConfiguration,
  Result,
  SkillQueueView,
} from "../../core/index.ts";
import type { DeadlineRecords } from "./deadline-records.ts";
import type { Model } from "./model.ts";

/** One command with what it came to: what a law looks at. */
export interface Step {
  readonly engine: Engine;
  /** After the step, or, for a law of events, as it was when the event happened. */
  readonly model: Model;
  readonly command: Command;
  readonly result: Result;
  readonly events: readonly Event[];
  /** Time of the command, and of the one before. */
  readonly at: number;
  readonly previousAt: number;
  readonly before: Views;
  readonly now: Views;
  readonly deadlinesBefore: DeadlineRecords;
  readonly deadlines: DeadlineRecords;
  /** By tenant. */
  readonly configurationsBefore: ReadonlyMap<string, ResolvedConfiguration>;
}

/** Everything that the engine's queries show. */
export interface Views {
  readonly conversations: ReadonlyMap<string, ReadonlyMap<number, ConversationView>>;
  readonly agents: ReadonlyMap<string, readonly AgentView[]>;
  readonly queues: ReadonlyMap<string, readonly SkillQueueView[]>;
  readonly nextDeadlineAt: number | undefined;
}

/** A law of DOMAIN section 4 (or of a rule of section 3) does not hold. */
export class LawBroken extends Error {
  override readonly name = "LawBroken";
}

/** What the law says of this step. */
export function claim(holds: boolean, says: () => string): asserts holds {
  if (!holds) throw new LawBroken(says());
}

export function show(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    if (inner instanceof Map) return Object.fromEntries(inner) as unknown;
    return inner instanceof Set ? [...inner] : inner;
  });
}
