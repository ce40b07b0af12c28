/* SPDX-License-Identifier: MIT
 *
 * loft/core/atomics.h - the one door to atomic operations.
 *
 * Needs: core/base.h
 *
 * Every atomic access of Loft passes here, in C as <stdatomic.h> and in C++ as std::atomic, with the same layout in
 * both. The order is a bare word and leaving it out does not compile:
 *
 *     LOFT_ATOMIC(size_t) tail;
 *     const size_t t = loft_load(&q->tail, relaxed);
 *     loft_store(&q->tail, t + 1, release);
 *
 * OPERATIONS   p points to a LOFT_ATOMIC(T), T an integer or a pointer; mo: relaxed acquire release acq_rel seq_cst
 *   LOFT_ATOMIC(T)                        the type of an atomic T
 *   loft_init(p, v)                       first value, before any other thread can see p; memory may be raw
 *   loft_load(p, mo)                      the value
 *   loft_store(p, v, mo)
 *   loft_exchange(p, v, mo)               the value before
 *   loft_cas_weak(p, e, v, ok, no)        true: *p was *e and is v. false: *e is what was seen; weak may fail without
 *   loft_cas_strong(p, e, v, ok, no)      cause, so it belongs in a loop (strong elsewhere)
 *   loft_fetch_add|sub|or|and(p, v, mo)   the value before; integers only, unsigned ones wrap
 *   loft_fence(mo)                        orders this thread's accesses; names no edge to ThreadSanitizer
 *   loft_fence_for(mo, p)                 the same where an edge to another thread rides on the fence and the word *p
 *   loft_signal_fence(mo)                 against a signal handler of the same thread
 *   loft_plain_read(p)                    payload that is handed from thread to thread: the value of *p
 *   loft_plain_write(p, v)                *p = v
 *   loft_plain_read_n(dst, src, n)        n elements out of shared storage
 *   loft_plain_write_n(dst, src, n)       n elements into shared storage
 *
 * ARGUMENTS    of an access are evaluated once. Those of plain_* may be evaluated twice: pass plain expressions without
 *              side effects there.
 *
 * WIDTH        Words only: at most a pointer wide, or 64 bits where those never take a lock (LOFT_HAVE_ATOMIC64).
 *              Wider pairs are core/dwcas.h. loft_seq is the widest unsigned word, for tickets and cycles that must not
 *              come round again while somebody sleeps; loft_seq_diff is the signed distance of two of them. What is
 *              wider, of an odd size, or no atomic at all does not compile. Below 32 bits, some targets have loads and
 *              stores only.
 *
 * THE SEAM     Tests, the explorer and order mutation see every access because they may define, before this header:
 *   LOFT_POINT()                 runs before each access, at the place of the access
 *   LOFT_SITE(mo)                the order to use at this place (expanded there: __FILE__ and __LINE__ name the site);
 *                                gets and gives a value of type loft_order
 *   LOFT_ON_READ(p, bytes)       runs before payload is read
 *   LOFT_ON_WRITE(p, bytes)      runs before payload is written
 *   LOFT_MEMORY                  another memory than the machine's: no access is made here, each is handed to the
 *                                functions loft_memory_*_ of who defines it (check/explore.h), with its place
 *
 * SANITIZER    ThreadSanitizer does not understand fences. Where an edge rides on one, loft_fence_for tells it the
 *              word the edge runs through; nothing is ever written to a made-up word: that would invent edges and hide
 *              races.
 *
 * SOURCE       ISO C11 7.17, ISO C++11 clause 29.
 */
#ifndef LOFT_CORE_ATOMICS_H
#define LOFT_CORE_ATOMICS_H

#include "base.h"

#if !defined(LOFT_UNSUPPORTED)

#include <string.h>
#if LOFT_CPLUSPLUS
#  include <atomic>
#  include <new>
#  include <type_traits>
#  define LOFT_ATOMIC(T)  ::std::atomic<T>
typedef ::std::memory_order loft_order;
#  define LOFT_ORDER_(mo)  LOFT_SITE(::std::memory_order_##mo)
#else
#  include <stdatomic.h>
#  define LOFT_ATOMIC(T)  _Atomic(T)
typedef memory_order loft_order;
#  define LOFT_ORDER_(mo)  LOFT_SITE(memory_order_##mo)
#endif

/* ---- width ----------------------------------------------------------------------------------------------------- */

/* On i386 clang is not sure of the alignment of foreign long longs and says 1; ours are atomics, which both it and gcc
 * align, and the two must agree on the size of what they share. */
