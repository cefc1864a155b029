// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Says which of several event hubs of an {@link EventHubsExtension} a parameter is about. */
@Documented
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
public @interface NamedEventHub {
  /** The name given to {@link EventHubsExtension#withEventHub}. */
  String value();
}
