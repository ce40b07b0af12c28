/* SPDX-License-Identifier: MIT
 *
 * tests/core/config.c - settings: what is taken, from whom, in which order, and what refusals leave behind.
 *
 * build: also assert -DLOFT_ASSERT(c)=((void)(c)) -DOWN_ASSERT=1
 * build: also knobs -DLOFT_CACHELINE=64 -DLOFT_ALLOC_STATS -DLOFT_PARK_SYSCALL=syscall -DLOFT_BACKOFF_MAX=5000 -DNDEBUG
 */
#include "threads.h"

#include <loft/core/config.h>

#if defined(OWN_ASSERT)
#  define ASSERT_LINE  "LOFT_ASSERT: replaced"
#else
#  define ASSERT_LINE  "LOFT_ASSERT: default"
#endif

#include "tap.h"

#define KEYS ((int)LOFT_CONFIG_KEYS)

static int64_t
number(const loft_config *c, loft_config_key key)
{
    return loft_config_get(c, key);
}

static void
clear_environment(void)
{
    for (int k = 0; k < KEYS; k++)
        unsetenv(loft_config_variable((loft_config_key)k));
}

/* A configuration made while one variable has this text. */
static loft_config
with(loft_config_key key, const char *text)
{
    loft_config c;
    clear_environment();
    setenv(loft_config_variable(key), text, 1);
    loft_config_init(&c);
    clear_environment();
    return c;
}

static bool
unchanged(const loft_config *now, const loft_config *then)
{
    return memcmp(now, then, sizeof *now) == 0;
}

/* ---- defaults and names ------------------------------------------------------------------------------------------ */

static void
test_defaults(void)
{
    loft_config c;
    loft_config none;
    clear_environment();
    loft_config_init(&c);
    ok_eq(number(&c, LOFT_CONFIG_BACKEND), LOFT_BACKEND_AUTO, "default: backend auto");
    ok_eq(number(&c, LOFT_CONFIG_QUEUE_BACKEND), LOFT_QUEUE_BACKEND_AUTO, "default: queue backend auto");
    ok_eq(number(&c, LOFT_CONFIG_SMR_SCHEME), LOFT_SMR_SCHEME_AUTO, "default: scheme auto");
    ok_eq(number(&c, LOFT_CONFIG_RETIRE_THRESHOLD), 64, "default: retire threshold 64");
    ok_eq(number(&c, LOFT_CONFIG_MAX_RECLAIM), 32, "default: 32 nodes a poll");
    ok_eq(number(&c, LOFT_CONFIG_STATISTICS), 0, "default: no statistics");
    ok_eq(number(&c, LOFT_CONFIG_CONTENTION), 0, "default: no contention statistics");
    ok_eq(number(&c, LOFT_CONFIG_DEBRA_STALL), 100, "default: stall threshold 100");
    ok_eq(number(&c, LOFT_CONFIG_DEBRA_SIGNAL), SIGURG, "default: SIGURG");
    ok_eq(number(&c, LOFT_CONFIG_BACKOFF_MIN), LOFT_BACKOFF_MIN, "default: the shortest backoff of backoff.h");
    ok_eq(number(&c, LOFT_CONFIG_BACKOFF_MAX), LOFT_BACKOFF_MAX, "default: the longest backoff of backoff.h");
    ok_eq(number(&c, LOFT_CONFIG_SPIN), 200, "default: 200 pauses before a thread sleeps");
    bool all = true;
    for (int k = 0; k < KEYS; k++)
        all = all && loft_config_source_of(&c, (loft_config_key)k) == LOFT_CONFIG_BY_DEFAULT;
    ok(all, "all of them by default");
    ok(!loft_config_ignored_at(&c, 0, NULL), "nothing was ignored");
    loft_config_init_defaults(&none);
    ok(unchanged(&c, &none), "an empty environment gives the defaults");
    memset(&none, 0, sizeof none);
    ok_eq(number(&none, LOFT_CONFIG_RETIRE_THRESHOLD), 64, "zero bytes are a configuration at its defaults");
}

static void
test_names(void)
{
    loft_config_key key = LOFT_CONFIG_SPIN;
    bool unique = true;
    bool found = true;
    bool prefix = true;
    for (int k = 0; k < KEYS; k++) {
        const char *name = loft_config_name((loft_config_key)k);
        const char *variable = loft_config_variable((loft_config_key)k);
        prefix = prefix && strncmp(variable, "LOFT_", 5) == 0 && strlen(variable) == strlen(name) + 5;
        for (size_t i = 0; name[i]; i++) {
            const char up = (char)(name[i] >= 'a' && name[i] <= 'z' ? name[i] - 'a' + 'A' : name[i]);
            prefix = prefix && variable[5 + i] == up;
        }
        for (int j = 0; j < k; j++)
            unique = unique && strcmp(name, loft_config_name((loft_config_key)j)) != 0;
        found = found && loft_config_find(name, &key) && key == (loft_config_key)k;
    }
    ok(unique && found, "every setting has a name of its own, and is found by it");
    ok(prefix, "its variable is LOFT_ and the name in capitals");
    key = LOFT_CONFIG_SPIN;
    ok(!loft_config_find("Backend", &key) && !loft_config_find("", &key) && !loft_config_find(NULL, &key)
       && !loft_config_find("backend ", &key) && key == LOFT_CONFIG_SPIN,
       "other names are not found, and touch nothing");
    ok_str(loft_config_name(LOFT_CONFIG_KEYS), "?", "what is no key has no name");
    ok_str(loft_config_variable(LOFT_CONFIG_KEYS), "?", "and no variable");
    ok_str(loft_config_reason_name((loft_config_reason)7), "?", "what is no reason has no name");
    ok_str(loft_config_source_name((loft_config_source)3), "?", "what is no source has no name");
    ok_str(loft_config_source_name(LOFT_CONFIG_BY_CODE), "code", "sources have names");
    int64_t least = -7;
    int64_t most = -7;
    ok(!loft_config_limits(LOFT_CONFIG_KEYS, &least, &most) && least == -7 && most == -7,
       "no limits of what is no key");
    ok(loft_config_limits(LOFT_CONFIG_SPIN, &least, &most) && least == 0 && most == 4294967295ll, "limits of a number");
}