#if ATOMIC_LLONG_LOCK_FREE == 2 || (defined(__i386__) && defined(__GCC_HAVE_SYNC_COMPARE_AND_SWAP_8))
#  define LOFT_HAVE_ATOMIC64  1
typedef uint64_t loft_seq;
typedef int64_t loft_seq_diff;
#else
#  define LOFT_HAVE_ATOMIC64  0
typedef size_t loft_seq;
typedef ptrdiff_t loft_seq_diff;
#endif
#define LOFT_SEQ_BITS  (sizeof(loft_seq) * 8u)

LOFT_STATIC_ASSERT(ATOMIC_POINTER_LOCK_FREE == 2,
                   "loft/core/atomics.h: atomic operations on a pointer take a lock on this target");
LOFT_STATIC_ASSERT(sizeof(LOFT_ATOMIC(loft_seq)) == sizeof(loft_seq) && sizeof(LOFT_ATOMIC(void *)) == sizeof(void *),
                   "loft/core/atomics.h: an atomic word is not the size of the word on this target");

/* A type wider than a word or of three bytes would silently become a call of a library that takes a lock, and gcc takes
 * words that are not atomic at all: stop them where they are used. Arithmetic is for integers, because compilers do not
 * agree on what it does to a pointer. */
#define LOFT_WORD_TEXT_ \
    "loft/core/atomics.h: not an atomic word: LOFT_ATOMIC of a type of 1, 2, 4 or 8 bytes, at most as wide as loft_seq"
#define LOFT_WORD_SIZE_(n)  (((n) == 1 || (n) == 2 || (n) == 4 || (n) == 8) && (n) <= LOFT_WIDEST_)
#define LOFT_WIDEST_        (sizeof(loft_seq) > sizeof(void *) ? sizeof(loft_seq) : sizeof(void *))
#if LOFT_CPLUSPLUS
template <size_t n>
struct loft_word_ {
    static_assert(LOFT_WORD_SIZE_(n), LOFT_WORD_TEXT_);
};
#  define LOFT_WORD_(p)     ((void)sizeof(::loft_word_<sizeof((p)->load())>))
#  define LOFT_INTEGER_(p)  ((void)sizeof(0 | (p)->load()))
#else
#  define LOFT_WORD_(p) \
    ((void)sizeof(struct { \
        char word; \
        _Static_assert(LOFT_WORD_SIZE_(sizeof(__typeof__((void)0, *(p)))) && \
                       _Generic((const volatile __typeof__(*(p)) *)0, \
                                const volatile __typeof__((void)0, *(p)) *: 0, default: 1), LOFT_WORD_TEXT_); \
    }))
#  define LOFT_INTEGER_(p)  ((void)sizeof(0 | *(p)))
#endif

/* ---- the seam -------------------------------------------------------------------------------------------------- */

#if !defined(LOFT_POINT)
#  define LOFT_POINT()  ((void)0)
#endif
#if !defined(LOFT_SITE)
#  define LOFT_SITE(mo)  mo
#endif
#if !defined(LOFT_ON_READ)
#  define LOFT_ON_READ(p, bytes)  ((void)0)
#endif
#if !defined(LOFT_ON_WRITE)
#  define LOFT_ON_WRITE(p, bytes)  ((void)0)
#endif

#if defined(LOFT_MEMORY)
/* A place in the code and the orders that are written there; CAS has two. One object for each access, found again by
 * its file and line. */
struct loft_memory_site_ {
    const char *file;
    const char *what;
    int line;
    int order[2];
    int id;                                              /* 0 until it is first met                    */
};
#  define LOFT_MEMORY_FN_  __attribute__((unused)) static
enum { LOFT_MEMORY_EXCHANGE_, LOFT_MEMORY_ADD_, LOFT_MEMORY_SUB_, LOFT_MEMORY_OR_, LOFT_MEMORY_AND_ };
LOFT_MEMORY_FN_ void loft_memory_init_(volatile void *p, size_t size, uint64_t v);
LOFT_MEMORY_FN_ uint64_t loft_memory_load_(const volatile void *p, size_t size, struct loft_memory_site_ *site);
LOFT_MEMORY_FN_ void loft_memory_store_(const volatile void *p, size_t size, uint64_t v,
                                        struct loft_memory_site_ *site);
LOFT_MEMORY_FN_ uint64_t loft_memory_rmw_(const volatile void *p, size_t size, int op, uint64_t v,
                                          struct loft_memory_site_ *site);
LOFT_MEMORY_FN_ bool loft_memory_cas_(const volatile void *p, size_t size, void *e, uint64_t v, bool weak,
                                      struct loft_memory_site_ *site);
