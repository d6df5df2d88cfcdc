import type { CommandModule } from "yargs";
import { scenarioJsonSchema } from "../scenario/schema.ts";

export const schemaCommand: CommandModule = {
  command: "schema",
  describe: "Print the JSON Schema of a scenario",
  builder: (yargs) => yargs.example("$0 schema > scenario.schema.json", "For your editor"),
  handler() {
    process.stdout.write(`${JSON.stringify(scenarioJsonSchema(), null, 2)}\n`);
  },
};
