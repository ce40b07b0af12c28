#!/bin/sh
# SPDX-License-Identifier: MIT
#
# bench/run.sh - builds the contenders that this machine can have and runs them.
#
#     sh bench/run.sh quick|std|full
#
# quick  about half a minute: every program runs, every sum is right, planted bugs are seen; its timings mean nothing
# std    about four minutes once built, six seconds of them for ways of waiting, 45 for unbounded queues, 40 for
#        maps
# full   every workload with every contender, as many rounds as BENCH_BUDGET seconds hold (1100)
#
# CC, CXX           compilers; without a C++ compiler the C++ peers are left out
# BENCH_OUT         where everything goes (build/bench)
# BENCH_BUDGET      seconds for the samples of bounded queues; unbounded ones take half of that besides, stacks
#                   a quarter, maps half, in full as much again
# BENCH_ONLY        the parts that are run, of: queues unbounded stacks maps costs (all)
# BENCH_DEPS=0      never try to install missing peers
set -eu
cd "$(dirname "$0")/.."

tier=${1:-std}
case $tier in
quick) budget=${BENCH_BUDGET:-20}; maps_budget=10 ;;
std)   budget=${BENCH_BUDGET:-90}; maps_budget=$((budget / 2 - 5)) ;;
full)  budget=${BENCH_BUDGET:-1100}; maps_budget=$budget ;;
*)     echo "usage: sh bench/run.sh quick|std|full" >&2; exit 2 ;;
esac
out=${BENCH_OUT:-build/bench}
mkdir -p "$out/bin" "$out/log"
: > "$out/errors.log"

parts='queues unbounded stacks maps costs'
for part in ${BENCH_ONLY:-}; do
    case " $parts " in
    *" $part "*) ;;
    *) echo "bench: BENCH_ONLY=$part: there is no such part; there are: $parts" >&2; exit 2 ;;
    esac
done

# wanted PART: is it among those that are run?
wanted() {
    case " ${BENCH_ONLY:-$parts} " in *" $1 "*) return 0 ;; *) return 1 ;; esac
}

have() { command -v "$1" >/dev/null 2>&1; }

first_of() {
    for program in "$@"; do
        # A compiler may come with flags: only its first word is a command.
        if [ -n "$program" ] && have "${program%% *}"; then
            echo "$program"
            return 0
        fi
    done
    return 0
}

cc=$(first_of "${CC:-}" cc gcc clang)
cxx=$(first_of "${CXX:-}" c++ g++ clang++)
if [ -z "$cc" ]; then
    echo "bench: no C compiler (cc, gcc or clang) found" >&2
    exit 1
fi

# ---- what is here -------------------------------------------------------------------------------------------------

# The lines "needs", "library", "package", "config", "link", "exe" in the head of an adapter.
field() { sed -n "s/^ \* $2  *//p" "$1"; }

# Include paths of a package, as system headers: their warnings are not ours.
config_flags() {
    [ -n "$1" ] || return 0
    have pkg-config && pkg-config --exists "$1" 2>/dev/null || return 0
    pkg-config --cflags "$1" | sed 's/-I\([^ ]\)/-isystem \1/g'
}

compiler_of() {
    case $1 in
    *.cpp) echo "$cxx" ;;
    *)     echo "$cc" ;;
    esac
}

present() {
    need=$(field "$1" needs)
    [ "$need" = ours ] && return 0
    compiler=$(compiler_of "$1")
    [ -n "$compiler" ] || return 1
    # A header is looked for in the language that will include it: some refuse to be read as the other.
    case $1 in *.cpp) language=c++ ;; *) language=c ;; esac
    printf '#if !__has_include(<%s>)\n#error missing\n#endif\n' "$need" |
        $compiler -Iinclude $(config_flags "$(field "$1" config)") -x $language -E - >/dev/null 2>&1 || return 1
    # Where a package of headers does without the library that they want.
    library=$(field "$1" library)
    [ -z "$library" ] || echo 'int main() { return 0; }' |
        $compiler -x $language - -x none $crates_at $library -o /dev/null >/dev/null 2>&1
}

