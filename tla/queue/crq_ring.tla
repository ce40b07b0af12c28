\* SPDX-License-Identifier: MIT
-------------------------------------------------- MODULE crq_ring --------------------------------------------------
(* The ring of LCRQ, include/loft/queue/crq_ring.h. The actions are the labels of that header: push_A is push:A. How
   rings are linked and left is in linked.tla.

   One step is one atomic access and what follows it up to the next one. Steps interleave in any order, and each sees
   all earlier ones: this is sequential consistency. Memory orders are not modelled.

   Left out: the rotation of entry numbers, the wrap of tickets (a ticket here is a natural number and counts by one),
   approx_len, pop_H but for the two ways it may go, pop:I, which reads what nobody changes between pop_D and pop_E, and
   the two words of a peek: a pair that never existed makes push_D fail, as one that is there no more does.

   What is claimed:
     Met       an element whose ticket a pop has drawn is going to be taken by that pop
     Right     no pop takes what another took, or an element although an older one waits there, or says "empty" while at
               every instant of it some element was there, unclaimed, whose push had returned; and no push that began
               after the ring was closed gets in
     Drained   once a pop that began after the close has found nothing, no pop that begins later finds anything
     Level     where nobody is inside an open ring, head is not beyond tail
     Spent     pops draw no more tickets than there are pops, and tickets that pushes have drawn
     Moves     no step waits: a thread in the middle of an operation can always take one
     Finishes  no operations go on for ever. With Moves: whichever threads stop for good, wherever they stop, the others
               come to the end of their work; this is lock-freedom within the bounds of the plans
*)
EXTENDS Integers, FiniteSets

CONSTANTS N,                                \* entries of the ring
          Tickets,                          \* LOFT_CRQ_TICKETS
          Patience,                         \* LOFT_CRQ_PATIENCE
          Plans,                            \* which of the plans below
          Bug                               \* "none", or what is planted:
                                            \*   "unsafe"   a push does not look at the safe bit
                                            \*   "unmarked" a pop does not make an entry unsafe
                                            \*   "closed"   a push does not look at the mark of a closed ring
                                            \*   "behind"   nobody brings up tail
                                            \*   "again"    who brings up tail looks for another ticket

First == N                                  \* the first ticket; what the entries hold at first is one cycle older
Entry(c, s, v) == [cycle |-> c, safe |-> s, value |-> v]      \* value 0: not held
Cycle(ticket) == ticket \div N
Place(ticket) == ticket % N

\* The local variables of a thread.
Idle == [ticket |-> 0, value |-> 0, seen |-> Entry(0, TRUE, 0), patience |-> 0, lost |-> 0, limit |-> 0, mark |-> FALSE,
         late |-> FALSE]

\* Each plan: how many pushes, pops and closes each thread begins, and where it is at first: most begin between
\* operations, some in the middle of one, in a state that a longer run would reach.
Do(push, pop, close) == [push |-> push, pop |-> pop, close |-> close, pc |-> "idle", r |-> Idle]
Empty == [e \in 0 .. N - 1 |-> Entry(Cycle(First) - 1, TRUE, 0)]
Plan(p) ==
    CASE p = "mix" ->
             [thread |-> << Do(1, 1, 0), Do(1, 1, 0), Do(0, 1, 0) >>, head |-> First, tail |-> First, entry |-> Empty]
      [] p = "fill" ->                      \* more pushes than there is room
             [thread |-> << Do(2, 0, 0), Do(1, 1, 0) >>, head |-> First, tail |-> First, entry |-> Empty]
      [] p = "drain" ->                     \* closed while others push and pop
             [thread |-> << Do(1, 0, 1), Do(1, 1, 0), Do(0, 1, 0) >>,
              head |-> First, tail |-> First, entry |-> Empty]
      [] p = "slow" ->                      \* a pop sleeps with the first ticket drawn; others have gone round the ring
             [thread |-> << [Do(0, 0, 0) EXCEPT !.pc = "pop_D", !.r.ticket = First], Do(0, 1, 0), Do(1, 1, 0) >>,
              head |-> First + N, tail |-> First + N,
              entry |-> [e \in 0 .. N - 1 |-> Entry(Cycle(First), TRUE, IF e = 0 THEN 99 ELSE 0)]]
      [] p = "poll" ->                      \* a push sleeps with its ticket; pops come
             [thread |-> << [Do(0, 0, 0) EXCEPT !.pc = "push_B", !.r.ticket = First, !.r.value = 98],
                            Do(0, 2, 0), Do(0, 1, 0) >>,
              head |-> First, tail |-> First + 1, entry |-> Empty]

