/* SPDX-License-Identifier: MIT
 *
 * loft/core/arch.h - what this processor and this system can do: asked once, never wrong on the hopeful side.
 *
 * Needs: core/base.h core/atomics.h core/backoff.h
 *
 * USE IT WHEN      a choice depends on the machine the program runs on: 16-byte compare-exchange, a process-wide
 *                  barrier, sleeping on a word, how many threads make sense.
 * DO NOT USE IT    to lay out structures (LOFT_CACHELINE in base.h is the compile-time distance), or as a library for
 *                  every instruction set extension: it knows what lock-free code asks for.
 *
 * EXAMPLE
 *     #include <loft/core/arch.h>
 *     #include <stdio.h>
 *
 *     int main(void)
 *     {
 *         const loft_arch_info *a = loft_arch();
 *         char text[1024];
 *         loft_arch_describe(text, sizeof text);
 *         fputs(text, stdout);
 *         return a->cpus == 0 || a->line_l1 == 0;          // these two are always there
 *     }
 *
 * MACROS       known at compile time, each 1 or 0
 *   LOFT_X86_64 LOFT_I386 LOFT_AARCH64 LOFT_ARM LOFT_RISCV64 LOFT_S390X LOFT_PPC64 LOFT_LOONGARCH64
 *   LOFT_LINUX LOFT_APPLE LOFT_WINDOWS
 *   LOFT_ARCH_HERE               the loft_arch_id this file is compiled for
 *
 * OPERATIONS
 *   loft_arch()                  the facts; the pointer stays good and what it points to never changes
 *   loft_arch_name(id)           "x86_64", "aarch64", ... "unknown"
 *   loft_arch_os()               "linux", "macos", "windows", "unknown"
 *   loft_arch_has_cmpxchg16b()   false off x86-64          loft_arch_has_lse()   false off aarch64
 *   loft_arch_line()             line size of the first-level data cache
 *   loft_arch_cpus_now()         CPUs this thread may run on, asked again
 *   loft_arch_cpu_quota()        CPU time the control group grants, in hundredths of a CPU, asked again; 0: no limit
 *   loft_arch_membarrier()       a full fence in every other running thread of the process
 *   loft_arch_describe(buf, n)   the facts as text
 *
 * CAUTION      What cannot be found out is reported absent: false, a line of 64 bytes (Apple and POWER 128, s390x 256),
 *              a page of 4096, one CPU. AVX counts only where the system saves its registers. The barrier counts only
 *              after it was asked about, registered and used; a sandbox that refuses any of the three makes it absent.
 *              errno is left as it was.
 *
 * ONCE         The facts are kept per translation unit: a header has no other place. Detection is idempotent, so every
 *              unit finds the same, except `cpus` where the affinity changed between. Threads that race for the first
 *              answer each detect into a room of their own and the first to finish is published: nobody sees a
 *              half-filled answer, and nobody waits for another (the fifth of five simultaneous first calls does, by
 *              yielding). A fork in the middle of it, or a signal handler that asks, does no harm.
 *
 * COST         The first call: tens of microseconds, in a virtual machine 100 and more, since each CPUID traps there.
 *              Registering the barrier in a process that runs several threads already can take milliseconds: call
 *              loft_arch() early where that matters. After that: one acquire load and a branch.
 *
 * TOGETHER     Every call beside every other, from any thread.
 *
 * EDGES        first:C -> arch:A, first:D    the facts are whole before they are seen
 *              first:C -> first:C            the loser of the race reads the winner's facts
 *
 * PROGRESS     loft_arch: wait-free after the first answer; before it, bounded by the system calls of detection.
 *
 * SOURCE       Intel SDM vol. 2A CPUID, vol. 3A 9.1.1 (16-byte loads with AVX; AMD says the same of its processors in
 *              GCC bug 104688); Arm ARM, CTR_EL0 and FEAT_LSE2; membarrier(2); cgroups(7).
 */
#ifndef LOFT_CORE_ARCH_H
#define LOFT_CORE_ARCH_H

#include "base.h"
#include "atomics.h"
#include "backoff.h"

#if !defined(LOFT_UNSUPPORTED)

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ---- compile time ------------------------------------------------------------------------------------------------ */

#if defined(__x86_64__) || (defined(_M_X64) && !defined(_M_ARM64EC))
#  define LOFT_X86_64  1
#else
#  define LOFT_X86_64  0
#endif
#if defined(__i386__) || defined(_M_IX86)
#  define LOFT_I386  1
#else
#  define LOFT_I386  0
#endif
#if defined(__aarch64__) || defined(_M_ARM64) || defined(_M_ARM64EC)
#  define LOFT_AARCH64  1
#else
#  define LOFT_AARCH64  0
#endif
#if defined(__arm__) || defined(_M_ARM)
#  define LOFT_ARM  1
#else
#  define LOFT_ARM  0
#endif
#if defined(__riscv) && defined(__riscv_xlen) && __riscv_xlen == 64
#  define LOFT_RISCV64  1
#else
#  define LOFT_RISCV64  0
#endif
#if defined(__s390x__)
#  define LOFT_S390X  1
#else
#  define LOFT_S390X  0
#endif
#if defined(__powerpc64__)
#  define LOFT_PPC64  1
#else
#  define LOFT_PPC64  0
#endif
#if defined(__loongarch_lp64)
#  define LOFT_LOONGARCH64  1
#else
#  define LOFT_LOONGARCH64  0
#endif

