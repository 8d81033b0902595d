using System.Text.Json;
using AmlDataTools.Core.Changes.Execution;
using Xunit;

namespace AmlDataTools.Core.Tests.Changes.Execution;

public sealed class PropertyFlagTests
{
    [Theory]
    [InlineData("""{ "id":"/x", "properties" : { "a":1.50, "isArchived" : false ,"u":"\u00e9\/" }, "z":[1e2] }""", """{ "id":"/x", "properties" : { "a":1.50, "isArchived" : true ,"u":"\u00e9\/" }, "z":[1e2] }""")]
    [InlineData("""{"properties":{}}""", """{"properties":{"isArchived":true}}""")]
    [InlineData("""{"properties":{"b":{"isArchived":false}}}""", """{"properties":{"isArchived":true,"b":{"isArchived":false}}}""")]
    [InlineData("""{"tags":{"properties":"isArchived"},"properties":{"isArchived":null},"isArchived":false}""", """{"tags":{"properties":"isArchived"},"properties":{"isArchived":true},"isArchived":false}""")]
    public void Only_the_flag_changes(string before, string after)
    {
        using var document = JsonDocument.Parse(before);
        Assert.Equal(after, PropertyFlag.Set(document.RootElement, PropertyFlag.Archived, true)?.GetRawText());
    }

    [Theory]
    [InlineData("""{"id":"/x"}""")]
    [InlineData("""{"properties":null}""")]
    [InlineData("[]")]
    public void What_has_no_properties_cannot_be_written_back(string json)
    {
        using var document = JsonDocument.Parse(json);
        Assert.Null(PropertyFlag.Set(document.RootElement, PropertyFlag.Archived, true));
    }
}
