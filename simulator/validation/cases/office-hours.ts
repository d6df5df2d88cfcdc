import { fluid } from "../../erlang.ts";
import {
  type NightBacklog,
  nightBacklog,
  type OfficeDay,
  officeCycle,
} from "../chains/office-hours.ts";
import { meanOf, type RowValue, unassigned, wait, waited, waitingAt } from "../observations.ts";
import type { ReferenceCase } from "../reference-case.ts";
import { exponentialWork, theoryWorld } from "../theory-world.ts";

const hours = "09:00-17:00";
const everyHour = Array.from({ length: 24 }, (_unused, hour) => Number(hour < 9 || hour >= 17));
const weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/** Minutes in the queue while it was open; a parked message counts its whole limit. */
const workingTimeInQueue =
  (limit: number): RowValue =>
  ({ workingWaitMs }, row) =>
    Math.min(limit, (workingWaitMs[row] ?? 0) / 60_000);

/** A calendar that closes at night: the daily cycle, and a limit on the working clock. */
export const officeHoursCases: readonly ReferenceCase[] = [dailyCycle(), nightWithLimit()];

function dailyCycle(): ReferenceCase {
  const day: OfficeDay = { arrivalRate: 0.165, serviceRate: 0.1, agents: 6, openMinutes: 480 };
  const exact = officeCycle(day);
  return {
    id: "office-cycle",
    title: "Open from nine to five, messages day and night",
    setting: "6 agents, 10 min of work, 238 messages a day of which 158 come while closed.",
    theory: "The periodic transient chain, by uniformization.",
    assumptions:
      "Messages wait as `held` while closed, and agents finish what they have at five: both are in the chain. No limit applies within the case.",
    world: (days) =>
      theoryWorld({
        days,
        warmUpDays: 7,
        hours,
        channels: { q: { perMinute: day.arrivalRate, handling: exponentialWork(10) } },
        groups: { all: { agents: day.agents, queues: ["q"] } },
      }),
    sizes: { full: { days: 120, replications: 24 }, quick: { days: 7, replications: 8 } },
    figures: [
      { name: "waiting at 09:00", exact: exact.waitingAtOpen, errorMax: 0.01, of: waitingAt(540) },
      { name: "waiting at 13:00", exact: exact.waitingHalfWay, errorMax: 0.01, of: waitingAt(780) },
      {
        name: "waiting at 15:00",
        exact: exact.waitingLater,
        errorMax: 0.05,
        of: waitingAt(900),
      },
      {
        name: "E[W] on the wall clock, min",
        exact: exact.meanWait,
        errorMax: 0.01,
        of: meanOf(wait),
      },
      { name: "P(W > 0)", exact: exact.probabilityOfWaiting, errorMax: 0.01, of: meanOf(waited) },
    ],
  };
}

function nightWithLimit(): ReferenceCase {
  const night: NightBacklog = { meanMessages: 200, serviceRate: 0.1, agents: 20, limit: 60 };
  const exact = nightBacklog(night);
  const { meanMessages, agents, limit } = night;
  return {
    id: "night-limit",
    title: "A night's backlog under a limit of 60 working minutes",
    setting: "200 messages a night and none by day, 20 agents from nine, 10 min of work.",
    theory: `The transient chain from opening, by uniformization. The fluid solution parks ${fluidShare(night).toFixed(4)}: it knows no ${agents} conversations that begin at once, which alone is ${agents / meanMessages}.`,
    assumptions:
      "The limit's clock stands still while closed, so the whole night parks at ten: one chain with one deadline. With messages by day as well, ages differ and no small chain is exact.",
    world: (days) => worldOfNight(days, night),
    sizes: { full: { days: 60, replications: 24 }, quick: { days: 5, replications: 6 } },
    figures: [
      { name: "P(park)", exact: exact.parked, errorMax: 0.01, of: meanOf(unassigned) },
      {
        name: "E[working time in the queue], min",
        exact: exact.meanTimeInQueue,
        errorMax: 0.01,
        of: meanOf(workingTimeInQueue(limit)),
      },
    ],
  };
}

function worldOfNight(days: number, { meanMessages, agents, limit }: NightBacklog) {
  const shares = { weight: 1, shares: everyHour };
  return theoryWorld({
    days,
    hours,
    profiles: {
      night: {
        intervalMinutes: 60,
        days: Object.fromEntries(weekdays.map((weekday) => [weekday, shares])),
      },
    },
    channels: {
      q: {
        perMinute: 0,
        arrivals: { process: "profile", profile: "night", perWeek: meanMessages * 7 },
        handling: exponentialWork(10),
        offlineMessages: { routingTimeLimit: limit, routingTimeLimitUnit: "minutes" },
      },
    },
    groups: { all: { agents, queues: ["q"] } },
  });
}

/** What the fluid model parks of a night that is there at opening. */
function fluidShare({ meanMessages, serviceRate, agents, limit }: NightBacklog): number {
  const width = 1 / 16;
  const steps = limit / width + 2;
  const values = Array.from({ length: steps }, (_unused, index) =>
    index === 0 ? meanMessages / width : 0,
  );
  const { expired } = fluid(
    { width, values },
    values.map(() => agents * serviceRate),
    {
      limit,
      clock: "working",
      // All of it is there before the doors open.
      open: values.map((_value, index) => index > 0),
    },
  );
  return expired / meanMessages;
}
