// Walks a worker through a day and a night on the test clock, for each channel kind and routing
// mode, with the examples of this folder as its bot, its agent's desktop, and the receiver that
// verifies every push: `node docs/examples/night.ts`. It ends with exit code 1 unless each customer
// was told exactly what they should have been, in order.
import { mkdir, mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Program } from "./program.ts";

const kinds = ["web", "rcs", "email", "whatsapp", "sms", "instagram", "telegram"];
const modes = ["skill-queue", "last-agent", "chatbot"];
const walks = kinds.flatMap((kind) => modes.map((mode) => ({ id: `${kind}-${mode}`, kind, mode })));
type Walk = (typeof walks)[number];

const afternoon = "2026-01-05T13:00:00.000Z";
const evening = "2026-01-05T19:00:00.000Z";
const morning = "2026-01-06T08:00:00.000Z";
const openMail = "Thank you. An agent will answer today.";
const closedMail = "Thank you. We answer on the next working day.";
const prompt = "We are closed and will answer in the morning.";

if (process.argv.includes("--help")) {
  console.log(`node docs/examples/night.ts

Walks a worker through a day and a night on the test clock, for each channel kind and routing mode.

Example:
  node docs/examples/night.ts`);
  process.exit();
}

// All of it takes seconds; what takes a minute has got stuck, and shows where.
setTimeout(() => {
  for (const walk of walks) console.log(`${walk.id}: ${toldTo(walk).join(" | ")}`);
  console.log(`stuck after:\n${[...worker.lines, ...(desktops.at(-1)?.lines ?? [])].join("\n")}`);
  process.exit(1);
}, 60_000).unref();

