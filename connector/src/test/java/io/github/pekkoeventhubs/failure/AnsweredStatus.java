// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.failure;

import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpHeaders;
import com.azure.core.http.HttpMethod;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** An answer that has a status and nothing else. */
public final class AnsweredStatus extends HttpResponse {

  private final int status;

  public AnsweredStatus(int status) {
    super(new HttpRequest(HttpMethod.POST, "https://login.example/token"));
    this.status = status;
  }

  @Override
  public int getStatusCode() {
    return status;
  }

  @Override
  @Deprecated
  public @Nullable String getHeaderValue(String name) {
    throw new UnsupportedOperationException("deprecated");
  }

  @Override
  public @Nullable String getHeaderValue(HttpHeaderName name) {
    return null;
  }

  @Override
  public HttpHeaders getHeaders() {
    return new HttpHeaders();
  }

  @Override
  public Flux<ByteBuffer> getBody() {
    return Flux.empty();
  }

  @Override
  public Mono<byte[]> getBodyAsByteArray() {
    return Mono.empty();
  }

  @Override
  public Mono<String> getBodyAsString() {
    return Mono.empty();
  }

  @Override
  public Mono<String> getBodyAsString(Charset charset) {
    return Mono.empty();
  }
}
