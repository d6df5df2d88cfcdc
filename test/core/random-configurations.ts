import * as fc from "fast-check";
import { agentSelections, channelKinds, routingModes } from "../../core/configuration/resolved.ts";
import type { ResolvedConfiguration } from "../../core/index.ts";
import { configurationOf } from "./desk.ts";

/** How much a configuration has at most. */
export interface ConfigurationSize {
  readonly queuesMax: number;
  readonly agentsMin: number;
  readonly agentsMax: number;
}

const few: ConfigurationSize = { queuesMax: 3, agentsMin: 2, agentsMax: 6 };

/** Configurations of one tenant that share their ids: each may follow upon any other. */
export function configurations(
  size: ConfigurationSize = few,
): fc.Arbitrary<readonly ResolvedConfiguration[]> {
  return fc
    .array(fc.tuple(queues(size), agents(size), channels(size), rest()), {
      minLength: 3,
      maxLength: 3,
    })
    .map((documents) => documents.map((parts) => resolved(...parts)));
}

function queues({ queuesMax }: ConfigurationSize) {
  const queue = fc.record({
    calendar: fc.constantFrom(undefined, "office", "office", "night"),
    agentSelection: fc.constantFrom(...agentSelections),
    acceptance: fc.constantFrom("automatic", "manual"),
    offerTimeoutSeconds: fc.constantFrom(5, 30, 600),
    reofferSeconds: fc.constantFrom(1, 30, 60, 300),
    connectWaitSeconds: fc.constantFrom(0, 1, 60, 600, 600),
    maxWaiting: fc.constantFrom(0, 2, 1000, 1000),
    order: fc.constantFrom("age", "reply-window"),
    liveFirst: fc.boolean(),
    reassignAfterMinutes: fc.constantFrom(null, 5, 20),
    maxAssignmentsPerAgentPerMinute: fc.constantFrom(null, null, 1, 2, 3),
  });
  return fc.array(queue, { minLength: 1, maxLength: queuesMax, size: "max" });
}

function agents({ queuesMax, agentsMin, agentsMax }: ConfigurationSize) {
  const agent = fc.record({
    present: fc.integer({ min: 0, max: 9 }).map((dice) => dice > 0),
    levels: fc.array(fc.integer({ min: 0, max: 10 }), {
      minLength: queuesMax,
      maxLength: queuesMax,
    }),
    capacity: fc.integer({ min: 1, max: 5 }),
  });
  return fc.array(agent, { minLength: agentsMin, maxLength: agentsMax, size: "max" });
}

function channels({ queuesMax }: ConfigurationSize) {
  const channel = fc.record({
    kind: fc.constantFrom(...channelKinds),
    queue: fc.nat(queuesMax - 1),
    priority: fc.constantFrom(0, 0, 1, 14),
    timeout: fc.constantFrom(null, 6, 20, 60),
    lastAgent: fc.record({
      enabled: fc.integer({ min: 0, max: 3 }).map((dice) => dice > 0),
      validityMinutes: fc.constantFrom(1, 30, 1440, 10_080, 10_080),
      waitMinutes: fc.constantFrom(0, 1, 4, 4),
      offlineWaitMinutes: fc.constantFrom(0, 2, 4),
      scope: fc.constantFrom("channel", "customer"),
    }),
    offline: fc.record({
      enabled: fc.integer({ min: 0, max: 4 }).map((dice) => dice > 0),
      prompt: fc.constantFrom(undefined, "We are closed."),
      routingTimeLimit: fc.constantFrom(5, 30, 60),
      routingTimeLimitUnit: fc.constantFrom("minutes", "hours", "days"),
      routingClock: fc.constantFrom("working", "wall"),
      agentOutboundTimeLimitMinutes: fc.constantFrom(null, null, 0, 1, 60, 1440, 10_080),
      calledCustomerReplyTimeoutMinutes: fc.integer({ min: 1, max: 5 }),
      routingMode: fc.constantFrom(...routingModes),
    }),
    automaticReply: fc.boolean(),
  });
  return fc.array(channel, { minLength: 2, maxLength: 4 });
}

