// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.amqp;

/** The delivery annotations that tell a receiver how far the partition has got. */
final class LastEnqueuedSection {
  private static final byte[] SEQUENCE_NUMBER =
      SectionWriter.symbol("last_enqueued_sequence_number");
  private static final byte[] OFFSET = SectionWriter.symbol("last_enqueued_offset");
  private static final byte[] ENQUEUED_TIME = SectionWriter.symbol("last_enqueued_time_utc");
  private static final byte[] RETRIEVAL_TIME =
      SectionWriter.symbol("runtime_info_retrieval_time_utc");
  private static final int MAX_SIZE = 512;

  private LastEnqueuedSection() {}

  static byte[] encode(PartitionLog log, long now) {
    LogEntry last = log.last();
    if (last == null) {
      return new byte[0];
    }
    SectionWriter out = new SectionWriter(MAX_SIZE);
    out.beginMap(SectionReader.DELIVERY_ANNOTATIONS);
    out.longEntry(SEQUENCE_NUMBER, last.sequenceNumber());
    out.stringEntry(OFFSET, last.offset());
    out.timestampEntry(ENQUEUED_TIME, last.enqueuedTime());
    out.timestampEntry(RETRIEVAL_TIME, now);
    out.endMap();
    return out.toByteArray();
  }
}