LOFT_MEMORY_FN_ void loft_memory_fence_(struct loft_memory_site_ *site);
LOFT_MEMORY_FN_ void loft_memory_light_(struct loft_memory_site_ *site);
LOFT_MEMORY_FN_ void loft_memory_heavy_(struct loft_memory_site_ *site);
#  if LOFT_CPLUSPLUS
#    define LOFT_MEMORY_MO_(mo)    ((int)::std::memory_order_##mo)
#    define LOFT_MEMORY_TYPE_(p)   decltype((p)->load())
#  else
#    define LOFT_MEMORY_MO_(mo)    ((int)memory_order_##mo)
#    define LOFT_MEMORY_TYPE_(p)   __typeof__((void)0, *(p))
#  endif
#  define LOFT_MEMORY_SITE_(what, ok, no) \
    (__extension__({ \
        static struct loft_memory_site_ site_ = { __FILE__, what, __LINE__, \
                                                  { LOFT_MEMORY_MO_(ok), LOFT_MEMORY_MO_(no) }, 0 }; \
        &site_; \
    }))
#  define LOFT_MEMORY_BITS_(p, v)   ((uint64_t)(uintptr_t)(LOFT_MEMORY_TYPE_(p))(v))
#  define LOFT_MEMORY_VALUE_(p, u)  ((LOFT_MEMORY_TYPE_(p))(uintptr_t)(u))
#  define LOFT_MEMORY_RMW_(p, op, v, what, mo) \
    (__extension__({                                     /* so that nobody need take the value */ \
        LOFT_WORD_(p); \
        const LOFT_MEMORY_TYPE_(p) loft_value_ = LOFT_MEMORY_VALUE_( \
            p, loft_memory_rmw_((p), sizeof *(p), (op), LOFT_MEMORY_BITS_(p, v), LOFT_MEMORY_SITE_(what, mo, mo))); \
        loft_value_; \
    }))
#  define LOFT_MEMORY_CAS_(p, e, v, weak, what, ok, no) \
    (LOFT_WORD_(p), loft_memory_cas_((p), sizeof *(p), true ? (e) : (LOFT_MEMORY_TYPE_(p) *)NULL, \
                                     LOFT_MEMORY_BITS_(p, v), (weak), LOFT_MEMORY_SITE_(what, ok, no)))
#endif

#define LOFT_BEFORE_(p)  (LOFT_WORD_(p), LOFT_POINT())
#define LOFT_BEFORE_INTEGER_(p)  ((void)(LOFT_WORD_(p), LOFT_INTEGER_(p)), LOFT_POINT())

/* ---- accesses -------------------------------------------------------------------------------------------------- */

#if defined(LOFT_MEMORY)
#  define loft_init(p, v)          loft_memory_init_((p), sizeof *(p), LOFT_MEMORY_BITS_(p, v))
#  define loft_load(p, mo) \
    (LOFT_WORD_(p), LOFT_MEMORY_VALUE_(p, loft_memory_load_((p), sizeof *(p), LOFT_MEMORY_SITE_("load", mo, mo))))
#  define loft_store(p, v, mo) \
    (LOFT_WORD_(p), loft_memory_store_((p), sizeof *(p), LOFT_MEMORY_BITS_(p, v), LOFT_MEMORY_SITE_("store", mo, mo)))
#  define loft_exchange(p, v, mo)  LOFT_MEMORY_RMW_(p, LOFT_MEMORY_EXCHANGE_, v, "exchange", mo)
#  define loft_cas_weak(p, e, v, ok, no)    LOFT_MEMORY_CAS_(p, e, v, true, "cas_weak", ok, no)
#  define loft_cas_strong(p, e, v, ok, no)  LOFT_MEMORY_CAS_(p, e, v, false, "cas_strong", ok, no)
#  define loft_fetch_add(p, v, mo)  LOFT_MEMORY_RMW_(p, LOFT_MEMORY_ADD_, v, "fetch_add", mo)
#  define loft_fetch_sub(p, v, mo)  LOFT_MEMORY_RMW_(p, LOFT_MEMORY_SUB_, v, "fetch_sub", mo)
#  define loft_fetch_or(p, v, mo)   LOFT_MEMORY_RMW_(p, LOFT_MEMORY_OR_, v, "fetch_or", mo)
#  define loft_fetch_and(p, v, mo)  LOFT_MEMORY_RMW_(p, LOFT_MEMORY_AND_, v, "fetch_and", mo)
#  define loft_signal_fence(mo)     ((void)LOFT_MEMORY_MO_(mo))
#elif LOFT_CPLUSPLUS
/* The first value begins the life of the object, which memory from an allocator does not do for a std::atomic. */
template <class T>
LOFT_ALWAYS_INLINE void *
loft_place_(volatile T *p)
{
    return const_cast<T *>(p);
}
template <class P>
using loft_target_ =
    typename ::std::remove_cv<typename ::std::remove_pointer<typename ::std::decay<P>::type>::type>::type;
