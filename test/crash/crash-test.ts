// `npm run crash-test -- --rounds N`: a real worker under real load is killed at random moments and
// started again; in the end everything that anybody was told has to be true.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { Chance } from "./chance.ts";
import { Client } from "./client.ts";
import { filesDiffer } from "./files.ts";
import { Ledger } from "./ledger.ts";
import { Customer, Desk } from "./people.ts";
import type { World } from "./people.ts";
import { keptStream, newestConversation, pushesMissing, reconcile } from "./reconciliation.ts";
import { agents, tenant, tenantDocument } from "./tenant.ts";
import { Webhook } from "./webhook.ts";
import { WorkerLife } from "./worker-life.ts";

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "25" }, seed: { type: "string" } },
});
const rounds = Number(values.rounds);
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 32));
if (!Number.isSafeInteger(rounds) || rounds < 1 || !Number.isSafeInteger(seed)) {
  console.error("crash-test: --rounds takes a whole number from 1, --seed a whole number");
  process.exit(64);
}
console.log(`seed ${seed}, ${rounds} rounds`);

const chance = new Chance(seed);
const ledger = new Ledger();
const client = new Client(tenant);
const world: World = { client, ledger, chance };
const folder = await mkdtemp(join(tmpdir(), "nightdesk-crash-"));
const data = join(folder, "data");
await using webhook = new Webhook(ledger, chance);
const beganAt = performance.now();
const count = { kills: 0, inStart: 0, inStop: 0 };
let life: WorkerLife | undefined;
try {
  const flags = await prepare();
  const desks = agents.map((agent) => new Desk(world, agent));
  life = await begin(flags);
  const working = desks.map((desk) => desk.work());
  let failed = false;
  for (let round = 1; round <= rounds && !failed; round += 1) {
    failed = !(await play(round, flags, desks));
  }
  for (const desk of desks) desk.stop();
  await Promise.all(working);
  await life.kill();
  const differences = failed ? [] : await filesDiffer(data);
  for (const difference of differences) console.log(`  ${difference}`);
  const seconds = ((performance.now() - beganAt) / 1000).toFixed(0);
  const isSound = !failed && differences.length === 0;
  console.log(
    `${isSound ? "sound" : "UNSOUND"}: ${count.kills} kills (${count.inStart} while starting, ` +
      `${count.inStop} while stopping) in ${seconds} s, seed ${seed}`,
  );
  process.exitCode = isSound ? 0 : 1;
} finally {
  await life?.kill();
  await client.close();
  if (process.exitCode === 0) await rm(folder, { recursive: true, force: true });
  else console.log(`the data folder is left in ${folder}`);
}

async function prepare(): Promise<string[]> {
  const configuration = join(folder, `${tenant}.json`);
  await writeFile(configuration, JSON.stringify(tenantDocument(await webhook.listen())));
  await mkdir(join(folder, "secrets"));
  await writeFile(join(folder, "secrets", "hook"), "a secret of the crash test\n");
  const flags = [`--config=${configuration}`, `--data=${data}`, "--port=0", "--partitions=2"];
  return [...flags, "--log-level=warn"];
}

/** A worker that listens. Now and then the one before it was killed while it started. */
async function begin(flags: readonly string[]): Promise<WorkerLife> {
  while (chance.once(6)) {
    const interrupted = new WorkerLife(flags);
    await wait(chance.below(1500));
    await interrupted.kill();
    count.inStart += 1;
    count.kills += 1;
  }
  const next = new WorkerLife(flags);
  client.url = await next.listening();
  return next;
}

/** Load, kill, start again, bring everything to its end; now and then, and in the end, compare it all. */
async function play(round: number, flags: readonly string[], desks: readonly Desk[]) {
  let isOver = false;
  const newest = await newestConversation(client);
  const customers = Array.from({ length: 24 }, (_, index) => {
    return new Customer(world, index % 2 === 0 ? "web" : "hook", `r${round}-${index}`);
  });
  const people = [
    ...customers.map((customer) => customer.writeUntil(() => isOver)),
    ...desks.map((desk) => desk.bePresentUntil(() => isOver)),
  ];
  await wait(200 + chance.below(1300));
  if (chance.once(8)) {
    life?.terminate();
    await wait(chance.below(400));
    count.inStop += 1;
  }
  await life?.kill();
  count.kills += 1;
  life = await begin(flags);
  await wait(chance.below(300));
  isOver = true;
  await Promise.all(people);
  await settle(desks, newest);
  await Promise.all(desks.map((desk) => desk.endShift()));
  await settle(desks, newest);
  for (const customer of customers) if (customer.channel === "web") await customer.poll();
  if (round % 10 !== 0 && round !== rounds) return true;
  const { differences, tally } = await reconcile(client, ledger);
  console.log(`round ${round}: ${JSON.stringify(tally)}`);
  for (const difference of differences.slice(0, 20)) console.log(`  ${difference}`);
  return differences.length === 0;
}

/** Until every agent was told everything and has done all they meant to do, and all is pushed. */
async function settle(desks: readonly Desk[], newest: string | undefined): Promise<void> {
  const giveUpAt = performance.now() + 60_000;
  for (let quiet = 0; quiet < 2;) {
    if (performance.now() > giveUpAt) throw new Error("it does not come to rest");
    for (const desk of desks) desk.throwFailure();
    const untold = await Promise.all(
      desks.map(({ agent, told }) => keptStream(client, agent, told.at(-1)?.id)),
    );
    const isQuiet = desks.every(
      ({ busyCount }, place) => busyCount === 0 && untold[place]?.length === 0,
    );
    quiet = isQuiet && (await pushesMissing(client, ledger, newest)) === 0 ? quiet + 1 : 0;
    if (quiet < 2) await wait(50);
  }
}