/* ---- the environment --------------------------------------------------------------------------------------------- */

static void
test_environment(void)
{
    static const struct { loft_config_key key; const char *text; int64_t value; } good[] = {
        { LOFT_CONFIG_BACKEND, "locked", LOFT_BACKEND_LOCKED },
        { LOFT_CONFIG_BACKEND, "lock_free", LOFT_BACKEND_LOCK_FREE },
        { LOFT_CONFIG_BACKEND, "auto", LOFT_BACKEND_AUTO },
        { LOFT_CONFIG_QUEUE_BACKEND, "scq", LOFT_QUEUE_BACKEND_SCQ },
        { LOFT_CONFIG_QUEUE_BACKEND, "lprq", LOFT_QUEUE_BACKEND_LPRQ },
        { LOFT_CONFIG_SMR_SCHEME, "ebr", LOFT_SMR_SCHEME_EBR },
        { LOFT_CONFIG_SMR_SCHEME, "qsbr", LOFT_SMR_SCHEME_QSBR },
        { LOFT_CONFIG_SMR_SCHEME, "ibr", LOFT_SMR_SCHEME_IBR },
        { LOFT_CONFIG_SMR_SCHEME, "debra", LOFT_SMR_SCHEME_DEBRA },
        { LOFT_CONFIG_SMR_SCHEME, "hp", LOFT_SMR_SCHEME_HP },
        { LOFT_CONFIG_SMR_SCHEME, "hyaline", LOFT_SMR_SCHEME_HYALINE },
        { LOFT_CONFIG_SMR_SCHEME, "leak", LOFT_SMR_SCHEME_LEAK },
        { LOFT_CONFIG_RETIRE_THRESHOLD, "1", 1 },
        { LOFT_CONFIG_RETIRE_THRESHOLD, "4294967295", 4294967295ll },
        { LOFT_CONFIG_RETIRE_THRESHOLD, "0000000000000000000000000000000000000128", 128 },
        { LOFT_CONFIG_MAX_RECLAIM, "7", 7 },
        { LOFT_CONFIG_STATISTICS, "on", 1 }, { LOFT_CONFIG_STATISTICS, "off", 0 },
        { LOFT_CONFIG_STATISTICS, "yes", 1 }, { LOFT_CONFIG_STATISTICS, "no", 0 },
        { LOFT_CONFIG_STATISTICS, "true", 1 }, { LOFT_CONFIG_STATISTICS, "false", 0 },
        { LOFT_CONFIG_STATISTICS, "1", 1 }, { LOFT_CONFIG_STATISTICS, "0", 0 },
        { LOFT_CONFIG_CONTENTION, "on", 1 },
        { LOFT_CONFIG_DEBRA_STALL, "3", 3 },
        { LOFT_CONFIG_DEBRA_SIGNAL, "SIGUSR1", SIGUSR1 },
        { LOFT_CONFIG_DEBRA_SIGNAL, "SIGUSR2", SIGUSR2 },
        { LOFT_CONFIG_DEBRA_SIGNAL, "SIGURG", SIGURG },
        { LOFT_CONFIG_DEBRA_SIGNAL, "40", 40 },
        { LOFT_CONFIG_BACKOFF_MIN, "2", 2 },
        { LOFT_CONFIG_BACKOFF_MAX, "1048576", 1048576 },
        { LOFT_CONFIG_SPIN, "0", 0 },
    };
    unsigned wrong = 0;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        const loft_config c = with(good[i].key, good[i].text);
        if (number(&c, good[i].key) != good[i].value
            || loft_config_source_of(&c, good[i].key) != LOFT_CONFIG_BY_ENVIRONMENT
            || loft_config_ignored_at(&c, 0, NULL)) {
            note("%s=%s", loft_config_variable(good[i].key), good[i].text);
            wrong++;
        }
        for (int k = 0; k < KEYS; k++)
            wrong += (loft_config_key)k != good[i].key
                     && loft_config_source_of(&c, (loft_config_key)k) != LOFT_CONFIG_BY_DEFAULT;
    }
    ok_eq(wrong, 0, "good values of the environment are taken, each by its own setting");
}

struct bad {
    loft_config_key    key;
    const char        *text;
    loft_config_reason reason;
};

