package dev.sluice.streams;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.RequestException;
import dev.sluice.testkit.TestRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies of all sizes, with a length and without, in pieces of all sizes. */
final class RequestBytesTest {
  private static final int MOST = 2 * 1024 * 1024;

  private final BodyBudget budget = new BodyBudget(4L * MOST, Duration.ofDays(1));

  @ParameterizedTest
  @ValueSource(
      ints = {
        0, 1, 4095, 4096, 4097, 65535, 65536, 65537, 300_000, 1048576, 1048577, MOST - 1, MOST
      })
  void all_of_it_is_read(int size) throws IOException {
    byte[] bytes = bytes(size);
    for (boolean length : new boolean[] {true, false}) {
      try (BodyBudget.Share share = budget.share()) {
        assertArrayEquals(bytes, RequestBytes.read(request(bytes, length), MOST, share));
        assertTrue(budget.left() >= 4L * MOST - 16L * size, "at most so many times what has come");
      }
      assertEquals(4L * MOST, budget.left());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 100, 4096, 4097, 65536, 100_000})
  void one_byte_too_many_is_refused(int most) throws IOException {
    for (boolean length : new boolean[] {true, false}) {
      try (BodyBudget.Share share = budget.share()) {
        assertEquals(most, RequestBytes.read(request(bytes(most), length), most, share).length);
        TestRequest larger = request(bytes(most + 1), length);
        RequestException refused =
            assertThrows(RequestException.class, () -> RequestBytes.read(larger, most, share));
        assertEquals(413, refused.status());
      }
      assertEquals(4L * MOST, budget.left());
    }
  }

  /** Otherwise those who only say that they will send much could take all of the memory. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4095, 70_000})
  void a_length_that_is_only_declared_takes_nothing(int come) throws IOException {
    TestRequest request =
        TestRequest.of("POST", "/").header("Content-Length", "" + MOST).body(come(come));
    try (BodyBudget.Share share = budget.share()) {
      assertThrows(IOException.class, () -> RequestBytes.read(request, MOST, share));
      assertTrue(budget.left() >= 4L * MOST - 16L * come, "at most so many times what has come");
    }
  }

  private static InputStream come(int size) {
    return new ByteArrayInputStream(bytes(size));
  }

  private static byte[] bytes(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }

  private static TestRequest request(byte[] bytes, boolean length) {
    TestRequest request = TestRequest.of("POST", "/").body(new FewAtATime(bytes));
    return length ? request.header("Content-Length", "" + bytes.length) : request;
  }

  /** Gives a few bytes at a time. */
  private static final class FewAtATime extends InputStream {
    private final ByteArrayInputStream bytes;
    private final Random random = new Random(1);

    private FewAtATime(byte[] bytes) {
      this.bytes = new ByteArrayInputStream(bytes);
    }

    @Override
    public int read() {
      return bytes.read();
    }

    @Override
    public int read(byte[] target, int offset, int length) {
      return bytes.read(target, offset, Math.min(length, 1 + random.nextInt(20_000)));
    }
  }
}
