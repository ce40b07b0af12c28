/* SPDX-License-Identifier: MIT
 *
 * loft/core/config.h - settings with a source: code before environment before default; and what this build is made of.
 *
 * Needs: core/base.h core/atomics.h core/arch.h core/dwcas.h core/backoff.h
 *
 * USE IT WHEN      a program wants its users to tune it without a compiler, or a report should say what ran.
 * DO NOT USE IT    to change what exists: a structure takes its values when it is made, and keeps them.
 *
 * EXAMPLE
 *     #include <loft/core/config.h>
 *     int main(void)
 *     {
 *         loft_config c;
 *         loft_config_ignored why;
 *         loft_config_init(&c);                                 // reads LOFT_RETIRE_THRESHOLD=500 and the like
 *         if (loft_config_set(&c, LOFT_CONFIG_SMR_SCHEME, LOFT_SMR_SCHEME_HP) != LOFT_OK)
 *             return 1;
 *         for (size_t i = 0; loft_config_ignored_at(&c, i, &why); i++)
 *             printf("%s=%s: %s\n", loft_config_variable(why.key), why.text, loft_config_reason_name(why.reason));
 *         return loft_config_print(&c, stdout) && loft_config_print_build(stdout) ? 0 : 1;
 *     }
 *
 * AN OBJECT    There is no setting of the process, because a header has no place for one that all files of a program
 *              share, and because two libraries in one program would fight over it. A loft_config belongs to whoever
 *              makes it; its values reach a structure through the options of its init, and no later change does.
 *
 * SETTINGS     key LOFT_CONFIG_...     environment LOFT_...   default   values
 *                BACKEND               BACKEND                auto      auto lock_free locked
 *                QUEUE_BACKEND         QUEUE_BACKEND          auto      auto scq lcrq lprq
 *                SMR_SCHEME            SMR_SCHEME             auto      auto ebr qsbr ibr debra hp hyaline leak
 *                RETIRE_THRESHOLD      RETIRE_THRESHOLD       64        1 to 2^32-1  retired nodes that start a poll
 *                MAX_RECLAIM           MAX_RECLAIM_PER_POLL   32        1 to 2^32-1  nodes one poll frees
 *                STATISTICS            STATISTICS             off       off on; also no yes false true 0 1
 *                CONTENTION            CONTENTION_STATISTICS  off       the same
 *                DEBRA_STALL           DEBRA_STALL_THRESHOLD  100       1 to 2^32-1  failed advances until a signal
 *                DEBRA_SIGNAL          DEBRA_SIGNAL           SIGURG    a number; SIGURG SIGUSR1 SIGUSR2
 *                BACKOFF_MIN           BACKOFF_MIN            1         1 to 2^32-1  pauses; LOFT_BACKOFF_MIN
 *                BACKOFF_MAX           BACKOFF_MAX            1024      1 to 2^32-1  pauses; LOFT_BACKOFF_MAX
 *                SPIN                  SPIN_BEFORE_PARK       200       0 to 2^32-1  pauses before a thread sleeps
 *              Text is taken whole or not at all: no blanks, signs, fractions, other cases or bases; empty is ignored.
 *              What was ignored, and why, is kept for loft_config_ignored_at.
 *
 * PARAMETERS   what is fixed at compile time, in all headers (loft_config_print_build prints what a build has)
 *   base.h       LOFT_CACHELINE LOFT_DEBUG LOFT_ASSERT(c) LOFT_API
 *   atomics.h    LOFT_POINT() LOFT_SITE(mo) LOFT_ON_READ(p, bytes) LOFT_ON_WRITE(p, bytes)
 *   backoff.h    LOFT_BACKOFF_MIN LOFT_BACKOFF_MAX LOFT_PAUSE() LOFT_YIELD()
 *   alloc.h      LOFT_ALLOC_ALIGNED(align, size) LOFT_FREE_ALIGNED(ptr, align, size) LOFT_WITH_MIMALLOC
 *                LOFT_ALLOC_STATS LOFT_ALLOC_FAULTS
 *   park.h       LOFT_PARK_PTHREAD LOFT_PARK_CXX LOFT_PARK_SYSCALL
 *   eventcount.h LOFT_EVENTCOUNT_LOOKS LOFT_EVENTCOUNT_RENT
 *   linger.h     LOFT_LINGER_MAX
 *   scq_ring.h   LOFT_SCQ_PATIENCE LOFT_SCQ_THREADS
 *   prq_ring.h   LOFT_PRQ_PATIENCE LOFT_PRQ_TRIES
 *   crq_ring.h   LOFT_CRQ_PATIENCE LOFT_CRQ_TICKETS
 *   wcq_ring.h   LOFT_WCQ_PATIENCE LOFT_WCQ_LOOKS
 *   cluster.h    LOFT_CLUSTER
 *   The same in every file of a program; those of one structure (LOFT_QUEUE_..., LOFT_MAP_...) are its own header's.
 *
 * OPERATIONS   init  init_defaults  reload                   the environment is read by init and reload, never else
 *              set  set_text  reset  reset_all               by code
 *              get  text  source_of  backend  queue_backend  smr_scheme
 *              active_backend  active_queue_backend  active_smr_scheme     what `auto` means here
 *              ignored_at  queue_available                   name  variable  find  limits  reason_name  source_name
 *              describe  print  describe_build  print_build  text for people
 *
 * TOGETHER     Calls that take a const loft_config beside each other; init, reload, set and reset alone. init and
 *              reload call getenv: no other thread may change the environment meanwhile.
 *
 * MEMORY       About 600 bytes, which may be copied; all of them zero is a loft_config at its defaults. Nothing is
 *              allocated.
 */
