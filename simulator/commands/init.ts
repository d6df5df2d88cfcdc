import { readFileSync } from "node:fs";
import { extname } from "node:path";
import type { Argv, CommandModule } from "yargs";
import { parseConfigurationText } from "../../core/configuration/document.ts";
import { resolveConfiguration } from "../../core/configuration/resolve.ts";
import { firstScenario } from "../scenario/first-scenario.ts";
import { textForms } from "../scenario/text-forms.ts";
import { exitCodes, finish } from "./exit.ts";
import { printProblems } from "./problems.ts";

interface InitArguments {
  readonly configuration: string;
  readonly start: string;
}

export const initCommand: CommandModule<object, InitArguments> = {
  command: "init <configuration>",
  describe: "Print a commented first scenario for a tenant configuration",
  builder: (yargs: Argv): Argv<InitArguments> =>
    yargs
      .positional("configuration", { type: "string", demandOption: true, describe: "Its file" })
      .option("start", { type: "string", default: "2026-03-02", describe: "First day, a Monday" })
      .example("$0 init tenant.yaml > plan.yaml", "Then edit plan.yaml, and sim run plan.yaml"),
  handler: init,
};

function init({ configuration: file, start }: InitArguments): void {
  const wrong = textForms.date(start);
  if (wrong !== undefined) {
    fail([`--start: ${wrong} (${JSON.stringify(start)})`]);
    return;
  }
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    fail([error instanceof Error ? error.message : String(error)]);
    return;
  }
  const parsed = parseConfigurationText(text, extname(file) === ".json" ? "json" : "yaml");
  if ("problem" in parsed) {
    const { line, column, message } = parsed.problem;
    fail([`${file}:${line}:${column} ${message}`]);
    return;
  }
  const resolution = resolveConfiguration(parsed.value);
  if ("violations" in resolution) {
    fail(
      resolution.violations.map(({ path, code, message }) => {
        const { line, column } = parsed.locate(path);
        return `${file}:${line}:${column} ${path} ${code} ${message}`;
      }),
    );
    return;
  }
  process.stdout.write(firstScenario(file, resolution.configuration, start));
}

function fail(problems: readonly string[]): void {
  printProblems([], problems);
  finish(exitCodes.badInput);
}
