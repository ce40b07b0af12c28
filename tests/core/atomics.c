/* SPDX-License-Identifier: MIT
 *
 * tests/core/atomics.c - atomics.h: what each operation does and gives, with every order it takes, for every kind of
 * word; counters, a handoff, messages passed by fences; and litmus tests.
 *
 * The litmus tests prove little where the processor orders nearly everything by itself, as x86 does and every machine
 * that is emulated on one: they catch a fence that does nothing, not an acquire that is none. That is the explorer's.
 */
#include "threads.h"
#include <loft/core/atomics.h>
#include "tap.h"

#include <time.h>

/* ---- one thread: results ----------------------------------------------------------------------------------------- */

/* Arithmetic words of every width and sign. Words narrower than 32 bits load and store everywhere, but some targets
 * have no arithmetic on them. */
#define ARITHMETIC(T, name, top)                                                                                   \
    static bool test_##name(void)                                                                                  \
    {                                                                                                              \
        bool good = true;                                                                                          \
        LOFT_ATOMIC(T) w;                                                                                          \
        loft_init(&w, (T)5);                                                                                       \
        good = loft_load(&w, relaxed) == (T)5 && good;                                                             \
        loft_store(&w, (T)6, relaxed);                                                                             \
        good = loft_exchange(&w, (T)7, relaxed) == (T)6 && loft_load(&w, relaxed) == (T)7 && good;                 \
        T e = (T)1;                                                                                                \
        good = !loft_cas_strong(&w, &e, (T)9, relaxed, relaxed) && e == (T)7 && good;                              \
        good = loft_load(&w, relaxed) == (T)7 && good;                                                             \
        good = loft_cas_strong(&w, &e, (T)9, relaxed, relaxed) && e == (T)7 && good;                               \
        good = loft_load(&w, relaxed) == (T)9 && good;                                                             \
        e = (T)1;                                                                                                  \
        good = !loft_cas_weak(&w, &e, (T)3, relaxed, relaxed) && e == (T)9 && good;                                \
        while (!loft_cas_weak(&w, &e, (T)10, relaxed, relaxed))                                                    \
            good = e == (T)9 && good;                                                                              \
        good = e == (T)9 && loft_load(&w, relaxed) == (T)10 && good;                                               \
        good = loft_fetch_add(&w, (T)5, relaxed) == (T)10 && loft_load(&w, relaxed) == (T)15 && good;              \
        good = loft_fetch_sub(&w, (T)3, relaxed) == (T)15 && loft_load(&w, relaxed) == (T)12 && good;              \
        good = loft_fetch_or(&w, (T)3, relaxed) == (T)12 && loft_load(&w, relaxed) == (T)15 && good;               \
        good = loft_fetch_and(&w, (T)6, relaxed) == (T)15 && loft_load(&w, relaxed) == (T)6 && good;               \
        loft_store(&w, (T)(top), relaxed);                                                                         \
        good = loft_load(&w, relaxed) == (T)(top) && good;                                                         \
        const LOFT_ATOMIC(T) *const reader = &w;                                                                   \
        good = loft_load(reader, acquire) == (T)(top) && good;                                                     \
        volatile LOFT_ATOMIC(T) *const mapped = &w;                                                                \
        const volatile LOFT_ATOMIC(T) *const watched = &w;                                                         \
        good = loft_exchange(mapped, (T)2, acq_rel) == (T)(top) && loft_load(watched, relaxed) == (T)2 && good;    \
        return good;                                                                                               \
    }

#define WRAPPING(T, name)                                                                                          \
    static bool wrap_##name(void)                                                                                  \
    {                                                                                                              \
        bool good = true;                                                                                          \
        LOFT_ATOMIC(T) w;                                                                                          \
        const T top = (T)~(T)0;                                                                                    \
        loft_init(&w, top);                                                                                        \
        good = loft_fetch_add(&w, (T)1, relaxed) == top && loft_load(&w, relaxed) == (T)0 && good;                 \
        good = loft_fetch_sub(&w, (T)1, relaxed) == (T)0 && loft_load(&w, relaxed) == top && good;                 \
        good = loft_fetch_add(&w, top, relaxed) == top && loft_load(&w, relaxed) == (T)(top - 1) && good;          \
        return good;                                                                                               \
    }

