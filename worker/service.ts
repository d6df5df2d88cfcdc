import type { AddressInfo } from "node:net";
import type { TenantConfiguration } from "./configuration-files.ts";
import { StandingClock, hostClock } from "./clock.ts";
import type { Clock } from "./clock.ts";
import { openDataDirectory } from "./data-directory.ts";
import { defaultServiceOptions } from "./options.ts";
import type { ServiceOptions } from "./options.ts";
import { applyConfigurations } from "./configuring.ts";
import { secretsFolder } from "./secrets.ts";
import { Shards } from "./shards/shards.ts";
import { TimeWalk } from "./shards/time-walk.ts";
import { StopWatch } from "./stop-watch.ts";
import { Telemetry, createLogger } from "./telemetry.ts";
import { Upkeep } from "./upkeep.ts";

/** A worker that serves. */
export interface Service extends AsyncDisposable {
  /** Where it listens, `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** Tenants that it had when it began to listen. */
  readonly tenants: readonly string[];
  /**
   * Take nothing new, answer what was begun, seal the journals, and let go of the data folder, within
   * `stopTimeoutSeconds`; what is not done by then is named and left to the next start. A second call
   * waits for the first.
   */
  stop(): Promise<StopReport>;
}

export interface StopReport {
  /** What was not done in time, each as a phrase; nothing of it is lost if it was acknowledged. */
  readonly left: readonly string[];
}

/**
 * Start a worker: claim the data folder, recover every partition, apply the configurations, listen.
 *
 * Errors: `DataDirectoryError`, `ClockRefusal`, `ConfigurationRefusal`, `OperatingError` with
 * `partition_unavailable`, and those of listening; what was begun is undone then.
 *
 * @example
 * await using service = await startService({ port: 0, data: folder });
 * await fetch(`${service.url}/readyz`);
 */
export async function startService(given: Partial<ServiceOptions> = {}): Promise<Service> {
  const options: ServiceOptions = { ...defaultServiceOptions, ...given };
  await using undo = new AsyncDisposableStack();
  const parts = await startParts(options, undo);
  const { app, delivery, shards } = parts;
  undo.defer(async () => app.close());
  await app.listen({ host: "127.0.0.1", port: options.port });
  delivery.start();
  const { port } = app.server.address() as AddressInfo;
  const tenants = await shards.query({ type: "tenants" });
  // From here on it is `stop` that ends everything.
  const started = undo.move();
  let stopping: Promise<StopReport> | undefined;
  const stop = (): Promise<StopReport> => (stopping ??= stopParts(parts, options, started));
  return {
    url: `http://127.0.0.1:${port}`,
    tenants,
    stop,
    [Symbol.asyncDispose]: async () => {
      await stop();
    },
  };
}

type Parts = Awaited<ReturnType<typeof startParts>>;

/** Everything but the listening; each part is undone by `undo` in reverse order. */
async function startParts(options: ServiceOptions, undo: AsyncDisposableStack) {
  const { limits, testClock } = options;
  const logger = createLogger(options.logLevel);
  const telemetry = new Telemetry();
  const dataDirectory = openDataDirectory(options.data, {
    partitions: options.partitions,
    testClock: testClock !== undefined,
  });
  undo.defer(() => dataDirectory.release());
  const { threads } = options;
  // Its threads recover meanwhile, and have no use for what speaks to the world.
  const [shards, { createDelivery, createServer }] = await Promise.all([
    Shards.start({ dataDirectory, threads, limits, logger, telemetry }),
    loadDoors(),
  ]);
  undo.defer(async () => shards.stop());
  const standing =
    testClock === undefined ? undefined : new StandingClock(Math.max(testClock, shards.lastAt));
  const clock: Clock = standing ?? hostClock(shards.lastAt, options.acceptClock);
  await shards.run(clock, standing === undefined ? "by itself" : "when told");
  telemetry.follow(() => shards.counts());
  await applyConfigurations(shards, await configurationsFor(shards, options));

  const { journalHours } = options;
  const partitionPath = (partition: number) => dataDirectory.partitionPath(partition);
  const upkeep = new Upkeep({
    shards,
    clock,
    partitionPath,
    journalHours,
    limits,
    logger,
    telemetry,
  });
  undo.defer(async () => upkeep.stop());
  if (standing === undefined) upkeep.start();
  const secrets = secretsFolder(options.secrets);
  const { registry } = telemetry;
  const delivery = createDelivery({ routing: shards, secrets, logger, registry, limits });
  const app = createServer({
    routing: shards,
    limits,
    telemetry,
    logger,
    isReady: () => shards.isReady,
    ...(standing !== undefined && { testClock: new TimeWalk(standing, shards, upkeep) }),
  });
  return { logger, shards, upkeep, delivery, app };
}

/** A third of a second of one core, and more where the page cache is cold. */
async function loadDoors() {
  const [{ createDelivery }, { createServer }] = await Promise.all([
    import("./delivery/delivery.ts"),
    import("./http/server.ts"),
  ]);
  return { createDelivery, createServer };
}

/** Whoever has tenants of their own needs no sample. */
async function configurationsFor(
  shards: Shards,
  { configurations, sample }: ServiceOptions,
): Promise<readonly TenantConfiguration[]> {
  if (sample === undefined || configurations.length > 0) return configurations;
  const tenants = await shards.query({ type: "tenants" });
  return tenants.length === 0 ? [sample] : [];
}

async function stopParts(
  { logger, shards, upkeep, delivery, app }: Parts,
  { stopTimeoutSeconds }: ServiceOptions,
  started: AsyncDisposableStack,
): Promise<StopReport> {
  const watch = new StopWatch(stopTimeoutSeconds * 1000);
  const deliveryStopped = delivery.stop(watch.leftMs);
  await watch.within(app.close(), () => {
    app.server.closeAllConnections();
    return "requests under way";
  });
  const { brokenOff } = await deliveryStopped;
  for (const [what, count] of Object.entries(brokenOff)) watch.leave(`${count} × ${what}`);
  await watch.within(upkeep.stop(), () => "upkeep");
  shards.refuse();
  await watch.within(shards.catchUp(), () => `${shards.waitingCount} commands and queries`);
  await watch.within(shards.seal(), () => "the sealing of the journal");
  await started.disposeAsync();
  const { left } = watch;
  if (left.length > 0) logger.warn({ left }, "stopped before everything was done");
  return { left };
}
