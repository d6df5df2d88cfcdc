/** Fields of a lane and of a bucket: see conversation-selection.ts. */
export const laneWidth = 8;
export const L = {
  queue: 0,
  costClass: 1,
  member: 2,
  buckets: 3,
  next: 4,
  /** Number of agents passed over for each that is in it. */
  passOvers: 5,
} as const;
export const bucketWidth = 8;
export const B = { lane: 0, rank: 1, list: 2, next: 3 } as const;
