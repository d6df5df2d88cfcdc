import { happenings } from "./happenings.ts";
import { purposes } from "./keyed-random.ts";
import { simulatedTenant, type Stage } from "./stage.ts";

/** Draws of one purpose for one contact are this far apart, so that each offer has its own. */
const repeated = 256;

/** Whether and when agents accept what they are offered. */
export class OfferHabits {
  readonly #stage: Stage;
  readonly #byId: ReadonlyMap<string, number>;

  /** `byId` gives each agent's place in the stage's list. */
  constructor(stage: Stage, byId: ReadonlyMap<string, number>) {
    this.#stage = stage;
    this.#byId = byId;
  }

  /** The agent looks at an offer, and plans the answer if there is to be one. */
  consider(conversation: number, id: string): void {
    const { contacts, random: draws, world, work, now, upcoming } = this.#stage;
    const contact = contacts.of(conversation);
    const group = world.groups[work.agents[this.#byId.get(id) ?? -1]?.group ?? -1];
    if (contact === undefined || group === undefined) return;
    contact.offers += 1;
    contact.offeredTo = id;
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
      this.#stage.command({
        type: kind === happenings.acceptOffer ? "acceptOffer" : "declineOffer",
        at: this.#stage.now,
        tenant: simulatedTenant,
        conversation: contact.conversation,
        agent: contact.offeredTo,
      });
      this.#stage.settle();
    }
    this.#stage.contacts.release(contact);
  }
}
