\* SPDX-License-Identifier: MIT
---------------------------------------------------- MODULE debra ---------------------------------------------------
(* The passing of include/loft/smr/debra.h, over the machinery of epoch.h: threads that read in sections, are sent back
   by a signal, reserve a node and write; that put another node in the place of the one that a word points to, retire
   it, look at the others' records, send signals, move the epoch, and free what is old enough. The actions are the
   labels of debra.h, and those of epoch.h that it names: begin_B is begin:B. The other steps of epoch.h have names of
   their own here, and the label beside them.

   One step is one access and what follows it up to the next one. Steps interleave in any order. Stores are seen at
   once, but for the two that others have to see in time, because no fence of their own is behind them: announcements,
   and that a thread is writing (write:B). Those may stay in the buffer of their thread until a heavy fence comes to it.
   It comes to each thread at a moment of its own.

   A signal is pending from pass:A on (the system call is part of that step). Its target takes it before any of its
   steps, or later, but before the next one if a heavy fence comes to it. The handler and the jump are one step.

   One word is reserved of the three (write:C and write:D are as write:A), and it is 0 when it does not count. What a
   thread puts in the place of a node is the first that is free. A look may be given up anywhere, and is begun anew;
   where it stops after 8 records, and goes on in the next call, is left out, and so is options.frees.

   A node is freed if what its retiring thread knows allows it: stamp, epoch, and what it has read of reservations.
   Nothing asks whether somebody holds it. Nodes are used again as soon as they are free.

   Left out: fences and loads that are for the handler, or of what a thread has written itself: begin:C, exit:C,
   exit:D, exit:E, reading:B, reading:D, reading:E, unread:A, write:F, write:G, reads:A, taken:A, taken:B (both in
   `caught`), and protect:A (`hold`). A second write in a section: write:H, rewrite:A, rewrite:B. When signals are
   sent (pass:B), to whom (bind:A, enter:A, enter:B, pass:D), and with which handler (install:A, install:B,
   install:C). Bags that go from thread to thread, in a drain or because somebody leaves: touch:A, touch:B, touch:C,
   untouch:A, retire:C, settle:B, over:A, left:A, left:B, left:C, left:E, forked:F, forked:G, collect:A, fence:A,
   join:B. Statistics: count:A, count:B, get:A, get:B. The explorer has these.

   What is claimed:
     NoUseAfterFree        what a thread reads, or has reserved and writes, is not free
     NoDoubleFree          no node is freed that is free, or in the structure
     NeutralizationSafety  when the epoch moves past threads that were sent a signal, each of them has begun again or
                           ended, and holds nothing of before; or what it has reserved is to be seen
     BoundedPending        no thread keeps more than Bound nodes, wherever another one stops. Limit stands for the ten
                           batches of the header's bound; with batches of one node, Grace + 1 come until a stamp is old
                           enough, and what is reserved

   debra.cfg           two threads that change the word, one of which reserves, too
   debra_stalled.cfg   one that changes it, and one that may stop anywhere. Only numbers are claimed there: a grace
                       of one epoch will do, and nothing is reserved (with one reserved node, one more is kept, in
                       476 680 states). The epoch does not end: at Last, instead of it, all that was read of it
                       goes back by one, and what is behind by Grace or more stays so

   debra.cfg has 170 730 states, 10 s of one processor; debra_stalled.cfg 19 451, 4 s. A planted bug is found in 7.
*)
EXTENDS Integers, FiniteSets

CONSTANTS Threads,                          \* 1 .. n, in the order of their records
          Writers,                          \* those of them that change the word
          Readers,                          \* those that use what the word points to
          Reservers,                        \* those that write after they have read
          Nodes, Last,
          Endless,                          \* whether the epoch goes on at Last
          Grace,                            \* epochs from the stamp of a node to its freeing
          Limit,                            \* who keeps so many has to send signals; with fewer it may
          Bound,                            \* nodes that one thread keeps, at most
          Bug                               \* "none", or the bug that is planted:
                                            \*   "returns"   the handler does not jump: nobody begins again
                                            \*   "fence"     who has sent signals goes on without the heavy fence
                                            \*   "silent"    no signals are sent before the fence
                                            \*   "reserved"  what is reserved is freed as well
                                            \*   "announced" the stamp is what its thread has announced
                                            \*   "keeps"     what was freed stays in the bag
                                            \*   "waits"     nobody is passed: ebr.h

