import { request } from "undici";

/** What benchmarks read of an event. */
export interface StreamEvent {
  readonly type: string;
  readonly dueAt?: string;
  readonly customer?: string;
  readonly conversation?: string;
}

/** Read an event stream until `take` says that it was the last. Errors: where the stream ends before. */
export async function readEvents(
  url: string,
  take: (event: StreamEvent) => boolean,
): Promise<void> {
  const { body } = await request(url, { headers: { accept: "text/event-stream" }, bodyTimeout: 0 });
  let rest = "";
  body.setEncoding("utf8");
  for await (const chunk of body) {
    const lines = (rest + String(chunk)).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (line.startsWith("data:") && take(JSON.parse(line.slice(5)) as StreamEvent)) return;
    }
  }
  throw new Error("the event stream ended early");
}
