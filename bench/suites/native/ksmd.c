/*
 * The hot loop of ksmd in C: what the model's page visits cost when nothing but C and the memory stand in the way.
 *
 *     ksmd STATE RESULT
 *
 * Reads a device at rest, makes the passes that the file asks for, writes the state that they leave behind and prints one
 * JSON object: page visits, and the CPU time of the passes alone in ns (loading, the writes between two passes and storing
 * are not in it).
 *
 * It does what the model does at each quiet visit (sim/ksm/quietVisits.ts), field by field: the walk over vmas and page
 * tables, the rmap_item of the address, the stable tree with the staleness test of every node met, the checksum, removal
 * from the last pass's unstable tree, and search and insertion in this pass's, whose comparisons read what the pages hold
 * now. It charges the same simulated costs. What does not happen on a device at rest (merges, items made and removed, stale
 * nodes) is refused with status 3, never passed over.
 *
 * It looks at every page on the way down, as the kernel does; the model, which is told of writes, only where there is
 * doubt (sim/ksm/unstableTree.ts). Both find the same.
 */
/* clock_gettime */
#define _POSIX_C_SOURCE 200809L

#include "state.h"

#include <stdio.h>
#include <time.h>

#ifdef __GNUC__
#define NOINLINE __attribute__((noinline, noclone))
#else
#define NOINLINE
#endif

enum { NONE = -1 };
enum { KIND_KSM = 4, KIND_FILE = 5 };
enum { PTE_PRESENT = 1, PTE_ZERO = 32, PTE_SHIFT = 7 };
enum { LEAF_SHIFT = 8, LEAF_PAGES = 1 << LEAF_SHIFT };
enum { VM_MERGEABLE = 1 };
enum { ITEM_UNSTABLE = 1, ITEM_STABLE = 2 };
enum { RED = 0, BLACK = 1 };

/* Stands for jhash2, as in sim/ksm/mergeItem.ts. */
static const int32_t CHECKSUM_KEY = 0x5bd1e995;

/* The cursor (struct ksm_scan). */
static int32_t cursorMm;
static int32_t cursorAddress;
static int32_t itemBehind;
static int32_t seqnr;

/* Numbers of the file that the loop needs as integers. */
static int32_t rootOfStable;
static int32_t rootOfUnstable;
static int32_t maskOfChecksum;

/* mmap_cache of each mm. */
static int32_t cachedVma[1 << 16];

static int32_t pteSlot(int32_t mm, int32_t vpn)
{
    int32_t leaf = leafOf[mm * leavesPerMm + (vpn >> LEAF_SHIFT)];
    return leaf < 0 ? NONE : (leaf << LEAF_SHIFT) + (vpn & (LEAF_PAGES - 1));
}

/* find_vma: the first vma that ends behind vpn. */
static int32_t findVma(int32_t mm, int32_t vpn)
{
    int32_t vma = cachedVma[mm];
    if (vma >= 0 && vmaStart[vma] <= vpn && vpn < vmaEnd[vma]) return vma;
    vma = firstVma[mm];
    while (vma >= 0 && vmaEnd[vma] <= vpn) vma = vmaNext[vma];
    if (vma >= 0) cachedVma[mm] = vma;
    return vma;
}

/* ---- The unstable tree: lib/rbtree.c, insertion only. Items of the last pass are in no tree any more. ---- */

static void replaceChild(int32_t parent, int32_t old, int32_t replacement)
{
    if (parent < 0) rootOfUnstable = replacement;
    else if (unstableLeft[parent] == old) unstableLeft[parent] = replacement;
    else unstableRight[parent] = replacement;
}

static void rotateLeft(int32_t node)
{
    int32_t up = unstableRight[node];
    unstableRight[node] = unstableLeft[up];
    if (unstableLeft[up] >= 0) unstableParent[unstableLeft[up]] = node;
    replaceChild(unstableParent[node], node, up);
    unstableParent[up] = unstableParent[node];
    unstableLeft[up] = node;
    unstableParent[node] = up;
}

static void rotateRight(int32_t node)
{
    int32_t up = unstableLeft[node];
    unstableLeft[node] = unstableRight[up];
    if (unstableRight[up] >= 0) unstableParent[unstableRight[up]] = node;
    replaceChild(unstableParent[node], node, up);
    unstableParent[up] = unstableParent[node];
    unstableRight[up] = node;
    unstableParent[node] = up;
}

