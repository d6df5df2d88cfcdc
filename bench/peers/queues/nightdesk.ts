import { Pool } from "undici";
import { Deliveries, type Message, say, sendAll, sendingOf } from "./work.ts";

/**
 * `nightdesk.ts produce ORIGIN FIRST COUNT RATE` and `nightdesk.ts consume ORIGIN COUNTS AGENTS STREAMS CLOSE`:
 * NDJSON in, or one message a request where messages come at a rate; out by the event stream of each
 * agent (STREAMS `each`) or by that of the tenant, which has the events of all agents (`one`). With
 * CLOSE `yes` each conversation is closed as soon as it is assigned, by a request of its own.
 */

const tenantPath = "/v1/tenants/bench";
const json = { "content-type": "application/json" };
const [role, ...argv] = process.argv.slice(2);

async function produce(): Promise<void> {
  const { address, ...sending } = sendingOf(argv);
  const pool = new Pool(address, { connections: 16, bodyTimeout: 0, headersTimeout: 0 });
  const path = `${tenantPath}/messages`;
  const post = async (body: string, headers: Record<string, string>): Promise<string> => {
    const response = await pool.request({ path, method: "POST", headers, body });
    const text = await response.body.text();
    if (response.statusCode >= 300) throw new Error(text);
    return text;
  };
  await sendAll(sending, {
    one: (message) => post(lineOf(message), json),
    many: (messages) =>
      Promise.all(
        Array.from({ length: requestsAtATime }, async (_, request) => {
          const own = messages.filter(({ id }) => id % requestsAtATime === request);
          const body = own.map((message) => `${lineOf(message)}\n`).join("");
          const answers = await post(body, { "content-type": "application/x-ndjson" });
          const lines = answers.split("\n").filter((line) => line !== "");
          const refused = lines.find((line) => !line.includes('"state"'));
          if (refused !== undefined) throw new Error(refused);
        }),
      ),
    chunk: 20_000,
  });
  await pool.close();
}

/** Each may have 2,048 lines under way, and more than 15,000 of one tenant are refused. */
const requestsAtATime = 4;

function lineOf({ id, skill, dueAt, text }: Message): string {
  const from = `customer-${id}`;
  const content = `${dueAt} ${text}`;
  const skillQueue = `skill-${skill}`;
  return JSON.stringify({
    id: String(id),
    channel: "web",
    customer: from,
    skillQueue,
    text: content,
  });
}

interface AgentEvent {
  readonly type: string;
  readonly agent: string;
  readonly conversation: string;
  readonly messages: readonly { readonly id: string; readonly text: string }[];
}

async function consume(): Promise<void> {
  const [address = "", counts = "", agentCount = "0", streams = "one", close = "no"] = argv;
  const deliveries = new Deliveries(counts);
  const pool = new Pool(address, { connections: 16 });
  const agents = Array.from({ length: Number(agentCount) }, (_, index) => `agent-${index}`);
  const take = ({ agent, messages, conversation }: AgentEvent): void => {
    const [message] = messages;
    if (message === undefined) throw new Error(`${conversation} was assigned without a message`);
    deliveries.take(Number(message.id), Number.parseFloat(message.text));
    if (close !== "yes") return;
    const path = `${tenantPath}/conversations/${conversation}/close`;
    void pool
      .request({ path, method: "POST", headers: json, body: JSON.stringify({ agent }) })
      .then(({ body }) => body.dump());
  };
  for (const agent of agents) {
    const path = `${tenantPath}/agents/${agent}/presence`;
    const body = JSON.stringify({ status: "available" });
    const signedIn = await pool.request({ path, method: "PUT", headers: json, body });
    await signedIn.body.dump();
  }
  const paths =
    streams === "one" ? [tenantPath] : agents.map((agent) => `${tenantPath}/agents/${agent}`);
  const reading = new Pool(address, { connections: paths.length, bodyTimeout: 0 });
  const headers = { accept: "text/event-stream" };
  for (const path of paths) {
    const stream = await reading.request({ path: `${path}/events`, method: "GET", headers });
    void read(stream.body.setEncoding("utf8"), take);
  }
  say({ ready: true });
}

/** The assignments in an event stream. */
async function read(
  stream: AsyncIterable<string>,
  take: (event: AgentEvent) => void,
): Promise<void> {
  let rest = "";
  for await (const text of stream) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (!line.startsWith("data:") || !line.includes('"conversationAssigned"')) continue;
      take(JSON.parse(line.slice(5)) as AgentEvent);
    }
  }
}

if (role === "produce") await produce();
else await consume();
