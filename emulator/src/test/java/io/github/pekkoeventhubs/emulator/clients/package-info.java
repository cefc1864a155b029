// SPDX-License-Identifier: Apache-2.0
/**
 * The official clients in Java and JavaScript, Azurite and a bare AMQP client, as the tests of the
 * emulators and of the testkit use them.
 */
package io.github.pekkoeventhubs.emulator.clients;
