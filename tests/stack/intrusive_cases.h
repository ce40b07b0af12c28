/* SPDX-License-Identifier: MIT
 *
 * tests/stack/intrusive_cases.h - what stack/intrusive.h promises, asked of one instance. Include it once for each:
 *
 *     #define CASES  wide                     the instance, of struct block with its member `link`
 *     static bool wide_begin(wide *s);        an empty stack for the nodes in block[]
 *     #include "intrusive_cases.h"            defines wide_cases()
 */
#define P      CASES
#define P_(f)  LOFT_CAT(CASES, f)

struct P_(crowd_) {
    P s;
    unsigned long long rounds;
    struct account account;
    LOFT_ATOMIC(unsigned) doubled;
    int threads;
    long k;
    int op;
    bool stopped;
    bool blocked;
    LOFT_ATOMIC(int) go;
    LOFT_ATOMIC(int) stop;
    LOFT_ATOMIC(unsigned long) moved[BLOCK_WORKERS];
};

/* The node is this thread's from here on; if another has it too, one of them sees that. */
static void
P_(mine_)(struct block *b)
{
    EXPECT(b->owned == 0 && b->twice == ~b->payload);
    b->owned = 1;
}

static void
P_(back_)(struct block *b)
{
    b->payload++;
    b->twice = ~b->payload;
    EXPECT(b->owned == 1);
    b->owned = 0;
}

static void
P_(alone_)(const char *what)
{
    static P s;
    struct block *model[BLOCKS];
    struct block *b = NULL;
    size_t n = 0;
    size_t free_n = BLOCKS;
    struct block *vacant[BLOCKS];
    uint64_t dice = 1;
    for (size_t i = 0; i < BLOCKS; i++)
        vacant[i] = &block[i];
    EXPECT(P_(begin)(&s) && P_(is_empty)(&s) && !P_(try_pop)(&s, &b) && !P_(pop_all)(&s, &b) && !b);
    for (unsigned long long round = 0; round < scaled(50000); round++) {
        size_t k = 1 + dice_roll(&dice, 4);
        switch (dice_roll(&dice, 5)) {
        case 0:
        case 1:
            if (free_n == 0)
                break;
            model[n] = vacant[--free_n];
            P_(push)(&s, model[n++]);
            break;
        case 2:                                          /* a chain: its first is on top */
            if (k > free_n)
                break;
            for (size_t i = 0; i < k; i++)
                model[n + i] = vacant[--free_n];
            for (size_t i = k - 1; i > 0; i--)
                P_(set_next)(&s, model[n + i], model[n + i - 1]);
            P_(push_chain)(&s, model[n + k - 1], model[n]);
            n += k;
            break;
        case 3:
            b = NULL;
            EXPECT(P_(try_pop)(&s, &b) == (n != 0));
            if (b) {
                EXPECT(b == model[n - 1]);
                vacant[free_n++] = model[--n];
            }
            break;
        default:
            EXPECT(P_(is_empty)(&s) == (n == 0));
            if (dice_roll(&dice, 30) != 0)
                break;
            b = NULL;
            EXPECT(P_(pop_all)(&s, &b) == (n != 0) && P_(is_empty)(&s));
            for (; b; b = P_(next)(&s, b)) {
                EXPECT(n != 0 && b == model[n - 1]);
                vacant[free_n++] = model[--n];
            }
            EXPECT(n == 0);
        }
    }
    P_(fini)(&s);
    expected(what, "one thread gets what an array says");
}

/* Tags that come round. */
static void
P_(round_)(const char *what)
{
    static P s;
    struct block *b;
    EXPECT(P_(begin)(&s));
    P_(start_at_)(&s, (loft_seq)-3);
    for (size_t i = 0; i < BLOCKS; i++) {
        P_(push)(&s, &block[i]);
        EXPECT(P_(try_pop)(&s, &b) && b == &block[i] && P_(is_empty)(&s));
        P_(push)(&s, &block[i]);
        P_(push)(&s, &block[(i + 1) % BLOCKS]);
        EXPECT(P_(pop_all)(&s, &b) && b == &block[(i + 1) % BLOCKS] && P_(next)(&s, b) == &block[i]);
        EXPECT(!P_(next)(&s, &block[i]));
    }
    P_(fini)(&s);
    expected(what, "tags come round and touch nothing");
}

static void
P_(body_)(void *arg, int id)
{
    struct P_(crowd_) *const c = (struct P_(crowd_) *)arg;
    struct block *hand[8];
    struct block *b = NULL;
    size_t n = 0;
    uint64_t dice = (uint64_t)id + 7;
    chaos_on((uint32_t)id + 1);
    for (unsigned long long round = 0; round < c->rounds; round++) {
        const size_t roll = dice_roll(&dice, 100);
        if (roll < 50 && n < 8) {
            if (P_(try_pop)(&c->s, &b)) {
                P_(mine_)(b);
                hand[n++] = b;
            }
        } else if (roll < 90 && n != 0) {
            P_(back_)(hand[--n]);
            P_(push)(&c->s, hand[n]);
        } else if (roll < 95 && n >= 2) {
            for (size_t i = 0; i < n; i++)
                P_(back_)(hand[i]);
            for (size_t i = 0; i + 1 < n; i++)
                P_(set_next)(&c->s, hand[i], hand[i + 1]);
            P_(push_chain)(&c->s, hand[0], hand[n - 1]);
            n = 0;
        } else if (roll == 99 && P_(pop_all)(&c->s, &b)) {
            struct block *last = b;
            size_t many = 0;
            for (struct block *i = b; i; i = P_(next)(&c->s, i)) {
                P_(mine_)(i);
                last = i;
                if (!EXPECT(++many <= BLOCKS))
                    break;
            }
            for (struct block *i = b; i && many--; i = P_(next)(&c->s, i))
                P_(back_)(i);
            P_(push_chain)(&c->s, b, last);
        }
    }
    while (n != 0) {
        P_(back_)(hand[--n]);
        P_(push)(&c->s, hand[n]);
    }
    chaos_off();
}

