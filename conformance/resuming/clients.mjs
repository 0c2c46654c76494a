import { stream } from '@durable-streams/client';
import { EventSource } from 'eventsource';

/**
 * Follows with the protocol's own client. It waits by itself for a server that is not there; when a
 * connection is cut, its session fails, and the next one goes on from the last offset.
 */
export async function followWithNpmClient(journal, live, tally) {
  const progress = { offset: '-1', closed: false };
  while (!progress.closed) {
    try {
      await followInOneSession(journal, live, tally, progress);
    } catch (error) {
      if (error.status !== undefined) {
        tally.wrong(`${error.name} ${error.status} at ${progress.offset}: ${error.message}`);
      }
    }
  }
  tally.close();
}

async function followInOneSession(journal, live, tally, progress) {
  const session = await stream({
    url: journal.url,
    offset: progress.offset,
    live,
    backoffOptions: { initialDelay: 50, maxDelay: 500, multiplier: 1.3 },
  });
  let isOver = false;
  const lastBatch = new Promise((resolve) => {
    journal.subscribe(session, tally, ({ offset, streamClosed }, take) => {
      if (isOver) {
        return; // the next session gets it again
      }
      take();
      progress.offset = offset;
      progress.closed = streamClosed;
      if (streamClosed) {
        resolve();
      }
    });
  });
  try {
    await session.closed;
    if (session.streamClosed) {
      await lastBatch; // which the session may be ahead of
    }
  } finally {
    isOver = true;
  }
}

/** Follows with an EventSource, which resumes by itself. */
export function followWithEventSource(journal, tally) {
  return new Promise((resolve) => {
    const source = new EventSource(`${journal.url}?offset=-1&live=sse`);
    let closed = false;
    source.addEventListener('data', ({ data }) => journal.takeEvent(data, tally));
    source.addEventListener('control', ({ data }) => {
      closed ||= JSON.parse(data).streamClosed === true;
    });
    source.addEventListener('error', ({ code, message }) => {
      if (source.readyState !== EventSource.CLOSED) {
        return; // it reconnects
      }
      if (!closed || code !== 204) {
        tally.wrong(`the EventSource has given up: ${message}`);
      }
      resolve(tally.close());
    });
  });
}
