/* SPDX-License-Identifier: MIT
 *
 * loft/smr/hp.h - hazard pointers: what a thread has published is not freed, whatever else happens.
 *
 * Needs: core/base.h core/atomics.h core/asymmetric.h core/alloc.h core/park.h smr/collector.h
 *        smr/contract.h smr/threads.h
 *
 * USE IT WHEN         a thread may stop anywhere and memory has to stay bounded, tightly, or sections are long and hold
 *                     few nodes.
 * DO NOT USE IT WHEN  each section walks over many nodes (ebr.h; where memory has to stay bounded, ibr.h, hyaline.h):
 *                     each step pays here. Or where the structure walks through unlinked nodes and cannot validate.
 *
 * EXAMPLE
 *     #include <loft/smr/hp.h>
 *     struct config { loft_hp_node smr; int limit; };
 *     static LOFT_ATOMIC(uintptr_t) current;                  // the address of the configuration that is in force
 *     static void drop(loft_smr_thread *me, loft_smr_node *n) { (void)me; loft_free(n, sizeof(struct config)); }
 *     static bool set(loft_hp_thread *me, int limit)
 *     {
 *         struct config *c = (struct config *)loft_hp_alloc_node(me, sizeof *c);
 *         if (!c)
 *             return false;
 *         c->limit = limit;
 *         loft_hp_enter(me);
 *         uintptr_t old = loft_exchange(&current, (uintptr_t)c, acq_rel);   // set:A acq_rel -> user <- set:A: whole
 *         if (old)
 *             loft_hp_retire(me, &((struct config *)old)->smr, drop);
 *         loft_hp_exit(me);
 *         return true;
 *     }
 *     int main(void)
 *     {
 *         static loft_hp domain;
 *         if (loft_hp_init(&domain, NULL) != LOFT_OK)
 *             return 1;
 *         loft_hp_thread *me = loft_hp_join(&domain);
 *         if (!me || !set(me, 10) || !set(me, 20))
 *             return 1;
 *         loft_hp_enter(me);
 *         const struct config *c = (const struct config *)loft_hp_protect(me, 0, &current);
 *         const int limit = c->limit;                         // c stays until slot 0 is used again, or exit
 *         loft_hp_exit(me);
 *         loft_free((void *)loft_load(&current, relaxed), sizeof(struct config));   // main:A relaxed: one thread
 *         loft_hp_leave(me);
 *         return loft_hp_fini(&domain) != LOFT_OK || limit != 20;
 *     }
 *
 * OPERATIONS          the contract's (smr/contract.h), with loft_hp for S. Sections do not nest: the inner one would
 *                     use the slots of the outer. options.slots is how many there are, 8 if it says less
 *
 * TOGETHER            Everything but init, fini and forked, each record by one thread at a time; stats_get by any
 *                     thread.
 *
 * THE RULE            protect publishes an address, then reads the link again, with a light fence between. Who frees
 *                     has unlinked the node, then reads what is published, with a heavy fence between. One of the two
 *                     fences is first (core/asymmetric.h; with full fences, C11 7.17.3p11). The light one: the address
 *                     is seen, or what its slot held later, and then (protect:C, clear:A) the node is no longer in use.
 *                     The heavy one: the link is read as it was after unlinking, so protect does not return that node.
 *                     The list of records is read after the heavy fence, for those who have just joined.
 *
 * BAGS                Who has retired something keeps it in one of two bags of its record: a list (limbo) of what has
 *                     to be looked at, whose last few are in a hand, and not written to; and one of what may be freed
 *                     (ready). The owner touches its bags in turns: turn is odd, a light fence, and which says the bag.
 *                     Who drains changes which; a heavy fence; and waits until a turn that it finds has come to its
 *                     end. Light fence first: the turn is found, and close:A hands the bag over. Heavy one first: the
 *                     owner has read the new which, and the old bag is nobody's. Turns are short, and a section is
 *                     none: nobody waits for a thread that stops in one but for the nodes it has published. Where a
 *                     turn does not end in time, or the system refuses the fence, the bag stays where it is, and late
 *                     says so: the owner takes it back in a turn that has the other bag, or the next who drains does,
 *                     after a fence and the turn that is found then, and changes which only afterwards.
 *
 * ORPHANS             What those who left have put there in a turn is for who looks through its own next: it takes all
 *                     of it, at once, and nobody waits. Nobody does, nor takes back a bag, who sees in its turn that
 *                     somebody drains (drains). Who does not see it has begun its turn before the fence of the drain,
 *                     and has the old bag, for open:D with the new which sees drains too: so the drain waits for it.
 *                     What is found in all bags, and after that in orphans, is all there was.
 *
 * FREEING             One for one: retire frees a node that is ready, and exit none. Who keeps more than R + N * K (see
 *                     MEMORY), or has retired nothing in R sections, frees options.frees in each call; so does retire
 *                     where that is R or more.
 *
 * EDGES        protect:D <-> scan:A, fence:A        the rule
 *              protect:C, clear:A -> gather:A, covers:A   what was done with the node before
 *              open:C <-> fence:A                   a turn is waited for, or takes the new bag
 *              open:B, close:A -> drain:C, aside:C, await:A   the bag, as the turn has left it
 *              turn_over:B -> open:D                that bag is empty, and somebody drains
 *              push:B -> take:A                     what those who left had retired
 *              unlock:A -> adopt:A                  a drain has taken what it had to
 *              drain:D, refused:B -> adopt:C        which bag was left
 *
 * MEMORY              A record of about 3 kilobytes and a word for each slot, for each thread that is there at one
 *                     time; a table of up to 4 * N * K words for each that has looked through its nodes. Retired and
 *                     not yet freed are, for each of N threads with K slots, at most R + N * K nodes, whatever the
 *                     others do or do not do; R is options.batch, or by default 2 * N * K, at least 1024, or 64 with
 *                     full fences. That holds where drop retires nothing itself. What threads have left behind, or a
 *                     drain that gave up, comes on top of it for who takes it over when it looks or leaves: each leaves
 *                     no more than it had, less a batch where with what lies there it has one. Who stops keeps what it
 *                     has in its hands, and nobody else does.
 *
 * PROGRESS            enter, exit, retire wait-free but for the allocator and options.frees calls of drop; once in R
 *                     retirings all slots are read, and R + N * K nodes and what was left behind looked at. protect
 *                     lock-free: it begins again when somebody has changed the link. join lock-free but for the
 *                     allocator, leave but for that and a batch of drop. drain waits for published nodes, for a turn
 *                     that is under way, and for another drain; meanwhile nobody takes over what is left, and who
 *                     leaves frees what it can of its own.
 *
 * SOURCE              Michael, Hazard Pointers: Safe Memory Reclamation for Lock-Free Objects, IEEE TPDS 15(6), 2004.
 *                     Changed: the fence is light where the system can do the heavy one; a hash table for the sorted
 *                     list; what is found free is freed one by one; the owner's list can be taken away.
 */
