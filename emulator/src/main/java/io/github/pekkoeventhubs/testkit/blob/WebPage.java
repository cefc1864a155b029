// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit.blob;

import java.util.function.Supplier;
import org.apache.pekko.annotation.InternalApi;

/**
 * Something for a browser beside the Blob service, which needs no key.
 *
 * @param content in UTF-8, made anew for each request
 */
@InternalApi
public record WebPage(String contentType, Supplier<String> content) {}
