using System.Text.Json.Serialization;
using AmlDataTools.Core.Problems;
using AmlDataTools.Server.Rpc;

namespace AmlDataTools.Server.Tests.Support;

/// <summary>Methods to try a connection with.</summary>
internal sealed class TestMethods
{
    private int _running;

    public int MostAtOnce { get; private set; }

    public TaskCompletionSource Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource Cancelled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public List<string> Heard { get; } = [];

    public void Register(JsonRpc rpc)
    {
        var json = TestJson.Default;
        rpc.AddLocalMethod("test/echo", json.TextParams, json.TextParams, (p, _) => Task.FromResult(p));
        rpc.AddLocalMethod("test/big", json.CountParams, json.TextParams, (p, _) => Task.FromResult(new TextParams(new string('x', p.Count))));
        rpc.AddLocalMethod("test/wait", json.CountParams, json.CountParams, async (p, cancellationToken) =>
        {
            MostAtOnce = Math.Max(MostAtOnce, Interlocked.Increment(ref _running));
            Started.TrySetResult();
            try
            {
                await Task.Delay(p.Count, cancellationToken);
                return p;
            }
            catch (OperationCanceledException)
            {
                Cancelled.TrySetResult();
                throw;
            }
            finally
            {
                Interlocked.Decrement(ref _running);
            }
        });
        rpc.AddLocalMethod("test/nested", json.NestedParams, json.NestedParams, (p, _) => Task.FromResult(p));
        rpc.AddLocalMethod("test/throw", json.TextParams, json.TextParams, (p, _) => p.Text switch
        {
            "problem" => throw new ProblemException("storage.full", "The disk is full. Free some space.", new IOException("inner detail"))
            {
                Retryable = true,
                Target = "/data",
                CorrelationId = "service-id",
                Actions = [ProblemAction.ChooseFolder, ProblemAction.Retry],
            },
            "timeout" => throw new TaskCanceledException("a time limit"),
            _ => throw new InvalidOperationException($"secret detail {p.Text}"),
        });
        rpc.AddLocalMethod("test/askBack", json.TextParams, json.TextParams, (p, cancellationToken) =>
            rpc.InvokeAsync("client/answer", p, json.TextParams, json.TextParams, cancellationToken));
        rpc.AddLocalMethod("test/progress", json.ProgressParams, json.CountParams, (p, _) =>
        {
            var progress = rpc.CreateProgress(p.ProgressToken, json.CountParams);
            for (var i = 1; i <= p.Count; i++)
            {
                progress.Report(new CountParams(i));
            }

            return Task.FromResult(new CountParams(p.Count));
        });
        rpc.AddLocalNotification("test/note", json.TextParams, (p, _) =>
        {
            Heard.Add(p.Text);
            return Task.CompletedTask;
        });
    }
}

internal sealed record TextParams(string Text);

internal sealed record CountParams(int Count);

internal sealed record ProgressParams(int Count, string? ProgressToken);

internal sealed record NestedParams(TextParams Inner, IReadOnlyList<CountParams> List, DayOfWeek Day);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(TextParams))]
[JsonSerializable(typeof(CountParams))]
[JsonSerializable(typeof(ProgressParams))]
[JsonSerializable(typeof(NestedParams))]
internal sealed partial class TestJson : JsonSerializerContext;
