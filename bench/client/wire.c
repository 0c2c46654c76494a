#define _GNU_SOURCE
#include "wire.h"

#include "measure.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
  RECEIVE_BYTES = 256 * 1024,
  RECORD_BYTES = 16 * 1024,
  HANDSHAKE_WAIT_MS = 10000,
};

static char received[RECEIVE_BYTES], record[RECORD_BYTES];
static SSL_CTX *context;
static BIO_METHOD *input_method;
static SSL_SESSION *session;

/* ---- TLS reads what was received: one system call for many records ---- */

static int read_input(BIO *bio, char *buffer, int length) {
  struct wire *w = BIO_get_data(bio);
  BIO_clear_retry_flags(bio);
  if (w->input_length == 0) {
    BIO_set_retry_read(bio);
    return -1;
  }
  if ((size_t)length > w->input_length) length = (int)w->input_length;
  memcpy(buffer, w->input, (size_t)length);
  w->input += length;
  w->input_length -= (size_t)length;
  return length;
}

static long control_input(BIO *bio, int command, long argument, void *pointer) {
  (void)bio, (void)command, (void)argument, (void)pointer;
  return 0;
}

/* The first is for all. */
static int on_session(SSL *ssl, SSL_SESSION *given) {
  (void)ssl;
  if (session != NULL) return 0;
  session = given;
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF); /* or it would be for one use */
  return 1;
}

void wire_keep_session(void) {
  SSL_CTX_set_session_cache_mode(context,
                                 SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(context, on_session);
}

bool wire_has_session(void) { return session != NULL; }

void wire_use_tls(const char *protocol) {
  unsigned char names[16];
  size_t length = strlen(protocol);
  names[0] = (unsigned char)length;
  memcpy(names + 1, protocol, length);
  context = SSL_CTX_new(TLS_client_method());
  input_method = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "received");
  if (context == NULL || input_method == NULL) die("cannot begin TLS");
  BIO_meth_set_read(input_method, read_input);
  BIO_meth_set_ctrl(input_method, control_input);
  if (SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) != 1 ||
      SSL_CTX_set_ciphersuites(context, "TLS_AES_128_GCM_SHA256") != 1 ||
      SSL_CTX_set1_groups_list(context, "X25519") != 1 ||
      SSL_CTX_set_alpn_protos(context, names, (unsigned)length + 1) != 0)
    die("TLS has not what is needed");
  SSL_CTX_set_verify(context, SSL_VERIFY_NONE, NULL);
}

static void begin_tls(struct wire *w) {
  BIO *input = BIO_new(input_method);
  w->ssl = SSL_new(context);
  if (input == NULL || w->ssl == NULL) die("cannot begin TLS");
  BIO_set_data(input, w);
  BIO_set_init(input, 1);
  SSL_set_bio(w->ssl, input, BIO_new_socket(w->fd, BIO_NOCLOSE));
  SSL_set_connect_state(w->ssl);
  if (session != NULL) SSL_set_session(w->ssl, session);
}

/* ---- a wire ---- */

bool wire_open(struct wire *w, const struct addrinfo *address) {
  *w = (struct wire){.fd = connect_to(address)};
  if (w->fd < 0) return false;
  fcntl(w->fd, F_SETFL, fcntl(w->fd, F_GETFL) | O_NONBLOCK);
  w->secured = context == NULL;
  if (!w->secured) begin_tls(w);
  return true;
}

enum wire_result wire_handshake(struct wire *w) {
  if (w->secured) return WIRE_DONE;
  ERR_clear_error();
  int result = SSL_do_handshake(w->ssl);
  if (result == 1) {
    w->secured = true;
    return WIRE_DONE;
  }
  return SSL_get_error(w->ssl, result) == SSL_ERROR_WANT_READ ? WIRE_WAITS : WIRE_FAILED;
}

bool wire_secure(struct wire *w) {
  struct pollfd waiting = {.fd = w->fd, .events = POLLIN};
  enum wire_result result;
  while ((result = wire_handshake(w)) == WIRE_WAITS)
    if (poll(&waiting, 1, HANDSHAKE_WAIT_MS) != 1 || wire_receive(w) <= 0) return false;
  return result == WIRE_DONE;
}

bool wire_resumed(const struct wire *w) { return SSL_session_reused(w->ssl) == 1; }

ssize_t wire_receive(struct wire *w) {
  ssize_t length = recv(w->fd, received, sizeof received, 0);
  w->input = received;
  w->input_length = length > 0 ? (size_t)length : 0;
  return length;
}

ssize_t wire_read(struct wire *w, const char **data) {
  if (w->ssl == NULL) {
    *data = w->input;
    ssize_t length = (ssize_t)w->input_length;
    w->input_length = 0;
    return length;
  }
  *data = record;
  ERR_clear_error();
  int length = SSL_read(w->ssl, record, sizeof record);
  if (length > 0) return length;
  int error = SSL_get_error(w->ssl, length);
  return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_ZERO_RETURN ? 0 : -1;
}

bool wire_send(struct wire *w, const char *data, size_t length) {
  if (w->ssl == NULL) return send(w->fd, data, length, MSG_NOSIGNAL) == (ssize_t)length;
  ERR_clear_error();
  return SSL_write(w->ssl, data, (int)length) == (int)length;
}

void wire_close(struct wire *w) {
  if (w->ssl != NULL && w->secured && w->fd >= 0) SSL_shutdown(w->ssl);
  SSL_free(w->ssl);
  w->ssl = NULL;
  if (w->fd >= 0) close(w->fd);
  w->fd = -1;
}
