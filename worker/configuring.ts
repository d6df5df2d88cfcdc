import type { RejectionCode } from "../core/rejections.ts";
import type { TenantConfiguration } from "./configuration-files.ts";
import type { Routing } from "./shards/routing.ts";

/** A configuration that the engine refuses in its present state; `code` is the rejection's. */
export class ConfigurationRefusal extends Error {
  readonly code: RejectionCode;

  constructor(tenant: string, code: RejectionCode, detail: string | undefined) {
    super(`the configuration of ${tenant} cannot be applied: ${detail ?? code}`);
    this.name = "ConfigurationRefusal";
    this.code = code;
  }
}

/**
 * Put each tenant's configuration in force, those that stand already left out, so that a start with
 * the same files changes nothing.
 *
 * Errors: `ConfigurationRefusal`, `OperatingError`.
 */
export async function applyConfigurations(
  routing: Routing,
  configurations: readonly TenantConfiguration[],
): Promise<void> {
  for (const { tenant, configuration } of configurations) {
    const present = await routing.query({ type: "configuration", tenant });
    // Both were resolved, and so have their keys in the order of the schema.
    if (JSON.stringify(present?.configuration) === JSON.stringify(configuration)) continue;
    const result = await routing.submit({ type: "configureTenant", tenant, configuration });
    if (result.status === "rejected") {
      throw new ConfigurationRefusal(tenant, result.code, result.detail);
    }
  }
}
