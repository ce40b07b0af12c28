\* SPDX-License-Identifier: MIT
---------------------------------------------------- MODULE hyaline ---------------------------------------------------
(* Hyaline-1S, include/loft/smr/hyaline.h: threads that go in and out of sections, protect the node that a word points
   to, make another, put it in its place, retire the old one, make batches of what they have retired, hang them on the
   sections that may hold something of them, count them down, and free what is counted down. The actions are the labels
   of that header: begin_A is begin:A.

   One step is one access and what follows it up to the next one. Steps interleave in any order. The access era and the
   head that begin and protect store may stay in the buffer of their thread until its fence or its next
   read-modify-write of the head, and leave it in any order. That is what begin:D and protect:D (light fences, no steps)
   and seal:B (the heavy one, which every thread passes) are for. Other orders are not modelled; the explorer has them.

   A node is freed when its batch has come back to who retired it, and that is so when its counter says so. Nothing asks
   whether somebody holds it. Nodes are used again as soon as they are free. Any thread may stop for good anywhere.

   In one step with others: begin:C (begin_B), walk:A and back:A, back:B (walk_C, seal_I), seal:E, seal:H (of who makes
   the batch only), retire:A, claim:B.

   Left out: stops, which are for drains, the two bags, and that nodes go from thread to thread: abandon:A, adopt:A,
   adopt:C, await:A, drain:A, drain:B, fini:A, fini:B, fini:C, forked:A, forked:B, forked:C, forked:D, forked:E,
   forked:F, forked:G, forked:H, forked:I, gather:A, gather:B, gather:C, inherit:A, inherit:B, join:A, leave:A,
   leave:B, leave:C, leave:D, old:A, push:A, push:B, push:C, resume:A, resume:B, seal:J, seal:N, stop:C, stop:D,
   stop:E, stop:F, stop:G, stop:H, stop:I, stop:J, stop:K, supply:A, supply:B, supply:C, supply:D, supply:E, supply:F,
   turn:A, turn:B, turn:C, work:A. Statistics: begin:E, get:A, get:B, get:C, get:D, seal:A, seal:C. start:A and
   start:B are for tests. That a batch goes by the fence of another, which is what ibr.tla has of
   intervals: mark:A, seal:K, seal:L, seal:M. The explorer has these.

   What is claimed:
     Safe      no node is free while a thread holds it: no use after free
     Once      no node is freed that is not retired, or twice, and no batch comes back twice
     Hangs     what hangs on a thread, or is being counted down by it, is of a batch that is not free
     Enough    a batch has a node for each record that it is hung on, and one that counts
     Bounded   on the section of a reader hang no more batches than there were nodes when it last published its access
               era, and were made before the era went on (the E of the header); and retired and not free is no more than
               that, and two batches for each who retires. A batch has K nodes here, not up to 2K
     Moves     the era never goes back, and goes by one at a time
     Freed     where no section lasts for ever and threads go on calling, what is in a batch is freed
*)
EXTENDS Integers, Sequences, FiniteSets, TLC

CONSTANTS Writers, Readers,                 \* threads that make and retire nodes; that protect them
          Node,                             \* what there is of nodes
          Births, Batch, Frees,             \* the options
          Last, Others,                     \* era; how often it moves whenever it likes, because others make nodes
          Visits,                           \* sections of each reader; 0: without end
          Makes,                            \* nodes that each writer makes
          Pick,                             \* the allocator gives any free node; FALSE: the first, of numbers
          Stops,                            \* readers stop for good when they have begun a section
          Bug                               \* "none", or the bug that is planted:
                                            \*   "fence"  the heavy fence makes nobody's head and access era seen
                                            \*   "entry"  protect does not publish newer eras
                                            \*   "late"   the era of birth is read once the node is linked
                                            \*   "newest" a batch goes by the birth of its newest node
                                            \*   "each"   what is hung is counted one by one
                                            \*   "all"    batches are hung on every section, whatever its era

Threads  == Writers \union Readers
Enough_  == Cardinality(Threads) + 1
Size     == IF Batch > Enough_ THEN Batch ELSE Enough_
Least(s) == CHOOSE n \in s : \A m \in s : n <= m
None     == [state |-> "none", hangs |-> << >>]
In       == [state |-> "in", hangs |-> << >>]

