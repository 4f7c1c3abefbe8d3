/*
 * The hot loop of ksmd in C: what the model's page visits cost when nothing but C and the memory stand in the way.
 *
 *     ksmd STATE RESULT
 *
 * Reads a device at rest, makes the passes that the file asks for, writes the state that they leave behind and prints one
 * JSON object: page visits of all passes but the first, and their CPU time alone in ns (loading, the writes between two
 * passes and storing are not in it).
 *
 * It does what the model does at each quiet visit (sim/ksm/quietVisits.ts), field by field: the walk over vmas and page
 * tables, the rmap_item of the address, the stable tree, the checksum, removal from the last pass's unstable tree, and
 * search and insertion in this pass's. It charges the same simulated costs, and knows the same tricks: keys as long as
 * nobody doubts them, and a way down without branches (descend). What does not happen on a device at
 * rest (merges, items made and removed, stale nodes) is refused with status 3, never passed over.
 */
/* clock_gettime */
#define _POSIX_C_SOURCE 200809L

#include "state.h"

#include <stdio.h>
#include <time.h>

enum { NONE = -1 };
enum { KIND_KSM = 4, KIND_FILE = 5 };
enum { PTE_PRESENT = 1, PTE_ZERO = 32, PTE_RANKED = 64, PTE_SHIFT = 7 };
enum { LEAF_SHIFT = 8, LEAF_PAGES = 1 << LEAF_SHIFT };
enum { VM_MERGEABLE = 1 };
enum { ITEM_UNSTABLE = 1, ITEM_STABLE = 2 };

/* Words of a node's record in a tree, and bits of its word UP (sim/ksm/rbTree.ts). */
enum { LEFT = 0, RIGHT = 1, UP = 2, KEY = 3, RECORD = 4 };
enum { RED = 0, BLACK = 1, DOUBT = 2, UP_BITS = 3, PARENT_SHIFT = 2 };

/* Stands for jhash2, as in sim/ksm/checksum.ts. */
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

/* ---- Both trees: the way down, by keys ---- */

struct place {
    /* Where the way ended: a node of equal key or in doubt, or NONE; the node above; nodes passed. */
    int32_t at;
    int32_t above;
    int32_t steps;
};

/* Without a branch that depends on the comparison, as the model (RbTree.descend). */
static struct place descend(const int32_t *restrict tree, int32_t node, int32_t key)
{
    struct place place = {node, NONE, 0};
    while (place.at >= 0) {
        const int32_t *record = tree + (size_t)place.at * RECORD;
        int32_t other = record[KEY];
        if (other == key || (record[UP] & DOUBT)) break;
        place.steps++;
        place.above = place.at;
        place.at = record[key > other];
    }
    return place;
}

/* ---- The unstable tree: lib/rbtree.c, insertion only. Items of the last pass are in no tree any more. ---- */

static int32_t *record(int32_t node)
{
    return unstableTree + (size_t)node * RECORD;
}

static int32_t parentOf(int32_t node)
{
    return record(node)[UP] >> PARENT_SHIFT;
}

static void setParent(int32_t node, int32_t parent)
{
    record(node)[UP] = (int32_t)((uint32_t)parent << PARENT_SHIFT) | (record(node)[UP] & UP_BITS);
}

static int isRed(int32_t node)
{
    return !(record(node)[UP] & BLACK);
}

static void blacken(int32_t node)
{
    record(node)[UP] |= BLACK;
}

static void redden(int32_t node)
{
    record(node)[UP] &= ~BLACK;
}

static void replaceChild(int32_t parent, int32_t old, int32_t replacement)
{
    if (parent < 0) rootOfUnstable = replacement;
    else record(parent)[record(parent)[LEFT] == old ? LEFT : RIGHT] = replacement;
}

/* To the side LEFT or RIGHT. */
static void rotate(int32_t node, int side)
{
    int other = LEFT + RIGHT - side;
    int32_t up = record(node)[other];
    int32_t inner = record(up)[side];
    int32_t parent = parentOf(node);
    record(node)[other] = inner;
    if (inner >= 0) setParent(inner, node);
    replaceChild(parent, node, up);
    setParent(up, parent);
    record(up)[side] = node;
    setParent(node, up);
}