#ifndef LOFT_CORE_CONFIG_H
#define LOFT_CORE_CONFIG_H

#include "base.h"
#include "atomics.h"
#include "arch.h"
#include "dwcas.h"
#include "backoff.h"

#if !defined(LOFT_UNSUPPORTED)

#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- types ------------------------------------------------------------------------------------------------------- */

typedef enum loft_config_key {
    LOFT_CONFIG_BACKEND = 0,
    LOFT_CONFIG_QUEUE_BACKEND,
    LOFT_CONFIG_SMR_SCHEME,
    LOFT_CONFIG_RETIRE_THRESHOLD,
    LOFT_CONFIG_MAX_RECLAIM,
    LOFT_CONFIG_STATISTICS,
    LOFT_CONFIG_CONTENTION,
    LOFT_CONFIG_DEBRA_STALL,
    LOFT_CONFIG_DEBRA_SIGNAL,
    LOFT_CONFIG_BACKOFF_MIN,
    LOFT_CONFIG_BACKOFF_MAX,
    LOFT_CONFIG_SPIN,
    LOFT_CONFIG_KEYS                                     /* how many there are; no key                         */
} loft_config_key;

typedef enum loft_backend {
    LOFT_BACKEND_AUTO = 0,
    LOFT_BACKEND_LOCK_FREE,
    LOFT_BACKEND_LOCKED
} loft_backend;

typedef enum loft_queue_backend {
    LOFT_QUEUE_BACKEND_AUTO = 0,
    LOFT_QUEUE_BACKEND_SCQ,
    LOFT_QUEUE_BACKEND_LCRQ,                             /* only where loft_config_queue_available says so     */
    LOFT_QUEUE_BACKEND_LPRQ
} loft_queue_backend;

typedef enum loft_smr_scheme {
    LOFT_SMR_SCHEME_AUTO = 0,
    LOFT_SMR_SCHEME_EBR,
    LOFT_SMR_SCHEME_QSBR,
    LOFT_SMR_SCHEME_IBR,
    LOFT_SMR_SCHEME_DEBRA,
    LOFT_SMR_SCHEME_HP,
    LOFT_SMR_SCHEME_HYALINE,
    LOFT_SMR_SCHEME_LEAK
} loft_smr_scheme;

typedef enum loft_config_source {
    LOFT_CONFIG_BY_DEFAULT = 0,
    LOFT_CONFIG_BY_ENVIRONMENT,
    LOFT_CONFIG_BY_CODE
} loft_config_source;

/* Why a text was not taken. */
typedef enum loft_config_reason {
    LOFT_CONFIG_TAKEN = 0,
    LOFT_CONFIG_EMPTY,                                   /* nothing between the quotes                         */
    LOFT_CONFIG_SYNTAX,                                  /* not a whole number, or none of the names           */
    LOFT_CONFIG_RANGE,                                   /* a number, but not one of those allowed             */
    LOFT_CONFIG_CONFLICT,                                /* good alone, impossible beside another setting      */
    LOFT_CONFIG_NOTSUP                                   /* not on this machine or system                      */
} loft_config_reason;

#define LOFT_CONFIG_TEXT  32                             /* characters kept of a text that was not taken, and its end */

typedef struct loft_config_ignored {
    loft_config_key    key;
    loft_config_reason reason;
    char               text[LOFT_CONFIG_TEXT];           /* its beginning, with ? for what cannot be printed   */
} loft_config_ignored;

/* Two layers over the defaults. Each layer keeps its values, so that taking the upper one off shows the lower. */
typedef struct loft_config {
    int64_t       code_[LOFT_CONFIG_KEYS];
    int64_t       environment_[LOFT_CONFIG_KEYS];
    unsigned char by_code_[LOFT_CONFIG_KEYS];
    unsigned char by_environment_[LOFT_CONFIG_KEYS];
    unsigned char reason_[LOFT_CONFIG_KEYS];
    char          text_[LOFT_CONFIG_KEYS][LOFT_CONFIG_TEXT];
} loft_config;

/* ---- private: what the settings are ------------------------------------------------------------------------------ */

#define LOFT_CONFIG_LARGE_  INT64_C(4294967295)

/* A C library in strict mode may hide the symbol, but the number is the kernel's. */
#if defined(SIGURG)
#  define LOFT_CONFIG_SIGURG_  SIGURG
#elif LOFT_LINUX && !defined(__mips__) && !defined(__sparc__) && !defined(__alpha__) && !defined(__hppa__)
#  define LOFT_CONFIG_SIGURG_  23
#else
#  define LOFT_CONFIG_SIGURG_  0                         /* no such signals: the setting is not supported         */
#endif
#if defined(_NSIG)
#  define LOFT_CONFIG_SIGNALS_  (_NSIG - 1)
#elif defined(NSIG)
#  define LOFT_CONFIG_SIGNALS_  (NSIG - 1)
#else
#  define LOFT_CONFIG_SIGNALS_  64
#endif

