import { type TProperties, Type } from "typebox";
import { presenceStatuses } from "../../../core/commands.ts";
import type { ValueProblem } from "../violations.ts";
import { choice, closed, conditioned, named, text } from "./keys.ts";
import { givenTime, version } from "./messages.ts";

const reasonBytesMax = 1024;
const bulkItemsMax = 10_000;

/** What every action on a conversation may carry (DOMAIN 5, FINE-PRINT 28). */
function actionKeys() {
  return {
    agent: Type.Optional(Type.String({ description: "The agent; absent, it is a supervisor." })),
    version: version(),
    override: Type.Optional(
      Type.Boolean({ description: "Assign without asking for skill and free units." }),
    ),
    skillQueue: Type.Optional(Type.String({ description: "Where a hand-off goes." })),
    reason: Type.Optional(text(reasonBytesMax, "The caller's own words, kept in the timeline.")),
    bot: Type.Optional(Type.Boolean({ description: "The chatbot acts." })),
  };
}

/** Body of accept, decline and release; a hand-off and a close know more. */
export function action() {
  return conditioned(
    closed(actionKeys(), "Who acts, and what they saw.", {
      ...named("Action"),
      examples: [{ agent: "ana", version: 3 }],
    }),
    oneActor,
  );
}

export function assignment() {
  return closed(assignmentKeys(), "Who is to own it.", {
    ...named("Assignment"),
    examples: [{ agent: "ana", version: 3 }],
  });
}

function assignmentKeys() {
  const { agent: _, bot: __, ...keys } = actionKeys();
  return { agent: Type.String({ description: "Who is to own it; must be signed in." }), ...keys };
}

export function handOff() {
  return conditioned(
    closed(actionKeys(), "Who hands off, and where to.", {
      ...named("HandOff"),
      examples: [{ agent: "ana", skillQueue: "billing" }, { bot: true }],
    }),
    (body) => [...oneActor(body), ...missingQueue(body)],
  );
}

export function closing() {
  const keys = {
    ...actionKeys(),
    customer: Type.Optional(
      Type.Boolean({ description: "The channel says that the customer ended it." }),
    ),
  };
  return conditioned(
    closed(keys, "Who closes it.", { ...named("Closing"), examples: [{ agent: "ana" }] }),
    oneActor,
  );
}

/**
 * Several of one action. Each item is checked by itself, with `bulkItem` of the same keys, so that
 * one of the wrong shape spoils only its own answer.
 */
export function bulk(item: "Assignment" | "Action") {
  const described = item === "Assignment" ? bulkAssignment() : bulkAction();
  return closed(
    {
      items: Type.Array(Type.Unsafe<unknown>({ "~described": described }), {
        maxItems: bulkItemsMax,
        description: "Each with its conversation; applied in order.",
      }),
    },
    "Several conversations.",
    {
      examples: [
        {
          items: [
            { conversation: "c17", agent: "ana" },
            { conversation: "c18", agent: "ben" },
          ],
        },
      ],
    },
  );
}

export function bulkAssignment() {
  return bulkItem(assignmentKeys(), "BulkAssignment");
}

export function bulkAction() {
  return conditioned(bulkItem(actionKeys(), "BulkAction"), oneActor);
}

function bulkItem<Keys extends TProperties>(keys: Keys, name: string) {
  return closed(
    { conversation: Type.String({ description: "Its id." }), ...keys },
    "One of several.",
    named(name),
  );
}

export function presence() {
  return closed(
    { status: choice(presenceStatuses, "What the agent declares; each one is also a heartbeat.") },
    "Presence of an agent.",
    { ...named("PresenceDeclaration"), examples: [{ status: "available" }] },
  );
}

export function deliveryReport() {
  return closed(
    {
      status: choice(["delivered", "read", "failed"], "What became of the entry."),
      reason: Type.Optional(text(reasonBytesMax, "Why it failed.")),
    },
    "What the channel says about an entry.",
    { ...named("DeliveryReport"), examples: [{ status: "delivered" }] },
  );
}

/** How far a test clock goes in one call: no test is longer than the longest retention. */
export const advanceMsMax = 3660 * 24 * 3_600_000;

export function clockAdvance() {
  const keys = {
    advanceMs: Type.Optional(
      Type.Integer({ minimum: 0, maximum: advanceMsMax, description: "By how much." }),
    ),
    to: Type.Optional(givenTime("Until when; not before the present instant.")),
  };
  return conditioned(
    closed(keys, "How far the test clock goes; exactly one of the two.", {
      ...named("ClockAdvance"),
      examples: [{ advanceMs: 3_600_000 }, { to: "2026-03-02T08:00:00.000Z" }],
    }),
    ({ advanceMs, to }: { readonly advanceMs?: unknown; readonly to?: unknown }) => {
      if (advanceMs === undefined && to === undefined) {
        return [{ code: "required", message: "Either advanceMs or to.", key: "advanceMs" }];
      }
      if (advanceMs === undefined || to === undefined) return [];
      return [{ code: "keys_conflict", message: "Either advanceMs or to, not both.", key: "to" }];
    },
  );
}

interface Actors {
  readonly agent?: unknown;
  readonly bot?: unknown;
  readonly customer?: unknown;
}

interface HandOffKeys extends Actors {
  readonly skillQueue?: unknown;
}

/** Agent, bot and channel are three who may act; none of them is a supervisor. */
function oneActor({ agent, bot, customer }: Actors): readonly ValueProblem[] {
  const actors = [
    ...(agent === undefined ? [] : ["agent"]),
    ...(bot === true ? ["bot"] : []),
    ...(customer === true ? ["customer"] : []),
  ];
  return actors
    .slice(1)
    .map((key) => ({ code: "keys_conflict", message: `Only one of ${actors.join(", ")}.`, key }));
}

function missingQueue({ agent, bot, skillQueue }: HandOffKeys): readonly ValueProblem[] {
  if (agent === undefined || bot === true || skillQueue !== undefined) return [];
  return [{ code: "required", message: "An owner hands off to a queue.", key: "skillQueue" }];
}

export type Action = Type.Static<ReturnType<typeof action>>;
export type Assignment = Type.Static<ReturnType<typeof assignment>>;
export type HandOff = Type.Static<ReturnType<typeof handOff>>;
export type Closing = Type.Static<ReturnType<typeof closing>>;
