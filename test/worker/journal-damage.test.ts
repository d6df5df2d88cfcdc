import { describe, expect, test } from "vitest";
import { JournalCorruption } from "../../worker/journal/journal-error.ts";
import type { Batch, NewBatch } from "../../worker/journal/journal.ts";
import { MemoryDisk } from "../faults/memory-disk.ts";
import { appendTo, batchOf, numbered, openJournal, readAll } from "./journal-batches.ts";

const recordBytes = 64 + 3 * 4 + 5 + 9;

/** Seven batches: four in the first segment, two in the second, one in the third, by default. */
function smallJournal(segmentBytes = 64 + 4 * recordBytes): {
  readonly disk: MemoryDisk;
  readonly batches: readonly NewBatch[];
} {
  const disk = new MemoryDisk();
  using journal = openJournal(disk, { segmentBytes });
  const batches = appendTo(journal, 6);
  journal.seal();
  batches.push(batchOf(7));
  journal.append(batchOf(7));
  return { disk, batches };
}

interface Outcome {
  readonly batches?: readonly Batch[];
  readonly tornBytes?: number;
  readonly refused?: JournalCorruption;
}

/** Open and read everything: what came of it. Any error but a named corruption is thrown. */
function outcomeOf(disk: MemoryDisk, durableIndex = 0): Outcome {
  try {
    using journal = openJournal(disk, { durableIndex });
    const batches = readAll(journal);
    const { tornTail } = journal;
    return tornTail === undefined ? { batches } : { batches, tornBytes: tornTail.bytes };
  } catch (error) {
    if (error instanceof JournalCorruption) return { refused: error };
    throw error;
  }
}

function namesOn(disk: MemoryDisk): string[] {
  return disk
    .list()
    .map(({ name }) => name)
    .toSorted();
}

describe("a record cut short by a crash", () => {
  const { disk, batches } = smallJournal();
  const lastName = namesOn(disk).at(-1) ?? "";
  const lengths = Array.from({ length: recordBytes - 1 }, (_, place) => place + 1);

  test.each(lengths)("is cut off and reported when %i bytes of it were written", (bytes) => {
    const torn = disk.copy();
    torn.put(lastName, disk.bytesOf(lastName).subarray(0, 64 + bytes));
    const journal = openJournal(torn);
    expect(journal.tornTail).toEqual({ file: lastName, offset: 64, bytes, index: 7 });
    expect(readAll(journal)).toEqual(numbered(batches.slice(0, 6)));
    expect(journal.append(batchOf(8))).toBe(7);
    journal.close();
    using reopened = openJournal(torn);
    expect(reopened.tornTail).toBeUndefined();
    expect(readAll(reopened)).toEqual(numbered([...batches.slice(0, 6), batchOf(8)]));
  });

  test("is cut off when its length is there and its bytes are not", () => {
    for (const bytes of lengths) {
      const torn = disk.copy();
      torn.bytesOf(lastName).fill(0, 64 + bytes - 1);
      expect(outcomeOf(torn)).toEqual({
        batches: numbered(batches.slice(0, 6)),
        tornBytes: recordBytes,
      });
    }
  });

  test("does not make the one before it doubtful", () => {
    const one = oneSegment();
    const [name = ""] = namesOn(one.disk);
    for (const bytes of lengths) {
      const torn = one.disk.copy();
      torn.put(name, one.disk.bytesOf(name).subarray(0, 64 + 3 * recordBytes + bytes));
      expect(outcomeOf(torn)).toEqual({
        batches: numbered(one.batches.slice(0, 3)),
        tornBytes: bytes,
      });
    }
  });
});

describe("a segment whose beginning a crash interrupted", () => {
  test.each([0, 1, 63])("is removed and reported when %i bytes of it were written", (bytes) => {
    const { disk, batches } = smallJournal();
    const lastName = namesOn(disk).at(-1) ?? "";
    disk.put(lastName, disk.bytesOf(lastName).subarray(0, bytes));
    const journal = openJournal(disk);
    expect(journal.tornTail).toEqual({ file: lastName, offset: 0, bytes, index: 7 });
    expect(namesOn(disk)).not.toContain(lastName);
    expect(readAll(journal)).toEqual(numbered(batches.slice(0, 6)));
    expect(journal.append(batchOf(7))).toBe(7);
    expect(outcomeOf(disk)).toEqual({ batches: numbered(batches) });
  });

  test("is begun again where it is the very first", () => {
    const disk = new MemoryDisk();
    disk.put("0000000000000001.segment", Buffer.alloc(64));
    const journal = openJournal(disk);
    expect(journal.tornTail).toMatchObject({ bytes: 64, index: 1 });
    expect(journal.append(batchOf(1))).toBe(1);
    expect(outcomeOf(disk)).toEqual({ batches: numbered([batchOf(1)]) });
  });

  test("is corruption where the batches before it are gone, for then it had been whole", () => {
    const disk = new MemoryDisk();
    disk.put("0000000000000009.segment", Buffer.alloc(64));
    expect(outcomeOf(disk).refused).toMatchObject({ code: "journal_corrupt", index: 9, offset: 0 });
  });
});

