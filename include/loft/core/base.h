/* SPDX-License-Identifier: MIT
 *
 * loft/core/base.h - compiler and language, status codes, assertions: what every other header stands on.
 *
 * Needs: nothing of Loft.
 *
 * PARAMETERS   (define before the first Loft header, the same in every file of a program)
 *   LOFT_CACHELINE   bytes kept between words that different threads write; a power of two, 16 to 4096
 *   LOFT_DEBUG       1: assertions on, 0: off; without it they follow NDEBUG
 *   LOFT_ASSERT(c)   your own assertion, an expression of type void; it must not synchronise threads (no lock, no
 *                    atomic stronger than relaxed)
 *   LOFT_API         how functions are declared; `static inline` unless you need something else
 *
 * A header that cannot work with this compiler stops with one #error and defines LOFT_UNSUPPORTED; the headers
 * above it see that and stay silent, so that one mistake gives one message.
 */
#ifndef LOFT_CORE_BASE_H
#define LOFT_CORE_BASE_H

/* ---- version --------------------------------------------------------------------------------------------------- */

#define LOFT_VERSION_MAJOR   0
#define LOFT_VERSION_MINOR   1
#define LOFT_VERSION_PATCH   0
#define LOFT_VERSION_STRING  "0.1.0"
#define LOFT_VERSION_NUM(major, minor, patch) ((major) * 10000 + (minor) * 100 + (patch))
#define LOFT_VERSION         LOFT_VERSION_NUM(LOFT_VERSION_MAJOR, LOFT_VERSION_MINOR, LOFT_VERSION_PATCH)

/* ---- compiler and language: each is 1 or 0 --------------------------------------------------------------------- */

#if defined(__clang__)
#  define LOFT_CLANG  1
#  define LOFT_GCC    0
#  define LOFT_MSVC   0
#elif defined(__GNUC__)
#  define LOFT_CLANG  0
#  define LOFT_GCC    1
#  define LOFT_MSVC   0
#elif defined(_MSC_VER)
#  define LOFT_CLANG  0
#  define LOFT_GCC    0
#  define LOFT_MSVC   1
#else
#  define LOFT_CLANG  0
#  define LOFT_GCC    0
#  define LOFT_MSVC   0
#endif

/* The language of the year: what Microsoft's compilers say of it stands in a macro of their own. */
#if defined(_MSVC_LANG)
#  define LOFT_CPLUSPLUS  1
#  define LOFT_CXX_YEAR_  _MSVC_LANG
#elif defined(__cplusplus)
#  define LOFT_CPLUSPLUS  1
#  define LOFT_CXX_YEAR_  __cplusplus
#else
#  define LOFT_CPLUSPLUS  0
#  define LOFT_CXX_YEAR_  0
#endif

#if defined(__SANITIZE_THREAD__)
#  define LOFT_TSAN  1
#elif defined(__has_feature)
#  if __has_feature(thread_sanitizer)
#    define LOFT_TSAN  1
#  endif
#endif
#if !defined(LOFT_TSAN)
#  define LOFT_TSAN  0
#endif

#if !LOFT_GCC && !LOFT_CLANG && !LOFT_MSVC
#  error "loft/core/base.h: unsupported compiler; Loft needs gcc 7+, clang 6+, or MSVC 2019+ compiling as C++"
#  define LOFT_UNSUPPORTED  1
#elif LOFT_MSVC && !LOFT_CPLUSPLUS
#  error "loft/core/base.h: MSVC has no complete C11 <stdatomic.h>; compile this file as C++ (/TP)"
#  define LOFT_UNSUPPORTED  1
#elif LOFT_CPLUSPLUS && LOFT_CXX_YEAR_ < 201103L
#  error "loft/core/base.h: C++11 or later is needed; compile with -std=c++11 or newer"
#  define LOFT_UNSUPPORTED  1
#elif !LOFT_CPLUSPLUS && (!defined(__STDC_VERSION__) || __STDC_VERSION__ < 201112L)
#  error "loft/core/base.h: C11 or later is needed; compile with -std=c11 or newer"
#  define LOFT_UNSUPPORTED  1
#elif !LOFT_CPLUSPLUS && defined(__STDC_NO_ATOMICS__)
#  error "loft/core/base.h: this C implementation has no <stdatomic.h>; use gcc or clang, or compile as C++11"
#  define LOFT_UNSUPPORTED  1
#else

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- attributes ------------------------------------------------------------------------------------------------ */

