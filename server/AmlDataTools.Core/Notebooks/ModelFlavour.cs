using System.Text;

namespace AmlDataTools.Core.Notebooks;

/// <summary>How a model on disk is loaded.</summary>
public enum ModelFlavourKind
{
    /// <summary>By <c>mlflow.sklearn</c>.</summary>
    Sklearn,

    /// <summary>By <c>mlflow.onnx</c>: an MLflow folder that holds an ONNX model.</summary>
    MlflowOnnx,

    /// <summary>By <c>mlflow.pyfunc</c>.</summary>
    Pyfunc,

    /// <summary>By <c>onnxruntime</c>: an ONNX file alone.</summary>
    Onnx,

    /// <summary>Only its author knows: the path is given.</summary>
    Path,
}

/// <summary>What was found of a model on disk.</summary>
/// <param name="Kind">How it is loaded.</param>
/// <param name="Path">What is loaded: a folder or a file, absolute.</param>
public sealed record ModelFlavour(ModelFlavourKind Kind, string Path)
{
    // Only what describes the model is looked for, not its data.
    private const int MaxDepth = 3;
    private const int MaxEntries = 2000;
    private const int MaxBytes = 256 * 1024;

    /// <summary>Looks at a model on disk.</summary>
    /// <param name="folder">The folder it was written to, absolute.</param>
    public static ModelFlavour Of(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var files = Files(folder);
        if (files.Find(file => System.IO.Path.GetFileName(file) == "MLmodel") is { } description && System.IO.Path.GetDirectoryName(description) is { } root)
        {
            var flavours = Flavours(description);
            return new ModelFlavour(
                flavours.Contains("sklearn") ? ModelFlavourKind.Sklearn
                    : flavours.Contains("onnx") ? ModelFlavourKind.MlflowOnnx
                    : flavours.Contains("python_function") ? ModelFlavourKind.Pyfunc
                    : ModelFlavourKind.Path,
                root);
        }

        var own = files.FindAll(file => !IsRecord(folder, file));
        var onnx = own.FindAll(file => file.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase));
        return onnx.Count == 1 ? new ModelFlavour(ModelFlavourKind.Onnx, onnx[0])
            : own.Count == 1 ? new ModelFlavour(ModelFlavourKind.Path, own[0])
            : new ModelFlavour(ModelFlavourKind.Path, folder);
    }

    // What the export itself wrote beside the model.
    private static bool IsRecord(string folder, string file)
        => System.IO.Path.GetDirectoryName(file) == folder && System.IO.Path.GetFileName(file) is "model.json" or "receipt.json" or "receipt.md";

    // The nearest first, so that a description at the top wins over one further down.
    private static List<string> Files(string folder)
    {
        var files = new List<string>();
        var level = new List<string> { System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(folder)) };
        for (var depth = 0; depth <= MaxDepth && level.Count > 0; depth++)
        {
            var below = new List<string>();
            foreach (var one in level)
            {
                try
                {
                    files.AddRange(Directory.EnumerateFiles(one).Take(MaxEntries).Order(StringComparer.Ordinal));
                    below.AddRange(Directory.EnumerateDirectories(one).Where(path => !System.IO.Path.GetFileName(path).StartsWith('.')).Take(MaxEntries).Order(StringComparer.Ordinal));
                }
                catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
                {
                    // What cannot be read describes nothing; the path is given all the same.
                }

                if (files.Count > MaxEntries || below.Count > MaxEntries)
                {
                    return files;
                }
            }

            level = below;
        }

        return files;
    }

    // MLmodel is YAML written by MLflow: "flavors:" at the left, a flavour on each line with the next indentation.
    private static HashSet<string> Flavours(string path)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        try
        {
            var buffer = new byte[MaxBytes];
            int read;
            using (var file = File.OpenRead(path))
            {
                read = file.ReadAtLeast(buffer, MaxBytes, throwOnEndOfStream: false);
            }

            var inside = false;
            var indentation = -1;
            foreach (var line in Encoding.UTF8.GetString(buffer, 0, read).Split('\n'))
            {
                var text = line.TrimEnd('\r', ' ');
                var left = text.Length - text.TrimStart(' ').Length;
                if (text.Length == left || text[left] == '#')
                {
                    continue;
                }

                if (left == 0)
                {
                    inside = text == "flavors:";
                }
                else if (inside && (indentation < 0 || left == indentation) && text.IndexOf(':', StringComparison.Ordinal) is var colon and > 0)
                {
                    indentation = left;
                    found.Add(text[left..colon].Trim('"', '\''));
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // As for a model of unknown flavour.
        }

        return found;
    }
}
