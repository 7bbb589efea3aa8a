using SignalStream.Signal.Numerics;

namespace SignalStream.Signal.Synthesis;

/// <summary>Endless synthetic ECG, a block at a time; cutting it into blocks anywhere gives the same samples.</summary>
/// <remarks>
/// McSharry PE, Clifford GD, Tarassenko L, Smith LA (2003), A dynamical model for generating synthetic electrocardiogram
/// signals, IEEE Trans. Biomed. Eng. 50(3):289-294, doi:10.1109/TBME.2003.808805. Departs from it: on the limit cycle
/// the phase is known, so each wave is the Gaussian of phase that the model's third equation integrates to, and nothing
/// is integrated numerically (the relaxation towards the baseline, 1 s slow, is left out; the baseline is added). Angles
/// and widths follow the beat's own rate by the square-root rule of the authors' program. Ectopic beats and pauses are
/// ours. O(1) a sample, no allocation after construction.
/// </remarks>
public sealed class EcgGenerator
{
    private const int Waves = 5;

    // Beyond this many widths a wave is under 2e-7 of its height.
    private const double Reach = 5.5;

    private readonly EcgSettings _settings;
    private readonly RrTachogram _tachogram;
    private readonly double[] _centre = new double[2 * Waves];
    private readonly double[] _inverseWidth = new double[2 * Waves];
    private readonly double[] _height = new double[2 * Waves];
    private Xoshiro256 _rhythm;
    private Xoshiro256 _noise;
    private long _next;
    private long _lastPeak;
    private double _lastFraction;
    private double _interval;
    private bool _lastIsEctopic;
    private bool _nextIsEctopic;

    /// <summary>Makes a generator; the first R-peak comes half an RR interval after the start.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A setting is outside its range.</exception>
    public EcgGenerator(EcgSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        settings.Validate();
        _settings = settings;
        _rhythm = new Xoshiro256(settings.Seed);
        _noise = new Xoshiro256(~settings.Seed);
        _tachogram = new RrTachogram(settings, ref _rhythm);
        var half = _tachogram.At(0) * settings.RateHz / 2;
        MoveLastPeak(-half);
        Plan(2 * half, 2 * half, ectopic: false);
    }

    /// <summary>Index of the sample that comes next.</summary>
    public long NextSample => _next;

    /// <summary>Makes the next samples.</summary>
    /// <param name="leadMv">Shape (n), filled with mV; n = 0 is allowed.</param>
    public void Process(Span<float> leadMv)
    {
        foreach (ref var sample in leadMv)
        {
            sample = Sample();
            if (++_next >= NextPeak) Advance();
        }
    }

    /// <summary>Makes the next samples and tells where their R-peaks are.</summary>
    /// <param name="leadMv">Shape (n), filled with mV; n = 0 is allowed.</param>
    /// <param name="beats">Filled from the front, ascending: the beats whose nearest sample lies in this block.</param>
    /// <returns>How many beats were written.</returns>
    /// <exception cref="ArgumentException"><paramref name="beats"/> is shorter than <see cref="MaxBeats"/>.</exception>
    public int Process(Span<float> leadMv, Span<SyntheticBeat> beats)
    {
        if (beats.Length < MaxBeats(leadMv.Length))
        {
            throw new ArgumentException(
                $"{leadMv.Length} samples need room for {MaxBeats(leadMv.Length)} beats, not {beats.Length}.", nameof(beats));
        }

        var count = 0;
        for (var i = 0; i < leadMv.Length; i++)
        {
            if (PeakAt(_next) is { } beat) beats[count++] = beat;
            leadMv[i] = Sample();
            if (++_next >= NextPeak) Advance();
        }

        return count;
    }

    /// <summary>The most beats that so many samples can hold.</summary>
    public int MaxBeats(int samples) => (int)(samples / (0.09 * _settings.RateHz)) + 2;

    private double NextPeak => _lastPeak + _lastFraction + _interval;

    /// <summary>A peak between two samples belongs to the nearer one, whose turn may come before or after it.</summary>
    private SyntheticBeat? PeakAt(long index)
    {
        if (index == Nearest(_lastFraction)) return new SyntheticBeat(index, _lastIsEctopic);
        return index == Nearest(_lastFraction + _interval) ? new SyntheticBeat(index, _nextIsEctopic) : null;
    }

    private long Nearest(double fromLastPeak) => _lastPeak + (long)Math.Floor(fromLastPeak + 0.5);

    private float Sample()
    {
        var seconds = _next / _settings.RateHz;
        var mv = Heart(_next - _lastPeak - _lastFraction);
        if (_settings.WanderMv != 0) mv += _settings.WanderMv * PortableMath.SinTurns(_settings.WanderHz * seconds);
        if (_settings.HumMv != 0) mv += _settings.HumMv * PortableMath.SinTurns(_settings.HumHz * seconds);
        if (_settings.NoiseSdMv != 0) mv += _settings.NoiseSdMv * _noise.NextBell();
        return (float)mv;
    }

    private double Heart(double sinceLastPeak)
    {
        var sum = 0.0;
        for (var i = 0; i < _centre.Length; i++)
        {
            var d = (sinceLastPeak - _centre[i]) * _inverseWidth[i];
            if (Math.Abs(d) < Reach) sum += _height[i] * PortableMath.Exp(-0.5 * d * d);
        }

        return sum;
    }

    /// <summary>The next beat becomes the last one, and the rhythm says what follows it.</summary>
    private void Advance()
    {
        MoveLastPeak(_lastFraction + _interval);
        var rr = _tachogram.At((_lastPeak + _lastFraction) / _settings.RateHz);
        var wasEctopic = _nextIsEctopic;
        var pause = _rhythm.NextUnit() * 60 < _settings.PausesPerMinute * rr;
        var ectopic = _rhythm.NextUnit() * 60 < _settings.EctopicsPerMinute * rr && !wasEctopic && !pause;
        var interval = pause ? Math.Max(rr, _settings.PauseSeconds) : ectopic ? 0.6 * rr : wasEctopic ? 1.4 * rr : rr;
        Plan(interval * _settings.RateHz, rr * _settings.RateHz, ectopic);
    }

    private void MoveLastPeak(double by)
    {
        var whole = Math.Floor(by);
        _lastPeak += (long)whole;
        _lastFraction = by - whole;
    }

    /// <summary>Lays out the waves of the last beat and of the next one around the interval between them.</summary>
    /// <param name="interval">From the last R-peak to the next, samples.</param>
    /// <param name="cycle">What 2π of phase take: the interval without ectopy or pause, samples.</param>
    /// <param name="ectopic">Whether the next beat is.</param>
    private void Plan(double interval, double cycle, bool ectopic)
    {
        (_lastIsEctopic, _nextIsEctopic, _interval) = (_nextIsEctopic, ectopic, interval);
        Place(_lastIsEctopic ? EcgShape.Ectopic : EcgShape.Normal, 0, 0, cycle);
        Place(_nextIsEctopic ? EcgShape.Ectopic : EcgShape.Normal, Waves, interval, cycle);
    }

    private void Place(EcgShape shape, int first, double peak, double cycle)
    {
        var perSecond = Math.Sqrt(_settings.RateHz / cycle);
        var perRadian = cycle / (2 * Math.PI);
        for (var i = 0; i < Waves; i++)
        {
            _centre[first + i] = peak + (shape.Angle(i, perSecond) * perRadian);
            _inverseWidth[first + i] = 1 / (shape.Width(i) * perSecond * perRadian);
            _height[first + i] = shape.Height(i) * _settings.AmplitudeMv;
        }
    }
}
