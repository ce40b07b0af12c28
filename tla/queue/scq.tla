\* SPDX-License-Identifier: MIT
----------------------------------------------------- MODULE scq -----------------------------------------------------
(* The queue of include/loft/queue/scq.h: an array of slots between a ring of filled and a ring of vacant ones, used by
   threads that never stop. The actions are the labels of that header: try_push_A is try_push:A. In between stand the
   calls of the rings (push and pop of an index, finalise) and the payload (write, read).

   A ring is what scq_ring.tla shows it to be: a queue of indices, each call one step, which refuses pushes once it is
   finalised. Steps interleave in any order, and each sees all earlier ones: this is sequential consistency.

   Elements are numbered, modulo Numbers, as they are written. The relaxed load of try_push:A may miss that the queue is
   closed, so it is free to do so here. Left out: is_closed:A, approx_len, and try_push:B, which says what close:A says,
   only earlier: after finalise, before close has returned.

   What is claimed:
     Whole     each slot's index is in exactly one place: in a ring, or with one thread
     Apart     no two threads touch the payload of one slot
     Right     the elements come out in the order in which they went in, each as it was written; a push is refused only
               if the queue is closed, or the other threads hold as many slots as elements are missing to n
     Shut      nothing goes in on behalf of a push that began after close had returned
     Drained   once a pop that began after close had returned has found nothing, no pop finds anything
*)
EXTENDS Integers, Sequences, FiniteSets

CONSTANTS N,                                \* slots
          Threads,                          \* 1 to so many
          Numbers,                          \* elements are told apart modulo this
          Bug                               \* "none", or the bug that is planted:
                                            \*   "keeps"  a refused push does not give its slot back
                                            \*   "early"  a pop gives its slot back before it has read it

T     == 1 .. Threads
Index == 0 .. N - 1
Junk  == Numbers                            \* what a slot holds that holds no element
Nothing == N

VARIABLES
    filled, vacant, final,                  \* the rings
    slot, closed,
    pc, mine,                               \* each thread: the next step, the index in its hands
    late,                                   \* its operation began after close had returned
    next,                                   \* the number of the next element that is written
    inside,                                 \* the numbers of the elements in the queue, oldest first
    number,                                 \* each thread: that of the element it pushes or has number
    drained, wrong

vars == << filled, vacant, final, slot, closed, pc, mine, late, next, inside, number, drained, wrong >>

Init ==
    /\ filled = << >> /\ vacant = [i \in 1 .. N |-> i - 1] /\ final = FALSE
    /\ slot = [i \in Index |-> Junk] /\ closed = FALSE
    /\ pc = [t \in T |-> "idle"] /\ mine = [t \in T |-> Nothing] /\ late = [t \in T |-> FALSE]
    /\ next = 0 /\ inside = << >> /\ number = [t \in T |-> Junk]
    /\ drained = FALSE /\ wrong = "nothing"

