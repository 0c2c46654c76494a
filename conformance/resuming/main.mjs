// Follows journals of a server that is killed and started again, each with several clients, until
// the journals are closed. ResumingClientsTest starts it, appends, and reads what it tells:
//
//     seen NAME COUNT      a follower has so many records, each of them once, in order
//     ready                it has told of all followers
//     closed NAME COUNT    one was told that its journal is closed, and has ended
//     wrong NAME WHY       anything else; then the program ends
//
// NAME is JOURNAL/CLIENT.
//
// usage: node main.mjs URL, where the journals are URL/v1/stream/json, /text, /cut and /binary
import { followInChromium } from './browser.mjs';
import { followWithEventSource, followWithNpmClient } from './clients.mjs';
import { Journal } from './journals.mjs';
import { Tally } from './records.mjs';

const server = new URL(process.argv[2]);
const journals = ['json', 'text', 'cut', 'binary'].map((kind) => new Journal(server, kind));

function follower(journal, client) {
  return new Tally(`${journal.kind}/${client}`, journal.newReader());
}

const followers = [];
for (const journal of journals) {
  if (journal.kind !== 'cut') {
    // That client asks without SSE first, and has then a part of a character.
    followers.push(followWithNpmClient(journal, 'sse', follower(journal, 'npm-sse')));
  }
  followers.push(followWithNpmClient(journal, 'long-poll', follower(journal, 'npm-long-poll')));
  followers.push(followWithEventSource(journal, follower(journal, 'node-event-source')));
}
const inBrowser = journals.map((journal) => [journal, follower(journal, 'chromium-event-source')]);
console.log('ready');
const browser = await followInChromium(server, inBrowser);
try {
  await Promise.all([...followers, ...browser.followers]);
} finally {
  await browser.close();
}
