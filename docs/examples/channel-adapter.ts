// A channel adapter between Nightdesk and a platform with the shape of Telegram's Bot API: updates
// are fetched by long poll and become messages; what is pushed becomes `sendMessage`.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { Webhook, WebhookVerificationError } from "standardwebhooks";
// In a project of your own: "nightdesk/client".
import { answerOf, createNightdeskClient } from "../../worker/client/client.ts";

const usage = `node docs/examples/channel-adapter.ts --token-file FILE --secret-file FILE
  [--api https://api.telegram.org] [--nightdesk http://127.0.0.1:8080] [--tenant demo]
  [--channel telegram] [--port 0]

Connects a Telegram bot to a channel of kind telegram. The configuration of the channel:

  { id: telegram, kind: telegram, skillQueue: always,
    push: { url: "http://127.0.0.1:9002/", secret: telegram-push } }

Example:
  node docs/examples/channel-adapter.ts --token-file token --secret-file secrets/telegram-push --port 9002
`;

const { help, ...options } = parseArgs({
  options: {
    "token-file": { type: "string", default: "" },
    "secret-file": { type: "string", default: "" },
    api: { type: "string", default: "https://api.telegram.org" },
    nightdesk: { type: "string", default: "http://127.0.0.1:8080" },
    tenant: { type: "string", default: "demo" },
    channel: { type: "string", default: "telegram" },
    port: { type: "string", default: "0" },
    help: { type: "boolean", default: false },
  },
}).values;
if (help || options["token-file"] === "" || options["secret-file"] === "") {
  (help ? process.stdout : process.stderr).write(usage);
  process.exit(help ? 0 : 64);
}
const platform = `${options.api}/bot${readFileSync(options["token-file"], "utf8").trim()}`;
const nightdesk = createNightdeskClient({ baseUrl: options.nightdesk, tenant: options.tenant });
const webhook = new Webhook(readFileSync(options["secret-file"], "utf8").split("\n")[0] ?? "");
const stopping = new AbortController();

// From the platform to Nightdesk.

interface Update {
  readonly update_id: number;
  readonly message?: { readonly chat: { readonly id: number }; readonly text?: string };
}

/** An update is confirmed by asking for the one behind it, so none is lost and a repeat does no harm. */
async function forwardUpdates(): Promise<void> {
  for (let offset = 0; !stopping.signal.aborted;) {
    try {
      const updates = await fetchUpdates(offset);
      for (const update of updates) {
        await forward(update);
        offset = update.update_id + 1;
      }
    } catch (error) {
      if (stopping.signal.aborted) return;
      console.error(`trying again: ${error instanceof Error ? error.message : String(error)}`);
      await pause(1000, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }
}

async function fetchUpdates(offset: number): Promise<readonly Update[]> {
  const url = `${platform}/getUpdates?offset=${offset}&timeout=25`;
  const response = await fetch(url, { signal: stopping.signal });
  if (!response.ok) throw new Error(`getUpdates answered ${response.status}`);
  return ((await response.json()) as { readonly result: readonly Update[] }).result;
}

async function forward({ update_id: updateId, message }: Update): Promise<void> {
  if (message?.text === undefined) return;
  const customer = String(message.chat.id);
  // The id makes a repeat harmless: Nightdesk answers what it answered the first time.
  const body = { id: `update-${updateId}`, channel: options.channel, customer, text: message.text };
  const { response, error } = await nightdesk.POST("/messages", { body });
  if (response.status === 429 || response.status >= 500) {
    throw new Error(`Nightdesk answered ${response.status}`);
  }
  if (error) console.error(`update ${updateId} refused: ${error.code} ${error.detail}`);
}

// From Nightdesk to the platform.

interface Pushed {
  readonly customer: string | null;
  readonly data: { readonly id: string; readonly text?: string };
}

/** Sent to a chat before; a real adapter keeps them where they survive its restart. */
const delivered = new Set<string>();

/** Send one entry on; returns the status and, where the platform asks for it, the time to wait. */
async function deliver({ customer, data }: Pushed): Promise<readonly [number, string?]> {
  if (customer === null || data.text === undefined || delivered.has(data.id)) return [204];
  const message = JSON.stringify({ chat_id: customer, text: data.text });
  const json = { method: "POST", headers: { "content-type": "application/json" } };
  const response = await fetch(`${platform}/sendMessage`, { ...json, body: message });
  if (response.ok) {
    delivered.add(data.id);
    const params = { path: { channel: options.channel, entry: data.id } };
    const body = { status: "delivered" as const };
    answerOf(await nightdesk.POST("/channels/{channel}/deliveries/{entry}", { params, body }));
    return [204];
  }
  if (response.status === 429) {
    const { parameters } = (await response.json()) as TooManyRequests;
    return [429, String(parameters?.retry_after ?? 1)];
  }
  // The customer has blocked the bot, say: 410 gives the entry up, since no attempt will help.
  return [response.status >= 500 ? 503 : 410];
}

interface TooManyRequests {
  readonly parameters?: { readonly retry_after?: number };
}

const server = createServer((request, response) => {
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, String(value)] as const),
  );
  text(request)
    .then((body) => deliver(webhook.verify(body, headers) as Pushed))
    .then(([status, retryAfter]) => {
      response
        .writeHead(status, retryAfter === undefined ? {} : { "retry-after": retryAfter })
        .end();
    })
    .catch((error: unknown) => {
      // Neither done nor hopeless: Nightdesk tries again, in order, with growing waits.
      console.error(error);
      response.writeHead(error instanceof WebhookVerificationError ? 401 : 503).end();
    });
});
server.listen(Number(options.port), "127.0.0.1", () => {
  console.log(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
process.once("SIGTERM", () => {
  stopping.abort();
  server.close();
});
await forwardUpdates();
