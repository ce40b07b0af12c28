/* SPDX-License-Identifier: MIT
 *
 * tests/queue/explore/mpsc_clients.h - the clients of mpsc.h and mpsc_list.h that are the same: threads of producers
 * beside one that also pops. Include it after mpmc.h and mpmc_clients.h, with ONE_CONSUMER, the bits of the model's
 * argument that say what such a queue may do.
 */
#define MANY_IN(text, before, in, ...) \
    { .name = (text), .setup = (before), .thread = { __VA_ARGS__ }, .finish = end, .spins = SPINS, \
      .spurious = LOFT_EXPLORE_NONE, .model = &slots_model, \
      .model_arg = SLOTS_ARG(MODEL_CAPACITY, in, 0) | (ONE_CONSUMER) }

/* After close() the consumer waits for pushes under way. */
#define MANY_IN_WAITS(text, before, in, ...) \
    { .name = (text), .setup = (before), .thread = { __VA_ARGS__ }, .finish = end, .spins = 1, \
      .spurious = LOFT_EXPLORE_NONE, .model = &slots_model, \
      .model_arg = SLOTS_ARG(MODEL_CAPACITY, in, 0) | (ONE_CONSUMER) }

#define MANY_IN_FREEZE(text, before, in, ...) \
    { .name = (text), .setup = (before), .thread = { __VA_ARGS__ }, .finish = end, .spins = SPINS, \
      .spurious = LOFT_EXPLORE_NONE, .flags = LOFT_EXPLORE_FREEZE, .model = &slots_model, \
      .model_arg = SLOTS_ARG(MODEL_CAPACITY, in, 0) | (ONE_CONSUMER) }

PLAN(only_ii, "II")
PLAN(xo_pushes, "XI")
PLAN(only_cooo, "COOO")
PLAN(only_oox, "OOX")
PLAN(only_oo_asks, "OO?")

/* The consumer asks whether somebody stands in its way: only if something was on its way in. */
static void
asks_why(int thread)
{
    (void)thread;
    if (pop() == 0 && fifo_is_stalled(&one))
        loft_explore_check(fifo_approx_len(&one) != 0);
    (void)pop();
}

/* Never waits, and who is told that it is over knows what was before the close. */
static void
closes_knowing(int thread)
{
    (void)thread;
    loft_plain_write(&done[1], 1u);
    fifo_close(&one);
}

static void
polls(int thread)
{
    bool ended = false;
    (void)thread;
    loft_explore_promise(LOFT_EXPLORE_WAIT_FREE, 20);
    for (unsigned look = 0; look < 3; look++) {
        unsigned v[2] = { 0, 0 };
        const bool was = ended;
        const size_t n = fifo_poll(&one, v, 2, &ended);
        loft_explore_check(n <= 2 && (!was || (ended && n == 0)) && !(ended && n != 0));
        for (unsigned k = 0; k < n; k++) {
            loft_explore_check(loft_plain_read(&under[v[k]]) == v[k] && !out[v[k]]);
            out[v[k]] = true;
        }
        if (ended)
            loft_explore_check(loft_plain_read(&done[1]) == 1 && !fifo_is_stalled(&one));
    }
}

#define ONE_CONSUMER_CLIENTS \
    MANY_IN("III|OOO", begin, 0, iii, ooo), \
    MANY_IN("IOI|III", begin, 0, ioi, iii), \
    MANY_IN("OIO|II with one in", begin_with_1, 1, oio, only_ii), \
    MANY_IN("OOO|II when full", begin_full, CAPACITY, ooo, only_ii), \
    MANY_IN("OO|I|I", begin, 0, oo, i, i), \
    MANY_IN("OO|I|I when full", begin_full, CAPACITY, oo, i, i), \
    MANY_IN("OIOI|II|I", begin, 0, oioi, only_ii, i), \
    MANY_IN("OOO|II|II", begin_with_1, 1, ooo, only_ii, only_ii), \
    MANY_IN("OO|I from the last number", begin_at_the_last, 0, oo, i, i), \
    MANY_IN("OO|I from half way", begin_before_half, 0, oo, i, i), \
    MANY_IN("why nothing came", begin, 0, asks_why, i, i), \
    MANY_IN_WAITS("closed beside pushes", begin, 0, ii_asks, c), \
    MANY_IN_WAITS("closed by the consumer", begin, 0, only_cooo, only_ii), \
    MANY_IN_WAITS("closed by the consumer beside two", begin, 0, coo, i, i), \
    MANY_IN_WAITS("closed by another", begin_with_1, 1, oo, i, c), \
    MANY_IN_WAITS("closed twice", begin_with_1, 1, xoo, xo_pushes, i), \
    MANY_IN_WAITS("closed before it is asked", begin, 0, ic, asks_oo), \
    MANY_IN_WAITS("closed, and a refusal tells", begin, 0, c, i_asks, asks_o), \
    MANY_IN_WAITS("closed, drained, asked", begin, 0, only_oo_asks, i, c), \
    { .name = "polls", .setup = begin, .thread = { i, polls, closes_knowing }, .finish = end, .spins = SPINS, \
      .spurious = LOFT_EXPLORE_NONE }, \
    { .name = "polls, closed", .setup = begin_with_1, .thread = { polls, closes_knowing }, .finish = end, \
      .spins = SPINS, .spurious = LOFT_EXPLORE_NONE }, \
    MANY_IN("in bulk", begin, 0, bulk_in, bulk_out), \
    { .name = "in bulk beside another", .setup = begin, .thread = { bulk_in_0, bulk_out_any, bulk_in_0 }, \
      .finish = end, .spins = SPINS, .spurious = LOFT_EXPLORE_NONE },

/* Not recorded: what others do stands between them. */
static void
bulk_in_0(int thread)
{
    unsigned v[3];
    for (unsigned k = 0; k < 3; k++)
        v[k] = (unsigned)thread * 10 + 1 + k;
    for (unsigned k = 0; k < 3; k++)
        loft_plain_write(&under[v[k]], v[k]);
    const size_t n = fifo_push_n(&one, v, 3);
    loft_explore_check(n <= 3);
    for (unsigned k = 0; k < n; k++)
        in[v[k]] = true;
}

static void
bulk_out_any(int thread)
{
    (void)thread;
    for (unsigned look = 0; look < 2; look++) {
        unsigned v[3] = { 0, 0, 0 };
        const size_t n = fifo_pop_n(&one, v, 3);
        loft_explore_check(n <= 3);
        for (unsigned k = 0; k < 3; k++) {
            loft_explore_check((v[k] != 0) == (k < n));
            if (k < n) {
                loft_explore_check(loft_plain_read(&under[v[k]]) == v[k] && !out[v[k]]);
                out[v[k]] = true;
            }
        }
    }
}
