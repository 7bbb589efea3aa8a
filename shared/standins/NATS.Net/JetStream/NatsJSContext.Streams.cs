using System.Runtime.CompilerServices;
using NATS.Client.JetStream.Models;

namespace NATS.Client.JetStream;

public partial class NatsJSContext
{
    private const int StreamNotFound = 10059;

    public async ValueTask<INatsJSStream> CreateStreamAsync(StreamConfig config, CancellationToken cancellationToken = default) =>
        await SendConfigAsync("CREATE", config, cancellationToken).ConfigureAwait(false);

    public ValueTask<NatsJSStream> UpdateStreamAsync(StreamConfig request, CancellationToken cancellationToken = default) =>
        SendConfigAsync("UPDATE", request, cancellationToken);

    public async ValueTask<INatsJSStream> CreateOrUpdateStreamAsync(StreamConfig config, CancellationToken cancellationToken = default)
    {
        try
        {
            return await SendConfigAsync("UPDATE", config, cancellationToken).ConfigureAwait(false);
        }
        catch (NatsJSApiException e) when (e.Error.ErrCode == StreamNotFound)
        {
            return await SendConfigAsync("CREATE", config, cancellationToken).ConfigureAwait(false);
        }
    }

    public async ValueTask<INatsJSStream> GetStreamAsync(string stream, StreamInfoRequest? request = null, CancellationToken cancellationToken = default) =>
        new NatsJSStream(
            this,
            await JSRequestResponseAsync<StreamInfoRequest, StreamInfo>($"STREAM.INFO.{Checked(stream, "stream")}", request, cancellationToken).ConfigureAwait(false));

    public async ValueTask<bool> DeleteStreamAsync(string stream, CancellationToken cancellationToken = default) =>
        (await AskAsync<DeleteResponse>($"STREAM.DELETE.{Checked(stream, "stream")}", cancellationToken).ConfigureAwait(false)).Success;

    public ValueTask<StreamPurgeResponse> PurgeStreamAsync(string stream, StreamPurgeRequest request, CancellationToken cancellationToken = default) =>
        JSRequestResponseAsync<StreamPurgeRequest, StreamPurgeResponse>($"STREAM.PURGE.{Checked(stream, "stream")}", request, cancellationToken);

    public ValueTask<StreamMsgDeleteResponse> DeleteMessageAsync(string stream, StreamMsgDeleteRequest request, CancellationToken cancellationToken = default) =>
        JSRequestResponseAsync<StreamMsgDeleteRequest, StreamMsgDeleteResponse>($"STREAM.MSG.DELETE.{Checked(stream, "stream")}", request, cancellationToken);

    public async IAsyncEnumerable<INatsJSStream> ListStreamsAsync(string? subject = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var pages = PagesAsync<StreamsPage, StreamInfo>("STREAM.LIST", subject, page => (page.Total, page.Streams), cancellationToken);
        await foreach (var info in pages.ConfigureAwait(false))
            yield return new NatsJSStream(this, info);
    }

    public IAsyncEnumerable<string> ListStreamNamesAsync(string? subject = null, CancellationToken cancellationToken = default) =>
        PagesAsync<NamesPage, string>("STREAM.NAMES", subject, page => (page.Total, page.Streams), cancellationToken);

    private async IAsyncEnumerable<TItem> PagesAsync<TPage, TItem>(
        string api, string? filter, Func<TPage, (int Total, TItem[]? Items)> open, [EnumeratorCancellation] CancellationToken cancellationToken)
        where TPage : class
    {
        for (var offset = 0; ;)
        {
            var page = await JSRequestResponseAsync<PageRequest, TPage>(api, new PageRequest(offset, filter), cancellationToken).ConfigureAwait(false);
            var (total, items) = open(page);
            foreach (var item in items ?? [])
                yield return item;

            offset += items?.Length ?? 0;
            if (offset >= total || items is not { Length: > 0 })
                yield break;
        }
    }

    private async ValueTask<NatsJSStream> SendConfigAsync(string verb, StreamConfig config, CancellationToken cancellationToken) =>
        new(this, await JSRequestResponseAsync<StreamConfig, StreamInfo>($"STREAM.{verb}.{Checked(config.Name, "stream")}", config, cancellationToken).ConfigureAwait(false));
}
