import { expect, test } from "vitest";
import { type MailHeaders, isAutomaticMail } from "../../core/auto-reply.ts";

const automatic: readonly (readonly [string, MailHeaders])[] = [
  ["a vacation notice", { "Auto-Submitted": "auto-replied" }],
  ["a generated mail", { "auto-submitted": "Auto-Generated" }],
  ["parameters behind the keyword", { "Auto-Submitted": 'auto-replied; owner-email="a@b"' }],
  ["a keyword that no list knows", { "Auto-Submitted": "auto-notified" }],
  ["an Auto-Submitted without a keyword", { "Auto-Submitted": "" }],
  ["bulk mail", { Precedence: "bulk" }],
  ["list mail, whatever the case", { PRECEDENCE: " List " }],
  ["junk mail with a comment", { precedence: "junk (really)" }],
  ["a comment inside a comment", { precedence: "(so (they) say) bulk" }],
  ["a mailing list", { "List-Id": "Announcements <announce.example.org>" }],
  ["a mailing list without a name", { "list-id": "" }],
  ["a delivery notification", { "Return-Path": "<>" }],
  ["an empty return path", { "Return-Path": " " }],
  ["blanks inside the return path", { "return-path": "< >" }],
  ["one of several values", { "Auto-Submitted": ["no", "auto-replied"] }],
  ["blanks around the name", { "Precedence ": "bulk" }],
];

test.each(automatic)("a machine sent it: %s", (_, headers) => {
  expect(isAutomaticMail(headers)).toBe(true);
});

const written: readonly (readonly [string, MailHeaders])[] = [
  ["no headers at all", {}],
  ["Auto-Submitted: no", { "Auto-Submitted": "no" }],
  ["Auto-Submitted: NO with a comment", { "Auto-Submitted": "NO (a person wrote this)" }],
  ["Auto-Submitted: no with parameters", { "Auto-Submitted": "no; reason=none" }],
  ["first-class mail", { Precedence: "first-class" }],
  ["Auto-Submitted: No among blanks", { "Auto-Submitted": " No ; reason=none" }],
  ["a parenthesis that nothing opened", { Precedence: "bulk)" }],
  ["a return path before nothing", { "Return-Path": "ana <>" }],
  ["a return path behind nothing", { "Return-Path": "<> ana" }],
  ["a return path", { "Return-Path": "<ana@example.org>" }],
  ["fields that say nothing of it", { "X-Precedence": "bulk", Subject: "Auto-Submitted" }],
  ["a name of Object's prototype", { constructor: "bulk" }],
  ["a field without values", { Precedence: [] }],
];

test.each(written)("a person sent it: %s", (_, headers) => {
  expect(isAutomaticMail(headers)).toBe(false);
});
