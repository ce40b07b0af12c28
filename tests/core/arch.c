/* SPDX-License-Identifier: MIT
 *
 * tests/core/arch.c - the facts against witnesses that find them another way, and what many threads see of the first
 * answer. A witness for an instruction is a child process that executes it.
 *
 * build: lto
 * build: with tests/core/support/arch_peer.c
 */
#include "threads.h"

#include <loft/core/arch.h>

#include "tap.h"

#include <errno.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#if LOFT_LINUX
#  include <sys/prctl.h>
#  include <sys/syscall.h>
#  if defined(__has_include)
#    if __has_include(<linux/filter.h>) && __has_include(<linux/seccomp.h>)
#      include <linux/filter.h>
#      include <linux/seccomp.h>
#      define TEST_SECCOMP  1
#    endif
#  endif
#endif

#if LOFT_CPLUSPLUS
extern "C" {
#endif
const loft_arch_info *arch_peer(void);
#if LOFT_CPLUSPLUS
}
#endif

static bool
power_of_two(size_t n)
{
    return n != 0 && (n & (n - 1u)) == 0;
}

static bool
same(const loft_arch_info *a, const loft_arch_info *b)
{
    return a->id == b->id && a->cmpxchg16b == b->cmpxchg16b && a->load16 == b->load16 && a->avx == b->avx
           && a->avx2 == b->avx2 && a->lse == b->lse && a->lse2 == b->lse2 && a->futex == b->futex
           && a->membarrier == b->membarrier && a->line_l1 == b->line_l1 && a->line_l2 == b->line_l2
           && a->page == b->page && a->cpus == b->cpus;
}

/* ---- the first answer, seen by many ------------------------------------------------------------------------------ */

/* A fresh set of what loft_arch() keeps. */
struct birth {
    LOFT_ATOMIC(const loft_arch_info *) published;
    LOFT_ATOMIC(unsigned) taken;
    loft_arch_info rooms[LOFT_ARCH_ROOMS_];
    const loft_arch_info *got[TEST_THREADS_MAX];
    loft_arch_info copy[TEST_THREADS_MAX];
    long at;
    bool others_done;
};

static void
birth_clear(struct birth *b)
{
    memset(b->rooms, 0, sizeof b->rooms);
    memset(b->got, 0, sizeof b->got);
    loft_init(&b->published, (const loft_arch_info *)NULL);
    loft_init(&b->taken, 0u);
}

/* What loft_arch does, on this set. */
static const loft_arch_info *
ask(struct birth *b)
{
    const loft_arch_info *f = loft_load(&b->published, acquire);
    return f ? f : loft_arch_first_(&b->published, &b->taken, b->rooms);
}

static struct birth birth;
static const loft_arch_info *real_first[TEST_THREADS_MAX];

static void
real_body(void *arg, int id)
{
    (void)arg;
    real_first[id] = loft_arch();
}

static void
race_body(void *arg, int id)
{
    struct birth *b = (struct birth *)arg;
    chaos_on((uint32_t)id * 7919u + (uint32_t)b->at);
    b->got[id] = ask(b);
    b->copy[id] = *b->got[id];
    chaos_off();
}

static void
test_race(int threads, const char *what)
{
    unsigned long differ = 0;
    unsigned long hollow = 0;
    const unsigned long rounds = (unsigned long)scaled(300);
    const loft_arch_info *real = loft_arch();
    for (unsigned long r = 0; r < rounds; r++) {
        birth_clear(&birth);
        birth.at = (long)r;
        run_threads(threads, race_body, &birth);
        for (int i = 0; i < threads; i++) {
            differ += birth.got[i] != birth.got[0];
            hollow += !same(&birth.copy[i], real);
        }
    }
    ok_eq(differ, 0, what);
    ok_eq(hollow, 0, "and nobody sees facts that are not all there");
}

/* One thread stops before its k-th access; the others get their answer without it, and it gets theirs. */
static void
freeze_body(void *arg, int id)
{
    struct birth *b = (struct birth *)arg;
    if (id == 0) {
        freeze_at(b->at);
        b->got[0] = ask(b);
        freeze_end();
    } else {
        const bool stopped = freeze_wait();
        b->got[id] = ask(b);
        if (stopped) {
            b->others_done = true;
            freeze_release();
        }
    }
}

