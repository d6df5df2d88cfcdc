import type {
  Agent,
  Channel,
  Conversation,
  Customer,
  LastAgent,
  Partition,
  Tenant,
} from "./state.ts";

/** The customer at this address of the channel, noted down if new. */
export function customerAt(
  partition: Partition,
  tenant: Tenant,
  channel: Channel,
  address: string,
): Customer {
  const key = customerKey(channel.id, address);
  const known = tenant.customers.get(key);
  if (known !== undefined) return known;
  const customer: Customer = {
    channel,
    address,
    customerId: undefined,
    lastMessageAt: undefined,
    lastAgent: undefined,
    open: undefined,
  };
  tenant.customers.set(key, customer);
  if (tenant.customers.size > partition.limits.customersRememberedMax) forgetOldest(tenant);
  return customer;
}

function forgetOldest(tenant: Tenant): void {
  for (const key of tenant.idleCustomers.keys()) {
    tenant.idleCustomers.delete(key);
    tenant.customers.delete(key);
    return;
  }
}

/** The agent sent a message: they are the last agent from now on. */
export function noteLastAgent(
  partition: Partition,
  conversation: Conversation,
  agent: Agent,
): void {
  const { customer, tenant } = conversation;
  const last = { agent: agent.id, at: partition.now };
  customer.lastAgent = last;
  if (customer.customerId !== undefined) {
    notePerson(partition, tenant, customer.customerId, last);
  }
}

function notePerson(
  partition: Partition,
  tenant: Tenant,
  customerId: string,
  last: LastAgent,
): void {
  tenant.people.delete(customerId);
  tenant.people.set(customerId, last);
  if (tenant.people.size <= partition.limits.customersRememberedMax) return;
  for (const oldest of tenant.people.keys()) {
    tenant.people.delete(oldest);
    return;
  }
}

/** A message names who the customer is; a last agent they already have comes along. */
export function noteCustomerId(
  partition: Partition,
  conversation: Conversation,
  customerId: string,
): void {
  const { customer, tenant } = conversation;
  if (customer.customerId === customerId) return;
  customer.customerId = customerId;
  const known = tenant.people.get(customerId);
  const here = customer.lastAgent;
  if (here !== undefined && (known === undefined || known.at < here.at)) {
    notePerson(partition, tenant, customerId, here);
  }
}

export function customerKey(channel: string, address: string): string {
  return `${channel}\n${address}`;
}
