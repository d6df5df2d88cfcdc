import type { Command, ConversationView, Engine, Event, Result } from "../../core/index.ts";
import { deadlineRecords } from "./deadline-records.ts";
import type { DeadlineRecords } from "./deadline-records.ts";
import { eventLaws } from "./event-laws.ts";
import { configured, laws } from "./laws.ts";
import { Model } from "./model.ts";
import { LawBroken } from "./step.ts";
import type { Step, Views } from "./step.ts";

const nothing: Views = {
  conversations: new Map(),
  agents: new Map(),
  queues: new Map(),
  nextDeadlineAt: undefined,
};

/** Watches an engine from outside, step by step, and holds it to every law. */
export class Witness {
  readonly model = new Model();
  #views: Views = nothing;
  #deadlines: DeadlineRecords = new Map();
  #at = 0;
  /** Of ticks that said `more`: with those to follow they are one step. */
  #unsettled: readonly Event[] = [];
  /** Where those ticks have come. */
  #interim:
    | { readonly views: Views; readonly deadlines: DeadlineRecords; readonly at: number }
    | undefined;

  /** Errors: a LawBroken that names the law and what breaks it. */
  observe(engine: Engine, command: Command, result: Result, events: readonly Event[]): void {
    this.#goOnFrom(command.at);
    const { model } = this;
    const unseen: Step = {
      engine,
      model,
      command,
      result,
      events,
      at: command.at,
      previousAt: this.#at,
      before: this.#views,
      now: this.#views,
      deadlinesBefore: this.#deadlines,
      deadlines: this.#deadlines,
      configurationsBefore: new Map(
        [...configured(model.tenants)].map(({ id, configuration }) => [id, configuration]),
      ),
    };
    this.#follow(unseen);
    const all = [...this.#unsettled, ...events];
    const isSettled = result.status !== "ticked" || !result.more;
    this.#unsettled = isSettled ? [] : all;
    const whole: Step = { ...unseen, events: all };
    const now = viewsOf(engine, whole);
    const deadlines = deadlineRecords(model, now, command.at, this.#deadlines);
    this.#interim = isSettled ? undefined : { views: now, deadlines, at: command.at };
    if (!isSettled) return;
    const step: Step = { ...whole, now, deadlines };
    for (const [name, law] of Object.entries(laws)) named(name, () => law(step));
    this.#views = now;
    this.#deadlines = deadlines;
    this.#at = command.at;
  }

  /**
   * The ticks of one instant are one step. Where they were broken off, because the host went down or its
   * disk refused, whatever comes later begins from where they had come.
   */
  #goOnFrom(at: number): void {
    const interim = this.#interim;
    if (interim === undefined || interim.at === at) return;
    this.#views = interim.views;
    this.#deadlines = interim.deadlines;
    this.#at = interim.at;
    this.#unsettled = [];
  }

  #follow(step: Step): void {
    const { command, events, model } = step;
    // What is due comes before the command, and under the plans before it.
    let commandAt = events.findIndex(({ dueAt }) => dueAt === undefined);
    if (commandAt < 0) commandAt = events.length;
    for (let index = 0; index <= events.length; index += 1) {
      if (index === commandAt && command.type === "planCalendars") {
        const tenant = model.tenant(command.tenant);
        for (const plan of command.plans) {
          if (tenant.calendars.has(plan.calendar)) tenant.plan(plan, command.at);
        }
      }
      const event = events[index];
      if (event === undefined) continue;
      for (const [name, law] of Object.entries(eventLaws)) {
        named(name, () => law(step, event, index));
      }
      model.follow(event, command);
    }
  }
}

function named(law: string, run: () => void): void {
  try {
    run();
  } catch (error) {
    if (!(error instanceof LawBroken)) throw error;
    throw new LawBroken(`${law}: ${error.message}`, { cause: error });
  }
}

/** Open conversations, and those that something happened to. */
function viewsOf(engine: Engine, { model, events }: Step): Views {
  const conversations = new Map<string, Map<number, ConversationView>>();
  const touched = new Set(
    events.flatMap((event) => ("conversation" in event ? [event.conversation] : [])),
  );
  for (const tenant of configured(model.tenants)) {
    const views = new Map<number, ConversationView>();
    for (const known of tenant.conversations.values()) {
      if (!known.isOpen && !touched.has(known.id)) continue;
      const view = engine.conversation(tenant.id, known.id);
      if (view === undefined && known.isOpen)
        throw new LawBroken(`conversation ${known.id} is gone`);
      if (view !== undefined) views.set(known.id, view);
    }
    conversations.set(tenant.id, views);
  }
  const tenants = engine.tenants();
  return {
    conversations,
    agents: new Map(tenants.map((id) => [id, engine.agents(id)])),
    queues: new Map(tenants.map((id) => [id, engine.skillQueues(id)])),
    nextDeadlineAt: engine.nextDeadlineAt(),
  };
}
