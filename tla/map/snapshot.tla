\* SPDX-License-Identifier: MIT
--------------------------------------------------- MODULE snapshot --------------------------------------------------
(* Snapshots of include/loft/map/snapshot.h, in a list as that of list.h, where one that was replaced stays on the way
   until it is unlinked, or (Swings) comes off in the step that replaces it, as a leaf of bst.h does, never to be freed.
   The actions are the labels of snapshot.h: report_to_B is report_to:B. What an engine does has names of its own.

   One step is one access and what follows it up to the next one; a search from the head is one step, and so is an
   access that decides a call together with the looks that it is decided by: the lists and trees have their own models.
   Who takes a snapshot goes from node to node, through those that are out as well. A node is freed when all who were in
   a section when it was retired have left that, and its number is used again as soon as it is free.

   Steps interleave in any order, and each sees all earlier ones, but for the map's word `snap`: a load may read any
   value from the one that its thread has read or written last up to the newest, until a heavy fence (open:B,
   report_in:B) of a thread that knows a newer one. snapping:A, the light fence in front of that load, is no step: it
   says that the load comes behind what the call has done. Other orders are for the explorer.

   A call begins with its first access and is over with its last one, which allows no more answers than what is so in
   truth. What is read before it has to be, and asked again or only kept for longer, is read with its neighbour: told:A
   and report_in:A by snapping_B, report_to:A by report_to_B. report_in_C is report_in:D and report_in:E as well:
   between them a report is what it was before. open_B is open:C, report_in_B is report_in:F, too. is_valid_A passes at
   once what cannot change any more.

   No linearization points are stated. `ways` holds what the calls that are over allow: contents of a map, and for each
   call under way its answer, if it has happened in that. Who answers keeps those ways in which this is its answer.

   Left out: fences that the system refuses (as if there was no memory); ranges; drop_collector:A. A collector forgets
   nothing that it was told, which only spares reports.

   What is claimed:
     Right    there is a way: all calls are those of one map, one after the other, snapshots among them
     Safe     nobody stands on a node that is free, and no snapshot has one
     Goes     nobody waits, but for the snapshot of another

   snapshot.cfg has 24331 states, some 5 s of one processor; a planted bug is found in 1 to 3 s, those that are left to
   SCALE=100 in up to 30. snapshot_long.cfg has 179167, some 40 s.
*)
EXTENDS Integers, Sequences, FiniteSets

CONSTANTS Plans,                            \* which of the plans below
          Bug                               \* "none", or what is planted:
                                            \*   "looks"     who has found an entry does not report it
                                            \*   "puts"      who has put one in does not
                                            \*   "takes"     who takes one out does not report first that it is in
                                            \*   "misses"    who has found one out does not report that
                                            \*   "unlinks"   one that is out is reported when it is off the list
                                            \*   "replaced"  one that was replaced is reported as out
                                            \*   "before"    it is seen to be in before that is reported, not after
                                            \*   "trusts"    what was reported counts, seen to be in or not
                                            \*   "number"    who goes through sees an entry first, then reads the number
                                            \*   "found"     what was found counts more than what was reported later
                                            \*   "early"     snap is cleared before the collector is closed
                                            \*   "open"      no heavy fence where a snapshot begins
                                            \*   "fenced"    nor by who reports before that
                                            \*   "hasty"     snap is read before an entry is put in, not after
                                            \*   "reused"    a report of OUT counts also for what was reported later

Put(k)    == << "put", k >>
Remove(k) == << "remove", k >>
Get(k)    == << "get", k >>
First     == << "first", 1 >>
PopLast   == << "pop", 9 >>
Snap      == << "snap", 0 >>

