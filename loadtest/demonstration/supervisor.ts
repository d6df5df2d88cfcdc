import { answerOf } from "../../worker/client/client.ts";
import type { PatientClient } from "./http.ts";
import type { Ledger } from "./ledger.ts";

/** Read all of the tenant's events there are: what parked. */
export async function noteParked(client: PatientClient, ledger: Ledger): Promise<void> {
  let after: string | undefined;
  for (;;) {
    const query = { waitMs: 0, ...(after !== undefined && { after }) };
    const { events, next } = answerOf(await client.tenant.GET("/events", { params: { query } }));
    if (events.length === 0) return;
    for (const { type, conversation } of events) {
      if (type === "routingTimedOut" && conversation !== undefined) ledger.parked(conversation);
    }
    after = next;
  }
}

/** Conversations in some states (all, if none is named) by the list a supervisor sees: id → state. */
export async function listConversations(
  client: PatientClient,
  states?: string,
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  let cursor: string | null = null;
  do {
    const query = {
      limit: 200,
      ...(states !== undefined && { state: states }),
      ...(cursor !== null && { cursor }),
    };
    const page: { readonly items: readonly { id: string; state: string }[]; next: string | null } =
      answerOf(await client.tenant.GET("/conversations", { params: { query } }));
    for (const { id, state } of page.items) found.set(id, state);
    cursor = page.next;
  } while (cursor !== null);
  return found;
}
