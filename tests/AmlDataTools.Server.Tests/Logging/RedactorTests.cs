using System.Text;
using AmlDataTools.Server.Logging;
using FsCheck;
using FsCheck.Fluent;

namespace AmlDataTools.Server.Tests.Logging;

public sealed class RedactorTests
{
    private const string Base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    private const string Url = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    // What surrounds a secret, {0}, in what is really logged. All secrets are at least 12 characters long.
    public static TheoryData<string, string> Places { get; } = new()
    {
        { Url, "Authorization: Bearer {0}" },
        { Url, "authorization: bearer {0}" },
        { Url, "Authorization:Bearer {0}, Accept: */*" },
        { Url, "\"Authorization\":\"Bearer {0}\"" },
        { Url, "{{\\\"Authorization\\\":\\\"Bearer {0}\\\"}}" },
        { Url, "Authorization: [\"Basic {0}\"]" },
        { Base64, "Authorization: SharedKey contoso:{0}=" },
        { Base64, "x-ms-copy-source-authorization: Bearer {0}" },
        { Base64, "signed with SharedKey contoso:{0}= and sent" },
        { Base64, "SharedKeyLite contoso:{0}" },
        { Url, "the token is Bearer {0}" },
        { Url, "got eyJ0eXAiOiJKV1Qi.{0}.{0} from the client" },
        { Url, "eyJhbGciOiJub25l.{0}" },
        { Url, "https://contoso.blob.core.windows.net/c/b?sv=2024-11-04&se=2026-01-01&sig={0}%3D" },
        { Url, "https://contoso.blob.core.windows.net/c/b?sig={0}%3D&sv=2024-11-04" },
        { Url, "<Url>https://contoso.blob.core.windows.net/c?sv=2024&amp;sig={0}</Url>" },
        { Url, "\"https://contoso.blob.core.windows.net/c?sv=2024\\u0026sig={0}\\u0026sr=c\"" },
        { Url, "sv=2024-11-04&ss=b&srt=co&sp=rl&sig={0}" },
        { Url, "?sig={0}" },
        { Url, "sig={0}" },
        { Url, "redirect=https%3A%2F%2Fhost%2Fc%3Fsv%3D2024%26sig%3D{0}" },
        { Url, "next=%253Fsig%253D{0}%2526sv" },
        { Url, "/operationresults/1?api-version=2024-04-01&t=638&c={0}&s={0}&h={0}" },
        { Url, "Location: https://management.azure.com/x?t=638&c={0}&s={0}&h={0}&api-version=2024" },
        { Url, "https://host/callback?code={0}" },
        { Url, "GET https://host/a?$skiptoken={0}&api-version=1 200" },
        { Base64, "DefaultEndpointsProtocol=https;AccountName=contoso;AccountKey={0}==;EndpointSuffix=core.windows.net" },
        { Base64, "accountKey: {0}" },
        { Base64, "Endpoint=sb://x/;SharedAccessKeyName=n;SharedAccessKey={0}=" },
        { Url, "BlobEndpoint=https://x/;SharedAccessSignature=sv=2024&sig={0}&se=2026" },
        { Base64, "{{\"secretsType\":\"AccountKey\",\"key\":\"{0}\"}}" },
        { Url, "{{\"sasToken\": \"sv=2024&sig={0}\"}}" },
        { Url, "{{\"access_token\":\"{0}\",\"expires_in\":3599}}" },
        { Url, "{{\"accessToken\" : \"{0}\"}}" },
        { Url, "refresh_token={0}&grant_type=refresh_token" },
        { Url, "client_id=1&client_secret={0}" },
        { Url, "clientSecret: '{0}'" },
        { Url, "AZURE_CLIENT_SECRET={0}" },
        { Url, "{{\"password\":\"{0}\\\"{0}\"}}" },
        { Url, "password={0};" },
        { Url, "Server=x;User ID=y;Pwd={0}" },
        { Url, "\"connectionString\":\"AccountName=x;{0}\"" },
        { Url, "https://user:{0}@host/path" },
        { Url, "Cookie: session={0}" },
        { Url, "api-key: {0}" },
        { Base64, "-----BEGIN RSA PRIVATE KEY-----\n{0}\n-----END RSA PRIVATE KEY-----" },
        { Base64, "-----BEGIN PRIVATE KEY-----\n{0}" },
    };

