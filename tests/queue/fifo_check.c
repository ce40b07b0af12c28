/* SPDX-License-Identifier: MIT
 *
 * tests/queue/fifo_check.c - the judges of fifo_check.h against a plain enumeration of orders, on random histories.
 *
 * The enumeration knows nothing of memory, packed states or patterns: it tries every order of the calls that respects
 * real time on a queue that is an array. Histories are made from a true run with intervals stretched about the
 * moments of effect, and half of them are then spoilt; clocks are coarse, so that equal times are common.
 */
#include "../tap.h"
#include "fifo_check.h"

static uint64_t rng_ = 88172645463325252u;

static unsigned
below(unsigned n)
{
    rng_ ^= rng_ << 13;
    rng_ ^= rng_ >> 7;
    rng_ ^= rng_ << 17;
    return (unsigned)((rng_ >> 33) % n);
}

/* ---- the plain enumeration ------------------------------------------------------------------------------------- */

#define PLAIN_MAX 8

struct plain {
    struct fifo_spec spec;
    struct fifo_op op[PLAIN_MAX];
    int n;
    int stage[PLAIN_MAX];                                /* 0: no effect yet, 1: a slot in hand, 2: done,
                                                          * 3: one slot more than there are */
    uint64_t queue[2 * PLAIN_MAX];
    size_t len;
    size_t held;
    bool closed;
};

static bool plain_try(const struct plain *p);

static bool
plain_step(const struct plain *p, int i)
{
    const struct fifo_op *o = &p->op[i];
    const bool room = p->spec.capacity == 0 || p->held < p->spec.capacity;
    struct plain next = *p;
    next.stage[i] = 2;
    switch (o->kind) {
    case FIFO_CLOSE:
        next.closed = true;
        return plain_try(&next);
    case FIFO_PUSH:
        if (p->stage[i] == 0 && p->spec.in_hand && room) {
            struct plain in_hand = *p;
            in_hand.stage[i] = 1;
            in_hand.held++;
            if (plain_try(&in_hand))
                return true;
        }
        if (o->done) {
            if (p->closed)
                return false;
            if (p->stage[i] == 0) {
                if (p->spec.in_hand || !room)
                    return false;
                next.held++;
            }
            next.queue[next.len++] = o->value;
            return plain_try(&next);
        }
        if (p->stage[i] != 0) {
            next.held--;
            return (p->closed || p->stage[i] == 3) && plain_try(&next);
        }
        if (p->spec.in_hand == FIFO_ON_CREDIT && !room) {
            struct plain more = *p;
            more.stage[i] = 3;
            more.held++;
            if (plain_try(&more))
                return true;
        }
        return (p->closed || !room) && plain_try(&next);
    default:
        if (p->stage[i] == 1) {
            next.held--;
            return plain_try(&next);
        }
        if (!o->done)
            return p->len == 0 && plain_try(&next);
        if (p->len == 0 || p->queue[0] != o->value)
            return false;
        next.len--;
        for (size_t k = 0; k < next.len; k++)
            next.queue[k] = next.queue[k + 1];
        if (p->spec.in_hand)
            next.stage[i] = 1;
        else
            next.held--;
        return plain_try(&next);
    }
}

static bool
plain_try(const struct plain *p)
{
    bool all = true;
    for (int i = 0; i < p->n; i++) {
        if (p->stage[i] == 2)
            continue;
        all = false;
        bool first = true;
        for (int j = 0; j < p->n; j++)
            if (p->stage[j] != 2 && p->op[j].res < p->op[i].inv)
                first = false;
        if (first && plain_step(p, i))
            return true;
    }
    if (!all)
        return false;
    if (!p->spec.after)
        return true;
    if (p->len != p->spec.n_after)
        return false;
    for (size_t k = 0; k < p->len; k++)
        if (p->queue[k] != p->spec.after[k])
            return false;
    return true;
}

static bool
plain_says(const struct fifo_spec *spec, const struct fifo_op *op, int n)
{
    struct plain p;
    memset(&p, 0, sizeof p);
    p.spec = *spec;
    p.n = n;
    for (int i = 0; i < n; i++)
        p.op[i] = op[i];
    for (size_t k = 0; k < spec->n_before; k++)
        p.queue[p.len++] = spec->before[k];
    p.held = p.len;
    return plain_try(&p);
}

/* ---- histories ------------------------------------------------------------------------------------------------- */

struct history {
    struct fifo_spec spec;
    struct fifo_op op[PLAIN_MAX];
    int n;
    uint64_t before[PLAIN_MAX];
    uint64_t after[3 * PLAIN_MAX];
};

