\* SPDX-License-Identifier: MIT
---------------------------------------------------- MODULE epoch ---------------------------------------------------
(* The machinery of include/loft/smr/epoch.h under ebr.h: threads that go in and out of sections, hold the node that a
   word points to, put another in its place, retire the old one, move the epoch, and free what is old enough. The
   actions are the labels of that header: begin_B is begin:B.

   One step is one access and what follows it up to the next one. Steps interleave in any order. Stores are seen at
   once, but for announcements, which may stay in the buffer of their thread until its fence: that is what begin:C (a
   light fence, no step) and step:B (a heavy one, which every thread passes) are for. Other orders are not modelled; the
   explorer has them.

   A node is freed if what its retiring thread knows allows it: the stamp and the epoch that it has read. Nothing asks
   whether somebody holds it. Nodes are used again as soon as they are free.

   Left out: the lists in a bag, which only say where a stamp is kept (retire:B, work:A, mine:A, nest:A), and that a
   bag goes from thread to thread: adopt:A, adopt:B, adopt:C, adopt:D, adopt:E, await:A, collect:A, collect:B,
   collect:D, collect:E, collect:F, collect:G, disown:A, drain:A, drain:B, drain:C, fence:A, fill:A, fini:A, fini:B,
   fini:C, fini:D, forked:A, forked:B, forked:C, forked:D, forked:E, forked:F, forked:G, forked:H, join:B, join:C,
   join:D, leave:C, on:A, put:A, put:B, retake:A, settle:A, settle:B, settle:C, tidy:A, tidy:B, work:D, work:E, work:F,
   work:G, work:H, up:A; the explorer has these too.
   A thread that keeps something looks now and then, and frees now and then, which the header does by counting nodes and
   by what work:C and join:A read.
   begin:A is for counters of 32 bits, and announces no less than what is announced here.
   Statistics: step:E, step:F, stats:A, stats:B, stats:C, put:C, found:A. start:A is for tests.

   What is claimed:
     Safe      no node is free while a thread holds it
     Once      no node is freed that was not retired, or twice
     Near      a thread in a section is at most one epoch behind
     Moves     the epoch never goes back, and by one at a time
   and, if no thread stops for good, no section does nothing but look, and who keeps something looks and frees:
     Freed     what is retired is freed
     Bounded   there are free nodes, again and again: what is retired does not grow for good
   These two are about runs without end. There the epoch goes on at Last: instead of it, all that was read of it goes
   back by one, and what is behind by Grace or more stays so (Endless).

   Bugs but "entry" and "tells" are seen with one who writes; those are planted beside two, and beside one who drains.
*)
EXTENDS Integers, FiniteSets

CONSTANTS Threads, Writers,
          Holders,                          \* those that use what the word points to
          Lookers,                          \* those that move the epoch though they keep nothing
          Nodes, Last,
          Grace,                            \* epochs from retiring to freeing
          Endless,                          \* whether the epoch goes on at Last
          Bug                               \* "none", or the bug that is planted:
                                            \*   "fence"  the heavy fence makes nobody's announcement seen
                                            \*   "entry"  what is retired is stamped with what begin:B announced
                                            \*   "hasty"  the epoch moves past who is a whole epoch behind
                                            \*   "tells"  a fence is told of before it is made
                                            \*   "stops"  who only reads may stop for good

VARIABLES
    epoch, word,                            \* the shared words; word is the node that is in the structure
    announced,                              \* of each thread: an epoch, or 0 where it is in no section
    buffered,                               \* of each thread: an announcement that others do not see yet, or -1
    at,                                     \* its next step
    first, now,                             \* what begin:B announces, and what begin:D read
    held,                                   \* the node that it may use, or 0
    round, seen,                            \* of step: the epoch, and whom it has looked at
    fenced,                                 \* an epoch in which there was a heavy fence
    stamp,                                  \* of each node: -1 not retired, else the epoch; 0 .. Last
    owner,                                  \* who retired it
    free,                                   \* the nodes that are free
    wrong

vars == << epoch, word, announced, buffered, at, first, now, held, round, seen, fenced, stamp, owner, free, wrong >>

Init ==
    /\ epoch = 1 /\ word = 1
    /\ announced = [t \in Threads |-> 0] /\ buffered = [t \in Threads |-> -1]
    /\ at = [t \in Threads |-> "out"]
    /\ first = [t \in Threads |-> 1] /\ now = [t \in Threads |-> 0]
    /\ held = [t \in Threads |-> 0]
    /\ round = [t \in Threads |-> 0] /\ seen = [t \in Threads |-> {}]
    /\ stamp = [n \in 1 .. Nodes |-> -1] /\ owner = [n \in 1 .. Nodes |-> CHOOSE t \in Threads : TRUE]
    /\ fenced = 0
    /\ free = 2 .. Nodes
    /\ wrong = FALSE

