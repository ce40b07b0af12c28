/* SPDX-License-Identifier: MIT
 *
 * tests/queue/explore/linger.c - spsc.h and spsc_word.h with the wait of linger.h: it changes no answer, comes to an
 * end whatever the other side does, and leaves the bounds of the calls as they are.
 */
#include <loft/check/explore.h>

#define LOFT_LINGER_MAX    2

#define LOFT_QUEUE_NAME    any
#define LOFT_QUEUE_T       unsigned
#include <loft/queue/spsc.h>

#define LOFT_QUEUE_NAME    word
#define LOFT_QUEUE_T       unsigned
#define LOFT_QUEUE_PROBE   2
#include <loft/queue/spsc_word.h>

#include "slots.h"

enum { CAPACITY = 2, ELEMENTS = 8 };

static any a;
static word w;
static unsigned under[ELEMENTS];

/* Both have learnt to wait: a look of theirs has found exactly one. */
static void
begin_any(void)
{
    loft_explore_check(any_init(&a, CAPACITY) == LOFT_OK);
    a.tail_linger.pauses = 2;
    a.tail_linger.found = true;
    a.head_linger = a.tail_linger;
}

static void
begin_word(void)
{
    loft_explore_check(word_init(&w, CAPACITY) == LOFT_OK);
    w.tail_linger.pauses = 2;
    w.tail_linger.found = true;
    w.head_linger = w.tail_linger;
}

static void end_any(void) { any_fini(&a); }
static void end_word(void) { word_fini(&w); }

/* Four pushes of one thread, three pops of another. */
#define SIDES(q, object, push_steps) \
    static void \
    q##_producer(int thread) \
    { \
        (void)thread; \
        loft_explore_promise(LOFT_EXPLORE_WAIT_FREE, push_steps); \
        for (unsigned v = 1; v <= 4; v++) { \
            loft_plain_write(&under[v], v); \
            loft_explore_call(LOFT_LINEAR_PUSH, 0, v); \
            loft_explore_return(q##_try_push(object, v), 0); \
        } \
    } \
    static void \
    q##_consumer(int thread) \
    { \
        (void)thread; \
        loft_explore_promise(LOFT_EXPLORE_WAIT_FREE, 5); \
        for (unsigned i = 0; i < 3; i++) { \
            unsigned v = 0; \
            loft_explore_call(LOFT_LINEAR_POP, 0, 0); \
            const bool came = q##_try_pop(object, &v); \
            loft_explore_return(came, v); \
            if (came) \
                loft_explore_check(v < ELEMENTS && loft_plain_read(&under[v]) == v); \
        } \
    }

SIDES(any, &a, 5)
SIDES(word, &w, 6)

/* "Full" and "empty" each, as in pair_clients.h. */
#define CLIENT(q, text, which, more) \
    { .name = #q ": " text, .setup = begin_##q, .thread = { q##_producer, q##_consumer }, .finish = end_##q, \
      .spins = SPINS, .model = &slots_model, .model_arg = SLOTS_ARG(CAPACITY, 0, 0) | (which), .flags = (more) }

static const loft_explore_client clients[] = {
    CLIENT(any, "empty", SLOTS_ANY_FULL, 0),
    CLIENT(any, "full", SLOTS_ANY_EMPTY, 0),
    CLIENT(any, "nobody waits", SLOTS_ANY_FULL, LOFT_EXPLORE_FREEZE),
    CLIENT(word, "empty", SLOTS_ANY_FULL, 0),
    CLIENT(word, "full", SLOTS_ANY_EMPTY, 0),
    CLIENT(word, "nobody waits", SLOTS_ANY_FULL, LOFT_EXPLORE_FREEZE),
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
