\* SPDX-License-Identifier: MIT
-------------------------------------------------- MODULE bst_locked -------------------------------------------------
(* The tree of include/loft/map/bst_locked.h. The actions are the labels of that header: take_B is take:B.

   One step is one access to an edge or to a lock, and what follows it up to the next one. Steps interleave in any
   order, and each sees all earlier ones: this is sequential consistency. A node that is off the tree may be read by who
   has come to it, as under a scheme of regions; its number does not come back.

   Beside the tree there is a set, `model`, which is changed at the linearization points of the header. Who looks takes
   down what the model says at its own, and answers when it has seen that it was one.

   Left out: values (swap_ is a hang:A in one place), the protection of single words (step:A, step:B, step:C), walks,
   lent keys (tree/yield:A, tree/join:A), init and fini (tree/raze:A to tree/raze:E, tree_calls/end:A), the pops, which
   are a search and take:A, look:A and look:B, which read what find:A and in:A read; beside:A, which is find:A;
   take:C, which reads what nobody else may write; snapshots, which change nothing but versions (grab:A, hold:A, hold:B,
   hold:C, let_go:A). Find and Step are the loads of a search (follow:A, follow:B).

   What is claimed:
     Tree     the leaves that can be reached are the model; what is below a node is on its side
     Right    each answer is that of the model at the instant of its linearization point
     Off      what is retired cannot be reached from the root
     Once     nothing is retired twice; in the end, what cannot be reached is retired, and no lock in the tree is held
     Goes     somebody can go on, unless all is done

   bst_locked.cfg has 7592 states, some 3 s of one processor; a planted bug is found in 1 to 2 s.
*)
EXTENDS Integers, Sequences, FiniteSets

CONSTANTS Plans,                            \* which of the plans below
          Bug                               \* "none", or what is planted:
                                            \*   "latest"   a lock is taken from the version that it has by then
                                            \*   "opens"    the lock of a node that is off is opened
                                            \*   "below"    who removes does not take the lock above the parent
                                            \*   "after"    a node is GOING when it is off, not before
                                            \*   "trusts"   who looks does not ask whether the node above is GOING
                                            \*   "twice"    two edges are looked at twice, versions are not
                                            \*   "half"     the first edge is not looked at before the second

Calls(p) ==
    CASE p = "chain"  -> << << <<"remove", 3>> >>, << <<"remove", 2>> >>, << <<"has", 1>> >> >>
      [] p = "beside" -> << << <<"remove", 3>>, <<"insert", 3>> >>, << <<"remove", 2>>, <<"has", 3>> >> >>
      [] p = "same"   -> << << <<"remove", 2>>, <<"insert", 2>> >>, << <<"insert", 2>>, <<"has", 2>> >> >>
      [] p = "under"  -> << << <<"has", 2>> >>, << <<"remove", 3>>, <<"remove", 2>>, <<"remove", 1>> >> >>
      [] p = "empty"  -> << << <<"remove", 1>>, <<"remove", 2>>, <<"remove", 3>> >>,
                            << <<"insert", 1>>, <<"has", 3>> >> >>
      [] p = "next"   -> << << <<"higher", 1>> >>, << <<"insert", 2>>, <<"remove", 2>> >> >>
      [] p = "stands" -> << << <<"higher", 1>> >>,
                            << <<"insert", 2>>, <<"remove", 4>>, <<"insert", 4>>, <<"remove", 2>> >> >>

\* The tree at the beginning: three leaves, 1 to 3; two inner nodes, 4 and 5; the root leads to 5. Node 0 is the map.
Hole(p)  == p \in { "next", "stands" }                      \* the root's key, 3, is not in
Most     == 10                              \* nodes
Node     == 1 .. Most

VARIABLES
    edge, key, inner,                       \* the tree: edges, keys, which nodes are inner ones
    lock,                                   \* of each inner node, and of the map
    pc, r, plan, left,                      \* each thread: the next step, its local variables, the calls; which plan
    used, retired, model, wrong             \* nodes made, how often each was retired; the set; what went wrong

tree  == << edge, key, inner, used >>
ghost == << model, wrong >>
vars  == << tree, lock, pc, r, plan, left, retired, ghost >>

Threads   == DOMAIN pc
Free      == [held |-> FALSE, going |-> FALSE, off |-> FALSE, version |-> 0]
IsLeaf(n) == n # 0 /\ n \notin inner
Root      == << 0, 0 >>
At(e)     == edge[e[1]][e[2]]

