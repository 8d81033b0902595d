// The part of VS Code's API about texts and notebooks, by hand.

export class Position {
  constructor(
    readonly line: number,
    readonly character: number,
  ) {}
}

export class Range {
  readonly start: Position;
  readonly end: Position;
  constructor(startLine: number | Position, startCharacter: number | Position, endLine = 0, endCharacter = 0) {
    this.start = typeof startLine === 'number' ? new Position(startLine, Number(startCharacter)) : startLine;
    this.end = typeof startCharacter === 'number' ? new Position(endLine, endCharacter) : startCharacter;
  }
  contains(position: Position): boolean {
    const before = (a: Position, b: Position): boolean =>
      a.line < b.line || (a.line === b.line && a.character <= b.character);
    return before(this.start, position) && before(position, this.end);
  }
  isEqual(other: Range): boolean {
    return JSON.stringify(this) === JSON.stringify(other);
  }
}

/** Escapes as VS Code's does. */
export class MarkdownString {
  isTrusted: boolean | undefined;
  supportHtml: boolean | undefined;
  constructor(
    public value = '',
    readonly supportThemeIcons = false,
  ) {}
  appendText(text: string): this {
    this.value += text.replace(/[\\`*_{}[\]()#+\-!~]/g, '\\$&').replace(/</g, '&lt;');
    return this;
  }
  appendMarkdown(text: string): this {
    this.value += text;
    return this;
  }
}

export class Hover {
  constructor(
    readonly contents: MarkdownString,
    readonly range: Range,
  ) {}
}

export class CodeLens {
  constructor(
    readonly range: Range,
    readonly command: { title: string; command: string; arguments: unknown[] },
  ) {}
}

export const DiagnosticSeverity = { Error: 0, Warning: 1, Information: 2, Hint: 3 };

export class Diagnostic {
  source: string | undefined;
  code: string | undefined;
  constructor(
    readonly range: Range,
    readonly message: string,
    readonly severity: number,
  ) {}
}

export const CodeActionKind = { QuickFix: 'quickfix' };

export class CodeAction {
  diagnostics: unknown;
  isPreferred: boolean | undefined;
  edit: WorkspaceEdit | undefined;
  constructor(
    readonly title: string,
    readonly kind: string,
  ) {}
}

export class WorkspaceEdit {
  readonly edits: { uri: unknown; range?: Range; text?: string; cells?: unknown }[] = [];
  replace(uri: unknown, range: Range, text: string): void {
    this.edits.push({ uri, range, text });
  }
  insert(uri: unknown, at: Position, text: string): void {
    this.edits.push({ uri, range: new Range(at, at), text });
  }
  set(uri: unknown, cells: unknown): void {
    this.edits.push({ uri, cells });
  }
}

export const NotebookCellKind = { Markup: 1, Code: 2 };
export const NotebookCellStatusBarAlignment = { Left: 1, Right: 2 };
export const NotebookEditorRevealType = { InCenterIfOutsideViewport: 2 };

export class NotebookCellStatusBarItem {
  command: unknown;
  accessibilityInformation: unknown;
  constructor(
    readonly text: string,
    readonly alignment: number,
  ) {}
}

export class NotebookCellData {
  constructor(
    readonly kind: number,
    readonly value: string,
    readonly languageId: string,
  ) {}
}

export class NotebookRange {
  constructor(
    readonly start: number,
    readonly end: number,
  ) {}
}

export const NotebookEdit = {
  insertCells: (index: number, cells: unknown[]) => ({ index, cells }),
};
