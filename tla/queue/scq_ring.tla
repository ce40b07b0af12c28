\* SPDX-License-Identifier: MIT
-------------------------------------------------- MODULE scq_ring --------------------------------------------------
(* The index ring of SCQ, include/loft/queue/scq_ring.h. The actions are the labels of that header: push_A is push:A.

   One step is one atomic access and what follows it up to the next one. Steps interleave in any order, and each sees
   all earlier ones: this is sequential consistency. Memory orders are not modelled, but for two variants in which a
   push reads threshold early, as a load of a weaker order may.

   Left out: lines and the rotation of entry numbers, the wrap of tickets (a ticket here is a natural number and counts
   by one), compare-exchanges that fail without cause (they repeat the step), approx_len.

   What is claimed:
     Once      each index is in exactly one place: in one entry, in one thread's hands, or in one push under way
     Met       an index whose ticket a pop has drawn is going to be taken by that pop
     Right     no pop takes what another took, or an index although an older one waits there, or says "empty" while at
               every instant of it some index was there, unclaimed, whose push had returned
     Near      no push tries to write further ahead of head than the ring is long
     Drained   once a pop of the finalised ring has found nothing, no pop that begins later finds anything
     Moves     no step waits: a thread in the middle of an operation can always take one
     Finishes  no operations go on for ever. With Moves: whichever threads stop for good, wherever they stop, the others
               come to the end of their work; this is lock-freedom within the bounds of the plans
*)
EXTENDS Integers, FiniteSets

CONSTANTS N,                                \* how many indices; the ring has 2N entries
          Patience,                         \* LOFT_SCQ_PATIENCE
          Plans,                            \* which of the plans below
          Bug                               \* "none", or what is planted:
                                            \*   "unsafe"    a push does not look at the safe bit
                                            \*   "paper"     threshold 3n-1 however many threads there are
                                            \*   "before_A"  the load of push:E happens before push:A
                                            \*   "before_D"  the load of push:E happens before push:D (no bug: holds)

Index   == 0 .. N - 1
None    == N
Size    == 2 * N
First   == Size                             \* the first ticket; what the entries hold at first is one cycle older
Max(a, b) == IF a > b THEN a ELSE b

Word(c, s, i) == [cycle |-> c, safe |-> s, index |-> i]
Cycle(ticket) == ticket \div Size
Place(ticket) == ticket % Size

\* The local variables of a thread.
Idle == [ticket |-> 0, index |-> None, seen |-> Word(0, TRUE, None), patience |-> 0, last |-> FALSE,
         limit |-> 0, mark |-> FALSE, beyond |-> FALSE, early |-> 0]

\* Each plan: how many pushes, pops and finalisations each thread begins, which indices it holds at first, and where it
\* is at first: most begin between operations, some in the middle of one, in a state that a longer run would reach.
Do(push, pop, close, hold) == [push |-> push, pop |-> pop, close |-> close, hold |-> hold, pc |-> "idle", r |-> Idle]
Plan(p) ==
    CASE p = "mix" ->                       \* two pushers and three poppers on a new ring
             [thread |-> << Do(1, 1, 0, {0}), Do(1, 1, 0, {1}), Do(0, 1, 0, {}) >>,
              head |-> First, tail |-> First, fresh |-> FALSE, inside |-> {}]
      [] p = "drain" ->                     \* the ring is finalised while others push and pop
             [thread |-> << Do(1, 0, 1, {0}), Do(1, 1, 0, {1}), Do(0, 2, 0, {}) >>,
              head |-> First, tail |-> First, fresh |-> FALSE, inside |-> {}]
      [] p = "pairs" ->                     \* the same with less to do
             [thread |-> << Do(1, 0, 0, {0}), Do(1, 1, 0, {1}), Do(0, 1, 0, {}) >>,
              head |-> First, tail |-> First, fresh |-> FALSE, inside |-> {}]
      [] p = "end" ->                       \* and finalised
             [thread |-> << Do(1, 0, 0, {0}), Do(1, 0, 1, {1}), Do(0, 2, 0, {}) >>,
              head |-> First, tail |-> First, fresh |-> FALSE, inside |-> {}]
      [] p = "slow" ->                      \* thread 1 sleeps with the first ticket drawn; the others have gone round
             [thread |-> << [Do(1, 0, 0, {}) EXCEPT !.pc = "pop_C", !.r.ticket = First],
                            Do(0, 2, 0, {}), Do(1, 0, 0, {1}) >>,
              head |-> First + Size, tail |-> First + Size, fresh |-> TRUE, inside |-> {0}]
      [] p = "worn" ->                      \* empty, threshold as a push left it, and many pops that find nothing
             [thread |-> << Do(1, 0, 0, {0, 1}), Do(0, 9, 0, {}) >>,
              head |-> First, tail |-> First, fresh |-> TRUE, inside |-> {}]
      [] p = "crowd" ->                     \* a push sleeps, the one behind it is done, five pops have yet to lower
                                            \* threshold
             [thread |-> [t \in 1 .. 6 |->
                            IF t = 6 THEN [Do(0, 0, 0, {}) EXCEPT !.pc = "push_B", !.r.index = 0, !.r.ticket = First]
                            ELSE [Do(0, IF t = 5 THEN 1 ELSE 0, 0, {}) EXCEPT !.pc = "pop_I", !.r.beyond = TRUE]],
              head |-> First, tail |-> First + 2, fresh |-> TRUE, inside |-> {1}]

