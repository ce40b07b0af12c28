/* SPDX-License-Identifier: MIT
 *
 * bench/driver/program.c - runs one benchmark program and reads the line it prints.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "run.h"

void
out(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    va_list again;
    va_copy(again, ap);
    vprintf(fmt, ap);
    if (report)
        vfprintf(report, fmt, again);
    va_end(again);
    va_end(ap);
}

double
seconds(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

FILE *
open_out(const char *name)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", out_dir, name);
    FILE *f = fopen(path, "w");
    if (!f)
        fprintf(stderr, "bench: cannot write %s: %s\n", path, strerror(errno));
    return f;
}

const char *
run_prefix(void)
{
    return about == MAP ? "maps-" : about == STACK ? "stacks-" : about == UNBOUNDED ? "unbounded-" : "";
}

FILE *
open_report(const char *name)
{
    char full[128];
    snprintf(full, sizeof full, "%s%s", run_prefix(), name);
    return open_out(full);
}

void
program_path(char *path, size_t room, const struct contender *c, size_t capacity)
{
    if (c->fixed)
        snprintf(path, room, "%s/bin/%s-%s.%zu", out_dir, question_name[c->question], c->id, capacity);
    else
        snprintf(path, room, "%s/bin/%s-%s", out_dir, question_name[c->question], c->id);
}

/* Its first line in `line`; the exit status, or -1 where it was killed: by us after the limit, or by its own fault. */
int
run_program(char *const argv[], const char *libs, double limit_s, char *line, size_t room, bool *late)
{
    int fd[2];
    line[0] = '\0';
    *late = false;
    if (pipe(fd) != 0)
        return -1;
    fflush(NULL);
    const pid_t pid = fork();
    if (pid < 0) {
        close(fd[0]);
        close(fd[1]);
        return -1;
    }
    if (pid == 0) {
        dup2(fd[1], 1);
        close(fd[0]);
        close(fd[1]);
        char path[1024];
        snprintf(path, sizeof path, "%s/errors.log", out_dir);
        FILE *errors = freopen(path, "a", stderr);
        (void)errors;
        if (libs[0])
            setenv("LD_PRELOAD", libs, 1);
        execv(argv[0], argv);
        _exit(127);
    }
    close(fd[1]);
    size_t have = 0;
    const double until = seconds() + limit_s;
    for (;;) {
        struct pollfd p = {fd[0], POLLIN, 0};
        const double left = until - seconds();
        if (left <= 0) {
            *late = true;
            kill(pid, SIGKILL);
            break;
        }
        if (poll(&p, 1, (int)(left * 1e3) + 1) <= 0)
            continue;
        char rest[256];
        const ssize_t n = have + 1 < room ? read(fd[0], line + have, room - 1 - have) : read(fd[0], rest, sizeof rest);
        if (n <= 0)
            break;
        if (have + 1 < room)
            have += (size_t)n;
    }
    close(fd[0]);
    line[have] = '\0';
    line[strcspn(line, "\n")] = '\0';
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Value of key in "key=value<TAB>key=value..."; false: not there. */
bool
line_text(const char *line, const char *key, char *value, size_t room)
{
    const size_t len = strlen(key);
    for (const char *p = line; p; p = strchr(p, '\t')) {
        p += *p == '\t';
        if (strncmp(p, key, len) == 0 && p[len] == '=') {
            const size_t n = strcspn(p + len + 1, "\t");
            snprintf(value, room, "%.*s", (int)n, p + len + 1);
            return true;
        }
    }
    return false;
}

double
line_number(const char *line, const char *key)
{
    char text[64];
    return line_text(line, key, text, sizeof text) ? strtod(text, NULL) : 0;
}