#ifndef LOFT_SMR_HP_H
#define LOFT_SMR_HP_H

#include "../core/base.h"
#include "../core/atomics.h"
#include "../core/asymmetric.h"
#include "../core/alloc.h"
#include "../core/park.h"
#include "collector.h"
#include "contract.h"
#include "threads.h"

#if !defined(LOFT_UNSUPPORTED)

#define loft_hp_smr       1
#define loft_hp_region    0
#define loft_hp_slots     8
#define loft_hp_robust    1
#define loft_hp_birth     0
#define loft_hp_restarts  0
#define loft_hp_signals   0
#define loft_hp_nests     0
#define loft_hp_drops     1

#define LOFT_HP_SLOTS_MOST_  ((size_t)1 << 16)
#define LOFT_HP_ROOM_        ((size_t)16)                /* of the smallest table                              */

typedef struct loft_hp_bag_ {
    loft_smr_list_ limbo;
    loft_smr_list_ ready;
    loft_smr_hand_ hand;                                 /* of limbo                                           */
    size_t         kept;                                 /* in all of them                                     */
    size_t         fresh;                                /* retired since they were last looked through        */
} loft_hp_bag_;

struct loft_hp;

/* The slots stand behind it. */
typedef struct loft_hp_thread {
    loft_smr_thread        base;
    struct loft_hp        *domain;
    uintptr_t             *table;                        /* of what is published                               */
    size_t                 room;                         /* in it, a power of two                              */
    loft_hp_bag_           bag[2];
    LOFT_ATOMIC(unsigned)  which;                        /* of them is taken in the next turn                  */
    LOFT_ATOMIC(loft_seq)  turn;                         /* odd: the owner has a bag in its hands              */
    LOFT_ATOMIC(unsigned)  late;                         /* who drained had to leave a bag that is not in use  */
    bool                   behind;                       /* the same, when a drain began; the collector's      */
    LOFT_ATOMIC(uintptr_t) held;                         /* a node that somebody held when we last looked      */
    LOFT_ATOMIC(loft_seq)  fences;
    char                   pad_[LOFT_CACHELINE];
    loft_hp_bag_          *open;                         /* in a turn: the bag                                 */
    size_t                 batch;
    size_t                 used;                         /* slots, in this section                             */
    size_t                 idle;                         /* sections since something was retired               */
    bool                   asym;
    bool                   keeps;                        /* there may be work for exit                         */
    bool                   rush;                         /* all calls free options.frees                       */
    loft_smr_list_         taken;                        /* by its drain                                       */
    loft_smr_list_         freed;                        /* of them, what may be                               */
} loft_hp_thread;

typedef struct loft_hp {
    loft_smr_domain               base;
    bool                          asym;
    size_t                        batch;                 /* 0: as many as the slots ask for                    */
    size_t                        frees;
    size_t                        slots;
    char                          pad0_[LOFT_CACHELINE];
    LOFT_ATOMIC(loft_smr_node *)  orphans;               /* what those who left had retired                    */
    LOFT_ATOMIC(size_t)           adrift;                /* how many they are                                  */
    LOFT_ATOMIC(unsigned)         drains;                /* somebody collects: orphans are not taken over      */
    loft_smr_collector_           collector;             /* somebody drains                                    */
    LOFT_ATOMIC(uintptr_t)        held;                  /* a node that a drain could not free                 */
    LOFT_ATOMIC(size_t)           waited;                /* number of who did not end its turn for a drain     */
    char                          pad1_[LOFT_CACHELINE];
} loft_hp;

typedef loft_smr_node      loft_hp_node;
typedef loft_smr_options   loft_hp_options;
typedef loft_smr_stats     loft_hp_stats;

/* ---- slots ------------------------------------------------------------------------------------------------------- */

LOFT_API LOFT_ATOMIC(uintptr_t) *
loft_hp_slot_(loft_hp_thread *t, size_t i)
{
    return (LOFT_ATOMIC(uintptr_t) *)(void *)(t + 1) + i;
}

LOFT_API const LOFT_ATOMIC(uintptr_t) *
loft_hp_slot_of_(const loft_hp_thread *t, size_t i)
{
    return (const LOFT_ATOMIC(uintptr_t) *)(const void *)(t + 1) + i;
}

LOFT_API void
loft_hp_clear_(loft_hp_thread *me)
{
    const size_t used = me->used;
    for (size_t i = 0; i < used; i++)
        loft_store(loft_hp_slot_(me, i), (uintptr_t)0, release);   /* clear:A release -> gather:A, covers:A: done */
    me->used = 0;
}

/* What is published. */
typedef struct loft_hp_set_ {
    const loft_hp_thread *first;
    size_t                slots;
    uintptr_t            *table;                         /* open addressing, 0 is vacant; NULL: look at the slots */
    size_t                mask;
    size_t                count;                         /* in the table                                       */
} loft_hp_set_;

LOFT_API size_t
loft_hp_place_(const loft_hp_set_ *set, uintptr_t address)
{
    size_t i = (size_t)(((uint64_t)(address >> 3) * UINT64_C(0x9e3779b97f4a7c15)) >> 32) & set->mask;
    while (set->table[i] && set->table[i] != address)
        i = (i + 1u) & set->mask;
    return i;
}

