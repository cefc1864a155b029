// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.PartitionStore;
import io.github.pekkoeventhubs.ProducerSettings;
import io.github.pekkoeventhubs.emulator.blob.BlobFaults;
import io.github.pekkoeventhubs.testkit.services.EventHubsServices;
import io.github.pekkoeventhubs.testkit.services.EventHubsServices.WantedEventHub;
import io.github.pekkoeventhubs.testkit.services.ServicesChoice;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorSystem;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Event Hubs and Blob Storage for JUnit tests, with an actor system.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final EventHubsExtension HUBS = EventHubsExtension.create().withEventHub("orders", 4);
 *
 * @Test
 * void commits(TestEventHub orders, ActorSystem<?> system) {
 *   orders.send("0", "first");
 *   … Consumer.committableSource(orders.consumerSettings(), Subscriptions.partitions("0")) …
 *   assertThat(orders).partition("0").hasCheckpoint(0);
 * }
 * }</pre>
 *
 * <p>In a static field the services live as long as the test class, in another one as long as the
 * test. Each test gets event hubs and a container of its own, under names that no other test has,
 * and, unless {@link #withSharedActorSystem()} was called, an actor system of its own; so tests may
 * run in parallel.
 *
 * <p>Parameters of tests and of {@code @BeforeEach} methods may be a {@link TestEventHub}, {@link
 * ActorTestKit}, {@link ActorSystem}, {@link ConsumerSettings}, {@link ProducerSettings}, {@link
 * CommitterSettings}, {@link PartitionStore}, {@link EventHubsFaults} or {@link BlobFaults}, of the
 * event hub that was named first or of the {@linkplain NamedEventHub named} one; and {@link
 * EventHubsEmulator} or {@link BlobEmulator}, those of {@code @BeforeAll} methods as well.
 *
 * <p>After a test that has passed, its streams must have stopped and its connections be closed;
 * otherwise it fails, with an {@link AssertionError} that says what is left. It also fails if
 * threads are left, or connections that have named no event hub yet. That is not checked while
 * other tests run in this JVM, because the threads could be theirs. Resources that clients share by
 * design do not count: the pools of Reactor, Netty, the JDK and the SDK, and the kept-alive
 * connections of their HTTP clients.
 *
 * <p>Faults of the embedded services that a test has not used up end with it. Those that are for
 * the whole service, such as {@link EventHubsFaults#jumpClock}, end when no other test of this
 * extension runs; until then they affect the others. A fault that was asked for before the tests
 * stays.
 *
 * <p>The actor systems are configured by {@code application.conf}, but wait only 10 ms before they
 * connect or send again for the first time; {@link #withConfig} overrides both.
 *
 * <p>The services are the embedded ones, unless the system property {@value #SERVICES_PROPERTY} or
 * {@link #withServices} says otherwise. Needs {@code junit-jupiter-api}, {@code
 * pekko-actor-testkit-typed} and {@code pekko-stream-testkit} on the class path.
 *
 * <p>The methods {@code with…} change this instance and return it, and must not be called once
 * tests run.
 */
public final class EventHubsExtension
    implements BeforeAllCallback,
        AfterAllCallback,
        BeforeEachCallback,
        AfterEachCallback,
        ParameterResolver {

  /** Names the services to run against: {@code embedded}, {@code containers} or {@code azure}. */
  public static final String SERVICES_PROPERTY = "eventhubs.testkit.services";

  private static final Config DEFAULTS =
      ConfigFactory.parseString(
          """
          pekko {
            # The newest stream testkit that is published is older than the newest Pekko.
            fail-mixed-versions = off
            jvm-exit-on-fatal-error = off
            # A service has these otherwise: they would end the tests, or take each other's port.
            coordinated-shutdown.exit-jvm = off
            remote.artery.canonical.port = 0
            stream.testkit.all-stages-stopped-timeout = 10s
            # A test asks for its faults itself, and does not want to wait after them.
            eventhubs.consumer.reconnect-min-backoff = 10ms
            eventhubs.producer.retry-min-backoff = 10ms
          }
          """);

  /** The key of what a context keeps if its class uses the services. */
  private static final String CLASS_USES = "class uses services";

  private final List<WantedEventHub> wanted = new ArrayList<>();
  private final Set<String> sharedThreads = new LinkedHashSet<>();
  private final LeftFaults leftFaults = new LeftFaults();
  private Config config = ConfigFactory.empty();
  private Clock clock = Clock.systemUTC();
  private @Nullable Supplier<? extends EventHubsServices> servicesFactory;
  private boolean sharedActorSystem;
  private boolean leakChecks = true;

  private @Nullable EventHubsServices services;
  private @Nullable ActorTestKit sharedKit;

  /** How many class and test contexts need the services; guarded by this. */
  private int users;

  private EventHubsExtension() {}

  /** An extension without any event hub yet. */
  public static EventHubsExtension create() {
    return new EventHubsExtension();
  }

  /**
   * Gives each test an event hub.
   *
   * @param name what tests call it; its name in the service begins with it
   */
  public EventHubsExtension withEventHub(String name, int partitionCount) {
    if (partitionCount < 1) {
      throw new IllegalArgumentException(
          "The event hub '%s' is to have %d partitions; it needs at least 1"
              .formatted(name, partitionCount));
    }
    wanted.add(new WantedEventHub(name, partitionCount, List.of()));
    return this;
  }

  /**
   * Adds a consumer group to the event hub that was added last; streams read with the first one,
   * and with {@code $Default} where there is none.
   *
   * @throws IllegalStateException if no event hub was added yet
   */
  public EventHubsExtension withConsumerGroup(String name) {
    if (wanted.isEmpty()) {
      throw new IllegalStateException(
          "The consumer group '"
              + name
              + "' belongs to no event hub; call withEventHub(..) before");
    }
    WantedEventHub last = wanted.remove(wanted.size() - 1);
    List<String> groups = new ArrayList<>(last.consumerGroups());
    groups.add(name);
    wanted.add(new WantedEventHub(last.name(), last.partitionCount(), List.copyOf(groups)));
    return this;
  }

  /** Configuration of the actor systems, before that of the class path. */
  public EventHubsExtension withConfig(Config newConfig) {
    config = newConfig.withFallback(config);
    return this;
  }

  /** The clock of the embedded services, for example a {@link SettableClock}; else the system's. */
  public EventHubsExtension withClock(Clock newClock) {
    clock = newClock;
    return this;
  }

  /**
   * One actor system for all tests, which saves some time with each. Streams that a test leaves
   * behind are then found only while no other test of the class runs.
   */
  public EventHubsExtension withSharedActorSystem() {
    sharedActorSystem = true;
    return this;
  }

  /** Threads with names that begin like this are no leak. */
  public EventHubsExtension withSharedThreads(String namePrefix) {
    sharedThreads.add(namePrefix);
    return this;
  }

  /** Tests may leave streams, connections and threads behind. */
  public EventHubsExtension withoutLeakChecks() {
    leakChecks = false;
    return this;
  }

  /** Where event hubs and blobs come from, whatever the system property says. */
  public EventHubsExtension withServices(Supplier<? extends EventHubsServices> factory) {
    servicesFactory = factory;
    return this;
  }

  /** The embedded service; for {@code @BeforeAll} methods and tests. */
  public EventHubsEmulator eventHubs() {
    return services().eventHubs().orElseThrow(() -> notEmbedded("EventHubsEmulator"));
  }

  /** The embedded service; for {@code @BeforeAll} methods and tests. */
  public BlobEmulator blobs() {
    return services().blobs().orElseThrow(() -> notEmbedded("BlobEmulator"));
  }

  private IllegalStateException notEmbedded(String wantedType) {
    return new IllegalStateException("There is no " + wantedType + " with " + services());
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    use();
    context.getStore(namespace()).put(CLASS_USES, true);
  }

  /** JUnit calls this also if no services could be started, or if another extension has failed. */
  @Override
  public void afterAll(ExtensionContext context) {
    if (context.getStore(namespace()).remove(CLASS_USES) != null) {
      leave();
    }
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    use();
    try {
      context.getStore(namespace()).put(RunningTest.class, begin(context));
    } catch (Throwable failed) {
      leave();
      throw failed;
    }
  }

  private RunningTest begin(ExtensionContext context) {
    Set<String> shared = new LinkedHashSet<>(sharedThreads);
    if (sharedActorSystem) {
      // Its threads come and go while tests run.
      shared.add(sharedKit().system().name() + "-");
    }
    LeakCheck leakCheck = leakChecks ? LeakCheck.begin(context, shared) : LeakCheck.none();
    Map<String, TestEventHub> hubs = new LinkedHashMap<>();
    RunningTest test;
    try {
      ActorTestKit kit = sharedActorSystem ? sharedKit() : newKit();
      test = new RunningTest(services(), leftFaults, kit, !sharedActorSystem, hubs, leakCheck);
    } catch (Throwable failed) {
      // Scala throws checked exceptions as well.
      leakCheck.end();
      throw failed;
    }
    try {
      wanted.forEach(test::provide);
      return test;
    } catch (RuntimeException | Error failed) {
      test.end(false);
      throw failed;
    }
  }

  @Override
  public void afterEach(ExtensionContext context) {
    RunningTest test = context.getStore(namespace()).remove(RunningTest.class, RunningTest.class);
    if (test != null) {
      try {
        test.end(context.getExecutionException().isEmpty());
      } finally {
        leave();
      }
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return ofServices().containsKey(type) || (ofTest().containsKey(type) && test(context) != null);
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    Supplier<Object> ofServices = ofServices().get(type);
    if (ofServices != null) {
      return ofServices.get();
    }
    RunningTest test = test(context);
    Function<InjectionPoint, Object> ofTest = ofTest().get(type);
    if (test == null || ofTest == null) {
      throw new ParameterResolutionException("There is no " + type + " outside of a test");
    }
    String name =
        parameter.findAnnotation(NamedEventHub.class).map(NamedEventHub::value).orElse(null);
    return ofTest.apply(new InjectionPoint(test, name));
  }

  /** Where a parameter is wanted, and of which event hub. */
  private record InjectionPoint(RunningTest test, @Nullable String eventHub) {
    TestEventHub hub() {
      return test.hub(eventHub);
    }
  }

  private Map<Class<?>, Supplier<Object>> ofServices() {
    return Map.of(EventHubsEmulator.class, this::eventHubs, BlobEmulator.class, this::blobs);
  }

  private static Map<Class<?>, Function<InjectionPoint, Object>> ofTest() {
    return Map.of(
        TestEventHub.class, InjectionPoint::hub,
        ActorTestKit.class, point -> point.test().kit(),
        ActorSystem.class, point -> point.test().kit().system(),
        ConsumerSettings.class, point -> point.hub().consumerSettings(),
        ProducerSettings.class, point -> point.hub().producerSettings(),
        CommitterSettings.class, point -> point.hub().committerSettings(),
        PartitionStore.class, point -> point.hub().partitionStore(),
        EventHubsFaults.class, point -> point.hub().faults(),
        BlobFaults.class, point -> point.hub().blobFaults());
  }

  private @Nullable RunningTest test(ExtensionContext context) {
    return context.getStore(namespace()).get(RunningTest.class, RunningTest.class);
  }

  /** Two extensions of one test do not share what they keep. */
  private Namespace namespace() {
    return Namespace.create(EventHubsExtension.class, this);
  }

  private synchronized void use() {
    if (users == 0) {
      services = startServices();
    }
    users++;
  }

  private synchronized void leave() {
    users--;
    if (users == 0) {
      if (sharedKit != null) {
        sharedKit.shutdownTestKit();
        sharedKit = null;
      }
      services().close();
      services = null;
    }
  }

  private synchronized EventHubsServices services() {
    EventHubsServices running = services;
    if (running == null) {
      throw new IllegalStateException(
          "The services run from @BeforeAll on if the extension is in a static field, and else"
              + " within a test");
    }
    return running;
  }

  private EventHubsServices startServices() {
    Supplier<? extends EventHubsServices> factory = servicesFactory;
    return factory == null
        ? ServicesChoice.start(
            SERVICES_PROPERTY,
            System.getProperty(SERVICES_PROPERTY, "embedded"),
            List.copyOf(wanted),
            clock,
            System.getenv())
        : factory.get();
  }

  private synchronized ActorTestKit sharedKit() {
    ActorTestKit kit = sharedKit;
    if (kit == null) {
      kit = newKit();
      sharedKit = kit;
    }
    return kit;
  }

  private ActorTestKit newKit() {
    return ActorTestKit.create(SystemNames.next(), settings(config, ConfigFactory.load()));
  }

  static Config settings(Config ofTheTest, Config ofTheApplication) {
    return ofTheTest.withFallback(DEFAULTS).withFallback(ofTheApplication);
  }
}
