using System.Text;
using System.Text.Json.Nodes;
using AmlDataTools.Server.Rpc;
using AmlDataTools.Server.Tests.Support;

namespace AmlDataTools.Server.Tests.Rpc;

public sealed class JsonRpcTests
{
    private readonly TestMethods _methods = new();

    [Fact]
    public async Task Ids_of_both_kinds_come_back_as_they_were()
    {
        await using var connection = Connect();
        var number = await connection.Client.CallAsync("""{"jsonrpc":"2.0","id":-7,"method":"test/echo","params":{"text":"ä 😀"}}""");
        Assert.Equal(-7, (int?)number["id"]);
        Assert.Equal("ä 😀", (string?)number["result"]?["text"]);
        var text = await connection.Client.CallAsync("""{"params":{"text":""},"method":"test/echo","id":"7","jsonrpc":"2.0"}""");
        Assert.Equal("7", (string?)text["id"]);
    }

    [Fact]
    public async Task Answers_come_in_the_order_of_completion()
    {
        await using var connection = Connect();
        await connection.Client.SendAsync("""{"jsonrpc":"2.0","id":1,"method":"test/wait","params":{"count":60000}}""");
        var second = await connection.Client.CallAsync("""{"jsonrpc":"2.0","id":2,"method":"test/wait","params":{"count":1}}""");
        Assert.Equal(2, (int?)second["id"]);
    }

