/**
 * The vocabulary of the connector. The stream operators are in {@code javadsl}: {@code Consumer},
 * {@code Committer}, {@code Producer} and {@code EventHubsMetadata}. By theme:
 *
 * <p><b>Settings</b>, a section of {@code reference.conf} each: {@link
 * io.github.pekkoeventhubs.ConsumerSettings} with {@link
 * io.github.pekkoeventhubs.OwnershipSettings} and {@link io.github.pekkoeventhubs.BalancedSettings}
 * and {@link io.github.pekkoeventhubs.ContinuitySettings}, {@link
 * io.github.pekkoeventhubs.CommitterSettings}, {@link io.github.pekkoeventhubs.ProducerSettings};
 * what consumers and producers share is {@link io.github.pekkoeventhubs.ConnectionSettings}. Their
 * choices: {@link io.github.pekkoeventhubs.Acknowledgement}, {@link
 * io.github.pekkoeventhubs.CommitDelivery}, {@link io.github.pekkoeventhubs.CommitWhen}, {@link
 * io.github.pekkoeventhubs.InvalidCheckpointPolicy} for an {@link
 * io.github.pekkoeventhubs.InvalidCheckpoint}, {@link
 * io.github.pekkoeventhubs.OversizedEventHandler}, {@link
 * io.github.pekkoeventhubs.UnansweredSends}.
 *
 * <p><b>Subscriptions</b>, or which partitions a stream reads: {@link
 * io.github.pekkoeventhubs.Subscriptions} makes a {@link io.github.pekkoeventhubs.Subscription},
 * whose listener is told of each {@link io.github.pekkoeventhubs.PartitionLifecycle}; {@link
 * io.github.pekkoeventhubs.PartitionPositions} are those that an application keeps itself. A range
 * of events ends at a {@link io.github.pekkoeventhubs.ReadUntil}.
 *
 * <p><b>Elements of streams</b>: {@link io.github.pekkoeventhubs.CommittableEvent} with its {@link
 * io.github.pekkoeventhubs.CommittableOffset}, {@link
 * io.github.pekkoeventhubs.CommittableOffsetBatch}, which both are {@link
 * io.github.pekkoeventhubs.Committable}, and {@link io.github.pekkoeventhubs.ProducerMessage} with
 * its {@link io.github.pekkoeventhubs.ProducerNumber}. Where they come from: {@link
 * io.github.pekkoeventhubs.EventHubPartition}.
 *
 * <p><b>Running streams</b>: {@link io.github.pekkoeventhubs.SourceControl}, {@link
 * io.github.pekkoeventhubs.ConsumerStatus} with {@link io.github.pekkoeventhubs.PartitionActivity},
 * {@link io.github.pekkoeventhubs.PartitionMoves} (by {@link io.github.pekkoeventhubs.LossReason})
 * and {@link io.github.pekkoeventhubs.StoreRequests} (by {@link
 * io.github.pekkoeventhubs.StoreOperation} and {@link io.github.pekkoeventhubs.StoreAnswer}),
 * {@link io.github.pekkoeventhubs.DurationDistribution}, {@link
 * io.github.pekkoeventhubs.PartitionLag}, {@link io.github.pekkoeventhubs.RestartHold}. All of an
 * actor system: {@link io.github.pekkoeventhubs.RunningStreams} lists each {@link
 * io.github.pekkoeventhubs.RunningConsumer}, {@link io.github.pekkoeventhubs.FailedConsumer} and
 * {@link io.github.pekkoeventhubs.ProducerStatus}; {@link io.github.pekkoeventhubs.StreamsHealth}
 * gives a {@link io.github.pekkoeventhubs.HealthAnswer} to {@link
 * io.github.pekkoeventhubs.StartupCheck}, {@link io.github.pekkoeventhubs.ReadinessCheck} and
 * {@link io.github.pekkoeventhubs.LivenessCheck}.
 *
 * <p><b>Stores of ownership and checkpoints</b>: {@link io.github.pekkoeventhubs.PartitionStore} is
 * the contract, {@link io.github.pekkoeventhubs.BlobPartitionStore} the implementation. {@link
 * io.github.pekkoeventhubs.StoreHealth} says how one does as a whole. They hold {@link
 * io.github.pekkoeventhubs.StoredOwnership} and {@link io.github.pekkoeventhubs.StoredCheckpoint};
 * a commit ends with a {@link io.github.pekkoeventhubs.CommitOutcome}. {@link
 * io.github.pekkoeventhubs.CheckpointMigration} takes the positions of earlier consumers over, and
 * a {@link io.github.pekkoeventhubs.CheckpointReset}, with a {@link
 * io.github.pekkoeventhubs.PartitionReset} for each partition, moves checkpoints where an operator
 * wants them.
 *
 * <p><b>Failures</b>, all of them {@link io.github.pekkoeventhubs.EventHubsException}s that say
 * whether trying again can help:
 *
 * <ul>
 *   <li>it may pass: {@link io.github.pekkoeventhubs.ServiceUnavailableException}, {@link
 *       io.github.pekkoeventhubs.PartitionOwnedException}, {@link
 *       io.github.pekkoeventhubs.ConcurrentCheckpointException}, {@link
 *       io.github.pekkoeventhubs.ProducerFullException};
 *   <li>it lasts: {@link io.github.pekkoeventhubs.InvalidSettingsException}, {@link
 *       io.github.pekkoeventhubs.EventHubsAuthorizationException}, {@link
 *       io.github.pekkoeventhubs.EventHubNotFoundException}, {@link
 *       io.github.pekkoeventhubs.PartitionNotFoundException}, {@link
 *       io.github.pekkoeventhubs.CheckpointUnreadableException}, {@link
 *       io.github.pekkoeventhubs.EventsMissedException}, {@link
 *       io.github.pekkoeventhubs.UndecodableEventException}, {@link
 *       io.github.pekkoeventhubs.EventTooLargeException}, {@link
 *       io.github.pekkoeventhubs.UnansweredSendException};
 *   <li>it depends on the cause: {@link io.github.pekkoeventhubs.AnotherEventHubException}, {@link
 *       io.github.pekkoeventhubs.PartitionStoreException}, {@link
 *       io.github.pekkoeventhubs.CheckpointWriteException}, {@link
 *       io.github.pekkoeventhubs.ProduceException}, {@link
 *       io.github.pekkoeventhubs.ReceiveException}.
 * </ul>
 *
 * <p>{@code PartitionEpoch}, {@code PartitionIds}, {@code TrackedEvent}, {@code EventSize}, {@code
 * SequenceNumbers}, {@code RootSection}, {@code SettingsSection}, {@code StageFailure}, {@code
 * GrowingDelay}, {@code DurationRecorder}, {@code DurationText}, {@code StoreRequestCounters} and
 * {@code StreamReach} are public for the connector's other packages and for other modules, and not
 * part of the API.
 */
@NullMarked
package io.github.pekkoeventhubs;

import org.jspecify.annotations.NullMarked;
