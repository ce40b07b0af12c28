/* SPDX-License-Identifier: MIT
 *
 * tests/check/linear_long.c - the judges of long histories in check/linear.h.
 *
 * The patterns of queues against the search, each pattern by hand, long true runs of simulated threads with one thing
 * spoilt, and what happens when there is no memory.
 */
#include "../tap.h"
#include <limits.h>

/* The header's allocations, of which only so many more succeed. */
static long malloc_left = LONG_MAX;
#define malloc(size)      (malloc_left-- > 0 ? malloc(size) : NULL)
#define calloc(n, size)   (malloc_left-- > 0 ? calloc(n, size) : NULL)
#define realloc(p, size)  (malloc_left-- > 0 ? realloc(p, size) : NULL)
#include "plain.h"
#undef malloc
#undef calloc
#undef realloc

/* ---- the patterns against the search ----------------------------------------------------------------------------- */

static const loft_linear_model *
queue_with(loft_linear_hands hands)
{
    return hands == LOFT_LINEAR_IN_HAND ? &loft_linear_queue_in_hand
         : hands == LOFT_LINEAR_ON_CREDIT ? &loft_linear_queue_on_credit : &loft_linear_queue;
}

static bool
same_value_pushed_twice(const struct plain_case *h)
{
    for (size_t i = 0; i < h->n; i++)
        for (size_t j = 0; j < i; j++)
            if (h->op[i].kind == LOFT_LINEAR_PUSH && h->op[j].kind == LOFT_LINEAR_PUSH && h->op[i].key == h->op[j].key
                && h->op[i].arg == h->op[j].arg)
                return true;
    return false;
}

static bool
any_pending_pop(const struct plain_case *h)
{
    for (size_t i = 0; i < h->n; i++)
        if (h->op[i].kind == LOFT_LINEAR_POP && h->op[i].pending)
            return true;
    return false;
}

static void
patterns_are_exact(unsigned long rounds)
{
    unsigned long wrong = 0;
    unsigned long judged = 0;
    unsigned long bad = 0;
    for (unsigned long r = 0; r < rounds; r++) {
        struct plain_case h;
        plain_make(&h, PLAIN_QUEUE, 1 + below(PLAIN_OPS), 0, false, 1 + below(2), below(4) == 0);
        for (size_t i = 0; i < h.n; i++)                 /* nothing is ever refused without a bound */
            if (h.op[i].kind == LOFT_LINEAR_PUSH)
                h.op[i].ok = true;
        if (same_value_pushed_twice(&h) || any_pending_pop(&h))
            continue;
        const loft_linear_answer want = loft_linear_check(&loft_linear_queue, 0, h.op, h.n, 0);
        const char *got = loft_linear_queue_bad(0, LOFT_LINEAR_FULL_IS_FULL, h.op, h.n);
        judged++;
        bad += want == LOFT_LINEAR_NO;
        if ((got == NULL) != (want == LOFT_LINEAR_YES) && wrong++ == 0) {
            note("the check says %d, the patterns: %s", (int)want, got ? got : "fine");
            loft_linear_print(stdout, "# ", &loft_linear_queue, h.op, h.n);
        }
    }
    note("%lu unbounded histories, %lu of them not linearizable", judged, bad);
    ok_eq(wrong, 0, "without bound, close and pending pops, patterns and search agree on every history");
    ok(rounds < 2000 || (bad > judged / 6 && bad < judged / 6 * 5), "both kinds of history were common");
}

static void
patterns_never_cry_wolf(unsigned long rounds)
{
    unsigned long wrong = 0;
    unsigned long bad = 0;
    unsigned long caught = 0;
    for (unsigned long r = 0; r < rounds; r++) {
        struct plain_case h;
        plain_make(&h, PLAIN_QUEUE, 1 + below(PLAIN_OPS), below(4), below(2) == 0, 1 + below(2), below(3));
        h.hands = (loft_linear_hands)below(3);
        if (same_value_pushed_twice(&h))
            continue;
        const loft_linear_model *const m = queue_with(h.hands);
        const loft_linear_answer truth = loft_linear_check(m, h.arg, h.op, h.n, 0);
        const char *got = loft_linear_queue_bad(h.arg, h.hands, h.op, h.n);
        bad += truth == LOFT_LINEAR_NO;
        caught += got != NULL;
        if (got && truth != LOFT_LINEAR_NO && wrong++ == 0) {
            note("linearizable as %s, capacity %lu, yet the patterns say: %s", m->name, (unsigned long)h.arg, got);
            loft_linear_print(stdout, "# ", m, h.op, h.n);
        }
    }
    note("bounded, with close and pending calls: %lu histories, %lu not linearizable, %lu caught", rounds, bad, caught);
    ok_eq(wrong, 0, "what the patterns accuse, the search condemns");
    ok(rounds < 2000 || caught > bad / 2, "and they catch more than half of what is wrong");
}

