/* SPDX-License-Identifier: MIT
 *
 * tests/smr/explore/ebr_await.c - a drain that waits for epochs, of which somebody else makes the last, having seen a
 * section end; what that section did comes before what the drain does then.
 *
 * From retiring to freeing that takes three threads with a hundred steps. So all but the last epoch are over before.
 */
#include <loft/check/explore.h>

#include <loft/smr/ebr.h>

static loft_ebr domain;
static loft_ebr_thread *me[3];
static loft_seq since;
static unsigned under;

static void
begin(void)
{
    loft_explore_check(loft_ebr_init(&domain, NULL) == LOFT_OK);
    for (unsigned i = 0; i < 3u; i++) {
        me[i] = loft_ebr_join(&domain);
        loft_explore_check(me[i]);
    }
    loft_plain_write(&under, 0u);
    since = loft_load(&domain.epoch, relaxed);
    for (unsigned i = 0; i < 3u; i++) {
        if (i == 2u)
            loft_ebr_enter(me[0]);                       /* an epoch may pass that, and no other                   */
        loft_explore_check(loft_epoch_step_(me[1], LOFT_SMR_ALL));
    }
}

static void
ends(int t)
{
    loft_plain_write(&under, 1u);
    loft_ebr_exit(me[t]);
}
static void
moves(int t)
{
    (void)loft_epoch_step_(me[t], LOFT_SMR_ALL);
}
static void
waits(int t)
{
    if (loft_epoch_await_(me[t], since, 0))
        loft_explore_check(loft_plain_read(&under) == 1u);
}

static void
end(void)
{
    loft_explore_check(loft_ebr_fini(&domain) == LOFT_OK);
}

static const loft_explore_client clients[] = {
    { .name = "the last of the epochs, which another makes", .setup = begin, .thread = { ends, moves, waits },
      .finish = end, .spurious = LOFT_EXPLORE_NONE },
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
