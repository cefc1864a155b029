// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1PodDisruptionBudget;
import io.kubernetes.client.openapi.models.V1Role;
import io.kubernetes.client.openapi.models.V1RoleBinding;
import io.kubernetes.client.openapi.models.V1ServiceAccount;
import io.kubernetes.client.openapi.models.V2HorizontalPodAutoscalerBehavior;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** The manifests hold what Kubernetes and KEDA know, and fit the connector's settings. */
class KubernetesTest {

  private static final Path FOLDER = Path.of("kubernetes");

  /** Fields of KEDA's custom resources and parameters of its scaler, by its reference. */
  private static final Map<String, Set<String>> KEDA =
      Map.of(
          "TriggerAuthentication", Set.of("secretTargetRef", "podIdentity"),
          "ScaledObject",
              Set.of(
                  "scaleTargetRef",
                  "minReplicaCount",
                  "maxReplicaCount",
                  "pollingInterval",
                  "cooldownPeriod",
                  "advanced",
                  "triggers"),
          "trigger", Set.of("type", "metadata", "authenticationRef"),
          "azure-eventhub",
              Set.of(
                  "checkpointStrategy",
                  "blobContainer",
                  "consumerGroup",
                  "eventHubName",
                  "unprocessedEventThreshold",
                  "activationUnprocessedEventThreshold"));

  /** A check that refuses an unknown field, a missing one, and a value of another type. */
  private interface Schema {
    void check(JsonElement document) throws IOException;
  }

  private static final Map<String, Schema> SCHEMAS =
      Map.of(
          "ServiceAccount", V1ServiceAccount::validateJsonElement,
          "Role", V1Role::validateJsonElement,
          "RoleBinding", V1RoleBinding::validateJsonElement,
          "Deployment", V1Deployment::validateJsonElement,
          "PodDisruptionBudget", V1PodDisruptionBudget::validateJsonElement);

  private static Map<String, Config> documents(String text) {
    Map<String, Config> byKind = new TreeMap<>();
    for (Object document : new Yaml().loadAll(text)) {
      Config read = ConfigFactory.parseString(new Gson().toJson(document));
      byKind.put(read.getString("kind"), read);
    }
    return byKind;
  }

  private static <T> T of(Map<String, T> values, String key) {
    return Objects.requireNonNull(values.get(key), key);
  }

  private static JsonElement json(Config document) {
    return new Gson()
        .fromJson(document.root().render(ConfigRenderOptions.concise()), JsonElement.class);
  }

  private static String text(String file) throws IOException {
    return Files.readString(FOLDER.resolve(file));
  }

  @Test
  void kubernetesKnowsEveryField() throws IOException {
    Map<String, Config> documents = documents(text("orders.yaml"));

    assertThat(documents.keySet()).isEqualTo(new TreeSet<>(SCHEMAS.keySet()));
    for (Map.Entry<String, Config> document : documents.entrySet()) {
      of(SCHEMAS, document.getKey()).check(json(document.getValue()));
    }
  }

  @Test
  void aMistypedFieldIsFound() throws IOException {
    String mistyped = text("orders.yaml").replace("preStop:", "beforeStop:");

    assertThatThrownBy(
            () -> V1Deployment.validateJsonElement(json(of(documents(mistyped), "Deployment"))))
        .hasMessageContaining("beforeStop");
  }

  /** What the manifest says of each pod. */
  private static Config pod() throws IOException {
    return of(documents(text("orders.yaml")), "Deployment").getConfig("spec.template.spec");
  }

  private static Config container(Config pod) {
    return pod.getConfigList("containers").get(0);
  }

  /** Kubernetes ends a pod whose startup probe or liveness probe fails, and makes it wait. */
  @Test
  void onlyTheReadinessProbeAsksWhatAnOutageCanAnswerWithNo() throws IOException {
    Config container = container(pod());

    assertThat(container.getString("readinessProbe.httpGet.path")).isEqualTo("/ready");
    for (String probe : List.of("startupProbe", "livenessProbe")) {
      assertThat(container.getString(probe + ".httpGet.path")).as(probe).isEqualTo("/alive");
    }
  }

