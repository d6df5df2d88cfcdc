import type { Telemetry } from "../telemetry.ts";
import type { App } from "./app.ts";

interface Observer {
  observe(seconds: number): void;
}

/** Measures every answer by route, method and status; streams and what no route answers are left out. */
export function measureAnswers(app: App, { httpSeconds }: Telemetry): void {
  app.addHook("onRoute", (route) => {
    const observers = new Map<number, Observer>();
    const observerOf = (status: number): Observer => {
      const labels = { route: route.url, method: String(route.method), status };
      const observer = httpSeconds.labels(labels);
      observers.set(status, observer);
      return observer;
    };
    route.onResponse = (_, reply, done) => {
      const { statusCode } = reply;
      const observer = observers.get(statusCode) ?? observerOf(statusCode);
      observer.observe(reply.elapsedTime / 1000);
      done();
    };
  });
}
