import type { Contact } from "./contacts.ts";
import { happenings } from "./happenings.ts";
import { purposes } from "./keyed-random.ts";
import type { Stage } from "./stage.ts";

/** Draws of one purpose for one contact are this far apart, so that each offer has its own. */
const repeated = 256;

/** Whether and when agents accept what they are offered. */
export class OfferHabits {
  readonly #stage: Stage;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  /** The agent looks at an offer, and plans the answer if there is to be one. */
  consider(contact: Contact, agent: number): void {
    const { random: draws, world, work, now, upcoming } = this.#stage;
    const group = world.groups[work.agents[agent]?.group ?? -1];
    if (group === undefined) return;
    contact.offers += 1;
    contact.offeredTo = agent;
    const key = world.channels[contact.channel]?.key ?? 0;
    const purpose = purposes.acceptance + repeated * contact.offers;
    const random = draws.at(key, contact.arrival, purpose);
    const u = random.next();
    const at = now + Math.round(group.acceptsAfter.sample(random));
    const accepts = u < group.acceptProbability;
    // Of those not accepted half are declined; the others are left to the timeout.
    if (!accepts && u < (1 + group.acceptProbability) / 2) return;
    const kind = accepts ? happenings.acceptOffer : happenings.declineOffer;
    contact.pending += 1;
    upcoming.schedule(at, kind, contact.slot, contact.offers);
  }

  /** The planned answer to an offer, unless a later offer has replaced it. */
  answer(kind: number, slot: number, offer: number): void {
    const contact = this.#stage.contacts.at(slot);
    if (contact === undefined) return;
    contact.pending -= 1;
    if (contact.offers === offer && contact.waiting && contact.conversation !== 0) {
      // Refused with `wrong_state` if the offer is over by now, which is as it should be.
      this.#stage.router.say({
        type: kind === happenings.acceptOffer ? "acceptOffer" : "declineOffer",
        conversation: contact.conversation,
        agent: this.#stage.world.agents[contact.offeredTo]?.id ?? "",
      });
      this.#stage.settle();
    }
    this.#stage.contacts.release(contact);
  }
}
