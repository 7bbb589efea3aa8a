using System.Runtime.CompilerServices;
using NATS.Client.JetStream.Consuming;
using NATS.Client.JetStream.Models;

namespace NATS.Client.JetStream;

public partial class NatsJSContext
{
    public async ValueTask<INatsJSConsumer> CreateOrderedConsumerAsync(string stream, NatsJSOrderedConsumerOpts? opts = null, CancellationToken cancellationToken = default) =>
        await NatsJSOrderedConsumer.CreateAsync(this, Checked(stream, "stream"), opts ?? NatsJSOrderedConsumerOpts.Default, cancellationToken).ConfigureAwait(false);

    public ValueTask<INatsJSConsumer> CreateOrUpdateConsumerAsync(string stream, ConsumerConfig config, CancellationToken cancellationToken = default) =>
        SendConsumerAsync(stream, config, null, cancellationToken);

    /// <summary>Fails if it exists with another configuration; servers before 2.10 update it instead.</summary>
    public ValueTask<INatsJSConsumer> CreateConsumerAsync(string stream, ConsumerConfig config, CancellationToken cancellationToken = default) =>
        SendConsumerAsync(stream, config, "create", cancellationToken);

    /// <summary>Fails if it does not exist; servers before 2.10 create it instead.</summary>
    public ValueTask<INatsJSConsumer> UpdateConsumerAsync(string stream, ConsumerConfig config, CancellationToken cancellationToken = default) =>
        SendConsumerAsync(stream, config, "update", cancellationToken);

    public async ValueTask<INatsJSConsumer> GetConsumerAsync(string stream, string consumer, CancellationToken cancellationToken = default) =>
        new NatsJSConsumer(this, await GetConsumerInfoAsync(stream, consumer, cancellationToken).ConfigureAwait(false));

    public async IAsyncEnumerable<INatsJSConsumer> ListConsumersAsync(string stream, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var pages = PagesAsync<ConsumersPage, ConsumerInfo>($"CONSUMER.LIST.{Checked(stream, "stream")}", null, page => (page.Total, page.Consumers), cancellationToken);
        await foreach (var info in pages.ConfigureAwait(false))
            yield return new NatsJSConsumer(this, info);
    }

    public IAsyncEnumerable<string> ListConsumerNamesAsync(string stream, CancellationToken cancellationToken = default) =>
        PagesAsync<NamesPage, string>($"CONSUMER.NAMES.{Checked(stream, "stream")}", null, page => (page.Total, page.Consumers), cancellationToken);

    public async ValueTask<bool> DeleteConsumerAsync(string stream, string consumer, CancellationToken cancellationToken = default) =>
        (await AskAsync<DeleteResponse>($"CONSUMER.DELETE.{Checked(stream, "stream")}.{Checked(consumer, "consumer")}", cancellationToken).ConfigureAwait(false)).Success;

    internal ValueTask<ConsumerInfo> GetConsumerInfoAsync(string stream, string consumer, CancellationToken cancellationToken) =>
        AskAsync<ConsumerInfo>($"CONSUMER.INFO.{Checked(stream, "stream")}.{Checked(consumer, "consumer")}", cancellationToken);

    /// <summary>Creates or updates, and refuses what came out if the server ignored a part that changes what is delivered.</summary>
    internal async ValueTask<ConsumerInfo> SendConsumerConfigAsync(string stream, ConsumerConfig config, string? action, CancellationToken cancellationToken)
    {
        var name = Checked(config.Name ?? config.DurableName ?? Guid.NewGuid().ToString("N"), "consumer");
        var filter = string.IsNullOrEmpty(config.FilterSubject) ? "" : "." + config.FilterSubject;
        var info = await JSRequestResponseAsync<ConsumerCreateRequest, ConsumerInfo>(
            $"CONSUMER.CREATE.{Checked(stream, "stream")}.{name}{filter}",
            new ConsumerCreateRequest(stream, config with { Name = name }, action),
            cancellationToken).ConfigureAwait(false);
        if (config.FilterSubjects is not { Count: > 0 } || info.Config.FilterSubjects is { Count: > 0 } || info.Config.FilterSubject is { Length: > 0 })
            return info;

        await DeleteConsumerAsync(stream, name, cancellationToken).ConfigureAwait(false);
        throw new NatsJSException(
            $"A consumer with several filters needs nats-server 2.10 or later; {Connection.ServerInfo?.Version ?? "this one"} ignores them.");
    }

    private async ValueTask<INatsJSConsumer> SendConsumerAsync(string stream, ConsumerConfig config, string? action, CancellationToken cancellationToken) =>
        new NatsJSConsumer(this, await SendConsumerConfigAsync(stream, config, action, cancellationToken).ConfigureAwait(false));
}