static const struct bad bad_texts[] = {
    { LOFT_CONFIG_BACKEND, "", LOFT_CONFIG_EMPTY },
    { LOFT_CONFIG_BACKEND, "Locked", LOFT_CONFIG_SYNTAX },
    { LOFT_CONFIG_BACKEND, "locked ", LOFT_CONFIG_SYNTAX },
    { LOFT_CONFIG_BACKEND, " locked", LOFT_CONFIG_SYNTAX },
    { LOFT_CONFIG_BACKEND, "lock", LOFT_CONFIG_SYNTAX },
    { LOFT_CONFIG_BACKEND, "lockedx", LOFT_CONFIG_SYNTAX },
    { LOFT_CONFIG_BACKEND, "1", LOFT_CONFIG_SYNTAX },
    { LOFT_CONFIG_BACKEND, "yes", LOFT_CONFIG_SYNTAX },
    { LOFT_CONFIG_QUEUE_BACKEND, "wcq", LOFT_CONFIG_SYNTAX },
    { LOFT_CONFIG_SMR_SCHEME, "debra+", LOFT_CONFIG_SYNTAX },
    { LOFT_CONFIG_STATISTICS, "2", LOFT_CONFIG_SYNTAX },
    { LOFT_CONFIG_STATISTICS, "ON", LOFT_CONFIG_SYNTAX },
    { LOFT_CONFIG_STATISTICS, "01", LOFT_CONFIG_SYNTAX },
    { LOFT_CONFIG_RETIRE_THRESHOLD, "", LOFT_CONFIG_EMPTY },
    { LOFT_CONFIG_RETIRE_THRESHOLD, " ", LOFT_CONFIG_SYNTAX },
    { LOFT_CONFIG_RETIRE_THRESHOLD, " 5", LOFT_CONFIG_SYNTAX },
    { LOFT_CONFIG_RETIRE_THRESHOLD, "5 ", LOFT_CONFIG_SYNTAX },
    { LOFT_CONFIG_RETIRE_THRESHOLD, "5\n", LOFT_CONFIG_SYNTAX },
    { LOFT_CONFIG_RETIRE_THRESHOLD, "+5", LOFT_CONFIG_SYNTAX },
    { LOFT_CONFIG_RETIRE_THRESHOLD, "0x10", LOFT_CONFIG_SYNTAX },
    { LOFT_CONFIG_RETIRE_THRESHOLD, "1e3", LOFT_CONFIG_SYNTAX },
    { LOFT_CONFIG_RETIRE_THRESHOLD, "5.0", LOFT_CONFIG_SYNTAX },
    { LOFT_CONFIG_RETIRE_THRESHOLD, "1_000", LOFT_CONFIG_SYNTAX },
    { LOFT_CONFIG_RETIRE_THRESHOLD, "five", LOFT_CONFIG_SYNTAX },
    { LOFT_CONFIG_RETIRE_THRESHOLD, "auto", LOFT_CONFIG_SYNTAX },
    { LOFT_CONFIG_RETIRE_THRESHOLD, "-", LOFT_CONFIG_SYNTAX },
    { LOFT_CONFIG_RETIRE_THRESHOLD, "--5", LOFT_CONFIG_SYNTAX },
    { LOFT_CONFIG_RETIRE_THRESHOLD, "-5", LOFT_CONFIG_RANGE },
    { LOFT_CONFIG_RETIRE_THRESHOLD, "-0", LOFT_CONFIG_RANGE },
    { LOFT_CONFIG_RETIRE_THRESHOLD, "0", LOFT_CONFIG_RANGE },
    { LOFT_CONFIG_RETIRE_THRESHOLD, "4294967296", LOFT_CONFIG_RANGE },
    { LOFT_CONFIG_RETIRE_THRESHOLD, "4294967297", LOFT_CONFIG_RANGE },
    { LOFT_CONFIG_RETIRE_THRESHOLD, "18446744073709551617", LOFT_CONFIG_RANGE },
    { LOFT_CONFIG_RETIRE_THRESHOLD, "99999999999999999999999999999999999999999999", LOFT_CONFIG_RANGE },
    { LOFT_CONFIG_MAX_RECLAIM, "0", LOFT_CONFIG_RANGE },
    { LOFT_CONFIG_SPIN, "-1", LOFT_CONFIG_RANGE },
    { LOFT_CONFIG_DEBRA_SIGNAL, "0", LOFT_CONFIG_RANGE },
    { LOFT_CONFIG_DEBRA_SIGNAL, "100000", LOFT_CONFIG_RANGE },
    { LOFT_CONFIG_DEBRA_SIGNAL, "SIGKILL", LOFT_CONFIG_SYNTAX },
    { LOFT_CONFIG_DEBRA_SIGNAL, "sigurg", LOFT_CONFIG_SYNTAX },
    { LOFT_CONFIG_DEBRA_SIGNAL, "URG", LOFT_CONFIG_SYNTAX },
    { LOFT_CONFIG_BACKOFF_MIN, "0", LOFT_CONFIG_RANGE },
    { LOFT_CONFIG_BACKOFF_MIN, "1000000", LOFT_CONFIG_CONFLICT },
    { LOFT_CONFIG_BACKOFF_MAX, "0", LOFT_CONFIG_RANGE },
};
#define BAD_TEXTS (sizeof bad_texts / sizeof bad_texts[0])

