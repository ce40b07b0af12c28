/* SPDX-License-Identifier: MIT
 *
 * bench/map/list_scheme.h - the list and what bench/map/list.c does with it, compiled for one scheme. Included once for
 * each, after
 *
 *     SMR                the scheme's token
 *     LIST               the list's
 *     QUIESCENT(me)      what a thread says after each call; nothing where exit says it
 */
#define LOFT_MAP_NAME  LIST
#define LOFT_MAP_KEY   uint64_t
#define LOFT_MAP_VAL   uint64_t
#define LOFT_MAP_SMR   SMR
#include "../../include/loft/map/list.h"

#define S_(f)  LOFT_CAT(SMR, f)
#define L_(f)  LOFT_CAT(LIST, f)

#if defined(__GNUC__) && !defined(__clang__)
/* Of the setjmp of debra.h: nothing changes between it and the end of the section but what is assigned anew. */
#  pragma GCC diagnostic push
#  pragma GCC diagnostic ignored "-Wclobbered"
#endif

struct L_(held) {
    S_(node) smr;
    uint64_t value;
};

static SMR L_(domain);
static LIST L_(map);
static LOFT_ATOMIC(uintptr_t) L_(word);                  /* to what the long sections hold             */

static S_(thread) *
L_(joined)(void)
{
    S_(thread) *const me = S_(join)(&L_(domain));
    if (!me) {
        fputs("bench: cannot join\n", stderr);
        exit(2);
    }
    return me;
}

static bool
L_(add)(uint64_t k, uint64_t v, void *sum)
{
    struct sums *const s = (struct sums *)sum;
    s->keys += k;
    s->count++;
    s->right = s->right && v == value_of(k);
    return true;
}

static void
L_(changes)(struct worker *w, S_(thread) *me)
{
    uint64_t random = (uint64_t)w->id * 0x9e3779b97f4a7c15u + 88172645463325252u;
    uint64_t n = 0;
    bool right = true;
    do {
        for (int i = 0; i < 16; i++) {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            const uint64_t k = (random >> 8) % RANGE;
            if (random & 1u) {
                if (L_(put_if_absent)(&L_(map), me, k, value_of(k)) == LOFT_OK) {
                    w->keys += k;
                    w->count++;
                }
            } else {
                uint64_t old = 0;
                if (L_(remove)(&L_(map), me, k, &old)) {
                    w->keys -= k;
                    w->count--;
                    right = right && old == value_of(k);
                }
            }
            QUIESCENT(me);
        }
        n += 16;
    } while (!loft_load(&stop, relaxed));                /* changes:A relaxed: a hint to end */
    w->done = n;
    w->right = right;
}

/* Ten milliseconds in one section, and at once the next: a walk over something large. */
static void
L_(lingers)(struct worker *w, S_(thread) *me)
{
    uint64_t n = 0;
    bool right = true;
    do {
        S_(enter)(me);
        S_(read)(me);
        const uint64_t from = ticks();
        const struct L_(held) *const it = (const struct L_(held) *)S_(protect)(me, 0, &L_(word));
        bool same = true;
        while ((double)(ticks() - from) * ns_per_tick < LONG_NS && !loft_load(&stop, relaxed))   /* lingers:A relaxed:
                                                                                                    a hint to end */
            same = same && *(const volatile uint64_t *)&it->value == HELD;
        S_(exit)(me);
        QUIESCENT(me);
        right = right && same;
        n++;
    } while (!loft_load(&stop, relaxed));                /* lingers:B relaxed: a hint to end */
    w->done = n;
    w->right = right;
}

static void *
L_(works)(void *p)
{
    struct worker *const w = (struct worker *)p;
    S_(thread) *const me = L_(joined)();
    pin(w->id);
    pthread_barrier_wait(&gate);
    if (w->lingers)
        L_(lingers)(w, me);
    else
        L_(changes)(w, me);
    S_(leave)(me);
    return NULL;
}

static void
L_(begin)(void)
{
    if (S_(init)(&L_(domain), NULL) != LOFT_OK || L_(init)(&L_(map), &L_(domain)) != LOFT_OK)
        exit(2);
    S_(thread) *const me = L_(joined)();
    struct L_(held) *const it = (struct L_(held) *)S_(alloc_node)(me, sizeof *it);
    if (!it)
        exit(2);
    it->value = HELD;
    loft_init(&L_(word), (uintptr_t)it);
    for (uint64_t k = RANGE; k-- > 0;) {
        if (k % 2u == 0 && L_(put)(&L_(map), me, k, value_of(k)) != LOFT_OK)
            exit(2);
    }
    QUIESCENT(me);
    S_(leave)(me);
}

/* What is in the list at the end. */
static struct sums
L_(end)(void)
{
    struct sums s = { 0, 0, true };
    S_(thread) *const me = L_(joined)();
    L_(for_each)(&L_(map), me, NULL, NULL, 0, L_(add), &s);
    QUIESCENT(me);
    S_(leave)(me);
    L_(fini)(&L_(map));
    loft_free((void *)loft_load(&L_(word), relaxed), sizeof(struct L_(held)));   /* end:A relaxed: one thread */
    if (S_(fini)(&L_(domain)) != LOFT_OK)
        exit(2);
    return s;
}

static loft_smr_stats L_(counts)(void) { return S_(stats_get)(&L_(domain)); }

static const struct scheme L_(scheme) = { LOFT_STR(SMR), L_(begin), L_(end), L_(works), L_(counts) };

#if defined(__GNUC__) && !defined(__clang__)
#  pragma GCC diagnostic pop
#endif

#undef L_
#undef S_
#undef LIST
#undef SMR
#undef QUIESCENT
