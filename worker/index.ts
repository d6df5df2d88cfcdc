export { startService } from "./service.ts";
export type { Service, StopReport } from "./service.ts";
export { defaultServiceOptions } from "./options.ts";
export type { ServiceOptions } from "./options.ts";
export { defaultWorkerLimits } from "./limits.ts";
export type { WorkerLimits } from "./limits.ts";
export { configurationFiles, readConfigurationFile } from "./configuration-files.ts";
export type {
  FileProblem,
  ReadFile,
  ReadOutcome,
  TenantConfiguration,
} from "./configuration-files.ts";
export { ClockRefusal } from "./clock.ts";
export { ConfigurationRefusal } from "./configuring.ts";
export { DataDirectoryError } from "./data-directory-error.ts";
export { OperatingError } from "./shards/routing.ts";
