/* SPDX-License-Identifier: MIT
 *
 * loft/core/dwcas.h - compare-exchange of two words at once: 16 bytes on 64-bit targets, 8 on 32-bit ones.
 *
 * Needs: core/base.h core/atomics.h core/arch.h
 *
 * USE IT WHEN      a pointer and its version, or an index and its value, must change together or not at all.
 * DO NOT USE IT    where an index and a tag fit one word (core/atomics.h is everywhere, and faster when contended), or
 *                  without a second way: LOFT_HAVE_DWCAS may be 0, and loft_dw_supported() false.
 *
 * EXAMPLE
 *     #include <loft/core/dwcas.h>
 *     int main(void)
 *     {
 *     #if LOFT_HAVE_DWCAS
 *         static loft_dwatomic top;                                 // lo: an index, hi: how often it changed
 *         if (!loft_dw_supported())
 *             return 0;
 *         loft_dw_init(&top, loft_dw_of(7, 0));
 *         loft_dw seen = loft_dw_peek(&top, acquire);               // may be torn: the compare-exchange decides
 *         while (!loft_dw_cas(&top, &seen, loft_dw_of(8, seen.hi + 1), acq_rel, acquire))
 *             ;                                                     // seen is what was found, whole
 *         return !loft_dw_equal(loft_dw_load(&top, acquire), loft_dw_of(8, 1));
 *     #else
 *         return 0;
 *     #endif
 *     }
 *
 * OPERATIONS   p points to a loft_dwatomic; values are loft_dw, two uintptr_t called lo and hi
 *   LOFT_HAVE_DWCAS                 1: the operations exist; 0: only loft_dw, loft_dw_of, _equal and _supported do
 *   loft_dw_supported()             this processor has them too; ask once, before the first operation
 *   LOFT_DW_ALIGN                   what a loft_dwatomic is aligned to, and its size: twice a word
 *   LOFT_DW_INIT(lo, hi)            an initialiser
 *   loft_dw_init(p, v)              first value, before any other thread can see p
 *   loft_dw_load(p, mo)             both words as they were at one moment; may write back what it read
 *   loft_dw_peek(p, mo)             each word as it was at some moment; never writes. For what a loft_dw_cas expects
 *   loft_dw_peek_hi(p, mo)          hi alone, likewise
 *   loft_dw_cas(p, e, v, ok, no)    true: *p was *e and is v; false: it was another value, and *e is that, whole
 *   loft_dw_cas_hi(p, e, v, ok, no) the same for hi alone, one uintptr_t: lo is neither compared nor changed
 *   loft_dw_store(p, v, mo)         loft_dw_exchange(p, v, mo)    the value before
 *   loft_dw_of(lo, hi)              loft_dw_equal(a, b)
 *
 * ORDERS       Bare words, as in core/atomics.h. load, peek and a failed cas take relaxed, acquire or seq_cst (peek not
 *              seq_cst), store takes relaxed, release or seq_cst; another word does not compile. The order asked for is
 *              the least one gets: the instructions are seq_cst on x86-64, s390x and 32-bit, acquire and release
 *              together (C++'s seq_cst) on aarch64. ThreadSanitizer is told the order written, not what it became.
 *
 * OBJECTS      LOFT_HAVE_DWCAS, size, layout and instructions follow from the target alone, not from compiler, language
 *              or flags, and libatomic is never called: objects of gcc and clang, C and C++ may share a pair.
 *              One exception, as for all of that tool: with ThreadSanitizer in one of them, it is in all of them.
 *
 * ONE WORD     x86-64 and aarch64 change hi by an exchange of one word, which costs less. There a word and the pair it
 *              is in may be accessed by turns: a locked instruction is atomic to every access of its bytes, whatever
 *              the size of that, and so is a CAS, or a store that clears reservations. Elsewhere, and with
 *              ThreadSanitizer, which locks pairs in its own way, loft_dw_cas_hi is a loop over loft_dw_cas.
 *
 * THE SEAM     LOFT_POINT runs before each access (twice in peek, once a round in store, exchange and a loop for one
 *              word) and LOFT_SITE chooses the order, as in core/atomics.h. With LOFT_MEMORY each is handed on like any
 *              access, a peek as two reads of one word, store and exchange as one read-modify-write.
 *
 * TOGETHER     Everything beside everything, but init alone.
 *
 * MEMORY       A loft_dwatomic must be aligned to its size. Its type says so: static, automatic and struct members are;
 *              from malloc where that aligns to LOFT_DW_ALIGN (16 on every 64-bit system we know, but check a
 *              replacement), else from loft_alloc_aligned. In memory lo comes first. A word of the pair is changed by
 *              these operations only. A pair in read-only memory can be peeked at, not loaded.
 *
 * PROGRESS     x86-64, s390x, aarch64 with LSE: cas and load wait-free. aarch64 without, 32-bit Arm: lock-free, a lost
 *              reservation is another's success. peek, peek_hi wait-free. store, exchange lock-free. cas_hi as cas
 *              where it is one exchange of a word, else lock-free.
 *
 * SOURCE       Intel SDM: CMPXCHG16B, vol. 3A 9.1.1 for MOVDQA, and 9.1.2 for locked instructions ("atomic with
 *              respect to all other memory operations"; the same operand length for a semaphore is its advice, not a
 *              condition); Arm ARM B2.2.1: LDXP alone is not one access, LDXP and a successful STXP are, CASP is;
 *              z/Architecture: CDSG, LPQ.
 */
