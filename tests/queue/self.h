/* SPDX-License-Identifier: MIT
 *
 * tests/queue/self.h - a queue whose threads join (wcq.h) as one whose calls need no `me`, for the tests that all
 * queues share: each call joins before and leaves afterwards, so that members come and go all the time. Include it once
 * for each instance:
 *
 *     #define SELF_NAME    wordq              the instance it makes
 *     #define SELF_OF      words              of this one; its header has been included
 *     #define SELF_T       uint64_t
 *     #include "self.h"
 */
#ifndef SELF_THREADS
#  define SELF_THREADS  40u                              /* more than any test lets in at a time */
#endif

#define S_(f)  LOFT_CAT(SELF_NAME, f)
#define O_(f)  LOFT_CAT(SELF_OF, f)

typedef SELF_OF SELF_NAME;

TEST_UNUSED_ static O_(thread) *
S_(me_)(SELF_NAME *q)
{
    O_(thread) *const me = O_(join)(q);
    if (!me)
        abort();
    return me;
}

TEST_UNUSED_ static loft_status S_(init)(SELF_NAME *q, size_t capacity) { return O_(init)(q, capacity, SELF_THREADS); }
TEST_UNUSED_ static void S_(fini)(SELF_NAME *q) { O_(fini)(q); }
TEST_UNUSED_ static void S_(start_at_)(SELF_NAME *q, size_t ticket) { O_(start_at_)(q, ticket); }
TEST_UNUSED_ static void S_(close)(SELF_NAME *q) { O_(close)(q); }
TEST_UNUSED_ static bool S_(is_closed)(const SELF_NAME *q) { return O_(is_closed)(q); }
TEST_UNUSED_ static size_t S_(approx_len)(const SELF_NAME *q) { return O_(approx_len)(q); }
TEST_UNUSED_ static size_t S_(capacity)(const SELF_NAME *q) { return O_(capacity)(q); }

TEST_UNUSED_ static bool
S_(try_push)(SELF_NAME *q, SELF_T v)
{
    O_(thread) *const me = S_(me_)(q);
    const bool in = O_(try_push)(q, me, v);
    O_(leave)(me);
    return in;
}

TEST_UNUSED_ static bool
S_(try_pop)(SELF_NAME *q, SELF_T *out)
{
    O_(thread) *const me = S_(me_)(q);
    const bool got = O_(try_pop)(q, me, out);
    O_(leave)(me);
    return got;
}

TEST_UNUSED_ static size_t
S_(push_n)(SELF_NAME *q, SELF_T const *v, size_t n)
{
    O_(thread) *const me = S_(me_)(q);
    const size_t in = O_(push_n)(q, me, v, n);
    O_(leave)(me);
    return in;
}

TEST_UNUSED_ static size_t
S_(pop_n)(SELF_NAME *q, SELF_T *out, size_t n)
{
    O_(thread) *const me = S_(me_)(q);
    const size_t got = O_(pop_n)(q, me, out, n);
    O_(leave)(me);
    return got;
}

#undef S_
#undef O_
#undef SELF_NAME
#undef SELF_OF
#undef SELF_T
