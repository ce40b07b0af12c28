/* SPDX-License-Identifier: MIT
 *
 * loft/core/alloc.h - the one door to the allocator: sized, aligned, replaceable, countable, made to fail by tests.
 *
 * Needs: core/base.h; core/atomics.h only with LOFT_ALLOC_STATS or LOFT_ALLOC_FAULTS
 *
 * USE IT WHEN      code of Loft, or yours beside it, needs memory and must be told plainly when there is none.
 * DO NOT USE IT    in a signal handler or under thread cancellation (no malloc can), or on another allocator's block.
 *
 * EXAMPLE
 *     #include <loft/core/alloc.h>
 *
 *     struct node { struct node *next; int value; };
 *
 *     int main(void)
 *     {
 *         struct node *n = (struct node *)loft_alloc_node(sizeof *n);      // lines of its own
 *         int *table = (int *)loft_alloc_zeroed(1000, sizeof *table);
 *         if (!n || !table)
 *             return 1;
 *         n->value = table[999];
 *         loft_free_node(n, sizeof *n);                                    // the sizes of the allocation
 *         loft_free(table, 1000 * sizeof *table);
 *         return loft_alloc_aligned(48, 100) != NULL;                      // 48 is no power of two: refused
 *     }
 *
 * PARAMETERS   (define before the first Loft header, the same in every file of a program)
 *   LOFT_ALLOC_ALIGNED(align, size)       your allocator: size bytes at a multiple of align, or NULL. It is asked only
 *                                         what it can answer: align is a power of two, size a multiple of it, above 0
 *                                         and at most PTRDIFF_MAX. All the calls below are made from these two macros
 *   LOFT_FREE_ALIGNED(ptr, align, size)   gives back, with the same two numbers; ptr is never NULL
 *   LOFT_WITH_MIMALLOC                    mimalloc instead of the C library; link it
 *   LOFT_ALLOC_STATS                      count blocks and bytes (loft_alloc_stats_get)
 *   LOFT_ALLOC_FAULTS                     let tests make allocations fail (loft_alloc_fail_after)
 *
 * OPERATIONS
 *   loft_alloc(size)                 loft_free(p, size)                  aligned for any ordinary type of that size
 *   loft_alloc_zeroed(n, size)       loft_free(p, n * size)              n elements of size bytes, all zero
 *   loft_alloc_aligned(align, size)  loft_free_aligned(p, align, size)
 *   loft_alloc_node(size)            loft_free_node(p, size)             whole lines: rounded up to and aligned on
 *                                                                        LOFT_CACHELINE, shared with nobody
 *   loft_alloc_stats_get()           loft_alloc_stats_reset()            with LOFT_ALLOC_STATS
 *   loft_alloc_fail_after(n)         the n-th allocation from now fails  with LOFT_ALLOC_FAULTS
 *   loft_alloc_fail_from(n)          so do all that follow it
 *   loft_alloc_fail_stop()           ends it; how many failed
 *   loft_alloc_seen()                how many were asked for since then
 *
 * ANSWERS      NULL, and nothing else happens, for: size 0; more than PTRDIFF_MAX bytes, be it by n * size or by
 *              rounding up; an alignment that is no power of two; no memory. Bad numbers often come from a program's
 *              own input, so they get this answer in debug builds too, not an assertion. Freeing NULL does nothing.
 *
 * PAIRS        Free with the call that stands beside the allocation above, and with the same numbers: allocators that
 *              find a block by its size rely on it. Any thread may free what another allocated.
 *
 * ONE SET      Statistics and faults are one set per program although a header's variables are one per file: they live
 *              behind a weak function that the linker keeps once, in C and C++ files together. A shared library built
 *              with hidden symbols has its own set. A file compiled without the macros is not counted.
 *
 * EDGES        none: the counters are relaxed; what a block carries to another thread is ordered by whoever passes it.
 *
 * MEMORY       Nothing beside what the allocator adds; aligned sizes are rounded up to a multiple of the alignment.
 *
 * PROGRESS     That of the allocator; assume blocking. The counters add wait-free steps where fetch-and-add is.
 */
#ifndef LOFT_CORE_ALLOC_H
#define LOFT_CORE_ALLOC_H

#include "base.h"

#if !defined(LOFT_UNSUPPORTED)

