\* SPDX-License-Identifier: MIT
-------------------------------------------------- MODULE scq_word --------------------------------------------------
(* The queue of include/loft/queue/scq_word.h. The actions are the labels of that header: put_A is put:A; catch_up_A and
   catch_up_B are those of scq_ring.h, which it calls.

   One step is one atomic access and what follows it up to the next one. Steps interleave in any order, and each sees
   all earlier ones: this is sequential consistency. Two kinds of loads may see less, as they may in C11 and without
   harm: try_push:A may miss that the queue is closed, and a peek is a guess. Both are said where they stand.

   An entry is what its pair of words says: cycle, safe, and the element, or None where the header's bit `held` is 0.
   The element that such an entry still has in `lo` is left out. The other word says which it is: `lo` changes only when
   a push writes the pair, which gives it a new cycle, and no cycle comes back.

   So a pair whose words belong to two moments is unlike any pair that is there. All it can do is to send a thread on by
   its second word, to a compare-exchange that fails and says what is there. A peek (two loads) is therefore one step
   here, that of its second load, and may come out torn. With Guess = "stale" it may also show what the entry was
   before, as a load of a weaker order may; at first that is an element of the lap before.

   Left out: lines and the rotation of entry numbers, the wrap of counters (here they are natural numbers, and tickets
   count by one), compare-exchanges that fail without cause (they repeat the step), the load of take:C where it decides
   nothing, is_closed:A, which reads what try_pop:A reads, approx_len.

   What is claimed:
     Once      each element is in exactly one place: not pushed, with one push under way, in one entry, or out
     Counted   `taken` is ahead of `freed` by the elements and by the operations that are to give a credit back (so that
               approx_len is exact when nothing runs), and `limit` is not beyond what the pops have made of it
     Exact     no more than n credits are out: to elements, pushes let in and pops that are not done
     Room      a push is refused as full only if, at an instant of it, the elements and the operations of others that
               hold a credit, or have drawn a number and will be turned away, were n or more
     Met       an element whose ticket a pop has drawn is going to be taken by that pop
     Right     no pop takes what another took or what is not there, or an element although an older one waits, or says
               "empty" while at every instant of it some element was there, unclaimed, whose push had returned
     Near      no push tries to write further ahead of head than the ring is long
     Drained   once a pop that has seen the queue closed has found nothing, no pop that begins later finds anything
     Moves     no step waits: a thread in the middle of an operation can always take one
     Finishes  no operations go on for ever. With Moves: whichever threads stop for good, wherever they stop, the others
               come to the end of their work; this is lock-freedom within the bounds of the plans
*)
EXTENDS Integers, FiniteSets

CONSTANTS N,                                \* the capacity; the ring has 2N entries
          Patience,                         \* LOFT_SCQ_PATIENCE
          Guess,                            \* what a peek shows:
                                            \*   "whole"  the pair as it is
                                            \*   "torn"   that, or the second word with a first one of another moment
                                            \*   "stale"  as "torn", and the second word may be the one before
          Plans,                            \* which of the plans below
          Bug                               \* "none", or what is planted:
                                            \*   "trusts"   a push that has seen room draws its number and goes by that
                                            \*   "stays"    a push that is turned away leaves its number drawn
                                            \*   "hasty"    a pop gives its credit back before it takes its element
                                            \*   "keeps"    a push that the closed ring refused keeps its credit
                                            \*   "unsafe"   a push does not look at the safe bit
                                            \*   "paper"    threshold 3n-1 however many threads there are
                                            \*   "half"     the compare-exchanges look at the second word only
                                            \*   "believes" a push gives up its ticket for a guess
                                            \*   "heeds"    a pop of the closed queue goes by the threshold

Element == 0 .. 3
None    == 4
Another == 5                                \* what is no element: the first word of a torn pair
Size    == 2 * N
First   == Size                             \* the first ticket; what the entries hold at first is one cycle older
Max(a, b) == IF a > b THEN a ELSE b
Least(s)  == CHOOSE i \in s : \A j \in s : i <= j

