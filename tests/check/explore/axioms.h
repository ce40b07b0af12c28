/* SPDX-License-Identifier: MIT
 *
 * tests/check/explore/axioms.h - what a small straight-line program may do, by the axioms and by nothing else.
 *
 * The judge of the explorer's memory model. It shares no code and no idea with the explorer: it writes down every
 * reads-from relation and every modification order there is, and keeps those the axioms do not forbid. Relations are
 * matrices of bits; each axiom below is the formula of the paper, letter by letter, and nothing is clever. It is meant
 * for programs of up to about nine operations.
 *
 *     static void found(void *arg, const axioms_execution *x) { ... x->reg[0], x->final[1] ... }
 *     axioms_enumerate(&program, axioms_rc11(), found, arg)     the number of consistent executions (rf and mo)
 *
 * MODELS    sc        AXIOMS_SC_RC11   psc, as in the paper
 *                     AXIOMS_SC_2020   the order S of C++20 (N4861 atomics.order 3 and 4)
 *                     AXIOMS_SC_2011   the order S of C11, in the form the paper gives it (its section 2)
 *           sequence  AXIOMS_SEQUENCE_2020   release sequences of RMWs only (C++20)
 *                     AXIOMS_SEQUENCE_2011   and of stores of the same thread, contiguous in mo (C11 5.1.2.4).
 *                                            The paper lets these stand anywhere in mo, which is neither
 *           thin_air  sb and rf may form a cycle, as the standards' normative text lets them
 *
 * EVENTS    An RMW is a read and a write with an edge rmw between them, and a failed compare-exchange is a read. A
 *           fence has no location, which makes it differ from that of any access. A relaxed fence is no event. The
 *           first values are writes that are sequenced before everything and have no order.
 *
 * PAIRS     Values of a pair are two decimal digits, 10 * lo + hi. A peek is two reads, first of lo and then of hi.
 *           Each half is a location of its own that whole accesses read and write together: rf, mo and rb are followed
 *           from lo to lo and from hi to hi, so that either half of a relaxed peek may be the older one.
 *
 * RACES     Plain accesses are there to be raced for: an execution has a race if two of one payload, of different
 *           threads, at least one a write, are not ordered by hb. Their values are nobody's concern, and they add
 *           nothing to psc (in the paper they may stand between two seq_cst accesses, as a fence may).
 *
 * SOURCE    Lahav, Vafeiadis, Kang, Hur, Dreyer: Repairing Sequential Consistency in C/C++11 (PLDI 2017), section 3.
 */
#ifndef LOFT_TESTS_CHECK_EXPLORE_AXIOMS_H
#define LOFT_TESTS_CHECK_EXPLORE_AXIOMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__GNUC__)
#  define AXIOMS_UNUSED_ __attribute__((unused))
#else
#  define AXIOMS_UNUSED_
#endif

#define AXIOMS_THREADS    4
#define AXIOMS_OPS        6           /* in one thread                                                              */
#define AXIOMS_LOCATIONS  4
#define AXIOMS_REGISTERS  16
#define AXIOMS_EVENTS     24
#define AXIOMS_NONE       0xffu       /* no register, no event                                                      */

enum axioms_kind {
    AXIOMS_LOAD,
    AXIOMS_STORE,
    AXIOMS_ADD,
    AXIOMS_EXCHANGE,
    AXIOMS_CAS,                       /* its register is the value seen                                             */
    AXIOMS_CAS_WEAK,                  /* likewise, and AXIOMS_WON is added where it succeeded                       */
    AXIOMS_PEEK,
    AXIOMS_FENCE,
    AXIOMS_PLAIN_READ,                /* its location is the number of the payload                                  */
    AXIOMS_PLAIN_WRITE
};
#define AXIOMS_WON  5u

