\* SPDX-License-Identifier: MIT
---------------------------------------------------- MODULE mpsc ----------------------------------------------------
(* The ring of include/loft/queue/mpsc.h where a push that finds it full overwrites: producers that stop anywhere, one
   consumer, close. The actions are the labels of that header: seize_A is seize:A. The steps Write and Read are the
   payload; an element is Torn until the push that writes it has made it whole.

   One step is one access and what follows it up to the next one. Steps interleave in any order, and each sees all
   earlier ones: this is sequential consistency. Memory orders are not modelled.

   Tickets are not doubled, the mark in tail is a variable of its own, and nothing wraps. An element is the ticket that
   its push took. Each producer pushes Pushes times, the consumer pops one by one for ever: try_push and try_pop; push_n
   is try_push again and again, and pop_n stores head (take:H) and the count (take:I, take:J) once for several.

   Left out: the refusing ring, whose protocol is that of spsc.h with a claim by compare-exchange (claim:A, claim:B,
   claim:C, claim:D, claim:E, put:A, fill:A, take:A, take:B, take:C) and its hints (ahead:A, ahead:B); poll,
   which looks where none:B does (poll:A, poll:B); observers (is_closed:A, is_stalled:A, is_stalled:B, is_stalled:C,
   is_high:A, is_high:B, is_high:C, is_high:D, stats_get:A, stats_get:B, stats_get:C, stats_get:D, stats_get:E).

   What is claimed:
     Apart     no two hold a cell: not the ring, not a push, not the consumer
     Right     what is popped is whole, and in order; a push is refused only when closed or beside a push of the lap
               before; once the closed queue was found empty, nothing is in it
     Exact     in every state each ticket has been popped or overwritten, and was counted as that once, or is inside
*)
EXTENDS Integers, FiniteSets

CONSTANTS Order,                            \* the ring has 2^Order slots
          Producers, Pushes, Closes,        \* Closes: somebody may close at any time
          Bug                               \* "none", or the bug that is planted:
                                            \*   "counts"  overwritten is counted although the element was popped
                                            \*   "first"   a push takes the cell of its first look all the same
                                            \*   "keeps"   a pop puts back the cell that it is about to read
                                            \*   "passes"  a pop passes over a push under way
                                            \*   "hasty"   a pop says drained while a push is under way
                                            \*   "drops"   a push takes the oldest out of play before it has its ticket

N        == 2 ^ Order
Cycle(k) == k \div N
Place(k) == k % N
Torn     == -1

VARIABLES
    tail, closed, entry, cell,              \* the shared words; an entry is a cycle, whole or not, a cell
    head, spare, popped,                    \* the consumer's
    overwritten, refused,
    left,                                   \* pushes that each producer still makes
    push,                                   \* by producer: the next step and its local variables
    pop,                                    \* the consumer's
    last, drained,                          \* the last ticket that was popped; a pop has said: drained for good
    wrong                                   \* what went wrong

vars == << tail, closed, entry, cell, head, spare, popped, overwritten, refused, left, push, pop, last, drained,
           wrong >>

None == [c |-> 0, whole |-> FALSE, cell |-> 0]
Idle == [pc |-> "idle", t |-> 0, e |-> None, busy |-> FALSE]

Init ==
    /\ tail = 0 /\ closed = FALSE
    /\ entry = [i \in 0 .. N - 1 |-> [c |-> 0, whole |-> FALSE, cell |-> i]]
    /\ cell = [i \in 0 .. N |-> Torn]
    /\ head = 0 /\ spare = N /\ popped = 0 /\ overwritten = 0 /\ refused = 0
    /\ left = [p \in Producers |-> Pushes]
    /\ push = [p \in Producers |-> Idle]
    /\ pop = [pc |-> "idle", h |-> 0, e |-> None]
    /\ last = -1 /\ drained = FALSE
    /\ wrong = "nothing"

At(k)  == entry[Place(k)]

\* In the middle of the push of ticket k.
UnderWay(p)   == push[p].pc \in {"seize_E", "seize_F", "write", "fill_B"}
Beside(p, k)  == \E q \in Producers \ {p} : UnderWay(q) /\ push[q].t = k

---------------------------------------------------------------------------------------------------------------------
\* Producers.

Go(t, pc) == push' = [push EXCEPT ![t].pc = pc]

Begin(t) ==
    /\ push[t].pc = "idle" /\ left[t] > 0
    /\ left' = [left EXCEPT ![t] = @ - 1]
    /\ push' = [push EXCEPT ![t] = [Idle EXCEPT !.pc = "seize_A"]]
    /\ UNCHANGED << tail, closed, entry, cell, head, spare, popped, overwritten, refused, pop, last, drained, wrong >>

seize_A(t) ==
    /\ push[t].pc = "seize_A"
    /\ push' = [push EXCEPT ![t].t = tail, ![t].pc = IF closed THEN "refuse_A" ELSE "seize_B"]
    /\ UNCHANGED << tail, closed, entry, cell, head, spare, popped, overwritten, refused, left, pop, last,
                    drained, wrong >>

