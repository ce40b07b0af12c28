/* expect: loft/map/bounded.h: define LOFT_MAP_NAME (prefix of the generated type and functions) */
/* SPDX-License-Identifier: MIT */
#include <loft/smr/ebr.h>
#define LOFT_MAP_NAME    all_jobs
#define LOFT_MAP_KEY     int
#define LOFT_MAP_SMR     loft_ebr
#include <loft/map/list.h>
#define LOFT_MAP_ENGINE  all_jobs
#include <loft/map/bounded.h>

int main(void) { return 0; }
