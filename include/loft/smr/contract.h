/* SPDX-License-Identifier: MIT
 *
 * loft/smr/contract.h - safe memory reclamation: what every scheme promises, and what it asks for.
 *
 * Needs: core/base.h core/atomics.h
 *
 * A node that has been taken out of a structure may still be in the hands of threads that found it there. It is
 * retired, and the scheme frees it when none of them can reach it any more. All schemes have one shape, so that a
 * structure is written once and its user picks the scheme by a token S: loft_ebr, loft_qsbr, loft_ibr, loft_debra,
 * loft_hp, loft_hyaline, loft_leak.
 *
 * TYPES            S              the domain: an object of the user's, one for any number of structures
 *                  S_thread       a thread's record in a domain; every call that needs one is given it
 *                  S_node         the first member of what is to be reclaimed
 *                  S_options, S_stats: loft_smr_options, loft_smr_stats below
 *
 * OPERATIONS       S_init(d, options or NULL)  S_fini(d)                   the domain
 *                  S_join(d)  S_leave(me)  S_self(d)  S_forked(d, me)      threads
 *                  S_enter(me)  S_exit(me)                                 a section
 *                  S_read(me)  S_protect(me, slot, from)  S_write(me, a, b, c)   in a section
 *                  S_alloc_node(me, size)  S_born(me, node)                nodes
 *                  S_retire(me, node, drop)  S_drain(me, deadline)
 *                  S_stats_get(d)  S_number(me)
 *
 * THREADS          S_join gives a record, NULL where there is no memory or options.threads are there already: where
 *                  others come and go, each of their records was taken when it was looked at. Whoever has it may use
 *                  it, one thread at a time. S_leave gives it back, with what it has not freed yet, from any thread if
 *                  its own is gone. S_self joins on first use and leaves when the thread ends (POSIX; NULL elsewhere).
 *                  A thread that dies without leaving holds back what its section holds, if it was in one, and keeps
 *                  what it has retired until somebody exits and leaves for it; S_drain takes even that. After fork()
 *                  the child calls S_forked before anything else: the other threads do not exist there, and what they
 *                  were retiring, freeing or draining at that moment is lost to it.
 *
 * SECTIONS         What a thread reaches in a section, by the rules of the scheme, stays until the end of the section.
 *                  S_nests: sections may be nested, 255 deep, and the outermost counts; else a debug build asserts.
 *                  S_region 1: everything that is read in a section is safe. S_region 0: what S_protect gave is, and
 *                  what it gave through an unlinked node is not, so that a traversal validates where it stands; one
 *                  word for each slot, until the slot is used again or the section ends. S_slots: how many slots there
 *                  are at the least, 0: any number.
 *
 * READING          S_read(me) is where a section that has written nothing may be begun again (S_restarts 1: any number
 *                  of times, by a signal, at any instruction). From there to S_write only loads, S_protect and
 *                  arithmetic: no allocation, no lock, no system call, no atomic write, and locals that are read after
 *                  a restart are assigned after S_read. S_write(me, a, b, c) ends it: those nodes (NULL: none) stay
 *                  safe, and nothing else read before; after S_write once more, those that it names again. In other
 *                  schemes both do nothing. Writing, allocating and retiring is for after S_write, or before S_read.
 *
 * LINKS            Nodes are linked by LOFT_ATOMIC(uintptr_t) words: the address of a node, whose three lowest bits
 *                  (LOFT_SMR_MARKS) belong to the structure. S_protect(me, slot, from) loads such a word, marks and
 *                  all.
 *
 * RETIRING         In a section, exactly once, by whoever has made the node unreachable from the structure for those
 *                  who enter later. drop(me, node) is called later, once, by a thread of the domain: at most
 *                  options.frees times in one S_retire or S_exit, that and a batch in S_leave, the rest in S_drain or
 *                  S_fini, and never under a lock but S_drain's, for which only another S_drain waits. It may retire
 *                  other nodes, and enter sections where they nest. S_retire never waits and never fails.
 *
 * DRAINING         LOFT_OK: all that was retired before the call, by any thread, is freed. LOFT_TIMEOUT: not all of it;
 *                  holder in the statistics says whose section is in the way, and nothing is lost. LOFT_NOMEM: the
 *                  allocator refused what draining needs, and nothing is lost. LOFT_INVAL: the caller is in a section
 *                  itself (loft_qsbr: that section ends). LOFT_NOTSUP: loft_leak. deadline is an instant of loft_now()
 *                  (core/park.h).
 *
 * TRAITS           for #if, each 1 or 0: S_smr (there is such a scheme; the version of the contract), S_region,
 *                  S_robust (bounded garbage where a thread stops), S_birth (nodes have to be S_born or S_alloc_node),
 *                  S_restarts, S_signals, S_nests, S_drops (drop is called at all); and S_slots.
 *
 * PROGRESS         Where the scheme's header says no better: enter, exit, retire lock-free, join lock-free but for the
 *                  allocator, drain waits for others.
 */
#ifndef LOFT_SMR_CONTRACT_H
#define LOFT_SMR_CONTRACT_H

#include "../core/base.h"
#include "../core/atomics.h"

#if !defined(LOFT_UNSUPPORTED)

/* The bits of a link that are the structure's. */
#define LOFT_SMR_MARKS  ((uintptr_t)7)

/* As many as there are, for options.frees. */
#define LOFT_SMR_ALL  ((size_t)-1)

struct loft_smr_thread;
struct loft_smr_node;

/* What is done with a node that nobody can reach any more; `me` is the record of the thread that does it. */
typedef void (*loft_smr_drop)(struct loft_smr_thread *me, struct loft_smr_node *node);

/* The part of a node that all schemes have. */
typedef struct loft_smr_node {
    struct loft_smr_node *next;                          /* of those that were retired                         */
    loft_smr_drop         drop;
} loft_smr_node;

/* All fields may be 0, which is the scheme's own choice. */
typedef struct loft_smr_options {
    size_t threads;                                      /* records at most; 0: no limit                       */
    size_t batch;                                        /* nodes retired between two attempts to free some    */
    size_t frees;                                        /* nodes freed in one call; LOFT_SMR_ALL: all at once */
    size_t slots;                                        /* S_slots > 0: protected words of a thread           */
    size_t births;                                       /* S_birth: nodes born in one era                     */
    int    signal;                                       /* S_signals: which                                   */
    bool   symmetric;                                    /* full fences, even where membarrier is there        */
} loft_smr_options;

/* Each number is right at some moment during the call, not all of them at the same one. */
typedef struct loft_smr_stats {
    uint64_t retired;                                    /* nodes, since the domain began                      */
    uint64_t freed;
    uint64_t pending;                                    /* retired and not freed                              */
    uint64_t peak;                                       /* each thread's own most, added up; retired at most  */
    uint64_t lag;                                        /* epochs or eras that the oldest section is behind   */
    uint64_t advances;                                   /* of the epoch or era                                */
    uint64_t fences;                                     /* heavy ones (core/asymmetric.h)                     */
    uint64_t signals;                                    /* sent                                               */
    uint64_t restarts;                                   /* of sections                                        */
    size_t   threads;                                    /* joined now                                         */
    size_t   records;                                    /* joined at one time, at most                        */
    size_t   holder;                                     /* S_number of who is in the oldest section; 0: none  */
} loft_smr_stats;

#endif /* supported */
#endif /* LOFT_SMR_CONTRACT_H */
