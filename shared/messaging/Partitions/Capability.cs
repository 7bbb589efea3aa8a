using SignalStream.Contracts;

namespace SignalStream.Messaging.Partitions;

/// <summary>What a service does with the streams of a kind.</summary>
/// <param name="Service">Whose replicas share the work.</param>
/// <param name="Name">One word, part of the checkpoints' keys.</param>
/// <param name="Kind">Of the streams, such as <c>ecg</c>; null for streams of all kinds.</param>
/// <param name="Input">The one log that is read.</param>
/// <param name="Outputs">
/// The logs that are written; what the engine itself has to tell goes into the first. No other capability may write to streams of
/// this kind there, unless it has a lane of its own: two writers of one subject would fence each other.
/// </param>
/// <param name="NewWorker">Makes a worker for a stream, in its first state.</param>
public sealed record Capability(
    string Service, string Name, string? Kind, SignalType Input, IReadOnlyList<SignalType> Outputs, Func<StreamId, IStreamWorker> NewWorker)
{
    private const string ItemsOf = ".*";

    /// <summary>First words of the keys in the bucket <c>rules</c> that concern it; <c>rule.*</c> is a list, of which every item concerns all streams.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [Name];

    /// <summary>Last word of the subjects of its outputs, where others write about the same streams; null for none.</summary>
    public string? Lane { get; init; }

    /// <summary>Makes what the workers of some of a partition's streams share; null when they share nothing.</summary>
    public Func<IWorkerGroup>? NewGroup { get; init; }

    /// <summary>What tells it from all others: <c>processor.heart</c>.</summary>
    public string FullName => $"{Service}.{Name}";

    /// <summary>Whether it works on a stream.</summary>
    public bool Takes(StreamId stream) => Kind is null || stream.Kind == Kind;

    /// <summary>Whether a setting concerns it.</summary>
    internal bool Follows(string setting) => Settings.Contains(SettingKey.ListOf(setting) is { } list ? list + ItemsOf : setting);

    /// <summary>Names of the settings to ask a table for, those of its lists among them, in a fixed order.</summary>
    internal IEnumerable<string> SettingsIn(SettingsTable table) => Settings.SelectMany(name => name.EndsWith(ItemsOf, StringComparison.Ordinal)
        ? table.ItemsOf(name[..^ItemsOf.Length])
        : [name]);
}