#if defined(LOFT_ALLOC_ALIGNED) != defined(LOFT_FREE_ALIGNED)
#  error "loft/core/alloc.h: define LOFT_ALLOC_ALIGNED(align, size) and LOFT_FREE_ALIGNED(ptr, align, size) together"
#  define LOFT_UNSUPPORTED  1
#elif defined(LOFT_ALLOC_ALIGNED) && defined(LOFT_WITH_MIMALLOC)
#  error "loft/core/alloc.h: LOFT_WITH_MIMALLOC and LOFT_ALLOC_ALIGNED both choose the allocator; define one of them"
#  define LOFT_UNSUPPORTED  1
#else

#include <stdlib.h>
#include <string.h>
#if LOFT_CPLUSPLUS
#  include <cstddef>
#endif
#if defined(LOFT_WITH_MIMALLOC)
#  include <mimalloc.h>
#elif defined(_WIN32) && !defined(LOFT_ALLOC_ALIGNED)
#  include <malloc.h>
#endif
#if defined(LOFT_ALLOC_STATS) || defined(LOFT_ALLOC_FAULTS)
#  include "atomics.h"
#endif

/* What any ordinary type is content with. loft_alloc gives it, but a smaller block may have a smaller alignment. */
#if LOFT_CPLUSPLUS
#  define LOFT_ALLOC_ALIGN  alignof(::std::max_align_t)
#else
#  define LOFT_ALLOC_ALIGN  _Alignof(max_align_t)
#endif

/* ---- private: one set of counters per program -------------------------------------------------------------------- */

#if defined(LOFT_ALLOC_STATS) || defined(LOFT_ALLOC_FAULTS)

enum { LOFT_ALLOC_FAIL_NONE_, LOFT_ALLOC_FAIL_ONE_, LOFT_ALLOC_FAIL_ALL_ };

/* The same in every file, whichever of the two macros it defines: files share it. */
struct loft_alloc_counters_ {
    LOFT_ATOMIC(loft_seq) allocs;                        /* totals since the program started ...               */
    LOFT_ATOMIC(loft_seq) frees;
    LOFT_ATOMIC(loft_seq) bytes_allocated;
    LOFT_ATOMIC(loft_seq) bytes_freed;
    LOFT_ATOMIC(loft_seq) refused;
    LOFT_ATOMIC(loft_seq) peak;
    LOFT_ATOMIC(loft_seq) allocs_then;                   /* ... and what they were at the last reset           */
    LOFT_ATOMIC(loft_seq) frees_then;
    LOFT_ATOMIC(loft_seq) bytes_allocated_then;
    LOFT_ATOMIC(loft_seq) bytes_freed_then;
    LOFT_ATOMIC(loft_seq) refused_then;
    LOFT_ATOMIC(int)      fail_mode;
    LOFT_ATOMIC(loft_seq) fail_at;
    LOFT_ATOMIC(loft_seq) fail_seen;
    LOFT_ATOMIC(loft_seq) fail_done;
};

/* Weak and never inline: the linker keeps one of the copies, and with it one variable. A C++ inline function would do
 * the same among C++ files, but its inlined copies would not meet the variable of a C file. */
#if LOFT_MSVC
inline void *
loft_alloc_state_shared_(void)
#else
#  if LOFT_CPLUSPLUS
extern "C"
#  endif
__attribute__((weak, noinline)) void *loft_alloc_state_shared_(void);
__attribute__((weak, noinline)) void *
loft_alloc_state_shared_(void)
#endif
{
    static struct loft_alloc_counters_ state;
    return &state;
}

LOFT_API struct loft_alloc_counters_ *
loft_alloc_state_(void)
{
    return (struct loft_alloc_counters_ *)loft_alloc_state_shared_();
}

#endif

/* ---- private: faults --------------------------------------------------------------------------------------------- */

#if defined(LOFT_ALLOC_FAULTS)
LOFT_API bool
loft_alloc_fault_(void)
{
    struct loft_alloc_counters_ *s = loft_alloc_state_();
    const loft_seq turn = loft_fetch_add(&s->fail_seen, 1u, relaxed);  /* fault:A relaxed: an RMW numbers each once */
    const int mode = loft_load(&s->fail_mode, relaxed);               /* fault:B relaxed: armed before the test began */
    const loft_seq at = loft_load(&s->fail_at, relaxed);              /* fault:C relaxed: armed before the test began */
    if (mode == LOFT_ALLOC_FAIL_NONE_ || (mode == LOFT_ALLOC_FAIL_ONE_ ? turn != at : turn < at))
        return false;
    loft_fetch_add(&s->fail_done, 1u, relaxed);                       /* fault:D relaxed: a count, read at rest */
    return true;
}
#else
#  define loft_alloc_fault_()  false
#endif

