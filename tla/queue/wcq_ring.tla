\* SPDX-License-Identifier: MIT
-------------------------------------------------- MODULE wcq_ring --------------------------------------------------
(* One index ring of wCQ and the members that help each other with it, include/loft/queue/wcq_ring.h. The actions are
   the labels of that header: put_C is put:C.

   One step is one atomic access and what follows it up to the next one. Steps interleave in any order, and each sees
   all earlier ones: this is sequential consistency. Memory orders are not modelled.

   Left out: lines and the rotation of entry numbers, the wrap of tickets and of the numbers of requests, the second
   ring, looks (pop:D, pop:E), ask:A (a member reads its own word), joining and leaving (join:A, leave:A), approx_len.

   What is claimed:
     Once      each index is in exactly one place: in one entry, in one thread's hands, or in one push under way
     Right     nobody puts in what somebody has put in, says that it is in when it is not, takes what another took, or
               an index although an older one waits there, or says "empty" while at every instant of it some index
               was there, unclaimed, whose push had returned
     Soon      while a request stands, no other member begins as many calls as there are members without having
               looked at it
     Bounded   no call takes more than Limit steps of its thread. Steps are counted, not limited: that there are
               finitely many states says that there is a bound, and the smallest Limit that holds is it
     Close     tail lags behind head by the tickets of pops under way and no more
     Moves     no step waits: a thread in the middle of a call can always take one
*)
EXTENDS Integers, FiniteSets

CONSTANTS N,                                \* how many indices; the ring has 2N entries
          Plans,                            \* which of the plans below
          Limit,                            \* of steps
          Count,                            \* are they counted?
          Bug                               \* "none", or what is planted:
                                            \*   "skips"   help goes round by two
                                            \*   "early"   a push is made over when it has its ticket
                                            \*   "blind"   who comes to a request in the middle draws another ticket
                                            \*   "hasty"   a name is taken to be the one of the state without a look
                                            \*   "spoilt"  a spoilt ticket passes for one that is in
                                            \*   "stale"   the wish is not read again behind the state

Index   == 0 .. N - 1
Taken   == N
Spoilt  == N + 1
Size    == 2 * N
First   == Size                             \* the first ticket; what the entries hold at first is one cycle older

Cycle(ticket) == ticket \div Size
Place(ticket) == ticket % Size

Word(c, nm, s, i)  == [cycle |-> c, name |-> nm, safe |-> s, index |-> i]
Pair(nt, w)        == [note |-> nt, hi |-> w]
Counter(c)         == [count |-> c, name |-> 0, final |-> FALSE]
State(k, p, t)     == [kind |-> k, pop |-> p, ticket |-> t]   \* kind: "over", "vain", "new", "asks", "has"
Over(s)            == s.kind \in { "over", "vain" }
Nothing            == Pair(0, Word(0, 0, TRUE, Taken))
Quiet              == State("over", FALSE, 0)

\* The local variables of a thread: pop, index: its own call; m, w, s: the request it works on; c: the counter; o: the
\* state of who is named there; e: the entry; h: a ticket; how: what finish:A will write; tries: for a bug.
Idle == [pop |-> FALSE, index |-> Taken, last |-> FALSE, alone |-> FALSE, m |-> 0, w |-> << 0, 0 >>, s |-> Quiet,
         c |-> Counter(0), o |-> Quiet, e |-> Nothing, h |-> 0, how |-> "over", tries |-> 0, beyond |-> FALSE]

\* Each plan: how many pushes and pops each thread begins, which indices it holds at first, how many tickets it tries
\* alone in each call, and what it has asked for at first: "" or a push of the index it holds, "push", or a "pop".
Do(push, pop, close, hold, alone, asked) ==
    [push |-> push, pop |-> pop, close |-> close, hold |-> hold, alone |-> alone, asked |-> asked]
