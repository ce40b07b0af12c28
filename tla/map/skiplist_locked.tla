\* SPDX-License-Identifier: MIT
----------------------------------------------- MODULE skiplist_locked ---------------------------------------------
(* The nodes and locks of include/loft/map/skiplist_locked.h: how a node gets onto its levels and off them, under the
   locks of those in front of it, while others do the same or only look, and when it is retired. The actions are the
   labels of that header, and of map/nodelock.h: take_C is take:C.

   One step is one access, and what follows it up to the next one, reading a key included. Steps interleave in any
   order, and each sees all earlier ones: this is sequential consistency; what the orders are for is the explorer's
   matter. seek and pass are the loads of S_protect. A lock is taken in one step: try:B succeeds if the word is what
   try:A has read; and what is read under a lock (grab:A, take:A, take:F, take:G, link:F, link:G, release:A), where
   nobody else writes, in the step before or after.

   The scheme is one of regions: a node that was retired may be used by those who were in a section then, until that
   ends, and is given out again as soon as there are none. A search leaves its path.

   What a call answers is compared with a set of keys, `model`, which is changed at the linearization points.

   Left out: pops, which are removals of what a search has found at an end; the quick look (look:A, look:B, look:C,
   look:D, node_with:A); what is read for the sake of its order (pass:B, pass:E); the second look where schemes do not
   protect regions (pass:A); the hint (find:A, link:D, link:E), prefetching (ahead:A), the height (height_of:A, set:A,
   update:A), building (build:A, build:B, build:C, build:D, build:E), the end of a node (free:A, drop:A, drop:B) and
   of a map (end:A, end:B), snapshots (reports_out:A, visit:A).

   What is claimed:
     Safe     no thread uses a node that may have been given out again; none is retired twice
     Apart    no word of what is linked leads to a node that is retired
     Sorted   on each level keys rise, and of nodes of one key all but the last are marked
     Right    an answer was right at an instant of the call
     Single   no two nodes in a row are out
     Moves    as long as there is something to do, somebody can do something
     Clean    when all are done, each level has what is in, whole and unlocked, and nothing else

   skiplist_locked.cfg has 29 529 states, a few seconds of one processor.
*)
EXTENDS Integers, Sequences, FiniteSets

CONSTANTS Plans, Levels, Nodes,
          Bug                               \* "none", or what is planted:
                                            \*   "early"   the lock on level 0 is given back before all is linked
                                            \*   "blind"   under its lock the link is not looked at
                                            \*   "bare"    who takes a node out does not lock it
                                            \*   "gap"     replacing marks the old node, then links the new one
                                            \*   "trusts"  who looks does not look back

\* What the threads have to do, one after the other, what is in at the beginning, and which keys are on all levels.
Put(k)    == [op |-> "put", key |-> k]
Remove(k) == [op |-> "remove", key |-> k]
Swap(k)   == [op |-> "swap", key |-> k]
Has(k)    == [op |-> "has", key |-> k]
Plan(p) ==
    CASE p = "meet"   -> [in |-> {}, tall |-> { 1 }, do |-> << << Put(1) >>, << Remove(1), Put(1) >> >>]
      [] p = "front"  -> [in |-> { 1 }, tall |-> { 1, 2 }, do |-> << << Put(2) >>, << Remove(1), Remove(2) >> >>]
      [] p = "behind" -> [in |-> { 2 }, tall |-> { 1, 2 }, do |-> << << Put(1), Remove(1) >>, << Remove(2) >> >>]
      [] p = "mixed"  -> [in |-> { 1 }, tall |-> { 2 }, do |-> << << Put(2), Remove(1) >>, << Swap(1), Remove(2) >> >>]
      [] p = "low"    -> [in |-> { 1 }, tall |-> {}, do |-> << << Put(2), Has(2) >>, << Remove(1), Has(2) >> >>]
      [] p = "swap"   -> [in |-> { 1 }, tall |-> { 1 }, do |-> << << Swap(1) >>, << Has(1), Has(1), Remove(1) >> >>]
      [] p = "twice"  -> [in |-> { 1 }, tall |-> { 1 }, do |-> << << Swap(1) >>, << Swap(1), Remove(1) >> >>]

