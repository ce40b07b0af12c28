#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tests/tools/deps.sh SET... - installs what a set of targets needs, on Debian and Ubuntu, with apt's own progress.
# Sets: test (make test, sanitizers, install-test), cross, tla. What a release lacks is named and left out.
set -u
packages=
for set in "$@"; do
    case $set in
    test)
        packages="$packages git make perl gcc libc6-dev g++ clang cmake pkg-config libmimalloc-dev"
        ;;
    cross)
        packages="$packages qemu-user gcc-aarch64-linux-gnu libc6-dev-arm64-cross gcc-riscv64-linux-gnu
            libc6-dev-riscv64-cross gcc-arm-linux-gnueabihf libc6-dev-armhf-cross
            gcc-i686-linux-gnu libc6-dev-i386-cross
            gcc-s390x-linux-gnu libc6-dev-s390x-cross"
        # x86-64 without CMPXCHG16B: where that is the machine itself, its own compiler will do.
        case $(uname -m) in
        x86_64) packages="$packages gcc libc6-dev" ;;
        *)      packages="$packages gcc-x86-64-linux-gnu libc6-dev-amd64-cross" ;;
        esac
        ;;
    tla)
        packages="$packages default-jre-headless maven"
        ;;
    *)
        echo "deps.sh: no set called $set" >&2
        exit 2
        ;;
    esac
done
packages=$(echo $packages)
if ! command -v apt-get >/dev/null; then
    echo "This is not Debian or Ubuntu; install these, or their like: $packages"
    exit 1
fi
as_root=
if [ "$(id -u)" != 0 ]; then
    if command -v sudo >/dev/null; then
        as_root=sudo
        [ -t 0 ] || as_root="sudo -n"                     # nobody is there to type a password
    else
        echo "Not root and no sudo; ask somebody who is to run: apt-get install $packages"
        exit 1
    fi
fi
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update || echo "apt-get update failed; going on with the lists that are here"
case " $packages " in
*" clang "*)
    # clang's sanitizer runtimes are a package of their own, named after its version.
    v=$(apt-cache depends clang 2>/dev/null | sed -n 's/.*Depends: clang-\([0-9]*\)$/\1/p' | head -n 1)
    [ -z "$v" ] || packages="$packages libclang-rt-$v-dev"
    ;;
esac
install() { $as_root apt-get install -y --no-install-recommends "$@"; }
if ! install $packages; then
    echo "Not all at once; one by one."
    missing=
    for p in $packages; do
        install "$p" || missing="$missing $p"
    done
    [ -z "$missing" ] || echo "Not installed:$missing"
    command -v gcc >/dev/null && command -v make >/dev/null || exit 1
fi
