// Generated from server/AmlDataTools.Server/Protocol by `npm run generate`. Do not edit.

/** Raised with every incompatible change. */
export const protocolVersion = 1;

/**
 * The kinds of node.
 * - `subscription`: A subscription.
 * - `workspace`: A workspace.
 * - `registries`: "Registries" of a subscription.
 * - `registry`: A registry: assets for many workspaces, to read.
 * - `experiments`: The experiments of a workspace.
 * - `experiment`: An experiment.
 * - `run`: A run (v2: job).
 * - `runFiles`: "Outputs + logs" of a run.
 * - `namedOutputs`: "Named outputs" of a run.
 * - `namedOutput`: One named output.
 * - `childRuns`: "Child runs" of a run.
 * - `folder`: A folder of files.
 * - `file`: A file.
 * - `models`: "Models" of a workspace.
 * - `model`: A registered model, with its versions.
 * - `modelVersion`: A version of a model.
 * - `dataAssets`: "Data" of a workspace: data assets and v1 datasets.
 * - `dataAsset`: A data asset, with its versions.
 * - `dataVersion`: A version of a data asset.
 * - `dataset`: A dataset (v1).
 * - `computes`: "Compute" of a workspace.
 * - `compute`: A compute: cluster, instance, attached.
 * - `endpoints`: "Endpoints" of a workspace.
 * - `onlineEndpoint`: An online endpoint, with its deployments.
 * - `onlineDeployment`: A deployment of an online endpoint.
 * - `batchEndpoint`: A batch endpoint, with its deployments.
 * - `batchDeployment`: A deployment of a batch endpoint.
 * - `webService`: A web service (v1).
 * - `pipelines`: "Pipelines and schedules" of a workspace.
 * - `pipelineEndpoint`: A pipeline endpoint (v1).
 * - `publishedPipeline`: A published pipeline (v1).
 * - `schedule`: A schedule.
 * - `environmentsAndComponents`: "Environments and components" of a workspace.
 * - `environments`: "Environments" of a workspace.
 * - `environment`: An environment, with its versions.
 * - `environmentVersion`: A version of an environment.
 * - `components`: "Components" of a workspace.
 * - `component`: A component, with its versions.
 * - `componentVersion`: A version of a component.
 * - `datastores`: "Datastores" of a workspace.
 * - `datastore`: A datastore.
 * - `notebooks`: "Notebooks" of a workspace: the folders of its users in its file share.
 * - `userFolder`: A person's folder in the file share of a workspace.
 * - `dependents`: "Resources of this workspace": what it uses.
 * - `dependent`: A resource that a workspace uses: storage account, key vault, ...
 * - `leftovers`: "Leftover resources" of a subscription: what workspaces used that are gone.
 * - `leftoverGroup`: A resource group with leftovers.
 * - `leftover`: A resource that a workspace used which is gone.
 * - `notice`: Something worth saying that is no error: nothing here, or where the list comes from.
 * - `error`: What could not be read, and what to do about it.
 */
export type NodeKind =
  | 'subscription'
  | 'workspace'
  | 'registries'
  | 'registry'
  | 'experiments'
  | 'experiment'
  | 'run'
  | 'runFiles'
  | 'namedOutputs'
  | 'namedOutput'
  | 'childRuns'
  | 'folder'
  | 'file'
  | 'models'
  | 'model'
  | 'modelVersion'
  | 'dataAssets'
  | 'dataAsset'
  | 'dataVersion'
  | 'dataset'
  | 'computes'
  | 'compute'
  | 'endpoints'
  | 'onlineEndpoint'
  | 'onlineDeployment'
  | 'batchEndpoint'
  | 'batchDeployment'
  | 'webService'
  | 'pipelines'
  | 'pipelineEndpoint'
  | 'publishedPipeline'
  | 'schedule'
  | 'environmentsAndComponents'
  | 'environments'
  | 'environment'
  | 'environmentVersion'
  | 'components'
  | 'component'
  | 'componentVersion'
  | 'datastores'
  | 'datastore'
  | 'notebooks'
  | 'userFolder'
  | 'dependents'
  | 'dependent'
  | 'leftovers'
  | 'leftoverGroup'
  | 'leftover'
  | 'notice'
  | 'error';

/**
 * How a node opens.
 * - `none`: It has no children.
 * - `collapsed`: Shown closed.
 * - `expanded`: Shown open.
 */
export type NodeExpansion = 'none' | 'collapsed' | 'expanded';

/**
 * What can be done with a node; the extension shows exactly these.
 * - `refresh`: Read its children anew.
 * - `downloadRun`: "Download Outputs and Logs..." of a run.
 * - `download`: "Download..." of a folder, a file, a named output, a model, a data asset, a dataset.
 * - `exportRun`: "Export Run..." with its full record.
 * - `copyName`: Copy its name.
 * - `copyId`: Copy its id.
 * - `openInStudio`: Open it in Azure ML studio.
 * - `filter`: Filter what is below.
 * - `signIn`: Sign in.
 * - `selectSubscriptions`: Choose subscriptions.
 * - `retry`: Try again.
 * - `showLog`: Open the log.
 * - `showArchived`: Show archived ones too.
 * - `openSettings`: Open the settings.
 * - `archive`: "Archive...": hide it; nothing is deleted.
 * - `restore`: "Restore...": bring an archived one back.
 * - `unregister`: "Unregister...": take the registration away; no data is deleted.
 * - `detach`: "Detach..." a compute that lives elsewhere.
 * - `delete`: "Delete...", with its data where asked for.
 * - `deleteData`: "Delete Data...": the record cannot be deleted, its data can.
 * - `changeMatching`: "Delete Matching...", "Archive Matching...": what is in it, by age, status, name, tag, person.
 * - `open`: "Open": read a file in the editor, without saving it.
 * - `copyPath`: "Copy Path": its path in the datastore.
 * - `copyUri`: "Copy azureml:// URI".
 * - `openInPortal`: Open it in the Azure portal.
 * - `exportRecord`: "Export Workspace Record...": what Resource Manager and run history say about a workspace.
 * - `openNetworkSettings`: Open the editor's settings of proxies and certificates.
 * - `openHelp`: Open the documentation.
 */
export type NodeAction =
  | 'refresh'
  | 'downloadRun'
  | 'download'
  | 'exportRun'
  | 'copyName'
  | 'copyId'
  | 'openInStudio'
  | 'filter'
  | 'signIn'
  | 'selectSubscriptions'
  | 'retry'
  | 'showLog'
  | 'showArchived'
  | 'openSettings'
  | 'archive'
  | 'restore'
  | 'unregister'
  | 'detach'
  | 'delete'
  | 'deleteData'
  | 'changeMatching'
  | 'open'
  | 'copyPath'
  | 'copyUri'
  | 'openInPortal'
  | 'exportRecord'
  | 'openNetworkSettings'
  | 'openHelp';

/**
 * The clouds known by name.
 * - `public`: Azure public cloud.
 * - `china`: Azure operated by 21Vianet.
 * - `usGovernment`: Azure US Government.
 * - `custom`: Described by `CustomCloud`: Azure Stack Hub, an air-gapped cloud, the emulator.
 */