ARITHMETIC(int, int, 0x7fffffff)
ARITHMETIC(unsigned, unsigned, 0xffffffffu)
ARITHMETIC(int32_t, int32, -0x7fffffff)
ARITHMETIC(uint32_t, uint32, 0xffffffffu)
ARITHMETIC(long, long, -1)
ARITHMETIC(size_t, size, (size_t)-1)
ARITHMETIC(uintptr_t, uintptr, (uintptr_t)-1)
ARITHMETIC(intptr_t, intptr, -1)
ARITHMETIC(loft_seq, seq, (loft_seq)-1)
WRAPPING(unsigned, unsigned)
WRAPPING(uint32_t, uint32)
WRAPPING(size_t, size)
WRAPPING(uintptr_t, uintptr)
WRAPPING(loft_seq, seq)
#if ATOMIC_CHAR_LOCK_FREE == 2 && ATOMIC_SHORT_LOCK_FREE == 2
ARITHMETIC(uint8_t, uint8, 0xff)
ARITHMETIC(uint16_t, uint16, 0xffff)
WRAPPING(uint8_t, uint8)
WRAPPING(uint16_t, uint16)
#endif
#if LOFT_HAVE_ATOMIC64
ARITHMETIC(uint64_t, uint64, UINT64_MAX)
ARITHMETIC(int64_t, int64, INT64_MIN)
WRAPPING(uint64_t, uint64)
#endif

static void
test_results(void)
{
    ok(test_int() && test_unsigned() && test_int32() && test_uint32() && test_long(), "int, unsigned, 32 bits, long");
    ok(test_size() && test_uintptr() && test_intptr() && test_seq(), "size_t, uintptr_t, intptr_t, loft_seq");
    ok(wrap_unsigned() && wrap_uint32() && wrap_size() && wrap_uintptr() && wrap_seq(), "unsigned words wrap");
#if ATOMIC_CHAR_LOCK_FREE == 2 && ATOMIC_SHORT_LOCK_FREE == 2
    ok(test_uint8() && test_uint16() && wrap_uint8() && wrap_uint16(), "8 and 16 bits");
#else
    ok_skip("8 and 16 bits", "this target has no arithmetic on them");
#endif
#if LOFT_HAVE_ATOMIC64
    ok(test_uint64() && test_int64() && wrap_uint64(), "64 bits");
#else
    ok_skip("64 bits", "this target takes a lock for them");
#endif

    LOFT_ATOMIC(bool) flag;
    LOFT_ATOMIC(uint8_t) byte;
    LOFT_ATOMIC(uint16_t) half;
    loft_init(&flag, false);
    loft_init(&byte, (uint8_t)1);
    loft_init(&half, (uint16_t)2);
    bool good = !loft_load(&flag, acquire) && loft_load(&byte, acquire) == 1 && loft_load(&half, acquire) == 2;
    loft_store(&flag, true, release);
    loft_store(&byte, (uint8_t)255, release);
    loft_store(&half, (uint16_t)65535, release);
    good = loft_load(&flag, acquire) && loft_load(&byte, acquire) == 255 && loft_load(&half, acquire) == 65535 && good;
    ok(good, "narrow words load and store");
}

enum colour { RED, GREEN, BLUE };

static void
test_pointers(void)
{
    static int target[3];
    LOFT_ATOMIC(int *) p;
    loft_init(&p, (int *)NULL);
    bool good = loft_load(&p, acquire) == NULL;
    loft_store(&p, &target[1], release);
    good = loft_exchange(&p, &target[2], acq_rel) == &target[1] && good;
    int *e = &target[0];
    good = !loft_cas_strong(&p, &e, &target[0], acq_rel, acquire) && e == &target[2] && good;
    while (!loft_cas_weak(&p, &e, &target[0], acq_rel, acquire))
        continue;
    good = loft_load(&p, relaxed) == &target[0] && good;
    ok(good, "pointers: load, store, exchange, compare-exchange");

    LOFT_ATOMIC(const char *) name;
    loft_init(&name, "one");
    const char *const before = loft_exchange(&name, "two", relaxed);
    LOFT_ATOMIC(void *) any;
    loft_init(&any, (void *)target);
    ok(strcmp(before, "one") == 0 && strcmp(loft_load(&name, relaxed), "two") == 0 &&
       loft_load(&any, relaxed) == (void *)target, "pointers to const and to void");

    LOFT_ATOMIC(enum colour) c;
    loft_init(&c, RED);
    loft_store(&c, BLUE, relaxed);
    enum colour was = GREEN;
    ok(!loft_cas_strong(&c, &was, RED, relaxed, relaxed) && was == BLUE, "an enumeration");
}

