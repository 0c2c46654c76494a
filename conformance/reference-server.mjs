// The reference server, for tests: `node reference-server.mjs [DIRECTORY [PORT]]`.
// Its first line is its URL. It ends when its standard input does.
import { DurableStreamTestServer } from "@durable-streams/server";

console.info = console.log = console.error; // where it tells what it does

const [dataDir, port = "0"] = process.argv.slice(2);
const server = new DurableStreamTestServer({
  host: "127.0.0.1",
  port: Number(port),
  longPollTimeout: 2000,
  ...(dataDir && { dataDir }),
});

const url = await server.start();

// A write that is cut before its answer may be lost though a reader has seen it.
let writing = 0;
let onWritten = () => {};
server.server.prependListener("request", ({ method }, response) => {
  if (method !== "GET" && method !== "HEAD") {
    writing++;
    response.on("close", () => --writing === 0 && onWritten());
  }
});

process.stdout.write(`${url}\n`);
process.stdin.resume();
process.stdin.on("end", async () => {
  if (writing > 0) {
    await new Promise((resolve) => (onWritten = resolve));
  }
  const stopped = server.stop();
  server.server?.closeAllConnections(); // else it waits for clients that ask on and on
  await stopped;
  process.exit(0);
});
