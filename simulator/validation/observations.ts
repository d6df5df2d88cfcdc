import type { ReplicationRecord } from "../replication-record.ts";
import type { World } from "../world.ts";
import type { Observation } from "./reference-case.ts";

/** All times of the cases are in minutes. */
const minuteMs = 60_000;

export type RowValue = (record: ReplicationRecord, row: number, world: World) => number;
export type RowChoice = (record: ReplicationRecord, row: number) => boolean;

/** Mean of a value over the messages of the counted window that are asked for. */
export function meanOf(value: RowValue, isAsked: RowChoice = () => true): Observation {
  return (world, record) => {
    const { messages } = record;
    let sum = 0;
    let count = 0;
    for (let row = 0; row < messages.count; row += 1) {
      const at = messages.arrivedAt[row] ?? 0;
      if (at < world.countFrom || at >= world.countTo || !isAsked(record, row)) continue;
      sum += value(record, row, world);
      count += 1;
    }
    return sum / count;
  };
}

/** Minutes to the assignment, infinite where there was none. */
export const wait: RowValue = ({ wallWaitMs }, row) => (wallWaitMs[row] ?? 0) / minuteMs;

/** 1 where it waited at all. */
export const waited: RowValue = ({ wallWaitMs }, row) => Number((wallWaitMs[row] ?? 0) > 0);

/** 1 where nobody was ever assigned. */
export const unassigned: RowValue = ({ messages }, row) =>
  Number(Number.isNaN(messages.assignedAt[row]));

/** Minutes in the queue, whatever ended them: assignment, parking or the customer. */
export const timeInQueue: RowValue = ({ messages, wallWaitMs }, row) => {
  const assigned = wallWaitMs[row] ?? 0;
  if (assigned < Number.POSITIVE_INFINITY) return assigned / minuteMs;
  const parkedAt = messages.parkedAt[row] ?? Number.NaN;
  const left = Number.isNaN(parkedAt) ? (messages.closedAt[row] ?? 0) : parkedAt;
  return (left - (messages.arrivedAt[row] ?? 0)) / minuteMs;
};

export const wasAssigned: RowChoice = ({ messages }, row) =>
  !Number.isNaN(messages.assignedAt[row]);

export function onChannel(channel: number): RowChoice {
  return ({ messages }, row) => messages.channel[row] === channel;
}

/** Time with a conversation in hand ÷ signed-in time, over all groups. */
export const occupancy: Observation = (_world, record) => {
  const busy = record.occupancy.reduce((sum, group) => sum + group.busyMs, 0);
  return busy / record.occupancy.reduce((sum, group) => sum + group.signedInMs, 0);
};

/** Mean over the days of the number waiting at a minute of the day (a whole number of intervals). */
export function waitingAt(minuteOfDay: number): Observation {
  return (world, record) => {
    const perDay = 1440 / world.scenario.settings.run.intervalMinutes;
    const first = (minuteOfDay * perDay) / 1440;
    let sum = 0;
    let days = 0;
    for (let at = first; at < record.backlog.length - 1; at += perDay) {
      sum += record.backlog[at] ?? 0;
      days += 1;
    }
    return sum / days;
  };
}
