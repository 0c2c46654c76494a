// The reference server of the Durable Streams protocol, in memory.
//
//     node memory.js PORT            (0: any free port; the URL is printed when it listens)
//
// It would compress what is longer than 1 KiB for clients that take it. Ours does not compress, and
// what a live reader gets should cost the same work on both sides: so it is told not to.
import { DurableStreamTestServer } from '@durable-streams/server';

const server = new DurableStreamTestServer({
  port: Number(process.argv[2] ?? 0),
  host: '127.0.0.1',
  compression: false,
});
await server.start();
console.log(`${server.url}/`);
