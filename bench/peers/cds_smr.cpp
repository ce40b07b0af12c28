/* SPDX-License-Identifier: MIT
 *
 * bench/peers/cds_smr.cpp - libcds: hazard pointers of a fixed number (HP) and of any (DHP), as contenders in the
 * comparison of reclamation (bench/smr/schemes.c). A thread keeps its guard, which is the faster way.
 *
 * needs    cds/gc/hp.h
 * package  libcds-dev
 * link     -lcds
 */
#include <cds/gc/dhp.h>
#include <cds/gc/hp.h>
#include <cds/init.h>
#include <cds/threading/model.h>
#include <new>

#include "../smr/cells.h"

/* libcds is one for the whole program: it begins with the first run, as its manual has it, and never ends. */
template <class GC>
static bool
cds_begin()
{
    static struct both {
        GC gc;
        both() : gc() {}
    } *only = (cds::Initialize(), new (std::nothrow) both);
    return only != nullptr;
}

template <class GC>
struct cds_thread {
    typename GC::Guard *guard;
};

#define CDS(P, GC) \
    typedef int P##_domain; \
    typedef cds_thread<GC> P##_thread; \
    typedef struct { void *as_the_others[2]; } P##_node; \
    static void P##_drop(void *p) { free(p); } \
    static inline bool P##_init(int *, const loft_smr_options *) { return cds_begin<GC>(); } \
    static inline void P##_fini(int *) {} \
    static inline void P##_join(int *, P##_thread *t) \
    { \
        cds::threading::Manager::attachThread(); \
        t->guard = new GC::Guard; \
    } \
    static inline void P##_leave(P##_thread *t) \
    { \
        delete t->guard; \
        GC::force_dispose(); \
        cds::threading::Manager::detachThread(); \
    } \
    static inline void *P##_make(P##_thread *, size_t size) { return malloc(size); } \
    static inline void P##_enter(P##_thread *) {} \
    static inline void P##_exit(P##_thread *t) { t->guard->clear(); } \
    static inline uintptr_t P##_get(P##_thread *t, std::atomic<uintptr_t> *w) \
    { \
        return t->guard->protect(*w, [](uintptr_t p) { return reinterpret_cast<void *>(p); }); \
    } \
    static inline void P##_retire(P##_thread *, P##_node *n) { GC::retire(n, P##_drop); }

CDS(cds_hp_b, cds::gc::HP)
#define cds_hp_b_read(t)   ((void)0)
#define SCHEME(f)  cds_hp_b_##f
#include "../smr/loops.h"
#undef SCHEME
ENTRY(cds_hp_b, "cds HP", NULL, 0)

CDS(cds_dhp_b, cds::gc::DHP)
#define cds_dhp_b_read(t)  ((void)0)
#define SCHEME(f)  cds_dhp_b_##f
#include "../smr/loops.h"
#undef SCHEME
ENTRY(cds_dhp_b, "cds DHP", NULL, 0)
