/*
 * mux: measures streamed responses over HTTP/1.1 and HTTP/2, in cleartext and through TLS, from the
 * client's side. Linux, one thread, one epoll.
 *
 * Stream mode holds C connections with S streams each (HTTP/1.1: one) that read one response after
 * the other. The body is as load.c has it: messages of equal size, 'T', 19 digits of
 * CLOCK_MONOTONIC in nanoseconds, padding, '\n'; both ends and the timestamp of each are checked.
 *
 * Viewer mode holds as many streams, whose responses do not end, and then has the server publish
 * (one POST): the timestamps are found wherever they are in a body, so that it may be events. At
 * the end each viewer must have had all of them once: their count and their sum are compared.
 *
 * Phases: ramp, until every stream has its first head; warm-up; the measured window.
 */
#define _GNU_SOURCE
#include "http2.h"
#include "measure.h"
#include "response.h"
#include "wire.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum {
  STAMP_BYTES = 20, /* 'T' and 19 digits */
  EVENTS_MAX = 1024,
  STREAMS_MAX = 1000, /* of a connection */
  UNANSWERED_MAX = 100,
  RAMP_SECONDS_MAX = 120,
  LAST_MESSAGE_SECONDS = 30,
  SLOTS = 1024,
  ERRORS_SHOWN = 5,
};

struct stream {
  uint32_t id;       /* HTTP/2 */
  uint32_t consumed; /* of its window */
  bool answered;     /* a first head has come */
  bool has_head;
  uint64_t messages, stamp_sum; /* of this response; of all */
  size_t position; /* in the message; in viewer mode: in the timestamp */
  char stamp[STAMP_BYTES];
};

struct connection {
  struct wire wire;
  bool settled; /* HTTP/2: the server's SETTINGS have come, and the requests are sent */
  struct response *response; /* HTTP/1.1, or NULL */
  struct http2 *http2;       /* HTTP/2, or NULL */
  int stream_count;
  struct stream *streams;
  uint16_t slots[SLOTS]; /* of streams, by their ids */
};

struct counters {
  uint64_t messages, bytes, responses;
  struct latencies latency;
};

static struct {
  const char *target, *path, *publish, *heap;
  int connections, streams;
  double seconds, warmup;
  size_t message_size;
  uint64_t messages_expected; /* per response; 0: not known */
  bool http2, tls, latency;
  pid_t pid;
} options = {.connections = 1, .streams = 1, .seconds = 5, .warmup = 1};

static struct addrinfo *address;
static struct connection *connections, publisher;
static struct counters counters;
static int epoll_fd, opened, unanswered;
static uint64_t errors;

/* Counts one error and gives the connection up. */
#define fail(c, ...) \
  (errors++ < ERRORS_SHOWN ? complain(__VA_ARGS__) : (void)0, wire_close(&c->wire))

/* ---- messages ---- */

static uint64_t stamp_of(const struct stream *s) {
  uint64_t sent = 0;
  for (int i = 1; i < STAMP_BYTES; i++) {
    if (s->stamp[i] < '0' || s->stamp[i] > '9') return 0;
    sent = sent * 10 + (uint64_t)(s->stamp[i] - '0');
  }
  return s->stamp[0] == 'T' ? sent : 0;
}

static void on_stamp(struct stream *s, uint64_t sent, uint64_t arrived) {
  s->messages++;
  s->stamp_sum += sent;
  counters.messages++;
  if (options.latency) latency_add(&counters.latency, arrived > sent ? arrived - sent : 0);
}

/* Messages follow each other, and nothing is between them. */
static void on_messages(struct connection *c, struct stream *s, const char *data, size_t length,
                        uint64_t arrived) {
  while (length > 0 && c->wire.fd >= 0) {
    size_t taken = options.message_size - s->position;
    if (taken > length) taken = length;
    if (s->position < STAMP_BYTES) {
      size_t room = STAMP_BYTES - s->position;
      memcpy(s->stamp + s->position, data, taken < room ? taken : room);
    }
    s->position += taken;
    data += taken;
    length -= taken;
    if (s->position < options.message_size) return;
    s->position = 0;
    uint64_t sent = stamp_of(s);
    if (sent != 0 && data[-1] == '\n')
      on_stamp(s, sent, arrived);
    else
      fail(c, "not a message: begins with '%.*s'", STAMP_BYTES, s->stamp);
  }
}

