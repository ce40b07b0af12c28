\* SPDX-License-Identifier: MIT
-------------------------------------------------- MODULE intrusive -------------------------------------------------
(* The stack of include/loft/stack/intrusive.h, in both of its forms: numbers and a tag in one word (look_A, take_A,
   see_A, give_A), or a pointer and a tag beside it (look_B, take_B, see_B, give_B): a pop reads first the tag and then
   the pointer, and exchanges both at once; a push reads and exchanges the pointer alone. The actions are the labels of
   that header: take_A is take:A.

   One step is one access and what follows it up to the next one; where a head is read in two, look_B is the first and
   top_of the second. A pop that has lost its exchange looks again, and a push goes on with what the exchange found.
   Steps interleave in any order, and each sees all earlier ones. Nodes come back at once: who has one may push it
   again, alone or behind another (set_next:A, next:A), and who sleeps finds links of another time. Tags are natural
   numbers here, so that they do not wrap.

   Beside the stack there is another, `model`, which is changed where a call takes place.

   What is claimed:
     Lifo     from top on, by the links, are the nodes of the model, in their order
     Right    a pop takes what is on top of the model, pop_all all of it, in its order; "empty" is said if it is
     Once     each node is in exactly one place: in the stack, or with one thread

   intrusive.cfg (pointers) has 38 478 states, 5 s of one processor; intrusive_arena.cfg 28 854, 4 s; a planted bug is
   found in 2 s.
*)
EXTENDS Integers, Sequences, FiniteSets

CONSTANTS Plans,                            \* which of the plans below
          Wide,                             \* pointers; else numbers
          Bug                               \* "none", or what is planted:
                                            \*   "tag"      there is none
                                            \*   "top"      pointers, and a pop reads the tag after the top
                                            \*   "all"      numbers, and pop_all does not count

Node == 1 .. 3

\* What the threads have to do, in any order: how many pushes, chains of two, pops and pop_alls.
Do(push, chain, pop, all) == [push |-> push, chain |-> chain, pop |-> pop, all |-> all]

Plan(p) ==
    CASE p = "two"    -> << Do(1, 0, 2, 0), Do(3, 0, 2, 0) >>
      [] p = "three"  -> << Do(0, 0, 1, 0), Do(1, 0, 1, 0), Do(1, 0, 1, 0) >>
      [] p = "all"    -> << Do(0, 0, 1, 0), Do(2, 1, 0, 1) >>
      [] p = "chains" -> << Do(1, 0, 1, 1), Do(0, 1, 2, 0) >>

VARIABLES
    top, tag, links,
    pc, r, left,                            \* each thread: the next step, its local variables, the work it has left
    has,                                    \* the nodes that it has, and is not just pushing
    model, wrong

vars == << top, tag, links, pc, r, left, has, model, wrong >>

Threads == DOMAIN pc

\* first and last: what it pushes. One is what it knows of the head, behind the link of that.
Idle == [op |-> "none", first |-> 0, last |-> 0, seen |-> 0, tag |-> 0, behind |-> 0]

Init ==                                     \* two of the nodes are in the stack, one behind the other
    \E p \in Plans :
        /\ top = 1 /\ tag = 0 /\ links = [n \in Node |-> IF n = 1 THEN 2 ELSE 0]
        /\ pc = [t \in DOMAIN Plan(p) |-> "idle"] /\ r = [t \in DOMAIN Plan(p) |-> Idle] /\ left = Plan(p)
        /\ has = [t \in DOMAIN Plan(p) |-> IF t = 2 THEN { 3 } ELSE {}]
        /\ model = << 1, 2 >> /\ wrong = FALSE

Go(t, label, locals) == pc' = [pc EXCEPT ![t] = label] /\ r' = [r EXCEPT ![t] = locals]
Return(t)            == Go(t, "idle", Idle)

RECURSIVE From(_, _)
From(n, most) == IF n = 0 \/ most = 0 THEN << >> ELSE << n >> \o From(links[n], most - 1)
Chain(n)      == From(n, 4)
Elements(s)   == { s[i] : i \in DOMAIN s }

\* The tag after a removal.
After(old, all) == IF Bug = "tag" \/ (Bug = "all" /\ all) THEN old ELSE old + 1
Is(t) == top = r[t].seen /\ tag = r[t].tag

---------------------------------------------------------------------------------------------------------------------
\* push, push_chain

Begin(t, op) == left' = [left EXCEPT ![t][op] = @ - 1]

takes_one(t) ==                             \* of its own; for a chain two, by set_next
    /\ pc[t] = "idle"
    /\ \/ /\ left[t].push > 0 /\ Begin(t, "push")
          /\ \E n \in has[t] :
                /\ Go(t, "see", [Idle EXCEPT !.op = "push", !.first = n, !.last = n])
                /\ has' = [has EXCEPT ![t] = @ \ { n }]
          /\ UNCHANGED links
       \/ /\ left[t].chain > 0 /\ Begin(t, "chain")
          /\ \E n \in has[t] : \E m \in has[t] \ { n } :
                /\ Go(t, "see", [Idle EXCEPT !.op = "chain", !.first = n, !.last = m])
                /\ has' = [has EXCEPT ![t] = @ \ { n, m }]
                /\ links' = [links EXCEPT ![n] = m]
    /\ UNCHANGED << top, tag, model, wrong >>