export type CloudName = 'public' | 'china' | 'usGovernment' | 'custom';

/**
 * The ways to sign in.
 * - `vsCode`: Every token is asked of the client (`credential/token`): VS Code's Microsoft account.
 * - `azureCli`: Azure CLI.
 * - `default`: Azure.Identity's default chain.
 * - `interactiveBrowser`: A browser opened by the sidecar.
 * - `deviceCode`: A code shown to the person (`credential/deviceCode`).
 * - `environment`: Environment variables.
 * - `managedIdentity`: Managed identity of the machine.
 */
export type CredentialKind =
  'vsCode' | 'azureCli' | 'default' | 'interactiveBrowser' | 'deviceCode' | 'environment' | 'managedIdentity';

/**
 * Severities, in the order of `Microsoft.Extensions.Logging`.
 * - `trace`: Trace.
 * - `debug`: Debug.
 * - `info`: Information.
 * - `warning`: Warning.
 * - `error`: Error.
 * - `off`: Nothing.
 */
export type LogLevelName = 'trace' | 'debug' | 'info' | 'warning' | 'error' | 'off';

/**
 * What a reference is to.
 * - `model`: A registered model.
 * - `data`: A data asset, or a dataset (v1).
 * - `any`: The code does not say of what; whatever has this name.
 * - `place`: A place in a datastore, or an output of a run; the name is the whole address.
 */
export type NotebookAssetKind = 'model' | 'data' | 'any' | 'place';

/**
 * What became of looking a reference up.
 * - `found`: It is there.
 * - `missing`: The workspace was read, and it is not there.
 * - `unknown`: It was not looked up.
 */
export type NotebookAssetState = 'found' | 'missing' | 'unknown';

/**
 * How a model is loaded.
 * - `sklearn`: By mlflow.sklearn.
 * - `mlflowOnnx`: By mlflow.onnx.
 * - `pyfunc`: By mlflow.pyfunc.
 * - `onnx`: By onnxruntime.
 * - `path`: Its path is given.
 */
export type NotebookFlavour = 'sklearn' | 'mlflowOnnx' | 'pyfunc' | 'onnx' | 'path';

/**
 * The verbs.
 * - `export`: Download or export.
 * - `archive`: Hide from lists; nothing is deleted.
 * - `restore`: Bring archived ones back.
 * - `unregister`: Take the registration away (of a compute: detach it); no data is deleted.
 * - `delete`: Delete records, and data where asked for.
 * - `undelete`: Bring blobs back that the storage account still keeps.
 * - `copy`: Copy blobs to another container ("Export to Storage..."); storage does it by itself.
 * - `erase`: Erase what a search found of a person: delete it, or do what can be done where the service deletes nothing.
 */
export type OperationVerb = 'export' | 'archive' | 'restore' | 'unregister' | 'delete' | 'undelete' | 'copy' | 'erase';

/**
 * What must be given to start a plan.
 * - `none`: Nothing.
 * - `click`: A click on the plan's own button.
 * - `modal`: A modal question with the numbers, answered with `confirmed`.
 * - `typeName`: The name, typed.
 */
export type ConfirmationKind = 'none' | 'click' | 'modal' | 'typeName';

/**
 * By what the items of a plan are ordered.
 * - `plan`: As they would be done.
 * - `name`: By name.
 * - `kind`: By kind, then name.
 * - `action`: By action, then name.
 * - `bytes`: By bytes.
 * - `created`: By creation.
 */
export type PlanOrder = 'plan' | 'name' | 'kind' | 'action' | 'bytes' | 'created';

/**
 * What is done with an item.
 * - `download`: Fetched.
 * - `archive`: Its record is archived.
 * - `restore`: Its record is restored.
 * - `unregister`: Its registration is taken away.
 * - `detach`: A compute is detached.
 * - `delete`: Its record is deleted.
 * - `deleteData`: Its blobs are deleted.
 * - `purge`: What is kept of it after its deletion is deleted for good.
 * - `undelete`: Its blobs are brought back.
 * - `copy`: Copied in storage.
 * - `clear`: Texts of its record (tags, description) are taken out.
 * - `keep`: Nothing: it is shown because a person would ask about it.
 */
export type PlanItemAction =
  | 'download'
  | 'archive'
  | 'restore'
  | 'unregister'
  | 'detach'
  | 'delete'
  | 'deleteData'
  | 'purge'
  | 'undelete'
  | 'copy'
  | 'clear'
  | 'keep';

/**
 * How a plan is written.
 * - `json`: Complete, for programs.
 * - `markdown`: To be read.
 */
export type PlanFormat = 'json' | 'markdown';

/**
 * What is done about files that exist at the destination.
 * - `skipIdentical`: Identical ones (size and hash) are skipped, others kept and the new one written beside them under another name.
 * - `replace`: Replaced, once the new one is complete and verified.
 * - `keepBoth`: Kept; the new one gets a number in its name.
 */
export type ExistingFiles = 'skipIdentical' | 'replace' | 'keepBoth';

/**
 * How an export is written.
 * - `folder`: Files in folders.
 * - `bag`: A BagIt bag (RFC 8493) with SHA-256 manifests, in a folder of its own that must not be there yet.
 * - `zip`: One zip file of what a plain folder would hold. A name that is taken gets a number; nothing is compressed.
 * - `bagZip`: One zip file that holds a BagIt bag in a folder of its own.
 */
export type ExportFormat = 'folder' | 'bag' | 'zip' | 'bagZip';

/**
 * The states of an operation.
 * - `planned`: Recorded, not begun.
 * - `running`: Under way.
 * - `paused`: Stopped by the person for now.
 * - `cancelRequested`: Being stopped.
 * - `cancelled`: Stopped by the person for good.
 * - `succeeded`: All done.
 * - `succeededWithWarnings`: All done that could be; the receipt says what not.
 * - `failed`: Not done; the message and the receipt say why.
 * - `interrupted`: Its sidecar ended in the middle; can be resumed.
 */
export type OperationState =
  | 'planned'
  | 'running'
  | 'paused'
  | 'cancelRequested'
  | 'cancelled'
  | 'succeeded'
  | 'succeededWithWarnings'
  | 'failed'
  | 'interrupted';

/**
 * Whose an operation is.
 * - `none`: Nobody is working on it.
 * - `this`: This sidecar.
 * - `other`: The sidecar of another window.
 */
export type OperationOwner = 'none' | 'this' | 'other';

/**
 * What can be done with an operation; the extension shows exactly these.
 * - `pause`: Stop for now.
 * - `cancel`: Stop for good.
 * - `resume`: Go on.
 * - `discard`: Give up.
 * - `reveal`: Show the destination.
 * - `receipt`: Open the receipt.
 * - `restore`: "Restore...": plan the restoring of what it archived.
 * - `undelete`: "Undelete Data...": plan bringing back the blobs it deleted, while the storage account keeps them.
 * - `archiveInstead`: "Archive Instead...": plan archiving what the service refused to delete.
 */
