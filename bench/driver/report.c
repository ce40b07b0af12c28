/* SPDX-License-Identifier: MIT
 *
 * bench/driver/report.c - tables, bars, memory, CSV files and plots.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run.h"

/* ---- tables ------------------------------------------------------------------------------------------------------ */

static const char *
nanos(double ns, char *text, size_t room)
{
    if (ns < 1e4)
        snprintf(text, room, "%.0f", ns);
    else if (ns < 1e6)
        snprintf(text, room, "%.0fu", ns / 1e3);
    else
        snprintf(text, room, "%.0fm", ns / 1e6);
    return text;
}

static const char *
number(double v, char *text, size_t room)
{
    if (v != 0 && v < 0.01)
        snprintf(text, room, "%.1e", v);
    else
        snprintf(text, room, v < 10 ? "%.2f" : v < 1000 ? "%.1f" : "%.0f", v);
    return text;
}

static void
print_remarks(const struct row *r)
{
    if (r->rejected_place + r->rejected_noise > 0)
        out("  rejected %.0f", r->rejected_place + r->rejected_noise);
    if (r->misordered > 0)
        out("  MISORDERED %.0f", r->misordered);
    if (r->status != ST_OK)
        out("  %s", r->status == ST_WRONG ? "WRONG SUMS" : r->status == ST_HUNG ? "HUNG" : "FAILED");
}

static void
print_table(enum table t)
{
    bool any = false;
    for (int i = 0; i < rows; i++)
        any = any || cell[row[i].cell].table == t;
    if (!any)
        return;
    const bool mpmc = t > T_RTT;
    out("\n%s\n", table_text[t].title);
    out("  %-30s %-9s %-9s %-9s %-7s %3s  %8s %8s %8s %8s", "", about == MAP ? "kind" : "order",
        about == MAP ? "freed by" : about == STACK ? "nodes" : about == UNBOUNDED ? "memory" : "size",
        "progress", "place", "n",
        "median", "min", "max", about == UNBOUNDED ? "x l-free" : "x peer");
    if (t == T_RTT)
        out(" %6s", "x raw");
    if (mpmc)
        out(" %6s %7s", "share", "refused");
    out("   %s\n", "p50  p99  p99.9  max");
    const char *block = "";
    int block_cell = -1;
    for (int i = 0; i < rows; i++) {
        const struct row *r = &row[i];
        const struct cell *c = &cell[r->cell];
        const struct contender *k = &contender[r->contender];
        if (c->table != t)
            continue;
        if (r->cell != block_cell || strcmp(block, r->place) != 0) {
            char label[96];
            cell_label(c, label, sizeof label);
            block_cell = r->cell;
            block = r->place;
            out(" %s", label);
            if (strcmp(c->work, WORK_NONE) != 0 && about != MAP)
                out(" (calibrated: %.0f ns)", r->work_ns);
            if (strcmp(r->place, "-") != 0)
                out(" -- %s, line %.0f ns", r->place, r->line);
            out("; %s, latency: %s\n", table_text[t].unit, table_text[t].latency);
        }
        char a[6][32];
        char n[16];
        snprintf(n, sizeof n, "%d%s", r->n, r->dirty ? "!" : "");
        out("  %s%-28.28s %-9s %-9s %-9s %-7s %3s  %8s %8s %8s %8.2f", k->ours ? "> " : "  ", k->name, k->order,
            k->bound, k->progress, r->place, n, number(r->median, a[0], sizeof a[0]),
            number(r->least, a[1], sizeof a[1]), number(r->most, a[2], sizeof a[2]), r->ratio);
        if (t == T_RTT)
            out(" %6.2f", r->raw);
        if (mpmc)
            out(" %5.2f%s %7s", r->share, r->share < 0.2 ? "*" : " ", number(r->refused, a[3], sizeof a[3]));
        char l[4][32];
        out("   %s  %s  %s  %s", nanos(r->p50, l[0], sizeof l[0]), nanos(r->p99, l[1], sizeof l[1]),
            nanos(r->p999, l[2], sizeof l[2]), nanos(r->max, l[3], sizeof l[3]));
        print_remarks(r);
        out("\n");
    }
    if (t == T_PAIR || t == T_GROW_PAIR)
        out(" Without work a thread keeps the queue's lines for a run of operations of its own, and what holds them\n"
            " longest looks fastest: the longer a queue makes the others wait, the better its figure. Judge by the\n"
            " rows with work.\n");
    if (t == T_GROW_PAIR)
        out(" memory: what becomes of a node or segment that was popped: freed, or kept for reuse as long as the\n"
            " queue lives. x l-free: against the fastest lock-free FIFO peer.\n");
    if (about == STACK)
        out(" nodes: what becomes of one that was popped: freed, kept for reuse as long as the stack lives, or the\n"
            " caller's all along. x peer: against the fastest lock-free peer that frees.\n");
    if (about == MAP)
        out(" refused: puts of a key that is there and removes of one that is not. share: the slowest thread's part\n"
            " of an even split. Threads beyond the CPUs show preemption, not scaling. u, m: microseconds,\n"
            " milliseconds.\n");
    else if (mpmc)
        out(" share: the slowest thread's part of an even split; * below 0.2, some thread starves. refused: full or\n"
            " empty answers per operation. Threads beyond the CPUs are oversubscribed: they show preemption, not\n"
            " scaling. u, m: microseconds, milliseconds.\n");
}

