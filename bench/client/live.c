/*
 * live: viewers of one stream of the Durable Streams protocol, and the producer whose records they
 * wait for. Linux, one thread, one epoll.
 *
 * Creates a stream (PUT, text/plain), opens N viewers at its end, then appends a record (POST) R
 * times a second, whether the one before is answered or not. A record: 'T', 19 digits of
 * CLOCK_MONOTONIC when it was sent, ' ', its number, padding, '\n'. A delivery is one record that
 * one viewer has read. At the end every viewer must have had every record once: their count and
 * the sum of their numbers are compared.
 *
 * A long-poll is followed by the next one, from where it has ended. Bodies are lines: records, or
 * fields of events.
 *
 * Phases: ramp, until every viewer has its first head; warm-up; the measured window; until all is
 * there. Latencies are of the records that were sent in the window, CPU is per delivery in the
 * window.
 */
#define _GNU_SOURCE
#include "measure.h"
#include "response.h"

#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
  ANSWER_MAX_BYTES = 2048,
  OFFSET_MAX_BYTES = 256,
  STAMP_BYTES = 20,
  RECORD_LEAST_BYTES = 40,
  LINE_MAX_BYTES = 1024,
  RECEIVE_BYTES = 64 * 1024,
  EVENTS_MAX = 1024,
  PRODUCERS = 64, /* connections: so many appends at most wait for an answer */
  UNANSWERED_MAX = 32,
  RAMP_SECONDS_MAX = 60,
  LAST_DELIVERY_SECONDS = 30,
  ERRORS_SHOWN = 5,
};

enum mode { SSE, RAW, LONG_POLL };

struct viewer {
  int fd; /* -1: closed */
  bool answered;      /* its first head has come */
  bool in_data_event; /* the fields are those of one */
  bool has_record;    /* of an event, whose '\n' has not come */
  uint64_t records, number_sum;
  size_t line_length, record_length;
  char offset[OFFSET_MAX_BYTES], cursor[OFFSET_MAX_BYTES];
  char line[LINE_MAX_BYTES]; /* of the body, while it has not ended */
  char record[LINE_MAX_BYTES];
  struct response response;
};

struct producer {
  int fd;
  bool waits;
};

static struct {
  const char *target, *name;
  enum mode mode;
  int viewers;
  double rate, seconds, warmup;
  size_t size;
  pid_t pid;
} options = {.name = "live", .viewers = 1000, .rate = 50, .seconds = 10, .warmup = 5, .size = 256};

static struct addrinfo *address;
static struct viewer *viewers;
static struct producer producers[PRODUCERS];
static struct latencies latencies;
static uint64_t errors, posted, posted_sum, late, deliveries;
static uint64_t window_start = UINT64_MAX, window_end = UINT64_MAX;
static int epoll_fd, opened, unanswered;

/* Counts one error and gives the viewer up. */
#define fail(v, ...) \
  (errors++ < ERRORS_SHOWN ? complain(__VA_ARGS__) : (void)0, close_viewer(v))

static void close_viewer(struct viewer *v) {
  if (v->fd >= 0) close(v->fd);
  unanswered -= !v->answered;
  v->answered = true;
  v->fd = -1;
}

/* ---- what a viewer gets ---- */

static void on_record(struct viewer *v, const char *record, size_t length, uint64_t arrived) {
  uint64_t sent = 0, number = 0;
  bool valid = length == options.size - 1 && record[0] == 'T' && record[STAMP_BYTES] == ' ';
  for (size_t i = 1; valid && i < STAMP_BYTES; i++) sent = sent * 10 + (uint64_t)(record[i] - '0');
  for (size_t i = STAMP_BYTES + 1; valid && record[i] != ' '; i++)
    number = number * 10 + (uint64_t)(record[i] - '0');
  if (!valid) {
    fail(v, "not a record: '%.*s'", (int)length, record);
    return;
  }
  v->records++;
  v->number_sum += number;
  deliveries++;
  if (sent >= window_start && sent < window_end)
    latency_add(&latencies, arrived > sent ? arrived - sent : 0);
}

/* Lines of an event's data are joined by '\n', which ends a record: so the last line is empty. */
static void on_event_data(struct viewer *v, const char *data, size_t length, uint64_t arrived) {
  if (v->has_record) on_record(v, v->record, v->record_length, arrived);
  v->has_record = length > 0;
  v->record_length = length;
  memcpy(v->record, data, length);
}

