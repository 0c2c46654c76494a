// Shows output as a terminal would, as far as carriage returns go; other control sequences are
// left out. It is put in as text, never as markup. The DOM is bounded: the oldest rows go.

const ROWS_MAX = 10_000;
const ROWS_PER_BLOCK = 250;
const ROWS_PER_FRAME = 1_000;
const ROW_CHARS_MAX = 4_096;
const CARRIED_CHARS_MAX = 4_096;

// Text · control sequence · string sequence (title, link) · other escape · control character
const TOKENS =
  /([^\x00-\x08\x0a-\x1f\x7f-\x9f]+)|\x1b\[([0-?]*)[ -/]*([@-~])|\x1b[\]P_^X][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[ -/]*[0-~]|[\x00-\x1f\x7f-\x9f]/g;
const CUT_SEQUENCE = /\x1b(?:\[[0-?]*[ -/]*|[\]P_^X][^\x07\x1b]*\x1b?|[ -/]*)$/;

/** A row: its text, and for each character whether it is of stdout (o) or stderr (e). */
class Row {
  text = '';
  kinds = '';
  column = 0;

  put(letter, text) {
    const end = this.column + text.length;
    this.text = this.text.slice(0, this.column) + text + this.text.slice(end);
    this.kinds =
      this.kinds.slice(0, this.column) + letter.repeat(text.length) + this.kinds.slice(end);
    this.column = end;
  }

  /** CSI K: to the end of the row, to its beginning, or all of it. */
  erase(how) {
    if (how === '' || how === '0') {
      this.text = this.text.slice(0, this.column);
      this.kinds = this.kinds.slice(0, this.column);
    } else {
      const to = how === '2' ? this.text.length : this.column;
      this.text = ' '.repeat(to) + this.text.slice(to);
    }
  }

  showIn(element) {
    const mixed = this.kinds.includes('o') && this.kinds.includes('e');
    element.classList.toggle('stderr', !mixed && this.kinds.startsWith('e'));
    element.textContent = mixed ? '' : this.text;
    if (this.text === '') {
      element.append(document.createElement('br')); // an empty row has its height, and is copied
    }
    if (!mixed) {
      return;
    }
    for (let from = 0, to; from < this.text.length; from = to) {
      for (to = from; this.kinds[to] === this.kinds[from] && to < this.text.length; to++) {}
      const part = document.createElement('span');
      part.className = this.kinds[from] === 'e' ? 'stderr' : '';
      part.textContent = this.text.slice(from, to);
      element.append(part);
    }
  }
}

export class Screen {
  lines = 0;
  dropped = 0;
  #log;
  #onDrawn;
  #rows = []; // whole ones that are not yet shown
  #row = new Row();
  #rowElement = newElement('row');
  #shown = 0;
  #carried = {stdout: '', stderr: ''};
  #scheduled = false;

  /** onDrawn(): something is to be seen that was not. */
  constructor(log, onDrawn) {
    this.#log = log;
    this.#onDrawn = onDrawn;
    this.clear();
  }

  clear() {
    this.lines = this.dropped = this.#shown = 0;
    this.#rows = [];
    this.#row = new Row();
    this.#carried = {stdout: '', stderr: ''};
    this.#log.replaceChildren(this.#rowElement);
    this.#schedule();
  }

  /** Lines, one that has just begun counted too. */
  get lineCount() {
    return this.lines + (this.#row.text ? 1 : 0);
  }

  write(kind, text) {
    const whole = this.#carried[kind] + text;
    const cut = CUT_SEQUENCE.exec(whole.slice(-CARRIED_CHARS_MAX));
    this.#carried[kind] = cut ? cut[0] : '';
    const end = whole.length - this.#carried[kind].length;
    const letter = kind === 'stderr' ? 'e' : 'o';
    for (const token of whole.slice(0, end).matchAll(TOKENS)) {
      if (token[1] !== undefined) {
        this.#put(letter, token[1]);
      } else {
        this.#control(token[0], token[2], token[3]);
      }
    }
    this.#schedule();
  }

  /** Says something of ours between the rows. */
  tell(text) {
    if (this.#row.text) {
      this.#endRow();
    }
    this.#push({told: text});
    this.#schedule();
  }

  #put(letter, text) {
    for (let from = 0; from < text.length; ) {
      const room = ROW_CHARS_MAX - this.#row.column;
      this.#row.put(letter, text.slice(from, from + room));
      from += room;
      if (this.#row.column >= ROW_CHARS_MAX) {
        this.#endRow();
      }
    }
  }

  #control(token, parameters, final) {
    if (token === '\n') {
      this.lines++;
      this.#endRow();
    } else if (token === '\r') {
      this.#row.column = 0;
    } else if (token === '\b') {
      this.#row.column = Math.max(0, this.#row.column - 1);
    } else if (final === 'K') {
      this.#row.erase(parameters);
    }
  }

  #endRow() {
    this.#push(this.#row);
    this.#row = new Row();
  }

  #push(row) {
    this.#rows.push(row);
    if (this.#rows.length >= 2 * ROWS_MAX) {
      this.#rows.splice(0, this.#rows.length - ROWS_MAX);
      this.dropped = this.lines - ROWS_MAX;
      this.#shown = 0;
      this.#log.replaceChildren(this.#rowElement);
    }
  }

  #schedule() {
    if (!this.#scheduled) {
      this.#scheduled = true;
      requestAnimationFrame(() => this.#draw());
    }
  }

  #draw() {
    this.#scheduled = false;
    for (const row of this.#rows.splice(0, ROWS_PER_FRAME)) {
      this.#blockWithRoom().append(elementOf(row));
      this.#shown++;
    }
    while (this.#shown > ROWS_MAX) {
      const oldest = this.#log.firstElementChild;
      this.#shown -= oldest.childElementCount;
      this.dropped += oldest.childElementCount;
      oldest.remove();
    }
    this.#row.showIn(this.#rowElement);
    this.#rowElement.hidden = this.#row.text === '';
    this.#onDrawn();
    if (this.#rows.length > 0) {
      this.#schedule();
    }
  }

  #blockWithRoom() {
    const last = this.#rowElement.previousElementSibling;
    if (last && last.childElementCount < ROWS_PER_BLOCK) {
      return last;
    }
    const block = newElement('block');
    this.#rowElement.before(block);
    return block;
  }
}

function elementOf(row) {
  const element = newElement('row');
  if (row.told === undefined) {
    row.showIn(element);
  } else {
    element.classList.add('told');
    element.textContent = row.told;
  }
  return element;
}

function newElement(name) {
  const element = document.createElement('div');
  element.className = name;
  return element;
}
