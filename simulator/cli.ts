import yargs from "yargs";
import { compareCommand } from "./commands/compare.ts";
import { erlangCommand } from "./commands/erlang.ts";
import { exitCodes, finish } from "./commands/exit.ts";
import { initCommand } from "./commands/init.ts";
import { runCommand } from "./commands/run.ts";
import { schemaCommand } from "./commands/schema.ts";
import { trafficCommand } from "./commands/traffic.ts";

/**
 * The command `sim`. Sets the process's exit code and returns once everything is written.
 *
 * @param argv the arguments after the command's own name
 */
export async function main(argv: readonly string[]): Promise<void> {
  const parser = yargs([...argv])
    .scriptName("sim")
    .usage("$0 <command>\n\nCapacity planning on the production router.")
    .command(runCommand)
    .command(compareCommand)
    .command(trafficCommand)
    .command(erlangCommand)
    .command(initCommand)
    .command(schemaCommand)
    .example("$0 run plan.yaml --seed 1", "A table, and a report.html to look at")
    .example("$0 compare today.yaml tomorrow.yaml", "What a change does to the same customers")
    .demandCommand(1, "Say what to do: one of the commands above.")
    .strict()
    .recommendCommands()
    .wrap(100)
    .version(false)
    .exitProcess(false)
    .fail((message, error, instance) => {
      if (error !== undefined) throw error;
      process.stderr.write(`${instance.help().toString()}\n\n${message}\n`);
      throw new UsageError(message);
    });
  try {
    refuseEmptyValues(argv);
    await parser.parseAsync();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    finish(exitCodes.badInput);
  }
}

/** No option means anything by an empty value, such as `--seed=$SEED`; yargs would read a 0. */
function refuseEmptyValues(argv: readonly string[]): void {
  const name = (argument: string | undefined) => /^--([\w-]+)(=?)$/u.exec(argument ?? "") ?? [];
  for (const [index, argument] of argv.entries()) {
    const [, option, equals] = name(argument === "" ? argv[index - 1] : argument);
    if (option === undefined || (argument !== "" && equals === "")) continue;
    const message = `--${option} takes a value that is not empty`;
    process.stderr.write(`${message}\n`);
    throw new UsageError(message);
  }
}

class UsageError extends Error {}