# The crates that Debian packages, where there is a cargo: it is not installed for that. They are found once they are
# built; their adapter comes last.
crates=/usr/share/cargo/registry
crossbeam=
crates_at=
build_crates() {
    have cargo && ls -d $crates/crossbeam-epoch-0.9* $crates/crossbeam-queue-0.3* >/dev/null 2>&1 || return 0
    mkdir -p "$out/crossbeam"
    cp -p bench/peers/crossbeam/* "$out/crossbeam/"
    if (cd "$out/crossbeam" && cargo build --release --offline --target-dir target \
            --config 'source.crates-io.replace-with="debian"' --config "source.debian.directory=\"$crates\"") \
            > "$out/log/crossbeam.log" 2>&1; then
        crates_at="-L$out/crossbeam/target/release"
        crossbeam="bench/peers/crossbeam/smr.c $out/crossbeam/target/release/libbench_crossbeam.a"
        adapters="$adapters bench/peers/crossbeam/queue.c"
    else
        echo "  left out: crossbeam: see $out/log/crossbeam.log"
    fi
}

adapters="$(ls bench/queue/*.c bench/stack/*.c bench/map/*.c | grep -v -e '/blocking\.c$' -e '/map/list\.c$')"
adapters="$adapters $(ls bench/peers/*.c bench/peers/*.cpp)"

# The same of crossbeam-skiplist, which is on crates.io only: quick asks for nothing from there.
build_crossbeam_map() {
    have cargo || return 0
    mkdir -p "$out/crossbeam_map"
    cp -p bench/peers/crossbeam_map/* "$out/crossbeam_map/"
    offline=
    [ "$tier" != quick ] && [ "${BENCH_DEPS:-1}" != 0 ] || offline=--offline
    if (cd "$out/crossbeam_map" && cargo build --release $offline --target-dir target) \
            > "$out/log/crossbeam_map.log" 2>&1 < /dev/null; then
        crates_at="$crates_at -L$out/crossbeam_map/target/release"
        adapters="$adapters bench/peers/crossbeam_map/map.c"
    else
        echo "  left out: crossbeam-skiplist: see $out/log/crossbeam_map.log"
    fi
}

build_java() {
    have javac && have java || return 0
    mkdir -p "$out/java"
    if javac -d "$out/java" bench/peers/jdk/Maps.java > "$out/log/java.log" 2>&1; then
        adapters="$adapters bench/peers/jdk/map.c"
    else
        echo "  left out: java: see $out/log/java.log"
    fi
}

missing_packages() {
    for source in $adapters; do
        present "$source" || field "$source" package
    done | sort -u | tr '\n' ' '
}

missing=$(missing_packages)
if [ "$tier" != quick ] && [ -n "$missing" ] && [ "${BENCH_DEPS:-1}" != 0 ] && [ ! -e "$out/deps.tried" ]; then
    : > "$out/deps.tried"
    echo "Not installed here: $missing"
    sh bench/deps.sh --auto || true
    cxx=$(first_of "${CXX:-}" c++ g++ clang++)
    missing=$(missing_packages)
fi
build_crates
build_crossbeam_map
build_java

# ---- what to build ------------------------------------------------------------------------------------------------

cflags="-std=c11 -D_GNU_SOURCE -O3 -DNDEBUG -pthread -Wall -Wextra"
cxxflags="-std=c++17 -O3 -DNDEBUG -pthread -Wall -Wextra"
rules="$out/rules.mk"
manifest="$out/manifest"
: > "$manifest.wanted"
{
    echo "headers := $(find bench include/loft -name '*.h' | tr '\n' ' ')"
    echo "all:"
    echo ".PHONY: all"
} > "$rules"

# rule OUTPUT SOURCE COMMAND
rule() {
    {
        echo "all: $1"
        echo "$1: $2 \$(headers)"
        printf '\t@echo "  build  %s"\n' "${1##*/}"
        printf '\t@%s > %s 2>&1 || { rm -f %s; echo "  failed: see %s"; false; }\n' \
            "$3" "$out/log/${1##*/}.log" "$1" "$out/log/${1##*/}.log"
    } >> "$rules"
}

version_of() {
    v=-
    if have dpkg-query; then
        v=$(dpkg-query -W -f '${Version}' "$1" 2>/dev/null | sed 's/^[0-9]*://; s/-[^-]*$//; s/[+~]d.*//') || v=-
    fi
    echo "${v:--}"
}

