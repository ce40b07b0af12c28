/* SPDX-License-Identifier: MIT
 *
 * bench/arguments.h - the command line of a program that prints a table of its own: quick, short, --csv FILE, and where
 * it is run once for each allocator, --malloc NAME.
 */
#ifndef LOFT_BENCH_ARGUMENTS_H
#define LOFT_BENCH_ARGUMENTS_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum length { WHOLE, SHORT, QUICK };

struct arguments {
    enum length length;
    const char *allocator;         /* its name, for the table */
    FILE *csv;                     /* NULL: none is wanted */
};

/* `heading` is the first line of a CSV file. A program that is run once for each allocator adds to the file. */
static inline struct arguments
read_arguments(int argc, char **argv, bool by_allocator, const char *heading)
{
    struct arguments a = { WHOLE, "libc", NULL };
    for (int i = 1; i < argc; i++) {
        const bool value = i + 1 < argc;
        if (strcmp(argv[i], "quick") == 0)
            a.length = QUICK;
        else if (strcmp(argv[i], "short") == 0)
            a.length = SHORT;
        else if (by_allocator && value && strcmp(argv[i], "--malloc") == 0)
            a.allocator = argv[++i];
        else if (!value || strcmp(argv[i], "--csv") != 0 || !(a.csv = fopen(argv[++i], by_allocator ? "a" : "w"))) {
            fprintf(stderr, "bench: %s is no argument, or cannot be written\n", argv[i]);
            exit(2);
        }
    }
    if (a.csv && fseek(a.csv, 0, SEEK_END) == 0 && ftell(a.csv) == 0)
        fprintf(a.csv, "%s\n", heading);
    return a;
}

#endif
