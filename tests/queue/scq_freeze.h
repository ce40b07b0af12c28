/* SPDX-License-Identifier: MIT
 *
 * tests/queue/scq_freeze.h - what scq_freeze.c and scq_word_freeze.c do to a queue for many threads. Include it once,
 * after
 *
 *     #define LOFT_QUEUE_NAME wordq           and the header of the queue, of uint64_t
 *     #define FREEZE_NAME wordq
 *     #include "freeze.h"
 *
 * and the same for lapq of support/lap_ring.h, the control. It defines freeze_all().
 */
#define LIMIT 20000u                                     /* accesses that a thread alone may need for one operation */

/* ---- real threads ---------------------------------------------------------------------------------------------- */

static void
frozen_thread(void)
{
    const uint64_t long_time = (uint64_t)20000000000u;
    const uint64_t short_time = 200000000u;
    char text[160];
    for (int state = FREEZE_NEW; state < FREEZE_STATES; state++) {
        for (int op = FREEZE_PUSH; op <= FREEZE_POP; op++) {
            long points = 0;
            long blocked = 0;
            unsigned long lost = 0;
            unsigned long doubled = 0;
            for (size_t capacity = 2; capacity <= 8; capacity *= 4) {
                const struct freeze_report r =
                    wordq_freeze((enum freeze_op)op, (enum freeze_state)state, capacity, long_time);
                points += r.points;
                blocked += r.blocked;
                lost += r.lost;
                doubled += r.doubled;
            }
            snprintf(text, sizeof text, "%s frozen in a queue that is %s (%ld places): others go on, nothing is lost",
                     op == FREEZE_PUSH ? "push" : "pop", freeze_state_name[state], points);
            if (!ok(points >= 2 && blocked == 0 && lost == 0 && doubled == 0, text))
                note("blocked at %ld places, %lu lost, %lu doubled", blocked, lost, doubled);
        }
    }

    const struct freeze_report push = lapq_freeze(FREEZE_PUSH, FREEZE_HALF, 4, short_time);
    const struct freeze_report pop = lapq_freeze(FREEZE_POP, FREEZE_HALF, 4, short_time);
    ok(push.blocked && pop.blocked, "control: a ring that is blocking by design is found blocking");
    ok(push.lost + push.doubled + pop.lost + pop.doubled == 0, "control: it loses nothing when the victim goes on");
}

/* ---- puppets --------------------------------------------------------------------------------------------------- */

#define PUPPETS 12

struct task {
    wordq *q;
    int what;
    uint64_t value;
    bool did;
};

enum { TASK_PUSH, TASK_POP, TASK_CLOSE };

static struct puppet puppet[PUPPETS];

static void
task_body(void *arg)
{
    struct task *t = (struct task *)arg;
    if (t->what == TASK_PUSH)
        t->did = wordq_try_push(t->q, t->value);
    else if (t->what == TASK_POP)
        t->did = wordq_try_pop(t->q, &t->value);
    else
        wordq_close(t->q);
}

static void
give(struct puppet *p, struct task *t, wordq *q, int what, uint64_t value)
{
    t->q = q;
    t->what = what;
    t->value = value;
    t->did = what == TASK_CLOSE;
    puppet_give(p, task_body, t);
}

/* The state in which the victims begin; how many elements are inside, numbered from 1. */
static uint64_t
prepare(wordq *q, enum freeze_state state, size_t capacity)
{
    uint64_t v;
    uint64_t n = 0;
    if (wordq_init(q, capacity) != LOFT_OK)
        abort();
    if (state != FREEZE_NEW)
        for (size_t k = 0; k < 3 * capacity + 1; k++)
            if (!wordq_try_push(q, 1) || !wordq_try_pop(q, &v))
                abort();
    if (state == FREEZE_MISSED || state == FREEZE_MISSED_OFTEN)
        for (size_t k = 0; k < (state == FREEZE_MISSED ? 1 : 8 * capacity); k++)
            if (wordq_try_pop(q, &v))
                abort();
    const uint64_t want = state == FREEZE_HALF ? capacity / 2 : state == FREEZE_ALMOST ? capacity - 1
                        : state == FREEZE_FULL ? capacity : 0;
    while (n < want)
        if (!wordq_try_push(q, ++n))
            abort();
    return n;
}