/* ---- private: statistics ----------------------------------------------------------------------------------------- */

#if defined(LOFT_ALLOC_STATS)
/* a - b for counters that may wrap and are not read at one moment: never less than nothing. */
LOFT_API loft_seq
loft_alloc_less_(loft_seq a, loft_seq b)
{
    const loft_seq d = (loft_seq)(a - b);
    return d >> (LOFT_SEQ_BITS - 1u) ? 0 : d;
}

LOFT_API void *
loft_alloc_counted_(void *p, size_t size)
{
    struct loft_alloc_counters_ *s = loft_alloc_state_();
    if (!p) {
        loft_fetch_add(&s->refused, 1u, relaxed);                     /* counted:A relaxed: a statistic */
        return p;
    }
    loft_fetch_add(&s->allocs, 1u, relaxed);                          /* counted:B relaxed: a statistic */
    const loft_seq in = loft_fetch_add(&s->bytes_allocated, size, relaxed);   /* counted:C relaxed: a statistic */
    const loft_seq out = loft_load(&s->bytes_freed, relaxed);         /* counted:D relaxed: an old value errs upwards */
    const loft_seq live = loft_alloc_less_((loft_seq)(in + size), out);
    loft_seq peak = loft_load(&s->peak, relaxed);                     /* counted:E relaxed: the CAS checks it */
    while (live > peak) {
        if (loft_cas_weak(&s->peak, &peak, live, relaxed, relaxed))   /* counted:F relaxed: a statistic */
            break;
    }
    return p;
}

LOFT_API void
loft_alloc_uncounted_(size_t size)
{
    struct loft_alloc_counters_ *s = loft_alloc_state_();
    loft_fetch_add(&s->frees, 1u, relaxed);                           /* uncounted:A relaxed: a statistic */
    loft_fetch_add(&s->bytes_freed, size, relaxed);                   /* uncounted:B relaxed: a statistic */
}
#else
#  define loft_alloc_counted_(p, size)  (p)
#  define loft_alloc_uncounted_(size)   ((void)(size))
#endif

/* ---- private: the allocators ------------------------------------------------------------------------------------- */

/* What a request of size bytes on align becomes: a multiple of align, or 0 where it can never be met. */
LOFT_API size_t
loft_alloc_fit_(size_t align, size_t size)
{
    if (size == 0 || align == 0 || (align & (align - 1u)) != 0)
        return 0;
    if (align > (size_t)PTRDIFF_MAX || size > (size_t)PTRDIFF_MAX - (align - 1u))
        return 0;
#if defined(LOFT_MEMORY)
    return size;                                         /* who looks at each byte is told what was asked for  */
#else
    return (size + (align - 1u)) & ~(align - 1u);
#endif
}

/* fit is what loft_alloc_fit_ made. */
LOFT_API void *
loft_alloc_aligned_raw_(size_t align, size_t fit)
{
#if defined(LOFT_ALLOC_ALIGNED)
    return (void *)LOFT_ALLOC_ALIGNED(align, fit);
#elif defined(LOFT_WITH_MIMALLOC)
    /* Not mi_malloc_aligned: in releases 1.7.6 to 2.0.9, which distributions ship, its short cut for small sizes gives
     * blocks of 256 to 1024 bytes that are not aligned. */
    return mi_malloc_aligned_at(fit, align, 0);
#elif defined(_WIN32)
    return _aligned_malloc(fit, align);
#elif defined(__APPLE__) || defined(__ANDROID__)
    /* Their headers hide aligned_alloc from C++ before 2017 or from older systems, and declare this always. */
    void *p = NULL;
    return posix_memalign(&p, align < sizeof(void *) ? sizeof(void *) : align, fit) == 0 ? p : NULL;
#else
    /* C11's, which C++11 sees too in <stdlib.h>; only the name in std:: came later. Small alignments are refused by
     * some libraries, so that they are raised, and fit with them. */
    if (align < sizeof(void *))
        return aligned_alloc(sizeof(void *), (fit + sizeof(void *) - 1u) & ~(sizeof(void *) - 1u));
    return aligned_alloc(align, fit);
#endif
}