VARIABLES word, key, tall, status, held,    \* of each node: its words, its key; which are tall; who may use it yet
          pc, r, left, model, wrong

vars == << word, key, tall, status, held, pc, r, left, model, wrong >>
mem  == << word, key, tall, status, held >>

Node    == 1 .. Nodes
Root    == 0                                \* as `prev`; as what a word leads to, 0 is the end
Level   == 0 .. Levels - 1
Threads == DOMAIN pc
W(n)    == [to |-> n, out |-> FALSE, lock |-> FALSE]
High(k) == IF k \in tall THEN Levels ELSE 1

Idle == [op |-> "none", key |-> 0, level |-> 0, goal |-> 0, prev |-> 0, dead |-> 0, cur |-> 0, first |-> 0,
         path |-> [l \in Level |-> << 0, 0 >>], found |-> FALSE, was |-> FALSE,
         node |-> 0, locked |-> FALSE, fresh |-> 0, at |-> 0, lock |-> << >>, busy |-> -1, done |-> FALSE]

Init ==
    \E p \in Plans :
        LET begin == Plan(p).in
            n == IF begin = {} THEN 0 ELSE 1
            k == IF begin = {} THEN 0 ELSE CHOOSE x \in begin : TRUE IN
        /\ tall = Plan(p).tall
        /\ word = [x \in { Root } \union Node |->
                       [l \in Level |-> IF x = Root /\ (l = 0 \/ k \in Plan(p).tall) THEN W(n) ELSE W(0)]]
        /\ key = [x \in Node |-> IF x = n THEN k ELSE 0]
        /\ status = [x \in Node |-> IF x = n THEN "in use" ELSE "free"]
        /\ held = [x \in Node |-> {}]
        /\ left = Plan(p).do
        /\ pc = [t \in DOMAIN Plan(p).do |-> "idle"] /\ r = [t \in DOMAIN Plan(p).do |-> Idle]
        /\ model = begin /\ wrong = "nothing"

