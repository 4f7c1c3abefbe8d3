/**
 * The patch that was sent and dropped: in try_to_merge_with_ksm_page the item refers to the page's anon_vma, but the
 * reference is still taken on the vma's. What a kernel then does to its anon_vmas is counted, not done.
 */
import type { Strategy } from './strategy.ts';

export const pageAnonVmaNaive: Strategy = {
  name: 'page-anon-vma-naive',
  group: 'ksm',
  about: "as page-anon-vma, but the reference is taken on the vma's anon_vma and dropped on the page's",
  origin:
    'zhouxianrong (Huawei), 23 June 2016; refused by Hugh Dickins on 19 July 2016 after three crashed machines (rmap.c:412 degree, double free of an anon_vma)',
  claims: ['B2'],
  costs: 'frees anon_vmas that are in use and leaks others: a run counts how many (kernelBugs)',
  attach: ({ vmas }) => {
    const { anonVmas } = vmas;
    anonVmas.expectMiscounts();
    return {
      takeAnonVma: (own, ofPage) => {
        if (ofPage < 0) return own;
        if (ofPage !== own) anonVmas.misreference(ofPage, own);
        return ofPage;
      },
    };
  },
};