/* Words in a structure and in an array, in memory that held something else, through every kind of expression. */
static void
test_raw_memory(void)
{
    struct words {
        LOFT_ATOMIC(size_t) row[3];
        volatile LOFT_ATOMIC(unsigned) mapped;
        LOFT_ATOMIC(void *) any;
        unsigned char after;
    };
    struct words *const w = (struct words *)malloc(sizeof *w);
    if (!w)
        abort();
    memset((void *)w, 0xa5, sizeof *w);
    LOFT_ATOMIC(size_t) *const row = w->row;
    size_t at = 0;
    loft_init(row, 1u);
    loft_init(&row[++at], 2u);
    loft_init(w->row + 2, 3u);
    loft_init(&w->mapped, 4u);
    loft_init(&w->any, NULL);
    ok(at == 1 && loft_load(&row[0], relaxed) == 1 && loft_load(&row[1], relaxed) == 2
       && loft_load(&row[2], relaxed) == 3 && loft_load(&w->mapped, relaxed) == 4
       && loft_load(&w->any, relaxed) == NULL && w->after == 0xa5,
       "a first value in raw memory");
    loft_init(&w->mapped, 5u);
    ok(loft_load(&w->mapped, relaxed) == 5, "and another one");
    free(w);
}

static void
test_widths(void)
{
    ok_eq(LOFT_SEQ_BITS, sizeof(loft_seq) * 8, "LOFT_SEQ_BITS");
    ok(sizeof(loft_seq) >= sizeof(size_t) && (!LOFT_HAVE_ATOMIC64 || sizeof(loft_seq) == 8),
       "loft_seq is the widest word");
    ok((loft_seq)0 - 1 > 0 && (loft_seq_diff)0 - 1 < 0 && sizeof(loft_seq) == sizeof(loft_seq_diff),
       "loft_seq is unsigned, loft_seq_diff is signed and as wide");
    const loft_seq old = (loft_seq)-3;
    const loft_seq later = old + 10;
    ok((loft_seq_diff)(later - old) == 10 && (loft_seq_diff)(old - later) == -10, "a difference outlasts the wrap");
    ok(sizeof(LOFT_ATOMIC(uint32_t)) == 4 && sizeof(LOFT_ATOMIC(loft_seq)) == sizeof(loft_seq) &&
       sizeof(LOFT_ATOMIC(void *)) == sizeof(void *) && sizeof(LOFT_ATOMIC(bool)) == sizeof(bool),
       "atomic words are as wide as plain ones");
}

