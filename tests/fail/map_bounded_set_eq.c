/* expect: loft/map/bounded.h: LOFT_MAP_EQ needs LOFT_MAP_VAL (value type, that of the engine) */
/* SPDX-License-Identifier: MIT */
#include <loft/smr/ebr.h>
#define LOFT_MAP_NAME    all_jobs
#define LOFT_MAP_KEY     int
#define LOFT_MAP_SMR     loft_ebr
#include <loft/map/list.h>
#define LOFT_MAP_NAME    jobs
#define LOFT_MAP_ENGINE  all_jobs
#define LOFT_MAP_EQ
#include <loft/map/bounded.h>

int main(void) { return 0; }