#ifndef LOFT_CORE_DWCAS_H
#define LOFT_CORE_DWCAS_H

#include "base.h"
#include "atomics.h"
#include "arch.h"

#if !defined(LOFT_UNSUPPORTED)

#include <string.h>
#if LOFT_MSVC
#  include <intrin.h>
#endif

/* ---- which ------------------------------------------------------------------------------------------------------- */

/* Targets only, never what this compiler happens to inline: two objects have to agree, and clang calls 8 bytes on i386
 * sometimes lock-free where gcc calls them always. */
#if UINTPTR_MAX == UINT64_MAX
#  if LOFT_X86_64 || LOFT_AARCH64 || LOFT_S390X
#    define LOFT_HAVE_DWCAS  1
#  else
#    define LOFT_HAVE_DWCAS  0
#  endif
#  define LOFT_DW_16_  LOFT_HAVE_DWCAS
#else
#  if LOFT_X86_64 || LOFT_AARCH64 || (LOFT_I386 && (LOFT_MSVC || defined(__GCC_HAVE_SYNC_COMPARE_AND_SWAP_8)))
#    define LOFT_HAVE_DWCAS  1
#  elif LOFT_ARM && defined(__ARM_ARCH_PROFILE) && __ARM_ARCH >= 7 && __ARM_ARCH_PROFILE != 'M'
#    define LOFT_HAVE_DWCAS  1
#  else
#    define LOFT_HAVE_DWCAS  0
#  endif
#  define LOFT_DW_16_  0
#endif

/* ---- types ------------------------------------------------------------------------------------------------------- */

typedef struct loft_dw {
    uintptr_t lo;
    uintptr_t hi;
} loft_dw;

/* loft_dw_of - a pair from its two words. */
LOFT_API loft_dw
loft_dw_of(uintptr_t lo, uintptr_t hi)
{
    loft_dw v;
    v.lo = lo;
    v.hi = hi;
    return v;
}

/* loft_dw_equal - are both words the same? */
LOFT_API bool
loft_dw_equal(loft_dw a, loft_dw b)
{
    return a.lo == b.lo && a.hi == b.hi;
}

/* loft_dw_supported - may the operations of this file be used on this processor?
 *   returns   false where LOFT_HAVE_DWCAS is 0, and on the first x86-64 processors, which lack CMPXCHG16B: there an
 *             operation stops the program
 *   threads   any
 *   progress  as loft_arch
 */
LOFT_API bool
loft_dw_supported(void)
{
#if LOFT_HAVE_DWCAS && LOFT_X86_64 && LOFT_DW_16_ && !defined(LOFT_MEMORY)
    return loft_arch()->cmpxchg16b;
#else
    return LOFT_HAVE_DWCAS != 0;
#endif
}

#if LOFT_HAVE_DWCAS

#if LOFT_DW_16_
#  define LOFT_DW_ALIGN  16
#else
#  define LOFT_DW_ALIGN  8
#endif
#if LOFT_CPLUSPLUS
#  define LOFT_DW_ALIGNAS_  alignas(LOFT_DW_ALIGN)
#else
#  define LOFT_DW_ALIGNAS_  _Alignas(LOFT_DW_ALIGN)
#endif

typedef struct loft_dwatomic {
    LOFT_DW_ALIGNAS_ uintptr_t lo_;
    uintptr_t hi_;
} loft_dwatomic;

#define LOFT_DW_INIT(lo, hi)  { (lo), (hi) }

