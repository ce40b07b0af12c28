\* SPDX-License-Identifier: MIT
------------------------------------------------- MODULE eventcount -------------------------------------------------
(* The event count of include/loft/core/eventcount.h, over the park of park.h. The actions are the labels of that
   header: prepare_A is prepare:A. The steps called `park_...` are those of the park and of the kernel below it.

   Each thread has a store buffer for what its fences are about: the condition, which who notifies makes true, and
   nothing else. Read-modify-writes are at once and empty the buffer; a full fence empties it; a light fence does
   nothing; a heavy fence empties everybody's. So a load may come before an earlier store of its thread is seen, unless
   something is in between, and that is all that is modelled of memory orders.

   The condition is a number of tokens. A giver adds one and notifies one; a taker takes one, or sleeps until it can.
   Some takers have a deadline, and may give up when they sleep. Left out are hints: await:A, await:B, await:C, which
   say whether to look before the sleep, and prepare:D, prepare:E, slow:A, slow:B, slow:C, which say when notifies stop
   paying. Here they may stop at any time.

   What is claimed:
     Counted   nobody is counted, by the gate or by the park, who is not there
     NoneLost  there is no state in which nothing can happen any more, and a token lies there while somebody sleeps
     Chosen    a taker that gives up has not been woken
     Ends      everybody comes to an end, if there are as many tokens as patient takers (a property)
*)
EXTENDS Integers, FiniteSets

CONSTANTS Givers, Takers, Impatient,        \* Impatient is a subset of Takers; each giver gives one token
          Asymmetric,                       \* whether there is membarrier
          Bug                               \* "none", or the bug that is planted:
                                            \*   "light"     who waits makes no heavy fence
                                            \*   "hasty"     it arms before its heavy fence is done
                                            \*   "careless"  disarmed to nothing, whoever is counted
                                            \*   "trusts"    the slow notify makes no full fence
                                            \*   "blind"     no second look after prepare
                                            \*   "early"     counted off the gate before the sleep
                                            \*   "keeps"     a taker that was chosen may still say that time is up

VARIABLES
    tokens,                                 \* in memory
    buffer,                                 \* by giver: 1, a token that is not yet seen by others
    count, armed,                           \* the gate
    epoch, waiters, asleep,                 \* the park: notifies that found somebody, who is counted, who sleeps
    pc, key, got,                           \* by thread; by taker: the epoch it saw; "token", "late" or "nothing"
    woke                                    \* takers that were woken and have not looked since

vars == << tokens, buffer, count, armed, epoch, waiters, asleep, pc, key, got, woke >>
gate == << count, armed >>
park == << epoch, waiters, asleep >>

Threads == Givers \union Takers

Init ==
    /\ tokens = 0 /\ buffer = [g \in Givers |-> 0]
    /\ count = 0 /\ armed = ~Asymmetric
    /\ epoch = 0 /\ waiters = 0 /\ asleep = {}
    /\ pc = [t \in Threads |-> IF t \in Givers THEN "give" ELSE "look"]
    /\ key = [t \in Takers |-> 0] /\ got = [t \in Takers |-> "nothing"] /\ woke = {}

Go(t, to) == pc' = [pc EXCEPT ![t] = to]

\* What a full fence of giver g does; a buffer may also empty itself at any time.
Seen(g) == buffer[g] = 0
drains(g) ==
    /\ buffer[g] = 1
    /\ tokens' = tokens + 1 /\ buffer' = [buffer EXCEPT ![g] = 0]
    /\ UNCHANGED << count, armed, epoch, waiters, asleep, pc, key, got, woke >>

---------------------------------------------------------------------------------------------------------------------
\* Who brings it about.

give(t) ==
    /\ pc[t] = "give"
    /\ buffer' = [buffer EXCEPT ![t] = 1]
    /\ Go(t, "notify_A")
    /\ UNCHANGED << tokens, count, armed, epoch, waiters, asleep, key, got, woke >>

notify_A(t) ==                              \* a light fence: nothing happens
    /\ pc[t] = "notify_A"
    /\ Go(t, "notify_B")
    /\ UNCHANGED << tokens, buffer, count, armed, epoch, waiters, asleep, key, got, woke >>

notify_B(t) ==
    /\ pc[t] = "notify_B"
    /\ Go(t, IF count = 0 /\ ~armed THEN "done" ELSE "park_fence")
    /\ UNCHANGED << tokens, buffer, count, armed, epoch, waiters, asleep, key, got, woke >>

