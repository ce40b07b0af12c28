/* SPDX-License-Identifier: MIT
 *
 * tests/check/linear.c - the searches of check/linear.h against every order of the calls, on random small histories.
 *
 * Each model: moments, where both searches must agree with the enumeration, and partial orders that no moments explain,
 * with calls that have not returned, several objects, repeated values, wrong answers. Where the search finds
 * an order, that order is carried out on the plain object.
 */
#include "plain.h"

/* ---- a model of one's own ---------------------------------------------------------------------------------------- */

/* A set as a user might write it, of the largest state allowed, with none of the hints that save time. */
#define FAT_WORDS  (LOFT_LINEAR_STATE / sizeof(uint64_t))

static void
fat_init(void *state, uint64_t arg)
{
    memset(state, 0, LOFT_LINEAR_STATE);
    ((uint64_t *)state)[FAT_WORDS - 1] = ~arg;
}

static bool
fat_apply(void *state, const loft_linear_op *op)
{
    uint64_t *const inside = (uint64_t *)state + FAT_WORDS / 4 * op->key;
    if (!op->pending && op->ok != (op->kind == LOFT_LINEAR_INSERT ? *inside == 0 : *inside != 0))
        return false;
    if (op->kind != LOFT_LINEAR_CONTAINS)
        *inside = op->kind == LOFT_LINEAR_INSERT;
    return ((uint64_t *)state)[FAT_WORDS - 1] == UINT64_MAX;
}

static const loft_linear_model fat_set = { "set of 4096 bytes", LOFT_LINEAR_STATE, fat_init, fat_apply,
                                           loft_linear_kind_name, false, NULL, NULL, 0, NULL, NULL };

/* ---- small histories, all models --------------------------------------------------------------------------------- */

struct subject {
    const loft_linear_model *model;
    enum plain_kind kind;
    loft_linear_hands hands;
    unsigned most;                                       /* calls                                                 */
    unsigned percent;                                    /* of the rounds                                         */
};

/* Does the order explain the answers? Only where a call is one step. */
static bool
order_explains(const struct plain_case *h, const unsigned *order)
{
    struct plain_object o;
    uint64_t done = 0;
    uint64_t never = 0;
    memset(&o, 0, sizeof o);
    for (size_t i = 0; i < h->n; i++)
        never |= (uint64_t)h->op[i].pending << i;
    for (size_t t = 0; t < h->n; t++) {
        const unsigned i = order[t];
        if (i == UINT32_MAX)
            continue;
        if (i >= h->n || (done >> i & 1u) || (h->before[i] & ~done & ~never))
            return false;
        if (h->hands == LOFT_LINEAR_FULL_IS_FULL && !plain_apply(h->kind, h->arg, &o, &h->op[i]))
            return false;
        done |= (uint64_t)1 << i;
    }
    return (done | never) == ((uint64_t)1 << h->n) - 1;
}

static loft_linear_answer
long_check(const struct subject *s, const struct plain_case *h)
{
    const loft_linear_op *by[PLAIN_OPS];
    for (size_t i = 0; i < h->n; i++)
        by[i] = &h->op[i];
    qsort(by, h->n, sizeof *by, loft_linear_by_begin_);
    return loft_linear_long_check_(s->model, h->arg, by, h->n, 0);
}