/* names: the texts of the values 0, 1, 2 ...; NULL: a number. */
struct loft_config_setting_ {
    const char        *name;
    const char        *variable;
    const char *const *names;
    int64_t            least;
    int64_t            most;
    int64_t            normal;
};

LOFT_API const struct loft_config_setting_ *
loft_config_row_(loft_config_key key)
{
    static const char *const backends[] = { "auto", "lock_free", "locked", NULL };
    static const char *const queues[] = { "auto", "scq", "lcrq", "lprq", NULL };
    static const char *const schemes[] = { "auto", "ebr", "qsbr", "ibr", "debra", "hp", "hyaline", "leak", NULL };
    static const char *const switches[] = { "off", "on", NULL };
    static const struct loft_config_setting_ rows[LOFT_CONFIG_KEYS] = {
        { "backend", "LOFT_BACKEND", backends, 0, LOFT_BACKEND_LOCKED, LOFT_BACKEND_AUTO },
        { "queue_backend", "LOFT_QUEUE_BACKEND", queues, 0, LOFT_QUEUE_BACKEND_LPRQ, LOFT_QUEUE_BACKEND_AUTO },
        { "smr_scheme", "LOFT_SMR_SCHEME", schemes, 0, LOFT_SMR_SCHEME_LEAK, LOFT_SMR_SCHEME_AUTO },
        { "retire_threshold", "LOFT_RETIRE_THRESHOLD", NULL, 1, LOFT_CONFIG_LARGE_, 64 },
        { "max_reclaim_per_poll", "LOFT_MAX_RECLAIM_PER_POLL", NULL, 1, LOFT_CONFIG_LARGE_, 32 },
        { "statistics", "LOFT_STATISTICS", switches, 0, 1, 0 },
        { "contention_statistics", "LOFT_CONTENTION_STATISTICS", switches, 0, 1, 0 },
        { "debra_stall_threshold", "LOFT_DEBRA_STALL_THRESHOLD", NULL, 1, LOFT_CONFIG_LARGE_, 100 },
        { "debra_signal", "LOFT_DEBRA_SIGNAL", NULL, 1, LOFT_CONFIG_SIGNALS_, LOFT_CONFIG_SIGURG_ },
        { "backoff_min", "LOFT_BACKOFF_MIN", NULL, 1, LOFT_CONFIG_LARGE_, LOFT_BACKOFF_MIN },
        { "backoff_max", "LOFT_BACKOFF_MAX", NULL, 1, LOFT_CONFIG_LARGE_, LOFT_BACKOFF_MAX },
        { "spin_before_park", "LOFT_SPIN_BEFORE_PARK", NULL, 0, LOFT_CONFIG_LARGE_, 200 },
    };
    return (unsigned)key < (unsigned)LOFT_CONFIG_KEYS ? &rows[key] : NULL;
}

struct loft_config_signal_ {
    const char *name;
    int         number;
};

/* Signals that a thread may be sent for no reason of its own, with the one this library prefers first. */
LOFT_API const struct loft_config_signal_ *
loft_config_signals_(void)
{
    static const struct loft_config_signal_ list[] = {
#if LOFT_CONFIG_SIGURG_
        { "SIGURG", LOFT_CONFIG_SIGURG_ },
#endif
#if defined(SIGUSR1)
        { "SIGUSR1", SIGUSR1 },
#endif
#if defined(SIGUSR2)
        { "SIGUSR2", SIGUSR2 },
#endif
        { NULL, 0 },
    };
    return list;
}

/* A handler for these would hide a fault, cannot be installed, or takes what the thread library lives by. */
LOFT_API bool
loft_config_signal_can_(int64_t n)
{
    static const int never[] = {
        SIGABRT, SIGFPE, SIGILL, SIGSEGV,
#if defined(SIGBUS)
        SIGBUS,
#endif
#if defined(SIGTRAP)
        SIGTRAP,
#endif
#if defined(SIGSYS)
        SIGSYS,
#endif
#if defined(SIGKILL)
        SIGKILL,
#endif
#if defined(SIGSTOP)
        SIGSTOP,
#endif
#if LOFT_LINUX
        32, 33, 34,
#endif
    };
    for (size_t i = 0; i < sizeof never / sizeof never[0]; i++) {
        if (n == never[i])
            return false;
    }
    return true;
}

LOFT_API bool
loft_config_queue_can_(int64_t v)
{
    return v != LOFT_QUEUE_BACKEND_LCRQ || (sizeof(void *) == 8u && loft_dw_supported());
}

