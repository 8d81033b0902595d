import * as vscode from 'vscode';
import type { CommandRegistrar } from '../../infrastructure/command';
import { commandIds } from '../../infrastructure/commandIds';
import { setContextKey } from '../../infrastructure/contextKeys';
import type { ErasePlanning } from '../../infrastructure/erasePlanning';
import type { ErrorPresenter } from '../../infrastructure/errorPresenter';
import type { FoundExport } from '../../infrastructure/nodeExport';
import type { NodePicking } from '../../infrastructure/nodePicking';
import type { OperationList } from '../../infrastructure/operationList';
import type { Settings } from '../../infrastructure/settings';
import type { TreeAccess } from '../../infrastructure/treeAccess';
import { server } from '../../protocol/methods';
import type { PersonalDataSearch } from '../../protocol/types';
import type { SidecarClient } from '../../sidecar/client';
import { FindCommand } from './findFlow';
import { describeSearch, type ResultElement, ResultRow } from './resultElements';
import { ResultsProvider } from './resultsProvider';
import {
  ClearResultFilterCommand,
  DiscardSearchCommand,
  EraseFoundCommand,
  ExportFoundCommand,
  FilterResultsCommand,
  LoadMoreResultsCommand,
  OpenFindingCommand,
  OpenFindingInStudioCommand,
  stateCommands,
  TickCommand,
} from './searchCommands';
import { SearchesModel } from './searchesModel';
import { SubjectForm } from './subjectForm';

const viewId = 'amlData.personalData';

/** What the feature needs of the others. */
export interface PersonalDataNeeds {
  readonly exports: FoundExport;
  readonly planning: ErasePlanning;
  readonly operations: OperationList;
  readonly picker: NodePicking;
  readonly tree: TreeAccess;
}

/** What workspaces hold on a person: the search, the view of its results, what is done with them. */
export function registerPersonalData(
  context: vscode.ExtensionContext,
  registrar: CommandRegistrar,
  sidecar: SidecarClient,
  settings: Settings,
  needs: PersonalDataNeeds,
  errors: ErrorPresenter,
): void {
  const model = new SearchesModel(sidecar);
  const provider = new ResultsProvider(sidecar, model, errors);
  const view = vscode.window.createTreeView(viewId, { treeDataProvider: provider, manageCheckboxStateManually: true });
  // The newest search stands first and is open while it runs; revealing a row would race with the drawing of what is new.
  const show = async (): Promise<void> => {
    await vscode.commands.executeCommand(`${viewId}.focus`);
  };
  const failed = (error: unknown): void => {
    errors.write(error, viewId);
  };
  registrar.register(
    new FindCommand(sidecar, settings, model, new SubjectForm(sidecar), needs.picker, needs.tree, show),
    ...stateCommands(sidecar, model),
    new DiscardSearchCommand(sidecar, model),
    new FilterResultsCommand(model),
    new ClearResultFilterCommand(model),
    new TickCommand(sidecar, model, true),
    new TickCommand(sidecar, model, false),
    new ExportFoundCommand(model, needs.exports, () => needs.operations.show()),
    new EraseFoundCommand(model, needs.planning),
    new LoadMoreResultsCommand(provider),
    new OpenFindingInStudioCommand(),
    new OpenFindingCommand(commandIds.openFile),
  );
  const tick = async (changes: readonly (readonly [ResultElement, vscode.TreeItemCheckboxState])[]): Promise<void> => {
    for (const chosen of [true, false]) {
      const wanted = chosen ? vscode.TreeItemCheckboxState.Checked : vscode.TreeItemCheckboxState.Unchecked;
      const rows = changes.flatMap(([row, state]) => (row instanceof ResultRow && state === wanted ? [row] : []));
      for (const searchId of new Set(rows.map((row) => row.searchId))) {
        const { grades, name } = model.filterOf(searchId);
        const answer = await sidecar.request(server.personalData.choose, {
          searchId,
          nodeIds: rows.filter((row) => row.searchId === searchId).map((row) => row.node.id),
          grades: [...grades],
          name,
          chosen,
        });
        model.put(answer.search);
      }
    }
  };
  context.subscriptions.push(
    model,
    provider,
    view,
    view.onDidChangeCheckboxState(({ items }) => {
      tick(items).catch((error: unknown) => errors.present(error, viewId, () => tick(items)));
    }),
    model.onDidChange(() => {
      setContextKey('amlData.searched', model.all.length > 0);
    }),
    model.onDidFinish((search) => {
      tellEnd(search, show).catch(failed);
    }),
  );
}

/** One message when a search of this window has ended by itself. */
async function tellEnd(search: PersonalDataSearch, show: () => Promise<void>): Promise<void> {
  if (search.state === 'stopped' || search.state === 'interrupted') {
    return;
  }
  const message = `${search.title}: ${describeSearch(search)}`;
  const showResults = vscode.l10n.t('Show Results');
  const picked =
    search.state === 'failed'
      ? await vscode.window.showErrorMessage(message, showResults)
      : search.state === 'doneWithGaps'
        ? await vscode.window.showWarningMessage(message, showResults)
        : await vscode.window.showInformationMessage(message, showResults);
  if (picked === showResults) {
    await show();
  }
}
