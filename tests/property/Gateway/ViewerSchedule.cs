using System.Text;
using SignalStream.Contracts;
using SignalStream.Gateway.Relay;
using SignalStream.Gateway.Relay.Thinning;
using SignalStream.Messaging;
using SignalStream.UnitTests.Gateway;

namespace SignalStream.PropertyTests.Gateway;

/// <summary>Some streams, one viewer that is slow by fits and starts, and everything that can happen between them, by a seed.</summary>
internal sealed class ViewerSchedule
{
    private static readonly float[] RatesHz = [250, 100, 12, 1000];

    private readonly Random _random;
    private readonly RelayKit _kit;
    private readonly FakeSource[] _sources;
    private readonly Reception _reception = new();
    private bool _isBlocked;

    public ViewerSchedule(int seed)
    {
        _random = new Random(seed);
        _kit = new RelayKit(new RelayOptions { QueueKilobytes = _random.Next(4, 40), StallSeconds = 600 }, isCompressed: seed % 4 == 0);
        _sources = [.. Enumerable.Range(0, 3).Select(NewSource)];
        _kit.Viewer.Accounts = () => Accounts();
    }

    public void Play(int steps)
    {
        for (var step = 0; step < steps; step++)
        {
            Happen(_random.Next(100));
            _kit.Work();
        }
    }

    public void Finish()
    {
        Unblock();
        _kit.Socket.Most = int.MaxValue;
        for (var turn = 0; turn < 3; turn++)
        {
            _kit.Viewer.SendText(Accounts);
            _kit.Viewer.Sweep();
            _kit.Work();
        }

        _reception.Read(_kit.Socket.Sent);
        Assert.Null(_kit.Viewer.Closing);
        foreach (var source in _sources)
            source.Check(_reception);
        foreach (var source in _sources)
            source.Leave();
        _kit.Work();
        Assert.All(_sources, s => Assert.Equal(0, s.Topic.Levels.Mask));
        Assert.Equal((0, 0L), (_kit.Buffers.Out, _kit.Viewer.QueuedBytes));
    }

    private FakeSource NewSource(int number) =>
        new(_kit, new StreamTopic((uint)number + 1, new StreamId("ecg", $"bed-{number}"), _kit.Frames), RatesHz[_random.Next(RatesHz.Length)], 1 + _random.Next(2));

    private void Happen(int dice)
    {
        var source = _sources[_random.Next(_sources.Length)];
        switch (dice)
        {
            case < 70:
                source.Publish(_random);
                break;
            case < 80:
                _kit.Time.Advance(TimeSpan.FromMilliseconds(_random.Next(400)));
                break;
            case < 84:
                _kit.Viewer.Sweep();
                break;
            case < 87 when !_isBlocked:
                _isBlocked = true;
                _kit.Socket.Block();
                break;
            case < 91:
                Unblock();
                break;
            case < 93:
                _kit.Socket.Most = _random.Next(1, 600);
                break;
            case < 95:
                _kit.Viewer.SendText(Accounts);
                break;
            case < 96:
                source.Change(_random);
                break;
            default:
                source.Join(_random);
                break;
        }
    }

    private void Unblock()
    {
        if (_isBlocked)
            _kit.Socket.Unblock();
        _isBlocked = false;
    }

    private byte[] Accounts() => Encoding.UTF8.GetBytes(string.Join(';', _sources.Where(s => s.Stream is not null).Select(s => s.Account())));
}

/// <summary>A stream that numbers its samples; of some the bus knows nothing, and at times it starts anew.</summary>
internal sealed class FakeSource(RelayKit kit, StreamTopic topic, float rateHz, int channels)
{
    private uint _epoch = 1;
    private ulong _next;
    private ulong _epochStart;
    private long _sinceJoined;

    public StreamTopic Topic => topic;

    public ViewerStream? Stream { get; private set; }

    public static float Value(uint epoch, ulong place, int channel) =>
        (float)Math.Sin(place * 0.37 + channel) + (place % 211 == 0 ? 5 : 0) + epoch;

    public void Publish(Random random)
    {
        var dice = random.Next(60);
        if (dice == 0)
            (_epoch, _next) = (_epoch + 1, _epochStart = (ulong)random.Next(2000));
        var missing = dice == 1 ? (ulong)random.Next(1, 500) : 0;
        if (missing > 0)
            kit.Publish(kit.Frames.Gap(topic.Number, new Stretch(_epoch, _next, _next + missing, rateHz, 0), GapReason.BeforeGateway), topic);
        _next += missing;
        var count = dice < 10 ? random.Next(1, 700) : random.Next(1, 30);
        kit.Publish(kit.Shared(Frame(count), topic), topic);
        _next += (ulong)count;
        _sinceJoined += Stream is null ? 0 : count;
    }

    public void Join(Random random)
    {
        if (Stream is not null)
            return;
        Stream = new ViewerStream(kit.Viewer, topic, TypeSet.Of([SignalType.Wave]), Wish(random));
        topic.Attach(Stream);
    }

    public void Change(Random random)
    {
        if (Stream is not null)
            Stream.Detail = Wish(random);
    }

    public void Leave()
    {
        if (Stream is not null)
            topic.Detach(Stream);
    }

    public string Account()
    {
        var account = Stream!.Account;
        return $"{topic.Number},{account.Produced},{account.Delivered},{account.Thinned},{account.Dropped}";
    }

    /// <summary>What the viewer saw and what it was told, against what was made; columns that are not full yet are still to come.</summary>
    public void Check(Reception reception)
    {
        if (Stream is null || _sinceJoined == 0)
            return;
        var account = Stream.Account;
        Assert.Equal(0, account.Waiting);
        Assert.Equal(account.Produced, account.Delivered + account.Thinned + account.Dropped);
        var seen = reception.Of(topic.Number);
        var pending = (long)(_next - (seen.Epoch == _epoch ? seen.Next : _epochStart));
        Assert.InRange(pending, 0, (long)Columns.BlockOf(Columns.MostScale, rateHz));
        Assert.Equal(_sinceJoined, account.Produced + pending);
        Assert.Equal((account.Delivered, account.Thinned), (seen.Delivered, seen.Thinned));
    }

    private static Detail? Wish(Random random) => random.Next(4) switch
    {
        0 => new Detail(null, random.Next(1, 9)),
        1 => new Detail(random.Next(1, 300), 0),
        _ => null,
    };

    private byte[] Frame(int count)
    {
        var frame = new byte[FrameHeader.Size + sizeof(float) * count * channels];
        new FrameHeader(FrameKind.Samples, 0, count, 0, _epoch, rateHz, _next, 0).Write(frame);
        for (var i = 0; i < count * channels; i++)
            BitConverter.TryWriteBytes(frame.AsSpan(FrameHeader.Size + sizeof(float) * i), Value(_epoch, _next + (ulong)(i % count), i / count));
        return frame;
    }
}