/* Whether a number is one of the setting's, whatever the other settings are. */
LOFT_API loft_config_reason
loft_config_judge_(loft_config_key key, int64_t v)
{
    const struct loft_config_setting_ *row = loft_config_row_(key);
    if (key == LOFT_CONFIG_DEBRA_SIGNAL && LOFT_CONFIG_SIGURG_ == 0)
        return LOFT_CONFIG_NOTSUP;
    if (v < row->least || v > row->most)
        return LOFT_CONFIG_RANGE;
    if (key == LOFT_CONFIG_DEBRA_SIGNAL && !loft_config_signal_can_(v))
        return LOFT_CONFIG_RANGE;
    if (key == LOFT_CONFIG_QUEUE_BACKEND && !loft_config_queue_can_(v))
        return LOFT_CONFIG_NOTSUP;
    return LOFT_CONFIG_TAKEN;
}

/* The number that a text means; *out is untouched unless it is TAKEN. */
LOFT_API loft_config_reason
loft_config_parse_(loft_config_key key, const char *text, int64_t *out)
{
    static const char *const no_yes[] = { "no", "yes", "false", "true", "0", "1" };
    const struct loft_config_setting_ *row = loft_config_row_(key);
    const struct loft_config_signal_ *s = loft_config_signals_();
    int64_t v = -1;
    if (!*text)
        return LOFT_CONFIG_EMPTY;
    if (row->names) {
        for (size_t i = 0; row->names[i]; i++) {
            if (strcmp(text, row->names[i]) == 0)
                v = (int64_t)i;
        }
        for (size_t i = 0; row->most == 1 && i < sizeof no_yes / sizeof no_yes[0]; i++) {
            if (strcmp(text, no_yes[i]) == 0)
                v = (int64_t)(i & 1u);
        }
        if (v < 0)
            return LOFT_CONFIG_SYNTAX;
    } else {
        for (; key == LOFT_CONFIG_DEBRA_SIGNAL && s->name; s++) {
            if (strcmp(text, s->name) == 0)
                v = s->number;
        }
        if (v < 0) {
            const bool negative = text[0] == '-' && text[1];
            const char *p = negative ? text + 1 : text;
            bool large = false;
            for (v = 0; *p >= '0' && *p <= '9'; p++) {
                large = large || v > LOFT_CONFIG_LARGE_;               /* ten times that still fits */
                v = large ? v : v * 10 + (*p - '0');
            }
            if (*p)
                return LOFT_CONFIG_SYNTAX;
            if (negative || large)
                return LOFT_CONFIG_RANGE;
        }
    }
    const loft_config_reason reason = loft_config_judge_(key, v);
    if (reason == LOFT_CONFIG_TAKEN)
        *out = v;
    return reason;
}

/* The value without the layer of code, and with it. */
LOFT_API int64_t
loft_config_below_(const loft_config *c, loft_config_key key)
{
    return c->by_environment_[key] ? c->environment_[key] : loft_config_row_(key)->normal;
}

LOFT_API int64_t
loft_config_value_(const loft_config *c, loft_config_key key)
{
    return c->by_code_[key] ? c->code_[key] : loft_config_below_(c, key);
}

LOFT_API bool
loft_config_fits_(const loft_config *c)
{
    return loft_config_value_(c, LOFT_CONFIG_BACKOFF_MIN) <= loft_config_value_(c, LOFT_CONFIG_BACKOFF_MAX);
}

LOFT_API void
loft_config_drop_(loft_config *c, loft_config_key key)
{
    if (c->by_environment_[key]) {
        c->by_environment_[key] = 0;
        c->reason_[key] = (unsigned char)LOFT_CONFIG_CONFLICT;
    }
}

/* The layer of the environment, which must make sense over the defaults alone: the code above it may go away. */
LOFT_API void
loft_config_read_(loft_config *c)
{
    for (int k = 0; k < (int)LOFT_CONFIG_KEYS; k++) {
        const loft_config_key key = (loft_config_key)k;
        const char *text = getenv(loft_config_row_(key)->variable);
        c->by_environment_[k] = 0;
        c->reason_[k] = (unsigned char)LOFT_CONFIG_TAKEN;
        memset(c->text_[k], 0, LOFT_CONFIG_TEXT);
        if (!text)
            continue;
        const loft_config_reason reason = loft_config_parse_(key, text, &c->environment_[k]);
        for (size_t i = 0; i + 1u < LOFT_CONFIG_TEXT && text[i]; i++)
            c->text_[k][i] = (char)(text[i] >= ' ' && text[i] <= '~' ? text[i] : '?');
        c->reason_[k] = (unsigned char)reason;
        c->by_environment_[k] = reason == LOFT_CONFIG_TAKEN;
    }
    if (loft_config_below_(c, LOFT_CONFIG_BACKOFF_MIN) > loft_config_below_(c, LOFT_CONFIG_BACKOFF_MAX)) {
        loft_config_drop_(c, LOFT_CONFIG_BACKOFF_MIN);
        loft_config_drop_(c, LOFT_CONFIG_BACKOFF_MAX);
    }
}

/* ---- making one -------------------------------------------------------------------------------------------------- */

/* loft_config_init_defaults - all settings at their defaults; the environment is not read.
 *   threads   one
 *   progress  wait-free
 */
LOFT_API void
loft_config_init_defaults(loft_config *c)
{
    memset(c, 0, sizeof *c);
}

