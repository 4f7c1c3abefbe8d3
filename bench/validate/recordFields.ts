/** The fields of a record that somebody reads; all but the names and texts among them are counts. */

/** Lists of objects, and their fields that are counts. All have a time `t`. */
export const LISTS = {
  occupancy: ['anon', 'ksm', 'ksm_maps', 'ksm_all', 'buddy', 'file', 'other', 'cma_used'],
  census: [
    ...['nodes', 'stale', 'pages', 'items', 'maps', 'found', 'pages_missing', 'maps_missing', 'orphan', 'orphan_maps'],
    ...['cma_pages', 'cma_maps', 'cma_pages_missing', 'cma_maps_missing', 'max_mapcount'],
  ],
  attempts: [
    ...['size', 'align', 'hold', 'errno', 'busy_retry', 'mig_calls', 'mig_ok', 'mig_fail', 'iso_fail'],
    ...['bad_pages', 'bad_ksm_unfound', 'bad_ksm_null_node', 'bad_anon_unfound', 'bad_extra_ref'],
  ],
  causes: [
    ...['pages', 'orphan_pages', 'declared_missing', 'classified', 'parent_itself', 'child_parent_has_other_page'],
    ...['child_parent_same_page', 'child_parent_gone'],
  ],
} as const;

/** [smaller, larger]: a part of another count of the same entry. */
export const PARTS: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  census: [
    ['pages_missing', 'pages'],
    ['maps_missing', 'maps'],
    ['cma_pages', 'pages'],
    ['cma_pages_missing', 'cma_pages'],
    ['cma_maps_missing', 'cma_maps'],
  ],
  attempts: [
    ['bad_ksm_unfound', 'bad_pages'],
    ['bad_ksm_null_node', 'bad_ksm_unfound'],
    ['bad_anon_unfound', 'bad_pages'],
    ['bad_extra_ref', 'bad_pages'],
  ],
  occupancy: [],
  causes: [],
};

export const SYSFS = ['pages_shared', 'pages_sharing', 'pages_unshared', 'pages_volatile', 'full_scans'];
export const WORKLOAD = ['forks', 'exits', 'parent_writes', 'child_writes', 'max_live'];
export const SERIES = ['t', 'pages_shared', 'pages_sharing', 'full_scans'];

/** Indexes of a stage note, the list they point into, and how far past its end they may be. */
export const INDEXES = [
  ['census_idx', 'census', 0],
  ['occ_idx', 'occupancy', 0],
  ['attempt_idx', 'attempts', 1],
] as const;