VARIABLES
    era, word,                              \* the shared words; word is the node that is in the structure
    head, access,                           \* of each thread, as others see them; what hangs there is named by the node
                                            \* that counts for its batch, oldest first
    buffered,                               \* of each thread: what others do not see yet of its access era (0: nothing)
                                            \* and its head
    me,                                     \* what each thread knows for itself
    birth,                                  \* of each node
    batch, count,                           \* of a node that counts: the nodes of its batch; the counter
    owner,                                  \* who made it
    done,                                   \* of each thread: its batches that have come back
    free,                                   \* the nodes that are free: the truth
    moved,                                  \* how often others have moved the era
    crowd,                                  \* nodes there were when a reader last published its access era
    wrong

vars == << era, word, head, access, buffered, me, birth, batch, count, owner, done, free, moved, crowd, wrong >>

Idle == [at |-> "out",                      \* its next step
         era |-> 0, seen |-> 0,             \* what begin:A has read; its access era
         got |-> 0, held |-> 0,             \* what protect has read; a node that it may use
         list |-> << >>,                    \* what it counts down
         new |-> 0,                         \* the node that it makes
         visits |-> 0, makes |-> 0, born |-> 0,
         fresh |-> {}, ready |-> {},        \* its bag
         newest |-> 0,                      \* what it has retired last
         of |-> 0, left |-> {}, on |-> 0,   \* of seal: the batch, whom it has not looked at, whom it looks at, on how
         hung |-> 0]                        \* many it has hung

Init ==
    /\ era = 1 /\ IF Pick THEN word \in Node ELSE word = Least(Node)
    /\ head = [t \in Threads |-> None] /\ access = [t \in Threads |-> 1]
    /\ buffered = [t \in Threads |-> [access |-> 0, head |-> FALSE]]
    /\ me = [t \in Threads |-> Idle]
    /\ birth = [n \in Node |-> IF n = word THEN 1 ELSE 0]
    /\ batch = [n \in Node |-> {}] /\ count = [n \in Node |-> 0]
    /\ owner = [n \in Node |-> 0]
    /\ done = [t \in Threads |-> {}]
    /\ free = Node \ { word }
    /\ moved = 0 /\ crowd = 1
    /\ wrong = FALSE

Sealed  == UNION { batch[n] : n \in Node } \union UNION { me[t].ready : t \in Threads }
Pending == Sealed \union UNION { me[t].fresh : t \in Threads }

Crowded(t) == crowd' = IF t \in Readers THEN Cardinality(Node \ free) ELSE crowd

---------------------------------------------------------------------------------------------------------------------
\* Sections.

begin_A(t) ==
    /\ me[t].at = "out"
    /\ t \in Writers \/ Visits = 0 \/ me[t].visits < Visits
    /\ me' = [me EXCEPT ![t].at = "begin_B", ![t].era = era,
                        ![t].visits = IF t \in Writers \/ Visits = 0 THEN 0 ELSE @ + 1]
    /\ UNCHANGED << era, word, head, access, buffered, birth, batch, count, owner, done, free, crowd, wrong >>

begin_B(t) ==
    /\ me[t].at = "begin_B"
    /\ buffered' = [buffered EXCEPT ![t] = [access |-> me[t].era, head |-> TRUE]]
    /\ me' = [me EXCEPT ![t].at = "in", ![t].seen = me[t].era, ![t].era = 0]
    /\ Crowded(t)
    /\ UNCHANGED << era, word, head, access, birth, batch, count, owner, done, free, wrong >>

\* A store leaves the buffer. It may do so at any time, but it makes no difference before somebody looks.
drains(t) ==
    /\ \E u \in Threads \ { t } : me[u].at \in { "seal_D", "seal_F", "seal_G" }
    /\ \/ /\ buffered[t].access # 0
          /\ access' = [access EXCEPT ![t] = buffered[t].access]
          /\ buffered' = [buffered EXCEPT ![t].access = 0]
          /\ UNCHANGED head
       \/ /\ buffered[t].head
          /\ head' = [head EXCEPT ![t] = In]
          /\ buffered' = [buffered EXCEPT ![t].head = FALSE]
          /\ UNCHANGED access
    /\ UNCHANGED << era, word, me, birth, batch, count, owner, done, free, crowd, wrong >>

protect_A(t) ==
    /\ \/ me[t].at = "in" /\ t \in Readers /\ word # me[t].held /\ ~Stops
       \/ me[t].at = "again"
    /\ me' = [me EXCEPT ![t].at = "protect_B", ![t].got = word]
    /\ UNCHANGED << era, word, head, access, buffered, birth, batch, count, owner, done, free, crowd, wrong >>

