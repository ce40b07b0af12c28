/* SPDX-License-Identifier: MIT
 *
 * tests/queue/linked_cases.h - the inside of a queue of linked rings: how many there are, what head and tail say, what
 * becomes of a ring that nobody links, while threads stand still in the middle of a call. Include it once for each
 * instance, of uint64_t in rings of two, whose memory is heap_alloc's of support/heap.h:
 *
 *     #define LINKED_NAME wordq
 *     #define LINKED_SMR  loft_ebr            of loft/smr/, which has been included; not loft_leak
 *     #include "linked_cases.h"               defines wordq_linked("name in the report")
 */
#include "common.h"

#ifndef LOFT_TESTS_QUEUE_LINKED_CASES_H
#define LOFT_TESTS_QUEUE_LINKED_CASES_H

#include "support/heap.h"

#include <loft/core/park.h>

#define LINKED_LIMIT 20000u                              /* accesses that a thread alone may need for one call */

enum linked_op { LINKED_PUSH, LINKED_POP, LINKED_CLOSE, LINKED_OPS };

static const char *const linked_op_name[] = { "push", "pop", "close" };

enum linked_state { LINKED_NEW, LINKED_ONE, LINKED_FULL, LINKED_THREE, LINKED_FOUR, LINKED_SHUT, LINKED_STATES };

static const char *const linked_state_name[] = { "new", "one in", "full", "three in", "four in", "empty and shut" };

enum { LINKED_SCRIPTS = 6 };                             /* see linked_script_ */

static struct puppet linked_puppet[2];

/* Element v is number v: 1.. in the order in which one thread pushed them, from 50 on those of who stood still. */
struct linked_account {
    uint64_t in;
    uint64_t out;
    uint64_t last;
    bool wrong;
};

TEST_UNUSED_ static void
linked_took(struct linked_account *a, uint64_t v)
{
    if (v >= 60 || !(a->in >> v & 1) || (a->out >> v & 1) || (v < 50 && v <= a->last)) {
        a->wrong = true;
        return;
    }
    a->out |= (uint64_t)1 << v;
    if (v < 50)
        a->last = v;
}

#endif

#define Q      LINKED_NAME
#define Q_(f)  LOFT_CAT(LINKED_NAME, f)
#define S_(f)  LOFT_CAT(LINKED_SMR, f)

struct Q_(linked_task_) {
    Q *q;
    S_(thread) *me;
    enum linked_op what;
    uint64_t value;
    bool hungry;                                         /* the allocator refuses it                 */
    loft_status status;                                  /* of a push; OK: a pop has got value       */
};

TEST_UNUSED_ static void
Q_(linked_body_)(void *arg)
{
    struct Q_(linked_task_) *const t = (struct Q_(linked_task_) *)arg;
    switch (t->what) {
    case LINKED_PUSH: t->status = Q_(push)(t->q, t->me, t->value); break;
    case LINKED_POP:  t->status = Q_(try_pop)(t->q, t->me, &t->value) ? LOFT_OK : LOFT_EMPTY; break;
    default:          Q_(close)(t->q, t->me); break;
    }
}

/* How many segments there are from head on. Tail is one of the last two; a segment before the last has a link, and its
 * ring takes nothing. */
TEST_UNUSED_ static size_t
Q_(linked_shape_)(Q *q)
{
    const uintptr_t tail = loft_load(&q->tail, relaxed);
    uintptr_t s = loft_load(&q->head, relaxed);
    size_t n = 0;
    size_t behind = 0;
    bool met = false;
    EXPECT((s & LOFT_LINKED_END_) == 0);
    for (;;) {
        Q_(segment_) *const segment = (Q_(segment_) *)s;
        const uintptr_t next = loft_load(&segment->next, relaxed);
        n++;
        behind += met;
        met |= (tail & ~LOFT_LINKED_END_) == s;
        if (tail & LOFT_LINKED_END_)
            EXPECT(!met || (next == LOFT_LINKED_END_ && Q_(is_closed)(q)));
        if ((next & ~LOFT_LINKED_END_) == 0)
            break;
        s = next;
    }
    EXPECT(met && behind <= 1);
    return n;
}

