using SignalStream.Signal.State;

namespace SignalStream.Signal.Beats;

/// <summary>Streaming R-peak detector for several leads of one heart.</summary>
/// <remarks>
/// Each lead has a <see cref="BeatDetector"/>, and their beats are joined. What two leads show within 150 ms is a beat.
/// What the first lead alone shows is one when it is due (from 0.9 of the usual RR interval on) or very sure, else once
/// another lead shows it within 1.2 s. What another lead alone shows is one only when it is due and sure, and the first
/// has had 600 ms to show it too: a lead that takes P- or T-waves for beats is sure of them, but they are early. A lead
/// without a beat for three seconds has no say: the first that has one is the first, and the only one decides alone.
/// Energies are not added up, since a noisy lead would rule. Cost and state are those of the detectors; the delay is the
/// first lead's.
/// </remarks>
public sealed class MultiLeadBeatDetector : IStateful
{
    private const byte Version = 1;
    private const int Chunk = 64;
    private const int MostLeads = 16;
    private const int MostWaiting = 32;
    private const double AgreeSeconds = 0.15, WaitSeconds = 0.6, ForgetSeconds = 1.2, SilentSeconds = 3;
    private const double Due = 0.9;
    private const float VerySure = 0.95f, Sure = 0.9f;

    // By how much less sure the first lead may be and still give the R-peak its place: places differ between leads.
    private const float PlaceMargin = 0.3f;

    private readonly BeatDetector[] _leads;
    private readonly Beat[][] _found;
    private readonly int[] _counts;
    private readonly int[] _taken;
    private readonly Rhythm _rhythm;
    private readonly LeadBeat[] _waiting = new LeadBeat[MostWaiting];
    private readonly long[] _lastOfLead;
    private readonly int _agree, _wait, _forget, _silent, _refractory;
    private int _waitingCount;
    private long _last;
    private float _lastOffset;
    private bool _hasLast;

    /// <summary>Makes a detector.</summary>
    /// <param name="rateHz">Sampling rate, Hz, from 100 to 1,000.</param>
    /// <param name="leads">Leads, from 1 to 16; the most trusted first.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    public MultiLeadBeatDetector(double rateHz, int leads, BeatDetectorOptions? options = null)
    {
        if (leads is < 1 or > MostLeads)
            throw new ArgumentOutOfRangeException(nameof(leads), leads, $"leads must be from 1 to {MostLeads}.");
        options ??= new BeatDetectorOptions();
        _leads = [.. Enumerable.Range(0, leads).Select(_ => new BeatDetector(rateHz, options))];
        _found = [.. _leads.Select(lead => new Beat[lead.MaxBeats(Chunk)])];
        (_counts, _taken, _lastOfLead) = (new int[leads], new int[leads], new long[leads]);
        _rhythm = new Rhythm(rateHz);
        _agree = (int)(rateHz * AgreeSeconds);
        _wait = (int)(rateHz * WaitSeconds);
        _forget = (int)(rateHz * ForgetSeconds);
        _silent = (int)(rateHz * SilentSeconds);
        _refractory = Math.Max(1, (int)(rateHz * options.RefractoryMs / 1000));
        Reset();
        var counter = StateWriter.Counter;
        Write(ref counter);
        StateSize = counter.Length;
    }

    /// <summary>Leads that it takes.</summary>
    public int Leads => _leads.Length;

    /// <summary>Sampling rate, Hz.</summary>
    public double RateHz => _leads[0].RateHz;

    /// <summary>Index of the sample that comes next.</summary>
    public long NextSample => _leads[0].NextSample;

    /// <summary>Told each beat that one lead shows, whatever the others say, as soon as it is decided.</summary>
    public Action<Beat>? Shown { get; init; }

    /// <inheritdoc/>
    public int StateSize { get; }

    /// <summary>The most beats that so many samples a lead can complete, those that waited before them included.</summary>
    public int MaxBeats(int samples) => _leads[0].MaxBeats(samples) + ((_wait + _refractory - 1) / _refractory) + 1;

