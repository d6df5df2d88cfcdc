import { type TSchema, Type } from "typebox";

/**
 * The shape of `results.json` and `comparison.json`. A number that JSON has no word for is a text,
 * "infinite" for a wait beyond every limit or "-infinite" for a difference of such, or null where one
 * replication says nothing.
 */
const figure = () =>
  Type.Union([Type.Number(), Type.Literal("infinite"), Type.Literal("-infinite"), Type.Null()]);
const count = (description: string) => Type.Integer({ minimum: 0, description });
const words = (description: string) => Type.String({ description });
const list = <T extends TSchema>(items: T, description: string) =>
  Type.Array(items, { description });

function object<T extends Record<string, TSchema>>(properties: T, description: string) {
  return Type.Object(properties, { additionalProperties: false, description });
}

const interval = (description: string) =>
  object(
    {
      estimate: figure(),
      low: figure(),
      high: figure(),
      method: Type.Union(
        (
          [
            "t",
            "delta",
            "clopper-pearson on replications",
            "t of the share within",
            "none",
          ] as const
        ).map((method) => Type.Literal(method)),
      ),
    },
    description,
  );

const quantiles = (description: string) =>
  object(
    {
      p50: interval("Half wait no longer."),
      p90: interval("Nine of ten."),
      p95: interval("Nineteen of twenty."),
      p99: interval("Ninety-nine of a hundred."),
    },
    description,
  );

const scope = object(
  {
    label: words("`all`, `channel ID` or `queue ID`."),
    scope: object(
      { channel: Type.Optional(Type.String()), queue: Type.Optional(Type.String()) },
      "Which messages: of this channel, or of this queue; both absent: all.",
    ),
    messages: interval(
      "Messages that sought an agent and arrived in the window, a replication: the denominator of the shares.",
    ),
    assignedWithin: interval("Assigned within `withinMinutes` of working time ÷ all."),
    assignedWithinOfPatient: interval("The same ÷ those that did not park or leave within it."),
    settledWithin: interval("(Assigned + parked or left) within it ÷ all."),
    parked: interval("Reached the routing time limit unassigned ÷ all."),
    closedUnassigned: interval("Closed before anybody was assigned ÷ all."),
    lastAgentHits: interval("Went to the last agent ÷ assigned ones whose last agent was known."),
    meanWaitOfAssigned: interval("Working time, ms: Σ waits ÷ assigned."),
    workingWait: quantiles("Of all, ms of working time; parked is infinite."),
    wallWait: quantiles("Of all, ms; parked is infinite."),
    wallP90OfAssigned: interval("Of the assigned alone, ms: an extra, never a verdict."),
  },
  "All measures of one scope of messages.",
);

const verdict = object(
  {
    target: words("The target in words."),
    verdict: Type.Union([Type.Literal("PASS"), Type.Literal("FAIL"), Type.Literal("UNDECIDED")]),
    unit: Type.Union([Type.Literal("share"), Type.Literal("minutes")]),
    interval: interval("At the confidence that all targets together keep the run's."),
    atLeast: Type.Optional(Type.Number()),
    atMost: Type.Optional(Type.Number()),
    meanOfDays: Type.Optional(interval("Mean of the days' shares.")),
    daysMeeting: Type.Optional(interval("Share of days that reach the target.")),
  },
  "A target and what the replications say of it.",
);

const group = object(
  {
    group: words("Its name."),
    agents: count("Agents in it."),
    agent: interval("Time with at least one conversation ÷ signed-in time."),
    slots: interval("Units used ÷ units of capacity, over signed-in time."),
    effort: interval("Time at work on at least one ÷ signed-in time."),
    taken: interval(
      "Messages of the window whose first assignment went to one of its agents, a replication: the denominator of what follows unless it says otherwise.",
    ),
    shareOfAssigned: interval("Taken ÷ messages of the window assigned to anybody."),
    takenWithin: interval("Taken within `withinMinutes` of working time ÷ taken."),
    meanWait: interval("Working time from arrival to assignment, ms: Σ waits ÷ taken."),
    workingWait: quantiles("Of what it took, ms of working time."),
    lastAgentHits: interval("Went to the last agent ÷ taken whose last agent was known."),
    answered: interval(
      "Handled: an agent wrote into the conversation after it ÷ taken, less what was still in hand, or waited again, when the simulation ended.",
    ),
    meanUntilAnswered: interval(
      "Wall clock from assignment to that answer, ms: Σ ÷ taken and answered.",
    ),
    answers: interval("Messages that its agents wrote in the window, a replication."),
    workPerAnswer: interval("Time at work on at least one ÷ messages written, ms."),
  },
  "What a group of agents does, and how much of its time that takes.",
);

const columns = (description: string) =>
  object(
    {
      estimate: list(figure(), "In the order of the instants."),
      low: list(figure(), "Of the interval over replications."),
      high: list(figure(), "Of the interval over replications."),
    },
    description,
  );

const arrivals = object(
  {
    from: list(
      Type.String(),
      "Beginning of each interval, RFC 3339; it ends where the next begins.",
    ),
    messages: columns("Messages that sought an agent and arrived in it, a replication."),
    assignedWithin: columns("Assigned within `withinMinutes` of working time ÷ these; 0/0 = 1."),
    parked: columns("Parked ÷ these; 0/0 = 0."),
  },
  "Service level by interval of arrival, of `run.intervalMinutes` each, from local midnight on.",
);

