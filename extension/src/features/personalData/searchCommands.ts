import * as vscode from 'vscode';
import type { RequestType } from 'vscode-jsonrpc/node';
import type { Command } from '../../infrastructure/command';
import type { ErasePlanning } from '../../infrastructure/erasePlanning';
import type { FoundExport } from '../../infrastructure/nodeExport';
import { server } from '../../protocol/methods';
import type { ErrorData, MatchGrade, PersonalDataSearch, SearchIdParams, SearchResult } from '../../protocol/types';
import type { SidecarClient } from '../../sidecar/client';
import { canGoOn, describeSearch, isFile, MoreRow, ResultRow, SearchRow } from './resultElements';
import type { ResultsProvider } from './resultsProvider';
import { everything, type SearchesModel } from './searchesModel';

/** The search a command was invoked on, or one the person picks among those it can be done with. */
async function searchFor(
  model: SearchesModel,
  title: string,
  fits: (search: PersonalDataSearch) => boolean,
  args: readonly unknown[],
): Promise<PersonalDataSearch | undefined> {
  const [row] = args;
  await model.load();
  if (row instanceof SearchRow || row instanceof ResultRow) {
    return model.get(row.searchId);
  }
  const items = model.all
    .filter(fits)
    .map((search) => ({ label: search.title, description: describeSearch(search), search }));
  const picked = await vscode.window.showQuickPick(items, {
    title,
    placeHolder:
      items.length === 0 ? vscode.l10n.t('There is no search this can be done with. Find personal data first.') : '',
  });
  return picked?.search;
}

const isRunning = (search: PersonalDataSearch): boolean => search.state === 'running';
const hasTicked = (search: PersonalDataSearch): boolean => !isRunning(search) && search.chosen > 0;

/** "Stop Search", "Resume Search": a request about one search, answered with how it stands now. */
class SearchStateCommand implements Command {
  constructor(
    readonly id: string,
    private readonly sidecar: SidecarClient,
    private readonly model: SearchesModel,
    private readonly title: string,
    private readonly fits: (search: PersonalDataSearch) => boolean,
    private readonly request: RequestType<SearchIdParams, SearchResult, ErrorData>,
    private readonly take: (search: PersonalDataSearch) => void,
  ) {}

  async execute(...args: readonly unknown[]): Promise<void> {
    const search = await searchFor(this.model, this.title, this.fits, args);
    if (search !== undefined) {
      const answer = await this.sidecar.request(this.request, { searchId: search.searchId });
      this.take(answer.search);
    }
  }
}

/** The commands that only change a search's state: what was found stays, and it goes on where it was. */
export function stateCommands(sidecar: SidecarClient, model: SearchesModel): readonly Command[] {
  const { stop, resume } = server.personalData;
  const [stopTitle, resumeTitle] = [vscode.l10n.t('Stop Search'), vscode.l10n.t('Resume Search')];
  return [
    new SearchStateCommand('amlData.personalData.stop', sidecar, model, stopTitle, isRunning, stop, (search) => {
      model.put(search);
    }),
    new SearchStateCommand('amlData.personalData.resume', sidecar, model, resumeTitle, canGoOn, resume, (search) => {
      model.own(search);
    }),
  ];
}

/** "Remove Search": with all it found, from this machine alone, so it asks only when that was something. */
export class DiscardSearchCommand implements Command {
  readonly id = 'amlData.personalData.discard';

  constructor(
    private readonly sidecar: SidecarClient,
    private readonly model: SearchesModel,
  ) {}

  async execute(...args: readonly unknown[]): Promise<void> {
    const title = vscode.l10n.t('Remove Search');
    const search = await searchFor(this.model, title, (one) => !isRunning(one), args);
    if (search === undefined) {
      return;
    }
    const remove = vscode.l10n.t('Remove');
    const picked =
      search.found === 0
        ? remove
        : await vscode.window.showWarningMessage(
            vscode.l10n.t('Remove the search "{0}"?', search.title),
            {
              modal: true,
              detail: vscode.l10n.t(
                'Its results are removed from this machine. Nothing in Azure changes; exports and receipts stay.',
              ),
            },
            remove,
          );
    if (picked === remove) {
      await this.sidecar.request(server.personalData.discard, { searchId: search.searchId });
      this.model.drop(search.searchId);
    }
  }
}

interface GradeItem extends vscode.QuickPickItem {
  readonly grade: MatchGrade;
}

/** "Filter Results...": how sure, and a part of the name. */
export class FilterResultsCommand implements Command {
  readonly id = 'amlData.personalData.filter';

  constructor(private readonly model: SearchesModel) {}

  async execute(...args: readonly unknown[]): Promise<void> {
    const title = vscode.l10n.t('Filter Results');
    const search = await searchFor(this.model, title, (one) => one.found > 0, args);
    if (search === undefined) {
      return;
    }
    const current = this.model.filterOf(search.searchId);
    const items = gradeItems().map((item) => ({
      ...item,
      picked: current.grades.length === 0 || current.grades.includes(item.grade),
    }));
    const picked = await vscode.window.showQuickPick(items, {
      title,
      placeHolder: vscode.l10n.t('How sure a match must be'),
      canPickMany: true,
    });
    const name =
      picked === undefined
        ? undefined
        : await vscode.window.showInputBox({
            title,
            prompt: vscode.l10n.t('Part of the name; leave it empty for all'),
            value: current.name ?? '',
          });
    if (picked !== undefined && name !== undefined) {
      const all = picked.length === 0 || picked.length === items.length;
      this.model.setFilter(search.searchId, {
        grades: all ? [] : picked.map((item) => item.grade),
        name: name.trim() === '' ? null : name.trim(),
      });
    }
  }
}

