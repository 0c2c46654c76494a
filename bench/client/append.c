/*
 * append: producers over HTTP/1.1. Linux, one thread, one epoll.
 *
 * Creates N streams (PUT), then holds C connections that each send one record (POST), wait for its
 * answer, send the next. Connection i appends to stream i mod N. Anything but 200 and 204 is an
 * error and gives the connection up, but for 404 to a first record: that is sent again. With
 * --idempotent each connection is a producer of the protocol, which numbers its records.
 *
 * A record: producer and number, padding, '\n'; the sum of the streams' lengths must therefore be
 * the sum of what was acknowledged, and "acknowledged" counts all of it, warm-up and the last
 * answers too.
 *
 * Phases: warm-up; the measured window; until every producer has its last answer.
 */
#define _GNU_SOURCE
#include "measure.h"

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
  HEAD_MAX_BYTES = 512,
  ANSWER_MAX_BYTES = 4096,
  EVENTS_MAX = 256,
  LAST_ANSWER_SECONDS = 10,
  ERRORS_SHOWN = 5,
};

struct producer {
  int fd; /* -1: closed */
  uint64_t sent;      /* records */
  uint64_t sent_nanos; /* when the last one was */
  char *request;      /* head and body */
  size_t head_length, answer_length;
  bool waits;
  char answer[ANSWER_MAX_BYTES];
};

static struct {
  const char *target, *path;
  int connections, streams;
  double seconds, warmup;
  size_t size;
  bool idempotent;
  pid_t pid;
} options = {.path = "/v1/stream/bench",
             .connections = 64,
             .streams = 1,
             .seconds = 5,
             .warmup = 2,
             .size = 256};

static struct addrinfo *address;
static struct producer *producers;
static struct latencies latencies;
static uint64_t acknowledged, errors;
static int epoll_fd, waiting;
static bool ending;

/* Counts one error and gives the producer up. */
#define fail(p, ...) \
  (errors++ < ERRORS_SHOWN ? complain(__VA_ARGS__) : (void)0, close_producer(p))

static void close_producer(struct producer *p) {
  if (p->fd >= 0) close(p->fd);
  waiting -= p->waits;
  p->waits = false;
  p->fd = -1;
}

/* ---- answers ---- */

/* The value of a header, without its name, or NULL. The text ends with the head. */
static const char *header(const char *head, const char *name) {
  size_t length = strlen(name);
  for (const char *line = strstr(head, "\r\n"); line != NULL; line = strstr(line + 2, "\r\n"))
    if (strncasecmp(line + 2, name, length) == 0 && line[2 + length] == ':')
      return line + 3 + length;
  return NULL;
}

/* How long the answer is that begins here; 0 if that cannot be told yet. Bodies are short. */
static size_t answer_length(char *answer, size_t length) {
  answer[length] = '\0';
  char *end = strstr(answer, "\r\n\r\n");
  if (end == NULL) return 0;
  char *body = end + 4, kept = *body;
  *body = '\0';
  const char *declared = header(answer, "content-length");
  const char *encoding = header(answer, "transfer-encoding");
  size_t whole = (size_t)(body - answer);
  if (encoding != NULL) {
    *body = kept;
    const char *last = strstr(body - 2, "\r\n0\r\n\r\n"); /* behind the head's end or a chunk's */
    return last == NULL ? 0 : (size_t)(last - answer) + 7;
  }
  if (declared != NULL) whole += strtoul(declared, NULL, 10);
  *body = kept;
  return whole <= length ? whole : 0;
}

static int status_of(const char *answer) {
  return strncmp(answer, "HTTP/1.1 ", 9) == 0 ? atoi(answer + 9) : 0;
}

/* ---- the streams ---- */

static int format_head(char *head, const char *method, int stream, size_t length,
                       const char *fields) {
  int written = snprintf(head, HEAD_MAX_BYTES,
                         "%s %s-%d HTTP/1.1\r\nHost: %s\r\n"
                         "Content-Type: application/octet-stream\r\nContent-Length: %zu\r\n%s\r\n",
                         method, options.path, stream, options.target, length, fields);
  if (written >= HEAD_MAX_BYTES) die("--path is too long");
  return written;
}