enum axioms_order { AXIOMS_relaxed, AXIOMS_acquire, AXIOMS_release, AXIOMS_acq_rel, AXIOMS_seq_cst };
enum axioms_sc { AXIOMS_SC_RC11 = 1, AXIOMS_SC_2020 = 2, AXIOMS_SC_2011 = 4 };
enum axioms_sequence { AXIOMS_SEQUENCE_2020, AXIOMS_SEQUENCE_2011 };

typedef struct axioms_op {
    enum axioms_kind kind;
    enum axioms_order order;
    enum axioms_order failed;         /* of a compare-exchange                                                      */
    unsigned location;
    unsigned value;                   /* stored, or added                                                           */
    unsigned expected;                /* by a compare-exchange                                                      */
    unsigned reg;                     /* where the value read goes; AXIOMS_NONE: nowhere                            */
    bool guarded;                     /* done only if register guard is guard_value: fences and plain accesses      */
    unsigned guard;
    unsigned guard_value;
} axioms_op;

typedef struct axioms_program {
    unsigned threads;
    unsigned ops[AXIOMS_THREADS];
    axioms_op op[AXIOMS_THREADS][AXIOMS_OPS];
    unsigned locations;               /* all begin with 0                                                           */
    unsigned spurious;                /* most causeless failures of weak compare-exchanges of one thread            */
} axioms_program;

typedef struct axioms_model {
    unsigned sc;                      /* of axioms_sc; more than one: all of them must hold                         */
    enum axioms_sequence sequence;
    bool thin_air;
    bool naive;                       /* without the short cuts of the search, each a consequence of an axiom   */
} axioms_model;

typedef struct axioms_execution {
    unsigned reg[AXIOMS_REGISTERS];
    unsigned final[AXIOMS_LOCATIONS]; /* the last value in mo                                                       */
    bool race;
} axioms_execution;

typedef void axioms_found(void *arg, const axioms_execution *x);

/* ---- sets and relations ------------------------------------------------------------------------------------------ */

typedef uint32_t axioms_set;                                       /* bit e: event e is in it                       */
typedef struct axioms_rel {
    axioms_set to[AXIOMS_EVENTS];                                  /* bit b of to[a]: a is related to b             */
} axioms_rel;
static unsigned axioms_n_;                                         /* events of the execution at hand               */

/* [S]: each event of S, to itself. */
static axioms_rel
axioms_id_(axioms_set s)
{
    axioms_rel r;
    memset(&r, 0, sizeof r);
    for (unsigned a = 0; a < axioms_n_; a++)
        r.to[a] = s & (UINT32_C(1) << a);
    return r;
}

static axioms_rel
axioms_or_(axioms_rel r, axioms_rel s)
{
    for (unsigned a = 0; a < axioms_n_; a++)
        r.to[a] |= s.to[a];
    return r;
}

static axioms_rel
axioms_and_(axioms_rel r, axioms_rel s)
{
    for (unsigned a = 0; a < axioms_n_; a++)
        r.to[a] &= s.to[a];
    return r;
}

static axioms_rel
axioms_minus_(axioms_rel r, axioms_rel s)
{
    for (unsigned a = 0; a < axioms_n_; a++)
        r.to[a] &= ~s.to[a];
    return r;
}

/* r; s */
static axioms_rel
axioms_seq_(axioms_rel r, axioms_rel s)
{
    axioms_rel t;
    memset(&t, 0, sizeof t);
    for (unsigned a = 0; a < axioms_n_; a++) {
        for (unsigned b = 0; r.to[a] && b < axioms_n_; b++) {
            if (r.to[a] >> b & 1u)
                t.to[a] |= s.to[b];
        }
    }
    return t;
}

static axioms_rel
axioms_inverse_(axioms_rel r)
{
    axioms_rel t;
    memset(&t, 0, sizeof t);
    for (unsigned a = 0; a < axioms_n_; a++) {
        for (unsigned b = 0; b < axioms_n_; b++) {
            if (r.to[a] >> b & 1u)
                t.to[b] |= UINT32_C(1) << a;
        }
    }
    return t;
}