  @Test
  void thePageAboutOperationsHasTheProbesOfTheManifest() throws IOException {
    Config container = container(pod());
    String page = Files.readString(Path.of("..", "docs", "operations.md"));

    for (String probe : List.of("startupProbe", "readinessProbe", "livenessProbe")) {
      assertThat(page)
          .contains(
              "%s: { httpGet: { path: %s, port: management }, periodSeconds: %d"
                  .formatted(
                      probe,
                      container.getString(probe + ".httpGet.path"),
                      container.getInt(probe + ".periodSeconds")));
    }
  }

  /** From the hand-over to the last releases of claims and the last sends of a SendProducer. */
  private static Duration phasesWithWork(Config defaults) {
    Config shutdown = defaults.getConfig("pekko.coordinated-shutdown");
    Duration all = Duration.ZERO;
    String phase = CoordinatedShutdown.PhaseBeforeActorSystemTerminate();
    while (!phase.equals(CoordinatedShutdown.PhaseBeforeClusterShutdown())) {
      Config settings = shutdown.getConfig("phases." + phase);
      all =
          all.plus(
              settings.hasPath("timeout")
                  ? settings.getDuration("timeout")
                  : shutdown.getDuration("default-phase-timeout"));
      List<String> before = settings.getStringList("depends-on");
      assertThat(before).as(phase).hasSize(1);
      phase = before.get(0);
    }
    return all;
  }

  @Test
  void theGraceCoversThePauseAndAllPhasesInWhichTheConnectorWorks() throws IOException {
    Config pod = pod();
    long pause = container(pod).getLong("lifecycle.preStop.sleep.seconds");
    long grace = pod.getLong("terminationGracePeriodSeconds");
    Config defaults = ConfigFactory.load();
    Duration handover = defaults.getDuration("pekko.eventhubs.consumer.handover-timeout");
    long phases = phasesWithWork(defaults).toSeconds();

    assertThat(handover).isLessThanOrEqualTo(Duration.ofSeconds(10));
    assertThat(grace).isEqualTo(pause + phases);
    assertThat(Files.readString(Path.of("..", "docs", "kubernetes.md")))
        .contains("| " + grace + " s after the begin | SIGKILL")
        .contains("`preStop` waits " + pause + " s");
    assertThat(Files.readString(Path.of("..", "docs", "production.md")))
        .contains("after a SIGTERM: " + phases + " s and the time of `preStop`")
        .contains("`terminationGracePeriodSeconds` at least " + phases)
        .contains("has to be " + (phases - 10 + 35) + " s\nand the time of `preStop`");
  }

  @Test
  void kedaKnowsEveryFieldAndParameter() throws IOException {
    Map<String, Config> documents = documents(text("keda.yaml"));

    assertThat(documents.keySet()).containsExactly("ScaledObject", "TriggerAuthentication");
    for (Map.Entry<String, Config> document : documents.entrySet()) {
      assertThat(document.getValue().getString("apiVersion")).isEqualTo("keda.sh/v1alpha1");
      assertThat(KEDA.get(document.getKey()))
          .containsAll(document.getValue().getConfig("spec").root().keySet());
    }
    Config scaled = of(documents, "ScaledObject").getConfig("spec");
    V2HorizontalPodAutoscalerBehavior.validateJsonElement(
        json(scaled.getConfig("advanced.horizontalPodAutoscalerConfig.behavior")));
    Config trigger = scaled.getConfigList("triggers").get(0);
    assertThat(KEDA.get("trigger")).containsAll(trigger.root().keySet());
    assertThat(KEDA.get(trigger.getString("type")))
        .containsAll(trigger.getConfig("metadata").root().keySet());
    assertThat(trigger.getConfig("metadata").root().unwrapped().values())
        .as("KEDA takes texts only")
        .allMatch(String.class::isInstance);
    assertThat(of(documents, "TriggerAuthentication").getConfigList("spec.secretTargetRef"))
        .extracting(entry -> entry.getString("parameter"))
        .containsExactly("connection", "storageConnection");
  }

