// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.blob;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpHeaders;
import com.azure.storage.blob.models.BlobErrorCode;
import io.github.pekkoeventhubs.blob.BlobAnswer.Absent;
import io.github.pekkoeventhubs.blob.BlobAnswer.Failed;
import io.github.pekkoeventhubs.blob.BlobAnswer.Refused;
import java.time.Duration;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;

/** Each status with each code, or with none, has one meaning. */
class BlobAnswersPropertyTest {

  @Provide
  static Arbitrary<@Nullable String> codes() {
    return Arbitraries.oneOf(
            Arbitraries.of(
                BlobErrorCode.values().stream().map(BlobErrorCode::toString).sorted().toList()),
            Arbitraries.of("BlobNotFound", "BlobAlreadyExists", "ConditionNotMet"),
            Arbitraries.of("PathConflict", "KeyBasedAuthenticationNotPermitted"),
            Arbitraries.strings().ascii().ofMaxLength(12))
        .injectNull(0.3);
  }

  private static boolean mayPass(int status) {
    return status == 408 || status == 429 || status >= 500;
  }

  @Property(tries = 5000)
  void everyAnswerHasAMeaningAndThoseThatMayPassAlwaysMayPass(
      @ForAll BlobRequest asked,
      @ForAll @IntRange(min = 100, max = 599) int status,
      @ForAll("codes") @Nullable String code) {
    BlobAnswer answer = BlobAnswers.of(asked, status, code, Optional.empty());

    if (mayPass(status)) {
      assertThat(answer)
          .isInstanceOfSatisfying(Failed.class, f -> assertThat(f.problem().mayPass()).isTrue());
    } else if (answer instanceof Failed failed) {
      assertThat(failed.problem().mayPass()).isFalse();
    }
  }

  @Property(tries = 5000)
  void absentAndRefusedAreOnlyWhatTheListsSay(
      @ForAll BlobRequest asked,
      @ForAll @IntRange(min = 100, max = 499) int status,
      @ForAll("codes") @Nullable String code) {
    BlobAnswer answer = BlobAnswers.of(asked, status, code, Optional.empty());

    if (answer instanceof Absent) {
      assertThat(asked).isEqualTo(BlobRequest.READ);
      assertThat(code).isEqualTo("BlobNotFound");
    }
    if (answer instanceof Refused) {
      assertThat(asked).isIn(BlobRequest.CREATE, BlobRequest.REPLACE);
      if (code == null) {
        assertThat(status).isEqualTo(412);
      } else {
        assertThat(code).isIn("BlobAlreadyExists", "ConditionNotMet", "BlobNotFound");
      }
    }
  }

  @Example
  void aConditionThatIsNotMetIsRefusedInEachOfItsForms() {
    assertThat(BlobAnswers.of(BlobRequest.CREATE, 409, "BlobAlreadyExists", Optional.empty()))
        .isEqualTo(new Refused());
    assertThat(BlobAnswers.of(BlobRequest.REPLACE, 412, "ConditionNotMet", Optional.empty()))
        .isEqualTo(new Refused());
    assertThat(BlobAnswers.of(BlobRequest.REPLACE, 404, "BlobNotFound", Optional.empty()))
        .isEqualTo(new Refused());
    assertThat(BlobAnswers.of(BlobRequest.REPLACE, 412, null, Optional.empty()))
        .isEqualTo(new Refused());
  }

  private static HttpHeaders headers(String name, String value) {
    return new HttpHeaders()
        .set(HttpHeaderName.DATE, "Sun, 06 Nov 1994 08:49:37 GMT")
        .set(HttpHeaderName.fromString(name), value);
  }

  @Example
  void theTimeToWaitIsReadInEachOfItsForms() {
    assertThat(RetryAfter.of(headers("Retry-After", "7"))).hasValue(Duration.ofSeconds(7));
    assertThat(RetryAfter.of(headers("Retry-After", "Sun, 06 Nov 1994 08:49:47 GMT")))
        .hasValue(Duration.ofSeconds(10));
    assertThat(RetryAfter.of(headers("x-ms-retry-after-ms", "250")))
        .hasValue(Duration.ofMillis(250));
    assertThat(RetryAfter.of(headers("retry-after-ms", "300"))).hasValue(Duration.ofMillis(300));
    assertThat(RetryAfter.of(new HttpHeaders())).isEmpty();
  }

  @Property
  void aTimeToWaitThatCannotBeReadIsNone(@ForAll String text) {
    assertThat(RetryAfter.of(headers("Retry-After", "x" + text.replaceAll("\\p{Cntrl}", ""))))
        .isEmpty();
  }
}