TEST_UNUSED_ static uint64_t
Q_(linked_begin_)(Q *q, LINKED_SMR *d, S_(thread) **me, enum linked_state state)
{
    static const uint64_t elements[] = { 0, 1, 2, 3, 4, 0 };
    if (S_(init)(d, NULL) != LOFT_OK || Q_(init)(q, d) != LOFT_OK)
        abort();
    for (int k = 0; k < 3; k++) {
        me[k] = S_(join)(d);
        if (!me[k])
            abort();
    }
    for (uint64_t v = 1; v <= elements[state]; v++)
        EXPECT(Q_(push)(q, me[2], v) == LOFT_OK);
    if (state == LINKED_SHUT)
        Q_(ring_close_)(&((Q_(segment_) *)loft_load(&q->tail, relaxed))->ring);
    return elements[state];
}

/* What is left comes out; then there is one segment, and one block. */
TEST_UNUSED_ static void
Q_(linked_end_)(Q *q, LINKED_SMR *d, S_(thread) **me, struct linked_account *a)
{
    uint64_t v;
    while (Q_(try_pop)(q, me[2], &v))
        linked_took(a, v);
    EXPECT(!a->wrong && a->in == a->out);
    EXPECT(Q_(linked_shape_)(q) == 1);
    EXPECT(S_(drain)(me[2], loft_deadline((uint64_t)20000000000u)) == LOFT_OK);
    EXPECT(heap.live == 1);
    EXPECT(Q_(approx_len)(q, me[2]) == 0);
    Q_(fini)(q);
    for (int k = 0; k < 3; k++)
        S_(leave)(me[k]);
    EXPECT(heap.live == 0);
    EXPECT(S_(fini)(d) == LOFT_OK);
}

/* A thread alone: so many pushes, so many pops, perhaps the end, then more of both. */
TEST_UNUSED_ static void
Q_(linked_script_)(Q *q, S_(thread) *me, struct linked_account *a, uint64_t *next, unsigned script)
{
    static const char *const plan[] = { "IIIIOOOOOO", "OOOOOIII", "IOIOIOIO", "OOC", "IIICO", "OIOIIOOO" };
    for (const char *step = plan[script]; *step; step++) {
        uint64_t v;
        if (*step == 'I') {
            const loft_status s = Q_(push)(q, me, *next);
            EXPECT(s == LOFT_OK || (s == LOFT_CLOSED && Q_(is_closed)(q)));
            if (s == LOFT_OK)
                a->in |= (uint64_t)1 << (*next)++;
        } else if (*step == 'O') {
            if (Q_(try_pop)(q, me, &v))
                linked_took(a, v);
        } else {
            Q_(close)(q, me);
            EXPECT(Q_(is_closed)(q));
        }
        (void)Q_(linked_shape_)(q);
    }
}

/* ---- one thread -------------------------------------------------------------------------------------------------- */

TEST_UNUSED_ static void
Q_(linked_count_)(const char *name)
{
    for (uint64_t n = 0; n <= 9; n++) {
        static Q q;
        static LINKED_SMR d;
        S_(thread) *me[3];
        struct linked_account a = { 0, 0, 0, false };
        Q_(linked_begin_)(&q, &d, me, LINKED_NEW);
        for (uint64_t v = 1; v <= n; v++) {
            EXPECT(Q_(push)(&q, me[0], v) == LOFT_OK);
            a.in |= (uint64_t)1 << v;
            EXPECT(Q_(linked_shape_)(&q) == (v + 1) / 2 && heap.live == (v + 1) / 2);
        }
        EXPECT(heap.asked >= heap.live);
        EXPECT(Q_(approx_len)(&q, me[1]) == n);
        const uint64_t segments = n < 2 ? 1 : (n + 1) / 2;
        uint64_t next = n + 1;
        Q_(linked_script_)(&q, me[1], &a, &next, 3);     /* and closes it */
        while (a.out != a.in) {
            uint64_t v;
            if (!EXPECT(Q_(try_pop)(&q, me[1], &v)))
                break;
            linked_took(&a, v);
        }
        EXPECT(S_(stats_get)(&d).retired == segments - 1);   /* the last one stays, closed as it is */
        Q_(linked_end_)(&q, &d, me, &a);
    }
    expected(name, "a segment for every two elements, and each is retired once");
}

