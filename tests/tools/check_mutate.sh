#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tests/tools/check_mutate.sh M - are the memory orders of module M needed, and would its programs notice? Each order
# of its header, and of the machinery that it answers for (explorers.sh), is weakened by one step (mutants.awk), and the
# module's programs of the explorer run on that until one fails: the mutant is killed. It is done at run time, by
# --weaken, with the programs as they are.
#
# A mutant that survives is a test that is missing, or an order that is stronger than needed. If no program can ever
# tell, docs/M.md says why, under the heading
#
#     ## Orders no client can tell apart
#
# in rows `| fn:L order->order | why |`, `... on failure` for what a compare-exchange reads when it fails, and
# `other_header/fn:L` for a site of the machinery. Survivors that are not listed fail, and so do listed ones that are
# killed or no longer there. Each result is also printed on the standard error at once, for those who wait.
#
# EXPLORERS     folder of the built programs, .../tests
# JOBS          mutants tried at the same time (2)
# MUTATE_TIME   seconds for one mutant, over all programs (20); a mutant that the page lists gets a quarter of it
set -u
. tests/tools/params.sh
heading='## Orders no client can tell apart'
tab=$(printf '\t')

# ---- one mutant ------------------------------------------------------------------------------------------------------

# failed FILE: the client that printed this has failed. A search that did not come to its end has not, nor one that
# meets more than it was made for.
failed()
{
    grep '^not ok' "$1" | grep -Ev ': (cut short after|not exhaustive,|random,|wrong usage) ' >/dev/null
}

# try MILLISECONDS ARGUMENT...: the client of this program, so long. 0: it failed, and `said` has what.
try()
{
    time=$(printf '%d.%03d' $(($1 / 1000)) $(($1 % 1000)))
    shift
    timeout 120 "$program" --client "$client" --weaken "$place" --seed $round --time "$time" "$@" \
        >"$here/log" 2>&1 </dev/null
    rc=$?
    runs=$(sed -n 's/.*[^0-9]\([0-9][0-9]*\) executions.*/\1/p' "$here/log" | head -n 1)
    said="$(basename "$program"): $client${runs:+, $runs executions}"
    if [ $rc -gt 128 ]; then
        said="$said, signal $((rc - 128))"
    elif failed "$here/log"; then
        return 0
    elif [ $rc -gt 1 ]; then
        broken=1
        said="$(basename "$program"): $client ended with status $rc: $(tail -n 1 "$here/log")"
    else
        return 1
    fi
}

# search FILE SECONDS: the clients in it, in rounds that get longer, those that came to their end left out of the next
# ones, until one fails or so many seconds after `begin`. The first corner of an exhaustive search is no better than a
# look at random places.
search()
{
    slice=100 round=1 last=0
    while [ $last = 0 ]; do
        left=$((($2 - $(date +%s) + begin) * 1000))
        n=$((2 * ($(wc -l <"$1") - $(find "$here" -name "done.${1##*/}.*" | wc -l))))
        [ $n -gt 0 ] && [ $left -gt 0 ] || return 1
        [ $((slice * n)) -le $left ] || slice=$((left / n + 1)) last=1
        i=0
        while IFS=$tab read -r program client; do
            i=$((i + 1))
            [ ! -f "$here/done.${1##*/}.$i" ] || continue
            try $slice && return 0
            if ! grep -q 'cut short' "$here/log"; then
                : >"$here/done.${1##*/}.$i"
            elif try $slice --search random; then
                return 0
            fi
        done <"$1"
        slice=$((slice * 4)) round=$((round + 1))
    done
    return 1
}

# one FOLDER N: the N-th mutant; its result goes to FOLDER/result.N. Clients that were seen at its place have two thirds
# of the time, before the others. Programs that never come to its header are no help.
one()
{
    dir=$1 here=$1/$2
    mkdir -p "$here"
    sed -n "$2p" "$dir/mutants" >"$here/mutant"
    IFS=$tab read -r label weakening place <"$here/mutant"
    : >"$here/near"
    : >"$here/far"
    awk -F "$tab" -v at="$(basename "${place%%=*}")" -v near="$here/near" -v far="$here/far" '
        BEGIN { h = at; sub(/:.*/, "", h) }
        NR == FNR { comes[$1, $2, $3] = 1; sub(/:.*/, "", $3); header[$1, $3] = 1; next }
        { to = ($1, $2, at) in comes ? near : ($1, h) in header ? far : "" }
        to { print >to }' "$dir/reach" "$dir/clients"
    clients=$(cat "$here/near" "$here/far" | wc -l)
    limit=${MUTATE_TIME:-20}
    listed=0
    ! grep -qxF "$label $weakening" "$dir/listed" || listed=1
    [ $listed = 0 ] || limit=$(((limit + 3) / 4))
    begin=$(date +%s)
    broken=0 said=
    if [ "$place" = - ]; then
        verdict='NOT REACHED'
    elif search "$here/near" $(((2 * limit + 2) / 3)) || search "$here/far" $limit; then
        verdict=killed
        [ $broken = 0 ] || verdict=ERROR
    else
        verdict=SURVIVED
        said="$clients clients, $(find "$here" -name 'done.*' | wc -l) of them to the end"
    fi
    seconds=$(($(date +%s) - begin))
    case $verdict-$listed in
    killed-0)                     good=0 ;;
    killed-1)                     good=1 said="$said; but $doc lists it" ;;
    SURVIVED-1 | 'NOT REACHED-1') good=0 said="${said:+$said; }as $doc says" ;;
    *)                            good=1 ;;
    esac
    printf '%s\t%s\t%s\n' "$good" "$verdict" "$label $weakening: $verdict${said:+ ($said)}, $seconds s" \
        >"$dir/result.$2"
    printf '  %-46s %s\n' "$label $weakening" "$verdict${said:+ ($said)}, $seconds s" >&2
}