#if defined(__linux__)
#  define LOFT_LINUX  1
#else
#  define LOFT_LINUX  0
#endif
#if defined(__APPLE__)
#  define LOFT_APPLE  1
#else
#  define LOFT_APPLE  0
#endif
#if defined(_WIN32)
#  define LOFT_WINDOWS  1
#else
#  define LOFT_WINDOWS  0
#endif

#if LOFT_X86_64
#  define LOFT_ARCH_HERE  LOFT_ARCH_X86_64
#elif LOFT_AARCH64
#  define LOFT_ARCH_HERE  LOFT_ARCH_AARCH64
#elif LOFT_RISCV64
#  define LOFT_ARCH_HERE  LOFT_ARCH_RISCV64
#elif LOFT_ARM
#  define LOFT_ARCH_HERE  LOFT_ARCH_ARM
#elif LOFT_I386
#  define LOFT_ARCH_HERE  LOFT_ARCH_I386
#elif LOFT_S390X
#  define LOFT_ARCH_HERE  LOFT_ARCH_S390X
#elif LOFT_PPC64
#  define LOFT_ARCH_HERE  LOFT_ARCH_PPC64
#elif LOFT_LOONGARCH64
#  define LOFT_ARCH_HERE  LOFT_ARCH_LOONGARCH64
#else
#  define LOFT_ARCH_HERE  LOFT_ARCH_UNKNOWN
#endif

/* ---- what the system is asked through ---------------------------------------------------------------------------- */

#if LOFT_X86_64 || LOFT_I386
#  if LOFT_GCC || LOFT_CLANG
#    include <cpuid.h>
#  else
#    include <intrin.h>
#  endif
#endif

#if LOFT_LINUX
#  include <errno.h>
#  include <fcntl.h>
#  include <sys/syscall.h>
#  include <unistd.h>
#  if LOFT_AARCH64
#    include <sys/auxv.h>
#  endif
#elif !LOFT_WINDOWS
#  include <errno.h>
#  include <unistd.h>
#endif

/* Strict ISO mode hides these two, and which headers the user included first must not decide whether we compile: they
 * are named by their symbols. */
#if LOFT_LINUX || LOFT_APPLE
#  if LOFT_CPLUSPLUS
extern "C" {
#  endif
#  if LOFT_LINUX
long loft_arch_syscall_(long number, ...) __asm__(LOFT_STR(__USER_LABEL_PREFIX__) "syscall");
#  else
int loft_arch_sysctl_(const char *name, void *old, size_t *old_size, void *fresh, size_t fresh_size)
    __asm__(LOFT_STR(__USER_LABEL_PREFIX__) "sysctlbyname");
#  endif
#  if LOFT_CPLUSPLUS
}
#  endif
#endif

/* The same declarations as in <windows.h>, whose thousands of macros a user of a queue did not ask for. */
#if LOFT_WINDOWS
#  if LOFT_CPLUSPLUS
extern "C" {
#  endif
__declspec(dllimport) void *__stdcall GetCurrentProcess(void);
#  if LOFT_I386 || LOFT_ARM
__declspec(dllimport) int __stdcall GetProcessAffinityMask(void *process, unsigned long *mine, unsigned long *all);
typedef unsigned long loft_arch_mask_;
#  else
__declspec(dllimport) int __stdcall GetProcessAffinityMask(void *process, uintptr_t *mine, uintptr_t *all);
typedef uintptr_t loft_arch_mask_;
#  endif
__declspec(dllimport) unsigned long __stdcall GetActiveProcessorCount(unsigned short group);
__declspec(dllimport) int __stdcall IsProcessorFeaturePresent(unsigned long feature);
__declspec(dllimport) void __stdcall FlushProcessWriteBuffers(void);
#  if LOFT_CPLUSPLUS
}
#  endif
#endif

/* ---- types ------------------------------------------------------------------------------------------------------- */

typedef enum loft_arch_id {
    LOFT_ARCH_UNKNOWN = 0,
    LOFT_ARCH_X86_64,
    LOFT_ARCH_AARCH64,
    LOFT_ARCH_RISCV64,
    LOFT_ARCH_ARM,
    LOFT_ARCH_I386,
    LOFT_ARCH_S390X,
    LOFT_ARCH_PPC64,                                     /* of either byte order                               */
    LOFT_ARCH_LOONGARCH64
} loft_arch_id;

