\* SPDX-License-Identifier: MIT
-------------------------------------------------- MODULE mpsc_list --------------------------------------------------
(* The list of include/loft/queue/mpsc_list.h: producers that stop anywhere, one consumer, close. The actions are the
   labels of that header: push_A is push:A.

   One step is one access and what follows it up to the next one. Steps interleave in any order, and each sees all
   earlier ones: this is sequential consistency. Memory orders are not modelled.

   Each producer pushes nodes of its own, one after the other, Pushes of them; a chain (push_n:A) is one of them, for
   only its first and its last node are seen by others. The consumer pops for ever. Left out: poll, which is a pop that
   stops where another would begin again (poll:A); observers (is_stalled:A, is_stalled:B, is_stalled:C,
   is_stalled:D, is_closed:A, is_empty:A, is_empty:B).

   What is claimed:
     Right     nodes are popped in the order of the exchanges that put them last, each once; nobody writes a link of a
               node that was popped or refused; nothing comes once the closed queue was said to be drained
     Kept      a push that was accepted is in the list, or was popped
     Reaches   (a property) when everybody goes on, a closed queue is drained
*)
EXTENDS Integers, Sequences

CONSTANTS Producers, Pushes,
          Bug                               \* "none", or the bug that is planted:
                                            \*   "late"   a push is refused only if the mark itself was before it
                                            \*   "word"   the word says ending only after the mark is set
                                            \*   "trusts" the end is made without an exchange
                                            \*   "hasty"  drained is said while a push is under way
                                            \*   "last"   the last node is taken without an exchange
                                            \*   "old"    `empty` comes back with the link it had

Node(p, k) == << p, k >>
Nodes      == Producers \X (1 .. Pushes)
Empty      == << 0, 0 >>
Mark       == << 0, 1 >>
Nil        == << 0, 2 >>

VARIABLES
    tail, state, link,                      \* the shared words: state is open, closed, ending or ended
    head,                                   \* the consumer's
    push,                                   \* by producer: the next step, which push, what was before
    pop,                                    \* the consumer's next step, the node it looks at, what it may take
    order,                                  \* nodes before the mark, in the order of their exchanges, not yet popped
    fate,                                   \* of a node: new, mine (being pushed), kept (accepted), popped, refused
    drained, wrong

vars == << tail, state, link, head, push, pop, order, fate, drained, wrong >>

Init ==
    /\ tail = Empty /\ state = "open"
    /\ link = [n \in Nodes \cup {Empty} |-> Nil]
    /\ head = Empty
    /\ push = [p \in Producers |-> [pc |-> "push_A", k |-> 1, before |-> Nil]]
    /\ pop = [pc |-> "take_A", h |-> Empty, draining |-> FALSE]
    /\ order = << >> /\ fate = [n \in Nodes |-> "new"]
    /\ drained = FALSE /\ wrong = "nothing"

Mine(t) == Node(t, push[t].k)

\* The push is over; the next one, if there is one.
Over(t, answer) ==
    /\ fate' = [fate EXCEPT ![Mine(t)] = IF answer = "kept" /\ @ = "popped" THEN @ ELSE answer]
    /\ push' = [push EXCEPT ![t] = [pc |-> IF @.k < Pushes THEN "push_A" ELSE "done", before |-> Nil,
                                    k |-> IF @.k < Pushes THEN @.k + 1 ELSE @.k]]

---------------------------------------------------------------------------------------------------------------------
\* Producers.

push_A(t) ==
    /\ push[t].pc = "push_A"
    /\ IF state # "open" THEN Over(t, "refused")
       ELSE /\ push' = [push EXCEPT ![t].pc = "push_B"]
            /\ fate' = [fate EXCEPT ![Mine(t)] = "mine"]
    /\ UNCHANGED << tail, state, link, head, pop, order, drained, wrong >>

push_B(t) ==
    /\ push[t].pc = "push_B"
    /\ link' = [link EXCEPT ![Mine(t)] = Nil]
    /\ push' = [push EXCEPT ![t].pc = "push_C"]
    /\ UNCHANGED << tail, state, head, pop, order, fate, drained, wrong >>