/* Every value 1..n was pushed; the mask says which came out. */
struct account {
    uint64_t pushed;
    uint64_t came;
    bool twice;
    bool strange;
};

static void
took(struct account *a, uint64_t value)
{
    if (value == 0 || value > 60 || !(a->pushed >> value & 1))
        a->strange = true;
    else if (a->came >> value & 1)
        a->twice = true;
    a->came |= (uint64_t)1 << (value & 63);
}

/* Where LOFT_TEST_SCALE asks for less, the second victim stops at every second to fifth place, at others beside each
 * place of the first. The puppets move in turn: no sanitizer sees more in them than in a single thread. */
static unsigned long
places_apart(void)
{
    const unsigned long percent = (unsigned long)scaled(100);
    return percent >= 100 ? 1 : percent <= 20 ? 5 : 100 / percent;
}

/* Two victims stand still at any two places; a third thread, alone, must come through whatever it calls; then the
 * victims go on one after the other. */
static void
two_victims(size_t capacity)
{
    const unsigned long apart = places_apart();
    unsigned long runs = 0;
    unsigned long stuck = 0;
    unsigned long wrong = 0;
    for (int state = FREEZE_NEW; state < FREEZE_STATES; state++) {
        for (int pair = 0; pair < 4; pair++) {
            bool more_i = true;
            for (unsigned long i = 0; more_i; i++) {
                bool more_j = true;
                for (unsigned long j = i % apart; more_j; j += apart) {
                    wordq q;
                    struct task t[2];
                    struct account a = { 0, 0, false, false };
                    uint64_t next = prepare(&q, (enum freeze_state)state, capacity);
                    a.pushed = (((uint64_t)1 << (next + 1)) - 1) & ~(uint64_t)1;
                    for (int k = 0; k < 2; k++)
                        give(&puppet[k], &t[k], &q, pair >> k & 1 ? TASK_POP : TASK_PUSH, ++next);
                    more_i = !puppet_run(&puppet[0], i);
                    more_j = !puppet_run(&puppet[1], j);
                    /* Pushed by a victim counts as pushed as soon as it may be seen. */
                    for (int k = 0; k < 2; k++)
                        if (t[k].what == TASK_PUSH)
                            a.pushed |= (uint64_t)1 << t[k].value;

                    /* The third: a few of each, then the rest, always from the same side first. */
                    for (int step = 0; step < 8 + (int)capacity; step++) {
                        struct task u;
                        const bool push = step < 8 ? (step ^ pair) & 1 : false;
                        give(&puppet[2], &u, &q, push ? TASK_PUSH : TASK_POP, next + 1);
                        if (!puppet_finish(&puppet[2], LIMIT)) {
                            stuck++;
                            puppet_finish(&puppet[0], LIMIT);
                            puppet_finish(&puppet[1], LIMIT);
                            puppet_finish(&puppet[2], LIMIT);
                        }
                        if (push && u.did)
                            a.pushed |= (uint64_t)1 << ++next;
                        else if (!push && u.did)
                            took(&a, u.value);
                    }
                    const int first = (int)((i + j) & 1);
                    for (int k = 0; k < 2; k++) {
                        const int who = k ? 1 - first : first;
                        if (!puppet_finish(&puppet[who], LIMIT))
                            stuck++;
                        if (t[who].what == TASK_POP && t[who].did)
                            took(&a, t[who].value);
                        else if (t[who].what == TASK_PUSH && !t[who].did)
                            a.pushed &= ~((uint64_t)1 << t[who].value);
                    }
                    for (uint64_t v; wordq_try_pop(&q, &v);)
                        took(&a, v);
                    /* Quiescent again: the whole capacity is there. */
                    size_t room = 0;
                    while (wordq_try_push(&q, 1))
                        room++;
                    if (a.came != a.pushed || a.twice || a.strange || room != capacity) {
                        if (wrong++ == 0)
                            note("state %s, pair %d, frozen at %lu and %lu: pushed %llx, came %llx, room %lu",
                                 freeze_state_name[state], pair, i, j, (unsigned long long)a.pushed,
                                 (unsigned long long)a.came, (unsigned long)room);
                    }
                    wordq_fini(&q);
                    runs++;
                }
            }
        }
    }
    note("%lu pairs of places", runs);
    char text[120];
    snprintf(text, sizeof text, "capacity %lu, two frozen anywhere: a third, alone, always comes through",
             (unsigned long)capacity);
    ok_eq(stuck, 0, text);
    snprintf(text, sizeof text, "capacity %lu, two frozen anywhere: nothing is lost or doubled, no slot is lost",
             (unsigned long)capacity);
    ok_eq(wrong, 0, text);
}