static void
test_bad_environment(void)
{
    loft_config normal;
    unsigned taken = 0;
    unsigned silent = 0;
    unsigned misnamed = 0;
    loft_config_init_defaults(&normal);
    for (size_t i = 0; i < BAD_TEXTS; i++) {
        const struct bad *b = &bad_texts[i];
        const loft_config c = with(b->key, b->text);
        loft_config_ignored why;
        if (number(&c, b->key) != number(&normal, b->key)
            || loft_config_source_of(&c, b->key) != LOFT_CONFIG_BY_DEFAULT) {
            note("taken: %s=%s", loft_config_variable(b->key), b->text);
            taken++;
        }
        if (!loft_config_ignored_at(&c, 0, &why) || loft_config_ignored_at(&c, 1, &why)) {
            silent++;
        } else if (why.key != b->key || why.reason != b->reason || (!strchr(b->text, '\n')
                   && strncmp(why.text, b->text, LOFT_CONFIG_TEXT - 1) != 0)) {
            note("%s=%s: %s", loft_config_variable(b->key), b->text, loft_config_reason_name(why.reason));
            misnamed++;
        }
    }
    ok_eq(taken, 0, "bad values of the environment leave the default");
    ok_eq(silent, 0, "each is reported once");
    ok_eq(misnamed, 0, "with its key, its text and the right reason");
}

static void
test_ignored(void)
{
    loft_config c;
    loft_config_ignored why;
    clear_environment();
    setenv("LOFT_BACKEND", "fast", 1);
    setenv("LOFT_RETIRE_THRESHOLD", "77", 1);
    setenv("LOFT_SPIN_BEFORE_PARK", "0123456789012345678901234567890123456789x", 1);
    setenv("LOFT_STATISTICS", "o\tn\x7f", 1);
    loft_config_init(&c);
    bool good = loft_config_ignored_at(&c, 0, &why) && why.key == LOFT_CONFIG_BACKEND && strcmp(why.text, "fast") == 0;
    good = good && loft_config_ignored_at(&c, 1, &why) && why.key == LOFT_CONFIG_STATISTICS;
    ok(good && strcmp(why.text, "o?n?") == 0, "what was ignored is listed in the order of keys, printable");
    ok(loft_config_ignored_at(&c, 2, &why) && why.key == LOFT_CONFIG_SPIN && strlen(why.text) == LOFT_CONFIG_TEXT - 1
       && strncmp(why.text, "0123456789", 10) == 0, "a long text is cut");
    memset(&why, 0x5a, sizeof why);
    const loft_config_ignored before = why;
    ok(!loft_config_ignored_at(&c, 3, &why) && !loft_config_ignored_at(&c, SIZE_MAX, &why)
       && memcmp(&why, &before, sizeof why) == 0, "past the end nothing is written");
    ok_eq(number(&c, LOFT_CONFIG_RETIRE_THRESHOLD), 77, "a good value beside bad ones is taken");
    unsetenv("LOFT_BACKEND");
    ok(loft_config_reload(&c) == LOFT_OK && loft_config_ignored_at(&c, 1, &why) && !loft_config_ignored_at(&c, 2, &why),
       "what is no longer there is no longer reported");
    clear_environment();
    ok_eq(number(&c, LOFT_CONFIG_RETIRE_THRESHOLD), 77, "the environment is read by init and reload only");
}

/* ---- code -------------------------------------------------------------------------------------------------------- */

static void
test_set(void)
{
    loft_config c;
    clear_environment();
    loft_config_init(&c);
    unsigned wrong = 0;
    for (int k = 0; k < KEYS; k++) {
        const loft_config_key key = (loft_config_key)k;
        const loft_config then = c;
        int64_t least = 0;
        int64_t most = 0;
        if (!loft_config_limits(key, &least, &most))
            abort();
        static const int64_t never[] = { -1, INT64_MIN, INT64_MAX, INT64_C(4294967296), INT64_C(-4294967295) };
        for (size_t i = 0; i < sizeof never / sizeof never[0]; i++)
            wrong += loft_config_set(&c, key, never[i]) != LOFT_INVAL;
        wrong += loft_config_set(&c, key, least - 1) != LOFT_INVAL;
        wrong += loft_config_set(&c, key, most + 1) != LOFT_INVAL;
        if (!unchanged(&c, &then))
            wrong++;
    }
    ok_eq(wrong, 0, "numbers outside the limits: LOFT_INVAL, and nothing changed");

    wrong = 0;
    for (int k = 0; k < KEYS; k++) {
        const loft_config_key key = (loft_config_key)k;
        int64_t least = 0;
        int64_t most = 0;
        if (!loft_config_limits(key, &least, &most))
            abort();
        if (key == LOFT_CONFIG_BACKOFF_MIN)
            most = LOFT_BACKOFF_MAX;
        if (key == LOFT_CONFIG_DEBRA_SIGNAL)
            least = SIGHUP;
        wrong += loft_config_set(&c, key, least) != LOFT_OK || number(&c, key) != least;
        wrong += loft_config_source_of(&c, key) != LOFT_CONFIG_BY_CODE;
        wrong += loft_config_set(&c, key, most) != LOFT_OK || number(&c, key) != most;
        if (loft_config_reset(&c, key) != LOFT_OK || loft_config_source_of(&c, key) != LOFT_CONFIG_BY_DEFAULT)
            wrong++;
    }
    ok_eq(wrong, 0, "the limits themselves are taken, and given back by reset");

    const loft_config then = c;
    ok(loft_config_set(&c, LOFT_CONFIG_KEYS, 1) == LOFT_INVAL && loft_config_reset(&c, LOFT_CONFIG_KEYS) == LOFT_INVAL
       && loft_config_set_text(&c, LOFT_CONFIG_KEYS, "1") == LOFT_INVAL && unchanged(&c, &then),
       "what is no key is refused");
    ok(loft_config_set(NULL, LOFT_CONFIG_SPIN, 1) == LOFT_INVAL
       && loft_config_reset(NULL, LOFT_CONFIG_SPIN) == LOFT_INVAL
       && loft_config_set_text(NULL, LOFT_CONFIG_SPIN, "1") == LOFT_INVAL, "so is no configuration");
    ok(loft_config_set_text(&c, LOFT_CONFIG_SPIN, NULL) == LOFT_INVAL && unchanged(&c, &then), "so is no text");
    ok(number(&c, LOFT_CONFIG_KEYS) == -1 && loft_config_source_of(&c, LOFT_CONFIG_KEYS) == LOFT_CONFIG_BY_DEFAULT,
       "asking for what is no key does no harm");

    wrong = 0;
    for (size_t i = 0; i < BAD_TEXTS; i++) {
        if (loft_config_set_text(&c, bad_texts[i].key, bad_texts[i].text) != LOFT_INVAL || !unchanged(&c, &then))
            wrong++;
    }
    ok_eq(wrong, 0, "texts that the environment may not have, code may not have either");
}

