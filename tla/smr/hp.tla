\* SPDX-License-Identifier: MIT
------------------------------------------------------ MODULE hp ------------------------------------------------------
(* Hazard pointers, include/loft/smr/hp.h: threads that publish the node that a word points to and look again, put
   another in its place, retire the old one, look through what they have retired, and free what nobody has published.
   The actions are the labels of that header: protect_A is protect:A.

   One step is one access and what follows it up to the next one. Steps interleave in any order. What is stored in a
   slot may stay in the buffer of its thread until its fence; it leaves it in the order in which it was stored, for all
   these stores are releases. That is what protect:D (a light fence, no step) and scan:A (the heavy one, which every
   thread passes) are for. Other orders are not modelled; the explorer has them.

   A node is freed by what its retiring thread has read in the slots. Nothing asks whether somebody holds it. Nodes are
   used again as soon as they are free. Any thread may stop for good anywhere.

   Left out: turns and the second bag, which are for drains, and that nodes go from thread to thread: adopt:A,
   adopt:B, adopt:C, adopt:D, adopt:E, aside:A, aside:B, aside:C, await:A, close:A, close:B, collect:A, drain:A,
   drain:C, drain:D, fence:A, forked:A, forked:B, forked:C, forked:D, forked:E, forked:F, open:A, open:B, open:C,
   open:D, other:A, push:A, push:B, push:C, refused:A, refused:B, take:A, take:B, tidy:A, tidy:B,
   turn_over:A, turn_over:B, unlock:A. Where there is no memory for the table, covers:A reads what gather:A does,
   later. Statistics: count_fence:A, count_fence:B, drain:K, drain:L, drain:M, drain:N, holder:A, leave:A, scan:B,
   scan:C, stats_get:A, stats_get:B, stats_get:C, stats_get:D, stats_get:E.
   The explorer has these.

   What is claimed:
     Safe      no node is free while a thread holds it: no use after free
     Once      no node is freed that is not retired, or twice
     Bounded   each thread has at most R + N * K nodes that are retired and not free
     Freed     where nobody publishes a node for ever and threads go on retiring, what is retired is freed
*)
EXTENDS Integers, Sequences, FiniteSets, TLC

CONSTANTS Writers, Readers,                 \* threads that make and retire nodes; that protect them
          Node,                             \* what there is of nodes
          Slots,                            \* of each thread, K
          Batch, Frees,                     \* the options; Batch is R
          Room,                             \* stores in a buffer
          Pick,                             \* the allocator gives any free node; FALSE: the first, of numbers
          Bug                               \* "none", or the bug that is planted:
                                            \*   "fence"  the heavy fence makes nobody's slots seen
                                            \*   "trust"  protect does not look again when it has published
                                            \*   "after"  what is retired after the slots were read is sorted by them
                                            \*   "order"  slots are read before the fence
                                            \*   "shy"    nothing is freed where anything retired is published
                                            \*   "twice"  what is ready stays in limbo, too

Threads  == Writers \union Readers
Slot     == 1 .. Slots
None     == [i \in Slot |-> 0]
Least(s) == CHOOSE n \in s : \A m \in s : n <= m

VARIABLES
    word,                                   \* the node that is in the structure
    slot,                                   \* of each thread, as others see them
    buffered,                               \* of each thread: its stores that others do not see yet, oldest first
    me,                                     \* what each thread knows for itself
    free,                                   \* the nodes that are free: the truth
    wrong

vars == << word, slot, buffered, me, free, wrong >>

Idle == [at |-> "in",                       \* its next step
         slot |-> 0, got |-> 0,             \* of protect
         used |-> {},                       \* slots that have been stored to in this section
         held |-> None,                     \* the nodes that it may use
         limbo |-> {}, ready |-> {}, fresh |-> 0,      \* its bag
         left |-> {}, set |-> {}]           \* of gather: slots that it has not read; what it has found

Init ==
    /\ IF Pick THEN word \in Node ELSE word = Least(Node)
    /\ slot = [t \in Threads |-> None]
    /\ buffered = [t \in Threads |-> << >>]
    /\ me = [t \in Threads |-> Idle]
    /\ free = Node \ { word }
    /\ wrong = FALSE

