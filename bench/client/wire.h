/*
 * A connection's bytes, plain or through TLS 1.3 (OpenSSL): a socket that does not block, one
 * receive for all that has come, and then record after record out of that.
 */
#ifndef WIRE_H
#define WIRE_H

#include <netdb.h>
#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>

enum wire_result { WIRE_WAITS, WIRE_DONE, WIRE_FAILED };

struct wire {
  int fd; /* -1: closed */
  bool secured;
  SSL *ssl; /* NULL: plain */
  const char *input; /* what was received and TLS has not taken yet */
  size_t input_length;
};

/* Wires are of TLS from now on. One cipher and one group, so that no server's choice counts.
 * Certificates are not checked; what the server signs is. */
void wire_use_tls(const char *protocol);

/* Keeps the next session that a server gives: wires that are opened then resume it. */
void wire_keep_session(void);

bool wire_has_session(void);

/* Connects; false and errno if it cannot. */
bool wire_open(struct wire *wire, const struct addrinfo *address);

/* Receives and goes on with the handshake, of which one without TLS has none. */
enum wire_result wire_handshake(struct wire *wire);

/* The handshake, however long it waits. */
bool wire_secure(struct wire *wire);

bool wire_resumed(const struct wire *wire);

/* Receives once. Bytes, then for as long as there are more wire_read; 0: the end; -1: nothing yet
 * (EAGAIN), or an error, in errno. */
ssize_t wire_receive(struct wire *wire);

/* The next bytes of those received: 0 if there are no more, -1 if they are not TLS. */
ssize_t wire_read(struct wire *wire, const char **data);

/* Sends all, or false: what a client here sends is less than a socket takes. */
bool wire_send(struct wire *wire, const char *data, size_t length);

void wire_close(struct wire *wire);

#endif
