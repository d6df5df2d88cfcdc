// A receiver of Message Push that believes nothing it has not verified, with the public package
// `standardwebhooks`. It prints one line for each entry. Run it with --help.
import { readFileSync } from "node:fs";
import { type IncomingMessage, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { parseArgs } from "node:util";
import { Webhook, WebhookVerificationError } from "standardwebhooks";

const usage = `node docs/examples/verify-push.ts --secret-file FILE [--port 0]

Receives what Nightdesk pushes, verifies each signature, and prints what came.
The configuration of the channel names the URL and the secret:

  push: { url: "http://127.0.0.1:9000/", secret: web-push }

Example:
  node docs/examples/verify-push.ts --secret-file secrets/web-push --port 9000
`;

/** What is pushed; `data` is an entry as a poll answers it. */
interface Pushed {
  readonly type: string;
  readonly channel: string;
  readonly customer: string | null;
  readonly data: { readonly id: string; readonly text?: string; readonly status?: string };
}

const { values } = parseArgs({
  options: {
    "secret-file": { type: "string" },
    port: { type: "string", default: "0" },
    help: { type: "boolean", default: false },
  },
});
const { port, help, "secret-file": secretFile } = values;
if (help || secretFile === undefined) {
  (help ? process.stdout : process.stderr).write(usage);
  process.exit(help ? 0 : 64);
}

// While a secret is being changed, Nightdesk signs with the new one and the old one, so either of
// them verifies here. A secret without whsec_ is taken as its bytes.
const secret = readFileSync(secretFile, "utf8").split("\n")[0]?.trim() ?? "";
const webhook = secret.startsWith("whsec_")
  ? new Webhook(secret)
  : new Webhook(Buffer.from(secret), { format: "raw" });

// An entry may come more than once: after a lost answer, after a restart, or on request.
const seen = new Set<string>();

/** Returns the status to answer: any but a 2xx makes Nightdesk try again later. */
async function receive(request: IncomingMessage): Promise<number> {
  const id = String(request.headers["webhook-id"]);
  try {
    // What is signed are the bytes of the body: verify first, parse after.
    const pushed = webhook.verify(await text(request), {
      "webhook-id": id,
      "webhook-timestamp": String(request.headers["webhook-timestamp"]),
      "webhook-signature": String(request.headers["webhook-signature"]),
    }) as Pushed;
    const repeated = seen.has(id) ? "again " : "";
    seen.add(id);
    const { type, channel, customer, data } = pushed;
    const said = data.text ?? data.status ?? "";
    console.log(`${repeated}${id} ${type} to ${customer ?? "nobody"} on ${channel}: ${said}`);
    return 204;
  } catch (error) {
    const refused = error instanceof WebhookVerificationError;
    console.error(refused ? `refused ${id}: ${error.message}` : error);
    return refused ? 401 : 500;
  }
}

const server = createServer((request, response) => {
  void receive(request).then((status) => response.writeHead(status).end());
});
server.listen(Number(port), "127.0.0.1", () => {
  console.log(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
process.once("SIGTERM", () => server.close());
