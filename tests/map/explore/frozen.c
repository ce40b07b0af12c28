/* SPDX-License-Identifier: MIT
 *
 * tests/map/explore/frozen.c - frozen.h in every execution that C11 allows: threads that get a map by a release and an
 * acquire read entries that nobody writes any more, and compute its hash at the same time.
 */
#include <loft/check/explore.h>

#define LOFT_MAP_NAME        few
#define LOFT_MAP_KEY         int
#define LOFT_MAP_VAL         int
#define LOFT_MAP_HASH(k, v)  ((k) + 10 * (v))
#include <loft/map/frozen.h>

static few map;
static LOFT_ATOMIC(few *) ready;

static void begin(void) { loft_init(&ready, (few *)NULL); }

static void
end(void)
{
    few_fini(&map);
}

static void
maker(int t)
{
    static const int key[] = { 1, 2, 3 };
    static const int val[] = { 4, 5, 6 };
    (void)t;
    loft_explore_check(few_init_sorted(&map, NULL, key, val, 3) == LOFT_OK);
    loft_store(&ready, &map, release);                   /* maker:A release -> reader:A: the map */
}

static void
reader(int t)
{
    int v = 0;
    few *const m = loft_load(&ready, acquire);           /* reader:A acquire <- maker:A: the map */
    (void)t;
    if (!m)
        return;
    loft_explore_promise(LOFT_EXPLORE_WAIT_FREE, 20);
    loft_explore_call(0, 0, 0);
    const size_t hash = few_hash(m);
    loft_explore_return(true, 0);
    loft_explore_check(hash != 0 && few_hash(m) == hash);
    loft_explore_check(few_get(m, 2, &v) && v == 5 && !few_contains(m, 4));
}

#define CLIENT(text, ...) { .name = (text), .setup = begin, .thread = { __VA_ARGS__ }, .finish = end }

static const loft_explore_client clients[] = {
    CLIENT("one makes, one reads", maker, reader),
    CLIENT("two read, one hash", maker, reader, reader),
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