typedef struct loft_arch_info {
    loft_arch_id id;
    bool         cmpxchg16b;                             /* x86-64: compare-exchange of 16 bytes               */
    bool         load16;                                 /* an aligned plain load of 16 bytes is one access    */
    bool         avx;                                    /* x86: processor and system                          */
    bool         avx2;                                   /* x86: processor and system                          */
    bool         lse;                                    /* aarch64: CAS, CASP, LDADD, SWP                     */
    bool         lse2;                                   /* aarch64: LDP and STP of 16 bytes are one access    */
    bool         futex;                                  /* Linux: sleep and wake on a word                    */
    bool         membarrier;                             /* loft_arch_membarrier works                         */
    size_t       line_l1;                                /* bytes of a line of the first-level data cache      */
    size_t       line_l2;                                /* bytes of a line of the second level                */
    size_t       page;                                   /* bytes of a page                                    */
    size_t       cpus;                                   /* CPUs allowed when the facts were gathered          */
} loft_arch_info;

/* ---- private: text that may not fit ------------------------------------------------------------------------------ */

/* length is what the whole text needs; what is past the room is counted and dropped. */
struct loft_text_ {
    char  *buf;
    size_t room;
    size_t length;
};

LOFT_API void
#if LOFT_GCC || LOFT_CLANG
__attribute__((format(printf, 2, 3)))
#endif
loft_text_add_(struct loft_text_ *t, const char *format, ...)
{
    char nowhere[1];
    const size_t used = t->length < t->room ? t->length : t->room;
    const size_t left = t->room - used;
    va_list ap;
    va_start(ap, format);
    const int n = vsnprintf(left ? t->buf + used : nowhere, left, format, ap);
    va_end(ap);
    if (n > 0)
        t->length += (size_t)n;
}

LOFT_API struct loft_text_
loft_text_into_(char *buf, size_t size)
{
    struct loft_text_ t;
    t.buf = buf;
    t.room = buf ? size : 0;
    t.length = 0;
    if (t.room)
        buf[0] = '\0';
    return t;
}

/* ---- private: files of the system -------------------------------------------------------------------------------- */

#if LOFT_LINUX
/* The beginning of a small file as a string; its length, 0 where there is none. */
LOFT_API size_t
loft_arch_slurp_(const char *path, char *buf, size_t size)
{
#  if defined(O_CLOEXEC)
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
#  else
    const int fd = open(path, O_RDONLY);
#  endif
    size_t have = 0;
    if (fd >= 0) {
        while (have + 1u < size) {
            const ssize_t n = read(fd, buf + have, size - 1u - have);
            if (n <= 0)
                break;
            have += (size_t)n;
        }
        close(fd);
    }
    buf[have] = '\0';
    return have;
}

/* A decimal number at *s, which moves past it; false: none there, or too large to be meant. */
LOFT_API bool
loft_arch_number_(const char **s, uint64_t *out)
{
    uint64_t v = 0;
    const char *p = *s;
    if (*p < '0' || *p > '9')
        return false;
    for (; *p >= '0' && *p <= '9'; p++) {
        if (v > (UINT64_C(1) << 56))
            return false;
        v = v * 10u + (uint64_t)(*p - '0');
    }
    *s = p;
    *out = v;
    return true;
}
#endif

/* ---- private: x86 ------------------------------------------------------------------------------------------------ */

#if LOFT_X86_64 || LOFT_I386
struct loft_arch_regs_ {
    uint32_t a;
    uint32_t b;
    uint32_t c;
    uint32_t d;
};

/* false: the processor has no such leaf. */
LOFT_API bool
loft_arch_cpuid_(uint32_t leaf, uint32_t sub, struct loft_arch_regs_ *r)
{
#  if LOFT_GCC || LOFT_CLANG
    unsigned a = 0;
    unsigned b = 0;
    unsigned c = 0;
    unsigned d = 0;
    const unsigned last = (unsigned)__get_cpuid_max(leaf & 0xc0000000u, NULL);
    if (last < leaf)
        return false;
    __cpuid_count(leaf, sub, a, b, c, d);
#  else
    int v[4];
    __cpuid(v, (int)(leaf & 0xc0000000u));
    if ((uint32_t)v[0] < leaf)
        return false;
    __cpuidex(v, (int)leaf, (int)sub);
    const uint32_t a = (uint32_t)v[0];
    const uint32_t b = (uint32_t)v[1];
    const uint32_t c = (uint32_t)v[2];
    const uint32_t d = (uint32_t)v[3];
#  endif
    r->a = a;
    r->b = b;
    r->c = c;
    r->d = d;
    return true;
}

LOFT_API uint64_t
loft_arch_xgetbv_(void)
{
#  if LOFT_GCC || LOFT_CLANG
    uint32_t lo;
    uint32_t hi;
    __asm__ volatile("xgetbv" : "=a"(lo), "=d"(hi) : "c"(0u));
    return (uint64_t)hi << 32 | lo;
#  else
    return _xgetbv(0);
#  endif
}