export type OperationAction =
  'pause' | 'cancel' | 'resume' | 'discard' | 'reveal' | 'receipt' | 'restore' | 'undelete' | 'archiveInstead';

/**
 * The states of a search.
 * - `running`: Under way.
 * - `stopped`: Stopped by the person; can go on.
 * - `interrupted`: Its process ended in the middle; can go on.
 * - `done`: Everything was searched.
 * - `doneWithGaps`: Ended, but something could not be searched: see what was not.
 * - `failed`: Could not go on; can be tried again.
 */
export type SearchState = 'running' | 'stopped' | 'interrupted' | 'done' | 'doneWithGaps' | 'failed';

/**
 * How sure a match is.
 * - `exactId`: The object id: this person.
 * - `signInName`: User principal name or e-mail address: this person unless the name went to somebody else.
 * - `displayName`: Only the display name: perhaps somebody else.
 */
export type MatchGrade = 'exactId' | 'signInName' | 'displayName';

/**
 * What a line of the results is.
 * - `group`: All findings of a kind in a workspace, or the workspace itself.
 * - `finding`: A finding.
 * - `evidence`: What speaks for it: the field, and how sure.
 * - `gaps`: "Not searched".
 * - `gap`: A thing or place that was not searched, and why.
 */
export type SearchNodeKind = 'group' | 'finding' | 'evidence' | 'gaps' | 'gap';

/**
 * How a line is ticked.
 * - `none`: Has no tick.
 * - `ticked`: Ticked.
 * - `unticked`: Not ticked.
 * - `some`: A group of which some are ticked.
 */
export type SearchTick = 'none' | 'ticked' | 'unticked' | 'some';

/**
 * What a rule does with the runs it finds.
 * - `archive`: Hides them from lists; nothing is deleted.
 * - `deleteRuns`: Deletes the records of the runs.
 * - `deleteRunsAndData`: Deletes the runs and their outputs, logs and named outputs.
 * - `deleteData`: Deletes outputs, logs and named outputs; the runs stay.
 */
export type RetentionAction = 'archive' | 'deleteRuns' | 'deleteRunsAndData' | 'deleteData';

/**
 * What a person can do about an error. The extension knows how to label and carry out each.
 * - `retry`: Try the same again.
 * - `signIn`: Sign in, or sign in to another tenant.
 * - `selectSubscriptions`: Choose other subscriptions.
 * - `openSettings`: Open the settings of the extension.
 * - `chooseFolder`: Choose another folder.
 * - `showLog`: Open the log.
 * - `openInStudio`: Open the resource in Azure ML studio.
 * - `planAgain`: Plan anew: the plan is too old or what it saw has changed.
 * - `openNetworkSettings`: Open the editor's settings of proxies and certificates.
 * - `openHelp`: Open the documentation.
 */
export type ErrorAction =
  | 'retry'
  | 'signIn'
  | 'selectSubscriptions'
  | 'openSettings'
  | 'chooseFolder'
  | 'showLog'
  | 'openInStudio'
  | 'planAgain'
  | 'openNetworkSettings'
  | 'openHelp';

/** Which part of the log is wanted, and where. */
export interface AuditExportParams {
  /** Absolute path of the file; replaced if it exists. */
  path: string;
  /** Lines from this moment on, and all that follow; Unix time in milliseconds; null for all. */
  since: number | null;
}

/** A log that was exported. */
export interface AuditExportResult {
  /** The file. */
  path: string;
  /** How many lines of the chain it holds. */
  lines: number;
  /** Number of the first one in the chain. */
  first: number;
  /** Number of the last one. */
  last: number;
  /** When the first one was written; Unix time in milliseconds. */
  from: number;
  /** When the last one was written. */
  to: number;
  /** SHA-256 of the last one. Kept elsewhere, it shows whether the whole log was made anew. */
  lastHash: string;
  /** The first thing found wrong with the chain on the way; null for none. Its line is that of the whole log. */
  problem: AuditProblem | null;
}

/** Something wrong with a log. */
export interface AuditProblem {
  /** Number of the line in the file, from 1; null for what concerns no line. */
  line: number | null;
  /** What, for people. */
  message: string;
}

/** Which log is to be checked. */
export interface AuditVerifyParams {
  /** Absolute path of the file. */
  path: string;
}

/** What checking a log found. */
export interface AuditVerdict {
  /** The file. */
  path: string;
  /** Whether nothing is wrong with it. */
  isIntact: boolean;
  /** In words. */
  summary: string;
  /** How many lines of the chain it holds. */
  lines: number;
  /** SHA-256 of the last one; null when there is none. */
  lastHash: string | null;
  /** What is wrong, in the order of the file: the first hundred. */
  problems: AuditProblem[];
  /** How much is wrong. */
  problemCount: number;
  /** Receipts that are there and as they were logged. */
  receiptsSame: number;
  /** Receipts that are there and not as they were logged. */
  receiptsDifferent: number;
  /** Receipts that are not there. */
  receiptsAbsent: number;
}

/** Parameters or result without content; written as `{}`. */
export type Empty = Record<string, never>;

/** A file. */
export interface FileParams {
  /** Its node in the tree. */
  nodeId: string;
}

/** A file as it is now. */
export interface FileStat {
  /** Its size. */
  bytes: number;
  /** When it was last written, in milliseconds since 1970 UTC; null when the service did not tell. */
  modifiedUnixMs: number | null;
  /** Changes with every write; null when the service did not tell. */
  eTag: string | null;
  /** The largest size that is opened. */
  maxBytes: number;
}

/** Which part of a file is wanted. */
export interface FileReadParams {
  /** Its node in the tree. */
  nodeId: string;
  /** The first byte. */
  offset: number;
  /** How many at most; fewer may come. */
  count: number;
  /** The version of which the parts before are; null for the first part. */
  eTag: string | null;
}

/** A part of a file. */
export interface FileReadResult {
  /** The bytes, in base64. */
  data: string;
  /** The file of which they are. */
  stat: FileStat;
}

/** All subscriptions found. */
export interface SubscriptionsResult {
  /** Ordered by name. */
  subscriptions: SubscriptionInfo[];
  /** Tenants that could not be read, each with its reason: `AADSTS50076` asks for a step-up sign-in. */
  problems: TenantProblem[];
}

/** A subscription and the tenant through which it was seen. */
export interface SubscriptionInfo {
  /** Its id. */
  subscriptionId: string;
  /** The tenant whose token opens it. */
  tenantId: string;
  /** Its name. */
  name: string;
  /** Enabled, Disabled, Warned, ... as the service says. */
  state: string;
}

/** A tenant that could not be read. */
export interface TenantProblem {
  /** The tenant. */
  tenantId: string;
  /** Why, for people. */
  message: string;
}

/** Which children are wanted. */
export interface ChildrenParams {
  /** The parent; null for the roots, which are `subscriptions`. */
  nodeId: string | null;
  /** The subscriptions chosen by the person; read only when `nodeId` is null. */
  subscriptions: SubscriptionInfo[] | null;
  /** The previous page's token; null for the first. */
  pageToken: string | null;
  /** How many at most; null for the server's choice. */
  pageSize: number | null;
  /** What runs must satisfy, and by its name models, data, computes and the like too; null for all. Experiments are always shown: a filter that hid them would hide their matching runs. */
  filter: RunFilter | null;
  /** Archived experiments, runs, models, data assets, environments, components and disabled pipelines too. */
  includeArchived: boolean;
}

