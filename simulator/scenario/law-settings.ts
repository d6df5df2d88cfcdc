import { type Static, Type } from "typebox";
import {
  deterministic,
  empirical,
  exponential,
  gamma,
  hyperexponential,
  type Law,
  lognormal,
  mixture,
  weibull,
} from "../distributions.ts";
import { choice, closed, defaulted, number } from "./shape.ts";

const units = ["seconds", "minutes", "hours", "days"] as const;

const unit = () => defaulted(choice(units, "Unit of the numbers beside it."), "minutes");
const mean = () => number("Mean.", { above: 0 });
const weight = () => number("How often, relative to the others.", { min: 0 });

const exponentialLaw = closed({ law: Type.Literal("exponential"), mean: mean(), unit: unit() });
const lognormalLaw = closed({
  law: Type.Literal("lognormal"),
  mean: mean(),
  sd: number("Standard deviation (of the quantity, not of its logarithm).", { above: 0 }),
  unit: unit(),
});
const gammaLaw = closed({
  law: Type.Literal("gamma"),
  mean: mean(),
  shape: number("Shape; the variance is mean² / shape.", { above: 0 }),
  unit: unit(),
});
const weibullLaw = closed({
  law: Type.Literal("weibull"),
  scale: number("Scale.", { above: 0 }),
  shape: number("Shape.", { above: 0 }),
  unit: unit(),
});
const deterministicLaw = closed({
  law: Type.Literal("deterministic"),
  value: number("The value.", { min: 0 }),
  unit: unit(),
});
const hyperexponentialLaw = closed({
  law: Type.Literal("hyperexponential"),
  branches: Type.Array(closed({ weight: weight(), mean: mean() }), { minItems: 1 }),
  unit: unit(),
});
const empiricalLaw = closed({
  law: Type.Literal("empirical"),
  values: Type.Array(number("An observed value.", { min: 0 }), { minItems: 1 }),
  unit: unit(),
});
const simpleLaws = [
  exponentialLaw,
  lognormalLaw,
  gammaLaw,
  weibullLaw,
  deterministicLaw,
  hyperexponentialLaw,
  empiricalLaw,
] as const;
const mixtureLaw = closed({
  law: Type.Literal("mixture"),
  parts: Type.Array(closed({ weight: weight(), of: Type.Union([...simpleLaws]) }), { minItems: 1 }),
});

/** A law of a duration, with its unit. */
export const lawSchema = Type.Union([...simpleLaws, mixtureLaw]);
export type LawSettings = Static<typeof lawSchema>;

const millisecondsPer = { seconds: 1000, minutes: 60_000, hours: 3_600_000, days: 86_400_000 };

/** The law in milliseconds. */
export function lawOf(settings: LawSettings): Law {
  if (settings.law === "mixture") {
    return mixture(settings.parts.map((part) => ({ weight: part.weight, law: lawOf(part.of) })));
  }
  const ms = millisecondsPer[settings.unit];
  switch (settings.law) {
    case "exponential":
      return exponential(settings.mean * ms);
    case "lognormal":
      return lognormal(settings.mean * ms, settings.sd * ms);
    case "gamma":
      return gamma(settings.shape, settings.mean * ms);
    case "weibull":
      return weibull(settings.shape, settings.scale * ms);
    case "deterministic":
      return deterministic(settings.value * ms);
    case "hyperexponential":
      return hyperexponential(
        settings.branches.map((branch) => ({ weight: branch.weight, mean: branch.mean * ms })),
      );
    case "empirical":
      return empirical(settings.values.map((value) => value * ms));
  }
}
