/* SPDX-License-Identifier: MIT
 *
 * bench/peers/jdk/map.c - java.util.concurrent.ConcurrentSkipListMap: runs Maps.java, with the probes around it that
 * all have, and prints its line for the driver. Built by run.sh where there is a JDK; BENCH_CLASSES is the folder of
 * the class. Entries are never freed but collected.
 *
 * needs    stdint.h
 * package  libc
 * exe      map jdk  std
 */
#define BENCH_HELPERS
#define BENCH_MAY_SLEEP
#include "../../map/line.h"

/* The number behind key= in a line of key=value and tabs; 0: not there. */
static double
field(const char *line, const char *key)
{
    const size_t length = strlen(key);
    for (const char *p = line; p; p = strchr(p, '\t')) {
        p += *p == '\t';
        if (strncmp(p, key, length) == 0 && p[length] == '=')
            return strtod(p + length + 1, NULL);
    }
    return 0;
}

static void
java(char *line, size_t room, const char *kind, unsigned reads, bool zipf, int threads, double range, double ms)
{
    char command[2048];
    snprintf(command, sizeof command, "java -Xms512m -Xmx1g -XX:+UseParallelGC -cp '%s' Maps %s %u %d %d %.0f %.0f",
             BENCH_CLASSES, kind, reads, zipf, threads, range, ms);
    line[0] = '\0';
    FILE *const f = popen(command, "r");
    if (!f || !fgets(line, (int)room, f) || pclose(f) != 0) {
        fputs("bench: java does not run\n", stderr);
        exit(2);
    }
}

int
main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "--info") == 0) {
        print_info("java ConcurrentSkipListMap", "skiplist", "gc", "lock-free", true, true, false, 0);
        return 0;
    }
    char line[1024];
    const int threads = (int)argument(argc, argv, "--threads", 2);
    const double range = argument(argc, argv, "--capacity", 2000);
    find_cpus();
    if (strcmp(argument_text(argc, argv, "--mode", "mix"), "memory") == 0) {
        java(line, sizeof line, "memory", 0, false, 1, range, 0);
        const bool right = field(line, "filled") == range;
        printf("status=%s\tcounted=1\tfull_bytes=%.0f\tfilled=%.0f\n", right ? "ok" : "wrong",
               field(line, "full_bytes"), field(line, "filled"));
        return right ? 0 : 1;
    }
    const char *const work = argument_text(argc, argv, "--work", "50:uniform");
    const bool walks = strncmp(work, "range:", 6) == 0, inserts = strncmp(work, "insert:", 7) == 0;
    struct gate gate;
    gate_probe(&gate, 0, threads);
    gate_noise(&gate, 0);
    java(line, sizeof line, walks ? "range" : inserts ? "insert" : "mix",
         walks ? 115 : inserts ? 64 : (unsigned)(strtod(work, NULL) * 1.28 + 0.5), strstr(work, ":zipf") != NULL,
         threads, range, argument(argc, argv, "--ms", 100));
    gate_noise(&gate, 1);
    gate_probe(&gate, 1, threads);
    struct figures f;
    memset(&f, 0, sizeof f);
    f.right = field(line, "right") != 0;
    f.rate = field(line, "rate");
    f.share = field(line, "share");
    f.refused = field(line, "refused");
    f.cpu = 1;
    f.p50 = field(line, "p50");
    f.p99 = field(line, "p99");
    f.p999 = field(line, "p999");
    f.max = field(line, "max");
    f.samples = (uint64_t)field(line, "samples");
    f.lost = (int64_t)field(line, "lost");
    f.alien = (uint64_t)field(line, "alien");
    f.elapsed_ms = field(line, "elapsed_ms");
    print_figures(&gate, !gate_moved(&gate) && !gate_noisy(&gate, f.cpu), &f);
    return f.right ? 0 : 1;
}
