// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation.cluster;

import org.apache.pekko.remote.WireFormats;
import org.jspecify.annotations.Nullable;

/**
 * One message on its way.
 *
 * @param recipient the path of the actor that it is for
 * @param sender the path of the actor that has sent it; null for none
 */
record Letter(String recipient, @Nullable String sender, WireFormats.SerializedMessage content) {}