\* It may use all that protect gave it in this section. One of those is watched.
protect_B(t) ==
    /\ me[t].at = "protect_B"
    /\ IF era = me[t].seen \/ Bug = "entry"
       THEN \E n \in { me[t].got } \union ({ me[t].held } \ { 0 }) :
                me' = [me EXCEPT ![t].at = "in", ![t].held = n, ![t].got = 0]
       ELSE me' = [me EXCEPT ![t].at = "protect_C", ![t].seen = era, ![t].got = 0]
    /\ UNCHANGED << era, word, head, access, buffered, birth, batch, count, owner, done, free, crowd, wrong >>

protect_C(t) ==
    /\ me[t].at = "protect_C"
    /\ buffered' = [buffered EXCEPT ![t].access = me[t].seen]
    /\ me' = [me EXCEPT ![t].at = "again"]
    /\ Crowded(t)
    /\ UNCHANGED << era, word, head, access, birth, batch, count, owner, done, free, wrong >>

\* What it has stored itself is there before a read-modify-write of the head, as after its fence.
OwnHead(t)   == IF buffered[t].head THEN In ELSE head[t]
OwnAccess(t) == IF buffered[t].access # 0 THEN buffered[t].access ELSE access[t]
Clean        == [access |-> 0, head |-> FALSE]

end_A(t) ==
    /\ me[t].at = "end_A" \/ (me[t].at = "in" /\ t \notin Writers /\ ~Stops)
    /\ buffered' = [buffered EXCEPT ![t] = Clean]
    /\ access' = [access EXCEPT ![t] = OwnAccess(t)]
    /\ LET alone == OwnHead(t).hangs = << >> IN
        /\ head' = [head EXCEPT ![t] = IF alone THEN None ELSE OwnHead(t)]
        /\ me' = [me EXCEPT ![t].at = IF alone THEN "out" ELSE "end_B", ![t].held = 0, ![t].seen = 0]
    /\ UNCHANGED << era, word, birth, batch, count, owner, done, free, crowd, wrong >>

end_B(t) ==
    /\ me[t].at = "end_B"
    /\ me' = [me EXCEPT ![t].at = "walk_C", ![t].list = head[t].hangs]
    /\ head' = [head EXCEPT ![t] = [state |-> "walks", hangs |-> << >>]]
    /\ UNCHANGED << era, word, access, buffered, birth, batch, count, owner, done, free, crowd, wrong >>

\* A batch that nobody holds goes back to its owner; back:B with it.
Back(c) ==
    /\ done' = [done EXCEPT ![owner[c]] = @ \union { c }]
    /\ wrong' = (wrong \/ c \in done[owner[c]] \/ batch[c] = {})

walk_C(t) ==
    /\ me[t].at = "walk_C"
    /\ LET c == me[t].list[1] IN
        /\ count' = [count EXCEPT ![c] = @ - 1]
        /\ IF count[c] = 1 THEN Back(c) ELSE UNCHANGED << done, wrong >>
        /\ me' = [me EXCEPT ![t].list = Tail(@), ![t].at = IF Len(me[t].list) = 1 THEN "end_C" ELSE @]
    /\ UNCHANGED << era, word, head, access, buffered, birth, batch, owner, free, crowd >>

\* Only stops, which are left out, are hung on who walks.
end_C(t) ==
    /\ me[t].at = "end_C"
    /\ head' = [head EXCEPT ![t] = None]
    /\ me' = [me EXCEPT ![t].at = "out"]
    /\ UNCHANGED << era, word, access, buffered, birth, batch, count, owner, done, free, crowd, wrong >>

---------------------------------------------------------------------------------------------------------------------
\* Nodes.

others ==
    /\ moved < Others /\ era < Last
    /\ moved' = moved + 1 /\ era' = era + 1
    /\ UNCHANGED << word, head, access, buffered, me, birth, batch, count, owner, done, free, crowd, wrong >>

\* Takes memory, and moves the era if it is time.
born_A(t) ==
    /\ me[t].at = "in" /\ t \in Writers
    /\ me[t].makes < Makes
    /\ \E n \in IF Pick \/ free = {} THEN free ELSE { Least(free) } :
        /\ free' = free \ { n }
        /\ me' = [me EXCEPT ![t].at = IF Bug = "late" THEN "link" ELSE "born_B", ![t].new = n,
                            ![t].makes = @ + 1,
                            ![t].born = IF @ + 1 = Births THEN 0 ELSE @ + 1]
    /\ IF me[t].born + 1 = Births THEN era < Last /\ era' = era + 1 ELSE UNCHANGED era
    /\ UNCHANGED << word, head, access, buffered, birth, batch, count, owner, done, crowd, wrong >>