/* ---- each pattern ------------------------------------------------------------------------------------------------ */

static loft_linear_op
call(unsigned kind, uint64_t begin, uint64_t end, uint64_t value, bool did)
{
    loft_linear_op o;
    memset(&o, 0, sizeof o);
    o.kind = kind;
    o.begin = begin;
    o.end = end;
    o.arg = o.result = value;
    o.ok = did;
    return o;
}

static const char *
verdict_of(uint64_t capacity, const loft_linear_op *op, size_t n)
{
    const char *bad = loft_linear_queue_bad(capacity, LOFT_LINEAR_IN_HAND, op, n);
    return bad ? bad : "fine";
}

static void
each_pattern(void)
{
    enum { PUSH = LOFT_LINEAR_PUSH, POP = LOFT_LINEAR_POP, CLOSE = LOFT_LINEAR_CLOSE };
    loft_linear_op h[6];
    h[0] = call(PUSH, 10, 20, 1, true);
    h[1] = call(POP, 12, 15, 1, true);
    ok_str(verdict_of(0, h, 2), "fine", "a pop may return before the push it overlaps");
    h[1] = call(POP, 1, 9, 1, true);
    ok_str(verdict_of(0, h, 2), "fresh", "a pop cannot return before the push begins");
    h[1] = call(POP, 30, 40, 2, true);
    ok_str(verdict_of(0, h, 2), "fresh", "nor take what nobody pushed");
    h[1] = call(POP, 30, 40, 1, true);
    h[1].key = 1;
    ok_str(verdict_of(0, h, 2), "fresh", "nor what was pushed to another queue");
    h[1].key = 0;
    h[2] = call(POP, 50, 60, 1, true);
    ok_str(verdict_of(0, h, 3), "repeat", "nor take it twice");
    h[1] = call(PUSH, 21, 30, 2, true);
    h[2] = call(POP, 40, 50, 2, true);
    ok_str(verdict_of(0, h, 3), "order", "the second cannot leave while the first never does");
    h[3] = call(POP, 45, 0, 0, false);
    h[3].pending = true;
    ok_str(verdict_of(0, h, 4), "fine", "unless a pop that has not returned may have it");
    h[3].begin = 51;
    ok_str(verdict_of(0, h, 4), "order", "which it may not if it began later");
    h[3] = call(POP, 50, 60, 1, true);
    ok_str(verdict_of(0, h, 4), "fine", "touching calls overlap");
    h[3] = call(POP, 51, 60, 1, true);
    ok_str(verdict_of(0, h, 4), "order", "the second cannot leave before the first");
    h[1] = call(PUSH, 20, 30, 2, true);
    ok_str(verdict_of(0, h, 4), "fine", "unless their pushes overlapped");
    h[1] = call(POP, 21, 25, 0, false);
    ok_str(verdict_of(0, h, 2), "not empty", "not empty after a push that nobody took");
    h[0].pending = true;
    ok_str(verdict_of(0, h, 2), "fine", "a push that has not returned may not have happened");
    h[0].pending = false;
    h[1] = call(POP, 20, 25, 0, false);
    ok_str(verdict_of(0, h, 2), "fine", "empty may be said by a call that overlaps the push");

    h[0] = call(PUSH, 0, 10, 1, true);
    h[1] = call(POP, 30, 40, 1, true);
    h[2] = call(PUSH, 15, 25, 2, true);
    h[3] = call(POP, 60, 70, 2, true);
    h[4] = call(POP, 12, 50, 0, false);
    ok_str(verdict_of(0, h, 5), "not empty", "not empty where one element covers the gap another leaves");
    h[2] = call(PUSH, 20, 30, 2, true);
    ok_str(verdict_of(0, h, 5), "fine", "empty where the covers only touch");

    h[0] = call(PUSH, 0, 10, 1, true);
    h[1] = call(PUSH, 11, 20, 2, true);
    h[2] = call(PUSH, 21, 30, 3, false);
    ok_str(verdict_of(2, h, 3), "fine", "full at two of two");
    ok_str(verdict_of(3, h, 3), "not full", "not full at two of three");
    ok_str(verdict_of(1, h, 2), "overfull", "two of one is too many");
    h[3] = call(PUSH, 5, 0, 4, false);
    h[3].pending = true;
    ok_str(verdict_of(3, h, 4), "fine", "a push that has not returned may have the third slot");
    h[3] = call(PUSH, 25, 35, 4, false);
    h[4] = call(POP, 21, 23, 1, true);
    ok_str(verdict_of(2, h, 5), "not full", "a refused push keeps no slot from another");
    ok(loft_linear_queue_bad(2, LOFT_LINEAR_ON_CREDIT, h, 5) == NULL, "unless it is on credit");
    h[3].begin = 31;
    ok_str(loft_linear_queue_bad(2, LOFT_LINEAR_ON_CREDIT, h, 5), "not full", "and then only while it lasts");
    h[3] = call(CLOSE, 28, 32, 0, true);
    ok_str(verdict_of(3, h, 4), "fine", "refused while it was being closed");
    h[4] = call(PUSH, 33, 35, 4, true);
    ok_str(verdict_of(0, h, 5), "pushed after close", "nothing goes in after close");
    h[4] = call(PUSH, 31, 99, 4, true);
    h[5] = call(POP, 40, 45, 0, false);
    h[0].kind = h[1].kind = CLOSE;
    h[0].begin = h[0].end = h[1].begin = h[1].end = 50;
    ok_str(verdict_of(0, h, 6), "not empty", "closed and said to be empty, it is drained for good");
    h[0] = call(PUSH, 0, 10, 1, true);
    h[1] = call(PUSH, 20, 30, 1, true);
    ok_str(verdict_of(0, h, 2), "a value pushed twice: not a history for this judge", "it says what it cannot judge");
    ok(loft_linear_queue_bad(0, LOFT_LINEAR_IN_HAND, h, 0) == NULL, "no calls show no pattern");
}

