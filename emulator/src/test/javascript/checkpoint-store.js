// SPDX-License-Identifier: Apache-2.0

// Gives the commands on its command line to the official JavaScript checkpoint store, in order:
//   node checkpoint-store.js CONNECTION_STRING CONTAINER COMMAND...
// where a command is "list", "claim PARTITION OWNER [ETAG]" or "checkpoint PARTITION OFFSET SEQUENCE".
// An owner of - stands for none, as in a release. Each result is a line that starts with "> ".

import { BlobCheckpointStore } from "@azure/eventhubs-checkpointstore-blob";
import { ContainerClient } from "@azure/storage-blob";

const [connectionString, containerName, ...commands] = process.argv.slice(2);
const store = new BlobCheckpointStore(new ContainerClient(connectionString, containerName));
const group = {
  fullyQualifiedNamespace: "ns.servicebus.windows.net",
  eventHubName: "orders",
  consumerGroup: "$default",
};
const names = [group.fullyQualifiedNamespace, group.eventHubName, group.consumerGroup];

const answer = (...words) => console.log(">", ...words);
const actions = {
  async list() {
    for (const ownership of await store.listOwnership(...names)) {
      answer("ownership", ownership.partitionId, ownership.ownerId || "-", ownership.etag);
    }
    for (const checkpoint of await store.listCheckpoints(...names)) {
      answer("checkpoint", checkpoint.partitionId, checkpoint.offset, checkpoint.sequenceNumber);
    }
  },
  async claim(partitionId, owner, etag) {
    const ownerId = owner === "-" ? "" : owner;
    const claimed = await store.claimOwnership([{ ...group, partitionId, ownerId, etag }]);
    answer(claimed.length === 1 ? "claimed" : "refused", partitionId);
  },
  async checkpoint(partitionId, offset, sequenceNumber) {
    await store.updateCheckpoint({
      ...group,
      partitionId,
      offset,
      sequenceNumber: Number(sequenceNumber),
    });
    answer("stored", partitionId);
  },
};

for (const command of commands) {
  const [action, ...words] = command.split(" ");
  await actions[action](...words);
}