/** What a run must satisfy; all that is given must hold. Of models, data, computes and the like only the name counts; experiments are not filtered. */
export interface RunFilter {
  /** A part of the display name or the run id, whatever the case; of the others a part of the name, of a version also of what it is a version of. */
  name: string | null;
  /** Any of these, as the service spells them: Completed, Failed, Running, ... */
  statuses: string[];
  /** A part of the creator's name. */
  createdBy: string | null;
  /** `name`, or `name=value`. */
  tag: string | null;
}

/** A page of children. */
export interface ChildrenResult {
  /** In the order to show. */
  nodes: TreeNode[];
  /** For the next page; null when this is the last. */
  nextPageToken: string | null;
}

/** A node of the tree. */
export interface TreeNode {
  /** Opaque to the client and the same after a restart: pass it back for children, plans and refresh. */
  id: string;
  /** What it is. */
  kind: NodeKind;
  /** Its name. */
  label: string;
  /** What stands behind the name in grey; null for nothing. */
  description: string | null;
  /** Plain lines; null for none. */
  tooltip: string | null;
  /** A codicon name such as `beaker`. */
  icon: string;
  /** A VS Code theme colour id such as `testing.iconPassed`; null for the default. */
  iconColor: string | null;
  /** What a screen reader says; null for label and description. */
  accessibilityLabel: string | null;
  /** How it opens. */
  expansion: NodeExpansion;
  /** What can be done with it. */
  actions: NodeAction[];
  /** What it stands for; null for nodes that only group or explain. */
  resource: NodeResource | null;
}

/** What a node stands for. */
export interface NodeResource {
  /** The name the service knows it by: run id, experiment name, path. */
  name: string;
  /** Resource Manager id; null for what has none. */
  resourceId: string | null;
  /** Its page in Azure ML studio; null when there is none. */
  studioUrl: string | null;
  /** Size of a file; null for everything else. */
  bytes: number | null;
  /** Whether it is archived. */
  isArchived: boolean;
  /** The `azureml://` address of a datastore, folder or file, in its long form; null for everything else. */
  dataUri: string | null;
  /** Its page in the Azure portal; null when there is none. */
  portalUrl: string | null;
}

/** A text that means a node. */
export interface LocateParams {
  /** Run id, Resource Manager id, studio address, or the node id of a workspace, to see whether it is still there. */
  text: string;
  /** The workspace in which a bare run id is looked for; null when the text names it. */
  workspaceNodeId: string | null;
}

/** The node found. */
export interface LocateResult {
  /** The node. */
  node: TreeNode;
}

/** What to forget. */
export interface RefreshParams {
  /** The node; null for everything. */
  nodeId: string | null;
}

/** What the sidecar is told at the start. */
export interface InitializeParams {
  /** The version of this contract the client was built for: `ProtocolVersions.Current`. */
  protocolVersion: number;
  /** Name of the client, for logs and the user agent. */
  clientName: string;
  /** Version of the client. */
  clientVersion: string;
  /** BCP 47 language tag of the person's editor, such as `en`. */
  locale: string;
  /** The cloud to work with. */
  cloud: CloudSettings;
  /** How to sign in. */
  credential: CredentialSettings;
  /** Absolute folder for plans, journals and receipts, shared by all windows; made if missing. */
  storageFolder: string;
  /** Absolute folder for the rotating log file; null writes none. */
  logFolder: string | null;
  /** The least severe level to send and write. */
  logLevel: LogLevelName;
  /** The process whose end ends the sidecar too; null watches only the input. */
  parentProcessId: number | null;
  /** Proxies and certificates; null takes the environment's and the system's. */
  network?: NetworkParams | null;
}

/** The cloud to work with. */
export interface CloudSettings {
  /** Which one. */
  name: CloudName;
  /** Its description, when `name` is custom. */
  custom: CustomCloud | null;
}

/** A cloud that is not known by name. */
export interface CustomCloud {
  /** Resource Manager endpoint: an absolute https address. */
  resourceManager: string;
  /** Where Azure.Identity asks for tokens; null for credentials that do not ask. */
  authorityHost: string | null;
  /** Token audience of Resource Manager; null takes its endpoint. */
  resourceManagerAudience: string | null;
  /** Token audience of the workspace's data plane; null takes Resource Manager's. */
  dataPlaneAudience: string | null;
  /** Token audience of storage; null takes https://storage.azure.com. */
  storageAudience: string | null;
  /** What follows `account.blob.`, port included: `core.windows.net`, `localhost:10443`. */
  storageSuffix: string;
  /** Host names, or suffixes beginning with a dot, that may be sent a token besides Resource Manager's own host. */
  dataPlaneSuffixes: string[];
  /** A PEM file with certificates trusted besides the machine's; null for none. */
  caCertificatePath: string | null;
  /** Where "open in studio" leads; null hides it. */
  portalUrl: string | null;
  /** Where "open in Azure portal" leads; null hides it. */
  azurePortalUrl?: string | null;
}

/** How to sign in. */
export interface CredentialSettings {
  /** Which way. */
  kind: CredentialKind;
  /** The tenant to sign in to; null for the account's own. */
  tenantId: string | null;
  /** Application or managed identity to use; null for the default. */
  clientId: string | null;
}

/** Proxies and certificates as the editor has them. What it leaves open is taken from the environment and the system. Never logged. */
export interface NetworkParams {
  /** Address of the proxy, with name and password if it wants them; null for what the environment says. */
  proxy: string | null;
  /** What the proxy is sent as `Proxy-Authorization`; null for nothing. */
  proxyAuthorization: string | null;
  /** Hosts reached directly; none takes those of the environment. */
  noProxy: string[];
  /** False: everything is reached directly. */
  useProxies: boolean;
  /** Whether the certificate of a proxy reached by https must be trusted. Those of services always must. */
  verifyProxyCertificate: boolean;
  /** Authorities in PEM form to trust in place of the system's; null for the system's. */
  roots: string[] | null;
}

/** The sidecar's answer to `InitializeParams`. */
export interface InitializeResult {
  /** The version the sidecar speaks. */
  protocolVersion: number;
  /** The sidecar's product version. */
  serverVersion: string;
  /** The sidecar's process. */
  processId: number;
  /** What it can do, by name: `explorer`, `export`, ... */
  capabilities: string[];
}

/** The least severe level wanted from now on. */
export interface SetLogLevelParams {
  /** The level. */
  level: LogLevelName;
}

/** A document to follow. */
export interface NotebookOpenParams {
  /** The client's name of it. */
  documentId: string;
  /** The client's version of it. */
  version: number;
  /** Its Python cells; what a message cannot hold follows as added cells. */
  cells: NotebookCell[];
}

/** A cell with all its text. */
export interface NotebookCell {
  /** The client's name of it. */
  cellId: string;
  /** Its text. */
  text: string;
}

