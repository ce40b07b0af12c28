\* SPDX-License-Identifier: MIT
-------------------------------------------------- MODULE prq_ring --------------------------------------------------
(* The ring of LPRQ, include/loft/queue/prq_ring.h. The actions are the labels of that header: push_A is push:A.

   One step is one atomic access and what follows it up to the next one. Steps interleave in any order, and each sees
   all earlier ones: this is sequential consistency. Memory orders are not modelled.

   A push tries to claim and fill its cell at once (push_K), or goes word by word, as it likes: it may not have such an
   instruction.

   Left out: lines and where a cell lies, the end of the tickets (it closes the ring as a full one is closed), elements
   that look like tokens (they give up their ticket, as a push that comes too late), compare-exchanges that fail without
   cause (they repeat the step), approx_len.

   What is claimed:
     Once      an element is in one cell at most, and in none once it was taken or refused
     Own       an element lies in the cell of the ticket it was put there with, and under its epoch
     Met       an element whose ticket a pop has drawn is going to be taken by that pop
     Right     no pop takes an element although an older one waits there, or says "empty" while at every instant of it
               some element was there, unclaimed, whose push had returned; no push that begins after a close gets in
     Drained   once a pop of the closed ring has found nothing, no pop that begins later finds anything
     Moves     no step waits: a thread in the middle of an operation can always take one
     Finishes  no operations go on for ever. With Moves: whichever threads stop for good, wherever they stop, the others
               come to the end of their work; this is lock-freedom within the bounds of the plans
*)
EXTENDS Integers, FiniteSets

CONSTANTS N,                                \* how many cells
          Patience,                         \* LOFT_PRQ_PATIENCE
          Tries,                            \* LOFT_PRQ_TRIES
          Plans,                            \* which of the plans below
          Bug                               \* "none", or what is planted:
                                            \*   "ignores"   a push does not heed that a cell is unsafe
                                            \*   "once"      a pop looks at epoch once before it takes an element
                                            \*   "clears"    a push makes a cell safe as it claims it
                                            \*   "token"     all tickets of a cell have the same token
                                            \*   "enters"    a push does not heed that the ring is closed
                                            \*   "half"      push_K compares the value alone

First == N                                  \* the first ticket
None  == 0                                  \* no element; they count from 1

Item(e)     == [kind |-> "item", n |-> e]
Token(t)    == [kind |-> "token", n |-> IF Bug = "token" THEN t % N ELSE t]
Epoch(t, u) == [ticket |-> t, unsafe |-> u]
Place(t)    == t % N

\* The local variables of a thread.
Idle == [item |-> None, ticket |-> 0, held |-> Item(None), epoch |-> Epoch(0, FALSE), tries |-> 0, patience |-> 0,
         known |-> 0, late |-> FALSE]

\* Each plan: how many pushes, pops and closes each thread begins, and where it is at first: most begin between
\* operations, some in the middle of one, in a state that a longer run would reach. Where there is an element at first,
\* it is number 9, of the first ticket.
Do(push, pop, close) == [push |-> push, pop |-> pop, close |-> close, pc |-> "idle", r |-> Idle]
Asleep(t)            == [Do(0, 0, 0) EXCEPT !.pc = "pop_E", !.r.ticket = t]
Plan(p) ==
    CASE p = "meet" ->                      \* a push and a pop
             [thread |-> << Do(1, 0, 0), Do(0, 1, 0) >>,
              at |-> First, old |-> FALSE, unsafe |-> FALSE]
      [] p = "drain" ->                     \* the ring is closed while others push and pop
             [thread |-> << Do(1, 0, 1), Do(1, 0, 0), Do(0, 2, 0) >>,
              at |-> First, old |-> FALSE, unsafe |-> FALSE]
      [] p = "slow" ->                      \* a pop sleeps on an element, the others have gone round
             [thread |-> << Asleep(First), Do(1, 0, 0), Do(0, 1, 0) >>,
              at |-> First + N, old |-> TRUE, unsafe |-> FALSE]
      [] p = "unsafe" ->                    \* twice, and one of them has found it there
             [thread |-> << Asleep(First), Do(1, 0, 0), Do(0, 1, 0) >>,
              at |-> First + 2 * N, old |-> TRUE, unsafe |-> TRUE]
      [] p = "late" ->                      \* the same, and a push has drawn the ticket of a lap between
             [thread |-> << Asleep(First), [Do(0, 0, 0) EXCEPT !.pc = "push_B", !.r.item = 8, !.r.ticket = First + N],
                            Do(1, 0, 0), Do(0, 1, 0) >>,
              at |-> First + 2 * N, old |-> TRUE, unsafe |-> TRUE]
      [] p = "lag" ->                       \* a push has claimed the first cell and sleeps, and so does its pop
             [thread |-> << [Asleep(First) EXCEPT !.pc = "pop_F", !.r.epoch = Epoch(First, FALSE)],
                            [Do(0, 0, 0) EXCEPT !.pc = "push_H", !.r.item = 8, !.r.ticket = First],
                            Do(2, 0, 0), Do(0, 1, 0) >>,
              at |-> First + 1, old |-> FALSE, unsafe |-> FALSE]

