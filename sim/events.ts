/**
 * What the kernel rooms tell the truth room. One-way: nothing comes back, so that the truth cannot steer.
 *
 * Called only where a KSM page's mappings or rmap_items change, where a page is migrated, and where a migration fails:
 * never once per visit or per write.
 */
export interface KernelEvents {
  /** set_page_stable_node(page, NULL): the page became KSM/NULL in place. `anonVma`, `index`: its mapping before. */
  upgraded(pfn: number, anonVma: number, index: number): void;
  /** replace_page: the pte (mm, vpn) now maps the KSM page and has no rmap_item on it yet. */
  replaced(mm: number, vpn: number, pfn: number): void;
  /** stable_tree_append: rmap_item `item` is on the hlist of the page's stable_node. */
  appended(item: number, pfn: number): void;
  /** A node was inserted for the page and the items of the merge are appended. */
  nodeInserted(pfn: number): void;
  /** A two-page merge failed after the upgrade, and break_cow is done. */
  mergeAbandoned(pfn: number): void;
  /** An rmap_item left the hlist of a live KSM page; its anon_vma reference is still held. */
  itemRemoved(item: number, pfn: number): void;
  /** The pte (mm, vpn) no longer maps the KSM page. */
  unmapped(mm: number, vpn: number, pfn: number): void;
  /** mremap moved the pte of a KSM page to another address of the mm. */
  moved(mm: number, from: number, to: number, pfn: number): void;
  /** A live mm got an mm_slot, or lost it for want of mergeable vmas. */
  slotChanged(mm: number): void;
  /** dup_mmap finished. */
  forked(parent: number, child: number): void;
  /** The frame's page moved to another frame. */
  migrated(from: number, to: number): void;
  /** One unmap_and_move returned -EAGAIN, -EBUSY or -ENOMEM; see MIGRATE_STAGE. */
  migrationFailed(pfn: number, stage: number): void;
}

/** Where an unmap_and_move failed. */
export const MIGRATE_STAGE = {
  /** No target page. */
  noTarget: 0,
  /** trylock_page failed. */
  locked: 1,
  /** Under writeback in a pass that does not wait. */
  writeback: 2,
  /** Still mapped after try_to_unmap. */
  mapped: 3,
  /** page_count is not what migrate_page_move_mapping expects. */
  count: 4,
  /** Isolated from the LRU but in a state that cannot be migrated (anon page without anon_vma, ...). */
  state: 5,
  /** Buffers of a block device's page are in use. */
  buffers: 6,
} as const;
