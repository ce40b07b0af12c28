/* SPDX-License-Identifier: MIT
 *
 * tests/check/explore/known_bugs_smr.c - what the explorer has to find, and to let pass: memory that is freed while it
 * is used, or twice, or never, or comes back; and stacks and lists, where that is what goes wrong.
 *
 * build: c-only
 */
#include "known_bugs.h"

#include <loft/core/dwcas.h>

/* ---- one box, one object ----------------------------------------------------------------------------------------- */

typedef struct object {
    LOFT_ATOMIC(unsigned) refs;
    LOFT_ATOMIC(unsigned) word;
    int value;
} object;

static LOFT_ATOMIC(object *) box;
static LOFT_ATOMIC(unsigned) box_done;

static void
box_setup(void)
{
    loft_init(&box, (object *)NULL);
    loft_init(&box_done, 0u);
}

static object *
object_new(int value)
{
    object *o = (object *)known_new(sizeof *o);
    loft_init(&o->refs, 3u);
    loft_plain_write(&o->value, value);
    return o;
}

static void
box_setup_full(void)
{
    box_setup();
    loft_init(&box, object_new(42));
}

static void
box_finish(void)
{
    loft_free(loft_load(&box, relaxed), sizeof(object));         /* box_finish:A relaxed: alone */
}

/* Each puts an object in and owns what comes out. */
static void
box_swap(int i)
{
    object *old = loft_exchange(&box, object_new(i), acq_rel);   /* box_swap:A acq_rel -> box_swap:A <- box_swap:A */
    EITHER_DO(1, (void)old, loft_free(old, sizeof *old));
}

/* Each takes the object, if it is there, and owns it. */
static void
box_take(int i)
{
    (void)i;
    object *o;
    if (EITHER(1, true, false)) {
        o = loft_load(&box, acquire);                            /* box_take:A acquire: setup filled it */
        loft_store(&box, (object *)NULL, release);               /* box_take:B release: too late */
    } else {
        o = loft_exchange(&box, (object *)NULL, acq_rel);        /* box_take:C acq_rel: one of them gets it */
    }
    loft_free(o, sizeof *o);
}

/* An object is made and then shown, each of its words being initialised before. */
static void
box_show(int i)
{
    (void)i;
    object *o = (object *)known_new(sizeof *o);
    EITHER_DO(1, (void)0, loft_plain_write(&o->value, 42));
    EITHER_DO(2, (void)0, loft_init(&o->word, 42u));
    loft_store(&box, o, release);                                /* box_show:A release -> box_look:A: the object */
    EITHER_DO(2, loft_init(&o->word, 42u), (void)0);
}

static void
box_look(int i)
{
    (void)i;
    object *o = loft_load(&box, acquire);                        /* box_look:A acquire <- box_show:A: the object */
    if (!o)
        return;
    loft_explore_check(loft_plain_read(&o->value) == 42);
    loft_explore_check(loft_load(&o->word, relaxed) == 42u);     /* box_look:B relaxed: A has brought it */
}

/* Plain data published by a pointer, as under RCU. */
static void
box_publish(int i)
{
    (void)i;
    object *o = object_new(42);
    EITHER_DO(1, loft_store(&box, o, relaxed), loft_store(&box, o, release));  /* box_publish:A release -> box_read:A */
}

static void
box_read(int i)
{
    (void)i;
    object *o = loft_load(&box, acquire);                        /* box_read:A acquire <- box_publish:A: the value */
    if (o)
        loft_explore_check(loft_plain_read(&o->value) == 42);
    loft_store(&box_done, 1u, release);                          /* box_read:B release -> box_remove:B: read no more */
}

/* Who takes the object away waits until the reader has gone. */
static void
box_remove(int i)
{
    (void)i;
    object *o = loft_exchange(&box, (object *)NULL, acq_rel);    /* box_remove:A acq_rel: setup filled it */
    while (EITHER(1, false, !loft_load(&box_done, acquire)))     /* box_remove:B acquire <- box_read:B: read no more */
        LOFT_PAUSE();
    loft_free(o, sizeof *o);
}

