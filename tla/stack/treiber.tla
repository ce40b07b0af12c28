\* SPDX-License-Identifier: MIT
--------------------------------------------------- MODULE treiber --------------------------------------------------
(* The stack of include/loft/stack/treiber.h, with its slots, under any scheme of reclamation. The actions are the
   labels of that header: push_A is push:A.

   One step is one access and what follows it up to the next one, reading a node included. Steps interleave in any
   order, and each sees all earlier ones: this is sequential consistency. A compare-exchange that fails is followed by a
   visit to a slot, any of them, or by the next attempt. A pop is in no section there, and looks again after a visit in
   vain. Compare-exchanges of the top may fail without cause, as weak ones may, so that two threads are enough to meet.
   Who waits at a slot may look whether somebody came at any time (linger:A).

   The scheme is what smr/contract.h says of the least of them: a thread in a section that has protected a node may use
   it until it protects another or the section ends, and a node that was retired comes back as soon as nobody may. Nodes
   that come back have the same addresses; values do not come back.

   Beside the stack there is another, `model`, which is changed at the linearization points of the header. What a call
   answers is compared with what that one says, at an instant of the call.

   Left out: pop_n (pops), hints and statistics (lost:A, lost:B, lost:C, lost:D, lost:E, offer:E, offer:G, want:E,
   want:G, stats_get:A, stats_get:B), the count (counted:A), fini:A; is_empty:A reads what a pop reads.

   What is claimed:
     Lifo     from top on, by the links, are the elements of the model, in their order
     Right    a pop gives what is on top of the model at an instant of it, and "empty" if there is nothing then; a peek
              likewise; pop_all gives all of it, in its order
     Once     each element is in exactly one place: not pushed, with a push under way, in the stack, handed over, out
     Uses     no thread uses a node that is free, or that has been given out again since
     Answers  nobody returns from a call that has not taken place, or has twice

   treiber.cfg has 85 251 states, 9 s of one processor; a planted bug is found in 2 to 4 s.
*)
EXTENDS Integers, Sequences, FiniteSets

CONSTANTS Plans,                            \* which of the plans below
          Slots,
          Nodes,
          Bug                               \* "none", or what is planted:
                                            \*   "reuse"    a node that was popped is free at once
                                            \*   "stale"    a pop that lost knows the new top, but not its link
                                            \*   "trusts"   a pop that has waited tries with what it knew
                                            \*   "late"     a pop reads the element after it has let go of the node
                                            \*   "early"    the section ends before the exchange
                                            \*   "twice"    a pop takes an offer by a store
                                            \*   "gives"    a push answers a pop by a store
                                            \*   "forgets"  a push takes its offer back by a store
                                            \*   "nobody"   who takes an offer clears the slot himself
                                            \*   "part"     pop_all loads the top and stores none

\* What the threads have to do, in any order: how many pushes, chains of two, pops, peeks, and pop_alls.
Do(push, chain, pop, peek, all) == [push |-> push, chain |-> chain, pop |-> pop, peek |-> peek, all |-> all]

Plan(p) ==
    CASE p = "pairs"  -> << Do(1, 0, 1, 0, 0), Do(1, 0, 1, 0, 0) >>
      [] p = "again"  -> << Do(0, 0, 1, 0, 0), Do(3, 0, 2, 0, 0) >>
      [] p = "waits"  -> << Do(2, 0, 0, 0, 0), Do(1, 0, 1, 0, 0) >>
      [] p = "three"  -> << Do(1, 0, 0, 0, 0), Do(0, 0, 1, 0, 0), Do(1, 0, 1, 0, 0) >>
      [] p = "chains" -> << Do(0, 1, 1, 0, 0), Do(1, 0, 0, 1, 1) >>

VARIABLES
    top, slot, links, values,               \* the stack, the slots; of each node, its link and its element
    free, retired,                          \* nodes
    pc, r, left,                            \* each thread: the next step, its local variables, the work it has left
    next,                                   \* the next element to be pushed
    model,                                  \* the elements, newest first
    out,                                    \* those that were taken
    wrong                                   \* what went wrong

nodes == << links, values, free, retired >>
ghost == << next, model, out, wrong >>
vars  == << top, slot, nodes, pc, r, left, ghost >>

