// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.stage.AbstractInHandler;
import org.apache.pekko.stream.stage.AbstractOutHandler;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;

/**
 * Passes elements on and counts how often the stage after it has asked for one. That stage asks
 * when it has dealt with the element before.
 */
final class PullCounter<T> extends GraphStage<FlowShape<T, T>> {

  private final AtomicInteger pulls = new AtomicInteger();
  private final Inlet<T> in = Inlet.create("PullCounter.in");
  private final Outlet<T> out = Outlet.create("PullCounter.out");

  int pulls() {
    return pulls.get();
  }

  @Override
  public FlowShape<T, T> shape() {
    return FlowShape.of(in, out);
  }

  @Override
  public GraphStageLogic createLogic(Attributes inheritedAttributes) {
    return new GraphStageLogic(shape()) {
      {
        setHandler(
            in,
            new AbstractInHandler() {
              @Override
              public void onPush() {
                push(out, grab(in));
              }
            });
        setHandler(
            out,
            new AbstractOutHandler() {
              @Override
              public void onPull() {
                pulls.incrementAndGet();
                pull(in);
              }
            });
      }
    };
  }
}
