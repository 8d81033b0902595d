// Generated from server/AmlDataTools.Server/Protocol by `npm run generate`. Do not edit.

import { NotificationType, ParameterStructures, ProgressType, RequestType } from 'vscode-jsonrpc/node';
import type {
  AuditExportParams,
  AuditExportResult,
  AuditVerdict,
  AuditVerifyParams,
  ChildrenParams,
  ChildrenResult,
  ChooseParams,
  DeviceCodeParams,
  Empty,
  ErrorData,
  FileParams,
  FileReadParams,
  FileReadResult,
  FileStat,
  InitializeParams,
  InitializeResult,
  LocateParams,
  LocateResult,
  LogMessage,
  MeParams,
  MeResult,
  NetworkParams,
  NotebookCandidatesParams,
  NotebookCandidatesResult,
  NotebookChangeParams,
  NotebookCloseParams,
  NotebookDescribeParams,
  NotebookDescribeResult,
  NotebookLoadCodeParams,
  NotebookLoadCodeResult,
  NotebookOpenParams,
  NotebookReferences,
  NotebookWorkspaceParams,
  NotebookWorkspaceResult,
  OperationChanged,
  OperationParams,
  OperationResult,
  OperationsResult,
  PlanItemsParams,
  PlanItemsResult,
  PlanParams,
  PlanProgress,
  PlanResult,
  PlanReview,
  ReceiptResult,
  RefreshParams,
  RetentionPlanParams,
  RetentionRuleParams,
  RetentionRules,
  RetentionSaveParams,
  RetentionSaved,
  ReviewParams,
  SavePlanParams,
  SearchIdParams,
  SearchParams,
  SearchResult,
  SearchResultsPage,
  SearchResultsParams,
  SearchesResult,
  SetLogLevelParams,
  StartParams,
  SubscriptionsResult,
  TokenParams,
  TokenResult,
} from './types';

const byName = ParameterStructures.byName;

