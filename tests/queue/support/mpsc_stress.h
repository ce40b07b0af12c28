/* SPDX-License-Identifier: MIT
 *
 * tests/queue/support/mpsc_stress.h - what mpsc_stress.c and mpsc_list.c do to two instances of a queue for one
 * consumer: few producers and many, counters that wrap, bulk, closing in the middle of it. Include it after stress.h.
 */
typedef bool stress_function(const struct stress_plan *plan);

static void
stress_one_consumer(stress_function *one, stress_function *other, bool counters)
{
    static const int producers[] = { 1, 3, 16 };
    static const size_t capacities[] = { 2, 8, 1024 };
    static const size_t edges[] = { SIZE_MAX, SIZE_MAX / 2, (size_t)UINT32_MAX, (size_t)INT32_MAX };
    for (size_t t = 0; t < sizeof producers / sizeof *producers; t++) {
        for (size_t c = 0; c < sizeof capacities / sizeof *capacities; c++) {
            struct stress_plan p = stress_of(producers[t], 1, capacities[c], capacities[c] < 8 ? 8000 : 24000);
            p.way = c % 2 ? STRESS_BULK : STRESS_ONE;
            one(&p);
            p.watched = true;
            p.way = c % 2 ? STRESS_ONE : STRESS_BULK;
            one(&p);
            p.watched = false;
            p.chaos = false;
            p.early = true;
            other(&p);
            p.chaos = true;
            one(&p);
        }
    }
    for (size_t e = 0; counters && e < sizeof edges / sizeof *edges; e++) {
        struct stress_plan p = stress_of(3, 1, 8, 4000);
        p.start = edges[e] - (size_t)p.items / 2;
        one(&p);
        p.early = true;
        one(&p);
    }
}