Go(t, label, locals) == pc' = [pc EXCEPT ![t] = label] /\ r' = [r EXCEPT ![t] = locals]
May(t, n)   == n = Root \/ status[n] = "in use" \/ (status[n] = "retired" /\ t \in held[n])
Touch(t, n) == wrong' = IF wrong = "nothing" /\ ~May(t, n) THEN "safe" ELSE wrong
Inside      == { t \in Threads : pc[t] # "idle" }

\* A search for r.key down to `goal`; on level 0 it is to decide what is done, on others to go on with locks.
Search(t, locals, goal) == Go(t, "seek", [locals EXCEPT !.level = Levels - 1, !.prev = Root, !.goal = goal])
Again(t) == Search(t, r[t], r[t].goal)
Anew(t, locals) == Search(t, [locals EXCEPT !.node = 0, !.locked = FALSE, !.lock = << >>, !.at = 0, !.busy = -1], 0)

\* The search has come to its place on this level, between prev and cur.
Arrives(t, locals, same) ==
    LET at == [locals EXCEPT !.path[locals.level] = << locals.prev, locals.cur >>, !.found = same] IN
    IF locals.level > locals.goal
    THEN Go(t, "seek", [at EXCEPT !.level = @ - 1])
    ELSE IF locals.goal = 0 THEN Go(t, "pass_C", at) ELSE Go(t, "try_B", [at EXCEPT !.found = locals.found])
Lands(t, locals) == IF locals.cur = 0 THEN Arrives(t, locals, FALSE) ELSE Go(t, "pass", locals)

Return(t) ==
    /\ Go(t, "idle", Idle)
    /\ held' = [n \in Node |-> held[n] \ { t }]

---------------------------------------------------------------------------------------------------------------------
\* find_

begins(t) ==
    /\ pc[t] = "idle" /\ left[t] # << >>
    /\ left' = [left EXCEPT ![t] = Tail(@)]
    /\ Search(t, [Idle EXCEPT !.op = left[t][1].op, !.key = left[t][1].key], 0)
    /\ UNCHANGED << mem, model, wrong >>

seek(t) ==                                  \* the word at prev
    /\ pc[t] = "seek"
    /\ LET w == word[r[t].prev][r[t].level] IN
       IF w.out THEN Again(t) ELSE Lands(t, [r[t] EXCEPT !.first = w.to, !.dead = 0, !.cur = w.to])
    /\ Touch(t, r[t].prev)
    /\ UNCHANGED << mem, left, model >>

pass(t) ==                                  \* cur's word, and its key
    /\ pc[t] = "pass"
    /\ LET cur == r[t].cur
           w == word[cur][r[t].level] IN
       IF w.out THEN IF r[t].dead # 0 THEN Again(t) ELSE Lands(t, [r[t] EXCEPT !.dead = cur, !.cur = w.to])
       ELSE IF key[cur] >= r[t].key THEN Arrives(t, r[t], key[cur] = r[t].key)
       ELSE Lands(t, [r[t] EXCEPT !.prev = cur, !.first = w.to, !.dead = 0, !.cur = w.to])
    /\ Touch(t, r[t].cur)
    /\ UNCHANGED << mem, left, model >>

pass_C(t) ==
    /\ pc[t] = "pass_C"
    /\ LET w == word[r[t].prev][0] IN
       IF (w.out \/ w.to # r[t].first) /\ Bug # "trusts" THEN Again(t)
       ELSE Go(t, IF r[t].cur = 0 THEN "decide" ELSE "pass_D", [r[t] EXCEPT !.was = r[t].key \in model])
    /\ Touch(t, r[t].prev)
    /\ UNCHANGED << mem, left, model >>

pass_D(t) ==
    /\ pc[t] = "pass_D"
    /\ IF word[r[t].cur][0].out THEN Again(t) ELSE Go(t, "decide", r[t])
    /\ Touch(t, r[t].cur)
    /\ UNCHANGED << mem, left, model >>

Free(n) == status[n] = "free" \/ (status[n] = "retired" /\ held[n] = {})

decide(t) ==                                \* what the search has found is the answer, or there is something to do
    /\ pc[t] = "decide"
    /\ LET does == r[t].op # "has" /\ r[t].found = (r[t].op # "put")
           n == IF r[t].fresh # 0 \/ r[t].op = "remove" THEN r[t].fresh ELSE CHOOSE x \in Node : Free(x)
           at == [r[t] EXCEPT !.fresh = n, !.at = 0, !.lock = << >>, !.busy = -1, !.locked = FALSE,
                              !.node = IF r[t].op = "put" THEN 0 ELSE r[t].cur] IN
       /\ wrong' = IF wrong = "nothing" /\ r[t].was # r[t].found THEN "right" ELSE wrong
       /\ IF ~does                          \* a node that was not put in is nobody's
          THEN /\ Return(t)
               /\ status' = [x \in Node |-> IF x = r[t].fresh THEN "free" ELSE status[x]]
               /\ UNCHANGED << word, key >>
          ELSE /\ Go(t, IF r[t].op = "put" /\ High(r[t].key) = 1 THEN "link_A" ELSE "try_B", at)
               /\ status' = [x \in Node |-> IF x = n THEN "in use" ELSE status[x]]
               /\ key' = [x \in Node |-> IF x = n THEN r[t].key ELSE key[x]]
               /\ word' = [x \in DOMAIN word |-> IF x = n /\ n # 0 THEN [l \in Level |-> W(0)] ELSE word[x]]
               /\ UNCHANGED held
    /\ UNCHANGED << tall, left, model >>

---------------------------------------------------------------------------------------------------------------------
\* locks

Mine(t, n) == \E i \in DOMAIN r[t].lock : r[t].lock[i] = n

\* No more locks: what there is goes back.
Fails(t, busy, locals) == Go(t, "release_B", [locals EXCEPT !.busy = busy, !.done = FALSE])
Puts(t) == IF r[t].node = 0 THEN "link_B" ELSE IF High(r[t].key) = 1 THEN "take_C" ELSE "take_B"

try_B(t) ==                                 \* of the node itself, then of those in front of it, level by level
    /\ pc[t] = "try_B"
    /\ IF r[t].node # 0 /\ ~r[t].locked
       THEN LET n == r[t].node IN
            /\ Touch(t, n)
            /\ IF word[n][0].out THEN Anew(t, r[t]) /\ UNCHANGED word
               ELSE IF word[n][0].lock THEN Go(t, "waits", [r[t] EXCEPT !.busy = n]) /\ UNCHANGED word
               ELSE /\ word' = [word EXCEPT ![n][0].lock = Bug # "bare"]
                    /\ Go(t, "try_B", [r[t] EXCEPT !.locked = TRUE])
       ELSE LET l == r[t].at
                p == r[t].path[l][1]
                to == IF r[t].node # 0 THEN r[t].node ELSE r[t].path[l][2]
                got == [r[t] EXCEPT !.lock = Append(@, IF Mine(t, p) THEN -1 ELSE p), !.at = @ + 1] IN
            IF l > 0 /\ r[t].path[l][2] # to          \* the path is older than the locks: look for it
            THEN Search(t, r[t], l) /\ UNCHANGED << word, wrong >>
            ELSE /\ Touch(t, p)
                 /\ IF ~Mine(t, p) /\ word[p][0].out THEN Fails(t, -1, r[t]) /\ UNCHANGED word
                    ELSE IF ~Mine(t, p) /\ word[p][0].lock THEN Fails(t, p, r[t]) /\ UNCHANGED word
                    ELSE /\ word' = [word EXCEPT ![p][0].lock = TRUE]
                         /\ IF word[p][l].to # to /\ Bug # "blind" THEN Fails(t, -1, got)
                            ELSE Go(t, IF l + 1 < High(r[t].key) THEN "try_B" ELSE Puts(t), got)
    /\ UNCHANGED << key, tall, status, held, left, model >>

\* One lock after the other goes back, from the highest level: all, or, when a node was taken out, those above 0.
release_B(t) ==
    /\ pc[t] = "release_B"
    /\ LET low == IF r[t].done /\ r[t].node # 0 THEN 1 ELSE 0
           n == r[t].lock[Len(r[t].lock)]
           less == [r[t] EXCEPT !.lock = SubSeq(@, 1, Len(@) - 1)] IN
       IF Len(r[t].lock) > low
       THEN /\ word' = IF n >= 0 /\ ~(Bug = "early" /\ r[t].done /\ Len(r[t].lock) = 1)
                       THEN [word EXCEPT ![n][0].lock = FALSE] ELSE word
            /\ Go(t, "release_B", less)
            /\ IF n >= 0 THEN Touch(t, n) ELSE UNCHANGED wrong
       ELSE /\ UNCHANGED << word, wrong >>
            /\ IF r[t].done THEN Go(t, IF low = 1 THEN "take_E" ELSE "ends", r[t])
               ELSE IF r[t].locked THEN Go(t, "unlock_A", r[t])
               ELSE IF r[t].busy >= 0 THEN Go(t, "waits", r[t]) ELSE Anew(t, r[t])
    /\ UNCHANGED << key, tall, status, held, left, model >>

unlock_A(t) ==
    /\ pc[t] = "unlock_A"
    /\ word' = [word EXCEPT ![r[t].node][0].lock = FALSE]
    /\ IF r[t].busy >= 0 THEN Go(t, "waits", [r[t] EXCEPT !.locked = FALSE]) ELSE Anew(t, r[t])
    /\ Touch(t, r[t].node)
    /\ UNCHANGED << key, tall, status, held, left, model >>

waits(t) ==                                 \* wait:A, with nothing in hand
    /\ pc[t] = "waits" /\ ~word[r[t].busy][0].lock
    /\ Anew(t, r[t])
    /\ Touch(t, r[t].busy)
    /\ UNCHANGED << mem, left, model >>

---------------------------------------------------------------------------------------------------------------------
\* put

InNow(t) ==
    /\ model' = model \union { r[t].key }
    /\ wrong' = IF wrong = "nothing" /\ r[t].key \in model THEN "right" ELSE wrong

link_A(t) ==                                \* of one level: the lock is not taken
    /\ pc[t] = "link_A"
    /\ LET p == r[t].path[0][1]
           n == r[t].fresh IN
       IF word[p][0] = W(r[t].path[0][2])
       THEN /\ word' = [word EXCEPT ![n][0] = W(r[t].path[0][2]), ![p][0].to = n]
            /\ InNow(t)
            /\ Go(t, "ends", r[t])
       ELSE /\ Touch(t, p)
            /\ IF word[p][0].lock THEN Go(t, "waits", [r[t] EXCEPT !.busy = p]) ELSE Anew(t, r[t])
            /\ UNCHANGED << word, model >>
    /\ UNCHANGED << key, tall, status, held, left >>

link_B(t) ==
    /\ pc[t] = "link_B"
    /\ LET p == r[t].path[0][1]
           n == r[t].fresh IN
       /\ word' = [word EXCEPT ![n] = [l \in Level |-> W(word[r[t].path[l][1]][l].to)], ![p][0].to = n,
                               ![p][0].lock = Bug # "early"]
       /\ InNow(t)
       /\ Go(t, "link_C", [r[t] EXCEPT !.at = 1])
    /\ UNCHANGED << key, tall, status, held, left >>

link_C(t) ==
    /\ pc[t] = "link_C"
    /\ LET p == r[t].path[r[t].at][1] IN
       /\ word' = [word EXCEPT ![p][r[t].at].to = r[t].fresh]
       /\ Touch(t, p)
    /\ IF r[t].at + 1 < Levels THEN Go(t, "link_C", [r[t] EXCEPT !.at = @ + 1])
       ELSE Go(t, "release_B", [r[t] EXCEPT !.done = TRUE])
    /\ UNCHANGED << key, tall, status, held, left, model >>

---------------------------------------------------------------------------------------------------------------------
\* remove, and replace

take_B(t) ==
    /\ pc[t] = "take_B"
    /\ LET l == r[t].at - 1 IN
       /\ word' = [word EXCEPT ![r[t].node][l].out = TRUE]
       /\ Go(t, IF l = 1 THEN "take_C" ELSE "take_B", [r[t] EXCEPT !.at = l])
    /\ Touch(t, r[t].node)
    /\ UNCHANGED << key, tall, status, held, left, model >>

take_C(t) ==                                \* "gap": with two stores
    /\ pc[t] = "take_C"
    /\ LET n == r[t].node
           f == r[t].fresh
           first == Bug = "gap" /\ f # 0 /\ ~word[n][0].out IN
       /\ word' = [word EXCEPT ![n][0] = [to |-> IF f # 0 /\ ~first THEN f ELSE word[n][0].to,
                                          out |-> TRUE, lock |-> FALSE],
                               ![f] = IF f = 0 \/ (Bug = "gap" /\ ~first) THEN word[f]
                                      ELSE [l \in Level |-> W(word[n][l].to)]]
       /\ model' = IF f = 0 THEN model \ { r[t].key } ELSE model
       /\ wrong' = IF wrong = "nothing" /\ ~May(t, n) THEN "safe"
                   ELSE IF wrong = "nothing" /\ r[t].key \notin model THEN "right" ELSE wrong
       /\ IF first THEN Go(t, "take_C", r[t])
          ELSE Go(t, IF High(r[t].key) = 1 THEN "release_B" ELSE "take_D",
                  [r[t] EXCEPT !.at = High(r[t].key) - 1, !.done = TRUE])
    /\ UNCHANGED << key, tall, status, held, left >>

