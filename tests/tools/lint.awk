# SPDX-License-Identifier: MIT
#
# tests/tools/lint.awk - reads all headers under include/loft and prints each slip as `file:line: what`.
#
#     awk -v root=DIR -f lint.awk DIR/include/loft/*/*.h
#     awk -v root=DIR -v list=1 -f lint.awk HEADER...       the accesses instead: STEM LABEL FILE LINE LAST-LINE CALL
#                                                           ORDER [ORDER ON FAILURE], for make mutate
#
# What it knows of a header: its code without comments and strings, its comments, its manual (the first comment), its
# atomic accesses with their order comments, the EDGES table. Memory orders are a matter of pairs, so most of the work
# is done at the end, when every label is known.
#
#     access          /* fn:L order[/order on failure] [arrow partner, partner...]...: why */
#
# The comment begins on a line of the access and may run on. L is a capital letter, a digit may follow; fn:L is unique
# in the header. The orders are those of the code; the second is named where it is not relaxed. Arrows: -> whom it
# feeds, <- who feeds it, <-> seq_cst against seq_cst. A partner is fn:L of this header, stem/fn:L of another one, or
# `user`, an access in the caller's code. A release has ->, an acquire <-, acq_rel both, seq_cst any; each arrow has its
# mirror, and EDGES lists each pair once, as `a:A -> b:B` or `a:A <-> b:B`, commas on a side meaning all combinations.

function slip(f, line, text)
{
    if (list)
        return
    sub("^" root "/", "", f)
    printf "%s:%d: %s\n", f, line, text
    slips++
}

function trim(s)
{
    gsub(/^[ \t]+|[ \t]+$/, "", s)
    return s
}

# ---- one line: split into code and comments --------------------------------------------------------------------------

function scan(line,    i, n, c, d, out)
{
    out = ""
    n = length(line)
    for (i = 1; i <= n; i++) {
        c = substr(line, i, 1)
        d = substr(line, i, 2)
        if (in_comment) {
            if (d == "*/") {
                in_comment = 0
                c_end[comments] = FNR
                out = out " "
                i++
            } else
                c_text[comments] = c_text[comments] c
        } else if (d == "/*") {
            in_comment = 1
            c_begin[++comments] = FNR
            c_text[comments] = ""
            i++
        } else if (d == "//") {
            break
        } else if (c == "\"" || c == "'") {
            out = out c
            for (i++; i <= n && substr(line, i, 1) != c; i++)
                if (substr(line, i, 1) == "\\")
                    i++
            out = out c
        } else
            out = out c
    }
    if (in_comment)
        c_text[comments] = c_text[comments] " "
    return out
}

# ---- the file as a whole ---------------------------------------------------------------------------------------------

function reset()
{
    split("", code)
    split("", raw)
    split("", c_begin)
    split("", c_end)
    split("", c_text)
    comments = 0
    in_comment = 0
    lines = 0
}