/** What the cells that were sent refer to. */
export interface NotebookReferences {
  /** The version this is of. */
  version: number;
  /** The document is not known here in the version changed: open it again. Then there are no cells. */
  outOfStep: boolean;
  /** The cells sent; what others refer to is as before. */
  cells: NotebookCellReferences[];
}

/** What a cell refers to. */
export interface NotebookCellReferences {
  /** Which. */
  cellId: string;
  /** In the order of the text, at most 2,000. */
  references: NotebookReference[];
  /** It was not looked into: it has more than 8 Mi characters, or the document more than 16 Mi. */
  tooLarge: boolean;
}

/** A reference in code. */
export interface NotebookReference {
  /** Where. */
  range: NotebookRange;
  /** To what. */
  asset: NotebookAsset;
  /** Where the version alone stands, to be replaced; null when it stands nowhere, or not plainly. */
  versionRange: NotebookRange | null;
  /** Whether only a number can replace it. */
  versionIsNumber: boolean;
}

/** A part of a cell. */
export interface NotebookRange {
  /** Line of the first character. */
  startLine: number;
  /** The first character. */
  startCharacter: number;
  /** Line of the first character behind it. */
  endLine: number;
  /** The first character behind it. */
  endCharacter: number;
}

/** What code names. */
export interface NotebookAsset {
  /** What it is. */
  kind: NotebookAssetKind;
  /** Its name; of a place the whole address. */
  name: string;
  /** Its version; null when a label says which. */
  version: string | null;
  /** `latest`, or a stage of a model; null when there is a version, and of a place. */
  label: string | null;
  /** The registry it is in; null for a workspace. */
  registry: string | null;
  /** The workspace the code names; null when it names none. */
  workspace: NotebookWorkspace | null;
}

/** A workspace as code names it. */
export interface NotebookWorkspace {
  /** Its subscription. */
  subscriptionId: string;
  /** Its resource group. */
  resourceGroup: string;
  /** Its name. */
  name: string;
}

/** What changed in a document. */
export interface NotebookChangeParams {
  /** Which. */
  documentId: string;
  /** The version last sent. */
  baseVersion: number;
  /** The version it has now. */
  version: number;
  /** Cells that came, or changed altogether. */
  added: NotebookCell[];
  /** Cells that went. */
  removed: string[];
  /** Cells that were typed in. */
  edited: NotebookCellEdits[];
}

/** What was typed in a cell. */
export interface NotebookCellEdits {
  /** Which. */
  cellId: string;
  /** In order, each on what the one before left. */
  edits: NotebookEdit[];
  /** The cell's length after them. */
  length: number;
}

/** One edit. */
export interface NotebookEdit {
  /** Where. */
  offset: number;
  /** How much goes. */
  length: number;
  /** What comes. */
  text: string;
}

/** Names a document. */
export interface NotebookCloseParams {
  /** Which. */
  documentId: string;
}

/** Where to look for the SDK's configuration. */
export interface NotebookWorkspaceParams {
  /** Where to begin, absolute. */
  folder: string;
  /** The folder above which is not looked, absolute; null for up to the root. */
  boundary: string | null;
  /** Subscriptions the client knows: they tell the tenant. */
  subscriptions: SubscriptionInfo[];
}

/** The workspace of a folder. */
export interface NotebookWorkspaceResult {
  /** Its node in the tree; null when there is no configuration. */
  nodeId: string | null;
  /** Its name; null likewise. */
  name: string | null;
  /** The file that names it, absolute; null likewise. */
  configPath: string | null;
}

/** What is looked for in all workspaces. */
export interface NotebookCandidatesParams {
  /** A model, data, or whatever has the name. */
  asset: NotebookAsset;
  /** Where. */
  subscriptions: SubscriptionInfo[];
}

/** Where the name was found. */
export interface NotebookCandidatesResult {
  /** By name, workspaces first. */
  candidates: NotebookCandidate[];
  /** Whether there are workspaces that were not looked into: too many, or they could not be read. */
  incomplete: boolean;
}

/** A workspace or registry that has something of the name. */
export interface NotebookCandidate {
  /** Its node in the tree. */
  nodeId: string;
  /** Its name. */
  name: string;
  /** The name of its subscription. */
  subscription: string;
  /** Its resource group. */
  resourceGroup: string;
  /** Whether it is a registry. */
  isRegistry: boolean;
}

/** References to look up. */
export interface NotebookDescribeParams {
  /** The workspace, or a registry, for those that name none. */
  workspaceNodeId: string;
  /** At most 200. */
  assets: NotebookAsset[];
  /** Whether answers of the last minute do not count. */
  fresh: boolean;
}

/** What is known of references. */
export interface NotebookDescribeResult {
  /** In the order asked. */
  descriptions: NotebookDescription[];
}

/** What is known of a reference. */
export interface NotebookDescription {
  /** What became of looking it up. */
  state: NotebookAssetState;
  /** What has its name and version; a model and data may share one. */
  found: NotebookFoundAsset[];
  /** Versions there are, newest first, at most 20 of a kind. */
  versions: string[];
  /** For people, why it is missing or unknown; null when found. */
  reason: string | null;
}

/** Something that has the name and version of a reference. */
export interface NotebookFoundAsset {
  /** What it is. */
  kind: NotebookAssetKind;
  /** Its name. */
  name: string;
  /** Its version; null when it has none. */
  version: string | null;
  /** Its node in the tree, by which it is downloaded; null when it cannot be. */
  nodeId: string | null;
  /** `mlflow_model`, `uri_folder`, ...; null when not told. */
  type: string | null;
  /** Stage of a model; null for none. */
  stage: string | null;
  /** What its author says; null for nothing. */
  description: string | null;
  /** Size of its files, of those counted; null when it was not to be had. */
  bytes: number | null;
  /** Its tags. */
  tags: NotebookTag[];
  /** The run that made it; null when not told. */
  sourceRun: string | null;
  /** When it was made, of a place when the newest file was written: Unix time in milliseconds; null when not told. */
  createdAt: number | null;
  /** Who made it; null when not told. */
  createdBy: string | null;
  /** Whether it is archived. */
  isArchived: boolean;
  /** Its page in Azure ML studio; null when there is none. */
  studioUrl: string | null;
  /** Files counted; null when they could not be. */
  files: number | null;
  /** Whether there are more files than were counted: then the size is that of those counted. */
  hasMore: boolean;
}

/** A name and a value. */
export interface NotebookTag {
  /** The name. */
  name: string;
  /** The value. */
  value: string;
}

/** What code is for. */
export interface NotebookLoadCodeParams {
  /** A model, or data. */
  kind: NotebookAssetKind;
  /** Name and version, for the comment. */
  title: string;
  /** Where it was written, absolute. */
  folder: string;
  /** The folder of the notebook or file, absolute; null when it is not saved yet. */
  from: string | null;
  /** For a Python file, whose working folder is not known. */
  inFile: boolean;
}

/** Code to insert. */
export interface NotebookLoadCodeResult {
  /** Python, lines ended by a line feed, without one at the end. */
  text: string;
  /** How it loads. */
  flavour: NotebookFlavour;
}

