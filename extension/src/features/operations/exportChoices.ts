import * as vscode from 'vscode';
import type { ExportOptions } from '../../protocol/types';
import type { ExportKind } from './exportKinds';

type Switch = 'includeChildren' | 'logsOnly' | 'namedOutputs';

interface ChoiceItem extends vscode.QuickPickItem {
  readonly choice: Switch | 'patterns';
}

/**
 * Asks what of a run is taken. Enter takes the usual at once.
 * @returns the choices; undefined when the person backed out.
 */
export async function askChoices(kind: ExportKind): Promise<ExportOptions | undefined> {
  const items: readonly ChoiceItem[] = [
    {
      choice: 'includeChildren',
      label: vscode.l10n.t('Child runs too'),
      description: vscode.l10n.t('all steps of a pipeline, all trials of a sweep'),
      picked: kind.defaults.includeChildren,
    },
    {
      choice: 'namedOutputs',
      label: vscode.l10n.t('Named outputs too'),
      description: vscode.l10n.t('data the run wrote to datastores'),
      picked: kind.defaults.namedOutputs,
    },
    {
      choice: 'logsOnly',
      label: vscode.l10n.t('Logs only'),
      description: vscode.l10n.t('the log folders, no outputs'),
      picked: kind.defaults.logsOnly,
    },
    {
      choice: 'patterns',
      label: vscode.l10n.t('Only some names...'),
      description: vscode.l10n.t('such as *.csv or outputs/**'),
    },
  ];
  const picked = await vscode.window.showQuickPick(items, {
    title: kind.title,
    placeHolder: kind.hint,
    canPickMany: true,
  });
  if (picked === undefined) {
    return undefined;
  }
  const has = (choice: ChoiceItem['choice']): boolean => picked.some((item) => item.choice === choice);
  const patterns = has('patterns') ? await askPatterns(kind.title) : { include: [], exclude: [] };
  return patterns === undefined
    ? undefined
    : {
        ...kind.defaults,
        includeChildren: has('includeChildren'),
        namedOutputs: has('namedOutputs'),
        logsOnly: has('logsOnly'),
        ...patterns,
      };
}

type Patterns = Pick<ExportOptions, 'include' | 'exclude'>;

async function askPatterns(title: string): Promise<Patterns | undefined> {
  const text = await vscode.window.showInputBox({
    title,
    prompt: vscode.l10n.t(
      'Name patterns, separated by commas; ! before a pattern leaves out what matches. * within a folder, ** across folders.',
    ),
    placeHolder: 'outputs/**, *.csv, !*.tmp',
    validateInput: (value) => {
      const { include, exclude } = parsePatterns(value);
      return include.length + exclude.length === 0 ? vscode.l10n.t('Type at least one pattern.') : undefined;
    },
  });
  return text === undefined ? undefined : parsePatterns(text);
}

/** `a, !b` is `{ include: [a], exclude: [b] }`; spaces around and empty parts do not count. */
export function parsePatterns(text: string): Patterns {
  const parts = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '' && part !== '!');
  return {
    include: parts.filter((part) => !part.startsWith('!')),
    exclude: parts.filter((part) => part.startsWith('!')).map((part) => part.slice(1).trim()),
  };
}
