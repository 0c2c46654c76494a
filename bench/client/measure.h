/*
 * What the clients share: complaints, clocks, the server's CPU time, latencies, options, addresses.
 * A client is one thread; nothing here is safe for more.
 */
#ifndef MEASURE_H
#define MEASURE_H

#include <netdb.h>
#include <stdint.h>
#include <sys/types.h>

enum {
  SUB_BUCKETS = 32, /* per power of two: a latency is exact to 3 % */
  BUCKETS = 60 * SUB_BUCKETS,
};

/* Log buckets, as in HdrHistogram. */
struct latencies {
  uint64_t count;
  uint64_t buckets[BUCKETS];
};

/* One line to standard error, after the name of the program. */
__attribute__((format(printf, 1, 2))) void complain(const char *format, ...);

/* Nothing can be measured. */
#define die(...) (complain(__VA_ARGS__), exit(2))

uint64_t now_nanos(void);

/* User and system time of this process. */
uint64_t own_cpu_nanos(void);

/* User and system time of all threads a process has or had: what utime + stime of /proc/PID/stat
 * say, in nanoseconds instead of 10 ms ticks. 0 if pid is. */
uint64_t cpu_nanos(pid_t pid);

/* What a process has in memory. */
long rss_kb(pid_t pid);

/* The number that a command prints. */
long number_of_command(const char *command);

void latency_add(struct latencies *latencies, uint64_t nanos);
double latency_us(const struct latencies *latencies, double fraction);

/* An option's value, or die. */
double number(const char *text, double least, double most);

/* The value of a numeric parameter of a path's query, 0 if there is none, or no path. */
uint64_t query_number(const char *path, const char *name);

/* HOST:PORT, or die. */
struct addrinfo *resolve(const char *target);

/* A connection without Nagle's delay, after at most ten seconds; -1 and errno if there is none. */
int connect_to(const struct addrinfo *address);

/* As many descriptors as the system allows. */
void raise_file_limit(void);

#endif
