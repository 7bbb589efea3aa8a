using SignalStream.Signal.State;

namespace SignalStream.Signal.Forecasting;

/// <summary>What a series does at this time of the hour, day and week.</summary>
/// <remarks>
/// Places are of five minutes to an hour, whichever first holds the series' step, the median distance of its first values.
/// After that is known the profiles start afresh. A series of less than five minutes a step shares places.
/// </remarks>
internal sealed class SeriesSeasons
{
    private const long SecondNs = 1_000_000_000;
    private const long MinuteNs = 60 * SecondNs;
    private const long HourNs = 60 * MinuteNs;
    private const long DayNs = 24 * HourNs;
    private const int MostADay = 288;
    private const int KnowsStepAfter = 20;

    private readonly SlidingQuantiles _distances = new(31);
    private readonly SeasonalProfile _slowHour = new(60, 0.03);
    private readonly SeasonalProfile _fastHour = new(60, 0.2);
    private readonly SeasonalProfile _day = new(MostADay, 0.2);
    private readonly SeasonalProfile _yesterday = new(MostADay, 1);
    private readonly SeasonalProfile _dayType = new(2 * MostADay, 0.2);
    private readonly SeasonalProfile _week = new(7 * MostADay, 0.4);
    private long _count;
    private long _lastNs;
    private long _stepNs = 5 * MinuteNs;
    private long _placeNs = 5 * MinuteNs;

    /// <summary>Nominal distance of two values, ns.</summary>
    public long StepNs => _stepNs;

    private int PlacesADay => (int)(DayNs / _placeNs);

    private int Stride => (int)Math.Max(1, _stepNs / _placeNs);

    private bool HasHours => _stepNs < HourNs * 5 / 6;

    public static int HourOf(long timeNs) => (int)(Within(timeNs, DayNs) / HourNs);

    public void Add(long timeNs, double value)
    {
        if (_count > 0) _distances.Add(Math.Max(0, timeNs - _lastNs));
        if (_count == KnowsStepAfter) SetStep(Math.Max(1, (long)_distances.Quantile(0.5)));
        (_lastNs, _count) = (timeNs, _count + 1);
        var place = DayPlace(timeNs);
        _slowHour.Add(HourPlace(timeNs), value);
        _fastHour.Add(HourPlace(timeNs), value);
        _day.Add(place, value);
        _yesterday.Add(place, value);
        _dayType.Add(TypePlace(timeNs), value);
        _week.Add(WeekPlace(timeNs), value);
    }

    // Each is NaN where nothing is known yet. Around: with two neighbours on each side.
    public double SlowHour(long timeNs) => HasHours ? _slowHour[HourPlace(timeNs)] : double.NaN;

    public double FastHour(long timeNs) => HasHours ? _fastHour[HourPlace(timeNs)] : double.NaN;

    public double Day(long timeNs) => _day[DayPlace(timeNs)];

    public double DayAround(long timeNs) => _day.Around(DayPlace(timeNs), Stride, 2, PlacesADay);

    public double Yesterday(long timeNs) => _yesterday[DayPlace(timeNs)];

    /// <summary>Workdays and weekends apart.</summary>
    public double DayTypeAround(long timeNs) => _dayType.Around(TypePlace(timeNs), Stride, 2, 2 * PlacesADay);

    public double WeekAround(long timeNs, int reach) => _week.Around(WeekPlace(timeNs), Stride, reach, 7 * PlacesADay);

    public void Reset()
    {
        _distances.Reset();
        ResetProfiles();
        (_count, _lastNs, _stepNs, _placeNs) = (0, 0, 5 * MinuteNs, 5 * MinuteNs);
    }

    public void Write(ref StateWriter writer)
    {
        _distances.Write(ref writer);
        _slowHour.Write(ref writer);
        _fastHour.Write(ref writer);
        _day.Write(ref writer);
        _yesterday.Write(ref writer);
        _dayType.Write(ref writer);
        _week.Write(ref writer);
        writer.Write(_count);
        writer.Write(_lastNs);
        writer.Write(_stepNs);
        writer.Write(_placeNs);
    }

    public void Read(ref StateReader reader)
    {
        _distances.Read(ref reader);
        _slowHour.Read(ref reader);
        _fastHour.Read(ref reader);
        _day.Read(ref reader);
        _yesterday.Read(ref reader);
        _dayType.Read(ref reader);
        _week.Read(ref reader);
        _count = reader.Read<long>();
        _lastNs = reader.Read<long>();
        _stepNs = reader.Read<long>();
        _placeNs = reader.Read<long>();
    }

    private static long Within(long timeNs, long seasonNs) => ((timeNs % seasonNs) + seasonNs) % seasonNs;

    /// <summary>The Unix epoch was a Thursday; with four days more a week begins on Sunday.</summary>
    private static long WithinWeek(long timeNs) => Within(timeNs + (4 * DayNs), 7 * DayNs);

    private static int HourPlace(long timeNs) => (int)(Within(timeNs + (30 * SecondNs), HourNs) / MinuteNs);

    private int DayPlace(long timeNs) => (int)(Within(timeNs, DayNs) / _placeNs);

    private int WeekPlace(long timeNs) => (int)(WithinWeek(timeNs) / _placeNs);

    private int TypePlace(long timeNs)
    {
        var day = WithinWeek(timeNs) / DayNs;
        return DayPlace(timeNs) + (day is 0 or 6 ? PlacesADay : 0);
    }

    private void SetStep(long stepNs)
    {
        _stepNs = stepNs;
        foreach (var minutes in (ReadOnlySpan<int>)[5, 10, 15, 30, 60])
        {
            _placeNs = minutes * MinuteNs;
            if (_placeNs >= stepNs - (stepNs / 100)) break;
        }

        ResetProfiles();
    }

    private void ResetProfiles()
    {
        _slowHour.Reset();
        _fastHour.Reset();
        _day.Reset();
        _yesterday.Reset();
        _dayType.Reset();
        _week.Reset();
    }
}