park_fence(t) ==                            \* of loft_park_notify
    /\ pc[t] = "park_fence" /\ (Seen(t) \/ Bug = "trusts")
    /\ Go(t, "park_who")
    /\ UNCHANGED << tokens, buffer, count, armed, epoch, waiters, asleep, key, got, woke >>

park_who(t) ==
    /\ pc[t] = "park_who"
    /\ Go(t, IF waiters = 0 THEN "slow_D" ELSE "park_step")
    /\ UNCHANGED << tokens, buffer, count, armed, epoch, waiters, asleep, key, got, woke >>

park_step(t) ==
    /\ pc[t] = "park_step" /\ Seen(t)
    /\ epoch' = epoch + 1
    /\ Go(t, "park_wake")
    /\ UNCHANGED << tokens, buffer, count, armed, waiters, asleep, key, got, woke >>

park_wake(t) ==                             \* one of those that sleep, struck off by who wakes it
    /\ pc[t] = "park_wake"
    /\ \E u \in asleep :
        /\ asleep' = asleep \ {u} /\ waiters' = waiters - 1
        /\ woke' = woke \union {u}
        /\ pc' = [pc EXCEPT ![u] = "wait_A", ![t] = "done"]
    /\ UNCHANGED << tokens, buffer, count, armed, epoch, key, got >>

park_nobody(t) ==
    /\ pc[t] = "park_wake" /\ asleep = {}
    /\ Go(t, "done")
    /\ UNCHANGED << tokens, buffer, count, armed, epoch, waiters, asleep, key, got, woke >>

slow_D(t) ==                                \* the rent is used up, or it is not
    /\ pc[t] = "slow_D"
    /\ IF Asymmetric /\ Seen(t) /\ (Bug = "careless" \/ count = 0)
       THEN /\ armed' \in {armed, FALSE}
            /\ count' = IF Bug = "careless" /\ armed /\ ~armed' THEN 0 ELSE count
       ELSE UNCHANGED gate
    /\ Go(t, "done")
    /\ UNCHANGED << tokens, buffer, epoch, waiters, asleep, key, got, woke >>

---------------------------------------------------------------------------------------------------------------------
\* Who waits.

Take(t) ==                                  \* a look, which may take: a read-modify-write of what is in memory
    /\ tokens > 0
    /\ tokens' = tokens - 1
    /\ got' = [got EXCEPT ![t] = "token"]

look(t) ==
    /\ pc[t] = "look"
    /\ woke' = woke \ {t}
    /\ IF tokens > 0 THEN Take(t) /\ Go(t, "done")
       ELSE Go(t, IF got[t] = "late" THEN "done" ELSE "prepare_A") /\ UNCHANGED << tokens, got >>
    /\ UNCHANGED << buffer, count, armed, epoch, waiters, asleep, key >>

prepare_A(t) ==
    /\ pc[t] = "prepare_A"
    /\ count' = count + 1
    /\ Go(t, IF armed THEN "park_count" ELSE IF Bug = "hasty" THEN "prepare_C" ELSE "prepare_B")
    /\ UNCHANGED << tokens, buffer, armed, epoch, waiters, asleep, key, got, woke >>

prepare_B(t) ==                             \* the heavy fence: everybody's buffer is empty now
    /\ pc[t] = "prepare_B"
    /\ IF Bug = "light" THEN UNCHANGED << tokens, buffer >>
       ELSE /\ tokens' = tokens + Cardinality({g \in Givers : buffer[g] = 1})
            /\ buffer' = [g \in Givers |-> 0]
    /\ Go(t, IF Bug = "hasty" THEN "park_count" ELSE "prepare_C")
    /\ UNCHANGED << count, armed, epoch, waiters, asleep, key, got, woke >>

prepare_C(t) ==
    /\ pc[t] = "prepare_C"
    /\ armed' = TRUE
    /\ Go(t, IF Bug = "hasty" THEN "prepare_B" ELSE "park_count")
    /\ UNCHANGED << tokens, buffer, count, epoch, waiters, asleep, key, got, woke >>

park_count(t) ==
    /\ pc[t] = "park_count"
    /\ waiters' = waiters + 1
    /\ Go(t, "park_key")
    /\ UNCHANGED << tokens, buffer, count, armed, epoch, asleep, key, got, woke >>

park_key(t) ==                              \* and its fence: a taker has nothing in a buffer
    /\ pc[t] = "park_key"
    /\ key' = [key EXCEPT ![t] = epoch]
    /\ Go(t, IF Bug = "blind" THEN "park_sleep" ELSE "again")
    /\ UNCHANGED << tokens, buffer, count, armed, epoch, waiters, asleep, got, woke >>

