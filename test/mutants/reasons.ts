/** Why a mutant that no test noticed is none that a test has to notice. */
interface Reason {
  readonly why: string;
  /** Of the file, a space, and Stryker's name of the mutator. */
  readonly where: RegExp;
  /** Of the line as it is in the source. */
  readonly line: RegExp;
  /** Of what stood there instead. */
  readonly becomes?: RegExp;
}

export const notExamined = "Not examined one by one";

/** The first that fits is the reason. */
export const reasons: readonly Reason[] = [
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
    becomes: /&&|^[^?]*$/u,
  },
  {
    why: "Whether the short way is taken: the general one, taken instead, comes to the same",
    where: /fast\/arrivals\.ts ConditionalExpression$/u,
    line: /^if .*return false;$/u,
    becomes: /^true$/u,
  },
  {
    why: "The entry by handle: its tests (interned.test.ts) take too long to be played here",
    where: /fast\/interned-engine\.ts/u,
    line: /./u,
  },
];
