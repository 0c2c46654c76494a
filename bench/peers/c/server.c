/*
 * The floor: a thread per connection and one send() per message, chunk framing included.
 *
 *     server PORT        (0: any free port; the URL is printed when it listens)
 *
 * GET /stream?n=N&size=S&gap=MICROS: N messages of S bytes, a pause of MICROS between them.
 * A message: 'T', 19 digits of CLOCK_MONOTONIC in nanoseconds, padding, '\n'.
 * Knows as much of HTTP as that takes; it is a yardstick, not a server.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { HEAD_MAX_BYTES = 4096, STACK_BYTES = 64 * 1024, BACKLOG = 4096, DIGITS = 19 };

static bool send_all(int fd, const char *data, size_t length) {
  while (length > 0) {
    ssize_t sent = send(fd, data, length, MSG_NOSIGNAL);
    if (sent < 0) return false;
    data += sent;
    length -= (size_t)sent;
  }
  return true;
}

static void put_timestamp(char *digits) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  uint64_t nanos = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
  for (int i = DIGITS - 1; i >= 0; i--, nanos /= 10) digits[i] = (char)('0' + nanos % 10);
}

static bool stream(int fd, long count, size_t size, long gap_micros) {
  static const char HEAD[] =
      "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n";
  struct timespec gap = {gap_micros / 1000000, gap_micros % 1000000 * 1000};
  char *chunk = malloc(size + 32);
  if (chunk == NULL) return false;
  size_t framing = (size_t)sprintf(chunk, "%zx\r\n", size);
  char *message = chunk + framing;
  memset(message, '.', size);
  message[0] = 'T';
  memcpy(message + size - 1, "\n\r\n", 3);

  bool alive = send_all(fd, HEAD, sizeof HEAD - 1);
  for (long i = 0; alive && i < count; i++) {
    if (i > 0 && gap_micros > 0) nanosleep(&gap, NULL);
    put_timestamp(message + 1);
    alive = send_all(fd, chunk, framing + size + 2);
  }
  free(chunk);
  return alive && send_all(fd, "0\r\n\r\n", 5);
}

static bool answer(int fd, const char *head) {
  static const char NOT_FOUND[] = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
  long count, gap;
  size_t size;
  bool known = sscanf(head, "GET /stream?n=%ld&size=%zu&gap=%ld", &count, &size, &gap) == 3;
  if (!known || size <= DIGITS + 1 || size > 1 << 30)
    return send_all(fd, NOT_FOUND, sizeof NOT_FOUND - 1);
  return stream(fd, count, size, gap);
}

/* One request at a time: what a client sends ahead of an answer is not kept. */
static void *serve(void *argument) {
  int fd = (int)(intptr_t)argument;
  char head[HEAD_MAX_BYTES];
  size_t length = 0;
  for (ssize_t got; (got = recv(fd, head + length, sizeof head - 1 - length, 0)) > 0;) {
    length += (size_t)got;
    head[length] = '\0';
    if (strstr(head, "\r\n\r\n") == NULL) continue;
    if (!answer(fd, head)) break;
    length = 0;
  }
  close(fd);
  return NULL;
}

static void accept_all(int listener) {
  pthread_attr_t small;
  pthread_attr_init(&small);
  pthread_attr_setstacksize(&small, STACK_BYTES);
  pthread_attr_setdetachstate(&small, PTHREAD_CREATE_DETACHED);
  for (;;) {
    int on = 1, fd = accept(listener, NULL, NULL);
    pthread_t thread;
    if (fd < 0) continue;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (pthread_create(&thread, &small, serve, (void *)(intptr_t)fd) != 0) close(fd);
  }
}

int main(int count, char **arguments) {
  struct sockaddr_in local = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof local;
  int on = 1, listener = socket(AF_INET, SOCK_STREAM, 0);
  local.sin_port = htons((uint16_t)(count > 1 ? atoi(arguments[1]) : 0));
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(listener, (struct sockaddr *)&local, length) != 0 || listen(listener, BACKLOG) != 0) {
    perror("server: cannot listen");
    return 1;
  }
  getsockname(listener, (struct sockaddr *)&local, &length);
  printf("http://127.0.0.1:%d/\n", ntohs(local.sin_port));
  fflush(stdout);
  accept_all(listener);
}