Open(e, k) == e.c = Cycle(k) /\ ~e.whole
Full(e, k) == e.c = Cycle(k) - 1 /\ e.whole

seize_B(t) ==
    /\ push[t].pc = "seize_B"
    /\ LET k == push[t].t
           e == At(k)
       IN push' = [push EXCEPT ![t].e = e, ![t].busy = Beside(t, k - N),
                               ![t].pc = IF ~Open(e, k) /\ ~Full(e, k) THEN "seize_D"
                                         ELSE IF Bug = "drops" /\ Full(e, k) THEN "seize_E" ELSE "seize_C"]
    /\ UNCHANGED << tail, closed, entry, cell, head, spare, popped, overwritten, refused, left, pop, last,
                    drained, wrong >>

\* Tail is as it was, so a push of the lap before is under way there; or look again.
seize_D(t) ==
    /\ push[t].pc = "seize_D"
    /\ IF tail = push[t].t /\ ~closed
       THEN /\ Go(t, "refuse_A")
            /\ wrong' = IF push[t].busy THEN wrong ELSE "refused without reason"
       ELSE Go(t, "seize_A") /\ UNCHANGED wrong
    /\ UNCHANGED << tail, closed, entry, cell, head, spare, popped, overwritten, refused, left, pop, last, drained >>

refuse_A(t) ==
    /\ push[t].pc = "refuse_A"
    /\ refused' = refused + 1
    /\ push' = [push EXCEPT ![t] = Idle]
    /\ UNCHANGED << tail, closed, entry, cell, head, spare, popped, overwritten, left, pop, last, drained, wrong >>

seize_C(t) ==
    /\ push[t].pc = "seize_C"
    /\ IF tail = push[t].t /\ ~closed
       THEN /\ tail' = tail + 1
            /\ Go(t, IF push[t].e.whole THEN "seize_E" ELSE "write")
       ELSE /\ Go(t, "seize_A")
            /\ UNCHANGED tail
    /\ UNCHANGED << closed, entry, cell, head, spare, popped, overwritten, refused, left, pop, last, drained, wrong >>

\* The oldest is taken out of play, if it is still there; its cell, or the one that the consumer put there, is ours.
seize_E(t) ==
    /\ push[t].pc = "seize_E"
    /\ LET k == push[t].t
           e == push[t].e
           mine == [c |-> Cycle(k), whole |-> FALSE, cell |-> e.cell]
       IN IF At(k) = e
          THEN /\ entry' = [entry EXCEPT ![Place(k)] = mine]
               /\ push' = [push EXCEPT ![t].e = mine, ![t].pc = "seize_F"]
          ELSE /\ UNCHANGED entry
               /\ push' = [push EXCEPT ![t].e = IF Bug = "first" THEN mine ELSE At(k),
                                       ![t].pc = IF Bug = "counts" THEN "seize_F"
                                                 ELSE IF Bug = "drops" THEN "seize_C" ELSE "write"]
    /\ UNCHANGED << tail, closed, cell, head, spare, popped, overwritten, refused, left, pop, last, drained, wrong >>

seize_F(t) ==
    /\ push[t].pc = "seize_F"
    /\ overwritten' = overwritten + 1
    /\ Go(t, IF Bug = "drops" THEN "seize_C" ELSE "write")
    /\ UNCHANGED << tail, closed, entry, cell, head, spare, popped, refused, left, pop, last, drained, wrong >>

Write(t) ==
    /\ push[t].pc = "write"
    /\ cell' = [cell EXCEPT ![push[t].e.cell] = Torn]
    /\ Go(t, "fill_B")
    /\ UNCHANGED << tail, closed, entry, head, spare, popped, overwritten, refused, left, pop, last, drained, wrong >>

fill_B(t) ==
    /\ push[t].pc = "fill_B"
    /\ entry' = [entry EXCEPT ![Place(push[t].t)] =
                     [c |-> Cycle(push[t].t), whole |-> TRUE, cell |-> push[t].e.cell]]
    /\ cell' = [cell EXCEPT ![push[t].e.cell] = push[t].t]
    /\ push' = [push EXCEPT ![t] = Idle]
    /\ UNCHANGED << tail, closed, head, spare, popped, overwritten, refused, left, pop, last, drained, wrong >>

close_A ==
    /\ Closes /\ ~closed
    /\ closed' = TRUE
    /\ UNCHANGED << tail, entry, cell, head, spare, popped, overwritten, refused, left, push, pop, last,
                    drained, wrong >>

---------------------------------------------------------------------------------------------------------------------
\* The consumer.

take_D ==
    /\ pop.pc = "idle"
    /\ pop' = [pop EXCEPT !.h = head, !.pc = "take_E"]
    /\ UNCHANGED << tail, closed, entry, cell, head, spare, popped, overwritten, refused, left, push, last,
                    drained, wrong >>

take_E ==
    /\ pop.pc = "take_E"
    /\ LET e == At(pop.h)
           ready == e.c = Cycle(pop.h) /\ e.whole
       IN pop' = [pop EXCEPT !.e = e, !.pc = IF ready THEN "take_F" ELSE "take_G"]
    /\ UNCHANGED << tail, closed, entry, cell, head, spare, popped, overwritten, refused, left, push, last,
                    drained, wrong >>

