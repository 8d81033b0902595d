using AmlDataTools.Core.Export;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace AmlDataTools.Core.Tests.Export;

/// <summary>The list of paths in MLTable files: what people and tools write is read, anything else is said not to be.</summary>
public sealed class MLTableTextTests
{
    [Theory]
    [InlineData("type: mltable\npaths:\n  - file: ./a.csv\n  - folder: ./b\n  - pattern: ./c/*.parquet\ntransformations:\n  - read_delimited:\n      delimiter: ','\n", "file ./a.csv|folder ./b|pattern ./c/*.parquet")]
    [InlineData("paths:\n- file: a.csv\n- file: b.csv\ntype: mltable\n", "file a.csv|file b.csv")]
    [InlineData("paths:   # where it is\n\n# nothing\n  - file: a#b.csv # the first\n  -   folder: 'it''s # here'\n  - file: \"q\\\"u\\u00e9.csv\"\n", "file a#b.csv|folder it's # here|file q\"ué.csv")]
    [InlineData("paths:\n  -\n    file: ./a.csv\n    note: x\n  - note: y\n    folder: ./b\n", "file ./a.csv|folder ./b")]
    [InlineData("paths:\n  - {file: ./a.csv}\n  - { \"pattern\": \"./*,x.csv\", other: 1 }\n", "file ./a.csv|pattern ./*,x.csv")]
    [InlineData("paths: [{file: ./a.csv}, {folder: azureml://datastores/x/paths/y}]\n", "file ./a.csv|folder azureml://datastores/x/paths/y")]
    [InlineData("paths: [\n  {file: ./a.csv}, # one\n  {file: './b].csv'},\n]\nother: 1\n", "file ./a.csv|file ./b].csv")]
    [InlineData("\uFEFF---\r\npaths:\r\n  - file: https://a.example/x.csv\r\n...\r\n", "file https://a.example/x.csv")]
    [InlineData("{\"type\":\"mltable\",\"paths\":[{\"file\":\"./a.csv\"}]}", "file ./a.csv")]
    [InlineData("nested:\n  paths:\n    - file: no.csv\n", "")]
    [InlineData("type: mltable\n", "")]
    [InlineData("paths: []\n", "")]
    [InlineData("paths: ~\n", "")]
    [InlineData("", "")]
    public void What_is_written_there_is_read(string text, string paths)
    {
        var table = MLTableText.Parse(text);
        Assert.Equal(paths, string.Join('|', table.Paths.Select(p => $"{p.Kind} {p.Value}")));
        Assert.True(table.IsWhole);
    }

    [Theory]
    [InlineData("paths: *others\n", "")]
    [InlineData("paths:\n  - file: &a ./a.csv\n  - file: ./b.csv\n", "file ./b.csv")]
    [InlineData("paths:\n  - ./a.csv\n  - file: ./b.csv\n", "file ./b.csv")]
    [InlineData("paths:\n  - file: >\n      ./a.csv\n  - file: ./b.csv\n", "file ./b.csv")]
    [InlineData("paths:\n  - file: ./a\n      b.csv\n", "file ./a")]
    [InlineData("paths:\n  - other: ./a.csv\n", "")]
    [InlineData("paths:\n  -\n  - file: ./b.csv\n", "file ./b.csv")]
    [InlineData("paths: [{file: ./a.csv}\n", "")]
    [InlineData("paths:\n  - {file: ./a.csv\n    }\n", "")]
    [InlineData("{\"paths\":[", "")]
    public void What_is_not_understood_is_said(string text, string paths)
    {
        var table = MLTableText.Parse(text);
        Assert.Equal(paths, string.Join('|', table.Paths.Select(p => $"{p.Kind} {p.Value}")));
        Assert.False(table.IsWhole);
    }

    /// <summary>No text makes it fail or hang, and nothing but what stands in the text comes out.</summary>
    [Fact]
    public void Any_text_is_read_or_refused() => Prop.ForAll(
        Gen.Elements("paths:", " ", "\n", "- ", "file: ", "folder: ", "'", "\"", "{", "}", "[", "]", ",", "#", "\\", "\t", "a", "./b", ":", "|", "\\u12").ListOf().Select(parts => "paths:" + string.Concat(parts)).ToArbitrary(),
        text => MLTableText.Parse(text).Paths.All(path => path.Value.Length > 0)).QuickCheckThrowOnFailure();
}
