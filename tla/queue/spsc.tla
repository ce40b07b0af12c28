\* SPDX-License-Identifier: MIT
---------------------------------------------------- MODULE spsc ----------------------------------------------------
(* The ring of include/loft/queue/spsc.h between one producer and one consumer that never stop. The actions are the
   labels of that header: room_A is room:A. The steps write and read are the payload, one element each.

   One step is one access and what follows it up to the next one. Steps interleave in any order, and each sees all
   earlier ones: this is sequential consistency. Memory orders are not modelled.

   Counters are taken modulo Wrap, which is no multiple of Capacity, and begin just below it: they wrap again and again.
   The element that is pushed as number c is c itself, so that an element tells its place. A call is reserve_n, writes,
   commit_n, or peek_n, reads, release_n; try_push, push_n, try_pop and pop_n are made of these. Left out: approx_len.

   What is claimed:
     Apart     a slot that the producer may write is never one that the consumer may read
     Right     what is read is the element whose turn it is, whole; a call that was refused, or served in part, found
               the ring full or empty, at that instant, as far as it says; nothing goes in after close
     Within    there are never more than Capacity elements
     Drained   a consumer that saw is_closed, and then found nothing, will never find anything
*)
EXTENDS Integers

CONSTANTS Capacity, Wrap,
          Bug                               \* "none", or the bug that is planted:
                                            \*   "publish"   tail moves before the elements are written
                                            \*   "one_more"  one element more than there are slots

ASSUME Wrap > 2 * Capacity

VARIABLES
    tail, head, closed,                     \* the shared words
    slot,                                   \* the shared elements
    tail_limit, tail_at,                    \* the producer's line
    head_limit, head_at,                    \* the consumer's line
    push,                                   \* the producer's next step and local variables
    pop,                                    \* the consumer's
    saw, drained,                           \* is_closed was true before this pop; and a pop after that found nothing
    wrong                                   \* what went wrong

vars == << tail, head, closed, slot, tail_limit, tail_at, head_limit, head_at, push, pop, saw, drained, wrong >>

Plus(a, b)  == (a + b) % Wrap
Minus(a, b) == (a + Wrap - b) % Wrap
Min(a, b)   == IF a < b THEN a ELSE b
Len         == Minus(tail, head)
Junk        == Wrap                         \* what is in a slot before anything was written there

\* n slots (asked for, then granted), the first of them, the number of its element, how many are written or read.
Idle == [pc |-> "idle", n |-> 0, at |-> 0, number |-> 0, k |-> 0]

Init ==
    /\ tail = Wrap - 2 /\ head = Wrap - 2 /\ closed = FALSE
    /\ slot = [i \in 0 .. Capacity - 1 |-> Junk]
    /\ tail_limit = Plus(Wrap - 2, Capacity) /\ tail_at = 0
    /\ head_limit = Wrap - 2 /\ head_at = 0
    /\ push = Idle /\ pop = Idle
    /\ saw = FALSE /\ drained = FALSE
    /\ wrong = "nothing"

---------------------------------------------------------------------------------------------------------------------
\* The producer.

Reserved(n) ==
    push' = IF n = 0 THEN Idle
            ELSE [pc |-> IF Bug = "publish" THEN "commit_n_A" ELSE "write",
                  n |-> Min(n, Capacity - tail_at), at |-> tail_at, number |-> tail, k |-> 0]

room_A ==
    /\ push.pc = "idle"
    /\ \E n \in 1 .. Capacity :
        IF Minus(tail_limit, tail) >= n THEN Reserved(n) ELSE push' = [Idle EXCEPT !.pc = "room_B", !.n = n]
    /\ UNCHANGED << tail, head, closed, slot, tail_limit, tail_at, head_limit, head_at, pop, saw, drained, wrong >>

room_B ==
    /\ push.pc = "room_B"
    /\ push' = IF closed THEN Idle ELSE [push EXCEPT !.pc = "room_C"]
    /\ UNCHANGED << tail, head, closed, slot, tail_limit, tail_at, head_limit, head_at, pop, saw, drained, wrong >>