take_F ==
    /\ pop.pc = "take_F"
    /\ IF At(pop.h) = pop.e
       THEN /\ entry' = [entry EXCEPT ![Place(pop.h)] =
                             [c |-> pop.e.c + 1, whole |-> FALSE,
                              cell |-> IF Bug = "keeps" THEN pop.e.cell ELSE spare]]
            /\ spare' = IF Bug = "keeps" THEN spare ELSE pop.e.cell
            /\ pop' = [pop EXCEPT !.pc = "read"]
       ELSE /\ pop' = [pop EXCEPT !.pc = "take_G"]
            /\ UNCHANGED << entry, spare >>
    /\ UNCHANGED << tail, closed, cell, head, popped, overwritten, refused, left, push, last, drained, wrong >>

Read ==
    /\ pop.pc = "read"
    /\ wrong' = IF cell[pop.e.cell] # pop.h THEN "torn, or another"
                ELSE IF pop.h <= last THEN "out of order"
                ELSE IF drained THEN "popped after the end" ELSE wrong
    /\ last' = pop.h
    /\ pop' = [pop EXCEPT !.pc = "take_J"]
    /\ UNCHANGED << tail, closed, entry, cell, head, spare, popped, overwritten, refused, left, push, drained >>

\* take:I is the consumer's own word.
take_J ==
    /\ pop.pc = "take_J"
    /\ popped' = popped + 1
    /\ pop' = [pop EXCEPT !.h = @ + 1, !.pc = "take_H"]
    /\ UNCHANGED << tail, closed, entry, cell, head, spare, overwritten, refused, left, push, last, drained, wrong >>

\* What take:E saw is not there yet, or it was overwritten, and so was all that is more than a lap behind.
take_G ==
    /\ pop.pc = "take_G"
    /\ LET older == pop.e.c < Cycle(pop.h) \/ (pop.e.c = Cycle(pop.h) /\ ~pop.e.whole)
           mid == older /\ Bug = "passes" /\ pop.h < tail
       IN pop' = IF tail - pop.h > N THEN [pop EXCEPT !.h = tail - N, !.pc = "take_E"]
                 ELSE IF older /\ ~mid THEN [pop EXCEPT !.pc = "none"]
                 ELSE [pop EXCEPT !.h = @ + 1, !.pc = "take_E"]
    /\ UNCHANGED << tail, closed, entry, cell, head, spare, popped, overwritten, refused, left, push, last,
                    drained, wrong >>

take_H ==
    /\ pop.pc = "take_H"
    /\ head' = pop.h
    /\ pop' = [pop EXCEPT !.h = 0, !.e = None, !.pc = "idle"]
    /\ UNCHANGED << tail, closed, entry, cell, spare, popped, overwritten, refused, left, push, last, drained, wrong >>

\* Nothing is ready. What was passed over is told (take:H) before the queue is asked whether it is empty (none:A is the
\* consumer's own word). A pop of a closed queue that is not empty begins again.
none_B ==
    /\ pop.pc = "none"
    /\ head' = pop.h
    /\ drained' = (drained \/ (closed /\ (tail = pop.h \/ Bug = "hasty")))
    /\ pop' = [pop EXCEPT !.h = 0, !.e = None, !.pc = "idle"]
    /\ UNCHANGED << tail, closed, entry, cell, spare, popped, overwritten, refused, left, push, last, wrong >>

---------------------------------------------------------------------------------------------------------------------
Next ==
    \/ \E t \in Producers :
        \/ Begin(t) \/ seize_A(t) \/ seize_B(t) \/ seize_C(t) \/ seize_D(t) \/ seize_E(t) \/ seize_F(t) \/ refuse_A(t)
        \/ Write(t) \/ fill_B(t)
    \/ close_A
    \/ take_D \/ take_E \/ take_F \/ Read \/ take_J \/ take_G \/ take_H \/ none_B

Spec == Init /\ [][Next]_vars

Filling == {p \in Producers : push[p].pc \in {"write", "fill_B"}}

Apart ==
    /\ \A i, j \in 0 .. N - 1 : i # j => entry[i].cell # entry[j].cell
    /\ \A i \in 0 .. N - 1 : entry[i].cell # spare
    /\ \A p \in Filling : At(push[p].t) = [c |-> Cycle(push[p].t), whole |-> FALSE, cell |-> push[p].e.cell]
    /\ \A p, q \in Filling : p # q => push[p].e.cell # push[q].e.cell
    /\ pop.pc = "read" => pop.e.cell = spare

Inside == Cardinality({k \in 0 .. tail - 1 : At(k).c <= Cycle(k)})

Right ==
    /\ wrong = "nothing"
    /\ drained => Inside = 0 /\ \A p \in Producers : ~UnderWay(p)

\* Each by itself, but for what has been done and not yet counted.
Uncounted(pc) == Cardinality({p \in Producers : push[p].pc = pc})

Exact ==
    tail = Inside + popped + overwritten + Uncounted("seize_F") + (IF pop.pc \in {"read", "take_J"} THEN 1 ELSE 0)
====================================================================================================================