static void
spoil(struct history *h)
{
    struct fifo_op *x = &h->op[below((unsigned)h->n)];
    struct fifo_op *y = &h->op[below((unsigned)h->n)];
    switch (below(5)) {
    case 0:                                              /* two pops swap what they got */
        if (x->kind == FIFO_POP && y->kind == FIFO_POP) {
            const struct fifo_op t = *x;
            x->value = y->value;
            x->done = y->done;
            y->value = t.value;
            y->done = t.done;
        }
        break;
    case 1:                                              /* an answer is turned round */
        if (x->kind == FIFO_PUSH)
            x->done = !x->done;
        else if (x->kind == FIFO_POP && x->done)
            x->done = false;
        break;
    case 2:                                              /* a call happened at another time */
        x->inv += below(12);
        x->res = x->inv + below(6);
        break;
    case 3:                                              /* a value from nowhere, or for the second time */
        if (x->kind == FIFO_POP) {
            x->done = true;
            x->value = y->value;
        }
        break;
    default:                                             /* shorter than it was */
        x->inv = x->res - (x->res - x->inv) / 2;
        break;
    }
}

static void
make_history(struct history *h, int n, size_t capacity, bool closes, bool content)
{
    uint64_t queue[3 * PLAIN_MAX];
    size_t len = 0;
    bool closed = false;
    memset(h, 0, sizeof *h);
    h->n = n;
    h->spec.capacity = capacity;
    if (content) {
        const size_t most = capacity && capacity < 3 ? capacity : 3;
        h->spec.n_before = below((unsigned)most + 1);
        for (size_t k = 0; k < h->spec.n_before; k++)
            queue[len++] = h->before[k] = 100 + k;
    }
    for (int i = 0; i < n; i++) {
        struct fifo_op *o = &h->op[i];
        const uint64_t at = 20 + 3 * (uint64_t)i;
        o->inv = at - below(9);
        o->res = at + below(9);
        o->kind = closes && below(6) == 0 ? FIFO_CLOSE : below(2) ? FIFO_PUSH : FIFO_POP;
        o->value = (uint64_t)i + 1;
        if (o->kind == FIFO_CLOSE) {
            closed = true;
            o->done = true;
        } else if (o->kind == FIFO_PUSH) {
            o->done = !closed && (capacity == 0 || len < capacity);
            if (o->done)
                queue[len++] = o->value;
        } else {
            o->done = len != 0;
            o->value = 0;
            if (len) {
                o->value = queue[0];
                len--;
                for (size_t k = 0; k < len; k++)
                    queue[k] = queue[k + 1];
            }
        }
    }
    if (content && below(2)) {
        for (size_t k = 0; k < len; k++)
            h->after[k] = queue[k];
        if (below(8) == 0 && len > 1)
            h->after[0] = queue[1];
        h->spec.n_after = len;
    }
    if (below(4))
        spoil(h);
    if (below(2))
        spoil(h);
    for (int i = n - 1; i > 0; i--) {                    /* the judges must not lean on the order of the array */
        const int j = (int)below((unsigned)i + 1);
        const struct fifo_op t = h->op[i];
        h->op[i] = h->op[j];
        h->op[j] = t;
    }
    h->spec.before = h->before;
    h->spec.after = h->spec.n_after ? h->after : NULL;
}

static bool
same_value_pushed_twice(const struct history *h)
{
    for (int i = 0; i < h->n; i++)
        for (int j = 0; j < i; j++)
            if (h->op[i].kind == FIFO_PUSH && h->op[j].kind == FIFO_PUSH && h->op[i].value == h->op[j].value)
                return true;
    return false;
}

/* ---- tests ----------------------------------------------------------------------------------------------------- */

static void
search_against_plain(enum fifo_hands in_hand, unsigned long rounds, const char *what)
{
    unsigned long wrong = 0;
    unsigned long bad = 0;
    for (unsigned long r = 0; r < rounds; r++) {
        struct history h;
        make_history(&h, 1 + (int)below(in_hand ? 5 : 7), below(4), below(3) == 0, true);
        h.spec.in_hand = in_hand;
        const bool want = plain_says(&h.spec, h.op, h.n);
        const enum fifo_verdict got = fifo_search(&h.spec, h.op, h.n);
        bad += !want;
        if (got != (want ? FIFO_YES : FIFO_NO) && wrong++ == 0) {
            note("the enumeration says %d, the search %d:", want, (int)got);
            fifo_print(&h.spec, h.op, h.n);
        }
    }
    note("%s: %lu histories, %lu of them not linearizable", what, rounds, bad);
    ok_eq(wrong, 0, what);
    ok(bad > rounds / 20 && bad < rounds / 20 * 19, "both kinds of history were common");
}

