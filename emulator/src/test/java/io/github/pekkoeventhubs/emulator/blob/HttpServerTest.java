// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HttpServerTest {

  private static final HttpHandler NOT_CALLED =
      new HttpHandler() {
        @Override
        public HttpResponse handle(HttpRequest request) {
          throw new AssertionError("No request was sent");
        }

        @Override
        public HttpResponse refuse(MalformedRequestException malformed) {
          throw new AssertionError("No request was sent");
        }
      };

  @Test
  void pausesBetweenConnectionsThatCannotBeAccepted() throws IOException {
    TooManyOpenFiles listener = new TooManyOpenFiles();
    try (HttpServer server = new HttpServer(listener, NOT_CALLED)) {
      server.start();
      await().until(() -> listener.accepts.size() >= 4);
    }

    List<Long> accepts = listener.accepts;
    assertThat(IntStream.range(1, accepts.size()).mapToObj(i -> pause(accepts, i)))
        .allMatch(pause -> pause.compareTo(HttpServer.ACCEPT_PAUSE) >= 0);
    assertThat(listener.isClosed()).isTrue();
  }

  private static Duration pause(List<Long> accepts, int i) {
    return Duration.ofNanos(accepts.get(i) - accepts.get(i - 1));
  }

  private static final class TooManyOpenFiles extends ServerSocket {
    private final List<Long> accepts = new CopyOnWriteArrayList<>();

    TooManyOpenFiles() throws IOException {
      super(0);
    }

    @Override
    public Socket accept() throws IOException {
      accepts.add(System.nanoTime());
      throw new IOException("Too many open files");
    }
  }
}
