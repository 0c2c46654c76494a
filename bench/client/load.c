/*
 * load: measures streamed HTTP/1.1 responses from the client's side. Linux, one thread, one epoll.
 *
 * Stream mode holds C connections that each read one response after the other. A body is a
 * sequence of messages of equal size: 'T', 19 digits of CLOCK_MONOTONIC in nanoseconds, padding,
 * '\n'. Both ends and the timestamp of every message are checked, so a lost, doubled or torn byte
 * is an error and never just a smaller number.
 *
 * Idle mode holds C connections that say nothing, and reads the growth of the server's RSS.
 *
 * A connection's life: STATUS, HEADER*, then per chunk CHUNK_SIZE, DATA, CHUNK_END, after the last
 * chunk TRAILER*, and from there STATUS again (or QUIET in idle mode). All but DATA are lines.
 *
 * Phases: ramp, until every connection has had its first byte; warm-up; the measured window.
 */
#define _GNU_SOURCE
#include "measure.h"

#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
  LINE_MAX_BYTES = 128,   /* what is kept of a line; the rest of a longer header is dropped */
  STAMP_BYTES = 20,       /* 'T' and 19 digits */
  RECEIVE_BYTES = 256 * 1024,
  EVENTS_MAX = 256,
  UNANSWERED_MAX = 32,    /* while opening: a server may listen with a backlog of 50 */
  RAMP_GRACE_SECONDS = 10,
  IDLE_WARMUP_CONNECTIONS = 100,
  ERRORS_SHOWN = 5,
};

enum state { STATUS, HEADER, CHUNK_SIZE, DATA, CHUNK_END, TRAILER, QUIET };

struct connection {
  int fd; /* -1: closed */
  enum state state;
  bool answered; /* the first byte has come, or none is expected */
  bool chunked;
  uint64_t remaining; /* bytes left of this chunk */
  uint64_t messages;  /* of this response */
  size_t message_position;
  size_t line_length;
  char line[LINE_MAX_BYTES];
  char stamp[STAMP_BYTES];
};

struct counters {
  uint64_t messages, bytes, responses;
  struct latencies latency;
};

static struct {
  const char *target, *path;
  int connections;
  double seconds, warmup, ramp;
  size_t message_size;
  uint64_t messages_expected; /* per response; 0: not known */
  bool idle, latency;
  pid_t pid;
} options = {.connections = 1, .seconds = 5, .warmup = 1, .ramp = -1};

static struct addrinfo *address;
static char request[2048];
static size_t request_length;
static struct connection *connections;
static struct counters counters;
static int epoll_fd, opened, unanswered;
static uint64_t errors;

/* ---- errors ---- */

static void close_connection(struct connection *c) {
  if (c->fd >= 0) close(c->fd);
  unanswered -= !c->answered;
  c->answered = true;
  c->fd = -1;
}

/* Counts one error and gives the connection up. */
#define fail(c, ...) \
  (errors++ < ERRORS_SHOWN ? complain(__VA_ARGS__) : (void)0, close_connection(c))

/* ---- the response parser: owns nothing, is fed whatever arrived ---- */

static void send_request(struct connection *c) {
  c->state = STATUS;
  c->messages = c->line_length = c->message_position = 0;
  c->chunked = false;
  if (send(c->fd, request, request_length, MSG_NOSIGNAL) != (ssize_t)request_length)
    fail(c, "cannot send the request: %s", strerror(errno));
}

static void on_message(struct connection *c, char last, uint64_t arrived) {
  uint64_t sent = 0;
  bool valid = c->stamp[0] == 'T' && last == '\n';
  for (int i = 1; valid && i < STAMP_BYTES; i++) {
    valid = c->stamp[i] >= '0' && c->stamp[i] <= '9';
    sent = sent * 10 + (uint64_t)(c->stamp[i] - '0');
  }
  if (!valid) {
    fail(c, "not a message: begins with '%.*s'", STAMP_BYTES, c->stamp);
    return;
  }
  c->messages++;
  counters.messages++;
  if (options.latency) latency_add(&counters.latency, arrived > sent ? arrived - sent : 0);
}

