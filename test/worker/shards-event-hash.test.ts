import fc from "fast-check";
import { expect, test } from "vitest";
import type { Event } from "../../core/events.ts";
import { GrowingEventHash, hashAfter } from "../../worker/shards/event-hash.ts";

const eventArbitrary = fc.record({
  type: fc.constant("tenantConfigured" as const),
  sequence: fc.nat(),
  at: fc.nat(),
  tenant: fc.string({ unit: "binary" }),
  revision: fc.nat(),
});

test("a hash that grows is that of all events at once, wherever they are let go of", () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      fc.array(fc.array(eventArbitrary, { maxLength: 4 }), { maxLength: 6 }),
      fc.boolean(),
      (before, stretches, endsWithRest) => {
        const growing = new GrowingEventHash(before);
        const all: Event[] = [];
        for (const [index, stretch] of stretches.entries()) {
          if (index > 0) growing.rest();
          for (const event of stretch) {
            growing.events.push(event);
            all.push(event);
          }
        }
        if (endsWithRest) growing.rest();
        expect(growing.end()).toBe(hashAfter(before, all));
      },
    ),
  );
});
