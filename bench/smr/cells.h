/* SPDX-License-Identifier: MIT
 *
 * bench/smr/cells.h - what one measurement of a scheme of reclamation is: threads, words that point to nodes, a
 * domain, and what each scheme has to say of itself. For programs in C and for adapters in C++.
 *
 * Needs: bench/machine.h smr/contract.h
 */
#ifndef LOFT_BENCH_SMR_CELLS_H
#define LOFT_BENCH_SMR_CELLS_H

#include "../machine.h"

#include "../../include/loft/smr/contract.h"

enum { THREADS_MAX = 64, ROUNDS_MAX = 9, WORDS = 16, BATCH = 64 };

/* What a thread does: sections in which nothing is read, or one node, or as many as there are words, or one node and
 * after it work of its own; or new nodes. */
enum role { EMPTY, SECTION, POINTERS, WORKING, WRITER };

struct word {
    LOFT_ATOMIC(uintptr_t) p;
    char pad_[LOFT_CACHELINE];
};

struct job {
    char pad0_[LOFT_CACHELINE];
    LOFT_ATOMIC(int) stop;
    char pad1_[LOFT_CACHELINE];
    struct word word[WORDS];
    void *domain;
    pthread_barrier_t gate;
};

struct worker {
    struct job *job;
    int id;
    enum role role;
    struct work work;              /* of WORKING */
    bool right;
    uint64_t done;
    uint64_t cpu_ns;
    uint64_t wall_ns;
    char pad_[LOFT_CACHELINE];
};

struct contender {
    const char *name;
    size_t domain_size;
    bool (*begin)(void *d, const loft_smr_options *o);
    void (*end)(void *d);
    void (*fill)(struct job *j);
    void (*clear)(struct job *j);
    void *(*work)(void *worker);
    uint64_t (*peak)(void *d);     /* nodes pending at most; NULL: not known                   */
    double most;                   /* seconds of a run, because it never frees; 0: any         */
};

/* An adapter that is a file of its own hands its entries to the program; the rest keep them. */
#if defined(__cplusplus)
#  define BENCH_ENTRY  extern "C" const struct contender
#elif defined(BENCH_ADAPTER)
#  define BENCH_ENTRY  const struct contender
#else
#  define BENCH_ENTRY  static const struct contender
#endif

/* After loops.h. The name is what tables call it. */
#define ENTRY(prefix, text, most_pending, seconds) \
    static bool prefix##_begin(void *d, const loft_smr_options *o) { return prefix##_init((prefix##_domain *)d, o); } \
    static void prefix##_end(void *d) { prefix##_fini((prefix##_domain *)d); } \
    static void prefix##_fill(struct job *j) \
    { \
        prefix##_thread t; \
        prefix##_join((prefix##_domain *)j->domain, &t); \
        for (int i = 0; i < WORDS; i++) { \
            struct prefix##_item *const n = (struct prefix##_item *)prefix##_make(&t, sizeof *n); \
            if (!n) \
                exit(2); \
            n->value = 1; \
            loft_init(&j->word[i].p, (uintptr_t)n); \
        } \
        prefix##_leave(&t); \
    } \
    static void prefix##_clear(struct job *j) \
    { \
        for (int i = 0; i < WORDS; i++) \
            free((void *)loft_load(&j->word[i].p, relaxed));   /* clear:A relaxed: after the joins */ \
    } \
    BENCH_ENTRY prefix##_entry = { text, sizeof(prefix##_domain), prefix##_begin, prefix##_end, prefix##_fill, \
                                   prefix##_clear, prefix##_work, most_pending, seconds };

#if defined(__cplusplus)
extern "C" {
#endif
extern const struct contender cds_hp_b_entry;              /* bench/peers/cds_smr.cpp                  */
extern const struct contender cds_dhp_b_entry;
extern const struct contender crossbeam_b_entry;           /* bench/peers/crossbeam                    */
#if defined(__cplusplus)
}
#endif

#endif
