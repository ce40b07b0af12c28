\* SPDX-License-Identifier: MIT
----------------------------------------------------- MODULE bst ----------------------------------------------------
(* The tree of include/loft/map/bst.h. The actions are the labels of that header: mend_B is mend:B.

   One step is one access to an edge, or to the word of those who ask for neighbours, and what follows it up to the
   next one. Steps interleave in any order, and each sees all earlier ones: this is sequential consistency. A node that
   is off the tree may be read by who has come to it, as under a scheme of regions; its number does not come back.

   Beside the tree there is a set, `model`, which is changed at the linearization points of the header. What a call
   answers is compared with it at the instant at which the header says that it is decided.

   Left out: values (swap:A is link:A in one place), the protection of single words (step:A), walks, snapshots
   (tour:A, tour:B, tour:C, tour:D, reports_out:A, reports_out:B, reports_out:C), lent keys (tree/yield:A,
   tree/join:A), init and fini (tree/raze:A to tree/raze:E, tree_calls/end:A), the pops, which are a search and take:A,
   and look:A, which reads what find:A reads; loads for the order of all answers, which change none here (follow:A,
   fall:A, step:B, mend:I). mend:F, mend:G and mend:H read what is final, in one step with the swing.

   What is claimed:
     Tree     the leaves that can be reached by clean or tagged edges are the model; what is below a node is on its side
     Right    each answer is that of the model at the instant of its linearization point
     Off      what is retired cannot be reached from the root
     Once     nothing is retired twice
     All      when nobody is at work, what cannot be reached is retired, and no leaf that is out is left

   bst.cfg has 36 540 states, some 8 s of one processor; a planted bug is found in 1 to 3 s.
*)
EXTENDS Integers, Sequences, FiniteSets

CONSTANTS Plans,                            \* which of the plans below
          Bug                               \* "none", or what is planted:
                                            \*   "part"     of a chain, only the first and the last node are retired
                                            \*   "gently"   TAG is set by a load and a compare-exchange
                                            \*   "loses"    a swing loses the FLAG
                                            \*   "near"     a tagged edge is taken for the one to swing
                                            \*   "blind"    who changes nothing does not look again
                                            \*   "leaves"   who has removed does not look whether the leaf is off
                                            \*   "unasked"  who swings does not look whether anybody asks

Calls(p) ==
    CASE p = "chain"  -> << << <<"remove", 3>> >>, << <<"remove", 2>> >>, << <<"remove", 1>> >> >>
      [] p = "beside" -> << << <<"remove", 3>>, <<"insert", 3>> >>, << <<"remove", 2>>, <<"has", 3>> >> >>
      [] p = "same"   -> << << <<"remove", 2>>, <<"insert", 2>> >>, << <<"insert", 2>>, <<"remove", 2>> >>,
                            << <<"has", 2>> >> >>
      [] p = "empty"  -> << << <<"remove", 1>>, <<"remove", 2>>, <<"remove", 3>> >>,
                            << <<"insert", 1>>, <<"has", 3>> >> >>
      [] p = "next"   -> << << <<"higher", 1>> >>,
                            << <<"insert", 2>>, <<"remove", 4>>, <<"insert", 4>>, <<"remove", 2>> >> >>

\* The tree at the beginning: three leaves, 1 to 3; two inner nodes, 4 and 5; the root leads to 5. Node 0 is the map.
Hole(p)  == p = "next"                      \* the root's key, 3, is not in
Most     == 13                              \* nodes
Node     == 1 .. Most
Word(n)  == [to |-> n, flag |-> FALSE, tag |-> FALSE]
Nil      == Word(0)
Clean(w) == ~w.flag /\ ~w.tag

VARIABLES
    edge, key, inner,                       \* the tree: edges, keys, which nodes are inner ones
    queries, stamp,
    pc, r, plan, left,                      \* each thread: the next step, its local variables, the calls; which plan
    used, retired, model, wrong             \* nodes made, how often each was retired; the set; what went wrong