case $out in /*) classes=$out/java ;; *) classes=$(pwd)/$out/java ;; esac
for source in $adapters; do
    present "$source" || continue
    package=$(field "$source" package | sed -n 1p)
    version=-
    ours=ours
    if [ -n "$package" ]; then
        ours=-
        [ "$package" = libc ] || version=$(version_of "$package")
    fi
    compiler=$(compiler_of "$source")
    case $source in *.cpp) flags=$cxxflags ;; *) flags=$cflags ;; esac
    flags="$flags $(config_flags "$(field "$source" config)")"
    link=$(field "$source" link)
    field "$source" exe | while read -r question id level options; do
        [ "$level" = std ] || [ "$tier" = full ] || continue
        fixed=-
        capacities=none
        case " $options " in
        *" fixed "*)
            fixed=fixed
            options=$(echo "$options" | sed 's/fixed//')
            case $tier-$question in
            quick-*)  capacities="1024" ;;
            std-mp?c) capacities="1024" ;;
            *)        capacities="64 1024 65536" ;;
            esac ;;
        esac
        define=-DBENCH_$(echo "$question" | tr '[:lower:]' '[:upper:]')
        [ "$source" != bench/peers/jdk/map.c ] || define="$define -DBENCH_CLASSES='\"$classes\"'"
        for capacity in $capacities; do
            exe="$out/bin/$question-$id"
            size=
            if [ "$capacity" != none ]; then
                exe="$exe.$capacity"
                size="-DBENCH_CAP=$capacity"
            fi
            rule "$exe" "$source" "$compiler $flags $define $size $options $source -o $exe $crates_at $link -lm -ldl"
            echo "$question $id $fixed $ours $version $exe" >> "$manifest.wanted"
        done
    done
done
driver=$(ls bench/driver/*.c | tr '\n' ' ')
rule "$out/bin/run" "$driver" "$cc -std=c11 -D_GNU_SOURCE -O2 -Wall -Wextra $driver -o $out/bin/run"
rule "$out/bin/mallocs.so" bench/mallocs.c \
    "$cc -std=c11 -D_GNU_SOURCE -O2 -fPIC -shared -Wall -Wextra bench/mallocs.c -o $out/bin/mallocs.so -ldl"
# Concurrency Kit, liburcu, libcds and crossbeam-epoch take part in the comparison of reclamation where they are.
peers=
first=
[ -z "$crossbeam" ] || peers="$peers -DBENCH_CROSSBEAM $crossbeam"
present bench/peers/ck.c && peers="$peers -DBENCH_CK -lck"
present bench/peers/urcu.c && peers="$peers -DBENCH_URCU -lurcu-memb -lurcu-mb -lurcu-qsbr -lurcu-common"
if present bench/peers/cds_smr.cpp; then
    first="$cxx $cxxflags -c bench/peers/cds_smr.cpp -o $out/bin/cds_smr.o &&"
    peers="$peers -DBENCH_CDS $out/bin/cds_smr.o $(field bench/peers/cds_smr.cpp link) -lstdc++"
fi
# All schemes in one file, as no user has them: gcc stops inlining where a file grows, at whatever comes last.
inlined=
if echo 'int x;' | $cc -Werror --param large-unit-insns=1000000 -x c -c - -o /dev/null 2>/dev/null; then
    inlined='--param large-unit-insns=1000000'
fi
rule "$out/bin/schemes" "bench/smr/schemes.c bench/peers/cds_smr.cpp $crossbeam" \
    "( $first $cc $cflags $inlined bench/smr/schemes.c -o $out/bin/schemes $peers )"
rule "$out/bin/frees" bench/smr/frees.c "$cc $cflags $inlined bench/smr/frees.c -o $out/bin/frees"
rule "$out/bin/list" bench/map/list.c "$cc $cflags $inlined bench/map/list.c -o $out/bin/list"
rule "$out/bin/stalled" bench/smr/stalled.c "$cc $cflags bench/smr/stalled.c -o $out/bin/stalled"
rule "$out/bin/blocking" bench/queue/blocking.c "$cc $cflags bench/queue/blocking.c -o $out/bin/blocking"
rule "$out/bin/blocking_at_once" bench/queue/blocking.c \
    "$cc $cflags -DLOFT_EVENTCOUNT_LOOKS=0 bench/queue/blocking.c -o $out/bin/blocking_at_once"
rule "$out/bin/backoff" bench/core/backoff.c "$cc $cflags bench/core/backoff.c -o $out/bin/backoff"
if [ "$tier" = quick ]; then
    for plant in LOSE TWICE SWAP; do
        for question in spsc mpmc unbounded stack; do
            define=-DBENCH_$(echo "$question" | tr '[:lower:]' '[:upper:]')
            exe="$out/bin/plant-$question-$plant"
            source=bench/peers/mutex.c
            [ $question != stack ] || source=bench/peers/mutex_stack.c
            rule "$exe" $source "$cc $cflags $define -DBENCH_PLANT=PLANT_$plant $source -o $exe -ldl"
        done
        [ -z "$cxx" ] || rule "$out/bin/plant-map-$plant" bench/peers/std_map.cpp "$cxx $cxxflags -DBENCH_MAP \
            -DBENCH_PLANT=PLANT_$plant bench/peers/std_map.cpp -o $out/bin/plant-map-$plant -ldl"
    done
fi

jobs=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)
unset MAKEFLAGS MFLAGS MAKELEVEL 2>/dev/null || true
broken=0
make -k -s -j "$jobs" -f "$rules" all || broken=1
grep -l 'warning:' "$out"/log/*.log 2>/dev/null | sed 's/^/  warnings: see /' || true
if [ ! -x "$out/bin/run" ]; then
    echo "bench: the driver did not build; see $out/log/run.log" >&2
    exit 1
fi

# A contender is in if at least one of its programs was built.
: > "$manifest"
while read -r question id fixed ours version exe; do
    [ -x "$exe" ] || { echo "  left out: $exe was not built"; continue; }
    grep -q "^$question $id " "$manifest" || echo "$question $id $fixed $ours $version" >> "$manifest"
done < "$manifest.wanted"

# ---- the machine --------------------------------------------------------------------------------------------------

{
    model=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo 2>/dev/null | sed -n 1p)
    echo "machine   $(uname -s) $(uname -r) $(uname -m)${model:+, $model}, $jobs CPUs"
    echo "built     $($cc --version | sed -n 1p)${cxx:+, $($cxx --version | sed -n 1p)}; -O3 -DNDEBUG, C11 and C++17"
    governor=/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor
    [ -r $governor ] && echo "governor  $(cat $governor)"
    [ -r /proc/pressure/cpu ] || echo "note      no /proc/pressure: noise is judged by CPU time and steal alone"
} > "$out/machine.txt"

# loadable NAME...: the first of these libraries that can be preloaded. Asked of the linker, then of the loader.
loadable() {
    for library in "$@"; do
        found=$($cc -print-file-name="$library")
        if [ "$found" != "$library" ] && [ -z "$(LD_PRELOAD=$found true 2>&1)" ]; then
            echo "$found"
            return 0
        fi
    done
    return 0
}

# The same allocator for every contender, by preloading.
preload=$(loadable libmimalloc.so libmimalloc.so.2)
if [ -n "$preload" ]; then
    echo "malloc    mimalloc $(version_of libmimalloc-dev) for every contender (LD_PRELOAD)" >> "$out/machine.txt"
else
    echo "malloc    the C library's (mimalloc not found)" >> "$out/machine.txt"
fi
if [ -n "$missing" ]; then
    echo "not here  $missing" >> "$out/machine.txt"
    [ -n "$cxx" ] || echo "          (no C++ compiler: C++ peers are left out)" >> "$out/machine.txt"
    echo "          make bench-deps installs them; the tables hold what is here" >> "$out/machine.txt"
fi
cat "$out/machine.txt"

# ---- the samples --------------------------------------------------------------------------------------------------

counter=
[ -e "$out/bin/mallocs.so" ] && counter=$(pwd)/$out/bin/mallocs.so
case $out in /*) [ -e "$out/bin/mallocs.so" ] && counter=$out/bin/mallocs.so ;; esac
result=0
# samples NAME SECONDS QUESTIONS: a run of the driver, for the lines of the manifest that begin so.
samples() {
    wanted "$1" || return 0
    grep -E "^($3) " "$manifest" > "$manifest.$1"
    "$out/bin/run" "$tier" --manifest "$manifest.$1" --out "$out" --preload "$preload" --mallocs "$counter" \
        --budget "$2" || result=$?
    echo
}
rm -f "$out/report.txt"
samples queues "$budget" 'spsc|mpmc|mpsc'
samples unbounded $((budget / 2)) unbounded
samples stacks $((budget / 4)) stack
samples maps "$maps_budget" map
for name in unbounded stacks maps; do
    ! wanted $name || { echo; cat "$out/$name-report.txt"; } >> "$out/report.txt"
done

# ---- checks that the checks work ----------------------------------------------------------------------------------

if [ "$tier" = quick ]; then
    for plant in LOSE TWICE SWAP; do
        for question in spsc mpmc unbounded stack map; do
            [ $question != map ] || [ -n "$cxx" ] || continue
            mode=split
            threads=2
            [ $question = unbounded ] && mode=burst && threads=1     # the ring that plays it holds one burst
            [ $question = spsc ] && mode=stream
            [ $question = stack ] && mode=pair
            [ $question = map ] && mode=mix
            [ $question$plant = stackSWAP ] && threads=1     # with two it cannot be told from an overtaking
            exe="$out/bin/plant-$question-$plant"
            verdict=$("$exe" --mode $mode --threads $threads --capacity 1024 --ms 60 2>/dev/null || true)
            case $verdict in
            status=wrong*)           echo "planted $plant in $question: reported as wrong" ;;
            *misordered=0[!0-9]* | '') echo "planted $plant in $question: NOT SEEN: $verdict"; result=1 ;;
            *)                       echo "planted $plant in $question: reported as out of order" ;;
            esac
        done
    done
fi

# ---- whole programs -----------------------------------------------------------------------------------------------

# finish: what the report ends with, and what make is told.
finish() {
    cat "$out/machine.txt" >> "$out/report.txt"
    [ $broken = 0 ] || echo "bench: some programs did not build; see $out/log" >&2
    [ $broken = 0 ] || [ "$tier" != quick ] || result=1
    exit $result
}
wanted costs || finish

if ! have hyperfine; then
    echo "WHOLE PROGRAMS: skipped (hyperfine not found; make bench-deps installs it)"
else
    # A fixed number of items from start to exit, over all capacities; program names are what is common to both tiers.
    list=
    for id in spsc spsc_word ck boost readerwriterqueue dpdk; do
        [ -x "$out/bin/spsc-$id" ] && list="$list${list:+,}$id"
    done
    queues=
    for id in scq scq_word ck boost cds_vyukov mutex; do
        [ -x "$out/bin/mpmc-$id" ] && queues="$queues${queues:+,}$id"
    done
    case $tier in
    quick) runs=2; caps=1024; threads=2; items=200000; pairs=20000 ;;
    std)   runs=3; caps=64,1024,65536; threads=1,2; items=1000000; pairs=200000 ;;
    full)  runs=10; caps=64,1024,65536; threads=1,2; items=5000000; pairs=1000000 ;;
    esac
    hyperfine --style none --shell=none --warmup 1 --runs $runs \
        --parameter-list queue "$list" --parameter-list capacity $caps \
        --export-json "$out/hyperfine-spsc.json" --export-csv "$out/hyperfine-spsc.csv" \
        "$out/bin/spsc-{queue} --mode stream --count $items --capacity {capacity}" 2>> "$out/errors.log" || result=1
    hyperfine --style none --shell=none --warmup 1 --runs $runs \
        --parameter-list queue "$queues" --parameter-list threads $threads \
        --export-json "$out/hyperfine-mpmc.json" --export-csv "$out/hyperfine-mpmc.csv" \
        "$out/bin/mpmc-{queue} --mode pair --count $pairs --threads {threads}" 2>> "$out/errors.log" || result=1
    {
        echo
        echo "WHOLE PROGRAMS (hyperfine, $runs runs after 1 to warm up; start, calibration, probes and exit included)"
        for question in spsc mpmc; do
            [ -s "$out/hyperfine-$question.csv" ] || continue
            if [ $question = spsc ]; then
                echo " $items items through the SPSC stream: mean, min, max in ms"
            else
                echo " $pairs pairs per thread, pairwise without work: mean, min, max in ms"
            fi
            awk -F, '
                NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i
                          what = "parameter_capacity" in column ? "capacity" : "threads"; next }
                { printf "  %-20s %-9s %6s  %8.1f %8.1f %8.1f\n", $column["parameter_queue"], what,
                         $column["parameter_" what], 1000 * $column["mean"], 1000 * $column["min"],
                         1000 * $column["max"] }' "$out/hyperfine-$question.csv"
        done
    } | tee -a "$out/report.txt"
    echo "Written to $out: hyperfine-spsc.json hyperfine-mpmc.json (and .csv)"
fi

# ---- single costs -------------------------------------------------------------------------------------------------

# cost PROGRAM TITLE ARGUMENTS [NAME]: a program that prints its own table and writes its own CSV, called NAME.
cost() {
    name=${4:-$1}
    {
        echo
        echo "$2"
        "$out/bin/$1" $3 --csv "$out/$name.csv" || echo "FAILED: a sum is wrong, or it does not run"
    } > "$out/$name.txt" 2>> "$out/errors.log"
    ! grep -q '^FAILED' "$out/$name.txt" || result=1
    tee -a "$out/report.txt" < "$out/$name.txt"
    echo "Written to $out: $name.csv"
}

# cost_mallocs PROGRAM TITLE ARGUMENTS ALLOCATORS: the same with each of these that is here; it adds to its CSV.
cost_mallocs() {
    rm -f "$out/$1.csv"
    {
        echo
        echo "$2"
        for allocator in $4; do
            path=
            if [ "$allocator" != libc ]; then
                path=$(loadable lib$allocator.so lib$allocator.so.2)
                [ -n "$path" ] || { echo "  $allocator is not here"; continue; }
            fi
            LD_PRELOAD=$path "$out/bin/$1" $3 --malloc "$allocator" --csv "$out/$1.csv" ||
                echo "FAILED: a sum is wrong, or it does not run"
        done
    } > "$out/$1.txt" 2>> "$out/errors.log"
    ! grep -q '^FAILED' "$out/$1.txt" || result=1
    tee -a "$out/report.txt" < "$out/$1.txt"
    echo "Written to $out: $1.csv"
}

case $tier in
quick) length=quick ;;
std)   length=short ;;
full)  length= ;;
esac
[ -n "$crossbeam" ] ||
    echo "not here  crossbeam (cargo, librust-crossbeam-epoch-dev, librust-crossbeam-queue-dev)" >> "$out/machine.txt"
[ ! -x "$out/bin/schemes" ] ||
    cost schemes 'RECLAMATION (a section; a pointer in it; a node from malloc to free: median, min, max)' "$length"
[ ! -x "$out/bin/frees" ] ||
    cost_mallocs frees 'AMORTISED FREES (a few in each call, against all at once: ns per node, and nodes pending)' \
        "$length" 'libc mimalloc jemalloc'
allocators=libc
[ "$tier" != full ] || allocators='libc mimalloc jemalloc'
[ ! -x "$out/bin/list" ] ||
    cost_mallocs list 'LIST OF A THOUSAND KEYS (M calls/s, half of them put, half remove; nodes pending)' "$length" \
        "$allocators"
if [ -x "$out/bin/stalled" ]; then
    cost stalled 'A THREAD STOPPED IN A SECTION (nodes that are retired and not freed while others go on)' "$length"
    ! have gnuplot ||
        gnuplot -e "from='$out/stalled.csv'; to='$out/stalled'" bench/smr/stalled.gp 2>> "$out/errors.log" ||
        echo "  stalled.svg and stalled.png could not be drawn: see $out/errors.log"
    [ "$tier" != full ] ||
        cost stalled 'THE SAME, 32 THREADS THAT COME AND GO, OVER TEN SECONDS' \
            '--threads 32 --churn 10000 --seconds 10' churn
fi
if [ -x "$out/bin/blocking" ] && [ -x "$out/bin/blocking_at_once" ]; then
    cost blocking_at_once 'WAITING (messages between two threads that sleep for each; queues that nobody waits for)' \
        "$length"
    [ "$tier" != full ] || cost blocking 'THE SAME, WITH A FEW LOOKS BEFORE EACH SLEEP' "$length"
fi
[ "$tier" = quick ] || [ ! -x "$out/bin/backoff" ] ||
    cost backoff 'BACKOFF (what a wait costs; then two kinds of work by way of waiting: median, min, max)' "$length"
finish