VARIABLES
    epoch, word,                            \* the shared words; word is the node that is in the structure
    announced,                              \* of each thread: an epoch, or 0 where it is in no section
    writing, reserved,                      \* of each thread: whether what it reserved counts, and which node that is
    buffered,                               \* of each thread: an announcement that others do not see yet, or -1
    hidden,                                 \* of each thread: that it is writing is in its buffer, too
    pending,                                \* of each thread: a signal
    at, r,                                  \* each thread: its next step, and its local variables
    stamp,                                  \* of each node: -1 not retired, 0 no stamp yet, else the epoch
    owner,                                  \* who retired it
    free,                                   \* the nodes that are free
    wrong

shared == << epoch, word >>
nodes  == << stamp, owner, free, wrong >>
words  == << announced, writing, reserved, buffered, hidden, pending >>
vars   == << shared, words, at, r, nodes >>

Records == Cardinality(Threads)
Node    == 1 .. Nodes
Least(s) == CHOOSE i \in s : \A j \in s : i <= j

\* The local variables of a thread.
Idle == [first |-> 1,                       \* what begin:B announces: what begin:D read last
         again |-> FALSE,                   \* restarted, in the header
         held |-> 0,                        \* the node that it may use
         round |-> 0, look |-> 0,           \* the epoch that a look is about, and the next record; 0: no look
         fenced |-> FALSE,
         reach |-> {},                      \* whom the heavy fence has not come to yet
         sent |-> {},                       \* who was sent a signal in this look, and has not begun to read since
         due |-> {}, spared |-> {},         \* what may be freed, and what somebody has reserved
         by |-> 0]                          \* what sift:A read

Init ==
    /\ epoch = 1 /\ word = 1
    /\ announced = [t \in Threads |-> 0] /\ buffered = [t \in Threads |-> -1]
    /\ writing = [t \in Threads |-> FALSE] /\ hidden = [t \in Threads |-> FALSE]
    /\ reserved = [t \in Threads |-> 0]
    /\ pending = [t \in Threads |-> FALSE]
    /\ at = [t \in Threads |-> "out"]
    /\ r = [t \in Threads |-> Idle]
    /\ stamp = [n \in Node |-> -1] /\ owner = [n \in Node |-> 0]
    /\ free = 2 .. Nodes
    /\ wrong = FALSE

Go(t, label)          == at' = [at EXCEPT ![t] = label]
Set(t, locals)        == r' = [r EXCEPT ![t] = locals]
Goes(t, label, locals) == Go(t, label) /\ Set(t, locals)

Reads(t)  == at[t] \in { "reading", "write_B", "write_E" }
Writes(t) == writing[t] \/ hidden[t]
Keeps(t)  == { n \in Node : stamp[n] # -1 /\ owner[n] = t }
Shows(t, u) == IF u = t /\ buffered[u] # -1 THEN buffered[u] ELSE announced[u]

---------------------------------------------------------------------------------------------------------------------
\* Sections.

begin_B(t) ==
    /\ at[t] \in { "out", "again" }
    /\ buffered' = [buffered EXCEPT ![t] = r[t].first]
    /\ Go(t, "entered")
    /\ UNCHANGED << shared, announced, writing, reserved, hidden, pending, r, nodes >>

\* The stores leave the buffer whenever they like: light fences do not hurry them.
drains(t) ==
    /\ buffered[t] # -1 \/ hidden[t]
    /\ announced' = IF buffered[t] # -1 THEN [announced EXCEPT ![t] = buffered[t]] ELSE announced
    /\ writing' = IF hidden[t] THEN [writing EXCEPT ![t] = TRUE] ELSE writing
    /\ buffered' = [buffered EXCEPT ![t] = -1]
    /\ hidden' = [hidden EXCEPT ![t] = FALSE]
    /\ UNCHANGED << shared, reserved, pending, at, r, nodes >>

Begun(t) == IF r[t].again THEN "restarts" ELSE "in"

entered(t) ==                               \* begin:D
    /\ at[t] = "entered"
    /\ IF epoch = r[t].first THEN Go(t, Begun(t)) /\ UNCHANGED r
                             ELSE Goes(t, "begin_E", [r[t] EXCEPT !.first = epoch])
    /\ UNCHANGED << shared, words, nodes >>

begin_E(t) ==
    /\ at[t] = "begin_E"
    /\ buffered' = [buffered EXCEPT ![t] = r[t].first]
    /\ Go(t, Begun(t))
    /\ UNCHANGED << shared, announced, writing, reserved, hidden, pending, r, nodes >>

\* The end of a phase in which it wrote, or of a section: what it had reserved is done with.
Clear(t) ==
    /\ Writes(t)
    /\ writing' = [writing EXCEPT ![t] = FALSE]
    /\ hidden' = [hidden EXCEPT ![t] = FALSE]
    /\ reserved' = [reserved EXCEPT ![t] = 0]

reading_C(t) ==
    /\ at[t] \in { "in", "restarts" } /\ Clear(t)
    /\ Goes(t, "reading_A", [r[t] EXCEPT !.held = 0])
    /\ UNCHANGED << shared, announced, buffered, pending, nodes >>

reading_A(t) ==
    /\ at[t] = "reading_A" \/ (at[t] \in { "in", "restarts" } /\ ~Writes(t))
    /\ Go(t, "reading")
    /\ r' = [u \in Threads |-> IF u = t THEN [r[t] EXCEPT !.again = FALSE, !.sent = @ \ { t }]
                               ELSE [r[u] EXCEPT !.sent = @ \ { t }]]
    /\ UNCHANGED << shared, words, nodes >>