LOFT_STATIC_ASSERT(sizeof(loft_dw) == LOFT_DW_ALIGN && sizeof(loft_dwatomic) == LOFT_DW_ALIGN,
                   "loft/core/dwcas.h: a pair is not twice a word on this target");

/* ---- orders ------------------------------------------------------------------------------------------------------ */

/* Private functions take orders as numbers, which C, C++, compilers and sanitizer agree on. Each table below gives a
 * word its order, or a name that nobody declared and that says what is wrong. */
#define LOFT_DW_MO_relaxed_    0
#define LOFT_DW_MO_seq_cst_    5
#define LOFT_DW_LOAD_relaxed   ((int)LOFT_ORDER_(relaxed))
#define LOFT_DW_LOAD_acquire   ((int)LOFT_ORDER_(acquire))
#define LOFT_DW_LOAD_seq_cst   ((int)LOFT_ORDER_(seq_cst))
#define LOFT_DW_LOAD_release   loft_dw_load_takes_relaxed_acquire_or_seq_cst
#define LOFT_DW_LOAD_acq_rel   loft_dw_load_takes_relaxed_acquire_or_seq_cst
#define LOFT_DW_PEEK_relaxed   ((int)LOFT_ORDER_(relaxed))
#define LOFT_DW_PEEK_acquire   ((int)LOFT_ORDER_(acquire))
#define LOFT_DW_PEEK_seq_cst   loft_dw_peek_takes_relaxed_or_acquire
#define LOFT_DW_PEEK_release   loft_dw_peek_takes_relaxed_or_acquire
#define LOFT_DW_PEEK_acq_rel   loft_dw_peek_takes_relaxed_or_acquire
#define LOFT_DW_STORE_relaxed  ((int)LOFT_ORDER_(relaxed))
#define LOFT_DW_STORE_release  ((int)LOFT_ORDER_(release))
#define LOFT_DW_STORE_seq_cst  ((int)LOFT_ORDER_(seq_cst))
#define LOFT_DW_STORE_acquire  loft_dw_store_takes_relaxed_release_or_seq_cst
#define LOFT_DW_STORE_acq_rel  loft_dw_store_takes_relaxed_release_or_seq_cst
#define LOFT_DW_FAIL_relaxed   ((int)LOFT_ORDER_(relaxed))
#define LOFT_DW_FAIL_acquire   ((int)LOFT_ORDER_(acquire))
#define LOFT_DW_FAIL_seq_cst   ((int)LOFT_ORDER_(seq_cst))
#define LOFT_DW_FAIL_release   a_failed_loft_dw_cas_takes_relaxed_acquire_or_seq_cst
#define LOFT_DW_FAIL_acq_rel   a_failed_loft_dw_cas_takes_relaxed_acquire_or_seq_cst

#if defined(LOFT_MEMORY)

/* ---- another memory ---------------------------------------------------------------------------------------------- */

LOFT_MEMORY_FN_ void loft_memory_pair_init_(volatile void *p, loft_dw v);
LOFT_MEMORY_FN_ loft_dw loft_memory_pair_load_(const volatile void *p, struct loft_memory_site_ *site);
LOFT_MEMORY_FN_ loft_dw loft_memory_pair_peek_(const volatile void *p, struct loft_memory_site_ *site);
LOFT_MEMORY_FN_ uintptr_t loft_memory_pair_peek_hi_(const volatile void *p, struct loft_memory_site_ *site);
LOFT_MEMORY_FN_ loft_dw loft_memory_pair_exchange_(const volatile void *p, loft_dw v, struct loft_memory_site_ *site);
LOFT_MEMORY_FN_ bool loft_memory_pair_cas_(const volatile void *p, loft_dw *e, loft_dw v,
                                           struct loft_memory_site_ *site);
LOFT_MEMORY_FN_ bool loft_memory_pair_cas_hi_(const volatile void *p, uintptr_t *e, uintptr_t v,
                                              struct loft_memory_site_ *site);