static void
against_every_order(const struct subject *s, unsigned long rounds)
{
    unsigned long wrong = 0;
    unsigned long bad[2] = { 0, 0 };
    unsigned long pending[2] = { 0, 0 };
    unsigned long no_order = 0;
    char text[160];
    for (unsigned long r = 0; r < rounds; r++) {
        struct plain_case h;
        unsigned order[PLAIN_OPS];
        const bool timed = r % 2 == 0;
        const uint64_t arg = s->kind <= PLAIN_STACK ? below(4) : s->kind == PLAIN_COUNTER ? below(3) : 0;
        const unsigned late = below(3) ? 0 : 1 + below(2);
        plain_make(&h, s->kind, 1 + below(s->most), arg, s->kind == PLAIN_QUEUE && below(3) == 0,
                      below(3) ? 1 : s->kind == PLAIN_SET || s->kind == PLAIN_MAP ? 3 : 2, late);
        h.hands = s->hands;
        if (!timed)
            plain_order_partly(&h);
        const loft_linear_answer want = plain_says(&h) ? LOFT_LINEAR_YES : LOFT_LINEAR_NO;
        const loft_linear_answer got = loft_linear_search(s->model, h.arg, h.op, h.n, h.before, 0, order);
        bad[timed] += want == LOFT_LINEAR_NO;
        if (late)
            pending[want == LOFT_LINEAR_NO]++;
        const bool agree = got == want && (!timed || long_check(s, &h) == want)
            && (r % 8 != 0 || loft_linear_check(s->model, h.arg, h.op, h.n, 0) == want);
        if (!agree && wrong++ == 0) {
            note("the enumeration says %d; search %d, check %d, long %d (model_arg %lu, %s)", (int)want, (int)got,
                 (int)loft_linear_check(s->model, h.arg, h.op, h.n, 0), (int)long_check(s, &h), (unsigned long)h.arg,
                 timed ? "moments" : "a partial order");
            loft_linear_print(stdout, "# ", s->model, h.op, h.n);
        }
        if (got == LOFT_LINEAR_YES && !order_explains(&h, order))
            no_order++;
    }
    note("%s: %lu histories; not linearizable: %lu with moments, %lu of partial orders; pending: %lu yes, %lu no",
         s->model->name, rounds, bad[1], bad[0], pending[0], pending[1]);
    snprintf(text, sizeof text, "%s: search, check and long check agree with every order", s->model->name);
    ok_eq(wrong, 0, text);
    snprintf(text, sizeof text, "%s: the order it gives explains the answers", s->model->name);
    ok_eq(no_order, 0, text);
    for (int timed = 0; timed < 2; timed++)
        if (bad[timed] < rounds / 2 / 5 || bad[timed] > rounds / 2 / 5 * 4)
            wrong++;
    if (pending[0] < rounds / 30 || pending[1] < rounds / 30)
        wrong++;
    snprintf(text, sizeof text, "%s: both kinds of history were common, with moments, without, and pending",
             s->model->name);
    ok(wrong == 0 || rounds < 2000, text);
}

/* ---- between the two searches ------------------------------------------------------------------------------------ */

/* Up to 40 calls, which no enumeration can judge, but two searches that have little in common. */
static void
searches_agree(const struct subject *s, unsigned long rounds)
{
    enum { MOST = 40 };
    unsigned long wrong = 0;
    unsigned long bad = 0;
    unsigned long gave_up = 0;
    char text[160];
    for (unsigned long r = 0; r < rounds; r++) {
        loft_linear_op op[MOST];
        uint64_t before[MOST];
        const loft_linear_op *by[MOST];
        const size_t n = 10 + below(MOST - 9);
        const unsigned stretch = 4 + below(9);
        const uint64_t arg = s->kind <= PLAIN_STACK ? below(4) : 0;
        struct plain_object o;
        memset(&o, 0, sizeof o);
        memset(op, 0, sizeof op);
        for (size_t i = 0; i < n; i++) {
            const uint64_t at = 20 + 3 * (uint64_t)i;
            op[i].begin = at - below(stretch);
            op[i].end = at + below(stretch);
            op[i].kind = plain_draw_kind(s->kind, i + 4 > n);
            if (op[i].kind == LOFT_LINEAR_PUSH && o.len[0] == PLAIN_OPS)
                op[i].kind = LOFT_LINEAR_POP;
            op[i].arg = below(2) ? i + 1 : below(3);
            op[i].ok = plain_do(s->kind, arg, &o, &op[i], &op[i].result);
            op[i].pending = below(25) == 0;
            by[i] = &op[i];
        }
        for (unsigned k = below(3); k != 0; k--) {
            loft_linear_op *const x = &op[below((unsigned)n)];
            x->ok = below(2) ? x->ok : !x->ok;
            x->result = below(2) ? x->result : op[below((unsigned)n)].arg;
        }
        qsort(by, n, sizeof *by, loft_linear_by_begin_);
        for (size_t i = 0; i < n; i++) {
            before[i] = 0;
            for (size_t j = 0; j < n; j++)
                before[i] |= (uint64_t)(op[j].end < op[i].begin) << j;
        }
        const loft_linear_answer a = loft_linear_search(s->model, arg, op, n, before, 100000, NULL);
        const loft_linear_answer b = loft_linear_long_check_(s->model, arg, by, n, 100000);
        bad += a == LOFT_LINEAR_NO;
        if (a == LOFT_LINEAR_GAVE_UP || b == LOFT_LINEAR_GAVE_UP) {
            gave_up++;
        } else if (a != b && wrong++ == 0) {
            note("search %d, long %d, model_arg %lu:", (int)a, (int)b, (unsigned long)arg);
            loft_linear_print(stdout, "# ", s->model, op, n);
        }
    }
    note("%s: %lu histories of 10 to %d calls; %lu not linearizable; %lu given up", s->model->name, rounds, MOST, bad,
         gave_up);
    snprintf(text, sizeof text, "%s: both searches say the same of longer histories", s->model->name);
    ok(wrong == 0 && gave_up <= rounds / 10 && (rounds < 500 || (bad > rounds / 20 && bad < rounds / 20 * 19)), text);
}