function rest() {
  return fc.record({
    costs: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 7, maxLength: 7 }),
    heartbeatSeconds: fc.constantFrom(10, 900, 3600, 3600, 3600),
    graceSeconds: fc.constantFrom(0, 60, 3600),
    deduplicationHours: fc.constantFrom(1, 24),
    hours: fc.constantFrom(
      ["09:00-18:00"],
      ["09:00-09:20", "09:30-12:00", "13:00-13:05", "20:00-02:00"],
      ["00:00-24:00"],
      ["00:00-24:00"],
      ["08:30-18:00"],
      [],
    ),
  });
}

type Of<A> = A extends fc.Arbitrary<infer T> ? T : never;

/** Ids are places in the lists, so that lists of different length share what they can. */
function resolved(
  queueList: Of<ReturnType<typeof queues>>,
  agentList: Of<ReturnType<typeof agents>>,
  channelList: Of<ReturnType<typeof channels>>,
  others: Of<ReturnType<typeof rest>>,
): ResolvedConfiguration {
  const queueIds = queueList.map((_, index) => `q${index}`);
  const present = agentList.map((agent, index) => ({ ...agent, id: `a${index}` }));
  const someone = present.filter(({ present: here }) => here);
  const settings = {
    calendars: {
      office: { timeZone: "UTC", weekly: everyDay(others.hours) },
      night: { timeZone: "UTC", weekly: everyDay(["22:00-06:00", "08:55-09:10"]) },
    },
    queues: byId(
      "q",
      queueList.map(({ calendar, ...queue }) => ({ ...queue, calendar })),
    ),
    agents: Object.fromEntries(
      (someone.length > 0 ? someone : present).map(({ id, levels, capacity }) => [
        id,
        { capacity, skills: skillsOf(levels, queueIds) },
      ]),
    ),
    channels: byId(
      "c",
      channelList.map((channel) => channelOf(channel, queueIds)),
    ),
    presence: { heartbeatSeconds: others.heartbeatSeconds, graceSeconds: others.graceSeconds },
    retention: { deduplicationHours: others.deduplicationHours, dormantDays: 1 },
  };
  const costs = Object.fromEntries(
    channelKinds.map((kind, index) => [kind, others.costs[index] ?? 1]),
  );
  try {
    return configurationOf({ ...settings, costs });
  } catch {
    return configurationOf(settings); // some cost was above everybody's capacity
  }
}

function channelOf(
  channel: Of<ReturnType<typeof channels>>[number],
  queueIds: readonly string[],
): Readonly<Record<string, unknown>> {
  const { kind, queue, priority, timeout, lastAgent, offline, automaticReply } = channel;
  const called = offline.calledCustomerReplyTimeoutMinutes;
  const isLast = offline.routingMode === "last-agent";
  const template = { subject: "Thank you", body: "We have it." };
  const { prompt, ...offlineRest } = offline;
  return {
    kind,
    skillQueue: queueIds[queue % queueIds.length],
    priority,
    customerReplyTimeoutMinutes: timeout === null ? null : Math.max(timeout, called + 1),
    lastAgentMode: { ...lastAgent, enabled: lastAgent.enabled || isLast },
    autoReply: { workingHours: template, nonWorkingHours: template, maxPerSenderPerHour: 2 },
    offlineMessages: {
      ...offlineRest,
      ...(prompt === undefined ? {} : { prompt }),
      ...(kind === "email" && automaticReply ? { automaticReplyToEachEmail: true } : {}),
      chatbot: { url: "https://bot.example/", accessCode: "bot" },
    },
  };
}

function skillsOf(levels: readonly number[], queueIds: readonly string[]): Record<string, number> {
  const skills: Record<string, number> = {};
  for (const [index, id] of queueIds.entries()) {
    const level = levels[index] ?? 0;
    if (level > 2) skills[id] = level;
  }
  return Object.keys(skills).length > 0 ? skills : { [queueIds[0] ?? "q0"]: 5 };
}

function byId<T>(prefix: string, items: readonly T[]): Record<string, T> {
  return Object.fromEntries(items.map((item, index) => [`${prefix}${index}`, item]));
}

function everyDay(hours: readonly string[]): Record<string, readonly string[]> {
  const days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
  return Object.fromEntries(days.map((day) => [day, hours]));
}