Plan(p) ==
    CASE p = "pair"   -> << Do(1, 0, 0, {0}, 0, ""), Do(1, 1, 0, {1}, 0, "") >>
      [] p = "mix"    -> << Do(1, 0, 0, {0}, 0, ""), Do(0, 2, 0, {}, 1, "") >>
      [] p = "swap"   -> << Do(1, 1, 0, {0}, 0, ""), Do(1, 1, 0, {1}, 1, "") >>
      [] p = "close"  -> << Do(1, 0, 0, {0}, 0, ""), Do(1, 0, 1, {1}, 1, "") >>
      [] p = "asleep" -> << Do(0, 1, 0, {}, 1, ""), Do(1, 0, 0, {0}, 0, "push") >>
      [] p = "waits"  -> << Do(1, 1, 0, {0}, 1, ""), Do(0, 0, 0, {}, 0, "pop") >>
      [] p = "polls"  -> << Do(0, 1, 0, {}, 1, ""), Do(1, 0, 0, {0}, 0, ""), Do(0, 1, 0, {}, 1, "") >>
      [] p = "both"   -> << Do(1, 0, 0, {0}, 0, ""), Do(1, 0, 0, {1}, 0, "") >>
      [] p = "round"  -> << Do(3, 3, 0, {0}, 1, ""), Do(0, 0, 0, {1}, 0, "push"), Do(0, 0, 0, {}, 0, "") >>

VARIABLES
    head, tail, threshold, entry, state, wish,
    next,                                   \* for each member: whom it has looked at last
    pc, r,                                  \* each thread: the next step, and its local variables
    left, alone, mine,                      \* the work it has left, its patience, the indices in its hands
    way,                                    \* indices of pushes that are under way and not in
    done,                                   \* indices whose push has returned and that no pop has taken
    older,                                  \* for each index: those that were done when its push began
    calm,                                   \* for each pop: was there an instant at which nothing was there to take?
    since,                                  \* for each request that stands: calls begun by each member since it did
    steps,                                  \* of each thread, in its call
    wrong                                   \* what went wrong

ring  == << head, tail, threshold, entry >>
asked == << state, wish >>
test  == << left, alone, mine, way, done, older, wrong >>
vars  == << ring, asked, next, pc, r, test, calm, since, steps >>

Threads   == DOMAIN pc
K         == Cardinality(Threads)
Full      == Size - 1 + K
Ticket(e) == entry[e].hi.cycle * Size + e
Holding   == { e \in 0 .. Size - 1 : entry[e].hi.index \in Index }
Vacant(w) == w.index \in { Taken, Spoilt }

Init ==
    \E p \in Plans : LET plan == Plan(p)
                         who  == DOMAIN plan IN
        /\ head = Counter(First) /\ tail = Counter(First)
        /\ threshold = Size - 1 + Cardinality(who)
        /\ entry = [e \in 0 .. Size - 1 |-> Pair(0, Word(Cycle(First) - 1, 0, TRUE, Taken))]
        /\ state = [t \in who |-> IF plan[t].asked = "" THEN Quiet ELSE State("new", plan[t].asked = "pop", 1)]
        /\ wish = [t \in who |-> IF plan[t].asked = "" THEN << 0, 0 >>
                                 ELSE << 1, IF plan[t].asked = "push" THEN CHOOSE i \in plan[t].hold : TRUE ELSE 0 >>]
        /\ next = [t \in who |-> t]
        /\ pc = [t \in who |-> IF plan[t].asked = "" THEN "idle" ELSE "settle_A"]
        /\ r = [t \in who |-> IF plan[t].asked = "" THEN Idle
                              ELSE [Idle EXCEPT !.pop = plan[t].asked = "pop", !.m = t, !.w = wish[t], !.s = state[t],
                                                !.index = IF plan[t].asked = "push" THEN wish[t][2] ELSE Taken]]
        /\ left = [t \in who |-> [push |-> plan[t].push, pop |-> plan[t].pop, close |-> plan[t].close]]
        /\ alone = [t \in who |-> plan[t].alone]
        /\ mine = [t \in who |-> IF plan[t].asked = "push" THEN {} ELSE plan[t].hold]
        /\ way = { i \in Index : \E t \in who : plan[t].asked = "push" /\ i \in plan[t].hold }
        /\ done = {}
        /\ older = [i \in Index |-> {}]
        /\ calm = [t \in who |-> plan[t].asked = "pop"]
        /\ since = [m \in who |-> [t \in who |-> 0]]
        /\ steps = [t \in who |-> 0]
        /\ wrong = "nothing"

Go(t, label, locals) == pc' = [pc EXCEPT ![t] = label] /\ r' = [r EXCEPT ![t] = locals]
Return(t)            == Go(t, "idle", Idle)
Call(t)              == [Idle EXCEPT !.pop = r[t].pop, !.index = r[t].index, !.last = r[t].last]

---------------------------------------------------------------------------------------------------------------------
\* Between calls, and help