static void
test_frozen(void)
{
    unsigned stops = 0;
    bool agree = true;
    for (long k = 0; k < 5; k++) {
        birth_clear(&birth);
        birth.at = k;
        birth.others_done = false;
        freeze_arm();
        run_threads(2, freeze_body, &birth);
        stops += birth.others_done;
        agree = agree && birth.got[0] == birth.got[1] && birth.got[0] != NULL;
    }
    ok(stops >= 3, "a thread that stops in the middle of detection keeps nobody waiting");
    ok(agree, "and gets the answer of the others when it goes on");
}

/* More threads than rooms: the last ones wait for an answer, and get it. */
static void
crowd_body(void *arg, int id)
{
    struct birth *b = (struct birth *)arg;
    if (id == 0) {
        usleep(2000);
        loft_store(&b->published, (const loft_arch_info *)&b->rooms[0], release);
    } else
        b->got[id] = ask(b);
}

static void
test_crowd(void)
{
    birth_clear(&birth);
    birth.rooms[0] = *loft_arch();
    loft_init(&birth.taken, LOFT_ARCH_ROOMS_);
    run_threads(3, crowd_body, &birth);
    ok(birth.got[1] == &birth.rooms[0] && birth.got[2] == &birth.rooms[0],
       "with all rooms taken, others wait for the answer");
}

/* ---- witnesses --------------------------------------------------------------------------------------------------- */

#if LOFT_X86_64 || LOFT_AARCH64
/* 1: the child ran to its end, 0: an illegal instruction stopped it, -1: it ended otherwise. */
static int
child_runs(void (*f)(void))
{
    fflush(stdout);
    const pid_t pid = fork();
    if (pid < 0)
        return -1;
    if (pid == 0) {
        signal(SIGILL, SIG_DFL);                         /* a sanitizer has handlers of its own */
        f();
        _exit(0);
    }
    int status = 0;
    if (waitpid(pid, &status, 0) != pid)
        return -1;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return 1;
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGILL ? 0 : -1;
}
#endif

#if LOFT_X86_64
static void
do_cmpxchg16b(void)
{
    static uint64_t both[2] __attribute__((aligned(16)));
    uint64_t lo = 0;
    uint64_t hi = 0;
    __asm__ volatile("lock cmpxchg16b %0" : "+m"(both), "+a"(lo), "+d"(hi) : "b"((uint64_t)1), "c"((uint64_t)2)
                     : "cc", "memory");
    if (both[0] != 1 || both[1] != 2)
        _exit(1);
}

static void
do_avx(void)
{
    __asm__ volatile("vxorps %%ymm0, %%ymm0, %%ymm0\n\tvzeroupper" : : : "xmm0");
}

static void
do_avx2(void)
{
    __asm__ volatile("vpxor %%ymm0, %%ymm0, %%ymm0\n\tvzeroupper" : : : "xmm0");
}
#elif LOFT_AARCH64
static void
do_lse(void)
{
    uint64_t word = 0;
    __asm__ volatile(".arch_extension lse\n\tldadd %1, xzr, %0" : "+Q"(word) : "r"((uint64_t)3) : "memory");
    if (word != 3)
        _exit(1);
}
#endif

#if LOFT_X86_64 || LOFT_AARCH64
static void
witness(bool claimed, void (*f)(void), const char *what)
{
    const int runs = child_runs(f);
    if (runs < 0) {
        ok_skip(what, "no child process could try it");
        return;
    }
    ok_eq(claimed, runs, what);
}
#endif

static void
test_instructions(void)
{
    const loft_arch_info *f = loft_arch();
#if LOFT_X86_64
    witness(f->cmpxchg16b, do_cmpxchg16b, "cmpxchg16b is claimed exactly where it executes");
    witness(f->avx, do_avx, "avx is claimed exactly where it executes");
    witness(f->avx2, do_avx2, "avx2 is claimed exactly where it executes");
    ok(!f->load16 || f->cmpxchg16b, "no whole loads of 16 bytes without the compare-exchange");
    ok(!f->lse && !f->lse2, "nothing of Arm is claimed");
#elif LOFT_AARCH64
    witness(f->lse, do_lse, "lse is claimed exactly where it executes");
    ok(f->load16 == f->lse2, "whole loads of 16 bytes are lse2");
    ok(!f->cmpxchg16b && !f->avx && !f->avx2, "nothing of x86 is claimed");
#elif LOFT_I386
    ok(!f->cmpxchg16b && !f->load16 && !f->lse && !f->lse2, "nothing of 64-bit processors is claimed");
#else
    ok(!f->cmpxchg16b && !f->avx && !f->avx2 && !f->lse && !f->lse2, "nothing of x86 and Arm is claimed");
#endif
    ok(loft_arch_has_cmpxchg16b() == f->cmpxchg16b && loft_arch_has_lse() == f->lse && loft_arch_line() == f->line_l1,
       "the short questions have the same answers");
}

