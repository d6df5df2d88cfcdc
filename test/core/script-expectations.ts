import type { Engine, Event, Result } from "../../core/index.ts";
import { conversationStates } from "../../core/index.ts";
import { scriptTenant } from "./script-steps.ts";
import { durationOf, instantOf, timeText } from "./script-time.ts";

/** What a cell of a script is compared with. */
export interface Outcome {
  readonly engine: Engine;
  readonly at: number;
  readonly result: Result;
  readonly events: readonly Event[];
  readonly agents: ReadonlySet<string>;
  /** Number of the latest conversation, or undefined for a name that is no customer. */
  readonly findConversation: (customer: string) => number | undefined;
}

/**
 * Why a clause of a script does not hold, or undefined if it does.
 *
 * ```
 * kim queued offline v2 ana for=ben age=09:00 routingLimit@09:30 routingLimit:5m no-offer may=blocked
 * ana available used=1 free=0              desk waiting.live=1 oldestAge=09:00
 * refused wrong_state                      answer queued v2 duplicate reason=matched
 * event offerWithdrawn kim reason=declined no event routingTimedOut     count promptSent 1
 * order presenceChanged > offerWithdrawn   next 09:30                   quiet
 * ```
 */
export function whyNot(clause: string, outcome: Outcome): string | undefined {
  const words = clause.trim().split(/\s+/u);
  const [subject = "", ...tokens] = words;
  const { engine, result, events, at } = outcome;
  switch (subject) {
    case "quiet":
      return events.length === 0 ? undefined : `events ${show(events)}`;
    case "refused": {
      const code = result.status === "rejected" ? result.code : result.status;
      return code === tokens[0] ? undefined : `answered ${show(result)}`;
    }
    case "answer":
      return mismatch(tokens, result, outcome);
    case "event":
      return whyNoEvent(tokens, outcome);
    case "no":
      return whyNoEvent(tokens.slice(1), outcome) === undefined
        ? `events ${show(events)}`
        : undefined;
    case "count": {
      const [type, count] = tokens;
      const found = events.filter((event) => event.type === type).length;
      return found === Number(count) ? undefined : `${found} of them: ${show(events)}`;
    }
    case "order": {
      const wanted = tokens.filter((token) => token !== ">");
      return isSubsequence(
        wanted,
        events.map(({ type }) => type),
      )
        ? undefined
        : `events ${show(events)}`;
    }
    case "next": {
      const next = engine.nextDeadlineAt();
      const wanted = tokens[0] === "none" ? undefined : instantOf(tokens[0] ?? "", at);
      return next === wanted
        ? undefined
        : `next deadline ${next === undefined ? "none" : timeText(next)}`;
    }
    default:
      return mismatch(tokens, viewOf(subject, outcome), outcome);
  }
}

function viewOf(subject: string, { engine, agents, findConversation }: Outcome): unknown {
  if (agents.has(subject)) return engine.agents(scriptTenant).find(({ id }) => id === subject);
  const queue = engine.skillQueues(scriptTenant).find(({ id }) => id === subject);
  if (queue !== undefined) return queue;
  const conversation = findConversation(subject);
  if (conversation === undefined) throw new Error(`who or what is ${subject}?`);
  return engine.conversation(scriptTenant, conversation);
}

function whyNoEvent([type, ...tokens]: readonly string[], outcome: Outcome): string | undefined {
  const found = outcome.events.filter((event) => event.type === type);
  const holds = found.some((event) => mismatch(tokens, event, outcome) === undefined);
  return holds ? undefined : `events ${show(outcome.events)}`;
}

/** The first token that does not hold for the thing. */
function mismatch(tokens: readonly string[], thing: unknown, outcome: Outcome): string | undefined {
  if (thing === undefined) return "there is none";
  const wrong = tokens.find((token) => !isTrue(token, thing as Thing, outcome));
  return wrong === undefined ? undefined : `"${wrong}" of ${show(thing)}`;
}

/** A view, an answer or an event. */
type Thing = Readonly<Record<string, unknown>> & {
  readonly deadlines?: readonly { timer: string; dueAt?: number; remainingMs?: number }[];
};

function isTrue(token: string, thing: Thing, outcome: Outcome): boolean {
  const { at, agents, findConversation } = outcome;
  const deadline = /^(\w+)(@|:)(.+)$/u.exec(token);
  if (deadline !== null) {
    const [, timer, sign, when = ""] = deadline;
    return (thing.deadlines ?? []).some((one) =>
      one.timer !== timer
        ? false
        : sign === "@"
          ? one.dueAt === instantOf(when, at)
          : one.remainingMs === durationOf(when),
    );
  }
  const pair = /^([\w.]+)=(.*)$/u.exec(token);
  if (pair !== null) {
    const [, path = "", wanted = ""] = pair;
    return isSame(valueAt(thing, aliases[path] ?? path), wanted, at);
  }
  if (token.startsWith("no-")) {
    return (thing.deadlines ?? []).every(({ timer }) => timer !== token.slice(3));
  }
  if (/^v\d+$/u.test(token)) return thing["version"] === Number(token.slice(1));
  if (token === "nobody") return thing["agent"] === undefined;
  if (token === "offline" && "offline" in thing) return thing["offline"] === true;
  if (token === "not-offline") return thing["offline"] === false;
  if (token === "duplicate") return thing["duplicateOf"] !== undefined;
  if (conversationStates.some((state) => state === token)) return thing["state"] === token;
  if (["available", "away", "offline"].includes(token)) return thing["status"] === token;
  if (agents.has(token)) return thing["agent"] === token;
  const conversation = findConversation(token);
  if (conversation !== undefined) return thing["conversation"] === conversation;
  throw new Error(`what is "${token}"?`);
}

const aliases: Readonly<Record<string, string>> = {
  for: "reservedFor",
  may: "mayWrite.verdict",
  why: "mayWrite.reason",
  until: "mayWrite.until",
  queue: "skillQueue",
  used: "units.used",
  free: "units.free",
  rule: "reason.rule",
  eligible: "reason.eligible",
  has: "conversations.length",
};

function valueAt(thing: unknown, path: string): unknown {
  let value = thing;
  for (const key of path.split(".")) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

function isSame(value: unknown, wanted: string, at: number): boolean {
  if (wanted === "none") return value === undefined;
  if (typeof value === "number") {
    const number = instantOf(wanted, at) ?? durationOf(wanted) ?? Number(wanted);
    return value === number;
  }
  return String(value) === wanted;
}

function isSubsequence(wanted: readonly string[], types: readonly string[]): boolean {
  let from = 0;
  for (const type of wanted) {
    from = types.indexOf(type, from) + 1;
    if (from === 0) return false;
  }
  return true;
}

/** Instants as times, for people. */
function show(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "number" && inner > 1e12 ? timeText(inner) : inner,
  );
}