Kept(t) == me[t].limbo \union me[t].ready
Pending == UNION { Kept(t) : t \in Threads }

---------------------------------------------------------------------------------------------------------------------
\* Sections.

\* What was protected in this slot may not be used any more.
protect_A(t) ==
    /\ me[t].at = "in" /\ t \in Readers
    /\ \E i \in Slot :
        /\ word # me[t].held[i]
        /\ me' = [me EXCEPT ![t].at = "protect_C", ![t].got = word, ![t].slot = i, ![t].held[i] = 0]
    /\ UNCHANGED << word, slot, buffered, free, wrong >>

protect_C(t) ==
    /\ me[t].at = "protect_C" /\ Len(buffered[t]) < Room
    /\ LET i == me[t].slot IN
        /\ buffered' = [buffered EXCEPT ![t] = Append(@, << i, me[t].got >>)]
        /\ me' = [me EXCEPT ![t].at = IF Bug = "trust" THEN "in" ELSE "protect_B", ![t].used = @ \union { i },
                            ![t].held[i] = IF Bug = "trust" THEN me[t].got ELSE 0]
    /\ UNCHANGED << word, slot, free, wrong >>

protect_B(t) ==
    /\ me[t].at = "protect_B"
    /\ me' = [me EXCEPT ![t] =
        IF word = @.got THEN [@ EXCEPT !.at = "in", !.held = [@ EXCEPT ![me[t].slot] = word], !.got = 0, !.slot = 0]
        ELSE [@ EXCEPT !.at = "protect_C", !.got = word]]
    /\ UNCHANGED << word, slot, buffered, free, wrong >>

\* A store leaves the buffer. It may do so at any time, but it makes no difference before somebody looks.
drains(t) ==
    /\ buffered[t] # << >>
    /\ Len(buffered[t]) + Slots > Room \/ \E u \in Threads \ { t } : me[u].at = "gather_A"
    /\ LET s == Head(buffered[t]) IN slot' = [slot EXCEPT ![t][s[1]] = s[2]]
    /\ buffered' = [buffered EXCEPT ![t] = Tail(@)]
    /\ UNCHANGED << word, me, free, wrong >>

\* Of exit. All slots that were used, in one step: they are stored one after the other in any case.
RECURSIVE Zeros(_)
Zeros(s) == IF s = {} THEN << >> ELSE << << Least(s), 0 >> >> \o Zeros(s \ { Least(s) })

clear_A(t) ==
    /\ me[t].at = "in" /\ me[t].used # {}
    /\ Len(buffered[t]) + Cardinality(me[t].used) <= Room
    /\ buffered' = [buffered EXCEPT ![t] = @ \o Zeros(me[t].used)]
    /\ me' = [me EXCEPT ![t].used = {}, ![t].held = None]
    /\ UNCHANGED << word, slot, free, wrong >>

---------------------------------------------------------------------------------------------------------------------
\* Nodes.

RECURSIVE Few(_, _)
Few(s, k) ==
    IF Cardinality(s) <= k THEN s ELSE IF k = 0 THEN {} ELSE { Least(s) } \union Few(s \ { Least(s) }, k - 1)

\* Frees a few of what is ready. m is what the thread knows; old are the free nodes of before.
Drops(t, m, old, linked) ==
    LET now == Few(m.ready, Frees) IN
    /\ free' = old \union now
    /\ wrong' = (wrong \/ now \intersect old # {} \/ linked \in now)
    /\ me' = [me EXCEPT ![t] = [m EXCEPT !.ready = @ \ now, !.at = "in"]]

\* What is published stays.
Sort(m) ==
    LET stays == IF Bug = "shy" /\ m.limbo \intersect m.set # {} THEN m.limbo ELSE m.limbo \intersect m.set IN
    [m EXCEPT !.limbo = IF Bug = "twice" THEN @ ELSE stays, !.ready = @ \union (m.limbo \ stays), !.fresh = 0,
              !.set = {}]

