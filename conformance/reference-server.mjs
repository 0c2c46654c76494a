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

process.stdout.write(`${await server.start()}\n`);
process.stdin.resume();
process.stdin.on("end", async () => {
  const stopped = server.stop();
  server.server?.closeAllConnections(); // else it waits for clients that ask on and on
  await stopped;
  process.exit(0);
});
