import type { AgentsAtWork } from "./agents-at-work.ts";
import type { Contacts } from "./contacts.ts";
import type { EventList } from "./event-list.ts";
import type { KeyedRandom } from "./keyed-random.ts";
import type { MessageLog } from "./message-log.ts";
import type { Router } from "./router.ts";
import type { World } from "./world.ts";

/** Everything that customers, staff and observer share in one replication. */
export interface Stage {
  readonly world: World;
  readonly random: KeyedRandom;
  readonly upcoming: EventList;
  readonly contacts: Contacts;
  readonly work: AgentsAtWork;
  readonly log: MessageLog;
  /** The engine, which is given commands at the present instant; what they cause is dealt with by `settle`. */
  readonly router: Router;
  /** Virtual time, epoch ms. */
  now: number;
  /** Deals with what the commands given since the last time have caused. */
  settle: () => void;
}