VARIABLES
    head, tail, final, threshold, entry,    \* the ring; final is bit 0 of the header's tail
    pc, r,                                  \* each thread: the next step, and its local variables
    left, mine,                             \* the work it has left, the indices in its hands
    done,                                   \* indices whose push has returned and that no pop has taken
    older,                                  \* for each index: those that were done when its push began
    calm,                                   \* for each pop: was there an instant at which nothing was there to take?
    drained,                                \* a pop of the finalised ring has found nothing
    wrong                                   \* what went wrong

ring  == << head, tail, final, threshold, entry >>
tests == << left, mine, done, older, drained, wrong >>
vars  == << ring, pc, r, left, mine, done, older, calm, drained, wrong >>

Threads   == DOMAIN pc
Ticket(e) == entry[e].cycle * Size + e
Holding   == { e \in 0 .. Size - 1 : entry[e].index # None }
Full      == Size - 1 + (IF Bug = "paper" THEN N ELSE Max(N, Cardinality(Threads)))

Init ==
    \E p \in Plans : LET plan == Plan(p) IN
        /\ pc = [t \in DOMAIN plan.thread |-> plan.thread[t].pc]
        /\ r = [t \in DOMAIN plan.thread |-> plan.thread[t].r]
        /\ left = [t \in DOMAIN plan.thread |-> [push |-> plan.thread[t].push, pop |-> plan.thread[t].pop,
                                                 close |-> plan.thread[t].close]]
        /\ mine = [t \in DOMAIN plan.thread |-> plan.thread[t].hold]
        /\ head = plan.head
        /\ tail = plan.tail
        /\ final = FALSE
        /\ threshold = IF plan.fresh THEN Full ELSE -1
        /\ entry = [e \in 0 .. Size - 1 |->
                        IF e \in plan.inside THEN Word(Cycle(First), TRUE, e)
                        ELSE Word(IF plan.head > First THEN Cycle(First) ELSE Cycle(First) - 1, TRUE, None)]
        /\ done = plan.inside
        /\ older = [i \in Index |-> {}]
        /\ calm = [t \in DOMAIN plan.thread |-> plan.thread[t].pc # "idle"]
        /\ drained = FALSE
        /\ wrong = "nothing"

Go(t, label, locals) == pc' = [pc EXCEPT ![t] = label] /\ r' = [r EXCEPT ![t] = locals]
Return(t)            == Go(t, "idle", Idle)

---------------------------------------------------------------------------------------------------------------------
\* loft_scq_ring_push

AfterA(t, i) ==
    /\ tail' = tail + 1
    /\ IF final
       THEN Return(t) /\ mine' = [mine EXCEPT ![t] = @ \cup {i}]
       ELSE /\ Go(t, "push_B", [Idle EXCEPT !.index = i, !.ticket = tail, !.early = r[t].early])
            /\ mine' = [mine EXCEPT ![t] = @ \ {i}]

push_begin(t) ==                            \* push:A, for the first time
    /\ pc[t] = "idle" /\ left[t].push > 0
    /\ left' = [left EXCEPT ![t].push = @ - 1]
    /\ \E i \in mine[t] :
        IF Bug = "before_A"
        THEN /\ Go(t, "push_A", [Idle EXCEPT !.index = i, !.early = threshold])
             /\ mine' = [mine EXCEPT ![t] = @ \ {i}]
             /\ older' = [older EXCEPT ![i] = done]
             /\ tail' = tail
        ELSE AfterA(t, i) /\ older' = [older EXCEPT ![i] = IF final THEN {} ELSE done]
    /\ UNCHANGED << head, final, threshold, entry, done, drained, wrong >>

push_A(t) ==
    /\ pc[t] = "push_A"
    /\ AfterA(t, r[t].index)
    /\ older' = [older EXCEPT ![r[t].index] = IF final THEN {} ELSE @]
    /\ UNCHANGED << head, final, threshold, entry, left, done, drained, wrong >>

Write(t, locals) == Go(t, IF Bug = "before_D" THEN "early" ELSE "push_D", locals)
Again(t)         == Go(t, "push_A", [Idle EXCEPT !.index = r[t].index,
                                                 !.early = IF Bug = "before_A" THEN threshold ELSE 0])

Judge(t, seen) ==                           \* the condition of the inner loop
    LET k == r[t].ticket
        vacant == seen.cycle < Cycle(k) /\ seen.index = None IN
    IF vacant /\ (seen.safe \/ Bug = "unsafe") THEN Write(t, [r[t] EXCEPT !.seen = seen])
    ELSE IF vacant THEN Go(t, "push_C", [r[t] EXCEPT !.seen = seen])
    ELSE Again(t)

push_B(t) ==
    /\ pc[t] = "push_B"
    /\ Judge(t, entry[Place(r[t].ticket)])
    /\ UNCHANGED << ring, tests >>

push_C(t) ==
    /\ pc[t] = "push_C"
    /\ IF head <= r[t].ticket THEN Write(t, r[t]) ELSE Again(t)
    /\ UNCHANGED << ring, tests >>

Pushed(t) ==                                \* the index may be gone again already
    /\ done' = IF \E e \in Holding : entry[e].index = r[t].index THEN done \cup {r[t].index} ELSE done
    /\ Return(t)

push_D(t) ==
    /\ pc[t] = "push_D"
    /\ LET e == Place(r[t].ticket) IN
       IF entry[e] = r[t].seen
       THEN /\ entry' = [entry EXCEPT ![e] = Word(Cycle(r[t].ticket), TRUE, r[t].index)]
            /\ IF Bug \notin { "before_A", "before_D" }
               THEN done' = done /\ Go(t, "push_E", [Idle EXCEPT !.index = r[t].index])
               ELSE IF r[t].early # Full
               THEN done' = done /\ Go(t, "push_F", [Idle EXCEPT !.index = r[t].index])
               ELSE done' = done \cup {r[t].index} /\ Return(t)
       ELSE Judge(t, entry[e]) /\ UNCHANGED << entry, done >>
    /\ UNCHANGED << head, tail, final, threshold, left, mine, older, drained, wrong >>

push_E(t) ==
    /\ pc[t] = "push_E"
    /\ IF threshold # Full THEN Go(t, "push_F", r[t]) /\ UNCHANGED done ELSE Pushed(t)
    /\ UNCHANGED << ring, left, mine, older, drained, wrong >>

early(t) ==                                 \* planted: push:E between push:C and push:D
    /\ pc[t] = "early"
    /\ Go(t, "push_D", [r[t] EXCEPT !.early = threshold])
    /\ UNCHANGED << ring, tests >>

push_F(t) ==
    /\ pc[t] = "push_F"
    /\ threshold' = Full
    /\ Pushed(t)
    /\ UNCHANGED << head, tail, final, entry, left, mine, older, drained, wrong >>

---------------------------------------------------------------------------------------------------------------------
\* loft_scq_ring_pop and, with r.last, loft_scq_ring_pop_final

Calm == \A e \in Holding : entry[e].index \in done => Ticket(e) < head

Empty(t) ==                                 \* the answer is LOFT_SCQ_NONE
    /\ Return(t)
    /\ wrong' = (IF calm[t] THEN wrong ELSE "said empty")
    /\ drained' = (drained \/ r[t].last)

pop_A(t) ==
    /\ pc[t] = "idle" /\ left[t].pop > 0
    /\ left' = [left EXCEPT ![t].pop = @ - 1]
    /\ IF threshold < 0
       THEN wrong' = (IF Calm THEN wrong ELSE "said empty") /\ UNCHANGED << pc, r >>
       ELSE wrong' = wrong /\ Go(t, "pop_B", Idle)
    /\ UNCHANGED << ring, mine, done, older, drained >>

pop_last(t) ==                              \* pop_final begins
    /\ pc[t] = "idle" /\ left[t].pop > 0 /\ final
    /\ left' = [left EXCEPT ![t].pop = @ - 1]
    /\ Go(t, "pop_B", [Idle EXCEPT !.last = TRUE])
    /\ UNCHANGED << ring, mine, done, older, drained, wrong >>

pop_B(t) ==
    /\ pc[t] = "pop_B"
    /\ head' = head + 1
    /\ Go(t, "pop_C", [Idle EXCEPT !.ticket = head, !.patience = Patience, !.last = r[t].last])
    /\ UNCHANGED << tail, final, threshold, entry, tests >>

Look(t, seen) ==
    LET k == Cycle(r[t].ticket) IN
    IF seen.cycle = k THEN Go(t, "pop_D", [r[t] EXCEPT !.seen = seen, !.patience = 0])
    ELSE IF seen.cycle > k THEN Go(t, "pop_H", [r[t] EXCEPT !.seen = Idle.seen, !.patience = 0])
    ELSE Go(t, IF seen.index = None /\ r[t].patience > 0 THEN "pop_F" ELSE "pop_E", [r[t] EXCEPT !.seen = seen])

pop_C(t) ==
    /\ pc[t] = "pop_C"
    /\ Look(t, entry[Place(r[t].ticket)])
    /\ UNCHANGED << ring, tests >>

pop_D(t) ==
    /\ pc[t] = "pop_D"
    /\ LET e == Place(r[t].ticket)
           i == r[t].seen.index IN
       /\ entry' = [entry EXCEPT ![e].index = None]
       /\ mine' = [mine EXCEPT ![t] = @ \cup {i}]
       /\ done' = done \ {i}
       /\ older' = [j \in Index |-> IF j = i THEN {} ELSE older[j] \ {i}]
       /\ wrong' = (IF i = None \/ entry[e].index # i THEN "took what another took"
                    ELSE IF \E f \in Holding : entry[f].index \in older[i] /\ Ticket(f) >= head
                    THEN "overtook an older one"
                    ELSE wrong)
    /\ Return(t)
    /\ UNCHANGED << head, tail, final, threshold, left, drained >>

pop_F(t) ==
    /\ pc[t] = "pop_F"
    /\ IF tail > r[t].ticket THEN Go(t, "pop_G", [r[t] EXCEPT !.patience = @ - 1]) ELSE Go(t, "pop_E", r[t])
    /\ UNCHANGED << ring, tests >>

pop_G(t) ==
    /\ pc[t] = "pop_G"
    /\ Look(t, entry[Place(r[t].ticket)])
    /\ UNCHANGED << ring, tests >>

pop_E(t) ==
    /\ pc[t] = "pop_E"
    /\ LET e == Place(r[t].ticket)
           s == r[t].seen IN
       IF entry[e] = s
       THEN /\ entry' = [entry EXCEPT ![e] = IF s.index = None THEN Word(Cycle(r[t].ticket), s.safe, None)
                                                               ELSE Word(s.cycle, FALSE, s.index)]
            /\ Go(t, "pop_H", [r[t] EXCEPT !.seen = Idle.seen, !.patience = 0])
       ELSE Look(t, entry[e]) /\ UNCHANGED entry
    /\ UNCHANGED << head, tail, final, threshold, tests >>

