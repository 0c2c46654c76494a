package dev.sluice;

import java.io.Serial;

/** A response was asked for what it cannot do; {@link Response#supports} would have said so. */
public final class UnsupportedFeatureException extends UnsupportedOperationException {
  @Serial private static final long serialVersionUID = 1L;

  private final Feature feature;

  /**
   * Makes an exception.
   *
   * @param feature what was asked for
   * @param why why this response cannot do it
   */
  public UnsupportedFeatureException(Feature feature, String why) {
    super(feature + " is not supported: " + why);
    this.feature = feature;
  }

  /** What was asked for. */
  public Feature feature() {
    return feature;
  }
}