function stem_of(f)         # include/loft/queue/scq.h -> queue/scq
{
    sub(/^.*include\/loft\//, "", f)
    sub(/\.h$/, "", f)
    return f
}

function plain(p)
{
    gsub(/\/\.\//, "/", p)
    while (match(p, /[^\/.]+\/\.\.\//))
        p = substr(p, 1, RSTART - 1) substr(p, RSTART + RLENGTH)
    return p
}

function finish(    name)
{
    if (file == "")
        return
    stem = stem_of(file)
    family = stem
    sub(/\/.*/, "", family)
    name = stem
    sub(/.*\//, "", name)
    known[name] = stem
    guarded = is_guarded()
    manual()
    includes()
    names()
    macros()
    if (stem != "core/atomics" && stem != "core/dwcas" && stem != "core/asymmetric")
        accesses()
}

function is_guarded(    i, g)
{
    for (i = 1; i < lines; i++)
        if (code[i] ~ /^#[ \t]*ifndef[ \t]+LOFT_[A-Z0-9_]+_H[ \t]*$/) {
            g = code[i]
            sub(/^#[ \t]*ifndef[ \t]+/, "", g)
            return trim(code[i + 1]) == "#define " trim(g)
        } else if (code[i] ~ /^#/)
            return 0
    return 0
}

# The manual: SPDX, what the file is, Needs, and the headings in the order a reader of one header expects in the next.
function manual(    i, t, rank, last, seen, h, want, k, n, w, last_line)
{
    if (raw[1] != "/* SPDX-License-Identifier: MIT")
        slip(file, 1, "the first line is not `/* SPDX-License-Identifier: MIT`")
    if (index(raw[3], " * loft/" stem ".h - ") != 1)
        slip(file, 3, "the third line is not ` * loft/" stem ".h - what it is`")
    last_line = c_end[1]
    needs = ""
    split("", seen)
    last = 0
    edges_from = 0
    for (i = 2; i <= last_line; i++) {
        if (raw[i] ~ /^ \* Needs: /) {
            needs = substr(raw[i], 10)
            for (k = i + 1; raw[k] ~ /^ \*        /; k++)
                needs = needs " " substr(raw[k], 3)
            needs_line = i
        }
        if (raw[i] !~ /^ \* [A-Z][A-Z]/)
            continue
        t = substr(raw[i], 4)
        rank = 0
        for (h = 1; h <= headings; h++)
            if (index(t, heading[h]) == 1 && substr(t, length(heading[h]) + 1, 1) !~ /[A-Za-z_]/)
                rank = h
        if (edges_from && !edges_to)
            edges_to = i - 1
        if (!rank)
            continue
        if (heading[rank] == "EDGES") {
            edges_from = i
            edges_to = 0
        }
        if (heading[rank] in seen)
            slip(file, i, "the manual has " heading[rank] " twice")
        seen[heading[rank]] = 1
        if (rank < last)
            slip(file, i, "the manual has " heading[rank] " after " heading[last])
        last = rank
    }
    if (edges_from && !edges_to)
        edges_to = last_line - 1
    if (needs == "")
        slip(file, 1, "the manual has no `Needs:` line")
    if (family != "core" && !guarded) {
        n = split("USE IT WHEN;EXAMPLE;PARAMETERS;OPERATIONS;TOGETHER;EDGES;MEMORY;PROGRESS", w, ";")
        for (i = 1; i <= n; i++)
            if (!(w[i] in seen))
                slip(file, 1, "the manual has no section " w[i])
    }
}

# Arrows down only; a header includes others by their place beside it; what it includes is what it says it needs.
function includes(    i, t, target, fam, list, n, w, k, ok)
{
    split("", list)
    for (i = 1; i <= lines; i++) {
        if (code[i] !~ /^[ \t]*#[ \t]*include/)
            continue
        t = raw[i]
        if (t ~ /<loft\//) {
            slip(file, i, "a header of Loft is included by its relative path, not as <loft/...>")
            continue
        }
        if (t !~ /"/)
            continue
        sub(/^[^"]*"/, "", t)
        sub(/".*/, "", t)
        target = plain(family "/" t)
        fam = target
        sub(/\/.*/, "", fam)
        if (index(" " below[family] " ", " " fam " ") == 0)
            slip(file, i, family "/ may not include " fam "/ (allowed: " below[family] ")")
        if (!(("include/loft/" target) in exists))
            slip(file, i, "includes " t ", which is not there")
        list[target] = i
    }
    for (target in list)
        if (index(needs, target) == 0)
            slip(file, needs_line ? needs_line : 1, "includes " target " but `Needs:` does not name it")
    n = split(needs, w, /[ ,;]+/)
    for (k = 1; k <= n; k++)
        if (w[k] ~ /^[a-z]+\/[a-z0-9_]+\.h$/ && !(w[k] in list))
            slip(file, needs_line, "`Needs:` names " w[k] ", which is not included")
}

function names(    i, t)
{
    if (stem == "core/atomics")
        return
    for (i = 1; i <= lines; i++) {
        t = code[i]
        if (stem == "core/dwcas")                       # pairs of words are its business; single words are not
            gsub(/__sync_[a-z_]+(_8|_16)?|__atomic_[a-z_]+|__ATOMIC_[A-Z_]+/, "", t)
        if (t ~ /(^|[^A-Za-z0-9_])(atomic_[a-z]|__atomic_|__sync_|_Atomic)/ || t ~ /std::(atomic|memory_order)/ ||
            t ~ /(^|[^A-Za-z0-9_])memory_order_/ || t ~ /#[ \t]*include[ \t]*<(stdatomic\.h|atomic)>/)
            slip(file, i, "names an atomic operation; only core/atomics.h may, use its door")
    }
}

# A template leaves none of its macros behind. Names ending in _H are guards, and what stands between such a guard and
# its #endif is defined once for all instances and stays. Machinery whose guard the template takes away again is part of
# it: what the one defines the other may take back; what machinery only asks for is its template's to know. So this is
# noted here and told at the end, by leftovers().
function macros(    i, t, m, prefix, depth, once)
{
    if (family == "core" || family == "check")
        return
    prefix = "LOFT_" toupper(family) "_"
    if (!guarded)
        template[stem] = file
    depth = 0
    once = 0
    for (i = 1; i <= lines; i++) {
        t = code[i]
        if (t !~ /^[ \t]*#/)
            continue
        sub(/^[ \t]*#[ \t]*/, "", t)
        if (t ~ /^include[ \t]*"/) {
            t = raw[i]
            sub(/^[^"]*"/, "", t)
            sub(/\.h".*/, "", t)
            part[stem] = part[stem] " " plain(family "/" t) " " i
            continue
        }
        if (t ~ /^if/) {
            depth++
            if (!once && depth > guarded && t ~ /^ifndef[ \t]+LOFT_[A-Z0-9_]+_H[ \t]*$/)
                once = depth
        }
        if (t ~ /^endif/) {
            if (once == depth)
                once = 0
            depth--
        }
        if (once)
            continue
        if (t ~ /^undef/) {
            sub(/^undef[ \t]+/, "", t)
            m = trim(t)
            if (m ~ /_H$/)
                taken[stem SUBSEP m] = 1
            gone[stem] = gone[stem] " " m " " i
        } else if (t ~ /^define/ || (!guarded && t ~ /^(if|elif)/)) {
            if (t ~ /^define/) {
                sub(/^define[ \t]+/, "", t)
                match(t, /^[A-Za-z0-9_]+/)
                t = substr(t, RSTART, RLENGTH)
            }
            while (match(t, prefix "[A-Z0-9_]+")) {
                m = substr(t, RSTART, RLENGTH)
                if (m !~ /_H$/)
                    own[stem] = own[stem] " " m " " i
                t = substr(t, RSTART + RLENGTH)
            }
        }
    }
}

function leftovers(    s, n, i, w, has, away, k, p, guard, m)
{
    for (s in template) {
        split("", has)
        split("", away)
        n = split(own[s], w, " ")
        for (i = n - 1; i > 0; i -= 2)
            has[w[i]] = w[i + 1]
        n = split(gone[s], w, " ")
        for (i = 1; i < n; i += 2)
            away[w[i]] = w[i + 1]
        k = split(part[s], p, " ")
        for (k--; k > 0; k -= 2) {
            guard = "LOFT_" toupper(p[k]) "_H"
            gsub(/\//, "_", guard)
            if (!((s SUBSEP guard) in taken))
                continue
            n = split(own[p[k]], w, " ")
            for (i = 1; i < n; i += 2)
                if (!(w[i] in has) || has[w[i]] + 0 > p[k + 1] + 0)
                    has[w[i]] = p[k + 1]
            n = split(gone[p[k]], w, " ")
            for (i = 1; i < n; i += 2)
                if (!(w[i] in away) || away[w[i]] + 0 < p[k + 1] + 0)
                    away[w[i]] = p[k + 1]
        }
        for (m in has)
            if (!(m in away) || away[m] + 0 < has[m] + 0)
                slip(template[s], has[m], m " is not #undef-ed at the end of the header")
    }
}

# ---- accesses and their comments -------------------------------------------------------------------------------------

# The text of a call from its name at line i, column p, to its closing parenthesis; call_end is the line of that.
function call(i, p,    s, depth, n, c, out, started)
{
    depth = 0
    started = 0
    out = ""
    s = substr(code[i], p)
    for (;;) {
        for (n = 1; n <= length(s); n++) {
            c = substr(s, n, 1)
            out = out c
            if (c == "(") {
                depth++
                started = 1
            } else if (c == ")" && --depth == 0 && started) {
                call_end = i
                return out
            }
        }
        if (++i > lines) {
            call_end = lines
            return out
        }
        out = out " "
        s = code[i]
    }
}

function arguments(text, arg,    n, i, c, depth)
{
    sub(/^[^(]*\(/, "", text)
    sub(/\)$/, "", text)
    n = 1
    arg[1] = ""
    depth = 0
    for (i = 1; i <= length(text); i++) {
        c = substr(text, i, 1)
        if (c == "(" || c == "[") depth++
        if (c == ")" || c == "]") depth--
        if (c == "," && depth == 0)
            arg[++n] = ""
        else
            arg[n] = arg[n] c
    }
    for (i = 1; i <= n; i++)
        arg[i] = trim(arg[i])
    return n
}

function accesses(    i, p, t, verb, text, n, arg, ok, no, k, last_end)
{
    last_end = 0
    for (i = 1; i <= lines; i++) {
        t = code[i]
        p = 1
        while (match(substr(t, p), /loft_[a-z_0-9]+[ \t]*\(/)) {
            p += RSTART - 1
            verb = substr(t, p, RLENGTH)
            sub(/[ \t]*\($/, "", verb)
            if (!(verb in access) || (p > 1 && substr(t, p - 1, 1) ~ /[A-Za-z0-9_]/)) {
                p += RLENGTH
                continue
            }
            text = call(i, p)
            if (i <= last_end) {
                slip(file, i, "two atomic accesses in one place; give each a line of its own")
                break
            }
            last_end = call_end
            n = arguments(text, arg)
            no = ""
            if (access[verb] == "two") {
                ok = arg[n - 1]
                no = arg[n]
            } else if (access[verb] == "first")
                ok = arg[1]
            else
                ok = arg[n]
            if (!(ok in order) || (no != "" && !(no in order)))
                slip(file, i, verb " without a memory order written out: " ok (no == "" ? "" : ", " no))
            else
                comment_of(i, call_end, verb, ok, no)
            p += length(verb)
        }
    }
    edges_table()
}

function comment_of(from, to, verb, ok, no,    k, t, label, o, o2, arrow, part, up, down, both, key)
{
    for (k = 1; k <= comments; k++)
        if (c_begin[k] >= from && c_begin[k] <= to && c_text[k] ~ /^ *[A-Za-z_][A-Za-z0-9_]*:[A-Z][0-9]?([ ,]|$)/)
            break
    if (k > comments) {
        slip(file, from, verb " has no order comment `/* fn:L " ok " ...: why */` on its line")
        return
    }
    t = c_text[k]
    gsub(/ +\* /, " ", t)
    gsub(/[ \t]+/, " ", t)
    t = trim(t)
    match(t, /^[A-Za-z_][A-Za-z0-9_]*:[A-Z][0-9]?/)
    label = substr(t, 1, RLENGTH)
    t = trim(substr(t, RLENGTH + 1))
    key = stem SUBSEP label
    if (key in at)
        slip(file, from, label " is the label of line " at[key] " already")
    at[key] = from
    where[key] = file
    if (list) {
        print stem, label, file, from, to, verb, ok, no
        return
    }
    match(t, /^[a-z_]*/)
    o = substr(t, 1, RLENGTH)
    t = substr(t, RLENGTH + 1)
    o2 = ""
    if (match(t, /^\/[a-z_]+/)) {
        o2 = substr(t, 2, RLENGTH - 1)
        t = substr(t, RLENGTH + 1)
    }
    t = trim(t)
    if (o != ok)
        slip(file, from, label ": the comment says " (o == "" ? "no order" : o) ", the code says " ok)
    if (o2 != "" && o2 != no)
        slip(file, from, label ": the comment says " o2 " on failure, the code says " (no == "" ? "nothing" : no))
    if (o2 == "" && no != "" && no != "relaxed" && no != ok)
        slip(file, from, label ": the comment must name both orders: " ok "/" no)

    up = down = both = 0
    while (match(t, /^(<->|->|<-)/)) {
        arrow = substr(t, 1, RLENGTH)
        t = trim(substr(t, RLENGTH + 1))
        do {
            if (!match(t, /^(([a-z0-9_]+\/)*[A-Za-z_][A-Za-z0-9_]*:[A-Z][0-9]?|user)/)) {
                slip(file, from, label ": no label after " arrow)
                return
            }
            part = substr(t, 1, RLENGTH)
            t = trim(substr(t, RLENGTH + 1))
            if (arrow == "->") up++
            if (arrow == "<-") down++
            if (arrow == "<->") both++
            claim[stem SUBSEP label SUBSEP arrow SUBSEP part] = from
            if (substr(t, 1, 1) != ",")
                break
            t = trim(substr(t, 2))
        } while (1)
    }
    if (substr(t, 1, 1) != ":" || length(trim(substr(t, 2))) < 3)
        slip(file, from, label ": no reason; the comment ends `: why`")

    if (releases(ok) && ok != "seq_cst" && !up)
        slip(file, from, label ": " ok " does not name whom it feeds (-> fn:L)")
    if ((acquires(ok) || acquires(no)) && ok != "seq_cst" && no != "seq_cst" && !down)
        slip(file, from, label ": " (acquires(ok) ? ok : no) " does not name who feeds it (<- fn:L)")
    if ((ok == "seq_cst" || no == "seq_cst") && !up && !down && !both)
        slip(file, from, label ": seq_cst does not name its partner (->, <- or <-> fn:L)")
    if (both && ok != "seq_cst")
        slip(file, from, label ": <-> is for seq_cst, this is " ok)
    if (up && ok == "acquire")
        slip(file, from, label ": an acquire feeds nobody (->)")
    if (down && ok == "release" && !acquires(no))
        slip(file, from, label ": a release is fed by nobody (<-)")
}

function releases(o) { return o == "release" || o == "acq_rel" || o == "seq_cst" }
function acquires(o) { return o == "acquire" || o == "acq_rel" || o == "seq_cst" }

# LIST ARROW LIST at the start of a line of EDGES; all combinations of both lists are in the table.
function edges_table(    i, t, one, left, right, arrow, nl, nr, l, r, k, m, re)
{
    table_at[stem] = edges_from ? edges_from : 0
    if (!edges_from)
        return
    one = "(([a-z0-9_]+/)*[A-Za-z_][A-Za-z0-9_]*:[A-Z][0-9]?|user)"
    re = "^" one "( *, *" one ")*"
    for (i = edges_from; i <= edges_to; i++) {
        t = substr(raw[i], 4)
        if (i == edges_from)
            sub(/^EDGES/, "", t)
        t = trim(t)
        if (!match(t, re))
            continue
        left = substr(t, 1, RLENGTH)
        t = trim(substr(t, RLENGTH + 1))
        if (!match(t, /^(<->|->|<-)/))
            continue
        arrow = substr(t, 1, RLENGTH)
        t = trim(substr(t, RLENGTH + 1))
        if (!match(t, re)) {
            slip(file, i, "EDGES: no label after " arrow)
            continue
        }
        right = substr(t, 1, RLENGTH)
        if (arrow == "<-")
            slip(file, i, "EDGES: write the release first: " right " -> " left)
        nl = split(left, l, / *, */)
        nr = split(right, r, / *, */)
        for (k = 1; k <= nl; k++)
            for (m = 1; m <= nr; m++) {
                if (pair_name(l[k], arrow, r[m]) in table && table_in[pair_name(l[k], arrow, r[m])] == stem)
                    slip(file, i, "EDGES lists " l[k] " " arrow " " r[m] " twice")
                table[pair_name(l[k], arrow, r[m])] = i
                table_in[pair_name(l[k], arrow, r[m])] = stem
            }
    }
}

function pair_name(a, arrow, b)
{
    if (arrow == "<->" && a > b)
        return stem SUBSEP b SUBSEP arrow SUBSEP a
    return stem SUBSEP a SUBSEP arrow SUBSEP b
}

# Everything that needs all labels of all headers.
function pairs(    key, w, line, s, from, arrow, part, f, mirror, other, o, head, lab)
{
    for (key in claim) {
        split(key, w, SUBSEP)
        s = w[1]
        from = w[2]
        arrow = w[3]
        part = w[4]
        line = claim[key]
        f = where[s SUBSEP from]
        if (part == "user")
            continue
        if (part ~ /\//) {
            head = part
            sub(/\/[^\/]*$/, "", head)
            lab = part
            sub(/.*\//, "", lab)
            o = head in known ? known[head] : head
            if (!((o SUBSEP lab) in at))
                slip(f, line, from " names " part ", but " o ".h has no such label")
            continue
        }
        if (!((s SUBSEP part) in at)) {
            slip(f, line, from " names " part ", which is no label of this header")
            continue
        }
        mirror = arrow == "->" ? "<-" : arrow == "<-" ? "->" : "<->"
        if (!((s SUBSEP part SUBSEP mirror SUBSEP from) in claim))
            slip(f, line, from " " arrow " " part ", but " part " does not say " mirror " " from)
        stem = s
        other = arrow == "<-" ? pair_name(part, "->", from) : pair_name(from, arrow, part)
        if (!(other in table) && !(other in told)) {
            told[other] = 1
            gsub(SUBSEP, " ", other)
            sub(/^[^ ]* /, "", other)
            slip(f, line, "EDGES does not list " other)
        }
    }
    for (key in table) {
        split(key, w, SUBSEP)
        if (w[2] ~ /\// || w[4] ~ /\// || w[2] == "user" || w[4] == "user")
            continue
        if (!((w[1] SUBSEP w[2] SUBSEP w[3] SUBSEP w[4]) in claim))
            slip(root "/include/loft/" w[1] ".h", table[key],
                 "EDGES lists " w[2] " " w[3] " " w[4] ", but no access says so")
    }
}

# ---- driver ----------------------------------------------------------------------------------------------------------

BEGIN {
    n = split("USE IT WHEN;DO NOT USE IT;EXAMPLE;PARAMETERS;OPERATIONS;" \
              "TOGETHER;EDGES;MEMORY;PROGRESS;SOURCE", heading, ";")
    headings = n
    below["core"] = "core"
    below["smr"] = "core smr"
    below["queue"] = "core smr queue"
    below["stack"] = "core smr stack"
    below["map"] = "core smr map"
    below["check"] = "core check"
    below["shm"] = "core shm"
    below["trace"] = "core queue trace"
    n = split("load store exchange fetch_add fetch_sub fetch_or fetch_and fence signal_fence " \
              "dw_load dw_peek dw_peek_hi dw_store dw_exchange", w, " ")
    for (i = 1; i <= n; i++)
        access["loft_" w[i]] = "last"
    access["loft_fence_for"] = "first"
    access["loft_fence_light"] = access["loft_fence_heavy"] = "last"
    access["loft_cas_weak"] = "two"
    access["loft_cas_strong"] = "two"
    access["loft_dw_cas"] = "two"
    access["loft_dw_cas_hi"] = "two"
    n = split("relaxed acquire release acq_rel seq_cst", w, " ")
    for (i = 1; i <= n; i++)
        order[w[i]] = 1
    for (i = 1; i < ARGC; i++) {
        f = ARGV[i]
        sub("^" root "/", "", f)
        exists[f] = 1
    }
    file = ""
}

FNR == 1 {
    finish()
    reset()
    file = FILENAME
}

{
    lines = FNR
    raw[FNR] = $0
    code[FNR] = scan($0)
}

END {
    finish()
    if (!list) {
        leftovers()
        pairs()
    }
    exit slips != 0
}
