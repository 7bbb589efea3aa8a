using SignalStream.Formats.Wfdb;
using SignalStream.Messaging.Catalog;
using SignalStream.Producer.Pacing;

namespace SignalStream.Producer.Ecg;

/// <summary>A WFDB record as if it were measured now: in real time or at a factor, over and over or once.</summary>
/// <remarks>The lead that detectors are made for, MLII, goes first where the record has it.</remarks>
internal sealed class WfdbReplay : IWaveSource
{
    private const int SamplesAhead = 4096;
    private const string PreferredLead = "MLII";

    private readonly WfdbRecord _record;
    private readonly bool _loop;
    private readonly int[] _order;
    private readonly float[] _ahead;
    private readonly float[] _last;
    private int _read;
    private int _available;

    /// <summary>Opens the record.</summary>
    /// <exception cref="WfdbException">It cannot be replayed; the message names file, line, value and rule.</exception>
    public WfdbReplay(EcgStreamOptions options, int batchSamples, Burst? burst)
    {
        _record = WfdbRecord.Open(options.Record!);
        _loop = options.Loop;
        var leads = _record.Header.Signals;
        _order = [.. Enumerable.Range(0, leads.Count).OrderByDescending(i => leads[i].Description == PreferredLead)];
        _ahead = new float[leads.Count * SamplesAhead];
        _last = new float[leads.Count];
        BatchSamples = batchSamples;
        Schedule = new Schedule(_record.Header.RateHz, options.Speed, burst);
        Entry = new CatalogEntry(options.Stream, options.Label ?? options.Id, leads[_order[0]].Units, _record.Header.RateHz)
        {
            Channels = [.. _order.Select(i => new CatalogChannel(leads[i].Description, 0, 0))],
            Source = $"wfdb {_record.Header.RecordName}",
            Speed = Schedule.Speed(_record.Header.RateHz),
        };
    }

    public CatalogEntry Entry { get; }

    public int BatchSamples { get; }

    public Schedule Schedule { get; }

    public int Read(Span<float> values, int count)
    {
        var filled = 0;
        while (filled < count && Fill())
        {
            var take = Math.Min(count - filled, _available - _read);
            for (var channel = 0; channel < _order.Length; channel++)
            {
                var from = _ahead.AsSpan(_order[channel] * _available + _read, take);
                CopyHolding(from, values.Slice(channel * count + filled, take), ref _last[channel]);
            }

            _read += take;
            filled += take;
        }

        return filled == count ? count : Shorten(values, count, filled);
    }

    public void Dispose() => _record.Dispose();

    /// <summary>Makes sure that there is something to take; false at the end of a record that is played once.</summary>
    private bool Fill()
    {
        if (_read < _available)
            return true;
        if (_record.Position >= _record.SampleCount && _loop)
            _record.Seek(0);
        (_read, _available) = (0, _record.Read(_ahead));
        return _available > 0;
    }

    /// <summary>A sample that the record marks as missing repeats the one before it: frames carry finite values only.</summary>
    private static void CopyHolding(ReadOnlySpan<float> from, Span<float> to, ref float last)
    {
        for (var i = 0; i < from.Length; i++)
            to[i] = last = float.IsFinite(from[i]) ? from[i] : last;
    }

    /// <summary>The last block of a record: its channels move together, as the frame has them.</summary>
    private int Shorten(Span<float> values, int count, int filled)
    {
        for (var channel = 1; channel < _order.Length; channel++)
            values.Slice(channel * count, filled).CopyTo(values[(channel * filled)..]);
        return filled;
    }
}