/* loft_config_init - the defaults, and over them what the environment says.
 *   threads   one, and none that changes the environment
 *   progress  that of getenv
 *   errors    none: what cannot be taken is left out and listed by loft_config_ignored_at
 */
LOFT_API void
loft_config_init(loft_config *c)
{
    loft_config_init_defaults(c);
    loft_config_read_(c);
}

/* loft_config_reload - read the environment again, under what code has set.
 *   returns   LOFT_OK; LOFT_INVAL: what code has set is impossible beside it, and nothing changed
 *   threads   one, and none that changes the environment
 *   progress  that of getenv
 */
LOFT_NODISCARD LOFT_API loft_status
loft_config_reload(loft_config *c)
{
    loft_config fresh = *c;
    loft_config_read_(&fresh);
    if (!loft_config_fits_(&fresh))
        return LOFT_INVAL;
    *c = fresh;
    return LOFT_OK;
}

/* ---- setting ----------------------------------------------------------------------------------------------------- */

/* loft_config_set - give a setting a value, before all others.
 *   returns   LOFT_OK; LOFT_INVAL: no such key, not a value of it, or impossible beside another setting (BACKOFF_MIN
 *             above BACKOFF_MAX: move the other one first); LOFT_NOTSUP: not on this machine. Refused, nothing changed
 *   threads   one
 *   progress  wait-free
 */
LOFT_NODISCARD LOFT_API loft_status
loft_config_set(loft_config *c, loft_config_key key, int64_t v)
{
    if (!c || !loft_config_row_(key))
        return LOFT_INVAL;
    const loft_config_reason reason = loft_config_judge_(key, v);
    if (reason != LOFT_CONFIG_TAKEN)
        return reason == LOFT_CONFIG_NOTSUP ? LOFT_NOTSUP : LOFT_INVAL;
    loft_config fresh = *c;
    fresh.code_[key] = v;
    fresh.by_code_[key] = 1;
    if (!loft_config_fits_(&fresh))
        return LOFT_INVAL;
    *c = fresh;
    return LOFT_OK;
}

/* loft_config_set_text - the same from a text as the environment would have it.
 *   returns   as loft_config_set; LOFT_INVAL also for NULL and for a text that is not wholly a value
 *   threads   one
 *   progress  wait-free
 */
LOFT_NODISCARD LOFT_API loft_status
loft_config_set_text(loft_config *c, loft_config_key key, const char *text)
{
    int64_t v = 0;
    if (!c || !text || !loft_config_row_(key))
        return LOFT_INVAL;
    const loft_config_reason reason = loft_config_parse_(key, text, &v);
    if (reason != LOFT_CONFIG_TAKEN)
        return reason == LOFT_CONFIG_NOTSUP ? LOFT_NOTSUP : LOFT_INVAL;
    return loft_config_set(c, key, v);
}

/* loft_config_reset - forget what code has set: the environment's value is back, or the default.
 *   returns   LOFT_OK; LOFT_INVAL: no such key, or what is below is impossible beside another setting of code's, and
 *             nothing changed
 *   threads   one
 *   progress  wait-free
 */
LOFT_NODISCARD LOFT_API loft_status
loft_config_reset(loft_config *c, loft_config_key key)
{
    if (!c || !loft_config_row_(key))
        return LOFT_INVAL;
    loft_config fresh = *c;
    fresh.by_code_[key] = 0;
    if (!loft_config_fits_(&fresh))
        return LOFT_INVAL;
    *c = fresh;
    return LOFT_OK;
}

/* loft_config_reset_all - forget everything that code has set.
 *   threads   one
 *   progress  wait-free
 */
LOFT_API void
loft_config_reset_all(loft_config *c)
{
    memset(c->by_code_, 0, sizeof c->by_code_);
}

/* ---- asking ------------------------------------------------------------------------------------------------------ */

/* loft_config_get - the value of a setting; of one with names, their place in the list (its enum).
 *   returns   the value; -1 for what is no key
 *   threads   any
 *   progress  wait-free
 */
LOFT_API int64_t
loft_config_get(const loft_config *c, loft_config_key key)
{
    return loft_config_row_(key) ? loft_config_value_(c, key) : -1;
}

/* loft_config_source_of - who has given a setting its value.
 *   returns   LOFT_CONFIG_BY_CODE, _BY_ENVIRONMENT or _BY_DEFAULT, the last also for what is no key
 *   threads   any
 *   progress  wait-free
 */
LOFT_API loft_config_source
loft_config_source_of(const loft_config *c, loft_config_key key)
{
    if (!loft_config_row_(key))
        return LOFT_CONFIG_BY_DEFAULT;
    return c->by_code_[key] ? LOFT_CONFIG_BY_CODE
           : c->by_environment_[key] ? LOFT_CONFIG_BY_ENVIRONMENT : LOFT_CONFIG_BY_DEFAULT;
}

/* loft_config_backend, _queue_backend, _smr_scheme - the three with names, as their enums; they may be AUTO.
 *   threads   any
 *   progress  wait-free
 */
LOFT_API loft_backend
loft_config_backend(const loft_config *c)
{
    return (loft_backend)loft_config_value_(c, LOFT_CONFIG_BACKEND);
}