Sealing(m) == IF Cardinality(m.fresh) >= Size THEN "seal_B" ELSE "claim_A"

born_B(t) ==
    /\ me[t].at = "born_B"
    /\ birth' = [birth EXCEPT ![me[t].new] = era]
    /\ me' = [me EXCEPT ![t].at = IF Bug = "late" THEN Sealing(me[t]) ELSE "link",
                        ![t].new = IF Bug = "late" THEN 0 ELSE @]
    /\ UNCHANGED << era, word, head, access, buffered, batch, count, owner, done, free, crowd, wrong >>

\* The new node in the place of the old one, which is retired.
link(t) ==
    /\ me[t].at = "link"
    /\ word' = me[t].new
    /\ LET m == [me[t] EXCEPT !.fresh = @ \union { word }, !.newest = word] IN
        me' = [me EXCEPT ![t] = IF Bug = "late" THEN [m EXCEPT !.at = "born_B"]
                                ELSE [m EXCEPT !.new = 0, !.at = Sealing(m)]]
    /\ UNCHANGED << era, head, access, buffered, birth, batch, count, owner, done, free, crowd, wrong >>

\* The era that a batch goes by.
Oldest(t) ==
    IF Bug = "newest" THEN birth[me[t].newest] ELSE Least({ birth[n] : n \in batch[me[t].of] })

seal_B(t) ==
    /\ me[t].at = "seal_B"
    /\ IF Bug = "fence"
       THEN /\ head' = [head EXCEPT ![t] = OwnHead(t)] /\ access' = [access EXCEPT ![t] = OwnAccess(t)]
            /\ buffered' = [buffered EXCEPT ![t] = Clean]
       ELSE /\ head' = [u \in Threads |-> OwnHead(u)] /\ access' = [u \in Threads |-> OwnAccess(u)]
            /\ buffered' = [u \in Threads |-> Clean]
    /\ \E c \in IF Pick THEN me[t].fresh ELSE { Least(me[t].fresh) } :
        /\ batch' = [batch EXCEPT ![c] = me[t].fresh]
        /\ count' = [count EXCEPT ![c] = 0]
        /\ owner' = [owner EXCEPT ![c] = t]
        /\ me' = [me EXCEPT ![t].at = "seal_D", ![t].of = c, ![t].fresh = {}, ![t].left = Threads, ![t].hung = 0]
    /\ UNCHANGED << era, word, birth, done, free, crowd, wrong >>

\* On to the next record, or to the end.
Next_(m) == [m EXCEPT !.on = 0, !.left = @ \ { m.on }, !.at = IF m.left = { m.on } THEN "seal_I" ELSE "seal_D"]

seal_D(t) ==
    /\ me[t].at = "seal_D"
    /\ \E u \in me[t].left :
        LET m == [me[t] EXCEPT !.on = u] IN
        me' = [me EXCEPT ![t] = IF head[u].state = "in" THEN [m EXCEPT !.at = "seal_F"] ELSE Next_(m)]
    /\ UNCHANGED << era, word, head, access, buffered, birth, batch, count, owner, done, free, crowd, wrong >>

seal_F(t) ==
    /\ me[t].at = "seal_F"
    /\ me' = [me EXCEPT ![t] = IF access[@.on] < Oldest(t) /\ Bug # "all" THEN Next_(@) ELSE [@ EXCEPT !.at = "seal_G"]]
    /\ UNCHANGED << era, word, head, access, buffered, birth, batch, count, owner, done, free, crowd, wrong >>

\* Hangs a node on it, whatever hangs there, unless its section is over.
seal_G(t) ==
    /\ me[t].at = "seal_G"
    /\ LET u == me[t].on
           c == me[t].of
       IN IF head[u].state # "in"
          THEN me' = [me EXCEPT ![t] = Next_(@)] /\ UNCHANGED << head, count >>
          ELSE /\ head' = [head EXCEPT ![u].hangs = Append(@, c)]
               /\ count' = [count EXCEPT ![c] = IF Bug = "each" THEN @ + 1 ELSE @]
               /\ me' = [me EXCEPT ![t] = Next_([@ EXCEPT !.hung = @ + 1])]
    /\ UNCHANGED << era, word, access, buffered, birth, batch, owner, done, free, crowd, wrong >>