/* Timestamps are anywhere. */
static void on_events(struct stream *s, const char *data, size_t length, uint64_t arrived) {
  const char *end = data + length;
  while (data < end) {
    if (s->position == 0 && (data = memchr(data, 'T', (size_t)(end - data))) == NULL) return;
    if (s->position > 0 && (*data < '0' || *data > '9')) {
      s->position = 0;
      continue;
    }
    s->stamp[s->position++] = *data++;
    if (s->position < STAMP_BYTES) continue;
    s->position = 0;
    on_stamp(s, stamp_of(s), arrived);
  }
}

/* ---- responses ---- */

static void send_out(struct connection *c) {
  if (c->wire.fd >= 0 && c->http2->out_length > 0 &&
      !wire_send(&c->wire, c->http2->out, c->http2->out_length))
    fail(c, "cannot send: %s", strerror(errno));
  c->http2->out_length = 0;
}

static void send_request(struct connection *c, struct stream *s) {
  bool publishes = c == &publisher;
  const char *path = publishes ? options.publish : options.path;
  s->messages = s->position = 0;
  s->has_head = false;
  if (options.http2) {
    s->consumed = 0;
    s->id = http2_request(c->http2, publishes, options.tls, options.target, path);
    c->slots[s->id / 2 % SLOTS] = (uint16_t)(s - c->streams);
    if (s->id == 0) fail(c, "the path is too long, or too many requests are not sent");
    return;
  }
  char request[2048];
  int length = snprintf(request, sizeof request,
                        "%s %s HTTP/1.1\r\nHost: %s\r\n%s\r\n", publishes ? "POST" : "GET", path,
                        options.target, publishes ? "Content-Length: 0\r\n" : "");
  if (length >= (int)sizeof request) die("--path is too long");
  if (!wire_send(&c->wire, request, (size_t)length))
    fail(c, "cannot send the request: %s", strerror(errno));
}

static void on_head(struct connection *c, struct stream *s, int status) {
  if (s->has_head) return; /* trailers */
  s->has_head = true;
  unanswered -= !s->answered;
  s->answered = true;
  if (status != 200) fail(c, "the server answers with another status than 200");
}

static void on_body(struct connection *c, struct stream *s, const char *data, size_t length,
                    uint64_t arrived) {
  counters.bytes += length;
  if (c == &publisher) return;
  if (options.publish != NULL)
    on_events(s, data, length, arrived);
  else
    on_messages(c, s, data, length, arrived);
}

static void on_end(struct connection *c, struct stream *s) {
  uint64_t expected = options.messages_expected;
  if (c == &publisher) return;
  counters.responses++;
  if (options.publish != NULL)
    fail(c, "the server has ended a viewer's response");
  else if (s->position != 0)
    fail(c, "the body ends inside a message, at byte %zu", s->position);
  else if (expected != 0 && s->messages != expected)
    fail(c, "the response has %ju messages, not %ju", (uintmax_t)s->messages, (uintmax_t)expected);
  else
    send_request(c, s);
}

static void on_http1(struct connection *c, const char *data, const char *end, uint64_t arrived) {
  struct response_piece piece;
  struct stream *s = c->streams;
  while (c->wire.fd >= 0 && response_next(c->response, &data, end, &piece)) {
    switch (piece.type) {
      case PIECE_HEAD: on_head(c, s, c->response->status); break;
      case PIECE_BODY: on_body(c, s, piece.body, piece.length, arrived); break;
      case PIECE_END: on_end(c, s); break;
      case PIECE_MALFORMED: fail(c, "malformed: '%.80s'", c->response->text); break;
    }
  }
}

/* The slot of an old stream may be a newer one's. */
static struct stream *stream_of(struct connection *c, uint32_t id) {
  struct stream *s = &c->streams[c->slots[id / 2 % SLOTS]];
  for (int i = 0; s->id != id && i < c->stream_count; i++) s = &c->streams[i];
  return s->id == id ? s : NULL;
}

