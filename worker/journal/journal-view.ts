import type { Disk } from "./disk.ts";
import type { RecoveredJournal } from "./recovery.ts";
import { readBatches } from "./segment-batches.ts";
import { inspectSegments } from "./segment-inspection.ts";
import type { InspectionOptions } from "./segment-inspection.ts";

/**
 * A partition's journal to be looked at: an interrupted append at its end is passed over and stays.
 *
 * Errors: those of `inspectSegments`; `read` as that of a journal.
 */
export function viewJournal(disk: Disk, options: InspectionOptions): RecoveredJournal {
  const { segments, end, tornTail } = inspectSegments(disk, options);
  // The last segment as far as it is sound.
  const sound = segments.map((segment, place) =>
    place === segments.length - 1 && end !== undefined ? { ...segment, size: end.offset } : segment,
  );
  const lastIndex = (end?.index ?? 1) - 1;
  return {
    firstIndex: sound[0]?.firstIndex ?? lastIndex + 1,
    lastIndex,
    tornTail,
    read: (fromIndex) => readBatches(disk, options.partition, sound, fromIndex),
    close: () => undefined,
  };
}
