/**
 * YAML text to a located tree.
 *
 * The failsafe schema is used: every scalar is text. Files may come from strangers, so size, depth, aliases and the
 * number of nodes after expanding aliases are limited, and nothing in a file (tags, several documents) can start
 * anything. JSON is YAML and read the same way.
 */
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  parseDocument,
  type Document,
  type Node as YamlNode,
} from 'yaml';
import { LIMITS } from './limits.ts';
import type { MapEntry, MapNode, Place, Step, TreeNode } from './node.ts';
import { Problems } from './problems.ts';
import { quote } from './quote.ts';

/** Thrown inside this file to leave a hopeless tree; the problem is already noted. */
class GiveUp extends Error {}

/** Parses one document; throws InputError with every syntax problem found. */
export function parseYaml(text: string, file: string): TreeNode {
  const problems = new Problems();
  const lines = new LineCounter();
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  if (text.length > LIMITS.fileBytes) {
    problems.add(place(0), [], `the file is longer than ${LIMITS.fileBytes / 1024 ** 2} MiB, the most a file may have`);
    problems.throwIfAny();
  }
  const refusal = tooLarge(text);
  if (refusal !== null) problems.add(place(0), [], refusal);
  problems.throwIfAny();
  const tree = new TreeBuilder(problems, place).build(compose(text, lines, problems, place));
  problems.throwIfAny();
  return tree ?? { kind: 'map', place: place(0), entries: new Map() };
}

const BLANKS = [' ', '\t'];
const TOO_DEEP = `nested deeper than ${LIMITS.depth} levels, the most a file may have`;
/** Open brackets, or dashes in a line, from which the library need not be asked. */
const HOPELESS_DEPTH = 200;

/**
 * Whether the text is so short, and has so few brackets and dashes, that it is within the limits whatever it says. It
 * need not be lexed twice then, a tenth of what a run of one small cell takes. A scalar has a token of its own that
 * stands for no text, so that there may be more tokens than characters, but not four times as many.
 */