/* ---- long true runs ---------------------------------------------------------------------------------------------- */

/* Simulated threads on a plain object: at each moment one of them begins its next call, has it take effect, or returns.
 * Now and then one is left alone for a while. */
struct run {
    enum plain_kind kind;
    uint64_t arg;
    unsigned keys;
    unsigned threads;
    size_t n;
    bool all_return;
    loft_linear_op *op;                                  /* and room for one more                                 */
};

#define RUN_KEYS     64
#define RUN_LEN      64
#define RUN_THREADS  32

struct run_object {
    uint64_t item[RUN_KEYS][RUN_LEN];
    size_t head[RUN_KEYS];
    size_t len[RUN_KEYS];
};

static void
run_do(const struct run *r, struct run_object *o, loft_linear_op *op)
{
    const size_t k = (size_t)op->key;
    uint64_t *const item = o->item[k];
    const size_t len = o->len[k];
    op->ok = true;
    switch (op->kind) {
    case LOFT_LINEAR_PUSH:
        op->ok = len < r->arg;
        if (op->ok)
            item[(o->head[k] + o->len[k]++) % RUN_LEN] = op->arg;
        return;
    case LOFT_LINEAR_POP:
        op->ok = len != 0;
        if (!op->ok)
            return;
        o->len[k]--;
        op->result = item[(o->head[k] + (r->kind == PLAIN_STACK ? len - 1 : 0)) % RUN_LEN];
        o->head[k] += r->kind != PLAIN_STACK;
        return;
    case LOFT_LINEAR_INSERT:
    case LOFT_LINEAR_PUT:
    case LOFT_LINEAR_PUT_IF_ABSENT:
        op->ok = len == 0;
        if (op->ok || op->kind == LOFT_LINEAR_PUT)
            item[0] = op->arg;
        o->len[k] = 1;
        return;
    case LOFT_LINEAR_REMOVE:
    case LOFT_LINEAR_ERASE:
    case LOFT_LINEAR_GET:
    case LOFT_LINEAR_CONTAINS:
        op->ok = len != 0;
        op->result = item[0];
        o->len[k] = op->kind == LOFT_LINEAR_GET || op->kind == LOFT_LINEAR_CONTAINS ? len : 0;
        return;
    default:
        op->result = r->arg + item[0];
        item[0] += op->kind == LOFT_LINEAR_READ ? 0 : op->arg;
        return;
    }
}