Calls(p) ==
    CASE p = "order"   -> << << Put(1), Put(2) >>, << Snap >> >>
      [] p = "behind"  -> << << Put(1), Put(2) >>, << Snap >> >>
      [] p = "renews"  -> << << Put(1), Put(2) >>, << Snap >> >>
      [] p = "moves"   -> << << Remove(1), Put(2) >>, << Snap >> >>
      [] p = "changes" -> << << Remove(1), Put(2) >>, << Snap >> >>
      [] p = "back"    -> << << Remove(1), Put(1) >>, << Snap >> >>
      [] p = "pop"     -> << << PopLast >>, << Put(2) >>, << Snap >> >>
      [] p = "apart"   -> << << Put(1) >>, << Put(2) >>, << Snap >> >>
      [] p = "seen"    -> << << Put(1) >>, << Get(1), Put(2) >>, << Snap >> >>
      [] p = "first"   -> << << Put(1) >>, << First, Put(2) >>, << Snap >> >>
      [] p = "missed"  -> << << Remove(2) >>, << Get(2), Put(1) >>, << Snap >> >>
      [] p = "taken"   -> << << Put(1), Put(2) >>, << Remove(1) >>, << Snap >> >>
      [] p = "late"    -> << << Get(1) >>, << Remove(1), Put(2) >>, << Snap >> >>
      [] p = "two"     -> << << Put(1), Remove(1) >>, << Snap, Snap >> >>
      [] p = "turns"   -> << << Put(1), Snap >>, << Put(2), Snap >> >>
      [] p = "scarce"  -> << << Put(1), Put(2) >>, << Snap >> >>
      [] p = "reuses"  -> << << Get(1) >>, << Remove(1), Put(1), Put(2) >>, << Snap >> >>

Begin(p)   ==                               \* the keys that are in
    CASE p = "behind" -> { 2 }
      [] p \in { "changes", "missed" } -> { 1, 2 }
      [] p \in { "renews", "moves", "back", "pop", "taken", "late", "reuses" } -> { 1 }
      [] OTHER -> {}
Lazy       == { "changes", "apart", "late" }   \* where loads of snap may be old
Later      == { "seen", "first", "missed", "taken", "pop" }   \* where others begin when the snapshot has
Swings     == { "taken" }                   \* where one who replaces takes the old node off in the same step
Scarce     == { "scarce" }                  \* where memory ends at any report
Most       == 4                             \* nodes. The head is node 0
Node       == 1 .. Most
End        == Most + 1
Keys       == 1 .. 2
Collectors == 1 .. 2

VARIABLES
    next, mark, key, val,                   \* the list; mark: out
    free, retired, old,                     \* nodes; old: who may stand on a retired one
    snap, view,                             \* how often it was written, odd: a collector is in it; who knows of it
    turn,                                   \* whose snapshot it is, 0: nobody's
    reports, valid, told, fenced, closed, failed,   \* the collectors
    pc, r, plan, left,                      \* each thread: the next step, its local variables, the calls; which plan
    ways

list  == << next, mark, key, val >>
nodes == << free, retired, old >>
word  == << snap, view >>
col   == << reports, valid, told, fenced, closed, failed >>
vars  == << list, nodes, word, turn, col, pc, r, plan, left, ways >>

Threads == DOMAIN pc
Local   == [what |-> "none", k |-> 0, v |-> 0, answer |-> << >>, prev |-> 0, cur |-> 0, done |-> FALSE, early |-> 0,
            n |-> 0, out |-> FALSE, c |-> 0, i |-> 0, then |-> "none",
            at |-> 0, number |-> 0, found |-> {}, counts |-> {}, nomem |-> FALSE]

Init ==
    /\ plan \in Plans
    /\ LET in == Begin(plan)
           after(n) == { k \in in \cup { End } : k > n }
       IN /\ next = [n \in 0 .. End |-> IF n = End THEN End ELSE CHOOSE k \in after(n) : \A o \in after(n) : k <= o]
          /\ key = [n \in 0 .. End |-> IF n = End THEN 9 ELSE IF n \in in THEN n ELSE 0]
          /\ val = [n \in 0 .. End |-> IF n \in in THEN n ELSE 0]
          /\ free = Node \ in
          /\ ways = { [m    |-> [k \in Keys |-> IF k \in in THEN k ELSE 0],
                        done |-> [t \in DOMAIN Calls(plan) |-> << >>]] }
    /\ mark = [n \in 0 .. End |-> FALSE]
    /\ retired = {} /\ old = [n \in Node |-> {}]
    /\ snap = 0 /\ view = [t \in DOMAIN Calls(plan) |-> 0]
    /\ turn = 0
    /\ reports = [c \in Collectors |-> << >>]
    /\ valid = [c \in Collectors |-> {}]
    /\ told = [c \in Collectors |-> {}]
    /\ fenced = {} /\ closed = {} /\ failed = {}
    /\ pc = [t \in DOMAIN Calls(plan) |-> "idle"]
    /\ r = [t \in DOMAIN Calls(plan) |-> Local]
    /\ left = Calls(plan)