/* r? */
static axioms_rel
axioms_maybe_(axioms_rel r)
{
    return axioms_or_(r, axioms_id_(UINT32_MAX));
}

/* r+ */
static axioms_rel
axioms_plus_(axioms_rel r)
{
    for (unsigned via = 0; via < axioms_n_; via++) {
        for (unsigned a = 0; a < axioms_n_; a++) {
            if (r.to[a] >> via & 1u)
                r.to[a] |= r.to[via];
        }
    }
    return r;
}

static bool
axioms_irreflexive_(axioms_rel r)
{
    for (unsigned a = 0; a < axioms_n_; a++) {
        if (r.to[a] >> a & 1u)
            return false;
    }
    return true;
}

static bool
axioms_acyclic_(axioms_rel r)
{
    return axioms_irreflexive_(axioms_plus_(r));
}

static bool
axioms_empty_(axioms_rel r)
{
    for (unsigned a = 0; a < axioms_n_; a++) {
        if (r.to[a])
            return false;
    }
    return true;
}

/* ---- executions -------------------------------------------------------------------------------------------------- */

typedef struct axioms_graph_ {
    unsigned n;
    unsigned thread[AXIOMS_EVENTS];                                /* AXIOMS_NONE: a first value                    */
    unsigned location[AXIOMS_EVENTS];                              /* AXIOMS_NONE: a fence                          */
    unsigned op[AXIOMS_EVENTS];
    unsigned value[AXIOMS_EVENTS];
    bool known[AXIOMS_EVENTS];                                     /* the value is                                  */
    unsigned source[AXIOMS_EVENTS];                                /* of a read: the write it reads from            */
    bool done[AXIOMS_EVENTS];                                      /* of a read of a compare-exchange: it succeeded */
    bool left_out[AXIOMS_THREADS][AXIOMS_OPS];                     /* guarded, and the guard does not hold          */
    axioms_set all, R, W, F;
    axioms_set plain;
    axioms_set half[2];                                            /* reads of lo alone, of hi alone                */
    axioms_set atomic, acq, rel, sc;                               /* by order: at least that                       */
    axioms_rel sb, rmw, same_loc, rf, mo;
} axioms_graph_;

