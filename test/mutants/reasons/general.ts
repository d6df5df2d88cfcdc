import type { Reason } from "../reasons.ts";

/** Reasons that hold in any file. */
export const generalReasons: readonly Reason[] = [
  {
    why: "The text of an assertion: only a bug shows it",
    where: /StringLiteral$/u,
    line: /\b(?:assert|present)\(|throw new Error/u,
  },
  {
    why: "An assertion of what cannot be: it acts only beside another bug",
    where: /(?:ConditionalExpression|LogicalOperator|EqualityOperator)$/u,
    line: /\bassert\(/u,
  },
  {
    why: "For the compiler: an index that is always in range, a row that is always there",
    where: /(?:OptionalChaining|LogicalOperator)$/u,
    line: /\?\?|\?\./u,
    becomes: /^[^?&]*$/u,
  },
];