Missed(t, beyond) ==
    IF ~r[t].last THEN Go(t, "pop_I", [Idle EXCEPT !.beyond = beyond]) /\ UNCHANGED << drained, wrong >>
    ELSE IF beyond THEN Empty(t)
    ELSE Go(t, "pop_B", [Idle EXCEPT !.last = TRUE]) /\ UNCHANGED << drained, wrong >>

pop_H(t) ==                                 \* limit and mark: what catch_up_A expects of tail; ticket: where it goes
    /\ pc[t] = "pop_H"
    /\ IF tail <= r[t].ticket + 1
       THEN /\ Go(t, "catch_up_A", [Idle EXCEPT !.ticket = r[t].ticket + 1, !.limit = tail, !.last = r[t].last])
            /\ UNCHANGED << drained, wrong >>
       ELSE Missed(t, FALSE)
    /\ UNCHANGED << ring, left, mine, done, older >>

catch_up_A(t) ==
    /\ pc[t] = "catch_up_A"
    /\ IF tail = r[t].limit /\ final = r[t].mark
       THEN tail' = r[t].ticket /\ Missed(t, TRUE)
       ELSE /\ tail' = tail
            /\ Go(t, "catch_up_B", [r[t] EXCEPT !.limit = tail, !.mark = final])
            /\ UNCHANGED << drained, wrong >>
    /\ UNCHANGED << head, final, threshold, entry, left, mine, done, older >>

