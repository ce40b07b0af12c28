/* SPDX-License-Identifier: MIT
 *
 * bench/queue/blocking.c - what waiting costs: messages to and fro between two threads that sleep for each, through
 * blocking.h and through a bare futex; and what a push and a pop cost where nobody waits, beside the engine's own.
 *
 *     cc -std=c11 -D_GNU_SOURCE -O3 -DNDEBUG -pthread -DLOFT_EVENTCOUNT_LOOKS=0 bench/queue/blocking.c -o blocking
 *     ./blocking                                                  ten seconds
 *     ./blocking short | quick                                    two; a moment, which only shows that it runs
 *     ./blocking --csv FILE                                       the figures in a file as well, one line each
 *
 * LOFT_EVENTCOUNT_LOOKS 0 makes it sleep at once, as the futex does; without that, it looks a few times before. What is
 * compared takes turns in short rounds; a ratio is the median of the ratios of each round. The two threads are pinned
 * to two processors, then to one.
 */
#include "../arguments.h"
#include "../machine.h"

#include "../../include/loft/core/park.h"

#define LOFT_QUEUE_NAME    lane
#define LOFT_QUEUE_T       uint64_t
#include "../../include/loft/queue/spsc.h"
#define LOFT_QUEUE_NAME    wheel
#define LOFT_QUEUE_T       uint64_t
#include "../../include/loft/queue/scq.h"

#define LOFT_QUEUE_NAME    lane_b
#define LOFT_QUEUE_T       uint64_t
#define LOFT_QUEUE_ENGINE  lane
#include "../../include/loft/queue/blocking.h"
#define LOFT_QUEUE_NAME    wheel_b
#define LOFT_QUEUE_T       uint64_t
#define LOFT_QUEUE_ENGINE  wheel
#include "../../include/loft/queue/blocking.h"

#if defined(__linux__)
#  include <sys/syscall.h>
#endif

enum { ROUNDS_MAX = 41, CAPACITY = 64 };
enum way { WAY_FUTEX, WAY_PARK, WAY_COND, WAY_SPSC, WAY_SCQ, WAYS };

static const char *const way_name[WAYS] = {
    "bare futex", "core/park.h", "mutex and condition variable", "blocking.h over spsc.h", "blocking.h over scq.h"
};

/* One direction, whichever way it is. */
struct half {
    char pad0_[LOFT_CACHELINE];
    LOFT_ATOMIC(uint32_t) word;                          /* the number of the last message                       */
    loft_park park;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    uint32_t value;                                      /* under the lock                                       */
    lane_b spsc;
    wheel_b scq;
    char pad1_[LOFT_CACHELINE];
};

static struct half half[2];

static void
futex(LOFT_ATOMIC(uint32_t) *word, long op, uint32_t value)
{
#if defined(__linux__)
    (void)syscall(SYS_futex, word, op | 128, value, NULL, NULL, 0);
#else
    (void)word; (void)op; (void)value;
    sched_yield();
#endif
}

static inline void
give(struct half *h, enum way way, uint32_t i)
{
    switch (way) {
    case WAY_FUTEX:
        loft_store(&h->word, i, release);                /* give:A release -> take:A: the message */
        futex(&h->word, 1, 1);
        break;
    case WAY_PARK:
        loft_store(&h->word, i, release);                /* give:B release -> take:B, take:C: the message */
        loft_park_notify_one(&h->park);
        break;
    case WAY_COND:
        pthread_mutex_lock(&h->lock);
        h->value = i;
        pthread_cond_signal(&h->changed);
        pthread_mutex_unlock(&h->lock);
        break;
    case WAY_SPSC:
        if (lane_b_push(&h->spsc, i, LOFT_FOREVER) != LOFT_OK)
            exit(1);
        break;
    default:
        if (wheel_b_push(&h->scq, i, LOFT_FOREVER) != LOFT_OK)
            exit(1);
        break;
    }
}

static inline void
take(struct half *h, enum way way, uint32_t i)
{
    uint64_t got = i;
    switch (way) {
    case WAY_FUTEX:
        while (loft_load(&h->word, acquire) != i)        /* take:A acquire <- give:A: the message */
            futex(&h->word, 0, i - 1);
        break;
    case WAY_PARK:
        while (loft_load(&h->word, acquire) != i) {      /* take:B acquire <- give:B: the message */
            const loft_park_key key = loft_park_prepare(&h->park);
            if (loft_load(&h->word, acquire) == i)       /* take:C acquire <- give:B: the message */
                loft_park_cancel(&h->park, key);
            else
                (void)!loft_park_wait(&h->park, key, LOFT_FOREVER);
        }
        break;
    case WAY_COND:
        pthread_mutex_lock(&h->lock);
        while (h->value != i)
            pthread_cond_wait(&h->changed, &h->lock);
        pthread_mutex_unlock(&h->lock);
        break;
    case WAY_SPSC:
        if (lane_b_pop(&h->spsc, &got, LOFT_FOREVER) != LOFT_OK)
            exit(1);
        break;
    default:
        if (wheel_b_pop(&h->scq, &got, LOFT_FOREVER) != LOFT_OK)
            exit(1);
        break;
    }
    if (got != i) {
        fputs("bench: a message is not the one that was sent\n", stderr);
        exit(1);
    }
}

