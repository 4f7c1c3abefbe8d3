/** What Stryker leaves alone: the texts of errors, which people read and no code depends on. */
import { declareValuePlugin, PluginKind } from '@stryker-mutator/api/plugin';
import type { Ignorer, NodePath } from '@stryker-mutator/api/ignore';

/** What is read of Babel's NodePath, which the types of the plug-in leave open. */
interface Place extends NodePath {
  readonly node: { readonly type: string };
  readonly parent: { readonly type: string };
}

const errorTexts: Ignorer = {
  shouldIgnore(path) {
    const { node, parent } = path as Place;
    const isText = node.type === 'StringLiteral' || node.type === 'TemplateLiteral';
    return isText && parent.type === 'NewExpression' ? 'the text of an error' : undefined;
  },
};

export const strykerPlugins = [declareValuePlugin(PluginKind.Ignore, 'error-texts', errorTexts)];
