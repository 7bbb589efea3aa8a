namespace SignalStream.Gateway.Relay.Thinning;

/// <summary>How far a viewer that lags has gone down: full samples, envelopes coarser by a step each, the newest only.</summary>
/// <remarks>
/// Down while what waits presses, further at once the harder it does; up a step after a while without any. A step up that is
/// soon taken back doubles the while: a viewer at its limit shall not swing.
/// </remarks>
internal sealed class Ladder(TimeProvider time)
{
    /// <summary>Steps of envelopes, from 1 on.</summary>
    public const int Envelopes = 6;

    /// <summary>The step below all envelopes.</summary>
    public const int NewestOnly = Envelopes + 1;

    private const double Presses = 0.2;
    private const double PressesHard = 0.4;
    private const double PressesTooHard = 0.6;
    private const double IsEasy = 0.05;

    private static readonly TimeSpan StepEvery = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan ShortestEase = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestEase = TimeSpan.FromSeconds(32);

    private long _steppedAt = time.GetTimestamp();
    private long _easySince;
    private double _lastPressure;
    private TimeSpan _ease = ShortestEase;
    private bool _wentUp;
    private bool _isEasy;

    /// <summary>0: full; up to <see cref="Envelopes"/>: <see cref="Columns.ScaleAt"/>; then <see cref="NewestOnly"/>.</summary>
    public int Step { get; private set; }

    /// <summary>Looks at what waits.</summary>
    /// <param name="pressure">Of the bounds in bytes and in age, the larger share that is used.</param>
    /// <returns>Whether the step has changed.</returns>
    public bool Look(double pressure)
    {
        if (Step == 0 && pressure < Presses)
            return false;
        if (time.GetElapsedTime(_steppedAt) < StepEvery)
            return false;
        var before = Step;
        if (pressure >= Presses)
            Press(pressure);
        else
            Ease(pressure);
        _lastPressure = pressure;
        return Step != before;
    }

    private void Press(double pressure)
    {
        _isEasy = false;
        var eases = pressure < _lastPressure && pressure < PressesTooHard;
        if (Step == NewestOnly || eases)
            return;
        if (_wentUp)
            _ease = time.GetElapsedTime(_steppedAt) > 2 * _ease ? ShortestEase : Min(2 * _ease, LongestEase);
        StepTo(pressure switch
        {
            >= PressesTooHard => NewestOnly,
            >= PressesHard => Math.Min(Step + 2, NewestOnly),
            _ => Math.Min(Step + 1, NewestOnly),
        });
        _wentUp = false;
    }

    private void Ease(double pressure)
    {
        if (pressure > IsEasy)
        {
            _isEasy = false;
            return;
        }

        if (!_isEasy)
            (_isEasy, _easySince) = (true, time.GetTimestamp());
        if (time.GetElapsedTime(_easySince) < _ease)
            return;
        StepTo(Step - 1);
        (_wentUp, _isEasy) = (true, false);
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private void StepTo(int step) => (Step, _steppedAt) = (step, time.GetTimestamp());
}
