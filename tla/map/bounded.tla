\* SPDX-License-Identifier: MIT
---------------------------------------------------- MODULE bounded ----------------------------------------------------
(* The places of include/loft/map/bounded.h around a map whose calls are one step each. The actions are the labels of
   that header, take_A is take:A; the others are calls of the engine. remaining:A is left out: it is a look at `vacant`.

   One step is one access, or one call of the engine, and what follows it up to the next one. Steps interleave in any
   order, and each sees all earlier ones: this is sequential consistency. Memory orders are not modelled.

   Each thread makes the calls of its script, at each place one of a set. There may be no memory for what goes in.

   What is claimed:
     Bounded   there are never more entries than the capacity, nor vacant places
     Places    each place is vacant, or an entry's, or one of a call under way, so none is lost and none is had by two:
               this is what tells how many entries there are when a call is refused
     Right     a call is refused only if, at one instant of it, all places were taken, and its key was not in (a map
               that refuses), or no entry was in (a map that drops); what is dropped is the lowest, and no place was
               vacant at an instant of the call before
*)
EXTENDS Integers, Sequences, FiniteSets

CONSTANTS Threads, Script, Capacity, Start,
          Drops,                            \* does a full map drop its lowest entry?
          Bug                               \* "none", or the bug that is planted:
                                            \*   "blind"      a place is taken without a look at what others took
                                            \*   "early"      a place is given back before its entry is out
                                            \*   "keeps"      a place that is not needed is kept
                                            \*   "twice"      what is dropped gives its place back, too
                                            \*   "hasty"      refused as soon as no place is vacant
                                            \*   "unnumbered" nobody counts what is given back
                                            \*   "highest"    the wrong end is dropped
                                            \*   "unlooked"   dropped without a look for a vacant place

Put(k)    == << "put", k >>
Remove(k) == << "remove", k >>
Pop       == << "pop", 0 >>

VARIABLES
    in,                                     \* keys
    vacant, given,                          \* the word: places that are vacant, and how many were ever given back
    call,                                   \* by thread: the next step, how far the script is, the key, what it saw
                                            \* of the word, and what that was when it last had no vacant place
    full, mine,                             \* was there an instant of the call with no place vacant; and one at which
                                            \* it may be refused?
    wrong

vars == << in, vacant, given, call, full, mine, wrong >>

Never == << 1, 0 >>
Word  == << vacant, given >>

Init ==
    /\ in = Start /\ vacant = Capacity - Cardinality(Start) /\ given = 0
    /\ call = [t \in Threads |-> [pc |-> "idle", i |-> 1, what |-> "", key |-> 0, seen |-> Never, before |-> Never]]
    /\ full = [t \in Threads |-> FALSE] /\ mine = [t \in Threads |-> FALSE]
    /\ wrong = "nothing"

\* What is remembered of the instants of a call, this step's end being one.
IsFull      == vacant = 0
MayRefuse(t) == IsFull /\ (IF Drops THEN in = {} ELSE call[t].key \notin in)
Remember ==
    /\ full' = [t \in Threads |-> call'[t].pc # "idle" /\ (full[t] \/ IsFull')]
    /\ mine' = [t \in Threads |-> call'[t].pc # "idle" /\ (mine[t] \/ MayRefuse(t)')]

To(t, pc) == call' = [call EXCEPT ![t].pc = pc]
Over(t)   == call' = [call EXCEPT ![t] = [@ EXCEPT !.pc = "idle", !.i = @ + 1, !.what = "", !.key = 0, !.seen = Never,
                                                   !.before = Never]]

Lowest  == CHOOSE k \in in : \A j \in in : k <= j
Highest == CHOOSE k \in in : \A j \in in : k >= j

begin(t) ==
    /\ call[t].pc = "idle" /\ call[t].i <= Len(Script[t])
    /\ \E c \in Script[t][call[t].i] :
         call' = [call EXCEPT ![t].pc = IF c[1] = "put" THEN "search" ELSE "out", ![t].what = c[1], ![t].key = c[2]]
    /\ UNCHANGED << in, vacant, given, wrong >>

---------------------------------------------------------------------------------------------------------------------
\* Puts in.

search(t) ==
    /\ call[t].pc = "search"
    /\ IF call[t].key \in in THEN Over(t)
       ELSE To(t, IF Bug = "unlooked" /\ Drops THEN "drop" ELSE "take_A")
    /\ UNCHANGED << in, vacant, given, wrong >>

Same(a, b) == IF Bug = "unnumbered" THEN a[1] = b[1] ELSE a = b