/* Without memory for a segment nothing happens, again and again; others' elements come out; with memory it goes on. */
TEST_UNUSED_ static void
Q_(linked_hungry_)(const char *name)
{
    for (int state = LINKED_NEW; state < LINKED_STATES; state++) {
        static Q q;
        static LINKED_SMR d;
        S_(thread) *me[3];
        struct linked_account a = { 0, 0, 0, false };
        uint64_t next = Q_(linked_begin_)(&q, &d, me, (enum linked_state)state) + 1;
        a.in = (((uint64_t)1 << next) - 1) & ~(uint64_t)1;
        heap.refuses = true;
        unsigned refused = 0;
        for (unsigned round = 0; round < 12; round++) {
            const size_t live = heap.live;
            const size_t segments = Q_(linked_shape_)(&q);
            const loft_status s = Q_(push)(&q, me[round % 3], next);
            EXPECT(s == LOFT_OK || s == LOFT_NOMEM);
            if (s == LOFT_OK)
                a.in |= (uint64_t)1 << next++;
            else
                refused++;
            EXPECT(heap.live == live && Q_(linked_shape_)(&q) == segments);
            if (round % 3 == 2 && state % 2) {
                uint64_t v;
                if (Q_(try_pop)(&q, me[0], &v))
                    linked_took(&a, v);
            }
        }
        EXPECT(refused > 0);
        heap.refuses = false;
        Q_(linked_script_)(&q, me[0], &a, &next, 0);
        Q_(linked_end_)(&q, &d, me, &a);
    }
    expected(name, "no memory for a segment: said so, nothing changed, and it goes on when there is some");
}

/* ---- threads that stand still ------------------------------------------------------------------------------------ */

/* What a call that stood still did: a push that is not OK is not in, and one that is may have been taken already. */
TEST_UNUSED_ static void
Q_(linked_goes_on_)(struct puppet *p, const struct Q_(linked_task_) *t, struct linked_account *a)
{
    heap.refuses = t->hungry;
    EXPECT(puppet_finish(p, LINKED_LIMIT));
    heap.refuses = false;
    if (t->what == LINKED_POP && t->status == LOFT_OK) {
        const uint64_t last = a->last;                   /* its place in the order is where it began */
        a->last = 0;
        linked_took(a, t->value);
        a->last = last;
    } else if (t->what == LINKED_PUSH && t->status != LOFT_OK) {
        EXPECT(!(a->out >> t->value & 1));
        a->in &= ~((uint64_t)1 << t->value);
        EXPECT(t->status == LOFT_CLOSED ? Q_(is_closed)(t->q) : t->hungry);
    }
}

TEST_UNUSED_ static void
Q_(linked_give_)(unsigned k, struct Q_(linked_task_) *t, Q *q, S_(thread) *me, enum linked_op what,
                 struct linked_account *a)
{
    t->q = q;
    t->me = me;
    t->what = what;
    t->value = 50 + k;
    t->hungry = false;
    t->status = LOFT_EMPTY;
    if (what == LINKED_PUSH)
        a->in |= (uint64_t)1 << t->value;
    puppet_give(&linked_puppet[k], Q_(linked_body_), t);
}