Behind(t, l) == IF r[t].fresh # 0 THEN r[t].fresh ELSE word[r[t].node][l].to

take_D(t) ==
    /\ pc[t] = "take_D"
    /\ LET l == r[t].at
           p == r[t].path[l][1] IN
       /\ word' = [word EXCEPT ![p][l].to = Behind(t, l)]
       /\ Touch(t, p)
       /\ Go(t, IF l = 1 THEN "release_B" ELSE "take_D", [r[t] EXCEPT !.at = l - 1])
    /\ UNCHANGED << key, tall, status, held, left, model >>

take_E(t) ==                                \* and the node is retired
    /\ pc[t] = "take_E"
    /\ LET n == r[t].node
           p == r[t].path[0][1] IN
       /\ word' = [word EXCEPT ![p][0].to = Behind(t, 0), ![p][0].lock = FALSE]
       /\ status' = [status EXCEPT ![n] = "retired"]
       /\ held' = [held EXCEPT ![n] = Inside]
       /\ wrong' = IF wrong = "nothing" /\ (~May(t, p) \/ status[n] = "retired") THEN "safe" ELSE wrong
    /\ Go(t, "ends", r[t])
    /\ UNCHANGED << key, tall, left, model >>

ends(t) ==
    /\ pc[t] = "ends"
    /\ Return(t)
    /\ UNCHANGED << word, key, tall, status, left, model, wrong >>

