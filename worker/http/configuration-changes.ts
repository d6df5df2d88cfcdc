import type { ResolvedConfiguration } from "../../core/configuration/resolved.ts";
import type { HttpContext } from "./app.ts";
import { requireMatch } from "./etag.ts";
import { refusal } from "./problems.ts";
import { unknown } from "./tenants.ts";

/** What becomes of the configuration; throws a problem where it cannot be. */
export type Change = (configuration: ResolvedConfiguration) => ResolvedConfiguration;

/**
 * Changes a part of the tenant's configuration. Somebody else may change another part meanwhile:
 * then this one is made again on top of theirs, unless `If-Match` forbids it.
 *
 * Resolves with the new revision. Problems: `unknown_tenant`, `configuration_changed`, and those of
 * `change`.
 */
export async function changeConfiguration(
  context: HttpContext,
  tenant: string,
  ifMatch: string | undefined,
  change: Change,
): Promise<number> {
  const { routing, tenants } = context;
  for (;;) {
    const view = await routing.query({ type: "configuration", tenant });
    if (view === undefined) throw unknown("tenant", tenant);
    const configuration = change(view.configuration);
    requireMatch(ifMatch, view.revision);
    const result = await routing.submit({
      type: "configureTenant",
      tenant,
      configuration,
      expectedRevision: view.revision,
    });
    tenants.forget(tenant);
    if (result.status === "configured") return result.revision;
    // Each round that ends here is one in which another change was made, so all come to their end.
    if (result.status === "rejected" && result.code !== "configuration_changed") {
      throw refusal(result);
    }
  }
}