struct game {
    enum way way;
    bool near;
    uint32_t trips;
};

static void *
answer(void *p)
{
    const struct game *g = (const struct game *)p;
    pin(g->near ? 0 : 1);
    for (uint32_t i = 1; i <= g->trips; i++) {
        take(&half[0], g->way, i);
        give(&half[1], g->way, i);
    }
    return NULL;
}

/* One timed run: microseconds per round trip. */
static double
play(enum way way, bool near, uint32_t trips)
{
    struct game g = { way, near, trips };
    pthread_t id;
    for (int k = 0; k < 2; k++) {
        struct half *h = &half[k];
        loft_init(&h->word, 0u);
        h->value = 0;
        if (loft_park_init(&h->park) != LOFT_OK || pthread_mutex_init(&h->lock, NULL) != 0 ||
            pthread_cond_init(&h->changed, NULL) != 0 || lane_b_init(&h->spsc, CAPACITY) != LOFT_OK ||
            wheel_b_init(&h->scq, CAPACITY) != LOFT_OK)
            exit(2);
    }
    if (pthread_create(&id, NULL, answer, &g) != 0)
        exit(2);
    pin(0);
    const uint64_t t0 = now_ns();
    for (uint32_t i = 1; i <= trips; i++) {
        give(&half[0], way, i);
        take(&half[1], way, i);
    }
    const uint64_t t1 = now_ns();
    pthread_join(id, NULL);
    for (int k = 0; k < 2; k++) {
        lane_b_fini(&half[k].spsc);
        wheel_b_fini(&half[k].scq);
    }
    return (double)(t1 - t0) / 1000.0 / trips;
}

static FILE *csv;

static void
row(const char *work, const char *name, double *value, double *ratio, int rounds)
{
    qsort(value, (size_t)rounds, sizeof *value, by_double);
    qsort(ratio, (size_t)rounds, sizeof *ratio, by_double);
    printf("  %-16s %-30s %10.3f %10.3f %10.3f   %6.2f  (%.2f - %.2f)\n", work, name, value[rounds / 2], value[0],
           value[rounds - 1], ratio[rounds / 2], ratio[rounds / 4], ratio[rounds - 1 - rounds / 4]);
    if (csv)
        fprintf(csv, "%s,%s,%d,%.6g,%.6g,%.6g,%.4g\n", work, name, rounds, value[rounds / 2], value[0],
                value[rounds - 1], ratio[rounds / 2]);
    fflush(stdout);
}

static void
round_trips(bool near, uint32_t trips, int rounds)
{
    static double us[WAYS][ROUNDS_MAX];
    static double ratio[WAYS][ROUNDS_MAX];
    for (int r = 0; r < rounds; r++) {
        for (int k = 0; k < WAYS; k++)
            us[(k + r) % WAYS][r] = play((enum way)((k + r) % WAYS), near, trips);
        for (int w = 0; w < WAYS; w++)
            ratio[w][r] = us[w][r] / us[WAY_FUTEX][r];
    }
    for (int w = 0; w < WAYS; w++)
        row(near ? "one processor" : "two processors", way_name[w], us[w], ratio[w], rounds);
}

/* ---- nobody waits ------------------------------------------------------------------------------------------------ */

/* In bursts, because one after the other would be what linger.h waits for in spsc.h. */
enum { BURST = 32 };

#define PAIRS(name, push, pop)                                                                                         \
    static double name(unsigned pairs)                                                                                 \
    {                                                                                                                  \
        uint64_t v = 0;                                                                                                \
        const uint64_t t0 = now_ns();                                                                                  \
        for (unsigned i = 0; i < pairs; i += BURST) {                                                                  \
            for (unsigned k = 0; k < BURST; k++)                                                                       \
                if (!(push))                                                                                           \
                    exit(1);                                                                                           \
            for (unsigned k = 0; k < BURST; k++)                                                                       \
                if (!(pop))                                                                                            \
                    exit(1);                                                                                           \
        }                                                                                                              \
        return (double)(now_ns() - t0) / pairs;                                                                        \
    }