hold(t) ==
    /\ at[t] = "reading" /\ t \in Readers /\ r[t].held = 0
    /\ Set(t, [r[t] EXCEPT !.held = word])
    /\ UNCHANGED << shared, words, at, nodes >>

write_A(t) ==                               \* and write:C, write:D
    /\ at[t] = "reading" /\ r[t].held # 0 /\ t \in Reservers
    /\ reserved' = [reserved EXCEPT ![t] = r[t].held]
    /\ Go(t, "write_B")
    /\ UNCHANGED << shared, announced, writing, buffered, hidden, pending, r, nodes >>

write_B(t) ==
    /\ at[t] = "write_B"
    /\ hidden' = [hidden EXCEPT ![t] = TRUE]
    /\ Go(t, "write_E")
    /\ UNCHANGED << shared, announced, writing, reserved, buffered, pending, r, nodes >>

write_E(t) ==
    /\ at[t] = "write_E"
    /\ Go(t, "in")
    /\ UNCHANGED << shared, words, r, nodes >>

unread_B(t) ==
    /\ at[t] = "reading"
    /\ Goes(t, "in", [r[t] EXCEPT !.held = 0])
    /\ UNCHANGED << shared, words, nodes >>

exit_A(t) ==
    /\ at[t] = "in" /\ Clear(t)
    /\ Set(t, [r[t] EXCEPT !.held = 0])
    /\ UNCHANGED << shared, announced, buffered, pending, at, nodes >>

end_A(t) ==
    /\ at[t] = "in" /\ ~Writes(t) /\ buffered[t] = -1   \* its stores are seen in the order in which they are made
    /\ announced' = [announced EXCEPT ![t] = 0]
    /\ Go(t, "out")
    /\ r' = [u \in Threads |-> [r[u] EXCEPT !.sent = @ \ { t }]]
    /\ UNCHANGED << shared, writing, reserved, buffered, hidden, pending, nodes >>

\* The handler.
Jump(t, locals) == [locals EXCEPT !.again = TRUE, !.held = 0]

caught(t) ==
    /\ pending[t]
    /\ pending' = [pending EXCEPT ![t] = FALSE]
    /\ IF Reads(t) /\ Bug # "returns" THEN Goes(t, "again", Jump(t, r[t])) ELSE UNCHANGED << at, r >>
    /\ UNCHANGED << shared, announced, writing, reserved, buffered, hidden, nodes >>

---------------------------------------------------------------------------------------------------------------------
\* Who has retired something.

swap(t) ==
    /\ at[t] = "in" /\ t \in Writers /\ free # {}
    /\ LET n == Least(free) IN
        /\ free' = free \ { n }
        /\ word' = n
        /\ stamp' = [stamp EXCEPT ![word] = IF Bug = "announced" THEN Shows(t, t) ELSE 0]
        /\ owner' = [owner EXCEPT ![word] = t]
    /\ Go(t, "looks")
    /\ UNCHANGED << epoch, words, r, wrong >>

