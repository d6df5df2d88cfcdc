/** Fields of a node of the idle lists (idle-lists.ts): 24 bytes. */
export const idleWidth = 6;
export const I = {
  /** 0: not free; -1: free, but out of turn, in the queue's order. */
  next: 0,
  previous: 1,
  /** The node that stands for the list itself; its own `agent` is the queue, its `place` the class. */
  head: 2,
  agent: 3,
  /** In the queue's order. */
  place: 4,
  nextOfAgent: 5,
} as const;
export const outOfTurn = -1;