Word(c, s, i) == [cycle |-> c, safe |-> s, value |-> i]
Cycle(ticket) == ticket \div Size
Place(ticket) == ticket % Size

\* The local variables of a thread.
Idle == [value |-> None, number |-> 0, counted |-> FALSE, ticket |-> 0, seen |-> Word(0, TRUE, None), torn |-> FALSE,
         whole |-> FALSE, patience |-> 0, closed |-> FALSE, limit |-> 0, mark |-> FALSE, beyond |-> FALSE]

\* Each plan: how many pushes, pops and closes each thread begins, which elements it has to push, and where it is at
\* first: most begin between operations, some in the middle of one, in a state that a longer run would reach. `inside`
\* has the elements in the ring by their tickets.
Do(push, pop, close, have) == [push |-> push, pop |-> pop, close |-> close, have |-> have, at |-> "idle", r |-> Idle]
At(label, locals)          == [Do(0, 0, 0, {}) EXCEPT !.at = label, !.r = locals]
On(threads)                == [thread |-> threads, head |-> First, tail |-> First, inside |-> [k \in {} |-> None],
                               taken |-> 0, freed |-> 0, limit |-> N, fresh |-> TRUE]
Plan(p) ==
    CASE p = "mix" ->                       \* pushes and pops on a new queue
             [On(<< Do(1, 1, 0, {0}), Do(1, 1, 0, {1}), Do(0, 1, 0, {}) >>) EXCEPT !.fresh = FALSE]
      [] p = "drain" ->                     \* the queue is closed while others push and pop
             [On(<< Do(1, 0, 1, {0}), Do(1, 1, 0, {1}), Do(0, 2, 0, {}) >>) EXCEPT !.fresh = FALSE]
      [] p = "pairs" ->                     \* the same with less to do
             [On(<< Do(1, 0, 0, {0}), Do(1, 1, 0, {1}), Do(0, 1, 0, {}) >>) EXCEPT !.fresh = FALSE]
      [] p = "end" ->                       \* and closed
             [On(<< Do(1, 0, 0, {0}), Do(1, 0, 1, {1}), Do(0, 2, 0, {}) >>) EXCEPT !.fresh = FALSE]
      [] p = "rush" ->                      \* two elements inside, two pushes and a pop
             [On(<< Do(1, 0, 0, {2}), Do(1, 0, 0, {3}), Do(0, 1, 0, {}) >>) EXCEPT
                 !.tail = First + 2, !.inside = [k \in {First, First + 1} |-> k - First], !.taken = 2]
      [] p = "last" ->                      \* room for one, and three that want it
             [On(<< Do(1, 0, 0, {1}), Do(1, 0, 0, {2}), Do(1, 0, 0, {3}) >>) EXCEPT
                 !.tail = First + 1, !.inside = [k \in {First} |-> 0], !.taken = 1]
      [] p = "full" ->                      \* two elements inside, three pushes, and pops
             [On(<< Do(2, 0, 0, {2}), Do(1, 1, 0, {3}), Do(0, 2, 0, {}) >>) EXCEPT
                 !.tail = First + 2, !.inside = [k \in {First, First + 1} |-> k - First], !.taken = 2]
      [] p = "edge" ->                      \* room for one, and three that want it
             [On(<< Do(2, 0, 0, {1}), Do(2, 0, 0, {2}), Do(1, 1, 0, {3}) >>) EXCEPT
                 !.tail = First + 1, !.inside = [k \in {First} |-> 0], !.taken = 1]
      [] p = "lower" ->                     \* a push that was let in sleeps before it writes what is no news any more
             [On(<< At("room_B", [Idle EXCEPT !.value = 0, !.counted = TRUE, !.limit = 3]),
                    Do(1, 0, 0, {2}), Do(0, 1, 0, {}) >>) EXCEPT
                 !.head = First + 2, !.tail = First + 3, !.inside = [k \in {First + 2} |-> 1],
                 !.taken = 4, !.freed = 2, !.limit = 4]
      [] p = "slow" ->                      \* thread 1 sleeps with the first ticket drawn; the others have gone round
             [On(<< At("take_B", [Idle EXCEPT !.ticket = First]), Do(0, 2, 0, {}), Do(1, 0, 0, {1}) >>) EXCEPT
                 !.head = First + Size, !.tail = First + Size, !.inside = [k \in {First} |-> 0],
                 !.taken = 4, !.freed = 3, !.limit = 4]
      [] p = "worn" ->                      \* empty, threshold as a push left it, and many pops that find nothing
             On(<< Do(1, 0, 0, {0}), Do(0, 9, 0, {}) >>)
      [] p = "crowd" ->                     \* a push sleeps, the one behind it is done, five pops have yet to lower
                                            \* threshold
             [On([t \in 1 .. 6 |->
                    IF t = 6 THEN At("put_B", [Idle EXCEPT !.value = 0, !.ticket = First])
                    ELSE [At("try_pop_D", [Idle EXCEPT !.beyond = TRUE]) EXCEPT !.pop = IF t = 5 THEN 1 ELSE 0]])
              EXCEPT !.tail = First + 2, !.inside = [k \in {First + 1} |-> 1], !.taken = 2]
      [] p = "shut" ->                      \* closed while the first push on a new queue sleeps with its ticket
             [On(<< At("put_B", [Idle EXCEPT !.value = 0, !.ticket = First]), Do(1, 0, 1, {1}), Do(0, 2, 0, {}) >>)
              EXCEPT !.tail = First + 1, !.taken = 1, !.fresh = FALSE]