push_begin(t) ==                            \* a push begins; its first access is help:A
    /\ pc[t] = "idle" /\ left[t].push > 0
    /\ \E i \in mine[t] :
        /\ Go(t, "help_A", [Idle EXCEPT !.index = i])
        /\ left' = [left EXCEPT ![t].push = @ - 1]
        /\ mine' = [mine EXCEPT ![t] = @ \ {i}]
        /\ way' = way \cup {i}
        /\ older' = [older EXCEPT ![i] = done]
    /\ UNCHANGED << ring, asked, next, alone, done, wrong >>

Calm == \A e \in Holding : entry[e].hi.index \in done => Ticket(e) < head.count

Empty(t) ==
    /\ Return(t)
    /\ wrong' = IF calm[t] THEN wrong ELSE "said empty"

pop_A(t) ==
    /\ pc[t] = "idle" /\ left[t].pop > 0
    /\ left' = [left EXCEPT ![t].pop = @ - 1]
    /\ IF threshold < 0 THEN wrong' = (IF Calm THEN wrong ELSE "said empty") /\ UNCHANGED << pc, r >>
       ELSE wrong' = wrong /\ Go(t, "help_A", [Idle EXCEPT !.pop = TRUE])
    /\ UNCHANGED << ring, asked, next, alone, mine, way, done, older >>

\* To the call's own work: by oneself or by a request.
OwnAt(t)   == IF alone[t] = 0 THEN "ask_B" ELSE IF r[t].pop THEN "pop_B" ELSE "push_A"
Own(t)     == Go(t, OwnAt(t), Call(t))
\* The request that t worked on is over.
Ran(t)     == IF r[t].m = t THEN Go(t, "ask_D", Call(t)) ELSE Own(t)
Ticketed(t, s) == Go(t, IF s.pop THEN "meet_A" ELSE IF Bug = "early" THEN "early" ELSE "put_A",
                     [Call(t) EXCEPT !.m = r[t].m, !.w = r[t].w, !.s = s, !.h = s.ticket])
Again(t)   == Go(t, "settle_A", [Call(t) EXCEPT !.m = r[t].m, !.w = r[t].w, !.s = r[t].s])

Next1(m, t) == LET a == (m % K) + 1 IN IF a = t THEN (a % K) + 1 ELSE a

help_A(t) ==
    /\ pc[t] = "help_A"
    /\ LET m == IF Bug = "skips" THEN Next1(Next1(next[t], t), t) ELSE Next1(next[t], t) IN
       /\ next' = [next EXCEPT ![t] = m]
       /\ IF Over(state[m]) THEN Own(t) ELSE Go(t, "help_B", [Call(t) EXCEPT !.m = m])
    /\ UNCHANGED << ring, asked, test >>

help_B(t) ==
    /\ pc[t] = "help_B"
    /\ Go(t, "help_C", [r[t] EXCEPT !.w = wish[r[t].m]])
    /\ UNCHANGED << ring, asked, next, test >>

Run(t, s) == IF s.kind = "has" /\ Bug # "blind" THEN Ticketed(t, s)
             ELSE Go(t, "settle_A", [Call(t) EXCEPT !.m = r[t].m, !.w = r[t].w, !.s = s])

help_C(t) ==
    /\ pc[t] = "help_C"
    /\ LET s == state[r[t].m] IN
       IF Over(s) THEN Own(t) ELSE Go(t, "help_D", [r[t] EXCEPT !.s = s])
    /\ UNCHANGED << ring, asked, next, test >>

help_D(t) ==
    /\ pc[t] = "help_D"
    /\ IF wish[r[t].m] = r[t].w \/ Bug = "stale" THEN Run(t, r[t].s) ELSE Own(t)
    /\ UNCHANGED << ring, asked, next, test >>

ask_B(t) ==
    /\ pc[t] = "ask_B"
    /\ wish' = [wish EXCEPT ![t] = << @[1] + 1, IF r[t].pop THEN 0 ELSE r[t].index >>]
    /\ Go(t, "ask_C", r[t])
    /\ UNCHANGED << ring, state, next, test >>

ask_C(t) ==
    /\ pc[t] = "ask_C"
    /\ LET s == State("new", r[t].pop, wish[t][1]) IN
       /\ state' = [state EXCEPT ![t] = s]
       /\ Go(t, "settle_A", [Call(t) EXCEPT !.m = t, !.w = wish[t], !.s = s])
    /\ UNCHANGED << ring, wish, next, test >>

