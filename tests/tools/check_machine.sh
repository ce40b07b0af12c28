#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tests/tools/check_machine.sh - preflight.sh as TAP.
set -u
. tests/tools/params.sh
scratch machine
sh tests/tools/preflight.sh >"$tmp/log"
tap $? 'a C11 program with threads compiles and runs here' "$tmp/log"
tap_done
