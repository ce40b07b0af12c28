/* SPDX-License-Identifier: MIT
 *
 * tests/core/alloc.c - the allocator door: what is refused, what is aligned, what is counted, what is made to fail.
 *
 * The second file is C in the C++ twins too: statistics and faults must be one set for both languages.
 *
 * build: flags -DLOFT_ALLOC_STATS -DLOFT_ALLOC_FAULTS
 * build: with-c tests/core/support/alloc_other.c
 * build: lto
 * build: also bare -ULOFT_ALLOC_STATS -ULOFT_ALLOC_FAULTS
 * build: also faults -ULOFT_ALLOC_STATS
 * build: also stats -ULOFT_ALLOC_FAULTS
 * build: also release -DNDEBUG
 * build: also replaced -DTEST_REPLACED
 * build: also replaced-bare -DTEST_REPLACED -ULOFT_ALLOC_STATS -ULOFT_ALLOC_FAULTS
 * build: also mimalloc -DLOFT_WITH_MIMALLOC -lmimalloc
 */
#include "core/support/alloc_config.h"
#include "threads.h"

#include <loft/core/alloc.h>
#include <loft/core/atomics.h>

#include "tap.h"

static uint32_t rng_state = 1;

static uint32_t
rng(void)
{
    rng_state ^= rng_state << 13;
    rng_state ^= rng_state >> 17;
    rng_state ^= rng_state << 5;
    return rng_state;
}

/* A number the compiler must not reason about: it warns of calls that are meant to be refused. */
static size_t
opaque(size_t n)
{
    static volatile size_t v;
    v = n;
    return v;
}

static bool
on(const void *p, size_t align)
{
    return ((uintptr_t)p & (align - 1u)) == 0;
}

static bool
filled(const void *p, size_t size, int byte)
{
    const unsigned char *c = (const unsigned char *)p;
    for (size_t i = 0; i < size; i++) {
        if (c[i] != byte)
            return false;
    }
    return true;
}

/* ---- the replacement --------------------------------------------------------------------------------------------- */

/* Relies on what the manual promises of the requests, and checks it. Each block remembers what it was asked for. */
static LOFT_ATOMIC(size_t) replaced_bad;
static LOFT_ATOMIC(size_t) replaced_live;

struct replaced_head {
    void *block;
    size_t align;
    size_t size;
};

void *
test_take(size_t align, size_t size)
{
    if (align == 0 || (align & (align - 1u)) != 0 || size == 0 || size % align != 0 || size > (size_t)PTRDIFF_MAX)
        loft_fetch_add(&replaced_bad, 1u, relaxed);      /* take:A relaxed: a count */
    if (size > (size_t)PTRDIFF_MAX / 2u)
        return NULL;
    char *block = (char *)malloc(size + align + 2u * sizeof(struct replaced_head));
    if (!block)
        return NULL;
    char *p = block + sizeof(struct replaced_head);
    p += align - ((uintptr_t)p & (align - 1u));
    const struct replaced_head h = { block, align, size };
    memcpy(p - sizeof h, &h, sizeof h);
    memset(p, 0xa5, size);                               /* what is not cleared shows */
    loft_fetch_add(&replaced_live, 1u, relaxed);         /* take:B relaxed: a count */
    return p;
}

void
test_give(void *p, size_t align, size_t size)
{
    struct replaced_head h;
    memcpy(&h, (char *)p - sizeof h, sizeof h);
    if (h.align != align || h.size != size)
        loft_fetch_add(&replaced_bad, 1u, relaxed);      /* give:A relaxed: a count */
    loft_fetch_sub(&replaced_live, 1u, relaxed);         /* give:B relaxed: a count */
    free(h.block);
}

/* ---- blocks ------------------------------------------------------------------------------------------------------ */

