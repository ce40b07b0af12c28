\* SPDX-License-Identifier: MIT
------------------------------------------------------ MODULE ibr -----------------------------------------------------
(* Intervals, include/loft/smr/ibr.h: threads that go in and out of sections, protect the node that a word points to,
   make another, put it in its place, retire the old one, and free what meets no interval. The actions are the labels of
   that header: begin_A is begin:A.

   One step is one access and what follows it up to the next one. Steps interleave in any order. The two ends of an
   interval may stay in the buffer of their thread until its fence, and leave it in any order that C11 allows: of one
   word in turn, `lower` after all that was stored before it (begin:C and end:A are releases), `upper` when it likes.
   That is what begin:D and protect:E (light fences, no steps) and round:A (the heavy one, which every thread passes)
   are for. Other orders are not modelled; the explorer has them.

   A node is freed by what its retiring thread has read: births, the era of a round, intervals. Nothing asks whether
   somebody holds it. Nodes are used again as soon as they are free. Any thread may stop for good anywhere.

   In another step, because only its own thread writes what it reads: protect:C (protect_B); begin:C is begin_B, too.
   Who retires marks where there are Fencers, who make a fence for others.
   With Batch 0 each call of work begins a round. A call tests all that waits: spreading tests over calls only puts them
   off. Who has retired a node ends its section then.

   Left out: what a drain does, and that a bag goes from thread to thread: adopt:A, adopt:B, adopt:C, adopt:D, adopt:E,
   adopt:F, adopt:G, adopt:H, await:A, await:B, clear:A, collect:A, collect:B, collect:C, collect:D, collect:E,
   collect:F, collect:G, empty:A, empty:B, empty:C, empty:D, fence:A, fini:A, fini:B, fini:C, forked:A, forked:B,
   forked:C, forked:D, forked:E, forked:F, forked:G, inherit:A, join:A, join:B, join:C, join:D, left:A, left:B, left:C,
   left:D, over:A, retake:A, retake:B, and the pointer to the bag that this is for: work:A, work:B, retire:B. What is
   told of a bag: retire:A, work:C. A fork: change:A, change:B. Statistics: round:B, round:C, stats:A, stats:B, stats:C.
   start:A and start:B are for tests. The explorer has these.

   What is claimed:
     Safe      no node is free while a thread holds it: no use after free
     Once      no node is freed that is not retired, or twice
     Meets     the life of what a thread holds meets the interval of its section: (1) and (3) of WHY IT HOLDS
     Bounded   what is retired and not free is within the bound of the header, where `crowd` is its A
     Moves     the era never goes back, and goes by one at a time
     Freed     where no section lasts for ever and threads go on calling, what is retired is freed
*)
EXTENDS Integers, Sequences, FiniteSets, TLC

CONSTANTS Writers, Readers,                 \* threads that make and retire nodes; that protect them
          Fencers,                          \* that make a heavy fence each, and tell of it
          Node,                             \* what there is of nodes
          Last,                             \* era
          Births, Batch, Frees,             \* the options
          Others,                           \* how often the era moves whenever it likes, because others make nodes
          Visits,                           \* sections of each reader; 0: without end
          Makes,                            \* nodes that each writer makes
          Pick,                             \* the allocator gives any free node; FALSE: the first, of numbers
          Room,                             \* stores in a buffer
          Stops,                            \* readers stop for good when they have begun a section
          Bug                               \* "none", or the bug that is planted:
                                            \*   "fence"  the heavy fence makes nobody's interval seen
                                            \*   "entry"  protect does not raise the upper end
                                            \*   "late"   the era of birth is read once the node is linked
                                            \*   "early"  the era of retiring is read as the node is unlinked
                                            \*   "lower"  the era of retiring is the one in which the section began
                                            \*   "unborn" nodes have no era of birth
                                            \*   "twice"  what stays is kept in its list, too
                                            \*   "trusts" any fence of another is taken for one after the mark
                                            \*   "hasty"  who makes a fence reads the era when it is made

Threads == Writers \union Readers \union Fencers
Later   == 0                                \* retired, and no round has begun since
Least(s) == CHOOSE n \in s : \A m \in s : n <= m
Max(a, b) == IF a > b THEN a ELSE b
Min(a, b) == IF a < b THEN a ELSE b