void
print_tables(void)
{
    for (int t = 0; t < TABLES; t++)
        print_table((enum table)t);
}

static void
print_bar(const struct row *r, const struct row *other, const char *whose, const char *bar)
{
    char label[96];
    cell_label(&cell[r->cell], label, sizeof label);
    if (other && speed(other) > 0)
        out("  %-26s %-7s %-26s / %s%s%s = %.2f%s%s\n", label, r->place, contender[r->contender].name, whose,
            whose[0] ? " " : "", contender[other->contender].name, speed(r) / speed(other), bar,
            r->dirty || other->dirty ? " (disturbed)" : "");
}

static void
print_stack_bars(void)
{
    out("\nAGAINST THE BARS, STACKS (ratios of medians of this run; the spread of the rows tells their worth)\n");
    for (int i = 0; i < rows; i++) {
        const struct row *r = &row[i];
        const char *const id = contender[r->contender].id;
        if (cell[r->cell].table != T_STACK)
            continue;
        if (strcmp(id, "treiber") == 0) {
            print_bar(r, fastest(r->cell, r->place, FREEING_PEER), "fastest that frees,", "   bar 1.00");
            print_bar(r, row_of(r->cell, r->place, "cds_fc"), "flat combining,", "");
            if (cell[r->cell].threads == 1)
                print_bar(r, row_of(r->cell, r->place, "treiber_plain"), "", "   bar 1.00");
        } else if (strcmp(id, "intrusive") == 0 || strcmp(id, "intrusive_arena") == 0) {
            print_bar(r, row_of(r->cell, r->place, "ck_stack"), "", "   bar 1.00");
        }
    }
}

/* The skip list against skip lists, the better of the two lock-free ones against all. */
static void
print_map_bars(void)
{
    out("\nAGAINST THE BARS, ORDERED MAPS (ratios of medians of this run; the spread of the rows tells their worth)\n");
    for (int i = 0; i < rows; i++) {
        const struct row *const r = &row[i];
        const char *const id = contender[r->contender].id;
        const bool skip = strcmp(id, "skiplist") == 0;
        if (strcmp(id, "frozen") == 0)
            print_bar(r, fastest(r->cell, r->place, ANY_PEER), "fastest peer,", "   bar 2.00");
        if (!skip && strcmp(id, "bst") != 0)
            continue;
        const struct row *const other = row_of(r->cell, r->place, skip ? "bst" : "skiplist");
        if (skip)
            print_bar(r, fastest(r->cell, r->place, SKIPLIST_PEER), "fastest skip list,", "   bar 1.30");
        if (!other || speed(r) >= speed(other))
            print_bar(r, fastest(r->cell, r->place, ANY_PEER), "fastest peer,", "   bar 1.00");
    }
}

