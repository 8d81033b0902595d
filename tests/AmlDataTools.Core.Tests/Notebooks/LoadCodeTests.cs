using System.Diagnostics;
using AmlDataTools.Core.Notebooks;
using AmlDataTools.Core.Notebooks.Code;
using AmlDataTools.Core.Tests.Names;
using Xunit;

namespace AmlDataTools.Core.Tests.Notebooks;

public sealed class LoadCodeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("artifact_path: model\nflavors:\n  python_function:\n    loader_module: x\n  sklearn:\n    a: b\n", "import mlflow.sklearn\n\nmodel = mlflow.sklearn.load_model(\"churn/3\")")]
    [InlineData("flavors:\r\n    python_function:\r\n        sklearn: 1\r\n", "import mlflow.pyfunc\n\nmodel = mlflow.pyfunc.load_model(\"churn/3\")")]
    [InlineData("flavors:\n  onnx:\n    data: model.onnx\n  python_function:\n    a: b\n", "import mlflow.onnx\n\nmodel = mlflow.onnx.load_model(\"churn/3\")")]
    [InlineData("flavors:\n  r:\n    a: b\nsklearn:\n  x: y\n", "from pathlib import Path\n\nmodel_path = Path(\"churn/3\")")]
    public void An_mlflow_model_is_loaded_by_its_flavour(string description, string expected)
    {
        Write("churn/3/MLmodel", description);
        Write("churn/3/model.pkl");
        Write("churn/3/model.json");
        Assert.Equal("# churn:3, exported from Azure Machine Learning\n" + expected, Model("churn/3"));
    }

    [Fact]
    public void The_folder_with_the_description_is_loaded_wherever_it_is()
    {
        Write("churn/3/artifacts/model/MLmodel", "flavors:\n  sklearn: {}\n");
        Write("churn/3/artifacts/model/data/nested/MLmodel", "flavors:\n  python_function: {}\n");
        Assert.EndsWith("mlflow.sklearn.load_model(\"churn/3/artifacts/model\")", Model("churn/3"), StringComparison.Ordinal);
    }

    [Fact]
    public void An_onnx_file_a_single_file_and_anything_else_are_told_apart()
    {
        Write("a/1/model.json");
        Write("a/1/net.onnx");
        Write("a/1/labels.txt");
        Assert.EndsWith("import onnxruntime\n\nsession = onnxruntime.InferenceSession(\"a/1/net.onnx\")", Model("a/1"), StringComparison.Ordinal);
        Write("b/1/model.json");
        Write("b/1/model.pkl");
        Assert.EndsWith("model_path = Path(\"b/1/model.pkl\")", Model("b/1"), StringComparison.Ordinal);
        Write("c/1/x.bin");
        Write("c/1/y.bin");
        Assert.EndsWith("model_path = Path(\"c/1\")", Model("c/1"), StringComparison.Ordinal);
        Assert.EndsWith("model_path = Path(\"gone/1\")", Model("gone/1"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_python_file_finds_it_from_its_own_folder()
    {
        Write("churn/3/MLmodel", "flavors:\n  sklearn: {}\n");
        var (text, flavour) = LoadCode.Model("churn:3", At("churn/3"), At("src"), inFile: true);
        Assert.Equal(ModelFlavourKind.Sklearn, flavour);
        Assert.Equal(
            "# churn:3, exported from Azure Machine Learning\nfrom pathlib import Path\n\nimport mlflow.sklearn\n\nmodel = mlflow.sklearn.load_model(str(Path(__file__).parent / \"../churn/3\"))",
            text);
        Assert.EndsWith($"({PythonText.Quote(At("churn/3"))})", LoadCode.Model("churn:3", At("churn/3"), null, inFile: true).Text, StringComparison.Ordinal);
        Assert.EndsWith("data_path = Path(\"loans/1\")", LoadCode.Data("loans:1", At("loans/1"), _folder.Root, inFile: false), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("it's \"quoted\"")]
    [InlineData("back\\slash")]
    [InlineData("line\nbreak\r\u2028end")]
    [InlineData("{braces} %s $HOME \u00e9 \U0001F600")]
    [InlineData("\"\"\"")]
    [InlineData("ends with \\")]
    public void A_name_is_quoted_so_that_python_reads_it_back(string name)
    {
        if (!OperatingSystem.IsWindows())
        {
            Write(name + "/1/MLmodel", "flavors:\n  sklearn: {}\n");
            var text = Model(name + "/1", name);
            Assert.StartsWith("# ", text, StringComparison.Ordinal);
            var literal = text[(text.IndexOf("load_model(", StringComparison.Ordinal) + "load_model(".Length)..^1];
            Assert.Equal(name + "/1", Evaluate(literal));
            Assert.Equal(5, text.Split('\n').Length + 1);
        }

        Assert.Equal(name, Evaluate(PythonText.Quote(name)));
    }

    // By Python where there is one, else by this product's own reader of literals.
    private static string? Evaluate(string literal)
    {
        var code = $"x = {literal}";
        var token = default(PythonToken);
        var lexer = new PythonLexer(code);
        do
        {
            lexer.Read(ref token);
        }
        while (token.Kind is not (PythonTokenKind.String or PythonTokenKind.End));
        var own = PythonText.Value(code, token);
        foreach (var path in new[] { "/usr/bin/python3", "/usr/local/bin/python3" }.Where(File.Exists))
        {
            using var python = Process.Start(new ProcessStartInfo(path, ["-c", "import sys\nsys.stdout.buffer.write(eval(sys.argv[1]).encode('utf-8'))", literal]) { RedirectStandardOutput = true })
                ?? throw new InvalidOperationException("Python did not start.");
            var told = new StreamReader(python.StandardOutput.BaseStream, System.Text.Encoding.UTF8).ReadToEnd();
            python.WaitForExit();
            Assert.Equal(told, own);
            break;
        }

        return own;
    }

    private string Model(string folder, string name = "churn:3") => LoadCode.Model(name, At(folder), _folder.Root, inFile: false).Text;

    private string At(string path) => Path.Join(_folder.Root, path);

    private void Write(string path, string content = "x")
    {
        var full = At(path);
        Directory.CreateDirectory(Path.GetDirectoryName(full) ?? string.Empty);
        File.WriteAllText(full, content);
    }
}
