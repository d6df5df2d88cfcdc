import { expect, test } from "vitest";
import { createEngine } from "../../core/index.ts";
import type { Command, Event } from "../../core/index.ts";
import { eventsOf, rowsOf } from "../../worker/store/event-rows.ts";
import { monday, resolved, tenant } from "./partition-desk.ts";

const content = JSON.stringify({ text: "Hello" });
const customer = "+49151";

/** A message that is answered and closed, and one behind it. */
const commands: readonly Command[] = [
  { type: "configureTenant", at: monday, tenant, configuration: resolved(), plans: [] },
  { type: "setPresence", at: monday, tenant, agent: "ana", status: "available" },
  { type: "receiveMessage", at: monday, tenant, id: "m1", channel: "web", customer, content },
  {
    type: "writeMessage",
    at: monday + 1,
    tenant,
    conversation: 1,
    id: "r1",
    agent: "ana",
    content,
  },
  { type: "closeConversation", at: monday + 2, tenant, conversation: 1, agent: "ana" },
  { type: "receiveMessage", at: monday + 3, tenant, id: "m2", channel: "web", customer, content },
];

function eventsOfCommands(): Event[][] {
  const engine = createEngine();
  return commands.map((command) => {
    const events: Event[] = [];
    const { status } = engine.apply(command, events);
    expect(status).not.toBe("rejected");
    return events;
  });
}

test("events come out of their rows as they went in", () => {
  for (const events of eventsOfCommands()) {
    const kept = events.filter(({ type }) => type !== "tenantConfigured");
    const read = rowsOf(events).flatMap(({ body, conversation, content: text }) =>
      eventsOf(body, { tenant, conversation, customer, content: text }),
    );
    expect(read).toEqual(kept);
  }
});

test("a row says only once what its events share, and neither text nor customer", () => {
  const [row] = rowsOf(eventsOfCommands()[2] ?? []);
  expect(row?.content).toBe(content);
  expect(row?.body).not.toContain("Hello");
  expect(row?.body).not.toContain(customer);
  expect(row?.body.split('"skillQueue":')).toHaveLength(2);
  expect(row?.body.split('"at":')).toHaveLength(2);
});

test("rows whose events repeat everything are read as well", () => {
  const body = JSON.stringify([
    { type: "episodeBegan", version: 0, channel: "web", skillQueue: "q", sequence: 3, at: 5 },
    { type: "routingTimedOut", version: 4, channel: "sms", skillQueue: "r", sequence: 9, at: 7 },
  ]);
  expect(eventsOf(body, { tenant, conversation: 1 })).toMatchObject([
    { sequence: 3, at: 5, version: 0, channel: "web", skillQueue: "q" },
    { sequence: 9, at: 7, version: 4, channel: "sms", skillQueue: "r" },
  ]);
});
