import type { ConversationId, EraseCustomer } from "../commands.ts";
import { reason, state } from "./codes.ts";
import { D, F } from "./conversation-row.ts";
import { stateOf } from "./conversations.ts";
import { close } from "./episodes.ts";
import type { Partition, Tenant } from "./state.ts";
import { conversationsOfTenant } from "./tenant-conversations.ts";

/**
 * Forget an address on every channel, or everybody with a `customerId` (3.20); answers the numbers
 * of their conversations. O(all customers).
 */
export function eraseCustomer(
  partition: Partition,
  tenant: Tenant,
  command: EraseCustomer,
): ConversationId[] {
  const { customers, conversations } = partition;
  const { customer: who } = command;
  const isMeant = (customer: number): boolean =>
    customers.addressOf(customer) === who || customers.customerIdOf(customer) === who;
  const erased = conversationsOfTenant(partition, tenant).filter((conversation) =>
    isMeant(conversations.get(conversation, F.customer)),
  );
  for (const conversation of erased) {
    if (stateOf(partition, conversation) !== state.closed) {
      close(partition, conversation, reason.erased);
    }
  }
  // What was said so far still names the customer.
  partition.flush();
  const found = new Set(erased.map((conversation) => conversations.get(conversation, F.customer)));
  for (let customer = 1; customer <= customers.rows.last; customer += 1) {
    const isTheirs = customers.tenantOf(customer) === tenant.handle;
    if (isTheirs && customers.isKnown(customer) && isMeant(customer)) found.add(customer);
  }
  for (const customer of found) forgetCustomer(partition, tenant, customer);
  customers.forgetPerson(tenant.handle, who);
  return erased.map((conversation) => conversations.getDouble(conversation, D.id));
}

function forgetCustomer(partition: Partition, tenant: Tenant, customer: number): void {
  const { customers, channels } = partition;
  const address = customers.addressOf(customer);
  const customerId = customers.customerIdOf(customer);
  const channel = customers.channelOf(customer);
  customers.refer(customer);
  if (address !== undefined) {
    channels[channel]?.autoReplies.delete(address);
    customers.forget(customer);
  }
  if (customerId !== undefined) customers.forgetPerson(tenant.handle, customerId);
  customers.erase(customer);
  customers.unrefer(customer);
}
