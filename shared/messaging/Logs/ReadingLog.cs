using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;
using SignalStream.Contracts;

namespace SignalStream.Messaging.Logs;

/// <summary>Puts readings into their log, one after the other, each once.</summary>
public sealed class ReadingLog(INatsConnection connection, TimeProvider time)
{
    private const int NoSuchMessage = 10037;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly NatsJSContext _jetStream = new(connection);

    /// <summary>The last reading of a stream that the log has, and where; null when it has none.</summary>
    /// <exception cref="NatsException">The server cannot be asked.</exception>
    public async Task<(ulong Sequence, ReadOnlyMemory<byte> Data)?> FindLastAsync(StreamId stream, CancellationToken cancellationToken)
    {
        try
        {
            var readings = await _jetStream.GetStreamAsync(LogDefinitions.NameOf(SignalType.Reading), cancellationToken: cancellationToken);
            var last = await readings.GetAsync(new StreamMsgGetRequest { LastBySubj = Subjects.Of(SignalType.Reading, stream) }, cancellationToken);
            return (last.Message.Seq, last.Message.Data);
        }
        catch (NatsJSApiException exception) when (exception.Error.ErrCode == NoSuchMessage)
        {
            return null;
        }
    }

    /// <summary>Stores a reading, however long the log is away: who calls waits, so order stays.</summary>
    /// <param name="stream">Whose.</param>
    /// <param name="id">Names the reading within the stream: with it the log keeps one that is sent twice once.</param>
    /// <param name="reading">The protobuf reading.</param>
    /// <param name="failed">Told why a try failed.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task PublishAsync(
        StreamId stream, string id, ReadOnlyMemory<byte> reading, Action<string> failed, CancellationToken cancellationToken)
    {
        var subject = Subjects.Of(SignalType.Reading, stream);
        var options = new NatsJSPubOpts { MsgId = $"{stream}/{id}" };
        while (true)
        {
            try
            {
                var answer = await _jetStream.PublishAsync(subject, reading, opts: options, cancellationToken: cancellationToken);
                answer.EnsureSuccess();
                return;
            }
            catch (Exception exception) when (exception is NatsException or TimeoutException
                || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                failed(exception.Message);
                await Task.Delay(RetryAfter, time, cancellationToken);
            }
        }
    }
}