static void create_streams(void) {
  char head[HEAD_MAX_BYTES], answer[ANSWER_MAX_BYTES];
  int fd = connect_to(address);
  if (fd < 0) die("cannot connect to %s: %s", options.target, strerror(errno));
  for (int stream = 0; stream < options.streams; stream++) {
    int length = format_head(head, "PUT", stream, 0, "");
    if (send(fd, head, (size_t)length, MSG_NOSIGNAL) != length) die("send: %s", strerror(errno));
    size_t have = 0;
    for (ssize_t got; have == 0 || answer_length(answer, have) == 0; have += (size_t)got) {
      got = recv(fd, answer + have, sizeof answer - 1 - have, 0);
      if (got <= 0) die("no answer to PUT: %s", got == 0 ? "closed" : strerror(errno));
    }
    if (status_of(answer) != 201 && status_of(answer) != 200)
      die("the answer to PUT is '%.*s'", (int)strcspn(answer, "\r\n"), answer);
  }
  close(fd);
}

/* ---- producers ---- */

/* Formats the head of a record, which is the same for all of them but for its number. */
static void format_record_head(struct producer *p, int index) {
  char fields[128] = "";
  if (p->head_length > 0 && !options.idempotent) return;
  if (options.idempotent)
    snprintf(fields, sizeof fields,
             "Producer-Id: bench-%d\r\nProducer-Epoch: 0\r\nProducer-Seq: %ju\r\n", index,
             (uintmax_t)p->sent);
  p->head_length =
      (size_t)format_head(p->request, "POST", index % options.streams, options.size, fields);
}

static void send_record(struct producer *p) {
  int index = (int)(p - producers);
  format_record_head(p, index);
  char *body = p->request + p->head_length;
  memset(body, '.', options.size);
  body[sprintf(body, "%d %ju", index, (uintmax_t)p->sent++)] = ' ';
  body[options.size - 1] = '\n';
  p->answer_length = 0;
  waiting += !p->waits;
  p->waits = true;
  p->sent_nanos = now_nanos();
  size_t length = p->head_length + options.size;
  if (send(p->fd, p->request, length, MSG_NOSIGNAL) != (ssize_t)length)
    fail(p, "cannot send: %s", strerror(errno));
}

static void open_producer(int index) {
  struct producer *p = &producers[index];
  p->request = malloc(HEAD_MAX_BYTES + options.size + 64);
  if (p->request == NULL) die("no memory");
  p->fd = connect_to(address);
  if (p->fd < 0) die("cannot connect to %s: %s", options.target, strerror(errno));
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = p};
  if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, p->fd, &event) != 0) die("epoll: %s", strerror(errno));
  send_record(p);
}

static void on_answer(struct producer *p) {
  int status = status_of(p->answer);
  if (status == 404 && p->sent == 1) { /* the Node peer may have forgotten a PUT for a moment */
    p->sent = 0;
    send_record(p);
    return;
  }
  if (status != 200 && status != 204) {
    fail(p, "the answer is '%s'", p->answer);
    return;
  }
  acknowledged++;
  latency_add(&latencies, now_nanos() - p->sent_nanos);
  if (!ending) {
    send_record(p);
  } else {
    waiting--;
    p->waits = false;
  }
}

static void on_readable(struct producer *p) {
  if (p->fd < 0) return;
  size_t room = sizeof p->answer - 1 - p->answer_length;
  ssize_t got = recv(p->fd, p->answer + p->answer_length, room, MSG_DONTWAIT);
  if (got > 0) {
    p->answer_length += (size_t)got;
    size_t length = answer_length(p->answer, p->answer_length);
    if (length == p->answer_length)
      on_answer(p);
    else if (length > 0 || p->answer_length == sizeof p->answer - 1)
      fail(p, "more came than one short answer: '%s'", p->answer);
  } else if (got == 0) {
    fail(p, "the server closed the connection");
  } else if (errno != EAGAIN && errno != EINTR) {
    fail(p, "cannot read: %s", strerror(errno));
  }
}

static void poll_until(uint64_t end, bool all) {
  struct epoll_event events[EVENTS_MAX];
  for (uint64_t now; (now = now_nanos()) < end && (all || waiting > 0);) {
    int count = epoll_wait(epoll_fd, events, EVENTS_MAX, (int)((end - now) / 1000000) + 1);
    if (count < 0 && errno != EINTR) die("epoll_wait: %s", strerror(errno));
    for (int i = 0; i < count; i++) on_readable(events[i].data.ptr);
  }
}