#if LOFT_X86_64 || LOFT_I386
/* The kernel's own list of what the processor and the system can do together. */
static bool
cpuinfo_has(const char *text, const char *flag)
{
    const size_t n = strlen(flag);
    for (const char *p = strstr(text, flag); p; p = strstr(p + 1, flag)) {
        if (p[-1] == ' ' && (p[n] == ' ' || p[n] == '\n'))
            return true;
    }
    return false;
}

static void
test_cpuinfo(void)
{
    static char line[16384];
    bool found = false;
    FILE *f = fopen("/proc/cpuinfo", "r");
    while (f && !found && fgets(line, sizeof line, f))
        found = strncmp(line, "flags", 5) == 0;
    if (f)
        fclose(f);
    struct loft_arch_regs_ who;
    const bool emulated = loft_arch_cpuid_(0x40000000u, 0, &who) && who.b == 0x54474354u;
    if (!found || emulated) {
        ok_skip("/proc/cpuinfo agrees", "there is none of this processor");
        return;
    }
    const loft_arch_info *a = loft_arch();
#  if LOFT_X86_64
    ok(cpuinfo_has(line, "cx16") == a->cmpxchg16b, "/proc/cpuinfo agrees on cmpxchg16b");
#  endif
    ok(cpuinfo_has(line, "avx") == a->avx && cpuinfo_has(line, "avx2") == a->avx2, "/proc/cpuinfo agrees on avx, avx2");
}
#endif

static void
test_sizes(void)
{
    const loft_arch_info *f = loft_arch();
    ok(power_of_two(f->line_l1) && f->line_l1 >= 16 && f->line_l1 <= 4096, "the line is a sensible power of two");
    ok(power_of_two(f->line_l2) && f->line_l2 >= 16 && f->line_l2 <= 4096, "so is that of the second level");
    ok_eq(f->page, (size_t)sysconf(_SC_PAGESIZE), "the page is what sysconf says");
#if LOFT_LINUX && defined(_SC_LEVEL1_DCACHE_LINESIZE) && (LOFT_X86_64 || LOFT_I386)
    const long line = sysconf(_SC_LEVEL1_DCACHE_LINESIZE);
    if (line > 0)
        ok_eq(f->line_l1, line, "the line is what sysconf says");
#endif
#if LOFT_S390X
    ok_eq(f->line_l1, 256, "256 bytes on s390x");
#endif
}

/* ---- the system -------------------------------------------------------------------------------------------------- */

#if LOFT_LINUX

static void
test_cpus(void)
{
    cpu_set_t before;
    cpu_set_t one;
    const loft_arch_info *f = loft_arch();
    if (sched_getaffinity(0, sizeof before, &before) != 0) {
        ok_skip("CPUs allowed", "the set does not fit cpu_set_t");
        return;
    }
    ok_eq(f->cpus, (size_t)CPU_COUNT(&before), "as many CPUs as the affinity allows");
    ok_eq(loft_arch_cpus_now(), (size_t)CPU_COUNT(&before), "and so many when asked again");
    if (CPU_COUNT(&before) < 2) {
        ok_skip("fewer CPUs", "there is only one");
        return;
    }
    CPU_ZERO(&one);
    for (size_t i = 0; i < CPU_SETSIZE; i++) {
        if (CPU_ISSET(i, &before)) {
            CPU_SET(i, &one);
            break;
        }
    }
    if (sched_setaffinity(0, sizeof one, &one) != 0) {
        ok_skip("fewer CPUs", "the affinity cannot be changed");
        return;
    }
    ok_eq(loft_arch_cpus_now(), 1, "with the affinity of one CPU, one");
    ok_eq(f->cpus, (size_t)CPU_COUNT(&before), "the facts do not change");
    sched_setaffinity(0, sizeof before, &before);
}

static void
test_membarrier(void)
{
    const long known = syscall(SYS_membarrier, 0, 0, 0);
    const bool should = known >= 0 && (known & 8) && (known & 16) && syscall(SYS_membarrier, 16, 0, 0) == 0
                        && syscall(SYS_membarrier, 8, 0, 0) == 0;
    ok(loft_arch()->membarrier == should, "membarrier is claimed where its three steps work");
    ok(loft_arch_membarrier() == should, "and then does its work");
}