/* Nodes go round in a few hands: each is always one thread's, and none is lost. */
static void
P_(together_)(const char *what, int threads, unsigned long long rounds)
{
    static struct P_(crowd_) c;
    struct block *b;
    char text[100];
    size_t n = 0;
    EXPECT(P_(begin)(&c.s));
    blocks_clear();
    for (size_t i = 0; i < BLOCKS; i++)
        P_(push)(&c.s, &block[i]);
    c.rounds = rounds;
    run_threads(threads, P_(body_), &c);
    while (n <= BLOCKS && P_(try_pop)(&c.s, &b)) {
        P_(mine_)(b);
        n++;
    }
    EXPECT(n == BLOCKS);
    P_(fini)(&c.s);
    snprintf(text, sizeof text, "%d threads, no node lost or in two hands", threads);
    expected(what, text);
}

/* ---- a thread that stops ----------------------------------------------------------------------------------------- */

static void
P_(frozen_body_)(void *arg, int id)
{
    struct P_(crowd_) *const c = (struct P_(crowd_) *)arg;
    struct block *b = NULL;
    if (id < BLOCK_WORKERS) {
        unsigned long moved = 0;
        chaos_on((uint32_t)c->k * 2u + (uint32_t)id + 1u);
        while (loft_load(&c->go, acquire) == 0)
            sched_yield();
        while (loft_load(&c->stop, relaxed) == 0) {
            if (P_(try_pop)(&c->s, &b)) {
                P_(mine_)(b);
                P_(back_)(b);
                P_(push)(&c->s, b);
            }
            loft_store(&c->moved[id], ++moved, relaxed);
        }
        chaos_off();
    } else if (id == BLOCK_WORKERS) {
        freeze_at(c->k);
        switch (c->op) {
        case 0:
            P_(push)(&c->s, &block[0]);
            break;
        case 1:
            if (P_(try_pop)(&c->s, &b)) {
                P_(mine_)(b);
                P_(back_)(b);
                P_(push)(&c->s, b);
            }
            P_(push)(&c->s, &block[0]);
            break;
        default:
            if (P_(pop_all)(&c->s, &b)) {
                struct block *last = b;
                while (P_(next)(&c->s, last))
                    last = P_(next)(&c->s, last);
                P_(push_chain)(&c->s, b, last);
            }
            P_(push)(&c->s, &block[0]);
        }
        freeze_end();
    } else {
        const uint64_t begin = now_ns();
        c->stopped = freeze_wait();
        loft_store(&c->go, 1, release);
        for (;;) {
            unsigned long least = loft_load(&c->moved[0], relaxed);
            for (int w = 1; w < BLOCK_WORKERS; w++)
                if (loft_load(&c->moved[w], relaxed) < least)
                    least = loft_load(&c->moved[w], relaxed);
            c->blocked = now_ns() - begin > (uint64_t)20000000000u;
            if (!c->stopped || least >= 200 || c->blocked)
                break;
            sched_yield();
        }
        loft_store(&c->stop, 1, relaxed);
        freeze_release();
    }
}

static void
P_(frozen_)(const char *what)
{
    static const char *const name[] = { "push", "pop", "pop_all" };
    static struct P_(crowd_) c;
    char text[120];
    for (c.op = 0; c.op < 3; c.op++) {
        long points = 0;
        c.stopped = true;
        for (c.k = 0; c.stopped; c.k++) {
            struct block *b;
            size_t n = 0;
            EXPECT(P_(begin)(&c.s));
            blocks_clear();
            for (size_t i = 1; i < 5; i++)
                P_(push)(&c.s, &block[i]);
            c.blocked = false;
            loft_init(&c.go, 0);
            loft_init(&c.stop, 0);
            for (int w = 0; w < BLOCK_WORKERS; w++)
                loft_init(&c.moved[w], 0u);
            freeze_arm();
            run_threads(BLOCK_WORKERS + 2, P_(frozen_body_), &c);
            while (n <= 5 && P_(try_pop)(&c.s, &b)) {
                P_(mine_)(b);
                n++;
            }
            EXPECT(n == 5 && !c.blocked);
            P_(fini)(&c.s);
            points += c.stopped;
        }
        snprintf(text, sizeof text, "%s frozen at %ld places: others go on, nothing is lost", name[c.op], points);
        EXPECT(points >= 3);
        expected(what, text);
    }
}

/* ---- death ------------------------------------------------------------------------------------------------------- */

#if LOFT_DEBUG
static void P_(fini_again_)(void *s) { P_(fini)((P *)s); }
static void P_(push_late_)(void *s) { P_(push)((P *)s, &block[0]); }
static void P_(look_late_)(void *s) { (void)P_(is_empty)((P *)s); }

static void
P_(wrong_use_)(const char *what)
{
    static P s;
    EXPECT(P_(begin)(&s));
    P_(fini)(&s);
    EXPECT(aborts(P_(fini_again_), &s) && aborts(P_(push_late_), &s) && aborts(P_(look_late_), &s));
    expected(what, "a stack that is over is not used: a debug build stops");
}
#endif

static void
P_(cases)(const char *what)
{
    P_(alone_)(what);
    P_(round_)(what);
#if LOFT_DEBUG
    P_(wrong_use_)(what);
#endif
    P_(together_)(what, 2, scaled(100000));
    P_(together_)(what, 4, scaled(50000));
    P_(together_)(what, 12, scaled(10000));
    P_(frozen_)(what);
}

#undef P
#undef P_
#undef CASES