#define loft_dw_init(p, v)  loft_memory_pair_init_((p), (v))
#define loft_dw_load(p, mo) \
    ((void)LOFT_DW_LOAD_##mo, loft_memory_pair_load_((p), LOFT_MEMORY_SITE_("dw_load", mo, mo)))
#define loft_dw_peek(p, mo) \
    ((void)LOFT_DW_PEEK_##mo, loft_memory_pair_peek_((p), LOFT_MEMORY_SITE_("dw_peek", mo, mo)))
#define loft_dw_peek_hi(p, mo) \
    ((void)LOFT_DW_PEEK_##mo, loft_memory_pair_peek_hi_((p), LOFT_MEMORY_SITE_("dw_peek_hi", mo, mo)))
#define loft_dw_cas_hi(p, e, v, ok, no) \
    ((void)LOFT_DW_FAIL_##no, loft_memory_pair_cas_hi_((p), (e), (v), LOFT_MEMORY_SITE_("dw_cas_hi", ok, no)))
#define loft_dw_cas(p, e, v, ok, no) \
    ((void)LOFT_DW_FAIL_##no, loft_memory_pair_cas_((p), (e), (v), LOFT_MEMORY_SITE_("dw_cas", ok, no)))
#define loft_dw_exchange(p, v, mo)  loft_memory_pair_exchange_((p), (v), LOFT_MEMORY_SITE_("dw_exchange", mo, mo))
#define loft_dw_store(p, v, mo) \
    ((void)LOFT_DW_STORE_##mo, (void)loft_memory_pair_exchange_((p), (v), LOFT_MEMORY_SITE_("dw_store", mo, mo)))

#else

/* ---- private: the instructions ----------------------------------------------------------------------------------- */

/* What follows defines two functions for each target: loft_dw_cas_ and loft_dw_load_. */

#if defined(__SANITIZE_ADDRESS__)
#  define LOFT_DW_ASAN_  1
#elif defined(__has_feature)
#  if __has_feature(address_sanitizer)
#    define LOFT_DW_ASAN_  1
#  endif
#endif

/* Assertions here look at the pointer only. AddressSanitizer does not look into assembly, so it is shown both words. */
LOFT_ALWAYS_INLINE void
loft_dw_check_(const loft_dwatomic *p)
{
    LOFT_ASSERT(((uintptr_t)p & (LOFT_DW_ALIGN - 1u)) == 0 && "loft_dwatomic: not aligned to its size");
    (void)p;
#if defined(LOFT_DW_ASAN_)
    (void)__atomic_load_n(&p->lo_, __ATOMIC_RELAXED);
    (void)__atomic_load_n(&p->hi_, __ATOMIC_RELAXED);
#endif
}

#if LOFT_DW_16_ && (LOFT_TSAN || LOFT_S390X)
__extension__ typedef unsigned __int128 loft_dw_both_;

LOFT_ALWAYS_INLINE loft_dw_both_
loft_dw_join_(loft_dw v)
{
    loft_dw_both_ b;
    memcpy(&b, &v, sizeof b);
    return b;
}

LOFT_ALWAYS_INLINE loft_dw
loft_dw_split_(loft_dw_both_ b)
{
    loft_dw v;
    memcpy(&v, &b, sizeof v);
    return v;
}
#endif

#if LOFT_DW_16_ && LOFT_TSAN

/* The sanitizer's own operation makes exactly the edges of the orders written. Assembly with an edge told by address
 * would not: the release has to be told before the instruction, so also for attempts that fail, and each such edge
 * hides a race. The names are ours because gcc knows theirs as builtins of another type. */
#  if LOFT_CPLUSPLUS
extern "C" {
#  endif
loft_dw_both_ loft_dw_tsan_cas_(volatile loft_dw_both_ *p, loft_dw_both_ e, loft_dw_both_ v, int ok, int no)
    __asm__(LOFT_STR(__USER_LABEL_PREFIX__) "__tsan_atomic128_compare_exchange_val");
loft_dw_both_ loft_dw_tsan_load_(const volatile loft_dw_both_ *p, int mo)
    __asm__(LOFT_STR(__USER_LABEL_PREFIX__) "__tsan_atomic128_load");
#  if LOFT_CPLUSPLUS
}
#  endif

LOFT_ALWAYS_INLINE bool
loft_dw_cas_(loft_dwatomic *p, loft_dw *e, loft_dw v, int ok, int no)
{
    loft_dw_check_(p);
    const loft_dw_both_ was = loft_dw_join_(*e);
    volatile loft_dw_both_ *both = (volatile loft_dw_both_ *)(void *)p;
    const loft_dw_both_ is = loft_dw_tsan_cas_(both, was, loft_dw_join_(v), ok, no);
    if (is == was)
        return true;
    *e = loft_dw_split_(is);
    return false;
}

LOFT_ALWAYS_INLINE loft_dw
loft_dw_load_(loft_dwatomic *p, int mo)
{
    loft_dw_check_(p);
    return loft_dw_split_(loft_dw_tsan_load_((const volatile loft_dw_both_ *)(void *)p, mo));
}

#elif LOFT_DW_16_ && LOFT_MSVC

LOFT_ALWAYS_INLINE bool
loft_dw_cas_(loft_dwatomic *p, loft_dw *e, loft_dw v, int ok, int no)
{
    __int64 seen[2];
    (void)ok;
    (void)no;
    loft_dw_check_(p);
    seen[0] = (__int64)e->lo;
    seen[1] = (__int64)e->hi;
    if (_InterlockedCompareExchange128((__int64 volatile *)(void *)p, (__int64)v.hi, (__int64)v.lo, seen))
        return true;
    *e = loft_dw_of((uintptr_t)seen[0], (uintptr_t)seen[1]);
    return false;
}

LOFT_ALWAYS_INLINE loft_dw
loft_dw_load_(loft_dwatomic *p, int mo)
{
    loft_dw seen = loft_dw_of(0, 0);
    (void)loft_dw_cas_(p, &seen, seen, mo, mo);
    return seen;
}

#elif LOFT_DW_16_ && LOFT_X86_64

LOFT_ALWAYS_INLINE bool
loft_dw_cas_(loft_dwatomic *p, loft_dw *e, loft_dw v, int ok, int no)
{
    uintptr_t lo = e->lo;
    uintptr_t hi = e->hi;
    bool done;
    (void)ok;
    (void)no;
    loft_dw_check_(p);
#  if defined(__GCC_ASM_FLAG_OUTPUTS__)
    __asm__ volatile("lock cmpxchg16b %1"
                     : "=@cce"(done), "+m"(*p), "+a"(lo), "+d"(hi) : "b"(v.lo), "c"(v.hi) : "memory");
#  else
    __asm__ volatile("lock cmpxchg16b %1\n\tsete %0"
                     : "=q"(done), "+m"(*p), "+a"(lo), "+d"(hi) : "b"(v.lo), "c"(v.hi) : "cc", "memory");
#  endif
    if (done)
        return true;
    *e = loft_dw_of(lo, hi);
    return false;
}

/* An exchange of zero for zero reads the pair and changes nothing, but takes the line from everybody; where the plain
 * vector load is one access, readers share it. */
LOFT_ALWAYS_INLINE loft_dw
loft_dw_load_(loft_dwatomic *p, int mo)
{
    loft_dw seen = loft_dw_of(0, 0);
#  if defined(__SSE2__)
    if (LOFT_LIKELY(loft_arch()->load16)) {
        typedef uint64_t loft_dw_vector_ __attribute__((vector_size(16)));
        loft_dw_vector_ both;
        loft_dw_check_(p);
#    if defined(__AVX__)
        __asm__ volatile("vmovdqa %1, %0" : "=x"(both) : "m"(*p) : "memory");
#    else
        __asm__ volatile("movdqa %1, %0" : "=x"(both) : "m"(*p) : "memory");
#    endif
        memcpy(&seen, &both, sizeof seen);
        return seen;
    }
#  endif
    (void)loft_dw_cas_(p, &seen, seen, mo, mo);
    return seen;
}

#elif LOFT_DW_16_ && LOFT_AARCH64

#  define LOFT_DW_LSE_ON_  ".arch_extension lse\n\t"

/* CASPAL wants two pairs of neighbouring registers that begin with an even one. */
LOFT_ALWAYS_INLINE loft_dw
loft_dw_cas_lse_(loft_dwatomic *p, loft_dw e, loft_dw v)
{
    __asm__ volatile(LOFT_DW_LSE_ON_
                     "mov x4, %[elo]\n\t"
                     "mov x5, %[ehi]\n\t"
                     "mov x6, %[vlo]\n\t"
                     "mov x7, %[vhi]\n\t"
                     "caspal x4, x5, x6, x7, %[p]\n\t"
                     "mov %[elo], x4\n\t"
                     "mov %[ehi], x5"
                     : [elo] "+r"(e.lo), [ehi] "+r"(e.hi), [p] "+Q"(*p)
                     : [vlo] "r"(v.lo), [vhi] "r"(v.hi)
                     : "x4", "x5", "x6", "x7", "memory");
    return e;
}

/* Only a store that succeeds shows that the two words were read at one moment, so a failed comparison stores too: what
 * it read. Nothing but register work stands between the two, as some cores demand for it ever to succeed. */
LOFT_ALWAYS_INLINE loft_dw
loft_dw_cas_llsc_(loft_dwatomic *p, loft_dw e, loft_dw v)
{
    uintptr_t lo;
    uintptr_t hi;
    uintptr_t new_lo;
    uintptr_t new_hi;
    uint32_t failed;
    __asm__ volatile("1: ldaxp %[lo], %[hi], %[p]\n\t"
                     "cmp %[lo], %[elo]\n\t"
                     "ccmp %[hi], %[ehi], #0, eq\n\t"
                     "csel %[nlo], %[vlo], %[lo], eq\n\t"
                     "csel %[nhi], %[vhi], %[hi], eq\n\t"
                     "stlxp %w[failed], %[nlo], %[nhi], %[p]\n\t"
                     "cbnz %w[failed], 1b"
                     : [lo] "=&r"(lo), [hi] "=&r"(hi), [nlo] "=&r"(new_lo), [nhi] "=&r"(new_hi),
                       [failed] "=&r"(failed), [p] "+Q"(*p)
                     : [elo] "r"(e.lo), [ehi] "r"(e.hi), [vlo] "r"(v.lo), [vhi] "r"(v.hi)
                     : "cc", "memory");
    return loft_dw_of(lo, hi);
}

LOFT_ALWAYS_INLINE bool
loft_dw_cas_(loft_dwatomic *p, loft_dw *e, loft_dw v, int ok, int no)
{
    const loft_dw was = *e;
    (void)ok;
    (void)no;
    loft_dw_check_(p);
#  if defined(__ARM_FEATURE_ATOMICS)
    *e = loft_dw_cas_lse_(p, was, v);
#  else
    *e = LOFT_LIKELY(loft_arch()->lse) ? loft_dw_cas_lse_(p, was, v) : loft_dw_cas_llsc_(p, was, v);
#  endif
    return loft_dw_equal(*e, was);
}

/* For LSE2. LDP has no order: what follows is kept behind it by a barrier, and a seq_cst one is kept behind an earlier
 * seq_cst store by another. */
LOFT_ALWAYS_INLINE loft_dw
loft_dw_load_lse2_(const loft_dwatomic *p, bool seq_cst)
{
    loft_dw v;
    if (seq_cst)
        __asm__ volatile("dmb ish" : : : "memory");
    __asm__ volatile("ldp %[lo], %[hi], %[p]\n\t"
                     "dmb ishld"
                     : [lo] "=&r"(v.lo), [hi] "=&r"(v.hi) : [p] "Q"(*p) : "memory");
    return v;
}

LOFT_ALWAYS_INLINE loft_dw
loft_dw_load_(loft_dwatomic *p, int mo)
{
    loft_dw seen = loft_dw_of(0, 0);
    if (loft_arch()->lse2) {
        loft_dw_check_(p);
        return loft_dw_load_lse2_(p, mo == LOFT_DW_MO_seq_cst_);
    }
    (void)loft_dw_cas_(p, &seen, seen, mo, mo);
    return seen;
}

#elif LOFT_DW_16_ && LOFT_S390X

LOFT_ALWAYS_INLINE bool
loft_dw_cas_(loft_dwatomic *p, loft_dw *e, loft_dw v, int ok, int no)
{
    const loft_dw was = *e;
    loft_dw_both_ seen = loft_dw_join_(was);
    (void)ok;
    (void)no;
    loft_dw_check_(p);
    __asm__ volatile("cdsg %0, %2, %1" : "+d"(seen), "+S"(*p) : "d"(loft_dw_join_(v)) : "cc", "memory");
    *e = loft_dw_split_(seen);
    return loft_dw_equal(*e, was);
}

LOFT_ALWAYS_INLINE loft_dw
loft_dw_load_(loft_dwatomic *p, int mo)
{
    loft_dw_both_ seen;
    (void)mo;
    loft_dw_check_(p);
    __asm__ volatile("lpq %0, %1" : "=d"(seen) : "S"(*p) : "memory");
    return loft_dw_split_(seen);
}

#else

/* 32-bit: the pair is one 64-bit word to the compiler, which inlines it because it never takes a lock here. The type
 * says the alignment, without which clang would call a library on i386. */
#  if LOFT_MSVC
typedef __int64 loft_dw_word_;
#  else
typedef uint64_t loft_dw_word_ __attribute__((aligned(8), may_alias));
#  endif

LOFT_ALWAYS_INLINE bool
loft_dw_cas_(loft_dwatomic *p, loft_dw *e, loft_dw v, int ok, int no)
{
    loft_dw_word_ *word = (loft_dw_word_ *)(void *)p;
    loft_dw_word_ seen;
    loft_dw_word_ want;
    (void)ok;
    (void)no;
    loft_dw_check_(p);
    memcpy(&seen, e, sizeof seen);
    memcpy(&want, &v, sizeof want);
#  if LOFT_MSVC
    const loft_dw_word_ was = seen;
    seen = _InterlockedCompareExchange64(word, want, was);
    const bool done = seen == was;
#  else
    const bool done = __atomic_compare_exchange_n(word, &seen, want, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
#  endif
    memcpy(e, &seen, sizeof seen);
    return done;
}

LOFT_ALWAYS_INLINE loft_dw
loft_dw_load_(loft_dwatomic *p, int mo)
{
    loft_dw seen = loft_dw_of(0, 0);
#  if LOFT_MSVC
    (void)loft_dw_cas_(p, &seen, seen, mo, mo);
#  else
    (void)mo;
    loft_dw_check_(p);
    const loft_dw_word_ word = __atomic_load_n((const loft_dw_word_ *)(const void *)p, __ATOMIC_SEQ_CST);
    memcpy(&seen, &word, sizeof seen);
#  endif
    return seen;
}

#endif

LOFT_ALWAYS_INLINE loft_dw
loft_dw_peek_(const loft_dwatomic *p, int mo)
{
    loft_dw v;
    loft_dw_check_(p);
#if LOFT_MSVC
    (void)mo;
    v.lo = *(const volatile uintptr_t *)&p->lo_;
    LOFT_POINT();
    v.hi = *(const volatile uintptr_t *)&p->hi_;
    LOFT_FENCE_STD_(LOFT_ORDER_(acquire));
#else
    if (mo == LOFT_DW_MO_relaxed_) {
        v.lo = __atomic_load_n(&p->lo_, __ATOMIC_RELAXED);
        LOFT_POINT();
        v.hi = __atomic_load_n(&p->hi_, __ATOMIC_RELAXED);
    } else {
        v.lo = __atomic_load_n(&p->lo_, __ATOMIC_ACQUIRE);
        LOFT_POINT();
        v.hi = __atomic_load_n(&p->hi_, __ATOMIC_ACQUIRE);
#  if LOFT_TSAN
        __tsan_acquire((void *)(uintptr_t)(p)); /* who wrote hi released the pair, which is known by its lo */
#  endif
    }
#endif
    return v;
}

LOFT_ALWAYS_INLINE uintptr_t
loft_dw_peek_hi_(const loft_dwatomic *p, int mo)
{
    uintptr_t hi;
    loft_dw_check_(p);
#if LOFT_MSVC
    (void)mo;
    hi = *(const volatile uintptr_t *)&p->hi_;
    LOFT_FENCE_STD_(LOFT_ORDER_(acquire));
#else
    if (mo == LOFT_DW_MO_relaxed_) {
        hi = __atomic_load_n(&p->hi_, __ATOMIC_RELAXED);
    } else {
        hi = __atomic_load_n(&p->hi_, __ATOMIC_ACQUIRE);
#  if LOFT_TSAN
        __tsan_acquire((void *)(uintptr_t)(p)); /* as in a peek */
#  endif
    }
#endif
    return hi;
}

#if LOFT_DW_16_ && !LOFT_TSAN && (LOFT_X86_64 || LOFT_AARCH64)
#  define LOFT_DW_ALONE_  1                              /* the word may be exchanged alone */
#else
#  define LOFT_DW_ALONE_  0
#endif

LOFT_ALWAYS_INLINE bool
loft_dw_cas_hi_(loft_dwatomic *p, uintptr_t *e, uintptr_t v, int ok, int no)
{
#if LOFT_DW_ALONE_
    (void)ok;
    (void)no;
    loft_dw_check_(p);
#  if LOFT_MSVC
    const uintptr_t was = *e;
    *e = (uintptr_t)_InterlockedCompareExchange64((__int64 volatile *)(void *)&p->hi_, (__int64)v, (__int64)was);
    return *e == was;
#  else
    return __atomic_compare_exchange_n(&p->hi_, e, v, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
#  endif
#else
    loft_dw seen = loft_dw_of(loft_dw_peek_(p, LOFT_DW_MO_relaxed_).lo, *e);
    for (;;) {
        LOFT_POINT();
        if (loft_dw_cas_(p, &seen, loft_dw_of(seen.lo, v), ok, no))
            return true;
        if (seen.hi != *e)
            break;
    }
    *e = seen.hi;
    return false;
#endif
}

LOFT_API loft_dw
loft_dw_exchange_(loft_dwatomic *p, loft_dw v, int mo)
{
    loft_dw seen = loft_dw_peek_(p, LOFT_DW_MO_relaxed_);
    for (;;) {
        LOFT_POINT();
        if (loft_dw_cas_(p, &seen, v, mo, LOFT_DW_MO_relaxed_))
            return seen;
    }
}

/* ---- operations -------------------------------------------------------------------------------------------------- */

/* loft_dw_init - the first value of a pair no other thread can see yet.
 *   threads   quiescent
 *   progress  wait-free
 */
LOFT_API void
loft_dw_init(loft_dwatomic *p, loft_dw v)
{
    p->lo_ = v.lo;
    p->hi_ = v.hi;
}

/* loft_dw_load(p, mo) - both words as they were at one moment.
 *   returns   the pair
 *   threads   any
 *   progress  wait-free; aarch64 with neither LSE nor LSE2, and 32-bit Arm: lock-free
 *   order     mo: relaxed, acquire, seq_cst
 *   cost      one load where that is one access (loft_arch()->load16: x86-64 with AVX, aarch64 with LSE2, s390x) and on
 *             32-bit; elsewhere a compare-exchange, which takes the line from the other readers and writes back what it
 *             read
 */
#define loft_dw_load(p, mo)  (LOFT_POINT(), loft_dw_load_((p), LOFT_DW_LOAD_##mo))

/* loft_dw_peek(p, mo) - lo and then hi, each as it was when it was read: the pair may never have existed.
 *   returns   a guess for the value loft_dw_cas expects; a wrong one makes that fail and bring the right one
 *   threads   any
 *   progress  wait-free
 *   order     mo: relaxed, acquire; of each word
 *   cost      two loads, on every target; never writes
 */
#define loft_dw_peek(p, mo)  (LOFT_POINT(), loft_dw_peek_((p), LOFT_DW_PEEK_##mo))

/* loft_dw_cas(p, e, v, ok, no) - if the pair is *e, make it v.
 *   returns   true: it was, and is; false: it was another value, which is now in *e, whole. Never fails without cause
 *   threads   any
 *   progress  wait-free; aarch64 without LSE, and 32-bit Arm: lock-free
 *   order     ok on true: any; no on false: relaxed, acquire, seq_cst
 *   cost      one RMW, on failure too
 */
#define loft_dw_cas(p, e, v, ok, no) \
    (LOFT_POINT(), loft_dw_cas_((p), (e), (v), (int)LOFT_ORDER_(ok), LOFT_DW_FAIL_##no))

/* loft_dw_peek_hi(p, mo) - hi, as loft_dw_peek reads it, without lo.
 *   returns   hi as it was; a guess for the value loft_dw_cas_hi expects
 *   threads   any
 *   progress  wait-free
 *   order     mo: relaxed, acquire
 *   cost      one load, on every target; never writes
 */
#define loft_dw_peek_hi(p, mo)  (LOFT_POINT(), loft_dw_peek_hi_((p), LOFT_DW_PEEK_##mo))

/* loft_dw_cas_hi(p, e, v, ok, no) - if hi is *e, make it v, and leave lo as it is. It is one step of the pair's: who
 * compares both words sees it or comes before it.
 *   returns   true: it was, and is; false: hi was another value, which is now in *e. Never fails without cause
 *   threads   any
 *   progress  x86-64, aarch64 with LSE: wait-free; elsewhere lock-free
 *   order     as loft_dw_cas
 *   cost      x86-64, aarch64: one RMW of one word, on failure too; elsewhere as a peek and loft_dw_cas, once more for
 *             each change of lo that comes between
 */
#define loft_dw_cas_hi(p, e, v, ok, no) \
    (LOFT_POINT(), loft_dw_cas_hi_((p), (e), (v), (int)LOFT_ORDER_(ok), LOFT_DW_FAIL_##no))

/* loft_dw_exchange(p, v, mo) - make it v.
 *   returns   the pair before
 *   threads   any
 *   progress  lock-free
 *   order     mo: any
 *   cost      one RMW, and one more for each change that comes between
 */
#define loft_dw_exchange(p, v, mo)  (LOFT_POINT(), loft_dw_exchange_((p), (v), (int)LOFT_ORDER_(mo)))

/* loft_dw_store(p, v, mo) - make it v.
 *   threads   any
 *   progress  lock-free
 *   order     mo: relaxed, release, seq_cst
 *   cost      as loft_dw_exchange
 */
#define loft_dw_store(p, v, mo)  (LOFT_POINT(), (void)loft_dw_exchange_((p), (v), LOFT_DW_STORE_##mo))

#endif /* memory */
#endif /* have */
#endif /* supported */
#endif /* LOFT_CORE_DWCAS_H */
