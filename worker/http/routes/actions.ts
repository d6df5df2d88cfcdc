import { type TSchema, Type } from "typebox";
import type { ConversationId } from "../../../core/commands.ts";
import type { CommandInput } from "../../shards/routing.ts";
import { type App, type HttpContext, answers } from "../app.ts";
import { outcomeOf, wrongActor } from "../conversation-commands.ts";
import { problemOf } from "../errors.ts";
import { conversationParams, conversationPath, tenantParams, tenantPath } from "../paths.ts";
import { type ProblemCode, invalidRequest } from "../problems.ts";
import { idsOfBody } from "../requests.ts";
import {
  type Action,
  type Assignment,
  type Closing,
  type HandOff,
  action,
  assignment,
  bulk,
  bulkAction,
  bulkAssignment,
  closing,
  handOff,
} from "../schemas/actions.ts";
import { outcome, problem } from "../schemas/answers.ts";
import { named, open } from "../schemas/keys.ts";
import { validatorOf } from "../validator.ts";
import { outcomeView } from "../views.ts";

/** What an action on one conversation asks of the engine. */
type Ask<Body> = (tenant: string, conversation: ConversationId, body: Body) => Promise<object>;

const actionProblems: readonly ProblemCode[] = [
  "unknown_agent",
  "unknown_skill_queue",
  "unknown_conversation",
  "stale_version",
  "wrong_state",
];

/** The six actions on a conversation (3.14), each for one, two of them also for many at a time. */
export function actionRoutes(app: App, context: HttpContext): void {
  const asks = asksOf(context);
  const one = <Body>(name: string, body: TSchema, ask: Ask<Body>, about: About) =>
    oneRoute(app, context, { name, body, ask, about });

  one("accept", action(), asks.accept, {
    id: "acceptOffer",
    summary: "The agent takes what is offered",
    problems: ["not_owner"],
  });
  one("decline", action(), asks.decline, {
    id: "declineOffer",
    summary: "The agent does not take what is offered",
    problems: ["not_owner"],
  });
  one("assign", assignment(), asks.assign, {
    id: "assignConversation",
    summary: "A person gives it to an agent",
    problems: ["agent_not_available", "skill_missing", "no_capacity"],
  });
  one("release", action(), asks.release, {
    id: "releaseConversation",
    summary: "The owner gives it back, or a supervisor takes it back",
    problems: ["not_owner"],
  });
  one("handoff", handOff(), asks.handOff, {
    id: "handOffConversation",
    summary: "The bot hands off to people, or an owner to another queue",
    problems: ["not_owner"],
  });
  one("close", closing(), asks.close, {
    id: "closeConversation",
    summary: "Close it; the next message opens a new conversation",
    problems: ["not_owner"],
  });
  bulkRoute(app, context, {
    name: "assign",
    id: "assignConversations",
    body: bulk("Assignment"),
    item: bulkAssignment(),
    ask: asks.assign,
  });
  bulkRoute(app, context, {
    name: "release",
    id: "releaseConversations",
    body: bulk("Action"),
    item: bulkAction(),
    ask: asks.release,
  });
}

interface About {
  readonly id: string;
  readonly summary: string;
  readonly problems: readonly ProblemCode[];
}

interface OneAction<Body> {
  readonly name: string;
  readonly body: TSchema;
  readonly ask: Ask<Body>;
  readonly about: About;
}

function oneRoute<Body>(
  app: App,
  context: HttpContext,
  { name, body, ask, about }: OneAction<Body>,
) {
  const { id, summary, problems } = about;
  app.route({
    method: "POST",
    url: `${conversationPath}/${name}`,
    schema: { params: conversationParams, body, response: answers({ 200: outcome }) },
    config: {
      operation: {
        id,
        tag: "conversations",
        summary,
        problems: [...actionProblems, ...problems],
        bodyOptional: true,
      },
    },
    handler: async (request) => {
      const { tenant, conversation } = request.params;
      await requireQueue(context, tenant, request.body);
      const number = await context.tenants.conversationNumber(tenant, conversation);
      return ask(tenant, number, request.body as Body);
    },
  });
}

