// What is appended: records that are counted from 0, each with a text that its number gives.
// ResumingClientsTest makes the same.
const LETTERS = ['a', 'é', '€', '😀'];

function textOf(number) {
  return LETTERS[number % 4].repeat((number * 31) % 200);
}

/** Reads records from strings of JSON, each an array. */
export class JsonReader {
  *read(json) {
    for (const { number, text } of JSON.parse(json)) {
      yield [number, text];
    }
  }
}

/** Reads records from lines, which may be cut. */
export class LineReader {
  #rest = '';

  *read(text) {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop();
    for (const line of lines) {
      const space = line.indexOf(' ');
      yield [Number(line.slice(0, space)), line.slice(space + 1)];
    }
  }
}

/** Counts the records of one follower, and ends the program where they are not what they should be. */
export class Tally {
  #name;
  #reader;
  #decoder = new TextDecoder('utf-8', { fatal: true });
  #count = 0;

  constructor(name, reader) {
    this.#name = name;
    this.#reader = reader;
    this.#tell('seen');
  }

  /** Takes what has come, as text. */
  take(text) {
    const before = this.#count;
    try {
      for (const [number, content] of this.#reader.read(text)) {
        if (number !== this.#count || content !== textOf(number)) {
          this.wrong(`after ${this.#count} records came ${number} ${content}`);
        }
        this.#count++;
      }
    } catch (error) {
      this.wrong(`${error.message}: ${text}`);
    }
    if (this.#count > before) {
      this.#tell('seen');
    }
  }

  /** Takes what has come, as bytes, which may be cut anywhere. */
  takeBytes(bytes) {
    this.take(this.#decoder.decode(bytes, { stream: true }));
  }

  close() {
    this.#tell('closed');
  }

  #tell(what) {
    console.log(`${what} ${this.#name} ${this.#count}`);
  }

  wrong(why) {
    console.log(`wrong ${this.#name} ${why.replace(/\s+/g, ' ').slice(0, 500)}`);
    process.exit(1);
  }
}
