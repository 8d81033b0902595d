using System.Globalization;
using System.Xml.Linq;
using AmlDataTools.Emulator.State;

namespace AmlDataTools.Emulator.Storage;

/// <summary>What an account tells of itself at its blob address: Get Blob Service Properties and Get Account Information.</summary>
/// <param name="state">Rules.</param>
internal sealed class AccountFront(EmulatorState state)
{
    /// <summary>Whether a request asks for one of these.</summary>
    public static bool Wanted(HttpContext http) => (HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method))
        && http.Request.Query["comp"] == "properties" && http.Request.Query["restype"].ToString() is "service" or "account";

    /// <summary>Answers it.</summary>
    public async Task AnswerAsync(HttpContext http, StorageAccount account)
    {
        http.Response.Headers["x-ms-request-id"] = Guid.NewGuid().ToString();
        http.Response.Headers["x-ms-version"] = http.Request.Headers["x-ms-version"].ToString();
        if (http.Request.Query["restype"] == "account")
        {
            http.Response.Headers["x-ms-sku-name"] = "Standard_LRS";
            http.Response.Headers["x-ms-account-kind"] = "StorageV2";
            http.Response.Headers["x-ms-is-hns-enabled"] = account.Hierarchical ? "true" : "false";
            http.Response.Headers.Date = DateTimeOffset.UtcNow.ToString("r", CultureInfo.InvariantCulture);
            http.Response.ContentLength = 0;
            return;
        }

        static XElement Off(string name) => new(name, new XElement("Version", "1.0"), new XElement("Enabled", "false"), new XElement("RetentionPolicy", new XElement("Enabled", "false")));
        var rules = state.Kept.Rules(account.Name);
        var retention = new XElement("DeleteRetentionPolicy", new XElement("Enabled", rules.SoftDeleteDays is null ? "false" : "true"), new XElement("AllowPermanentDelete", rules.PermanentDelete ? "true" : "false"));
        if (rules.SoftDeleteDays is { } days)
        {
            retention.Add(new XElement("Days", days.ToString(CultureInfo.InvariantCulture)));
        }

        var properties = new XElement("StorageServiceProperties",
            new XElement("Logging", new XElement("Version", "1.0"), new XElement("Read", "false"), new XElement("Write", "false"), new XElement("Delete", "false"), new XElement("RetentionPolicy", new XElement("Enabled", "false"))),
            Off("HourMetrics"), Off("MinuteMetrics"), new XElement("Cors"), retention, new XElement("StaticWebsite", new XElement("Enabled", "false")));
        http.Response.ContentType = "application/xml";
        await http.Response.WriteAsync("<?xml version=\"1.0\" encoding=\"utf-8\"?>" + properties.ToString(SaveOptions.DisableFormatting), http.RequestAborted);
    }
}