LOFT_API bool
loft_arch_vendor_(const struct loft_arch_regs_ *r, const char *name)
{
    char text[12];
    memcpy(text, &r->b, 4);
    memcpy(text + 4, &r->d, 4);
    memcpy(text + 8, &r->c, 4);
    return memcmp(text, name, 12) == 0;
}

/* Line of the data or unified cache of this level, from a leaf laid out like Intel's leaf 4; 0: not said. */
LOFT_API size_t
loft_arch_leaf_line_(uint32_t leaf, uint32_t level)
{
    struct loft_arch_regs_ r;
    for (uint32_t sub = 0; sub < 16u && loft_arch_cpuid_(leaf, sub, &r) && (r.a & 31u) != 0; sub++) {
        if (((r.a & 31u) == 1u || (r.a & 31u) == 3u) && ((r.a >> 5) & 7u) == level)
            return (size_t)(r.b & 0xfffu) + 1u;
    }
    return 0;
}

LOFT_API void
loft_arch_detect_x86_(loft_arch_info *f)
{
    struct loft_arch_regs_ zero;
    struct loft_arch_regs_ one;
    struct loft_arch_regs_ r;
    if (!loft_arch_cpuid_(0, 0, &zero) || !loft_arch_cpuid_(1, 0, &one))
        return;

    const bool avx_cpu = (one.c & (1u << 28)) != 0;
    const bool xsave = (one.c & (1u << 27)) != 0;        /* the system uses it, so that XGETBV may be asked */
    f->avx = avx_cpu && xsave && (loft_arch_xgetbv_() & 6u) == 6u;
    f->avx2 = f->avx && loft_arch_cpuid_(7, 0, &r) && (r.b & (1u << 5)) != 0;
#  if LOFT_X86_64
    f->cmpxchg16b = (one.c & (1u << 13)) != 0;
    /* Both vendors promise it of every processor that reports AVX, whatever the system does. An emulator that shows
     * their name may split the load, and this one says who it is. */
    f->load16 = avx_cpu && (loft_arch_vendor_(&zero, "GenuineIntel") || loft_arch_vendor_(&zero, "AuthenticAMD"));
    if ((one.c & (1u << 31)) != 0 && loft_arch_cpuid_(0x40000000u, 0, &r)
        && r.b == 0x54474354u && r.c == 0x43544743u && r.d == 0x47435447u)     /* TCGTCGTCGTCG, in B C D */
        f->load16 = false;
#  endif

    f->line_l1 = loft_arch_leaf_line_(4, 1);
    f->line_l2 = loft_arch_leaf_line_(4, 2);
    if (loft_arch_cpuid_(0x80000001u, 0, &r) && (r.c & (1u << 22)) != 0) {
        f->line_l1 = f->line_l1 ? f->line_l1 : loft_arch_leaf_line_(0x8000001du, 1);
        f->line_l2 = f->line_l2 ? f->line_l2 : loft_arch_leaf_line_(0x8000001du, 2);
    }
    if (!f->line_l1 && loft_arch_cpuid_(0x80000005u, 0, &r))
        f->line_l1 = r.c & 0xffu;
    if (!f->line_l2 && loft_arch_cpuid_(0x80000006u, 0, &r))
        f->line_l2 = r.c & 0xffu;
    if (!f->line_l1)
        f->line_l1 = ((one.b >> 8) & 0xffu) * 8u;        /* what CLFLUSH flushes */
}
#endif

/* ---- private: aarch64 -------------------------------------------------------------------------------------------- */

#if LOFT_AARCH64
LOFT_API void
loft_arch_detect_aarch64_(loft_arch_info *f)
{
    /* A file compiled for an extension runs only where it is. */
#  if defined(__ARM_FEATURE_ATOMICS)
    f->lse = true;
#  endif
#  if LOFT_LINUX
    const unsigned long caps = getauxval(16);            /* AT_HWCAP */
    f->lse = f->lse || (caps & (1ul << 8)) != 0;         /* HWCAP_ATOMICS */
    f->lse2 = (caps & (1ul << 25)) != 0;                 /* HWCAP_USCAT */
    uint64_t ctr;
    __asm__("mrs %0, ctr_el0" : "=r"(ctr));              /* Linux lets user code read it, or reads it for us */
    f->line_l1 = (size_t)4 << ((ctr >> 16) & 15u);
#  elif LOFT_APPLE
    int on = 0;
    size_t size = sizeof on;
    if (loft_arch_sysctl_("hw.optional.arm.FEAT_LSE", &on, &size, NULL, 0) == 0 && size == sizeof on && on)
        f->lse = true;
    on = 0;
    size = sizeof on;
    if (loft_arch_sysctl_("hw.optional.arm.FEAT_LSE2", &on, &size, NULL, 0) == 0 && size == sizeof on && on)
        f->lse2 = true;
#  elif LOFT_WINDOWS
    f->lse = f->lse || IsProcessorFeaturePresent(34) != 0;    /* PF_ARM_V81_ATOMIC_INSTRUCTIONS_AVAILABLE */
    f->lse2 = IsProcessorFeaturePresent(62) != 0;             /* PF_ARM_LSE2_AVAILABLE */
#  endif
    f->load16 = f->lse2;
}
#endif

