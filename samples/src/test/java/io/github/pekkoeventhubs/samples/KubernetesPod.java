// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.samples;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.File;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.management.cluster.bootstrap.ClusterBootstrap;
import org.apache.pekko.management.javadsl.PekkoManagement;

/** What a pod runs, with the configuration of the page about Kubernetes. */
final class KubernetesPod {

  private KubernetesPod() {}

  /** Reads orders until it gets a SIGTERM; the environment is that of the manifest. */
  public static void main(String[] arguments) {
    Config configuration =
        ConfigFactory.parseString(
                // Several pods have one machine here, and no server of names.
                "pekko.remote.artery.canonical.port = 0, pekko.management.http.port = "
                    + arguments[0]
                    + ", pekko.discovery.kubernetes-api.use-raw-ip = true")
            .withFallback(ConfigFactory.parseString(arguments[1]))
            .withFallback(ConfigFactory.parseFile(new File("kubernetes/kubernetes.conf")))
            .withFallback(ConfigFactory.parseResources("order-stream.conf"))
            .withFallback(ConfigFactory.load());
    ActorSystem<Void> system =
        ActorSystem.create(Behaviors.ignore(), "orders", configuration.resolve());
    var unused = PekkoManagement.get(system).start();
    ClusterBootstrap.get(system).start();
    OrderStream.run(system, event -> CompletableFuture.completedFuture(Done.getInstance()));
  }
}