/** Each action as a command; who acts is in the body (FINE-PRINT 28). */
function asksOf({ routing }: HttpContext) {
  const submit = async (command: CommandInput) =>
    outcomeView(outcomeOf(await routing.submit(command)), "action");
  /** For actions that no state allows the bot. */
  const byPeople =
    (type: "acceptOffer" | "declineOffer" | "releaseConversation"): Ask<Action> =>
    async (tenant, conversation, body) => {
      if (body.bot === true) throw await wrongActor(routing, tenant, conversation, body.version);
      return submit({ type, tenant, conversation, ...actor(body), ...noted(body) });
    };
  const assign: Ask<Assignment> = (tenant, conversation, { agent, version, override, reason }) =>
    submit({
      type: "assignConversation",
      tenant,
      conversation,
      agent,
      ...(version !== undefined && { version }),
      ...(override !== undefined && { override }),
      ...noted({ reason }),
    });
  const handOffTo: Ask<HandOff> = (tenant, conversation, body) =>
    submit({
      type: "handOffConversation",
      tenant,
      conversation,
      ...actor(body),
      ...(body.bot === true && { bot: true }),
      ...(body.skillQueue !== undefined && { skillQueue: body.skillQueue }),
      ...noted(body),
    });
  const close: Ask<Closing> = (tenant, conversation, body) =>
    submit({
      type: "closeConversation",
      tenant,
      conversation,
      ...actor(body),
      ...(body.bot === true && { bot: true }),
      ...(body.customer === true && { customer: true }),
      ...noted(body),
    });
  return {
    accept: byPeople("acceptOffer"),
    decline: byPeople("declineOffer"),
    release: byPeople("releaseConversation"),
    assign,
    handOff: handOffTo,
    close,
  };
}

function actor({ agent, version }: { readonly agent?: string; readonly version?: number }) {
  return { ...(agent !== undefined && { agent }), ...(version !== undefined && { version }) };
}

/** The caller's own words. */
function noted({ reason }: { readonly reason?: string | undefined }) {
  return { ...(reason !== undefined && { note: reason }) };
}

interface BulkAction<Body> {
  readonly name: string;
  readonly id: string;
  readonly body: ReturnType<typeof bulk>;
  readonly item: TSchema;
  readonly ask: Ask<Body>;
}

const bulkAnswer = open(
  {
    items: Type.Array(
      open(
        {
          status: Type.Integer({ description: "As of a request of its own." }),
          ...Type.Partial(outcome).properties,
          ...Type.Partial(Type.Omit(problem, ["status"])).properties,
        },
        "An Outcome with `status: 200`, or a Problem with its `conversation`.",
        named("BulkItemAnswer"),
      ),
      { description: "One for each item, in their order." },
    ),
  },
  "Answers.",
  named("BulkAnswer"),
);

function bulkRoute<Body>(
  app: App,
  context: HttpContext,
  { name, id, body, item, ask }: BulkAction<Body>,
) {
  const validator = validatorOf(item);

  app.route({
    method: "POST",
    url: `${tenantPath}/conversations/${name}`,
    schema: { params: tenantParams, body, response: answers({ 200: bulkAnswer }) },
    config: {
      operation: {
        id,
        tag: "conversations",
        summary: `Several of ${name}, each answered by itself`,
        problems: [],
      },
    },
    handler: async (request) => {
      const { tenant } = request.params;
      await context.tenants.find(tenant);
      const { items } = request.body;
      return {
        items: await Promise.all(items.map((one, index) => answerItem(tenant, one, index))),
      };
    },
  });

  async function answerItem(tenant: string, given: unknown, index: number): Promise<object> {
    try {
      if (!validator.check(given)) {
        await context.tenants.require({ tenant, ...idsOfBody(given), ...conversationOf(given) });
        throw invalidRequest(validator.violations(given, `/items/${index}`));
      }
      const { conversation, ...rest } = given as Body & { readonly conversation: string };
      await requireQueue(context, tenant, given);
      const number = await context.tenants.conversationNumber(tenant, conversation);
      return { status: 200, ...(await ask(tenant, number, rest as Body)) };
    } catch (error) {
      return { ...problemOf(error).body(), ...conversationOf(given) };
    }
  }
}

/** A queue that is named must exist, also where the action has no use for it. */
async function requireQueue({ tenants }: HttpContext, tenant: string, body: unknown) {
  const { skillQueue } = idsOfBody(body);
  if (skillQueue !== undefined) await tenants.require({ tenant, skillQueue });
}

function conversationOf(item: unknown): { readonly conversation?: string } {
  if (typeof item !== "object" || item === null || !("conversation" in item)) return {};
  return typeof item.conversation === "string" ? { conversation: item.conversation } : {};
}
