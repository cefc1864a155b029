------------------------- MODULE PartitionOwnership -------------------------
(***************************************************************************)
(* Who owns a partition, and whose checkpoints count.                      *)
(*                                                                         *)
(* One partition, its ownership blob, its checkpoint blob and a few owners *)
(* that claim it, read from it, commit, hand it over and lose it. An owner *)
(* may stall between any two of its steps, for any time; anybody may steal *)
(* from anybody at any moment; a request may be applied late, or applied   *)
(* and its reply lost, or lost altogether; an owner may crash and claim    *)
(* again. Time is not modelled: what holds here holds however the clocks   *)
(* run.                                                                    *)
(*                                                                         *)
(* The switches below are the decisions of the protocol. Each has one      *)
(* right value (see protocol.cfg) and at least one wrong one that the      *)
(* model check must refute.                                                *)
(*                                                                         *)
(* Two reductions keep the state space finite without a bound on the       *)
(* number of writes:                                                       *)
(*  - An ETag is only ever compared with the blob's present one, and no    *)
(*    value comes back. A held ETag is therefore current or stale, and     *)
(*    once stale it stays so; nothing else about it matters.               *)
(*  - A conditional write succeeds only if the blob is as it was read, and *)
(*    has no effect if it fails. Reading and writing the ownership blob    *)
(*    are therefore one step. Across the two blobs nothing is atomic.      *)
(***************************************************************************)
EXTENDS Checkpoints, TLC

CONSTANTS
  Owners,           \* owners that follow the protocol; each may claim any number of times
  OfficialPeers,    \* official processors in the same consumer group: they do not fence
  NodeOf,           \* the owner id that each owner writes; owners may share one
  MaxClaims,        \* bound on the number of claims
  MaxInFlight,      \* bound on checkpoint writes in flight
  CheckpointExists, \* does the checkpoint blob exist at the beginning?
  OperatorRewinds   \* may somebody set the sequence number back by hand, keeping the other keys?

CONSTANTS
  \* The claim.
  TouchCheckpoint,        \* a claim writes the checkpoint blob before it starts
  ConditionalTouch,       \* ... If-Match the ETag that it read
  TouchKeepsAllKeys,      \* ... with every metadata key as it was read
  VerifyBeforeTouch,      \* ... after it has read the ownership once more
  CreateAbsentCheckpoint, \* ... and creates the blob where it is absent
  ConditionalRenewal,     \* a renewal is written over our own claim only, whatever the owner does meanwhile
  FenceEveryEpoch,        \* ... also when the node has owned the partition before
  TouchRaisesToken,       \* ... with a fencing token that is higher than the one read
  OwnershipIdentity,      \* "still mine" compares the claim "token", the "etag" or the owner "id"
  \* The commit.
  ConditionalCommit,      \* If-Match the ETag that we hold; official processors write unconditionally
  RetryReads,             \* after 412 or a timeout: "checkpoint, ownership", "ownership, checkpoint", "checkpoint"
  RefuseLowerNumber,      \* never write a number lower than the last one seen in the blob
  MatchReplies,           \* a reply counts only for the request that it answers
  CommitKeepsToken,       \* a commit keeps the fencing token that stands in the blob
  WriteWhileNumberStands, \* a new gap map is written although the number has not moved
  CoverageSeesGapMap,     \* with equal numbers a write is covered only by a gap map that is no older
  \* The hand-over.
  StopReceivingFirst,     \* a draining owner emits nothing more
  FlushBeforeRelease,     \* the release waits until the last commit is known to be stored
  ConditionalRelease,     \* the release clears the ownership only if it is still ours
  \* The checking.
  Observe                 \* record what happened, for the probes (this enlarges the state space)

Participants  == Owners \cup OfficialPeers
Nobody        == "nobody"
NotHandedOver == {0}  \* unlike any set of events

VARIABLES
  ownership,            \* the ownership blob: an owner id, and the claim whose token it carries (0: none)
  checkpoint,           \* the checkpoint blob
  inFlight,             \* checkpoint writes that were sent and not yet applied
  \* What each participant knows.
  phase,                \* what it does next
  claim,                \* the claim of its present epoch; stands for the random token
  started,              \* has it completed that claim?
  draining,             \* was it asked to hand over?
  known,                \* the checkpoint as it last saw it
  etagCurrent,          \* is the checkpoint ETag that it holds the blob's present one?
  ownershipEtagCurrent, \* the same for the ownership blob; used only if OwnershipIdentity = "etag"
  emitted,              \* the last event that it has emitted into the user's stream
  finished,             \* the events that were acknowledged to it, or that it found finished at its start
  \* What only an onlooker knows.
  claims,               \* the number of claims so far
  completedClaim,       \* the latest claim that was completed
  handedOver,           \* what was finished when the ownership was released gracefully
  expectedStart,        \* for each owner, what its predecessor handed over gracefully, if it did
  everFinished,         \* every event that any user's stream has finished
  acknowledged,         \* every event whose commit was reported to be stored
  violations,           \* what went wrong
  observed              \* what happened

blobs    == <<ownership, checkpoint>>
epoch    == <<claim, started, draining, ownershipEtagCurrent>>
view     == <<known, etagCurrent>>
progress == <<emitted, finished>>
onlooker == <<claims, completedClaim, handedOver, expectedStart, everFinished, acknowledged, violations, observed>>
vars     == <<blobs, inFlight, phase, epoch, view, progress, onlooker>>

Max(a, b) == IF a > b THEN a ELSE b

Init ==
  /\ ownership            = [node |-> Nobody, claim |-> 0]
  /\ checkpoint           = IF CheckpointExists THEN WithToken(Record(0, {}), TRUE) ELSE NoRecord
  /\ inFlight             = {}
  /\ phase                = [p \in Participants |-> "idle"]
  /\ claim                = [p \in Participants |-> 0]
  /\ started              = [p \in Participants |-> FALSE]
  /\ draining             = [p \in Participants |-> FALSE]
  /\ known                = [p \in Participants |-> NoRecord]
  /\ etagCurrent          = [p \in Participants |-> FALSE]
  /\ ownershipEtagCurrent = [p \in Participants |-> FALSE]
  /\ emitted              = [p \in Participants |-> 0]
  /\ finished             = [p \in Participants |-> {}]
  /\ claims               = 0
  /\ completedClaim       = 0
  /\ handedOver           = NotHandedOver
  /\ expectedStart        = [p \in Participants |-> NotHandedOver]
  /\ everFinished         = {}
  /\ acknowledged         = {}
  /\ violations           = {}
  /\ observed             = {}

\* Only our own owners write; else a part of the guarantee is lost.
Homogeneous == OfficialPeers = {} /\ ~OperatorRewinds

Flag(condition, name) == IF condition THEN {name} ELSE {}
Note(condition, name) == IF Observe /\ condition THEN {name} ELSE {}

-----------------------------------------------------------------------------
(* Requests in flight.                                                      *)

Request(o, record, isTouch) ==
  [owner |-> o, claim |-> claim[o], record |-> record, isTouch |-> isTouch, awaited |-> TRUE,
   conditional |-> IF isTouch THEN ConditionalTouch ELSE ConditionalCommit,
   etagCurrent |-> etagCurrent[o]]

Writable(m) == m.etagCurrent \/ ~m.conditional

\* A request that nobody waits for and that would be refused has no effect any more.
Relevant(messages) == {m \in messages : m.awaited \/ Writable(m)}

\* The owner stops waiting; its request is still under way, or was applied and the reply is lost ...
NoLongerAwaited(o) == Relevant({IF m.owner = o THEN [m EXCEPT !.awaited = FALSE] ELSE m : m \in inFlight})
\* ... or is lost itself.
Lost(o) == {m \in inFlight : m.owner # o \/ ~m.awaited}

\* Every write of the checkpoint makes all other ETags stale.
AfterWrite(messages) == Relevant({[m EXCEPT !.etagCurrent = FALSE] : m \in messages})

\* A fencing token was given out: it is higher than those in all other requests.
AfterToken(messages) == {[m EXCEPT !.record = Outdated(m.record)] : m \in messages}

-----------------------------------------------------------------------------
(* Epochs: claimed, abandoned, claimed again.                               *)

StillMine(o) ==
  CASE OwnershipIdentity = "token" -> ownership.claim = claim[o]
    [] OwnershipIdentity = "etag"  -> ownershipEtagCurrent[o]
    [] OwnershipIdentity = "id"    -> ownership.node = NodeOf[o]

\* By anybody, at any time. A claim whose reply is lost is recognised when the ownership is read again,
\* which happens before the touch in any case; one that is applied after its sender has given up is a
\* claim that is abandoned at once.
Claim(o) ==
  /\ phase[o] = "idle"
  /\ claims < MaxClaims
  /\ claims'        = claims + 1
  /\ ownership'     = [node |-> NodeOf[o], claim |-> claims + 1]
  /\ claim'         = [claim EXCEPT ![o] = claims + 1]
  /\ handedOver'    = NotHandedOver
  /\ expectedStart' = [expectedStart EXCEPT ![o] = handedOver]
  /\ ownershipEtagCurrent' = [p \in Participants |-> OwnershipIdentity = "etag" /\ p = o]
  /\ IF started[o]  \* only where an epoch trusts what the one before it knew
     THEN /\ phase'          = [phase EXCEPT ![o] = "running"]
          /\ completedClaim' = claims + 1
          /\ violations'     = violations \cup Flag(~(acknowledged \subseteq finished[o]),
                                                    "start misses an acknowledged commit")
     ELSE /\ phase' = [phase EXCEPT ![o] = "first read"]
          /\ UNCHANGED <<completedClaim, violations>>
  /\ UNCHANGED <<checkpoint, inFlight, started, draining, view, progress, everFinished, acknowledged, observed>>

\* A claim is renewed from claiming to releasing: while earlier owners are fenced off, while events are
\* read, and while the partition is drained. A renewal that finds another claim ends the epoch (Abandon, in
\* each of these phases); one that finds its own changes nothing that is modelled. Without its condition it
\* would take the partition back from an owner that has claimed it since.
RenewUnconditionally(o) ==
  /\ ~ConditionalRenewal
  /\ phase[o] # "idle" /\ ownership.claim # claim[o]
  /\ ownership'  = [node |-> NodeOf[o], claim |-> claim[o]]
  /\ handedOver' = NotHandedOver
  /\ violations' = violations \cup Flag(ownership.node # Nobody, "renewed over another owner's claim")
  /\ UNCHANGED <<checkpoint, inFlight, phase, epoch, view, progress, claims, completedClaim, expectedStart,
                 everFinished, acknowledged, observed>>

\* A renewal whose reply is lost, or a neighbour's request to hand over: the ETag changes and the token
\* does not. Any other renewal changes nothing that is modelled.
TouchOwnership(o) ==
  /\ OwnershipIdentity = "etag"
  /\ ownershipEtagCurrent[o]
  /\ ownershipEtagCurrent' = [ownershipEtagCurrent EXCEPT ![o] = FALSE]
  /\ UNCHANGED <<blobs, inFlight, phase, claim, started, draining, view, progress, onlooker>>

EndEpoch(o) ==
  /\ phase'                = [phase EXCEPT ![o] = "idle"]
  /\ claim'                = [claim EXCEPT ![o] = 0]
  /\ draining'             = [draining EXCEPT ![o] = FALSE]
  /\ expectedStart'        = [expectedStart EXCEPT ![o] = NotHandedOver]
  /\ ownershipEtagCurrent' = [ownershipEtagCurrent EXCEPT ![o] = FALSE]
  /\ IF FenceEveryEpoch
     THEN /\ started'     = [started EXCEPT ![o] = FALSE]
          /\ known'       = [known EXCEPT ![o] = NoRecord]
          /\ etagCurrent' = [etagCurrent EXCEPT ![o] = FALSE]
          /\ emitted'     = [emitted EXCEPT ![o] = 0]
          /\ finished'    = [finished EXCEPT ![o] = {}]
     ELSE UNCHANGED <<started, view, progress>>

\* A crash, a failed stream, a renewal that found a foreign token, a validity that has passed.
Abandon(o, requests) ==
  /\ phase[o] # "idle"
  /\ EndEpoch(o)
  /\ inFlight' = requests
  /\ UNCHANGED <<blobs, claims, completedClaim, handedOver, everFinished, acknowledged, violations, observed>>

-----------------------------------------------------------------------------
(* The fenced write: one loop for the touch of a claim and for a commit.    *)
(* Read the checkpoint, read the ownership, write If-Match; after 412 or a  *)
(* timeout, again.                                                          *)

ReadCheckpoint(o, next) ==
  /\ known'       = [known EXCEPT ![o] = checkpoint]
  /\ etagCurrent' = [etagCurrent EXCEPT ![o] = TRUE]
  /\ phase'       = [phase EXCEPT ![o] = next]
  /\ UNCHANGED <<blobs, inFlight, epoch, progress, onlooker>>

ReadOwnership(o, next) ==
  IF StillMine(o)
  THEN /\ phase' = [phase EXCEPT ![o] = next]
       /\ UNCHANGED <<blobs, inFlight, epoch, view, progress, onlooker>>
  ELSE /\ EndEpoch(o)
       /\ violations' = violations \cup Flag(ownership.claim = claim[o], "gave up its own claim")
       /\ UNCHANGED <<blobs, inFlight, claims, completedClaim, handedOver, everFinished, acknowledged, observed>>

FirstRead(o) ==
  /\ phase[o] = "first read"
  /\ IF ~started[o]
     THEN ReadCheckpoint(o, IF VerifyBeforeTouch THEN "second read" ELSE "write")
     ELSE CASE RetryReads = "checkpoint, ownership" -> ReadCheckpoint(o, "second read")
            [] RetryReads = "ownership, checkpoint" -> ReadOwnership(o, "second read")
            [] RetryReads = "checkpoint"            -> ReadCheckpoint(o, "write")

SecondRead(o) ==
  /\ phase[o] = "second read"
  /\ IF started[o] /\ RetryReads = "ownership, checkpoint"
     THEN ReadCheckpoint(o, "write")
     ELSE ReadOwnership(o, "write")

Send(o, record, isTouch) ==
  /\ Cardinality(inFlight) < MaxInFlight
  /\ inFlight' = inFlight \cup {Request(o, record, isTouch)}
  /\ phase'    = [phase EXCEPT ![o] = "awaiting reply"]
  /\ UNCHANGED <<blobs, epoch, view, progress, onlooker>>

\* The claim is complete: from here no earlier owner can commit.
Complete(o) ==
  /\ started'        = [started EXCEPT ![o] = TRUE]
  /\ phase'          = [phase EXCEPT ![o] = "running"]
  /\ emitted'        = [emitted EXCEPT ![o] = known[o].number]
  /\ finished'       = [finished EXCEPT ![o] = FinishedIn(known[o])]
  /\ completedClaim' = Max(completedClaim, claim[o])
  /\ expectedStart'  = [expectedStart EXCEPT ![o] = NotHandedOver]
  /\ observed'       = observed
       \cup Note(expectedStart[o] \notin {NotHandedOver, {}}, "graceful hand-over")
       \cup Note(~(everFinished \subseteq FinishedIn(known[o])), "finished event is repeated")
       \cup Note(GapMapOf(known[o]) # {}, "gap map inherited")

StartViolations(o) ==
  LET start == FinishedIn(known[o])
  IN       Flag(~(start \subseteq everFinished), "unfinished event taken for finished")
      \cup Flag(Homogeneous /\ ~(acknowledged \subseteq start), "start misses an acknowledged commit")
      \cup Flag(Homogeneous /\ expectedStart[o] \notin {NotHandedOver, start}, "graceful hand-over is not exact")

\* One more than the token that was read is higher than all if the one that was read is as high as any.
TouchRecord(o) ==
  WithToken(IF known[o].exists /\ TouchKeepsAllKeys THEN known[o] ELSE Record(known[o].number, {}),
            known[o].newest /\ TouchRaisesToken)

CommitRecord(o) == WithToken(RecordOfFinished(finished[o]), CommitKeepsToken /\ known[o].newest)

WriteTouch(o) ==
  IF TouchCheckpoint /\ (known[o].exists \/ CreateAbsentCheckpoint)
  THEN Send(o, TouchRecord(o), TRUE)
  ELSE /\ Complete(o)
       /\ violations' = violations \cup StartViolations(o)
       /\ UNCHANGED <<blobs, inFlight, claim, draining, ownershipEtagCurrent, view, claims, handedOver,
                      everFinished, acknowledged>>

\* Our own write that was applied and whose reply was lost is found in the blob, and is not written again.
WriteCommitAgain(o) ==
  LET mine == CommitRecord(o)
  IN  IF Covers(known[o], mine, CoverageSeesGapMap)
      THEN /\ phase'        = [phase EXCEPT ![o] = "running"]
           /\ acknowledged' = acknowledged \cup FinishedIn(mine)
           /\ observed'     = observed \cup Note(mine.number > 0, "own write recognised")
           /\ UNCHANGED <<blobs, inFlight, epoch, view, progress, claims, completedClaim, handedOver,
                          expectedStart, everFinished, violations>>
      ELSE Send(o, mine, FALSE)

Write(o) ==
  /\ phase[o] = "write"
  /\ IF started[o] THEN WriteCommitAgain(o) ELSE WriteTouch(o)

NeedsWrite(o) ==
  LET mine == RecordOfFinished(finished[o])
  IN  /\ IF RefuseLowerNumber THEN ~Covers(known[o], mine, TRUE) ELSE mine.number # known[o].number
      /\ WriteWhileNumberStands \/ mine.number # known[o].number

\* The normal case: one request, with the ETag that the owner holds.
Commit(o) ==
  /\ phase[o] = "running"
  /\ NeedsWrite(o)
  /\ Send(o, CommitRecord(o), FALSE)

-----------------------------------------------------------------------------
(* The service applies a request or refuses it, and the owner hears of it   *)
(* or does not.                                                             *)

WriteViolations(m) ==
       Flag(m.owner \in Owners /\ completedClaim > m.claim, "write by an earlier owner")
  \cup Flag(m.owner \in Owners /\ ~OperatorRewinds /\ m.record.number < checkpoint.number, "checkpoint regressed")
  \cup Flag(Homogeneous /\ ~(FinishedIn(checkpoint) \subseteq FinishedIn(m.record)), "finished work forgotten")

WriteObservations(m) ==
  LET ours == m.owner \in Owners /\ ~m.isTouch
      peer == m.owner \in OfficialPeers
  IN       Note(ours /\ ownership.claim > m.claim, "commit while a later claim is not complete")
      \cup Note(ours /\ ownership.node \in OfficialPeers, "our commit while a peer owns")
      \cup Note(peer /\ ownership.claim > 0, "peer's late write while we own")
      \cup Note(peer /\ m.record.number < checkpoint.number, "peer set the checkpoint back")
      \cup Note(ours /\ "peer set the checkpoint back" \in observed /\ m.record.number > checkpoint.number,
                "our commit healed the checkpoint")

\* The reply is lost, or the sender waits no more.
ApplyUnheard(m) ==
  /\ Writable(m)
  /\ checkpoint'  = m.record
  /\ etagCurrent' = [p \in Participants |-> FALSE]
  /\ inFlight'    = AfterWrite(inFlight \ {m})
  /\ violations'  = violations \cup WriteViolations(m)
  /\ observed'    = observed \cup WriteObservations(m)
  /\ UNCHANGED <<ownership, phase, epoch, known, progress, claims, completedClaim, handedOver, expectedStart,
                 everFinished, acknowledged>>

ApplyTouch(m) ==
  LET o == m.owner
  IN  /\ m.isTouch /\ m.awaited /\ Writable(m)
      /\ checkpoint'  = m.record
      /\ known'       = [p \in Participants |-> IF p = o THEN m.record ELSE Outdated(known[p])]
      /\ etagCurrent' = [p \in Participants |-> p = o]
      /\ inFlight'    = AfterToken(AfterWrite(inFlight \ {m}))
      /\ Complete(o)
      /\ violations'  = violations \cup WriteViolations(m) \cup StartViolations(o)
                                   \cup Flag(completedClaim > 0 /\ ~m.record.newest, "fencing token did not grow")
      /\ UNCHANGED <<ownership, claim, draining, ownershipEtagCurrent, claims, handedOver, everFinished,
                     acknowledged>>

\* "answered" is the request that the owner takes the reply for; any other than the one that was applied
\* only where replies are not matched.
ApplyCommit(m, answered) ==
  LET o == m.owner
  IN  /\ o \in Owners /\ ~m.isTouch /\ Writable(m)
      /\ answered.awaited /\ answered.owner = o /\ ~answered.isTouch
      /\ MatchReplies => answered = m
      /\ checkpoint'   = m.record
      /\ known'        = [known EXCEPT ![o] = answered.record]
      /\ etagCurrent'  = [p \in Participants |-> p = o]
      /\ inFlight'     = AfterWrite(inFlight \ {m, answered})
      /\ phase'        = [phase EXCEPT ![o] = "running"]
      /\ acknowledged' = acknowledged \cup FinishedIn(answered.record)
      /\ violations'   = violations \cup WriteViolations(m)
      /\ observed'     = observed \cup WriteObservations(m)
      /\ UNCHANGED <<ownership, epoch, progress, claims, completedClaim, handedOver, expectedStart, everFinished>>

\* 412, or 409 where the blob was to be created.
Refuse(m) ==
  /\ m.awaited /\ ~Writable(m)
  /\ inFlight' = inFlight \ {m}
  /\ phase'    = [phase EXCEPT ![m.owner] = "first read"]
  /\ UNCHANGED <<blobs, epoch, view, progress, onlooker>>

\* The owner reads again. A commit may also be sent again with the ETag that is still held: that takes no
\* reads, and is refused if anything was written meanwhile.
TimeOut(o, requests) ==
  /\ phase[o] = "awaiting reply"
  /\ inFlight' = requests
  /\ \E next \in {"first read", "running"} :
       /\ next = "running" => started[o]
       /\ phase' = [phase EXCEPT ![o] = next]
  /\ UNCHANGED <<blobs, epoch, view, progress, onlooker>>

-----------------------------------------------------------------------------
(* The user's stream.                                                       *)

\* An event that the gap map has for finished is passed over: it stays in "finished".
Emit(p) ==
  /\ phase[p] = "running" \/ (phase[p] = "releasing" /\ ~StopReceivingFirst)
  /\ draining[p] => ~StopReceivingFirst
  /\ emitted[p] < MaxSequenceNumber
  /\ emitted' = [emitted EXCEPT ![p] = @ + 1]
  /\ UNCHANGED <<blobs, inFlight, phase, epoch, view, finished, onlooker>>

\* The user acknowledges an event. What arrives after the last flush of a hand-over is dropped.
Finish(p, event) ==
  /\ started[p]
  /\ phase[p] # "idle"
  /\ phase[p] = "releasing" => ~StopReceivingFirst
  /\ event <= emitted[p]
  /\ event \notin finished[p]
  /\ UnorderedAcknowledgement \/ event = EndOfPrefix(finished[p]) + 1
  /\ finished'     = [finished EXCEPT ![p] = @ \cup {event}]
  /\ everFinished' = everFinished \cup {event}
  /\ UNCHANGED <<blobs, inFlight, phase, epoch, view, emitted, claims, completedClaim, handedOver, expectedStart,
                 acknowledged, violations, observed>>

-----------------------------------------------------------------------------
(* The hand-over: stop receiving, drain, flush, release.                    *)

StartDrain(o) ==
  /\ started[o] /\ phase[o] # "idle" /\ ~draining[o]
  /\ draining' = [draining EXCEPT ![o] = TRUE]
  /\ UNCHANGED <<blobs, inFlight, phase, claim, started, ownershipEtagCurrent, view, progress, onlooker>>

\* Everything that was acknowledged is stored. Either it is everything that was emitted, or the time for
\* the drain is up and the successor repeats the rest.
Flush(o) ==
  /\ draining[o]
  /\ IF FlushBeforeRelease
     THEN phase[o] = "running" /\ ~NeedsWrite(o)
     ELSE phase[o] \in {"running", "awaiting reply"}
  /\ phase'    = [phase EXCEPT ![o] = "releasing"]
  /\ inFlight' = NoLongerAwaited(o)
  /\ UNCHANGED <<blobs, epoch, view, progress, onlooker>>

Release(o) ==
  /\ phase[o] = "releasing"
  /\ EndEpoch(o)
  /\ IF StillMine(o) \/ ~ConditionalRelease
     THEN /\ ownership'  = [node |-> Nobody, claim |-> 0]
          /\ handedOver' = finished[o]
          /\ violations' = violations \cup Flag(ownership.claim # claim[o], "released another owner's claim")
     ELSE UNCHANGED <<ownership, handedOver, violations>>
  /\ UNCHANGED <<checkpoint, inFlight, claims, completedClaim, everFinished, acknowledged, observed>>

\* The time for the flush is up as well: the ownership is released, and nothing is promised.
ReleaseUnflushed(o) ==
  /\ draining[o] /\ phase[o] # "releasing"
  /\ StillMine(o)
  /\ EndEpoch(o)
  /\ inFlight'  = NoLongerAwaited(o)
  /\ ownership' = [node |-> Nobody, claim |-> 0]
  /\ UNCHANGED <<checkpoint, claims, completedClaim, handedOver, everFinished, acknowledged, violations, observed>>

-----------------------------------------------------------------------------
(* Neighbours.                                                              *)

\* An official processor claims the same blob; its write erases the token.
PeerClaim(p) ==
  /\ phase[p] = "idle"
  /\ claims < MaxClaims
  /\ claims'     = claims + 1
  /\ ownership'  = [node |-> p, claim |-> 0]
  /\ handedOver' = NotHandedOver
  /\ phase'      = [phase EXCEPT ![p] = "first read"]
  /\ UNCHANGED <<checkpoint, inFlight, epoch, view, progress, completedClaim, expectedStart, everFinished,
                 acknowledged, violations, observed>>

\* It starts at the checkpoint without a touch.
PeerStart(p) ==
  /\ phase[p] = "first read"
  /\ phase'    = [phase EXCEPT ![p] = "running"]
  /\ started'  = [started EXCEPT ![p] = TRUE]
  /\ emitted'  = [emitted EXCEPT ![p] = checkpoint.number]
  /\ finished' = [finished EXCEPT ![p] = 1..checkpoint.number]
  /\ UNCHANGED <<blobs, inFlight, claim, draining, ownershipEtagCurrent, view, onlooker>>

\* It writes without a condition, and erases the keys that it does not know, the fencing token among them.
PeerCommit(p) ==
  /\ phase[p] = "running"
  /\ finished[p] # {}
  /\ Cardinality(inFlight) < MaxInFlight
  /\ inFlight' = inFlight \cup {[owner |-> p, claim |-> 0, record |-> Record(EndOfPrefix(finished[p]), {}),
                                 isTouch |-> FALSE, awaited |-> FALSE, conditional |-> FALSE,
                                 etagCurrent |-> FALSE]}
  /\ UNCHANGED <<blobs, phase, epoch, view, progress, onlooker>>

\* Somebody sets the position back with a tool that keeps the other metadata keys.
Rewind(number) ==
  /\ OperatorRewinds
  /\ number < checkpoint.number
  /\ checkpoint'  = [checkpoint EXCEPT !.number = number]
  /\ etagCurrent' = [p \in Participants |-> FALSE]
  /\ inFlight'    = AfterWrite(inFlight)
  /\ UNCHANGED <<ownership, phase, epoch, known, progress, onlooker>>

-----------------------------------------------------------------------------
Next ==
  \/ \E o \in Owners :
       \/ Claim(o) \/ TouchOwnership(o) \/ RenewUnconditionally(o)
       \/ \E requests \in {NoLongerAwaited(o), Lost(o)} : Abandon(o, requests) \/ TimeOut(o, requests)
       \/ FirstRead(o) \/ SecondRead(o) \/ Write(o) \/ Commit(o)
       \/ StartDrain(o) \/ Flush(o) \/ Release(o) \/ ReleaseUnflushed(o)
  \/ \E m \in inFlight :
       \/ ApplyUnheard(m) \/ ApplyTouch(m) \/ Refuse(m)
       \/ \E answered \in inFlight : ApplyCommit(m, answered)
  \/ \E p \in Participants : Emit(p) \/ \E event \in Events : Finish(p, event)
  \/ \E p \in OfficialPeers : PeerClaim(p) \/ PeerStart(p) \/ PeerCommit(p) \/ Abandon(p, inFlight)
  \/ \E number \in 0..MaxSequenceNumber : Rewind(number)

Spec == Init /\ [][Next]_vars
=============================================================================
