/* SPDX-License-Identifier: MIT
 *
 * tests/queue/explore/wcq_draw.c - how a request of wcq_ring.h draws its tickets, alone: each ticket is drawn once, by
 * one request or one call, and a request goes forward.
 */
#include <loft/check/explore.h>

#define LOFT_WCQ_PATIENCE  0
#define LOFT_WCQ_LOOKS     0
#include <loft/queue/wcq_ring.h>

enum { MEMBERS = 2, TICKETS = 16 };

static loft_wcq q;
static loft_wcq_member member[MEMBERS];
static LOFT_ATOMIC(loft_seq) head[2];
static LOFT_ATOMIC(loft_seq) tail[2];
static loft_dwatomic entry[2][4];
static LOFT_ATOMIC(unsigned) whose[TICKETS];             /* of each ticket: 1 + the member, or 8 + the thread */
static loft_seq first;                                   /* the state from which the request of member 0 goes on */
static loft_seq kind;
static loft_seq wish;

static void
begin_at(loft_seq its_kind, loft_seq state, loft_seq name)
{
    LOFT_ATOMIC(loft_seq) *const counter = its_kind ? &head[0] : &tail[0];
    kind = its_kind;
    wish = 4;
    first = state | kind;
    loft_wcq_members_init_(&q, member, MEMBERS);
    for (unsigned r = 0; r < 2; r++)
        loft_wcq_ring_init_(&q.ring[r], entry[r], &head[r], &tail[r], 1, MEMBERS, false, 0);
    for (unsigned i = 0; i < TICKETS; i++)
        loft_init(&whose[i], 0u);
    loft_init(&member[0].wish, wish);
    loft_init(&member[0].state, first);
    loft_init(counter, 4 * LOFT_WCQ_UNIT_ | name);
}

/* New; with a ticket that has failed and is told, but the name still there; the same without the name. */
static void begin_new(void) { begin_at(0, LOFT_WCQ_UNIT_ | LOFT_WCQ_NEW_, 0); }
static void begin_asks(void) { begin_at(0, 4 * LOFT_WCQ_UNIT_ | LOFT_WCQ_ASKS_, 0); }
static void begin_pop(void) { begin_at(LOFT_WCQ_POP_, LOFT_WCQ_UNIT_ | LOFT_WCQ_NEW_, 0); }
static void begin_named(void) { begin_at(0, 3 * LOFT_WCQ_UNIT_, 1); }
static void begin_failed(void) { begin_at(0, 3 * LOFT_WCQ_UNIT_, 0); }
static void begin_other(void) { begin_at(0, LOFT_WCQ_UNIT_ | LOFT_WCQ_NEW_, 2); }

static void
drawn(loft_seq s, unsigned by)
{
    const loft_seq ticket = loft_wcq_ticket_(s) / LOFT_WCQ_UNIT_;
    loft_explore_check(ticket < TICKETS);
    const unsigned before = loft_exchange(&whose[ticket], by, relaxed);
    loft_explore_check(before == 0 || before == by);
}

/* One ticket for the request, or two. */
static void
draws(unsigned times)
{
    loft_seq s = first;
    while (times--) {
        const loft_seq before = s;
        loft_explore_check(loft_wcq_draw_(&q, &member[0], wish, &s));
        loft_explore_check((before & (LOFT_WCQ_NEW_ | LOFT_WCQ_ASKS_)) || s > before);
        drawn(s, 1);
    }
}

static void once(int thread) { (void)thread; draws(1); }
static void twice(int thread) { (void)thread; draws(2); }

/* A call alone. */
static void
alone(int thread)
{
    drawn(loft_fetch_add(kind ? &head[0] : &tail[0], LOFT_WCQ_UNIT_, seq_cst), 8u + (unsigned)thread);
}

/* A request of the other member's. */
static void
settles(int thread)
{
    (void)thread;
    (void)loft_wcq_settle_(&q, kind ? &head[0] : &tail[0], kind);
}

/* A helper that has drawn what the request asks for at first, and told nobody yet. */
static void
names(int thread)
{
    loft_seq want = loft_wcq_ticket_(first);
    (void)thread;
    if (loft_cas_strong(kind ? &head[0] : &tail[0], &want, (want + LOFT_WCQ_UNIT_) | 1u, seq_cst, relaxed))
        drawn(first, 1);
}

/* What has been drawn is no more than what has been counted, and the request has one of them if it asks for none. */
static void
end(void)
{
    const loft_seq s = loft_load(&member[0].state, relaxed);
    const loft_seq count = loft_load(kind ? &head[0] : &tail[0], relaxed);
    for (loft_seq i = count / LOFT_WCQ_UNIT_; i < TICKETS; i++)
        loft_explore_check(loft_load(&whose[i], relaxed) == 0);
    if (!(s & (LOFT_WCQ_NEW_ | LOFT_WCQ_ASKS_)))
        loft_explore_check(loft_wcq_ticket_(s) < count);
}

#define CLIENT(text, before, ...) \
    { .name = (text), .setup = (before), .thread = { __VA_ARGS__ }, .finish = end, .spins = 8, \
      .spurious = LOFT_EXPLORE_NONE }
#define SOME(text, count, before, ...) \
    { .name = (text), .setup = (before), .thread = { __VA_ARGS__ }, .finish = end, .spins = 8, .executions = (count) }

static const loft_explore_client clients[] = {
    CLIENT("once|once", begin_new, once, once),
    CLIENT("once|alone", begin_new, once, alone),
    CLIENT("once|once, a pop", begin_pop, once, once),
    CLIENT("once|settles, named", begin_named, once, settles),
    CLIENT("once|once, named", begin_named, once, once),
    CLIENT("once|settles|alone, named", begin_named, once, settles, alone),
    CLIENT("once|settles|alone", begin_failed, once, settles, alone),
    CLIENT("once|settles, another named", begin_other, once, settles),
    CLIENT("once|once|alone", begin_new, once, once, alone),
    CLIENT("once|once|alone, named", begin_named, once, once, alone),
    CLIENT("names|settles|twice, asking", begin_asks, names, settles, twice),
    SOME("twice|twice", 5000, begin_new, twice, twice),
    SOME("twice|twice, named", 5000, begin_named, twice, twice),
    SOME("twice|twice|alone", 5000, begin_failed, twice, twice, alone),
    SOME("twice|once|alone", 5000, begin_failed, twice, once, alone),
    SOME("once|settles|twice", 5000, begin_new, once, settles, twice),
    SOME("once|settles|twice, asking", 2000, begin_asks, once, settles, twice),
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
