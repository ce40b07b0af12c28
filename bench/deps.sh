#!/bin/sh
# SPDX-License-Identifier: MIT
#
# bench/deps.sh - installs what the benchmarks compare with, and the tools around them, from Debian's or
# Ubuntu's archive.
#
#     sh bench/deps.sh           as root, or where sudo asks for no password; otherwise it prints what to run
#     sh bench/deps.sh --auto    the same, called by run.sh: gives up sooner
#
# It never fails: without a network, rights or apt the benchmarks run with what is here, and say so.
set -u
cd "$(dirname "$0")/.."

auto=${1:-}
tools="g++ pkg-config hyperfine gnuplot-nox libmimalloc-dev libjemalloc2"
peers=$(sed -n 's/^ \* package  *//p' bench/peers/*.c bench/peers/*.cpp | grep -v '^libc$' | sort -u | tr '\n' ' ')
# Sources for a compiler that is here; the compiler itself would be a hundred times as large.
command -v cargo >/dev/null 2>&1 && peers="$peers librust-crossbeam-epoch-dev librust-crossbeam-queue-dev"
wanted="$tools $peers"

fall_back() {
    echo "bench-deps: $1"
    echo "bench-deps: the benchmarks run with what is here: our queues and the two pthread baselines at least."
    exit 0
}

command -v apt-get >/dev/null 2>&1 || fall_back "no apt-get here; install by hand what matches: $wanted"

missing=
for package in $wanted; do
    case $(dpkg-query -W -f '${Status}' "$package" 2>/dev/null) in
    "install ok installed") ;;
    *)
        # gnuplot comes in several packages, and one of them is enough.
        [ "$package" = gnuplot-nox ] && command -v gnuplot >/dev/null 2>&1 && continue
        missing="$missing $package" ;;
    esac
done
if [ -z "$missing" ]; then
    echo "bench-deps: all installed: $wanted"
    exit 0
fi
echo "bench-deps: to install:$missing"

if [ "$(id -u)" = 0 ]; then
    sudo=
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    sudo="sudo -n"
else
    fall_back "needs root; run this yourself:
    sudo apt-get update && sudo apt-get install --no-install-recommends$missing"
fi

# Short waits for a network that is not there; only downloads are ever cut off, never an installation.
quickly="-o Acquire::Retries=0 -o Acquire::http::Timeout=8 -o Acquire::https::Timeout=8"
limit=600
[ "$auto" = --auto ] && limit=240
bounded() {
    seconds=$1
    shift
    if command -v timeout >/dev/null 2>&1; then
        timeout "$seconds" "$@"
    else
        "$@"
    fi
}

# Of what apt-get says, the lines that show where it is. Its exit status passes through a file: that of a pipe is
# the last command's.
status=$(mktemp) || fall_back "no room for a temporary file"
trap 'rm -f "$status"' EXIT
progress() {
    echo 1 > "$status"
    { "$@" 2>&1; echo $? > "$status"; } | grep -E '^(Get:|Err:|E:|W:|Need to get|Unpacking|Setting up)'
    return "$(cat "$status")"
}

export DEBIAN_FRONTEND=noninteractive
echo "bench-deps: reading the package lists"
progress bounded 60 $sudo apt-get $quickly -o APT::Update::Error-Mode=any -q update ||
    fall_back "the package lists cannot be read (no network?)"

known=
for package in $missing; do
    if apt-cache show "$package" 2>/dev/null | grep -q '^Package:'; then
        known="$known $package"
    else
        echo "bench-deps: this archive has no $package"
    fi
done
[ -n "$known" ] || fall_back "none of them is in this archive"

echo "bench-deps: downloading"
progress bounded $limit $sudo apt-get $quickly -q -y --no-install-recommends --download-only install $known ||
    fall_back "the download did not finish"
echo "bench-deps: installing"
progress $sudo apt-get -q -y --no-install-recommends --no-download install $known ||
    fall_back "apt-get could not install all of them"
rm -f "${BENCH_OUT:-build/bench}/deps.tried"
echo "bench-deps: installed:$known"