/* ---- by hand ----------------------------------------------------------------------------------------------------- */

static loft_linear_op
call(unsigned kind, uint64_t key, uint64_t arg, bool did, uint64_t result)
{
    loft_linear_op op;
    memset(&op, 0, sizeof op);
    op.kind = kind;
    op.key = key;
    op.arg = arg;
    op.ok = did;
    op.result = result;
    return op;
}

/* Two threads with two calls each, each pushing to one queue and then finding the other one empty. */
static void
partial_orders_do_not_compose(void)
{
    loft_linear_op op[4];
    const uint64_t before[4] = { 0, 1, 0, 4 };
    const uint64_t alone[2] = { 0, 0 };
    loft_linear_op one[2];
    op[0] = call(LOFT_LINEAR_PUSH, 0, 7, true, 0);
    op[1] = call(LOFT_LINEAR_POP, 1, 0, false, 0);
    op[2] = call(LOFT_LINEAR_PUSH, 1, 8, true, 0);
    op[3] = call(LOFT_LINEAR_POP, 0, 0, false, 0);
    one[0] = op[0];
    one[1] = op[3];
    ok(loft_linear_search(&loft_linear_queue, 0, one, 2, alone, 0, NULL) == LOFT_LINEAR_YES
       && loft_linear_search(&loft_linear_queue, 0, op, 4, before, 0, NULL) == LOFT_LINEAR_NO,
       "in a partial order, each queue can be explained and both together not");
    op[3].pending = true;
    ok(loft_linear_search(&loft_linear_queue, 0, op, 4, before, 0, NULL) == LOFT_LINEAR_YES,
       "which a call that has not returned does not say");
}

static void
slots_in_hand(void)
{
    /* Capacity 1: while a pop is in progress, another finds the queue empty, and then a push finds it full. */
    loft_linear_op op[4];
    const uint64_t during[4] = { 0, 1, 1, 5 };
    const uint64_t after[4] = { 0, 1, 1, 7 };
    op[0] = call(LOFT_LINEAR_PUSH, 0, 7, true, 0);
    op[1] = call(LOFT_LINEAR_POP, 0, 0, true, 7);
    op[2] = call(LOFT_LINEAR_POP, 0, 0, false, 0);
    op[3] = call(LOFT_LINEAR_PUSH, 0, 8, false, 0);
    ok(loft_linear_search(&loft_linear_queue_in_hand, 1, op, 4, during, 0, NULL) == LOFT_LINEAR_YES
       && loft_linear_search(&loft_linear_queue, 1, op, 4, during, 0, NULL) == LOFT_LINEAR_NO,
       "a pop that has taken the element may still have its slot, if slots are held");
    ok(loft_linear_search(&loft_linear_queue_in_hand, 1, op, 4, after, 0, NULL) == LOFT_LINEAR_NO,
       "but not once it has returned");
    op[1].pending = true;
    ok(loft_linear_search(&loft_linear_queue_in_hand, 1, op, 4, after, 0, NULL) == LOFT_LINEAR_YES,
       "if it never returns it keeps the slot");

    /* Capacity 2, one element, two pushes refused at once: each could only be refused because of the other. */
    op[1] = op[2] = op[3];
    const uint64_t both[3] = { 0, 1, 1 };
    ok(loft_linear_search(&loft_linear_queue_on_credit, 2, op, 3, both, 0, NULL) == LOFT_LINEAR_NO
       && loft_linear_search(&loft_linear_queue_on_credit, 1, op, 3, both, 0, NULL) == LOFT_LINEAR_YES,
       "two pushes do not refuse each other");

    /* Capacity 2, two pops at the same time, a push that went well, one that was refused during one of the pops only.
     * Which of the two is still in progress is all that differs between two configurations. */
    loft_linear_op two[6];
    uint64_t order[6] = { 0, 1, 3, 3, 3, 3 | 1u << 4 };
    two[0] = call(LOFT_LINEAR_PUSH, 0, 1, true, 0);
    two[1] = call(LOFT_LINEAR_PUSH, 0, 2, true, 0);
    two[2] = call(LOFT_LINEAR_POP, 0, 0, true, 1);
    two[3] = call(LOFT_LINEAR_POP, 0, 0, true, 2);
    two[4] = call(LOFT_LINEAR_PUSH, 0, 3, true, 0);
    two[5] = call(LOFT_LINEAR_PUSH, 0, 4, false, 0);
    for (unsigned pop = 2; pop < 4; pop++) {
        order[5] = 3 | 1u << 4 | 1u << pop;
        ok(loft_linear_search(&loft_linear_queue_in_hand, 2, two, 6, order, 0, NULL) == LOFT_LINEAR_YES,
           "refused while either pop has its slot in hand");
    }
    order[5] = 31;
    ok(loft_linear_search(&loft_linear_queue_in_hand, 2, two, 6, order, 0, NULL) == LOFT_LINEAR_NO,
       "and not when neither has");
}

