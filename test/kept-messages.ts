interface TimelineLine {
  readonly type: string;
  readonly messageId?: string;
}

type Call = (
  method: string,
  path: string,
) => Promise<{ readonly body: Readonly<Record<string, unknown>> }>;

/** How often each id of a customer's message stands in a timeline of the tenant. */
export async function keptMessages(
  call: Call,
  tenant: string,
): Promise<ReadonlyMap<string, number>> {
  const conversations = `/v1/tenants/${tenant}/conversations`;
  const { body } = await call("GET", `${conversations}?limit=1000`);
  const counts = new Map<string, number>();
  for (const { id } of (body["items"] ?? []) as { readonly id: string }[]) {
    const timeline = await call("GET", `${conversations}/${id}/timeline`);
    for (const { type, messageId = "" } of timeline.body["entries"] as TimelineLine[]) {
      if (type === "messageReceived") counts.set(messageId, (counts.get(messageId) ?? 0) + 1);
    }
  }
  return counts;
}