/* Of ours only fast.h, where it is there: the others stand in the tables. */
static void
print_unbounded_bars(void)
{
    static const char *const beside[] = {"crossbeam_seg", "concurrentqueue", "cds_fc", "concurrentqueue_tokens"};
    bool fast = false;
    for (int k = 0; k < contenders; k++)
        fast = fast || strcmp(contender[k].id, "fast") == 0;
    out("\nAGAINST THE BARS, UNBOUNDED (ratios of medians of this run; the spread of the rows tells their worth)\n");
    for (int i = 0; i < rows; i++) {
        const struct row *r = &row[i];
        const struct contender *const k = &contender[r->contender];
        const bool working = strcmp(cell[r->cell].work, WORK_NONE) != 0;
        if (!k->ours || cell[r->cell].table > T_GROW_COIN || (fast && strcmp(k->id, "fast") != 0))
            continue;
        out(" %s\n", cell[r->cell].table == T_GROW_PAIR ? "pairwise" : "50-50");
        print_bar(r, fastest(r->cell, r->place, LOCK_FREE_FIFO_PEER), "fastest lock-free FIFO,", "   bar 1.00");
        for (size_t b = 0; b < sizeof beside / sizeof *beside; b++)
            print_bar(r, row_of(r->cell, r->place, beside[b]), "", b < 2 && working ? "   bar 1.00" : "");
    }
}

void
print_bars(void)
{
    if (about == MAP) {
        print_map_bars();
        return;
    }
    if (about == STACK) {
        print_stack_bars();
        return;
    }
    if (about == UNBOUNDED) {
        print_unbounded_bars();
        return;
    }
    bool title = false;
    for (int i = 0; i < rows; i++) {
        const struct row *r = &row[i];
        const struct cell *c = &cell[r->cell];
        const struct contender *k = &contender[r->contender];
        if (k->ours && c->table == T_MPSC)
            print_bar(r, fastest(r->cell, r->place, ANY_PEER), "fastest peer,", "   bar 1.00");
        if (strcmp(k->id, "wcq") == 0 && c->table == T_PAIR && c->threads <= 2)
            print_bar(r, row_of(r->cell, r->place, "scq"), "", "   bar 0.70");
        if (!k->ours || (c->table == T_PAIR && strcmp(c->work, WORK_SOME) != 0) || c->table > T_PAIR || c->threads == 1
            || c->threads == 4)
            continue;
        char label[96];
        cell_label(c, label, sizeof label);
        if (!title)
            out("\nAGAINST THE BARS (ratios of medians of this run; the spread of the rows tells their worth)\n");
        title = true;
        const bool word = strcmp(k->id, "spsc_word") == 0;
        const struct row *best = fastest(r->cell, r->place, ANY_PEER);
        const char *const dirty = r->dirty ? " (disturbed)" : "";
        if (c->table == T_STREAM && !word && best) {
            out("  stream, %-9s %-6s %-16s / fastest peer (%s) = %.2f   bar 1.00%s\n", label, r->place, k->name,
                contender[best->contender].name, speed(r) / speed(best), dirty);
        } else if (c->table == T_STREAM && word) {
            for (int j = 0; j < rows; j++)
                if (row[j].cell == r->cell && strcmp(row[j].place, r->place) == 0 && speed(&row[j]) > 0
                    && strcmp(contender[row[j].contender].id, "spsc") == 0)
                    out("  stream, %-9s %-6s %-16s / loft spsc.h = %.2f   bar 1.80%s\n", label, r->place, k->name,
                        speed(r) / speed(&row[j]), dirty);
        } else if (c->table == T_RTT) {
            out("  round trip, %-9s %-6s %-16s / two bare lines = %.2f   bar at most 1.15%s\n", label, r->place,
                k->name, r->raw, dirty);
        } else if (c->table == T_PAIR && c->threads == 2) {
            const struct row *bounded = fastest(r->cell, r->place, BOUNDED_PEER);
            const struct row *free_of_locks = fastest(r->cell, r->place, LOCK_FREE_PEER);
            if (bounded)
                out("  pairwise, %s %-6s %-12s / fastest bounded peer (%s) = %.2f   bar 0.85%s\n", label, r->place,
                    k->name, contender[bounded->contender].name, speed(r) / speed(bounded), dirty);
            if (free_of_locks)
                out("  pairwise, %s %-6s %-12s / fastest lock-free peer (%s) = %.2f   bar 1.00%s\n", label, r->place,
                    k->name, contender[free_of_locks->contender].name, speed(r) / speed(free_of_locks), dirty);
        } else if (c->table == T_PAIR && best) {
            const struct row *bounded = fastest(r->cell, r->place, BOUNDED_PEER);
            out("  pairwise, %s %-6s %-12s / fastest peer (%s) = %.2f   bar 1.00%s\n", label, r->place, k->name,
                contender[best->contender].name, speed(r) / speed(best), dirty);
            if (bounded && bounded != best)
                out("  pairwise, %s %-6s %-12s / fastest bounded peer (%s) = %.2f%s\n", label, r->place, k->name,
                    contender[bounded->contender].name, speed(r) / speed(bounded), dirty);
        }
    }
}

