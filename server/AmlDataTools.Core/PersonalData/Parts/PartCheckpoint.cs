using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace AmlDataTools.Core.PersonalData.Parts;

/// <summary>Reads what parts wrote of where they are.</summary>
internal static class PartCheckpoint
{
    /// <summary>The checkpoint; null to begin anew, as when another version wrote it in another form.</summary>
    public static T? Read<T>(string? checkpoint, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return checkpoint is null ? null : JsonSerializer.Deserialize(checkpoint, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>How checkpoints are written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true, RespectRequiredConstructorParameters = false)]
[JsonSerializable(typeof(RunsCheckpoint))]
[JsonSerializable(typeof(AssetsCheckpoint))]
[JsonSerializable(typeof(JobsCheckpoint))]
internal sealed partial class PartJson : JsonSerializerContext;
