import * as vscode from 'vscode';
import { registerAudit } from './features/audit';
import { registerChanges } from './features/changes';
import { registerCopies } from './features/copies';
import { registerDatastores } from './features/datastores';
import { registerExplorer } from './features/explorer';
import { OpenWalkthroughCommand } from './features/firstRun';
import { registerLanguageTools } from './features/languageTools';
import { registerNotebooks } from './features/notebooks';
import { registerOperations } from './features/operations';
import { registerPersonalData } from './features/personalData';
import { registerRetention } from './features/retention';
import { registerSignIn } from './features/signIn';
import { CommandRegistrar } from './infrastructure/command';
import { ErrorPresenter } from './infrastructure/errorPresenter';
import { OpenSettingsCommand } from './infrastructure/openSettings';
import { concernsNetwork, networkParams } from './infrastructure/networkSettings';
import { Settings } from './infrastructure/settings';
import { SubscriptionSelection } from './infrastructure/subscriptionSelection';
import { server } from './protocol/methods';
import { RestartSidecarCommand, ShowLogCommand } from './sidecar/commands';
import { DotnetFinder } from './sidecar/dotnet';
import { initializeParams } from './sidecar/initializeParams';
import { InstallRuntimeCommand } from './sidecar/installRuntime';
import { InstallToolCommands } from './sidecar/installTool';
import { SidecarLocator } from './sidecar/locator';
import { bridgeLog } from './sidecar/logBridge';
import { SidecarMessages } from './sidecar/notices';
import { Sidecar } from './sidecar/sidecar';
import { SidecarStatusItem } from './sidecar/statusItem';

let running: Sidecar | undefined;

/** Puts the parts together. Nothing here waits: the sidecar is started by the first view or command that needs it. */
export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('Azure ML Data', { log: true });
  const errors = new ErrorPresenter(log);
  const registrar = new CommandRegistrar(errors);
  const settings = new Settings();
  const selection = new SubscriptionSelection(context.globalState);
  const installTool = new InstallToolCommands(context.extension.id);
  const dotnet = new DotnetFinder({
    configured: () => settings.dotnetPath,
    installTool,
    log: (line) => {
      log.info(line);
    },
  });
  const locator = new SidecarLocator(
    context.extensionPath,
    () => settings.sidecarPath,
    (needed) => dotnet.find(needed),
  );
  const sidecar = new Sidecar({
    locate: () => locator.locate(),
    initializeParams: () => initializeParams(context, settings, log.logLevel),
    log,
    notices: new SidecarMessages(),
  });
  running = sidecar;
  context.subscriptions.push(log, registrar, selection, bridgeLog(sidecar, log));

  const statusItem = new SidecarStatusItem(errors, () => sidecar.restart());
  context.subscriptions.push(
    statusItem,
    sidecar.onDidChangeStatus((status) => {
      statusItem.show(status);
    }),
  );

  registrar.register(
    new ShowLogCommand(log),
    new OpenSettingsCommand(),
    new RestartSidecarCommand(sidecar),
    statusItem,
  );
  registrar.register(new OpenWalkthroughCommand(context.extension.id));
  registrar.register(new InstallRuntimeCommand(installTool, sidecar, log));
  const account = registerSignIn(context, registrar, sidecar, settings, errors, log);
  const explorer = registerExplorer(context, registrar, sidecar, account, selection, errors, log);
  const { operations, picker, exports } = registerOperations(
    context,
    registrar,
    sidecar,
    settings,
    selection,
    explorer,
    errors,
    log,
  );
  const plans = registerChanges(context, registrar, sidecar, settings, operations, picker, exports, explorer, errors);
  const found = { exports, planning: plans, operations, picker, tree: explorer };
  registerPersonalData(context, registrar, sidecar, settings, found, errors);
  registerRetention(registrar, sidecar, plans, picker);
  registerAudit(registrar, sidecar);
  registerDatastores(context, registrar, sidecar, picker);
  registerCopies(context, registrar, sidecar, { operations, picker, exports, tree: explorer });
  const needs = { picker, exports, operations, account };
  registerNotebooks(context, registrar, sidecar, settings, selection, needs, log);
  registerLanguageTools(context, sidecar, selection, { exports, deletions: plans }, errors);

  context.subscriptions.push(
    account.onDidChange(() => {
      explorer.redraw();
    }),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (concernsNetwork(event)) {
        sidecar.notifyIfRunning(server.network.changed, networkParams());
        explorer.redraw();
      }
      if (Settings.concernsConnection(event)) {
        // Operations under way are kept as interrupted and can be resumed.
        const restart = async (): Promise<void> => {
          await sidecar.restartIfWanted();
          explorer.redraw();
        };
        restart().catch((error: unknown) => errors.present(error, 'settings', restart));
      }
    }),
  );
}

/** Ends the sidecar with its window, at a safe point of what it is doing. */
export async function deactivate(): Promise<void> {
  await running?.close();
  running = undefined;
}
