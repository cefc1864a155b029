// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.blob;

import io.github.pekkoeventhubs.emulator.Internal;
import java.util.function.Supplier;

/**
 * A page for browsers on the port of the Blob service, which needs no key.
 *
 * @param content in UTF-8, made anew for each request
 */
@Internal
public record WebPage(String contentType, Supplier<String> content) {}
