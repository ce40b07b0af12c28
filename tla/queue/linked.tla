\* SPDX-License-Identifier: MIT
--------------------------------------------------- MODULE linked ---------------------------------------------------
(* The queue of linked rings of include/loft/queue/linked.h, for lscq.h, lprq.h and lcrq.h: closing, linking, going on,
   the end. The actions are the labels of that header: try_pop_B is try_pop:B. In between stand the looks at tail and
   head that the scheme protects (hold), and the calls of a ring.

   A ring is a queue in which Size elements find room once, each call one step; a push that finds no room closes it. So
   is scq_ring.tla's, for its users. Steps interleave in any order, and each sees all earlier ones.

   Rings are numbered as they are linked, elements as they go in. Left out: is_closed:A, which says what tail says,
   count:A, fini:A, fini:B and start_at:A.

   What is claimed:
     Right    elements come out in the order in which they went in; "empty" is said if nothing was in when the ring was
              looked at; nothing goes in on behalf of a push that began after close had returned; a push is told CLOSED
              only if it is
     Kept     what is in is in the rings from head on, in that order
     Drained  once a pop has found the end, nothing is in, for good
     Behind   tail is not behind head, so that neither leads to a ring that is retired; and each is retired once
     Known    once a push has been told CLOSED, or close has returned, tail says so
*)
EXTENDS Integers, Sequences, FiniteSets

CONSTANTS Size,                             \* of a ring
          Threads,                          \* 1 to so many
          Calls,                            \* of all together
          Begin,                            \* elements in the first ring
          Bug                               \* "none", or the bug that is planted:
                                            \*   "once"   a pop goes on without having looked at the ring again
                                            \*   "asks"   a push asks whether the ring is closed, then goes in
                                            \*   "tail"   a pop moves head on, not tail
                                            \*   "early"  close ends the queue, then closes the ring
                                            \*   "flag"   close says in tail only that it is the end

T   == 1 .. Threads
End == 99

VARIABLES
    ring, used, shut, next,                 \* of each ring: its elements, how many there ever were, closed, the link
    head, tail, ended,                      \* ended: the mark in the word of tail
    retired,                                \* how often each ring was
    pc, op, at, link,                       \* each thread: the next step, its call, the ring it holds, what comes after
    done,                                   \* its push is in, or its close has ended the queue
    late, was,                              \* it began after close had returned; nothing was in when it looked
    left,                                   \* how many calls there still are
    inside, count,                          \* the numbers of the elements that are in, oldest first; how many went in
    over, told, drained, wrong              \* close has returned; a push was told; a pop has found the end

vars == << ring, used, shut, next, head, tail, ended, retired, pc, op, at, link, done, late, was, left, inside, count,
           over, told, drained, wrong >>
rings == << ring, used, shut, next >>
words == << head, tail, ended, retired >>
mine  == << op, done, late, was, left >>
claim == << inside, count, over, told, drained, wrong >>

Init ==
    /\ ring = << [i \in 1 .. Begin |-> i] >> /\ used = << Begin >> /\ shut = << FALSE >> /\ next = << 0 >>
    /\ head = 1 /\ tail = 1 /\ ended = FALSE /\ retired = << 0 >>
    /\ pc = [t \in T |-> "idle"] /\ op = [t \in T |-> "none"] /\ at = [t \in T |-> 0] /\ link = [t \in T |-> 0]
    /\ done = [t \in T |-> FALSE] /\ late = [t \in T |-> FALSE] /\ was = [t \in T |-> FALSE]
    /\ left = Calls
    /\ inside = [i \in 1 .. Begin |-> i] /\ count = Begin
    /\ over = FALSE /\ told = FALSE /\ drained = FALSE /\ wrong = "nothing"

Go(t, label) == pc' = [pc EXCEPT ![t] = label]
Over(t) ==                                  \* the call is: nothing of it is left
    /\ Go(t, "idle")
    /\ op' = [op EXCEPT ![t] = "none"] /\ at' = [at EXCEPT ![t] = 0] /\ link' = [link EXCEPT ![t] = 0]
    /\ done' = [done EXCEPT ![t] = FALSE] /\ late' = [late EXCEPT ![t] = FALSE] /\ was' = [was EXCEPT ![t] = FALSE]

---------------------------------------------------------------------------------------------------------------------

begin(t) ==
    /\ pc[t] = "idle" /\ left > 0
    /\ \E o \in { "push", "pop", "close" } : op' = [op EXCEPT ![t] = o]
    /\ Go(t, "hold")
    /\ left' = left - 1
    /\ late' = [late EXCEPT ![t] = over]
    /\ UNCHANGED << rings, words, at, link, done, was, claim >>