/* The axioms. The names are those of the paper. */
static bool
axioms_consistent_(const axioms_graph_ *g, axioms_model model, axioms_rel *hb_of_it)
{
    const axioms_rel sb = g->sb;
    const axioms_rel rf = g->rf;
    const axioms_rel mo = g->mo;
    const axioms_rel F = axioms_id_(g->F);
    const axioms_rel rb = axioms_seq_(axioms_inverse_(rf), mo);

    /* ATOMICITY   rmw and (rb; mo) have nothing in common */
    if (!axioms_empty_(axioms_and_(g->rmw, axioms_seq_(rb, mo))))
        return false;

    /* NO-THIN-AIR   sb or rf is acyclic */
    if (!model.thin_air && !axioms_acyclic_(axioms_or_(sb, rf)))
        return false;

    /* rs = [W, at least relaxed]; (rf; rmw)* */
    axioms_rel rs = axioms_id_(g->W & g->atomic);
    rs = axioms_seq_(rs, axioms_maybe_(axioms_plus_(axioms_seq_(rf, g->rmw))));
    if (model.sequence == AXIOMS_SEQUENCE_2011) {
        /* From A to B in mo, where B and all between them are of A's thread or RMWs. */
        rs = axioms_id_(g->W & g->atomic);
        for (unsigned a = 0; a < g->n; a++) {
            axioms_set mine = 0;
            for (unsigned b = 0; b < g->n; b++)
                mine |= (axioms_set)(g->thread[b] == g->thread[a]) << b;
            axioms_set ends = 0;
            for (unsigned r = 0; r < g->n; r++)
                ends |= g->rmw.to[r];
            ends |= mine;
            for (unsigned b = 0; b < g->n && (g->W & g->atomic) >> a & 1u; b++) {
                axioms_set others = 0;
                for (unsigned c = 0; c < g->n; c++)
                    others |= (axioms_set)((mo.to[a] >> c & 1u) && (c == b || (mo.to[c] >> b & 1u))) << c;
                if ((mo.to[a] >> b & 1u) && (others & ~ends) == 0)
                    rs.to[a] |= UINT32_C(1) << b;
            }
        }
    }

    /* sw = [at least release]; ([F]; sb)?; rs; rf; [R, at least relaxed]; (sb; [F])?; [at least acquire] */
    axioms_rel sw = axioms_seq_(axioms_id_(g->rel), axioms_maybe_(axioms_seq_(F, sb)));
    sw = axioms_seq_(axioms_seq_(sw, rs), rf);
    sw = axioms_seq_(sw, axioms_id_(g->R & g->atomic));
    sw = axioms_seq_(axioms_seq_(sw, axioms_maybe_(axioms_seq_(sb, F))), axioms_id_(g->acq));

    /* hb = (sb or sw)+      eco = (rf or mo or rb)+ */
    const axioms_rel hb = axioms_plus_(axioms_or_(sb, sw));
    axioms_rel eco = axioms_plus_(axioms_or_(axioms_or_(rf, mo), rb));
    if (g->half[0]) {
        const axioms_rel no_hi = axioms_id_(~g->half[1]);
        const axioms_rel no_lo = axioms_id_(~g->half[0]);
        const axioms_rel lo = axioms_or_(axioms_or_(axioms_seq_(rf, no_hi), mo), axioms_seq_(no_hi, rb));
        const axioms_rel hi = axioms_or_(axioms_or_(axioms_seq_(rf, no_lo), mo), axioms_seq_(no_lo, rb));
        eco = axioms_or_(axioms_plus_(lo), axioms_plus_(hi));
    }

    /* COHERENCE   hb; eco? is irreflexive */
    if (!axioms_irreflexive_(axioms_seq_(hb, axioms_maybe_(eco))))
        return false;
    *hb_of_it = hb;

    const axioms_rel Esc = axioms_id_(g->sc);
    const axioms_rel Fsc = axioms_id_(g->sc & g->F);

    if (model.sc & AXIOMS_SC_RC11) {
        /* scb = sb or sb|!=loc; hb; sb|!=loc or hb|loc or mo or rb */
        const axioms_rel atomic = axioms_id_(~g->plain);
        const axioms_rel sb_other = axioms_seq_(axioms_seq_(atomic, axioms_minus_(sb, g->same_loc)), atomic);
        axioms_rel scb = axioms_or_(sb, axioms_seq_(axioms_seq_(sb_other, hb), sb_other));
        scb = axioms_or_(scb, axioms_and_(hb, g->same_loc));
        scb = axioms_or_(axioms_or_(scb, mo), rb);
        /* psc_base = ([Esc] or [Fsc]; hb?); scb; ([Esc] or hb?; [Fsc]) */
        const axioms_rel into = axioms_or_(Esc, axioms_seq_(Fsc, axioms_maybe_(hb)));
        const axioms_rel from = axioms_or_(Esc, axioms_seq_(axioms_maybe_(hb), Fsc));
        const axioms_rel psc_base = axioms_seq_(axioms_seq_(into, scb), from);
        /* psc_F = [Fsc]; (hb or hb; eco; hb); [Fsc] */
        const axioms_rel over = axioms_or_(hb, axioms_seq_(axioms_seq_(hb, eco), hb));
        const axioms_rel psc_F = axioms_seq_(axioms_seq_(Fsc, over), Fsc);
        /* SC   psc_base or psc_F is acyclic */
        if (!axioms_acyclic_(axioms_or_(psc_base, psc_F)))
            return false;
    }

    if (model.sc & AXIOMS_SC_2020) {
        /* A strongly happens before B: sb; sw between seq_cst operations; sb, simply happens before, sb; transitive.
         * Nobody consumes, so simply happens before is hb. An RMW is one operation there: its write is not sequenced
         * after its read. */
        const axioms_rel after = axioms_minus_(sb, g->rmw);
        axioms_rel strongly = axioms_or_(sb, axioms_seq_(axioms_seq_(Esc, sw), Esc));
        strongly = axioms_plus_(axioms_or_(strongly, axioms_seq_(axioms_seq_(after, hb), after)));
        /* Coherence-ordered before is eco, except that, again, an RMW is not before itself. */
        const axioms_rel whole = axioms_or_(g->rmw, axioms_inverse_(g->rmw));
        const axioms_rel cob = axioms_minus_(eco, whole);
        const axioms_rel into = axioms_or_(Esc, axioms_seq_(Fsc, hb));
        const axioms_rel from = axioms_or_(Esc, axioms_seq_(hb, Fsc));
        const axioms_rel ordered = axioms_seq_(axioms_seq_(into, cob), from);
        if (!axioms_acyclic_(axioms_or_(axioms_seq_(axioms_seq_(Esc, strongly), Esc), ordered)))
            return false;
    }

    if (model.sc & AXIOMS_SC_2011) {
        /* [Esc]; ([F]; sb)?; (hb or mo or rb); (sb; [F])?; [Esc] is acyclic */
        const axioms_rel into = axioms_seq_(Esc, axioms_maybe_(axioms_seq_(F, sb)));
        const axioms_rel from = axioms_seq_(axioms_maybe_(axioms_seq_(sb, F)), Esc);
        const axioms_rel s = axioms_or_(axioms_or_(hb, mo), rb);
        if (!axioms_acyclic_(axioms_seq_(axioms_seq_(into, s), from)))
            return false;
    }
    return true;
}

