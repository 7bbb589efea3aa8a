using System.Text;
using SignalStream.Contracts;
using SignalStream.Messaging;
using SignalStream.Messaging.Partitions;

namespace SignalStream.IntegrationTests.Partitions;

/// <summary>Counts, but for what it is to hang at.</summary>
internal sealed class HangingWorker(StreamId stream, ManualResetEventSlim hang, Func<string, bool>? isCause = null) : IStreamWorker
{
    private readonly CountingWorker _worker = new(stream);

    public string Version => _worker.Version;

    public Rejection? Process(in LogMessage message, ICollection<SignalEvent> outputs)
    {
        if (isCause?.Invoke(Encoding.ASCII.GetString(message.Data.Span)) ?? true)
            SpinWait.SpinUntil(() => !hang.IsSet);
        return _worker.Process(message, outputs);
    }

    public void Tick(long logNs, ICollection<SignalEvent> outputs) => _worker.Tick(logNs, outputs);

    public void Set(string name, ReadOnlyMemory<byte> value, ICollection<SignalEvent> outputs) => _worker.Set(name, value, outputs);

    public byte[] Save() => _worker.Save();

    public void Restore(ReadOnlySpan<byte> state) => _worker.Restore(state);
}
