using System.Threading.Channels;

namespace NATS.Client.Core;

/// <summary>
/// Runs event handlers one after the other, away from whatever raised the event. When handlers fall behind by 1,024 events,
/// further ones are not raised; other work, of which each subscription has one piece at a time, always is.
/// </summary>
internal sealed class EventPump : IAsyncDisposable
{
    private const int MaxEvents = 1024;

    private readonly Channel<Func<ValueTask>> _events = Channel.CreateUnbounded<Func<ValueTask>>();

    private readonly Action<Exception> _onError;
    private readonly Task _running;

    public EventPump(Action<Exception> onError)
    {
        _onError = onError;
        _running = RunAsync();
    }

    public void Raise<TArgs>(AsyncEventHandler<TArgs>? handlers, object sender, TArgs args)
    {
        if (handlers is not null && _events.Reader.Count < MaxEvents)
            Post(() => InvokeAsync(handlers, sender, args));
    }

    public void Post(Func<ValueTask> work) => _events.Writer.TryWrite(work);

    /// <summary>Calls each handler; one that fails does not keep the others from being called.</summary>
    public async ValueTask InvokeAsync<TArgs>(AsyncEventHandler<TArgs>? handlers, object sender, TArgs args)
    {
        foreach (var handler in Delegate.EnumerateInvocationList(handlers))
        {
            try
            {
                await handler(sender, args).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                _onError(e);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _events.Writer.TryComplete();
        await _running.ConfigureAwait(false);
    }

    private async Task RunAsync()
    {
        await foreach (var raise in _events.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            try
            {
                await raise().ConfigureAwait(false);
            }
            catch (Exception e)
            {
                _onError(e);
            }
        }
    }
}
