import { check } from "k6";
import exec from "k6/execution";
import http, { type RefinedResponse } from "k6/http";
import { Counter } from "k6/metrics";

/**
 * Goal: an opening burst on the real worker: customers write at a steady rate, agents sign in, read
 * their events, answer and close, all at once and over HTTP.
 *
 * Non-goal: the worker's limit. Half of a two-core machine is busy making this load.
 */

const tenant = `${__ENV["WORKER_URL"]}/v1/tenants/tenant`;
const seconds = Number(__ENV["SECONDS"]);
const agentCount = 20;

const messagesAccepted = new Counter("messages_accepted");
const conversationsAssigned = new Counter("conversations_assigned");
const conversationsClosed = new Counter("conversations_closed");

export const options = {
  scenarios: {
    customers: {
      executor: "constant-arrival-rate",
      exec: "customer",
      rate: 100,
      timeUnit: "1s",
      duration: `${seconds}s`,
      preAllocatedVUs: 50,
      maxVUs: 200,
    },
    agents: {
      executor: "per-vu-iterations",
      exec: "agent",
      vus: agentCount,
      iterations: 1,
      maxDuration: `${seconds + 60}s`,
    },
  },
  thresholds: {
    checks: ["rate==1.0"],
    http_req_failed: ["rate==0"],
    "http_req_duration{kind:write}": ["p(99)<500"],
  },
  summaryTrendStats: ["min", "med", "p(90)", "p(99)", "max"],
};

/** One message of a customer who writes once. */
export function customer(): void {
  const index = exec.scenario.iterationInTest;
  const channel = index % 3 === 0 ? "whatsapp" : "web";
  const id = `k6-${index}`;
  const response = post("/messages", { id, channel, customer: id, text: `Question ${index}` });
  if (check(response, { "a message is accepted": ({ status }) => status === 202 })) {
    messagesAccepted.add(1);
  }
}

/** One agent's shift: until nothing has come for a while after the last customer. */
export function agent(): void {
  const id = `agent-${String(exec.scenario.iterationInTest + 1).padStart(2, "0")}`;
  const signedIn = http.put(
    `${tenant}/agents/${id}/presence`,
    JSON.stringify({ status: "available" }),
    json,
  );
  check(signedIn, { "an agent signs in": ({ status }) => status === 200 });
  const endsAt = Date.now() + seconds * 1_000;
  let after = "";
  for (let quiet = 0; quiet < 3;) {
    const response = http.get(`${tenant}/agents/${id}/events?waitMs=1000${after}`, poll);
    check(response, { "events are read": ({ status }) => status === 200 });
    const { events, next } = response.json() as unknown as EventPage;
    for (const event of events) answer(id, event);
    after = `&after=${next}`;
    quiet = events.length === 0 && Date.now() > endsAt ? quiet + 1 : 0;
  }
}

interface EventPage {
  readonly events: readonly {
    readonly id: string;
    readonly type: string;
    readonly conversation: string;
  }[];
  readonly next: string;
}

const json = { headers: { "content-type": "application/json" }, tags: { kind: "write" } };
const poll = { tags: { kind: "poll" } };

function answer(agentId: string, event: EventPage["events"][number]): void {
  if (event.type !== "conversationAssigned") return;
  conversationsAssigned.add(1);
  const path = `/conversations/${event.conversation}`;
  const from = { agent: agentId };
  const sent = post(`${path}/messages`, { id: `reply-${event.id}`, from, text: "An answer." });
  check(sent, { "a reply is accepted": ({ status }) => status === 202 });
  const closed = post(`${path}/close`, { agent: agentId });
  if (check(closed, { "a conversation is closed": ({ status }) => status === 200 })) {
    conversationsClosed.add(1);
  }
}

function post(path: string, body: object): RefinedResponse<"text"> {
  return http.post(`${tenant}${path}`, JSON.stringify(body), json);
}
