// The reference server of the Durable Streams protocol, file-backed.
//
//     node server.js PORT DIR        (0: any free port; the URL is printed when it listens)
//
// It syncs the stream's file for each append, one append of a stream after the other, and then
// waits for a commit of LMDB, which syncs too.
import { DurableStreamTestServer } from '@durable-streams/server';

const [port, dataDir] = process.argv.slice(2);
const server = new DurableStreamTestServer({ port: Number(port ?? 0), host: '127.0.0.1', dataDir });
await server.start();
console.log(`${server.url}/`);