Local == [what |-> "none", k |-> 0, up |-> Root, at |-> Root, word |-> 0, its |-> Free, above |-> Free, answer |-> TRUE,
          turn |-> << Root, Root >>, turned |-> FALSE, one |-> << Root, Root, 0 >>, asks |-> FALSE, on |-> 0]

Init ==
    /\ plan \in Plans
    /\ LET hole == Hole(plan)
       IN /\ edge = [n \in 0 .. Most |-> CASE n = 0 -> [i \in 0 .. 1 |-> IF i = 0 THEN 5 ELSE 0]
                                           [] n = 4 -> [i \in 0 .. 1 |-> IF hole THEN 2 + i ELSE 1 + i]
                                           [] n = 5 -> [i \in 0 .. 1 |-> IF hole THEN 1 + 3 * i ELSE 4 - i]
                                           [] OTHER -> [i \in 0 .. 1 |-> 0]]
          /\ key = [n \in Node |-> CASE n = 1 -> 1
                                     [] n = 2 -> IF hole THEN 4 ELSE 2
                                     [] n = 3 -> IF hole THEN 5 ELSE 3
                                     [] n = 4 -> IF hole THEN 5 ELSE 2
                                     [] n = 5 -> 3
                                     [] OTHER -> 0]
          /\ model = IF hole THEN { 1, 4, 5 } ELSE { 1, 2, 3 }
    /\ inner = { 4, 5 }
    /\ used = 5
    /\ lock = [n \in 0 .. Most |-> Free]
    /\ pc = [t \in DOMAIN Calls(plan) |-> "idle"]
    /\ r = [t \in DOMAIN Calls(plan) |-> Local]
    /\ left = Calls(plan)
    /\ retired = [n \in Node |-> 0]
    /\ wrong = {}

Goto(t, where, local) == pc' = [pc EXCEPT ![t] = where] /\ r' = [r EXCEPT ![t] = local]
Again(t)              == Goto(t, "find", [Local EXCEPT !.what = r[t].what, !.k = r[t].k])
Answers(t, good)      ==                    \* the end of a call
    /\ wrong' = wrong \cup IF good THEN {} ELSE { << t, r[t].what, r[t].k >> }
    /\ Goto(t, "idle", Local)

Idle(t) ==
    /\ pc[t] = "idle" /\ left[t] # << >>
    /\ left' = [left EXCEPT ![t] = Tail(@)]
    /\ Goto(t, "find", [Local EXCEPT !.what = Head(left[t])[1], !.k = Head(left[t])[2]])
    /\ UNCHANGED << tree, lock, plan, retired, ghost >>

\* A search: the root, then one edge after the other. up is the edge that led to the node of `at`.
Find(t) ==
    /\ pc[t] = "find"
    /\ Goto(t, "step", [r[t] EXCEPT !.word = At(Root)])
    /\ UNCHANGED << tree, lock, plan, left, retired, ghost >>

Down(l, side) ==                            \* the way l, one step further
    LET e == << l.word, side >>
    IN [l EXCEPT !.up = l.at, !.at = e, !.word = At(e)]

Step(t) ==
    /\ pc[t] = "step" /\ r[t].word \in inner
    /\ LET side == IF key[r[t].word] <= r[t].k THEN 1 ELSE 0
           l == IF side = 0 THEN [r[t] EXCEPT !.turn = << r[t].at, << r[t].word, 1 >> >>, !.turned = TRUE] ELSE r[t]
       IN Goto(t, "step", Down(l, side))
    /\ UNCHANGED << tree, lock, plan, left, retired, ghost >>

There(l) == IsLeaf(l.word) /\ key[l.word] = l.k
Next(k)  == LET s == { x \in model : x > k } IN IF s = {} THEN 0 ELSE CHOOSE x \in s : \A y \in s : x <= y
Beyond(l) == IsLeaf(l.word) /\ key[l.word] > l.k

find_A(t) ==                                \* the last look of who changes nothing. LP; beside_A is the same
    /\ pc[t] = "step" /\ r[t].word \notin inner
    /\ \/ r[t].what = "has"
       \/ r[t].what = "insert" /\ There(r[t])
       \/ r[t].what = "remove" /\ ~There(r[t])
       \/ r[t].what = "higher" /\ (Beyond(r[t]) \/ ~r[t].turned)
    /\ IF At(r[t].at) = r[t].word
       THEN Goto(t, "in_A", [r[t] EXCEPT !.answer =
                IF r[t].what = "higher" THEN Next(r[t].k) = IF Beyond(r[t]) THEN key[r[t].word] ELSE 0
                ELSE There(r[t]) = (r[t].k \in model)])
       ELSE Again(t)
    /\ UNCHANGED << tree, lock, plan, left, retired, ghost >>

