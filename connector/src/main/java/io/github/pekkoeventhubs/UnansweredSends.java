// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

/**
 * The treatment of a batch on an ordered route (a partition key or a partition) when the service
 * has not said whether it has stored it: no answer within {@code send-timeout}, a lost connection,
 * or an answer that leaves it open.
 */
public enum UnansweredSends {

  /**
   * It is sent again, over a new connection where there was no answer. Nothing is lost; events may
   * be stored twice. The first attempt may even be stored after the events that follow it, since
   * the network can deliver late what it has taken over, so that a reader who keeps the last value
   * of a key could keep an old one. With a producer id ({@link ProducerSettings#withProducerId})
   * readers can drop such repetitions.
   */
  RETRY,

  /**
   * The stream fails with {@link UnansweredSendException}. Only what the service has refused, since
   * it is busy, a limit is reached or the token has expired, is sent again. Nothing is stored twice
   * or in another order by this stream; what comes next is the application's decision, for which it
   * may look at what the partition holds.
   */
  FAIL
}
