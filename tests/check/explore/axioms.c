/* SPDX-License-Identifier: MIT
 *
 * tests/check/explore/axioms.c - the explorer against the axioms, on thousands of small programs.
 *
 * Random straight-line programs (loads, stores, RMWs, compare-exchanges, fences, pairs; every order there is) are
 * explored to the end by loft_explore_run, and judged by axioms.h, which shares nothing with the explorer. Both must
 * give the same outcomes, where an outcome is every register and every last value, and each as often: as often as
 * there are consistent pairs of rf and mo that give it. So no execution is missed, none is impossible, none is seen
 * twice. In programs with plain accesses the explorer must find a race exactly where some execution has one.
 *
 *     axioms                                           the whole test
 *     axioms --list                                    the kinds of programs
 *     axioms --client KIND --seed N                    one program, and what each of the two says of it
 *     axioms --client KIND --seed N --time SECONDS     other programs than those of the test
 *
 * A program that is judged differently is made smaller while it still is, and printed with the outcomes that differ.
 *
 * The judge is judged too: by plain interleaving where everything is seq_cst, by itself without its short cuts, and
 * by the sets of litmus.c.
 *
 * build: c-only
 */
#include <loft/check/explore.h>
#include <loft/core/dwcas.h>

#include "check/explore/axioms.h"
#include "tap.h"

#include <inttypes.h>
#include <time.h>

enum { X, Y, Z, W, LOCATIONS };
enum { PAIR = Z };                                    /* in kinds of programs that have a pair                      */
#define PAYLOADS  2

/* ---- outcomes ---------------------------------------------------------------------------------------------------- */

/* An outcome is a number: five bits for each register and then for each location, the first highest: twelve of them at
 * most. A bag holds one for each execution, sorted in the end. */
#define FIELD_BITS  5

struct codes {
    uint64_t *code;
    size_t n;
    size_t room;
};

static void
codes_add(struct codes *c, uint64_t code)
{
    if (c->n == c->room) {
        c->room = c->room ? 2 * c->room : 64;
        c->code = (uint64_t *)realloc(c->code, c->room * sizeof *c->code);
        if (!c->code)
            abort();
    }
    c->code[c->n++] = code;
}