    [Theory]
    [MemberData(nameof(Places))]
    public void A_secret_is_gone_wherever_it_stands(string alphabet, string place)
    {
        var secrets = Gen.Choose(12, 120).SelectMany(n => Gen.ArrayOf(Gen.Elements(alphabet.ToCharArray()), n)).Select(chars => new string(chars))
            .Where(secret => char.IsAsciiLetterOrDigit(secret[0]));
        var before = Gen.Elements("", "a line. ", "Request [id] \n", "{\"x\":1,\"y\":\"", "(", "url: ");
        var after = Gen.Elements("", " and more", "\n", "\"}", ")", ", then");
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(100),
            Prop.ForAll(secrets.ToArbitrary(), before.ToArbitrary(), after.ToArbitrary(), (secret, start, end) =>
            {
                var redacted = Redactor.Redact(start + string.Format(System.Globalization.CultureInfo.InvariantCulture, place, secret) + end);
                return !redacted.Contains(secret, StringComparison.Ordinal) && !redacted.Contains(secret[..8], StringComparison.Ordinal)
                    && redacted.Contains(Redactor.Mask, StringComparison.Ordinal) && redacted.StartsWith(start, StringComparison.Ordinal);
            }));
    }

    [Fact]
    public void A_storage_key_and_an_application_secret_are_known_by_their_form()
    {
        var key = Convert.ToBase64String(Enumerable.Range(0, 64).Select(i => (byte)(i * 3)).ToArray());
        Assert.Equal("found ***!", Redactor.Redact($"found {key}!"));
        Assert.Equal("found *** here", Redactor.Redact("found abC8Q~" + new string('x', 34) + " here"));
    }

    [Theory]
    [InlineData("Downloaded 34 files, 1.2 GB, of mango_leaf_3f in 12 s.")]
    [InlineData("GET https://management.azure.com/subscriptions/1/resourceGroups/g?api-version=2024-04-01 answered 200 (req-id 5).")]
    [InlineData("HEAD https://contoso.blob.core.windows.net/c/ExperimentRun/dcid.run1/model.pkl?comp=metadata")]
    [InlineData("keys of the run: a=1, b=2; x == y")]
    [InlineData("The token of the tenant 72f988bf-0000-0000-0000-000000000000 expires soon.")]
    [InlineData("/home/ada/exports/run 1/outputs/a=b.txt")]
    [InlineData("System.IO.IOException: No space left on device\n   at System.IO.RandomAccess.Write(x)")]
    public void What_is_no_secret_stays(string text) => Assert.Equal(text, Redactor.Redact(text));

    /// <summary>A value of a connection string ends at a semicolon, and one of a query does not.</summary>
    [Fact]
    public void A_password_in_a_query_is_not_gone_on_with_the_second_time() =>
        Assert.Equal("&?password=***&?", Redactor.Redact(Redactor.Redact("&?password=s3cret;&?")));

    [Fact]
    public void Redacting_twice_changes_nothing_more()
    {
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(300),
            Prop.ForAll(ArbMap.Default.ArbFor<string?>(), Gen.Elements(Places.Select(row => (string)row[1]).ToArray()).ToArbitrary(), (noise, place) =>
            {
                var once = Redactor.Redact(noise + place + noise);
                return Redactor.Redact(once) == once;
            }));
    }

    [Fact]
    public void Long_and_wicked_texts_take_no_time()
    {
        foreach (var piece in new[] { "a=b&", "?a=", "eyJa.", "eyJ", "abc", "a.", "1Q~", "client_secret", "authorization", "http", "%3D", "\\\"key", "-----BEGIN ", "https://a:", "Bearer ", "sig%3D", "authorization\\\\\\", "&amp;", "A" })
        {
            var text = string.Concat(Enumerable.Repeat(piece, 100_000 / piece.Length));
            var watch = System.Diagnostics.Stopwatch.StartNew();
            var redacted = Redactor.Redact(text);
            Assert.True(watch.ElapsedMilliseconds < 5000, $"{piece}: {watch.ElapsedMilliseconds} ms");
            Assert.True(redacted.Length < 150_000, piece);
        }
    }
}
