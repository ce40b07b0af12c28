/* expect: jobs_snapshot */
/* flags: -std=c++11 */
/* SPDX-License-Identifier: MIT */
#include <loft/smr/hp.h>
#define LOFT_MAP_NAME  jobs
#define LOFT_MAP_KEY   int
#define LOFT_MAP_SMR   loft_hp
#include <loft/map/list.h>

static bool add(int, void *) { return true; }

int
main()
{
    return jobs_snapshot(NULL, NULL, NULL, NULL, 0, add, NULL) != LOFT_OK;
}
