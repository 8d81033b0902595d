using System.Text.Json;
using System.Text.Json.Serialization;

namespace AmlDataTools.Server.Protocol;

/// <summary>Which end of the connection answers the methods of an interface.</summary>
public enum RpcSide
{
    /// <summary>The sidecar answers; the extension calls.</summary>
    Server,

    /// <summary>The extension answers; the sidecar calls.</summary>
    Client,
}

/// <summary>Marks an interface as a part of the contract: one interface a feature and side.</summary>
/// <param name="side">The end that implements the interface.</param>
[AttributeUsage(AttributeTargets.Interface)]
public sealed class RpcContractAttribute(RpcSide side) : Attribute
{
    /// <summary>The end that implements the interface.</summary>
    public RpcSide Side { get; } = side;
}

/// <summary>The wire name of a request: the method takes one parameter object and a cancellation token.</summary>
/// <param name="name">The JSON-RPC method name, <c>feature/verb</c>.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RpcRequestAttribute(string name) : Attribute
{
    /// <summary>The JSON-RPC method name.</summary>
    public string Name { get; } = name;

    /// <summary>The type of the <c>$/progress</c> values sent for the request's <c>progressToken</c>, if any.</summary>
    public Type? Progress { get; init; }
}

/// <summary>The wire name of a notification: one parameter object, no answer.</summary>
/// <param name="name">The JSON-RPC method name, <c>feature/verb</c>.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RpcNotificationAttribute(string name) : Attribute
{
    /// <summary>The JSON-RPC method name.</summary>
    public string Name { get; } = name;
}

/// <summary>Writes an enum as the camelCase name of its member.</summary>
/// <typeparam name="TEnum">The enum.</typeparam>
public sealed class CamelCaseEnumConverter<TEnum>() : JsonStringEnumConverter<TEnum>(JsonNamingPolicy.CamelCase, allowIntegerValues: false)
    where TEnum : struct, Enum;

/// <summary>Parameters or result without content; written as <c>{}</c>.</summary>
public sealed record Empty
{
    /// <summary>The only value needed.</summary>
    public static Empty Instance { get; } = new();
}

/// <summary>The <c>data</c> member of every JSON-RPC error the sidecar answers with.</summary>
/// <param name="Code">Stable, for programs: <c>storage.authorizationMismatch</c>. Never localised.</param>
/// <param name="Retryable">Whether the same request may succeed later without anything being changed.</param>
/// <param name="CorrelationId">The service's correlation id when it gave one, else the sidecar's own; to be quoted to support.</param>
/// <param name="Target">What it happened to: a resource id, a path, a host. Without query string.</param>
/// <param name="Actions">What the person can do about it, in the order to offer them.</param>
public sealed record ErrorData(string Code, bool Retryable, string? CorrelationId, string? Target, IReadOnlyList<ErrorAction> Actions);

/// <summary>What a person can do about an error. The extension knows how to label and carry out each.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<ErrorAction>))]
public enum ErrorAction
{
    /// <summary>Try the same again.</summary>
    Retry,

    /// <summary>Sign in, or sign in to another tenant.</summary>
    SignIn,

    /// <summary>Choose other subscriptions.</summary>
    SelectSubscriptions,

    /// <summary>Open the settings of the extension.</summary>
    OpenSettings,

    /// <summary>Choose another folder.</summary>
    ChooseFolder,

    /// <summary>Open the log.</summary>
    ShowLog,

    /// <summary>Open the resource in Azure ML studio.</summary>
    OpenInStudio,

    /// <summary>Plan anew: the plan is too old or what it saw has changed.</summary>
    PlanAgain,

    /// <summary>Open the editor's settings of proxies and certificates.</summary>
    OpenNetworkSettings,

    /// <summary>Open the documentation.</summary>
    OpenHelp,
}
