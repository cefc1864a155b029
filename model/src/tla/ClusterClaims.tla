--------------------------- MODULE ClusterClaims ---------------------------
(***************************************************************************)
(* Which claims a member of a cluster takes over without waiting until     *)
(* they expire.                                                            *)
(*                                                                         *)
(* One partition, the nodes of one cluster, and a neighbour: an owner of   *)
(* another cluster in the same consumer group. Nodes join, crash, are      *)
(* declared down (also while they live) and are removed; each hears of a   *)
(* removal late, and one that joins later never does. Cluster sharding     *)
(* places the partition on one member, and on another only after the owner *)
(* there has ended or its node was removed. Claims never expire here: what *)
(* is taken over, is taken over at once. That an earlier owner cannot      *)
(* commit is the subject of PartitionOwnership.                            *)
(***************************************************************************)
EXTENDS Naturals, FiniteSets, TLC

CONSTANTS
  Nodes,               \* of our cluster, by incarnation: a replacement is a node of its own
  Neighbour,           \* an owner of another cluster
  IdentityInClaims,    \* claims carry the identity of the cluster
  IdentityIsRandom,    \* ... which no other cluster has, unlike a configured name
  MembersAloneJudge    \* a node that was removed uses neither the identity nor its empty view

Nobody == "nobody"

VARIABLES
  status,      \* of each node: "new", "member", "down" (a member still, to be removed), "removed"
  live,        \* the nodes whose process runs
  view,        \* the members that each node sees
  sawRemoved,  \* the nodes that each node has seen removed
  placedOn,    \* where sharding has the partition
  record,      \* the ownership blob: an owner and a cluster
  working,     \* who processes events under a claim, rightly or not
  violations,
  observed

vars == <<status, live, view, sawRemoved, placedOn, record, working, violations, observed>>

OurCluster   == "ours"
OtherCluster == IF IdentityIsRandom THEN "theirs" ELSE "ours"
NoClaim      == [node |-> Nobody, cluster |-> "none"]

Members == {n \in Nodes : status[n] \in {"member", "down"}}

Flag(condition, name) == IF condition THEN {name} ELSE {}

Init ==
  /\ status     = [n \in Nodes |-> "new"]
  /\ live       = {}
  /\ view       = [n \in Nodes |-> {}]
  /\ sawRemoved = [n \in Nodes |-> {}]
  /\ placedOn   = Nobody
  /\ record     = NoClaim
  /\ working    = {}
  /\ violations = {}
  /\ observed   = {}

\* It sees the members of this moment; the others see it at once, since they take part in its joining.
Join(n) ==
  /\ status[n] = "new"
  /\ status' = [status EXCEPT ![n] = "member"]
  /\ live'   = live \cup {n}
  /\ view'   = [m \in Nodes |-> IF m = n THEN Members \cup {n}
                                ELSE IF m \in Members THEN view[m] \cup {n} ELSE view[m]]
  /\ UNCHANGED <<sawRemoved, placedOn, record, working, violations, observed>>

Crash(n) ==
  /\ n \in live
  /\ live'    = live \ {n}
  /\ working' = working \ {n}
  /\ UNCHANGED <<status, view, sawRemoved, placedOn, record, violations, observed>>

\* By the split brain resolver, or by an operator: rightly or not.
Down(n) ==
  /\ status[n] = "member"
  /\ status' = [status EXCEPT ![n] = "down"]
  /\ UNCHANGED <<live, view, sawRemoved, placedOn, record, working, violations, observed>>

\* Sharding gives the partition up only now. The node itself, if it lives, sees no members any more.
Remove(n) ==
  /\ status[n] = "down"
  /\ status'   = [status EXCEPT ![n] = "removed"]
  /\ placedOn' = IF placedOn = n THEN Nobody ELSE placedOn
  /\ view'     = [view EXCEPT ![n] = {}]
  /\ UNCHANGED <<live, sawRemoved, record, working, violations, observed>>