LOFT_API void
loft_free_aligned_raw_(void *p, size_t align, size_t fit)
{
    (void)align;
    (void)fit;
#if defined(LOFT_ALLOC_ALIGNED)
    LOFT_FREE_ALIGNED(p, align, fit);
#elif defined(LOFT_WITH_MIMALLOC)
    mi_free(p);                                          /* told a size, release 3 seeks an aligned block in vain */
#elif defined(_WIN32)
    _aligned_free(p);
#else
    free(p);
#endif
}

/* size is above 0 and at most PTRDIFF_MAX. */
LOFT_API void *
loft_alloc_plain_raw_(size_t size, bool zeroed)
{
#if defined(LOFT_ALLOC_ALIGNED)
    const size_t fit = loft_alloc_fit_(LOFT_ALLOC_ALIGN, size);
    void *p = fit ? loft_alloc_aligned_raw_(LOFT_ALLOC_ALIGN, fit) : NULL;
#  if defined(LOFT_ON_WRITE)
    if (p && zeroed)
        LOFT_ON_WRITE(p, size);
#  endif
    return p && zeroed ? memset(p, 0, size) : p;
#elif defined(LOFT_WITH_MIMALLOC)
    return zeroed ? mi_zalloc(size) : mi_malloc(size);
#else
    return zeroed ? calloc(1, size) : malloc(size);
#endif
}

LOFT_API void
loft_free_plain_raw_(void *p, size_t size)
{
    (void)size;
#if defined(LOFT_ALLOC_ALIGNED)
    loft_free_aligned_raw_(p, LOFT_ALLOC_ALIGN, loft_alloc_fit_(LOFT_ALLOC_ALIGN, size));
#elif defined(LOFT_WITH_MIMALLOC)
    mi_free_size(p, size);
#else
    free(p);
#endif
}

/* ---- operations -------------------------------------------------------------------------------------------------- */

/* loft_alloc - size bytes, aligned for any ordinary type of that size.
 *   returns   the block, its content unspecified; NULL: size is 0 or above PTRDIFF_MAX, or there is no memory
 *   threads   any
 *   progress  the allocator's
 *   cost      one call of the allocator
 */
LOFT_NODISCARD LOFT_API void *
loft_alloc(size_t size)
{
    const bool can = size != 0 && size <= (size_t)PTRDIFF_MAX && !loft_alloc_fault_();
    void *p = can ? loft_alloc_plain_raw_(size, false) : NULL;
    return loft_alloc_counted_(p, size);
}

/* loft_alloc_zeroed - n elements of size bytes, all bits zero; freed by loft_free(p, n * size).
 *   returns   the block; NULL: n or size is 0, their product is above PTRDIFF_MAX, or there is no memory
 *   threads   any
 *   progress  the allocator's
 *   cost      one call of the allocator; a replaced one also pays for clearing
 */
LOFT_NODISCARD LOFT_API void *
loft_alloc_zeroed(size_t n, size_t size)
{
    const bool can = n != 0 && size != 0 && n <= (size_t)PTRDIFF_MAX / size && !loft_alloc_fault_();
    void *p = can ? loft_alloc_plain_raw_(n * size, true) : NULL;
    return loft_alloc_counted_(p, n * size);
}

/* loft_free - give back what loft_alloc or loft_alloc_zeroed returned.
 *   threads   any, also another than the one that allocated
 *   progress  the allocator's
 */
LOFT_API void
loft_free(void *p, size_t size)
{
    if (!p)
        return;
    loft_alloc_uncounted_(size);
    loft_free_plain_raw_(p, size);
}

/* loft_alloc_aligned - size bytes at a multiple of align.
 *   returns   the block, its content unspecified; NULL: align is no power of two, size is 0, size rounded up to a
 *             multiple of align is above PTRDIFF_MAX, or there is no memory
 *   threads   any
 *   progress  the allocator's
 *   cost      one call of the allocator
 */
LOFT_NODISCARD LOFT_API void *
loft_alloc_aligned(size_t align, size_t size)
{
    const size_t fit = loft_alloc_fit_(align, size);
    const bool can = fit != 0 && !loft_alloc_fault_();
    void *p = can ? loft_alloc_aligned_raw_(align, fit) : NULL;
    return loft_alloc_counted_(p, size);
}

/* loft_free_aligned - give back what loft_alloc_aligned returned for the same two numbers.
 *   threads   any, also another than the one that allocated
 *   progress  the allocator's
 */
LOFT_API void
loft_free_aligned(void *p, size_t align, size_t size)
{
    if (!p)
        return;
    loft_alloc_uncounted_(size);
    loft_free_aligned_raw_(p, align, loft_alloc_fit_(align, size));
}

