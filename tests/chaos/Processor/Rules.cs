using System.Globalization;
using NATS.Client.Core;
using SignalStream.Contracts;
using SignalStream.Messaging.Settings;
using SignalStream.TestKit;

namespace SignalStream.ChaosTests.Processor;

/// <summary>What somebody does who edits the limits of alarms: one heart's own, those of all, or back to the default.</summary>
internal sealed class Rules(INatsConnection connection, IReadOnlyList<StreamId> streams)
{
    private readonly SettingsStore _store = new(connection);

    /// <summary>The same number, the same change; tried until the server takes it.</summary>
    public async Task<string> ChangeAsync(int pick)
    {
        StreamId? stream = pick % 3 == 0 ? null : streams[pick % streams.Count];
        var key = SettingsStore.KeyOf(HeartLimits.Setting, stream);
        var limits = new HeartLimits { TachycardiaBpm = 90 + (pick % 60), BradycardiaBpm = 40 + (pick % 30), AsystoleS = 2 + (pick % 4) };
        var isRemoved = pick % 5 == 0;
        await Eventually.TrueAsync(() => TryAsync(key, isRemoved ? null : limits.ToJson()), TimeSpan.FromSeconds(20));
        return isRemoved ? $"{key}, removed" : string.Create(CultureInfo.InvariantCulture, $"{key} to {limits.BradycardiaBpm} … {limits.TachycardiaBpm}");
    }

    private async Task<bool> TryAsync(string key, byte[]? value)
    {
        try
        {
            await (value is null ? _store.RemoveAsync(key, default) : _store.PutAsync(key, value, default));
            return true;
        }
        catch (Exception exception) when (exception is NatsException or TimeoutException)
        {
            return false;
        }
    }
}