LOFT_API loft_queue_backend
loft_config_queue_backend(const loft_config *c)
{
    return (loft_queue_backend)loft_config_value_(c, LOFT_CONFIG_QUEUE_BACKEND);
}

LOFT_API loft_smr_scheme
loft_config_smr_scheme(const loft_config *c)
{
    return (loft_smr_scheme)loft_config_value_(c, LOFT_CONFIG_SMR_SCHEME);
}

/* loft_config_queue_available - can this unbounded queue be had on this machine? LCRQ wants pairs of 16 bytes.
 *   returns   false also for what is no loft_queue_backend
 *   threads   any
 *   progress  as loft_arch
 */
LOFT_API bool
loft_config_queue_available(loft_queue_backend q)
{
    return (unsigned)q <= (unsigned)LOFT_QUEUE_BACKEND_LPRQ && loft_config_queue_can_((int64_t)q);
}

/* loft_config_active_backend, _active_queue_backend, _active_smr_scheme - the same with AUTO resolved: lock-free; LPRQ,
 * as fast as LCRQ and the same on every machine; IBR, whose memory one stalled thread cannot exhaust.
 *   returns   never AUTO
 *   threads   any
 *   progress  wait-free
 */
LOFT_API loft_backend
loft_config_active_backend(const loft_config *c)
{
    const loft_backend b = loft_config_backend(c);
    return b == LOFT_BACKEND_AUTO ? LOFT_BACKEND_LOCK_FREE : b;
}

LOFT_API loft_queue_backend
loft_config_active_queue_backend(const loft_config *c)
{
    const loft_queue_backend q = loft_config_queue_backend(c);
    return q == LOFT_QUEUE_BACKEND_AUTO ? LOFT_QUEUE_BACKEND_LPRQ : q;
}

LOFT_API loft_smr_scheme
loft_config_active_smr_scheme(const loft_config *c)
{
    const loft_smr_scheme s = loft_config_smr_scheme(c);
    return s == LOFT_SMR_SCHEME_AUTO ? LOFT_SMR_SCHEME_IBR : s;
}

/* loft_config_ignored_at - the i-th value of the environment, from 0, that the last init or reload did not take.
 *   returns   false: there are not so many, and *out is untouched
 *   threads   any
 *   progress  wait-free
 */
LOFT_API bool
loft_config_ignored_at(const loft_config *c, size_t i, loft_config_ignored *out)
{
    for (int k = 0; k < (int)LOFT_CONFIG_KEYS; k++) {
        if (c->reason_[k] == (unsigned char)LOFT_CONFIG_TAKEN || i-- != 0)
            continue;
        out->key = (loft_config_key)k;
        out->reason = (loft_config_reason)c->reason_[k];
        memcpy(out->text, c->text_[k], LOFT_CONFIG_TEXT);
        return true;
    }
    return false;
}

/* ---- names ------------------------------------------------------------------------------------------------------- */

/* loft_config_name, loft_config_variable - "retire_threshold", and the variable that sets it, "LOFT_RETIRE_THRESHOLD".
 *   returns   a static string; "?" for what is no key
 *   threads   any
 *   progress  wait-free
 */
LOFT_API const char *
loft_config_name(loft_config_key key)
{
    const struct loft_config_setting_ *row = loft_config_row_(key);
    return row ? row->name : "?";
}

LOFT_API const char *
loft_config_variable(loft_config_key key)
{
    const struct loft_config_setting_ *row = loft_config_row_(key);
    return row ? row->variable : "?";
}

/* loft_config_find - the key of a name such as "retire_threshold".
 *   returns   false: NULL or no name of a setting, and *out is untouched
 *   threads   any
 *   progress  wait-free
 */
LOFT_NODISCARD LOFT_API bool
loft_config_find(const char *name, loft_config_key *out)
{
    for (int k = 0; name && k < (int)LOFT_CONFIG_KEYS; k++) {
        if (strcmp(name, loft_config_name((loft_config_key)k)) == 0) {
            *out = (loft_config_key)k;
            return true;
        }
    }
    return false;
}

/* loft_config_limits - the least and the largest number a setting can be; not every one between them must be allowed.
 *   returns   false: no such key, and nothing is written
 *   threads   any
 *   progress  wait-free
 */
LOFT_NODISCARD LOFT_API bool
loft_config_limits(loft_config_key key, int64_t *least, int64_t *most)
{
    const struct loft_config_setting_ *row = loft_config_row_(key);
    if (!row)
        return false;
    *least = row->least;
    *most = row->most;
    return true;
}

/* loft_config_reason_name, loft_config_source_name - words for messages.
 *   returns   a static string; "?" for what is none of them
 *   threads   any
 *   progress  wait-free
 */
LOFT_API const char *
loft_config_reason_name(loft_config_reason r)
{
    switch (r) {
    case LOFT_CONFIG_TAKEN:    return "taken";
    case LOFT_CONFIG_EMPTY:    return "empty";
    case LOFT_CONFIG_SYNTAX:   return "not a value of this setting";
    case LOFT_CONFIG_RANGE:    return "out of range";
    case LOFT_CONFIG_CONFLICT: return "impossible beside another setting";
    case LOFT_CONFIG_NOTSUP:   return "not supported on this machine";
    }
    return "?";
}

