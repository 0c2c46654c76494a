#define _GNU_SOURCE
#include "response.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Takes bytes until the text ends with what ends it; false if they are all taken and it does not,
 * or if it is too long. */
static bool take_text(struct response *r, const char **data, const char *end, const char *last) {
  size_t last_length = strlen(last);
  while (*data < end && r->text_length < sizeof r->text - 1) {
    r->text[r->text_length++] = **data;
    if (*(*data)++ != '\n' || r->text_length < last_length) continue;
    if (memcmp(r->text + r->text_length - last_length, last, last_length) != 0) continue;
    r->text[r->text_length] = '\0';
    r->text_length = 0;
    return true;
  }
  return false;
}

bool response_header(const struct response *r, const char *name, char *value, size_t room) {
  size_t length = strlen(name);
  for (const char *line = r->text; (line = strchr(line, '\n')) != NULL;) {
    line++;
    if (strncasecmp(line, name, length) != 0 || line[length] != ':') continue;
    line += length + 1;
    line += strspn(line, " ");
    snprintf(value, room, "%.*s", (int)strcspn(line, "\r"), line);
    return true;
  }
  return false;
}

static void begin_body(struct response *r) {
  char length[32] = "0";
  bool chunked = response_header(r, "transfer-encoding", length, sizeof length);
  if (r->status == 204 || r->status == 304) chunked = false;
  else if (!chunked) response_header(r, "content-length", length, sizeof length);
  r->state = chunked ? RESPONSE_CHUNK_SIZE : RESPONSE_LENGTH;
  r->remaining = chunked ? 0 : strtoull(length, NULL, 10);
}

/* Takes what is not body; true if a piece is complete. */
static bool on_text(struct response *r, enum response_state state, struct response_piece *piece) {
  bool empty = r->text[0] == '\r';
  char *end;
  piece->type = PIECE_MALFORMED;
  switch (state) {
    case RESPONSE_HEAD:
      r->status = strncmp(r->text, "HTTP/1.1 ", 9) == 0 ? atoi(r->text + 9) : 0;
      r->state = RESPONSE_BODY_BEGINS;
      piece->type = PIECE_HEAD;
      return true;
    case RESPONSE_CHUNK_SIZE:
      r->remaining = strtoull(r->text, &end, 16);
      r->state = r->remaining > 0 ? RESPONSE_CHUNK : RESPONSE_TRAILER;
      return end == r->text;
    case RESPONSE_CHUNK_END:
      r->state = RESPONSE_CHUNK_SIZE;
      return !empty;
    case RESPONSE_TRAILER:
      if (!empty) return false;
      r->state = RESPONSE_HEAD;
      piece->type = PIECE_END;
      return true;
    case RESPONSE_BODY_BEGINS: case RESPONSE_LENGTH: case RESPONSE_CHUNK: break; /* not text */
  }
  return true;
}

static void take_body(struct response *r, const char **data, const char *end,
                      struct response_piece *piece) {
  size_t length = (size_t)(end - *data);
  if (length > r->remaining) length = (size_t)r->remaining;
  *piece = (struct response_piece){.type = PIECE_BODY, .body = *data, .length = length};
  *data += length;
  r->remaining -= length;
  if (r->remaining == 0 && r->state == RESPONSE_CHUNK) r->state = RESPONSE_CHUNK_END;
}

bool response_next(struct response *r, const char **data, const char *end,
                   struct response_piece *piece) {
  if (r->state == RESPONSE_BODY_BEGINS) begin_body(r);
  if (r->state == RESPONSE_LENGTH && r->remaining == 0) {
    r->state = RESPONSE_HEAD;
    piece->type = PIECE_END;
    return true;
  }
  while (*data < end) {
    if (r->state == RESPONSE_LENGTH || r->state == RESPONSE_CHUNK) {
      take_body(r, data, end, piece);
      return true;
    }
    bool whole = take_text(r, data, end, r->state == RESPONSE_HEAD ? "\r\n\r\n" : "\r\n");
    if (whole && on_text(r, r->state, piece)) return true;
    if (!whole && r->text_length == sizeof r->text - 1) {
      piece->type = PIECE_MALFORMED;
      return true;
    }
  }
  return false;
}
