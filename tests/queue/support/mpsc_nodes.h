/* SPDX-License-Identifier: MIT
 *
 * tests/queue/support/mpsc_nodes.h - mpsc_list.h in the calls of a queue of values, so that what tests such a queue can
 * test it too: each push allocates a node, each pop frees it. Include it once for each type of value:
 *
 *     #define NODES_NAME itemq                the instance
 *     #define NODES_T    struct item
 *     #include "support/mpsc_nodes.h"
 */
#define Q        NODES_NAME
#define Q_(f)    LOFT_CAT(NODES_NAME, f)

struct Q_(node) {
    NODES_T v;
    LOFT_ATOMIC(uintptr_t) link;
};

#define LOFT_QUEUE_NAME Q_(list)
#define LOFT_QUEUE_T    struct Q_(node)
#define LOFT_QUEUE_LINK link
#include <loft/queue/mpsc_list.h>

typedef struct Q {
    Q_(list) list;
    size_t capacity;                                     /* what init was told */
} Q;

TEST_UNUSED_ static loft_status
Q_(init)(Q *q, size_t capacity)
{
    q->capacity = capacity;
    return Q_(list_init)(&q->list);
}

TEST_UNUSED_ static void Q_(start_at_)(Q *q, size_t ticket) { (void)q, (void)ticket; }
TEST_UNUSED_ static void Q_(fini)(Q *q) { Q_(list_fini)(&q->list); }
TEST_UNUSED_ static void Q_(close)(Q *q) { Q_(list_close)(&q->list); }
TEST_UNUSED_ static bool Q_(is_closed)(const Q *q) { return Q_(list_is_closed)(&q->list); }
TEST_UNUSED_ static bool Q_(is_stalled)(const Q *q) { return Q_(list_is_stalled)(&q->list); }
TEST_UNUSED_ static size_t Q_(approx_len)(const Q *q) { return Q_(list_is_empty)(&q->list) ? 0 : 1; }
TEST_UNUSED_ static size_t Q_(capacity)(const Q *q) { return q->capacity; }

TEST_UNUSED_ static size_t
Q_(push_n)(Q *q, NODES_T const *v, size_t n)
{
    struct Q_(node) *node[64];
    if (n > 64)
        n = 64;
    for (size_t i = 0; i < n; i++) {
        node[i] = (struct Q_(node) *)malloc(sizeof *node[i]);
        if (!node[i])
            abort();
        node[i]->v = v[i];
        loft_init(&node[i]->link, UINTPTR_MAX);
    }
    const size_t in = n == 1 ? (size_t)Q_(list_try_push)(&q->list, node[0]) : Q_(list_push_n)(&q->list, node, n);
    for (size_t i = in; i < n; i++)
        free(node[i]);                                   /* refused, and so nobody's but ours */
    return in;
}

TEST_UNUSED_ static size_t
Q_(pop_n)(Q *q, NODES_T *out, size_t n)
{
    struct Q_(node) *node[64];
    const size_t most = n > 64 ? 64 : n;
    const size_t came = most == 1 ? (size_t)Q_(list_try_pop)(&q->list, node) : Q_(list_pop_n)(&q->list, node, most);
    for (size_t i = 0; i < came; i++) {
        out[i] = node[i]->v;
        free(node[i]);
    }
    return came;
}

TEST_UNUSED_ static bool Q_(try_push)(Q *q, NODES_T v) { return Q_(push_n)(q, &v, 1) != 0; }
TEST_UNUSED_ static bool Q_(try_pop)(Q *q, NODES_T *out) { return Q_(pop_n)(q, out, 1) != 0; }

#undef Q
#undef Q_
#undef NODES_NAME
#undef NODES_T