#  define loft_init(p, v)          ((void)::new (::loft_place_(p)) ::loft_target_<decltype(p)>(v))
#  define loft_load(p, mo)         (LOFT_BEFORE_(p), (p)->load(LOFT_ORDER_(mo)))
#  define loft_store(p, v, mo)     (LOFT_BEFORE_(p), (p)->store((v), LOFT_ORDER_(mo)))
#  define loft_exchange(p, v, mo)  (LOFT_BEFORE_(p), (p)->exchange((v), LOFT_ORDER_(mo)))
#  define loft_cas_weak(p, e, v, ok, no) \
    (LOFT_BEFORE_(p), (p)->compare_exchange_weak(*(e), (v), LOFT_ORDER_(ok), LOFT_ORDER_(no)))
#  define loft_cas_strong(p, e, v, ok, no) \
    (LOFT_BEFORE_(p), (p)->compare_exchange_strong(*(e), (v), LOFT_ORDER_(ok), LOFT_ORDER_(no)))
#  define loft_fetch_add(p, v, mo)  (LOFT_BEFORE_INTEGER_(p), (p)->fetch_add((v), LOFT_ORDER_(mo)))
#  define loft_fetch_sub(p, v, mo)  (LOFT_BEFORE_INTEGER_(p), (p)->fetch_sub((v), LOFT_ORDER_(mo)))
#  define loft_fetch_or(p, v, mo)   (LOFT_BEFORE_INTEGER_(p), (p)->fetch_or((v), LOFT_ORDER_(mo)))
#  define loft_fetch_and(p, v, mo)  (LOFT_BEFORE_INTEGER_(p), (p)->fetch_and((v), LOFT_ORDER_(mo)))
#  define loft_signal_fence(mo)     ::std::atomic_signal_fence(::std::memory_order_##mo)
#else
#  define loft_init(p, v)          atomic_init((p), (v))
#  define loft_load(p, mo)         (LOFT_BEFORE_(p), atomic_load_explicit((p), LOFT_ORDER_(mo)))
#  define loft_store(p, v, mo)     (LOFT_BEFORE_(p), atomic_store_explicit((p), (v), LOFT_ORDER_(mo)))
#  define loft_exchange(p, v, mo)  (LOFT_BEFORE_(p), atomic_exchange_explicit((p), (v), LOFT_ORDER_(mo)))
#  define loft_cas_weak(p, e, v, ok, no) \
    (LOFT_BEFORE_(p), atomic_compare_exchange_weak_explicit((p), (e), (v), LOFT_ORDER_(ok), LOFT_ORDER_(no)))
#  define loft_cas_strong(p, e, v, ok, no) \
    (LOFT_BEFORE_(p), atomic_compare_exchange_strong_explicit((p), (e), (v), LOFT_ORDER_(ok), LOFT_ORDER_(no)))
#  define loft_fetch_add(p, v, mo) \
    (LOFT_BEFORE_INTEGER_(p), atomic_fetch_add_explicit((p), (v), LOFT_ORDER_(mo)))
#  define loft_fetch_sub(p, v, mo) \
    (LOFT_BEFORE_INTEGER_(p), atomic_fetch_sub_explicit((p), (v), LOFT_ORDER_(mo)))
#  define loft_fetch_or(p, v, mo) \
    (LOFT_BEFORE_INTEGER_(p), atomic_fetch_or_explicit((p), (v), LOFT_ORDER_(mo)))
#  define loft_fetch_and(p, v, mo) \
    (LOFT_BEFORE_INTEGER_(p), atomic_fetch_and_explicit((p), (v), LOFT_ORDER_(mo)))
#  define loft_signal_fence(mo)     atomic_signal_fence(memory_order_##mo)
#endif

/* ---- fences ---------------------------------------------------------------------------------------------------- */

#if LOFT_CPLUSPLUS
#  define LOFT_FENCE_STD_(mo)  ::std::atomic_thread_fence(mo)
#else
#  define LOFT_FENCE_STD_(mo)  atomic_thread_fence(mo)
#endif

#if LOFT_TSAN && LOFT_GCC
/* gcc warns at every fence it meets under this sanitizer. What it warns of is what loft_fence_for is there to mend, so
 * the warning is silenced here, in one function, and nowhere in the user's code. */