static void
test_precedence(void)
{
    loft_config c;
    clear_environment();
    setenv("LOFT_RETIRE_THRESHOLD", "500", 1);
    setenv("LOFT_SMR_SCHEME", "hp", 1);
    loft_config_init(&c);
    ok_eq(number(&c, LOFT_CONFIG_RETIRE_THRESHOLD), 500, "the environment comes before the default");
    ok_eq(loft_config_set(&c, LOFT_CONFIG_RETIRE_THRESHOLD, 9), LOFT_OK, "code may say otherwise");
    ok_eq(number(&c, LOFT_CONFIG_RETIRE_THRESHOLD), 9, "and comes before the environment");
    ok_eq(loft_config_source_of(&c, LOFT_CONFIG_RETIRE_THRESHOLD), LOFT_CONFIG_BY_CODE, "which the source says");
    setenv("LOFT_RETIRE_THRESHOLD", "600", 1);
    ok_eq(loft_config_reload(&c), LOFT_OK, "reading the environment again");
    ok_eq(number(&c, LOFT_CONFIG_RETIRE_THRESHOLD), 9, "does not undo what code has set");
    ok_eq(loft_config_reset(&c, LOFT_CONFIG_RETIRE_THRESHOLD), LOFT_OK, "reset takes the code's value away");
    ok_eq(number(&c, LOFT_CONFIG_RETIRE_THRESHOLD), 600, "and the environment's is back, the new one");
    ok_eq(loft_config_source_of(&c, LOFT_CONFIG_RETIRE_THRESHOLD), LOFT_CONFIG_BY_ENVIRONMENT, "with its source");
    ok_eq(loft_config_smr_scheme(&c), LOFT_SMR_SCHEME_HP, "names arrive as their enum");
    ok(loft_config_set(&c, LOFT_CONFIG_RETIRE_THRESHOLD, 1) == LOFT_OK
       && loft_config_set(&c, LOFT_CONFIG_SMR_SCHEME, LOFT_SMR_SCHEME_LEAK) == LOFT_OK, "two settings by code");
    loft_config_reset_all(&c);
    ok(number(&c, LOFT_CONFIG_RETIRE_THRESHOLD) == 600 && loft_config_smr_scheme(&c) == LOFT_SMR_SCHEME_HP,
       "reset_all takes both away");
    loft_config_init_defaults(&c);
    ok_eq(number(&c, LOFT_CONFIG_RETIRE_THRESHOLD), 64, "init_defaults does not look at the environment");
    clear_environment();
}

static void
test_pair(void)
{
    loft_config c;
    clear_environment();
    loft_config_init(&c);
    ok_eq(loft_config_set(&c, LOFT_CONFIG_BACKOFF_MIN, LOFT_BACKOFF_MAX + 1), LOFT_INVAL, "no min above max");
    ok_eq(loft_config_set(&c, LOFT_CONFIG_BACKOFF_MIN, LOFT_BACKOFF_MAX), LOFT_OK, "min may be max");
    ok_eq(loft_config_set(&c, LOFT_CONFIG_BACKOFF_MAX, LOFT_BACKOFF_MAX - 1), LOFT_INVAL, "no max below min");
    ok_eq(loft_config_set(&c, LOFT_CONFIG_BACKOFF_MAX, 100000), LOFT_OK, "first max");
    ok_eq(loft_config_set(&c, LOFT_CONFIG_BACKOFF_MIN, 20000), LOFT_OK, "then min");
    loft_config then = c;
    ok(loft_config_reset(&c, LOFT_CONFIG_BACKOFF_MAX) == LOFT_INVAL && unchanged(&c, &then),
       "a reset that would leave min above max is refused");
    ok(loft_config_reset(&c, LOFT_CONFIG_BACKOFF_MIN) == LOFT_OK
       && loft_config_reset(&c, LOFT_CONFIG_BACKOFF_MAX) == LOFT_OK,
       "in the other order it is not");

    setenv("LOFT_BACKOFF_MIN", "20000", 1);
    setenv("LOFT_BACKOFF_MAX", "30000", 1);
    loft_config_init(&c);
    ok(number(&c, LOFT_CONFIG_BACKOFF_MIN) == 20000 && number(&c, LOFT_CONFIG_BACKOFF_MAX) == 30000,
       "the environment sets both at once");
    setenv("LOFT_BACKOFF_MAX", "10000", 1);
    loft_config_init(&c);
    loft_config_ignored why;
    ok(number(&c, LOFT_CONFIG_BACKOFF_MIN) == LOFT_BACKOFF_MIN
       && number(&c, LOFT_CONFIG_BACKOFF_MAX) == LOFT_BACKOFF_MAX,
       "two that exclude each other are both ignored");
    ok(loft_config_ignored_at(&c, 0, &why) && why.reason == LOFT_CONFIG_CONFLICT
       && loft_config_ignored_at(&c, 1, &why) && why.reason == LOFT_CONFIG_CONFLICT, "and reported as a conflict");

    /* What the environment says must stand without code, which may take its own away at any time. */
    clear_environment();
    setenv("LOFT_BACKOFF_MIN", "20000", 1);
    loft_config_init(&c);
    ok(loft_config_set(&c, LOFT_CONFIG_BACKOFF_MAX, 40000) == LOFT_OK && loft_config_reload(&c) == LOFT_OK,
       "code makes room for what the environment wants");
    loft_config_reset_all(&c);
    ok(number(&c, LOFT_CONFIG_BACKOFF_MIN) <= number(&c, LOFT_CONFIG_BACKOFF_MAX), "without it min is not above max");
    clear_environment();
    setenv("LOFT_BACKOFF_MAX", "90000", 1);
    loft_config_init(&c);
    ok_eq(loft_config_set(&c, LOFT_CONFIG_BACKOFF_MIN, 50000), LOFT_OK, "code relies on the environment's max");
    clear_environment();
    then = c;
    ok(loft_config_reload(&c) == LOFT_INVAL && unchanged(&c, &then), "a reload that takes it away is refused");
}

