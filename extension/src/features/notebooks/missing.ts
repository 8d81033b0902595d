import * as vscode from 'vscode';
import { Throttle } from '../../infrastructure/throttle';
import type { NotebookReference } from '../../protocol/types';
import { assetName } from './assetText';
import type { Descriptions } from './descriptions';
import { type ReferenceStore, rangeOf } from './referenceStore';

const code = 'amlData.missing';
const offered = 5;

/** A reference to what is not there, with what is. */
class MissingDiagnostic extends vscode.Diagnostic {
  constructor(
    readonly reference: NotebookReference,
    readonly versions: readonly string[],
    reason: string,
  ) {
    super(rangeOf(reference.range), reason, vscode.DiagnosticSeverity.Information);
    this.source = 'Azure ML Data';
    this.code = code;
  }
}

/** Says which references are to nothing, where the workspace answers, and offers the versions there are. */
export class MissingReferences implements vscode.CodeActionProvider, vscode.Disposable {
  static readonly metadata: vscode.CodeActionProviderMetadata = {
    providedCodeActionKinds: [vscode.CodeActionKind.QuickFix],
  };

  private readonly collection = vscode.languages.createDiagnosticCollection('amlData.notebooks');
  private readonly waiting = new Set<string>();
  private readonly throttle = new Throttle(300, () => {
    for (const key of [...this.waiting]) {
      this.waiting.delete(key);
      this.check(key).catch(this.onError);
    }
  });
  private readonly subscription: vscode.Disposable;

  constructor(
    private readonly store: ReferenceStore,
    private readonly descriptions: Descriptions,
    private readonly onError: (error: unknown) => void,
  ) {
    this.subscription = store.onDidChange((uris) => {
      this.look(uris);
    });
  }

  /** Looks at documents again. */
  look(uris: readonly vscode.Uri[]): void {
    for (const uri of uris) {
      this.waiting.add(uri.toString());
    }
    this.throttle.request();
  }

  /** Looks at all open documents again: the workspace may be another, or have changed. */
  lookAtAll(): void {
    this.look(vscode.workspace.textDocuments.filter((one) => this.store.get(one).length > 0).map(({ uri }) => uri));
  }

  provideCodeActions(
    document: vscode.TextDocument,
    _range: vscode.Range,
    context: vscode.CodeActionContext,
  ): vscode.CodeAction[] {
    const all = this.collection.get(document.uri) ?? [];
    return context.diagnostics
      .filter((diagnostic) => diagnostic.code === code)
      .flatMap((diagnostic) => {
        // VS Code gives back a copy; places of ours move with the text.
        const own = all.find((one) => one.message === diagnostic.message && one.range.isEqual(diagnostic.range));
        const current = this.store
          .getCurrent(document)
          .find((reference) => rangeOf(reference.range).isEqual(diagnostic.range));
        return own instanceof MissingDiagnostic && current?.versionRange != null
          ? fixes(document, diagnostic, current, current.versionRange, own.versions)
          : [];
      });
  }

  dispose(): void {
    this.subscription.dispose();
    this.throttle.dispose();
    this.collection.dispose();
  }

  private async check(key: string): Promise<void> {
    const document = vscode.workspace.textDocuments.find((one) => one.uri.toString() === key);
    if (document === undefined) {
      this.collection.delete(vscode.Uri.parse(key));
      return;
    }
    const { version } = document;
    const references = this.store.getCurrent(document);
    const found = await Promise.all(
      references.map(async (reference) => {
        const description = await this.descriptions.get(document.uri, reference.asset);
        return description?.state === 'missing'
          ? new MissingDiagnostic(
              reference,
              description.versions,
              description.reason ?? vscode.l10n.t('{0} is not there.', assetName(reference.asset)),
            )
          : undefined;
      }),
    );
    // What was typed meanwhile is looked at by itself.
    if (document.version === version && !document.isClosed) {
      this.collection.set(
        document.uri,
        found.filter((one) => one !== undefined),
      );
    }
  }
}

function fixes(
  document: vscode.TextDocument,
  diagnostic: vscode.Diagnostic,
  reference: NotebookReference,
  place: NotebookReference['range'],
  versions: readonly string[],
): vscode.CodeAction[] {
  return versions
    .filter(
      (version) => /^[A-Za-z0-9._-]+$/.test(version) && (!reference.versionIsNumber || /^[1-9][0-9]*$/.test(version)),
    )
    .slice(0, offered)
    .map((version, index) => {
      const action = new vscode.CodeAction(
        vscode.l10n.t('Use version {0} of {1}', version, reference.asset.name),
        vscode.CodeActionKind.QuickFix,
      );
      action.diagnostics = [diagnostic];
      action.isPreferred = index === 0;
      action.edit = new vscode.WorkspaceEdit();
      action.edit.replace(document.uri, rangeOf(place), version);
      return action;
    });
}
