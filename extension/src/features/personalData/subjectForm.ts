import * as vscode from 'vscode';
import { isCancellation } from '../../infrastructure/problem';
import { server } from '../../protocol/methods';
import type { PersonalDataSubject } from '../../protocol/types';
import type { SidecarClient } from '../../sidecar/client';
import { identifiersOf, isSomebody, nobody, readIdentifier, withIdentifier } from './subject';

interface Entry extends vscode.QuickPickItem {
  readonly choice?: 'go' | 'startOver' | { readonly add: Partial<PersonalDataSubject> };
}

/** Asks whose data is meant: the signed-in person, or what is typed; one list that grows with each identifier. */
export class SubjectForm {
  constructor(private readonly sidecar: SidecarClient) {}

  /** @returns undefined when the person backed out. */
  async ask(title: string): Promise<PersonalDataSubject | undefined> {
    const list = vscode.window.createQuickPick<Entry>();
    const cancellation = new vscode.CancellationTokenSource();
    let subject = nobody;
    let me: PersonalDataSubject | null = null;
    const draw = (): void => {
      list.items = entriesFor(subject, me, list.value);
      list.placeholder = isSomebody(subject)
        ? vscode.l10n.t('Type another identifier of the same person, or go on')
        : vscode.l10n.t('Type an object ID, a sign-in name, an e-mail address or a display name');
    };
    list.title = title;
    list.ignoreFocusOut = true;
    list.matchOnDescription = true;
    draw();
    try {
      return await new Promise<PersonalDataSubject | undefined>((resolve, reject) => {
        list.onDidChangeValue(draw);
        list.onDidHide(() => {
          resolve(undefined);
        });
        list.onDidAccept(() => {
          const choice = list.selectedItems[0]?.choice;
          if (choice === 'go') {
            resolve(subject);
            return;
          }
          if (choice !== undefined) {
            subject = choice === 'startOver' ? nobody : withIdentifier(subject, choice.add);
            list.value = '';
            draw();
          }
        });
        list.busy = true;
        this.readMe(cancellation.token)
          .then((found) => {
            me = found;
            list.busy = false;
            draw();
          })
          .catch(reject);
        list.show();
      });
    } finally {
      cancellation.cancel();
      cancellation.dispose();
      list.dispose();
    }
  }

  private async readMe(token: vscode.CancellationToken): Promise<PersonalDataSubject | null> {
    try {
      return (await this.sidecar.request(server.personalData.me, { tenantId: null }, token)).subject;
    } catch (error) {
      if (isCancellation(error)) {
        return null;
      }
      throw error;
    }
  }
}

function entriesFor(subject: PersonalDataSubject, me: PersonalDataSubject | null, typed: string): readonly Entry[] {
  const more = readIdentifier(typed);
  const known = identifiersOf(subject);
  const added = more === undefined ? undefined : identifiersOf({ ...nobody, ...more })[0];
  return [
    ...(more === undefined || added === undefined
      ? []
      : [
          {
            label: `$(add) ${added.value}`,
            description: added.kind,
            alwaysShow: true,
            choice: { add: more },
          },
        ]),
    ...(known.length === 0
      ? []
      : [
          {
            label: `$(search) ${vscode.l10n.t('Search for this person')}`,
            description: known.map(({ value }) => value).join(', '),
            alwaysShow: true,
            choice: 'go' as const,
          },
          { label: `$(discard) ${vscode.l10n.t('Start over')}`, alwaysShow: true, choice: 'startOver' as const },
        ]),
    ...(me === null || known.length > 0
      ? []
      : [
          {
            label: `$(account) ${vscode.l10n.t('Me')}`,
            description: identifiersOf(me)
              .map(({ value }) => value)
              .join(', '),
            choice: { add: withoutNulls(me) },
          },
        ]),
  ];
}

function withoutNulls(subject: PersonalDataSubject): Partial<PersonalDataSubject> {
  return Object.fromEntries(Object.entries(subject).filter(([, value]) => value !== null));
}