Refused(t) ==                               \* the index stays with who wanted to push it
    /\ Return(t)
    /\ mine' = [mine EXCEPT ![t] = @ \cup {r[t].index}]
    /\ way' = way \ {r[t].index}

ask_D(t) ==
    /\ pc[t] = "ask_D"
    /\ LET s == state[t] IN
       IF s.kind = "vain"
       THEN IF r[t].pop THEN Empty(t) /\ UNCHANGED << mine, way >> ELSE Refused(t) /\ wrong' = wrong
       ELSE /\ Go(t, IF r[t].pop THEN "own_A" ELSE "renew_A", [Call(t) EXCEPT !.h = s.ticket])
            /\ UNCHANGED << mine, way, wrong >>
    /\ UNCHANGED << ring, asked, next, left, alone, done, older >>

---------------------------------------------------------------------------------------------------------------------
\* A request draws a ticket

Pop(t)    == r[t].s.pop
Its(t)    == IF Pop(t) THEN head ELSE tail
Set(t, c) == IF Pop(t) THEN head' = c /\ tail' = tail ELSE tail' = c /\ head' = head

settle_A(t) ==
    /\ pc[t] = "settle_A"
    /\ Go(t, IF Its(t).name = 0 THEN "draw_A" ELSE "settle_B", [r[t] EXCEPT !.c = Its(t)])
    /\ UNCHANGED << ring, asked, next, test >>

settle_B(t) ==
    /\ pc[t] = "settle_B"
    /\ Go(t, "settle_C", [r[t] EXCEPT !.o = state[r[t].c.name]])
    /\ UNCHANGED << ring, asked, next, test >>

settle_C(t) ==
    /\ pc[t] = "settle_C"
    /\ IF Its(t) = r[t].c \/ (Bug = "hasty" /\ Its(t).name = r[t].c.name)
       THEN Go(t, IF r[t].o.kind = "asks" /\ r[t].o.pop = Pop(t) THEN "settle_D" ELSE "settle_E",
               [r[t] EXCEPT !.c = Its(t)])
       ELSE Again(t)
    /\ UNCHANGED << ring, asked, next, test >>

settle_D(t) ==
    /\ pc[t] = "settle_D"
    /\ LET m == r[t].c.name IN
       state' = IF state[m] = r[t].o THEN [state EXCEPT ![m].kind = "has"] ELSE state
    /\ Go(t, "settle_E", [r[t] EXCEPT !.o = Quiet])
    /\ UNCHANGED << ring, wish, next, test >>

settle_E(t) ==
    /\ pc[t] = "settle_E"
    /\ IF Its(t) = r[t].c
       THEN LET c == [r[t].c EXCEPT !.name = 0] IN
            Set(t, c) /\ Go(t, "draw_A", [r[t] EXCEPT !.c = c, !.o = Quiet])
       ELSE Again(t) /\ UNCHANGED << head, tail >>
    /\ UNCHANGED << threshold, entry, asked, next, test >>

draw_A(t) ==
    /\ pc[t] = "draw_A"
    /\ LET m == r[t].m
           s == IF r[t].c.final THEN State("vain", Pop(t), 0) ELSE State("asks", Pop(t), r[t].c.count) IN
       IF state[m] = r[t].s
       THEN /\ state' = [state EXCEPT ![m] = s]
            /\ IF Over(s) THEN Ran(t) ELSE Go(t, "draw_D", [r[t] EXCEPT !.s = s, !.c = Counter(0)])
       ELSE Go(t, "draw_B", [r[t] EXCEPT !.c = Counter(0)]) /\ UNCHANGED state
    /\ UNCHANGED << ring, wish, next, test >>

draw_B(t) ==
    /\ pc[t] = "draw_B"
    /\ LET s == state[r[t].m] IN
       IF Over(s) THEN Ran(t) ELSE Go(t, "draw_C", [r[t] EXCEPT !.s = s])
    /\ UNCHANGED << ring, asked, next, test >>

draw_C(t) ==
    /\ pc[t] = "draw_C"
    /\ IF wish[r[t].m] # r[t].w /\ Bug # "stale" THEN Ran(t)
       ELSE IF r[t].s.kind = "asks" THEN Go(t, "draw_D", r[t])
       ELSE IF r[t].s.kind = "has" THEN Ticketed(t, r[t].s)
       ELSE Again(t)
    /\ UNCHANGED << ring, asked, next, test >>