static void
test_signals(void)
{
    loft_config c;
    static const int never[] = { SIGKILL, SIGSTOP, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP };
    unsigned wrong = 0;
    loft_config_init_defaults(&c);
    for (size_t i = 0; i < sizeof never / sizeof never[0]; i++)
        wrong += loft_config_set(&c, LOFT_CONFIG_DEBRA_SIGNAL, never[i]) != LOFT_INVAL;
    ok_eq(wrong, 0, "signals that report faults or cannot be caught are refused");
#if LOFT_LINUX
    ok(loft_config_set(&c, LOFT_CONFIG_DEBRA_SIGNAL, 32) == LOFT_INVAL
       && loft_config_set(&c, LOFT_CONFIG_DEBRA_SIGNAL, 33) == LOFT_INVAL, "so are those of the thread library");
#endif
    ok(loft_config_set(&c, LOFT_CONFIG_DEBRA_SIGNAL, SIGUSR2) == LOFT_OK
       && number(&c, LOFT_CONFIG_DEBRA_SIGNAL) == SIGUSR2, "others are taken");
}

static void
test_active(void)
{
    loft_config c;
    loft_config_init_defaults(&c);
    ok(loft_config_active_backend(&c) == LOFT_BACKEND_LOCK_FREE && loft_config_backend(&c) == LOFT_BACKEND_AUTO,
       "auto is lock-free");
    ok(loft_config_queue_available(loft_config_active_queue_backend(&c)), "the queue that auto means is there");
    ok(loft_config_active_queue_backend(&c) != LOFT_QUEUE_BACKEND_AUTO, "and is one");
    ok(loft_config_active_smr_scheme(&c) != LOFT_SMR_SCHEME_AUTO, "so is the scheme");
    ok(loft_config_set_text(&c, LOFT_CONFIG_BACKEND, "locked") == LOFT_OK
       && loft_config_active_backend(&c) == LOFT_BACKEND_LOCKED, "locked can be chosen");
    ok(loft_config_set_text(&c, LOFT_CONFIG_BACKEND, "lock_free") == LOFT_OK
       && loft_config_active_backend(&c) == LOFT_BACKEND_LOCK_FREE, "lock-free can be chosen");
    ok(loft_config_set_text(&c, LOFT_CONFIG_QUEUE_BACKEND, "scq") == LOFT_OK
       && loft_config_active_queue_backend(&c) == LOFT_QUEUE_BACKEND_SCQ, "a queue can be chosen");
    ok(loft_config_set_text(&c, LOFT_CONFIG_SMR_SCHEME, "qsbr") == LOFT_OK
       && loft_config_active_smr_scheme(&c) == LOFT_SMR_SCHEME_QSBR, "a scheme can be chosen");
    ok(loft_config_queue_available(LOFT_QUEUE_BACKEND_AUTO) && loft_config_queue_available(LOFT_QUEUE_BACKEND_SCQ)
       && loft_config_queue_available(LOFT_QUEUE_BACKEND_LPRQ), "SCQ and LPRQ are everywhere");

    const loft_config then = c;
    const bool can = sizeof(void *) == 8 && loft_dw_supported();
    ok(loft_config_queue_available(LOFT_QUEUE_BACKEND_LCRQ) == can, "LCRQ is where pairs of 16 bytes are");
    const loft_status s = loft_config_set(&c, LOFT_CONFIG_QUEUE_BACKEND, LOFT_QUEUE_BACKEND_LCRQ);
    ok(can ? s == LOFT_OK : s == LOFT_NOTSUP && unchanged(&c, &then), "elsewhere it is refused as not supported");
    const loft_config e = with(LOFT_CONFIG_QUEUE_BACKEND, "lcrq");
    loft_config_ignored why;
    ok(can ? loft_config_queue_backend(&e) == LOFT_QUEUE_BACKEND_LCRQ
           : loft_config_ignored_at(&e, 0, &why) && why.reason == LOFT_CONFIG_NOTSUP,
       "and so is the environment's wish");
}

