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

/** `bullmq.ts produce PORT FIRST COUNT RATE` and `bullmq.ts consume PORT COUNTS`. */

interface Job {
  readonly name: string;
  readonly data: Message;
}

/** What is used of BullMQ. */
interface BullMq {
  readonly Queue: new (
    name: string,
    options: object,
  ) => {
    add(name: string, data: Message): Promise<unknown>;
    addBulk(jobs: readonly Job[]): Promise<unknown>;
    close(): Promise<void>;
  };
  readonly Worker: new (
    name: string,
    take: (job: Job) => Promise<void>,
    options: object,
  ) => { waitUntilReady(): Promise<unknown> };
}

const { Queue, Worker } = packageOf("bullmq") as BullMq;
const [role, ...argv] = process.argv.slice(2);
if (role === "produce") await produce();
else await consume();

async function produce(): Promise<void> {
  const { address, ...sending } = sendingOf(argv);
  const options = {
    connection: connectionTo(address),
    defaultJobOptions: { removeOnComplete: true },
  };
  const queues = Array.from(
    { length: skillCount },
    (_, skill) => new Queue(`skill-${skill}`, options),
  );
  await sendAll(sending, {
    one: async (data) => queues[data.skill]?.add("message", data),
    many: async (messages) =>
      Promise.all(
        queues.map((queue, skill) => {
          const own = messages.filter((message) => message.skill === skill);
          return queue.addBulk(own.map((data) => ({ name: "message", data })));
        }),
      ),
    chunk: 4_000,
  });
  await Promise.all(queues.map((queue) => queue.close()));
}

async function consume(): Promise<void> {
  const [address = "", counts = ""] = argv;
  const deliveries = new Deliveries(counts);
  const options = { connection: connectionTo(address), concurrency: slotsPerSkill };
  const take = ({ data }: Job): Promise<void> => {
    deliveries.take(data.id, data.dueAt);
    return Promise.resolve();
  };
  const workers = Array.from({ length: skillCount }, (_, skill) => {
    return new Worker(`skill-${skill}`, take, options);
  });
  await Promise.all(workers.map((worker) => worker.waitUntilReady()));
  say({ ready: true });
}

function connectionTo(port: string): object {
  return { host: "127.0.0.1", port: Number(port), maxRetriesPerRequest: null };
}
