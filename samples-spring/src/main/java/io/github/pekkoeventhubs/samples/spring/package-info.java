// SPDX-License-Identifier: Apache-2.0
/** A Spring Boot application with a stream. */
@NullMarked
package io.github.pekkoeventhubs.samples.spring;

import org.jspecify.annotations.NullMarked;