VARIABLES
    era, fenced, word,                      \* the shared words; word is the node that is in the structure
    lower, upper,                           \* of each thread, as others see them; lower is 0 outside sections
    buffered,                               \* of each thread: its stores that others do not see yet, oldest first
    me,                                     \* what each thread knows for itself
    birth, retired,                         \* of each node
    free,                                   \* the nodes that are free: the truth
    moved,                                  \* how often others have moved the era
    crowd,                                  \* nodes there were when a reader last published its upper end
    wrong

vars == << era, fenced, word, lower, upper, buffered, me, birth, retired, free, moved, crowd, wrong >>

Idle == [at |-> "out",                      \* its next step
         era |-> 0,                         \* what it has read last
         first |-> 0, last |-> 0,           \* the ends of its own interval
         got |-> 0, held |-> 0,             \* what protect has read; a node that it may use
         new |-> 0,                         \* the node that it makes
         visits |-> 0, makes |-> 0, births |-> 0,
         fresh |-> {}, marked |-> {}, mark |-> 0, all |-> TRUE, waiting |-> {}, stayed |-> {}, ready |-> {}, \* its bag
         wait |-> Batch, fenced |-> FALSE, stamp |-> 0,
         ends |-> FALSE,                    \* work is for exit
         left |-> {}, low |-> << >>,            \* of look: whom it has not looked at; what look:A read
         spans |-> {}]

Init ==
    /\ era = 1 /\ fenced = 0 /\ IF Pick THEN word \in Node ELSE word = Least(Node)
    /\ lower = [t \in Threads |-> 0] /\ upper = [t \in Threads |-> 0]
    /\ buffered = [t \in Threads |-> << >>]
    /\ me = [t \in Threads |-> Idle]
    /\ birth = [n \in Node |-> IF n = word THEN 1 ELSE 0] /\ retired = [n \in Node |-> Later]
    /\ free = Node \ { word }
    /\ moved = 0 /\ crowd = 1
    /\ wrong = FALSE

Kept(t) == me[t].fresh \union me[t].marked \union me[t].waiting \union me[t].stayed \union me[t].ready
Pending == UNION { Kept(t) : t \in Threads }

To(t, at)       == me' = [me EXCEPT ![t].at = at]
Unseen(t)       == Writers \subseteq { t } \/ t \in Fencers      \* nobody looks at its interval: it need not be there
Stores(t, s)    == buffered' = IF Unseen(t) THEN buffered ELSE [buffered EXCEPT ![t] = @ \o s]
Fits(t, n)      == Len(buffered[t]) + n <= Room
Crowded(t)      == crowd' = IF t \in Readers THEN Cardinality(Node \ free) ELSE crowd

---------------------------------------------------------------------------------------------------------------------
\* Sections.

begin_A(t) ==
    /\ me[t].at = "out"
    /\ t \notin Fencers
    /\ t \in Writers \/ Visits = 0 \/ me[t].visits < Visits
    /\ me' = [me EXCEPT ![t].at = "begin_B", ![t].era = era, ![t].first = era,
                        ![t].visits = IF t \in Writers \/ Visits = 0 THEN 0 ELSE @ + 1]
    /\ UNCHANGED << era, fenced, word, lower, upper, buffered, birth, retired, free, crowd, wrong >>

\* begin:C with it: both are put into its buffer.
begin_B(t) ==
    /\ me[t].at = "begin_B" /\ Fits(t, 2)
    /\ Stores(t, << << "upper", me[t].era >>, << "lower", me[t].era >> >>)
    /\ me' = [me EXCEPT ![t].at = "in", ![t].last = me[t].era, ![t].era = 0]
    /\ Crowded(t)
    /\ UNCHANGED << era, fenced, word, lower, upper, birth, retired, free, wrong >>

