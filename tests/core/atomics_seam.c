/* SPDX-License-Identifier: MIT
 *
 * tests/core/atomics_seam.c - the seam of atomics.h: tests and checkers see every access, once, before it happens, with
 * its place and order, and may change the order.
 */
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static unsigned points;
static const volatile unsigned *watched;                 /* read at each point, to see that the access is yet to come */
static unsigned watched_then;

static void
at_point(void)
{
    points++;
    if (watched)
        watched_then = *watched;
}

static unsigned reads;
static unsigned writes;
static const void *payload_at;
static size_t payload_bytes;

static void
on_read(const void *p, size_t bytes)
{
    reads++;
    payload_at = p;
    payload_bytes = bytes;
}

static const int *watched_payload;
static int payload_then;

static void
on_write(const void *p, size_t bytes)
{
    writes++;
    payload_at = p;
    payload_bytes = bytes;
    if (watched_payload)
        payload_then = *watched_payload;
}

static unsigned sites;
static const char *site_file;
static int site_line[4];
static int site_order[4];
static bool weaken;

#if defined(__cplusplus)
#  include <atomic>
static std::memory_order at_site(std::memory_order order, const char *file, int line);
#else
#  include <stdatomic.h>
static memory_order at_site(memory_order order, const char *file, int line);
#endif

#define LOFT_POINT()               at_point()
#define LOFT_SITE(mo)              at_site((mo), __FILE__, __LINE__)
#define LOFT_ON_READ(p, bytes)     on_read((p), (bytes))
#define LOFT_ON_WRITE(p, bytes)    on_write((p), (bytes))

#include <loft/core/atomics.h>
#include "tap.h"

#if defined(__cplusplus)
#  define ORDER(mo) ((int)std::memory_order_##mo)
#  define RELAXED   std::memory_order_relaxed
#else
#  define ORDER(mo) ((int)memory_order_##mo)
#  define RELAXED   memory_order_relaxed
#endif

static loft_order
at_site(loft_order order, const char *file, int line)
{
    site_file = file;
    site_line[sites % 4] = line;
    site_order[sites % 4] = (int)order;
    sites++;
    return weaken ? RELAXED : order;
}

static void
forget(void)
{
    points = 0;
    reads = 0;
    writes = 0;
    sites = 0;
    watched_then = 12345;
}

/* One access: runs the point once and each of its orders past the site once, at this line, before it has happened. */
#define ACCESS(statement, orders, first, second, what)                                          \
    do {                                                                                        \
        forget();                                                                               \
        const int line_here = __LINE__;                                                         \
        statement;                                                                              \
        good = points == 1 && sites == (orders) && watched_then == 40u && good;                 \
        good = strcmp(site_file, __FILE__) == 0 && site_line[0] == line_here && good;           \
        good = site_order[0] + site_order[(orders) - 1] == (first) + (second) && good;          \
        ok(good, what);                                                                         \
        loft_init(&w, 40u);                                                                     \
        good = true;                                                                            \
    } while (0)

static void
test_accesses(void)
{
    static LOFT_ATOMIC(unsigned) w;
    unsigned e = 41;
    unsigned got = 0;
    bool good = true;
    loft_init(&w, 40u);
    watched = (const volatile unsigned *)(const void *)(uintptr_t)&w;

    ACCESS(got = loft_load(&w, acquire), 1, ORDER(acquire), ORDER(acquire), "load");
    ACCESS(loft_store(&w, 50u, release), 1, ORDER(release), ORDER(release), "store");
    ACCESS(got = loft_exchange(&w, 50u, acq_rel), 1, ORDER(acq_rel), ORDER(acq_rel), "exchange");
    ACCESS(got = loft_cas_weak(&w, &e, 50u, acq_rel, acquire), 2, ORDER(acq_rel), ORDER(acquire), "weak CAS");
    ACCESS(got = loft_cas_strong(&w, &e, 50u, seq_cst, relaxed), 2, ORDER(seq_cst), ORDER(relaxed), "strong CAS");
    ACCESS(got = loft_fetch_add(&w, 1u, seq_cst), 1, ORDER(seq_cst), ORDER(seq_cst), "fetch_add");
    ACCESS(got = loft_fetch_sub(&w, 1u, relaxed), 1, ORDER(relaxed), ORDER(relaxed), "fetch_sub");
    ACCESS(got = loft_fetch_or(&w, 1u, acquire), 1, ORDER(acquire), ORDER(acquire), "fetch_or");
    ACCESS(got = loft_fetch_and(&w, 1u, release), 1, ORDER(release), ORDER(release), "fetch_and");
    ACCESS(loft_fence(seq_cst), 1, ORDER(seq_cst), ORDER(seq_cst), "fence");
    ACCESS(loft_fence_for(release, &w), 1, ORDER(release), ORDER(release), "fence_for");
    (void)got;

    forget();
    loft_init(&w, 40u);
    loft_signal_fence(seq_cst);
    ok(points == 0 && sites == 0, "what other threads cannot see has no point: init and signal_fence");

    /* Arguments are evaluated once, whatever watches. */
    static LOFT_ATOMIC(unsigned) row[3];
    for (unsigned i = 0; i < 3; i++)
        loft_init(&row[i], i * 10u);
    unsigned at = 0;
    unsigned by = 1;
    e = 0;
    forget();
    got = loft_fetch_add(&row[at++], by++, relaxed);
    ok(got == 0 && at == 1 && by == 2 && points == 1, "the arguments of an access are evaluated once");
    got = loft_load(&row[at++], relaxed);
    ok(got == 10 && at == 2, "those of a load, too");

    weaken = true;
    forget();
    loft_store(&w, 1u, seq_cst);
    got = loft_load(&w, acquire);
    loft_fence(seq_cst);
    e = 1;
    got += loft_cas_strong(&w, &e, 2u, seq_cst, seq_cst);
    weaken = false;
    ok(got == 2 && sites == 5 && points == 4, "every site may weaken its order; what is done stays the same");
    watched = NULL;
}

static void
test_payload(void)
{
    int cell = 3;
    const int six[6] = { 1, 2, 3, 4, 5, 6 };
    int room[6] = { 0, 0, 0, 0, 0, 0 };
    forget();
    const int got = loft_plain_read(&cell);
    ok(got == 3 && reads == 1 && writes == 0 && payload_at == &cell && payload_bytes == sizeof cell, "plain_read");
    forget();
    watched_payload = &cell;
    loft_plain_write(&cell, 4);
    ok(cell == 4 && reads == 0 && writes == 1 && payload_at == &cell && payload_bytes == sizeof cell, "plain_write");
    ok_eq(payload_then, 3, "the hook runs before the write");
    forget();
    watched_payload = &room[1];
    loft_plain_write_n(&room[1], &six[2], 4);
    ok(room[1] == 3 && room[4] == 6 && room[5] == 0 && writes == 1 && payload_at == &room[1] &&
       payload_bytes == 4 * sizeof(int) && payload_then == 0, "plain_write_n");
    forget();
    loft_plain_read_n(&room[0], &six[1], 2);
    ok(room[0] == 2 && room[1] == 3 && reads == 1 && writes == 0 && payload_at == &six[1] &&
       payload_bytes == 2 * sizeof(int), "plain_read_n");
    ok_eq(points, 0, "payload is no schedule point");
}

int
main(void)
{
    test_accesses();
    test_payload();
    return done();
}
