using NATS.Client.Core;
using NATS.Client.JetStream.Models;

namespace NATS.Client.JetStream;

/// <summary>A stream: its context's methods with its name filled in.</summary>
public class NatsJSStream : INatsJSStream
{
    private readonly NatsJSContext _context;
    private readonly string _name;

    internal NatsJSStream(NatsJSContext context, StreamInfo info) =>
        (_context, _name, Info) = (context, info.Config.Name!, info);

    public StreamInfo Info { get; private set; }

    public ValueTask<bool> DeleteAsync(CancellationToken cancellationToken = default) =>
        _context.DeleteStreamAsync(_name, cancellationToken);

    public ValueTask<StreamPurgeResponse> PurgeAsync(StreamPurgeRequest request, CancellationToken cancellationToken = default) =>
        _context.PurgeStreamAsync(_name, request, cancellationToken);

    public ValueTask<StreamMsgDeleteResponse> DeleteMessageAsync(StreamMsgDeleteRequest request, CancellationToken cancellationToken = default) =>
        _context.DeleteMessageAsync(_name, request, cancellationToken);

    public async ValueTask UpdateAsync(StreamConfig request, CancellationToken cancellationToken = default) =>
        Info = (await _context.UpdateStreamAsync(request, cancellationToken).ConfigureAwait(false)).Info;

    public ValueTask<INatsJSConsumer> CreateOrUpdateConsumerAsync(ConsumerConfig config, CancellationToken cancellationToken = default) =>
        _context.CreateOrUpdateConsumerAsync(_name, config, cancellationToken);

    public ValueTask<INatsJSConsumer> CreateOrderedConsumerAsync(NatsJSOrderedConsumerOpts? opts = null, CancellationToken cancellationToken = default) =>
        _context.CreateOrderedConsumerAsync(_name, opts, cancellationToken);

    public ValueTask<INatsJSConsumer> GetConsumerAsync(string consumer, CancellationToken cancellationToken = default) =>
        _context.GetConsumerAsync(_name, consumer, cancellationToken);

    public IAsyncEnumerable<INatsJSConsumer> ListConsumersAsync(CancellationToken cancellationToken = default) =>
        _context.ListConsumersAsync(_name, cancellationToken);

    public IAsyncEnumerable<string> ListConsumerNamesAsync(CancellationToken cancellationToken = default) =>
        _context.ListConsumerNamesAsync(_name, cancellationToken);

    public ValueTask<bool> DeleteConsumerAsync(string consumer, CancellationToken cancellationToken = default) =>
        _context.DeleteConsumerAsync(_name, consumer, cancellationToken);

    public async ValueTask RefreshAsync(CancellationToken cancellationToken = default) =>
        Info = (await _context.GetStreamAsync(_name, cancellationToken: cancellationToken).ConfigureAwait(false)).Info;

    public ValueTask<NatsMsg<T>> GetDirectAsync<T>(StreamMsgGetRequest request, INatsDeserialize<T>? serializer = null, CancellationToken cancellationToken = default) =>
        _context.Connection.RequestAsync(
            $"{_context.Opts.Prefix}.DIRECT.GET.{_name}",
            JSJson.Write(request),
            requestSerializer: NatsRawSerializer<byte[]>.Default,
            replySerializer: serializer,
            replyOpts: new NatsSubOpts { Timeout = _context.Opts.RequestTimeout },
            cancellationToken: cancellationToken);

    public ValueTask<StreamMsgGetResponse> GetAsync(StreamMsgGetRequest request, CancellationToken cancellationToken = default) =>
        _context.JSRequestResponseAsync<StreamMsgGetRequest, StreamMsgGetResponse>($"STREAM.MSG.GET.{_name}", request, cancellationToken);
}
