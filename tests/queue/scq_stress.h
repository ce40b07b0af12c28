/* SPDX-License-Identifier: MIT
 *
 * tests/queue/scq_stress.h - what scq_stress.c and scq_word_stress.c do to two instances of a queue for many threads:
 * few threads and many, rings much smaller than their number and larger ones, counters that wrap, bulk, closing in the
 * middle of it. Include it after stress.h.
 */
typedef bool stress_function(const struct stress_plan *plan);

static void
stress_all(stress_function *one, stress_function *other)
{
    static const int threads[][2] = { { 1, 1 }, { 4, 1 }, { 1, 4 }, { 4, 4 }, { 16, 16 } };
    static const size_t capacities[] = { 2, 4, 64, 1024 };
    static const size_t edges[] = { SIZE_MAX, SIZE_MAX / 2, SIZE_MAX / 4, (size_t)UINT32_MAX, (size_t)INT32_MAX };
    for (size_t t = 0; t < sizeof threads / sizeof *threads; t++) {
        for (size_t c = 0; c < sizeof capacities / sizeof *capacities; c++) {
            const unsigned long items = capacities[c] < 8 ? 8000 : 32000;
            struct stress_plan p = stress_of(threads[t][0], threads[t][1], capacities[c], items);
            p.way = c % 2 ? STRESS_BULK : STRESS_ONE;
            one(&p);
            p.watched = true;
            p.way = c % 2 ? STRESS_ONE : STRESS_BULK;
            one(&p);
            p.watched = false;
            p.chaos = false;
            p.early = true;
            other(&p);
        }
    }
    for (size_t e = 0; e < sizeof edges / sizeof *edges; e++) {
        for (size_t c = 0; c < 3; c++) {
            struct stress_plan p = stress_of(2, 2, capacities[c], 6000);
            p.start = edges[e] - (size_t)p.items / 2;
            one(&p);
            p.start = edges[e] - 3 * capacities[c];
            p.early = true;
            one(&p);
        }
    }
}
