import type { World, WorldAgent, WorldChannel, WorldQueue } from "./world.ts";

/**
 * Where a queue of this scenario leaves the assumptions of queueing formulas, one sentence each.
 * Empty: Poisson arrivals, exponential work, like agents who take one conversation at a time and
 * serve nobody else, first come, first served; then the formula is exact.
 */
export function theoryDepartures(world: World, queue: WorldQueue): readonly string[] {
  const channels = channelsOf(world, queue.id);
  const agents = agentsOf(world, queue.id);
  return [
    ...ofQueue(world, queue),
    ...ofArrivals(channels),
    ...ofHandling(channels),
    ...ofCustomers(channels),
    ...ofAgents(world, queue, agents),
  ];
}

/** Channels with traffic whose messages go to this queue. */
export function channelsOf(world: World, queue: string): readonly WorldChannel[] {
  return world.channels.filter(
    ({ traffic, settings }) => traffic !== undefined && settings.skillQueue === queue,
  );
}

/** Rostered agents with the skill. */
export function agentsOf(world: World, queue: string): readonly WorldAgent[] {
  return world.agents.filter(({ group, skills }) => group >= 0 && skills.has(queue));
}

function when(applies: boolean | undefined, words: string): readonly string[] {
  return applies === true ? [words] : [];
}

function ofQueue(world: World, { id }: WorldQueue): readonly string[] {
  const settings = world.configuration.skillQueues.find((queue) => queue.id === id);
  if (settings === undefined) return [];
  return [
    ...when(settings.calendar !== undefined, "it closes, and a night's messages meet the opening"),
    ...when(settings.liveFirst, "live conversations go before offline ones"),
    ...when(
      settings.connectWaitSeconds > 0,
      "live conversations go offline after the connect wait",
    ),
    ...when(settings.order !== "age", "it is not first come, first served"),
    ...when(settings.acceptance === "manual", "agents take time to accept, or do not"),
    ...when(settings.maxAssignmentsPerAgentPerMinute !== null, "an agent's rate is limited"),
  ];
}

function ofArrivals(channels: readonly WorldChannel[]): readonly string[] {
  const sources = channels.flatMap(({ traffic }) => traffic?.arrivals ?? []);
  return when(
    sources.some(({ process }) => process !== "poisson"),
    "the rate varies within the day and from day to day; arrivals are not Poisson at a constant rate",
  );
}

function ofHandling(channels: readonly WorldChannel[]): readonly string[] {
  const laws = channels.flatMap(({ traffic }) => traffic?.handling.first ?? []);
  const [first] = channels;
  return [
    ...when(
      laws.some(({ law }) => law !== "exponential"),
      "handle times are not exponential",
    ),
    ...when(
      channels.some(({ laws: { first: law } }) => law.mean !== first?.laws.first.mean),
      "its channels differ in handle time",
    ),
    ...when(
      channels.some(({ settings }) => settings.priority !== first?.settings.priority),
      "its channels differ in priority",
    ),
  ];
}

function ofCustomers(channels: readonly WorldChannel[]): readonly string[] {
  const limits = new Set(channels.map((channel) => limitMsOf(channel)));
  return [
    ...when(
      channels.some(({ traffic }) => (traffic?.customers.replies.neverAnswers ?? 1) < 1),
      "customers reply, and a conversation that waits for its customer holds its place",
    ),
    ...when(
      channels.some(({ laws }) => laws.writesAgainAfter !== undefined),
      "parked customers write again",
    ),
    ...when(
      channels.some(({ traffic }) => {
        const law = traffic?.customers.withdrawsAfter?.law;
        return law !== undefined && law !== "exponential";
      }),
      "patience is not exponential",
    ),
    ...when(
      limits.size > 1,
      "its channels differ in their routing time limit, whose mean is taken",
    ),
    ...when(
      channels.some(({ lastAgent }) => lastAgent),
      "messages wait for their last agent",
    ),
    ...when(
      channels.some(({ settings }) => settings.offlineMessages.routingMode === "chatbot"),
      "a bot goes first",
    ),
  ];
}

function ofAgents(
  world: World,
  { id }: WorldQueue,
  agents: readonly WorldAgent[],
): readonly string[] {
  const used = new Set(
    world.channels.flatMap(({ traffic, settings }) =>
      traffic === undefined || settings.skillQueue === id ? [] : [settings.skillQueue],
    ),
  );
  const groups = [...new Set(agents.map(({ group }) => group))].map((group) => world.groups[group]);
  return [
    ...when(
      agents.some(({ capacity }) => capacity > 1),
      "an agent has several conversations at once",
    ),
    ...when(
      agents.some(({ skills }) => [...skills].some((skill) => used.has(skill))),
      "some of its agents serve other queues too",
    ),
    ...when(
      groups.some((group) => group !== undefined && !isAlwaysThere(group.plan)),
      "shifts, breaks and absence change the number of agents",
    ),
    ...when(
      groups.some((group) => (group?.flapsPerHour ?? 0) > 0),
      "agents lose their connection",
    ),
  ];
}

function isAlwaysThere(plan: World["groups"][number]["plan"]): boolean {
  return (
    plan.absence === 0 &&
    plan.lateness === undefined &&
    plan.breaks.length === 0 &&
    plan.daysOff.size === 0 &&
    plan.hours.every((day) => day.reduce((sum, { from, to }) => sum + to - from, 0) === 1440)
  );
}

/** The channel's routing time limit, ms of its clock; infinite where offline messages are off. */
export function limitMsOf({ settings: { offlineMessages } }: WorldChannel): number {
  const minutesPer = { minutes: 1, hours: 60, days: 1440 };
  if (!offlineMessages.enabled) return Number.POSITIVE_INFINITY;
  const { routingTimeLimit, routingTimeLimitUnit } = offlineMessages;
  return routingTimeLimit * minutesPer[routingTimeLimitUnit] * 60_000;
}
