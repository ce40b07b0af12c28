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
#
# Variables: CC CXX JOBS (processors used) PREFIX DESTDIR, V=1 (each test's line), VERBOSE=1 (each compiler command),
# WITHOUT=cxx11 (no programs of that variant; headers: none asked alone), LOFT_TEST_SCALE (percent of the rounds of
# stress loops), LIMIT (seconds a test may take), WERROR= (warnings allowed), CXX11_OPT CXX20_OPT (optimisation of the
# twins; those of C++20 have none: that their language takes the headers is what they show, and the text is that of
# C++11), ASKED='gcc clang++' (of these only what must not compile, and the code they make).
# Under make cross the tests find LOFT_TEST_EMULATED=1 in their environment.
#
# tests/<family>/explore/<module>.c are programs of the explorer: C11 only, built and run by the targets below that name
# it; tests/tools/explorers.sh says whose they are. Sanitizers and emulators have nothing to add to that; only the
# explorer itself is tried there too, by some of them (ALSO_EXPLORED).

find_tool = $(shell command -v $(1) >/dev/null 2>&1 && echo $(1))
ifeq ($(origin CC),default)
CC  := $(or $(call find_tool,gcc),$(call find_tool,clang),cc)
endif
ifeq ($(origin CXX),default)
CXX := $(call find_tool,$(or $(if $(findstring clang,$(CC)),$(subst clang,clang++,$(CC))),\
           $(if $(findstring gcc,$(CC)),$(subst gcc,g++,$(CC))),c++))
endif
OTHER := $(call find_tool,$(if $(findstring clang,$(CC)),gcc,clang))

JOBS    ?= $(shell nproc 2>/dev/null || echo 2)
MODE    := test
NAME    := $(notdir $(firstword $(CC)))
OUT     := build/$(NAME)$(if $(filter-out test,$(MODE)),-$(MODE))
RESULTS := $(OUT)/results
OPT     := -O2 -g
CXX11_OPT ?= $(OPT)
CXX20_OPT ?= -O0
SAN     :=
LINK    :=
RUN     :=
WERROR  ?= -Werror
WARN    := -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wundef -Wcast-qual $(WERROR)
CWARN   := -Wmissing-prototypes
INC     := -I. -Iinclude -Itests -D_GNU_SOURCE -pthread
PREFIX  ?= /usr/local
export LC_ALL := C
export CC CXX OTHER OPT CXX11_OPT CXX20_OPT SAN LINK WARN CWARN INC OUT ASKED
export JOBS RESULTS RUN LIMIT VERBOSE V PREFIX DESTDIR

MAKEFLAGS += --no-print-directory -r
ifeq ($(MAKELEVEL),0)
MAKEFLAGS += -j$(JOBS)
endif
TAP := sh tests/tools/run.sh

FAMILIES := core smr queue stack map check
HEADERS  := $(wildcard $(FAMILIES:%=include/loft/%/*.h))
# Those with most states first, or processors stand idle beside the last of them.
MODELS    = $(shell for m in tla/*/*.tla; do \
                grep -hs --exclude='*_long.cfg' '^.. states:' $${m%.tla}*.cfg | \
                    awk -v m=$$m '{ n += $$3 } END { print n + 0, m }'; \
            done | sort -rn | cut -d ' ' -f 2)
ifeq ($(MODE),explore)
SOURCES  := $(shell sh tests/tools/explorers.sh sources $(M))
else
SOURCES  := $(wildcard $(FAMILIES:%=tests/%/*.c))
ALSO_EXPLORED := asan:dwcas ubsan:dwcas ubsan:known_bugs cross-aarch64:dwcas cross-aarch64:known_bugs
SOURCES  += $(wildcard $(patsubst $(MODE)$(if $(filter cross,$(MODE)),-$(firstword $(subst -, ,$(CC)))):%,\
                tests/*/explore/%.c,$(ALSO_EXPLORED)))
endif
PLAN     := $(if $(SOURCES),$(shell awk -v mode=$(MODE) -f tests/tools/plan.awk $(SOURCES)))
PROGRAMS := $(patsubst %,$(OUT)/%,$(filter-out $(WITHOUT:%=%/%),$(PLAN)))
VARIANTS := $(sort $(foreach p,$(PLAN),$(firstword $(subst /, ,$(p)))))
TWINS    := $(filter $(OUT)/cxx11/% $(OUT)/cxx20/%,$(PROGRAMS))
OTHERS   := $(filter-out $(OUT)/c11/% $(TWINS),$(PROGRAMS))
# Under sanitizers and emulators these take longest, so they begin.
LONG     := %_freeze %_stress %/linear %/debra
LONG_FIRST = $(filter $(LONG),$(PROGRAMS)) $(filter-out $(LONG),$(PROGRAMS))
EXAMPLES := $(shell grep -l '^ \* EXAMPLE' $(HEADERS) /dev/null)
FAILS    := $(wildcard tests/fail/*.c)
DOCS     := $(shell grep -l '^```c *$$' $(wildcard README.md docs/*.md docs/*/*.md) /dev/null)
REPORTS  := $(wildcard tests/report/$(MODE)_*.c)
CODE     := $(wildcard tests/core/atomics.c tests/core/dwcas.c \
                $(patsubst include/loft/%.h,tests/%.c,$(filter include/loft/queue/s%,$(HEADERS))))

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

