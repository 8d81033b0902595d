using System.Text.Json.Serialization;

namespace AmlDataTools.Server.Protocol;

/// <summary>
/// How the contract is written as JSON: camelCase, nulls written out, and every member of a record demanded when read,
/// so that a missing or null member is refused by name and not found out later.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(Empty))]
[JsonSerializable(typeof(ErrorData))]
[JsonSerializable(typeof(InitializeParams))]
[JsonSerializable(typeof(InitializeResult))]
[JsonSerializable(typeof(LogMessage))]
[JsonSerializable(typeof(SetLogLevelParams))]
[JsonSerializable(typeof(TokenParams))]
[JsonSerializable(typeof(TokenResult))]
[JsonSerializable(typeof(DeviceCodeParams))]
[JsonSerializable(typeof(SubscriptionsResult))]
[JsonSerializable(typeof(ChildrenParams))]
[JsonSerializable(typeof(ChildrenResult))]
[JsonSerializable(typeof(LocateParams))]
[JsonSerializable(typeof(LocateResult))]
[JsonSerializable(typeof(RefreshParams))]
[JsonSerializable(typeof(FileParams))]
[JsonSerializable(typeof(FileStat))]
[JsonSerializable(typeof(FileReadParams))]
[JsonSerializable(typeof(FileReadResult))]
[JsonSerializable(typeof(PlanParams))]
[JsonSerializable(typeof(PlanProgress))]
[JsonSerializable(typeof(PlanResult))]
[JsonSerializable(typeof(PlanItemsParams))]
[JsonSerializable(typeof(PlanItemsResult))]
[JsonSerializable(typeof(ReviewParams))]
[JsonSerializable(typeof(PlanReview))]
[JsonSerializable(typeof(SavePlanParams))]
[JsonSerializable(typeof(StartParams))]
[JsonSerializable(typeof(OperationParams))]
[JsonSerializable(typeof(OperationResult))]
[JsonSerializable(typeof(OperationChanged))]
[JsonSerializable(typeof(OperationsResult))]
[JsonSerializable(typeof(ReceiptResult))]
[JsonSerializable(typeof(NotebookOpenParams))]
[JsonSerializable(typeof(NotebookChangeParams))]
[JsonSerializable(typeof(NotebookReferences))]
[JsonSerializable(typeof(NotebookCloseParams))]
[JsonSerializable(typeof(NotebookWorkspaceParams))]
[JsonSerializable(typeof(NotebookWorkspaceResult))]
[JsonSerializable(typeof(NotebookCandidatesParams))]
[JsonSerializable(typeof(NotebookCandidatesResult))]
[JsonSerializable(typeof(NotebookDescribeParams))]
[JsonSerializable(typeof(NotebookDescribeResult))]
[JsonSerializable(typeof(NotebookLoadCodeParams))]
[JsonSerializable(typeof(NotebookLoadCodeResult))]
public sealed partial class ProtocolJsonContext : JsonSerializerContext;
