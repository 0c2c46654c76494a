// The Node peer: http.createServer, a write per message, waiting for 'drain' when told to.
//
//     node server.js PORT        (0: any free port; the URL is printed when it listens)
//
// GET /stream?n=N&size=S&gap=MICROS: N messages of S bytes, a pause of MICROS between them.
// A message: 'T', 19 digits of CLOCK_MONOTONIC in nanoseconds, padding, '\n'.
// Node's timers tick in milliseconds: a smaller gap becomes 1 ms.
'use strict';

const http = require('node:http');
const { once } = require('node:events');
const { setTimeout: sleep } = require('node:timers/promises');

const DIGITS = 19;
const TURN_MESSAGES = 256;

function newMessage(size) {
  const timestamp = process.hrtime.bigint().toString().padStart(DIGITS, '0');
  return 'T' + timestamp + '.'.repeat(size - DIGITS - 2) + '\n';
}

async function stream(response, count, size, gapMicros) {
  for (let i = 0; i < count && !response.destroyed; i++) {
    if (i > 0 && gapMicros > 0) await sleep(gapMicros / 1000);
    else if (i % TURN_MESSAGES === 0) await new Promise(setImmediate); // let the loop turn
    const writable = response.write(newMessage(size), 'latin1');
    // Node sends at the end of a tick; without this one a busy loop would send many as one.
    await (writable ? new Promise(process.nextTick) : once(response, 'drain'));
  }
  response.end();
}

const server = http.createServer((request, response) => {
  const url = new URL(request.url, 'http://localhost');
  const [count, size, gap] = ['n', 'size', 'gap'].map((name) => Number(url.searchParams.get(name)));
  if (url.pathname !== '/stream' || !(size >= DIGITS + 2)) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { 'Content-Type': 'text/plain' });
  stream(response, count, size, gap).catch((error) => response.destroy(error));
});

server.keepAliveTimeout = 0; // idle connections are to stay
server.listen({ port: Number(process.argv[2] ?? 0), host: '127.0.0.1', backlog: 4096 }, () => {
  console.log(`http://127.0.0.1:${server.address().port}/`);
});
