import { Readable } from "node:stream";
import { fastify } from "fastify";
import { type AnswerLine, answerLines } from "../../worker/http/message-stream.ts";
import { inboundMessage } from "../../worker/http/schemas/messages.ts";
import { validatorOf } from "../../worker/http/validator.ts";
import { defaultWorkerLimits } from "../../worker/limits.ts";

/*
 * `POST /messages` with the worker's own schema, validator and splitting of lines, which then does
 * nothing: what the same requests cost in front of everything that Nightdesk does with them.
 */

const limits = defaultWorkerLimits;
const body = inboundMessage(limits);
const validator = validatorOf(body);
const outcome = {
  conversation: "c1",
  state: "queued",
  offline: true,
  version: 1,
  duplicate: false,
};

const app = fastify({ bodyLimit: limits.bodyBytesMax });
app.setSerializerCompiler(() => JSON.stringify);
app.addContentTypeParser("application/x-ndjson", (_, payload, done) => {
  done(null, payload);
});
app.route({
  method: "POST",
  url: "/v1/tenants/:tenant/messages",
  schema: { body },
  validatorCompiler: () => (value: unknown) =>
    value instanceof Readable || validator.check(value)
      ? { value }
      : { error: new Error("not valid") },
  handler: (request, reply) => {
    const given: unknown = request.body;
    if (!(given instanceof Readable)) return reply.code(202).send(outcome);
    const answer: AnswerLine = (line, _number, answered) => {
      if (!validator.check(JSON.parse(line))) throw new Error("not valid");
      queueMicrotask(() => answered(outcome));
    };
    return reply
      .code(200)
      .type("application/x-ndjson")
      .send(Readable.from(answerLines(given, limits, answer)));
  },
});
process.stdout.write(`listening on ${await app.listen({ host: "127.0.0.1", port: 0 })}\n`);
process.once("SIGTERM", () => process.exit(0));
