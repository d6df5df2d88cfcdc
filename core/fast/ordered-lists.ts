import { Table } from "./table.ts";

/** Fields of a node: 32 bytes. A key of 64 bits, then links. */
const width = 8;
const keyA = 0;
const next = 2;
const previous = 3;
const left = 4;
const right = 5;
const parent = 6;
/** Twice the list, and one more if the tree knows the node. */
const list = 7;

/** Fields of a list. */
const listWidth = 4;
const first = 0;
const last = 1;
const root = 2;
/** The last node that the tree knows: it knows all before, and none behind. */
const indexedTo = 3;

/** Steps walked from either end before the tree is asked. */
const stepsMax = 8;

/**
 * Doubly linked lists in the order of three keys, smaller first. What arrives in order is appended,
 * and what leaves is unlinked, in O(1), as in any queue. Only where something belongs into the
 * middle of a long list, a search tree (a treap, its priorities a hash of the handle) is built over
 * the nodes so far, each once: O(log n) expected for such an insertion, O(1) amortised for the rest.
 *
 * Nodes are handles of the caller's, the same number in its own table, in whose rows the second and
 * the third key stand: they stay as they are while the node is in a list, and may change before it
 * is removed. The first stands here.
 */
export class OrderedLists {
  readonly #nodes = new Table(width);
  readonly #lists = new Table(listWidth);
  readonly #owners: Table;
  readonly #keyB: number;
  readonly #keyC: number;
  #reserved = 0;

  /** @param keyB field of 64 bits in the owners' rows, as `keyC` is */
  constructor(owners: Table, keyB: number, keyC: number) {
    this.#owners = owners;
    this.#keyB = keyB;
    this.#keyC = keyC;
  }

  newList(): number {
    return this.#lists.take();
  }

  /** Only an empty one. */
  dropList(which: number): void {
    this.#lists.give(which);
  }

  first(which: number): number {
    return this.#lists.get(which, first);
  }

  next(node: number): number {
    return this.#nodes.get(node, next);
  }

  /** List that the node is in, or 0. */
  listOf(node: number): number {
    return node > this.#reserved ? 0 : this.#nodes.get(node, list) >> 1;
  }

  keyA(node: number): number {
    return this.#nodes.getDouble(node, keyA);
  }

