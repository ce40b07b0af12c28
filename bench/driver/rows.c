/* SPDX-License-Identifier: MIT
 *
 * bench/driver/rows.c - turns samples into rows: one per workload, place of the CPUs and contender.
 */
#include <stdlib.h>
#include <string.h>

#include "run.h"

struct row *row;
int rows;
static const char *const places[] = {"near", "mid", "far", "one-cpu", "-", "moved"};
#define PLACES 6

static int
by_number(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

static double
median_of(double *v, int n)
{
    qsort(v, (size_t)n, sizeof *v, by_number);
    return n == 0 ? 0 : n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

static double
figure(const struct sample *s)
{
    const double rate = s->f[F_RATE];
    return cell[s->cell].table == T_RTT ? (rate > 0 ? 1e9 / rate : 0) : rate / 1e6;
}

/* All samples of a contender in a cell and a place become one row. Disturbed samples speak only where none is clean. */
static bool
make_row(struct row *r, int c, int k, const char *place)
{
    memset(r, 0, sizeof *r);
    r->cell = c;
    r->contender = k;
    r->place = place;
    bool any_clean = false;
    for (int i = 0; i < samples; i++)
        if (sample[i].cell == c && sample[i].contender == k) {
            any_clean = any_clean || (sample[i].status == ST_OK && sample[i].f[F_CLEAN] != 0);
            r->rejected_place += sample[i].f[F_REJ_PLACE] + (strcmp(sample[i].place, "moved") == 0);
            r->rejected_noise += sample[i].f[F_REJ_NOISE]
                               + (sample[i].f[F_CLEAN] == 0 && strcmp(sample[i].place, "moved") != 0);
            if (sample[i].status != ST_OK)
                r->status = sample[i].status;
            r->misordered += sample[i].f[F_MISORDERED];
        }
    r->dirty = !any_clean;
    if (r->dirty && strcmp(place, "moved") == 0)
        for (int i = 0; i < samples; i++)
            if (sample[i].cell == c && sample[i].contender == k && strcmp(sample[i].place, "moved") != 0)
                return false;          /* some disturbed sample at least knows where it was */
    double *v = (double *)calloc((size_t)samples * 9 + 1, sizeof *v);
    if (!v)
        exit(2);
    double *const fig = v;
    double *const share = v + samples;
    double *const refused = v + samples * 2;
    double *const raw = v + samples * 3;
    double *const p50 = v + samples * 4;
    double *const p99 = v + samples * 5;
    double *const p999 = v + samples * 6;
    double *const line = v + samples * 7;
    double *const work = v + samples * 8;
    for (int i = 0; i < samples; i++) {
        const struct sample *s = &sample[i];
        if (s->cell != c || s->contender != k || strcmp(s->place, place) != 0 || (any_clean && s->f[F_CLEAN] == 0)
            || (s->status != ST_OK && s->status != ST_WRONG))
            continue;
        fig[r->n] = figure(s);
        share[r->n] = s->f[F_SHARE];
        refused[r->n] = s->f[F_REFUSED];
        const double bare = (s->f[F_RAW0] + s->f[F_RAW1]) / 2;
        raw[r->n] = bare > 0 ? figure(s) / bare : 0;
        line[r->n] = (s->f[F_LINE0] + s->f[F_LINE1]) / 2;
        work[r->n] = s->f[F_WORK];
        p50[r->n] = s->f[F_P50];
        p99[r->n] = s->f[F_P99];
        p999[r->n] = s->f[F_P999];
        if (s->f[F_MAX] > r->max)
            r->max = s->f[F_MAX];
        r->n++;
    }
    if (r->n > 0) {
        r->median = median_of(fig, r->n);
        r->least = fig[0];
        r->most = fig[r->n - 1];
        r->share = median_of(share, r->n);
        r->refused = median_of(refused, r->n);
        r->raw = median_of(raw, r->n);
        r->p50 = median_of(p50, r->n);
        r->p99 = median_of(p99, r->n);
        r->p999 = median_of(p999, r->n);
        r->line = median_of(line, r->n);
        r->work_ns = median_of(work, r->n);
    }
    free(v);
    return r->n > 0;
}

double
speed(const struct row *r)
{
    return cell[r->cell].table == T_RTT ? (r->median > 0 ? 1 / r->median : 0) : r->median;
}

const struct row *
fastest(int c, const char *place, enum who who)
{
    const struct row *best = NULL;
    for (int i = 0; i < rows; i++) {
        const struct row *r = &row[i];
        const struct contender *k = &contender[r->contender];
        if (r->cell != c || strcmp(r->place, place) != 0 || k->ours || r->status == ST_WRONG)
            continue;
        const bool queue = who == BOUNDED_PEER || who == LOCK_FREE_PEER;
        if (queue && (strcmp(k->bound, "bounded") != 0 || strcmp(k->order, "not FIFO") == 0))
            continue;
        if (who == SKIPLIST_PEER && strcmp(k->order, "skiplist") != 0)
            continue;
        if (who == LOCK_FREE_FIFO_PEER && strcmp(k->order, "FIFO") != 0)
            continue;
        if (who == FREEING_PEER && strcmp(k->bound, "freed") != 0)
            continue;
        if (who >= LOCK_FREE_PEER && strcmp(k->progress, "blocking") == 0)
            continue;
        if (!best || speed(r) > speed(best))
            best = r;
    }
    return best;
}

const struct row *
row_of(int c, const char *place, const char *id)
{
    for (int i = 0; i < rows; i++)
        if (row[i].cell == c && strcmp(row[i].place, place) == 0 && strcmp(contender[row[i].contender].id, id) == 0)
            return &row[i];
    return NULL;
}

static int
by_place_and_speed(const void *a, const void *b)
{
    const struct row *x = (const struct row *)a;
    const struct row *y = (const struct row *)b;
    if (x->cell != y->cell)
        return x->cell - y->cell;
    int px = 0;
    int py = 0;
    for (int i = 0; i < PLACES; i++) {
        if (strcmp(x->place, places[i]) == 0)
            px = i;
        if (strcmp(y->place, places[i]) == 0)
            py = i;
    }
    if (px != py)
        return px - py;
    return (speed(x) < speed(y)) - (speed(x) > speed(y));
}

void
make_rows(void)
{
    row = (struct row *)calloc((size_t)cells * (size_t)contenders * PLACES + 1, sizeof *row);
    if (!row)
        exit(2);
    for (int c = 0; c < cells; c++)
        for (int p = 0; p < PLACES; p++)
            for (int k = 0; k < contenders; k++)
                if (make_row(&row[rows], c, k, places[p]))
                    rows++;
    qsort(row, (size_t)rows, sizeof *row, by_place_and_speed);
    for (int i = 0; i < rows; i++) {
        const struct row *best = fastest(row[i].cell, row[i].place, about == STACK ? FREEING_PEER
                                         : about == UNBOUNDED ? LOCK_FREE_FIFO_PEER : ANY_PEER);
        row[i].ratio = best && speed(best) > 0 ? speed(&row[i]) / speed(best) : 0;
    }
}

/* The place that holds most rows of a cell: a plot shows one. */
const char *
main_place(int c)
{
    const char *best = NULL;
    int most = 0;
    for (int p = 0; p < PLACES; p++) {
        int n = 0;
        for (int i = 0; i < rows; i++)
            n += row[i].cell == c && strcmp(row[i].place, places[p]) == 0 ? row[i].n : 0;
        if (n > most) {
            most = n;
            best = places[p];
        }
    }
    return best;
}
