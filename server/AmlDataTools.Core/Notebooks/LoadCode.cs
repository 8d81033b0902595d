using System.Text;
using AmlDataTools.Core.Notebooks.Code;

namespace AmlDataTools.Core.Notebooks;

/// <summary>Python that loads what was exported, by a path relative to the notebook or the file it is for.</summary>
public static class LoadCode
{
    /// <summary>The code for a model.</summary>
    /// <param name="name">The model's name and version, for the comment.</param>
    /// <param name="folder">Where it was written, absolute.</param>
    /// <param name="from">The folder of the notebook or Python file, absolute; null when it is not saved yet: the path is then absolute.</param>
    /// <param name="inFile">For a Python file, whose working folder is not known: the path is made from the file's own.</param>
    public static (string Text, ModelFlavourKind Flavour) Model(string name, string folder, string? from, bool inFile)
    {
        var flavour = ModelFlavour.Of(folder);
        var (path, needsPathlib) = PathOf(flavour.Path, from, inFile);
        var text = flavour.Kind == ModelFlavourKind.Path && !needsPathlib ? $"Path({path})" : path;
        var (import, load) = flavour.Kind switch
        {
            ModelFlavourKind.Sklearn => ("import mlflow.sklearn", $"model = mlflow.sklearn.load_model({Plain(text, needsPathlib)})"),
            ModelFlavourKind.MlflowOnnx => ("import mlflow.onnx", $"model = mlflow.onnx.load_model({Plain(text, needsPathlib)})"),
            ModelFlavourKind.Pyfunc => ("import mlflow.pyfunc", $"model = mlflow.pyfunc.load_model({Plain(text, needsPathlib)})"),
            ModelFlavourKind.Onnx => ("import onnxruntime", $"session = onnxruntime.InferenceSession({Plain(text, needsPathlib)})"),
            _ => (null, $"model_path = {text}"),
        };
        return (Join(name, import, needsPathlib || flavour.Kind == ModelFlavourKind.Path, load), flavour.Kind);
    }

    /// <summary>The code for data: its path, since only its reader knows what it is.</summary>
    /// <param name="name">The name and version, for the comment.</param>
    /// <param name="folder">Where it was written, absolute.</param>
    /// <param name="from">The folder of the notebook or Python file, absolute; null when it is not saved yet.</param>
    /// <param name="inFile">For a Python file.</param>
    public static string Data(string name, string folder, string? from, bool inFile)
    {
        var (path, needsPathlib) = PathOf(folder, from, inFile);
        return Join(name, null, true, $"data_path = {(needsPathlib ? path : $"Path({path})")}");
    }

    private static string Plain(string path, bool isPath) => isPath ? $"str({path})" : path;

    private static string Join(string name, string? import, bool pathlib, string load)
    {
        var text = new StringBuilder().Append("# ").Append(OneLine(name)).Append(", exported from Azure Machine Learning\n");
        if (pathlib)
        {
            text.Append("from pathlib import Path\n");
        }

        if (import is not null)
        {
            text.Append(pathlib ? "\n" : string.Empty).Append(import).Append('\n');
        }

        return text.Append('\n').Append(load).ToString();
    }

    // Forward slashes work everywhere, and need no escape.
    private static (string Code, bool IsPath) PathOf(string target, string? from, bool inFile)
    {
        if (from is null || !Path.IsPathFullyQualified(from))
        {
            return (PythonText.Quote(target), false);
        }

        var relative = Path.GetRelativePath(from, target);
        if (Path.IsPathRooted(relative))
        {
            // Another drive.
            return (PythonText.Quote(target), false);
        }

        var text = PythonText.Quote(Path.DirectorySeparatorChar == '\\' ? relative.Replace('\\', '/') : relative);
        return inFile ? ($"Path(__file__).parent / {text}", true) : (text, false);
    }

    private static string OneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' ? ' ' : c));
}