/* Many pops stand still in an empty queue, at one and the same place; an element goes in; they go on. Whoever gets
 * it: it must not be invisible afterwards to a pop that begins when all others are over. */
static void
stalled_pops(size_t capacity)
{
    unsigned long hidden = 0;
    unsigned long runs = 0;
    unsigned long lost = 0;
    for (int state = FREEZE_NEW; state <= FREEZE_MISSED; state++) {
        for (int many = 1; many <= PUPPETS; many++) {
            bool more = true;
            for (unsigned long k = 0; more; k++) {
                for (int pushes = 1; pushes <= (int)capacity; pushes++) {
                    wordq q;
                    struct task t[PUPPETS];
                    int got = 0;
                    uint64_t v;
                    prepare(&q, (enum freeze_state)state, capacity);
                    more = false;
                    for (int p = 0; p < many; p++) {
                        give(&puppet[p], &t[p], &q, TASK_POP, 0);
                        if (!puppet_run(&puppet[p], k))
                            more = true;
                    }
                    int in = 0;
                    for (int p = 0; p < pushes; p++)
                        in += wordq_try_push(&q, (uint64_t)p + 1);
                    for (int p = 0; p < many; p++) {
                        puppet_finish(&puppet[(p + (int)k) % many], LIMIT);
                        got += t[(p + (int)k) % many].did;
                    }
                    int after = 0;
                    while (wordq_try_pop(&q, &v))
                        after++;
                    if (in != pushes || got + after != in) {
                        if (hidden++ == 0)
                            note("%s: %d pops stood before access %lu, %d of %d elements went in, the pops got %d, "
                                 "and then the queue says empty after %d", freeze_state_name[state], many, k, in,
                                 pushes, got, after);
                        wordq_close(&q);
                    }
                    /* Is it lost, or only hidden until the next push? */
                    if (wordq_try_push(&q, 99)) {
                        while (wordq_try_pop(&q, &v))
                            after++;
                        lost += got + after != in + 1;
                    }
                    wordq_fini(&q);
                    runs++;
                }
            }
        }
    }
    char text[160];
    snprintf(text, sizeof text, "capacity %lu, up to %d pops stalled while elements go in: none hides from a later pop",
             (unsigned long)capacity, PUPPETS);
    note("%lu runs", runs);
    ok_eq(hidden, 0, text);
    ok_eq(lost, 0, "nor lost altogether");
}