function gradeItems(): readonly GradeItem[] {
  return [
    {
      grade: 'exactId',
      label: vscode.l10n.t('Object ID'),
      description: vscode.l10n.t('this person'),
    },
    {
      grade: 'signInName',
      label: vscode.l10n.t('Sign-in name or e-mail address'),
      description: vscode.l10n.t('this person, unless the address went to somebody else'),
    },
    {
      grade: 'displayName',
      label: vscode.l10n.t('Display name only'),
      description: vscode.l10n.t('perhaps somebody else'),
    },
  ];
}

/** "Clear Filter" of a search's results. */
export class ClearResultFilterCommand implements Command {
  readonly id = 'amlData.personalData.clearFilter';

  constructor(private readonly model: SearchesModel) {}

  execute(...args: readonly unknown[]): void {
    const [row] = args;
    if (row instanceof SearchRow) {
      this.model.setFilter(row.searchId, everything);
    }
  }
}

/** "Tick All Shown", "Untick All Shown": what the filter leaves. */
export class TickCommand implements Command {
  readonly id: string;

  constructor(
    private readonly sidecar: SidecarClient,
    private readonly model: SearchesModel,
    private readonly chosen: boolean,
  ) {
    this.id = chosen ? 'amlData.personalData.tickAll' : 'amlData.personalData.untickAll';
  }

  async execute(...args: readonly unknown[]): Promise<void> {
    const title = this.chosen ? vscode.l10n.t('Tick All Shown') : vscode.l10n.t('Untick All Shown');
    const search = await searchFor(this.model, title, (one) => one.found > 0, args);
    if (search !== undefined) {
      const { grades, name } = this.model.filterOf(search.searchId);
      const answer = await this.sidecar.request(server.personalData.choose, {
        searchId: search.searchId,
        nodeIds: [],
        grades: [...grades],
        name,
        chosen: this.chosen,
      });
      this.model.put(answer.search);
    }
  }
}

type ExportChoice = 'includeFiles' | 'redactOthers';

/** "Export Personal Data...": what is ticked, as a bag for the person. */
export class ExportFoundCommand implements Command {
  readonly id = 'amlData.personalData.export';

  constructor(
    private readonly model: SearchesModel,
    private readonly exports: FoundExport,
    private readonly onStarted: () => Promise<void>,
  ) {}

  async execute(...args: readonly unknown[]): Promise<void> {
    const title = vscode.l10n.t('Export Personal Data');
    const search = await searchFor(this.model, title, hasTicked, args);
    if (search === undefined) {
      return;
    }
    const items: readonly (vscode.QuickPickItem & { readonly choice: ExportChoice })[] = [
      {
        choice: 'includeFiles',
        label: vscode.l10n.t('Files too'),
        description: vscode.l10n.t('of the runs, models and folders found, not only their records'),
        picked: true,
      },
      {
        choice: 'redactOthers',
        label: vscode.l10n.t('Take out other people'),
        description: vscode.l10n.t('their names and IDs in the same records; what was taken out is listed'),
        picked: true,
      },
    ];
    const picked = await vscode.window.showQuickPick(items, {
      title,
      placeHolder: vscode.l10n.t('What the export holds'),
      canPickMany: true,
    });
    if (picked !== undefined) {
      const has = (choice: ExportChoice): boolean => picked.some((item) => item.choice === choice);
      const started = await this.exports.startFound(title, {
        searchId: search.searchId,
        includeFiles: has('includeFiles'),
        redactOthers: has('redactOthers'),
      });
      if (started) {
        await this.onStarted();
      }
    }
  }
}

/** "Erase Personal Data...": the plan of what is ticked. */
export class EraseFoundCommand implements Command {
  readonly id = 'amlData.personalData.erase';

  constructor(
    private readonly model: SearchesModel,
    private readonly planning: ErasePlanning,
  ) {}

  async execute(...args: readonly unknown[]): Promise<void> {
    const title = vscode.l10n.t('Erase Personal Data');
    const search = await searchFor(this.model, title, hasTicked, args);
    if (search !== undefined) {
      await this.planning.erase(title, { searchId: search.searchId, redactOthers: false, includeFiles: true });
    }
  }
}

/** "Load more..." at the end of a list. */
export class LoadMoreResultsCommand implements Command {
  readonly id = 'amlData.personalData.loadMore';

  constructor(private readonly provider: ResultsProvider) {}

  execute(...args: readonly unknown[]): void {
    const [row] = args;
    if (row instanceof MoreRow) {
      this.provider.loadMore(row);
    }
  }
}

/** "Open in Azure ML Studio" of a finding. */
export class OpenFindingInStudioCommand implements Command {
  readonly id = 'amlData.personalData.openInStudio';

  async execute(...args: readonly unknown[]): Promise<void> {
    const [row] = args;
    if (row instanceof ResultRow && row.node.studioUrl !== null) {
      await vscode.env.openExternal(vscode.Uri.parse(row.node.studioUrl, true));
    }
  }
}

/** "Open" of a file that was found: the command of the tree opens it, as it opens any file. */
export class OpenFindingCommand implements Command {
  readonly id = 'amlData.personalData.openFinding';

  constructor(private readonly openCommand: string) {}

  async execute(...args: readonly unknown[]): Promise<void> {
    const [row] = args;
    if (row instanceof ResultRow && isFile(row.node)) {
      const { nodeId, label } = row.node;
      const node = { id: nodeId, kind: 'file', label, actions: ['open'], resource: null };
      await vscode.commands.executeCommand(this.openCommand, { node });
    }
  }
}
