/*
 * handshakes: TLS handshakes from the client's side. Linux, one thread, one epoll.
 *
 * C connections at the same time: each is opened, completes its handshake, says that it closes, and
 * is closed; then there is the next one. Nothing is asked for. With --resume all of them resume the
 * session of a connection before the measurement.
 */
#define _GNU_SOURCE
#include "measure.h"
#include "wire.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { EVENTS_MAX = 256, ERRORS_SHOWN = 5, SESSION_WAIT_MS = 2000 };

static struct {
  const char *target;
  int connections;
  double seconds, warmup;
  bool resume;
  pid_t pid;
} options = {.connections = 16, .seconds = 5, .warmup = 1};

static struct addrinfo *address;
static int epoll_fd;
static uint64_t handshakes, resumed, errors;

static void begin_handshake(struct wire *wire) {
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = wire};
  if (!wire_open(wire, address))
    die("cannot connect to %s: %s", options.target, strerror(errno));
  if (wire_handshake(wire) == WIRE_FAILED) die("cannot begin a handshake");
  if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, wire->fd, &event) != 0) die("epoll: %s", strerror(errno));
}

static void on_readable(struct wire *wire) {
  enum wire_result result = wire_receive(wire) > 0 ? wire_handshake(wire) : WIRE_FAILED;
  if (result == WIRE_WAITS) return;
  if (result == WIRE_DONE) {
    handshakes++;
    resumed += wire_resumed(wire);
  } else if (errors++ < ERRORS_SHOWN) {
    complain("a handshake failed");
  }
  wire_close(wire);
  begin_handshake(wire);
}

static void poll_for(double seconds) {
  struct epoll_event events[EVENTS_MAX];
  uint64_t end = now_nanos() + (uint64_t)(seconds * 1e9);
  while (now_nanos() < end) {
    int count = epoll_wait(epoll_fd, events, EVENTS_MAX, 10);
    for (int i = 0; i < count; i++) on_readable(events[i].data.ptr);
  }
}

/* A session comes behind the handshake, or together with its end. */
static void take_session(void) {
  struct wire wire;
  const char *data;
  wire_keep_session();
  if (!wire_open(&wire, address) || !wire_secure(&wire)) die("no handshake");
  for (int waited = 0; waited < SESSION_WAIT_MS; waited++) {
    while (wire_read(&wire, &data) > 0) {}
    if (wire_has_session()) break;
    usleep(1000);
    wire_receive(&wire);
  }
  if (!wire_has_session()) die("the server gives no session");
  wire_close(&wire);
}

static void run(void) {
  struct wire *wires = calloc((size_t)options.connections, sizeof *wires);
  epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  if (wires == NULL || epoll_fd < 0) die("cannot start: %s", strerror(errno));
  if (options.resume) take_session();
  for (int i = 0; i < options.connections; i++) begin_handshake(&wires[i]);
  poll_for(options.warmup);
  handshakes = resumed = 0;
  uint64_t start = now_nanos(), cpu = cpu_nanos(options.pid), own_cpu = own_cpu_nanos();
  poll_for(options.seconds);
  double seconds = (double)(now_nanos() - start) / 1e9;
  cpu = cpu_nanos(options.pid) - cpu;
  own_cpu = own_cpu_nanos() - own_cpu;
  if (handshakes == 0 || resumed != (options.resume ? handshakes : 0))
    complain("error %d: %ju of %ju handshakes resumed", (int)++errors, (uintmax_t)resumed,
             (uintmax_t)handshakes);
  printf("{\"connections\":%d,\"seconds\":%.3f,\"handshakes\":%ju,\"resumed\":%ju,"
         "\"handshakes_per_second\":%.1f,\"client_cpu_seconds\":%.3f",
         options.connections, seconds, (uintmax_t)handshakes, (uintmax_t)resumed,
         (double)handshakes / seconds, (double)own_cpu / 1e9);
  if (options.pid != 0 && handshakes > 0)
    printf(",\"cpu_us_per_handshake\":%.3f", (double)cpu / 1e3 / (double)handshakes);
  printf(",\"errors\":%ju}\n", (uintmax_t)errors);
}

static const char USAGE[] =
    "usage: handshakes HOST:PORT [options]\n"
    "\n"
    "  --connections C  handshakes at the same time (16)\n"
    "  --seconds T      the measured window (5)\n"
    "  --warmup T       seconds before it (1)\n"
    "  --resume         resume the session of a first connection\n"
    "  --pid PID        the server, for its CPU time\n"
    "\n"
    "TLS 1.3 with AES-128-GCM and X25519. Prints one line of JSON. Exit status: 0 good, 1 errors\n"
    "while measuring, 2 nothing measured.\n";

static void set_option(int option) {
  switch (option) {
    case 'c': options.connections = (int)number(optarg, 1, 1000); break;
    case 't': options.seconds = number(optarg, 0.1, 3600); break;
    case 'w': options.warmup = number(optarg, 0, 3600); break;
    case 'r': options.resume = true; break;
    case 'i': options.pid = (pid_t)number(optarg, 1, 1 << 30); break;
    case 'h': fputs(USAGE, stdout); exit(0);
    default: fputs(USAGE, stderr); exit(2);
  }
}

int main(int count, char **arguments) {
  static const struct option LONG[] = {
      {"connections", 1, 0, 'c'}, {"seconds", 1, 0, 't'}, {"warmup", 1, 0, 'w'},
      {"resume", 0, 0, 'r'},      {"pid", 1, 0, 'i'},     {"help", 0, 0, 'h'},
      {0, 0, 0, 0}};
  for (int option; (option = getopt_long(count, arguments, "", LONG, NULL)) != -1;)
    set_option(option);
  if (optind != count - 1) die("give one HOST:PORT (see --help)");
  options.target = arguments[optind];
  signal(SIGPIPE, SIG_IGN);
  address = resolve(options.target);
  raise_file_limit();
  wire_use_tls("http/1.1");
  run();
  return errors == 0 ? 0 : 1;
}
