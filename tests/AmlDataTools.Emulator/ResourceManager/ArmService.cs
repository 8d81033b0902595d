using System.Globalization;
using AmlDataTools.Emulator.Access;
using AmlDataTools.Emulator.Http;
using AmlDataTools.Emulator.State;
using AmlDataTools.Emulator.Storage;

namespace AmlDataTools.Emulator.ResourceManager;

/// <summary>What <c>localhost</c> answers: Resource Manager.</summary>
internal sealed class ArmService
{
    /// <summary>The route template of a workspace.</summary>
    public const string WorkspaceRoute = "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.MachineLearningServices/workspaces/{workspace}";

    private readonly EmulatorState _state;
    private readonly Guard _guard;
    private readonly LockRules _locks;
    private readonly RouteTable _routes = new();

    /// <summary>The service with all its routes.</summary>
    public ArmService(EmulatorState state, Guard guard, BlobEngine engine)
    {
        _state = state;
        _locks = new LockRules(state);
        _guard = guard;
        new SubscriptionRoutes(state).Map(_routes);
        new WorkspaceRoutes(state, this).Map(_routes);
        new JobRoutes(this, state, engine).Map(_routes);
        new DatastoreRoutes(this, state).Map(_routes);
        new ResourceRoutes(this, state).Map(_routes);
        new OperationRoutes(state).Map(_routes);
        new StorageAccountRoutes(state, engine).Map(_routes);
        new RegistryRoutes(state).Map(_routes);
        new ResourceListRoutes(state).Map(_routes);
        new DependentRoutes(state).Map(_routes);
    }

    /// <summary>Answers a request.</summary>
    public async Task HandleAsync(HttpContext http)
    {
        var handler = _routes.Find(http, out var exchange, out var otherMethod);
        try
        {
            exchange.Caller = _guard.ForResourceManager(http);
            if (exchange.Query("api-version") is null or "")
            {
                throw new ServiceException(400, "MissingApiVersionParameter", "The api-version query parameter (?api-version=) is required for all requests.") { FromGateway = true };
            }

            if (LockRules.Lists(http))
            {
                await _locks.List(exchange);
                return;
            }

            if (handler is null)
            {
                throw otherMethod
                    ? new ServiceException(405, "MethodNotAllowed", $"The HTTP method '{http.Request.Method}' is not supported at scope '{http.Request.Path}'.") { FromGateway = true }
                    : new ServiceException(404, "InvalidResourceType", $"The resource type of '{http.Request.Path}' could not be found.") { FromGateway = true };
            }

            var headers = http.Response.Headers;
            headers["x-ms-correlation-request-id"] = Guid.NewGuid().ToString();
            headers["x-ms-response-type"] = "standard";
            if (HttpMethods.IsDelete(http.Request.Method))
            {
                TakeDelete(http);
            }
            else
            {
                headers[HttpMethods.IsGet(http.Request.Method) ? "x-ms-ratelimit-remaining-subscription-reads" : "x-ms-ratelimit-remaining-subscription-writes"] = "11990";
            }

            await handler(exchange);
        }
        catch (ServiceException e) when (!http.Response.HasStarted)
        {
            await ArmErrors.WriteAsync(exchange, e, "eastus");
        }
    }

    /// <summary>The workspace of a request, checked against the caller's role first, then against locks.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="needed">The role the act needs.</param>
    /// <param name="action">The act's name in Azure's permission list, for the refusal.</param>
    /// <exception cref="ServiceException">403, 409 or 404.</exception>
    public Workspace Workspace(Exchange exchange, WorkspaceRole needed, string action)
    {
        var (subscription, group, name) = (exchange["subscription"], exchange["group"], exchange["workspace"]);
        var caller = exchange.Caller;
        if (caller.Workspace < needed)
        {
            throw ArmErrors.Forbidden(caller.Person.Upn, caller.Person.ObjectId, "Microsoft.MachineLearningServices/workspaces/" + action, State.Workspace.IdOf(subscription, group, name));
        }

        _locks.Check(exchange.Http);
        return _state.FindWorkspace(subscription, group, name)
            ?? throw ArmErrors.ResourceNotFound("Microsoft.MachineLearningServices/workspaces", name, group);
    }

    /// <summary>Counts a DELETE against the subscription's allowance and tells what is left.</summary>
    /// <exception cref="ServiceException">429 with the seconds to wait.</exception>
    private void TakeDelete(HttpContext http)
    {
        const string header = "x-ms-ratelimit-remaining-subscription-deletes";
        var (left, wait) = _state.Settings.Deletes.Take();
        if (wait is { } time)
        {
            var seconds = Math.Max(1, (int)Math.Ceiling(time.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
            throw new ServiceException(429, "TooManyRequests", $"The request is being throttled as the limit has been reached for operation type - Delete. Please try again after '{seconds}' seconds.")
            {
                FromGateway = true,
                Headers = [new(header, "0"), new("Retry-After", seconds)],
            };
        }

        http.Response.Headers[header] = left.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>A page of a list with the link to the next one, which carries all the query's parameters and a skip token.</summary>
    public static (IReadOnlyList<T> Page, string? NextLink) Page<T>(Exchange exchange, EmulatorState state, IEnumerable<T> items, int size)
    {
        return Page(exchange, state, start => items.Select((item, at) => (at, item)).Skip(start), size);
    }

    /// <summary>The same of a list that can begin anywhere, each item with its position.</summary>
    public static (IReadOnlyList<T> Page, string? NextLink) Page<T>(Exchange exchange, EmulatorState state, Func<int, IEnumerable<(int At, T Item)>> from, int size)
    {
        var token = exchange.Query("$skipToken") ?? exchange.Query("%24skipToken");
        var skip = token is null ? 0 : Paging.Offset(token);
        if (token is null && exchange.Query("$skip") is { Length: > 0 } text)
        {
            skip = int.TryParse(text, out var number) ? number : Paging.Offset(text);
        }

        var found = from(skip).Take(size + 1).ToList();
        var page = found.Take(size).Select(entry => entry.Item).ToList();
        if (found.Count <= size)
        {
            return (page, null);
        }

        var query = exchange.Http.Request.Query.Where(q => !q.Key.Equals("$skipToken", StringComparison.OrdinalIgnoreCase) && q.Key != "$skip")
            .Select(q => $"{q.Key}={Uri.EscapeDataString(q.Value.ToString())}")
            .Append("$skipToken=" + Uri.EscapeDataString(Paging.Token(found[size].At)));
        var path = Exchange.RawTarget(exchange.Http).Split('?')[0];
        return (page, $"{state.ResourceManager}{path}?{string.Join('&', query)}");
    }
}