/* ---- private: the system ----------------------------------------------------------------------------------------- */

#if LOFT_LINUX
#  define LOFT_ARCH_MB_QUERY_     0L                     /* <linux/membarrier.h> is younger than the call          */
#  define LOFT_ARCH_MB_FENCE_     8L                     /* MEMBARRIER_CMD_PRIVATE_EXPEDITED                       */
#  define LOFT_ARCH_MB_REGISTER_  16L                    /* MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED              */

LOFT_API long
loft_arch_mb_(long command)
{
#  if defined(SYS_membarrier)
    return loft_arch_syscall_(SYS_membarrier, command, 0L, 0L);
#  else
    (void)command;
    return -1;
#  endif
}

LOFT_API bool
loft_arch_try_membarrier_(void)
{
    const long both = LOFT_ARCH_MB_FENCE_ | LOFT_ARCH_MB_REGISTER_;
    const long known = loft_arch_mb_(LOFT_ARCH_MB_QUERY_);
    return known >= 0 && (known & both) == both && loft_arch_mb_(LOFT_ARCH_MB_REGISTER_) == 0
           && loft_arch_mb_(LOFT_ARCH_MB_FENCE_) == 0;
}

LOFT_API bool
loft_arch_try_futex_(void)
{
    uint32_t word = 0;
#  if defined(SYS_futex)
    return loft_arch_syscall_(SYS_futex, &word, 129L, 1L, NULL, NULL, 0L) == 0;          /* FUTEX_WAKE_PRIVATE */
#  elif defined(SYS_futex_time64)
    return loft_arch_syscall_(SYS_futex_time64, &word, 129L, 1L, NULL, NULL, 0L) == 0;
#  else
    (void)word;
    return false;
#  endif
}

/* What the kernel knows of the caches; 0: nothing. */
LOFT_API size_t
loft_arch_sysfs_line_(int level)
{
    char path[96];
    char text[32];
    for (int i = 0; i < 8; i++) {
        const char *s = text;
        uint64_t n = 0;
        snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu0/cache/index%d/level", i);
        if (!loft_arch_slurp_(path, text, sizeof text))
            break;
        if (!loft_arch_number_(&s, &n) || n != (uint64_t)level)
            continue;
        snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu0/cache/index%d/type", i);
        loft_arch_slurp_(path, text, sizeof text);
        if (text[0] == 'I')
            continue;
        snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu0/cache/index%d/coherency_line_size", i);
        loft_arch_slurp_(path, text, sizeof text);
        s = text;
        if (loft_arch_number_(&s, &n))
            return (size_t)n;
    }
    return 0;
}

/* The set is as large as the kernel's, which may be larger than any fixed cpu_set_t: room for 65536 CPUs, eight times
 * what Linux can be built for. */
LOFT_NOINLINE size_t
loft_arch_affinity_(void)
{
    unsigned long set[65536u / (8u * sizeof(unsigned long))];
    size_t n = 0;
    memset(set, 0, sizeof set);
    const long bytes = loft_arch_syscall_(SYS_sched_getaffinity, 0L, (long)sizeof set, &set[0]);
    for (size_t i = 0; bytes > 0 && i < sizeof set / sizeof set[0]; i++) {
        for (unsigned long w = set[i]; w; w &= w - 1u)
            n++;
    }
    return n;
}
#endif

LOFT_API size_t
loft_arch_count_cpus_(void)
{
    size_t n = 0;
#if LOFT_WINDOWS
    loft_arch_mask_ mine = 0;
    loft_arch_mask_ all = 0;
    if (GetProcessAffinityMask(GetCurrentProcess(), &mine, &all)) {
        for (; mine; mine &= mine - 1u)
            n++;
    }
    if (n == 0)                                          /* 0 means: more than one group of processors */
        n = (size_t)GetActiveProcessorCount(0xffffu);
#else
#  if LOFT_LINUX
    n = loft_arch_affinity_();
#  endif
#  if defined(_SC_NPROCESSORS_ONLN)
    if (n == 0) {
        const long online = sysconf(_SC_NPROCESSORS_ONLN);
        n = online > 0 ? (size_t)online : 0;
    }
#  endif
#endif
    return n ? n : 1;
}

LOFT_API size_t
loft_arch_line_or_(size_t line, size_t otherwise)
{
    return line >= 16u && line <= 4096u && (line & (line - 1u)) == 0 ? line : otherwise;
}