static void
test_alloc(void)
{
    enum { N = 300 };
    unsigned char *block[N];
    size_t unaligned = 0, missing = 0, spoilt = 0;
    for (size_t i = 0; i < N; i++) {
        block[i] = (unsigned char *)loft_alloc(i + 1u);
        missing += !block[i];
        size_t align = LOFT_ALLOC_ALIGN;
        while (align > i + 1u)
            align /= 2u;
        unaligned += !on(block[i], align);
        if (block[i])
            memset(block[i], (int)(i & 255u), i + 1u);
    }
    for (size_t i = 0; i < N; i++) {
        spoilt += block[i] && !filled(block[i], i + 1u, (int)(i & 255u));
        loft_free(block[i], i + 1u);
    }
    ok_eq(missing, 0, "loft_alloc gives blocks of 1 to 300 bytes");
    ok_eq(unaligned, 0, "aligned for any type that fits into them");
    ok_eq(spoilt, 0, "and no two of them overlap");

    void *big = loft_alloc(opaque((size_t)8 << 20));
    ok(big != NULL, "8 MiB");
    if (big)
        memset(big, 1, (size_t)8 << 20);
    loft_free(big, (size_t)8 << 20);
}

static void
test_zeroed(void)
{
    size_t missing = 0, dirty = 0;
    for (size_t round = 0; round < 50; round++) {
        const size_t n = rng() % 97u + 1u, size = rng() % 61u + 1u;
        void *dirt = loft_alloc(n * size);
        if (dirt)
            memset(dirt, 0xff, n * size);
        opaque((size_t)dirt);
        loft_free(dirt, n * size);
        void *p = loft_alloc_zeroed(n, size);
        missing += !p;
        dirty += p && !filled(p, n * size, 0);
        loft_free(p, n * size);
    }
    ok(missing == 0 && dirty == 0, "loft_alloc_zeroed gives zeros where a block with content was freed before");

    void *large = loft_alloc_zeroed(opaque(3), (size_t)1 << 20);
    ok(large && filled(large, (size_t)3 << 20, 0), "3 times 1 MiB of zeros");
    loft_free(large, (size_t)3 << 20);
}

static void
test_aligned(void)
{
    size_t missing = 0, unaligned = 0, spoilt = 0;
    for (size_t align = 1; align <= 65536; align *= 2) {
        const size_t sizes[] = { 1, 3, sizeof(void *), align - 1u, align, align + 1u, 1000 };
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            const size_t size = sizes[i] ? sizes[i] : 1;
            void *p = loft_alloc_aligned(align, size);
            void *q = loft_alloc_aligned(align, size);
            missing += !p || !q;
            unaligned += !on(p, align) || !on(q, align);
            if (p)
                memset(p, 1, size);
            if (q)
                memset(q, 2, size);
            spoilt += p && q && (!filled(p, size, 1) || !filled(q, size, 2));
            loft_free_aligned(p, align, size);
            loft_free_aligned(q, align, size);
        }
    }
    ok_eq(missing, 0, "loft_alloc_aligned gives blocks on 1, 2, 4 .. 65536, of less, just, and more than that");
    ok_eq(unaligned, 0, "all of them aligned");
    ok_eq(spoilt, 0, "and no two of them overlap");
}

static void
test_node(void)
{
    enum { N = 64 };
    const size_t line = LOFT_CACHELINE;
    void *node[N];
    size_t missing = 0, unaligned = 0, shared = 0, spoilt = 0;
    for (size_t i = 0; i < N; i++) {
        const size_t size = i * 5u + 1u;
        node[i] = loft_alloc_node(size);
        missing += !node[i];
        unaligned += !on(node[i], line);
        if (node[i])                                     /* to the end of its last line: it is the node's alone */
            memset(node[i], (int)i, (size + line - 1u) / line * line);
    }
    for (size_t i = 0; i < N; i++) {
        for (size_t j = 0; j < i; j++) {
            const uintptr_t a = (uintptr_t)node[i], b = (uintptr_t)node[j];
            shared += a / line <= (b + j * 5u) / line && b / line <= (a + i * 5u) / line;
        }
        spoilt += node[i] && !filled(node[i], (i * 5u + line) / line * line, (int)i);
    }
    for (size_t i = 0; i < N; i++)
        loft_free_node(node[i], i * 5u + 1u);
    ok_eq(missing, 0, "loft_alloc_node gives nodes of 1 to 316 bytes");
    ok_eq(unaligned, 0, "each begins a line");
    ok_eq(shared, 0, "no two share a line");
    ok_eq(spoilt, 0, "and each owns its last line to the end");
}

