// A chatbot for the routing mode `chatbot`: it greets, it fetches a person, it says good-bye.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { parseArgs } from "node:util";

const usage = `node docs/examples/bot.ts --access-code-file FILE [--port 0]

Answers the messages that Nightdesk gives to a bot. The configuration of the channel:

  offlineMessages:
    { enabled: true, routingMode: chatbot, chatbot: { url: "http://127.0.0.1:9001/", accessCode: bot } }

Example:
  node docs/examples/bot.ts --access-code-file secrets/bot --port 9001
`;

/** `{ replies?, handoff? | close? }`; an empty answer acknowledges. */
function answer(text: string): object {
  if (/\b(?:bye|thanks)\b/iu.test(text)) return { replies: [{ text: "Good-bye!" }], close: true };
  if (/\b(?:invoice|person|agent)\b/iu.test(text)) {
    return { replies: [{ text: "A colleague will answer you." }], handoff: true };
  }
  return { replies: [{ text: "Hello! Tell me about your invoice, or ask for a person." }] };
}

const {
  port,
  help,
  "access-code-file": accessCodeFile,
} = parseArgs({
  options: {
    "access-code-file": { type: "string" },
    port: { type: "string", default: "0" },
    help: { type: "boolean", default: false },
  },
}).values;
if (help || accessCodeFile === undefined) {
  (help ? process.stdout : process.stderr).write(usage);
  process.exit(help ? 0 : 64);
}

const authorization = `Bearer ${readFileSync(accessCodeFile, "utf8").trim()}`;
const server = createServer((request, response) => {
  json(request).then(
    (body) => {
      const { message } = body as { readonly message: { readonly text: string } };
      if (request.headers.authorization !== authorization) response.writeHead(401).end();
      else response.end(JSON.stringify(answer(message.text)));
    },
    () => response.writeHead(400).end(),
  );
});
server.listen(Number(port), "127.0.0.1", () => {
  console.log(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
process.once("SIGTERM", () => server.close());