/** What is to be planned. */
export interface PlanParams {
  /** The verb. */
  verb: OperationVerb;
  /** What it is applied to: ids of tree nodes, possibly of several kinds; of several workspaces for verbs other than export. Empty when `operationId` is given. */
  nodeIds: string[];
  /** Choices of an export; null takes the defaults. */
  export: ExportOptions | null;
  /** Choices of the other verbs; null takes the defaults. */
  change: ChangeOptions | null;
  /** Given, the verb is applied not to the nodes but to what is directly in them and satisfies this; not for exports. */
  filter: BulkFilter | null;
  /** A finished operation whose items are meant: restore what it archived, undelete the data it deleted, archive what the service refused to delete. Else null. */
  operationId: string | null;
  /** Names the `$/progress` notifications of this request; null wants none. */
  progressToken: string | null;
  /** Where a copy goes; null for other verbs. */
  copy?: CopyTo | null;
  /** The ticked findings of a search, for export or erase, instead of nodes; else null. */
  personalData?: PersonalDataSelection | null;
}

/** Choices of an export. */
export interface ExportOptions {
  /** The runs below a pipeline or sweep run too, down to the leaves. */
  includeChildren: boolean;
  /** Only the log folders of a run. */
  logsOnly: boolean;
  /** The named outputs of a run too. */
  namedOutputs: boolean;
  /** The run's document, job definition, metrics, tags, children and code too ("Export Run..."). */
  fullRecord: boolean;
  /** Name patterns (`*`, `?`, `**`) of which a file must match one; empty takes all. */
  include: string[];
  /** Name patterns of which a file must match none. */
  exclude: string[];
  /** What is taken of workspaces among the nodes; null takes their records. */
  workspace?: WorkspaceExport | null;
}

/** What is taken of a whole workspace ("Export First..."). */
export interface WorkspaceExport {
  /** The files of all versions of all models. */
  models: boolean;
  /** Outputs and logs of all runs. */
  runs: boolean;
  /** The whole file share. */
  notebooks: boolean;
  /** The files of all versions of all data assets, and of v1 datasets. */
  data: boolean;
  /** What Resource Manager and run history say about it ("Export Workspace Record..."). */
  record: boolean;
}

/** Choices of archive, restore, unregister, delete. */
export interface ChangeOptions {
  /** The data too, where the verb is delete or unregister: run folders, blobs of models and data assets. */
  includeData: boolean;
  /** The runs below a pipeline or sweep run too, down to the leaves. */
  includeChildren: boolean;
  /** With the data also its older versions and snapshots, where the storage account has them. */
  includeVersionsAndSnapshots: boolean;
  /** Whether weighty deletions ask for the name to be typed; else a modal question does. */
  typeNames: boolean;
  /** How much data makes a deletion weighty; bytes. */
  typeAboveBytes: number;
  /** Of a workspace: also the resources it uses, where nothing else does. */
  includeDependents: boolean;
  /** Of a workspace and what it uses: for good, where the service would keep it for some days. */
  permanently: boolean;
}

/** Which of the things in a node are meant; all that is given must hold. */
export interface BulkFilter {
  /** Created at least so many days ago; null for any age. */
  olderThanDays: number | null;
  /** Any of these, as the service spells them (`Failed`, `Succeeded`, ...); empty for any. */
  statuses: string[];
  /** A pattern with `*` and `?` that name or display name must match, whatever the case; null for any. */
  name: string | null;
  /** `name`, or `name=value`; null for any. */
  tag: string | null;
  /** A part of the creator's name; null for any. */
  createdBy: string | null;
  /** Only what no run, model, data asset or deployment refers to. */
  unreferenced: boolean;
  /** Only runs from which no registered model came, and in whose outputs none lies; nor of those below them. Not for what is no run. */
  withoutModel?: boolean;
}

/** Where a copy goes: one of the two is given. */
export interface CopyTo {
  /** A datastore, or a folder in one. */
  nodeId: string | null;
  /** The https address of a container of a storage account of the cloud, or of a folder in one, without query; opened with the caller's token. */
  address: string | null;
}

/** What of a search is exported or erased: its ticked findings. */
export interface PersonalDataSelection {
  /** The search; it has ended, or was stopped. */
  searchId: string;
  /** Of an export: data of other people in the same documents is taken out, and that is recorded. */
  redactOthers: boolean;
  /** The files of found runs, models, folders too, not the documents alone. */
  includeFiles: boolean;
}

/** A plan: immutable, kept by the sidecar until it ends or the plan is started. */
export interface PlanResult {
  /** Its id. */
  planId: string;
  /** The verb. */
  verb: OperationVerb;
  /** What it would do, in a few words: `Download mango_leaf_3f`. */
  title: string;
  /** How many items. */
  items: number;
  /** Their bytes. */
  bytes: number;
  /** What the person should know before starting. */
  warnings: PlanWarning[];
  /** What will remain although one might expect it gone; empty for an export. */
  survivors: string[];
  /** What `operations/start` must be given. */
  confirmation: ConfirmationKind;
  /** The text to type when `confirmation` is typeName; else null. */
  confirmationText: string | null;
  /** Whether `operations/start` must be given a folder. */
  needsDestination: boolean;
  /** The folder that will be made in the destination; null when files go straight into it. */
  suggestedFolderName: string | null;
  /** Whether runs among the targets have children that were not asked for. */
  hasChildRuns: boolean;
  /** What the items ticked by default amount to; null for an export. */
  review: PlanReview | null;
  /** Where a copy would go; null for other verbs. */
  copy?: CopyPlanInfo | null;
  /** Of a deletion of workspaces: their nodes, which an export can be asked for first. Null for other plans. */
  exportFirst?: string[] | null;
}

/** Something to know before starting. */
export interface PlanWarning {
  /** Stable: `run.stillRunning`, `names.mapped`, `files.noHash`, `step.reused`, ... */
  code: string;
  /** For people. */
  message: string;
  /** How many items it concerns. */
  count: number;
}

/** What a choice of items amounts to. */
export interface PlanReview {
  /** Records that would be changed. */
  records: number;
  /** Blobs that would be deleted or brought back. */
  blobs: number;
  /** Their bytes. */
  bytes: number;
  /** Items that cannot be done or are not ticked. */
  notDone: number;
  /** What `operations/start` must be given. */
  confirmation: ConfirmationKind;
  /** The text to type when `confirmation` is typeName; else null. */
  confirmationText: string | null;
  /** The question to ask, with the numbers: `Delete 14 runs and 3.1 GB of data?` */
  question: string;
  /** What stands below the question: what cannot be undone, what survives until when. */
  detail: string;
  /** The verb for the button: `Delete`, `Archive`, ... */
  button: string;
  /** What the person should know about this choice. */
  warnings: PlanWarning[];
  /** What will remain. */
  survivors: string[];
}

