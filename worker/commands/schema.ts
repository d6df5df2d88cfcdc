import type { Argv, CommandModule } from "yargs";
import { jsonSchema } from "../../core/configuration/schema.ts";

/** `nightdesk schema`: the JSON Schema of a configuration, for editors. */
export const schemaCommand: CommandModule = {
  command: "schema",
  describe: "Print the JSON Schema of a configuration",
  builder: (yargs: Argv) =>
    yargs.example("$0 schema > nightdesk.schema.json", "For an editor that completes and checks"),
  handler: () => {
    console.log(JSON.stringify(jsonSchema, undefined, 2));
  },
};
