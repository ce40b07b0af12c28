/* SPDX-License-Identifier: MIT
 *
 * bench/driver/run.h - what the parts of the driver share: contenders, workloads, samples, rows.
 *
 *   run.c      reads the manifest, makes the plan, takes the samples, main
 *   program.c  runs one benchmark program and reads its line
 *   rows.c     turns samples into rows: per workload, place of the CPUs and contender
 *   report.c   tables, bars, memory, CSV, plots
 */
#ifndef LOFT_BENCH_DRIVER_RUN_H
#define LOFT_BENCH_DRIVER_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define CONTENDERS_MAX 96
#define CELLS_MAX      192
#define TEXT_MAX       64

enum question { SPSC, MPMC, MPSC, UNBOUNDED, STACK, MAP, QUESTIONS };

struct contender {
    enum question question;
    char id[TEXT_MAX];
    char name[TEXT_MAX];
    char order[TEXT_MAX];
    char bound[TEXT_MAX];          /* of a stack, an unbounded queue: what becomes of a node that was popped */
    char progress[TEXT_MAX];
    char version[TEXT_MAX];
    bool fixed;                    /* a program per capacity */
    bool waits_only;
    bool takes_all;
    bool no_ranges;                /* of a map */
    bool no_erase;
    bool settles;                  /* a map that is only read once it is full */
    double most;                   /* keys that a map can be asked to hold; 0: any */
    bool ours;
};

enum table {
    T_STREAM, T_RTT, T_PAIR, T_COIN, T_SPLIT, T_MPSC, T_GROW_PAIR, T_GROW_COIN, T_GROW_BURST, T_GROW_SPLIT, T_STACK,
    T_ALL, T_MAP, T_MAP_ZIPF, T_MAP_RANGE, T_MAP_INSERT, T_MAP_SETTLED, TABLES
};

struct table_text {
    enum question question;
    const char *mode;              /* of the programs */
    const char *file;
    const char *title;
    const char *unit;
    const char *latency;
};

struct cell {
    enum table table;
    int threads;
    int producers;
    size_t capacity;               /* of a map: keys, half of which are there */
    const char *work;              /* as the program takes it */
    double ms;
    bool every_round;
};

enum field {
    F_CLEAN, F_LINE0, F_LINE1, F_RAW0, F_RAW1, F_RATE, F_SHARE, F_REFUSED, F_CPU, F_PSI, F_STEAL, F_WORK, F_P50, F_P99,
    F_P999, F_MAX, F_SAMPLES, F_REJ_PLACE, F_REJ_NOISE, F_LOST, F_MISORDERED, F_ALIEN, F_ELAPSED, FIELDS
};

extern const char *const field_name[FIELDS];
extern const char *const question_name[QUESTIONS];
extern const char *const question_title[QUESTIONS];

enum status { ST_OK, ST_WRONG, ST_CAPACITY, ST_HUNG, ST_FAILED };

struct sample {
    int cell;
    int contender;
    int round;
    enum status status;
    char place[16];
    double f[FIELDS];
};

struct row {
    int cell;
    int contender;
    const char *place;
    int n;
    bool dirty;                    /* no clean sample: these are the rejected ones */
    double median;
    double least;
    double most;
    double share;
    double refused;
    double raw;                    /* round trip: median of trip / bare lines */
    double line;
    double work_ns;
    double p50;
    double p99;
    double p999;
    double max;
    double rejected_place;
    double rejected_noise;
    double misordered;
    enum status status;
    double ratio;                  /* speed over that of the fastest peer of the block */
};

/* Any; of the maps a skip list; of the lock-free ones: a bounded queue, an unbounded one that keeps order, a stack that
 * frees its nodes. */
enum who { ANY_PEER, SKIPLIST_PEER, BOUNDED_PEER, LOCK_FREE_PEER, LOCK_FREE_FIFO_PEER, FREEING_PEER };

#define WORK_NONE  "0"
#define WORK_SOME  "50:150"
#define WORK_LONG  "1000:1000"

extern const struct table_text table_text[TABLES];
extern const char *const status_name[];
extern struct contender contender[CONTENDERS_MAX];
extern int contenders;
extern struct cell cell[CELLS_MAX];
extern int cells;
extern struct sample *sample;
extern int samples;
extern struct row *row;
extern int rows;

extern const char *tier;               /* quick, std or full */
extern const char *out_dir;
extern enum question about;            /* STACK, UNBOUNDED, MAP; any other: this run is about all the others */
extern const char *mallocs;            /* the library that counts allocator calls; empty: none */
extern FILE *report;
extern int faults;                     /* what makes the exit status 1 */

/* program.c */
double seconds(void);
void out(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
FILE *open_out(const char *name);
FILE *open_report(const char *name);   /* the prefix of the run and NAME */
const char *run_prefix(void);
void program_path(char *path, size_t room, const struct contender *c, size_t capacity);
int run_program(char *const argv[], const char *libs, double limit_s, char *line, size_t room, bool *late);
bool line_text(const char *line, const char *key, char *value, size_t room);
double line_number(const char *line, const char *key);

/* run.c */
void cell_label(const struct cell *c, char *text, size_t room);
void show_progress(int round, const char *what, const char *who);

/* rows.c */
void make_rows(void);
double speed(const struct row *r);
const struct row *fastest(int c, const char *place, enum who who);
const struct row *row_of(int c, const char *place, const char *id);
const char *main_place(int c);

/* report.c */
void print_tables(void);
void print_memory(void);
void print_bars(void);
void write_csv(void);
int write_plots(void);

#endif