function isHarmless(text: string): boolean {
  return 4 * text.length < LIMITS.tokens && text.replaceAll(/[^[{?-]/g, '').length <= HOPELESS_DEPTH;
}

/**
 * Why the text is not even composed, or null. The library's nodes take some hundred times the memory of their text, and
 * more where they lie inside each other.
 */
function tooLarge(text: string): string | null {
  if (isHarmless(text)) return null;
  let tokens = 0;
  let open = 0;
  let inLine = 0;
  for (const token of new Lexer().lex(text)) {
    if (token === '[' || token === '{') open++;
    else if (token === ']' || token === '}') open = Math.max(0, open - 1);
    else if (token === '-' || token === '?') inLine++;
    else if (token === '\n' || token === '\r\n') inLine = 0;
    if (open > HOPELESS_DEPTH || inLine > HOPELESS_DEPTH) return TOO_DEEP;
    if (!BLANKS.includes(token[0]) && ++tokens > LIMITS.tokens)
      return `the file holds more than ${LIMITS.tokens} YAML tokens, the most a file may have`;
  }
  return null;
}

/** The document with its syntax errors noted, or null when it is too deep to compose. */
function compose(
  text: string,
  lines: LineCounter,
  problems: Problems,
  place: (offset: number) => Place,
): Document | null {
  try {
    // Duplicate keys are looked for in TreeBuilder: the library's own search takes quadratic time.
    const options = { lineCounter: lines, schema: 'failsafe', uniqueKeys: false, prettyErrors: false } as const;
    const doc = parseDocument(text, options);
    for (const error of [...doc.errors, ...doc.warnings])
      problems.add(place(error.pos[0]), [], explain(error.code, error.message));
    return doc;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    problems.add(place(0), [], TOO_DEEP);
    return null;
  }
}

function explain(code: string, message: string): string {
  if (code === 'MULTIPLE_DOCS') return 'a second document begins here; a file holds exactly one';
  if (code === 'TAB_AS_INDENT') return 'indented with a tab; YAML wants spaces';
  if (code === 'TAG_RESOLVE_FAILED') return 'tags (`!name`) are not used here; remove it';
  if (code === 'BLOCK_AS_IMPLICIT_KEY')
    return 'not valid YAML here: a text with `: ` in it needs quotes, or a line is indented too far';
  return `not valid YAML: ${message}`;
}

/** Turns YAML nodes into tree nodes, within limits. */
class TreeBuilder {
  private readonly anchors = new Map<string, YamlNode>();
  private readonly problems: Problems;
  private readonly place: (offset: number) => Place;
  private nodes = 0;
  private aliases = 0;

  constructor(problems: Problems, place: (offset: number) => Place) {
    this.problems = problems;
    this.place = place;
  }

  build(doc: Document | null): TreeNode | null {
    if (doc === null || this.problems.any) return null;
    try {
      return this.convert(doc.contents, this.place(0), []);
    } catch (error) {
      if (!(error instanceof GiveUp)) throw error;
      return null;
    }
  }

  private convert(node: unknown, near: Place, path: readonly Step[]): TreeNode {
    const yaml = node as YamlNode | null;
    const place = yaml?.range ? this.place(yaml.range[0]) : near;
    this.nodes += 1;
    if (this.nodes > LIMITS.nodes) this.giveUp(place, [], `more than ${LIMITS.nodes} values after expanding aliases`);
    if (path.length > LIMITS.depth) this.giveUp(place, [], TOO_DEEP);
    if (isAlias(yaml)) return this.followAlias(yaml.source, place, path);
    if (yaml?.tag !== undefined) this.problems.add(place, path, 'tags (`!name`) are not used here; remove it');
    if (yaml !== null && 'anchor' in yaml && typeof yaml.anchor === 'string') this.anchors.set(yaml.anchor, yaml);
    if (isMap(yaml)) return this.convertMap(yaml.items, place, path);
    if (isSeq(yaml)) {
      return {
        kind: 'list',
        place,
        items: yaml.items.map((item, index) => this.convert(item, place, [...path, index])),
      };
    }
    const quoted = isScalar(yaml) && yaml.type !== 'PLAIN' && yaml.type !== undefined;
    const text = isScalar(yaml) && typeof yaml.value === 'string' ? yaml.value : '';
    return { kind: 'scalar', place, text, quoted };
  }

  private convertMap(items: readonly { key: unknown; value: unknown }[], place: Place, path: readonly Step[]): MapNode {
    const entries = new Map<string, MapEntry>();
    for (const { key, value } of items) {
      const keyPlace = this.placeOfKey(key, place);
      if (!isScalar(key) || typeof key.value !== 'string' || key.value === '') {
        this.problems.add(keyPlace, path, 'a key must be a word');
        continue;
      }
      const name = key.value;
      if (entries.has(name)) this.problems.add(keyPlace, [...path, name], `key ${quote(name)} is given twice`);
      else entries.set(name, { keyPlace, value: this.convert(value, keyPlace, [...path, name]) });
    }
    return { kind: 'map', place, entries };
  }

  private placeOfKey(key: unknown, near: Place): Place {
    const range = (key as YamlNode | null)?.range;
    return range ? this.place(range[0]) : near;
  }

  /** An alias is read as if its anchor's node stood there, place included. */
  private followAlias(name: string, place: Place, path: readonly Step[]): TreeNode {
    this.aliases += 1;
    if (this.aliases > LIMITS.aliases)
      this.giveUp(place, path, `more than ${LIMITS.aliases} aliases, counting those inside anchors`);
    const target = this.anchors.get(name);
    if (target === undefined)
      this.giveUp(place, path, `unknown anchor ${quote(`&${name}`)}; it must stand above its first use`);
    return this.convert(target, place, path);
  }

  private giveUp(place: Place, path: readonly Step[], message: string): never {
    this.problems.add(place, path, message);
    throw new GiveUp(message);
  }
}