/* After a heavy fence. Where there is no memory for the table, nothing is lost but time. */
LOFT_API void
loft_hp_gather_(loft_hp_thread *me, size_t slots, loft_hp_set_ *set)
{
    set->first = (const loft_hp_thread *)loft_smr_first_(me->base.domain);
    set->slots = slots;
    set->count = 0;
    size_t room = LOFT_HP_ROOM_;
    while (room < 2u * slots * set->first->base.number)
        room *= 2u;
    if (me->room < room) {
        uintptr_t *const larger = (uintptr_t *)loft_alloc(room * sizeof *larger);
        if (larger) {
            loft_free(me->table, me->room * sizeof *larger);
            me->table = larger;
            me->room = room;
        }
    }
    set->table = me->table;
    if (!set->table)
        return;
    set->mask = me->room - 1u;
    memset(set->table, 0, me->room * sizeof *set->table);
    for (const loft_hp_thread *t = set->first; t; t = (const loft_hp_thread *)t->base.next) {
        for (size_t i = 0; i < slots; i++) {
            const uintptr_t address = loft_load(loft_hp_slot_of_(t, i), acquire);   /* gather:A acquire <- protect:C,
                                                                                clear:A: what it was used for before */
            if (!address)
                continue;
            if (set->count >= me->room / 2u) {           /* an old table, too small                            */
                set->table = NULL;
                return;
            }
            uintptr_t *const entry = &set->table[loft_hp_place_(set, address)];
            set->count += *entry == 0;
            *entry = address;
        }
    }
}

LOFT_API bool
loft_hp_covers_(const loft_hp_set_ *set, uintptr_t address)
{
    if (set->table)
        return set->table[loft_hp_place_(set, address)] != 0;
    for (const loft_hp_thread *t = set->first; t; t = (const loft_hp_thread *)t->base.next) {
        for (size_t i = 0; i < set->slots; i++) {
            if (loft_load(loft_hp_slot_of_(t, i), acquire) == address)   /* covers:A acquire <- protect:C, clear:A: what
                                                                            it was used for before */
                return true;
        }
    }
    return false;
}

/* What is published stays in limbo, the rest is ready. One of those that stay, or 0: the same as before if it does. */
LOFT_API uintptr_t
loft_hp_sort_(const loft_hp_set_ *set, loft_smr_list_ *limbo, loft_smr_list_ *ready, uintptr_t before)
{
    if (set->table && set->count == 0) {
        loft_smr_move_(ready, limbo);
        return 0;
    }
    uintptr_t stays = 0;
    loft_smr_node *node = limbo->head;
    limbo->head = NULL;
    while (node) {
        loft_smr_node *const next = loft_plain_read(&node->next);
        if (loft_hp_covers_(set, (uintptr_t)node)) {
            if (stays == 0 || stays != before)
                stays = (uintptr_t)node;
            loft_smr_put_(limbo, node);
        } else
            loft_smr_put_(ready, node);
        node = next;
    }
    return stays;
}

/* ---- bags -------------------------------------------------------------------------------------------------------- */

/* Begins a turn. */
LOFT_API loft_hp_bag_ *
loft_hp_open_(loft_hp_thread *me)
{
    const loft_seq turn = loft_load(&me->turn, relaxed); /* open:A relaxed: only this thread writes it */
    loft_store(&me->turn, turn + 1u, release);           /* open:B release -> drain:C, aside:C, await:A: those before */
    loft_fence_light(me->asym, seq_cst);                 /* open:C seq_cst <-> fence:A: I am waited for, or see which */
    me->open = &me->bag[loft_load(&me->which, acquire)]; /* open:D acquire <- turn_over:B: that bag is empty */
    return me->open;
}

LOFT_API void
loft_hp_close_(loft_hp_thread *me)
{
    const loft_seq turn = loft_load(&me->turn, relaxed); /* close:B relaxed: only this thread writes it */
    me->open = NULL;
    loft_store(&me->turn, turn + 1u, release);           /* close:A release -> drain:C, aside:C, await:A: the bag */
}

/* The bag is empty afterwards. */
LOFT_API void
loft_hp_empty_(loft_smr_list_ *to, loft_hp_bag_ *bag)
{
    loft_smr_link_(&bag->hand, to);
    loft_smr_move_(to, &bag->limbo);
    loft_smr_move_(to, &bag->ready);
    loft_plain_write(&bag->kept, (size_t)0);
    bag->fresh = 0;
}

LOFT_API size_t
loft_hp_count_(const loft_smr_list_ *list)
{
    size_t n = 0;
    for (const loft_smr_node *node = list->head; node; node = loft_plain_read(&node->next))
        n++;
    return n;
}

/* So many are nobody's from now on. */
LOFT_API void
loft_hp_push_(loft_hp *d, loft_smr_list_ *list, size_t n)
{
    if (!list->head)
        return;
    (void)loft_fetch_add(&d->adrift, n, relaxed);        /* push:C relaxed: a number that goes with nothing */
    loft_smr_node *top = loft_load(&d->orphans, relaxed);   /* push:A relaxed: push:B checks it; it is only linked */
    do
        loft_plain_write(&list->tail->next, top);
    while (!loft_cas_weak(&d->orphans, &top, list->head, release, relaxed));   /* push:B release -> take:A: the nodes */
    list->head = NULL;
}

/* All that is nobody's goes there. How many they are. */
LOFT_API size_t
loft_hp_take_(loft_hp *d, loft_smr_list_ *to)
{
    size_t n = 0;
    loft_smr_node *node = loft_exchange(&d->orphans, (loft_smr_node *)NULL, acquire);   /* take:A acquire <- push:B: the
                                                                                           nodes */
    while (node) {
        loft_smr_node *const next = loft_plain_read(&node->next);
        loft_smr_put_(to, node);
        node = next;
        n++;
    }
    if (n != 0)
        (void)loft_fetch_sub(&d->adrift, n, relaxed);    /* take:B relaxed: a number that goes with nothing */
    return n;
}

/* Takes over, in a turn and before one looks, what is nobody's, and the bag that a drain has left, unless somebody
 * drains. */
