import * as vscode from 'vscode';

/** The context keys that menus and welcome texts depend on. */
export type ContextKey =
  | 'amlData.signInRequired'
  | 'amlData.noSubscriptions'
  | 'amlData.loading'
  | 'amlData.filtered'
  | 'amlData.showArchived'
  | 'amlData.hasFinished'
  | 'amlData.pythonReferences';

/** Sets a context key. */
export function setContextKey(key: ContextKey, value: boolean): void {
  void vscode.commands.executeCommand('setContext', key, value);
}