tree  == << edge, key, inner, used >>
ask   == << queries, stamp >>
ghost == << model, wrong >>
vars  == << tree, ask, pc, r, plan, left, retired, ghost >>

Threads == DOMAIN pc
IsLeaf(w) == w.to # 0 /\ w.to \notin inner
Root      == << 0, 0 >>
At(e)     == edge[e[1]][e[2]]

Local == [what |-> "none", k |-> 0, above |-> Root, top |-> Nil, at |-> Root, word |-> Nil, stays |-> Nil, out |-> 0,
          after |-> "none", turn |-> 0, one |-> << Root, Nil >>, began |-> 0, right |-> TRUE, same |-> TRUE]

Init ==
    /\ plan \in Plans
    /\ LET hole == Hole(plan)
           down == IF hole THEN << Word(1), Word(4) >> ELSE << Word(4), Word(3) >>
           low  == IF hole THEN << Word(2), Word(3) >> ELSE << Word(1), Word(2) >>
           pair(s) == [i \in 0 .. 1 |-> s[i + 1]]
       IN /\ edge = [n \in 0 .. Most |-> CASE n = 0 -> pair(<< Word(5), Nil >>)
                                           [] n = 4 -> pair(low)
                                           [] n = 5 -> pair(down)
                                           [] OTHER -> pair(<< Nil, Nil >>)]
          /\ key = [n \in Node |-> CASE n = 1 -> 1
                                     [] n = 2 -> IF hole THEN 4 ELSE 2
                                     [] n = 3 -> IF hole THEN 5 ELSE 3
                                     [] n = 4 -> IF hole THEN 5 ELSE 2
                                     [] n = 5 -> 3
                                     [] OTHER -> 0]
          /\ model = IF hole THEN { 1, 4, 5 } ELSE { 1, 2, 3 }
    /\ inner = { 4, 5 }
    /\ used = 5
    /\ queries = 0 /\ stamp = 0
    /\ pc = [t \in DOMAIN Calls(plan) |-> "idle"]
    /\ r = [t \in DOMAIN Calls(plan) |-> Local]
    /\ left = Calls(plan)
    /\ retired = [n \in Node |-> 0]
    /\ wrong = {}

Goto(t, where, local) == pc' = [pc EXCEPT ![t] = where] /\ r' = [r EXCEPT ![t] = local]
Answers(t, good) ==                         \* the end of a call
    /\ wrong' = wrong \cup IF good THEN {} ELSE { << t, r[t].what, r[t].k >> }
    /\ Goto(t, "idle", Local)

Idle(t) ==
    /\ pc[t] = "idle" /\ left[t] # << >>
    /\ left' = [left EXCEPT ![t] = Tail(@)]
    /\ Goto(t, "find", [Local EXCEPT !.what = Head(left[t])[1], !.k = Head(left[t])[2]])
    /\ UNCHANGED << tree, ask, plan, retired, ghost >>

\* A search: the root, then one edge after the other. A way goes on in `word`, which `at` was.
Find(t) ==
    /\ pc[t] = "find"
    /\ LET w == At(Root)
       IN Goto(t, "step", [r[t] EXCEPT !.above = Root, !.top = w, !.at = Root, !.word = w, !.turn = 0])
    /\ UNCHANGED << tree, ask, plan, left, retired, ghost >>

Down(l, e) ==                               \* the way l, one step further, along edge e
    LET w == At(e)
    IN IF w.to \in inner /\ (Clean(w) \/ Bug = "near")
       THEN [l EXCEPT !.above = e, !.top = w, !.at = e, !.word = w]
       ELSE [l EXCEPT !.at = e, !.word = w]

Step(t) ==
    /\ pc[t] = "step" /\ r[t].word.to \in inner
    /\ LET n == r[t].word.to
           side == IF key[n] <= r[t].k THEN 1 ELSE 0
           l == Down(r[t], << n, side >>)
       IN Goto(t, "step", IF side = 0 THEN [l EXCEPT !.turn = n] ELSE l)
    /\ UNCHANGED << tree, ask, plan, left, retired, ghost >>