/* ---- memory ------------------------------------------------------------------------------------------------------ */

static const char *
what_for(const struct contender *k)
{
    return k->question == MAP || k->question == STACK || k->question == UNBOUNDED ? question_name[k->question]
                                                                                  : question_title[k->question];
}

static void
print_memory_row(const struct contender *k, const char *line)
{
    const double full = line_number(line, "full_bytes");
    out("  %s%-28.28s %-9s %10.0f %10.0f %9.1f", k->ours ? "> " : "  ", k->name, what_for(k),
        line_number(line, "init_bytes"), full, full / line_number(line, "filled"));
    if (k->question == UNBOUNDED)
        out(" %10.0f %10.0f %10.0f", line_number(line, "drained_bytes"), line_number(line, "peak_bytes"),
            line_number(line, "left_bytes"));
    else
        out(" %12.0f", line_number(line, "init_calls"));
    out(" %10.3f %12.0f\n", line_number(line, "calls_per_op"), line_number(line, "rss_kb"));
}

void
print_memory(void)
{
    if (!mallocs[0]) {
        out("\nMEMORY: not measured (no preloadable library could be built here)\n");
        return;
    }
    const char *const entries = about != MAP ? "1024" : strcmp(tier, "quick") == 0 ? "2000" : "100000";
    FILE *csv = open_report("memory.csv");
    if (csv)
        fputs("question,contender,filled,init_bytes,init_calls,full_bytes,drained_bytes,calls_per_op,peak_bytes,"
              "left_bytes,rss_kb\n", csv);
    if (about == UNBOUNDED) {
        out("\nMEMORY, libc malloc, counted by interposition. Bytes: of a new queue; with 64 K elements in it; when\n"
            "these are popped; at most and at the end of a 50-50 run by two threads from 512 elements on, where calls\n"
            "are counted too. Nodes that wait for their reclamation are in it.\n");
        out("  %-30s %-9s %10s %10s %9s %10s %10s %10s %10s %12s\n", "", "question", "new", "64 K in it",
            "per elem.", "popped", "50-50 most", "and left", "calls/op", "RSS KiB");
    } else if (about == MAP) {
        out("\nMEMORY, libc malloc, counted by interposition: of a new map and with %s entries of 8 bytes and 8\n"
            "bytes; calls per operation where half are puts, half removes\n", entries);
        out("  %-30s %-9s %10s %10s %9s %12s %10s %12s\n", "", "question", "bytes new", "bytes full", "per entry",
            "calls, init", "calls/op", "RSS KiB");
    } else {
        out("\nMEMORY at capacity 1 K, libc malloc, counted by interposition; calls per operation in steady use\n");
        out("  %-30s %-9s %10s %10s %9s %12s %10s %12s\n", "", "question", "bytes new", "bytes full", "per slot",
            "calls, init", "calls/op", "RSS KiB");
    }
    bool own_malloc = false;
    for (int k = 0; k < contenders; k++) {
        struct contender *co = &contender[k];
        if (co->most > 0 && strtod(entries, NULL) > co->most)
            continue;
        char path[1024];
        program_path(path, sizeof path, co, 1024);
        char *argv[] = {path, (char *)"--mode", (char *)"memory", (char *)"--capacity", (char *)entries,
                        (char *)"--count", (char *)(strcmp(tier, "quick") == 0 ? "20000" : "100000"), NULL};
        char line[1024];
        bool late;
        show_progress(0, "memory", co->name);
        int rc = run_program(argv, mallocs, 20, line, sizeof line, &late);
        if (rc != 0 && !co->ours)                        /* libcds' eliminating stack dies here now and then */
            rc = run_program(argv, mallocs, 20, line, sizeof line, &late);
        char status[32] = "";
        line_text(line, "status", status, sizeof status);
        if (line_number(line, "own_malloc") != 0 && rc == 0) {
            out("  %s%-28.28s %-9s %*s %12.0f\n", co->ours ? "> " : "  ", co->name, what_for(co),
                about == UNBOUNDED ? 75 : 55, "-", line_number(line, "rss_kb"));
            own_malloc = true;
            continue;
        }
        if (rc != 0 || strcmp(status, "ok") != 0 || line_number(line, "counted") == 0) {
            out("  %s%-28.28s %-9s %s\n", co->ours ? "> " : "  ", co->name, what_for(co),
                late ? "hung" : status[0] ? status : "failed");
            if (rc != 0 && (co->ours || strcmp(tier, "quick") == 0))
                faults++;
            continue;
        }
        print_memory_row(co, line);
        if (csv)
            fprintf(csv, "%s,\"%s\",%.0f,%.0f,%.0f,%.0f,%.0f,%.4f,%.0f,%.0f,%.0f\n", question_name[co->question],
                    co->name, line_number(line, "filled"), line_number(line, "init_bytes"),
                    line_number(line, "init_calls"), line_number(line, "full_bytes"),
                    line_number(line, "drained_bytes"), line_number(line, "calls_per_op"),
                    line_number(line, "peak_bytes"), line_number(line, "left_bytes"), line_number(line, "rss_kb"));
    }
    if (isatty(2))
        fprintf(stderr, "\r%-110s\r", "");
    if (own_malloc)
        out(" -: has an allocator of its own, which cannot be counted from outside.\n");
    if (csv)
        fclose(csv);
}

