import { createEngine } from "../../core/index.ts";
import { desk, plansOf } from "./desk.ts";
import { monday } from "./script-time.ts";

/**
 * How long a routable message takes while `count` messages wait that nobody can take: their cost is
 * above what the only agent has free. The median of many, in µs.
 */
export function backlogOf(count: number): { readonly microsecondsPerRoutable: number } {
  const { configuration } = desk({
    costs: { email: 2 },
    agents: { ana: 2 },
    channels: { email: {}, web: {} },
  });
  const engine = createEngine();
  const base = { at: monday, tenant: "t" };
  const events = [] as Parameters<typeof engine.apply>[1];
  engine.apply(
    { type: "configureTenant", ...base, configuration, plans: plansOf(configuration, monday) },
    events,
  );
  engine.apply({ type: "setPresence", ...base, agent: "ana", status: "available" }, events);
  let id = 0;
  const write = (channel: string, customer: string): void => {
    const message = { id: `${(id += 1)}`, channel, customer, content: "" };
    engine.apply({ type: "receiveMessage", ...base, ...message }, events);
  };
  write("web", "first"); // ana has one unit left
  for (let waiting = 0; waiting < count; waiting += 1) write("email", `waits-${waiting}`);
  const times: number[] = [];
  for (let round = 0; round < 101; round += 1) {
    const start = process.hrtime.bigint();
    write("web", "next");
    times.push(Number(process.hrtime.bigint() - start) / 1000);
    const conversation = engine.counts().conversationsOpened;
    if (engine.conversation("t", conversation)?.agent !== "ana") throw new Error("not routable");
    engine.apply({ type: "closeConversation", ...base, conversation }, events);
    events.length = 0;
  }
  times.sort((a, b) => a - b);
  return { microsecondsPerRoutable: times[50] ?? 0 };
}
