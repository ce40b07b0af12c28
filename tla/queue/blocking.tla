\* SPDX-License-Identifier: MIT
-------------------------------------------------- MODULE blocking --------------------------------------------------
(* The calls of include/loft/queue/blocking.h around an engine. The actions are the labels of that header: take_A is
   take:A. In between stand the calls of the engine (draw, turned_away, put, get, asks, shuts) and of the two event
   counts (prepare, sleep, deadline, notify, wake).

   The engine is a queue each of whose calls is one step. With Counted = TRUE it has no bound: the limit is that of
   LOFT_QUEUE_LIMIT, and a push may find no memory if Scarce. With Counted = FALSE it has a bound and keeps it as
   scq_word.h does: a push draws a number, and gives it back if that was too large, so it is in the way of others while
   it is turned away; then it looks again. take_A and take_B are not there then, and give_A is the end of the engine's
   pop. That a push which gives up wakes one that waits for room is here because it is there; these engines need it not.

   An event count is what core/eventcount.tla shows it to be: a notify sees who has prepared, or who prepares looks at
   what the notify has behind it. Who has prepared and does not sleep yet may go on, and of those that sleep up to n are
   woken a step later, when there may be others. A wait is a look, and then again and again prepare, a look, and a
   sleep; when the deadline comes, a last look.

   Steps interleave in any order, and each sees all earlier ones: this is sequential consistency. Left out:
   approx_len:A, compare-exchanges that fail without cause (they repeat the step), looks between pauses, and cancel,
   which is part of the next step of its thread.

   What is claimed:
     NoLoss    an element whose push says OK is in the queue or was taken by a pop that says so
     NoDup     it is there once, and one whose push says anything else is nowhere
     Bounded   never are there more elements than the limit
     Exact     each place is left, or with an element, or with one push or pop that is under way. So refused is a push
               that finds as many of these as the limit, and approx_len is exact when nothing runs
     ClosedForGood  CLOSED is said of a queue that is closed; once a pop has said it, there is nothing, ever
     NoLostWakeup   there is no state in which nobody runs any more and somebody sleeps although there is what he waits
               for, or the queue is closed
     Ends      all calls come to an end, in plans in which they should (a property)
*)
EXTENDS Integers, Sequences, FiniteSets

CONSTANTS Limit,
          Counted,                          \* whether places are counted here; else by the engine
          Scarce,                           \* whether a push may find no memory
          Plans,                            \* which of the plans below
          Bug                               \* "none", or the bug that is planted:
                                            \*   "adds"      a push takes what it has seen, whatever is left now
                                            \*   "hasty"     a pop gives its place back before it takes the element
                                            \*   "first"     a push notifies before its element is in
                                            \*   "mute"      a pop that makes room tells nobody
                                            \*   "keeps"     a push that finds no memory keeps its place
                                            \*   "secretly"  it gives the place back and tells nobody
                                            \*   "alone"     a pop of several makes room for them and wakes one
                                            \*   "single"    a push of several wakes one
                                            \*   "deaf"      closed: who waits for room is not told
                                            \*   "one"       closed: one of those who wait is told
                                            \*   "believes"  CLOSED without another look
                                            \*   "forgets"   CLOSED, whatever the other look has taken
                                            \*   "denies"    TIMEOUT, whatever the last look of a push has done
                                            \*   "rude"      the engine: who is turned away does not look again

\* What a thread calls, and for how many elements. push_late and pop_late may come to their deadline, push_n does not
\* wait: for one element it is try_push, or a push whose deadline is past. A pop of several is drain.
Call(op, n) == [op |-> op, n |-> n]
Push  == Call("push", 1)
Pop   == Call("pop", 1)
Close == Call("close", 0)
Plan(p) ==
    CASE p = "mix" ->                       \* two who pop
             << << Push, Push >>, << Pop >>, << Pop >> >>
      [] p = "shut" ->                      \* full, and closed while two wait for room
             << << Push >>, << Push >>, << Pop >>, << Close >> >>
      [] p = "empty" ->                     \* closed while two wait for an element
             << << Push >>, << Pop, Pop >>, << Pop >>, << Close >> >>
      [] p = "slow" ->                      \* one of two who push may give up
             << << Push, Push >>, << Call("push_late", 1) >>, << Pop, Pop >> >>
      [] p = "idle" ->                      \* one of two who pop may give up
             << << Push, Push >>, << Pop >>, << Call("pop_late", 1), Pop >> >>
      [] p = "room" ->                      \* full; several come out, and two wait for room
             << << Push >>, << Push >>, << Call("pop", 2) >> >>
      [] p = "items" ->                     \* several go in, and two wait for one
             << << Call("push_n", 2), Call("push_n", 2) >>, << Pop >>, << Call("pop", 2) >> >>
      [] p = "way" ->                       \* one does not wait, and may be in the way of one that does
             << << Push, Push >>, << Call("push_n", 1) >>, << Pop >> >>

