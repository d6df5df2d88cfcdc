import type { EraseCustomer } from "../commands.ts";
import type { Result } from "../engine.ts";
import { customerKey } from "./customers.ts";
import { emitPlain } from "./emit.ts";
import { close } from "./episodes.ts";
import type { Conversation, Customer, Partition, Tenant } from "./state.ts";

/** Forget an address on every channel, or everybody with a `customerId` (3.20). */
export function eraseCustomer(
  partition: Partition,
  tenant: Tenant,
  command: EraseCustomer,
): Result {
  const { customer: who } = command;
  const erased: Conversation[] = [];
  for (const conversation of tenant.conversations.values()) {
    const { customer } = conversation;
    if (customer.address === who || customer.customerId === who) erased.push(conversation);
  }
  for (const conversation of erased) {
    if (conversation.state !== "closed") close(partition, conversation, "erased");
  }
  const customers = new Set(erased.map(({ customer }) => customer));
  for (const customer of tenant.customers.values()) {
    if (customer.address === who || customer.customerId === who) customers.add(customer);
  }
  for (const customer of customers) forgetCustomer(tenant, customer);
  tenant.people.delete(who);
  const conversations = erased.map(({ id }) => id);
  emitPlain(partition, { type: "customerErased", tenant: tenant.id, customer: who, conversations });
  return { status: "erased", conversations };
}

function forgetCustomer(tenant: Tenant, customer: Customer): void {
  const { channel, address, customerId } = customer;
  if (address !== undefined) {
    const key = customerKey(channel.id, address);
    channel.autoReplies.delete(address);
    // Somebody else may have the address by now, if this one was forgotten to make room.
    if (tenant.customers.get(key) === customer) {
      tenant.customers.delete(key);
      tenant.idleCustomers.delete(key);
    }
  }
  if (customerId !== undefined) tenant.people.delete(customerId);
  customer.address = undefined;
  customer.customerId = undefined;
}