\* A store leaves the buffer. It may do so at any time, but it makes no difference before somebody looks.
drains(t) ==
    /\ Len(buffered[t]) + 2 > Room \/ \E u \in Threads \ { t } : me[u].at \in { "look_A", "look_B" }
    /\ \E i \in 1 .. Len(buffered[t]) :
        LET s == buffered[t][i] IN
        /\ IF s[1] = "lower" THEN i = 1 ELSE \A j \in 1 .. i - 1 : buffered[t][j][1] # "upper"
        /\ buffered' = [buffered EXCEPT ![t] = SubSeq(@, 1, i - 1) \o SubSeq(@, i + 1, Len(@))]
        /\ IF s[1] = "lower" THEN lower' = [lower EXCEPT ![t] = s[2]] /\ UNCHANGED upper
           ELSE upper' = [upper EXCEPT ![t] = s[2]] /\ UNCHANGED lower
    /\ UNCHANGED << era, fenced, word, me, birth, retired, free, crowd, wrong >>

protect_A(t) ==
    /\ me[t].at = "in" /\ t \in Readers /\ word # me[t].held /\ ~Stops
    /\ me' = [me EXCEPT ![t].at = "protect_B", ![t].got = word]
    /\ UNCHANGED << era, fenced, word, lower, upper, buffered, birth, retired, free, crowd, wrong >>

\* It may use all that protect gave it in this section. One of those is watched.
protect_B(t) ==
    /\ me[t].at = "protect_B"
    /\ IF era = me[t].last \/ Bug = "entry"
       THEN \E n \in { me[t].got } \union ({ me[t].held } \ { 0 }) :
                me' = [me EXCEPT ![t].at = "in", ![t].held = n, ![t].got = 0]
       ELSE me' = [me EXCEPT ![t].at = "protect_D", ![t].era = era, ![t].got = 0]
    /\ UNCHANGED << era, fenced, word, lower, upper, buffered, birth, retired, free, crowd, wrong >>

protect_D(t) ==
    /\ me[t].at = "protect_D" /\ Fits(t, 1)
    /\ Stores(t, << << "upper", me[t].era >> >>)
    /\ me' = [me EXCEPT ![t].at = "protect_F", ![t].last = me[t].era, ![t].era = 0]
    /\ Crowded(t)
    /\ UNCHANGED << era, fenced, word, lower, upper, birth, retired, free, wrong >>

protect_F(t) ==
    /\ me[t].at = "protect_F"
    /\ me' = [me EXCEPT ![t].at = "protect_B", ![t].got = word]
    /\ UNCHANGED << era, fenced, word, lower, upper, buffered, birth, retired, free, crowd, wrong >>

\* Who retires something ends its section then, as others do when they like and have nothing to make.
Ends(t) == \/ me[t].at = "leave"
           \/ me[t].at = "in" /\ IF t \in Writers THEN free = {} \/ me[t].makes = Makes ELSE ~Stops

end_A(t) ==
    /\ Fits(t, 1)
    /\ me[t].at = "end_A" \/ (Ends(t) /\ Kept(t) = {})
    /\ Stores(t, << << "lower", 0 >> >>)
    /\ me' = [me EXCEPT ![t].at = "out", ![t].held = 0, ![t].first = 0, ![t].last = 0]
    /\ UNCHANGED << era, fenced, word, lower, upper, birth, retired, free, crowd, wrong >>

---------------------------------------------------------------------------------------------------------------------
\* A thread's share of the work, which is not a step by itself: what comes next. m is what the thread knows.

Quarter(m) == Max(Cardinality(m.fresh \union m.marked \union m.waiting \union m.stayed \union m.ready) \div 4, Batch)

\* The intervals are looked at if a round has begun and half of the way to the next one is gone. Its own is first: only
\* it changes that one.
Looks(m, t) ==
    IF ~m.fenced THEN [m EXCEPT !.at = "test"]
    ELSE IF m.wait > Quarter(m) \div 2 THEN [m EXCEPT !.at = "free"]
    ELSE [m EXCEPT !.fenced = FALSE, !.left = Threads \ (Fencers \union { t }),
                   !.spans = { << m.first, m.last >> }, !.at = "look_A"]

\* The end of a section that has retired something is no call for the round.
Work(m, t) ==
    IF m.wait > 0 THEN Looks(IF m.at = "leave" THEN m ELSE [m EXCEPT !.wait = @ - 1], t)
    ELSE IF m.waiting = {} THEN [m EXCEPT !.at = IF Fencers = {} THEN "round_A" ELSE "round_G"]
    ELSE Looks(m, t)

