// Prints the contract between extension and sidecar as one JSON document; extension/scripts/generate.mjs makes TypeScript of it.
using System.Text.Encodings.Web;
using System.Text.Json;
using AmlDataTools.ProtocolGenerator;
using AmlDataTools.Server.Protocol;

var docs = XmlDocs.For(typeof(RpcContractAttribute).Assembly);
var options = new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
using var stdout = Console.OpenStandardOutput();
using var writer = new Utf8JsonWriter(stdout, options);
new ContractSchema(docs).Build().WriteTo(writer);
return 0;