##: tests

help: ## this list
	@echo 'make TARGET   with CC=$(CC) CXX=$(or $(CXX),none) JOBS=$(JOBS)'
	@awk '/^##: / { printf "\n%s\n", substr($$0, 5) } \
	      /^[a-z][a-z-]*:.*## / { t = $$0; sub(/:.*/, "", t); sub(/.*## /, ""); printf "  %-14s %s\n", t, $$0 }' Makefile

test: ## everything that proves the headers on this machine; the last line is: N passed, N failed
	@if sh tests/tools/preflight.sh; then \
	    echo 'building $(words $(PROGRAMS)) programs with $(CC) and $(or $(CXX),no C++ compiler)'; \
	    $(MAKE) programs test-run; \
	else \
	    $(TAP) start; $(TAP) group 'this machine' machine:$(CC); $(TAP) group 'lint' lint:. lint_test:.; $(TAP) total; \
	fi

test-run: programs
	@$(TAP) start
	@$(MAKE) of-the-compiler
	@$(TAP) group 'what must not compile' $(FAILS:%=fail:%)
	@$(TAP) group 'what the compilers make of it' $(CODE:%=codegen:%)
	@$(TAP) group 'programs in the documents' $(DOCS:%=doc:%)
	@$(TAP) group 'copied alone' $(HEADERS:%=copy:%)
	@$(TAP) group 'in one file' $(HEADERS:%=single:%)
	@$(TAP) group 'installed' install:$(CC)
	@$(TAP) group 'lint' lint:.
	@$(TAP) group 'the checks themselves' self:. lint_test:. mutate_test:. explore_test:.
	@$(TAP) total

# What must not compile, and what the compilers make of it, ask every compiler that is here, or those of ASKED.
test-also: programs ## the part of test that asks one compiler, for the next: make test-also CC=clang CXX=clang++
	@$(TAP) start
	@$(MAKE) of-the-compiler
	@OTHER= $(TAP) group 'what the compiler makes of it' $(CODE:%=codegen:%)
	@$(TAP) total

of-the-compiler:
	@$(TAP) group 'programs, C11' $(filter $(OUT)/c11/%,$(PROGRAMS))
	@LOFT_TEST_SCALE=$${LOFT_TEST_SCALE:-20} $(TAP) group 'programs, C++11 and C++20' $(TWINS)
	@$(TAP) group 'programs, variants' $(OTHERS)
	@$(TAP) group 'headers alone' $(if $(filter headers,$(WITHOUT)),,$(HEADERS:%=header:%))
	@$(TAP) group 'examples of the manuals' $(EXAMPLES:%=example:%)

programs: $(PROGRAMS)

define variant
$(OUT)/$(1)/%: %.c tests/tools/build.sh
	@sh tests/tools/build.sh $(1) $$< $$@
endef
$(foreach v,$(VARIANTS),$(eval $(call variant,$(v))))
-include $(PROGRAMS:%=%.d)

run: $(filter %/tests/$(T),$(PROGRAMS)) ## one module's programs with all they print: make run T=core/backoff
	@test -n '$(T)' -a -n '$^' || { echo 'make run T=family/module: no such test: $(T)'; exit 2; }
	@for p in $^; do echo "== $$p"; $(RUN) $$p || { echo "== $$p ended with status $$?"; exit 1; }; done

