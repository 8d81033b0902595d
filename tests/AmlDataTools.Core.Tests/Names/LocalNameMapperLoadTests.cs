using System.Diagnostics;
using AmlDataTools.Core.Names;
using Xunit;

namespace AmlDataTools.Core.Tests.Names;

/// <summary>Measures the memory of the process, so nothing may run beside it.</summary>
[CollectionDefinition(nameof(LocalNameMapperLoadTests), DisableParallelization = true)]
[Collection(nameof(LocalNameMapperLoadTests))]
public class LocalNameMapperLoadTests
{
    [Fact]
    public void AHundredThousandNamesTakeLittleMemoryAndTime()
    {
        const int Count = 100_000;
        var before = GC.GetTotalMemory(true);
        var watch = Stopwatch.StartNew();
        var mapper = new LocalNameMapper([]);
        long length = 0;
        for (var i = 0; i < Count; i++)
        {
            length += mapper.Map("run/", $"ExperimentRun/dcid.run_{i / 10}/outputs/part-{i:D8}.parquet").Path?.Length ?? 0;
        }

        watch.Stop();
        var bytes = GC.GetTotalMemory(true) - before;
        GC.KeepAlive(mapper);
        Assert.True(length > Count * 50);
        Assert.True(bytes < 10_000_000, $"{bytes} bytes");
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"{watch.Elapsed}");
    }

    [Fact]
    public void TheSameNameManyTimesDoesNotTakeEverLonger()
    {
        var mapper = new LocalNameMapper([]);
        var paths = new HashSet<string?>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < 50_000; i++)
        {
            Assert.True(paths.Add(mapper.Map("", "a").Path));
        }
    }
}