LOFT_API size_t
loft_arch_page_(void)
{
#if !LOFT_WINDOWS && defined(_SC_PAGESIZE)
    const long page = sysconf(_SC_PAGESIZE);
    if (page > 0)
        return (size_t)page;
#endif
    return 4096;
}

/* All facts, asked afresh. */
LOFT_NOINLINE void
loft_arch_detect_(loft_arch_info *out)
{
    loft_arch_info f;
    memset(&f, 0, sizeof f);
#if !LOFT_WINDOWS
    const int saved = errno;
#endif
    f.id = LOFT_ARCH_HERE;

#if LOFT_X86_64 || LOFT_I386
    loft_arch_detect_x86_(&f);
#elif LOFT_AARCH64
    loft_arch_detect_aarch64_(&f);
#elif LOFT_S390X
    f.load16 = true;                                     /* LPQ, in every z/Architecture processor */
    f.line_l1 = f.line_l2 = 256;                         /* the same in all of them */
#endif

#if LOFT_LINUX
#  if defined(_SC_LEVEL1_DCACHE_LINESIZE)
    if (!f.line_l1) {
        const long line = sysconf(_SC_LEVEL1_DCACHE_LINESIZE);
        f.line_l1 = line > 0 ? (size_t)line : 0;
    }
#  endif
    if (!f.line_l1)
        f.line_l1 = loft_arch_sysfs_line_(1);
    if (!f.line_l2)
        f.line_l2 = loft_arch_sysfs_line_(2);
    f.futex = loft_arch_try_futex_();
    f.membarrier = loft_arch_try_membarrier_();
#elif LOFT_APPLE
    int64_t line = 0;
    size_t size = sizeof line;
    if (!f.line_l1 && loft_arch_sysctl_("hw.cachelinesize", &line, &size, NULL, 0) == 0 && size == sizeof line)
        f.line_l1 = line > 0 && line <= 4096 ? (size_t)line : 0;
#elif LOFT_WINDOWS
    f.membarrier = true;                                 /* FlushProcessWriteBuffers, in every version since Vista */
#endif

#if LOFT_S390X
    f.line_l1 = loft_arch_line_or_(f.line_l1, 256);
#elif (LOFT_APPLE && LOFT_AARCH64) || LOFT_PPC64
    f.line_l1 = loft_arch_line_or_(f.line_l1, 128);
#else
    f.line_l1 = loft_arch_line_or_(f.line_l1, 64);
#endif
    f.line_l2 = loft_arch_line_or_(f.line_l2, f.line_l1);
    f.page = loft_arch_page_();
    f.cpus = loft_arch_count_cpus_();
    *out = f;
#if !LOFT_WINDOWS
    errno = saved;
#endif
}

/* ---- private: once ----------------------------------------------------------------------------------------------- */

#define LOFT_ARCH_ROOMS_  4u

/* Everybody who comes before there is an answer makes one, in a room nobody else writes, and one of them is published.
 * No claim is ever held, so that a thread that stops here, a signal handler or a fork leaves the others free to go on.
 */
LOFT_NOINLINE const loft_arch_info *
loft_arch_first_(LOFT_ATOMIC(const loft_arch_info *) *published, LOFT_ATOMIC(unsigned) *taken, loft_arch_info *rooms)
{
    const unsigned room = loft_fetch_add(taken, 1u, relaxed);            /* first:B relaxed: an RMW gives each once */
    if (room < LOFT_ARCH_ROOMS_) {
        loft_arch_info facts;
        const loft_arch_info *mine = &rooms[room];
        const loft_arch_info *seen = NULL;
        loft_arch_detect_(&facts);
        loft_plain_write(&rooms[room], facts);
        const bool won = loft_cas_strong(published, &seen, mine,
                                         acq_rel, acquire);  /* first:C acq_rel/acquire -> arch:A, first:D, first:C
                                                              * <- first:C: the facts are whole. LP */
        return won ? mine : seen;
    }
    for (;;) {
        const loft_arch_info *seen = loft_load(published, acquire);  /* first:D acquire <- first:C: facts are whole */
        if (seen)
            return seen;
        loft_yield();
    }
}

/* ---- operations -------------------------------------------------------------------------------------------------- */

/* loft_arch - what this processor and this system can do.
 *   returns   the facts of this translation unit, never NULL, good until the program ends and never changed
 *   threads   any
 *   progress  wait-free once answered; see ONCE and PROGRESS above for the first call
 *   order     the facts are complete for whoever gets the pointer
 *   cost      one acquire load
 */
LOFT_API const loft_arch_info *
loft_arch(void)
{
    static LOFT_ATOMIC(const loft_arch_info *) published;
    static LOFT_ATOMIC(unsigned) taken;
    static loft_arch_info rooms[LOFT_ARCH_ROOMS_];
    const loft_arch_info *f = loft_load(&published, acquire);    /* arch:A acquire <- first:C: the facts are whole */
    return LOFT_LIKELY(f != NULL) ? f : loft_arch_first_(&published, &taken, rooms);
}