#  if defined(TEST_SECCOMP)
/* A system call that this process may no longer make; command: only with this first argument, -1 always. */
static bool
forbid(unsigned number, long command, unsigned error)
{
    struct sock_filter all[] = {
        { BPF_LD | BPF_W | BPF_ABS, 0, 0, (uint32_t)offsetof(struct seccomp_data, nr) },
        { BPF_JMP | BPF_JEQ | BPF_K, 0, 1, number },
        { BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | error },
        { BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW },
    };
#    if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    const uint32_t low = (uint32_t)offsetof(struct seccomp_data, args) + 4u;
#    else
    const uint32_t low = (uint32_t)offsetof(struct seccomp_data, args);
#    endif
    struct sock_filter one[] = {
        { BPF_LD | BPF_W | BPF_ABS, 0, 0, (uint32_t)offsetof(struct seccomp_data, nr) },
        { BPF_JMP | BPF_JEQ | BPF_K, 0, 3, number },
        { BPF_LD | BPF_W | BPF_ABS, 0, 0, low },
        { BPF_JMP | BPF_JEQ | BPF_K, 0, 1, (uint32_t)command },
        { BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | error },
        { BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW },
    };
    struct sock_fprog prog;
    prog.len = (unsigned short)(command < 0 ? sizeof all / sizeof all[0] : sizeof one / sizeof one[0]);
    prog.filter = command < 0 ? all : one;
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog) == 0;
}

/* Detection in a child that a sandbox refuses something; the answer comes back through its exit status. */
enum { CAN_MEMBARRIER = 1, CAN_FUTEX = 2, CAN_COUNT = 4, ERRNO_KEPT = 8, NO_SANDBOX = 64 };

static int
in_sandbox(unsigned number, long command, unsigned error)
{
    fflush(stdout);
    const pid_t pid = fork();
    if (pid == 0) {
        loft_arch_info f;
        if (!forbid(number, command, error))
            _exit(NO_SANDBOX);
        errno = 1234;
        loft_arch_detect_(&f);
        const bool kept = errno == 1234;
        _exit((f.membarrier ? CAN_MEMBARRIER : 0) | (f.futex ? CAN_FUTEX : 0)
              | (f.cpus >= 1 && f.page > 0 && f.line_l1 > 0 ? CAN_COUNT : 0) | (kept ? ERRNO_KEPT : 0));
    }
    int status = 0;
    if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
        return -1;
    return WEXITSTATUS(status);
}

static void
sandbox(unsigned number, long command, unsigned error, int absent, const char *what)
{
    const int whole = (loft_arch()->membarrier ? CAN_MEMBARRIER : 0) | (loft_arch()->futex ? CAN_FUTEX : 0) | CAN_COUNT
                      | ERRNO_KEPT;
    const int got = in_sandbox(number, command, error);
    if (got == NO_SANDBOX) {
        ok_skip(what, "no seccomp filters here");
        return;
    }
    ok_eq((unsigned)got, (unsigned)(whole & ~absent), what);
}

static void
test_sandbox(void)
{
    sandbox(SYS_membarrier, -1, ENOSYS, CAN_MEMBARRIER, "a kernel without membarrier: absent, the rest stays");
    sandbox(SYS_membarrier, 0, EPERM, CAN_MEMBARRIER, "a sandbox that refuses the question: absent");
    sandbox(SYS_membarrier, 16, EPERM, CAN_MEMBARRIER, "a sandbox that refuses registration: absent");
    sandbox(SYS_membarrier, 8, EPERM, CAN_MEMBARRIER, "a sandbox that refuses the barrier itself: absent");
#    if defined(SYS_futex)
    sandbox(SYS_futex, -1, EPERM, CAN_FUTEX, "a sandbox without futex: absent");
#    endif
    sandbox(SYS_sched_getaffinity, -1, EPERM, 0, "a sandbox that hides the affinity: CPUs are counted otherwise");
}

#  endif

/* ---- control groups ---------------------------------------------------------------------------------------------- */

static char box[64];

static bool
put(const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", box, name);
    for (char *p = path + strlen(box) + 1; *p; p++) {
        if (*p == '/') {
            *p = '\0';
            (void)mkdir(path, 0700);
            *p = '/';
        }
    }
    FILE *f = fopen(path, "w");
    if (!f)
        return false;
    fputs(text, f);
    fclose(f);
    return true;
}

