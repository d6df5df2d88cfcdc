/** Fields of a member's row: an agent in a queue, that is, with its skill. */
export const memberWidth = 12;
export const M = {
  agent: 0,
  queue: 1,
  level: 2,
  /** In the queue's order, which is the document's. */
  position: 3,
  nextOfAgent: 4,
  /** How it is counted: presence, then two bits for each class of cost. */
  standing: 5,
  isAtRate: 6,
  /** First lane of what is reserved for this agent. */
  lanes: 7,
  readyPrevious: 8,
  readyNext: 9,
  isReady: 10,
  /** First of its nodes in the idle lists, where the queue goes by idle time. */
  idle: 11,
} as const;

/** What two bits of a standing say about one class of cost. */
export const fit = { none: 0, tooFull: 1, atRate: 2, free: 3 } as const;

/** Fields of an agent's row: what selection reads of many agents, so no more than that. */
export const agentWidth = 4;
export const A = {
  /** Of 64 bits. Since when the agent has nothing new to do (3.4). */
  idleSince: 0,
  /** How they are counted in queues where they are not at the rate. */
  standing: 2,
} as const;
