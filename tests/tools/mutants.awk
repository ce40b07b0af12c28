# SPDX-License-Identifier: MIT
#
# tests/tools/mutants.awk - reads what `lint.awk -v list=1` prints and what the programs say they reached (lines
# `# site FILE:LINE:SLOT ...`), and prints each way to weaken one order of one access by one step, as fields between
# tabs: LABEL WEAKENING FILE:LINE:SLOT=ORDER. Instead of the place there is `-` where no program comes, and nothing is
# printed of such an access in a header that another module has to answer for.
#
#     awk -v module=queue/scq -v own='include/loft/queue/scq.h ...' -f mutants.awk SITES REACHED
#
# One step: seq_cst to acq_rel, which is acquire for a load and release for a store; acq_rel to acquire and to release;
# acquire and release to relaxed. A fence may also go altogether. What a compare-exchange reads when it fails is a load.

function weaker(call, slot, order)
{
    if (call ~ /signal_fence/ || order == "relaxed")
        return ""
    if (call ~ /fence/)
        return order == "seq_cst" ? "acq_rel relaxed" : order == "acq_rel" ? "acquire release relaxed" : "relaxed"
    if (order != "seq_cst")
        return order == "acq_rel" ? "acquire release" : "relaxed"
    if (slot == 1 || call ~ /_(load|peek)$/)
        return "acquire"
    return call ~ /_store$/ ? "release" : "acq_rel"
}

function mutants(i, slot, order,    n, w, k, line, place, label)
{
    place = ""
    for (line = from[i]; line <= to[i] && place == ""; line++)
        if ((file[i] ":" line ":" slot) in reached)
            place = file[i] ":" line ":" slot
    if (place == "" && !(file[i] in mine))
        return
    label = stem[i] == module ? at[i] : substr(stem[i], index(stem[i], "/") + 1) "/" at[i]
    n = split(weaker(call[i], slot, order), w, " ")
    for (k = 1; k <= n; k++)
        printf "%s\t%s->%s%s\t%s\n", label, order, w[k], slot ? " on failure" : "", \
            place == "" ? "-" : place "=" w[k]
}

BEGIN {
    n = split(own, w, " ")
    for (i = 1; i <= n; i++)
        mine[w[i]] = 1
}

FILENAME == ARGV[1] {
    stem[++sites] = $1
    at[sites] = $2
    file[sites] = $3
    from[sites] = $4
    to[sites] = $5
    call[sites] = $6
    success[sites] = $7
    failure[sites] = $8
}

# The compiler names a header by the way that led to it: include/loft/queue/../core/park.h.
FILENAME == ARGV[2] && /^# site / {
    place = $3
    gsub(/\/\.\//, "/", place)
    while (match(place, /[^\/.]+\/\.\.\//))
        place = substr(place, 1, RSTART - 1) substr(place, RSTART + RLENGTH)
    reached[place] = 1
}

END {
    for (i = 1; i <= sites; i++) {
        mutants(i, 0, success[i])
        if (failure[i] != "")
            mutants(i, 1, failure[i])
    }
}