static void
test_refused(void)
{
    const size_t half = (size_t)PTRDIFF_MAX;
    ok(!loft_alloc(opaque(0)), "0 bytes are refused");
    ok(!loft_alloc(opaque(half + 1u)), "PTRDIFF_MAX + 1 bytes are refused");
    ok(!loft_alloc(opaque(SIZE_MAX)), "SIZE_MAX bytes are refused");
    ok(!loft_alloc_zeroed(opaque(0), 8), "0 elements are refused");
    ok(!loft_alloc_zeroed(8, opaque(0)), "elements of 0 bytes are refused");
    ok(!loft_alloc_zeroed(opaque(SIZE_MAX), opaque(SIZE_MAX)), "SIZE_MAX times SIZE_MAX bytes are refused");
    ok(!loft_alloc_zeroed(opaque(SIZE_MAX / 16u + 2u), 16), "a product that wraps round to 16 bytes is refused");
    ok(!loft_alloc_zeroed(opaque(half / 16u + 1u), 16), "a product just above PTRDIFF_MAX is refused");
    ok(!loft_alloc_aligned(64, opaque(0)), "0 aligned bytes are refused");
    ok(!loft_alloc_aligned(opaque(0), 64), "alignment 0 is refused");
    ok(!loft_alloc_aligned(opaque(3), 64), "alignment 3 is refused");
    ok(!loft_alloc_aligned(opaque(48), 96), "alignment 48 is refused, though 96 is a multiple of it");
    ok(!loft_alloc_aligned(opaque(SIZE_MAX), 1), "alignment SIZE_MAX is refused");
    ok(!loft_alloc_aligned(opaque(half + 1u), 1), "an alignment of the top bit is refused");
    ok(!loft_alloc_aligned(4096, opaque(half - 4094u)), "a size that rounds up to above PTRDIFF_MAX is refused");
    ok(!loft_alloc_aligned(4096, opaque(SIZE_MAX - 100u)), "a size that would wrap when rounded up is refused");
    ok(!loft_alloc_aligned(1, opaque(half + 1u)), "PTRDIFF_MAX + 1 bytes on 1 are refused");
    ok(!loft_alloc_node(opaque(0)), "a node of 0 bytes is refused");
    ok(!loft_alloc_node(opaque(half)), "a node that rounds up to above PTRDIFF_MAX is refused");
    ok(!loft_alloc_node(opaque(SIZE_MAX)), "a node of SIZE_MAX bytes is refused");

    ok_eq(loft_alloc_fit_(4096, opaque(half - 4095u)), half - 4095u, "the largest multiple of 4096 fits");
    ok_eq(loft_alloc_fit_(4096, opaque(half - 4094u)), 0, "one byte more does not");
    ok_eq(loft_alloc_fit_(1, opaque(half)), half, "PTRDIFF_MAX bytes fit on 1");
    ok_eq(loft_alloc_fit_(64, 65), 128, "65 bytes on 64 become 128");

#if TAP_SANITIZED
    ok_skip("an allocator that has no memory", "the sanitizer stops the program instead");
#else
    /* volatile: a compiler may take an allocation nobody uses for done, and done successfully. */
    void *volatile a = loft_alloc(opaque(half));
    void *volatile b = loft_alloc_zeroed(opaque(half), 1);
    void *volatile c = loft_alloc_aligned(64, opaque(half - 63u));
#  if SIZE_MAX > 0xffffffff
    ok(!a && !b && !c, "what the allocator refuses is NULL");
#  else
    ok(!a || !b || !c, "what the allocator refuses is NULL");  /* one half of 4 GiB may be had, three not */
#  endif
    loft_free(a, half);
    loft_free(b, half);
    loft_free_aligned(c, 64, half - 63u);
#endif

    loft_free(NULL, 0);
    loft_free(NULL, 100);
    loft_free_aligned(NULL, 64, 100);
    loft_free_aligned(NULL, 48, 0);
    loft_free_node(NULL, 100);
    ok(true, "freeing NULL does nothing");
}

/* ---- statistics -------------------------------------------------------------------------------------------------- */

