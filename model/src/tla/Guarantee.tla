----------------------------- MODULE Guarantee -----------------------------
(***************************************************************************)
(* What the protocol promises, and what the model must be able to do for   *)
(* the promise to mean something. This is the module that TLC is run on.   *)
(***************************************************************************)
EXTENDS PartitionOwnership

-----------------------------------------------------------------------------
(* What must hold.                                                          *)

\* I1: once a claim is complete, no write of an earlier owner is applied.
EarlierOwnersAreFenced == "write by an earlier owner" \notin violations

\* I2: the start of a claim includes every commit that was acknowledged before.
StartIncludesAcknowledged == "start misses an acknowledged commit" \notin violations

\* I3: no write of ours lowers the checkpoint.
CheckpointNeverRegresses == "checkpoint regressed" \notin violations

\* A commit that was reported to be stored is stored, and stays so, gap map included.
AcknowledgedIsStored == Homogeneous => acknowledged \subseteq FinishedIn(checkpoint)

\* At least once: no event is recorded or taken for finished that no user's stream has finished.
FinishedWasFinished ==
  /\ FinishedIn(checkpoint) \subseteq everFinished
  /\ "unfinished event taken for finished" \notin violations

\* What the blob records as finished stays recorded.
FinishedIsNotForgotten == "finished work forgotten" \notin violations

\* The successor of a graceful hand-over starts exactly where its predecessor ended: it repeats nothing
\* that was finished, and where the drain was complete it repeats nothing at all.
GracefulHandoverIsExact == "graceful hand-over is not exact" \notin violations

\* A release never clears somebody else's claim.
ReleasesOnlyItsOwn == "released another owner's claim" \notin violations

\* A renewal never takes the partition from somebody else.
RenewsOnlyItsOwn == "renewed over another owner's claim" \notin violations

\* Each epoch's fencing token is higher than those of all epochs that were complete before, by the number in
\* the checkpoint alone. The number in the ownership blob and the service's clock come on top of that.
FencingTokensGrow == OfficialPeers = {} => "fencing token did not grow" \notin violations

\* No owner takes its own claim for a lost one.
KeepsItsOwnClaim == "gave up its own claim" \notin violations

-----------------------------------------------------------------------------
(* Probes: TLC must be able to violate each of these. Otherwise what is     *)
(* promised above would hold because nothing happens.                       *)

NeverTwoEpochs ==
  ~\E old, new \in Owners : /\ started[old] /\ phase[old] = "awaiting reply"
                            /\ started[new] /\ claim[old] < claim[new]
                            /\ checkpoint.number > 0

NeverClaimsAgain ==
  ~\E o \in Owners, m \in inFlight : m.owner = o /\ m.claim > 0 /\ claim[o] > m.claim + 1

NeverOwnsTwice          == completedClaim < 2  \* with one owner
NeverCommitsLate        == "commit while a later claim is not complete" \notin observed
NeverRecognisesOwnWrite == "own write recognised" \notin observed
NeverGraceful           == "graceful hand-over" \notin observed
NeverRepeats            == "finished event is repeated" \notin observed
NeverInheritsGapMap     == "gap map inherited" \notin observed

-----------------------------------------------------------------------------
(* The limits of a group that official processors share. These are reached, *)
(* too, and documented.                                                     *)

NeverCommitsWhilePeerOwns == "our commit while a peer owns" \notin observed
NeverPeerWritesLate       == "peer's late write while we own" \notin observed
NeverPeerSetsBack         == "peer set the checkpoint back" \notin observed
NeverHealed               == "our commit healed the checkpoint" \notin observed
NeverErasesToken          == "fencing token did not grow" \notin violations

-----------------------------------------------------------------------------
(* Values for the configurations.                                           *)

EachItsOwnNode == [p \in Participants |-> p]
OneNode        == [p \in Participants |-> "node"]
OwnerSymmetry  == Permutations(Owners)
=============================================================================
