import { mkdtempDisposable, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { Program } from "../../docs/examples/program.ts";
import { Scene, pushSecret } from "./delivery/scene.ts";

/** A file with this content in a folder of its own. */
async function secretFile(content: string) {
  const folder = await mkdtempDisposable(join(tmpdir(), "nightdesk-examples-"));
  const path = join(folder.path, "secret");
  await writeFile(path, `${content}\n`);
  return { path, [Symbol.asyncDispose]: () => folder.remove() };
}

describe("each example", () => {
  test.each([
    ["verify-push", 100],
    ["bot", 60],
    ["channel-adapter", 150],
    ["agent-desktop", 150],
  ])("%s explains itself, and has fewer than %d lines", async (name, lineCount) => {
    await using example = new Program(`${name}.ts`, "--help");
    expect(await example.ended()).toBe(0);
    await example.printed(`Example:`);
    await example.printed(`  node docs/examples/${name}.ts --`);
    await using unconfigured = new Program(`${name}.ts`);
    expect(await unconfigured.ended()).toBe(64);
    const path = fileURLToPath(new URL(`../../docs/examples/${name}.ts`, import.meta.url));
    expect((await readFile(path, "utf8")).split("\n").length - 1).toBeLessThan(lineCount);
  });
});

describe("the verifier", () => {
  test("takes what is signed with either secret, and says what came", async () => {
    await using file = await secretFile(pushSecret);
    await using verifier = new Program("verify-push.ts", "--secret-file", file.path);
    await using scene = new Scene();
    // The receiver still has the old secret: it stands in the second line.
    scene.secrets.set("push", `whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD\n${pushSecret}`);
    const push = { url: await verifier.url(), secret: "push" };
    scene.routing.configure("web", { push });
    scene.delivery.start();
    scene.routing.write(1, "Good morning!");
    expect(await scene.routing.recorded(1)).toMatchObject([{ entry: 1, status: "sent" }]);
    await verifier.printed("acme-e1 entry.message to customer-1 on web: Good morning!");
    scene.routing.setDelivery(1, "pending");
    await verifier.printed("again acme-e1 entry.message");
  });

  test("takes a secret without whsec_ as its bytes", async () => {
    await using file = await secretFile("correct horse");
    await using verifier = new Program("verify-push.ts", "--secret-file", file.path);
    await using scene = Scene.started({ web: await verifier.url() });
    scene.secrets.set("push", "correct horse");
    scene.routing.write(1, "hello");
    expect(await scene.routing.recorded(1)).toMatchObject([{ status: "sent" }]);
  });

  test("refuses what is signed with another one", async () => {
    await using file = await secretFile("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD");
    await using verifier = new Program("verify-push.ts", "--secret-file", file.path);
    await using scene = Scene.started({ web: await verifier.url() }, { pushAttemptsMax: 1 });
    scene.routing.write(1, "hello");
    expect(await scene.routing.recorded(1)).toMatchObject([{ reason: "push_not_accepted" }]);
    await verifier.printed("refused acme-e1: No matching signature found");
  });
});

describe("the bot", () => {
  test("replies, hands off and closes", async () => {
    await using file = await secretFile("open-sesame");
    await using bot = new Program("bot.ts", "--access-code-file", file.path);
    await using scene = new Scene();
    scene.routing.configure("web", { chatbot: { url: await bot.url(), accessCode: "bot" } });
    scene.delivery.start();
    scene.routing.giveToBot(1, "good evening");
    expect(await scene.routing.submitted(1)).toMatchObject([
      { type: "answerFromBot", replies: [expect.stringContaining("Hello!")] },
    ]);
    scene.routing.giveToBot(1, "where is my invoice");
    expect(await scene.routing.submitted(2)).toMatchObject([{}, { handOff: true }]);
    scene.routing.giveToBot(2, "thanks, bye");
    expect(await scene.routing.submitted(3)).toMatchObject([{}, {}, { close: true }]);
  });

  test("lets nobody in without the access code", async () => {
    await using file = await secretFile("another");
    await using bot = new Program("bot.ts", "--access-code-file", file.path);
    await using scene = new Scene();
    scene.routing.configure("web", { chatbot: { url: await bot.url(), accessCode: "bot" } });
    scene.delivery.start();
    scene.routing.giveToBot(1, "hi");
    expect(await scene.routing.submitted(1)).toMatchObject([{ reason: "bot_refused" }]);
  });
});