Next == \E t \in Threads :
    \/ begins(t) \/ seek(t) \/ pass(t) \/ pass_C(t) \/ pass_D(t) \/ decide(t)
    \/ try_B(t) \/ release_B(t) \/ unlock_A(t) \/ waits(t)
    \/ link_A(t) \/ link_B(t) \/ link_C(t) \/ take_B(t) \/ take_C(t) \/ take_D(t) \/ take_E(t) \/ ends(t)

Spec == Init /\ [][Next]_vars

---------------------------------------------------------------------------------------------------------------------

\* The nodes of a level, from one on, by its words; no further than there are nodes.
RECURSIVE From(_, _, _)
From(n, l, most) == IF n = 0 \/ most = 0 THEN << >> ELSE << n >> \o From(word[n][l].to, l, most - 1)
On(l) == From(word[Root][l].to, l, Nodes + 1)
Over  == \A t \in Threads : pc[t] = "idle" /\ left[t] = << >>

Safe   == wrong # "safe"
Right  == wrong # "right"
Apart  == \A l \in Level : \A i \in DOMAIN On(l) : status[On(l)[i]] = "in use"
Sorted == \A l \in Level : \A i \in 2 .. Len(On(l)) :
              LET a == On(l)[i - 1]
                  b == On(l)[i] IN
              \/ key[a] < key[b]
              \/ key[a] = key[b] /\ word[a][l].out
Single == \A l \in Level : \A i \in 2 .. Len(On(l)) : ~(word[On(l)[i - 1]][l].out /\ word[On(l)[i]][l].out)
Moves  == Over \/ ENABLED Next
Clean  == Over =>
              /\ \A l \in Level : { key[On(l)[i]] : i \in DOMAIN On(l) } = { k \in model : l < High(k) }
              /\ \A i \in DOMAIN On(0) : word[On(0)[i]][0].out = FALSE /\ word[On(0)[i]][0].lock = FALSE
              /\ ~word[Root][0].lock
              /\ \A n \in Node : status[n] = "in use" => \E i \in DOMAIN On(0) : On(0)[i] = n
=====================================================================================================================