room_C ==
    /\ push.pc = "room_C"
    /\ tail_limit' = Plus(head, IF Bug = "one_more" THEN Capacity + 1 ELSE Capacity)
    /\ Reserved(Min(push.n, Minus(tail_limit', tail)))
    /\ wrong' = IF Min(push.n, Minus(tail_limit', tail)) = Min(push.n, Capacity - Len) THEN wrong ELSE "room"
    /\ UNCHANGED << tail, head, closed, slot, tail_at, head_limit, head_at, pop, saw, drained >>

write ==
    /\ push.pc = "write"
    /\ slot' = [slot EXCEPT ![push.at + push.k] = Plus(push.number, push.k)]
    /\ push' = IF push.k + 1 < push.n THEN [push EXCEPT !.k = @ + 1]
               ELSE IF Bug = "publish" THEN Idle ELSE [push EXCEPT !.pc = "commit_n_A", !.k = 0]
    /\ UNCHANGED << tail, head, closed, tail_limit, tail_at, head_limit, head_at, pop, saw, drained, wrong >>

commit_n_A ==                               \* reads its own tail; then moves tail_at
    /\ push.pc = "commit_n_A"
    /\ tail_at' = (tail_at + push.n) % Capacity
    /\ push' = [push EXCEPT !.pc = "commit_n_B"]
    /\ UNCHANGED << tail, head, closed, slot, tail_limit, head_limit, head_at, pop, saw, drained, wrong >>

commit_n_B ==
    /\ push.pc = "commit_n_B"
    /\ tail' = Plus(tail, push.n)
    /\ push' = IF Bug = "publish" THEN [push EXCEPT !.pc = "write"] ELSE Idle
    /\ wrong' = IF closed \/ drained THEN "went in after close" ELSE wrong
    /\ UNCHANGED << head, closed, slot, tail_limit, tail_at, head_limit, head_at, pop, saw, drained >>

close_A ==
    /\ push.pc = "idle"
    /\ tail_limit' = tail
    /\ push' = [Idle EXCEPT !.pc = "close_B"]
    /\ UNCHANGED << tail, head, closed, slot, tail_at, head_limit, head_at, pop, saw, drained, wrong >>

close_B ==
    /\ push.pc = "close_B"
    /\ closed' = TRUE
    /\ push' = Idle
    /\ UNCHANGED << tail, head, slot, tail_limit, tail_at, head_limit, head_at, pop, saw, drained, wrong >>

---------------------------------------------------------------------------------------------------------------------
\* The consumer.

is_closed_A ==
    /\ pop.pc = "idle" /\ ~saw
    /\ saw' = closed
    /\ UNCHANGED << tail, head, closed, slot, tail_limit, tail_at, head_limit, head_at, push, pop, drained, wrong >>

Peeked(n) ==
    pop' = IF n = 0 THEN Idle
           ELSE [pc |-> "read", n |-> Min(n, Capacity - head_at), at |-> head_at, number |-> head, k |-> 0]

ready_A ==
    /\ pop.pc = "idle"
    /\ \E n \in 1 .. Capacity :
        IF Minus(head_limit, head) >= n THEN Peeked(n) ELSE pop' = [Idle EXCEPT !.pc = "ready_B", !.n = n]
    /\ UNCHANGED << tail, head, closed, slot, tail_limit, tail_at, head_limit, head_at, push, saw, drained, wrong >>

ready_B ==
    /\ pop.pc = "ready_B"
    /\ head_limit' = tail
    /\ Peeked(Min(pop.n, Minus(tail, head)))
    /\ drained' = (drained \/ (saw /\ tail = head))
    /\ UNCHANGED << tail, head, closed, slot, tail_limit, tail_at, head_at, push, saw, wrong >>

read ==
    /\ pop.pc = "read"
    /\ wrong' = IF slot[pop.at + pop.k] = Plus(pop.number, pop.k) THEN wrong ELSE "read another element"
    /\ pop' = IF pop.k + 1 < pop.n THEN [pop EXCEPT !.k = @ + 1] ELSE [pop EXCEPT !.pc = "release_n_A", !.k = 0]
    /\ UNCHANGED << tail, head, closed, slot, tail_limit, tail_at, head_limit, head_at, push, saw, drained >>

release_n_A ==                              \* reads its own head; then moves head_at
    /\ pop.pc = "release_n_A"
    /\ head_at' = (head_at + pop.n) % Capacity
    /\ pop' = [pop EXCEPT !.pc = "release_n_B"]
    /\ UNCHANGED << tail, head, closed, slot, tail_limit, tail_at, head_limit, push, saw, drained, wrong >>

release_n_B ==
    /\ pop.pc = "release_n_B"
    /\ head' = Plus(head, pop.n)
    /\ pop' = Idle
    /\ UNCHANGED << tail, closed, slot, tail_limit, tail_at, head_limit, head_at, push, saw, drained, wrong >>

---------------------------------------------------------------------------------------------------------------------

Next ==
    \/ room_A \/ room_B \/ room_C \/ write \/ commit_n_A \/ commit_n_B \/ close_A \/ close_B
    \/ is_closed_A \/ ready_A \/ ready_B \/ read \/ release_n_A \/ release_n_B

Spec == Init /\ [][Next]_vars

Apart   == push.pc = "write" /\ pop.pc = "read" => push.at + push.k \notin pop.at + pop.k .. pop.at + pop.n - 1
Right   == wrong = "nothing"
Within  == Len <= Capacity
Drained == drained => tail = head
=====================================================================================================================