static void on_body(struct connection *c, const char *data, size_t length, uint64_t arrived) {
  counters.bytes += length;
  while (length > 0 && c->fd >= 0) {
    size_t position = c->message_position;
    size_t taken = options.message_size - position;
    if (taken > length) taken = length;
    if (position < STAMP_BYTES) {
      size_t room = STAMP_BYTES - position;
      memcpy(c->stamp + position, data, taken < room ? taken : room);
    }
    c->message_position += taken;
    data += taken;
    length -= taken;
    if (c->message_position == options.message_size) {
      c->message_position = 0;
      on_message(c, data[-1], arrived);
    }
  }
}

static void on_response_end(struct connection *c) {
  uint64_t expected = options.messages_expected;
  counters.responses++;
  if (c->message_position != 0)
    fail(c, "the body ends inside a message, at byte %zu", c->message_position);
  else if (expected != 0 && c->messages != expected)
    fail(c, "the response has %ju messages, not %ju", (uintmax_t)c->messages, (uintmax_t)expected);
  else if (options.idle)
    c->state = QUIET;
  else
    send_request(c);
}

static void on_status(struct connection *c) {
  c->state = HEADER;
  if (strncmp(c->line, "HTTP/1.1 200", 12) != 0) fail(c, "the server answers '%s'", c->line);
}

static void on_header(struct connection *c) {
  if (strncasecmp(c->line, "transfer-encoding:", 18) == 0)
    c->chunked = strcasestr(c->line, "chunked") != NULL;
  if (c->line[0] != '\0') return;
  c->state = CHUNK_SIZE;
  if (!c->chunked) fail(c, "the response is not chunked");
}

static void on_chunk_size(struct connection *c) {
  char *end;
  c->remaining = strtoull(c->line, &end, 16);
  if (end == c->line || (*end != '\0' && *end != ';' && *end != ' '))
    fail(c, "not a chunk size: '%s'", c->line);
  else
    c->state = c->remaining > 0 ? DATA : TRAILER;
}

static void on_chunk_end(struct connection *c) {
  c->state = CHUNK_SIZE;
  if (c->line[0] != '\0') fail(c, "a chunk is longer than its size says");
}

static void on_line(struct connection *c) {
  switch (c->state) {
    case STATUS: on_status(c); break;
    case HEADER: on_header(c); break;
    case CHUNK_SIZE: on_chunk_size(c); break;
    case CHUNK_END: on_chunk_end(c); break;
    case TRAILER: if (c->line[0] == '\0') on_response_end(c); break;
    case QUIET: fail(c, "the server sends to an idle connection: '%s'", c->line); break;
    case DATA: break; /* not lines */
  }
}

/* Takes bytes up to a line's end; true when c->line holds the whole line, without its end. */
static bool take_line(struct connection *c, const char **data, const char *end) {
  while (*data < end) {
    char byte = *(*data)++;
    if (byte == '\n') {
      if (c->line_length > 0 && c->line[c->line_length - 1] == '\r') c->line_length--;
      c->line[c->line_length] = '\0';
      c->line_length = 0;
      return true;
    }
    if (c->line_length < LINE_MAX_BYTES - 1) c->line[c->line_length++] = byte;
  }
  return false;
}

static void on_bytes(struct connection *c, const char *data, const char *end, uint64_t arrived) {
  unanswered -= !c->answered;
  c->answered = true;
  while (data < end && c->fd >= 0) {
    if (c->state != DATA) {
      if (take_line(c, &data, end)) on_line(c);
      continue;
    }
    size_t length = (size_t)(end - data);
    if (length > c->remaining) length = c->remaining;
    on_body(c, data, length, arrived);
    data += length;
    c->remaining -= length;
    if (c->remaining == 0) c->state = CHUNK_END;
  }
}

/* ---- connections and the loop ---- */

static void on_readable(struct connection *c) {
  static char buffer[RECEIVE_BYTES];
  if (c->fd < 0) return;
  ssize_t length = recv(c->fd, buffer, sizeof buffer, MSG_DONTWAIT);
  if (length > 0)
    on_bytes(c, buffer, buffer + length, now_nanos());
  else if (length == 0)
    fail(c, "the server closed the connection");
  else if (errno != EAGAIN && errno != EINTR)
    fail(c, "cannot read: %s", strerror(errno));
}