const desktops: Program[] = [];
await using folder = await mkdtempDisposable(join(tmpdir(), "nightdesk-examples-"));
const secrets = join(folder.path, "secrets");
await mkdir(secrets);
await writeFile(join(secrets, "push"), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n");
await writeFile(join(secrets, "bot"), "open-sesame\n");
await using receiver = new Program("verify-push.ts", `--secret-file=${join(secrets, "push")}`);
await using bot = new Program("bot.ts", `--access-code-file=${join(secrets, "bot")}`);
const configuration = join(folder.path, "night.json");
const document = configurationWith(await receiver.url(), await bot.url());
await writeFile(configuration, JSON.stringify(document));
await using worker = new Program(
  "../../worker/bin.ts",
  "start",
  "--port=0",
  `--config=${configuration}`,
  `--secrets=${secrets}`,
  `--data=${join(folder.path, "data")}`,
  `--test-clock=${afternoon}`,
);
const url = await worker.url();

console.log(`${walks.length} customers write in the afternoon, and Ana answers`);
let cursor = "";
{
  await using desktop = await signIn();
  await Promise.all(walks.map((walk) => write(walk, "afternoon", "Is my order on its way?")));
  await Promise.all(walks.map((walk) => answer(desktop, walk, "Good day! It is.")));
  desktop.type("quit");
  cursor = (await desktop.printed("signed out")).split(" ").at(-1) ?? "";
}
console.log("they write again in the evening, when everybody has gone");
await post("/v1/test-clock", { to: evening });
await Promise.all(walks.map((walk) => write(walk, "evening", "Good evening")));
const withBot = walks.filter(({ mode }) => mode === "chatbot");
await Promise.all(withBot.map((walk) => receiver.printed(`on ${walk.id}: Hello!`)));
await Promise.all(withBot.map((walk) => write(walk, "person", "A person, please")));
await Promise.all(walks.map((walk) => receiver.until(() => isTold(walk, byNight(walk)), walk.id)));

console.log("and have their answers in the morning");
await post("/v1/test-clock", { to: morning });
{
  await using desktop = await signIn();
  await Promise.all(walks.map((walk) => answer(desktop, walk, "Good morning!")));
  const lastAgent = desktop.lines.filter((line) =>
    /-last-agent \((?:last-agent|reserved)/u.test(line),
  );
  console.log(`${lastAgent.length} of them were kept for Ana, who knew them`);
  if (lastAgent.length !== kinds.length) process.exitCode = 1;
}

const wrong = walks.filter((walk) => !isTold(walk, [...byNight(walk), "Good morning!", "closed"]));
for (const walk of wrong) console.log(`${walk.id} was told: ${toldTo(walk).join(" | ")}`);
if (wrong.length > 0) process.exitCode = 1;
console.log(`channels=${walks.length} as-expected=${walks.length - wrong.length}`);

/** What the customer of a channel is to be told until the night is over, in order. */
function byNight({ kind, mode }: Walk): readonly string[] {
  const replies = mode === "chatbot" ? ["Hello! Tell me", "A colleague will"] : [];
  const day = ["Good day! It is.", "closed"];
  if (kind !== "email") return [...day, ...(kind === "sms" ? [] : [prompt]), ...replies];
  const night = mode === "chatbot" ? replies.flatMap((reply) => [closedMail, reply]) : [closedMail];
  return [openMail, ...day, ...night];
}

/** What the receiver has verified of a channel, in order. */
function toldTo({ id }: Walk): readonly string[] {
  const mark = ` on ${id}: `;
  const lines = receiver.lines.filter((line) => line.includes(mark));
  return lines.map((line) => line.slice(line.indexOf(mark) + mark.length));
}

function isTold(walk: Walk, expected: readonly string[]): boolean {
  const told = toldTo(walk);
  return (
    told.length === expected.length &&
    told.every((text, index) => text.startsWith(expected[index] ?? ""))
  );
}

/** Ana's desktop, as soon as she is signed in. */
async function signIn(): Promise<Program> {
  const desktop = new Program(
    "agent-desktop.ts",
    `--nightdesk=${url}`,
    "--tenant=night",
    "--agent=ana",
    `--after=${cursor}`,
  );
  desktops.push(desktop);
  await desktop.printed("you are available");
  return desktop;
}

/** Answer the channel's customer once the conversation is Ana's, and close it. */
async function answer(desktop: Program, { id }: Walk, text: string): Promise<void> {
  const [conversation = ""] = (await desktop.printed(` on ${id} (`)).split(" ");
  desktop.type(`say ${conversation} ${text}`);
  await receiver.printed(`on ${id}: ${text}`);
  desktop.type(`close ${conversation}`);
  await desktop.printed(`${conversation} left: closed`);
  await receiver.until(
    () => toldTo({ id, kind: "", mode: "" }).at(-1) === "closed",
    `end of ${id}`,
  );
}

async function write({ id }: Walk, messageId: string, text: string): Promise<void> {
  const message = { id: messageId, channel: id, customer: "kim@example.org", text };
  await post("/v1/tenants/night/messages", message);
}

async function post(path: string, body: object): Promise<void> {
  const response = await fetch(url + path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
}

function configurationWith(pushUrl: string, botUrl: string): object {
  return {
    calendars: [
      {
        id: "office",
        timeZone: "Europe/Berlin",
        weekly: { mon: ["09:00-18:00"], tue: ["09:00-18:00"] },
      },
    ],
    skillQueues: [{ id: "orders", calendar: "office" }],
    agents: [{ id: "ana", skills: { orders: 8 }, capacity: 100 }],
    presence: { heartbeatSeconds: 3600 },
    channels: walks.map(({ id, kind, mode }) => ({
      id,
      kind,
      skillQueue: "orders",
      push: { url: pushUrl, secret: "push" },
      lastAgentMode: { enabled: mode === "last-agent" },
      offlineMessages: {
        enabled: true,
        routingMode: mode,
        ...(kind === "email" ? { automaticReplyToEachEmail: true } : {}),
        ...(kind === "email" || kind === "sms" ? {} : { prompt }),
        ...(mode === "chatbot" ? { chatbot: { url: botUrl, accessCode: "bot" } } : {}),
      },
      ...(kind === "email" && {
        autoReply: {
          workingHours: { subject: "Your mail", body: openMail },
          nonWorkingHours: { subject: "Your mail", body: closedMail },
        },
      }),
    })),
  };
}
