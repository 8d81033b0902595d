import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { isCancellation, Problem } from '../../infrastructure/problem';
import type { Settings } from '../../infrastructure/settings';
import { server } from '../../protocol/methods';
import type { ExportGoal, FoundExport, NodeExport, StartedExport } from '../../infrastructure/nodeExport';
import type { ExportShowing, ShownExport } from '../../infrastructure/shownPlans';
import type {
  ExistingFiles,
  ExportFormat,
  ExportOptions,
  OperationSummary,
  PersonalDataSelection,
  PlanResult,
} from '../../protocol/types';
import type { SidecarClient } from '../../sidecar/client';
import { confirmPlan } from './confirmation';
import { askChoices } from './exportChoices';
import { type ExportKind, plainKind } from './exportKinds';
import { findExisting, type RecentFolders } from './folders';
import type { OperationsModel } from './operationsModel';
import { PlanCard } from './planCard';
import { showPlanFiles } from './planFiles';
import { askWorkspaceParts } from './workspaceParts';

const allFormats: readonly ExportFormat[] = ['folder', 'bag', 'zip', 'bagZip'];
const folderFormats: readonly ExportFormat[] = ['folder', 'bag'];

/** What is given to a person, or to an authority, is whole or shows that it is not. */
const bagFormats: readonly ExportFormat[] = ['bag', 'bagZip'];

/** From nodes to a running export: choices, plan, folder, start. Closing any of the questions ends it without a trace. */
export class ExportFlow implements NodeExport, FoundExport, ExportShowing {
  constructor(
    private readonly sidecar: SidecarClient,
    private readonly settings: Settings,
    private readonly recent: RecentFolders,
    private readonly model: OperationsModel,
  ) {}

  /** For another feature: nothing is asked but the folder. Files are used where they land, so no zip is offered. */
  async start(goal: ExportGoal): Promise<StartedExport | undefined> {
    const begun: Omit<StartedExport, 'operation'>[] = [];
    const operation = await this.run(
      plainKind(goal.title),
      goal.nodeIds.map((id) => ({ id })),
      goal.beside,
      async (plan, folder, format) => {
        const firstPath = await this.firstPath(plan);
        begun.push({ folder, format, firstPath, hasOwnFolder: plan.suggestedFolderName !== null });
      },
      folderFormats,
    );
    // A folder that would not do was chosen before the last.
    const at = begun.at(-1);
    return operation === undefined || at === undefined ? undefined : { operation, ...at };
  }

  async startFound(title: string, selection: PersonalDataSelection): Promise<boolean> {
    return (await this.run(plainKind(title), [], null, undefined, bagFormats, selection)) !== undefined;
  }

  async startWorkspaces(title: string, nodeIds: readonly string[]): Promise<OperationSummary | undefined> {
    const workspace = await askWorkspaceParts(title);
    if (workspace === undefined) {
      return undefined;
    }
    const kind = plainKind(title);
    return this.run(
      { ...kind, defaults: { ...kind.defaults, workspace } },
      nodeIds.map((id) => ({ id })),
    );
  }

  showExport(goal: ShownExport): Promise<PlanResult> {
    const { includeChildren, namedOutputs } = goal;
    const kind = plainKind(goal.title);
    return new Promise((resolve, reject) => {
      let shown = false;
      const whole = this.run(
        { ...kind, defaults: { ...kind.defaults, includeChildren, namedOutputs } },
        goal.nodeIds.map((id) => ({ id })),
        null,
        undefined,
        allFormats,
        null,
        {
          note: goal.note,
          planned: (plan) => {
            shown = true;
            resolve(plan);
          },
        },
      );
      whole
        .then((operation) => (operation === undefined ? undefined : this.model.show()))
        .catch((error: unknown) => {
          if (shown) {
            goal.onError(error);
          } else {
            reject(error instanceof Error ? error : new Error(String(error)));
          }
        });
    });
  }

  showFiles(plan: PlanResult): Promise<void> {
    return showPlanFiles(this.sidecar, plan);
  }