/* Are there two plain accesses of one payload, one of them a write, that hb does not order? */
static bool
axioms_races_(const axioms_graph_ *g, const axioms_program *p, axioms_rel hb)
{
    for (unsigned a = 0; a < g->n; a++) {
        for (unsigned b = a + 1; b < g->n; b++) {
            if (!(g->plain >> a & 1u) || !(g->plain >> b & 1u))
                continue;
            const axioms_op *o = &p->op[g->thread[a]][g->op[a]];
            const axioms_op *q = &p->op[g->thread[b]][g->op[b]];
            const bool writes = o->kind == AXIOMS_PLAIN_WRITE || q->kind == AXIOMS_PLAIN_WRITE;
            const bool ordered = (hb.to[a] >> b & 1u) || (hb.to[b] >> a & 1u);
            if (o->location == q->location && writes && !ordered)
                return true;
        }
    }
    return false;
}

/* ---- all executions of a program --------------------------------------------------------------------------------- */

typedef struct axioms_search_ {
    const axioms_program *program;
    axioms_model model;
    axioms_found *found;
    void *arg;
    axioms_graph_ g;
    unsigned long executions;
} axioms_search_;

static bool
axioms_can_fail_(const axioms_op *o)
{
    return o->kind == AXIOMS_CAS || o->kind == AXIOMS_CAS_WEAK;
}

static unsigned
axioms_event_(axioms_graph_ *g, unsigned thread, unsigned op, unsigned location, enum axioms_order order)
{
    const unsigned e = g->n++;
    const axioms_set bit = UINT32_C(1) << e;
    g->thread[e] = thread;
    g->op[e] = op;
    g->location[e] = location;
    g->value[e] = 0;
    g->source[e] = AXIOMS_NONE;
    g->done[e] = false;
    g->all |= bit;
    g->atomic |= thread == AXIOMS_NONE ? 0 : bit;
    g->sc |= order == AXIOMS_seq_cst ? bit : 0;
    for (unsigned b = 0; b < e; b++) {
        if (thread != AXIOMS_NONE && (g->thread[b] == AXIOMS_NONE || g->thread[b] == thread))
            g->sb.to[b] |= bit;
        if (g->location[b] == location && location != AXIOMS_NONE) {
            g->same_loc.to[b] |= bit;
            g->same_loc.to[e] |= UINT32_C(1) << b;
        }
    }
    return e;
}

