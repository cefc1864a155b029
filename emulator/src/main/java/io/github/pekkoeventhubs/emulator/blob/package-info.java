/**
 * The embedded Blob service: its vocabulary ({@link
 * io.github.pekkoeventhubs.emulator.blob.BlobOperation operations}, {@link
 * io.github.pekkoeventhubs.emulator.blob.BlobWrite write log}, {@link
 * io.github.pekkoeventhubs.emulator.blob.BlobFaults faults}) is public, its mechanics are not.
 *
 * <p>Three layers: HTTP ({@code Http…}) knows nothing of storage; the service checks signatures and
 * maps requests to operations; containers hold the state and decide conditions.
 */
@NullMarked
package io.github.pekkoeventhubs.emulator.blob;

import org.jspecify.annotations.NullMarked;