static void
limits(void)
{
    enum { N = 700 };
    static loft_linear_op op[N];
    static uint64_t before[N];
    for (size_t i = 0; i < N; i++) {
        op[i] = call(LOFT_LINEAR_PUSH, 0, i + 1, true, 0);
        op[i].begin = 2 * i;
        op[i].end = 2 * i + 1;
    }
    ok(loft_linear_search(&loft_linear_queue, 0, op, 65, before, 0, NULL) == LOFT_LINEAR_GAVE_UP,
       "more calls than the search takes are given up");
    ok(loft_linear_search(&loft_linear_queue, 0, op, 64, before, 0, NULL) == LOFT_LINEAR_YES,
       "as many as it takes are not");
    ok(loft_linear_check(&loft_linear_queue, 0, op, 400, 0) == LOFT_LINEAR_YES, "400 elements fit into a state");
    ok(loft_linear_check(&loft_linear_queue, 0, op, N, 0) == LOFT_LINEAR_GAVE_UP, "700 do not");
    ok(loft_linear_check(&loft_linear_queue, 0, op, 0, 0) == LOFT_LINEAR_YES
       && loft_linear_search(&loft_linear_queue, 0, op, 0, before, 0, NULL) == LOFT_LINEAR_YES,
       "no calls at all are linearizable");

    /* 20 pushes at once, then a pop of what nobody pushed: 20! orders, many fewer configurations. */
    for (size_t i = 0; i < 20; i++) {
        op[i].begin = 0;
        op[i].end = 10;
        before[i] = 0;
    }
    op[20] = call(LOFT_LINEAR_POP, 0, 0, true, 99);
    op[20].begin = 20;
    op[20].end = 30;
    before[20] = ((uint64_t)1 << 20) - 1;
    ok(loft_linear_search(&loft_linear_queue, 0, op, 21, before, 1000, NULL) == LOFT_LINEAR_GAVE_UP,
       "a budget ends a search");
    ok(loft_linear_check(&loft_linear_queue, 0, op, 21, 1000) == LOFT_LINEAR_GAVE_UP, "and a check");
    for (size_t i = 0; i < 20; i++)
        op[i].kind = LOFT_LINEAR_ADD;
    op[20].kind = LOFT_LINEAR_READ;
    ok(loft_linear_check(&loft_linear_counter, 0, op + 4, 17, 70000) == LOFT_LINEAR_NO,
       "orders that lead to the same state are not told apart");
    for (size_t i = 0; i < 12; i++)
        op[i].key = i;
    op[12] = op[20];
    before[12] = ((uint64_t)1 << 12) - 1;
    ok(loft_linear_search(&loft_linear_counter, 0, op, 13, before, 5000, NULL) == LOFT_LINEAR_NO,
       "nor are objects by who came first");
    for (size_t i = 0; i < 20; i++) {
        op[i] = call(LOFT_LINEAR_PUSH, 0, 5, true, 0);
        op[i].end = 10;
    }
    op[20].kind = LOFT_LINEAR_POP;
    ok(loft_linear_check(&loft_linear_queue, 0, op, 21, 1000) == LOFT_LINEAR_NO,
       "calls that say the same are not tried in every order");
}