# Targets that may run beside each other keep their results apart.
self-test copy-test standards single-test install-test tla: RESULTS = $(OUT)/results-$@

lint: ## order labels, EDGES, layers, #undefs, names, shape of the text
	@sh tests/tools/lint.sh && echo 'lint: nothing found'

self-test: ## shows every check something bad and sees it stopped; plants slips of every kind and sees lint find them
	@$(TAP) start
	@$(TAP) group 'the checks themselves' self:. lint_test:. mutate_test:. explore_test:.
	@$(TAP) total

copy-test: ## copies each module's headers to an empty folder and tests it there
	@$(TAP) start
	@$(TAP) group 'copied alone' $(HEADERS:%=copy:%)
	@$(TAP) total

standards: ## each header alone in C11 C17 C23 C++11 C++14 C++17 C++20 C++23, or in those of STDS=
	@$(TAP) start
	@STDS='$(or $(STDS),c11 c17 c2x c++11 c++14 c++17 c++20 c++23)' \
	    $(TAP) group 'headers alone, all standards' $(HEADERS:%=header:%)
	@$(TAP) total

##: the explorer: headers as they are, under every interleaving and the memory model of C11

explore: ## all its programs, a few minutes; M=queue/scq; SCALE=100: more at random, large clients to the end
	+@$(MAKE) MODE=explore CXX= explore-run

explore-long: ## random searches of all modules beyond that for T=600 seconds, with a new SEED= each time; M=queue/scq
	+@$(MAKE) MODE=explore CXX= explore-long-run

mutate: ## weakens each memory order by one step: the programs must notice, or docs/ say why not; M=queue/scq
	+@$(MAKE) MODE=explore CXX= mutate-run

MUTATED = $(shell sh tests/tools/explorers.sh modules $(M))
T      ?= 600
SCALE  ?= 5
SEED   ?= $(shell od -An -N3 -tu4 /dev/urandom | tr -d ' ')

explore-built: programs
	@test -n '$(SOURCES)' || { echo 'no program of the explorer$(if $(M), for M=$(M))'; exit 2; }

explore-run: export LOFT_EXPLORE_SCALE := $(SCALE)
explore-run: explore-built
	@$(TAP) start
	@if [ -t 1 ]; then PROGRESS=1; fi; export PROGRESS; \
	    LIMIT=$${LIMIT:-$$((300 + 60 * $(SCALE)))} $(TAP) group 'explored' $(PROGRAMS)
	@awk -f tests/tools/explored.awk $(RESULTS)/explored/*.tap
	@$(TAP) total

explore-long-run: RESULTS = $(OUT)/results-long
explore-long-run: explore-built
	@$(TAP) start
	@if [ -t 1 ]; then PROGRESS=1; fi; export PROGRESS; SEED=$(SEED) T=$(T) \
	    sh tests/tools/explore_long.sh $(filter-out $(OUT)/c11/tests/check/%,$(PROGRAMS))
	@awk -f tests/tools/explored.awk $(RESULTS)/*/*.tap
	@$(TAP) total

mutate-run: RESULTS = $(OUT)/results-mutate
mutate-run: explore-built
	@test -n '$(MUTATED)' || \
	    { echo 'no module$(if $(M), $(M)) has a program of the explorer and an order to weaken'; exit 2; }
	@$(TAP) start
	@for m in $(MUTATED); do \
	    EXPLORERS=$(OUT)/c11/tests PROGRESS=1 LIMIT=$${LIMIT:-3600} $(TAP) group "orders of $$m" mutate:$$m; \
	done
	@$(TAP) total

##: sanitizers, with gcc and clang where both are here

asan: ## AddressSanitizer and LeakSanitizer
	+@$(call sanitize,asan,-fsanitize=address -fno-omit-frame-pointer,50,120,-O0)

ubsan: ## UndefinedBehaviorSanitizer
	+@$(call sanitize,ubsan,-fsanitize=undefined -fno-sanitize-recover=all,50,120,-O0)

asan-ubsan: ## both of these in one build, which is quicker
	+@$(call sanitize,asan-ubsan,-fsanitize=address$(comma)undefined -fno-sanitize-recover=all,50,120,-O0)