Local == [look |-> "first",                 \* "first", "again" after prepare, or "last" after the deadline
          seen |-> 0,                       \* places it has seen
          hand |-> 0,                       \* places that are with it
          done |-> 0,                       \* elements of this call that are in, or out
          todo |-> << >>]                   \* at the end: give places back, notify whom, for how many

VARIABLES
    vacant,                                 \* the places that are left
    inside, closed,                         \* the engine
    calls,                                  \* by thread: those to come, the present one first
    pc, r,                                  \* the next step, and the local variables
    at,                                     \* by thread, in its event count: "out", "in", "free" to go on, or "asleep"
    made,                                   \* by thread: how many elements it has brought
    yes, no,                                \* elements whose push says OK, or anything else
    out,                                    \* elements that were popped
    told                                    \* whether a pop, a push was told CLOSED

said == << made, yes, no, out, told >>
vars == << vacant, inside, closed, calls, pc, r, at, said >>

T == DOMAIN calls
Op(t) == Head(calls[t]).op
N(t)  == Head(calls[t]).n
Pushes(t)   == Op(t) \in { "push", "push_late", "push_n" }
Place(t)    == IF Pushes(t) THEN "room" ELSE "items"        \* where it waits
First(c)    == IF c = << >> THEN "over"                   \* the first step of the first of these calls
               ELSE IF Head(c).op = "close" THEN "shuts"
               ELSE IF Head(c).op \in { "pop", "pop_late" } THEN "get"
               ELSE IF Counted THEN "take_A" ELSE "draw"
Try(t)      == First(calls[t])
Least(a, b) == IF a < b THEN a ELSE b
Range(s)    == { s[i] : i \in DOMAIN s }
Mine(t, n)  == { << t, made[t] + i >> : i \in 1 .. n }      \* the next n elements that it brings
Brought(t, n) == made' = [made EXCEPT ![t] = made[t] + n]
Refused(t, n) == Brought(t, n) /\ no' = no \union Mine(t, n)

Init ==
    /\ \E p \in Plans : LET n == IF p \in { "shut", "room" } THEN Limit ELSE 0 IN
           calls = Plan(p) /\ inside = [i \in 1 .. n |-> << 0, i >>] /\ vacant = Limit - n
    /\ closed = FALSE
    /\ pc = [t \in T |-> Try(t)] /\ r = [t \in T |-> Local] /\ at = [t \in T |-> "out"]
    /\ made = [t \in T |-> 0] /\ yes = Range(inside) /\ no = {} /\ out = {} /\ told = {}

Go(t, label, locals) == pc' = [pc EXCEPT ![t] = label] /\ r' = [r EXCEPT ![t] = locals]

\* What is left to do, or the end of the call.
Do(t, locals) ==
    IF locals.todo # << >> THEN Go(t, "todo", locals) /\ UNCHANGED calls
    ELSE IF Bug = "first" /\ Pushes(t) /\ locals.hand > 0 THEN Go(t, "put", locals) /\ UNCHANGED calls
    ELSE Go(t, First(Tail(calls[t])), Local) /\ calls' = [calls EXCEPT ![t] = Tail(calls[t])]
Leave(t) == at' = [at EXCEPT ![t] = "out"]

---------------------------------------------------------------------------------------------------------------------
\* Waiting.

