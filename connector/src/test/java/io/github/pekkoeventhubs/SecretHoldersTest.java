// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.azure.core.credential.TokenRequestContext;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.typesafe.config.ConfigFactory;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/**
 * All classes that hold a secret in a field and have a text form of their own, found among the
 * compiled ones, failures too: none shows the secret, and no other class may come without being
 * looked at here.
 */
class SecretHoldersTest {

  private static final String SECRET = "Q2FuYXJ5U2VjcmV0VGhhdE5vYm9keU1heVNlZQ==";
  private static final String EVENT_HUBS =
      "Endpoint=sb://n.servicebus.windows.net/;SharedAccessKeyName=k;SharedAccessKey=" + SECRET;
  private static final String BLOBS =
      "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=" + SECRET;

  private static final Pattern NAME =
      Pattern.compile(
          "(?i).*(connectionString|password|credential|secret|accountKey|sharedKey|accessKey"
              + "|signature|sasToken|accessToken).*");
  private static final Pattern TYPE =
      Pattern.compile(
          "com\\.azure\\..*(Credential|AccessToken)|.*\\.(SharedAccessToken|AccessToken)");

  /** A credential that would show its token. */
  private record ShowsToken(String token) implements TokenCredential {
    @Override
    public Mono<AccessToken> getToken(TokenRequestContext context) {
      return Mono.just(new AccessToken(token, OffsetDateTime.MAX));
    }
  }

  private static final TokenCredential CREDENTIAL = new ShowsToken(SECRET);

  /** Objects of each such class, with the secret in them. */
  private static Map<String, List<Object>> holders() {
    NamespaceAccess access =
        NamespaceAccess.create(
            new SettingsSection(
                "test",
                ConfigFactory.parseString("connection-string = \"\", event-hub-name = orders")));
    Map<String, List<Object>> holders = new TreeMap<>();
    holders.put(
        NamespaceAccess.class.getName(),
        List.of(
            access.withConnectionString(EVENT_HUBS),
            access.withCredential("n.servicebus.windows.net", CREDENTIAL)));
    holders.put(
        BlobStoreSettings.class.getName(),
        List.of(
            BlobStoreSettings.read(
                ConfigFactory.parseString(
                        "container = checkpoints, connection-string = \"" + BLOBS + "\"")
                    .withFallback(
                        ConfigFactory.defaultReference()
                            .getConfig("pekko.eventhubs.partition-store.blob")))));
    return holders;
  }

  @Test
  void everyClassWithASecretInAFieldAndATextFormIsLookedAt() {
    List<String> found =
        new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("io.github.pekkoeventhubs")
                .stream()
                .filter(SecretHoldersTest::isOfTheConnector)
                .filter(type -> type.getFields().stream().anyMatch(SecretHoldersTest::isSecret))
                .filter(SecretHoldersTest::hasTextFormOfItsOwn)
                .map(JavaClass::getName)
                .sorted()
                .toList();

    assertThat(found).containsExactlyElementsOf(holders().keySet());
  }

  @Test
  void noneShowsTheSecretInItsTextForm() {
    holders()
        .forEach(
            (type, objects) ->
                assertThat(objects)
                    .allSatisfy(
                        object -> assertThat(object.toString()).as(type).doesNotContain(SECRET)));
  }

  @Test
  void theSettingsThatUsersPrintShowNoneEither() {
    ConsumerSettings consumer =
        ConsumerSettings.create(
            ConfigFactory.defaultReference().getConfig(ConsumerSettings.CONFIG_PATH));
    ProducerSettings producer =
        ProducerSettings.create(
            ConfigFactory.defaultReference().getConfig(ProducerSettings.CONFIG_PATH));

    assertThat(
            List.of(
                consumer.withConnectionString(EVENT_HUBS),
                consumer.withCredential("n.servicebus.windows.net", CREDENTIAL),
                producer.withConnectionString(EVENT_HUBS),
                producer.withCredential("n.servicebus.windows.net", CREDENTIAL)))
        .allSatisfy(settings -> assertThat(settings.toString()).doesNotContain(SECRET));
  }

  private static boolean isOfTheConnector(JavaClass type) {
    return type.getSource()
        .map(source -> source.getUri().toString())
        .orElse("")
        .contains("connector/");
  }

  /** The one of a record names all fields; that of {@code Object} names none. */
  private static boolean hasTextFormOfItsOwn(JavaClass type) {
    return type.getAllMethods().stream()
        .anyMatch(
            method ->
                method.getName().equals("toString")
                    && method.getRawParameterTypes().isEmpty()
                    && !method.getOwner().isEquivalentTo(Object.class));
  }

  private static boolean isSecret(JavaField field) {
    return !field.getModifiers().contains(JavaModifier.STATIC)
        && (TYPE.matcher(field.getRawType().getName()).matches()
            || (NAME.matcher(field.getName()).matches()
                && List.of("java.lang.String", "java.util.Optional", "byte[]", "[C")
                    .contains(field.getRawType().getName())));
  }
}
