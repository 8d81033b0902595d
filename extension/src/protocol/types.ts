// Generated from server/AmlDataTools.Server/Protocol by `npm run generate`. Do not edit.

/** Raised with every incompatible change. */
export const protocolVersion = 1;

/**
 * The kinds of node.
 * - `subscription`: A subscription.
 * - `workspace`: A workspace.
 * - `experiments`: The experiments of a workspace.
 * - `experiment`: An experiment.
 * - `run`: A run (v2: job).
 * - `runFiles`: "Outputs + logs" of a run.
 * - `namedOutputs`: "Named outputs" of a run.
 * - `namedOutput`: One named output.
 * - `childRuns`: "Child runs" of a run.
 * - `folder`: A folder of files.
 * - `file`: A file.
 * - `notice`: Something worth saying that is no error: nothing here, or where the list comes from.
 * - `error`: What could not be read, and what to do about it.
 */
export type NodeKind =
  | 'subscription'
  | 'workspace'
  | 'experiments'
  | 'experiment'
  | 'run'
  | 'runFiles'
  | 'namedOutputs'
  | 'namedOutput'
  | 'childRuns'
  | 'folder'
  | 'file'
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
 * - `download`: "Download..." of a folder, a file, a named output.
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
  | 'openSettings';

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
 * The verbs.
 * - `export`: Download or export.
 */
export type OperationVerb = 'export';

/**
 * What must be given to start a plan.
 * - `none`: Nothing.
 * - `click`: A click in a modal question.
 * - `typeName`: The name, typed.
 */
export type ConfirmationKind = 'none' | 'click' | 'typeName';

/**
 * What is done about files that exist at the destination.
 * - `skipIdentical`: Identical ones (size and hash) are skipped, others kept and the new one written beside them under another name.
 * - `replace`: Replaced, once the new one is complete and verified.
 * - `keepBoth`: Kept; the new one gets a number in its name.
 */
export type ExistingFiles = 'skipIdentical' | 'replace' | 'keepBoth';

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
 */
export type OperationAction = 'pause' | 'cancel' | 'resume' | 'discard' | 'reveal' | 'receipt';

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
 */
export type ErrorAction =
  | 'retry'
  | 'signIn'
  | 'selectSubscriptions'
  | 'openSettings'
  | 'chooseFolder'
  | 'showLog'
  | 'openInStudio'
  | 'planAgain';

/** Parameters or result without content; written as `{}`. */
export type Empty = Record<string, never>;

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
  /** What runs must satisfy; null for all. Experiments are always shown: a filter that hid them would hide their matching runs. */
  filter: RunFilter | null;
  /** Archived experiments and runs too. */
  includeArchived: boolean;
}

/** What a run must satisfy; all that is given must hold. */
export interface RunFilter {
  /** A part of the display name or the run id, whatever the case. */
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
}

/** A text that means a node. */
export interface LocateParams {
  /** Run id, Resource Manager id or studio address. */
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

/** What is to be planned. */
export interface PlanParams {
  /** The verb. */
  verb: OperationVerb;
  /** What it is applied to: ids of tree nodes, possibly of several kinds. */
  nodeIds: string[];
  /** Choices of an export; null takes the defaults. */
  export: ExportOptions | null;
  /** Names the `$/progress` notifications of this request; null wants none. */
  progressToken: string | null;
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
}

/** A page of items. */
export interface PlanItemsResult {
  /** In the plan's order. */
  items: PlanItem[];
  /** For the next page; null when this is the last. */
  nextPageToken: string | null;
}

/** An item of a plan. */
export interface PlanItem {
  /** `file`, `document`, ... */
  kind: string;
  /** Its name at the service. */
  name: string;
  /** Where it would be written, relative to the destination, with `/`. */
  path: string;
  /** Its size; null when it is made on the way. */
  bytes: number | null;
  /** Why it is refused, mapped or special; null for nothing. */
  note: string | null;
}

/** Starts a plan. */
export interface StartParams {
  /** The plan. */
  planId: string;
  /** What the plan's confirmation demands: null, any text for a click, the name typed. */
  confirmation: string | null;
  /** Where an export goes; null for other verbs. */
  destination: ExportDestination | null;
}

/** Where an export goes. */
export interface ExportDestination {
  /** Absolute folder on the machine the sidecar runs on; made if its parent exists. */
  folder: string;
  /** What is done about files that exist. */
  existing: ExistingFiles;
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
  /** Absolute folder of an export; null for other verbs. */
  destination: string | null;
  /** One sentence on a failure or a wait (throttled until ...); null for nothing to say. */
  message: string | null;
  /** Stable code of a failure; null for none. */
  errorCode: string | null;
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
