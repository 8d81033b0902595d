using System.IO.Pipelines;
using System.Reflection;
using AmlDataTools.Server.Hosting;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Rpc;
using AmlDataTools.Server.Tests.Processes;
using AmlDataTools.Server.Tests.Support;

namespace AmlDataTools.Server.Tests.Hosting;

/// <summary>Names are written in the contract's attributes and where methods are registered: these must be the same.</summary>
public sealed class ContractTests
{
    private static readonly ILookup<RpcSide, string> s_contract = typeof(RpcContractAttribute).Assembly.GetTypes()
        .Select(type => (type, side: type.GetCustomAttribute<RpcContractAttribute>()?.Side))
        .Where(x => x.side is not null)
        .SelectMany(x => x.type.GetMethods().Select(method => (side: x.side ?? default, name: Name(method))))
        .ToLookup(x => x.side, x => x.name);

    [Fact]
    public void Each_name_is_there_once() =>
        Assert.All(Enum.GetValues<RpcSide>(), side => Assert.Equal(s_contract[side].Distinct(), s_contract[side]));

    [Fact]
    public async Task A_feature_answers_what_the_contract_says_and_nothing_else()
    {
        var folder = Directory.CreateTempSubdirectory("contract").FullName;
        var toServer = new Pipe();
        var toClient = new Pipe();
        var sidecar = new Sidecar(toServer.Reader.AsStream(), toClient.Writer.AsStream(), new JsonRpcOptions());
        await using (sidecar)
        {
            var running = sidecar.RunAsync();
            var client = new RawClient(toClient.Reader.AsStream(), toServer.Writer.AsStream());
            Assert.Null((await client.CallAsync(SidecarProcess.InitializeRequest(folder)))["error"]);
            var answered = sidecar.Methods.ToHashSet();
            var features = answered.Select(Feature).ToHashSet();
            Assert.Superset(new HashSet<string> { "initialize", "shutdown", "log", "credential" }, features);
            Assert.Equal(s_contract[RpcSide.Server].Where(name => features.Contains(Feature(name))).ToHashSet(), answered);
            client.CloseInput();
            await running;
        }

        Directory.Delete(folder, recursive: true);
    }

    private static string Feature(string name) => name.Split('/')[0];

    private static string Name(MethodInfo method) =>
        method.GetCustomAttribute<RpcRequestAttribute>()?.Name ?? method.GetCustomAttribute<RpcNotificationAttribute>()?.Name ?? "";
}
