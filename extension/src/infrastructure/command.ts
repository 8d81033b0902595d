import * as vscode from 'vscode';
import type { ErrorPresenter } from './errorPresenter';

/** One thing a person can do. Errors are thrown; the registrar tells the person. */
export interface Command {
  /** The id in the manifest. */
  readonly id: string;
  /** What VS Code passes depends on where it was invoked: nothing from the palette, the node from a menu. */
  execute(...args: readonly unknown[]): Promise<void> | void;
}

/** Registers commands, each wrapped in the same error handling. */
export class CommandRegistrar implements vscode.Disposable {
  private readonly registrations: vscode.Disposable[] = [];

  constructor(private readonly errors: ErrorPresenter) {}

  register(...commands: readonly Command[]): void {
    for (const command of commands) {
      this.registrations.push(
        vscode.commands.registerCommand(command.id, (...args: readonly unknown[]) => this.run(command, args)),
      );
    }
  }

  dispose(): void {
    vscode.Disposable.from(...this.registrations.splice(0)).dispose();
  }

  private async run(command: Command, args: readonly unknown[]): Promise<void> {
    try {
      await command.execute(...args);
    } catch (error) {
      // Not awaited: a command is over when it has failed, not when its message is closed.
      void this.errors.present(error, command.id, () => this.run(command, args));
    }
  }
}