static void on_settings(struct connection *c) {
  if (c->settled) return;
  c->settled = true;
  if (c->http2->streams_max < (uint32_t)c->stream_count)
    die("the server allows %u streams of a connection", c->http2->streams_max);
  for (int i = 0; i < c->stream_count; i++) {
    send_request(c, &c->streams[i]);
    if (c->http2->out_length > HTTP2_OUT_BYTES / 2) send_out(c);
  }
}

static void on_http2(struct connection *c, const char *data, const char *end, uint64_t arrived) {
  struct http2_piece piece;
  while (c->wire.fd >= 0 && http2_next(c->http2, &data, end, &piece)) {
    struct stream *s = piece.stream == 0 ? NULL : stream_of(c, piece.stream);
    if (piece.type == PIECE2_SETTINGS) {
      on_settings(c);
    } else if (piece.type == PIECE2_GONE || piece.type == PIECE2_MALFORMED) {
      fail(c, "the server has %s stream %u: %u",
           piece.type == PIECE2_GONE ? "given up" : "sent a malformed frame on", piece.stream,
           piece.code);
    } else if (s == NULL) {
      fail(c, "there is no stream %u", piece.stream);
    } else if (piece.type == PIECE2_HEAD) {
      on_head(c, s, piece.status);
    } else {
      if (piece.length > 0) http2_consume(c->http2, s->id, &s->consumed, piece.length);
      on_body(c, s, piece.body, piece.length, arrived);
    }
    if ((piece.type == PIECE2_HEAD || piece.type == PIECE2_BODY) && piece.ends &&
        c->wire.fd >= 0)
      on_end(c, s);
  }
  send_out(c);
}

/* ---- connections and the loop ---- */

/* Takes all that was received. */
static void on_received(struct connection *c) {
  const char *data;
  ssize_t length = 0;
  while (c->wire.fd >= 0 && (length = wire_read(&c->wire, &data)) > 0) {
    if (c->http2 != NULL)
      on_http2(c, data, data + length, now_nanos());
    else
      on_http1(c, data, data + length, now_nanos());
  }
  if (length < 0) fail(c, "what came is not TLS");
}

static void on_readable(struct connection *c) {
  if (c->wire.fd < 0) return;
  ssize_t length = wire_receive(&c->wire);
  if (length > 0)
    on_received(c);
  else if (length == 0 || (errno != EAGAIN && errno != EINTR))
    fail(c, "the server closed the connection: %s", length < 0 ? strerror(errno) : "end");
}

static void watch(struct connection *c) {
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
  if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, c->wire.fd, &event) != 0)
    die("epoll: %s", strerror(errno));
}

static void open_connection(struct connection *c, int streams) {
  *c = (struct connection){.stream_count = streams, .streams = calloc((size_t)streams,
                                                                      sizeof *c->streams)};
  if (options.http2)
    c->http2 = calloc(1, sizeof *c->http2);
  else
    c->response = calloc(1, sizeof *c->response);
  if (c->streams == NULL || (c->http2 == NULL && c->response == NULL)) die("no memory");
  unanswered += streams;
  if (!wire_open(&c->wire, address) || !wire_secure(&c->wire))
    die("cannot connect to %s: %s", options.target, strerror(errno));
  watch(c);
  if (options.http2) {
    http2_begin(c->http2);
    send_out(c);
  } else {
    send_request(c, c->streams);
  }
  on_received(c); /* what came behind the handshake is not on the socket any more */
}

static void poll_once(int timeout_ms) {
  static struct epoll_event events[EVENTS_MAX];
  int count = epoll_wait(epoll_fd, events, EVENTS_MAX, timeout_ms);
  if (count < 0 && errno != EINTR) die("epoll_wait: %s", strerror(errno));
  for (int i = 0; i < count; i++) on_readable(events[i].data.ptr);
}

static void poll_for(double seconds) {
  uint64_t now, end = now_nanos() + (uint64_t)(seconds * 1e9);
  while ((now = now_nanos()) < end) poll_once((int)((end - now) / 1000000) + 1);
}

