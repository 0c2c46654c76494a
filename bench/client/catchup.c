/*
 * catchup: one reader of a stream of the Durable Streams protocol, from its beginning to its end.
 * Linux, one thread, blocking reads of 256 KiB.
 *
 * Creates a stream (PUT) and writes it (POST, about 1 MiB each): bytes, or with --json messages of
 * 256 B in arrays. Then reads it several times: GET after GET on one connection, each from where
 * the last one has ended, until one says Stream-Up-To-Date. What comes is thrown away, but for the
 * first time through, when bytes are compared and messages are counted; how many bytes there are
 * is checked each time. The first ones are warm-up; the others are measured.
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
#include <sys/socket.h>
#include <unistd.h>

enum {
  RECEIVE_BYTES = 256 * 1024,
  REQUEST_MAX_BYTES = 1024,
  OFFSET_MAX_BYTES = 256,
  BLOCK_BYTES = 1024 * 1024,
  MESSAGE_BYTES = 256,
  MESSAGES = BLOCK_BYTES / MESSAGE_BYTES,
};

static struct {
  const char *target, *name;
  uint64_t bytes;
  int passes, warmup;
  bool json;
  pid_t pid;
} options = {.name = "catchup", .bytes = 256 << 20, .passes = 4, .warmup = 3};

static struct response response;
static int fd;
static char *block; /* what is posted, again and again */
static size_t block_length;
static uint64_t body, messages, responses;
static bool checks;
static char offset[OFFSET_MAX_BYTES];

/* ---- requests ---- */

static void send_all(const char *data, size_t length) {
  for (ssize_t sent; length > 0; data += sent, length -= (size_t)sent)
    if ((sent = send(fd, data, length, MSG_NOSIGNAL)) < 0) die("cannot send: %s", strerror(errno));
}

static void on_body(const char *data, size_t length) {
  if (checks && options.json)
    for (const char *at = data; (at = memchr(at, '{', length - (size_t)(at - data))) != NULL; at++)
      messages++;
  for (size_t done = 0; checks && !options.json && done < length;) {
    size_t position = (body + done) % block_length, part = block_length - position;
    if (part > length - done) part = length - done;
    if (memcmp(data + done, block + position, part) != 0)
      die("other bytes than were written, near byte %ju", (uintmax_t)(body + done));
    done += part;
  }
  body += length;
}

static void on_head(void) {
  if (response.status < 200 || response.status > 204)
    die("the server answers '%.*s'", (int)strcspn(response.text, "\r"), response.text);
  if (!response_header(&response, "stream-next-offset", offset, sizeof offset))
    die("an answer without Stream-Next-Offset");
}

/* Reads one answer; true if it is the last one. */
static bool read_answer(void) {
  static char buffer[RECEIVE_BYTES];
  char up_to_date[8] = "";
  struct response_piece piece;
  for (;;) {
    ssize_t got = recv(fd, buffer, sizeof buffer, 0);
    if (got <= 0) die("cannot read: %s", got == 0 ? "closed" : strerror(errno));
    const char *data = buffer, *end = buffer + got;
    while (response_next(&response, &data, end, &piece)) {
      switch (piece.type) {
        case PIECE_HEAD:
          on_head();
          response_header(&response, "stream-up-to-date", up_to_date, sizeof up_to_date);
          break;
        case PIECE_BODY: on_body(piece.body, piece.length); break;
        case PIECE_END: return strcasecmp(up_to_date, "true") == 0;
        case PIECE_MALFORMED: die("malformed: '%.80s'", response.text);
      }
    }
  }
}

static void request(const char *method, const char *query, const char *data, size_t length) {
  char head[REQUEST_MAX_BYTES];
  const char *type = options.json ? "application/json" : "application/octet-stream";
  int written = snprintf(head, sizeof head,
                         "%s /v1/stream/%s%s HTTP/1.1\r\nHost: %s\r\n"
                         "Content-Type: %s\r\nContent-Length: %zu\r\n\r\n",
                         method, options.name, query, options.target, type, length);
  if (written >= (int)sizeof head) die("--name is too long");
  send_all(head, (size_t)written);
  send_all(data, length);
}

/* ---- writing and reading the stream ---- */

static void make_block(void) {
  block = malloc(BLOCK_BYTES + MESSAGES + 2);
  if (block == NULL) die("no memory");
  if (!options.json) {
    uint64_t random = 88172645463325252u;
    for (; block_length < BLOCK_BYTES; block_length += sizeof random) {
      random ^= random << 13, random ^= random >> 7, random ^= random << 17;
      memcpy(block + block_length, &random, sizeof random);
    }
    return;
  }
  for (int i = 0; i < MESSAGES; i++) {
    block[block_length++] = i == 0 ? '[' : ',';
    int head = sprintf(block + block_length, "{\"number\":%d,\"text\":\"", i);
    memset(block + block_length + head, '.', (size_t)(MESSAGE_BYTES - head));
    memcpy(block + block_length + MESSAGE_BYTES - 2, "\"}", 2);
    block_length += MESSAGE_BYTES;
  }
  block[block_length++] = ']';
}