#if defined(LOFT_ALLOC_STATS)
static void
test_stats(void)
{
    loft_alloc_stats_reset();
    loft_alloc_stats s = loft_alloc_stats_get();
    const loft_seq live = s.live, live_bytes = s.live_bytes;
    ok(s.allocs == 0 && s.frees == 0 && s.bytes_allocated == 0 && s.bytes_freed == 0 && s.refused == 0,
       "a reset leaves nothing counted");
    ok_eq(s.peak_bytes, live_bytes, "and the peak is what is out");

    void *a = loft_alloc(100);
    void *b = loft_alloc_zeroed(10, 20);
    void *c = loft_alloc_aligned(64, 30);
    void *d = loft_alloc_node(5);
    void *e = other_alloc(1000);
    s = loft_alloc_stats_get();
    ok_eq(s.allocs, 5, "five blocks counted, one of them of another file");
    ok_eq(s.bytes_allocated, 100 + 200 + 30 + 5 + 1000, "and their bytes, as asked for");
    ok_eq(s.live - live, 5, "five are out");
    ok_eq(s.frees, 0, "none came back");
    ok_eq(other_live(), s.live, "the other file sees the same figure");

    loft_free(b, 200);
    other_free(a, 100);
    s = loft_alloc_stats_get();
    ok_eq(s.frees, 2, "two came back");
    ok_eq(s.bytes_freed, 300, "300 bytes of them");
    ok_eq(s.live_bytes - live_bytes, 1035, "1035 bytes are out");
    ok_eq(s.peak_bytes - live_bytes, 1335, "1335 were at the most");

    loft_free(NULL, 77);
    loft_free_node(NULL, 77);
    ok(!loft_alloc(opaque(0)) && !loft_alloc_zeroed(opaque(SIZE_MAX), 3) && !loft_alloc_aligned(opaque(48), 1) &&
       !loft_alloc_node(opaque(SIZE_MAX)), "four refusals");
    s = loft_alloc_stats_get();
    ok_eq(s.refused, 4, "are counted as such");
    ok(s.allocs == 5 && s.frees == 2 && s.bytes_allocated == 1335 && s.bytes_freed == 300, "and as nothing else");

    loft_alloc_stats_reset();
    s = loft_alloc_stats_get();
    ok(s.allocs == 0 && s.frees == 0 && s.refused == 0, "after a reset with blocks out nothing is counted");
    ok(s.live - live == 3 && s.live_bytes - live_bytes == 1035, "but the blocks are still out");
    ok_eq(s.peak_bytes - live_bytes, 1035, "and the peak starts from them");
    loft_free_aligned(c, 64, 30);
    loft_free_node(d, 5);
    loft_free(e, 1000);
    s = loft_alloc_stats_get();
    ok(s.frees == 3 && s.live == live && s.live_bytes == live_bytes, "until they come back");
    ok_eq(s.peak_bytes - live_bytes, 1035, "which lowers no peak");

    ok_eq(loft_alloc_less_(5, 3), 2, "a difference of counters");
    ok_eq(loft_alloc_less_(3, 5), 0, "is never below 0");
    ok_eq(loft_alloc_less_(2, (loft_seq)-3), 5, "and survives a wrapped counter");

    ok_eq(other_counters_size(), sizeof(struct loft_alloc_counters_), "both languages agree on the counters' size");
    ok_eq(other_counters_last(), offsetof(struct loft_alloc_counters_, fail_done), "and on the place of the last");
}
#endif

/* ---- threads ----------------------------------------------------------------------------------------------------- */

enum { THREADS = 4, SHELVES = 16, FAULT_ROUNDS = 2000, HOARD = 20 };

struct parcel {
    size_t size;
    unsigned kind;
    unsigned char stamp;
};

struct exchange {
    LOFT_ATOMIC(struct parcel *) shelf[SHELVES];
    LOFT_ATOMIC(size_t) spoilt;
    LOFT_ATOMIC(size_t) missing;
    LOFT_ATOMIC(size_t) absurd;
    LOFT_ATOMIC(int) working;
    unsigned long long rounds;
};

