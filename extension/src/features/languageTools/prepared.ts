import type * as vscode from 'vscode';

/** What VS Code shows while a tool works, and asks before, unless the person has it approve tools by itself. */
export function prepared(working: string, title: string, message: string): vscode.PreparedToolInvocation {
  return { invocationMessage: working, confirmationMessages: { title, message } };
}
