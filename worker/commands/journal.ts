import type { Argv, CommandModule } from "yargs";
import {
  forEachPartition,
  readMaintenanceOptions,
  withDirectory,
  withLimits,
} from "./maintenance-options.ts";
import { UsageError } from "./usage-error.ts";

/*
 * What they do is loaded when one of them is asked for: a start has no use for it, and waits for all
 * that is loaded before.
 */

/** `nightdesk journal …`: look at the journals of a data directory, and seal them. */
export const journalCommand: CommandModule = {
  command: "journal",
  describe: "Verify, count, print, replay or seal the journals of a data directory",
  builder: (yargs: Argv) =>
    yargs
      .command(verify)
      .command(stat)
      .command(dump)
      .command(replay)
      .command(seal)
      .demandCommand(1, "Which of them?")
      .epilogue(
        "All answer with a line of JSON for each thing they say. Exit 0 where everything is right, " +
          "1 where anything is wrong, 64 where the command cannot be meant.",
      )
      .example("$0 journal verify /var/lib/nightdesk", "Is everything there, and undamaged?")
      .example("$0 journal dump DIR --partition 3 | tail", "What happened last"),
  handler: () => undefined,
};

const verify: CommandModule = {
  command: "verify <dir>",
  describe: "Check every record and snapshot, beside a running worker or without one",
  builder: (yargs: Argv) =>
    withDirectory(yargs)
      .epilogue("Changes nothing. A torn tail is said and is no fault: the next start cuts it off.")
      .example("$0 journal verify /var/lib/nightdesk", "Each file, then each partition")
      .example("$0 journal verify DIR | jq 'select(.sound | not)'", "Only what is wrong"),
  handler: async (given) => {
    const options = readMaintenanceOptions(given);
    const { verifyPartition } = await import("../maintenance/journal-verification.ts");
    await forEachPartition(options, "observed", verifyPartition, ({ sound }) => sound);
  },
};

const stat: CommandModule = {
  command: "stat <dir>",
  describe: "Count segments, batches and commands",
  builder: (yargs: Argv) =>
    withDirectory(yargs).example("$0 journal stat DIR | jq .commandsByType", "What was asked most"),
  handler: async (given) => {
    const options = readMaintenanceOptions(given);
    const { statisticsOf } = await import("../maintenance/journal-statistics.ts");
    await forEachPartition(options, "observed", (files) => [statisticsOf(files)]);
  },
};

const dump: CommandModule = {
  command: "dump <dir>",
  describe: "Print every batch with its commands",
  builder: (yargs: Argv) =>
    withDirectory(yargs)
      .option("from", { type: "number", requiresArg: true, describe: "First batch" })
      .option("to", { type: "number", requiresArg: true, describe: "Last batch" })
      .epilogue("The commands hold addresses and texts of customers.")
      .example("$0 journal dump DIR --partition 3 --from 100 --to 120", "Around an incident"),
  handler: async (given) => {
    const options = readMaintenanceOptions(given, ["from", "to"]);
    const { from, to } = options.numbers;
    if ((from ?? 1) > (to ?? Infinity)) throw new UsageError("--from lies behind --to");
    const { dumpBatches } = await import("../maintenance/journal-dump.ts");
    await forEachPartition(options, "observed", (files) => dumpBatches(files, { from, to }));
  },
};

const replay: CommandModule = {
  command: "replay <dir>",
  describe: "Replay the journals, and compare events and state with what was recorded",
  builder: (yargs: Argv) =>
    withLimits(yargs)
      .epilogue("Changes nothing; refused while a worker has the directory.")
      .example("$0 journal replay DIR", "Is this engine the one that wrote it?"),
  handler: async (given) => {
    const options = readMaintenanceOptions(given);
    const { replayJournal } = await import("../maintenance/journal-replay.ts");
    const work = (files: Parameters<typeof replayJournal>[0]) => [replayJournal(files, options)];
    await forEachPartition(options, "claimed", work, ({ same }) => same);
  },
};

const seal: CommandModule = {
  command: "seal <dir>",
  describe: "Replay, leave a snapshot and an empty tail, so that another release can take over",
  builder: (yargs: Argv) =>
    withLimits(yargs)
      .epilogue("A clean stop of a worker does the same. Refused while a worker has the directory.")
      .example("$0 journal seal DIR", "After a crash, before an upgrade"),
  handler: async (given) => {
    const options = readMaintenanceOptions(given);
    const { sealPartition } = await import("../maintenance/journal-seal.ts");
    await forEachPartition(options, "claimed", (files) => [sealPartition(files, options.limits)]);
  },
};
