/** Text as HTML text or the value of an attribute in double quotes. */
const NAMES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (letter) => NAMES[letter]);
}

/** A sentence as a paragraph; a number keeps its `%`. */
export function paragraph(text: string): string {
  return `<p>${escapeHtml(text).replaceAll(' %', '&nbsp;%')}</p>`;
}

/** JSON for a script element of type application/json: no text in it can end the element. */
export function embeddedJson(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}
