import { describe, expect, test } from "vitest";
import { Program } from "../../docs/examples/program.ts";
import { Happenings } from "./delivery/happenings.ts";
import { NightWorker, channel, morning } from "./delivery/night-worker.ts";
import { RecordingServer, deadUrl } from "./delivery/recording-server.ts";

/** What a poll or a list of deliveries answers. */
interface Entries {
  readonly entries: readonly Entry[];
}
interface Entry {
  readonly id: string;
  readonly kind: string;
  readonly text?: string;
}

/** The texts of what an endpoint was pushed. */
function pushed(server: RecordingServer): readonly (string | undefined)[] {
  return server.requests.map(
    ({ body }) => (JSON.parse(body) as { readonly data: Entry }).data.text,
  );
}

describe("a night on a real worker", () => {
  test("goes by the bot, the desktop and the verifier, each entry signed and in order", async () => {
    await using worker = await NightWorker.start();
    const secret = worker.secretFile("push");
    await using verifier = new Program("verify-push.ts", "--secret-file", secret);
    await using bot = new Program("bot.ts", "--access-code-file", worker.secretFile("bot"));
    const chatbot = { url: await bot.url(), accessCode: "bot" };
    const offline = { prompt: "We are closed.", routingMode: "chatbot", chatbot };
    await worker.configure([channel("web", "web", offline, await verifier.url())]);

    const message = { channel: "web", customer: "kim" };
    await worker.call("POST", "messages", { ...message, id: "m1", text: "good evening" });
    await verifier.printed("entry.prompt to kim on web: We are closed.");
    await verifier.printed("entry.message to kim on web: Hello!");
    await worker.call("POST", "messages", { ...message, id: "m2", text: "a person, please" });
    await verifier.printed("A colleague will answer you.");

    await worker.advanceTo(morning);
    await using desktop = new Program(
      "agent-desktop.ts",
      `--nightdesk=${worker.url}`,
      "--tenant=acme",
      "--agent=ana",
    );
    const offered = await desktop.printed("offered until");
    const id = offered.split(" ")[0] ?? "";
    expect(offered).toContain("kim on web");
    desktop.type(`accept ${id}`);
    await desktop.printed(`${id} assigned: kim on web`);
    desktop.type(`say ${id} Good morning, here is your invoice.`);
    await verifier.printed("Good morning, here is your invoice.");
    desktop.type(`close ${id}`);
    await desktop.printed(`${id} left: closed`);
    await verifier.printed("entry.status to kim on web: closed");
    desktop.type("quit");
    expect(await desktop.ended()).toBe(0);
    expect(verifier.lines.slice(1).map((line) => line.replace(/^.* on web: /u, ""))).toEqual([
      "We are closed.",
      "Hello! Tell me about your invoice, or ask for a person.",
      "A colleague will answer you.",
      "Good morning, here is your invoice.",
      "closed",
    ]);
    const { entries } = (await worker.call(
      "GET",
      "channels/web/customers/kim/poll?waitMs=0",
    )) as Entries;
    expect(entries).toHaveLength(5);
  });

  test("goes by the Telegram-shaped adapter, its rate limit and its blocked chats", async () => {
    await using worker = await NightWorker.start();
    const platform = new TelegramShape();
    await using server = await RecordingServer.start((request) => platform.answer(request));
    await using adapter = new Program(
      "channel-adapter.ts",
      `--nightdesk=${worker.url}`,
      "--tenant=acme",
      `--api=${new URL(server.url).origin}`,
      `--token-file=${worker.secretFile("token")}`,
      `--secret-file=${worker.secretFile("push")}`,
    );
    const telegram = channel("telegram", "telegram", { prompt: "Closed." }, await adapter.url());
    await worker.configure([telegram]);
    platform.write(7, "Where is my parcel?");
    await platform.got(7, "Closed.");

    await worker.advanceTo(morning);
    await worker.call("PUT", "agents/ana/presence", { status: "available" });
    await worker.call("POST", "conversations/c1/accept", { agent: "ana" });
    platform.busyFor(1);
    const answer = { from: { agent: "ana" }, text: "On its way." };
    await worker.call("POST", "conversations/c1/messages", { ...answer, id: "a1" });
    await platform.got(7, "On its way.");

    platform.blocked.add(7);
    const report = server.requests.length;
    await worker.call("POST", "conversations/c1/messages", { ...answer, id: "a2", text: "Still." });
    await server.received(report + 1);
    await expect
      .poll(async () => worker.call("GET", "channels/telegram/deliveries?status=failed"))
      .toMatchObject({ items: [{ text: "Still.", deliveryReason: "push_gone" }] });
  });
});

test("the walk through a night, for each channel kind and routing mode, ends as it should", async () => {
  await using night = new Program("night.ts");
  expect(await night.ended()).toBe(0);
  expect(night.lines.at(-1)).toBe("channels=21 as-expected=21");
});