VARIABLES
    head, tail, idle, closed, cell,         \* the ring; closed is the highest bit of the header's tail
    pc, r,                                  \* each thread: the next step, and its local variables
    left,                                   \* the work it has left
    under,                                  \* for each element in a cell, the ticket it was put there with
    out,                                    \* elements that were taken, or refused
    done,                                   \* elements whose push has returned and that no pop has taken
    older,                                  \* for each element: those that were done when its push began
    calm,                                   \* for each pop: was there an instant at which nothing was there to take?
    drained,                                \* a pop of the closed ring has found nothing
    wrong                                   \* what went wrong

ring  == << head, tail, idle, closed, cell >>
tests == << left, under, out, done, older, drained, wrong >>
vars  == << ring, pc, r, left, under, out, done, older, calm, drained, wrong >>

Threads == DOMAIN pc
Element == 1 .. 9                           \* thread t pushes 2t - 1 and 2t
Cells   == 0 .. N - 1
Holding == { c \in Cells : cell[c].value.kind = "item" }
Inside  == { cell[c].value.n : c \in Holding }
Due(e)  == under[e] >= head                 \* its ticket is still to be drawn

Init ==
    \E p \in Plans : LET plan == Plan(p) IN
        /\ pc = [t \in DOMAIN plan.thread |-> plan.thread[t].pc]
        /\ r = [t \in DOMAIN plan.thread |-> plan.thread[t].r]
        /\ left = [t \in DOMAIN plan.thread |-> [push |-> plan.thread[t].push, pop |-> plan.thread[t].pop,
                                                 close |-> plan.thread[t].close]]
        /\ head = plan.at
        /\ tail = plan.at
        /\ idle = plan.at
        /\ closed = FALSE
        /\ cell = [c \in Cells |->
                       IF plan.old /\ c = Place(First)
                       THEN [epoch |-> Epoch(First, plan.unsafe), value |-> Item(9)]
                       ELSE IF p = "lag" /\ c = Place(First)
                       THEN [epoch |-> Epoch(First, FALSE), value |-> Token(First)]
                       ELSE [epoch |-> Epoch(plan.at + ((c - plan.at) % N) - N, FALSE),
                             value |-> Token(plan.at + ((c - plan.at) % N))]]
        /\ under = [e \in Element |-> IF e = 9 THEN First ELSE 0]
        /\ out = {}
        /\ done = IF plan.old THEN {9} ELSE {}
        /\ older = [e \in Element |-> {}]
        /\ calm = [t \in DOMAIN plan.thread |-> plan.thread[t].pc # "idle"]
        /\ drained = FALSE
        /\ wrong = "nothing"

Go(t, label, locals) == pc' = [pc EXCEPT ![t] = label] /\ r' = [r EXCEPT ![t] = locals]
Return(t)            == Go(t, "idle", Idle)
At(t)                == Place(r[t].ticket)
SetEpoch(c, e)       == cell' = [cell EXCEPT ![c].epoch = e]
SetValue(c, v)       == cell' = [cell EXCEPT ![c].value = v]

---------------------------------------------------------------------------------------------------------------------
\* loft_prq_push

Refused(t, e) ==
    /\ Return(t)
    /\ out' = out \cup {e}

Draw(t, locals) ==
    /\ tail' = tail + 1
    /\ IF closed /\ Bug # "enters"
       THEN Go(t, "push_J", [Idle EXCEPT !.item = locals.item])
       ELSE \E first \in { "push_B", "push_K" } : Go(t, first, [locals EXCEPT !.ticket = tail])

push_begin(t) ==                            \* push:A, for the first time
    /\ pc[t] = "idle" /\ left[t].push > 0
    /\ left' = [left EXCEPT ![t].push = @ - 1]
    /\ LET e == 2 * t - left'[t].push IN
       /\ Draw(t, [Idle EXCEPT !.item = e, !.late = closed])
       /\ older' = [older EXCEPT ![e] = done]
    /\ UNCHANGED << head, idle, closed, cell, under, out, done, drained, wrong >>

push_A(t) ==
    /\ pc[t] = "push_A"
    /\ Draw(t, r[t])
    /\ UNCHANGED << head, idle, closed, cell, tests >>

push_J(t) ==                                \* refused
    /\ pc[t] = "push_J"
    /\ tail' = tail - 1
    /\ Refused(t, r[t].item)
    /\ UNCHANGED << head, idle, closed, cell, left, under, done, older, drained, wrong >>

Clean(t) == [r[t] EXCEPT !.held = Item(None), !.epoch = Epoch(0, FALSE)]
Fail(t)  == Go(t, "push_I", Clean(t))
Anew(t)  == Go(t, "push_B", Clean(t))           \* its first part could not do it: the other begins with the same ticket

Judge(t, held) ==
    IF held = Token(r[t].ticket) THEN Go(t, "push_D", Clean(t))
    ELSE IF held.kind = "item" \/ held.n > r[t].ticket THEN Fail(t)
    ELSE Go(t, "push_C", [r[t] EXCEPT !.held = held])

push_B(t) ==
    /\ pc[t] = "push_B"
    /\ Judge(t, cell[At(t)].value)
    /\ UNCHANGED << ring, tests >>

push_C(t) ==
    /\ pc[t] = "push_C"
    /\ LET v == cell[At(t)].value IN
       IF v = r[t].held
       THEN SetValue(At(t), Token(r[t].ticket)) /\ Go(t, "push_D", Clean(t))
       ELSE Judge(t, v) /\ UNCHANGED cell
    /\ UNCHANGED << head, tail, idle, closed, tests >>

Claim(t, epoch) ==
    IF epoch.ticket >= r[t].ticket THEN Fail(t) ELSE Go(t, "push_E", [r[t] EXCEPT !.epoch = epoch])

push_D(t) ==
    /\ pc[t] = "push_D"
    /\ Claim(t, cell[At(t)].epoch)
    /\ UNCHANGED << ring, tests >>

push_E(t) ==
    /\ pc[t] = "push_E"
    /\ LET e == cell[At(t)].epoch IN
       IF e = r[t].epoch
       THEN /\ SetEpoch(At(t), Epoch(r[t].ticket, e.unsafe /\ Bug # "clears"))
            /\ Go(t, IF e.unsafe /\ Bug # "ignores" THEN "push_F" ELSE "push_H", Clean(t))
       ELSE (Claim(t, e) \/ Anew(t)) /\ UNCHANGED cell
    /\ UNCHANGED << head, tail, idle, closed, tests >>

push_K(t) ==                                \* E and H at once
    /\ pc[t] = "push_K"
    /\ IF /\ cell[At(t)].value = Token(r[t].ticket)
          /\ (cell[At(t)].epoch.ticket < r[t].ticket /\ ~cell[At(t)].epoch.unsafe) \/ Bug = "half"
       THEN /\ cell' = [cell EXCEPT ![At(t)] = [epoch |-> Epoch(r[t].ticket, FALSE), value |-> Item(r[t].item)]]
            /\ under' = [under EXCEPT ![r[t].item] = r[t].ticket]
            /\ done' = done \cup {r[t].item}
            /\ wrong' = (IF r[t].late THEN "got in after the close" ELSE wrong)
            /\ Return(t)
       ELSE Go(t, "push_B", r[t]) /\ UNCHANGED << cell, under, done, wrong >>
    /\ UNCHANGED << head, tail, idle, closed, left, out, older, drained >>

push_F(t) ==
    /\ pc[t] = "push_F"
    /\ IF head > r[t].ticket THEN Fail(t) ELSE Go(t, "push_G", r[t])
    /\ UNCHANGED << ring, tests >>

push_G(t) ==
    /\ pc[t] = "push_G"
    /\ IF cell[At(t)].epoch = Epoch(r[t].ticket, TRUE)
       THEN SetEpoch(At(t), Epoch(r[t].ticket, FALSE))
       ELSE UNCHANGED cell
    /\ Go(t, "push_H", r[t])
    /\ UNCHANGED << head, tail, idle, closed, tests >>

push_H(t) ==
    /\ pc[t] = "push_H"
    /\ IF cell[At(t)].value = Token(r[t].ticket)
       THEN /\ SetValue(At(t), Item(r[t].item))
            /\ under' = [under EXCEPT ![r[t].item] = r[t].ticket]
            /\ done' = done \cup {r[t].item}
            /\ wrong' = (IF r[t].late THEN "got in after the close" ELSE wrong)
            /\ Return(t)
       ELSE (Fail(t) \/ Anew(t)) /\ UNCHANGED << cell, under, done, wrong >>
    /\ UNCHANGED << head, tail, idle, closed, left, out, older, drained >>

push_I(t) ==
    /\ pc[t] = "push_I"
    /\ IF r[t].ticket >= head + N \/ r[t].tries + 1 >= Tries
       THEN Go(t, "push_close", r[t])
       ELSE Go(t, "push_A", [r[t] EXCEPT !.tries = @ + 1])
    /\ UNCHANGED << ring, tests >>

push_close(t) ==                            \* close:A, by a push
    /\ pc[t] = "push_close"
    /\ closed' = TRUE
    /\ Refused(t, r[t].item)
    /\ UNCHANGED << head, tail, idle, cell, left, under, done, older, drained, wrong >>

close_A(t) ==
    /\ pc[t] = "idle" /\ left[t].close > 0
    /\ left' = [left EXCEPT ![t].close = @ - 1]
    /\ closed' = TRUE
    /\ UNCHANGED << head, tail, idle, cell, pc, r, under, out, done, older, drained, wrong >>

---------------------------------------------------------------------------------------------------------------------
\* loft_prq_pop

Calm == \A e \in Inside : e \in done => ~Due(e)

Empty(t) ==                                 \* the answer is false; calm' is settled by Next
    /\ Return(t)
    /\ wrong' = (IF calm[t] \/ Calm THEN wrong ELSE "said empty")
    /\ drained' = (drained \/ r[t].late)

pop_A(t) ==                                 \* late: the ring was closed when this pop began
    /\ \/ /\ pc[t] = "idle" /\ left[t].pop > 0
          /\ left' = [left EXCEPT ![t].pop = @ - 1]
          /\ Go(t, "pop_B", [Idle EXCEPT !.known = head, !.late = closed])
       \/ /\ pc[t] = "pop_A"
          /\ left' = left
          /\ Go(t, "pop_B", [Idle EXCEPT !.known = head, !.late = r[t].late])
    /\ UNCHANGED << ring, under, out, done, older, drained, wrong >>

pop_B(t) ==
    /\ pc[t] = "pop_B"
    /\ Go(t, IF r[t].known <= idle THEN "pop_C" ELSE "pop_D", r[t])
    /\ UNCHANGED << ring, tests >>

pop_C(t) ==
    /\ pc[t] = "pop_C"
    /\ IF tail <= r[t].known
       THEN Empty(t)
       ELSE Go(t, "pop_D", r[t]) /\ UNCHANGED << drained, wrong >>
    /\ UNCHANGED << ring, left, under, out, done, older >>

pop_D(t) ==
    /\ pc[t] = "pop_D"
    /\ head' = head + 1
    /\ Go(t, "pop_E", [Idle EXCEPT !.ticket = head, !.patience = Patience, !.late = r[t].late])
    /\ UNCHANGED << tail, idle, closed, cell, tests >>

pop_E(t) ==
    /\ pc[t] = "pop_E"
    /\ Go(t, "pop_F", [r[t] EXCEPT !.epoch = cell[At(t)].epoch])
    /\ UNCHANGED << ring, tests >>

Miss(t)  == Go(t, "pop_L", [Idle EXCEPT !.ticket = r[t].ticket, !.late = r[t].late])
Again(t) == Go(t, "pop_E", [r[t] EXCEPT !.held = Item(None), !.epoch = Epoch(0, FALSE)])
Other(t, held) ==                           \* an element that is not ours, it seems
    IF r[t].epoch.ticket > r[t].ticket THEN Miss(t)
    ELSE IF r[t].epoch.ticket = r[t].ticket THEN Again(t)
    ELSE Go(t, "pop_I", r[t])

pop_F(t) ==
    /\ pc[t] = "pop_F"
    /\ LET h == r[t].ticket
           v == cell[At(t)].value IN
       IF v.kind = "item"
       THEN IF r[t].epoch.ticket = h
            THEN Go(t, IF Bug = "once" THEN "pop_H" ELSE "pop_G", [r[t] EXCEPT !.held = v])
            ELSE Other(t, v)
       ELSE IF v.n > h THEN Miss(t)
       ELSE Go(t, IF r[t].patience > 0 THEN "pop_J" ELSE "pop_K", [r[t] EXCEPT !.held = v])
    /\ UNCHANGED << ring, tests >>

pop_G(t) ==
    /\ pc[t] = "pop_G"
    /\ IF cell[At(t)].epoch.ticket = r[t].ticket THEN Go(t, "pop_H", r[t]) ELSE Again(t)
    /\ UNCHANGED << ring, tests >>

pop_H(t) ==
    /\ pc[t] = "pop_H"
    /\ LET e == r[t].held.n IN
       /\ SetValue(At(t), Token(r[t].ticket + N))
       /\ out' = out \cup {e}
       /\ done' = done \ {e}
       /\ older' = [f \in Element |-> IF f = e THEN {} ELSE older[f] \ {e}]
       /\ wrong' = (IF cell[At(t)].value # r[t].held THEN "took what another took"
                    ELSE IF \E f \in Inside : f \in older[e] /\ Due(f) THEN "overtook an older one"
                    ELSE wrong)
    /\ Return(t)
    /\ UNCHANGED << head, tail, idle, closed, left, under, drained >>

pop_I(t) ==
    /\ pc[t] = "pop_I"
    /\ IF cell[At(t)].epoch = r[t].epoch
       THEN SetEpoch(At(t), Epoch(r[t].epoch.ticket, TRUE)) /\ Miss(t)
       ELSE UNCHANGED cell /\ Again(t)
    /\ UNCHANGED << head, tail, idle, closed, tests >>

pop_J(t) ==
    /\ pc[t] = "pop_J"
    /\ IF tail > r[t].ticket
       THEN Go(t, "pop_E", [r[t] EXCEPT !.patience = @ - 1, !.held = Item(None), !.epoch = Epoch(0, FALSE)])
       ELSE Go(t, "pop_K", r[t])
    /\ UNCHANGED << ring, tests >>

pop_K(t) ==
    /\ pc[t] = "pop_K"
    /\ IF cell[At(t)].value = r[t].held
       THEN SetValue(At(t), Token(r[t].ticket + N)) /\ Miss(t)
       ELSE UNCHANGED cell /\ Again(t)
    /\ UNCHANGED << head, tail, idle, closed, tests >>

pop_L(t) ==
    /\ pc[t] = "pop_L"
    /\ Go(t, IF tail <= r[t].ticket + 1 THEN "catch_up_A" ELSE "pop_A", [Idle EXCEPT !.late = r[t].late])
    /\ UNCHANGED << ring, tests >>

catch_up_A(t) ==
    /\ pc[t] = "catch_up_A"
    /\ Go(t, "catch_up_B", [r[t] EXCEPT !.known = tail])
    /\ UNCHANGED << ring, tests >>

catch_up_B(t) ==                            \* closed, tail is beyond anything
    /\ pc[t] = "catch_up_B"
    /\ IF closed \/ r[t].known >= head
       THEN Go(t, "catch_up_D", [r[t] EXCEPT !.ticket = head])
       ELSE Go(t, "catch_up_C", [r[t] EXCEPT !.ticket = head])
    /\ UNCHANGED << ring, tests >>

catch_up_C(t) ==
    /\ pc[t] = "catch_up_C"
    /\ IF tail = r[t].known /\ ~closed
       THEN tail' = r[t].ticket /\ Go(t, "catch_up_D", r[t])
       ELSE tail' = tail /\ Go(t, "catch_up_B", [r[t] EXCEPT !.known = tail])
    /\ UNCHANGED << head, idle, closed, cell, tests >>

catch_up_D(t) ==
    /\ pc[t] = "catch_up_D"
    /\ idle' = r[t].ticket
    /\ Empty(t)
    /\ UNCHANGED << head, tail, closed, cell, left, under, out, done, older >>

---------------------------------------------------------------------------------------------------------------------

Taking  == { "pop_E", "pop_F", "pop_G", "pop_H", "pop_I", "pop_J", "pop_K" }
Popping == Taking \cup { "pop_A", "pop_B", "pop_C", "pop_D", "pop_L", "catch_up_A", "catch_up_B", "catch_up_C",
                         "catch_up_D" }

Step(t) ==
    \/ push_begin(t) \/ push_A(t) \/ push_B(t) \/ push_C(t) \/ push_D(t) \/ push_E(t) \/ push_F(t) \/ push_G(t)
    \/ push_H(t) \/ push_K(t) \/ push_I(t) \/ push_J(t) \/ push_close(t) \/ close_A(t)
    \/ pop_A(t) \/ pop_B(t) \/ pop_C(t) \/ pop_D(t) \/ pop_E(t) \/ pop_F(t) \/ pop_G(t) \/ pop_H(t)
    \/ pop_I(t) \/ pop_J(t) \/ pop_K(t) \/ pop_L(t) \/ catch_up_A(t) \/ catch_up_B(t) \/ catch_up_C(t)
    \/ catch_up_D(t)

Next == \E t \in Threads :
            /\ Step(t)
            /\ calm' = [u \in Threads |-> pc'[u] \in Popping /\ (calm[u] \/ Calm \/ Calm')]

Spec == Init /\ [][Next]_vars
Fair == Spec /\ WF_vars(Next)

Once    == \A e \in Inside : 1 = Cardinality({ c \in Holding : cell[c].value.n = e }) /\ e \notin out
Own     == \A c \in Holding : LET k == under[cell[c].value.n] IN Place(k) = c /\ cell[c].epoch.ticket = k
Met     == \A c \in Holding : LET k == under[cell[c].value.n] IN
                k < head => \E t \in Threads : pc[t] \in Taking /\ r[t].ticket = k
Right   == wrong = "nothing"
Drained == drained => \A e \in Inside : ~Due(e)
Moves   == \A t \in Threads : pc[t] # "idle" => ENABLED Step(t)

Finishes == <>[](\A t \in Threads : pc[t] = "idle")
=====================================================================================================================
