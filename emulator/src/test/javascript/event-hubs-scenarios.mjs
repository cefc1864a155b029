// SPDX-License-Identifier: Apache-2.0
// Runs scenarios of the official client, each on the event hub that has its name and four
// partitions, and prints one line of JSON per scenario: {"name": …} or {"name": …, "error": …}.
import assert from "node:assert/strict";
import { createInterface } from "node:readline";
import {
  EventHubBufferedProducerClient,
  EventHubConsumerClient,
  EventHubProducerClient,
  earliestEventPosition,
  latestEventPosition,
} from "@azure/event-hubs";
import { BlobCheckpointStore } from "@azure/eventhubs-checkpointstore-blob";
import { ContainerClient } from "@azure/storage-blob";

const connectionString = process.argv[2];
const blobConnectionString = process.argv[3];
const group = EventHubConsumerClient.defaultConsumerGroupName;
const patience = 20_000;
const answers = createInterface({ input: process.stdin });
answers.setMaxListeners(0);

/** Has whoever runs this do what only the service can, and waits until that is done. */
const ask = (request) =>
  new Promise((resolve) => {
    answers.on("line", (answer) => answer === `done ${request}` && resolve());
    console.log(request);
  });

/** Whatever is opened through this is closed at the end of the scenario. */
class Hub {
  #name;
  #closers = [];

  constructor(name) {
    this.#name = name;
  }

  producer(options) {
    return this.#closing(new EventHubProducerClient(connectionString, this.#name, options));
  }

  bufferedProducer(options) {
    return this.#closing(new EventHubBufferedProducerClient(connectionString, this.#name, options));
  }

  consumer(options) {
    return this.#closing(new EventHubConsumerClient(group, connectionString, this.#name, options));
  }

  /** Subscribes to one partition and collects events, errors and the last tracked properties. */
  receive(partitionId, options, clientOptions) {
    const received = { events: [], errors: [], tracked: undefined };
    const subscription = this.consumer(clientOptions).subscribe(
      partitionId,
      {
        processEvents: async (events, context) => {
          received.events.push(...events);
          received.tracked = context.lastEnqueuedEventProperties ?? received.tracked;
        },
        processError: async (error) => {
          received.errors.push(error);
        },
      },
      { maxWaitTimeInSeconds: 1, ...options },
    );
    this.#closers.push(subscription);
    return received;
  }

  /** Closes something else at the end. */
  track(closer) {
    return this.#closing(closer);
  }

  #closing(client) {
    this.#closers.push(client);
    return client;
  }

  async close() {
    for (const closer of this.#closers.reverse()) {
      await closer.close();
    }
  }
}