VARIABLES
    head, tail, final, threshold, entry,    \* the ring; final is bit 0 of the header's tail
    was,                                    \* for each entry, what it was before, if Guess = "stale"
    taken, freed, limit, closed,
    pc, r,                                  \* each thread: the next step, and its local variables
    left, have,                             \* the work it has left, the elements it has to push
    out,                                    \* the elements that were popped
    done,                                   \* elements whose push has returned and that no pop has taken
    older,                                  \* for each element: those that were done when its push began
    calm,                                   \* for each pop: was there an instant at which nothing was there to take?
    packed,                                 \* for each push that asks: was there an instant without room?
    drained,                                \* a pop that saw the queue closed has found nothing
    wrong                                   \* what went wrong

ring    == << head, tail, final, threshold, entry, was >>
credits == << taken, freed, limit >>
tests   == << have, out, done, older, drained, wrong >>
vars    == << ring, credits, closed, pc, r, left, have, out, done, older, calm, packed, drained, wrong >>

Threads   == DOMAIN pc
Ticket(e) == entry[e].cycle * Size + e
Holding   == { e \in 0 .. Size - 1 : entry[e].value # None }
Chances   == Size - 1 + (IF Bug = "paper" THEN N ELSE Max(N, Cardinality(Threads)))

Init ==
    \E p \in Plans : LET plan == Plan(p) IN
        /\ pc = [t \in DOMAIN plan.thread |-> plan.thread[t].at]
        /\ r = [t \in DOMAIN plan.thread |-> plan.thread[t].r]
        /\ left = [t \in DOMAIN plan.thread |-> [push |-> plan.thread[t].push, pop |-> plan.thread[t].pop,
                                                 close |-> plan.thread[t].close]]
        /\ have = [t \in DOMAIN plan.thread |-> plan.thread[t].have]
        /\ head = plan.head
        /\ tail = plan.tail
        /\ final = FALSE
        /\ threshold = IF plan.fresh THEN Chances ELSE -1
        /\ entry = [e \in 0 .. Size - 1 |->
                        IF First + e \in DOMAIN plan.inside THEN Word(Cycle(First), TRUE, plan.inside[First + e])
                        ELSE Word(IF First + e < plan.head THEN Cycle(First) ELSE Cycle(First) - 1, TRUE, None)]
        /\ was = [e \in 0 .. Size - 1 |-> Word(entry[e].cycle, TRUE, IF entry[e].value = None THEN Another
                                                                     ELSE entry[e].value)]
        /\ taken = plan.taken /\ freed = plan.freed /\ limit = plan.limit
        /\ closed = FALSE
        /\ done = { plan.inside[k] : k \in DOMAIN plan.inside }
        /\ out = Element \ (done \cup UNION { plan.thread[t].have : t \in DOMAIN plan.thread }
                                 \cup { plan.thread[t].r.value : t \in DOMAIN plan.thread })
        /\ older = [i \in Element |-> {}]
        /\ calm = [t \in DOMAIN plan.thread |-> plan.thread[t].at # "idle"]
        /\ packed = [t \in DOMAIN plan.thread |-> FALSE]
        /\ drained = FALSE
        /\ wrong = "nothing"

Go(t, label, locals) == pc' = [pc EXCEPT ![t] = label] /\ r' = [r EXCEPT ![t] = locals]
Return(t)            == Go(t, "idle", Idle)

Put(e, word) == /\ entry' = [entry EXCEPT ![e] = word]
                /\ was' = IF Guess = "stale" THEN [was EXCEPT ![e] = entry[e]] ELSE was
Untouched    == UNCHANGED << entry, was >>

\* A peek at entry e: the word, and whether the other word goes with it.
Peek(e)       == (IF Guess = "stale" THEN {entry[e], was[e]} ELSE {entry[e]})
                 \X (IF Guess = "whole" THEN {FALSE} ELSE BOOLEAN)
Is(e, locals) == entry[e] = locals.seen /\ (~locals.torn \/ Bug = "half")

---------------------------------------------------------------------------------------------------------------------
\* try_push: a credit

Refused(t) ==                               \* nothing has changed
    /\ Return(t)
    /\ have' = [have EXCEPT ![t] = @ \cup {r[t].value}]
    /\ older' = [older EXCEPT ![r[t].value] = {}]

Full(t) == Refused(t) /\ wrong' = IF packed[t] THEN wrong ELSE "refused with room"

try_push_A(t) ==                            \* it may go on though the queue is closed, since the load is relaxed
    /\ pc[t] = "idle" /\ left[t].push > 0 /\ have[t] # {}
    /\ left' = [left EXCEPT ![t].push = @ - 1]
    /\ \/ closed /\ UNCHANGED << pc, r, have, older >>
       \/ LET i == Least(have[t]) IN
          /\ Go(t, "admit_A", [Idle EXCEPT !.value = i])
          /\ have' = [have EXCEPT ![t] = @ \ {i}]
          /\ older' = [older EXCEPT ![i] = done]
    /\ UNCHANGED << ring, credits, closed, out, done, drained, wrong >>

admit_A(t) ==
    /\ pc[t] = "admit_A"
    /\ Go(t, "admit_B", [r[t] EXCEPT !.number = taken])
    /\ UNCHANGED << ring, credits, closed, left, tests >>

LetIn(t) == Go(t, "put_A", [Idle EXCEPT !.value = r[t].value])

admit_B(t) ==
    /\ pc[t] = "admit_B"
    /\ IF r[t].number >= limit THEN Go(t, "room_A", r[t]) ELSE Go(t, "admit_C", [r[t] EXCEPT !.number = 0])
    /\ UNCHANGED << ring, credits, closed, left, tests >>

admit_C(t) ==
    /\ pc[t] = "admit_C"
    /\ taken' = taken + 1
    /\ IF Bug = "trusts" THEN LetIn(t) ELSE Go(t, "admit_D", [r[t] EXCEPT !.number = taken, !.counted = TRUE])
    /\ UNCHANGED << ring, freed, limit, closed, left, tests >>

admit_D(t) ==
    /\ pc[t] = "admit_D"
    /\ IF r[t].number >= limit THEN Go(t, "room_A", r[t]) ELSE LetIn(t)
    /\ UNCHANGED << ring, credits, closed, left, tests >>

admit_E(t) ==
    /\ pc[t] = "admit_E"
    /\ taken' = taken - 1
    /\ Go(t, "room_A", [r[t] EXCEPT !.number = taken - 1, !.counted = FALSE])
    /\ UNCHANGED << ring, freed, limit, closed, left, tests >>

room_A(t) ==                                \* counted: it was admit_D that asked, else admit_B or admit_E
    /\ pc[t] = "room_A"
    /\ IF r[t].number < freed + N
       THEN /\ Go(t, "room_B", [r[t] EXCEPT !.number = 0, !.limit = freed + N])
            /\ UNCHANGED << have, older, wrong >>
       ELSE IF r[t].counted /\ Bug # "stays"
       THEN /\ Go(t, "admit_E", [r[t] EXCEPT !.number = 0])
            /\ UNCHANGED << have, older, wrong >>
       ELSE Full(t)
    /\ UNCHANGED << ring, credits, closed, left, out, done, drained >>

room_B(t) ==
    /\ pc[t] = "room_B"
    /\ limit' = r[t].limit
    /\ IF r[t].counted THEN LetIn(t) ELSE Go(t, "admit_C", [r[t] EXCEPT !.limit = 0])
    /\ UNCHANGED << ring, taken, freed, closed, left, tests >>

---------------------------------------------------------------------------------------------------------------------
\* try_push: the ring

put_A(t) ==
    /\ pc[t] = "put_A"
    /\ tail' = tail + 1
    /\ Go(t, IF final THEN "try_push_B" ELSE "put_B", [r[t] EXCEPT !.ticket = IF final THEN 0 ELSE tail])
    /\ UNCHANGED << head, final, threshold, entry, was, credits, closed, left, tests >>

Again(t)        == Go(t, "put_A", [Idle EXCEPT !.value = r[t].value])
Lost(t, locals) == IF locals.whole \/ Bug = "believes" THEN Again(t)
                   ELSE Go(t, "put_G", [locals EXCEPT !.seen = Idle.seen, !.torn = FALSE])
Write(t, locals) == Go(t, "put_D", [locals EXCEPT !.whole = FALSE])

Judge(t, seen, torn, whole) ==              \* one round of the inner loop
    LET k == r[t].ticket
        vacant == seen.cycle < Cycle(k) /\ seen.value = None
        locals == [r[t] EXCEPT !.seen = seen, !.torn = torn, !.whole = whole] IN
    IF vacant /\ (seen.safe \/ Bug = "unsafe") THEN Write(t, locals)
    ELSE IF vacant THEN Go(t, "put_C", locals)
    ELSE Lost(t, locals)

put_B(t) ==
    /\ pc[t] = "put_B"
    /\ \E guess \in Peek(Place(r[t].ticket)) : Judge(t, guess[1], guess[2], FALSE)
    /\ UNCHANGED << ring, credits, closed, left, tests >>

put_C(t) ==
    /\ pc[t] = "put_C"
    /\ IF head <= r[t].ticket THEN Write(t, r[t]) ELSE Lost(t, r[t])
    /\ UNCHANGED << ring, credits, closed, left, tests >>

put_G(t) ==
    /\ pc[t] = "put_G"
    /\ Judge(t, entry[Place(r[t].ticket)], FALSE, TRUE)
    /\ UNCHANGED << ring, credits, closed, left, tests >>

put_D(t) ==
    /\ pc[t] = "put_D"
    /\ LET e == Place(r[t].ticket) IN
       IF Is(e, r[t])
       THEN /\ Put(e, Word(Cycle(r[t].ticket), TRUE, r[t].value))
            /\ Go(t, "put_E", [Idle EXCEPT !.value = r[t].value])
       ELSE Judge(t, entry[e], FALSE, TRUE) /\ Untouched
    /\ UNCHANGED << head, tail, final, threshold, credits, closed, left, tests >>

Pushed(t) ==                                \* the element may be gone again already
    /\ done' = IF \E e \in Holding : entry[e].value = r[t].value THEN done \cup {r[t].value} ELSE done
    /\ Return(t)

put_E(t) ==
    /\ pc[t] = "put_E"
    /\ IF threshold # Chances THEN Go(t, "put_F", r[t]) /\ UNCHANGED done ELSE Pushed(t)
    /\ UNCHANGED << ring, credits, closed, left, have, out, older, drained, wrong >>

put_F(t) ==
    /\ pc[t] = "put_F"
    /\ threshold' = Chances
    /\ Pushed(t)
    /\ UNCHANGED << head, tail, final, entry, was, credits, closed, left, have, out, older, drained, wrong >>

try_push_B(t) ==
    /\ pc[t] = "try_push_B"
    /\ closed' = TRUE
    /\ IF Bug = "keeps" THEN Refused(t) ELSE Go(t, "try_push_C", r[t]) /\ UNCHANGED << have, older >>
    /\ UNCHANGED << ring, credits, left, out, done, drained, wrong >>

try_push_C(t) ==
    /\ pc[t] = "try_push_C"
    /\ taken' = taken - 1
    /\ Refused(t)
    /\ UNCHANGED << ring, freed, limit, closed, left, out, done, drained, wrong >>

---------------------------------------------------------------------------------------------------------------------
\* try_pop

Calm == \A e \in Holding : entry[e].value \in done => Ticket(e) < head

Empty(t) ==                                 \* the answer is "empty"
    /\ Return(t)
    /\ wrong' = (IF calm[t] THEN wrong ELSE "said empty")
    /\ drained' = (drained \/ r[t].closed)

try_pop_A(t) ==
    /\ pc[t] = "idle" /\ left[t].pop > 0
    /\ left' = [left EXCEPT ![t].pop = @ - 1]
    /\ Go(t, IF closed /\ Bug # "heeds" THEN "take_A" ELSE "try_pop_B", [Idle EXCEPT !.closed = closed])
    /\ UNCHANGED << ring, credits, closed, tests >>

try_pop_B(t) ==
    /\ pc[t] = "try_pop_B"
    /\ IF threshold < 0
       THEN Empty(t)
       ELSE Go(t, "take_A", r[t]) /\ UNCHANGED << drained, wrong >>
    /\ UNCHANGED << ring, credits, closed, left, have, out, done, older >>

take_A(t) ==
    /\ pc[t] = "take_A"
    /\ head' = head + 1
    /\ Go(t, "take_B", [Idle EXCEPT !.ticket = head, !.patience = Patience, !.closed = r[t].closed])
    /\ UNCHANGED << tail, final, threshold, entry, was, credits, closed, left, tests >>

Look(t, seen, torn) ==
    LET k == Cycle(r[t].ticket)
        locals == [r[t] EXCEPT !.seen = seen, !.torn = torn] IN
    IF seen.cycle = k THEN Go(t, IF Bug = "hasty" THEN "hasty" ELSE "take_D", [locals EXCEPT !.patience = 0])
    ELSE IF seen.cycle > k THEN Go(t, "take_F", [r[t] EXCEPT !.seen = Idle.seen, !.torn = FALSE, !.patience = 0])
    ELSE Go(t, IF seen.value = None /\ r[t].patience > 0 THEN "take_C" ELSE "take_E", locals)

take_B(t) ==
    /\ pc[t] = "take_B"
    /\ \E guess \in Peek(Place(r[t].ticket)) : Look(t, guess[1], guess[2])
    /\ UNCHANGED << ring, credits, closed, left, tests >>

hasty(t) ==                                 \* planted: try_pop:C before take:D
    /\ pc[t] = "hasty"
    /\ freed' = freed + 1
    /\ Go(t, "take_D", r[t])
    /\ UNCHANGED << ring, taken, limit, closed, left, tests >>

take_D(t) ==
    /\ pc[t] = "take_D"
    /\ LET e == Place(r[t].ticket)
           i == IF r[t].torn THEN Another ELSE r[t].seen.value IN
       IF Is(e, r[t])
       THEN /\ Put(e, [entry[e] EXCEPT !.value = None])
            /\ out' = out \cup {i}
            /\ done' = done \ {i}
            /\ older' = [j \in Element |-> IF j = i THEN {} ELSE older[j] \ {i}]
            /\ wrong' = (IF i \notin Element \/ i \in out THEN "took what was not there"
                         ELSE IF \E f \in Holding : entry[f].value \in older[i] /\ Ticket(f) >= head
                         THEN "overtook an older one"
                         ELSE wrong)
            /\ IF Bug = "hasty" THEN Return(t) ELSE Go(t, "try_pop_C", Idle)
       ELSE Look(t, entry[e], FALSE) /\ Untouched /\ UNCHANGED << out, done, older, wrong >>
    /\ UNCHANGED << head, tail, final, threshold, credits, closed, left, have, drained >>

take_C(t) ==
    /\ pc[t] = "take_C"
    /\ IF tail > r[t].ticket
       THEN Go(t, "take_G", [r[t] EXCEPT !.patience = @ - 1, !.seen = Idle.seen, !.torn = FALSE])
       ELSE Go(t, "take_E", r[t])
    /\ UNCHANGED << ring, credits, closed, left, tests >>

take_G(t) ==
    /\ pc[t] = "take_G"
    /\ \E guess \in Peek(Place(r[t].ticket)) : Look(t, guess[1], guess[2])
    /\ UNCHANGED << ring, credits, closed, left, tests >>

take_E(t) ==
    /\ pc[t] = "take_E"
    /\ LET e == Place(r[t].ticket)
           s == r[t].seen IN
       IF Is(e, r[t])
       THEN /\ Put(e, IF s.value = None THEN Word(Cycle(r[t].ticket), s.safe, None) ELSE Word(s.cycle, FALSE, s.value))
            /\ Go(t, "take_F", [Idle EXCEPT !.ticket = r[t].ticket, !.closed = r[t].closed])
       ELSE Look(t, entry[e], FALSE) /\ Untouched
    /\ UNCHANGED << head, tail, final, threshold, credits, closed, left, tests >>

Missed(t, beyond) ==
    IF ~r[t].closed \/ Bug = "heeds"
    THEN Go(t, "try_pop_D", [Idle EXCEPT !.beyond = beyond, !.closed = r[t].closed]) /\ UNCHANGED << drained, wrong >>
    ELSE IF beyond THEN Empty(t)
    ELSE Go(t, "take_A", [Idle EXCEPT !.closed = TRUE]) /\ UNCHANGED << drained, wrong >>

take_F(t) ==                                \* limit and mark: what catch_up_A expects of tail; ticket: where it goes
    /\ pc[t] = "take_F"
    /\ IF tail <= r[t].ticket + 1
       THEN /\ Go(t, "catch_up_A", [Idle EXCEPT !.ticket = r[t].ticket + 1, !.limit = tail, !.closed = r[t].closed])
            /\ UNCHANGED << drained, wrong >>
       ELSE Missed(t, FALSE)
    /\ UNCHANGED << ring, credits, closed, left, have, out, done, older >>

catch_up_A(t) ==
    /\ pc[t] = "catch_up_A"
    /\ IF tail = r[t].limit /\ final = r[t].mark
       THEN tail' = r[t].ticket /\ Missed(t, TRUE)
       ELSE /\ tail' = tail
            /\ Go(t, "catch_up_B", [r[t] EXCEPT !.limit = tail, !.mark = final])
            /\ UNCHANGED << drained, wrong >>
    /\ UNCHANGED << head, final, threshold, entry, was, credits, closed, left, have, out, done, older >>

catch_up_B(t) ==
    /\ pc[t] = "catch_up_B"
    /\ IF r[t].limit >= head
       THEN Missed(t, TRUE)
       ELSE Go(t, "catch_up_A", [r[t] EXCEPT !.ticket = head]) /\ UNCHANGED << drained, wrong >>
    /\ UNCHANGED << ring, credits, closed, left, have, out, done, older >>

try_pop_C(t) ==
    /\ pc[t] = "try_pop_C"
    /\ freed' = freed + 1
    /\ Return(t)
    /\ UNCHANGED << ring, taken, limit, closed, left, tests >>

try_pop_D(t) ==
    /\ pc[t] = "try_pop_D"
    /\ threshold' = threshold - 1
    /\ IF threshold <= 0 \/ r[t].beyond THEN Empty(t)
       ELSE Go(t, "take_A", [Idle EXCEPT !.closed = r[t].closed]) /\ UNCHANGED << drained, wrong >>
    /\ UNCHANGED << head, tail, final, entry, was, credits, closed, left, have, out, done, older >>

---------------------------------------------------------------------------------------------------------------------
\* close

close_A(t) ==
    /\ pc[t] = "idle" /\ left[t].close > 0
    /\ left' = [left EXCEPT ![t].close = @ - 1]
    /\ final' = TRUE
    /\ Go(t, "close_B", Idle)
    /\ UNCHANGED << head, tail, threshold, entry, was, credits, closed, tests >>

close_B(t) ==
    /\ pc[t] = "close_B"
    /\ closed' = TRUE
    /\ Return(t)
    /\ UNCHANGED << ring, credits, left, tests >>

---------------------------------------------------------------------------------------------------------------------

Asking   == { "admit_A", "admit_B", "admit_C", "admit_D", "admit_E", "room_A", "room_B" }
Admitted == { "put_A", "put_B", "put_C", "put_D", "put_G", "try_push_B", "try_push_C" }
Popping  == { "try_pop_B", "try_pop_D", "take_A", "take_B", "take_C", "take_D", "take_E", "take_F", "take_G", "hasty",
              "catch_up_A", "catch_up_B" }

\* What counts in `taken` and not in `freed`: the elements, and these threads.
Owing == { t \in Threads : pc[t] \in Admitted \cup {"try_pop_C"} \/ (pc[t] \in Asking /\ r[t].counted) }
Packed(t) == Cardinality(Holding) + Cardinality(Owing \ {t}) >= N

Step(t) ==
    \/ try_push_A(t) \/ admit_A(t) \/ admit_B(t) \/ admit_C(t) \/ admit_D(t) \/ admit_E(t) \/ room_A(t) \/ room_B(t)
    \/ put_A(t) \/ put_B(t) \/ put_C(t) \/ put_D(t) \/ put_E(t) \/ put_F(t) \/ put_G(t)
    \/ try_push_B(t) \/ try_push_C(t)
    \/ try_pop_A(t) \/ try_pop_B(t) \/ try_pop_C(t) \/ try_pop_D(t) \/ hasty(t)
    \/ take_A(t) \/ take_B(t) \/ take_C(t) \/ take_D(t) \/ take_E(t) \/ take_F(t) \/ take_G(t)
    \/ catch_up_A(t) \/ catch_up_B(t) \/ close_A(t) \/ close_B(t)

Next == \E t \in Threads :
            /\ Step(t)
            /\ calm' = [u \in Threads |-> pc'[u] \in Popping /\ (calm[u] \/ Calm \/ Calm')]
            /\ packed' = [u \in Threads |-> pc'[u] \in Asking /\ (packed[u] \/ Packed(u) \/ Packed(u)')]

Spec == Init /\ [][Next]_vars
Fair == Spec /\ WF_vars(Next)

Once    == \A i \in Element :
                1 = Cardinality({ e \in Holding : entry[e].value = i }) + (IF i \in out THEN 1 ELSE 0)
                    + Cardinality({ t \in Threads : i \in have[t] })
                    + Cardinality({ t \in Threads : r[t].value = i /\ pc[t] \in Asking \cup Admitted })
Counted == /\ taken - freed = Cardinality(Holding) + Cardinality(Owing)
           /\ limit <= freed + N
Exact   == Cardinality(Holding) + Cardinality({ t \in Owing : pc[t] \notin Asking }) <= N
Room    == wrong # "refused with room"
Met     == \A e \in Holding : Ticket(e) < head =>
                \E t \in Threads : /\ pc[t] \in { "take_B", "take_C", "take_D", "take_E", "take_G", "hasty" }
                                   /\ r[t].ticket = Ticket(e)
Right   == wrong \in { "nothing", "refused with room" }
Near    == \A t \in Threads : pc[t] \in { "put_B", "put_C", "put_D", "put_G" } => r[t].ticket - head < Size
Drained == drained => \A e \in Holding : Ticket(e) < head
Moves   == \A t \in Threads : pc[t] # "idle" => ENABLED Step(t)

Finishes == <>[](\A t \in Threads : pc[t] = "idle")
=====================================================================================================================