LOFT_API const char *
loft_config_source_name(loft_config_source s)
{
    switch (s) {
    case LOFT_CONFIG_BY_DEFAULT:     return "default";
    case LOFT_CONFIG_BY_ENVIRONMENT: return "environment";
    case LOFT_CONFIG_BY_CODE:        return "code";
    }
    return "?";
}

LOFT_API void
loft_config_text_(struct loft_text_ *t, const loft_config *c, loft_config_key key)
{
    const struct loft_config_setting_ *row = loft_config_row_(key);
    const struct loft_config_signal_ *s = loft_config_signals_();
    const int64_t v = loft_config_value_(c, key);
    if (row->names) {
        loft_text_add_(t, "%s", row->names[v]);
        return;
    }
    for (; key == LOFT_CONFIG_DEBRA_SIGNAL && s->name; s++) {
        if (v == s->number) {
            loft_text_add_(t, "%s", s->name);
            return;
        }
    }
    loft_text_add_(t, "%lu", (unsigned long)v);
}

/* loft_config_text - the value as a text that loft_config_set_text takes.
 *   returns   the length of the whole text; where that is not below size it was cut, and ends in a zero byte all the
 *             same (size 0: nothing is written, and buf may be NULL). 0 and an empty text for what is no key
 *   threads   any
 *   progress  wait-free
 */
LOFT_API size_t
loft_config_text(const loft_config *c, loft_config_key key, char *buf, size_t size)
{
    struct loft_text_ t = loft_text_into_(buf, size);
    if (loft_config_row_(key))
        loft_config_text_(&t, c, key);
    return t.length;
}

/* ---- text for people --------------------------------------------------------------------------------------------- */

/* loft_config_describe - all settings, one `name: value (source)` a line, and what of the environment was ignored.
 *   returns   as loft_config_text
 *   threads   any
 *   progress  wait-free
 */
LOFT_API size_t
loft_config_describe(const loft_config *c, char *buf, size_t size)
{
    struct loft_text_ t = loft_text_into_(buf, size);
    loft_config_ignored why;
    for (int k = 0; k < (int)LOFT_CONFIG_KEYS; k++) {
        const loft_config_key key = (loft_config_key)k;
        loft_text_add_(&t, "%s: ", loft_config_name(key));
        loft_config_text_(&t, c, key);
        loft_text_add_(&t, " (%s)\n", loft_config_source_name(loft_config_source_of(c, key)));
    }
    for (size_t i = 0; loft_config_ignored_at(c, i, &why); i++)
        loft_text_add_(&t, "ignored: %s=%s (%s)\n", loft_config_variable(why.key), why.text,
                       loft_config_reason_name(why.reason));
    return t.length;
}

/* loft_config_print - the same to a stream.
 *   returns   false: the stream did not take it all
 *   threads   any
 *   progress  the stream's
 */
LOFT_API bool
loft_config_print(const loft_config *c, FILE *f)
{
    char text[2048];
    const size_t n = loft_config_describe(c, text, sizeof text);
    return LOFT_BELIEVE(n < sizeof text) && fputs(text, f) >= 0;
}

/* A macro as text, and a name for the case that it is none. */
#define LOFT_CONFIG_STR_(...)     #__VA_ARGS__
#define LOFT_CONFIG_EXPAND_(...)  LOFT_CONFIG_STR_(__VA_ARGS__)
#define LOFT_CONFIG_FLAG_(t, m)   loft_config_flag_((t), #m, LOFT_CONFIG_EXPAND_(m))
#define LOFT_CONFIG_HOOK_(t, name, m, normal)  loft_config_hook_((t), name, LOFT_CONFIG_EXPAND_(m), normal)

/* A macro that is not defined expands to its own name. */
LOFT_API void
loft_config_flag_(struct loft_text_ *t, const char *name, const char *text)
{
    const bool defined_ = strcmp(name, text) != 0;
    loft_text_add_(t, "%s: %s\n", name, !defined_ ? "not defined" : *text ? text : "defined");
}

LOFT_API void
loft_config_hook_(struct loft_text_ *t, const char *name, const char *text, const char *normal)
{
    loft_text_add_(t, "%s: %s\n", name, strcmp(text, normal) == 0 ? "default" : "replaced");
}

/* loft_config_describe_build - version, compiler, language, machine and compile-time parameters of this file, one
 * `name: value` a line.
 *   returns   as loft_config_text
 *   threads   any
 *   progress  as loft_arch_describe
 */