/* Every order that ISO C gives an operation; what matters is that all of them compile and do the same. */
static void
test_orders(void)
{
    LOFT_ATOMIC(unsigned) w;
    unsigned n = 0;
    unsigned e;
    loft_init(&w, 0u);
#define LOADS(mo)   (n += loft_load(&w, mo) == 100u)
#define STORES(mo)  (loft_store(&w, 7u, mo), n += loft_exchange(&w, 100u, relaxed) == 7u)
#define CHANGES(mo)                                                \
    do {                                                           \
        n += loft_exchange(&w, 1u, mo) == 100u;                    \
        n += loft_fetch_add(&w, 5u, mo) == 1u;                     \
        n += loft_fetch_sub(&w, 2u, mo) == 6u;                     \
        n += loft_fetch_or(&w, 3u, mo) == 4u;                      \
        n += loft_fetch_and(&w, 5u, mo) == 7u;                     \
        n += loft_exchange(&w, 100u, mo) == 5u;                    \
    } while (0)
#define SWAPS(yes, no)                                             \
    do {                                                           \
        e = 1u;                                                    \
        n += !loft_cas_strong(&w, &e, 3u, yes, no) && e == 100u;   \
        n += loft_cas_strong(&w, &e, 3u, yes, no);                 \
        e = 1u;                                                    \
        n += !loft_cas_weak(&w, &e, 4u, yes, no) && e == 3u;       \
        while (!loft_cas_weak(&w, &e, 100u, yes, no))              \
            continue;                                              \
        n += loft_load(&w, relaxed) == 100u;                       \
    } while (0)
    loft_store(&w, 100u, relaxed);
    LOADS(relaxed);
    LOADS(acquire);
    LOADS(seq_cst);
    STORES(relaxed);
    STORES(release);
    STORES(seq_cst);
    ok_eq(n, 6, "loads and stores in each of their orders");
    n = 0;
    CHANGES(relaxed);
    CHANGES(acquire);
    CHANGES(release);
    CHANGES(acq_rel);
    CHANGES(seq_cst);
    ok_eq(n, 30, "read-modify-writes in each of the five orders");
    n = 0;
    SWAPS(relaxed, relaxed);
    SWAPS(acquire, relaxed);
    SWAPS(acquire, acquire);
    SWAPS(release, relaxed);
    SWAPS(acq_rel, relaxed);
    SWAPS(acq_rel, acquire);
    SWAPS(seq_cst, relaxed);
    SWAPS(seq_cst, acquire);
    SWAPS(seq_cst, seq_cst);
    ok_eq(n, 36, "compare-exchanges in each pair of orders");
    loft_fence(relaxed);
    loft_fence(acquire);
    loft_fence(release);
    loft_fence(acq_rel);
    loft_fence(seq_cst);
    loft_fence_for(acquire, &w);
    loft_fence_for(release, &w);
    loft_fence_for(acq_rel, &w);
    loft_fence_for(seq_cst, &w);
    loft_fence_for(relaxed, &w);
    loft_signal_fence(acquire);
    loft_signal_fence(release);
    loft_signal_fence(seq_cst);
    ok_eq(loft_load(&w, relaxed), 100, "fences in each order change nothing");
}

static void
test_payload(void)
{
    struct pair { int a; long b; } x, y;
    x.a = 1;
    x.b = 2;
    loft_plain_write(&y, x);
    ok(y.a == 1 && y.b == 2 && loft_plain_read(&y).b == 2, "loft_plain_read and loft_plain_write of a structure");
    int from[4] = { 1, 2, 3, 4 };
    int to[4] = { 0, 0, 0, 9 };
    int back[4] = { 0, 0, 0, 0 };
    loft_plain_write_n(to, from, 3);
    ok(to[0] == 1 && to[1] == 2 && to[2] == 3 && to[3] == 9, "loft_plain_write_n writes n elements");
    loft_plain_read_n(back, to + 1, 2);
    ok(back[0] == 2 && back[1] == 3 && back[2] == 0, "loft_plain_read_n reads n elements");
}

/* ---- several threads --------------------------------------------------------------------------------------------- */

struct counters {
    LOFT_ATOMIC(uint32_t) added;
    char pad0[LOFT_CACHELINE];
    LOFT_ATOMIC(loft_seq) swapped;
    LOFT_ATOMIC(uint32_t) ored;
    LOFT_ATOMIC(uint32_t) tickets_lost;
    unsigned rounds;
};

static void
count_body(void *arg, int id)
{
    struct counters *c = (struct counters *)arg;
    uint32_t last = 0;
    uint32_t lost = 0;
    chaos_on((uint32_t)id + 1);
    for (unsigned i = 0; i < c->rounds; i++) {
        const uint32_t ticket = loft_fetch_add(&c->added, 1u, relaxed);
        lost += i > 0 && ticket <= last;                 /* one word's changes are seen in one order                */
        last = ticket;
        loft_seq seen = loft_load(&c->swapped, relaxed);
        while (!loft_cas_weak(&c->swapped, &seen, seen + 3, relaxed, relaxed))
            continue;
    }
    loft_fetch_or(&c->ored, 1u << id, relaxed);
    loft_fetch_add(&c->tickets_lost, lost, relaxed);
    chaos_off();
}

static void
test_counters(void)
{
    struct counters c;
    loft_init(&c.added, 0u);
    loft_init(&c.swapped, (loft_seq)0);
    loft_init(&c.ored, 0u);
    loft_init(&c.tickets_lost, 0u);
    c.rounds = (unsigned)scaled(100000);
    run_threads(8, count_body, &c);
    ok_eq(loft_load(&c.added, relaxed), 8u * c.rounds, "eight threads add: nothing is lost");
    ok_eq(loft_load(&c.swapped, relaxed), (loft_seq)24 * c.rounds,
          "eight threads compare and exchange: nothing is lost");
    ok_eq(loft_load(&c.ored, relaxed), 255, "eight threads set a bit each: all are set");
    ok_eq(loft_load(&c.tickets_lost, relaxed), 0, "tickets grow");
}