static void on_field(struct viewer *v, const char *line, size_t length, uint64_t arrived) {
  if (length == 0) {
    if (v->has_record) fail(v, "an event ends inside a record: '%.40s'", v->record);
    v->in_data_event = v->has_record = false;
  } else if (length >= 5 && memcmp(line, "data:", 5) == 0) {
    if (v->in_data_event) on_event_data(v, line + 5, length - 5, arrived);
  } else if (length >= 6 && memcmp(line, "event:", 6) == 0) {
    v->in_data_event = memcmp(line + length - 4, "data", 4) == 0;
  }
}

static void on_line(struct viewer *v, const char *line, size_t length, uint64_t arrived) {
  if (options.mode == SSE)
    on_field(v, line, length, arrived);
  else
    on_record(v, line, length, arrived);
}

static void on_body(struct viewer *v, const char *data, const char *end, uint64_t arrived) {
  while (data < end && v->fd >= 0) {
    const char *line_end = memchr(data, '\n', (size_t)(end - data));
    size_t length = (size_t)((line_end == NULL ? end : line_end) - data);
    if (v->line_length + length > sizeof v->line) {
      fail(v, "a line is too long: '%.80s'", v->line);
      return;
    }
    if (line_end != NULL && v->line_length == 0) {
      on_line(v, data, length, arrived);
    } else {
      memcpy(v->line + v->line_length, data, length);
      v->line_length += length;
      if (line_end != NULL) on_line(v, v->line, v->line_length, arrived);
    }
    if (line_end != NULL) v->line_length = 0;
    data += length + (line_end != NULL);
  }
}

/* ---- requests and answers ---- */

/* The first long-poll asks where the stream ends; later ones wait there. */
static void send_request(struct viewer *v) {
  char path[3 * OFFSET_MAX_BYTES], request[4 * OFFSET_MAX_BYTES];
  if (options.mode == RAW)
    snprintf(path, sizeof path, "/%s?as=raw&offset=%s", options.name, v->offset);
  else
    snprintf(path, sizeof path, "/v1/stream/%s?offset=%s%s%s%s", options.name, v->offset,
             options.mode == SSE ? "&live=sse" : v->answered ? "&live=long-poll" : "",
             v->cursor[0] == '\0' ? "" : "&cursor=", v->cursor);
  int length = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: %s\r\n\r\n", path,
                        options.target);
  if (send(v->fd, request, (size_t)length, MSG_NOSIGNAL) != length)
    fail(v, "cannot send the request: %s", strerror(errno));
}

static void on_head(struct viewer *v) {
  unanswered -= !v->answered;
  v->answered = true;
  if (v->response.status != 200 && v->response.status != 204) {
    fail(v, "the server answers '%.*s'", (int)strcspn(v->response.text, "\r"), v->response.text);
    return;
  }
  response_header(&v->response, "stream-next-offset", v->offset, sizeof v->offset);
  response_header(&v->response, "stream-cursor", v->cursor, sizeof v->cursor);
}

static void on_end(struct viewer *v) {
  if (options.mode == LONG_POLL)
    send_request(v);
  else
    fail(v, "the server has ended the response");
}

static void on_bytes(struct viewer *v, const char *data, const char *end, uint64_t arrived) {
  struct response_piece piece;
  while (v->fd >= 0 && response_next(&v->response, &data, end, &piece)) {
    switch (piece.type) {
      case PIECE_HEAD: on_head(v); break;
      case PIECE_BODY: on_body(v, piece.body, piece.body + piece.length, arrived); break;
      case PIECE_END: on_end(v); break;
      case PIECE_MALFORMED: fail(v, "malformed: '%.80s'", v->response.text); break;
    }
  }
}

static void on_viewer(struct viewer *v) {
  static char buffer[RECEIVE_BYTES];
  if (v->fd < 0) return;
  ssize_t length = recv(v->fd, buffer, sizeof buffer, MSG_DONTWAIT);
  if (length > 0)
    on_bytes(v, buffer, buffer + length, now_nanos());
  else if (length == 0)
    fail(v, "the server closed the connection");
  else if (errno != EAGAIN && errno != EINTR)
    fail(v, "cannot read: %s", strerror(errno));
}

/* ---- the producer ---- */

static void watch(int fd, void *owner) {
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = owner};
  if (fd < 0) die("cannot connect to %s: %s", options.target, strerror(errno));
  if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) != 0) die("epoll: %s", strerror(errno));
}

static void send_to_stream(struct producer *p, const char *method, const char *body,
                           size_t length) {
  char request[1024 + LINE_MAX_BYTES];
  int head = snprintf(request, 1024,
                      "%s /v1/stream/%s HTTP/1.1\r\nHost: %s\r\nContent-Type: text/plain\r\n"
                      "Content-Length: %zu\r\n\r\n",
                      method, options.name, options.target, length);
  if (head >= 1024) die("--name is too long");
  memcpy(request + head, body, length);
  length += (size_t)head;
  if (p->fd < 0) watch(p->fd = connect_to(address), p);
  p->waits = true;
  if (send(p->fd, request, length, MSG_NOSIGNAL) != (ssize_t)length)
    die("cannot send to the stream: %s", strerror(errno));
}

