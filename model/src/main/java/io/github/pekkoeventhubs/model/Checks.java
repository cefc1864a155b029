// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.model;

import static io.github.pekkoeventhubs.model.Check.holds;
import static io.github.pekkoeventhubs.model.Check.reached;
import static io.github.pekkoeventhubs.model.Check.refuted;

import java.util.List;

/** The checks: configurations of the protocol, its wrong variants, and probes. */
final class Checks {

  private Checks() {}

  /**
   * The protocol itself, each time with the whole state space within the bounds searched.
   *
   * <p>Where somebody who does not follow the protocol writes the checkpoint, only a part of the
   * guarantee is left, and only that part is checked.
   */
  static List<Check> protocol() {
    return List.of(
        holds("two owners"),
        holds("two owners, four claims").with("MaxClaims", 4).with("MaxSequenceNumber", 1),
        holds("three owners").with("Owners", "{a, b, c}").with("MaxSequenceNumber", 1),
        holds("no checkpoint yet").with("CheckpointExists", false),
        holds("two owners of one id").with("NodeOf", "OneNode").with("MaxSequenceNumber", 1),
        holds("gap map")
            .with("UnorderedAcknowledgement", true)
            .with("MaxSequenceNumber", 3)
            .with("MaxClaims", 2)
            .with("MaxInFlight", 1),
        holds("gap map, three claims")
            .with("UnorderedAcknowledgement", true)
            .with("MaxInFlight", 1),
        holds(
                "rewound by hand",
                "EarlierOwnersAreFenced",
                "FinishedWasFinished",
                "KeepsItsOwnClaim",
                "FencingTokensGrow")
            .with("Owners", "{a}")
            .with("OperatorRewinds", true)
            .with("UnorderedAcknowledgement", true)
            .with("MaxSequenceNumber", 3),
        holds(
                "with an official peer",
                "EarlierOwnersAreFenced",
                "CheckpointNeverRegresses",
                "FinishedWasFinished",
                "ReleasesOnlyItsOwn",
                "KeepsItsOwnClaim")
            .with("OfficialPeers", "{x}")
            .with("MaxClaims", 2)
            .with("MaxInFlight", 1),
        holds(
                "ownership compared by ETag",
                "EarlierOwnersAreFenced",
                "StartIncludesAcknowledged",
                "CheckpointNeverRegresses",
                "AcknowledgedIsStored",
                "FinishedWasFinished",
                "FinishedIsNotForgotten",
                "GracefulHandoverIsExact",
                "ReleasesOnlyItsOwn",
                "FencingTokensGrow")
            .with("OwnershipIdentity", "\"etag\"")
            .with("MaxSequenceNumber", 1),
        holds("claims of a cluster, with replacements and another cluster").ofCluster());
  }

  /** Larger bounds, for a machine with time to spare. */
  static List<Check> protocolWithLargerBounds() {
    return List.of(
        holds("long: two owners, three events, four claims")
            .with("MaxSequenceNumber", 3)
            .with("MaxClaims", 4),
        holds("long: three owners, two events, four claims")
            .with("Owners", "{a, b, c}")
            .with("MaxClaims", 4),
        holds("long: gap map, three claims, three events")
            .with("UnorderedAcknowledgement", true)
            .with("MaxSequenceNumber", 3));
  }