static void
patterns_against_search(unsigned long rounds)
{
    unsigned long wrong = 0;
    unsigned long bad = 0;
    for (unsigned long r = 0; r < rounds; r++) {
        struct history h;
        make_history(&h, 1 + (int)below(PLAIN_MAX), 0, false, false);
        for (int i = 0; i < h.n; i++)                    /* nothing is ever refused without a bound */
            if (h.op[i].kind == FIFO_PUSH)
                h.op[i].done = true;
        if (same_value_pushed_twice(&h))
            continue;
        const enum fifo_verdict want = fifo_search(&h.spec, h.op, h.n);
        const char *got = fifo_bad(0, FIFO_FULL_IS_FULL, h.op, (size_t)h.n);
        bad += want == FIFO_NO;
        if ((got == NULL) != (want == FIFO_YES) && wrong++ == 0) {
            note("the search says %d, the patterns: %s", (int)want, got ? got : "fine");
            fifo_print(&h.spec, h.op, h.n);
        }
    }
    note("patterns against search: %lu histories, %lu of them not linearizable", rounds, bad);
    ok_eq(wrong, 0, "unbounded histories: the patterns and the search agree on every one");
    ok(bad > rounds / 20 && bad < rounds / 20 * 19, "both kinds of history were common");
}

static void
patterns_never_cry_wolf(unsigned long rounds)
{
    unsigned long wrong = 0;
    unsigned long bad = 0;
    unsigned long caught = 0;
    for (unsigned long r = 0; r < rounds; r++) {
        struct history h;
        make_history(&h, 1 + (int)below(PLAIN_MAX), below(4), below(2) == 0, false);
        h.spec.after = NULL;
        h.spec.in_hand = (enum fifo_hands)below(3);
        const enum fifo_verdict truth = fifo_search(&h.spec, h.op, h.n);
        const char *got = fifo_bad(h.spec.capacity, h.spec.in_hand, h.op, (size_t)h.n);
        bad += truth == FIFO_NO;
        caught += got != NULL;
        if (got && truth != FIFO_NO && wrong++ == 0) {
            note("linearizable, yet the patterns say: %s", got);
            fifo_print(&h.spec, h.op, h.n);
        }
    }
    note("bounded, with close: %lu histories, %lu not linearizable, %lu caught", rounds, bad, caught);
    ok_eq(wrong, 0, "bounded and closed histories: what the patterns accuse, the search condemns");
    ok(caught > bad / 2, "and they catch more than half of what is wrong");
}

static struct fifo_op
call(int kind, uint64_t inv, uint64_t res, uint64_t value, bool did)
{
    struct fifo_op o;
    o.kind = kind;
    o.inv = inv;
    o.res = res;
    o.value = value;
    o.done = did;
    return o;
}

static const char *
verdict_of(size_t capacity, const struct fifo_op *op, size_t n)
{
    const char *bad = fifo_bad(capacity, FIFO_IN_HAND, op, n);
    return bad ? bad : "fine";
}

static void
each_pattern(void)
{
    struct fifo_op h[6];
    h[0] = call(FIFO_PUSH, 10, 20, 1, true);
    h[1] = call(FIFO_POP, 12, 15, 1, true);
    ok_str(verdict_of(0, h, 2), "fine", "a pop may return before the push it overlaps");
    h[1] = call(FIFO_POP, 1, 9, 1, true);
    ok_str(verdict_of(0, h, 2), "fresh", "a pop cannot return before the push begins");
    h[1] = call(FIFO_POP, 30, 40, 2, true);
    ok_str(verdict_of(0, h, 2), "fresh", "nor take what nobody pushed");
    h[1] = call(FIFO_POP, 30, 40, 1, true);
    h[2] = call(FIFO_POP, 50, 60, 1, true);
    ok_str(verdict_of(0, h, 3), "repeat", "nor take it twice");
    h[1] = call(FIFO_PUSH, 21, 30, 2, true);
    h[2] = call(FIFO_POP, 40, 50, 2, true);
    ok_str(verdict_of(0, h, 3), "order", "the second cannot leave while the first never does");
    h[3] = call(FIFO_POP, 50, 60, 1, true);
    ok_str(verdict_of(0, h, 4), "fine", "touching calls overlap");
    h[3] = call(FIFO_POP, 51, 60, 1, true);
    ok_str(verdict_of(0, h, 4), "order", "the second cannot leave before the first");
    h[1] = call(FIFO_PUSH, 20, 30, 2, true);
    ok_str(verdict_of(0, h, 4), "fine", "unless their pushes overlapped");
    h[1] = call(FIFO_POP, 21, 25, 0, false);
    ok_str(verdict_of(0, h, 2), "not empty", "not empty after a push that nobody took");
    h[1] = call(FIFO_POP, 20, 25, 0, false);
    ok_str(verdict_of(0, h, 2), "fine", "empty may be said by a call that overlaps the push");

    h[0] = call(FIFO_PUSH, 0, 10, 1, true);
    h[1] = call(FIFO_POP, 30, 40, 1, true);
    h[2] = call(FIFO_PUSH, 15, 25, 2, true);
    h[3] = call(FIFO_POP, 60, 70, 2, true);
    h[4] = call(FIFO_POP, 12, 50, 0, false);
    ok_str(verdict_of(0, h, 5), "not empty", "not empty where one element covers the gap another leaves");
    h[2] = call(FIFO_PUSH, 20, 30, 2, true);
    ok_str(verdict_of(0, h, 5), "fine", "empty where the covers only touch");

    h[0] = call(FIFO_PUSH, 0, 10, 1, true);
    h[1] = call(FIFO_PUSH, 11, 20, 2, true);
    h[2] = call(FIFO_PUSH, 21, 30, 3, false);
    ok_str(verdict_of(2, h, 3), "fine", "full at two of two");
    ok_str(verdict_of(3, h, 3), "not full", "not full at two of three");
    ok_str(verdict_of(1, h, 2), "overfull", "two of one is too many");
    h[3] = call(FIFO_PUSH, 25, 35, 4, false);
    h[4] = call(FIFO_POP, 21, 23, 1, true);
    ok_str(verdict_of(2, h, 5), "not full", "a refused push keeps no slot from another");
    ok(fifo_bad(2, FIFO_ON_CREDIT, h, 5) == NULL, "unless it is on credit");
    h[3].inv = 31;
    ok_str(fifo_bad(2, FIFO_ON_CREDIT, h, 5), "not full", "and then only while it lasts");
    h[3] = call(FIFO_CLOSE, 28, 32, 0, true);
    ok_str(verdict_of(3, h, 4), "fine", "refused while it was being closed");
    h[4] = call(FIFO_PUSH, 33, 35, 4, true);
    ok_str(verdict_of(0, h, 5), "pushed after close", "nothing goes in after close");
    h[4] = call(FIFO_PUSH, 31, 99, 4, true);
    h[5] = call(FIFO_POP, 40, 45, 0, false);
    h[0].kind = h[1].kind = FIFO_CLOSE;
    h[0].inv = h[0].res = h[1].inv = h[1].res = 50;
    ok_str(verdict_of(0, h, 6), "not empty", "closed and said to be empty, it is drained for good");
}