/* loft_arch_name - the name of an architecture.
 *   returns   a static string such as "x86_64"; "unknown" for LOFT_ARCH_UNKNOWN and what is no loft_arch_id
 *   threads   any
 *   progress  wait-free
 */
LOFT_API const char *
loft_arch_name(loft_arch_id id)
{
    switch (id) {
    case LOFT_ARCH_UNKNOWN:     break;
    case LOFT_ARCH_X86_64:      return "x86_64";
    case LOFT_ARCH_AARCH64:     return "aarch64";
    case LOFT_ARCH_RISCV64:     return "riscv64";
    case LOFT_ARCH_ARM:         return "arm";
    case LOFT_ARCH_I386:        return "i386";
    case LOFT_ARCH_S390X:       return "s390x";
    case LOFT_ARCH_PPC64:       return "ppc64";
    case LOFT_ARCH_LOONGARCH64: return "loongarch64";
    }
    return "unknown";
}

/* loft_arch_os - the name of the system this file is compiled for.
 *   returns   "linux", "macos" (all of Apple's), "windows" or "unknown"
 *   threads   any
 *   progress  wait-free
 */
LOFT_API const char *
loft_arch_os(void)
{
    return LOFT_LINUX ? "linux" : LOFT_APPLE ? "macos" : LOFT_WINDOWS ? "windows" : "unknown";
}

/* loft_arch_has_cmpxchg16b - can this processor compare and exchange 16 bytes by CMPXCHG16B?
 *   returns   false also on everything that is not x86-64
 *   threads   any
 *   progress  as loft_arch
 */
LOFT_API bool
loft_arch_has_cmpxchg16b(void)
{
    return loft_arch()->cmpxchg16b;
}

/* loft_arch_has_lse - has this processor the single-instruction atomics of Armv8.1?
 *   returns   false also on everything that is not aarch64
 *   threads   any
 *   progress  as loft_arch
 */
LOFT_API bool
loft_arch_has_lse(void)
{
    return loft_arch()->lse;
}

/* loft_arch_line - the line size of the first-level data cache in bytes.
 *   returns   a power of two from 16 to 4096
 *   threads   any
 *   progress  as loft_arch
 */
LOFT_API size_t
loft_arch_line(void)
{
    return loft_arch()->line_l1;
}

/* loft_arch_cpus_now - how many CPUs the calling thread may run on at this moment.
 *   returns   at least 1; loft_arch()->cpus is the same number as it was when the facts were gathered
 *   threads   any
 *   progress  that of a system call
 *   cost      one system call and 8 KiB of stack (Linux)
 */
LOFT_API size_t
loft_arch_cpus_now(void)
{
#if !LOFT_WINDOWS
    const int saved = errno;
#endif
    const size_t n = loft_arch_count_cpus_();
#if !LOFT_WINDOWS
    errno = saved;
#endif
    return n;
}

#if LOFT_LINUX
/* Hundredths of a CPU from a quota and a period in microseconds; 0: no limit. */
LOFT_API size_t
loft_arch_hundredths_(uint64_t quota, uint64_t period)
{
    if (period == 0 || quota > UINT64_MAX / 200u)
        return 0;
    const uint64_t h = quota * 100u / period;
    return h == 0 ? 1 : h > SIZE_MAX ? SIZE_MAX : (size_t)h;
}

/* The limit of the group at path[0..length) below a hierarchy's root; 0: none there. unified: version 2. */
LOFT_API size_t
loft_arch_group_quota_(const char *root, const char *path, size_t length, bool unified)
{
    char name[1024];
    char text[64];
    const char *s = text;
    uint64_t quota = 0;
    uint64_t period = 0;
    if (length > 512u || strlen(root) > 256u)
        return 0;
    snprintf(name, sizeof name, "%s%.*s/%s", root, (int)length, path, unified ? "cpu.max" : "cpu.cfs_quota_us");
    if (!loft_arch_slurp_(name, text, sizeof text) || !loft_arch_number_(&s, &quota))
        return 0;                                        /* "max" and "-1" are no limit */
    if (unified) {
        if (*s++ != ' ')
            return 0;
    } else {
        snprintf(name, sizeof name, "%s%.*s/cpu.cfs_period_us", root, (int)length, path);
        if (!loft_arch_slurp_(name, text, sizeof text))
            return 0;
        s = text;
    }
    return loft_arch_number_(&s, &period) ? loft_arch_hundredths_(quota, period) : 0;
}

/* A group has what the tightest of its ancestors leaves it. */
LOFT_API size_t
loft_arch_tightest_(const char *root, const char *path, size_t length, bool unified)
{
    size_t best = 0;
    while (length > 0 && path[length - 1u] == '/')
        length--;
    for (;;) {
        const size_t h = loft_arch_group_quota_(root, path, length, unified);
        if (h != 0 && (best == 0 || h < best))
            best = h;
        if (length == 0)
            return best;
        while (length > 0 && path[length - 1u] != '/')
            length--;
        if (length > 0)
            length--;
    }
}