/* ---- another model of one's own ---------------------------------------------------------------------------------- */

/* A word that is written and compared and swapped; its state is no multiple of 8 bytes. */
enum { WORD_READ, WORD_WRITE, WORD_CAS };

struct word {
    unsigned char value;
    unsigned char writes[2];
};

static void
word_init(void *state, uint64_t arg)
{
    struct word *const w = (struct word *)state;
    memset(w, 0, sizeof *w);
    w->value = (unsigned char)arg;
}

static bool
word_apply(void *state, const loft_linear_op *op)
{
    struct word *const w = (struct word *)state;
    const bool does = op->kind == WORD_WRITE || (op->kind == WORD_CAS && w->value == op->key);
    if (!op->pending && op->kind == WORD_READ && op->result != w->value)
        return false;
    if (!op->pending && op->kind == WORD_CAS && op->ok != does)
        return false;
    if (does) {
        w->value = (unsigned char)op->arg;
        w->writes[0]++;
    }
    return true;
}

static const char *
word_kind(unsigned kind)
{
    return kind == WORD_READ ? "read" : kind == WORD_WRITE ? "write" : "cas";
}

static void
own_model(void)
{
    static const loft_linear_model word = { "word", sizeof(struct word), word_init, word_apply, word_kind,
                                            false, NULL, NULL, 0, NULL, NULL };
    loft_linear_op op[20];
    uint64_t before[20];
    unsigned order[20];
    for (size_t i = 0; i < 20; i++) {                    /* each swaps what another one has written */
        op[i] = call(WORD_CAS, (i * 7 + 3) % 20, ((i * 7 + 3) % 20 + 1) % 20, true, 0);
        before[i] = 0;
    }
    ok(loft_linear_search(&word, 3, op, 20, before, 0, order) == LOFT_LINEAR_YES && order[0] == 0,
       "a model of one's own: 20 swaps have one order");
    op[10].ok = false;
    ok(loft_linear_search(&word, 3, op, 20, before, 0, order) == LOFT_LINEAR_NO, "which needs each of them");
    ok(loft_linear_check(&word, 3, op, 20, 0) == LOFT_LINEAR_NO, "also with moments, all at once");
    op[10].pending = true;
    ok(loft_linear_check(&word, 3, op, 20, 0) == LOFT_LINEAR_YES, "one that has not returned will do");
    char text[64];
    ok_str(loft_linear_text(&word, &op[0], text, sizeof text), "cas[3](4) = 0", "its calls show all fields");
}

/* ---- for the reader ---------------------------------------------------------------------------------------------- */

static void
words_for(const loft_linear_model *m, loft_linear_op op, bool pending, const char *want)
{
    char text[128];
    op.pending = pending;
    ok_str(loft_linear_text(m, &op, text, sizeof text), want, want);
}

