/* SPDX-License-Identifier: MIT
 *
 * tests/queue/support/two.h - the same instances in several files: what a user's own shared header looks like, and
 * what the other file offers.
 */
#ifndef LOFT_TESTS_QUEUE_TWO_H
#define LOFT_TESTS_QUEUE_TWO_H

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

#if defined(__cplusplus)
extern "C" {
#endif

struct two_peer {
    size_t size[3];                                      /* of the three queues, as the other file sees them */
    size_t slot;
    bool (*push)(two_ring *, two_word *, two_scq *, int which, struct job *);
    void (*close)(two_ring *, two_word *, two_scq *);
    size_t (*drain)(two_ring *, two_word *, two_scq *, uint64_t *sum);   /* all there is, into the sum of ids */
    loft_status (*init)(two_ring *, two_word *, two_scq *, size_t capacity);
    void (*fini)(two_ring *, two_word *, two_scq *);
};

void two_peer_get(struct two_peer *p);
void two_peer_cxx_get(struct two_peer *p);

#if defined(__cplusplus)
}
#endif

#endif
