/*
 * fetch: one GET over HTTP/1.1, read as fast as it comes and thrown away. Linux, one thread,
 * blocking reads of 256 KiB, as large receive buffers as the system gives by itself.
 *
 * The body has a length, or chunks, whose framing is checked and not counted. Its bytes are not
 * looked at: compare what a server sends in another way before its speed is measured.
 */
#define _GNU_SOURCE
#include "measure.h"

#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { RECEIVE_BYTES = 256 * 1024, HEAD_MAX_BYTES = 8192, LINE_MAX_BYTES = 64 };

enum state { HEAD, CHUNK_SIZE, CHUNK_DATA, CHUNK_END, TRAILER, LENGTH, DONE };

static struct {
  const char *target, *path;
  uint64_t bytes; /* what is expected; 0: not known */
  pid_t pid;
} options;

static enum state state = HEAD;
static char text[HEAD_MAX_BYTES]; /* the head, then lines of the framing */
static size_t text_length;
static uint64_t remaining, body, first_nanos;

static void on_head(void) {
  if (strncmp(text, "HTTP/1.1 200", 12) != 0)
    die("the server answers '%.*s'", (int)strcspn(text, "\r\n"), text);
  const char *length = strcasestr(text, "\r\ncontent-length:");
  if (length != NULL)
    remaining = strtoull(length + 17, NULL, 10);
  else if (strcasestr(text, "\r\ntransfer-encoding: chunked") == NULL)
    die("the body has neither a length nor chunks");
  state = length == NULL ? CHUNK_SIZE : remaining > 0 ? LENGTH : DONE;
}

static void on_chunk_size(void) {
  char *end;
  remaining = strtoull(text, &end, 16);
  if (end == text || (*end != '\r' && *end != ';')) die("not a chunk size: '%s'", text);
  state = remaining > 0 ? CHUNK_DATA : TRAILER;
}

static void on_line(void) {
  bool empty = strcmp(text, "\r\n") == 0;
  switch (state) {
    case CHUNK_SIZE: on_chunk_size(); break;
    case TRAILER: if (empty) state = DONE; break;
    case CHUNK_END:
      if (!empty) die("a chunk is longer than its size says");
      state = CHUNK_SIZE;
      break;
    case HEAD: case CHUNK_DATA: case LENGTH: case DONE: break; /* not lines */
  }
}

/* Takes one byte of the head or of a line. */
static void on_text(char byte) {
  size_t most = state == HEAD ? sizeof text : LINE_MAX_BYTES;
  if (text_length + 1 >= most) die("a head or a line is too long");
  text[text_length++] = byte;
  text[text_length] = '\0';
  if (byte != '\n') return;
  if (state == HEAD && (text_length < 4 || memcmp(text + text_length - 4, "\r\n\r\n", 4) != 0))
    return;
  text_length = 0;
  if (state == HEAD)
    on_head();
  else
    on_line();
}

static void on_bytes(const char *data, const char *end) {
  while (data < end && state != DONE) {
    if (state != CHUNK_DATA && state != LENGTH) {
      on_text(*data++);
      continue;
    }
    if (first_nanos == 0) first_nanos = now_nanos();
    uint64_t taken = (uint64_t)(end - data);
    if (taken > remaining) taken = remaining;
    data += taken;
    body += taken;
    remaining -= taken;
    if (remaining == 0) state = state == LENGTH ? DONE : CHUNK_END;
  }
}

static void run(void) {
  static char buffer[RECEIVE_BYTES];
  char request[2048];
  int length = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: %s\r\n\r\n",
                        options.path, options.target);
  if (length >= (int)sizeof request) die("--path is too long");
  int fd = connect_to(resolve(options.target));
  if (fd < 0) die("cannot connect to %s: %s", options.target, strerror(errno));
  uint64_t start = now_nanos(), cpu = cpu_nanos(options.pid), own_cpu = own_cpu_nanos();
  if (send(fd, request, (size_t)length, MSG_NOSIGNAL) != length) die("send: %s", strerror(errno));
  while (state != DONE && (options.bytes == 0 || body < options.bytes)) {
    ssize_t got = recv(fd, buffer, sizeof buffer, 0);
    if (got < 0) die("cannot read after %ju bytes: %s", (uintmax_t)body, strerror(errno));
    if (got == 0) die("the server closed after %ju bytes", (uintmax_t)body);
    on_bytes(buffer, buffer + got);
  }
  double seconds = (double)(now_nanos() - start) / 1e9, gigabytes = (double)body / 1e9;
  cpu = cpu_nanos(options.pid) - cpu;
  own_cpu = own_cpu_nanos() - own_cpu;
  close(fd);
  if (options.bytes != 0 && body != options.bytes)
    die("%ju bytes came, not %ju", (uintmax_t)body, (uintmax_t)options.bytes);
  printf("{\"bytes\":%ju,\"seconds\":%.4f,\"gb_per_second\":%.4f,\"first_byte_ms\":%.3f,"
         "\"client_cpu_seconds\":%.3f",
         (uintmax_t)body, seconds, gigabytes / seconds,
         first_nanos == 0 ? 0.0 : (double)(first_nanos - start) / 1e6, (double)own_cpu / 1e9);
  if (options.pid != 0) printf(",\"cpu_seconds_per_gb\":%.4f", (double)cpu / 1e9 / gigabytes);
  printf("}\n");
}

static const char USAGE[] =
    "usage: fetch HOST:PORT --path PATH [options]\n"
    "\n"
    "  --path PATH  what to GET\n"
    "  --bytes N    how long the body is; then a stream need not end\n"
    "  --pid PID    the server, for its CPU time\n"
    "\n"
    "Prints one line of JSON. Exit status: 0 good, 2 nothing measured.\n";

int main(int count, char **arguments) {
  static const struct option LONG[] = {{"path", 1, 0, 'p'},
                                       {"bytes", 1, 0, 'b'},
                                       {"pid", 1, 0, 'i'},
                                       {"help", 0, 0, 'h'},
                                       {0, 0, 0, 0}};
  for (int option; (option = getopt_long(count, arguments, "", LONG, NULL)) != -1;) {
    switch (option) {
      case 'p': options.path = optarg; break;
      case 'b': options.bytes = (uint64_t)number(optarg, 1, 1e15); break;
      case 'i': options.pid = (pid_t)number(optarg, 1, 1 << 30); break;
      case 'h': fputs(USAGE, stdout); exit(0);
      default: fputs(USAGE, stderr); exit(2);
    }
  }
  if (optind != count - 1 || options.path == NULL) die("give HOST:PORT and --path (see --help)");
  options.target = arguments[optind];
  run();
  return 0;
}