    /// <summary>Consumes the next samples and writes the beats they complete.</summary>
    /// <param name="leadsMv">Shape (leads, n), mV, lead after lead, evenly sampled, finite; n = 0 is allowed.</param>
    /// <param name="beats">Filled from the front, ascending.</param>
    /// <returns>How many beats were written.</returns>
    /// <exception cref="ArgumentException">
    /// The samples are not the same number for every lead, or <paramref name="beats"/> is shorter than
    /// <see cref="MaxBeats"/>; nothing was consumed.
    /// </exception>
    public int Process(ReadOnlySpan<float> leadsMv, Span<Beat> beats)
    {
        var samples = leadsMv.Length / Leads;
        if (samples * Leads != leadsMv.Length)
            throw new ArgumentException($"{leadsMv.Length} samples are not the same number for each of {Leads} leads.", nameof(leadsMv));
        if (beats.Length < MaxBeats(samples))
            throw new ArgumentException($"{samples} samples need room for {MaxBeats(samples)} beats, not {beats.Length}.", nameof(beats));
        var count = 0;
        for (var at = 0; at < samples; at += Chunk)
        {
            for (var lead = 0; lead < Leads; lead++)
            {
                var chunk = leadsMv.Slice((lead * samples) + at, Math.Min(Chunk, samples - at));
                (_counts[lead], _taken[lead]) = (_leads[lead].Process(chunk, _found[lead]), 0);
                for (var i = 0; i < _counts[lead]; i++) Shown?.Invoke(_found[lead][i] = _found[lead][i] with { Lead = lead });
            }

            Join(beats, ref count);
        }

        return count;
    }

    /// <summary>Forgets everything, as after a gap in the signal.</summary>
    /// <param name="nextSample">Index that the next sample will have.</param>
    public void Reset(long nextSample = 0)
    {
        foreach (var lead in _leads) lead.Reset(nextSample);
        _rhythm.Clear();
        _waiting.AsSpan().Clear();
        _lastOfLead.AsSpan().Fill(nextSample - _silent - 1);
        (_waitingCount, _last, _lastOffset, _hasLast) = (0, 0, 0, false);
    }

    /// <inheritdoc/>
    public void SaveState(Span<byte> destination)
    {
        var writer = new StateWriter(destination, StateSize);
        Write(ref writer);
    }

    /// <inheritdoc/>
    public void RestoreState(ReadOnlySpan<byte> source)
    {
        var reader = new StateReader(source, StateSize);
        reader.Expect(Version, "version");
        reader.Expect(Leads, "leads");
        Span<byte> state = stackalloc byte[_leads[0].StateSize];
        foreach (var lead in _leads)
        {
            reader.ReadAll(state);
            lead.RestoreState(state);
        }

        _rhythm.Restore(ref reader);
        reader.ReadAll(_lastOfLead.AsSpan());
        foreach (ref var beat in _waiting.AsSpan()) beat = LeadBeat.Restore(ref reader);
        _waitingCount = reader.Read<int>();
        _last = reader.Read<long>();
        _lastOffset = reader.Read<float>();
        _hasLast = reader.Read<byte>() != 0;
    }

    private void Write(ref StateWriter writer)
    {
        writer.Write(Version);
        writer.Write(Leads);
        Span<byte> state = stackalloc byte[_leads[0].StateSize];
        foreach (var lead in _leads)
        {
            lead.SaveState(state);
            writer.WriteAll<byte>(state);
        }

        _rhythm.Save(ref writer);
        writer.WriteAll<long>(_lastOfLead);
        foreach (var beat in _waiting) beat.Save(ref writer);
        writer.Write(_waitingCount);
        writer.Write(_last);
        writer.Write(_lastOffset);
        writer.Write(_hasLast ? (byte)1 : (byte)0);
    }

    /// <summary>Takes the leads' beats in the order they were decided, and what waits when its time is over.</summary>
    private void Join(Span<Beat> beats, ref int count)
    {
        for (var lead = Earliest(); lead >= 0; lead = Earliest())
        {
            var found = _found[lead][_taken[lead]++];
            Expire(found.DecisionSample - 1, beats, ref count);
            Take(new LeadBeat(found, lead, 0), beats, ref count);
        }

        Expire(NextSample - 1, beats, ref count);
    }

    private int Earliest()
    {
        var earliest = -1;
        for (var lead = 0; lead < Leads; lead++)
        {
            if (_taken[lead] < _counts[lead]
                && (earliest < 0 || _found[lead][_taken[lead]].DecisionSample < _found[earliest][_taken[earliest]].DecisionSample))
                earliest = lead;
        }

        return earliest;
    }

