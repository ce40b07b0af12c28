\* SPDX-License-Identifier: MIT
--------------------------------------------------- MODULE skiplist -------------------------------------------------
(* The towers of include/loft/map/skiplist.h: how a node gets onto its levels and off them while others do the same, and
   when it is retired. The actions are the labels of that header: raise_E is raise:E. Level 0 is that of map/list.h.

   One step is one access, and what follows it up to the next one, reading a key included. Steps interleave in any
   order, and each sees all earlier ones: this is sequential consistency; what the orders are for is the explorer's
   matter. seek and pass are the loads of S_protect. All nodes are as high as there are levels.

   The scheme is one of regions: a node that was retired may be used by those who were in a section then, until that
   ends, and is given out again as soon as there are none. A search leaves its path.

   What a call answers is compared with a set of keys, `model`, which is changed at the linearization points.

   Left out: replacing (swap:A, which is take:A and link:A at once), pops (pop:A, settle:A, settle:B, settle:C, last:A),
   the load that raise:G checks (raise:F);
   loads for the order of all answers, which change none here (find:E, find:F);
   looks (look:A, look:B, look:C, look:D, node_with:A); the quick way off without a tower (unlink:A), and that of a
   tower, by the words that the search has passed (pluck:A, pluck:B);
   the lighter search that calls for one key begin with, which takes off nothing above level 0; the index, and that it
   keeps nodes from being retired (claim:A, claim:B, renew:A, ages:A); reports to snapshots
   (reports_out:A, visit:A); the hint (find:D, raise:A, raise:B, seek:A, height:A, height:B), prefetching (ahead:A,
   far_ahead:A, note:A, note:B), the height (height_of:A), building (build:A, build:B, build:C, build:D, build:E), the
   end of a node (free:A, drop:A, drop:B, drop:C) and of a map (end:A, end:B, end:C, end:D, end:E, part:A).

   What is claimed:
     Safe     no thread uses a node that may have been given out again; none is retired twice
     Apart    no word of what is linked leads to a node that is retired
     Sorted   on each level keys rise, and of nodes of one key all but the last are marked
     Right    an answer was right at an instant of the call
     Counted  nodes on a level, or on the way there, are no more than their states count
     Clean    when all are done, each level has what is in, and nothing else

   skiplist.cfg has 43 487 states, a few seconds of one processor.
*)
EXTENDS Integers, Sequences, FiniteSets

CONSTANTS Plans, Levels, Nodes,
          Bug                               \* "none", or what is planted:
                                            \*   "early"    who takes a node off level 0 retires it
                                            \*   "stores"   a new node's own word is stored
                                            \*   "token"    who puts a node in is not counted
                                            \*   "keeps"    who gives up does not count down
                                            \*   "trusts"   who puts it in does not look whether it was taken out
                                            \*   "leaves"   who takes it out does not look for it
                                            \*   "passes"   who has passed an older node does not look again
                                            \*   "lowest"   only level 0 is marked

\* What the threads have to do, one after the other, and what is in at the beginning.
Put(k)    == [op |-> "put", key |-> k]
Remove(k) == [op |-> "remove", key |-> k]
Plan(p) ==
    CASE p = "meet"   -> [in |-> {}, do |-> << << Put(1) >>, << Remove(1), Put(1) >> >>]
      [] p = "pair"   -> [in |-> {}, do |-> << << Put(1) >>, << Remove(1) >> >>]
      [] p = "late"   -> [in |-> { 1 }, do |-> << << Remove(1) >>, << Put(1) >> >>]
      [] p = "again"  -> [in |-> { 1 }, do |-> << << Remove(1) >>, << Remove(1), Put(1) >> >>]
      [] p = "front"  -> [in |-> { 1 }, do |-> << << Put(2) >>, << Remove(1), Remove(2) >> >>]
      [] p = "behind" -> [in |-> { 2 }, do |-> << << Put(1), Remove(1) >>, << Remove(2) >> >>]
      [] p = "three"  -> [in |-> {}, do |-> << << Put(1) >>, << Remove(1) >>, << Put(1) >> >>]

VARIABLES word, key, state, status, held,   \* of each node: its words, its key, its state; who may use it yet
          pc, r, left, model, wrong

