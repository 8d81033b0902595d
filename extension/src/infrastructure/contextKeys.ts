import * as vscode from 'vscode';

/** The context keys that menus and welcome texts depend on. */
export type ContextKey =
  | 'amlData.signInRequired'
  | 'amlData.noSubscriptions'
  | 'amlData.loading'
  | 'amlData.sidecarStarting'
  | 'amlData.filtered'
  | 'amlData.showArchived'
  | 'amlData.hasFinished'
  | 'amlData.pythonReferences'
  // How far a person has come: the steps of the walkthrough.
  | 'amlData.signedIn'
  | 'amlData.subscriptionsChosen'
  | 'amlData.downloaded'
  | 'amlData.planSeen'
  | 'amlData.searched';

/** Context keys that say which of several things is so; empty for none. */
export type TextContextKey = 'amlData.sidecarProblem';

/** Sets a context key. */
export function setContextKey(key: ContextKey, value: boolean): void;
export function setContextKey(key: TextContextKey, value: string): void;
export function setContextKey(key: ContextKey | TextContextKey, value: boolean | string): void {
  void vscode.commands.executeCommand('setContext', key, value);
}
