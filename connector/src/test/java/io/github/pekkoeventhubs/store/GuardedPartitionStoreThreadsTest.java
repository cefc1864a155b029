// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.PartitionStore;
import io.github.pekkoeventhubs.PartitionStoreException;
import io.github.pekkoeventhubs.threads.OwnThreads;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GuardedPartitionStoreThreadsTest {

  private static final EventHubPartition PARTITION =
      new EventHubPartition("ns.servicebus.windows.net", "orders", "$Default", "0");

  private final Queue<String> threads = new ConcurrentLinkedQueue<>();

  private PartitionStore store(Object answer) {
    return GuardedPartitionStore.guarding(
        (PartitionStore)
            Proxy.newProxyInstance(
                GuardedPartitionStoreThreadsTest.class.getClassLoader(),
                new Class<?>[] {PartitionStore.class},
                (proxy, method, arguments) -> {
                  threads.add(Thread.currentThread().getName());
                  if (answer instanceof RuntimeException thrown) {
                    throw thrown;
                  }
                  return answer;
                }));
  }

  static Stream<Method> requests() {
    return Stream.of(PartitionStore.class.getMethods())
        .filter(method -> !Modifier.isStatic(method.getModifiers()))
        .filter(method -> method.getReturnType() == CompletionStage.class);
  }

  @ParameterizedTest
  @MethodSource("requests")
  void everyRequestIsMadeOnAThreadOfTheConnector(Method request) throws Exception {
    PartitionStore store = store(CompletableFuture.completedFuture(null));

    CompletionStage<?> answer =
        (CompletionStage<?>) request.invoke(store, new Object[request.getParameterCount()]);

    assertThat(answer.toCompletableFuture()).succeedsWithin(Duration.ofSeconds(10));
    assertThat(threads).singleElement().asString().startsWith(OwnThreads.NAME_PREFIX);
  }

  @Test
  void aFailureIsWhatTheStoreHasFailedWith() {
    PartitionStoreException refused = new PartitionStoreException("refused", null, false);

    for (PartitionStore store :
        List.of(store(CompletableFuture.failedFuture(refused)), store(refused))) {
      assertThat(store.readOwnership(PARTITION).toCompletableFuture())
          .failsWithin(Duration.ofSeconds(10))
          .withThrowableOfType(ExecutionException.class)
          .withCause(refused);
    }
  }
}