VARIABLES
    head, tail, closed, entry,              \* the ring; closed is bit 0 of the header's tail
    pc, r,                                  \* each thread: the next step, and its local variables
    left,                                   \* the work it has left
    done,                                   \* elements whose push has returned and that no pop has taken
    older,                                  \* for each push under way or element inside: those done when it began
    calm,                                   \* for each pop: was there an instant at which nothing was there to take?
    drained,                                \* a pop that began after the close has found nothing
    wrong                                   \* what went wrong

ring  == << head, tail, closed, entry >>
tests == << left, done, older, drained, wrong >>
vars  == << ring, pc, r, left, done, older, calm, drained, wrong >>

Threads   == DOMAIN pc
Values    == { 10 * t + k : t \in Threads, k \in 1 .. 2 } \cup { 98, 99 }
Ticket(e) == entry[e].cycle * N + e
Holding   == { e \in 0 .. N - 1 : entry[e].value # 0 }

Init ==
    \E p \in Plans : LET plan == Plan(p) IN
        /\ pc = [t \in DOMAIN plan.thread |-> plan.thread[t].pc]
        /\ r = [t \in DOMAIN plan.thread |-> plan.thread[t].r]
        /\ left = [t \in DOMAIN plan.thread |-> [push |-> plan.thread[t].push, pop |-> plan.thread[t].pop,
                                                 close |-> plan.thread[t].close]]
        /\ head = plan.head
        /\ tail = plan.tail
        /\ closed = FALSE
        /\ entry = plan.entry
        /\ done = { plan.entry[e].value : e \in DOMAIN plan.entry } \ {0}
        /\ older = [v \in { 10 * t + k : t \in DOMAIN plan.thread, k \in 1 .. 2 } \cup { 98, 99 } |-> {}]
        /\ calm = [t \in DOMAIN plan.thread |-> plan.thread[t].pc # "idle"]
        /\ drained = FALSE
        /\ wrong = "nothing"

Go(t, label, locals) == pc' = [pc EXCEPT ![t] = label] /\ r' = [r EXCEPT ![t] = locals]
Return(t)            == Go(t, "idle", Idle)
Worse(what)          == IF wrong = "nothing" THEN what ELSE wrong

---------------------------------------------------------------------------------------------------------------------
\* loft_crq_ring_push; late: it began after the close

push_begin(t) ==
    /\ pc[t] = "idle" /\ left[t].push > 0
    /\ LET v == 10 * t + left[t].push IN
       /\ left' = [left EXCEPT ![t].push = @ - 1]
       /\ older' = [older EXCEPT ![v] = done]
       /\ Go(t, "push_A", [Idle EXCEPT !.value = v, !.late = closed])
    /\ UNCHANGED << ring, done, drained, wrong >>

push_A(t) ==
    /\ pc[t] = "push_A"
    /\ tail' = tail + 1
    /\ IF closed /\ Bug # "closed" THEN Go(t, "push_F", Idle) ELSE Go(t, "push_B", [r[t] EXCEPT !.ticket = tail])
    /\ UNCHANGED << head, closed, entry, tests >>

push_F(t) ==                                \* refused
    /\ pc[t] = "push_F"
    /\ tail' = tail - 1
    /\ Return(t)
    /\ UNCHANGED << head, closed, entry, tests >>

push_B(t) ==
    /\ pc[t] = "push_B"
    /\ LET seen == entry[Place(r[t].ticket)]
           can == seen.cycle < Cycle(r[t].ticket) /\ seen.value = 0 IN
       Go(t, IF ~can THEN "push_E" ELSE IF seen.safe \/ Bug = "unsafe" THEN "push_D" ELSE "push_C",
          [r[t] EXCEPT !.seen = seen])
    /\ UNCHANGED << ring, tests >>

push_C(t) ==
    /\ pc[t] = "push_C"
    /\ Go(t, IF head <= r[t].ticket THEN "push_D" ELSE "push_E", r[t])
    /\ UNCHANGED << ring, tests >>

push_D(t) ==
    /\ pc[t] = "push_D"
    /\ LET e == Place(r[t].ticket) IN
       IF entry[e] = r[t].seen
       THEN /\ entry' = [entry EXCEPT ![e] = Entry(Cycle(r[t].ticket), TRUE, r[t].value)]
            /\ done' = done \cup {r[t].value}
            /\ wrong' = (IF r[t].late THEN Worse("in after the close") ELSE wrong)
            /\ Return(t)
       ELSE Go(t, "push_E", r[t]) /\ UNCHANGED << entry, done, wrong >>
    /\ UNCHANGED << head, tail, closed, left, older, drained >>

push_E(t) ==
    /\ pc[t] = "push_E"
    /\ IF r[t].lost + 1 >= Tickets \/ r[t].ticket - head >= N
       THEN Go(t, "close_A", Idle)
       ELSE Go(t, "push_A", [Idle EXCEPT !.value = r[t].value, !.late = r[t].late, !.lost = r[t].lost + 1])
    /\ UNCHANGED << ring, tests >>

close_begin(t) ==
    /\ pc[t] = "idle" /\ left[t].close > 0
    /\ left' = [left EXCEPT ![t].close = @ - 1]
    /\ Go(t, "close_A", Idle)
    /\ UNCHANGED << ring, done, older, drained, wrong >>

close_A(t) ==
    /\ pc[t] = "close_A"
    /\ closed' = TRUE
    /\ Return(t)
    /\ UNCHANGED << head, tail, entry, tests >>

---------------------------------------------------------------------------------------------------------------------
\* loft_crq_ring_pop; late: it began after the close

Calm == \A e \in Holding : entry[e].value \in done => Ticket(e) < head

Nothing(t, late) ==                         \* the answer is false
    /\ wrong' = (IF calm[t] \/ Calm THEN wrong ELSE Worse("said empty"))
    /\ drained' = (drained \/ late)

pop_A(t) ==
    /\ pc[t] = "idle" /\ left[t].pop > 0
    /\ left' = [left EXCEPT ![t].pop = @ - 1]
    /\ Go(t, "pop_H", [Idle EXCEPT !.ticket = head, !.late = closed])
    /\ UNCHANGED << ring, done, older, drained, wrong >>

pop_H(t) ==
    /\ pc[t] = "pop_H"
    /\ Go(t, IF entry[Place(r[t].ticket)].cycle # Cycle(r[t].ticket) THEN "pop_B" ELSE "pop_C", r[t])
    /\ UNCHANGED << ring, tests >>

pop_B(t) ==
    /\ pc[t] = "pop_B"
    /\ IF tail <= r[t].ticket THEN Nothing(t, r[t].late) /\ Return(t)
                              ELSE Go(t, "pop_C", r[t]) /\ UNCHANGED << drained, wrong >>
    /\ UNCHANGED << ring, left, done, older >>

pop_C(t) ==
    /\ pc[t] = "pop_C"
    /\ head' = head + 1
    /\ Go(t, "pop_D", [Idle EXCEPT !.ticket = head, !.patience = Patience, !.late = r[t].late])
    /\ UNCHANGED << tail, closed, entry, tests >>

Look(t, seen) ==
    LET k == Cycle(r[t].ticket) IN
    IF seen.cycle = k THEN Go(t, "pop_E", [r[t] EXCEPT !.seen = seen, !.patience = 0])
    ELSE IF seen.cycle > k THEN Go(t, "pop_K", [r[t] EXCEPT !.seen = Idle.seen, !.patience = 0])
    ELSE Go(t, IF seen.value = 0 /\ r[t].patience > 0 THEN "pop_J" ELSE "pop_G", [r[t] EXCEPT !.seen = seen])

pop_D(t) ==
    /\ pc[t] = "pop_D"
    /\ Look(t, entry[Place(r[t].ticket)])
    /\ UNCHANGED << ring, tests >>

pop_E(t) ==                                 \* one word is compared: only the safe bit may change meanwhile
    /\ pc[t] = "pop_E"
    /\ LET e == Place(r[t].ticket)
           v == r[t].seen.value IN
       IF entry[e].safe = r[t].seen.safe
       THEN /\ entry' = [entry EXCEPT ![e].value = 0]
            /\ done' = done \ {v}
            /\ older' = [u \in Values |-> IF u = v THEN {} ELSE older[u] \ {v}]
            /\ wrong' = (IF v = 0 \/ entry[e] # r[t].seen THEN Worse("took what another took")
                         ELSE IF \E f \in Holding : entry[f].value \in older[v] /\ Ticket(f) >= head
                         THEN Worse("overtook an older one")
                         ELSE wrong)
            /\ Return(t)
       ELSE Go(t, "pop_E", [r[t] EXCEPT !.seen = entry[e]]) /\ UNCHANGED << entry, done, older, wrong >>
    /\ UNCHANGED << head, tail, closed, left, drained >>

pop_J(t) ==
    /\ pc[t] = "pop_J"
    /\ IF tail > r[t].ticket THEN Go(t, "pop_F", [r[t] EXCEPT !.patience = @ - 1]) ELSE Go(t, "pop_G", r[t])
    /\ UNCHANGED << ring, tests >>

pop_F(t) ==
    /\ pc[t] = "pop_F"
    /\ Look(t, entry[Place(r[t].ticket)])
    /\ UNCHANGED << ring, tests >>

pop_G(t) ==                                 \* a vacant pair is compared without its element, which a push has changed
    /\ pc[t] = "pop_G"
    /\ LET e == Place(r[t].ticket)
           s == r[t].seen IN
       IF Bug = "unmarked" /\ s.value # 0
       THEN Go(t, "pop_K", [r[t] EXCEPT !.seen = Idle.seen, !.patience = 0]) /\ UNCHANGED entry
       ELSE IF entry[e] = s
       THEN /\ entry' = [entry EXCEPT ![e] = IF s.value = 0 THEN Entry(Cycle(r[t].ticket), s.safe, 0)
                                                            ELSE Entry(s.cycle, FALSE, s.value)]
            /\ Go(t, "pop_K", [r[t] EXCEPT !.seen = Idle.seen, !.patience = 0])
       ELSE Look(t, entry[e]) /\ UNCHANGED entry
    /\ UNCHANGED << head, tail, closed, tests >>

Missed(t) ==                                \* behind what tail was brought up to
    IF Bug = "again" THEN Go(t, "pop_C", [Idle EXCEPT !.late = r[t].late]) /\ UNCHANGED << drained, wrong >>
                     ELSE Nothing(t, r[t].late) /\ Return(t)

pop_K(t) ==                                 \* limit and mark: what catch_up_A expects of tail; ticket: where it goes
    /\ pc[t] = "pop_K"
    /\ IF tail > r[t].ticket + 1
       THEN Go(t, "pop_C", [Idle EXCEPT !.late = r[t].late]) /\ UNCHANGED << drained, wrong >>
       ELSE IF closed \/ tail = r[t].ticket + 1 \/ Bug = "behind" THEN Missed(t)
       ELSE /\ Go(t, "catch_up_A", [Idle EXCEPT !.ticket = r[t].ticket + 1, !.limit = tail, !.late = r[t].late])
            /\ UNCHANGED << drained, wrong >>
    /\ UNCHANGED << ring, left, done, older >>

catch_up_A(t) ==
    /\ pc[t] = "catch_up_A"
    /\ IF tail = r[t].limit /\ ~closed
       THEN tail' = r[t].ticket /\ Missed(t)
       ELSE /\ tail' = tail
            /\ Go(t, "catch_up_B", [r[t] EXCEPT !.limit = tail, !.mark = closed])
            /\ UNCHANGED << drained, wrong >>
    /\ UNCHANGED << head, closed, entry, left, done, older >>

catch_up_B(t) ==
    /\ pc[t] = "catch_up_B"
    /\ IF r[t].limit >= head \/ r[t].mark
       THEN Missed(t)
       ELSE Go(t, "catch_up_A", [r[t] EXCEPT !.ticket = head]) /\ UNCHANGED << drained, wrong >>
    /\ UNCHANGED << ring, left, done, older >>

---------------------------------------------------------------------------------------------------------------------

Popping == { "pop_H", "pop_B", "pop_C", "pop_D", "pop_E", "pop_F", "pop_G", "pop_J", "pop_K", "catch_up_A",
             "catch_up_B" }

Step(t) ==
    \/ push_begin(t) \/ push_A(t) \/ push_B(t) \/ push_C(t) \/ push_D(t) \/ push_E(t) \/ push_F(t) \/ close_begin(t)
    \/ close_A(t)
    \/ pop_A(t) \/ pop_H(t) \/ pop_B(t) \/ pop_C(t) \/ pop_D(t) \/ pop_E(t) \/ pop_F(t) \/ pop_G(t) \/ pop_J(t)
    \/ pop_K(t) \/ catch_up_A(t) \/ catch_up_B(t)

Next == \E t \in Threads :
            /\ Step(t)
            /\ calm' = [u \in Threads |-> pc'[u] \in Popping /\ (calm[u] \/ Calm \/ Calm')]

Spec == Init /\ [][Next]_vars
Fair == Spec /\ WF_vars(Next)

Met     == \A e \in Holding : Ticket(e) < head =>
                \E t \in Threads : pc[t] \in { "pop_D", "pop_E", "pop_F", "pop_G", "pop_J" } /\ r[t].ticket = Ticket(e)
Right   == wrong = "nothing"
Drained == drained => \A e \in Holding : Ticket(e) < head
Level   == (\A t \in Threads : pc[t] = "idle") /\ ~closed => head <= tail
Spent   == head <= First + 7                \* more than any of the plans has
Moves   == \A t \in Threads : pc[t] # "idle" => ENABLED Step(t)

Finishes == <>[](\A t \in Threads : pc[t] = "idle")
=====================================================================================================================
