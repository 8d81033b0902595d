namespace AmlDataTools.Server.Tests.Support;

/// <summary>Where things are.</summary>
internal static class Repository
{
    /// <summary>The folder of the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The sidecar as it was built for these tests.</summary>
    public static string SidecarDll { get; } = Path.Combine(AppContext.BaseDirectory, "AmlDataTools.Server.dll");

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "AmlDataTools.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("AmlDataTools.sln was not found above the tests.");
        }

        return folder;
    }
}
