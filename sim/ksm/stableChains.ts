/**
 * Chains of stable_nodes with equal content, since 4.13 (mm/ksm.c: stable_node_dup, stable_node_dup_any, chain,
 * chain_prune, alloc_stable_node_chain, stable_node_chain_add_dup, free_stable_node_chain).
 *
 * A stable_node takes at most max_page_sharing rmap_items by merging (mappings made by fork are appended without that
 * test), and none once its hlist is empty. A further KSM page of its content gets a node of its own: both then are dups
 * on the list of a chain node, which stands for them in the tree. A dup goes when somebody walks over it and finds it
 * stale, a chain when it is found empty, and one with a single dup is given up at most once in two seconds.
 */
import type { Clock } from '../clock/clock.ts';
import { NONE } from '../memory/frames.ts';
import type { KsmObjects } from './objects.ts';

/** stable_node_chains_prune_millisecs, ns. */
const PRUNE_NS = 2_000_000_000;

export interface ChainParts {
  readonly objects: KsmObjects;
  /** get_ksm_page without a lock: the node's page is gone. */
  readonly isStale: (node: number) => boolean;
  /** remove_node_from_stable_tree. */
  readonly removeStale: (node: number) => void;
  readonly clock: Readonly<Clock>;
}

export class StableChains {
  /** ksm_max_page_sharing. */
  limit: number;
  /** ksm_stable_node_chains and ksm_stable_node_dups. */
  chains = 0;
  dups = 0;
  /** After `compared`: the node now in the tree at that place, and the one to merge into, NONE when all are full. */
  treeNode = NONE;
  candidate = NONE;
  /** First dup of a chain, NONE when it has none; by node. */
  readonly #first: Int32Array;
  readonly #next: Int32Array;
  readonly #prev: Int32Array;
  /** Chain of a dup, NONE for the others. */
  readonly #chainOf: Int32Array;
  readonly #isChain: Uint8Array;
  readonly #pruned: Float64Array;
  readonly #p: ChainParts;

  /** `nodes`: capacity, chain nodes included. */
  constructor(limit: number, nodes: number, parts: ChainParts) {
    this.limit = limit;
    this.#first = new Int32Array(nodes).fill(NONE);
    this.#next = new Int32Array(nodes).fill(NONE);
    this.#prev = new Int32Array(nodes).fill(NONE);
    this.#chainOf = new Int32Array(nodes).fill(NONE);
    this.#isChain = new Uint8Array(nodes);
    this.#pruned = new Float64Array(nodes);
    this.#p = parts;
  }

  isChain(node: number): boolean {
    return this.#isChain[node] !== 0;
  }

  /** Dups of a chain from head to tail. */
  dupsOf(chain: number): number[] {
    const found: number[] = [];
    for (let dup = this.#first[chain]; dup >= 0; dup = this.#next[dup]) found.push(dup);
    return found;
  }

  /**
   * __stable_node_chain and stable_node_dup_any: the node to compare with at `node` of the tree; sets `treeNode` and
   * `candidate`. NONE: something stale was removed, the walk is to start over. `prune`: chain_prune, else chain.
   */
  compared(node: number, prune: boolean): number {
    this.treeNode = node;
    this.candidate = NONE;
    if (this.#isChain[node] !== 0) return this.#comparedInChain(node, prune);
    if (this.#p.isStale(node)) {
      this.#p.removeStale(node);
      return NONE;
    }
    if (this.#hasRoom(node, 0)) this.candidate = node;
    return node;
  }

  /** The page of `node` is equal to those at `treeNode`: both become dups of one chain. */
  join(treeNode: number, node: number): void {
    this.#addDup(this.isChain(treeNode) ? treeNode : this.#newChain(treeNode), node);
  }

  /** stable_node_dup_del: off its chain; false when the node is no dup, but stands in the tree itself. */
  unlink(node: number): boolean {
    if (this.#chainOf[node] < 0) return false;
    this.#removeDup(node);
    this.dups--;
    return true;
  }

  /** free_stable_node_chain of an empty chain. */
  free(chain: number): void {
    this.#p.objects.stable.erase(chain);
    this.#release(chain);
  }

  #comparedInChain(chain: number, prune: boolean): number {
    const { nodeItems } = this.#p.objects;
    const { now } = this.#p.clock;
    const prunes = prune && now >= this.#pruned[chain] + PRUNE_NS;
    if (prunes) this.#pruned[chain] = now;
    let found = NONE;
    let live = 0;
    for (let dup = this.#first[chain], next = NONE; dup >= 0; dup = next) {
      next = this.#next[dup];
      if (this.#p.isStale(dup)) {
        this.#p.removeStale(dup);
        continue;
      }
      live++;
      if (!this.#hasRoom(dup, 0) || (found >= 0 && nodeItems[dup] <= nodeItems[found])) continue;
      found = dup;
      // Without pruning the first one with room will do.
      if (!prunes) break;
    }
    this.candidate = found;
    if (found >= 0 && prunes && live === 1) this.#collapse(chain, found);
    else if (found >= 0 && this.#first[chain] !== found && this.#hasRoom(found, 1)) this.#toFront(chain, found);
    if (found >= 0) return found;
    if (this.#first[chain] < 0) this.free(chain);
    return this.isChain(chain) ? this.#first[chain] : NONE;
  }

  /** is_page_sharing_candidate with `more` merges besides the one under way: an empty hlist takes none. */
  #hasRoom(node: number, more: number): boolean {
    const items = this.#p.objects.nodeItems[node];
    return items > 0 && items + more < this.limit;
  }

  /** The only dup takes the place of its chain. */
  #collapse(chain: number, dup: number): void {
    this.unlink(dup);
    this.#p.objects.stable.replace(chain, dup);
    this.#release(chain);
    this.treeNode = dup;
  }

  /** alloc_stable_node_chain: a chain takes the place of `node`, which becomes its first dup. */
  #newChain(node: number): number {
    const { objects, clock } = this.#p;
    const chain = objects.newNode(NONE);
    this.#isChain[chain] = 1;
    this.#pruned[chain] = clock.now;
    this.chains++;
    objects.stable.replace(node, chain);
    this.#addDup(chain, node);
    return chain;
  }

  #release(chain: number): void {
    this.#isChain[chain] = 0;
    this.#p.objects.freeNode(chain);
    this.chains--;
  }

  #addDup(chain: number, dup: number): void {
    this.dups++;
    this.#linkFirst(chain, dup);
  }

  #toFront(chain: number, dup: number): void {
    this.#removeDup(dup);
    this.#linkFirst(chain, dup);
  }

  #linkFirst(chain: number, dup: number): void {
    const first = this.#first[chain];
    this.#chainOf[dup] = chain;
    this.#prev[dup] = NONE;
    this.#next[dup] = first;
    if (first >= 0) this.#prev[first] = dup;
    this.#first[chain] = dup;
  }

  #removeDup(dup: number): void {
    const before = this.#prev[dup];
    const after = this.#next[dup];
    if (before < 0) this.#first[this.#chainOf[dup]] = after;
    else this.#next[before] = after;
    if (after >= 0) this.#prev[after] = before;
    this.#chainOf[dup] = NONE;
  }
}
