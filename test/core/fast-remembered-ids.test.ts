import { expect, test } from "vitest";
import { RememberedIds } from "../../core/fast/deduplication.ts";
import { IdTable } from "../../core/fast/id-table.ts";
import { Table } from "../../core/fast/table.ts";
import { TextArena } from "../../core/fast/text-arena.ts";

interface Known {
  readonly scope: number;
  readonly id: string;
  readonly conversation: number;
}

/** The same as an array, in the order in which they came. */
class Model {
  readonly texts = new TextArena();
  readonly remembered = new RememberedIds(this.texts);
  known: Known[] = [];

  entryOf({ scope, id }: Pick<Known, "scope" | "id">): number {
    return this.remembered.seek(this.texts.encode(id, scope), scope);
  }

  add(one: Known): void {
    expect(this.entryOf(one)).toBe(0);
    this.remembered.now = one.conversation * 2;
    this.remembered.add(this.remembered.soughtHash, one.scope, one.conversation, 1);
    this.known.push(one);
    this.remembered.tidy();
  }

  forget(place: number): void {
    const [one] = this.known.splice(place, 1);
    if (one !== undefined) this.remembered.forget(this.entryOf(one));
    this.remembered.tidy();
  }

  expectSame(): void {
    const conversations: number[] = [];
    for (let row = this.remembered.oldest; row !== 0; row = this.remembered.nextOf(row)) {
      conversations.push(this.remembered.conversationOf(row));
      expect(this.remembered.atOf(row)).toBe(this.remembered.conversationOf(row) * 2);
    }
    expect(conversations).toEqual(this.known.map(({ conversation }) => conversation));
    expect(this.remembered.count).toBe(this.known.length);
    for (const one of this.known) expect(this.entryOf(one)).not.toBe(0);
  }
}

/** Ids of every length, one of them longer than a stretch of the log. */
function idOf(number: number): string {
  if (number % 5000 === 77) return `${number}${"ü€".repeat(200_000)}`;
  return `${number}-${"x".repeat((number * 7) % 90)}`;
}

test("ids go from the front and from between others, in any order", () => {
  const model = new Model();
  let number = 0;
  for (let round = 0; round < 12; round += 1) {
    for (let count = 0; count < 1500; count += 1) {
      number += 1;
      model.add({ scope: number % 3, id: idOf(number), conversation: number + 2 ** 40 });
    }
    const places = round % 2 === 0 ? () => 0 : (left: number) => (number * 31 + left) % left;
    for (let count = 0; count < 1400; count += 1) model.forget(places(model.known.length));
    model.expectSame();
  }
  while (model.known.length > 0) model.forget(0);
  model.expectSame();
  model.add({ scope: 1, id: "again", conversation: 7 });
  model.expectSame();
});

test("whoever keeps the oldest does not keep the room of all that came and went since", () => {
  const model = new Model();
  model.add({ scope: 0, id: "oldest", conversation: 1 });
  for (let number = 2; number < 20_000; number += 1) {
    model.add({ scope: 1, id: idOf(number), conversation: number });
    if (model.known.length > 2) model.forget(1);
  }
  model.expectSame();
});

test("another channel takes over a scope, and the newer of two entries stands in the older's place", () => {
  const model = new Model();
  const add = (scope: number, id: string, conversation: number) =>
    model.add({ scope, id, conversation });
  add(2, "both, older there", 1);
  add(1, "both, older here", 2);
  add(1, "here", 3);
  add(2, "both, older here", 4);
  add(1, "both, older there", 5);
  add(3, "elsewhere", 6);
  model.remembered.rename(1, 2);
  model.known = [
    { scope: 2, id: "both, older there", conversation: 5 },
    { scope: 2, id: "both, older here", conversation: 4 },
    { scope: 2, id: "here", conversation: 3 },
    { scope: 3, id: "elsewhere", conversation: 6 },
  ];
  model.expectSame();
});

test("ids whose hashes are the same are told apart", () => {
  const model = new Model();
  const [one, other] = ["id-70805", "id-80200"];
  expect(model.texts.encode(one, 6)).toBe(model.texts.encode(other, 6));
  model.add({ scope: 6, id: one, conversation: 1 });
  model.add({ scope: 6, id: other, conversation: 2 });
  model.expectSame();
  const conversationOf = (id: string) =>
    model.remembered.conversationOf(model.entryOf({ scope: 6, id }));
  expect([conversationOf(one), conversationOf(other)]).toEqual([1, 2]);
  model.forget(0);
  expect(model.entryOf({ scope: 6, id: one })).toBe(0);
  expect(conversationOf(other)).toBe(2);
});

test("addresses whose hashes are the same are told apart", () => {
  const texts = new TextArena();
  const rows = new Table(4);
  const table = new IdTable(rows, texts);
  const added = ["id-70805", "id-80200"].map((id) => {
    const hash = texts.encode(id, 6);
    expect(table.find(hash, 6)).toBe(0);
    const row = rows.take();
    table.add(row, hash, 6);
    return { id, row };
  });
  for (const { id, row } of added) expect(table.findText(id, 6)).toBe(row);
});