Blocked(t) ==                               \* by a mark at the end
    /\ pc[t] \in { "step", "second" } /\ r[t].word.to \notin inner /\ ~Clean(r[t].word)
    /\ Goto(t, "mend", [r[t] EXCEPT !.after = "find"])
    /\ UNCHANGED << tree, ask, plan, left, retired, ghost >>

There(t) == IsLeaf(r[t].word) /\ key[r[t].word.to] = r[t].k

find_A(t) ==                                \* who changes nothing
    /\ pc[t] = "step" /\ r[t].word.to \notin inner /\ Clean(r[t].word)
    /\ \/ r[t].what = "has"
       \/ r[t].what = "insert" /\ There(t)
       \/ r[t].what = "remove" /\ ~There(t)
    /\ IF At(r[t].at) = r[t].word \/ Bug = "blind"
       THEN /\ Answers(t, There(t) = (r[t].k \in model))
            /\ UNCHANGED model
       ELSE Goto(t, "find", r[t]) /\ UNCHANGED ghost
    /\ UNCHANGED << tree, ask, plan, left, retired >>

Put(e, w) == edge' = [edge EXCEPT ![e[1]][e[2]] = w]

link_A(t) ==
    /\ pc[t] = "step" /\ r[t].what = "insert" /\ r[t].word.to \notin inner /\ Clean(r[t].word) /\ ~There(t)
    /\ IF At(r[t].at) # r[t].word
       THEN Goto(t, "find", r[t]) /\ UNCHANGED << tree, ghost >>
       ELSE LET old == r[t].word.to
                leaf == used + 1
                node == used + 2
            IN /\ model' = model \cup { r[t].k }
               /\ Answers(t, r[t].k \notin model)
               /\ IF old = 0
                  THEN /\ Put(r[t].at, Word(leaf))
                       /\ key' = [key EXCEPT ![leaf] = r[t].k]
                       /\ used' = used + 1
                       /\ UNCHANGED inner
                  ELSE LET below == r[t].k < key[old]
                       IN /\ edge' = [edge EXCEPT ![r[t].at[1]][r[t].at[2]] = Word(node),
                                                  ![node][0] = Word(IF below THEN leaf ELSE old),
                                                  ![node][1] = Word(IF below THEN old ELSE leaf)]
                          /\ key' = [key EXCEPT ![leaf] = r[t].k, ![node] = IF below THEN key[old] ELSE r[t].k]
                          /\ used' = used + 2
                          /\ inner' = inner \cup { node }
    /\ UNCHANGED << ask, plan, left, retired >>

take_A(t) ==
    /\ pc[t] = "step" /\ r[t].what = "remove" /\ Clean(r[t].word) /\ There(t)
    /\ IF At(r[t].at) # r[t].word
       THEN Goto(t, "find", r[t]) /\ UNCHANGED << edge, ghost >>
       ELSE LET w == [r[t].word EXCEPT !.flag = TRUE]
            IN /\ Put(r[t].at, w)
               /\ model' = model \ { r[t].k }
               /\ wrong' = wrong \cup IF r[t].k \in model THEN {} ELSE { << t, "remove", r[t].k >> }
               /\ Goto(t, "mend", [r[t] EXCEPT !.word = w, !.what = "removed", !.after = "done"])
    /\ UNCHANGED << key, inner, used, ask, plan, left, retired >>

\* Who has removed is done when the leaf is off, by itself or by others: it looks until its way ends clean.
Over(t, good) ==
    IF r[t].after = "done" /\ (good \/ Bug = "leaves")
    THEN Goto(t, "idle", Local)
    ELSE Goto(t, "find", [r[t] EXCEPT !.after = "none"])

Seen(t) ==
    /\ pc[t] = "step" /\ r[t].what = "removed" /\ r[t].word.to \notin inner /\ Clean(r[t].word)
    /\ Goto(t, "idle", Local)
    /\ UNCHANGED << tree, ask, plan, left, retired, ghost >>