/* A plain word goes to and fro; whoever has the turn may use it. */
struct handoff {
    LOFT_ATOMIC(unsigned) turn;
    unsigned long payload;
    unsigned rounds;
    unsigned wrong[2];
    bool by_fence;
};

static void
wait_a_little(unsigned spin)
{
    if (spin > 100)
        sched_yield();
}

static void
handoff_body(void *arg, int id)
{
    struct handoff *h = (struct handoff *)arg;
    chaos_on((uint32_t)id + 5);
    for (unsigned r = 0; r < h->rounds; r++) {
        const unsigned turn = 2 * r + (unsigned)id;
        if (h->by_fence) {
            for (unsigned spin = 0; loft_load(&h->turn, relaxed) != turn; spin++)
                wait_a_little(spin);
            loft_fence_for(acquire, &h->turn);
        } else {
            for (unsigned spin = 0; loft_load(&h->turn, acquire) != turn; spin++)
                wait_a_little(spin);
        }
        h->wrong[id] += loft_plain_read(&h->payload) != turn;
        loft_plain_write(&h->payload, turn + 1ul);
        if (h->by_fence) {
            loft_fence_for(release, &h->turn);
            loft_store(&h->turn, turn + 1, relaxed);
        } else {
            loft_store(&h->turn, turn + 1, release);
        }
    }
    chaos_off();
}

static void
test_handoff(bool by_fence, const char *what)
{
    static struct handoff h;
    loft_init(&h.turn, 0u);
    h.payload = 0;
    h.rounds = (unsigned)scaled(5000);
    h.wrong[0] = 0;
    h.wrong[1] = 0;
    h.by_fence = by_fence;
    run_threads(2, handoff_body, &h);
    ok_eq(h.wrong[0] + h.wrong[1], 0, what);
}

/* ---- litmus ------------------------------------------------------------------------------------------------------ */

/* Store buffering: x = 1; r = y  beside  y = 1; s = x. Both reading 0 is what seq_cst forbids, by accesses or by
 * fences, and what release and acquire allow; that it happens with them shows that the test would see it. To make it
 * likely, the word to be read is fetched beforehand, and the store queues behind others to memory in no cache. */
enum how { SB_ACCESSES, SB_FENCES, SB_WEAK, MP_ACCESSES, MP_FENCES };

#define COLD_BYTES ((size_t)16 << 20)
static unsigned char *cold[2];

struct litmus {
    LOFT_ATOMIC(unsigned) x;
    char pad0[LOFT_CACHELINE];
    LOFT_ATOMIC(unsigned) y;
    char pad1[LOFT_CACHELINE];
    LOFT_ATOMIC(unsigned) arrived[2];
    char pad2[LOFT_CACHELINE];
    unsigned saw[2];
    unsigned rounds;                                     /* cut short when time is up                               */
    unsigned long until;
    unsigned forbidden;
    enum how how;
};

static unsigned long
milliseconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (unsigned long)t.tv_sec * 1000u + (unsigned long)t.tv_nsec / 1000000u;
}

/* Both threads come here once in a round; whoever comes last lets both go on. */
static void
meet(struct litmus *l, int id, unsigned round)
{
    loft_store(&l->arrived[id], round, release);
    for (unsigned spin = 0; loft_load(&l->arrived[!id], acquire) < round; spin++)
        wait_a_little(spin);
}

/* Each to a processor of its own, where there are two: side by side is what the window needs, not in turns. */
static void
keep_apart(int id)
{
#if defined(__linux__)
    cpu_set_t may;
    cpu_set_t mine;
    CPU_ZERO(&may);
    CPU_ZERO(&mine);
    if (sched_getaffinity(0, sizeof may, &may) != 0 || CPU_COUNT(&may) < 2)
        return;
    size_t cpu = 0;
    for (int left = id; !CPU_ISSET(cpu, &may) || left-- > 0;)
        cpu++;
    CPU_SET(cpu, &mine);
    sched_setaffinity(0, sizeof mine, &mine);
#else
    (void)id;
#endif
}

