#include "http2.h"

#include <string.h>

enum type { DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY,
            WINDOW_UPDATE, CONTINUATION };

enum {
  FRAME_HEADER_BYTES = 9,
  ACK = 1, END_STREAM = 1, END_HEADERS = 4, PADDED = 8, PRIORITIZED = 0x20,
  SETTING_ENABLE_PUSH = 2, SETTING_MAX_CONCURRENT_STREAMS = 3, SETTING_INITIAL_WINDOW_SIZE = 4,
  SETTING_BYTES = 6,
  WINDOW_AT_FIRST = 65535,
  PATH_MAX_BYTES = 1024,
};

/* The static table of HPACK (RFC 7541, appendix A). */
enum { HPACK_AUTHORITY = 1, HPACK_GET, HPACK_POST, HPACK_PATH, HPACK_HTTP = 6, HPACK_HTTPS,
       HPACK_STATUS_200, HPACK_INDEXED = 0x80, HPACK_SIZE_UPDATE = 0x20 };

static uint32_t number_at(const uint8_t *bytes, int count) {
  uint32_t value = 0;
  for (int i = 0; i < count; i++) value = value << 8 | bytes[i];
  return value;
}

/* ---- what is sent ---- */

static void put(struct http2 *h, uint32_t value, int count) {
  while (count-- > 0) h->out[h->out_length++] = (char)(value >> 8 * count);
}

static bool put_header(struct http2 *h, uint32_t length, enum type type, uint32_t flags,
                       uint32_t stream) {
  if (h->out_length + FRAME_HEADER_BYTES + length > sizeof h->out) return false;
  put(h, length, 3);
  put(h, type, 1);
  put(h, flags, 1);
  put(h, stream, 4);
  return true;
}

static void put_window_update(struct http2 *h, uint32_t stream, uint32_t bytes) {
  if (put_header(h, 4, WINDOW_UPDATE, 0, stream)) put(h, bytes, 4);
}

