/** The tenant of the crash test: offers to be taken and not, a channel that polls and one that is pushed. */
export const tenant = "crash";
export const agents = ["ana", "ben", "cleo", "dan", "eva"] as const;

export function tenantDocument(hookUrl: string): object {
  const offlineMessages = { enabled: true, prompt: "Nobody is free, we will write to you." };
  return {
    skillQueues: [
      { id: "automatic", connectWaitSeconds: 1 },
      { id: "manual", acceptance: "manual", offerTimeoutSeconds: 5, reofferSeconds: 1 },
    ],
    agents: agents.map((id) => ({ id, skills: { automatic: 5, manual: 5 }, capacity: 100 })),
    channels: [
      { id: "web", kind: "web", skillQueue: "manual", offlineMessages },
      {
        id: "hook",
        kind: "web",
        skillQueue: "automatic",
        push: { url: hookUrl, secret: "hook" },
        offlineMessages,
      },
    ],
  };
}
