/** Foreign text in Markdown as GitHub renders it: nothing in it is markup, a mention, or the end of a table's cell. */

/** As code: in backticks where that is safe, in table cells too, else with every sign as an entity. */
export function code(text: string): string {
  const line = oneLine(text);
  if (/^[\w+.,:=/ -]*[\w+.,:=/-]$/.test(line) && !line.startsWith(' ')) return `\`${line}\``;
  return `<code>${line.replaceAll(/[^\p{L}\p{N} ]/gu, entity)}</code>`;
}

/**
 * As text, also at the beginning of a line: nothing is markup, and `@` and `#` are neither a mention nor a reference.
 */
export function prose(text: string): string {
  return oneLine(text)
    .replaceAll(/[\\`*[\]<>|~&$]|(?<!\w)_|_(?!\w)/g, '\\$&')
    .replaceAll(/[@#](?=\w)/g, '$&<!-- -->')
    .replace(/^[-+#=]|(?<=^\d{1,9})[.)](?= |$)/, '\\$&');
}

/** A block of code that nothing in `text` ends. */
export function fenced(text: string, language: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text.replaceAll(/\r\n?/g, '\n')}\n${fence}`;
}

function oneLine(text: string): string {
  return text.replaceAll(/\p{C}|\s/gu, ' ').trim();
}

function entity(sign: string): string {
  return `&#${sign.codePointAt(0)!};`;
}
