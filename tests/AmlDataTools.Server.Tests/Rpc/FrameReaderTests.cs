using System.IO.Pipelines;
using System.Text;
using AmlDataTools.Server.Rpc;
using FsCheck;
using FsCheck.Fluent;

namespace AmlDataTools.Server.Tests.Rpc;

public sealed class FrameReaderTests
{
    private const int Limit = 200;

    [Fact]
    public void However_the_input_is_cut_the_same_messages_come_out()
    {
        var bodies = Gen.ListOf(Gen.Choose(0, Limit * 2).SelectMany(n => Gen.ArrayOf(Gen.Choose(0, 255).Select(b => (byte)b), n)));
        var cuts = Gen.NonEmptyListOf(Gen.Choose(1, 64));
        var header = Gen.Elements(0, 1, 2, 3);
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(300),
            Prop.ForAll(bodies.ToArbitrary(), cuts.ToArbitrary(), header.ToArbitrary(), (messages, sizes, style) =>
                ReadAllAsync(new ChunkedStream(Write(messages, style), sizes)).GetAwaiter().GetResult()
                    .SequenceEqual(messages.Select(Describe))));
    }

    [Theory]
    [InlineData("Content-Length: abc\r\n\r\n")]
    [InlineData("Content-Length: -1\r\n\r\n")]
    [InlineData("Content-Length: +5\r\n\r\nhello")]
    [InlineData("Content-Length: 5 5\r\n\r\nhello")]
    [InlineData("Content-Length:\r\n\r\n")]
    [InlineData("Content-Length: 99999999999999999999\r\n\r\n")]
    [InlineData("Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!")]
    [InlineData("Content-Type: text\r\n\r\nhello")]
    [InlineData("\r\n\r\n")]
    [InlineData("no colon here\r\n\r\n")]
    [InlineData(": 5\r\n\r\nhello")]
    [InlineData("Content-Length: 5\n\nhello")]
    [InlineData("{\"jsonrpc\":\"2.0\"")]
    public async Task A_header_that_loses_the_framing_is_refused(string input)
    {
        // The input stays open: it must be refused at once, not when something more comes.
        var pipe = new Pipe();
        await pipe.Writer.WriteAsync(Encoding.ASCII.GetBytes(input));
        var reader = new FrameReader(pipe.Reader, Limit);
        await Assert.ThrowsAsync<FramingException>(() => reader.ReadAsync(CancellationToken.None).AsTask().WaitAsync(TimeSpan.FromSeconds(120)));
    }

    [Fact]
    public async Task An_endless_header_is_refused()
    {
        var reader = new FrameReader(PipeReader.Create(new MemoryStream(Encoding.ASCII.GetBytes("X-Filler: " + new string('a', 100_000)))), Limit);
        await Assert.ThrowsAsync<FramingException>(() => reader.ReadAsync(CancellationToken.None).AsTask());
    }

    [Theory]
    [InlineData("Content-Length: 10\r\n\r\nhello")]
    [InlineData("Content-Length: 10\r\n")]
    [InlineData("Content-Length: 5000\r\n\r\nhello")]
    public async Task An_input_that_ends_inside_a_message_ends_quietly_and_says_so(string input)
    {
        var reader = new FrameReader(PipeReader.Create(new MemoryStream(Encoding.ASCII.GetBytes(input))), Limit);
        Assert.Null(await reader.ReadAsync(CancellationToken.None));
        Assert.True(reader.EndedInsideMessage);
    }

    [Fact]
    public async Task Another_charset_is_skipped_and_the_next_message_is_read()
    {
        var input = "Content-Length: 4\r\nContent-Type: application/vscode-jsonrpc; charset=utf-16\r\n\r\nabcd"
            + "content-length: 2\r\nContent-Type: application/vscode-jsonrpc; charset=\"utf8\"\r\n\r\n{}";
        var reader = new FrameReader(PipeReader.Create(new MemoryStream(Encoding.ASCII.GetBytes(input))), Limit);
        var first = await reader.ReadAsync(CancellationToken.None);
        var second = await reader.ReadAsync(CancellationToken.None);
        Assert.Equal(FrameKind.UnsupportedCharset, first?.Kind);
        Assert.Equal((FrameKind.Message, "{}"), (second?.Kind, Encoding.ASCII.GetString((second?.Body ?? default).Span)));
    }

    private static string Describe(byte[] body) =>
        body.Length <= Limit ? $"Message {Convert.ToHexString(body)}" : $"TooLarge {Convert.ToHexString(body)}";

    private static byte[] Write(IEnumerable<byte[]> bodies, int style)
    {
        var stream = new MemoryStream();
        foreach (var body in bodies)
        {
            stream.Write(Encoding.ASCII.GetBytes(style switch
            {
                0 => $"Content-Length: {body.Length}\r\n\r\n",
                1 => $"content-length:{body.Length}\r\nContent-Type: application/vscode-jsonrpc; charset=utf-8\r\n\r\n",
                2 => $"Content-Type: application/vscode-jsonrpc\r\nContent-Length:  {body.Length} \r\n\r\n",
                _ => $"X-Other: a:b\r\nCONTENT-LENGTH: {body.Length}\r\n\r\n",
            }));
            stream.Write(body);
        }

        return stream.ToArray();
    }

    private static async Task<List<string>> ReadAllAsync(Stream input)
    {
        var reader = new FrameReader(PipeReader.Create(input), Limit);
        var found = new List<string>();
        while (await reader.ReadAsync(CancellationToken.None) is { } frame)
        {
            Assert.Equal(frame.Length, frame.Body.Length);
            found.Add($"{frame.Kind} {Convert.ToHexString(frame.Body.Span)}");
        }

        Assert.False(reader.EndedInsideMessage);
        return found;
    }

    /// <summary>Gives its bytes in pieces of the sizes named, over and over.</summary>
    private sealed class ChunkedStream(byte[] bytes, IList<int> sizes) : MemoryStream(bytes)
    {
        private int _next;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, sizes[_next++ % sizes.Count])], cancellationToken);
    }
}
