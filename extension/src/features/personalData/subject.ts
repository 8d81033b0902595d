import * as vscode from 'vscode';
import type { PersonalDataSubject } from '../../protocol/types';

export const nobody: PersonalDataSubject = {
  objectId: null,
  tenantId: null,
  userPrincipalName: null,
  email: null,
  displayName: null,
};

const guid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** Whether anything in it can be searched for. */
export function isSomebody(subject: PersonalDataSubject): boolean {
  return [subject.objectId, subject.userPrincipalName, subject.email, subject.displayName].some(
    (part) => part !== null,
  );
}

/** What a typed text says of a person: an object id, a name to sign in with or e-mail address, else a display name. */
export function readIdentifier(text: string): Partial<PersonalDataSubject> | undefined {
  const typed = text.trim();
  if (typed === '') {
    return undefined;
  }
  if (guid.test(typed)) {
    return { objectId: typed.toLowerCase() };
  }
  return /^[^\s@]+@[^\s@]+$/.test(typed) ? { userPrincipalName: typed } : { displayName: typed };
}

/** A person with one more identifier: a second address is an e-mail address beside the name to sign in with. */
export function withIdentifier(subject: PersonalDataSubject, more: Partial<PersonalDataSubject>): PersonalDataSubject {
  const { userPrincipalName, ...others } = more;
  const address =
    userPrincipalName === undefined
      ? {}
      : subject.userPrincipalName === null || subject.userPrincipalName === userPrincipalName
        ? { userPrincipalName }
        : { email: userPrincipalName };
  return { ...subject, ...others, ...address };
}

/** The identifiers of a person, each with what it is called. */
export function identifiersOf(
  subject: PersonalDataSubject,
): readonly { readonly value: string; readonly kind: string }[] {
  const parts: readonly (readonly [string | null, string])[] = [
    [subject.displayName, vscode.l10n.t('display name: never sure by itself')],
    [subject.userPrincipalName, vscode.l10n.t('sign-in name or e-mail address')],
    [subject.email, vscode.l10n.t('e-mail address')],
    [subject.objectId, vscode.l10n.t('object ID: exact')],
  ];
  return parts.flatMap(([value, kind]) => (value === null ? [] : [{ value, kind }]));
}
