import * as vscode from 'vscode';
import { logLevelName } from '../infrastructure/logging';
import { networkParams } from '../infrastructure/networkSettings';
import type { Settings } from '../infrastructure/settings';
import { type InitializeParams, protocolVersion } from '../protocol/types';

/** What the sidecar is told at the start. The storage folder is shared by all windows, the log folder is this one's. */
export function initializeParams(
  context: vscode.ExtensionContext,
  settings: Settings,
  logLevel: vscode.LogLevel,
): InitializeParams {
  const manifest: unknown = context.extension.packageJSON;
  const version =
    typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : 'unknown';
  return {
    protocolVersion,
    clientName: vscode.env.appName,
    clientVersion: version,
    locale: vscode.env.language,
    cloud: settings.cloud,
    credential: settings.credential,
    storageFolder: context.globalStorageUri.fsPath,
    logFolder: context.logUri.fsPath,
    logLevel: logLevelName(logLevel),
    parentProcessId: process.pid,
    network: networkParams(),
  };
}
