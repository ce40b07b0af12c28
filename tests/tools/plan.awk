# SPDX-License-Identifier: MIT
#
# tests/tools/plan.awk - which programs each test file becomes: prints VARIANT/tests/family/module, one per line.
#
#     awk -v mode=test -f plan.awk tests/*/*.c
#
# The directives are lines ` * build: ...` of the file's head comment; the head of the Makefile explains them.

function emit(variant)
{
    print variant "/" stem
}

# A library is of this machine, and not instrumented: programs for another one or under a sanitizer do without it.
function take_variant()
{
    if (mode == "test" || !/ -l/)
        name[++also] = $4
}

function finish()
{
    if (stem == "" || left_out)
        return
    emit("c11")
    if (mode == "test" && !c_only) {
        emit("cxx11")
        emit("cxx20")
    }
    if (mode == "test" && lto)
        emit("lto")
    for (i = 1; i <= also; i++)
        emit(name[i])
}

FNR == 1 {
    finish()
    stem = FILENAME
    sub(/\.c$/, "", stem)
    also = 0
    c_only = 0
    lto = 0
    left_out = 0
    head = 1
}

head && /^ \* build: / {
    if ($3 == "also")
        take_variant()
    else if ($3 == "c-only")
        c_only = 1
    else if ($3 == "lto")
        lto = 1
    else if ($3 == "not")
        for (i = 4; i <= NF; i++)
            if (mode ~ "(^|-)" $i "(-|$)")
                left_out = 1
    if ($3 ~ /^with-(other|cxx)$/ && mode != "test")
        left_out = 1
}

/\*\// { head = 0 }

END { finish() }