static void insertColor(int32_t node)
{
    for (;;) {
        int32_t parent = parentOf(node);
        if (parent < 0) {
            blacken(node);
            return;
        }
        if (!isRed(parent)) return;
        int32_t grand = parentOf(parent);
        int side = record(grand)[LEFT] == parent ? LEFT : RIGHT;
        int other = LEFT + RIGHT - side;
        int32_t uncle = record(grand)[other];
        if (uncle >= 0 && isRed(uncle)) {
            blacken(uncle);
            blacken(parent);
            redden(grand);
            node = grand;
            continue;
        }
        if (record(parent)[other] == node) {
            rotate(parent, side);
            parent = node;
        }
        blacken(parent);
        redden(grand);
        rotate(grand, other);
        return;
    }
}

/* get_mergeable_page: the page now mapped at the item's address, or NONE. */
static int32_t mergeablePage(int32_t item)
{
    int32_t mm = itemMm[item];
    if (!mmAlive[mm]) return NONE;
    int32_t entry = pte[itemPte[item]];
    if ((entry & (PTE_PRESENT | PTE_ZERO)) != PTE_PRESENT) return NONE;
    int32_t pfn = entry >> PTE_SHIFT;
    if (!mmShrunk[mm]) return pfn;
    if (frameKind[pfn] == KIND_FILE) return NONE;
    int32_t vma = findVma(mm, itemAddress[item]);
    int isMergeable = vma >= 0 && vmaStart[vma] <= itemAddress[item] && (vmaFlags[vma] & VM_MERGEABLE) && vmaAnonVma[vma] >= 0;
    return isMergeable ? pfn : NONE;
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
        /* As far as the keys are what the pages hold; then one item is looked at as the kernel looks at all of them. */
        struct place place = descend(unstableTree, other, content);
        steps += place.steps;
        if (place.above >= 0) {
            parent = place.above;
            isLeft = content < record(parent)[KEY];
        }
        other = place.at;
        if (other < 0) break;
        int32_t page = mergeablePage(other);
        if (page < 0 || page == pfn) return steps;
        steps++;
        if (content == frameContent[page]) fail(3, "two pages to merge: frames %d and %d", pfn, page);
        parent = other;
        isLeft = content < frameContent[page];
        other = record(other)[isLeft ? LEFT : RIGHT];
    }
    int32_t slot = pteSlot(itemMm[item], itemAddress[item]);
    itemFlags[item] |= ITEM_UNSTABLE;
    itemAge[item] = (uint8_t)seqnr;
    itemHead[item] = NONE;
    itemPte[item] = slot;
    record(item)[LEFT] = NONE;
    record(item)[RIGHT] = NONE;
    record(item)[UP] = (int32_t)((uint32_t)parent << PARENT_SHIFT) | RED;
    record(item)[KEY] = content;
    if (parent < 0) rootOfUnstable = item;
    else record(parent)[isLeft ? LEFT : RIGHT] = item;
    insertColor(item);
    pagesUnshared++;
    if (mergeablePage(item) == pfn) {
        rankedItem[slot] = item;
        pte[slot] |= PTE_RANKED;
    } else {
        record(item)[UP] |= DOUBT;
    }
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
    struct place place = descend(stableTree, rootOfStable, content);
    if (place.at >= 0) fail(3, "stable_node %d is stale, or a page is to be merged into it", place.at);
    return place.steps;
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
    for (int32_t at = changeFrom[pass]; at < changeFrom[pass + 1]; at++) {
        int32_t slot = changePte[at];
        if (pte[slot] & PTE_RANKED) {
            pte[slot] &= ~PTE_RANKED;
            record(rankedItem[slot])[UP] |= DOUBT;
        }
        frameContent[pte[slot] >> PTE_SHIFT] = changeContent[at];
    }
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
    double visits = 0;
    double spent = 0;
    for (int32_t pass = 0; pass < passesToMake; pass++) {
        writePages(pass);
        double before = pagesScanned;
        double began = nowNs();
        makePass();
        /* The first one finds cold caches. */
        if (pass == 0) continue;
        spent += nowNs() - began;
        visits += pagesScanned - before;
    }
    passes = seqnr;
    unstableRoot = rootOfUnstable;
    writeState(argv[2]);
    printf("{\"visits\":%.0f,\"cpuNs\":%.0f}\n", visits, spent);
    return 0;
}