hold(t) ==
    /\ pc[t] = "hold"
    /\ UNCHANGED << rings, words, left, inside, count, drained >>
    /\ IF op[t] = "pop"
       THEN /\ at' = [at EXCEPT ![t] = head]
            /\ Go(t, "ring_pop")
            /\ UNCHANGED << op, link, done, late, was, over, told, wrong >>
       ELSE IF ended
       THEN /\ over' = (over \/ op[t] = "close")
            /\ told' = (told \/ op[t] = "push")
            /\ UNCHANGED wrong
            /\ Over(t)
       ELSE /\ at' = [at EXCEPT ![t] = tail]
            /\ Go(t, IF op[t] = "push" THEN "ring_push" ELSE "close_A")
            /\ UNCHANGED << op, link, done, late, was, over, told, wrong >>

In(t, s) ==                                 \* the element is in, in ring s
    /\ inside' = Append(inside, count + 1)
    /\ count' = count + 1
    /\ wrong' = IF late[t] THEN "went in" ELSE wrong

ring_push(t) ==
    /\ pc[t] = "ring_push"
    /\ UNCHANGED << words, next, left, over, told, drained >>
    /\ IF shut[at[t]]
       THEN Go(t, "push_A") /\ UNCHANGED << ring, used, shut, op, at, link, done, late, was, inside, count, wrong >>
       ELSE IF used[at[t]] = Size
       THEN /\ Go(t, "push_A")
            /\ shut' = [shut EXCEPT ![at[t]] = TRUE]
            /\ UNCHANGED << ring, used, op, at, link, done, late, was, inside, count, wrong >>
       ELSE IF Bug = "asks"
       THEN /\ Go(t, "ring_goes_in")
            /\ UNCHANGED << ring, used, shut, op, at, link, done, late, was, inside, count, wrong >>
       ELSE /\ ring' = [ring EXCEPT ![at[t]] = Append(@, count + 1)]
            /\ used' = [used EXCEPT ![at[t]] = @ + 1]
            /\ In(t, at[t])
            /\ Over(t)
            /\ UNCHANGED shut

ring_goes_in(t) ==                          \* where it was asked before
    /\ pc[t] = "ring_goes_in"
    /\ ring' = [ring EXCEPT ![at[t]] = Append(@, count + 1)]
    /\ used' = [used EXCEPT ![at[t]] = @ + 1]
    /\ In(t, at[t])
    /\ Over(t)
    /\ UNCHANGED << words, next, shut, left, over, told, drained >>

push_A(t) ==
    /\ pc[t] = "push_A"
    /\ link' = [link EXCEPT ![t] = next[at[t]]]
    /\ Go(t, IF next[at[t]] = 0 THEN "push_B" ELSE "help_A")
    /\ UNCHANGED << rings, words, mine, at, claim >>

no_memory(t) ==                             \* for a segment
    /\ pc[t] = "push_B"
    /\ Over(t)
    /\ UNCHANGED << rings, words, left, claim >>

push_B(t) ==
    /\ pc[t] = "push_B"
    /\ Go(t, "help_A")
    /\ UNCHANGED << words, op, at, late, was, left, over, told, drained >>
    /\ IF next[at[t]] = 0
       THEN /\ ring' = Append(ring, << count + 1 >>) /\ used' = Append(used, 1) /\ shut' = Append(shut, FALSE)
            /\ next' = Append([next EXCEPT ![at[t]] = Len(ring) + 1], 0)
            /\ link' = [link EXCEPT ![t] = Len(ring) + 1]
            /\ done' = [done EXCEPT ![t] = TRUE]
            /\ In(t, Len(ring) + 1)
       ELSE /\ link' = [link EXCEPT ![t] = next[at[t]]]
            /\ UNCHANGED << rings, done, inside, count, wrong >>

help_A(t) ==
    /\ pc[t] = "help_A"
    /\ IF tail = at[t] /\ ~ended
       THEN IF link[t] = End THEN ended' = TRUE /\ UNCHANGED tail ELSE tail' = link[t] /\ UNCHANGED ended
       ELSE UNCHANGED << tail, ended >>
    /\ UNCHANGED << rings, head, retired, left, inside, count, over, told, drained, wrong >>
    /\ IF op[t] = "push" /\ done[t] THEN Over(t)
       ELSE Go(t, IF op[t] = "pop" THEN "try_pop_B" ELSE "hold") /\ UNCHANGED << op, at, link, done, late, was >>

---------------------------------------------------------------------------------------------------------------------

Take(t) ==                                  \* the oldest of the ring
    /\ wrong' = IF inside # << >> /\ Head(inside) = Head(ring[at[t]]) THEN wrong ELSE "order"
    /\ inside' = SelectSeq(inside, LAMBDA e : e # Head(ring[at[t]]))
    /\ ring' = [ring EXCEPT ![at[t]] = Tail(@)]
    /\ Over(t)

