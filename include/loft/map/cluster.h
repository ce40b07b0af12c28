/* SPDX-License-Identifier: MIT
 *
 * loft/map/cluster.h - memory for small nodes beside those that lead to them: up to five in a block.
 *
 * Needs: core/base.h core/atomics.h core/alloc.h smr/contract.h
 *
 * Machinery for trees, whose searches wait for lines and pages of inner nodes. An allocator puts a node where there is
 * room; most often the next one on the way is in another line of another page. Here a new node goes into the block of a
 * node that is above it, if that has a free slot, and else begins a block: so of the last steps of a search, whose
 * lines no cache holds, two or three share a block.
 *
 * A block is 16 words, aligned: one that says which slots are taken, and five nodes of three words, or three of five.
 * It belongs to nobody, and nobody keeps a list of blocks: who wants a slot knows a node in the block, and whoever
 * frees the last node in it gives it back. Nodes of other sizes are left to the allocator, one by one; so are all where
 * a word has 32 bits, because an address that is aligned on such a word has no room for three marks.
 *
 * PARAMETERS   LOFT_CLUSTER  optional  0: all nodes are left to the allocator; default: 1, and 0 where an address
 *                                      sanitizer, or the explorer (check/explore.h), is to see each of them. The same
 *                                      in all files that share a map
 *
 * OPERATIONS   loft_cluster_alloc(a, b, size)  a node, in the block of a, or of b, if there is room: a and b are nodes
 *                                              of this kind and size, or NULL
 *              loft_cluster_free(node, size)   gives it back
 *
 * EDGES        free:B -> beside:B, free:A, free:B            the node is done with
 *
 * COST         alloc: a read-modify-write of a line that the caller has just read and will write, if there is room;
 *              else a call of the allocator. free: a read-modify-write, or, of the last node in its block, a call of
 *              the allocator.
 *
 * MEMORY       By loft_alloc_aligned. A block has a node in it, or it is not there: 16 words for a node at the most.
 *              A tree of keys that come in no order fills a little more than half of the slots, also when many have
 *              come and gone: 45 bytes for each node of 24. One of keys that come in order fills all.
 *
 * PROGRESS     Lock-free but for the allocator.
 *
 * SOURCE       Chilimbi, Hill, Larus, Cache-Conscious Structure Layout, PLDI 1999 (ccmalloc, new-block).
 */
#ifndef LOFT_MAP_CLUSTER_H
#define LOFT_MAP_CLUSTER_H

#include "../core/base.h"
#include "../core/atomics.h"
#include "../core/alloc.h"
#include "../smr/contract.h"

#if !defined(LOFT_UNSUPPORTED)

#if !defined(LOFT_CLUSTER)
#  if defined(LOFT_MEMORY) || defined(__SANITIZE_ADDRESS__)
#    define LOFT_CLUSTER  0
#  elif defined(__has_feature)
#    if __has_feature(address_sanitizer)
#      define LOFT_CLUSTER  0
#    endif
#  endif
#endif
#if !defined(LOFT_CLUSTER)
#  define LOFT_CLUSTER  1
#endif

typedef struct loft_cluster_block_ {
    LOFT_ATOMIC(uintptr_t) taken;                        /* a bit for each slot, never 0                       */
    uintptr_t words[15];
} loft_cluster_block_;

LOFT_STATIC_ASSERT((sizeof(loft_cluster_block_) & (sizeof(loft_cluster_block_) - 1u)) == 0,
                   "loft/map/cluster.h: the size of a block must be a power of two");

/* Do nodes of this size fill a block? What has an odd number of words is aligned on one, and on no more: is that enough
 * for the marks of a link? */
LOFT_ALWAYS_INLINE bool
loft_cluster_fits_(size_t size)
{
    return LOFT_CLUSTER && sizeof(uintptr_t) > LOFT_SMR_MARKS
        && (size == 3 * sizeof(uintptr_t) || size == 5 * sizeof(uintptr_t));
}

LOFT_ALWAYS_INLINE loft_cluster_block_ *
loft_cluster_block_of_(const void *node)
{
    return (loft_cluster_block_ *)((uintptr_t)node & ~(uintptr_t)(sizeof(loft_cluster_block_) - 1u));
}

/* A slot in the block of a node that stays there meanwhile, or NULL. */
LOFT_ALWAYS_INLINE void *
loft_cluster_beside_(const void *node, size_t size)
{
    loft_cluster_block_ *const b = loft_cluster_block_of_(node);
    const uintptr_t all = ((uintptr_t)1 << sizeof b->words / size) - 1u;
    uintptr_t taken = loft_load(&b->taken, relaxed);     /* beside:A relaxed: the CAS checks it */
    while (taken != all) {
        const uintptr_t bit = ~taken & (taken + 1u);     /* the lowest that is free                            */
        if (loft_cas_strong(&b->taken, &taken, taken | bit, acquire, relaxed)) {   /* beside:B acquire/relaxed <-
                                                                                      free:B: it is done with */
            size_t slot = 0;
            while (bit >> slot != 1)
                slot++;
            return (char *)b->words + slot * size;
        }
    }
    return NULL;
}

/* loft_cluster_alloc - a node.
 *   returns   size bytes, aligned on a word; NULL: no memory
 *   threads   any; the two are nodes that nobody frees meanwhile, or NULL
 *   progress  lock-free but for the allocator
 *   order     what was done with the memory before it was freed happens before
 *   cost      a read-modify-write, or a call of the allocator
 */
LOFT_NODISCARD LOFT_API void *
loft_cluster_alloc(const void *beside, const void *or_beside, size_t size)
{
    if (!loft_cluster_fits_(size))
        return loft_alloc(size);
    void *node = beside ? loft_cluster_beside_(beside, size) : NULL;
    if (!node && or_beside)
        node = loft_cluster_beside_(or_beside, size);
    if (node)
        return node;
    loft_cluster_block_ *const b = (loft_cluster_block_ *)loft_alloc_aligned(sizeof *b, sizeof *b);
    if (!b)
        return NULL;
    loft_init(&b->taken, (uintptr_t)1);
    return b->words;
}

/* loft_cluster_free - gives a node back.
 *   threads   any; nobody allocates beside this node any more
 *   progress  lock-free but for the allocator
 *   cost      a read-modify-write, or a call of the allocator
 */
LOFT_API void
loft_cluster_free(void *node, size_t size)
{
    if (!loft_cluster_fits_(size)) {
        loft_free(node, size);
        return;
    }
    loft_cluster_block_ *const b = loft_cluster_block_of_(node);
    const uintptr_t bit = (uintptr_t)1 << (size_t)((char *)node - (char *)b->words) / size;
    if (loft_load(&b->taken, acquire) != bit             /* free:A acquire <- free:B: the others are done with; nobody
                                                            comes to a block whose last node is being freed */
        && loft_fetch_sub(&b->taken, bit, acq_rel) != bit)   /* free:B acq_rel -> beside:B, free:A, free:B <- free:B:
                                                                done with */
        return;
    loft_free_aligned(b, sizeof *b, sizeof *b);
}

#endif /* supported */
#endif /* LOFT_MAP_CLUSTER_H */
