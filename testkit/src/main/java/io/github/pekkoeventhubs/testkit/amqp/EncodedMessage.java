// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit.amqp;

import org.apache.pekko.annotation.InternalApi;
import org.apache.qpid.proton.codec.DroppingWritableBuffer;
import org.apache.qpid.proton.codec.WritableBuffer;
import org.apache.qpid.proton.message.Message;

/** Encodes messages, whatever their size. */
@InternalApi
public final class EncodedMessage {
  private EncodedMessage() {}

  public static byte[] of(Message message) {
    int size = message.encode(new DroppingWritableBuffer());
    byte[] bytes = new byte[size];
    message.encode(WritableBuffer.ByteBufferWrapper.wrap(bytes));
    return bytes;
  }
}