draw_D(t) ==
    /\ pc[t] = "draw_D"
    /\ LET k == r[t].s.ticket IN
       IF Its(t) = Counter(k)
       THEN Set(t, [Counter(k + 1) EXCEPT !.name = r[t].m]) /\ Go(t, IF Pop(t) THEN "draw_E" ELSE "draw_F", r[t])
       ELSE Again(t) /\ UNCHANGED << head, tail >>
    /\ UNCHANGED << threshold, entry, asked, next, test >>

draw_E(t) ==
    /\ pc[t] = "draw_E"
    /\ threshold' = threshold - 1
    /\ Go(t, "draw_F", r[t])
    /\ UNCHANGED << head, tail, entry, asked, next, test >>

draw_F(t) ==
    /\ pc[t] = "draw_F"
    /\ state' = IF state[r[t].m] = r[t].s THEN [state EXCEPT ![r[t].m].kind = "has"] ELSE state
    /\ Go(t, "draw_G", r[t])
    /\ UNCHANGED << ring, wish, next, test >>

draw_G(t) ==
    /\ pc[t] = "draw_G"
    /\ LET k == r[t].s.ticket
           c == [Counter(k + 1) EXCEPT !.name = r[t].m] IN
       IF Its(t) = c THEN Set(t, Counter(k + 1)) ELSE UNCHANGED << head, tail >>
    /\ Ticketed(t, [r[t].s EXCEPT !.kind = "has"])
    /\ UNCHANGED << threshold, entry, asked, next, test >>

---------------------------------------------------------------------------------------------------------------------
\* A request with its ticket

Finish(t, how) == Go(t, "finish_A", [r[t] EXCEPT !.how = how, !.e = Nothing, !.c = Counter(0), !.tries = 0])

finish_A(t) ==
    /\ pc[t] = "finish_A"
    /\ LET m == r[t].m
           good == state[m] = r[t].s IN
       /\ state' = IF good THEN [state EXCEPT ![m].kind = r[t].how] ELSE state
       /\ IF good \/ ~Pop(t) THEN Ran(t) ELSE Again(t)
    /\ UNCHANGED << ring, wish, next, test >>

early(t) ==                                 \* planted
    /\ pc[t] = "early"
    /\ state' = IF state[r[t].m] = r[t].s THEN [state EXCEPT ![r[t].m].kind = "over"] ELSE state
    /\ Go(t, "put_A", r[t])
    /\ UNCHANGED << ring, wish, next, test >>