static void
litmus_body(void *arg, int id)
{
    struct litmus *l = (struct litmus *)arg;
    LOFT_ATOMIC(unsigned) *mine = id ? &l->y : &l->x;
    LOFT_ATOMIC(unsigned) *other = id ? &l->x : &l->y;
    uint32_t dice = (uint32_t)id;
    keep_apart(id);
    for (unsigned r = 1; r <= l->rounds; r++) {
        unsigned seen = 0;
        meet(l, id, 2 * r - 1);
        dice = dice * 1664525u + 1013904223u;
        if (l->how <= SB_WEAK)
            (void)loft_load(other, relaxed);
        for (unsigned i = 0; i < 4; i++)
            cold[id][(((size_t)dice << 6) + i * 4096 * 97) % COLD_BYTES] = (unsigned char)r;
        switch (l->how) {
        case SB_ACCESSES:
            loft_store(mine, r, seq_cst);
            seen = loft_load(other, seq_cst);
            break;
        case SB_FENCES:
            loft_store(mine, r, relaxed);
            loft_fence(seq_cst);
            seen = loft_load(other, relaxed);
            break;
        case SB_WEAK:
            loft_store(mine, r, release);
            seen = loft_load(other, acquire);
            break;
        case MP_ACCESSES:
            if (id == 0) {
                loft_store(&l->x, r, relaxed);
                loft_store(&l->y, r, release);
            } else {
                seen = loft_load(&l->y, acquire) == r ? loft_load(&l->x, relaxed) : r;
            }
            break;
        case MP_FENCES:
            if (id == 0) {
                loft_store(&l->x, r, relaxed);
                loft_fence_for(release, &l->y);
                loft_store(&l->y, r, relaxed);
            } else {
                const bool come = loft_load(&l->y, relaxed) == r;
                loft_fence_for(acquire, &l->y);
                seen = come ? loft_load(&l->x, relaxed) : r;
            }
            break;
        }
        l->saw[id] = seen;
        if (id == 0 && r % 64 == 0 && milliseconds() >= l->until)
            l->rounds = r;                               /* the other one looks at it after meeting only            */
        meet(l, id, 2 * r);
        if (id == 0) {
            if (l->how == MP_ACCESSES || l->how == MP_FENCES)
                l->forbidden += l->saw[1] != r;
            else
                l->forbidden += l->saw[0] != r && l->saw[1] != r;
        }
    }
}

static unsigned rounds_played;

static unsigned
play(enum how how)
{
    static struct litmus l;
    loft_init(&l.x, 0u);
    loft_init(&l.y, 0u);
    loft_init(&l.arrived[0], 0u);
    loft_init(&l.arrived[1], 0u);
    l.rounds = (unsigned)scaled(100000);
    l.until = milliseconds() + (unsigned long)scaled(300);
    l.forbidden = 0;
    l.how = how;
    for (int i = 0; i < 2; i++) {
        cold[i] = (unsigned char *)malloc(COLD_BYTES);
        if (!cold[i])
            abort();
        memset(cold[i], 1, COLD_BYTES);
    }
    run_threads(2, litmus_body, &l);
    free(cold[0]);
    free(cold[1]);
    rounds_played = l.rounds;
    return l.forbidden;
}

int
main(void)
{
    test_results();
    test_pointers();
    test_raw_memory();
    test_widths();
    test_orders();
    test_payload();
    test_counters();
    test_handoff(false, "a plain word handed over by release and acquire");
    test_handoff(true, "a plain word handed over by fences with loft_fence_for");
    /* qemu turns AArch64's stlr and ldar into a release and an acquire with no StoreLoad order between them. */
    if (getenv("LOFT_TEST_EMULATED"))
        ok_skip("store buffering with seq_cst accesses: never both blind", "the emulator is wrong about these");
    else
        ok_eq(play(SB_ACCESSES), 0, "store buffering with seq_cst accesses: never both blind");
    ok_eq(play(SB_FENCES), 0, "store buffering with seq_cst fences: never both blind");
    const unsigned both = play(SB_WEAK);
    note("with release and acquire, which allow it, both were blind in %u rounds of %u", both, rounds_played);
    ok_eq(play(MP_ACCESSES), 0, "message passing by release and acquire: never the flag without the message");
    ok_eq(play(MP_FENCES), 0, "message passing by fences: never the flag without the message");
    return done();
}