exit_A(t) ==
    /\ Ends(t) /\ Kept(t) # {}
    /\ me' = [me EXCEPT ![t] = Work([@ EXCEPT !.ends = TRUE], t)]
    /\ UNCHANGED << era, fenced, word, lower, upper, buffered, birth, retired, free, crowd, wrong >>

---------------------------------------------------------------------------------------------------------------------
\* Nodes.

\* Takes memory, and moves the era if it is time.
born_A(t) ==
    /\ me[t].at = "in" /\ t \in Writers
    /\ me[t].makes < Makes
    /\ \E n \in IF Pick \/ free = {} THEN free ELSE { Least(free) } :
        /\ free' = free \ { n }
        /\ me' = [me EXCEPT ![t].at = IF Bug = "late" THEN "link" ELSE "born_B", ![t].new = n,
                            ![t].makes = @ + 1,
                            ![t].births = IF @ = Births THEN 1 ELSE @ + 1]
    /\ IF me[t].births = Births THEN era < Last /\ era' = era + 1 ELSE UNCHANGED era
    /\ UNCHANGED << fenced, word, lower, upper, buffered, birth, retired, crowd, wrong >>

others ==
    /\ moved < Others /\ era < Last
    /\ moved' = moved + 1
    /\ era' = era + 1
    /\ UNCHANGED << fenced, word, lower, upper, buffered, me, birth, retired, free, crowd, wrong >>

born_B(t) ==
    /\ me[t].at = "born_B"
    /\ birth' = [birth EXCEPT ![me[t].new] = IF Bug = "unborn" THEN 0 ELSE era]
    /\ me' = [me EXCEPT ![t] = IF Bug = "late" THEN Work([@ EXCEPT !.new = 0], t)
                               ELSE [@ EXCEPT !.at = IF Bug = "early" THEN "reads" ELSE "link"]]
    /\ UNCHANGED << era, fenced, word, lower, upper, buffered, retired, free, crowd, wrong >>

\* Planted: retire's load of the era, which nothing keeps from being done before others see the store before it.
reads(t) ==
    /\ me[t].at = "reads"
    /\ me' = [me EXCEPT ![t].at = "link", ![t].era = era]
    /\ UNCHANGED << era, fenced, word, lower, upper, buffered, birth, retired, free, crowd, wrong >>

\* The new node in the place of the old one, which is retired.
link(t) ==
    /\ me[t].at = "link"
    /\ word' = me[t].new
    /\ retired' = [retired EXCEPT ![word] = CASE Bug = "early" -> me[t].era
                                              [] Bug = "lower" -> me[t].first
                                              [] OTHER -> Later]
    /\ LET m == [me[t] EXCEPT !.fresh = @ \union { word }, !.era = 0] IN
        me' = [me EXCEPT ![t] = IF Bug = "late" THEN [m EXCEPT !.at = "born_B"] ELSE Work([m EXCEPT !.new = 0], t)]
    /\ UNCHANGED << era, fenced, lower, upper, buffered, birth, free, crowd, wrong >>

---------------------------------------------------------------------------------------------------------------------
\* Rounds.

\* The newest of the stores of one word that are in a buffer, or what others see.
Newest(b, w, seen) ==
    LET of == { i \in 1 .. Len(b) : b[i][1] = w } IN
    IF of = {} THEN seen ELSE b[CHOOSE i \in of : \A j \in of : j <= i][2]

\* What is unlinked by now may be tested after a fence that begins later.
mark_A(t) ==
    /\ me[t].at = "mark_A" /\ era < Last
    /\ era' = era + 1
    /\ me' = [me EXCEPT ![t] = [@ EXCEPT !.marked = @ \union me[t].fresh, !.fresh = {}, !.mark = era + 1,
                                            !.at = "test"]]
    /\ UNCHANGED << fenced, word, lower, upper, buffered, birth, retired, free, crowd, wrong >>

Covered(m) == m.marked # {} /\ (m.mark <= fenced \/ (Bug = "trusts" /\ fenced # 0))

round_G(t) ==
    /\ me[t].at = "round_G"
    /\ me' = [me EXCEPT ![t] = IF Covered(@) THEN [@ EXCEPT !.at = "round_D", !.all = FALSE]
                               ELSE [@ EXCEPT !.at = "round_F"]]
    /\ UNCHANGED << era, fenced, word, lower, upper, buffered, birth, retired, free, crowd, wrong >>

