import { describe, expect, test } from "vitest";
import type { Batch, NewBatch } from "../../worker/journal/journal.ts";
import { recover } from "../../worker/journal/recovery.ts";
import type { RecoveryReport, Replay } from "../../worker/journal/recovery.ts";
import { openSnapshotFiles } from "../../worker/journal/snapshot-files.ts";
import type { Snapshot } from "../../worker/journal/snapshot-files.ts";
import { MemoryDisk } from "../faults/memory-disk.ts";
import { codeOf, openJournal } from "./journal-batches.ts";

/** An engine whose state is the text of its commands, and whose events are that text. */
class TextEngine implements Replay {
  text = "";
  hash = 7n;

  restore(snapshot: Snapshot | undefined): bigint {
    if (snapshot !== undefined) {
      this.text = Buffer.from(snapshot.content).toString();
      this.hash = snapshot.eventHash;
    }
    return this.hash;
  }

  apply({ commands }: Pick<Batch, "commands">): bigint {
    for (const command of commands) {
      this.text += Buffer.from(command).toString();
      for (const byte of command) this.hash = BigInt.asUintN(64, this.hash * 31n + BigInt(byte));
    }
    return this.hash;
  }
}

interface Written {
  readonly disk: MemoryDisk;
  /** The engine's text after each batch. */
  readonly texts: readonly string[];
}

/** A partition that applied these words, a batch each, with snapshots after some of them. */
function partitionWith(
  words: readonly string[],
  options: { readonly snapshotsAt?: readonly number[]; readonly engineVersion?: number } = {},
): Written {
  const { snapshotsAt = [], engineVersion = 1 } = options;
  const disk = new MemoryDisk();
  const engine = new TextEngine();
  const snapshots = openSnapshotFiles(disk, { partition: 3 });
  using journal = openJournal(disk, { segmentBytes: 300 });
  const texts: string[] = [];
  for (const [place, word] of words.entries()) {
    const at = 1_000 + place;
    const commands = word.split("").map((letter) => Buffer.from(letter));
    const batch: NewBatch = { epoch: 1, at, engineVersion, eventHash: engine.hash, commands };
    const index = journal.append(batch);
    engine.apply(batch);
    texts.push(engine.text);
    if (!snapshotsAt.includes(index)) continue;
    const content = Buffer.from(engine.text);
    snapshots.write({
      index,
      at,
      engineVersion,
      eventHash: engine.hash,
      writeContent: (handOn) => handOn(content),
    });
  }
  return { disk, texts };
}

function recoverFrom(
  disk: MemoryDisk,
  engine: Replay = new TextEngine(),
  engineVersion = 1,
): RecoveryReport {
  const { journal, report } = recover(
    {
      snapshots: openSnapshotFiles(disk, { partition: 3 }),
      openJournal: (durableIndex) => openJournal(disk, { durableIndex }),
      engineVersion,
      dataDirectory: "./.nightdesk",
    },
    engine,
  );
  journal.close();
  return report;
}

const words = ["ana", "ben", "carl", "dora", "emil", "fay", "gus", "hana"];
const newerSnapshot = "0000000000000006-v1.snapshot";

describe("recovery", () => {
  test("of an empty folder begins with nothing", () => {
    const engine = new TextEngine();
    expect(recoverFrom(new MemoryDisk(), engine)).toEqual({
      snapshotIndex: undefined,
      batchesReplayed: 0,
      commandsReplayed: 0,
      tornBytes: 0,
      tornTail: undefined,
      badSnapshots: [],
      eventHash: 7n,
    });
    expect(engine.text).toBe("");
  });

  test("without a snapshot replays every batch in order", () => {
    const { disk } = partitionWith(words);
    const engine = new TextEngine();
    expect(recoverFrom(disk, engine)).toMatchObject({ batchesReplayed: 8, commandsReplayed: 28 });
    expect(engine.text).toBe(words.join(""));
  });

  test("begins with the newest snapshot and replays what follows it", () => {
    const { disk } = partitionWith(words, { snapshotsAt: [3, 6] });
    const engine = new TextEngine();
    const report = recoverFrom(disk, engine);
    expect(report).toMatchObject({ snapshotIndex: 6, batchesReplayed: 2, commandsReplayed: 7 });
    expect(engine.text).toBe(words.join(""));
    expect(report.eventHash).toBe(engine.hash);
  });

  test("replays nothing where the last batch is in the snapshot", () => {
    const { disk } = partitionWith(words, { snapshotsAt: [8] });
    const engine = new TextEngine();
    expect(recoverFrom(disk, engine)).toMatchObject({ snapshotIndex: 8, batchesReplayed: 0 });
    expect(engine.text).toBe(words.join(""));
  });

  test("takes the older snapshot and more batches where the newer one is damaged, and says so", () => {
    const { disk } = partitionWith(words, { snapshotsAt: [3, 6] });
    const { length } = disk.bytesOf(newerSnapshot);
    for (let offset = 0; offset < length; offset += 1) {
      const damaged = disk.copy();
      const bytes = damaged.bytesOf(newerSnapshot);
      bytes.writeUInt8(bytes.readUInt8(offset) ^ 0x20, offset);
      const engine = new TextEngine();
      expect(recoverFrom(damaged, engine)).toMatchObject({
        snapshotIndex: 3,
        batchesReplayed: 5,
        badSnapshots: [{ file: newerSnapshot }],
      });
      expect(engine.text).toBe(words.join(""));
    }
  });

  test("cuts off an interrupted last batch and reports its bytes", () => {
    const { disk, texts } = partitionWith(words, { snapshotsAt: [3, 6] });
    const last = disk
      .list()
      .map(({ name }) => name)
      .filter((name) => name.endsWith(".segment"))
      .toSorted()
      .at(-1);
    disk.put(last ?? "", disk.bytesOf(last ?? "").subarray(0, -5));
    const engine = new TextEngine();
    const report = recoverFrom(disk, engine);
    expect(report).toMatchObject({ batchesReplayed: 1, tornBytes: 64 + 4 * 5 - 5 });
    expect(report.tornTail).toMatchObject({ file: last, index: 8 });
    expect(engine.text).toBe(texts[6]);
  });
});

