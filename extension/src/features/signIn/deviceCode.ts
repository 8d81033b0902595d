import * as vscode from 'vscode';
import type { DeviceCodeParams } from '../../protocol/types';

/** Shows a device code; one button copies it and opens the page to type it in. */
export async function showDeviceCode(code: DeviceCodeParams): Promise<void> {
  const copyAndOpen = vscode.l10n.t('Copy & Open');
  const picked = await vscode.window.showInformationMessage(code.message, copyAndOpen);
  if (picked === copyAndOpen) {
    await vscode.env.clipboard.writeText(code.userCode);
    await vscode.env.openExternal(vscode.Uri.parse(code.verificationUri, true));
  }
}
