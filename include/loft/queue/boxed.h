/* SPDX-License-Identifier: MIT
 *
 * loft/queue/boxed.h - elements of any size for a queue whose rings hold words.
 *
 * Needs: core/base.h core/atomics.h core/alloc.h
 *
 * Machinery for lprq.h and lcrq.h, beside linked.h. It is a template: who uses it includes it with LOFT_QUEUE_* and
 * LOFT_QUEUE_FN defined, before the ring, and takes its guard away afterwards. By itself it says nothing.
 *
 * An element no wider than a word lies in the word, zeros behind it. A wider one is in a box, and the word is its
 * address: made by the push, opened and freed by the one pop that takes the word. Nobody else ever follows the address,
 * so a box needs no reclamation scheme.
 *
 * PARAMETERS          LOFT_QUEUE_T, _ALLOC, _FREE and _FN as in lprq.h, all defined
 *
 * OPERATIONS          NAME_pack_(v, held)      the word of an element. false: no memory for the box
 *                     NAME_unpack_(held, out)  the element of a word, once
 *                     NAME_drop_held_(held)    or the word is forgotten, with its element
 *
 * EDGES               none: who passes the word on orders it.
 *
 * MEMORY              A box is an allocation of sizeof(T), aligned for a pointer or for T.
 */
#ifndef LOFT_QUEUE_BOXED_H
#define LOFT_QUEUE_BOXED_H

#include "../core/base.h"
#include "../core/atomics.h"
#include "../core/alloc.h"

#if !defined(LOFT_UNSUPPORTED) && defined(LOFT_QUEUE_FN)

#include <string.h>

#define LOFT_QUEUE_WORDS_  1                             /* linked.h: the functions below are there            */
#define LOFT_QUEUE_BOX_ALIGN_  \
    (LOFT_ALIGNOF(LOFT_QUEUE_T) < sizeof(void *) ? sizeof(void *) : (size_t)LOFT_ALIGNOF(LOFT_QUEUE_T))

typedef uintptr_t LOFT_QUEUE_FN(held_);

LOFT_API bool
LOFT_QUEUE_FN(pack_)(LOFT_QUEUE_T v, uintptr_t *held)
{
    uintptr_t word = 0;
    if (sizeof v > sizeof word) {
        LOFT_QUEUE_T *const box = (LOFT_QUEUE_T *)LOFT_QUEUE_ALLOC(LOFT_QUEUE_BOX_ALIGN_, sizeof *box);
        if (LOFT_UNLIKELY(!box))
            return false;
        loft_plain_write(box, v);
        word = (uintptr_t)box;
    } else {
        memcpy(&word, &v, sizeof v < sizeof word ? sizeof v : sizeof word);
    }
    *held = word;
    return true;
}

LOFT_API void
LOFT_QUEUE_FN(drop_held_)(uintptr_t held)
{
    if (sizeof(LOFT_QUEUE_T) > sizeof held)
        LOFT_QUEUE_FREE((void *)held, LOFT_QUEUE_BOX_ALIGN_, sizeof(LOFT_QUEUE_T));
}

LOFT_API void
LOFT_QUEUE_FN(unpack_)(uintptr_t held, LOFT_QUEUE_T *out)
{
    if (sizeof *out > sizeof held) {
        *out = loft_plain_read((LOFT_QUEUE_T const *)held);
        LOFT_QUEUE_FN(drop_held_)(held);
    } else {
        memcpy((void *)out, &held, sizeof *out < sizeof held ? sizeof *out : sizeof held);
    }
}

#undef LOFT_QUEUE_BOX_ALIGN_

#endif /* included by a queue */
#endif /* LOFT_QUEUE_BOXED_H */