/* ---- reference count --------------------------------------------------------------------------------------------- */

static void
refs_drop(int i)
{
    (void)i;
    object *o = loft_load(&box, relaxed);                        /* refs_drop:A relaxed: setup filled it */
    loft_explore_check(loft_plain_read(&o->value) == 42);
    if (EITHER(1, loft_fetch_sub(&o->refs, 1u, relaxed), loft_fetch_sub(&o->refs, 1u, release)) != 1u)  /* refs_drop:B
                                                                    release -> refs_drop:C: I use it no more */
        return;
    EITHER_DO(2, (void)0, loft_fence_for(acquire, &o->refs));    /* refs_drop:C acquire <- refs_drop:B: nobody does */
    loft_free(o, sizeof *o);
}

/* ---- one instance, made at first use ----------------------------------------------------------------------------- */

static object *
single_get(void)
{
    object *seen = loft_load(&box, acquire);                     /* single:A acquire <- single:B: its value */
    if (seen)
        return seen;
    object *mine = object_new(42);
    if (EITHER(1, (loft_store(&box, mine, release), true),
               EITHER(2, loft_cas_strong(&box, &seen, mine, relaxed, relaxed),
                      loft_cas_strong(&box, &seen, mine, acq_rel, acquire))))  /* single:B acq_rel -> single:A, single:B
                                                                    <- single:B: one of us makes it */
        return mine;
    loft_free(mine, sizeof *mine);
    return seen;
}

static void
single_thread(int i)
{
    (void)i;
    loft_explore_check(loft_plain_read(&single_get()->value) == 42);
}

/* ---- a request that is called back by its address ---------------------------------------------------------------- */

static loft_dwatomic call_slot;                                  /* the request; a number that changes with it */

static void
call_setup(void)
{
    loft_dw_init(&call_slot, loft_dw_of(0, 0));
}

/* Posts a request and takes it back if it is still there. */
static void
call_poster(int i)
{
    object *o = object_new(i);
    loft_dw_store(&call_slot, loft_dw_of((uintptr_t)o, 1u), release);  /* call_poster:A release -> call_server:B */
    loft_dw seen = loft_dw_of((uintptr_t)o, 1u);
    if (loft_dw_cas(&call_slot, &seen, loft_dw_of(0, 1u), acquire, relaxed)) {  /* call_poster:B acquire <-
                                                                    call_server:C */
        loft_explore_check(loft_plain_read(&o->value) == i);
        loft_free(o, sizeof *o);
    }
}

/* Serves it and posts one of its own, which may get the memory of the first. */
static void
call_server(int i)
{
    loft_dw seen = loft_dw_load(&call_slot, relaxed);            /* call_server:A relaxed: B checks it */
    if (!seen.lo || !loft_dw_cas(&call_slot, &seen, loft_dw_of(0, seen.hi), acquire, relaxed))  /* call_server:B acquire
                                                                    <- call_poster:A */
        return;
    loft_free((object *)seen.lo, sizeof(object));
    object *o = object_new(i);
    const uintptr_t number = seen.hi + EITHER(1, 0u, 1u);
    loft_dw_store(&call_slot, loft_dw_of((uintptr_t)o, number), release);  /* call_server:C release -> call_poster:B */
}

static void
call_finish(void)
{
    loft_free((object *)loft_dw_load(&call_slot, relaxed).lo, sizeof(object));  /* call_finish:A relaxed: alone */
}

/* ---- Treiber's stack of cells in an array ------------------------------------------------------------------------ */

#define CELL_BITS  8u

static LOFT_ATOMIC(uint32_t) cell_top;                           /* number of changes, and cell or 0 */
static LOFT_ATOMIC(uint32_t) cell_next[4];
static uint32_t cell_got[3];                                     /* what the threads hold in the end */