HearOfRemoval(m, n) ==
  /\ m \in live /\ status[m] = "member" /\ n \in view[m] /\ status[n] = "removed"
  /\ view'       = [view EXCEPT ![m] = @ \ {n}]
  /\ sawRemoved' = [sawRemoved EXCEPT ![m] = @ \cup {n}]
  /\ UNCHANGED <<status, live, placedOn, record, working, violations, observed>>

Place(n) ==
  /\ placedOn = Nobody
  /\ n \in live /\ status[n] = "member"
  /\ placedOn' = n
  /\ UNCHANGED <<status, live, view, sawRemoved, record, working, violations, observed>>

\* The owner ends at a hand-over. Its claim is released, or stays because the store did not answer.
HandOver(n, released) ==
  /\ placedOn = n /\ n \in live
  /\ placedOn' = Nobody
  /\ working'  = working \ {n}
  /\ record'   = IF released /\ record.node = n THEN NoClaim ELSE record
  /\ UNCHANGED <<status, live, view, sawRemoved, violations, observed>>

\* ClaimPolicy, without the expiry. A member that is down counts as one that cannot be reached.
MayClaim(n) ==
  LET owner == record.node
      judges == ~MembersAloneJudge \/ n \in view[n]
  IN  \/ owner = Nobody
      \/ owner \in sawRemoved[n]
      \/ owner \in view[n] /\ status[owner] = "member"
      \/ IdentityInClaims /\ judges /\ record.cluster = OurCluster /\ owner \notin view[n]

\* A node that was removed and does not know it yet may still have an owner that looks for a claim.
Claim(n) ==
  /\ n \in live /\ n \notin working
  /\ placedOn = n \/ status[n] = "removed"
  /\ MayClaim(n)
  /\ LET owner == record.node
     IN  /\ violations' = violations
              \cup Flag(owner = Neighbour, "taken from a neighbour that is at work")
              \cup Flag(owner # n /\ owner \in working /\ owner = placedOn,
                        "taken from the member that has the partition")
         /\ observed' = observed
              \cup Flag(owner \in Nodes /\ status[owner] = "removed" /\ owner \notin sawRemoved[n],
                        "left-over of a node whose removal was not seen")
              \cup Flag(owner \in working /\ status[owner] = "removed", "taken from a removed node that lives")
  /\ record'  = [node |-> n, cluster |-> OurCluster]
  /\ working' = working \cup {n}
  /\ UNCHANGED <<status, live, view, sawRemoved, placedOn>>

\* A renewal finds the token of another claim.
NoticeLoss(n) ==
  /\ n \in working /\ record.node # n
  /\ working' = working \ {n}
  /\ UNCHANGED <<status, live, view, sawRemoved, placedOn, record, violations, observed>>

\* The other cluster claims what is free, and is at work until it releases.
NeighbourClaims ==
  /\ record = NoClaim
  /\ record' = [node |-> Neighbour, cluster |-> OtherCluster]
  /\ UNCHANGED <<status, live, view, sawRemoved, placedOn, working, violations, observed>>

NeighbourReleases ==
  /\ record.node = Neighbour
  /\ record' = NoClaim
  /\ UNCHANGED <<status, live, view, sawRemoved, placedOn, working, violations, observed>>

Next ==
  \/ \E n \in Nodes :
       \/ Join(n) \/ Crash(n) \/ Down(n) \/ Remove(n) \/ Place(n) \/ Claim(n) \/ NoticeLoss(n)
       \/ \E released \in BOOLEAN : HandOver(n, released)
       \/ \E m \in Nodes : HearOfRemoval(m, n)
  \/ NeighbourClaims \/ NeighbourReleases

Spec == Init /\ [][Next]_vars

-----------------------------------------------------------------------------
(* What must hold.                                                          *)

TakesNothingFromAMemberAtWork == "taken from the member that has the partition" \notin violations
RespectsOtherClusters         == "taken from a neighbour that is at work" \notin violations

(* Probes: these are reached.                                               *)

NeverTakesALeftOverUnseen == "left-over of a node whose removal was not seen" \notin observed
NeverTakesFromTheLiving   == "taken from a removed node that lives" \notin observed

NodeSymmetry == Permutations(Nodes)
=============================================================================
