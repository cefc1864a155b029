// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit.audit;

/** The most likely faults in a stream. */
enum LikelyCause {
  OFFSET_TOO_EARLY(
      "The stream passes the offset on before the work is done: beside it (alsoTo, a broadcast, a"
          + " queue), before it, or without waiting for it. Pass it on in thenApply of the work.",
      "#too-early"),
  OTHER_ORDER(
      "The stream passes the offset of a later event on while the work on an earlier one of its"
          + " partition is not done: mapAsyncUnordered, groupBy with merged substreams, Balance, or"
          + " an offset passed on beside the work. Keep the order, pass the offset on in thenApply of"
          + " the work, or use Acknowledgement.UNORDERED.",
      "#out-of-order"),
  GOES_ON_AFTER_FAILURE(
      "The stream goes on after the failure of the work: supervision that resumes or restarts,"
          + " recover, or exceptionally that answers with the offset. Let the stream fail, and"
          + " restart it, or write the event somewhere first and call processed(..).",
      "#after-a-failure"),
  DROPS_EVENTS(
      "An operator drops events when the work is slow: buffer with a dropping strategy, conflate,"
          + " or throttle that enforces. Use backpressure.",
      "#dropped-under-load"),
  PART_LOST(
      "The stream commits an event when the first of its outputs is done. Use Committer.mapConcat"
          + " or split(..).",
      "#several-outputs-for-one-event"),
  PASSED_OVER(
      "The stream begins behind an event whose work was not done. Store a position together with"
          + " the result of its event, or after it.",
      "#too-early"),
  SOURCE_NOT_RUN(
      "The stream does not run the source of each partition as soon as it is emitted: flatMapMerge"
          + " or mapAsync with less than the number of partitions, or take.",
      "#no-progress"),
  NOT_ACKNOWLEDGED(
      "The stream drops events without acknowledging them (filter, collect, mapConcat to nothing,"
          + " divertTo), or collects them and passes on too little. max-uncommitted of them in a row"
          + " stop a partition for good. Use Committer.filter, collect or mapConcat, or skip().",
      "#events-that-need-no-work"),
  OTHER_PARTITIONS_OFFSET(
      "The stream passes on the offset of one partition for events of several. Use"
          + " CommittableOffsetBatch, which keeps one for each.",
      "#groups-of-your-own"),
  NO_COMMITTER(
      "The stream has no committer, or nothing reaches it. A stream that keeps its positions itself"
          + " is audited with withOwnPositions().",
      "#no-progress"),
  FAILS_AGAIN("The stream fails again and again; its last failure is part of the story.", ""),
  PROCESSED_TWICE(
      "The stream works on each event twice. Where that is meant, give each work a name:"
          + " process(event, \"invoice\").",
      "#several-outputs-for-one-event"),
  NOT_DRAINED(
      "In a graceful stop or hand-over the events that were processed last were not committed: the"
          + " committer waits for a next event (next-offset-observed on a merged source), events are"
          + " collected for longer than a drain takes, or the stream does not end with its source.",
      "#several-outputs-for-one-event"),
  COMMITTED_REPEATED(
      "The stream does not begin behind what it has committed: it has positions of its own beside"
          + " the checkpoints, or stores it in another consumer group.",
      ""),
  WORK_OUT_OF_ORDER(
      "The stream changes the order within a partition before the work: groupBy, Balance, or"
          + " mapAsyncUnordered. Where that is meant, the audit does not ask for it with"
          + " withAnyOrder().",
      "#out-of-order"),
  ENDS_UNDONE(
      "Nothing moves any more although events are left: the stream waits for something that does"
          + " not come.",
      "");

  private final String text;
  private final String anchor;

  LikelyCause(String text, String anchor) {
    this.text = text;
    this.anchor = anchor;
  }

  String text() {
    return text;
  }

  /** The part of the documentation that says more. */
  String page() {
    return "docs/at-least-once.md" + anchor;
  }
}
