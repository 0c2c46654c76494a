#define _GNU_SOURCE
#include "measure.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CONNECT_SECONDS = 10 };

void complain(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fprintf(stderr, "%s: ", program_invocation_short_name);
  vfprintf(stderr, format, arguments);
  fputc('\n', stderr);
  va_end(arguments);
}

static uint64_t clock_nanos(clockid_t clock) {
  struct timespec now;
  if (clock_gettime(clock, &now) != 0) die("clock_gettime: %s", strerror(errno));
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint64_t now_nanos(void) { return clock_nanos(CLOCK_MONOTONIC); }

uint64_t own_cpu_nanos(void) { return clock_nanos(CLOCK_PROCESS_CPUTIME_ID); }

uint64_t cpu_nanos(pid_t pid) {
  clockid_t clock;
  if (pid == 0) return 0;
  if (clock_getcpuclockid(pid, &clock) != 0) die("no process %d", (int)pid);
  return clock_nanos(clock);
}

long rss_kb(pid_t pid) {
  char name[64], line[256];
  long kb = -1;
  snprintf(name, sizeof name, "/proc/%d/status", (int)pid);
  FILE *status = fopen(name, "r");
  if (status == NULL) die("%s: %s", name, strerror(errno));
  while (kb < 0 && fgets(line, sizeof line, status) != NULL) sscanf(line, "VmRSS: %ld kB", &kb);
  fclose(status);
  if (kb < 0) die("%s has no VmRSS", name);
  return kb;
}

long number_of_command(const char *command) {
  long value;
  FILE *output = popen(command, "r");
  if (output == NULL || fscanf(output, "%ld", &value) != 1)
    die("no number comes from: %s", command);
  pclose(output);
  return value;
}

static size_t bucket_of(uint64_t value) {
  if (value < 2 * SUB_BUCKETS) return value;
  int shift = 63 - __builtin_clzll(value) - 5;
  size_t bucket = (size_t)shift * SUB_BUCKETS + (value >> shift);
  return bucket < BUCKETS ? bucket : BUCKETS - 1;
}

static double bucket_middle(size_t bucket) {
  if (bucket < 2 * SUB_BUCKETS) return (double)bucket;
  size_t shift = bucket / SUB_BUCKETS - 1;
  return ((double)(bucket - shift * SUB_BUCKETS) + 0.5) * (double)(1ull << shift);
}

void latency_add(struct latencies *latencies, uint64_t nanos) {
  latencies->count++;
  latencies->buckets[bucket_of(nanos)]++;
}

double latency_us(const struct latencies *latencies, double fraction) {
  double wanted = fraction * (double)latencies->count, seen = 0;
  size_t bucket = 0;
  while (bucket < BUCKETS - 1 && (seen += (double)latencies->buckets[bucket]) < wanted) bucket++;
  return bucket_middle(bucket) / 1000;
}

double number(const char *text, double least, double most) {
  char *end;
  double value = strtod(text, &end);
  if (end == text || *end != '\0' || !(value >= least && value <= most))
    die("not a number from %g to %g: '%s'", least, most, text);
  return value;
}

uint64_t query_number(const char *path, const char *name) {
  size_t length = strlen(name);
  const char *at = path == NULL ? NULL : strchr(path, '?');
  while (at != NULL && (strncmp(at + 1, name, length) != 0 || at[length + 1] != '='))
    at = strchr(at + 1, '&');
  return at == NULL ? 0 : strtoull(at + length + 2, NULL, 10);
}

struct addrinfo *resolve(const char *target) {
  char host[256];
  const char *colon = strrchr(target, ':');
  if (colon == NULL || (size_t)(colon - target) >= sizeof host) die("not HOST:PORT: '%s'", target);
  snprintf(host, sizeof host, "%.*s", (int)(colon - target), target);
  struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM}, *address;
  int failure = getaddrinfo(host, colon + 1, &hints, &address);
  if (failure != 0) die("%s: %s", target, gai_strerror(failure));
  return address;
}

int connect_to(const struct addrinfo *address) {
  struct timeval limit = {.tv_sec = CONNECT_SECONDS};
  int on = 1, fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) die("socket: %s", strerror(errno));
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit); /* bounds connect() */
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (connect(fd, address->ai_addr, address->ai_addrlen) == 0) return fd;
  int failure = errno;
  close(fd);
  errno = failure;
  return -1;
}

void raise_file_limit(void) {
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
}