static void
cell_push(uint32_t cell)
{
    uint32_t top = loft_load(&cell_top, relaxed);                /* cell_push:A relaxed: C checks it */
    uint32_t to;
    do {
        loft_store(&cell_next[cell], top & 0xffu, relaxed);      /* cell_push:B relaxed: C carries it */
        to = (top & ~(uint32_t)0xff) | cell;
    } while (!loft_cas_strong(&cell_top, &top, to, release, relaxed));  /* cell_push:C release -> cell_pop:A */
}

static uint32_t
cell_pop(void)
{
    uint32_t top = loft_load(&cell_top, acquire);                /* cell_pop:A acquire <- cell_push:C: its next */
    for (;;) {
        const uint32_t cell = top & 0xffu;
        if (cell == 0)
            return 0;
        const uint32_t next = loft_load(&cell_next[cell], relaxed);  /* cell_pop:B relaxed: C checks that it still is */
        const uint32_t to = ((top >> CELL_BITS) + EITHER(1, 0u, 1u)) << CELL_BITS | next;
        if (loft_cas_strong(&cell_top, &top, to, acq_rel, acquire))  /* cell_pop:C acq_rel
                                                                    -> cell_pop:A <- cell_push:C */
            return cell;
    }
}

static void
cell_setup(void)
{
    loft_init(&cell_top, 0u);
    for (uint32_t cell = 0; cell < 4; cell++)
        loft_init(&cell_next[cell], 0u);
    for (int i = 0; i < 3; i++)
        cell_got[i] = 0;
    cell_push(2);
    cell_push(1);
}

static void
cell_taker(int i)
{
    cell_got[i] = cell_pop();
}

static void
cell_mixer(int i)
{
    const uint32_t first = cell_pop();
    cell_got[i] = cell_pop();
    if (first)
        cell_push(first);
}

/* Every cell is in one place. */
static void
cell_finish(void)
{
    unsigned places[3] = { 0, 0, 0 };
    for (int i = 0; i < 2; i++)
        places[cell_got[i]]++;
    for (uint32_t cell; (cell = cell_pop()) != 0;)
        places[cell]++;
    loft_explore_check(places[1] == 1u && places[2] == 1u);
}

/* ---- Treiber's stack of nodes, and hazard pointers --------------------------------------------------------------- */

typedef struct node {
    LOFT_ATOMIC(struct node *) next;
    int value;
} node;

static LOFT_ATOMIC(node *) top_node;
static LOFT_ATOMIC(node *) top_hazard[2];                        /* the first two threads' */
static node *top_popped[3];                                      /* by the threads, and not freed */

static void
top_push(int value)
{
    node *n = (node *)known_new(sizeof *n);
    loft_plain_write(&n->value, value);
    node *first = loft_load(&top_node, relaxed);                 /* top_push:A relaxed: C checks it */
    loft_init(&n->next, first);
    while (EITHER(2, !loft_cas_strong(&top_node, &first, n, relaxed, relaxed),
                  !loft_cas_strong(&top_node, &first, n, release, relaxed)))  /* top_push:C release -> top_pop:A,
                                                                    top_pop:C: the node */
        loft_store(&n->next, first, relaxed);                    /* top_push:B relaxed: C carries it */
}

static void
top_setup(void)
{
    loft_init(&top_node, (node *)NULL);
    for (int i = 0; i < 2; i++)
        loft_init(&top_hazard[i], (node *)NULL);
    for (int i = 0; i < 3; i++)
        top_popped[i] = NULL;
    top_push(2);
    top_push(1);
}