static void insertColor(int32_t node)
{
    for (;;) {
        int32_t parent = unstableParent[node];
        if (parent < 0) {
            unstableColor[node] = BLACK;
            return;
        }
        if (unstableColor[parent] == BLACK) return;
        int32_t grand = unstableParent[parent];
        int parentIsLeft = unstableLeft[grand] == parent;
        int32_t uncle = parentIsLeft ? unstableRight[grand] : unstableLeft[grand];
        if (uncle >= 0 && unstableColor[uncle] == RED) {
            unstableColor[uncle] = BLACK;
            unstableColor[parent] = BLACK;
            unstableColor[grand] = RED;
            node = grand;
            continue;
        }
        if (parentIsLeft) {
            if (unstableRight[parent] == node) {
                rotateLeft(parent);
                parent = node;
            }
            unstableColor[parent] = BLACK;
            unstableColor[grand] = RED;
            rotateRight(grand);
        } else {
            if (unstableLeft[parent] == node) {
                rotateRight(parent);
                parent = node;
            }
            unstableColor[parent] = BLACK;
            unstableColor[grand] = RED;
            rotateLeft(grand);
        }
        return;
    }
}

/* A call, for a compiler would see that the test before it is idle, and wait for the content. */
static NOINLINE int32_t contentNow(int32_t page)
{
    return frameContent[page];
}

/* The rest of get_mergeable_page where an mm has lost something. */
static int isMergeable(int32_t item, int32_t pfn)
{
    int32_t mm = itemMm[item];
    if (!mmAlive[mm] || frameKind[pfn] == KIND_FILE) return 0;
    int32_t vma = findVma(mm, itemAddress[item]);
    return vma >= 0 && vmaStart[vma] <= itemAddress[item] && (vmaFlags[vma] & VM_MERGEABLE) && vmaAnonVma[vma] >= 0;
}

/* unstable_tree_search_insert. Returns the nodes compared. */
static int32_t searchInsert(int32_t item, int32_t pfn)
{
    int32_t content = frameContent[pfn];
    int32_t steps = 0;
    int32_t parent = NONE;
    int isLeft = 0;
    int32_t other = rootOfUnstable;
    while (other >= 0) {
        int32_t entry = pte[itemPte[other]];
        int32_t page = entry >> PTE_SHIFT;
        if ((entry & (PTE_PRESENT | PTE_ZERO)) != PTE_PRESENT || page == pfn) return steps;
        if (mmShrunk[itemMm[other]] && !isMergeable(other, page)) return steps;
        steps++;
        /* What it held when it was inserted nearly always: the way down is known before its content arrives from memory. */
        int32_t otherContent = itemContent[other];
        if (frameContent[page] != otherContent) otherContent = contentNow(page);
        if (content == otherContent) fail(3, "two pages to merge: frames %d and %d", pfn, page);
        parent = other;
        isLeft = content < otherContent;
        other = isLeft ? unstableLeft[other] : unstableRight[other];
    }
    itemFlags[item] |= ITEM_UNSTABLE;
    itemAge[item] = (uint8_t)seqnr;
    itemHead[item] = NONE;
    itemContent[item] = content;
    itemPte[item] = pteSlot(itemMm[item], itemAddress[item]);
    unstableLeft[item] = NONE;
    unstableRight[item] = NONE;
    unstableParent[item] = parent;
    unstableColor[item] = RED;
    if (parent < 0) rootOfUnstable = item;
    else if (isLeft) unstableLeft[parent] = item;
    else unstableRight[parent] = item;
    insertColor(item);
    pagesUnshared++;
    return steps;
}

/* remove_rmap_item_from_tree of an unstable item. */
static void leaveUnstable(int32_t item)
{
    uint8_t age = (uint8_t)(seqnr - itemAge[item]);
    if (age != 1) fail(3, "rmap_item %d is in an unstable tree of %d passes ago", item, age);
    pagesUnshared--;
    itemFlags[item] &= (uint8_t)~ITEM_UNSTABLE;
}

/* ---- The stable tree ---- */

static int32_t stableNodeOf(int32_t pfn)
{
    return frameKind[pfn] == KIND_KSM ? frameMapping[pfn] : NONE;
}

/* stable_tree_search of a content that nobody else has. Returns the nodes compared. */
static int32_t searchStable(int32_t content)
{
    int32_t steps = 0;
    int32_t node = rootOfStable;
    while (node >= 0) {
        int32_t pfn = nodeFrame[node];
        if (frameKind[pfn] != KIND_KSM || frameMapping[pfn] != node) fail(3, "stable_node %d is stale", node);
        steps++;
        int32_t other = nodeContent[node];
        if (content == other) fail(3, "a page to merge into stable_node %d", node);
        node = content < other ? stableLeft[node] : stableRight[node];
    }
    return steps;
}

/* ---- One visit ---- */

/* The first item not passed yet (*rmap_list). */
static int32_t nextItem(void)
{
    return itemBehind < 0 ? slotItems[cursorMm] : itemNext[itemBehind];
}

/* get_next_rmap_item, where there is one. */
static int32_t pickItem(void)
{
    int32_t item = nextItem();
    if (item < 0 || itemAddress[item] != cursorAddress)
        fail(3, "mm %d, page %d: an rmap_item is missing or left over", cursorMm, cursorAddress);
    itemBehind = item;
    cursorAddress++;
    return item;
}