vars == << word, key, state, status, held, pc, r, left, model, wrong >>
mem  == << word, key, state, status, held >>

Node    == 1 .. Nodes
Root    == 0                                \* as `prev`; as what a word leads to, 0 is the end
Level   == 0 .. Levels - 1
Threads == DOMAIN pc
W(n)    == [to |-> n, out |-> FALSE]
None    == [on |-> 0, rising |-> FALSE, hold |-> FALSE, gone |-> FALSE]

Idle == [op |-> "none", key |-> 0, node |-> 0, level |-> 0, goal |-> 0, prev |-> 0, cur |-> 0, next |-> W(0),
         then |-> "none", at |-> 0, path |-> [l \in Level |-> << 0, 0 >>], same |-> FALSE, found |-> FALSE,
         looked |-> FALSE, was |-> FALSE]

Init ==
    \E p \in Plans :
        LET first == Plan(p).in
            n == IF first = {} THEN 0 ELSE 1 IN
        /\ word = [x \in { Root } \union Node |-> [l \in Level |-> IF x = Root THEN W(n) ELSE W(0)]]
        /\ key = [x \in Node |-> IF x = n THEN CHOOSE k \in first : TRUE ELSE 0]
        /\ state = [x \in Node |-> IF x = n THEN [None EXCEPT !.on = Levels] ELSE None]
        /\ status = [x \in Node |-> IF x = n THEN "in use" ELSE "free"]
        /\ held = [x \in Node |-> {}]
        /\ left = Plan(p).do
        /\ pc = [t \in DOMAIN Plan(p).do |-> "idle"] /\ r = [t \in DOMAIN Plan(p).do |-> Idle]
        /\ model = first /\ wrong = "nothing"