void http2_begin(struct http2 *h) {
  static const char PREFACE[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  memcpy(h->out, PREFACE, sizeof PREFACE - 1);
  h->out_length = sizeof PREFACE - 1;
  h->next_stream = 1;
  h->streams_max = UINT32_MAX;
  put_header(h, 2 * SETTING_BYTES, SETTINGS, 0, 0);
  put(h, SETTING_ENABLE_PUSH, 2);
  put(h, 0, 4);
  put(h, SETTING_INITIAL_WINDOW_SIZE, 2);
  put(h, HTTP2_STREAM_WINDOW, 4);
  put_window_update(h, 0, HTTP2_CONNECTION_WINDOW - WINDOW_AT_FIRST);
}

/* A literal that no table keeps, its length in a prefix of seven bits. */
static char *put_literal(char *at, int name, const char *value) {
  size_t length = strlen(value), rest = length;
  *at++ = (char)name;
  if (length < 127) {
    *at++ = (char)length;
  } else {
    *at++ = 127;
    for (rest -= 127; rest >= 128; rest >>= 7) *at++ = (char)(rest | 128);
    *at++ = (char)rest;
  }
  memcpy(at, value, length);
  return at + length;
}

uint32_t http2_request(struct http2 *h, bool post, bool tls, const char *authority,
                       const char *path) {
  char fields[2 * PATH_MAX_BYTES + 16], *at = fields;
  if (strlen(authority) > PATH_MAX_BYTES || strlen(path) > PATH_MAX_BYTES) return 0;
  *at++ = (char)(HPACK_INDEXED | (post ? HPACK_POST : HPACK_GET));
  *at++ = (char)(HPACK_INDEXED | (tls ? HPACK_HTTPS : HPACK_HTTP));
  at = put_literal(at, HPACK_AUTHORITY, authority);
  at = put_literal(at, HPACK_PATH, path);
  uint32_t stream = h->next_stream, length = (uint32_t)(at - fields);
  if (!put_header(h, length, HEADERS, END_STREAM | END_HEADERS, stream)) return 0;
  memcpy(h->out + h->out_length, fields, length);
  h->out_length += length;
  h->next_stream += 2;
  return stream;
}

void http2_consume(struct http2 *h, uint32_t stream, uint32_t *consumed, size_t bytes) {
  *consumed += (uint32_t)bytes;
  if (*consumed >= HTTP2_STREAM_WINDOW / 2) {
    put_window_update(h, stream, *consumed);
    *consumed = 0;
  }
  h->consumed += (uint32_t)bytes;
  if (h->consumed >= HTTP2_CONNECTION_WINDOW / 2) {
    put_window_update(h, 0, h->consumed);
    h->consumed = 0;
  }
}

/* ---- what comes ---- */

static bool malformed(struct http2 *h, struct http2_piece *piece) {
  *piece = (struct http2_piece){.type = PIECE2_MALFORMED, .stream = h->stream, .code = h->type};
  return true;
}

/* A server tells the status first, and 200 by its index. */
static int status(const uint8_t *fields, const uint8_t *end) {
  while (fields < end && (*fields & 0xe0) == HPACK_SIZE_UPDATE) {
    bool longer = (*fields++ & 0x1f) == 0x1f;
    while (longer && fields < end && (*fields++ & 0x80) != 0) {}
  }
  return fields < end && *fields == (HPACK_INDEXED | HPACK_STATUS_200) ? 200 : 0;
}

static bool on_settings(struct http2 *h, struct http2_piece *piece) {
  if ((h->flags & ACK) != 0) return false;
  for (const uint8_t *at = h->payload; at + SETTING_BYTES <= h->payload + h->payload_length;
       at += SETTING_BYTES)
    if (number_at(at, 2) == SETTING_MAX_CONCURRENT_STREAMS) h->streams_max = number_at(at + 2, 4);
  put_header(h, 0, SETTINGS, ACK, 0);
  *piece = (struct http2_piece){.type = PIECE2_SETTINGS};
  return true;
}

static void on_ping(struct http2 *h) {
  if ((h->flags & ACK) != 0 || h->payload_length != 8 || !put_header(h, 8, PING, ACK, 0)) return;
  memcpy(h->out + h->out_length, h->payload, 8);
  h->out_length += 8;
}

/* A whole frame that is not DATA; true if it makes a piece. */
static bool on_frame(struct http2 *h, struct http2_piece *piece) {
  const uint8_t *payload = h->payload, *end = payload + h->payload_length;
  *piece = (struct http2_piece){.stream = h->stream, .ends = (h->flags & END_STREAM) != 0};
  switch ((enum type)h->type) {
    case HEADERS:
      if ((h->flags & PADDED) != 0 || (h->flags & END_HEADERS) == 0) return malformed(h, piece);
      if ((h->flags & PRIORITIZED) != 0) payload += 5;
      piece->type = PIECE2_HEAD;
      piece->status = status(payload, end);
      return true;
    case RST_STREAM:
      piece->type = PIECE2_GONE;
      piece->code = number_at(payload, 4);
      return true;
    case GOAWAY:
      *piece = (struct http2_piece){.type = PIECE2_GONE, .code = number_at(payload + 4, 4)};
      return true;
    case SETTINGS: return on_settings(h, piece);
    case PING: on_ping(h); return false;
    case PUSH_PROMISE: case CONTINUATION: return malformed(h, piece);
    case DATA: case PRIORITY: case WINDOW_UPDATE: break;
  }
  return false;
}

static bool take_header(struct http2 *h, const char **data, const char *end) {
  while (h->header_length < FRAME_HEADER_BYTES && *data < end)
    h->header[h->header_length++] = (uint8_t)*(*data)++;
  if (h->header_length < FRAME_HEADER_BYTES) return false;
  h->remaining = number_at(h->header, 3);
  h->type = h->header[3];
  h->flags = h->header[4];
  h->stream = number_at(h->header + 5, 4) & 0x7fffffff;
  h->payload_length = 0;
  return true;
}

static void take_data(struct http2 *h, const char **data, const char *end,
                      struct http2_piece *piece) {
  size_t length = (size_t)(end - *data);
  if (length > h->remaining) length = h->remaining;
  h->remaining -= (uint32_t)length;
  *piece = (struct http2_piece){.type = PIECE2_BODY, .stream = h->stream, .body = *data,
                                .length = length,
                                .ends = h->remaining == 0 && (h->flags & END_STREAM) != 0};
  *data += length;
  if (h->remaining == 0) h->header_length = 0;
}

bool http2_next(struct http2 *h, const char **data, const char *end, struct http2_piece *piece) {
  while (*data < end) {
    if (h->header_length < FRAME_HEADER_BYTES) {
      if (!take_header(h, data, end)) return false;
      if (h->remaining > HTTP2_FRAME_MAX_BYTES) return malformed(h, piece);
      if (h->type == DATA && (h->flags & PADDED) != 0) return malformed(h, piece);
    }
    if (h->type == DATA) {
      if (*data == end && h->remaining > 0) return false;
      take_data(h, data, end, piece);
      return true;
    }
    size_t length = (size_t)(end - *data);
    if (length > h->remaining) length = h->remaining;
    memcpy(h->payload + h->payload_length, *data, length);
    h->payload_length += length;
    h->remaining -= (uint32_t)length;
    *data += length;
    if (h->remaining > 0) return false;
    h->header_length = 0;
    if (on_frame(h, piece)) return true;
  }
  return false;
}