round_F(t) ==
    /\ me[t].at = "round_F" \/ (me[t].at = "out" /\ t \in Fencers /\ me[t].visits = 0)
    /\ me' = [me EXCEPT ![t].at = "round_A", ![t].era = era, ![t].visits = IF t \in Fencers THEN 1 ELSE @]
    /\ UNCHANGED << era, fenced, word, lower, upper, buffered, birth, retired, free, crowd, wrong >>

round_H(t) ==
    /\ me[t].at = "round_H"
    /\ fenced' = IF Bug = "hasty" THEN era ELSE me[t].era
    /\ me' = [me EXCEPT ![t].at = IF t \in Fencers THEN "out" ELSE "round_D", ![t].era = 0]
    /\ UNCHANGED << era, word, lower, upper, buffered, birth, retired, free, crowd, wrong >>

round_A(t) ==
    /\ me[t].at = "round_A"
    /\ IF Bug = "fence" THEN UNCHANGED << lower, upper, buffered >>
       ELSE /\ lower' = [u \in Threads |-> Newest(buffered[u], "lower", lower[u])]
            /\ upper' = [u \in Threads |-> Newest(buffered[u], "upper", upper[u])]
            /\ buffered' = [u \in Threads |-> << >>]
    /\ To(t, IF Fencers = {} THEN "round_D" ELSE "round_H")
    /\ UNCHANGED << era, fenced, word, birth, retired, free, crowd, wrong >>

\* All that is kept, or what is marked, is to be tested, with this era.
Round(m, t, e) ==
    Looks([m EXCEPT !.stamp = e, !.waiting = m.stayed \union m.marked \union (IF m.all THEN m.fresh ELSE {}),
                    !.fresh = IF m.all THEN {} ELSE @, !.marked = {}, !.all = TRUE,
                    !.stayed = IF Bug = "twice" THEN @ ELSE {}, !.wait = Quarter(m), !.fenced = TRUE], t)

round_D(t) ==
    /\ me[t].at = "round_D"
    /\ me' = [me EXCEPT ![t] = IF era \in { @.stamp, @.mark } THEN [@ EXCEPT !.at = "round_E"] ELSE Round(@, t, era)]
    /\ UNCHANGED << era, fenced, word, lower, upper, buffered, birth, retired, free, crowd, wrong >>

round_E(t) ==
    /\ me[t].at = "round_E" /\ era < Last
    /\ era' = era + 1
    /\ me' = [me EXCEPT ![t] = Round(@, t, era)]
    /\ UNCHANGED << fenced, word, lower, upper, buffered, birth, retired, free, crowd, wrong >>

Tests(m) == IF Fencers # {} /\ m.fresh # {} THEN "mark_A" ELSE "test"

look_A(t) ==
    /\ me[t].at = "look_A"
    /\ \E u \in me[t].left :
        me' = [me EXCEPT ![t] = IF lower[u] # 0 THEN [@ EXCEPT !.at = "look_B", !.low = << u, lower[u] >>]
                                ELSE [@ EXCEPT !.left = @ \ { u },
                                               !.at = IF me[t].left = { u } THEN Tests(me[t]) ELSE @]]
    /\ UNCHANGED << era, fenced, word, lower, upper, buffered, birth, retired, free, crowd, wrong >>

Met(s, o) == s[1] <= o[2] /\ o[1] <= s[2]

\* Those that meet become one.
RECURSIVE Join(_, _)
Join(s, spans) ==
    LET met == { o \in spans : Met(s, o) }
        o   == CHOOSE o \in met : TRUE
    IN IF met = {} THEN spans \union { s } ELSE Join(<< Min(s[1], o[1]), Max(s[2], o[2]) >>, spans \ { o })

look_B(t) ==
    /\ me[t].at = "look_B"
    /\ LET u == me[t].low[1] IN
        me' = [me EXCEPT ![t] = [@ EXCEPT !.left = @ \ { u }, !.low = << >>,
                                          !.spans = Join(<< me[t].low[2], upper[u] >>, @),
                                          !.at = IF me[t].left = { u } THEN Tests(me[t]) ELSE "look_A"]]
    /\ UNCHANGED << era, fenced, word, lower, upper, buffered, birth, retired, free, crowd, wrong >>