static void
top_pop(int i)
{
    node *n = loft_load(&top_node, acquire);                     /* top_pop:A acquire <- top_push:C: the node */
    while (n) {
        node *next = loft_load(&n->next, relaxed);               /* top_pop:B relaxed: written before A */
        if (loft_cas_strong(&top_node, &n, next, acq_rel, acquire))  /* top_pop:C acq_rel -> top_pop:A, top_pop:C
                                                                    <- top_push:C, top_pop:C: the next node */
            break;
    }
    if (EITHER(1, n != NULL, false))
        loft_free(n, sizeof *n);
    else
        top_popped[i] = n;
}

static void
top_push_pop(int i)
{
    top_push(3);
    top_pop(i);
}

static void
top_finish(void)
{
    for (int i = 0; i < 3; i++)
        loft_free(top_popped[i], sizeof(node));
    for (node *n = loft_load(&top_node, relaxed), *next; n; n = next) {  /* top_finish:A relaxed: alone */
        next = loft_load(&n->next, relaxed);                     /* top_finish:B relaxed: alone */
        loft_free(n, sizeof *n);
    }
}

/* Announces the node, and looks whether it is still there: Michael 2004. */
static void
hazard_reader(int i)
{
    node *n;
    for (;;) {
        n = loft_load(&top_node, relaxed);                       /* hazard_reader:A relaxed: D checks it */
        if (!n)
            return;
        loft_store(&top_hazard[i], n, relaxed);                  /* hazard_reader:B relaxed: C puts it before D */
        EITHER_DO(1, (void)0, loft_fence(seq_cst));              /* hazard_reader:C seq_cst <-> hazard_pop:B */
        if (loft_load(&top_node, acquire) == n)                  /* hazard_reader:D acquire <- hazard_pop:A: not gone */
            break;
    }
    const int value = loft_plain_read(&n->value);
    loft_explore_check(value == 1 || value == 2);
    EITHER_DO(3, loft_store(&top_hazard[i], (node *)NULL, relaxed),
              loft_store(&top_hazard[i], (node *)NULL, release));  /* hazard_reader:E release -> hazard_pop:C: done */
}

/* The only one who pops. */
static void
hazard_pop(int i)
{
    node *n = loft_load(&top_node, relaxed);                     /* hazard_pop:D relaxed: setup's */
    loft_store(&top_node, loft_load(&n->next, relaxed), release);  /* hazard_pop:A release -> hazard_reader:D */
    EITHER_DO(2, (void)0, loft_fence(seq_cst));                  /* hazard_pop:B seq_cst <-> hazard_reader:C */
    bool used = false;
    for (int k = 0; k < 2; k++)
        used = loft_load(&top_hazard[k], acquire) == n || used;  /* hazard_pop:C acquire <- hazard_reader:E: in use? */
    if (used)
        top_popped[i] = n;
    else
        loft_free(n, sizeof *n);
}

/* ---- a tower that is linked while it is removed ------------------------------------------------------------------ */

/* One place of a skip list of two levels. The mark in a node's link says that the node is removed from that level. */
typedef struct tower {
    LOFT_ATOMIC(uintptr_t) next[2];
    LOFT_ATOMIC(unsigned) owners;                                /* of { inserter, remover }: who has not finished */
} tower;

#define TOWER_MARK  ((uintptr_t)1)

static LOFT_ATOMIC(uintptr_t) tower_head[2];
static LOFT_ATOMIC(unsigned) tower_inside[3];                    /* 1: the thread may hold a tower */
static bool tower_freed;

static void
tower_setup(void)
{
    for (int k = 0; k < 2; k++)
        loft_init(&tower_head[k], (uintptr_t)0);
    for (int i = 0; i < 3; i++)
        loft_init(&tower_inside[i], 0u);
    tower_freed = false;
}

static void
tower_enter(int me)
{
    loft_store(&tower_inside[me], 1u, relaxed);                  /* tower_enter:A relaxed: B puts it before all looks */
    EITHER_DO(2, (void)0, loft_fence(seq_cst));                  /* tower_enter:B seq_cst <-> tower_retire:A */
}

