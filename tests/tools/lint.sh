#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tests/tools/lint.sh [FOLDER] - the rules no compiler knows, over a whole tree. Prints `file:line: what`; silent when
# all is well. Headers are read by lint.awk; the rest is the shape of text files.
set -u
LC_ALL=C
export LC_ALL
root=${1:-.}
here=$(dirname "$0")
status=0

# shellcheck disable=SC2046
awk -v root="$root" -f "$here/lint.awk" $(ls "$root"/include/loft/*/*.h) || status=1

# Files of the project, not what lies about: those git knows or would take; all of them where there is no git.
if [ "$root" = . ] && git rev-parse --git-dir >/dev/null 2>&1; then
    files=$(git ls-files -co --exclude-standard)
else
    files=$(cd "$root" && find . -path ./build -prune -o -path ./.git -prune -o -type f -print | sed 's|^\./||')
fi
cd "$root" || exit 2
for f in $files; do
    [ -f "$f" ] || continue
    case $f in
    *.h|*.c|*.hpp|*.cc|*.cpp|*.sh|*.awk|*.pl|*.gp|*.tla|Makefile|.ci/run) kind=source ;;
    *.md|*.cfg|*.txt|*.csv|LICENSE|.gitignore|.editorconfig)              kind=text ;;
    *) continue ;;
    esac
    tabs=1
    case $f in Makefile|.gitmodules) tabs=0 ;; esac
    # A file that says what must not be written has to write it somehow: the patterns below do not match themselves.
    awk -v f="$f" -v kind=$kind -v tabs=$tabs '
        function slip(text) { printf "%s:%d: %s\n", f, FNR, text; bad = 1 }
        { line = $0 }
        kind == "source" {
            gsub(/[\200-\277]/, "", line)
            if (length(line) > 120) slip("the line has " length(line) " columns; 120 are the limit")
            if (FNR <= 3 && /SPDX-License-Identifier: MIT/) spdx = 1
        }
        tabs && /\t/                  { slip("a tab") }
        !tabs && /^ +\t/              { slip("blanks before a tab") }
        / $|\t$/                      { slip("blanks at the end of the line") }
        /\r/                          { slip("a carriage return") }
        /(^|[^A-Z_])(TO[D]O|FIX[M]E|X[X]X)([^A-Z_]|$)/ { slip("an unfinished mark") }
        /\/wor[k]\/|\/hom[e]\/|\/roo[t]\/|\/tm[p]\/bash/ { slip("a path of one machine") }
        END {
            if (kind == "source" && !spdx) { FNR = 1; slip("no SPDX-License-Identifier in the first lines") }
            exit bad
        }' "$f" || status=1
    if [ -s "$f" ] && [ -n "$(tail -c 1 "$f")" ]; then
        echo "$f: no newline at the end"
        status=1
    fi
done
exit $status