static struct parcel *
parcel_make(uint32_t r)
{
    const size_t size = sizeof(struct parcel) + (r >> 8) % 400u;
    const unsigned kind = r & 3u;
    void *p = kind == 0 ? loft_alloc(size) : kind == 1 ? loft_alloc_zeroed(size, 1) :
              kind == 2 ? loft_alloc_aligned(32, size) : loft_alloc_node(size);
    if (!p)
        return NULL;
    struct parcel *parcel = (struct parcel *)p;
    const unsigned char stamp = (unsigned char)(r >> 24);
    memset(p, stamp, size);
    parcel->size = size;
    parcel->kind = kind;
    parcel->stamp = stamp;
    return parcel;
}

static bool
parcel_end(struct parcel *p)
{
    const size_t size = p->size;
    const bool whole = filled((const char *)p + sizeof *p, size - sizeof *p, p->stamp);
    switch (p->kind) {
    case 0:
    case 1:  loft_free(p, size); break;
    case 2:  loft_free_aligned(p, 32, size); break;
    default: loft_free_node(p, size); break;
    }
    return whole;
}

static void
trade(void *arg, int id)
{
    struct exchange *x = (struct exchange *)arg;
    if (id == 0) {                                       /* looks at the counters while the others move them */
#if defined(LOFT_ALLOC_STATS)
        /* Any number of blocks may come and go between two loads of a snapshot if this thread is put to sleep there. */
        const loft_seq most = (loft_seq)(x->rounds * (THREADS - 1)) + 1000u;
        size_t absurd = 0;
        do {
            const loft_alloc_stats s = loft_alloc_stats_get();
            absurd += s.live > most || s.live_bytes > most * 1000u || s.peak_bytes > most * 1000u;
            sched_yield();
        } while (loft_load(&x->working, acquire) > 0);   /* trade:A acquire <- trade:E: nothing rides on it */
        loft_fetch_add(&x->absurd, absurd, relaxed);     /* trade:B relaxed: read after the join */
#endif
        return;
    }
    chaos_on((uint32_t)id);
    uint32_t r = (uint32_t)id * 2654435761u;
    size_t spoilt = 0, missing = 0;
    for (unsigned long long i = 0; i < x->rounds; i++) {
        r = r * 1664525u + 1013904223u;
        struct parcel *p = parcel_make(r);
        missing += !p;
        LOFT_ATOMIC(struct parcel *) *shelf = &x->shelf[(r >> 4) % SHELVES];
        p = loft_exchange(shelf, p, acq_rel);            /* trade:C acq_rel -> trade:C <- trade:C: the content */
        spoilt += p && !parcel_end(p);
    }
    chaos_off();
    loft_fetch_add(&x->spoilt, spoilt, relaxed);         /* trade:D relaxed: read after the join */
    loft_fetch_add(&x->missing, missing, relaxed);       /* trade:F relaxed: read after the join */
    loft_fetch_sub(&x->working, 1, release);             /* trade:E release -> trade:A: nothing rides on it */
}

static void
test_threads(void)
{
    static struct exchange x;
    x.rounds = scaled(60000);
    loft_init(&x.working, THREADS - 1);
#if defined(LOFT_ALLOC_STATS)
    loft_alloc_stats_reset();
    const loft_seq live = loft_alloc_stats_get().live;
#endif
    run_threads(THREADS, trade, &x);
    size_t left = 0;
    for (size_t i = 0; i < SHELVES; i++) {
        struct parcel *p = loft_load(&x.shelf[i], relaxed);   /* threads:A relaxed: after the join */
        left += p && !parcel_end(p);
    }
    const size_t missing = loft_load(&x.missing, relaxed);    /* threads:B relaxed: after the join */
    const size_t spoilt = loft_load(&x.spoilt, relaxed);      /* threads:C relaxed: after the join */
    ok_eq(missing, 0, "threads get every block they ask for");
    ok_eq(spoilt + left, 0, "blocks freed by another thread are intact");
#if defined(LOFT_ALLOC_STATS)
    const loft_alloc_stats s = loft_alloc_stats_get();
    const size_t absurd = loft_load(&x.absurd, relaxed);      /* threads:D relaxed: after the join */
    ok_eq(absurd, 0, "no snapshot taken meanwhile shows less than nothing");
    ok_eq(s.allocs, x.rounds * (THREADS - 1), "every allocation of every thread is counted");
    ok_eq(s.frees, s.allocs, "and every free");
    ok_eq(s.bytes_freed, s.bytes_allocated, "to the byte");
    ok_eq(s.live, live, "nothing is out");
    ok(s.peak_bytes > 0 && s.peak_bytes <= s.bytes_allocated, "the peak is somewhere between");
#endif
}

