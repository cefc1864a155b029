// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.amqp;

import io.github.pekkoeventhubs.emulator.Internal;
import java.util.Arrays;
import org.apache.qpid.proton.codec.DroppingWritableBuffer;
import org.apache.qpid.proton.codec.WritableBuffer;
import org.apache.qpid.proton.message.Message;

/** Encodes messages, whatever their size. */
@Internal
public final class EncodedMessage {
  /** The encoder of short maps asks for a byte more than it writes. */
  private static final int SLACK = 8;

  private EncodedMessage() {}

  public static byte[] of(Message message) {
    int size = message.encode(new DroppingWritableBuffer());
    byte[] bytes = new byte[size + SLACK];
    message.encode(WritableBuffer.ByteBufferWrapper.wrap(bytes));
    return Arrays.copyOf(bytes, size);
  }
}
