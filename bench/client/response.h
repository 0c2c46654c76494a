/*
 * Takes answers of HTTP/1.1 apart, one after the other: bytes in, pieces out; no I/O.
 *
 *     while (response_next(&response, &data, end, &piece)) switch (piece.type) { ... }
 */
#ifndef RESPONSE_H
#define RESPONSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RESPONSE_HEAD_MAX_BYTES = 2048 };

enum response_state {
  RESPONSE_HEAD, /* the first, so that one of zeros is a new one */
  RESPONSE_BODY_BEGINS,
  RESPONSE_LENGTH,
  RESPONSE_CHUNK_SIZE,
  RESPONSE_CHUNK,
  RESPONSE_CHUNK_END,
  RESPONSE_TRAILER,
};

struct response {
  enum response_state state;
  int status;
  uint64_t remaining; /* of the body, or of the chunk */
  size_t text_length;
  char text[RESPONSE_HEAD_MAX_BYTES]; /* the head until the body begins; then a line of framing */
};

struct response_piece {
  enum { PIECE_HEAD, PIECE_BODY, PIECE_END, PIECE_MALFORMED } type;
  const char *body; /* of PIECE_BODY */
  size_t length;
};

/* The next piece, false if there is none in the bytes up to end; moves data behind what it took.
 * What is malformed stays so. */
bool response_next(struct response *response, const char **data, const char *end,
                   struct response_piece *piece);

/* Copies a header's value, at PIECE_HEAD; without one, the value stays as it is. */
bool response_header(const struct response *response, const char *name, char *value, size_t room);

#endif