describe("an entry that could not be pushed", () => {
  test("can be polled, is listed, and is sent again on request", async () => {
    await using worker = await NightWorker.start();
    await using server = await RecordingServer.start((_, index) => (index === 0 ? 410 : 204));
    await worker.configure([channel("web", "web", { prompt: "Closed." }, server.url)]);
    await worker.call("POST", "messages", {
      id: "m1",
      channel: "web",
      customer: "kim",
      text: "hi",
    });
    await server.received(1);
    const failed = () => worker.call("GET", "channels/web/deliveries?status=failed");
    await expect.poll(failed).toMatchObject({ items: [{ text: "Closed." }] });
    const polled = (await worker.call(
      "GET",
      "channels/web/customers/kim/poll?waitMs=0",
    )) as Entries;
    expect(polled.entries).toMatchObject([{ kind: "prompt", text: "Closed." }]);
    const { items } = (await failed()) as { readonly items: readonly Entry[] };
    await worker.call("POST", `channels/web/deliveries/${items[0]?.id}/resend`);
    const [first, second] = await server.received(2);
    expect(second?.headers["webhook-id"]).toBe(first?.headers["webhook-id"]);
    await expect.poll(failed).toEqual({ items: [], next: null });
  });

  test("is given up after as many attempts as the worker was told, and is then listed", async () => {
    await using worker = await NightWorker.start({ pushAttemptsMax: 3, pushBackoffMs: 1 });
    await using server = await RecordingServer.start(() => 500);
    await worker.configure([channel("web", "web", { prompt: "Closed." }, server.url)]);
    const message = { id: "m1", channel: "web", customer: "kim", text: "hi" };
    await worker.call("POST", "messages", message);
    await expect
      .poll(() => worker.call("GET", "channels/web/deliveries?status=failed"))
      .toMatchObject({ items: [{ text: "Closed." }] });
    expect(server.requests).toHaveLength(3);
  });

  test("is pushed after a restart, when its endpoint is there", async () => {
    await using worker = await NightWorker.start();
    await worker.configure([channel("web", "web", { prompt: "Closed." }, await deadUrl())]);
    await worker.call("POST", "messages", {
      id: "m1",
      channel: "web",
      customer: "kim",
      text: "hi",
    });
    await worker.restart();
    await using server = await RecordingServer.start();
    await worker.configure([channel("web", "web", { prompt: "Closed." }, server.url)]);
    await server.received(1);
    expect(pushed(server)).toEqual(["Closed."]);
  });
});

test("a conversation waits for people when its bot is out of reach, answers 500 or answers nonsense", async () => {
  await using worker = await NightWorker.start();
  await using refusing = await RecordingServer.start(() => 500);
  await using babbling = await RecordingServer.start(() => ({ status: 200, body: "nonsense" }));
  const bots = [
    { id: "dead", url: await deadUrl(), reason: "bot_unreachable" },
    { id: "refusing", url: refusing.url, reason: "bot_refused" },
    { id: "babbling", url: babbling.url, reason: "bot_malformed" },
  ];
  await worker.configure(
    bots.map(({ id, url }) => {
      const chatbot = { url, accessCode: "bot" };
      return channel(id, "web", { routingMode: "chatbot", chatbot });
    }),
  );
  for (const { id, reason } of bots) {
    const message = { id: "m1", channel: id, customer: "kim", text: "hi" };
    const { conversation } = (await worker.call("POST", "messages", message)) as {
      readonly conversation: string;
    };
    await expect
      .poll(async () => worker.call("GET", `conversations/${conversation}`))
      .toMatchObject({ state: "held" });
    const timeline = await worker.call("GET", `conversations/${conversation}/timeline`);
    expect(JSON.stringify(timeline), id).toContain(reason);
  }
});

interface SentMessage {
  readonly chat_id: string;
  readonly text: string;
}

/** A platform with the two calls of Telegram's Bot API that the adapter uses. */
class TelegramShape {
  readonly blocked = new Set<number>();
  #busySeconds = 0;
  /** What arrived, each with its chat. */
  readonly #messages: string[] = [];
  readonly #happenings = new Happenings();
  readonly #updates: object[] = [];
  #hungry: (() => void) | undefined;

  /** A customer writes in this chat. */
  write(chat: number, text: string): void {
    this.#updates.push({
      update_id: 100 + this.#updates.length,
      message: { chat: { id: chat }, text },
    });
    this.#hungry?.();
  }

  /** The next message is one too many. */
  busyFor(seconds: number): void {
    this.#busySeconds = seconds;
  }

  async answer({ path, body }: { readonly path: string; readonly body: string }) {
    const url = new URL(path, "http://platform");
    expect(url.pathname).toMatch(/^\/bot4711:token\/(?:getUpdates|sendMessage)$/u);
    if (url.pathname.endsWith("getUpdates"))
      return this.#update(Number(url.searchParams.get("offset")));
    const { chat_id: chat, text } = JSON.parse(body) as SentMessage;
    if (this.#busySeconds > 0) {
      const parameters = { retry_after: this.#busySeconds };
      this.#busySeconds = 0;
      return { status: 429, body: JSON.stringify({ ok: false, parameters }) };
    }
    if (this.blocked.has(Number(chat))) {
      return {
        status: 403,
        body: JSON.stringify({ ok: false, description: "Forbidden: blocked" }),
      };
    }
    this.#messages.push(`${chat} ${text}`);
    this.#happenings.happened();
    return { status: 200, body: JSON.stringify({ ok: true, result: {} }) };
  }

  /** Resolves when the chat has got this text. */
  async got(chat: number, text: string): Promise<void> {
    await this.#happenings.until(() => this.#messages.includes(`${chat} ${text}`));
  }

  async #update(offset: number) {
    const pending = () =>
      this.#updates.filter((update) => (update as { update_id: number }).update_id >= offset);
    if (pending().length === 0) {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      this.#hungry = () => resolve(undefined);
      await promise;
    }
    return { status: 200, body: JSON.stringify({ ok: true, result: pending() }) };
  }
}
