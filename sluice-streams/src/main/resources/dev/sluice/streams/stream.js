// Follows a stream of server-sent events with fetch: unlike EventSource it lets the server wait
// while the page is busy, notices a connection that is dead, and can read why it was refused.

const SILENCE_MAX_MILLIS = 45_000; // the server says something every 15 s
const RETRY_MAX_MILLIS = 5_000;
const NEXT_RUN_MILLIS = 3_000;
const BUSY_MAX_MILLIS = 12;

/** A request that the server refuses, and will refuse again. */
export class Refused extends Error {}

/**
 * Follows a stream, over any number of connections. It goes on when the stream has ended: there may
 * be a new run at the same place, which the server tells with a restart event.
 *
 * on.open() a connection is there; on.lost() it is gone, and another is tried; on.end() the stream
 * has ended; on.event(name, data).
 */
export async function follow(url, on) {
  const place = {lastId: '', retryMillis: 1000, over: false, opened: false};
  for (let failures = 0; ; failures++) {
    const wasOver = place.over;
    try {
      await connect(url, on, place, () => (failures = 0));
    } catch (e) {
      if (e instanceof Refused) {
        throw e;
      }
      console.debug(e);
    }
    if (!place.over) {
      on.lost();
      await delay(Math.min(place.retryMillis * 2 ** Math.min(failures, 3), RETRY_MAX_MILLIS));
    } else {
      if (!wasOver) {
        on.end();
      }
      await delay(NEXT_RUN_MILLIS);
      await visible();
    }
  }
}

/** One connection, to its end or its failure. */
async function connect(url, on, place, onAlive) {
  const abort = new AbortController();
  let heard = performance.now();
  const watchdog = setInterval(() => {
    if (performance.now() - heard > SILENCE_MAX_MILLIS) {
      abort.abort();
    }
  }, 5_000);
  try {
    const headers = place.lastId ? {'Last-Event-ID': place.lastId} : {};
    const answer = await fetch(url, {headers, cache: 'no-store', signal: abort.signal});
    if (answer.status === 204) {
      place.over = true;
      return;
    }
    if (!answer.ok) {
      await refuse(answer, place);
      return;
    }
    place.opened = true;
    place.over = false;
    on.open();
    await read(answer.body, place, on.event, () => {
      heard = performance.now();
      onAlive();
    });
  } finally {
    clearInterval(watchdog);
    abort.abort();
  }
}

/** A server that comes back may not be ready; what is wrong with the request stays wrong. */
async function refuse(answer, place) {
  const mayPass = answer.status >= 500 || (answer.status === 404 && place.opened);
  if (!mayPass) {
    throw new Refused((await answer.text()).trim() || `status ${answer.status}`);
  }
}

async function read(body, place, onEvent, onBytes) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  let began = performance.now();
  for (;;) {
    const {value, done} = await reader.read();
    if (done) {
      return;
    }
    onBytes();
    const blocks = (rest + value).split('\n\n');
    rest = blocks.pop();
    for (const block of blocks) {
      take(block, place, onEvent);
      if (performance.now() - began > BUSY_MAX_MILLIS) {
        await turn();
        began = performance.now();
      }
    }
  }
}

/** One event; our server ends lines with LF alone. */
function take(block, place, onEvent) {
  let name = 'message';
  let data;
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':');
    const value = line.slice(colon + (line[colon + 1] === ' ' ? 2 : 1));
    switch (line.slice(0, colon)) {
      case 'id':
        place.nextId = value;
        break;
      case 'event':
        name = value;
        break;
      case 'data':
        data = value;
        break;
      case 'retry':
        place.retryMillis = Number(value) || place.retryMillis;
        break;
    }
  }
  if (data !== undefined) {
    onEvent(name, JSON.parse(data));
    place.over = name === 'end';
    place.lastId = place.nextId ?? place.lastId; // after it was shown: a failure repeats it
  }
}

/** Waits; not longer than until the network is back. */
function delay(millis) {
  return new Promise((resolve) => {
    const timer = setTimeout(done, millis);
    function done() {
      clearTimeout(timer);
      removeEventListener('online', done);
      resolve();
    }
    addEventListener('online', done);
  });
}

/** Waits until somebody looks. */
async function visible() {
  while (document.hidden) {
    await new Promise((resolve) =>
      document.addEventListener('visibilitychange', resolve, {once: true}),
    );
  }
}

/** Lets the browser draw, and react. Timers would take a second each in a hidden tab. */
function turn() {
  return new Promise((resolve) => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => {
      channel.port1.close();
      resolve();
    };
    channel.port2.postMessage(null);
  });
}