#if defined(LOFT_ALLOC_STATS)
struct hoard {
    pthread_barrier_t full;
    LOFT_ATOMIC(size_t) missing;
    uint32_t round;
};

/* All have theirs before any gives back, so that the highest sum is known. */
static void
keep(void *arg, int id)
{
    struct hoard *h = (struct hoard *)arg;
    void *p[HOARD];
    chaos_on((uint32_t)id + 4u * h->round);
    for (size_t i = 0; i < HOARD; i++)
        p[i] = loft_alloc(64);
    chaos_off();
    pthread_barrier_wait(&h->full);
    size_t missing = 0;
    for (size_t i = 0; i < HOARD; i++) {
        missing += !p[i];
        loft_free(p[i], 64);
    }
    loft_fetch_add(&h->missing, missing, relaxed);       /* keep:A relaxed: read after the join */
}

static void
test_peak(void)
{
    struct hoard h;
    size_t wrong = 0;
    const unsigned long long rounds = scaled(500);
    loft_init(&h.missing, 0u);
    if (pthread_barrier_init(&h.full, NULL, THREADS) != 0)
        abort();
    for (unsigned long long round = 0; round < rounds; round++) {
        loft_alloc_stats_reset();
        const loft_seq before = loft_alloc_stats_get().live_bytes;
        h.round = (uint32_t)round;
        run_threads(THREADS, keep, &h);
        wrong += loft_alloc_stats_get().peak_bytes - before != (loft_seq)(HOARD * THREADS * 64);
    }
    pthread_barrier_destroy(&h.full);
    const size_t missing = loft_load(&h.missing, relaxed);    /* peak:A relaxed: after the join */
    ok_eq(missing, 0, "threads that hoard get their blocks");
    ok_eq(wrong, 0, "the peak is what all of them held together");
}
#endif

/* ---- faults ------------------------------------------------------------------------------------------------------ */

#if defined(LOFT_ALLOC_FAULTS)
/* An operation that allocates four times and gives all back when one is refused. */
static loft_status
furnish(void *room[4])
{
    void *a = loft_alloc(10);
    void *b = a ? loft_alloc_zeroed(2, 5) : NULL;
    void *c = b ? loft_alloc_aligned(256, 10) : NULL;
    void *d = c ? loft_alloc_node(10) : NULL;
    if (!d) {
        loft_free_aligned(c, 256, 10);
        loft_free(b, 10);
        loft_free(a, 10);
        return LOFT_NOMEM;
    }
    room[0] = a;
    room[1] = b;
    room[2] = c;
    room[3] = d;
    return LOFT_OK;
}

static void
clear_out(void *room[4])
{
    loft_free(room[0], 10);
    loft_free(room[1], 10);
    loft_free_aligned(room[2], 256, 10);
    loft_free_node(room[3], 10);
}

static void
count_refused(void *arg, int id)
{
    LOFT_ATOMIC(size_t) *refused = (LOFT_ATOMIC(size_t) *)arg;
    size_t n = 0;
    chaos_on((uint32_t)id + 1u);
    for (int i = 0; i < FAULT_ROUNDS; i++) {
        void *p = loft_alloc(16);
        n += !p;
        loft_free(p, 16);
    }
    chaos_off();
    loft_fetch_add(refused, n, relaxed);                 /* count_refused:A relaxed: read after the join */
}