tsan: ## ThreadSanitizer
	+@$(call sanitize,tsan,-fsanitize=thread,10,240,-O1)

SANITIZED ?= gcc clang
# sanitize MODE FLAGS PERCENT SECONDS OPTIMISATION: one result folder for each compiler, one total. Where faults show in
# each thread by itself nothing is optimised: none goes away with the code that has it, and compiling takes a fifth of
# the time, running twice as much.
SANITIZERS_STOP := ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1 \
    UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1
define sanitize
	rm -rf $(SANITIZED:%=build/%-$(1)/results); \
	for c in $(SANITIZED); do \
	    $(SANITIZERS_STOP) LOFT_TEST_SCALE=$${LOFT_TEST_SCALE:-$(3)} LIMIT=$${LIMIT:-$(4)} \
	        $(MAKE) MODE=$(1) CC=$$c CXX= OPT='$(5) -g1' WARN= CWARN= SAN='$(2)' sanitize-run; \
	done; \
	$(TAP) total $(SANITIZED:%=build/%-$(1)/results)
endef

sanitize-run:
	@$(TAP) start; \
	if ! command -v $(CC) >/dev/null; then \
	    $(TAP) group '$(MODE), $(CC)' missing:$(CC)=$(CC); \
	elif ! echo 'int main(void) { return 0; }' | $(CC) $(SAN) -x c - -o /dev/null 2>/dev/null; then \
	    v=$$($(CC) -dumpversion | cut -d . -f 1); \
	    $(TAP) group '$(MODE), $(CC)' missing:$(MODE)-runtime-of-$(CC)=libclang-rt-$$v-dev; \
	else \
	    $(MAKE) programs; \
	    $(TAP) group '$(MODE), $(CC)' $(LONG_FIRST); \
	    $(TAP) group '$(MODE), $(CC): must report' $(REPORTS:%=report:%); \
	fi

tla: export SCALE := $(SCALE)
tla: ## TLC on the models in tla/, planted bugs too; SCALE=100: large ones; needs Java, TLA2TOOLS=tla2tools.jar or Maven
	@$(TAP) start
	@sh tests/tools/check_tla.sh
	@LIMIT=$$((900 + 9 * $(SCALE))) $(TAP) group 'TLA+' $(MODELS:%=tla:%)
	@$(TAP) total

##: other machines, emulated

cross: ## aarch64 with and without LSE, riscv64, arm, i386, s390x, x86-64 without CMPXCHG16B under qemu-user
	+@rm -rf build/cross-*/results; for t in $(CROSS); do $(MAKE) cross-$$t; done; \
	$(TAP) total $(CROSS:%=build/cross-%/results)

CROSS_OPT ?= -O2
CROSS ?= aarch64-lse aarch64-llsc riscv64 arm i386 s390x x86_64-nocx16
cross-aarch64-lse:
	+@$(call emulate,aarch64-linux-gnu-gcc,qemu-aarch64 -cpu max,-march=armv8.1-a,arm64)
cross-aarch64-llsc:
	+@$(call emulate,aarch64-linux-gnu-gcc,qemu-aarch64 -cpu cortex-a72,-march=armv8-a -mno-outline-atomics,arm64)
cross-riscv64:
	+@$(call emulate,riscv64-linux-gnu-gcc,qemu-riscv64,,riscv64)
cross-arm:
	+@$(call emulate,arm-linux-gnueabihf-gcc,qemu-arm,,armhf)
# An x86-64 system runs these programs itself, and qemu-i386 7.2 hangs where a thread ends.
cross-i386:
	+@$(call emulate,i686-linux-gnu-gcc,$(if $(filter x86_64,$(shell uname -m)),env,qemu-i386),-Wno-psabi,i386)
cross-s390x:
	+@$(call emulate,s390x-linux-gnu-gcc,qemu-s390x,,s390x)
# The first x86-64 processors: what asks for two words at once has to say so, and do without.
cross-x86_64-nocx16:
	+@$(call emulate,x86_64-linux-gnu-gcc,qemu-x86_64 -cpu qemu64$(comma)-cx16,,amd64,$(NOCX16))