static unsigned
axioms_read_(axioms_graph_ *g, unsigned thread, unsigned op, unsigned location, enum axioms_order order)
{
    const unsigned e = axioms_event_(g, thread, op, location, order);
    g->R |= UINT32_C(1) << e;
    if (order == AXIOMS_acquire || order == AXIOMS_acq_rel || order == AXIOMS_seq_cst)
        g->acq |= UINT32_C(1) << e;
    return e;
}

static unsigned
axioms_write_(axioms_graph_ *g, unsigned thread, unsigned op, unsigned location, enum axioms_order order)
{
    const unsigned e = axioms_event_(g, thread, op, location, order);
    g->W |= UINT32_C(1) << e;
    if (order == AXIOMS_release || order == AXIOMS_acq_rel || order == AXIOMS_seq_cst)
        g->rel |= UINT32_C(1) << e;
    return e;
}

static bool
axioms_takes_bit_(unsigned *bits)
{
    const bool bit = *bits & 1u;
    *bits >>= 1;
    return bit;
}

/* The events of the program, given a bit for each choice, in turn: is what is guarded done, does a compare-exchange
 * succeed? */
static void
axioms_build_(axioms_search_ *s, unsigned bits)
{
    const axioms_program *p = s->program;
    axioms_graph_ *g = &s->g;
    memset(g, 0, sizeof *g);
    for (unsigned l = 0; l < p->locations; l++)
        (void)axioms_write_(g, AXIOMS_NONE, 0, l, AXIOMS_relaxed);
    for (unsigned t = 0; t < p->threads; t++) {
        for (unsigned k = 0; k < p->ops[t]; k++) {
            const axioms_op *o = &p->op[t][k];
            g->left_out[t][k] = o->guarded && !axioms_takes_bit_(&bits);
            if (g->left_out[t][k])
                continue;
            if (o->kind == AXIOMS_PLAIN_READ || o->kind == AXIOMS_PLAIN_WRITE) {
                g->plain |= UINT32_C(1) << axioms_event_(g, t, k, AXIOMS_NONE, AXIOMS_relaxed);
                continue;
            }
            if (o->kind == AXIOMS_FENCE) {
                if (o->order == AXIOMS_relaxed)
                    continue;
                const unsigned e = axioms_event_(g, t, k, AXIOMS_NONE, o->order);
                g->F |= UINT32_C(1) << e;
                g->acq |= o->order != AXIOMS_release ? UINT32_C(1) << e : 0;
                g->rel |= o->order != AXIOMS_acquire ? UINT32_C(1) << e : 0;
                continue;
            }
            if (o->kind == AXIOMS_STORE) {
                (void)axioms_write_(g, t, k, o->location, o->order);
                continue;
            }
            const bool won = axioms_can_fail_(o) && axioms_takes_bit_(&bits);
            const bool writes = o->kind == AXIOMS_ADD || o->kind == AXIOMS_EXCHANGE || won;
            const bool failed = axioms_can_fail_(o) && !won;
            const unsigned r = axioms_read_(g, t, k, o->location, failed ? o->failed : o->order);
            if (o->kind == AXIOMS_PEEK) {
                g->half[0] |= UINT32_C(1) << r;
                g->half[1] |= UINT32_C(1) << axioms_read_(g, t, k, o->location, o->order);
            }
            if (writes) {
                g->done[r] = true;
                g->rmw.to[r] = UINT32_C(1) << axioms_write_(g, t, k, o->location, o->order);
            }
        }
    }
}

static bool
axioms_guard_holds_(const axioms_search_ *s, unsigned thread, const axioms_op *o)
{
    const axioms_graph_ *g = &s->g;
    for (unsigned e = 0; e < g->n; e++) {
        if ((g->R >> e & 1u) && g->thread[e] == thread && s->program->op[thread][g->op[e]].reg == o->guard)
            return g->value[e] == o->guard_value;
    }
    return false;
}

