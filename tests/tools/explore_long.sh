#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tests/tools/explore_long.sh PROGRAM... - shares T seconds on JOBS processors among all clients of these programs of
# the explorer, and runs a group of random searches (check_explore.sh) from one seed.
#
# T, SEED, JOBS, and what run.sh wants
set -u
items=
clients=0
for p; do
    n=$("$p" --list | wc -l)
    clients=$((clients + n))
    for k in $(seq 1 "$n"); do
        items="$items explore:$p=$k"
    done
done
[ $clients -gt 0 ] || exit 1
SHARE=$((T * JOBS * 1000 / clients))
LIMIT=$((SHARE / 500 + 60))
export SHARE LIMIT SEED
echo "$clients clients, $SHARE ms each, seed $SEED (the same again: make explore-long T=$T SEED=$SEED)"
# shellcheck disable=SC2086
sh tests/tools/run.sh group 'explored at random' $items
