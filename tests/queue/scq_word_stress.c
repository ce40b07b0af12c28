/* SPDX-License-Identifier: MIT
 *
 * tests/queue/scq_word_stress.c - queue/scq_word.h under threads: few and many, rings much smaller than the number of
 * threads and larger ones, counters that wrap, bulk, closing in the middle of it, and the length when all is quiet.
 */
#define FAMILY_SCQ 1
#include "common.h"

#if !TEST_PAIRS

int
main(void)
{
    ok_skip("queue/scq_word under threads", TEST_NO_PAIRS);
    return done();
}

#else

#define LOFT_QUEUE_NAME wordq
#define LOFT_QUEUE_T    uintptr_t
#include <loft/queue/scq_word.h>
#define STRESS_NAME wordq
#define STRESS_T    uintptr_t
#define STRESS_MAKE word_of
#define STRESS_OPEN word_open
#include "stress.h"

#define LOFT_QUEUE_NAME nodeq
#define LOFT_QUEUE_T    struct item *
#include <loft/queue/scq_word.h>
#define STRESS_NAME nodeq
#define STRESS_T    struct item *
#define STRESS_MAKE node_of
#define STRESS_OPEN node_open
#include "stress.h"
#define CREDIT_NAME nodeq
#include "credit.h"
#include "scq_stress.h"

/* ---- the length when all is quiet -------------------------------------------------------------------------------- */

struct quiet_run {
    wordq q;
    unsigned long calls;
    bool closes;
    LOFT_ATOMIC(unsigned long) in;
    LOFT_ATOMIC(unsigned long) out;
    LOFT_ATOMIC(unsigned long) refused;
};

/* More of one than of the other in turns, so that both kinds of refusal are common; and they are many at once. */
static void
quiet_body(void *arg, int id)
{
    struct quiet_run *s = (struct quiet_run *)arg;
    struct dice d = dice_from((uint64_t)id + s->calls);
    unsigned long in = 0;
    unsigned long out = 0;
    chaos_on((uint32_t)id + 31);
    for (unsigned long k = 0; k < s->calls; k++) {
        uintptr_t v;
        if (s->closes && id == 0 && k == s->calls / 2)
            wordq_close(&s->q);
        if (dice_roll(&d, 100) < (k / 64 % 2 ? 80u : 20u))
            in += wordq_try_push(&s->q, k);
        else
            out += wordq_try_pop(&s->q, &v);
    }
    chaos_off();
    loft_fetch_add(&s->in, in, relaxed);
    loft_fetch_add(&s->out, out, relaxed);
    loft_fetch_add(&s->refused, s->calls - in - out, relaxed);
}

static void
quiet(int threads, size_t capacity, size_t start, bool closes)
{
    static struct quiet_run s;
    const unsigned long bursts = 6;
    unsigned long wrong = 0;
    char text[160];
    size_t len = 0;
    unsigned long refused = 0;
    if (wordq_init(&s.q, capacity) != LOFT_OK)
        abort();
    wordq_start_at_(&s.q, start);
    s.calls = (unsigned long)scaled(8000) / (unsigned long)threads + 64;
    for (unsigned long b = 0; b < bursts; b++) {
        uintptr_t v;
        s.closes = closes && b == bursts / 2;
        loft_init(&s.in, 0u);
        loft_init(&s.out, 0u);
        loft_init(&s.refused, 0u);
        run_threads(threads, quiet_body, &s);
        refused += loft_load(&s.refused, relaxed);
        len += loft_load(&s.in, relaxed) - loft_load(&s.out, relaxed);
        wrong += wordq_approx_len(&s.q) != len || len > capacity;
        if (b % 2 == 0) {                                /* all that fits goes in, and no more */
            const bool closed = wordq_is_closed(&s.q);
            while (wordq_try_push(&s.q, 1))
                len++;
            wrong += len != capacity && !closed;
            wrong += wordq_approx_len(&s.q) != len;
        } else {                                         /* all there is comes out */
            while (wordq_try_pop(&s.q, &v))
                len--;
            wrong += len != 0 || wordq_approx_len(&s.q) != 0;
        }
        if (wrong && wrong < 10) {
            note("burst %lu: the queue says %lu, there are %lu", b, (unsigned long)wordq_approx_len(&s.q),
                 (unsigned long)len);
            wrong = 10;
        }
    }
    snprintf(text, sizeof text, "%d threads, capacity %lu%s%s: when they rest the length is exact, and all fits",
             threads, (unsigned long)capacity, start ? ", counters wrap" : "", closes ? ", closed half way" : "");
    ok_eq(wrong, 0, text);
    note("%lu calls were refused", refused);
    wordq_fini(&s.q);
}

int
main(void)
{
    watchdog("queue/scq_word_stress");
    if (!loft_dw_supported()) {
        ok_skip("queue/scq_word under threads", TEST_NO_PAIRS);
        return done();
    }
    for (size_t capacity = 2; capacity <= 64; capacity *= 4)
        nodeq_credit(capacity, (unsigned long)scaled(20000));
    for (int n = 2; n <= 8; n *= 2) {
        for (size_t capacity = 2; capacity <= 64; capacity *= 4) {
            quiet(n, capacity, 0, false);
            quiet(n, capacity, SIZE_MAX / 2 - 4000, true);
        }
    }
    stress_all(wordq_stress, nodeq_stress);
    return done();
}

#endif
