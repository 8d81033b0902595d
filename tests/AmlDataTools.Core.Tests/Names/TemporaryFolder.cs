namespace AmlDataTools.Core.Tests.Names;

/// <summary>A folder that is gone after the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    /// <summary>Its absolute path.</summary>
    public string Root { get; } = Directory.CreateTempSubdirectory("amldt-names-").FullName;

    /// <summary>Makes a file with some text, and the folders it needs.</summary>
    public string File(string relative)
    {
        var path = Path.Combine(Root, relative);
        Directory.CreateDirectory(Path.GetDirectoryName(path) ?? Root);
        System.IO.File.WriteAllText(path, relative);
        return path;
    }

    public void Dispose() => Directory.Delete(Root, true);
}