\* What it has seen of the word; without a vacant place it looks once more, for its key or for an entry.
Saw(t) ==
    IF vacant > 0 THEN call' = [call EXCEPT ![t].seen = Word, ![t].pc = "take_B"] /\ UNCHANGED wrong
    ELSE IF Same(Word, call[t].before) \/ Bug = "hasty"
         THEN Over(t) /\ wrong' = IF mine[t] THEN wrong ELSE "refused for nothing"
         ELSE call' = [call EXCEPT ![t].before = Word, ![t].pc = IF Drops THEN "drop" ELSE "search"] /\ UNCHANGED wrong

take_A(t) ==
    /\ call[t].pc = "take_A"
    /\ Saw(t)
    /\ UNCHANGED << in, vacant, given >>

take_B(t) ==
    /\ call[t].pc = "take_B"
    /\ IF Word = call[t].seen \/ Bug = "blind"
       THEN vacant' = vacant - 1 /\ To(t, "insert") /\ UNCHANGED wrong
       ELSE Saw(t) /\ UNCHANGED vacant
    /\ UNCHANGED << in, given >>

drop(t) ==
    /\ call[t].pc = "drop"
    /\ IF in = {} THEN To(t, "take_A") /\ UNCHANGED << in, vacant, wrong >>
       ELSE LET k == IF Bug = "highest" THEN Highest ELSE Lowest
            IN /\ in' = in \ {k}
               /\ To(t, "insert")
               /\ vacant' = IF Bug = "twice" THEN vacant + 1 ELSE vacant
               /\ wrong' = IF ~full[t] THEN "dropped for nothing" ELSE IF k # Lowest THEN "dropped another" ELSE wrong
    /\ UNCHANGED given

NotNeeded(t) == IF Bug = "keeps" THEN Over(t) ELSE To(t, "give_A")

insert(t) ==
    /\ call[t].pc = "insert"
    /\ \/ call[t].key \notin in /\ in' = in \cup {call[t].key} /\ Over(t)
       \/ NotNeeded(t) /\ UNCHANGED in      \* it is there, or there is no memory
    /\ UNCHANGED << vacant, given, wrong >>

---------------------------------------------------------------------------------------------------------------------
\* Takes out.

Its(t) == IF call[t].what = "pop" THEN Lowest ELSE call[t].key

out(t) ==
    /\ call[t].pc = "out"
    /\ IF IF call[t].what = "pop" THEN in = {} ELSE call[t].key \notin in
       THEN Over(t) /\ UNCHANGED << in, vacant, given >>
       ELSE IF Bug = "early"
       THEN call' = [call EXCEPT ![t].pc = "late", ![t].key = Its(t)] /\ vacant' = vacant + 1 /\ given' = given + 1
            /\ UNCHANGED in
       ELSE in' = in \ {Its(t)} /\ To(t, "give_A") /\ UNCHANGED << vacant, given >>
    /\ UNCHANGED wrong

late(t) ==
    /\ call[t].pc = "late"
    /\ in' = in \ {call[t].key} /\ Over(t)
    /\ UNCHANGED << vacant, given, wrong >>

give_A(t) ==
    /\ call[t].pc = "give_A"
    /\ vacant' = vacant + 1 /\ given' = given + 1
    /\ Over(t)
    /\ UNCHANGED << in, wrong >>

---------------------------------------------------------------------------------------------------------------------
Next == \E t \in Threads :
    /\ \/ begin(t) \/ search(t) \/ take_A(t) \/ take_B(t) \/ drop(t) \/ insert(t) \/ out(t) \/ late(t) \/ give_A(t)
    /\ Remember

Spec == Init /\ [][Next]_vars

Bounded == Cardinality(in) <= Capacity /\ vacant \in 0 .. Capacity

Holds(t) == call[t].pc \in {"insert", "give_A"}

Places == vacant + Cardinality(in) + Cardinality({t \in Threads : Holds(t)}) = Capacity

Right == wrong = "nothing"

---------------------------------------------------------------------------------------------------------------------
\* Scripts.

AnyOf == {Put(1), Put(2), Put(3), Remove(1), Pop}

AnyBesideAny == << << AnyOf, AnyOf >>, << AnyOf, AnyOf >> >>

\* One puts 1 while the other fills the map with it, empties it, and fills it again.
FullTwice == << << {Put(1)} >>,
                << {Put(1)}, {Put(2)}, {Remove(2)}, {Remove(1)}, {Put(1)}, {Put(2)} >> >>
========================================================================================================================