/** Answered by the sidecar, called by the extension. */
export const server = {
  /** The first request. Every other one before it is refused with `protocol.notInitialized`. */
  initialize: new RequestType<InitializeParams, InitializeResult, ErrorData>('initialize', byName),
  /** Lets running operations reach a safe point; they show as interrupted and can be resumed. The process ends when its input closes. */
  shutdown: new RequestType<Empty, Empty, ErrorData>('shutdown', byName),
  audit: {
    /** Copies the log into a file of its own. */
    export: new RequestType<AuditExportParams, AuditExportResult, ErrorData>('audit/export', byName),
    /** Checks an exported log. */
    verify: new RequestType<AuditVerifyParams, AuditVerdict, ErrorData>('audit/verify', byName),
  },
  credential: {
    /** Accounts or sessions changed: cached tokens are dropped. */
    changed: new NotificationType<Empty>('credential/changed', byName),
  },
  datastores: {
    /** What is known of a file now. */
    stat: new RequestType<FileParams, FileStat, ErrorData>('datastores/stat', byName),
    /** Reads a part of a file. `file.changed` when it is not of the version asked for any more, `file.tooLargeToOpen` beyond the limit. */
    read: new RequestType<FileReadParams, FileReadResult, ErrorData>('datastores/read', byName),
  },
  explorer: {
    /** The subscriptions of the signed-in person in all their tenants, for the picker. */
    subscriptions: new RequestType<Empty, SubscriptionsResult, ErrorData>('explorer/subscriptions', byName),
    /** One page of a node's children. Problems come as nodes of kind `error`, so that one failed branch does not hide the others. */
    children: new RequestType<ChildrenParams, ChildrenResult, ErrorData>('explorer/children', byName),
    /** Finds the node that a typed text means: a run id, a Resource Manager id, or an address of Azure ML studio. */
    locate: new RequestType<LocateParams, LocateResult, ErrorData>('explorer/locate', byName),
    /** Drops what is remembered of a node and all below it. */
    refresh: new RequestType<RefreshParams, Empty, ErrorData>('explorer/refresh', byName),
  },
  log: {
    /** The person chose another level. */
    setLevel: new NotificationType<SetLogLevelParams>('log/setLevel', byName),
  },
  network: {
    /** The editor's settings changed; they hold from the next connection on. Operations go on. */
    changed: new NotificationType<NetworkParams>('network/changed', byName),
  },
  notebook: {
    /** Begins to follow a document: its Python cells, or the first of them; a Python file is one cell. */
    open: new RequestType<NotebookOpenParams, NotebookReferences, ErrorData>('notebook/open', byName),
    /** Takes what changed in a document. One at a time: the next is sent when this is answered. */
    change: new RequestType<NotebookChangeParams, NotebookReferences, ErrorData>('notebook/change', byName),
    /** Forgets a document. */
    close: new RequestType<NotebookCloseParams, Empty, ErrorData>('notebook/close', byName),
    /** The workspace that the Azure ML SDK's `config.json` in a folder or above it names. */
    workspace: new RequestType<NotebookWorkspaceParams, NotebookWorkspaceResult, ErrorData>('notebook/workspace', byName),
    /** The workspaces and registries that have something of a reference's name, for where nothing says which is meant. */
    candidates: new RequestType<NotebookCandidatesParams, NotebookCandidatesResult, ErrorData>('notebook/candidates', byName),
    /** Looks references up in a workspace. Fails when the workspace cannot be read: then nothing is known, and nothing is missing. */
    describe: new RequestType<NotebookDescribeParams, NotebookDescribeResult, ErrorData>('notebook/describe', byName),
    /** Python that loads what an export wrote, by a path relative to the notebook. */
    loadCode: new RequestType<NotebookLoadCodeParams, NotebookLoadCodeResult, ErrorData>('notebook/loadCode', byName),
  },
  operations: {
    /** Works out what a verb would do. Nothing is fetched or changed. */
    plan: new RequestType<PlanParams, PlanResult, ErrorData>('operations/plan', byName),
    /** What `$/progress` carries for the `progressToken` of `operations/plan`. */
    planProgress: new ProgressType<PlanProgress>(),
    /** A page of a plan's items. */
    planItems: new RequestType<PlanItemsParams, PlanItemsResult, ErrorData>('operations/planItems', byName),
    /** What a choice of a plan's items amounts to, and what must be confirmed for it. Not for exports. */
    review: new RequestType<ReviewParams, PlanReview, ErrorData>('operations/review', byName),
    /** Writes a plan to a file, to be read or kept; nothing is carried out. */
    savePlan: new RequestType<SavePlanParams, Empty, ErrorData>('operations/savePlan', byName),
    /** Carries a plan out. Answers once the operation is recorded; it is followed by `operations/changed`. */
    start: new RequestType<StartParams, OperationResult, ErrorData>('operations/start', byName),
    /** All operations on record, of this window and others, newest first. */
    list: new RequestType<Empty, OperationsResult, ErrorData>('operations/list', byName),
    /** Stops for now; everything verified is kept. */
    pause: new RequestType<OperationParams, OperationResult, ErrorData>('operations/pause', byName),
    /** Goes on with a paused, interrupted, cancelled or failed operation. */
    resume: new RequestType<OperationParams, OperationResult, ErrorData>('operations/resume', byName),
    /** Stops for good; finished files are kept, unfinished ones removed, and the receipt says which. */
    cancel: new RequestType<OperationParams, OperationResult, ErrorData>('operations/cancel', byName),
    /** Gives up an interrupted or paused operation: as cancel, and it goes from the list. */
    discard: new RequestType<OperationParams, Empty, ErrorData>('operations/discard', byName),
    /** Takes finished operations off the list; their receipts in the destination stay. */
    clearFinished: new RequestType<Empty, OperationsResult, ErrorData>('operations/clearFinished', byName),
    /** Where the receipt of a finished operation is. */
    receipt: new RequestType<OperationParams, ReceiptResult, ErrorData>('operations/receipt', byName),
  },
  personalData: {
    /** The signed-in person as a subject, as far as the token tells. */
    me: new RequestType<MeParams, MeResult, ErrorData>('personalData/me', byName),
    /** Begins a search. Answers once it is recorded; it is followed by `personalData/changed`. */
    search: new RequestType<SearchParams, SearchResult, ErrorData>('personalData/search', byName),
    /** All searches on record, newest first. */
    searches: new RequestType<Empty, SearchesResult, ErrorData>('personalData/searches', byName),
    /** Stops a search; what was found stays, and it can go on later. */
    stop: new RequestType<SearchIdParams, SearchResult, ErrorData>('personalData/stop', byName),
    /** Goes on with a stopped, interrupted or failed search, where it was; of one that has ended with gaps, searches again what was refused. */
    resume: new RequestType<SearchIdParams, SearchResult, ErrorData>('personalData/resume', byName),
    /** Removes a search and all it found from this machine. */
    discard: new RequestType<SearchIdParams, Empty, ErrorData>('personalData/discard', byName),
    /** One page of a search's results: the groups, then the findings in one, then what speaks for a finding. */
    results: new RequestType<SearchResultsParams, SearchResultsPage, ErrorData>('personalData/results', byName),
    /** Ticks or unticks findings: what is ticked is exported or erased. */
    choose: new RequestType<ChooseParams, SearchResult, ErrorData>('personalData/choose', byName),
  },
  retention: {
    /** All rules. */
    rules: new RequestType<Empty, RetentionRules, ErrorData>('retention/rules', byName),
    /** Keeps a rule, new or changed. */
    save: new RequestType<RetentionSaveParams, RetentionSaved, ErrorData>('retention/save', byName),
    /** Removes a rule. What was done by it stays done. */
    remove: new RequestType<RetentionRuleParams, RetentionRules, ErrorData>('retention/remove', byName),
    /** Works out what a rule would do now: an ordinary plan, for `operations/planItems`, `review` and `start`. */
    plan: new RequestType<RetentionPlanParams, PlanResult, ErrorData>('retention/plan', byName),
    /** What `$/progress` carries for the `progressToken` of `retention/plan`. */
    planProgress: new ProgressType<PlanProgress>(),
  },
} as const;

/** Answered by the extension, called by the sidecar. */
export const client = {
  credential: {
    /** A token for the scopes. An error with code `auth.signInRequired` or `auth.cancelled` says there is none. */
    token: new RequestType<TokenParams, TokenResult, ErrorData>('credential/token', byName),
    /** Show the person where to type which code. */
    deviceCode: new NotificationType<DeviceCodeParams>('credential/deviceCode', byName),
  },
  log: {
    /** A line for the output channel, secrets already removed. */
    message: new NotificationType<LogMessage>('log/message', byName),
  },
  operations: {
    /** An operation's state or numbers changed; at most four times a second for each. */
    changed: new NotificationType<OperationChanged>('operations/changed', byName),
    /** An operation is no longer on the list. */
    removed: new NotificationType<OperationParams>('operations/removed', byName),
  },
  personalData: {
    /** A search's state or numbers changed; at most four times a second for each. */
    changed: new NotificationType<SearchResult>('personalData/changed', byName),
    /** A search is no longer there. */
    removed: new NotificationType<SearchIdParams>('personalData/removed', byName),
  },
} as const;