/* ---- files ------------------------------------------------------------------------------------------------------- */

void
write_csv(void)
{
    FILE *f = open_report("samples.csv");
    if (f) {
        fputs("table,threads,producers,capacity,work,contender,ours,order,bound,progress,round,status,place", f);
        for (int i = 0; i < FIELDS; i++)
            fprintf(f, ",%s", field_name[i]);
        fputc('\n', f);
        for (int i = 0; i < samples; i++) {
            const struct sample *s = &sample[i];
            const struct cell *c = &cell[s->cell];
            const struct contender *k = &contender[s->contender];
            fprintf(f, "%s,%d,%d,%zu,%s,\"%s\",%d,%s,%s,%s,%d,%s,%s", table_text[c->table].file, c->threads,
                    c->producers, c->capacity, c->work, k->name, k->ours, k->order, k->bound, k->progress, s->round,
                    status_name[s->status], s->place);
            for (int j = 0; j < FIELDS; j++)
                fprintf(f, ",%.10g", s->f[j]);
            fputc('\n', f);
        }
        fclose(f);
    }
    f = open_report("summary.csv");
    if (f) {
        fputs("table,threads,producers,capacity,work,contender,ours,order,bound,progress,place,n,disturbed,unit,"
              "median,min,max,ratio_to_fastest_peer,ratio_to_raw,line_ns,slowest_share,refused_per_op,p50_ns,p99_ns,"
              "p999_ns,max_ns,"
              "rejected_place,rejected_noise,misordered,status\n", f);
        for (int i = 0; i < rows; i++) {
            const struct row *r = &row[i];
            const struct cell *c = &cell[r->cell];
            const struct contender *k = &contender[r->contender];
            fprintf(f, "%s,%d,%d,%zu,%s,\"%s\",%d,%s,%s,%s,%s,%d,%d,%s", table_text[c->table].file, c->threads,
                    c->producers, c->capacity, c->work, k->name, k->ours, k->order, k->bound, k->progress, r->place,
                    r->n, r->dirty, table_text[c->table].unit);
            fprintf(f, ",%.6g,%.6g,%.6g,%.4f,%.4f,%.1f,%.3f,%.4g", r->median, r->least, r->most, r->ratio, r->raw,
                    r->line, r->share, r->refused);
            fprintf(f, ",%.0f,%.0f,%.0f,%.0f,%.0f,%.0f,%.0f,%s\n", r->p50, r->p99, r->p999, r->max, r->rejected_place,
                    r->rejected_noise, r->misordered, status_name[r->status]);
        }
        fclose(f);
    }
}


