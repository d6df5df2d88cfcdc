import { request } from "undici";

/** Have an agent be `available` or `away`. Errors: any answer but 2xx. */
export async function declarePresence(
  tenantUrl: string,
  agent: string,
  status: "available" | "away",
): Promise<void> {
  const response = await request(`${tenantUrl}/agents/${agent}/presence`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ status }),
  });
  const text = await response.body.text();
  if (response.statusCode >= 300) throw new Error(`${response.statusCode}: ${text}`);
}