const queueFigures = (description: string) =>
  object(
    {
      waiting: interval("Conversations held, queued, offered or with the bot."),
      oldestMs: interval(
        "Age of the oldest customer message among them that nobody has answered; 0 where none waits.",
      ),
    },
    description,
  );

const opening = object(
  {
    opensAt: words("RFC 3339."),
    closesAt: words("RFC 3339."),
    messages: interval("That arrived while the queue was closed before it, a replication."),
    assignedWithin: interval("Of those, within `withinMinutes` of working time ÷ all of those."),
    parked: interval("Of those, parked ÷ all of those."),
    atOpening: queueFigures("A millisecond before it opens; null outside the window."),
    atClosing: queueFigures("A millisecond before it closes again; null outside the window."),
  },
  "What one opening finds.",
);

const queue = object(
  {
    queue: words("Skill queue."),
    atOpening: queueFigures(
      "A millisecond before it opens: the mean of the window's openings in each replication; null without any.",
    ),
    atClosing: queueFigures("The same a millisecond before it closes."),
    most: queueFigures("The greatest of each replication, of all looks."),
    openings: list(opening, "In order."),
    looks: object(
      {
        at: list(Type.String(), "Instants, RFC 3339."),
        waiting: columns("Conversations waiting: mean over replications."),
        oldestMs: columns("Age of the oldest: mean over replications."),
      },
      "How it stands at the beginning of each interval, and at the end of the window.",
    ),
    arrivals,
  },
  "A queue over the window.",
);

const theory = object(
  {
    queue: words("Skill queue."),
    model: Type.Union([
      Type.Literal("Erlang A"),
      Type.Literal("Erlang C"),
      Type.Literal("M/M/n+D"),
    ]),
    departures: list(
      Type.String(),
      "Where the scenario leaves the formula's assumptions; empty: the two should agree.",
    ),
    assignedWithin: figure(),
    lost: figure(),
    meanWaitMs: figure(),
    fluidLost: figure(),
    fluidBacklog: figure(),
    simulatedBacklog: figure(),
  },
  "Formulas beside the simulation.",
);

const counted = (key: "reason" | "code") =>
  object({ [key]: Type.String(), count: interval("A replication.") }, "How often.");

/** `results.json` of `sim run`. */
export const resultsSchema = object(
  {
    name: words("The scenario's."),
    about: words("A sentence."),
    seed: count("Where all chance began."),
    replications: count("Independent runs."),
    confidence: Type.Number({ description: "Of each interval but the verdicts'." }),
    digest: Type.String({ pattern: "^[0-9a-f]{32}$", description: "Of every decision, in order." }),
    engineVersion: count("Grows with every change of the router's behaviour."),
    node: words("Node.js."),
    v8: words("Its V8, on whose `Math.log` and `exp` the digest depends."),
    configurationHash: words("Of the tenant configuration, resolved."),
    scenarioHash: words("Of the scenario, defaults filled in."),
    start: words("Local time."),
    timeZone: words("IANA name."),
    days: count("Counted."),
    warmUpDays: count("Simulated before them, uncounted."),
    withinMinutes: Type.Number({ description: "T of every assigned-within." }),
    assumptions: list(Type.String(), "What the scenario's author does not know from data."),
    warnings: list(Type.String(), "What to read the figures with."),
    broken: list(Type.String(), "Broken invariants; empty in a sound run."),
    verdicts: list(verdict, "In the order of the targets."),
    scopes: list(scope, "All messages, then channels, then queues."),
    groups: list(group, "In the order of the scenario."),
    queues: list(queue, "Those that some channel with traffic uses."),
    arrivals,
    theory: list(theory, "A queue each."),
    reasons: list(counted("reason"), "Transitions in the window by reason code."),
    refusedWrites: list(counted("code"), "Agent messages refused, by rejection code."),
    commands: count("Given to the engine, all replications together."),
  },
  "What `sim run` found.",
);

/** `comparison.json` of `sim compare`. */
export const comparisonSchema = object(
  {
    names: list(Type.String(), "Of both scenarios: as it is, as it may be."),
    seed: count("Of both."),
    replications: count("Of each."),
    confidence: Type.Number({ description: "Of each interval." }),
    engineVersion: count("Grows with every change of the router's behaviour."),
    changes: list(Type.String(), "What --set changed in the second, as given."),
    warnings: list(Type.String(), "What to read the figures with."),
    broken: list(Type.String(), "Invariants that broke: bugs of the simulation."),
    configurationHashes: list(Type.String(), "In the order of the names."),
    measures: list(
      object(
        {
          scope: words("`all`, `channel ID`, `queue ID`, `all agents` or `group NAME`."),
          measure: words("In words."),
          unit: Type.Union([Type.Literal("share"), Type.Literal("ms"), Type.Literal("count")]),
          first: figure(),
          second: figure(),
          difference: interval("second − first."),
          varianceReduction: figure(),
        },
        "One measure under both scenarios.",
      ),
      "Scope by scope.",
    ),
  },
  "What `sim compare` found.",
);

/** A schema as plain JSON Schema, with its title. */
export function publishedSchema(title: string, schema: TSchema): Readonly<Record<string, unknown>> {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title,
    ...(JSON.parse(JSON.stringify(schema)) as Record<string, unknown>),
  };
}