  /** What the pods read and where they commit is what KEDA looks at, with the same secrets. */
  @Test
  void kedaLooksAtWhatThePodsRead() throws IOException {
    Map<String, Config> keda = documents(text("keda.yaml"));
    Config scaled = of(keda, "ScaledObject").getConfig("spec");
    Config trigger = scaled.getConfigList("triggers").get(0);
    Config watched = trigger.getConfig("metadata");
    Config deployment = of(documents(text("orders.yaml")), "Deployment");
    Map<String, String> values = new TreeMap<>();
    Map<String, String> secrets = new TreeMap<>();
    for (Config variable :
        deployment.getConfigList("spec.template.spec.containers").get(0).getConfigList("env")) {
      if (variable.hasPath("value")) {
        values.put(variable.getString("name"), variable.getString("value"));
      } else if (variable.hasPath("valueFrom.secretKeyRef")) {
        Config secret = variable.getConfig("valueFrom.secretKeyRef");
        secrets.put(
            variable.getString("name"), secret.getString("name") + "/" + secret.getString("key"));
      }
    }
    Map<String, String> ofKeda = new TreeMap<>();
    for (Config target : of(keda, "TriggerAuthentication").getConfigList("spec.secretTargetRef")) {
      ofKeda.put(
          target.getString("parameter"), target.getString("name") + "/" + target.getString("key"));
    }

    assertThat(scaled.getString("scaleTargetRef.name"))
        .isEqualTo(deployment.getString("metadata.name"));
    assertThat(trigger.getString("authenticationRef.name"))
        .isEqualTo(of(keda, "TriggerAuthentication").getString("metadata.name"));
    assertThat(watched.getString("eventHubName"))
        .isEqualTo(values.get("EVENTHUB_NAME"))
        .isLowerCase();
    assertThat(watched.getString("consumerGroup")).isEqualTo(values.get("CONSUMER_GROUP"));
    assertThat(watched.getString("blobContainer")).isEqualTo(values.get("STORAGE_CONTAINER"));
    assertThat(watched.getString("checkpointStrategy")).isEqualTo("blobMetadata");
    assertThat(ofKeda)
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "connection", of(secrets, "EVENTHUBS_CONNECTION_STRING"),
                "storageConnection", of(secrets, "STORAGE_CONNECTION_STRING")));
    assertThat(scaled.getInt("minReplicaCount")).isEqualTo(deployment.getInt("spec.replicas"));
  }

  @Test
  void theConfigurationHasKeysThatThereAreAndNamesTheManifests() throws IOException {
    Config own =
        ConfigFactory.parseFile(FOLDER.resolve("kubernetes.conf").toFile())
            .resolveWith(ConfigFactory.parseString("POD_IP = 10.0.0.1"));
    Config known = ConfigFactory.load();
    List<String> unknown = new ArrayList<>();
    own.entrySet()
        .forEach(
            entry -> {
              // The names of checks are free, and the method's key is in a library without others.
              boolean isFree =
                  entry.getKey().contains("-checks.")
                      || entry.getKey().equals("pekko.discovery.method");
              if (!isFree && !known.hasPathOrNull(entry.getKey())) {
                unknown.add(entry.getKey());
              }
            });

    assertThat(unknown).isEmpty();
    assertThat(
            own.getString(
                "pekko.management.cluster.bootstrap.contact-point-discovery.service-name"))
        .isEqualTo(
            of(documents(text("orders.yaml")), "Deployment")
                .getString("spec.template.metadata.labels.app"));
    assertThat(Files.readString(Path.of("..", "docs", "kubernetes.md")))
        .contains("```hocon\n" + text("kubernetes.conf") + "```");
  }
}
