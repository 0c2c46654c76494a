package dev.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.testkit.RawClient;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * nginx with a cache in front of a journal server. What the cache has to do with an answer is told
 * by its header {@code Cache}.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
final class CachingNginx implements AutoCloseable {
  private final Process process;
  private final URI url;
  private final URI forgetful;

  private CachingNginx(Process process, URI url, URI forgetful) {
    this.process = process;
    this.url = url;
    this.forgetful = forgetful;
  }

  /**
   * Starts it, and waits until it listens.
   *
   * @param directory an empty one for its files
   */
  static CachingNginx start(Path directory, URI server) throws Exception {
    URI url = URI.create("http://127.0.0.1:" + Ports.free());
    URI forgetful = URI.create("http://127.0.0.1:" + Ports.free());
    Path configuration =
        Files.writeString(
            directory.resolve("nginx.conf"),
            configuration(directory, server, url.getAuthority(), forgetful.getAuthority()));
    Path errors = directory.resolve("errors");
    Process process =
        new ProcessBuilder(
                find(), "-p", directory.toString(), "-e", "stderr", "-c", configuration.toString())
            .redirectErrorStream(true)
            .redirectOutput(errors.toFile())
            .start();
    CachingNginx nginx = new CachingNginx(process, url, forgetful);
    nginx.awaitListening(errors);
    return nginx;
  }

  private static String configuration(
      Path directory, URI server, String address, String forgetfulAddress) {
    return """
    daemon off;
    master_process off;
    pid %1$s/nginx.pid;
    events {}
    http {
      access_log off;
      client_body_temp_path %1$s/body;
      proxy_temp_path %1$s/proxy;
      fastcgi_temp_path %1$s/fastcgi;
      uwsgi_temp_path %1$s/uwsgi;
      scgi_temp_path %1$s/scgi;
      proxy_cache_path %1$s/cache keys_zone=journals:1m;

      # What is followed for long has nothing to do with a cache, nor with its lock.
      map $arg_live $followed { sse 1; raw 1; default 0; }

      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_cache journals;
      proxy_cache_bypass $followed;
      proxy_no_cache $followed;
      proxy_cache_lock on;
      proxy_cache_lock_timeout 60s;
      proxy_cache_lock_age 60s;
      proxy_cache_revalidate on;
      add_header Cache $upstream_cache_status always;

      server {
        listen %2$s;
        location / { proxy_pass %4$s; }
      }
      server {
        listen %3$s;
        proxy_ignore_headers Cache-Control;
        proxy_cache_valid 200 1s;
        location / { proxy_pass %4$s; }
      }
    }
    """
        .formatted(directory, address, forgetfulAddress, "http://" + server.getAuthority());
  }

  private static String find() {
    String path = System.getenv("PATH") + ":/usr/local/sbin:/usr/sbin:/sbin";
    return Stream.of(path.split(":", 0))
        .map(directory -> Path.of(directory, "nginx"))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow()
        .toString();
  }

  private void awaitListening(Path errors) throws Exception {
    while (true) {
      try (RawClient _ = RawClient.connect(url.getHost(), url.getPort())) {
        return;
      } catch (IOException e) {
        assertTrue(process.isAlive(), Files.readString(errors));
        Thread.sleep(10);
      }
    }
  }

  /** Where it listens. */
  URI url() {
    return url;
  }

  /** Where it keeps everything for a second only. */
  URI forgetful() {
    return forgetful;
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
