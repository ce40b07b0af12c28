\* SPDX-License-Identifier: MIT
-------------------------------------------------- MODULE spsc_word --------------------------------------------------
(* The ring of include/loft/queue/spsc_word.h between one producer and one consumer that never stop. The actions are the
   labels of that header: try_push_A is try_push:A.

   One step is one atomic access and what follows it up to the next one. Steps interleave in any order, and each sees
   all earlier ones: this is sequential consistency. Memory orders are not modelled.

   Elements are numbered modulo Numbers in the order in which they are pushed. push_n and pop_n are rows of try_push and
   try_pop. Left out: the waits of linger.h, which are no steps, and approx_len.

   What is claimed:
     Vacant    an element is stored only where there is none
     Right     what is popped is the element whose turn it is; a push is refused only in the instant the ring is full, a
               pop only in an instant it is empty; nothing goes in after close
     Known     the slots that the producer believes vacant are
     Drained   a consumer that saw is_closed, and then found nothing, will never find anything
*)
EXTENDS Integers, FiniteSets

CONSTANTS Capacity,
          Probe,                            \* LOFT_QUEUE_PROBE
          Numbers,                          \* elements are told apart modulo this
          Bug                               \* "none", or the bug that is planted:
                                            \*   "near"  a look at the next slot is taken for a look ahead
                                            \*   "keeps" close lets the producer use up the room it knows of

ASSUME Numbers > Capacity

VARIABLES
    slot, closed,                           \* the shared words
    tail_at, room,                          \* the producer's line
    head_at, run,                           \* the consumer's line; run: something was popped since the last "empty"
    push, reach,                            \* the producer's next step, how far ahead it looks
    pop,                                    \* the consumer's next step
    in, out,                                \* the numbers of the next element to go in and to come out
    saw, drained,                           \* is_closed was true before this pop; and a pop after that found nothing
    wrong                                   \* what went wrong

vars == << slot, closed, tail_at, room, head_at, run, push, reach, pop, in, out, saw, drained, wrong >>

