/**
 * What systrace puts around ftrace text: an HTML page with the trace in a script of class trace-data, characters of
 * HTML escaped; or in older ones a string of JavaScript, each line ending in `\n\`.
 */
const ENTITIES: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&amp;': '&',
  '&quot;': '"',
  '&#39;': "'",
  '&#x27;': "'",
};
const ENTITY = /&(?:lt|gt|amp|quot|#39|#x27);/g;
const PAGE = /^\s*<(?:!doctype )?html/i;
const BEGINS = /class="trace-data"|linuxPerfData\s*=/;
const ENDS = /<\/script>/i;

export class HtmlEnvelope {
  #isFirst = true;
  #isPage = false;
  #isInside = false;

  /** The line as ftrace wrote it; null for what belongs to the page. */
  unwrap(line: string): string | null {
    if (this.#isFirst && line.trim() !== '') {
      this.#isFirst = false;
      this.#isPage = PAGE.test(line);
    }
    const text = line.endsWith('\\n\\') ? line.slice(0, -3) : line;
    if (!this.#isPage) return unescaped(text);
    if (!this.#isInside) {
      this.#isInside = BEGINS.test(line);
      return null;
    }
    if (ENDS.test(line)) this.#isInside = false;
    return this.#isInside ? unescaped(text) : null;
  }
}

function unescaped(text: string): string {
  return text.includes('&') ? text.replaceAll(ENTITY, (entity) => ENTITIES[entity]) : text;
}