Judge(t, e) ==
    LET k == Cycle(r[t].h) IN
    IF e.hi.cycle = k THEN (IF e.hi.index # Spoilt \/ Bug = "spoilt" THEN Finish(t, "over") ELSE Again(t))
    ELSE IF e.hi.cycle > k \/ e.note >= k THEN Again(t)
    ELSE Go(t, IF Vacant(e.hi) /\ ~e.hi.safe THEN "put_B" ELSE "put_C", [r[t] EXCEPT !.e = e, !.beyond = Vacant(e.hi)])

put_A(t) ==
    /\ pc[t] = "put_A"
    /\ Judge(t, entry[Place(r[t].h)])
    /\ UNCHANGED << ring, asked, next, test >>

put_B(t) ==                                 \* beyond: it fits
    /\ pc[t] = "put_B"
    /\ Go(t, "put_C", [r[t] EXCEPT !.beyond = head.count <= r[t].h])
    /\ UNCHANGED << ring, asked, next, test >>

In(i) == IF i \in way THEN way' = way \ {i} /\ wrong' = wrong ELSE way' = way /\ wrong' = "put in what is in"

put_C(t) ==
    /\ pc[t] = "put_C"
    /\ LET e == Place(r[t].h)
           k == Cycle(r[t].h) IN
       IF entry[e] = r[t].e
       THEN IF r[t].beyond
            THEN /\ entry' = [entry EXCEPT ![e].hi = Word(k, r[t].m, TRUE, r[t].w[2])]
                 /\ In(r[t].w[2])
                 /\ Finish(t, "over")
            ELSE entry' = [entry EXCEPT ![e].note = k] /\ Again(t) /\ UNCHANGED << way, wrong >>
       ELSE Judge(t, entry[e]) /\ UNCHANGED << entry, way, wrong >>
    /\ UNCHANGED << head, tail, threshold, asked, next, left, alone, mine, done, older >>

Pushed(t) ==                                \* the index may be gone again already
    /\ Return(t)
    /\ done' = IF \E e \in Holding : entry[e].hi.index = r[t].index THEN done \cup {r[t].index} ELSE done
    /\ wrong' = IF r[t].index \in way /\ ~\E u \in Threads \ {t} : ~r[u].pop /\ r[u].index = r[t].index
                THEN "said it was in" ELSE wrong

renew_A(t) ==
    /\ pc[t] = "renew_A"
    /\ IF threshold # Full THEN Go(t, "renew_B", r[t]) /\ UNCHANGED << done, wrong >> ELSE Pushed(t)
    /\ UNCHANGED << ring, asked, next, left, alone, mine, way, older >>

renew_B(t) ==
    /\ pc[t] = "renew_B"
    /\ threshold' = Full
    /\ Pushed(t)
    /\ UNCHANGED << head, tail, entry, asked, next, left, alone, mine, way, older >>

Look(t, e) ==
    LET k == Cycle(r[t].h) IN
    IF e.hi.cycle = k /\ e.hi.index # Spoilt THEN Finish(t, "over")
    ELSE IF e.hi.cycle >= k THEN Go(t, "beyond_A", r[t])
    ELSE Go(t, "meet_B", [r[t] EXCEPT !.e = e])

Spoil(w, k) == IF Vacant(w) THEN Word(k, 0, w.safe, Spoilt) ELSE [w EXCEPT !.safe = FALSE]

meet_A(t) ==
    /\ pc[t] = "meet_A"
    /\ Look(t, entry[Place(r[t].h)])
    /\ UNCHANGED << ring, asked, next, test >>

meet_B(t) ==
    /\ pc[t] = "meet_B"
    /\ LET e == Place(r[t].h) IN
       IF entry[e].hi = r[t].e.hi
       THEN /\ entry' = [entry EXCEPT ![e].hi = Spoil(@, Cycle(r[t].h))]
            /\ Go(t, "beyond_A", [r[t] EXCEPT !.e = Nothing])
       ELSE Look(t, entry[e]) /\ UNCHANGED entry
    /\ UNCHANGED << head, tail, threshold, asked, next, test >>

Beyond(t) == IF r[t].m = 0 THEN Go(t, "pop_G", [r[t] EXCEPT !.beyond = TRUE, !.c = Counter(0), !.tries = 0])
             ELSE Finish(t, "vain")

beyond_A(t) ==
    /\ pc[t] = "beyond_A"
    /\ IF tail.count < r[t].h + 1
       THEN Go(t, "beyond_B", [r[t] EXCEPT !.c = tail, !.how = "over", !.e = Nothing])
       ELSE IF tail.count = r[t].h + 1 THEN Beyond(t)
       ELSE IF r[t].m = 0 THEN Go(t, "pop_G", [r[t] EXCEPT !.e = Nothing])
       ELSE IF tail.final THEN Again(t) ELSE Go(t, "meet_C", [r[t] EXCEPT !.e = Nothing])
    /\ UNCHANGED << ring, asked, next, test >>

beyond_B(t) ==
    /\ pc[t] = "beyond_B"
    /\ IF tail = r[t].c \/ (Bug = "lags" /\ r[t].tries = 1)
       THEN /\ tail' = IF tail = r[t].c THEN [tail EXCEPT !.count = r[t].h + 1] ELSE tail
            /\ Beyond(t)
       ELSE /\ tail' = tail
            /\ IF tail.count > r[t].h THEN Beyond(t)
               ELSE Go(t, "beyond_B", [r[t] EXCEPT !.c = tail, !.tries = IF Bug = "lags" THEN @ + 1 ELSE 0])
    /\ UNCHANGED << head, threshold, entry, asked, next, test >>

meet_C(t) ==
    /\ pc[t] = "meet_C"
    /\ IF threshold < 0 THEN Finish(t, "vain") ELSE Again(t)
    /\ UNCHANGED << ring, asked, next, test >>

---------------------------------------------------------------------------------------------------------------------
\* Taking, and tickets tried alone

Take(t, e) == Go(t, IF e.hi.name = 0 THEN "take_B" ELSE "take_A",
                 [Call(t) EXCEPT !.h = r[t].h, !.e = e])

own_A(t) ==
    /\ pc[t] = "own_A"
    /\ Take(t, entry[Place(r[t].h)])
    /\ UNCHANGED << ring, asked, next, test >>

take_A(t) ==
    /\ pc[t] = "take_A"
    /\ LET m == r[t].e.hi.name IN
       state' = IF state[m] = State("has", FALSE, r[t].h) THEN [state EXCEPT ![m].kind = "over"] ELSE state
    /\ Go(t, "take_B", r[t])
    /\ UNCHANGED << ring, wish, next, test >>

take_B(t) ==
    /\ pc[t] = "take_B"
    /\ LET e == Place(r[t].h)
           i == r[t].e.hi.index IN
       IF entry[e].hi = r[t].e.hi
       THEN /\ entry' = [entry EXCEPT ![e].hi.index = Taken]
            /\ mine' = [mine EXCEPT ![t] = @ \cup {i}]
            /\ done' = done \ {i}
            /\ older' = [j \in Index |-> IF j = i THEN {} ELSE older[j] \ {i}]
            /\ wrong' = IF i \notin Index THEN "took what another took"
                        ELSE IF \E f \in Holding : entry[f].hi.index \in older[i] /\ Ticket(f) >= head.count
                        THEN "overtook an older one" ELSE wrong
            /\ Return(t)
       ELSE Go(t, "take_B", [r[t] EXCEPT !.e = entry[e]]) /\ UNCHANGED << entry, mine, done, older, wrong >>
    /\ UNCHANGED << head, tail, threshold, asked, next, left, alone, way >>

\* One ticket alone, as many as patience has; then a request. left counts what is left of it in `tries`.
push_A(t) ==
    /\ pc[t] = "push_A"
    /\ tail' = [tail EXCEPT !.count = @ + 1]
    /\ IF tail.final THEN Refused(t)
       ELSE Go(t, "push_B", [Call(t) EXCEPT !.h = tail.count]) /\ UNCHANGED << mine, way >>
    /\ UNCHANGED << head, threshold, entry, asked, next, left, alone, done, older, wrong >>

Try(t, e, sure) ==
    IF e.hi.cycle >= Cycle(r[t].h) THEN Go(t, "ask_B", Call(t))
    ELSE IF Vacant(e.hi) THEN Go(t, IF e.hi.safe THEN "push_D" ELSE "push_C", [r[t] EXCEPT !.e = e])
    ELSE IF sure THEN Go(t, "ask_B", Call(t)) ELSE Go(t, "push_E", [r[t] EXCEPT !.e = e])

push_B(t) ==
    /\ pc[t] = "push_B"
    /\ Try(t, entry[Place(r[t].h)], FALSE)
    /\ UNCHANGED << ring, asked, next, test >>

push_C(t) ==
    /\ pc[t] = "push_C"
    /\ Go(t, IF head.count <= r[t].h THEN "push_D" ELSE "push_E", r[t])
    /\ UNCHANGED << ring, asked, next, test >>

push_D(t) ==
    /\ pc[t] = "push_D"
    /\ LET e == Place(r[t].h) IN
       IF entry[e].hi = r[t].e.hi
       THEN /\ entry' = [entry EXCEPT ![e].hi = Word(Cycle(r[t].h), 0, TRUE, r[t].index)]
            /\ In(r[t].index)
            /\ Go(t, "renew_A", Call(t))
       ELSE Try(t, entry[e], FALSE) /\ UNCHANGED << entry, way, wrong >>
    /\ UNCHANGED << head, tail, threshold, asked, next, left, alone, mine, done, older >>

push_E(t) ==
    /\ pc[t] = "push_E"
    /\ LET e == entry[Place(r[t].h)] IN
       IF e.hi = r[t].e.hi THEN Go(t, "ask_B", Call(t)) ELSE Try(t, e, FALSE)
    /\ UNCHANGED << ring, asked, next, test >>

pop_B(t) ==
    /\ pc[t] = "pop_B"
    /\ head' = [head EXCEPT !.count = @ + 1]
    /\ Go(t, "pop_C", [Call(t) EXCEPT !.h = head.count])
    /\ UNCHANGED << tail, threshold, entry, asked, next, test >>

See(t, e) ==
    LET k == Cycle(r[t].h) IN
    IF e.hi.cycle = k THEN Take(t, e)
    ELSE IF e.hi.cycle > k THEN Go(t, "beyond_A", [r[t] EXCEPT !.e = Nothing])
    ELSE Go(t, "pop_F", [r[t] EXCEPT !.e = e])

pop_C(t) ==
    /\ pc[t] = "pop_C"
    /\ See(t, entry[Place(r[t].h)])
    /\ UNCHANGED << ring, asked, next, test >>

pop_F(t) ==
    /\ pc[t] = "pop_F"
    /\ LET e == Place(r[t].h) IN
       IF entry[e].hi = r[t].e.hi
       THEN /\ entry' = [entry EXCEPT ![e].hi = Spoil(@, Cycle(r[t].h))]
            /\ Go(t, "beyond_A", [r[t] EXCEPT !.e = Nothing])
       ELSE See(t, entry[e]) /\ UNCHANGED entry
    /\ UNCHANGED << head, tail, threshold, asked, next, test >>

pop_G(t) ==
    /\ pc[t] = "pop_G"
    /\ threshold' = threshold - 1
    /\ IF threshold <= 0 \/ r[t].beyond THEN Empty(t) ELSE Go(t, "ask_B", Call(t)) /\ wrong' = wrong
    /\ UNCHANGED << head, tail, entry, asked, next, left, alone, mine, way, done, older >>

finalise_A(t) ==
    /\ pc[t] = "idle" /\ left[t].close > 0
    /\ left' = [left EXCEPT ![t].close = @ - 1]
    /\ tail' = [tail EXCEPT !.final = TRUE]
    /\ UNCHANGED << head, threshold, entry, asked, next, pc, r, alone, mine, way, done, older, wrong >>

---------------------------------------------------------------------------------------------------------------------

Step(t) ==
    \/ push_begin(t) \/ pop_A(t) \/ help_A(t) \/ help_B(t) \/ help_C(t) \/ help_D(t) \/ ask_B(t) \/ ask_C(t) \/ ask_D(t)
    \/ settle_A(t) \/ settle_B(t) \/ settle_C(t) \/ settle_D(t) \/ settle_E(t) \/ draw_A(t) \/ draw_B(t) \/ draw_C(t)
    \/ draw_D(t) \/ draw_E(t) \/ draw_F(t) \/ draw_G(t) \/ finish_A(t) \/ early(t) \/ put_A(t) \/ put_B(t) \/ put_C(t)
    \/ renew_A(t) \/ renew_B(t) \/ meet_A(t) \/ meet_B(t) \/ beyond_A(t) \/ beyond_B(t) \/ meet_C(t)
    \/ own_A(t) \/ take_A(t) \/ take_B(t) \/ push_A(t) \/ push_B(t) \/ push_C(t) \/ push_D(t) \/ push_E(t) \/ pop_B(t)
    \/ pop_C(t) \/ pop_F(t) \/ pop_G(t) \/ finalise_A(t)

Begun(t) == pc[t] = "idle" /\ pc'[t] # "idle"

Next == \E t \in Threads :
            /\ Step(t)
            /\ calm' = [u \in Threads |-> pc'[u] # "idle" /\ r'[u].pop /\ (calm[u] \/ Calm \/ Calm')]
            /\ steps' = [steps EXCEPT ![t] = IF ~Count \/ pc'[t] = "idle" THEN 0
                                             ELSE IF pc[t] = "idle" /\ ~r'[t].pop THEN 0 ELSE @ + 1]
            /\ since' = [m \in Threads |-> [u \in Threads |->
                            IF Over(state'[m]) \/ u = m \/ ~Count THEN 0
                            ELSE IF u = t /\ next'[t] = m /\ next[t] # m THEN 0
                            ELSE IF u = t /\ Begun(t) THEN since[m][u] + 1 ELSE since[m][u]]]

Spec == Init /\ [][Next]_vars

Once    == \A i \in Index : Cardinality({ e \in Holding : entry[e].hi.index = i })
                            + Cardinality({ t \in Threads : i \in mine[t] }) + (IF i \in way THEN 1 ELSE 0) <= 1
Right   == wrong = "nothing"
Soon    == \A m, t \in Threads : since[m][t] < K
Bounded == \A t \in Threads : steps[t] <= Limit
Close   == head.count - tail.count <= Cardinality({ t \in Threads : pc[t] # "idle" /\ r[t].pop })
Moves   == \A t \in Threads : pc[t] # "idle" => ENABLED Step(t)
=====================================================================================================================