static int
write_plot(enum table t)
{
    bool used[CONTENDERS_MAX] = {false};
    int bars = 0;
    for (int i = 0; i < rows; i++)
        if (cell[row[i].cell].table == t && !used[row[i].contender]) {
            used[row[i].contender] = true;
            bars++;
        }
    if (bars == 0)
        return 0;
    char name[64];
    snprintf(name, sizeof name, "%s.dat", table_text[t].file);
    FILE *f = open_out(name);
    if (!f)
        return 0;
    fputs("\"workload\"", f);
    for (int k = 0; k < contenders; k++)
        if (used[k])
            fprintf(f, " \"%s\" min max", contender[k].name);
    fputc('\n', f);
    for (int c = 0; c < cells; c++) {
        const char *place = cell[c].table == t ? main_place(c) : NULL;
        if (!place)
            continue;
        char label[96];
        cell_label(&cell[c], label, sizeof label);
        fprintf(f, "\"%s (%s)\"", label, place);
        for (int k = 0; k < contenders; k++) {
            if (!used[k])
                continue;
            const struct row *found = NULL;
            for (int i = 0; i < rows; i++)
                if (row[i].cell == c && row[i].contender == k && strcmp(row[i].place, place) == 0)
                    found = &row[i];
            if (found && found->median > 0)
                fprintf(f, " %.6g %.6g %.6g", found->median, found->least > 0 ? found->least : found->median / 100,
                        found->most);
            else
                fputs(" NaN NaN NaN", f);
        }
        fputc('\n', f);
    }
    fclose(f);
    /* Ours stand out in red and orange; the peers take what is left of the circle. */
    static const char *const ours[] = {"#d00000", "#ff7f0e", "#ff4da6"};
    static const char *const peers[] = {"#1f77b4", "#2ca02c", "#9467bd", "#8c564b", "#17becf", "#7f7f7f", "#bcbd22",
                                        "#0b3d91", "#98df8a", "#c5b0d5", "#5a3825", "#9edae5", "#000000", "#dbdb8d",
                                        "#aec7e8", "#006d5b"};
    char colours[CONTENDERS_MAX * 8 + 1] = "";
    size_t mine = 0;
    size_t theirs = 0;
    for (int k = 0; k < contenders; k++)
        if (used[k]) {
            strcat(colours, contender[k].ours ? ours[mine++ % 3] : peers[theirs++ % 16]);
            strcat(colours, " ");
        }
    snprintf(name, sizeof name, "%s.gp", table_text[t].file);
    f = open_out(name);
    if (!f)
        return 0;
    fprintf(f,
            "# gnuplot %s.gp, in this folder. Bars: median; whiskers: least and most. Oversubscribed workloads are\n"
            "# bars beside the others and not points on an axis of CPUs: they show preemption, not scaling.\n"
            "set datafile missing 'NaN'\n"
            "set style data histograms\n"
            "set style histogram errorbars gap 2 lw 1\n"
            "set style fill solid 0.85\n"
            "set boxwidth 0.9\n"
            "set key outside right top noenhanced\n"
            "set title \"%s\" noenhanced\n"
            "set ylabel \"%s\"\n"
            "set xtics noenhanced rotate by -20 scale 0\n"
            "set grid ytics\n"
            "set format y '%%g'\n"
            "colours = '%s'\n"
            "%s"
            "draw = \"plot for [i=0:%d] '%s.dat' using (column(2+3*i)):(column(3+3*i)):(column(4+3*i)):xtic(1) "
            "title columnheader(2+3*i) linecolor rgb word(colours, i+1)\"\n"
            "set terminal svg size 1400,640 background 'white' noenhanced\n"
            "set output '%s.svg'\n"
            "@draw\n"
            "if (strstrt(GPVAL_TERMINALS, 'pngcairo')) set terminal pngcairo size 1400,640 noenhanced; else "
            "set terminal png size 1400,640 noenhanced\n"
            "set output '%s.png'\n"
            "@draw\n",
            table_text[t].file, table_text[t].title, table_text[t].unit, colours,
            t == T_STREAM || t == T_RTT ? "set yrange [0:*]\n" : "set logscale y\n", bars - 1, table_text[t].file,
            table_text[t].file, table_text[t].file);
    fclose(f);
    char command[2200];
    snprintf(command, sizeof command, "cd '%s' && gnuplot %s.gp >>errors.log 2>&1", out_dir, table_text[t].file);
    return system(command) == 0;
}

/* How many were drawn. */
int
write_plots(void)
{
    int plots = 0;
    if (system("command -v gnuplot >/dev/null 2>&1") == 0)
        for (int t = 0; t < TABLES; t++)
            plots += write_plot((enum table)t);
    return plots;
}