/** Where a copy would go, and what is there. */
export interface CopyPlanInfo {
  /** For people: `account/container/folder/`. */
  target: string;
  /** Items that are there already, of the same length and MD5. */
  identical: number;
  /** Items under whose name something else is: to replace these, `operations/start` must be given `confirmed`. */
  different: number;
  /** Those of them that cannot be replaced: a policy or legal hold protects them. */
  protected: number;
}

/** How far a plan has come. */
export interface PlanProgress {
  /** What is being read. */
  message: string;
  /** Items found so far. */
  items: number;
  /** Their bytes. */
  bytes: number;
}

/** Which items of a plan are wanted. */
export interface PlanItemsParams {
  /** The plan. */
  planId: string;
  /** The previous page's token; null for the first. */
  pageToken: string | null;
  /** How many at most; null for the server's choice. */
  pageSize: number | null;
  /** The order; exports know only that of the plan. */
  order: PlanOrder;
  /** Backwards. */
  descending: boolean;
  /** A part of the name, whatever the case; null for all. Exports know no search. */
  search: string | null;
}

/** A page of items. */
export interface PlanItemsResult {
  /** In the order asked for. */
  items: PlanItem[];
  /** For the next page; null when this is the last. */
  nextPageToken: string | null;
}

/** An item of a plan. */
export interface PlanItem {
  /** Its number within the plan. */
  id: number;
  /** `file`, `document`, `run`, `modelVersion`, `storedData`, ... */
  kind: string;
  /** Its name at the service. */
  name: string;
  /** What people call it; of data, where it lies. */
  label: string;
  /** Of an export, where it would be written, relative to the destination, with `/`; of a copy its name in the target container; else empty. */
  path: string;
  /** What is done with it. */
  action: PlanItemAction;
  /** Of data, the id of the record whose data it is; null for none. */
  parent: number | null;
  /** Its size; null when not known beforehand or without meaning. */
  bytes: number | null;
  /** How many blobs; null for records. */
  blobs: number | null;
  /** Unix time in milliseconds; null when not known. */
  created: number | null;
  /** Its state as the service says: Running, Archived, ...; null for none. */
  state: string | null;
  /** Whether it would be done. */
  ticked: boolean;
  /** Whether the person may change that. */
  canTick: boolean;
  /** Ticking it demands typing the name: others refer to it. */
  needsName: boolean;
  /** Why it is refused, mapped, kept or special, in one sentence; null for nothing. */
  note: string | null;
  /** Further lines: who refers to it, what survives. */
  details: string[];
  /** What people call its kind: `model version`; null where no kind is shown. */
  kindName: string | null;
}

/** A choice of items to look at. */
export interface ReviewParams {
  /** The plan. */
  planId: string;
  /** Ids of the items whose tick differs from the plan's. */
  toggled: number[];
}

/** Where to write a plan. */
export interface SavePlanParams {
  /** The plan. */
  planId: string;
  /** Ids of the items whose tick differs from the plan's. */
  toggled: number[];
  /** Absolute path of the file; replaced if it exists. */
  path: string;
  /** How. */
  format: PlanFormat;
}

/** Starts a plan. */
export interface StartParams {
  /** The plan. */
  planId: string;
  /** What the plan's confirmation demands: null, `confirmed` for a click or a modal question, the name typed. */
  confirmation: string | null;
  /** Where an export goes; of a copy only what is done about blobs that exist counts; null for other verbs. */
  destination: ExportDestination | null;
  /** Ids of the items whose tick differs from the plan's; empty for an export. */
  toggled: number[];
}

/** Where an export goes. */
export interface ExportDestination {
  /** Absolute folder on the machine the sidecar runs on; made if its parent exists. */
  folder: string;
  /** What is done about files that exist; without meaning for a bag or a zip. */
  existing: ExistingFiles;
  /** How it is written. */
  format: ExportFormat;
}

/** One operation. */
export interface OperationResult {
  /** The operation. */
  operation: OperationSummary;
}

/** An operation as the view shows it. */
export interface OperationSummary {
  /** Its id. */
  id: string;
  /** The verb. */
  verb: OperationVerb;
  /** In a few words. */
  title: string;
  /** How it stands. */
  state: OperationState;
  /** Whose it is. */
  owner: OperationOwner;
  /** Unix time in milliseconds. */
  startedAt: number;
  /** Unix time in milliseconds; null while it goes on. */
  finishedAt: number | null;
  /** All items. */
  items: number;
  /** Done and verified. */
  itemsDone: number;
  /** Skipped, for a reason in the receipt. */
  itemsSkipped: number;
  /** Failed, for a reason in the receipt. */
  itemsFailed: number;
  /** All bytes. */
  bytes: number;
  /** Bytes on disk so far, verified or on the way to it. */
  bytesDone: number;
  /** Over the last seconds; null when not running. */
  bytesPerSecond: number | null;
  /** An estimate; null when there is none. */
  secondsLeft: number | null;
  /** Absolute folder of an export; of a copy its target (account, container, folder); null for other verbs. */
  destination: string | null;
  /** One sentence on a failure, a wait (throttled until ...) or on what survives; null for nothing to say. */
  message: string | null;
  /** Stable code of a failure; null for none. */
  errorCode: string | null;
  /** Until when deleted data can be brought back; Unix time in milliseconds; null when it cannot or is not known. */
  undeleteUntil: number | null;
  /** What can be done with it now. */
  actions: OperationAction[];
}

/** Operations. */
export interface OperationsResult {
  /** Newest first. */
  operations: OperationSummary[];
}

/** Names an operation. */
export interface OperationParams {
  /** Its id. */
  operationId: string;
}

/** Where a receipt is. */
export interface ReceiptResult {
  /** The readable one, absolute. */
  markdownPath: string;
  /** The complete one, absolute. */
  jsonPath: string;
  /** The folder of an export; null for other verbs. */
  destination: string | null;
}

/** Whose token is looked at. */
export interface MeParams {
  /** The tenant; null for the account's own. */
  tenantId: string | null;
}

/** The signed-in person. */
export interface MeResult {
  /** As the token tells; null when it tells nothing, or is that of a program. */
  subject: PersonalDataSubject | null;
}

/** Of whom data is searched; at least one of object id, user principal name, e-mail and display name is given. */
export interface PersonalDataSubject {
  /** Microsoft Entra object id; null when not known. */
  objectId: string | null;
  /** The tenant of the object id; null for any. */
  tenantId: string | null;
  /** Name to sign in with; null when not known. */
  userPrincipalName: string | null;
  /** An e-mail address other than that; null for none. */
  email: string | null;
  /** Name for people: never enough to be sure; null when not to be searched for. */
  displayName: string | null;
}

/** What is to be searched. */
export interface SearchParams {
  /** Of whom. */
  subject: PersonalDataSubject;
  /** Where: nodes of workspaces. */
  workspaceNodeIds: string[];
  /** Read everything, even where the index service answers. */
  exhaustive: boolean;
  /** The names of artifacts and other files too. */
  fileNames: boolean;
  /** The text of artifacts and other files too. */
  fileContent: boolean;
  /** Files above this size are not read; bytes. */
  maxFileBytes: number;
}

/** A search as it stands. */
export interface SearchResult {
  /** The search. */
  search: PersonalDataSearch;
}

