import type { Command } from "../core/commands.ts";
import type { Result } from "../core/engine.ts";
import type { Event } from "../core/events.ts";
import type { AgentsAtWork } from "./agents-at-work.ts";
import type { Contacts } from "./contacts.ts";
import type { EventList } from "./event-list.ts";
import type { KeyedRandom } from "./keyed-random.ts";
import type { MessageLog } from "./message-log.ts";
import type { World } from "./world.ts";

/** The one tenant of a simulation. */
export const simulatedTenant = "simulated";

/** Everything that customers, staff and observer share in one replication. */
export interface Stage {
  readonly world: World;
  readonly random: KeyedRandom;
  readonly upcoming: EventList;
  readonly contacts: Contacts;
  readonly work: AgentsAtWork;
  readonly log: MessageLog;
  /** Virtual time, epoch ms. */
  now: number;
  /** Gives the engine a command at the present instant; its events are dealt with afterwards. */
  readonly command: (command: Command) => Result;
  /** Deals with the events of the commands given since the last time. */
  readonly settle: () => void;
  /** The events not yet dealt with. */
  readonly events: readonly Event[];
}
