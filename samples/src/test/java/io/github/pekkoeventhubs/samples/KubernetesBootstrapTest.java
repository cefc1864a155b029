// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import io.github.pekkoeventhubs.testkit.BlobEmulator;
import io.github.pekkoeventhubs.testkit.EventHubsEmulator;
import io.github.pekkoeventhubs.testkit.FaultHandle;
import io.github.pekkoeventhubs.testkit.process.JavaProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

/**
 * Two pods of the manifest, each a process of its own, find each other by the API of Kubernetes,
 * form a cluster and share the partitions; the paths of the probes answer, also while Event Hubs is
 * down.
 */
class KubernetesBootstrapTest {

  private static final Duration PATIENCE = Duration.ofSeconds(90);

  /** Pods have the same ports and addresses of their own. */
  private static final List<String> ADDRESSES = List.of("127.0.0.1", "127.0.0.2");

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  @TempDir Path folder;

  private final Queue<String> said = new ConcurrentLinkedQueue<>();
  private final List<JavaProcess> pods = new ArrayList<>();
  private final EventHubsEmulator eventHubs =
      EventHubsEmulator.builder().eventHub("orders", 4).consumerGroup("billing").start();
  private final BlobEmulator blobs = BlobEmulator.builder().container("checkpoints").start();

  /** The template of the pods in the manifest. */
  private static JsonObject template() throws IOException {
    for (Object document :
        new Yaml().loadAll(Files.readString(Path.of("kubernetes", "orders.yaml")))) {
      JsonObject read = new Gson().toJsonTree(document).getAsJsonObject();
      if (read.get("kind").getAsString().equals("Deployment")) {
        return read.getAsJsonObject("spec").getAsJsonObject("template");
      }
    }
    throw new IllegalStateException("there is no deployment");
  }

  private static JsonObject container(JsonObject template) {
    return template.getAsJsonObject("spec").getAsJsonArray("containers").get(0).getAsJsonObject();
  }

  private static String probe(JsonObject template, String probe) {
    return container(template)
        .getAsJsonObject(probe)
        .getAsJsonObject("httpGet")
        .get("path")
        .getAsString();
  }

  private static int status(String address, int port, String path) {
    try {
      return HTTP.send(
              HttpRequest.newBuilder(URI.create("http://" + address + ":" + port + path))
                  .timeout(Duration.ofSeconds(10))
                  .build(),
              BodyHandlers.discarding())
          .statusCode();
    } catch (IOException notYet) {
      return 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private Map<String, String> environment(KubernetesApi api, String address) {
    Map<String, String> environment = new HashMap<>(api.environment());
    environment.put("POD_IP", address);
    environment.put("EVENTHUBS_CONNECTION_STRING", eventHubs.connectionString());
    environment.put("EVENTHUB_NAME", "orders");
    environment.put("CONSUMER_GROUP", "billing");
    environment.put("STORAGE_CONNECTION_STRING", blobs.connectionString());
    environment.put("STORAGE_CONTAINER", "checkpoints");
    return environment;
  }

  /** How many nodes hold the claims of the partitions that are read. */
  private long owners() {
    return IntStream.range(0, 4)
        .mapToObj(id -> blobs.blob("checkpoints", "localhost/orders/billing/ownership/" + id))
        .flatMap(Optional::stream)
        .map(blob -> Objects.requireNonNull(blob.metadata().get("ownerid")))
        .filter(owner -> !owner.isEmpty())
        .distinct()
        .count();
  }

  private void startPods(KubernetesApi api, int port) throws Exception {
    for (String address : ADDRESSES) {
      api.add(map(template(), "metadata"), map(template(), "spec"), address);
      JavaProcess pod =
          JavaProcess.of(KubernetesPod.class)
              .withOptions("-XX:TieredStopAtLevel=1", "-Dpekko.fail-mixed-versions=off")
              .withArguments(Integer.toString(port), api.configuration())
              .withEnvironment(environment(api, address))
              .withErrorsAsReports()
              .start("pod-" + address);
      pods.add(pod);
      pod.readReports(said::add, () -> {});
    }
  }

  private void eventuallyAnswers(int port, int answer, String... probes) throws IOException {
    for (String probe : probes) {
      String path = probe(template(), probe);
      for (String address : ADDRESSES) {
        eventually(() -> status(address, port, path) == answer);
      }
    }
  }

  @AfterEach
  void stop() {
    pods.forEach(JavaProcess::close);
    eventHubs.close();
    blobs.close();
  }

  @Test
  void podsFindEachOtherShareThePartitionsAndAnswerTheProbes() throws Exception {
    int port = FreePort.on(ADDRESSES);
    try (KubernetesApi api = KubernetesApi.start(folder)) {
      startPods(api, port);

      eventually(() -> eventHubs.receivers().size() == 4 && owners() == 2);
      eventuallyAnswers(port, 200, "startupProbe", "readinessProbe", "livenessProbe");
      assertThat(api.selectors()).contains("labelSelector=app=orders");

      pods.get(0).terminate();
      eventually(() -> !pods.get(0).isAlive());
      eventually(() -> eventHubs.receivers().size() == 4 && owners() == 1);
    }
  }

  /** The startup probe and the liveness probe are those that would end the life of a pod. */
  @Test
  void podsThatStartDuringAnOutageOfEventHubsLiveAndBecomeReadyAfterIt() throws Exception {
    FaultHandle outage =
        eventHubs
            .faults()
            .refuseNextManagementLinks(Integer.MAX_VALUE, "com.microsoft:server-busy", "an outage");
    int port = FreePort.on(ADDRESSES);
    try (KubernetesApi api = KubernetesApi.start(folder)) {
      startPods(api, port);

      eventually(() -> outage.hits() >= 2L * ADDRESSES.size());
      eventuallyAnswers(port, 200, "startupProbe", "livenessProbe");
      eventuallyAnswers(port, 500, "readinessProbe");

      outage.cancel();
      eventuallyAnswers(port, 200, "readinessProbe");
      assertThat(pods).allMatch(JavaProcess::isAlive);
    }
  }

  private void eventually(Callable<Boolean> condition) {
    try {
      await().atMost(PATIENCE).until(condition);
    } catch (ConditionTimeoutException e) {
      throw new AssertionError("the pods have said:\n" + String.join("\n", said), e);
    }
  }

  @SuppressWarnings("unchecked") // A JSON object has names.
  private static Map<String, Object> map(JsonObject parent, String name) {
    return new Gson().fromJson(parent.getAsJsonObject(name), Map.class);
  }
}