None       == Numbers
Places     == 0 .. Capacity - 1
Ahead(a,k) == (a + k) % Capacity
Min(a, b)  == IF a < b THEN a ELSE b
Len        == Cardinality({ i \in Places : slot[i] # None })

Init ==
    /\ slot = [i \in Places |-> None] /\ closed = FALSE
    /\ tail_at = Capacity - 1 /\ room = 0
    /\ head_at = Capacity - 1 /\ run = FALSE
    /\ push = "idle" /\ reach = 0 /\ pop = "idle"
    /\ in = 0 /\ out = 0
    /\ saw = FALSE /\ drained = FALSE
    /\ wrong = "nothing"

---------------------------------------------------------------------------------------------------------------------
\* The producer.

try_push_A ==                               \* reads its own tail_at
    /\ push = "idle"
    /\ push' = IF room = 0 THEN "room_A" ELSE "try_push_B"
    /\ UNCHANGED << slot, closed, tail_at, room, head_at, run, reach, pop, in, out, saw, drained, wrong >>

room_A ==
    /\ push = "room_A"
    /\ IF closed THEN push' = "idle" /\ UNCHANGED reach
       ELSE push' = "room_B" /\ reach' = Min(Probe, Capacity)
    /\ UNCHANGED << slot, closed, tail_at, room, head_at, run, pop, in, out, saw, drained, wrong >>

room_B ==
    /\ push = "room_B"
    /\ IF slot[Ahead(tail_at, IF Bug = "near" THEN 0 ELSE reach - 1)] = None
       THEN room' = reach /\ reach' = 0 /\ push' = "try_push_B" /\ UNCHANGED wrong
       ELSE /\ room' = 0
            /\ reach' = reach \div 2
            /\ push' = IF reach \div 2 = 0 THEN "idle" ELSE "room_B"
            /\ wrong' = IF reach \div 2 = 0 /\ Len < Capacity THEN "refused with room" ELSE wrong
    /\ UNCHANGED << slot, closed, tail_at, head_at, run, pop, in, out, saw, drained >>

try_push_B ==
    /\ push = "try_push_B"
    /\ slot' = [slot EXCEPT ![tail_at] = in]
    /\ in' = (in + 1) % Numbers
    /\ room' = room - 1
    /\ push' = "try_push_C"
    /\ wrong' = IF closed \/ drained THEN "went in after close" ELSE wrong
    /\ UNCHANGED << closed, tail_at, head_at, run, reach, pop, out, saw, drained >>

try_push_C ==
    /\ push = "try_push_C"
    /\ tail_at' = Ahead(tail_at, 1)
    /\ push' = "idle"
    /\ UNCHANGED << slot, closed, room, head_at, run, reach, pop, in, out, saw, drained, wrong >>

close_A ==
    /\ push = "idle"
    /\ closed' = TRUE
    /\ room' = IF Bug = "keeps" THEN room ELSE 0
    /\ UNCHANGED << slot, tail_at, head_at, run, push, reach, pop, in, out, saw, drained, wrong >>

---------------------------------------------------------------------------------------------------------------------
\* The consumer.

is_closed_A ==
    /\ pop = "idle" /\ ~saw
    /\ saw' = closed
    /\ UNCHANGED << slot, closed, tail_at, room, head_at, run, push, reach, pop, in, out, drained, wrong >>

try_pop_A ==                                \* reads its own head_at
    /\ pop = "idle"
    /\ pop' = "try_pop_B"
    /\ UNCHANGED << slot, closed, tail_at, room, head_at, run, push, reach, in, out, saw, drained, wrong >>

Took == run' = TRUE /\ pop' = "try_pop_C" /\ wrong' = (IF slot[head_at] = out THEN wrong ELSE "another element")
Empty ==
    /\ pop' = "idle"
    /\ wrong' = IF Len > 0 THEN "said empty" ELSE wrong
    /\ drained' = (drained \/ saw)

try_pop_B ==
    /\ pop = "try_pop_B"
    /\ IF slot[head_at] # None THEN Took /\ UNCHANGED drained
       ELSE IF run THEN run' = FALSE /\ pop' = "try_pop_E" /\ UNCHANGED << drained, wrong >>
       ELSE Empty /\ UNCHANGED run
    /\ UNCHANGED << slot, closed, tail_at, room, head_at, push, reach, in, out, saw >>

try_pop_E ==
    /\ pop = "try_pop_E"
    /\ IF slot[head_at] # None THEN Took /\ UNCHANGED drained ELSE Empty /\ UNCHANGED run
    /\ UNCHANGED << slot, closed, tail_at, room, head_at, push, reach, in, out, saw >>

try_pop_C ==
    /\ pop = "try_pop_C"
    /\ slot' = [slot EXCEPT ![head_at] = None]
    /\ out' = (out + 1) % Numbers
    /\ pop' = "try_pop_D"
    /\ UNCHANGED << closed, tail_at, room, head_at, run, push, reach, in, saw, drained, wrong >>

try_pop_D ==
    /\ pop = "try_pop_D"
    /\ head_at' = Ahead(head_at, 1)
    /\ pop' = "idle"
    /\ UNCHANGED << slot, closed, tail_at, room, run, push, reach, in, out, saw, drained, wrong >>

---------------------------------------------------------------------------------------------------------------------

Next ==
    \/ try_push_A \/ room_A \/ room_B \/ try_push_B \/ try_push_C \/ close_A
    \/ is_closed_A \/ try_pop_A \/ try_pop_B \/ try_pop_E \/ try_pop_C \/ try_pop_D

Spec == Init /\ [][Next]_vars

Vacant  == push = "try_push_B" => slot[tail_at] = None
Right   == wrong = "nothing"
Known   == push = "idle" => \A k \in 0 .. room - 1 : slot[Ahead(tail_at, k)] = None
Drained == drained => Len = 0
=====================================================================================================================