/* groups is a file like /proc/self/cgroup, with lines number:controllers:path. */
LOFT_NOINLINE size_t
loft_arch_quota_in_(const char *groups, const char *unified_root, const char *cpu_root)
{
    char text[4096];
    size_t best = 0;
    if (!loft_arch_slurp_(groups, text, sizeof text))
        return 0;
    for (const char *line = text; *line;) {
        const char *end = strchr(line, '\n');
        const char *next = end ? end + 1 : line + strlen(line);
        const char *stop = end ? end : next;
        const char *first = strchr(line, ':');
        const char *second = first && first < stop ? strchr(first + 1, ':') : NULL;
        if (second && second < stop) {
            bool cpu = false;
            for (const char *c = first + 1; c < second;) {
                const size_t n = strcspn(c, ",:");
                cpu = cpu || (n == 3u && memcmp(c, "cpu", 3) == 0);
                c += n + 1u;
            }
            const bool unified = second == first + 1;
            const size_t h = unified ? loft_arch_tightest_(unified_root, second + 1, (size_t)(stop - second - 1), true)
                           : cpu ? loft_arch_tightest_(cpu_root, second + 1, (size_t)(stop - second - 1), false) : 0;
            if (h != 0 && (best == 0 || h < best))
                best = h;
        }
        line = next;
    }
    return best;
}
#endif

/* loft_arch_cpu_quota - how much CPU time the control group grants this process.
 *   returns   hundredths of a CPU, at least 1 (150: one and a half); 0: no limit, or none that can be read
 *   threads   any
 *   progress  that of reading a few files of the system
 *   cost      some tens of microseconds: ask seldom, it may change while the program runs
 */
LOFT_API size_t
loft_arch_cpu_quota(void)
{
#if LOFT_LINUX
    const int saved = errno;
    const size_t h = loft_arch_quota_in_("/proc/self/cgroup", "/sys/fs/cgroup", "/sys/fs/cgroup/cpu");
    errno = saved;
    return h;
#else
    return 0;
#endif
}

/* loft_arch_membarrier - a full fence in every other running thread of this process, made by the one who needs it.
 *   returns   false: this system cannot do it, and nothing happened; loft_arch()->membarrier says so beforehand
 *   threads   any
 *   progress  that of a system call
 *   order     on true, each other thread has passed a full fence between the beginning of this call and its return.
 *             ThreadSanitizer does not see it
 *   cost      about 10 microseconds when another thread runs
 */
LOFT_NODISCARD LOFT_API bool
loft_arch_membarrier(void)
{
    if (!loft_arch()->membarrier)
        return false;
#if LOFT_LINUX
    const int saved = errno;
    const bool done = loft_arch_mb_(LOFT_ARCH_MB_FENCE_) == 0;
    errno = saved;
    return done;
#elif LOFT_WINDOWS
    FlushProcessWriteBuffers();
    return true;
#else
    return false;
#endif
}

LOFT_API void
loft_arch_describe_(struct loft_text_ *t)
{
    const loft_arch_info *f = loft_arch();
    const size_t quota = loft_arch_cpu_quota();
    loft_text_add_(t, "arch: %s\nos: %s\nfeatures:", loft_arch_name(f->id), loft_arch_os());
    loft_text_add_(t, "%s%s", f->cmpxchg16b ? " cmpxchg16b" : "", f->load16 ? " load16" : "");
    loft_text_add_(t, "%s%s", f->avx ? " avx" : "", f->avx2 ? " avx2" : "");
    loft_text_add_(t, "%s%s", f->lse ? " lse" : "", f->lse2 ? " lse2" : "");
    loft_text_add_(t, "%s%s\n", f->futex ? " futex" : "", f->membarrier ? " membarrier" : "");
    loft_text_add_(t, "line: %lu, second level %lu\n", (unsigned long)f->line_l1, (unsigned long)f->line_l2);
    loft_text_add_(t, "page: %lu\ncpus: %lu\n", (unsigned long)f->page, (unsigned long)f->cpus);
    if (quota)
        loft_text_add_(t, "cpu quota: %lu.%02lu\n", (unsigned long)(quota / 100u), (unsigned long)(quota % 100u));
    else
        loft_text_add_(t, "cpu quota: none\n");
}

/* loft_arch_describe - the facts as text, one `name: value` a line.
 *   returns   the length of the whole text without its end; where that is not below size the text was cut, and it ends
 *             in a zero byte all the same (size 0: nothing is written, and buf may be NULL)
 *   threads   any
 *   progress  as loft_arch and loft_arch_cpu_quota
 */
LOFT_API size_t
loft_arch_describe(char *buf, size_t size)
{
    struct loft_text_ t = loft_text_into_(buf, size);
    loft_arch_describe_(&t);
    return t.length;
}

#endif /* supported */
#endif /* LOFT_CORE_ARCH_H */
