import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkout } from "./observing.ts";
import { UsageError } from "./usage.ts";

/** Another commit's files in a folder of their own, with this checkout's packages. */
export interface BaseCheckout extends Disposable {
  readonly root: string;
  readonly commit: string;
}

/**
 * Check a commit out beside this one, as a git worktree in a temporary folder; disposing of it
 * removes both.
 *
 * Errors: `UsageError` where there is no such commit, or no history at all.
 */
export function checkOut(reference: string): BaseCheckout {
  const commit = commitOf(reference);
  const folder = mkdtempSync(join(tmpdir(), "nightdesk-base-"));
  const root = join(folder, "tree");
  git("worktree", "add", "--quiet", "--detach", root, commit);
  symlinkSync(join(checkout, "node_modules"), join(root, "node_modules"));
  return {
    root,
    commit,
    [Symbol.dispose]: () => {
      try {
        git("worktree", "remove", "--force", root);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  };
}

/** Whether it can be observed as this one is: benchmarks of before that was so compare as new. */
export function canBeObserved({ root }: BaseCheckout): boolean {
  return existsSync(join(root, "bench", "observation.ts"));
}

function commitOf(reference: string): string {
  try {
    return git("rev-parse", "--verify", "--quiet", "--end-of-options", `${reference}^{commit}`);
  } catch {
    throw new UsageError(`${reference} is no commit of this repository`);
  }
}

function git(...argv: readonly string[]): string {
  const stdio: ["ignore", "pipe", "pipe"] = ["ignore", "pipe", "pipe"];
  return execFileSync("git", ["-C", checkout, ...argv], { encoding: "utf8", stdio }).trim();
}
