import type { LogOutputChannel } from 'vscode';

/** A log that keeps its lines. */
export class FakeLog {
  readonly lines: string[] = [];
  private readonly add = (text: string): void => {
    this.lines.push(text);
  };
  readonly trace = this.add;
  readonly debug = this.add;
  readonly info = this.add;
  readonly warn = this.add;
  readonly error = this.add;

  /** As the extension sees it: only what the fake has is used. */
  get channel(): LogOutputChannel {
    return this as unknown as LogOutputChannel;
  }
}
