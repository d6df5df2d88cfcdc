import type { App, HttpContext } from "./app.ts";
import { Problem } from "./problems.ts";

const closeIdleEveryMs = 50;

/**
 * On `close` new requests are refused with 503 `stopping`, polls answer at once, streams end, and
 * what is under way is answered; then the connections close.
 */
export function stopGracefully(app: App, { tenants, wakeups }: HttpContext): void {
  let closing: NodeJS.Timeout | undefined;

  app.addHook("onRequest", (_, __, done) => {
    if (closing === undefined) done();
    else done(new Problem("stopping", "The worker is stopping.", {}, refusalHeaders));
  });
  app.addHook("preClose", (done) => {
    // A connection that was busy when the server began to close is idle only afterwards.
    closing = setInterval(() => app.server.closeIdleConnections(), closeIdleEveryMs);
    wakeups.close();
    tenants.close();
    done();
  });
  app.addHook("onClose", (_, done) => {
    clearInterval(closing);
    done();
  });
}

const refusalHeaders = { "retry-after": "1", connection: "close" };
