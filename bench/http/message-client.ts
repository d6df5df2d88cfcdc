import { Pool } from "undici";

/**
 * `message-client.ts URL FORM COUNT FIRST`: sends COUNT messages from customer FIRST on, one a request
 * over 16 connections (`one`), or as NDJSON of 10,000 lines a request, two at a time (`ndjson`).
 * Writes how many were taken in, and how long that took.
 */

const [origin = "", form = "one", count = "0", first = "0"] = process.argv.slice(2);
const path = "/v1/tenants/bench/messages";
const linesPerRequest = 10_000;
const total = Number(count);
let sent = 0;
let taken = 0;

const connections = form === "one" ? 16 : 2;
const pool = new Pool(origin, { connections, bodyTimeout: 0, headersTimeout: 0 });
const beginning = performance.now();
await Promise.all(Array.from({ length: connections }, form === "one" ? sendOnes : sendLines));
const seconds = (performance.now() - beginning) / 1_000;
await pool.close();
process.stdout.write(JSON.stringify({ taken, seconds }));

function message(index: number): string {
  const number = Number(first) + index;
  const customer = `+49151${String(number).padStart(8, "0")}`;
  const text = "Is my order on its way? It was to come on Monday.";
  return JSON.stringify({ id: `wamid.${number}`, channel: "web", customer, text });
}

async function sendOnes(): Promise<void> {
  const headers = { "content-type": "application/json" };
  while (sent < total) {
    const body = message(sent++);
    const response = await pool.request({ path, method: "POST", headers, body });
    const text = await response.body.text();
    if (response.statusCode !== 202) throw new Error(`${response.statusCode}: ${text}`);
    taken += 1;
  }
}

async function sendLines(): Promise<void> {
  const headers = { "content-type": "application/x-ndjson" };
  while (sent < total) {
    const from = sent;
    sent = Math.min(total, from + linesPerRequest);
    const lines = Array.from({ length: sent - from }, (_, index) => message(from + index));
    const body = `${lines.join("\n")}\n`;
    const response = await pool.request({ path, method: "POST", headers, body });
    const answers = (await response.body.text()).trimEnd().split("\n");
    const refused = answers.find((answer) => !answer.includes('"conversation"'));
    if (refused !== undefined) throw new Error(refused);
    taken += answers.length;
  }
}
