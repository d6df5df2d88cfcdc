import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { promisify } from "node:util";
import { GenericContainer, Wait, getContainerRuntimeClient } from "testcontainers";
import type { StartedTestContainer } from "testcontainers";
import { onTestFinished } from "vitest";
import { keptMessages } from "../kept-messages.ts";
import { root } from "../repository.ts";

/** What is given beside the image. */
export interface Surroundings {
  /** Name of the volume at /data. */
  readonly volume: string;
  /** The configuration of the tenant `acme`. */
  readonly document: object;
}

const command = [
  "start",
  "--data=/data",
  "--port=0",
  "--config=/etc/nightdesk",
  "--partitions=1",
] as const;

/** Builds the image from this tree, or finds it built; resolves with its name. */
export async function buildImage(): Promise<string> {
  const script = join(root, "test/container/build-image.sh");
  const { stdout } = await promisify(execFile)(script, { cwd: root });
  return stdout.trim().split("\n").at(-1) ?? "";
}

/** A volume that goes when the test is done. @param sizeMiB if given, it is in memory and holds no more */
export async function makeVolume(sizeMiB?: number): Promise<string> {
  const { container } = await getContainerRuntimeClient();
  const name = `nightdesk-test-${randomUUID()}`;
  const limited = {
    DriverOpts: { type: "tmpfs", device: "tmpfs", o: `size=${sizeMiB}m,uid=10001,gid=10001` },
  };
  await container.dockerode.createVolume({
    Name: name,
    Driver: "local",
    ...(sizeMiB !== undefined && limited),
  });
  onTestFinished(async () => void (await container.dockerode.getVolume(name).remove()));
  return name;
}

/**
 * A container of the image, removed when the test is done. It shares the machine's network, because a
 * worker answers on the loopback address alone.
 */
export class WorkerContainer {
  readonly container: StartedTestContainer;
  readonly #url: string;

  private constructor(container: StartedTestContainer, url: string) {
    this.container = container;
    this.#url = url;
  }

  /** Resolves when it listens. */
  static async start(
    image: string,
    { volume, document }: Surroundings,
    ...flags: readonly string[]
  ): Promise<WorkerContainer> {
    const configuration = { content: JSON.stringify(document), target: "/etc/nightdesk/acme.json" };
    const container = await new GenericContainer(image)
      .withNetworkMode("host")
      .withBindMounts([{ source: volume, target: "/data" }])
      .withCopyContentToContainer([configuration])
      .withCommand([...command, ...flags])
      .withWaitStrategy(Wait.forLogMessage(/listening on/u))
      .start();
    onTestFinished(async () => void (await container.stop({ timeout: 1000 })));
    return new WorkerContainer(container, await addressOf(container));
  }

  /** Kills the process in it; resolves when it is gone. The container stays, and its volume. */
  async kill(): Promise<void> {
    await this.#end(async (container) => container.kill({ signal: "SIGKILL" }));
  }

  /** Asks it to stop, as an orchestrator does; resolves with the exit code. */
  async stop(): Promise<number> {
    return this.#end(async (container) => container.stop({ t: 30 }));
  }

  /** Runs JavaScript in the container, as the user of the image; answers what it printed. */
  async run(script: string): Promise<string> {
    const { exitCode, output } = await this.container.exec(["node", "-e", script]);
    if (exitCode !== 0) throw new Error(`${script} ended with ${exitCode}:\n${output}`);
    return output.trim();
  }

  async call(method: string, path: string, body?: unknown): Promise<Called> {
    const response = await fetch(`${this.#url}${path}`, {
      method,
      ...(body !== undefined && {
        body: JSON.stringify(body),
        headers: { "content-type": "application/json" },
      }),
    });
    const text = await response.text();
    const parsed = (text === "" ? {} : JSON.parse(text)) as Called["body"];
    return {
      status: response.status,
      body: parsed,
      retryAfter: response.headers.get("retry-after"),
    };
  }

  /** A customer's message. Undefined where nobody knows what became of it. */
  async send(id: string, text = "Hello?"): Promise<Called | undefined> {
    const message = { id, channel: "web", customer: `customer-${id}`, text };
    try {
      return await this.call("POST", "/v1/tenants/acme/messages", message);
    } catch {
      return undefined;
    }
  }

  /** How often each id of a customer's message stands in a timeline. */
  async kept(): Promise<ReadonlyMap<string, number>> {
    return keptMessages((method, path) => this.call(method, path), "acme");
  }

  async #end(how: (container: DockerContainer) => Promise<unknown>): Promise<number> {
    const { container } = await getContainerRuntimeClient();
    const mine = container.dockerode.getContainer(this.container.getId());
    const gone = mine.wait();
    await how(mine);
    const { StatusCode } = (await gone) as { readonly StatusCode: number };
    return StatusCode;
  }
}

export interface Called {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly retryAfter: string | null;
}

type Docker = Awaited<ReturnType<typeof getContainerRuntimeClient>>["container"]["dockerode"];
type DockerContainer = ReturnType<Docker["getContainer"]>;

/** The first line on its standard output says it. */
async function addressOf(container: StartedTestContainer): Promise<string> {
  const lines: Readable = await container.logs();
  let said = "";
  try {
    for await (const chunk of lines) {
      said += String(chunk);
      const url = /listening on (http:\/\/127\.0\.0\.1:\d+)\s/u.exec(said)?.[1];
      if (url !== undefined) return url;
    }
  } finally {
    lines.destroy();
  }
  throw new Error(`it does not say where it listens:\n${said}`);
}