LOFT_API void
loft_hp_adopt_(loft_hp_thread *me, loft_hp_bag_ *mine)
{
    loft_hp *const d = me->domain;
    if (loft_load(&d->drains, acquire) != 0)             /* adopt:A acquire <- unlock:A: what was to be taken is */
        return;
    size_t n = 0;
    if (loft_load(&d->orphans, relaxed))                 /* adopt:B relaxed: take:A decides */
        n = loft_hp_take_(d, &mine->limbo);
    if (loft_load(&me->late, acquire) != 0               /* adopt:C acquire <- drain:D, refused:B: which it is */
        && mine == &me->bag[loft_load(&me->which, relaxed)]) {   /* adopt:D relaxed: nobody changes it now */
        loft_hp_bag_ *const other = mine == me->bag ? me->bag + 1 : me->bag;
        n += loft_plain_read(&other->kept);
        loft_hp_empty_(&mine->limbo, other);
        loft_store(&me->late, 0u, relaxed);              /* adopt:E relaxed: close:A orders it */
    }
    loft_plain_write(&mine->kept, mine->kept + n);
}

LOFT_API size_t
loft_hp_batch_(const loft_hp *d, size_t records)
{
    const size_t least = LOFT_SMR_BATCH_(d->asym);
    const size_t twice = 2u * records * d->slots;
    return d->batch ? d->batch : twice > least ? twice : least;
}

LOFT_API void
loft_hp_count_fence_(loft_hp_thread *me)
{
    const loft_seq n = loft_load(&me->fences, relaxed);  /* count_fence:A relaxed: only this thread writes it */
    loft_store(&me->fences, n + 1u, relaxed);            /* count_fence:B relaxed: a statistic */
}

/* Looks through limbo, in a turn. */
LOFT_API void
loft_hp_scan_(loft_hp_thread *me, loft_hp_bag_ *bag)
{
    loft_hp *const d = me->domain;
    loft_hp_set_ set;
    loft_smr_link_(&bag->hand, &bag->limbo);
    loft_hp_count_fence_(me);
    if (!loft_fence_heavy(me->asym, seq_cst)) {          /* scan:A seq_cst <-> protect:D: seen, or it sees */
        bag->fresh = me->batch - me->batch / 8u;         /* not now, but soon                                  */
        return;
    }
    loft_hp_gather_(me, d->slots, &set);
    const uintptr_t before = loft_load(&me->held, relaxed);   /* scan:C relaxed: a statistic */
    const uintptr_t stays = loft_hp_sort_(&set, &bag->limbo, &bag->ready, before);
    if (stays != before)
        loft_store(&me->held, stays, relaxed);           /* scan:B relaxed: a statistic */
    const size_t records = set.first->base.number;
    bag->fresh = 0;
    me->batch = loft_hp_batch_(d, records);
    me->rush = loft_plain_read(&bag->kept) > me->batch + records * d->slots;
}

/* A thread's share of the work, in a turn, where it has retired `came` nodes, one or none: it looks through its nodes
 * when they are many, and frees a few. */
LOFT_API void
loft_hp_work_(loft_hp_thread *me, loft_hp_bag_ *bag, size_t came)
{
    const size_t most = me->domain->frees;
    if (bag->fresh >= me->batch) {
        loft_hp_adopt_(me, bag);
        loft_hp_scan_(me, bag);
    }
    const size_t frees = me->rush || me->idle > me->batch || most >= me->batch ? most : came;
    if (bag->ready.head && frees)
        (void)loft_smr_free_(&me->base, &bag->ready, frees, &bag->kept);
    me->rush = (me->rush && bag->ready.head) || bag->fresh >= me->batch;
    me->keeps = me->rush || bag->ready.head;
}

/* Ends the turn of a thread that has ended in drop: what was being freed then was not counted. */
LOFT_API void
loft_hp_ended_(loft_hp_thread *me)
{
    loft_hp_bag_ *const bag = me->open;
    const size_t kept = loft_hp_count_(&bag->limbo) + loft_hp_count_(&bag->ready) + loft_plain_read(&bag->hand.n);
    loft_plain_write(&bag->kept, kept);
    me->base.freeing = false;
    loft_hp_close_(me);
}

/* The end of a section, where this thread keeps something that is ready. */
LOFT_API void
loft_hp_after_(loft_hp_thread *me)
{
    if (me->idle <= me->batch)
        me->idle++;
    if (me->rush || me->idle > me->batch) {
        if (me->open)                                    /* who ends the section is not who was in it          */
            loft_hp_ended_(me);
        loft_hp_work_(me, loft_hp_open_(me), 0);
        loft_hp_close_(me);
    }
}

/* ---- threads ----------------------------------------------------------------------------------------------------- */

LOFT_API void
loft_hp_prepare_(loft_smr_thread *fresh)
{
    loft_hp_thread *const t = (loft_hp_thread *)fresh;
    t->domain = (loft_hp *)fresh->domain;
    t->asym = t->domain->asym;
    loft_plain_write(&t->bag[0].kept, (size_t)0);
    loft_plain_write(&t->bag[1].kept, (size_t)0);
    loft_plain_write(&t->bag[0].hand.n, (size_t)0);
    loft_plain_write(&t->bag[1].hand.n, (size_t)0);
    loft_init(&t->which, 0u);
    loft_init(&t->turn, (loft_seq)0);
    loft_init(&t->late, 0u);
    loft_init(&t->held, (uintptr_t)0);
    loft_init(&t->fences, (loft_seq)0);
    for (size_t i = 0; i < t->domain->slots; i++)
        loft_init(loft_hp_slot_(t, i), (uintptr_t)0);
}

/* drop for at most n of them, in a turn of who is in no section. */
LOFT_API void
loft_hp_drop_(loft_hp_thread *me, loft_smr_list_ *ready, size_t n, size_t *kept)
{
    me->base.depth = 1;                                  /* drop may retire                                    */
    (void)loft_smr_free_(&me->base, ready, n, kept);
    me->base.depth = 0;
    me->keeps = me->rush = true;
}

/* Where threads come, retire a little and go, none of them is there long enough to free anything: who leaves frees as
 * much as a batch of what they have left. */
