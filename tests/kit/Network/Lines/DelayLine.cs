using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using Xunit;

namespace SignalStream.TestKit.Lines;

/// <summary>Two TUN devices, one here and one in another namespace, and a loop that hands packets over when they are due.</summary>
/// <remarks>For kernels without netem, and it knows each packet's own true times.</remarks>
[SuppressMessage("Usage", "CA2213", Justification = "The loop disposes the devices when it ends.")]
public sealed class DelayLine : NetworkLine
{
    private const int Mtu = 9000;
    private const int MostKept = 100_000;
    private const int LongestRestMs = 20;
    private const double SpinMs = 0.15;

    private readonly TunDevice _near;
    private readonly TunDevice _far;
    private readonly bool _spin;
    private readonly Random _chance;
    private readonly TimeProvider _time = TimeProvider.System;
    private readonly Thread _loop;
    private readonly Libc.PollEntry[] _entries;
    private readonly Queue<Underway> _toFar = new();
    private readonly Queue<Underway> _toNear = new();
    private readonly ConcurrentQueue<Passage> _passages = new();
    private readonly byte[] _packet = new byte[1 << 16];
    private volatile LineSettings _settings = new(0);
    private volatile bool _stopped;

    private DelayLine(FarSide farSide, LineAddresses addresses, TunDevice near, TunDevice far, int seed, bool spin)
        : base(farSide, addresses)
    {
        (_near, _far, _spin, _chance) = (near, far, spin, new Random(seed));
        _entries = [new() { Descriptor = near.Descriptor, Wanted = Libc.Readable }, new() { Descriptor = far.Descriptor, Wanted = Libc.Readable }];
        _loop = new Thread(Loop) { IsBackground = true, Name = "delay line", Priority = ThreadPriority.Highest };
        _loop.Start();
    }

    /// <summary>Every packet since the last call, in order of their leaving the line; the latest 100,000.</summary>
    public IReadOnlyList<Passage> TakePassages()
    {
        var taken = new List<Passage>();
        while (_passages.TryDequeue(out var passage))
            taken.Add(passage);
        return taken;
    }

    public override void Set(LineSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        _settings = settings;
    }

    internal static DelayLine Open(int seed, bool spin)
    {
        var farSide = FarSide.Open();
        try
        {
            var addresses = LineAddresses.Next();
            var near = TunDevice.Open();
            near.Configure(addresses.NearV4, addresses.NearV6, Mtu);
            var far = farSide.Run(() =>
            {
                var device = TunDevice.Open();
                device.Configure(addresses.FarV4, addresses.FarV6, Mtu);
                return device;
            });
            return new DelayLine(farSide, addresses, near, far, seed, spin);
        }
        catch (Exception exception) when (exception is Win32Exception or InvalidOperationException)
        {
            farSide.Dispose();
            Skip.If(true, $"A TUN device cannot be made here: {exception.Message}");
            throw;
        }
    }

    protected override void Dispose(bool disposing)
    {
        _stopped = true;
        _loop.Join();
        base.Dispose(disposing);
    }

    private void Loop()
    {
        while (!_stopped)
        {
            var moved = Take(_near, _toFar, toFar: true) | Take(_far, _toNear, toFar: false);
            moved |= Give(_toFar, _far) | Give(_toNear, _near);
            if (!moved)
                Rest();
        }

        _near.Dispose();
        _far.Dispose();
    }

    private bool Take(TunDevice from, Queue<Underway> queue, bool toFar)
    {
        var count = from.Read(_packet);
        if (count == 0)
            return false;
        var now = _time.GetTimestamp();
        var settings = _settings;
        var passage = Passage.Of(toFar, now, _packet.AsSpan(0, count));
        if (_chance.NextDouble() < settings.LossShare)
        {
            Keep(passage);
            return true;
        }

        var delay = settings.DelayMs + (settings.JitterMs * ((2 * _chance.NextDouble()) - 1));
        queue.Enqueue(new Underway(now + Ticks(delay), passage, _packet.AsSpan(0, count).ToArray()));
        return true;
    }

    private bool Give(Queue<Underway> queue, TunDevice to)
    {
        if (!queue.TryPeek(out var first) || first.DueAt > _time.GetTimestamp())
            return false;
        queue.Dequeue();
        // Before the write: the kernel takes it in, and often answers, within that call.
        Keep(first.Passage with { GivenAt = _time.GetTimestamp() });
        to.Write(first.Packet, first.Packet.Length);
        return true;
    }

    private void Keep(Passage passage)
    {
        _passages.Enqueue(passage);
        if (_passages.Count > MostKept)
            _passages.TryDequeue(out _);
    }

    /// <summary>Sleeps until something comes or is nearly due; the last stretch it spins.</summary>
    private void Rest()
    {
        var due = Math.Min(Due(_toFar), Due(_toNear));
        var restMs = due == long.MaxValue ? LongestRestMs : Math.Min(LongestRestMs, ((due - _time.GetTimestamp()) * 1000.0 / _time.TimestampFrequency) - SpinMs);
        if (_spin || restMs <= 0)
            Thread.SpinWait(10);
        else
            _ = Libc.ppoll(_entries, (nuint)_entries.Length, [0, (long)(restMs * 1_000_000)], 0);
    }

    private static long Due(Queue<Underway> queue) => queue.TryPeek(out var first) ? first.DueAt : long.MaxValue;

    private long Ticks(double ms) => (long)(ms * _time.TimestampFrequency / 1000);

    private readonly record struct Underway(long DueAt, Passage Passage, byte[] Packet);
}
