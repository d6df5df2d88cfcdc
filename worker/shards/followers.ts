/** Whose streams are read as they come, by partition. */
export class Followers {
  readonly #counts = new Map<number, Map<string, number>>();
  /** What `of` answers, until it changes. */
  readonly #tenants = new Map<number, readonly string[]>();

  /** One reader more; returns the way to take it back, which does so once. */
  add(partition: number, tenant: string): () => void {
    this.#change(partition, tenant, 1);
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.#change(partition, tenant, -1);
    };
  }

  /** Tenants that are followed, the first some of them: the list goes along with every batch. */
  of(partition: number): readonly string[] {
    return this.#tenants.get(partition) ?? [];
  }

  #change(partition: number, tenant: string, by: number): void {
    const counts = this.#counts.get(partition) ?? new Map<string, number>();
    const count = (counts.get(tenant) ?? 0) + by;
    if (count > 0) counts.set(tenant, count);
    else counts.delete(tenant);
    this.#counts.set(partition, counts);
    this.#tenants.set(partition, counts.keys().take(tenantsMax).toArray());
  }
}

const tenantsMax = 16;
