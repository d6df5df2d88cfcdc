import * as fc from "fast-check";
import { expect, test } from "vitest";
import { EventList } from "../../simulator/event-list.ts";

test("events come by time, those of one instant by turn, whoever is scheduled or taken between", () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.nat(20), fc.constant("take"), fc.constant("later")), {
        minLength: 2000,
        maxLength: 4000,
      }),
      (steps) => {
        const list = new EventList();
        const expected: { at: number; turn: number; first: number }[] = [];
        let now = 0;
        let kept: number | undefined;
        for (const [index, step] of steps.entries()) {
          if (step === "take") {
            expected.sort((a, b) => a.at - b.at || a.turn - b.turn);
            const next = expected.shift();
            expect(list.nextAt()).toBe(next?.at ?? Number.POSITIVE_INFINITY);
            expect(list.take()).toBe(next !== undefined);
            if (next !== undefined) {
              const { at, first } = next;
              expect(list.taken).toEqual({ at, kind: 3, first, second: 7 - first });
            }
            now = next?.at ?? now;
            kept = undefined;
          } else if (step === "later") {
            kept = list.nextTurn();
          } else {
            const own = kept ?? list.nextTurn();
            list.schedule(now + step, 3, index, 7 - index, own);
            expected.push({ at: now + step, turn: own, first: index });
            kept = undefined;
          }
        }
        expect(list.size).toBe(expected.length);
      },
    ),
    { numRuns: 20 },
  );
});
