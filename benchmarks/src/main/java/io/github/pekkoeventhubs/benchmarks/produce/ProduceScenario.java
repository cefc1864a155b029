// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.produce;

import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.EventHubClientBuilder;
import com.azure.messaging.eventhubs.EventHubProducerAsyncClient;
import io.github.pekkoeventhubs.ProducerSettings;
import io.github.pekkoeventhubs.benchmarks.Environment;
import io.github.pekkoeventhubs.benchmarks.IncorrectResultException;
import io.github.pekkoeventhubs.benchmarks.Interleaving;
import io.github.pekkoeventhubs.benchmarks.Rounds;
import io.github.pekkoeventhubs.benchmarks.Scenario;
import io.github.pekkoeventhubs.benchmarks.figures.Figure;
import io.github.pekkoeventhubs.benchmarks.figures.Goal;
import io.github.pekkoeventhubs.benchmarks.services.ServicesProcess;
import io.github.pekkoeventhubs.benchmarks.statistics.Sample;
import java.util.ArrayList;
import java.util.List;

/** Sending events of one size, in all the ways, through one client. */
public final class ProduceScenario implements Scenario {

  private static final int PARTITIONS = 4;
  private static final int KEPT = 1000;

  private final String size;
  private final int bodyBytes;
  private final int events;

  /**
   * @param size for the name
   * @param events enough for about half a second
   */
  public ProduceScenario(String size, int bodyBytes, int events) {
    this.size = size;
    this.bodyBytes = bodyBytes;
    this.events = events;
  }

  @Override
  public String name() {
    return "produce." + size;
  }

  @Override
  public String description() {
    return "sends events of " + size + " to " + PARTITIONS + " partitions";
  }

  @Override
  public List<Figure> run(Environment environment) throws Exception {
    ServicesProcess services = environment.services();
    String eventHub = "sent-" + bodyBytes;
    services.createEventHub(eventHub, PARTITIONS);
    services.retain(eventHub, KEPT);
    EventHubProducerAsyncClient client =
        new EventHubClientBuilder()
            .connectionString(services.eventHubs(), eventHub)
            .buildAsyncProducerClient();
    try {
      client.send(List.of(new EventData("first"))).block();
      ProduceTask task =
          new ProduceTask(
              environment.system(),
              client,
              environment.scaled(events),
              bodyBytes,
              ProducerSettings.create(environment.system()).parallelism());
      Sender connector = new ConnectorSender("connector");
      Sender fullBatches = new FullBatchSender("raw");
      Sender singly = new SingleEventSender("raw-singly");
      Rounds<Sender> rates =
          Interleaving.measure(
              List.of(connector, fullBatches, singly),
              Sender::name,
              environment.warmUps(),
              environment.rounds(),
              sender -> eventsPerSecond(services, eventHub, task, sender));
      List<Figure> figures = new ArrayList<>();
      rates.forEach(
          (sender, values) ->
              figures.add(
                  Figure.of(
                      name() + ".rate." + sender.name(),
                      Sample.of(values),
                      "events/s",
                      Goal.none())));
      figures.add(
          Figure.ratio(
              name() + ".vs-raw", rates.of(connector), rates.of(fullBatches), Goal.atLeast(1.0)));
      figures.add(
          Figure.ratio(
              name() + ".vs-raw-singly", rates.of(connector), rates.of(singly), Goal.none()));
      return figures;
    } finally {
      client.close();
      services.deleteEventHub(eventHub);
    }
  }

  private static double eventsPerSecond(
      ServicesProcess services, String eventHub, ProduceTask task, Sender sender) throws Exception {
    long before = services.events(eventHub);
    long begin = System.nanoTime();
    sender.send(task);
    double seconds = (System.nanoTime() - begin) / 1e9;
    int sent = sender.events(task);
    long stored = services.events(eventHub) - before;
    if (stored != sent) {
      throw new IncorrectResultException(
          sender.name() + " has sent " + sent + " events, and " + stored + " were stored");
    }
    return sent / seconds;
  }
}
