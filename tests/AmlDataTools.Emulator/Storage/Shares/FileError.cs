using AmlDataTools.Emulator.Http;

namespace AmlDataTools.Emulator.Storage.Shares;

/// <summary>The file service's refusals, in the words of its list of error codes.</summary>
internal static class FileError
{
    /// <summary>No such share.</summary>
    public static ServiceException ShareNotFound() => new(404, "ShareNotFound", "The specified share does not exist.");

    /// <summary>No such file or directory.</summary>
    public static ServiceException ResourceNotFound() => new(404, "ResourceNotFound", "The specified resource does not exist.");

    /// <summary>No such directory above.</summary>
    public static ServiceException ParentNotFound() => new(404, "ParentNotFound", "The specified parent path does not exist.");

    /// <summary>A file where a directory is meant, or the other way round.</summary>
    public static ServiceException TypeMismatch() => new(409, "ResourceTypeMismatch", "The specified resource type does not match the type of the existing resource.");

    /// <summary>It is there already.</summary>
    public static ServiceException AlreadyExists() => new(409, "ResourceAlreadyExists", "The specified resource already exists.");

    /// <summary>It holds something.</summary>
    public static ServiceException NotEmpty() => new(409, "DirectoryNotEmpty", "The specified directory is not empty.");

    /// <summary>It is only to be read.</summary>
    public static ServiceException ReadOnly() => new(409, "ReadOnlyAttribute", "The specified resource is read-only and cannot be modified at this time.");

    /// <summary>Somebody has it open.</summary>
    public static ServiceException Held(string code) => new(409, code, code switch
    {
        "DeletePending" => "The specified resource is marked for deletion by an SMB client.",
        "CannotDeleteFileOrDirectory" => "The file or directory could not be deleted because it is in use by an SMB client.",
        _ => "The specified resource may be in use by an SMB client.",
    });

    /// <summary>A header is missing.</summary>
    public static ServiceException MissingHeader(string name) => new(400, "MissingRequiredHeader", $"An HTTP header that's mandatory for this request is not specified. ({name})");

    /// <summary>A header or parameter cannot be used.</summary>
    public static ServiceException Invalid(string code, string name) => new(400, code, $"The value for one of the HTTP headers or parameters is not in the correct format. ({name})");
}
