/*
 * The client's side of one HTTP/2 connection (RFC 9113): bytes in, pieces and the bytes to be sent
 * out; no I/O. What a server in a benchmark has no reason to send (padding, pushes, continued
 * headers) is malformed.
 *
 *     http2_begin(&http2);
 *     while (http2_next(&http2, &data, end, &piece)) switch (piece.type) { ... }
 *     send(http2.out, http2.out_length), http2.out_length = 0;
 */
#ifndef HTTP2_H
#define HTTP2_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
  HTTP2_FRAME_MAX_BYTES = 16384, /* what a client gets that does not ask for more */
  HTTP2_STREAM_WINDOW = 6 << 20, /* as Chromium has it */
  HTTP2_CONNECTION_WINDOW = 15 << 20,
  HTTP2_OUT_BYTES = 32 * 1024,
};

/* One of zeros is a new one. */
struct http2 {
  size_t header_length, payload_length;
  uint8_t header[9];
  uint8_t type, flags;
  uint32_t remaining, stream; /* of the frame */
  uint32_t next_stream;
  uint32_t streams_max; /* what the server allows; from PIECE2_SETTINGS on */
  uint32_t consumed;    /* of the connection's window, and not given back */
  size_t out_length;
  uint8_t payload[HTTP2_FRAME_MAX_BYTES]; /* of any frame but DATA */
  char out[HTTP2_OUT_BYTES];
};

struct http2_piece {
  enum { PIECE2_SETTINGS, PIECE2_HEAD, PIECE2_BODY, PIECE2_GONE, PIECE2_MALFORMED } type;
  uint32_t stream;  /* of HEAD, BODY, GONE; 0: all streams */
  bool ends;        /* HEAD, BODY: it is the stream's last */
  int status;       /* HEAD: 200, or 0 for any other */
  uint32_t code;    /* GONE: the error code; MALFORMED: the frame's type */
  const char *body; /* BODY */
  size_t length;
};

/* Puts the preface, SETTINGS and the connection's window out. */
void http2_begin(struct http2 *http2);

/* Puts a request without a body out; gives its stream, 0 if there is no room. */
uint32_t http2_request(struct http2 *http2, bool post, bool tls, const char *authority,
                       const char *path);

/* Counts bytes of a stream as read, and puts out what gives the window back. */
void http2_consume(struct http2 *http2, uint32_t stream, uint32_t *consumed, size_t bytes);

/* The next piece, false if there is none in the bytes up to end; moves data behind what it took.
 * What SETTINGS and PING want is answered in out. */
bool http2_next(struct http2 *http2, const char **data, const char *end,
                struct http2_piece *piece);

#endif
