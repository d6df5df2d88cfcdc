import { type Static, Type } from "typebox";
import { lawSchema } from "./law-settings.ts";
import { byName, choice, closed, defaulted, integer, number, share, text } from "./shape.ts";

const perHour = (what: string) => number(`${what} an hour.`, { min: 0 });
const days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

const dayShape = closed({
  weight: number("How busy the day is, relative to the others.", { min: 0 }),
  from: defaulted(text("time", "Local time of the first interval."), "00:00"),
  shares: Type.Array(number("How busy each interval is, relative to the others.", { min: 0 }), {
    minItems: 1,
  }),
});

/** How a week's messages spread over days and intervals. */
export const profileSchema = closed(
  {
    intervalMinutes: integer("Length of an interval.", { min: 1, max: 1440 }),
    source: Type.Optional(Type.String({ description: "Where the figures come from." })),
    days: closed({
      mon: Type.Optional(dayShape),
      tue: Type.Optional(dayShape),
      wed: Type.Optional(dayShape),
      thu: Type.Optional(dayShape),
      fri: Type.Optional(dayShape),
      sat: Type.Optional(dayShape),
      sun: Type.Optional(dayShape),
    }),
  },
  "How a week's messages spread over days and intervals.",
);
export type ProfileSettings = Static<typeof profileSchema>;
export const profileDays = days;

const dayFactor = closed(
  {
    shape: Type.Union([
      number("Gamma shape of a day's factor: its variance is 1 / shape.", { above: 0 }),
      Type.Array(number("Gamma shape, Monday to Sunday.", { above: 0 }), { minItems: 7 }),
    ]),
    correlation: defaulted(share("Correlation of neighbouring days."), 0),
    shared: defaulted(
      Type.Boolean({ description: "Whether all channels that say so have the same day." }),
      true,
    ),
  },
  "How much busier or quieter whole days are than the profile.",
);

const profiled = closed({
  process: Type.Literal("profile"),
  profile: Type.String({ description: "Name of a profile." }),
  perWeek: number("Expected messages in an ordinary week.", { min: 0 }),
  outOfHours: Type.Optional(
    closed({
      share: share("Share of `perWeek` that follows the other profile instead."),
      profile: Type.String({ description: "Name of that profile." }),
    }),
  ),
  dayFactor: Type.Optional(dayFactor),
  intervalShape: Type.Optional(
    number("Gamma shape of an independent factor for each interval.", { above: 0 }),
  ),
});

export const arrivalsSchema = Type.Union([
  profiled,
  closed({ process: Type.Literal("poisson"), perHour: perHour("Messages") }),
  closed({
    process: Type.Literal("batch"),
    perHour: perHour("Batches"),
    sizes: Type.Array(share("Probability of the sizes 1, 2, 3, ….")),
  }),
  closed({
    process: Type.Literal("mmpp"),
    perHour1: perHour("Messages in the first phase"),
    perHour2: perHour("Messages in the second phase"),
    leave1PerHour: number("Rate of leaving the first phase.", { above: 0 }),
    leave2PerHour: number("Rate of leaving the second phase.", { above: 0 }),
  }),
  closed({
    process: Type.Literal("hawkes"),
    perHour: number("Spontaneous messages an hour.", { above: 0 }),
    branching: number("Messages that each one causes, below 1.", { min: 0, max: 0.99 }),
    decayPerHour: number("How fast the excitement fades.", { above: 0 }),
  }),
  closed({
    process: Type.Literal("campaign"),
    at: text("local-date-time", "When the mailing goes out."),
    size: number("Expected answers.", { min: 0 }),
    delay: lawSchema,
  }),
  closed({
    process: Type.Literal("trace"),
    file: Type.String({ description: "CSV file, seen from the scenario's folder." }),
    column: Type.String({ description: "Column of the instants, or of the dates of the counts." }),
    count: Type.Optional(
      Type.String({ description: "Column of the counts; absent: one message a row." }),
    ),
    intervalMinutes: defaulted(integer("Length of a counted interval.", { min: 1 }), 1440),
    from: Type.Optional(
      text("local-date-time", "The recorded time that becomes the scenario's start."),
    ),
    scale: defaulted(number("Counts are multiplied by this.", { above: 0 }), 1),
    profile: Type.Optional(
      Type.String({ description: "Spreads the count of a day by this profile's shares." }),
    ),
  }),
]);
export type ArrivalsSettings = Static<typeof arrivalsSchema>;

const replies = closed(
  {
    neverAnswers: defaulted(share("Customers who never answer an agent."), 0.4),
    meanReplies: defaulted(
      number("Mean replies of those who answer, 1 or more (geometric).", { min: 1 }),
      1.3,
    ),
    after: defaulted(lawSchema, { law: "lognormal", mean: 6, sd: 8 }),
    reads: defaulted(
      choice(["push", "poll"], "Whether the customer's side is told at once or polls."),
      "push",
    ),
    pollMinutes: defaulted(number("How often a polling side looks.", { above: 0 }), 5),
  },
  "Whether and when customers answer agents.",
);

export const customersSchema = closed(
  {
    population: defaulted(
      integer("Customers of the channel; 0: without bound, every new one is another.", { min: 0 }),
      0,
    ),
    returnProbability: defaulted(share("Messages that come from somebody seen before."), 0),
    returnAfter: defaulted(lawSchema, { law: "exponential", mean: 3, unit: "days" }),
    returnFrom: Type.Optional(
      byName(number("Weight.", { min: 0 }), "Channel of the earlier contact → weight."),
    ),
    replies: defaulted(replies, {}),
    withdrawsAfter: Type.Optional(lawSchema),
    writesAgain: Type.Optional(
      closed(
        { probability: share("Of a message that parked."), after: lawSchema },
        "Customers whose message parked write again.",
      ),
    ),
  },
  "Who writes, and what they do then.",
);

export const handlingSchema = closed(
  {
    first: defaulted(lawSchema, { law: "lognormal", mean: 6, sd: 5 }),
    later: Type.Optional(lawSchema),
    closes: defaulted(share("Agents who close a conversation when nothing more will come."), 0.5),
  },
  "The work of an answer, as it takes with nothing else in hand.",
);

export const channelTrafficSchema = closed(
  {
    arrivals: Type.Array(arrivalsSchema, { minItems: 1 }),
    customers: defaulted(customersSchema, {}),
    handling: defaulted(handlingSchema, {}),
    bot: defaulted(
      closed({
        contains: share("Conversations that the bot ends by itself."),
        answersAfter: defaulted(lawSchema, { law: "deterministic", value: 2, unit: "seconds" }),
      }),
      { contains: 0 },
    ),
  },
  "What arrives on a channel, and the work it makes.",
);
export type ChannelTraffic = Static<typeof channelTrafficSchema>;