#  pragma GCC diagnostic push
#  pragma GCC diagnostic ignored "-Wpragmas"
#  pragma GCC diagnostic ignored "-Wtsan"
LOFT_NOINLINE void
loft_fence_(loft_order mo)
{
    switch (mo) {
#  if LOFT_CPLUSPLUS
    case ::std::memory_order_acquire: LOFT_FENCE_STD_(::std::memory_order_acquire); break;
    case ::std::memory_order_release: LOFT_FENCE_STD_(::std::memory_order_release); break;
    case ::std::memory_order_acq_rel: LOFT_FENCE_STD_(::std::memory_order_acq_rel); break;
    case ::std::memory_order_relaxed: break;
    default:                          LOFT_FENCE_STD_(::std::memory_order_seq_cst); break;
#  else
    case memory_order_acquire: LOFT_FENCE_STD_(memory_order_acquire); break;
    case memory_order_release: LOFT_FENCE_STD_(memory_order_release); break;
    case memory_order_acq_rel: LOFT_FENCE_STD_(memory_order_acq_rel); break;
    case memory_order_relaxed: break;
    default:                   LOFT_FENCE_STD_(memory_order_seq_cst); break;
#  endif
    }
}
#  pragma GCC diagnostic pop
#elif LOFT_CLANG && defined(__x86_64__) && !LOFT_TSAN
/* Where clang writes mfence, gcc takes a locked instruction that changes nothing: no load or store of ordinary memory
 * passes one (Intel SDM 3A, memory ordering), which is all that C asks of a fence, in half the time. What C does not
 * know, non-temporal accesses, write-combining memory and flushes, is not promised to be ordered: use mfence there. */
LOFT_ALWAYS_INLINE void
loft_fence_(loft_order mo)
{
#  if LOFT_CPLUSPLUS
    const loft_order full = ::std::memory_order_seq_cst;
#  else
    const loft_order full = memory_order_seq_cst;
#  endif
    if (mo == full)
        __asm__ __volatile__("lock {orl $0, (%%rsp)|or dword ptr [rsp], 0}" : : : "memory", "cc");
    else
        LOFT_FENCE_STD_(mo);
}
#else
#  define loft_fence_(mo)  LOFT_FENCE_STD_(mo)
#endif

#if defined(LOFT_MEMORY)
#  define loft_fence(mo)         loft_memory_fence_(LOFT_MEMORY_SITE_("fence", mo, mo))
#else
#  define loft_fence(mo)         (LOFT_POINT(), loft_fence_(LOFT_ORDER_(mo)))
#endif

#if defined(LOFT_MEMORY)
#  define loft_fence_for(mo, p)  ((void)(p), loft_fence(mo))
#elif LOFT_TSAN
extern
#  if LOFT_CPLUSPLUS
"C"
#  endif
void __tsan_acquire(void *);
extern
#  if LOFT_CPLUSPLUS
"C"
#  endif
void __tsan_release(void *);

/* The edges of the order that the site has given, which need not be the one that is written there. */
LOFT_NOINLINE void
loft_fence_for_(loft_order mo, void *word)
{
#  if LOFT_CPLUSPLUS
    const bool in = mo != ::std::memory_order_relaxed && mo != ::std::memory_order_release;
    const bool out = mo != ::std::memory_order_relaxed && mo != ::std::memory_order_acquire;
#  else
    const bool in = mo != memory_order_relaxed && mo != memory_order_release;
    const bool out = mo != memory_order_relaxed && mo != memory_order_acquire;
#  endif
    loft_fence_(mo);
    if (in)
        __tsan_acquire(word);
    if (out)
        __tsan_release(word);
}
#  define loft_fence_for(mo, p)       (LOFT_POINT(), loft_fence_for_(LOFT_ORDER_(mo), (void *)(uintptr_t)(p)))
#else
#  define loft_fence_for(mo, p)       ((void)(p), loft_fence(mo))
#endif

/* ---- payload --------------------------------------------------------------------------------------------------- */

#define loft_plain_read(p)         (LOFT_ON_READ((p), sizeof *(p)), *(p))
#define loft_plain_write(p, v)     (LOFT_ON_WRITE((p), sizeof *(p)), (void)(*(p) = (v)))
#define loft_plain_read_n(dst, src, n) \
    (LOFT_ON_READ((src), (n) * sizeof *(src)), (void)memcpy((dst), (src), (n) * sizeof *(src)))
#define loft_plain_write_n(dst, src, n) \
    (LOFT_ON_WRITE((dst), (n) * sizeof *(dst)), (void)memcpy((dst), (src), (n) * sizeof *(dst)))

#endif /* supported */
#endif /* LOFT_CORE_ATOMICS_H */
