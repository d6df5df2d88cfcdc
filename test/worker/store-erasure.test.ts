import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { PartitionDesk, dayMs, tenant } from "./partition-desk.ts";

/** Everything that readers can be told, as text. */
function allAnswers(desk: PartitionDesk): string {
  const { items } = desk.ask({ type: "conversations", tenant, limit: 1000 });
  return JSON.stringify([
    items,
    items.map(({ id }) => desk.ask({ type: "timeline", tenant, conversation: id })),
    desk.ask({ type: "events", tenant, after: 0, limit: 1000 }),
    desk.ask({ type: "events", tenant, agent: "ana", after: 0, limit: 1000 }),
    desk.ask({ type: "outbox", tenant, channel: "web", except: [], limit: 1000 }),
    desk.told("+49 1234"),
  ]);
}

test("erasure takes text and address out of everything that answers, and counts what it found", () => {
  using desk = new PartitionDesk().configure().signIn("ana");
  const old = desk.receive("+49 1234", "secret one").conversation;
  desk.write(old, "ana", "secret two");
  desk.send({ type: "closeConversation", tenant, conversation: old, note: "secret three" });
  // The engine forgets it, the store does not.
  desk.pass(3 * dayMs);
  const open = desk.receive("+49 1234", "secret four").conversation;
  const other = desk.receive("+49 777", "harmless").conversation;
  expect(allAnswers(desk)).toContain("secret one");

  const result = desk.send({ type: "eraseCustomer", tenant, customer: "+49 1234" });
  expect(result).toEqual({ status: "erased", conversations: [old, open] });
  const answers = allAnswers(desk);
  expect(answers).not.toContain("secret");
  expect(answers).not.toContain("1234");
  expect(answers).toContain("harmless");
  const timeline = desk.ask({ type: "timeline", tenant, conversation: old }) ?? [];
  expect(timeline.map(({ event }) => event.type)).toContain("messageReceived");
  expect(desk.ask({ type: "conversation", tenant, conversation: open })).toMatchObject({
    state: "closed",
  });
  expect(desk.ask({ type: "conversation", tenant, conversation: other })).toMatchObject({
    customer: "+49 777",
  });
});

test("a customer id erases every address that it joined", () => {
  using desk = new PartitionDesk().configure();
  const before = desk.receive("a@x.y", "before the id", { channel: "mail" }).conversation;
  const first = desk.receive("+49 1234", "one", { customerId: "joined" }).conversation;
  desk.receive("a@x.y", "two", { channel: "mail", customerId: "joined" });
  const other = desk.receive("b@x.y", "three", { channel: "mail" }).conversation;
  const result = desk.send({ type: "eraseCustomer", tenant, customer: "joined" });
  expect(result).toMatchObject({ conversations: [before, first] });
  expect(desk.ask({ type: "conversation", tenant, conversation: other })?.customer).toBe("b@x.y");
});

test("an address that has got another customer id is not the former one's any more", () => {
  using desk = new PartitionDesk().configure().signIn("ana");
  const mistaken = desk.receive("c", "one", { customerId: "former" }).conversation;
  desk.send({ type: "closeConversation", tenant, conversation: mistaken });
  const { conversation } = desk.receive("c", "two", { customerId: "present" });
  desk.write(conversation, "ana", "answer");
  const result = desk.send({ type: "eraseCustomer", tenant, customer: "former" });
  expect(result).toEqual({ status: "erased", conversations: [] });
  expect(desk.ask({ type: "conversation", tenant, conversation })?.customer).toBe("c");
  const outbox = desk.ask({ type: "outbox", tenant, channel: "web", except: [], limit: 10 });
  expect(outbox.map((entry) => entry.conversation)).toContain(conversation);
  const both = desk.send({ type: "eraseCustomer", tenant, customer: "present" });
  expect(both).toMatchObject({ conversations: [mistaken, conversation] });
});

test("whoever writes again after an erasure is somebody new", () => {
  using desk = new PartitionDesk().configure();
  const old = desk.receive("+49 1234", "one").conversation;
  desk.batch(
    { type: "eraseCustomer", tenant, customer: "+49 1234" },
    {
      type: "receiveMessage",
      tenant,
      id: "new",
      channel: "web",
      customer: "+49 1234",
      content: '{"text":"two"}',
    },
  );
  const { items } = desk.ask({ type: "conversations", tenant, customer: "+49 1234", limit: 10 });
  expect(items).toHaveLength(1);
  expect(items[0]?.id).not.toBe(old);
  expect(
    JSON.stringify(desk.ask({ type: "timeline", tenant, conversation: items[0]?.id ?? 0 })),
  ).toContain("two");
});

test("nobody is erased where nobody is known", () => {
  using desk = new PartitionDesk().configure();
  const result = desk.send({ type: "eraseCustomer", tenant, customer: "nobody" });
  expect(result).toEqual({ status: "erased", conversations: [] });
});

test("what is erased is no longer in the store's files", () => {
  const folder = mkdtempSync(join(tmpdir(), "nightdesk-erasure-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const text = "an unmistakable sentence";
  const bytes = () =>
    readdirSync(folder).map((name) => readFileSync(join(folder, name)).includes(text));
  using desk = new PartitionDesk({ store: join(folder, "store.sqlite") }).configure();
  for (let index = 0; index < 100; index += 1) desk.receive(`c${index}`, `${text} ${index}`);
  desk.partition.settle();
  expect(bytes()).toContain(true);
  for (let index = 0; index < 100; index += 1) {
    desk.send({ type: "eraseCustomer", tenant, customer: `c${index}` });
  }
  desk.partition.closeSegment();
  expect(bytes()).not.toContain(true);
});
