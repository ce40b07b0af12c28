/* expect: loft/map/bst_locked.h: LOFT_MAP_KEY must be trivially copyable */
/* flags: -std=c++11 */
/* SPDX-License-Identifier: MIT */
#include <loft/smr/ebr.h>

struct text {
    text() : n(0) {}
    text(const text &other) : n(other.n) {}
    text &operator=(const text &other) { n = other.n; return *this; }
    bool operator<(const text &other) const { return n < other.n; }
    bool operator>(const text &other) const { return n > other.n; }
    int n;
};
#define LOFT_MAP_NAME  jobs
#define LOFT_MAP_KEY   struct text
#define LOFT_MAP_VAL   int
#define LOFT_MAP_SMR   loft_ebr
#include <loft/map/bst_locked.h>

int main(void) { return 0; }