static uint64_t after(double seconds) { return now_nanos() + (uint64_t)(seconds * 1e9); }

static void run(void) {
  for (int i = 0; i < options.connections; i++) open_producer(i);
  poll_until(after(options.warmup), true);
  latencies = (struct latencies){0};
  uint64_t start = now_nanos(), cpu = cpu_nanos(options.pid), own_cpu = own_cpu_nanos();
  poll_until(after(options.seconds), true);
  double seconds = (double)(now_nanos() - start) / 1e9;
  cpu = cpu_nanos(options.pid) - cpu;
  own_cpu = own_cpu_nanos() - own_cpu;
  struct latencies window = latencies;
  ending = true;
  poll_until(after(LAST_ANSWER_SECONDS), false);
  if (waiting > 0) complain("%d producers without an answer", waiting), errors++;
  if (window.count == 0) complain("nothing was acknowledged"), errors++;
  printf("{\"connections\":%d,\"streams\":%d,\"seconds\":%.3f,\"appends\":%ju,"
         "\"appends_per_second\":%.1f,\"p50_us\":%.1f,\"p99_us\":%.1f,\"client_cpu_seconds\":%.3f",
         options.connections, options.streams, seconds, (uintmax_t)window.count,
         (double)window.count / seconds, latency_us(&window, 0.50), latency_us(&window, 0.99),
         (double)own_cpu / 1e9);
  if (options.pid != 0 && window.count > 0)
    printf(",\"server_cpu_seconds\":%.3f,\"cpu_us_per_append\":%.2f", (double)cpu / 1e9,
           (double)cpu / 1e3 / (double)window.count);
  printf(",\"acknowledged\":%ju,\"errors\":%ju}\n", (uintmax_t)acknowledged, (uintmax_t)errors);
}

/* ---- start ---- */

static const char USAGE[] =
    "usage: append HOST:PORT [options]\n"
    "\n"
    "  --path PATH      the streams are PATH-0, PATH-1, ... (/v1/stream/bench)\n"
    "  --connections C  producers, each with a connection of its own (64)\n"
    "  --streams N      how many streams they share (1)\n"
    "  --size S         bytes per record (256)\n"
    "  --idempotent     with Producer-Id, -Epoch and -Seq; a connection is a producer\n"
    "  --seconds T      the measured window (5)\n"
    "  --warmup T       seconds before it (2)\n"
    "  --pid PID        the server, for its CPU time\n"
    "\n"
    "Prints one line of JSON. Exit status: 0 good, 1 errors while measuring, 2 nothing measured.\n";

static void parse_options(int count, char **arguments) {
  static const struct option LONG[] = {
      {"path", 1, 0, 'p'}, {"connections", 1, 0, 'c'}, {"streams", 1, 0, 'n'},
      {"size", 1, 0, 's'}, {"seconds", 1, 0, 't'},     {"warmup", 1, 0, 'w'},
      {"pid", 1, 0, 'i'},  {"idempotent", 0, 0, 'd'},  {"help", 0, 0, 'h'},
      {0, 0, 0, 0}};
  for (int option; (option = getopt_long(count, arguments, "", LONG, NULL)) != -1;) {
    switch (option) {
      case 'p': options.path = optarg; break;
      case 'c': options.connections = (int)number(optarg, 1, 10000); break;
      case 'n': options.streams = (int)number(optarg, 1, 100000); break;
      case 's': options.size = (size_t)number(optarg, 40, 1 << 20); break;
      case 'd': options.idempotent = true; break;
      case 't': options.seconds = number(optarg, 0.1, 3600); break;
      case 'w': options.warmup = number(optarg, 0, 3600); break;
      case 'i': options.pid = (pid_t)number(optarg, 1, 1 << 30); break;
      case 'h': fputs(USAGE, stdout); exit(0);
      default: fputs(USAGE, stderr); exit(2);
    }
  }
  if (optind != count - 1) die("give one HOST:PORT (see --help)");
  options.target = arguments[optind];
}

int main(int count, char **arguments) {
  parse_options(count, arguments);
  address = resolve(options.target);
  raise_file_limit();
  producers = calloc((size_t)options.connections, sizeof *producers);
  epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  if (producers == NULL || epoll_fd < 0) die("cannot start: %s", strerror(errno));
  create_streams();
  run();
  return errors == 0 ? 0 : 1;
}