static void
test_faults(void)
{
    void *room[4] = { NULL, NULL, NULL, NULL };
    size_t n = 0, wrong = 0;
    for (;; n++) {
        loft_alloc_fail_after(n);
        const loft_status s = furnish(room);
        const size_t seen = loft_alloc_seen();
        if (loft_alloc_fail_stop() == 0) {
            wrong += s != LOFT_OK || seen != 4;
            break;
        }
        wrong += s != LOFT_NOMEM || seen != n + 1u;
        if (n > 10)
            break;
    }
    ok_eq(n, 4, "a loop over the n-th failure visits the four allocations and ends");
    ok_eq(wrong, 0, "each refused in its turn, with the right count");
    if (n == 4)
        clear_out(room);

    loft_alloc_fail_after(1);
    void *a = loft_alloc(8);
    void *b = loft_alloc(8);
    void *c = loft_alloc(8);
    ok(a && !b && c, "after(1): the second fails, once");
    ok_eq(loft_alloc_fail_stop(), 1, "stop says one");
    loft_free(a, 8);
    loft_free(c, 8);

    loft_alloc_fail_from(1);
    a = loft_alloc(8);
    b = loft_alloc(8);
    c = loft_alloc_node(8);
    ok(a && !b && !c, "from(1): the second fails and all that follow");
    ok_eq(loft_alloc_seen(), 3, "three were asked for");
    ok_eq(loft_alloc_fail_stop(), 2, "stop says two");
    b = loft_alloc(8);
    ok(b != NULL, "after stop they pass again");
    loft_free(a, 8);
    loft_free(b, 8);

    loft_alloc_fail_after(0);
    ok(!loft_alloc(opaque(0)) && !loft_alloc_aligned(opaque(3), 8) && !loft_alloc_zeroed(opaque(SIZE_MAX), 2),
       "requests that can never be met");
    ok_eq(loft_alloc_seen(), 0, "are not numbered");
    ok(!loft_alloc(8), "so that the next real one is number 0");
    ok_eq(loft_alloc_fail_stop(), 1, "and the one that failed");

    loft_alloc_fail_after(0);
    ok(!other_alloc(8), "a fault armed in this file fails an allocation of another");
    ok_eq(other_seen(), 1, "which both count");
    ok_eq(loft_alloc_fail_stop(), 1, "once");

    loft_alloc_fail_from(SIZE_MAX);
    a = loft_alloc(8);
    ok(a != NULL, "from(SIZE_MAX) is far away");
    loft_free(a, 8);
    ok_eq(loft_alloc_fail_stop(), 0, "and was not reached");

    LOFT_ATOMIC(size_t) refused;
    loft_init(&refused, 0u);
    loft_alloc_fail_after(150);
    run_threads(THREADS, count_refused, &refused);
    const size_t once = loft_load(&refused, relaxed);    /* faults:A relaxed: after the join */
    ok_eq(once, 1, "after(150): exactly one of the 8000 allocations of four threads fails");
    ok_eq(loft_alloc_seen(), FAULT_ROUNDS * THREADS, "all of them were seen");
    ok_eq(loft_alloc_fail_stop(), 1, "and stop says one");

    loft_init(&refused, 0u);
    loft_alloc_fail_from(FAULT_ROUNDS * THREADS - 250);
    run_threads(THREADS, count_refused, &refused);
    const size_t often = loft_load(&refused, relaxed);   /* faults:B relaxed: after the join */
    ok_eq(often, 250, "from(7750): exactly 250 of them fail");
    ok_eq(loft_alloc_fail_stop(), 250, "and stop says so");

#if defined(LOFT_ALLOC_STATS)
    loft_alloc_stats_reset();
    loft_alloc_fail_after(0);
    ok(!loft_alloc(8), "a made failure");
    loft_alloc_fail_stop();
    ok(loft_alloc_stats_get().refused == 1 && loft_alloc_stats_get().allocs == 0, "is counted as refused");
#endif
}
#endif

int
main(void)
{
    test_alloc();
    test_zeroed();
    test_aligned();
    test_node();
    test_refused();
#if defined(LOFT_ALLOC_STATS)
    test_stats();
    test_peak();
#endif
    test_threads();
#if defined(LOFT_ALLOC_FAULTS)
    test_faults();
#endif
    void *p = other_alloc(40);
    ok(p != NULL, "another file allocates");
    loft_free(p, 40);
#if defined(TEST_REPLACED)
    const size_t bad = loft_load(&replaced_bad, relaxed);     /* main:A relaxed: after the joins */
    const size_t kept = loft_load(&replaced_live, relaxed);   /* main:B relaxed: after the joins */
    ok_eq(bad, 0, "the replacement was asked only what is promised, and got the same numbers back");
    ok_eq(kept, 0, "and every block");
#endif
    return done();
}