mend_A(t) ==                                \* at the root
    /\ pc[t] = "mend" /\ r[t].at = Root
    /\ IF At(Root) = r[t].word
       THEN /\ Put(Root, Nil)
            /\ retired' = [retired EXCEPT ![r[t].word.to] = @ + 1]
            /\ Over(t, TRUE)
       ELSE Over(t, FALSE) /\ UNCHANGED << edge, retired >>
    /\ UNCHANGED << key, inner, used, ask, plan, left, ghost >>

mend_B(t) ==                                \* the tag
    /\ pc[t] = "mend" /\ r[t].at # Root
    /\ LET n == r[t].at[1]
           out == IF r[t].word.flag THEN r[t].at[2] ELSE 1 - r[t].at[2]
           w == edge[n][1 - out]
           l == [r[t] EXCEPT !.out = out, !.stays = [w EXCEPT !.tag = FALSE]]
       IN IF Bug = "gently"
          THEN Goto(t, "gently", l) /\ UNCHANGED edge
          ELSE /\ Put(<< n, 1 - out >>, [w EXCEPT !.tag = TRUE])
               /\ Goto(t, "asks", l)
    /\ UNCHANGED << key, inner, used, ask, plan, left, retired, ghost >>

Gently(t) ==
    /\ pc[t] = "gently"
    /\ LET e == << r[t].at[1], 1 - r[t].out >>
       IN IF At(e) = r[t].stays THEN Put(e, [r[t].stays EXCEPT !.tag = TRUE]) ELSE UNCHANGED edge
    /\ Goto(t, "asks", r[t])
    /\ UNCHANGED << key, inner, used, ask, plan, left, retired, ghost >>