/* A long run on a true queue, then one thing spoilt. */
static void
long_run(void)
{
    const size_t n = (size_t)scaled(200000);
    const size_t capacity = 16;
    struct fifo_op *op = (struct fifo_op *)malloc((n + 1) * sizeof *op);
    uint64_t queue[16];
    size_t len = 0;
    size_t head = 0;
    if (!op)
        abort();
    for (size_t i = 0; i < n; i++) {
        const uint64_t at = 100 + 4 * (uint64_t)i;
        const bool push = below(100) < (i / 64 % 2 ? 70u : 30u);
        const bool can = push ? len < capacity : len != 0;
        op[i] = call(push ? FIFO_PUSH : FIFO_POP, at - below(12), at + below(12), i + 1, can);
        if (!op[i].done)
            continue;
        if (push) {
            queue[(head + len++) % capacity] = op[i].value;
        } else {
            op[i].value = queue[head];
            head = (head + 1) % capacity;
            len--;
        }
    }
    ok_str(verdict_of(capacity, op, n), "fine", "a long true run has no bad pattern");

    const uint64_t end = 100 + 4 * (uint64_t)n;
    size_t k = n / 2;
    while (op[k].kind != FIFO_POP || !op[k].done)
        k++;
    struct fifo_op kept = op[k];
    op[k].done = false;
    op[n] = call(FIFO_POP, end + 100, end + 110, kept.value, true);
    ok_str(verdict_of(0, op, n + 1), "order", "one element overtaken by all others is found");
    op[k] = kept;
    op[n].value = n + 7;
    ok_str(verdict_of(0, op, n + 1), "fresh", "one invented element is found");
    op[n].value = kept.value;
    ok_str(verdict_of(0, op, n + 1), "repeat", "one repeated element is found");
    op[n] = call(FIFO_PUSH, end + 100, end + 110, n + 7, true);
    op[k].inv = end + 120;
    op[k].res = end + 130;
    ok_str(verdict_of(0, op, n + 1), "order", "one late pop is found");
    op[k] = kept;
    free(op);
}

int
main(void)
{
    each_pattern();
    search_against_plain(FIFO_FULL_IS_FULL, (unsigned long)scaled(60000), "the search and the enumeration agree");
    search_against_plain(FIFO_IN_HAND, (unsigned long)scaled(20000),
                         "also when slots are in the hands of calls in progress");
    search_against_plain(FIFO_ON_CREDIT, (unsigned long)scaled(20000),
                         "also when those that will be refused have one too");
    patterns_against_search((unsigned long)scaled(200000));
    patterns_never_cry_wolf((unsigned long)scaled(60000));
    long_run();
    free(fifo_memo_.slot);
    free(fifo_memo_.stamp);
    return done();
}