static void open_connection(bool sends_request) {
  struct connection *c = &connections[opened++];
  *c = (struct connection){.state = QUIET, .answered = !sends_request};
  unanswered += sends_request;
  c->fd = connect_to(address);
  if (c->fd < 0) {
    fail(c, "cannot connect to %s: %s", options.target, strerror(errno));
    return;
  }
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
  if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, c->fd, &event) != 0) die("epoll: %s", strerror(errno));
  if (sends_request) send_request(c);
}

static void poll_once(int timeout_ms) {
  struct epoll_event events[EVENTS_MAX];
  int count = epoll_wait(epoll_fd, events, EVENTS_MAX, timeout_ms);
  if (count < 0 && errno != EINTR) die("epoll_wait: %s", strerror(errno));
  for (int i = 0; i < count; i++) on_readable(events[i].data.ptr);
}

static void poll_for(double seconds) {
  uint64_t now, end = now_nanos() + (uint64_t)(seconds * 1e9);
  while ((now = now_nanos()) < end) poll_once((int)((end - now) / 1000000) + 1);
}

/* Opens connections evenly over the ramp time, and waits until all are answered. */
static void open_connections(int count, bool send_requests) {
  uint64_t start = now_nanos();
  double ramp = options.ramp >= 0 ? options.ramp : count * 0.0002;
  opened = 0;
  while (opened < count || unanswered > 0) {
    double elapsed = (double)(now_nanos() - start) / 1e9;
    if (elapsed > ramp + RAMP_GRACE_SECONDS)
      die("%d of %d connections opened and %d without an answer after %.0f s", opened, count,
          unanswered, elapsed);
    if (errors > 0) die("gave up while opening connections");
    int due = elapsed >= ramp ? count : (int)(count * elapsed / ramp) + 1;
    while (opened < due && opened < count && unanswered < UNANSWERED_MAX)
      open_connection(send_requests);
    poll_once(1);
  }
}

static void close_connections(void) {
  for (int i = 0; i < opened; i++) close_connection(&connections[i]);
}

/* ---- the two modes ---- */

static void run_streams(void) {
  open_connections(options.connections, true);
  poll_for(options.warmup);
  counters = (struct counters){0};
  uint64_t start = now_nanos();
  uint64_t server_cpu = cpu_nanos(options.pid), own_cpu = own_cpu_nanos();
  poll_for(options.seconds);
  double seconds = (double)(now_nanos() - start) / 1e9;
  server_cpu = cpu_nanos(options.pid) - server_cpu;
  own_cpu = own_cpu_nanos() - own_cpu;
  close_connections();
  if (counters.messages == 0 && errors == 0) complain("error %d: no message came", (int)++errors);
  printf("{\"connections\":%d,\"seconds\":%.3f,\"messages\":%ju,\"responses\":%ju,"
         "\"messages_per_second\":%.1f,\"bytes_per_second\":%.0f,\"client_cpu_seconds\":%.3f",
         options.connections, seconds, (uintmax_t)counters.messages, (uintmax_t)counters.responses,
         (double)counters.messages / seconds, (double)counters.bytes / seconds,
         (double)own_cpu / 1e9);
  if (options.pid != 0 && counters.messages > 0)
    printf(",\"server_cpu_seconds\":%.3f,\"cpu_us_per_message\":%.3f", (double)server_cpu / 1e9,
           (double)server_cpu / 1e3 / (double)counters.messages);
  if (options.latency && counters.messages > 0)
    printf(",\"p50_us\":%.1f,\"p99_us\":%.1f", latency_us(&counters.latency, 0.50),
           latency_us(&counters.latency, 0.99));
  printf(",\"errors\":%ju}\n", (uintmax_t)errors);
}

/* A first few connections are opened and closed before, so that the server's one-time costs
 * (classes, compiled code, pools) are not taken for the price of a connection. */
static void run_idle(void) {
  bool send_requests = options.path != NULL;
  open_connections(IDLE_WARMUP_CONNECTIONS, send_requests);
  poll_for(0.5);
  close_connections();
  poll_for(1);
  long before = rss_kb(options.pid);
  open_connections(options.connections, send_requests);
  poll_for(options.seconds);
  long after = rss_kb(options.pid);
  close_connections();
  printf("{\"idle\":%d,\"rss_before_kb\":%ld,\"rss_after_kb\":%ld,\"kb_per_connection\":%.2f,"
         "\"errors\":%ju}\n",
         options.connections, before, after, (double)(after - before) / options.connections,
         (uintmax_t)errors);
}

