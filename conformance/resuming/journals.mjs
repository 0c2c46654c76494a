import { JsonReader, LineReader } from './records.mjs';

/** One of the followed journals, json, text, cut or binary, and how what comes from it is read. */
export class Journal {
  constructor(server, kind) {
    this.kind = kind;
    this.url = new URL(`/v1/stream/${kind}`, server).href;
  }

  newReader() {
    return this.kind === 'json' ? new JsonReader() : new LineReader();
  }

  /** Gives a tally the data of an event. */
  takeEvent(data, tally) {
    if (this.kind === 'binary') {
      tally.takeBytes(Buffer.from(data, 'base64'));
    } else {
      tally.take(data);
    }
  }

  /** Subscribes to a session of the npm client; `onBatch` is given each batch, and what takes it. */
  subscribe(session, tally, onBatch) {
    if (this.kind === 'json') {
      session.subscribeJson((batch) =>
        onBatch(batch, () => tally.take(JSON.stringify(batch.items))),
      );
    } else if (this.kind === 'text' && session.live === 'sse') {
      session.subscribeText((batch) => onBatch(batch, () => tally.take(batch.text)));
    } else {
      // Also text by long-poll, which may be cut within a character where the journal is.
      session.subscribeBytes((batch) => onBatch(batch, () => tally.takeBytes(batch.data)));
    }
  }
}
