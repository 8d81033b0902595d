using AmlDataTools.Core.Problems;
using AmlDataTools.Server.Protocol;

namespace AmlDataTools.Server.Rpc;

/// <summary>What a JSON-RPC error says.</summary>
/// <param name="Code">The JSON-RPC error code.</param>
/// <param name="Message">For people.</param>
/// <param name="Data">For programs.</param>
internal sealed record RpcError(int Code, string Message, ErrorData Data)
{
    /// <summary>Turns what a method threw into what the client is told. Details of the unexpected stay in the log.</summary>
    /// <param name="exception">What was thrown.</param>
    /// <param name="cancelled">Whether the request had been cancelled, or the connection was ending.</param>
    /// <param name="correlationId">The sidecar's own id of this failure, under which the log has it.</param>
    public static RpcError From(Exception exception, bool cancelled, string correlationId) => exception switch
    {
        OperationCanceledException when cancelled => new(
            RpcErrorCodes.RequestCancelled, "The request was cancelled.", Plain("request.cancelled", false, correlationId)),

        // Nobody cancelled it, so a time limit below did: called cancelled, the failure would be silent.
        OperationCanceledException => new(
            RpcErrorCodes.RequestFailed,
            "This took too long and was given up. Check the network and try again.",
            Plain("request.timedOut", true, correlationId) with { Actions = [ErrorAction.Retry, ErrorAction.ShowLog] }),

        ProblemException problem => new(
            RpcErrorCodes.RequestFailed,
            problem.Message,
            new ErrorData(problem.Code, problem.Retryable, problem.CorrelationId ?? correlationId, problem.Target, [.. problem.Actions.Select(ToWire)])),

        RpcProtocolException protocol => new(
            protocol.Code, protocol.Message, Plain(protocol.Name, protocol.Retryable, correlationId)),

        _ => new(
            RpcErrorCodes.InternalError,
            $"Something unexpected happened. The log has the details under {correlationId}.",
            Plain("internal.unexpected", false, correlationId) with { Actions = [ErrorAction.ShowLog] }),
    };

    private static ErrorData Plain(string code, bool retryable, string correlationId) => new(code, retryable, correlationId, null, []);

    private static ErrorAction ToWire(ProblemAction action) => action switch
    {
        ProblemAction.Retry => ErrorAction.Retry,
        ProblemAction.SignIn => ErrorAction.SignIn,
        ProblemAction.SelectSubscriptions => ErrorAction.SelectSubscriptions,
        ProblemAction.OpenSettings => ErrorAction.OpenSettings,
        ProblemAction.ChooseFolder => ErrorAction.ChooseFolder,
        ProblemAction.ShowLog => ErrorAction.ShowLog,
        ProblemAction.OpenInStudio => ErrorAction.OpenInStudio,
        ProblemAction.PlanAgain => ErrorAction.PlanAgain,
        ProblemAction.OpenNetworkSettings => ErrorAction.OpenNetworkSettings,
        ProblemAction.OpenHelp => ErrorAction.OpenHelp,
        _ => throw new ArgumentOutOfRangeException(nameof(action), action, null),
    };
}