#if LOFT_GCC || LOFT_CLANG
#  define LOFT_LIKELY(c)      __builtin_expect(!!(c), 1)
#  define LOFT_UNLIKELY(c)    __builtin_expect(!!(c), 0)
#  define LOFT_ALWAYS_INLINE  static inline __attribute__((always_inline, unused))
#  define LOFT_NOINLINE       static __attribute__((noinline, unused))
#  define LOFT_PREFETCH(p)    __builtin_prefetch(p)
#  if defined(__x86_64__)
/* What the builtin gives here without -mprfchw is a fetch for reading, and the write then asks for the line again. */
#    define LOFT_PREFETCH_WRITE(p)  __asm__ __volatile__("prefetchw %0" : : "m"(*(const volatile char *)(uintptr_t)(p)))
#  else
#    define LOFT_PREFETCH_WRITE(p)  __builtin_prefetch((const void *)(uintptr_t)(p), 1)
#  endif
#else
#  define LOFT_LIKELY(c)      (!!(c))
#  define LOFT_UNLIKELY(c)    (!!(c))
#  define LOFT_ALWAYS_INLINE  static __forceinline
#  define LOFT_NOINLINE       static __declspec(noinline)
#  define LOFT_PREFETCH(p)    ((void)(p))
#  define LOFT_PREFETCH_WRITE(p)  ((void)(p))
#endif

#if !defined(LOFT_API)
#  if LOFT_GCC || LOFT_CLANG
#    define LOFT_API  static inline __attribute__((unused))
#  else
#    define LOFT_API  static inline
#  endif
#endif

/* Ignoring the result loses something (an element, memory, the news that there is none). [[nodiscard]] where the
 * language has it, because a cast to void silences it; gcc's older attribute cannot be silenced that way. */
#if LOFT_CPLUSPLUS && LOFT_CXX_YEAR_ >= 201703L
#  define LOFT_NODISCARD  [[nodiscard]]
#elif !LOFT_CPLUSPLUS && __STDC_VERSION__ > 201710L
#  define LOFT_NODISCARD  [[nodiscard]]
#elif LOFT_GCC || LOFT_CLANG
#  define LOFT_NODISCARD  __attribute__((warn_unused_result))
#else
#  define LOFT_NODISCARD
#endif

#if LOFT_CPLUSPLUS
#  define LOFT_STATIC_ASSERT(c, text)  static_assert(c, text)
#else
#  define LOFT_STATIC_ASSERT(c, text)  _Static_assert(c, text)
#endif

#if LOFT_CPLUSPLUS
#  define LOFT_ALIGNOF(T)  alignof(T)
#else
#  define LOFT_ALIGNOF(T)  _Alignof(T)
#endif

#define LOFT_CAT_(a, b)  a##_##b
#define LOFT_CAT(a, b)   LOFT_CAT_(a, b)                 /* LOFT_CAT(jobs, init) is jobs_init */
#define LOFT_STR_(x)     #x
#define LOFT_STR(x)      LOFT_STR_(x)

/* ---- separation ------------------------------------------------------------------------------------------------ */

/* Not the size of a line but the distance that keeps two writers apart: x86-64 fetches lines in pairs, Apple's cores
 * have lines of 128 bytes, and other 64-bit Arm cores prefetch the neighbour. Structures are padded by it, never
 * aligned to it, so that plain malloc can hold them. */
