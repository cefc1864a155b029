// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a class that is public only because another package of the emulators uses it. It may change
 * in any release; applications do not use it.
 */
@Documented
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.CLASS)
public @interface Internal {}