/* ---- start ---- */

static const char USAGE[] =
    "usage: load HOST:PORT --path PATH [--connections C] [options]\n"
    "       load HOST:PORT --idle C --pid PID [--after-request PATH] [options]\n"
    "\n"
    "  --path PATH           what to GET; its size= and n= say what a body must hold\n"
    "  --connections C       connections that stream at the same time (1)\n"
    "  --seconds T           the measured window; in idle mode how long all are open (5)\n"
    "  --warmup T            seconds before the window, not measured (1)\n"
    "  --ramp T              open the connections evenly over T seconds (0.2 ms each)\n"
    "  --size S              bytes per message, if PATH does not say\n"
    "  --latency             percentiles of the time from a message's timestamp to its arrival\n"
    "  --pid PID             the server, for its CPU time and memory\n"
    "  --idle C              C connections that send nothing\n"
    "  --after-request PATH  with --idle: each completes this one request first\n"
    "\n"
    "Prints one line of JSON. Exit status: 0 good, 1 errors while measuring, 2 nothing measured.\n";

static void set_option(int option) {
  switch (option) {
    case 'I': options.idle = true; /* fall through */
    case 'c': options.connections = (int)number(optarg, 1, 60000); break;
    case 'p': options.path = optarg; break;
    case 't': options.seconds = number(optarg, 0.1, 3600); break;
    case 'w': options.warmup = number(optarg, 0, 3600); break;
    case 'r': options.ramp = number(optarg, 0, 3600); break;
    case 's': options.message_size = (size_t)number(optarg, STAMP_BYTES + 1, 1 << 30); break;
    case 'l': options.latency = true; break;
    case 'i': options.pid = (pid_t)number(optarg, 1, 1 << 30); break;
    case 'h': fputs(USAGE, stdout); exit(0);
    default: fputs(USAGE, stderr); exit(2);
  }
}

static void parse_options(int count, char **arguments) {
  static const struct option LONG[] = {
      {"path", 1, 0, 'p'}, {"connections", 1, 0, 'c'},   {"seconds", 1, 0, 't'},
      {"warmup", 1, 0, 'w'}, {"ramp", 1, 0, 'r'},        {"size", 1, 0, 's'},
      {"latency", 0, 0, 'l'}, {"pid", 1, 0, 'i'},        {"idle", 1, 0, 'I'},
      {"help", 0, 0, 'h'}, {"after-request", 1, 0, 'p'}, {0, 0, 0, 0}};
  for (int option; (option = getopt_long(count, arguments, "", LONG, NULL)) != -1;)
    set_option(option);
  if (optind != count - 1) die("give one HOST:PORT (see --help)");
  options.target = arguments[optind];
  options.messages_expected = query_number(options.path, "n");
  if (options.message_size == 0) options.message_size = query_number(options.path, "size");
  if (options.idle && options.pid == 0) die("--idle needs the server's --pid");
  if (!options.idle && options.path == NULL) die("--path is missing");
  if (options.path != NULL && options.message_size <= STAMP_BYTES)
    die("a message has at least %d bytes: give --size, or size= in the path", STAMP_BYTES + 1);
}

int main(int count, char **arguments) {
  parse_options(count, arguments);
  address = resolve(options.target);
  int length = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: %s\r\n\r\n",
                        options.path == NULL ? "/" : options.path, options.target);
  if (length >= (int)sizeof request) die("--path is too long");
  request_length = (size_t)length;
  raise_file_limit();

  size_t most = (size_t)options.connections;
  if (most < IDLE_WARMUP_CONNECTIONS) most = IDLE_WARMUP_CONNECTIONS;
  connections = calloc(most, sizeof *connections);
  epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  if (connections == NULL || epoll_fd < 0) die("cannot start: %s", strerror(errno));
  if (options.idle)
    run_idle();
  else
    run_streams();
  return errors == 0 ? 0 : 1;
}