/* Two configurations know nothing of each other, and what was made from one does not follow it. */
static void
test_isolation(void)
{
    loft_config a;
    loft_config b;
    clear_environment();
    loft_config_init(&a);
    b = a;
    ok_eq(loft_config_set(&a, LOFT_CONFIG_BACKOFF_MAX, 8), LOFT_OK, "a setting of one");
    ok_eq(number(&b, LOFT_CONFIG_BACKOFF_MAX), LOFT_BACKOFF_MAX, "is not one of its copy");
    loft_backoff made;
    loft_backoff_init(&made, (uint32_t)number(&a, LOFT_CONFIG_BACKOFF_MIN),
                      (uint32_t)number(&a, LOFT_CONFIG_BACKOFF_MAX));
    ok_eq(loft_config_set(&a, LOFT_CONFIG_BACKOFF_MAX, 16), LOFT_OK, "a later change");
    ok_eq(made.max, 8, "does not reach what exists");
}

/* ---- texts ------------------------------------------------------------------------------------------------------- */

static uint32_t random_state = 2463534242u;

static uint32_t
random_word(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return random_state;
}

/* Every value, as text and back, is the same value. */
static void
test_round_trip(void)
{
    loft_config a;
    loft_config b;
    char text[64];
    char other[64];
    unsigned wrong = 0;
    unsigned taken = 0;
    loft_config_init_defaults(&a);
    for (unsigned i = 0; i < 20000; i++) {
        const loft_config_key key = (loft_config_key)(random_word() % (unsigned)KEYS);
        const int64_t v = (int64_t)(random_word() >> random_word() % 32);
        if (loft_config_set(&a, key, v) != LOFT_OK)
            continue;
        taken++;
        b = a;
        const size_t n = loft_config_text(&a, key, text, sizeof text);
        wrong += n != strlen(text) || n == 0 || loft_config_text(&a, key, NULL, 0) != n;
        wrong += loft_config_set_text(&b, key, text) != LOFT_OK || number(&b, key) != v;
        wrong += loft_config_text(&a, key, other, n) != n || strlen(other) != n - 1;
    }
    ok_eq(wrong, 0, "a value as text, taken back, is the same value");
    ok(taken > 1000, "of many");
    ok(loft_config_text(&a, LOFT_CONFIG_KEYS, text, sizeof text) == 0 && text[0] == '\0', "what is no key has no text");
}

/* Random texts are either a value, in which case its own text is a value too, or leave everything as it was. */
static void
test_random(void)
{
    static const char letters[] = "0123456789- +xeautolckdnfyshriSIGUR12_\t\xff";
    loft_config c;
    unsigned wrong = 0;
    unsigned taken = 0;
    const unsigned long rounds = (unsigned long)scaled(200000);
    loft_config_init_defaults(&c);
    for (unsigned long i = 0; i < rounds; i++) {
        char text[40];
        const size_t n = random_word() % 12;
        for (size_t j = 0; j < n; j++)
            text[j] = letters[random_word() % (sizeof letters - 1)];
        text[n] = '\0';
        const loft_config_key key = (loft_config_key)(random_word() % (unsigned)KEYS);
        const loft_config then = c;
        if (loft_config_set_text(&c, key, text) == LOFT_OK) {
            char again[40];
            loft_config_text(&c, key, again, sizeof again);
            wrong += loft_config_set_text(&c, key, again) != LOFT_OK;
            taken++;
        } else
            wrong += !unchanged(&c, &then);
        wrong += number(&c, LOFT_CONFIG_BACKOFF_MIN) > number(&c, LOFT_CONFIG_BACKOFF_MAX);
    }
    ok_eq(wrong, 0, "no random text leaves a configuration that makes no sense");
    note("%u of %lu were values", taken, rounds);
}

static void
test_describe(void)
{
    loft_config c;
    char whole[2048];
    char part[2048];
    clear_environment();
    setenv("LOFT_BACKEND", "locked", 1);
    setenv("LOFT_STATISTICS", "maybe", 1);
    loft_config_init(&c);
    clear_environment();
    if (loft_config_set(&c, LOFT_CONFIG_SPIN, 12) != LOFT_OK)
        abort();
    const size_t n = loft_config_describe(&c, whole, sizeof whole);
    ok(n < sizeof whole && strlen(whole) == n, "the description is as long as it says");
    ok(strstr(whole, "backend: locked (environment)\n") != NULL, "it has the environment's setting");
    ok(strstr(whole, "spin_before_park: 12 (code)\n") != NULL, "it has the code's setting");
    ok(strstr(whole, "debra_signal: SIGURG (default)\n") != NULL, "it has a default, by its name");
    ok(strstr(whole, "ignored: LOFT_STATISTICS=maybe (not a value of this setting)\n") != NULL,
       "it has what was ignored");
    bool good = true;
    for (size_t room = 1; room <= n + 1; room++) {
        memset(part, 'Z', sizeof part);
        good = good && loft_config_describe(&c, part, room) == n && strlen(part) == room - 1 && part[room] == 'Z';
    }
    ok(good && loft_config_describe(&c, NULL, 0) == n, "it can be cut anywhere");
}

