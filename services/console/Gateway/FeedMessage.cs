using SignalStream.Terminal.Events;

namespace SignalStream.Terminal.Gateway;

/// <summary>What a watcher is told: by a gateway, or by a recording.</summary>
internal abstract record FeedMessage;

/// <summary>Connected, for the first time or again.</summary>
internal sealed record Connected(bool Again) : FeedMessage;

/// <summary>What is known of a stream.</summary>
internal sealed record StreamKnown(string Stream, string Label, string Life, bool IsSimulated) : FeedMessage;

internal sealed record Happened(StreamEvent Event) : FeedMessage;

/// <summary>The connection is lost; what happens until it is back comes then.</summary>
internal sealed record ConnectionLost(string Reason, TimeSpan RetryIn) : FeedMessage;
