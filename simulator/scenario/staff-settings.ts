import { type Static, Type } from "typebox";
import { lawSchema } from "./law-settings.ts";
import { byName, closed, defaulted, number, share, text } from "./shape.ts";

const shiftsOfDay = () => Type.Optional(Type.Array(text("hours", "Local hours of a shift.")));

/** One group of agents with like habits. */
export const groupSchema = closed(
  {
    agents: Type.Array(
      Type.String({ description: "Agent ids of the configuration; * stands for any text." }),
      { minItems: 1 },
    ),
    shifts: closed(
      {
        mon: shiftsOfDay(),
        tue: shiftsOfDay(),
        wed: shiftsOfDay(),
        thu: shiftsOfDay(),
        fri: shiftsOfDay(),
        sat: shiftsOfDay(),
        sun: shiftsOfDay(),
      },
      "Shifts that start on each day of the week.",
    ),
    daysOff: defaulted(Type.Array(text("date", "A date without shifts.")), []),
    breaks: defaulted(
      Type.Array(
        closed({
          at: text("time", "Local time at which the break is due; work in hand is finished first."),
          minutes: number("Length.", { above: 0 }),
        }),
      ),
      [],
    ),
    lateness: Type.Optional(lawSchema),
    absence: defaulted(share("Probability that an agent misses a whole shift."), 0),
    flaps: Type.Optional(
      closed(
        { perHour: number("Lost connections an hour.", { min: 0 }), last: lawSchema },
        "Lost connections, which nobody announces.",
      ),
    ),
    accepts: defaulted(
      closed({
        probability: share("Offers accepted; of the others half are declined, half missed."),
        after: lawSchema,
      }),
      { probability: 1, after: { law: "deterministic", value: 5, unit: "seconds" } },
    ),
    efficiency: defaulted(
      Type.Array(number("Work done at once with 1, 2, 3, … conversations in hand.", { above: 0 }), {
        minItems: 1,
      }),
      [1, 1.7, 2.5, 2.9, 3.5],
    ),
  },
  "Agents with like habits.",
);
export type GroupSettings = Static<typeof groupSchema>;

export const groupsSchema = byName(groupSchema, "Groups of agents by name.");