describe("one flipped byte", () => {
  // The last segment once with one record, once with several, once with none.
  const journals = [
    { form: "three segments", ...smallJournal() },
    { form: "two segments, the last with one record", ...smallJournal(1_000_000) },
    { form: "one segment", ...oneSegment() },
    { form: "an empty last segment", ...emptyLast() },
  ];

  test.each(journals)("is never silently accepted: $form", ({ disk, batches }) => {
    const names = namesOn(disk);
    const lastName = names.at(-1) ?? "";
    for (const name of names) {
      const { length } = disk.bytesOf(name);
      const lastRecord = name !== lastName ? length : Math.max(length - recordBytes, 0);
      for (let offset = 0; offset < length; offset += 1) {
        const damaged = disk.copy();
        const bytes = damaged.bytesOf(name);
        bytes.writeUInt8((bytes.readUInt8(offset) ^ (1 << (offset % 8))) & 0xff, offset);
        const place = `${name} byte ${offset}`;
        const outcome = { place, ...outcomeOf(damaged) };
        if (length === 64 && name === lastName) {
          // A header that nothing follows holds nothing: it is written again.
          expect(outcome).toEqual({ place, batches: numbered(batches), tornBytes: 64 });
        } else if (offset >= lastRecord) {
          const kept = numbered(batches.slice(0, -1));
          expect(outcome).toEqual({ place, batches: kept, tornBytes: recordBytes });
        } else {
          expect(outcome).toMatchObject({ place, refused: placeOf(name, offset) });
        }
      }
    }
  });

  test.each(journals)(
    "in a synced last record is refused where it is known to be durable: $form",
    ({ disk, batches }) => {
      const name = namesOn(disk).at(-1) ?? "";
      const { length } = disk.bytesOf(name);
      for (let offset = Math.max(64, length - recordBytes); offset < length; offset += 1) {
        const damaged = disk.copy();
        const bytes = damaged.bytesOf(name);
        bytes.writeUInt8(bytes.readUInt8(offset) ^ 0x10, offset);
        expect(() => openJournal(damaged, { durableIndex: batches.length })).toThrow(
          expect.objectContaining({ code: "journal_corrupt", file: name, index: batches.length }),
        );
        expect(damaged.bytesOf(name)).toHaveLength(length);
      }
    },
  );
});

/** The record that a byte belongs to, as a refusal has to name it. */
function placeOf(name: string, byte: number) {
  const record = byte < 64 ? 0 : Math.floor((byte - 64) / recordBytes);
  return {
    code: "journal_corrupt",
    file: name,
    offset: byte < 64 ? 0 : 64 + record * recordBytes,
    index: Number(name.slice(0, 16)) + record,
  };
}

function oneSegment() {
  const disk = new MemoryDisk();
  using journal = openJournal(disk);
  return { disk, batches: appendTo(journal, 4) };
}

function emptyLast() {
  const disk = new MemoryDisk();
  using journal = openJournal(disk);
  const batches = appendTo(journal, 3);
  journal.seal();
  return { disk, batches };
}