/* An answer is one short head without a body, and comes in one piece. The server may close a
 * connection on which it waits: then there is a new one for the next request. */
static void on_producer(struct producer *p) {
  char answer[ANSWER_MAX_BYTES];
  ssize_t length = recv(p->fd, answer, sizeof answer - 1, 0);
  if (length <= 0 && p->waits)
    die("no answer to a request: %s", length == 0 ? "closed" : strerror(errno));
  if (length <= 0) {
    close(p->fd);
    p->fd = -1;
    return;
  }
  answer[length] = '\0';
  if (strncmp(answer, "HTTP/1.1 20", 11) != 0)
    die("the server answers '%.*s'", (int)strcspn(answer, "\r"), answer);
  p->waits = false;
}

static void create_stream(void) {
  for (int i = 0; i < PRODUCERS; i++) producers[i].fd = -1;
  send_to_stream(&producers[0], "PUT", "", 0);
  on_producer(&producers[0]);
}

/* Appends a record, unless all connections wait: then it is late, and sent when one does not. */
static bool post(void) {
  char record[LINE_MAX_BYTES];
  struct producer *p = producers;
  while (p < producers + PRODUCERS && p->waits) p++;
  if (p == producers + PRODUCERS) return false;
  memset(record, '.', options.size);
  int length = sprintf(record, "T%019ju %ju", (uintmax_t)now_nanos(), (uintmax_t)++posted);
  posted_sum += posted;
  record[length] = ' ';
  record[options.size - 1] = '\n';
  send_to_stream(p, "POST", record, options.size);
  return true;
}

/* ---- phases ---- */

static void poll_once(int timeout_ms) {
  static struct epoll_event events[EVENTS_MAX];
  int count = epoll_wait(epoll_fd, events, EVENTS_MAX, timeout_ms);
  if (count < 0 && errno != EINTR) die("epoll_wait: %s", strerror(errno));
  for (int i = 0; i < count; i++) {
    struct producer *p = events[i].data.ptr;
    if (p >= producers && p < producers + PRODUCERS)
      on_producer(p);
    else
      on_viewer(events[i].data.ptr);
  }
}

static uint64_t after(double seconds) { return now_nanos() + (uint64_t)(seconds * 1e9); }

static void open_viewers(void) {
  uint64_t limit = after(RAMP_SECONDS_MAX);
  while (opened < options.viewers || unanswered > 0) {
    if (now_nanos() > limit) die("%d viewers opened, %d without an answer", opened, unanswered);
    if (errors > 0) die("gave up while opening viewers");
    while (opened < options.viewers && unanswered < UNANSWERED_MAX) {
      struct viewer *v = &viewers[opened++];
      unanswered++;
      strcpy(v->offset, "now");
      v->fd = connect_to(address);
      watch(v->fd, v);
      send_request(v);
    }
    poll_once(1);
  }
}

/* Posts on a fixed schedule, and is never ahead of it. */
static void post_for(double seconds) {
  uint64_t start = now_nanos(), end = after(seconds), now, count = 0;
  while ((now = now_nanos()) < end) {
    uint64_t due = start + (uint64_t)((double)count * 1e9 / options.rate);
    if (now >= due && post()) {
      count++;
      late += now - due > 20000000;
    }
    uint64_t next = start + (uint64_t)((double)count * 1e9 / options.rate);
    if (next > end) next = end;
    poll_once(next <= now ? 1 : (int)((next - now + 999999) / 1000000));
  }
}

/* How many deliveries there still have to be; whoever has all of them must have the right ones. */
static uint64_t missing_deliveries(void) {
  uint64_t missing = 0;
  for (int i = 0; i < opened; i++) {
    struct viewer *v = &viewers[i];
    if (v->fd >= 0 && v->records > posted) fail(v, "a viewer has had too many records");
    missing += posted - v->records;
    if (v->fd >= 0 && v->records == posted && v->number_sum != posted_sum)
      fail(v, "a viewer has not had each record once");
  }
  return missing;
}

