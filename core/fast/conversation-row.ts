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
  /** Sequence of the oldest message that nobody has answered; 0: none. */
  unanswered: 4,
} as const;

/** Of 32 bits. Each pair of first and last is a number list; handles are 0 for nobody. */
export const F = {
  tenant: 10,
  channel: 11,
  queue: 12,
  customer: 13,
  priority: 14,
  state: 15,
  flags: 16,
  version: 17,
  /** Owner, or whom it is offered to. */
  agent: 18,
  /** Units in use. */
  units: 19,
  reservedFor: 20,
  /** First of its own timers, in the order in which their kinds were first armed. */
  timers: 21,
  /** First of the re-offer timers: agents passed over. */
  passOvers: 22,
  /** What is unanswered beside the oldest. */
  laterFirst: 23,
  laterLast: 24,
  botFirst: 25,
  botLast: 26,
  reason: 27,
  /** Explanation of the offer, while it is offered. */
  offered: 28,
  /** Links in the list of its agent, or of the live ones of its queue. */
  previous: 29,
  next: 30,
  /** Bucket of the line that it stands in. */
  bucket: 31,
} as const;

/** Bits of `F.flags`; above them stand the numbers of flag-numbers.ts. */
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