Go(t, label, locals) == pc' = [pc EXCEPT ![t] = label] /\ r' = [r EXCEPT ![t] = locals]
May(t, n)   == n = Root \/ status[n] = "in use" \/ (status[n] = "retired" /\ t \in held[n])
Touch(t, n) == wrong' = IF wrong = "nothing" /\ ~May(t, n) THEN "safe" ELSE wrong
Inside      == { t \in Threads : pc[t] # "idle" }

\* A search for r.key down to `goal`, and then `then`.
Search(t, locals, goal, then) ==
    Go(t, "seek", [locals EXCEPT !.level = Levels - 1, !.prev = Root, !.goal = goal, !.then = then, !.same = FALSE])
Again(t) == Search(t, r[t], r[t].goal, r[t].then)

\* The search has come to its place on this level, between prev and cur.
Arrives(t, locals, same) ==
    LET at == [locals EXCEPT !.path[locals.level] = << locals.prev, locals.cur >>,
                             !.same = locals.level > 0 /\ (locals.same \/ same), !.found = same] IN
    IF locals.level > locals.goal
    THEN Go(t, "seek", [at EXCEPT !.level = @ - 1])
    ELSE Go(t, IF locals.goal = 0 THEN "find_B" ELSE locals.then,
            IF locals.goal = 0 THEN [at EXCEPT !.same = locals.same] ELSE at)

Return(t) ==
    /\ Go(t, "idle", Idle)
    /\ held' = [n \in Node |-> held[n] \ { t }]

---------------------------------------------------------------------------------------------------------------------
\* find_

begins(t) ==
    /\ pc[t] = "idle" /\ left[t] # << >>
    /\ left' = [left EXCEPT ![t] = Tail(@)]
    /\ Search(t, [Idle EXCEPT !.op = left[t][1].op, !.key = left[t][1].key], 0, "decide")
    /\ UNCHANGED << mem, model, wrong >>

seek(t) ==                                  \* the word at prev
    /\ pc[t] = "seek"
    /\ LET w == word[r[t].prev][r[t].level] IN
       IF w.out THEN Again(t)
       ELSE IF w.to = 0 THEN Arrives(t, [r[t] EXCEPT !.cur = 0], FALSE)
       ELSE Go(t, "pass", [r[t] EXCEPT !.cur = w.to])
    /\ Touch(t, r[t].prev)
    /\ UNCHANGED << mem, left, model >>

pass(t) ==                                  \* cur's word, and its key
    /\ pc[t] = "pass"
    /\ LET w == word[r[t].cur][r[t].level] IN
       IF w.out THEN Go(t, "find_A", [r[t] EXCEPT !.next = w])
       ELSE IF key[r[t].cur] >= r[t].key THEN Arrives(t, [r[t] EXCEPT !.next = w], key[r[t].cur] = r[t].key)
       ELSE IF w.to = 0 THEN Arrives(t, [r[t] EXCEPT !.prev = r[t].cur, !.cur = 0], FALSE)
       ELSE Go(t, "pass", [r[t] EXCEPT !.prev = r[t].cur, !.cur = w.to])
    /\ Touch(t, r[t].cur)
    /\ UNCHANGED << mem, left, model >>

find_A(t) ==
    /\ pc[t] = "find_A"
    /\ IF word[r[t].prev][r[t].level] = W(r[t].cur)
       THEN /\ word' = [word EXCEPT ![r[t].prev][r[t].level] = W(r[t].next.to)]
            /\ Go(t, "leave_A", r[t])
       ELSE UNCHANGED word /\ Again(t)
    /\ Touch(t, r[t].prev)
    /\ UNCHANGED << key, state, status, held, left, model >>

InUse(s) == s.on > 0 \/ s.rising \/ s.hold

\* So many levels less, and the token of who puts it in, or of who takes it out; retired by who comes to nothing, or
\* wrongly by who leaves level 0.
Leaves(t, n, less, token, early) ==
    LET s == [state[n] EXCEPT !.on = @ - less, !.rising = @ /\ token # "rising", !.hold = @ /\ token # "hold"]
        over == IF Bug = "early" THEN early ELSE ~InUse(s) IN
    /\ state' = [state EXCEPT ![n] = s]
    /\ IF over
       THEN /\ status' = [status EXCEPT ![n] = "retired"]
            /\ held' = [held EXCEPT ![n] = Inside]
            /\ wrong' = IF wrong = "nothing" /\ (~May(t, n) \/ status[n] = "retired") THEN "safe" ELSE wrong
       ELSE UNCHANGED << status, held >> /\ Touch(t, n)

leave_A(t) ==                               \* came_off_: the node that find_A has taken off this level
    /\ pc[t] = "leave_A"
    /\ Leaves(t, r[t].cur, 1, "none", r[t].level = 0)
    /\ IF r[t].next.to = 0 THEN Arrives(t, [r[t] EXCEPT !.cur = 0], FALSE)
       ELSE Go(t, "pass", [r[t] EXCEPT !.cur = r[t].next.to])
    /\ UNCHANGED << word, key, left, model >>

find_B(t) ==
    /\ pc[t] = "find_B"
    /\ IF word[r[t].prev][0] # W(r[t].cur) THEN Again(t)
       ELSE Go(t, IF r[t].cur = 0 THEN r[t].then ELSE "find_C", [r[t] EXCEPT !.was = r[t].key \in model])
    /\ Touch(t, r[t].prev)
    /\ UNCHANGED << mem, left, model >>

find_C(t) ==
    /\ pc[t] = "find_C"
    /\ IF word[r[t].cur][0].out THEN Again(t)
       ELSE Go(t, r[t].then, [r[t] EXCEPT !.next = word[r[t].cur][0]])
    /\ Touch(t, r[t].cur)
    /\ UNCHANGED << mem, left, model >>

decide(t) ==                                \* what the search has found is the answer, or there is something to do
    /\ pc[t] = "decide"
    /\ LET does == r[t].found = (r[t].op = "remove") IN
       /\ IF ~does THEN Return(t) ELSE UNCHANGED held
       /\ wrong' = IF wrong = "nothing" /\ r[t].was # r[t].found THEN "right" ELSE wrong
       /\ IF ~does                          \* a node that was not put in is nobody's
          THEN /\ status' = [n \in Node |-> IF n = r[t].node THEN "free" ELSE status[n]]
               /\ UNCHANGED << word, key, state >>
          ELSE IF r[t].op = "remove"
          THEN /\ Go(t, IF Levels = 1 \/ Bug = "lowest" THEN "take_A" ELSE "topple_A",
                     [r[t] EXCEPT !.at = Levels - 1, !.node = r[t].cur])
               /\ UNCHANGED << word, key, state, status >>
          ELSE \E n \in Node :
               /\ IF r[t].node # 0 THEN n = r[t].node
                  ELSE status[n] = "free" \/ (status[n] = "retired" /\ held[n] = {})
               /\ word' = [word EXCEPT ![n] = [l \in Level |-> W(r[t].path[l][2])]]
               /\ key' = [key EXCEPT ![n] = r[t].key]
               /\ state' = [state EXCEPT ![n] = [None EXCEPT !.on = Levels, !.rising = Bug # "token"]]
               /\ status' = [status EXCEPT ![n] = "in use"]
               /\ Go(t, "link_A", [r[t] EXCEPT !.node = n])
    /\ UNCHANGED << left, model >>

---------------------------------------------------------------------------------------------------------------------
\* put

link_A(t) ==
    /\ pc[t] = "link_A"
    /\ IF word[r[t].prev][0] = W(r[t].cur)
       THEN /\ word' = [word EXCEPT ![r[t].prev][0] = W(r[t].node)]
            /\ model' = model \union { r[t].key }
            /\ wrong' = IF wrong = "nothing" /\ r[t].key \in model THEN "right" ELSE wrong
            /\ IF Levels = 1 THEN Go(t, "raise_G", [r[t] EXCEPT !.at = 1])
               ELSE IF r[t].same /\ Bug # "passes" THEN Search(t, [r[t] EXCEPT !.at = 1], 1, "raise_C")
               ELSE Go(t, "raise_C", [r[t] EXCEPT !.at = 1])
       ELSE Again(t) /\ Touch(t, r[t].prev) /\ UNCHANGED << word, model >>
    /\ UNCHANGED << key, state, status, held, left >>

Behind(t) == W(r[t].path[r[t].at][2])       \* what is to be behind the node on this level

raise_C(t) ==
    /\ pc[t] = "raise_C"
    /\ LET own == word[r[t].node][r[t].at] IN
       Go(t, IF own.out /\ Bug # "stores" THEN "raise_G" ELSE IF own = Behind(t) THEN "raise_E" ELSE "raise_D",
          [r[t] EXCEPT !.next = own])
    /\ Touch(t, r[t].node)
    /\ UNCHANGED << mem, left, model >>

raise_D(t) ==
    /\ pc[t] = "raise_D"
    /\ LET own == word[r[t].node][r[t].at] IN
       IF own = r[t].next \/ Bug = "stores"
       THEN word' = [word EXCEPT ![r[t].node][r[t].at] = Behind(t)] /\ Go(t, "raise_E", r[t])
       ELSE UNCHANGED word /\ Go(t, "raise_G", r[t])
    /\ Touch(t, r[t].node)
    /\ UNCHANGED << key, state, status, held, left, model >>

raise_E(t) ==
    /\ pc[t] = "raise_E"
    /\ LET prev == r[t].path[r[t].at][1] IN
       /\ IF word[prev][r[t].at] = Behind(t)
          THEN /\ word' = [word EXCEPT ![prev][r[t].at] = W(r[t].node)]
               /\ Go(t, IF r[t].at + 1 < Levels THEN "raise_C" ELSE "raise_G", [r[t] EXCEPT !.at = @ + 1])
          ELSE UNCHANGED word /\ Search(t, r[t], r[t].at, "raise_C")
       /\ Touch(t, prev)
    /\ UNCHANGED << key, state, status, held, left, model >>

raise_G(t) ==                               \* and raise_F: what is left out, and the token
    /\ pc[t] = "raise_G"
    /\ LET n == r[t].node
           less == IF Bug = "keeps" THEN 0 ELSE Levels - r[t].at IN
       IF state[n].gone /\ ~r[t].looked /\ Bug # "trusts"
       THEN /\ Search(t, [r[t] EXCEPT !.looked = TRUE], 0, "raise_G")
            /\ Touch(t, n)
            /\ UNCHANGED << state, status, held >>
       ELSE /\ Leaves(t, n, less, "rising", FALSE)
            /\ Go(t, "ends", r[t])
    /\ UNCHANGED << word, key, left, model >>

---------------------------------------------------------------------------------------------------------------------
\* remove

topple_A(t) ==
    /\ pc[t] = "topple_A"
    /\ word' = [word EXCEPT ![r[t].node][r[t].at].out = TRUE]
    /\ Go(t, IF r[t].at = 1 THEN "take_A" ELSE "topple_A", [r[t] EXCEPT !.at = @ - 1])
    /\ Touch(t, r[t].node)
    /\ UNCHANGED << key, state, status, held, left, model >>

take_A(t) ==
    /\ pc[t] = "take_A"
    /\ IF word[r[t].node][0] = r[t].next
       THEN /\ word' = [word EXCEPT ![r[t].node][0].out = TRUE]
            /\ model' = model \ { r[t].key }
            /\ wrong' = IF wrong = "nothing" /\ r[t].key \notin model THEN "right" ELSE wrong
            /\ Go(t, "gone_A", r[t])
       ELSE /\ Search(t, [r[t] EXCEPT !.node = 0], 0, "decide")
            /\ Touch(t, r[t].node)
            /\ UNCHANGED << word, model >>
    /\ UNCHANGED << key, state, status, held, left >>

gone_A(t) ==
    /\ pc[t] = "gone_A"
    /\ LET n == r[t].node
           s == state[n] IN
       /\ state' = [state EXCEPT ![n].gone = TRUE, ![n].hold = TRUE]
       /\ IF ~InUse(s) THEN Go(t, "ends", r[t])
          ELSE IF s.on = 0 \/ s.rising \/ Bug = "leaves" THEN Go(t, "lowered", r[t])
          ELSE Search(t, r[t], 0, "lowered")
       /\ Touch(t, n)
    /\ UNCHANGED << word, key, status, held, left, model >>

lowered(t) ==                               \* leave_: nobody looks for it any more
    /\ pc[t] = "lowered"
    /\ Leaves(t, r[t].node, 0, "hold", FALSE)
    /\ Go(t, "ends", r[t])
    /\ UNCHANGED << word, key, left, model >>

ends(t) ==
    /\ pc[t] = "ends"
    /\ Return(t)
    /\ UNCHANGED << word, key, state, status, left, model, wrong >>

Next == \E t \in Threads :
    \/ begins(t) \/ seek(t) \/ pass(t) \/ find_A(t) \/ leave_A(t) \/ find_B(t) \/ find_C(t) \/ decide(t)
    \/ link_A(t) \/ raise_C(t) \/ raise_D(t) \/ raise_E(t) \/ raise_G(t)
    \/ topple_A(t) \/ take_A(t) \/ gone_A(t) \/ lowered(t) \/ ends(t)

Spec == Init /\ [][Next]_vars

---------------------------------------------------------------------------------------------------------------------

\* The nodes of a level, from one on, by its words; no further than there are nodes.
RECURSIVE From(_, _, _)
From(n, l, most) == IF n = 0 \/ most = 0 THEN << >> ELSE << n >> \o From(word[n][l].to, l, most - 1)
On(l) == From(word[Root][l].to, l, Nodes + 1)

Safe   == wrong # "safe"
Right  == wrong # "right"
Apart  == \A l \in Level : \A i \in DOMAIN On(l) : status[On(l)[i]] = "in use"
Sorted == \A l \in Level : \A i \in 2 .. Len(On(l)) :
              LET a == On(l)[i - 1]
                  b == On(l)[i] IN
              \/ key[a] < key[b]
              \/ key[a] = key[b] /\ word[a][l].out
Counted == \A n \in Node : status[n] = "in use" =>
               Cardinality({ l \in Level : \E i \in DOMAIN On(l) : On(l)[i] = n }) <= state[n].on
Clean == (\A t \in Threads : pc[t] = "idle" /\ left[t] = << >>) =>
             \A l \in Level : /\ { key[On(l)[i]] : i \in DOMAIN On(l) } \subseteq model
                              /\ \A i \in DOMAIN On(l) : ~word[On(l)[i]][0].out
                              /\ \A n \in Node : status[n] = "in use" => \E i \in DOMAIN On(0) : On(0)[i] = n
=====================================================================================================================
