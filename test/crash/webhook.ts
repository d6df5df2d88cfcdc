import { createServer } from "node:http";
import type { ServerResponse } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { Ledger, ToldEntry } from "./ledger.ts";
import type { Chance } from "./chance.ts";

/** The channel's endpoint: takes most of what comes, and now and then fails or says nothing. */
export class Webhook implements AsyncDisposable {
  readonly #ledger: Ledger;
  readonly #chance: Chance;
  readonly #server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (chunk: string) => {
      body += chunk;
    });
    request.on("end", () => this.#take(String(request.headers["webhook-id"]), body, response));
    request.on("error", () => undefined);
  });

  constructor(ledger: Ledger, chance: Chance) {
    this.#ledger = ledger;
    this.#chance = chance;
  }

  /** Resolves with its address. */
  async listen(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hook`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  #take(webhookId: string, body: string, response: ServerResponse): void {
    if (this.#chance.once(25)) {
      // Either it did not get it, or it did and nobody hears of that.
      if (this.#chance.once(2)) response.writeHead(503).end();
      else response.destroy();
      return;
    }
    const { data } = JSON.parse(body) as { readonly data: ToldEntry };
    this.#ledger.pushes.push({ webhookId, entry: data });
    response.writeHead(204).end();
  }
}
