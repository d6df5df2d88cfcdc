import { Compile } from "typebox/compile";

type Json = Readonly<Record<string, unknown>>;
type Check = (value: unknown) => readonly string[];

/** An answer as it came. */
export interface GivenAnswer {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly status: number;
  readonly type: string;
  readonly body: unknown;
}

/** Holds answers to what `/openapi.json` says of them. */
export class DescribedAnswers {
  readonly operations: readonly string[];
  readonly #document: Json;
  readonly #routes: readonly { pattern: RegExp; methods: Json }[];
  readonly #checks = new Map<string, Check>();

  constructor(document: Json) {
    this.#document = document;
    const paths = Object.entries(document["paths"] as Json);
    this.#routes = paths.map(([path, methods]) => ({
      pattern: new RegExp(`^${path.replaceAll(".", "\\.").replaceAll(/\{\w+\}/gu, "[^/]+")}$`, "u"),
      methods: methods as Json,
    }));
    this.operations = this.#routes.flatMap(({ methods }) =>
      Object.values(methods).map((operation) => String((operation as Json)["operationId"])),
    );
  }

  /** The operation that answered, and how the answer differs from its description. */
  problemsOf({ method, path, status, type, body }: GivenAnswer): {
    readonly operation: string | undefined;
    readonly problems: readonly string[];
  } {
    const operation = this.#operationAt(method, path);
    if (operation === undefined) {
      return { operation, problems: status === 404 || status === 405 ? [] : ["no operation"] };
    }
    const id = String(operation["operationId"]);
    const described = (operation["responses"] as Json)[String(status)] as Json | undefined;
    if (described === undefined) return { operation: id, problems: [`status ${status}`] };
    const content = described["content"] as Json | undefined;
    if (body === undefined) {
      return { operation: id, problems: content === undefined ? [] : ["no body"] };
    }
    const [mediaType = ""] = type.split(";");
    const media = content?.[mediaType] as Json | undefined;
    if (media === undefined) return { operation: id, problems: [`content type ${type}`] };
    const check = this.#checkOf(`${id} ${status} ${mediaType}`, media["schema"]);
    return { operation: id, problems: check(body) };
  }

  /** Static paths go before those with parameters, as in the server. */
  #operationAt(method: string, path: string): Json | undefined {
    const found = this.#routes
      .filter(({ pattern, methods }) => pattern.test(path) && method.toLowerCase() in methods)
      .toSorted((a, b) => b.pattern.source.length - a.pattern.source.length);
    const exact = found.find(({ pattern }) => pattern.source === `^${path}$`);
    return (exact ?? found.at(-1))?.methods[method.toLowerCase()] as Json | undefined;
  }

  #checkOf(key: string, schema: unknown): Check {
    const known = this.#checks.get(key);
    if (known !== undefined) return known;
    const compiled = Compile(this.#resolve(schema) as object);
    const check: Check = (value) =>
      compiled.Check(value)
        ? []
        : compiled.Errors(value).map(({ instancePath, message }) => `${instancePath} ${message}`);
    this.#checks.set(key, check);
    return check;
  }

  #resolve(schema: unknown): unknown {
    if (Array.isArray(schema)) return schema.map((one) => this.#resolve(one));
    if (typeof schema !== "object" || schema === null) return schema;
    const { $ref, ...words } = schema as Json;
    if (typeof $ref === "string") {
      const name = $ref.replace("#/components/schemas/", "");
      const { schemas } = this.#document["components"] as { readonly schemas: Json };
      if (!(name in schemas)) throw new Error(`nothing is described as ${name}`);
      return this.#resolve(schemas[name]);
    }
    return Object.fromEntries(Object.entries(words).map(([key, one]) => [key, this.#resolve(one)]));
  }
}
