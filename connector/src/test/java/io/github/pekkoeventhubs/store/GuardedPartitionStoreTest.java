// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pekkoeventhubs.PartitionStore;
import io.github.pekkoeventhubs.PartitionStoreException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A user's store that breaks its contract fails a stage in every method, and throws in none. */
class GuardedPartitionStoreTest {

  static Stream<Method> requests() {
    return Arrays.stream(PartitionStore.class.getMethods())
        .filter(method -> method.getReturnType() == CompletionStage.class);
  }

  private static PartitionStore guarded(Supplier<@Nullable Object> behaviour) {
    PartitionStore broken =
        (PartitionStore)
            Proxy.newProxyInstance(
                GuardedPartitionStoreTest.class.getClassLoader(),
                new Class<?>[] {PartitionStore.class},
                (proxy, method, arguments) ->
                    method.getName().equals("description") ? "a broken store" : behaviour.get());
    return GuardedPartitionStore.guarding(broken);
  }

  private static CompletionStage<?> call(PartitionStore store, Method method)
      throws IllegalAccessException, InvocationTargetException {
    return (CompletionStage<?>) method.invoke(store, new Object[method.getParameterCount()]);
  }

  @ParameterizedTest
  @MethodSource("requests")
  void anExceptionIsAFailureThatLastsAndNamesTheMethod(Method method) throws Exception {
    CompletionStage<?> answer =
        call(
            guarded(
                () -> {
                  throw new IllegalStateException("no pool");
                }),
            method);

    assertThatThrownBy(() -> answer.toCompletableFuture().get())
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOfSatisfying(
            PartitionStoreException.class, failure -> assertThat(failure.isTransient()).isFalse())
        .hasMessageContaining(
            "has broken its contract: "
                + method.getName()
                + " threw IllegalStateException: no pool, where it should have returned a stage")
        .hasCauseInstanceOf(IllegalStateException.class);
  }

  @ParameterizedTest
  @MethodSource("requests")
  void anErrorIsAFailureToo(Method method) throws Exception {
    CompletionStage<?> answer =
        call(
            guarded(
                () -> {
                  throw new NoClassDefFoundError("com/example/Missing");
                }),
            method);

    assertThatThrownBy(() -> answer.toCompletableFuture().get(20, TimeUnit.SECONDS))
        .cause()
        .isInstanceOf(PartitionStoreException.class)
        .hasMessageContaining(
            method.getName() + " threw NoClassDefFoundError: com/example/Missing");
  }

  @ParameterizedTest
  @MethodSource("requests")
  void aMissingStageIsAFailureToo(Method method) throws Exception {
    CompletionStage<?> answer = call(guarded(() -> null), method);

    assertThatThrownBy(() -> answer.toCompletableFuture().get())
        .cause()
        .isInstanceOf(PartitionStoreException.class)
        .hasMessageContaining(method.getName() + " returned no stage");
  }

  @ParameterizedTest
  @MethodSource("requests")
  void aFailureOfTheStoreThatIsThrownKeepsItsKind(Method method) throws Exception {
    PartitionStoreException busy = new PartitionStoreException("server busy", null, true);
    CompletionStage<?> answer =
        call(
            guarded(
                () -> {
                  throw busy;
                }),
            method);

    assertThatThrownBy(() -> answer.toCompletableFuture().get()).cause().isSameAs(busy);
  }

  static Stream<Method> properties() {
    return Arrays.stream(PartitionStore.class.getMethods())
        .filter(method -> !Modifier.isStatic(method.getModifiers()))
        .filter(method -> method.getReturnType() != CompletionStage.class);
  }

  @ParameterizedTest
  @MethodSource("properties")
  void aPropertyOfTheStoreIsThatOfTheGuardedOne(Method method) throws Exception {
    Queue<String> asked = new ConcurrentLinkedQueue<>();
    PartitionStore store =
        (PartitionStore)
            Proxy.newProxyInstance(
                GuardedPartitionStoreTest.class.getClassLoader(),
                new Class<?>[] {PartitionStore.class},
                (proxy, called, arguments) -> {
                  asked.add(called.getName());
                  return called.getReturnType() == boolean.class
                      ? (Object) false
                      : called.getReturnType() == Optional.class ? Optional.empty() : "a store";
                });

    var unused = method.invoke(GuardedPartitionStore.guarding(store));

    assertThat(asked).containsExactly(method.getName());
  }
}
