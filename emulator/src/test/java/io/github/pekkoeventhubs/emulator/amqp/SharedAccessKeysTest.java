// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.amqp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SharedAccessKeysTest {
  /** Signed with the key "secret" by another implementation of HMAC-SHA256. */
  private static final String TOKEN =
      "SharedAccessSignature sr=sb%3A%2F%2Flocalhost%2Forders"
          + "&sig=5qm5pEwP5cTUPhYyp2A%2FKAs19fPHo4LApNILBjLMfAA%3D&se=1767225600&skn=reader";

  private final SharedAccessKeys keys =
      new SharedAccessKeys(Map.of("reader", "secret"), clockAt("2025-12-31T23:59:59Z"));

  @Test
  void acceptsATokenThatIsSignedWithTheKey() {
    SharedAccessKeys.Grant grant = keys.verify(TOKEN);

    assertThat(grant.resource()).isEqualTo("sb://localhost/orders");
    assertThat(grant.expiry()).isEqualTo("2026-01-01T00:00:00Z");
  }

  @Test
  void refusesAnExpiredToken() {
    SharedAccessKeys later =
        new SharedAccessKeys(Map.of("reader", "secret"), clockAt("2026-01-01T00:00:00Z"));

    assertRefused(later, TOKEN, "ExpiredToken");
  }

  @Test
  void refusesATokenThatWasSignedWithAnotherKey() {
    SharedAccessKeys others =
        new SharedAccessKeys(Map.of("reader", "other"), clockAt("2025-12-31T23:59:59Z"));

    assertRefused(others, TOKEN, "InvalidSignature");
  }

  @Test
  void refusesATokenThatWasChanged() {
    assertRefused(keys, TOKEN.replace("orders", "bills"), "InvalidSignature");
    assertRefused(keys, TOKEN.replace("se=17", "se=27"), "InvalidSignature");
    assertRefused(keys, TOKEN.replace("skn=reader", "skn=writer"), "InvalidSignature");
  }

  @Test
  void refusesWhatIsNoToken() {
    assertRefused(keys, "eyJhbGciOiJub25lIn0.e30.", "MalformedToken");
    assertRefused(keys, TOKEN.replace("sig=", "sig=%zz"), "MalformedToken");
    assertRefused(keys, "SharedAccessSignature ", "InvalidSignature");
  }

  private static void assertRefused(SharedAccessKeys keys, String token, String reason) {
    assertThatExceptionOfType(ServiceException.class)
        .isThrownBy(() -> keys.verify(token))
        .withMessageStartingWith(reason)
        .satisfies(
            error -> assertThat(error.condition()).isEqualTo(ErrorConditions.UNAUTHORIZED_ACCESS));
  }

  private static Clock clockAt(String instant) {
    return Clock.fixed(Instant.parse(instant), ZoneOffset.UTC);
  }
}