---------------------------------------------------------------------------------------------------------------------
\* Sections.

\* What begin:D has read last.
begin_B(t) ==
    /\ at[t] = "out"
    /\ buffered' = [buffered EXCEPT ![t] = first[t]]
    /\ at' = [at EXCEPT ![t] = "begin_D"]
    /\ UNCHANGED << epoch, word, announced, first, now, held, round, seen, fenced, stamp, owner, free, wrong >>

\* The store leaves the buffer whenever it likes: begin:C, a light fence, does not hurry it.
drains(t) ==
    /\ buffered[t] # -1
    /\ announced' = [announced EXCEPT ![t] = buffered[t]]
    /\ buffered' = [buffered EXCEPT ![t] = -1]
    /\ UNCHANGED << epoch, word, at, first, now, held, round, seen, fenced, stamp, owner, free, wrong >>

begin_D(t) ==
    /\ at[t] = "begin_D"
    /\ now' = [now EXCEPT ![t] = epoch]
    /\ at' = [at EXCEPT ![t] = IF epoch = first[t] THEN "in" ELSE "begin_E"]
    /\ UNCHANGED << epoch, word, announced, buffered, first, held, round, seen, fenced, stamp, owner, free, wrong >>

begin_E(t) ==
    /\ at[t] = "begin_E"
    /\ buffered' = [buffered EXCEPT ![t] = now[t]]
    /\ first' = [first EXCEPT ![t] = IF Bug = "entry" THEN @ ELSE now[t]]
    /\ at' = [at EXCEPT ![t] = "in"]
    /\ UNCHANGED << epoch, word, announced, now, held, round, seen, fenced, stamp, owner, free, wrong >>

\* In the section: what the word points to may be used until its end.
hold(t) ==
    /\ at[t] = "in" /\ t \in Holders /\ held[t] = 0
    /\ held' = [held EXCEPT ![t] = word]
    /\ UNCHANGED << epoch, word, announced, buffered, at, first, now, round, seen, fenced, stamp, owner, free, wrong >>

\* Another node in its place; the old one is retired with what mine:A reads, which begin:D has read.
unlink(t) ==
    /\ at[t] = "in" /\ t \in Writers
    /\ \E n \in free :
        /\ free' = free \ { n }
        /\ word' = n
        /\ stamp' = [stamp EXCEPT ![word] = IF Bug = "entry" THEN first[t] ELSE now[t]]
        /\ owner' = [owner EXCEPT ![word] = t]
    /\ UNCHANGED << epoch, announced, buffered, at, first, now, held, round, seen, fenced, wrong >>

end_A(t) ==
    /\ at[t] = "in" /\ buffered[t] = -1     \* its stores are seen in the order in which they are made
    /\ announced' = [announced EXCEPT ![t] = 0]
    /\ held' = [held EXCEPT ![t] = 0]
    /\ now' = [now EXCEPT ![t] = 0]
    /\ first' = [first EXCEPT ![t] = now[t]]    \* it is, but for "entry"
    /\ at' = [at EXCEPT ![t] = "out"]
    /\ UNCHANGED << epoch, word, buffered, round, seen, fenced, stamp, owner, free, wrong >>

---------------------------------------------------------------------------------------------------------------------
\* The epoch, by who has retired something, or drains.

Keeps(t) == \E n \in 1 .. Nodes : stamp[n] # -1 /\ owner[n] = t

step_A(t) ==
    /\ at[t] = "in" /\ (Keeps(t) \/ t \in Lookers) /\ (epoch < Last \/ Endless)
    /\ round' = [round EXCEPT ![t] = epoch]
    /\ seen' = [seen EXCEPT ![t] = {}]
    /\ at' = [at EXCEPT ![t] = "step_G"]
    /\ UNCHANGED << epoch, word, announced, buffered, first, now, held, fenced, stamp, owner, free, wrong >>

step_G(t) ==
    /\ at[t] = "step_G"
    /\ at' = [at EXCEPT ![t] = IF fenced = round[t] THEN "step_C" ELSE IF Bug = "tells" THEN "step_H" ELSE "step_B"]
    /\ UNCHANGED << epoch, word, announced, buffered, first, now, held, round, seen, fenced >>
    /\ UNCHANGED << stamp, owner, free, wrong >>