NOCX16 := tests/core/arch.c tests/core/dwcas.c $(wildcard tests/queue/scq_word*.c tests/queue/wcq*.c) \
          tests/queue/lcrq.c tests/queue/fast.c tests/queue/two_files.c
comma := ,

# emulate COMPILER EMULATOR FLAGS LIBC [SOURCES]: each header alone, and the C11 programs, or those of these sources,
# linked statically, with short stress loops.
define emulate
	export RESULTS=build/$@/results; \
	$(TAP) start; \
	if ! command -v $(1) >/dev/null; then \
	    $(TAP) group '$@' 'missing:$(1)=gcc-$(subst _,-,$(1:-gcc=)),libc6-dev-$(4)-cross'; \
	elif ! command -v $(firstword $(2)) >/dev/null; then \
	    $(TAP) group '$@' 'missing:$(firstword $(2))=qemu-user'; \
	else \
	    $(MAKE) MODE=cross OUT=build/$@ CC='$(1)' CXX= RUN='$(2)' OPT='$(CROSS_OPT) $(3)' LINK=-static \
	        $(if $(5),SOURCES='$(5)' HEADERS=) cross-run; \
	fi
endef

cross-run: programs
	@STDS=c11 $(TAP) group '$(notdir $(OUT)), headers' $(HEADERS:%=header:%)
	@LOFT_TEST_EMULATED=1 LOFT_TEST_SCALE=$${LOFT_TEST_SCALE:-2} LIMIT=$${LIMIT:-240} \
	    $(TAP) group '$(notdir $(OUT))' $(LONG_FIRST)
	@OTHER= $(TAP) group '$(notdir $(OUT)), the code' $(CODE:%=codegen:%)

##: copies, one file, installation

single: ## one self-contained re-includable header: make single M=queue/scq
	@test -f 'include/loft/$(M).h' || { echo 'make single M=family/module: no such header: $(M)'; exit 2; }
	@mkdir -p build/single
	@sh tests/tools/single.sh include/loft/$(M).h >build/single/loft_$(subst /,_,$(M)).h
	@echo build/single/loft_$(subst /,_,$(M)).h

single-test: ## the one-file form of every header, tested
	@$(TAP) start
	@$(TAP) group 'in one file' $(HEADERS:%=single:%)
	@$(TAP) total

install: ## headers, pkg-config file, CMake package: make install PREFIX=/usr/local DESTDIR=
	@sh tests/tools/install.sh

uninstall: ## removes what install put there
	@sh tests/tools/install.sh uninstall

install-test: ## installs to a folder and builds a program with pkg-config and one with CMake
	@$(TAP) start
	@$(TAP) group 'installed' install:$(CC)
	@$(TAP) total

##: measurements, beside the queues of others that are installed

bench: ## tables, CSV and plots under build/bench: about four minutes once built (BENCH_BUDGET=seconds of sampling)
	@MAKEFLAGS= sh bench/run.sh std || { sh tests/tools/preflight.sh; exit 1; }

bench-full: ## every workload with every contender, several rounds: about fifty minutes
	@MAKEFLAGS= sh bench/run.sh full || { sh tests/tools/preflight.sh; exit 1; }

bench-quick: ## half a minute: every program runs, sums are right, planted bugs are seen; the timings mean nothing
	@MAKEFLAGS= sh bench/run.sh quick || { sh tests/tools/preflight.sh; exit 1; }

bench-deps: ## apt-get install of the contenders and of what draws the plots
	@sh bench/deps.sh

##: tools

deps: ## apt-get install of all that make test, the sanitizers and install-test can use
	@sh tests/tools/deps.sh test

cross-deps: ## apt-get install of the cross compilers and qemu
	@sh tests/tools/deps.sh cross

tla-deps: ## apt-get install of Java and of Maven, which fetches TLC
	@sh tests/tools/deps.sh tla

clean: ## removes build/
	@rm -rf build

.PHONY: help test test-run test-also of-the-compiler programs run lint self-test copy-test standards explore \
    explore-long mutate explore-built explore-run explore-long-run mutate-run asan ubsan asan-ubsan tsan \
    sanitize-run tla cross cross-run $(CROSS:%=cross-%) single single-test install uninstall install-test bench \
    bench-full bench-quick bench-deps deps cross-deps tla-deps clean
