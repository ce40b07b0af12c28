/* SPDX-License-Identifier: MIT
 *
 * tests/check/explore/sites.c - what `--sites` prints, which order mutation goes by: each kind of access is a place
 * with its order, and each compare-exchange, of one word, of a pair, of half a pair, two.
 *
 *     sites                                 the test
 *     sites --list ...                      the explorer's own command line
 *
 * build: c-only
 */
#include <loft/check/explore.h>

#include "tests/tap.h"

static LOFT_ATOMIC(unsigned) word;
static loft_dwatomic pair;
static int line[16];                                     /* of each access; the last line is that of half a pair   */

static void
setup(void)
{
    const loft_dw zero = { 0, 0 };
    loft_init(&word, 0u);
    loft_dw_init(&pair, zero);
}

static void
accesses(int t)
{
    unsigned w = 0;
    loft_dw p = { 0, 0 };
    const loft_dw next = { 1, 1 };
    uintptr_t hi = 1;
    (void)t;
    line[0] = __LINE__ + 1;
    loft_store(&word, 0u, release);                      /* accesses:A release: nobody else is here */
    line[1] = __LINE__ + 1;
    (void)loft_load(&word, acquire);                     /* accesses:B acquire: nobody else is here */
    line[2] = __LINE__ + 1;
    (void)loft_fetch_add(&word, 1u, acq_rel);            /* accesses:C acq_rel: nobody else is here */
    line[3] = __LINE__ + 1;
    (void)loft_exchange(&word, 0u, acq_rel);             /* accesses:D acq_rel: nobody else is here */
    line[4] = __LINE__ + 1;
    (void)loft_cas_strong(&word, &w, 1u, acq_rel, acquire);   /* accesses:E acq_rel/acquire: nobody else is here */
    line[5] = __LINE__ + 1;
    (void)loft_dw_cas(&pair, &p, next, acq_rel, acquire);     /* accesses:F acq_rel/acquire: nobody else is here */
    line[6] = __LINE__ + 1;
    (void)loft_dw_cas_hi(&pair, &hi, (uintptr_t)2, acq_rel, acquire);   /* accesses:G acq_rel/acquire: nobody else */
    line[7] = __LINE__ + 1;
    loft_fence(seq_cst);                                 /* accesses:H seq_cst: nobody else is here */
}

static const loft_explore_client client = { .name = "one of each", .setup = setup, .thread = { accesses },
                                            .spurious = LOFT_EXPLORE_NONE };

/* Is there such a line, once? */
static bool
prints(const char *text, int at, int slot, const char *order)
{
    char want[64];
    unsigned n = 0;
    snprintf(want, sizeof want, "sites.c:%d:%d %s ", at, slot, order);
    for (const char *p = text; (p = strstr(p, want)) != NULL; p++)
        n++;
    return n == 1u;
}

static void
test(const char *self)
{
    static char text[16384];
    static loft_explore_report report;
    loft_explore_options options;
    char command[1024];
    snprintf(command, sizeof command, "'%s' --sites", self);
    FILE *const f = popen(command, "r");
    if (!f)
        abort();
    text[fread(text, 1, sizeof text - 1, f)] = '\0';
    ok(pclose(f) == 0, "it runs");
    memset(&options, 0, sizeof options);
    if (loft_explore_run(&client, &options, &report) != LOFT_EXPLORE_OK)
        abort();                                         /* it has filled in the lines                         */
    ok(prints(text, line[0], 0, "release") && prints(text, line[1], 0, "acquire")
           && prints(text, line[7], 0, "seq_cst"), "a store, a load and a fence are a place each");
    ok(prints(text, line[2], 0, "acq_rel") && prints(text, line[3], 0, "acq_rel"), "so is what reads and writes");
    ok(!prints(text, line[2], 1, "acq_rel"), "of one order");
    for (int i = 4; i <= 6; i++)
        ok(prints(text, line[i], 0, "acq_rel") && prints(text, line[i], 1, "acquire"),
           i == 4 ? "a compare-exchange has two orders" : i == 5 ? "of a pair, too" : "of half a pair, too");
}

int
main(int argc, char **argv)
{
    if (argc > 1)
        return loft_explore_main(&client, 1, argc, argv);
    test(argv[0]);
    return done();
}