  /** The protocol with one decision changed. */
  static List<Check> wrongVariants() {
    return List.of(
        refuted("commits are unconditional", "EarlierOwnersAreFenced")
            .with("ConditionalCommit", false),
        refuted("a claim does not touch the checkpoint", "EarlierOwnersAreFenced")
            .with("TouchCheckpoint", false),
        refuted("the touch is unconditional", "CheckpointNeverRegresses")
            .with("ConditionalTouch", false),
        refuted("ownership is not read again before the touch", "EarlierOwnersAreFenced")
            .with("Owners", "{a, b, c}")
            .with("VerifyBeforeTouch", false)
            .with("MaxSequenceNumber", 1),
        refuted("a retry reads ownership, then checkpoint", "EarlierOwnersAreFenced")
            .with("RetryReads", "\"ownership, checkpoint\""),
        refuted("a retry does not read ownership", "EarlierOwnersAreFenced")
            .with("RetryReads", "\"checkpoint\""),
        refuted("ownership is compared by owner id", "EarlierOwnersAreFenced")
            .with("OwnershipIdentity", "\"id\"")
            .with("NodeOf", "OneNode"),
        refuted("ownership is compared by ETag", "KeepsItsOwnClaim")
            .with("OwnershipIdentity", "\"etag\""),
        refuted("an absent checkpoint is not created", "EarlierOwnersAreFenced")
            .with("CheckpointExists", false)
            .with("CreateAbsentCheckpoint", false),
        refuted("a node that claims again trusts what it knew", "StartIncludesAcknowledged")
            .with("FenceEveryEpoch", false),
        refuted("a reply counts for a later request", "AcknowledgedIsStored")
            .with("MatchReplies", false),
        refuted("a lower number than the stored one is written", "CheckpointNeverRegresses")
            .with("RefuseLowerNumber", false)
            .with("Owners", "{a}")
            .with("OfficialPeers", "{x}")
            .with("MaxClaims", 2),
        refuted("a draining owner keeps receiving", "GracefulHandoverIsExact")
            .with("StopReceivingFirst", false),
        refuted("the release does not wait for the flush", "GracefulHandoverIsExact")
            .with("FlushBeforeRelease", false),
        refuted("the release is unconditional", "ReleasesOnlyItsOwn")
            .with("ConditionalRelease", false),
        refuted("the highest finished event is the checkpoint", "FinishedWasFinished")
            .with("UnorderedAcknowledgement", true)
            .with("CheckpointIsContiguous", false),
        refuted("a gap map counts beside any number", "FinishedWasFinished")
            .with("UnorderedAcknowledgement", true)
            .with("OperatorRewinds", true)
            .with("MaxSequenceNumber", 3)
            .with("MaxInFlight", 1)
            .with("GapMapBoundToNumber", false),
        refuted("the gap map is written only when the number moves", "GracefulHandoverIsExact")
            .with("UnorderedAcknowledgement", true)
            .with("WriteWhileNumberStands", false),
        refuted("an equal number covers a newer gap map", "AcknowledgedIsStored")
            .with("UnorderedAcknowledgement", true)
            .with("CoverageSeesGapMap", false),
        refuted("the touch drops the gap map", "FinishedIsNotForgotten")
            .with("UnorderedAcknowledgement", true)
            .with("TouchKeepsAllKeys", false));
  }

  /** Claims and their renewals with one decision changed. */
  static List<Check> wrongVariantsOfClaims() {
    return List.of(
        refuted("renewals are unconditional", "RenewsOnlyItsOwn")
            .with("ConditionalRenewal", false)
            .with("MaxSequenceNumber", 1),
        refuted("the identity of a cluster is a name that another has too", "RespectsOtherClusters")
            .ofCluster()
            .with("IdentityIsRandom", false),
        refuted(
                "a node that was removed takes all members for gone",
                "TakesNothingFromAMemberAtWork")
            .ofCluster()
            .with("MembersAloneJudge", false));
  }

  /** The same, about the tokens for the user's own writes. */
  static List<Check> wrongVariantsOfTokens() {
    return List.of(
        refuted("the touch gives out the token that it has read", "FencingTokensGrow")
            .with("TouchRaisesToken", false),
        refuted("a commit drops the fencing token", "FencingTokensGrow")
            .with("CommitKeepsToken", false),
        refuted("two unconditional touches give out one token", "FencingTokensGrow")
            .with("ConditionalTouch", false));
  }

  /**
   * Returns checks for states that must be reachable: otherwise the protocol could hold only
   * because nothing happens.
   */
  static List<Check> probes() {
    return List.of(
        reached("an old owner waits for a reply while its successor runs", "NeverTwoEpochs"),
        reached("a commit is applied while a later claim is not complete", "NeverCommitsLate"),
        reached("a node claims again while its earlier request is under way", "NeverClaimsAgain"),
        reached("a node owns a second time", "NeverOwnsTwice").with("Owners", "{a}"),
        reached("a write whose reply was lost is recognised", "NeverRecognisesOwnWrite"),
        reached("a hand-over is graceful", "NeverGraceful"),
        reached("a finished event is repeated after a loss", "NeverRepeats"),
        reached("a replacement takes a left-over of its cluster", "NeverTakesALeftOverUnseen")
            .ofCluster(),
        reached("a node that was removed loses its claim while it lives", "NeverTakesFromTheLiving")
            .ofCluster(),
        reached("a gap map is inherited", "NeverInheritsGapMap")
            .with("UnorderedAcknowledgement", true));
  }

  /** The limits of a group that official processors share: not wished for, but documented. */
  static List<Check> limits() {
    return List.of(
        reached("we commit while an official peer owns", "NeverCommitsWhilePeerOwns")
            .with("OfficialPeers", "{x}"),
        reached("an official peer writes while we own", "NeverPeerWritesLate")
            .with("OfficialPeers", "{x}"),
        reached("an official peer sets the checkpoint back", "NeverPeerSetsBack")
            .with("OfficialPeers", "{x}"),
        reached("an official peer erases the fencing token", "NeverErasesToken")
            .with("OfficialPeers", "{x}"),
        reached("our next commit heals that", "NeverHealed")
            .with("Owners", "{a}")
            .with("OfficialPeers", "{x}")
            .with("MaxClaims", 2));
  }
}