LOFT_API void
loft_hp_tidy_(loft_hp_thread *me, loft_hp_bag_ *bag)
{
    loft_hp *const d = me->domain;
    if (loft_load(&me->late, relaxed) == 0               /* tidy:A relaxed: a hint */
        && loft_load(&d->adrift, relaxed) + loft_plain_read(&bag->kept) < me->batch)   /* tidy:B relaxed: a hint */
        return;
    loft_hp_adopt_(me, bag);
    if (loft_plain_read(&bag->kept) == 0)
        return;
    loft_hp_scan_(me, bag);
    loft_hp_drop_(me, &bag->ready, me->batch, &bag->kept);
}

LOFT_API void
loft_hp_leave_(loft_smr_thread *t)
{
    loft_hp_thread *const me = (loft_hp_thread *)t;
    loft_smr_list_ left = { NULL, NULL };
    loft_hp_clear_(me);
    if (me->open)                                        /* a thread may end in drop                           */
        loft_hp_ended_(me);
    loft_hp_bag_ *const bag = loft_hp_open_(me);
    loft_smr_move_(&me->taken, &me->freed);              /* in that of a drain                                 */
    size_t n = loft_hp_count_(&me->taken);
    loft_plain_write(&bag->kept, bag->kept + n);
    loft_smr_move_(&bag->limbo, &me->taken);
    loft_hp_tidy_(me, bag);
    loft_smr_self_clear_(t);
    n = loft_plain_read(&bag->kept);
    loft_hp_empty_(&left, bag);
    loft_hp_push_(me->domain, &left, n);
    loft_store(&me->held, (uintptr_t)0, relaxed);        /* leave:A relaxed: a statistic */
    loft_hp_close_(me);
    loft_smr_give_(t);
}

/* ---- all of it --------------------------------------------------------------------------------------------------- */

/* Until this turn is over; false: it is too late. */
LOFT_API bool
loft_hp_await_(const loft_hp_thread *t, loft_seq turn, uint64_t deadline)
{
    loft_smr_wait_ w;
    loft_smr_wait_begin_(&w, deadline);
    while (loft_load(&t->turn, acquire) == turn) {       /* await:A acquire <- open:B, close:A: the bag */
        if (!loft_smr_wait_more_(&w))
            return false;
    }
    return true;
}

/* Under the lock: the bag that was in use is not used in turns that begin from here. The one it was before. */
LOFT_API unsigned
loft_hp_turn_over_(loft_hp_thread *t)
{
    const unsigned old = loft_load(&t->which, relaxed);  /* turn_over:A relaxed: written under the lock */
    loft_store(&t->which, 1u - old, release);            /* turn_over:B release -> open:D: that bag is empty */
    return old;
}

/* Under the lock: the bag that is not in use. */
LOFT_API loft_hp_bag_ *
loft_hp_other_(loft_hp_thread *t)
{
    return &t->bag[1u - loft_load(&t->which, relaxed)];  /* other:A relaxed: written under the lock */
}

/* False: the system has refused it until it was too late. */
LOFT_API bool
loft_hp_fence_(loft_hp_thread *me, uint64_t deadline)
{
    loft_smr_wait_ w;
    loft_smr_wait_begin_(&w, deadline);
    loft_hp_count_fence_(me);
    while (!loft_fence_heavy(me->asym, seq_cst)) {       /* fence:A seq_cst <-> open:C, protect:D: I wait for the turn,
                                                            or it takes the other bag; what is published is seen, or
                                                            it sees that it is unlinked */
        if (!loft_smr_wait_more_(&w))
            return false;
    }
    return true;
}

/* Under the lock: what is in the bag that is not in use, of a thread in no turn that uses it. */
LOFT_API void
loft_hp_collect_(loft_hp_thread *t, loft_smr_list_ *all)
{
    loft_hp_empty_(all, loft_hp_other_(t));
    loft_store(&t->held, (uintptr_t)0, relaxed);         /* collect:A relaxed: a statistic */
}

/* Under the lock: puts everybody's bag aside. Where a drain before had to leave one there, its owner may be about to
 * take it back, in a turn that has not seen that somebody drains: after a fence and that turn it is ours, and the one
 * in use is put aside then. Who does not end its turn for that is waited for in vain, and stays behind. False: there
 * was no fence in time, and some are aside that nobody may take yet. */
LOFT_API bool
loft_hp_aside_(loft_hp_thread *me, loft_hp_thread *first, size_t *waited, uint64_t deadline)
{
    bool behind = false;
    for (loft_hp_thread *t = first; t; t = (loft_hp_thread *)t->base.next) {
        t->behind = loft_load(&t->late, relaxed) != 0;   /* aside:A relaxed: set under the lock */
        behind = behind || t->behind;
        if (!t->behind)
            (void)loft_hp_turn_over_(t);
    }
    if (!loft_hp_fence_(me, deadline))
        return false;
    if (!behind)
        return true;
    for (loft_hp_thread *t = first; t; t = (loft_hp_thread *)t->base.next) {
        if (!t->behind)
            continue;
        const loft_seq turn = loft_load(&t->turn, acquire);   /* aside:C acquire <- open:B, close:A: the bags */
        if ((turn & 1u) && !loft_hp_await_(t, turn, deadline)) {
            *waited = t->base.number;
            continue;
        }
        loft_hp_collect_(t, &me->taken);
        loft_store(&t->late, 0u, relaxed);               /* aside:B relaxed: the lock orders it */
        (void)loft_hp_turn_over_(t);
        t->behind = false;
    }
    return loft_hp_fence_(me, deadline);
}

/* Under the lock, where there was no fence: the next who drains has to pass one for these. It does no harm where the
 * bag was not put aside yet. */
LOFT_API void
loft_hp_refused_(loft_hp *d)
{
    for (loft_hp_thread *t = (loft_hp_thread *)loft_smr_first_(&d->base); t; t = (loft_hp_thread *)t->base.next) {
        if (loft_load(&t->late, relaxed) == 0)           /* refused:A relaxed: set under the lock */
            loft_store(&t->late, 1u, release);           /* refused:B release -> adopt:C: which it is */
    }
}

