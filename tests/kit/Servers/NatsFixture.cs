namespace SignalStream.TestKit;

/// <summary>One nats-server for all tests of a class that leave it as it is: <c>IClassFixture&lt;NatsFixture&gt;</c>.</summary>
/// <remarks>It starts with the first test that asks, so that without nats-server each test skips by name.</remarks>
public sealed class NatsFixture : IAsyncDisposable, IDisposable
{
    private readonly SemaphoreSlim _gate = new(1);
    private NatsServer? _server;

    public async Task<NatsServer> ServerAsync()
    {
        await _gate.WaitAsync();
        try
        {
            return _server ??= await NatsServer.StartAsync();
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        _gate.Dispose();
    }

    // xunit disposes class fixtures through this one.
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();
}
