/** SVG as text: elements, escaped for XML, in the order they are written. */

export type Attributes = Readonly<Record<string, string | number>>;

const NAMES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
/** What XML 1.0 has no way to write: control characters, halves of surrogate pairs, two noncharacters. */
const UNWRITABLE =
  /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;

export function escapeXml(text: string): string {
  return text.replaceAll(UNWRITABLE, '\uFFFD').replaceAll(/[&<>"]/g, (letter) => NAMES[letter]);
}

/** `children` are SVG already. */
export function element(name: string, attributes: Attributes, children: readonly string[] = []): string {
  const head = Object.entries(attributes).map(([key, held]) => ` ${key}="${escapeXml(String(held))}"`);
  return children.length === 0
    ? `<${name}${head.join('')}/>`
    : `<${name}${head.join('')}>${children.join('')}</${name}>`;
}

/** A line of text with its baseline at `y`. */
export function textAt(x: number, y: number, text: string, className: string, more: Attributes = {}): string {
  return element('text', { x, y, class: className, ...more }, [escapeXml(text)]);
}

/** At most `letters` of a text, the rest as one `…`. */
export function fit(text: string, letters: number): string {
  const all = Array.from(text);
  return all.length <= letters ? text : `${all.slice(0, letters - 1).join('')}…`;
}
