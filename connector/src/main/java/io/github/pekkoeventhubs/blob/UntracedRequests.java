// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.blob;

import com.azure.core.util.tracing.Tracer;
import org.apache.pekko.annotation.InternalApi;
import reactor.core.publisher.Mono;

/**
 * Requests that the SDK does not trace, whoever has built the client. With azure-core's plug-in for
 * tracing each request of the store would be a trace of its own: a group of 32 busy partitions
 * sends some 25,000 an hour, and one of idle partitions some 2,000.
 */
@InternalApi
public final class UntracedRequests {

  private UntracedRequests() {}

  /** The request, with the mark by which azure-core leaves it alone. */
  public static <T> Mono<T> untraced(Mono<T> request) {
    return request.contextWrite(context -> context.put(Tracer.DISABLE_TRACING_KEY, true));
  }
}