Goto(t, where, local) == pc' = [pc EXCEPT ![t] = where] /\ r' = [r EXCEPT ![t] = local]

---------------------------------------------------------------------------------------------------------------------
\* Calls begin and end.

Asks(t, some) ==                            \* t begins one of these calls
    /\ pc[t] = "idle" /\ left[t] # << >> /\ Head(left[t])[1] \in some
    /\ plan \in Later /\ "snap" \notin some => fenced # {}
    /\ left' = [left EXCEPT ![t] = Tail(@)]
Called(t) == [Local EXCEPT !.what = Head(left[t])[1], !.k = Head(left[t])[2], !.v = 4 * t + Len(left[t])]

Lowest(m)  == IF m[1] # 0 THEN m[1] ELSE m[2]
Highest(m) == IF m[2] # 0 THEN m[2] ELSE m[1]
With(m, k, v) == [m EXCEPT ![k] = v]
Happens(w, t) ==                            \* the way w, and then the call of t
    LET m == w.m
        k == r[t].k
        s == CASE r[t].what = "put"    -> << << IF m[k] = 0 THEN 1 ELSE 2 >>, With(m, k, r[t].v) >>
               [] r[t].what = "remove" -> << << m[k] >>, With(m, k, 0) >>
               [] r[t].what = "get"    -> << << m[k] >>, m >>
               [] r[t].what = "first"  -> << << Lowest(m) >>, m >>
               [] r[t].what = "pop"    -> << << Highest(m) >>, IF m[2] # 0 THEN With(m, 2, 0) ELSE With(m, 1, 0) >>
               [] r[t].what = "snap"   -> << << m[1], m[2] >>, m >>
    IN [m |-> s[2], done |-> [w.done EXCEPT ![t] = s[1]]]

