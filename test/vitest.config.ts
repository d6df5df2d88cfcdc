import { defineConfig } from "vitest/config";

// Lives here because the top level of the repository is fixed; `npm test` names it.
export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Processes rather than threads: tests start servers, shard threads and child processes, and
    // some change the environment.
    pool: "forks",
    // One more than the cores of the smallest machine: tests also wait, for processes and for disks.
    maxWorkers: 3,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    teardownTimeout: 10_000,
    allowOnly: false,
    passWithNoTests: false,
    restoreMocks: true,
    unstubEnvs: true,
  },
});