/* scan_get_next_rmap_item: sets *page and returns its item; NONE at the end of the pass. */
static int32_t nextRmapItem(int32_t *page)
{
    const int32_t head = mmCapacity;
    if (cursorMm == head) {
        rootOfUnstable = NONE;
        cursorMm = slotNext[head];
        cursorAddress = 0;
        itemBehind = NONE;
        cpuTime += costDrain;
    }
    for (;;) {
        int32_t mm = cursorMm;
        int32_t holes = 0;
        if (!mmAlive[mm]) fail(3, "mm %d is dead", mm);
        for (int32_t vma = findVma(mm, cursorAddress); vma >= 0; vma = vmaNext[vma]) {
            if (!(vmaFlags[vma] & VM_MERGEABLE)) continue;
            int32_t address = cursorAddress > vmaStart[vma] ? cursorAddress : vmaStart[vma];
            int32_t end = vmaEnd[vma];
            if (vmaAnonVma[vma] < 0) address = end;
            while (address < end) {
                int32_t leafEnd = (address | (LEAF_PAGES - 1)) + 1;
                if (leafEnd > end) leafEnd = end;
                int32_t slot = pteSlot(mm, address);
                if (slot < 0) {
                    holes += leafEnd - address;
                    address = leafEnd;
                    continue;
                }
                for (; address < leafEnd; address++, slot++) {
                    int32_t entry = pte[slot];
                    if ((entry & (PTE_PRESENT | PTE_ZERO)) == PTE_PRESENT && frameKind[entry >> PTE_SHIFT] != KIND_FILE) {
                        cursorAddress = address;
                        *page = entry >> PTE_SHIFT;
                        cpuTime += costVisitBase + holes * costVisitHole;
                        return pickItem();
                    }
                    holes++;
                }
            }
            cursorAddress = address;
        }
        cpuTime += holes * costVisitHole;
        if (nextItem() >= 0) fail(3, "mm %d: rmap_items behind its last page", mm);
        if (cursorAddress == 0) fail(3, "mm %d has no mergeable memory", mm);
        cursorMm = slotNext[mm];
        if (cursorMm == head) {
            seqnr++;
            return NONE;
        }
        cursorAddress = 0;
        itemBehind = NONE;
    }
}

/* cmp_and_merge_page of an item that is linked, or that nobody can merge. */
static void compareAndMerge(int32_t item, int32_t pfn)
{
    int32_t node = stableNodeOf(pfn);
    if (node >= 0) {
        if (!(itemFlags[item] & ITEM_STABLE) || itemHead[item] != node) fail(3, "rmap_item %d is to be linked", item);
        cpuTime += costVisitLinked;
        return;
    }
    int32_t content = frameContent[pfn];
    cpuTime += searchStable(content) * costTreeStep;
    if (itemFlags[item] & ITEM_STABLE) fail(3, "rmap_item %d is to be unlinked", item);
    if (itemFlags[item] & ITEM_UNSTABLE) {
        leaveUnstable(item);
        cpuTime += costTreeStep;
    }
    cpuTime += costChecksum;
    int32_t checksum = (content ^ CHECKSUM_KEY) & maskOfChecksum;
    if (itemChecksum[item] != checksum) itemChecksum[item] = checksum;
    else cpuTime += searchInsert(item, pfn) * costTreeStep;
}

/* ksm_do_scan in batches of pages_to_scan items, up to the end of the pass. */
static void makePass(void)
{
    for (;;) {
        batches++;
        cpuTime += costWake;
        for (int32_t left = (int32_t)pagesToScan; left > 0; left--) {
            int32_t page;
            int32_t item = nextRmapItem(&page);
            if (item < 0) return;
            compareAndMerge(item, page);
            pagesScanned++;
        }
    }
}

static double nowNs(void)
{
    struct timespec time;
    if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) != 0) fail(2, "no CPU clock");
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static void writePages(int32_t pass)
{
    for (int32_t at = changeFrom[pass]; at < changeFrom[pass + 1]; at++) frameContent[changeFrame[at]] = changeContent[at];
}

int main(int argc, char **argv)
{
    if (argc != 3) fail(2, "usage: ksmd STATE RESULT");
    readState(argv[1]);
    if (mmCapacity > 1 << 16) fail(2, "more than %d mms", 1 << 16);
    for (int32_t mm = 0; mm < mmCapacity; mm++) cachedVma[mm] = NONE;
    cursorMm = mmCapacity;
    seqnr = (int32_t)passes;
    rootOfStable = (int32_t)stableRoot;
    rootOfUnstable = (int32_t)unstableRoot;
    maskOfChecksum = (int32_t)checksumMask;
    double before = pagesScanned;
    double spent = 0;
    for (int32_t pass = 0; pass < passesToMake; pass++) {
        writePages(pass);
        double began = nowNs();
        makePass();
        spent += nowNs() - began;
    }
    double visits = pagesScanned - before;
    passes = seqnr;
    unstableRoot = rootOfUnstable;
    writeState(argv[2]);
    printf("{\"visits\":%.0f,\"cpuNs\":%.0f}\n", visits, spent);
    return 0;
}