async function until(condition, what) {
  const deadline = Date.now() + patience;
  while (!condition()) {
    if (Date.now() > deadline) {
      throw new Error(`Waited in vain for ${what}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const bodies = (received) => received.events.map((event) => event.body);

async function sendNumbered(hub, count) {
  await hub.producer().sendBatch(
    Array.from({ length: count }, (_, number) => ({ body: number })),
    { partitionId: "0" },
  );
}

async function assertStartsWith(hub, startPosition, ...expected) {
  const received = hub.receive("0", { startPosition });
  await until(() => received.events.length >= expected.length, `events from ${JSON.stringify(startPosition)}`);
  assert.deepEqual(bodies(received).slice(0, expected.length), expected);
}

const scenarios = {
  async describesTheEventHub(hub) {
    const properties = await hub.producer().getEventHubProperties();
    assert.equal(properties.name, "describesTheEventHub");
    assert.deepEqual(properties.partitionIds, ["0", "1", "2", "3"]);
    assert.ok(Math.abs(Date.now() - properties.createdOn.getTime()) < 3_600_000);
  },

  async describesPartitions(hub) {
    const producer = hub.producer();
    const empty = await producer.getPartitionProperties("0");
    assert.equal(empty.isEmpty, true);
    assert.equal(empty.lastEnqueuedSequenceNumber, -1);
    await producer.sendBatch([{ body: "a" }, { body: "b" }], { partitionId: "0" });
    const filled = await producer.getPartitionProperties("0");
    assert.equal(filled.isEmpty, false);
    assert.equal(filled.beginningSequenceNumber, 0);
    assert.equal(filled.lastEnqueuedSequenceNumber, 1);
    assert.equal(typeof filled.lastEnqueuedOffset, "string");
  },

  async sendsAndReceivesABatch(hub) {
    const producer = hub.producer();
    const batch = await producer.createBatch({ partitionId: "0" });
    for (let number = 0; number < 10; number++) {
      assert.ok(batch.tryAdd({ body: { number }, properties: { even: number % 2 === 0 }, messageId: `m-${number}` }));
    }
    assert.equal(batch.maxSizeInBytes, 1024 * 1024);
    await producer.sendBatch(batch);
    const received = hub.receive("0", { startPosition: earliestEventPosition });
    await until(() => received.events.length === 10, "ten events");
    received.events.forEach((event, number) => {
      assert.deepEqual(event.body, { number });
      assert.equal(event.properties.even, number % 2 === 0);
      assert.equal(event.messageId, `m-${number}`);
      assert.equal(event.sequenceNumber, number);
      assert.equal(typeof event.offset, "string");
      assert.ok(event.enqueuedTimeUtc instanceof Date);
    });
  },

  async keepsEventsOfAKeyTogether(hub) {
    const producer = hub.producer();
    for (const partitionKey of ["alpha", "beta", "gamma", "delta"]) {
      await producer.sendBatch([{ body: "first" }, { body: "second" }], { partitionKey });
      await producer.sendBatch([{ body: "third" }], { partitionKey });
    }
  },

  async hashesKeysOnTheClient(hub) {
    const producer = hub.bufferedProducer({
      onSendEventsErrorHandler: async (context) => assert.fail(context.error),
    });
    for (const partitionKey of ["alpha", "beta", "gamma", "delta"]) {
      await producer.enqueueEvent({ body: partitionKey }, { partitionKey });
    }
    await producer.flush();
  },

  async sendsIdempotently(hub) {
    // The client does not notice that an answer is lost with its connection: it waits out the time-out.
    const producer = hub.producer({ retryOptions: { timeoutInMs: 5_000, retryDelayInMs: 100, maxRetries: 5 } });
    // The client has the feature but no longer a public option for it; its own tests do this, too.
    producer._enableIdempotentRetries = true;
    await producer.sendBatch([{ body: "once" }, { body: "only" }], { partitionId: "1" });
    // The next batch is stored, and its connection dropped instead of an answer: the client sends it again.
    await ask("lose sendsIdempotently");
    await producer.sendBatch([{ body: "more" }], { partitionId: "1" });
    const received = hub.receive("1", { startPosition: earliestEventPosition });
    await until(() => received.events.length === 3, "three events");
    assert.deepEqual(bodies(received), ["once", "only", "more"]);
    const stored = await hub.consumer().getPartitionProperties("1");
    assert.equal(stored.lastEnqueuedSequenceNumber, 2, "no event is stored twice");
    const published = await producer.getPartitionPublishingProperties("1");
    assert.equal(published.lastPublishedSequenceNumber, 3);
  },

  async receivesFromAllPartitions(hub) {
    const producer = hub.producer();
    for (const partitionId of ["0", "1", "2", "3"]) {
      await producer.sendBatch([{ body: `for ${partitionId}` }], { partitionId });
    }
    const received = {};
    const consumer = hub.consumer();
    const subscription = consumer.subscribe(
      {
        processEvents: async (events, context) => {
          for (const event of events) {
            received[context.partitionId] = event.body;
          }
        },
        processError: async (error) => {
          received.error = error;
        },
      },
      { startPosition: earliestEventPosition },
    );
    await until(() => Object.keys(received).length === 4, "an event from each partition");
    await subscription.close();
    assert.deepEqual(received, { 0: "for 0", 1: "for 1", 2: "for 2", 3: "for 3" });
  },

  async startsAtEveryPosition(hub) {
    await sendNumbered(hub, 10);
    const all = hub.receive("0", { startPosition: earliestEventPosition });
    await until(() => all.events.length === 10, "ten events");
    const fifth = all.events[5];
    await assertStartsWith(hub, { sequenceNumber: 5 }, 6, 7);
    await assertStartsWith(hub, { sequenceNumber: 5, isInclusive: true }, 5, 6);
    await assertStartsWith(hub, { offset: fifth.offset }, 6, 7);
    await assertStartsWith(hub, { offset: fifth.offset, isInclusive: true }, 5, 6);
  },

  async startsAtAnEnqueuedTime(hub) {
    await sendNumbered(hub, 3);
    await assertStartsWith(hub, { enqueuedOn: Date.now() - 60_000 }, 0, 1, 2);
  },

  async startsAtTheEnd(hub) {
    await sendNumbered(hub, 3);
    const received = hub.receive("0", { startPosition: latestEventPosition });
    const producer = hub.producer();
    // What is sent before the receiver is attached is old to it, so it may take more than one.
    const deadline = Date.now() + patience;
    while (received.events.length === 0 && Date.now() < deadline) {
      await producer.sendBatch([{ body: "new" }], { partitionId: "0" });
    }
    assert.ok(received.events.length > 0, "no new event came");
    assert.ok(bodies(received).every((body) => body === "new"));
  },

  async tracksTheLastEnqueuedEvent(hub) {
    await sendNumbered(hub, 5);
    const received = hub.receive("0", {
      startPosition: earliestEventPosition,
      trackLastEnqueuedEventProperties: true,
    });
    await until(() => received.events.length === 5 && received.tracked, "tracked properties");
    assert.equal(received.tracked.sequenceNumber, 4);
    assert.equal(received.tracked.offset, received.events[4].offset);
  },

  async receivesMoreThanTheSessionWindowHolds(hub) {
    const count = 6_000;
    const producer = hub.producer();
    for (let sent = 0; sent < count; ) {
      const batch = await producer.createBatch({ partitionId: "0" });
      while (sent < count && batch.tryAdd({ body: sent })) {
        sent++;
      }
      await producer.sendBatch(batch);
    }
    const received = hub.receive("0", { startPosition: earliestEventPosition, maxBatchSize: 1_000 });
    await until(() => received.events.length === count, `${count} events`);
    assert.deepEqual(bodies(received), Array.from({ length: count }, (_, number) => number));
  },

  async sendsAndReceivesAnEventOfManyFrames(hub) {
    const body = Buffer.alloc(300_000, 7);
    await hub.producer().sendBatch([{ body }], { partitionId: "0" });
    const received = hub.receive("0", {
      startPosition: earliestEventPosition,
      skipParsingBodyAsJson: true,
    });
    await until(() => received.events.length === 1, "the event");
    assert.ok(body.equals(received.events[0].body));
  },

  async losesAPartitionToAHigherOwnerLevel(hub) {
    await sendNumbered(hub, 1);
    const low = hub.receive("0", { ownerLevel: 1, startPosition: earliestEventPosition });
    await until(() => low.events.length === 1, "the event at the lower level");
    const high = hub.receive("0", { ownerLevel: 2, startPosition: earliestEventPosition });
    await until(() => low.errors.length > 0, "the disconnection");
    assert.equal(low.errors[0].code, "ReceiverDisconnectedError");
    await until(() => high.events.length === 1, "the event at the higher level");
  },

  async balancesTwoConsumers(hub) {
    const containers = new ContainerClient(blobConnectionString, "balancing");
    const processors = [];
    const start = () => {
      const processor = { partitions: new Map(), closed: [], errors: [] };
      const client = hub.track(
        new EventHubConsumerClient(group, connectionString, "balancesTwoConsumers", new BlobCheckpointStore(containers), {
          loadBalancingOptions: { strategy: "greedy", updateIntervalInMs: 200, partitionOwnershipExpirationIntervalInMs: 10_000 },
        }),
      );
      processor.subscription = client.subscribe(
        {
          processInitialize: async (context) => void processor.partitions.set(context.partitionId, []),
          processClose: async (reason, context) => void (processor.partitions.delete(context.partitionId), processor.closed.push(reason)),
          processEvents: async (events, context) => {
            if (events.length > 0) {
              // Noted when it is stored: the second consumer starts when all are noted.
              await context.updateCheckpoint(events.at(-1));
              processor.partitions.get(context.partitionId)?.push(...events.map((event) => event.body));
            }
          },
          processError: async (error) => void processor.errors.push(error),
        },
        { startPosition: earliestEventPosition, maxWaitTimeInSeconds: 1 },
      );
      hub.track(processor.subscription);
      processors.push(processor);
      return processor;
    };
    const producer = hub.producer();
    for (const partitionId of ["0", "1", "2", "3"]) {
      await producer.sendBatch([{ body: `for ${partitionId}` }], { partitionId });
    }
    const first = start();
    await until(() => [...first.partitions.values()].filter((bodies) => bodies.length > 0).length === 4, "all partitions at one consumer");
    const second = start();
    await until(() => first.partitions.size === 2 && second.partitions.size === 2, "two partitions at each consumer");
    assert.deepEqual([...first.partitions.keys(), ...second.partitions.keys()].sort(), ["0", "1", "2", "3"]);
    for (const partitionId of second.partitions.keys()) {
      await producer.sendBatch([{ body: "moved" }], { partitionId });
    }
    // What the first one has checkpointed is not seen again.
    await until(() => [...second.partitions.values()].every((bodies) => bodies.length > 0), "events at the second consumer");
    assert.ok([...second.partitions.values()].every((bodies) => bodies.every((body) => body === "moved")));
  },

  async goesOnAfterADisconnection(hub) {
    // What is sent before the client has noticed waits for an answer in vain, a minute by default.
    const quick = { retryOptions: { timeoutInMs: 5_000, retryDelayInMs: 500 } };
    const producer = hub.producer(quick);
    const received = hub.receive("0", { startPosition: earliestEventPosition }, quick);
    await producer.sendBatch([{ body: "before" }], { partitionId: "0" });
    await until(() => received.events.length === 1, "the event before");
    // The connections of this event hub are dropped.
    await ask("disconnect goesOnAfterADisconnection");
    await producer.sendBatch([{ body: "after" }], { partitionId: "0" });
    await until(() => received.events.length === 2, "the event after");
    assert.deepEqual(bodies(received), ["before", "after"]);
  },

  async cannotSendToAnUnknownEventHub(hub) {
    const stranger = new EventHubProducerClient(connectionString, "nothing", {
      retryOptions: { maxRetries: 0 },
    });
    try {
      await assert.rejects(stranger.sendBatch([{ body: "lost" }]), /could not be found/);
    } finally {
      await stranger.close();
    }
    assert.ok((await hub.producer().getPartitionIds()).length > 0);
  },
};

async function run(name) {
  const hub = new Hub(name);
  try {
    await scenarios[name](hub);
    await hub.close();
    return { name };
  } catch (error) {
    return { name, error: String(error.stack ?? error) };
  }
}

// Each as it ends: one that hangs does not take the others with it.
await Promise.all(Object.keys(scenarios).map(async (name) => console.log(JSON.stringify(await run(name)))));
process.exit(0);