Looks(t) == at[t] = "looks" \/ (at[t] = "in" /\ Keeps(t) # {} /\ ~Writes(t))

looks(t) ==                                 \* step:A
    /\ Looks(t) /\ (epoch < Last \/ Endless)
    /\ Goes(t, "fence", [r[t] EXCEPT !.round = epoch, !.look = 1, !.fenced = TRUE, !.reach = Threads \ { t }])
    /\ UNCHANGED << shared, words, nodes >>

stays(t) ==
    /\ Looks(t) /\ epoch = Last /\ ~Endless
    /\ Go(t, "work")
    /\ UNCHANGED << shared, words, r, nodes >>

\* The heavy fence: step:B, pass:E.
fence(t) ==
    /\ at[t] \in { "fence", "pass_E" }
    /\ \E u \in r[t].reach :
        LET jumps == pending[u] /\ Reads(u) /\ Bug # "returns"
            more == r[t].reach # { u } IN
        /\ announced' = [v \in Threads |-> IF v \in { t, u } /\ buffered[v] # -1 THEN buffered[v] ELSE announced[v]]
        /\ writing' = [v \in Threads |-> writing[v] \/ (v \in { t, u } /\ hidden[v])]
        /\ buffered' = [v \in Threads |-> IF v \in { t, u } THEN -1 ELSE buffered[v]]
        /\ hidden' = [v \in Threads |-> hidden[v] /\ v \notin { t, u }]
        /\ pending' = [pending EXCEPT ![u] = FALSE]
        /\ at' = [v \in Threads |-> IF v = t /\ ~more THEN IF at[t] = "fence" THEN "record" ELSE "moves"
                                    ELSE IF v = u /\ jumps THEN "again" ELSE at[v]]
        /\ r' = [v \in Threads |-> IF v = t THEN [r[t] EXCEPT !.reach = @ \ { u }]
                                   ELSE IF v = u /\ jumps THEN Jump(u, r[u]) ELSE r[v]]
    /\ UNCHANGED << shared, reserved, nodes >>

NextRecord(t, locals) == IF locals.look = Records THEN Goes(t, "moves", [locals EXCEPT !.look = 0])
                         ELSE Set(t, [locals EXCEPT !.look = @ + 1]) /\ UNCHANGED at

record(t) ==                                \* step:C
    /\ at[t] = "record"
    /\ LET a == Shows(t, r[t].look) IN
       \/ IF a = 0 \/ a = r[t].round THEN NextRecord(t, r[t])
          ELSE IF Bug = "waits" THEN Goes(t, "work", [r[t] EXCEPT !.look = 0, !.round = 0])
          ELSE Go(t, "pass_A") /\ UNCHANGED r
       \/ Cardinality(Keeps(t)) < Limit /\ Goes(t, "work", [r[t] EXCEPT !.look = 0, !.round = 0])
    /\ UNCHANGED << shared, words, nodes >>

pass_A(t) ==                                \* and pass:D, and the signal
    /\ at[t] = "pass_A"
    /\ LET u == r[t].look
           a == Shows(t, u)
           passed == u # t /\ a # 0 /\ a # r[t].round
           locals == IF passed THEN [r[t] EXCEPT !.sent = @ \union { u }] ELSE r[t] IN
        /\ pending' = [pending EXCEPT ![u] = @ \/ (passed /\ Bug # "silent")]
        /\ IF u # Records THEN Set(t, [locals EXCEPT !.look = @ + 1]) /\ UNCHANGED at
           ELSE IF Bug = "fence" THEN Goes(t, "moves", [locals EXCEPT !.look = 0])
           ELSE Goes(t, "pass_E", [locals EXCEPT !.look = 0, !.fenced = TRUE,
                                                    !.reach = Threads \ { t }])
    /\ UNCHANGED << shared, announced, writing, reserved, buffered, hidden, nodes >>

Earlier(e) == IF e > 1 THEN e - 1 ELSE e

moves(t) ==                                 \* step:D
    /\ at[t] = "moves"
    /\ IF epoch # r[t].round
       THEN /\ UNCHANGED << epoch, announced, buffered, stamp >>
            /\ Set(t, [r[t] EXCEPT !.round = 0, !.sent = {}])
       ELSE IF epoch < Last
       THEN /\ epoch' = epoch + 1
            /\ Set(t, [r[t] EXCEPT !.round = 0, !.sent = {}])
            /\ UNCHANGED << announced, buffered, stamp >>
       ELSE /\ announced' = [u \in Threads |-> Earlier(announced[u])]
            /\ buffered' = [u \in Threads |-> Earlier(buffered[u])]
            /\ stamp' = [n \in Node |-> Earlier(stamp[n])]
            /\ r' = [u \in Threads |->
                        LET moved == [r[u] EXCEPT !.first = Earlier(@), !.round = Earlier(@), !.by = Earlier(@)]
                        IN IF u = t THEN [moved EXCEPT !.round = 0, !.sent = {}] ELSE moved]
            /\ UNCHANGED epoch
    /\ Go(t, "work")
    /\ UNCHANGED << word, writing, reserved, hidden, pending, owner, free, wrong >>

