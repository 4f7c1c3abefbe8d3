/**
 * The lesser bug mended: in try_to_merge_with_ksm_page the rmap_item of an upgraded page refers to the anon_vma whose
 * tree holds every relative.
 */
import type { Strategy } from './strategy.ts';

export const pageAnonVma: Strategy = {
  name: 'page-anon-vma',
  group: 'ksm',
  about: "rmap_item takes the page's own anon_vma at an in-place upgrade, not the scanned vma's",
  origin:
    'named by Hugh Dickins, linux-mm April 2015; patch by zhouxianrong (Huawei), June 2016, dropped again in July 2016',
  claims: ['B2'],
  costs:
    'longer reverse walks of upgraded pages: the tree of an ancestor holds all its descendants; a relative that moved the page by mremap before is still missed',
  attach: () => ({ takeAnonVma: (own, ofPage) => (ofPage >= 0 ? ofPage : own) }),
};