RECURSIVE All(_)
All(some) ==
    LET more == some \cup UNION { { Happens(w, t) : t \in { u \in Threads : pc[u] # "idle" /\ w.done[u] = << >> } }
                                  : w \in some }
    IN IF more = some THEN some ELSE All(more)

Answer(t) ==
    /\ pc[t] = "answer"
    /\ ways' = { [w EXCEPT !.done[t] = << >>]
                 : w \in { a \in All(ways) : r[t].nomem \/ a.done[t] = r[t].answer } }
    /\ LET gone == { n \in retired : old[n] \subseteq { t } }
       IN /\ retired' = retired \ gone
          /\ free' = free \cup gone
          /\ old' = [n \in Node |-> old[n] \ { t }]
    /\ Goto(t, "idle", Local)
    /\ UNCHANGED << list, word, turn, col, plan, left >>

---------------------------------------------------------------------------------------------------------------------
\* The list. Each call that is no look at one key alone goes to its place, and takes off the list what is out.

Tell(t, n, out, then, local) ==             \* reports, and goes on with `then`
    Goto(t, "snapping_B", [local EXCEPT !.n = n, !.out = out, !.then = then])

RECURSIVE Place(_, _)
Place(p, k) == IF mark[next[p]] \/ key[next[p]] >= k THEN << p, next[p] >> ELSE Place(next[p], k)

Find(t) ==
    /\ \/ pc[t] = "find" /\ UNCHANGED left
       \/ Asks(t, { "put", "remove", "first", "pop" })
    /\ LET my  == IF pc[t] = "idle" THEN Called(t) ELSE r[t]
           at  == Place(0, my.k)
           cur == at[2]
           l   == [my EXCEPT !.prev = at[1], !.cur = cur, !.early = IF Bug = "hasty" THEN snap ELSE 0]
           in  == CASE my.what \in { "put", "remove" } -> IF key[cur] = my.k THEN cur ELSE 0
                    [] my.what = "first"               -> IF cur = End THEN 0 ELSE cur
                    [] my.what = "pop"                 -> at[1]
           mute == Bug = IF my.what = "first" THEN "looks" ELSE "takes"
       IN IF mark[cur]
          THEN IF key[next[cur]] = key[cur] /\ Bug # "replaced" THEN Tell(t, next[cur], FALSE, "unlink", l)
               ELSE IF Bug = "unlinks" THEN Goto(t, "unlink", l)
               ELSE Tell(t, cur, TRUE, "unlink", l)
          ELSE IF my.done THEN Goto(t, "answer", my)
          ELSE IF in = 0 \/ mute THEN Goto(t, "decide", l)
          ELSE Tell(t, in, FALSE, "decide", l)
    /\ UNCHANGED << list, nodes, word, turn, col, plan, ways >>

Unlink(t) ==                                \* Who stands in a section now may stand on it
    /\ pc[t] = "unlink"
    /\ LET p == r[t].prev
           n == r[t].cur
       IN /\ IF next[p] = n /\ ~mark[p]
             THEN /\ next' = [next EXCEPT ![p] = next[n]]
                  /\ retired' = retired \cup { n }
                  /\ old' = [old EXCEPT ![n] = { u \in Threads : pc[u] # "idle" }]
             ELSE UNCHANGED << next, retired, old >>
          /\ IF Bug = "unlinks" THEN Tell(t, n, TRUE, "find", r[t]) ELSE Goto(t, "find", r[t])
    /\ UNCHANGED << mark, key, val, free, word, turn, col, plan, left, ways >>

Over(t, where, answer) == Goto(t, where, [r[t] EXCEPT !.done = TRUE, !.answer = answer, !.prev = 0, !.cur = 0])
Fresh == CHOOSE n \in free : \A o \in free : n <= o

Decide(t) ==
    /\ pc[t] = "decide"
    /\ LET p == r[t].prev
           n == r[t].cur
           k == r[t].k
           what == r[t].what
           taken(m) ==                      \* m is out now; the call goes by once more, and takes it off
               /\ mark' = [mark EXCEPT ![m] = TRUE]
               /\ Over(t, "find", << val[m] >>)
               /\ UNCHANGED << next, key, val, free >>
       IN IF next[p] # n \/ mark[p] \/ mark[n]
          THEN Goto(t, "find", r[t]) /\ UNCHANGED << list, free >>
          ELSE IF what = "first" \/ (what = "remove" /\ key[n] # k) \/ (what = "pop" /\ p = 0)
          THEN Over(t, "answer", << IF what = "first" THEN val[n] ELSE 0 >>) /\ UNCHANGED << list, free >>
          ELSE IF what = "remove" THEN taken(n)
          ELSE IF what = "pop" THEN taken(p)
          ELSE /\ key' = [key EXCEPT ![Fresh] = k]
               /\ val' = [val EXCEPT ![Fresh] = r[t].v]
               /\ free' = free \ { Fresh }
               /\ IF key[n] = k /\ plan \notin Swings
                  THEN /\ next' = [next EXCEPT ![Fresh] = next[n], ![n] = Fresh]
                       /\ mark' = [mark EXCEPT ![n] = TRUE, ![Fresh] = FALSE]
                       /\ Over(t, "find", << 2 >>)
                  ELSE /\ next' = [next EXCEPT ![Fresh] = IF key[n] = k THEN next[n] ELSE n, ![p] = Fresh]
                       /\ mark' = [mark EXCEPT ![n] = key[n] = k, ![Fresh] = FALSE]
                       /\ LET answer == << IF key[n] = k THEN 2 ELSE 1 >>
                          IN IF Bug = "puts" THEN Over(t, "answer", answer)
                             ELSE Tell(t, Fresh, FALSE, "answer",
                                       [r[t] EXCEPT !.answer = answer, !.prev = 0, !.cur = 0])
    /\ UNCHANGED << retired, old, word, turn, col, plan, left, ways >>

RECURSIVE Those(_, _)
Those(p, k) ==                              \* the nodes of one key on the way from p
    IF key[next[p]] > k THEN {} ELSE (IF key[next[p]] = k THEN { next[p] } ELSE {}) \cup Those(next[p], k)

Look(t) ==                                  \* get; decided here
    /\ Asks(t, { "get" })
    /\ LET k   == Called(t).k
           all == Those(0, k)
           in  == { n \in all : ~mark[n] }
           out == { n \in all : key[next[n]] # k }
           n   == CHOOSE m \in IF in = {} THEN out ELSE in : TRUE
           l   == [Called(t) EXCEPT !.answer = << IF all = {} \/ in = {} THEN 0 ELSE val[n] >>]
       IN IF all = {} \/ Bug = (IF in = {} THEN "misses" ELSE "looks")
          THEN Goto(t, "answer", l)
          ELSE Tell(t, n, in = {}, "answer", l)
    /\ UNCHANGED << list, nodes, word, turn, col, plan, ways >>

---------------------------------------------------------------------------------------------------------------------
\* Reports.

Then(t, local) == Goto(t, local.then, [local EXCEPT !.n = 0, !.out = FALSE, !.c = 0, !.i = 0, !.then = "none"])

Pushes == IF Bug = "before" THEN "report_in_C" ELSE "report_to_B"

snapping_B(t) ==                            \* and told:A, report_in:A
    /\ pc[t] = "snapping_B"
    /\ \E w \in (IF plan \in Lazy THEN view[t] .. snap ELSE { snap }) :
        /\ view' = [view EXCEPT ![t] = w]
        /\ LET known == IF Bug = "hasty" /\ r[t].then = "answer" /\ r[t].what = "put" THEN r[t].early ELSE w
               c     == (known + 1) \div 2
           IN IF known % 2 = 0 \/ (~r[t].out /\ r[t].n \in told[c]) THEN Then(t, r[t])
              ELSE Goto(t, IF r[t].out THEN "report_to_B" ELSE IF c \in fenced THEN Pushes ELSE "report_in_B",
                        [r[t] EXCEPT !.c = c])
    /\ UNCHANGED << list, nodes, snap, turn, col, plan, left, ways >>

Heavy(t) == view' = [u \in Threads |-> IF view[u] < view[t] THEN view[t] ELSE view[u]]

report_in_B(t) ==
    /\ pc[t] = "report_in_B"
    /\ IF Bug = "fenced" THEN UNCHANGED view ELSE Heavy(t)
    /\ fenced' = fenced \cup { r[t].c }
    /\ Goto(t, Pushes, r[t])
    /\ UNCHANGED << list, nodes, snap, turn, reports, valid, told, closed, failed, plan, left, ways >>

Without(t) ==                               \* it could not be reported
    IF r[t].out \/ Bug = "before" THEN Then(t, r[t]) ELSE Goto(t, "report_in_C", r[t])

fail_A(t) ==
    /\ pc[t] = "fail_A"
    /\ closed' = closed \cup { r[t].c }
    /\ failed' = failed \cup { r[t].c }
    /\ Without(t)
    /\ UNCHANGED << list, nodes, word, turn, reports, valid, told, fenced, plan, left, ways >>

Good(t, i) ==                               \* report_in:D, report_in:E
    /\ valid' = [valid EXCEPT ![r[t].c] = @ \cup { i }]
    /\ told' = [told EXCEPT ![r[t].c] = @ \cup { r[t].n }]

report_to_B(t) ==                           \* and report_to:A
    /\ pc[t] = "report_to_B"
    /\ LET c == r[t].c
           i == Len(reports[c]) + 1
       IN IF c \in closed THEN Without(t) /\ UNCHANGED << reports, valid, told >>
          ELSE \/ plan \in Scarce /\ Goto(t, "fail_A", r[t]) /\ UNCHANGED << reports, valid, told >>
               \/ /\ reports' = [reports EXCEPT ![c] = Append(@, << r[t].n, r[t].out >>)]
                  /\ IF r[t].out THEN Then(t, r[t]) /\ UNCHANGED << valid, told >>
                     ELSE IF Bug = "before" THEN Then(t, r[t]) /\ Good(t, i)
                     ELSE Goto(t, "report_in_C", [r[t] EXCEPT !.i = i]) /\ UNCHANGED << valid, told >>
    /\ UNCHANGED << list, nodes, word, turn, fenced, closed, failed, plan, left, ways >>

report_in_C(t) ==
    /\ pc[t] = "report_in_C"
    /\ LET in == ~mark[r[t].n]
       IN /\ IF ~in THEN Then(t, IF r[t].then = "decide" THEN [r[t] EXCEPT !.then = "find"] ELSE r[t])
             ELSE IF Bug = "before" THEN Goto(t, "report_to_B", r[t])
             ELSE Then(t, r[t])
          /\ IF in /\ r[t].i > 0 THEN Good(t, r[t].i) ELSE UNCHANGED << valid, told >>
    /\ UNCHANGED << list, nodes, word, turn, reports, fenced, closed, failed, plan, left, ways >>

---------------------------------------------------------------------------------------------------------------------
\* The snapshot.

Enter(t) ==                                 \* its turn, and its section
    /\ turn = 0 /\ Asks(t, { "snap" })
    /\ turn' = t
    /\ Goto(t, "open_A", [Called(t) EXCEPT !.c = snap \div 2 + 1])
    /\ UNCHANGED << list, nodes, word, col, plan, ways >>

open_A(t) ==
    /\ pc[t] = "open_A"
    /\ snap' = snap + 1
    /\ view' = [view EXCEPT ![t] = snap + 1]
    /\ Goto(t, "open_B", r[t])
    /\ UNCHANGED << list, nodes, turn, col, plan, left, ways >>

Shuts == IF Bug = "early" THEN "close_B" ELSE "close_A"
On(t, local, n) == Goto(t, IF n = End THEN Shuts ELSE IF Bug = "number" THEN "visit" ELSE "number_A",
                        [local EXCEPT !.at = n, !.i = 0, !.number = 0])

open_B(t) ==                                \* and open:C
    /\ pc[t] = "open_B"
    /\ IF Bug = "open" THEN UNCHANGED view ELSE Heavy(t)
    /\ fenced' = fenced \cup { r[t].c }
    /\ Goto(t, "begin", r[t])
    /\ UNCHANGED << list, nodes, snap, turn, reports, valid, told, closed, failed, plan, left, ways >>

Starts(t) ==
    /\ pc[t] = "begin"
    /\ On(t, r[t], next[0])
    /\ UNCHANGED << list, nodes, word, turn, col, plan, left, ways >>

number_A(t) ==
    /\ pc[t] = "number_A"
    /\ LET l == [r[t] EXCEPT !.number = Len(reports[r[t].c]), !.nomem = @ \/ r[t].c \in closed]
       IN IF Bug = "number" THEN On(t, [l EXCEPT !.found = @ \cup { << r[t].at, l.number >> }], r[t].i)
          ELSE Goto(t, "visit", l)
    /\ UNCHANGED << list, nodes, word, turn, col, plan, left, ways >>

Visit(t) ==                                 \* a node's word
    /\ pc[t] = "visit"
    /\ LET n == r[t].at
       IN IF mark[n] THEN On(t, r[t], next[n])
          ELSE IF Bug = "number" THEN Goto(t, "number_A", [r[t] EXCEPT !.i = next[n]])
          ELSE On(t, [r[t] EXCEPT !.found = @ \cup { << n, r[t].number >> }], next[n])
    /\ UNCHANGED << list, nodes, word, turn, col, plan, left, ways >>

close_A(t) ==
    /\ pc[t] = "close_A"
    /\ closed' = closed \cup { r[t].c }
    /\ Goto(t, IF Bug = "early" THEN "is_valid_A" ELSE "close_B",
            [r[t] EXCEPT !.at = 0, !.i = Len(reports[r[t].c]), !.nomem = @ \/ r[t].c \in failed])
    /\ UNCHANGED << list, nodes, word, turn, reports, valid, told, fenced, failed, plan, left, ways >>

close_B(t) ==
    /\ pc[t] = "close_B"
    /\ snap' = snap + 1
    /\ view' = [view EXCEPT ![t] = snap + 1]
    /\ turn' = 0
    /\ Goto(t, IF Bug = "early" THEN "close_A" ELSE IF r[t].nomem THEN "answer" ELSE "is_valid_A", r[t])
    /\ UNCHANGED << list, nodes, col, plan, left, ways >>

\* An entry as << node, order >>: twice the number of its report; of what was found, one more than that of the last
\* report before.
Its(l, k) ==
    LET found == { << f[1], 2 * f[2] + 1 >> : f \in l.found }
        all   == { e \in found \cup { << reports[l.c][i][1], 2 * i >> : i \in l.counts } : key[e[1]] = k }
        best  == { e \in all : \A o \in all : \/ o[2] <= e[2]
                                              \/ Bug = "found" /\ e \in found }
    IN IF all = {} THEN << 0, 0 >> ELSE CHOOSE e \in best : TRUE
Isnt(l, e) == \E i \in DOMAIN reports[l.c] :
    reports[l.c][i] = << e[1], TRUE >> /\ (2 * i > e[2] \/ Bug = "reused")
Shows(l) == [k \in Keys |-> IF Isnt(l, Its(l, k)) THEN 0 ELSE val[Its(l, k)[1]]]

RECURSIVE Asked(_, _)
Asked(c, i) == IF i > 0 /\ (reports[c][i][2] \/ i \in valid[c]) THEN Asked(c, i - 1) ELSE i   \* the next to be asked

is_valid_A(t) ==
    /\ pc[t] = "is_valid_A"
    /\ LET c == r[t].c
           i == Asked(c, r[t].i)
           l == [r[t] EXCEPT !.i = IF i = 0 THEN 0 ELSE i - 1,
                             !.counts = @ \cup { j \in i + 1 .. r[t].i : j \in valid[c] }
                                          \cup IF Bug = "trusts" /\ i > 0 THEN { i } ELSE {}]
       IN IF l.i = 0 THEN Goto(t, "answer", [l EXCEPT !.answer = << Shows(l)[1], Shows(l)[2] >>])
          ELSE Goto(t, "is_valid_A", l)
    /\ UNCHANGED << list, nodes, word, turn, col, plan, left, ways >>

---------------------------------------------------------------------------------------------------------------------
Moves(t) ==
    \/ Find(t) \/ Unlink(t) \/ Decide(t) \/ Look(t)
    \/ snapping_B(t) \/ report_in_B(t) \/ report_to_B(t) \/ fail_A(t) \/ report_in_C(t)
    \/ Enter(t) \/ open_A(t) \/ open_B(t) \/ Starts(t) \/ number_A(t) \/ Visit(t) \/ close_A(t) \/ close_B(t)
    \/ is_valid_A(t)
Does(t) == IF \E u \in Threads : pc[u] = "answer" THEN Answer(t) ELSE Moves(t)

Spec == Init /\ [][\E t \in Threads : Does(t)]_vars

\* ---- claims -------------------------------------------------------------------------------------------------------

Right == ways # {}
Safe  == \A t \in Threads :
            /\ { r[t].prev, r[t].cur, r[t].n, r[t].at } \cap free = {} \/ pc[t] \in { "idle", "answer" }
            /\ r[t].what = "snap" => \A e \in { f[1] : f \in r[t].found }
                                          \cup { reports[r[t].c][i][1] : i \in r[t].counts } : e \notin free
Goes  == \/ \E u \in Threads : pc[u] = "answer"
         \/ \A t \in Threads : \/ ENABLED Moves(t)
                               \/ pc[t] = "idle" /\ (left[t] = << >> \/ turn # 0 \/ plan \in Later)
=====================================================================================================================