in_A(t) ==
    /\ pc[t] = "in_A"
    /\ IF lock[r[t].at[1]].going
       THEN Goto(t, "in_B", r[t]) /\ UNCHANGED wrong
       ELSE IF r[t].asks THEN Goto(t, "in_A", [r[t] EXCEPT !.up = r[t].one[1], !.at = r[t].one[2], !.asks = FALSE])
                              /\ UNCHANGED wrong
       ELSE Answers(t, r[t].answer)
    /\ UNCHANGED << tree, lock, plan, left, retired, model >>

in_B(t) ==
    /\ pc[t] = "in_B"
    /\ IF At(r[t].up) = r[t].at[1]
       THEN Goto(t, "in_C", r[t])
       ELSE Again(t)
    /\ UNCHANGED << tree, lock, plan, left, retired, ghost >>

in_C(t) ==
    /\ pc[t] = "in_C"
    /\ IF lock[r[t].up[1]].going /\ Bug # "trusts"
       THEN Again(t) /\ UNCHANGED wrong
       ELSE IF r[t].asks THEN Goto(t, "in_A", [r[t] EXCEPT !.up = r[t].one[1], !.at = r[t].one[2], !.asks = FALSE])
                              /\ UNCHANGED wrong
       ELSE Answers(t, r[t].answer)
    /\ UNCHANGED << tree, lock, plan, left, retired, model >>

\* Who changes something: the lock of the last edge's node, the edge; then, to remove, the same one edge further up.
ready_A(t) ==
    /\ pc[t] = "step" /\ r[t].word \notin inner
    /\ \/ r[t].what = "insert" /\ ~There(r[t])
       \/ r[t].what = "remove" /\ There(r[t])
    /\ Goto(t, "ready_B", [r[t] EXCEPT !.its = lock[r[t].at[1]]])
    /\ UNCHANGED << tree, lock, plan, left, retired, ghost >>

ready_B(t) ==
    /\ pc[t] = "ready_B"
    /\ IF At(r[t].at) # r[t].word THEN Again(t)
       ELSE IF r[t].its.held THEN Goto(t, "wait_A", [r[t] EXCEPT !.on = r[t].at[1]])
       ELSE Goto(t, IF r[t].what = "insert" \/ r[t].at = Root THEN "seize_A"
                    ELSE IF Bug = "below" THEN "take_B" ELSE "AboveA", r[t])
    /\ UNCHANGED << tree, lock, plan, left, retired, ghost >>

AboveA(t) ==                               \* ready:A of the lock above
    /\ pc[t] = "AboveA"
    /\ Goto(t, "AboveB", [r[t] EXCEPT !.above = lock[r[t].up[1]]])
    /\ UNCHANGED << tree, lock, plan, left, retired, ghost >>

AboveB(t) ==                               \* ready:B
    /\ pc[t] = "AboveB"
    /\ IF At(r[t].up) # r[t].at[1] THEN Again(t)
       ELSE IF r[t].above.held THEN Goto(t, "wait_A", [r[t] EXCEPT !.on = r[t].up[1]])
       ELSE Goto(t, "AboveS", r[t])
    /\ UNCHANGED << tree, lock, plan, left, retired, ghost >>

wait_A(t) ==
    /\ pc[t] = "wait_A" /\ (~lock[r[t].on].held \/ lock[r[t].on].off)
    /\ Again(t)
    /\ UNCHANGED << tree, lock, plan, left, retired, ghost >>

\* A compare-exchange from the version seen. TRUE: it works.
Takes(n, seen) == IF Bug = "latest" THEN ~lock[n].held ELSE lock[n] = seen

AboveS(t) ==                               \* seize:A of the lock above
    /\ pc[t] = "AboveS"
    /\ IF Takes(r[t].up[1], r[t].above)
       THEN lock' = [lock EXCEPT ![r[t].up[1]].held = TRUE] /\ Goto(t, "take_B", r[t])
       ELSE Again(t) /\ UNCHANGED lock
    /\ UNCHANGED << tree, plan, left, retired, ghost >>