/* More pushes than slots stand still; pops and pushes of others go on around them. */
static void
stalled_pushes(size_t capacity)
{
    unsigned long wrong = 0;
    for (int state = FREEZE_NEW; state < FREEZE_STATES; state++) {
        for (int many = 1; many <= PUPPETS; many++) {
            bool more = true;
            for (unsigned long k = 0; more; k++) {
                wordq q;
                struct task t[PUPPETS];
                uint64_t v;
                size_t in = (size_t)prepare(&q, (enum freeze_state)state, capacity);
                size_t out = 0;
                more = false;
                for (int p = 0; p < many; p++) {
                    give(&puppet[p], &t[p], &q, TASK_PUSH, 100u + (unsigned)p);
                    if (!puppet_run(&puppet[p], k))
                        more = true;
                }
                for (size_t r = 0; r < 3 * capacity; r++) {
                    out += wordq_try_pop(&q, &v);
                    in += wordq_try_push(&q, 7);
                }
                for (int p = 0; p < many; p++) {
                    if (!puppet_finish(&puppet[(p + (int)k) % many], LIMIT))
                        wrong++;
                    in += t[(p + (int)k) % many].did;
                }
                while (wordq_try_pop(&q, &v))
                    out++;
                size_t room = 0;
                while (wordq_try_push(&q, 1))
                    room++;
                if ((in != out || room != capacity) && wrong++ == 0)
                    note("%s: %d pushes stood before access %lu: %lu in, %lu out, then room for %lu",
                         freeze_state_name[state], many, k, (unsigned long)in, (unsigned long)out, (unsigned long)room);
                wordq_fini(&q);
            }
        }
    }
    char text[160];
    snprintf(text, sizeof text, "capacity %lu, up to %d pushes stalled: what goes in comes out, no slot is lost",
             (unsigned long)capacity, PUPPETS);
    ok_eq(wrong, 0, text);
}

/* A call is chased: between any two of its accesses others ask the empty queue for an element, or a full one for room.
 * Each of those comes back with "no"; if they could go on to spoil the place the call is about to use, it would never
 * end although nobody stands still. */
static void
chased(size_t capacity)
{
    unsigned long worst = 0;
    unsigned long starved = 0;
    unsigned long wrong = 0;
    for (int what = TASK_PUSH; what <= TASK_POP; what++) {
        for (int state = FREEZE_NEW; state < FREEZE_STATES; state++) {
            for (unsigned stride = 1; stride <= 12; stride++) {
                for (int chasers = 1; chasers <= 3; chasers++) {
                    wordq q;
                    struct task t;
                    uint64_t v;
                    size_t len = (size_t)prepare(&q, (enum freeze_state)state, capacity);
                    if (what == TASK_POP)
                        for (; len < capacity; len++)
                            if (!wordq_try_push(&q, len + 1))
                                abort();
                    if (what == TASK_PUSH)
                        for (; len != 0; len--)
                            if (!wordq_try_pop(&q, &v))
                                abort();
                    give(&puppet[0], &t, &q, what, 77);
                    unsigned long accesses = 0;
                    long extra = 0;                      /* what the chasers moved after all */
                    while (!puppet_run(&puppet[0], stride) && accesses < 5000) {
                        accesses += stride;
                        for (int c = 0; c < chasers; c++)
                            extra += what == TASK_PUSH ? wordq_try_pop(&q, &v) : wordq_try_push(&q, 88);
                    }
                    if (accesses > worst)
                        worst = accesses;
                    if (accesses >= 5000) {
                        starved++;
                        puppet_finish(&puppet[0], LIMIT);
                    }
                    long left = 0;
                    while (wordq_try_pop(&q, &v))
                        left++;
                    const long want = what == TASK_PUSH ? 1 - extra : (long)capacity - 1 + extra;
                    wrong += !t.did || left != want;
                    wordq_fini(&q);
                }
            }
        }
    }
    char text[160];
    snprintf(text, sizeof text, "capacity %lu, calls chased by others that find nothing end (%lu accesses at most)",
             (unsigned long)capacity, worst);
    ok_eq(starved, 0, text);
    ok_eq(wrong, 0, "and do what they say");
}