static int
codes_order(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a;
    const uint64_t y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static void
codes_sort(struct codes *c)
{
    if (c->n)
        qsort(c->code, c->n, sizeof *c->code, codes_order);
}

/* Each once. */
static void
codes_unite(struct codes *c)
{
    size_t n = 0;
    codes_sort(c);
    for (size_t i = 0; i < c->n; i++) {
        if (n == 0 || c->code[n - 1] != c->code[i])
            c->code[n++] = c->code[i];
    }
    c->n = n;
}

static size_t
codes_different(const struct codes *c)
{
    size_t n = 0;
    for (size_t i = 0; i < c->n; i++)
        n += i == 0 || c->code[i - 1] != c->code[i];
    return n;
}

static bool
codes_equal(const struct codes *a, const struct codes *b)
{
    return a->n == b->n && (a->n == 0 || memcmp(a->code, b->code, a->n * sizeof *a->code) == 0);
}

/* ---- programs ---------------------------------------------------------------------------------------------------- */

/* What kind of programs: how often each kind of operation comes, of 100, and which orders it takes. */
struct mix {
    const char *name;
    unsigned programs;
    unsigned load, store, add, exchange, cas, weak, peek, fence, read, write;
    unsigned pairs;                                   /* of 100 operations: on the pair                             */
    unsigned words;                                   /* 1 or 2, besides                                            */
    unsigned cycle;                                   /* cycles instead: of 100 steps to another word, with a fence */
    const char *orders;                               /* a letter each: x relaxed, a acquire, r release, b both, s  */
    bool all;                                         /* every program of two threads of two operations             */
};

struct subject {
    const struct mix *mix;
    uint64_t seed;
    axioms_program program;
    unsigned regs;
};

static uint64_t
rng(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state >> 11;
}

static unsigned
below(uint64_t *state, unsigned n)
{
    return (unsigned)(rng(state) % n);
}

/* A random one of the mix's orders that this kind of access may have. */
static enum axioms_order
any_order(uint64_t *state, const char *orders, bool reads, bool writes)
{
    for (;;) {
        switch (orders[below(state, (unsigned)strlen(orders))]) {
        case 'x': return AXIOMS_relaxed;
        case 's': return AXIOMS_seq_cst;
        case 'a':
            if (reads)
                return AXIOMS_acquire;
            break;
        case 'r':
            if (writes)
                return AXIOMS_release;
            break;
        default:
            if (reads && writes)
                return AXIOMS_acq_rel;
            break;
        }
        if (below(state, 8) == 0)
            return AXIOMS_relaxed;
    }
}

static enum axioms_kind
any_kind(uint64_t *state, const struct mix *m)
{
    const unsigned share[] = {
        m->load, m->store, m->add, m->exchange, m->cas, m->weak, m->peek, m->fence, m->read, m->write
    };
    unsigned dice = below(state, 100);
    unsigned kind = 0;
    while (dice >= share[kind])
        dice -= share[kind++];
    return (enum axioms_kind)kind;
}

/* before: a register that this thread has read into, or AXIOMS_NONE. */
static void
any_op(uint64_t *state, const struct mix *m, axioms_op *o, unsigned *regs, unsigned before)
{
    o->kind = any_kind(state, m);
    o->location = below(state, m->words);
    o->reg = AXIOMS_NONE;
    if (o->kind == AXIOMS_PLAIN_READ || o->kind == AXIOMS_PLAIN_WRITE) {
        o->location = below(state, PAYLOADS);
        o->guarded = before != AXIOMS_NONE && below(state, 8) != 0;
        o->guard = before;
        o->guard_value = 1 + below(state, 3);
        return;
    }
    if (o->kind == AXIOMS_PEEK || (o->kind != AXIOMS_FENCE && below(state, 100) < m->pairs)) {
        o->location = PAIR;
        /* A pair has no fetch_add and no weak compare-exchange, and its store is an exchange. */
        if (o->kind == AXIOMS_ADD || o->kind == AXIOMS_STORE)
            o->kind = AXIOMS_EXCHANGE;
        else if (o->kind == AXIOMS_CAS_WEAK)
            o->kind = AXIOMS_CAS;
    }
    const bool cas = o->kind == AXIOMS_CAS || o->kind == AXIOMS_CAS_WEAK;
    const bool reads = o->kind != AXIOMS_STORE;
    const bool writes = o->kind != AXIOMS_LOAD && o->kind != AXIOMS_PEEK;
    o->order = any_order(state, m->orders, reads, writes);
    o->failed = cas ? any_order(state, m->orders, true, false) : AXIOMS_relaxed;
    if (o->kind == AXIOMS_PEEK && o->order == AXIOMS_seq_cst)
        o->order = AXIOMS_acquire;                    /* there is no other                                          */
    if (o->kind == AXIOMS_FENCE && o->order == AXIOMS_relaxed)
        o->order = AXIOMS_seq_cst;
    if (o->location == PAIR) {
        o->value = 10 * (1 + below(state, 2)) + 1 + below(state, 2);
        o->expected = below(state, 2) ? 0 : 10 * (1 + below(state, 2)) + 1 + below(state, 2);
    } else {
        o->value = o->kind == AXIOMS_ADD ? 4 : 1 + below(state, 3);
        o->expected = below(state, 4);
    }
    if (o->kind != AXIOMS_STORE && o->kind != AXIOMS_FENCE)
        o->reg = (*regs)++;
}

/* One more load or store somewhere. */
static void
disturb(uint64_t *state, const struct mix *m, struct subject *s)
{
    axioms_program *p = &s->program;
    const unsigned t = below(state, p->threads);
    const unsigned at = below(state, p->ops[t] + 1);
    const bool reads = s->regs + p->locations < 12 && below(state, 2);
    if (p->ops[t] == AXIOMS_OPS)
        return;
    memmove(&p->op[t][at + 1], &p->op[t][at], (p->ops[t] - at) * sizeof p->op[t][0]);
    p->ops[t]++;
    axioms_op *o = &p->op[t][at];
    memset(o, 0, sizeof *o);
    o->kind = reads ? AXIOMS_LOAD : AXIOMS_STORE;
    o->location = below(state, p->locations);
    o->order = any_order(state, m->orders, reads, !reads);
    o->value = 1 + below(state, 7);
    o->reg = reads ? s->regs++ : AXIOMS_NONE;
}

/* What can go wrong between threads goes round in a cycle: from one access to the next of its thread, to another word,
 * and from there to an access of another thread to the same word, in the end back to the first. SB, MP, LB, IRIW and
 * the like are such cycles. A random program seldom has one; this one is one, and little else. */
#define CYCLE_MAX  8

static void
cycle_subject(uint64_t *state, const struct mix *m, struct subject *s)
{
    axioms_program *p = &s->program;
    bool inside[CYCLE_MAX];                           /* access i and the next are of one thread                    */
    bool reads[CYCLE_MAX];
    bool writes[CYCLE_MAX];
    unsigned n;
    unsigned words;
    bool good;
    do {
        unsigned length = 1;
        n = 4 + below(state, CYCLE_MAX - 3);
        words = 0;
        good = true;
        for (unsigned i = 0; i < n; i++) {
            inside[i] = i + 1 < n && below(state, 2);
            words += inside[i];
            length = inside[i] ? length + 1 : 1;
            good = good && length <= 3;
            reads[i] = below(state, 2);
            writes[i] = !reads[i] || below(state, 8) == 0;
        }
        for (unsigned i = 0; i < n; i++)
            good = good && (inside[i] || writes[i] || writes[(i + 1) % n]);
        p->threads = n - words;
    } while (!good || words < 2 || words > W + 1 || p->threads < 2 || p->threads > AXIOMS_THREADS);
    const unsigned turn_threads = below(state, p->threads);
    const unsigned turn_words = below(state, words);
    unsigned thread = 0;
    unsigned step = 0;
    p->locations = words;
    for (unsigned i = 0; i < n; i++) {
        const unsigned t = (thread + turn_threads) % p->threads;
        axioms_op *o = &p->op[t][p->ops[t]++];
        o->location = (step + turn_words) % words;
        o->kind = !writes[i] ? AXIOMS_LOAD : !reads[i] ? AXIOMS_STORE : AXIOMS_ADD;
        o->order = any_order(state, m->orders, reads[i], writes[i]);
        o->value = o->kind == AXIOMS_ADD ? 4 : 1 + i % 7;
        o->reg = reads[i] ? s->regs++ : AXIOMS_NONE;
        if (!writes[i] && below(state, 6) == 0) {     /* a load that may turn out to write                          */
            o->kind = AXIOMS_CAS;
            o->order = any_order(state, m->orders, true, true);
            o->failed = any_order(state, m->orders, true, false);
            o->expected = below(state, 2) ? 31 : 1 + below(state, 7);
        }
        if (inside[i] && below(state, 100) < m->cycle) {
            o = &p->op[t][p->ops[t]++];
            o->kind = AXIOMS_FENCE;
            o->order = any_order(state, "ssssarb", true, true);
            o->reg = AXIOMS_NONE;
        }
        step += inside[i];
        thread += !inside[i];
    }
    for (unsigned more = below(state, 3); more > 0; more--)
        disturb(state, m, s);
}

static unsigned
operations(const axioms_program *p)
{
    unsigned n = 0;
    for (unsigned t = 0; t < p->threads; t++)
        n += p->ops[t];
    return n;
}

/* How many executions the axioms would have to look at, roughly; and how many is too many. */
#define TROUBLE  100000

static double
trouble(const axioms_program *p)
{
    unsigned writes[LOCATIONS] = { 0 };
    double n = 1;
    for (unsigned round = 0; round < 2; round++) {
        for (unsigned t = 0; t < p->threads; t++) {
            for (unsigned k = 0; k < p->ops[t]; k++) {
                const axioms_op *o = &p->op[t][k];
                if (o->kind >= AXIOMS_FENCE)
                    continue;
                const bool cas = o->kind == AXIOMS_CAS || o->kind == AXIOMS_CAS_WEAK;
                if (round == 0)
                    writes[o->location] += o->kind != AXIOMS_LOAD && o->kind != AXIOMS_PEEK;
                else if (o->kind != AXIOMS_STORE)
                    n *= (1 + writes[o->location]) * (cas ? 2 : o->kind == AXIOMS_PEEK ? 1 + writes[o->location] : 1);
            }
        }
    }
    for (unsigned l = 0; l < LOCATIONS; l++) {
        for (unsigned k = 2; k <= writes[l]; k++)
            n *= k;
    }
    return n;
}

static const unsigned char shapes[][AXIOMS_THREADS] = {
    { 2, 2 }, { 3, 2 }, { 3, 3 }, { 4, 3 }, { 4, 4 }, { 2, 2, 1 }, { 2, 2, 2 }, { 3, 2, 1 }, { 3, 2, 2 }, { 3, 3, 2 },
    { 3, 3, 3 }, { 1, 1, 2, 2 }, { 1, 2, 2, 2 }, { 2, 2, 2, 2 }
};
#define SHAPES  (sizeof shapes / sizeof shapes[0])
#define ADDS    4                                     /* more, and a value would not fit its field                   */

/* What every program of two operations a thread is made of. */
static const struct letter {
    enum axioms_kind kind;
    unsigned location;
    enum axioms_order order;
} letters[] = {
    { AXIOMS_LOAD, X, AXIOMS_relaxed }, { AXIOMS_LOAD, X, AXIOMS_acquire }, { AXIOMS_LOAD, X, AXIOMS_seq_cst },
    { AXIOMS_LOAD, Y, AXIOMS_relaxed }, { AXIOMS_LOAD, Y, AXIOMS_acquire }, { AXIOMS_LOAD, Y, AXIOMS_seq_cst },
    { AXIOMS_STORE, X, AXIOMS_relaxed }, { AXIOMS_STORE, X, AXIOMS_release }, { AXIOMS_STORE, X, AXIOMS_seq_cst },
    { AXIOMS_STORE, Y, AXIOMS_relaxed }, { AXIOMS_STORE, Y, AXIOMS_release }, { AXIOMS_STORE, Y, AXIOMS_seq_cst },
    { AXIOMS_ADD, Y, AXIOMS_acq_rel }, { AXIOMS_FENCE, X, AXIOMS_seq_cst }
};
#define LETTERS  ((unsigned)(sizeof letters / sizeof letters[0]))
#define BODIES   (LETTERS * LETTERS)

/* The seed-th pair of bodies, where the order of the two does not matter. */
static void
small_subject(struct subject *s)
{
    unsigned body[2] = { 0, (unsigned)(s->seed % (BODIES * (BODIES + 1) / 2)) };
    while (body[1] >= BODIES - body[0]) {
        body[1] -= BODIES - body[0];
        body[0]++;
    }
    body[1] += body[0];
    axioms_program *p = &s->program;
    p->threads = 2;
    p->locations = 2;
    for (unsigned t = 0; t < 2; t++) {
        for (unsigned k = 0; k < 2; k++) {
            const struct letter *l = &letters[k ? body[t] % LETTERS : body[t] / LETTERS];
            axioms_op *o = &p->op[t][p->ops[t]++];
            o->kind = l->kind;
            o->location = l->location;
            o->order = l->order;
            o->value = o->kind == AXIOMS_ADD ? 4 : 1 + k + 2 * t;
            o->reg = o->kind == AXIOMS_LOAD || o->kind == AXIOMS_ADD ? s->regs++ : AXIOMS_NONE;
        }
    }
}

/* Any operations in any order, of a random shape. */
static void
random_subject(uint64_t *state, const struct mix *m, struct subject *s)
{
    unsigned adds = 0;
    axioms_program *p = &s->program;
    const unsigned char *shape = shapes[below(state, SHAPES)];
    memset(p, 0, sizeof *p);
    s->regs = 0;
    p->locations = m->pairs ? PAIR + 1 : m->words;
    p->spurious = m->weak ? 1 + below(state, 2) : 0;
    for (unsigned t = 0; t < AXIOMS_THREADS && shape[t]; t++) {
        unsigned before = AXIOMS_NONE;
        p->threads++;
        for (unsigned k = 0; k < shape[t]; k++) {
            axioms_op *o = &p->op[t][p->ops[t]++];
            any_op(state, m, o, &s->regs, before);
            before = o->reg != AXIOMS_NONE ? o->reg : before;
            if (o->kind == AXIOMS_ADD && ++adds > ADDS)
                o->kind = AXIOMS_EXCHANGE;
        }
    }
}

/* Everything about a subject follows from its mix and its seed. */
static void
any_subject(struct subject *s, const struct mix *m, uint64_t seed)
{
    uint64_t state = seed;
    for (const char *c = m->name; *c; c++)
        state = (state ^ (unsigned char)*c) * UINT64_C(0x9e3779b97f4a7c15) + 1u;
    memset(s, 0, sizeof *s);
    s->mix = m;
    s->seed = seed;
    if (m->all) {
        small_subject(s);
        return;
    }
    for (unsigned i = 0; i < 8; i++)
        (void)rng(&state);
    if (m->cycle) {
        cycle_subject(&state, m, s);
        return;
    }
    do {
        random_subject(&state, m, s);
    } while (trouble(&s->program) > TROUBLE);
}

/* ---- the same program for the explorer --------------------------------------------------------------------------- */

static const struct subject *explored;
static LOFT_ATOMIC(unsigned) word[LOCATIONS];
static loft_dwatomic pair;
static int payload[PAYLOADS];
static unsigned seen[AXIOMS_REGISTERS];
static struct codes finished;                         /* one for each execution                                     */

#define BY_LOAD_ORDER(o, CALL) \
    switch (o) { \
    case AXIOMS_relaxed: CALL(relaxed); break; \
    case AXIOMS_acquire: CALL(acquire); break; \
    default:             CALL(seq_cst); break; \
    }
#define BY_STORE_ORDER(o, CALL) \
    switch (o) { \
    case AXIOMS_relaxed: CALL(relaxed); break; \
    case AXIOMS_release: CALL(release); break; \
    default:             CALL(seq_cst); break; \
    }
#define BY_ORDER(o, CALL) \
    switch (o) { \
    case AXIOMS_relaxed: CALL(relaxed); break; \
    case AXIOMS_acquire: CALL(acquire); break; \
    case AXIOMS_release: CALL(release); break; \
    case AXIOMS_acq_rel: CALL(acq_rel); break; \
    default:             CALL(seq_cst); break; \
    }
#define BY_ORDERS(ok, no, CALL) \
    switch ((unsigned)(ok) * 8u + (unsigned)(no)) { \
    case AXIOMS_relaxed * 8 + AXIOMS_relaxed: CALL(relaxed, relaxed); break; \
    case AXIOMS_relaxed * 8 + AXIOMS_acquire: CALL(relaxed, acquire); break; \
    case AXIOMS_relaxed * 8 + AXIOMS_seq_cst: CALL(relaxed, seq_cst); break; \
    case AXIOMS_acquire * 8 + AXIOMS_relaxed: CALL(acquire, relaxed); break; \
    case AXIOMS_acquire * 8 + AXIOMS_acquire: CALL(acquire, acquire); break; \
    case AXIOMS_acquire * 8 + AXIOMS_seq_cst: CALL(acquire, seq_cst); break; \
    case AXIOMS_release * 8 + AXIOMS_relaxed: CALL(release, relaxed); break; \
    case AXIOMS_release * 8 + AXIOMS_acquire: CALL(release, acquire); break; \
    case AXIOMS_release * 8 + AXIOMS_seq_cst: CALL(release, seq_cst); break; \
    case AXIOMS_acq_rel * 8 + AXIOMS_relaxed: CALL(acq_rel, relaxed); break; \
    case AXIOMS_acq_rel * 8 + AXIOMS_acquire: CALL(acq_rel, acquire); break; \
    case AXIOMS_acq_rel * 8 + AXIOMS_seq_cst: CALL(acq_rel, seq_cst); break; \
    case AXIOMS_seq_cst * 8 + AXIOMS_relaxed: CALL(seq_cst, relaxed); break; \
    case AXIOMS_seq_cst * 8 + AXIOMS_acquire: CALL(seq_cst, acquire); break; \
    default:                                  CALL(seq_cst, seq_cst); break; \
    }

static void
run_on_word(const axioms_op *o)
{
    LOFT_ATOMIC(unsigned) *const w = &word[o->location];
    unsigned v = o->expected;
    bool won = false;
#define LOAD(mo)       v = loft_load(w, mo)
#define STORE(mo)      loft_store(w, o->value, mo)
#define ADD(mo)        v = loft_fetch_add(w, o->value, mo)
#define EXCHANGE(mo)   v = loft_exchange(w, o->value, mo)
#define CAS(ok, no)    won = loft_cas_strong(w, &v, o->value, ok, no)
#define WEAK(ok, no)   won = loft_cas_weak(w, &v, o->value, ok, no)
    switch (o->kind) {
    case AXIOMS_LOAD:     BY_LOAD_ORDER(o->order, LOAD) break;
    case AXIOMS_STORE:    BY_STORE_ORDER(o->order, STORE) break;
    case AXIOMS_ADD:      BY_ORDER(o->order, ADD) break;
    case AXIOMS_EXCHANGE: BY_ORDER(o->order, EXCHANGE) break;
    case AXIOMS_CAS:      BY_ORDERS(o->order, o->failed, CAS) break;
    default:              BY_ORDERS(o->order, o->failed, WEAK) break;
    }
    if (o->reg != AXIOMS_NONE)
        seen[o->reg] = v + (o->kind == AXIOMS_CAS_WEAK && won ? AXIOMS_WON : 0);
}

static void
run_on_pair(const axioms_op *o)
{
    const loft_dw value = loft_dw_of(o->value / 10, o->value % 10);
    loft_dw v = loft_dw_of(o->expected / 10, o->expected % 10);
#define PAIR_LOAD(mo)      v = loft_dw_load(&pair, mo)
#define PAIR_EXCHANGE(mo)  v = loft_dw_exchange(&pair, value, mo)
#define PAIR_CAS(ok, no)   (void)loft_dw_cas(&pair, &v, value, ok, no)
    switch (o->kind) {
    case AXIOMS_LOAD:     BY_LOAD_ORDER(o->order, PAIR_LOAD) break;
    case AXIOMS_EXCHANGE: BY_ORDER(o->order, PAIR_EXCHANGE) break;
    case AXIOMS_CAS:      BY_ORDERS(o->order, o->failed, PAIR_CAS) break;
    default:
        if (o->order == AXIOMS_relaxed)
            v = loft_dw_peek(&pair, relaxed);
        else
            v = loft_dw_peek(&pair, acquire);
        break;
    }
    if (o->reg != AXIOMS_NONE)
        seen[o->reg] = (unsigned)(10 * v.lo + v.hi);
}

static void
run_thread(int t)
{
    const axioms_program *p = &explored->program;
#define FENCE(mo)  loft_fence(mo)
    for (unsigned k = 0; k < p->ops[t]; k++) {
        const axioms_op *o = &p->op[t][k];
        if (o->guarded && seen[o->guard] != o->guard_value)
            continue;
        if (o->kind == AXIOMS_FENCE) {
            BY_ORDER(o->order, FENCE)
        } else if (o->kind == AXIOMS_PLAIN_READ) {
            (void)loft_plain_read(&payload[o->location]);
        } else if (o->kind == AXIOMS_PLAIN_WRITE) {
            loft_plain_write(&payload[o->location], 1);
        } else if (explored->mix->pairs && o->location == PAIR) {
            run_on_pair(o);
        } else {
            run_on_word(o);
        }
    }
}

static void
run_setup(void)
{
    for (unsigned l = 0; l < LOCATIONS; l++)
        loft_init(&word[l], 0u);
    loft_dw_init(&pair, loft_dw_of(0, 0));
    memset(seen, 0, sizeof seen);
}

/* The report has room for fewer outcomes than some of these programs have. */
static void
run_finish(void)
{
    const axioms_program *p = &explored->program;
    uint64_t code = 0;
    for (unsigned r = 0; r < explored->regs; r++)
        code = code << FIELD_BITS | seen[r];
    for (unsigned l = 0; l < p->locations; l++) {
        if (explored->mix->pairs && l == PAIR) {
            const loft_dw v = loft_dw_load(&pair, relaxed);
            code = code << FIELD_BITS | (10 * v.lo + v.hi);
        } else {
            code = code << FIELD_BITS | loft_load(&word[l], relaxed);
        }
    }
    codes_add(&finished, code);
}

/* ---- both sides -------------------------------------------------------------------------------------------------- */

struct said {
    struct codes outcomes;
    bool race;                                        /* in some execution                                          */
    bool failed;                                      /* the explorer: not explored to the end, or something wrong  */
    char message[600];
};

static void
said_free(struct said *s)
{
    free(s->outcomes.code);
    memset(s, 0, sizeof *s);
}

static void
axioms_add(void *arg, const axioms_execution *x)
{
    struct said *s = (struct said *)arg;
    uint64_t code = 0;
    for (unsigned r = 0; r < explored->regs; r++)
        code = code << FIELD_BITS | x->reg[r];
    for (unsigned l = 0; l < explored->program.locations; l++)
        code = code << FIELD_BITS | x->final[l];
    codes_add(&s->outcomes, code);
    s->race |= x->race;
}

static void
ask_axioms(const struct subject *s, axioms_model model, struct said *said)
{
    memset(said, 0, sizeof *said);
    explored = s;
    (void)axioms_enumerate(&s->program, model, axioms_add, said);
    codes_sort(&said->outcomes);
}

static void
ask_explorer(const struct subject *s, const loft_explore_options *options, struct said *said)
{
    static loft_explore_report report;
    const bool all = options == NULL;
    loft_explore_client client;
    memset(&client, 0, sizeof client);
    memset(said, 0, sizeof *said);
    explored = s;
    client.name = s->mix->name;
    client.setup = run_setup;
    for (unsigned t = 0; t < s->program.threads; t++)
        client.thread[t] = run_thread;
    client.finish = run_finish;
    client.spurious = s->program.spurious ? s->program.spurious : LOFT_EXPLORE_NONE;
    const loft_explore_verdict verdict = loft_explore_run(&client, options, &report);
    said->race = verdict == LOFT_EXPLORE_RACE;
    said->failed = !said->race &&
                   (verdict != LOFT_EXPLORE_OK || (all && !report.exhaustive) || report.executions != finished.n);
    (void)snprintf(said->message, sizeof said->message, "verdict %d, %s, %" PRIu64 " executions: %s", (int)verdict,
                   report.exhaustive ? "exhaustive" : "not exhaustive", report.executions, report.message);
    free(report.trace);
    said->outcomes = finished;
    memset(&finished, 0, sizeof finished);
    codes_sort(&said->outcomes);
}

/* The explorer stops at a race, so that nothing is to be said of the outcomes. */
static bool
same(const struct said *axioms, const struct said *explorer)
{
    return !explorer->failed && axioms->race == explorer->race &&
           (axioms->race || codes_equal(&axioms->outcomes, &explorer->outcomes));
}

static bool
agree(const struct subject *s)
{
    struct said axioms;
    struct said explorer;
    ask_axioms(s, axioms_rc11(), &axioms);
    ask_explorer(s, NULL, &explorer);
    const bool good = same(&axioms, &explorer);
    said_free(&axioms);
    said_free(&explorer);
    return good;
}

/* ---- what is shown ----------------------------------------------------------------------------------------------- */

static const char *const order_name[] = { "relaxed", "acquire", "release", "acq_rel", "seq_cst" };
static const char *const location_name[] = { "x", "y", "z", "w" };

static void
show_op(const axioms_op *o)
{
    const char *l = location_name[o->location];
    if (o->kind == AXIOMS_FENCE) {
        printf("fence(%s)", order_name[o->order]);
        return;
    }
    if (o->guarded)
        printf("if (r%u == %u) ", o->guard, o->guard_value);
    if (o->kind == AXIOMS_PLAIN_READ || o->kind == AXIOMS_PLAIN_WRITE) {
        printf("plain_%s(%u)", o->kind == AXIOMS_PLAIN_READ ? "read" : "write", o->location);
        return;
    }
    if (o->reg != AXIOMS_NONE)
        printf("r%u = ", o->reg);
    switch (o->kind) {
    case AXIOMS_LOAD:     printf("load(%s, %s)", l, order_name[o->order]); break;
    case AXIOMS_PEEK:     printf("peek(%s, %s)", l, order_name[o->order]); break;
    case AXIOMS_STORE:    printf("store(%s, %u, %s)", l, o->value, order_name[o->order]); break;
    case AXIOMS_ADD:      printf("fetch_add(%s, %u, %s)", l, o->value, order_name[o->order]); break;
    case AXIOMS_EXCHANGE: printf("exchange(%s, %u, %s)", l, o->value, order_name[o->order]); break;
    default:
        printf("cas_%s(%s, %u -> %u, %s, %s)", o->kind == AXIOMS_CAS ? "strong" : "weak", l, o->expected, o->value,
               order_name[o->order], order_name[o->failed]);
        break;
    }
}

static void
show_program(const struct subject *s)
{
    for (unsigned t = 0; t < s->program.threads; t++) {
        printf("#   thread %u: ", t);
        for (unsigned k = 0; k < s->program.ops[t]; k++) {
            printf("%s", k ? "; " : "");
            show_op(&s->program.op[t][k]);
        }
        printf("\n");
    }
}

static void
show_outcome(const struct subject *s, uint64_t code)
{
    const unsigned fields = s->regs + s->program.locations;
    for (unsigned f = 0; f < fields; f++) {
        const unsigned v = (unsigned)(code >> (FIELD_BITS * (fields - 1 - f))) & ((1u << FIELD_BITS) - 1u);
        if (f < s->regs)
            printf(" r%u=%u", f, v);
        else
            printf(" %s=%u", location_name[f - s->regs], v);
    }
}

/* What one bag holds more often than the other. */
static void
show_difference(const struct subject *s, const struct codes *axioms, const struct codes *other)
{
    size_t i = 0;
    size_t k = 0;
    for (unsigned shown = 0; shown < 20 && (i < axioms->n || k < other->n);) {
        const bool first = k == other->n || (i < axioms->n && axioms->code[i] <= other->code[k]);
        const uint64_t code = first ? axioms->code[i] : other->code[k];
        const size_t i_was = i;
        const size_t k_was = k;
        while (i < axioms->n && axioms->code[i] == code)
            i++;
        while (k < other->n && other->code[k] == code)
            k++;
        if (i - i_was == k - k_was)
            continue;
        printf("#     by the axioms %zu times, here %zu:", i - i_was, k - k_was);
        show_outcome(s, code);
        printf("\n");
        shown++;
    }
}

static void
show(const struct subject *s)
{
    struct said axioms;
    struct said explorer;
    ask_axioms(s, axioms_rc11(), &axioms);
    ask_explorer(s, NULL, &explorer);
    show_program(s);
    printf("#   axioms:   %zu executions, %zu outcomes%s\n", axioms.outcomes.n, codes_different(&axioms.outcomes),
           axioms.race ? ", a race" : "");
    printf("#   explorer: %s\n", explorer.message);
    if (!axioms.race && !explorer.race)
        show_difference(s, &axioms.outcomes, &explorer.outcomes);
    said_free(&axioms);
    said_free(&explorer);
}

/* ---- a smaller one that is judged differently too ---------------------------------------------------------------- */

static void
drop_op(axioms_program *p, unsigned t, unsigned k)
{
    for (unsigned i = k; i + 1 < p->ops[t]; i++)
        p->op[t][i] = p->op[t][i + 1];
    p->ops[t]--;
}

static void
drop_empty_threads(axioms_program *p)
{
    unsigned kept = 0;
    for (unsigned t = 0; t < p->threads; t++) {
        if (p->ops[t] == 0)
            continue;
        if (kept != t) {
            memcpy(p->op[kept], p->op[t], sizeof p->op[t]);
            p->ops[kept] = p->ops[t];
        }
        kept++;
    }
    p->threads = kept;
}

static void
shrink(struct subject *s)
{
    for (bool smaller = true; smaller;) {
        smaller = false;
        for (unsigned t = 0; t < s->program.threads && !smaller; t++) {
            for (unsigned k = 0; k < s->program.ops[t] && !smaller; k++) {
                struct subject less = *s;
                drop_op(&less.program, t, k);
                drop_empty_threads(&less.program);
                if (less.program.threads && !agree(&less)) {
                    *s = less;
                    smaller = true;
                }
            }
        }
    }
    for (unsigned t = 0; t < s->program.threads; t++) {
        for (unsigned k = 0; k < s->program.ops[t]; k++) {
            struct subject less = *s;
            axioms_op *o = &less.program.op[t][k];
            o->failed = AXIOMS_relaxed;
            if (!agree(&less))
                *s = less;
            o->order = o->kind == AXIOMS_FENCE ? o->order : AXIOMS_relaxed;
            if (!agree(&less))
                *s = less;
        }
    }
}

/* ---- the tests --------------------------------------------------------------------------------------------------- */

static const struct mix mixes[] = {
    { .name = "words, all orders", .programs = 3000, .load = 35, .store = 30, .add = 7, .exchange = 7, .cas = 9,
      .fence = 12, .words = 2, .orders = "xxarrbs" },
    { .name = "seq_cst among weaker ones", .programs = 2500, .load = 40, .store = 30, .add = 5, .exchange = 5, .cas = 5,
      .fence = 15, .words = 2, .orders = "sssssxxarb" },
    { .name = "loads and stores", .programs = 1500, .load = 50, .store = 50, .words = 2, .orders = "sxar" },
    { .name = "fences among relaxed accesses", .programs = 2500, .load = 35, .store = 30, .add = 5, .fence = 30,
      .words = 2, .orders = "xxxxxarbs" },
    { .name = "RMWs", .programs = 2500, .load = 15, .store = 15, .add = 25, .exchange = 20, .cas = 25, .words = 2,
      .orders = "xarbs" },
    { .name = "one word", .programs = 600, .load = 35, .store = 30, .add = 15, .exchange = 5, .cas = 15, .words = 1,
      .orders = "xarbs" },
    { .name = "release sequences", .programs = 1200, .load = 35, .store = 40, .add = 17, .fence = 8, .words = 2,
      .orders = "xxxarr" },
    { .name = "pairs", .programs = 1200, .load = 30, .store = 30, .exchange = 5, .cas = 10, .peek = 20, .fence = 5,
      .pairs = 50, .words = 2, .orders = "xarbs" },
    { .name = "pairs with fences", .programs = 1000, .load = 20, .store = 20, .cas = 5, .peek = 25, .fence = 30,
      .pairs = 70, .words = 1, .orders = "xxxars" },
    { .name = "plain data", .programs = 5000, .load = 25, .store = 20, .add = 5, .fence = 10, .read = 20, .write = 20,
      .words = 2, .orders = "xarb" },
    { .name = "weak compare-exchanges", .programs = 2000, .load = 25, .store = 25, .add = 5, .cas = 5, .weak = 30,
      .fence = 10, .words = 2, .orders = "xarbs" },
    { .name = "cycles", .programs = 5000, .cycle = 15, .orders = "xxarbss" },
    { .name = "cycles of seq_cst accesses", .programs = 5000, .cycle = 10, .orders = "sssssxar" },
    { .name = "cycles with fences", .programs = 5000, .cycle = 80, .orders = "xxxxxars" },
    { .name = "every program of two threads of two operations", .programs = BODIES * (BODIES + 1) / 2, .all = true },
};
#define MIXES  (sizeof mixes / sizeof mixes[0])

static double
now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* So many programs from a seed on, or as many as there is time for. */
static void
test_mix(const struct mix *m, uint64_t seed, unsigned programs, double seconds)
{
    const double until = now() + seconds;
    unsigned long long executions = 0;
    unsigned long long outcomes = 0;
    unsigned races = 0;
    unsigned tried = 0;
    unsigned bad = 0;
    char name[120];
    while (bad < 3 && (seconds > 0 ? now() < until : tried < programs)) {
        struct subject s;
        struct said axioms;
        struct said explorer;
        /* Where it is all of them, in an order that does not begin with the dull ones. */
        any_subject(&s, m, m->all ? (seed + tried) * 7919u % m->programs : seed + tried);
        ask_axioms(&s, axioms_rc11(), &axioms);
        ask_explorer(&s, NULL, &explorer);
        executions += axioms.outcomes.n;
        outcomes += codes_different(&axioms.outcomes);
        races += axioms.race;
        tried++;
        if (!same(&axioms, &explorer)) {
            bad++;
            note("--client '%s' --seed %" PRIu64 ", made smaller:", m->name, s.seed);
            shrink(&s);
            show(&s);
        }
        said_free(&axioms);
        said_free(&explorer);
    }
    (void)snprintf(name, sizeof name, "the explorer and the axioms agree: %s", m->name);
    ok_eq(bad, 0, name);
    note("%u programs: %llu executions, %llu outcomes, %u with a race", tried, executions, outcomes, races);
}

/* The searches that go by schedules see nothing that the axioms forbid; without bounds, the bounded one sees all. */
static void
test_search(loft_explore_search search, const char *name)
{
    unsigned bad = 0;
    unsigned programs = 0;
    unsigned long long outcomes = 0;
    unsigned long long met = 0;
    for (unsigned k = 0; k < scaled(600) && bad < 3; k++) {
        struct subject s;
        struct said axioms;
        struct said explorer;
        loft_explore_options options;
        size_t found = 0;
        memset(&options, 0, sizeof options);
        options.search = search;
        options.seed = k + 1u;
        options.executions = search == LOFT_EXPLORE_BOUNDED ? 0 : 300;
        options.preemptions = 100;
        options.old_values = 100;
        any_subject(&s, &mixes[k % MIXES], k + 1u);
        if (operations(&s.program) > 6)
            continue;                                 /* there are too many schedules                               */
        programs++;
        ask_axioms(&s, axioms_rc11(), &axioms);
        ask_explorer(&s, &options, &explorer);
        codes_unite(&axioms.outcomes);
        codes_unite(&explorer.outcomes);
        for (size_t i = 0; i < explorer.outcomes.n; i++)
            found += bsearch(&explorer.outcomes.code[i], axioms.outcomes.code, axioms.outcomes.n,
                             sizeof *axioms.outcomes.code, codes_order) != NULL;
        const bool missed = search == LOFT_EXPLORE_BOUNDED && found != axioms.outcomes.n;
        outcomes += axioms.race ? 0 : axioms.outcomes.n;
        met += axioms.race ? 0 : found;
        if (explorer.failed || (explorer.race && !axioms.race) || found != explorer.outcomes.n ||
            (missed && !axioms.race)) {
            bad++;
            note("--client '%s' --seed %" PRIu64 ":", s.mix->name, s.seed);
            show_program(&s);
            note("  %s", explorer.message);
            show_difference(&s, &axioms.outcomes, &explorer.outcomes);
        }
        said_free(&axioms);
        said_free(&explorer);
    }
    ok_eq(bad, 0, name);
    note("%u programs: %llu of %llu outcomes", programs, met, outcomes);
}

/* ---- the judge is judged ----------------------------------------------------------------------------------------- */

/* All interleavings over one memory. */
struct interleaving {
    const struct subject *subject;
    unsigned at[AXIOMS_THREADS];
    axioms_execution x;
    struct said *said;
};

static void
interleave(const struct interleaving *before)
{
    const axioms_program *p = &before->subject->program;
    bool ended = true;
    for (unsigned t = 0; t < p->threads; t++) {
        struct interleaving i = *before;
        if (i.at[t] == p->ops[t])
            continue;
        ended = false;
        const axioms_op *o = &p->op[t][i.at[t]++];
        unsigned *const cell = &i.x.final[o->location];
        if (o->reg != AXIOMS_NONE)
            i.x.reg[o->reg] = *cell;
        if (o->kind == AXIOMS_STORE || o->kind == AXIOMS_EXCHANGE || (o->kind == AXIOMS_CAS && *cell == o->expected))
            *cell = o->value;
        else if (o->kind == AXIOMS_ADD)
            *cell += o->value;
        interleave(&i);
    }
    if (ended)
        axioms_add(before->said, &before->x);
}

static void
test_interleaving(void)
{
    static const struct mix m = {
        .name = "seq_cst", .load = 40, .store = 30, .add = 10, .exchange = 10, .cas = 10, .words = 2, .orders = "s"
    };
    unsigned bad = 0;
    unsigned several = 0;
    for (unsigned k = 0; k < scaled(1500) && bad < 3; k++) {
        struct subject s;
        struct said axioms;
        struct said plain;
        struct interleaving i;
        any_subject(&s, &m, k + 1u);
        for (unsigned t = 0; t < s.program.threads; t++) {
            for (unsigned n = 0; n < s.program.ops[t]; n++)
                s.program.op[t][n].order = s.program.op[t][n].failed = AXIOMS_seq_cst;
        }
        ask_axioms(&s, axioms_rc11(), &axioms);
        memset(&plain, 0, sizeof plain);
        memset(&i, 0, sizeof i);
        i.subject = &s;
        i.said = &plain;
        interleave(&i);
        codes_unite(&plain.outcomes);
        codes_unite(&axioms.outcomes);
        several += axioms.outcomes.n > 1;
        if (!codes_equal(&axioms.outcomes, &plain.outcomes)) {
            bad++;
            show_program(&s);
            show_difference(&s, &axioms.outcomes, &plain.outcomes);
        }
        said_free(&axioms);
        said_free(&plain);
    }
    ok(bad == 0 && several > 0, "the axioms: programs of seq_cst operations do what interleaving does");
}

static void
test_short_cuts(void)
{
    unsigned bad = 0;
    unsigned tried = 0;
    for (unsigned k = 0; tried < scaled(600) && bad < 3; k++) {
        struct subject s;
        struct said axioms;
        struct said naive;
        axioms_model model;
        any_subject(&s, &mixes[k % (MIXES - 1)], k + 1u);
        if (operations(&s.program) > 6)
            continue;
        tried++;
        model = axioms_rc11();
        ask_axioms(&s, model, &axioms);
        model.naive = true;
        ask_axioms(&s, model, &naive);
        if (!codes_equal(&axioms.outcomes, &naive.outcomes)) {
            bad++;
            show_program(&s);
        }
        said_free(&axioms);
        said_free(&naive);
    }
    ok_eq(bad, 0, "the axioms: the short cuts of the search change nothing");
}

/* What C++20 allows the explorer explores, load buffering aside: its order S only forbids more than psc does. */
static void
test_standards(void)
{
    unsigned bad = 0;
    unsigned long long of_rc11 = 0;
    unsigned long long of_2020 = 0;
    unsigned programs = 0;
    for (unsigned k = 0; k < scaled(1000) && bad < 3; k++) {
        struct subject s;
        axioms_model model = axioms_rc11();
        any_subject(&s, &mixes[k % MIXES], k + 1u);
        const unsigned long rc11 = axioms_enumerate(&s.program, model, NULL, NULL);
        model.sc = AXIOMS_SC_2020;
        const unsigned long cxx20 = axioms_enumerate(&s.program, model, NULL, NULL);
        model.sc = AXIOMS_SC_2020 | AXIOMS_SC_RC11;
        of_rc11 += rc11;
        of_2020 += cxx20;
        programs += rc11 != cxx20;
        if (axioms_enumerate(&s.program, model, NULL, NULL) != cxx20) {
            bad++;
            show_program(&s);
        }
    }
    ok_eq(bad, 0, "the axioms: every execution of C++20 is one of RC11");
    note("RC11 has %llu executions where C++20 has %llu: more in %u programs", of_rc11, of_2020, programs);
}

/* The word behind an option; NULL: it is not there. */
static const char *
option(int argc, char **argv, const char *name)
{
    for (int i = 1; i + 1 < argc; i++) {
        if (strcmp(argv[i], name) == 0)
            return argv[i + 1];
    }
    return NULL;
}

int
main(int argc, char **argv)
{
    const char *client = option(argc, argv, "--client");
    const char *seed = option(argc, argv, "--seed");
    const char *seconds = option(argc, argv, "--time");
    const uint64_t first = seed ? strtoull(seed, NULL, 10) : 1;
    if (argc > 1 && strcmp(argv[1], "--list") == 0) {
        for (size_t i = 0; i < MIXES; i++)
            printf("%s\n", mixes[i].name);
        return 0;
    }
    if (!client) {
        test_interleaving();
        test_short_cuts();
        test_standards();
    }
    bool found = !client;
    for (size_t i = 0; i < MIXES; i++) {
        const struct mix *m = &mixes[i];
        if (client && strcmp(client, m->name) != 0)
            continue;
        found = true;
        if (client && seed && !seconds) {
            struct subject s;
            any_subject(&s, m, first);
            show(&s);
            return !agree(&s);
        }
        /* Programs of different seeds of a search should not be the same ones. */
        if (client && seconds)
            test_mix(m, first * 1000003u, 0, strtod(seconds, NULL));
        else
            test_mix(m, 1, (unsigned)scaled(m->programs), 0);
    }
    if (!client) {
        test_search(LOFT_EXPLORE_BOUNDED, "the bounded search without bounds sees what the axioms allow");
        test_search(LOFT_EXPLORE_RANDOM, "the random search sees nothing else");
        test_search(LOFT_EXPLORE_PCT, "the search by priorities sees nothing else");
    }
    if (!found) {
        fprintf(stderr, "no kind of programs is called \"%s\": see --list\n", client);
        return 2;
    }
    return done();
}