/* Follows rf from write to read to write until nothing new is known. False: the values contradict the choices, or
 * depend on themselves. */
static bool
axioms_values_(axioms_search_ *s)
{
    const axioms_program *p = s->program;
    axioms_graph_ *g = &s->g;
    memset(g->known, 0, sizeof g->known);
    for (unsigned pass = 0; pass < g->n; pass++) {
        for (unsigned e = 0; e < g->n; e++) {
            if (g->thread[e] == AXIOMS_NONE || g->location[e] == AXIOMS_NONE) {
                g->known[e] = true;
            } else if (g->R >> e & 1u) {
                g->value[e] = g->value[g->source[e]];
                g->known[e] = g->known[g->source[e]];
            } else {
                const axioms_op *o = &p->op[g->thread[e]][g->op[e]];
                g->value[e] = o->kind == AXIOMS_ADD ? g->value[e - 1] + o->value : o->value;
                g->known[e] = o->kind == AXIOMS_ADD ? g->known[e - 1] : true;
            }
        }
    }
    unsigned spurious[AXIOMS_THREADS] = { 0 };
    for (unsigned e = 0; e < g->n; e++) {
        if (!g->known[e])
            return false;
        if (!(g->R >> e & 1u))
            continue;
        const axioms_op *o = &p->op[g->thread[e]][g->op[e]];
        const bool same = g->value[e] == o->expected;
        if (!axioms_can_fail_(o) || same == g->done[e])
            continue;
        if (o->kind == AXIOMS_CAS || !same || ++spurious[g->thread[e]] > p->spurious)
            return false;
    }
    for (unsigned t = 0; t < p->threads; t++) {
        for (unsigned k = 0; k < p->ops[t]; k++) {
            const axioms_op *o = &p->op[t][k];
            if (o->guarded && axioms_guard_holds_(s, t, o) == g->left_out[t][k])
                return false;
        }
    }
    return true;
}

static void
axioms_report_(axioms_search_ *s, axioms_rel hb)
{
    const axioms_program *p = s->program;
    const axioms_graph_ *g = &s->g;
    axioms_execution x;
    memset(&x, 0, sizeof x);
    x.race = axioms_races_(g, p, hb);
    for (unsigned e = 0; e < g->n; e++) {
        if (g->W >> e & 1u && !g->mo.to[e])
            x.final[g->location[e]] = g->value[e];
        if (!(g->R >> e & 1u))
            continue;
        const axioms_op *o = &p->op[g->thread[e]][g->op[e]];
        if (o->reg == AXIOMS_NONE)
            continue;
        if (g->half[0] >> e & 1u)
            x.reg[o->reg] = g->value[e] / 10 * 10;
        else if (g->half[1] >> e & 1u)
            x.reg[o->reg] += g->value[e] % 10;
        else
            x.reg[o->reg] = g->value[e] + (o->kind == AXIOMS_CAS_WEAK && g->done[e] ? AXIOMS_WON : 0);
    }
    if (s->found)
        s->found(s->arg, &x);
}

/* Short cuts: no write comes in mo before one that is sb before it (COHERENCE), and none between what an RMW reads and
 * what it writes (ATOMICITY). */
static bool
axioms_may_be_next_(const axioms_graph_ *g, unsigned e, axioms_set placed)
{
    for (unsigned b = 0; b < g->n; b++) {
        const bool here = (g->W >> b & 1u) && g->location[b] == g->location[e] && b != e;
        if (here && !(placed >> b & 1u) && (g->sb.to[b] >> e & 1u))
            return false;
        if (here && (placed >> b & 1u) && (g->rmw.to[e - 1] >> e & 1u) && (g->mo.to[g->source[e - 1]] >> b & 1u))
            return false;
    }
    return true;
}