    private void Take(in LeadBeat beat, Span<Beat> beats, ref int count)
    {
        _lastOfLead[beat.Lead] = Math.Max(_lastOfLead[beat.Lead], beat.Beat.Sample);
        if (IsRefractory(beat.Beat)) return;
        if (TakeAgreeing(beat) is { } other)
            Emit(Better(beat, other), beat.Beat.DecisionSample, beats, ref count);
        else if (StandsAlone(beat))
            Emit(beat.Beat, beat.Beat.DecisionSample, beats, ref count);
        else if (_waitingCount < MostWaiting)
            _waiting[_waitingCount++] = beat with { Until = Math.Max(beat.Beat.Sample + _wait, beat.Beat.DecisionSample) };
    }

    /// <summary>Whether it needs no other lead.</summary>
    private bool StandsAlone(in LeadBeat beat)
    {
        var now = beat.Beat.DecisionSample;
        if (beat.Lead != First(now)) return false;
        if (IsDue(beat.Beat) || beat.Beat.Confidence >= VerySure) return true;
        for (var lead = 0; lead < Leads; lead++)
        {
            if (lead != beat.Lead && Speaks(lead, now)) return false;
        }

        return true;
    }

    /// <summary>The beat of another lead that waits at the same place, taken out of those that wait.</summary>
    private LeadBeat? TakeAgreeing(in LeadBeat beat)
    {
        for (var i = 0; i < _waitingCount; i++)
        {
            var other = _waiting[i];
            if (other.Lead == beat.Lead || Math.Abs(other.Beat.Sample - beat.Beat.Sample) > _agree) continue;
            RemoveAt(i);
            return other;
        }

        return null;
    }

    private static Beat Better(in LeadBeat one, in LeadBeat other)
    {
        var (first, second) = one.Lead < other.Lead ? (one.Beat, other.Beat) : (other.Beat, one.Beat);
        return first.Confidence >= second.Confidence - PlaceMargin ? first : second;
    }

    /// <summary>Decides what has waited for the first lead, and forgets what no other lead has shown.</summary>
    private void Expire(long now, Span<Beat> beats, ref int count)
    {
        for (var i = 0; i < _waitingCount;)
        {
            var (beat, lead, until) = _waiting[i];
            if (until > now)
            {
                i++;
                continue;
            }

            var forgotten = Math.Max(beat.Sample + _forget, beat.DecisionSample);
            var isBeat = lead != First(until) && !IsRefractory(beat) && IsDue(beat) && beat.Confidence >= Sure;
            if (isBeat) Emit(beat, until, beats, ref count);
            if (isBeat || until >= forgotten) RemoveAt(i);
            else _waiting[i] = new LeadBeat(beat, lead, forgotten);
        }
    }

    private void RemoveAt(int index)
    {
        _waiting.AsSpan(index + 1, _waitingCount - index - 1).CopyTo(_waiting.AsSpan(index));
        _waiting[--_waitingCount] = default;
    }

    private bool IsRefractory(in Beat beat) => _hasLast && beat.Sample < _last + _refractory;

    private bool IsDue(in Beat beat) => !_hasLast || beat.Sample - _last >= Due * _rhythm.Usual;

    /// <summary>The first lead that has shown a beat lately.</summary>
    private int First(long now)
    {
        for (var lead = 0; lead < Leads; lead++)
        {
            if (Speaks(lead, now)) return lead;
        }

        return 0;
    }

    private bool Speaks(int lead, long now) => now - _lastOfLead[lead] <= _silent;

    private void Emit(in Beat beat, long decided, Span<Beat> beats, ref int count)
    {
        var rrMs = _hasLast ? (float)((beat.Sample - _last + (beat.Offset - (double)_lastOffset)) * 1000 / RateHz) : 0;
        beats[count++] = beat with { RrMs = rrMs, Class = _rhythm.Classify(rrMs, beat.QrsMs), DecisionSample = decided };
        _rhythm.Add(rrMs, beat.Confidence);
        (_last, _lastOffset, _hasLast) = (beat.Sample, beat.Offset, true);
    }
}