Go(t, label) == pc' = [pc EXCEPT ![t] = label]
Done(t)      == Go(t, "idle") /\ mine' = [mine EXCEPT ![t] = Nothing] /\ late' = [late EXCEPT ![t] = FALSE]
Busy(t)      == Cardinality({ u \in T \ {t} : mine[u] # Nothing })

---------------------------------------------------------------------------------------------------------------------

try_push_A(t) ==
    /\ pc[t] = "idle"
    /\ Go(t, "push_take")                   \* or closed: refused, and nothing has changed
    /\ late' = [late EXCEPT ![t] = closed]
    /\ UNCHANGED << filled, vacant, final, slot, closed, mine, next, inside, number, drained, wrong >>

push_take(t) ==                             \* loft_scq_ring_pop of the vacant ones
    /\ pc[t] = "push_take"
    /\ IF vacant = << >>
       THEN /\ Done(t)
            /\ wrong' = IF Len(inside) + Busy(t) < N THEN "refused" ELSE wrong
            /\ UNCHANGED vacant
       ELSE /\ Go(t, "push_write")
            /\ mine' = [mine EXCEPT ![t] = Head(vacant)]
            /\ vacant' = Tail(vacant)
            /\ UNCHANGED << late, wrong >>
    /\ UNCHANGED << filled, final, slot, closed, next, inside, number, drained >>

push_write(t) ==
    /\ pc[t] = "push_write"
    /\ slot' = [slot EXCEPT ![mine[t]] = next]
    /\ number' = [number EXCEPT ![t] = next]
    /\ next' = (next + 1) % Numbers
    /\ Go(t, "push_give")
    /\ UNCHANGED << filled, vacant, final, closed, mine, late, inside, drained, wrong >>

push_give(t) ==                             \* loft_scq_ring_push to the filled ones
    /\ pc[t] = "push_give"
    /\ IF final
       THEN /\ IF Bug = "keeps" THEN Done(t) ELSE Go(t, "push_back") /\ UNCHANGED << mine, late >>
            /\ slot' = [slot EXCEPT ![mine[t]] = Junk]
            /\ UNCHANGED << filled, inside, wrong >>
       ELSE /\ filled' = Append(filled, mine[t])
            /\ inside' = Append(inside, number[t])
            /\ wrong' = IF late[t] \/ drained THEN "went in" ELSE wrong
            /\ Done(t)
            /\ UNCHANGED slot
    /\ number' = [number EXCEPT ![t] = Junk]
    /\ UNCHANGED << vacant, final, closed, next, drained >>

push_back(t) ==                             \* loft_scq_ring_push to the vacant ones
    /\ pc[t] = "push_back"
    /\ vacant' = Append(vacant, mine[t])
    /\ Done(t)
    /\ UNCHANGED << filled, final, slot, closed, next, inside, number, drained, wrong >>

try_pop_A(t) ==
    /\ pc[t] = "idle"
    /\ Go(t, "pop_take")
    /\ late' = [late EXCEPT ![t] = closed]
    /\ UNCHANGED << filled, vacant, final, slot, closed, mine, next, inside, number, drained, wrong >>

pop_take(t) ==                              \* loft_scq_ring_pop, or pop_final, of the filled ones
    /\ pc[t] = "pop_take"
    /\ IF filled = << >>
       THEN /\ Done(t)
            /\ drained' = (drained \/ late[t])
            /\ UNCHANGED << filled, inside, number >>
       ELSE /\ Go(t, IF Bug = "early" THEN "pop_back" ELSE "pop_read")
            /\ mine' = [mine EXCEPT ![t] = Head(filled)]
            /\ number' = [number EXCEPT ![t] = Head(inside)]
            /\ filled' = Tail(filled)
            /\ inside' = Tail(inside)
            /\ UNCHANGED << late, drained >>
    /\ UNCHANGED << vacant, final, slot, closed, next, wrong >>

pop_read(t) ==
    /\ pc[t] = "pop_read"
    /\ wrong' = IF slot[mine[t]] = number[t] THEN wrong ELSE "another element"
    /\ number' = [number EXCEPT ![t] = Junk]
    /\ IF Bug = "early" THEN Done(t) /\ UNCHANGED slot
       ELSE Go(t, "pop_back") /\ slot' = [slot EXCEPT ![mine[t]] = Junk] /\ UNCHANGED << mine, late >>
    /\ UNCHANGED << filled, vacant, final, closed, next, inside, drained >>

pop_back(t) ==                              \* loft_scq_ring_push to the vacant ones
    /\ pc[t] = "pop_back"
    /\ vacant' = Append(vacant, mine[t])
    /\ IF Bug = "early" THEN Go(t, "pop_read") /\ UNCHANGED << mine, late >> ELSE Done(t)
    /\ UNCHANGED << filled, final, slot, closed, next, inside, number, drained, wrong >>

finalise(t) ==                              \* loft_scq_ring_finalise of the filled ones
    /\ pc[t] = "idle" /\ ~closed
    /\ final' = TRUE
    /\ Go(t, "close_A")
    /\ UNCHANGED << filled, vacant, slot, closed, mine, late, next, inside, number, drained, wrong >>

close_A(t) ==
    /\ pc[t] = "close_A"
    /\ closed' = TRUE
    /\ Go(t, "idle")
    /\ UNCHANGED << filled, vacant, final, slot, mine, late, next, inside, number, drained, wrong >>

---------------------------------------------------------------------------------------------------------------------

Next == \E t \in T :
    \/ try_push_A(t) \/ push_take(t) \/ push_write(t) \/ push_give(t) \/ push_back(t)
    \/ try_pop_A(t) \/ pop_take(t) \/ pop_read(t) \/ pop_back(t) \/ finalise(t) \/ close_A(t)

Spec == Init /\ [][Next]_vars

Times(s, i) == Cardinality({ k \in 1 .. Len(s) : s[k] = i })
Held(t) == IF Bug = "early" /\ pc[t] = "pop_read" THEN Nothing ELSE mine[t]
Whole   == \A i \in Index : 1 = Times(filled, i) + Times(vacant, i) + Cardinality({ t \in T : Held(t) = i })
Apart   == \A t, u \in T : t # u /\ pc[t] \in { "push_write", "pop_read" } /\ pc[u] \in { "push_write", "pop_read" }
                            => mine[t] # mine[u]
Right   == wrong \notin { "refused", "another element" }
Shut    == wrong # "went in"
Drained == drained => inside = << >>
=====================================================================================================================
