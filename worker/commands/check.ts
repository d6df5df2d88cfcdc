import type { Argv, CommandModule } from "yargs";
import { lineOf, readConfigurationFile } from "../configuration-files.ts";
import { oneText } from "./usage-error.ts";

/** `nightdesk check FILE`: everything that is wrong with a configuration, with its place. */
export const checkCommand: CommandModule = {
  command: "check <file>",
  describe: "Say everything that is wrong with a configuration file",
  builder: (yargs: Argv) =>
    yargs
      .positional("file", { type: "string", describe: "YAML or JSON" })
      .option("json", { type: "boolean", describe: "Answer with JSON" })
      .epilogue(
        "One line a problem: FILE:LINE:COLUMN path code message. Exit 0 if it is valid, else 1.",
      )
      .example("$0 check acme.yaml", "Before it is put in force")
      .example("$0 check acme.yaml --json | jq .problems", "For an editor or a pipeline"),
  handler: (given) => {
    const outcome = readConfigurationFile(oneText("file", given["file"]));
    const problems = "problems" in outcome ? outcome.problems : [];
    const warnings = "warnings" in outcome ? outcome.warnings : [];
    if (given["json"] === true) {
      console.log(
        JSON.stringify({ valid: problems.length === 0, problems, warnings }, undefined, 2),
      );
    } else {
      for (const problem of problems) console.log(lineOf(problem));
      for (const warning of warnings) console.error(`warning: ${lineOf(warning)}`);
    }
    process.exitCode = problems.length === 0 ? 0 : 1;
  },
};