/* Under the lock: orphans may be taken over again. */
LOFT_API void
loft_hp_unlock_(loft_hp *d)
{
    loft_store(&d->drains, 0u, release);                 /* unlock:A release -> adopt:A: what was to be taken is */
    loft_smr_unlock_(&d->collector);
}

/* What a drain has in its hands is nobody's. */
LOFT_API void
loft_hp_give_up_(loft_hp_thread *me)
{
    loft_hp_push_(me->domain, &me->taken, loft_hp_count_(&me->taken));
}

/* Not in a section. Takes everybody's bag and frees what is in it as soon as nobody has published it. From taking to
 * freeing it is one turn, so that another drain waits for that, and the lock need not be held while drop is called. */
LOFT_API loft_status
loft_hp_drain_(loft_hp_thread *me, uint64_t deadline)
{
    loft_hp *const d = me->domain;
    if (!loft_smr_lock_until_(&d->collector, deadline))
        return LOFT_TIMEOUT;
    loft_store(&d->drains, 1u, relaxed);                 /* drain:A relaxed: turn_over:B and fence:A order it */
    size_t waited = 0;
    loft_hp_thread *const first = (loft_hp_thread *)loft_smr_first_(&d->base);
    if (!loft_hp_aside_(me, first, &waited, deadline)) {
        loft_hp_refused_(d);
        loft_hp_give_up_(me);
        loft_hp_unlock_(d);
        return LOFT_TIMEOUT;
    }
    for (loft_hp_thread *t = first; t; t = (loft_hp_thread *)t->base.next) {
        if (t->behind)
            continue;
        const loft_seq turn = loft_load(&t->turn, acquire);   /* drain:C acquire <- open:B, close:A: the bag */
        if ((turn & 1u) && !loft_hp_await_(t, turn, deadline)) {
            loft_store(&t->late, 1u, release);           /* drain:D release -> adopt:C: which it is */
            waited = t->base.number;
            continue;
        }
        loft_hp_collect_(t, &me->taken);
    }
    (void)loft_hp_take_(d, &me->taken);
    loft_store(&d->waited, waited, relaxed);             /* drain:L relaxed: a statistic */
    if (!me->taken.head) {
        loft_store(&d->held, (uintptr_t)0, relaxed);     /* drain:N relaxed: a statistic */
        loft_hp_unlock_(d);
        return waited ? LOFT_TIMEOUT : LOFT_OK;
    }
    (void)loft_hp_open_(me);
    loft_hp_unlock_(d);
    loft_smr_wait_ w;
    loft_smr_wait_begin_(&w, deadline);
    uintptr_t held = loft_load(&d->held, relaxed);       /* drain:M relaxed: a statistic */
    for (bool fenced = loft_hp_fence_(me, deadline); fenced;) {
        loft_hp_set_ set;
        loft_hp_gather_(me, d->slots, &set);             /* no fence again: what is held only gets less        */
        const uintptr_t stays = loft_hp_sort_(&set, &me->taken, &me->freed, held);
        if (stays != held)
            loft_store(&d->held, stays, relaxed);        /* drain:K relaxed: a statistic */
        held = stays;
        if (me->freed.head)
            loft_hp_drop_(me, &me->freed, LOFT_SMR_ALL, NULL);
        if (!me->taken.head || !loft_smr_wait_more_(&w))
            break;
    }
    const bool done = !me->taken.head && waited == 0;
    loft_hp_give_up_(me);
    loft_hp_close_(me);
    return done ? LOFT_OK : LOFT_TIMEOUT;
}

/* Who holds it; 0: nobody. */
LOFT_API size_t
loft_hp_holder_(const loft_hp *d, uintptr_t address)
{
    for (const loft_smr_thread *t = loft_smr_first_(&d->base); address && t; t = t->next) {
        for (size_t i = 0; i < d->slots; i++) {
            if (loft_load(loft_hp_slot_of_((const loft_hp_thread *)t, i), relaxed) == address)   /* holder:A relaxed: a
                                                                                                    statistic */
                return t->number;
        }
    }
    return 0;
}

/* ---- operations -------------------------------------------------------------------------------------------------- */

/* loft_hp_init - begins a domain.
 *   returns   LOFT_OK; LOFT_INVAL: more than 65536 slots
 *   threads   one
 *   cost      a key of the system's for loft_hp_self; where there is none left, only that fails
 */
LOFT_NODISCARD LOFT_API loft_status
loft_hp_init(loft_hp *d, const loft_hp_options *o)
{
    static const loft_smr_options none = { 0, 0, 0, 0, 0, 0, false };
    if (!o)
        o = &none;
    if (o->slots > LOFT_HP_SLOTS_MOST_)
        return LOFT_INVAL;
    d->asym = !o->symmetric && loft_asymmetric();
    d->batch = o->batch;
    d->frees = o->frees ? o->frees : 2u;
    d->slots = o->slots > loft_hp_slots ? o->slots : loft_hp_slots;
    loft_init(&d->orphans, (loft_smr_node *)NULL);
    loft_init(&d->adrift, (size_t)0);
    loft_init(&d->drains, 0u);
    loft_smr_collector_init_(&d->collector);
    loft_init(&d->held, (uintptr_t)0);
    loft_init(&d->waited, (size_t)0);
    loft_smr_domain_init_(&d->base, sizeof(loft_hp_thread) + d->slots * sizeof(LOFT_ATOMIC(uintptr_t)), o->threads,
                          loft_hp_prepare_, loft_hp_leave_);
    return LOFT_OK;
}

/* loft_hp_fini - frees all that was retired, and the records, also of threads that have not left.
 *   returns   LOFT_OK; LOFT_INVAL: somebody is in a section, and nothing happened
 *   threads   one, and no other uses the domain any more
 *   cost      all that is pending is freed in this call
 */
