import { Readable } from "node:stream";
import type { TSchema } from "typebox";
import type { Result } from "../../../core/engine.ts";
import type { App, HttpContext } from "../app.ts";
import { answers } from "../app.ts";
import { receiveMessage } from "../command-inputs.ts";
import { outcomeOf, problemOfResult } from "../conversation-commands.ts";
import { problemOf } from "../errors.ts";
import { type AnswerLine, answerLines, atLine } from "../message-stream.ts";
import { tenantParams, tenantPath } from "../paths.ts";
import { invalidRequest, type Problem } from "../problems.ts";
import { idsOfBody, parseJson } from "../requests.ts";
import { outcome } from "../schemas/answers.ts";
import { type InboundMessage, inboundMessage } from "../schemas/messages.ts";
import { validatorOf } from "../validator.ts";
import { outcomeView } from "../views.ts";

/** Bodies of other content types are for the handler to read. */
class LineBody {
  readonly bytes: Readable;
  constructor(bytes: Readable) {
    this.bytes = bytes;
  }
}

const ndjson = "application/x-ndjson";

export function messageRoutes(app: App, context: HttpContext): void {
  const { routing, limits, tenants } = context;
  const body = inboundMessage(limits);

  app.addContentTypeParser(ndjson, (_, payload, done) => {
    done(null, new LineBody(payload));
  });
  app.route({
    method: "POST",
    url: `${tenantPath}/messages`,
    schema: { params: tenantParams, body, response: answers({ 202: outcome }) },
    // A stream is no message; its lines are checked one by one.
    validatorCompiler: ({ schema }) => {
      const validator = validatorOf(schema);
      return (value: unknown) =>
        value instanceof LineBody || validator.check(value)
          ? { value }
          : { error: new Error("not valid") };
    },
    config: {
      operation: {
        id: "receiveMessage",
        tag: "messages",
        summary: "Take in a message of a customer",
        description:
          "202 once it is durable. With `application/x-ndjson` a stream of messages, one a line, each answered by one line in the same order: as here, or a problem, after which the rest go on. What passes a limit gets one `too_many_lines` or `too_large` problem, then the answers end.",
        problems: ["unknown_channel", "unknown_skill_queue"],
        bodyAlternatives: { [ndjson]: { description: "One InboundMessage a line." } },
        answers: { 200: { type: ndjson, description: "One Outcome or Problem a line." } },
      },
    },
    handler: async (request, reply) => {
      const { tenant } = request.params;
      const given: unknown = request.body;
      if (!(given instanceof LineBody)) {
        const result = await routing.submit(receiveMessage(tenant, request.body));
        return reply.code(202).send(outcomeView(outcomeOf(result), "text"));
      }
      await tenants.find(tenant);
      return reply
        .code(200)
        .type(ndjson)
        .send(Readable.from(answerLines(given.bytes, limits, answerLine(context, tenant, body))));
    },
  });
}

/** Takes in one line of a stream. */
function answerLine(
  { routing, tenants }: HttpContext,
  tenant: string,
  schema: TSchema,
): AnswerLine {
  const validator = validatorOf(schema);
  const refusal = async (message: unknown): Promise<Problem> => {
    try {
      await tenants.require({ tenant, ...idsOfBody(message) });
      return invalidRequest(validator.violations(message));
    } catch (error) {
      return problemOf(error);
    }
  };
  return (line, number, answered) => {
    const refuse = (error: unknown): void => answered(atLine(problemOf(error).body(), number));
    const resolve = (result: Result): void => {
      if (result.status === "accepted") answered(outcomeView(result, "text"));
      else refuse(problemOfResult(result));
    };
    try {
      const message = parseJson(line);
      if (validator.check(message)) {
        const command = receiveMessage(tenant, message as InboundMessage);
        routing.post(command, { resolve, reject: refuse });
      } else void refusal(message).then(refuse);
    } catch (error) {
      refuse(error);
    }
  };
}
