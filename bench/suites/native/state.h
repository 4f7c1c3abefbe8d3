/*
 * The state of ksmd's hot loop in memory, one array a field, as the model keeps it, and its file.
 *
 * STATE_ARRAYS and STATE_NUMBERS are the one place that says what there is; their names are those of the sections of a
 * state file (bench/suites/snapshot.ts). A file is: "ksmstate", the number of sections (8 bytes), then for each its name
 * (24 bytes, zero-filled), the size of an element and the number of elements (8 bytes each) and the elements, filled up to
 * a multiple of 8. Everything in the byte order of the machine.
 */
#ifndef STATE_H
#define STATE_H

#include <stdint.h>

/* X(type, name): an array of that type. NONE (-1) is no handle. */
#define STATE_ARRAYS(X)                                                                                                \
    /* Frames: what each holds, its mapping (a stable_node under KIND_KSM), its content as a number. */                \
    X(uint8_t, frameKind)                                                                                              \
    X(int32_t, frameMapping)                                                                                           \
    X(int32_t, frameContent)                                                                                           \
    /* Page tables: leaf of each 256 addresses of each mm, and the entries of all leaves. */                           \
    X(int32_t, leafOf)                                                                                                 \
    X(int32_t, pte)                                                                                                    \
    /* vmas: [start, end) in virtual page numbers; first one of each mm, next one by address. */                       \
    X(int32_t, vmaStart)                                                                                               \
    X(int32_t, vmaEnd)                                                                                                 \
    X(uint8_t, vmaFlags)                                                                                               \
    X(int32_t, vmaAnonVma)                                                                                             \
    X(int32_t, vmaNext)                                                                                                \
    X(int32_t, firstVma)                                                                                               \
    X(uint8_t, mmShrunk)                                                                                               \
    X(uint8_t, mmAlive)                                                                                                \
    /* mm_slots: a ring through the head, whose handle is the last; first rmap_item of each. */                        \
    X(int32_t, slotNext)                                                                                               \
    X(int32_t, slotItems)                                                                                              \
    /* rmap_items; itemPte: the slot of the pte by which one entered the unstable tree, rankedItem: the reverse. */       \
    X(int32_t, itemMm)                                                                                                 \
    X(int32_t, itemAddress)                                                                                            \
    X(uint8_t, itemFlags)                                                                                              \
    X(uint8_t, itemAge)                                                                                                \
    X(int32_t, itemChecksum)                                                                                           \
    X(int32_t, itemPte)                                                                                                \
    X(int32_t, itemHead)                                                                                               \
    X(int32_t, itemNext)                                                                                               \
    X(int32_t, rankedItem)                                                                                             \
    /* Red-black trees over rmap_items and stable_nodes: records of four words (RECORD in ksmd.c). */                  \
    X(int32_t, unstableTree)                                                                                           \
    X(int32_t, stableTree)                                                                                             \
    /* What is written between two passes: entries changeFrom[p] .. changeFrom[p + 1] - 1 before pass p. */            \
    X(int32_t, changeFrom)                                                                                             \
    X(int32_t, changePte)                                                                                              \
    X(int32_t, changeContent)

/* X(name): a number, a section of one double. Times in ns. */
#define STATE_NUMBERS(X)                                                                                               \
    X(stableRoot)                                                                                                      \
    X(unstableRoot)                                                                                                    \
    X(passes)           /* seqnr: passes completed */                                                                  \
    X(pagesUnshared)                                                                                                   \
    X(pagesScanned)                                                                                                    \
    X(batches)                                                                                                         \
    X(cpuTime)                                                                                                         \
    X(pagesToScan)                                                                                                     \
    X(checksumMask)                                                                                                    \
    X(costWake)                                                                                                        \
    X(costDrain)                                                                                                       \
    X(costVisitBase)                                                                                                   \
    X(costVisitHole)                                                                                                   \
    X(costVisitLinked)                                                                                                 \
    X(costChecksum)                                                                                                    \
    X(costTreeStep)

#define DECLARE_ARRAY(type, name) extern type *restrict name;
#define DECLARE_NUMBER(name) extern double name;
STATE_ARRAYS(DECLARE_ARRAY)
STATE_NUMBERS(DECLARE_NUMBER)
#undef DECLARE_ARRAY
#undef DECLARE_NUMBER

/* Length of changeFrom less one: the passes to make; and of slotItems: the mms there can be. */
extern int32_t passesToMake;
extern int32_t mmCapacity;

/* Addresses of an mm that leafOf has room for, divided by 256. */
extern int32_t leavesPerMm;

/* Both end the program with status 2 and a message when that fails. */
void readState(const char *path);
void writeState(const char *path);

/* Ends the program with a message. */
_Noreturn void fail(int status, const char *format, ...);

#endif