static void
texts(void)
{
    words_for(&loft_linear_queue, call(LOFT_LINEAR_PUSH, 0, 7, true, 0), false, "push(7) true");
    words_for(&loft_linear_queue, call(LOFT_LINEAR_PUSH, 1, 7, false, 0), false, "push[1](7) false");
    words_for(&loft_linear_queue, call(LOFT_LINEAR_POP, 0, 0, true, 7), false, "pop() = 7");
    words_for(&loft_linear_queue, call(LOFT_LINEAR_POP, 0, 0, false, 7), false, "pop() false");
    words_for(&loft_linear_queue, call(LOFT_LINEAR_CLOSE, 0, 0, true, 7), true, "close() has not returned");
    words_for(&loft_linear_queue, call(LOFT_LINEAR_CLOSE, 2, 0, true, 7), false, "close[2]()");
    words_for(&loft_linear_queue, call(LOFT_LINEAR_IS_CLOSED, 0, 0, true, 7), false, "is_closed() true");
    words_for(&loft_linear_set, call(LOFT_LINEAR_INSERT, 0, 0, false, 0), false, "insert[0] false");
    words_for(&loft_linear_set, call(LOFT_LINEAR_REMOVE, 5, 0, true, 0), false, "remove[5] true");
    words_for(&loft_linear_map, call(LOFT_LINEAR_REMOVE, 5, 0, true, 9), false, "remove[5] = 9");
    words_for(&loft_linear_map, call(LOFT_LINEAR_PUT, 5, 6, false, 0), false, "put[5](6) false");
    words_for(&loft_linear_map, call(LOFT_LINEAR_GET, 5, 0, true, 0x123456789), false, "get[5] = 0x123456789");
    words_for(&loft_linear_counter, call(LOFT_LINEAR_FETCH_ADD, 0, 2, false, 9), false, "fetch_add(2) = 9");
    words_for(&loft_linear_counter, call(LOFT_LINEAR_ADD, 0, 2, false, 9), false, "add(2)");
    words_for(&loft_linear_counter, call(LOFT_LINEAR_READ, 0, 0, false, 9), false, "read() = 9");
    char small[6];
    const loft_linear_op push = call(LOFT_LINEAR_PUSH, 0, 7, true, 0);
    ok_str(loft_linear_text(&loft_linear_queue, &push, small, sizeof small), "push(", "a text is cut to its room");
    ok_str(loft_linear_kind_name(1000), "?", "a kind that is none");
}

static void
picture(void)
{
    loft_linear_op op[3];
    char got[400] = "";
    FILE *const f = tmpfile();
    op[0] = call(LOFT_LINEAR_POP, 0, 0, true, 7);
    op[0].begin = 20;
    op[0].end = 90;
    op[0].thread = 1;
    op[1] = call(LOFT_LINEAR_PUSH, 0, 7, true, 0);
    op[1].begin = 10;
    op[1].end = 30;
    op[2] = call(LOFT_LINEAR_PUSH, 0, 8, true, 0);
    op[2].begin = 40;
    op[2].pending = true;
    if (!f) {
        ok_skip("the printed history", "no temporary file");
        return;
    }
    loft_linear_print(f, "# ", &loft_linear_queue, op, 3);
    rewind(f);
    got[fread(got, 1, sizeof got - 1, f)] = '\0';
    fclose(f);
    ok_str(got, "# |-|    thread 0  push(7) true  [10, 30]\n"
                "#  |--|  thread 1  pop() = 7  [20, 90]\n"
                "#    |-  thread 0  push(8) has not returned  [40, ...\n", "the printed history");
}

int
main(void)
{
    static const struct subject subjects[] = {
        { &loft_linear_queue, PLAIN_QUEUE, LOFT_LINEAR_FULL_IS_FULL, 7, 100 },
        { &loft_linear_stack, PLAIN_STACK, LOFT_LINEAR_FULL_IS_FULL, 7, 100 },
        { &loft_linear_set, PLAIN_SET, LOFT_LINEAR_FULL_IS_FULL, 7, 100 },
        { &loft_linear_map, PLAIN_MAP, LOFT_LINEAR_FULL_IS_FULL, 7, 100 },
        { &loft_linear_counter, PLAIN_COUNTER, LOFT_LINEAR_FULL_IS_FULL, 7, 100 },
        { &loft_linear_queue_in_hand, PLAIN_QUEUE, LOFT_LINEAR_IN_HAND, 5, 100 },
        { &loft_linear_queue_on_credit, PLAIN_QUEUE, LOFT_LINEAR_ON_CREDIT, 5, 100 },
        { &fat_set, PLAIN_SET, LOFT_LINEAR_FULL_IS_FULL, 7, 5 },
    };
    for (size_t i = 0; i < sizeof subjects / sizeof *subjects; i++)
        against_every_order(&subjects[i], (unsigned long)scaled(2000 * subjects[i].percent));
    for (size_t i = 0; i < sizeof subjects / sizeof *subjects; i++)
        searches_agree(&subjects[i], (unsigned long)scaled(20 * subjects[i].percent));
    partial_orders_do_not_compose();
    slots_in_hand();
    limits();
    own_model();
    texts();
    picture();
    return done();
}
