/* SPDX-License-Identifier: MIT
 *
 * tests/map/cluster.c - map/cluster.h: which nodes come into one block, that they are apart, and when the block goes.
 *
 * build: flags -DLOFT_ALLOC_STATS -DLOFT_ALLOC_FAULTS -DLOFT_CLUSTER=1
 */
#include "guard.h"

#include <loft/map/cluster.h>

#include "tap.h"

enum { SMALL = 3 * sizeof(uintptr_t), LARGE = 5 * sizeof(uintptr_t), THREADS = 4, HELD = 16 };

struct node {
    uintptr_t word[3];
};

static unsigned long
blocks(void)
{
    return (unsigned long)loft_alloc_stats_get().live;
}

/* A block of nodes, each filled to its last byte. How many are there before one comes into another block? */
static unsigned
fill(size_t size, void **node)
{
    unsigned n = 0;
    void *next = loft_cluster_alloc(NULL, NULL, size);
    do {
        node[n++] = next;
        memset(next, (int)n, size);
        next = loft_cluster_alloc(NULL, node[n - 1], size);
    } while (next && n < 15 && loft_cluster_block_of_(next) == loft_cluster_block_of_(node[0]));
    node[n] = next;
    return n;
}

static bool
are_whole(size_t size, void *const *node, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        for (size_t j = 0; j < size; j++)
            if (((const unsigned char *)node[i])[j] != i + 1)
                return false;
    return true;
}

static void
one_size(size_t size, unsigned most, const char *text)
{
    void *node[16];
    const unsigned long before = blocks();
    const unsigned n = fill(size, node);
    ok(n == most && node[n] && are_whole(size, node, n), text);
    ok(blocks() == before + 2, "and the next one in another");
    loft_cluster_free(node[1], size);
    void *const again = loft_cluster_alloc(node[n], node[0], size);
    ok(again && again != node[1] && loft_cluster_block_of_(again) == loft_cluster_block_of_(node[n]),
       "beside the first node that is named, if there is room");
    void *rest[16];
    unsigned others = 0;
    while (others < 15 && loft_cluster_block_of_(rest[others] = loft_cluster_alloc(node[n], NULL, size))
                          == loft_cluster_block_of_(node[n]))
        others++;
    ok(others == most - 2, "until it is full");
    void *const second = loft_cluster_alloc(node[n], node[0], size);
    ok(second == node[1], "then beside the second one");
    loft_cluster_free(rest[others], size);
    while (others > 0)
        loft_cluster_free(rest[--others], size);
    loft_cluster_free(again, size);
    loft_cluster_free(node[n], size);
    ok(blocks() == before + 1, "the last one takes its block with it");
    for (unsigned i = 0; i + 1 < n; i++)
        loft_cluster_free(node[i], size);
    ok(blocks() == before + 1, "and no other");
    loft_cluster_free(node[n - 1], size);
    ok(blocks() == before, "nothing is left");
}

/* Links have their marks in the three lowest bits of an address. */
static bool
has_room_for_marks(size_t size)
{
    void *node[8];
    uintptr_t low = 0;
    for (unsigned i = 0; i < 8; i++) {
        node[i] = loft_cluster_alloc(i ? node[0] : NULL, NULL, size);
        low |= (uintptr_t)node[i] & LOFT_SMR_MARKS;
    }
    for (unsigned i = 0; i < 8; i++)
        loft_cluster_free(node[i], size);
    return low == 0;
}

static struct node *root[2];
static unsigned long long rounds;
static LOFT_ATOMIC(unsigned) damaged;

/* Each thread has some nodes, beside those of all or beside its own, puts its number into them, and looks for it. */
static void
come_and_go(void *arg, int id)
{
    struct node *held[HELD] = { NULL };
    uint32_t r = 12345u + (uint32_t)id;
    (void)arg;
    chaos_on((uint32_t)id + 1u);
    for (unsigned long long i = 0; i < rounds + HELD; i++) {
        r = r * 1664525u + 1013904223u;
        const unsigned at = i < rounds ? r >> 16 & (HELD - 1u) : (unsigned)(i - rounds);
        if (held[at]) {
            for (unsigned j = 0; j < 3; j++)
                if (held[at]->word[j] != (uintptr_t)id + 1u)
                    loft_fetch_add(&damaged, 1u, relaxed);   /* come_and_go:A relaxed: read after the threads */
            loft_cluster_free(held[at], sizeof *held[at]);
            held[at] = NULL;
        } else if (i < rounds) {
            const struct node *const own = held[(at + 1u) % HELD];
            held[at] = (struct node *)loft_cluster_alloc(r >> 30 ? root[r >> 29 & 1u] : own, own, sizeof *held[at]);
            for (unsigned j = 0; held[at] && j < 3; j++)
                held[at]->word[j] = (uintptr_t)id + 1u;
        }
    }
    chaos_off();
}

int
main(void)
{
    watchdog("map/cluster");
    ok(has_room_for_marks(SMALL) && has_room_for_marks(LARGE), "an address has room for three marks");
    if (!loft_cluster_fits_(SMALL)) {
        ok_skip("blocks", "an address of a word has no room for them");
        return done();
    }
    one_size(SMALL, 5, "nodes of three words: five to a block, apart");
    one_size(LARGE, 3, "nodes of five words: three to a block, apart");

    const unsigned long before = blocks();
    void *a = loft_cluster_alloc(NULL, NULL, SMALL);
    loft_alloc_fail_from(0);
    void *b = loft_cluster_alloc(a, NULL, SMALL);
    void *const c = loft_cluster_alloc(NULL, NULL, SMALL);
    ok(loft_alloc_fail_stop() == 1 && b && !c, "without memory there is room in a block, and no other");
    loft_cluster_free(a, SMALL);
    loft_cluster_free(b, SMALL);
    a = loft_cluster_alloc(NULL, NULL, LARGE - 1);
    b = loft_cluster_alloc(a, a, LARGE - 1);
    ok(a && b && blocks() == before + 2, "nodes of another size are the allocator's, each by itself");
    loft_cluster_free(a, LARGE - 1);
    loft_cluster_free(b, LARGE - 1);
    ok(blocks() == before, "and go back");

    rounds = scaled(400000) / THREADS;
    for (unsigned i = 0; i < 2; i++)
        root[i] = (struct node *)loft_cluster_alloc(NULL, NULL, sizeof *root[i]);
    run_threads(THREADS, come_and_go, NULL);
    ok(loft_load(&damaged, relaxed) == 0, "four threads: nobody has another's node");   /* main:A relaxed: one thread */
    ok(blocks() == before + 2, "and of what they had nothing is left");
    for (unsigned i = 0; i < 2; i++)
        loft_cluster_free(root[i], sizeof *root[i]);
    ok(blocks() == before, "and then nothing at all");
    return done();
}