static void run(void) {
  create_stream();
  open_viewers();
  post_for(options.warmup);
  late = 0;
  uint64_t first = posted, before = deliveries, cpu = cpu_nanos(options.pid);
  uint64_t own_cpu = own_cpu_nanos();
  window_start = now_nanos();
  post_for(options.seconds);
  window_end = now_nanos();
  double seconds = (double)(window_end - window_start) / 1e9;
  cpu = cpu_nanos(options.pid) - cpu;
  own_cpu = own_cpu_nanos() - own_cpu;
  uint64_t delivered = deliveries - before, sent = posted - first, missing;
  for (uint64_t limit = after(LAST_DELIVERY_SECONDS);
       (missing = missing_deliveries()) > 0 && now_nanos() < limit && errors == 0;)
    poll_once(10);
  if (missing > 0) complain("%ju deliveries are missing", (uintmax_t)missing), errors++;
  if (latencies.count == 0) complain("nothing was delivered"), errors++;
  printf("{\"viewers\":%d,\"seconds\":%.3f,\"posted_per_second\":%.2f,\"late\":%ju,"
         "\"deliveries\":%ju,\"deliveries_per_second\":%.1f,\"p50_us\":%.1f,\"p99_us\":%.1f,"
         "\"max_us\":%.1f,\"client_cpu_seconds\":%.3f",
         options.viewers, seconds, (double)sent / seconds, (uintmax_t)late, (uintmax_t)delivered,
         (double)delivered / seconds, latency_us(&latencies, 0.50), latency_us(&latencies, 0.99),
         latency_us(&latencies, 1), (double)own_cpu / 1e9);
  if (options.pid != 0 && delivered > 0)
    printf(",\"server_cpu_seconds\":%.3f,\"cpu_us_per_delivery\":%.3f", (double)cpu / 1e9,
           (double)cpu / 1e3 / (double)delivered);
  printf(",\"missing\":%ju,\"errors\":%ju}\n", (uintmax_t)missing, (uintmax_t)errors);
}

/* ---- start ---- */

static const char USAGE[] =
    "usage: live HOST:PORT [options]\n"
    "\n"
    "  --as FORM     how viewers follow: sse or long-poll of /v1/stream/NAME, raw of /NAME (sse)\n"
    "  --name NAME   the stream, which is created (live)\n"
    "  --viewers N   how many follow it (1000)\n"
    "  --rate R      records per second (50)\n"
    "  --size S      bytes per record (256)\n"
    "  --seconds T   the measured window (10)\n"
    "  --warmup T    seconds before it (5)\n"
    "  --pid PID     the server, for its CPU time\n"
    "\n"
    "Prints one line of JSON. Exit status: 0 good, 1 errors while measuring, 2 nothing measured.\n";

static enum mode mode(const char *text) {
  if (strcmp(text, "sse") == 0) return SSE;
  if (strcmp(text, "raw") == 0) return RAW;
  if (strcmp(text, "long-poll") == 0) return LONG_POLL;
  die("--as is sse, raw or long-poll, not '%s'", text);
}

static void parse_options(int count, char **arguments) {
  static const struct option LONG[] = {
      {"as", 1, 0, 'a'},   {"name", 1, 0, 'n'},    {"viewers", 1, 0, 'v'},
      {"rate", 1, 0, 'r'}, {"size", 1, 0, 's'},    {"seconds", 1, 0, 't'},
      {"pid", 1, 0, 'i'},  {"warmup", 1, 0, 'w'},  {"help", 0, 0, 'h'},
      {0, 0, 0, 0}};
  for (int option; (option = getopt_long(count, arguments, "", LONG, NULL)) != -1;) {
    switch (option) {
      case 'a': options.mode = mode(optarg); break;
      case 'n': options.name = optarg; break;
      case 'v': options.viewers = (int)number(optarg, 1, 60000); break;
      case 'r': options.rate = number(optarg, 0.1, 10000); break;
      case 's': options.size = (size_t)number(optarg, RECORD_LEAST_BYTES, LINE_MAX_BYTES); break;
      case 't': options.seconds = number(optarg, 0.1, 3600); break;
      case 'w': options.warmup = number(optarg, 0, 3600); break;
      case 'i': options.pid = (pid_t)number(optarg, 1, 1 << 30); break;
      case 'h': fputs(USAGE, stdout); exit(0);
      default: fputs(USAGE, stderr); exit(2);
    }
  }
  if (optind != count - 1) die("give one HOST:PORT (see --help)");
  if (strlen(options.name) >= OFFSET_MAX_BYTES) die("--name is too long");
  options.target = arguments[optind];
}

int main(int count, char **arguments) {
  parse_options(count, arguments);
  address = resolve(options.target);
  raise_file_limit();
  viewers = calloc((size_t)options.viewers, sizeof *viewers);
  epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  if (viewers == NULL || epoll_fd < 0) die("cannot start: %s", strerror(errno));
  run();
  return errors == 0 ? 0 : 1;
}
