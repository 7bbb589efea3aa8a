using System.Reflection;
using NATS.Client.Core;

namespace SignalStream.IntegrationTests.Partitions;

/// <summary>A connection that keeps back what a test tells it to: the news that it is open anew, and some requests.</summary>
public class HeldConnection : DispatchProxy
{
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private INatsConnection _inner = null!;
    private AsyncEventHandler<NatsEventArgs>? _opened;
    private Func<string, bool>? _holds;

    /// <summary>Stands before another connection.</summary>
    public static (INatsConnection Connection, HeldConnection Holder) Before(INatsConnection inner)
    {
        var connection = Create<INatsConnection, HeldConnection>();
        var holder = (HeldConnection)connection;
        holder._inner = inner;
        inner.ConnectionOpened += holder.OnOpenedAsync;
        return (connection, holder);
    }

    /// <summary>From here on nobody is told of a new connection, and requests on some subjects wait.</summary>
    public void Hold(Func<string, bool> requests) => Volatile.Write(ref _holds, requests);

    /// <summary>The requests go on, and so do later ones; what was not told stays untold.</summary>
    public void Release()
    {
        Volatile.Write(ref _holds, null);
        _released.TrySetResult();
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        if (targetMethod!.Name == "add_ConnectionOpened")
            _opened += (AsyncEventHandler<NatsEventArgs>)args![0]!;
        else if (targetMethod.Name == "remove_ConnectionOpened")
            _opened -= (AsyncEventHandler<NatsEventArgs>)args![0]!;
        else if (targetMethod.Name == nameof(INatsConnection.RequestAsync) && Volatile.Read(ref _holds)?.Invoke((string)args![0]!) == true)
            return Later(targetMethod, args!);
        else
            return targetMethod.Invoke(_inner, BindingFlags.DoNotWrapExceptions, null, args, null);
        return null;
    }

    private ValueTask OnOpenedAsync(object? sender, NatsEventArgs? args) =>
        Volatile.Read(ref _holds) is null && _opened is { } opened ? opened(sender, args!) : ValueTask.CompletedTask;

    private object? Later(MethodInfo request, object?[] args) =>
        GetType().BaseType!.GetMethod(nameof(LaterAsync), BindingFlags.Instance | BindingFlags.NonPublic)!
            .MakeGenericMethod(request.GetGenericArguments()[^1]).Invoke(this, [request, args]);

    private async ValueTask<NatsMsg<TReply>> LaterAsync<TReply>(MethodInfo request, object?[] args)
    {
        await _released.Task.WaitAsync((CancellationToken)args[^1]!);
        return await (ValueTask<NatsMsg<TReply>>)request.Invoke(_inner, BindingFlags.DoNotWrapExceptions, null, args, null)!;
    }
}