/* n calls; those in progress at the end have not returned, unless all_return. */
static bool
run_make(struct run *r)
{
    static struct run_object o;
    loft_linear_op *at[RUN_THREADS];
    int stage[RUN_THREADS];
    size_t begun = 0;
    unsigned asleep = RUN_THREADS;
    uint64_t now = 1;
    memset(&o, 0, sizeof o);
    memset(stage, 0, sizeof stage);
    r->op = (loft_linear_op *)calloc(r->n + 1, sizeof *r->op);
    if (!r->op)
        return false;
    for (; begun < r->n; now++) {
        const unsigned t = below(r->threads);
        if (now % 64 == 0)
            asleep = below(2) ? below(r->threads) : RUN_THREADS;
        if (t == asleep)
            continue;
        if (stage[t] == 0) {
            loft_linear_op *const op = at[t] = &r->op[begun++];
            op->thread = t;
            op->key = below(r->keys);
            op->kind = plain_draw_kind(r->kind, false);
            if (r->kind <= PLAIN_STACK)
                op->kind = below(100) < (now / 256 % 2 ? 65u : 35u) ? LOFT_LINEAR_PUSH : LOFT_LINEAR_POP;
            op->arg = begun;
            op->begin = now;
            op->pending = true;
        } else if (stage[t] == 1) {
            run_do(r, &o, at[t]);
        } else {
            at[t]->end = now;
            at[t]->pending = false;
        }
        stage[t] = (stage[t] + 1) % 3;
    }
    for (unsigned t = 0; t < r->threads && r->all_return; t++) {
        if (stage[t] == 1)
            run_do(r, &o, at[t]);
        if (stage[t] != 0) {
            at[t]->pending = false;
            at[t]->end = now;
        }
    }
    return true;
}

/* Makes answers wrong from the middle on, so that no order explains them; false: too short a run. */
static bool
run_spoil(struct run *r)
{
    /* More inserts of one key went well than removals, even if every pending call is one. */
    unsigned wrong = r->kind == PLAIN_SET ? r->threads + 2 : 1;
    for (size_t i = r->n / 2; i < r->n && wrong != 0; i++) {
        loft_linear_op *const op = &r->op[i];
        if (op->pending)
            continue;
        if (r->kind == PLAIN_SET && op->kind == LOFT_LINEAR_INSERT && !op->ok && op->key == 0) {
            op->ok = true;
            wrong--;
        } else if (r->kind == PLAIN_COUNTER && op->kind == LOFT_LINEAR_FETCH_ADD) {
            op->result--;                                /* each adds something else                              */
            wrong--;
        } else if (plain_tells_result(r->kind, op->kind) && op->ok && r->kind != PLAIN_COUNTER) {
            op->result = r->n + 7;                       /* from nowhere                                          */
            wrong--;
        }
    }
    return wrong == 0;
}

static void
long_run(const loft_linear_model *m, enum plain_kind kind, uint64_t arg, unsigned keys, unsigned threads, size_t n)
{
    struct run r = { kind, arg, keys, threads, n, false, NULL };
    const uint64_t budget = 2000000;
    char text[160];
    if (!run_make(&r)) {
        ok(false, "no memory");
        return;
    }
    snprintf(text, sizeof text, "%s: %lu calls of %u threads, %u keys are linearizable", m->name, (unsigned long)n,
             threads, keys);
    ok_eq(loft_linear_check(m, arg, r.op, r.n, budget), LOFT_LINEAR_YES, text);
    snprintf(text, sizeof text, "%s: with a wrong answer in the middle they are not", m->name);
    if (run_spoil(&r))
        ok_eq(loft_linear_check(m, arg, r.op, r.n, budget), LOFT_LINEAR_NO, text);
    else
        ok_skip(text, "no such call in so short a run");
    free(r.op);
}

