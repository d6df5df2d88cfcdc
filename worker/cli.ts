import yargs from "yargs";
import { checkCommand } from "./commands/check.ts";
import { journalCommand } from "./commands/journal.ts";
import { schemaCommand } from "./commands/schema.ts";
import { InvalidConfigurations, startCommand } from "./commands/start.ts";
import { storeCommand } from "./commands/store.ts";
import { UsageError } from "./commands/usage-error.ts";

/**
 * The command `nightdesk`. Sets the process's exit code: 0, 1 where what was asked for failed, 64
 * where it cannot be meant.
 *
 * @param argv what follows the command's name
 */
export async function main(argv: readonly string[]): Promise<void> {
  const commands = parser(argv);
  if (argv.length === 0) {
    console.error(await commands.getHelp());
    process.exitCode = usageExitCode;
    return;
  }
  try {
    refuseEmptyValues(argv);
    await commands.parseAsync();
  } catch (error) {
    complain(error);
  }
}

/** EX_USAGE of sysexits.h. */
const usageExitCode = 64;

function parser(argv: readonly string[]) {
  return yargs(argv)
    .scriptName("nightdesk")
    .usage("$0 <command>\n\nRoutes offline messages to the right agent, in time, once, explained.")
    .command(startCommand)
    .command(checkCommand)
    .command(schemaCommand)
    .command(journalCommand)
    .command(storeCommand)
    .demandCommand(1, "Which command?")
    .strict()
    .parserConfiguration({ "camel-case-expansion": false, "parse-positional-numbers": false })
    .wrap(100)
    .version(false)
    .help()
    .alias("help", "h")
    .exitProcess(false)
    .fail((problem, error) => {
      // What a command throws comes with an error; so does an option without its value, by yargs' own.
      const thrown = error as Error | undefined;
      throw thrown === undefined || thrown.name === "YError" ? new UsageError(problem) : thrown;
    })
    .example("$0 start", "A sample tenant, and curl lines to try it")
    .example("$0 check acme.yaml", "Everything that is wrong with a configuration")
    .example("$0 schema", "The JSON Schema of a configuration");
}

/** No option means anything by an empty value, such as `--port=$PORT`; yargs would read a 0. */
function refuseEmptyValues(argv: readonly string[]): void {
  const name = (argument: string | undefined) => /^--([\w-]+)(=?)$/u.exec(argument ?? "") ?? [];
  for (const [index, argument] of argv.entries()) {
    const [, option, equals] = name(argument === "" ? argv[index - 1] : argument);
    if (option === undefined || (argument !== "" && equals === "")) continue;
    throw new UsageError(`--${option} takes a value that is not empty`);
  }
}

function complain(error: unknown): void {
  const { message } = error instanceof Error ? error : new Error(String(error));
  if (error instanceof UsageError) {
    console.error(`nightdesk: ${message}\nSee nightdesk --help.`);
    process.exitCode = usageExitCode;
    return;
  }
  process.exitCode = 1;
  if (error instanceof InvalidConfigurations) console.error(message);
  else console.error(`nightdesk: ${withCode(error, adviceOn(error) ?? message)}`);
}

/** What to do about it, where what the system says is no help. */
function adviceOn(error: unknown): string | undefined {
  const { code, port } = error as NodeJS.ErrnoException & { readonly port?: number };
  if (code !== "EADDRINUSE") return undefined;
  return `port ${port} is in use; another one can be given by --port, 0 takes any that is free`;
}

/** The system's own messages begin with their code. */
function withCode(error: unknown, message: string): string {
  const code = error instanceof Error && "code" in error ? `${String(error.code)}: ` : "";
  return message.startsWith(code) ? message : code + message;
}