\* The first few of a set.
RECURSIVE Few(_, _)
Few(s, k) ==
    IF Cardinality(s) <= k THEN s ELSE IF k = 0 THEN {} ELSE { Least(s) } \union Few(s \ { Least(s) }, k - 1)

\* Frees a few of what is ready, and goes on, or to the end of the section.
Drops(t, m) ==
    LET now == Few(m.ready, Frees) IN
    /\ free' = free \union now
    /\ wrong' = (wrong \/ now \intersect free # {} \/ word \in now)
    /\ birth' = [n \in Node |-> IF n \in now THEN 0 ELSE birth[n]]
    /\ retired' = [n \in Node |-> IF n \in now THEN Later
                                  ELSE IF n \in m.waiting /\ m.at = "test" /\ retired[n] = Later THEN m.stamp
                                  ELSE retired[n]]
    /\ me' = [me EXCEPT ![t] = [m EXCEPT !.ready = @ \ now, !.ends = FALSE, !.at = IF m.ends THEN "end_A" ELSE "leave",
                                         !.waiting = IF m.at = "test" THEN {} ELSE @,
                                         !.spans = IF m.at = "test" THEN {} ELSE @]]

\* Gives an era and a verdict to what waits.
test(t) ==
    /\ me[t].at = "test"
    /\ LET m        == me[t]
           Ended(n) == IF retired[n] = Later THEN m.stamp ELSE retired[n]
           held     == { n \in m.waiting : \E s \in m.spans : Met(s, << birth[n], Ended(n) >>) }
       IN Drops(t, [m EXCEPT !.stayed = @ \union held, !.ready = @ \union (m.waiting \ held)])
    /\ UNCHANGED << era, fenced, word, lower, upper, buffered, crowd >>

frees(t) ==
    /\ me[t].at = "free"
    /\ Drops(t, me[t])
    /\ UNCHANGED << era, fenced, word, lower, upper, buffered, crowd >>

---------------------------------------------------------------------------------------------------------------------

Inner(t) ==
    \/ begin_B(t) \/ drains(t) \/ protect_B(t) \/ protect_D(t) \/ protect_F(t) \/ exit_A(t) \/ end_A(t)
    \/ born_B(t) \/ reads(t) \/ link(t)
    \/ mark_A(t) \/ round_G(t) \/ round_F(t) \/ round_H(t)
    \/ round_A(t) \/ round_D(t) \/ round_E(t) \/ look_A(t) \/ look_B(t) \/ test(t) \/ frees(t)

Next == others \/ \E t \in Threads : (Inner(t) \/ begin_A(t) \/ protect_A(t) \/ born_A(t)) /\ UNCHANGED moved

Spec == Init /\ [][Next]_vars

\* Everybody goes on, and while a reader is not done the others begin no round that would move the era too far: no
\* section lasts for ever.
Done       == \A t \in Readers : me[t].at = "out" /\ me[t].visits = Visits
Patient(t) == Inner(t) /\ (me[t].at = "round_A" => Done \/ era < Last - 4) /\ UNCHANGED moved
Starts(t)  == begin_A(t) /\ UNCHANGED moved
Ending(t)  == end_A(t) /\ UNCHANGED moved
Fair       == /\ Init
              /\ [][\E t \in Threads :
                     Patient(t) \/ Starts(t) \/ ((protect_A(t) \/ born_A(t)) /\ UNCHANGED moved)]_vars
              /\ \A t \in Threads : WF_vars(Patient(t)) /\ WF_vars(Starts(t)) /\ SF_vars(Ending(t))

Safe    == \A t \in Threads : me[t].held \notin free
Once    == ~wrong
Meets   == \A t \in Threads : LET n == me[t].held IN
               n # 0 => birth[n] <= me[t].last /\ (retired[n] # Later => me[t].first <= retired[n])
Bounded == 2 * Cardinality(Pending) <= 5 * (crowd + Cardinality(Writers) * Births)
                                       + 6 * Cardinality(Writers) * Batch
Same    == Permutations(Node)
Moves   == [][era' \in { era, era + 1 }]_vars
Freed   == \A n \in Node : n \in Pending ~> n \in free
=====================================================================================================================