/* The same by the patterns, and spoilt in each way. */
static void
long_queue(unsigned threads, size_t n, unsigned keys)
{
    struct run r = { PLAIN_QUEUE, 16, keys, threads, n, true, NULL };
    char text[160];
    if (!run_make(&r)) {
        ok(false, "no memory");
        return;
    }
    snprintf(text, sizeof text, "%lu calls of %u threads on %u queues show no bad pattern", (unsigned long)n, threads,
             keys);
    ok_str(verdict_of(16, r.op, n), "fine", text);
    size_t k = n / 2;
    while (k < n && (r.op[k].kind != LOFT_LINEAR_POP || !r.op[k].ok))
        k++;
    if (k == n) {
        ok_skip("the same with one thing spoilt", "no such call in so short a run");
        free(r.op);
        return;
    }
    const uint64_t end = 1000 + 8 * (uint64_t)n;
    loft_linear_op *const last = &r.op[n];
    const loft_linear_op kept = r.op[k];
    r.op[k].kind = LOFT_LINEAR_IS_CLOSED;                /* no pattern has it */
    *last = call(LOFT_LINEAR_POP, end + 100, end + 110, kept.result, true);
    last->key = kept.key;
    ok_str(verdict_of(0, r.op, n + 1), "order", "one element overtaken by all others is found");
    r.op[k] = kept;
    last->result = 2 * n;
    ok_str(verdict_of(0, r.op, n + 1), "fresh", "one invented element is found");
    last->result = kept.result;
    ok_str(verdict_of(0, r.op, n + 1), "repeat", "one repeated element is found");
    *last = call(LOFT_LINEAR_PUSH, end + 100, end + 110, 2 * n, false);
    ok_str(verdict_of(17, r.op, n + 1), "not full", "one needless refusal is found");
    r.op[k].begin = end + 120;
    r.op[k].end = end + 130;
    ok_str(verdict_of(0, r.op, n), "order", "one late pop is found");
    free(r.op);
}

/* ---- without memory ---------------------------------------------------------------------------------------------- */

static void
no_memory(void)
{
    struct run r = { PLAIN_STACK, 16, 1, 4, 300, false, NULL };
    unsigned yes = 0;
    unsigned gave_up = 0;
    unsigned wrong = 0;
    if (!run_make(&r)) {
        ok(false, "no memory");
        return;
    }
    for (long left = 0; left < 30; left++) {
        malloc_left = left;
        const loft_linear_answer a = loft_linear_check(&loft_linear_stack, 16, r.op, r.n, 100000);
        yes += a == LOFT_LINEAR_YES;
        gave_up += a == LOFT_LINEAR_GAVE_UP;
        wrong += a == LOFT_LINEAR_NO;
    }
    ok(wrong == 0 && yes != 0 && gave_up != 0, "a check that runs out of memory gives up, and never says no");
    malloc_left = 0;
    ok_str(verdict_of(16, r.op, 10), "no memory: not judged", "the patterns say so in words");

    /* Many elements need room for their states, many orders room for what has been tried. */
    loft_linear_op op[60];
    uint64_t before[60];
    for (size_t i = 0; i < 60; i++) {
        op[i] = call(LOFT_LINEAR_PUSH, 0, 0, i + 1, true);
        before[i] = ((uint64_t)1 << i) - 1;
    }
    ok(loft_linear_search(&loft_linear_queue, 0, op, 60, before, 0, NULL) == LOFT_LINEAR_GAVE_UP,
       "a search without room for a state gives up");
    op[8] = call(LOFT_LINEAR_POP, 0, 0, 99, true);
    memset(before, 0, sizeof before);
    before[8] = 255;
    ok(loft_linear_search(&loft_linear_queue, 0, op, 9, before, 0, NULL) == LOFT_LINEAR_NO,
       "a search without room for what it has tried tries it again");
    malloc_left = LONG_MAX;
    free(r.op);
}

int
main(void)
{
    each_pattern();
    patterns_are_exact((unsigned long)scaled(200000));
    patterns_never_cry_wolf((unsigned long)scaled(100000));
    for (unsigned threads = 2; threads <= 32; threads *= 4)
        long_queue(threads, (size_t)scaled(100000), threads / 2);
    for (unsigned threads = 2; threads <= 32; threads *= 4)
        long_run(&loft_linear_set, PLAIN_SET, 0, 8, threads, (size_t)scaled(100000));
    long_run(&loft_linear_map, PLAIN_MAP, 0, 64, 16, (size_t)scaled(100000));
    long_run(&loft_linear_map, PLAIN_MAP, 0, 4, 4, (size_t)scaled(20000));
    long_run(&loft_linear_counter, PLAIN_COUNTER, 3, 4, 8, (size_t)scaled(50000));
    long_run(&loft_linear_stack, PLAIN_STACK, 16, 1, 4, (size_t)scaled(2000));
    long_run(&loft_linear_queue, PLAIN_QUEUE, 16, 1, 4, (size_t)scaled(2000));
    no_memory();
    return done();
}
