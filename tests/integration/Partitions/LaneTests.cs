using SignalStream.Contracts;
using SignalStream.Messaging;
using SignalStream.Messaging.Partitions;
using SignalStream.TestKit;

namespace SignalStream.IntegrationTests.Partitions;

/// <summary>Two capabilities that write about the same streams, and settings in a list.</summary>
public sealed class LaneTests
{
    [SkippableFact]
    public async Task TwoCapabilitiesOfOneOutputLog_WithLanes_DoNotFenceEachOther()
    {
        await using var system = await PartitionSystem.StartAsync();
        var first = system.Add("one", capability: Of("first", null));
        var second = system.Add("two", capability: Of("second", "second"));
        await first.LiveAsync(64);
        await second.LiveAsync(64);
        await system.PublishAsync(streams: 10, messages: 90);
        var found = await system.ReadAsync<AlertEvent>(SignalType.Alert, 60);
        Assert.Equal(30, found.OfType<AlertEvent>().Where(a => a.Name == "first").Select(a => a.MessageId).Distinct().Count());
        Assert.Equal(30, found.OfType<AlertEvent>().Where(a => a.Name == "second").Select(a => a.MessageId).Distinct().Count());
        Assert.Equal(0, first.Engine.Counters.Fenced + second.Engine.Counters.Fenced);
    }

    [SkippableFact]
    public async Task SettingsOfAList_EachItemIsToldToEveryStream_AndAnOwnerThatTakesOverKnowsThem()
    {
        await using var system = await PartitionSystem.StartAsync();
        await system.SetAsync("item.a", "1");
        await system.SetAsync("item.b", "2");
        var first = system.Add("one", capability: Of("first", null));
        await first.LiveAsync(64);
        await UntilTheySayAsync(system, "a=1 b=2");
        await system.SetAsync("item.a", null);
        await UntilTheySayAsync(system, "b=2");
        await first.DieAsync();
        var second = system.Add("one", capability: Of("first", null));
        await second.LiveAsync(64);
        await UntilTheySayAsync(system, "b=2");
        Assert.Equal(0, second.Engine.Counters.Diverged);
    }

    private static Capability Of(string name, string? lane) =>
        new("test", name, null, SignalType.Wave, [SignalType.Alert], stream => new ListingWorker(name, stream)) { Lane = lane, Settings = ["item.*"] };

    private static Task UntilTheySayAsync(PartitionSystem system, string items) => Eventually.TrueAsync(async () =>
    {
        await system.PublishAsync(streams: 4, messages: 12);
        return await NewestAsync(system, 4) == items;
    });

    /// <summary>What the newest alert of each of so many streams says, where they all say the same.</summary>
    private static async Task<string?> NewestAsync(PartitionSystem system, int streams)
    {
        var found = await system.ReadAsync<AlertEvent>(SignalType.Alert, streams);
        var newest = found.OfType<AlertEvent>().GroupBy(a => a.Place.Stream).Select(g => g.MaxBy(a => a.Place.Index)!.Evidence).ToArray();
        return newest.Length == streams && newest.Distinct().Count() == 1 ? newest[0] : null;
    }

    /// <summary>Tells at every third message the settings that it knows.</summary>
    private sealed class ListingWorker(string name, StreamId stream) : IStreamWorker
    {
        private readonly SortedDictionary<string, string> _items = new(StringComparer.Ordinal);
        private ulong _count;

        public string Version => "listing/1";

        public Rejection? Process(in LogMessage message, ICollection<SignalEvent> outputs)
        {
            if (++_count % 3 == 0)
            {
                var items = string.Join(' ', _items.Select(i => $"{i.Key}={i.Value}"));
                outputs.Add(new AlertEvent(new EventPlace(stream, 1, _count, 0), "listing/1", name, AlertState.Raised, AlertSeverity.Low, (long)_count, null, items));
            }

            return null;
        }

        public void Tick(long logNs, ICollection<SignalEvent> outputs)
        {
        }

        public void Set(string setting, ReadOnlyMemory<byte> value, ICollection<SignalEvent> outputs)
        {
            var item = setting.Split('.')[1];
            if (value.IsEmpty)
                _items.Remove(item);
            else
                _items[item] = System.Text.Encoding.UTF8.GetString(value.Span);
        }

        public byte[] Save() => BitConverter.GetBytes(_count);

        public void Restore(ReadOnlySpan<byte> state) => _count = BitConverter.ToUInt64(state);
    }
}