LOFT_NODISCARD LOFT_API loft_status
loft_hp_fini(loft_hp *d)
{
    loft_smr_thread *const first = loft_smr_first_(&d->base);
    for (const loft_smr_thread *t = first; t; t = t->next) {
        if (t->depth != 0)
            return LOFT_INVAL;
    }
    loft_smr_list_ all = { NULL, NULL };
    (void)loft_hp_take_(d, &all);
    while (first) {
        (void)loft_hp_open_((loft_hp_thread *)first);
        loft_hp_drop_((loft_hp_thread *)first, &all, LOFT_SMR_ALL, NULL);
        loft_hp_close_((loft_hp_thread *)first);
        for (loft_smr_thread *t = first; t; t = t->next) {
            loft_hp_empty_(&all, &((loft_hp_thread *)t)->bag[0]);
            loft_hp_empty_(&all, &((loft_hp_thread *)t)->bag[1]);
            loft_smr_move_(&all, &((loft_hp_thread *)t)->taken);
            loft_smr_move_(&all, &((loft_hp_thread *)t)->freed);
        }
        if (!all.head)                                   /* what was freed may have retired something          */
            break;
    }
    for (loft_smr_thread *t = first; t; t = t->next)
        loft_free(((loft_hp_thread *)t)->table, ((loft_hp_thread *)t)->room * sizeof(uintptr_t));
    loft_smr_domain_fini_(&d->base);
    return LOFT_OK;
}

/* loft_hp_join - takes part.
 *   returns   a record; NULL: no memory, or there are options.threads already
 *   threads   any; the record is the caller's, or whom it gives it to, one at a time
 *   progress  lock-free but for the allocator
 *   cost      an allocation for a record that nobody has had before
 */
LOFT_NODISCARD LOFT_API loft_hp_thread *
loft_hp_join(loft_hp *d)
{
    loft_hp_thread *const me = (loft_hp_thread *)loft_smr_take_(&d->base);
    if (!me)
        return NULL;
    me->base.depth = 0;
    me->used = 0;
    me->batch = loft_hp_batch_(d, loft_smr_first_(&d->base)->number);
    me->idle = 0;
    me->keeps = me->rush = false;
    return me;
}

/* loft_hp_leave - gives the record back; what it has retired is freed by others, or by drain or fini.
 *   threads   who has it, outside sections
 *   progress  lock-free but for the allocator and drop
 *   cost      two compare-exchanges; where what was left makes a batch, what retire costs once in a batch, and as many
 *             calls of drop
 */
LOFT_API void
loft_hp_leave(loft_hp_thread *me)
{
    LOFT_ASSERT(me->base.depth == 0);
    loft_hp_leave_(&me->base);
}

/* loft_hp_self - this thread's own record: joins at the first call, leaves when the thread ends.
 *   returns   NULL as join does, and where the system has no keys left
 *   threads   any
 *   progress  wait-free after the first
 */
LOFT_NODISCARD LOFT_API loft_hp_thread *
loft_hp_self(loft_hp *d)
{
    loft_smr_thread *const t = loft_smr_self_(&d->base);
    if (LOFT_LIKELY(t != NULL))
        return (loft_hp_thread *)t;
    loft_hp_thread *const me = loft_hp_join(d);
    if (me && !loft_smr_self_set_(&me->base)) {
        loft_hp_leave_(&me->base);
        return NULL;
    }
    return me;
}

LOFT_API void
loft_hp_lose_(loft_hp_bag_ *bag)
{
    bag->limbo.head = bag->ready.head = NULL;
    loft_plain_write(&bag->hand.n, (size_t)0);
}

/* loft_hp_forked - in the child of a fork, before anything else: the other threads' records are free, their sections
 * over, and what they had retired is the domain's. What a thread, or a drain, had in its hands just then is lost.
 *   threads   the only one; me is its record, or NULL
 */
LOFT_API void
loft_hp_forked(loft_hp *d, loft_hp_thread *me)
{
    const bool drained = loft_smr_unlock_forked_(&d->collector);
    loft_store(&d->drains, 0u, relaxed);                 /* forked:A relaxed: nobody else is here */
    loft_smr_list_ left = { NULL, NULL };
    for (loft_smr_thread *t = loft_smr_first_(&d->base); t; t = t->next) {
        loft_hp_thread *const other = (loft_hp_thread *)t;
        const loft_seq turn = loft_load(&other->turn, relaxed);   /* forked:C relaxed: nobody else is here */
        loft_hp_bag_ *const spare = loft_hp_other_(other);
        if (drained || (turn & 1u))                      /* it may be in pieces: rather lost than freed twice  */
            loft_hp_lose_(spare);
        loft_hp_empty_(&left, spare);
        loft_store(&other->late, 0u, relaxed);           /* forked:D relaxed: nobody else is here */
        if (other != me && loft_load(&t->taken, relaxed) != 0) {   /* forked:E relaxed: nobody else is here */
            loft_hp_bag_ *const bag = spare == other->bag ? other->bag + 1 : other->bag;
            if (turn & 1u)
                loft_hp_lose_(bag);
            loft_hp_empty_(&left, bag);
            other->taken.head = other->freed.head = NULL;
            other->open = NULL;
            loft_store(&other->turn, (turn + 1u) & ~(loft_seq)1, relaxed);   /* forked:F relaxed: nobody else is here */
            other->used = d->slots;
            loft_hp_clear_(other);
            t->depth = 0;
            loft_smr_give_(t);
        }
    }
    (void)loft_hp_take_(d, &left);
    loft_store(&d->adrift, (size_t)0, relaxed);          /* forked:B relaxed: nobody else is here */
    loft_hp_push_(d, &left, loft_hp_count_(&left));
}

/* loft_hp_number - what the statistics call this record. */
LOFT_API size_t
loft_hp_number(const loft_hp_thread *me)
{
    return me->base.number;
}

/* loft_hp_enter - begins a section. Nothing is safe but what protect gives.
 *   threads   the record's, in no section
 *   progress  wait-free
 *   cost      nothing
 */
LOFT_API void
loft_hp_enter(loft_hp_thread *me)
{
    LOFT_ASSERT(me->base.depth == 0);
    me->base.depth = 1;
}

/* loft_hp_exit - ends it, and does some of the work if this thread has retired something.
 *   threads   the record's, in a section
 *   progress  as retire
 *   cost      a store for each slot that was used; while there is something to free, what retire costs
 */
