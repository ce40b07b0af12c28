---- MODULE Track ----
EXTENDS wcq_ring, TLC
ASSUME TLCSet(1, 0)
Most == \A t \in Threads : IF steps[t] > TLCGet(1) THEN TLCSet(1, steps[t]) /\ PrintT(<< "most", steps[t] >>) ELSE TRUE
====
