using System.Runtime.InteropServices;
using AmlDataTools.Server.Hosting;
using AmlDataTools.Server.Rpc;

// Standard output belongs to the protocol: whatever else writes to the console goes to standard error.
var input = Console.OpenStandardInput();
var output = Console.OpenStandardOutput();
Console.SetOut(new StandardErrorWriter());

var sidecar = new Sidecar(input, output, new JsonRpcOptions());
await using (sidecar.ConfigureAwait(false))
{
    using var terminate = OnSignal(PosixSignal.SIGTERM);
    using var interrupt = OnSignal(PosixSignal.SIGINT);
    return await sidecar.RunAsync().ConfigureAwait(false);
}

PosixSignalRegistration OnSignal(PosixSignal signal) => PosixSignalRegistration.Create(signal, context =>
{
    context.Cancel = true;
    sidecar.Stop($"{signal} was received.");
});
