# SPDX-License-Identifier: MIT
#
# Loft is headers only: nothing here needs to be built to use it. This file tests, measures and installs it.
# `make help` lists the targets. One file, no configure; everything it writes goes under build/.
#
# A new test is a new file tests/<family>/<module>.c; nothing is registered here. Lines ` * build: ...` of a test's head
# comment say what it needs beyond the ordinary:
#
#     build: flags F...        these flags in every build of the file
#     build: also NAME F...    one more C11 program, called NAME, with these flags (skipped where a -lX is missing)
#     build: lto               one more, with -O2 -flto
#     build: with FILE...      more sources, compiled alike and linked in
#     build: with-c FILE...    the same, but as C11 in the C++ twins too
#     build: with-other FILE   compiled by the other one of gcc and clang
#     build: with-cxx FILE     compiled as C++
#     build: c-only            no C++ twins
#     build: not MODE...       left out of these modes: test asan ubsan tsan cross

ifeq ($(origin CC),default)
CC  := $(shell command -v gcc >/dev/null && echo gcc || { command -v clang >/dev/null && echo clang || echo cc; })
endif
ifeq ($(origin CXX),default)
CXX := $(shell c=$$(echo '$(CC)' | sed 's/gcc/g++/; s/clang/clang++/; s/^cc$$/c++/'); command -v $$c >/dev/null && echo $$c)
endif
OTHER  := $(if $(findstring clang,$(CC)),$(shell command -v gcc >/dev/null && echo gcc),$(shell command -v clang >/dev/null && echo clang))

JOBS   ?= $(shell nproc 2>/dev/null || echo 2)
MODE   ?= test
NAME   ?= $(notdir $(CC))
OUT    := build/$(NAME)$(if $(filter-out test,$(MODE)),-$(MODE))
OPT    ?= -O2 -g
SAN    ?=
LINK   ?=
WERROR ?= -Werror
WARN   := -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wundef -Wcast-qual $(WERROR)
CWARN  := -Wmissing-prototypes
INC    := -I. -Iinclude -Itests -D_GNU_SOURCE -pthread
PREFIX ?= /usr/local
RESULTS := $(OUT)/results
export CC CXX OTHER OPT SAN LINK WARN CWARN INC JOBS RESULTS RUN LIMIT VERBOSE V

MAKEFLAGS += --no-print-directory -r -j$(JOBS)
TAP := sh tests/tools/run.sh

FAMILIES := core queue smr stack map
HEADERS  := $(wildcard $(FAMILIES:%=include/loft/%/*.h))
SOURCES  := $(wildcard $(FAMILIES:%=tests/%/*.c))
PLAN     := $(if $(SOURCES),$(shell awk -v mode=$(MODE) -f tests/tools/plan.awk $(SOURCES)))
PROGRAMS := $(PLAN:%=$(OUT)/%)
VARIANTS := $(sort $(foreach p,$(PLAN),$(firstword $(subst /, ,$(p)))))
TWINS    := $(filter $(OUT)/cxx11/% $(OUT)/cxx20/%,$(PROGRAMS))
OTHERS   := $(filter-out $(OUT)/c11/% $(TWINS),$(PROGRAMS))

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help test programs clean

help: ## this list
	@echo 'Loft: make TARGET   (CC=$(CC) CXX=$(or $(CXX),none) JOBS=$(JOBS))'
	@awk -F ':.*## ' '/^[a-z][a-z-]*:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

test: programs ## everything that proves the headers on this machine; last line: N passed, N failed
	@$(TAP) start
	@$(TAP) group 'programs, C11' $(filter $(OUT)/c11/%,$(PROGRAMS))
	@LOFT_TEST_SCALE=$${LOFT_TEST_SCALE:-20} $(TAP) group 'programs, C++11 and C++20' $(TWINS)
	@$(TAP) group 'programs, variants' $(OTHERS)
	@$(TAP) total

programs: $(PROGRAMS)

define variant
$(OUT)/$(1)/%: %.c tests/tools/build.sh
	@sh tests/tools/build.sh $(1) $$< $$@
endef
$(foreach v,$(VARIANTS),$(eval $(call variant,$(v))))
-include $(PROGRAMS:%=%.d)

clean: ## removes build/
	@rm -rf build
