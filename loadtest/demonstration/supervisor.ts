import type { Client } from "./http.ts";
import type { Ledger } from "./ledger.ts";

interface TenantEvent {
  readonly type: string;
  readonly conversation?: string;
}

/** Read all of the tenant's events there are: what parked, and when. */
export async function noteParked(client: Client, ledger: Ledger): Promise<void> {
  let after = "";
  for (;;) {
    const { body } = await client.send("GET", `/events?waitMs=0${after}`);
    const events = (body["events"] ?? []) as readonly TenantEvent[];
    if (events.length === 0) return;
    for (const { type, conversation } of events) {
      if (type === "routingTimedOut" && conversation !== undefined) ledger.parked(conversation);
    }
    after = `&after=${String(body["next"])}`;
  }
}

/** Conversations that still wait for somebody, by the list a supervisor sees. */
export async function inLine(client: Client): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  let cursor = "";
  for (;;) {
    const path = `/conversations?state=held,queued,offered&limit=200${cursor}`;
    const { body } = await client.send("GET", path);
    for (const { id } of (body["items"] ?? []) as readonly { readonly id: string }[]) found.add(id);
    if (typeof body["next"] !== "string") return found;
    cursor = `&cursor=${body["next"]}`;
  }
}
