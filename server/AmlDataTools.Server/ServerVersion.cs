using System.Reflection;

namespace AmlDataTools.Server;

/// <summary>The version of this build.</summary>
internal static class ServerVersion
{
    /// <summary>The product version, without the commit that the build tools may append.</summary>
    public static string Product { get; } =
        typeof(ServerVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0.0.0";
}
