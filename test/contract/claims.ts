/** A test elsewhere that holds sentences of the contract and cannot carry their ids in its name. */
export interface Claim {
  readonly sentences: readonly string[];
  readonly file: string;
  /** The test's name, or how it begins, as it stands in the file. */
  readonly test: string;
}

export const claims: readonly Claim[] = [
  {
    sentences: ["3.20.2", "F47", "F46"],
    file: "test/worker/service.test.ts",
    test: "passes the journal's hours: an erased text is in no file of the data folder any more",
  },
  {
    sentences: ["F42"],
    file: "test/worker/http-events.test.ts",
    test: "is closed when its reader takes nothing, and can be resumed",
  },
  {
    sentences: ["F43"],
    file: "test/system/npm-start.test.ts",
    test: "npm start is nightdesk start in the caller's folder, and passes its signals on",
  },
  {
    sentences: ["F49"],
    file: "test/simulator/cli.test.ts",
    test: "a run writes table, report, results and messages, and ends with the digest",
  },
];
