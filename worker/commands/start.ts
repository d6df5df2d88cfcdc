import { statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Argv, CommandModule } from "yargs";
import { configurationFiles, lineOf, readConfigurationFile } from "../configuration-files.ts";
import type { ReadFile, TenantConfiguration } from "../configuration-files.ts";
import { defaultWorkerLimits } from "../limits.ts";
import { defaultServiceOptions as defaults } from "../options.ts";
import type { ServiceOptions } from "../options.ts";
import type { Service } from "../service.ts";
import { limitOption, limitsOf } from "./limit-option.ts";
import { UsageError, oneText, wholeNumber } from "./usage-error.ts";

/** `nightdesk start`: serve until SIGTERM or SIGINT. */
export const startCommand: CommandModule = {
  command: "start",
  describe: "Serve tenants over HTTP on 127.0.0.1",
  builder: withOptions,
  handler: async (given) => {
    const options = read(given);
    // Loaded late: the other commands have no use for a server.
    const { startService } = await import("../service.ts");
    // From now on a signal is not lost: what is being started is stopped as soon as it stands.
    const asked = stopAsked();
    const service = await startService(options);
    console.log(`listening on ${service.url}`);
    if (options.sample !== undefined && service.tenants.includes(sampleTenant)) {
      console.log(sampleLines(service.url));
    }
    await asked;
    await stop(service);
  },
};

function withOptions(yargs: Argv): Argv {
  const text = { type: "string", requiresArg: true } as const;
  const count = { type: "number", requiresArg: true } as const;
  return yargs
    .option("config", {
      ...text,
      describe: "File, or folder with one file a tenant; the stem names the tenant",
    })
    .option("data", { ...text, describe: "Folder of journals and stores", default: defaults.data })
    .option("port", { ...count, describe: "0 takes any that is free", default: defaults.port })
    .option("partitions", {
      ...count,
      describe: "Fixed when the data folder is made",
      defaultDescription: "8",
    })
    .option("threads", { ...count, describe: "Shard threads", default: defaults.threads })
    .option("journal-hours", {
      ...count,
      describe: "How long a batch stays in the journal",
      default: defaults.journalHours,
    })
    .option("stop-timeout-seconds", {
      ...count,
      describe: "How long a stop waits for what is under way",
      default: defaults.stopTimeoutSeconds,
    })
    .option("secrets", {
      ...text,
      describe: "Folder with one file a secret",
      defaultDescription: "secrets beside the configuration",
    })
    .option("limit", limitOption)
    .option("test-clock", {
      ...text,
      describe: "Time stands still, begins here (RFC 3339), and moves by POST /v1/test-clock",
    })
    .option("accept-clock", {
      type: "boolean",
      describe: "Start although the clock is behind the journal",
    })
    .option("log-level", { ...text, describe: "trace … fatal, silent", default: defaults.logLevel })
    .epilogue(`Limits: ${Object.keys(defaultWorkerLimits).join(", ")}`)
    .example("$0 start", "A sample tenant `demo`, and curl lines to try it")
    .example("$0 start --config tenants/ --data /var/lib/nightdesk", "A folder of tenants")
    .example("$0 start --test-clock 2026-03-02T17:55:00Z", "Walk through a night in a second");
}

type Given = Readonly<Record<string, unknown>>;

function read(given: Given): Partial<ServiceOptions> {
  const config = given["config"] === undefined ? undefined : oneText("config", given["config"]);
  const partitions = given["partitions"];
  const testClock = given["test-clock"];
  const secrets = given["secrets"];
  return {
    data: oneText("data", given["data"]),
    port: wholeNumber("port", given["port"], 0, 65_535),
    partitions:
      partitions === undefined ? undefined : wholeNumber("partitions", partitions, 1, 1024),
    threads: wholeNumber("threads", given["threads"], 1, 1024),
    journalHours: wholeNumber("journal-hours", given["journal-hours"], 1, 24 * 366),
    stopTimeoutSeconds: wholeNumber(
      "stop-timeout-seconds",
      given["stop-timeout-seconds"],
      0,
      86_400,
    ),
    limits: limitsOf(given["limit"]),
    testClock: testClock === undefined ? undefined : instantOf(oneText("test-clock", testClock)),
    acceptClock: given["accept-clock"] === true,
    logLevel: logLevelOf(oneText("log-level", given["log-level"])),
    secrets: secrets === undefined ? secretsBeside(config) : oneText("secrets", secrets),
    configurations: config === undefined ? [] : configurationsOf(config),
    sample: config === undefined ? sample() : undefined,
  };
}

function instantOf(text: string): number {
  try {
    return Temporal.Instant.from(text).epochMilliseconds;
  } catch {
    throw new UsageError(`--test-clock ${text}: an instant such as 2026-03-02T17:55:00Z`);
  }
}

function logLevelOf(text: string): string {
  const levels = ["trace", "debug", "info", "warn", "error", "fatal", "silent"];
  if (levels.includes(text)) return text;
  throw new UsageError(`--log-level ${text}: one of ${levels.join(", ")}`);
}

function secretsBeside(config: string | undefined): string {
  if (config === undefined) return defaults.secrets;
  const isFolder = statSync(config, { throwIfNoEntry: false })?.isDirectory() === true;
  return join(isFolder ? config : dirname(config), defaults.secrets);
}

/** Files that are wrong: all of what is wrong in all of them. */
export class InvalidConfigurations extends Error {
  constructor(lines: readonly string[]) {
    super(lines.join("\n"));
    this.name = "InvalidConfigurations";
  }
}

function configurationsOf(path: string): TenantConfiguration[] {
  const outcomes = configurationFiles(path).map(readConfigurationFile);
  const files = outcomes.filter((outcome) => "configuration" in outcome);
  const problems = outcomes.flatMap((outcome) => ("problems" in outcome ? outcome.problems : []));
  const lines = [...problems.map(lineOf), ...twice(files)];
  if (lines.length > 0) throw new InvalidConfigurations(lines);
  for (const warning of files.flatMap(({ warnings }) => warnings)) {
    console.error(`warning: ${lineOf(warning)}`);
  }
  return files;
}

function twice(files: readonly ReadFile[]): string[] {
  return files
    .filter(({ tenant }, index) => files.findIndex((file) => file.tenant === tenant) < index)
    .map(
      ({ file, tenant }) => `${file}:1:1 "" duplicate_id Another file is of tenant ${tenant} too.`,
    );
}

const sampleTenant = "demo";

function sample(): TenantConfiguration {
  const outcome = readConfigurationFile(fileURLToPath(new URL("../demo.yaml", import.meta.url)));
  if ("configuration" in outcome) return outcome;
  throw new InvalidConfigurations(outcome.problems.map(lineOf));
}

function sampleLines(url: string): string {
  const tenant = `${url}/v1/tenants/${sampleTenant}`;
  const json = "-H 'content-type: application/json' -d";
  return [
    "",
    "An agent signs in, a customer writes, and the timeline says who got it and why:",
    "",
    `curl -sS -X PUT ${tenant}/agents/ana/presence ${json} '{"status":"available"}'`,
    `curl -sS -X POST ${tenant}/messages ${json} ` +
      `'{"id":"hello-1","channel":"web","customer":"visitor-1","text":"Is anybody there?"}'`,
    `curl -sS ${tenant}/conversations/c1/timeline`,
    "",
  ].join("\n");
}

/** Resolves at the first signal to stop. */
async function stopAsked(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => resolve());
  await promise;
}

async function stop(service: Service): Promise<void> {
  const { left } = await service.stop();
  console.error(left.length === 0 ? "stopped" : `stopped; left: ${left.join(", ")}`);
}