PAIRS(lane_pairs, lane_try_push(&half[0].spsc.engine, i), lane_try_pop(&half[0].spsc.engine, &v))
PAIRS(lane_b_pairs, !lane_b_push(&half[0].spsc, i, LOFT_FOREVER),
      !lane_b_pop(&half[0].spsc, &v, LOFT_FOREVER))
PAIRS(wheel_pairs, wheel_try_push(&half[0].scq.engine, i), wheel_try_pop(&half[0].scq.engine, &v))
PAIRS(wheel_b_pairs, !wheel_b_push(&half[0].scq, i, LOFT_FOREVER),
      !wheel_b_pop(&half[0].scq, &v, LOFT_FOREVER))

/* `armed`: somebody waits now and then, so that notifies make full fences. */
static void
alone(unsigned pairs, int rounds)
{
    static double ns[6][ROUNDS_MAX];
    static double ratio[6][ROUNDS_MAX];
    static const char *const name[6] = {
        "spsc.h", "the same, blocking.h", "the same, armed", "scq.h", "the same, blocking.h", "the same, armed"
    };
    if (lane_b_init(&half[0].spsc, CAPACITY) != LOFT_OK || wheel_b_init(&half[0].scq, CAPACITY) != LOFT_OK)
        exit(2);
    for (int r = 0; r < rounds; r++) {
        for (int k = 0; k < 6; k++) {
            const int w = (k + r) % 6;
            const bool armed = w % 3 == 2;
            lane_b *const s = &half[0].spsc;
            wheel_b *const q = &half[0].scq;
            loft_eventcount_key key[4];
            if (armed) {
                key[0] = loft_eventcount_prepare(&s->items);
                key[1] = loft_eventcount_prepare(&s->room);
                key[2] = loft_eventcount_prepare(&q->items);
                key[3] = loft_eventcount_prepare(&q->room);
                loft_park_cancel(&s->items.park_, key[0].park_);
                loft_park_cancel(&s->room.park_, key[1].park_);
                loft_park_cancel(&q->items.park_, key[2].park_);
                loft_park_cancel(&q->room.park_, key[3].park_);
            } else {                                     /* disarm */
                (void)lane_b_pairs(3200);
                (void)wheel_b_pairs(3200);
            }
            switch (w) {
            case 0: ns[w][r] = lane_pairs(pairs); break;
            case 1: case 2: ns[w][r] = lane_b_pairs(pairs); break;
            case 3: ns[w][r] = wheel_pairs(pairs); break;
            default: ns[w][r] = wheel_b_pairs(pairs); break;
            }
            if (armed) {
                loft_eventcount *const e[4] = { &s->items, &s->room, &q->items, &q->room };
                for (int i = 0; i < 4; i++)
                    loft_fetch_sub(&e[i]->gate_, LOFT_EVENTCOUNT_ONE_, relaxed);   /* alone:A relaxed: as cancel */
            }
        }
        for (int w = 0; w < 6; w++)
            ratio[w][r] = ns[w][r] / ns[w - w % 3][r];
    }
    for (int w = 0; w < 6; w++)
        row("alone", name[w], ns[w], ratio[w], rounds);
    lane_b_fini(&half[0].spsc);
    wheel_b_fini(&half[0].scq);
}

int
main(int argc, char **argv)
{
    const struct arguments a = read_arguments(argc, argv, false, "work,way,rounds,median,min,max,ratio");
    const bool quick = a.length == QUICK;
    const bool brief = a.length == SHORT;
    csv = a.csv;
    find_cpus();
    const int rounds = quick ? 3 : brief ? 11 : ROUNDS_MAX;
    const uint32_t trips = quick ? 100 : brief ? 1000 : 2000;
    printf("  a message and its answer, each thread asleep meanwhile: us; LOFT_EVENTCOUNT_LOOKS %d, membarrier %s\n",
           LOFT_EVENTCOUNT_LOOKS, loft_asymmetric() ? "yes" : "no");
    printf("  %-16s %-30s %10s %10s %10s   ratio to the bare futex (quartiles)\n", "", "", "median", "min", "max");
    round_trips(false, trips, rounds);
    round_trips(true, trips, rounds);
    printf("\n  a push and a pop by one thread: ns\n");
    printf("  %-16s %-30s %10s %10s %10s   ratio to the engine (quartiles)\n", "", "", "median", "min", "max");
    alone(quick ? 9600 : 960000, quick ? 3 : brief ? 5 : 11);
    return csv && fclose(csv) != 0;
}