mend_C(t) ==
    /\ pc[t] = "asks"
    /\ Goto(t, IF IsLeaf(r[t].stays) /\ queries > 0 /\ Bug # "unasked" THEN "stamps" ELSE "swing", r[t])
    /\ UNCHANGED << tree, ask, plan, left, retired, ghost >>

mend_D(t) ==
    /\ pc[t] = "stamps"
    /\ stamp' = stamp + 1
    /\ Goto(t, "swing", r[t])
    /\ UNCHANGED << tree, queries, plan, left, retired, ghost >>

\* The nodes from n to the last, and the leaves at them that are out.
RECURSIVE Chain(_, _)
Chain(n, last) ==
    IF n = last THEN {}
    ELSE LET leaf == IF IsLeaf(edge[n][0]) THEN 0 ELSE 1
         IN { n, edge[n][leaf].to } \cup Chain(edge[n][1 - leaf].to, last)

mend_E(t) ==                                \* the swing
    /\ pc[t] = "swing"
    /\ IF At(r[t].above) # r[t].top
       THEN Over(t, FALSE) /\ UNCHANGED << edge, retired >>
       ELSE LET last == r[t].at[1]
                first == r[t].top.to
                chain == IF Bug # "part" THEN Chain(first, last) ELSE IF first = last THEN {} ELSE { first }
                gone == chain \cup { last, edge[last][r[t].out].to }
            IN /\ Put(r[t].above, [r[t].stays EXCEPT !.flag = @ /\ Bug # "loses"])
               /\ retired' = [n \in Node |-> retired[n] + IF n \in gone THEN 1 ELSE 0]
               /\ Over(t, TRUE)
    /\ UNCHANGED << key, inner, used, ask, plan, left, ghost >>

\* The next key above. One edge decides if the leaf there is above, or there is no turn to the left.
Next(k) == LET s == { x \in model : x > k } IN IF s = {} THEN 0 ELSE CHOOSE x \in s : \A y \in s : x <= y

beside_A(t) ==
    /\ pc[t] = "step" /\ r[t].what = "higher" /\ r[t].word.to \notin inner /\ Clean(r[t].word)
    /\ LET above == IsLeaf(r[t].word) /\ key[r[t].word.to] > r[t].k
       IN IF above \/ r[t].turn = 0
          THEN IF At(r[t].at) = r[t].word
               THEN Answers(t, Next(r[t].k) = IF above THEN key[r[t].word.to] ELSE 0) /\ UNCHANGED model
               ELSE Goto(t, "find", r[t]) /\ UNCHANGED ghost
          ELSE /\ Goto(t, "second", [Down(r[t], << r[t].turn, 1 >>) EXCEPT !.one = << r[t].at, r[t].word >>])
               /\ UNCHANGED ghost
    /\ UNCHANGED << tree, ask, plan, left, retired >>

Second(t) ==
    /\ pc[t] = "second" /\ r[t].word.to \in inner
    /\ Goto(t, "second", Down(r[t], << r[t].word.to, 0 >>))
    /\ UNCHANGED << tree, ask, plan, left, retired, ghost >>

ask_A(t) ==
    /\ pc[t] = "second" /\ r[t].word.to \notin inner /\ Clean(r[t].word)
    /\ queries' = queries + 1
    /\ Goto(t, "both", [r[t] EXCEPT !.began = stamp])
    /\ UNCHANGED << tree, stamp, plan, left, retired, ghost >>

both_A(t) ==
    /\ pc[t] = "both"
    /\ Goto(t, "first", [r[t] EXCEPT !.same = At(r[t].at) = r[t].word, !.right = Next(r[t].k) = key[r[t].word.to]])
    /\ UNCHANGED << tree, ask, plan, left, retired, ghost >>

both_B(t) ==
    /\ pc[t] = "first"
    /\ Goto(t, "asked", [r[t] EXCEPT !.same = @ /\ At(r[t].one[1]) = r[t].one[2]])
    /\ UNCHANGED << tree, ask, plan, left, retired, ghost >>

asked_A(t) ==
    /\ pc[t] = "asked"
    /\ queries' = queries - 1
    /\ IF r[t].same /\ stamp = r[t].began
       THEN Answers(t, r[t].right)
       ELSE Goto(t, IF r[t].same THEN "second" ELSE "find", r[t]) /\ UNCHANGED wrong
    /\ UNCHANGED << tree, stamp, plan, left, retired, model >>

Does(t) ==
    \/ Idle(t) \/ Find(t) \/ Step(t) \/ Blocked(t) \/ Seen(t) \/ find_A(t) \/ link_A(t) \/ take_A(t)
    \/ mend_A(t) \/ mend_B(t) \/ Gently(t) \/ mend_C(t) \/ mend_D(t) \/ mend_E(t)
    \/ beside_A(t) \/ Second(t) \/ ask_A(t) \/ both_A(t) \/ both_B(t) \/ asked_A(t)

Spec == Init /\ [][\E t \in Threads : Does(t)]_vars

\* ---- claims -------------------------------------------------------------------------------------------------------

RECURSIVE Below(_)
Below(w) ==
    IF w.to = 0 THEN {}
    ELSE { w.to } \cup IF w.to \in inner THEN Below(edge[w.to][0]) \cup Below(edge[w.to][1]) ELSE {}
Reached == Below(At(Root))
RECURSIVE In(_)
In(w) == IF w.to = 0 \/ w.flag THEN {}
         ELSE IF w.to \in inner THEN In(edge[w.to][0]) \cup In(edge[w.to][1]) ELSE { key[w.to] }

Tree  == /\ In(At(Root)) = model
         /\ \A n \in Reached \cap inner : /\ \A x \in Below(edge[n][0]) \ inner : key[x] < key[n]
                                          /\ \A x \in Below(edge[n][1]) \ inner : key[x] >= key[n]
Right == wrong = {}
Off   == \A n \in Reached : retired[n] = 0
Once  == \A n \in Node : retired[n] <= 1
All   == (\A t \in Threads : pc[t] = "idle") =>
         /\ \A n \in 1 .. used : n \in Reached \/ retired[n] = 1
         /\ \A n \in (Reached \cap inner) : Clean(edge[n][0]) /\ Clean(edge[n][1])
=====================================================================================================================