/* ---- close ----------------------------------------------------------------------------------------------------- */

/* A push, a pop and another close stand still anywhere while the queue is closed and drained. After a pop that
 * began after close() has said empty, nothing may ever come out, and no push may say that it went in. */
static void
close_meets(int what, size_t capacity, const char *name)
{
    unsigned long wrong = 0;
    unsigned long stuck = 0;
    unsigned long places = 0;
    for (int state = FREEZE_NEW; state < FREEZE_STATES; state++) {
        for (int many = 1; many <= 3; many++) {
            bool more = true;
            for (unsigned long k = 0; more; k++) {
                wordq q;
                struct task t[3];
                struct account a = { 0, 0, false, false };
                uint64_t v;
                const uint64_t n = prepare(&q, (enum freeze_state)state, capacity);
                a.pushed = (((uint64_t)1 << (n + 1)) - 1) & ~(uint64_t)1;
                more = false;
                for (int p = 0; p < many; p++) {
                    give(&puppet[p], &t[p], &q, what, n + 1 + (unsigned)p);
                    if (!puppet_run(&puppet[p], k))
                        more = true;
                    if (what == TASK_PUSH)
                        a.pushed |= (uint64_t)1 << (n + 1 + (unsigned)p);
                }
                struct task c;
                give(&puppet[3], &c, &q, TASK_CLOSE, 0);
                if (!puppet_finish(&puppet[3], LIMIT))
                    stuck++;
                if (!wordq_is_closed(&q) || wordq_try_push(&q, 40))
                    wrong++;
                struct task u;
                do {
                    give(&puppet[4], &u, &q, TASK_POP, 0);
                    if (!puppet_finish(&puppet[4], LIMIT))
                        stuck++;
                    if (u.did)
                        took(&a, u.value);
                } while (u.did);
                bool late = false;                       /* from here on it is drained for good */
                for (int p = 0; p < many; p++) {
                    if (!puppet_finish(&puppet[p], LIMIT))
                        stuck++;
                    if (what == TASK_POP && t[p].did)
                        took(&a, t[p].value);
                    if (what == TASK_PUSH && !t[p].did)
                        a.pushed &= ~((uint64_t)1 << t[p].value);
                    while (wordq_try_pop(&q, &v)) {
                        late = true;
                        took(&a, v);
                    }
                }
                if ((a.came != a.pushed || a.twice || a.strange || late) && wrong++ == 0)
                    note("%s, %d x %s frozen before access %lu: pushed %llx, came %llx%s", freeze_state_name[state],
                         many, name, k, (unsigned long long)a.pushed, (unsigned long long)a.came,
                         late ? ", an element came out of a queue drained for good" : "");
                wordq_fini(&q);
                places++;
            }
        }
    }
    char text[160];
    snprintf(text, sizeof text, "capacity %lu, closed and drained while a %s stands anywhere (%lu): drained for good",
             (unsigned long)capacity, name, places);
    ok_eq(wrong, 0, text);
    ok_eq(stuck, 0, "and nobody waits for it");
}