step_B(t) ==
    /\ at[t] = "step_B"
    /\ IF Bug = "fence" THEN UNCHANGED << announced, buffered >>
       ELSE /\ announced' = [u \in Threads |-> IF buffered[u] # -1 THEN buffered[u] ELSE announced[u]]
            /\ buffered' = [u \in Threads |-> -1]
    /\ at' = [at EXCEPT ![t] = IF Bug = "tells" THEN "step_C" ELSE "step_H"]
    /\ UNCHANGED << epoch, word, first, now, held, round, seen, fenced, stamp, owner, free, wrong >>

step_H(t) ==
    /\ at[t] = "step_H"
    /\ fenced' = round[t]
    /\ at' = [at EXCEPT ![t] = IF Bug = "tells" THEN "step_B" ELSE "step_C"]
    /\ UNCHANGED << epoch, word, announced, buffered, first, now, held, round, seen, stamp, owner, free, wrong >>

step_C(t) ==
    /\ at[t] = "step_C"
    /\ \E u \in Threads \ seen[t] :
        LET a == IF u = t /\ buffered[u] # -1 THEN buffered[u] ELSE announced[u]
            passes == a = 0 \/ a = round[t] \/ (Bug = "hasty" /\ a + 1 = round[t])
        IN /\ seen' = [seen EXCEPT ![t] = IF passes THEN @ \union { u } ELSE {}]
           /\ at' = [at EXCEPT ![t] = IF ~passes THEN "in" ELSE IF seen[t] \union { u } = Threads THEN "step_D" ELSE @]
    /\ UNCHANGED << epoch, word, announced, buffered, first, now, held, round, fenced, stamp, owner, free, wrong >>

Earlier(f) == [i \in DOMAIN f |-> IF f[i] > 1 THEN f[i] - 1 ELSE f[i]]

step_D(t) ==
    /\ at[t] = "step_D"
    /\ IF epoch = round[t] /\ epoch = Last
       THEN /\ announced' = Earlier(announced) /\ buffered' = Earlier(buffered)
            /\ first' = Earlier(first) /\ now' = Earlier(now)
            /\ round' = Earlier([round EXCEPT ![t] = 0]) /\ stamp' = Earlier(stamp)
            /\ fenced' = IF fenced > 1 THEN fenced - 1 ELSE fenced
            /\ UNCHANGED epoch
       ELSE /\ epoch' = IF epoch = round[t] THEN epoch + 1 ELSE epoch
            /\ round' = [round EXCEPT ![t] = 0]
            /\ UNCHANGED << announced, buffered, first, now, fenced, stamp >>
    /\ at' = [at EXCEPT ![t] = "in"]
    /\ seen' = [seen EXCEPT ![t] = {}]
    /\ UNCHANGED << word, held, owner, free, wrong >>

\* Reads the epoch and frees by it.
work_B(t) ==
    /\ at[t] = "in"
    /\ \E n \in 1 .. Nodes :
        /\ stamp[n] # -1 /\ owner[n] = t /\ epoch - stamp[n] >= Grace
        /\ free' = free \union { n }
        /\ stamp' = [stamp EXCEPT ![n] = -1]
        /\ wrong' = (wrong \/ n \in free \/ n = word)
    /\ UNCHANGED << epoch, word, announced, buffered, at, first, now, held, round, seen, fenced, owner >>

---------------------------------------------------------------------------------------------------------------------

Inner(t) ==
    \/ begin_B(t) \/ drains(t) \/ begin_D(t) \/ begin_E(t) \/ hold(t) \/ end_A(t)
    \/ step_A(t) \/ step_G(t) \/ step_B(t) \/ step_H(t) \/ step_C(t) \/ step_D(t) \/ work_B(t)

Next == \E t \in Threads : Inner(t) \/ unlink(t)

Spec == Init /\ [][Next]_vars

\* No thread stops for good, a section does not only look, and who keeps something looks, and frees, in its sections.
Fair ==
    /\ Spec
    /\ \A t \in (IF Bug = "stops" THEN Writers ELSE Threads) :
        /\ WF_vars(Inner(t)) /\ WF_vars(drains(t))
        /\ SF_vars(end_A(t))
        /\ t \in Writers => SF_vars(step_A(t)) /\ SF_vars(work_B(t))

Safe  == \A t \in Threads : held[t] = 0 \/ held[t] \notin free
Once  == ~wrong
Near  == \A t \in Threads : now[t] # 0 => epoch <= now[t] + 1
Moves == [][epoch' \in { epoch, epoch + 1 }]_vars

Freed   == \A n \in 1 .. Nodes : stamp[n] # -1 ~> stamp[n] = -1
Bounded == []<>(free # {})
=====================================================================================================================