#if !defined(LOFT_CACHELINE)
#  if defined(__s390x__)
#    define LOFT_CACHELINE  256
#  elif defined(__x86_64__) || defined(_M_X64) || defined(__aarch64__) || defined(_M_ARM64) || defined(__powerpc64__)
#    define LOFT_CACHELINE  128
#  else
#    define LOFT_CACHELINE  64
#  endif
#endif
LOFT_STATIC_ASSERT(LOFT_CACHELINE >= 16 && LOFT_CACHELINE <= 4096 && (LOFT_CACHELINE & (LOFT_CACHELINE - 1)) == 0,
                   "loft/core/base.h: LOFT_CACHELINE must be a power of two from 16 to 4096");

/* ---- assertions ------------------------------------------------------------------------------------------------ */

/* LOFT_ASSERT states what we have a proof of, LOFT_BELIEVE what we only hold to be so: a false belief stops a debug
 * build and is still handled by the code around it in a release build, because it is evaluated in both. */
#if !defined(LOFT_DEBUG)
#  if defined(NDEBUG)
#    define LOFT_DEBUG  0
#  else
#    define LOFT_DEBUG  1
#  endif
#endif

/* Not assert(): that one follows NDEBUG, at each place anew, and LOFT_DEBUG 1 is for release builds that keep ours. */
#if !defined(LOFT_ASSERT)
#  if LOFT_DEBUG
#    include <stdio.h>
#    include <stdlib.h>
LOFT_NOINLINE void
loft_failed_(const char *what, const char *file, int line)
{
    fprintf(stderr, "%s:%d: Loft: this does not hold: %s\n", file, line, what);
    abort();
}
#    define LOFT_ASSERT(c)  ((c) ? (void)0 : loft_failed_(#c, __FILE__, __LINE__))
#  else
#    define LOFT_ASSERT(c)  ((void)sizeof((c) ? 1 : 0))
#  endif
#endif

#if LOFT_DEBUG
#  define LOFT_BELIEVE(c)  ((c) ? true : (LOFT_ASSERT(false && "believed: " #c), false))
#else
#  define LOFT_BELIEVE(c)  ((c) ? true : false)
#endif

/* ---- status ---------------------------------------------------------------------------------------------------- */

/* What a call answers when it can be refused for more than one reason. Zero is success; REPLACED is success too. */
typedef enum loft_status {
    LOFT_OK = 0,
    LOFT_EXISTS,                                         /* the key is there already, and nothing changed      */
    LOFT_REPLACED,                                       /* the key was there; its value is the new one        */
    LOFT_NOT_FOUND,                                      /* no such key                                        */
    LOFT_EMPTY,                                          /* nothing to take                                    */
    LOFT_FULL,                                           /* no room, and nothing changed                       */
    LOFT_CLOSED,                                         /* closed: nothing more goes in                       */
    LOFT_TIMEOUT,                                        /* the deadline passed first                          */
    LOFT_NOMEM,                                          /* the allocator refused, and nothing changed         */
    LOFT_INVAL,                                          /* an argument that can never be right                */
    LOFT_NOTSUP                                          /* this machine or system cannot do it                */
} loft_status;

/* loft_status_name - the name of a status, for messages.
 *   returns   a static string such as "LOFT_FULL"; "LOFT_?" for a value that is none of them
 *   threads   any
 *   progress  wait-free
 */
LOFT_API const char *
loft_status_name(loft_status s)
{
    switch (s) {
    case LOFT_OK:        return "LOFT_OK";
    case LOFT_EXISTS:    return "LOFT_EXISTS";
    case LOFT_REPLACED:  return "LOFT_REPLACED";
    case LOFT_NOT_FOUND: return "LOFT_NOT_FOUND";
    case LOFT_EMPTY:     return "LOFT_EMPTY";
    case LOFT_FULL:      return "LOFT_FULL";
    case LOFT_CLOSED:    return "LOFT_CLOSED";
    case LOFT_TIMEOUT:   return "LOFT_TIMEOUT";
    case LOFT_NOMEM:     return "LOFT_NOMEM";
    case LOFT_INVAL:     return "LOFT_INVAL";
    case LOFT_NOTSUP:    return "LOFT_NOTSUP";
    }
    return "LOFT_?";
}

#endif /* supported */
#endif /* LOFT_CORE_BASE_H */
