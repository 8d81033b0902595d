using System.Text.Json.Serialization.Metadata;

namespace AmlDataTools.Server.Rpc;

/// <summary>A method this end answers: parameters as JSON in, the body of the answer out.</summary>
/// <param name="Invoke">Reads the parameters, runs the method, writes the answer.</param>
internal sealed record LocalRequest(Func<RequestId, ReadOnlyMemory<byte>, CancellationToken, Task<ReadOnlyMemory<byte>>> Invoke)
{
    /// <summary>Makes one of a typed handler.</summary>
    public static LocalRequest Create<TParams, TResult>(
        JsonTypeInfo<TParams> paramsInfo, JsonTypeInfo<TResult> resultInfo, Func<TParams, CancellationToken, Task<TResult>> handler) =>
        new(async (id, json, cancellationToken) =>
        {
            var parameters = ParamsReader.Read(json, paramsInfo);
            var result = await handler(parameters, cancellationToken).ConfigureAwait(false);
            return MessageWriter.Result(id, result, resultInfo);
        });
}

/// <summary>A notification this end listens to.</summary>
/// <param name="Invoke">Reads the parameters and runs the method.</param>
internal sealed record LocalNotification(Func<ReadOnlyMemory<byte>, CancellationToken, Task> Invoke)
{
    /// <summary>Makes one of a typed handler.</summary>
    public static LocalNotification Create<TParams>(JsonTypeInfo<TParams> paramsInfo, Func<TParams, CancellationToken, Task> handler) =>
        new((json, cancellationToken) => handler(ParamsReader.Read(json, paramsInfo), cancellationToken));
}
