/* SPDX-License-Identifier: MIT
 *
 * bench/smr/stalls.h - what bench/smr/stalled.c does, compiled for one scheme. Included once for each, after
 *
 *     SMR                the scheme's token
 *     QUIESCENT(me)      what a thread says after a section; nothing where exit says it
 *     BOUND(d, records)  nodes that may be pending; 0: no bound
 *     FREES              0 where nothing is ever freed
 */
#define S_(f)  LOFT_CAT(SMR, f)

struct S_(item) {
    S_(node) smr;
    uint64_t value;
    char body[64 - sizeof(S_(node)) - sizeof(uint64_t)];
};

static SMR S_(domain_of_bench);

static void
S_(dropped)(loft_smr_thread *me, loft_smr_node *n)
{
    struct S_(item) *const it = (struct S_(item) *)n;
    (void)me;
    if (it->value >= DEAD)
        loft_store(&wrong, 1, relaxed);                  /* dropped:A relaxed: read after the joins */
    it->value = DEAD;
    freed_here++;
    free(it);
}

static struct S_(item) *
S_(fresh)(S_(thread) *me, uint64_t number)
{
    struct S_(item) *const it = (struct S_(item) *)malloc(sizeof *it);
    if (!it) {
        fputs("bench: no memory\n", stderr);
        exit(2);
    }
    S_(born)(me, &it->smr);
    it->value = number;                                  /* no two are the same, though their memory may be    */
    return it;
}

static S_(thread) *
S_(joined)(void)
{
    S_(thread) *const me = S_(join)(&S_(domain_of_bench));
    if (!me) {
        fputs("bench: cannot join\n", stderr);
        exit(2);
    }
    return me;
}

static void *
S_(retires)(void *p)
{
    const int id = *(const int *)p;
    uint64_t since = 0;
    pin(id);
    S_(thread) *me = S_(joined)();
    pthread_barrier_wait(&gate);
    for (;;) {
        const uint64_t first = loft_fetch_add(&claimed, CHUNK, relaxed);   /* retires:A relaxed: a number */
        if (first >= plan.nodes || loft_load(&stop, relaxed))   /* retires:B relaxed: a hint to end */
            break;
        pace(first);
        for (int i = 0; i < CHUNK; i++) {
            struct S_(item) *const it = S_(fresh)(me, WORDS + first + (uint64_t)i);
            S_(enter)(me);
            struct S_(item) *const old = (struct S_(item) *)loft_exchange(
                &words[(first + (uint64_t)i) % WORDS].p, (uintptr_t)it, acq_rel);   /* retires:C acq_rel -> user <-
                                                                                       retires:C: whole */
            S_(retire)(me, &old->smr, S_(dropped));
            S_(exit)(me);
            QUIESCENT(me);
        }
        since += CHUNK;
        if (plan.churn && since >= plan.churn) {
            since = 0;
            S_(leave)(me);
            me = S_(joined)();
        }
    }
    S_(leave)(me);
    loft_fetch_add(&freed, freed_here, relaxed);         /* retires:D relaxed: read after the joins */
    loft_fetch_sub(&working, 1, relaxed);                /* retires:E relaxed: a hint */
    return NULL;
}

static void *
S_(stops)(void *unused)
{
    (void)unused;
    S_(thread) *const me = S_(joined)();
    pin(0);
    S_(enter)(me);
    S_(read)(me);
    const struct S_(item) *const it = (const struct S_(item) *)S_(protect)(me, 0, &words[0].p);
    const uint64_t number = it->value;
    loft_store(&inside, 1, relaxed);                     /* stops:A relaxed: a hint */
    while (!loft_load(&over, relaxed))                   /* stops:B relaxed: a hint to end */
        cpu_pause();
    const bool safe = *(const volatile uint64_t *)&it->value == number;
    S_(exit)(me);
    QUIESCENT(me);
    if (!safe)
        loft_store(&wrong, 1, relaxed);                  /* stops:C relaxed: read after the join */
    S_(leave)(me);
    loft_fetch_add(&freed, freed_here, relaxed);         /* stops:D relaxed: read after the joins */
    return NULL;
}

static loft_smr_stats S_(counts)(void) { return S_(stats_get)(&S_(domain_of_bench)); }
static uint64_t S_(bounded)(uint64_t records) { return BOUND(S_(domain_of_bench), records); }

static void
S_(begin)(void)
{
    if (S_(init)(&S_(domain_of_bench), NULL) != LOFT_OK)
        exit(2);
    S_(thread) *const me = S_(joined)();
    for (int i = 0; i < WORDS; i++)
        loft_init(&words[i].p, (uintptr_t)S_(fresh)(me, (uint64_t)i));
    S_(leave)(me);
}

/* What is pending when all threads are gone, and a drain has been through. */
static uint64_t
S_(end)(void)
{
    S_(thread) *const me = S_(joined)();
    const loft_status drained = S_(drain)(me, loft_deadline(60000000000u));
    if (drained != (FREES ? LOFT_OK : LOFT_NOTSUP)) {
        fprintf(stderr, "bench: drain: %s\n", loft_status_name(drained));
        loft_store(&wrong, 1, relaxed);                  /* end:A relaxed: one thread */
    }
    S_(leave)(me);
    const uint64_t left = S_(counts)().pending;
    for (int i = 0; i < WORDS; i++)
        free((void *)loft_load(&words[i].p, relaxed));   /* end:B relaxed: one thread */
    if (S_(fini)(&S_(domain_of_bench)) != LOFT_OK)
        exit(2);
    loft_fetch_add(&freed, freed_here, relaxed);         /* end:C relaxed: one thread */
    return left;
}

static const struct scheme S_(scheme) = { LOFT_STR(SMR), FREES, S_(begin), S_(end), S_(retires), S_(stops), S_(counts),
                                          S_(bounded) };

#undef S_
#undef SMR
#undef QUIESCENT
#undef BOUND
#undef FREES
