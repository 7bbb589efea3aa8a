using System.Text.Json;
using System.Text.Json.Serialization;
using NATS.Client.Core;
using SignalStream.Gateway.Relay;
using SignalStream.Gateway.Relay.Thinning;
using SignalStream.Messaging;
using SignalStream.Messaging.Catalog;

namespace SignalStream.Gateway.WebSockets;

internal sealed record ChannelInfo(string Name, double Minimum, double Maximum);

/// <summary>What is said of a stream, on the WebSocket with its topic and by <c>/api/v1/streams</c> without.</summary>
internal sealed record StreamInfo(
    uint? Topic, string Stream, string Label, string Unit, double RateHz, IReadOnlyList<ChannelInfo> Channels, string Source,
    string Region, bool Simulated, double Speed, uint Epoch, double EpochStart, string Life, double LifeSince)
{
    public static StreamInfo Of(CatalogEntry entry, uint? topic = null) => new(
        topic, entry.Stream.ToString(), entry.Label, entry.Unit, entry.RateHz,
        [.. entry.Channels.Select(c => new ChannelInfo(c.Name, c.Minimum, c.Maximum))],
        entry.Source, entry.Region, entry.Simulated, entry.Speed, entry.Epoch,
        EventTime.Milliseconds(entry.EpochStartNs), LifeWord(entry.Life), EventTime.Milliseconds(entry.LifeSinceNs));

    public static string LifeWord(Life life) => life switch
    {
        Messaging.Catalog.Life.Live => "live",
        Messaging.Catalog.Life.Silent => "silent",
        Messaging.Catalog.Life.Ended => "ended",
        _ => "unknown",
    };
}

internal sealed record HelloMessage(string Type, string Protocol, string Gateway, double Time);

internal sealed record SubscribedMessage(string Type, JsonElement? Id, IReadOnlyList<StreamInfo> Streams, IReadOnlyList<string> Patterns);

internal sealed record UnsubscribedMessage(string Type, JsonElement? Id, IReadOnlyList<string> Streams);

internal sealed record TimeMessage(string Type, JsonElement? Id, double T0, double T1, double T2);

internal sealed record StreamMessage(string Type, StreamInfo Stream);

internal sealed record ErrorMessage(string Type, JsonElement? Id, string Code, string Message);

internal sealed record StreamAccount(string Stream, uint Topic, int Scale, long Produced, long Delivered, long Thinned, long Dropped, long Waiting)
{
    public static StreamAccount Of(ViewerStream stream)
    {
        var samples = stream.Account;
        return new StreamAccount(
            stream.Topic.Stream.ToString(), stream.Topic.Number, stream.Form?.Scale ?? 0,
            samples.Produced, samples.Delivered, samples.Thinned, samples.Dropped, samples.Waiting);
    }
}

internal sealed record AccountsMessage(string Type, JsonElement? Id, int Step, string Form, IReadOnlyList<StreamAccount> Streams);

internal sealed record StatusMessage(
    string Type, JsonElement? Id, string Gateway, double UptimeSeconds, string Nats, int Viewers, long QueuedBytes,
    IReadOnlyList<StreamAccount> Streams);

/// <summary>The gateway's text messages, as docs/PROTOCOL.md has them.</summary>
internal static class Answers
{
    public const string Protocol = "signalstream.v1";

    public static byte[] Hello(string gateway, double timeMs) =>
        Write(new HelloMessage("hello", Protocol, gateway, timeMs), AnswerJson.Default.HelloMessage);

    public static byte[] Subscribed(JsonElement? id, IReadOnlyList<StreamInfo> streams, IReadOnlyList<string> patterns) =>
        Write(new SubscribedMessage("subscribed", id, streams, patterns), AnswerJson.Default.SubscribedMessage);

    public static byte[] Unsubscribed(JsonElement? id, IReadOnlyList<string> streams) =>
        Write(new UnsubscribedMessage("unsubscribed", id, streams), AnswerJson.Default.UnsubscribedMessage);

    public static byte[] Time(JsonElement? id, double t0, double t1, double t2) =>
        Write(new TimeMessage("time", id, t0, t1, t2), AnswerJson.Default.TimeMessage);

    public static byte[] Stream(StreamInfo stream) => Write(new StreamMessage("stream", stream), AnswerJson.Default.StreamMessage);

    public static byte[] Error(JsonElement? id, CommandError error) =>
        Write(new ErrorMessage("error", id, error.Code, error.Message), AnswerJson.Default.ErrorMessage);

    public static byte[] Accounts(JsonElement? id, int step, IEnumerable<ViewerStream> streams) =>
        Write(new AccountsMessage("accounts", id, step, FormWord(step), [.. streams.Select(StreamAccount.Of)]), AnswerJson.Default.AccountsMessage);

    public static byte[] Status(StatusMessage status) => Write(status, AnswerJson.Default.StatusMessage);

    private static string FormWord(int step) => step switch
    {
        0 => "full",
        Ladder.NewestOnly => "newest",
        _ => "envelope",
    };

    public static string NatsWord(NatsConnectionState state) => state switch
    {
        NatsConnectionState.Open => "open",
        NatsConnectionState.Connecting => "connecting",
        NatsConnectionState.Reconnecting => "reconnecting",
        _ => "closed",
    };

    private static byte[] Write<T>(T message, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) =>
        JsonSerializer.SerializeToUtf8Bytes(message, type);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(HelloMessage))]
[JsonSerializable(typeof(SubscribedMessage))]
[JsonSerializable(typeof(UnsubscribedMessage))]
[JsonSerializable(typeof(TimeMessage))]
[JsonSerializable(typeof(StreamMessage))]
[JsonSerializable(typeof(ErrorMessage))]
[JsonSerializable(typeof(StatusMessage))]
[JsonSerializable(typeof(AccountsMessage))]
[JsonSerializable(typeof(StreamInfo))]
[JsonSerializable(typeof(Api.StreamList))]
internal sealed partial class AnswerJson : JsonSerializerContext;