  /** Into its place in the list: behind what has the same keys. */
  insert(which: number, node: number, a: number): void {
    while (this.#reserved < node) this.#reserved = this.#nodes.take();
    this.#nodes.setDouble(node, keyA, a);
    this.#nodes.set(node, list, which << 1);
    const tail = this.#lists.get(which, last);
    if (tail === 0 || this.#isBefore(tail, node)) this.#link(which, node, tail, 0);
    else this.#insertBefore(which, node, this.#findAfter(which, node));
  }

  remove(node: number): void {
    const nodes = this.#nodes;
    const which = nodes.get(node, list) >> 1;
    const before = nodes.get(node, previous);
    const after = nodes.get(node, next);
    if (this.#isIndexed(node)) this.#removeFromTree(which, node, before);
    if (before === 0) this.#lists.set(which, first, after);
    else nodes.set(before, next, after);
    if (after === 0) this.#lists.set(which, last, before);
    else nodes.set(after, previous, before);
    nodes.set(node, next, 0);
    nodes.set(node, previous, 0);
    nodes.set(node, list, 0);
  }

  /** The first node that goes after one that is in no list, by its keys, or 0. O(log n). */
  #firstAfter(which: number, other: number): number {
    this.#indexAll(which);
    let found = 0;
    let node = this.#lists.get(which, root);
    while (node !== 0) {
      if (this.#isBefore(node, other)) {
        node = this.#nodes.get(node, right);
      } else {
        found = node;
        node = this.#nodes.get(node, left);
      }
    }
    return found;
  }

  /** Or at the same place: by their keys it may stand before the other. */
  #isBefore(node: number, other: number): boolean {
    const a = this.keyA(node);
    const otherA = this.keyA(other);
    if (a !== otherA) return a < otherA;
    const owners = this.#owners;
    const b = owners.getDouble(node, this.#keyB);
    const otherB = owners.getDouble(other, this.#keyB);
    if (b !== otherB) return b < otherB;
    return owners.getDouble(node, this.#keyC) <= owners.getDouble(other, this.#keyC);
  }

  #isIndexed(node: number): boolean {
    return (this.#nodes.get(node, list) & 1) !== 0;
  }

  /** The first that goes after the node, of which there is one: a few steps, else the tree. */
  #findAfter(which: number, node: number): number {
    let fromTail = this.#lists.get(which, last);
    let fromHead = this.#lists.get(which, first);
    for (let step = 0; step < stepsMax; step += 1) {
      const before = this.#nodes.get(fromTail, previous);
      if (before === 0 || this.#isBefore(before, node)) return fromTail;
      fromTail = before;
      if (!this.#isBefore(fromHead, node)) return fromHead;
      fromHead = this.#nodes.get(fromHead, next);
    }
    return this.#firstAfter(which, node);
  }

  #insertBefore(which: number, node: number, after: number): void {
    const before = this.#nodes.get(after, previous);
    this.#link(which, node, before, after);
    if (!this.#isIndexed(after)) return;
    if (before !== 0 && this.#nodes.get(before, right) === 0) {
      this.#attach(which, node, before, right);
    } else {
      this.#attach(which, node, after, left);
    }
  }

  #link(which: number, node: number, before: number, after: number): void {
    const nodes = this.#nodes;
    nodes.set(node, previous, before);
    nodes.set(node, next, after);
    if (before === 0) this.#lists.set(which, first, node);
    else nodes.set(before, next, node);
    if (after === 0) this.#lists.set(which, last, node);
    else nodes.set(after, previous, node);
  }

  /** The tree learns of every node that it does not know yet. */
  #indexAll(which: number): void {
    const lists = this.#lists;
    let known = lists.get(which, indexedTo);
    let node = known === 0 ? lists.get(which, first) : this.#nodes.get(known, next);
    while (node !== 0) {
      if (known === 0) {
        lists.set(which, root, node);
        this.#nodes.set(node, list, (which << 1) | 1);
      } else {
        this.#attach(which, node, known, right);
      }
      known = node;
      node = this.#nodes.get(node, next);
    }
    lists.set(which, indexedTo, known);
  }

  #attach(which: number, node: number, below: number, side: typeof left | typeof right): void {
    const nodes = this.#nodes;
    nodes.set(node, list, (which << 1) | 1);
    nodes.set(node, parent, below);
    nodes.set(below, side, node);
    for (let above = below; above !== 0 && rank(node) < rank(above);) {
      this.#rotateUp(which, node, above);
      above = nodes.get(node, parent);
    }
  }

  #removeFromTree(which: number, node: number, before: number): void {
    const nodes = this.#nodes;
    for (;;) {
      const a = nodes.get(node, left);
      const b = nodes.get(node, right);
      if (a === 0 || b === 0) {
        this.#replaceChild(which, nodes.get(node, parent), node, a === 0 ? b : a);
        break;
      }
      this.#rotateUp(which, rank(a) < rank(b) ? a : b, node);
    }
    nodes.set(node, left, 0);
    nodes.set(node, right, 0);
    nodes.set(node, parent, 0);
    nodes.set(node, list, which << 1);
    if (this.#lists.get(which, indexedTo) === node) this.#lists.set(which, indexedTo, before);
  }

  /** The child takes its parent's place. */
  #rotateUp(which: number, node: number, above: number): void {
    const nodes = this.#nodes;
    const side = nodes.get(above, left) === node ? left : right;
    const other = side === left ? right : left;
    const inner = nodes.get(node, other);
    this.#replaceChild(which, nodes.get(above, parent), above, node);
    nodes.set(above, side, inner);
    if (inner !== 0) nodes.set(inner, parent, above);
    nodes.set(node, other, above);
    nodes.set(above, parent, node);
  }

  #replaceChild(which: number, above: number, child: number, by: number): void {
    const nodes = this.#nodes;
    if (above === 0) this.#lists.set(which, root, by);
    else nodes.set(above, nodes.get(above, left) === child ? left : right, by);
    if (by !== 0) nodes.set(by, parent, above);
  }
}

/** A hash of the handle stands for chance. */
function rank(node: number): number {
  const mixed = Math.imul(node ^ (node >>> 15), 0x9e3779b1);
  return (mixed ^ (mixed >>> 13)) >>> 0;
}