seize_A(t) ==
    /\ pc[t] = "seize_A"
    /\ IF Takes(r[t].at[1], r[t].its)
       THEN lock' = [lock EXCEPT ![r[t].at[1]].held = TRUE] /\ Goto(t, "hang_A", r[t])
       ELSE Again(t) /\ UNCHANGED lock
    /\ UNCHANGED << tree, plan, left, retired, ghost >>

Put(e, n) == edge' = [edge EXCEPT ![e[1]][e[2]] = n]
Opened(n) == [lock EXCEPT ![n].held = FALSE, ![n].version = @ + 1]

hang_A(t) ==                                \* LP
    /\ pc[t] = "hang_A"
    /\ LET old  == r[t].word
           leaf == used + 1
           node == used + 2
           below == old # 0 /\ r[t].k < key[old]
       IN IF r[t].what = "remove"
          THEN /\ Put(Root, 0)
               /\ retired' = [retired EXCEPT ![old] = @ + 1]
               /\ model' = model \ { r[t].k }
               /\ wrong' = wrong \cup IF r[t].k \in model THEN {} ELSE { << t, "remove", r[t].k >> }
               /\ UNCHANGED << key, inner, used >>
          ELSE /\ edge' = IF old = 0 THEN [edge EXCEPT ![r[t].at[1]][r[t].at[2]] = leaf]
                          ELSE [edge EXCEPT ![r[t].at[1]][r[t].at[2]] = node,
                                            ![node][0] = IF below THEN leaf ELSE old,
                                            ![node][1] = IF below THEN old ELSE leaf]
               /\ key' = IF old = 0 THEN [key EXCEPT ![leaf] = r[t].k]
                         ELSE [key EXCEPT ![leaf] = r[t].k, ![node] = IF below THEN key[old] ELSE r[t].k]
               /\ used' = IF old = 0 THEN leaf ELSE node
               /\ inner' = IF old = 0 THEN inner ELSE inner \cup { node }
               /\ model' = model \cup { r[t].k }
               /\ wrong' = wrong \cup IF r[t].k \notin model THEN {} ELSE { << t, "insert", r[t].k >> }
               /\ UNCHANGED retired
    /\ Goto(t, "open_A", r[t])
    /\ UNCHANGED << lock, plan, left >>

open_A(t) ==
    /\ pc[t] = "open_A"
    /\ lock' = Opened(r[t].at[1])
    /\ Goto(t, "idle", Local)
    /\ UNCHANGED << tree, plan, left, retired, ghost >>

take_B(t) ==
    /\ pc[t] = "take_B"
    /\ LET p == r[t].at[1]
       IN IF Takes(p, r[t].its)
          THEN /\ lock' = [lock EXCEPT ![p].held = TRUE, ![p].going = Bug # "after"]
               /\ Goto(t, "take_A", r[t])
          ELSE /\ lock' = IF Bug = "below" THEN lock ELSE [lock EXCEPT ![r[t].up[1]] = r[t].above]
               /\ Again(t)
    /\ UNCHANGED << tree, plan, left, retired, ghost >>

take_A(t) ==                                \* the swing. LP
    /\ pc[t] = "take_A"
    /\ LET p == r[t].at[1]
       IN /\ Put(r[t].up, edge[p][1 - r[t].at[2]])
          /\ retired' = [retired EXCEPT ![p] = @ + 1, ![r[t].word] = @ + 1]
    /\ model' = model \ { r[t].k }
    /\ wrong' = wrong \cup IF r[t].k \in model THEN {} ELSE { << t, "remove", r[t].k >> }
    /\ Goto(t, IF Bug = "below" THEN "Leaves" ELSE "opens", r[t])
    /\ UNCHANGED << key, inner, used, lock, plan, left >>

Opens(t) ==                                 \* open:A of the lock above
    /\ pc[t] = "opens"
    /\ lock' = Opened(r[t].up[1])
    /\ Goto(t, "Leaves", r[t])
    /\ UNCHANGED << tree, plan, left, retired, ghost >>

Leaves(t) ==                                 \* open:A of the parent's, which stays held
    /\ pc[t] = "Leaves"
    /\ lock' = IF Bug = "opens" THEN Opened(r[t].at[1])
               ELSE [lock EXCEPT ![r[t].at[1]].off = TRUE, ![r[t].at[1]].going = TRUE]
    /\ Goto(t, "idle", Local)
    /\ UNCHANGED << tree, plan, left, retired, ghost >>