Threads == DOMAIN pc
Node    == 1 .. Nodes
Nobody  == [kind |-> "nobody", node |-> 0]
Taken   == [kind |-> "taken", node |-> 0]
Wanted  == [kind |-> "wanted", node |-> 0]
Offered(n) == [kind |-> "offered", node |-> n]
Given(n)   == [kind |-> "given", node |-> n]

\* The local variables of a thread.
Idle == [node |-> 0, last |-> 0,            \* what it pushes; of a chain, what comes last
         seen |-> 0, behind |-> 0,          \* the top that it knows, and what is behind it
         held |-> 0,                        \* what is protected
         slot |-> 0, word |-> Nobody,       \* where it is, and what that was
         done |-> 0,                        \* how often its call has taken place
         value |-> 0]                       \* what it took then

Init ==
    \E p \in Plans :
        /\ top = 0 /\ slot = [i \in 1 .. Slots |-> Nobody]
        /\ links = [n \in Node |-> 0] /\ values = [n \in Node |-> 0]
        /\ free = Node /\ retired = {}
        /\ pc = [t \in DOMAIN Plan(p) |-> "idle"] /\ r = [t \in DOMAIN Plan(p) |-> Idle] /\ left = Plan(p)
        /\ next = 1
        /\ model = << >> /\ out = {} /\ wrong = "nothing"

Go(t, label, locals) == pc' = [pc EXCEPT ![t] = label] /\ r' = [r EXCEPT ![t] = locals]
Return(t)            == Go(t, "idle", Idle)

\* The first of these that is true.
Wrong(cases) == wrong' = IF wrong # "nothing" \/ \A c \in cases : ~c[1] THEN wrong ELSE (CHOOSE c \in cases : c[1])[2]

\* The elements of the nodes from n on, by the links; no further than there are nodes.
RECURSIVE From(_, _)
From(n, most) == IF n = 0 \/ most = 0 THEN << >> ELSE << values[n] >> \o From(links[n], most - 1)
Elements(s)   == { s[i] : i \in DOMAIN s }

\* Whom nobody holds may be given out again.
Held       == { r[t].held : t \in Threads }
Allocable  == free \union (retired \ Held)
Gives(n)   == free' = free \ n /\ retired' = retired \ n
Retires(n) == IF Bug = "reuse" THEN free' = free \union { n } /\ UNCHANGED retired
              ELSE retired' = retired \union { n } /\ UNCHANGED free

---------------------------------------------------------------------------------------------------------------------
\* push, push_n

makes(t) ==                                 \* nodes for a push, or for a chain of two
    /\ pc[t] = "idle"
    /\ \/ /\ left[t].push > 0
          /\ left' = [left EXCEPT ![t].push = @ - 1]
          /\ \E n \in Allocable :
                /\ Gives({ n })
                /\ values' = [values EXCEPT ![n] = next]
                /\ links' = [links EXCEPT ![n] = 0]
                /\ Go(t, "push_A", [Idle EXCEPT !.node = n, !.last = n])
          /\ next' = next + 1
       \/ /\ left[t].chain > 0
          /\ left' = [left EXCEPT ![t].chain = @ - 1]
          /\ \E n \in Allocable : \E m \in Allocable \ { n } :
                /\ Gives({ n, m })
                /\ values' = [values EXCEPT ![n] = next, ![m] = next + 1]
                /\ links' = [links EXCEPT ![m] = n, ![n] = 0]
                /\ Go(t, "push_n_A", [Idle EXCEPT !.node = m, !.last = n])
          /\ next' = next + 2
    /\ UNCHANGED << top, slot, model, out, wrong >>

Link(t, label) ==
    /\ links' = [links EXCEPT ![r[t].last] = top]
    /\ Go(t, label, [r[t] EXCEPT !.seen = top])
    /\ UNCHANGED << top, slot, values, free, retired, left, ghost >>

push_A(t) == pc[t] = "push_A" /\ Link(t, "push_B")