/* Half of a close: pushes and pops go on, another close completes, and the frozen one changes nothing afterwards. */
static void
close_frozen(size_t capacity)
{
    unsigned long wrong = 0;
    unsigned long stuck = 0;
    unsigned long places = 0;
    for (int state = FREEZE_NEW; state < FREEZE_STATES; state++) {
        bool more = true;
        for (unsigned long k = 0; more; k++) {
            wordq q;
            struct task c;
            struct account a = { 0, 0, false, false };
            uint64_t v;
            uint64_t n = prepare(&q, (enum freeze_state)state, capacity);
            a.pushed = (((uint64_t)1 << (n + 1)) - 1) & ~(uint64_t)1;
            give(&puppet[0], &c, &q, TASK_CLOSE, 0);
            more = !puppet_run(&puppet[0], k);
            bool refused = false;
            for (int r = 0; r < 6; r++) {
                struct task u;
                give(&puppet[1], &u, &q, TASK_POP, 0);
                stuck += !puppet_finish(&puppet[1], LIMIT);
                if (u.did)
                    took(&a, u.value);
                give(&puppet[1], &u, &q, TASK_PUSH, n + 1);
                stuck += !puppet_finish(&puppet[1], LIMIT);
                if (u.did) {
                    a.pushed |= (uint64_t)1 << ++n;
                    if (refused)                         /* closed once, closed for ever: there was room */
                        wrong++;
                } else {
                    refused = true;
                }
            }
            wordq_close(&q);
            if (!wordq_is_closed(&q) || wordq_try_push(&q, 40))
                wrong++;
            stuck += !puppet_finish(&puppet[0], LIMIT);
            while (wordq_try_pop(&q, &v))
                took(&a, v);
            if (!wordq_is_closed(&q) || wordq_try_push(&q, 40) || wordq_approx_len(&q) != 0)
                wrong++;
            if (a.came != a.pushed || a.twice || a.strange)
                if (wrong++ == 0)
                    note("%s, close frozen before access %lu: pushed %llx, came %llx", freeze_state_name[state], k,
                         (unsigned long long)a.pushed, (unsigned long long)a.came);
            wordq_fini(&q);
            places++;
        }
    }
    char text[160];
    snprintf(text, sizeof text, "capacity %lu, a close frozen anywhere (%lu): others go on, another close completes",
             (unsigned long)capacity, places);
    ok_eq(wrong, 0, text);
    ok_eq(stuck, 0, "and nobody waits for it");
}

/* A push and a close stand anywhere. As soon as is_closed() is true, the pops that follow drain for good: what the push
 * does when it goes on, nobody gets. */
static void
close_said(size_t capacity)
{
    unsigned long wrong = 0;
    unsigned long said = 0;
    for (int state = FREEZE_NEW; state < FREEZE_STATES; state++) {
        bool more_i = true;
        for (unsigned long i = 0; more_i; i++) {
            bool more_j = true;
            for (unsigned long j = 0; more_j; j++) {
                wordq q;
                struct task push;
                struct task closing;
                uint64_t v;
                prepare(&q, (enum freeze_state)state, capacity);
                give(&puppet[0], &push, &q, TASK_PUSH, 50);
                give(&puppet[1], &closing, &q, TASK_CLOSE, 0);
                more_i = !puppet_run(&puppet[0], i);
                more_j = !puppet_run(&puppet[1], j);
                const bool closed = wordq_is_closed(&q);
                while (wordq_try_pop(&q, &v))
                    continue;
                wrong += !puppet_finish(&puppet[0], LIMIT);
                if (closed && wordq_try_pop(&q, &v))
                    wrong++;
                said += closed && more_j;
                wrong += !puppet_finish(&puppet[1], LIMIT);
                wordq_fini(&q);
            }
        }
    }
    char text[160];
    snprintf(text, sizeof text, "capacity %lu, said to be closed (%lu times by who has not returned): drained for good",
             (unsigned long)capacity, said);
    ok_eq(wrong, 0, text);
}

static void
freeze_all(void)
{
    puppet_gather();
    for (int p = 0; p < PUPPETS; p++)
        puppet_start(&puppet[p]);
    for (size_t capacity = 2; capacity <= 4; capacity *= 2) {
        close_meets(TASK_PUSH, capacity, "push");
        close_meets(TASK_POP, capacity, "pop");
        close_meets(TASK_CLOSE, capacity, "close");
        close_frozen(capacity);
        close_said(capacity);
        stalled_pops(capacity);
        stalled_pushes(capacity);
        chased(capacity);
    }
    two_victims(2);
    two_victims(4);
    for (int p = 0; p < PUPPETS; p++)
        puppet_end(&puppet[p]);
    puppet_scatter();
    frozen_thread();
}