\* A look in vain.
Vain(t) ==
    /\ UNCHANGED << yes, out, told >>
    /\ IF Op(t) # "push_n" /\ r[t].look # "last"
       THEN /\ Go(t, IF r[t].look = "first" THEN "prepare" ELSE "sleep", r[t])
            /\ UNCHANGED << calls, at, made, no >>
       ELSE /\ Do(t, [r[t] EXCEPT !.todo = IF Pushes(t) THEN << << "room", 1 >> >> ELSE << >>])
            /\ Refused(t, IF Pushes(t) THEN N(t) ELSE 0)
            /\ Leave(t)

prepare(t) ==
    /\ pc[t] = "prepare"
    /\ at' = [at EXCEPT ![t] = "in"]
    /\ Go(t, Try(t), [r[t] EXCEPT !.look = "again"])
    /\ UNCHANGED << vacant, inside, closed, calls, said >>

sleep(t) ==
    /\ pc[t] = "sleep"
    /\ at' = [at EXCEPT ![t] = IF at[t] = "in" THEN "asleep" ELSE "out"]
    /\ IF at[t] = "in" THEN Go(t, "asleep", r[t]) ELSE Go(t, Try(t), Local)
    /\ UNCHANGED << vacant, inside, closed, calls, said >>

deadline(t) ==
    /\ pc[t] = "asleep" /\ Op(t) \in { "push_late", "pop_late" }
    /\ Leave(t)
    /\ Go(t, Try(t), [r[t] EXCEPT !.look = "last"])
    /\ UNCHANGED << vacant, inside, closed, calls, said >>

---------------------------------------------------------------------------------------------------------------------
\* Notifying.

Waiting(where) == { u \in T : at[u] # "out" /\ Place(u) = where }
Todo(t, what)  == pc[t] = "todo" /\ Head(r[t].todo)[1] \in what
Rest(t)        == [r[t] EXCEPT !.todo = Tail(r[t].todo)]

notify(t) ==
    /\ Todo(t, { "room", "items" })
    /\ LET w == Waiting(Head(r[t].todo)[1]) IN
       IF w = {} THEN Do(t, Rest(t)) /\ UNCHANGED at
       ELSE /\ at' = [u \in T |-> IF u \in w /\ at[u] = "in" THEN "free" ELSE at[u]]
            /\ Go(t, "wake", r[t]) /\ UNCHANGED calls
    /\ UNCHANGED << vacant, inside, closed, said >>

wake(t) ==
    /\ pc[t] = "wake"
    /\ LET w == { u \in Waiting(Head(r[t].todo)[1]) : at[u] = "asleep" } IN
       \E s \in SUBSET w :
          /\ Cardinality(s) = Least(Head(r[t].todo)[2], Cardinality(w))
          /\ at' = [u \in T |-> IF u \in s THEN "out" ELSE at[u]]
          /\ LET next == IF Tail(r[t].todo) # << >> THEN "todo"
                         ELSE IF Bug = "first" /\ Pushes(t) /\ r[t].hand > 0 THEN "put" ELSE "end" IN
             /\ pc' = [u \in T |-> IF u \in s THEN Try(u) ELSE IF u # t THEN pc[u]
                                   ELSE IF next = "end" THEN First(Tail(calls[t])) ELSE next]
             /\ r' = [u \in T |-> IF u \in s \/ (u = t /\ next = "end") THEN Local
                                  ELSE IF u = t THEN Rest(t) ELSE r[u]]
             /\ calls' = IF next = "end" THEN [calls EXCEPT ![t] = Tail(calls[t])] ELSE calls
    /\ UNCHANGED << vacant, inside, closed, said >>

give_A(t) ==
    /\ Todo(t, { "give" })
    /\ vacant' = vacant + Head(r[t].todo)[2]
    /\ Do(t, [Rest(t) EXCEPT !.hand = 0])
    /\ UNCHANGED << inside, closed, at, said >>

Give(n) == << << "give", n >> >>
Vacate(n, tell) == IF Bug = "mute" THEN Give(n) ELSE Give(n) \o << << "room", tell >> >>

---------------------------------------------------------------------------------------------------------------------
\* Pushes.

Seen(t) == Go(t, IF vacant = 0 THEN "asks" ELSE "take_B", [r[t] EXCEPT !.seen = vacant])