see_A(t) ==
    /\ ~Wide /\ pc[t] = "see"
    /\ Go(t, "push_chain", [r[t] EXCEPT !.seen = top, !.tag = tag])
    /\ UNCHANGED << top, tag, links, left, has, model, wrong >>

see_B(t) ==
    /\ Wide /\ pc[t] = "see"
    /\ Go(t, "push_chain", [r[t] EXCEPT !.seen = top])
    /\ UNCHANGED << top, tag, links, left, has, model, wrong >>

push_chain_A(t) ==
    /\ pc[t] = "push_chain"
    /\ links' = [links EXCEPT ![r[t].last] = r[t].seen]
    /\ Go(t, "give", r[t])
    /\ UNCHANGED << top, tag, left, has, model, wrong >>

\* With pointers the tag is not asked.
Give(t) ==
    /\ pc[t] = "give"
    /\ IF IF Wide THEN top = r[t].seen ELSE Is(t)
       THEN /\ top' = r[t].first
            /\ model' = (IF r[t].op = "chain" THEN << r[t].first, r[t].last >> ELSE << r[t].first >>) \o model
            /\ Return(t)
       ELSE /\ Go(t, "push_chain", [r[t] EXCEPT !.seen = top, !.tag = IF Wide THEN 0 ELSE tag])
            /\ UNCHANGED << top, model >>
    /\ UNCHANGED << tag, links, left, has, wrong >>

give_A(t) == ~Wide /\ Give(t)
give_B(t) == Wide /\ Give(t)

---------------------------------------------------------------------------------------------------------------------
\* try_pop, pop_all

begins(t) ==
    /\ pc[t] = "idle"
    /\ \E op \in { "pop", "all" } :
        /\ left[t][op] > 0 /\ Begin(t, op)
        /\ Go(t, "look", [Idle EXCEPT !.op = op])
    /\ UNCHANGED << top, tag, links, has, model, wrong >>

Seen(op) == IF op = "pop" THEN "try_pop" ELSE "take"

\* What was read is empty: nothing has to be exchanged.
None(t, was) == Return(t) /\ wrong' = (wrong \/ was)

look_A(t) ==
    /\ ~Wide /\ pc[t] = "look"
    /\ IF top = 0 THEN None(t, model # << >>)
       ELSE Go(t, Seen(r[t].op), [r[t] EXCEPT !.seen = top, !.tag = tag]) /\ UNCHANGED wrong
    /\ UNCHANGED << top, tag, links, left, has, model >>

look_B(t) ==                                \* the first half
    /\ Wide /\ pc[t] = "look"
    /\ Go(t, "top_of", IF Bug = "top" THEN [r[t] EXCEPT !.seen = top] ELSE [r[t] EXCEPT !.tag = tag])
    /\ UNCHANGED << top, tag, links, left, has, model, wrong >>

top_of(t) ==                                \* the second
    /\ pc[t] = "top_of"
    /\ LET seen == IF Bug = "top" THEN r[t].seen ELSE top
           then == IF Bug = "top" THEN tag ELSE r[t].tag IN
       IF seen = 0 THEN None(t, model # << >> /\ Bug # "top")
       ELSE Go(t, Seen(r[t].op), [r[t] EXCEPT !.seen = seen, !.tag = then]) /\ UNCHANGED wrong
    /\ UNCHANGED << top, tag, links, left, has, model >>

try_pop_A(t) ==
    /\ pc[t] = "try_pop"
    /\ Go(t, "take", [r[t] EXCEPT !.behind = links[r[t].seen]])
    /\ UNCHANGED << top, tag, links, left, has, model, wrong >>

Take(t) ==
    /\ pc[t] = "take"
    /\ IF Is(t)
       THEN LET all == r[t].op = "all"
                got == IF all THEN Chain(top) ELSE << top >> IN
            /\ top' = r[t].behind /\ tag' = After(tag, all)
            /\ has' = [has EXCEPT ![t] = @ \union Elements(got)]
            /\ model' = IF all \/ model = << >> THEN << >> ELSE Tail(model)
            /\ wrong' = (wrong \/ model = << >> \/ (IF all THEN got # model ELSE top # model[1]))
            /\ Return(t)
       ELSE Go(t, "look", [Idle EXCEPT !.op = r[t].op]) /\ UNCHANGED << top, tag, has, model, wrong >>
    /\ UNCHANGED << links, left >>

take_A(t) == ~Wide /\ Take(t)
take_B(t) == Wide /\ Take(t)

---------------------------------------------------------------------------------------------------------------------

Next == \E t \in Threads :
    \/ takes_one(t) \/ see_A(t) \/ see_B(t) \/ push_chain_A(t) \/ give_A(t) \/ give_B(t)
    \/ begins(t) \/ look_A(t) \/ look_B(t) \/ top_of(t) \/ try_pop_A(t) \/ take_A(t) \/ take_B(t)

Spec == Init /\ [][Next]_vars

Pushes(t) == pc[t] \in { "see", "push_chain", "give" } /\ r[t].op \in { "push", "chain" }

Lifo  == Chain(top) = model
Right == ~wrong
Once  == \A n \in Node :
            1 = Cardinality({ i \in DOMAIN model : model[i] = n })
                + Cardinality({ t \in Threads : n \in has[t] \/ (Pushes(t) /\ n \in { r[t].first, r[t].last }) })
=====================================================================================================================