catch_up_B(t) ==
    /\ pc[t] = "catch_up_B"
    /\ IF r[t].limit >= head
       THEN Missed(t, TRUE)
       ELSE Go(t, "catch_up_A", [r[t] EXCEPT !.ticket = head]) /\ UNCHANGED << drained, wrong >>
    /\ UNCHANGED << ring, left, mine, done, older >>

pop_I(t) ==
    /\ pc[t] = "pop_I"
    /\ threshold' = threshold - 1
    /\ IF threshold <= 0 \/ r[t].beyond THEN Empty(t) ELSE Go(t, "pop_B", Idle) /\ UNCHANGED << drained, wrong >>
    /\ UNCHANGED << head, tail, final, entry, left, mine, done, older >>

finalise_A(t) ==
    /\ pc[t] = "idle" /\ left[t].close > 0
    /\ left' = [left EXCEPT ![t].close = @ - 1]
    /\ final' = TRUE
    /\ UNCHANGED << head, tail, threshold, entry, pc, r, mine, done, older, drained, wrong >>

---------------------------------------------------------------------------------------------------------------------

Popping == { "pop_B", "pop_C", "pop_D", "pop_E", "pop_F", "pop_G", "pop_H", "pop_I", "catch_up_A", "catch_up_B" }
Writing == { "push_A", "push_B", "push_C", "push_D", "early" }