static bool
has_line(const char *text, const char *line)
{
    const size_t n = strlen(line);
    for (const char *p = strstr(text, line); p; p = strstr(p + 1, line)) {
        if ((p == text || p[-1] == '\n') && p[n] == '\n')
            return true;
    }
    return false;
}

static void
test_build(void)
{
    char text[4096];
    char line[128];
    const size_t n = loft_config_describe_build(text, sizeof text);
    ok(n < sizeof text && strlen(text) == n && text[n - 1] == '\n', "the build is described in 4 KiB");
    ok(has_line(text, "loft: " LOFT_VERSION_STRING), "version");
    snprintf(line, sizeof line, "arch: %s", loft_arch_name(LOFT_ARCH_HERE));
    ok(has_line(text, line), "architecture");
    snprintf(line, sizeof line, "language: C%s %ld", LOFT_CPLUSPLUS ? "++" : "",
#if LOFT_CPLUSPLUS
             (long)__cplusplus);
#else
             (long)__STDC_VERSION__);
#endif
    ok(has_line(text, line), "language");
    ok(strstr(text, LOFT_CLANG ? "\ncompiler: clang " : "\ncompiler: gcc ") != NULL, "compiler");
    snprintf(line, sizeof line, "LOFT_CACHELINE: %d", (int)LOFT_CACHELINE);
    ok(has_line(text, line), "a parameter with a value");
    ok(has_line(text, "LOFT_WITH_MIMALLOC: not defined"), "one that is not defined");
    ok(strstr(text, "\nLOFT_LINGER_MAX: ") != NULL && strstr(text, "\nLOFT_SCQ_PATIENCE: ") != NULL
       && strstr(text, "\nLOFT_SCQ_THREADS: ") != NULL && has_line(text, "LOFT_CLUSTER: not defined"),
       "those of headers that are not included");
    ok(has_line(text, "LOFT_POINT: replaced"), "a hook that this test has replaced");
    ok(has_line(text, "LOFT_ON_READ: default") && has_line(text, "LOFT_SITE: default")
       && has_line(text, "LOFT_PAUSE: default"), "hooks that it has not");
    ok(has_line(text, ASSERT_LINE), "and whether assertions are the program's own");
#if defined(LOFT_ALLOC_STATS)
    ok(has_line(text, "LOFT_ALLOC_STATS: 1") && has_line(text, "LOFT_PARK_SYSCALL: syscall"),
       "those of the command line");
    ok(has_line(text, "LOFT_BACKOFF_MAX: 5000") && has_line(text, "assertions: off"), "and their consequences");
#else
    ok(has_line(text, "LOFT_ALLOC_STATS: not defined") && has_line(text, "assertions: on"), "an ordinary debug build");
#endif
}

static void
test_print(void)
{
    loft_config c;
    char whole[4096];
    char got[4096];
    loft_config_init_defaults(&c);
    FILE *f = tmpfile();
    if (!f) {
        ok_skip("printing", "no temporary file");
        return;
    }
    const bool printed = loft_config_print(&c, f);
    const size_t n = loft_config_describe(&c, whole, sizeof whole);
    rewind(f);
    ok(printed && fread(got, 1, sizeof got, f) == n && memcmp(got, whole, n) == 0,
       "what is printed is the description");
    fclose(f);
    f = fopen("/dev/full", "w");
    if (!f) {
        ok_skip("a stream that is full", "no /dev/full");
        return;
    }
    setvbuf(f, NULL, _IONBF, 0);
    ok(!loft_config_print(&c, f) && !loft_config_print_build(f), "a stream that takes nothing: false");
    fclose(f);
}

/* ---- threads ----------------------------------------------------------------------------------------------------- */

static loft_config shared;
static unsigned long thread_wrong[8];

static void
reader_body(void *arg, int id)
{
    (void)arg;
    for (int i = 0; i < 200; i++) {
        loft_config mine;
        loft_config_init(&mine);
        thread_wrong[id] += number(&mine, LOFT_CONFIG_RETIRE_THRESHOLD) != 500;
        thread_wrong[id] += number(&shared, LOFT_CONFIG_RETIRE_THRESHOLD) != 501;
        thread_wrong[id] += loft_config_describe(&shared, NULL, 0) < 100;
        thread_wrong[id] += loft_config_set(&mine, LOFT_CONFIG_SPIN, id) != LOFT_OK;
        thread_wrong[id] += number(&mine, LOFT_CONFIG_SPIN) != id;
    }
}

static void
test_threads(void)
{
    unsigned long wrong = 0;
    clear_environment();
    setenv("LOFT_RETIRE_THRESHOLD", "500", 1);
    loft_config_init(&shared);
    if (loft_config_set(&shared, LOFT_CONFIG_RETIRE_THRESHOLD, 501) != LOFT_OK)
        abort();
    run_threads(8, reader_body, NULL);
    clear_environment();
    for (int i = 0; i < 8; i++)
        wrong += thread_wrong[i];
    ok_eq(wrong, 0, "threads make their own and read a common one");
}

int
main(void)
{
    test_defaults();
    test_names();
    test_environment();
    test_bad_environment();
    test_ignored();
    test_set();
    test_precedence();
    test_pair();
    test_signals();
    test_active();
    test_isolation();
    test_round_trip();
    test_random();
    test_describe();
    test_build();
    test_print();
    test_threads();
    return done();
}
