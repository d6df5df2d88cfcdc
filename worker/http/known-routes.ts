import type { App } from "./app.ts";
import type { DescribedRoute } from "./openapi.ts";
import { Problem } from "./problems.ts";

/**
 * Refuses what no route answers before anything of it is read.
 *
 * Problems: `not_found`, `method_not_allowed` with the methods in `Allow`.
 */
export function refuseUnknownRoutes(app: App, routes: readonly DescribedRoute[]): void {
  app.setNotFoundHandler((request) => {
    throw refusal(request.method, request.url);
  });
  app.addHook("onRequest", (request, _, done) => {
    done(request.is404 ? refusal(request.method, request.url) : undefined);
  });

  function refusal(method: string, url: string): Problem {
    const path = url.split("?")[0] ?? "";
    const methods = routes.filter((route) => patternOf(route.url).test(path));
    if (methods.length === 0)
      return new Problem("not_found", `There is nothing at ${shown(path)}.`);
    const allowed = [...new Set(methods.flatMap((route) => route.method))].toSorted().join(", ");
    return new Problem(
      "method_not_allowed",
      `${method} is not one of ${allowed}.`,
      {},
      { allow: allowed },
    );
  }
}

function patternOf(url: string): RegExp {
  return new RegExp(`^${url.replaceAll(/:\w+/gu, "[^/]+").replaceAll(".", "\\.")}$`, "u");
}

function shown(path: string): string {
  return path.length > 200 ? `${path.slice(0, 200)}…` : path;
}
