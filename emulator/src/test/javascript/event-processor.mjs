// SPDX-License-Identifier: Apache-2.0
// Runs the official consumer with its checkpoint store in a consumer group, until its input ends:
//   node event-processor.mjs EVENT_HUBS HUB GROUP BLOBS CONTAINER
// It prints "ready", then a line "event PARTITION BODY" for each event, before the checkpoint that
// covers it, and "closed" when it has given its partitions up.
import { EventHubConsumerClient, earliestEventPosition } from "@azure/event-hubs";
import { BlobCheckpointStore } from "@azure/eventhubs-checkpointstore-blob";
import { ContainerClient } from "@azure/storage-blob";

const [eventHubs, hub, group, blobs, container] = process.argv.slice(2);
const store = new BlobCheckpointStore(new ContainerClient(blobs, container));
const client = new EventHubConsumerClient(group, eventHubs, hub, store, {
  loadBalancingOptions: {
    strategy: "balanced",
    updateIntervalInMs: 500,
    partitionOwnershipExpirationIntervalInMs: 30_000,
  },
});
const subscription = client.subscribe(
  {
    async processEvents(events, context) {
      for (const event of events) {
        console.log("event", context.partitionId, event.body);
      }
      if (events.length > 0) {
        await context.updateCheckpoint(events[events.length - 1]);
      }
    },
    async processError(error, context) {
      console.log("error", context.partitionId, error.message);
    },
  },
  { startPosition: earliestEventPosition, maxBatchSize: 100, maxWaitTimeInSeconds: 1 },
);
console.log("ready");

process.stdin.on("end", async () => {
  await subscription.close();
  await client.close();
  console.log("closed");
  process.exit(0);
});
process.stdin.resume();
