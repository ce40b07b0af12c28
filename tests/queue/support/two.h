/* SPDX-License-Identifier: MIT
 *
 * tests/queue/support/two.h - the same instances in several files: what a user's own shared header looks like, and
 * what the other file offers.
 */
#ifndef LOFT_TESTS_QUEUE_TWO_H
#define LOFT_TESTS_QUEUE_TWO_H

#include "pairs.h"

#include <stddef.h>
#include <stdint.h>

struct job {
    uint64_t id;
    uint64_t check;
    const char *name;
};

#define LOFT_QUEUE_NAME  two_ring
#define LOFT_QUEUE_T     struct job
#include <loft/queue/spsc.h>

#define LOFT_QUEUE_NAME  two_word
#define LOFT_QUEUE_T     struct job *
#include <loft/queue/spsc_word.h>

#define LOFT_QUEUE_NAME  two_scq
#define LOFT_QUEUE_T     struct job
#include <loft/queue/scq.h>

#if TEST_PAIRS
#define LOFT_QUEUE_NAME  two_pair
#define LOFT_QUEUE_T     struct job *
#include <loft/queue/scq_word.h>
#endif

struct two_queues {
    two_ring ring;
    two_word word;
    two_scq scq;
#if TEST_PAIRS
    two_pair pair;
#endif
};

#define TWO_KINDS 4

#if defined(__cplusplus)
extern "C" {
#endif

struct two_peer {
    size_t size[TWO_KINDS];                              /* of the queues, as the other file sees them */
    size_t slot;
    int kinds;                                           /* how many of them there are on this machine */
    bool (*push)(struct two_queues *, int which, struct job *);
    void (*close)(struct two_queues *);
    size_t (*drain)(struct two_queues *, uint64_t *sum);             /* all there is, into the sum of ids */
    bool (*closed)(const struct two_queues *);
    loft_status (*init)(struct two_queues *, size_t capacity);
    void (*fini)(struct two_queues *);
};

void two_here_get(struct two_peer *p);
void two_peer_get(struct two_peer *p);
void two_peer_cxx_get(struct two_peer *p);

#if defined(__cplusplus)
}
#endif

#endif
