/** A limit that no benchmark comes to. */
export const offlineMessages = {
  enabled: true,
  routingTimeLimit: 60,
  routingTimeLimitUnit: "days",
};

/** A tenant with whom everything waits: its one agent never comes. */
export const waitingTenant = {
  skillQueues: [{ id: "queue" }],
  agents: [{ id: "nobody", capacity: 1, skills: { queue: 5 } }],
  channels: [{ id: "web", kind: "web", skillQueue: "queue", offlineMessages }],
};
