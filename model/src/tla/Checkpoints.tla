---------------------------- MODULE Checkpoints ----------------------------
(***************************************************************************)
(* What a checkpoint blob says: the number of the last event of the        *)
(* contiguous finished prefix and, where events may be finished out of     *)
(* order, a gap map: the finished events beyond that number, as distances  *)
(* from it, with the number that it was written beside. Beside them stands *)
(* the fencing token that was given out last. Only its order matters: a    *)
(* record is "newest" if its token is as high as any given out so far, and *)
(* the record of a touch if its token is higher than all of them.          *)
(***************************************************************************)
EXTENDS Naturals, FiniteSets

CONSTANTS
  MaxSequenceNumber,        \* the events of the partition are 1..MaxSequenceNumber; 0 means none yet
  UnorderedAcknowledgement, \* may events be finished out of order, with a gap map?
  CheckpointIsContiguous,   \* the number is the end of the contiguous prefix, not the highest finished
  GapMapBoundToNumber       \* a gap map counts only beside the number it was written with

Events == 1..MaxSequenceNumber

\* Without a token, as writers leave it that do not know of tokens.
Record(number, gapMap) ==
  [exists |-> TRUE, number |-> number, gapMap |-> gapMap, boundTo |-> number, newest |-> FALSE]

\* The first token is higher than none.
NoRecord == [exists |-> FALSE, number |-> 0, gapMap |-> {}, boundTo |-> 0, newest |-> TRUE]

WithToken(record, isNewest) == [record EXCEPT !.newest = isNewest]

\* A higher token than that of the record has been given out.
Outdated(record) == IF record.exists THEN WithToken(record, FALSE) ELSE record

GapMapOf(record) ==
  IF GapMapBoundToNumber /\ record.boundTo # record.number THEN {} ELSE record.gapMap

\* The events that a reader of the record takes for finished.
FinishedIn(record) == (1..record.number) \cup {record.number + distance : distance \in GapMapOf(record)}

EndOfPrefix(events) ==
  CHOOSE number \in 0..MaxSequenceNumber : 1..number \subseteq events /\ number + 1 \notin events

Highest(events) ==
  CHOOSE number \in {0} \cup events : \A event \in events : event <= number

\* The record that says that these events are finished.
RecordOfFinished(events) ==
  LET number == IF CheckpointIsContiguous THEN EndOfPrefix(events) ELSE Highest(events)
      beyond == {event \in events : event > number}
  IN  Record(number, IF UnorderedAcknowledgement THEN {event - number : event \in beyond} ELSE {})

\* The coverage rule: a write may be skipped if the stored record says at least as much. With equal
\* numbers that takes a gap map which is no older; "seesGapMap" is FALSE in the variant that forgets it.
Covers(stored, mine, seesGapMap) ==
  /\ stored.exists
  /\ \/ stored.number > mine.number
     \/ stored.number = mine.number /\ (seesGapMap => mine.gapMap \subseteq GapMapOf(stored))
=============================================================================