if [ "$1" = --one ]; then
    doc=$4
    one "$2" "$3"
    exit 0
fi

# ---- the module ------------------------------------------------------------------------------------------------------

module=$1
doc=docs/$module.md
scratch "mutate-$(echo "$module" | tr / _)"
sources=$(sh tests/tools/explorers.sh sources "$module")
own=$(for h in $(sh tests/tools/explorers.sh headers "$module"); do
    [ "$(sh tests/tools/explorers.sh owner "$h")" != "$module" ] || echo "$h"
done)
: >"$tmp/clients"
: >"$tmp/reached"
: >"$tmp/reach"
: >"$tmp/listed"
for s in $sources; do
    program=$EXPLORERS/${s#tests/}
    program=${program%.c}
    # The name of a header is in each program that has an access of it, for the explorer to name the place by.
    named=0
    for h in $own; do
        ! grep -q "/$(basename "$h")" "$program" 2>/dev/null || named=1
    done
    [ $named = 1 ] || [ ! -x "$program" ] || continue
    if ! "$program" --list >"$tmp/list" 2>"$tmp/log" || [ ! -s "$tmp/list" ]; then
        tap 1 "$s lists its clients" "$tmp/log"
        continue
    fi
    sed "s|^|$program$tab|" "$tmp/list" >>"$tmp/clients"
done
if [ ! -s "$tmp/clients" ]; then
    tap 1 "$module has a program under tests/${module%/*}/explore"
    tap_done
    exit 1
fi

# Where the clients come, from two short looks; and none of them may fail while no order is weaker than it was. Those
# that come to their end in such a look are tried first.
: >"$tmp/small"
: >"$tmp/large"
while IFS=$tab read -r program client; do
    : >"$tmp/wrong"
    size=large
    for search in auto random; do
        timeout 60 "$program" --client "$client" --weaken nowhere:0:0=relaxed --sites --time 0.2 --search $search \
            >"$tmp/log" 2>&1 </dev/null
        [ $? -le 1 ] && ! failed "$tmp/log" && ! grep -q '^not ok.*: wrong usage' "$tmp/log" ||
            cat "$tmp/log" >>"$tmp/wrong"
        ! grep -q ': exhaustive,' "$tmp/log" || size=small
        grep '^# site ' "$tmp/log" >>"$tmp/reached"
        awk -v who="$program$tab$client$tab" '
            /^# site / && !seen[$3]++ { n = split($3, part, "/"); print who part[n] }' "$tmp/log" >>"$tmp/reach"
    done
    [ ! -s "$tmp/wrong" ]
    tap $? "$(basename "$program"): $client, with every order as it is" "$tmp/wrong"
    printf '%s\t%s\n' "$program" "$client" >>"$tmp/$size"
done <"$tmp/clients"
cat "$tmp/small" "$tmp/large" >"$tmp/clients"

# shellcheck disable=SC2086
awk -v root=. -v list=1 -f tests/tools/lint.awk $own >"$tmp/sites"
awk -v module="$module" -v own="$(echo $own)" -f tests/tools/mutants.awk "$tmp/sites" "$tmp/reached" >"$tmp/mutants"
if [ -f "$doc" ]; then
    awk -v heading="$heading" '
        /^## / { on = $0 == heading }
        on && /^\|/ {
            split($0, cell, /[ \t`]*\|[ \t`]*/)
            if (cell[2] ~ /^[a-z0-9_\/]+:[A-Z][0-9]? [a-z_]+->[a-z_]+( on failure)?$/) print cell[2]
        }' "$doc" >"$tmp/listed"
fi

mutants=$(wc -l <"$tmp/mutants")
printf '%s: %d ways to weaken an order, %d clients\n' "$module" "$mutants" "$(wc -l <"$tmp/clients")" >&2
[ "$mutants" -gt 0 ]
tap $? "$module has an order to weaken"
seq 1 "$mutants" | xargs -P "${JOBS:-2}" -I % sh "$0" --one "$tmp" % "$doc"
for n in $(seq 1 "$mutants"); do
    IFS=$tab read -r good verdict said <"$tmp/result.$n"
    case $verdict in ERROR) log=$tmp/$n/log ;; *) log= ;; esac
    tap "$good" "$said" "$log"
done
cut -f 1,2 "$tmp/mutants" | tr '\t' ' ' | sort >"$tmp/known"
sort "$tmp/listed" | comm -23 - "$tmp/known" >"$tmp/stale"
[ ! -s "$tmp/stale" ]
tap $? "every row under \`$heading\` in $doc is a weakening of an order that is there" "$tmp/stale"
cat "$tmp"/result.* | awk -F '\t' -v m="$module" '
    { n++ }
    $2 == "killed" { killed++ }
    $2 != "killed" && $1 == 0 { excused++ }
    $2 == "SURVIVED" && $1 != 0 { survived++ }
    $2 == "NOT REACHED" && $1 != 0 { missed++ }
    END {
        printf "# score %s: %d of %d killed, %d no client can tell apart, %d survived, %d not reached: %d %%\n", m, \
            killed, n - excused, excused, survived, missed, n - excused ? 100 * killed / (n - excused) : 100
    }' | tee "$tmp/score"
sed 's/^# //' "$tmp/score" >&2
tap_done
