/* SPDX-License-Identifier: MIT
 *
 * bench/mallocs.c - counts allocator calls and live bytes of the program it is preloaded into (LD_PRELOAD). Only the
 * memory question uses it, so the timed runs carry no trace of it.
 */
#include <dlfcn.h>
#include <errno.h>
#include <malloc.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "../include/loft/core/atomics.h"

struct malloc_counts {
    uint64_t calls;
    uint64_t frees;
    uint64_t live;
    uint64_t peak;
};

static LOFT_ATOMIC(uint64_t) calls;
static LOFT_ATOMIC(uint64_t) frees;
static LOFT_ATOMIC(uint64_t) live;
static LOFT_ATOMIC(uint64_t) peak;

static void *(*real_malloc)(size_t);
static void *(*real_calloc)(size_t, size_t);
static void *(*real_realloc)(void *, size_t);
static void (*real_free)(void *);
static int (*real_posix_memalign)(void **, size_t, size_t);
static void *(*real_aligned_alloc)(size_t, size_t);

/* dlsym itself may allocate before the real functions are known. */
static char early[16384];
static size_t early_used;

static bool is_early(const void *p) { return (const char *)p >= early && (const char *)p < early + sizeof early; }

static void *
early_alloc(size_t size)
{
    const size_t rounded = (size + 31u) & ~(size_t)31u;
    if (rounded > sizeof early - early_used)
        return NULL;
    void *p = early + early_used;
    early_used += rounded;
    return p;
}

static void
find(void *fn, const char *name)
{
    void *p = dlsym(RTLD_NEXT, name);
    memcpy(fn, &p, sizeof p);
}

static bool
ready(void)
{
    static bool finding;
    if (real_free)
        return true;
    if (finding)
        return false;
    finding = true;
    find(&real_malloc, "malloc");
    find(&real_calloc, "calloc");
    find(&real_realloc, "realloc");
    find(&real_posix_memalign, "posix_memalign");
    find(&real_aligned_alloc, "aligned_alloc");
    find(&real_free, "free");
    return true;
}

__attribute__((constructor)) static void start(void) { (void)ready(); }

static void *
count_in(void *p)
{
    if (!p)
        return p;
    const uint64_t size = malloc_usable_size(p);
    const uint64_t now = loft_fetch_add(&live, size, relaxed) + size;          /* A relaxed: a count */
    uint64_t most = loft_load(&peak, relaxed);                                 /* B relaxed: a count */
    while (now > most && !loft_cas_weak(&peak, &most, now, relaxed, relaxed))  /* C relaxed: a count */
        ;
    loft_fetch_add(&calls, 1, relaxed);                                        /* D relaxed: a count */
    return p;
}

static void
count_out(void *p)
{
    loft_fetch_sub(&live, malloc_usable_size(p), relaxed);                     /* E relaxed: a count */
    loft_fetch_add(&frees, 1, relaxed);                                        /* F relaxed: a count */
}

__attribute__((visibility("default"))) void bench_malloc_counts(struct malloc_counts *out);

void
bench_malloc_counts(struct malloc_counts *out)
{
    out->calls = loft_load(&calls, relaxed);                                   /* G relaxed: a count */
    out->frees = loft_load(&frees, relaxed);                                   /* H relaxed: a count */
    out->live = loft_load(&live, relaxed);                                     /* I relaxed: a count */
    out->peak = loft_exchange(&peak, out->live, relaxed);                      /* J relaxed: the next count begins */
}

void *malloc(size_t size) { return ready() ? count_in(real_malloc(size)) : early_alloc(size); }

void *
calloc(size_t n, size_t size)
{
    return ready() ? count_in(real_calloc(n, size)) : early_alloc(n * size);
}

void *
realloc(void *p, size_t size)
{
    if (!ready() || is_early(p)) {
        void *q = malloc(size);
        if (q && p) {                      /* its size is not known, but it ends with the room it lies in */
            const size_t most = (size_t)(early + sizeof early - (char *)p);
            memcpy(q, p, size < most ? size : most);
        }
        return q;
    }
    if (p)
        count_out(p);
    return count_in(real_realloc(p, size));
}

int
posix_memalign(void **p, size_t align, size_t size)
{
    if (!ready())
        return ENOMEM;
    const int err = real_posix_memalign(p, align, size);
    if (err == 0)
        count_in(*p);
    return err;
}

void *
aligned_alloc(size_t align, size_t size)
{
    return ready() ? count_in(real_aligned_alloc(align, size)) : NULL;
}

void
free(void *p)
{
    if (!p || is_early(p) || !ready())
        return;
    count_out(p);
    real_free(p);
}
