import { expect } from "vitest";
import type { TenantDesk } from "./tenant.ts";
import type { ConfigurationDocument, Violation } from "./wire.ts";

/** What a violation must say; its message is for people. */
export interface Expected {
  readonly path: string;
  readonly code: string;
  readonly limit?: unknown;
  readonly value?: unknown;
}

/** The document is refused for exactly these reasons, in any order. */
export async function expectViolations(
  desk: TenantDesk,
  document: ConfigurationDocument | string,
  expected: readonly Expected[],
): Promise<void> {
  const answer = await desk.configure(document, "?dryRun=true");
  expect(answer.status, JSON.stringify(answer.body)).toBe(422);
  expect(answer.body.code).toBe("invalid_configuration");
  const found = answer.body.violations ?? [];
  expect(sorted(found.map(({ path, code }) => ({ path, code })))).toEqual(
    sorted(expected.map(({ path, code }) => ({ path, code }))),
  );
  for (const { path, code, ...rest } of expected) {
    expect(found.find((one) => one.path === path && one.code === code)).toMatchObject(rest);
  }
  for (const one of found) expectShape(one);
}

export async function expectValid(
  desk: TenantDesk,
  document: ConfigurationDocument | string,
  warnings: readonly Expected[] = [],
): Promise<void> {
  const answer = await desk.configure(document, "?dryRun=true");
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  const found = answer.body.warnings ?? [];
  expect(found.map(({ path, code }) => ({ path, code }))).toEqual(
    warnings.map(({ path, code }) => ({ path, code })),
  );
  for (const one of found) expectShape(one);
}

function expectShape(violation: Violation): void {
  expect(Object.keys(violation).toSorted((a, b) => a.localeCompare(b))).toEqual([
    "code",
    "limit",
    "message",
    "path",
    "value",
  ]);
  expect(violation.message).not.toBe("");
}

function sorted(
  items: readonly { readonly path: string; readonly code: string }[],
): readonly { readonly path: string; readonly code: string }[] {
  return items.toSorted((a, b) => a.path.localeCompare(b.path) || a.code.localeCompare(b.code));
}
