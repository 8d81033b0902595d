using System.Runtime.InteropServices;
using AmlDataTools.Emulator.Hosting;

EmulatorOptions options;
try
{
    options = EmulatorOptions.Parse(args);
}
catch (ArgumentException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 2;
}

using var end = new CancellationTokenSource();
void End(PosixSignalContext context)
{
    context.Cancel = true;
    end.Cancel();
}

using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
try
{
    await using var server = await EmulatorServer.StartAsync(options, end.Token);
    await Console.Out.WriteLineAsync(server.Ready.ToJsonString());
    await Console.Out.FlushAsync();
    if (options.ExitWithStdin)
    {
        _ = Task.Run(async () =>
        {
            await Console.OpenStandardInput().CopyToAsync(Stream.Null);
            await end.CancelAsync();
        });
    }

    await Task.Delay(Timeout.Infinite, end.Token).ContinueWith(_ => { }, TaskScheduler.Default);
    return 0;
}
catch (OperationCanceledException)
{
    return 0;
}
catch (Exception e) when (e is InvalidOperationException or IOException or TimeoutException)
{
    await Console.Error.WriteLineAsync("The emulator could not start: " + e.Message);
    return 1;
}