static void open_connections(void) {
  uint64_t limit = now_nanos() + RAMP_SECONDS_MAX * 1000000000ull;
  while (opened < options.connections || unanswered > 0) {
    if (now_nanos() > limit)
      die("%d connections opened, %d streams without an answer", opened, unanswered);
    if (errors > 0) die("gave up while opening connections");
    while (opened < options.connections && unanswered < UNANSWERED_MAX)
      open_connection(&connections[opened++], options.streams);
    poll_once(1);
  }
}

/* ---- what is measured ---- */

struct window {
  uint64_t start, server_cpu, own_cpu;
  double seconds;
};

static struct window window_begin(void) {
  counters = (struct counters){0};
  return (struct window){.start = now_nanos(), .server_cpu = cpu_nanos(options.pid),
                         .own_cpu = own_cpu_nanos()};
}

static void window_end(struct window *w) {
  w->seconds = (double)(now_nanos() - w->start) / 1e9;
  w->server_cpu = cpu_nanos(options.pid) - w->server_cpu;
  w->own_cpu = own_cpu_nanos() - w->own_cpu;
}

static void print_window(const struct window *w) {
  double messages = (double)counters.messages;
  printf("{\"connections\":%d,\"streams\":%d,\"seconds\":%.3f,\"messages\":%.0f,"
         "\"messages_per_second\":%.1f,\"bytes_per_second\":%.0f,\"client_cpu_seconds\":%.3f",
         options.connections, options.streams, w->seconds, messages, messages / w->seconds,
         (double)counters.bytes / w->seconds, (double)w->own_cpu / 1e9);
  if (options.pid != 0 && messages > 0)
    printf(",\"server_cpu_seconds\":%.3f,\"cpu_us_per_message\":%.3f",
           (double)w->server_cpu / 1e9, (double)w->server_cpu / 1e3 / messages);
  if (counters.latency.count > 0)
    printf(",\"p50_us\":%.1f,\"p99_us\":%.1f", latency_us(&counters.latency, 0.50),
           latency_us(&counters.latency, 0.99));
}

static void run_streams(void) {
  open_connections();
  poll_for(options.warmup);
  struct window window = window_begin();
  poll_for(options.seconds);
  window_end(&window);
  if (counters.messages == 0 && errors == 0) complain("error %d: no message came", (int)++errors);
  print_window(&window);
}

struct memory {
  long heap, rss; /* KB */
};

static struct memory server_memory(void) {
  return (struct memory){.heap = options.heap == NULL ? 0 : number_of_command(options.heap),
                         .rss = options.pid == 0 ? 0 : rss_kb(options.pid)};
}

/* How many have not had each message once. */
static int incomplete_viewers(void) {
  const struct stream *first = connections[0].streams;
  int count = 0;
  for (int i = 0; i < opened; i++)
    for (int j = 0; j < options.streams; j++) {
      const struct stream *s = &connections[i].streams[j];
      count += s->messages != options.messages_expected || s->stamp_sum != first->stamp_sum;
    }
  return count;
}

static void run_viewers(void) {
  struct memory before = server_memory();
  open_connections();
  struct memory open = server_memory();
  open_connection(&publisher, 1);
  poll_for(options.warmup);
  struct window window = window_begin();
  poll_for(options.seconds);
  window_end(&window);
  struct counters measured = counters;
  int incomplete;
  for (int i = 0; (incomplete = incomplete_viewers()) > 0 && i < LAST_MESSAGE_SECONDS * 10; i++)
    poll_for(0.1);
  if (incomplete > 0 && errors++ < ERRORS_SHOWN)
    complain("%d viewers have not had each message once", incomplete);
  counters = measured;
  print_window(&window);
  double viewers = (double)options.connections * options.streams;
  struct memory after = server_memory();
  printf(",\"rss_before_kb\":%ld,\"rss_open_kb\":%ld,\"rss_after_kb\":%ld", before.rss, open.rss,
         after.rss);
  printf(",\"rss_kb_per_viewer\":%.2f,\"rss_kb_per_viewer_after\":%.2f",
         (double)(open.rss - before.rss) / viewers, (double)(after.rss - before.rss) / viewers);
  if (options.heap != NULL)
    printf(",\"heap_kb_per_viewer\":%.3f", (double)(open.heap - before.heap) / viewers);
}