seal_I(t) ==
    /\ me[t].at = "seal_I"
    /\ LET c   == me[t].of
           now == IF Bug = "each" THEN count[c] ELSE count[c] + me[t].hung
       IN /\ count' = [count EXCEPT ![c] = now]
          /\ IF now = 0 /\ (Bug # "each" \/ me[t].hung = 0) THEN Back(c) ELSE UNCHANGED << done, wrong >>
    /\ me' = [me EXCEPT ![t].at = "claim_A", ![t].of = 0, ![t].hung = 0]
    /\ UNCHANGED << era, word, head, access, buffered, birth, batch, owner, free, crowd >>

RECURSIVE Few(_, _)
Few(s, k) ==
    IF Cardinality(s) <= k THEN s ELSE IF k = 0 THEN {} ELSE { Least(s) } \union Few(s \ { Least(s) }, k - 1)

\* Takes what has come back if nothing is ready, and frees a few of that. Who retires something ends its section then;
\* who has nothing to make does this in exit only.
claim_A(t) ==
    /\ t \in Writers
    /\ me[t].at = "claim_A" \/ (me[t].at = "in" /\ (free = {} \/ me[t].makes = Makes))
    /\ LET take  == IF me[t].ready = {} THEN done[t] ELSE {}
           ready == me[t].ready \union UNION { batch[c] : c \in take }
           now   == Few(ready, Frees)
       IN /\ done' = [done EXCEPT ![t] = @ \ take]
          /\ batch' = [n \in Node |-> IF n \in take THEN {} ELSE batch[n]]
          /\ count' = [n \in Node |-> IF n \in take THEN 0 ELSE count[n]]
          /\ owner' = [n \in Node |-> IF n \in take THEN 0 ELSE owner[n]]
          /\ free' = free \union now
          /\ wrong' = (wrong \/ now \intersect free # {} \/ word \in now \/ \E c \in take : batch[c] = {})
          /\ birth' = [n \in Node |-> IF n \in now THEN 0 ELSE birth[n]]
          /\ me' = [me EXCEPT ![t].at = "end_A", ![t].ready = ready \ now,
                              ![t].newest = IF @ \in now THEN 0 ELSE @]
    /\ UNCHANGED << era, word, head, access, buffered, crowd >>

---------------------------------------------------------------------------------------------------------------------

Inner(t) ==
    \/ begin_B(t) \/ drains(t) \/ (me[t].at = "again" /\ protect_A(t)) \/ protect_B(t) \/ protect_C(t)
    \/ end_A(t) \/ end_B(t) \/ walk_C(t) \/ end_C(t)
    \/ born_B(t) \/ link(t)
    \/ seal_B(t) \/ seal_D(t) \/ seal_F(t) \/ seal_G(t) \/ seal_I(t) \/ claim_A(t)

Next == others \/ \E t \in Threads : (Inner(t) \/ begin_A(t) \/ protect_A(t) \/ born_A(t)) /\ UNCHANGED moved

Spec == Init /\ [][Next]_vars

\* Everybody goes on, and no section lasts for ever.
Goes(t)   == Inner(t) /\ UNCHANGED moved
Starts(t) == begin_A(t) /\ UNCHANGED moved
Ending(t) == end_A(t) /\ UNCHANGED moved
Fair      == Spec /\ \A t \in Threads : WF_vars(Goes(t)) /\ WF_vars(Starts(t)) /\ SF_vars(Ending(t))

Safe    == \A t \in Threads : me[t].held \notin free
Once    == ~wrong
Hangs   == \A t \in Threads : \A s \in { head[t].hangs, me[t].list } : \A i \in 1 .. Len(s) :
               batch[s[i]] # {} /\ batch[s[i]] \intersect free = {}
Enough  == \A t \in Threads : me[t].of # 0 => me[t].hung < Cardinality(batch[me[t].of])
Early   == crowd + Births * Cardinality(Writers)
Bounded == /\ \A t \in Readers : Len(head[t].hangs) <= Early
           /\ Cardinality(Pending) <= Size * Early + 2 * Size * Cardinality(Writers)
Same    == Permutations(Node)
Moves   == [][era' \in { era, era + 1 }]_vars
Freed   == \A n \in Node : n \in Sealed ~> n \notin Sealed
=====================================================================================================================
