// The page that follows one journal.

import {follow, Refused} from '/-/stream.js';
import {Screen} from '/-/screen.js';

const facts = {...document.documentElement.dataset};
const element = (id) => document.getElementById(id);
const log = element('log');
const screen = new Screen(log, onDrawn);
const decoders = {};
const clockSkew = Date.parse(facts.now) - Date.now();

let opened = Date.parse(facts.opened);
let closed; // by the server's clock, as is opened
let exit;
let following = true;
let lastTop = 0;

function urlAs(as) {
  const url = new URL(location.href);
  url.hash = '';
  url.searchParams.set('as', as);
  return url;
}

// What it says.

function say(state, text) {
  element('state').dataset.state = state;
  element('state').textContent = text;
  document.title = `${facts.name}: ${text}`;
}

function notify(text) {
  element('notice').textContent = text;
  element('notice').hidden = text === '';
}

function sayEnd() {
  if (!exit) {
    say('ended', 'ended');
  } else if (exit.signal) {
    say('failed', `ended by ${exit.signal} (${exit.status})`);
  } else {
    say(exit.status === 0 ? 'succeeded' : 'failed', `exit ${exit.status}`);
  }
}

function sayFacts() {
  const millis = (closed ?? Date.now() + clockSkew) - opened;
  const ended = !['running', 'reconnecting'].includes(element('state').dataset.state);
  element('time').textContent = ended && !closed ? '' : duration(millis, Boolean(closed));
  const count = screen.lineCount;
  element('lines').textContent = `${count.toLocaleString('en')} ${count === 1 ? 'line' : 'lines'}`;
  element('dropped').hidden = screen.dropped <= 0;
  if (screen.dropped > 0) {
    const link = document.createElement('a');
    link.href = '?as=raw&offset=kept';
    link.textContent = 'plain text';
    const text = `The first ${screen.dropped.toLocaleString('en')} lines are not shown: see the `;
    element('dropped').replaceChildren(text, link, '.');
  }
}

function duration(millis, exact) {
  const seconds = Math.max(0, millis) / 1000;
  if (seconds < 60) {
    return `${exact ? seconds.toFixed(seconds < 10 ? 2 : 1) : Math.floor(seconds)} s`;
  }
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes} min ${Math.floor(seconds % 60)} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

// What comes.

function onEvent(name, data) {
  switch (name) {
    case 'stdout':
    case 'stderr':
      screen.write(name, decode(name, data));
      if (name === 'stderr') {
        element('legend').hidden = false;
      }
      break;
    case 'gap':
      screen.tell('Some output is missing here: it is no longer kept.');
      break;
    case 'restart':
      beginAgain();
      break;
    case 'exit':
      exit = data;
      break;
  }
}

/** Bytes that are no UTF-8 by themselves may be parts of a character. */
function decode(kind, data) {
  if (data.base64 === undefined) {
    const rest = decoders[kind]?.decode() ?? '';
    delete decoders[kind];
    return rest + data.text;
  }
  decoders[kind] ??= new TextDecoder('utf-8', {ignoreBOM: true});
  const bytes = Uint8Array.from(atob(data.base64), (c) => c.charCodeAt(0));
  return decoders[kind].decode(bytes, {stream: true});
}

function beginAgain() {
  screen.clear();
  exit = closed = undefined;
  delete decoders.stdout;
  delete decoders.stderr;
  element('legend').hidden = true;
  opened = Date.now() + clockSkew;
  notify('The server was restarted: this is a new run, shown from its start.');
  readOpened();
}

async function readOpened() {
  try {
    const page = await (await fetch(urlAs('html'), {cache: 'no-store'})).text();
    const parsed = new DOMParser().parseFromString(page, 'text/html');
    opened = Date.parse(parsed.documentElement.dataset.opened) || opened;
  } catch {
    // the time since the restart was noticed will do
  }
}

/** The line about the exit has its time, and is there even if the network hid the event. */
async function readExit() {
  const url = urlAs('ndjson');
  url.searchParams.set('offset', 'now');
  const lines = (await (await fetch(url, {cache: 'no-store'})).text()).trim().split('\n');
  const last = JSON.parse(lines.at(-1) || '{}');
  if (last.kind === 'exit') {
    exit = last;
    closed = Date.parse(last.time);
  }
}

// How it scrolls.

function onDrawn() {
  if (following) {
    log.scrollTop = log.scrollHeight;
  }
  lastTop = log.scrollTop;
  onPlace();
  sayFacts();
}

function atEnd() {
  return log.scrollHeight - log.scrollTop - log.clientHeight < 8;
}

function setFollowing(value) {
  following = value;
  element('follow').setAttribute('aria-pressed', String(value));
  if (value) {
    log.scrollTop = log.scrollHeight;
  }
  onPlace();
}

function onPlace() {
  element('end').hidden = following || atEnd();
}

log.addEventListener('scroll', () => {
  if (log.scrollTop < lastTop && !atEnd()) {
    setFollowing(false);
  }
  lastTop = log.scrollTop;
  onPlace();
});
addEventListener('resize', onDrawn);
element('follow').addEventListener('click', () => setFollowing(!following));
element('end').addEventListener('click', () => {
  setFollowing(true);
  log.focus();
});

// All of it.

async function onEnd() {
  await readExit().catch(() => {});
  sayEnd();
  onDrawn();
}

setInterval(sayFacts, 1000);
try {
  await follow(urlAs('sse'), {
    open: () => say('running', 'running'),
    lost: () => say('reconnecting', 'reconnecting…'),
    end: onEnd,
    event: onEvent,
  });
} catch (e) {
  say('failed', 'not available');
  notify(e instanceof Refused ? e.message : `This page has failed: ${e.message}`);
}
