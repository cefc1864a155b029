// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.samples;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.Gson;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.kubernetes.client.openapi.models.V1PodList;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * The part of the API of Kubernetes that pods ask: which pods have a label. Each list is one that
 * the models of Kubernetes accept.
 */
final class KubernetesApi implements AutoCloseable {

  private static final String TOKEN = "token-of-the-service-account";
  private static final char[] PASSWORD = "changeit".toCharArray();

  private final HttpsServer server;
  private final Path folder;
  private final List<Map<String, Object>> pods = new CopyOnWriteArrayList<>();
  private final List<String> selectors = new CopyOnWriteArrayList<>();

  private KubernetesApi(HttpsServer server, Path folder) {
    this.server = server;
    this.folder = folder;
  }

  /** Starts it, with a certificate of its own and what a pod finds of it in its files. */
  static KubernetesApi start(Path folder) throws Exception {
    Files.writeString(folder.resolve("token"), TOKEN);
    Files.writeString(folder.resolve("namespace"), "default");
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(certified(folder)));
    KubernetesApi api = new KubernetesApi(server, folder);
    server.createContext("/api/v1/namespaces/default/pods", api::answer);
    server.start();
    return api;
  }

  private static SSLContext certified(Path folder) throws Exception {
    Path keys = folder.resolve("keys.p12");
    keytool(
        "-genkeypair -alias api -keyalg RSA -dname CN=localhost -ext san=dns:localhost -keystore "
            + keys);
    keytool("-exportcert -rfc -alias api -keystore " + keys + " -file " + folder.resolve("ca.crt"));
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream input = Files.newInputStream(keys)) {
      store.load(input, PASSWORD);
    }
    return context(store);
  }

  private static SSLContext context(KeyStore store) throws GeneralSecurityException {
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }

  private static void keytool(String arguments) throws IOException, InterruptedException {
    String program = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    String command = program + " " + arguments + " -storepass " + new String(PASSWORD);
    Process keytool = new ProcessBuilder(command.split(" ")).redirectErrorStream(true).start();
    String output = new String(keytool.getInputStream().readAllBytes(), UTF_8);
    if (keytool.waitFor() != 0) {
      throw new IllegalStateException(output);
    }
  }

  /** The configuration that leads to it, with the names of Kubernetes' own variables. */
  String configuration() {
    return """
        pekko.discovery.kubernetes-api {
          api-ca-path = "%1$s/ca.crt"
          api-token-path = "%1$s/token"
          pod-namespace-path = "%1$s/namespace"
        }
        """
        .formatted(folder);
  }

  Map<String, String> environment() {
    return Map.of(
        "KUBERNETES_SERVICE_HOST",
        "localhost",
        "KUBERNETES_SERVICE_PORT",
        Integer.toString(server.getAddress().getPort()));
  }

  /** From now on there is a pod of this specification, which runs at this address. */
  void add(Map<String, Object> metadata, Map<String, Object> specification, String address) {
    pods.add(
        Map.of(
            "metadata", metadata,
            "spec", specification,
            "status", Map.of("phase", "Running", "podIP", address)));
  }

  /** The selectors of labels that were asked for. */
  List<String> selectors() {
    return selectors;
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String query = URLDecoder.decode(exchange.getRequestURI().getRawQuery(), UTF_8);
      selectors.add(query);
      String list = new Gson().toJson(Map.of("apiVersion", "v1", "kind", "PodList", "items", pods));
      V1PodList.validateJsonElement(new Gson().toJsonTree(new Gson().fromJson(list, Map.class)));
      boolean isKnown =
          ("Bearer " + TOKEN).equals(exchange.getRequestHeaders().getFirst("Authorization"));
      byte[] body = (isKnown ? list : "{}").getBytes(UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(isKnown ? 200 : 401, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