/* Every order of the writes of each location: the next one of `location` is any that has no place yet. */
static void
axioms_orders_(axioms_search_ *s, unsigned location, axioms_set placed)
{
    axioms_graph_ *g = &s->g;
    bool full = true;
    if (location == s->program->locations) {
        axioms_rel hb;
        if (axioms_consistent_(g, s->model, &hb)) {
            s->executions++;
            axioms_report_(s, hb);
        }
        return;
    }
    for (unsigned e = 0; e < g->n; e++) {
        const axioms_set bit = UINT32_C(1) << e;
        if (!(g->W & bit) || (placed & bit) || g->location[e] != location)
            continue;
        const axioms_rel mo = g->mo;
        full = false;
        if (!s->model.naive && !axioms_may_be_next_(g, e, placed))
            continue;
        for (unsigned b = 0; b < g->n; b++) {
            if ((placed >> b & 1u) && g->location[b] == location)
                g->mo.to[b] |= bit;
        }
        axioms_orders_(s, location, placed | bit);
        g->mo = mo;
    }
    if (full)
        axioms_orders_(s, location + 1, placed);
}

/* Short cuts: no read sees a write that another one follows before it in sb (COHERENCE), and no two RMWs see the same
 * (ATOMICITY). */
static bool
axioms_may_read_(const axioms_graph_ *g, unsigned e, unsigned w)
{
    for (unsigned b = 0; b < g->n; b++) {
        const bool here = g->location[b] == g->location[e] && b != e;
        if (here && (g->W >> b & 1u) && (g->sb.to[w] >> b & 1u) && (g->sb.to[b] >> e & 1u))
            return false;
        if (here && b < e && g->rmw.to[b] && g->rmw.to[e] && g->source[b] == w)
            return false;
    }
    return true;
}

/* Every source of each read from the event e on. */
static void
axioms_sources_(axioms_search_ *s, unsigned e)
{
    axioms_graph_ *g = &s->g;
    while (e < g->n && !(g->R >> e & 1u))
        e++;
    axioms_n_ = g->n;
    if (e == g->n) {
        if (axioms_values_(s)) {
            memset(&g->mo, 0, sizeof g->mo);
            axioms_orders_(s, 0, (UINT32_C(1) << s->program->locations) - 1u);
        }
        return;
    }
    for (unsigned w = 0; w < g->n; w++) {
        if (!(g->W >> w & 1u) || g->location[w] != g->location[e])
            continue;
        if (!s->model.naive && !axioms_may_read_(g, e, w))
            continue;
        g->source[e] = w;
        g->rf.to[w] |= UINT32_C(1) << e;
        if (s->model.thin_air || s->model.naive || axioms_acyclic_(axioms_or_(g->sb, g->rf)))
            axioms_sources_(s, e + 1);                             /* short cut: NO-THIN-AIR                        */
        g->rf.to[w] &= ~(UINT32_C(1) << e);
    }
}

/* axioms_enumerate - calls found (or NULL) for each consistent execution; gives their number. */
AXIOMS_UNUSED_ static unsigned long
axioms_enumerate(const axioms_program *p, axioms_model model, axioms_found *found, void *arg)
{
    axioms_search_ s;
    unsigned choices = 0;
    memset(&s, 0, sizeof s);
    s.program = p;
    s.model = model;
    s.found = found;
    s.arg = arg;
    for (unsigned t = 0; t < p->threads; t++) {
        for (unsigned k = 0; k < p->ops[t]; k++)
            choices += axioms_can_fail_(&p->op[t][k]) + p->op[t][k].guarded;
    }
    for (unsigned bits = 0; bits < 1u << choices; bits++) {
        axioms_build_(&s, bits);
        axioms_sources_(&s, 0);
    }
    return s.executions;
}

AXIOMS_UNUSED_ static axioms_model
axioms_rc11(void)
{
    axioms_model m;
    m.sc = AXIOMS_SC_RC11;
    m.sequence = AXIOMS_SEQUENCE_2020;
    m.thin_air = false;
    m.naive = false;
    return m;
}

#endif
