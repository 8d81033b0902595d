namespace AmlDataTools.Server.Rpc;

/// <summary>Puts what goes out into the language of the person at the other end.</summary>
internal interface IOutgoingTexts
{
    /// <summary>A result, a notification's parameters or a progress value, with its texts for people in the language.</summary>
    T Of<T>(T value);

    /// <summary>An error with its message in the language.</summary>
    RpcError Of(RpcError error);
}