static size_t
quota_of(const char *groups)
{
    char proc[256];
    char v2[256];
    char v1[256];
    put("groups", groups);
    snprintf(proc, sizeof proc, "%s/groups", box);
    snprintf(v2, sizeof v2, "%s/v2", box);
    snprintf(v1, sizeof v1, "%s/v1", box);
    return loft_arch_quota_in_(proc, v2, v1);
}

static void
test_quota(void)
{
    const char *place = getenv("TMPDIR");
    if (!place || strlen(place) > 40)
        place = "/tmp";
    snprintf(box, sizeof box, "%s/loft-arch-XXXXXX", place);
    if (!mkdtemp(box)) {
        ok_skip("quota", "no place for files");
        return;
    }
    put("v2/a/b/cpu.max", "max 100000\n");
    put("v2/a/cpu.max", "150000 100000\n");
    put("v2/t/cpu.max", "90000 100000\n");
    put("v2/t/u/cpu.max", "200000 100000\n");
    put("v2/tiny/cpu.max", "1 1000000\n");
    put("v2/zero/cpu.max", "100000 0\n");
    put("v2/junk/cpu.max", "lots of it\n");
    put("v2/half/cpu.max", "50000\n");
    put("v2/huge/cpu.max", "99999999999999999999999 1\n");
    put("v2/void/cpu.max", "");
    put("v1/cpu.cfs_quota_us", "-1\n");
    put("v1/docker/x/cpu.cfs_quota_us", "250000\n");
    put("v1/docker/x/cpu.cfs_period_us", "100000\n");
    put("v1/odd/cpu.cfs_quota_us", "250000\n");
    ok_eq(quota_of("0::/\n"), 0, "no limit at the root: 0");
    ok_eq(quota_of("0::/a\n"), 150, "a limit of one and a half: 150");
    ok_eq(quota_of("0::/a/b\n"), 150, "`max` below it: still 150");
    ok_eq(quota_of("0::/t/u\n"), 90, "the tightest of all ancestors counts");
    ok_eq(quota_of("0::/tiny"), 1, "less than a hundredth: 1, not 0; and no newline at the end");
    ok_eq(quota_of("0::/zero\n"), 0, "a period of 0: no limit");
    ok_eq(quota_of("0::/junk\n") + quota_of("0::/half\n") + quota_of("0::/huge\n") + quota_of("0::/void\n"), 0,
          "a file that says nothing sensible: no limit");
    ok_eq(quota_of("0::/nowhere/at/all\n"), 0, "a group whose files are not here: no limit");
    ok_eq(quota_of("4:memory:/docker/x\n3:cpu,cpuacct:/docker/x\n"), 250, "version 1: 250");
    ok_eq(quota_of("3:cpuset,cpuacct:/docker/x\n"), 0, "controllers that only begin alike are others");
    ok_eq(quota_of("3:cpu:/odd\n"), 0, "version 1 without a period: no limit");
    ok_eq(quota_of("2:cpuacct,cpu:/docker/x\n0::/a\n"), 150, "both versions: the tighter one");
    ok_eq(quota_of("nonsense\n:\n::\n\n0:\n"), 0, "lines of another form: no limit");
    ok_eq(quota_of(""), 0, "an empty file: no limit");
    ok_eq(loft_arch_quota_in_("/nowhere/at/all", "/nowhere", "/nowhere"), 0, "no file: no limit");
    char long_path[2048];
    memset(long_path, 'x', sizeof long_path - 1u);
    memcpy(long_path, "0::/a/", 6);
    long_path[sizeof long_path - 1u] = '\0';
    ok_eq(quota_of(long_path), 150, "a path too long to build: its ancestors still count");

    char command[160];
    snprintf(command, sizeof command, "rm -rf '%s'", box);
    if (system(command) != 0)
        note("%s is left behind", box);
    const size_t here = loft_arch_cpu_quota();
    note("here: %lu hundredths of a CPU", (unsigned long)here);
}

#endif

/* ---- names and text ---------------------------------------------------------------------------------------------- */

