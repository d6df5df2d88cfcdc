import { Table } from "./table.ts";

/** Fields of a conversation's row: 128 bytes, two cache lines. */
const width = 32;

/** Of 64 bits. */
export const D = {
  id: 0,
  /** Arrival of the oldest unanswered message; -1: none. */
  age: 1,
  /** Breaks ties of age. */
  ageSequence: 2,
  /** Sequence of the message that the bot has not answered; 0: none. */
  botCalling: 3,
} as const;

/** Of 32 bits. Each pair of first and last is a number list; handles are 0 for nobody. */
export const F = {
  tenant: 8,
  channel: 9,
  queue: 10,
  customer: 11,
  priority: 12,
  state: 13,
  flags: 14,
  version: 15,
  /** Owner, or whom it is offered to. */
  agent: 16,
  /** Units in use. */
  units: 17,
  reservedFor: 18,
  /** First of its own timers, in the order in which their kinds were first armed. */
  timers: 19,
  /** First of the re-offer timers: agents passed over. */
  passOvers: 20,
  unansweredFirst: 21,
  unansweredLast: 22,
  botFirst: 23,
  botLast: 24,
  /** What the owner was last told. */
  verdict: 25,
  reason: 26,
  /** Explanation of the offer, while it is offered. */
  offered: 27,
  /** Links in the list of its agent, or of the live ones of its queue. */
  previous: 28,
  next: 29,
  /** Bucket of the line that it stands in. */
  bucket: 30,
  routingMode: 31,
} as const;

/** Bits of `F.flags`. */
export const flag = {
  offline: 1,
  /** Of the episode: what it keeps of the settings it began with, and what it has used up. */
  offlineMessages: 2,
  answered: 4,
  reservationMade: 8,
  hasPlace: 16,
  /** To be looked at after matching. */
  entered: 32,
  inLine: 64,
  inLiveList: 128,
} as const;
export const episodeFlags =
  flag.offlineMessages | flag.answered | flag.reservationMade | flag.hasPlace;

export function newConversationTable(): Table {
  return new Table(width);
}
