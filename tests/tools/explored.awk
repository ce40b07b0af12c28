# SPDX-License-Identifier: MIT
#
# tests/tools/explored.awk - adds up what programs of the explorer have printed: awk -f explored.awk FILE.tap...
# How many clients were searched to the end and how many at random, and which took longest.

function name(file)
{
    sub(/\.tap$/, "", file)
    sub(/.*_explore_/, "", file)
    return file
}

/^ok [0-9]+ - .* executions(, seed [0-9]+)?, [0-9.]+ s/ {
    what = $0
    sub(/^ok [0-9]+ - /, "", what)
    if (!match(what, /, [0-9.]+ s(,| \(|$)/))
        next
    seconds = substr(what, RSTART + 2) + 0
    all += seconds
    if (what ~ /: exhaustive,|, exhaustive$/)
        ended++
    else if (what ~ /: (random|not exhaustive), /)
        random++
    if (match(what, /[0-9]+ executions/))
        executions += substr(what, RSTART, RLENGTH) + 0
    sub(/: [^:]*$/, "", what)
    for (i = 5; i > 0 && seconds > slow[i]; i--) {
        slow[i + 1] = slow[i]
        who[i + 1] = who[i]
    }
    slow[i + 1] = seconds
    who[i + 1] = name(FILENAME) ": " what
}

END {
    printf "%d clients to the end, %d at random, %d executions, %.0f s of processors\n", \
        ended, random, executions, all
    for (i = 1; ended && i <= 5 && slow[i] >= 0.1; i++)
        printf "%s%s %.1f s", i == 1 ? "longest: " : "; ", who[i], slow[i]
    if (i > 1)
        print ""
}
