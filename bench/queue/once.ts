/** Lines for people on stderr, each once. */

/** Prints the text unless something was said under that name. */
export type SeenOnce = (name: string, text: string) => void;

export function sayOnce(say: (text: string) => void): SeenOnce {
  const said = new Set<string>();
  return (name, text) => {
    if (said.has(name)) return;
    said.add(name);
    say(text);
  };
}