    [Theory]
    [InlineData("{", -32700, "protocol.parseError")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"test/echo"} x""", -32700, "protocol.parseError")]
    [InlineData("", -32700, "protocol.parseError")]
    [InlineData("17", -32600, "protocol.invalidRequest")]
    [InlineData("[]", -32600, "protocol.invalidRequest")]
    [InlineData("""[{"jsonrpc":"2.0","id":1,"method":"test/echo"}]""", -32600, "protocol.invalidRequest")]
    [InlineData("""{"id":1,"method":"test/echo"}""", -32600, "protocol.invalidRequest")]
    [InlineData("""{"jsonrpc":"1.0","id":1,"method":"test/echo"}""", -32600, "protocol.invalidRequest")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":5}""", -32600, "protocol.invalidRequest")]
    [InlineData("""{"jsonrpc":"2.0","id":1.5,"method":"test/echo"}""", -32600, "protocol.invalidRequest")]
    [InlineData("""{"jsonrpc":"2.0","id":null,"method":"test/echo"}""", -32600, "protocol.invalidRequest")]
    [InlineData("""{"jsonrpc":"2.0","id":1}""", -32600, "protocol.invalidRequest")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":1,"error":{}}""", -32600, "protocol.invalidRequest")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"test/echo","params":"x"}""", -32600, "protocol.invalidRequest")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"test/unknown"}""", -32601, "protocol.methodNotFound")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"test/echo","params":["x"]}""", -32602, "protocol.invalidParams")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"test/echo"}""", -32602, "protocol.invalidParams")]
    public async Task Wrong_messages_are_answered_and_the_connection_lives(string json, int number, string code)
    {
        await using var connection = Connect();
        var answer = await connection.Client.CallAsync(json);
        Assert.Equal((number, code), (answer.ErrorNumber(), answer.ErrorCode()));
        var isRequest = number != -32700 && json.Contains("\"id\":1,", StringComparison.Ordinal) && json.Contains("method", StringComparison.Ordinal);
        Assert.Equal(isRequest && json[0] != '[' ? 1 : null, (int?)answer["id"]);
        await AssertLivesAsync(connection);
    }

    [Fact]
    public async Task Bytes_that_are_not_UTF8_are_answered()
    {
        await using var connection = Connect();
        await connection.Client.SendBytesAsync((byte[])[.. "Content-Length: 2\r\n\r\n"u8, 0xC3, 0x28]);
        Assert.Equal(-32700, (await connection.Client.ReadAnswerAsync()).ErrorNumber());
        await AssertLivesAsync(connection);
    }

    [Theory]
    [InlineData("""{}""", "params lacks inner, list, day.")]
    [InlineData("""{"inner":{},"list":[],"day":"Friday"}""", "params.inner lacks text.")]
    [InlineData("""{"inner":{"text":null},"list":[],"day":"Friday"}""", "params.inner.text must not be null.")]
    [InlineData("""{"inner":{"text":"a"},"list":[{"count":1},{"count":"b"}],"day":"Friday"}""", "params.list[1].count has a value that is not allowed there.")]
    [InlineData("""{"inner":{"text":"a"},"list":[],"day":"Fryday"}""", "params.day has a value that is not allowed there.")]
    [InlineData("""{"inner":{"text":"a"},"list":{},"day":"Friday"}""", "params.list has a value that is not allowed there.")]
    public async Task Wrong_parameters_are_named(string parameters, string message)
    {
        await using var connection = Connect();
        var answer = await connection.Client.CallAsync($$"""{"jsonrpc":"2.0","id":1,"method":"test/nested","params":{{parameters}}}""");
        Assert.Equal((-32602, message), (answer.ErrorNumber(), answer.ErrorMessage()));
    }

    [Fact]
    public async Task A_problem_arrives_whole()
    {
        await using var connection = Connect();
        var answer = await connection.Client.CallAsync("""{"jsonrpc":"2.0","id":1,"method":"test/throw","params":{"text":"problem"}}""");
        Assert.Equal("The disk is full. Free some space.", answer.ErrorMessage());
        Assert.Equal(
            """{"code":"storage.full","retryable":true,"correlationId":"service-id","target":"/data","actions":["chooseFolder","retry"]}""",
            answer["error"]?["data"].Text());
        Assert.DoesNotContain("inner detail", answer.Text(), StringComparison.Ordinal);
        Assert.Contains(connection.Log.Lines, line => line.Contains("inner detail", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_unexpected_is_told_without_details_and_found_in_the_log_by_its_id()
    {
        await using var connection = Connect();
        var answer = await connection.Client.CallAsync("""{"jsonrpc":"2.0","id":1,"method":"test/throw","params":{"text":"x"}}""");
        Assert.Equal((-32603, "internal.unexpected"), (answer.ErrorNumber(), answer.ErrorCode()));
        Assert.DoesNotContain("secret detail", answer.Text(), StringComparison.Ordinal);
        Assert.DoesNotContain(" at ", answer.Text(), StringComparison.Ordinal);
        var id = (string?)answer["error"]?["data"]?["correlationId"];
        Assert.False(string.IsNullOrEmpty(id));
        Assert.Contains(connection.Log.Lines, line => line.Contains(id, StringComparison.Ordinal) && line.Contains("secret detail", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_time_limit_is_not_called_a_cancellation()
    {
        await using var connection = Connect();
        var answer = await connection.Client.CallAsync("""{"jsonrpc":"2.0","id":1,"method":"test/throw","params":{"text":"timeout"}}""");
        Assert.Equal("request.timedOut", answer.ErrorCode());
        Assert.True((bool?)answer["error"]?["data"]?["retryable"]);
    }

    [Fact]
    public async Task A_request_is_cancelled_by_its_id()
    {
        await using var connection = Connect();
        await connection.Client.SendAsync("""{"jsonrpc":"2.0","id":"a","method":"test/wait","params":{"count":60000}}""");
        await connection.Client.SendAsync("""{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":"a"}}""");
        var answer = await connection.Client.ReadAnswerAsync();
        Assert.Equal((-32800, "request.cancelled", "a"), (answer.ErrorNumber(), answer.ErrorCode(), (string?)answer["id"]));
    }

    [Fact]
    public async Task Requests_beyond_the_concurrent_ones_wait_and_can_be_cancelled_while_they_do()
    {
        await using var connection = Connect(new JsonRpcOptions { MaxConcurrentRequests = 2, MaxOpenRequests = 4 });
        for (var i = 1; i <= 4; i++)
        {
            await connection.Client.SendAsync($$$"""{"jsonrpc":"2.0","id":{{{i}}},"method":"test/wait","params":{"count":60000}}""");
        }

        var refused = await connection.Client.CallAsync("""{"jsonrpc":"2.0","id":5,"method":"test/echo","params":{"text":""}}""");
        Assert.Equal((5, "protocol.tooManyRequests"), ((int?)refused["id"], refused.ErrorCode()));
        Assert.True((bool?)refused["error"]?["data"]?["retryable"]);
        foreach (var id in new[] { 4, 1, 3, 2 })
        {
            await connection.Client.SendAsync($$$"""{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":{{{id}}}}}""");
            var answer = await connection.Client.ReadAnswerAsync();
            Assert.Equal((id, -32800), ((int?)answer["id"], answer.ErrorNumber()));
        }

        Assert.Equal(2, _methods.MostAtOnce);
        await AssertLivesAsync(connection);
    }

    [Fact]
    public async Task Harmless_nonsense_is_logged_and_not_answered()
    {
        await using var connection = Connect();
        await connection.Client.SendAsync("""{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":99}}""");
        await connection.Client.SendAsync("""{"jsonrpc":"2.0","method":"$/cancelRequest"}""");
        await connection.Client.SendAsync("""{"jsonrpc":"2.0","id":99,"result":{}}""");
        await connection.Client.SendAsync("""{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"what?"}}""");
        await connection.Client.SendAsync("""{"jsonrpc":"2.0","method":"$/setTrace","params":{"value":"off"}}""");
        await connection.Client.SendAsync("""{"jsonrpc":"2.0","method":"unknown/note","params":{}}""");
        await connection.Client.SendAsync("""{"jsonrpc":"2.0","method":"test/note","params":{"wrong":1}}""");
        await connection.Client.SendAsync("""{"jsonrpc":"2.0","method":"test/note","params":{"text":"right"}}""");
        await AssertLivesAsync(connection);
        Assert.Equal(["right"], _methods.Heard);
        Assert.Contains(connection.Log.Lines, line => line.Contains("params lacks text", StringComparison.Ordinal));
        Assert.Contains(connection.Log.Lines, line => line.Contains("unknown/note", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_duplicate_id_does_not_take_the_answer_of_the_first()
    {
        await using var connection = Connect();
        await connection.Client.SendAsync("""{"jsonrpc":"2.0","id":1,"method":"test/wait","params":{"count":300}}""");
        var refused = await connection.Client.CallAsync("""{"jsonrpc":"2.0","id":1,"method":"test/echo","params":{"text":"second"}}""");
        Assert.Equal("protocol.duplicateId", refused.ErrorCode());
        Assert.True(refused.ContainsKey("id"));
        Assert.Null(refused["id"]);
        var first = await connection.Client.ReadAnswerAsync();
        Assert.Equal((1, 300), ((int?)first["id"], (int?)first["result"]?["count"]));
    }

    [Fact]
    public async Task An_oversized_message_is_skipped_and_answered()
    {
        await using var connection = Connect(new JsonRpcOptions { MaxMessageBytes = 10_000 });
        var known = await connection.Client.CallAsync($$$"""{"jsonrpc":"2.0","id":8,"method":"test/echo","params":{"text":"{{{new string('x', 50_000)}}}"}}""");
        Assert.Equal((8, "protocol.tooLarge"), ((int?)known["id"], known.ErrorCode()));
        var unknown = await connection.Client.CallAsync($$$"""{"jsonrpc":"2.0","method":"test/echo","params":{"text":"{{{new string('x', 50_000)}}}"},"id":9}""");
        Assert.Equal((null, "protocol.tooLarge"), ((int?)unknown["id"], unknown.ErrorCode()));
        await AssertLivesAsync(connection);
    }

    [Fact]
    public async Task An_oversized_answer_fails_the_call_it_answers()
    {
        await using var connection = Connect(new JsonRpcOptions { MaxMessageBytes = 10_000 });
        await connection.Client.SendAsync("""{"jsonrpc":"2.0","id":1,"method":"test/askBack","params":{"text":"q"}}""");
        var question = await connection.Client.ReadAsync();
        await connection.Client.SendAsync($$$"""{"jsonrpc":"2.0","id":{{{question?["id"].Text()}}},"result":{"text":"{{{new string('x', 50_000)}}}"}}""");
        Assert.Equal("internal.unexpected", (await connection.Client.ReadAnswerAsync()).ErrorCode());
    }

    [Fact]
    public async Task The_other_end_is_called_and_its_errors_are_known()
    {
        await using var connection = Connect();
        var info = TestJson.Default.TextParams;
        var call = connection.Rpc.InvokeAsync("client/answer", new TextParams("q"), info, info, default);
        var question = await connection.Client.ReadAsync();
        Assert.Equal("q", (string?)question?["params"]?["text"]);
        await connection.Client.SendAsync($$$"""{"jsonrpc":"2.0","id":{{{question?["id"].Text()}}},"result":{"text":"a"}}""");
        Assert.Equal("a", (await call).Text);

        var failing = connection.Rpc.InvokeAsync("client/answer", new TextParams("q"), info, info, default);
        var id = (await connection.Client.ReadAsync())?["id"].Text();
        await connection.Client.SendAsync($$$$$"""{"jsonrpc":"2.0","id":{{{{{id}}}}},"error":{"code":-32803,"message":"no","data":{"code":"auth.signInRequired","retryable":false,"correlationId":null,"target":null,"actions":["signIn"]}}}""");
        var error = await Assert.ThrowsAsync<RemoteRpcException>(() => failing);
        Assert.Equal((-32803, "no", "auth.signInRequired"), (error.Code, error.RemoteMessage, error.ErrorData?.Code));

        var misfit = connection.Rpc.InvokeAsync("client/answer", new TextParams("q"), info, info, default);
        id = (await connection.Client.ReadAsync())?["id"].Text();
        await connection.Client.SendAsync($$$"""{"jsonrpc":"2.0","id":{{{id}}},"result":{"other":1}}""");
        await Assert.ThrowsAsync<RemoteRpcException>(() => misfit);
    }

    [Fact]
    public async Task Cancelling_a_call_tells_the_other_end()
    {
        await using var connection = Connect();
        using var cancellation = new CancellationTokenSource();
        var info = TestJson.Default.TextParams;
        var call = connection.Rpc.InvokeAsync("client/answer", new TextParams("q"), info, info, cancellation.Token);
        var question = await connection.Client.ReadAsync();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        var notice = await connection.Client.ReadAsync();
        Assert.Equal("$/cancelRequest", (string?)notice?["method"]);
        Assert.Equal((int?)question?["id"], (int?)notice?["params"]?["id"]);
    }

    [Fact]
    public async Task Progress_comes_before_the_answer()
    {
        await using var connection = Connect();
        await connection.Client.SendAsync("""{"jsonrpc":"2.0","id":1,"method":"test/progress","params":{"count":500,"progressToken":"t"}}""");
        var last = 0;
        while (await connection.Client.ReadAsync() is { } message && !message.ContainsKey("id"))
        {
            Assert.Equal(("$/progress", "t"), ((string?)message["method"], (string?)message["params"]?["token"]));
            var value = (int?)message["params"]?["value"]?["count"] ?? 0;
            Assert.True(value > last);
            last = value;
        }

        Assert.Equal(500, last);
    }

    [Fact]
    public async Task A_client_that_does_not_read_makes_senders_wait_and_loses_nothing_that_counts()
    {
        await using var connection = Connect(new JsonRpcOptions { MaxQueuedMessages = 10, MaxQueuedBytes = 1_000_000, MaxConcurrentRequests = 4 });
        for (var i = 1; i <= 30; i++)
        {
            await connection.Client.SendAsync($$$"""{"jsonrpc":"2.0","id":{{{i}}},"method":"test/big","params":{"count":100000}}""");
        }

        // Cancellation gets through although nothing can be written.
        await connection.Client.SendAsync("""{"jsonrpc":"2.0","id":"slow","method":"test/wait","params":{"count":60000}}""");
        await _methods.Started.Task.WaitAsync(TimeSpan.FromSeconds(120));
        await connection.Client.SendAsync("""{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":"slow"}}""");
        await _methods.Cancelled.Task.WaitAsync(TimeSpan.FromSeconds(120));

        // The answers are made on other threads, in any order; the queue is full as soon as enough of them are done.
        using var filling = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        while (connection.Rpc.TryNotify("log/message", new TextParams("log"), TestJson.Default.TextParams))
        {
            await Task.Delay(1, filling.Token);
        }

        var ids = new HashSet<string>();
        for (var i = 0; i < 31; i++)
        {
            var answer = await connection.Client.ReadAnswerAsync();
            Assert.True(ids.Add(answer["id"].Text()));
        }

        await AssertLivesAsync(connection);
    }

    [Fact]
    public async Task A_client_that_floods_without_ever_reading_is_left()
    {
        await using var connection = Connect(new JsonRpcOptions
        {
            MaxQueuedMessages = 10,
            RefusalTimeout = TimeSpan.FromMilliseconds(200),
            EndTimeout = TimeSpan.FromMilliseconds(200),
        });
        var flood = Task.Run(async () =>
        {
            while (!connection.Rpc.Completion.IsCompleted)
            {
                await connection.Client.SendAsync("""{"jsonrpc":"2.0","id":1,"method":"none"}""").WaitAsync(TimeSpan.FromSeconds(1));
            }
        });
        // It ends by itself, with the same exception that waiting for it in vain would throw.
        Assert.Same(connection.Rpc.Completion, await Task.WhenAny(connection.Rpc.Completion, Task.Delay(TimeSpan.FromSeconds(120))));
        await Assert.ThrowsAsync<TimeoutException>(() => connection.Rpc.Completion);
        await Task.WhenAny(flood);
    }

    [Fact]
    public async Task At_the_end_of_the_input_what_ends_soon_is_answered_and_the_rest_cancelled()
    {
        await using var connection = Connect();
        await connection.Client.SendAsync("""{"jsonrpc":"2.0","id":1,"method":"test/wait","params":{"count":20}}""");
        await connection.Client.SendAsync("""{"jsonrpc":"2.0","id":2,"method":"test/wait","params":{"count":60000}}""");
        connection.Client.CloseInput();
        Assert.Equal(20, (int?)(await connection.Client.ReadAnswerAsync())["result"]?["count"]);
        Assert.Equal(-32800, (await connection.Client.ReadAnswerAsync()).ErrorNumber());
        await connection.Rpc.Completion.WaitAsync(TimeSpan.FromSeconds(120));
        await Assert.ThrowsAsync<ConnectionLostException>(() => connection.Rpc.InvokeAsync(
            "client/answer", new TextParams("q"), TestJson.Default.TextParams, TestJson.Default.TextParams, default));
    }

    [Fact]
    public async Task Calls_under_way_fail_when_the_connection_ends()
    {
        await using var connection = Connect();
        var info = TestJson.Default.TextParams;
        var call = connection.Rpc.InvokeAsync("client/answer", new TextParams("q"), info, info, default);
        connection.Client.CloseInput();
        await Assert.ThrowsAsync<ConnectionLostException>(() => call.WaitAsync(TimeSpan.FromSeconds(120)));
    }

    [Fact]
    public async Task Lost_framing_ends_the_connection_with_a_line_in_the_log()
    {
        await using var connection = Connect();
        await connection.Client.SendBytesAsync(Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\n\r\n"));
        await Assert.ThrowsAsync<FramingException>(() => connection.Rpc.Completion.WaitAsync(TimeSpan.FromSeconds(120)));
        Assert.Contains(connection.Log.Lines, line => line.Contains("The connection ends", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Ten_thousand_requests_at_once_are_all_answered()
    {
        await using var connection = Connect(new JsonRpcOptions { MaxOpenRequests = 20_000 });
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < 10_000; i++)
            {
                await connection.Client.SendAsync($$$"""{"jsonrpc":"2.0","id":{{{i}}},"method":"test/echo","params":{"text":"{{{i}}}"}}""");
            }
        });
        var seen = new HashSet<int>();
        for (var i = 0; i < 10_000; i++)
        {
            var answer = await connection.Client.ReadAnswerAsync();
            var id = (int?)answer["id"] ?? -1;
            Assert.Equal(id.ToString(System.Globalization.CultureInfo.InvariantCulture), (string?)answer["result"]?["text"]);
            seen.Add(id);
        }

        await sending;
        Assert.Equal(10_000, seen.Count);
    }

    private Connection Connect(JsonRpcOptions? options = null) => new(options, _methods.Register);

    private static async Task AssertLivesAsync(Connection connection)
    {
        var answer = await connection.Client.CallAsync("""{"jsonrpc":"2.0","id":"alive","method":"test/echo","params":{"text":"yes"}}""");
        Assert.Equal(("alive", "yes"), ((string?)answer["id"], (string?)answer["result"]?["text"]));
    }
}