static void
tower_leave(int me)
{
    EITHER_DO(4, loft_store(&tower_inside[me], 0u, relaxed),
              loft_store(&tower_inside[me], 0u, release));       /* tower_leave:A release -> tower_retire:B: done */
}

/* It is in no level any more: free it once everybody who may have found it has left. */
static void
tower_retire(int me, tower *n)
{
    EITHER_DO(3, (void)0, loft_fence(seq_cst));                  /* tower_retire:A seq_cst <-> tower_enter:B */
    for (int i = 0; i < 3; i++)
        while (i != me && loft_load(&tower_inside[i], acquire))  /* tower_retire:B acquire <- tower_leave:A: done */
            LOFT_PAUSE();
    tower_freed = true;
    loft_free(n, sizeof *n);
}

static void
tower_unlink(tower *n)
{
    for (int k = 1; k >= 0; k--) {
        uintptr_t seen = (uintptr_t)n;
        loft_cas_strong(&tower_head[k], &seen, (uintptr_t)0, release, relaxed);  /* tower_unlink:A release: gone */
    }
}

/* Inserter and remover both come by here when they have finished. The last one frees it: by then all links are made. */
static void
tower_finished(int me, tower *n, bool remover)
{
    const bool last = EITHER(1, remover, loft_fetch_sub(&n->owners, 1u, acq_rel) == 1u);  /* tower_finished:A acq_rel ->
                                                                    tower_finished:A <- tower_finished:A: its links */
    if (last)
        tower_unlink(n);
    tower_leave(me);
    if (last)
        tower_retire(me, n);
}

/* Links level 0, which makes it present, and then level 1 unless it is removed already. */
static void
tower_insert(int me)
{
    tower *n = (tower *)known_new(sizeof *n);
    loft_init(&n->next[0], (uintptr_t)0);
    loft_init(&n->next[1], (uintptr_t)0);
    loft_init(&n->owners, 2u);
    tower_enter(me);
    loft_store(&tower_head[0], (uintptr_t)n, release);           /* tower_insert:A release -> tower_remove:A. LP */
    if (!(loft_load(&n->next[1], acquire) & TOWER_MARK)) {       /* tower_insert:B acquire <- tower_remove:B */
        uintptr_t seen = 0;
        loft_cas_strong(&tower_head[1], &seen, (uintptr_t)n, release, relaxed);  /* tower_insert:C release ->
                                                                    tower_look:A: the node. It may be removed by now */
    }
    tower_finished(me, n, false);
}

static void
tower_remove(int me)
{
    tower_enter(me);
    tower *n = (tower *)loft_load(&tower_head[0], acquire);      /* tower_remove:A acquire <- tower_insert:A */
    if (!n) {
        tower_leave(me);
        return;
    }
    loft_fetch_or(&n->next[1], TOWER_MARK, acq_rel);             /* tower_remove:B acq_rel -> tower_insert:B */
    loft_fetch_or(&n->next[0], TOWER_MARK, acq_rel);             /* tower_remove:C acq_rel: the only remover. LP */
    tower_finished(me, n, true);
}

/* The second insert: it looks for its place from the upper level. */
static void
tower_look(int me)
{
    tower_enter(me);
    tower *n = (tower *)loft_load(&tower_head[1], acquire);      /* tower_look:A acquire <- tower_insert:C: the node */
    if (n)
        (void)loft_load(&n->next[1], acquire);                   /* tower_look:B acquire <- tower_remove:B: removed? */
    tower_leave(me);
}

static void
tower_finish(void)
{
    if (!tower_freed)
        loft_free((tower *)loft_load(&tower_head[0], relaxed), sizeof(tower));  /* tower_finish:A relaxed: alone */
}

/* ---- all of them ------------------------------------------------------------------------------------------------- */