push_B(t) ==
    /\ pc[t] = "push_B"
    /\ \/ /\ top = r[t].seen
          /\ top' = r[t].node
          /\ model' = << values[r[t].node] >> \o model
          /\ Wrong({ << r[t].done # 0, "answers" >> })
          /\ Return(t)
          /\ UNCHANGED links
       \/ /\ links' = [links EXCEPT ![r[t].last] = top]   \* when it comes back; until then the link says nothing
          /\ \E i \in DOMAIN slot : Go(t, "offer_A", [r[t] EXCEPT !.slot = i, !.seen = top, !.behind = 0])
          /\ UNCHANGED << top, model, wrong >>
    /\ UNCHANGED << slot, values, free, retired, left, next, out >>

push_n_A(t) == pc[t] = "push_n_A" /\ Link(t, "push_n_B")

push_n_B(t) ==
    /\ pc[t] = "push_n_B"
    /\ IF top = r[t].seen
       THEN /\ top' = r[t].node
            /\ model' = << values[r[t].node], values[r[t].last] >> \o model
            /\ Return(t)
       ELSE Go(t, "push_n_A", [r[t] EXCEPT !.seen = 0]) /\ UNCHANGED << top, model >>
    /\ UNCHANGED << slot, nodes, left, next, out, wrong >>

---------------------------------------------------------------------------------------------------------------------
\* try_pop, peek, pop_all

Protect(t, label, locals) ==
    Go(t, label, [locals EXCEPT !.seen = top, !.behind = links[top], !.held = IF Bug = "early" THEN 0 ELSE top])

Empty(t) == Return(t) /\ Wrong({ << model # << >>, "said empty" >> })

protects(t) ==                              \* S_protect, and the link behind; the section begins
    /\ pc[t] = "protect" \/ (pc[t] = "idle" /\ left[t].pop > 0)
    /\ left' = IF pc[t] = "idle" THEN [left EXCEPT ![t].pop = @ - 1] ELSE left
    /\ IF top = 0 THEN Empty(t) ELSE Protect(t, "try_pop_A", r[t]) /\ UNCHANGED wrong
    /\ UNCHANGED << top, slot, nodes, next, model, out >>

try_pop_A(t) ==
    /\ pc[t] = "try_pop_A"
    /\ \/ /\ top = r[t].seen
          /\ top' = r[t].behind
          /\ Retires(r[t].seen)
          /\ model' = IF model = << >> THEN model ELSE Tail(model)
          /\ LET v == values[r[t].seen] IN
             /\ Wrong({ << model = << >>, "took what was not there" >>,
                        << model # << >> /\ v # model[1], "took what was not on top" >>,
                        << r[t].done # 0, "answers" >> })
             /\ IF Bug = "late" THEN Go(t, "late", [Idle EXCEPT !.seen = r[t].seen, !.value = v]) /\ UNCHANGED out
                ELSE Return(t) /\ out' = out \union { v }
       \/ /\ IF Bug = "stale" /\ top # 0 THEN Go(t, "try_pop_A", [r[t] EXCEPT !.seen = top, !.held = top])
             ELSE \/ \E i \in DOMAIN slot : Go(t, "want_A", [r[t] EXCEPT !.slot = i, !.held = 0])
                  \/ Go(t, "protect", [r[t] EXCEPT !.seen = 0, !.behind = 0])
          /\ UNCHANGED << top, model, out, wrong, free, retired >>
    /\ UNCHANGED << slot, links, values, left, next >>

late(t) ==                                  \* planted
    /\ pc[t] = "late"
    /\ out' = out \union { values[r[t].seen] }
    /\ Wrong({ << values[r[t].seen] # r[t].value, "took what was not on top" >> })
    /\ Return(t)
    /\ UNCHANGED << top, slot, nodes, left, next, model >>

peeks(t) ==
    /\ pc[t] = "idle" /\ left[t].peek > 0
    /\ left' = [left EXCEPT ![t].peek = @ - 1]
    /\ IF top = 0 THEN Empty(t)
       ELSE Protect(t, "copies", [Idle EXCEPT !.value = IF model = << >> THEN 0 ELSE model[1]]) /\ UNCHANGED wrong
    /\ UNCHANGED << top, slot, nodes, next, model, out >>

copies(t) ==                                \* of what it holds
    /\ pc[t] = "copies"
    /\ Wrong({ << values[r[t].seen] # r[t].value, "took what was not on top" >> })
    /\ Return(t)
    /\ UNCHANGED << top, slot, nodes, left, next, model, out >>

pop_all_A(t) ==
    /\ pc[t] = "idle" /\ left[t].all > 0
    /\ left' = [left EXCEPT ![t].all = @ - 1]
    /\ top' = IF Bug = "part" THEN top ELSE 0
    /\ model' = << >>
    /\ Wrong({ << From(top, Nodes) # model, "took what was not there" >> })
    /\ IF top = 0 THEN Return(t) ELSE Go(t, "all_next", [Idle EXCEPT !.node = top])
    /\ UNCHANGED << slot, nodes, next, out >>

all_next(t) ==
    /\ pc[t] = "all_next"
    /\ LET n == r[t].node IN
        /\ out' = out \union { values[n] }
        /\ Retires(n)
        /\ IF links[n] = 0 THEN Return(t) ELSE Go(t, "all_next", [Idle EXCEPT !.node = links[n]])
    /\ UNCHANGED << top, slot, links, values, left, next, model, wrong >>

---------------------------------------------------------------------------------------------------------------------
\* Slots. Who waits there, and answers to the call of whom.

Is(t, word)   == slot[r[t].slot] = word
Put(t, word)  == slot' = [slot EXCEPT ![r[t].slot] = word]
Waits(t, kind) == { u \in Threads \ { t } : pc[u] = kind /\ r[u].slot = r[t].slot }
PushAgain(t)  == Go(t, "push_B", [Idle EXCEPT !.node = r[t].node, !.last = r[t].last, !.done = r[t].done,
                                             !.seen = r[t].seen])
PopAgain(t)   == LET again == [Idle EXCEPT !.done = r[t].done, !.value = r[t].value] IN
                 IF Bug = "trusts" THEN Go(t, "try_pop_A", [again EXCEPT !.seen = r[t].seen, !.behind = r[t].behind])
                 ELSE Go(t, "protect", again)

\* A node that was never in the stack is the pop's, and free when its element was read.
Got(t, n, locals) ==
    /\ Wrong({ << values[n] # locals.value, "took what was not given" >>, << locals.done # 1, "answers" >> })
    /\ out' = out \union { values[n] }
    /\ free' = free \union { n }
    /\ Return(t)

offer_A(t) ==
    /\ pc[t] = "offer_A"
    /\ IF Is(t, Wanted) THEN Go(t, "offer_B", r[t])
       ELSE IF Is(t, Nobody) THEN Go(t, "offer_C", r[t]) ELSE PushAgain(t)
    /\ UNCHANGED << top, slot, nodes, left, ghost >>

offer_B(t) ==                               \* the push and the pop that waits take place
    /\ pc[t] = "offer_B"
    /\ IF Is(t, Wanted) \/ Bug = "gives"
       THEN /\ Put(t, Given(r[t].node))
            /\ pc' = [pc EXCEPT ![t] = "idle"]
            /\ r' = [u \in Threads |->
                        IF u = t THEN Idle
                        ELSE IF u \in Waits(t, "want_D")
                        THEN [r[u] EXCEPT !.done = @ + 1, !.value = values[r[t].node]] ELSE r[u]]
            /\ Wrong({ << r[t].done # 0, "answers" >> })
       ELSE PushAgain(t) /\ UNCHANGED << slot, wrong >>
    /\ UNCHANGED << top, nodes, left, next, model, out >>

offer_C(t) ==
    /\ pc[t] = "offer_C"
    /\ IF Is(t, Nobody) THEN Put(t, Offered(r[t].node)) /\ Go(t, "offer_D", r[t])
       ELSE PushAgain(t) /\ UNCHANGED slot
    /\ UNCHANGED << top, nodes, left, ghost >>

offer_D(t) ==
    /\ pc[t] = "offer_D"
    /\ IF Is(t, Offered(r[t].node)) \/ Bug = "forgets"
       THEN Put(t, Nobody) /\ PushAgain(t)
       ELSE Go(t, "offer_F", r[t]) /\ UNCHANGED slot
    /\ UNCHANGED << top, nodes, left, ghost >>

offer_F(t) ==
    /\ pc[t] = "offer_F"
    /\ Go(t, "offer_H", r[t])
    /\ UNCHANGED << top, slot, nodes, left, ghost >>

offer_H(t) ==
    /\ pc[t] = "offer_H"
    /\ Put(t, Nobody)
    /\ Wrong({ << r[t].done # 1, "answers" >> })
    /\ Return(t)
    /\ UNCHANGED << top, nodes, left, next, model, out >>

want_A(t) ==
    /\ pc[t] = "want_A"
    /\ LET word == slot[r[t].slot] IN
       IF word.kind = "offered" THEN Go(t, "want_B", [r[t] EXCEPT !.word = word])
       ELSE IF word = Nobody THEN Go(t, "want_C", r[t]) ELSE PopAgain(t)
    /\ UNCHANGED << top, slot, nodes, left, ghost >>

want_B(t) ==                                \* the push that waits and the pop take place
    /\ pc[t] = "want_B"
    /\ LET n == r[t].word.node IN
       IF Is(t, r[t].word) \/ Bug = "twice"
       THEN /\ Put(t, IF Bug = "nobody" THEN Nobody ELSE Taken)
            /\ pc' = [pc EXCEPT ![t] = "idle"]
            /\ r' = [u \in Threads |->
                        IF u = t THEN Idle
                        ELSE IF u \in Waits(t, "offer_D") /\ r[u].node = n THEN [r[u] EXCEPT !.done = @ + 1] ELSE r[u]]
            /\ Wrong({ << r[t].done # 0, "answers" >>,
                       << \A u \in Waits(t, "offer_D") : r[u].node # n, "took what was not given" >> })
            /\ out' = out \union { values[n] }
            /\ free' = free \union { n }
       ELSE PopAgain(t) /\ UNCHANGED << slot, wrong, out, free >>
    /\ UNCHANGED << top, links, values, retired, left, next, model >>

want_C(t) ==
    /\ pc[t] = "want_C"
    /\ IF Is(t, Nobody) THEN Put(t, Wanted) /\ Go(t, "want_D", r[t])
       ELSE PopAgain(t) /\ UNCHANGED slot
    /\ UNCHANGED << top, nodes, left, ghost >>

want_D(t) ==
    /\ pc[t] = "want_D"
    /\ IF Is(t, Wanted) THEN Put(t, Nobody) /\ PopAgain(t)
       ELSE Go(t, "want_F", r[t]) /\ UNCHANGED slot
    /\ UNCHANGED << top, nodes, left, ghost >>

want_F(t) ==
    /\ pc[t] = "want_F"
    /\ Go(t, "want_H", [r[t] EXCEPT !.word = slot[r[t].slot]])
    /\ UNCHANGED << top, slot, nodes, left, ghost >>

want_H(t) ==
    /\ pc[t] = "want_H"
    /\ Put(t, Nobody)
    /\ IF r[t].word.node = 0
       THEN Return(t) /\ Wrong({ << TRUE, "took what was not given" >> }) /\ UNCHANGED << free, out >>
       ELSE Got(t, r[t].word.node, r[t])
    /\ UNCHANGED << top, links, values, retired, left, next, model >>

---------------------------------------------------------------------------------------------------------------------

Next == \E t \in Threads :
    \/ makes(t) \/ push_A(t) \/ push_B(t) \/ push_n_A(t) \/ push_n_B(t)
    \/ protects(t) \/ try_pop_A(t) \/ late(t) \/ peeks(t) \/ copies(t) \/ pop_all_A(t) \/ all_next(t)
    \/ offer_A(t) \/ offer_B(t) \/ offer_C(t) \/ offer_D(t) \/ offer_F(t) \/ offer_H(t)
    \/ want_A(t) \/ want_B(t) \/ want_C(t) \/ want_D(t) \/ want_F(t) \/ want_H(t)

Spec == Init /\ [][Next]_vars

Pushing == { "push_A", "push_B", "push_n_A", "push_n_B", "offer_A", "offer_B", "offer_C", "offer_D" }
Getting == { "want_D", "want_F", "want_H" }

\* The elements that a thread has and that are neither in the stack nor out.
Has(t) == IF pc[t] \in Pushing /\ r[t].done = 0 THEN { values[r[t].node], values[r[t].last] }
          ELSE IF pc[t] \in Getting /\ r[t].done = 1 THEN { r[t].value }
          ELSE IF pc[t] = "all_next" THEN Elements(From(r[t].node, Nodes))
          ELSE IF pc[t] = "late" THEN { r[t].value } ELSE {}

Lifo  == From(top, Nodes) = model
Right == wrong \in { "nothing", "answers" }
Once  == \A e \in 1 .. next - 1 :
            1 = Cardinality({ i \in DOMAIN model : model[i] = e }) + (IF e \in out THEN 1 ELSE 0)
                + Cardinality({ t \in Threads : e \in Has(t) })
Uses  == /\ \A t \in Threads : r[t].held = 0 \/ r[t].held \notin free
         /\ free \intersect retired = {}
Answers == wrong # "answers"
=====================================================================================================================
