using System.Text;
using AmlDataTools.Core.Copies;
using AmlDataTools.Core.Names;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace AmlDataTools.Core.Tests.Copies;

/// <summary>Names of copies and of their blocks.</summary>
public sealed class CopyNamesTests
{
    [Theory]
    [InlineData("a/b c%20#.txt", "a/b c%20#.txt", NameChange.None)]
    [InlineData("CON", "CON", NameChange.None)]
    [InlineData("a//b", "a//b", NameChange.None)]
    [InlineData("../up", "%2E%2E/up", NameChange.Encoded)]
    [InlineData("a/./b/..", "a/%2E/b/%2E%2E", NameChange.Encoded)]
    [InlineData("a..b/.hidden", "a..b/.hidden", NameChange.None)]
    public void Names_stay_but_for_dots_as_folders(string name, string expected, NameChange change)
    {
        var mapped = new CopyScope().Map("root/", name);
        Assert.Equal(("root/" + expected, change, (string?)null), (mapped.Path, mapped.Change, mapped.Refusal));
    }

    [Fact]
    public void Two_of_one_name_are_not_copied_onto_each_other()
    {
        var scope = new CopyScope();
        Assert.NotNull(scope.Map("x/", "y").Path);
        var second = scope.Map(string.Empty, "x/y");
        Assert.Null(second.Path);
        Assert.NotNull(second.Refusal);
        Assert.NotNull(scope.Map("x/", "Y").Path);
    }

    [Fact]
    public void No_name_leads_out_and_no_two_meet() => Prop.ForAll(
        Gen.Elements(".", "..", "a", "b.c", "%2E", "", "...", "ä").ListOf().Select(parts => string.Join('/', parts)).ListOf().ToArbitrary(),
        names =>
        {
            var scope = new CopyScope();
            var paths = names.Distinct().Select(name => scope.Map("root/", name).Path).OfType<string>().ToList();
            return paths.Distinct().Count() == paths.Count
                && paths.All(path => path.StartsWith("root/", StringComparison.Ordinal) && !path.Split('/').Any(segment => segment is "." or ".."));
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(300L << 20, 64L << 20)]
    [InlineData(50_000L * (64L << 20), 64L << 20)]
    [InlineData((50_000L * (64L << 20)) + 1, 65L << 20)]
    [InlineData(190L << 40, 3985L << 20)]
    public void A_blob_has_no_more_blocks_than_the_service_takes(long length, long bytes)
    {
        var size = BlockCopier.BlockBytes(length, 64L << 20);
        Assert.Equal(bytes, size);
        Assert.InRange((length + size - 1) / size, 1, 50_000);
        Assert.True(size <= 4000L << 20);
    }

    [Fact]
    public void Block_ids_are_the_same_again_of_one_length_and_tell_operation_version_and_number()
    {
        var one = BlockCopier.BlockId("op", 3, "\"e\"", 64 << 20, 0);
        Assert.Equal(one, BlockCopier.BlockId("op", 3, "\"e\"", 64 << 20, 0));
        string[] others =
        [
            BlockCopier.BlockId("op", 3, "\"e\"", 64 << 20, 49_999), BlockCopier.BlockId("op2", 3, "\"e\"", 64 << 20, 0),
            BlockCopier.BlockId("op", 4, "\"e\"", 64 << 20, 0), BlockCopier.BlockId("op", 3, "\"f\"", 64 << 20, 0), BlockCopier.BlockId("op", 3, "\"e\"", 65 << 20, 0),
        ];
        Assert.Equal(6, others.Append(one).Distinct().Count());
        Assert.All(others, other => Assert.Equal(one.Length, other.Length));
        Assert.True(Convert.FromBase64String(one).Length <= 64);
        Assert.StartsWith("amldt-", Encoding.ASCII.GetString(Convert.FromBase64String(one)), StringComparison.Ordinal);
    }
}