Step(t) ==
    \/ push_begin(t) \/ push_A(t) \/ push_B(t) \/ push_C(t) \/ push_D(t) \/ push_E(t) \/ push_F(t) \/ early(t)
    \/ pop_A(t) \/ pop_last(t) \/ pop_B(t) \/ pop_C(t) \/ pop_D(t) \/ pop_E(t) \/ pop_F(t) \/ pop_G(t) \/ pop_H(t)
    \/ pop_I(t) \/ catch_up_A(t) \/ catch_up_B(t) \/ finalise_A(t)

Next == \E t \in Threads :
            /\ Step(t)
            /\ calm' = [u \in Threads |-> pc'[u] \in Popping /\ (calm[u] \/ Calm \/ Calm')]

Spec == Init /\ [][Next]_vars
Fair == Spec /\ WF_vars(Next)

Once    == \A i \in Index : 1 = Cardinality({ e \in Holding : entry[e].index = i })
                                + Cardinality({ t \in Threads : i \in mine[t] })
                                + Cardinality({ t \in Threads : r[t].index = i /\ pc[t] \in Writing })
Met     == \A e \in Holding : Ticket(e) < head =>
                \E t \in Threads : pc[t] \in { "pop_C", "pop_D", "pop_E", "pop_F", "pop_G" } /\ r[t].ticket = Ticket(e)
Right   == wrong = "nothing"
Near    == \A t \in Threads : pc[t] \in { "push_B", "push_C", "push_D" } => r[t].ticket - head < Size
Drained == drained => \A e \in Holding : Ticket(e) < head
Moves   == \A t \in Threads : pc[t] # "idle" => ENABLED Step(t)

Finishes == <>[](\A t \in Threads : pc[t] = "idle")
=====================================================================================================================