work(t) ==                                  \* work:B
    /\ at[t] = "work"
    /\ stamp' = [n \in Node |-> IF n \in Keeps(t) /\ stamp[n] = 0 /\ r[t].fenced THEN epoch ELSE stamp[n]]
    /\ LET due == { n \in Keeps(t) : stamp'[n] > 0 /\ epoch - stamp'[n] >= Grace } IN
        IF due = {} THEN Goes(t, "in", [r[t] EXCEPT !.fenced = FALSE])
        ELSE Goes(t, "sift_A", [r[t] EXCEPT !.fenced = FALSE, !.due = due])
    /\ UNCHANGED << shared, words, owner, free, wrong >>

sift_A(t) ==
    /\ at[t] = "sift_A"
    /\ Goes(t, "sift_B", [r[t] EXCEPT !.by = epoch, !.reach = Threads])
    /\ UNCHANGED << shared, words, nodes >>

\* What is left may be freed.
Sifted(t, locals) ==
    LET rest == locals.reach \ { Least(locals.reach) }
        gone == locals.due \ locals.spared IN
    IF rest # {}
    THEN /\ Goes(t, "sift_B", [locals EXCEPT !.reach = rest])
         /\ UNCHANGED nodes
    ELSE /\ free' = free \union gone
         /\ stamp' = IF Bug = "keeps" THEN stamp ELSE [n \in Node |-> IF n \in gone THEN -1 ELSE stamp[n]]
         /\ wrong' = (wrong \/ gone \intersect free # {} \/ word \in gone)
         /\ owner' = [n \in Node |-> IF stamp'[n] = -1 THEN 0 ELSE owner[n]]
         /\ Goes(t, "in", [locals EXCEPT !.reach = {}, !.due = {}, !.spared = {}, !.by = 0])

sift_B(t) ==
    /\ at[t] = "sift_B"
    /\ LET u == Least(r[t].reach) IN
       IF writing[u] \/ (u = t /\ hidden[u]) THEN Go(t, "sift_C") /\ UNCHANGED << r, nodes >> ELSE Sifted(t, r[t])
    /\ UNCHANGED << shared, words >>

sift_C(t) ==
    /\ at[t] = "sift_C"
    /\ LET a == Shows(t, Least(r[t].reach)) IN
       IF a # 0 /\ a # r[t].by THEN Go(t, "sift_D") /\ UNCHANGED << r, nodes >> ELSE Sifted(t, r[t])
    /\ UNCHANGED << shared, words >>

sift_D(t) ==
    /\ at[t] = "sift_D"
    /\ Sifted(t, IF Bug = "reserved" THEN r[t]
                 ELSE [r[t] EXCEPT !.spared = @ \union { reserved[Least(r[t].reach)] }])
    /\ UNCHANGED << shared, words >>

---------------------------------------------------------------------------------------------------------------------

Next == \E t \in Threads :
    \/ begin_B(t) \/ drains(t) \/ entered(t) \/ begin_E(t) \/ reading_C(t) \/ reading_A(t) \/ hold(t)
    \/ write_A(t) \/ write_B(t) \/ write_E(t) \/ unread_B(t) \/ exit_A(t) \/ end_A(t) \/ caught(t)
    \/ swap(t) \/ looks(t) \/ stays(t) \/ fence(t) \/ record(t) \/ pass_A(t) \/ moves(t) \/ work(t)
    \/ sift_A(t) \/ sift_B(t) \/ sift_C(t) \/ sift_D(t)

Spec == Init /\ [][Next]_vars

NoUseAfterFree == \A t \in Threads : r[t].held = 0 \/ r[t].held \notin free
NoDoubleFree   == ~wrong
NeutralizationSafety ==
    \A t \in Threads : at[t] = "moves" =>
        \A u \in r[t].sent : ~(Reads(u) /\ r[u].held # 0) /\ ~hidden[u]
BoundedPending == \A t \in Threads : Cardinality(Keeps(t)) <= Bound
=====================================================================================================================
