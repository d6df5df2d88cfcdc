import { Problem } from "./problems.ts";

/** The entity tag of a revision of the configuration. */
export function etagOf(revision: number): string {
  return `"${revision}"`;
}

/** Whether an `If-Match` asks for no certain revision, only that there is one. */
export function isAny(ifMatch: string): boolean {
  return tagsIn(ifMatch).includes("*");
}

/**
 * Holds a request to its `If-Match` (RFC 9110, section 13.1.1); without one every revision will do.
 *
 * Problems: `configuration_changed`.
 *
 * @param revision of the present configuration, undefined where there is none
 */
export function requireMatch(ifMatch: string | undefined, revision: number | undefined): void {
  if (ifMatch === undefined) return;
  const tags = tagsIn(ifMatch);
  if (revision !== undefined && (tags.includes("*") || tags.includes(etagOf(revision)))) return;
  const present = revision === undefined ? "there is none" : `its tag is ${etagOf(revision)}`;
  throw new Problem(
    "configuration_changed",
    `If-Match names another configuration than the present one: ${present}.`,
  );
}

function tagsIn(ifMatch: string): readonly string[] {
  return ifMatch.split(",").map((tag) => tag.trim());
}
