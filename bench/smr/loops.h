/* SPDX-License-Identifier: MIT
 *
 * bench/smr/loops.h - what every scheme is made to do, compiled for one of them. Included once for each, after
 *
 *     SCHEME(f)                 the name of its own f
 *     SCHEME(domain)            a type; SCHEME(thread), a type: a record, or anything that a thread needs
 *     SCHEME(node)              a type, the first member of a node
 *     SCHEME(init)(d, options) SCHEME(fini)(d)
 *     SCHEME(join)(d, t) SCHEME(leave)(t)
 *     SCHEME(enter)(t) SCHEME(exit)(t)
 *     SCHEME(read)(t)           where reading begins; a macro, because it may be a setjmp (debra.h)
 *     SCHEME(get)(t, word)      the node that the word points to, safe until the next get or exit
 *     SCHEME(retire)(t, node)   calls or schedules SCHEME(freed) for it
 */
#if defined(__GNUC__) && !defined(__clang__)
/* Of the setjmp of debra.h: nothing changes between it and the end of the section but what is assigned anew. */
#  pragma GCC diagnostic push
#  pragma GCC diagnostic ignored "-Wclobbered"
#endif

struct SCHEME(item) {
    SCHEME(node) node;
    uint64_t value;
};

static void
SCHEME(enters)(struct worker *me, SCHEME(thread) *mine)
{
    SCHEME(thread) local = *mine;                        /* in registers, as in a caller's loop */
    SCHEME(thread) *const t = &local;
    struct job *const j = me->job;
    uint64_t n = 0;
    do {
        for (int k = 0; k < 64; k++) {
            SCHEME(enter)(t);
            SCHEME(exit)(t);
        }
        n += 64;
    } while (!loft_load(&j->stop, relaxed));             /* enters:A relaxed: a hint to end */
    *mine = local;
    me->done = n;
    me->right = true;
}

static void
SCHEME(reads)(struct worker *me, SCHEME(thread) *mine)
{
    SCHEME(thread) local = *mine;                        /* in registers, as in a caller's loop */
    SCHEME(thread) *const t = &local;
    struct job *const j = me->job;
    uint64_t sum = 0, n = 0;
    do {
        for (int k = 0; k < 64; k++) {
            SCHEME(enter)(t);
            SCHEME(read)(t);
            const uint64_t value = ((struct SCHEME(item) *)SCHEME(get)(t, &j->word[k % WORDS].p))->value;
            SCHEME(exit)(t);
            sum += value;
        }
        n += 64;
    } while (!loft_load(&j->stop, relaxed));             /* reads:A relaxed: a hint to end */
    *mine = local;
    me->done = n;
    me->right = sum == n;
}

static void
SCHEME(reads_and_works)(struct worker *me, SCHEME(thread) *mine)
{
    SCHEME(thread) local = *mine;                        /* in registers, as in a caller's loop */
    SCHEME(thread) *const t = &local;
    struct job *const j = me->job;
    uint64_t sum = 0, n = 0;
    do {
        for (int k = 0; k < 64; k++) {
            SCHEME(enter)(t);
            SCHEME(read)(t);
            const uint64_t value = ((struct SCHEME(item) *)SCHEME(get)(t, &j->word[k % WORDS].p))->value;
            SCHEME(exit)(t);
            sum += value;
            work_do(&me->work);
        }
        n += 64;
    } while (!loft_load(&j->stop, relaxed));             /* reads_and_works:A relaxed: a hint to end */
    *mine = local;
    me->done = n;
    me->right = sum == n;
}

static void
SCHEME(follows)(struct worker *me, SCHEME(thread) *mine)
{
    SCHEME(thread) local = *mine;                        /* in registers, as in a caller's loop */
    SCHEME(thread) *const t = &local;
    struct job *const j = me->job;
    uint64_t sum = 0, n = 0;
    do {
        for (int k = 0; k < 64 / WORDS; k++) {
            SCHEME(enter)(t);
            SCHEME(read)(t);
            uint64_t value = 0;
            for (int i = 0; i < WORDS; i++)
                value += ((struct SCHEME(item) *)SCHEME(get)(t, &j->word[i].p))->value;
            SCHEME(exit)(t);
            sum += value;
        }
        n += 64;
    } while (!loft_load(&j->stop, relaxed));             /* follows:A relaxed: a hint to end */
    *mine = local;
    me->done = n;
    me->right = sum == n;
}

static void
SCHEME(writes)(struct worker *me, SCHEME(thread) *mine)
{
    SCHEME(thread) local = *mine;                        /* in registers, as in a caller's loop */
    SCHEME(thread) *const t = &local;
    struct job *const j = me->job;
    uint64_t sum = 0, n = 0;
    do {
        for (int k = 0; k < 64; k++) {
            struct SCHEME(item) *const fresh = (struct SCHEME(item) *)SCHEME(make)(t, sizeof *fresh);
            if (!fresh)
                exit(2);
            fresh->value = 1;
            SCHEME(enter)(t);
            struct SCHEME(item) *const old = (struct SCHEME(item) *)loft_exchange(
                &j->word[k % WORDS].p, (uintptr_t)fresh, acq_rel);   /* writes:B acq_rel -> user <- writes:B: whole */
            sum += old->value;
            SCHEME(retire)(t, &old->node);
            SCHEME(exit)(t);
        }
        n += 64;
    } while (!loft_load(&j->stop, relaxed));             /* writes:A relaxed: a hint to end */
    *mine = local;
    me->done = n;
    me->right = sum == n;
}

static void *
SCHEME(work)(void *p)
{
    struct worker *const me = (struct worker *)p;
    SCHEME(thread) t;
    pin(me->id);
    SCHEME(join)((SCHEME(domain) *)me->job->domain, &t);
    pthread_barrier_wait(&me->job->gate);
    const uint64_t from = clock_ns(CLOCK_THREAD_CPUTIME_ID);
    const uint64_t since = now_ns();
    switch (me->role) {
    case EMPTY:    SCHEME(enters)(me, &t); break;
    case SECTION:  SCHEME(reads)(me, &t); break;
    case POINTERS: SCHEME(follows)(me, &t); break;
    case WORKING:  SCHEME(reads_and_works)(me, &t); break;
    case WRITER:   SCHEME(writes)(me, &t); break;
    }
    me->wall_ns = now_ns() - since;
    me->cpu_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID) - from;
    SCHEME(leave)(&t);
    return NULL;
}

#if defined(__GNUC__) && !defined(__clang__)
#  pragma GCC diagnostic pop
#endif
