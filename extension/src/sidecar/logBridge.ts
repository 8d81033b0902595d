import type * as vscode from 'vscode';
import { logLevelName, writeLog } from '../infrastructure/logging';
import { client, server } from '../protocol/methods';
import type { SidecarClient } from './client';

/** Brings the sidecar's log into the output channel, and the channel's level to the sidecar. */
export function bridgeLog(sidecar: SidecarClient, log: vscode.LogOutputChannel): vscode.Disposable {
  sidecar.onNotification(client.log.message, (line) => {
    writeLog(log, line.level, `[${line.category}] ${line.message}`);
  });
  return log.onDidChangeLogLevel((level) => {
    sidecar.notifyIfRunning(server.log.setLevel, { level: logLevelName(level) });
  });
}
