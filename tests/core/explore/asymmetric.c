/* SPDX-License-Identifier: MIT
 *
 * tests/core/explore/asymmetric.c - what the fences of asymmetric.h order, and what they do not.
 */
#include <loft/check/explore.h>

#include <loft/core/asymmetric.h>

static LOFT_ATOMIC(unsigned) x;
static LOFT_ATOMIC(unsigned) y;
static unsigned payload;
static unsigned seen[2];
static bool asym;

static void
begin(void)
{
    asym = true;
    loft_init(&x, 0u);
    loft_init(&y, 0u);
    loft_plain_write(&payload, 0u);
}

static void
begin_plain(void)
{
    begin();
    asym = false;
}

static void
light_x(int thread)
{
    loft_store(&x, 1u, relaxed);                         /* light_x:A relaxed: light_x:B orders it */
    loft_fence_light(asym, seq_cst);                     /* light_x:B seq_cst <-> heavy_y:B, light_y:B, plain_y:B: SB */
    seen[thread] = loft_load(&y, relaxed);               /* light_x:C relaxed: light_x:B orders it */
}

static void
light_y(int thread)
{
    loft_store(&y, 1u, relaxed);                         /* light_y:A relaxed: light_y:B orders it */
    loft_fence_light(asym, seq_cst);                     /* light_y:B seq_cst <-> light_x:B: SB */
    seen[thread] = loft_load(&x, relaxed);               /* light_y:C relaxed: light_y:B orders it */
}

static void
heavy_y(int thread)
{
    loft_store(&y, 1u, relaxed);                         /* heavy_y:A relaxed: heavy_y:B orders it */
    loft_explore_check(loft_fence_heavy(asym, seq_cst)); /* heavy_y:B seq_cst <-> light_x:B, heavy_x:B: SB */
    seen[thread] = loft_load(&x, relaxed);               /* heavy_y:C relaxed: heavy_y:B orders it */
}

static void
heavy_x(int thread)
{
    loft_store(&x, 1u, relaxed);                         /* heavy_x:A relaxed: heavy_x:B orders it */
    loft_explore_check(loft_fence_heavy(asym, seq_cst)); /* heavy_x:B seq_cst <-> heavy_y:B: SB */
    seen[thread] = loft_load(&y, relaxed);               /* heavy_x:C relaxed: heavy_x:B orders it */
}

static void
plain_y(int thread)
{
    loft_store(&y, 1u, relaxed);                         /* plain_y:A relaxed: plain_y:B orders it */
    loft_fence(seq_cst);                                 /* plain_y:B seq_cst <-> light_x:B: SB */
    seen[thread] = loft_load(&x, relaxed);               /* plain_y:C relaxed: plain_y:B orders it */
}

static void both(void) { loft_explore_outcome(seen[0] * 2u + seen[1]); }

/* Messages: what is before the heavy fence is seen after a light one that comes later, payload and all, and the other
 * way round. Two plain fences would need the reader to see a store that the writer made after its own. */
static void
tells(int thread)
{
    (void)thread;
    loft_plain_write(&payload, 1u);
    loft_explore_check(loft_fence_heavy(asym, seq_cst)); /* tells:A seq_cst <-> hears:B: payload */
    loft_store(&x, 1u, relaxed);                         /* tells:B relaxed: after tells:A */
}

static void
hears(int thread)
{
    (void)thread;
    if (loft_load(&x, relaxed)) {                        /* hears:A relaxed: hears:B is after the heavy fence then */
        loft_fence_light(asym, seq_cst);                 /* hears:B seq_cst <-> tells:A: payload */
        loft_explore_check(loft_plain_read(&payload) == 1u);
    }
}

static const uint64_t one_sees[] = { 1, 2, 3 };
static const uint64_t all[] = { 0, 1, 2, 3 };

#define CLIENT(text, before, ...) \
    { .name = (text), .setup = (before), .thread = { __VA_ARGS__ }
#define GIVES(set)  .finish = both, .outcomes = (set), .n_outcomes = sizeof (set) / sizeof (set)[0] }

static const loft_explore_client clients[] = {
    CLIENT("light and heavy", begin, light_x, heavy_y), GIVES(one_sees),
    CLIENT("heavy and heavy", begin, heavy_x, heavy_y), GIVES(one_sees),
    CLIENT("light and light", begin, light_x, light_y), GIVES(all),
    CLIENT("light and an ordinary fence", begin, light_x, plain_y), GIVES(all),
    CLIENT("without membarrier: light and heavy", begin_plain, light_x, heavy_y), GIVES(one_sees),
    CLIENT("without membarrier: light and light", begin_plain, light_x, light_y), GIVES(one_sees),
    CLIENT("heavy before light is an edge", begin, tells, hears) },
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
