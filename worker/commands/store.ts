import type { Argv, CommandModule } from "yargs";
import { forEachPartition, readMaintenanceOptions, withLimits } from "./maintenance-options.ts";

/** `nightdesk store …`: look after the stores of a data directory. */
export const storeCommand: CommandModule = {
  command: "store",
  describe: "Derive the stores of a data directory anew",
  builder: (yargs: Argv) =>
    yargs
      .command(rebuild)
      .demandCommand(1, "Which of them?")
      .example("$0 store rebuild /var/lib/nightdesk", "All of them, from the journals"),
  handler: () => undefined,
};

const rebuild: CommandModule = {
  command: "rebuild <dir>",
  describe: "Derive each store anew from its journal, and put it in the place of the old one",
  builder: (yargs: Argv) =>
    withLimits(yargs)
      .option("accept-loss", {
        type: "boolean",
        describe: "Also where the journal no longer has all that was in the store",
      })
      .epilogue(
        "The old store is untouched until the new one is whole. Refused while a worker has the " +
          "directory. One line of JSON a partition; exit 0, or 1 where one failed.",
      )
      .example("$0 store rebuild DIR --partition 2", "One of them")
      .example(
        "$0 store rebuild DIR --accept-loss",
        "What the journal still has is better than nothing",
      ),
  handler: async (given) => {
    const options = readMaintenanceOptions(given);
    const acceptLoss = given["accept-loss"] === true;
    const { limits } = options;
    // Loaded late: a start has no use for it, and waits for all that is loaded before.
    const { rebuildStore } = await import("../maintenance/store-rebuild.ts");
    await forEachPartition(options, "claimed", (files) => [
      rebuildStore(files, { limits, acceptLoss }),
    ]);
  },
};
