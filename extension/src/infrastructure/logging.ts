import * as vscode from 'vscode';
import type { LogLevelName } from '../protocol/types';

/** The contract's name of VS Code's log level. */
export function logLevelName(level: vscode.LogLevel): LogLevelName {
  switch (level) {
    case vscode.LogLevel.Trace:
      return 'trace';
    case vscode.LogLevel.Debug:
      return 'debug';
    case vscode.LogLevel.Info:
      return 'info';
    case vscode.LogLevel.Warning:
      return 'warning';
    case vscode.LogLevel.Error:
      return 'error';
    case vscode.LogLevel.Off:
      return 'off';
  }
}

/** Writes a line at a level given by name. */
export function writeLog(log: vscode.LogOutputChannel, level: LogLevelName, text: string): void {
  switch (level) {
    case 'trace':
      log.trace(text);
      break;
    case 'debug':
      log.debug(text);
      break;
    case 'info':
      log.info(text);
      break;
    case 'warning':
      log.warn(text);
      break;
    case 'error':
      log.error(text);
      break;
    case 'off':
      break;
  }
}