ring_pop(t) ==
    /\ pc[t] = "ring_pop"
    /\ UNCHANGED << words, used, shut, next, left, count, over, told, drained >>
    /\ IF ring[at[t]] # << >> THEN Take(t)
       ELSE /\ Go(t, "try_pop_A")
            /\ was' = [was EXCEPT ![t] = inside = << >>]
            /\ UNCHANGED << ring, op, at, link, done, late, inside, wrong >>

try_pop_A(t) ==
    /\ pc[t] = "try_pop_A"
    /\ UNCHANGED << rings, words, left, inside, count, over, told, drained >>
    /\ IF next[at[t]] = 0
       THEN /\ wrong' = IF was[t] THEN wrong ELSE "not empty"
            /\ Over(t)
       ELSE /\ Go(t, IF Bug = "once" /\ next[at[t]] # End THEN "help_A" ELSE "ring_pop_final")
            /\ link' = [link EXCEPT ![t] = next[at[t]]]
            /\ UNCHANGED << op, at, done, late, was, wrong >>

ring_pop_final(t) ==
    /\ pc[t] = "ring_pop_final"
    /\ UNCHANGED << words, used, shut, next, left, count, over, told >>
    /\ IF ring[at[t]] # << >> THEN Take(t) /\ UNCHANGED drained
       ELSE IF link[t] = End
       THEN Over(t) /\ drained' = TRUE /\ UNCHANGED << ring, inside, wrong >>
       ELSE /\ Go(t, IF Bug = "tail" THEN "try_pop_B" ELSE "help_A")
            /\ UNCHANGED << ring, op, at, link, done, late, was, inside, drained, wrong >>

try_pop_B(t) ==
    /\ pc[t] = "try_pop_B"
    /\ IF head = at[t]
       THEN /\ head' = link[t]
            /\ retired' = [s \in 1 .. Len(ring) |-> (IF s \in DOMAIN retired THEN retired[s] ELSE 0)
                                                     + (IF s = at[t] THEN 1 ELSE 0)]
       ELSE UNCHANGED << head, retired >>
    /\ Go(t, "hold")
    /\ UNCHANGED << rings, tail, ended, mine, at, link, claim >>

---------------------------------------------------------------------------------------------------------------------

close_A(t) ==
    /\ pc[t] = "close_A"
    /\ link' = [link EXCEPT ![t] = IF next[at[t]] = 0 THEN End ELSE next[at[t]]]
    /\ Go(t, IF next[at[t]] # 0 THEN "help_A" ELSE IF Bug = "early" THEN "close_B" ELSE "ring_close")
    /\ UNCHANGED << rings, words, mine, at, claim >>

ring_close(t) ==
    /\ pc[t] = "ring_close"
    /\ shut' = [shut EXCEPT ![at[t]] = TRUE]
    /\ Go(t, IF Bug = "early" \/ Bug = "flag" THEN "help_A" ELSE "close_B")
    /\ UNCHANGED << ring, used, next, words, mine, at, link, claim >>

close_B(t) ==
    /\ pc[t] = "close_B"
    /\ IF next[at[t]] = 0
       THEN next' = [next EXCEPT ![at[t]] = End] /\ link' = [link EXCEPT ![t] = End]
       ELSE link' = [link EXCEPT ![t] = next[at[t]]] /\ UNCHANGED next
    /\ Go(t, IF Bug = "early" THEN "ring_close" ELSE "help_A")
    /\ UNCHANGED << ring, used, shut, words, mine, at, claim >>

---------------------------------------------------------------------------------------------------------------------

Next == \E t \in T :
    \/ begin(t) \/ hold(t) \/ ring_push(t) \/ ring_goes_in(t) \/ push_A(t) \/ no_memory(t) \/ push_B(t) \/ help_A(t)
    \/ ring_pop(t) \/ try_pop_A(t) \/ ring_pop_final(t) \/ try_pop_B(t) \/ close_A(t) \/ ring_close(t) \/ close_B(t)

Spec == Init /\ [][Next]_vars

RECURSIVE From(_)
From(s) == IF s > Len(ring) THEN << >> ELSE ring[s] \o From(s + 1)

Right   == wrong = "nothing" /\ (told => \E s \in 1 .. Len(ring) : next[s] = End)
Kept    == From(head) = inside
Drained == drained => inside = << >>
Behind  == tail >= head /\ \A s \in DOMAIN retired : retired[s] = (IF s < head THEN 1 ELSE 0)
Known   == told \/ over => ended
=====================================================================================================================