LOFT_API void
loft_hp_exit(loft_hp_thread *me)
{
    LOFT_ASSERT(me->base.depth == 1);
    loft_hp_clear_(me);
    if (me->keeps)
        loft_hp_after_(me);
    me->base.depth = 0;
}

/* loft_hp_read, loft_hp_write - nothing; see smr/contract.h. */
#define loft_hp_read(me)  ((void)(me))

LOFT_API void
loft_hp_write(loft_hp_thread *me, const void *a, const void *b, const void *c)
{
    (void)me;
    (void)a;
    (void)b;
    (void)c;
}

/* loft_hp_protect - loads a link and publishes where it leads.
 *   returns   the word, with its marks; if the link was reachable then, the node is safe until the slot is used again
 *             or the section ends
 *   threads   the record's, in a section; slot is less than options.slots
 *   progress  lock-free: another round only where somebody has changed the link
 *   order     acquire
 *   cost      two loads and a store; a full fence where membarrier is not there. A load where it leads nowhere
 */
LOFT_API uintptr_t
loft_hp_protect(loft_hp_thread *me, size_t slot, const LOFT_ATOMIC(uintptr_t) *from)
{
    LOFT_ASSERT(me->base.depth != 0 && slot < me->domain->slots);
    uintptr_t word = loft_load(from, acquire);           /* protect:A acquire <- user: it leads nowhere since then */
    if (slot >= me->used)
        me->used = slot + 1u;
    for (;;) {
        const uintptr_t address = word & ~LOFT_SMR_MARKS;
        if (!address)
            return word;
        loft_store(loft_hp_slot_(me, slot), address, release);   /* protect:C release -> gather:A, covers:A: done with
                                                                    what was there */
        loft_fence_light(me->asym, seq_cst);             /* protect:D seq_cst <-> scan:A, fence:A: seen, or I see */
        const uintptr_t again = loft_load(from, acquire);   /* protect:B acquire <- user: the node is whole */
        if (LOFT_LIKELY((again & ~LOFT_SMR_MARKS) == address))
            return again;
        word = again;
    }
}

/* loft_hp_born - makes a node that is memory of the caller's ready for the scheme, before others can see it.
 *   threads   the record's
 *   progress  wait-free
 */
LOFT_API void
loft_hp_born(loft_hp_thread *me, loft_hp_node *node)
{
    (void)me;
    (void)node;
}

/* loft_hp_alloc_node - loft_alloc and born.
 *   returns   size bytes that begin with a loft_hp_node; NULL: no memory. drop gives them to loft_free
 *   threads   the record's
 *   progress  the allocator's
 */
LOFT_NODISCARD LOFT_API void *
loft_hp_alloc_node(loft_hp_thread *me, size_t size)
{
    (void)me;
    return loft_alloc(size);
}

/* loft_hp_retire - drop(me, node) will be called once nobody can hold the node.
 *   threads   the record's, in a section; the node is not reachable for who enters later
 *   progress  wait-free but for options.frees calls of drop, and the allocator where there are more threads than before
 *   order     what any thread did with the node in a section happens before drop
 *   cost      no atomic operation but loads and stores, a full fence where membarrier is not there; one call in
 *             options.batch a heavy fence, and a look at all slots and nodes
 */
LOFT_API void
loft_hp_retire(loft_hp_thread *me, loft_hp_node *node, loft_smr_drop drop)
{
    LOFT_ASSERT(me->base.depth != 0);
    loft_hp_bag_ *const turn = me->open;                 /* in drop: a turn within a turn                      */
    loft_hp_bag_ *const bag = turn ? turn : loft_hp_open_(me);
    loft_smr_keep_(&bag->hand, &bag->limbo, node, drop);
    loft_plain_write(&bag->kept, bag->kept + 1u);
    bag->fresh++;
    loft_smr_retired_(&me->base, bag->kept);
    me->idle = 0;
    if (!turn) {
        loft_hp_work_(me, bag, 1);
        loft_hp_close_(me);
    }
}

/* loft_hp_drain - frees all that was retired before this call, by whomever.
 *   returns   LOFT_OK; LOFT_TIMEOUT: somebody has published a node all the time, or is in the middle of a call (holder
 *             in the statistics), or the system refuses the fence, and what is left is freed as usual; LOFT_INVAL: the
 *             caller is in a section
 *   threads   any number, outside sections
 *   progress  waits for published nodes, calls of retire, exit, leave under way, and for another drain
 *   cost      two heavy fences, all the calls of drop
 */
LOFT_NODISCARD LOFT_API loft_status
loft_hp_drain(loft_hp_thread *me, uint64_t deadline)
{
    return me->base.depth ? LOFT_INVAL : loft_hp_drain_(me, deadline);
}

/* loft_hp_stats_get - counts what is retired, freed, pending; who holds something that others, or drain, would free.
 *   threads   any, between init and fini
 *   progress  wait-free: a few loads for each record, and for each slot where there is a holder
 */
LOFT_API loft_hp_stats
loft_hp_stats_get(const loft_hp *d)
{
    loft_hp_stats s;
    memset(&s, 0, sizeof s);
    s.holder = loft_hp_holder_(d, loft_load(&d->held, relaxed));   /* stats_get:A relaxed: a statistic */
    const size_t waited = loft_load(&d->waited, relaxed);   /* stats_get:B relaxed: a statistic */
    for (const loft_smr_thread *t = loft_smr_first_(&d->base); t; t = t->next) {
        const loft_hp_thread *const other = (const loft_hp_thread *)t;
        if (s.holder == 0)
            s.holder = loft_hp_holder_(d, loft_load(&other->held, relaxed));   /* stats_get:C relaxed: a statistic */
        if (s.holder == 0 && t->number == waited && (loft_load(&other->turn, relaxed) & 1u))   /* stats_get:D relaxed: a
                                                                                                  statistic */
            s.holder = waited;
        s.fences += loft_load(&other->fences, relaxed);  /* stats_get:E relaxed: a statistic */
    }
    loft_smr_sum_(&d->base, &s);
    return s;
}

#endif /* supported */
#endif /* LOFT_SMR_HP_H */
