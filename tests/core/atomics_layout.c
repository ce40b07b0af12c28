/* SPDX-License-Identifier: MIT
 *
 * tests/core/atomics_layout.c - C and C++ agree on every atomic word and on what is made of them, and work on the same
 * objects.
 *
 * build: with-c tests/core/support/atomics_layout_half.c
 * build: with-cxx tests/core/support/atomics_layout_half.c
 */
#include "support/atomics_layout.h"
#include "tap.h"

int
main(void)
{
    size_t c = 0;
    size_t cxx = 0;
    const struct layout_row *const in_c = layout_c(&c);
    const struct layout_row *const in_cxx = layout_cxx(&cxx);
    ok_eq(c, cxx, "both tables are of one length");
    for (size_t i = 0; i < c && i < cxx; i++) {
        if (strcmp(in_c[i].what, in_cxx[i].what) != 0)
            ok_str(in_c[i].what, in_cxx[i].what, "the rows are the same");
        ok_eq(in_cxx[i].bytes, in_c[i].bytes, in_c[i].what);
    }

    static struct layout_words w;
    loft_init(&w.flag, false);
    loft_init(&w.half, (uint16_t)0);
    loft_init(&w.word, 10u);
    loft_init(&w.seq, (loft_seq)0 - 1);
    loft_init(&w.pointer, (void *)NULL);
    loft_init(&w.size, (size_t)7);
    for (int i = 0; i < 3; i++)
        loft_init(&w.row[i], 0);
    loft_init(&w.byte, (unsigned char)0);
    loft_init(&w.status, LOFT_OK);
    layout_step_c(&w);
    layout_step_cxx(&w);
    ok(loft_load(&w.flag, relaxed) && loft_load(&w.half, relaxed) == 0xabcd && loft_load(&w.word, relaxed) == 12 &&
       loft_load(&w.seq, relaxed) == 1 && loft_load(&w.pointer, relaxed) == (void *)&w &&
       loft_load(&w.size, relaxed) == 11 && loft_load(&w.row[0], relaxed) == 2 && loft_load(&w.row[1], relaxed) == 4 &&
       loft_load(&w.row[2], relaxed) == 6 && loft_load(&w.byte, relaxed) == 200 &&
       loft_load(&w.status, relaxed) == LOFT_NOTSUP, "both languages work on one object");
    ok(w.a == 0 && w.b == 0 && w.c == 0 && w.d == 0 && w.e == 0 && w.f == 0 && w.g == 0 && w.h == 0,
       "and touch nothing beside it");

    static loft_park p;
    bool good = loft_park_init(&p) == LOFT_OK;
    for (int i = 0; i < 2; i++) {
        const loft_park_key key = loft_park_prepare(&p);
        if (i == 0)
            layout_notify_c(&p);
        else
            layout_notify_cxx(&p);
        good = loft_park_wait(&p, key, 0) == LOFT_OK && good;
    }
    loft_park_fini(&p);
    ok(good, "a park wakes across languages");
    return done();
}