LOFT_API size_t
loft_config_describe_build(char *buf, size_t size)
{
    struct loft_text_ t = loft_text_into_(buf, size);
    loft_text_add_(&t, "loft: %s\n", LOFT_VERSION_STRING);
#if LOFT_MSVC
    loft_text_add_(&t, "compiler: msvc %ld\n", (long)_MSC_FULL_VER);
#elif LOFT_CLANG
    loft_text_add_(&t, "compiler: clang %s\n", __VERSION__);
#else
    loft_text_add_(&t, "compiler: gcc %s\n", __VERSION__);
#endif
#if LOFT_MSVC
    loft_text_add_(&t, "language: C++ %ld\n", (long)_MSVC_LANG);
#elif LOFT_CPLUSPLUS
    loft_text_add_(&t, "language: C++ %ld\n", (long)__cplusplus);
#else
    loft_text_add_(&t, "language: C %ld\n", (long)__STDC_VERSION__);
#endif
    loft_text_add_(&t, "assertions: %s\n", LOFT_DEBUG ? "on" : "off");
    loft_text_add_(&t, "thread sanitizer: %s\n", LOFT_TSAN ? "yes" : "no");
    loft_text_add_(&t, "word: %u bits, counters %u\n", (unsigned)(sizeof(void *) * 8u), (unsigned)LOFT_SEQ_BITS);
    if (LOFT_HAVE_DWCAS)
        loft_text_add_(&t, "pairs: %u bytes%s\n", (unsigned)(2u * sizeof(void *)),
                       loft_dw_supported() ? "" : ", not on this processor");
    else
        loft_text_add_(&t, "pairs: none\n");
    loft_arch_describe_(&t);
    LOFT_CONFIG_FLAG_(&t, LOFT_CACHELINE);
    LOFT_CONFIG_FLAG_(&t, LOFT_DEBUG);
    LOFT_CONFIG_FLAG_(&t, LOFT_API);
    LOFT_CONFIG_FLAG_(&t, LOFT_BACKOFF_MIN);
    LOFT_CONFIG_FLAG_(&t, LOFT_BACKOFF_MAX);
    LOFT_CONFIG_FLAG_(&t, LOFT_WITH_MIMALLOC);
    LOFT_CONFIG_FLAG_(&t, LOFT_ALLOC_STATS);
    LOFT_CONFIG_FLAG_(&t, LOFT_ALLOC_FAULTS);
    LOFT_CONFIG_FLAG_(&t, LOFT_PARK_PTHREAD);
    LOFT_CONFIG_FLAG_(&t, LOFT_PARK_CXX);
    LOFT_CONFIG_FLAG_(&t, LOFT_PARK_SYSCALL);
    LOFT_CONFIG_FLAG_(&t, LOFT_EVENTCOUNT_LOOKS);
    LOFT_CONFIG_FLAG_(&t, LOFT_EVENTCOUNT_RENT);
    LOFT_CONFIG_FLAG_(&t, LOFT_LINGER_MAX);
    LOFT_CONFIG_FLAG_(&t, LOFT_SCQ_PATIENCE);
    LOFT_CONFIG_FLAG_(&t, LOFT_SCQ_THREADS);
    LOFT_CONFIG_FLAG_(&t, LOFT_PRQ_PATIENCE);
    LOFT_CONFIG_FLAG_(&t, LOFT_PRQ_TRIES);
    LOFT_CONFIG_FLAG_(&t, LOFT_CRQ_PATIENCE);
    LOFT_CONFIG_FLAG_(&t, LOFT_CRQ_TICKETS);
    LOFT_CONFIG_FLAG_(&t, LOFT_WCQ_PATIENCE);
    LOFT_CONFIG_FLAG_(&t, LOFT_WCQ_LOOKS);
    LOFT_CONFIG_FLAG_(&t, LOFT_CLUSTER);
#if defined(LOFT_ALLOC_ALIGNED)
    loft_text_add_(&t, "LOFT_ALLOC_ALIGNED: replaced\n");
#else
    loft_text_add_(&t, "LOFT_ALLOC_ALIGNED: default\n");
#endif
    /* What follows the name of the function there is the place. */
    loft_text_add_(&t, "LOFT_ASSERT: %s\n",
                   strstr(LOFT_CONFIG_EXPAND_(LOFT_ASSERT(c)), LOFT_DEBUG ? " loft_failed_(" : "((void)sizeof((c)")
                   ? "default" : "replaced");
    LOFT_CONFIG_HOOK_(&t, "LOFT_POINT", LOFT_POINT(), "((void)0)");
    LOFT_CONFIG_HOOK_(&t, "LOFT_SITE", LOFT_SITE(mo), "mo");
    LOFT_CONFIG_HOOK_(&t, "LOFT_ON_READ", LOFT_ON_READ(p, n), "((void)0)");
    LOFT_CONFIG_HOOK_(&t, "LOFT_ON_WRITE", LOFT_ON_WRITE(p, n), "((void)0)");
    LOFT_CONFIG_HOOK_(&t, "LOFT_PAUSE", LOFT_PAUSE(), "loft_pause()");
    LOFT_CONFIG_HOOK_(&t, "LOFT_YIELD", LOFT_YIELD(), "loft_yield()");
    return t.length;
}

/* loft_config_print_build - the same to a stream.
 *   returns   false: the stream did not take it all
 *   threads   any
 *   progress  the stream's
 */
LOFT_API bool
loft_config_print_build(FILE *f)
{
    char text[4096];
    const size_t n = loft_config_describe_build(text, sizeof text);
    return LOFT_BELIEVE(n < sizeof text) && fputs(text, f) >= 0;
}

#endif /* supported */
#endif /* LOFT_CORE_CONFIG_H */