/* loft_alloc_node - size bytes that share no line with any other block: rounded up to and aligned on LOFT_CACHELINE.
 *   returns   the block, its content unspecified; NULL: size is 0 or too large to round up, or there is no memory
 *   threads   any
 *   progress  the allocator's
 *   cost      one call of the allocator, and up to LOFT_CACHELINE - 1 bytes
 */
LOFT_NODISCARD LOFT_API void *
loft_alloc_node(size_t size)
{
    return loft_alloc_aligned(LOFT_CACHELINE, size);
}

/* loft_free_node - give back what loft_alloc_node returned for the same size.
 *   threads   any, also another than the one that allocated
 *   progress  the allocator's
 */
LOFT_API void
loft_free_node(void *p, size_t size)
{
    loft_free_aligned(p, LOFT_CACHELINE, size);
}

/* ---- statistics -------------------------------------------------------------------------------------------------- */

#if defined(LOFT_ALLOC_STATS)

/* Bytes are those the callers asked for, before any rounding. */
typedef struct loft_alloc_stats {
    loft_seq allocs;                                     /* blocks handed out since the last reset             */
    loft_seq frees;                                      /* blocks given back since the last reset             */
    loft_seq bytes_allocated;
    loft_seq bytes_freed;
    loft_seq refused;                                    /* calls since the last reset that returned NULL      */
    loft_seq live;                                       /* blocks out now, whenever they were handed out      */
    loft_seq live_bytes;
    loft_seq peak_bytes;                                 /* highest live_bytes since the last reset            */
} loft_alloc_stats;

/* loft_alloc_stats_get - the counters, each exact, but not all of the same moment.
 *   returns   exact figures where no thread allocates or frees meanwhile; otherwise each counter is one of the values
 *             it had during the call, a difference of two is never below 0, and peak_bytes may exceed the truth by what
 *             was being freed
 *   threads   any
 *   progress  wait-free
 *   order     none: relaxed; a thread that learnt of a block some other way need not see it counted here
 */
LOFT_API loft_alloc_stats
loft_alloc_stats_get(void)
{
    struct loft_alloc_counters_ *s = loft_alloc_state_();
    loft_alloc_stats r;
    const loft_seq frees = loft_load(&s->frees, relaxed);                     /* get:A relaxed: no one moment */
    const loft_seq bytes_freed = loft_load(&s->bytes_freed, relaxed);         /* get:B relaxed: no one moment */
    const loft_seq allocs = loft_load(&s->allocs, relaxed);                   /* get:C relaxed: no one moment */
    const loft_seq bytes_allocated = loft_load(&s->bytes_allocated, relaxed); /* get:D relaxed: no one moment */
    const loft_seq refused = loft_load(&s->refused, relaxed);                 /* get:E relaxed: no one moment */
    r.peak_bytes = loft_load(&s->peak, relaxed);                        /* get:F relaxed: no one moment */
    r.allocs = loft_alloc_less_(allocs, loft_load(&s->allocs_then, relaxed)); /* get:G relaxed: no one moment */
    r.frees = loft_alloc_less_(frees, loft_load(&s->frees_then, relaxed));    /* get:H relaxed: no one moment */
    const loft_seq in_then = loft_load(&s->bytes_allocated_then, relaxed);    /* get:I relaxed: no one moment */
    const loft_seq out_then = loft_load(&s->bytes_freed_then, relaxed);       /* get:J relaxed: no one moment */
    r.refused = loft_alloc_less_(refused, loft_load(&s->refused_then, relaxed));   /* get:K relaxed: likewise */
    r.bytes_allocated = loft_alloc_less_(bytes_allocated, in_then);
    r.bytes_freed = loft_alloc_less_(bytes_freed, out_then);
    r.live = loft_alloc_less_(allocs, frees);
    r.live_bytes = loft_alloc_less_(bytes_allocated, bytes_freed);
    return r;
}

/* loft_alloc_stats_reset - count from here: everything but live and live_bytes, because those blocks are still out.
 *   threads   any; exact where no thread allocates or frees meanwhile
 *   progress  wait-free
 */