  /**
   * @param beside the folder to offer first; null for none.
   * @param beforeStart looks at the plan before it is carried out.
   * @param formats how it may be written; the first unless the settings name another of them.
   * @param personalData what a search found, instead of nodes.
   * @param asked by somebody else than the person: what stands first, and who is told of the plan when it is shown.
   * @returns the operation; undefined when the person backed out.
   */
  async run(
    kind: ExportKind,
    targets: readonly { readonly id: string }[],
    beside: string | null = null,
    beforeStart?: (plan: PlanResult, folder: string, format: ExportFormat) => Promise<void>,
    formats = allFormats,
    personalData: PersonalDataSelection | null = null,
    asked?: { readonly note: string; readonly planned: (plan: PlanResult) => void },
  ): Promise<OperationSummary | undefined> {
    let options: ExportOptions | undefined = kind.asksChoices ? await askChoices(kind) : kind.defaults;
    let plan: PlanResult | undefined;
    let problem: string | undefined;
    const usual = this.settings.exportFormat;
    let format = formats.includes(usual) ? usual : (formats[0] ?? usual);
    while (options !== undefined) {
      const card = new PlanCard(kind.title);
      try {
        plan ??= await this.plan(card, targets, options, personalData);
        const deciding = card.decide(
          plan,
          format,
          formats,
          { beside, recent: this.recent.all, workspace: workspaceFolders(), note: asked?.note },
          problem,
        );
        asked?.planned(plan);
        const decision = await deciding;
        problem = undefined;
        card.dispose();
        if (decision === undefined) {
          return undefined;
        }
        if (decision.kind === 'includeChildren') {
          options = { ...options, includeChildren: true };
          plan = undefined;
          continue;
        }
        if (decision.kind === 'format') {
          format = decision.format;
          continue;
        }
        if (decision.kind === 'showFiles') {
          await showPlanFiles(this.sidecar, plan);
          continue;
        }
        const folder = decision.kind === 'folder' ? decision.folder : await browse(plan);
        if (folder !== undefined) {
          await beforeStart?.(plan, folder, format);
          return await this.carryOut(plan, folder, format);
        }
      } catch (error) {
        // A folder that will not do: the plan still holds, and the card asks for another one.
        if (plan !== undefined && error instanceof Problem && error.actions.includes('chooseFolder')) {
          problem = error.message;
          continue;
        }
        throw error;
      } finally {
        card.dispose();
      }
    }
    return undefined;
  }

  private async firstPath(plan: PlanResult): Promise<string> {
    const { items } = await this.sidecar.request(server.operations.planItems, {
      planId: plan.planId,
      pageToken: null,
      pageSize: 1,
      order: 'plan',
      descending: false,
      search: null,
    });
    return items[0]?.path ?? '';
  }

  private async plan(
    card: PlanCard,
    targets: readonly { readonly id: string }[],
    options: ExportOptions,
    personalData: PersonalDataSelection | null,
  ): Promise<PlanResult> {
    const progressToken = randomUUID();
    card.showProgress();
    const progress = this.sidecar.onProgress(server.operations.planProgress, progressToken, (value) => {
      card.showProgress(value);
    });
    try {
      return await this.sidecar.request(
        server.operations.plan,
        {
          verb: 'export',
          nodeIds: targets.map((node) => node.id),
          export: options,
          change: null,
          filter: null,
          operationId: null,
          progressToken,
          personalData,
        },
        card.token,
      );
    } finally {
      progress.dispose();
    }
  }

  private async carryOut(
    plan: PlanResult,
    folder: string,
    format: ExportFormat,
  ): Promise<OperationSummary | undefined> {
    // A bag's folder is its own, and of another of that name the sidecar tells; a zip whose name is taken gets a number.
    const existing = format === 'folder' ? await this.decideExisting(plan, folder) : 'skipIdentical';
    const confirmation = existing === undefined ? undefined : await confirmPlan(plan);
    if (existing === undefined || confirmation === undefined) {
      return undefined;
    }
    const { operation } = await this.sidecar.request(server.operations.start, {
      planId: plan.planId,
      confirmation,
      destination: plan.needsDestination ? { folder, existing, format } : null,
      toggled: [],
    });
    // At once, before anything newer is told of it.
    this.model.put(operation);
    await this.recent.use(folder);
    return operation;
  }

  /** What is done about files that exist; asked only when there are any. */
  private async decideExisting(plan: PlanResult, folder: string): Promise<ExistingFiles | undefined> {
    const usual: ExistingFiles = 'skipIdentical';
    const set = this.settings.existingFiles;
    if (set !== null) {
      return set;
    }
    const found = await findExisting(this.sidecar, plan, folder);
    if (found === undefined) {
      return usual;
    }
    const items: readonly (vscode.QuickPickItem & { readonly existing: ExistingFiles })[] = [
      {
        label: vscode.l10n.t('Skip Identical'),
        description: vscode.l10n.t('files that differ are kept, and the new ones written beside them'),
        existing: 'skipIdentical',
      },
      {
        label: vscode.l10n.t('Replace'),
        description: vscode.l10n.t('each once the new one is complete and verified'),
        existing: 'replace',
      },
      {
        label: vscode.l10n.t('Keep Both'),
        description: vscode.l10n.t('the new ones get a number in their names'),
        existing: 'keepBoth',
      },
    ];
    const picked = await vscode.window.showQuickPick(items, {
      title: plan.title,
      placeHolder: found,
      ignoreFocusOut: true,
    });
    return picked?.existing;
  }
}

function workspaceFolders(): readonly string[] {
  return (vscode.workspace.workspaceFolders ?? [])
    .filter((folder) => folder.uri.scheme === 'file')
    .map((folder) => folder.uri.fsPath);
}

async function browse(plan: PlanResult): Promise<string | undefined> {
  const [first] = workspaceFolders();
  try {
    const picked = await vscode.window.showOpenDialog({
      title: plan.title,
      canSelectFiles: false,
      canSelectFolders: true,
      canSelectMany: false,
      openLabel: vscode.l10n.t('Download Here'),
      ...(first === undefined ? {} : { defaultUri: vscode.Uri.file(first) }),
    });
    return picked?.[0]?.fsPath;
  } catch (error) {
    if (isCancellation(error)) {
      return undefined;
    }
    throw error;
  }
}
