import type { Socket } from "node:net";
import type { App } from "./app.ts";
import { Problem, type ProblemCode } from "./problems.ts";

/** Answers what is no HTTP, or too long or slow to be read as a request, and ends the connection. */
export function refuseMalformed(error: NodeJS.ErrnoException, socket: Socket): void {
  // The client has gone, or an answer is on its way that must not be broken into.
  if (error.code === "ECONNRESET" || !socket.writable || socket.bytesWritten > 0) {
    socket.destroy();
    return;
  }
  const problem = new Problem(codeOf(error.code), "The connection is closed.");
  const body = JSON.stringify(problem.body());
  socket.end(
    [
      `HTTP/1.1 ${problem.status} ${problem.title}`,
      "Content-Type: application/problem+json",
      `Content-Length: ${Buffer.byteLength(body)}`,
      "Connection: close",
      "",
      body,
    ].join("\r\n"),
  );
}

/**
 * In the place of two refusals that Node gives by itself, without a word: a request that names no host
 * gets a problem (RFC 9112, 3.2), and an expectation that nobody knows is passed over (RFC 9110, 10.1.1).
 */
export function replaceBareRefusals(app: App): void {
  app.addHook("onRequest", ({ raw }, _, done) => {
    const isMissing = raw.headers.host === undefined && raw.httpVersion === "1.1";
    done(isMissing ? new Problem("bad_request", "The request names no host.") : undefined);
  });
  const { server } = app;
  server.on("checkExpectation", (request, response) => server.emit("request", request, response));
}

function codeOf(code: string | undefined): ProblemCode {
  switch (code) {
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return "request_timeout";
    case "HPE_HEADER_OVERFLOW":
      return "headers_too_large";
    default:
      return "bad_request";
  }
}