TEST_UNUSED_ static void
Q_(linked_one_)(const char *name, bool hungry)
{
    unsigned long places = 0;
    char text[120];
    for (int what = LINKED_PUSH; what < (hungry ? LINKED_POP : LINKED_OPS); what++) {
        for (int state = LINKED_NEW; state < LINKED_STATES; state++) {
            for (unsigned script = 0; script < LINKED_SCRIPTS; script++) {
                bool more = true;
                for (unsigned long k = 0; more; k++) {
                    static Q q;
                    static LINKED_SMR d;
                    S_(thread) *me[3];
                    struct Q_(linked_task_) t;
                    struct linked_account a = { 0, 0, 0, false };
                    uint64_t next = Q_(linked_begin_)(&q, &d, me, (enum linked_state)state) + 1;
                    a.in = (((uint64_t)1 << next) - 1) & ~(uint64_t)1;
                    Q_(linked_give_)(0, &t, &q, me[0], (enum linked_op)what, &a);
                    t.hungry = heap.refuses = hungry;
                    more = !puppet_run(&linked_puppet[0], k);
                    heap.refuses = false;
                    (void)Q_(linked_shape_)(&q);
                    Q_(linked_script_)(&q, me[2], &a, &next, script);
                    Q_(linked_goes_on_)(&linked_puppet[0], &t, &a);
                    Q_(linked_script_)(&q, me[1], &a, &next, 5);
                    Q_(linked_end_)(&q, &d, me, &a);
                    if (expect_failed_ == 1)
                        note("%s at access %lu, %s, script %u", linked_op_name[what], k, linked_state_name[state],
                             script);
                    places++;
                }
            }
        }
    }
    snprintf(text, sizeof text, hungry ? "a push without memory stands still at %lu places: nothing is lost"
                                       : "a call stands still at %lu places: nothing is lost, nothing is left",
             places);
    expected(name, text);
}

TEST_UNUSED_ static void
Q_(linked_two_)(const char *name)
{
    unsigned long places = 0;
    char text[120];
    for (int pair = 0; pair < 4; pair++) {
        for (int state = LINKED_FULL; state < LINKED_STATES; state++) {
            bool more_i = true;
            for (unsigned long i = 0; more_i; i += every()) {
                bool more_j = true;
                for (unsigned long j = i % 3; more_j; j += 3) {
                    static Q q;
                    static LINKED_SMR d;
                    S_(thread) *me[3];
                    struct Q_(linked_task_) t[2];
                    struct linked_account a = { 0, 0, 0, false };
                    uint64_t next = Q_(linked_begin_)(&q, &d, me, (enum linked_state)state) + 1;
                    a.in = (((uint64_t)1 << next) - 1) & ~(uint64_t)1;
                    for (unsigned k = 0; k < 2; k++)
                        Q_(linked_give_)(k, &t[k], &q, me[k], pair >> k & 1 ? LINKED_POP : LINKED_PUSH, &a);
                    more_i = !puppet_run(&linked_puppet[0], i);
                    more_j = !puppet_run(&linked_puppet[1], j);
                    Q_(linked_script_)(&q, me[2], &a, &next, (unsigned)((i + j) % LINKED_SCRIPTS));
                    const unsigned first = (unsigned)(i + j) % 2;
                    Q_(linked_goes_on_)(&linked_puppet[first], &t[first], &a);
                    Q_(linked_goes_on_)(&linked_puppet[1 - first], &t[1 - first], &a);
                    Q_(linked_end_)(&q, &d, me, &a);
                    if (expect_failed_ == 1)
                        note("pair %d at accesses %lu and %lu, %s", pair, i, j, linked_state_name[state]);
                    places++;
                }
            }
        }
    }
    snprintf(text, sizeof text, "two calls stand still at %lu pairs of places: nothing is lost", places);
    expected(name, text);
}

TEST_UNUSED_ static void
Q_(linked)(const char *name)
{
    puppet_gather();
    for (int k = 0; k < 2; k++)
        puppet_start(&linked_puppet[k]);
    Q_(linked_count_)(name);
    Q_(linked_hungry_)(name);
    Q_(linked_one_)(name, false);
    Q_(linked_one_)(name, true);
    Q_(linked_two_)(name);
    for (int k = 0; k < 2; k++)
        puppet_end(&linked_puppet[k]);
    puppet_scatter();
}

#undef Q
#undef Q_
#undef S_
#undef LINKED_NAME
#undef LINKED_SMR