Marked == drained \/ tail = Mark

push_C(t) ==
    /\ push[t].pc = "push_C"
    /\ tail' = Mine(t)
    /\ push' = [push EXCEPT ![t].before = tail, ![t].pc = "push_D"]
    /\ order' = IF Marked \/ (pop.pc = "end_D" /\ Bug # "trusts") THEN order ELSE Append(order, Mine(t))
    /\ UNCHANGED << state, link, head, pop, fate, drained, wrong >>

\* What the word says of the place that was taken.
Judge(t) ==
    IF state = "ending" THEN push' = [push EXCEPT ![t].pc = "push_F"] /\ UNCHANGED fate
    ELSE IF state = "ended" /\ (Bug # "late" \/ push[t].before = Mark) THEN Over(t, "refused")
    ELSE push' = [push EXCEPT ![t].pc = "push_E"] /\ UNCHANGED fate

push_D(t) ==
    /\ push[t].pc = "push_D"
    /\ Judge(t)
    /\ UNCHANGED << tail, state, link, head, pop, order, drained, wrong >>

push_F(t) ==
    /\ push[t].pc = "push_F" /\ state # "ending"
    /\ Judge(t)
    /\ UNCHANGED << tail, state, link, head, pop, order, drained, wrong >>

Gone(n) == n \in Nodes /\ fate[n] \in {"popped", "refused"}

push_E(t) ==
    /\ push[t].pc = "push_E"
    /\ LET b == push[t].before
       IN /\ link' = IF b = Mark THEN link ELSE [link EXCEPT ![b] = Mine(t)]
          /\ wrong' = IF b = Mark \/ Gone(b) THEN "written into a node that is away"
                      ELSE IF drained THEN "accepted after the end" ELSE wrong
    /\ Over(t, "kept")
    /\ UNCHANGED << tail, state, head, pop, order, drained >>

close_A ==
    /\ state = "open"
    /\ state' = "closed"
    /\ UNCHANGED << tail, link, head, push, pop, order, fate, drained, wrong >>

---------------------------------------------------------------------------------------------------------------------
\* The consumer. A pop that finds nothing looks at the word (drain:A), and begins again, or makes the end.

To(pc) == pop' = [pop EXCEPT !.pc = pc]

\* n is taken, h is the head then.
Take(n, h) ==
    /\ head' = h
    /\ pop' = [pc |-> "take_A", h |-> h, draining |-> FALSE]
    /\ order' = IF order = << >> THEN order ELSE Tail(order)
    /\ fate' = [fate EXCEPT ![n] = "popped"]
    /\ wrong' = IF drained THEN "popped after the end"
                ELSE IF order = << >> \/ Head(order) # n THEN "out of order"
                ELSE IF fate[n] = "popped" THEN "popped twice" ELSE wrong

Nothing == To(IF pop.draining THEN "end_A" ELSE "drain_A")

take_A ==
    /\ pop.pc = "take_A"
    /\ LET next == link[head]
       IN IF head = Empty
          THEN /\ IF next = Nil THEN Nothing /\ UNCHANGED head
                  ELSE head' = next /\ pop' = [pop EXCEPT !.h = next, !.pc = "take_B"]
               /\ UNCHANGED << order, fate, wrong >>
          ELSE IF next # Nil THEN Take(head, next)
          ELSE /\ pop' = [pop EXCEPT !.h = head, !.pc = "take_C"]
               /\ UNCHANGED << head, order, fate, wrong >>
    /\ UNCHANGED << tail, state, link, push, drained >>

take_B ==
    /\ pop.pc = "take_B"
    /\ IF link[pop.h] # Nil THEN Take(pop.h, link[pop.h])
       ELSE To("take_C") /\ UNCHANGED << head, order, fate, wrong >>
    /\ UNCHANGED << tail, state, link, push, drained >>

take_C ==
    /\ pop.pc = "take_C"
    /\ To(IF tail = pop.h \/ Bug = "last" THEN "take_D" ELSE "take_F")
    /\ UNCHANGED << tail, state, link, head, push, order, fate, drained, wrong >>

take_D ==
    /\ pop.pc = "take_D"
    /\ link' = IF Bug = "old" THEN link ELSE [link EXCEPT ![Empty] = Nil]
    /\ To("take_E")
    /\ UNCHANGED << tail, state, head, push, order, fate, drained, wrong >>

take_E ==
    /\ pop.pc = "take_E"
    /\ IF tail = pop.h \/ Bug = "last"
       THEN /\ tail' = IF tail = pop.h THEN Empty ELSE tail
            /\ Take(pop.h, Empty)
       ELSE To("take_F") /\ UNCHANGED << tail, head, order, fate, wrong >>
    /\ UNCHANGED << state, link, push, drained >>

take_F ==
    /\ pop.pc = "take_F"
    /\ IF link[pop.h] # Nil THEN Take(pop.h, link[pop.h])
       ELSE Nothing /\ UNCHANGED << head, order, fate, wrong >>
    /\ UNCHANGED << tail, state, link, push, drained >>

drain_A ==
    /\ pop.pc = "drain_A"
    /\ pop' = IF state \in {"open", "ended"} THEN [pc |-> "take_A", h |-> head, draining |-> FALSE]
              ELSE [pop EXCEPT !.pc = "take_A", !.draining = TRUE]
    /\ UNCHANGED << tail, state, link, head, push, order, fate, drained, wrong >>

end_A ==
    /\ pop.pc = "end_A"
    /\ IF head # Empty \/ tail # Empty
       THEN IF Bug = "hasty" THEN drained' = TRUE /\ state' = "ended" /\ To("take_A")
            ELSE To("take_A") /\ UNCHANGED << drained, state >>
       ELSE To(IF Bug = "word" THEN "end_C" ELSE "end_B") /\ UNCHANGED << drained, state >>
    /\ UNCHANGED << tail, link, head, push, order, fate, wrong >>

end_B ==
    /\ pop.pc = "end_B"
    /\ state' = "ending"
    /\ To("end_C")
    /\ UNCHANGED << tail, link, head, push, order, fate, drained, wrong >>

end_C ==
    /\ pop.pc = "end_C"
    /\ IF Bug = "trusts" THEN To("end_D") /\ UNCHANGED tail
       ELSE IF tail = Empty THEN tail' = Mark /\ To("end_D")
       ELSE To("end_E") /\ UNCHANGED tail
    /\ UNCHANGED << state, link, head, push, order, fate, drained, wrong >>

end_D ==
    /\ pop.pc = "end_D"
    /\ state' = "ended" /\ drained' = TRUE
    /\ pop' = [pc |-> "take_A", h |-> head, draining |-> FALSE]
    /\ UNCHANGED << tail, link, head, push, order, fate, wrong >>

end_E ==
    /\ pop.pc = "end_E"
    /\ state' = "closed"
    /\ To("take_A")
    /\ UNCHANGED << tail, link, head, push, order, fate, drained, wrong >>

---------------------------------------------------------------------------------------------------------------------
Consume == \/ take_A \/ take_B \/ take_C \/ take_D \/ take_E \/ take_F
           \/ drain_A \/ end_A \/ end_B \/ end_C \/ end_D \/ end_E
Produce(t) == push_A(t) \/ push_B(t) \/ push_C(t) \/ push_D(t) \/ push_E(t) \/ push_F(t)

Next == Consume \/ close_A \/ \E t \in Producers : Produce(t)

Spec == Init /\ [][Next]_vars

Fair == Spec /\ WF_vars(Consume) /\ \A t \in Producers : WF_vars(Produce(t))

Right == wrong = "nothing"

InOrder(n) == \E i \in 1 .. Len(order) : order[i] = n

Kept == \A n \in Nodes : fate[n] = "kept" => InOrder(n)

Reaches == (state = "closed") ~> drained
====================================================================================================================
