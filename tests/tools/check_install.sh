#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tests/tools/check_install.sh - an installed Loft is found and used: by its path, by pkg-config, by CMake; it may be
# moved; uninstall leaves nothing.
set -u
. tests/tools/params.sh
scratch install
here=$(pwd)
root=$here/$tmp/root
build() { PREFIX=$1 DESTDIR=$2 sh tests/tools/install.sh ${3:-} >"$tmp/log" 2>&1; }
version=$(awk '$2 == "LOFT_VERSION_STRING" { gsub(/"/, "", $3); print $3 }' include/loft/core/base.h)
minor=${version%.*}

# The consumer: the shortest honest use of the installed headers, version included.
consumer=include/loft/queue/spsc.h
[ -f $consumer ] || consumer=include/loft/core/base.h
mkdir -p "$tmp/user"
{
    params $consumer numbers
    cat <<END
#include <${consumer#include/}>
#include <string.h>
int main(void) { return strcmp(LOFT_VERSION_STRING, "$version") != 0; }
END
} >"$tmp/user/main.c"

build /usr "$root"
tap $? 'make install DESTDIR= PREFIX=/usr' "$tmp/log"
(cd include && find loft -name '*.h' | sort) >"$tmp/want"
(cd "$root/usr/include" && find loft -name '*.h' | sort) | cmp -s - "$tmp/want"
tap $? 'every header is there'
grep -rn "$here" "$root" >"$tmp/log"
[ ! -s "$tmp/log" ]
tap $? 'nothing installed names the place it came from' "$tmp/log"
mv "$root/usr" "$root/moved"
root=$root/moved
$CC -std=c11 -I"$root/include" "$tmp/user/main.c" -o "$tmp/a" -pthread >"$tmp/log" 2>&1 && "$tmp/a"
tap $? 'a program finds it by its path' "$tmp/log"

if command -v pkg-config >/dev/null; then
    export PKG_CONFIG_PATH="$root/share/pkgconfig"
    [ "$(pkg-config --modversion loft 2>"$tmp/log")" = "$version" ]
    tap $? "pkg-config gives version $version" "$tmp/log"
    $CC -std=c11 $(pkg-config --cflags loft) "$tmp/user/main.c" -o "$tmp/b" $(pkg-config --libs loft) \
        >"$tmp/log" 2>&1 &&
        "$tmp/b"
    tap $? 'a program finds it by pkg-config' "$tmp/log"
else
    tap_skip 'a program finds it by pkg-config' 'no pkg-config (apt-get install pkg-config)'
fi

if command -v cmake >/dev/null; then
    project()   # project NAME VERSION: configures, builds and runs a consumer that asks for that version
    {
        mkdir -p "$tmp/$1"
        cp "$tmp/user/main.c" "$tmp/$1/"
        cat >"$tmp/$1/CMakeLists.txt" <<END
cmake_minimum_required(VERSION 3.10)
project(consumer C)
set(CMAKE_C_STANDARD 11)
find_package(Loft $2 REQUIRED)
add_executable(consumer main.c)
target_link_libraries(consumer PRIVATE Loft::loft)
END
        cmake -S "$tmp/$1" -B "$tmp/$1/build" -DCMAKE_PREFIX_PATH="$root" -DCMAKE_C_COMPILER="$CC" \
            -DCMAKE_BUILD_TYPE=Release >"$tmp/log" 2>&1 &&
            cmake --build "$tmp/$1/build" >>"$tmp/log" 2>&1 && "$tmp/$1/build/consumer"
    }
    project plain ''
    tap $? 'a program finds it by CMake' "$tmp/log"
    project minor "$minor"
    tap $? "CMake takes it where version $minor is asked for" "$tmp/log"
    ! project newer 99.0
    tap $? 'CMake refuses it where version 99.0 is asked for' "$tmp/log"
else
    tap_skip 'a program finds it by CMake' 'no cmake (apt-get install cmake)'
fi

mv "$root" "${root%/*}/usr"
root=${root%/*}
build /usr "$root" uninstall
[ $? = 0 ] && [ -z "$(find "$root" -type f)" ]
tap $? 'make uninstall leaves no file'
tap_done
