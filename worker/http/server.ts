import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import { type FastifyHttpOptions, LogController, type RawServerDefault, fastify } from "fastify";
import type { TestClock } from "../clock.ts";
import type { WorkerLimits } from "../limits.ts";
import type { Intake, Routing } from "../shards/routing.ts";
import type { Logger, Telemetry } from "../telemetry.ts";
import { refuseOverload } from "./admission.ts";
import type { App, HttpContext } from "./app.ts";
import { answerErrors, problemOf, sendProblem } from "./errors.ts";
import type { DescribedRoute } from "./openapi.ts";
import { refuseUnknownRoutes } from "./known-routes.ts";
import { refuseMalformed, replaceBareRefusals } from "./malformed.ts";
import { measureAnswers } from "./measuring.ts";
import { prepareRequests } from "./requests.ts";
import { actionRoutes } from "./routes/actions.ts";
import { agentRoutes } from "./routes/agents.ts";
import { configurationRoutes } from "./routes/configuration.ts";
import { conversationRoutes } from "./routes/conversations.ts";
import { customerRoutes } from "./routes/customers.ts";
import { deliveryRoutes } from "./routes/deliveries.ts";
import { eventRoutes } from "./routes/events.ts";
import { messageRoutes } from "./routes/messages.ts";
import { operationRoutes } from "./routes/operations.ts";
import { queueRoutes } from "./routes/queues.ts";
import { stopGracefully } from "./stopping.ts";
import { Tenants } from "./tenants.ts";
import { Wakeups } from "./wakeups.ts";

export interface ServerOptions {
  readonly routing: Routing & Intake;
  readonly limits: WorkerLimits;
  readonly telemetry: Telemetry;
  readonly logger: Logger;
  /** Adds `POST /v1/test-clock`. */
  readonly testClock?: TestClock;
  /** Whether requests can be served. @defaultValue always */
  readonly isReady?: () => boolean;
}

/**
 * The HTTP contract (DOMAIN 5) over a routing. `listen` with host 127.0.0.1, there is no
 * authentication; `close` refuses what is new, ends polls and streams, and resolves when everything
 * that was begun has been answered.
 */
export function createServer(options: ServerOptions): App {
  const { routing, limits, telemetry, logger, testClock, isReady = () => true } = options;
  const settings: FastifyHttpOptions<RawServerDefault> = {
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: limits.bodyBytesMax,
    return503OnClosing: false,
    exposeHeadRoutes: false,
    // Ids and addresses of any allowed length, with each byte written as %XX.
    routerOptions: { maxParamLength: 8192 },
    frameworkErrors: (error, _, reply) => {
      void sendProblem(reply, problemOf(error));
    },
    clientErrorHandler: refuseMalformed,
    // `replaceBareRefusals` sees to it.
    http: { requireHostHeader: false },
  };
  const app: App = fastify(settings).withTypeProvider<TypeBoxTypeProvider>();
  // Answers are what the views make of them: nothing is left out or changed on its way.
  app.setSerializerCompiler(() => JSON.stringify);
  const routes: DescribedRoute[] = [];
  const context: HttpContext = {
    routing,
    limits,
    telemetry,
    routes,
    isReady,
    tenants: new Tenants(routing),
    wakeups: new Wakeups(routing),
    ...(testClock !== undefined && { testClock }),
  };
  app.addHook("onRoute", (route) => {
    routes.push(route);
  });
  answerErrors(app);
  replaceBareRefusals(app);
  stopGracefully(app, context);
  refuseUnknownRoutes(app, routes);
  measureAnswers(app, telemetry);
  prepareRequests(app, context);
  refuseOverload(app, limits, telemetry);
  for (const register of routeGroups) {
    // A scope of its own, for the content types that only some routes read.
    app.register((scope, _, done) => {
      register(scope, context);
      done();
    });
  }
  return app;
}

const routeGroups: readonly ((app: App, context: HttpContext) => void)[] = [
  configurationRoutes,
  messageRoutes,
  agentRoutes,
  eventRoutes,
  conversationRoutes,
  actionRoutes,
  queueRoutes,
  customerRoutes,
  deliveryRoutes,
  operationRoutes,
];
