import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { needs, reasonToSkip } from "./requirements.ts";

const nothingMissing = (): undefined => undefined;
const everythingMissing = (): string => "it is not there";

test("a test runs where the machine has what it needs, required or not", () => {
  expect(reasonToSkip(["k6"], undefined, nothingMissing)).toBeUndefined();
  expect(reasonToSkip(["k6", "docker"], "docker", nothingMissing)).toBeUndefined();
});

test("a test is skipped with the reason where something is missing that nobody requires", () => {
  expect(reasonToSkip(["k6"], undefined, everythingMissing)).toBe("k6: it is not there");
  expect(reasonToSkip(["k6"], "docker", everythingMissing)).toBe("k6: it is not there");
});

test("a test fails where something is missing that NIGHTDESK_REQUIRE names", () => {
  for (const required of ["k6", "docker,k6", "docker k6"]) {
    expect(() => reasonToSkip(["k6"], required, everythingMissing)).toThrow(
      "NIGHTDESK_REQUIRE asks for k6, but it is not there",
    );
  }
});

test("a name that NIGHTDESK_REQUIRE does not know is an error, not a silent skip", () => {
  expect(() => reasonToSkip([], "k7", nothingMissing)).toThrow("NIGHTDESK_REQUIRE names k7");
});

test("k6, where there is one, is a release that runs the load test's TypeScript", (context) => {
  needs(context, "k6");
  const { stdout } = spawnSync("k6", ["version"], { encoding: "utf8" });
  expect(stdout).toMatch(/^k6 v[1-9]/u);
});