/** A search. */
export interface PersonalDataSearch {
  /** Its id. */
  searchId: string;
  /** For people: `Ada Example in sample-ws`. */
  title: string;
  /** How it stands. */
  state: SearchState;
  /** Unix time in milliseconds. */
  startedAt: number;
  /** Unix time in milliseconds; null while it has not ended. */
  finishedAt: number | null;
  /** Things looked at: runs, assets, files. */
  looked: number;
  /** Findings. */
  found: number;
  /** Findings that are ticked. */
  chosen: number;
  /** How many things or places could not be searched. */
  notSearched: number;
  /** Whether `personalData/resume` would do something: it did not end, or has gaps that may be closed by now. */
  canResume: boolean;
  /** What is being searched, or why it failed; null for nothing to say. */
  message: string | null;
}

/** All searches. */
export interface SearchesResult {
  /** Newest first. */
  searches: PersonalDataSearch[];
}

/** Names a search. */
export interface SearchIdParams {
  /** Its id. */
  searchId: string;
}

/** Which results are wanted. */
export interface SearchResultsParams {
  /** The search. */
  searchId: string;
  /** A result's id; null for the groups. */
  parentId: string | null;
  /** Only matches as sure as these; empty for all. */
  grades: MatchGrade[];
  /** A part of the name, whatever the case; null for all. */
  name: string | null;
  /** The previous page's token; null for the first. */
  pageToken: string | null;
  /** How many at most; null for the server's choice. */
  pageSize: number | null;
}

/** A page of results. */
export interface SearchResultsPage {
  /** In the order to show. */
  nodes: SearchNode[];
  /** For the next page; null when this is the last so far. */
  nextPageToken: string | null;
}

/** A line of the results. */
export interface SearchNode {
  /** Within the search; the same for as long as it is there. */
  id: string;
  /** What it is. */
  kind: SearchNodeKind;
  /** Its name. */
  label: string;
  /** What stands behind it in grey; null for nothing. */
  description: string | null;
  /** Plain lines; null for none. */
  tooltip: string | null;
  /** A codicon name. */
  icon: string;
  /** What a screen reader says; null for label and description. */
  accessibilityLabel: string | null;
  /** Whether it opens. */
  hasChildren: boolean;
  /** How it is ticked. */
  tick: SearchTick;
  /** Of a finding or its evidence, how sure; else null. */
  grade: MatchGrade | null;
  /** The node of the tree that a finding is, to be opened there; null for none. */
  nodeId: string | null;
  /** Its page in Azure ML studio; null for none. */
  studioUrl: string | null;
}

/** What is ticked or unticked. */
export interface ChooseParams {
  /** The search. */
  searchId: string;
  /** Groups or findings; empty for all that `grades` and `name` leave. */
  nodeIds: string[];
  /** Only matches as sure as these; empty for all. */
  grades: MatchGrade[];
  /** A part of the name, whatever the case; null for all. */
  name: string | null;
  /** True to tick. */
  chosen: boolean;
}

/** All rules. */
export interface RetentionRules {
  /** By name. */
  rules: RetentionRule[];
  /** That the file of the rules was damaged, and where it is kept; null for nothing. */
  notice: string | null;
}

/** A rule. */
export interface RetentionRule {
  /** Names it for good. */
  id: string;
  /** Counts its changes. */
  revision: number;
  /** What people call it. */
  name: string;
  /** An experiment, or a workspace for all its runs. */
  nodeId: string;
  /** Name of the workspace; empty when the node cannot be read. */
  workspace: string;
  /** Name of the experiment; null for all of the workspace. */
  experiment: string | null;
  /** What is done. */
  action: RetentionAction;
  /** Which runs. */
  filter: BulkFilter;
  /** With a run the runs below it. */
  includeChildren: boolean;
  /** With the data its older versions and snapshots. */
  includeVersionsAndSnapshots: boolean;
  /** Why it makes no plan as it is; null for nothing. */
  problem: string | null;
}

/** A rule to be kept. */
export interface RetentionSaveParams {
  /** The rule that is changed; null for a new one. */
  id: string | null;
  /** The revision that was seen of it; 0 for a new one. Another one since is refused (`retention.changed`). */
  revision: number;
  /** What people call it; one of its kind in a workspace. */
  name: string;
  /** An experiment, or a workspace for all its runs. */
  nodeId: string;
  /** What is done. */
  action: RetentionAction;
  /** Which runs; at least one condition, and no age below a day. */
  filter: BulkFilter;
  /** With a run the runs below it. */
  includeChildren: boolean;
  /** With the data its older versions and snapshots. */
  includeVersionsAndSnapshots: boolean;
}

/** A rule that was kept. */
export interface RetentionSaved {
  /** Its id. */
  id: string;
  /** All rules. */
  all: RetentionRules;
}

/** Names a rule. */
export interface RetentionRuleParams {
  /** Its id. */
  ruleId: string;
}

/** Of which rule a plan is wanted. */
export interface RetentionPlanParams {
  /** The rule. */
  ruleId: string;
  /** Whether weighty deletions ask for the name to be typed; else a modal question does. */
  typeNames: boolean;
  /** How much data makes a deletion weighty; bytes. */
  typeAboveBytes: number;
  /** Names the `$/progress` notifications of this request; null wants none. */
  progressToken: string | null;
}

/** A token wanted. */
export interface TokenParams {
  /** Scopes such as `https://management.azure.com/.default`. */
  scopes: string[];
  /** The tenant that must issue it; null for the account's own. */
  tenantId: string | null;
  /** A step-up claims challenge to satisfy, as JSON text; null for none. */
  claims: string | null;
}

/** A token given. It is kept in memory only and never written anywhere. */
export interface TokenResult {
  /** The bearer token. */
  token: string;
  /** Unix time in milliseconds; null when the client does not know, then the token's own claim counts. */
  expiresOn: number | null;
  /** Who it is for, to show to the person. */
  accountLabel: string | null;
}

/** A device code to show. */
export interface DeviceCodeParams {
  /** The whole message of the identity service. */
  message: string;
  /** The code to type. */
  userCode: string;
  /** Where to type it. */
  verificationUri: string;
}

/** A line of the log. */
export interface LogMessage {
  /** Its severity. */
  level: LogLevelName;
  /** Which part of the sidecar wrote it. */
  category: string;
  /** The text, secrets removed; an exception's type and message may follow on lines of their own. */
  message: string;
}

/** One operation that changed. */
export interface OperationChanged {
  /** The operation. */
  operation: OperationSummary;
}

/** The `data` member of every JSON-RPC error the sidecar answers with. */
export interface ErrorData {
  /** Stable, for programs: `storage.authorizationMismatch`. Never localised. */
  code: string;
  /** Whether the same request may succeed later without anything being changed. */
  retryable: boolean;
  /** The service's correlation id when it gave one, else the sidecar's own; to be quoted to support. */
  correlationId: string | null;
  /** What it happened to: a resource id, a path, a host. Without query string. */
  target: string | null;
  /** What the person can do about it, in the order to offer them. */
  actions: ErrorAction[];
}
