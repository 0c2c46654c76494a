import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';

/**
 * Follows with EventSources of a page in Chromium.
 *
 * @param followed journals, each with the tally of its follower
 */
export async function followInChromium(server, followed) {
  const browser = await chromium.launch({ executablePath: find() });
  const page = await browser.newPage();
  const handlers = new Map();
  const followers = followed.map(
    ([journal, tally]) =>
      new Promise((resolve) => handlers.set(journal.kind, { journal, tally, resolve })),
  );
  await page.exposeFunction('onData', (kind, data) => {
    const { journal, tally } = handlers.get(kind);
    journal.takeEvent(data, tally);
  });
  await page.exposeFunction('onStopped', (kind, closed) => {
    const { tally, resolve } = handlers.get(kind);
    if (!closed) {
      tally.wrong('the EventSource has given up');
    }
    resolve(tally.close());
  });
  await page.goto(server.href); // a page of the same origin
  await page.evaluate(
    followAll,
    followed.map(([{ kind, url }]) => ({ kind, url: `${url}?offset=-1&live=sse` })),
  );
  return { followers, close: () => browser.close() };
}

/** Runs in the page. */
function followAll(sources) {
  for (const { kind, url } of sources) {
    const source = new EventSource(url);
    let closed = false;
    source.addEventListener('data', ({ data }) => window.onData(kind, data));
    source.addEventListener('control', ({ data }) => {
      closed ||= JSON.parse(data).streamClosed === true;
    });
    source.addEventListener('error', () => {
      if (source.readyState === EventSource.CLOSED) {
        window.onStopped(kind, closed);
      }
    });
  }
}

/** The browser that is installed: playwright-core brings none. */
function find() {
  const names = ['chromium', 'chromium-browser', 'google-chrome'];
  const found = names
    .flatMap((name) => process.env.PATH.split(delimiter).map((directory) => join(directory, name)))
    .find(isExecutable);
  if (!found) {
    throw new Error(`none of ${names.join(', ')} is on PATH`);
  }
  return found;
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