again(t) ==
    /\ pc[t] = "again"
    /\ IF tokens > 0 THEN Take(t) /\ Go(t, "park_leave")
       ELSE Go(t, IF Bug = "early" THEN "counted_off" ELSE "park_sleep") /\ UNCHANGED << tokens, got >>
    /\ UNCHANGED << buffer, count, armed, epoch, waiters, asleep, key, woke >>

park_leave(t) ==
    /\ pc[t] = "park_leave"
    /\ waiters' = waiters - 1
    /\ Go(t, "cancel_A")
    /\ UNCHANGED << tokens, buffer, count, armed, epoch, asleep, key, got, woke >>

cancel_A(t) ==
    /\ pc[t] = "cancel_A"
    /\ count' = count - 1
    /\ Go(t, "done")
    /\ UNCHANGED << tokens, buffer, armed, epoch, waiters, asleep, key, got, woke >>

counted_off(t) ==                           \* planted only
    /\ pc[t] = "counted_off"
    /\ count' = count - 1
    /\ Go(t, "park_sleep")
    /\ UNCHANGED << tokens, buffer, armed, epoch, waiters, asleep, key, got, woke >>

park_sleep(t) ==                            \* compares and sleeps in one step, as the kernel does
    /\ pc[t] = "park_sleep"
    /\ IF epoch = key[t] THEN asleep' = asleep \union {t} /\ Go(t, "asleep") /\ UNCHANGED waiters
       ELSE waiters' = waiters - 1 /\ Go(t, "wait_A") /\ UNCHANGED asleep
    /\ UNCHANGED << tokens, buffer, count, armed, epoch, key, got, woke >>

park_late(t) ==                             \* the deadline comes before a wake-up
    /\ t \in Impatient
    /\ pc[t] = "asleep" /\ t \in asleep
    /\ asleep' = asleep \ {t} /\ waiters' = waiters - 1
    /\ got' = [got EXCEPT ![t] = "late"]
    /\ Go(t, "wait_A")
    /\ UNCHANGED << tokens, buffer, count, armed, epoch, key, woke >>

wait_A(t) ==
    /\ pc[t] = "wait_A"
    /\ count' = IF Bug \in {"early", "careless"} /\ (Bug = "early" \/ count = 0) THEN count ELSE count - 1
    /\ Go(t, IF Bug = "keeps" /\ t \in woke /\ t \in Impatient THEN "done" ELSE "look")
    /\ UNCHANGED << tokens, buffer, armed, epoch, waiters, asleep, key, got, woke >>

---------------------------------------------------------------------------------------------------------------------

GiverStep(g) == \/ give(g) \/ notify_A(g) \/ notify_B(g) \/ park_fence(g) \/ park_who(g) \/ park_step(g)
                \/ park_wake(g) \/ park_nobody(g) \/ slow_D(g) \/ drains(g)
TakerStep(t) == \/ look(t) \/ prepare_A(t) \/ prepare_B(t) \/ prepare_C(t) \/ park_count(t) \/ park_key(t) \/ again(t)
                \/ park_leave(t) \/ cancel_A(t) \/ counted_off(t) \/ park_sleep(t) \/ park_late(t) \/ wait_A(t)

Next == (\E g \in Givers : GiverStep(g)) \/ (\E t \in Takers : TakerStep(t))
Rest == ~(ENABLED Next) /\ UNCHANGED vars   \* the end of it is no deadlock

Spec == Init /\ [][Next \/ Rest]_vars
Fair == Spec /\ \A g \in Givers : WF_vars(GiverStep(g)) /\ \A t \in Takers : WF_vars(TakerStep(t))

Inside == {"prepare_B", "prepare_C", "park_count", "park_key", "again", "park_leave", "cancel_A", "counted_off",
           "park_sleep", "asleep", "wait_A"}
InPark == {"park_key", "again", "park_leave", "counted_off", "park_sleep"}

Counted ==
    /\ Bug = "early" \/ count = Cardinality({t \in Takers : pc[t] \in Inside})
    /\ waiters = Cardinality({t \in Takers : pc[t] \in InPark}) + Cardinality(asleep)
Over     == \A g \in Givers : pc[g] = "done" /\ Seen(g)
NoneLost == Over /\ tokens > 0 /\ asleep # {} => \E t \in Takers : pc[t] \notin {"asleep", "done"}
Chosen   == \A t \in Takers : pc[t] = "done" => t \notin woke
Ends     == <>(\A t \in Takers \ Impatient : got[t] = "token")
=====================================================================================================================