\* The next key above, at two edges: down from the last turn to the left, then the looks.
Turns(t) ==
    /\ pc[t] = "step" /\ r[t].what = "higher" /\ r[t].word \notin inner /\ ~Beyond(r[t]) /\ r[t].turned
    /\ LET e == r[t].turn[2]
       IN Goto(t, "second", [r[t] EXCEPT !.one = << r[t].up, r[t].at, r[t].word >>, !.up = r[t].turn[1], !.at = e,
                                         !.word = At(e), !.asks = TRUE])
    /\ UNCHANGED << tree, lock, plan, left, retired, ghost >>

Second(t) ==
    /\ pc[t] = "second" /\ r[t].word \in inner
    /\ Goto(t, "second", Down(r[t], 0))
    /\ UNCHANGED << tree, lock, plan, left, retired, ghost >>

both_A(t) ==
    /\ pc[t] = "second" /\ r[t].word \notin inner
    /\ Goto(t, IF Bug = "half" THEN "both_C" ELSE "both_B", [r[t] EXCEPT !.its = lock[r[t].one[2][1]]])
    /\ UNCHANGED << tree, lock, plan, left, retired, ghost >>

both_B(t) ==
    /\ pc[t] = "both_B"
    /\ IF At(r[t].one[2]) = r[t].one[3] THEN Goto(t, "both_C", r[t]) ELSE Again(t)
    /\ UNCHANGED << tree, lock, plan, left, retired, ghost >>

both_C(t) ==                                \* LP
    /\ pc[t] = "both_C"
    /\ IF At(r[t].at) = r[t].word
       THEN Goto(t, "both_D", [r[t] EXCEPT !.answer = Next(r[t].k) = key[r[t].word]])
       ELSE Again(t)
    /\ UNCHANGED << tree, lock, plan, left, retired, ghost >>

both_D(t) ==
    /\ pc[t] = "both_D"
    /\ IF At(r[t].one[2]) = r[t].one[3] THEN Goto(t, "both_E", r[t]) ELSE Again(t)
    /\ UNCHANGED << tree, lock, plan, left, retired, ghost >>

both_E(t) ==
    /\ pc[t] = "both_E"
    /\ IF lock[r[t].one[2][1]] = r[t].its \/ Bug = "twice" THEN Goto(t, "in_A", r[t]) ELSE Again(t)
    /\ UNCHANGED << tree, lock, plan, left, retired, ghost >>

Does(t) ==
    \/ Idle(t) \/ Find(t) \/ Step(t) \/ find_A(t) \/ in_A(t) \/ in_B(t) \/ in_C(t)
    \/ ready_A(t) \/ ready_B(t) \/ AboveA(t) \/ AboveB(t) \/ AboveS(t) \/ wait_A(t) \/ seize_A(t)
    \/ hang_A(t) \/ open_A(t) \/ take_B(t) \/ take_A(t) \/ Opens(t) \/ Leaves(t)
    \/ Turns(t) \/ Second(t) \/ both_A(t) \/ both_B(t) \/ both_C(t) \/ both_D(t) \/ both_E(t)

Spec == Init /\ [][\E t \in Threads : Does(t)]_vars

\* ---- claims -------------------------------------------------------------------------------------------------------

RECURSIVE Below(_)
Below(n) ==
    IF n = 0 THEN {} ELSE { n } \cup IF n \in inner THEN Below(edge[n][0]) \cup Below(edge[n][1]) ELSE {}
Reached == Below(At(Root))

Tree  == /\ { key[n] : n \in Reached \ inner } = model
         /\ \A n \in Reached \cap inner : /\ \A x \in Below(edge[n][0]) \ inner : key[x] < key[n]
                                          /\ \A x \in Below(edge[n][1]) \ inner : key[x] >= key[n]
Right == wrong = {}
Off   == \A n \in Reached : retired[n] = 0
Once  == /\ \A n \in Node : retired[n] <= 1
         /\ (\A t \in Threads : pc[t] = "idle") =>
            /\ \A n \in 1 .. used : n \in Reached \/ retired[n] = 1
            /\ \A n \in { 0 } \cup (Reached \cap inner) : ~lock[n].held
Goes  == (\A t \in Threads : pc[t] = "idle" /\ left[t] = << >>) \/ (\E t \in Threads : ENABLED Does(t))
=====================================================================================================================