Every == { << u, i >> : u \in Threads, i \in Slot }
Look(m) == [m EXCEPT !.at = IF Bug = "order" THEN "gather_A" ELSE "scan_A", !.left = Every]

\* Another node in the place of the one that is there, which is retired.
link(t) ==
    /\ me[t].at = "in" /\ t \in Writers
    /\ \E n \in IF Pick \/ free = {} THEN free ELSE { Least(free) } :
        /\ word' = n
        /\ LET m == [me[t] EXCEPT !.limbo = @ \union { word }, !.fresh = @ + 1] IN
            IF Bug = "after" /\ m.set # {} THEN Drops(t, Sort(m), free \ { n }, n)
            ELSE IF m.fresh < Batch THEN Drops(t, m, free \ { n }, n)
            ELSE me' = [me EXCEPT ![t] = Look(m)] /\ free' = free \ { n } /\ UNCHANGED wrong
    /\ UNCHANGED << slot, buffered >>

\* exit, where there is something to free.
exit(t) ==
    /\ me[t].at = "in" /\ me[t].ready # {}
    /\ Drops(t, me[t], free, word)
    /\ UNCHANGED << word, slot, buffered >>

\* The newest of the stores to a slot that are in a buffer, or what others see.
Newest(b, i, seen) ==
    LET of == { j \in 1 .. Len(b) : b[j][1] = i } IN
    IF of = {} THEN seen ELSE b[CHOOSE j \in of : \A o \in of : o <= j][2]

\* What a thread has stored, and others may not see.
Own(t, i) == Newest(buffered[t], i, slot[t][i])

scan_A(t) ==
    /\ me[t].at = "scan_A"
    /\ IF Bug = "fence" THEN UNCHANGED << slot, buffered >>
       ELSE /\ slot' = [u \in Threads |-> [i \in Slot |-> Own(u, i)]]
            /\ buffered' = [u \in Threads |-> << >>]
    /\ IF Bug = "order" THEN Drops(t, Sort(me[t]), free, word)
       ELSE me' = [me EXCEPT ![t].at = "gather_A"] /\ UNCHANGED << free, wrong >>
    /\ UNCHANGED word

\* One slot; after the last what is retired is sorted.
gather_A(t) ==
    /\ me[t].at = "gather_A"
    /\ \E p \in me[t].left :
        LET seen == IF p[1] = t THEN Own(t, p[2]) ELSE slot[p[1]][p[2]]
            m    == [me[t] EXCEPT !.left = @ \ { p }, !.set = @ \union ({ seen } \ { 0 })]
        IN IF m.left # {} THEN me' = [me EXCEPT ![t] = m] /\ UNCHANGED << free, wrong >>
           ELSE IF Bug = "order" THEN me' = [me EXCEPT ![t] = [m EXCEPT !.at = "scan_A"]] /\ UNCHANGED << free, wrong >>
           ELSE IF Bug = "after" THEN Drops(t, [Sort(m) EXCEPT !.set = m.set \union { 0 }], free, word)
           ELSE Drops(t, Sort(m), free, word)
    /\ UNCHANGED << word, slot, buffered >>

---------------------------------------------------------------------------------------------------------------------

Inner(t) ==
    \/ protect_C(t) \/ protect_B(t) \/ drains(t) \/ clear_A(t) \/ exit(t) \/ scan_A(t) \/ gather_A(t)

Next == \E t \in Threads : Inner(t) \/ protect_A(t) \/ link(t)

Spec == Init /\ [][Next]_vars
Fair == Spec /\ \A t \in Threads : WF_vars(Inner(t)) /\ WF_vars(link(t))

Safe    == \A t \in Threads : \A i \in Slot : me[t].held[i] \notin free
Once    == ~wrong
Bounded == \A t \in Threads : Cardinality(Kept(t)) <= Batch + Cardinality(Threads) * Slots
Same    == Permutations(Node)
Freed   == \A n \in Node : n \in Pending ~> n \in free
=====================================================================================================================
