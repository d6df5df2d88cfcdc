/** The agents that any of the patterns names; * stands for any text. In the order of `ids`. */
export function agentsOfGroup(
  patterns: readonly string[],
  ids: readonly string[],
): readonly string[] {
  const expressions = patterns.map(
    (pattern) =>
      new RegExp(
        `^${pattern
          .split("*")
          .map((text) => RegExp.escape(text))
          .join(".*")}$`,
        "u",
      ),
  );
  return ids.filter((id) => expressions.some((expression) => expression.test(id)));
}
