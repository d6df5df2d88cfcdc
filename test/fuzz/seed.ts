import { answerOf, createNightdeskClient } from "../../worker/client/client.ts";

/** A tenant with something in every state, so that requests have something to be about. */
export async function seed(url: string): Promise<void> {
  const nightdesk = createNightdeskClient({ baseUrl: url, tenant: "fuzz" });
  const skills = { orders: 8, billing: 5 };
  const body = {
    calendars: [{ id: "office", timeZone: "Europe/Berlin", weekly: { mon: ["09:00-18:00"] } }],
    skillQueues: [{ id: "orders", calendar: "office" }, { id: "billing" }],
    agents: ["ana", "ben", "cem"].map((id) => ({ id, skills, capacity: 3 })),
    channels: [
      {
        id: "web",
        kind: "web" as const,
        skillQueue: "orders",
        offlineMessages: { enabled: true, prompt: "We will answer." },
      },
      {
        id: "mail",
        kind: "email" as const,
        skillQueue: "billing",
        autoReply: { workingHours: { subject: "Your mail", body: "Thank you." } },
      },
      {
        id: "sms",
        kind: "sms" as const,
        skillQueue: "orders",
        offlineMessages: { enabled: true },
        lastAgentMode: { enabled: true },
      },
    ],
  };
  answerOf(await nightdesk.PUT("/configuration", { body }));
  for (const [index, agent] of ["ana", "ben"].entries()) {
    const params = { path: { agent } };
    const status = index === 0 ? ("available" as const) : ("away" as const);
    answerOf(await nightdesk.PUT("/agents/{agent}/presence", { params, body: { status } }));
  }
  for (const channel of ["web", "mail", "sms"]) {
    for (const customer of ["kim@example.org", "lee@example.org", "max@example.org"]) {
      const id = `${channel}-${customer}`;
      answerOf(
        await nightdesk.POST("/messages", { body: { id, channel, customer, text: "Hello" } }),
      );
    }
  }
}