static void
test_names(void)
{
    const loft_arch_info *f = loft_arch();
    ok(f->id == LOFT_ARCH_HERE, "the architecture is that of the compiler");
    ok_str(loft_arch_name(LOFT_ARCH_X86_64), "x86_64", "names: x86_64");
    ok_str(loft_arch_name(LOFT_ARCH_AARCH64), "aarch64", "names: aarch64");
    ok_str(loft_arch_name(LOFT_ARCH_RISCV64), "riscv64", "names: riscv64");
    ok_str(loft_arch_name(LOFT_ARCH_UNKNOWN), "unknown", "names: unknown");
    ok_str(loft_arch_name((loft_arch_id)15), "unknown", "names: a number that is none of them");
    bool all = true;
    for (int i = (int)LOFT_ARCH_X86_64; i <= (int)LOFT_ARCH_LOONGARCH64; i++) {
        for (int j = (int)LOFT_ARCH_UNKNOWN; j < i; j++)
            all = all && strcmp(loft_arch_name((loft_arch_id)i), loft_arch_name((loft_arch_id)j)) != 0;
    }
    ok(all, "no two architectures have one name");
    ok_eq(LOFT_X86_64 + LOFT_I386 + LOFT_AARCH64 + LOFT_ARM + LOFT_RISCV64 + LOFT_S390X + LOFT_PPC64 + LOFT_LOONGARCH64,
          LOFT_ARCH_HERE != LOFT_ARCH_UNKNOWN, "exactly one of the compile-time macros is 1");
#if LOFT_LINUX
    ok_str(loft_arch_os(), "linux", "the system is called linux");
#endif
}

static void
test_describe(void)
{
    char whole[1024];
    char part[1024];
    const size_t n = loft_arch_describe(whole, sizeof whole);
    char line[64];
    ok(n > 0 && n < sizeof whole && strlen(whole) == n, "the text is as long as it says");
    snprintf(line, sizeof line, "arch: %s\n", loft_arch_name(LOFT_ARCH_HERE));
    ok(strncmp(whole, line, strlen(line)) == 0, "it begins with the architecture");
    snprintf(line, sizeof line, "\npage: %lu\n", (unsigned long)loft_arch()->page);
    ok(strstr(whole, line) != NULL, "it has the page");
    ok((strstr(whole, " cmpxchg16b") != NULL) == loft_arch()->cmpxchg16b
       && (strstr(whole, " membarrier") != NULL) == loft_arch()->membarrier, "and the features there are, no others");
    ok(whole[n - 1] == '\n', "it ends with its last line");
    ok_eq(loft_arch_describe(NULL, 0), n, "asked for its length alone, it writes nothing");
    bool good = true;
    for (size_t room = 1; room <= n + 1u; room++) {
        memset(part, 'Z', sizeof part);
        good = good && loft_arch_describe(part, room) == n && part[room] == 'Z';
        good = good && strlen(part) == room - 1u && memcmp(part, whole, room - 1u) == 0;
    }
    ok(good, "cut at any length it is the beginning of the text, and nothing behind the room is touched");
    if (n < sizeof whole)
        fputs("# ", stdout);
    for (size_t i = 0; i + 1u < n; i++) {
        putchar(whole[i]);
        if (whole[i] == '\n')
            fputs("# ", stdout);
    }
    putchar('\n');
}

int
main(void)
{
    /* Nobody has asked yet: the first answer of this file is raced for. */
    run_threads(8, real_body, NULL);
    bool one = true;
    for (int i = 1; i < 8; i++)
        one = one && real_first[i] == real_first[0] && real_first[i] != NULL;
    ok(one, "threads that ask first at the same time get one answer");
    ok(loft_arch() == real_first[0], "and it stays");

    errno = 4321;
    loft_arch_info again;
    loft_arch_detect_(&again);
    (void)loft_arch_cpus_now();
    (void)loft_arch_cpu_quota();
    ok_eq(errno, 4321, "errno is left alone");
    ok(same(&again, loft_arch()), "detection a second time finds the same");
    ok(same(arch_peer(), loft_arch()), "another translation unit finds the same");
    ok(arch_peer() == arch_peer(), "and keeps it");

    test_race(2, "two threads race for the first answer: both get one");
    test_race(8, "eight threads, more than there are rooms: all get one");
    test_frozen();
    test_crowd();
    test_instructions();
#if LOFT_X86_64 || LOFT_I386
    test_cpuinfo();
#endif
    test_sizes();
#if LOFT_LINUX
    test_cpus();
    test_membarrier();
#  if defined(TEST_SECCOMP)
    test_sandbox();
#  else
    ok_skip("sandboxes", "the kernel's headers are not here");
#  endif
    test_quota();
#endif
    test_names();
    test_describe();
    return done();
}
