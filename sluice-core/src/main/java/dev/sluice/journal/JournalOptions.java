package dev.sluice.journal;

/**
 * What is settled about a journal when it is created.
 *
 * @param contentType media type of its bytes
 * @param durable whether an append is acknowledged only when the disk has it; otherwise when the
 *     operating system has it. Nothing to a journal in memory
 * @param retention how much of it is kept
 * @param expiry when it is deleted by itself
 */
public record JournalOptions(
    String contentType, boolean durable, Retention retention, Expiry expiry) {
  private static final JournalOptions DEFAULTS =
      new JournalOptions("application/octet-stream", true, Retention.ALL, Expiry.NEVER);

  /** Checks the content type: printable ASCII. */
  public JournalOptions {
    if (contentType.isBlank() || !contentType.chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
      throw new IllegalArgumentException("not a content type: " + contentType);
    }
  }

  /** {@code application/octet-stream}, durable, everything kept for ever. */
  public static JournalOptions defaults() {
    return DEFAULTS;
  }

  /** With another content type. */
  public JournalOptions withContentType(String type) {
    return new JournalOptions(type, durable, retention, expiry);
  }

  /** Durable or not. */
  public JournalOptions withDurable(boolean yes) {
    return new JournalOptions(contentType, yes, retention, expiry);
  }

  /** With another retention. */
  public JournalOptions withRetention(Retention kept) {
    return new JournalOptions(contentType, durable, kept, expiry);
  }

  /** With another expiry. */
  public JournalOptions withExpiry(Expiry end) {
    return new JournalOptions(contentType, durable, retention, end);
  }
}
