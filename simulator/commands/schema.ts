import type { Argv, CommandModule } from "yargs";
import { comparisonSchema, publishedSchema, resultsSchema } from "../results-schema.ts";
import { scenarioJsonSchema } from "../scenario/schema.ts";

interface SchemaArguments {
  readonly results: boolean | undefined;
  readonly comparison: boolean | undefined;
}

export const schemaCommand: CommandModule<object, SchemaArguments> = {
  command: "schema",
  describe: "Print the JSON Schema of a scenario, or of what a run writes",
  builder: (yargs: Argv): Argv<SchemaArguments> =>
    yargs
      .option("results", { type: "boolean", describe: "Of results.json" })
      .option("comparison", { type: "boolean", describe: "Of comparison.json" })
      .conflicts("results", "comparison")
      .example("$0 schema > scenario.schema.json", "For your editor")
      .example("$0 schema --results > results.schema.json", "For whoever reads results.json"),
  handler({ results, comparison }) {
    const schema =
      results === true
        ? publishedSchema("Nightdesk results", resultsSchema)
        : comparison === true
          ? publishedSchema("Nightdesk comparison", comparisonSchema)
          : scenarioJsonSchema();
    process.stdout.write(`${JSON.stringify(schema, null, 2)}\n`);
  },
};