describe("recovery refuses", () => {
  test("a journal that ends before a snapshot does", () => {
    const { disk } = partitionWith(words, { snapshotsAt: [3, 8] });
    const segments = disk.list().filter(({ name }) => name.endsWith(".segment"));
    disk.unlink(segments.at(-1)?.name ?? "");
    expect(codeOf(() => recoverFrom(disk))).toBe("journal_corrupt");
    // Also where the snapshot itself is damaged: it was written of something.
    disk.bytesOf("0000000000000008-v1.snapshot").fill(0);
    expect(codeOf(() => recoverFrom(disk))).toBe("journal_corrupt");
  });

  test("batches behind a snapshot that do not reach back to it", () => {
    const { disk } = partitionWith(words, { snapshotsAt: [3, 6] });
    using journal = openJournal(disk);
    journal.trim(6);
    disk.bytesOf(newerSnapshot).fill(0);
    expect(codeOf(() => recoverFrom(disk))).toBe("journal_snapshot_missing");
    expect(() => recoverFrom(disk)).toThrow(
      /begins with batch \d, and the newest sound snapshot ends with batch 3; 0{15}6-v1\.snapshot/,
    );
    disk.unlink("0000000000000003-v1.snapshot");
    disk.unlink(newerSnapshot);
    expect(() => recoverFrom(disk)).toThrow(/there is no snapshot to begin with/);
  });

  test("batches of another engine version, and names the command that seals them", () => {
    const { disk } = partitionWith(words, { snapshotsAt: [3], engineVersion: 4 });
    expect(codeOf(() => recoverFrom(disk, new TextEngine(), 5))).toBe("journal_other_version");
    expect(() => recoverFrom(disk, new TextEngine(), 5)).toThrow(
      "batches 4 to 8 were written by engine version 4, and this is version 5: with a release of " +
        "engine version 4 run `nightdesk journal seal ./.nightdesk`, then start this one",
    );
  });

  test("nothing of another engine version once it is sealed", () => {
    const { disk } = partitionWith(words, { snapshotsAt: [3, 8], engineVersion: 4 });
    const engine = new TextEngine();
    recoverFrom(disk, engine, 5);
    expect(engine.text).toBe(words.join(""));
  });

  test("a replay whose events differ, and names the batch", () => {
    const { disk } = partitionWith(words, { snapshotsAt: [3] });
    const forgetful = new (class extends TextEngine {
      override apply(batch: Batch): bigint {
        return batch.index === 5 ? this.hash : super.apply(batch);
      }
    })();
    expect(codeOf(() => recoverFrom(disk, forgetful))).toBe("journal_replay_differs");
    expect(() => recoverFrom(disk, forgetful)).toThrow(
      /after batch 5 the events have the hash [0-9a-f]{16}, and the journal says [0-9a-f]{16}/,
    );
  });

  test("a snapshot that is restored to another state", () => {
    const { disk } = partitionWith(words, { snapshotsAt: [3] });
    const forgetful = new (class extends TextEngine {
      override restore(): bigint {
        return this.hash;
      }
    })();
    expect(() => recoverFrom(disk, forgetful)).toThrow(/after batch 3 the events have the hash/);
  });

  test("any flipped byte of the batches to be replayed but those of the last", () => {
    const { disk, texts } = partitionWith(words, { snapshotsAt: [3] });
    for (const { name, size } of disk.list()) {
      for (let offset = 0; offset < size; offset += 1) {
        const damaged = disk.copy();
        const bytes = damaged.bytesOf(name);
        bytes.writeUInt8(bytes.readUInt8(offset) ^ 0x01, offset);
        const engine = new TextEngine();
        const reports: RecoveryReport[] = [];
        const code = codeOf(() => reports.push(recoverFrom(damaged, engine)));
        const torn = reports[0]?.tornTail !== undefined;
        const place = `${name} byte ${offset}`;
        expect(code).toBeOneOf([undefined, "journal_corrupt"]);
        if (code === undefined) {
          // Whole, or without its last batch and saying so; never anything else.
          expect({ place, text: engine.text }).toEqual({ place, text: texts[torn ? 6 : 7] });
        }
      }
    }
  });
});