static uint64_t blocks(void) { return (options.bytes + BLOCK_BYTES - 1) / BLOCK_BYTES; }

static void write_stream(void) {
  request("PUT", "", "", 0);
  read_answer();
  for (uint64_t i = 0; i < blocks(); i++) {
    request("POST", "", block, block_length);
    read_answer();
  }
}

/* Reads all of it; fails if it is not as long as it must be. */
static void read_stream(void) {
  body = messages = responses = 0;
  strcpy(offset, "-1");
  for (bool last = false; !last; responses++) {
    char query[OFFSET_MAX_BYTES + 16];
    snprintf(query, sizeof query, "?offset=%s", offset);
    request("GET", query, "", 0);
    last = read_answer();
  }
  uint64_t expected = blocks() * BLOCK_BYTES; /* of JSON: and a comma or bracket for each, */
  if (options.json) expected += blocks() * MESSAGES + responses; /* and one for each array */
  if (body != expected)
    die("%ju bytes came, not %ju", (uintmax_t)body, (uintmax_t)expected);
  if (checks && options.json && messages != blocks() * MESSAGES)
    die("%ju messages came, not %ju", (uintmax_t)messages, (uintmax_t)(blocks() * MESSAGES));
}

static void run(void) {
  make_block();
  fd = connect_to(resolve(options.target));
  if (fd < 0) die("cannot connect to %s: %s", options.target, strerror(errno));
  uint64_t began = now_nanos();
  write_stream();
  double write_seconds = (double)(now_nanos() - began) / 1e9;
  checks = true;
  read_stream();
  checks = false;
  for (int i = 1; i < options.warmup; i++) read_stream();
  uint64_t start = now_nanos(), cpu = cpu_nanos(options.pid), own_cpu = own_cpu_nanos(), total = 0;
  for (int i = 0; i < options.passes; i++) {
    read_stream();
    total += body;
  }
  double seconds = (double)(now_nanos() - start) / 1e9, gigabytes = (double)total / 1e9;
  cpu = cpu_nanos(options.pid) - cpu;
  own_cpu = own_cpu_nanos() - own_cpu;
  printf("{\"bytes\":%ju,\"responses\":%ju,\"seconds\":%.4f,\"gb_per_second\":%.4f,"
         "\"write_gb_per_second\":%.4f,\"client_cpu_seconds\":%.3f",
         (uintmax_t)body, (uintmax_t)responses, seconds, gigabytes / seconds,
         (double)body / 1e9 / write_seconds, (double)own_cpu / 1e9);
  if (options.pid != 0) printf(",\"cpu_seconds_per_gb\":%.4f", (double)cpu / 1e9 / gigabytes);
  printf("}\n");
}

static const char USAGE[] =
    "usage: catchup HOST:PORT [options]\n"
    "\n"
    "  --name NAME   the stream, which is created and written (catchup)\n"
    "  --bytes N     how long it is, at least (256 MiB)\n"
    "  --json        messages of 256 B, in arrays; otherwise bytes\n"
    "  --passes N    how often it is read (4)\n"
    "  --warmup N    and how often before, not measured (3)\n"
    "  --pid PID     the server, for its CPU time\n"
    "\n"
    "Prints one line of JSON. Exit status: 0 good, 2 nothing measured.\n";

int main(int count, char **arguments) {
  static const struct option LONG[] = {{"name", 1, 0, 'n'},   {"bytes", 1, 0, 'b'},
                                       {"json", 0, 0, 'j'},   {"passes", 1, 0, 'p'},
                                       {"warmup", 1, 0, 'w'}, {"pid", 1, 0, 'i'},
                                       {"help", 0, 0, 'h'},   {0, 0, 0, 0}};
  for (int option; (option = getopt_long(count, arguments, "", LONG, NULL)) != -1;) {
    switch (option) {
      case 'n': options.name = optarg; break;
      case 'b': options.bytes = (uint64_t)number(optarg, 1, 1e12); break;
      case 'j': options.json = true; break;
      case 'p': options.passes = (int)number(optarg, 1, 1000); break;
      case 'w': options.warmup = (int)number(optarg, 1, 1000); break;
      case 'i': options.pid = (pid_t)number(optarg, 1, 1 << 30); break;
      case 'h': fputs(USAGE, stdout); exit(0);
      default: fputs(USAGE, stderr); exit(2);
    }
  }
  if (optind != count - 1) die("give one HOST:PORT (see --help)");
  options.target = arguments[optind];
  run();
  return 0;
}