static const known_algorithm algorithms[] = {
    { .client = { .name = "exchanged objects", .setup = box_setup, .thread = { box_swap, box_swap },
                  .finish = box_finish },
      .bug = { { "old one forgotten", LOFT_EXPLORE_LEAK, NULL } } },
    { .client = { .name = "object for one", .setup = box_setup_full, .thread = { box_take, box_take } },
      .bug = { { "load and store", LOFT_EXPLORE_DOUBLE_FREE, NULL } } },
    { .client = { .name = "object that is shown", .setup = box_setup, .thread = { box_show, box_look },
                  .finish = box_finish },
      .bug = { { "payload forgotten", LOFT_EXPLORE_UNINIT, NULL },
               { "word initialised later", LOFT_EXPLORE_RACE, "initialisation" } } },
    { .client = { .name = "published object", .setup = box_setup, .thread = { box_publish, box_read },
                  .finish = box_finish },
      .bug = { { "relaxed store", LOFT_EXPLORE_RACE, NULL } } },
    { .client = { .name = "removed object", .setup = box_setup_full, .thread = { box_read, box_remove } },
      .uncounted = true,
      .bug = { { "no wait", LOFT_EXPLORE_USE_AFTER_FREE, NULL } } },
    { .client = { .name = "reference count", .setup = box_setup_full,
                  .thread = { refs_drop, refs_drop, refs_drop } },
      .bug = { { "relaxed decrement", LOFT_EXPLORE_USE_AFTER_FREE, NULL },
               { "no acquire", LOFT_EXPLORE_USE_AFTER_FREE, NULL } } },
    { .client = { .name = "one instance", .setup = box_setup, .thread = { single_thread, single_thread },
                  .finish = box_finish },
      .bug = { { "store", LOFT_EXPLORE_LEAK, NULL },
               { "relaxed CAS", LOFT_EXPLORE_RACE, NULL } } },
    { .client = { .name = "request called back", .setup = call_setup, .thread = { call_poster, call_server },
                  .finish = call_finish, .flags = LOFT_EXPLORE_REUSE },
      .bug = { { "ABA", LOFT_EXPLORE_ASSERT, "value" } } },
    { .client = { .name = "Treiber stack of cells", .setup = cell_setup, .thread = { cell_taker, cell_mixer },
                  .finish = cell_finish },
      .bug = { { "ABA", LOFT_EXPLORE_ASSERT, "places" } } },
    { .client = { .name = "Treiber stack of nodes", .setup = top_setup,
                  .thread = { top_push_pop, top_pop, top_pop }, .finish = top_finish },
      .bug = { { "freed at once", LOFT_EXPLORE_USE_AFTER_FREE, NULL },
               { "relaxed push", LOFT_EXPLORE_RACE, NULL } } },
    { .client = { .name = "hazard pointer", .setup = top_setup,
                  .thread = { hazard_reader, hazard_reader, hazard_pop }, .finish = top_finish },
      .bug = { { "no fence in the reader", LOFT_EXPLORE_USE_AFTER_FREE, NULL },
               { "no fence in the remover", LOFT_EXPLORE_USE_AFTER_FREE, NULL },
               { "relaxed end", LOFT_EXPLORE_USE_AFTER_FREE, NULL } } },
    { .client = { .name = "tower of a skip list", .setup = tower_setup,
                  .thread = { tower_insert, tower_remove, tower_look }, .finish = tower_finish },
      .uncounted = true,
      .bug = { { "remover retires", LOFT_EXPLORE_USE_AFTER_FREE, NULL },
               { "no fence in enter", LOFT_EXPLORE_USE_AFTER_FREE, NULL },
               { "no fence in retire", LOFT_EXPLORE_USE_AFTER_FREE, NULL },
               { "relaxed leave", LOFT_EXPLORE_USE_AFTER_FREE, NULL } } },
};

int
main(int argc, char **argv)
{
    return known_main(algorithms, sizeof algorithms / sizeof algorithms[0], argc, argv);
}