describe("corruption", () => {
  test.each([0, 1])("is a missing segment, whichever it is: number %i", (place) => {
    const { disk } = smallJournal();
    disk.unlink(namesOn(disk)[place] ?? "");
    const outcome = outcomeOf(disk);
    if (place === 0) {
      // What trimming leaves looks the same: who needs the batches finds them gone.
      expect(outcome.batches?.[0]?.index).toBe(5);
    } else {
      expect(outcome.refused?.message).toMatch(/segment that begins with batch 5 is missing/);
    }
  });

  test("is a last segment that is missing while something knows of its batches", () => {
    const { disk } = smallJournal();
    disk.unlink(namesOn(disk).at(-1) ?? "");
    expect(() => openJournal(disk, { durableIndex: 7 })).toThrow(
      /0000000000000005\.segment, byte 244, batch 7: .*batch 7 is known to have been durable/,
    );
    expect(() => openJournal(new MemoryDisk(), { durableIndex: 1 })).toThrow(JournalCorruption);
  });

  test("is an earlier segment that was cut, at a record's end or elsewhere", () => {
    for (const cut of [1, recordBytes - 1, recordBytes, recordBytes + 1]) {
      const { disk } = smallJournal();
      const name = namesOn(disk)[0] ?? "";
      disk.put(name, disk.bytesOf(name).subarray(0, -cut));
      expect({ cut, ...outcomeOf(disk) }).toMatchObject({
        cut,
        refused: { code: "journal_corrupt" },
      });
    }
  });

  test("is a record that is whole and stands in another's place", () => {
    const { disk } = oneSegment();
    const [name = ""] = namesOn(disk);
    const bytes = disk.bytesOf(name);
    bytes.copyWithin(64 + recordBytes, 64 + 2 * recordBytes, 64 + 3 * recordBytes);
    expect(outcomeOf(disk).refused).toMatchObject({
      file: name,
      offset: 64 + recordBytes,
      index: 2,
      reason: "batch 3 stands in its place",
    });
  });

  test("is a record of another history, although its number is right", () => {
    const { disk } = oneSegment();
    const other = new MemoryDisk();
    {
      using journal = openJournal(other);
      for (const number of [1, 2, 3, 4]) journal.append(batchOf(number, [5, 0, 8, 1].slice(1)));
    }
    const [name = ""] = namesOn(disk);
    const from = other.bytesOf(name);
    const size = (from.length - 64) / 4;
    const tail = from.subarray(64 + 3 * size);
    disk.put(name, Buffer.concat([disk.bytesOf(name).subarray(0, 64 + 3 * recordBytes), tail]));
    expect(outcomeOf(disk).refused).toMatchObject({
      index: 4,
      reason: "the record does not continue the one before it",
    });
  });

  test("is a last segment of another history", () => {
    const { disk } = smallJournal();
    const other = new MemoryDisk();
    {
      using journal = openJournal(other, { segmentBytes: 64 + 4 * recordBytes });
      for (const number of [11, 12, 13, 14, 15, 16]) journal.append(batchOf(number));
      journal.seal();
      journal.append(batchOf(17));
    }
    const name = namesOn(disk).at(-1) ?? "";
    disk.put(name, other.bytesOf(name));
    expect(outcomeOf(disk).refused).toMatchObject({
      file: name,
      reason: "the segment does not continue the one before it",
    });
  });

  test("is two damaged records at the end, for only one can have been interrupted", () => {
    const { disk } = oneSegment();
    const [name = ""] = namesOn(disk);
    const bytes = disk.bytesOf(name);
    bytes.writeUInt8(bytes.readUInt8(64 + 3 * recordBytes - 1) ^ 1, 64 + 3 * recordBytes - 1);
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
    expect(outcomeOf(disk).refused).toMatchObject({ index: 3 });
  });

  test("is not what a customer's text says, even if it is a copy of a later record", () => {
    const forged = laterRecord(6);
    const asText = Buffer.from(forged.toString("utf8"), "utf8");
    expect(outcomeOf(withDamagedHeaderBefore(asText)).batches).toHaveLength(4);
    // The same bytes, as no text can have them, are a record that was durable.
    expect(outcomeOf(withDamagedHeaderBefore(forged)).refused).toMatchObject({ index: 5 });
  });

  function laterRecord(index: number): Buffer {
    const disk = new MemoryDisk();
    using journal = openJournal(disk);
    appendTo(journal, index);
    return Buffer.from(disk.bytesOf(namesOn(disk)[0] ?? "").subarray(-recordBytes));
  }

  /** Four batches, then one with this command whose header is lost. */
  function withDamagedHeaderBefore(command: Uint8Array): MemoryDisk {
    const { disk } = oneSegment();
    using journal = openJournal(disk);
    journal.append({ ...batchOf(5), commands: [command] });
    const start = 64 + 4 * recordBytes;
    disk.bytesOf(namesOn(disk)[0] ?? "").fill(0, start, start + 64);
    return disk;
  }
});
