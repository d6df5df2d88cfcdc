import { Agent, fetch } from "undici";
import { expect, onTestFinished, test, vi } from "vitest";
import type { Result } from "../../core/index.ts";
import { defaultWorkerLimits } from "../../worker/limits.ts";
import { Telemetry } from "../../worker/telemetry.ts";
import { serve } from "./http/http-fixture.ts";
import { accepted } from "./http/scripted-routing.ts";

test("more writes than are allowed at once are refused, reads are not, and room comes back", async () => {
  const telemetry = new Telemetry();
  const limits = { ...defaultWorkerLimits, writesUnderWayMax: 2 };
  await using http = serve({ limits, telemetry });
  const held = Promise.withResolvers<Result>();
  http.routing.answer = () => held.promise;
  const dispatcher = new Agent();
  onTestFinished(async () => dispatcher.destroy());
  const url = `${await http.listen()}/v1/tenants/acme`;
  const write = async (id: string, signal?: AbortSignal) => {
    const body = JSON.stringify({ id, channel: "web", customer: "+49", text: "hello" });
    const headers = { "content-type": "application/json" };
    return fetch(`${url}/messages`, {
      method: "POST",
      body,
      headers,
      dispatcher,
      ...(signal !== undefined && { signal }),
    });
  };
  const leaving = new AbortController();
  const first = write("m1");
  const second = write("m2", leaving.signal);
  await vi.waitFor(() => expect(http.routing.commands.length).toBe(2));

  const refused = await write("m3");
  expect(refused.status).toBe(503);
  expect(refused.headers.get("retry-after")).toBe("1");
  expect(refused.headers.get("content-type")).toBe("application/problem+json");
  expect(await refused.json()).toMatchObject({ code: "overloaded", status: 503 });
  expect((await fetch(`${url}/queues`, { dispatcher })).status).toBe(200);
  expect(await telemetry.registry.metrics()).toContain(
    'nightdesk_refusals_total{code="overloaded"} 1',
  );

  // Whoever has gone makes room as well.
  leaving.abort();
  await expect(second).rejects.toThrow("abort");
  const third = vi.waitFor(async () => {
    const answer = await write("m4");
    expect(answer.status).toBe(202);
  });
  await vi.waitFor(() => expect(http.routing.commands.length).toBe(3));
  held.resolve(accepted);
  await third;
  expect((await first).status).toBe(202);
  expect((await write("m5")).status).toBe(202);
});