LOFT_API void
loft_alloc_stats_reset(void)
{
    struct loft_alloc_counters_ *s = loft_alloc_state_();
    const loft_seq allocs = loft_load(&s->allocs, relaxed);                   /* reset:A relaxed: no one moment */
    const loft_seq frees = loft_load(&s->frees, relaxed);                     /* reset:B relaxed: no one moment */
    const loft_seq bytes_freed = loft_load(&s->bytes_freed, relaxed);         /* reset:C relaxed: no one moment */
    const loft_seq bytes_allocated = loft_load(&s->bytes_allocated, relaxed); /* reset:D relaxed: no one moment */
    const loft_seq refused = loft_load(&s->refused, relaxed);                 /* reset:E relaxed: no one moment */
    loft_store(&s->allocs_then, allocs, relaxed);                             /* reset:F relaxed: a statistic */
    loft_store(&s->frees_then, frees, relaxed);                               /* reset:G relaxed: a statistic */
    loft_store(&s->bytes_freed_then, bytes_freed, relaxed);                   /* reset:H relaxed: a statistic */
    loft_store(&s->bytes_allocated_then, bytes_allocated, relaxed);           /* reset:I relaxed: a statistic */
    loft_store(&s->refused_then, refused, relaxed);                           /* reset:J relaxed: a statistic */
    loft_store(&s->peak, loft_alloc_less_(bytes_allocated, bytes_freed), relaxed);  /* reset:K relaxed: likewise */
}

#endif

/* ---- faults ------------------------------------------------------------------------------------------------------ */

#if defined(LOFT_ALLOC_FAULTS)

LOFT_API void
loft_alloc_fail_(int mode, size_t n)
{
    struct loft_alloc_counters_ *s = loft_alloc_state_();
    loft_store(&s->fail_mode, (int)LOFT_ALLOC_FAIL_NONE_, relaxed);    /* fail:A relaxed: nobody allocates meanwhile */
    loft_store(&s->fail_at, n, relaxed);                               /* fail:B relaxed: nobody allocates meanwhile */
    loft_store(&s->fail_seen, 0u, relaxed);                            /* fail:C relaxed: nobody allocates meanwhile */
    loft_store(&s->fail_done, 0u, relaxed);                            /* fail:D relaxed: nobody allocates meanwhile */
    loft_store(&s->fail_mode, mode, relaxed);                          /* fail:E relaxed: nobody allocates meanwhile */
}

/* loft_alloc_fail_after - let n allocations from now pass and the next one return NULL, once. Requests that are refused
 * anyway (size 0 and so on) are not counted. A test visits every allocation of an operation so:
 *
 *     for (size_t n = 0;; n++) {
 *         loft_alloc_fail_after(n);
 *         const loft_status s = operation();
 *         if (loft_alloc_fail_stop() == 0)
 *             break;                                    it came through without reaching the n-th
 *         check that s is LOFT_NOMEM and nothing changed
 *     }
 *
 *   threads   one, while no other allocates; threads started afterwards see it
 *   progress  wait-free
 */
LOFT_API void
loft_alloc_fail_after(size_t n)
{
    loft_alloc_fail_(LOFT_ALLOC_FAIL_ONE_, n);
}

/* loft_alloc_fail_from - let n allocations from now pass and all later ones return NULL, until loft_alloc_fail_stop.
 *   threads   one, while no other allocates; threads started afterwards see it
 *   progress  wait-free
 */
LOFT_API void
loft_alloc_fail_from(size_t n)
{
    loft_alloc_fail_(LOFT_ALLOC_FAIL_ALL_, n);
}

/* loft_alloc_fail_stop - let all allocations pass again.
 *   returns   how many were made to fail since loft_alloc_fail_after or loft_alloc_fail_from; 0: none was reached
 *   threads   one, while no other allocates
 *   progress  wait-free
 */
LOFT_API size_t
loft_alloc_fail_stop(void)
{
    struct loft_alloc_counters_ *s = loft_alloc_state_();
    loft_store(&s->fail_mode, (int)LOFT_ALLOC_FAIL_NONE_, relaxed);    /* stop:A relaxed: nobody allocates meanwhile */
    return (size_t)loft_load(&s->fail_done, relaxed);                  /* stop:B relaxed: nobody allocates meanwhile */
}

/* loft_alloc_seen - how many allocations were asked for since faults were last armed (or the program started), those
 * that were made to fail among them.
 *   threads   any; exact while no other allocates
 *   progress  wait-free
 */
LOFT_API size_t
loft_alloc_seen(void)
{
    return (size_t)loft_load(&loft_alloc_state_()->fail_seen, relaxed);   /* seen:A relaxed: a count */
}

#endif

#endif /* configuration */
#endif /* supported */
#endif /* LOFT_CORE_ALLOC_H */