take_A(t) ==
    /\ pc[t] = "take_A"
    /\ Seen(t)
    /\ UNCHANGED << vacant, inside, closed, calls, at, said >>

take_B(t) ==
    /\ pc[t] = "take_B"
    /\ LET n == Least(r[t].seen, N(t)) IN
       IF vacant = r[t].seen \/ Bug = "adds"
       THEN /\ vacant' = vacant - n
            /\ LET locals == [r[t] EXCEPT !.seen = 0, !.hand = n] IN
               IF Bug = "first" THEN Go(t, "todo", [locals EXCEPT !.todo = << << "items", n >> >>])
               ELSE Go(t, "put", locals)
       ELSE Seen(t) /\ UNCHANGED vacant
    /\ UNCHANGED << inside, closed, calls, at, said >>

draw(t) ==
    /\ pc[t] = "draw"
    /\ vacant' = vacant - 1
    /\ Go(t, IF vacant > 0 THEN "put" ELSE "turned_away", [r[t] EXCEPT !.hand = 1])
    /\ UNCHANGED << inside, closed, calls, at, said >>

turned_away(t) ==                           \* and looks whether there is room, now that it has withdrawn
    /\ pc[t] = "turned_away"
    /\ vacant' = vacant + 1
    /\ Go(t, IF vacant >= 0 /\ Bug # "rude" THEN "draw" ELSE "asks", [r[t] EXCEPT !.hand = 0])
    /\ UNCHANGED << inside, closed, calls, at, said >>

\* The end of a push of which `in` elements are in. `back` places are with it that it does not need.
Pushed(t, in, back) ==
    LET tell == IF in = 0 \/ Bug = "first" THEN << >> ELSE << << "items", IF Bug = "single" THEN 1 ELSE in >> >>
        give == IF back = 0 \/ Bug = "keeps" THEN << >> ELSE IF Bug = "secretly" THEN Give(back) ELSE Vacate(back, back)
        quit == IF in < N(t) /\ Op(t) = "push_n" /\ Bug # "secretly" THEN << << "room", 1 >> >> ELSE << >>
    IN Do(t, [r[t] EXCEPT !.hand = IF Bug = "keeps" THEN 0 ELSE back, !.todo = tell \o give \o quit])

put(t) ==
    /\ pc[t] = "put"
    /\ LET e    == << t, made[t] + 1 >>
           in   == r[t].done + 1
           lost == N(t) - r[t].done                         \* what is not in, if this one does not get in
           ok   == ~(Bug = "denies" /\ r[t].look = "last")
       IN
       \/ /\ ~closed                                        \* in
          /\ inside' = Append(inside, e)
          /\ yes' = (IF ok THEN yes \union {e} ELSE yes)
          /\ IF r[t].hand > 1
             THEN /\ Go(t, "put", [r[t] EXCEPT !.hand = @ - 1, !.done = in])
                  /\ Brought(t, 1)
                  /\ UNCHANGED << calls, no >>
             ELSE /\ Pushed(t, in, 0)
                  /\ Brought(t, lost)
                  /\ no' = no \union (Mine(t, lost) \ (IF ok THEN {e} ELSE {}))
          /\ UNCHANGED told
       \/ /\ closed \/ Scarce                               \* refused, and so is the rest
          /\ Refused(t, lost)
          /\ Pushed(t, r[t].done, r[t].hand)
          /\ told' = (IF closed THEN told \union { "push" } ELSE told)
          /\ UNCHANGED << inside, yes >>
    /\ Leave(t)
    /\ UNCHANGED << vacant, closed, out >>

asks_push(t) ==
    /\ pc[t] = "asks" /\ Pushes(t)
    /\ IF closed
       THEN /\ told' = told \union { "push" } /\ Refused(t, N(t))
            /\ Do(t, r[t]) /\ Leave(t)
            /\ UNCHANGED << yes, out >>
       ELSE Vain(t)
    /\ UNCHANGED << vacant, inside, closed >>

---------------------------------------------------------------------------------------------------------------------
\* Pops.

Popped(t, n) == Vacate(n, IF Bug = "alone" THEN 1 ELSE n)

get(t) ==                                   \* one after the other, as pop_n of an engine does
    /\ pc[t] \in { "get", "once_more" }
    /\ LET k == r[t].done
           forgotten == Bug = "forgets" /\ pc[t] = "once_more"
       IN
       IF inside = << >> /\ k = 0
       THEN /\ IF pc[t] = "get" THEN Go(t, "asks", r[t]) /\ UNCHANGED << calls, at, told >>
               ELSE /\ told' = told \union { "pop" }        \* begun after close
                    /\ Do(t, r[t]) /\ Leave(t)
            /\ UNCHANGED << vacant, inside, out >>
       ELSE IF Bug = "hasty" /\ r[t].seen = 0
       THEN /\ vacant' = vacant + 1
            /\ Go(t, pc[t], [r[t] EXCEPT !.seen = 1])
            /\ UNCHANGED << inside, out, calls, at, told >>
       ELSE /\ inside' = IF inside = << >> THEN inside ELSE Tail(inside)
            /\ out' = out \union (IF inside = << >> \/ forgotten THEN {} ELSE { Head(inside) })
            /\ LET n == IF inside = << >> THEN k ELSE k + 1 IN
               IF inside # << >> /\ n < N(t) THEN Go(t, pc[t], [r[t] EXCEPT !.done = n, !.hand = n]) /\ UNCHANGED calls
               ELSE Do(t, [r[t] EXCEPT !.hand = n, !.todo = IF Bug = "hasty" THEN << << "room", n >> >>
                                                             ELSE Popped(t, n)])
            /\ Leave(t)
            /\ UNCHANGED << vacant, told >>
    /\ UNCHANGED << closed, made, yes, no >>

asks_pop(t) ==
    /\ pc[t] = "asks" /\ ~Pushes(t)
    /\ IF ~closed THEN Vain(t)
       ELSE IF Bug = "believes"
       THEN /\ told' = told \union { "pop" } /\ Do(t, r[t]) /\ Leave(t)
            /\ UNCHANGED << made, yes, no, out >>
       ELSE Go(t, "once_more", r[t]) /\ UNCHANGED << calls, at, said >>
    /\ UNCHANGED << vacant, inside, closed >>

shuts(t) ==
    /\ pc[t] = "shuts"
    /\ closed' = TRUE
    /\ LET all  == IF Bug = "one" THEN 1 ELSE Cardinality(T)
           room == IF Bug = "deaf" THEN << >> ELSE << << "room", all >> >>
       IN Do(t, [r[t] EXCEPT !.todo = << << "items", all >> >> \o room])
    /\ UNCHANGED << vacant, inside, at, said >>

---------------------------------------------------------------------------------------------------------------------

Step(t) == \/ prepare(t) \/ sleep(t) \/ deadline(t) \/ notify(t) \/ wake(t) \/ give_A(t)
           \/ take_A(t) \/ take_B(t) \/ draw(t) \/ turned_away(t) \/ put(t) \/ asks_push(t)
           \/ get(t) \/ asks_pop(t) \/ shuts(t)

Next == \E t \in T : Step(t)
Spec == Init /\ [][Next]_vars
Fair == Spec /\ \A t \in 1 .. 4 : WF_vars(t \in T /\ Step(t))

Still    == \A t \in T : pc[t] \in { "over", "asleep" }

RECURSIVE Sum(_, _)
Sum(f, s) == IF s = {} THEN 0 ELSE LET t == CHOOSE t \in s : TRUE IN f[t] + Sum(f, s \ {t})

NoLoss  == yes \subseteq Range(inside) \union out
NoDup   == /\ Cardinality(Range(inside)) = Len(inside) /\ Range(inside) \intersect out = {}
           /\ no \intersect (Range(inside) \union out) = {}
Bounded == Len(inside) <= Limit
Exact   == vacant + Len(inside) + Sum([t \in T |-> r[t].hand], T) = Limit
ClosedForGood == (told # {} => closed) /\ ("pop" \in told => inside = << >>)
NoLostWakeup  == Still => \A t \in T : pc[t] = "asleep" =>
                     ~closed /\ IF Pushes(t) THEN vacant <= 0 ELSE inside = << >>
Ends    == <>(\A t \in T : pc[t] = "over")
=====================================================================================================================
