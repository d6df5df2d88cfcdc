import { packageOf } from "./packages.ts";
import {
  Deliveries,
  type Message,
  say,
  sendAll,
  sendingOf,
  skillCount,
  slotsPerSkill,
} from "./work.ts";

/** `graphile-worker.ts produce PORT FIRST COUNT RATE` and `graphile-worker.ts consume PORT COUNTS`. */

interface Job {
  readonly identifier: string;
  readonly payload: Message;
}

/** What is used of graphile-worker. */
interface GraphileWorker {
  readonly makeWorkerUtils: (options: object) => Promise<{
    migrate(): Promise<void>;
    addJob(identifier: string, payload: Message): Promise<unknown>;
    addJobs(jobs: readonly Job[]): Promise<unknown>;
    release(): Promise<void>;
  }>;
  readonly run: (options: object) => Promise<unknown>;
  readonly Logger: new (make: () => () => void) => object;
}

const { makeWorkerUtils, run, Logger } = packageOf("graphile-worker") as GraphileWorker;
const logger = new Logger(() => () => undefined);
const [role, ...argv] = process.argv.slice(2);
if (role === "produce") await produce();
else await consume();

async function produce(): Promise<void> {
  const { address, ...sending } = sendingOf(argv);
  const utilities = await makeWorkerUtils({ connectionString: connectionTo(address), logger });
  await sendAll(sending, {
    one: (payload) => utilities.addJob(`skill-${payload.skill}`, payload),
    many: (messages) =>
      utilities.addJobs(
        messages.map((payload) => ({ identifier: `skill-${payload.skill}`, payload })),
      ),
  });
  await utilities.release();
}

async function consume(): Promise<void> {
  const [address = "", counts = ""] = argv;
  const connectionString = connectionTo(address);
  const utilities = await makeWorkerUtils({ connectionString, logger });
  await utilities.migrate();
  await utilities.release();
  const deliveries = new Deliveries(counts);
  const take = ({ id, dueAt }: Message): void => deliveries.take(id, dueAt);
  const taskList = Object.fromEntries(
    Array.from({ length: skillCount }, (_, skill) => [`skill-${skill}`, take]),
  );
  await run({
    connectionString,
    taskList,
    logger,
    noHandleSignals: true,
    concurrency: skillCount * slotsPerSkill,
    // Its fast settings: jobs are fetched and completed many at a time.
    preset: {
      worker: {
        concurrentJobs: skillCount * slotsPerSkill,
        maxPoolSize: 16,
        localQueue: { size: 500 },
        completeJobBatchDelay: 0,
        failJobBatchDelay: 0,
      },
    },
  });
  say({ ready: true });
}

function connectionTo(port: string): string {
  return `postgres://postgres@127.0.0.1:${port}/postgres`;
}
