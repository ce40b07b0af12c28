/* SPDX-License-Identifier: MIT
 *
 * tests/map/bounded_exact.c - what LOFT_FULL means: while one call puts in a key, others fill the map and empty it, at
 * all places of that call, and before each access, theirs too, it is seen whether the call may be refused.
 *
 * build: also release -DNDEBUG
 */
static void point(void);
#define LOFT_POINT() point()

#include <loft/smr/ebr.h>

#define LOFT_MAP_NAME    all
#define LOFT_MAP_KEY     int
#define LOFT_MAP_VAL     int
#define LOFT_MAP_SMR     loft_ebr
#include <loft/map/list.h>
#define LOFT_MAP_NAME    few
#define LOFT_MAP_VAL     int
#define LOFT_MAP_ENGINE  all
#include <loft/map/bounded.h>

#include "tap.h"

enum { CAPACITY = 2, STAGES = 3, KEY = 1, LAPS = 127 };

/* What others do: a digit puts that key in, one behind a minus takes it out; and so it goes with 2, again and again,
 * behind a star. */
struct script {
    const char *before;
    const char *stage[STAGES];
};

static loft_ebr domain;
static loft_ebr_thread *mine;
static loft_ebr_thread *theirs;
static loft_ebr_thread *watcher;
static few map;

enum doing { NOTHING, MY_CALL, THEIR_CALLS, LOOKING };
static enum doing doing = NOTHING;
static const struct script *script;
static loft_bounded_full policy;
static size_t more;                                      /* places beside CAPACITY, which somebody has         */
static long at[STAGES];                                  /* the accesses of my call before which they come     */
static int next_stage;
static long accesses;
static bool may_refuse;
static bool too_many;

static void
look(void)
{
    const enum doing was = doing;
    doing = LOOKING;
    if (few_count(&map, watcher, NULL, NULL, 0) > CAPACITY || few_remaining(&map) > CAPACITY)
        too_many = true;
    if (few_is_full(&map) && (policy == LOFT_BOUNDED_REFUSE ? !few_contains(&map, watcher, KEY)
                                                            : few_is_empty(&map, watcher)))
        may_refuse = true;
    doing = was;
}

static void
do_all(const char *what)
{
    for (; *what; what++) {
        if (*what == '*') {
            const enum doing was = doing;
            doing = NOTHING;
            for (int i = 0; i < LAPS; i++)
                do_all("-22");
            doing = was;
        } else if (*what == '-') {
            (void)few_remove(&map, theirs, *++what - '0', NULL);
        } else if (few_put(&map, theirs, *what - '0', 0) == LOFT_NOMEM) {
            abort();
        }
    }
}

static void
point(void)
{
    if (doing != MY_CALL && doing != THEIR_CALLS)
        return;
    look();
    if (doing == THEIR_CALLS)
        return;
    for (; next_stage < STAGES && at[next_stage] == accesses; next_stage++) {
        doing = THEIR_CALLS;
        do_all(script->stage[next_stage]);
        doing = MY_CALL;
    }
    accesses++;
}

static loft_status
my_call(int what)
{
    int v = 7;
    loft_status s = LOFT_EXISTS;
    doing = MY_CALL;
    switch (what) {
    case 0: s = few_put(&map, mine, KEY, 7); break;
    case 1: s = few_put_if_absent(&map, mine, KEY, 7); break;
    case 2: s = few_get_or_insert(&map, mine, KEY, 7, &v); break;
    }
    look();
    doing = NOTHING;
    return s;
}

struct tally {
    unsigned long runs;
    unsigned long refused;
    unsigned long wrong;
};

/* One run; how many accesses it made. */
static long
run(int what, struct tally *tally)
{
    few_options o;
    memset(&o, 0, sizeof o);
    o.capacity = CAPACITY + more;
    o.full = policy;
    if (few_init_with(&map, &domain, &o) != LOFT_OK)
        abort();
    loft_init(&map.places, (loft_seq)CAPACITY);
    do_all(script->before);
    next_stage = 0;
    accesses = 0;
    may_refuse = false;
    const loft_status s = my_call(what);
    const size_t n = few_count(&map, watcher, NULL, NULL, 0);
    tally->runs++;
    tally->refused += s == LOFT_FULL;
    tally->wrong += (s == LOFT_FULL && !may_refuse) || few_remaining(&map) != CAPACITY - n
                 || (s == LOFT_OK && next_stage == 0 && !few_contains(&map, watcher, KEY));
    few_fini(&map);
    return accesses;
}

static void
everywhere(const char *name, const struct script *s, loft_bounded_full full, bool is_refused)
{
    struct tally tally = { 0, 0, 0 };
    char text[120];
    script = s;
    policy = full;
    for (int i = 0; i < STAGES; i++)
        at[i] = -1;
    const long last = run(0, &tally) + 6;
    for (at[0] = 0; at[0] < last; at[0]++)
        for (at[1] = at[0]; at[1] < last; at[1]++)
            for (at[2] = at[1]; at[2] < last; at[2]++)
                (void)run((int)(tally.runs % 3), &tally);
    snprintf(text, sizeof text, "%s: %lu of %lu calls are refused, if they may be", name, tally.refused, tally.runs);
    ok(tally.wrong == 0 && (tally.refused > 0) == is_refused && tally.runs > 500, text);
}

int
main(void)
{
    static const struct script fill = { "", { "1", "2", "" } };
    static const struct script twice = { "", { "12", "-2-1", "12" } };
    static const struct script again = { "23", { "-3", "3", "-24" } };
    static const struct script laps = { "", { "12", "-1", "1*" } };
    static const struct script empties = { "23", { "-2-3", "23", "-2-3" } };
    if (loft_ebr_init(&domain, NULL) != LOFT_OK || !(mine = loft_ebr_join(&domain))
        || !(theirs = loft_ebr_join(&domain)) || !(watcher = loft_ebr_join(&domain)))
        abort();
    everywhere("others put the key in, and fill the map", &fill, LOFT_BOUNDED_REFUSE, false);
    everywhere("they empty it, and fill it again", &twice, LOFT_BOUNDED_REFUSE, false);
    /* So many places that there are 7 bits left of a word of 32 to count those that are given back: as many as laps. */
    more = (size_t)1 << 24;
    everywhere("they empty and fill it so often that a small count comes round", &laps, LOFT_BOUNDED_REFUSE, false);
    more = 0;
    everywhere("entries come and go in a full map", &again, LOFT_BOUNDED_REFUSE, true);
    everywhere("the lowest is dropped, and the map is empty, and full again", &empties, LOFT_BOUNDED_DROP_FIRST, false);
    everywhere("the highest is dropped, and the map is empty, and full again", &empties, LOFT_BOUNDED_DROP_LAST, false);
    ok(!too_many, "and never an entry too many");
    loft_ebr_leave(mine);
    loft_ebr_leave(theirs);
    loft_ebr_leave(watcher);
    ok(loft_ebr_fini(&domain) == LOFT_OK, "nothing is left in the domain");
    return done();
}