/* ---- start ---- */

static const char USAGE[] =
    "usage: mux HOST:PORT --path PATH [--connections C] [--streams S] [options]\n"
    "       mux HOST:PORT --path PATH --publish PATH [options]\n"
    "\n"
    "  --http2             HTTP/2: in cleartext at once, through TLS by ALPN\n"
    "  --tls               TLS 1.3 with AES-128-GCM and X25519; certificates are not checked\n"
    "  --path PATH         what to GET; its size= and n= say what a body must hold\n"
    "  --connections C     connections (1)\n"
    "  --streams S         streams of each; more than one needs --http2 (1)\n"
    "  --publish PATH      what to POST when all streams are open: its n= says how many\n"
    "                      messages each of them must get\n"
    "  --heap COMMAND      with --publish: prints how many KB of the server's heap are in use\n"
    "  --seconds T         the measured window (5)\n"
    "  --warmup T          seconds before the window, not measured (1)\n"
    "  --latency           percentiles of the time from a message's timestamp to its arrival\n"
    "  --pid PID           the server, for its CPU time and memory\n"
    "\n"
    "Prints one line of JSON. Exit status: 0 good, 1 errors while measuring, 2 nothing measured.\n";

static void set_option(int option) {
  switch (option) {
    case '2': options.http2 = true; break;
    case 'T': options.tls = true; break;
    case 'p': options.path = optarg; break;
    case 'c': options.connections = (int)number(optarg, 1, 60000); break;
    case 's': options.streams = (int)number(optarg, 1, STREAMS_MAX); break;
    case 'P': options.publish = optarg; break;
    case 'm': options.heap = optarg; break;
    case 't': options.seconds = number(optarg, 0.1, 3600); break;
    case 'w': options.warmup = number(optarg, 0, 3600); break;
    case 'l': options.latency = true; break;
    case 'i': options.pid = (pid_t)number(optarg, 1, 1 << 30); break;
    case 'h': fputs(USAGE, stdout); exit(0);
    default: fputs(USAGE, stderr); exit(2);
  }
}

static void parse_options(int count, char **arguments) {
  static const struct option LONG[] = {
      {"http2", 0, 0, '2'},   {"tls", 0, 0, 'T'},     {"path", 1, 0, 'p'},
      {"streams", 1, 0, 's'}, {"publish", 1, 0, 'P'}, {"connections", 1, 0, 'c'},
      {"seconds", 1, 0, 't'}, {"warmup", 1, 0, 'w'},  {"latency", 0, 0, 'l'},
      {"pid", 1, 0, 'i'},     {"heap", 1, 0, 'm'},
      {"help", 0, 0, 'h'},    {0, 0, 0, 0}};
  for (int option; (option = getopt_long(count, arguments, "", LONG, NULL)) != -1;)
    set_option(option);
  if (optind != count - 1) die("give one HOST:PORT (see --help)");
  options.target = arguments[optind];
  if (options.path == NULL) die("--path is missing");
  if (options.streams > 1 && !options.http2) die("HTTP/1.1 has one stream");
  const char *told = options.publish == NULL ? options.path : options.publish;
  options.messages_expected = query_number(told, "n");
  options.message_size = query_number(told, "size");
  if (options.message_size <= STAMP_BYTES) die("size= is missing, or less than 21");
}

int main(int count, char **arguments) {
  parse_options(count, arguments);
  signal(SIGPIPE, SIG_IGN);
  address = resolve(options.target);
  raise_file_limit();
  if (options.tls) wire_use_tls(options.http2 ? "h2" : "http/1.1");
  connections = calloc((size_t)options.connections, sizeof *connections);
  epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  if (connections == NULL || epoll_fd < 0) die("cannot start: %s", strerror(errno));
  if (options.publish != NULL)
    run_viewers();
  else
    run_streams();
  printf(",\"errors\":%ju}\n", (uintmax_t)errors);
  return errors == 0 ? 0 : 1;
}
