#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tests/tools/install.sh [uninstall] - copies include/loft, a pkg-config file and a CMake package under DESTDIR/PREFIX,
# or removes exactly these. Both packages find the headers relative to themselves, so the whole may be moved later.
set -eu
to=${DESTDIR:-}$PREFIX
version=$(awk '$2 == "LOFT_VERSION_STRING" { gsub(/"/, "", $3); print $3 }' include/loft/core/base.h)

if [ "${1:-}" = uninstall ]; then
    rm -rf "$to/include/loft" "$to/share/cmake/Loft" "$to/share/doc/loft"
    rm -f "$to/share/pkgconfig/loft.pc"
    echo "removed from $to"
    exit 0
fi

for h in include/loft/*/*.h; do
    mkdir -p "$to/$(dirname "$h")"
    cp "$h" "$to/$h"
    chmod 644 "$to/$h"
done
mkdir -p "$to/share/pkgconfig" "$to/share/cmake/Loft" "$to/share/doc/loft"
cp LICENSE "$to/share/doc/loft/"
[ ! -f README.md ] || cp README.md "$to/share/doc/loft/"

cat >"$to/share/pkgconfig/loft.pc" <<END
prefix=\${pcfiledir}/../..
includedir=\${prefix}/include

Name: Loft
Description: lock-free primitives for C11 and C++11, headers only
Version: $version
Cflags: -I\${includedir} -pthread
Libs: -pthread
END

cat >"$to/share/cmake/Loft/LoftConfig.cmake" <<'END'
# Defines Loft::loft: the include folder and the system's threads. find_package(Loft), then
# target_link_libraries(program PRIVATE Loft::loft).
include(CMakeFindDependencyMacro)
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_dependency(Threads)
get_filename_component(_loft_root "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)
if(NOT TARGET Loft::loft)
  add_library(Loft::loft INTERFACE IMPORTED)
  set_target_properties(Loft::loft PROPERTIES
    INTERFACE_INCLUDE_DIRECTORIES "${_loft_root}/include"
    INTERFACE_LINK_LIBRARIES Threads::Threads)
endif()
unset(_loft_root)
END

# Before 1.0 a new minor version may change calls, so only the same minor version is taken as compatible.
cat >"$to/share/cmake/Loft/LoftConfigVersion.cmake" <<END
set(PACKAGE_VERSION "$version")
string(REGEX MATCH "^[0-9]+\\\\.[0-9]+" _loft_have "$version")
END
cat >>"$to/share/cmake/Loft/LoftConfigVersion.cmake" <<'END'
string(REGEX MATCH "^[0-9]+\\.[0-9]+" _loft_want "${PACKAGE_FIND_VERSION}.0")
if(PACKAGE_VERSION VERSION_LESS PACKAGE_FIND_VERSION OR NOT _loft_have STREQUAL _loft_want)
  set(PACKAGE_VERSION_COMPATIBLE FALSE)
else()
  set(PACKAGE_VERSION_COMPATIBLE TRUE)
  if(PACKAGE_FIND_VERSION STREQUAL PACKAGE_VERSION)
    set(PACKAGE_VERSION_EXACT TRUE)
  endif()
endif()
END
echo "installed Loft $version under $to"
