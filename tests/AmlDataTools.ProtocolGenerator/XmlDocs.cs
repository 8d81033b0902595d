using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace AmlDataTools.ProtocolGenerator;

/// <summary>The XML documentation of an assembly, as Markdown for JSDoc.</summary>
internal sealed partial class XmlDocs
{
    private readonly Dictionary<string, XElement> _members;

    private XmlDocs(Dictionary<string, XElement> members) => _members = members;

    /// <summary>Reads the file the compiler wrote beside the assembly.</summary>
    public static XmlDocs For(Assembly assembly)
    {
        var path = Path.ChangeExtension(assembly.Location, ".xml");
        var members = XDocument.Load(path).Descendants("member")
            .ToDictionary(m => (string?)m.Attribute("name") ?? throw new InvalidDataException($"{path}: a member without a name."), StringComparer.Ordinal);
        return new XmlDocs(members);
    }

    /// <summary>The summary of a type.</summary>
    public string Summary(Type type) => Text($"T:{type.FullName}", "summary", null);

    /// <summary>The summary of a method, whatever its parameters: the contract has no overloads.</summary>
    public string Summary(MethodInfo method)
    {
        var prefix = $"M:{method.DeclaringType?.FullName}.{method.Name}(";
        return Text(_members.Keys.Single(k => k.StartsWith(prefix, StringComparison.Ordinal)), "summary", null);
    }

    /// <summary>The summary of a field: a constant, or a member of an enum.</summary>
    public string Summary(FieldInfo field) => Text($"F:{field.DeclaringType?.FullName}.{field.Name}", "summary", null);

    /// <summary>What a positional record says of one of its members.</summary>
    public string Parameter(Type record, string name) => Text($"T:{record.FullName}", "param", name);

    private string Text(string member, string element, string? name)
    {
        var found = _members.GetValueOrDefault(member)?.Elements(element)
            .FirstOrDefault(e => name is null || (string?)e.Attribute("name") == name)
            ?? throw new InvalidDataException($"{member} has no <{element}>{(name is null ? "" : $" for {name}")}: the contract is documented in full.");
        var text = new StringBuilder();
        foreach (var node in found.Nodes())
        {
            text.Append(node switch
            {
                XText t => t.Value,
                XElement { Name.LocalName: "c" } c => $"`{c.Value}`",
                XElement { Name.LocalName: "paramref" } p => $"`{JsonNamingPolicy.CamelCase.ConvertName((string?)p.Attribute("name") ?? "")}`",
                XElement { Name.LocalName: "see" } s => $"`{Reference((string?)s.Attribute("cref") ?? "")}`",
                _ => throw new InvalidDataException($"{member}: {node} cannot be turned into JSDoc."),
            });
        }

        return Space().Replace(text.ToString(), " ").Trim();
    }

    private static string Reference(string cref)
    {
        var parts = cref[2..].Split('.');
        return cref[0] == 'T' ? parts[^1] : $"{parts[^2]}.{parts[^1]}";
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
