using System.Threading.Tasks.Sources;
using NATS.Client.Core;
using NATS.Client.JetStream.Models;

namespace NATS.Client.JetStream;

/// <summary>
/// An acknowledgement to come. It is read where the reply is received: of hundreds that are in flight few are waited for at
/// any moment, and only those need to be told.
/// </summary>
internal sealed class PendingAck(string subject) : IReplyReceiver, IAwaiter, IValueTaskSource<PubAckResponse>
{
    private ManualResetValueTaskSourceCore<PubAckResponse> _core = new() { RunContinuationsAsynchronously = true };
    private PubAckResponse? _ack;
    private Exception? _error;
    private int _state;

    // States: whichever of the two comes second knows of the first.
    private const int Awaited = 1;
    private const int Known = 2;

    public static NatsJSException NoAck(string subject) => new($"'{subject}' was answered by something else than a stream.");

    public ValueTask<PubAckResponse> WaitAsync() => new(this, _core.Version);

    public IAwaiter? OnReply(in RawMessage reply)
    {
        _ack = reply.HasNoResponders ? null : PubAckReader.Read(reply.Payload);
        if (_ack is null)
            _error = reply.HasNoResponders ? new NatsNoRespondersException() : NoAck(subject);
        return Settle();
    }

    public void OnFailure(Exception error)
    {
        _error = error;
        Settle()?.Resume(onThisThread: false);
    }

    /// <summary>Becomes what a request by other means becomes.</summary>
    public async void Follow(ValueTask<PubAckResponse> request)
    {
        try
        {
            _ack = await request.ConfigureAwait(false);
        }
        catch (Exception e)
        {
            _error = e;
        }

        Settle()?.Resume(onThisThread: false);
    }

    public void Resume(bool onThisThread)
    {
        _core.RunContinuationsAsynchronously = !onThisThread;
        if (_error is null)
            _core.SetResult(_ack!);
        else
            _core.SetException(_error);
    }

    PubAckResponse IValueTaskSource<PubAckResponse>.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<PubAckResponse>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<PubAckResponse>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        _core.OnCompleted(continuation, state, token, flags);
        Interlocked.CompareExchange(ref _state, Awaited, 0);
    }

    /// <returns>Itself where somebody waits; who comes later finds it known.</returns>
    private PendingAck? Settle()
    {
        if (Interlocked.Exchange(ref _state, Known) == Awaited)
            return this;
        Resume(onThisThread: false);
        return null;
    }
}
