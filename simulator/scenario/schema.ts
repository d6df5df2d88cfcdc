import { type Static, Type } from "typebox";
import { byName, choice, closed, defaulted, integer, number, share, text } from "./shape.ts";
import { groupsSchema } from "./staff-settings.ts";
import { channelTrafficSchema, profileSchema } from "./traffic-settings.ts";

const scope = () => ({
  channel: Type.Optional(Type.String({ description: "Only this channel." })),
  queue: Type.Optional(Type.String({ description: "Only this skill queue." })),
});
const clock = () =>
  defaulted(
    choice(["working", "wall"], "Whether time counts only while the queue is open, or always."),
    "working",
  );

/** What the plan must reach. */
export const targetSchema = Type.Union([
  closed({
    measure: Type.Literal("assigned-within"),
    minutes: number("Limit T.", { min: 0 }),
    clock: clock(),
    atLeast: share("Share of messages; parked ones count against it."),
    ...scope(),
  }),
  closed({
    measure: Type.Literal("parked"),
    atMost: share("Share of messages that park."),
    ...scope(),
  }),
  closed({
    measure: Type.Literal("wait-quantile"),
    quantile: number("Which quantile, such as 0.9.", { above: 0, max: 0.999 }),
    clock: clock(),
    atMostMinutes: number("Wait; parked counts as infinite.", { min: 0 }),
    ...scope(),
  }),
  closed({
    measure: Type.Literal("last-agent-hits"),
    atLeast: share("Share of assignments whose last agent was known that went to them."),
    ...scope(),
  }),
  closed({
    measure: Type.Literal("occupancy"),
    which: choice(
      ["agent", "slots", "effort"],
      "At least one in hand; units used of capacity; working on at least one.",
    ),
    atMost: share("Share of signed-in time."),
    group: Type.Optional(Type.String({ description: "Only this group of agents." })),
  }),
]);
export type Target = Static<typeof targetSchema>;

export const runSchema = closed(
  {
    seed: defaulted(integer("Where all chance begins.", { min: 0, max: 4294967295 }), 1),
    replications: defaulted(integer("Independent runs of the same weeks.", { min: 1 }), 10),
    confidence: defaulted(number("Of each interval.", { min: 0.5, max: 0.9999 }), 0.95),
    intervalMinutes: defaulted(
      integer("Length of the intervals of backlog and service level.", { min: 5, max: 1440 }),
      60,
    ),
  },
  "How to run it.",
);

/**
 * The whole scenario file. Types, checks and the published JSON Schema (`sim schema`) come from here.
 */
export const scenarioSchema = closed(
  {
    name: Type.Optional(text("name", "Name of the results folder; the file's stem if absent.")),
    about: defaulted(Type.String({ description: "A sentence for the report." }), ""),
    configuration: Type.Union([
      Type.String({ description: "The tenant configuration, seen from the scenario's folder." }),
      Type.Unsafe<Readonly<Record<string, unknown>>>({
        type: "object",
        description: "The tenant configuration itself.",
      }),
    ]),
    start: text("local-date-time", "First instant that counts, local time."),
    timeZone: text("time-zone", "Zone of every local time in this file."),
    days: integer("Days that count.", { min: 1, max: 3660 }),
    warmUpDays: Type.Optional(
      integer("Days simulated before the start, uncounted; absent: as many as the rule asks.", {
        min: 0,
        max: 3660,
      }),
    ),
    assumptions: defaulted(
      Type.Array(
        Type.String({ description: "Something not known from data; the report says it." }),
      ),
      [],
    ),
    specialDays: defaulted(
      Type.Array(
        closed({
          date: text("date", "The date."),
          factor: number("Multiplies every profile on that date.", { min: 0 }),
        }),
      ),
      [],
    ),
    profiles: defaulted(byName(profileSchema, "Profiles by name."), {}),
    traffic: byName(channelTrafficSchema, "Channel of the configuration → what arrives there."),
    staff: groupsSchema,
    targets: defaulted(Type.Array(targetSchema), []),
    run: defaulted(runSchema, {}),
  },
  "A scenario: the same configuration the worker takes, and the world around it.",
);

/** A scenario as read, every default filled in. */
export type ScenarioSettings = Static<typeof scenarioSchema>;

/** The schema as plain JSON Schema, for editors. */
export function scenarioJsonSchema(): Readonly<Record<string, unknown>> {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Nightdesk scenario",
    ...(JSON.parse(JSON.stringify(scenarioSchema)) as Record<string, unknown>),
  };
}
